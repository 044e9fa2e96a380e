/* SPDX-License-Identifier: Apache-2.0
 * The second transport: hosts and keys that libssh2 1.10 cannot serve go over ssh(1). */
#include <fcntl.h>

#include "net/ssh_auth.h"
#include "net/ssh_jump.h"
#include "net/ssh_pool.h"
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

	j.target.transport = "ssh";
	return j;
}

static void test_system_when_asked_for_then_the_same_results(void **state)
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
	assert_true(j.connected_ms > 0 && j.connected_ms <= j.took_ms);
	gh_ssh_job_free(&j);
	gh_ssh_pool_free(&p);
	free(script);
}

static void test_system_when_exit_status_is_255_then_it_is_the_commands(void **state)
{
	struct gh_ssh_pool *p;
	struct gh_ssh_job j;

	(void)state;
	NEED_SSHD();
	p = pool_new();
	j = job("exit 255");
	run_jobs(p, &j, 1);
	assert_ran(&j);
	assert_int_equal(j.exit_status, 255);
	gh_ssh_job_free(&j);
	gh_ssh_pool_free(&p);
}

static void test_system_when_session_is_killed_then_error_not_status(void **state)
{
	struct gh_ssh_pool *p;
	struct gh_ssh_job j;

	(void)state;
	NEED_SSHD();
	p = pool_new();
	j = job("kill -9 $PPID; sleep 5");
	run_jobs(p, &j, 1);
	assert_int_equal(j.rc, -1);
	assert_int_equal(j.err.code, GH_E_IO);
	gh_ssh_job_free(&j);
	gh_ssh_pool_free(&p);
}

static void test_system_when_host_key_is_wrong_then_both_prints(void **state)
{
	struct gh_ssh_pool *p;
	struct gh_ssh_job j[2];

	(void)state;
	NEED_SSHD();
	p = pool_new();
	j[0] = job("true");
	j[0].target.host_key = pin_of("host_other");
	j[1] = job("true");
	j[1].target.host_key = pin_of("host_ecdsa");
	run_jobs(p, j, 2);
	assert_error(&j[0], GH_E_AUTH, "WRONG HOST KEY: pinned is SHA256:");
	assert_non_null(strstr(j[0].err.what, "the host shows SHA256:"));
	assert_error(&j[1], GH_E_AUTH, "WRONG HOST KEY");
	gh_ssh_pool_free(&p);
}

static void test_system_when_user_key_is_wrong_then_auth_error(void **state)
{
	struct gh_ssh_pool *p;
	struct gh_ssh_job j;

	(void)state;
	NEED_SSHD();
	p = pool_new();
	j = job("true");
	j.target.identity = key_path("id_wrong");
	run_jobs(p, &j, 1);
	assert_error(&j, GH_E_AUTH, "refused");
	gh_ssh_pool_free(&p);
}

static void test_system_when_slow_or_flooding_then_only_they_suffer(void **state)
{
	struct gh_ssh_pool *p;
	struct gh_ssh_job j[4];
	uint16_t port;
	int fd;

	(void)state;
	NEED_SSHD();
	p = pool_new();
	fd = listen_free(&port, 8);
	j[0] = job("echo fine");
	j[1] = job("sleep 60");
	j[1].target.deadline_ms = 900;
	j[2] = job("cat /dev/zero");
	j[2].max_output = 5000;
	j[3] = job("true");
	j[3].target.port = port;
	j[3].target.connect_ms = 300;
	run_jobs(p, j, 4);
	assert_ran(&j[0]);
	assert_string_equal(gh_buf_cstr(&j[0].out), "fine\n");
	assert_error(&j[1], GH_E_TIMEOUT, "system ssh");
	assert_error(&j[2], GH_E_REMOTE, "too much output");
	assert_int_equal(j[2].out.len, 5000);
	assert_error(&j[3], GH_E_TIMEOUT, "logging in");
	assert_in_range(j[3].took_ms, 300, 900);
	for (int i = 0; i < 4; i++)
		gh_ssh_job_free(&j[i]);
	close(fd);
	gh_ssh_pool_free(&p);
}

