/* SPDX-License-Identifier: Apache-2.0
 * The BMC itself: service root, manager, accounts, sessions, tasks. */
#include "lab/bmc_rows.h"

static const char root[] =
    "'AccountService':<AccountService>,'Chassis':<Chassis>,'Id':'ServiceRoot','Links':{"
    "'Sessions':<SessionService/Sessions>},'Managers':<Managers>,"
    "'Oem':{'Supermicro':{}},'ProtocolFeaturesSupported':{'DeepOperations':{"
    "'DeepPATCH':false,'DeepPOST':false,'MaxLevels':1},'ExcerptQuery':false,"
    "'ExpandQuery':{'ExpandAll':true,'Levels':true,'Links':true,'MaxLevels':2,"
    "'NoLinks':true},'FilterQuery':false,'OnlyMemberQuery':false,'SelectQuery':false},"
    "'RedfishVersion':'1.11.0','SessionService':<SessionService>,'Systems':<Systems>,"
    "'Tasks':<TaskService>,'UUID':'$uuid','UpdateService':<UpdateService>";

static const char manager[] =
    "'CommandShell':{'ConnectTypesSupported':['SSH'],'MaxConcurrentSessions':0,"
    "'ServiceEnabled':false},'DateTime':'@now','DateTimeLocalOffset':'+00:00',"
    "'Description':'BMC','EthernetInterfaces':<Managers/1/EthernetInterfaces>,"
    "'FirmwareVersion':'$bmcversion','GraphicalConsole':{"
    "'ConnectTypesSupported':['KVMIP'],'MaxConcurrentSessions':4,"
    "'ServiceEnabled':false},'HostInterfaces':<Managers/1/HostInterfaces>,"
    "'LastResetTime':'2025-09-02T06:01:12Z','Links':{"
    "'ActiveSoftwareImage':<UpdateService/FirmwareInventory/BMC>,"
    "'ManagerForChassis':[<Chassis/1>],'ManagerForServers':[<Systems/1>]},"
    "'LogServices':<Managers/1/LogServices>,'ManagerType':'BMC','Model':'ASPEED',"
    "'NetworkProtocol':<Managers/1/NetworkProtocol>,'Oem':{'Supermicro':{"
    "'@odata.type':'#SmcManagerExtensions.v1_0_0.Manager',"
    "'IPAccessControl':<Managers/1/Oem/Supermicro/IPAccessControl>,"
    "'KCSInterface':<Managers/1/Oem/Supermicro/KCSInterface>,"
    "'NTP':<Managers/1/Oem/Supermicro/NTP>,"
    "'SMCRAKP':<Managers/1/Oem/Supermicro/SMCRAKP>,"
    "'Snooping':<Managers/1/Oem/Supermicro/Snooping>,"
    "'SysLockdown':<Managers/1/Oem/Supermicro/SysLockdown>,"
    "'Syslog':<Managers/1/Oem/Supermicro/Syslog>}},$ok,"
    "'TimeZoneName':'(UTC+00:00) Coordinated Universal Time','UUID':'$uuid',"
    "'VirtualMedia':<Managers/1/VirtualMedia>";

static const char network[] =
    "'Description':'Manager Network Service Status','FQDN':null,'HTTP':{'Port':80,"
    "'ProtocolEnabled':false},'HTTPS':{'Port':443,'ProtocolEnabled':true},"
    "'HostName':'$name-bmc','IPMI':{'Port':623,'ProtocolEnabled':false},'KVMIP':{"
    "'Port':5900,'ProtocolEnabled':false},'NTP':{'NTPServers':['ntp1.lab.invalid',"
    "'ntp2.lab.invalid'],'ProtocolEnabled':true},'SNMP':{'EnableSNMPv2c':false,"
    "'EnableSNMPv3':false,'Port':161,'ProtocolEnabled':false},'SSDP':{'NotifyTTL':2,"
    "'Port':1900,'ProtocolEnabled':false},'SSH':{'Port':22,'ProtocolEnabled':false},"
    "$ok,'VirtualMedia':{'Port':623,'ProtocolEnabled':false}";

static const char ethernet[] =
    "'Description':'Management Network Interface','FQDN':null,'HostName':'$name-bmc',"
    "'IPv4Addresses':[{'Address':'$address','AddressOrigin':'Static',"
    "'SubnetMask':'255.0.0.0'}],'InterfaceEnabled':true,'LinkStatus':'LinkUp',"
    "'MACAddress':'$mac','PermanentMACAddress':'$mac','SpeedMbps':1000,$ok";

static const char host_interface[] =
    "'AuthenticationModes':['RedfishSessionAuth'],'CredentialBootstrapping':{"
    "'EnableAfterReset':false,'Enabled':false,'RoleId':'ReadOnly'},"
    "'Description':'Management Host Interface','ExternallyAccessible':false,"
    "'HostInterfaceType':'NetworkHostInterface','InterfaceEnabled':false,'Links':{"
    "'ComputerSystems':[<Systems/1>]},'NetworkProtocol':<Managers/1/NetworkProtocol>,"
    "$ok";

static const char media[] =
    "'ConnectedVia':'NotConnected','Image':null,'ImageName':null,'Inserted':false,"
    "'MediaTypes':['CD','DVD'],'TransferMethod':'Stream','UserName':null,"
    "'WriteProtected':true";

static const char accounts[] =
    "'AccountLockoutCounterResetAfter':30,'AccountLockoutDuration':30,"
    "'AccountLockoutThreshold':3,'Accounts':<AccountService/Accounts>,"
    "'ActiveDirectory':{'ServiceEnabled':false},'AuthFailureLoggingThreshold':3,"
    "'Description':'Account Service','LDAP':{'ServiceEnabled':false},"
    "'MaxPasswordLength':20,'MinPasswordLength':8,'Roles':<AccountService/Roles>,"
    "'ServiceEnabled':true,$ok";

