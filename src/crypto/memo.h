/* SPDX-License-Identifier: Apache-2.0
 * What one run has parsed and verified already, so that no certificate is parsed twice and
 * no signature computed twice. A memo changes the cost of an answer, never the answer: it
 * holds only what follows from the bytes (a certificate's fields; whether a key signed it),
 * nothing that depends on time, trust or policy. One run, one thread. */
#pragma once

#include "crypto/cert.h"
#include "crypto/crl.h"

struct gh_memo;

/* NULL when out of memory: everything works without one, only slower. */
struct gh_memo *gh_memo_new(void);
void gh_memo_free(struct gh_memo **m);
/* As gh_cert_from_der; the same bytes give the same certificate again (another owner of
 * it: free as usual). m may be NULL. */
GH_MUST_USE int gh_memo_cert(struct gh_memo *m, struct gh_cert **out, const void *der,
    size_t len, struct gh_err *err);
/* As gh_crl_from_der, likewise. */
GH_MUST_USE int gh_memo_crl(struct gh_memo *m, struct gh_crl **out, const void *der,
    size_t len, struct gh_err *err);
/* As gh_cert_signed_by. */
GH_MUST_USE int gh_memo_signed_by(struct gh_memo *m, const struct gh_cert *c,
    const struct gh_cert *issuer, struct gh_err *err);
/* As gh_crl_signed_by. */
GH_MUST_USE int gh_memo_crl_signed_by(struct gh_memo *m, const struct gh_crl *c,
    const struct gh_cert *issuer, struct gh_err *err);
struct gh_memo_ecdsa {
	const struct gh_pubkey *key;
	const uint8_t *spki_sha256; /* of that key, 32 bytes */
	enum gh_hash hash;
	struct gh_bytes msg, sig; /* sig: r||s */
};
/* As gh_ecdsa_verify_raw. */
GH_MUST_USE int gh_memo_ecdsa_raw(
    struct gh_memo *m, const struct gh_memo_ecdsa *ask, struct gh_err *err);
/* A signature over other bytes (RIM, OCSP answer, TPM quote), known by a digest that covers
 * everything that decides it: message, signature, key, algorithm. 1 good, 0 bad, -1 not
 * computed yet in this run. */
int gh_memo_recall(const struct gh_memo *m, const uint8_t digest[static 32]);
void gh_memo_keep(struct gh_memo *m, const uint8_t digest[static 32], bool good);
/* Signatures computed so far, for `make bench` and the tests. */
size_t gh_memo_computed(const struct gh_memo *m);
