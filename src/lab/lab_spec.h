/* SPDX-License-Identifier: Apache-2.0
 * The four machines of the lab, as data: who they are and what a healthy one reports. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define GH_LAB_HOSTS 4

struct gh_lab_spec {
	const char *name;
	const char *address;
	bool snp;           /* else TDX */
	unsigned int index; /* 0..3; keeps serials and addresses apart */
	/* dmi (spec/host-and-firmware.md section 3, G01 and G02) */
	const char *product, *board, *serial, *board_serial, *chassis_serial, *uuid;
	const char *bios_version, *bios_date, *bios_release;
	/* cpu (G04) */
	const char *cpu_name, *microcode, *microcode_old;
	unsigned int family, model, stepping;
	unsigned int cores;           /* per socket, two threads each, two sockets */
	unsigned int dimms, dimm_gib; /* equal ones in every slot */
	const char *machine_id, *boot_id;
};

extern const struct gh_lab_spec gh_lab_specs[GH_LAB_HOSTS];

/* NULL when there is none of that name. */
const struct gh_lab_spec *gh_lab_spec_get(const char *name);

/* Parts that have a serial number of their own; the same in the BMC and in the host. */
enum gh_lab_part {
	GH_LAB_PART_BASEBOARD, /* n = 0 */
	GH_LAB_PART_GPU,       /* 0..7 */
	GH_LAB_PART_DIMM,
	GH_LAB_PART_NIC,
	GH_LAB_PART_NVME,
};

#define GH_LAB_SERIAL_LEN 24
void gh_lab_serial(char out[static GH_LAB_SERIAL_LEN], const struct gh_lab_spec *spec,
    enum gh_lab_part part, unsigned int n);
/* The chip of the SNP host in hex, 64 bytes (GET_ID2), and the TCB that it reports: Genoa,
 * as current as firmware 1.55.39. */
#define GH_LAB_CHIP_HEX  129
#define GH_LAB_TCB_BL    10
#define GH_LAB_TCB_TEE   0
#define GH_LAB_TCB_SNP   25
#define GH_LAB_TCB_UCODE 88
void gh_lab_chip_hex(char out[static GH_LAB_CHIP_HEX], const struct gh_lab_spec *spec);
/* "7cc2554e0a01": the MAC address of its BMC, of which Supermicro makes the UUID. */
const char *gh_lab_bmc_mac(const struct gh_lab_spec *spec);
