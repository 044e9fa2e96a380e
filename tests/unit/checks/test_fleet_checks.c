/* SPDX-License-Identifier: Apache-2.0
 * What no host can be judged on alone: each check of G17 passes, fails and is UNKNOWN. */
#include <string.h>

#include "base/text.h"
#include "checks/fleet_checks.h"
#include "tests/unit/tap.h"
#include "with_catalogue.h"

#define AT 1767225600

/* One fleet of three hosts of a kind, to be spoilt. */
struct scene {
	struct gh_host host;
	struct gh_result mine, before, gpus;
	json_t *b, *c;
	struct gh_fleet_peer peer[3]; /* the last one is the host itself */
	struct gh_fleet_view view;
};

static json_t *claims_of(const char *serial, const char *gpu)
{
	json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:s}", "product", "SYS-821GE-TNHR",
	    "kernel.version", "6.17.0-8-generic", "bios.version", "2.7", "id.serial",
	    serial, "gpu.vbios", "96.00.CF.00.02");
	char serials[64];

	snprintf(serials, sizeof serials, "%s0, %s1", gpu, gpu);
	json_object_set_new(o, "id.gpu_serials", json_string(serials));
	json_object_set_new(o, "probe_sha256", json_string("aa11"));
	json_object_set_new(o, "probe_user", json_string("uid 0"));
	json_object_set_new(o, "probe_root", json_string("yes"));
	return o;
}

static void pass_step(struct gh_result *r, const char *step, enum gh_verdict v)
{
	gh_judge(
	    gh_findings_add(&r->findings, "gpu-a", step), v, v == GH_PASS ? "" : "x.y");
}

static void gpu_of(struct gh_result *r, const char *name, const char *vbios)
{
	gh_claim(gh_result_subject(r, name, "gpu"), "vbios", "%s", vbios);
	gh_judge(gh_findings_add(&r->findings, name, "gpu.spdm.signature"), GH_PASS, "");
}

static void result_of(struct gh_result *r)
{
	json_t *o = claims_of("S1", "16");
	struct gh_subject *s = gh_result_subject(r, "gpu-a", "host");

	json_object_update(s->claims, o);
	json_decref(o);
	gh_claim(s, "boot_id", "0b7d1a52-6a0e-4f3c-9d15-2f6f1c0a0a01");
	pass_step(r, "host.gpu.vbios_equal", GH_PASS);
	pass_step(r, "host.mem.swap", GH_PASS);
}

static void scene_make(struct scene *s)
{
	memset(s, 0, sizeof *s);
	s->host = (struct gh_host){
	    .name = (char *)(uintptr_t) "gpu-a", .tee = GH_TEE_TDX, .n_gpus = 2};
	result_of(&s->mine);
	result_of(&s->before);
	gpu_of(&s->gpus, "gpu-a:0", "96.00.CF.00.02");
	gpu_of(&s->gpus, "gpu-a:1", "96.00.CF.00.02");
	s->b = claims_of("S2", "17");
	s->c = claims_of("S3", "18");
	s->peer[0] = (struct gh_fleet_peer){"gpu-b", "tdx", s->b};
	s->peer[1] = (struct gh_fleet_peer){"gpu-c", "tdx", s->c};
	s->peer[2] = (struct gh_fleet_peer){
	    "gpu-a", "tdx", gh_result_find(&s->mine, "gpu-a")->claims};
	s->view = (struct gh_fleet_view){.host = &s->host,
	    .peer = s->peer,
	    .n_peers = 3,
	    .before = &s->before,
	    .before_what = "report 7",
	    .gpus = &s->gpus,
	    .at = AT,
	    .fresh_s = 900,
	    .bmc_read_at = AT};
}

static void scene_free(struct scene *s)
{
	gh_result_free(&s->mine);
	gh_result_free(&s->before);
	gh_result_free(&s->gpus);
	json_decref(s->b);
	json_decref(s->c);
}

