/* SPDX-License-Identifier: Apache-2.0
 * The verdict on a GPU where one thing is wrong: which step says so, and with which code. */
#include "crypto/cert.h"
#include "evidence/gpu_fwid.h"
#include "gpu_kit.h"

static void test_gpu_when_all_good_then_pass(void **state)
{
	gh_auto(struct kit, kit_free) k;
	(void)state;
	kit_open(&k);
	kit_judge(&k, "g");
	assert_int_equal(gh_result_verdict(&k.r), GH_PASS);
	for (size_t i = 0; i < k.r.findings.n; i++) {
		assert_int_equal(k.r.findings.at[i].assurance, GH_A3);
		assert_int_equal(strncmp(k.r.findings.at[i].source, "sha256:", 7), 0);
		assert_false(k.r.findings.at[i].lab);
	}
}

static void test_nonce_when_other_then_fail(void **state)
{
	gh_auto(struct kit, kit_free) k;
	(void)state;
	kit_open(&k);
	k.nonce[31] ^= 1;
	kit_judge(&k, "g");
	expect_code(&k, "gpu.spdm.nonce", GH_FAIL, "gpu.nonce.mismatch");
	assert_int_equal(gh_result_verdict(&k.r), GH_FAIL);
}

static void test_nonce_when_not_asked_then_skip_info(void **state)
{
	gh_auto(struct kit, kit_free) k;
	(void)state;
	kit_open(&k);
	k.ctx.nonce = (struct gh_bytes){0};
	kit_judge(&k, "g");
	expect_code(&k, "gpu.spdm.nonce", GH_SKIP, "gpu.nonce.not-asked");
	assert_int_equal(step_of(&k.r, NULL, "gpu.spdm.nonce")->severity, GH_SEV_INFO);
	assert_int_equal(gh_result_verdict(&k.r), GH_PASS);
}

static void test_nonce_when_longer_then_fail(void **state)
{
	gh_auto(struct kit, kit_free) k;
	unsigned char longer[48] = {0};
	(void)state;
	kit_open(&k);
	memcpy(longer, k.nonce, 32);
	k.ctx.nonce = (struct gh_bytes){longer, 48};
	kit_judge(&k, "g");
	expect_code(&k, "gpu.spdm.nonce", GH_FAIL, "gpu.nonce.length");
}

static void test_root_when_foreign_then_nothing_passes_below(void **state)
{
	gh_auto(struct kit, kit_free) k;
	(void)state;
	kit_open(&k);
	k.trust.at[0].spki[0] ^= 1;
	kit_judge(&k, "g");
	expect_code(&k, "gpu.chain.root", GH_FAIL, "gpu.root.foreign");
	for (size_t i = 0; i < k.r.findings.n; i++)
		if (strcmp(k.r.findings.at[i].step, "gpu.chain.parse") != 0)
			assert_int_not_equal(k.r.findings.at[i].verdict, GH_PASS);
	/* the arithmetic is still shown */
	assert_string_equal(step_of(&k.r, NULL, "gpu.spdm.signature")->observed,
	    "good with the leaf's key");
	assert_int_equal(gh_result_verdict(&k.r), GH_FAIL);
}

static void test_root_when_lab_then_refused_unless_allowed(void **state)
{
	gh_auto(struct kit, kit_free) k;
	(void)state;
	kit_open(&k);
	k.trust.at[0].lab = true;
	kit_judge(&k, "refused");
	expect_code(&k, "gpu.chain.root", GH_FAIL, "trust.lab-root");
	gh_result_free(&k.r);
	k.ctx.allow_lab = true;
	kit_judge(&k, "allowed");
	assert_int_equal(gh_result_verdict(&k.r), GH_PASS);
	assert_true(step_of(&k.r, NULL, "gpu.spdm.signature")->lab);
	assert_true(step_of(&k.r, NULL, "gpu.vbios.measurements")->lab);
}

