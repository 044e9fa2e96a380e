/* SPDX-License-Identifier: Apache-2.0
 * The fabric of eight GPUs and four switches: whole, and with one thing broken at a time;
 * and the fingerprints by which an odd device is found. */
#include "nvidia_vectors.h"

#define PPCIE "go-nvattest-tools/test_ppcie_data.json"
#define N_GPU 8
#define N_SW  4
#define N_ALL (N_GPU + N_SW)

/* The PDI of made-up device i: GPUs 0 to 7, switches 8 to 11. */
static const char *pdi_of(int i)
{
	static char text[N_ALL][17];
	snprintf(text[i], sizeof(text[i]), "%s%x00011223344556", i < N_GPU ? "a" : "b",
	    (unsigned int)i);
	return text[i];
}

static struct gh_subject *device(struct gh_result *r, int i)
{
	char name[16];
	snprintf(name, sizeof(name), "d:%d", i);
	return gh_result_subject(r, name, i < N_GPU ? "gpu" : "switch");
}

static void prove(struct gh_result *r, const char *name, enum gh_verdict v)
{
	struct gh_finding *f = gh_findings_add(&r->findings, name, "gpu.spdm.signature");
	gh_judge(f, v, v == GH_PASS ? "" : "gpu.signature");
}

static void make_gpu(struct gh_result *r, int i)
{
	struct gh_subject *s = device(r, i);
	gh_auto(struct gh_buf, gh_buf_free) list = {0};
	for (int k = 0; k < 18; k++)
		gh_buf_str(&list, pdi_of(N_GPU + k % N_SW));
	gh_claim(s, "switch_pdis", "%s", gh_buf_cstr(&list));
	gh_claim(s, "driver", "570.124.06");
	gh_claim(s, "mode", "PPCIE");
}

static void make_switch(struct gh_result *r, int i)
{
	struct gh_subject *s = device(r, i);
	gh_auto(struct gh_buf, gh_buf_free) list = {0}, map = {0};
	for (int k = 0; k < N_GPU; k++)
		gh_buf_str(&list, pdi_of(k));
	for (int k = 0; k < 64; k++)
		gh_buf_fmt(&map, "%02x", k < 32 ? (unsigned int)k / 4 : 0xffu);
	gh_claim(s, "gpu_pdis", "%s", gh_buf_cstr(&list));
	gh_claim(s, "port_map", "%s", gh_buf_cstr(&map));
	gh_claim(s, "device_pdi", "%s", pdi_of(i));
	gh_claim(s, "position_id", "%d", i - N_GPU);
	gh_claim(s, "lock_status", "0100");
}

/* Twelve devices of one host, each proven. */
static void make_all(struct gh_result *r)
{
	for (int i = 0; i < N_ALL; i++) {
		struct gh_subject *s = device(r, i);
		gh_claim(s, "pdi", "%s", pdi_of(i));
		gh_claim(s, "nonce", "%064d", 7);
		if (i < N_GPU)
			make_gpu(r, i);
		else
			make_switch(r, i);
		prove(r, device(r, i)->name, GH_PASS);
	}
}

static void judge(struct gh_result *r, const struct gh_policy *policy)
{
	struct gh_context ctx = {.at = 1, .policy = policy};
	gh_gpu_topology(r, &ctx);
	assert_int_equal(gh_result_ok(r, NULL), 0);
	assert_tree(r);
}

static const char *const steps[] = {"fabric.identity", "fabric.count", "fabric.switches",
    "fabric.gpu-links", "fabric.switch-links", "fabric.uniform", "fabric.ports"};

static void test_fabric_when_whole_then_pass(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	(void)state;
	make_all(&r);
	judge(&r, NULL);
	for (size_t i = 0; i < GH_COUNT(steps); i++)
		assert_step(&r, "fabric", steps[i], GH_PASS);
	assert_string_equal(gh_result_find(&r, "fabric")->kind, "fabric");
	assert_int_equal(gh_result_verdict(&r), GH_PASS);
}