static void run(struct scene *s)
{
	assert_int_equal(0, gh_fleet_checks_run(&s->mine, cat, &s->view, NULL));
}

static const struct gh_finding *found(const struct scene *s, const char *id)
{
	const struct gh_finding *f = gh_findings_get(&s->mine.findings, "gpu-a", id);

	assert_non_null(f);
	return f;
}

static void expect(const struct scene *s, const char *id, enum gh_verdict v,
    const char *code, const char *words)
{
	const struct gh_finding *f = found(s, id);

	if (f->verdict != v || strcmp(f->code, code) != 0)
		print_error("%s: %s %s: %s %s\n", id, gh_verdict_word(f->verdict),
		    f->code, f->observed, f->why);
	assert_int_equal(v, f->verdict);
	assert_string_equal(code, f->code);
	assert_non_null(strstr(v == GH_UNKNOWN ? f->why : f->observed, words));
}

static void claim(json_t *o, const char *key, const char *value)
{
	json_object_set_new(o, key, json_string(value));
}

static json_t *mine(struct scene *s)
{
	return gh_result_find(&s->mine, "gpu-a")->claims;
}

static void test_fleet_when_all_is_well_then_passes(void **state)
{
	struct scene s;

	(void)state;
	scene_make(&s);
	run(&s);
	expect(&s, "fleet.drift", GH_PASS, "", "as on the other hosts");
	expect(&s, "fleet.duplicate_identity", GH_PASS, "", "none on another host");
	expect(&s, "fleet.freshness", GH_PASS, "", "0b7d1a52");
	expect(&s, "fleet.regression", GH_PASS, "", "nothing weaker than in report 7");
	expect(&s, "fleet.tool_integrity", GH_PASS, "", "aa11");
	expect(&s, "fleet.cross_stage", GH_PASS, "", "gpu.vbios by 2 GPUs");
	assert_int_equal(GH_A3, found(&s, "fleet.cross_stage")->assurance);
	assert_int_equal(GH_A3, found(&s, "host.gpu.vbios_equal")->assurance);
	scene_free(&s);
}

static void test_fleet_when_spoilt_then_fails_in_words(void **state)
{
	struct scene s;

	(void)state;
	scene_make(&s);
	claim(mine(&s), "kernel.version", "6.11.0");
	claim(s.b, "id.gpu_serials", "170, 161");
	s.view.bmc_read_at = AT - 901;
	claim(gh_result_find(&s.before, "gpu-a")->claims, "bios.version", "2.8");
	gpu_of(&s.gpus, "gpu-a:1", "96.00.9F.00.04");
	for (size_t i = 0; i < s.mine.findings.n; i++)
		if (!strcmp(s.mine.findings.at[i].step, "host.mem.swap"))
			gh_judge(&s.mine.findings.at[i], GH_FAIL, "host.mem.swap.plain");
	run(&s);
	expect(&s, "fleet.drift", GH_WARN, "fleet.drift.differs",
	    "kernel.version 6.11.0 here, 6.17.0-8-generic on 2 of 2");
	expect(&s, "fleet.duplicate_identity", GH_FAIL, "fleet.duplicate_identity.twice",
	    "id.gpu_serials 161 is also gpu-b's");
	expect(&s, "fleet.freshness", GH_FAIL, "fleet.freshness.old", "15m old");
	expect(&s, "fleet.regression", GH_WARN, "fleet.regression.weaker",
	    "host.mem.swap passed, is FAIL; bios.version went from 2.8 down to 2.7");
	expect(&s, "fleet.cross_stage", GH_FAIL, "fleet.cross_stage.contradicted",
	    "gpu-a:1 signs 96.00.9F.00.04");
	assert_int_equal(GH_A0, found(&s, "host.gpu.vbios_equal")->assurance);
	scene_free(&s);
}

