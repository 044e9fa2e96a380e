/* SPDX-License-Identifier: Apache-2.0
 * Reads TPM2B_PUBLIC (library part 2, sections 12.2.4 and 12.2.5), all numbers big endian; an
 * algorithm of 0x0010 is none, and has no parameters:
 *
 *    0  2 size of all that follows
 *    2  2 type: 0x0001 RSA, 0x0023 ECC
 *    4  2 nameAlg
 *    6  4 attributes (section 8.3)
 *   10  2 p, then p bytes: authPolicy
 *   12+p
 *    0  2 symmetric; then 2 key bits, 2 mode
 *       2 scheme; then 2 hash
 *       RSA: 2 key bits             ECC: 2 curve
 *            4 exponent, 0 = 65537       2 kdf; then 2 hash
 *            2 length, then modulus      2 length, then x
 *                                        2 length, then y */
#include "evidence/tpm_key.h"

#define TYPE_RSA   0x0001u
#define TYPE_ECC   0x0023u
#define ALG_NULL   0x0010u
#define ALG_SHA256 0x000Bu
#define CURVE_P256 0x0003u
#define CURVE_P384 0x0004u

void gh_tpm_key_free(struct gh_tpm_key *k)
{
	gh_pubkey_free(&k->key);
}

static struct gh_bytes sized(struct gh_rd *r)
{
	uint16_t len = gh_rd_u16be(r);
	const unsigned char *p = gh_rd_bytes(r, len);

	return (struct gh_bytes){p, p ? len : 0};
}

/* An algorithm with so many words of parameters, which ALG_NULL has not. */
static uint16_t algorithm(struct gh_rd *r, size_t words, uint16_t *first)
{
	uint16_t alg = gh_rd_u16be(r);

	for (size_t i = 0; alg != ALG_NULL && i < words; i++) {
		uint16_t word = gh_rd_u16be(r);

		if (i == 0 && first)
			*first = word;
	}
	return alg;
}

static int read_rsa(struct gh_tpm_key *out, struct gh_rd *r, struct gh_err *err)
{
	uint16_t bits = gh_rd_u16be(r);
	uint32_t e = gh_rd_u32be(r);
	struct gh_bytes n = sized(r);

	if (gh_rd_end(r, "TPM public area", err))
		return -1;
	if (n.len * 8 != bits)
		return gh_fail(err, GH_E_PARSE,
		    "TPM public area: a modulus of %zu bytes for %u bits", n.len, bits);
	return gh_pubkey_from_rsa(&out->key, n, e ? e : 65537, err);
}

static int read_ecc(struct gh_tpm_key *out, struct gh_rd *r, struct gh_err *err)
{
	uint16_t curve = gh_rd_u16be(r);
	uint16_t kdf = algorithm(r, 1, NULL);
	struct gh_bytes x = sized(r), y = sized(r);
	size_t half = curve == CURVE_P256 ? 32 : curve == CURVE_P384 ? 48 : 0;
	unsigned char xy[2 * 48];

	(void)kdf;
	if (gh_rd_end(r, "TPM public area", err))
		return -1;
	if (!half || x.len != half || y.len != half)
		return gh_fail(err, GH_E_PARSE,
		    "TPM public area: curve 0x%04x with a point of %zu and %zu bytes; "
		    "want "
		    "P-256 or P-384",
		    curve, x.len, y.len);
	memcpy(xy, x.p, half);
	memcpy(xy + half, y.p, half);
	return gh_pubkey_from_xy(&out->key, half == 32 ? 256 : 384, xy, err);
}

static bool scheme_fits(const struct gh_tpm_key *k)
{
	return k->type == TYPE_RSA
		   ? k->scheme == GH_TPM_RSASSA || k->scheme == GH_TPM_RSAPSS
		   : k->scheme == GH_TPM_ECDSA;
}

int gh_tpm_key_parse(struct gh_tpm_key *out, struct gh_bytes b, struct gh_err *err)
{
	struct gh_rd whole = gh_rd_of(b.p, b.len), r;
	uint16_t size;

	*out = (struct gh_tpm_key){0};
	size = gh_rd_u16be(&whole);
	r = gh_rd_sub(&whole, size);
	if (gh_rd_end(&whole, "TPM public area", err) ||
	    gh_sha256(b.p + 2, size, out->sha256, err))
		return -1;
	out->type = gh_rd_u16be(&r);
	out->name_alg = gh_rd_u16be(&r);
	out->attributes = gh_rd_u32be(&r);
	(void)sized(&r);
	(void)algorithm(&r, 2, NULL);
	out->scheme = algorithm(&r, 1, &out->hash);
	if (gh_rd_ok(&r, "TPM public area", err))
		return -1;
	if ((out->type != TYPE_RSA && out->type != TYPE_ECC) || !scheme_fits(out))
		return gh_fail(err, GH_E_PARSE,
		    "TPM public area: type 0x%04x with scheme 0x%04x; want RSA or ECC "
		    "with "
		    "a signing scheme",
		    out->type, out->scheme);
	return out->type == TYPE_RSA ? read_rsa(out, &r, err) : read_ecc(out, &r, err);
}

bool gh_tpm_key_attests(const struct gh_tpm_key *k)
{
	const uint32_t must =
	    GH_TPM_FIXED_TPM | GH_TPM_ORIGIN | GH_TPM_RESTRICTED | GH_TPM_SIGN;

	return (k->attributes & must) == must && !(k->attributes & GH_TPM_DECRYPT);
}

int gh_tpm_key_verify(const struct gh_tpm_key *k, struct gh_bytes msg,
    struct gh_bytes sig, struct gh_err *err)
{
	if (k->hash != ALG_SHA256)
		return gh_fail(err, GH_E_CRYPTO,
		    "the key signs with hash 0x%04x, and only SHA-256 (0x000b) is taken",
		    k->hash);
	if (k->scheme == GH_TPM_ECDSA)
		return gh_ecdsa_verify_der(k->key, GH_SHA256, msg, sig, err);
	return gh_rsa_verify(
	    k->key, GH_SHA256, k->scheme == GH_TPM_RSAPSS, msg, sig, err);
}