/* One claim of one device replaced; NULL: taken away. */
static const struct {
	int device;
	const char *claim, *value, *step, *code;
	enum gh_verdict verdict;
} breaks[] = {
    {3, "pdi", NULL, "fabric.identity", "fabric.identity.pdi", GH_FAIL},
    {3, "pdi", "a0", "fabric.identity", "fabric.identity.pdi", GH_FAIL},
    {3, "pdi", "a00000112233445566", "fabric.identity", "fabric.identity.pdi", GH_FAIL},
    {3, "pdi", "a000011223344556", "fabric.identity", "fabric.identity.twin", GH_FAIL},
    {9, "device_pdi", NULL, "fabric.switches", "fabric.switches.pdi", GH_FAIL},
    {9, "device_pdi", "b080011223344556", "fabric.switches", "fabric.switches.pdi",
	GH_FAIL},
    {2, "switch_pdis", NULL, "fabric.gpu-links", "fabric.gpu-links.list", GH_FAIL},
    {2, "switch_pdis", "b08001", "fabric.gpu-links", "fabric.gpu-links.list", GH_FAIL},
    {10, "gpu_pdis", NULL, "fabric.switch-links", "fabric.switch-links.list", GH_FAIL},
    {4, "nonce", "00", "fabric.uniform", "fabric.uniform.nonce", GH_FAIL},
    {4, "nonce", NULL, "fabric.uniform", "fabric.uniform.nonce", GH_FAIL},
    {11, "nonce", "00", "fabric.uniform", "fabric.uniform.nonce", GH_FAIL},
    {4, "driver", "570.124.07", "fabric.uniform", "fabric.uniform.driver", GH_FAIL},
    {4, "mode", "SPT", "fabric.uniform", "fabric.uniform.mode", GH_FAIL},
    {4, "mode", "unstated", "fabric.uniform", "fabric.uniform.mode", GH_FAIL},
    {4, "mode", NULL, "fabric.uniform", "fabric.uniform.mode", GH_FAIL},
    {8, "position_id", "1", "fabric.uniform", "fabric.uniform.position", GH_FAIL},
    {8, "position_id", "4", "fabric.uniform", "fabric.uniform.position", GH_FAIL},
    {8, "position_id", "01", "fabric.uniform", "fabric.uniform.position", GH_FAIL},
    {8, "position_id", NULL, "fabric.uniform", "fabric.uniform.position", GH_FAIL},
    {8, "lock_status", "0000", "fabric.uniform", "fabric.uniform.lock", GH_FAIL},
    {8, "lock_status", NULL, "fabric.uniform", "fabric.uniform.lock", GH_FAIL},
    {8, "port_map", NULL, "fabric.ports", "fabric.ports.map", GH_FAIL},
    {8, "port_map", "00", "fabric.ports", "fabric.ports.map", GH_FAIL},
};

static void set_claim(struct gh_result *r, int i, const char *claim, const char *value)
{
	struct gh_subject *s = device(r, i);
	if (value == NULL)
		json_object_del(s->claims, claim);
	else
		gh_claim(s, claim, "%s", value);
}

static void expect(
    const struct gh_result *r, const char *step, enum gh_verdict v, const char *code)
{
	const struct gh_finding *f = step_of(r, "fabric", step);
	if (strcmp(f->code, code) != 0 || f->verdict != v)
		fail_msg("%s is %s %s (%s), want %s", step, gh_verdict_word(f->verdict),
		    f->code, f->observed, code);
}

static void test_fabric_when_one_claim_broken_then_its_code(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(breaks); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		char name[16];
		make_all(&r);
		set_claim(&r, breaks[i].device, breaks[i].claim, breaks[i].value);
		judge(&r, NULL);
		expect(&r, breaks[i].step, breaks[i].verdict, breaks[i].code);
		assert_int_equal(gh_result_verdict(&r), GH_FAIL);
		snprintf(name, sizeof(name), "d:%d", breaks[i].device);
		assert_non_null(
		    strstr(step_of(&r, "fabric", breaks[i].step)->observed, name));
	}
}

