/* SPDX-License-Identifier: Apache-2.0
 * host.snp.vlek_vcek: what each answer of AMD's service, or none, is worth. */
#include "checks/judge.h"
#include "host_text.h"
#include "tests/unit/evidence/vcek_made.h"

#define STEP "host.snp.vlek_vcek"

static struct gh_catalogue *cat;
static struct vcek_ca own, foreign;
static struct gh_trust trust;
static bool allow_lab;
/* what snp_host says of itself */
static struct gh_snp_vcek_ask asked = {
    .product = GH_SNP_GENOA, .tcb = {0, 10, 0, 25, 84}};

static int make_world(void **state)
{
	(void)state;
	make_vcek_ca(&own);
	make_vcek_ca(&foreign);
	trust_ark(&trust, &own);
	for (size_t i = 0; i < 64; i++)
		asked.chip_id[i] = (unsigned char)(0x01 + i % 8 * 0x22);
	return gh_catalogue_load(&cat, NULL);
}

static int drop_world(void **state)
{
	(void)state;
	free_vcek_ca(&own);
	free_vcek_ca(&foreign);
	gh_catalogue_free(&cat);
	return 0;
}

/* The host before that answer; the finding is in *r. */
static const struct gh_finding *judge(
    struct gh_result *r, struct text_host *h, const struct gh_kds_answer *a)
{
	gh_auto(struct gh_probe, gh_probe_free) p = {0};
	struct gh_host host = fleet_host(GH_TEE_SNP);
	struct gh_sources src = {.host = &host,
	    .probe = &p,
	    .nonce = TPM_NONCE,
	    .trust = &trust,
	    .allow_lab = allow_lab,
	    .vcek = a,
	    .at = PKI_AT};
	const struct gh_finding *f;

	probe_of(&p, h);
	assert_int_equal(gh_checks_run(r, cat, &src, NULL), 0);
	f = gh_findings_get(&r->findings, NULL, STEP);
	assert_non_null(f);
	assert_true(f->verdict == GH_PASS || (f->code[0] && f->remedy[0]));
	return f;
}

static void expect(struct text_host *h, const struct gh_kds_answer *a, enum gh_verdict v,
    const char *reason, const char *words)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	const struct gh_finding *f = judge(&r, h, a);
	char code[64];

	snprintf(code, sizeof(code), "%s%s%s", reason[0] ? STEP : "",
	    reason[0] ? "." : "", reason);
	assert_string_equal(f->code, code);
	assert_int_equal(f->verdict, v);
	if (!strstr(f->verdict == GH_UNKNOWN ? f->why : f->observed, words))
		fail_msg("%s: %s %s", reason, f->observed, f->why);
	text_host_free(h);
}

static void healthy(
    struct gh_kds_answer *a, const char *reason, enum gh_verdict v, const char *words)
{
	struct text_host h;

	snp_host(&h);
	expect(&h, a, v, reason, words);
}

static void give(
    struct gh_kds_answer *a, const struct vcek_ca *ca, const struct gh_snp_vcek_ask *of)
{
	gh_auto(struct made, free_made) leaf = {0};

	gh_buf_clear(&a->certs);
	a->state = GH_KDS_GIVEN;
	make_vcek(&leaf, ca, "SEV-VCEK", of);
	pem_of(&a->certs, &leaf);
	pem_of(&a->certs, &ca->ask);
	pem_of(&a->certs, &ca->ark);
}

static void test_vcek_when_given_and_proven_then_pass(void **state)
{
	struct gh_kds_answer a = {.where = "https://kds/vcek"};

	(void)state;
	give(&a, &own, &asked);
	healthy(&a, "", GH_PASS, "Genoa");
	a.kept = true;
	healthy(&a, "", GH_PASS, "kept from before");
	gh_buf_free(&a.certs);
}

static void test_vcek_when_given_and_wrong_then_warned_of(void **state)
{
	struct gh_snp_vcek_ask other = asked;
	struct gh_kds_answer a = {0};

	(void)state;
	give(&a, &foreign, &asked);
	healthy(&a, "chain", GH_WARN, "AMD root key");
	other.chip_id[1] ^= 1;
	give(&a, &own, &other);
	healthy(&a, "chip", GH_WARN, "another chip");
	other = asked;
	other.tcb.microcode++;
	give(&a, &own, &other);
	healthy(&a, "tcb", GH_WARN, "microcode 85");
	gh_buf_clear(&a.certs);
	pem_of(&a.certs, &own.ask);
	healthy(&a, "no_vcek", GH_WARN, "no VCEK");
	gh_buf_clear(&a.certs);
	gh_buf_str(&a.certs, "<html>");
	healthy(&a, "malformed", GH_WARN, "no certificate");
	gh_buf_free(&a.certs);
}

static void test_vcek_when_root_is_a_labs_then_says_so(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_kds_answer a = {0};
	const struct gh_finding *f;
	struct text_host h;

	(void)state;
	give(&a, &own, &asked);
	trust.at[0].lab = true;
	healthy(&a, "chain", GH_WARN, "AMD root key"); /* not in a production fleet */
	allow_lab = true;
	snp_host(&h);
	f = judge(&r, &h, &a);
	assert_int_equal(f->verdict, GH_PASS);
	assert_true(f->lab);
	allow_lab = trust.at[0].lab = false;
	gh_buf_free(&a.certs);
	text_host_free(&h);
}

