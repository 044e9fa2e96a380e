/* SPDX-License-Identifier: Apache-2.0
 * One fault for each check that is read from the BMC (spec/host-and-firmware.md section 3,
 * rows with via bmc). */
#include "lab/check_faults.h"

#define FW   "UpdateService/FirmwareInventory/"
#define MGR  "Managers/1/"
#define OEM  "Managers/1/Oem/Supermicro/"
#define BIOS "Systems/1/Bios"
#define SEL  "Systems/1/LogServices/Log1/Entries/"
#define HGX  "Systems/HGX_Baseboard_0/Processors/"

#define ANY(check, where, from, to)                                                      \
	{                                                                                \
		check, GH_CHECK_ANY, GH_CHECK_BMC, where, from, to                       \
	}
#define TDX(check, where, from, to)                                                      \
	{                                                                                \
		check, GH_CHECK_TDX, GH_CHECK_BMC, where, from, to                       \
	}
#define SNP(check, where, from, to)                                                      \
	{                                                                                \
		check, GH_CHECK_SNP, GH_CHECK_BMC, where, from, to                       \
	}

/* An attribute, whatever token its name ends in. */
#define SET(name) "/Attributes/" name "_*"

const struct gh_check_fault gh_check_faults_bmc[] = {
    /* G01 identity */
    /* of another BMC than the UUID was made of */
    ANY("host.id.bmc_match", MGR "EthernetInterfaces/1", "/MACAddress",
	"'7C:C2:55:5F:77:41'"),
    ANY("host.id.baseboard_gpu", "Chassis/UBB_1", "/Model", "'HGX_A100'"),
    ANY("host.id.gpu_serials", "Chassis/1/PCIeDevices/GPU4", "/SerialNumber",
	"'1652323099999'"),
    ANY("host.id.gpu_serials", HGX "GPU_SXM_4", "/SerialNumber", "'1652323099999'"),

    /* G02 firmware */
    /* the inventory's view, and what would wait beside it; newer than the golden one */
    TDX("host.fw.bios_corroborated", FW "BIOS", "/Version",
	"'BIOS Date: $biosdate Ver 2.6'"),
    TDX("host.fw.bios_corroborated", FW "Staging_BIOS", "/Version",
	"'BIOS Date: $biosdate Ver 2.6'"),
    SNP("host.fw.bios_corroborated", FW "BIOS", "/Version",
	"'BIOS Date: $biosdate Ver 3.2'"),
    SNP("host.fw.bios_corroborated", FW "Staging_BIOS", "/Version",
	"'BIOS Date: $biosdate Ver 3.2'"),
    ANY("host.fw.bios_staging", FW "Staging_BIOS", "/Version",
	"'BIOS Date: 10/28/2025 Ver 9.7a'"),
    TDX("host.fw.bios_version", "Systems/1", "/BiosVersion", "'2.5'"),
    TDX("host.fw.bios_version", FW "BIOS", "/Version", "'BIOS Date: 07/30/2025 Ver 2.5'"),
    TDX("host.fw.bios_version", FW "Staging_BIOS", "/Version",
	"'BIOS Date: 07/30/2025 Ver 2.5'"),
    TDX("host.fw.bmc_version", "Managers/1", "/FirmwareVersion", "'01.02.05'"),
    TDX("host.fw.bmc_version", FW "BMC", "/Version", "'01.02.05'"),
    TDX("host.fw.bmc_version", FW "BMC", "/ReleaseDate", "'2024-05-02T00:00:00Z'"),
    TDX("host.fw.bmc_version", FW "Staging_BMC", "/Version", "'01.02.05'"),
    TDX("host.fw.me_sps", FW "BIOS_ME", "/Version", "'6.0.5.46'"),
    TDX("host.fw.cpld", FW "CPLD_Motherboard", "/Version", "'F5.10.01'"),
    TDX("host.fw.cpld", FW "Golden_CPLD_Motherboard", "/Version", "'F5.10.01'"),
    ANY("host.fw.psu_uniform", FW "PowerSupply6", "/Version", "'1.0'"),
    ANY("host.fw.hgx_bundle", FW "HGX_FW_ERoT_GPU_SXM_3", "/Version",
	"'00.02.0150.0000_n00'"),
    /* the bulletin knows the bundle by this version alone */
    ANY("host.fw.hgx_cve", FW "HGX_FW_BMC_0", "/Version", "'HGX-22.10-1-rc59'"),

    /* updated, as both views say, and nobody has brought the RIM of it */
    ANY("host.fw.gpu_rim_available", FW "HGX_FW_GPU_SXM_*", "/Version",
	"'96.00.F1.00.01'"),
    ANY("host.fw.gpu_rim_available", FW "GPU*", "/Version", "'96.00.F1.00.01'"),

    /* G02 the BMC itself */
    ANY("host.bmc.cred", "AccountService/Accounts/2", "/Enabled", "true"),
    ANY("host.bmc.cred", "AccountService/Accounts/2", "/PasswordChangeRequired", "true"),
    ANY("host.bmc.syslockdown", OEM "SysLockdown", "/SysLockdownEnabled", "false"),
    ANY("host.bmc.kcs", OEM "KCSInterface", "/Privilege", "'Administrator'"),
    ANY("host.bmc.hostif", MGR "HostInterfaces/1", "/InterfaceEnabled", "true"),
    ANY("host.bmc.ipmi_lan", MGR "NetworkProtocol", "/IPMI/ProtocolEnabled", "true"),
    ANY("host.bmc.time", "Managers/1", "/DateTime", "'2023-11-30T21:01:15Z'"),
    ANY("host.bmc.vmedia", MGR "VirtualMedia/VirtualMedia1", "/Inserted", "true"),
    ANY("host.bmc.vmedia", MGR "VirtualMedia/VirtualMedia1", "/Image",
	"'smb://198.51.100.7/iso/rescue.iso'"),
    ANY("host.bmc.vmedia", MGR "VirtualMedia/VirtualMedia1", "/ConnectedVia", "'URI'"),
    ANY("host.bmc.sel", SEL "4", "",
	"{'@odata.type':'#LogEntry.v1_8_0.LogEntry','Created':'@now','EntryType':'SEL',"
	"'Id':'4','Message':'Chassis intrusion: general chassis intrusion - assertion',"
	"'Name':'Log Entry 4','Severity':'Critical'}"),

    /* G03 settings */
    TDX("host.bios.tme", BIOS, SET("MemoryEncryption_TME_"), "'Disabled'"),
    TDX("host.bios.pa46", BIOS, SET("LimitCPUPAto46Bits"), "'Enable'"),
    TDX("host.bios.tme_mt", BIOS, SET("TME_MT_TDXKeySplit"), "0"),
    TDX("host.bios.tdx", BIOS, SET("TDXSecureArbitrationModeLoader_SEAMLoader_"),
	"'Disabled'"),
    TDX("host.bios.sgx", BIOS, SET("SGXFactoryReset"), "'Enabled'"),
    TDX("host.bios.meminteg", BIOS, SET("MemoryIntegrity"), NULL),
    SNP("host.bios.smee", BIOS, SET("SMEE"), "'Disabled'"),
    SNP("host.bios.snp", BIOS, SET("SNPMemory_RMPTable_Coverage"), "'Disabled'"),
    SNP("host.bios.asid", BIOS, SET("SEV_ESASIDSpaceLimit"), "1"),
    TDX("host.bios.vtd", BIOS, SET("IntelVTforDirectedI_O_VT_d_"), "'Disable'"),
    SNP("host.bios.vtd", BIOS, SET("IOMMU"), "'Disabled'"),
    TDX("host.bios.acs", BIOS, SET("PCIeACSCTL"), "'Disable'"),
    SNP("host.bios.acs", BIOS, SET("ACSEnable"), "'Disable'"),
    ANY("host.bios.preboot_dma", BIOS, SET("Pre_bootDMAProtection"), "'Disable'"),
    /* on in this boot, off from the next */
    ANY("host.bios.secureboot", "Systems/1/SecureBoot", "/SecureBootEnable", "false"),
    ANY("host.bios.csm", BIOS, SET("CSMSupport"), "'Enabled'"),
    ANY("host.bios.password", BIOS, SET("AdministratorPassword"), "''"),
    ANY("host.bios.sriov_above4g", BIOS, SET("Above4GDecoding"), "'Disabled'"),
    /* the next boot will differ */
    ANY("host.bios.drift", BIOS "/SD", "/Attributes", "{'QuietBoot':false}"),

    /* G09, G12, G13 */
    ANY("host.boot.spi", FW "BIOS", "/WriteProtected", "false"),
    ANY("host.boot.spi", OEM "SysLockdown", "/SysLockdownEnabled", "false"),
    ANY("host.gpu.vbios_equal", FW "GPU3", "/Version", "'96.00.5A.00.01'"),
    ANY("host.gpu.ecc_mig", HGX "GPU_SXM_2", "/MemorySummary/ECCModeEnabled", "false"),
    ANY("host.gpu.erot_attest", "ComponentIntegrity/HGX_ERoT_GPU_SXM_3",
	"/ComponentIntegrityEnabled", "false"),
    ANY("host.nvswitch.bios", FW "HGX_FW_NVSwitch_2", "/Version", "'96.10.4A.00.01'"),
    ANY("host.nvswitch.erot", "ComponentIntegrity/HGX_ERoT_NVSwitch_2",
	"/ComponentIntegrityEnabled", "false"),
    {0},
};
