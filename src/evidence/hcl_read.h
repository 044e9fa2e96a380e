/* SPDX-License-Identifier: Apache-2.0
 * The HCL report as bytes and the runtime claims as JSON; hcl.c judges, hcl_show.c shows. */
#pragma once

#include "base/rd.h"
#include "crypto/key.h"
#include "evidence/hcl.h"

#define GH_HCL_HEADER_LEN  32u   /* what stands before the hardware report */
#define GH_HCL_HW_LEN      1184u /* its area; a TD report fills 1024 of it */
#define GH_HCL_RUNTIME_AT  0x4C0u
#define GH_HCL_JSON_AT     0x4D4u
#define GH_HCL_REPORT_SNP  2u
#define GH_HCL_REPORT_TDX  4u
#define GH_HCL_HASH_SHA256 1u

/* Everything in it is borrowed. json.p is NULL when the bytes end before it. */
struct gh_hcl_report {
	struct gh_bytes whole;
	const unsigned char *magic;                    /* "HCLA" */
	uint32_t version, size, request_type, status;  /* header */
	struct gh_bytes hw;                            /* as much as there is */
	uint32_t data_size, data_version, report_type; /* runtime block */
	uint32_t hash_type, json_size;
	struct gh_bytes json;
};

/* Reads as far as the bytes go. */
void gh_hcl_split(struct gh_hcl_report *out, struct gh_bytes b);
/* "" when the report has the one form we know, else a stable word for a code (short,
 * magic, version, request, report, hash, size, trailing) and *err in words: field, offset,
 * expected. */
const char *gh_hcl_fault(const struct gh_hcl_report *r, struct gh_err *err);
/* The RSA key HCLAkPub (2048 to 4096 bits, e 65537) of the runtime claims, there exactly
 * once. PARSE names what is wrong. */
GH_MUST_USE int gh_hcl_ak(
    struct gh_pubkey **out, const json_t *runtime, struct gh_err *err);
