/* SPDX-License-Identifier: Apache-2.0
 * Every judge that reads the BMC itself and the BIOS settings: a healthy BMC passes, one
 * spoilt member fails with its code, and without its source it is UNKNOWN. */
#include "bmc_host.h"
#include "checks/judge.h"
#include "host_text.h"

#define T       GH_TEE_TDX
#define S       GH_TEE_SNP
#define P       GH_PASS
#define F       GH_FAIL
#define W       GH_WARN
#define U       GH_UNKNOWN
#define BIOS    BMC_SYS "/Bios"
#define ATTR    "Attributes/"
#define ACCOUNT BMC_ACC "/Accounts/3"
#define ADMIN   BMC_ACC "/Accounts/2"
#define ENTRY   BMC_SYS "/LogServices/Log1/Entries/2"
#define HOSTIF  BMC_MGR "/HostInterfaces/1"
#define SB      BMC_SYS "/SecureBoot"

static const char *const mine[] = {"host.bmc.cred", "host.bmc.syslockdown",
    "host.bmc.kcs", "host.bmc.hostif", "host.bmc.ipmi_lan", "host.bmc.time",
    "host.bmc.vmedia", "host.bmc.sel", "host.boot.spi", "host.bios.tme", "host.bios.pa46",
    "host.bios.tme_mt", "host.bios.tdx", "host.bios.sgx", "host.bios.meminteg",
    "host.bios.smee", "host.bios.snp", "host.bios.asid", "host.bios.vtd", "host.bios.acs",
    "host.bios.preboot_dma", "host.bios.secureboot", "host.bios.csm",
    "host.bios.password", "host.bios.sriov_above4g", "host.bios.drift"};

