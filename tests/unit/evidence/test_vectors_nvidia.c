/* SPDX-License-Identifier: Apache-2.0
 * Every real NVIDIA vector against the facts that its manifest states. */
#include "evidence/spdm.h"
#include "nvidia_vectors.h"

static struct {
	unsigned int reports, signatures_good, signatures_bad, chains, fwids, nonces,
	    measured, rims_good, rims_bad, chains_alone, lists;
} total;

/* Which files of the manifest a test has judged, by folder. */
#define FOLDERS_MAX 16
#define FILES_MAX   128
static struct {
	char folder[FOLDERS_MAX][48];
	unsigned int judged[FOLDERS_MAX];
	char file[FILES_MAX][128];
	size_t n_folders, n_files;
} seen;

static size_t folder_of(const char *name)
{
	size_t len = strcspn(name, "/"), i = 0;
	while (i < seen.n_folders &&
	       (strncmp(seen.folder[i], name, len) != 0 || seen.folder[i][len] != '\0'))
		i++;
	if (i == seen.n_folders) {
		assert_true(i < FOLDERS_MAX && len < sizeof(seen.folder[i]));
		memcpy(seen.folder[seen.n_folders++], name, len);
	}
	return i;
}

static void tick(const char *name)
{
	for (size_t i = 0; i < seen.n_files; i++)
		if (strcmp(seen.file[i], name) == 0)
			return;
	assert_true(seen.n_files < FILES_MAX);
	snprintf(seen.file[seen.n_files++], sizeof(seen.file[0]), "%s", name);
	seen.judged[folder_of(name)]++;
}

static json_t *manifest(void)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	read_vector(&b, "MANIFEST.json");
	json_t *j = gh_json_parse(b.p, b.len, NULL);
	assert_non_null(j);
	return j;
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));
	return s == NULL ? "" : s;
}

static const json_t *file_of(const json_t *m, const char *name)
{
	size_t i;
	json_t *f;
	json_array_foreach(json_object_get(m, "files"), i, f)
	{
		if (strcmp(text_of(f, "name"), name) == 0)
			return json_object_get(f, "expected");
	}
	fail_msg("%s is not in the manifest", name);
	return NULL;
}

/* Every PDI that the manifest lists is in the claim, and no other. */
static void same_pdis(
    const struct gh_subject *s, const char *claim, const json_t *facts, const char *fact)
{
	const json_t *want = json_object_get(facts, fact);
	const char *have = gh_claim_get(s, claim);
	size_t i;
	json_t *v;
	if (want == NULL)
		return;
	assert_true(have[0] != '\0');
	json_array_foreach(want, i, v)
	{
		assert_non_null(strstr(have, json_string_value(v)));
	}
	for (size_t at = 0; have[at] != '\0'; at += 16) {
		bool listed = false;
		json_array_foreach(want, i, v)
		{
			listed =
			    listed || strncmp(json_string_value(v), have + at, 16) == 0;
		}
		assert_true(listed);
	}
	total.lists++;
}

static void same_sizes(const struct gh_evidence *e, const json_t *facts)
{
	struct gh_spdm s;
	assert_int_equal(gh_spdm_parse(&s, e->bytes.p, e->bytes.len, NULL), 0);
	assert_int_equal(
	    s.report.len, json_integer_value(json_object_get(facts, "total_len")));
	assert_int_equal(
	    s.n_blocks, json_integer_value(json_object_get(facts, "blocks")));
	assert_int_equal(s.report.len - 96 - 79 - 55 * s.n_blocks,
	    json_integer_value(json_object_get(facts, "opaque_len")));
}

static void same_claim(
    const struct gh_subject *s, const char *claim, const json_t *facts, const char *fact)
{
	const char *want = text_of(facts, fact);
	if (want[0] != '\0')
		assert_string_equal(gh_claim_get(s, claim), want);
}

