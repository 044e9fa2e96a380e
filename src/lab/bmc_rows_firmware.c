/* SPDX-License-Identifier: Apache-2.0
 * UpdateService: every firmware whose version the BMC knows. */
#include "lab/bmc_rows.h"

/* Members of the host's own board. */
#define OWN(version, updateable, protect)                                                \
	"'Manufacturer':'Supermicro','Updateable':" updateable ",'Version':'" version    \
	"','WriteProtected':" protect ",$ok"
#define ABOUT(path) ",'RelatedItem':[<" path ">]"
#define OEM(members)                                                                     \
	",'Oem':{'Supermicro':{'@odata.type':"                                           \
	"'#SmcSoftwareInventoryExtensions.v1_0_0.SoftwareInventory'," members "}}"
#define IMAGE(file) OEM("'UniqueFilename':" file)
#define CAPSULE(what, version)                                                           \
	OEM("'Description':'" what "','LayoutID':'0','SeamlessPackageVersion':'" version \
	    "'")
#define BIOS_IMAGE(file) ABOUT("Systems/1/Bios") IMAGE(file)
#define BMC_IMAGE(file)  ABOUT("Managers/1") IMAGE(file)
#define CPLD(version)    OWN(version, "true", "false")

/* Members that the controller of the HGX baseboard lists. */
#define HGX(id, version)                                                                 \
	"'Description':'Other image','Manufacturer':'NVIDIA','RelatedItem':[],"          \
	"'SoftwareId':'" id "','Status':{'Conditions':[],'Health':'OK',"                 \
	"'HealthRollup':'OK','State':'Enabled'},'Updateable':true,"                      \
	"'Version':'" version "'"
#define HGX_OPEN(id, version) HGX(id, version) ",'WriteProtected':false"

#define FW  "UpdateService/FirmwareInventory/"
#define V3  "SoftwareInventory.v1_3_0"
#define V4  "SoftwareInventory.v1_4_0"
#define INV "Software Inventory"

#define ONE(id, name, body)                                                              \
	{                                                                                \
		FW id, V3, name, body, 0, 0, 0                                           \
	}
#define TDX(id, name, body)                                                              \
	{                                                                                \
		FW id, V3, name, body, 0, 0, GH_BMC_TDX                                  \
	}
#define RUN(id, name, to, body)                                                          \
	{                                                                                \
		FW id, V3, name, body, 1, to, 0                                          \
	}
#define HMC(id, to, body)                                                                \
	{                                                                                \
		FW id, V4, INV, body, to ? 1 : 0, to, GH_BMC_NO_ETAG                     \
	}

