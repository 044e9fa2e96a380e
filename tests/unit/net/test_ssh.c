/* SPDX-License-Identifier: Apache-2.0
 * The SSH engine against a real sshd, over libssh2: results, pins, deadlines, warm
 * sessions. No host may hold up another. */
#include <pthread.h>

#include "net/ssh_hostkey.h"
#include "tests/unit/net/sshd.h"

static struct sshd host;

static int host_up(void **state)
{
	(void)keys_up(state);
	if (keys.ready)
		host = sshd_up("host", NULL);
	return 0;
}

static int host_down(void **state)
{
	if (keys.ready)
		sshd_down(&host);
	return keys_down(state);
}

static struct gh_ssh_job job(const char *command)
{
	struct gh_ssh_job j = job_to(host.port, "host", command);

	j.target.transport = "libssh2";
	return j;
}

/* ---- results ---- */

static void test_job_when_12k_in_and_1m_out_then_all_arrives(void **state)
{
	struct gh_ssh_pool *p;
	unsigned char *script = calloc(1, 12033);
	struct gh_ssh_job j;

	(void)state;
	NEED_SSHD();
	p = pool_new();
	memset(script, 'x', 12033);
	j = job("wc -c; head -c 1048576 /dev/zero; echo oops >&2; exit 7");
	j.input = (struct gh_bytes){script, 12033};
	run_jobs(p, &j, 1);
	assert_ran(&j);
	assert_int_equal(j.exit_status, 7);
	assert_int_equal(j.out.len, 1048576 + 6);
	assert_memory_equal(j.out.p, "12033\n", 6);
	assert_string_equal(gh_buf_cstr(&j.errout), "oops\n");
	assert_false(j.warm);
	assert_true(j.connected_ms > 0 && j.connected_ms <= j.took_ms);
	gh_ssh_job_free(&j);
	gh_ssh_pool_free(&p);
	free(script);
}

/* Larger than every window on the way: both directions must move at once. */
static void test_job_when_3m_go_through_cat_then_they_come_back_the_same(void **state)
{
	size_t len = 3u << 20;
	unsigned char *in = malloc(len);
	struct gh_ssh_pool *p;
	struct gh_ssh_job j;

	(void)state;
	NEED_SSHD();
	p = pool_new();
	for (size_t i = 0; i < len; i++)
		in[i] = (unsigned char)(i * 2654435761u >> 13);
	j = job("cat");
	j.input = (struct gh_bytes){in, len};
	run_jobs(p, &j, 1);
	assert_ran(&j);
	assert_int_equal(j.exit_status, 0);
	assert_int_equal(j.out.len, len);
	assert_memory_equal(j.out.p, in, len);
	gh_ssh_job_free(&j);
	gh_ssh_pool_free(&p);
	free(in);
}

static void test_job_when_command_ignores_stdin_then_it_still_ends(void **state)
{
	size_t len = 3u << 20;
	unsigned char *in = calloc(1, len);
	struct gh_ssh_pool *p;
	struct gh_ssh_job j;

	(void)state;
	NEED_SSHD();
	p = pool_new();
	j = job("echo done");
	j.input = (struct gh_bytes){in, len};
	run_jobs(p, &j, 1);
	assert_ran(&j);
	assert_string_equal(gh_buf_cstr(&j.out), "done\n");
	gh_ssh_job_free(&j);
	gh_ssh_pool_free(&p);
	free(in);
}

static void test_job_when_command_dies_by_signal_then_no_exit_status(void **state)
{
	struct gh_ssh_pool *p;
	struct gh_ssh_job j;

	(void)state;
	NEED_SSHD();
	p = pool_new();
	j = job("kill -9 $$");
	run_jobs(p, &j, 1);
	assert_ran(&j);
	assert_int_equal(j.exit_status, -1);
	gh_ssh_job_free(&j);
	gh_ssh_pool_free(&p);
}

static void count_done(struct gh_ssh_job *j, void *ctx)
{
	(void)j;
	(*(size_t *)ctx)++;
}