static void test_report_when_truncated_then_all_steps_still_there(void **state)
{
	static const char *const steps[] = {"gpu.chain.parse", "gpu.chain.root",
	    "gpu.chain.identity", "gpu.chain.ica", "gpu.chain.brom", "gpu.chain.leaf",
	    "gpu.spdm.parse", "gpu.spdm.signature", "gpu.opaque", "gpu.spdm.nonce",
	    "gpu.spdm.counters", "gpu.fwid", "gpu.driver.rim", "gpu.driver.rim.signature",
	    "gpu.driver.measurements", "gpu.vbios.rim", "gpu.vbios.rim.signature",
	    "gpu.vbios.measurements", "gpu.rim.overlap", "gpu.mode"};
	gh_auto(struct kit, kit_free) k;
	(void)state;
	kit_open(&k);
	for (size_t cut = 0; cut < k.report.len; cut += 233) {
		struct gh_gpu_evidence ev = {{k.report.p, cut}, gh_buf_view(&k.chain)};
		assert_int_equal(gh_gpu_verify(&k.r, "g", &ev, &k.ctx, NULL), 0);
		for (size_t i = 0; i < GH_COUNT(steps); i++)
			(void)step_of(&k.r, "g", steps[i]);
		assert_int_equal(gh_result_verdict(&k.r), GH_FAIL);
		assert_tree(&k.r);
		gh_result_free(&k.r);
	}
}

static void test_chain_when_damaged_then_never_pass(void **state)
{
	gh_auto(struct kit, kit_free) k;
	(void)state;
	kit_open(&k);
	for (size_t i = 30; i < k.chain.len; i += 97) {
		unsigned char was = k.chain.p[i];
		if (was == '-' || was == '\n')
			continue;
		k.chain.p[i] = was == 'A' ? 'B' : 'A';
		kit_judge(&k, "g");
		assert_int_not_equal(gh_result_verdict(&k.r), GH_PASS);
		k.chain.p[i] = was;
		gh_result_free(&k.r);
	}
}

/* The PEM blocks in another order, given as their places in the good chain. */
static void shuffle(struct kit *k, const char *order)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	gh_auto(struct gh_buf, gh_buf_free) pem = {0};
	assert_int_equal(gh_certs_from_pem(&cs, k->chain.p, k->chain.len, 5, NULL), 0);
	for (const char *s = order; *s != '\0'; s++) {
		struct gh_bytes der = gh_cert_der(cs.at[*s - '0']);
		gh_buf_str(&pem, "-----BEGIN CERTIFICATE-----\n");
		gh_b64(&pem, der.p, der.len);
		gh_buf_str(&pem, "\n-----END CERTIFICATE-----\n");
	}
	gh_buf_free(&k->chain);
	k->chain = gh_take(pem);
}

static void test_chain_when_order_or_count_wrong_then_fail(void **state)
{
	static const char *const orders[] = {
	    "1234", "0123", "43210", "01324", "01233", "012344", "4", "01234"};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(orders); i++) {
		gh_auto(struct kit, kit_free) k;
		bool good = strcmp(orders[i], "01234") == 0;
		kit_open(&k);
		shuffle(&k, orders[i]);
		kit_judge(&k, "g");
		assert_int_equal(gh_result_verdict(&k.r), good ? GH_PASS : GH_FAIL);
	}
}

static void test_chain_when_absent_then_unknown(void **state)
{
	gh_auto(struct kit, kit_free) k;
	(void)state;
	kit_open(&k);
	gh_buf_clear(&k.chain);
	kit_judge(&k, "g");
	expect_code(&k, "gpu.chain.parse", GH_UNKNOWN, "gpu.chain.missing");
	assert_int_equal(gh_result_verdict(&k.r), GH_UNKNOWN);
}

static void test_time_when_before_chain_then_fail(void **state)
{
	gh_auto(struct kit, kit_free) k;
	(void)state;
	kit_open(&k);
	k.ctx.at = at_time("2019-01-01");
	kit_judge(&k, "g");
	expect_code(&k, "gpu.chain.leaf", GH_FAIL, "gpu.chain.time");
}

