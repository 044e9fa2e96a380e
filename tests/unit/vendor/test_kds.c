/* SPDX-License-Identifier: Apache-2.0
 * AMD's certificate service: what is asked, what is believed, what is kept, and how a
 * service that misbehaves is met. */
#include <dirent.h>
#include <sys/stat.h>

#include "kds_server.h"
#include "vendor/kds.h"

/* One clock for certificates and waiting: where the certificates made here are valid. */
static int64_t test_now = PKI_AT;
static int64_t now_of(void *ctx)
{
	(void)ctx;
	return test_now;
}

static struct vcek_ca own, foreign;
static struct gh_trust trust;
static struct gh_env env;
static struct gh_snp_vcek_ask asked = {
    .product = GH_SNP_GENOA, .tcb = {0, 10, 0, 25, 88}};

struct place {
	struct kds_server server;
	char dir[64], keep[80], ca[80];
	struct gh_kds *kds;
};

static int make_world(void **state)
{
	(void)state;
	make_vcek_ca(&own);
	make_vcek_ca(&foreign);
	trust_ark(&trust, &own);
	for (size_t i = 0; i < 64; i++)
		asked.chip_id[i] = (unsigned char)(i + 1);
	env = gh_env_real;
	env.now = now_of;
	return 0;
}

static int drop_world(void **state)
{
	(void)state;
	free_vcek_ca(&own);
	free_vcek_ca(&foreign);
	return 0;
}

static void serve(
    struct kds_server *s, const struct vcek_ca *ca, const struct gh_snp_vcek_ask *of)
{
	gh_auto(struct made, free_made) leaf = {0};

	gh_buf_clear(&s->vcek);
	gh_buf_clear(&s->chain);
	make_vcek(&leaf, ca, "SEV-VCEK", of);
	der_of(&s->vcek, &leaf);
	pem_of(&s->chain, &ca->ask);
	pem_of(&s->chain, &ca->ark);
}

static void open_kds(struct place *p, const char *from, unsigned int gap_s)
{
	const struct gh_kds_opts o = {.from = from,
	    .ca = p->ca,
	    .keep = p->keep,
	    .gap_s = gap_s,
	    .env = &env,
	    .trust = &trust};

	gh_kds_close(&p->kds);
	assert_int_equal(gh_kds_open(&p->kds, &o, NULL), 0);
}

static int setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	test_now = PKI_AT;
	snprintf(p->dir, sizeof(p->dir), "/tmp/gatehouse-test-XXXXXX");
	if (!mkdtemp(p->dir))
		return -1;
	snprintf(p->keep, sizeof(p->keep), "%s/kds", p->dir);
	snprintf(p->ca, sizeof(p->ca), "%s/ca.pem", p->dir);
	kds_start(&p->server, "127.0.0.1");
	kds_write_ca(&p->server, p->ca);
	serve(&p->server, &own, &asked);
	open_kds(p, p->server.base, 0);
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;
	char cmd[96];
	int rc;

	gh_kds_close(&p->kds);
	kds_end(&p->server);
	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", p->dir);
	rc = system(cmd);
	free(p);
	return rc;
}

static enum gh_kds_state get(struct place *p, struct gh_kds_answer *a)
{
	gh_kds_answer_free(a);
	gh_kds_get(p->kds, &asked, 5000, NULL, a);
	return a->state;
}

/* How many certificates are kept. */
static unsigned int n_kept(const struct place *p)
{
	unsigned int n = 0;
	const struct dirent *e;
	DIR *d = opendir(p->keep);

	while (d && (e = readdir(d)))
		n += strstr(e->d_name, ".pem") != NULL;
	if (d)
		closedir(d);
	return n;
}

/* ---- the question ---- */

