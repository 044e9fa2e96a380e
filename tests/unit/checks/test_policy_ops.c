/* SPDX-License-Identifier: Apache-2.0
 * Each operator of the policy language: yes, no, missing, not comparable, and each value
 * and fact that it refuses with line and column. */
#include "base/file.h"
#include "checks/policy_eval.h"
#include "checks/policy_value.h"
#include "host_text.h"

#define HEAD "{\"v\":1,\"id\":\"t\",\"revision\":1,\"rules\":["

static int parse(struct gh_host_policy **p, const char *text, struct gh_err *err)
{
	*p = NULL;
	return gh_host_policy_parse(p, gh_text_of(text), "p", err);
}

/* The rule r on facts of SSH and BMC (JSON objects; "" = that source was not read). */
static enum gh_verdict judge(
    const char *rule, const char *ssh, const char *bmc, struct gh_finding *out)
{
	gh_auto(struct gh_host_policy *, gh_host_policy_free) p = NULL;
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	gh_auto(struct gh_facts, gh_facts_free)
	    facts = {gh_json_parse(*ssh ? ssh : "{}", *ssh ? strlen(ssh) : 2, NULL),
		gh_json_parse(*bmc ? bmc : "{}", *bmc ? strlen(bmc) : 2, NULL)};
	struct gh_policy_view v = {&facts, *ssh != '\0', *bmc != '\0', AT};
	struct gh_findings fs = {0};
	struct gh_finding *f = gh_findings_add(&fs, "h", "policy.r");
	enum gh_verdict verdict;
	struct gh_err err = {0};

	gh_buf_fmt(&text, HEAD "{\"id\":\"r\",%s}]}", rule);
	if (parse(&p, gh_buf_cstr(&text), &err) != 0)
		fail_msg("%s: %s", rule, err.what);
	assert_non_null(facts.ssh);
	assert_non_null(facts.bmc);
	gh_rule_judge(f, p, &p->rule[0], &v);
	verdict = f->verdict;
	if (out) {
		*out = *f;
		out->why = strdup(f->why);
		out->observed = strdup(f->observed);
		out->expected = strdup(f->expected);
		out->code = strdup(f->code);
	}
	gh_findings_free(&fs);
	return verdict;
}

struct op_case {
	const char *rule; /* fact, op, value */
	const char *yes, *no;
	const char *cannot; /* NULL: whatever is said can be compared */
};

#define R(fact, op, value) "\"fact\":\"" fact "\",\"op\":\"" op "\",\"value\":" value