static const struct spoilt {
	const char *id;
	enum gh_tee tee;
	const char *path;
	const char *member; /* NULL = the BMC does not offer the resource */
	const char *value;  /* NULL = the member is not there */
	enum gh_verdict verdict;
	const char *reason; /* code is id.reason; NULL = passes */
} spoilts[] = {
    {"host.bmc.cred", T, ADMIN, "Enabled", "true", P, NULL},
    {"host.bmc.cred", T, ACCOUNT, "PasswordChangeRequired", "true", W,
	"factory_password"},
    {"host.bmc.cred", T, ACCOUNT, "Enabled", "false", U, "no_account"},
    {"host.bmc.cred", T, ACCOUNT, "Enabled", "'true'", U, "malformed"},
    {"host.bmc.cred", T, ACCOUNT, "UserName", NULL, U, "malformed"},
    {"host.bmc.cred", T, ADMIN, NULL, NULL, U, "unread"},
    {"host.bmc.cred", T, BMC_ACC "/Accounts", NULL, NULL, U, "not_offered"},
    {"host.bmc.cred", T, BMC_ACC "/Accounts", "Members", "{}", U, "malformed"},
    {"host.bmc.cred", T, BMC_ACC "/Accounts", "Members@odata.count", "4", U, "unread"},
    {"host.bmc.syslockdown", T, BMC_OEM "/SysLockdown", "SysLockdownEnabled", "false", W,
	"off"},
    {"host.bmc.syslockdown", T, BMC_OEM "/SysLockdown", "SysLockdownEnabled", "'true'", U,
	"malformed"},
    {"host.bmc.syslockdown", T, BMC_OEM "/SysLockdown", NULL, NULL, U, "not_offered"},
    {"host.bmc.kcs", T, BMC_OEM "/KCSInterface", "Privilege", "'User'", P, NULL},
    {"host.bmc.kcs", T, BMC_OEM "/KCSInterface", "Privilege", "'Administrator'", W,
	"privilege"},
    {"host.bmc.kcs", T, BMC_OEM "/KCSInterface", "Privilege", "'Operator'", W,
	"privilege"},
    {"host.bmc.kcs", T, BMC_OEM "/KCSInterface", "Privilege", "7", U, "absent"},
    {"host.bmc.hostif", T, HOSTIF, "InterfaceEnabled", "true", W, "on"},
    {"host.bmc.hostif", T, HOSTIF, "InterfaceEnabled", "0", U, "unread"},
    {"host.bmc.hostif", T, BMC_MGR "/HostInterfaces", NULL, NULL, U, "not_offered"},
    {"host.bmc.ipmi_lan", T, BMC_MGR "/NetworkProtocol", "IPMI/ProtocolEnabled", "true",
	W, "on"},
    {"host.bmc.ipmi_lan", T, BMC_MGR "/NetworkProtocol", "IPMI", NULL, U, "absent"},
    {"host.bmc.time", T, BMC_MGR, "DateTime", "'2026-01-01T00:02:04Z'", W, "skew"},
    {"host.bmc.time", T, BMC_MGR, "DateTime", "'2026-01-01T00:02:03Z'", P, NULL},
    {"host.bmc.time", T, BMC_MGR, "DateTime", "'2025-12-31T23:57:59Z'", W, "skew"},
    {"host.bmc.time", T, BMC_MGR, "DateTime", "'2026-01-01T09:00:01+09:00'", P, NULL},
    {"host.bmc.time", T, BMC_MGR, "DateTime", "'yesterday'", U, "malformed"},
    {"host.bmc.time", T, BMC_MGR, "DateTime", "'9223372036854775807'", U, "malformed"},
    {"host.bmc.time", T, BMC_OEM "/NTP", "NTPEnable", "false", W, "ntp_off"},
    {"host.bmc.time", T, BMC_MGR "/NetworkProtocol", "NTP/ProtocolEnabled", "false", W,
	"ntp_off"},
    {"host.bmc.time", T, BMC_MGR, "DateTime", NULL, U, "absent"},
    {"host.bmc.vmedia", T, BMC_MGR "/VirtualMedia/CD1", "Inserted", "true", F,
	"inserted"},
    {"host.bmc.vmedia", T, BMC_MGR "/VirtualMedia/CD1", "Inserted", NULL, U, "unread"},
    {"host.bmc.vmedia", T, BMC_MGR "/VirtualMedia", NULL, NULL, U, "not_offered"},
    {"host.bmc.vmedia", T, BMC_SYS, "Boot/BootSourceOverrideEnabled", "'Once'", F,
	"override"},
    {"host.bmc.vmedia", T, BMC_SYS, "Boot/BootSourceOverrideEnabled", "'Continuous'", F,
	"override"},
    {"host.bmc.vmedia", T, BMC_SYS, "Boot/BootNext", "'Boot0007'", F, "boot_next"},
    {"host.bmc.vmedia", T, BMC_SYS, "Boot", NULL, U, "absent"},
    {"host.bmc.sel", T, ENTRY, "Severity", "'Critical'", W, "critical"},
    {"host.bmc.sel", T, ENTRY, "Message", "'General Chassis Intrusion - Assert'", W,
	"intrusion"},
    {"host.bmc.sel", T, ENTRY, "Message", "'Chassis Intrusion - Deassert'", P, NULL},
    {"host.bmc.sel", T, ENTRY, "Message", "'Uncorrectable ECC @ DIMMA1'", W,
	"uncorrectable"},
    {"host.bmc.sel", T, ENTRY, "SensorType", "'Power Supply'", P, NULL},
    {"host.bmc.sel", T, ENTRY, "Severity", NULL, U, "no_severity"},
    {"host.bmc.sel", T, ENTRY, NULL, NULL, U, "unread"},
    {"host.bmc.sel", T, BMC_SYS "/LogServices/Log1/Entries", "Members@odata.count", "900",
	U, "unread"},
    {"host.bmc.sel", T, BMC_SYS "/LogServices/Log1/Entries", NULL, NULL, U,
	"not_offered"},
    {"host.bmc.sel", T, BMC_SYS "/LogServices/Log1/Entries", "Members", "7", U, "unread"},
    {"host.boot.spi", T, BMC_FW "/BIOS", "WriteProtected", "false", P, NULL},
    {"host.boot.spi", T, BMC_OEM "/SysLockdown", "SysLockdownEnabled", "false", P, NULL},
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

static struct gh_catalogue *cat;
static struct gh_enrolment enrolled[2]; /* by TEE */

/* Enrolled on the last day of November 2025 with the settings of the healthy tree. */
static void enrol(struct gh_enrolment *e, enum gh_tee tee)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	gh_auto(struct gh_buf, gh_buf_free) list = {0};
	struct gh_bytes rest, line;
	char hex[65];
	json_t *doc, *set = json_array();

	bmc_healthy(&t, tee);
	assert_int_equal(0, gh_bios_settings_sha256(&t, hex));
	assert_int_equal(0, gh_bios_settings_list(&t, &list, NULL));
	for (rest = gh_buf_view(&list); gh_text_line(&rest, &line);)
		json_array_append_new(set, json_stringn((const char *)line.p, line.len));
	doc = json_pack("{s:s, s:s, s:i, s:s, s:{s:s, s:o}}", "format",
	    "gatehouse-enrolment/1", "host", "gpu-a", "at", 1764460800, "by", "op",
	    "facts", "bios.settings_sha256", hex, "bios.settings", set);
	assert_int_equal(0, gh_enrolment_load(e, doc, NULL));
	json_decref(doc);
}

static int load(void **state)
{
	(void)state;
	enrol(&enrolled[T], T);
	enrol(&enrolled[S], S);
	return gh_catalogue_load(&cat, NULL);
}

static int unload(void **state)
{
	(void)state;
	gh_enrolment_free(&enrolled[T]);
	gh_enrolment_free(&enrolled[S]);
	gh_catalogue_free(&cat);
	return 0;
}