static void test_url_when_genoa_then_as_amd_wants_it(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	(void)state;
	gh_kds_url(&b, "https://kdsintf.amd.com", &asked);
	assert_string_equal(gh_buf_cstr(&b),
	    "https://kdsintf.amd.com/vcek/v1/Genoa/"
	    "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
	    "2122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f40"
	    "?blSPL=10&teeSPL=0&snpSPL=25&ucodeSPL=88");
}

static void test_url_when_turin_then_eight_bytes_and_fmc_first(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_snp_vcek_ask ask = {.product = GH_SNP_TURIN, .tcb = {1, 2, 3, 4, 81}};

	(void)state;
	memset(ask.chip_id, 0xAB, 8);
	gh_kds_url(&b, "https://h", &ask);
	assert_string_equal(gh_buf_cstr(&b),
	    "https://h/vcek/v1/Turin/abababababababab"
	    "?fmcSPL=1&blSPL=2&teeSPL=3&snpSPL=4&ucodeSPL=81");
}

/* ---- what is kept ---- */

static void test_get_when_given_once_then_never_asked_again(void **state)
{
	gh_auto(struct gh_kds_answer, gh_kds_answer_free) a = {0};
	struct place *p = *state;

	assert_int_equal(get(p, &a), GH_KDS_GIVEN);
	assert_false(a.kept);
	assert_non_null(strstr(a.where, "/vcek/v1/Genoa/"));
	assert_non_null(strstr(p->server.last, "/vcek/v1/Genoa/cert_chain"));
	assert_int_equal(n_kept(p), 1);
	/* by another run, and with nobody there to ask */
	p->server.fault = KDS_HANG_UP;
	open_kds(p, p->server.base, GH_KDS_GAP_S);
	assert_int_equal(get(p, &a), GH_KDS_GIVEN);
	assert_true(a.kept);
	assert_int_equal(p->server.n_vcek, 1);
	assert_int_equal(p->server.n_chain, 1);
	/* the kept folder is one that can be named */
	open_kds(p, p->keep, 0);
	assert_int_equal(get(p, &a), GH_KDS_GIVEN);
	assert_true(a.folder);
}

static void test_get_when_kept_one_was_touched_then_asked_anew(void **state)
{
	gh_auto(struct gh_kds_answer, gh_kds_answer_free) a = {0};
	struct place *p = *state;
	char cmd[160];

	assert_int_equal(get(p, &a), GH_KDS_GIVEN);
	snprintf(cmd, sizeof(cmd), "sed -i '5s/[A-M]/z/' %s/*.pem", p->keep);
	assert_int_equal(system(cmd), 0);
	assert_int_equal(get(p, &a), GH_KDS_GIVEN);
	assert_false(a.kept);
	assert_int_equal(p->server.n_vcek, 2);
	/* expired is as good as touched */
	test_now += 2 * 86400;
	assert_int_equal(get(p, &a), GH_KDS_GIVEN);
	assert_false(a.kept);
}

/* What does not verify is handed on to be judged, and not kept. */
static void test_get_when_not_the_one_then_given_and_not_kept(void **state)
{
	gh_auto(struct gh_kds_answer, gh_kds_answer_free) a = {0};
	struct gh_snp_vcek_ask other = asked;
	struct place *p = *state;

	serve(&p->server, &foreign, &asked);
	assert_int_equal(get(p, &a), GH_KDS_GIVEN);
	assert_true(a.certs.len > 0);
	other.chip_id[0] ^= 1;
	serve(&p->server, &own, &other);
	assert_int_equal(get(p, &a), GH_KDS_GIVEN);
	assert_int_equal(p->server.n_chain, 1); /* of another chip: no matter whose */
	assert_int_equal(n_kept(p), 0);
}

static void test_get_when_cut_or_no_certificate_then_given_and_not_kept(void **state)
{
	gh_auto(struct gh_kds_answer, gh_kds_answer_free) a = {0};
	struct place *p = *state;

	p->server.vcek.len -= 1;
	assert_int_equal(get(p, &a), GH_KDS_GIVEN);
	gh_buf_clear(&p->server.vcek);
	gh_buf_str(&p->server.vcek, "<html>blocked by the proxy</html>");
	assert_int_equal(get(p, &a), GH_KDS_GIVEN);
	assert_int_equal(a.certs.len, p->server.vcek.len);
	assert_int_equal(n_kept(p), 0);
}