static void test_system_when_done_then_nothing_is_left_behind(void **state)
{
	char dir[64];
	struct gh_ssh_pool *p;
	struct gh_ssh_job j;

	(void)state;
	NEED_SSHD();
	p = pool_new();
	j = job("true");
	run_jobs(p, &j, 1);
	assert_ran(&j);
	gh_ssh_job_free(&j);
	snprintf(dir, sizeof(dir), "%s", p->dir);
	assert_int_equal(access(dir, F_OK), 0);
	gh_ssh_pool_free(&p);
	assert_int_equal(access(dir, F_OK), -1);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), 0); /* only sshd is ours */
}

/* ---- "auto" falls over by itself ---- */

static void serve_by_auto(struct sshd *s, const char *host_key, const char *identity)
{
	struct gh_ssh_pool *p = pool_new();
	struct gh_ssh_job j = job_to(s->port, host_key, "cat");

	j.input = gh_text_of("through");
	if (identity)
		j.target.identity = identity[0] ? key_path(identity) : "";
	for (int round = 0; round < 2; round++) { /* the second knows the way */
		run_jobs(p, &j, 1);
		assert_ran(&j);
		assert_string_equal(gh_buf_cstr(&j.out), "through");
		assert_int_equal(p->n_by_system, 1);
	}
	gh_ssh_job_free(&j);
	gh_ssh_pool_free(&p);
}

static void test_auto_when_only_etm_macs_then_ssh_serves(void **state)
{
	struct gh_ssh_pool *p;
	struct gh_ssh_job j;
	struct sshd s;

	(void)state;
	NEED_SSHD();
	s = sshd_up(
	    "host", "-oMACs=hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com");
	if (gh_ssh_auth_rsa_works()) { /* libssh2 1.11 does it itself */
		sshd_down(&s);
		skip();
	}
	serve_by_auto(&s, "host", NULL);
	p = pool_new();
	j = job_to(s.port, "host", "true");
	j.target.transport = "libssh2";
	run_jobs(p, &j, 1);
	assert_error(&j, GH_E_REMOTE, "no algorithms in common with SSH-2.0-OpenSSH");
	assert_non_null(strstr(j.err.hint, "transport: ssh"));
	j = job_to(
	    s.port, "host_other", "true"); /* the pin holds on the second way too */
	run_jobs(p, &j, 1);
	assert_error(&j, GH_E_AUTH, "WRONG HOST KEY");
	gh_ssh_pool_free(&p);
	sshd_down(&s);
}

static void test_auto_when_rsa_host_key_then_ssh_serves(void **state)
{
	struct sshd s;

	(void)state;
	NEED_SSHD();
	if (gh_ssh_auth_rsa_works())
		skip();
	s = sshd_up("host_rsa", NULL);
	serve_by_auto(&s, "host_rsa", NULL);
	sshd_down(&s);
}

static void test_auto_when_rsa_user_key_then_ssh_serves(void **state)
{
	(void)state;
	NEED_SSHD();
	if (gh_ssh_auth_rsa_works())
		skip();
	serve_by_auto(&host, "host", "id_rsa");
}

/* ---- ssh-agent ---- */

struct agent {
	pid_t pid;
	char path[160];
};

static struct agent agent_up(const char *const *names, size_t n)
{
	struct agent a;

	snprintf(a.path, sizeof(a.path), "%s/agent.%d", keys.dir, (int)random());
	a.pid = fork();
	if (a.pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(open("/dev/null", O_RDWR), 1);
		dup2(1, 2);
		execlp("ssh-agent", "ssh-agent", "-D", "-a", a.path, (char *)NULL);
		_exit(127);
	}
	for (int i = 0; i < 500 && access(a.path, F_OK) != 0; i++)
		usleep(10000);
	setenv("SSH_AUTH_SOCK", a.path, 1);
	for (size_t i = 0; i < n; i++) {
		const char *argv[] = {"ssh-add", "-q", key_path(names[i]), NULL};

		assert_int_equal(run_tool(argv), 0);
	}
	return a;
}

