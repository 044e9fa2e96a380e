/* SPDX-License-Identifier: Apache-2.0
 * Policies as a whole: what they extend, for whom they are, what they change about checks,
 * their own tests, what is weak about them, and the shipped ones on healthy hosts. */
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "bmc_host.h"
#include "checks/policy_eval.h"
#include "checks/policy_lint.h"
#include "host_text.h"

#define TOP(m) "{\"v\":1,\"id\":\"t\",\"revision\":3" m "}"

static struct gh_catalogue *catalogue;

static int load(void **state)
{
	(void)state;
	return gh_catalogue_load(&catalogue, NULL);
}

static int unload(void **state)
{
	(void)state;
	gh_catalogue_free(&catalogue);
	return 0;
}

static struct gh_host_policy *parsed(const char *text)
{
	struct gh_host_policy *p = NULL;
	struct gh_err err = {0};

	if (gh_host_policy_parse(&p, gh_text_of(text), "p", &err) != 0)
		fail_msg("%s\n%s", text, err.what);
	return p;
}

static bool bmc_silent; /* the host's BMC was not read */

/* All checks and rules of one text host under that policy. */
static void validate(struct gh_result *r, struct text_host *h, struct gh_host *host,
    const struct gh_host_policy *policy)
{
	gh_auto(struct gh_probe, gh_probe_free) probe = {0};
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) bmc = {0};
	struct gh_sources src = {.host = host,
	    .probe = &probe,
	    .bmc = bmc_silent ? NULL : &bmc,
	    .policy = policy,
	    .at = AT};

	memset(r, 0, sizeof(*r));
	bmc_healthy(&bmc, host->tee);
	bmc.read_at = AT;
	probe_of(&probe, h);
	assert_int_equal(0, gh_checks_run(r, catalogue, &src, NULL));
}

static const struct gh_finding *get(const struct gh_result *r, const char *step)
{
	const struct gh_finding *f = gh_findings_get(&r->findings, NULL, step);

	if (!f)
		fail_msg("no finding %s", step);
	return f;
}

static size_t count(const struct gh_result *r, const char *prefix)
{
	size_t n = 0;

	for (size_t i = 0; i < r->findings.n; i++)
		n += strncmp(r->findings.at[i].step, prefix, strlen(prefix)) == 0;
	return n;
}

/* ---- shipped ---------------------------------------------------------------------------- */

static void test_shipped_policies_when_their_tests_run_then_pass(void **state)
{
	size_t n = 0;

	(void)state;
	for (const char *name; (name = gh_policy_shipped(n)); n++) {
		gh_auto(struct gh_host_policy *, gh_host_policy_free) p = NULL;
		struct gh_err err = {0};

		if (gh_host_policy_load(&p, name, &err) != 0)
			fail_msg("%s", err.what);
		assert_string_equal(name, p->id);
		assert_true(p->n_rules >= 10 && p->n_tests >= 3);
		for (size_t i = 0; i < p->n_tests; i++) {
			gh_auto(struct gh_buf, gh_buf_free) b = {0};

			if (gh_policy_run_test(p, &p->test[i], AT, &b, NULL) != 0)
				fail_msg(
				    "%s, %s: %s", name, p->test[i].name, gh_buf_cstr(&b));
		}
	}
	assert_int_equal(2, n);
}

static void test_shipped_policies_when_hosts_are_healthy_then_every_rule_passes(
    void **state)
{
	static const char *const name[] = {"h100-tdx-production", "snp-poc"};

	(void)state;
	for (int tee = 0; tee < 2; tee++) {
		gh_auto(struct gh_host_policy *, gh_host_policy_free) p = NULL;
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_host host = fleet_host((enum gh_tee)tee);
		struct text_host h;

		assert_int_equal(0, gh_host_policy_load(&p, name[tee], NULL));
		if (tee)
			snp_host(&h);
		else
			tdx_host(&h);
		validate(&r, &h, &host, p);
		for (size_t i = 0; i < p->n_rules; i++) {
			const struct gh_finding *f;
			char step[80];

			snprintf(step, sizeof(step), "policy.%s", p->rule[i].id);
			f = get(&r, step);
			assert_string_equal("policy", f->parent);
			if (f->verdict != GH_PASS && f->verdict != GH_SKIP)
				fail_msg("%s: %s %s", step, gh_verdict_word(f->verdict),
				    f->observed);
		}
		assert_int_equal(GH_PASS, get(&r, "policy")->verdict);
		assert_non_null(strstr(get(&r, "policy")->observed, "revision 1"));
		assert_non_null(strstr(get(&r, "policy")->source, p->file[0].sha256));
		text_host_free(&h);
	}
}

