/* SPDX-License-Identifier: Apache-2.0
 * Many hosts at once over SSH: one poll loop, non-blocking sessions, pinned host keys, a
 * deadline for each, warm sessions kept for the next time. libssh2 first; hosts it cannot
 * talk to go over the system's ssh behind the same interface (spec/lab.md section 4). */
#pragma once

#include "base/buf.h"
#include "base/env.h"

struct gh_ssh_pool; /* warm sessions; one user at a time */

struct gh_ssh_target {
	const char *name; /* for messages */
	const char *address;
	uint16_t port;
	const char *user;
	const char *identity;  /* private key file, "" = agent */
	const char *host_key;  /* "ssh-ed25519 AAAA...": pinned; "" is refused: CONFIG */
	const char *transport; /* "auto", "libssh2", "ssh" */
	const char *jump;      /* "user@address:port" of a jump host; NULL, "" = none */
	const char *jump_key;  /* its pinned key */
	unsigned int connect_ms;  /* TCP + handshake + authentication */
	unsigned int deadline_ms; /* everything */
};

struct gh_ssh_job {
	struct gh_ssh_target target;
	const char *command;   /* quoted by gh_ssh_quote; run by the login shell */
	struct gh_bytes input; /* to stdin, then EOF */
	size_t max_output; /* bytes of stdout kept; more is an error "too much output" */
	/* Shake hands, read the key that the host shows and proves to hold, and go: no pin,
	 * no login, no command, always by libssh2. out gets "TYPE BASE64". */
	bool hostkey_only;
	/* results */
	struct gh_buf out;
	struct gh_buf errout; /* first 4 KiB of stderr */
	int exit_status;      /* -1 = none came */
	int rc;               /* 0 ran to its end; -1 see err */
	struct gh_err err; /* TIMEOUT, AUTH (host key, user key), REMOTE, IO, CANCELLED */
	unsigned int took_ms, connected_ms;
	bool warm; /* ran over a session that was already open */
	void *user_data;
};

GH_MUST_USE int gh_ssh_pool_new(
    struct gh_ssh_pool **out, const struct gh_env *env, struct gh_err *err);
void gh_ssh_pool_free(struct gh_ssh_pool **p); /* closes every session */

/* Runs all jobs, at most `window` at a time; each ends by its own deadline. done (may be
 * NULL) is called from this thread as each ends. Returns 0 when every job has a result
 * (look at job->rc), -1 only when nothing could be run. */
GH_MUST_USE int gh_ssh_run(struct gh_ssh_pool *pool, struct gh_ssh_job *jobs, size_t n,
    size_t window, void (*done)(struct gh_ssh_job *job, void *ctx), void *ctx,
    const struct gh_cancel *cancel, struct gh_err *err);
void gh_ssh_job_free(struct gh_ssh_job *job); /* its buffers */

/* argv as one shell command line, every word in single quotes. */
GH_MUST_USE int gh_ssh_quote(
    struct gh_buf *out, const char *const *argv, struct gh_err *err);
