/* SPDX-License-Identifier: Apache-2.0
 * Everything that came with the evidence, sorted by kind, so that each judge finds what
 * fits its own, in whatever order it was given. */
#pragma once

#include "evidence/load.h"
#include "evidence/rim.h"

#define GH_SHELF_CERTS_MAX 1024
#define GH_SHELF_DOCS_MAX  256 /* of one kind */
#define GH_SHELF_KINDS     7

struct gh_shelf {
	struct gh_context ctx; /* the caller's, with all of the below: for the judges */
	struct gh_memo *memo;  /* ours; NULL when the caller brought one */
	struct gh_certs certs;
	struct gh_rims own;  /* RIMs loaded here */
	struct gh_rims view; /* own and the caller's: the array ours, the RIMs borrowed */
	struct gh_bytes *docs[GH_SHELF_KINDS]; /* arrays ours, bytes borrowed */
	size_t n_docs[GH_SHELF_KINDS];
	size_t n_unreadable;      /* pieces given along that are not of their form */
	struct gh_err unreadable; /* what is wrong with the first */
};

void gh_shelf_free(struct gh_shelf *s);
/* Sorts both sets (with may be NULL) and what ctx brings; the sets, ctx and what they
 * point to must outlive the shelf. Certificate tables are taken apart, duplicates dropped.
 * Keys (JWKS) count only when they were given along: a token that brings its own keys
 * proves nothing. A piece that cannot be read is counted, and what needed it will say that
 * it is missing. PARSE when there are too many pieces: none is ever left out in silence,
 * for it might be the list that revokes. NOMEM. */
GH_MUST_USE int gh_shelf_fill(struct gh_shelf *s, const struct gh_evidence_set *set,
    const struct gh_evidence_set *with, const struct gh_context *ctx, struct gh_err *err);
