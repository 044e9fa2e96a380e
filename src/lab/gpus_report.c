/* SPDX-License-Identifier: Apache-2.0
 * Measurements and opaque data of a lab GPU, after a Hopper in single-GPU passthrough mode
 * with driver 595.71.05. */
#include "lab/gpus_report.h"

#include <stdio.h>

#include "base/text.h"
#include "crypto/digest.h"

/* Active sets, alternatives and names as in the genuine RIMs of this driver; the values
 * are ours. Alternative 0 at 32, 33 and 36 means single-GPU passthrough. */
static const struct gh_lab_entry entries[] = {
    {0, true, 1, 1, 0, 0, NULL},
    {1, true, 1, 0, 0, 1, "HashedMeasurement_1_FSP"},
    {2, true, 1, 0, 0, 5, "HashedMeasurement_2_FSP"},
    {3, true, 1, 0, 0, 1, "HashedMeasurement_3_FSP"},
    {4, true, 1, 0, 0, 1, "HashedMeasurement_4_FSP"},
    {5, true, 1, 0, 0, 1, "HashedMeasurement_5_FSP"},
    {6, true, 1, 0, 0, 1, "HashedMeasurement_6_FSP"},
    {7, false, 1, 0, 0, 1, NULL},
    {8, true, 1, 1, 0, 0, NULL},
    {9, true, 1, 0, 0, 1, NULL},
    {10, true, 1, 1, 0, 0, NULL},
    {11, true, 1, 0, 0, 131, NULL},
    {12, true, 4, 1, 3, 3, NULL},
    {21, false, 1, 0, 0, 1, "MixedMeasurement_21"},
    {22, false, 1, 0, 0, 2, "MixedMeasurement_22"},
    {23, false, 2, 2, 1, 0, "MixedMeasurement_23"},
    {24, false, 2, 2, 1, 0, "MixedMeasurement_24"},
    {25, false, 1, 0, 0, 1, "MixedMeasurement_25"},
    {26, false, 1, 0, 0, 1, "MixedMeasurement_26"},
    {27, false, 1, 0, 0, 1, "MixedMeasurement_27"},
    {28, false, 1, 1, 0, 0, NULL},
    {29, false, 1, 0, 0, 1, "MixedMeasurement_29"},
    {30, false, 1, 0, 0, 1, "MixedMeasurement_30"},
    {31, false, 1, 0, 0, 1, "MixedMeasurement_31"},
    {32, false, 2, 0, 0, 1, "HashedMeasurement_32_GSP"},
    {33, false, 2, 0, 0, 1, "HashedMeasurement_33_GSP"},
    {34, false, 2, 0, 0, 2, "MixedHashedMeasurement_34"},
    {35, false, 4, 0, 1, 1, NULL},
    {36, false, 3, 0, 0, 1, "HashedMeasurement_36_GSP"},
    {37, false, 1, 0, 0, 1, "HashedMeasurement_37_GSP"},
    {38, false, 1, 0, 0, 1, "HashedMeasurement_38_GSP"},
    {39, false, 1, 0, 0, 1, "MixedMeasurement_39"},
    {40, false, 1, 0, 0, 1, "MixedMeasurement_40"},
    {41, false, 1, 0, 0, 1, "MixedMeasurement_41"},
};

/* The opaque data in a Hopper's usual order. `hex` of NULL: filled in per GPU. */
enum { TYPE_FWID = 20, TYPE_MSRSCNT = 12 };
static const struct {
	unsigned int type;
	const char *name;
	const char *hex;
} opaque[] = {
    {6, "VBIOS_VERSION", "00d9009601000000"}, /* 96.00.D9.00.01, section 1.4 */
    {14, "BOARD_ID", "37040000"}, {15, "CHIP_SKU", "383835000000000000"}, /* "885" */
    {16, "CHIP_SKU_MOD", "3000000000"},                                   /* "0" */
    {17, "PROJECT", "4735323000"},                                        /* "G520" */
    {18, "PROJECT_SKU", "3032303000"},                                    /* "0200" */
    {19, "PROJECT_SKU_MOD", "0000"},
    {3, "DRIVER_VERSION", "3539352e37312e303500"}, /* "595.71.05" */
    {4, "GPU_INFO", "8001000000000000"}, {TYPE_MSRSCNT, "MSRSCNT", NULL},
    {13, "CPRINFO", "00c00100"}, {11, "NVDEC0_STATUS", "55"},       /* disabled */
    {TYPE_FWID, "FWID", NULL}, {21, "PROTECTED_PCIE_STATUS", "55"}, /* off */
    {34, "OPAQUE_DATA_VERSION", "0100"},
    {36, "FEATURE_FLAG", "0000"}, /* single-GPU passthrough */
};

const struct gh_lab_entry *gh_lab_entry(unsigned int index)
{
	for (size_t i = 0; i < GH_COUNT(entries); i++)
		if (entries[i].index == index)
			return &entries[i];
	return NULL;
}

