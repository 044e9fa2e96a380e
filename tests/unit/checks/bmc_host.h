/* SPDX-License-Identifier: Apache-2.0
 * What the BMCs of the two healthy hosts of host_text.h say, in the layout of a
 * SYS-821GE-TNHR, to be spoilt one member at a time. Serials and versions agree with there. */
#pragma once

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "checks/checks.h"
#include "tests/unit/tap.h"

#define BMC_AT    1767225600 /* 2026-01-01T00:00:00Z: AT of host_text.h */
#define BMC_MGR   "/redfish/v1/Managers/1"
#define BMC_SYS   "/redfish/v1/Systems/1"
#define BMC_CH    "/redfish/v1/Chassis/1"
#define BMC_ACC   "/redfish/v1/AccountService"
#define BMC_FW    "/redfish/v1/UpdateService/FirmwareInventory"
#define BMC_OEM   BMC_MGR "/Oem/Supermicro"
#define BMC_HGX   "/redfish/v1/Systems/HGX_Baseboard_0"
#define BMC_TASKS "/redfish/v1/TaskService/Tasks"

/* A value written with ' for ", so that it can stand in C. */
static inline json_t *bmc_json(const char *text)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	json_t *j;

	gh_buf_str(&b, text);
	for (size_t i = 0; i < b.len; i++)
		if (b.p[i] == '\'')
			b.p[i] = '"';
	j = json_loadb((const char *)b.p, b.len, JSON_DECODE_ANY, NULL);
	if (!j)
		fail_msg("no JSON: %s", text);
	return j;
}

static inline void bmc_put(struct gh_redfish_tree *t, const char *path, const char *text)
{
	json_t *body = bmc_json(text);

	json_object_set_new(body, "@odata.id", json_string(path));
	assert_int_equal(0, gh_redfish_tree_put(t, path, 200, body, NULL, NULL));
}

/* The same with the path below a collection and its text formatted, for rows of parts. */
static inline void bmc_part(struct gh_redfish_tree *t, const char *collection,
    const char *name, int number, const char *text)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/%s%d", collection, name, number);
	bmc_put(t, path, text);
}

/* One row of the firmware inventory. */
static inline void bmc_fw(struct gh_redfish_tree *t, const char *id, const char *version)
{
	char path[200], text[300];

	snprintf(path, sizeof(path), BMC_FW "/%s", id);
	snprintf(text, sizeof(text),
	    "{'Id':'%s','Version':'%s','Updateable':true,"
	    "'Status':{'Health':'OK','State':'Enabled'}}",
	    id, version);
	bmc_put(t, path, text);
}

/* Rows NAME<from> .. NAME<from + n - 1> of one version. */
static inline void bmc_fws(
    struct gh_redfish_tree *t, const char *name, int from, int n, const char *version)
{
	for (int i = from; i < from + n; i++) {
		char id[64];

		snprintf(id, sizeof(id), "%s%d", name, i);
		bmc_fw(t, id, version);
	}
}

/* The collection of what lies directly below that path. */
static inline void bmc_collection(struct gh_redfish_tree *t, const char *path)
{
	struct gh_redfish_walk w = gh_redfish_walk_of(t, path);
	json_t *body = json_object(), *members = json_array();

	while (gh_redfish_next(&w))
		json_array_append_new(
		    members, json_pack("{s:s}", "@odata.id", w.r->path));
	json_object_set_new(body, "@odata.id", json_string(path));
	json_object_set_new(body, "Members@odata.count",
	    json_integer((json_int_t)json_array_size(members)));
	json_object_set_new(body, "Members", members);
	assert_int_equal(0, gh_redfish_tree_put(t, path, 200, body, NULL, NULL));
}

/* ---- spoiling ---- */

/* The BMC does not offer it. */
static inline void bmc_gone(struct gh_redfish_tree *t, const char *path)
{
	const struct gh_redfish_resource *r = gh_redfish_find(t, path);
	char full[256];

	if (!r)
		fail_msg("no resource %s", path);
	snprintf(full, sizeof(full), "%s", r->path);
	assert_int_equal(0, gh_redfish_tree_put(t, full, 404, NULL, NULL, NULL));
}

