/* SPDX-License-Identifier: Apache-2.0
 * An Intel TDX quote, version 4 or 5, as bytes (spec/tdx.md section 1). */
#pragma once

#include <stdbool.h>

#include "base/rd.h"

#define GH_TDX_QUOTE_MAX (64u << 10)

enum gh_tdx_body {
	GH_TDX_TD10 = 2,     /* 584 bytes */
	GH_TDX_TD15 = 3,     /* 648 */
	GH_TDX_TD15_EXT = 4, /* 885 */
};

struct gh_tdx_quote {
	uint16_t version, key_type, body_type;
	uint32_t tee_type;
	const unsigned char *user_data;   /* 20; the first 16 name the platform's QE */
	struct gh_bytes signed_;          /* header and body: what the signature covers */
	const unsigned char *tee_tcb_svn; /* 16 */
	const unsigned char *mrseam, *mrsignerseam; /* 48 */
	uint64_t seam_attributes, td_attributes, xfam;
	const unsigned char *mrtd, *mrconfigid, *mrowner, *mrownerconfig; /* 48 */
	const unsigned char *rtmr[4];                                     /* 48 */
	const unsigned char *report_data;                                 /* 64 */
	const unsigned char *tee_tcb_svn2; /* 16; NULL in TD 1.0 */
	const unsigned char *mrservicetd;  /* 48; NULL in TD 1.0 */
	struct gh_bytes signature;         /* r||s, 64 */
	const unsigned char *key;          /* the attestation key, x||y, 64 */
	struct gh_bytes qe_report;         /* 384 */
	struct gh_bytes qe_signature;      /* 64 */
	struct gh_bytes qe_auth;
	struct gh_bytes
	    pck_pem; /* without the NULs that quoting enclaves put behind it */
	struct gh_bytes trailing; /* after the quote, covered by nothing */
	const char *fault; /* when parsing failed: "version", "tee_type", "format" ... */
};

/* The QE report's fields (an SGX report body, spec section 1.3). */
struct gh_tdx_qe {
	uint32_t miscselect;
	const unsigned char *attributes;  /* 16 */
	const unsigned char *mrsigner;    /* 32 */
	const unsigned char *report_data; /* 64 */
	uint16_t isv_prod_id, isv_svn;
};

/* 0 when the bytes are one quote in which every length is consumed exactly; bytes behind
 * it are given back as trailing. Else PARSE, and out->fault is a stable word. */
GH_MUST_USE int gh_tdx_quote_parse(
    struct gh_tdx_quote *out, const void *p, size_t len, struct gh_err *err);
GH_MUST_USE int gh_tdx_qe_parse(
    struct gh_tdx_qe *out, struct gh_bytes report, struct gh_err *err);