static const struct op_case cases[] = {
    {R("id.product", "eq", "\"X\""), "{\"id.product\":\"X\"}", "{\"id.product\":\"x\"}",
	NULL},
    {R("gpu.count", "eq", "8"), "{\"gpu.count\":8}", "{\"gpu.count\":7}", NULL},
    {R("tdx.enabled", "eq", "true"), "{\"tdx.enabled\":true}", "{\"tdx.enabled\":false}",
	NULL},
    {R("bios.version", "eq", "\"2.7a\""), "{\"bios.version\":\"2.7a\"}",
	"{\"bios.version\":\"2.7\"}", NULL},
    {R("cpu.microcode", "eq", "\"0x210002C0\""), "{\"cpu.microcode\":\"0x210002c0\"}",
	"{\"cpu.microcode\":\"0x210002c1\"}", NULL},
    {R("id.product", "ne", "\"X\""), "{\"id.product\":\"Y\"}", "{\"id.product\":\"X\"}",
	NULL},
    {R("mem.ksm", "ne", "true"), "{\"mem.ksm\":false}", "{\"mem.ksm\":true}", NULL},
    {R("id.product", "in", "[\"X\",\"Y\"]"), "{\"id.product\":\"Y\"}",
	"{\"id.product\":\"Z\"}", NULL},
    {R("kernel.aslr", "in", "[1,2]"), "{\"kernel.aslr\":2}", "{\"kernel.aslr\":0}", NULL},
    {R("id.product", "not_in", "[\"X\"]"), "{\"id.product\":\"Y\"}",
	"{\"id.product\":\"X\"}", NULL},
    {R("gpu.count", "ge", "8"), "{\"gpu.count\":8}", "{\"gpu.count\":7}", NULL},
    {R("gpu.count", "le", "8"), "{\"gpu.count\":8}", "{\"gpu.count\":9}", NULL},
    {R("gpu.count", "between", "[4,8]"), "{\"gpu.count\":4}", "{\"gpu.count\":3}", NULL},
    {R("gpu.count", "between", "[4,8]"), "{\"gpu.count\":8}", "{\"gpu.count\":9}", NULL},
    {R("bios.version", "version_ge", "\"2.7\""), "{\"bios.version\":\"2.10\"}",
	"{\"bios.version\":\"2.6b\"}", "{\"bios.version\":\"F41\"}"},
    {R("tdx.module", "version_ge", "\"1.5.06\""), "{\"tdx.module\":\"1.5.16\"}",
	"{\"tdx.module\":\"1.5.05\"}", "{\"tdx.module\":\"2.0.08\"}"},
    {R("gpu.vbios", "version_ge", "\"96.00.9F.00.00\""),
	"{\"gpu.vbios\":[\"96.00.9F.00.01\",\"96.00.CF.00.02\"]}",
	"{\"gpu.vbios\":[\"96.00.74.00.01\",\"96.00.CF.00.02\"]}",
	"{\"gpu.vbios\":[\"96.00.CF.00.02\",\"97.00.B9.00.69\"]}"},
    {R("gpu.vbios", "version_ge", "\"96.00.9F.00.00\""),
	"{\"gpu.vbios\":[\"96.00.9F.00.00\"]}", "{\"gpu.vbios\":[]}", NULL},
    {R("bios.version", "version_in_range", "[\"2.5\",\"2.7\"]"),
	"{\"bios.version\":\"2.7\"}", "{\"bios.version\":\"2.8\"}",
	"{\"bios.version\":\"beta\"}"},
    {R("bios.version", "version_in_range", "[\"2.5\",\"2.7\"]"),
	"{\"bios.version\":\"2.5\"}", "{\"bios.version\":\"2.4\"}", NULL},
    {R("kernel.tainted", "hex_mask_eq", "{\"mask\":\"0x1001\",\"eq\":\"0x1\"}"),
	"{\"kernel.tainted\":3}", "{\"kernel.tainted\":4097}", NULL},
    {R("tdx.mrseam", "hex_mask_eq", "{\"mask\":\"ff\",\"eq\":\"0f\"}"),
	"{\"tdx.mrseam\":\"AA0F\"}", "{\"tdx.mrseam\":\"aa0e\"}",
	"{\"tdx.mrseam\":\"none of it\"}"},
    {R("tdx.mrseam", "bytes_eq", "\"0xAABB\""), "{\"tdx.mrseam\":\"aabb\"}",
	"{\"tdx.mrseam\":\"00aabb\"}", "{\"tdx.mrseam\":\"zz\"}"},
    {R("gpu.models", "set_eq", "[\"b\",\"a\"]"), "{\"gpu.models\":[\"a\",\"b\"]}",
	"{\"gpu.models\":[\"a\"]}", NULL},
    {R("users.no_password", "set_eq", "[]"), "{\"users.no_password\":[]}",
	"{\"users.no_password\":[\"bob\"]}", NULL},
    {R("kernel.lsm", "superset", "[\"yama\",\"lockdown\"]"),
	"{\"kernel.lsm\":[\"apparmor\",\"lockdown\",\"yama\"]}",
	"{\"kernel.lsm\":[\"yama\"]}", NULL},
    {R("net.listeners", "subset", "[\"tcp/22\"]"), "{\"net.listeners\":[]}",
	"{\"net.listeners\":[\"tcp/22\",\"tcp/5900\"]}", NULL},
    {R("gpu.vbios", "count_eq", "1"), "{\"gpu.vbios\":[\"96.00.9F.00.01\"]}",
	"{\"gpu.vbios\":[\"96.00.9F.00.01\",\"96.00.9F.00.02\"]}", NULL},
    {R("bios.date", "age_le", "\"365d\""), "{\"bios.date\":\"2025-01-01\"}",
	"{\"bios.date\":\"2024-12-31\"}", "{\"bios.date\":\"soon\"}"},
    {R("bmc.read_at", "age_le", "900"), "{\"bmc.read_at\":\"2025-12-31T23:45:00Z\"}",
	"{\"bmc.read_at\":\"2025-12-31T23:44:59Z\"}", NULL},
    {R("bios.date", "before", "\"2026-01-01\""), "{\"bios.date\":\"2025-12-31\"}",
	"{\"bios.date\":\"2026-01-01\"}", "{\"bios.date\":\"?\"}"},
    {R("bios.date", "after", "\"2025-01-01\""), "{\"bios.date\":\"2025-01-02\"}",
	"{\"bios.date\":\"2025-01-01\"}", "{\"bios.date\":\"?\"}"},
    {R("cpu.model", "matches_glob", "\"GenuineIntel 6/207/*\""),
	"{\"cpu.model\":\"GenuineIntel 6/207/2\"}",
	"{\"cpu.model\":\"GenuineIntel 6/143/8\"}", NULL},
    {R("kernel.version", "matches_glob", "[\"6.8.*-intel\",\"6.1?.*\"]"),
	"{\"kernel.version\":\"6.17.0-8-generic\"}", "{\"kernel.version\":\"6.8.0-40\"}",
	NULL},
    {R("cpld", "matches_glob", "\"CPLD_* ??\""), "{\"cpld\":[\"CPLD_A 03\"]}",
	"{\"cpld\":[\"CPLD_A 03\",\"CPLD_B 1\"]}", NULL},
    {R("kernel.lockdown", "status_in", "[\"integrity\",\"confidentiality\"]"),
	"{\"kernel.lockdown\":\"integrity\"}", "{\"kernel.lockdown\":\"none\"}", NULL},
    {"\"fact\":\"id.serial\",\"op\":\"present\"", "{\"id.serial\":\"S\"}", "{}", NULL},
    {"\"fact\":\"gpu.mig\",\"op\":\"absent\"", "{}", "{\"gpu.mig\":false}", NULL},
};

