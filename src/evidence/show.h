/* SPDX-License-Identifier: Apache-2.0
 * Any piece of evidence taken apart for a reader: never a verdict. */
#pragma once

#include "base/fields.h"
#include "evidence/load.h"

/* Appends a heading ("tdx 0: TDX quote, 5006 bytes, sha256:..") and every field below it;
 * of a device also its chain. What cannot be read ends in a field "error". The bytes of e
 * must outlive out. -1: NOMEM. */
GH_MUST_USE int gh_evidence_show(
    struct gh_fields *out, const struct gh_evidence *e, struct gh_err *err);
