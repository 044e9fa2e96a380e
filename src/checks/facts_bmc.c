/* SPDX-License-Identifier: Apache-2.0
 * Facts that the BMC says: system, manager, firmware inventory, GPU baseboard
 * (spec/host-and-firmware.md section 10). */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "checks/facts_read.h"
#include "checks/judge.h"

#define INVENTORY "/redfish/v1/UpdateService/FirmwareInventory"
#define SMC       "Oem/Supermicro/"
#define HGX       "/redfish/v1/Systems/HGX_Baseboard_0"

/* ---- one member, one fact -------------------------------------------------------------- */

enum how { TEXT, LOWER, INT, BOOL, DATE };

static const struct {
	const char *path, *dotted, *fact;
	enum how how;
} members[] = {
    {"{system}", "Manufacturer", "id.vendor", TEXT},
    {"{system}", "Model", "id.product", TEXT},
    {"{system}", "SerialNumber", "id.serial", TEXT},
    {"{system}", "UUID", "id.uuid", LOWER},
    {"{system}", "BiosVersion", "bios.version", TEXT},
    {"{system}", "MemorySummary.TotalSystemMemoryGiB", "mem.installed_gib", INT},
    {"{chassis}", "SerialNumber", "id.chassis_serial", TEXT},
    {"{chassis}", "Oem.Supermicro.BoardSerialNumber", "id.board_serial", TEXT},
    {"/redfish/v1/Chassis/UBB_1", "SerialNumber", "id.gpu_baseboard_serial", TEXT},
    {"/redfish/v1/Chassis/HGX_Chassis_0", "SerialNumber", "id.gpu_baseboard_serial",
	TEXT},
    {"{manager}", "FirmwareVersion", "bmc.version", TEXT},
    {"{manager}/NetworkProtocol", "IPMI.ProtocolEnabled", "bmc.ipmi_lan", BOOL},
    {"{manager}/NetworkProtocol", "NTP.ProtocolEnabled", "bmc.ntp", BOOL},
    {"{manager}/" SMC "NTP", "NTPEnable", "bmc.ntp", BOOL},
    {"{manager}/" SMC "SysLockdown", "SysLockdownEnabled", "bmc.lockdown", BOOL},
    {"{manager}/" SMC "KCSInterface", "Privilege", "bmc.kcs_privilege", TEXT},
    {"{system}/SecureBoot", "SecureBootEnable", "bios.secureboot", BOOL},
    {"{system}/SecureBoot", "SecureBootMode", "secureboot.mode", TEXT},
    {INVENTORY "/BMC", "ReleaseDate", "bmc.date", DATE},
};

static void put_member(struct gh_fact_sink *s, size_t row, const json_t *v)
{
	const char *name = members[row].fact;
	struct gh_bytes text = gh_text_of(json_is_string(v) ? json_string_value(v) : "");

	switch (members[row].how) {
	case TEXT:
		gh_fact_put(s, name, text);
		break;
	case LOWER:
		gh_fact_put_cased(s, name, text, false);
		break;
	case INT:
		if (json_is_integer(v))
			gh_fact_put_int(s, name, json_integer_value(v));
		break;
	case BOOL:
		if (json_is_boolean(v))
			gh_fact_put_bool(s, name, json_is_true(v));
		break;
	case DATE:
		gh_fact_put_date(s, name, text);
		break;
	}
}

static void read_members(struct gh_fact_sink *s, const struct gh_redfish_tree *t)
{
	for (size_t i = 0; i < GH_COUNT(members); i++) {
		const json_t *body = gh_redfish_get(t, members[i].path);

		if (body)
			put_member(s, i, gh_redfish_value(body, members[i].dotted));
	}
}

/* ---- system, manager ------------------------------------------------------------------- */

static void secureboot(struct gh_fact_sink *s, const struct gh_redfish_tree *t)
{
	const json_t *body = gh_redfish_get(t, "{system}/SecureBoot");
	const char *now = gh_redfish_text(body, "SecureBootCurrentBoot"),
		   *mode = gh_redfish_text(body, "SecureBootMode");

	if (now[0])
		gh_fact_put_bool(s, "secureboot.enabled", strcmp(now, "Enabled") == 0);
	if (mode[0])
		gh_fact_put_bool(s, "secureboot.setup_mode",
		    strcmp(mode, "UserMode") != 0 && strcmp(mode, "DeployedMode") != 0);
}