static void test_each_operator_when_asked_then_yes_no_and_cannot(void **state)
{
	size_t n;
	const struct gh_op *ops = gh_ops(&n);

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		const struct op_case *c = &cases[i];

		if (judge(c->rule, c->yes, "{}", NULL) != GH_PASS)
			fail_msg("%s on %s does not pass", c->rule, c->yes);
		if (judge(c->rule, c->no, "{}", NULL) != GH_FAIL)
			fail_msg("%s on %s does not fail", c->rule, c->no);
		if (c->cannot && judge(c->rule, c->cannot, "{}", NULL) != GH_UNKNOWN)
			fail_msg("%s on %s can be judged", c->rule, c->cannot);
	}
	for (size_t i = 0; i < n; i++) {
		char word[40];
		bool seen = false;

		snprintf(word, sizeof(word), "\"op\":\"%s\"", ops[i].name);
		for (size_t k = 0; k < GH_COUNT(cases); k++)
			seen |= strstr(cases[k].rule, word) != NULL;
		if (!seen)
			fail_msg("no case for %s", ops[i].name);
	}
}

static void test_each_operator_when_fact_is_missing_then_unknown_and_blocks(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		struct gh_finding f = {0};
		enum gh_verdict v = judge(cases[i].rule, "{}", "{}", &f);
		bool present = strstr(cases[i].rule, "present"),
		     absent = strstr(cases[i].rule, "absent");

		if (v != (present ? GH_FAIL : absent ? GH_PASS : GH_UNKNOWN))
			fail_msg("%s: %s", cases[i].rule, gh_verdict_word(v));
		assert_int_equal(GH_SEV_BLOCKER, f.severity);
		if (!present && !absent) {
			assert_non_null(strstr(f.why, "nobody says"));
			assert_string_equal("policy.r.unknown", f.code);
		}
		free(f.why);
		free(f.observed);
		free(f.expected);
		free(f.code);
	}
}

/* What was not asked is not absent. */
static void test_absent_when_its_source_was_not_read_then_unknown(void **state)
{
	static const char mig[] = "\"fact\":\"gpu.mig\",\"op\":\"absent\"",
			  serial[] = "\"fact\":\"id.serial\",\"op\":\"absent\"",
			  present[] = "\"fact\":\"gpu.mig\",\"op\":\"present\"";

	(void)state;
	assert_int_equal(GH_UNKNOWN, judge(mig, "{}", "", NULL));
	assert_int_equal(GH_PASS, judge(mig, "", "{}", NULL));
	assert_int_equal(GH_UNKNOWN, judge(serial, "{}", "", NULL));
	assert_int_equal(GH_UNKNOWN, judge(serial, "", "{}", NULL));
	assert_int_equal(GH_FAIL, judge(present, "{}", "", NULL));
}

