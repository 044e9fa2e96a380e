/* SPDX-License-Identifier: Apache-2.0
 * One table of opaque fields: their names, where they occur, their sizes and values.
 *
 *   type  size  field (GPU)                       type  size  field (LS10)
 *   3     text  DRIVER_VERSION                    4     128   list of GPUs (BIOS 96.10.52)
 *   4     8     GPU_INFO                          6     14    BIOS version, text
 *   6     8     VBIOS_VERSION, bytes 5..7 zero    12    4*n   MSRSCNT
 *   11    1     NVDEC0_STATUS AA or 55            22    8     DEVICE_PDI
 *   12    256   MSRSCNT                           23    2     DISABLED_PORTS
 *   13,14 4     CPRINFO, BOARD_ID                 24    2     POSITION_ID 0..3
 *   15-19 text  SKU, project                      25    2     LOCK_STATUS 01 00
 *   20    48    FWID                              26    128   8 PDIs, 64 ports
 *   21    1     PROTECTED_PCIE_STATUS AA or 55
 *   22    144   SWITCH_PDI, 18 links x 8
 *   33,37,38 2  SYS_ENABLE_STATUS, FSP_UCODE_SVN, NVLE_STATUS
 *   34    2     OPAQUE_DATA_VERSION 0 or 1; ignored in the versioned form
 *   35    text  CHIP_INFO
 *   36    2     FEATURE_FLAG 0 SPT, 1 MPT, 2 PPCIE */
#include "evidence/gpu_opaque.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "evidence/tee.h"

#define TEXT_MAX     16 /* bytes with the NUL; of the driver 32 */
#define GPU_LIST_LEN 128
#define GPU_PDIS_LEN 64 /* of those: 8 PDIs, then 64 ports */
#define GPUS         8
#define NO_GPU       0xff
#define NOT_KNOWN    0 /* size of a field that nobody has seen */

enum { GPU = 1, SWITCH = 2, BOTH = 3 };

static unsigned int u16(struct gh_bytes d)
{
	return d.p[0] | (unsigned int)d.p[1] << 8;
}

/* The checks: true when the value is one that may be there. Sizes were checked before. */
static bool is_text(struct gh_bytes d)
{
	size_t n = 0;
	while (n < d.len && d.p[n] > ' ' && d.p[n] < 0x7f)
		n++;
	return n < d.len && gh_is_zero(d.p + n, d.len - n);
}

static bool is_version_text(struct gh_bytes d)
{
	return d.p[0] != 0 && is_text(d);
}

/* "96.10.55.00.01", no NUL behind it */
static bool is_bios_text(struct gh_bytes d)
{
	for (size_t i = 0; i < d.len; i++)
		if (i % 3 == 2 ? d.p[i] != '.' : !isxdigit(d.p[i]))
			return false;
	return true;
}

static bool is_vbios(struct gh_bytes d)
{
	return gh_is_zero(d.p + 5, 3);
}

static bool is_status(struct gh_bytes d)
{
	return d.p[0] == GH_STATUS_ON || d.p[0] == GH_STATUS_OFF;
}

static bool is_feature(struct gh_bytes d)
{
	return u16(d) <= 2;
}

static bool is_version(struct gh_bytes d)
{
	return u16(d) <= 1;
}

static bool is_position(struct gh_bytes d)
{
	return u16(d) <= 3;
}

static bool is_locked(struct gh_bytes d)
{
	return u16(d) == 1;
}

static bool is_gpu_list(struct gh_bytes d)
{
	for (size_t i = GPU_PDIS_LEN; i < d.len; i++)
		if (d.p[i] >= GPUS && d.p[i] != NO_GPU)
			return false;
	return true;
}

