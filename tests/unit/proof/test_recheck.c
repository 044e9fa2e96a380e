/* SPDX-License-Identifier: Apache-2.0
 * Evidence judged again by whoever received it. */
#include "evidence/rim.h"
#include "tests/unit/proof/fixture.h"

#define AT INT64_C(1795478400) /* 2026-11-24, inside the sample chain's validity */

static void read_nvidia(struct gh_buf *out, const char *name)
{
	char path[512];
	snprintf(path, sizeof(path), "%s/nvidia/%s", vectors_dir(), name);
	struct gh_err err = {0};
	if (gh_file_read(out, path, 1 << 24, &err))
		fail_msg("%s", err.what);
}

struct sample {
	struct gh_buf evidence, rim[2];
	struct gh_bytes with[2];
};

static void sample_read(struct sample *s)
{
	*s = (struct sample){0};
	read_nvidia(&s->evidence, "vaultgenome-core/gpu-evidence.json");
	read_nvidia(
	    &s->rim[0], "vaultgenome-core/rim-NV_GPU_DRIVER_GH100_595.71.05.json");
	read_nvidia(&s->rim[1],
	    "vaultgenome-core/rim-NV_GPU_VBIOS_1010_0210_886_96009F0004.json");
	for (int i = 0; i < 2; i++)
		s->with[i] = gh_buf_view(&s->rim[i]);
}

static void sample_free(struct sample *s)
{
	gh_buf_free(&s->evidence);
	gh_buf_free(&s->rim[0]);
	gh_buf_free(&s->rim[1]);
}

static int run(
    struct gh_result *r, const struct sample *s, size_t n_with, struct gh_bytes nonce)
{
	const struct gh_recheck_opts o = {
	    .at = AT, .nonce = nonce, .with = s->with, .n_with = n_with};
	assert_int_equal(
	    gh_recheck_evidence(r, "gpu", gh_buf_view(&s->evidence), &o, NULL), 0);
	return gh_recheck_exit(r);
}

static void test_evidence_when_real_with_rims_then_passes(void **state)
{
	(void)state;
	if (!have_vectors())
		skip();
	gh_auto(struct sample, sample_free) s = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	sample_read(&s);
	assert_int_equal(run(&r, &s, 2, (struct gh_bytes){0}), 0);
	assert_int_equal(gh_result_verdict(&r), GH_PASS);
}

static void test_evidence_when_without_rims_then_not_pass(void **state)
{
	(void)state;
	if (!have_vectors())
		skip();
	gh_auto(struct sample, sample_free) s = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	sample_read(&s);
	assert_int_equal(run(&r, &s, 0, (struct gh_bytes){0}), 1);
	assert_int_not_equal(gh_result_verdict(&r), GH_PASS);
}

static void test_evidence_when_of_another_nonce_then_exit_3(void **state)
{
	(void)state;
	if (!have_vectors())
		skip();
	static const unsigned char other[32] = {1};
	gh_auto(struct sample, sample_free) s = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	sample_read(&s);
	assert_int_equal(run(&r, &s, 2, (struct gh_bytes){other, 32}), 3);
}

static void test_evidence_when_nothing_known_then_a_failed_finding(void **state)
{
	(void)state;
	static const char *const junk[] = {"", "hello", "{}", "[]", "{\"a\":[1,2]}"};
	for (size_t i = 0; i < GH_COUNT(junk); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		const struct gh_recheck_opts o = {.at = AT};
		struct gh_bytes b = {(const unsigned char *)junk[i], strlen(junk[i])};
		assert_int_equal(gh_recheck_evidence(&r, "x", b, &o, NULL), 0);
		assert_int_equal(gh_result_verdict(&r), GH_FAIL);
		assert_int_equal(gh_recheck_exit(&r), 1);
	}
}

static void test_trust_when_not_a_trust_file_then_configuration_error(void **state)
{
	(void)state;
	const struct gh_bytes junk = {(const unsigned char *)"nope", 4};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_err err = {0};
	struct gh_recheck_opts o = {.at = AT, .trust = &junk, .n_trust = 1};
	assert_int_equal(gh_recheck_evidence(&r, "x", junk, &o, &err), -1);
	assert_int_equal(err.code, GH_E_CONFIG);
}

/* Given along, it may have come from anywhere: a finding, and never a pass. */
static void test_with_when_nothing_known_then_unknown(void **state)
{
	(void)state;
	if (!have_vectors())
		skip();
	const struct gh_bytes junk = {(const unsigned char *)"nope", 4};
	static const char *const name[] = {"rim.json"};
	gh_auto(struct sample, sample_free) s = {0};
	sample_read(&s);
	for (int named = 0; named < 2; named++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		const struct gh_recheck_opts o = {.at = AT,
		    .with = &junk,
		    .with_name = named ? name : NULL,
		    .n_with = 1};
		assert_int_equal(
		    gh_recheck_evidence(&r, "gpu", gh_buf_view(&s.evidence), &o, NULL),
		    0);
		const struct gh_finding *f =
		    gh_findings_get(&r.findings, "gpu", "evidence.with");
		assert_non_null(f);
		assert_int_equal(f->verdict, GH_UNKNOWN);
		assert_string_equal(f->code, "evidence.with.unknown");
		assert_non_null(strstr(f->observed, named ? "rim.json" : "file 1"));
		assert_int_equal(gh_recheck_exit(&r), 1);
	}
}

