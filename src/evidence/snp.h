/* SPDX-License-Identifier: Apache-2.0
 * The verdict on one AMD SEV-SNP attestation report (spec/snp.md sections 1 and 2). */
#pragma once

#include "evidence/context.h"

struct gh_fields;

struct gh_snp_evidence {
	/* 1184 bytes. The VCEK or VLEK and the ASK/ASVK come from ctx->certs (by content,
	 * any order); ARK and ASK as AMD publishes them are compiled in. AMD's CRLs come
	 * from ctx->crls. */
	struct gh_bytes report;
	/* REPORT_DATA is the digest of what the report came wrapped in, not a nonce: its
	 * wrapper (evidence/hcl.h) judges both, and there is no step snp.nonce. */
	bool wrapped;
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
 *                  snp.tcb.order snp.tcb.committed snp.platform snp.platform.alias
 *                  snp.advisory; with a policy that asks for them snp.tcb.min and
 *                  snp.pin.{measurement,host_data,id_key_digest,author_key_digest,chip_id}
 * snp.revocation without a CRL is UNKNOWN, severity WARN unless policy.revocation; a Milan
 * report warns in snp.advisory. */
GH_MUST_USE int gh_snp_verify(struct gh_result *out, const char *subject,
    const struct gh_snp_evidence *ev, const struct gh_context *ctx, struct gh_err *err);
/* True when the bytes look like a report: the right size, and a version that we know or
 * the shape of one that we do not. */
bool gh_snp_looks(const void *p, size_t len);

/* Every field of a report (base/fields.h), of any length: as far as it goes. */
GH_MUST_USE int gh_snp_show(struct gh_fields *out, struct gh_bytes b, struct gh_err *err);
/* The certificate table of an extended report, with what its certificates say. */
GH_MUST_USE int gh_snp_table_show(
    struct gh_fields *out, struct gh_bytes b, struct gh_err *err);
/* One X.509 certificate revocation list, DER. */
GH_MUST_USE int gh_crl_show(
    struct gh_fields *out, struct gh_bytes der, struct gh_err *err);