static void check_fwid(const struct gh_result *r, const char *subject, const char *fact)
{
	const struct gh_finding *f = step_of(r, subject, "gpu.fwid");
	if (strcmp(fact, "match") == 0)
		assert_int_equal(f->verdict, GH_PASS);
	else if (strcmp(fact, "MISMATCH") == 0)
		assert_string_equal(f->code, "gpu.fwid.mismatch");
	else
		assert_string_equal(f->code, "gpu.fwid.absent");
	total.fwids++;
}

static void check_device(
    const struct gh_result *r, const struct gh_subject *s, const json_t *facts)
{
	bool good = strcmp(text_of(facts, "report_signature"), "valid") == 0;
	assert_string_equal(text_of(facts, "parse"), "ok");
	assert_step(r, s->name, "gpu.chain.leaf", GH_PASS);
	assert_step(r, s->name, "gpu.spdm.parse", GH_PASS);
	assert_step(r, s->name, "gpu.spdm.signature", good ? GH_PASS : GH_FAIL);
	/* the altered switch report of the vendor's tests has altered counters too */
	if (good) {
		const struct gh_finding *kin =
		    gh_findings_get(&r->findings, s->name, "gpu.cohort");
		assert_step(r, s->name, "gpu.spdm.counters", GH_PASS);
		assert_step(r, s->name, "gpu.opaque", GH_PASS);
		assert_true(kin == NULL || kin->verdict == GH_PASS);
	}
	check_fwid(r, s->name, text_of(facts, "fwid"));
	same_claim(s, "arch", facts, "arch");
	same_claim(s, "nonce", facts, "report_nonce");
	same_claim(s, "ueid", facts, "ueid_decimal");
	same_claim(s, "pdi", facts, "cert_bound_pdi");
	same_claim(s, "driver_rim_id", facts, "driver_rim_id");
	same_claim(s, "vbios_rim_id", facts, "vbios_rim_id");
	same_claim(s, "mode", facts, "feature_flag");
	same_claim(s, "device_pdi", facts, "device_pdi");
	same_pdis(s, "switch_pdis", facts, "switch_pdis_seen");
	same_pdis(s, "gpu_pdis", facts, "gpu_pdis_listed");
	if (strcmp(s->kind, "gpu") == 0)
		assert_int_not_equal(step_of(r, s->name, "gpu.mode")->verdict, GH_FAIL);
	total.reports++;
	total.chains++;
	total.signatures_good += good;
	total.signatures_bad += !good;
}

static const json_t *facts_of_file(const json_t *file, size_t i)
{
	(void)i;
	return json_object_get(json_object_get(file, "expected"), "facts");
}

static const json_t *facts_of_device(const json_t *file, size_t i)
{
	return json_array_get(
	    json_object_get(json_object_get(file, "expected"), "devices"), i);
}

static size_t n_devices(const struct gh_result *r)
{
	size_t n = 0;
	for (size_t i = 0; i < r->n_subjects; i++)
		n += strcmp(r->subject[i].kind, "gpu") == 0 ||
		     strcmp(r->subject[i].kind, "switch") == 0;
	return n;
}

/* A report or container by itself, with the chain that the manifest relates to it; at
 * November 2026. each: the facts about piece i, or NULL. */
static void judge(struct gh_result *r, const json_t *file, const char *nonce,
    const json_t *(*each)(const json_t *file, size_t i))
{
	const char *name = text_of(file, "name");
	int64_t at = at_time("2026-11-23");
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0}, with = {0};
	struct gh_trust trust = {0};
	uint8_t asked[32];
	struct gh_err e = {0};
	size_t i;
	json_t *rel;
	builtin_trust(&trust);
	load_set(&set, name);
	json_array_foreach(json_object_get(file, "related"), i, rel)
	{
		load_more(&with, json_string_value(rel));
	}
	if (each != NULL)
		for (i = 0; i < set.n; i++)
			same_sizes(&set.at[i], each(file, i));
	struct gh_context ctx = {.at = at, .trust = &trust};
	if (nonce == NULL && set.at[0].nonce_hex[0] != '\0')
		nonce = set.at[0].nonce_hex;
	if (nonce != NULL && gh_unhex(asked, 32, nonce, NULL) == 0)
		ctx.nonce = (struct gh_bytes){asked, 32};
	if (gh_evidence_verify(r, "v", &set, &with, &ctx, &e) < 0)
		fail_msg("%s: %s", name, e.what);
	assert_tree(r);
}