/* Two sources that differ must both do. */
static void test_rule_when_sources_differ_then_both_must_do(void **state)
{
	static const char rule[] = R("bios.version", "version_ge", "\"2.7\"");
	struct gh_finding f = {0};

	(void)state;
	assert_int_equal(GH_PASS, judge(rule, "{\"bios.version\":\"2.7\"}",
				      "{\"bios.version\":\"2.8\"}", NULL));
	assert_int_equal(GH_FAIL,
	    judge(rule, "{\"bios.version\":\"2.7\"}", "{\"bios.version\":\"1.4\"}", &f));
	assert_string_equal("SSH: 2.7; BMC: 1.4", f.observed);
	assert_int_equal(GH_A0, f.assurance);
	free(f.why);
	free(f.observed);
	free(f.expected);
	free(f.code);
	assert_int_equal(GH_FAIL, judge(rule, "{\"bios.version\":\"1.4\"}",
				      "{\"bios.version\":\"2.7\"}", NULL));
	assert_int_equal(GH_UNKNOWN,
	    judge(rule, "{\"bios.version\":\"2.7\"}", "{\"bios.version\":\"x\"}", NULL));
	assert_int_equal(GH_PASS, judge(rule, "{}", "{\"bios.version\":\"2.7\"}", NULL));
	assert_int_equal(GH_PASS,
	    judge(rule, "{\"bios.version\":\"2.7\"}", "{\"bios.version\":\"2.7\"}", &f));
	assert_int_equal(GH_A1, f.assurance);
	free(f.why);
	free(f.observed);
	free(f.expected);
	free(f.code);
}

static void test_severity_when_not_block_then_failing_only_warns(void **state)
{
	(void)state;
	assert_int_equal(
	    GH_WARN, judge(R("gpu.count", "eq", "8") ",\"severity\":\"warn\"",
			 "{\"gpu.count\":7}", "", NULL));
	assert_int_equal(
	    GH_WARN, judge(R("gpu.count", "eq", "8") ",\"severity\":\"info\"",
			 "{\"gpu.count\":7}", "", NULL));
	assert_int_equal(
	    GH_FAIL, judge(R("gpu.count", "eq", "8") ",\"severity\":\"block\"",
			 "{\"gpu.count\":7}", "", NULL));
}

/* AT is 2026-01-01. */
static void test_grace_when_it_lasts_then_warns_and_says_so(void **state)
{
	static const char rule[] = R("gpu.count", "eq", "8");
	struct gh_finding f = {0};
	char text[160];

	(void)state;
	snprintf(text, sizeof(text), "%s,\"grace_until\":\"2026-01-02\"", rule);
	assert_int_equal(GH_WARN, judge(text, "{\"gpu.count\":7}", "", &f));
	assert_string_equal("policy.r.grace", f.code);
	assert_non_null(strstr(f.expected, "2026-01-02T00:00:00Z"));
	free(f.why);
	free(f.observed);
	free(f.expected);
	free(f.code);
	assert_int_equal(GH_PASS, judge(text, "{\"gpu.count\":8}", "", NULL));
	assert_int_equal(GH_UNKNOWN, judge(text, "{}", "", NULL));
	snprintf(text, sizeof(text), "%s,\"grace_until\":\"2026-01-01\"", rule);
	assert_int_equal(GH_FAIL, judge(text, "{\"gpu.count\":7}", "", NULL));
	snprintf(text, sizeof(text), "%s,\"grace_until\":null", rule);
	assert_int_equal(GH_FAIL, judge(text, "{\"gpu.count\":7}", "", NULL));
}

static void test_when_when_it_does_not_hold_then_skip(void **state)
{
	static const char one[] =
	    R("gpu.count", "eq", "8") ",\"when\":{" R("id.product", "eq", "\"X\"") "}";
	static const char two[] = R("gpu.count", "eq", "8") ",\"when\":[{" R("id.product",
	    "eq", "\"X\"") "},{\"fact\":\"bmc.version\",\"op\":\"present\"}]";
	struct gh_finding f = {0};

	(void)state;
	assert_int_equal(
	    GH_PASS, judge(one, "{\"gpu.count\":8,\"id.product\":\"X\"}", "", NULL));
	assert_int_equal(
	    GH_FAIL, judge(one, "{\"gpu.count\":7,\"id.product\":\"X\"}", "", NULL));
	assert_int_equal(
	    GH_SKIP, judge(one, "{\"gpu.count\":7,\"id.product\":\"Y\"}", "", NULL));
	assert_int_equal(GH_UNKNOWN, judge(one, "{\"gpu.count\":8}", "", &f));
	assert_non_null(strstr(f.why, "condition"));
	free(f.why);
	free(f.observed);
	free(f.expected);
	free(f.code);
	assert_int_equal(
	    GH_SKIP, judge(two, "{\"gpu.count\":7,\"id.product\":\"X\"}", "{}", NULL));
	assert_int_equal(GH_SKIP, judge(two, "{\"gpu.count\":7}", "{}", NULL));
	assert_int_equal(GH_FAIL, judge(two, "{\"gpu.count\":7,\"id.product\":\"X\"}",
				      "{\"bmc.version\":\"01.03.18\"}", NULL));
}

/* ---- refusals --------------------------------------------------------------------------- */

struct refusal {
	const char *text;
	unsigned int line, column;
	const char *what;
};

