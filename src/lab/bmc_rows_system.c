/* SPDX-License-Identifier: Apache-2.0
 * Systems: the host as its BMC sees it, and the HGX baseboard. */
#include "lab/bmc_rows.h"

static const char system_1[] =
    "'Bios':<Systems/1/Bios>,'BiosVersion':'$biosversion','Boot':{'BootNext':null,"
    "'BootOrder':['Boot0018','Boot0019'],'BootSourceOverrideEnabled':'Disabled',"
    "'BootSourceOverrideMode':'UEFI','BootSourceOverrideTarget':'None'},"
    "'BootProgress':{'LastState':'$bootstate'},'Description':'Description of server',"
    "'IndicatorLED':'Off','Links':{'Chassis':[<Chassis/1>],'ManagedBy':[<Managers/1>]},"
    "'LocationIndicatorActive':false,'LogServices':<Systems/1/LogServices>,"
    "'Manufacturer':'Supermicro','Memory':<Systems/1/Memory>,'MemorySummary':{"
    "'MemoryMirroring':'System',$allok,'TotalSystemMemoryGiB':$memgib},"
    "'Model':'$product','PartNumber':'$product','PowerState':'$power',"
    "'ProcessorSummary':{'Count':2,'Model':'$cpu',$allok},"
    "'Processors':<Systems/1/Processors>,'SKU':'$sku',"
    "'SecureBoot':<Systems/1/SecureBoot>,'SerialNumber':'$serial',$ok,"
    "'SystemType':'Physical','TrustedModules':[{'FirmwareVersion':'7.85',"
    "'InterfaceType':'TPM2_0',$ok}],'UUID':'$uuid',"
    "'VirtualMedia':<Managers/1/VirtualMedia>";

static const char bios[] =
    "'@Redfish.Settings':{'@odata.type':'#Settings.v1_0_4.Settings',"
    "'SettingsObject':<Systems/1/Bios/SD>},"
    "'AttributeRegistry':'BiosAttributeRegistry.v1_0_0',"
    "'Description':'BIOS Configuration Current Settings','Links':{"
    "'ActiveSoftwareImage':<UpdateService/FirmwareInventory/BIOS>}";

static const char bios_sd[] =
    "'AttributeRegistry':'BiosAttributeRegistry.v1_0_0',"
    "'Description':'BIOS Configuration Pending Settings. These settings will be applied "
    "on next system reboot.'";

static const char secure_boot[] =
    "'SecureBootCurrentBoot':'$securebootnow','SecureBootEnable':$secureboot,"
    "'SecureBootMode':'UserMode'";

static const char memory[] =
    "'AllowedSpeedsMHz':[$dimmspeed],'BaseModuleType':'RDIMM','BusWidthBits':80,"
    "'CapacityMiB':$dimmmib,'DataWidthBits':64,'DeviceLocator':'$slot',"
    "'ErrorCorrection':'SingleBitECC','Location':{'PartLocation':{"
    "'LocationType':'Slot','ServiceLabel':'$slot'}},'Manufacturer':'Samsung',"
    "'MemoryDeviceType':'DDR5','MemoryLocation':{'Channel':$channel,"
    "'MemoryController':$controller,'Slot':$inchannel,'Socket':$socket},"
    "'MemoryMedia':['DRAM'],'MemoryType':'DRAM','OperatingSpeedMhz':$dimmspeed,"
    "'PartNumber':'$dimmpart','RankCount':2,'SerialNumber':'$dimmserial',$ok";

static const char processor[] =
    "'InstructionSet':'x86-64','Location':{'PartLocation':{'LocationOrdinalValue':$z,"
    "'LocationType':'Socket','ServiceLabel':'CPU $n'}},'Manufacturer':'$cpumaker',"
    "'MaxSpeedMHz':4000,'Model':'$cpu','ProcessorArchitecture':'x86','ProcessorId':{"
    "'EffectiveFamily':'$family','EffectiveModel':'$model',"
    "'IdentificationRegisters':'$cpuid','MicrocodeInfo':'$microcode','Step':'$step',"
    "'VendorId':'$cpuvendor'},'ProcessorType':'CPU','Socket':'CPU$n',$ok,"
    "'TotalCores':$cores,'TotalThreads':$threads,'Version':'$cpu'";

static const char event_log[] =
    "'DateTime':'@now','DateTimeLocalOffset':'+00:00',"
    "'Entries':<Systems/1/LogServices/Log1/Entries>,'LogEntryType':'SEL',"
    "'MaxNumberOfRecords':1024,'OverWritePolicy':'WrapsWhenFull','ServiceEnabled':true,"
    "$ok";

