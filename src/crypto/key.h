/* SPDX-License-Identifier: Apache-2.0
 * Public keys that verify, private keys that sign. Verification returns 0 only when the
 * signature is good over exactly the bytes given; any other outcome is -1, CRYPTO. */
#pragma once

#include "crypto/digest.h"

struct gh_pubkey; /* an EVP_PKEY behind it */

void gh_pubkey_free(struct gh_pubkey **k);
GH_MUST_USE int gh_pubkey_from_spki(
    struct gh_pubkey **out, const void *der, size_t len, struct gh_err *err);
GH_MUST_USE int gh_pubkey_from_pem(
    struct gh_pubkey **out, const char *pem, size_t len, struct gh_err *err);
/* The key of an X509 (void * so that this header needs no OpenSSL), shared with it. */
GH_MUST_USE int gh_pubkey_of_x509(struct gh_pubkey **out, void *x509, struct gh_err *err);
/* Uncompressed EC point x||y, big-endian, 2 * 32 bytes (bits = 256) or 2 * 48 (384). */
GH_MUST_USE int gh_pubkey_from_xy(
    struct gh_pubkey **out, int bits, const void *xy, struct gh_err *err);
/* An RSA key of 2048 to 4096 bits: the modulus, big-endian with its top bit set. */
GH_MUST_USE int gh_pubkey_from_rsa(
    struct gh_pubkey **out, struct gh_bytes n, uint32_t e, struct gh_err *err);
/* The DER SubjectPublicKeyInfo, appended. */
GH_MUST_USE int gh_pubkey_spki(
    const struct gh_pubkey *k, struct gh_buf *out, struct gh_err *err);
GH_MUST_USE int gh_pubkey_spki_sha256(
    const struct gh_pubkey *k, uint8_t out[static 32], struct gh_err *err);
/* "EC P-384", "RSA 4096": for people. */
const char *gh_pubkey_kind(const struct gh_pubkey *k);
/* 256, 384, 521 for an EC key on that NIST curve, else 0. */
int gh_pubkey_ec_bits(const struct gh_pubkey *k);
/* The EVP_PKEY, borrowed, as void * so that this header needs no OpenSSL. */
void *gh_pubkey_evp(const struct gh_pubkey *k);

/* ECDSA, r||s big-endian, each half as long as the curve's order (sig_len 64 or 96).
 * r or s zero or not below the order is refused. */
GH_MUST_USE int gh_ecdsa_verify_raw(const struct gh_pubkey *k, enum gh_hash h,
    struct gh_bytes msg, struct gh_bytes sig, struct gh_err *err);
/* ECDSA, strict DER (no trailing byte). */
GH_MUST_USE int gh_ecdsa_verify_der(const struct gh_pubkey *k, enum gh_hash h,
    struct gh_bytes msg, struct gh_bytes sig, struct gh_err *err);

/* RSA, PKCS#1 v1.5 or (pss) PSS with the same hash in MGF1 and a salt of any length. */
GH_MUST_USE int gh_rsa_verify(const struct gh_pubkey *k, enum gh_hash h, bool pss,
    struct gh_bytes msg, struct gh_bytes sig, struct gh_err *err);

struct gh_signer; /* a private key */

void gh_signer_free(struct gh_signer **s);
/* A new EC key (bits 256 or 384). */
GH_MUST_USE int gh_signer_new(struct gh_signer **out, int bits, struct gh_err *err);
/* PKCS#8 PEM, not encrypted. */
GH_MUST_USE int gh_signer_from_pem(
    struct gh_signer **out, const char *pem, size_t len, struct gh_err *err);
GH_MUST_USE int gh_signer_pem(
    const struct gh_signer *s, struct gh_buf *out, struct gh_err *err);
GH_MUST_USE int gh_signer_public_pem(
    const struct gh_signer *s, struct gh_buf *out, struct gh_err *err);
/* New object; the caller frees it. */
GH_MUST_USE int gh_signer_pubkey(
    const struct gh_signer *s, struct gh_pubkey **out, struct gh_err *err);
/* DER ECDSA signature over msg, appended. */
GH_MUST_USE int gh_sign_der(const struct gh_signer *s, enum gh_hash h,
    struct gh_bytes msg, struct gh_buf *out, struct gh_err *err);
/* r||s big-endian, 64 or 96 bytes, appended. */
GH_MUST_USE int gh_sign_raw(const struct gh_signer *s, enum gh_hash h,
    struct gh_bytes msg, struct gh_buf *out, struct gh_err *err);
void *gh_signer_evp(const struct gh_signer *s); /* EVP_PKEY, borrowed */
