/* SPDX-License-Identifier: Apache-2.0
 * The SPDM measurement report of an NVIDIA GPU or switch, as bytes (spec/nvidia.md 1). */
#pragma once

#include "base/rd.h"

#define GH_SPDM_BLOCKS_MAX 128
#define GH_SPDM_OPAQUE_MAX 64
#define GH_SPDM_MAX_LEN    0x2000

/* Opaque data types (section 1.2). */
enum gh_opaque_type {
	GH_OPAQUE_DRIVER_VERSION = 3,
	GH_OPAQUE_GPU_INFO = 4,
	GH_OPAQUE_VBIOS_VERSION = 6,
	GH_OPAQUE_NVDEC0_STATUS = 11,
	GH_OPAQUE_MSRSCNT = 12,
	GH_OPAQUE_BOARD_ID = 14,
	GH_OPAQUE_CHIP_SKU = 15,
	GH_OPAQUE_PROJECT = 17,
	GH_OPAQUE_PROJECT_SKU = 18,
	GH_OPAQUE_FWID = 20,
	GH_OPAQUE_PPCIE_STATUS = 21,
	GH_OPAQUE_SWITCH_PDI = 22,
	GH_OPAQUE_POSITION_ID = 24,
	GH_OPAQUE_LOCK_STATUS = 25,
	GH_OPAQUE_SWITCH_GPU_PDIS = 26,
	GH_OPAQUE_OPAQUE_VERSION = 34,
	GH_OPAQUE_CHIP_INFO = 35,
	GH_OPAQUE_FEATURE_FLAG = 36,
};

struct gh_opaque {
	uint16_t type, value_type; /* value_type: NVDAOD form only, else 0 */
	struct gh_bytes data;      /* borrowed from the report */
	size_t offset;
};

struct gh_spdm {
	struct gh_bytes report;               /* the whole blob, borrowed */
	struct gh_bytes signed_;              /* blob[0 .. len - 96) */
	struct gh_bytes signature;            /* r||s */
	const unsigned char *nonce;           /* 32 bytes, the verifier's */
	const unsigned char *responder_nonce; /* 32 bytes */
	size_t n_blocks;
	const unsigned char
	    *block[GH_SPDM_BLOCKS_MAX]; /* 48 bytes each; [i] = block i+1 */
	size_t n_opaque;
	struct gh_opaque opaque[GH_SPDM_OPAQUE_MAX];
	bool nvdaod; /* versioned opaque form */
};

/* 0 when the blob is exactly one report of the form of section 1.1; PARSE with the field
 * and offset otherwise. Everything in *out points into p. */
GH_MUST_USE int gh_spdm_parse(
    struct gh_spdm *out, const void *p, size_t len, struct gh_err *err);
/* NULL when absent. */
const struct gh_opaque *gh_spdm_opaque(const struct gh_spdm *s, unsigned int type);
/* Printable text of a NUL-terminated opaque value; "" when absent. */
void gh_spdm_opaque_text(
    const struct gh_spdm *s, unsigned int type, char *out, size_t size);
/* "96.00.9F.00.01" of an 8-byte VBIOS field, or the switch's own text; "" when absent. */
void gh_spdm_vbios(const struct gh_spdm *s, char *out, size_t size);
