/* SPDX-License-Identifier: Apache-2.0
 * The certificate table of an extended SNP report: what the host keeps for the guest
 * (spec/snp.md section 3.1). Nothing in it is signed as a table: each certificate proves
 * itself. */
#pragma once

#include <stdbool.h>

#include "base/rd.h"

#define GH_SNP_TABLE_MAX_LEN   (64u << 10)
#define GH_SNP_TABLE_ENTRIES   32
#define GH_SNP_TABLE_ENTRY_LEN 24u

enum gh_snp_item {
	GH_SNP_ITEM_OTHER = 0, /* a GUID we do not know: kept, not read */
	GH_SNP_ITEM_ARK,
	GH_SNP_ITEM_ASK, /* or ASVK */
	GH_SNP_ITEM_VCEK,
	GH_SNP_ITEM_VLEK,
	GH_SNP_ITEM_CRL,
	GH_SNP_ITEM_PLATFORM, /* Google's extra platform information */
};

struct gh_snp_table {
	struct {
		enum gh_snp_item item;
		struct gh_bytes body; /* DER, borrowed */
	} at[GH_SNP_TABLE_ENTRIES];
	size_t n;
};

/* 0 when header and bodies lie in the bytes, no body in the header and no GUID there twice;
 * an empty table is fine. The bodies are not parsed. */
GH_MUST_USE int gh_snp_table_parse(
    struct gh_snp_table *out, const void *p, size_t len, struct gh_err *err);
/* The body of that kind, p NULL when there is none. */
struct gh_bytes gh_snp_table_get(const struct gh_snp_table *t, enum gh_snp_item item);
/* True when the bytes are such a table: it parses, has at least one entry, and names only
 * GUIDs we know. For telling it from other evidence. */
bool gh_snp_table_looks(struct gh_bytes b);
