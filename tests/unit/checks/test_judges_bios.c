/* SPDX-License-Identifier: Apache-2.0
 * The judges of BIOS settings: one spoilt setting fails with its code, whatever its vendor
 * calls it, and what is hidden or not shown never passes. */
#include "bmc_judge.h"

static const struct spoilt spoilts[] = {
    {"host.bios.tme", T, BIOS, ATTR "MemoryEncryption_TME__3C77", "'Disabled'", F, "off"},
    {"host.bios.tme", T, BIOS, ATTR "MemoryEncryption_TME__3C77", "'Auto'", U, "auto"},
    {"host.bios.tme", T, BIOS, ATTR "MemoryEncryption_TME__3C77", "'Maybe'", U, "value"},
    {"host.bios.tme", T, BIOS, ATTR "MemoryEncryption_TME__3C77", NULL, U, "absent"},
    {"host.bios.tme", T, BIOS, ATTR "MemoryEncryption_TME__3C99", "'Disabled'", U,
	"ambiguous"},
    {"host.bios.tme", T, BIOS, ATTR "MemoryEncryption_TME__3C99", "'Enabled'", P, NULL},
    {"host.bios.tme", T, BIOS, NULL, NULL, U, "not_offered"},
    {"host.bios.tme", T, BIOS, "Attributes", "[]", U, "absent"},
    {"host.bios.pa46", T, BIOS, ATTR "LimitCPUPAto46Bits_F319", "'Enable'", F, "on"},
    {"host.bios.pa46", T, BIOS, ATTR "LimitCPUPAto46Bits_F319", NULL, P, NULL},
    {"host.bios.pa46", T, BIOS, ATTR "LimitCPUPAto46Bits_F319", "false", P, NULL},
    {"host.bios.pa46", T, BIOS, "Attributes", "{}", U, "absent"},
    {"host.bios.tme_mt", T, BIOS, ATTR "TotalMemoryEncryptionMulti_Tenant_TME_MT__F31B",
	"'Disabled'", F, "off"},
    {"host.bios.tme_mt", T, BIOS, ATTR "TotalMemoryEncryptionMulti_Tenant_TME_MT__F31B",
	NULL, U, "absent"},
    {"host.bios.tme_mt", T, BIOS, ATTR "TME_MT_TDXKeySplit_F31D", "0", F, "split"},
    {"host.bios.tme_mt", T, BIOS, ATTR "TME_MT_TDXKeySplit_F31D", "'3'", P, NULL},
    {"host.bios.tme_mt", T, BIOS, ATTR "TME_MT_TDXKeySplit_F31D", "-1", U, "value"},
    {"host.bios.tme_mt", T, BIOS, ATTR "TME_MT_TDXKeySplit_F31D", NULL, U, "absent"},
    {"host.bios.tdx", T, BIOS, ATTR "TrustDomainExtension_TDX__3C79", "'Disabled'", F,
	"off"},
    {"host.bios.tdx", T, BIOS, ATTR "TrustDomainExtension_TDX__3C79", NULL, U, "absent"},
    {"host.bios.tdx", T, BIOS, ATTR "TDXSecureArbitrationModeLoader_SEAMLoader__3C7A",
	"'Disabled'", F, "seam_loader"},
    {"host.bios.sgx", T, BIOS, ATTR "SWGuardExtensions_SGX__F308", "'Disabled'", F,
	"off"},
    {"host.bios.sgx", T, BIOS, ATTR "SWGuardExtensions_SGX__F308", NULL, U, "absent"},
    {"host.bios.sgx", T, BIOS, ATTR "SGXFactoryReset_3C80", "'Enabled'", F,
	"factory_reset"},
    {"host.bios.sgx", T, BIOS, ATTR "SGXAutoMPRegistration_3C81", "'Disabled'", F,
	"registration"},
    {"host.bios.sgx", T, BIOS, ATTR "PRMSizeforSGX_3C82", "'No valid PRMRR size'", F,
	"prm_size"},
    {"host.bios.sgx", T, BIOS, ATTR "PRMSizeforSGX_3C82", "'0G'", F, "prm_size"},
    {"host.bios.sgx", T, BIOS, ATTR "PRMSizeforSGX_3C82", "'Auto'", U, "auto"},
    {"host.bios.meminteg", T, BIOS, ATTR "MemoryIntegrity_F31A", "'Enabled'", P, NULL},
    {"host.bios.meminteg", T, BIOS, ATTR "MemoryIntegrity_F31A", NULL, U, "absent"},
    {"host.bios.smee", S, BIOS, ATTR "SMEE_003E", "'Disabled'", F, "off"},
    {"host.bios.smee", S, BIOS, ATTR "SMEE_003E", "'Auto'", U, "auto"},
    {"host.bios.snp", S, BIOS, ATTR "SEV_SNPSupport_01A7", "'Disabled'", F, "off"},
    {"host.bios.snp", S, BIOS, ATTR "SNPMemory_RMPTable_Coverage_003C", "'Disabled'", F,
	"coverage"},
    {"host.bios.snp", S, BIOS, ATTR "SNPMemory_RMPTable_Coverage_003C", "'Custom'", U,
	"value"},
    {"host.bios.asid", S, BIOS, ATTR "SEV_ESASIDSpaceLimit_700C", "1", F, "few"},
    {"host.bios.asid", S, BIOS, ATTR "SEV_ESASIDSpaceLimit_700C", "2", P, NULL},
    {"host.bios.asid", S, BIOS, ATTR "SEV_ESASIDSpaceLimit_700C", "true", U, "value"},
    {"host.bios.vtd", T, BIOS, ATTR "IntelVTforDirectedI_O_VT_d__1E32", "'Disable'", F,
	"off"},
    {"host.bios.vtd", T, BIOS, ATTR "InterruptRemapping_1E37", "'Disable'", F,
	"interrupt_remapping"},
    {"host.bios.vtd", T, BIOS, ATTR "InterruptRemapping_1E37", NULL, P, NULL},
    {"host.bios.vtd", S, BIOS, ATTR "IOMMU_0196", "'Disabled'", F, "off"},
    {"host.bios.vtd", S, BIOS, ATTR "IOMMU_0196", NULL, U, "absent"},
    {"host.bios.acs", T, BIOS, ATTR "PCIeACSCTL_1E3C", "'Disable'", W, "off"},
    {"host.bios.acs", S, BIOS, ATTR "ACSEnable_0197", NULL, U, "absent"},
    {"host.bios.preboot_dma", T, BIOS, ATTR "Pre_bootDMAProtection_1E36", "'Disable'", W,
	"off"},
    {"host.bios.preboot_dma", T, BIOS, ATTR "Pre_bootDMAProtection_1E36", NULL, U,
	"absent"},
    {"host.bios.secureboot", T, SB, "SecureBootMode", "'SetupMode'", F, "setup_mode"},
    {"host.bios.secureboot", T, SB, "SecureBootMode", "'AuditMode'", F, "audit_mode"},
    {"host.bios.secureboot", T, SB, "SecureBootMode", "'DeployedMode'", P, NULL},
    {"host.bios.secureboot", T, SB, "SecureBootMode", NULL, U, "mode"},
    {"host.bios.secureboot", T, SB, "SecureBootCurrentBoot", "'Disabled'", F, "off"},
    {"host.bios.secureboot", T, SB, "SecureBootCurrentBoot", NULL, U, "absent"},
    {"host.bios.secureboot", T, SB, "SecureBootEnable", "false", W, "pending_off"},
    {"host.bios.secureboot", T, SB, "SecureBootEnable", "'true'", U, "absent"},
    {"host.bios.csm", T, BIOS, ATTR "CSMSupport_0121", "'Enabled'", W, "on"},
    {"host.bios.csm", T, BIOS, ATTR "CSMSupport_0121", NULL, U, "absent"},
    {"host.bios.password", T, BIOS, ATTR "AdministratorPassword_0117", "''", W, "unset"},
    {"host.bios.password", T, BIOS, ATTR "AdministratorPassword_0117", "null", U,
	"not_shown"},
    {"host.bios.password", T, BIOS, ATTR "AdministratorPassword_0117", "'hunter2'", U,
	"not_shown"},
    {"host.bios.password", T, BIOS, ATTR "AdministratorPassword_0117", NULL, U, "absent"},
    {"host.bios.sriov_above4g", T, BIOS, ATTR "Above4GDecoding_0041", "'Disabled'", F,
	"off"},
    {"host.bios.sriov_above4g", T, BIOS, ATTR "MMIOHighGranularitySize_0046", "'256G'", W,
	"small"},
    {"host.bios.sriov_above4g", T, BIOS, ATTR "MMIOHighGranularitySize_0046", "'1T'", P,
	NULL},
    {"host.bios.sriov_above4g", T, BIOS, ATTR "MMIOHighGranularitySize_0046", NULL, U,
	"absent"},
    {"host.bios.drift", T, BIOS, ATTR "PCIeACSCTL_1E3C", "'Disable'", W, "changed"},
    {"host.bios.drift", T, BIOS, ATTR "BootupNumLockState_002F", "'Off'", P, NULL},
    {"host.bios.drift", T, BIOS "/SD", "Attributes",
	"{'MemoryEncryption_TME__3C77':'Disabled'}", W, "pending"},
    {"host.bios.drift", T, BIOS "/SD", "Attributes",
	"{'MemoryEncryption_TME__3C77':'Enabled'}", P, NULL},
    {"host.bios.drift", T, BIOS "/SD", "Attributes", "{'Unheard_0001':1}", W, "pending"},
    {"host.bios.drift", T, BIOS "/SD", NULL, NULL, U, "pending_unread"},
    {"host.bios.drift", T, BIOS, "Attributes", "{}", U, "absent"},
};