/* Entry k of a list of PDIs, overwritten. */
static void edit_list(
    struct gh_result *r, int i, const char *claim, size_t k, const char *pdi)
{
	char list[400];
	snprintf(list, sizeof(list), "%s", gh_claim_get(device(r, i), claim));
	memcpy(list + 16 * k, pdi, 16);
	gh_claim(device(r, i), claim, "%s", list);
}

static void test_fabric_when_a_list_names_others_then_fail(void **state)
{
	gh_auto(struct gh_result, gh_result_free) split = {0}, stranger = {0}, zero = {0},
						  twice = {0}, ports = {0};
	(void)state;
	/* 6 + 5 + 4 + 3 links: the set is right, the split is not */
	make_all(&split);
	edit_list(&split, 5, "switch_pdis", 3, pdi_of(8));
	judge(&split, NULL);
	expect(&split, "fabric.gpu-links", GH_FAIL, "fabric.gpu-links.split");
	/* a fifth switch that nobody shows */
	make_all(&stranger);
	edit_list(&stranger, 5, "switch_pdis", 0, "cccccccccccccccc");
	judge(&stranger, NULL);
	expect(&stranger, "fabric.gpu-links", GH_FAIL, "fabric.gpu-links.split");
	make_all(&zero);
	for (size_t k = 3; k < 18; k += 4)
		edit_list(&zero, 5, "switch_pdis", k, "0000000000000000");
	judge(&zero, NULL);
	expect(&zero, "fabric.gpu-links", GH_FAIL, "fabric.gpu-links.unlisted");
	assert_non_null(
	    strstr(step_of(&zero, "fabric", "fabric.gpu-links")->observed, pdi_of(11)));
	make_all(&twice);
	edit_list(&twice, 9, "gpu_pdis", 0, pdi_of(1));
	judge(&twice, NULL);
	expect(&twice, "fabric.switch-links", GH_FAIL, "fabric.switch-links.list");
	expect(&twice, "fabric.ports", GH_SKIP, "parent.not.proven");
	make_all(&ports);
	char map[129];
	snprintf(map, sizeof(map), "%s", gh_claim_get(device(&ports, 9), "port_map"));
	for (size_t k = 0; k < 128; k += 2)
		if (strncmp(map + k, "07", 2) == 0)
			memcpy(map + k, "ff", 2);
	gh_claim(device(&ports, 9), "port_map", "%s", map);
	judge(&ports, NULL);
	expect(&ports, "fabric.ports", GH_FAIL, "fabric.ports.gpu");
}

/* A GPU of another host: its switches are others, and these switches do not list it. */
static void test_fabric_when_a_gpu_is_of_another_host_then_fail(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	(void)state;
	make_all(&r);
	set_claim(&r, 0, "pdi", "dddddddddddddddd");
	judge(&r, NULL);
	expect(&r, "fabric.switch-links", GH_FAIL, "fabric.switch-links.unlisted");
	expect(&r, "fabric.gpu-links", GH_PASS, "");
	assert_non_null(
	    strstr(step_of(&r, "fabric", "fabric.switch-links")->observed, "dddddddd"));
}

static void test_fabric_when_a_device_is_not_proven_then_nothing_passes(void **state)
{
	static const enum gh_verdict bad[] = {GH_FAIL, GH_SKIP, GH_UNKNOWN, GH_WARN};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(bad); i++)
		for (int d = 0; d < N_ALL; d += 11) {
			gh_auto(struct gh_result, gh_result_free) r = {0};
			struct gh_finding *f;
			make_all(&r);
			f = &r.findings.at[d];
			assert_string_equal(f->subject, device(&r, d)->name);
			gh_judge(f, bad[i], "x");
			judge(&r, NULL);
			for (size_t k = 0; k < GH_COUNT(steps); k++)
				assert_int_not_equal(
				    step_of(&r, "fabric", steps[k])->verdict, GH_PASS);
			assert_non_null(
			    strstr(step_of(&r, "fabric", "fabric.identity")->why,
				device(&r, d)->name));
		}
}

