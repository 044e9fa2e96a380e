/* SPDX-License-Identifier: Apache-2.0
 * One SNP report in judgement: what snp.c, snp_links.c and snp_policy.c share. */
#pragma once

#include "crypto/chain.h"
#include "evidence/snp.h"
#include "evidence/snp_chain.h"
#include "evidence/snp_crl.h"
#include "evidence/tee.h"

struct gh_snp_job {
	struct gh_tee tee;
	struct gh_context ctx; /* the caller's, always with a memo and a policy */
	const struct gh_snp_evidence *ev;
	struct gh_snp_report r;
	enum gh_snp_product product;
	struct gh_snp_chain chain;
	bool has_path; /* vek, ask and ark are at hand: links is what they make */
	struct gh_link links[3]; /* in that order */
	struct gh_err
	    path_err; /* why OpenSSL refuses the path; what is "" when it does not */
	enum gh_snp_revocation revocation;
	struct gh_err crl_err; /* why it is GH_SNP_CRL_BAD, or what could not be read */
};

/* UNKNOWN: the VCEK or VLEK that this report needs was not given (snp.c). */
void gh_snp_say_vek_missing(struct gh_snp_job *j, struct gh_finding *f);
