/* SPDX-License-Identifier: Apache-2.0
 * Real BMC captures, as MANIFEST.json of the vectors says they must be judged. They lie in
 * ../shared/vectors/host and are used in place; where they are not, this says so. */
#include "base/file.h"
#include "checks/judge.h"
#include "host_text.h"
#include "with_catalogue.h"

#define SMC    "redfish-smc-sys-821ge-tnhr.json"
#define DGX    "redfish-dgx-h100-viking.json"
#define DELL   "redfish-fwinv-dell-r750.json"
#define HPE    "redfish-fwinv-hpe-dl385g10p2.json"
#define LENOVO "redfish-fwinv-lenovo-sr670v2.json"
#define GB200  "redfish-fwinv-gb200.json"
#define GH200  "redfish-fwinv-gh200.json"
#define T      GH_TEE_TDX
#define S      GH_TEE_SNP
#define F      GH_FAIL
#define W      GH_WARN
#define P      GH_PASS
#define U      GH_UNKNOWN

static const struct {
	const char *file, *id;
	enum gh_verdict verdict;
	const char *reason; /* code is id.reason; "" for PASS */
	const char *shows;  /* stands in the finding's observed, or why */
} rows[] = {
    /* what MANIFEST.json demands of the SYS-821GE-TNHR */
    {SMC, "host.bios.tme", F, "off", "MemoryEncryption_TME__3C77 Disabled"},
    {SMC, "host.bios.pa46", F, "on", "LimitCPUPAto46Bits_F319 Enable"},
    {SMC, "host.bios.secureboot", F, "setup_mode", "SetupMode"},
    {SMC, "host.bios.csm", W, "on", "CSMSupport_0121 Enabled"},
    {SMC, "host.bios.acs", W, "off", "PCIeACSCTL_1E3C Disable"},
    {SMC, "host.bios.preboot_dma", W, "off", "Pre_bootDMAProtection_1E36 Disable"},
    {SMC, "host.bmc.syslockdown", W, "off", "false"},
    {SMC, "host.bmc.kcs", W, "privilege", "Administrator"},
    {SMC, "host.bmc.time", W, "ntp_off", "NTP is off"},
    /* and what follows from the same bodies */
    {SMC, "host.bios.tme_mt", F, "parent_off", "MemoryEncryption_TME__3C77"},
    {SMC, "host.bios.tdx", F, "parent_off", "MemoryEncryption_TME__3C77"},
    {SMC, "host.bios.sgx", F, "parent_off", "MemoryEncryption_TME__3C77"},
    {SMC, "host.bios.meminteg", W, "parent_off", "MemoryEncryption_TME__3C77"},
    {SMC, "host.bios.vtd", P, "", "IntelVTforDirectedI_O_VT_d__1E32 Enable"},
    {SMC, "host.bios.sriov_above4g", P, "", "MMIOHighGranularitySize_0046 1024G"},
    {SMC, "host.bios.password", U, "not_shown", "AdministratorPassword_0117"},
    {SMC, "host.bios.drift", U, "not_enrolled", "never enrolled"},
    {SMC, "host.bmc.hostif", W, "bootstrap", "Administrator"},
    {SMC, "host.bmc.ipmi_lan", W, "on", "623"},
    {SMC, "host.boot.spi", W, "unlocked", "neither"},
    {SMC, "host.bmc.cred", U, "not_offered", "Accounts"},
    {SMC, "host.bmc.vmedia", U, "not_offered", "VirtualMedia"},
    {SMC, "host.bmc.sel", U, "not_offered", "LogServices"},
    /* the DGX H100 */
    {DGX, "host.bios.tme", F, "off", "EnableTme Disabled"},
    {DGX, "host.bios.sgx", F, "off", "EnableSgx Disabled"},
    {DGX, "host.bios.secureboot", F, "off", "UserMode"},
    {DGX, "host.bios.tme_mt", F, "off", "EnableMktme Disabled"},
    {DGX, "host.bios.tdx", F, "parent_off", "EnableMktme Disabled"},
    {DGX, "host.bios.pa46", P, "", "CpuPaLimit Disable"},
    {DGX, "host.bios.vtd", P, "", "VTdSupport Enable"},
    {DGX, "host.bios.meminteg", P, "", "EnableGlobalIntegrity Disabled (Li)"},
    {DGX, "host.bios.preboot_dma", W, "off", "ControlIommu Disable"},
    {DGX, "host.bios.password", U, "not_shown", "AdminPassword"},
    {DGX, "host.bios.csm", U, "absent", "csm"},
    {DGX, "host.bmc.time", U, "no_ntp", "NTP"},
    /* inventories: nothing of the BMC's own, and Secure Boot off everywhere */
    {DELL, "host.bios.secureboot", F, "off", "DeployedMode"},
    {HPE, "host.bios.secureboot", F, "off", "UserMode"},
    {LENOVO, "host.bios.secureboot", F, "off", "UserMode"},
    {GB200, "host.bios.secureboot", F, "setup_mode", "SetupMode"},
    {GH200, "host.bios.secureboot", F, "setup_mode", "SetupMode"},
    {GH200, "host.bmc.vmedia", F, "override", "Continuous"},
    {DELL, "host.bios.vtd", U, "not_offered", "Bios"},
    {HPE, "host.bios.drift", U, "not_offered", "Bios"},
    {LENOVO, "host.bmc.time", U, "not_offered", "manager"},
};

