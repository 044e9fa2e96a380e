/* SPDX-License-Identifier: Apache-2.0
 * The PCI tree of a HGX H100 machine as sysfs shows it (spec/host-and-firmware.md
 * section 3, G12 to G14, and section 3.1). */
#include "lab/fixture_pci.h"

#include <stdio.h>
#include <string.h>

#define BAR_64_PREF 0x14220cULL

struct device {
	const char *bdf;
	uint16_t vendor, device, sub_vendor, sub_device;
	uint32_t class; /* 24 bits */
	unsigned int node;
	const char *driver;
	const char *speed;
	unsigned int width;
};

#define GPU(b, n)                                                                        \
	{                                                                                \
		b, 0x10de, 0x2330, 0x10de, 0x16c1, 0x030200, n, "vfio-pci",              \
		    "32.0 GT/s PCIe", 16                                                 \
	}
#define SWITCH(b)                                                                        \
	{                                                                                \
		b, 0x10de, 0x22a3, 0x10de, 0x1796, 0x068000, 0, "vfio-pci",              \
		    "16.0 GT/s PCIe", 2                                                  \
	}
#define CX7(b, n)                                                                        \
	{                                                                                \
		b, 0x15b3, 0x1021, 0x15b3, 0x0041, 0x020700, n, "mlx5_core",             \
		    "32.0 GT/s PCIe", 16                                                 \
	}

static const struct device devices[] = {
    GPU("0000:18:00.0", 0),
    GPU("0000:2a:00.0", 0),
    GPU("0000:3a:00.0", 0),
    GPU("0000:5d:00.0", 0),
    GPU("0000:9a:00.0", 1),
    GPU("0000:ab:00.0", 1),
    GPU("0000:ba:00.0", 1),
    GPU("0000:db:00.0", 1),
    SWITCH("0000:07:00.0"),
    SWITCH("0000:08:00.0"),
    SWITCH("0000:09:00.0"),
    SWITCH("0000:0a:00.0"),
    CX7("0000:19:00.0", 0),
    CX7("0000:2b:00.0", 0),
    CX7("0000:3b:00.0", 0),
    CX7("0000:5e:00.0", 0),
    CX7("0000:9b:00.0", 1),
    CX7("0000:ac:00.0", 1),
    CX7("0000:bb:00.0", 1),
    CX7("0000:dc:00.0", 1),
    {"0000:4b:00.0", 0x8086, 0x15ff, 0x15d9, 0x1c92, 0x020000, 0, "i40e", "8.0 GT/s PCIe",
	8},
    {"0000:5c:00.0", 0x15b3, 0x101d, 0x15b3, 0x0016, 0x020000, 0, "mlx5_core",
	"16.0 GT/s PCIe", 8},
};

static void put_attr(
    struct gh_fixture *f, const char *dir, const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	gh_fixture_text(f, path, "%s\n", text);
}

static void put_hex(struct gh_fixture *f, const char *dir, const char *name, int digits,
    unsigned int value)
{
	char text[16];

	snprintf(text, sizeof(text), "0x%0*x", digits, value);
	put_attr(f, dir, name, text);
}

/* Regions 0, 2 and 4 of an H100 SXM are 16 MiB, 128 GiB and 32 MiB. */
static void put_resource(
    struct gh_fixture *f, const char *dir, const struct device *d, size_t index)
{
	static const uint64_t gpu[6] = {16ULL << 20, 0, 128ULL << 30, 0, 32ULL << 20, 0};
	static const uint64_t other[6] = {32ULL << 20};
	const uint64_t *size = d->device == 0x2330 ? gpu : other;
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	char path[128];

	for (unsigned int bar = 0; bar < 13; bar++) {
		uint64_t at =
		    0x200000000000ULL + ((uint64_t)index << 40) + ((uint64_t)bar << 37);

		if (bar < 6 && size[bar])
			gh_buf_fmt(&b, "0x%016llx 0x%016llx 0x%016llx\n",
			    (unsigned long long)at,
			    (unsigned long long)(at + size[bar] - 1), BAR_64_PREF);
		else
			gh_buf_fmt(&b, "0x%016x 0x%016x 0x%016x\n", 0u, 0u, 0u);
	}
	snprintf(path, sizeof(path), "%s/resource", dir);
	gh_fixture_bytes(f, path, b.p, b.len);
}

