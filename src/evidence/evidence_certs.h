/* SPDX-License-Identifier: Apache-2.0
 * Certificates with nothing that they sign: the chain, and whether it ends in a pinned
 * root. */
#pragma once

#include "evidence/load.h"

/* Kind "certs". A chain that ends in a pinned root of AMD, Intel or NVIDIA's RIM service:
 * step cert.chain. One of an NVIDIA device: gpu.chain.* (gpu_chain.h). Any other: cert.chain
 * FAIL, cert.root.foreign. Leaf first, or root first. -1: NOMEM. */
GH_MUST_USE int gh_evidence_certs_judge(struct gh_result *out, const char *subject,
    struct gh_bytes piece, const struct gh_context *ctx, struct gh_err *err);
/* A finding for bytes that are not of their form: FAIL, its step is its code. */
GH_MUST_USE int gh_evidence_unreadable(struct gh_result *out, const char *subject,
    const char *kind, const char *step, const struct gh_err *why);
