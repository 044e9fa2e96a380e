/* SPDX-License-Identifier: Apache-2.0
 * Tokens, attestation results and key sets taken apart for a reader; no verdict. */
#pragma once

#include "base/fields.h"

/* An NRAS answer, the output of a local tool, or one compact token: headers and claims,
 * times in words, the trustworthiness vector in words. Shows as far as it can read; what it
 * cannot is a field "error". -1 only for NOMEM. */
GH_MUST_USE int gh_eat_show(struct gh_fields *out, struct gh_bytes b, struct gh_err *err);
/* A set of JSON web keys, or one key: each with the names of its certificates. */
GH_MUST_USE int gh_jwks_show(
    struct gh_fields *out, struct gh_bytes b, struct gh_err *err);
