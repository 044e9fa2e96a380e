/* SPDX-License-Identifier: Apache-2.0
 * The judges of firmware versions: healthy, spoilt one member at a time, without their
 * sources, and on the real captures. */
#include "base/file.h"
#include "bmc_host.h"
#include "evidence/rim.h"
#include "host_text.h"
#include "with_catalogue.h"

#define T    GH_TEE_TDX
#define S    GH_TEE_SNP
#define F    GH_FAIL
#define W    GH_WARN
#define U    GH_UNKNOWN
#define K    GH_SKIP
#define P    GH_PASS
#define GPU1 BMC_HGX "/Processors/GPU_SXM_1"
#define TASK BMC_TASKS

static const char *const ids[] = {"host.fw.bios_corroborated", "host.fw.bios_staging",
    "host.fw.bmc_version", "host.fw.me_sps", "host.fw.cpld", "host.fw.psu_uniform",
    "host.fw.hgx_bundle", "host.fw.hgx_cve", "host.fw.gpu_rim_available",
    "host.gpu.vbios_equal", "host.gpu.ecc_mig", "host.nvswitch.bios", "host.fw.nic"};

/* ---- one host ------------------------------------------------------------------------ */

/* The RIMs that the healthy baseboard needs, as NVIDIA's service names them. */
static struct gh_rim rim_gpu = {
    .id = "NV_GPU_VBIOS_G520_0200_885_9600D90001", .trusted = true};
static struct gh_rim rim_switch = {
    .id = "NV_SWITCH_BIOS_5612_0002_890_9610730001", .trusted = true};

struct world {
	struct text_host text;
	struct gh_probe probe;
	struct gh_redfish_tree tree;
	struct gh_rim *rim[2];
	struct gh_rims rims;
	struct gh_host host;
	struct gh_sources src;
	struct gh_result result;
};

static void world_make(struct world *w, enum gh_tee tee)
{
	memset(w, 0, sizeof(*w));
	if (tee == T)
		tdx_host(&w->text);
	else
		snp_host(&w->text);
	bmc_healthy(&w->tree, tee);
	bmc_baseboard(&w->tree);
	w->rim[0] = &rim_gpu;
	w->rim[1] = &rim_switch;
	w->rims = (struct gh_rims){w->rim, 2};
	w->host = fleet_host(tee);
}

static void world_judge(struct world *w)
{
	gh_result_free(&w->result);
	gh_probe_free(&w->probe);
	probe_of(&w->probe, &w->text);
	w->src = (struct gh_sources){.host = &w->host,
	    .probe = &w->probe,
	    .bmc = &w->tree,
	    .rims = &w->rims,
	    .at = AT};
	assert_int_equal(0, gh_checks_run(&w->result, cat, &w->src, NULL));
}

static void world_free(struct world *w)
{
	gh_result_free(&w->result);
	gh_probe_free(&w->probe);
	gh_redfish_tree_free(&w->tree);
	text_host_free(&w->text);
}

static void expect(const struct gh_result *r, const char *id, enum gh_verdict verdict,
    const char *reason)
{
	const struct gh_finding *f = gh_findings_get(&r->findings, NULL, id);
	char code[128] = "";

	assert_non_null(f);
	if (reason[0])
		snprintf(code, sizeof(code), "%s.%s", id, reason);
	if (f->verdict != verdict || strcmp(f->code, code) != 0)
		print_error("%s: %s %s, expected %s %s: %s | %s\n", id,
		    gh_verdict_word(f->verdict), f->code, gh_verdict_word(verdict), code,
		    f->observed, f->why);
	assert_int_equal(verdict, f->verdict);
	assert_string_equal(code, f->code);
	assert_true(f->observed[0] || f->verdict == U);
	assert_null(strpbrk(f->observed, "\x1b\x07\n"));
}

static const char *observed(const struct gh_result *r, const char *id)
{
	const struct gh_finding *f = gh_findings_get(&r->findings, NULL, id);

	return f->verdict == U ? f->why : f->observed;
}

static bool applies(const char *id, enum gh_tee tee)
{
	return gh_check_applies(gh_catalogue_get(cat, id), tee);
}

/* ---- healthy ------------------------------------------------------------------------- */

