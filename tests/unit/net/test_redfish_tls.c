/* SPDX-License-Identifier: Apache-2.0
 * The pin: what a BMC must show before it gets a byte of ours. */
#include "net/redfish_pool.h"
#include "tests/unit/net/redfish_server.h"

static const char other[] =
    "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";

/* ---- the right one and others ---- */

static void test_pin_when_it_is_in_capitals_then_it_is_the_same(void **state)
{
	struct bmc *b = bmc_up(small_tree());
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);
	char upper[65];

	(void)state;
	for (size_t i = 0; i < sizeof(upper); i++)
		upper[i] = b->sha256[i] >= 'a' ? (char)(b->sha256[i] - 32) : b->sha256[i];
	j.target.cert_sha256 = upper;
	run_jobs(p, &j, 1);
	assert_read(&j);
	assert_string_equal(j.tree.cert_sha256, b->sha256);
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	bmc_down(b);
}

static void test_pin_when_another_is_shown_then_not_a_byte_goes_out(void **state)
{
	struct bmc *b = bmc_up(small_tree());
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);
	char lower[65];

	(void)state;
	j.target.cert_sha256 = other;
	run_jobs(p, &j, 1);
	assert_int_equal(j.rc, -1);
	assert_says(&j.err, GH_E_AUTH, b->sha256);
	for (size_t i = 0; i < sizeof(lower); i++)
		lower[i] =
		    other[i] >= 'A' && other[i] <= 'F' ? (char)(other[i] + 32) : other[i];
	assert_says(&j.err, GH_E_AUTH, lower); /* both are named */
	assert_non_null(strstr(j.err.hint, "enrol"));
	assert_string_equal(j.tree.cert_sha256, b->sha256); /* what it saw */
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	assert_true(b->conns > 0);
	assert_int_equal(b->app_bytes, 0);
	assert_int_equal(b->logins + b->wrong, 0);
	bmc_down(b);
}

static void test_target_when_something_is_missing_then_nothing_is_connected(void **state)
{
	struct bmc *b = bmc_up(small_tree());
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j[8];
	static const char *const words[] = {"no certificate of the BMC is pinned",
	    "64 hex digits", "64 hex digits", "address or port", "address or port",
	    "known form", "known form", "no password"};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(j); i++)
		j[i] = job_to(b);
	j[0].target.cert_sha256 = "";
	j[1].target.cert_sha256 = "abcd";
	j[2].target.cert_sha256 =
	    "zz112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";
	j[3].target.address = "";
	j[4].target.port = 0;
	j[5].target.address = "127.0.0.1/x";
	j[6].target.address = "user@127.0.0.1";
	j[7].target.password = NULL;
	run_jobs(p, j, GH_COUNT(j));
	for (size_t i = 0; i < GH_COUNT(j); i++) {
		assert_int_equal(j[i].rc, -1);
		assert_says(&j[i].err, GH_E_CONFIG, words[i]);
		gh_redfish_job_free(&j[i]);
	}
	assert_int_equal(b->conns, 0);
	gh_redfish_pool_free(&p);
	bmc_down(b);
}

static void test_certificate_when_its_time_is_over_then_own_words(void **state)
{
	int64_t now = time(NULL), day = 86400;
	const struct {
		int64_t from, to;
		const char *words;
	} times[] = {
	    {now - 10 * day, now - day, "has expired at "},
	    {now + day, now + 10 * day, "is not valid before "},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(times); i++) {
		struct bmc *b =
		    bmc_up_dated(small_tree(), times[i].from, times[i].to, false);
		struct gh_redfish_pool *p = pool_new();
		struct gh_redfish_job j = job_to(b);

		run_jobs(p, &j, 1);
		assert_int_equal(j.rc, -1);
		assert_says(&j.err, GH_E_AUTH, times[i].words);
		assert_int_equal(b->app_bytes, 0);
		gh_redfish_job_free(&j);
		/* who enrols sees it, and decides */
		j = job_to(b);
		j.target.enrol = true;
		run_jobs(p, &j, 1);
		assert_read(&j);
		gh_redfish_job_free(&j);
		gh_redfish_pool_free(&p);
		bmc_down(b);
	}
}

/* The clock that counts is the environment's. */
static int64_t in_2040(void *ctx)
{
	(void)ctx;
	return 2208988800;
}

static void test_certificate_when_the_clock_is_of_2040_then_it_has_expired(void **state)
{
	struct gh_env env = gh_env_real;
	struct bmc *b = bmc_up(small_tree());
	struct gh_redfish_job j = job_to(b);
	struct gh_redfish_pool *p;

	(void)state;
	env.now = in_2040;
	assert_int_equal(gh_redfish_pool_new(&p, &env, NULL), 0);
	run_jobs(p, &j, 1);
	assert_says(&j.err, GH_E_AUTH, "has expired");
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	bmc_down(b);
}

