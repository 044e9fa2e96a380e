/* SPDX-License-Identifier: Apache-2.0
 * Event logs taken apart for a reader: header, every event with its mark, what it all
 * replays to. */
#pragma once

#include "base/fields.h"

/* A CCEL, or the ACPI table that points at one. Shows as far as it can be read; a last
 * field "error" says what is wrong. NOMEM only. Fields borrow from log. */
GH_MUST_USE int gh_ccel_show(
    struct gh_fields *out, struct gh_bytes log, struct gh_err *err);
/* A JSON event log. Values are shown as meanings, since hex in JSON is not a place. */
GH_MUST_USE int gh_runtime_log_show(
    struct gh_fields *out, struct gh_bytes json, struct gh_err *err);