/* Part of a host: what is named and not shown is unknown, never good. */
static void make_part(struct gh_result *r, int gpus, int switches)
{
	gh_auto(struct gh_result, gh_result_free) all = {0};
	make_all(&all);
	for (int i = 0; i < N_ALL; i++) {
		if (i < N_GPU ? i >= gpus : i - N_GPU >= switches)
			continue;
		json_decref(device(r, i)->claims);
		device(r, i)->claims = json_deep_copy(device(&all, i)->claims);
		prove(r, device(r, i)->name, GH_PASS);
	}
}

static void test_fabric_when_devices_missing_then_unknown(void **state)
{
	static const struct {
		int gpus, switches;
		bool fabric;
	} parts[] = {{8, 0, true}, {1, 0, true}, {0, 4, true}, {0, 2, true}, {7, 4, true},
	    {8, 3, true}, {1, 1, true}, {0, 1, false}, {0, 0, false}};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(parts); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		make_part(&r, parts[i].gpus, parts[i].switches);
		judge(&r, NULL);
		assert_int_equal(gh_result_find(&r, "fabric") != NULL, parts[i].fabric);
		if (!parts[i].fabric)
			continue;
		expect(&r, "fabric.count", GH_UNKNOWN, "fabric.count.missing");
		assert_int_equal(gh_findings_verdict(&r.findings, "fabric"), GH_UNKNOWN);
		for (size_t k = 0; k < GH_COUNT(steps); k++)
			assert_int_not_equal(
			    step_of(&r, "fabric", steps[k])->verdict, GH_FAIL);
	}
}

static void test_fabric_when_gpus_alone_outside_ppcie_then_none(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	(void)state;
	make_part(&r, 4, 0);
	for (int i = 0; i < 4; i++)
		set_claim(&r, i, "mode", "SPT");
	judge(&r, NULL);
	assert_null(gh_result_find(&r, "fabric"));
}

static void test_count_when_policy_says_then_it_decides(void **state)
{
	static const struct {
		size_t gpus, switches;
		const char *mode, *code;
		enum gh_verdict verdict;
	} cases[] = {
	    {4, 0, "SPT", "", GH_PASS},
	    {5, 0, "SPT", "fabric.count.missing", GH_UNKNOWN},
	    {3, 0, "SPT", "fabric.count.more", GH_FAIL},
	    {4, 1, "SPT", "fabric.count.missing", GH_UNKNOWN},
	    {4, 1, "PPCIE", "fabric.count.missing", GH_UNKNOWN},
	};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_policy p = *gh_policy_strict();
		make_part(&r, 4, 0);
		for (int k = 0; k < 4; k++)
			set_claim(&r, k, "mode", cases[i].mode);
		p.nvidia.gpus = cases[i].gpus;
		p.nvidia.switches = cases[i].switches;
		judge(&r, &p);
		expect(&r, "fabric.count", cases[i].verdict, cases[i].code);
	}
	gh_auto(struct gh_result, gh_result_free) more = {0};
	struct gh_policy p = *gh_policy_strict();
	p.nvidia.gpus = 7;
	make_all(&more);
	judge(&more, &p);
	expect(&more, "fabric.count", GH_FAIL, "fabric.count.more");
}

static void test_fabric_when_lab_then_marked(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	(void)state;
	make_all(&r);
	r.findings.at[2].lab = true;
	judge(&r, NULL);
	assert_true(step_of(&r, "fabric", "fabric.ports")->lab);
}

/* ---- real evidence ------------------------------------------------------------------ */