static const struct known {
	unsigned int type;
	const char *name;
	unsigned int on;         /* on which device */
	unsigned int value_type; /* in the versioned form; 0: not known */
	size_t min, max;         /* bytes; NOT_KNOWN: any */
	bool (*good)(struct gh_bytes d);
	const char *code;
} known[] = {
    {1, "CERT_ISSUER_NAME", BOTH, 0, 0, NOT_KNOWN, NULL, NULL},
    {2, "CERT_AUTHORITY_KEY_ID", BOTH, 0, 0, NOT_KNOWN, NULL, NULL},
    {3, "DRIVER_VERSION", GPU, 0x86, 2, 32, is_version_text, "gpu.opaque.text"},
    {4, "GPU_INFO", GPU, 0x82, 8, 8, NULL, NULL},
    {4, "SWITCH_GPU_PDIS", SWITCH, 0, 128, 128, is_gpu_list, "gpu.opaque.ports"},
    {5, "SKU", BOTH, 0, 0, NOT_KNOWN, NULL, NULL},
    {6, "VBIOS_VERSION", GPU, 0x86, 8, 8, is_vbios, "gpu.opaque.vbios"},
    {6, "VBIOS_VERSION", SWITCH, 0, 14, 14, is_bios_text, "gpu.opaque.text"},
    {7, "MANUFACTURER_ID", BOTH, 0, 0, NOT_KNOWN, NULL, NULL},
    {8, "TAMPER_DETECTION", BOTH, 0, 0, NOT_KNOWN, NULL, NULL},
    {9, "SMC", BOTH, 0, 0, NOT_KNOWN, NULL, NULL},
    {10, "VPR", BOTH, 0, 0, NOT_KNOWN, NULL, NULL},
    {11, "NVDEC0_STATUS", GPU, 0x82, 1, 1, is_status, "gpu.opaque.status"},
    {12, "MSRSCNT", BOTH, 0x84, 4, 4 * GH_SPDM_BLOCKS_MAX, NULL, NULL},
    {13, "CPRINFO", GPU, 0x83, 4, 4, NULL, NULL},
    {14, "BOARD_ID", GPU, 0x82, 4, 4, NULL, NULL},
    {15, "CHIP_SKU", GPU, 0x82, 2, TEXT_MAX, is_text, "gpu.opaque.text"},
    {16, "CHIP_SKU_MOD", GPU, 0x82, 2, TEXT_MAX, is_text, "gpu.opaque.text"},
    {17, "PROJECT", GPU, 0x82, 2, TEXT_MAX, is_text, "gpu.opaque.text"},
    {18, "PROJECT_SKU", GPU, 0x82, 2, TEXT_MAX, is_text, "gpu.opaque.text"},
    {19, "PROJECT_SKU_MOD", GPU, 0x82, 2, TEXT_MAX, is_text, "gpu.opaque.text"},
    {20, "FWID", BOTH, 0x01, 48, 48, NULL, NULL},
    {21, "PROTECTED_PCIE_STATUS", GPU, 0x85, 1, 1, is_status, "gpu.opaque.status"},
    {22, "SWITCH_PDI", GPU, 0, 144, 144, NULL, NULL},
    {22, "DEVICE_PDI", SWITCH, 0, 8, 8, NULL, NULL},
    {23, "DISABLED_PORTS", SWITCH, 0, 2, 2, NULL, NULL},
    {24, "POSITION_ID", SWITCH, 0, 2, 2, is_position, "gpu.opaque.position"},
    {25, "LOCK_STATUS", SWITCH, 0, 2, 2, is_locked, "gpu.opaque.lock-status"},
    {26, "SWITCH_GPU_PDIS", SWITCH, 0, 128, 128, is_gpu_list, "gpu.opaque.ports"},
    {27, "SWITCH_PORTS", SWITCH, 0, 0, NOT_KNOWN, NULL, NULL},
    {32, "GPU_LINK_CONN", GPU, 0, 0, NOT_KNOWN, NULL, NULL},
    {33, "SYS_ENABLE_STATUS", GPU, 0, 2, 2, NULL, NULL},
    {34, "OPAQUE_DATA_VERSION", BOTH, 0x86, 2, 2, is_version, "gpu.opaque.version"},
    {35, "CHIP_INFO", GPU, 0, 2, TEXT_MAX, is_version_text, "gpu.opaque.text"},
    {36, "FEATURE_FLAG", GPU, 0x85, 2, 2, is_feature, "gpu.opaque.feature-flag"},
    {37, "FSP_UCODE_SVN", GPU, 0x87, 2, 2, NULL, NULL},
    {38, "NVLE_STATUS", GPU, 0x85, 2, 2, NULL, NULL},
    {255, "INVALID", 0, 0, 0, NOT_KNOWN, NULL, NULL},
};

/* The row of this type for this device; one for the other device when there is no other;
 * NULL when the number is not known at all. */
static const struct known *find_known(unsigned int type, bool is_switch)
{
	const struct known *other = NULL;
	for (size_t i = 0; i < GH_COUNT(known); i++) {
		if (known[i].type != type)
			continue;
		if (known[i].on & (is_switch ? SWITCH : GPU))
			return &known[i];
		other = &known[i];
	}
	return other;
}

const char *gh_opaque_name(unsigned int type, bool is_switch)
{
	const struct known *k = find_known(type, is_switch);
	return k == NULL ? NULL : k->name;
}

bool gh_opaque_is_gpu_list(const struct gh_opaque *o, bool is_switch)
{
	return is_switch && o != NULL && o->data.len == GPU_LIST_LEN &&
	       (o->type == GH_OPAQUE_SWITCH_GPU_PDIS || o->type == GH_OPAQUE_GPU_INFO);
}

