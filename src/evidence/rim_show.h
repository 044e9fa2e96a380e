/* SPDX-License-Identifier: Apache-2.0
 * A reference manifest, field by field (spec/nvidia.md section 3). */
#pragma once

#include "base/fields.h"

/* What the RIM service says around it (when it is that JSON), Entity, Meta, every Resource,
 * the signature, its certificates. Values are decoded text, not places in the bytes. Shows
 * as far as the document can be read, then a field "error". 0, or -1 (NOMEM).
 * gh_rim_setup must have been called. */
GH_MUST_USE int gh_rim_show(struct gh_fields *out, struct gh_bytes b, struct gh_err *err);
