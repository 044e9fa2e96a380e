/* SPDX-License-Identifier: Apache-2.0
 * Two sources: agreement is worth more, contradiction fails, an old word is STALE. */
#include "bmc_host.h"
#include "host_text.h"

static struct gh_catalogue *cat;

static int load(void **state)
{
	(void)state;
	return gh_catalogue_load(&cat, NULL);
}

static int unload(void **state)
{
	(void)state;
	gh_catalogue_free(&cat);
	return 0;
}

struct both {
	struct text_host text;
	struct gh_probe probe;
	struct gh_redfish_tree tree;
	struct gh_host host;
	struct gh_sources src;
	struct gh_result r;
};

static void both_make(struct both *b)
{
	memset(b, 0, sizeof *b);
	tdx_host(&b->text);
	probe_of(&b->probe, &b->text);
	bmc_healthy(&b->tree, GH_TEE_TDX);
	b->tree.read_at = AT;
	b->host = fleet_host(GH_TEE_TDX);
	b->host.bmc = (char *)(uintptr_t) "127.0.0.1";
	b->src = (struct gh_sources){.host = &b->host,
	    .probe = &b->probe,
	    .bmc = &b->tree,
	    .at = AT,
	    .fresh_s = 900};
}

static void both_free(struct both *b)
{
	gh_probe_free(&b->probe);
	text_host_free(&b->text);
	gh_redfish_tree_free(&b->tree);
	gh_result_free(&b->r);
}

static void run_both(struct both *b)
{
	gh_result_free(&b->r);
	memset(&b->r, 0, sizeof b->r);
	assert_int_equal(0, gh_checks_run(&b->r, cat, &b->src, NULL));
}

static const struct gh_finding *found(const struct both *b, const char *id)
{
	const struct gh_finding *f = gh_findings_get(&b->r.findings, "gpu-a", id);

	if (!f)
		fail_msg("no finding %s", id);
	return f;
}

static void change(struct both *b, const char *path, const char *key, const char *value)
{
	json_t *body = (json_t *)(uintptr_t)gh_redfish_get(&b->tree, path);

	assert_non_null(body);
	json_object_set_new(body, key, json_string(value));
}

static void test_finding_when_both_sources_agree_then_corroborated(void **state)
{
	struct both b;

	(void)state;
	both_make(&b);
	run_both(&b);
	assert_int_equal(GH_PASS, found(&b, "host.bmc.reach")->verdict);
	assert_int_equal(GH_A1, found(&b, "host.id.system")->assurance);
	assert_int_equal(GH_A1, found(&b, "host.cpu.microcode")->assurance);
	assert_int_equal(GH_A1, found(&b, "host.gpu.count")->assurance);
	assert_int_equal(GH_A0, found(&b, "host.kernel.version")->assurance);
	b.src.bmc = NULL;
	run_both(&b);
	assert_int_equal(GH_A0, found(&b, "host.id.system")->assurance);
	assert_int_equal(GH_UNKNOWN, found(&b, "host.bmc.reach")->verdict);
	both_free(&b);
}

static void test_finding_when_sources_part_then_fails_of_its_own(void **state)
{
	const struct gh_finding *f;
	struct both b;

	(void)state;
	both_make(&b);
	change(&b, BMC_SYS, "SerialNumber", "S999999X9Z99999");
	run_both(&b);
	f = found(&b, "host.id.system");
	assert_int_equal(GH_FAIL, f->verdict);
	assert_string_equal("host.id.system.contradicted", f->code);
	assert_non_null(strstr(f->observed, "S999999X9Z99999"));
	/* a finding that failed by itself keeps its own reason */
	gh_probe_free(&b.probe);
	spoil(&b.text, "sys", "SYS-821GE-TNHR", "SYS-421GE-TNRT");
	probe_of(&b.probe, &b.text);
	run_both(&b);
	f = found(&b, "host.id.system");
	assert_string_equal("host.id.system.product", f->code);
	assert_non_null(strstr(f->observed, "its BMC says"));
	both_free(&b);
}

