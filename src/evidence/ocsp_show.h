/* SPDX-License-Identifier: Apache-2.0
 * An OCSP response taken apart for a reader, by the names of RFC 6960. */
#pragma once

#include "base/fields.h"

/* Every field with its bytes and their meaning, as far as the DER can be read; what cannot
 * be is a last field "error". Never a verdict. -1: NOMEM. */
GH_MUST_USE int gh_ocsp_show(
    struct gh_fields *out, struct gh_bytes der, struct gh_err *err);
