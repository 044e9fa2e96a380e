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
	o = (struct gh_recheck_opts){.at = AT, .with = &junk, .n_with = 1};
	assert_int_equal(gh_recheck_evidence(&r, "x", junk, &o, &err), -1);
	assert_int_equal(gh_errc_exit(err.code), 4);
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
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