static void healthy(enum gh_tee tee)
{
	struct world w;

	world_make(&w, tee);
	world_judge(&w);
	for (size_t i = 0; i < GH_COUNT(ids); i++)
		if (applies(ids[i], tee))
			expect(&w.result, ids[i], P, "");
	assert_non_null(strstr(
	    observed(&w.result, "host.fw.hgx_bundle"), "1.8.0 or later (inferred)"));
	assert_string_equal(
	    "28.43.1014 x8; the BMC agrees", observed(&w.result, "host.fw.nic"));
	assert_int_equal(
	    GH_A1, gh_findings_get(&w.result.findings, NULL, "host.fw.bios_corroborated")
		       ->assurance);
	world_free(&w);
}

static void test_tdx_host_when_healthy_then_all_pass(void **state)
{
	(void)state;
	healthy(T);
}

static void test_snp_host_when_healthy_then_all_pass(void **state)
{
	(void)state;
	healthy(S);
}

/* ---- spoilt -------------------------------------------------------------------------- */

/* member NULL: the resource is not offered; value NULL: the member is not there. */
static const struct spoilt {
	const char *id, *path, *member, *value;
	enum gh_verdict verdict;
	const char *reason;
} spoilts[] = {
    {"host.fw.bios_corroborated", BMC_FW "/BIOS", "Version",
	"'BIOS Date: 10/28/2025 Ver 2.7'", W, "differs"},
    {"host.fw.bios_corroborated", BMC_FW "/BIOS", "Version",
	"'BIOS Date: 10/29/2025 Ver 2.7a'", F, "contradicted"},
    {"host.fw.bios_corroborated", BMC_SYS, "BiosVersion", "'2.8'", F, "contradicted"},
    {"host.fw.bios_corroborated", BMC_FW "/BIOS", "Version", "'junk'", U, "malformed"},
    {"host.fw.bios_corroborated", BMC_FW "/BIOS", "Version", NULL, U, "not_offered"},
    {"host.fw.bios_staging", BMC_FW "/Staging_BIOS", "Version",
	"'BIOS Date: 01/28/2026 Ver 2.8'", W, "staged"},
    {"host.fw.bios_staging", BMC_FW "/Staging_BMC", "Version", "'X1.04.11'", W, "staged"},
    {"host.fw.bios_staging", BMC_FW "/Staging_BMC", NULL, NULL, U, "unread"},
    {"host.fw.bios_staging", BMC_FW "/Golden_BIOS", "Version",
	"'BIOS Date: 01/28/2026 Ver 2.8'", W, "golden"},
    {"host.fw.bios_staging", BMC_FW "/Golden_CPLD_Motherboard", "Version", "'F5.11.CC'",
	W, "golden"},
    {"host.fw.bios_staging", TASK "/1", "TaskState", "'Running'", W, "task"},
    {"host.fw.bios_staging", TASK "/1", "TaskState", NULL, W, "task"},
    {"host.fw.bmc_version", BMC_MGR, "FirmwareVersion", "'01.03.17'", W, "old"},
    {"host.fw.bmc_version", BMC_MGR, "FirmwareVersion", "'11.01.01'", U, "lineage"},
    {"host.fw.bmc_version", BMC_MGR, "FirmwareVersion", "'1.3'", U, "malformed"},
    {"host.fw.bmc_version", BMC_SYS, "Model", "'SYS-1'", K, "not_applicable"},
    {"host.fw.me_sps", BMC_FW "/BIOS_ME", "Version", "'6.1.4.88'", W, "differs"},
    {"host.fw.me_sps", BMC_FW "/BIOS_ME", "Version", NULL, U, "not_offered"},
    {"host.fw.me_sps", BMC_FW "/BIOS_ME", "Version", "'six'", U, "malformed"},
    {"host.fw.cpld", BMC_FW "/CPLD_Motherboard", "Version", "'F5.11.CA'", W, "old"},
    {"host.fw.cpld", BMC_FW "/CPLD_Motherboard", "Version", "'F5.11'", U, "lineage"},
    {"host.fw.cpld", BMC_FW "/CPLD_Backplane_1", "Version", "'?'", U, "malformed"},
    {"host.fw.cpld", BMC_FW "/CPLD_Backplane_1", "Version", NULL, U, "unread"},
    {"host.fw.cpld", BMC_FW "/CPLD_Backplane_1", NULL, NULL, U, "unread"},
    {"host.fw.cpld", BMC_SYS, "Model", "'SYS-1'", K, "not_applicable"},
    {"host.fw.psu_uniform", BMC_FW "/PowerSupply7", "Version", "'1.0'", W, "mixed"},
    {"host.fw.psu_uniform", BMC_FW "/PowerSupply7", "Version", "'N/A'", U, "unread"},
    {"host.fw.psu_uniform", BMC_FW "/PowerSupply7", NULL, NULL, U, "unread"},
    {"host.fw.hgx_bundle", BMC_FW "/HGX_FW_GPU_SXM_3", "Version", "'96.00.CF.00.01'", F,
	"mixed"},
    {"host.fw.hgx_bundle", BMC_FW "/HGX_FW_NVSwitch_3", "Version", "'96.10.69.00.01'", F,
	"mixed"},
    {"host.fw.hgx_bundle", BMC_FW "/HGX_FW_ERoT_FPGA_0", "Version",
	"'00.02.0182.0000_n00'", F, "mixed"},
    {"host.fw.hgx_bundle", BMC_FW "/HGX_FW_PCIeRetimer_5", "Version", "'2.7.9'", F,
	"mixed"},
    {"host.fw.hgx_bundle", BMC_FW "/HGX_FW_BMC_0", "Version", "'HGX-22.10-1-rc77'", F,
	"part"},
    {"host.fw.hgx_bundle", BMC_FW "/HGX_FW_GPU_SXM_3", NULL, NULL, U, "unread"},
    {"host.fw.hgx_bundle", BMC_FW "/HGX_FW_ERoT_GPU_SXM_3", "Version", "''", U, "unread"},
    {"host.fw.hgx_bundle", BMC_FW "/HGX_FW_FPGA_0", "Version", "'new'", U, "malformed"},
    {"host.fw.hgx_cve", BMC_FW "/HGX_FW_BMC_0", "Version", "'HGX-22.10-1-rc57'", W,
	"affected"},
    {"host.fw.hgx_cve", BMC_FW "/HGX_FW_BMC_0", "Version", "'HGX-22.10-1-rc77'", W,
	"affected"},
    {"host.fw.hgx_cve", BMC_FW "/HGX_FW_GPU_SXM_1", "Version", "'96.00.E1.00.01'", U,
	"unlisted"},
    {"host.fw.gpu_rim_available", BMC_FW "/HGX_FW_GPU_SXM_3", "Version",
	"'96.00.DA.00.11'", F, "missing"},
    {"host.fw.gpu_rim_available", BMC_FW "/HGX_FW_NVSwitch_2", "Version",
	"'96.10.74.00.01'", F, "missing"},
    {"host.fw.gpu_rim_available", BMC_FW "/HGX_InfoROM_GPU_SXM_3", "Version",
	"'G520.0202.00.05'", F, "missing"},
    {"host.fw.gpu_rim_available", GPU1, "PartNumber", "'2330-886-A1'", F, "missing"},
    {"host.fw.gpu_rim_available", GPU1, "PartNumber", "'2330'", U, "no_id"},
    {"host.fw.gpu_rim_available", BMC_FW "/HGX_InfoROM_GPU_SXM_3", "Version", NULL, U,
	"no_id"},
    {"host.fw.gpu_rim_available", BMC_FW "/HGX_FW_GPU_SXM_3", NULL, NULL, U, "no_id"},
    {"host.fw.gpu_rim_available", BMC_FW "/HGX_InfoROM_NVSwitch_1", "Version",
	"'5613.0002.00.01'", U, "no_id"},
    {"host.gpu.vbios_equal", BMC_FW "/HGX_FW_GPU_SXM_8", "Version", "'96.00.D9.00.02'", F,
	"mixed"},
    {"host.gpu.vbios_equal", BMC_FW "/GPU8", "Version", "'96.00.CF.00.01'", F, "mixed"},
    {"host.gpu.vbios_equal", BMC_FW "/GPU8", "Version", "'Not Present'", U, "unread"},
    {"host.gpu.vbios_equal", BMC_FW "/HGX_FW_GPU_SXM_8", NULL, NULL, U, "unread"},
    {"host.gpu.ecc_mig", GPU1, "MemorySummary/ECCModeEnabled", "false", W, "ecc"},
    {"host.gpu.ecc_mig", GPU1, "Oem/Nvidia/MIGModeEnabled", "true", W, "mig"},
    {"host.gpu.ecc_mig", GPU1, "Oem/Nvidia/MIGModeEnabled", NULL, U, "absent"},
    {"host.gpu.ecc_mig", GPU1, "MemorySummary/ECCModeEnabled", "'true'", U, "absent"},
    {"host.gpu.ecc_mig", GPU1, NULL, NULL, U, "unread"},
    {"host.nvswitch.bios", BMC_FW "/HGX_FW_NVSwitch_0", "Version", "'96.10.69.00.01'", F,
	"mixed"},
    {"host.nvswitch.bios", BMC_FW "/HGX_FW_NVSwitch_0", NULL, NULL, U, "unread"},
    {"host.fw.nic", BMC_FW "/NIC4", "Version", "'28.42.10.00'", W, "views"},
};