static void boot(struct gh_fact_sink *s, const struct gh_redfish_tree *t)
{
	const char *over = gh_redfish_text(
	    gh_redfish_get(t, "{system}"), "Boot.BootSourceOverrideEnabled");

	if (over[0])
		gh_fact_put_bool(s, "boot.override", strcmp(over, "Disabled") != 0);
}

/* Only Supermicro names the board where others name the chassis. */
static void board(struct gh_fact_sink *s, const struct gh_redfish_tree *t)
{
	const json_t *body = gh_redfish_get(t, "{chassis}");

	if (gh_redfish_value(body, "Oem.Supermicro"))
		gh_fact_put(s, "id.board", gh_text_of(gh_redfish_text(body, "Model")));
}

static void manager(struct gh_fact_sink *s, const struct gh_redfish_tree *t)
{
	struct gh_redfish_walk w = gh_redfish_walk_of(t, "{manager}/EthernetInterfaces");
	const char *clock = gh_redfish_text(gh_redfish_get(t, "{manager}"), "DateTime");
	char at[GH_TIME_LEN];
	int64_t theirs;

	while (gh_redfish_next(&w)) {
		const char *mac = gh_redfish_text(w.r->body, "MACAddress");

		if (mac[0] && strcmp(w.name, "ToHost") != 0 &&
		    !json_object_get(s->to, "id.bmc_mac"))
			gh_fact_put_cased(s, "id.bmc_mac", gh_text_of(mac), false);
	}
	w = gh_redfish_walk_of(t, "{manager}/HostInterfaces");
	while (gh_redfish_next(&w)) {
		const json_t *on = json_object_get(w.r->body, "InterfaceEnabled");

		if (json_is_boolean(on) &&
		    !json_is_true(json_object_get(s->to, "bmc.host_interface")))
			gh_fact_put_bool(s, "bmc.host_interface", json_is_true(on));
	}
	w = gh_redfish_walk_of(t, "{manager}/VirtualMedia");
	while (gh_redfish_next(&w)) {
		const json_t *in = json_object_get(w.r->body, "Inserted");

		if (json_is_boolean(in) &&
		    !json_is_true(json_object_get(s->to, "bmc.virtual_media")))
			gh_fact_put_bool(s, "bmc.virtual_media", json_is_true(in));
	}
	if (t->read_at <= 0)
		return;
	gh_time_text(at, t->read_at);
	gh_fact_put(s, "bmc.read_at", gh_text_of(at));
	if (gh_time_parse(clock, &theirs, NULL) == 0)
		gh_fact_put_int(s, "bmc.time_skew_s", llabs(theirs - t->read_at));
}

static void certificate(struct gh_fact_sink *s, const struct gh_redfish_tree *t)
{
	if (!t->cert_sha256[0])
		return;
	gh_fact_put_cased(s, "id.bmc_cert", gh_text_of(t->cert_sha256), false);
	gh_fact_put_bool(s, "bmc.cert_self_signed", t->cert_self_signed);
}

/* A resource that says nothing of its state is there. */
static bool present(const json_t *body)
{
	const char *state = gh_redfish_text(body, "Status.State");

	return !state[0] || strcmp(state, "Enabled") == 0 ||
	       strcmp(state, "StandbySpare") == 0;
}

static void memory(struct gh_fact_sink *s, const struct gh_redfish_tree *t)
{
	struct gh_redfish_walk w = gh_redfish_walk_of(t, "{system}/Memory");
	int64_t n = 0;
	bool any = false;

	for (; gh_redfish_next(&w); any = true)
		n += present(w.r->body) &&
		     json_integer_value(json_object_get(w.r->body, "CapacityMiB")) > 0;
	if (any)
		gh_fact_put_int(s, "mem.dimms", n);
}

/* "0x8F" */
static bool hex_number(const json_t *body, const char *dotted, uint64_t *out)
{
	const char *text = gh_redfish_text(body, dotted);

	return text[0] && gh_text_u64(gh_text_of(text), 16, out) == 0;
}

static void one_cpu(struct gh_fact_sink *s, const json_t *body)
{
	uint64_t family, model, step, code;
	char text[96];

	if (hex_number(body, "ProcessorId.EffectiveFamily", &family) &&
	    hex_number(body, "ProcessorId.EffectiveModel", &model) &&
	    hex_number(body, "ProcessorId.Step", &step)) {
		snprintf(text, sizeof(text), "%.32s %llu/%llu/%llu",
		    gh_redfish_text(body, "ProcessorId.VendorId"),
		    (unsigned long long)family, (unsigned long long)model,
		    (unsigned long long)step);
		gh_fact_put_same(s, "cpu.model", text);
	}
	if (hex_number(body, "ProcessorId.MicrocodeInfo", &code) && code) {
		snprintf(text, sizeof(text), "0x%08llx", (unsigned long long)code);
		gh_fact_put_same(s, "cpu.microcode", text);
	}
	if (!gh_bmc_placeholder(gh_redfish_text(body, "Model")))
		gh_fact_put_same(s, "cpu.name", gh_redfish_text(body, "Model"));
}

