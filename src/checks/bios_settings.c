/* SPDX-License-Identifier: Apache-2.0
 * Finds BIOS settings by the names that vendors give them. Supermicro and AMI end a name in
 * a form id that changes from one BIOS to the next (MemoryEncryption_TME__3C77, before that
 * MemoryEncryption(TME)#3C77), so names are compared without it and by letters alone. */
#include "checks/bios_settings.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "crypto/digest.h"

#define LINES_MAX 128 /* of the list: a BIOS that shows more is not one */

static const char *const words[GH_BIOS_SETTINGS] = {
    [GH_BIOS_TME] = "tme",
    [GH_BIOS_TME_BYPASS] = "tme_bypass",
    [GH_BIOS_TME_MT] = "tme_mt",
    [GH_BIOS_KEY_SPLIT] = "key_split",
    [GH_BIOS_MEM_INTEGRITY] = "memory_integrity",
    [GH_BIOS_PA46] = "limit_pa_46",
    [GH_BIOS_TDX] = "tdx",
    [GH_BIOS_SEAM] = "seam_loader",
    [GH_BIOS_SGX] = "sgx",
    [GH_BIOS_SGX_RESET] = "sgx_factory_reset",
    [GH_BIOS_SGX_REGISTRATION] = "sgx_registration",
    [GH_BIOS_SGX_PRM] = "sgx_prm_size",
    [GH_BIOS_SMEE] = "smee",
    [GH_BIOS_SNP] = "sev_snp",
    [GH_BIOS_SNP_COVERAGE] = "snp_coverage",
    [GH_BIOS_ASID_LIMIT] = "sev_es_asid_limit",
    [GH_BIOS_ASID_COUNT] = "sev_asid_count",
    [GH_BIOS_IOMMU] = "iommu",
    [GH_BIOS_INTREMAP] = "interrupt_remapping",
    [GH_BIOS_ACS] = "acs",
    [GH_BIOS_PREBOOT_DMA] = "preboot_dma",
    [GH_BIOS_CSM] = "csm",
    [GH_BIOS_SECURE_BOOT] = "secure_boot",
    [GH_BIOS_ABOVE4G] = "above_4g",
    [GH_BIOS_MMIO_BASE] = "mmio_high_base",
    [GH_BIOS_MMIO_SIZE] = "mmio_high_size",
    [GH_BIOS_SRIOV] = "sriov",
    [GH_BIOS_SMT] = "smt",
    [GH_BIOS_TXT] = "txt",
    [GH_BIOS_TPM] = "tpm",
    [GH_BIOS_NETWORK] = "network_stack",
    [GH_BIOS_KCS] = "kcs",
    [GH_BIOS_PASSWORD] = "admin_password",
};

/* Spellings by letters and digits alone, any case. One that begins with a star is found
 * anywhere in the name as it is: boards whose exact name nobody has published yet. `only`
 * is the one value that means on, where the name serves two settings (Dell's
 * MemoryEncryption: Disabled, SingleKey, MultipleKeys). */