static void judge_with(struct gh_result *out, const struct gh_redfish_tree *t,
    enum gh_tee tee, const struct gh_sources *more)
{
	struct gh_host host = fleet_host(tee);
	struct gh_sources src = *more;

	src.host = &host;
	src.bmc = t;
	src.at = BMC_AT;
	if (!src.enrolled)
		src.enrolled = &enrolled[tee];
	memset(out, 0, sizeof(*out));
	assert_int_equal(0, gh_checks_run(out, cat, &src, NULL));
}

static void judge(struct gh_result *out, const struct gh_redfish_tree *t, enum gh_tee tee)
{
	struct gh_sources none = {0};

	judge_with(out, t, tee, &none);
}

static bool is_mine(const char *id)
{
	for (size_t i = 0; i < GH_COUNT(mine); i++)
		if (strcmp(mine[i], id) == 0)
			return true;
	return false;
}

static void assert_clean(const struct gh_finding *f)
{
	const char *text[] = {f->observed, f->why, f->remedy, f->source, f->expected};

	for (size_t i = 0; i < GH_COUNT(text); i++)
		assert_true(strpbrk(text[i], "\x1b\x07\n\x7f\xff") == NULL);
}

static void spoil_tree(struct gh_redfish_tree *t, const struct spoilt *s)
{
	if (s->member)
		bmc_set(t, s->path, s->member, s->value);
	else
		bmc_gone(t, s->path);
}

/* ---- tests ---- */

static void test_bmc_when_healthy_then_every_check_passes(void **state)
{
	(void)state;
	for (int tee = T; tee <= (int)S; tee++) {
		gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
		struct gh_result r;
		size_t n = 0;

		bmc_healthy(&t, (enum gh_tee)tee);
		judge(&r, &t, (enum gh_tee)tee);
		for (size_t i = 0; i < r.findings.n; i++) {
			const struct gh_finding *f = &r.findings.at[i];

			if (!is_mine(f->step))
				continue;
			n++;
			if (f->verdict != GH_PASS)
				print_error("%s is %s: %s %s\n", f->step,
				    gh_verdict_word(f->verdict), f->observed, f->why);
			assert_int_equal(GH_PASS, f->verdict);
			assert_true(f->observed[0] && strstr(f->source, "Redfish /"));
			assert_true(strchr(f->source, '{') == NULL);
			assert_string_equal("", f->code);
		}
		assert_int_equal(tee == (int)T ? 23 : 20, n);
		gh_result_free(&r);
	}
}

static void spoil_one(const struct spoilt *s)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	const struct gh_finding *f;
	struct gh_result r;
	char code[128] = "";

	bmc_healthy(&t, s->tee);
	spoil_tree(&t, s);
	judge(&r, &t, s->tee);
	f = gh_findings_get(&r.findings, "gpu-a", s->id);
	assert_non_null(f);
	if (s->reason)
		snprintf(code, sizeof(code), "%s.%s", s->id, s->reason);
	if (f->verdict != s->verdict || strcmp(f->code, code) != 0)
		print_error("%s, %s %s: %s '%s', expected %s '%s': %s | %s\n", s->id,
		    s->member ? s->member : s->path, s->value ? s->value : "gone",
		    gh_verdict_word(f->verdict), f->code, gh_verdict_word(s->verdict),
		    code, f->observed, f->why);
	assert_int_equal(s->verdict, f->verdict);
	assert_string_equal(code, f->code);
	assert_true(f->verdict == GH_UNKNOWN ? f->why[0] : f->observed[0]);
	gh_result_free(&r);
}

static void test_each_check_when_spoilt_then_its_own_code(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(spoilts); i++)
		spoil_one(&spoilts[i]);
}

/* meminteg records; spi needs two members at once. Both have tests below or above. */
static void test_spoilt_table_when_read_then_covers_every_check(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(mine); i++) {
		bool bad = !strcmp(mine[i], "host.bios.meminteg"), unknown = false;

		bad |= !strcmp(mine[i], "host.boot.spi");
		unknown |= !strcmp(mine[i], "host.boot.spi");
		for (size_t k = 0; k < GH_COUNT(spoilts); k++) {
			if (strcmp(spoilts[k].id, mine[i]) != 0)
				continue;
			bad |= spoilts[k].verdict == F || spoilts[k].verdict == W;
			unknown |= spoilts[k].verdict == U;
		}
		if (!bad || !unknown)
			print_error("no bad or no unknown case for %s\n", mine[i]);
		assert_true(bad && unknown);
	}
}

static void all_unknown(const struct gh_redfish_tree *t, const struct gh_sources *src,
    enum gh_tee tee, const char *reason)
{
	struct gh_result r;
	size_t n = 0;