/* NULL when the field is what it must be; else the code, and in fact what is wrong. */
static const char *fault_of(const struct gh_gpu_case *c, const struct gh_opaque *o,
    const struct known *k, char fact[static 120])
{
	bool versioned = c->spdm.nvdaod;
	snprintf(fact, 120, "%s (type %u) at offset %zu, %zu bytes", k->name, o->type,
	    o->offset, o->data.len);
	if (k->on == 0)
		return "gpu.opaque.invalid";
	if (!(k->on & (gh_gpu_is_switch(c) ? SWITCH : GPU)))
		return "gpu.opaque.place";
	if (versioned && k->value_type != 0 && o->value_type != k->value_type)
		return "gpu.opaque.value-type";
	if (k->max == NOT_KNOWN)
		return NULL;
	if (o->data.len < k->min || o->data.len > k->max)
		return "gpu.opaque.size";
	/* the version of the versioned form stands in its header; this one is ignored */
	if (k->good == NULL || (versioned && o->type == GH_OPAQUE_OPAQUE_VERSION))
		return NULL;
	return k->good(o->data) ? NULL : k->code;
}

/* The first type that a report of this device cannot be without; 0: all there. */
static unsigned int missing_type(const struct gh_gpu_case *c)
{
	static const unsigned int of_gpu[] = {GH_OPAQUE_DRIVER_VERSION,
	    GH_OPAQUE_VBIOS_VERSION, GH_OPAQUE_MSRSCNT, GH_OPAQUE_NVDEC0_STATUS, 0},
				  of_switch[] = {GH_OPAQUE_VBIOS_VERSION,
				      GH_OPAQUE_MSRSCNT, GH_OPAQUE_SWITCH_PDI,
				      GH_OPAQUE_POSITION_ID, GH_OPAQUE_LOCK_STATUS, 0};
	const unsigned int *t = gh_gpu_is_switch(c) ? of_switch : of_gpu;
	while (*t != 0 && gh_spdm_opaque(&c->spdm, *t) != NULL)
		t++;
	return *t;
}

/* Claims that the judge of the fabric reads: from the signed report and nothing else. */
static void claim_fields(struct gh_gpu_case *c)
{
	struct gh_subject *s = gh_gpu_subject(c);
	bool is_switch = gh_gpu_is_switch(c);
	const struct gh_opaque *pdi = gh_spdm_opaque(&c->spdm, GH_OPAQUE_SWITCH_PDI);
	const struct gh_opaque *list =
	    gh_spdm_opaque(&c->spdm, GH_OPAQUE_SWITCH_GPU_PDIS);
	const struct gh_opaque *at = gh_spdm_opaque(&c->spdm, GH_OPAQUE_POSITION_ID);
	const struct gh_opaque *lock = gh_spdm_opaque(&c->spdm, GH_OPAQUE_LOCK_STATUS);
	unsigned char turned[144];
	if (list == NULL)
		list = gh_spdm_opaque(&c->spdm, GH_OPAQUE_GPU_INFO);
	if (pdi != NULL && is_switch && pdi->data.len == 8)
		gh_claim_hex(s, "device_pdi", pdi->data.p, 8);
	if (pdi != NULL && !is_switch && pdi->data.len == sizeof(turned)) {
		/* a GPU writes each PDI the other way round than its certificate */
		for (size_t i = 0; i < sizeof(turned); i++)
			turned[i] = pdi->data.p[i / 8 * 8 + 7 - i % 8];
		gh_claim_hex(s, "switch_pdis", turned, sizeof(turned));
	}
	if (gh_opaque_is_gpu_list(list, is_switch)) {
		gh_claim_hex(s, "gpu_pdis", list->data.p, GPU_PDIS_LEN);
		gh_claim_hex(s, "port_map", list->data.p + GPU_PDIS_LEN,
		    GPU_LIST_LEN - GPU_PDIS_LEN);
	}
	if (at != NULL && at->data.len == 2)
		gh_claim(s, "position_id", "%u", u16(at->data));
	if (lock != NULL && lock->data.len == 2)
		gh_claim_hex(s, "lock_status", lock->data.p, 2);
}