static const struct spelling {
	enum gh_bios_setting setting;
	const char *name, *only;
} spellings[] = {
    {GH_BIOS_TME, "MemoryEncryptionTME", NULL},             /* Supermicro */
    {GH_BIOS_TME, "TotalMemoryEncryptionTME", NULL},        /* Supermicro X12 */
    {GH_BIOS_TME, "ProcessorsTotalMemoryEncryption", NULL}, /* Lenovo */
    {GH_BIOS_TME, "EnableTme", NULL},                       /* AMI, DGX */
    {GH_BIOS_TME, "MemoryEncryption", NULL},                /* Dell */
    {GH_BIOS_TME_BYPASS, "TotalMemoryEncryptionTMEBypass", NULL},
    {GH_BIOS_TME_BYPASS, "ProcessorsTotalMemoryEncryptionTMEBypass", NULL},
    {GH_BIOS_TME_BYPASS, "EnableTmeBypass", NULL},
    {GH_BIOS_TME_MT, "TotalMemoryEncryptionMultiTenantTMEMT", NULL},
    {GH_BIOS_TME_MT, "ProcessorsMultikeyTotalMemoryEncryption", NULL},
    {GH_BIOS_TME_MT, "EnableMktme", NULL},
    {GH_BIOS_TME_MT, "MemoryEncryption", "MultipleKeys"},
    {GH_BIOS_KEY_SPLIT, "*KeySplit", NULL},
    {GH_BIOS_MEM_INTEGRITY, "MemoryIntegrity", NULL},
    {GH_BIOS_MEM_INTEGRITY, "ProcessorsMemoryIntegrity", NULL},
    {GH_BIOS_MEM_INTEGRITY, "EnableGlobalIntegrity", NULL},
    {GH_BIOS_MEM_INTEGRITY, "GlbMemIntegrity", NULL},
    {GH_BIOS_PA46, "*LimitCPUPA", NULL},
    {GH_BIOS_PA46, "CpuPaLimit", NULL}, /* DGX, Dell */
    {GH_BIOS_TDX, "*TrustDomainExtension", NULL},
    {GH_BIOS_TDX, "EnableTdx", NULL},
    {GH_BIOS_TDX, "IntelTdx", NULL},
    {GH_BIOS_SEAM, "*SEAMLoader", NULL},
    {GH_BIOS_SEAM, "EnableTdxSeamldr", NULL},
    {GH_BIOS_SGX, "SWGuardExtensionsSGX", NULL},
    {GH_BIOS_SGX, "ProcessorsSWGuardExtensions", NULL},
    {GH_BIOS_SGX, "EnableSgx", NULL},
    {GH_BIOS_SGX, "IntelSgx", NULL},
    {GH_BIOS_SGX_RESET, "*SGXFactoryReset", NULL},
    {GH_BIOS_SGX_REGISTRATION, "*SGXAutoMPRegistration", NULL},
    {GH_BIOS_SGX_REGISTRATION, "*SgxAutoRegistration", NULL},
    {GH_BIOS_SGX_PRM, "*PRMSizeforSGX", NULL},
    {GH_BIOS_SGX_PRM, "*PRMRRSize", NULL},
    {GH_BIOS_SGX_PRM, "PrmSgxSize", NULL},
    {GH_BIOS_SMEE, "SMEE", NULL},
    {GH_BIOS_SMEE, "MemorySMEE", NULL},    /* Lenovo */
    {GH_BIOS_SMEE, "CbsCmnCpuSmee", NULL}, /* AMI, Cisco */
    {GH_BIOS_SMEE, "Sme", NULL},           /* Dell */
    {GH_BIOS_SNP, "SEVSNPSupport", NULL},
    {GH_BIOS_SNP, "ProcessorsSEVSNPSupport", NULL},
    {GH_BIOS_SNP, "CbsSevSnpSupport", NULL},
    {GH_BIOS_SNP, "Snp", NULL},
    {GH_BIOS_SNP_COVERAGE, "SNPMemoryRMPTableCoverage", NULL},
    {GH_BIOS_SNP_COVERAGE, "ProcessorsSNPMemoryRMPTableCoverage", NULL},
    {GH_BIOS_SNP_COVERAGE, "CbsDbgCpuSnpMemCover", NULL},
    {GH_BIOS_SNP_COVERAGE, "Rmp", NULL},
    {GH_BIOS_ASID_LIMIT, "SEVESASIDSpaceLimit", NULL},
    {GH_BIOS_ASID_LIMIT, "MemorySEVESASIDSpaceLimit", NULL},
    {GH_BIOS_ASID_LIMIT, "CbsCmnCpuSevAsidSpaceLimit", NULL},
    {GH_BIOS_ASID_LIMIT, "CpuMinSevAsid", NULL},
    {GH_BIOS_ASID_COUNT, "SEVASIDCount", NULL},
    {GH_BIOS_ASID_COUNT, "CbsCmnCpuSevAsidCount", NULL},
    {GH_BIOS_IOMMU, "IntelVTforDirectedIOVTd", NULL},
    {GH_BIOS_IOMMU, "VTdSupport", NULL},
    {GH_BIOS_IOMMU, "IntelProcVtd", NULL}, /* HPE */
    {GH_BIOS_IOMMU, "IOMMU", NULL},        /* Supermicro on AMD */
    {GH_BIOS_IOMMU, "IommuSupport", NULL}, /* Dell on AMD */
    {GH_BIOS_IOMMU, "CbsCmnGnbNbIOMMU", NULL},
    {GH_BIOS_INTREMAP, "InterruptRemapping", NULL},
    {GH_BIOS_ACS, "PCIeACSCTL", NULL},
    {GH_BIOS_ACS, "ACSEnable", NULL},
    {GH_BIOS_PREBOOT_DMA, "PrebootDMAProtection", NULL},
    {GH_BIOS_PREBOOT_DMA, "ControlIommu", NULL}, /* AMI's name of it on Intel */
    {GH_BIOS_CSM, "CSMSupport", NULL},
    {GH_BIOS_CSM, "BootMode", NULL}, /* Dell, HPE: Uefi or Bios */
    {GH_BIOS_CSM, "BootModeSelect", NULL},
    {GH_BIOS_CSM, "BootModesSystemBootMode", NULL}, /* Lenovo */
    {GH_BIOS_SECURE_BOOT, "SecureBootEnable", NULL},
    {GH_BIOS_SECURE_BOOT, "SecureBootSupport", NULL},
    {GH_BIOS_SECURE_BOOT, "SecureBoot", NULL},
    {GH_BIOS_ABOVE4G, "Above4GDecoding", NULL},
    {GH_BIOS_ABOVE4G, "MmioAbove4Gb", NULL}, /* Dell */
    {GH_BIOS_MMIO_BASE, "MMIOHighBase", NULL},
    {GH_BIOS_MMIO_SIZE, "MMIOHighGranularitySize", NULL},
    {GH_BIOS_SRIOV, "SRIOVSupport", NULL},
    {GH_BIOS_SRIOV, "SriovGlobalEnable", NULL},
    {GH_BIOS_SRIOV, "DevicesandIOPortsSRIOV", NULL},
    {GH_BIOS_SMT, "HyperThreadingALL", NULL},
    {GH_BIOS_SMT, "SMTControl", NULL},
    {GH_BIOS_SMT, "ProcessorHyperThreadingDisable", NULL},
    {GH_BIOS_SMT, "LogicalProc", NULL},
    {GH_BIOS_TXT, "TXTSupport", NULL},
    {GH_BIOS_TXT, "IntelTxt", NULL},
    {GH_BIOS_TPM, "SecurityDeviceSupport", NULL},
    {GH_BIOS_TPM, "TpmSupport", NULL},
    {GH_BIOS_TPM, "TpmSecurity", NULL},
    {GH_BIOS_NETWORK, "NetworkStack", NULL},
    {GH_BIOS_KCS, "KcsInterfaceDisable", NULL},
    {GH_BIOS_PASSWORD, "AdministratorPassword", NULL},
    {GH_BIOS_PASSWORD, "AdminPassword", NULL},
    {GH_BIOS_PASSWORD, "SetupPassword", NULL},
};

