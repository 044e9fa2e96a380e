/* SPDX-License-Identifier: Apache-2.0
 * A lab BMC over the wire, asked by curl(1) with the key pinned: it must be HTTPS that a
 * program of somebody else's understands. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../tap.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "lab/bmc_cert.h"
#include "lab/bmc_server.h"
#include "lab/bmc_tree.h"
#include "lab/lab_proc.h"

#define R     "/redfish/v1"
#define LOGIN "-X POST -d '{\"UserName\":\"gatehouse\",\"Password\":\"secret\"}' "

struct box {
	struct gh_bmc b;
	struct gh_bmc_server *server;
	struct gh_buf cert, key;
	char dir[64], tree[80], pin[64]; /* pin: of the key, as curl takes it */
	char token[GH_BMC_TOKEN_LEN];
	struct gh_buf out; /* of the last command */
};

/* What a shell command prints; its status. */
GH_PRINTF(2, 3) static int run(struct box *x, const char *fmt, ...)
{
	gh_auto(struct gh_buf, gh_buf_free) command = {0};
	char part[4096];
	va_list ap;
	FILE *f;
	size_t n;

	va_start(ap, fmt);
	gh_buf_vfmt(&command, fmt, ap);
	va_end(ap);
	gh_buf_clear(&x->out);
	f = popen(gh_buf_cstr(&command), "r");
	assert_non_null(f);
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		gh_buf_add(&x->out, part, n);
	return pclose(f) / 256;
}

static int curl(struct box *x, const char *args, const char *path)
{
	return run(x,
	    "curl -sk -m 20 --pinnedpubkey 'sha256//%s' -H 'X-Auth-Token: %s' %s "
	    "'https://127.0.0.1:%u%s' 2>&1",
	    x->pin, x->token, args, x->b.port, path);
}

/* The status of a GET. */
static int get(struct box *x, const char *path)
{
	uint64_t status;

	if (curl(x, "-o /dev/null -w '%{http_code}'", path) ||
	    gh_text_u64(gh_buf_view(&x->out), 10, &status))
		return -1;
	return (int)status;
}

static bool says(struct box *x, const char *text)
{
	return gh_text_find(gh_buf_view(&x->out), text) != NULL;
}

static void key_pin(struct box *x)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/cert.pem", x->dir);
	assert_int_equal(gh_file_write(path, x->cert.p, x->cert.len, 0600, NULL), 0);
	assert_int_equal(
	    run(x,
		"openssl x509 -in %s -pubkey -noout | openssl pkey -pubin -outform der | "
		"openssl dgst -sha256 -binary | base64 | tr -d '\\n'",
		path),
	    0);
	snprintf(x->pin, sizeof(x->pin), "%s", gh_buf_cstr(&x->out));
}

static void make_cert(struct box *x, int64_t from, int64_t to)
{
	struct gh_bmc_cert in = {.host = "gpu-a",
	    .mac = "7cc2554e0a01",
	    .factory = false,
	    .address = "127.0.0.1",
	    .from = from,
	    .to = to};
	struct gh_err err = {0};

	gh_buf_clear(&x->cert);
	gh_buf_clear(&x->key);
	assert_int_equal(gh_bmc_cert_make(&x->cert, &x->key, &in, &err), 0);
	key_pin(x);
}

static void start(struct box *x)
{
	struct sockaddr_in at;
	socklen_t len = sizeof(at);
	struct gh_err err = {0};
	int fd;

	if (gh_bmc_listen(&fd, "127.0.0.1", 0, &err))
		fail_msg("%s", err.what);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	x->b.port = ntohs(at.sin_port);
	if (gh_bmc_server_start(
		&x->server, &x->b, fd, gh_buf_cstr(&x->cert), gh_buf_cstr(&x->key), &err))
		fail_msg("%s", err.what);
}

static int setup(void **state)
{
	struct gh_bmc_tree_in in = {.spec = &gh_lab_specs[0]};
	gh_auto(json_t *, gh_json_free) tree = gh_bmc_tree(&in, NULL);
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	int64_t now = gh_now(&gh_env_real);
	static struct box x;

	memset(&x, 0, sizeof(x));
	snprintf(x.dir, sizeof(x.dir), "/tmp/gatehouse-test-XXXXXX");
	if (!mkdtemp(x.dir))
		return -1;
	snprintf(x.tree, sizeof(x.tree), "%s/tree.json", x.dir);
	gh_json_dump(&text, tree);
	if (gh_file_write(x.tree, text.p, text.len, 0644, NULL))
		return -1;
	x.b.spec = &gh_lab_specs[0];
	x.b.dir = x.dir;
	x.b.env = &gh_env_real;
	x.b.served.path = x.tree;
	snprintf(x.b.password, sizeof(x.b.password), "secret");
	make_cert(&x, now - 60, now + 3600);
	start(&x);
	*state = &x;
	return 0;
}