static void test_eight_jobs_when_window_is_three_then_each_has_its_own(void **state)
{
	char command[8][48];
	struct gh_ssh_job j[8];
	struct gh_ssh_pool *p;
	size_t done = 0;

	(void)state;
	NEED_SSHD();
	p = pool_new();
	for (int i = 0; i < 8; i++) {
		snprintf(command[i], sizeof(command[i]), "echo %d; exit %d", i, i);
		j[i] = job(command[i]);
	}
	assert_int_equal(gh_ssh_run(p, j, 8, 3, count_done, &done, NULL, NULL), 0);
	assert_int_equal(done, 8);
	for (int i = 0; i < 8; i++) {
		char want[16];

		snprintf(want, sizeof(want), "%d\n", i);
		assert_ran(&j[i]);
		assert_int_equal(j[i].exit_status, i);
		assert_string_equal(gh_buf_cstr(&j[i].out), want);
		gh_ssh_job_free(&j[i]);
	}
	gh_ssh_pool_free(&p);
}

static void test_name_when_it_needs_a_lookup_then_it_connects(void **state)
{
	struct gh_ssh_pool *p;
	struct gh_ssh_job j[2];

	(void)state;
	NEED_SSHD();
	p = pool_new();
	j[0] = job("true");
	j[0].target.address = "localhost";
	j[1] = job("true");
	j[1].target.address = "no-such-host.invalid";
	run_jobs(p, j, 2);
	assert_ran(&j[0]);
	assert_error(&j[1], GH_E_IO, "cannot look up no-such-host.invalid");
	gh_ssh_job_free(&j[0]);
	gh_ssh_pool_free(&p);
}

/* ---- identities ---- */

static void test_identity_when_ecdsa_pem_then_logged_in(void **state)
{
	struct gh_ssh_pool *p;
	struct gh_ssh_job j;

	(void)state;
	NEED_SSHD();
	p = pool_new();
	j = job("true");
	j.target.identity = key_path("id_ecdsa");
	run_jobs(p, &j, 1);
	assert_ran(&j);
	gh_ssh_pool_free(&p);
}

static void test_host_key_when_wrong_then_both_prints_are_named(void **state)
{
	char pinned[GH_SSH_PRINT_LEN], shown[GH_SSH_PRINT_LEN];
	struct gh_ssh_hostkey k;
	struct gh_ssh_pool *p;
	struct gh_ssh_job j;

	(void)state;
	NEED_SSHD();
	p = pool_new();
	j = job("touch /tmp/never");
	assert_int_equal(gh_ssh_hostkey_parse(&k, pin_of("host"), NULL), 0);
	gh_ssh_fingerprint(shown, k.blob.p, k.blob.len);
	gh_ssh_hostkey_free(&k);
	j.target.host_key = pin_of("host_other");
	assert_int_equal(gh_ssh_hostkey_parse(&k, j.target.host_key, NULL), 0);
	gh_ssh_fingerprint(pinned, k.blob.p, k.blob.len);
	gh_ssh_hostkey_free(&k);
	run_jobs(p, &j, 1);
	assert_error(&j, GH_E_AUTH, "WRONG HOST KEY");
	assert_non_null(strstr(j.err.what, pinned));
	assert_non_null(strstr(j.err.what, shown));
	assert_non_null(strstr(j.err.hint, "host_key"));
	gh_ssh_pool_free(&p);
}

static void test_host_key_when_none_or_nonsense_then_not_connected(void **state)
{
	struct gh_ssh_pool *p;
	struct gh_ssh_job j[3];

	(void)state;
	NEED_SSHD();
	p = pool_new();
	for (int i = 0; i < 3; i++)
		j[i] = job("true");
	j[0].target.host_key = "";
	j[1].target.host_key = "ssh-ed25519 AAAA";
	j[2].target.transport = "carrier-pigeon";
	run_jobs(p, j, 3);
	assert_error(&j[0], GH_E_CONFIG, "no host key is pinned");
	assert_error(&j[1], GH_E_CONFIG, "host key");
	assert_error(&j[2], GH_E_CONFIG, "transport");
	gh_ssh_pool_free(&p);
}

static void test_user_key_when_wrong_or_missing_then_auth_error(void **state)
{
	struct gh_ssh_pool *p;
	struct gh_ssh_job j[2];

	(void)state;
	NEED_SSHD();
	p = pool_new();
	j[0] = job("true");
	j[0].target.identity = key_path("id_wrong");
	j[1] = job("true");
	j[1].target.identity = "/nonexistent/key";
	run_jobs(p, j, 2);
	assert_error(&j[0], GH_E_AUTH, "refused");
	assert_error(&j[1], GH_E_AUTH, "refused");
	gh_ssh_pool_free(&p);
}

/* ---- bad company: none of it may cost the good host anything ---- */