static void test_vcek_when_nobody_answered_then_unknown_and_why(void **state)
{
	struct gh_kds_answer a = {0};

	(void)state;
	healthy(NULL, "not_configured", GH_UNKNOWN, "names no certificate service");
	healthy(&a, "not_configured", GH_UNKNOWN, "names no certificate service");
	a.state = GH_KDS_PENDING;
	healthy(&a, "pending", GH_UNKNOWN, "not answered yet");
	a.state = GH_KDS_LIMITED;
	a.wait_s = 42;
	healthy(&a, "limited", GH_UNKNOWN, "42 s");
	a.state = GH_KDS_FAILED;
	(void)gh_fail(&a.err, GH_E_TIMEOUT, "no whole answer in time");
	healthy(&a, "timeout", GH_UNKNOWN, "in time");
	(void)gh_fail(&a.err, GH_E_IO, "cannot connect");
	healthy(&a, "unreachable", GH_UNKNOWN, "cannot connect");
	(void)gh_fail(&a.err, GH_E_CONFIG, "no folder");
	healthy(&a, "config", GH_UNKNOWN, "no folder");
	a.state = GH_KDS_ABSENT;
	a.folder = true;
	healthy(&a, "not_in_folder", GH_UNKNOWN, "0123456789abcdef");
}

static void test_vcek_when_amd_does_not_know_it_then_warned_of(void **state)
{
	struct gh_kds_answer a = {.state = GH_KDS_ABSENT};

	(void)state;
	healthy(&a, "not_found", GH_WARN, "0123456789abcdef");
}

static void test_vcek_when_the_host_does_not_say_then_unknown(void **state)
{
	static const struct {
		const char *item, *from, *to, *reason, *words;
	} rows[] = {
	    {"snp.status", NULL, NULL, "missing", ""},
	    {"snp.status", "Identifier: 01", "Identifier: ", "malformed", "identifier"},
	    {"snp.status", "Identifier:", "Other:", "absent", "chip id"},
	    {"snp.status", "Reported TCB:", "Other TCB:", "absent", "TCB"},
	    {"cpu", "cpu family\t: 25", "cpu family\t: 23", "product", "no AMD root"},
	};
	struct gh_kds_answer a = {0};

	(void)state;
	give(&a, &own, &asked);
	for (size_t i = 0; i < GH_COUNT(rows); i++) {
		struct text_host h;

		snp_host(&h);
		spoil(&h, rows[i].item, rows[i].from, rows[i].to);
		expect(&h, &a, GH_UNKNOWN, rows[i].reason, rows[i].words);
	}
	gh_buf_free(&a.certs);
}

static void test_vcek_when_chip_id_is_masked_then_nobody_can_be_asked(void **state)
{
	struct gh_kds_answer a = {0};
	struct gh_snp_vcek_ask ask;
	struct text_host h;
	gh_auto(struct gh_probe, gh_probe_free) p = {0};

	(void)state;
	snp_host(&h);
	for (int i = 0; i < 8; i++)
		spoil(&h, "snp.status", "0123456789ABCDEF", "0000000000000000");
	probe_of(&p, &h);
	assert_false(gh_checks_vcek(&ask, &p));
	expect(&h, &a, GH_UNKNOWN, "masked", "zero");
}

static void test_ask_when_the_host_says_all_then_chip_and_reported_tcb(void **state)
{
	gh_auto(struct gh_probe, gh_probe_free) p = {0};
	struct gh_snp_vcek_ask ask;
	struct text_host h;

	(void)state;
	snp_host(&h);
	spoil(&h, "snp.status", "Platform TCB: TCB Version:\n  Microcode:   84",
	    "Platform TCB: TCB Version:\n  Microcode:   99");
	probe_of(&p, &h);
	assert_true(gh_checks_vcek(&ask, &p));
	assert_int_equal(ask.product, GH_SNP_GENOA);
	assert_memory_equal(ask.chip_id, asked.chip_id, 64);
	assert_memory_equal(&ask.tcb, &asked.tcb, sizeof(ask.tcb));
	assert_false(gh_checks_vcek(&ask, NULL));
	text_host_free(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vcek_when_given_and_proven_then_pass),
	    cmocka_unit_test(test_vcek_when_given_and_wrong_then_warned_of),
	    cmocka_unit_test(test_vcek_when_root_is_a_labs_then_says_so),
	    cmocka_unit_test(test_vcek_when_nobody_answered_then_unknown_and_why),
	    cmocka_unit_test(test_vcek_when_amd_does_not_know_it_then_warned_of),
	    cmocka_unit_test(test_vcek_when_the_host_does_not_say_then_unknown),
	    cmocka_unit_test(test_vcek_when_chip_id_is_masked_then_nobody_can_be_asked),
	    cmocka_unit_test(test_ask_when_the_host_says_all_then_chip_and_reported_tcb),
	};

	return cmocka_run_group_tests(tests, make_world, drop_world);
}