/* The captures, each as the TEE that its processor would have. */
static const struct {
	const char *file;
	enum gh_tee tee;
} files[] = {
    {SMC, T}, {DGX, T}, {DELL, T}, {HPE, S}, {LENOVO, T}, {GB200, T}, {GH200, T}};

/* Every PASS of the judges of BMC and BIOS on any capture, and why it is one. A PASS that is
 * not here is a wrong one. */
static const struct {
	const char *file, *id;
} passes[] = {
    /* VT-d Enable, and interrupt remapping Auto, which is on where VT-d is */
    {SMC, "host.bios.vtd"},
    /* decoding Enabled, 1024G a window: eight times 128 GiB */
    {SMC, "host.bios.sriov_above4g"},
    /* CpuPaLimit Disable: there is no limit */
    {DGX, "host.bios.pa46"},
    /* VTdSupport Enable; this BIOS has no setting of interrupt remapping */
    {DGX, "host.bios.vtd"},
    /* records only: EnableGlobalIntegrity Disabled is Li */
    {DGX, "host.bios.meminteg"},
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
	assert_non_null(j);
	assert_int_equal(0, gh_redfish_tree_load(t, j, NULL));
	assert_true(t->n > 20 && t->read_at == 0);
	return true;
}

static void judge(struct gh_result *out, const struct gh_redfish_tree *t, enum gh_tee tee)
{
	struct gh_host host = fleet_host(tee);
	struct gh_sources src = {.host = &host, .bmc = t, .at = AT};

	memset(out, 0, sizeof(*out));
	assert_int_equal(0, gh_checks_run(out, cat, &src, NULL));
}

static void test_rows_when_captured_then_as_the_manifest_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(rows); i++) {
		gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
		const struct gh_finding *f;
		struct gh_result r;
		char code[128] = "";

		if (!capture(&t, rows[i].file))
			skip();
		judge(&r, &t, T);
		f = gh_findings_get(&r.findings, NULL, rows[i].id);
		assert_non_null(f);
		if (rows[i].reason[0])
			snprintf(code, sizeof(code), "%s.%s", rows[i].id, rows[i].reason);
		if (f->verdict != rows[i].verdict || strcmp(f->code, code) != 0)
			print_error("%s: %s is %s %s: %s %s\n", rows[i].file, f->step,
			    gh_verdict_word(f->verdict), f->code, f->observed, f->why);
		assert_int_equal(rows[i].verdict, f->verdict);
		assert_string_equal(code, f->code);
		assert_non_null(
		    strstr(f->verdict == U ? f->why : f->observed, rows[i].shows));
		gh_result_free(&r);
	}
}

static bool may_pass(const char *file, const char *id)
{
	for (size_t i = 0; i < GH_COUNT(passes); i++)
		if (!strcmp(passes[i].file, file) && !strcmp(passes[i].id, id))
			return true;
	return false;
}

static bool of_bmc_or_bios(const char *id)
{
	if (!strcmp(id, "host.bmc.reach")) /* says only that there is a reading */
		return false;
	return !strncmp(id, "host.bmc.", 9) || !strncmp(id, "host.bios.", 10) ||
	       !strcmp(id, "host.boot.spi");
}

static size_t count_passes(const struct gh_result *r, const char *file)
{
	size_t n = 0;

	for (size_t k = 0; k < r->findings.n; k++) {
		const struct gh_finding *f = &r->findings.at[k];

		if (!of_bmc_or_bios(f->step) || f->verdict != GH_PASS)
			continue;
		if (!may_pass(file, f->step))
			fail_msg("%s: %s passes: %s", file, f->step, f->observed);
		n++;
	}
	return n;
}

/* Counted both ways, so that the list above can neither lack a pass nor promise one. */
static void test_captures_when_of_any_vendor_then_no_other_pass(void **state)
{
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < GH_COUNT(files); i++) {
		gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
		struct gh_result r;

		if (!capture(&t, files[i].file))
			skip();
		judge(&r, &t, files[i].tee);
		n += count_passes(&r, files[i].file);
		gh_result_free(&r);
	}
	assert_int_equal(GH_COUNT(passes), n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows_when_captured_then_as_the_manifest_says),
	    cmocka_unit_test(test_captures_when_of_any_vendor_then_no_other_pass),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