static void spoil_one(const struct spoilt *s)
{
	struct world w;

	world_make(&w, T);
	if (s->member)
		bmc_set(&w.tree, s->path, s->member, s->value);
	else
		bmc_gone(&w.tree, s->path);
	world_judge(&w);
	expect(&w.result, s->id, s->verdict, s->reason);
	world_free(&w);
}

static void test_each_check_when_spoilt_then_its_own_code(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(spoilts); i++)
		spoil_one(&spoilts[i]);
}

static bool spoilt_so(const char *id, bool unknown)
{
	for (size_t i = 0; i < GH_COUNT(spoilts); i++)
		if (!strcmp(spoilts[i].id, id) && (spoilts[i].verdict == U) == unknown &&
		    spoilts[i].verdict != K)
			return true;
	return false;
}

static void test_table_when_read_then_each_check_fails_and_is_unknown(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(ids); i++) {
		bool open = spoilt_so(ids[i], true) || !strcmp(ids[i], "host.fw.nic");

		if (!spoilt_so(ids[i], false) || !open)
			print_error("no case for %s\n", ids[i]);
		assert_true(spoilt_so(ids[i], false) && open);
	}
}

/* Sets the version of every row whose name begins so. */
static void set_all(struct gh_redfish_tree *t, const char *name, const char *version)
{
	struct gh_redfish_walk walk = gh_redfish_walk_of(t, BMC_FW);

	while (gh_redfish_next(&walk))
		if (strncmp(walk.name, name, strlen(name)) == 0)
			json_object_set_new((json_t *)(uintptr_t)walk.r->body, "Version",
			    json_string(version));
}