#define RULE(r) "{\"v\":1,\"id\":\"t\",\"revision\":1,\"rules\":[\n{\"id\":\"r\"," r "}]}"
#define TOP(m)  "{\"v\":1,\"id\":\"t\",\"revision\":1,\n" m "}"

static const struct refusal refusals[] = {
    {"", 1, 1, ""},
    {"[]", 1, 1, "one JSON object"},
    {"{\"v\":1,\n\"v\":1}", 2, 3, "duplicate"},
    {"{\"v\":1", 1, 6, ""},
    {"{\"v\":2,\"id\":\"t\",\"revision\":1}", 1, 6, "must be 1"},
    {"{\"id\":\"t\",\"revision\":1}", 1, 1, "\"v\" is missing"},
    {"{\"v\":1,\"revision\":1}", 1, 1, "\"id\" is missing"},
    {"{\"v\":1,\"id\":\"t\"}", 1, 1, "\"revision\" is missing"},
    {"{\"v\":1,\"id\":\"T\",\"revision\":1}", 1, 13, "an id has"},
    {"{\"v\":1,\"id\":\"t\",\"revision\":-1}", 1, 28, "whole number"},
    {TOP("\"rulez\":[]"), 2, 1, "unknown member \"rulez\""},
    {TOP("\"rules\":{}"), 2, 9, "list of rules"},
    {TOP("\"rules\":[7]"), 2, 10, "must be an object"},
    {TOP("\"extends\":7"), 2, 11, "must be the name"},
    {TOP("\"extends\":\"no-such-policy\""), 2, 11, "no policy 'no-such-policy'"},
    {TOP("\"extends\":\"x.json\""), 2, 11, "shipped ones only"},
    {TOP("\"applies\":{\"model\":\"X\"}"), 2, 20, "list"},
    {TOP("\"applies\":{\"tee\":[\"tdx\",\"sgx\"]}"), 2, 25, "\"tdx\", \"snp\""},
    {TOP("\"applies\":{\"gpus\":\"8\"}"), 2, 19, "whole number"},
    {TOP("\"applies\":{\"disks\":8}"), 2, 12, "unknown member"},
    {TOP("\"windows\":{\"report_ttl\":8}"), 2, 12, "unknown member"},
    {TOP("\"windows\":{\"report_ttl_s\":\"1h\"}"), 2, 27, "whole number"},
    {TOP("\"delivery\":{\"ack\":\"maybe\"}"), 2, 19, "\"required\""},
    {TOP("\"delivery\":{\"override\":\"always\"}"), 2, 24, "\"never\""},
    {TOP("\"physical\":\"a shed\""), 2, 12, "\"trusted_custody\""},
    {TOP("\"matrix\":{\"file_sha256\":\"00\",\"require\":\"known_good\"}"), 2, 25,
	"64 hexadecimal"},
    {TOP("\"matrix\":{}"), 2, 10, "\"require\" is missing"},
    {RULE("\"fact\":\"gpu.counts\",\"op\":\"eq\",\"value\":8"), 2, 18,
	"unknown fact \"gpu.counts\""},
    {RULE("\"fact\":7,\"op\":\"eq\",\"value\":8"), 2, 18, "unknown fact"},
    {RULE("\"fact\":\"gpu.count\",\"op\":\"equals\",\"value\":8"), 2, 35,
	"unknown operator \"equals\""},
    {RULE("\"fact\":\"gpu.count\",\"value\":8"), 2, 1, "\"op\" is missing"},
    {RULE("\"fact\":\"gpu.count\",\"op\":\"eq\""), 2, 35, "eq needs a value"},
    {RULE("\"fact\":\"gpu.count\",\"op\":\"present\",\"value\":1"), 2, 53,
	"takes no value"},
    {RULE("\"fact\":\"gpu.count\",\"op\":\"eq\",\"value\":8,\"sev\":\"warn\""), 2, 50,
	"unknown member \"sev\""},
    {RULE("\"fact\":\"gpu.count\",\"op\":\"eq\",\"value\":8,\"severity\":\"high\""), 2,
	61, "\"info\""},
    {RULE("\"fact\":\"gpu.count\",\"op\":\"eq\",\"value\":8,\"why\":\"\""), 2, 56,
	"1 to 400"},
    {RULE("\"fact\":\"gpu.count\",\"op\":\"eq\",\"value\":8,\"grace_until\":\"soon\""), 2,
	64, "must be a time"},
    {RULE("\"fact\":\"gpu.count\",\"op\":\"eq\",\"value\":8,\"when\":[]"), 2, 57,
	"says nothing"},
    {RULE("\"fact\":\"gpu.count\",\"op\":\"eq\",\"value\":8,\"when\":{\"fact\":\"x\"}"),
	2, 65, "unknown fact"},
    {RULE("\"fact\":\"gpu.count\",\"op\":\"eq\",\"value\":8,"
	  "\"when\":[{\"fact\":\"mem.ksm\",\"op\":\"eq\",\"value\":0}]"),
	2, 94, "true or false"},
    {TOP("\"rules\":[{\"id\":\"a\",\"fact\":\"id.uuid\",\"op\":\"present\"},\n"
	 " {\"id\":\"a\",\"fact\":\"id.uuid\",\"op\":\"present\"}]"),
	3, 8, "stands twice"},
    {TOP("\"rules\":[{\"id\":\"policy\",\"fact\":\"id.uuid\",\"op\":\"present\"}]"), 2,
	16, "gatehouse's own"},
    {TOP("\"checks\":[]"), 2, 10, "must be an object"},
    {TOP("\"checks\":{\"host.no.such\":{\"severity\":\"warn\"}}"), 2, 11, "no check"},
    {TOP("\"checks\":{\"host.boot.uefi\":{}}"), 2, 28, "changes nothing"},
    {TOP("\"checks\":{\"host.boot.uefi\":{\"severity\":\"warning\"}}"), 2, 40,
	"\"info\""},
    {TOP("\"checks\":{\"host.boot.uefi\":{\"proved_by\":\"stage9\"}}"), 2, 41,
	"\"stage2\""},
    {TOP("\"checks\":{\"host.boot.uefi\":{\"params\":{\"x\":1}}}"), 2, 39,
	"no parameter"},
    {TOP("\"checks\":{\"host.boot.uefi\":{\"params\":7}}"), 2, 38, "must be an object"},
    {TOP("\"tests\":{}"), 2, 9, "list"},
    {TOP("\"tests\":[{\"name\":\"a\",\"facts\":{},\"expect\":{}}]"), 2, 42,
	"rule to outcome"},
    {TOP("\"tests\":[{\"name\":\"a\",\"facts\":{},\"expect\":{\"r\":\"pass\"}}]"), 2, 43,
	"there is no rule \"r\""},
    {TOP("\"tests\":[{\"name\":\"a\",\"facts\":{},\"expect\":{\"policy\":\"good\"}}]"), 2,
	52, "\"pass\""},
    {TOP("\"tests\":[{\"name\":\"a\",\"facts\":{\"x\":1},\"expect\":{\"policy\":\"pass\"}"
	 "}]"),
	2, 31, "unknown fact"},
    {TOP("\"tests\":[{\"name\":\"a\",\"facts\":{\"gpu.count\":\"8\"},"
	 "\"expect\":{\"policy\":\"pass\"}}]"),
	2, 43, "whole one"},
    {TOP("\"tests\":[{\"facts\":{},\"expect\":{\"policy\":\"pass\"}}]"), 2, 10,
	"\"name\" is missing"},
};

