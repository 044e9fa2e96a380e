/* SPDX-License-Identifier: Apache-2.0
 * Chassis: the case, its PCIe devices and power supplies, the HGX baseboard. */
#include "lab/bmc_rows.h"

static const char chassis[] =
    "'AssetTag':null,'ChassisType':'RackMount','IndicatorLED':'Off','Links':{"
    "'ComputerSystems':[<Systems/1>],'ManagedBy':[<Managers/1>]},"
    "'LocationIndicatorActive':false,'Manufacturer':'Supermicro','MaxPowerWatts':18000,"
    "'Model':'$board','Oem':{'Supermicro':{"
    "'@odata.type':'#SmcChassisExtensions.v1_0_0.Chassis','BoardID':'$boardid',"
    "'BoardSerialNumber':'$boardserial'}},'PCIeDevices':<Chassis/1/PCIeDevices>,"
    "'PartNumber':'CSE-GP801TS-R000NPF','PhysicalSecurity':{'IntrusionSensor':'Normal',"
    "'IntrusionSensorNumber':170},'Power':<Chassis/1/Power>,'PowerState':'$power',"
    "'SerialNumber':'$chassisserial',$allok";

#define SUPPLY(n)                                                                        \
	"{'@odata.id':'/redfish/v1/Chassis/1/Power#/PowerSupplies/" n "',"               \
	"'FirmwareVersion':'$psu','MemberId':'" n "','Model':'PWS-3K06G-2R',"            \
	"'Name':'Power Supply " n "','PowerSupplyType':'AC',$ok}"

static const char power[] =
    "'PowerSupplies':[" SUPPLY("1") "," SUPPLY("2") "," SUPPLY("3") "," SUPPLY(
	"4") "," SUPPLY("5") "," SUPPLY("6") "," SUPPLY("7") "," SUPPLY("8") "]";

static const char gpu[] =
    "'Description':'GPU Device $n','DeviceType':'MultiFunction',"
    "'FirmwareVersion':'$vbios','Links':{'Chassis':[<Chassis/1>]},"
    "'Model':'H100 80GB HBM3','Oem':{'Supermicro':{"
    "'@odata.type':'#SmcGPUExtensions.v1_0_0.GPU','GPUSlot':$n,'GPUVendor':'NVIDIA',"
    "'InfoROMVersion':'$gpuinforom'}},'PCIeInterface':{'LanesInUse':16,'MaxLanes':16,"
    "'MaxPCIeType':'Gen5','PCIeType':'Gen5'},'PartNumber':'2330-885-A1',"
    "'SerialNumber':'$gpuserial',$allok";

#define NIC(model, fw, lanes, gen)                                                       \
	"'Description':'NIC device','DeviceType':'SingleFunction',"                      \
	"'FirmwareVersion':'" fw "','Links':{'Chassis':[<Chassis/1>]},"                  \
	"'Manufacturer':'Supermicro','Model':'" model                                    \
	"','PCIeInterface':{'LanesInUse':" lanes ",'MaxLanes':" lanes                    \
	",'MaxPCIeType':'Gen5','PCIeType':'" gen "'},'PartNumber':'" model               \
	"','SerialNumber':'$nicserial',$allok"

static const char nvme[] =
    "'Description':'NVMeSSD Device $n','DeviceType':'Simulated',"
    "'FirmwareVersion':'$nvme','Links':{'Chassis':[<Chassis/1>]},"
    "'Manufacturer':'Samsung','Model':'MZQL23T8HCLS-00A07',"
    "'PartNumber':'MZQL23T8HCLS-00A07','SerialNumber':'$nvmeserial',$allok";

static const char ubb[] =
    "'ChassisType':'Zone','Manufacturer':'NVIDIA','Model':'HGX_H100',"
    "'PartNumber':'935-24287-0000-000','SerialNumber':'$ubbserial'";

#define P   "Chassis/1/PCIeDevices"
#define DEV "PCIeDevice.v1_5_0"

const struct gh_bmc_row gh_bmc_rows_chassis[] = {
    {"Chassis", "ChassisCollection", "Chassis Collection", "", 0, 0, 0},
    {"Chassis/1", "Chassis.v1_14_0", "Computer System Chassis", chassis, 0, 0, 0},
    {"Chassis/1/Power", "Power.v1_7_0", "Power", power, 0, 0, 0},
    {P, "PCIeDeviceCollection", "PCIe Device Collection", "", 0, 0, 0},
    {P "/NIC$n", DEV, "PCIeDevices", NIC("MCX75310AAS-NEAT", "$cx7", "16", "Gen5"), 1, 8,
	0},
    {P "/NIC$n", DEV, "PCIeDevices", NIC("AOC-ATG-i2TM", "$x710", "4", "Gen3"), 9, 9, 0},
    {P "/NIC$n", DEV, "PCIeDevices", NIC("MCX623106AN-CDAT", "$cx6", "16", "Gen4"), 10,
	10, 0},
    {P "/GPU$n", DEV, "GPU$n", gpu, 1, 8, 0},
    {P "/NVMeSSD$n", DEV, "NVMeSSD$n", nvme, 1, 8, 0},
    {"Chassis/UBB_1", "Chassis.v1_11_0", "GPU Baseboard", ubb, 0, 0, 0},
    {0},
};