static int teardown(void **state)
{
	struct box *x = *state;

	gh_bmc_server_stop(&x->server);
	gh_bmc_served_free(&x->b.served);
	assert_int_equal(run(x, "rm -rf '%s'", x->dir), 0);
	gh_buf_free(&x->cert);
	gh_buf_free(&x->key);
	gh_buf_free(&x->out);
	return 0;
}

static void log_in(struct box *x)
{
	const unsigned char *at;

	assert_int_equal(
	    curl(x, LOGIN "-o /dev/null -D-", R "/SessionService/Sessions"), 0);
	assert_true(says(x, "HTTP/1.1 201"));
	assert_true(says(x, "Location: " R "/SessionService/Sessions/1"));
	at = gh_text_find(gh_buf_view(&x->out), "X-Auth-Token: ");
	assert_non_null(at);
	snprintf(x->token, sizeof(x->token), "%.32s",
	    (const char *)at + strlen("X-Auth-Token: "));
}

/* ---- as it should be -------------------------------------------------------------- */

static void test_server_when_asked_by_curl_then_a_session_as_redfish_wants_it(
    void **state)
{
	struct box *x = *state;

	assert_int_equal(curl(x, "-D-", R "/"), 0);
	assert_true(says(x, "HTTP/1.1 200"));
	assert_true(says(x, "OData-Version: 4.0"));
	assert_true(says(x, "ExpandQuery"));
	assert_int_equal(get(x, R "/Systems/1"), 401);
	log_in(x);
	assert_int_equal(get(x, R "/Systems/1"), 200);
	assert_int_equal(curl(x, "", R "/Systems/1"), 0);
	assert_true(says(x, gh_lab_specs[0].serial));
	assert_int_equal(get(x, R "/Nothing"), 404);
	assert_int_equal(curl(x, "-X PATCH -D-", R "/Systems/1"), 0);
	assert_true(says(x, "HTTP/1.1 405"));
	assert_true(says(x, "Allow: GET, HEAD"));
	assert_int_equal(curl(x, "-I", R "/Systems/1"), 0);
	assert_true(says(x, "HTTP/1.1 200"));
	assert_false(says(x, "SerialNumber"));
	assert_int_equal(
	    curl(x, "-X DELETE -w '%{http_code}'", R "/SessionService/Sessions/1"), 0);
	assert_true(says(x, "204"));
	assert_int_equal(get(x, R "/Systems/1"), 401);
}

static void test_server_when_queried_then_the_query_reaches_it(void **state)
{
	struct box *x = *state;

	log_in(x);
	assert_int_equal(
	    curl(x, "", R "/UpdateService/FirmwareInventory?$expand=.($levels=1)"), 0);
	assert_true(says(x, "BIOS Date: 07/30/2025 Ver 2.7"));
	assert_int_equal(
	    curl(x, "", R "/Systems/1/Memory?%24expand=%2A%28%24levels%3D1%29"), 0);
	assert_true(says(x, "P2-DIMMH2"));
	assert_int_equal(get(x, R "/Systems?$filter=x"), 400);
	assert_int_equal(get(x, R "/Systems?only"), 400);
	assert_int_equal(get(x, R "/Systems?harmless=1"), 200);
}

static void test_server_when_the_etag_is_sent_back_then_304(void **state)
{
	struct box *x = *state;
	char args[160];
	const unsigned char *at;

	log_in(x);
	assert_int_equal(curl(x, "-o /dev/null -D-", R "/Systems/1/Bios"), 0);
	at = gh_text_find(gh_buf_view(&x->out), "ETag: \"");
	assert_non_null(at);
	snprintf(args, sizeof(args), "-w '%%{http_code}' -H 'If-None-Match: %.34s'",
	    (const char *)at + strlen("ETag: "));
	assert_int_equal(curl(x, args, R "/Systems/1/Bios"), 0);
	assert_string_equal(gh_buf_cstr(&x->out), "304");
}

static void test_server_when_a_body_is_huge_then_413(void **state)
{
	struct box *x = *state;

	assert_int_equal(run(x,
			     "head -c 100000 /dev/zero | curl -sk -m 20 -o /dev/null -w "
			     "'%%{http_code}' --data-binary @- 'https://127.0.0.1:%u%s'",
			     x->b.port, R "/SessionService/Sessions"),
	    0);
	assert_string_equal(gh_buf_cstr(&x->out), "413");
}