static void test_policy_when_not_understood_then_refused_with_its_place(void **state)
{
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < GH_COUNT(refusals); i++) {
		gh_auto(struct gh_host_policy *, gh_host_policy_free) p = NULL;
		struct gh_err err = {0};
		char place[32];

		if (parse(&p, refusals[i].text, &err) == 0)
			fail_msg("accepted: %s", refusals[i].text);
		assert_null(p);
		assert_int_equal(GH_E_CONFIG, err.code);
		snprintf(place, sizeof(place), "p:%u:%u: ", refusals[i].line,
		    refusals[i].column);
		if (strncmp(err.what, place, strlen(place)) != 0 ||
		    !strstr(err.what, refusals[i].what))
			print_message("%s\n  says: %s\n  want: %s...%s\n",
			    refusals[i].text, err.what, place, refusals[i].what);
		else
			n++;
	}
	assert_int_equal(GH_COUNT(refusals), n);
}

/* A rule's fact, operator and value, and what is wrong about them. */
static const struct {
	const char *fact, *op, *value, *what;
	unsigned int column; /* in R(): of the value unless it says otherwise */
} mismatches[] = {
    {"gpu.count", "version_ge", "\"2.7\"", "it is a number", 0},
    {"id.product", "ge", "8", "it is a text", 0},
    {"gpu.models", "eq", "\"a\"", "it is a set", 0},
    {"gpu.count", "set_eq", "[\"a\"]", "it is a number", 0},
    {"tdx.enabled", "in", "[true]", "it is yes or no", 0},
    {"id.product", "age_le", "\"1d\"", "it is no time", 1},
    {"id.product", "bytes_eq", "\"00\"", "not hexadecimal", 1},
    {"id.product", "hex_mask_eq", "{}", "not hexadecimal", 1},
    {"id.product", "status_in", "[\"a\"]", "no fixed words", 1},
    {"gpu.models", "version_ge", "\"1\"", "no version scheme", 1},
    {"gpu.count", "eq", "\"8\"", "whole one", 1},
    {"gpu.count", "eq", "8.0", "whole one", 1},
    {"tdx.enabled", "eq", "\"yes\"", "true or false", 1},
    {"id.product", "eq", "7", "must be one too", 1},
    {"id.product", "eq", "\"\"", "must be one too", 1},
    {"bios.version", "eq", "\"newest\"", "no version of the scheme smc-bios", 1},
    {"bios.version", "version_ge", "7", "must be a text", 1},
    {"bios.version", "version_ge", "\"x\"", "no version", 1},
    {"bios.version", "version_in_range", "\"2.7\"", "two versions", 1},
    {"bios.version", "version_in_range", "[\"2.7\",\"2.5\"]", "in order", 1},
    {"bios.version", "version_in_range", "[\"2.7\",\"x\"]", "no version", 8},
    {"tdx.module", "version_in_range", "[\"1.5.06\",\"2.0.08\"]", "in order", 1},
    {"kernel.lockdown", "eq", "\"integrety\"", "only one of none|integrity", 1},
    {"kernel.lockdown", "status_in", "[\"none\",\"all\"]", "only one of", 9},
    {"kernel.lockdown", "status_in", "[]", "one or more", 1},
    {"id.product", "in", "\"X\"", "list of one or more", 1},
    {"id.product", "in", "[]", "list of one or more", 1},
    {"id.product", "in", "[\"X\",7]", "must be one too", 6},
    {"gpu.count", "between", "[8]", "two whole numbers", 1},
    {"gpu.count", "between", "[8,4]", "two whole numbers", 1},
    {"gpu.count", "between", "8", "two whole numbers", 1},
    {"gpu.models", "set_eq", "[\"a\",\"a\"]", "each once", 1},
    {"gpu.models", "set_eq", "[1]", "each once", 1},
    {"gpu.models", "superset", "{}", "each once", 1},
    {"gpu.models", "count_eq", "-1", "0 or more", 1},
    {"gpu.models", "count_eq", "[1]", "0 or more", 1},
    {"kernel.tainted", "hex_mask_eq", "3", "must be {", 1},
    {"kernel.tainted", "hex_mask_eq", "{\"mask\":\"0x1\"}", "must be {", 1},
    {"kernel.tainted", "hex_mask_eq", "{\"mask\":\"q\",\"eq\":\"1\"}", "\"mask\" must be",
	9},
    {"kernel.tainted", "hex_mask_eq", "{\"mask\":\"1\",\"eq\":1}", "\"eq\" must be", 18},
    {"kernel.tainted", "hex_mask_eq", "{\"mask\":\"1\",\"eq\":\"2\"}", "leaves out", 18},
    {"tdx.mrseam", "bytes_eq", "\"abc\"", "even number", 1},
    {"tdx.mrseam", "bytes_eq", "7", "even number", 1},
    {"bios.date", "age_le", "\"1y\"", "duration", 1},
    {"bios.date", "age_le", "\"d\"", "duration", 1},
    {"bios.date", "age_le", "-1", "duration", 1},
    {"bios.date", "before", "\"tomorrow\"", "must be a time", 1},
    {"bios.date", "after", "7", "must be a time", 1},
    {"id.product", "matches_glob", "7", "must be a pattern", 1},
    {"id.product", "matches_glob", "[]", "must be a pattern", 1},
    {"id.product", "matches_glob", "[\"a\",7]", "must be a text", 6},
};