#define ACCOUNT(user, role, enabled)                                                     \
	"'Description':'User Account','Enabled':" enabled                                \
	",'Links':{'Role':<AccountService/Roles/" role                                   \
	">},'Locked':false,'Password':null,'PasswordChangeRequired':false,'RoleId':"     \
	"'" role "','UserName':'" user "'"

#define O "Managers/1/Oem/Supermicro/"
#define L "Managers/1/LogServices"
#define A "AccountService"

const struct gh_bmc_row gh_bmc_rows_manager[] = {
    {"", "ServiceRoot.v1_9_0", "Root Service", root, 0, 0, 0},
    {"Managers", "ManagerCollection", "Manager Collection", "", 0, 0, 0},
    {"Managers/1", "Manager.v1_11_0", "Manager", manager, 0, 0, 0},
    {"Managers/1/NetworkProtocol", "ManagerNetworkProtocol.v1_6_2",
	"Manager Network Protocol", network, 0, 0, 0},
    {"Managers/1/EthernetInterfaces", "EthernetInterfaceCollection",
	"Ethernet Network Interface Collection", "", 0, 0, 0},
    {"Managers/1/EthernetInterfaces/1", "EthernetInterface.v1_6_2",
	"Manager Ethernet Interface", ethernet, 0, 0, 0},
    {"Managers/1/HostInterfaces", "HostInterfaceCollection", "Host Interface Collection",
	"", 0, 0, 0},
    {"Managers/1/HostInterfaces/1", "HostInterface.v1_3_0", "Host Interface",
	host_interface, 0, 0, 0},
    {"Managers/1/VirtualMedia", "VirtualMediaCollection", "Virtual Media Collection", "",
	0, 0, 0},
    {"Managers/1/VirtualMedia/VirtualMedia$n", "VirtualMedia.v1_3_2", "Virtual Media $n",
	media, 1, 2, 0},
    {L, "LogServiceCollection", "Log Service Collection", "", 0, 0, 0},
    {L "/Log1", "LogService.v1_1_3", "Maintenance Event Log",
	"'Entries':<Managers/1/LogServices/Log1/Entries>,'LogEntryType':'Event',"
	"'MaxNumberOfRecords':1024,'ServiceEnabled':true,$ok",
	0, 0, 0},
    {L "/Log1/Entries", "LogEntryCollection", "Log Entry Collection", "", 0, 0, 0},
    {O "SysLockdown", "SysLockdown.v1_0_0", "SysLockdown", "'SysLockdownEnabled':true", 0,
	0, 0},
    {O "KCSInterface", "KCSInterface.v1_1_0", "KCS Interface", "'Privilege':'User'", 0, 0,
	0},
    {O "NTP", "NTP.v1_0_3", "NTP Service",
	"'DaylightSavingTime':false,'NTPEnable':true,'PrimaryNTPServer':"
	"'ntp1.lab.invalid','SecondaryNTPServer':'ntp2.lab.invalid'",
	0, 0, 0},
    {O "SMCRAKP", "SMCRAKP.v1_0_0", "SMCRAKP", "'Mode':'Enabled'", 0, 0, 0},
    {O "Snooping", "Snooping.v1_0_0", "Snooping", "'PostCode':'ad'", 0, 0, 0},
    {O "IPAccessControl", "IPAccessControl.v1_0_1", "IP Access Control",
	"'ServiceEnabled':true", 0, 0, 0},
    {O "Syslog", "Syslog.v1_0_1", "Syslog",
	"'EnableSyslog':true,'SyslogPortNumber':514,'SyslogServer':'log.lab.invalid'", 0,
	0, 0},
    {A, "AccountService.v1_7_2", "Account Service", accounts, 0, 0, 0},
    {A "/Roles", "RoleCollection", "Role Collection", "", 0, 0, 0},
    {A "/Roles/Administrator", "Role.v1_3_0", "User Role",
	"'AssignedPrivileges':['Login','ConfigureManager','ConfigureUsers',"
	"'ConfigureComponents','ConfigureSelf'],'IsPredefined':true",
	0, 0, 0},
    {A "/Roles/ReadOnly", "Role.v1_3_0", "User Role",
	"'AssignedPrivileges':['Login','ConfigureSelf'],'IsPredefined':true", 0, 0, 0},
    {A "/Accounts", "ManagerAccountCollection", "Account Collection", "", 0, 0, 0},
    {A "/Accounts/2", "ManagerAccount.v1_6_0", "User Account",
	ACCOUNT("ADMIN", "Administrator", "false"), 0, 0, 0},
    {A "/Accounts/3", "ManagerAccount.v1_6_0", "User Account",
	ACCOUNT("gatehouse", "ReadOnly", "true"), 0, 0, 0},
    {A "/Accounts/4", "ManagerAccount.v1_6_0", "User Account",
	ACCOUNT("$name-ops", "Administrator", "true"), 0, 0, 0},
    {"SessionService", "SessionService.v1_1_6", "Session Service",
	"'ServiceEnabled':true,'SessionTimeout':300,"
	"'Sessions':<SessionService/Sessions>,$ok",
	0, 0, 0},
    {"SessionService/Sessions", "SessionCollection", "Session Collection", "", 0, 0, 0},
    {"TaskService", "TaskService.v1_1_4", "Task Service",
	"'ServiceEnabled':true,$ok,'Tasks':<TaskService/Tasks>", 0, 0, 0},
    {"TaskService/Tasks", "TaskCollection", "Task Collection", "", 0, 0, 0},
    {0},
};