static void test_reports_when_single_then_facts_hold(void **state)
{
	(void)state;
	need_vectors();
	gh_auto(json_t *, gh_json_free) m = manifest();
	size_t i;
	json_t *f;
	json_array_foreach(json_object_get(m, "files"), i, f)
	{
		const json_t *e = json_object_get(f, "expected");
		const json_t *facts = json_object_get(e, "facts");
		if (json_object_get(facts, "report_signature") == NULL)
			continue;
		gh_auto(struct gh_result, gh_result_free) r = {0};
		judge(&r, f, text_of(facts, "report_nonce"), facts_of_file);
		assert_int_equal(n_devices(&r), 1);
		tick(text_of(f, "name"));
		check_device(&r, &r.subject[0], facts);
		if (strcmp(text_of(facts, "report_signature"), "valid") == 0) {
			assert_step(&r, "v", "gpu.spdm.nonce", GH_PASS);
			total.nonces++;
		} else {
			assert_step(&r, "v", "gpu.spdm.nonce", GH_SKIP);
			assert_int_equal(gh_result_verdict(&r), GH_FAIL);
		}
	}
}

static void test_containers_when_many_devices_then_facts_hold(void **state)
{
	(void)state;
	need_vectors();
	gh_auto(json_t *, gh_json_free) m = manifest();
	size_t i, k;
	json_t *f, *dev;
	json_array_foreach(json_object_get(m, "files"), i, f)
	{
		const json_t *e = json_object_get(f, "expected");
		const json_t *devices = json_object_get(e, "devices");
		if (devices == NULL)
			continue;
		gh_auto(struct gh_result, gh_result_free) r = {0};
		judge(&r, f, NULL, facts_of_device);
		assert_int_equal(n_devices(&r), json_array_size(devices));
		tick(text_of(f, "name"));
		json_array_foreach(devices, k, dev)
		{
			const struct gh_subject *s = &r.subject[k];
			const char *nonce = text_of(dev, "nonce_vs_container");
			check_device(&r, s, dev);
			if (nonce[0] != '\0') {
				bool match = strcmp(nonce, "match") == 0;
				assert_step(&r, s->name, "gpu.spdm.nonce",
				    match ? GH_PASS : GH_FAIL);
				total.nonces++;
			}
			assert_int_not_equal(
			    step_of(&r, s->name, "gpu.distinct")->verdict, GH_FAIL);
		}
	}
}

static void check_active(const struct gh_rim *rim, const json_t *list)
{
	size_t n = 0, i;
	json_t *v;
	for (i = 0; i < GH_RIM_INDEXES; i++)
		n += rim->entry[i].active;
	assert_int_equal(n, json_array_size(list));
	json_array_foreach(list, i, v)
	{
		assert_true(rim->entry[json_integer_value(v)].active);
	}
}

static struct gh_rim *load_rim(const char *name, int64_t at)
{
	tick(name);
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_trust trust = {0};
	struct gh_err e = {0};
	struct gh_rim *rim = NULL;
	builtin_trust(&trust);
	struct gh_context ctx = {.at = at, .trust = &trust};
	read_vector(&b, name);
	if (gh_rim_load(&rim, b.p, b.len, &ctx, &e) < 0)
		fail_msg("%s: %s", name, e.what);
	return rim;
}