/* Runs j[0] to a good host beside the bad j[1]; the good one must be quick. */
static void run_beside(struct gh_ssh_pool *p, struct gh_ssh_job *j)
{
	run_jobs(p, j, 2);
	assert_ran(&j[0]);
	assert_string_equal(gh_buf_cstr(&j[0].out), "fine\n");
	assert_true(j[0].took_ms < 3000 || j[0].took_ms < j[1].took_ms);
	gh_ssh_job_free(&j[0]);
	gh_ssh_job_free(&j[1]);
}

static void test_port_when_nobody_listens_then_io_error(void **state)
{
	struct gh_ssh_pool *p;
	struct gh_ssh_job j;
	uint16_t port;

	(void)state;
	NEED_SSHD();
	p = pool_new();
	close(listen_free(&port, 1));
	j = job("true");
	j.target.port = port;
	run_jobs(p, &j, 1);
	assert_error(&j, GH_E_IO, "refused");
	gh_ssh_pool_free(&p);
}

static void test_listener_when_it_never_answers_then_only_it_times_out(void **state)
{
	struct gh_ssh_pool *p;
	struct gh_ssh_job j[2];
	uint16_t port;
	int fd;

	(void)state;
	NEED_SSHD();
	p = pool_new();
	fd = listen_free(&port, 8);
	j[0] = job("echo fine");
	j[1] = job("true");
	j[1].target.port = port;
	j[1].target.deadline_ms = 300;
	run_beside(p, j);
	assert_error(&j[1], GH_E_TIMEOUT, "waiting for the SSH handshake");
	assert_in_range(j[1].took_ms, 300, 900);
	close(fd);
	gh_ssh_pool_free(&p);
}

static void test_sshd_when_stopped_then_connect_deadline_ends_it(void **state)
{
	struct sshd frozen;
	struct gh_ssh_pool *p;
	struct gh_ssh_job j[2];

	(void)state;
	NEED_SSHD();
	p = pool_new();
	frozen = sshd_up("host", NULL);
	kill(frozen.pid, SIGSTOP);
	j[0] = job("echo fine");
	j[1] = job("true");
	j[1].target.port = frozen.port;
	j[1].target.connect_ms = 300;
	run_beside(p, j);
	assert_error(&j[1], GH_E_TIMEOUT, "handshake");
	assert_in_range(j[1].took_ms, 300, 900);
	sshd_down(&frozen);
	gh_ssh_pool_free(&p);
}

struct liar {
	int fd;
	const char *say;
	size_t len;
	int times;
	bool reset;
	bool hold; /* until the other side has closed */
};

