/* SPDX-License-Identifier: Apache-2.0
 * Who is logged in at a lab BMC: a few sessions, as real ones have. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/env.h"

#define GH_BMC_SESSIONS  8
#define GH_BMC_IDLE_S    300
#define GH_BMC_TOKEN_LEN 33
#define GH_BMC_USER      "gatehouse"

struct gh_bmc_session {
	unsigned int id; /* 0 = free */
	char token[GH_BMC_TOKEN_LEN];
	int64_t used; /* seconds, monotonic */
};

struct gh_bmc_sessions {
	struct gh_bmc_session at[GH_BMC_SESSIONS];
	unsigned int last_id;
};

/* A new session; NULL when all are taken, or there are no random bytes. Those that were
 * not used for GH_BMC_IDLE_S make room. */
const struct gh_bmc_session *gh_bmc_session_open(
    struct gh_bmc_sessions *s, const struct gh_env *env);
/* Whether the token is of one, which counts as used. NULL is of none. */
bool gh_bmc_session_ok(
    struct gh_bmc_sessions *s, const struct gh_env *env, const char *token);
void gh_bmc_session_close(struct gh_bmc_sessions *s, uint64_t id);
/* NULL when there is none of that id. */
const struct gh_bmc_session *gh_bmc_session_find(
    const struct gh_bmc_sessions *s, uint64_t id);
