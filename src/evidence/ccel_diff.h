/* SPDX-License-Identifier: Apache-2.0
 * Two event logs compared event by event: which of them differ says more than two
 * registers that do (spec/tdx.md section 8.3). */
#pragma once

#include "evidence/ccel.h"

/* Appends lines of cleaned text: for each register whether it is equal, where it differs
 * first, what stands in one log only; then the kernel's command line of both. */
GH_MUST_USE int gh_events_diff(struct gh_buf *out, const struct gh_events *a,
    const struct gh_events *b, struct gh_err *err);
/* The same for two logs as they came, each a CCEL or a JSON log. PARSE names the log. */
GH_MUST_USE int gh_ccel_diff(
    struct gh_buf *out, struct gh_bytes a, struct gh_bytes b, struct gh_err *err);