static void test_each_check_when_spoilt_then_its_own_code(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(spoilts); i++)
		spoil_one(&spoilts[i]);
}

/* host.bios.meminteg only records. */
static void test_spoilt_table_when_read_then_covers_every_check(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(mine); i++)
		if (strncmp(mine[i], "host.bios.", 10) == 0 &&
		    strcmp(mine[i], "host.bios.meminteg") != 0)
			assert_true(covers(spoilts, GH_COUNT(spoilts), mine[i]));
}

/* The chain of TDX settings: what is off above hides, and fails, what is below. */
static void test_tdx_settings_when_a_parent_is_off_then_parent_off(void **state)
{
	static const char *const child[] = {
	    "TotalMemoryEncryptionMulti_Tenant_TME_MT__F31B", "TME_MT_TDXKeySplit_F31D",
	    "TrustDomainExtension_TDX__3C79",
	    "TDXSecureArbitrationModeLoader_SEAMLoader__3C7A",
	    "SWGuardExtensions_SGX__F308", "SGXFactoryReset_3C80",
	    "SGXAutoMPRegistration_3C81", "PRMSizeforSGX_3C82", "MemoryIntegrity_F31A"};
	static const struct {
		const char *id;
		enum gh_verdict verdict;
	} row[] = {{"host.bios.tme_mt", F}, {"host.bios.tdx", F}, {"host.bios.sgx", F},
	    {"host.bios.meminteg", W}};
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};

	(void)state;
	bmc_healthy(&t, T);
	bmc_set(&t, BIOS, ATTR "MemoryEncryption_TME__3C77", "'Disabled'");
	for (size_t i = 0; i < GH_COUNT(child); i++)
		json_object_del(
		    json_object_get(gh_redfish_get(&t, BIOS), "Attributes"), child[i]);
	for (size_t i = 0; i < GH_COUNT(row); i++) {
		struct gh_result r;
		const struct gh_finding *f = one(&r, &t, T, row[i].id);

		assert_int_equal(row[i].verdict, f->verdict);
		assert_non_null(strstr(f->code, ".parent_off"));
		assert_non_null(
		    strstr(f->observed, "MemoryEncryption_TME__3C77 Disabled"));
		gh_result_free(&r);
	}
}

