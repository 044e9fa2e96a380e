/* SPDX-License-Identifier: Apache-2.0
 * The order in which keys are offered, and what is said when none is taken. */
#include "net/ssh_auth.h"

#include <stdio.h>
#include <stdlib.h>

#include "net/ssh_agent.h"

enum { START, FROM_FILE, AGENT_START, AGENT_LIST, AGENT_TRY, OVER };

bool gh_ssh_auth_rsa_works(void)
{
	return libssh2_version(0x010b00) != NULL;
}

void gh_ssh_auth_free(struct gh_ssh_auth *auth)
{
	gh_ssh_agent_free(&auth->agent);
	memset(auth, 0, sizeof(*auth));
}

size_t gh_ssh_auth_fds(const struct gh_ssh_auth *auth, struct pollfd *out)
{
	return auth->agent && (auth->stage == AGENT_LIST || auth->asked)
		   ? gh_ssh_agent_fds(auth->agent, out)
		   : 0;
}

/* RSA identities fail with libssh2 1.10 and use up the host's MaxAuthTries (spec/lab.md
 * section 4.1), certificates and security keys too. */
static bool can_use(const char *type)
{
	static const char *const plain[] = {"ssh-ed25519", "ecdsa-sha2-nistp256",
	    "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"};

	for (size_t i = 0; i < GH_COUNT(plain); i++)
		if (strcmp(type, plain[i]) == 0)
			return true;
	return false;
}

static void keep_why(struct gh_ssh_auth *auth, LIBSSH2_SESSION *ssh, int rc)
{
	char *what = NULL;

	(void)libssh2_session_last_error(ssh, &what, NULL, 0);
	snprintf(auth->why, sizeof(auth->why), "%s (%d)", what ? what : "refused", rc);
	if (rc == LIBSSH2_ERROR_AUTHENTICATION_FAILED ||
	    rc == LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED)
		auth->refused++;
}

/* The connection itself is gone: no further key can be tried. */
static bool broken(int rc)
{
	return rc == LIBSSH2_ERROR_SOCKET_DISCONNECT || rc == LIBSSH2_ERROR_SOCKET_RECV ||
	       rc == LIBSSH2_ERROR_SOCKET_SEND || rc == LIBSSH2_ERROR_ALLOC;
}

static enum gh_ssh_step try_file(
    struct gh_ssh_auth *auth, LIBSSH2_SESSION *ssh, const struct gh_ssh_target *t)
{
	/* "" and not NULL: OpenSSL would ask for a passphrase on the terminal */
	int rc = libssh2_userauth_publickey_fromfile_ex(
	    ssh, t->user, (unsigned int)strlen(t->user), NULL, t->identity, "");

	if (rc == LIBSSH2_ERROR_EAGAIN)
		return GH_SSH_WAIT;
	if (rc == 0)
		return GH_SSH_DONE;
	keep_why(auth, ssh, rc);
	auth->stage = broken(rc) ? OVER : AGENT_START;
	return GH_SSH_NEXT;
}

/* Called by libssh2 when the host would take the key. EAGAIN makes it come back. */
static int sign_by_agent(LIBSSH2_SESSION *ssh, unsigned char **sig, size_t *sig_len,
    const unsigned char *data, size_t data_len, void **abstract)
{
	struct gh_ssh_auth *auth = *abstract;
	struct gh_bytes s;
	int rc;

	(void)ssh;
	if (!auth->asked && gh_ssh_agent_sign(auth->agent, auth->next,
				(struct gh_bytes){data, data_len}, NULL) != 0)
		return -1;
	auth->asked = true;
	rc = gh_ssh_agent_step(auth->agent, NULL);
	if (rc == 0)
		return LIBSSH2_ERROR_EAGAIN;
	if (rc < 0 || gh_ssh_agent_signature(auth->agent, &s, NULL) != 0)
		return -1;
	*sig = malloc(s.len ? s.len : 1); /* libssh2 frees it */
	if (!*sig)
		return -1;
	memcpy(*sig, s.p, s.len);
	*sig_len = s.len;
	return 0;
}

static enum gh_ssh_step try_agent(
    struct gh_ssh_auth *auth, LIBSSH2_SESSION *ssh, const struct gh_ssh_target *t)
{
	const struct gh_ssh_agent_key *k;
	void *self = auth;
	int rc;

	if (auth->next >= gh_ssh_agent_n_keys(auth->agent)) {
		auth->stage = OVER;
		return GH_SSH_NEXT;
	}
	k = gh_ssh_agent_key(auth->agent, auth->next);
	if (!can_use(k->type)) {
		auth->unfit = true;
		auth->next++;
		return GH_SSH_NEXT;
	}
	rc = libssh2_userauth_publickey(
	    ssh, t->user, k->blob.p, k->blob.len, sign_by_agent, &self);
	if (rc == LIBSSH2_ERROR_EAGAIN)
		return GH_SSH_WAIT;
	if (rc == 0)
		return GH_SSH_DONE;
	keep_why(auth, ssh, rc);
	auth->asked = false;
	auth->next++;
	if (broken(rc))
		auth->stage = OVER;
	return GH_SSH_NEXT;
}

static enum gh_ssh_step list_agent(struct gh_ssh_auth *auth)
{
	int rc = gh_ssh_agent_step(auth->agent, NULL);

	if (rc == 0)
		return GH_SSH_WAIT;
	auth->stage = rc > 0 ? AGENT_TRY : OVER;
	return GH_SSH_NEXT;
}

static enum gh_ssh_step give_up(
    const struct gh_ssh_auth *auth, const struct gh_ssh_target *t, struct gh_err *err)
{
	const char *id = t->identity && t->identity[0] ? t->identity : "ssh-agent";

	(void)gh_fail(err, GH_E_AUTH, "login as %s refused: no key of %s was taken%s%s",
	    t->user, id, auth->why[0] ? ": " : "", auth->why);
	if (auth->refused == 0 && t->identity && t->identity[0])
		(void)gh_err_hint(
		    err, "is the key behind a passphrase? then load it: ssh-add %s", id);
	else
		(void)gh_err_hint(err,
		    "put the public key into ~%s/.ssh/authorized_keys on the host",
		    t->user);
	return auth->unfit ? GH_SSH_NEEDS_SYSTEM : GH_SSH_FAILED;
}

enum gh_ssh_step gh_ssh_auth_step(struct gh_ssh_auth *auth, LIBSSH2_SESSION *ssh,
    const struct gh_ssh_target *t, struct gh_err *err)
{
	enum gh_ssh_step st = GH_SSH_NEXT;

	while (st == GH_SSH_NEXT) { /* bounded: stages only go up, keys are counted */
		switch (auth->stage) {
		case START:
			auth->stage =
			    t->identity && t->identity[0] ? FROM_FILE : AGENT_START;
			break;
		case FROM_FILE:
			st = try_file(auth, ssh, t);
			break;
		case AGENT_START:
			auth->stage =
			    gh_ssh_agent_new(&auth->agent, NULL) == 0 ? AGENT_LIST : OVER;
			break;
		case AGENT_LIST:
			st = list_agent(auth);
			break;
		case AGENT_TRY:
			st = try_agent(auth, ssh, t);
			break;
		default:
			return give_up(auth, t, err);
		}
	}
	return st;
}