static void test_evidence_when_too_many_pieces_then_a_failed_finding(void **state)
{
	(void)state;
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	const struct gh_recheck_opts o = {.at = AT};
	gh_buf_str(&b, "[");
	for (int i = 0; i < 300; i++)
		gh_buf_fmt(&b, "%s{\"tcbInfo\":{\"a\":%d},\"signature\":\"\"}",
		    i > 0 ? "," : "", i);
	gh_buf_str(&b, "]");
	assert_int_equal(gh_recheck_evidence(&r, "x", gh_buf_view(&b), &o, NULL), 0);
	assert_int_equal(gh_result_verdict(&r), GH_FAIL);
	assert_non_null(gh_findings_get(&r.findings, "x", "evidence.parse"));
}

/* The exit code by what failed: design.md, "Exit codes everywhere". */
static void test_exit_when_a_step_fails_then_by_its_kind(void **state)
{
	static const struct {
		const char *step, *code;
		enum gh_verdict verdict;
		int exit;
	} cases[] = {
	    {"snp.signature", "snp.signature.bad", GH_FAIL, 2},
	    {"gpu.chain.leaf", "gpu.chain.time", GH_FAIL, 2},
	    {"cert.chain", "cert.root.foreign", GH_FAIL, 2},
	    {"tdx.qe.binding", "tdx.qe.binding.mismatch", GH_FAIL, 2},
	    {"snp.hcl.binding", "snp.hcl.binding.mismatch", GH_FAIL, 2},
	    {"tdx.collateral.tcb_info", "tdx.collateral.signature", GH_FAIL, 2},
	    {"tdx.collateral.tcb_info", "tdx.collateral.format", GH_FAIL, 1},
	    {"tdx.collateral.signer", "tdx.collateral.signer.revoked", GH_FAIL, 1},
	    {"tdx.revocation.pck", "tdx.revocation.pck.revoked", GH_FAIL, 1},
	    {"tdx.revocation.pck", "tdx.revocation.pck.signature", GH_FAIL, 2},
	    {"tdx.eventlog.rtmr1", "tdx.eventlog.rtmr1.mismatch", GH_FAIL, 2},
	    {"ccel.parse", "ccel.parse.truncated", GH_FAIL, 2},
	    {"eat.signature", "eat.signature.bad", GH_FAIL, 2},
	    {"eat.key", "eat.key.foreign", GH_FAIL, 2},
	    {"eat.nonce", "eat.nonce.mismatch", GH_FAIL, 3},
	    {"ocsp.signature", "ocsp.signature.bad", GH_FAIL, 2},
	    {"ocsp.time", "ocsp.time.stale", GH_STALE, 3},
	    {"snp.hcl.tpm.nonce", "snp.hcl.tpm.nonce.mismatch", GH_FAIL, 3},
	    {"snp.nonce", "snp.nonce.mismatch", GH_FAIL, 3},
	    {"bind.report_data", "bind.report_data.mismatch", GH_FAIL, 2},
	    {"tdx.tcb", "tdx.tcb.outofdate", GH_FAIL, 1},
	    {"gpu.spdm.signature", "", GH_UNKNOWN, 1},
	    {"tdx.parse", "", GH_PASS, 0},
	};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_finding *f = gh_findings_add(&r.findings, "x", cases[i].step);
		gh_judge(f, cases[i].verdict, cases[i].code);
		if (gh_recheck_exit(&r) != cases[i].exit)
			fail_msg("%s %s: exit %d, not %d", cases[i].step, cases[i].code,
			    gh_recheck_exit(&r), cases[i].exit);
	}
}

/* A broken signature outweighs a foreign nonce; what does not block decides nothing. */
static void test_exit_when_several_fail_then_the_gravest(void **state)
{
	(void)state;
	gh_auto(struct gh_result, gh_result_free) r = {0}, w = {0};
	gh_judge(
	    gh_findings_add(&r.findings, "x", "a.nonce"), GH_FAIL, "a.nonce.mismatch");
	gh_judge(gh_findings_add(&r.findings, "x", "a.tcb"), GH_FAIL, "a.tcb.old");
	assert_int_equal(gh_recheck_exit(&r), 3);
	gh_judge(
	    gh_findings_add(&r.findings, "x", "a.signature"), GH_FAIL, "a.signature");
	assert_int_equal(gh_recheck_exit(&r), 2);
	struct gh_finding *f = gh_findings_add(&w.findings, "x", "a.signature");
	f->severity = GH_SEV_WARN;
	gh_judge(f, GH_FAIL, "a.signature");
	assert_int_equal(gh_recheck_exit(&w), 0);
}

static int setup(void **state)
{
	(void)state;
	return gh_rim_setup(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_evidence_when_real_with_rims_then_passes),
	    cmocka_unit_test(test_evidence_when_without_rims_then_not_pass),
	    cmocka_unit_test(test_evidence_when_of_another_nonce_then_exit_3),
	    cmocka_unit_test(test_evidence_when_nothing_known_then_a_failed_finding),
	    cmocka_unit_test(test_trust_when_not_a_trust_file_then_configuration_error),
	    cmocka_unit_test(test_with_when_nothing_known_then_unknown),
	    cmocka_unit_test(test_evidence_when_too_many_pieces_then_a_failed_finding),
	    cmocka_unit_test(test_exit_when_a_step_fails_then_by_its_kind),
	    cmocka_unit_test(test_exit_when_several_fail_then_the_gravest),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
