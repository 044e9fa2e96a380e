/* SPDX-License-Identifier: Apache-2.0
 * A TPM 2.0 quote as bytes, and its signature (TPMS_ATTEST, spec/snp.md section 3.4). */
#pragma once

#include "base/rd.h"
#include "crypto/key.h"
#include "crypto/memo.h"

/* Borrowed. */
struct gh_tpm_quote {
	struct gh_bytes whole;
	uint32_t magic;         /* 0xFF544347 */
	uint16_t type;          /* 0x8018, a quote */
	struct gh_bytes signer; /* name of the signing key */
	struct gh_bytes extra;  /* extraData: the nonce */
	uint64_t clock_ms;      /* of the TPM's own clock */
	uint32_t resets, restarts;
	uint8_t safe;
	uint64_t firmware;
	uint32_t banks;         /* how many PCR banks it selects */
	uint16_t hash;          /* of the first: 0x000B SHA-256 */
	uint32_t pcrs;          /* bit i: PCR i is in the digest */
	struct gh_bytes digest; /* over those PCRs, 0 first */
};

/* 0 when the bytes are one quote over one bank of SHA-256 PCRs, 24 at most, and nothing
 * else; PARSE names the field. *out holds what could be read in any case. All numbers are
 * big endian. */
GH_MUST_USE int gh_tpm_quote_parse(
    struct gh_tpm_quote *out, struct gh_bytes b, struct gh_err *err);
/* 0 when the RSA PKCS#1 SHA-256 signature over the quote is good under the key; computed
 * once per memo (may be NULL). */
GH_MUST_USE int gh_tpm_quote_signed(struct gh_bytes quote, struct gh_bytes sig,
    const struct gh_pubkey *key, struct gh_memo *memo, struct gh_err *err);
/* SHA-256 over the selected ones of pcr[0..n-1], 32 bytes each; PARSE when the quote
 * selects one that is not there. */
GH_MUST_USE int gh_tpm_quote_digest(const struct gh_tpm_quote *q,
    const uint8_t (*pcr)[32], size_t n, uint8_t out[static 32], struct gh_err *err);