static void put_aer(struct gh_fixture *f, const char *dir)
{
	static const char *const kinds[][2] = {{"correctable", "TOTAL_ERR_COR"},
	    {"fatal", "TOTAL_ERR_FATAL"}, {"nonfatal", "TOTAL_ERR_NONFATAL"}};
	char name[64], text[256];

	for (size_t i = 0; i < GH_COUNT(kinds); i++) {
		snprintf(name, sizeof(name), "aer_dev_%s", kinds[i][0]);
		snprintf(text, sizeof(text),
		    i ? "Undefined 0\nDLP 0\nSDES 0\nTLP 0\nFCP 0\nCmpltTO 0\n%s 0"
		      : "RxErr 0\nBadTLP 0\nBadDLLP 0\nRollover 0\nTimeout 0\n%s 0",
		    kinds[i][1]);
		put_attr(f, dir, name, text);
	}
}

/* The first 64 bytes of configuration space, type 0. */
static void put_config(struct gh_fixture *f, const char *dir, const struct device *d)
{
	unsigned char c[64] = {0};
	char path[128];

	c[0] = (unsigned char)d->vendor;
	c[1] = (unsigned char)(d->vendor >> 8);
	c[2] = (unsigned char)d->device;
	c[3] = (unsigned char)(d->device >> 8);
	c[4] = 0x06; /* memory space and bus master on */
	c[8] = 0xa1; /* revision */
	c[9] = (unsigned char)d->class;
	c[10] = (unsigned char)(d->class >> 8);
	c[11] = (unsigned char)(d->class >> 16);
	c[44] = (unsigned char)d->sub_vendor;
	c[45] = (unsigned char)(d->sub_vendor >> 8);
	c[46] = (unsigned char)d->sub_device;
	c[47] = (unsigned char)(d->sub_device >> 8);
	snprintf(path, sizeof(path), "%s/config", dir);
	gh_fixture_bytes(f, path, c, sizeof(c));
}

static void put_links(
    struct gh_fixture *f, const char *dir, const struct device *d, size_t group)
{
	char path[192], target[192];

	snprintf(path, sizeof(path), "sys/bus/pci/devices/%s", d->bdf);
	snprintf(target, sizeof(target), "../../../%s", dir + strlen("sys/"));
	gh_fixture_link(f, target, path);
	snprintf(path, sizeof(path), "sys/bus/pci/drivers/%s", d->driver);
	gh_fixture_dir(f, path);
	snprintf(path, sizeof(path), "%s/driver", dir);
	snprintf(target, sizeof(target), "../../../bus/pci/drivers/%s", d->driver);
	gh_fixture_link(f, target, path);
	snprintf(path, sizeof(path), "sys/bus/pci/drivers/%s/%s", d->driver, d->bdf);
	snprintf(target, sizeof(target), "../../../../%s", dir + strlen("sys/"));
	gh_fixture_link(f, target, path);

	snprintf(path, sizeof(path), "%s/iommu_group", dir);
	snprintf(target, sizeof(target), "../../../kernel/iommu_groups/%zu", group);
	gh_fixture_link(f, target, path);
	snprintf(
	    path, sizeof(path), "sys/kernel/iommu_groups/%zu/devices/%s", group, d->bdf);
	snprintf(target, sizeof(target), "../../../../%s", dir + strlen("sys/"));
	gh_fixture_link(f, target, path);
	snprintf(path, sizeof(path), "sys/kernel/iommu_groups/%zu/type", group);
	gh_fixture_text(f, path, "DMA\n");
	if (!strcmp(d->driver, "vfio-pci")) {
		snprintf(path, sizeof(path), "dev/vfio/%zu", group);
		gh_fixture_text(f, path, "%s", "");
		gh_fixture_own(f, path, 0600, 0);
	}
}

static void put_device(struct gh_fixture *f, size_t index)
{
	const struct device *d = &devices[index];
	char dir[64], text[16];

	snprintf(dir, sizeof(dir), "sys/devices/pci%.7s/%s", d->bdf, d->bdf);
	put_hex(f, dir, "vendor", 4, d->vendor);
	put_hex(f, dir, "device", 4, d->device);
	put_hex(f, dir, "class", 6, d->class);
	put_hex(f, dir, "subsystem_vendor", 4, d->sub_vendor);
	put_hex(f, dir, "subsystem_device", 4, d->sub_device);
	put_hex(f, dir, "revision", 2, 0xa1);
	put_attr(f, dir, "irq", "0");
	put_attr(f, dir, "power_state", "D0");
	put_attr(f, dir, "reset_method", "flr bus");
	put_attr(f, dir, "current_link_speed", d->speed);
	put_attr(f, dir, "max_link_speed", d->speed);
	snprintf(text, sizeof(text), "%u", d->width);
	put_attr(f, dir, "current_link_width", text);
	put_attr(f, dir, "max_link_width", text);
	snprintf(text, sizeof(text), "%u", d->node);
	put_attr(f, dir, "numa_node", text);
	put_resource(f, dir, d, index);
	put_aer(f, dir);
	put_config(f, dir, d);
	put_links(f, dir, d, 40 + index);
}

