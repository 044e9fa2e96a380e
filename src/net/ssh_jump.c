/* SPDX-License-Identifier: Apache-2.0
 * Parses where to jump, and writes the command that does. */
#include "net/ssh_jump.h"

#include <stdio.h>

#include "base/text.h"

#define NAME_SET    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
#define ADDRESS_SET NAME_SET ":"

/* The command passes a shell: only these bytes, and none of them first a hyphen. */
static bool made_of(const char *s, const char *set)
{
	return s[0] != '\0' && s[0] != '-' && s[strspn(s, set)] == '\0';
}

int gh_ssh_jump_parse(
    struct gh_ssh_jump *out, const char *jump, const char *key, struct gh_err *err)
{
	const char *at = strchr(jump, '@'), *colon = strrchr(jump, ':');
	uint64_t port = 0;

	*out = (struct gh_ssh_jump){0};
	if (!at || !colon || colon < at || (size_t)(at - jump) >= sizeof(out->user) ||
	    (size_t)(colon - at) > sizeof(out->address) ||
	    gh_text_u64(gh_text_of(colon + 1), 10, &port) != 0 || port == 0 ||
	    port > 65535)
		return gh_fail(
		    err, GH_E_CONFIG, "jump: want user@address:port, not %.60s", jump);
	memcpy(out->user, jump, (size_t)(at - jump));
	memcpy(out->address, at + 1, (size_t)(colon - at - 1));
	out->port = (unsigned int)port;
	if (!made_of(out->user, NAME_SET) || !made_of(out->address, ADDRESS_SET))
		return gh_fail(err, GH_E_CONFIG, "jump: odd characters in %.60s", jump);
	if (!key || !key[0]) {
		(void)gh_fail(err, GH_E_CONFIG, "no key of the jump host is pinned");
		return gh_err_hint(
		    err, "write its host key into jump_key of the fleet file");
	}
	return gh_ssh_hostkey_parse(&out->pin, key, err) != 0
		   ? gh_err_prefix(err, "jump_key")
		   : 0;
}

void gh_ssh_jump_free(struct gh_ssh_jump *j)
{
	gh_ssh_hostkey_free(&j->pin);
}

void gh_ssh_jump_command(struct gh_buf *out, const struct gh_ssh_jump *j,
    const char *known, const char *identity, unsigned int connect_s)
{
	static const char *const options[] = {"BatchMode=yes",
	    "StrictHostKeyChecking=yes", "GlobalKnownHostsFile=/dev/null",
	    ("HostKeyAlias=" GH_SSH_JUMP_ALIAS), "CheckHostIP=no", "UpdateHostKeys=no",
	    "VerifyHostKeyDNS=no", "CanonicalizeHostname=no", "ControlMaster=no",
	    "ControlPath=none", "ForwardAgent=no", "ForwardX11=no",
	    "PreferredAuthentications=publickey", "PermitLocalCommand=no",
	    "RequestTTY=no", "LogLevel=INFO"};

	gh_buf_str(out, "/usr/bin/ssh -F none");
	for (size_t i = 0; i < GH_COUNT(options); i++)
		gh_buf_fmt(out, " -o %s", options[i]);
	gh_buf_fmt(out, " -o UserKnownHostsFile=%s -o HostKeyAlgorithms=%s", known,
	    gh_ssh_hostkey_algorithms(&j->pin));
	gh_buf_fmt(out, " -o ConnectTimeout=%u", connect_s);
	if (identity[0])
		gh_buf_fmt(out, " -o IdentityFile=%s -o IdentitiesOnly=yes", identity);
	else
		gh_buf_str(out, " -o IdentityFile=none");
	gh_buf_fmt(out, " -W [%%h]:%%p -p %u -l %s -- %s", j->port, j->user, j->address);
}