/* SHA-384 over seed and label: every "random" value of a lab comes from here. */
static int derive(uint8_t out[static 48], const uint8_t seed[static 32],
    const char *label, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) in = {0};

	gh_buf_add(&in, seed, 32);
	gh_buf_str(&in, label);
	if (gh_buf_ok(&in, err) < 0)
		return -1;
	return gh_hash(GH_SHA384, in.p, in.len, out, err);
}

int gh_lab_golden(uint8_t out[static 48], const uint8_t seed[static 32],
    const struct gh_lab_entry *e, unsigned int alternative, struct gh_err *err)
{
	char label[64];

	if (e->zero >> alternative & 1) {
		memset(out, 0, 48);
		return 0;
	}
	snprintf(label, sizeof(label), "golden %s %u %u", e->vbios ? "vbios" : "driver",
	    e->index, alternative);
	return derive(out, seed, label, err);
}

int gh_lab_gpu_derive(struct gh_lab_gpu *out, const uint8_t seed[static 32],
    const char *host, unsigned int n, struct gh_err *err)
{
	char label[128], hex[33];
	uint8_t d[48];

	snprintf(label, sizeof(label), "gpu %s %u", host, n);
	if (derive(d, seed, label, err) < 0 || derive(out->fwid, seed, "fwid", err) < 0)
		return -1;
	memcpy(out->pdi, d, sizeof(out->pdi));
	gh_hex(hex, d + 8, 16);
	snprintf(out->uuid, sizeof(out->uuid), "GPU-%.8s-%.4s-%.4s-%.4s-%.12s", hex,
	    hex + 8, hex + 12, hex + 16, hex + 20);
	return 0;
}

/* 64 hex strings; [i] is what SPDM block i + 1 carries. */
static int add_blocks(json_t *o, const uint8_t seed[static 32], struct gh_err *err)
{
	json_t *list = json_array();

	json_object_set_new(o, "blocks", list);
	for (unsigned int i = 0; i < GH_LAB_BLOCKS; i++) {
		const struct gh_lab_entry *e = gh_lab_entry(i);
		uint8_t value[48] = {0};
		char hex[97];

		if (e && gh_lab_golden(value, seed, e, e->live, err) < 0)
			return -1;
		gh_hex(hex, value, sizeof(value));
		json_array_append_new(list, json_string(hex));
	}
	return 0;
}

/* 64 little-endian u32 counters. */
static void msrscnt_hex(struct gh_buf *out)
{
	for (unsigned int i = 0; i < GH_LAB_BLOCKS; i++) {
		const struct gh_lab_entry *e = gh_lab_entry(i);
		const uint8_t le[4] = {(uint8_t)(e ? e->count : 0)};

		gh_buf_hex(out, le, sizeof(le));
	}
}

static int add_opaque(json_t *o, const struct gh_lab_gpu *gpu, struct gh_err *err)
{
	json_t *list = json_array();

	json_object_set_new(o, "opaque", list);
	for (size_t i = 0; i < GH_COUNT(opaque); i++) {
		gh_auto(struct gh_buf, gh_buf_free) hex = {0};
		json_t *item = json_object();

		if (opaque[i].hex)
			gh_buf_str(&hex, opaque[i].hex);
		else if (opaque[i].type == TYPE_FWID)
			gh_buf_hex(&hex, gpu->fwid, sizeof(gpu->fwid));
		else
			msrscnt_hex(&hex);
		json_object_set_new(
		    item, "type", json_integer((json_int_t)opaque[i].type));
		gh_json_set_str(item, "name", opaque[i].name);
		gh_json_set_str(item, "data", gh_buf_cstr(&hex));
		json_array_append_new(list, item);
		if (gh_buf_ok(&hex, err) < 0)
			return -1;
	}
	return 0;
}

json_t *gh_lab_report_json(
    const struct gh_lab_gpu *gpu, const uint8_t seed[static 32], struct gh_err *err)
{
	json_t *o = json_object();
	char pdi[17];

	gh_hex(pdi, gpu->pdi, sizeof(gpu->pdi));
	gh_json_set_str(o, "format", "gatehouse-lab-gpu/1");
	gh_json_set_str(o, "uuid", gpu->uuid);
	gh_json_set_str(o, "pdi", pdi);
	gh_json_set_str(o, "driver_version", GH_LAB_DRIVER);
	gh_json_set_str(o, "vbios_version", GH_LAB_VBIOS);
	/* Relative to this file; a fault points them elsewhere. */
	gh_json_set_str(o, "chain", "chain.pem");
	gh_json_set_str(o, "key", "leaf.pem");
	json_object_set_new(o, "fault", json_null());
	if (add_blocks(o, seed, err) < 0 || add_opaque(o, gpu, err) < 0) {
		json_decref(o);
		return NULL;
	}
	return o;
}