static void test_rim_when_absent_then_unknown_and_named(void **state)
{
	gh_auto(struct kit, kit_free) k;
	(void)state;
	kit_open(&k);
	k.ctx.rims = NULL;
	kit_judge(&k, "g");
	expect_code(&k, "gpu.driver.rim", GH_UNKNOWN, "gpu.rim.missing");
	assert_non_null(strstr(step_of(&k.r, NULL, "gpu.driver.rim")->remedy,
	    "NV_GPU_DRIVER_GH100_595.71.05"));
	assert_non_null(strstr(step_of(&k.r, NULL, "gpu.vbios.rim")->remedy,
	    "NV_GPU_VBIOS_1010_0210_886_96009F0004"));
	assert_int_equal(gh_result_verdict(&k.r), GH_UNKNOWN);
}

static void test_rim_when_value_differs_then_both_values_named(void **state)
{
	gh_auto(struct kit, kit_free) k;
	(void)state;
	kit_open(&k);
	k.rims.at[0]->entry[7].hash[0][0] ^= 1;
	k.rims.at[0]->entry[24].hash[0][0] ^= 1;
	k.rims.at[0]->entry[24].hash[1][0] ^= 1;
	kit_judge(&k, "g");
	const struct gh_finding *f = step_of(&k.r, NULL, "gpu.driver.measurements");
	expect_code(&k, "gpu.driver.measurements", GH_FAIL, "gpu.measurement.mismatch");
	assert_non_null(strstr(f->observed, "index 7 "));
	assert_non_null(strstr(f->observed, "index 24 "));
	assert_non_null(strstr(f->observed, "golden "));
	assert_non_null(strstr(f->observed, "runtime "));
	assert_non_null(
	    strstr(f->expected, "NV_GPU_DRIVER_GH100_595.71.05, sha256 143005c060a5"));
	assert_string_equal(f->title, "measured  19 of 21 match");
}

static void test_rim_when_only_vbios_9_differs_then_stale_code(void **state)
{
	gh_auto(struct kit, kit_free) k;
	(void)state;
	kit_open(&k);
	k.rims.at[1]->entry[9].hash[0][0] ^= 1;
	kit_judge(&k, "g");
	expect_code(&k, "gpu.vbios.measurements", GH_FAIL, "gpu.rim.stale-vbios");
	gh_result_free(&k.r);
	k.rims.at[1]->entry[3].hash[0][0] ^= 1;
	kit_judge(&k, "g");
	expect_code(&k, "gpu.vbios.measurements", GH_FAIL, "gpu.measurement.mismatch");
}

static void test_rim_when_index_in_both_then_fail(void **state)
{
	gh_auto(struct kit, kit_free) k;
	(void)state;
	kit_open(&k);
	k.rims.at[1]->entry[7] = k.rims.at[0]->entry[7];
	kit_judge(&k, "g");
	expect_code(&k, "gpu.rim.overlap", GH_FAIL, "gpu.rim.overlap");
}

static void test_rim_when_expired_then_stale(void **state)
{
	gh_auto(struct kit, kit_free) k;
	(void)state;
	kit_open(&k);
	gh_rims_free(&k.rims);
	k.ctx.at = at_time("2029-01-01");
	add_rim(&k, DRIVER);
	add_rim(&k, VBIOS);
	kit_judge(&k, "g");
	expect_code(&k, "gpu.driver.rim.signature", GH_STALE, "rim.expired");
	expect_code(&k, "gpu.driver.measurements", GH_STALE, "rim.expired");
	assert_int_equal(gh_result_verdict(&k.r), GH_STALE);
}

static void test_rim_when_root_not_pinned_then_fail(void **state)
{
	gh_auto(struct kit, kit_free) k;
	(void)state;
	kit_open(&k);
	gh_rims_free(&k.rims);
	k.trust.at[1].spki[5] ^= 1;
	add_rim(&k, DRIVER);
	kit_judge(&k, "g");
	expect_code(&k, "gpu.driver.rim.signature", GH_FAIL, "rim.root.foreign");
	assert_int_not_equal(
	    step_of(&k.r, NULL, "gpu.driver.measurements")->verdict, GH_PASS);
}

