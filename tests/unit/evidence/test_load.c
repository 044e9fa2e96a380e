/* SPDX-License-Identifier: Apache-2.0
 * Evidence in every wrapping: what is found, what is refused, who gets which chain. */
#include "nvidia_vectors.h"

#define REPORT "vaultgenome-core/gpu0-attestation-report.bin"
#define CHAIN  "vaultgenome-core/gpu0-cert-chain.pem"

static void expect_one(
    struct gh_bytes b, enum gh_evidence_type want, struct gh_bytes bytes)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	assert_int_equal(gh_evidence_load(&set, b.p, b.len, GH_EV_UNKNOWN, NULL), 0);
	assert_int_equal(set.n, 1);
	assert_int_equal(set.at[0].type, want);
	assert_int_equal(set.at[0].bytes.len, bytes.len);
	assert_memory_equal(set.at[0].bytes.p, bytes.p, bytes.len);
}

static void test_load_when_raw_hex_base64_then_same_bytes(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) raw = {0}, hex = {0}, b64 = {0};
	(void)state;
	need_vectors();
	read_vector(&raw, REPORT);
	gh_buf_str(&hex, " ");
	gh_buf_hex(&hex, raw.p, raw.len);
	gh_buf_str(&hex, "\n");
	gh_b64(&b64, raw.p, raw.len);
	gh_buf_str(&b64, "\n");
	expect_one(gh_buf_view(&raw), GH_EV_GPU, gh_buf_view(&raw));
	expect_one(gh_buf_view(&hex), GH_EV_GPU, gh_buf_view(&raw));
	expect_one(gh_buf_view(&b64), GH_EV_GPU, gh_buf_view(&raw));
}

static void test_load_when_file_of_any_kind_then_type(void **state)
{
	static const struct {
		const char *name;
		enum gh_evidence_type type;
		size_t n;
		bool chain;
	} cases[] = {
	    {REPORT, GH_EV_GPU, 1, false},
	    {CHAIN, GH_EV_CERTS, 1, false},
	    {"vaultgenome-core/gpu-evidence.json", GH_EV_GPU, 1, true},
	    {"vaultgenome-core/rim-NV_GPU_DRIVER_GH100_595.71.05.json", GH_EV_RIM, 1,
		false},
	    {"attestation-sdk/NV_GPU_DRIVER_GH100_550.144.03.xml", GH_EV_RIM, 1, false},
	    {"attestation-sdk/hopperAttestationReport.txt", GH_EV_GPU, 1, false},
	    {"attestation-sdk/switchAttestationReport.txt", GH_EV_SWITCH, 1, false},
	    {"attestation-sdk/switch_evidence_ls10.json", GH_EV_SWITCH, 1, true},
	    {"attestation-sdk/evidence_hopper_590_12.json", GH_EV_GPU, 1, true},
	    {"attestation-sdk/sample_nvdaod_transcript.txt", GH_EV_GPU, 1, false},
	    {"go-nvattest-tools/test_mpt_data.json", GH_EV_GPU, 8, true},
	    {"go-nvattest-tools/test_ppcie_data.json", GH_EV_GPU, 12, true},
	    {"teep/nearcloud_20260629_nras_request.json", GH_EV_GPU, 8, true},
	    {"nvtrust/verifier_RIM_root.pem", GH_EV_CERTS, 1, false},
	};
	(void)state;
	need_vectors();
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
		load_set(&set, cases[i].name);
		assert_int_equal(set.n, cases[i].n);
		assert_int_equal(set.at[0].type, cases[i].type);
		for (size_t k = 0; k < set.n; k++)
			assert_int_equal(set.at[k].chain.len > 0, cases[i].chain);
	}
}

static void test_load_when_crl_then_der(void **state)
{
	static const char begin[] = "-----BEGIN X509 CRL-----\n";
	static const char end[] = "\n-----END X509 CRL-----\n";
	gh_auto(struct gh_buf, gh_buf_free) der = {0}, pem = {0};
	(void)state;
	need_vectors();
	read_vector(&der, "../snp/synthetic/crl-genoa-empty.der");
	gh_buf_str(&pem, begin);
	gh_b64(&pem, der.p, der.len);
	gh_buf_str(&pem, end);
	expect_one(gh_buf_view(&der), GH_EV_CRL, gh_buf_view(&der));
	expect_one(gh_buf_view(&pem), GH_EV_CRL, gh_buf_view(&der));
}

static void test_load_when_switches_among_gpus_then_labelled(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	(void)state;
	need_vectors();
	load_set(&set, "go-nvattest-tools/test_ppcie_data.json");
	assert_string_equal(set.at[7].label, "gpu 7");
	assert_string_equal(set.at[8].label, "switch 0");
	assert_int_equal(set.at[11].type, GH_EV_SWITCH);
}

static void test_load_when_nothing_known_then_error(void **state)
{
	static const char *const bad[] = {"", " ", "hello", "{}", "[]", "[1,2",
	    "{\"a\":\"b\"}", "<html/>", "11e001", "{\"evidence\":\"AAAA\"}",
	    "{\"req_body_base64\":\"!\"}"};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(bad); i++) {
		struct gh_evidence_set set = {0};
		assert_int_equal(
		    gh_evidence_load(&set, bad[i], strlen(bad[i]), GH_EV_UNKNOWN, NULL),
		    -1);
		assert_int_equal(set.n, 0);
	}
}

