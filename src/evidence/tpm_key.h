/* SPDX-License-Identifier: Apache-2.0
 * The public area of a TPM 2.0 key (TPMT_PUBLIC, part 2 section 12.2.4): what a TPM says a
 * key is, with the key itself. Its SHA-256 is how enrolment pins an attestation key. */
#pragma once

#include "base/rd.h"
#include "crypto/key.h"

/* TPMA_OBJECT, part 2 section 8.3 */
#define GH_TPM_FIXED_TPM  (1u << 1)
#define GH_TPM_ORIGIN     (1u << 5) /* the TPM made its secret part */
#define GH_TPM_RESTRICTED (1u << 16)
#define GH_TPM_DECRYPT    (1u << 17)
#define GH_TPM_SIGN       (1u << 18)

enum gh_tpm_scheme {
	GH_TPM_RSASSA = 0x0014,
	GH_TPM_RSAPSS = 0x0016,
	GH_TPM_ECDSA = 0x0018,
};

struct gh_tpm_key {
	uint16_t type;     /* 0x0001 RSA, 0x0023 ECC */
	uint16_t name_alg; /* 0x000B SHA-256 */
	uint32_t attributes;
	uint16_t scheme, hash; /* gh_tpm_scheme; 0x000B SHA-256 */
	struct gh_pubkey *key;
	uint8_t sha256[32]; /* of the TPMT_PUBLIC: with SHA-256 as name_alg, the Name
			     * without its first two bytes */
};

void gh_tpm_key_free(struct gh_tpm_key *k);
/* Exactly one TPM2B_PUBLIC, as tpm2_readpublic writes it, of an RSA key (2048 to 4096
 * bits) or one on P-256 or P-384, with a signing scheme. */
GH_MUST_USE int gh_tpm_key_parse(
    struct gh_tpm_key *out, struct gh_bytes b, struct gh_err *err);
/* True when a TPM signs only what it made itself with this key, and cannot give it away:
 * such a key can vouch for a quote, any other signs a forged one too. */
bool gh_tpm_key_attests(const struct gh_tpm_key *k);
/* 0 when the signature over msg is good under the key by its scheme: RSA as it is, ECDSA
 * as DER. Only SHA-256 is taken. */
GH_MUST_USE int gh_tpm_key_verify(const struct gh_tpm_key *k, struct gh_bytes msg,
    struct gh_bytes sig, struct gh_err *err);