static void check_good_rim(const char *name, const json_t *facts)
{
	int64_t from = at_time(text_of(facts, "chain_valid_from"));
	int64_t until = at_time(text_of(facts, "chain_valid_until"));
	const int64_t at[] = {from, from / 2 + until / 2, until, until + 1, from - 1};
	const enum gh_verdict want[] = {GH_PASS, GH_PASS, GH_PASS, GH_STALE, GH_FAIL};
	for (size_t i = 0; i < GH_COUNT(at); i++) {
		struct gh_rim *rim = load_rim(name, at[i]);
		enum gh_verdict v = gh_findings_verdict(&rim->findings, NULL);
		if (v != want[i])
			fail_msg("%s: %s, want %s", name, gh_verdict_word(v),
			    gh_verdict_word(want[i]));
		assert_int_equal(rim->trusted, want[i] == GH_PASS);
		assert_string_equal(rim->version, text_of(facts, "version"));
		assert_string_equal(rim->product, text_of(facts, "product"));
		assert_int_equal(rim->not_after, until);
		check_active(rim, json_object_get(facts, "active_indexes"));
		gh_rim_free(&rim);
	}
	total.rims_good++;
}

static void test_rims_when_real_then_facts_hold(void **state)
{
	(void)state;
	need_vectors();
	gh_auto(json_t *, gh_json_free) m = manifest();
	size_t i;
	json_t *f;
	json_array_foreach(json_object_get(m, "files"), i, f)
	{
		const json_t *facts =
		    json_object_get(json_object_get(f, "expected"), "facts");
		const char *signature = text_of(facts, "xmldsig");
		if (signature[0] == '\0')
			continue;
		if (strcmp(signature, "valid") == 0 &&
		    strncmp(text_of(facts, "chain"), "valid", 5) == 0) {
			check_good_rim(text_of(f, "name"), facts);
			continue;
		}
		struct gh_rim *rim = load_rim(
		    text_of(f, "name"), at_time(text_of(facts, "chain_valid_from")));
		assert_false(rim->trusted);
		assert_int_equal(gh_findings_verdict(&rim->findings, NULL), GH_FAIL);
		gh_rim_free(&rim);
		total.rims_bad++;
	}
}

static void test_rim_fragments_when_unsigned_then_fail(void **state)
{
	static const char *const names[] = {
	    "go-nvattest-tools/failure_duplicate_index.xml",
	    "go-nvattest-tools/failure_invalid_alternatives.xml",
	    "go-nvattest-tools/failure_missing_hash.xml",
	    "go-nvattest-tools/success_payload_multiple_alternatives.xml"};
	(void)state;
	need_vectors();
	for (size_t i = 0; i < GH_COUNT(names); i++) {
		struct gh_rim *rim = load_rim(names[i], at_time("2026-11-23"));
		assert_false(rim->trusted);
		assert_int_equal(gh_findings_verdict(&rim->findings, NULL), GH_FAIL);
		gh_rim_free(&rim);
		total.rims_bad++;
	}
}

/* Each measurement statement of the manifest, at a time when both RIMs are valid. */
static void check_measured(const json_t *m, const json_t *f, const json_t *said)
{
	static const char *const keys[] = {"driver_rim", "vbios_rim", "bios_rim"};
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0}, with = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_trust trust = {0};
	struct gh_context ctx = {.at = INT64_MAX, .trust = &trust};
	struct gh_err e = {0};
	size_t i;
	json_t *rel;
	builtin_trust(&trust);
	load_set(&set, text_of(f, "name"));
	json_array_foreach(json_object_get(f, "related"), i, rel)
	{
		load_more(&with, json_string_value(rel));
	}
	for (i = 0; i < GH_COUNT(keys); i++) {
		const char *name = text_of(said, keys[i]);
		if (name[0] == '\0')
			continue;
		load_more(&with, name);
		int64_t until = at_time(text_of(
		    json_object_get(file_of(m, name), "facts"), "chain_valid_until"));
		ctx.at = until < ctx.at ? until : ctx.at;
	}
	if (gh_evidence_verify(&r, "v", &set, &with, &ctx, &e) < 0)
		fail_msg("%s", e.what);
	assert_tree(&r);
	const json_t *bad = json_object_get(said, "mismatch");
	if (text_of(said, "driver_rim")[0] != '\0')
		assert_step(&r, "v", "gpu.driver.measurements", GH_PASS);
	const struct gh_finding *v = step_of(&r, "v", "gpu.vbios.measurements");
	assert_int_equal(v->verdict, json_array_size(bad) == 0 ? GH_PASS : GH_FAIL);
	if (json_array_size(bad) == 1 &&
	    json_integer_value(json_array_get(bad, 0)) == 9) {
		assert_string_equal(v->code, "gpu.rim.stale-vbios");
		assert_non_null(strstr(v->remedy, "efetch"));
		assert_non_null(strstr(v->observed, "index 9 "));
	}
	tick(text_of(f, "name"));
	total.measured++;
}

