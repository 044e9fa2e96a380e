/* SPDX-License-Identifier: Apache-2.0
 * JSON signed by Intel: {"member":{..},"signature":"<128 hex>"}. The signature covers the
 * exact bytes of the member's value, so they are found by a scanner and never written
 * anew (spec/tdx.md section 3.2). */
#pragma once

#include "crypto/memo.h"

#define GH_SIGNED_JSON_MAX     (1u << 20) /* bytes of a document */
#define GH_SIGNED_JSON_DEPTH   32
#define GH_SIGNED_JSON_MEMBERS 16 /* of the outer object */

struct gh_signed_json {
	struct gh_bytes value;       /* the signed bytes, braces included; borrowed */
	unsigned char signature[64]; /* r||s, big-endian */
};

/* Splits the document: one JSON object, nothing but blanks behind it, at most
 * GH_SIGNED_JSON_DEPTH deep, no outer member twice (names compared as decoded), both
 * members there. Other members are allowed and mean nothing. PARSE names the offset. */
GH_MUST_USE int gh_signed_json_split(struct gh_signed_json *out, struct gh_bytes doc,
    const char *member, struct gh_err *err);
/* ECDSA P-256 with SHA-256 over value by the signer's key; each pair is computed once per
 * memo (may be NULL). CRYPTO when it is not good. Who the signer is, is not asked. */
GH_MUST_USE int gh_signed_json_verify(const struct gh_signed_json *s,
    const struct gh_cert *signer, struct gh_memo *memo, struct gh_err *err);
