/* SPDX-License-Identifier: Apache-2.0
 * The judges of BMC and BIOS against a BMC that lies: members that are missing, of the wrong
 * type, huge, or full of escape sequences. */
#include "bmc_judge.h"

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
			if (f->verdict == GH_PASS && !name)
				print_error("%s passes with %s as %zu: %s\n", f->step,
				    rests[i].key, k, f->observed);
			assert_true(f->verdict != GH_PASS || name);
			assert_clean(f);
			gh_result_free(&r);
		}
	}
}

/* All members of the resources that these judges read, each spoilt in turn: nothing crashes,
 * nothing raw comes through. */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_member_when_missing_or_hostile_then_its_check_never_passes),
	    cmocka_unit_test(test_all_when_any_member_is_hostile_then_clean),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
