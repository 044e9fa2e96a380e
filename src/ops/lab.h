/* SPDX-License-Identifier: Apache-2.0
 * The lab as an operation, for the CLI and the first-run view. */
#pragma once

#include "ops/session.h"

/* Where the lab lives: $GATEHOUSE_LAB or /run/gatehouse-lab. */
const char *gh_op_lab_dir(void);
/* A lab that is new is enrolled, in the state folder that a session with that option would
 * use (NULL = the default). */
GH_MUST_USE int gh_op_lab_up(bool with_faults, const char *state,
    const struct gh_progress *progress, struct gh_err *err);
GH_MUST_USE int gh_op_lab_down(struct gh_err *err);
GH_MUST_USE int gh_op_lab_break(const char *host, const char *fault, struct gh_err *err);
GH_MUST_USE int gh_op_lab_heal(const char *host, struct gh_err *err);
/* One line per host, and where the fleet file is. up: 4 of 4 answer. */
GH_MUST_USE int gh_op_lab_status(
    struct gh_buf *text, json_t **json, bool *up, struct gh_err *err);
/* The faults that break knows, a line each. */
void gh_op_lab_faults(struct gh_buf *out);
/* What can be broken on that host, a line each: faults, then checks by id. */
GH_MUST_USE int gh_op_lab_breakable(
    const char *host, struct gh_buf *out, struct gh_err *err);