static void test_server_when_many_ask_at_once_then_each_gets_its_own(void **state)
{
	struct box *x = *state;

	log_in(x);
	assert_int_equal(
	    run(x,
		"for i in 1 2 3 4 5 6 7 8; do curl -sk -m 20 -H "
		"'X-Auth-Token: %s' https://127.0.0.1:%u" R
		"/Chassis/1/PCIeDevices/GPU$i | grep -c '\"Id\":\"'GPU$i'\"' "
		"& done; wait",
		x->token, x->b.port),
	    0);
	assert_string_equal(gh_buf_cstr(&x->out), "1\n1\n1\n1\n1\n1\n1\n1\n");
}

/* ---- certificate ------------------------------------------------------------------- */

static X509 *read_cert(const struct box *x)
{
	BIO *bio = BIO_new_mem_buf(x->cert.p, (int)x->cert.len);
	X509 *c = PEM_read_bio_X509(bio, NULL, NULL, NULL);

	BIO_free(bio);
	assert_non_null(c);
	return c;
}

static void test_cert_when_looked_at_then_self_signed_and_this_machines(void **state)
{
	struct box *x = *state;
	X509 *c = read_cert(x);
	char cn[64], pin[GH_BMC_PIN_LEN];
	struct gh_err err = {0};

	X509_NAME_get_text_by_NID(
	    X509_get_subject_name(c), NID_commonName, cn, sizeof(cn));
	assert_string_equal(cn, "gpu-a");
	X509_NAME_get_text_by_NID(
	    X509_get_subject_name(c), NID_serialNumber, cn, sizeof(cn));
	assert_string_equal(cn, "7cc2554e0a01");
	assert_int_equal(
	    X509_NAME_cmp(X509_get_subject_name(c), X509_get_issuer_name(c)), 0);
	assert_int_equal(X509_verify(c, X509_get0_pubkey(c)), 1);
	assert_int_equal(X509_check_ip_asc(c, "127.0.0.1", 0), 1);
	assert_int_equal(EVP_PKEY_get_base_id(X509_get0_pubkey(c)), EVP_PKEY_EC);
	X509_free(c);
	assert_int_equal(gh_bmc_cert_pin(pin, gh_buf_view(&x->cert), &err), 0);
	/* as openssl sees it on the wire */
	assert_int_equal(run(x,
			     "openssl s_client -connect 127.0.0.1:%u </dev/null "
			     "2>/dev/null | openssl x509 -outform der | sha256sum",
			     x->b.port),
	    0);
	assert_memory_equal(x->out.p, pin, 64);
	assert_int_equal(gh_bmc_cert_pin(pin, gh_text_of("no PEM"), &err), -1);
}

static void test_cert_when_of_the_factory_then_every_board_the_same_subject(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) cert = {0};
	gh_auto(struct gh_buf, gh_buf_free) key = {0};
	struct gh_bmc_cert in = {.host = "gpu-a",
	    .mac = "7cc2554e0a01",
	    .factory = true,
	    .address = "127.0.0.1",
	    .from = 0,
	    .to = 86400};
	struct gh_err err = {0};
	X509_NAME *name;
	char text[64];
	BIO *bio;
	X509 *c;

	(void)state;
	assert_int_equal(gh_bmc_cert_make(&cert, &key, &in, &err), 0);
	bio = BIO_new_mem_buf(cert.p, (int)cert.len);
	c = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	assert_non_null(c);
	name = X509_get_subject_name(c);
	X509_NAME_get_text_by_NID(name, NID_commonName, text, sizeof(text));
	assert_string_equal(text, "IPMI");
	X509_NAME_get_text_by_NID(name, NID_organizationName, text, sizeof(text));
	assert_string_equal(text, "Super Micro Computer (LAB)");
	X509_free(c);
	BIO_free(bio);
}

static void test_cert_when_it_is_over_then_curl_sees_it(void **state)
{
	struct box *x = *state;
	int64_t now = gh_now(&gh_env_real);

	gh_bmc_server_stop(&x->server);
	make_cert(x, now - 7200, now - 3600);
	start(x);
	/* 60: the peer's certificate is not fine */
	assert_int_equal(
	    run(x, "curl -s -m 20 --cacert %s/cert.pem https://127.0.0.1:%u" R " 2>&1",
		x->dir, x->b.port),
	    60);
	assert_int_equal(curl(x, "", R), 0);
}

static void test_cert_when_another_then_the_pin_refuses(void **state)
{
	struct box *x = *state;
	int64_t now = gh_now(&gh_env_real);
	char pin[64];

	memcpy(pin, x->pin, sizeof(pin));
	gh_bmc_server_stop(&x->server);
	make_cert(x, now - 60, now + 3600);
	start(x);
	memcpy(x->pin, pin, sizeof(pin));
	/* 90: the public key is not the pinned one */
	assert_int_equal(curl(x, "", R), 90);
}