static void test_shipped_policies_when_linted_then_nothing_is_weak(void **state)
{
	(void)state;
	for (size_t i = 0; gh_policy_shipped(i); i++) {
		gh_auto(struct gh_host_policy *, gh_host_policy_free) p = NULL;
		gh_auto(struct gh_buf, gh_buf_free) b = {0};

		assert_int_equal(0, gh_host_policy_load(&p, gh_policy_shipped(i), NULL));
		if (gh_policy_lint(p, &b) != 0)
			fail_msg("%s: %s", p->id, gh_buf_cstr(&b));
	}
}

/* ---- lint -------------------------------------------------------------------------------- */

static void test_lint_when_policy_is_empty_then_each_gap_is_named(void **state)
{
	static const char *const gaps[] = {"secure boot", "debug", "TCB of TDX",
	    "TCB of SEV-SNP", "BIOS", "number of GPUs", "number of switches", "IOMMU",
	    "nonce", "reports", "acknowledge", "physical", "tests"};
	gh_auto(struct gh_host_policy *, gh_host_policy_free) p = parsed(TOP(""));
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_host host = fleet_host(GH_TEE_TDX);
	struct text_host h;

	(void)state;
	assert_int_equal(GH_COUNT(gaps), gh_policy_lint(p, &b));
	for (size_t i = 0; i < GH_COUNT(gaps); i++)
		if (!strstr(gh_buf_cstr(&b), gaps[i]))
			fail_msg("%s is not named: %s", gaps[i], gh_buf_cstr(&b));
	tdx_host(&h);
	validate(&r, &h, &host, p);
	assert_int_equal(GH_WARN, get(&r, "policy.weak")->verdict);
	assert_int_equal(GH_SEV_WARN, get(&r, "policy.weak")->severity);
	assert_string_equal("policy.weak.leaves_out", get(&r, "policy.weak")->code);
	text_host_free(&h);
}

static size_t lint_of(const char *members, const char *gap)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0}, b = {0};
	gh_auto(struct gh_host_policy *, gh_host_policy_free) p = NULL;

	gh_buf_fmt(&text, TOP("%s"), members);
	p = parsed(gh_buf_cstr(&text));
	(void)gh_policy_lint(p, &b);
	return strstr(gh_buf_cstr(&b), gap) != NULL;
}

#define RULE(fact, op, value, more)                                                      \
	",\"rules\":[{\"id\":\"r\",\"fact\":\"" fact "\",\"op\":\"" op                   \
	"\",\"value\":" value more "}]"

