/* SPDX-License-Identifier: Apache-2.0
 * One TDX quote in judgement, and the parts of the verdict that stand in tdx_policy.c;
 * only tdx.c includes this. */
#pragma once

#include "evidence/tdx.h"
#include "evidence/tdx_pck.h"
#include "evidence/tdx_quote.h"
#include "evidence/tee.h"

struct gh_tdx_job {
	struct gh_tee tee;
	struct gh_bytes quote;
	struct gh_tdx_quote q;
	struct gh_tdx_qe qe;
	struct gh_certs chain; /* as in the quote: leaf, intermediate, root */
	struct gh_tdx_pck pck;
	bool has_pck; /* the SGX extension could be read */
};

/* What the signed quote states about the TD, by the default policy. */
void gh_tdx_judge_policy(struct gh_tdx_job *j);
/* What only Intel's collateral can answer. */
void gh_tdx_judge_tcb(struct gh_tdx_job *j);
void gh_tdx_claims(struct gh_tdx_job *j);