/* The 46-bit limit greys TME-MT out. */
static void test_tme_mt_when_limit_hides_it_then_parent_off(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	struct gh_result r;
	const struct gh_finding *f;

	(void)state;
	bmc_healthy(&t, T);
	bmc_set(&t, BIOS, ATTR "LimitCPUPAto46Bits_F319", "'Enable'");
	bmc_set(&t, BIOS, ATTR "TotalMemoryEncryptionMulti_Tenant_TME_MT__F31B", NULL);
	f = one(&r, &t, T, "host.bios.tme_mt");
	assert_string_equal("host.bios.tme_mt.parent_off", f->code);
	assert_non_null(strstr(f->observed, "LimitCPUPAto46Bits_F319 Enable"));
	gh_result_free(&r);
}

/* Other vendors' names for the same settings. */
static void test_settings_when_named_by_other_vendors_then_found(void **state)
{
	static const struct {
		enum gh_bios_setting setting;
		const char *name, *value;
		enum gh_bios_state state;
	} row[] = {
	    {GH_BIOS_TME, "MemoryEncryption(TME)#3C36", "'Enabled'", GH_BIOS_ON},
	    {GH_BIOS_TME, "MemoryEncryption_TME_", "'Enabled'", GH_BIOS_ON},
	    {GH_BIOS_TME, "EnableTme", "'Disabled'", GH_BIOS_OFF},
	    {GH_BIOS_TME, "MemoryEncryption", "'MultipleKeys'", GH_BIOS_ON},
	    {GH_BIOS_TME, "MemoryEncryption", "'SingleKey'", GH_BIOS_ON},
	    {GH_BIOS_TME_MT, "MemoryEncryption", "'MultipleKeys'", GH_BIOS_ON},
	    {GH_BIOS_TME_MT, "MemoryEncryption", "'SingleKey'", GH_BIOS_OFF},
	    {GH_BIOS_TME_MT, "MemoryEncryption", "'Enabled'", GH_BIOS_OFF},
	    {GH_BIOS_TME_MT, "MemoryEncryption_TME__3C77", "'Enabled'", GH_BIOS_ABSENT},
	    {GH_BIOS_TME, "TotalMemoryEncryption(TME)Bypass#3C37", "'Auto'",
		GH_BIOS_ABSENT},
	    {GH_BIOS_TME_MT, "TotalMemoryEncryptionMulti-Tenant(TME-MT)#F31B",
		"'Enabled'", GH_BIOS_ON},
	    {GH_BIOS_PA46, "Processors_LimitCPUPAto46bits", "'Disabled'", GH_BIOS_OFF},
	    {GH_BIOS_PA46, "CpuPaLimit", "'Disable'", GH_BIOS_OFF},
	    {GH_BIOS_TDX, "TrustDomainExtensions_TDX_", "'Enabled'", GH_BIOS_ON},
	    {GH_BIOS_TDX, "Processors_TrustDomainExtensionTDX", "'Enabled'", GH_BIOS_ON},
	    {GH_BIOS_TDX, "EnableTdxSeamldr", "'Enabled'", GH_BIOS_ABSENT},
	    {GH_BIOS_SEAM, "EnableTdxSeamldr", "'Enabled'", GH_BIOS_ON},
	    {GH_BIOS_SGX, "IntelSgx", "'On'", GH_BIOS_ON},
	    {GH_BIOS_SGX, "SgxQoS", "'Enabled'", GH_BIOS_ABSENT},
	    {GH_BIOS_SGX_PRM, "PrmSize", "'256M'", GH_BIOS_ABSENT},
	    {GH_BIOS_SMEE, "CbsCmnCpuSmee", "'CbsCmnCpuSmeeEnabled'", GH_BIOS_ON},
	    {GH_BIOS_SMEE, "Memory_SMEE", "'Enabled'", GH_BIOS_ON},
	    {GH_BIOS_SNP, "SEV-SNPSupport#01A7", "'Enabled'", GH_BIOS_ON},
	    {GH_BIOS_SNP, "Snp", "'Disabled'", GH_BIOS_OFF},
	    {GH_BIOS_SNP_COVERAGE, "SNPMemory(RMPTable)Coverage#003C", "'Enabled'",
		GH_BIOS_ON},
	    {GH_BIOS_CSM, "BootMode", "'Uefi'", GH_BIOS_OFF},
	    {GH_BIOS_CSM, "BootMode", "'LegacyBios'", GH_BIOS_ON},
	    {GH_BIOS_SMEE, "SMEE_003", "'Enabled'", GH_BIOS_ABSENT},
	    {GH_BIOS_SMEE, "SMEE003E", "'Enabled'", GH_BIOS_ABSENT},
	    {GH_BIOS_SMEE, "SMEE_003E_extra", "'Enabled'", GH_BIOS_ABSENT},
	    {GH_BIOS_SMEE, "SME", "'Enabled'", GH_BIOS_ON},
	    {GH_BIOS_SMEE, "", "'Enabled'", GH_BIOS_ABSENT},
	    {GH_BIOS_SMEE, "____", "'Enabled'", GH_BIOS_ABSENT},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(row); i++) {
		json_t *o = json_object();
		struct gh_bios_value v;

		json_object_set_new(o, row[i].name, bmc_json(row[i].value));
		v = gh_bios_get(o, row[i].setting);
		if (v.state != row[i].state)
			print_error("%s: %s is %d\n", gh_bios_word(row[i].setting),
			    row[i].name, (int)v.state);
		assert_int_equal(row[i].state, v.state);
		json_decref(o);
	}
}