static void test_fleet_when_nothing_was_read_then_unknown(void **state)
{
	static const char *const ids[] = {"fleet.drift", "fleet.duplicate_identity",
	    "fleet.freshness", "fleet.regression", "fleet.tool_integrity",
	    "fleet.cross_stage"};
	struct scene s;

	(void)state;
	scene_make(&s);
	json_object_clear(mine(&s));
	run(&s);
	for (size_t i = 0; i < GH_COUNT(ids); i++) {
		assert_int_equal(GH_UNKNOWN, found(&s, ids[i])->verdict);
		assert_true(found(&s, ids[i])->why[0] != '\0');
	}
	scene_free(&s);
}

static void test_fleet_when_there_is_nothing_to_compare_then_skips(void **state)
{
	struct gh_err bad = {0};
	struct scene s;

	(void)state;
	scene_make(&s);
	s.view.n_peers = 0;
	s.view.before = NULL;
	s.view.gpus = NULL;
	run(&s);
	assert_int_equal(GH_SKIP, found(&s, "fleet.drift")->verdict);
	assert_int_equal(GH_PASS, found(&s, "fleet.duplicate_identity")->verdict);
	assert_int_equal(GH_SKIP, found(&s, "fleet.regression")->verdict);
	assert_int_equal(GH_SKIP, found(&s, "fleet.cross_stage")->verdict);
	scene_free(&s);
	scene_make(&s);
	(void)gh_fail(&bad, GH_E_PARSE, "a report that nobody can read");
	s.view.before = NULL;
	s.view.before_err = &bad;
	gh_result_free(&s.gpus);
	json_object_del(mine(&s), "boot_id");
	json_object_del(mine(&s), "probe_sha256");
	run(&s);
	expect(&s, "fleet.regression", GH_UNKNOWN, "fleet.regression.unread",
	    "nobody can read");
	expect(&s, "fleet.cross_stage", GH_UNKNOWN, "fleet.cross_stage.nothing_signed",
	    "signed");
	expect(
	    &s, "fleet.freshness", GH_UNKNOWN, "fleet.freshness.no_boot_id", "boot id");
	expect(&s, "fleet.tool_integrity", GH_UNKNOWN, "fleet.tool_integrity.not_run",
	    "probe");
	scene_free(&s);
}

/* Another platform, another product: not of its kind. */
static void test_drift_when_hosts_are_of_another_kind_then_not_compared(void **state)
{
	struct scene s;

	(void)state;
	scene_make(&s);
	s.peer[0].tee = "snp";
	claim(s.c, "product", "AS -8125GS-TNHR");
	claim(s.c, "kernel.version", "1.0.0");
	run(&s);
	assert_int_equal(GH_SKIP, found(&s, "fleet.drift")->verdict);
	scene_free(&s);
}

/* A GPU whose own evidence failed confirms nothing. */
static void test_cross_stage_when_a_gpu_failed_then_it_confirms_nothing(void **state)
{
	struct scene s;

	(void)state;
	scene_make(&s);
	gh_judge(gh_findings_add(&s.gpus.findings, "gpu-a:1", "gpu.fwid"), GH_FAIL,
	    "gpu.fwid");
	run(&s);
	expect(&s, "fleet.cross_stage", GH_PASS, "", "gpu.vbios by 1 GPUs");
	assert_int_equal(GH_A0, found(&s, "host.gpu.vbios_equal")->assurance);
	scene_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_fleet_when_all_is_well_then_passes),
	    cmocka_unit_test(test_fleet_when_spoilt_then_fails_in_words),
	    cmocka_unit_test(test_fleet_when_nothing_was_read_then_unknown),
	    cmocka_unit_test(test_fleet_when_there_is_nothing_to_compare_then_skips),
	    cmocka_unit_test(test_drift_when_hosts_are_of_another_kind_then_not_compared),
	    cmocka_unit_test(test_cross_stage_when_a_gpu_failed_then_it_confirms_nothing),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
