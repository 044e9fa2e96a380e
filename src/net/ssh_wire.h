/* SPDX-License-Identifier: Apache-2.0
 * What the loop of ssh.c knows of a transport: one step at a time, never blocking. */
#pragma once

#include <poll.h>

#include "net/ssh.h"

#define GH_SSH_FDS        4            /* descriptors that one transport polls at most */
#define GH_SSH_TURN       (256u << 10) /* bytes one host may be read before the others */
#define GH_SSH_ERROUT     4096u        /* bytes of stderr kept */
#define GH_SSH_ERROUT_MAX (1u << 20) /* bytes of stderr read and dropped before we stop */

enum gh_ssh_step {
	GH_SSH_WAIT = 0,     /* nothing to do until a descriptor is ready */
	GH_SSH_AGAIN,        /* its turn is over, but there is more: do not sleep */
	GH_SSH_NEXT,         /* a phase ended; go on at once (never leaves a transport) */
	GH_SSH_DONE,         /* the job ran to its end */
	GH_SSH_FAILED,       /* job->err says why */
	GH_SSH_DEAD_WARM,    /* a warm session had died; nothing of the job was sent */
	GH_SSH_NEEDS_SYSTEM, /* libssh2 cannot serve this host; job->err says why */
};

struct gh_ssh_wire;

struct gh_ssh_wire_ops {
	enum gh_ssh_step (*step)(struct gh_ssh_wire *w, struct gh_ssh_job *job);
	/* What to poll for; *wake_ms (monotonic) is lowered when it must run earlier. */
	size_t (*fds)(const struct gh_ssh_wire *w, struct pollfd out[static GH_SSH_FDS],
	    int64_t *wake_ms);
	/* Logged in; for a warm session: the host has answered this job. */
	bool (*up)(const struct gh_ssh_wire *w);
	/* "waiting for the SSH handshake": for the message of a timeout. */
	const char *(*doing)(const struct gh_ssh_wire *w);
	void (*free)(struct gh_ssh_wire *w);
};

struct gh_ssh_wire {
	const struct gh_ssh_wire_ops *ops;
};