/* ---- who does not answer well ---- */

static void test_get_when_404_then_absent(void **state)
{
	gh_auto(struct gh_kds_answer, gh_kds_answer_free) a = {0};
	struct place *p = *state;

	p->server.fault = KDS_STATUS;
	p->server.status = 404;
	assert_int_equal(get(p, &a), GH_KDS_ABSENT);
	assert_false(a.folder);
}

static void test_get_when_chain_is_404_then_the_vcek_is_judged_all_the_same(void **state)
{
	gh_auto(struct gh_kds_answer, gh_kds_answer_free) a = {0};
	struct place *p = *state;

	gh_buf_clear(&p->server.chain);
	assert_int_equal(get(p, &a), GH_KDS_GIVEN);
	assert_int_equal(n_kept(p), 0);
}

static void test_get_when_429_then_not_asked_until_it_may(void **state)
{
	gh_auto(struct gh_kds_answer, gh_kds_answer_free) a = {0};
	struct place *p = *state;

	p->server.fault = KDS_STATUS;
	p->server.status = 429;
	p->server.retry_s = 77;
	assert_int_equal(get(p, &a), GH_KDS_LIMITED);
	assert_int_equal(a.wait_s, 77);
	/* by another run too */
	p->server.fault = KDS_WELL;
	open_kds(p, p->server.base, 0);
	test_now += 70;
	assert_int_equal(get(p, &a), GH_KDS_LIMITED);
	assert_int_equal(a.wait_s, 7);
	assert_int_equal(p->server.n_vcek, 1);
	test_now += 8;
	assert_int_equal(get(p, &a), GH_KDS_GIVEN);
	/* one that names no time means minutes */
	asked.tcb.tee = 1;
	p->server.fault = KDS_STATUS;
	p->server.retry_s = 0;
	assert_int_equal(get(p, &a), GH_KDS_LIMITED);
	assert_in_range(a.wait_s, 120, 600);
	asked.tcb.tee = 0;
	/* a clock that was set back far does not wait for ever */
	p->server.fault = KDS_WELL;
	test_now -= 400 * 86400;
	assert_int_equal(get(p, &a), GH_KDS_GIVEN);
}

static void test_get_when_asked_often_then_a_gap_is_kept(void **state)
{
	gh_auto(struct gh_kds_answer, gh_kds_answer_free) a = {0};
	struct place *p = *state;

	open_kds(p, p->server.base, GH_KDS_GAP_S);
	p->server.fault = KDS_STATUS;
	p->server.status = 404;
	assert_int_equal(get(p, &a), GH_KDS_ABSENT);
	assert_int_equal(get(p, &a), GH_KDS_LIMITED); /* 5 s are less than the gap */
	assert_int_equal(p->server.n_vcek, 1);
	test_now += GH_KDS_GAP_S;
	assert_int_equal(get(p, &a), GH_KDS_ABSENT);
	assert_int_equal(p->server.n_vcek, 2);
	gh_kds_answer_free(&a);
	test_now += GH_KDS_GAP_S;
	gh_kds_get(p->kds, &asked, 0, NULL, &a); /* no time left in this run */
	assert_int_equal(a.state, GH_KDS_LIMITED);
}

static void expect_failed(
    struct place *p, enum kds_fault fault, enum gh_errc code, const char *words)
{
	gh_auto(struct gh_kds_answer, gh_kds_answer_free) a = {0};

