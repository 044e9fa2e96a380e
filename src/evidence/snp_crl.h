/* SPDX-License-Identifier: Apache-2.0
 * Is the intermediate revoked? AMD revokes ASK and ASVK by a CRL that the ARK signs; single
 * VCEKs are never revoked, their serial is always 0 (spec/snp.md section 2). */
#pragma once

#include "evidence/context.h"

enum gh_snp_revocation {
	GH_SNP_CRL_NONE = 0, /* no list of this ARK among those given */
	GH_SNP_CRL_BAD,      /* a list of this ARK that does not hold; *err says why */
	GH_SNP_CRL_GOOD,
	GH_SNP_CRL_REVOKED,
};

/* Judges every list of ctx->crls that names that ARK: RSASSA-PSS with SHA-384 by the ARK,
 * then the serial of ask, then thisUpdate <= ctx->at < nextUpdate. One that the ARK signed
 * and that revokes outweighs all, also when its window is over: AMD takes no revocation
 * back. A good one outweighs those that do not hold. Lists of others do not matter; with
 * NONE *err tells of one that could not be read. */
enum gh_snp_revocation gh_snp_crl_check(const struct gh_context *ctx,
    const struct gh_cert *ark, const struct gh_cert *ask, struct gh_err *err);
