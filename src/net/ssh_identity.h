/* SPDX-License-Identifier: Apache-2.0
 * What kind of private key a file holds: decides which transport can use it. */
#pragma once

#include "base/buf.h"

enum gh_ssh_identity {
	GH_SSH_ID_NONE = 0, /* no path */
	GH_SSH_ID_PLAIN,    /* ed25519 or ECDSA: libssh2 can use it */
	GH_SSH_ID_RSA,      /* libssh2 before 1.11 signs with SHA-1 only */
	GH_SSH_ID_OTHER,    /* a security key, or nothing we know */
	GH_SSH_ID_CERT,     /* a certificate lies beside it */
};

/* AUTH when the file cannot be read. */
GH_MUST_USE int gh_ssh_identity_kind(
    const char *path, enum gh_ssh_identity *out, struct gh_err *err);
