/* SPDX-License-Identifier: Apache-2.0
 * What the policy decides about a GPU, the contradictions inside a report, and damage to
 * every byte of one report of each architecture. */
#include "evidence/spdm.h"
#include "gpu_kit.h"

static void test_pdi_when_pinned_then_only_those(void **state)
{
	gh_auto(struct kit, kit_free) k;
	struct gh_policy p = *gh_policy_strict();
	(void)state;
	kit_open(&k);
	kit_judge(&k, "g");
	assert_null(gh_findings_get(&k.r.findings, NULL, "gpu.pin.pdi"));
	k.ctx.policy = &p;
	p.nvidia.pdi.len = 8;
	p.nvidia.pdi.n = 2;
	assert_int_equal(
	    gh_unhex(p.nvidia.pdi.at[1], 8, gh_claim_get(&k.r.subject[0], "pdi"), NULL),
	    0);
	gh_result_free(&k.r);
	kit_judge(&k, "pinned");
	assert_step(&k.r, NULL, "gpu.pin.pdi", GH_PASS);
	p.nvidia.pdi.at[1][7] ^= 1;
	gh_result_free(&k.r);
	kit_judge(&k, "other");
	expect_code(&k, "gpu.pin.pdi", GH_FAIL, "gpu.pin.pdi.mismatch");
	/* a device that proves nothing about itself is nobody's */
	p.nvidia.pdi.at[1][7] ^= 1;
	k.trust.at[0].spki[0] ^= 1;
	gh_result_free(&k.r);
	kit_judge(&k, "foreign");
	expect_code(&k, "gpu.pin.pdi", GH_SKIP, "parent.not.proven");
	gh_buf_clear(&k.chain);
	gh_result_free(&k.r);
	kit_judge(&k, "bare");
	expect_code(&k, "gpu.pin.pdi", GH_SKIP, "parent.not.proven");
}

static void test_mode_when_policy_restricts_then_only_those(void **state)
{
	gh_auto(struct kit, kit_free) k;
	struct gh_policy p = *gh_policy_strict();
	(void)state;
	kit_open(&k);
	k.ctx.policy = &p;
	p.nvidia.modes = 1;
	kit_judge(&k, "spt");
	assert_step(&k.r, NULL, "gpu.mode", GH_PASS);
	p.nvidia.modes = 6;
	gh_result_free(&k.r);
	kit_judge(&k, "others");
	expect_code(&k, "gpu.mode", GH_FAIL, "gpu.mode.policy");
}

/* A report whose signature the tests cannot make: the codes stand in the opaque data. */
static void set_opaque(struct kit *k, unsigned int type, size_t at, unsigned char v)
{
	struct gh_spdm s;
	assert_int_equal(gh_spdm_parse(&s, k->report.p, k->report.len, NULL), 0);
	const struct gh_opaque *o = gh_spdm_opaque(&s, type);
	assert_non_null(o);
	k->report.p[(size_t)(o->data.p - k->report.p) + at] = v;
}

static void test_mode_when_report_contradicts_itself_then_own_code(void **state)
{
	static const struct {
		unsigned int type;
		unsigned char value;
		const char *code;
	} cases[] = {
	    {36, 3, "gpu.mode.value"},
	    {36, 2, "gpu.mode.flag"},
	    {21, 0xaa, "gpu.mode.flag"},
	    {21, 0x54, "gpu.mode.value"},
	};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct kit, kit_free) k;
		kit_open(&k);
		set_opaque(&k, cases[i].type, 0, cases[i].value);
		kit_judge(&k, "g");
		expect_code(&k, "gpu.mode", GH_FAIL, cases[i].code);
		assert_string_equal(gh_claim_get(&k.r.subject[0], "mode"), "");
	}
	gh_auto(struct kit, kit_free) k;
	kit_open(&k);
	set_opaque(&k, 36, 0, 2);
	set_opaque(&k, 21, 0, 0xaa); /* PPCIE, and not one switch */
	kit_judge(&k, "g");
	expect_code(&k, "gpu.mode", GH_FAIL, "gpu.mode.switches");
}

