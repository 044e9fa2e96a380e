/* SPDX-License-Identifier: Apache-2.0
 * The words of `evidence verify` and `evidence show`, their files, and what comes out. */
#include <unistd.h>

#include "evidence/rim.h"
#include "proof/evidence_opts.h"
#include "tests/unit/proof/fixture.h"

#define NOW INT64_C(1795478400)

static int parse(
    struct gh_evidence_opts *o, bool show, const char *const *words, struct gh_err *err)
{
	char *argv[160];
	int argc = 0;
	while (words[argc] != NULL) {
		argv[argc] = (char *)(uintptr_t)words[argc];
		argc++;
	}
	return gh_evidence_opts_parse(o, argc, argv, show, NOW, err);
}

#define PARSE(o, show, err, ...)                                                         \
	parse(o, show, (const char *const[]){__VA_ARGS__, NULL}, err)

static void test_parse_when_all_words_then_set(void **state)
{
	struct gh_evidence_opts o;
	(void)state;
	assert_int_equal(
	    PARSE(&o, false, NULL, "--type", "tdx", "--with", "a", "FILE", "--with", "b",
		"--trust", "t", "--at", "2026-11-23T03:14:07Z", "--nonce", "00FF",
		"--policy", "p", "--lab", "--json", "-v"),
	    0);
	assert_string_equal(o.file, "FILE");
	assert_int_equal(o.type, GH_EV_TDX);
	assert_int_equal(o.n_with, 2);
	assert_string_equal(o.with[1], "b");
	assert_int_equal(o.n_trust, 1);
	assert_int_equal(o.nonce_len, 2);
	assert_int_equal(o.nonce[1], 0xff);
	assert_string_equal(o.policy, "p");
	assert_true(o.lab && o.json && o.verbose);
	assert_true(o.at < NOW);
	assert_int_equal(
	    PARSE(&o, false, NULL, "FILE", "--json", "--plain", "--verbose"), 0);
	assert_false(o.json);
	assert_int_equal(o.at, NOW);
	assert_int_equal(PARSE(&o, true, NULL, "FILE", "--type", "ccel", "--json"), 0);
	assert_true(o.json);
}

static void test_parse_when_wrong_then_usage(void **state)
{
	static const char *const wrong[][4] = {
	    {NULL},
	    {"a", "b"},
	    {"a", "--frobnicate"},
	    {"a", "--with"},
	    {"a", "--type", "cheese"},
	    {"a", "--at", "yesterday"},
	    {"a", "--nonce", ""},
	    {"a", "--nonce", "abc"},
	    {"a", "--nonce", "zz"},
	    {"a", "--nonce", "00 0"},
	    {"a", "--audience", "x"},
	};
	struct gh_evidence_opts o;
	(void)state;
	for (size_t i = 0; i < GH_COUNT(wrong); i++) {
		struct gh_err e = {0};
		assert_int_equal(parse(&o, false, wrong[i], &e), -1);
		assert_int_equal(e.code, GH_E_USAGE);
	}
	assert_int_equal(PARSE(&o, true, NULL, "a", "--with", "b"), -1);
	assert_int_equal(PARSE(&o, true, NULL, "a", "--nonce", "00"), -1);
}

static void test_parse_when_too_many_files_then_usage(void **state)
{
	const char *words[2 * GH_EVIDENCE_FILES_MAX + 4] = {"FILE"};
	struct gh_evidence_opts o;
	struct gh_err e = {0};
	(void)state;
	for (size_t i = 0; i <= GH_EVIDENCE_FILES_MAX; i++) {
		words[1 + 2 * i] = "--with";
		words[2 + 2 * i] = "x";
	}
	assert_int_equal(parse(&o, false, words, &e), -1);
	assert_int_equal(e.code, GH_E_USAGE);
	words[1 + 2 * GH_EVIDENCE_FILES_MAX] = NULL;
	assert_int_equal(parse(&o, false, words, &e), 0);
	assert_int_equal(o.n_with, GH_EVIDENCE_FILES_MAX);
}

/* Every type's word stands in the usage text. */
static void test_usage_when_a_type_is_known_then_named(void **state)
{
	(void)state;
	for (int t = 1; t < GH_EV_EVAL; t++)
		assert_non_null(strstr(gh_evidence_opts_usage,
		    gh_evidence_type_word((enum gh_evidence_type)t)));
}

/* ---- files ---------------------------------------------------------------------------- */

static void path_of(char out[512], const char *name)
{
	snprintf(out, 512, "%s/%s", vectors_dir(), name);
}

static int verify(struct gh_result *r, const struct gh_evidence_opts *o, struct gh_err *e)
{
	int code = -1, rc = gh_evidence_opts_verify(r, &code, o, e);
	return rc < 0 ? -1 : code;
}