static void test_vbios_when_all_below_the_floor_then_fails(void **state)
{
	struct world w;

	(void)state;
	world_make(&w, T);
	set_all(&w.tree, "HGX_FW_GPU_SXM_", "96.00.5D.00.01");
	set_all(&w.tree, "GPU", "96.00.5D.00.01");
	world_judge(&w);
	expect(&w.result, "host.gpu.vbios_equal", F, "old");
	set_all(&w.tree, "HGX_FW_GPU_SXM_", "96.00.5E.00.01");
	world_judge(&w);
	expect(&w.result, "host.gpu.vbios_equal", F, "views");
	set_all(&w.tree, "GPU", "96.00.5E.00.01");
	world_judge(&w);
	expect(&w.result, "host.gpu.vbios_equal", P, "");
	set_all(&w.tree, "GPU", "97.00.5E.00.01");
	set_all(&w.tree, "HGX_FW_GPU_SXM_", "97.00.5E.00.01");
	world_judge(&w);
	expect(&w.result, "host.gpu.vbios_equal", U, "no_floor");
	world_free(&w);
}

static void test_vbios_when_one_controller_is_silent_then_judged_on_the_other(
    void **state)
{
	static const char *const view[2] = {"GPU", "HGX_FW_GPU_SXM_"};

	(void)state;
	for (int v = 0; v < 2; v++) {
		struct world w;

		world_make(&w, T);
		for (int i = 1; i <= 8; i++) {
			char path[200];

			snprintf(path, sizeof(path), BMC_FW "/%s%d", view[v], i);
			bmc_gone(&w.tree, path);
		}
		bmc_gone(&w.tree, BMC_FW);
		world_judge(&w);
		expect(&w.result, "host.gpu.vbios_equal", P, "");
		world_free(&w);
	}
}

