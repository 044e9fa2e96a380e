/* SPDX-License-Identifier: Apache-2.0
 * What a report rests on: the two newest runs of a host as one result, and their bytes. */
#pragma once

#include "proof/statement.h"
#include "report/make.h"

struct gh_piece { /* one file below evidence/ */
	char sha256[65];
	char role[32], media[64];
	char leaf_spki[65]; /* of a chain: SHA-256 of its leaf's SPKI; else "" */
	struct gh_buf bytes;
};

struct gh_gathered {
	struct gh_result result; /* .at = the older of the two verification times */
	struct gh_piece *piece;
	size_t n_pieces;
	char by[64]; /* who ran the checks */
	int64_t now;
};

void gh_gathered_free(struct gh_gathered *g);
GH_MUST_USE int gh_gather(struct gh_gathered *out, struct gh_store *store, int64_t now,
    const struct gh_report_inputs *in, struct gh_err *err);
/* evidence/index.json: {"<sha256>":{"media","role","size"}}. */
GH_MUST_USE int gh_gather_index(
    struct gh_buf *out, const struct gh_gathered *g, struct gh_err *err);
/* The digest of the piece of that role and digest, or (chain) that leaf; NULL when none. */
const char *gh_gather_find(
    const struct gh_gathered *g, const char *role, const char *sha256);
const char *gh_gather_chain(const struct gh_gathered *g, const char *leaf_spki);