/* ---- misbehaviour ------------------------------------------------------------------ */

static void test_server_when_it_floods_then_fifty_megabytes_of_json(void **state)
{
	struct box *x = *state;

	x->b.behaviour = GH_BMC_FLOOD;
	assert_int_equal(curl(x, "", R), 0);
	assert_int_equal(x->out.len, GH_BMC_FLOOD_BYTES);
	assert_memory_equal(x->out.p, "{\"Flood\":\"AAAA", 14);
	assert_memory_equal(x->out.p + x->out.len - 4, "AA\"}", 4);
}

static void test_server_when_it_redirects_then_curl_is_told_where(void **state)
{
	struct box *x = *state;

	x->b.behaviour = GH_BMC_REDIRECT;
	assert_int_equal(curl(x, "-o /dev/null -w '%{http_code} %{redirect_url}'", R), 0);
	assert_true(says(x, "302 https://127.0.0.12:"));
}

static void test_server_when_slow_then_others_need_not_wait(void **state)
{
	struct box *x = *state;
	int64_t before = gh_mono_ms(&gh_env_real), took;

	log_in(x);
	x->b.behaviour = GH_BMC_SLOW;
	before = gh_mono_ms(&gh_env_real);
	assert_int_equal(run(x,
			     "for i in 1 2 3 4 5 6 7 8; do curl -sk -m 20 -o /dev/null "
			     "https://127.0.0.1:%u" R " & done; wait",
			     x->b.port),
	    0);
	took = gh_mono_ms(&gh_env_real) - before;
	assert_true(took >= 1000);
	assert_true(took < 7000); /* each has waited for 1 s, but not for another */
}

static void *stop_soon(void *ctx)
{
	struct box *x = ctx;

	gh_lab_proc_sleep_ms(300);
	gh_bmc_server_stop(&x->server);
	return NULL;
}

static void test_server_when_stopped_in_a_slow_answer_then_at_once(void **state)
{
	struct box *x = *state;
	int64_t before = gh_mono_ms(&gh_env_real);
	pthread_t thread;

	log_in(x);
	x->b.behaviour = GH_BMC_SLOW;
	assert_int_equal(pthread_create(&thread, NULL, stop_soon, x), 0);
	(void)get(x, R "/Managers/1");
	pthread_join(thread, NULL);
	assert_true(gh_mono_ms(&gh_env_real) - before < 4000);
	assert_null(x->server);
}

static void test_listen_when_the_port_is_taken_then_an_error(void **state)
{
	struct box *x = *state;
	struct gh_err err = {0};
	int fd;

	assert_int_equal(gh_bmc_listen(&fd, "127.0.0.1", x->b.port, &err), -1);
	assert_int_equal(fd, -1);
	assert_non_null(strstr(err.what, "127.0.0.1:"));
}

static void test_server_when_the_key_is_no_key_then_an_error(void **state)
{
	struct box *x = *state;
	struct gh_bmc_server *other;
	struct gh_err err = {0};
	int fd;

	assert_int_equal(gh_bmc_listen(&fd, "127.0.0.1", 0, &err), 0);
	assert_int_equal(
	    gh_bmc_server_start(&other, &x->b, fd, "no PEM", "no PEM", &err), -1);
	assert_null(other);
	assert_int_equal(err.code, GH_E_IO);
}

int main(void)
{
#define UNIT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
	    UNIT(test_server_when_asked_by_curl_then_a_session_as_redfish_wants_it),
	    UNIT(test_server_when_queried_then_the_query_reaches_it),
	    UNIT(test_server_when_the_etag_is_sent_back_then_304),
	    UNIT(test_server_when_a_body_is_huge_then_413),
	    UNIT(test_server_when_many_ask_at_once_then_each_gets_its_own),
	    UNIT(test_cert_when_looked_at_then_self_signed_and_this_machines),
	    UNIT(test_cert_when_of_the_factory_then_every_board_the_same_subject),
	    UNIT(test_cert_when_it_is_over_then_curl_sees_it),
	    UNIT(test_cert_when_another_then_the_pin_refuses),
	    UNIT(test_server_when_it_floods_then_fifty_megabytes_of_json),
	    UNIT(test_server_when_it_redirects_then_curl_is_told_where),
	    UNIT(test_server_when_slow_then_others_need_not_wait),
	    UNIT(test_server_when_stopped_in_a_slow_answer_then_at_once),
	    UNIT(test_listen_when_the_port_is_taken_then_an_error),
	    UNIT(test_server_when_the_key_is_no_key_then_an_error),
	};

	if (system("command -v curl >/dev/null && command -v openssl >/dev/null")) {
		printf("curl or openssl is not installed: skipped\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