/* An old driver leaves the FWID out; the policy may still demand it. */
static void test_fwid_when_driver_old_then_policy_decides(void **state)
{
	static const char *const olds[] = {"go-nvtrust/attestationReport.txt",
	    "attestation-sdk/sad_hopperAttestationReport.txt"};
	struct gh_policy p = *gh_policy_strict();
	(void)state;
	for (size_t i = 0; i < GH_COUNT(olds); i++)
		for (int due = 0; due < 2; due++) {
			gh_auto(struct kit, kit_free) k;
			gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
			kit_open(&k);
			k.ctx.policy = &p;
			p.nvidia.fwid = due;
			load_set(&set, olds[i]);
			gh_buf_clear(&k.report);
			gh_buf_add(&k.report, set.at[0].bytes.p, set.at[0].bytes.len);
			kit_judge(&k, "g");
			expect_code(
			    &k, "gpu.fwid", due ? GH_FAIL : GH_SKIP, "gpu.fwid.absent");
			/* unstated mode: known only when the policy needs it */
			p.nvidia.modes = due ? 1 : 7;
			gh_result_free(&k.r);
			kit_judge(&k, "g");
			expect_code(&k, "gpu.mode", due ? GH_UNKNOWN : GH_SKIP,
			    "gpu.mode.unstated");
		}
}

static void test_counters_when_absent_or_odd_then_fail(void **state)
{
	gh_auto(struct kit, kit_free) k, gone;
	struct gh_spdm s;
	(void)state;
	kit_open(&k);
	set_opaque(&k, 12, 4 * 63, 1);
	kit_judge(&k, "g");
	expect_code(&k, "gpu.spdm.counters", GH_FAIL, "gpu.counters");
	kit_open(&gone);
	assert_int_equal(gh_spdm_parse(&s, gone.report.p, gone.report.len, NULL), 0);
	gone.report.p[gh_spdm_opaque(&s, 12)->offset] = 77; /* another type */
	kit_judge(&gone, "g");
	expect_code(&gone, "gpu.spdm.counters", GH_FAIL, "gpu.counters.absent");
	expect_code(&gone, "gpu.opaque", GH_FAIL, "gpu.opaque.missing");
}

/* ---- one report of each architecture ------------------------------------------------- */

static const struct {
	const char *report, *chain;
} archs[] = {
    {REPORT, CHAIN},
    {"attestation-sdk/sad_blackwellAttestationReport.txt",
	"attestation-sdk/sad_blackwellCertChain.txt"},
    {"attestation-sdk/switchAttestationReport.txt",
	"attestation-sdk/switchCertChain.txt"},
};

static void kit_of_arch(struct kit *k, size_t i, struct gh_memo *memo)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	kit_open(k);
	load_set(&set, archs[i].report);
	gh_buf_clear(&k->report);
	gh_buf_add(&k->report, set.at[0].bytes.p, set.at[0].bytes.len);
	gh_buf_free(&k->chain);
	read_vector(&k->chain, archs[i].chain);
	k->ctx.nonce = (struct gh_bytes){0};
	k->ctx.memo = memo;
	k->ctx.rims = NULL;
}

