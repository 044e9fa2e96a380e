/* SPDX-License-Identifier: Apache-2.0
 * The judges of evidence through the BMC: 15 roots of trust that sign pass, one that is wrong
 * is named, and what was not offered or not answered is UNKNOWN. */
#include "bmc_erots.h"
#include "checks/judge.h"
#include "host_text.h"

#define GPUS  "host.gpu.erot_attest"
#define BOARD "host.nvswitch.erot"

static struct gh_catalogue *cat;
static struct erot erots[EROTS], foreign;
static struct gh_trust trust;

static int make(void **state)
{
	(void)state;
	for (int i = 0; i < EROTS; i++)
		erot_make(
		    &erots[i], "NVIDIA eROT Identity CA 01", i ? &erots[0] : NULL, 384);
	erot_make(&foreign, "NVIDIA eROT Identity CA 01", NULL, 384);
	erot_trust(&trust, &erots[0], false);
	return gh_catalogue_load(&cat, NULL);
}

static int drop(void **state)
{
	(void)state;
	for (int i = 0; i < EROTS; i++)
		erot_free(&erots[i]);
	erot_free(&foreign);
	gh_catalogue_free(&cat);
	return 0;
}

static void healthy(struct gh_redfish_tree *t)
{
	bmc_healthy(t, GH_TEE_TDX);
	erot_put_all(t, erots);
}

static const struct gh_finding *finding_of(const struct gh_result *r, const char *id)
{
	const struct gh_finding *f = gh_findings_get(&r->findings, "gpu-a", id);

	assert_non_null(f);
	return f;
}

static void run(struct gh_result *r, const struct gh_redfish_tree *t)
{
	struct gh_host host = fleet_host(GH_TEE_TDX);
	struct gh_sources src = {.host = &host, .bmc = t, .trust = &trust, .at = EROT_AT};

	*r = (struct gh_result){0};
	assert_int_equal(gh_checks_run(r, cat, &src, NULL), 0);
}

/* part stands in what was seen, or in why it is not known. */
static void expect(const struct gh_redfish_tree *t, const char *id, enum gh_verdict v,
    const char *reason, const char *part)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	const struct gh_finding *f;
	char code[128] = "";

	run(&r, t);
	f = finding_of(&r, id);
	if (reason)
		snprintf(code, sizeof(code), "%s.%s", id, reason);
	if (f->verdict != v || strcmp(f->code, code) != 0)
		print_error("%s %s: %s | %s\n", gh_verdict_word(f->verdict), f->code,
		    f->observed, f->why);
	assert_int_equal(f->verdict, v);
	assert_string_equal(f->code, code);
	assert_non_null(strstr(v == GH_UNKNOWN ? f->why : f->observed, part));
	assert_int_equal(f->assurance, v == GH_PASS ? GH_A3 : GH_A0);
}

/* ---- cases ---- */

static void test_erots_when_all_sign_then_both_pass(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};

	(void)state;
	healthy(&t);
	expect(&t, GPUS, GH_PASS, NULL, "8 of 8 signed over our nonce (SPDM 1.1)");
	expect(&t, BOARD, GH_PASS, NULL, "7 of 7 signed over our nonce");
	run(&r, &t);
	assert_false(finding_of(&r, GPUS)->lab);
	gh_result_free(&r);
	trust.at[0].lab = true;
	run(&r, &t);
	trust.at[0].lab = false;
	assert_true(finding_of(&r, GPUS)->lab && finding_of(&r, BOARD)->lab);
}

/* i: which of names, id: the check it belongs to. */
static void one_wrong(int i, const char *id)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	const char *other = strcmp(id, GPUS) ? GPUS : BOARD;
	unsigned char past[32] = "another one";
	char path[200];

	healthy(&t);
	erot_put_signed(&t, erot_names[i], &erots[i], past);
	expect(&t, id, GH_WARN, "nonce", erot_names[i]);
	erot_put_signed(&t, erot_names[i], &foreign, erot_nonce);
	expect(&t, id, GH_WARN, "signature", erot_names[i]);
	erot_put_text(&t, erot_names[i], "\x1b[2Jno base64");
	expect(&t, id, GH_WARN, "transcript", erot_names[i]);
	erot_put_text(&t, erot_names[i], "AAAA");
	expect(&t, id, GH_WARN, "transcript", erot_names[i]);
	erot_put_chain(&t, erot_names[i], &foreign);
	expect(&t, id, GH_WARN, "root", erot_names[i]);
	erot_put(&t, erot_names[i], &erots[i + 1 < EROTS && i != 7 ? i + 1 : i - 1]);
	expect(&t, id, GH_WARN, "same_device", "it has the key of");
	snprintf(path, sizeof(path), EROT_CI "/%s", erot_names[i]);
	bmc_put(&t, path, "{'ComponentIntegrityEnabled':false}");
	expect(&t, id, GH_WARN, "disabled", erot_names[i]);
	expect(&t, other, GH_PASS, NULL, "signed over our nonce");
}

