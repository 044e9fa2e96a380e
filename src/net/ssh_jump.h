/* SPDX-License-Identifier: Apache-2.0
 * The way over a jump host: a second ssh(1) that forwards, with a pin of its own. */
#pragma once

#include "net/ssh.h"
#include "net/ssh_hostkey.h"

#define GH_SSH_JUMP_ALIAS "gatehouse-jump" /* the jump host's name in our known_hosts */

struct gh_ssh_jump {
	char user[65], address[254];
	unsigned int port;
	struct gh_ssh_hostkey pin;
};

/* Takes "user@address:port" and its key apart. CONFIG when either is not in form. */
GH_MUST_USE int gh_ssh_jump_parse(
    struct gh_ssh_jump *out, const char *jump, const char *key, struct gh_err *err);
void gh_ssh_jump_free(struct gh_ssh_jump *j);
/* Appends the ProxyCommand for ssh_config(5). known is the file that holds the jump host's
 * pin; identity "" = the agent only. Neither may hold a blank, quote, backslash or %. */
void gh_ssh_jump_command(struct gh_buf *out, const struct gh_ssh_jump *j,
    const char *known, const char *identity, unsigned int connect_s);
