/* SPDX-License-Identifier: Apache-2.0
 * Fills in the tables of a lab BMC. */
#include "lab/bmc_values.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "lab/fixture.h"
#include "lab/gpus_report.h"

struct fixed {
	const char *word, *text;
};

/* The same on every lab machine. The HGX part is what a bundle of 1.8.0 or later shows
 * (spec/host-and-firmware.md section 5.3); VBIOS and InfoROM are those of the lab's GPUs. */
static const struct fixed everywhere[] = {
    {"ok", "'Status':{'Health':'OK','State':'Enabled'}"},
    {"allok", "'Status':{'Health':'OK','HealthRollup':'OK','State':'Enabled'}"},
    {"bmcversion", "01.03.18"},
    {"bmcdate", "2025-07-08T00:00:00Z"},
    {"bmcgolden", "01.01.26"},
    {"vbios", GH_LAB_VBIOS},
    {"gpuinforom", GH_LAB_PROJECT "." GH_LAB_PROJECT_SKU ".00.05"},
    {"hmc", "HGX-22.10-1-rc86"},
    {"nvswitch", GH_LAB_SWITCH_BIOS},
    {"swinforom", "5612.0002.00.01"},
    {"fpga", "2.57"},
    {"erot", "00.02.0192.0000_n00"},
    {"pcieswitch", "1.9.5F"},
    {"retimer", "2.7.20"},
    {"cx7", "28.43.20.26"},
    {"cx6", "22.43.20.26"},
    {"x710", "9.20 0x8000D8C5"},
    {"nvme", "GDC5602Q"},
    {"psu", "1.3"},
    {"cpld", "F5.11.CB"},
};

static const struct fixed intel[] = {
    {"cpumaker", "Intel(R) Corporation"},
    {"cpuvendor", "GenuineIntel"},
    {"boardid", "0x1d14"},
    {"sku", "0x1D1415D9"},
    {"biosgoldenfull", "BIOS Date: 06/14/2024 Ver 2.3"},
    {"biosgoldenfile", "BIOS_X13DEG-OAD-1D14_20240614_2.3_STDsp.bin"},
    {"biosparts", "'MicrocodeVersion':'1.2','SPSVersion':'6.1.4.89',"},
    {"sps", "6.1.4.89"},
    {"bmcfile", "BMC_X13AST2600-ROT-5501MS_20250708_01.03.18_STDsp.bin"},
    {"bmcgoldenfile", "BMC_X13AST2600-ROT-5501MS_20240318_01.01.26_STDsp.bin"},
    {"dimmspeed", "4400"},
    {"dimmpart", "M321R8GA0PB0-CWMXJ"},
};

static const struct fixed amd[] = {
    {"cpumaker", "Advanced Micro Devices, Inc."},
    {"cpuvendor", "AuthenticAMD"},
    {"boardid", "0x1c7d"},
    {"sku", "0x1C7D15D9"},
    {"biosgoldenfull", "BIOS Date: 06/20/2024 Ver 3.0"},
    {"biosgoldenfile", "BIOS_H13DSG-OM-1C7D_20240620_3.0_STDsp.bin"},
    {"biosparts", ""},
    {"bmcfile", "BMC_H13AST2600-ROT-5501MS_20250708_01.03.18_STDsp.bin"},
    {"bmcgoldenfile", "BMC_H13AST2600-ROT-5501MS_20240318_01.01.26_STDsp.bin"},
    {"dimmspeed", "4800"},
    {"dimmpart", "M321RYGA0BB0-CQKZJ"},
};

static void put(struct gh_bmc_values *v, const char *word, const char *fmt, ...)
    GH_PRINTF(3, 4);
