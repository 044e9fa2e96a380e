/* SPDX-License-Identifier: Apache-2.0
 * Sets of JSON Web Keys (RFC 7517): EC keys on P-256 and P-384 with the certificates that
 * stand behind them. A key is a claim until its x5c, or whoever gave us the set, is
 * trusted. */
#pragma once

#include <jansson.h>

#include "crypto/memo.h"

#define GH_JWKS_MAX    256 /* keys in one set */
#define GH_JWK_X5C_MAX 4   /* certificates behind one key */

struct gh_jwk {
	char kid[256]; /* as it came; "" when absent */
	char kty[16], crv[16];
	struct gh_pubkey *key; /* NULL when the key cannot be used */
	struct gh_certs x5c;   /* leaf first; n == 0: none */
	/* Why it cannot be used, a stable word: unsupported (kind or curve), private (it
	 * holds its own secret), use (not for signatures), alg (of another curve), point,
	 * x5c (certificates that do not parse), mismatch (x, y are not x5c[0]'s key).
	 * "" when it can. */
	const char *fault;
};

struct gh_jwks {
	struct gh_jwk *at;
	size_t n;
};

void gh_jwks_free(struct gh_jwks *s);
/* {"keys":[..]}, or one bare key as a set of one. Keys of kinds that we do not use stay in
 * the set with their fault. PARSE for a text that is no set, more than GH_JWKS_MAX keys, or
 * one kid twice. memo may be NULL. */
GH_MUST_USE int gh_jwks_parse(
    struct gh_jwks *out, struct gh_bytes json, struct gh_memo *memo, struct gh_err *err);
/* The key of that kid, usable or not; NULL when there is none. */
const struct gh_jwk *gh_jwks_find(const struct gh_jwks *s, const char *kid);