static void test_lint_when_a_gap_is_filled_then_only_that_one_goes(void **state)
{
	static const struct {
		const char *members, *gap;
		bool weak;
	} cases[] = {
	    {RULE("secureboot.enabled", "eq", "true", ""), "secure boot", false},
	    {RULE("secureboot.enabled", "eq", "true", ",\"severity\":\"warn\""),
		"secure boot", true},
	    {",\"checks\":{\"host.boot.secureboot\":{\"severity\":\"blocker\"}}",
		"secure boot", false},
	    {",\"checks\":{\"host.boot.secureboot\":{\"severity\":\"warn\"}}",
		"secure boot", true},
	    {RULE("sgx.debug", "eq", "false", ""), "debug", false},
	    {RULE("tdx.module", "version_ge", "\"1.5.06\"", ""), "TCB of TDX", false},
	    {RULE("tdx.module", "ne", "\"1.5.05\"", ""), "TCB of TDX", true},
	    {RULE("gpu.count", "eq", "8", ""), "number of GPUs", false},
	    {RULE("gpu.count", "ge", "1", ""), "number of GPUs", true},
	    {",\"applies\":{\"tee\":[\"tdx\"]}", "TCB of SEV-SNP", false},
	    {",\"applies\":{\"tee\":[\"snp\"]}", "TCB of TDX", false},
	    {",\"applies\":{\"switches\":0}", "number of switches", false},
	    {",\"applies\":{\"gpus\":0}", "number of GPUs", false},
	    {",\"windows\":{\"evidence_max_age_s\":120}", "nonce", false},
	    {",\"delivery\":{\"ack\":\"required\"}", "acknowledge", false},
	    {",\"delivery\":{\"ack\":\"not_required\"}", "acknowledge", false},
	    {",\"delivery\":{\"override\":\"never\"}", "acknowledge", true},
	    {",\"physical\":\"untrusted\"", "physical", false},
	    {",\"checks\":{\"host.boot.uefi\":{\"severity\":\"warn\"}}",
		"lowering host.boot.uefi", true},
	    {",\"checks\":{\"host.boot.uefi\":{\"severity\":\"warn\",\"why\":\"old\"}}",
		"lowering host.boot.uefi", false},
	    {",\"checks\":{\"host.boot.uefi\":{\"proved_by\":\"stage3\"}}",
		"waiting with host.boot.uefi", true},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++)
		if (lint_of(cases[i].members, cases[i].gap) != cases[i].weak)
			fail_msg("%s: %s", cases[i].members, cases[i].gap);
}

/* ---- for whom --------------------------------------------------------------------------- */

static void test_policy_when_fleet_file_says_another_host_then_one_skip(void **state)
{
	static const char *const applies[] = {"{\"tee\":[\"snp\"]}", "{\"gpus\":4}",
	    "{\"switches\":0}", "{\"model\":[\"SYS-421GE-TNRT\"]}"};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(applies); i++) {
		gh_auto(struct gh_buf, gh_buf_free) text = {0};
		gh_auto(struct gh_host_policy *, gh_host_policy_free) p = NULL;
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_host host = fleet_host(GH_TEE_TDX);
		struct text_host h;

		gh_buf_fmt(&text,
		    TOP(",\"applies\":%s,\"rules\":[{\"id\":\"r\",\"fact\":"
			"\"gpu.count\",\"op\":\"eq\",\"value\":1}]"),
		    applies[i]);
		p = parsed(gh_buf_cstr(&text));
		tdx_host(&h);
		validate(&r, &h, &host, p);
		assert_int_equal(1, count(&r, "policy"));
		assert_int_equal(GH_SKIP, get(&r, "policy")->verdict);
		assert_string_equal("policy.not_applicable", get(&r, "policy")->code);
		text_host_free(&h);
	}
}

/* The model is then the host's own word: it may bring the policy into force, never out. */
static void test_policy_when_only_the_host_says_another_model_then_unknown(void **state)
{
	gh_auto(struct gh_host_policy *, gh_host_policy_free) p =
	    parsed(TOP(",\"applies\":{\"model\":[\"SYS-821GE-TNHR\"]},\"rules\":[{\"id\":"
		       "\"r\",\"fact\":\"gpu.count\",\"op\":\"eq\",\"value\":8}]"));
	struct gh_host host = fleet_host(GH_TEE_TDX);
	static char none[] = "";
	static const char *const product[] = {"SYS-821GE-TNHR", "SYS-421GE-TNRT", ""};

	(void)state;
	host.product = none;
	for (size_t i = 0; i < 2 * GH_COUNT(product); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct text_host h;

		bmc_silent = i >= GH_COUNT(product);
		tdx_host(&h);
		spoil(&h, "sys", "SYS-821GE-TNHR", product[i % GH_COUNT(product)]);
		validate(&r, &h, &host, p);
		if (!bmc_silent || i == GH_COUNT(product)) {
			assert_int_equal(GH_PASS, get(&r, "policy.r")->verdict);
		} else {
			assert_int_equal(1, count(&r, "policy"));
			assert_int_equal(GH_UNKNOWN, get(&r, "policy")->verdict);
			assert_int_equal(GH_SEV_BLOCKER, get(&r, "policy")->severity);
			assert_string_equal("policy.model", get(&r, "policy")->code);
		}
		text_host_free(&h);
	}
	bmc_silent = false;
}

