/* SPDX-License-Identifier: Apache-2.0
 * The finding and the result: judging, summing up, one JSON shape, one plain text. */
#include <string.h>

#include "base/result.h"
#include "tests/unit/tap.h"

static void add(
    struct gh_result *r, const char *step, enum gh_verdict v, enum gh_severity s)
{
	struct gh_finding *f = gh_findings_add(&r->findings, "gpu-a", step);

	gh_judge(f, v, v == GH_PASS ? "" : "x.y");
	f->severity = s;
}

static void test_finding_when_new_then_unknown_blocker(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_finding *f = gh_findings_add(&r.findings, "gpu-a", "host.x");

	(void)state;
	assert_int_equal(f->verdict, GH_UNKNOWN);
	assert_int_equal(f->severity, GH_SEV_BLOCKER);
	assert_string_equal(f->observed, "");
	gh_say(&f->observed, "%s", "a\033b");
	assert_string_equal(f->observed, "a\\x1bb");
}

static void test_verdict_when_mixed_then_worst_by_severity(void **state)
{
	static const struct {
		enum gh_verdict v;
		enum gh_severity s;
		enum gh_verdict want;
	} step[] = {
	    {GH_SKIP, GH_SEV_BLOCKER, GH_UNKNOWN},
	    {GH_PASS, GH_SEV_BLOCKER, GH_PASS},
	    {GH_UNKNOWN, GH_SEV_INFO, GH_PASS},
	    {GH_UNKNOWN, GH_SEV_WARN, GH_WARN},
	    {GH_FAIL, GH_SEV_WARN, GH_WARN},
	    {GH_STALE, GH_SEV_BLOCKER, GH_STALE},
	    {GH_UNKNOWN, GH_SEV_BLOCKER, GH_UNKNOWN},
	    {GH_FAIL, GH_SEV_BLOCKER, GH_FAIL},
	};
	gh_auto(struct gh_result, gh_result_free) r = {0};

	(void)state;
	assert_int_equal(gh_result_verdict(&r), GH_UNKNOWN);
	for (size_t i = 0; i < GH_COUNT(step); i++) {
		add(&r, "s", step[i].v, step[i].s);
		assert_int_equal(gh_result_verdict(&r), step[i].want);
	}
}

static void test_result_when_through_json_then_the_same(void **state)
{
	gh_auto(struct gh_result, gh_result_free) a = {.at = 1795403647};
	gh_auto(struct gh_result, gh_result_free) b = {0};
	gh_auto(struct gh_buf, gh_buf_free) ta = {0};
	gh_auto(struct gh_buf, gh_buf_free) tb = {0};
	gh_auto(json_t *, gh_json_free) ja = NULL;
	gh_auto(json_t *, gh_json_free) jb = NULL;
	struct gh_err err;

	(void)state;
	gh_claim_hex(gh_result_subject(&a, "gpu-a", "host"), "pdi", "\x01\xff", 2);
	add(&a, "one", GH_PASS, GH_SEV_BLOCKER);
	add(&a, "two", GH_FAIL, GH_SEV_WARN);
	a.findings.at[1].lab = true;
	ja = gh_result_json(&a);
	assert_int_equal(gh_result_from_json(&b, ja, &err), 0);
	jb = gh_result_json(&b);
	gh_json_dump(&ta, ja);
	gh_json_dump(&tb, jb);
	assert_string_equal(gh_buf_cstr(&ta), gh_buf_cstr(&tb));
	assert_string_equal(gh_claim_get(gh_result_find(&b, "gpu-a"), "pdi"), "01ff");
}

static void test_finding_when_json_has_unknown_member_then_refused(void **state)
{
	static const char text[] =
	    "{\"subject\":\"a\",\"step\":\"b\",\"verdict\":\"PASS\","
	    "\"severity\":\"blocker\",\"colour\":\"red\"}";
	gh_auto(struct gh_findings, gh_findings_free) fs = {0};
	gh_auto(json_t *, gh_json_free) j = gh_json_parse(text, sizeof text - 1, NULL);

	(void)state;
	assert_int_equal(gh_finding_from_json(&fs, j, NULL), -1);
	assert_int_not_equal(gh_findings_verdict(&fs, NULL), GH_PASS);
}