static void judge_real(struct gh_result *r, const char *name)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	struct gh_memo *memo = gh_memo_new();
	struct gh_trust trust = {0};
	char subject[32];
	builtin_trust(&trust);
	struct gh_context ctx = {
	    .at = at_time("2026-11-23"), .trust = &trust, .memo = memo};
	load_set(&set, name);
	for (size_t i = 0; i < set.n; i++) {
		struct gh_gpu_evidence ev = {
		    gh_buf_view(&set.at[i].bytes), gh_buf_view(&set.at[i].chain)};
		snprintf(subject, sizeof(subject), "d:%zu", i);
		assert_int_equal(gh_gpu_verify(r, subject, &ev, &ctx, NULL), 0);
	}
	gh_gpu_distinct(r);
	gh_memo_free(&memo);
}

static void test_fabric_when_real_then_pass_and_cohort_agrees(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	(void)state;
	need_vectors();
	judge_real(&r, PPCIE);
	judge(&r, NULL);
	for (size_t i = 0; i < GH_COUNT(steps); i++)
		assert_step(&r, "fabric", steps[i], GH_PASS);
	for (int i = 0; i < N_ALL; i++) {
		assert_step(&r, device(&r, i)->name, "gpu.cohort", GH_PASS);
		assert_step(&r, device(&r, i)->name, "gpu.opaque", GH_PASS);
	}
	assert_string_equal(gh_claim_get(device(&r, 8), "lock_status"), "0100");
}

/* Pieces that real devices stated, put into the mouth of other real devices. */
static void test_fabric_when_real_pieces_swapped_then_its_code(void **state)
{
	static const struct {
		int to, from; /* device of this host, device there */
		bool other;   /* there: another host; else this one */
		const char *claim, *step, *code;
	} swaps[] = {
	    {0, 1, false, "pdi", "fabric.identity", "fabric.identity.twin"},
	    {0, 0, true, "pdi", "fabric.switch-links", "fabric.switch-links.unlisted"},
	    {8, 9, false, "device_pdi", "fabric.switches", "fabric.switches.pdi"},
	    {9, 8, false, "pdi", "fabric.identity", "fabric.identity.twin"},
	    {0, 0, true, "switch_pdis", "fabric.gpu-links", "fabric.gpu-links.unlisted"},
	    {0, 0, true, "nonce", "fabric.uniform", "fabric.uniform.nonce"},
	    {0, 0, true, "driver", "fabric.uniform", "fabric.uniform.driver"},
	    {8, 9, false, "position_id", "fabric.uniform", "fabric.uniform.position"},
	};
	gh_auto(struct gh_result, gh_result_free) here = {0}, there = {0};
	(void)state;
	need_vectors();
	judge_real(&here, PPCIE);
	judge_real(&there, "teep/nearcloud_20260629_nras_request.json");
	for (size_t i = 0; i < GH_COUNT(swaps); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(json_t *, gh_json_free) j = gh_result_json(&here);
		assert_int_equal(gh_result_from_json(&r, j, NULL), 0);
		const struct gh_subject *from =
		    device(swaps[i].other ? &there : &here, swaps[i].from);
		set_claim(
		    &r, swaps[i].to, swaps[i].claim, gh_claim_get(from, swaps[i].claim));
		judge(&r, NULL);
		expect(&r, swaps[i].step, GH_FAIL, swaps[i].code);
	}
}

/* ---- cohort ------------------------------------------------------------------------- */

static void make_kin(struct gh_result *r, int i, const char *cohort, const char *blocks)
{
	struct gh_subject *s = device(r, i);
	gh_claim(s, "arch", "HOPPER");
	gh_claim(s, "driver", "1");
	gh_claim(s, "vbios", "2");
	gh_claim(s, "cohort", "%s", cohort);
	gh_claim(s, "blocks", "%s", blocks);
	prove(r, s->name, GH_PASS);
}

static const struct gh_finding *cohort(const struct gh_result *r, int i)
{
	char name[16];
	snprintf(name, sizeof(name), "d:%d", i);
	return gh_findings_get(&r->findings, name, "gpu.cohort");
}

