/* SPDX-License-Identifier: Apache-2.0
 * Reading many BMCs at once over Redfish: libcurl's multi handle in one thread, sessions
 * (never basic per request), a pinned TLS certificate, a deadline for each BMC, caps on
 * everything a BMC can send (spec/host-and-firmware.md sections 2.3 and 10). */
#pragma once

#include "base/env.h"
#include "net/redfish_tree.h"

#define GH_REDFISH_BODY_MAX  (4u << 20)  /* bytes of one resource */
#define GH_REDFISH_TOTAL_MAX (32u << 20) /* bytes of one reading */

struct
    gh_redfish_pool; /* connections and ETags that outlive one run; one user at a time */

struct gh_redfish_target {
	const char *name; /* of the host, for messages */
	const char *address;
	uint16_t port;
	const char *user, *password; /* no user: only the root is read, no login */
	/* The pin: SHA-256 of the certificate (DER), hex. "" is refused (CONFIG) unless
	 * enrol is set, which takes whatever is shown and says what it was: the password
	 * goes to it, so that a careful enrolment first reads without a user, shows the
	 * digest, and logs in with that pin. */
	const char *cert_sha256;
	bool enrol;
	unsigned int deadline_ms; /* for the whole reading */
	unsigned int at_once;     /* GETs in flight, 1 to 16; 0 = 6 */
};

struct gh_redfish_job {
	struct gh_redfish_target target;
	/* results */
	struct gh_redfish_tree tree; /* what was read, also when rc is -1 */
	int rc;                      /* 0 read to its end; -1 see err */
	struct gh_err err; /* TIMEOUT, AUTH (certificate, login), REMOTE, IO, CANCELLED */
	unsigned int took_ms;
	unsigned int n_requests, n_unchanged; /* GETs sent, of them answered 304 */
};

GH_MUST_USE int gh_redfish_pool_new(
    struct gh_redfish_pool **out, const struct gh_env *env, struct gh_err *err);
void gh_redfish_pool_free(struct gh_redfish_pool **p); /* logs out what is logged in */

/* Reads all of them, each to its own deadline, none waiting for another. done (may be NULL)
 * is called from this thread as each ends. 0 when every job has a result; up to a second
 * after the last result goes into logouts. Redirects are never followed; links in bodies
 * only below /redfish/ of the same BMC. What a BMC does not offer (404) is in the tree as
 * such and no error; a resource that failed, or was asked for in vain, has its err. */
GH_MUST_USE int gh_redfish_run(struct gh_redfish_pool *pool, struct gh_redfish_job *jobs,
    size_t n, void (*done)(struct gh_redfish_job *job, void *ctx), void *ctx,
    const struct gh_cancel *cancel, struct gh_err *err);
void gh_redfish_job_free(struct gh_redfish_job *job);