static void test_finding_when_bmc_is_silent_then_its_last_word_is_stale(void **state)
{
	const struct gh_finding *f;
	struct gh_err gone = {0};
	struct both b;

	(void)state;
	both_make(&b);
	(void)gh_fail(&gone, GH_E_TIMEOUT, "no answer after 60 s");
	b.tree.read_at = AT - 840;
	b.src.bmc_old = true;
	b.src.bmc_err = &gone;
	run_both(&b);
	f = found(&b, "host.bmc.reach");
	assert_int_equal(GH_UNKNOWN, f->verdict);
	assert_string_equal("host.bmc.reach.timeout", f->code);
	f = found(&b, "host.bios.tme");
	assert_int_equal(GH_STALE, f->verdict);
	assert_string_equal("host.bios.tme.bmc_old", f->code);
	assert_non_null(strstr(f->source, "read 14m ago"));
	/* what SSH knows is not delayed, and not lifted by an old word */
	assert_int_equal(GH_PASS, found(&b, "host.id.system")->verdict);
	assert_int_equal(GH_A0, found(&b, "host.id.system")->assurance);
	both_free(&b);
}

static void test_finding_when_bmc_is_pending_then_a_fresh_word_still_counts(void **state)
{
	struct both b;

	(void)state;
	both_make(&b);
	b.tree.read_at = AT - 60;
	b.src.bmc_old = b.src.bmc_pending = true;
	run_both(&b);
	assert_string_equal("host.bmc.reach.pending", found(&b, "host.bmc.reach")->code);
	assert_int_equal(GH_PASS, found(&b, "host.bios.tme")->verdict);
	b.tree.read_at = AT - 901;
	run_both(&b);
	assert_int_equal(GH_STALE, found(&b, "host.bios.tme")->verdict);
	b.src.bmc = NULL;
	run_both(&b);
	assert_string_equal(
	    "host.bios.tme.bmc_pending", found(&b, "host.bios.tme")->code);
	both_free(&b);
}

static void test_checks_when_ssh_is_silent_then_the_bmc_is_judged_alone(void **state)
{
	const struct gh_finding *f;
	struct gh_err gone = {0};
	struct both b;

	(void)state;
	both_make(&b);
	(void)gh_fail(&gone, GH_E_IO, "connection refused");
	b.src.probe = NULL;
	b.src.ssh_err = &gone;
	run_both(&b);
	assert_int_equal(GH_PASS, found(&b, "host.bios.tme")->verdict);
	f = found(&b, "host.kernel.version");
	assert_int_equal(GH_UNKNOWN, f->verdict);
	assert_string_equal("host.kernel.version.no_ssh", f->code);
	assert_non_null(strstr(f->why, "connection refused"));
	assert_true(gh_finding_echo(f));
	both_free(&b);
}

/* Every check of the catalogue once for its platform, and none twice. */
static void test_checks_when_run_then_one_finding_per_applicable_check(void **state)
{
	struct both b;

	(void)state;
	both_make(&b);
	run_both(&b);
	for (size_t i = 0; i < gh_catalogue_count(cat); i++) {
		const struct gh_check *c = gh_catalogue_at(cat, i);
		size_t n = 0;

		for (size_t k = 0; k < b.r.findings.n; k++)
			n += strcmp(b.r.findings.at[k].step, c->id) == 0;
		assert_int_equal(gh_check_applies(c, GH_TEE_TDX) ? 1 : 0, n);
	}
	both_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_finding_when_both_sources_agree_then_corroborated),
	    cmocka_unit_test(test_finding_when_sources_part_then_fails_of_its_own),
	    cmocka_unit_test(test_finding_when_bmc_is_silent_then_its_last_word_is_stale),
	    cmocka_unit_test(
		test_finding_when_bmc_is_pending_then_a_fresh_word_still_counts),
	    cmocka_unit_test(test_checks_when_ssh_is_silent_then_the_bmc_is_judged_alone),
	    cmocka_unit_test(test_checks_when_run_then_one_finding_per_applicable_check),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
