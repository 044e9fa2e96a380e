/* SPDX-License-Identifier: Apache-2.0
 * The chain of one SNP report, link by link; only snp.c includes this. */
#pragma once

#include "evidence/snp_job.h"

/* snp.chain.ark, snp.chain.ask, snp.revocation, snp.chain.vek. */
void gh_snp_judge_links(struct gh_snp_job *j);
