/* SPDX-License-Identifier: Apache-2.0
 * One SNP report in judgement, and the parts of the verdict that stand in snp_policy.c;
 * only snp.c includes this. */
#pragma once

#include "crypto/chain.h"
#include "evidence/snp.h"
#include "evidence/snp_chain.h"
#include "evidence/snp_crl.h"
#include "evidence/tee.h"

struct gh_snp_job {
	struct gh_tee tee;
	const struct gh_snp_evidence *ev;
	struct gh_snp_report r;
	enum gh_snp_product product;
	struct gh_snp_chain chain;
	bool has_path; /* vek, ask and ark are at hand: links is what they make */
	struct gh_link links[3]; /* in that order */
	struct gh_err
	    path_err; /* why OpenSSL refuses the path; what is "" when it does not */
	enum gh_snp_revocation revocation;
	struct gh_err crl_err; /* why it is GH_SNP_CRL_BAD */
};

/* snp.tcb, snp.chip: what the VCEK or VLEK says against what the report says. */
void gh_snp_judge_vek(struct gh_snp_job *j);
/* Everything the signed report states about guest and platform. */
void gh_snp_judge_policy(struct gh_snp_job *j);
void gh_snp_claims(struct gh_snp_job *j);