static void processors(struct gh_fact_sink *s, const struct gh_redfish_tree *t)
{
	struct gh_redfish_walk w = gh_redfish_walk_of(t, "{system}/Processors");
	int64_t n = 0;

	while (gh_redfish_next(&w)) {
		const char *type = gh_redfish_text(w.r->body, "ProcessorType");

		if (strcmp(type, "CPU") != 0 || !present(w.r->body))
			continue;
		n++;
		one_cpu(s, w.r->body);
	}
	if (n)
		gh_fact_put_int(s, "cpu.sockets", n);
}

/* ---- GPUs and switches ------------------------------------------------------------------ */

static bool starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

static void host_devices(struct gh_fact_sink *s, const struct gh_redfish_tree *t)
{
	struct gh_redfish_walk w = gh_redfish_walk_of(t, "{chassis}/PCIeDevices");
	int64_t n = 0;

	while (gh_redfish_next(&w)) {
		if (!starts(w.name, "GPU") || !present(w.r->body))
			continue;
		n++;
		gh_fact_add(s, "id.gpu_serials",
		    gh_text_of(gh_redfish_text(w.r->body, "SerialNumber")));
		gh_fact_add(
		    s, "gpu.names", gh_text_of(gh_redfish_text(w.r->body, "Model")));
	}
	if (n)
		gh_fact_put_int(s, "gpu.count", n);
}

/* Modes of one GPU as NVIDIA's own members say them; a BMC of 2023 has none of them. */
static void modes(struct gh_fact_sink *s, const json_t *body)
{
	const json_t *cc = gh_redfish_value(body, "Oem.Nvidia.CCModeEnabled"),
		     *dev = gh_redfish_value(body, "Oem.Nvidia.CCDevModeEnabled"),
		     *ppcie = gh_redfish_value(body, "Oem.Nvidia.PPCIeModeEnabled"),
		     *mig = gh_redfish_value(body, "Oem.Nvidia.MIGModeEnabled"),
		     *ecc = gh_redfish_value(body, "MemorySummary.ECCModeEnabled");

	if (json_is_boolean(mig) && !json_is_true(json_object_get(s->to, "gpu.mig")))
		gh_fact_put_bool(s, "gpu.mig", json_is_true(mig));
	if (json_is_boolean(ecc) && !json_is_false(json_object_get(s->to, "gpu.ecc")))
		gh_fact_put_bool(s, "gpu.ecc", json_is_true(ecc));
	if (json_is_boolean(ppcie))
		gh_fact_put_same(s, "gpu.ppcie_mode", json_is_true(ppcie) ? "on" : "off");
	if (!json_is_boolean(cc))
		return;
	gh_fact_put_same(s, "gpu.cc_mode",
	    json_is_true(dev)  ? "devtools"
	    : json_is_true(cc) ? "on"
			       : "off");
	if (json_is_boolean(ppcie))
		gh_fact_put_same(s, "gpu.mode",
		    json_is_true(dev)     ? "devtools"
		    : json_is_true(cc)    ? "cc"
		    : json_is_true(ppcie) ? "ppcie"
					  : "off");
}

static void baseboard(struct gh_fact_sink *s, const struct gh_redfish_tree *t)
{
	struct gh_redfish_walk w = gh_redfish_walk_of(t, HGX "/Processors");
	int64_t n = 0;

	while (gh_redfish_next(&w)) {
		if (!starts(w.name, "GPU_"))
			continue;
		n++;
		gh_fact_add(s, "id.gpu_serials",
		    gh_text_of(gh_redfish_text(w.r->body, "SerialNumber")));
		modes(s, w.r->body);
	}
	if (n && !json_object_get(s->to, "gpu.count"))
		gh_fact_put_int(s, "gpu.count", n);
	w = gh_redfish_walk_of(t, "/redfish/v1/Chassis");
	while (gh_redfish_next(&w))
		if (starts(w.name, "HGX_NVSwitch_"))
			gh_fact_add(s, "id.switch_serials",
			    gh_text_of(gh_redfish_text(w.r->body, "SerialNumber")));
}

