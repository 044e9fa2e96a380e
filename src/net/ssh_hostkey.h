/* SPDX-License-Identifier: Apache-2.0
 * The pin: the one public key that a host must show. */
#pragma once

#include <stdint.h>

#include "base/buf.h"

struct gh_ssh_hostkey {
	char type[32];      /* "ssh-ed25519" */
	struct gh_buf blob; /* RFC 4253 section 6.6 */
};

/* "TYPE BASE64 [comment]", as in known_hosts and /etc/ssh/ssh_host_*_key.pub. The type
 * must be one that is known here and must equal the one inside the blob. CONFIG else. */
GH_MUST_USE int gh_ssh_hostkey_parse(
    struct gh_ssh_hostkey *out, const char *text, struct gh_err *err);
void gh_ssh_hostkey_free(struct gh_ssh_hostkey *k);
/* True when blob is that key, byte for byte. */
bool gh_ssh_hostkey_is(const struct gh_ssh_hostkey *pin, const void *blob, size_t len);

/* "SHA256:" and 43 characters, as ssh-keygen -l prints it. */
#define GH_SSH_PRINT_LEN 51
void gh_ssh_fingerprint(char out[static GH_SSH_PRINT_LEN], const void *blob, size_t len);
/* The type that stands in a blob; "?" when there is none. */
void gh_ssh_blob_type(char *out, size_t size, const void *blob, size_t len);
/* A blob as a pin is written: "TYPE BASE64". Appends; nothing when it holds no type that
 * is known here. */
void gh_ssh_hostkey_text(struct gh_buf *out, const void *blob, size_t len);
/* The signature algorithms to ask a host for, so that it shows the pinned type; all that
 * are known, best first, for NULL. */
const char *gh_ssh_hostkey_algorithms(const struct gh_ssh_hostkey *pin);
bool gh_ssh_hostkey_rsa(const struct gh_ssh_hostkey *pin);

#define GH_SSH_WRONG_KEY_HINT                                                            \
	"nothing was sent to it; if it was reinstalled, write its new key into "         \
	"host_key "                                                                      \
	"of the fleet file, else treat it as an attack"
