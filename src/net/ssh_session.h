/* SPDX-License-Identifier: Apache-2.0
 * First transport: one libssh2 session, which serves one job after the other. */
#pragma once

#include "net/ssh_hostkey.h"
#include "net/ssh_wire.h"

/* Starts connecting. pin is copied; NULL is for a job that is hostkey_only. until_ms:
 * monotonic end of the time for that. */
GH_MUST_USE int gh_ssh_session_new(struct gh_ssh_wire **out,
    const struct gh_ssh_target *t, const struct gh_ssh_hostkey *pin,
    const struct gh_env *env, int64_t until_ms, struct gh_err *err);
/* Readies an idle session (last step: DONE) for the next job. */
void gh_ssh_session_again(struct gh_ssh_wire *w);