static void test_measurements_when_rims_at_hand_then_compared(void **state)
{
	(void)state;
	need_vectors();
	gh_auto(json_t *, gh_json_free) m = manifest();
	size_t i;
	json_t *f;
	json_array_foreach(json_object_get(m, "files"), i, f)
	{
		const json_t *said =
		    json_object_get(json_object_get(f, "expected"), "measurements");
		if (json_is_object(said))
			check_measured(m, f, said);
	}
}

static void test_chains_when_alone_then_verdict(void **state)
{
	(void)state;
	need_vectors();
	gh_auto(json_t *, gh_json_free) m = manifest();
	size_t i;
	json_t *f;
	json_array_foreach(json_object_get(m, "files"), i, f)
	{
		const char *name = text_of(f, "name");
		const char *verdict = text_of(json_object_get(f, "expected"), "verdict");
		if (strstr(name, "ert") == NULL || strstr(name, "hain") == NULL ||
		    strstr(name, ".xml") != NULL)
			continue;
		gh_auto(struct gh_result, gh_result_free) r = {0};
		judge(&r, f, NULL, NULL);
		tick(name);
		assert_string_equal(gh_verdict_word(gh_result_verdict(&r)),
		    strcmp(verdict, "pass") == 0 ? "PASS" : "FAIL");
		total.chains_alone++;
	}
}

/* The complete set: everything must hold with the clock of November 2026. */
static void test_vaultgenome_when_judged_now_then_pass(void **state)
{
	static const char *const forms[] = {"vaultgenome-core/gpu-evidence.json",
	    "vaultgenome-core/gpu0-attestation-report.bin"};
	static const char nonce[] =
	    "690bb51b904351e28100a0610fe60624255c26d7d38c53fb1285ecfed1cab17a";
	(void)state;
	need_vectors();
	for (size_t i = 0; i < GH_COUNT(forms); i++) {
		gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0},
								      with = {0};
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_trust trust = {0};
		uint8_t asked[32];
		struct gh_err e = {0};
		builtin_trust(&trust);
		assert_int_equal(gh_unhex(asked, 32, nonce, NULL), 0);
		struct gh_context ctx = {
		    .at = at_time("2026-11-23"), .trust = &trust, .nonce = {asked, 32}};
		tick(forms[i]);
		load_set(&set, forms[i]);
		load_more(&with, "vaultgenome-core/gpu0-cert-chain.pem");
		load_more(
		    &with, "vaultgenome-core/rim-NV_GPU_DRIVER_GH100_595.71.05.json");
		load_more(&with,
		    "vaultgenome-core/rim-NV_GPU_VBIOS_1010_0210_886_96009F0004.json");
		if (gh_evidence_verify(&r, "azure", &set, &with, &ctx, &e) < 0)
			fail_msg("%s", e.what);
		assert_int_equal(gh_result_verdict(&r), GH_PASS);
		assert_tree(&r);
		for (size_t k = 0; k < r.findings.n; k++)
			if (r.findings.at[k].severity != GH_SEV_INFO &&
			    strcmp(r.findings.at[k].subject, "azure") == 0)
				assert_int_equal(r.findings.at[k].verdict, GH_PASS);
		assert_string_equal(step_of(&r, NULL, "gpu.driver.measurements")->title,
		    "measured  21 of 21 match");
		assert_string_equal(step_of(&r, NULL, "gpu.vbios.measurements")->title,
		    "measured  12 of 12 match");
		assert_string_equal(gh_claim_get(&r.subject[0], "mode"), "SPT");
		assert_string_equal(
		    gh_claim_get(&r.subject[0], "pdi"), "99685c89dea86009");
	}
}