const char *gh_bios_word(enum gh_bios_setting s)
{
	return words[s];
}

/* ---- names ------------------------------------------------------------------------ */

/* What may follow the name: nothing but signs, or signs and a form id of 4 or 5 hex digits
 * in capitals. */
static bool is_suffix(const char *s)
{
	const char *start = s;
	size_t n = 0;

	while (*s && !isalnum((unsigned char)*s))
		s++;
	while (isdigit((unsigned char)s[n]) || (s[n] >= 'A' && s[n] <= 'F'))
		n++;
	return s[n] == '\0' && (n == 0 || (s > start && (n == 4 || n == 5)));
}

static bool name_is(const char *name, const char *spelling)
{
	if (spelling[0] == '*')
		return strcasestr(name, spelling + 1) != NULL;
	for (; *spelling; name++) {
		if (!isalnum((unsigned char)*name)) {
			if (*name == '\0')
				return false;
			continue;
		}
		if (tolower((unsigned char)*name) != tolower((unsigned char)*spelling))
			return false;
		spelling++;
	}
	return is_suffix(name);
}

/* ---- values ----------------------------------------------------------------------- */

static const struct {
	const char *word;
	enum gh_bios_state state;
} said[] = {
    {"Enabled", GH_BIOS_ON},
    {"Enable", GH_BIOS_ON},
    {"On", GH_BIOS_ON},
    {"Yes", GH_BIOS_ON},
    {"Disabled", GH_BIOS_OFF},
    {"Disable", GH_BIOS_OFF},
    {"Off", GH_BIOS_OFF},
    {"No", GH_BIOS_OFF},
    {"Auto", GH_BIOS_AUTO},
    {"SingleKey", GH_BIOS_ON},
    {"MultipleKeys", GH_BIOS_ON},
    /* Boot mode, read as: is there a CSM? */
    {"Uefi", GH_BIOS_OFF},
    {"UEFIMode", GH_BIOS_OFF},
    {"UefiOptimized", GH_BIOS_OFF},
    {"Bios", GH_BIOS_ON},
    {"Legacy", GH_BIOS_ON},
    {"LegacyBios", GH_BIOS_ON},
    {"LegacyMode", GH_BIOS_ON},
    {"Dual", GH_BIOS_ON},
};

static enum gh_bios_state state_of(
    const struct spelling *sp, const char *name, const json_t *v)
{
	const char *s = json_string_value(v);
	size_t n = strlen(name);

	if (json_is_boolean(v))
		return json_is_true(v) ? GH_BIOS_ON : GH_BIOS_OFF;
	if (!s)
		return GH_BIOS_OTHER;
	/* AMI may say CbsCmnCpuSmeeEnabled of CbsCmnCpuSmee. */
	if (strncmp(s, name, n) == 0)
		s += n;
	if (sp->only)
		return strcasecmp(s, sp->only) == 0 ? GH_BIOS_ON : GH_BIOS_OFF;
	for (size_t i = 0; i < GH_COUNT(said); i++)
		if (strcasecmp(s, said[i].word) == 0)
			return said[i].state;
	return GH_BIOS_OTHER;
}

