/* SPDX-License-Identifier: Apache-2.0
 * SHA-2 digests in one call. */
#pragma once

#include <stdint.h>

#include "base/buf.h"

enum gh_hash { GH_SHA256, GH_SHA384, GH_SHA512 };

#define GH_HASH_MAX 64

size_t gh_hash_len(enum gh_hash h);       /* bytes */
const char *gh_hash_name(enum gh_hash h); /* as OpenSSL fetches it: "SHA2-384" */
/* out has gh_hash_len(h) bytes. */
GH_MUST_USE int gh_hash(
    enum gh_hash h, const void *p, size_t len, void *out, struct gh_err *err);
GH_MUST_USE int gh_sha256(
    const void *p, size_t len, uint8_t out[static 32], struct gh_err *err);
/* "sha256:<hex>" of the bytes: how the whole product names evidence. */
#define GH_SHA256_NAME_LEN (7 + 64 + 1)
GH_MUST_USE int gh_sha256_name(
    const void *p, size_t len, char out[static GH_SHA256_NAME_LEN], struct gh_err *err);

/* A digest over bytes that come in pieces and are never all in memory at once. */
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
