/* SPDX-License-Identifier: Apache-2.0
 * Reads TPMS_ATTEST of TPM 2.0 (library part 2, sections 10.11 and 10.12.8), all numbers big
 * endian; offsets of a name of s and extra data of x bytes:
 *
 *      0  4 magic 0xFF544347
 *      4  2 type 0x8018, a quote
 *      6  2 s, then s bytes: qualifiedSigner
 *    8+s  2 x, then x bytes: extraData, the nonce
 *   10+s+x
 *      0  8 clock, ms
 *      8  4 resetCount
 *     12  4 restartCount
 *     16  1 safe
 *     17  8 firmwareVersion
 *     25  4 count of banks: 1
 *     29  2 hash of the bank: 0x000B
 *     31  1 bytes of the selection, 3
 *     32  3 selection: bit i of byte j is PCR 8j+i
 *     35  2 length of the digest: 32
 *     37 32 pcrDigest */
#include "evidence/hcl_tpm.h"

#define MAGIC      0xFF544347u
#define TYPE_QUOTE 0x8018u
#define ALG_SHA256 0x000Bu
#define SELECT_MAX 3u  /* bytes: 24 PCRs */
#define SIZED_MAX  68u /* of a name or of extraData: a hash with its algorithm */

static uint64_t read_u64(struct gh_rd *r)
{
	uint64_t high = gh_rd_u32be(r);

	return high << 32 | gh_rd_u32be(r);
}

static struct gh_bytes read_sized(struct gh_rd *r)
{
	uint16_t len = gh_rd_u16be(r);
	const unsigned char *p = gh_rd_bytes(r, len);

	return (struct gh_bytes){p, p ? len : 0};
}

/* The first bank; others make the quote one that we do not take. */
static void read_selection(struct gh_tpm_quote *q, struct gh_rd *r)
{
	uint8_t n;

	q->banks = gh_rd_u32be(r);
	q->hash = gh_rd_u16be(r);
	n = gh_rd_u8(r);
	for (uint8_t i = 0; i < n; i++) {
		uint8_t bits = gh_rd_u8(r);

		if (i < SELECT_MAX)
			q->pcrs |= (uint32_t)bits << (8 * i);
		else
			q->banks += bits ? 1 : 0; /* a PCR beyond 23: not ours */
	}
}

static int check_quote(const struct gh_tpm_quote *q, struct gh_err *err)
{
	if (q->magic != MAGIC)
		return gh_fail(err, GH_E_PARSE,
		    "TPM quote: magic at 0 is 0x%08X, expected 0xFF544347", q->magic);
	if (q->type != TYPE_QUOTE)
		return gh_fail(err, GH_E_PARSE,
		    "TPM quote: type at 4 is 0x%04X, expected 0x8018 (a quote)", q->type);
	if (q->signer.len > SIZED_MAX || q->extra.len > SIZED_MAX)
		return gh_fail(err, GH_E_PARSE,
		    "TPM quote: qualifiedSigner of %zu and extraData of %zu bytes, at "
		    "most %u",
		    q->signer.len, q->extra.len, SIZED_MAX);
	if (q->banks != 1 || q->hash != ALG_SHA256)
		return gh_fail(err, GH_E_PARSE,
		    "TPM quote: pcrSelect has %u banks, the first of hash 0x%04X; "
		    "expected one of 0x000B (SHA-256), PCRs 0 to 23",
		    q->banks, q->hash);
	if (q->digest.len != 32)
		return gh_fail(err, GH_E_PARSE,
		    "TPM quote: pcrDigest has %zu bytes, expected 32", q->digest.len);
	return 0;
}

int gh_tpm_quote_parse(struct gh_tpm_quote *q, struct gh_bytes b, struct gh_err *err)
{
	struct gh_rd r = gh_rd_of(b.p, b.len);

	*q = (struct gh_tpm_quote){.whole = b};
	q->magic = gh_rd_u32be(&r);
	q->type = gh_rd_u16be(&r);
	q->signer = read_sized(&r);
	q->extra = read_sized(&r);
	q->clock_ms = read_u64(&r);
	q->resets = gh_rd_u32be(&r);
	q->restarts = gh_rd_u32be(&r);
	q->safe = gh_rd_u8(&r);
	q->firmware = read_u64(&r);
	read_selection(q, &r);
	q->digest = read_sized(&r);
	if (check_quote(q, err))
		return -1;
	return gh_rd_end(&r, "TPM quote", err);
}

int gh_tpm_quote_signed(struct gh_bytes quote, struct gh_bytes sig,
    const struct gh_pubkey *key, struct gh_memo *memo, struct gh_err *err)
{
	/* What decides: the kind of question, quote, signature, key. */
	uint8_t all[16 + 3 * 32] = "tpm-quote", digest[32];
	int known;

	if (gh_sha256(quote.p, quote.len, all + 16, err) ||
	    gh_sha256(sig.p, sig.len, all + 48, err) ||
	    gh_pubkey_spki_sha256(key, all + 80, err) ||
	    gh_sha256(all, sizeof(all), digest, err))
		return -1;
	known = gh_memo_recall(memo, digest);
	if (known < 0) {
		known = gh_rsa_verify(key, GH_SHA256, false, quote, sig, NULL) == 0;
		gh_memo_keep(memo, digest, known);
	}
	if (known)
		return 0;
	return gh_fail(err, GH_E_CRYPTO,
	    "the signature of %zu bytes does not verify under HCLAkPub (%s)", sig.len,
	    gh_pubkey_kind(key));
}

int gh_tpm_quote_digest(const struct gh_tpm_quote *q, const uint8_t (*pcr)[32], size_t n,
    uint8_t out[static 32], struct gh_err *err)
{
	uint8_t all[8 * SELECT_MAX * 32];
	size_t len = 0;

	for (size_t i = 0; i < 8 * SELECT_MAX; i++) {
		if (!(q->pcrs >> i & 1))
			continue;
		if (i >= n)
			return gh_fail(err, GH_E_PARSE,
			    "the quote selects PCR %zu, and %zu PCRs came along", i, n);
		memcpy(all + len, pcr[i], 32);
		len += 32;
	}
	return gh_sha256(all, len, out, err);
}
