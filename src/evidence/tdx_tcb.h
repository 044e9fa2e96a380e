/* SPDX-License-Identifier: Apache-2.0
 * Intel's word on a platform: which level of the TCB info it reaches, what that level is
 * called, and what it lacks to reach a better one (spec/tdx.md section 3.4). */
#pragma once

#include "evidence/tdx_pck.h"
#include "evidence/tdx_qe_identity.h"
#include "evidence/tdx_tcb_info.h"

/* What is compared with what; all borrowed. */
struct gh_tcb_input {
	const struct gh_tcb_info *info;
	const struct gh_qe_identity *qe;
	const struct gh_tdx_pck *pck; /* SGX components and PCESVN of the platform */
	uint16_t qe_svn;              /* ISVSVN of the quoting enclave */
};

/* Why there is no status. */
enum gh_tcb_miss {
	GH_TCB_MISS_NONE = 0,
	GH_TCB_MISS_PLATFORM, /* below every level */
	GH_TCB_MISS_IDENTITY, /* no identity for this module's major version */
	GH_TCB_MISS_MODULE,   /* below every level of its module */
	GH_TCB_MISS_QE,       /* below every level of the quoting enclave */
};

/* For one TEE_TCB_SVN. Levels point into the input and are NULL when none was reached. */
struct gh_tcb_eval {
	enum gh_tcb_miss miss;
	const struct gh_tcb_level *platform;
	const struct gh_tcb_module *identity;  /* NULL when the major version is 0 */
	const struct gh_tcb_svn_level *module; /* likewise */
	const struct gh_tcb_svn_level *qe;
	enum gh_tdx_status status; /* GH_TCB_UNKNOWN with a miss */
	int64_t date;              /* the earliest tcbDate of the three */
};

void gh_tcb_evaluate(
    struct gh_tcb_eval *out, const struct gh_tcb_input *in, const uint8_t svn[static 16]);
/* The status of the quote: that of launch, unless a relaunch alone would mend it. */
enum gh_tdx_status gh_tcb_status(
    const struct gh_tcb_eval *launch, const struct gh_tcb_eval *current);
/* The advisories of an evaluation, each once, in the order of the documents, with a comma
 * and sep between them. */
void gh_tcb_list_advisories(struct gh_buf *out, const struct gh_tcb_input *in,
    const struct gh_tcb_eval *e, const char *sep);

/* Who can mend a shortfall. */
enum {
	GH_TCB_BY_BIOS = 1,   /* firmware of the host */
	GH_TCB_BY_VMM = 2,    /* microcode, SEAMLDR, TDX module: the host's OS */
	GH_TCB_BY_PCE = 4,    /* SGX architectural enclave */
	GH_TCB_BY_QE = 8,     /* TD quoting enclave */
	GH_TCB_BY_MODULE = 16 /* TDX module */
};
/* "level 2025-05-14 by: SGX component 0 have 3 need 4 (BIOS: Early Microcode Update); .."
 * against the nearest platform level with a status in accept (bits as in gh_tdx_policy),
 * and the module's and enclave's nearest UpToDate level. Returns GH_TCB_BY_* of what is
 * lacking; 0 and no text when nothing is. */
unsigned int gh_tcb_shortfall(struct gh_buf *out, const struct gh_tcb_input *in,
    const uint8_t svn[static 16], unsigned int accept);
