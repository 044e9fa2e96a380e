/* SPDX-License-Identifier: Apache-2.0
 * A report for people: one HTML file, no script, nothing fetched (spec/reports.md 3.9). */
#pragma once

#include "base/json.h"

/* payload: the statement; sha256: of its bytes; keyid: who signed. */
GH_MUST_USE int gh_report_html(struct gh_buf *out, const json_t *payload,
    const char *sha256, const char *keyid, struct gh_err *err);