static void test_bundle_when_plan_needs_more_then_fails_or_is_open(void **state)
{
	static char per_gpu[] = "per-gpu";
	struct world w;

	(void)state;
	world_make(&w, T);
	set_all(&w.tree, "HGX_FW_BMC_0", "HGX-22.10-1-rc77");
	set_all(&w.tree, "HGX_FW_GPU_SXM_", "96.00.BC.00.01");
	set_all(&w.tree, "HGX_FW_NVSwitch_", "96.10.69.00.01");
	set_all(&w.tree, "HGX_FW_FPGA_0", "2.53");
	world_judge(&w);
	expect(&w.result, "host.fw.hgx_bundle", U, "open");
	w.host.plan = per_gpu;
	world_judge(&w);
	expect(&w.result, "host.fw.hgx_bundle", P, "");
	world_free(&w);
}

static void test_bundle_when_no_row_knows_it_then_unlisted(void **state)
{
	static char per_gpu[] = "per-gpu";
	struct world w;

	(void)state;
	world_make(&w, T);
	set_all(&w.tree, "HGX_FW_GPU_SXM_", "96.00.E1.00.01");
	set_all(&w.tree, "HGX_FW_ERoT_", "00.02.0300.0000_n00");
	set_all(&w.tree, "HGX_FW_PCIeSwitch_", "2.0.1");
	set_all(&w.tree, "HGX_FW_PCIeRetimer_", "2.9.1");
	world_judge(&w);
	expect(&w.result, "host.fw.hgx_bundle", U, "unlisted");
	expect(&w.result, "host.fw.hgx_cve", U, "unlisted");
	w.host.plan = per_gpu;
	world_judge(&w);
	expect(&w.result, "host.fw.hgx_bundle", W, "unlisted");
	world_free(&w);
}

static void test_counts_when_fleet_says_otherwise_then_fails_or_skips(void **state)
{
	struct world w;

	(void)state;
	world_make(&w, T);
	w.host.n_gpus = 7;
	w.host.n_switches = 3;
	world_judge(&w);
	expect(&w.result, "host.fw.hgx_bundle", F, "count");
	expect(&w.result, "host.gpu.vbios_equal", F, "count");
	expect(&w.result, "host.nvswitch.bios", F, "count");
	w.host.n_gpus = w.host.n_switches = 0;
	world_judge(&w);
	for (size_t i = 6; i < 12; i++)
		expect(&w.result, ids[i], K, "not_applicable");
	w.host.n_gpus = 9;
	world_judge(&w);
	expect(&w.result, "host.gpu.ecc_mig", U, "unread");
	expect(&w.result, "host.fw.gpu_rim_available", U, "unread");
	world_free(&w);
}

static void test_bmc_when_of_another_line_then_by_release_date(void **state)
{
	struct world w;

	(void)state;
	world_make(&w, T);
	bmc_set(&w.tree, BMC_MGR, "FirmwareVersion", "'11.01.01'");
	bmc_set(&w.tree, BMC_FW "/BMC", "ReleaseDate", "'2023-11-17T00:00:00Z'");
	world_judge(&w);
	expect(&w.result, "host.fw.bmc_version", W, "old");
	bmc_set(&w.tree, BMC_FW "/BMC", "ReleaseDate", "'2023-11-18T00:00:00Z'");
	world_judge(&w);
	expect(&w.result, "host.fw.bmc_version", U, "lineage");
	bmc_set(&w.tree, BMC_FW "/BMC", "ReleaseDate", "'T00:00:00Z'");
	world_judge(&w);
	expect(&w.result, "host.fw.bmc_version", U, "lineage");
	world_free(&w);
}

/* ---- reference manifests --------------------------------------------------------------- */

static void test_rims_when_none_at_hand_then_unknown_and_named(void **state)
{
	struct world w;

	(void)state;
	world_make(&w, T);
	w.rims.n = 0;
	world_judge(&w);
	expect(&w.result, "host.fw.gpu_rim_available", U, "no_rims");
	assert_non_null(
	    strstr(observed(&w.result, "host.fw.gpu_rim_available"), rim_gpu.id));
	world_free(&w);
}

