/* SPDX-License-Identifier: Apache-2.0
 * NVIDIA's remote attestation service: its answers, its tokens (spec/nvidia.md section 5). */
#pragma once

#include "evidence/context.h"

#define GH_NRAS_ISSUER      "https://nras.attestation.nvidia.com"
#define GH_NRAS_DEVICES_MAX 64

/* The token texts inside an answer [["JWT", overall], {"GPU-0": token, ..}]: 0, or -1 with
 * PARSE when v does not have that shape. Both borrowed from v. */
GH_MUST_USE int gh_nras_shape(
    const json_t *v, const char **overall, json_t **devices, struct gh_err *err);

/* Judges an answer: the subject itself (kind "eat", steps eat.*) and one subject
 * "<subject>:GPU-0" per device (kind "gpu" or "switch", steps eat.device.*). v that is not
 * of the shape, or NULL, fails eat.parse. -1 only for NOMEM and INTERNAL. */
GH_MUST_USE int gh_nras_answer(struct gh_result *out, const char *subject,
    const json_t *v, const struct gh_context *ctx, struct gh_err *err);
/* Judges one token alone: an overall token without its devices, or a device's token, whose
 * subject is then the device itself. */
GH_MUST_USE int gh_nras_token(struct gh_result *out, const char *subject,
    struct gh_bytes ascii, const struct gh_context *ctx, struct gh_err *err);
