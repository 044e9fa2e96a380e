/* SPDX-License-Identifier: Apache-2.0
 * Reading the key that a host shows, before anybody has pinned it. */
#include "net/ssh_hostkey.h"
#include "net/ssh_pool.h"
#include "tests/unit/net/sshd.h"

static struct gh_ssh_job reading_of(uint16_t port)
{
	return (struct gh_ssh_job){.hostkey_only = true,
	    .target = {.name = "gpu-a",
		.address = "127.0.0.1",
		.port = port,
		.user = "",
		.transport = "auto",
		.host_key = "",
		.connect_ms = 10000,
		.deadline_ms = 10000}};
}

/* True when the public key file says the same; its comment aside. */
static bool is_key(struct gh_buf *shown, const char *host_key)
{
	const char *pin = pin_of(host_key);
	const char *comment = strrchr(pin, ' ');

	return comment && shown->len == (size_t)(comment - pin) &&
	       strncmp(gh_buf_cstr(shown), pin, shown->len) == 0;
}

static void test_key_when_read_then_it_is_the_hosts_whatever_its_type(void **state)
{
	static const char *const type[] = {"host", "host_ecdsa"};

	(void)state;
	NEED_SSHD();
	for (size_t i = 0; i < GH_COUNT(type); i++) {
		struct gh_ssh_pool *p = pool_new();
		struct sshd s = sshd_up(type[i], NULL);
		struct gh_ssh_job j = reading_of(s.port);

		run_jobs(p, &j, 1);
		assert_ran(&j);
		assert_true(is_key(&j.out, type[i]));
		assert_int_equal(p->n_warm, 0); /* nobody logged in, nothing is kept */
		gh_ssh_job_free(&j);
		gh_ssh_pool_free(&p);
		sshd_down(&s);
	}
}

/* libssh2 1.10 knows RSA host keys with SHA-1 only, newer ones read them. */
static void test_key_when_rsa_then_read_or_refused_in_words(void **state)
{
	(void)state;
	NEED_SSHD();
	struct gh_ssh_pool *p = pool_new();
	struct sshd s = sshd_up("host_rsa", NULL);
	struct gh_ssh_job j = reading_of(s.port);

	run_jobs(p, &j, 1);
	if (j.rc == 0) {
		assert_true(is_key(&j.out, "host_rsa"));
	} else {
		assert_error(&j, GH_E_REMOTE, "no algorithms in common");
		assert_non_null(strstr(j.err.hint, "host_key"));
	}
	gh_ssh_job_free(&j);
	gh_ssh_pool_free(&p);
	sshd_down(&s);
}

/* ed25519 is asked for first. */
static void test_key_when_the_host_has_several_then_the_best(void **state)
{
	char more[200];

	(void)state;
	NEED_SSHD();
	snprintf(more, sizeof(more), "-oHostKey=%s", key_path("host"));
	struct gh_ssh_pool *p = pool_new();
	struct sshd s = sshd_up("host_rsa", more);
	struct gh_ssh_job j = reading_of(s.port);

	run_jobs(p, &j, 1);
	assert_ran(&j);
	assert_true(is_key(&j.out, "host"));
	gh_ssh_job_free(&j);
	gh_ssh_pool_free(&p);
	sshd_down(&s);
}

/* What was read is a pin: a login with it works, beside a second reading. */
static void test_key_when_used_as_pin_then_login_works(void **state)
{
	(void)state;
	NEED_SSHD();
	struct gh_ssh_pool *p = pool_new();
	struct sshd s = sshd_up("host", NULL);
	struct gh_ssh_job j[2] = {reading_of(s.port), reading_of(s.port)};
	char pin[512];

	run_jobs(p, j, 1);
	assert_ran(&j[0]);
	snprintf(pin, sizeof(pin), "%s", gh_buf_cstr(&j[0].out));
	gh_ssh_job_free(&j[0]);
	j[0] = job_to(s.port, "host_other", "echo in");
	j[0].target.host_key = pin;
	run_jobs(p, j, 2);
	assert_ran(&j[0]);
	assert_ran(&j[1]);
	assert_string_equal(gh_buf_cstr(&j[0].out), "in\n");
	gh_ssh_job_free(&j[0]);
	gh_ssh_job_free(&j[1]);
	gh_ssh_pool_free(&p);
	sshd_down(&s);
}

static void test_host_when_silent_or_absent_then_an_error_in_time(void **state)
{
	struct gh_ssh_job j[3];
	struct gh_ssh_pool *p = pool_new();
	uint16_t silent, closed;
	int fd = listen_free(&silent, 1), gone = listen_free(&closed, 1);

	(void)state;
	close(gone);
	j[0] = reading_of(silent);
	j[0].target.connect_ms = 300;
	j[1] = reading_of(closed);
	j[2] = reading_of(closed); /* never straight to what lies behind a jump host */
	j[2].target.jump = "root@127.0.0.1:22";
	run_jobs(p, j, 3);
	assert_error(&j[2], GH_E_CONFIG, "jump host");
	assert_error(&j[0], GH_E_TIMEOUT, "SSH handshake");
	assert_in_range(j[0].took_ms, 250, 2000);
	assert_error(&j[1], GH_E_IO, "refused");
	close(fd);
	gh_ssh_pool_free(&p);
}

static void test_text_when_blob_is_no_key_then_nothing(void **state)
{
	static const char odd[] = "\0\0\0\7ssh-dss\0\0\0\1x";
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	(void)state;
	gh_ssh_hostkey_text(&b, odd, sizeof(odd) - 1);
	gh_ssh_hostkey_text(&b, "", 0);
	gh_ssh_hostkey_text(&b, "\xff\xff\xff\xff", 4);
	assert_int_equal(b.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_key_when_read_then_it_is_the_hosts_whatever_its_type),
	    cmocka_unit_test(test_key_when_rsa_then_read_or_refused_in_words),
	    cmocka_unit_test(test_key_when_the_host_has_several_then_the_best),
	    cmocka_unit_test(test_key_when_used_as_pin_then_login_works),
	    cmocka_unit_test(test_host_when_silent_or_absent_then_an_error_in_time),
	    cmocka_unit_test(test_text_when_blob_is_no_key_then_nothing),
	};

	return cmocka_run_group_tests(tests, keys_up, keys_down);
}
