/* SPDX-License-Identifier: Apache-2.0
 * Is the intermediate revoked? AMD revokes ASK and ASVK by a CRL that the ARK signs; single
 * VCEKs are never revoked, their serial is always 0 (spec/snp.md section 2). */
#pragma once

#include "crypto/cert.h"

enum gh_snp_revocation {
	GH_SNP_CRL_NONE = 0, /* no list of this ARK among those given */
	GH_SNP_CRL_BAD,      /* a list of this ARK that does not hold; *err says why */
	GH_SNP_CRL_GOOD,
	GH_SNP_CRL_REVOKED,
};

/* Judges every CRL (DER) of that ARK: signature, thisUpdate <= at < nextUpdate, then the
 * serial of ask. One that revokes outweighs one that does not hold, which outweighs a good
 * one. */
enum gh_snp_revocation gh_snp_crl_check(const struct gh_bytes *crls, size_t n,
    const struct gh_cert *ark, const struct gh_cert *ask, int64_t at, struct gh_err *err);
