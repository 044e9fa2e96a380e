/* SPDX-License-Identifier: Apache-2.0
 * A client of ssh-agent that never blocks: a key that asks its owner for a touch must not
 * hold up the other hosts. Protocol: draft-miller-ssh-agent. */
#pragma once

#include "net/ssh_wire.h"

struct gh_ssh_agent;

struct gh_ssh_agent_key {
	struct gh_bytes blob; /* borrowed from the agent object */
	char type[48];
};

/* Connects to $SSH_AUTH_SOCK and asks for its keys. */
GH_MUST_USE int gh_ssh_agent_new(struct gh_ssh_agent **out, struct gh_err *err);
void gh_ssh_agent_free(struct gh_ssh_agent **a);
/* 1: the answer to the last question is there, 0: not yet, -1: the agent failed. */
GH_MUST_USE int gh_ssh_agent_step(struct gh_ssh_agent *a, struct gh_err *err);
size_t gh_ssh_agent_fds(const struct gh_ssh_agent *a, struct pollfd *out);
/* After the first answer. */
size_t gh_ssh_agent_n_keys(const struct gh_ssh_agent *a);
const struct gh_ssh_agent_key *gh_ssh_agent_key(const struct gh_ssh_agent *a, size_t i);
/* Asks for a signature; step until 1, then take it. */
GH_MUST_USE int gh_ssh_agent_sign(
    struct gh_ssh_agent *a, size_t i, struct gh_bytes data, struct gh_err *err);
/* The bare signature (the format word before it is dropped). AUTH when it was refused. */
GH_MUST_USE int gh_ssh_agent_signature(
    const struct gh_ssh_agent *a, struct gh_bytes *out, struct gh_err *err);