	p->server.fault = fault;
	gh_kds_get(p->kds, &asked, 700, NULL, &a);
	assert_int_equal(a.state, GH_KDS_FAILED);
	if (a.err.code != code || !strstr(a.err.what, words))
		fail_msg("%s, %s", gh_errc_word(a.err.code), a.err.what);
	assert_int_equal(n_kept(p), 0);
}

static void test_get_when_it_misbehaves_then_no_answer_and_why(void **state)
{
	struct place *p = *state;

	p->server.status = 503;
	expect_failed(p, KDS_STATUS, GH_E_REMOTE, "503");
	expect_failed(p, KDS_HANG_UP, GH_E_REMOTE, "");
	expect_failed(p, KDS_FLOOD, GH_E_REMOTE, "64 KiB");
	expect_failed(p, KDS_FLOOD_CL, GH_E_REMOTE, "64 KiB");
	expect_failed(p, KDS_HALF, GH_E_REMOTE, "");
	expect_failed(p, KDS_SLOW, GH_E_TIMEOUT, "in time");
	p->server.fault = KDS_WELL;
}

static void test_get_when_redirected_then_not_followed(void **state)
{
	struct place *p = *state;
	int before = p->server.n_vcek;

	expect_failed(p, KDS_REDIRECT, GH_E_REMOTE, "302");
	assert_int_equal(p->server.n_vcek, before + 1);
}

static void test_get_when_the_environment_names_a_proxy_then_not_used(void **state)
{
	gh_auto(struct gh_kds_answer, gh_kds_answer_free) a = {0};

	setenv("https_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	assert_int_equal(get(*state, &a), GH_KDS_GIVEN);
	unsetenv("https_proxy");
	unsetenv("ALL_PROXY");
}

static void test_get_when_tls_is_not_trusted_then_nothing_is_asked(void **state)
{
	gh_auto(struct gh_kds_answer, gh_kds_answer_free) a = {0};
	struct place *p = *state;
	struct kds_server wrong = {0};
	char other[96];

	/* of another name */
	kds_start(&wrong, "127.0.0.9");
	kds_write_ca(&wrong, p->ca);
	open_kds(p, wrong.base, 0);
	assert_int_equal(get(p, &a), GH_KDS_FAILED);
	assert_int_equal(a.err.code, GH_E_AUTH);
	/* of another CA */
	open_kds(p, p->server.base, 0);
	assert_int_equal(get(p, &a), GH_KDS_FAILED);
	assert_int_equal(a.err.code, GH_E_AUTH);
	/* no CA file at all */
	snprintf(other, sizeof(other), "%s", p->ca);
	snprintf(p->ca, sizeof(p->ca), "%.60s/none", p->dir);
	open_kds(p, p->server.base, 0);
	assert_int_equal(get(p, &a), GH_KDS_FAILED);
	assert_int_equal(a.err.code, GH_E_CONFIG);
	assert_int_equal(p->server.n_vcek + wrong.n_vcek, 0);
	kds_end(&wrong);
}

static void test_get_when_nobody_is_there_then_cannot_connect(void **state)
{
	gh_auto(struct gh_kds_answer, gh_kds_answer_free) a = {0};
	struct place *p = *state;

	open_kds(p, "https://127.0.0.1:1", 0);
	assert_int_equal(get(p, &a), GH_KDS_FAILED);
	assert_int_equal(a.err.code, GH_E_IO);
}

static void test_get_when_cancelled_then_soon(void **state)
{
	gh_auto(struct gh_kds_answer, gh_kds_answer_free) a = {0};
	struct place *p = *state;
	struct gh_cancel cancel = {0};

	p->server.fault = KDS_SLOW;
	gh_cancel_ask(&cancel);
	gh_kds_get(p->kds, &asked, 5000, &cancel, &a);
	assert_int_equal(a.state, GH_KDS_FAILED);
	assert_int_equal(a.err.code, GH_E_CANCELLED);
	p->server.fault = KDS_WELL;
}

/* ---- a folder ---- */

static void put(const struct place *p, const char *name, const struct gh_buf *b)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/folder/%s", p->dir, name);
	assert_int_equal(gh_file_write(path, b->p, b->len, 0644, NULL), 0);
}