static void test_plain_when_tree_then_children_below_parent(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct gh_buf, gh_buf_free) out = {0};

	(void)state;
	add(&r, "root", GH_PASS, GH_SEV_BLOCKER);
	add(&r, "leaf", GH_FAIL, GH_SEV_BLOCKER);
	gh_say(&r.findings.at[1].parent, "root");
	gh_say(&r.findings.at[1].observed, "1.5.01");
	gh_result_plain(&out, &r, GH_PLAIN_ALL);
	assert_string_equal(gh_buf_cstr(&out),
	    "FAIL    gpu-a\n"
	    "PASS    root  [root]\n"
	    "FAIL      leaf  [leaf]\n"
	    "            code      x.y\n"
	    "            found     1.5.01\n"
	    "VERDICT: FAIL gpu-a: leaf: 1.5.01 (1 pass, 1 fail, 0 unknown, 0 warn, 0 "
	    "stale)\n");
}

static const char *verdict_line(struct gh_buf *out, const struct gh_result *r)
{
	const char *text;

	gh_buf_clear(out);
	gh_result_plain(out, r, GH_PLAIN_BRIEF);
	text = gh_buf_cstr(out);
	return strstr(text, "VERDICT:");
}

/* A pass says what nobody asked about. */
static void test_plain_when_a_pass_was_not_asked_all_then_said(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct gh_buf, gh_buf_free) out = {0};

	(void)state;
	add(&r, "snp.signature", GH_PASS, GH_SEV_BLOCKER);
	add(&r, "snp.nonces", GH_SKIP, GH_SEV_INFO);
	add(&r, "nonce", GH_SKIP, GH_SEV_INFO);
	assert_string_equal(verdict_line(&out, &r), "VERDICT: PASS all 1 steps pass\n");
	add(&r, "tdx.revocation.pck", GH_SKIP, GH_SEV_INFO);
	add(&r, "snp.nonce", GH_SKIP, GH_SEV_INFO);
	add(&r, "snp.hcl.tpm.nonce", GH_SKIP, GH_SEV_INFO);
	assert_string_equal(verdict_line(&out, &r),
	    "VERDICT: PASS all 1 steps pass; not checked: nonce, revocation\n");
	add(&r, "snp.tcb", GH_FAIL, GH_SEV_BLOCKER);
	assert_null(strstr(verdict_line(&out, &r), "not checked"));
}

/* One sentence, whatever was observed: cut at a blank, and never inside of a character. */
static void test_plain_when_much_was_observed_then_the_verdict_is_one_sentence(
    void **state)
{
	static const char *const unit[] = {"serial 1234, ", "\xc3\xa4\xe2\x82\xac"};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct gh_buf, gh_buf_free) out = {0};

	(void)state;
	add(&r, "leaf", GH_FAIL, GH_SEV_BLOCKER);
	for (size_t k = 0; k < GH_COUNT(unit); k++) {
		gh_auto(struct gh_buf, gh_buf_free) long_text = {0};
		const char *line;

		gh_buf_str(&long_text, "x");
		for (int i = 0; i < 40; i++)
			gh_buf_str(&long_text, unit[k]);
		gh_say(&r.findings.at[0].observed, "%s", gh_buf_cstr(&long_text));
		line = verdict_line(&out, &r);
		assert_non_null(
		    strstr(line, k ? "\xc3\xa4 .. (0 pass" : "1234, .. (0 pass"));
		assert_true(strlen(line) < 260);
	}
}

static void test_exit_when_verdict_then_as_designed(void **state)
{
	(void)state;
	assert_int_equal(gh_verdict_exit(GH_PASS), 0);
	assert_int_equal(gh_verdict_exit(GH_FAIL), 1);
	assert_int_equal(gh_verdict_exit(GH_UNKNOWN), 1);
	assert_int_equal(gh_verdict_exit(GH_STALE), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_finding_when_new_then_unknown_blocker),
	    cmocka_unit_test(test_verdict_when_mixed_then_worst_by_severity),
	    cmocka_unit_test(test_result_when_through_json_then_the_same),
	    cmocka_unit_test(test_finding_when_json_has_unknown_member_then_refused),
	    cmocka_unit_test(test_plain_when_tree_then_children_below_parent),
	    cmocka_unit_test(test_plain_when_a_pass_was_not_asked_all_then_said),
	    cmocka_unit_test(
		test_plain_when_much_was_observed_then_the_verdict_is_one_sentence),
	    cmocka_unit_test(test_exit_when_verdict_then_as_designed),
	};

	return cmocka_run_group_tests_name("finding", tests, NULL, NULL);
}
