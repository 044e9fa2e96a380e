/* SPDX-License-Identifier: Apache-2.0
 * The verdict on an event log by itself, without a quote. */
#pragma once

#include "evidence/context.h"

/* A CCEL: subject kind "log", assurance A0, since nobody signed it. Steps ccel.parse >
 * ccel.text, ccel.bound; the last is UNKNOWN "ccel.unbound". Claims rtmr0 .. rtmr3
 * (replayed), events, and as the log states them secure_boot, boot_app0 .., kernel_cmdline.
 * NOMEM only. */
GH_MUST_USE int gh_ccel_verify(struct gh_result *out, const char *subject,
    struct gh_bytes log, const struct gh_context *ctx, struct gh_err *err);
/* The same for a JSON log: steps runtime.parse, runtime.text, runtime.bound. */
GH_MUST_USE int gh_runtime_log_verify(struct gh_result *out, const char *subject,
    struct gh_bytes json, const struct gh_context *ctx, struct gh_err *err);
