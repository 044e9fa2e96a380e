/* SPDX-License-Identifier: Apache-2.0
 * A stored report as the folder of files that a client receives (spec/reports.md 3.2). */
#pragma once

#include "store/store.h"

/* Writes report `id` (or, when it names a host, that host's newest) into dir, which is
 * made and must be empty. */
GH_MUST_USE int gh_report_export(struct gh_store *store, const char *id, const char *dir,
    struct gh_report_row *out, struct gh_err *err);