/* ---- enrolling ---- */

static void test_enrol_when_asked_then_it_says_what_was_shown(void **state)
{
	int64_t now = time(NULL);

	(void)state;
	for (int ca = 0; ca < 2; ca++) {
		struct bmc *b =
		    bmc_up_dated(small_tree(), now - 1000, now + 1000, ca != 0);
		struct gh_redfish_pool *p = pool_new();
		struct gh_redfish_job j = job_to(b);

		j.target.enrol = true;
		j.target.cert_sha256 = ca ? other : "";
		run_jobs(p, &j, 1);
		assert_read(&j);
		assert_string_equal(j.tree.cert_sha256, b->sha256);
		assert_int_equal(j.tree.cert_self_signed, !ca);
		assert_non_null(strstr(j.tree.cert_subject, "CN=bmc-1"));
		assert_null(strchr(j.tree.cert_subject, '\x1b'));
		assert_non_null(gh_redfish_get(&j.tree, "{system}"));
		gh_redfish_job_free(&j);
		gh_redfish_pool_free(&p);
		bmc_down(b);
	}
}

/* A connection that was opened while enrolling is still there: the pin holds for it too. */
static void test_pin_when_a_connection_is_older_than_it_then_it_still_holds(void **state)
{
	struct bmc *b = bmc_up(small_tree());
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);
	long bytes;
	int conns;

	(void)state;
	j.target.enrol = true;
	run_jobs(p, &j, 1);
	assert_read(&j);
	gh_redfish_job_free(&j);
	bytes = b->app_bytes;
	conns = b->conns;
	j = job_to(b);
	j.target.cert_sha256 = other;
	run_jobs(p, &j, 1);
	assert_says(&j.err, GH_E_AUTH, "is pinned");
	assert_int_equal(b->conns, conns); /* it was that connection */
	assert_int_equal(b->app_bytes, bytes);
	gh_redfish_job_free(&j);
	/* and the right pin may use it */
	j = job_to(b);
	run_jobs(p, &j, 1);
	assert_read(&j);
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	assert_int_equal(b->live, 0);
	bmc_down(b);
}

/* Another tool must see the same digest. */
static void test_digest_when_openssl_looks_then_it_is_the_same(void **state)
{
	struct bmc *b = bmc_up(small_tree());
	char command[200], line[256] = "", hex[65] = "";
	size_t n = 0;
	FILE *f;

	(void)state;
	if (access("/usr/bin/openssl", X_OK) != 0) {
		bmc_down(b);
		print_message("skipped: no openssl(1) here\n");
		skip();
	}
	snprintf(command, sizeof(command),
	    "openssl s_client -connect 127.0.0.1:%u </dev/null 2>/dev/null | "
	    "openssl x509 -noout -fingerprint -sha256",
	    b->port);
	f = popen(command, "r");
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof(line), f));
	pclose(f);
	for (const char *c = strchr(line, '='); c && *c && n < 64; c++)
		if (strchr("0123456789ABCDEF", *c))
			hex[n++] = *c >= 'A' ? (char)(*c + 32) : *c;
	assert_string_equal(hex, b->sha256);
	bmc_down(b);
}

/* ---- no TLS that we want ---- */

static void test_tls_when_it_is_older_than_1_2_then_no_connection(void **state)
{
	struct bmc *b = bmc_up(small_tree());
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);

	(void)state;
	SSL_CTX_set_min_proto_version(b->tls, TLS1_VERSION);
	SSL_CTX_set_max_proto_version(b->tls, TLS1_1_VERSION);
	SSL_CTX_set_security_level(b->tls, 0);
	run_jobs(p, &j, 1);
	assert_says(&j.err, GH_E_REMOTE, "no TLS 1.2 or later");
	assert_int_equal(b->app_bytes, 0);
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	bmc_down(b);
}

static void test_tls_when_only_1_2_then_it_works(void **state)
{
	struct bmc *b = bmc_up(small_tree());
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);

	(void)state;
	SSL_CTX_set_max_proto_version(b->tls, TLS1_2_VERSION);
	run_jobs(p, &j, 1);
	assert_read(&j);
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	bmc_down(b);
}

/* Resumed sessions show no certificate: there must be none. */
static void test_tls_when_many_connections_then_each_is_a_full_handshake(void **state)
{
	struct bmc *b = bmc_up(small_tree());
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);

	(void)state;
	b->delay_ms = 20;
	run_jobs(p, &j, 1);
	assert_read(&j);
	gh_redfish_job_free(&j);
	assert_true(b->handshakes > 1);
	assert_int_equal(SSL_CTX_sess_hits(b->tls), 0);
	gh_redfish_pool_free(&p);
	bmc_down(b);
}