static void test_folder_when_searched_then_told_apart_by_content(void **state)
{
	gh_auto(struct gh_kds_answer, gh_kds_answer_free) a = {0};
	gh_auto(struct gh_buf, gh_buf_free) junk = {0}, chain = {0};
	struct gh_snp_vcek_ask other = asked;
	struct place *p = *state;
	char path[96];

	snprintf(path, sizeof(path), "%s/folder", p->dir);
	assert_int_equal(gh_file_mkdirs(path, 0755, NULL), 0);
	open_kds(p, path, 0);
	assert_int_equal(get(p, &a), GH_KDS_ABSENT);
	assert_true(a.folder);
	gh_buf_str(&junk, "no certificate");
	put(p, "a.der", &junk);
	/* another chip's, and the CA's under a name that says nothing */
	gh_buf_add(&chain, p->server.chain.p, p->server.chain.len);
	put(p, "readme", &chain);
	other.chip_id[9] ^= 0xFF;
	serve(&p->server, &own, &other);
	put(p, "b.crt", &p->server.vcek);
	assert_int_equal(get(p, &a), GH_KDS_ABSENT);
	serve(&p->server, &own, &asked);
	put(p, "c", &p->server.vcek);
	assert_int_equal(get(p, &a), GH_KDS_GIVEN);
	assert_int_equal(p->server.n_vcek + p->server.n_chain, 0);
	assert_int_equal(n_kept(p), 0);
}

static void test_folder_when_forged_or_gone_then_given_or_failed(void **state)
{
	gh_auto(struct gh_kds_answer, gh_kds_answer_free) a = {0};
	struct place *p = *state;
	char path[96];

	snprintf(path, sizeof(path), "%s/folder/", p->dir);
	open_kds(p, path, 0);
	assert_int_equal(get(p, &a), GH_KDS_FAILED);
	assert_int_equal(a.err.code, GH_E_CONFIG);
	assert_int_equal(gh_file_mkdirs(path, 0755, NULL), 0);
	serve(&p->server, &foreign, &asked);
	put(p, "vcek", &p->server.vcek);
	put(p, "chain", &p->server.chain);
	assert_int_equal(get(p, &a), GH_KDS_GIVEN); /* the judge says what it is worth */
}

int main(void)
{
#define UNIT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_url_when_genoa_then_as_amd_wants_it),
	    cmocka_unit_test(test_url_when_turin_then_eight_bytes_and_fmc_first),
	    UNIT(test_get_when_given_once_then_never_asked_again),
	    UNIT(test_get_when_kept_one_was_touched_then_asked_anew),
	    UNIT(test_get_when_not_the_one_then_given_and_not_kept),
	    UNIT(test_get_when_cut_or_no_certificate_then_given_and_not_kept),
	    UNIT(test_get_when_404_then_absent),
	    UNIT(test_get_when_chain_is_404_then_the_vcek_is_judged_all_the_same),
	    UNIT(test_get_when_429_then_not_asked_until_it_may),
	    UNIT(test_get_when_asked_often_then_a_gap_is_kept),
	    UNIT(test_get_when_it_misbehaves_then_no_answer_and_why),
	    UNIT(test_get_when_redirected_then_not_followed),
	    UNIT(test_get_when_the_environment_names_a_proxy_then_not_used),
	    UNIT(test_get_when_tls_is_not_trusted_then_nothing_is_asked),
	    UNIT(test_get_when_nobody_is_there_then_cannot_connect),
	    UNIT(test_get_when_cancelled_then_soon),
	    UNIT(test_folder_when_searched_then_told_apart_by_content),
	    UNIT(test_folder_when_forged_or_gone_then_given_or_failed),
	};

	return cmocka_run_group_tests(tests, make_world, drop_world);
}