static void test_erot_when_one_is_wrong_then_named(void **state)
{
	(void)state;
	one_wrong(0, GPUS);
	one_wrong(7, GPUS);
	one_wrong(8, BOARD);
	one_wrong(14, BOARD);
}

static void test_erot_when_one_is_not_proven_then_unknown(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};

	(void)state;
	healthy(&t);
	bmc_gone(&t, EROT_CI "/HGX_ERoT_GPU_SXM_3/SignedMeasurements");
	expect(&t, GPUS, GH_UNKNOWN, "no_measurements",
	    "1 of 8 not proven: HGX_ERoT_GPU_SXM_3: the chain verifies, no signed "
	    "measurements");
	bmc_gone(&t, "/redfish/v1/Chassis/HGX_ERoT_FPGA_0/Certificates/CertChain");
	expect(&t, BOARD, GH_UNKNOWN, "no_chain", "HGX_ERoT_FPGA_0");
	bmc_gone(&t, EROT_CI "/HGX_ERoT_FPGA_0");
	expect(&t, BOARD, GH_UNKNOWN, "not_offered", "1 of 7");
	/* what is wrong weighs more than what is not known */
	erot_put_chain(&t, "HGX_ERoT_GPU_SXM_8", &foreign);
	expect(&t, GPUS, GH_WARN, "root", "1 of 8 wrong");
}

static void test_erot_when_action_failed_then_says_why(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	struct gh_err err = {0};

	(void)state;
	healthy(&t);
	(void)gh_fail(&err, GH_E_REMOTE, "its measuring task ended in vain");
	assert_int_equal(
	    gh_redfish_tree_put(
		&t, EROT_CI "/HGX_ERoT_BMC_0/SignedMeasurements", 500, NULL, &err, NULL),
	    0);
	expect(&t, BOARD, GH_UNKNOWN, "no_measurements", "ended in vain");
}

static void test_erots_when_nonce_is_not_known_then_unknown(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};

	(void)state;
	healthy(&t);
	t.nonce[0] = '\0';
	expect(&t, GPUS, GH_UNKNOWN, "no_nonce", "over which nonce");
	expect(&t, BOARD, GH_UNKNOWN, "no_nonce", "over which nonce");
}

static void test_erots_when_not_offered_then_unknown(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) none = {0}, empty = {0};

	(void)state;
	bmc_healthy(&none, GH_TEE_TDX);
	expect(&none, GPUS, GH_UNKNOWN, "not_offered", "ComponentIntegrity");
	expect(&none, BOARD, GH_UNKNOWN, "not_offered", "ComponentIntegrity");
	bmc_healthy(&empty, GH_TEE_TDX);
	bmc_put(&empty, EROT_CI, "{}");
	expect(&empty, GPUS, GH_UNKNOWN, "not_offered", "no evidence");
	expect(&empty, BOARD, GH_UNKNOWN, "not_offered", "no evidence");
	expect(NULL, GPUS, GH_UNKNOWN, "no_bmc", "no BMC");
	expect(NULL, BOARD, GH_UNKNOWN, "no_bmc", "no BMC");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_erots_when_all_sign_then_both_pass),
	    cmocka_unit_test(test_erot_when_one_is_wrong_then_named),
	    cmocka_unit_test(test_erot_when_one_is_not_proven_then_unknown),
	    cmocka_unit_test(test_erot_when_action_failed_then_says_why),
	    cmocka_unit_test(test_erots_when_nonce_is_not_known_then_unknown),
	    cmocka_unit_test(test_erots_when_not_offered_then_unknown),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