static void test_rims_when_bare_or_untrusted_then_as_they_are(void **state)
{
	struct gh_rim bare = {.id = "NV_GPU_VBIOS_*_9600D90001",
	    .version = "96.00.D9.00.01",
	    .product = "GH100",
	    .kind = GH_RIM_VBIOS,
	    .trusted = true};
	struct world w;

	(void)state;
	world_make(&w, T);
	w.rim[0] = &bare;
	world_judge(&w);
	expect(&w.result, "host.fw.gpu_rim_available", P, "");
	bare.lab = true;
	world_judge(&w);
	assert_true(
	    gh_findings_get(&w.result.findings, NULL, "host.fw.gpu_rim_available")->lab);
	bare.trusted = false;
	world_judge(&w);
	expect(&w.result, "host.fw.gpu_rim_available", F, "untrusted");
	world_free(&w);
}

static void test_rims_when_each_gpu_has_its_own_machine_then_no_switch_needed(
    void **state)
{
	static char per_gpu[] = "per-gpu";
	struct world w;

	(void)state;
	world_make(&w, T);
	w.rims.n = 1;
	world_judge(&w);
	expect(&w.result, "host.fw.gpu_rim_available", F, "missing");
	w.host.plan = per_gpu;
	world_judge(&w);
	expect(&w.result, "host.fw.gpu_rim_available", P, "");
	world_free(&w);
}

/* ---- without sources ------------------------------------------------------------------- */

static void test_all_when_no_bmc_or_nothing_offered_then_unknown(void **state)
{
	struct gh_err silent = {.code = GH_E_TIMEOUT, .what = "no answer in 60 s"};

	(void)state;
	for (int how = 0; how < 3; how++) {
		gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) empty = {0};
		struct gh_host host = fleet_host(T);
		struct gh_sources src = {.host = &host, .at = AT};
		struct gh_result r = {0};

		src.bmc_err = how == 1 ? &silent : NULL;
		src.bmc = how == 2 ? &empty : NULL;
		assert_int_equal(0, gh_checks_run(&r, cat, &src, NULL));
		for (size_t i = 0; i < GH_COUNT(ids); i++)
			expect(&r, ids[i], U,
			    !strcmp(ids[i], "host.fw.nic") ? "no_ssh"
			    : how == 0                     ? "no_bmc"
			    : how == 1                     ? "bmc_silent"
							   : "not_offered");
		gh_result_free(&r);
	}
}

static void test_bios_when_ssh_is_silent_then_unknown(void **state)
{
	struct world w;

	(void)state;
	world_make(&w, T);
	find_item(&w.text, "sys")->rc = 124;
	world_judge(&w);
	expect(&w.result, "host.fw.bios_corroborated", U, "timeout");
	expect(&w.result, "host.fw.bios_version", U, "timeout");
	world_free(&w);
}

/* ---- hostile --------------------------------------------------------------------------- */

static json_t *hostile(size_t k)
{
	static char huge[100001];

	switch (k) {
	case 0:
		return json_null();
	case 1:
		return json_integer(-7);
	case 2:
		return json_pack("[s,{s:[]}]", "a", "b");
	case 3:
		return json_string("\x1b]0;owned\x07\xe2\x80\xae%s%n\n\x7f");
	case 4:
		return json_string("96.00.D9.00.01\x1b[2J");
	case 5:
		return json_string("");
	default:
		memset(huge, '9', sizeof(huge) - 1);
		return json_string(huge);
	}
}

/* Every row of the inventory, its version replaced by each: whatever reads it does not
 * pass, and nothing raw comes through. */
static void test_versions_when_hostile_then_clean(void **state)
{
	static const char *const row[] = {"HGX_FW_GPU_SXM_2", "HGX_FW_NVSwitch_1",
	    "HGX_FW_BMC_0", "HGX_FW_ERoT_BMC_0", "HGX_InfoROM_GPU_SXM_2", "BIOS",
	    "BIOS_ME", "CPLD_Motherboard", "PowerSupply3", "GPU2", "Staging_BIOS"};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(row); i++) {
		for (size_t k = 0; k <= 6; k++) {
			struct world w;
			char path[200];

			world_make(&w, T);
			snprintf(path, sizeof(path), BMC_FW "/%s", row[i]);
			json_object_set_new(
			    (json_t *)(uintptr_t)gh_redfish_get(&w.tree, path), "Version",
			    hostile(k));
			world_judge(&w);
			for (size_t n = 0; n < w.result.findings.n; n++)
				assert_null(strpbrk(
				    w.result.findings.at[n].observed, "\x1b\x07\n\x7f"));
			world_free(&w);
		}
	}
}