static void test_number_when_read_then_gib_and_counts(void **state)
{
	static const struct {
		const char *json;
		bool ok;
		uint64_t n;
	} row[] = {{"1024", true, 1024}, {"'1024G'", true, 1024}, {"'4T'", true, 4096},
	    {"'256M'", true, 1}, {"'2048M'", true, 2}, {"'0M'", true, 0},
	    {"'509 ASIDs'", true, 509}, {"-1", false, 0}, {"'Auto'", false, 0},
	    {"''", false, 0}, {"true", false, 0}, {"1.5", false, 0},
	    {"'99999999999999999999'", false, 0}, {"'9999999999'", false, 0}};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(row); i++) {
		json_t *v = bmc_json(row[i].json);
		uint64_t n = 0;

		assert_int_equal(row[i].ok, gh_bios_number(v, &n));
		if (row[i].ok)
			assert_int_equal(row[i].n, n);
		json_decref(v);
	}
}

static void test_settings_hash_when_suffix_changes_then_the_same(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	gh_auto(struct gh_buf, gh_buf_free) list = {0};
	char before[65], after[65];

	(void)state;
	bmc_healthy(&t, T);
	assert_int_equal(0, gh_bios_settings_sha256(&t, before));
	bmc_set(&t, BIOS, ATTR "MemoryEncryption_TME__3C77", NULL);
	bmc_set(&t, BIOS, ATTR "MemoryEncryption_TME__4D01", "'Enable'");
	bmc_set(&t, BIOS, ATTR "AdministratorPassword_0117", "null");
	assert_int_equal(0, gh_bios_settings_sha256(&t, after));
	assert_string_equal(before, after);
	assert_int_equal(0, gh_bios_settings_list(&t, &list, NULL));
	assert_non_null(strstr(gh_buf_cstr(&list), "\ntme=on\n"));
	assert_non_null(strstr(gh_buf_cstr(&list), "\nkey_split=1\n"));
	assert_null(strstr(gh_buf_cstr(&list), "assword"));
	bmc_set(&t, BIOS, ATTR "MemoryEncryption_TME__4D01", "'Disabled'");
	assert_int_equal(0, gh_bios_settings_sha256(&t, after));
	assert_string_not_equal(before, after);
	assert_int_equal(-1, gh_bios_settings_sha256(NULL, after));
	bmc_gone(&t, BIOS);
	assert_int_equal(-1, gh_bios_settings_sha256(&t, after));
}

