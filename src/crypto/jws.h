/* SPDX-License-Identifier: Apache-2.0
 * JSON Web Signatures in compact form (RFC 7515): three parts, one algorithm list, a key
 * that comes from us and never from the token. */
#pragma once

#include <jansson.h>

#include "crypto/memo.h"

/* Bits, so that a caller can allow several. */
enum gh_jws_alg {
	GH_JWS_ES256 = 1, /* ECDSA P-256, SHA-256, r||s of 64 bytes */
	GH_JWS_ES384 = 2, /* ECDSA P-384, SHA-384, r||s of 96 bytes */
};
#define GH_JWS_DEFAULT (GH_JWS_ES256 | GH_JWS_ES384)
#define GH_JWS_MAX     (256u << 10) /* characters of a token */

struct gh_jws {
	struct gh_bytes signed_; /* "header.payload" as received, borrowed */
	struct gh_buf header_text, payload, signature; /* decoded, owned */
	json_t *header;                                /* owned; NULL: not read */
	const char *alg_word; /* borrowed from header; "" when absent */
	const char *kid;      /* likewise, as it came */
	enum gh_jws_alg alg;  /* one of the allowed; 0 otherwise */
	bool offers_key; /* jwk, jku, x5u or x5c in the header: never used, only said */
	/* What is wrong, a stable word: size, parts, base64, header, crit, b64, kid, none,
	 * alg. "" when nothing is. After crit, b64, kid, none and alg everything above is
	 * filled in all the same, so that the token can be shown. */
	const char *fault;
};

void gh_jws_free(struct gh_jws *j);
/* Reads a token strictly: exactly three parts, base64url without padding and in its one
 * canonical form, a JSON object as header whose alg is one of `allowed` (bits), no crit, no
 * b64. The token stays borrowed. PARSE with out->fault set; the caller frees in any case. */
GH_MUST_USE int gh_jws_parse(
    struct gh_jws *out, struct gh_bytes token, unsigned int allowed, struct gh_err *err);
/* The signature over the received ASCII by that key, which must be on the curve of the
 * algorithm. memo may be NULL. CRYPTO when it is not good. */
GH_MUST_USE int gh_jws_verify(const struct gh_jws *j, const struct gh_pubkey *key,
    struct gh_memo *memo, struct gh_err *err);

/* base64url (RFC 4648 section 5) without padding, appended: strict, canonical. */
GH_MUST_USE int gh_unb64url(struct gh_buf *out, struct gh_bytes in, struct gh_err *err);
void gh_b64url(struct gh_buf *out, const void *in, size_t len);