static void test_cohort_when_one_differs_then_warn_and_indexes(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	(void)state;
	make_kin(&r, 0, "bare:aa", "0000000011111111222222223333333344444444");
	make_kin(&r, 1, "bare:aa", "0000000011111111222222223333333344444444");
	make_kin(&r, 2, "bare:bb", "0000000011111111999999993333333388888888");
	gh_gpu_cohort(&r);
	assert_int_equal(cohort(&r, 0)->verdict, GH_PASS);
	assert_int_equal(cohort(&r, 1)->verdict, GH_PASS);
	assert_int_equal(cohort(&r, 2)->verdict, GH_WARN);
	assert_string_equal(cohort(&r, 2)->code, "gpu.cohort.outlier");
	assert_non_null(strstr(cohort(&r, 2)->observed, "index 2, 4"));
	assert_int_equal(gh_result_verdict(&r), GH_WARN);
}

static void test_cohort_when_no_majority_then_both_warn(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	(void)state;
	make_kin(&r, 0, "bare:aa", "00000000");
	make_kin(&r, 1, "bare:bb", "11111111");
	gh_gpu_cohort(&r);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(cohort(&r, i)->verdict, GH_WARN);
		assert_non_null(strstr(cohort(&r, i)->observed, "index 0"));
	}
}

static void test_cohort_when_not_comparable_then_silent(void **state)
{
	static const struct {
		const char *claim, *value;
	} other[] = {{"arch", "BLACKWELL"}, {"driver", "9"}, {"vbios", "9"},
	    {"cohort", "rim:aa"}, {"cohort", NULL}};
	(void)state;
	for (size_t i = 0; i <= GH_COUNT(other); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		make_kin(&r, 0, "bare:aa", "00000000");
		make_kin(&r, 1, "bare:bb", "11111111");
		if (i < GH_COUNT(other))
			set_claim(&r, 1, other[i].claim, other[i].value);
		else /* not proven: it has no say */
			gh_judge(&r.findings.at[1], GH_FAIL, "x");
		gh_gpu_cohort(&r);
		assert_null(cohort(&r, 0));
		assert_null(cohort(&r, 1));
	}
}

/* What is no device has no twin, no kin and no place in the fabric. */
static void test_set_when_other_subjects_then_left_alone(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_context ctx = {.at = 1};
	(void)state;
	gh_claim(gh_result_subject(&r, "h", "host"), "pdi", "%s", pdi_of(0));
	gh_claim(device(&r, 0), "pdi", "%s", pdi_of(0)); /* never judged: no signature */
	gh_claim(device(&r, 1), "pdi", "%s", pdi_of(1));
	gh_gpu_distinct(&r);
	gh_gpu_topology(&r, &ctx);
	assert_int_equal(r.n_subjects, 3);
	assert_int_equal(r.findings.n, 2);
	for (size_t i = 0; i < 2; i++)
		assert_string_equal(r.findings.at[i].code, "parent.not.proven");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_fabric_when_whole_then_pass),
	    cmocka_unit_test(test_fabric_when_one_claim_broken_then_its_code),
	    cmocka_unit_test(test_fabric_when_a_list_names_others_then_fail),
	    cmocka_unit_test(test_fabric_when_a_gpu_is_of_another_host_then_fail),
	    cmocka_unit_test(test_fabric_when_a_device_is_not_proven_then_nothing_passes),
	    cmocka_unit_test(test_fabric_when_devices_missing_then_unknown),
	    cmocka_unit_test(test_fabric_when_gpus_alone_outside_ppcie_then_none),
	    cmocka_unit_test(test_count_when_policy_says_then_it_decides),
	    cmocka_unit_test(test_fabric_when_lab_then_marked),
	    cmocka_unit_test(test_fabric_when_real_then_pass_and_cohort_agrees),
	    cmocka_unit_test(test_fabric_when_real_pieces_swapped_then_its_code),
	    cmocka_unit_test(test_cohort_when_one_differs_then_warn_and_indexes),
	    cmocka_unit_test(test_cohort_when_no_majority_then_both_warn),
	    cmocka_unit_test(test_cohort_when_not_comparable_then_silent),
	    cmocka_unit_test(test_set_when_other_subjects_then_left_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
