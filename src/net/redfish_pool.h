/* SPDX-License-Identifier: Apache-2.0
 * What outlives one run, for each BMC: its session while it is young, its ETags; and the
 * connections, which libcurl keeps. */
#pragma once

#include "net/redfish.h"
#include "net/redfish_cache.h"
#include "net/redfish_session.h"

#define GH_REDFISH_GET_MS      20000  /* one GET */
#define GH_REDFISH_WARM_MS     300000 /* a session is kept for that long */
#define GH_REDFISH_FAREWELL_MS 1000   /* for the logout */

/* One BMC as one user under one pin. Never freed before the pool: connections that libcurl
 * keeps point to its pin. */
struct gh_redfish_host {
	uint8_t key[32]; /* digest of who, where, password and pin */
	bool busy;       /* a job of this run has it */
	char base[320];  /* "https://address:port" */
	struct gh_redfish_pin pin;
	struct gh_redfish_session session;
	struct gh_redfish_cache cache;
	size_t farewell; /* bytes that answers to logouts may have */
};

struct gh_redfish_pool {
	const struct gh_env *env;
	CURLM *multi;
	struct gh_redfish_host **host;
	size_t n, cap;
	long get_ms; /* GH_REDFISH_GET_MS; less in tests */
};

/* The BMC of that target, made when it is new; busy until it is given back. CONFIG when the
 * target is wrong. */
GH_MUST_USE int gh_redfish_pool_take(struct gh_redfish_pool *p,
    struct gh_redfish_host **out, const struct gh_redfish_target *t, struct gh_err *err);
/* Starts the logout of its session, and forgets it. NULL when there is none to log out of;
 * the caller frees the call. */
struct gh_redfish_call *gh_redfish_pool_logout(
    struct gh_redfish_pool *p, struct gh_redfish_host *h);