/* ---- checks of the catalogue ------------------------------------------------------------ */

static void test_check_when_policy_changes_it_then_both_severities_are_said(void **state)
{
	gh_auto(struct gh_host_policy *, gh_host_policy_free) p = parsed(
	    TOP(",\"checks\":{\"host.kernel.taint\":{\"severity\":\"blocker\",\"why\":"
		"\"no foreign code\"},\"host.boot.uefi\":{\"severity\":\"warn\"},"
		"\"host.tdx.kvm_param\":{\"grace_until\":\"2026-01-02\"},"
		"\"host.tdx.msr_tme\":{\"proved_by\":\"stage3\",\"why\":\"the quote "
		"says\"}}"));
	gh_auto(struct gh_result, gh_result_free) r = {0}, plain = {0};
	struct gh_host host = fleet_host(GH_TEE_TDX);
	const struct gh_finding *f;
	struct text_host h;

	(void)state;
	tdx_host(&h);
	spoil(&h, "sys", "tainted:0", "tainted:1");
	spoil(&h, "sys", "parameters/tdx:Y", "parameters/tdx:N");
	spoil(&h, "places", "/sys/firmware/efi/fw_platform_size\n", "");
	spoil(&h, "msr", NULL, NULL);
	validate(&r, &h, &host, p);
	validate(&plain, &h, &host, NULL);

	f = get(&r, "host.kernel.taint");
	assert_int_equal(GH_WARN, get(&plain, "host.kernel.taint")->verdict);
	assert_int_equal(GH_FAIL, f->verdict);
	assert_int_equal(GH_SEV_BLOCKER, f->severity);
	assert_non_null(strstr(f->expected, "the catalogue says warn, the policy t says "
					    "blocker: no foreign code"));

	f = get(&r, "host.boot.uefi");
	assert_int_equal(GH_FAIL, get(&plain, "host.boot.uefi")->verdict);
	assert_int_equal(GH_WARN, f->verdict);
	assert_int_equal(GH_SEV_WARN, f->severity);
	assert_non_null(strstr(f->expected, "the catalogue says blocker"));

	f = get(&r, "host.tdx.kvm_param");
	assert_int_equal(GH_FAIL, get(&plain, "host.tdx.kvm_param")->verdict);
	assert_int_equal(GH_WARN, f->verdict);
	assert_string_equal("host.tdx.kvm_param.grace", f->code);
	assert_non_null(strstr(f->expected, "until 2026-01-02T00:00:00Z"));

	f = get(&r, "host.tdx.msr_tme");
	assert_int_equal(GH_UNKNOWN, f->verdict);
	assert_int_equal(GH_SEV_WARN, f->severity);
	assert_non_null(strstr(f->why, "stage 3 proves it: the quote says"));
	assert_int_equal(GH_SEV_BLOCKER, get(&plain, "host.tdx.msr_tme")->severity);
	text_host_free(&h);
}

/* A check that a later stage proves may be UNKNOWN; failing it still blocks. */
static void test_check_when_a_later_stage_proves_it_then_failing_still_blocks(
    void **state)
{
	gh_auto(struct gh_host_policy *, gh_host_policy_free) p =
	    parsed(TOP(",\"checks\":{\"host.tdx.msr_tme\":{\"proved_by\":\"stage3\"}}"));
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_host host = fleet_host(GH_TEE_TDX);
	struct text_host h;

	(void)state;
	tdx_host(&h);
	for (int i = 0; i < 2; i++)
		spoil(&h, "msr", "0x982 0000000000000003", "0x982 0000000000000000");
	validate(&r, &h, &host, p);
	assert_int_equal(GH_FAIL, get(&r, "host.tdx.msr_tme")->verdict);
	assert_int_equal(GH_SEV_BLOCKER, get(&r, "host.tdx.msr_tme")->severity);
	text_host_free(&h);
}