/* Sets body.a.b of member "a/b" (names may contain dots); value NULL deletes it. A member
 * that is not there yet is made, but not the objects above it. */
static inline void bmc_set(
    struct gh_redfish_tree *t, const char *path, const char *member, const char *value)
{
	json_t *o = (json_t *)(uintptr_t)gh_redfish_get(t, path);
	const char *slash;
	char key[128];

	while ((slash = strchr(member, '/'))) {
		snprintf(key, sizeof(key), "%.*s", (int)(slash - member), member);
		o = json_is_array(o) ? json_array_get(o, (size_t)strtoul(key, NULL, 10))
				     : json_object_get(o, key);
		member = slash + 1;
	}
	if (!json_is_object(o) || (!value && !json_object_get(o, member)))
		fail_msg("%s has no %s", path, member);
	if (value)
		json_object_set_new(o, member, bmc_json(value));
	else
		json_object_del(o, member);
}

/* ---- two healthy BMCs ---- */

static const struct {
	const char *path, *text;
} bmc_both[] = {
    {"/redfish/v1",
	"{'RedfishVersion':'1.11.0','UUID':'00000000-0000-0000-0000-3CECEF001122',"
	"'Oem':{'Supermicro':{}}}"},
    {BMC_ACC, "{'ServiceEnabled':true,'AccountLockoutThreshold':3}"},
    {BMC_ACC "/Accounts/1",
	"{'Id':'1','UserName':'','Enabled':false,'RoleId':'Administrator'}"},
    {BMC_ACC "/Accounts/2",
	"{'Id':'2','UserName':'ADMIN','Enabled':false,'RoleId':'Administrator',"
	"'PasswordChangeRequired':false}"},
    {BMC_ACC "/Accounts/3",
	"{'Id':'3','UserName':'gatehouse','Enabled':true,'RoleId':'Administrator',"
	"'PasswordChangeRequired':false}"},
    {BMC_MGR,
	"{'Id':'1','ManagerType':'BMC','Model':'ASPEED','FirmwareVersion':'01.04.11',"
	"'DateTime':'2026-01-01T00:00:07Z','UUID':'00000000-0000-0000-0000-3CECEF001122'"
	"}"},
    {BMC_MGR "/EthernetInterfaces/1",
	"{'Id':'1','MACAddress':'3C:EC:EF:00:11:22','LinkStatus':'LinkUp'}"},
    {BMC_MGR "/HostInterfaces/1",
	"{'Id':'1','InterfaceEnabled':false,'ExternallyAccessible':false,"
	"'AuthenticationModes':['BasicAuth','RedfishSessionAuth'],"
	"'CredentialBootstrapping':{'Enabled':false,'RoleId':'Administrator'}}"},
    {BMC_MGR "/NetworkProtocol",
	"{'HTTPS':{'Port':443,'ProtocolEnabled':true},"
	"'IPMI':{'Port':623,'ProtocolEnabled':false},"
	"'NTP':{'NTPServers':['ntp1.example','ntp2.example'],'ProtocolEnabled':true}}"},
    {BMC_MGR "/VirtualMedia/CD1",
	"{'Id':'CD1','Inserted':false,'Image':null,'ConnectedVia':'NotConnected'}"},
    {BMC_OEM "/KCSInterface", "{'Id':'KCS Interface','Privilege':'Callback'}"},
    {BMC_OEM "/NTP", "{'Id':'NTP','NTPEnable':true,'PrimaryNTPServer':'ntp1.example',"
		     "'SecondaryNTPServer':'ntp2.example'}"},
    {BMC_OEM "/SysLockdown", "{'Id':'SysLockdown','SysLockdownEnabled':true}"},
    {BMC_SYS, "{'Id':'1','Manufacturer':'Supermicro','Model':'SYS-821GE-TNHR',"
	      "'SerialNumber':'S123456X4B00001','PartNumber':'SYS-821GE-TNHR',"
	      "'UUID':'00000000-0000-0000-0000-3CECEF001122','BiosVersion':'2.7a',"
	      "'PowerState':'On','MemorySummary':{'TotalSystemMemoryGiB':2048},"
	      "'Boot':{'BootNext':null,'BootSourceOverrideEnabled':'Disabled',"
	      "'BootSourceOverrideMode':'UEFI','BootSourceOverrideTarget':'None'}}"},
    {BMC_SYS "/Bios/SD",
	"{'Id':'SD','AttributeRegistry':'BiosAttributeRegistry.v1_0_0'}"},
    {BMC_SYS "/SecureBoot", "{'SecureBootCurrentBoot':'Enabled','SecureBootEnable':true,"
			    "'SecureBootMode':'UserMode'}"},
    {BMC_SYS "/LogServices/Log1", "{'Id':'Log1','Name':'System Event Log'}"},
    {BMC_SYS "/LogServices/Log1/Entries/1",
	"{'Id':'1','EntryType':'SEL','Created':'2025-12-20T08:00:00Z','Severity':'OK',"
	"'SensorType':'Power Unit','Message':'AC power on'}"},
    {BMC_SYS "/LogServices/Log1/Entries/2",
	"{'Id':'2','EntryType':'SEL','Created':'2025-12-21T09:30:00Z','Severity':'OK',"
	"'SensorType':'OS Boot','Message':'boot completed'}"},
    {BMC_CH,
	"{'Id':'1','Model':'X13DEG-OAD','SerialNumber':'C8010MM21A30331',"
	"'Oem':{'Supermicro':{'BoardSerialNumber':'UM23AS000001','BoardID':'0x1d14'}}}"},
    {"/redfish/v1/UpdateService", "{'Id':'UpdateService','ServiceEnabled':true}"},
    {BMC_FW "/BIOS",
	"{'Id':'BIOS','Version':'BIOS Date: 10/28/2025 Ver 2.7a','WriteProtected':true,"
	"'Oem':{'Supermicro':{'UniqueFilename':"
	"'BIOS_X13DEG-OAD-1D14_20251028_2.7a_STDsp.bin','SPSVersion':'6.1.4.89'}}}"},
    {BMC_FW "/BMC",
	"{'Id':'BMC','Version':'01.04.11','ReleaseDate':'2025-09-30T00:00:00Z'}"},
};

