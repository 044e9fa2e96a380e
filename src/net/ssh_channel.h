/* SPDX-License-Identifier: Apache-2.0
 * One command over a session that is logged in: open, exec, feed, read, close. */
#pragma once

#include <libssh2.h>

#include "net/ssh_wire.h"

struct gh_ssh_channel {
	LIBSSH2_CHANNEL *ch;
	int phase;
	int stuck;   /* the operation whose packet is half sent: it alone may go on */
	size_t sent; /* bytes of the job's input */
	bool eof_sent;
	uint64_t dropped; /* bytes of stderr beyond what is kept */
};

void gh_ssh_channel_start(struct gh_ssh_channel *c);
/* FAILED with *rc != 0: libssh2's code, the caller finds the words; with 0: job->err is
 * set. After FAILED the session must not be used again. */
enum gh_ssh_step gh_ssh_channel_step(
    struct gh_ssh_channel *c, LIBSSH2_SESSION *ssh, struct gh_ssh_job *job, int *rc);
/* True as long as nothing of the job has reached the host: it can start over. */
bool gh_ssh_channel_fresh(const struct gh_ssh_channel *c);
const char *gh_ssh_channel_doing(const struct gh_ssh_channel *c);