static void test_nics_when_hostile_then_never_pass(void **state)
{
	static const char *const texts[] = {"", "\n\n", ":::", "pci/", "pci/x:\n",
	    "pci/x:\n driver mlx5_core\n fw.version \x1b[2J\n",
	    "pci/x:\n driver mlx5_core\n fw 99999999999999999999999999999999999999999\n",
	    " driver mlx5_core\n fw.version 28.43.1014\n",
	    "auxiliary/mlx5_core.sf.2:\n driver x\n fw.version 28.43.1014\n"};
	struct gh_buf many = {0};

	(void)state;
	for (size_t i = 0; i <= GH_COUNT(texts); i++) {
		struct world w;

		world_make(&w, T);
		if (i == GH_COUNT(texts))
			for (int n = 0; n < 500; n++)
				gh_buf_fmt(&many,
				    "pci/%d:\n driver mlx5_core\n fw.version "
				    "28.43.1014\n",
				    n);
		spoil(&w.text, "nic.firmware", NULL,
		    i < GH_COUNT(texts) ? texts[i] : gh_buf_cstr(&many));
		world_judge(&w);
		const struct gh_finding *f =
		    gh_findings_get(&w.result.findings, NULL, "host.fw.nic");
		assert_int_equal(U, f->verdict);
		assert_null(strpbrk(f->why, "\x1b\n"));
		world_free(&w);
	}
	gh_buf_free(&many);
}

/* ---- the real captures ----------------------------------------------------------------- */

#define SMC "redfish-smc-sys-821ge-tnhr.json"
#define DGX "redfish-dgx-h100-viking.json"

static const struct {
	const char *file, *id;
	enum gh_verdict verdict;
	const char *reason, *shows;
} captures[] = {
    {SMC, "host.fw.bios_corroborated", P, "", "08/04/2023 Ver 1.4 in both"},
    {SMC, "host.fw.bios_staging", P, "", "2 places"},
    {SMC, "host.fw.bios_version", W, "old", "1.4"},
    {SMC, "host.fw.bmc_version", W, "old", "11.01.01 of 2023-11-17"},
    {SMC, "host.fw.me_sps", W, "differs", "6.80.224.2"},
    {SMC, "host.fw.cpld", P, "", "CPLD_Motherboard F5.11.CB"},
    {SMC, "host.fw.psu_uniform", W, "mixed", "1.3 x6, 1.0 x2"},
    {SMC, "host.fw.hgx_bundle", P, "", "rc34"},
    {SMC, "host.fw.hgx_cve", W, "affected", "CVE-2024-0114"},
    {SMC, "host.fw.gpu_rim_available", U, "no_rims",
	"NV_GPU_VBIOS_G520_0200_885_9600610001"},
    {SMC, "host.gpu.vbios_equal", P, "", "8 GPUs at 96.00.61.00.01"},
    {SMC, "host.gpu.ecc_mig", U, "not_offered", "HGX_Baseboard_0"},
    {SMC, "host.nvswitch.bios", P, "", "96.10.35.00.01 x4"},
    {SMC, "host.fw.nic", P, "", "28.37.1014 x8; the BMC agrees"},
    {DGX, "host.fw.hgx_bundle", P, "", "1.3.0/1.3.1"},
    {DGX, "host.fw.hgx_cve", W, "affected", "CVE-2025-23302"},
    {DGX, "host.fw.bmc_version", W, "old", "23.11.20"},
    {DGX, "host.fw.psu_uniform", P, "", "0204.0201.0202 x6"},
    {DGX, "host.fw.cpld", K, "not_applicable", "no baseline"},
    {DGX, "host.fw.gpu_rim_available", U, "no_rims",
	"NV_GPU_VBIOS_G520_0200_885_9600890001"},
    {DGX, "host.gpu.vbios_equal", P, "", "96.00.89.00.01"},
    {DGX, "host.gpu.ecc_mig", P, "", "8 GPUs"},
    {DGX, "host.nvswitch.bios", P, "", "96.10.4A.00.01 x4"},
};