/* Settings that boards of either vendor show. */
#define BMC_BIOS_BOTH                                                                    \
	"'Above4GDecoding_0041':'Enabled','SR_IOVSupport_0047':'Enabled',"               \
	"'CSMSupport_0121':'Disabled','AdministratorPassword_0117':'********',"          \
	"'PasswordCheck_0119':'Setup','SecurityDeviceSupport_005A':'Enable',"            \
	"'NetworkStack_00F3':'Disabled','SecureBootEnable_0122':true,"

static const char bmc_bios_tdx[] =
    "{'AttributeRegistry':'BiosAttributeRegistry.v1_0_0','Attributes':{" BMC_BIOS_BOTH
    "'MemoryEncryption_TME__3C77':'Enabled','LimitCPUPAto46Bits_F319':'Disable',"
    "'TotalMemoryEncryption_TME_Bypass_3C78':'Auto',"
    "'TotalMemoryEncryptionMulti_Tenant_TME_MT__F31B':'Enabled',"
    "'MemoryIntegrity_F31A':'Disabled','TME_MT_TDXKeySplit_F31D':1,"
    "'TrustDomainExtension_TDX__3C79':'Enabled',"
    "'TDXSecureArbitrationModeLoader_SEAMLoader__3C7A':'Enabled',"
    "'SWGuardExtensions_SGX__F308':'Enabled','SGXFactoryReset_3C80':'Disabled',"
    "'SGXAutoMPRegistration_3C81':'Enabled','PRMSizeforSGX_3C82':'2G',"
    "'IntelVTforDirectedI_O_VT_d__1E32':'Enable','InterruptRemapping_1E37':'Auto',"
    "'PCIeACSCTL_1E3C':'Enable','Pre_bootDMAProtection_1E36':'Enable',"
    "'MMIOHighBase_0045':'4T','MMIOHighGranularitySize_0046':'1024G',"
    "'TXTSupport_0062':'Disabled','Hyper_Threading_ALL__F27F':'Enable'},"
    "'@Redfish.Settings':{'SettingsObject':{'@odata.id':'" BMC_SYS "/Bios/SD'}}}";

