/* SPDX-License-Identifier: Apache-2.0
 * The verdict on one AMD SEV-SNP attestation report (spec/snp.md sections 1 and 2). */
#pragma once

#include "evidence/context.h"

struct gh_snp_evidence {
	struct gh_bytes report; /* 1184 bytes */
	/* The VCEK or VLEK and the ASK/ASVK come from ctx->certs (by content, any order);
	 * ARK and ASK as AMD publishes them are compiled in. */
	const struct gh_bytes
	    *crls; /* AMD CRLs, DER; NULL: revocation is not checked, and
				      * said so */
	size_t n_crls;
};

/* As gh_gpu_verify; kind "cvm". Claims: product chip_id measurement report_data host_data
 * policy vmpl version reported_tcb current_tcb committed_tcb launch_tcb tcb firmware
 * committed_firmware signing_key platform_info guest_svn family_id image_id id_key_digest
 * author_key_digest report_id cpuid launch_mit_vector current_mit_vector csp_id.
 * Steps, parent by parent:
 *  snp.parse > snp.product > snp.chain.ark > snp.chain.ask > snp.revocation
 *                                                          > snp.chain.vek
 *  snp.chain.vek > snp.tcb, snp.chip, snp.signature
 *  snp.signature > snp.nonce snp.vmpl snp.policy.debug snp.policy.migrate snp.policy.cxl
 *                  snp.tcb.order snp.tcb.committed snp.platform.alias snp.advisory
 * snp.revocation without a CRL is UNKNOWN with severity WARN; a Milan report warns in
 * snp.advisory. */
GH_MUST_USE int gh_snp_verify(struct gh_result *out, const char *subject,
    const struct gh_snp_evidence *ev, const struct gh_context *ctx, struct gh_err *err);
/* True when the bytes look like a report: right size and a known version. */
bool gh_snp_looks(const void *p, size_t len);
