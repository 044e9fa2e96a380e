/* SPDX-License-Identifier: Apache-2.0
 * One OCSP response (RFC 6960): its facts, who signed it, and whether that signer may
 * speak about certificates of an issuer (spec/nvidia.md section 4). */
#pragma once

#include "crypto/memo.h"

#define GH_OCSP_MAX_BYTES   (64u << 10) /* real ones: 1 KB to 2 KB */
#define GH_OCSP_SINGLES_MAX 16
#define GH_OCSP_CERTS_MAX   8
#define GH_OCSP_NONCE_MAX   128 /* octets, RFC 9654 */

enum gh_ocsp_status { GH_OCSP_UNKNOWN = 0, GH_OCSP_GOOD, GH_OCSP_HOLD, GH_OCSP_REVOKED };

/* What the responder says of one certificate. The octets are borrowed from the response. */
struct gh_ocsp_single {
	char hash[8]; /* of the certID: "sha1", "sha256", "sha384", "sha512" */
	struct gh_bytes name_hash, key_hash; /* of the issuer */
	struct gh_bytes serial;              /* magnitude, big-endian */
	enum gh_ocsp_status status;
	int reason;          /* CRLReason of a revoked one; -1: none stated */
	int64_t revoked_at;  /* unix seconds; INT64_MIN: not revoked */
	int64_t this_update; /* unix seconds */
	int64_t next_update; /* INT64_MIN: it names none */
};

struct gh_ocsp;

void gh_ocsp_free(struct gh_ocsp **r);
/* Exactly one DER response of at most GH_OCSP_MAX_BYTES: successful, basic, version 1, in
 * canonical encoding, within the caps above, without a critical extension but the nonce.
 * REMOTE when the responder says that it did not answer ("tryLater"), PARSE otherwise. */
GH_MUST_USE int gh_ocsp_from_der(
    struct gh_ocsp **out, const void *der, size_t len, struct gh_err *err);

const uint8_t *gh_ocsp_sha256(const struct gh_ocsp *r); /* of the DER, 32 bytes */
/* "NVIDIA OCSP Responder ..." or "key 2401f7a0..": who it says it is; cleaned. */
const char *gh_ocsp_responder_id(const struct gh_ocsp *r);
int64_t gh_ocsp_produced_at(const struct gh_ocsp *r); /* unix seconds */
/* The nonce's octets; p == NULL: it carries none. */
struct gh_bytes gh_ocsp_nonce(const struct gh_ocsp *r);
const char *gh_ocsp_sigalg(const struct gh_ocsp *r); /* "ecdsa-with-SHA384" */
size_t gh_ocsp_count(const struct gh_ocsp *r);       /* at least 1 */
const struct gh_ocsp_single *gh_ocsp_single(const struct gh_ocsp *r, size_t i);
void *gh_ocsp_basic(const struct gh_ocsp *r); /* OCSP_BASICRESP, borrowed */
/* CRLReason in RFC 5280's words, "keyCompromise"; "not stated" for -1. */
const char *gh_ocsp_reason_word(int reason);

/* The first single response at or after `from` about cert as issued by issuer, by a CertID
 * of our own under the hash that the response uses; -1 when there is none. */
int gh_ocsp_about(const struct gh_ocsp *r, const struct gh_cert *cert,
    const struct gh_cert *issuer, size_t from);
/* The same for any certificate of that issuer. */
int gh_ocsp_from_issuer(
    const struct gh_ocsp *r, const struct gh_cert *issuer, size_t from);

/* What is wrong with the signer or the signature; the first that applies. */
enum gh_ocsp_fault {
	GH_OCSP_SOUND = 0,
	GH_OCSP_NO_RESPONDER, /* its certificate is not at hand */
	GH_OCSP_ALGORITHM,    /* not ECDSA P-384 with SHA-384 throughout */
	GH_OCSP_ISSUER,       /* not issued by who issued the certificate asked about */
	GH_OCSP_ROLE,         /* a CA, or without the extended key usage OCSPSigning */
	GH_OCSP_TIME,         /* responder or a CA above it not valid at that time */
	GH_OCSP_PATH,         /* a link up to the root, or OpenSSL's word on the whole */
	GH_OCSP_SIGNATURE,
};
/* "responder", "algorithm", "issuer", "role", "time", "path", "signature"; "" for SOUND. */
const char *gh_ocsp_fault_word(enum gh_ocsp_fault f);

/* Who may speak: the issuer of the certificates asked about, or whom it delegated to. */
struct gh_ocsp_path {
	const struct gh_certs *chain; /* leaf first, root last; its root's trust is the
					 caller's question */
	size_t issuer;                /* index in chain of that issuer, < chain->n */
	int64_t at;                   /* when everyone on the path must be valid */
	struct gh_memo *memo;         /* or NULL */
};

/* The certificates that the response carries, in order: they prove nothing by themselves. */
GH_MUST_USE int gh_ocsp_certs(const struct gh_ocsp *r, struct gh_memo *memo,
    struct gh_certs *out, struct gh_err *err);
/* The certificate that the responder id names, out of more (may be NULL) and the response
 * itself. The caller frees it. CRYPTO when it is in neither. */
GH_MUST_USE int gh_ocsp_responder(const struct gh_ocsp *r, const struct gh_certs *more,
    struct gh_memo *memo, struct gh_cert **out, struct gh_err *err);
/* SOUND when the responder may speak for path->issuer: it is that issuer, or was issued by
 * it as an OCSP signer; every single response is about that issuer; every link up to the
 * root holds, by our own eyes and by OCSP_basic_verify. The response's own signature is not
 * looked at. */
GH_MUST_USE enum gh_ocsp_fault gh_ocsp_delegated(const struct gh_ocsp *r,
    const struct gh_cert *responder, const struct gh_ocsp_path *path, struct gh_err *err);
/* SOUND when the responder's key signed the response. Computed once per memo. */
GH_MUST_USE enum gh_ocsp_fault gh_ocsp_signature(const struct gh_ocsp *r,
    const struct gh_cert *responder, struct gh_memo *memo, struct gh_err *err);
/* The three above together: SOUND proves what the response says, for that time. */
GH_MUST_USE enum gh_ocsp_fault gh_ocsp_signed(
    const struct gh_ocsp *r, const struct gh_ocsp_path *path, struct gh_err *err);
