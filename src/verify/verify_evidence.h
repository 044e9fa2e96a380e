/* SPDX-License-Identifier: Apache-2.0
 * `gatehouse-verify evidence` and `gatehouse-verify show`. */
#pragma once

#include "base/result.h"
#include "verify/opts.h"

/* 0 with the result and the exit code, or -1. */
GH_MUST_USE int gh_verify_evidence(struct gh_result *out, int *exit_code,
    const struct gh_verify_opts *o, struct gh_err *err);
/* 0 with the text to print, or -1. */
GH_MUST_USE int gh_verify_show(
    struct gh_buf *out, const struct gh_verify_opts *o, struct gh_err *err);