	judge_with(&r, t, tee, src);
	for (size_t i = 0; i < r.findings.n; i++) {
		const struct gh_finding *f = &r.findings.at[i];
		char code[128];

		if (!is_mine(f->step))
			continue;
		snprintf(code, sizeof(code), "%s.%s", f->step, reason);
		assert_int_equal(GH_UNKNOWN, f->verdict);
		assert_string_equal(code, f->code);
		assert_true(f->why[0] && f->remedy[0]);
		n++;
	}
	assert_true(n >= 20);
	gh_result_free(&r);
}

static void test_all_when_no_bmc_then_unknown_and_why(void **state)
{
	struct gh_err e = {0};
	struct gh_sources none = {0}, silent = {.bmc_err = &e},
			  slow = {.bmc_pending = true};
	struct gh_redfish_tree empty = {0};

	(void)state;
	(void)gh_fail(&e, GH_E_TIMEOUT, "no answer in 60 s");
	for (int tee = T; tee <= (int)S; tee++) {
		all_unknown(NULL, &none, (enum gh_tee)tee, "no_bmc");
		all_unknown(NULL, &silent, (enum gh_tee)tee, "bmc_silent");
		all_unknown(NULL, &slow, (enum gh_tee)tee, "bmc_pending");
		all_unknown(&empty, &none, (enum gh_tee)tee, "not_offered");
	}
}

static void test_all_when_every_resource_is_404_or_refused_then_unknown(void **state)
{
	static const int status[] = {404, 401, 503, 0};

	(void)state;
	for (size_t k = 0; k < GH_COUNT(status); k++) {
		gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
		struct gh_result r;

		bmc_healthy(&t, T);
		for (size_t i = 0; i < t.n; i++) {
			/* the system and the manager stay, or no path resolves */
			if (!strcmp(t.at[i].path, BMC_SYS) ||
			    !strcmp(t.at[i].path, BMC_MGR)) {
				json_object_clear(t.at[i].body);
				continue;
			}
			json_decref(t.at[i].body);
			t.at[i].body = NULL;
			t.at[i].status = status[k];
		}
		judge(&r, &t, T);
		for (size_t i = 0; i < GH_COUNT(mine); i++) {
			const struct gh_finding *f =
			    gh_findings_get(&r.findings, "gpu-a", mine[i]);

			if (!f)
				continue;
			assert_int_equal(GH_UNKNOWN, f->verdict);
			if (strncmp(mine[i], "host.bios.", 10) == 0)
				assert_non_null(strstr(f->code,
				    status[k] == 404 ? "not_offered" : "bmc_unread"));
		}
		gh_result_free(&r);
	}
}

static void test_spi_when_neither_locked_nor_protected_then_warns(void **state)
{
	static const struct {
		const char *wp, *lock;
		enum gh_verdict verdict;
	} row[] = {{"true", "false", P}, {"false", "true", P}, {"false", "false", W},
	    {"null", "false", W}, {"false", NULL, W}, {"'true'", "null", U},
	    {NULL, NULL, U}};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(row); i++) {
		gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
		struct gh_result r;

		bmc_healthy(&t, T);
		bmc_set(&t, BMC_FW "/BIOS", "WriteProtected", row[i].wp);
		bmc_set(&t, BMC_OEM "/SysLockdown", "SysLockdownEnabled", row[i].lock);
		judge(&r, &t, T);
		assert_int_equal(row[i].verdict,
		    gh_findings_get(&r.findings, "gpu-a", "host.boot.spi")->verdict);
		gh_result_free(&r);
	}
}

static const struct gh_finding *one(
    struct gh_result *r, const struct gh_redfish_tree *t, enum gh_tee tee, const char *id)
{
	judge(r, t, tee);
	return gh_findings_get(&r->findings, "gpu-a", id);
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

static void test_hostif_when_it_makes_accounts_then_says_so(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	const struct gh_finding *f;
	struct gh_result r;

	(void)state;
	bmc_healthy(&t, T);
	bmc_set(&t, HOSTIF, "InterfaceEnabled", "true");
	bmc_set(&t, HOSTIF, "CredentialBootstrapping/Enabled", "true");
	f = one(&r, &t, T, "host.bmc.hostif");
	assert_string_equal("host.bmc.hostif.bootstrap", f->code);
	assert_non_null(strstr(f->observed, "Administrator"));
	gh_result_free(&r);
	bmc_gone(&t, HOSTIF);
	bmc_put(&t, BMC_MGR "/HostInterfaces", "{'Members':[],'Members@odata.count':0}");
	f = one(&r, &t, T, "host.bmc.hostif");
	assert_int_equal(GH_PASS, f->verdict);
	gh_result_free(&r);
}

static void test_cred_when_factory_account_then_depends_on_flag(void **state)
{
	static const struct {
		const char *flag, *code;
	} row[] = {{"false", ""}, {"true", "host.bmc.cred.factory_password"},
	    {NULL, "host.bmc.cred.no_flag"}, {"'no'", "host.bmc.cred.no_flag"}};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(row); i++) {
		gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
		struct gh_result r;

		bmc_healthy(&t, T);
		bmc_set(&t, ADMIN, "Enabled", "true");
		bmc_set(&t, ADMIN, "PasswordChangeRequired", row[i].flag);
		assert_string_equal(row[i].code, one(&r, &t, T, "host.bmc.cred")->code);
		gh_result_free(&r);
	}
}