/* One LS10: everything but FWID, which switches do not report, is there and holds. */
static void test_switch_when_rim_at_hand_then_pass(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0}, with = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_trust trust = {0};
	uint8_t asked[32];
	(void)state;
	need_vectors();
	builtin_trust(&trust);
	load_set(&set, "attestation-sdk/switch_evidence_ls10.json");
	load_more(&with,
	    "attestation-sdk/switchVBIOSRim_NV_SWITCH_BIOS_5612_0002_890_9610550001.xml");
	assert_int_equal(gh_unhex(asked, 32, set.at[0].nonce_hex, NULL), 0);
	struct gh_context ctx = {
	    .at = at_time("2026-11-23"), .trust = &trust, .nonce = {asked, 32}};
	assert_int_equal(gh_evidence_verify(&r, "sw", &set, &with, &ctx, NULL), 0);
	assert_tree(&r);
	assert_int_equal(gh_result_verdict(&r), GH_PASS);
	assert_string_equal(r.subject[0].kind, "switch");
	assert_string_equal(step_of(&r, NULL, "gpu.vbios.measurements")->title,
	    "measured  31 of 31 match");
	const struct gh_finding *place = step_of(&r, NULL, "gpu.position");
	assert_int_equal(place->verdict, GH_PASS);
	assert_string_equal(place->observed, "place 2, as measured at 10 indexes");
	assert_null(gh_result_find(&r, "fabric"));
}

static void test_trailing_byte_when_report_then_fail(void **state)
{
	(void)state;
	need_vectors();
	gh_auto(json_t *, gh_json_free) m = manifest();
	size_t i;
	json_t *f;
	json_array_foreach(json_object_get(m, "files"), i, f)
	{
		if (strcmp(text_of(f, "name"), "trustee/hopper_coco_report1.txt") != 0)
			continue;
		gh_auto(struct gh_result, gh_result_free) r = {0};
		judge(&r, f, NULL, NULL);
		tick(text_of(f, "name"));
		assert_step(&r, "v", "gpu.spdm.parse", GH_FAIL);
		assert_int_equal(gh_result_verdict(&r), GH_FAIL);
	}
}

static int print_totals(void **state)
{
	(void)state;
	print_message(
	    "# reports %u (signature good %u, bad %u), chains in reports %u, FWID %u, "
	    "nonces %u, measured %u, RIMs good %u, bad %u, chains alone %u\n",
	    total.reports, total.signatures_good, total.signatures_bad, total.chains,
	    total.fwids, total.nonces, total.measured, total.rims_good, total.rims_bad,
	    total.chains_alone);
	print_message("# lists of PDIs %u\n", total.lists);
	for (size_t i = 0; i < seen.n_folders; i++)
		print_message(
		    "# nvidia/%s: %u files judged\n", seen.folder[i], seen.judged[i]);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_reports_when_single_then_facts_hold),
	    cmocka_unit_test(test_containers_when_many_devices_then_facts_hold),
	    cmocka_unit_test(test_rims_when_real_then_facts_hold),
	    cmocka_unit_test(test_rim_fragments_when_unsigned_then_fail),
	    cmocka_unit_test(test_measurements_when_rims_at_hand_then_compared),
	    cmocka_unit_test(test_chains_when_alone_then_verdict),
	    cmocka_unit_test(test_vaultgenome_when_judged_now_then_pass),
	    cmocka_unit_test(test_switch_when_rim_at_hand_then_pass),
	    cmocka_unit_test(test_trailing_byte_when_report_then_fail),
	};
	return cmocka_run_group_tests(tests, setup_rim, print_totals);
}