const struct gh_bmc_row gh_bmc_rows_firmware[] = {
    {"UpdateService", "UpdateService.v1_8_4", "Update Service",
	"'Description':'Service for updating firmware and includes inventory of "
	"firmware',"
	"'FirmwareInventory':<UpdateService/FirmwareInventory>,'ServiceEnabled':true,$ok",
	0, 0, 0},
    {"UpdateService/FirmwareInventory", "SoftwareInventoryCollection",
	"Firmware Inventory Collection", "", 0, 0, 0},
    ONE("BMC", "BMC",
	OWN("$bmcversion", "true", "true")
	    BMC_IMAGE("'$bmcfile'") ",'ReleaseDate':'$bmcdate'"),
    ONE("Backup_BMC", "BMC Backup",
	OWN("Not Present", "true", "false") BMC_IMAGE("null")),
    ONE("Golden_BMC", "BMC Golden",
	OWN("$bmcgolden", "true", "true") BMC_IMAGE("'$bmcgoldenfile'")),
    ONE("Staging_BMC", "BMC Staging",
	OWN("$bmcversion", "true", "false") BMC_IMAGE("'$bmcfile'")),
    ONE("BIOS", "BIOS",
	OWN("$biosfull", "true", "true") ABOUT("Systems/1/Bios")
	    OEM("$biosparts'UniqueFilename':'$biosfile'")),
    ONE("Backup_BIOS", "BIOS Backup",
	OWN("Not Present", "true", "false") BIOS_IMAGE("null")),
    ONE("Golden_BIOS", "BIOS Golden",
	OWN("$biosgoldenfull", "true", "true") BIOS_IMAGE("'$biosgoldenfile'")),
    ONE("Staging_BIOS", "BIOS Staging",
	OWN("$biosfull", "true", "false") BIOS_IMAGE("'$biosfile'")),
    TDX("Capsule_BIOS", "Capsule BIOS",
	OWN("1.0", "true", "false") ABOUT("Systems/1/Bios")
	    CAPSULE("EagleStream BIOS", "1.0")),
    TDX("Capsule_ME", "Capsule ME",
	OWN("$sps", "true", "false") ABOUT("Systems/1/Bios")
	    CAPSULE("EagleStream SPS", "$sps")),
    TDX("Capsule_MCU", "Capsule MCU",
	OWN("1.2", "true", "false") ABOUT("Systems/1/Bios")
	    CAPSULE("MCU_EagleStream", "1.2")),
    TDX("BIOS_ME", "BIOS ME", OWN("$sps", "true", "false") ABOUT("Systems/1/Bios")),
    ONE("Golden_CPLD_Motherboard", "CPLD Motherboard Golden", CPLD("$cpld")),
    ONE("Switchboard_1_CPLD_1", "CPLD MainSwitchboard", CPLD("12")),
    ONE("Switchboard_2_CPLD_2", "CPLD2 LeftSideSwitchboard", CPLD("3F")),
    ONE("Switchboard_3_CPLD_2", "CPLD2 RightSideSwitchboard", CPLD("3F")),
    ONE("Fanboard_1_CPLD_1", "CPLD FrontFanboard", CPLD("01")),
    ONE("Fanboard_2_CPLD_1", "CPLD RearFanboard", CPLD("01")),
    ONE("CPLD_Motherboard", "CPLD Motherboard", CPLD("$cpld")),
    ONE("CPLD_Motherboard_2", "CPLD Motherboard 2", CPLD("07")),
    ONE("CPLD_Backplane_1", "CPLD1 Backplane 1", CPLD("03")),
    RUN("NIC$n", "NIC$n System Slot$n MCX75310AAS-NEAT", 8,
	OWN("$cx7", "false", "false") ABOUT("Chassis/1/PCIeDevices/NIC$n")),
    ONE("NIC9", "NIC9 System Slot10 AOC-ATG-i2TM",
	OWN("$x710", "false", "false") ABOUT("Chassis/1/PCIeDevices/NIC9")),
    ONE("NIC10", "NIC10 System Slot12 MCX623106AN-CDAT",
	OWN("$cx6", "true", "false") ABOUT("Chassis/1/PCIeDevices/NIC10")),
    RUN("GPU$n", "GPU$n System Slot1", 8,
	OWN("$vbios", "false", "false")
	    ABOUT("Chassis/1/PCIeDevices/GPU$n") ",'ReleaseDate':'T00:00:00Z'"),
    ONE("NVMeController1", "NVMeController1", OWN("03", "false", "false")),
    RUN("NVMeSSDA1$n", "NVMe SSD (0,$z)", 8,
	OWN("$nvme", "false", "true") ABOUT("Chassis/1/PCIeDevices/NVMeSSD$n")),
    RUN("PowerSupply$n", "Power supply $n", 8,
	OWN("$psu", "false", "true") ABOUT("Chassis/1/Power")),
    HMC("HGX_FW_BMC_0", 0, HGX("0x0010", "$hmc")),
    HMC("HGX_FW_ERoT_BMC_0", 0, HGX("0xFF00", "$erot")),
    HMC("HGX_FW_ERoT_FPGA_0", 0, HGX("0xFF00", "$erot")),
    HMC("HGX_FW_ERoT_GPU_SXM_$n", 8, HGX("0xFF00", "$erot")),
    HMC("HGX_FW_ERoT_NVSwitch_$z", 4, HGX("0xFF00", "$erot")),
    HMC("HGX_FW_ERoT_PCIeSwitch_0", 0, HGX("0xFF00", "$erot")),
    HMC("HGX_FW_FPGA_0", 0, HGX("0x0050", "$fpga")),
    HMC("HGX_FW_GPU_SXM_$n", 8, HGX_OPEN("0x0020", "$vbios")),
    HMC("HGX_FW_NVSwitch_$z", 4, HGX_OPEN("0x0070", "$nvswitch")),
    HMC("HGX_FW_PCIeRetimer_$z", 8, HGX_OPEN("0x8000", "$retimer")),
    HMC("HGX_FW_PCIeSwitch_0", 0, HGX_OPEN("0x0040", "$pcieswitch")),
    HMC("HGX_InfoROM_GPU_SXM_$n", 8, HGX("", "$gpuinforom")),
    HMC("HGX_InfoROM_NVSwitch_$z", 4, HGX("", "$swinforom")),
    {0},
};
