/* SPDX-License-Identifier: Apache-2.0
 * What the operations share behind session.h. */
#pragma once

#include <limits.h>
#include <pthread.h>

#include "checks/checks.h"
#include "evidence/rim.h"
#include "fleet/inventory.h"
#include "net/redfish.h"
#include "net/ssh.h"
#include "ops/session.h"
#include "store/store.h"

struct gh_session {
	const struct gh_env *env;
	struct gh_fleet *fleet; /* NULL: first run, or an operation that needs none */
	struct gh_store *store;
	struct gh_catalogue *catalogue;
	struct gh_trust trust;
	struct gh_rims rims; /* gh_session_rims first */
	bool rims_loaded;
	pthread_mutex_t rims_lock; /* while they are loaded */
	pthread_mutex_t pool_lock; /* the pool has one user at a time */
	struct gh_ssh_pool *pool;
	pthread_mutex_t bmc_lock; /* as pool_lock, of the next one */
	struct gh_redfish_pool *bmc_pool;
	pthread_mutex_t kds_lock; /* and of this one */
	struct gh_kds *kds;       /* NULL: the fleet file names none */
	char state[PATH_MAX];
	char by[64]; /* user@machine */
};

/* The fleet, or USAGE "no fleet file" with the hint how to get one. */
GH_MUST_USE int gh_session_need_fleet(const struct gh_session *s, struct gh_err *err);
/* The RIMs of the fleet's folder, read and verified once per session. A file that is not
 * a RIM is skipped; a RIM that does not verify is kept, untrusted, so that it explains. */
GH_MUST_USE int gh_session_rims(struct gh_session *s, struct gh_err *err);