static void test_mode_when_measured_otherwise_then_fail(void **state)
{
	gh_auto(struct kit, kit_free) k;
	struct gh_rim_entry *e;
	unsigned char swap[48];
	(void)state;
	kit_open(&k);
	e = &k.rims.at[0]->entry[33]; /* alternative 0 becomes 1: the pattern is mixed */
	memcpy(swap, e->hash[0], 48);
	memcpy(e->hash[0], e->hash[1], 48);
	memcpy(e->hash[1], swap, 48);
	kit_judge(&k, "g");
	expect_code(&k, "gpu.mode", GH_FAIL, "gpu.mode.measured");
}

static void test_guest_when_says_other_version_then_fail(void **state)
{
	gh_auto(struct kit, kit_free) k;
	(void)state;
	kit_open(&k);
	k.ctx.expect_driver = "580.95.05";
	k.ctx.expect_vbios = "96.00.9f.00.04"; /* nvidia-smi prints lower case */
	kit_judge(&k, "g");
	expect_code(&k, "gpu.driver.rim", GH_FAIL, "gpu.version.differs");
	assert_step(&k.r, NULL, "gpu.vbios.rim", GH_PASS);
}

static void test_distinct_when_same_device_twice_then_fail(void **state)
{
	gh_auto(struct kit, kit_free) k;
	(void)state;
	kit_open(&k);
	kit_judge(&k, "host:0");
	kit_judge(&k, "host:1");
	gh_gpu_distinct(&k.r);
	const struct gh_finding *f = step_of(&k.r, "host:1", "gpu.distinct");
	assert_int_equal(f->verdict, GH_FAIL);
	assert_non_null(strstr(f->observed, "host:0"));
	assert_step(&k.r, "host:0", "gpu.distinct", GH_FAIL);
}

static void test_fwid_when_issuer_is_another_then_refused(void **state)
{
	gh_auto(struct kit, kit_free) k;
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	struct gh_bytes fwid;
	struct gh_err e = {0};
	(void)state;
	kit_open(&k);
	assert_int_equal(gh_certs_from_pem(&cs, k.chain.p, k.chain.len, 5, NULL), 0);
	assert_int_equal(gh_fwid_of(&fwid, cs.at[0], cs.at[1], &e), 0);
	assert_int_equal(fwid.len, 48);
	assert_int_equal(gh_fwid_of(&fwid, cs.at[0], cs.at[2], &e), -1);
	assert_int_equal(gh_fwid_of(&fwid, cs.at[1], cs.at[2], &e), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_gpu_when_all_good_then_pass),
	    cmocka_unit_test(test_nonce_when_other_then_fail),
	    cmocka_unit_test(test_nonce_when_not_asked_then_skip_info),
	    cmocka_unit_test(test_nonce_when_longer_then_fail),
	    cmocka_unit_test(test_root_when_foreign_then_nothing_passes_below),
	    cmocka_unit_test(test_root_when_lab_then_refused_unless_allowed),
	    cmocka_unit_test(test_report_when_truncated_then_all_steps_still_there),
	    cmocka_unit_test(test_chain_when_damaged_then_never_pass),
	    cmocka_unit_test(test_chain_when_order_or_count_wrong_then_fail),
	    cmocka_unit_test(test_chain_when_absent_then_unknown),
	    cmocka_unit_test(test_time_when_before_chain_then_fail),
	    cmocka_unit_test(test_rim_when_absent_then_unknown_and_named),
	    cmocka_unit_test(test_rim_when_value_differs_then_both_values_named),
	    cmocka_unit_test(test_rim_when_only_vbios_9_differs_then_stale_code),
	    cmocka_unit_test(test_rim_when_index_in_both_then_fail),
	    cmocka_unit_test(test_rim_when_expired_then_stale),
	    cmocka_unit_test(test_rim_when_root_not_pinned_then_fail),
	    cmocka_unit_test(test_mode_when_measured_otherwise_then_fail),
	    cmocka_unit_test(test_guest_when_says_other_version_then_fail),
	    cmocka_unit_test(test_distinct_when_same_device_twice_then_fail),
	    cmocka_unit_test(test_fwid_when_issuer_is_another_then_refused),
	};
	return cmocka_run_group_tests(tests, setup_rim, NULL);
}
