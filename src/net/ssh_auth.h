/* SPDX-License-Identifier: Apache-2.0
 * Logging in by public key: the identity file first, then the keys of ssh-agent. */
#pragma once

#include <libssh2.h>

#include "net/ssh_wire.h"

struct gh_ssh_auth {
	int stage;
	struct gh_ssh_agent *agent;
	size_t next;          /* key of the agent to try */
	bool asked;           /* the agent has been asked to sign */
	unsigned int refused; /* keys that the host would not take */
	bool unfit;           /* the agent holds keys that libssh2 cannot use */
	char why[160];        /* what came of the identity file */
};

/* DONE when logged in; WAIT; FAILED with AUTH; NEEDS_SYSTEM when only ssh(1) could try
 * the rest. The session's abstract pointer is not touched. */
enum gh_ssh_step gh_ssh_auth_step(struct gh_ssh_auth *auth, LIBSSH2_SESSION *ssh,
    const struct gh_ssh_target *t, struct gh_err *err);
size_t gh_ssh_auth_fds(const struct gh_ssh_auth *auth, struct pollfd *out);
void gh_ssh_auth_free(struct gh_ssh_auth *auth);
/* libssh2 from 1.11 on signs with RSA and SHA-2. */
bool gh_ssh_auth_rsa_works(void);