/* The one place where the list itself is pinned says which setting moved. */
static void test_drift_when_changed_then_names_what(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	gh_auto(struct gh_enrolment, gh_enrolment_free) bare = {0};
	struct gh_sources src = {.enrolled = &bare};
	const struct gh_finding *f;
	struct gh_result r;

	(void)state;
	bmc_healthy(&t, T);
	bmc_set(&t, BIOS, ATTR "PCIeACSCTL_1E3C", "'Disable'");
	f = one(&r, &t, T, "host.bios.drift");
	assert_non_null(strstr(f->observed, "now acs=off"));
	assert_non_null(strstr(f->observed, "was acs=on"));
	gh_result_free(&r);
	judge_with(&r, &t, T, &src);
	f = gh_findings_get(&r.findings, "gpu-a", "host.bios.drift");
	assert_string_equal("host.bios.drift.not_enrolled", f->code);
	gh_result_free(&r);
}

/* Where Secure Boot is off the catalogue's warning becomes a blocker (docs/checks.md). */
static void test_secureboot_when_off_then_blocks(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	const struct gh_finding *f;
	struct gh_result r;

	(void)state;
	bmc_healthy(&t, T);
	f = one(&r, &t, T, "host.bios.secureboot");
	assert_int_equal(GH_SEV_WARN, f->severity);
	gh_result_free(&r);
	bmc_set(&t, SB, "SecureBootMode", "'SetupMode'");
	f = one(&r, &t, T, "host.bios.secureboot");
	assert_int_equal(GH_SEV_BLOCKER, f->severity);
	assert_int_equal(GH_FAIL, f->verdict);
	gh_result_free(&r);
}