static void test_verify_when_files_are_real_then_passes(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0}, other = {0};
	char file[512], driver[512], vbios[512];
	(void)state;
	if (!have_vectors())
		skip();
	path_of(file, "nvidia/vaultgenome-core/gpu-evidence.json");
	path_of(driver, "nvidia/vaultgenome-core/rim-NV_GPU_DRIVER_GH100_595.71.05.json");
	path_of(vbios,
	    "nvidia/vaultgenome-core/rim-NV_GPU_VBIOS_1010_0210_886_96009F0004.json");
	struct gh_evidence_opts o = {
	    .file = file, .with = {driver, vbios}, .n_with = 2, .at = NOW};
	assert_int_equal(verify(&r, &o, NULL), 0);
	assert_int_equal(gh_result_verdict(&r), GH_PASS);
	assert_string_equal(r.subject[0].name, "gpu-evidence.json");
	o.nonce_len = 32;
	assert_int_equal(verify(&other, &o, NULL), 3);
}

static void test_verify_when_a_file_is_missing_then_whose_fault(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_evidence_opts o = {.file = "/absent", .at = NOW};
	struct gh_err e = {0};
	(void)state;
	assert_int_equal(verify(&r, &o, &e), -1);
	assert_int_equal(e.code, GH_E_IO);
	o = (struct gh_evidence_opts){
	    .file = "/dev/null", .with = {"/absent"}, .n_with = 1, .at = NOW};
	assert_int_equal(verify(&r, &o, &e), -1);
	assert_int_equal(e.code, GH_E_CONFIG);
	o = (struct gh_evidence_opts){
	    .file = "/dev/null", .trust = {"/absent"}, .n_trust = 1, .at = NOW};
	assert_int_equal(verify(&r, &o, &e), -1);
	assert_int_equal(e.code, GH_E_CONFIG);
	o = (struct gh_evidence_opts){
	    .file = "/dev/null", .policy = "/absent", .at = NOW};
	assert_int_equal(verify(&r, &o, &e), -1);
	assert_int_equal(e.code, GH_E_CONFIG);
	o.policy = "/dev/null"; /* no JSON */
	assert_int_equal(verify(&r, &o, &e), -1);
	assert_int_equal(e.code, GH_E_CONFIG);
}

static void test_verify_when_policy_file_then_used(void **state)
{
	static const char text[] =
	    "{\"v\":1,\"id\":\"strict-pdi\",\"nvidia\":{\"pdi\":[\"0011223344556677\"]}}";
	char file[512], path[] = "/tmp/gh-policy-XXXXXX";
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_err e = {0};
	int fd = mkstemp(path);
	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, sizeof(text) - 1), (ssize_t)sizeof(text) - 1);
	close(fd);
	if (!have_vectors())
		skip();
	path_of(file, "nvidia/vaultgenome-core/gpu-evidence.json");
	struct gh_evidence_opts o = {.file = file, .policy = path, .at = NOW};
	int code = verify(&r, &o, &e);
	unlink(path);
	if (code < 0)
		fail_msg("%s", e.what);
	assert_non_null(gh_findings_get(&r.findings, NULL, "gpu.pin.pdi"));
	assert_int_not_equal(code, 0);
}

static void test_show_when_file_then_text_or_json(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0}, json = {0};
	char file[512];
	(void)state;
	if (!have_vectors())
		skip();
	path_of(file, "tdx/real/collateral/intel.tcb_signing_chain.2032.pem");
	struct gh_evidence_opts o = {.file = file};
	assert_int_equal(gh_evidence_opts_show(&text, &o, NULL), 0);
	assert_non_null(strstr(gh_buf_cstr(&text), "Intel SGX TCB Signing"));
	o.json = true;
	assert_int_equal(gh_evidence_opts_show(&json, &o, NULL), 0);
	gh_auto(json_t *, gh_json_free) j = gh_json_parse(json.p, json.len, NULL);
	assert_int_equal(json_array_size(json_object_get(j, "pieces")), 1);
}

static void test_show_when_nothing_known_then_what_was_tried(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	struct gh_evidence_opts o = {.file = "/dev/null"};
	struct gh_err e = {0};
	(void)state;
	assert_int_equal(gh_evidence_opts_show(&text, &o, &e), -1);
	assert_int_equal(e.code, GH_E_PARSE);
	assert_non_null(strstr(e.what, "base64"));
	o.file = "/absent";
	assert_int_equal(gh_evidence_opts_show(&text, &o, &e), -1);
	assert_int_equal(e.code, GH_E_IO);
}

static int setup(void **state)
{
	(void)state;
	return gh_rim_setup(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_parse_when_all_words_then_set),
	    cmocka_unit_test(test_parse_when_wrong_then_usage),
	    cmocka_unit_test(test_parse_when_too_many_files_then_usage),
	    cmocka_unit_test(test_usage_when_a_type_is_known_then_named),
	    cmocka_unit_test(test_verify_when_files_are_real_then_passes),
	    cmocka_unit_test(test_verify_when_a_file_is_missing_then_whose_fault),
	    cmocka_unit_test(test_verify_when_policy_file_then_used),
	    cmocka_unit_test(test_show_when_file_then_text_or_json),
	    cmocka_unit_test(test_show_when_nothing_known_then_what_was_tried),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
