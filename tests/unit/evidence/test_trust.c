/* SPDX-License-Identifier: Apache-2.0
 * The trust file: what is compiled in, what is refused. */
#include "nvidia_vectors.h"

#define PIN "a90c4eb5acfd3e3d03a25db6a26b84f720ad0503196c627c21ddd48dd85b06a4"

static int add(struct gh_trust *t, const char *json)
{
	return gh_trust_add(t, json, strlen(json), NULL);
}

static void test_builtin_when_read_then_seven_vendor_anchors(void **state)
{
	struct gh_trust t = {0};
	size_t n[5] = {0};
	(void)state;
	builtin_trust(&t);
	assert_int_equal(t.n, 7);
	for (size_t i = 0; i < t.n; i++) {
		assert_false(t.at[i].lab);
		n[t.at[i].root]++;
	}
	assert_int_equal(n[GH_ROOT_NVIDIA_DEVICE], 1);
	assert_int_equal(n[GH_ROOT_NVIDIA_RIM], 1);
	assert_int_equal(n[GH_ROOT_AMD_ARK], 3);
	assert_int_equal(n[GH_ROOT_INTEL_SGX], 1);
	assert_int_equal(n[GH_ROOT_NVIDIA_NRAS], 1);
}

static void test_find_when_kind_differs_then_null(void **state)
{
	struct gh_trust t = {0};
	uint8_t spki[32];
	(void)state;
	builtin_trust(&t);
	assert_int_equal(gh_unhex(spki, 32, PIN, NULL), 0);
	assert_non_null(gh_trust_find(&t, GH_ROOT_NVIDIA_DEVICE, spki));
	assert_null(gh_trust_find(&t, GH_ROOT_NVIDIA_RIM, spki));
	assert_null(gh_trust_find(NULL, GH_ROOT_NVIDIA_DEVICE, spki));
	spki[31] ^= 1;
	assert_null(gh_trust_find(&t, GH_ROOT_NVIDIA_DEVICE, spki));
}

static void test_add_when_lab_then_marked_and_appended(void **state)
{
	struct gh_trust t = {0};
	uint8_t spki[32];
	(void)state;
	builtin_trust(&t);
	assert_int_equal(
	    add(&t, "{\"anchors\":[{\"root\":\"nvidia-rim\",\"name\":\"LAB\","
		    "\"spki_sha256\":\"" PIN "\",\"lab\":true}]}"),
	    0);
	assert_int_equal(t.n, 8);
	assert_int_equal(gh_unhex(spki, 32, PIN, NULL), 0);
	assert_true(gh_trust_find(&t, GH_ROOT_NVIDIA_RIM, spki)->lab);
}

static void test_add_when_malformed_then_refused_whole(void **state)
{
	static const char *const bad[] = {"", "[]", "{}", "{\"anchors\":{}}",
	    "{\"anchors\":[],\"more\":1}", "{\"anchors\":[1]}",
	    "{\"anchors\":[{\"root\":\"nvidia-rim\",\"name\":\"x\"}]}",
	    "{\"anchors\":[{\"root\":\"other\",\"name\":\"x\",\"spki_sha256\":\"" PIN
	    "\"}]}",
	    "{\"anchors\":[{\"root\":\"amd-ark\",\"name\":\"x\",\"spki_sha256\":\"a9\"}]"
	    "}",
	    "{\"anchors\":[{\"root\":\"amd-ark\",\"name\":\"x\",\"spki_sha256\":\"" PIN
	    "\",\"lab\":\"yes\"}]}",
	    "{\"anchors\":[{\"root\":\"amd-ark\",\"name\":\"x\",\"spki_sha256\":\"" PIN
	    "\",\"unknown\":1}]}",
	    "{\"anchors\":[{\"root\":\"amd-ark\",\"name\":\"x\",\"product\":\"much too "
	    "long a "
	    "word\",\"spki_sha256\":\"" PIN "\"}]}",
	    "{\"anchors\":[{\"root\":\"amd-ark\",\"name\":\"x\",\"spki_sha256\":\"" PIN
	    "\"},{\"root\":\"nothing\"}]}"};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(bad); i++) {
		struct gh_trust t = {0};
		assert_int_equal(add(&t, bad[i]), -1);
		assert_int_equal(t.n, 0);
	}
}

static void test_add_when_too_many_then_refused(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_trust t = {0};
	(void)state;
	gh_buf_str(&b, "{\"anchors\":[");
	for (int i = 0; i <= GH_ANCHORS_MAX; i++)
		gh_buf_fmt(&b,
		    "%s{\"root\":\"amd-ark\",\"name\":\"x\",\"spki_sha256\":\"" PIN "\"}",
		    i > 0 ? "," : "");
	gh_buf_str(&b, "]}");
	assert_int_equal(gh_trust_add(&t, b.p, b.len, NULL), -1);
	assert_int_equal(t.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_builtin_when_read_then_seven_vendor_anchors),
	    cmocka_unit_test(test_find_when_kind_differs_then_null),
	    cmocka_unit_test(test_add_when_lab_then_marked_and_appended),
	    cmocka_unit_test(test_add_when_malformed_then_refused_whole),
	    cmocka_unit_test(test_add_when_too_many_then_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