static void agent_down(struct agent *a)
{
	unsetenv("SSH_AUTH_SOCK");
	kill(a->pid, SIGCONT);
	kill(a->pid, SIGKILL);
	waitpid(a->pid, NULL, 0);
}

static void test_agent_when_it_has_the_key_then_logged_in(void **state)
{
	static const char *const names[] = {"id_rsa", "id_wrong", "id"};
	struct gh_ssh_pool *p;
	struct gh_ssh_job j[2];
	struct agent a;

	(void)state;
	NEED_SSHD();
	p = pool_new();
	a = agent_up(names, 3);
	for (int i = 0; i < 2; i++) {
		j[i] = job("echo fine");
		j[i].target.transport = i == 0 ? "libssh2" : "ssh";
		j[i].target.identity = "";
	}
	run_jobs(p, j, 2);
	for (int i = 0; i < 2; i++) {
		assert_ran(&j[i]);
		assert_string_equal(gh_buf_cstr(&j[i].out), "fine\n");
		gh_ssh_job_free(&j[i]);
	}
	gh_ssh_pool_free(&p);
	agent_down(&a);
}

static void test_agent_when_only_rsa_then_auto_takes_ssh(void **state)
{
	static const char *const names[] = {"id_rsa"};
	struct agent a;

	(void)state;
	NEED_SSHD();
	if (gh_ssh_auth_rsa_works())
		skip();
	a = agent_up(names, 1);
	serve_by_auto(&host, "host", "");
	agent_down(&a);
}

/* A key that waits for its owner's touch must not stop the others. */
static void test_agent_when_it_hangs_then_others_go_on(void **state)
{
	static const char *const names[] = {"id"};
	struct gh_ssh_pool *p;
	struct gh_ssh_job j[2];
	struct agent a;

	(void)state;
	NEED_SSHD();
	p = pool_new();
	a = agent_up(names, 1);
	kill(a.pid, SIGSTOP);
	for (int i = 0; i < 2; i++) {
		j[i] = job("echo fine");
		j[i].target.transport = "libssh2";
	}
	j[1].target.identity = "";
	j[1].target.connect_ms = 3000;
	run_jobs(p, j, 2);
	assert_ran(&j[0]);
	assert_true(j[0].took_ms < j[1].took_ms);
	assert_error(&j[1], GH_E_TIMEOUT, "logging in");
	gh_ssh_job_free(&j[0]);
	gh_ssh_pool_free(&p);
	agent_down(&a);
}

static void test_agent_when_absent_then_auth_error(void **state)
{
	struct gh_ssh_pool *p;
	struct gh_ssh_job j;

	(void)state;
	NEED_SSHD();
	p = pool_new();
	setenv("SSH_AUTH_SOCK", "/nonexistent", 1);
	j = job("true");
	j.target.transport = "libssh2";
	j.target.identity = "";
	run_jobs(p, &j, 1);
	assert_error(&j, GH_E_AUTH, "no key of ssh-agent was taken");
	unsetenv("SSH_AUTH_SOCK");
	gh_ssh_pool_free(&p);
}

/* ---- over a jump host ---------------------------------------------------------------- */

static char *where_of(const struct sshd *s, const char *user)
{
	static char text[128];

	snprintf(text, sizeof text, "%s@127.0.0.1:%u", user, s->port);
	return text;
}

static void test_jump_when_pinned_then_the_host_is_reached_over_it(void **state)
{
	struct gh_ssh_pool *p;
	struct sshd jump;
	struct gh_ssh_job j;

	(void)state;
	NEED_SSHD();
	jump = sshd_up("host_other", NULL);
	p = pool_new();
	j = job("cat");
	j.target.transport = "auto";
	j.target.jump = where_of(&jump, j.target.user);
	j.target.jump_key = pin_of("host_other");
	j.input = gh_text_of("through");
	run_jobs(p, &j, 1);
	assert_ran(&j);
	assert_string_equal(gh_buf_cstr(&j.out), "through");
	gh_ssh_job_free(&j);
	gh_ssh_pool_free(&p);
	sshd_down(&jump);
}