static void test_load_when_hint_differs_then_error(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	gh_auto(struct gh_buf, gh_buf_free) raw = {0};
	(void)state;
	need_vectors();
	read_vector(&raw, REPORT);
	assert_int_equal(gh_evidence_load(&set, raw.p, raw.len, GH_EV_RIM, NULL), -1);
	assert_int_equal(gh_evidence_load(&set, raw.p, raw.len, GH_EV_GPU, NULL), 0);
}

/* Who says what it is gets a verdict, not a refusal to look. */
static void test_load_when_unknown_bytes_and_hint_then_judged(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_trust trust = {0};
	struct gh_context ctx = {.at = 0, .trust = &trust};
	(void)state;
	assert_int_equal(gh_evidence_load(&set, "garbage!", 8, GH_EV_GPU, NULL), 0);
	assert_int_equal(gh_evidence_verify(&r, "g", &set, NULL, &ctx, NULL), 0);
	assert_step(&r, "g", "gpu.spdm.parse", GH_FAIL);
	assert_int_equal(gh_result_verdict(&r), GH_FAIL);
}

static void test_load_when_deep_or_many_then_bounded(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_evidence_set set = {0};
	(void)state;
	for (int i = 0; i < 60; i++)
		gh_buf_str(&b, "[");
	gh_buf_str(&b, "{\"evidence\":\"EeAB/w==\"}");
	for (int i = 0; i < 60; i++)
		gh_buf_str(&b, "]");
	assert_int_equal(gh_evidence_load(&set, b.p, b.len, GH_EV_UNKNOWN, NULL), -1);
	gh_buf_clear(&b);
	gh_buf_str(&b, "[");
	for (int i = 0; i < 1025; i++)
		gh_buf_fmt(&b, "%s{\"evidence\":\"EeAB/w==\"}", i > 0 ? "," : "");
	gh_buf_str(&b, "]");
	assert_int_equal(gh_evidence_load(&set, b.p, b.len, GH_EV_UNKNOWN, NULL), -1);
	assert_int_equal(set.n, 0);
}

static void test_verify_when_several_chains_then_the_signer_is_taken(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0}, with = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_trust trust = {0};
	(void)state;
	need_vectors();
	builtin_trust(&trust);
	struct gh_context ctx = {.at = at_time("2026-11-23"), .trust = &trust};
	load_set(&set, REPORT);
	load_more(&with, "attestation-sdk/hopperCertChain.txt");
	load_more(&with, CHAIN);
	load_more(&with, "attestation-sdk/switchCertChain.txt");
	assert_int_equal(gh_evidence_verify(&r, "g", &set, &with, &ctx, NULL), 0);
	assert_step(&r, "g", "gpu.spdm.signature", GH_PASS);
	assert_int_equal(gh_result_verdict(&r), GH_UNKNOWN); /* no RIM */
}

static void test_verify_when_many_then_one_subject_each(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_trust trust = {0};
	(void)state;
	need_vectors();
	builtin_trust(&trust);
	struct gh_context ctx = {.at = at_time("2026-11-23"), .trust = &trust};
	load_set(&set, "go-nvattest-tools/test_ppcie_data.json");
	load_more(&set, "attestation-sdk/NV_GPU_DRIVER_GH100_550.144.03.xml");
	assert_int_equal(gh_evidence_verify(&r, "sys", &set, NULL, &ctx, NULL), 0);
	assert_int_equal(r.n_subjects, 13);
	assert_string_equal(r.subject[0].name, "sys:0");
	assert_string_equal(r.subject[8].kind, "switch");
	assert_string_equal(r.subject[12].kind, "rim");
	assert_step(&r, "sys:12", "rim.signature", GH_PASS);
	assert_step(&r, "sys:11", "gpu.distinct", GH_PASS);
	assert_null(gh_findings_get(&r.findings, "sys:11", "gpu.driver.rim"));
}

static void test_type_words_when_parsed_then_back(void **state)
{
	static const char *const words[] = {
	    "snp", "tdx", "gpu", "switch", "rim", "certs", "crl"};
	enum gh_evidence_type t;
	(void)state;
	for (size_t i = 0; i < GH_COUNT(words); i++) {
		assert_int_equal(gh_evidence_type_parse(words[i], &t), 0);
		assert_string_equal(gh_evidence_type_word(t), words[i]);
	}
	assert_int_equal(gh_evidence_type_parse("unknown", &t), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_load_when_raw_hex_base64_then_same_bytes),
	    cmocka_unit_test(test_load_when_file_of_any_kind_then_type),
	    cmocka_unit_test(test_load_when_crl_then_der),
	    cmocka_unit_test(test_load_when_switches_among_gpus_then_labelled),
	    cmocka_unit_test(test_load_when_nothing_known_then_error),
	    cmocka_unit_test(test_load_when_hint_differs_then_error),
	    cmocka_unit_test(test_load_when_unknown_bytes_and_hint_then_judged),
	    cmocka_unit_test(test_load_when_deep_or_many_then_bounded),
	    cmocka_unit_test(test_verify_when_several_chains_then_the_signer_is_taken),
	    cmocka_unit_test(test_verify_when_many_then_one_subject_each),
	    cmocka_unit_test(test_type_words_when_parsed_then_back),
	};
	return cmocka_run_group_tests(tests, setup_rim, NULL);
}