/* Every byte of the signed range and of the signature: each flip is a FAIL. */
static void test_report_when_any_byte_flipped_then_fail(void **state)
{
	(void)state;
	for (size_t a = 0; a < GH_COUNT(archs); a++) {
		gh_auto(struct kit, kit_free) k;
		struct gh_memo *memo = gh_memo_new();
		kit_of_arch(&k, a, memo);
		kit_judge(&k, "g");
		assert_step(&k.r, "g", "gpu.spdm.signature", GH_PASS);
		assert_int_equal(gh_result_verdict(&k.r), GH_UNKNOWN);
		for (size_t i = 0; i < k.report.len; i++) {
			k.report.p[i] ^= (unsigned char)(1u << i % 8);
			gh_result_free(&k.r);
			kit_judge(&k, "g");
			if (gh_result_verdict(&k.r) != GH_FAIL ||
			    step_of(&k.r, "g", "gpu.spdm.signature")->verdict == GH_PASS)
				fail_msg("%s: flip at %zu", archs[a].report, i);
			k.report.p[i] ^= (unsigned char)(1u << i % 8);
		}
		gh_memo_free(&memo);
	}
}

static void test_report_when_any_prefix_then_fail(void **state)
{
	(void)state;
	for (size_t a = 0; a < GH_COUNT(archs); a++) {
		gh_auto(struct kit, kit_free) k;
		struct gh_memo *memo = gh_memo_new();
		kit_of_arch(&k, a, memo);
		for (size_t n = 0; n < k.report.len; n++) {
			struct gh_gpu_evidence ev = {
			    {k.report.p, n}, gh_buf_view(&k.chain)};
			assert_int_equal(gh_gpu_verify(&k.r, "g", &ev, &k.ctx, NULL), 0);
			assert_step(&k.r, "g", "gpu.spdm.parse", GH_FAIL);
			assert_int_equal(gh_result_verdict(&k.r), GH_FAIL);
			gh_result_free(&k.r);
		}
		gh_memo_free(&memo);
	}
}

/* The other real reports, every byte in `make check-long` and more coarsely else: a flip
 * anywhere is a FAIL. */
static void test_reports_when_flipped_here_and_there_then_fail(void **state)
{
	static const char *const sets[] = {"go-nvattest-tools/test_ppcie_data.json",
	    "go-nvattest-tools/test_mpt_data.json",
	    "teep/nearcloud_20260629_nras_request.json",
	    "teep/phalacloud_20260610_nras_request.json",
	    "teep/tinfoil_20260629_nras_request.json",
	    "attestation-sdk/evidence_hopper_590_12.json",
	    "attestation-sdk/hopper_evidence_cert_hold.json",
	    "attestation-sdk/switch_evidence_ls10.json"};
	unsigned int reports = 0, flips = 0;
	size_t step = long_run() ? 1 : 311;
	(void)state;
	need_vectors();
	for (size_t f = 0; f < GH_COUNT(sets); f++) {
		gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
		struct gh_memo *memo = gh_memo_new();
		struct gh_trust trust = {0};
		builtin_trust(&trust);
		struct gh_context ctx = {
		    .at = at_time("2026-11-23"), .trust = &trust, .memo = memo};
		load_set(&set, sets[f]);
		for (size_t d = 0; d < set.n; d++, reports++)
			for (size_t i = d; i < set.at[d].bytes.len; i += step, flips++) {
				gh_auto(struct gh_result, gh_result_free) r = {0};
				struct gh_gpu_evidence ev = {
				    gh_buf_view(&set.at[d].bytes),
				    gh_buf_view(&set.at[d].chain)};
				set.at[d].bytes.p[i] ^= 0x20;
				assert_int_equal(
				    gh_gpu_verify(&r, "g", &ev, &ctx, NULL), 0);
				assert_int_equal(gh_result_verdict(&r), GH_FAIL);
				set.at[d].bytes.p[i] ^= 0x20;
			}
		gh_memo_free(&memo);
	}
	print_message("# %u flips in %u more reports\n", flips, reports);
}

/* ---- a switch and its place ----------------------------------------------------------- */

#define BIOS "attestation-sdk/switchVBIOSRim_NV_SWITCH_BIOS_5612_0002_890_9610550001.xml"