static void test_rule_when_its_parts_do_not_fit_then_refused_with_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(mismatches); i++) {
		gh_auto(struct gh_host_policy *, gh_host_policy_free) p = NULL;
		gh_auto(struct gh_buf, gh_buf_free) text = {0};
		struct gh_err err = {0};
		unsigned int line = mismatches[i].column ? 3 : 2;
		unsigned int column = mismatches[i].column ? mismatches[i].column : 6;
		char place[32];

		gh_buf_fmt(&text,
		    HEAD
		    "{\"id\":\"r\",\"fact\":\"%s\",\n\"op\":\"%s\",\"value\":\n%s}]}",
		    mismatches[i].fact, mismatches[i].op, mismatches[i].value);
		if (parse(&p, gh_buf_cstr(&text), &err) == 0)
			fail_msg("accepted: %s", gh_buf_cstr(&text));
		snprintf(place, sizeof(place), "p:%u:%u: ", line, column);
		if (strncmp(err.what, place, strlen(place)) != 0 ||
		    !strstr(err.what, mismatches[i].what))
			fail_msg("%s\n  says: %s\n  want: %s...%s", gh_buf_cstr(&text),
			    err.what, place, mismatches[i].what);
	}
}

static void test_glob_when_matched_then_whole_text_counts(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool yes;
	} globs[] = {
	    {"", "", true},
	    {"", "a", false},
	    {"*", "", true},
	    {"*", "abc", true},
	    {"a*c", "abbc", true},
	    {"a*c", "abbd", false},
	    {"a?c", "abc", true},
	    {"a?c", "ac", false},
	    {"*a*b*", "xxaxxbxx", true},
	    {"*a*b*", "xxbxxaxx", false},
	    {"**a", "ba", true},
	    {"a", "ab", false},
	    {"ab", "a", false},
	    {"[a]", "a", false},
	    {"*aab", "aaaab", true},
	};
	gh_auto(struct gh_buf, gh_buf_free) stars = {0}, text = {0};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(globs); i++)
		if (gh_glob(globs[i].pattern, globs[i].text) != globs[i].yes)
			fail_msg("%s on %s", globs[i].pattern, globs[i].text);
	for (int i = 0; i < 4000; i++) { /* no exponential walk */
		gh_buf_str(&stars, "*a");
		gh_buf_chr(&text, 'a');
	}
	gh_buf_chr(&stars, 'b');
	assert_false(gh_glob(gh_buf_cstr(&stars), gh_buf_cstr(&text)));
}

