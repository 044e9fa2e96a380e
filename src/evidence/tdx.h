/* SPDX-License-Identifier: Apache-2.0
 * The verdict on one Intel TDX quote (spec/tdx.md sections 1 to 3). */
#pragma once

#include "evidence/context.h"

struct gh_tdx_evidence {
	struct gh_bytes quote;
};

/* As gh_gpu_verify; kind "cvm". Collateral, policy and logs come from ctx. Claims and steps
 * are listed in docs/evidence-tdx.md and docs/tdx-collateral.md; parent by parent:
 *  tdx.parse > tdx.chain.root > tdx.chain.pck_ca > tdx.chain.pck > tdx.qe.signature
 *            > tdx.qe.binding > tdx.signature > tdx.nonce tdx.module tdx.tcb
 *                 tdx.attributes.debug tdx.attributes tdx.xfam tdx.servicetd
 *                 tdx.pin.* tdx.eventlog.*
 *  tdx.parse > tdx.trailing
 *  tdx.chain.root > tdx.collateral.signer > tdx.collateral.tcb_info
 *                 (> tdx.tcb.evaluation) tdx.collateral.qe_identity
 *  tdx.chain.pck_ca > tdx.revocation.ca; tdx.chain.pck > tdx.revocation.pck
 *  tdx.qe.signature > tdx.qe.identity
 * Without collateral the steps that need it are UNKNOWN or SKIP, so a quote whose
 * cryptography holds is UNKNOWN as a whole. */
GH_MUST_USE int gh_tdx_verify(struct gh_result *out, const char *subject,
    const struct gh_tdx_evidence *ev, const struct gh_context *ctx, struct gh_err *err);
bool gh_tdx_looks(const void *p, size_t len);