/* The way does go over it: one that forwards nothing leads nowhere. */
static void test_jump_when_it_forwards_nothing_then_an_error(void **state)
{
	struct gh_ssh_pool *p;
	struct sshd jump;
	struct gh_ssh_job j;

	(void)state;
	NEED_SSHD();
	jump = sshd_up("host_other", "-oAllowTcpForwarding=no");
	p = pool_new();
	j = job("true");
	j.target.jump = where_of(&jump, j.target.user);
	j.target.jump_key = pin_of("host_other");
	run_jobs(p, &j, 1);
	assert_int_equal(j.rc, -1);
	assert_true(j.err.what[0] != '\0');
	gh_ssh_job_free(&j);
	gh_ssh_pool_free(&p);
	sshd_down(&jump);
}

static void test_jump_when_its_key_is_another_then_nothing_is_sent(void **state)
{
	struct gh_ssh_pool *p;
	struct sshd jump;
	struct gh_ssh_job j;

	(void)state;
	NEED_SSHD();
	jump = sshd_up("host_other", NULL);
	p = pool_new();
	j = job("true");
	j.target.jump = where_of(&jump, j.target.user);
	j.target.jump_key = j.target.host_key;
	run_jobs(p, &j, 1);
	assert_int_equal(j.rc, -1);
	gh_ssh_job_free(&j);
	gh_ssh_pool_free(&p);
	sshd_down(&jump);
}

static void test_jump_when_malformed_then_config_error(void **state)
{
	static const char *const bad[] = {"address:22", "u@a", "u@a:0", "u@a:70000",
	    "@a:22", "u@:22", "u@-oProxyCommand=x:22", "u;x@a:22", "u@a b:22",
	    "u@$(x):22"};
	struct gh_ssh_jump jump;
	struct gh_err err;

	(void)state;
	for (size_t i = 0; i < GH_COUNT(bad); i++) {
		assert_int_equal(-1, gh_ssh_jump_parse(&jump, bad[i], "x", &err));
		assert_int_equal(err.code, GH_E_CONFIG);
	}
	assert_int_equal(-1, gh_ssh_jump_parse(&jump, "u@a:22", "", &err));
	assert_non_null(strstr(err.what, "pinned"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_system_when_asked_for_then_the_same_results),
	    cmocka_unit_test(test_system_when_exit_status_is_255_then_it_is_the_commands),
	    cmocka_unit_test(test_system_when_session_is_killed_then_error_not_status),
	    cmocka_unit_test(test_system_when_host_key_is_wrong_then_both_prints),
	    cmocka_unit_test(test_system_when_user_key_is_wrong_then_auth_error),
	    cmocka_unit_test(test_system_when_slow_or_flooding_then_only_they_suffer),
	    cmocka_unit_test(test_system_when_done_then_nothing_is_left_behind),
	    cmocka_unit_test(test_auto_when_only_etm_macs_then_ssh_serves),
	    cmocka_unit_test(test_auto_when_rsa_host_key_then_ssh_serves),
	    cmocka_unit_test(test_auto_when_rsa_user_key_then_ssh_serves),
	    cmocka_unit_test(test_agent_when_it_has_the_key_then_logged_in),
	    cmocka_unit_test(test_agent_when_only_rsa_then_auto_takes_ssh),
	    cmocka_unit_test(test_agent_when_it_hangs_then_others_go_on),
	    cmocka_unit_test(test_agent_when_absent_then_auth_error),
	    cmocka_unit_test(test_jump_when_pinned_then_the_host_is_reached_over_it),
	    cmocka_unit_test(test_jump_when_it_forwards_nothing_then_an_error),
	    cmocka_unit_test(test_jump_when_its_key_is_another_then_nothing_is_sent),
	    cmocka_unit_test(test_jump_when_malformed_then_config_error),
	};

	unsetenv("SSH_AUTH_SOCK");
	return cmocka_run_group_tests(tests, host_up, host_down);
}