static const char *judge_fields(
    const struct gh_gpu_case *c, char fact[static 120], struct gh_buf *odd)
{
	size_t unknown = 0, unseen = 0;
	unsigned int missing = missing_type(c);
	for (size_t i = 0; i < c->spdm.n_opaque; i++) {
		const struct gh_opaque *o = &c->spdm.opaque[i];
		const struct known *k = find_known(o->type, gh_gpu_is_switch(c));
		const char *code = k == NULL ? NULL : fault_of(c, o, k, fact);
		if (code != NULL)
			return code;
		unknown += k == NULL;
		unseen += k != NULL && k->on != 0 && k->max == NOT_KNOWN;
		if (k == NULL)
			gh_buf_fmt(odd, "%s%u", odd->len > 0 ? ", " : "", o->type);
	}
	if (missing != 0) {
		snprintf(fact, 120, "no %s (type %u)",
		    gh_opaque_name(missing, gh_gpu_is_switch(c)), missing);
		return "gpu.opaque.missing";
	}
	if (unknown + unseen == 0)
		snprintf(fact, 120, "%zu fields, all of their form", c->spdm.n_opaque);
	else
		snprintf(fact, 120,
		    "%zu fields of their form, %zu of unknown type, %zu of unknown form",
		    c->spdm.n_opaque - unknown - unseen, unknown, unseen);
	return NULL;
}

void gh_gpu_opaque_judge(struct gh_gpu_case *c)
{
	struct gh_finding *f =
	    gh_gpu_begin(c, "gpu.opaque", "gpu.spdm.signature", "opaque data");
	gh_auto(struct gh_buf, gh_buf_free) odd = {0};
	char fact[120];
	const char *code;
	gh_say(&f->expected, "every known field of its size, place and values");
	if (!c->parsed) {
		gh_gpu_settle(f, false, "no report");
		return;
	}
	claim_fields(c);
	code = judge_fields(c, fact, &odd);
	if (code != NULL) {
		gh_gpu_refuse(f, code, fact);
		gh_say(&f->why,
		    "the device states something that no device of this kind states");
		gh_say(&f->remedy,
		    "Collect the evidence again; if it stays, keep it and ask NVIDIA.");
		return;
	}
	gh_gpu_settle(f, c->grounded, fact);
	if (odd.len > 0)
		gh_say(&f->observed, "%s: %s", fact, gh_buf_cstr(&odd));
}

/* Eight-byte PDIs, one behind the other; turned: last byte first. */
static void list_pdis(struct gh_buf *out, struct gh_bytes d, bool turned)
{
	for (size_t i = 0; i + 8 <= d.len; i += 8) {
		gh_buf_str(out, i > 0 ? " " : "");
		for (size_t k = 0; k < 8; k++)
			gh_buf_fmt(out, "%02x", d.p[i + (turned ? 7 - k : k)]);
	}
}

void gh_opaque_meaning(struct gh_buf *out, const struct gh_spdm *s,
    const struct gh_opaque *o, bool is_switch)
{
	static const char *const modes[] = {"SPT", "MPT", "PPCIE"};
	const struct known *k = find_known(o->type, is_switch);
	struct gh_bytes d = o->data;
	char text[64];
	if (k == NULL || k->max == NOT_KNOWN || d.len < k->min || d.len > k->max)
		return;
	if (gh_opaque_is_gpu_list(o, is_switch)) {
		list_pdis(out, (struct gh_bytes){d.p, GPU_PDIS_LEN}, false);
		gh_buf_str(out, "; GPU on each port: ");
		gh_buf_hex(out, d.p + GPU_PDIS_LEN, d.len - GPU_PDIS_LEN);
	} else if (o->type == GH_OPAQUE_VBIOS_VERSION) {
		gh_spdm_vbios(s, text, sizeof(text));
		gh_buf_str(out, text);
	} else if (k->good == is_text || k->good == is_version_text) {
		gh_spdm_opaque_text(s, o->type, text, sizeof(text));
		gh_buf_fmt(out, "\"%s\"", text);
	} else if (k->good == is_status) {
		gh_buf_str(out, d.p[0] == GH_STATUS_ON    ? "on"
				: d.p[0] == GH_STATUS_OFF ? "off"
							  : "neither AA nor 55");
	} else if (o->type == GH_OPAQUE_FEATURE_FLAG) {
		gh_buf_str(out, u16(d) < GH_COUNT(modes) ? modes[u16(d)] : "not known");
	} else if (o->type == GH_OPAQUE_SWITCH_PDI) {
		list_pdis(out, d, !is_switch);
	} else if (o->type == GH_OPAQUE_MSRSCNT) {
		for (size_t i = 0; i + 4 <= d.len; i += 4) {
			struct gh_rd r = gh_rd_of(d.p + i, 4);
			gh_buf_fmt(out, "%s%u", i > 0 ? " " : "", gh_rd_u32le(&r));
		}
	} else if (k->max == 2) {
		gh_buf_fmt(out, "%u", u16(d));
	}
}