/* Accepts one connection, says its piece over and over, then closes or resets. */
static void *liar_main(void *arg)
{
	struct liar *l = arg;
	struct linger hard = {1, 0};
	char sink[512];
	int c = accept(l->fd, NULL, NULL);

	for (int i = 0; i < l->times; i++)
		if (send(c, l->say, l->len, MSG_NOSIGNAL) < 0)
			break;
	while (l->hold && recv(c, sink, sizeof(sink), 0) > 0)
		;
	if (l->reset)
		setsockopt(c, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	close(c);
	return NULL;
}

static void lie(struct liar l, enum gh_errc code, const char *words)
{
	struct gh_ssh_pool *p = pool_new();
	struct gh_ssh_job j[2];
	uint16_t port;
	pthread_t t;

	l.fd = listen_free(&port, 1);
	assert_int_equal(pthread_create(&t, NULL, liar_main, &l), 0);
	j[0] = job("echo fine");
	j[1] = job("true");
	j[1].target.port = port;
	j[1].target.connect_ms = code == GH_E_TIMEOUT ? 2000 : 9000;
	run_beside(p, j);
	assert_error(&j[1], code, words);
	gh_ssh_pool_free(&p);
	close(l.fd);
	pthread_join(t, NULL);
}

static void test_banner_when_garbage_then_remote_error(void **state)
{
	static const char garbage[] = "HTTP/1.1 400 Bad Request\r\n\r\n\x1b[2J\xff\xfe";

	(void)state;
	NEED_SSHD();
	lie((struct liar){.say = garbage, .len = sizeof(garbage), .times = 1},
	    GH_E_REMOTE, "does not speak SSH");
}

/* A host that never stops talking before the login is cut off, not listened to. */
static void test_banner_when_endless_then_remote_error(void **state)
{
	static char lines[8192];

	(void)state;
	NEED_SSHD();
	for (size_t i = 0; i < sizeof(lines); i++)
		lines[i] = i % 64 == 63 ? '\n' : 'x';
	lie((struct liar){.say = lines, .len = sizeof(lines), .times = 100000},
	    GH_E_REMOTE, "far more than it may");
}

static void test_kexinit_when_garbage_then_error(void **state)
{
	static const char bad[] = "SSH-2.0-x\r\n\x00\x00\x00\x0c\x0a\x14nonsense!!";

	(void)state;
	NEED_SSHD();
	lie((struct liar){.say = bad, .len = sizeof(bad) - 1, .times = 1, .hold = true},
	    GH_E_REMOTE, "no algorithms in common with SSH-2.0-x");
}

static void test_connection_when_reset_then_io_error(void **state)
{
	(void)state;
	NEED_SSHD();
	/* noticed while connecting or after it */
	lie((struct liar){.say = "SSH-2.0-x\r\n", .len = 11, .times = 1, .reset = true},
	    GH_E_IO, "conn");
}

static void test_output_when_too_much_then_remote_error(void **state)
{
	struct gh_ssh_pool *p;
	struct gh_ssh_job j[3];

	(void)state;
	NEED_SSHD();
	p = pool_new();
	j[0] = job("echo fine");
	j[1] = job("cat /dev/zero");
	j[1].max_output = 100000;
	run_beside(p, j);
	assert_error(
	    &j[1], GH_E_REMOTE, "too much output: more than 100000 bytes on stdout");
	j[0] = job("echo fine");
	j[1] = job("cat /dev/zero >&2");
	run_beside(p, j);
	assert_error(&j[1], GH_E_REMOTE, "on stderr");
	j[2] = job("head -c 100000 /dev/zero");
	j[2].max_output = 100000;
	run_jobs(p, &j[2], 1);
	assert_ran(&j[2]); /* exactly the limit is fine */
	assert_int_equal(j[2].out.len, 100000);
	gh_ssh_job_free(&j[2]);
	gh_ssh_pool_free(&p);
}

static void test_command_when_it_never_ends_then_deadline(void **state)
{
	struct gh_ssh_pool *p;
	struct gh_ssh_job j[2];

	(void)state;
	NEED_SSHD();
	p = pool_new();
	j[0] = job("echo fine");
	j[1] = job("echo partly; sleep 60");
	j[1].target.deadline_ms = 600;
	run_jobs(p, j, 2);
	assert_ran(&j[0]);
	assert_error(&j[1], GH_E_TIMEOUT, "running the command");
	assert_string_equal(gh_buf_cstr(&j[1].out), "partly\n");
	gh_ssh_job_free(&j[0]);
	gh_ssh_job_free(&j[1]);
	gh_ssh_pool_free(&p);
}

static void *cancel_soon(void *arg)
{
	usleep(300000);
	gh_cancel_ask(arg);
	return NULL;
}

static void test_cancel_when_from_another_thread_then_all_end(void **state)
{
	struct gh_cancel cancel = {false};
	struct gh_ssh_job j[4];
	struct gh_ssh_pool *p;
	size_t done = 0;
	int64_t start;
	pthread_t t;

	(void)state;
	NEED_SSHD();
	p = pool_new();
	for (int i = 0; i < 4; i++)
		j[i] = job("sleep 60");
	start = gh_mono_ms(&gh_env_real);
	assert_int_equal(pthread_create(&t, NULL, cancel_soon, &cancel), 0);
	assert_int_equal(gh_ssh_run(p, j, 4, 2, count_done, &done, &cancel, NULL), 0);
	pthread_join(t, NULL);
	assert_true(gh_mono_ms(&gh_env_real) - start < 1500);
	assert_int_equal(done, 4);
	for (int i = 0; i < 4; i++) {
		assert_error(&j[i], GH_E_CANCELLED, "cancelled");
		gh_ssh_job_free(&j[i]);
	}
	gh_ssh_pool_free(&p);
}

/* ---- warm sessions ---- */

static void test_session_when_warm_then_it_is_used_again(void **state)
{
	struct gh_ssh_pool *p;
	struct gh_ssh_job j;
	unsigned int cold;

	(void)state;
	NEED_SSHD();
	p = pool_new();
	j = job("echo $PPID");
	run_jobs(p, &j, 1);
	assert_ran(&j);
	assert_false(j.warm);
	cold = j.took_ms;
	for (int i = 0; i < 20; i++) {
		gh_auto(char *, gh_str_free) before = gh_buf_take_str(&j.out);

		run_jobs(p, &j, 1);
		assert_ran(&j);
		assert_true(j.warm);
		assert_string_equal(
		    gh_buf_cstr(&j.out), before); /* the same sshd child */
	}
	print_message(
	    "# cold %u ms, warm %u ms (up after %u)\n", cold, j.took_ms, j.connected_ms);
	j.target.identity = key_path("id_ecdsa"); /* another login, another session */
	run_jobs(p, &j, 1);
	assert_ran(&j);
	assert_false(j.warm);
	gh_ssh_job_free(&j);
	gh_ssh_pool_free(&p);
}

static void test_session_when_warm_one_died_then_it_reconnects(void **state)
{
	struct gh_ssh_pool *p;
	struct gh_ssh_job j;

	(void)state;
	NEED_SSHD();
	p = pool_new();
	j = job("echo again");
	run_jobs(p, &j, 1);
	assert_ran(&j);
	sshd_drop_sessions(&host);
	usleep(50000);
	run_jobs(p, &j, 1);
	assert_ran(&j);
	assert_false(j.warm);
	assert_string_equal(gh_buf_cstr(&j.out), "again\n");
	gh_ssh_job_free(&j);
	gh_ssh_pool_free(&p);
}

/* The peer fell silent: no FIN, no RST. Half of the connect time is spent on finding out. */
static void test_session_when_warm_one_hangs_then_a_new_one_serves(void **state)
{
	struct gh_ssh_pool *p;
	struct gh_ssh_job j;
	struct sshd s;
	pid_t child = 0;

	(void)state;
	NEED_SSHD();
	p = pool_new();
	s = sshd_up("host", NULL);
	j = job("echo $PPID");
	j.target.port = s.port;
	j.target.connect_ms = 1000;
	run_jobs(p, &j, 1);
	assert_ran(&j);
	child = (pid_t)strtol(gh_buf_cstr(&j.out), NULL, 10);
	assert_true(child > 1);
	kill(child, SIGSTOP);
	run_jobs(p, &j, 1);
	kill(child, SIGCONT);
	assert_ran(&j);
	assert_false(j.warm);
	assert_in_range(j.took_ms, 500, 1500);
	gh_ssh_job_free(&j);
	gh_ssh_pool_free(&p);
	sshd_down(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_job_when_12k_in_and_1m_out_then_all_arrives),
	    cmocka_unit_test(
		test_job_when_3m_go_through_cat_then_they_come_back_the_same),
	    cmocka_unit_test(test_job_when_command_ignores_stdin_then_it_still_ends),
	    cmocka_unit_test(test_job_when_command_dies_by_signal_then_no_exit_status),
	    cmocka_unit_test(test_eight_jobs_when_window_is_three_then_each_has_its_own),
	    cmocka_unit_test(test_name_when_it_needs_a_lookup_then_it_connects),
	    cmocka_unit_test(test_identity_when_ecdsa_pem_then_logged_in),
	    cmocka_unit_test(test_host_key_when_wrong_then_both_prints_are_named),
	    cmocka_unit_test(test_host_key_when_none_or_nonsense_then_not_connected),
	    cmocka_unit_test(test_user_key_when_wrong_or_missing_then_auth_error),
	    cmocka_unit_test(test_port_when_nobody_listens_then_io_error),
	    cmocka_unit_test(test_listener_when_it_never_answers_then_only_it_times_out),
	    cmocka_unit_test(test_sshd_when_stopped_then_connect_deadline_ends_it),
	    cmocka_unit_test(test_banner_when_garbage_then_remote_error),
	    cmocka_unit_test(test_banner_when_endless_then_remote_error),
	    cmocka_unit_test(test_kexinit_when_garbage_then_error),
	    cmocka_unit_test(test_connection_when_reset_then_io_error),
	    cmocka_unit_test(test_output_when_too_much_then_remote_error),
	    cmocka_unit_test(test_command_when_it_never_ends_then_deadline),
	    cmocka_unit_test(test_cancel_when_from_another_thread_then_all_end),
	    cmocka_unit_test(test_session_when_warm_then_it_is_used_again),
	    cmocka_unit_test(test_session_when_warm_one_died_then_it_reconnects),
	    cmocka_unit_test(test_session_when_warm_one_hangs_then_a_new_one_serves),
	};

	return cmocka_run_group_tests(tests, host_up, host_down);
}