static void test_check_when_policy_gives_parameters_then_they_count(void **state)
{
	gh_auto(json_t *, gh_json_free) known =
	    json_pack("{s:i, s:s}", "days", 365, "word", "a");
	gh_auto(json_t *, gh_json_free) mine = json_pack("{s:i}", "days", 30);
	struct gh_check c = {.id = "host.x", .severity = GH_SEV_WARN, .params = known};
	struct gh_check_change change = {.id = "host.x", .params = mine};
	gh_auto(json_t *, gh_json_free) params = NULL;
	struct gh_check out = gh_policy_check(&c, &change, &params);

	(void)state;
	assert_int_equal(30, json_integer_value(json_object_get(out.params, "days")));
	assert_string_equal("a", gh_json_text(out.params, "word"));
	assert_int_equal(365, json_integer_value(json_object_get(known, "days")));
	assert_int_equal(GH_SEV_WARN, out.severity);
}

/* ---- extends ---------------------------------------------------------------------------- */

static char dir[64];

static void put_file(const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(0, gh_file_write(path, text, strlen(text), 0600, NULL));
}

static int load_file(struct gh_host_policy **p, const char *name, struct gh_err *err)
{
	char path[128];

	*p = NULL;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return gh_host_policy_load(p, path, err);
}

#define FILE_OF(id, extends, more)                                                       \
	"{\"v\":1,\"id\":\"" id "\",\"revision\":1,\"extends\":" extends more "}"
#define RULES(id, value)                                                                 \
	",\"rules\":[{\"id\":\"" id                                                      \
	"\",\"fact\":\"gpu.count\",\"op\":\"eq\",\"value\":" value "}]"