/* The log of nvidia_gpu_tools.py on eight GPUs in CC mode and four switches that are not
 * in PPCIe mode (plan per-gpu), nothing pending, in-band control locked. The last knob of
 * CC is 2 when it is on. */
static void put_modes(struct gh_fixture *f)
{
	static const char stamp[] = "2026-11-28,09:12:44.118 INFO     ";
	static const char *const knobs[] = {"enable", "enable-devtools",
	    "enable-bar0-filter", "enable-allow-inband-control",
	    "enable-devtools-allow-inband-control",
	    "enable-bar0-filter-allow-inband-control"};
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	unsigned int gpu = 0, sw = 0;
	char name[96];

	gh_buf_str(&b, "NVIDIA GPU Tools version v2025.10.20o\n");
	for (size_t i = 0; i < GH_COUNT(devices); i++) {
		const struct device *d = &devices[i];
		bool is_gpu = d->device == 0x2330;

		if (d->vendor != 0x10de)
			continue;
		snprintf(name, sizeof(name), "%s%s %s %s 0x%x BAR0 0x%llx", stamp,
		    is_gpu ? "GPU" : "NvSwitch", d->bdf, is_gpu ? "H100" : "LS10",
		    d->device, 0x200000000000ULL + ((unsigned long long)i << 40));
		if (is_gpu) {
			gh_buf_fmt(&b, "%s CC settings:\n", name);
			for (size_t k = 0; k < GH_COUNT(knobs); k++)
				gh_buf_fmt(&b, "%s  %s = %d\n", stamp, knobs[k],
				    k == 0   ? 1
				    : k == 2 ? 2
					     : 0);
			gh_buf_fmt(&b, "%s CC mode is on\n", name);
		}
		gh_buf_fmt(&b, "%s PPCIe mode is off\n%s PPCIe settings:\n", name, name);
		gh_buf_fmt(&b, "%s  enable = 0\n%s  enable-allow-inband-control = 0\n",
		    stamp, stamp);
		gh_buf_fmt(&b, "%s module name %s%u\n", name,
		    is_gpu ? "SXM_" : "NVSwitch_", is_gpu ? ++gpu : sw++);
	}
	gh_fixture_bytes(f, "lab/tool/gputool", b.p, b.len);
}

/* What devlink says of the NICs: firmware is made per board (PSID), and none waits. The BMC
 * writes the same versions 28.43.20.26 and 22.43.20.26 (bmc_values.c). */
static void put_devlink(struct gh_fixture *f)
{
	static const struct {
		uint16_t device;
		const char *psid, *firmware;
	} boards[] = {{0x1021, "MT_0000000838", "28.43.2026"},
	    {0x101d, "MT_0000000359", "22.43.2026"}};
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	for (size_t i = 0; i < GH_COUNT(devices); i++)
		for (size_t k = 0; k < GH_COUNT(boards); k++)
			if (devices[i].vendor == 0x15b3 &&
			    devices[i].device == boards[k].device)
				gh_buf_fmt(&b,
				    "pci/%s:\n  driver mlx5_core\n  versions:\n"
				    "      fixed:\n        fw.psid %s\n"
				    "      running:\n        fw.version %s\n"
				    "        fw %s\n"
				    "      stored:\n        fw.version %s\n"
				    "        fw %s\n",
				    devices[i].bdf, boards[k].psid, boards[k].firmware,
				    boards[k].firmware, boards[k].firmware,
				    boards[k].firmware);
	gh_fixture_bytes(f, "lab/tool/devlink", b.p, b.len);
}

void gh_fixture_pci(struct gh_fixture *f)
{
	for (size_t i = 0; i < GH_COUNT(devices) && !f->failed; i++)
		put_device(f, i);
	put_modes(f);
	put_devlink(f);
	gh_fixture_text(f, "dev/vfio/vfio", "%s", "");
	gh_fixture_own(f, "dev/vfio/vfio", 0666, 0);
	for (unsigned int i = 0; i < 2; i++) {
		char path[64];

		snprintf(path, sizeof(path), "sys/class/iommu/%s%u",
		    f->spec->snp ? "ivhd" : "dmar", i);
		gh_fixture_dir(f, path);
	}
}