static void test_operators_when_said_then_in_words(void **state)
{
	static const struct {
		const char *op, *value, *words;
	} words[] = {
	    {"eq", "true", "must be yes"},
	    {"in", "[\"a\",\"b\"]", "must be one of a, b"},
	    {"between", "[1,4]", "must be from 1 to 4"},
	    {"hex_mask_eq", "{\"mask\":\"0xff\",\"eq\":\"0x1\"}",
		"must have bits 0x1 of the mask 0xff"},
	    {"age_le", "90", "must be at most 90 s old"},
	    {"age_le", "\"7d\"", "must be at most 7d old"},
	    {"set_eq", "[]", "must be exactly none"},
	    {"present", NULL, "must be known"},
	};
	size_t n;
	const struct gh_op *ops = gh_ops(&n);

	(void)state;
	for (size_t i = 0; i < GH_COUNT(words); i++) {
		gh_auto(struct gh_buf, gh_buf_free) b = {0};
		gh_auto(json_t *, gh_json_free) v =
		    words[i].value
			? gh_json_parse(words[i].value, strlen(words[i].value), NULL)
			: NULL;

		gh_op_words(&b, gh_op_find(words[i].op), v, false);
		assert_string_equal(words[i].words, gh_buf_cstr(&b));
	}
	for (size_t i = 0; i < n; i++) /* "must be" is not a condition */
		assert_null(strstr(ops[i].condition, "must"));
	assert_null(gh_op_find("like"));
}

static void test_page_when_read_then_names_each_operator(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) page = {0};
	size_t n;
	const struct gh_op *ops = gh_ops(&n);

	(void)state;
	assert_int_equal(0, gh_file_read(&page, "docs/policy.md", 1 << 20, NULL));
	for (size_t i = 0; i < n; i++) {
		char word[40];

		snprintf(word, sizeof(word), "`%s`", ops[i].name);
		if (!strstr(gh_buf_cstr(&page), word))
			fail_msg("docs/policy.md does not name %s", ops[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_each_operator_when_asked_then_yes_no_and_cannot),
	    cmocka_unit_test(
		test_each_operator_when_fact_is_missing_then_unknown_and_blocks),
	    cmocka_unit_test(test_absent_when_its_source_was_not_read_then_unknown),
	    cmocka_unit_test(test_rule_when_sources_differ_then_both_must_do),
	    cmocka_unit_test(test_severity_when_not_block_then_failing_only_warns),
	    cmocka_unit_test(test_grace_when_it_lasts_then_warns_and_says_so),
	    cmocka_unit_test(test_when_when_it_does_not_hold_then_skip),
	    cmocka_unit_test(test_policy_when_not_understood_then_refused_with_its_place),
	    cmocka_unit_test(
		test_rule_when_its_parts_do_not_fit_then_refused_with_its_place),
	    cmocka_unit_test(test_glob_when_matched_then_whole_text_counts),
	    cmocka_unit_test(test_operators_when_said_then_in_words),
	    cmocka_unit_test(test_page_when_read_then_names_each_operator),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