static void test_cred_when_fleet_file_uses_factory_account_then_warns(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	struct gh_host host = fleet_host(T);
	struct gh_sources src = {.host = &host, .bmc = &t, .at = BMC_AT};
	struct gh_result r = {0};
	char user[] = "ADMIN";

	(void)state;
	bmc_healthy(&t, T);
	host.bmc_user = user;
	assert_int_equal(0, gh_checks_run(&r, cat, &src, NULL));
	assert_string_equal("host.bmc.cred.factory_login",
	    gh_findings_get(&r.findings, "gpu-a", "host.bmc.cred")->code);
	gh_result_free(&r);
}

static void test_time_when_capture_has_no_time_then_unknown_but_ntp_judged(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	struct gh_result r;

	(void)state;
	bmc_healthy(&t, T);
	t.read_at = 0;
	assert_string_equal(
	    "host.bmc.time.no_read_time", one(&r, &t, T, "host.bmc.time")->code);
	gh_result_free(&r);
	bmc_set(&t, BMC_OEM "/NTP", "NTPEnable", "false");
	assert_string_equal(
	    "host.bmc.time.ntp_off", one(&r, &t, T, "host.bmc.time")->code);
	gh_result_free(&r);
	t.read_at = BMC_AT;
	bmc_gone(&t, BMC_OEM "/NTP");
	bmc_set(&t, BMC_MGR "/NetworkProtocol", "NTP", NULL);
	assert_string_equal(
	    "host.bmc.time.no_ntp", one(&r, &t, T, "host.bmc.time")->code);
	gh_result_free(&r);
}

static void test_vmedia_when_system_has_the_collection_then_judged_there(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	struct gh_result r;

	(void)state;
	bmc_healthy(&t, T);
	bmc_gone(&t, BMC_MGR "/VirtualMedia");
	bmc_put(&t, BMC_SYS "/VirtualMedia/USB1", "{'Inserted':true,'Image':'evil.iso'}");
	bmc_collection(&t, BMC_SYS "/VirtualMedia");
	assert_string_equal(
	    "host.bmc.vmedia.inserted", one(&r, &t, T, "host.bmc.vmedia")->code);
	gh_result_free(&r);
}

/* One entry inside its collection, as most BMCs send them. */
static void inline_entry(struct gh_redfish_tree *t, const char *entry)
{
	char text[600];

	snprintf(text, sizeof(text), "{'Members':[%s],'Members@odata.count':1}", entry);
	bmc_put(t, BMC_SYS "/LogServices/Log1/Entries", text);
}

