/* SPDX-License-Identifier: Apache-2.0
 * The parts of the verdict that compare what a report states with what it must; only
 * snp.c includes this. */
#pragma once

#include "evidence/snp_job.h"

/* snp.tcb, snp.chip: what the VCEK or VLEK says against what the report says. */
void gh_snp_judge_vek(struct gh_snp_job *j);
/* Everything the signed report states about guest and platform, by ctx->policy. */
void gh_snp_judge_policy(struct gh_snp_job *j);
/* The claims of the subject (snp_claims.c). */
void gh_snp_claims(struct gh_snp_job *j);
