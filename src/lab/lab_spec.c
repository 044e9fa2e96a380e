/* SPDX-License-Identifier: Apache-2.0
 * The table of the four lab machines. */
#include "lab/lab_spec.h"

#include <stdio.h>
#include <string.h>

/* Sapphire/Emerald Rapids microcode 210002c0 is release 20251111, 21000200 is 20240312
 * (spec/host-and-firmware.md section 5.7); Genoa B1 needs 0x0a101148 against Sinkclose. */
#define TDX_MACHINE                                                                      \
	.product = "SYS-821GE-TNHR", .board = "X13DEG-OAD", .bios_version = "2.7",       \
	.bios_date = "07/30/2025", .bios_release = "5.32",                               \
	.cpu_name = "INTEL(R) XEON(R) PLATINUM 8568Y+", .microcode = "0x210002c0",       \
	.microcode_old = "0x21000200", .family = 6, .model = 207, .stepping = 2,         \
	.cores = 48, .dimms = 32, .dimm_gib = 64

const struct gh_lab_spec gh_lab_specs[GH_LAB_HOSTS] = {
    {.name = "gpu-a",
	.address = "127.0.0.11",
	.index = 0,
	TDX_MACHINE,
	.serial = "S948211X4A00101",
	.board_serial = "WM24AS600101",
	.chassis_serial = "C8210MK48A0101",
	.uuid = "00000000-0000-0000-0000-7cc2554e0a01",
	.machine_id = "4c1f6f0b6a8d4c77a3e2d1b0c9f8e7a1",
	.boot_id = "0b7d1a52-6a0e-4f3c-9d15-2f6f1c0a0a01"},
    {.name = "gpu-b",
	.address = "127.0.0.12",
	.index = 1,
	TDX_MACHINE,
	.serial = "S948211X4A00102",
	.board_serial = "WM24AS600102",
	.chassis_serial = "C8210MK48A0102",
	.uuid = "00000000-0000-0000-0000-7cc2554e0a02",
	.machine_id = "4c1f6f0b6a8d4c77a3e2d1b0c9f8e7a2",
	.boot_id = "0b7d1a52-6a0e-4f3c-9d15-2f6f1c0a0a02"},
    {.name = "gpu-c",
	.address = "127.0.0.13",
	.index = 2,
	TDX_MACHINE,
	.serial = "S948211X4A00103",
	.board_serial = "WM24AS600103",
	.chassis_serial = "C8210MK48A0103",
	.uuid = "00000000-0000-0000-0000-7cc2554e0a03",
	.machine_id = "4c1f6f0b6a8d4c77a3e2d1b0c9f8e7a3",
	.boot_id = "0b7d1a52-6a0e-4f3c-9d15-2f6f1c0a0a03"},
    {.name = "gpu-d",
	.address = "127.0.0.14",
	.index = 3,
	.snp = true,
	.product = "AS -8125GS-TNHR",
	.board = "H13DSG-O-CPU",
	.bios_version = "3.4",
	.bios_date = "06/25/2025",
	.bios_release = "5.27",
	.cpu_name = "AMD EPYC 9554 64-Core Processor",
	.microcode = "0xa101158",
	.microcode_old = "0xa101111",
	.family = 25,
	.model = 17,
	.stepping = 1,
	.cores = 64,
	.dimms = 24,
	.dimm_gib = 96,
	.serial = "S948125X4A00104",
	.board_serial = "WM24AS600104",
	.chassis_serial = "C8125MK48A0104",
	.uuid = "00000000-0000-0000-0000-7cc2554e0a04",
	.machine_id = "4c1f6f0b6a8d4c77a3e2d1b0c9f8e7a4",
	.boot_id = "0b7d1a52-6a0e-4f3c-9d15-2f6f1c0a0a04"},
};

const struct gh_lab_spec *gh_lab_spec_get(const char *name)
{
	for (size_t i = 0; i < GH_LAB_HOSTS; i++)
		if (!strcmp(gh_lab_specs[i].name, name))
			return &gh_lab_specs[i];
	return NULL;
}

void gh_lab_serial(char out[static GH_LAB_SERIAL_LEN], const struct gh_lab_spec *spec,
    enum gh_lab_part part, unsigned int n)
{
	/* the makers' own forms; machine and place follow */
	static const char *const prefix[] = {
	    [GH_LAB_PART_BASEBOARD] = "16625236",
	    [GH_LAB_PART_GPU] = "16523230",
	    [GH_LAB_PART_DIMM] = "80CE012314049",
	    [GH_LAB_PART_NIC] = "MT2317J",
	    [GH_LAB_PART_NVME] = "S6CKNN0W5",
	};

	snprintf(
	    out, GH_LAB_SERIAL_LEN, "%s%03u%02u", prefix[part], spec->index + 1, n + 1);
}

const char *gh_lab_bmc_mac(const struct gh_lab_spec *spec)
{
	return spec->uuid + strlen(spec->uuid) - 12;
}

/* "LAB" stands in front. */
void gh_lab_chip_hex(char out[static GH_LAB_CHIP_HEX], const struct gh_lab_spec *spec)
{
	snprintf(out, GH_LAB_CHIP_HEX,
	    "4C4142%02X"
	    "0F1E2D3C4B5A69788796A5B4C3D2E1F00112233445566778899AABBCCDDEEFF"
	    "0F1E2D3C4B5A69788796A5B4C3D2E1F00112233445566778899AABBCC",
	    spec->index);
}