/* ---- firmware inventory ----------------------------------------------------------------- */

/* What runs. Backup_, Golden_, Staging_ and Capsule_ images do not. '#' = a digit. */
static const struct {
	const char *prefix, *fact;
	bool upper; /* hex groups: one way to write them */
} inventory[] = {
    {"GPU#", "gpu.vbios", true},
    {"HGX_FW_GPU_", "gpu.vbios", true},
    {"HGX_FW_NVSwitch_", "switch.bios", true},
    {"HGX_FW_ERoT_", "hgx.erot", false},
    {"HGX_FW_PCIeSwitch_", "hgx.pcie_switch", false},
    {"HGX_FW_PCIeRetimer_", "hgx.retimer", false},
    {"HGX_InfoROM_GPU_", "gpu.inforom", true},
    {"HGX_InfoROM_NVSwitch_", "switch.inforom", true},
    {"NIC#", "nic.firmware", false},
    {"NVMeSSD", "nvme.firmware", false},
    {"PowerSupply#", "psu.firmware", false},
    {"PSU_", "psu.firmware", false},
};

static bool inventory_name(const char *name, const char *prefix)
{
	size_t n = strlen(prefix);

	if (prefix[n - 1] != '#')
		return starts(name, prefix);
	return strncmp(name, prefix, n - 1) == 0 && isdigit((unsigned char)name[n - 1]);
}

static bool runs(const char *name)
{
	static const char *const idle[] = {"Backup_", "Golden_", "Staging_", "Capsule_"};

	for (size_t i = 0; i < GH_COUNT(idle); i++)
		if (starts(name, idle[i]))
			return false;
	return true;
}

static void add_version(
    struct gh_fact_sink *s, const char *name, const char *version, bool upper)
{
	char text[128];

	snprintf(text, sizeof(text), "%s", version);
	for (char *c = text; upper && *c; c++)
		*c = (char)toupper((unsigned char)*c);
	gh_fact_add(s, name, gh_text_of(text));
}

/* "BIOS Date: 08/04/2023 Ver 1.4" */
static void bios_row(struct gh_fact_sink *s, const char *version)
{
	const char *date = strstr(version, "Date: "), *ver = strstr(version, "Ver ");

	if (date)
		gh_fact_put_date(s, "bios.date",
		    (struct gh_bytes){
			(const unsigned char *)date + 6, strnlen(date + 6, 10)});
	if (ver && !json_object_get(s->to, "bios.version"))
		gh_fact_put(s, "bios.version", gh_text_of(ver + 4));
}

static void firmware(struct gh_fact_sink *s, const struct gh_redfish_tree *t)
{
	struct gh_redfish_walk w = gh_redfish_walk_of(t, INVENTORY);
	int64_t switches = 0;
	char text[160];

	while (gh_redfish_next(&w)) {
		const char *version = gh_redfish_text(w.r->body, "Version");

		if (!runs(w.name) || gh_bmc_placeholder(version))
			continue;
		for (size_t i = 0; i < GH_COUNT(inventory); i++)
			if (inventory_name(w.name, inventory[i].prefix))
				add_version(
				    s, inventory[i].fact, version, inventory[i].upper);
		switches += starts(w.name, "HGX_FW_NVSwitch_");
		if (strcmp(w.name, "BIOS") == 0)
			bios_row(s, version);
		else if (strcmp(w.name, "HGX_FW_BMC_0") == 0)
			gh_fact_put(s, "hgx.hmc", gh_text_of(version));
		else if (strcmp(w.name, "HGX_FW_FPGA_0") == 0)
			gh_fact_put(s, "hgx.fpga", gh_text_of(version));
		else if (strstr(w.name, "CPLD")) {
			snprintf(text, sizeof(text), "%.60s %.90s", w.name, version);
			gh_fact_add(s, "cpld", gh_text_of(text));
		}
	}
	if (switches)
		gh_fact_put_int(s, "switch.count", switches);
}

void gh_facts_read_bmc(struct gh_fact_sink *s, const struct gh_redfish_tree *t)
{
	read_members(s, t);
	board(s, t);
	secureboot(s, t);
	boot(s, t);
	manager(s, t);
	certificate(s, t);
	memory(s, t);
	processors(s, t);
	host_devices(s, t);
	baseboard(s, t);
	firmware(s, t);
	gh_facts_read_bios(s, t);
}
