/* SPDX-License-Identifier: Apache-2.0
 * EAT attestation results (EAR) in the three spellings that are in use, and AR4SI's
 * trustworthiness vector (spec/reports.md section 3.8). */
#pragma once

#include <jansson.h>

#include "evidence/context.h"

#define GH_EAR_SUBMODS_MAX 64
#define GH_EAR_VECTOR      8

enum gh_ear_spelling {
	GH_EAR_IETF_2026, /* ear_status: tag:ietf.org,2026:rats/ear#03 */
	GH_EAR_VERAISON,  /* ear.status: tag:github.com,2023:veraison/ear */
	GH_EAR_TRUSTEE, /* ear.status: tag:github.com,2024:confidential-containers/Trustee */
};

/* From best to worst, except that NONE says nothing at all. */
enum gh_ear_tier {
	GH_EAR_NONE,            /* -1, 0, 1 */
	GH_EAR_AFFIRMING,       /* 2 to 31 */
	GH_EAR_WARNING,         /* 32 to 95 */
	GH_EAR_CONTRAINDICATED, /* 96 to 127 */
};

struct gh_ear_submod {
	const char *name; /* printable ASCII, at most 64 bytes */
	enum gh_ear_tier status;
	bool stated[GH_EAR_VECTOR]; /* which claims of the vector are there */
	int value[GH_EAR_VECTOR];   /* -1 to 127 */
	const char *policy, *nonce; /* "" when absent */
	bool key_attested;          /* carries a key attestation with a key in it */
};

/* All texts are borrowed from the claims. */
struct gh_ear {
	enum gh_ear_spelling spelling;
	const char *profile, *developer, *build, *nonce;
	bool has_status; /* a status of the whole; older profiles have none */
	enum gh_ear_tier status;
	struct gh_ear_submod *submod; /* owned */
	size_t n;
	/* What is wrong, a stable word: profile, verifier, iat, submods, name, status,
	 * vector, policy, key-attestation, mixed (two spellings in one). */
	const char *fault;
};

void gh_ear_free(struct gh_ear *e);
/* Reads a claims set. Signed or not is the caller's question. Unknown profiles, status
 * words, vector claims and values are refused. PARSE with out->fault set. */
GH_MUST_USE int gh_ear_parse(
    struct gh_ear *out, const json_t *claims, struct gh_err *err);

/* The worst tier of a submodule's vector. */
enum gh_ear_tier gh_ear_worst(const struct gh_ear_submod *m);
const char *gh_ear_tier_word(enum gh_ear_tier t); /* "affirming" */
const char *gh_ear_claim_name(size_t i);          /* "instance-identity" */
/* The tier of a value; -1 when it is of none. */
GH_MUST_USE int gh_ear_tier_of(int64_t value, enum gh_ear_tier *out);
/* What AR4SI means by that value of that claim: "genuine", or the tier's word. */
const char *gh_ear_value_word(size_t claim, int value);

/* Judges a signed EAR: the subject (kind "ear", steps ear.parse ear.key ear.signature
 * ear.time ear.claims ear.nonce ear.consistency ear.status) and a subject
 * "<subject>:<submodule>" each (kind "ear", ear.submod ear.submod.consistency
 * ear.submod.status). The key must be in ctx->jwks: whoever fills that vouches for it. -1
 * only for NOMEM and INTERNAL. */
GH_MUST_USE int gh_ear_verify(struct gh_result *out, const char *subject,
    struct gh_bytes ascii, const struct gh_context *ctx, struct gh_err *err);
