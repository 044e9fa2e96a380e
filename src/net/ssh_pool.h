/* SPDX-License-Identifier: Apache-2.0
 * What outlives one run: idle sessions, the transport that worked for each target, the
 * folder of the second transport. */
#pragma once

#include "net/ssh_wire.h"

#define GH_SSH_WARM_MAX     1024u  /* idle sessions kept */
#define GH_SSH_WARM_IDLE_MS 900000 /* and for how long */

struct gh_ssh_warm {
	char *key;
	uint64_t hash;
	struct gh_ssh_wire *wire;
	int64_t since_ms;
};

struct gh_ssh_pool {
	const struct gh_env *env;
	struct gh_ssh_warm *warm;
	size_t n_warm, cap_warm;
	char **by_system; /* keys of targets that only ssh(1) can serve */
	size_t n_by_system;
	char dir[64]; /* "" = not made yet */
	unsigned int serial;
};

/* Who is talked to, as whom, with which pin: equal keys may share a session. */
GH_MUST_USE char *gh_ssh_pool_key(const struct gh_ssh_target *t);
/* An idle session of that key, now the caller's; NULL when there is none. */
struct gh_ssh_wire *gh_ssh_pool_take(struct gh_ssh_pool *pool, const char *key);
/* Takes the session over, or closes it when there is no room. */
void gh_ssh_pool_give(struct gh_ssh_pool *pool, const char *key, struct gh_ssh_wire *w);
/* Closes what has been idle for too long. */
void gh_ssh_pool_age(struct gh_ssh_pool *pool);
bool gh_ssh_pool_by_system(const struct gh_ssh_pool *pool, const char *key);
void gh_ssh_pool_learn_system(struct gh_ssh_pool *pool, const char *key);
/* The 0700 folder, made when it is first wanted. */
GH_MUST_USE int gh_ssh_pool_dir(struct gh_ssh_pool *pool, struct gh_err *err);
