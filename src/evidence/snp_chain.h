/* SPDX-License-Identifier: Apache-2.0
 * Finds the certificates of one SNP report among those at hand. Finding is not trusting:
 * evidence/snp_links.c judges what was found. */
#pragma once

#include "crypto/memo.h"
#include "evidence/snp_report.h"

struct gh_snp_chain {
	const struct gh_cert *vek, *ask, *ark; /* borrowed; NULL: not at hand */
	struct gh_certs builtin;               /* AMD's own, loaded when needed */
};

void gh_snp_chain_free(struct gh_snp_chain *c);
/* 0 when the report's signature is good under that certificate's key; computed once per
 * memo (may be NULL). */
GH_MUST_USE int gh_snp_chain_signed(const struct gh_snp_report *r,
    const struct gh_cert *vek, struct gh_memo *memo, struct gh_err *err);
/* The endorsement certificate of this report: of the kind, the chip and the TCB that the
 * report names; of several, the one that signed it. The best of a bad lot when none fits;
 * NULL when none was given. */
const struct gh_cert *gh_snp_chain_vek(
    const struct gh_certs *given, const struct gh_snp_report *r, struct gh_memo *memo);
/* Finds c->ask above c->vek and c->ark above that, by name and signature, among the given
 * ones first and AMD's published ones second. Without a vek: AMD's own for the product and
 * kind of key. */
GH_MUST_USE int gh_snp_chain_find(struct gh_snp_chain *c, const struct gh_certs *given,
    enum gh_snp_product p, bool vlek, struct gh_memo *memo, struct gh_err *err);
/* "SEV-Genoa" or "SEV-VLEK-Genoa". */
#define GH_SNP_CN_TEXT 32
void gh_snp_chain_ask_cn(
    char out[static GH_SNP_CN_TEXT], enum gh_snp_product p, bool vlek);