struct gh_bios_value gh_bios_get(const json_t *attributes, enum gh_bios_setting setting)
{
	struct gh_bios_value got = {GH_BIOS_ABSENT, "", NULL};
	const char *name;
	json_t *v;

	for (size_t i = 0; i < GH_COUNT(spellings); i++) {
		if (spellings[i].setting != setting)
			continue;
		json_object_foreach((json_t *)(uintptr_t)attributes, name, v)
		{
			if (!name_is(name, spellings[i].name))
				continue;
			if (got.json && !json_equal(got.json, v))
				got.state = GH_BIOS_DIFFERS;
			if (!got.json)
				got = (struct gh_bios_value){
				    state_of(&spellings[i], name, v), name, v};
		}
	}
	return got;
}

bool gh_bios_number(const json_t *value, uint64_t *out)
{
	const char *s = json_string_value(value);
	struct gh_bytes d = {(const unsigned char *)s, 0};
	char unit;

	if (json_is_integer(value) && json_integer_value(value) >= 0) {
		*out = (uint64_t)json_integer_value(value);
		return true;
	}
	if (!s)
		return false;
	while (isdigit((unsigned char)s[d.len]))
		d.len++;
	if (gh_text_u64(d, 10, out) != 0 || *out > 1u << 30)
		return false;
	unit = s[d.len];
	if (unit == 'T')
		*out <<= 10;
	else if (unit == 'M')
		*out = (*out + 1023) >> 10;
	return true;
}

void gh_bios_text(char out[static 81], const json_t *value)
{
	const char *s = json_string_value(value);

	if (s)
		snprintf(out, 81, "%s", s);
	else if (json_is_integer(value))
		snprintf(out, 81, "%lld", (long long)json_integer_value(value));
	else if (json_is_boolean(value))
		snprintf(out, 81, "%s", json_is_true(value) ? "true" : "false");
	else
		snprintf(out, 81, "%s", json_is_null(value) ? "null" : "no plain value");
}

/* ---- the profile ------------------------------------------------------------------- */

struct lines {
	char line[LINES_MAX][128];
	size_t n;
	bool many;
};

static void add_line(
    struct lines *l, const struct spelling *sp, const char *name, const json_t *v)
{
	static const char *const normal[] = {
	    [GH_BIOS_OFF] = "off", [GH_BIOS_ON] = "on", [GH_BIOS_AUTO] = "auto"};
	enum gh_bios_state s = state_of(sp, name, v);
	char text[81], clean[81];

	if (l->n == LINES_MAX) {
		l->many = true;
		return;
	}
	gh_bios_text(text, v);
	gh_text_clean_into(clean, sizeof(clean), text);
	snprintf(l->line[l->n++], sizeof(l->line[0]), "%s=%s", words[sp->setting],
	    s == GH_BIOS_OTHER ? clean : normal[s]);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

int gh_bios_settings_list(
    const struct gh_redfish_tree *t, struct gh_buf *out, struct gh_err *err)
{
	json_t *attributes =
	    json_object_get(t ? gh_redfish_get(t, "{system}/Bios") : NULL, "Attributes");
	struct lines l = {.n = 0};
	const char *name;
	json_t *v;

	json_object_foreach(
	    attributes, name, v) for (size_t i = 0; i < GH_COUNT(spellings);
				      i++) if (spellings[i].setting != GH_BIOS_PASSWORD &&
					       name_is(name, spellings[i].name))
	    add_line(&l, &spellings[i], name, v);
	if (l.n == 0 || l.many)
		return gh_fail(err, GH_E_REMOTE, "the BMC shows %s BIOS settings",
		    l.many ? "too many" : "no");
	qsort(l.line, l.n, sizeof(l.line[0]), by_text);
	for (size_t i = 0; i < l.n; i++)
		if (i == 0 || strcmp(l.line[i], l.line[i - 1]) != 0)
			gh_buf_fmt(out, "%s\n", l.line[i]);
	return gh_buf_ok(out, err);
}

int gh_bios_settings_sha256(const struct gh_redfish_tree *t, char hex[static 65])
{
	gh_auto(struct gh_buf, gh_buf_free) list = {0};
	uint8_t digest[32];

	if (gh_bios_settings_list(t, &list, NULL) != 0 ||
	    gh_sha256(list.p, list.len, digest, NULL) != 0)
		return -1;
	gh_hex(hex, digest, sizeof(digest));
	return 0;
}