/* False, in words, when the vector is not there. */
static bool capture(struct gh_redfish_tree *t, const char *file)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	gh_auto(json_t *, gh_json_free) j = NULL;
	char path[512];

	snprintf(path, sizeof(path), "%s/host/%s", vectors_dir(), file);
	if (gh_file_read(&b, path, 4 << 20, NULL) != 0) {
		print_message("no vector %s: skipped\n", path);
		return false;
	}
	j = gh_json_parse(b.p, b.len, NULL);
	assert_int_equal(0, gh_redfish_tree_load(t, j, NULL));
	return true;
}

/* The capture with a host below it that says the same BIOS and NICs. */
static void test_captures_when_judged_then_as_the_manifest_says(void **state)
{
	static char per_gpu[] = "per-gpu";

	(void)state;
	for (size_t i = 0; i < GH_COUNT(captures); i++) {
		struct world w;

		world_make(&w, T);
		gh_redfish_tree_free(&w.tree);
		if (!capture(&w.tree, captures[i].file)) {
			world_free(&w);
			skip();
		}
		w.host.plan = per_gpu;
		w.rims.n = 0;
		spoil(&w.text, "sys", "bios_version:2.7a", "bios_version:1.4");
		spoil(&w.text, "sys", "10/28/2025", "08/04/2023");
		for (int n = 0; n < 32; n++)
			spoil(&w.text, "nic.firmware", "28.43.1014", "28.37.1014");
		world_judge(&w);
		expect(
		    &w.result, captures[i].id, captures[i].verdict, captures[i].reason);
		if (!strstr(observed(&w.result, captures[i].id), captures[i].shows))
			print_error("%s: %s\n", captures[i].id,
			    observed(&w.result, captures[i].id));
		assert_non_null(
		    strstr(observed(&w.result, captures[i].id), captures[i].shows));
		world_free(&w);
	}
}

static void test_captures_when_plan_is_one_machine_then_bundle_too_old(void **state)
{
	static const char *const file[] = {SMC, DGX};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(file); i++) {
		struct world w;

		world_make(&w, T);
		gh_redfish_tree_free(&w.tree);
		if (!capture(&w.tree, file[i])) {
			world_free(&w);
			skip();
		}
		world_judge(&w);
		expect(&w.result, "host.fw.hgx_bundle", F, "too_old");
		world_free(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_tdx_host_when_healthy_then_all_pass),
	    cmocka_unit_test(test_snp_host_when_healthy_then_all_pass),
	    cmocka_unit_test(test_each_check_when_spoilt_then_its_own_code),
	    cmocka_unit_test(test_table_when_read_then_each_check_fails_and_is_unknown),
	    cmocka_unit_test(test_vbios_when_all_below_the_floor_then_fails),
	    cmocka_unit_test(
		test_vbios_when_one_controller_is_silent_then_judged_on_the_other),
	    cmocka_unit_test(test_bundle_when_plan_needs_more_then_fails_or_is_open),
	    cmocka_unit_test(test_bundle_when_no_row_knows_it_then_unlisted),
	    cmocka_unit_test(test_counts_when_fleet_says_otherwise_then_fails_or_skips),
	    cmocka_unit_test(test_bmc_when_of_another_line_then_by_release_date),
	    cmocka_unit_test(test_rims_when_none_at_hand_then_unknown_and_named),
	    cmocka_unit_test(test_rims_when_bare_or_untrusted_then_as_they_are),
	    cmocka_unit_test(
		test_rims_when_each_gpu_has_its_own_machine_then_no_switch_needed),
	    cmocka_unit_test(test_all_when_no_bmc_or_nothing_offered_then_unknown),
	    cmocka_unit_test(test_bios_when_ssh_is_silent_then_unknown),
	    cmocka_unit_test(test_versions_when_hostile_then_clean),
	    cmocka_unit_test(test_nics_when_hostile_then_never_pass),
	    cmocka_unit_test(test_captures_when_judged_then_as_the_manifest_says),
	    cmocka_unit_test(test_captures_when_plan_is_one_machine_then_bundle_too_old),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
