/* SPDX-License-Identifier: Apache-2.0
 * TDX evidence taken apart for a reader. Names are those of Intel's specifications; what
 * cannot be read ends in a field "error". Never a verdict. */
#pragma once

#include "base/fields.h"

/* A quote, with its PCK chain and the SGX extension in it. Raw bytes stay borrowed from b.
 * All three: 0, or -1 (NOMEM). */
GH_MUST_USE int gh_tdx_show(struct gh_fields *out, struct gh_bytes b, struct gh_err *err);
/* The 1024 bytes that a guest gets from its module (spec/tdx.md section 1.5); both hashes
 * in it are computed anew and compared. */
GH_MUST_USE int gh_tdreport_show(
    struct gh_fields *out, struct gh_bytes b, struct gh_err *err);
/* A signed TCB info or QE identity, exactly as delivered. */
GH_MUST_USE int gh_tdx_collateral_show(
    struct gh_fields *out, struct gh_bytes b, struct gh_err *err);
