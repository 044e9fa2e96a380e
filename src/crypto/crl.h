/* SPDX-License-Identifier: Apache-2.0
 * X.509 certificate revocation lists as evidence: parsed once, asked for facts. */
#pragma once

#include "crypto/cert.h"

struct gh_crl;

void gh_crl_free(struct gh_crl **c);
/* Another owner of the same list; both call gh_crl_free. */
struct gh_crl *gh_crl_share(struct gh_crl *c);
/* Exactly one DER list, no trailing byte, at most 1 MiB. */
GH_MUST_USE int gh_crl_from_der(
    struct gh_crl **out, const void *der, size_t len, struct gh_err *err);

const uint8_t *gh_crl_sha256(const struct gh_crl *c); /* of the DER, 32 bytes */
const char *gh_crl_issuer_cn(const struct gh_crl *c); /* cleaned, "" without */
int64_t gh_crl_this_update(const struct gh_crl *c);   /* unix seconds */
int64_t gh_crl_next_update(const struct gh_crl *c);   /* INT64_MIN: it names none */
size_t gh_crl_count(const struct gh_crl *c);          /* revoked certificates */
/* "ecdsa-with-SHA256", "RSASSA-PSS": for people. */
const char *gh_crl_sigalg(const struct gh_crl *c);
/* True for RSASSA-PSS with SHA-384, MGF1-SHA-384 and salt 48 (spec/snp.md section 2). */
bool gh_crl_is_pss_sha384(const struct gh_crl *c);
/* Issuer of the list = subject of the certificate, by name. */
bool gh_crl_names(const struct gh_crl *c, const struct gh_cert *issuer);
GH_MUST_USE int gh_crl_signed_by(
    const struct gh_crl *c, const struct gh_cert *issuer, struct gh_err *err);
/* True when the certificate's serial is on the list; *since (may be NULL) is when. */
bool gh_crl_revokes(const struct gh_crl *c, const struct gh_cert *cert, int64_t *since);
void *gh_crl_x509(const struct gh_crl *c); /* X509_CRL, borrowed */