static void test_sel_when_entries_are_inline_then_by_date_and_kind(void **state)
{
	static const struct {
		const char *entry, *code;
	} row[] = {
	    {"{'Created':'2025-12-25T00:00:00Z','Severity':'Critical','Message':'x'}",
		"host.bmc.sel.critical"},
	    /* before enrolment */
	    {"{'Created':'2025-11-01T00:00:00Z','Severity':'Critical','Message':'x'}",
		""},
	    /* dates that say nothing */
	    {"{'Created':'1970-01-01T00:00:40Z','Severity':'Critical','Message':'x'}",
		"host.bmc.sel.critical"},
	    {"{'Created':'long ago','Severity':'Critical','Message':'x'}",
		"host.bmc.sel.critical"},
	    {"{'Severity':'Critical','Message':'x'}", "host.bmc.sel.critical"},
	    {"{'Severity':'Warning','Message':'Power Supply 3 AC lost'}",
		"host.bmc.sel.psu"},
	    {"{'MessageSeverity':'Critical','Message':'Power Supply 3 failure'}",
		"host.bmc.sel.psu"},
	    {"{'Severity':'OK','Message':'Power Supply 3 present'}", ""},
	    {"{'Severity':'OK','Message':'Uncorrectable ECC'}",
		"host.bmc.sel.uncorrectable"},
	    {"{'Severity':'OK','SensorType':'Physical Chassis INTRUSION','Message':'y'}",
		"host.bmc.sel.intrusion"},
	    {"{'Message':'hello'}", "host.bmc.sel.no_severity"},
	    {"{'Severity':7,'Message':'hello'}", "host.bmc.sel.no_severity"},
	    {"7", "host.bmc.sel.unread"},
	    {"{'@odata.id':'/redfish/v1/Nowhere'}", "host.bmc.sel.unread"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(row); i++) {
		gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
		const struct gh_finding *f;
		struct gh_result r;

		bmc_healthy(&t, T);
		inline_entry(&t, row[i].entry);
		f = one(&r, &t, T, "host.bmc.sel");
		if (strcmp(row[i].code, f->code) != 0)
			print_error("%s: %s\n", row[i].entry, f->code);
		assert_string_equal(row[i].code, f->code);
		gh_result_free(&r);
	}
}

/* A log longer than what is kept of it: enough when it reaches back to enrolment. */
static void test_sel_when_cut_then_passes_only_when_it_reaches_back(void **state)
{
#define OLD "{'Created':'2025-11-01T00:00:00Z','Severity':'OK'}"
#define NEW "{'Created':'2025-12-25T00:00:00Z','Severity':'OK'}"
	static const struct {
		const char *entries;
		enum gh_verdict verdict;
	} row[] = {
	    {"{'Members@odata.count':900,'Members':[" OLD "," NEW "]}", P},
	    {"{'Members@odata.count':900,'Members':[" NEW "," NEW "]}", U},
	    /* more pages: only a list that begins with the newest has shown them */
	    {"{'Members@odata.count':900,'Members':[" NEW "," OLD
	     "],'Members@odata.nextLink':'/x'}",
		P},
	    {"{'Members@odata.count':900,'Members':[" OLD "," NEW
	     "],'Members@odata.nextLink':'/x'}",
		U},
	    {"{'Members@odata.count':900,'Members':[" OLD "," OLD
	     "],'@odata.nextLink':'/x'}",
		U},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(row); i++) {
		gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
		struct gh_result r;

		bmc_healthy(&t, T);
		bmc_put(&t, BMC_SYS "/LogServices/Log1/Entries", row[i].entries);
		assert_int_equal(row[i].verdict, one(&r, &t, T, "host.bmc.sel")->verdict);
		gh_result_free(&r);
	}
}

/* One log of two could not be read: what it holds is not known. */
static void test_sel_when_a_log_is_refused_then_unknown(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	struct gh_result r;

	(void)state;
	bmc_healthy(&t, T);
	bmc_put(&t, BMC_SYS "/LogServices/Log2", "{'Id':'Log2'}");
	assert_int_equal(P, one(&r, &t, T, "host.bmc.sel")->verdict);
	gh_result_free(&r);
	assert_int_equal(0, gh_redfish_tree_put(&t, BMC_SYS "/LogServices/Log2/Entries",
				503, NULL, NULL, NULL));
	assert_string_equal("host.bmc.sel.unread", one(&r, &t, T, "host.bmc.sel")->code);
	gh_result_free(&r);
}

static void test_sel_when_never_enrolled_then_thirty_days(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	gh_auto(struct gh_enrolment, gh_enrolment_free) never = {0};
	struct gh_sources src = {.enrolled = &never};
	struct gh_result r;

	(void)state;
	bmc_healthy(&t, T);
	inline_entry(&t, "{'Created':'2025-11-30T00:00:00Z','Severity':'Critical'}");
	judge_with(&r, &t, T, &src);
	assert_int_equal(
	    GH_PASS, gh_findings_get(&r.findings, "gpu-a", "host.bmc.sel")->verdict);
	gh_result_free(&r);
	inline_entry(&t, "{'Created':'2025-12-03T00:00:00Z','Severity':'Critical'}");
	judge_with(&r, &t, T, &src);
	assert_string_equal("host.bmc.sel.critical",
	    gh_findings_get(&r.findings, "gpu-a", "host.bmc.sel")->code);
	gh_result_free(&r);
}

/* ---- hostile ---- */

/* Which checks rest on that member: those whose verdict changes when it is turned round. */
struct rests {
	const char *id, *path, *object, *key;
	enum gh_tee tee;
};

static const struct rests rests[] = {
    {"host.bmc.cred", BMC_ACC "/Accounts", NULL, "Members", T},
    {"host.bmc.cred", ADMIN, NULL, "Enabled", T},
    {"host.bmc.cred", ADMIN, NULL, "UserName", T},
    {"host.bmc.cred", ACCOUNT, NULL, "Enabled", T},
    {"host.bmc.cred", ACCOUNT, NULL, "UserName", T},
    {"host.bmc.syslockdown", BMC_OEM "/SysLockdown", NULL, "SysLockdownEnabled", T},
    {"host.bmc.kcs", BMC_OEM "/KCSInterface", NULL, "Privilege", T},
    {"host.bmc.hostif", BMC_MGR "/HostInterfaces", NULL, "Members", T},
    {"host.bmc.hostif", HOSTIF, NULL, "InterfaceEnabled", T},
    {"host.bmc.ipmi_lan", BMC_MGR "/NetworkProtocol", NULL, "IPMI", T},
    {"host.bmc.ipmi_lan", BMC_MGR "/NetworkProtocol", "IPMI", "ProtocolEnabled", T},
    {"host.bmc.time", BMC_MGR, NULL, "DateTime", T},
    {"host.bmc.vmedia", BMC_SYS, NULL, "Boot", T},
    {"host.bmc.vmedia", BMC_SYS, "Boot", "BootSourceOverrideEnabled", T},
    {"host.bmc.vmedia", BMC_MGR "/VirtualMedia", NULL, "Members", T},
    {"host.bmc.vmedia", BMC_MGR "/VirtualMedia/CD1", NULL, "Inserted", T},
    {"host.bmc.sel", BMC_SYS "/LogServices/Log1/Entries", NULL, "Members", T},
    {"host.bmc.sel", ENTRY, NULL, "Severity", T},
    {"host.bios.secureboot", SB, NULL, "SecureBootMode", T},
    {"host.bios.secureboot", SB, NULL, "SecureBootCurrentBoot", T},
    {"host.bios.secureboot", SB, NULL, "SecureBootEnable", T},
    {"host.bios.tme", BIOS, "Attributes", "MemoryEncryption_TME__3C77", T},
    {"host.bios.tme_mt", BIOS, "Attributes",
	"TotalMemoryEncryptionMulti_Tenant_TME_MT__F31B", T},
    {"host.bios.tme_mt", BIOS, "Attributes", "TME_MT_TDXKeySplit_F31D", T},
    {"host.bios.tdx", BIOS, "Attributes", "TrustDomainExtension_TDX__3C79", T},
    {"host.bios.tdx", BIOS, "Attributes",
	"TDXSecureArbitrationModeLoader_SEAMLoader__3C7A", T},
    {"host.bios.sgx", BIOS, "Attributes", "SWGuardExtensions_SGX__F308", T},
    {"host.bios.sgx", BIOS, "Attributes", "SGXFactoryReset_3C80", T},
    {"host.bios.sgx", BIOS, "Attributes", "SGXAutoMPRegistration_3C81", T},
    {"host.bios.sgx", BIOS, "Attributes", "PRMSizeforSGX_3C82", T},
    {"host.bios.smee", BIOS, "Attributes", "SMEE_003E", S},
    {"host.bios.snp", BIOS, "Attributes", "SEV_SNPSupport_01A7", S},
    {"host.bios.snp", BIOS, "Attributes", "SNPMemory_RMPTable_Coverage_003C", S},
    {"host.bios.asid", BIOS, "Attributes", "SEV_ESASIDSpaceLimit_700C", S},
    {"host.bios.vtd", BIOS, "Attributes", "IntelVTforDirectedI_O_VT_d__1E32", T},
    {"host.bios.vtd", BIOS, "Attributes", "IOMMU_0196", S},
    {"host.bios.acs", BIOS, "Attributes", "PCIeACSCTL_1E3C", T},
    {"host.bios.preboot_dma", BIOS, "Attributes", "Pre_bootDMAProtection_1E36", T},
    {"host.bios.csm", BIOS, "Attributes", "CSMSupport_0121", T},
    {"host.bios.password", BIOS, "Attributes", "AdministratorPassword_0117", T},
    {"host.bios.sriov_above4g", BIOS, "Attributes", "Above4GDecoding_0041", T},
    {"host.bios.sriov_above4g", BIOS, "Attributes", "MMIOHighGranularitySize_0046", T},
    {"host.bios.drift", BIOS, NULL, "Attributes", T},
    {"host.bios.drift", BIOS, "Attributes", "MemoryEncryption_TME__3C77", T},
};

#define HOSTILE 8

/* What a hostile or broken BMC may put where a value belongs. NULL = nothing. */
static json_t *hostile(size_t k)
{
	static char huge[100001];

	switch (k) {
	case 0:
		return NULL;
	case 1:
		return json_null();
	case 2:
		return json_integer(-7);
	case 3:
		return json_real(1e300);
	case 4:
		return json_pack("[s,{s:[]}]", "Enabled", "Enabled");
	case 5:
		return json_pack("{s:s}", "Enabled", "true");
	case 6:
		return json_string("\x1b]0;owned\x07\xe2\x80\xae%s%n\n\x7f Enabled");
	default:
		memset(huge, 'A', sizeof(huge) - 1);
		return json_string(huge);
	}
}

static void spoil_member(json_t *o, const char *key, size_t k)
{
	json_t *v = hostile(k);

	if (v)
		json_object_set_new(o, key, v);
	else
		json_object_del(o, key);
}

static void test_member_when_missing_or_hostile_then_its_check_never_passes(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(rests); i++) {
		for (size_t k = 0; k < HOSTILE; k++) {
			gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
			const struct gh_finding *f;
			struct gh_result r;
			json_t *o;

			bmc_healthy(&t, rests[i].tee);
			o = (json_t *)(uintptr_t)gh_redfish_get(&t, rests[i].path);
			if (rests[i].object)
				o = json_object_get(o, rests[i].object);
			assert_non_null(json_object_get(o, rests[i].key));
			spoil_member(o, rests[i].key, k);
			f = one(&r, &t, rests[i].tee, rests[i].id);
			/* a name may be any text: the account then is another */
			bool name = !strcmp(rests[i].key, "UserName") && k >= 6;
			/* a severity may be any text: it is not Critical then */
			name |= !strcmp(rests[i].key, "Severity") && k >= 6;
			if (f->verdict == GH_PASS && !name)
				print_error("%s passes with %s as %zu: %s\n", f->step,
				    rests[i].key, k, f->observed);
			assert_true(f->verdict != GH_PASS || name);
			assert_clean(f);
			gh_result_free(&r);
		}
	}
}

