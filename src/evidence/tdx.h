/* SPDX-License-Identifier: Apache-2.0
 * The verdict on one Intel TDX quote (spec/tdx.md sections 1 and 2). */
#pragma once

#include "evidence/context.h"

struct gh_tdx_evidence {
	struct gh_bytes quote;
};

/* As gh_gpu_verify; kind "cvm". Claims: mrtd rtmr0..rtmr3 mrseam mrsignerseam mrconfigid
 * mrowner mrownerconfig mrservicetd report_data td_attributes seam_attributes xfam
 * tee_tcb_svn tee_tcb_svn2 version body_type qe_mrsigner qe_isv_svn fmspc ppid pce_id
 * pce_svn cpu_svn sgx_tcb platform_instance_id.
 * Steps, parent by parent:
 *  tdx.parse > tdx.chain.root > tdx.chain.pck_ca > tdx.chain.pck > tdx.qe.signature
 *            > tdx.qe.binding > tdx.signature > tdx.nonce tdx.attributes.debug
 *                                               tdx.attributes tdx.xfam tdx.servicetd
 *  tdx.parse > tdx.trailing; tdx.qe.signature > tdx.qe.identity;
 *  tdx.signature > tdx.tcb; tdx.chain.pck_ca > tdx.revocation
 * tdx.tcb, tdx.revocation and tdx.qe.identity need Intel's collateral: UNKNOWN without it,
 * so a quote whose cryptography holds is UNKNOWN as a whole. */
GH_MUST_USE int gh_tdx_verify(struct gh_result *out, const char *subject,
    const struct gh_tdx_evidence *ev, const struct gh_context *ctx, struct gh_err *err);
bool gh_tdx_looks(const void *p, size_t len);
