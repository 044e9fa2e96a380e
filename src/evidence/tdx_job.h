/* SPDX-License-Identifier: Apache-2.0
 * One TDX quote in judgement, and the parts of the verdict; only tdx*.c include this. */
#pragma once

#include "evidence/tdx.h"
#include "evidence/tdx_collateral.h"
#include "evidence/tdx_tcb.h"
#include "evidence/tee.h"

enum { GH_TDX_LEAF, GH_TDX_CA, GH_TDX_ROOT, GH_TDX_CHAIN_LEN };

struct gh_tdx_job {
	struct gh_tee tee;
	const struct gh_policy *policy; /* never NULL */
	struct gh_bytes quote;
	struct gh_tdx_quote q;
	struct gh_tdx_qe qe;
	struct gh_certs chain; /* as in the quote: leaf, intermediate, root; or empty */
	struct gh_tdx_pck pck;
	bool has_pck;    /* the SGX extension could be read */
	bool crl_failed; /* a certificate is revoked, or a list does not hold */
	struct gh_tdx_collateral collateral;
};

/* FAIL with "tdx.<name>.<fault>", or what gh_tee_settle makes of "". */
void gh_tdx_settle(
    struct gh_tdx_job *j, struct gh_finding *f, const char *name, const char *fault);
/* Where a fault stands in a list of faults, which must hold it: how far something came. */
size_t gh_tdx_rank(const char *const *ranks, const char *fault);
/* A second parent: SKIP when that step was not proven, and true. */
bool gh_tdx_lacks(struct gh_tdx_job *j, struct gh_finding *f, const char *step);

/* tdx_collateral.c: tdx.collateral.signer, .tcb_info, .qe_identity. */
void gh_tdx_judge_collateral(struct gh_tdx_job *j);
/* tdx_platform.c: tdx.qe.identity, tdx.module, tdx.tcb and their claims. */
void gh_tdx_judge_platform(struct gh_tdx_job *j);
/* tdx_policy.c: what the signed quote states about the TD, by ctx->policy. */
void gh_tdx_judge_policy(struct gh_tdx_job *j);
/* tdx_claims.c: what the quote states, as claims of the subject. */
void gh_tdx_claims(struct gh_tdx_job *j);