static const char bmc_bios_snp[] =
    "{'AttributeRegistry':'BiosAttributeRegistry.v1_0_0','Attributes':{" BMC_BIOS_BOTH
    "'SMEE_003E':'Enabled','SEV_SNPSupport_01A7':'Enabled',"
    "'SNPMemory_RMPTable_Coverage_003C':'Enabled','SEV_ESASIDSpaceLimit_700C':100,"
    "'SEVASIDCount_003D':'509 ASIDs','IOMMU_0196':'Enabled','ACSEnable_0197':'Enable',"
    "'Pre_bootDMAProtection_0198':'Enable','SMTControl_0040':'Auto'},"
    "'@Redfish.Settings':{'SettingsObject':{'@odata.id':'" BMC_SYS "/Bios/SD'}}}";

static inline void bmc_parts(struct gh_redfish_tree *t, bool tdx)
{
	char text[400];

	for (int i = 1; i <= 2; i++)
		bmc_part(t, BMC_SYS "/Processors", "", i,
		    tdx ? "{'Model':'Intel(R) Xeon(R) Platinum "
			  "8558','ProcessorType':'CPU',"
			  "'ProcessorId':{'EffectiveFamily':'0x6','EffectiveModel':'0xCF'"
			  ","
			  "'Step':'0x2','MicrocodeInfo':'0x210002C0','VendorId':"
			  "'GenuineIntel'}}"
			: "{'Model':'AMD EPYC 9554','ProcessorType':'CPU',"
			  "'ProcessorId':{'EffectiveFamily':'0x19','EffectiveModel':'"
			  "0x11',"
			  "'Step':'0x1','MicrocodeInfo':'0x0A101154','VendorId':"
			  "'AuthenticAMD'}}");
	for (int i = 1; i <= 32; i++) {
		snprintf(text, sizeof(text),
		    "{'Id':'%d','CapacityMiB':65536,'MemoryDeviceType':'DDR5',"
		    "'ErrorCorrection':'SingleBitECC','Manufacturer':'Samsung',"
		    "'OperatingSpeedMhz':4800,'PartNumber':'M321R8GA0BB0-CQKZJ',"
		    "'SerialNumber':'80CE0123140494%02X','DeviceLocator':'P%d-DIMM%c%d',"
		    "'Status':{'Health':'OK','State':'Enabled'}}",
		    i, i, (i - 1) / 16 + 1, 'A' + (i - 1) % 16 / 2, (i - 1) % 2 + 1);
		bmc_part(t, BMC_SYS "/Memory", "", i, text);
	}
	for (int i = 1; i <= 8; i++) {
		snprintf(text, sizeof(text),
		    "{'Id':'GPU%d','Model':'H100 80GB HBM3','PartNumber':'2330-885-A1',"
		    "'SerialNumber':'16523230195%02d','FirmwareVersion':'96.00.D9.00.01'"
		    "}",
		    i, i);
		bmc_part(t, BMC_CH "/PCIeDevices", "GPU", i, text);
	}
}

