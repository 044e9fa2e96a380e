/* SPDX-License-Identifier: Apache-2.0
 * A GPU's or switch's measurement report, field by field (spec/nvidia.md section 1). */
#pragma once

#include "base/fields.h"

/* Request, every block, both nonces, every opaque entry decoded, signature. Shows as far as
 * the bytes can be read, then a field "error" with what gh_spdm_parse says. b stays
 * borrowed until out is freed; 0, or -1 (NOMEM). */
GH_MUST_USE int gh_spdm_show(
    struct gh_fields *out, struct gh_bytes b, struct gh_err *err);
