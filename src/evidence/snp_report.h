/* SPDX-License-Identifier: Apache-2.0
 * The SEV-SNP ATTESTATION_REPORT as bytes (spec/snp.md section 1). */
#pragma once

#include <stdbool.h>

#include "base/rd.h"

#define GH_SNP_REPORT_LEN 1184u /* 0x4A0 */
#define GH_SNP_SIGNED_LEN 672u  /* 0x2A0: what the signature covers */

#define GH_SNP_VMPL_HOST 0xFFFFFFFFu /* asked for by the host, not by the guest */

/* POLICY bits. */
#define GH_SNP_POLICY_MBO          (1ull << 17) /* must be one */
#define GH_SNP_POLICY_MIGRATE_MA   (1ull << 18)
#define GH_SNP_POLICY_DEBUG        (1ull << 19)
#define GH_SNP_POLICY_CXL          (1ull << 21)
#define GH_SNP_POLICY_MBZ          (~0ull << 26)
#define GH_SNP_PLATFORM_ALIAS_DONE (1ull << 5)
#define GH_SNP_PLATFORM_RESERVED   (~0ull << 8)

enum gh_snp_key {
	GH_SNP_VCEK = 0,
	GH_SNP_VLEK = 1,
	GH_SNP_KEY_NONE = 7, /* 2..6 are reserved */
};

enum gh_snp_product {
	GH_SNP_NO_PRODUCT = 0,
	GH_SNP_MILAN,
	GH_SNP_GENOA, /* also Siena and Bergamo: same chain, same KDS name */
	GH_SNP_TURIN,
};

struct gh_snp_report {
	struct gh_bytes whole; /* borrowed, GH_SNP_REPORT_LEN */
	uint32_t version, guest_svn, vmpl, signature_algo, flags;
	uint64_t policy, platform_info, launch_mit, current_mit;
	const unsigned char *family_id, *image_id;                 /* 16 */
	const unsigned char *current_tcb, *reported_tcb;           /* 8 */
	const unsigned char *committed_tcb, *launch_tcb;           /* 8 */
	const unsigned char *report_data, *chip_id;                /* 64 */
	const unsigned char *measurement, *id_key, *author_key;    /* 48 */
	const unsigned char *host_data, *report_id, *report_id_ma; /* 32 */
	const unsigned char *current_version,
	    *committed_version;             /* build, minor, major */
	const unsigned char *sig_r, *sig_s; /* 72, little endian, 48 significant */
	uint8_t cpu_family, cpu_model, cpu_stepping; /* version >= 3, else 0 */
};

/* A TCB_VERSION taken apart: fmc only on Turin. */
struct gh_snp_tcb {
	uint8_t fmc, boot_loader, tee, snp, microcode;
};

/* 0 when the bytes are one report of a version we know (2..5), exactly as long as one;
 * *out then points into p. Says nothing about reserved bits. A version that we do not know
 * is an error with *out filled by the layout of version 5: show it, do not trust it;
 * out->whole.p is NULL when the length is wrong. */
GH_MUST_USE int gh_snp_report_parse(
    struct gh_snp_report *out, const void *p, size_t len, struct gh_err *err);
/* 0 when every must-be-zero byte and bit of that version is zero, and every must-be-one
 * bit one; PARSE names the first that is not. */
GH_MUST_USE int gh_snp_report_reserved(const struct gh_snp_report *r, struct gh_err *err);
/* By CPUID; GH_SNP_NO_PRODUCT for version 2 and for a CPU that we have no root of. */
enum gh_snp_product gh_snp_report_product(const struct gh_snp_report *r);
enum gh_snp_key gh_snp_report_key(const struct gh_snp_report *r); /* may be 2..6 */
bool gh_snp_report_masked(const struct gh_snp_report *r); /* MASK_CHIP_KEY: not signed */
/* r||s big endian, 48 bytes each; -1 when a number has more than 48 bytes. */
GH_MUST_USE int gh_snp_report_signature(
    const struct gh_snp_report *r, unsigned char out[static 96], struct gh_err *err);

/* "Milan", "Genoa", "Turin"; "" for none. */
const char *gh_snp_product_name(enum gh_snp_product p);
/* "Milan-B0", "Milan", "Genoa" ...: a name of the VCEK's productName extension. */
enum gh_snp_product gh_snp_product_of(const char *name);

struct gh_snp_tcb gh_snp_tcb_of(const unsigned char raw[static 8], enum gh_snp_product p);
/* Every component of a is at most that of b. */
bool gh_snp_tcb_le(struct gh_snp_tcb a, struct gh_snp_tcb b);
/* "FMC 1, BL 1, TEE 1, SNP 4, microcode 81"; FMC only on Turin. */
#define GH_SNP_TCB_TEXT 64
void gh_snp_tcb_text(
    char out[static GH_SNP_TCB_TEXT], struct gh_snp_tcb t, enum gh_snp_product p);
