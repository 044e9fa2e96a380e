/* SPDX-License-Identifier: Apache-2.0
 * A SHA-2 digest over bytes that come in pieces and are never all in memory at once. */
#pragma once

#include "crypto/digest.h"

struct gh_hash_run {
	void *ctx; /* EVP_MD_CTX, so that this header needs no OpenSSL */
	bool bad;  /* sticky: a piece was lost */
};

GH_MUST_USE int gh_hash_run_begin(
    struct gh_hash_run *r, enum gh_hash h, struct gh_err *err);
void gh_hash_run_add(struct gh_hash_run *r, const void *p, size_t len);
/* out has gh_hash_len() bytes. */
GH_MUST_USE int gh_hash_run_end(struct gh_hash_run *r, void *out, struct gh_err *err);
void gh_hash_run_free(struct gh_hash_run *r);