static int make_dir(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/gh-policy-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int drop_dir(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

static void test_extends_when_four_deep_then_merged_from_the_bottom(void **state)
{
	gh_auto(struct gh_host_policy *, gh_host_policy_free) p = NULL;
	struct gh_err err = {0};

	(void)state;
	put_file("a.json", FILE_OF("a", "\"./b.json\"",
			       RULES("x", "8") ",\"windows\":{\"reattest_s\":60},"
					       "\"tests\":[{\"name\":\"n\",\"facts\":"
					       "{\"gpu.count\":8},\"expect\":{\"x\":"
					       "\"pass\",\"deep\":\"fail\"}}]"));
	put_file("b.json", FILE_OF("b", "\"c.json\"",
			       RULES("x", "7") ",\"applies\":{\"tee\":[\"tdx\"]}"));
	put_file("c.json", FILE_OF("c", "\"d.json\"", ""));
	put_file("d.json",
	    FILE_OF("d", "\"e.json\"",
		RULES("deep",
		    "1") ",\"windows\":{\"reattest_s\":5,\"report_ttl_s\":7},"
			 "\"checks\":{\"host.boot.uefi\":{\"severity\":\"warn\"}}"));
	put_file("e.json", FILE_OF("e", "\"h100-tdx-production\"", ""));
	if (load_file(&p, "a.json", &err) != 0)
		fail_msg("%s", err.what);
	assert_string_equal("a", p->id);
	assert_int_equal(6, p->n_files);
	assert_int_equal(8, json_integer_value(gh_policy_rule(p, "x")->ask.value));
	assert_non_null(gh_policy_rule(p, "deep"));
	assert_non_null(gh_policy_rule(p, "tdx.enabled"));
	assert_int_equal(60, p->windows.reattest_s);
	assert_int_equal(7, p->windows.report_ttl_s);
	assert_int_equal(120, p->windows.evidence_max_age_s);
	assert_non_null(gh_policy_change(p, "host.boot.uefi"));
	assert_non_null(gh_policy_change(p, "host.gpu.cc_mode"));
	assert_int_equal(8, p->applies.gpus);
	assert_int_equal(1, p->n_tests);
	assert_int_equal(
	    0, gh_policy_run_test(p, &p->test[0], AT, &(struct gh_buf){0}, NULL));
}

static void test_extends_when_it_goes_in_circles_then_refused(void **state)
{
	gh_auto(struct gh_host_policy *, gh_host_policy_free) p = NULL;
	struct gh_err err = {0};

	(void)state;
	put_file("a.json", FILE_OF("a", "\"b.json\"", ""));
	put_file("b.json", FILE_OF("b", "\n\"./../gone/../a.json\"", ""));
	assert_int_equal(-1, load_file(&p, "a.json", &err)); /* gone is not there */
	put_file("b.json", FILE_OF("b", "\n\"./a.json\"", ""));
	assert_int_equal(-1, load_file(&p, "a.json", &err));
	assert_non_null(strstr(err.what, "b.json:2:1: "));
	assert_non_null(strstr(err.what, "extends itself"));
	put_file("a.json", FILE_OF("a", "\"a.json\"", ""));
	assert_int_equal(-1, load_file(&p, "a.json", &err));
	assert_non_null(strstr(err.what, "a.json:1:40: "));
	assert_null(p);
}

static void test_extends_when_too_deep_or_broken_then_named(void **state)
{
	gh_auto(struct gh_host_policy *, gh_host_policy_free) p = NULL;
	struct gh_err err = {0};
	char name[24], text[128];

	(void)state;
	for (int i = 0; i < 10; i++) {
		snprintf(name, sizeof(name), "%d.json", i);
		snprintf(text, sizeof(text), FILE_OF("x", "\"%d.json\"", ""), i + 1);
		put_file(name, text);
	}
	assert_int_equal(-1, load_file(&p, "0.json", &err));
	assert_non_null(strstr(err.what, "more than 8 policies"));
	put_file("7.json", FILE_OF("x", "null", ",\n\"rules\":[{}]"));
	assert_int_equal(-1, load_file(&p, "0.json", &err));
	assert_non_null(strstr(err.what, "7.json:2:10: "));
	put_file("7.json", FILE_OF("x", "null", ""));
	assert_int_equal(0, load_file(&p, "0.json", &err));
	assert_int_equal(8, p->n_files);
	gh_host_policy_free(&p);
	assert_int_equal(-1, load_file(&p, "none.json", &err));
	assert_int_equal(-1, gh_host_policy_load(&p, "none", &err));
	assert_non_null(strstr(err.hint, "h100-tdx-production"));
}

/* A message has room for the place and the reason, however long the path is. */
static void test_refusal_when_path_is_long_then_place_and_reason_are_there(void **state)
{
	gh_auto(struct gh_host_policy *, gh_host_policy_free) p = NULL;
	gh_auto(struct gh_buf, gh_buf_free) name = {0};
	struct gh_err err = {0};

	(void)state;
	for (int i = 0; i < 40; i++)
		gh_buf_str(&name, "/long-folder");
	gh_buf_str(&name, "/x.json");
	assert_int_equal(-1, gh_host_policy_parse(&p, gh_text_of(TOP(",\n\"rulez\":[]")),
				 gh_buf_cstr(&name), &err));
	assert_non_null(strstr(err.what, "/x.json:2:1: unknown member \"rulez\""));
	assert_int_equal(
	    -1, gh_host_policy_parse(&p, gh_text_of("{"), gh_buf_cstr(&name), &err));
	assert_non_null(strstr(err.what, "/x.json:1:1: "));
}

static void test_policy_for_host_when_none_is_named_then_null(void **state)
{
	gh_auto(struct gh_host_policy *, gh_host_policy_free) p = NULL;

	(void)state;
	assert_int_equal(0, gh_policy_for_host("", &p, NULL));
	assert_null(p);
	assert_int_equal(0, gh_policy_for_host(NULL, &p, NULL));
	assert_null(p);
	assert_int_equal(0, gh_policy_for_host("snp-poc", &p, NULL));
	assert_string_equal("snp-poc", p->id);
}

/* ---- tests inside ------------------------------------------------------------------------ */

static void test_tests_when_they_expect_otherwise_then_said(void **state)
{
	gh_auto(struct gh_host_policy *, gh_host_policy_free) p =
	    parsed(TOP(RULES("x", "8") ",\"tests\":["
				       "{\"name\":\"a\",\"facts\":{\"gpu.count\":7},"
				       "\"expect\":{\"x\":\"pass\"}},"
				       "{\"name\":\"b\",\"facts\":{},\"expect\":{\"x\":"
				       "\"unknown\",\"policy\":\"unknown\"}}]"));
	gh_auto(struct gh_buf, gh_buf_free) a = {0}, b = {0};

	(void)state;
	assert_int_equal(1, gh_policy_run_test(p, &p->test[0], AT, &a, NULL));
	assert_string_equal("x: fail, expected pass (7)", gh_buf_cstr(&a));
	assert_int_equal(0, gh_policy_run_test(p, &p->test[1], AT, &b, NULL));
	assert_int_equal(0, b.len);
}

/* ---- hostile ----------------------------------------------------------------------------- */

static void test_policy_when_cut_or_changed_anywhere_then_survives(void **state)
{
	static const char text[] = TOP(
	    ",\"applies\":{\"model\":[\"X\"],\"tee\":[\"tdx\"],\"gpus\":8},\"rules\":["
	    "{\"id\":\"a\",\"fact\":\"bios.version\",\"op\":\"version_ge\",\"value\":"
	    "\"2.7\",\"when\":{\"fact\":\"id.board\",\"op\":\"in\",\"value\":[\"Y\"]}},"
	    "{\"id\":\"b\",\"fact\":\"kernel.tainted\",\"op\":\"hex_mask_eq\",\"value\":"
	    "{\"mask\":\"0x1\",\"eq\":\"0x0\"},\"severity\":\"warn\"}],"
	    "\"checks\":{\"host.boot.uefi\":{\"severity\":\"warn\"}},"
	    "\"tests\":[{\"name\":\"n\",\"facts\":{},\"expect\":{\"a\":\"skip\"}}]");
	size_t len = strlen(text), taken = 0;

	(void)state;
	for (size_t i = 0; i < len; i++) {
		for (int k = 0; k < 3; k++) {
			gh_auto(struct gh_host_policy *, gh_host_policy_free) p = NULL;
			struct gh_err err = {0};
			char copy[1024];
			size_t n = k == 2 ? i : len;

			memcpy(copy, text, len);
			if (k < 2)
				copy[i] = (char)(copy[i] ^ (k ? 0x80 : 0x01));
			if (gh_host_policy_parse(&p,
				(struct gh_bytes){(const unsigned char *)copy, n}, "p",
				&err) == 0)
				taken++;
			else
				assert_int_equal(0, strncmp(err.what, "p:1:", 4));
		}
	}
	assert_true(taken < len);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_shipped_policies_when_their_tests_run_then_pass),
	    cmocka_unit_test(
		test_shipped_policies_when_hosts_are_healthy_then_every_rule_passes),
	    cmocka_unit_test(test_shipped_policies_when_linted_then_nothing_is_weak),
	    cmocka_unit_test(test_lint_when_policy_is_empty_then_each_gap_is_named),
	    cmocka_unit_test(test_lint_when_a_gap_is_filled_then_only_that_one_goes),
	    cmocka_unit_test(test_policy_when_fleet_file_says_another_host_then_one_skip),
	    cmocka_unit_test(
		test_policy_when_only_the_host_says_another_model_then_unknown),
	    cmocka_unit_test(
		test_check_when_policy_changes_it_then_both_severities_are_said),
	    cmocka_unit_test(
		test_check_when_a_later_stage_proves_it_then_failing_still_blocks),
	    cmocka_unit_test(test_check_when_policy_gives_parameters_then_they_count),
	    cmocka_unit_test_setup_teardown(
		test_extends_when_four_deep_then_merged_from_the_bottom, make_dir,
		drop_dir),
	    cmocka_unit_test_setup_teardown(
		test_extends_when_it_goes_in_circles_then_refused, make_dir, drop_dir),
	    cmocka_unit_test_setup_teardown(
		test_extends_when_too_deep_or_broken_then_named, make_dir, drop_dir),
	    cmocka_unit_test(
		test_refusal_when_path_is_long_then_place_and_reason_are_there),
	    cmocka_unit_test(test_policy_for_host_when_none_is_named_then_null),
	    cmocka_unit_test(test_tests_when_they_expect_otherwise_then_said),
	    cmocka_unit_test(test_policy_when_cut_or_changed_anywhere_then_survives),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
