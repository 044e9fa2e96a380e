/* SPDX-License-Identifier: Apache-2.0
 * A PE image (kernel, boot loader, unified kernel image) and its Authenticode digest: what
 * UEFI firmware measures when it loads one (spec/tdx.md section 5.3). */
#pragma once

#include "crypto/digest.h"

#define GH_PE_SECTIONS 96

struct gh_pe_section {
	char name[9];        /* as in the file, with a NUL; may hold any byte */
	uint32_t vsize;      /* bytes in memory */
	uint32_t at;         /* offset of raw in the file */
	struct gh_bytes raw; /* empty: nothing of it is in the file */
};

struct gh_pe {
	struct gh_bytes file; /* borrowed */
	bool plus;            /* PE32+ */
	uint16_t machine;     /* 0x8664: x86-64 */
	size_t checksum_at;   /* four bytes that are not measured */
	size_t cert_dir_at;   /* eight bytes that are not measured; 0: no such entry */
	uint32_t headers;     /* SizeOfHeaders */
	uint32_t cert_len;    /* bytes of signatures at the end, not measured */
	struct gh_pe_section section[GH_PE_SECTIONS]; /* in the order of the header */
	size_t n;
};

/* Strict: every offset inside the file, sections behind the headers and not over each
 * other, signatures at the very end. PARSE with the offset. */
GH_MUST_USE int gh_pe_parse(
    struct gh_pe *out, const void *p, size_t len, struct gh_err *err);
/* Headers without checksum and certificate entry, sections in the order of the file, what
 * follows them up to the signatures. out has gh_hash_len(h) bytes. No padding is added:
 * firmware adds none (signing tools do for a file that is not a multiple of 8 bytes). */
GH_MUST_USE int gh_pe_authenticode(
    const struct gh_pe *pe, enum gh_hash h, void *out, struct gh_err *err);
/* The first section of that name, or NULL. *n (may be NULL): how many have it. */
const struct gh_pe_section *gh_pe_find(
    const struct gh_pe *pe, const char *name, size_t *n);