#define ENTRY(when, what)                                                                \
	"'Created':'" when "','EntryType':'SEL','Message':'" what "','Severity':'OK'"

static const char hgx[] =
    "'Description':'Computer System','Links':{'Chassis':[<Chassis/UBB_1>]},"
    "'Manufacturer':'NVIDIA','MemorySummary':{$allok,'TotalSystemMemoryGiB':632},"
    "'PowerState':'$power','Processors':<Systems/HGX_Baseboard_0/Processors>,$allok,"
    "'SystemType':'Physical'";

/* As on a DGX H100; the modes as newer firmware of the HGX controller shows them. */
static const char gpu[] =
    "'FirmwareVersion':'$vbios','Location':{'PartLocation':{'LocationType':'Embedded',"
    "'ServiceLabel':'SXM$n'}},'Manufacturer':'NVIDIA','MaxSpeedMHz':1980,"
    "'MemorySummary':{'ECCModeEnabled':true},'Model':'H100 80GB HBM3','Oem':{'Nvidia':{"
    "'@odata.type':'#NvidiaProcessor.v1_2_0.NvidiaGPU','CCDevModeEnabled':false,"
    "'CCModeEnabled':true,'MIGModeEnabled':false,'PPCIeModeEnabled':false}},"
    "'PartNumber':'2330-885-A1','ProcessorType':'GPU','SerialNumber':'$gpuserial',"
    "$allok,'SystemInterface':{'InterfaceType':'PCIe','PCIe':{'LanesInUse':16,"
    "'MaxLanes':16,'MaxPCIeType':'Gen5','PCIeType':'Gen5'}},'Version':'A1'";

#define S "Systems/1"
#define H "Systems/HGX_Baseboard_0"
#define L S "/LogServices"

const struct gh_bmc_row gh_bmc_rows_system[] = {
    {"Systems", "ComputerSystemCollection", "Computer System Collection", "", 0, 0, 0},
    {S, "ComputerSystem.v1_14_0", "System", system_1, 0, 0, 0},
    {S "/Bios", "Bios.v1_1_1", "BIOS Configuration Current Settings", bios, 0, 0, 0},
    {S "/Bios/SD", "Bios.v1_1_1", "BIOS Configuration Pending Settings", bios_sd, 0, 0,
	0},
    {S "/SecureBoot", "SecureBoot.v1_1_0", "SecureBoot", secure_boot, 0, 0, 0},
    {S "/Memory", "MemoryCollection", "Memory Collection", "", 0, 0, 0},
    {S "/Memory/$n", "Memory.v1_11_0", "Memory", memory, 1, 32, GH_BMC_TDX},
    {S "/Memory/$n", "Memory.v1_11_0", "Memory", memory, 1, 24, GH_BMC_SNP},
    {S "/Processors", "ProcessorCollection", "Processors Collection", "", 0, 0, 0},
    {S "/Processors/$n", "Processor.v1_10_0", "Processor", processor, 1, 2, 0},
    {L, "LogServiceCollection", "Log Service Collection", "", 0, 0, 0},
    {L "/Log1", "LogService.v1_1_3", "System Event Log", event_log, 0, 0, 0},
    {L "/Log1/Entries", "LogEntryCollection", "Log Entry Collection", "", 0, 0, 0},
    {L "/Log1/Entries/1", "LogEntry.v1_8_0", "Log Entry 1",
	ENTRY("2025-09-02T06:11:40Z", "System boot: initiated by power up"), 0, 0, 0},
    {L "/Log1/Entries/2", "LogEntry.v1_8_0", "Log Entry 2",
	ENTRY("2025-09-02T06:18:02Z", "OS boot: installation completed"), 0, 0, 0},
    {L "/Log1/Entries/3", "LogEntry.v1_8_0", "Log Entry 3",
	ENTRY("2025-11-20T02:00:13Z", "OS boot: boot completed"), 0, 0, 0},
    {H, "ComputerSystem.v1_17_0", "HGX_Baseboard_0", hgx, 0, 0, GH_BMC_NO_ETAG},
    {H "/Processors", "ProcessorCollection", "Processor Collection", "", 0, 0,
	GH_BMC_NO_ETAG},
    {H "/Processors/GPU_SXM_$n", "Processor.v1_13_0", "Processor", gpu, 1, 8,
	GH_BMC_NO_ETAG},
    {0},
};