static void test_position_when_other_alternative_then_warn(void **state)
{
	gh_auto(struct kit, kit_free) k;
	unsigned char swap[48];
	(void)state;
	kit_of_arch(&k, 2, NULL);
	kit_judge(&k, "none");
	expect_code(&k, "gpu.position", GH_SKIP, "parent.not.proven");
	gh_rims_free(&k.rims);
	add_rim(&k, BIOS);
	k.ctx.rims = &k.rims;
	gh_result_free(&k.r);
	kit_judge(&k, "right");
	assert_step(&k.r, NULL, "gpu.position", GH_PASS);
	struct gh_rim_entry *e = &k.rims.at[0]->entry[18];
	memcpy(swap, e->hash[2], 48);
	memcpy(e->hash[2], e->hash[1], 48);
	memcpy(e->hash[1], swap, 48);
	gh_result_free(&k.r);
	kit_judge(&k, "moved");
	expect_code(&k, "gpu.position", GH_WARN, "gpu.position.differs");
	assert_non_null(
	    strstr(step_of(&k.r, NULL, "gpu.position")->observed, "index 18"));
	assert_int_equal(gh_result_verdict(&k.r), GH_WARN);
	/* with the RIM at hand the fingerprint rests on it */
	assert_int_equal(strncmp(gh_claim_get(&k.r.subject[0], "cohort"), "rim:", 4), 0);
}

/* Without a chain only the report can say what made it; nothing of it is proven. */
static void test_arch_when_no_chain_then_read_from_report(void **state)
{
	static const char *const want[] = {"HOPPER", "BLACKWELL", "LS10"};
	(void)state;
	for (size_t a = 0; a < GH_COUNT(archs); a++) {
		gh_auto(struct kit, kit_free) k;
		kit_of_arch(&k, a, NULL);
		gh_buf_clear(&k.chain);
		kit_judge(&k, "g");
		assert_string_equal(gh_claim_get(&k.r.subject[0], "arch"), want[a]);
		assert_int_equal(gh_result_verdict(&k.r), GH_UNKNOWN);
	}
}

/* A lab's switch whose RIM leaves some places open. */
static void test_position_when_rim_open_then_counted(void **state)
{
	gh_auto(struct kit, kit_free) k;
	(void)state;
	kit_of_arch(&k, 2, NULL);
	gh_rims_free(&k.rims);
	add_rim(&k, BIOS);
	k.ctx.rims = &k.rims;
	k.rims.at[0]->lab = true;
	k.rims.at[0]->entry[10].active = false;
	memcpy(k.rims.at[0]->entry[14].hash[0], k.rims.at[0]->entry[14].hash[2], 48);
	k.rims.at[0]->entry[14].n_alternatives = 1;
	kit_judge(&k, "g");
	const struct gh_finding *f = step_of(&k.r, NULL, "gpu.position");
	assert_string_equal(f->observed, "place 2, as measured at 8 indexes");
	assert_int_equal(f->verdict, GH_PASS);
	assert_true(f->lab);
	for (size_t i = 0; i < GH_RIM_INDEXES; i++) {
		struct gh_rim_entry *e = &k.rims.at[0]->entry[i];
		if (e->n_alternatives > 1)
			e->active = false;
	}
	gh_result_free(&k.r);
	kit_judge(&k, "none");
	assert_step(&k.r, NULL, "gpu.position", GH_SKIP);
}

/* RIMs as a loader may leave them: marked LAB, untrusted for no stated reason, with an
 * index that the device does not measure. */