static void test_settings_when_thousands_then_refused_not_slow(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	char name[80], hex[65];
	json_t *o = json_object();

	(void)state;
	bmc_healthy(&t, T);
	for (int i = 0; i < 20000; i++) {
		snprintf(name, sizeof(name), "%*sTME_MT_TDXKeySplit_%04X", i % 20, "", i);
		json_object_set_new(o, name, json_integer(i));
	}
	json_object_set_new(
	    (json_t *)(uintptr_t)gh_redfish_get(&t, BIOS), "Attributes", o);
	assert_int_equal(-1, gh_bios_settings_sha256(&t, hex));
	struct gh_result r;
	assert_int_equal(GH_UNKNOWN, one(&r, &t, T, "host.bios.tme_mt")->verdict);
	gh_result_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_each_check_when_spoilt_then_its_own_code),
	    cmocka_unit_test(test_spoilt_table_when_read_then_covers_every_check),
	    cmocka_unit_test(test_tdx_settings_when_a_parent_is_off_then_parent_off),
	    cmocka_unit_test(test_tme_mt_when_limit_hides_it_then_parent_off),
	    cmocka_unit_test(test_settings_when_named_by_other_vendors_then_found),
	    cmocka_unit_test(test_number_when_read_then_gib_and_counts),
	    cmocka_unit_test(test_settings_hash_when_suffix_changes_then_the_same),
	    cmocka_unit_test(test_drift_when_changed_then_names_what),
	    cmocka_unit_test(test_secureboot_when_off_then_blocks),
	    cmocka_unit_test(test_settings_when_thousands_then_refused_not_slow),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
