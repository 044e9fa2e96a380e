/* SPDX-License-Identifier: Apache-2.0
 * One signed token on its way through the steps that NRAS tokens and EARs share: read, key,
 * signature, times. Every finding is "<family>.<step>", every code "<family>.<step>.<word>".
 * (spec/nvidia.md section 5.2, spec/reports.md section 3.8.) */
#pragma once

#include "crypto/jwk.h"
#include "crypto/jws.h"
#include "evidence/tee.h"

#define GH_RING_MAX 16 /* JWKS documents looked at */

/* Every key set that the context brought. */
struct gh_ring {
	struct gh_jwks set[GH_RING_MAX];
	size_t n;
	size_t given;      /* documents, readable or not */
	struct gh_err why; /* of the first that could not be read */
};

void gh_ring_free(struct gh_ring *r);
void gh_ring_open(struct gh_ring *r, const struct gh_context *ctx);

struct gh_token {
	struct gh_tee tee;
	const char *family; /* "eat", "eat.device", "ear" */
	struct gh_jws jws;
	struct gh_err why;        /* of jws.fault, or of claims that cannot be read */
	json_t *claims;           /* the payload; NULL when it is no object; owned */
	const struct gh_jwk *key; /* borrowed from the ring; NULL until it is found */
};

void gh_token_free(struct gh_token *t);
/* Reads the token; says nothing yet. t->tee is begun, t->family set, by the caller. */
void gh_token_read(struct gh_token *t, struct gh_bytes ascii, unsigned int allowed);

/* "<family>.<step>", below "<family>.<parent>"; parent "" is a root. */
struct gh_finding *gh_token_step(
    struct gh_token *t, const char *step, const char *parent, const char *title);
/* Settles it: "" or a word of what is wrong. */
void gh_token_settle(
    struct gh_token *t, struct gh_finding *f, const char *step, const char *word);
/* UNKNOWN, STALE, SKIP ... with the code "<family>.<step>.<word>". */
void gh_token_say(struct gh_token *t, struct gh_finding *f, enum gh_verdict v,
    const char *step, const char *word);
/* True when that step of the token's subject was proven. */
bool gh_token_holds(const struct gh_token *t, const char *step);

/* "parse": the form of the token. */
void gh_token_judge_parse(struct gh_token *t, const char *parent);
/* The key named in the header, or the only one when the header names none. Returns NULL
 * after having said why in f. */
const struct gh_jwk *gh_token_find_key(
    struct gh_token *t, const struct gh_ring *ring, struct gh_finding *f);
/* "signature", by t->key; wants "key" to hold. */
void gh_token_judge_signature(struct gh_token *t);
/* "time": iat, nbf, exp with 60 s of skew. An expired token is STALE. dated: nbf and exp
 * must be there (NRAS); otherwise a token without an end only warns. */
void gh_token_judge_time(struct gh_token *t, bool dated);
/* A time claim; -1 when it is absent, no whole number, or outside 1970 to 9999. */
GH_MUST_USE int gh_token_time(const json_t *claims, const char *name, int64_t *out);
/* Text of a claim; "" when it is absent or no string. */
const char *gh_token_text(const json_t *claims, const char *name);