struct plain {
	int fd;
	const char *text; /* NULL: says nothing */
};

static void *plain_server(void *arg)
{
	struct plain *s = arg;
	int fd = accept(s->fd, NULL, NULL);
	char c[4096];

	if (fd < 0)
		return NULL;
	if (s->text && write(fd, s->text, strlen(s->text)) < 0)
		return NULL;
	while (read(fd, c, sizeof(c)) > 0)
		if (s->text)
			break;
	close(fd);
	return NULL;
}

static void test_plain_when_it_speaks_http_or_nothing_then_clear_words(void **state)
{
	static const struct {
		const char *text;
		enum gh_errc code;
		const char *words;
	} cases[] = {
	    {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", GH_E_REMOTE,
		"no TLS 1.2 or later"},
	    {NULL, GH_E_TIMEOUT, "in the TLS handshake"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		struct plain s = {.text = cases[i].text};
		uint16_t port = listen_on_loopback(&s.fd);
		struct gh_redfish_pool *p = pool_new();
		struct gh_redfish_job j = job_at(port, other);
		pthread_t t;

		j.target.deadline_ms = 400;
		pthread_create(&t, NULL, plain_server, &s);
		run_jobs(p, &j, 1);
		assert_says(&j.err, cases[i].code, cases[i].words);
		gh_redfish_job_free(&j);
		gh_redfish_pool_free(&p);
		shutdown(s.fd, SHUT_RDWR);
		pthread_join(t, NULL);
		close(s.fd);
	}
}

static void test_dead_when_nobody_listens_then_refused_at_once(void **state)
{
	struct gh_redfish_pool *p = pool_new();
	int fd;
	uint16_t port = listen_on_loopback(&fd);
	struct gh_redfish_job j = job_at(port, other);

	(void)state;
	close(fd);
	run_jobs(p, &j, 1);
	assert_says(&j.err, GH_E_IO, "cannot connect to the BMC: Connection refused");
	assert_says(&gh_redfish_find(&j.tree, "/redfish/v1")->err, GH_E_IO, "refused");
	gh_redfish_job_free(&j);
	j = job_at(port, other);
	j.target.address = "::1";
	run_jobs(p, &j, 1);
	assert_int_equal(j.err.code, GH_E_IO);
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
}

/* A proxy, a keylog file and a CA of the environment have no part in it. */
static void test_environment_when_it_is_full_then_it_does_not_matter(void **state)
{
	struct bmc *b = bmc_up(small_tree());
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);
	char log[] = "/tmp/gh-keylog-XXXXXX";
	int fd = mkstemp(log);
	char c;

	(void)state;
	setenv("https_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "socks5://127.0.0.1:1", 1);
	setenv("SSLKEYLOGFILE", log, 1);
	setenv("SSL_CERT_FILE", "/nonexistent", 1);
	run_jobs(p, &j, 1);
	unsetenv("https_proxy");
	unsetenv("ALL_PROXY");
	unsetenv("SSLKEYLOGFILE");
	unsetenv("SSL_CERT_FILE");
	assert_read(&j);
	assert_int_equal(read(fd, &c, 1), 0);
	close(fd);
	unlink(log);
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	bmc_down(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    /* first: the keylog file is opened once in a process */
	    cmocka_unit_test(test_environment_when_it_is_full_then_it_does_not_matter),
	    cmocka_unit_test(test_pin_when_it_is_in_capitals_then_it_is_the_same),
	    cmocka_unit_test(test_pin_when_another_is_shown_then_not_a_byte_goes_out),
	    cmocka_unit_test(
		test_target_when_something_is_missing_then_nothing_is_connected),
	    cmocka_unit_test(test_certificate_when_its_time_is_over_then_own_words),
	    cmocka_unit_test(
		test_certificate_when_the_clock_is_of_2040_then_it_has_expired),
	    cmocka_unit_test(test_enrol_when_asked_then_it_says_what_was_shown),
	    cmocka_unit_test(
		test_pin_when_a_connection_is_older_than_it_then_it_still_holds),
	    cmocka_unit_test(test_digest_when_openssl_looks_then_it_is_the_same),
	    cmocka_unit_test(test_tls_when_it_is_older_than_1_2_then_no_connection),
	    cmocka_unit_test(test_tls_when_only_1_2_then_it_works),
	    cmocka_unit_test(
		test_tls_when_many_connections_then_each_is_a_full_handshake),
	    cmocka_unit_test(test_plain_when_it_speaks_http_or_nothing_then_clear_words),
	    cmocka_unit_test(test_dead_when_nobody_listens_then_refused_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