static void put(struct gh_bmc_values *v, const char *word, const char *fmt, ...)
{
	va_list ap;

	if (v->n == GH_BMC_VALUES_MAX)
		return; /* a word that is missing is told by name */
	v->at[v->n].word = word;
	va_start(ap, fmt);
	vsnprintf(v->at[v->n].text, sizeof(v->at[v->n].text), fmt, ap);
	va_end(ap);
	v->n++;
}

static void put_all(struct gh_bmc_values *v, const struct fixed *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put(v, f[i].word, "%s", f[i].text);
}

static void put_identity(struct gh_bmc_values *v)
{
	const struct gh_lab_spec *s = v->spec;
	char mac[13];

	snprintf(mac, sizeof(mac), "%s", gh_lab_bmc_mac(s));
	for (char *c = mac; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	put(v, "name", "%s", s->name);
	put(v, "product", "%s", s->product);
	put(v, "board", "%s", s->board);
	put(v, "serial", "%s", s->serial);
	put(v, "boardserial", "%s", s->board_serial);
	put(v, "chassisserial", "%s", s->chassis_serial);
	put(v, "uuid", "00000000-0000-0000-0000-%s", mac);
	put(v, "mac", "%.2s:%.2s:%.2s:%.2s:%.2s:%.2s", mac, mac + 2, mac + 4, mac + 6,
	    mac + 8, mac + 10);
	put(v, "address", "%s", s->address);
}

/* "07/30/2025" of the board's BIOS, as its file name has it: 20250730. */
static void put_bios(struct gh_bmc_values *v)
{
	const struct gh_lab_spec *s = v->spec;

	put(v, "biosversion", "%s", s->bios_version);
	put(v, "biosdate", "%s", s->bios_date);
	put(v, "biosfull", "BIOS Date: %s Ver %s", s->bios_date, s->bios_version);
	put(v, "biosfile", "%s_%.4s%.2s%.2s_%s_STDsp.bin",
	    s->snp ? "BIOS_H13DSG-OM-1C7D" : "BIOS_X13DEG-OAD-1D14", s->bios_date + 6,
	    s->bios_date, s->bios_date + 3, s->bios_version);
}

/* CPUID(1).EAX: families from 15 up are split in two fields. */
static unsigned int cpu_signature(const struct gh_lab_spec *s)
{
	unsigned int base = s->family > 15 ? 15 : s->family;

	return (s->family - base) << 20 | s->model >> 4 << 16 | base << 8 |
	       (s->model & 15) << 4 | s->stepping;
}

static void put_cpu(struct gh_bmc_values *v, unsigned int faults)
{
	const struct gh_lab_spec *s = v->spec;
	bool old = faults & GH_FIXTURE_OLD_MICROCODE;
	uint64_t microcode = 0;

	if (gh_text_u64(
		gh_text_of(old ? s->microcode_old : s->microcode), 16, &microcode))
		microcode = 0;
	put(v, "cpu", "%s", s->cpu_name);
	put(v, "cores", "%u", s->cores);
	put(v, "threads", "%u", s->cores * 2);
	put(v, "family", "0x%X", s->family);
	put(v, "model", "0x%X", s->model);
	put(v, "step", "0x%X", s->stepping);
	put(v, "cpuid", "0x%08X%08X", s->snp ? 0 : 0x20555043, cpu_signature(s));
	put(v, "microcode", "0x%08X", (unsigned int)microcode);
	put(v, "memgib", "%u", s->dimms * s->dimm_gib);
	put(v, "dimmmib", "%u", s->dimm_gib << 10);
}

static void put_state(struct gh_bmc_values *v, unsigned int faults, bool off)
{
	bool sb = !(faults & GH_FIXTURE_SECUREBOOT_OFF);

	put(v, "power", "%s", off ? "Off" : "On");
	put(v, "bootstate", "%s", off ? "None" : "OSRunning");
	put(v, "secureboot", "%s", sb ? "true" : "false");
	put(v, "securebootnow", "%s", sb ? "Enabled" : "Disabled");
	put(v, "tee", "%s", faults & GH_FIXTURE_TEE_OFF ? "Disabled" : "Enabled");
}

void gh_bmc_values_fill(struct gh_bmc_values *v, const struct gh_lab_spec *spec,
    unsigned int faults, bool off)
{
	char ubb[GH_LAB_SERIAL_LEN];

	*v = (struct gh_bmc_values){.spec = spec};
	put_all(v, everywhere, GH_COUNT(everywhere));
	if (spec->snp)
		put_all(v, amd, GH_COUNT(amd));
	else
		put_all(v, intel, GH_COUNT(intel));
	put_identity(v);
	put_bios(v);
	put_cpu(v, faults);
	put_state(v, faults, off);
	gh_lab_serial(ubb, spec, GH_LAB_PART_BASEBOARD, 0);
	put(v, "ubbserial", "%s", ubb);
	v->n_fixed = v->n;
}

/* Intel boards have two slots a channel, AMD's one: P1-DIMMA1 .. P2-DIMMH2, .. P2-DIMML1. */
static void put_slot(struct gh_bmc_values *v, unsigned int z)
{
	unsigned int per_channel = v->spec->snp ? 1 : 2;
	unsigned int per_socket = v->spec->dimms / 2;
	unsigned int socket = z / per_socket, channel = z % per_socket / per_channel;
	unsigned int slot = z % per_channel;

	put(v, "slot", "P%u-DIMM%c%u", socket + 1, 'A' + (int)channel, slot + 1);
	put(v, "socket", "%u", socket);
	put(v, "channel", "%u", channel);
	put(v, "controller", "%u", channel / 2);
	put(v, "inchannel", "%u", slot);
}

void gh_bmc_values_number(struct gh_bmc_values *v, unsigned int n)
{
	static const struct {
		const char *word;
		enum gh_lab_part part;
	} serials[] = {{"gpuserial", GH_LAB_PART_GPU}, {"dimmserial", GH_LAB_PART_DIMM},
	    {"nicserial", GH_LAB_PART_NIC}, {"nvmeserial", GH_LAB_PART_NVME}};
	unsigned int z = n ? n - 1 : 0;
	char serial[GH_LAB_SERIAL_LEN];

	v->n = v->n_fixed;
	put(v, "n", "%u", n);
	put(v, "z", "%u", z);
	for (size_t i = 0; i < GH_COUNT(serials); i++) {
		gh_lab_serial(serial, v->spec, serials[i].part, z);
		put(v, serials[i].word, "%s", serial);
	}
	put_slot(v, z);
}

/* *at is behind the $ and comes to stand behind the word. */
static const char *look_up(const struct gh_bmc_values *v, const char **at)
{
	size_t len = 0;

	while (isalnum((unsigned char)(*at)[len]))
		len++;
	for (size_t i = 0; i < v->n; i++)
		if (strlen(v->at[i].word) == len && !memcmp(v->at[i].word, *at, len)) {
			*at += len;
			return v->at[i].text;
		}
	return NULL;
}

bool gh_bmc_values_text(
    const struct gh_bmc_values *v, struct gh_buf *out, const char *text)
{
	while (*text) {
		const char *value;

		if (*text != '$') {
			gh_buf_chr(out, *text++);
			continue;
		}
		text++;
		value = look_up(v, &text);
		if (!value)
			return false;
		gh_buf_str(out, value);
	}
	return true;
}

bool gh_bmc_values_body(
    const struct gh_bmc_values *v, struct gh_buf *out, const char *body)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	if (!gh_bmc_values_text(v, &text, body))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = (char)text.p[i];

		if (c == '\'')
			gh_buf_chr(out, '"');
		else if (c == '<')
			gh_buf_str(out, "{\"@odata.id\":\"/redfish/v1/");
		else if (c == '>')
			gh_buf_str(out, "\"}");
		else
			gh_buf_chr(out, c);
	}
	return !text.oom;
}
