/* SPDX-License-Identifier: Apache-2.0
 * X.509 certificates as evidence: parsed once, asked for facts, never trusted by name. */
#pragma once

#include "crypto/key.h"

struct gh_cert;
struct gh_memo; /* crypto/memo.h */

struct gh_certs {
	struct gh_cert **at;
	size_t n;
};

void gh_cert_free(struct gh_cert **c);
void gh_certs_free(struct gh_certs *cs);
/* Exactly one DER certificate, no trailing byte. */
GH_MUST_USE int gh_cert_from_der(
    struct gh_cert **out, const void *der, size_t len, struct gh_err *err);
/* Another owner of the same certificate; both call gh_cert_free. Owners of one certificate
 * live in one thread. */
struct gh_cert *gh_cert_share(struct gh_cert *c);
/* Every CERTIFICATE block of the text, in order; at least one, at most max. Text between
 * the blocks is ignored, a block that does not parse is an error. */
GH_MUST_USE int gh_certs_from_pem(
    struct gh_certs *out, const void *pem, size_t len, size_t max, struct gh_err *err);
/* The same with a memo (may be NULL): what it knows is not parsed again. */
GH_MUST_USE int gh_certs_from_pem_known(struct gh_certs *out, struct gh_bytes pem,
    size_t max, struct gh_memo *memo, struct gh_err *err);
/* Takes c over. */
GH_MUST_USE int gh_certs_add(struct gh_certs *cs, struct gh_cert *c, struct gh_err *err);

/* All returned pointers are borrowed from c. Texts are cleaned. */
struct gh_bytes gh_cert_der(const struct gh_cert *c);
const uint8_t *gh_cert_sha256(const struct gh_cert *c);      /* of the DER, 32 bytes */
struct gh_bytes gh_cert_spki(const struct gh_cert *c);       /* its DER */
const uint8_t *gh_cert_spki_sha256(const struct gh_cert *c); /* 32 bytes */
const struct gh_pubkey *gh_cert_key(const struct gh_cert *c);
struct gh_bytes gh_cert_serial(const struct gh_cert *c); /* magnitude, big-endian */
const char *gh_cert_cn(const struct gh_cert *c);         /* subject CN, "" without */
const char *gh_cert_issuer_cn(const struct gh_cert *c);
const char *gh_cert_subject_serial(const struct gh_cert *c); /* RDN serialNumber, "" */
int64_t gh_cert_not_before(const struct gh_cert *c);         /* unix seconds */
int64_t gh_cert_not_after(const struct gh_cert *c);
bool gh_cert_is_ca(const struct gh_cert *c);
bool gh_cert_names_chain(const struct gh_cert *c, const struct gh_cert *issuer);
/* True for RSASSA-PSS with SHA-384, MGF1-SHA-384 and salt 48 (spec/snp.md section 2). */
bool gh_cert_is_pss_sha384(const struct gh_cert *c);
/* "ecdsa-with-SHA384", "RSASSA-PSS": for people. */
const char *gh_cert_sigalg(const struct gh_cert *c);
/* Signature of c by issuer's key over c's own bytes. */
GH_MUST_USE int gh_cert_signed_by(
    const struct gh_cert *c, const struct gh_cert *issuer, struct gh_err *err);
/* The extnValue of the extension with that dotted OID; p == NULL when absent or there
 * more than once (then *count says so; count may be NULL). */
struct gh_bytes gh_cert_ext(const struct gh_cert *c, const char *oid, size_t *count);
void *gh_cert_x509(const struct gh_cert *c); /* X509, borrowed */
