/* SPDX-License-Identifier: Apache-2.0
 * The key that signs reports: P-256, STATE/keys/report.pem, its owner's alone. */
#pragma once

#include "crypto/key.h"

/* Loads it; makes it when it is not there. Refuses a file that others may read (CONFIG):
 * a key that others may have read proves nothing. */
GH_MUST_USE int gh_report_key(
    struct gh_signer **out, const char *state_dir, struct gh_err *err);