static void test_rim_when_odd_in_memory_then_said(void **state)
{
	gh_auto(struct kit, kit_free) k, sw;
	(void)state;
	kit_open(&k);
	k.rims.at[0]->lab = true;
	kit_judge(&k, "lab");
	assert_true(step_of(&k.r, NULL, "gpu.driver.rim.signature")->lab);
	assert_true(step_of(&k.r, NULL, "gpu.driver.measurements")->lab);
	assert_true(step_of(&k.r, NULL, "gpu.mode")->lab);
	assert_false(step_of(&k.r, NULL, "gpu.vbios.measurements")->lab);
	k.rims.at[0]->trusted = false;
	gh_result_free(&k.r);
	kit_judge(&k, "untrusted");
	expect_code(&k, "gpu.driver.rim.signature", GH_FAIL, "rim.untrusted");
	expect_code(&k, "gpu.driver.measurements", GH_SKIP, "parent.not.proven");
	kit_of_arch(&sw, 2, NULL);
	gh_rims_free(&sw.rims);
	add_rim(&sw, BIOS);
	sw.rims.at[0]->entry[40] = sw.rims.at[0]->entry[30];
	sw.ctx.rims = &sw.rims;
	kit_judge(&sw, "more");
	expect_code(&sw, "gpu.vbios.measurements", GH_FAIL, "gpu.measurement.mismatch");
	assert_non_null(
	    strstr(step_of(&sw.r, NULL, "gpu.vbios.measurements")->observed, "absent"));
}

/* Older driver RIMs list two values at 36; what is inactive says nothing. */
static void test_mode_when_rim_lists_less_then_still_judged(void **state)
{
	gh_auto(struct kit, kit_free) k;
	(void)state;
	kit_open(&k);
	k.rims.at[0]->entry[36].n_alternatives = 2;
	k.rims.at[0]->entry[32].active = false;
	k.rims.at[0]->entry[33].n_alternatives = 1;
	kit_judge(&k, "g");
	assert_step(&k.r, NULL, "gpu.mode", GH_PASS);
	memcpy(k.rims.at[0]->entry[36].hash[1], k.rims.at[0]->entry[36].hash[0], 48);
	k.rims.at[0]->entry[36].hash[0][0] ^= 1;
	gh_result_free(&k.r);
	kit_judge(&k, "g");
	expect_code(&k, "gpu.mode", GH_FAIL, "gpu.mode.measured");
}

/* A RIM of another version under the right id, and one that is not there. */
static void test_rim_when_other_version_then_refused(void **state)
{
	gh_auto(struct kit, kit_free) k;
	(void)state;
	kit_open(&k);
	snprintf(k.rims.at[0]->version, sizeof(k.rims.at[0]->version), "595.71.04");
	kit_judge(&k, "g");
	expect_code(&k, "gpu.driver.rim", GH_FAIL, "gpu.rim.other");
	gh_result_free(&k.r);
	snprintf(k.rims.at[0]->version, sizeof(k.rims.at[0]->version), "595.71.05");
	snprintf(k.rims.at[0]->product, sizeof(k.rims.at[0]->product), "GB100");
	kit_judge(&k, "g");
	expect_code(&k, "gpu.driver.rim", GH_FAIL, "gpu.rim.other");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_pdi_when_pinned_then_only_those),
	    cmocka_unit_test(test_mode_when_policy_restricts_then_only_those),
	    cmocka_unit_test(test_mode_when_report_contradicts_itself_then_own_code),
	    cmocka_unit_test(test_fwid_when_driver_old_then_policy_decides),
	    cmocka_unit_test(test_counters_when_absent_or_odd_then_fail),
	    cmocka_unit_test(test_report_when_any_byte_flipped_then_fail),
	    cmocka_unit_test(test_report_when_any_prefix_then_fail),
	    cmocka_unit_test(test_position_when_other_alternative_then_warn),
	    cmocka_unit_test(test_rim_when_other_version_then_refused),
	    cmocka_unit_test(test_arch_when_no_chain_then_read_from_report),
	    cmocka_unit_test(test_position_when_rim_open_then_counted),
	    cmocka_unit_test(test_rim_when_odd_in_memory_then_said),
	    cmocka_unit_test(test_mode_when_rim_lists_less_then_still_judged),
	    cmocka_unit_test(test_reports_when_flipped_here_and_there_then_fail),
	};
	return cmocka_run_group_tests(tests, setup_rim, NULL);
}
