/* SPDX-License-Identifier: Apache-2.0
 * Whether NVIDIA still stands by the certificates of a device, or of a RIM's signer: OCSP
 * answers, and revocation lists as a floor (spec/nvidia.md section 4). */
#pragma once

#include "evidence/gpu_case.h"

/* gpu.revocation below gpu.chain.leaf: BROM, provisioner and identity CA. Codes
 * gpu.revocation.revoked .hold .unknown .signer .nonce .not-yet .stale .missing .no-nonce
 * .not-asked (SKIP, INFO: no OCSP answer given and none due by policy). To be called after
 * the chain was judged. */
void gh_gpu_revocation_judge(struct gh_gpu_case *c);

/* The same for the chain of a RIM, root excepted. */
struct gh_rim_revocation {
	const char *subject;
	const char *step;   /* "gpu.driver.rim.revocation": codes are <step>.<word> */
	const char *parent; /* "gpu.driver.rim.signature", judged before */
	const char *source; /* "sha256:..." of the RIM; NULL: none */
	const struct gh_certs *chain; /* signer first, root last */
};
/* certificateHold warns where the policy says so (policy.nvidia.rim_hold). */
void gh_rim_revocation_judge(struct gh_findings *out, const struct gh_rim_revocation *r,
    const struct gh_context *ctx);
