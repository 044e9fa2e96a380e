/* SPDX-License-Identifier: Apache-2.0
 * The lab's certificate service before the real verifier: what it signs is good under the
 * lab's pin alone, and what it does not know is a 404. */
#include <stdio.h>
#include <stdlib.h>

#include "../tap.h"
#include "base/file.h"
#include "base/text.h"
#include "evidence/load_pem.h"
#include "evidence/snp_vcek.h"
#include "lab/kds.h"
#include "lab/kds_server.h"

#define ROOT  "/vcek/v1/Genoa/"
#define QUERY "blSPL=10&teeSPL=0&snpSPL=25&ucodeSPL=88"

static struct gh_lab_kds kds;
static char dir[] = "/tmp/gatehouse-test-XXXXXX", own[200];
static struct gh_trust trust;

static int make(void **state)
{
	struct gh_anchor *a = &trust.at[trust.n++];
	char hex[GH_LAB_CHIP_HEX], path[64];

	(void)state;
	if (!mkdtemp(dir))
		return -1;
	a->root = GH_ROOT_AMD_ARK;
	snprintf(a->product, sizeof(a->product), GH_LAB_KDS_PRODUCT);
	a->lab = true;
	kds.spec = &gh_lab_specs[3];
	gh_lab_chip_hex(hex, kds.spec);
	snprintf(own, sizeof(own), ROOT "%s", hex);
	snprintf(path, sizeof(path), "%s/kds", dir);
	/* made in one process, read in another */
	return gh_lab_kds_make(dir, gh_now(&gh_env_real), a->spki, NULL) ||
	       gh_lab_kds_ca_load(&kds.ca, path, NULL);
}

static int drop(void **state)
{
	char cmd[64];

	(void)state;
	gh_lab_kds_ca_free(&kds.ca);
	gh_lab_kds_ca_free(&kds.foreign);
	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", dir);
	return system(cmd);
}

static unsigned int status_of(unsigned int how, const char *path, const char *query)
{
	struct gh_lab_kds_answer a;
	unsigned int status;

	assert_int_equal(gh_lab_kds_answer(&kds, how, path, query, &a, NULL), 0);
	status = a.status;
	assert_int_equal(a.body.len > 0, status == 200);
	gh_buf_free(&a.body);
	return status;
}

static void add(struct gh_certs *cs, unsigned int how, const char *path)
{
	gh_auto(struct gh_certs, gh_certs_free) more = {0};
	struct gh_lab_kds_answer a;

	assert_int_equal(gh_lab_kds_answer(&kds, how, path, QUERY, &a, NULL), 0);
	assert_int_equal(a.status, 200);
	assert_int_equal(
	    gh_evidence_certs(&more, gh_buf_view(&a.body), 8, NULL, NULL), 0);
	for (size_t i = 0; i < more.n; i++)
		assert_int_equal(gh_certs_add(cs, gh_cert_share(more.at[i]), NULL), 0);
	gh_buf_free(&a.body);
}

/* The fault of what it answers; "" = proven under the lab's pin. */
static const char *judge(unsigned int how, bool allow_lab)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	gh_auto(struct gh_snp_vcek, gh_snp_vcek_free) v = {0};
	const struct gh_context ctx = {
	    .at = gh_now(&gh_env_real), .trust = &trust, .allow_lab = allow_lab};
	struct gh_snp_vcek_ask ask = {.product = GH_SNP_GENOA,
	    .tcb = {0, GH_LAB_TCB_BL, GH_LAB_TCB_TEE, GH_LAB_TCB_SNP, GH_LAB_TCB_UCODE}};

	assert_int_equal(gh_unhex(ask.chip_id, 64, own + strlen(ROOT), NULL), 0);
	add(&cs, how, own);
	add(&cs, how, ROOT "cert_chain");
	assert_int_equal(gh_snp_vcek_verify(&v, &ask, &cs, &ctx, NULL), 0);
	assert_int_equal(v.lab, v.proven);
	return v.fault;
}

static void test_answer_when_asked_for_its_chip_then_proven_under_the_labs_pin(
    void **state)
{
	(void)state;
	assert_string_equal(judge(0, true), "");
	assert_string_equal(judge(0, false), "chain");
	assert_string_equal(judge(GH_LAB_KDS_WRONG_CHAIN, true), "chain");
	assert_string_equal(judge(GH_LAB_KDS_OTHER_CHIP, true), "chip");
}

static void test_answer_when_not_known_then_404(void **state)
{
	static const char *const queries[] = {"", "blSPL=10",
	    "blSPL=11&teeSPL=0&snpSPL=25&ucodeSPL=88",
	    "blSPL=10&teeSPL=0&snpSPL=25&ucodeSPL=90",
	    "blSPL=10&teeSPL=0&snpSPL=25&ucodeSPL=",
	    "blSPL=10&teeSPL=0&snpSPL=25&ucodeSPL=0x58",
	    "blSPL=10&blSPL=10&teeSPL=0&snpSPL=25&ucodeSPL=88", QUERY "&fmcSPL=1"};
	char other[200];

	(void)state;
	for (size_t i = 0; i < GH_COUNT(queries); i++)
		assert_int_equal(status_of(0, own, queries[i]), 404);
	assert_int_equal(status_of(0, "/vcek/v1/Milan/cert_chain", ""), 404);
	assert_int_equal(status_of(0, "/", ""), 404);
	assert_int_equal(status_of(0, ROOT "4c41", QUERY), 404);
	snprintf(other, sizeof(other), "%s", own);
	other[strlen(other) - 1] = '0';
	assert_int_equal(status_of(0, other, QUERY), 404);
	/* older ones, and the next: an update can be played */
	assert_int_equal(
	    status_of(0, own, "blSPL=09&teeSPL=00&snpSPL=24&ucodeSPL=01"), 200);
	assert_int_equal(
	    status_of(0, own, "ucodeSPL=89&blSPL=10&teeSPL=0&snpSPL=25"), 200);
}

static void test_answer_when_it_misbehaves_then_as_the_word_says(void **state)
{
	struct gh_lab_kds_answer a;

	(void)state;
	assert_int_equal(status_of(GH_LAB_KDS_DOWN, own, QUERY), 0);
	assert_int_equal(status_of(GH_LAB_KDS_LIMITED, own, QUERY), 429);
	assert_int_equal(
	    gh_lab_kds_answer(&kds, GH_LAB_KDS_LIMITED, own, QUERY, &a, NULL), 0);
	assert_true(a.retry_after_s > 0);
	assert_int_equal(
	    gh_lab_kds_answer(&kds, GH_LAB_KDS_SLOW, own, QUERY, &a, NULL), 0);
	assert_true(a.delay_ms > 30000);
	gh_buf_free(&a.body);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_answer_when_asked_for_its_chip_then_proven_under_the_labs_pin),
	    cmocka_unit_test(test_answer_when_not_known_then_404),
	    cmocka_unit_test(test_answer_when_it_misbehaves_then_as_the_word_says),
	};
	return cmocka_run_group_tests(tests, make, drop);
}
