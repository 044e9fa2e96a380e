/* SPDX-License-Identifier: Apache-2.0
 * DSSE envelopes: a payload, its type and signatures over both (spec/reports.md 3.3). */
#pragma once

#include "crypto/key.h"

#define GH_DSSE_SIGS_MAX 16
#define GH_DSSE_INTOTO   "application/vnd.in-toto+json"

/* Public keys that somebody handed us, by the digest of their SPKI. */
struct gh_named_key {
	char keyid[GH_SHA256_NAME_LEN]; /* "sha256:<hex of SHA-256(SPKI DER)>" */
	struct gh_pubkey *key;
};

struct gh_keys {
	struct gh_named_key *at;
	size_t n;
};

void gh_keys_free(struct gh_keys *ks);
/* Adds one PEM public key; one that is there already is not added again. */
GH_MUST_USE int gh_keys_add_pem(
    struct gh_keys *ks, const void *pem, size_t len, struct gh_err *err);
/* A PEM public key, or trust.json {"report_keys":[{"keyid","pem",...}]} of section 3.7
 * (its other members are not for us). A keyid that is not its key's is refused. */
GH_MUST_USE int gh_keys_load(
    struct gh_keys *ks, const void *p, size_t len, struct gh_err *err);
GH_MUST_USE int gh_keyid(
    const struct gh_pubkey *k, char out[static GH_SHA256_NAME_LEN], struct gh_err *err);

struct gh_dsse_sig {
	char keyid[80]; /* a hint, never proof */
	struct gh_buf sig;
};

struct gh_dsse {
	char payload_type[128];
	struct gh_buf payload;
	struct gh_dsse_sig sig[GH_DSSE_SIGS_MAX];
	size_t n_sigs;
};

void gh_dsse_free(struct gh_dsse *d);
/* Strict: canonical base64, one signature at least, none empty, no duplicate member, no
 * trailing data. Members that DSSE does not name are ignored. */
GH_MUST_USE int gh_dsse_parse(
    struct gh_dsse *out, const void *p, size_t len, struct gh_err *err);
/* The bytes that are signed: "DSSEv1 SP len SP type SP len SP payload". */
void gh_dsse_pae(struct gh_buf *out, const char *type, struct gh_bytes payload);
/* The envelope of payload with one DER signature by s, appended. */
GH_MUST_USE int gh_dsse_sign(struct gh_buf *out, const struct gh_signer *s,
    const char *type, struct gh_bytes payload, struct gh_err *err);
/* 0 and *by (borrowed from keys) when one of the signatures is good by one of the keys;
 * CRYPTO otherwise. DER, or raw r||s of the key's own length. */
GH_MUST_USE int gh_dsse_verify(const struct gh_dsse *d, const struct gh_keys *keys,
    const struct gh_named_key **by, struct gh_err *err);
/* SHA-256, and SHA-384 for a P-384 key: what gatehouse signs with that key. */
enum gh_hash gh_sign_hash(const struct gh_pubkey *k);
