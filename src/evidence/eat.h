/* SPDX-License-Identifier: Apache-2.0
 * Attestation results as tokens: NVIDIA's NRAS answers (spec/nvidia.md section 5), EAT
 * attestation results (EAR, spec/reports.md section 3.8), and what local tools print. */
#pragma once

#include <jansson.h>

#include "evidence/context.h"

/* True for a compact JWT, an NRAS answer, or the output of `nvattest attest`. Cheap: looks
 * at the first bytes. */
bool gh_eat_looks(struct gh_bytes raw);
/* True for a set of JSON web keys, or one such key. */
bool gh_jwks_looks(const json_t *v);

/* Judges the token or answer:
 *   [["JWT", ..], {"GPU-0": ..}]   NRAS: steps eat.*, a subject per device (nras.h)
 *   {"detached_eat": .., ..}       output of a local tool: the same, and eat.local
 *   a.b.c                          EAR where it has an eat_profile: steps ear.* (ear.h);
 *                                  else one token of NRAS
 * Keys come from ctx->jwks, never from the token; the nonce from ctx->nonce. -1 only for
 * NOMEM and INTERNAL. */
GH_MUST_USE int gh_eat_verify(struct gh_result *out, const char *subject,
    struct gh_bytes raw, const struct gh_context *ctx, struct gh_err *err);

/* After both were judged into *out: NRAS' word on a GPU against our own. Adds the finding
 * eat.compare to nras_subject, FAIL with eat.disagrees when the two differ on ueid, driver,
 * VBIOS or measurements; SKIP when one of them is not there. */
void gh_eat_compare(
    struct gh_result *out, const char *local_subject, const char *nras_subject);
/* The same for a whole set: every device of an NRAS answer against the device of the same
 * ueid that was judged here. A device that NRAS judged and we did not is eat.disagrees. */
void gh_eat_compare_all(struct gh_result *out);