static inline void bmc_firmware(struct gh_redfish_tree *t)
{
	bmc_fws(t, "GPU", 1, 8, "96.00.D9.00.01");
	bmc_fws(t, "HGX_FW_GPU_SXM_", 1, 8, "96.00.D9.00.01");
	bmc_fws(t, "HGX_InfoROM_GPU_SXM_", 1, 8, "G520.0200.00.05");
	bmc_fws(t, "HGX_FW_ERoT_GPU_SXM_", 1, 8, "00.02.0192.0000_n00");
	bmc_fws(t, "HGX_FW_NVSwitch_", 0, 4, "96.10.73.00.01");
	bmc_fws(t, "HGX_InfoROM_NVSwitch_", 0, 4, "5612.0002.00.01");
	bmc_fws(t, "HGX_FW_ERoT_NVSwitch_", 0, 4, "00.02.0192.0000_n00");
	bmc_fws(t, "HGX_FW_PCIeRetimer_", 0, 8, "2.7.20");
	bmc_fw(t, "HGX_FW_BMC_0", "HGX-22.10-1-rc86");
	bmc_fw(t, "HGX_FW_ERoT_BMC_0", "00.02.0192.0000_n00");
	bmc_fw(t, "HGX_FW_ERoT_FPGA_0", "00.02.0192.0000_n00");
	bmc_fw(t, "HGX_FW_ERoT_PCIeSwitch_0", "00.02.0192.0000_n00");
	bmc_fw(t, "HGX_FW_FPGA_0", "2.57");
	bmc_fw(t, "HGX_FW_PCIeSwitch_0", "1.9.5F");
	bmc_fws(t, "NIC", 1, 8, "28.43.10.14");
	bmc_fws(t, "NVMeSSDA1", 1, 2, "GDC5902Q");
	bmc_fws(t, "PowerSupply", 1, 8, "1.3");
	bmc_fw(t, "CPLD_Motherboard", "F5.11.CB");
	bmc_fw(t, "Golden_CPLD_Motherboard", "F5.11.CA");
	bmc_fw(t, "CPLD_Backplane_1", "03");
	bmc_fw(t, "Staging_BIOS", "BIOS Date: 10/28/2025 Ver 2.7a");
	bmc_fw(t, "Golden_BIOS", "BIOS Date: 06/14/2024 Ver 2.3");
	bmc_fw(t, "Backup_BIOS", "Not Present");
	bmc_fw(t, "Staging_BMC", "01.04.11");
	bmc_fw(t, "Golden_BMC", "01.01.26");
	bmc_fw(t, "BIOS_ME", "6.1.4.89");
}

/* A whole healthy reading; free it with gh_redfish_tree_free. */
static inline void bmc_healthy(struct gh_redfish_tree *t, enum gh_tee tee)
{
	static const char *const collection[] = {BMC_ACC "/Accounts",
	    BMC_MGR "/HostInterfaces", BMC_MGR "/VirtualMedia",
	    BMC_MGR "/EthernetInterfaces", BMC_SYS "/LogServices",
	    BMC_SYS "/LogServices/Log1/Entries", BMC_SYS "/Processors", BMC_SYS "/Memory",
	    BMC_CH "/PCIeDevices", BMC_FW, "/redfish/v1/Managers", "/redfish/v1/Systems",
	    "/redfish/v1/Chassis"};

	memset(t, 0, sizeof(*t));
	t->read_at = BMC_AT;
	t->read_ms = 2100;
	memset(t->cert_sha256, 'c', 64);
	snprintf(t->cert_subject, sizeof(t->cert_subject), "CN=gpu-a-bmc.example");
	for (size_t i = 0; i < GH_COUNT(bmc_both); i++)
		bmc_put(t, bmc_both[i].path, bmc_both[i].text);
	bmc_put(t, BMC_SYS "/Bios", tee == GH_TEE_TDX ? bmc_bios_tdx : bmc_bios_snp);
	bmc_parts(t, tee == GH_TEE_TDX);
	bmc_firmware(t);
	for (size_t i = 0; i < GH_COUNT(collection); i++)
		bmc_collection(t, collection[i]);
}

/* What the HGX baseboard's own BMC adds, and a task that has ended. */
static inline void bmc_baseboard(struct gh_redfish_tree *t)
{
	for (int i = 1; i <= 8; i++)
		bmc_part(t, BMC_HGX "/Processors", "GPU_SXM_", i,
		    "{'ProcessorType':'GPU','PartNumber':'2330-885-A1',"
		    "'MemorySummary':{'ECCModeEnabled':true},"
		    "'Oem':{'Nvidia':{'MIGModeEnabled':false}}}");
	bmc_part(t, BMC_HGX "/Processors", "FPGA_", 0, "{'ProcessorType':'FPGA'}");
	bmc_collection(t, BMC_HGX "/Processors");
	bmc_put(t, BMC_TASKS "/1", "{'Id':'1','TaskState':'Completed'}");
	bmc_collection(t, BMC_TASKS);
}