/* All members of all resources that these judges read, each spoilt in turn: no check may
 * come to pass that did not, nothing crashes, nothing raw comes through. */
static size_t spoil_object(struct gh_redfish_tree *t, json_t *o, const char *path)
{
	size_t n = 0;
	void *at, *next;

	for (at = json_object_iter(o); at; at = next) {
		const char *key = json_object_iter_key(at);
		json_t *was = json_incref(json_object_iter_value(at));

		next = json_object_iter_next(o, at);
		if (json_is_object(was))
			n += spoil_object(t, was, path);
		for (size_t k = 1; k < HOSTILE; k++, n++) {
			struct gh_result r;

			json_object_set_new(o, key, hostile(k));
			judge(&r, t, T);
			for (size_t i = 0; i < r.findings.n; i++)
				if (is_mine(r.findings.at[i].step))
					assert_clean(&r.findings.at[i]);
			gh_result_free(&r);
			json_object_set(o, key, was);
		}
		json_decref(was);
	}
	return n;
}

static void test_all_when_any_member_is_hostile_then_clean(void **state)
{
	static const char *const path[] = {BMC_ACC "/Accounts", ADMIN, BMC_MGR,
	    BMC_MGR "/NetworkProtocol", HOSTIF, BMC_OEM "/NTP", BMC_SYS, SB, BIOS,
	    BMC_SYS "/LogServices/Log1/Entries", ENTRY, BMC_MGR "/VirtualMedia/CD1"};
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	size_t n = 0;

	(void)state;
	bmc_healthy(&t, T);
	for (size_t i = 0; i < GH_COUNT(path); i++)
		n += spoil_object(
		    &t, (json_t *)(uintptr_t)gh_redfish_get(&t, path[i]), path[i]);
	assert_true(n > 400);
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
	    cmocka_unit_test(test_bmc_when_healthy_then_every_check_passes),
	    cmocka_unit_test(test_each_check_when_spoilt_then_its_own_code),
	    cmocka_unit_test(test_spoilt_table_when_read_then_covers_every_check),
	    cmocka_unit_test(test_all_when_no_bmc_then_unknown_and_why),
	    cmocka_unit_test(test_all_when_every_resource_is_404_or_refused_then_unknown),
	    cmocka_unit_test(test_spi_when_neither_locked_nor_protected_then_warns),
	    cmocka_unit_test(test_tdx_settings_when_a_parent_is_off_then_parent_off),
	    cmocka_unit_test(test_tme_mt_when_limit_hides_it_then_parent_off),
	    cmocka_unit_test(test_settings_when_named_by_other_vendors_then_found),
	    cmocka_unit_test(test_number_when_read_then_gib_and_counts),
	    cmocka_unit_test(test_settings_hash_when_suffix_changes_then_the_same),
	    cmocka_unit_test(test_drift_when_changed_then_names_what),
	    cmocka_unit_test(test_secureboot_when_off_then_blocks),
	    cmocka_unit_test(test_hostif_when_it_makes_accounts_then_says_so),
	    cmocka_unit_test(test_cred_when_factory_account_then_depends_on_flag),
	    cmocka_unit_test(test_cred_when_fleet_file_uses_factory_account_then_warns),
	    cmocka_unit_test(
		test_time_when_capture_has_no_time_then_unknown_but_ntp_judged),
	    cmocka_unit_test(
		test_vmedia_when_system_has_the_collection_then_judged_there),
	    cmocka_unit_test(test_sel_when_entries_are_inline_then_by_date_and_kind),
	    cmocka_unit_test(test_sel_when_cut_then_passes_only_when_it_reaches_back),
	    cmocka_unit_test(test_sel_when_a_log_is_refused_then_unknown),
	    cmocka_unit_test(test_sel_when_never_enrolled_then_thirty_days),
	    cmocka_unit_test(
		test_member_when_missing_or_hostile_then_its_check_never_passes),
	    cmocka_unit_test(test_all_when_any_member_is_hostile_then_clean),
	    cmocka_unit_test(test_settings_when_thousands_then_refused_not_slow),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
