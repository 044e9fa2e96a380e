/* SPDX-License-Identifier: Apache-2.0
 * Public keys that verify. */
#include "crypto/key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>

#include "crypto/library.h"

struct gh_pubkey {
	EVP_PKEY *pkey;
	int ec_bits; /* 0 for RSA */
	char kind[24];
};

void gh_pubkey_free(struct gh_pubkey **k)
{
	if (*k == NULL)
		return;
	EVP_PKEY_free((*k)->pkey);
	free(*k);
	*k = NULL;
}

static int curve_bits(const EVP_PKEY *pkey)
{
	static const struct {
		const char *name;
		int bits;
	} curves[] = {{"prime256v1", 256}, {"P-256", 256}, {"secp384r1", 384},
	    {"P-384", 384}, {"secp521r1", 521}, {"P-521", 521}};
	char group[64] = ""; /* stays empty for a curve without a name */

	(void)EVP_PKEY_get_group_name(pkey, group, sizeof group, NULL);
	for (size_t i = 0; i < GH_COUNT(curves); i++)
		if (strcmp(group, curves[i].name) == 0)
			return curves[i].bits;
	return 0;
}

/* Takes pkey over, also on error. */
static int adopt(struct gh_pubkey **out, EVP_PKEY *pkey, struct gh_err *err)
{
	struct gh_pubkey *k;

	ERR_clear_error();
	if (pkey == NULL)
		return gh_fail(err, GH_E_PARSE, "not a public key");
	k = calloc(1, sizeof *k);
	if (k == NULL) {
		EVP_PKEY_free(pkey);
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	}
	k->pkey = pkey;
	if (EVP_PKEY_is_a(pkey, "EC")) {
		k->ec_bits = curve_bits(pkey);
		snprintf(k->kind, sizeof k->kind, "EC P-%d", k->ec_bits);
	} else {
		snprintf(k->kind, sizeof k->kind, "%s %d", EVP_PKEY_get0_type_name(pkey),
		    EVP_PKEY_get_bits(pkey));
	}
	*out = k;
	return 0;
}

int gh_pubkey_from_spki(
    struct gh_pubkey **out, const void *der, size_t len, struct gh_err *err)
{
	const unsigned char *p = der;
	EVP_PKEY *pkey = NULL;

	if (len <= 16384)
		pkey = d2i_PUBKEY_ex(NULL, &p, (long)len, gh_ossl(), NULL);
	if (pkey != NULL && p != (const unsigned char *)der + len) {
		EVP_PKEY_free(pkey);
		pkey = NULL;
	}
	return adopt(out, pkey, err);
}

int gh_pubkey_from_pem(
    struct gh_pubkey **out, const char *pem, size_t len, struct gh_err *err)
{
	BIO *bio = len > 65536 ? NULL : BIO_new_mem_buf(pem, (int)len);
	EVP_PKEY *pkey = bio == NULL ? NULL : PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);

	BIO_free(bio);
	return adopt(out, pkey, err);
}

int gh_pubkey_of_x509(struct gh_pubkey **out, void *x509, struct gh_err *err)
{
	return adopt(out, X509_get_pubkey(x509), err);
}

int gh_pubkey_from_xy(
    struct gh_pubkey **out, int bits, const void *xy, struct gh_err *err)
{
	size_t half = bits == 256 ? 32 : 48;
	unsigned char point[1 + 96];
	const char *group = bits == 256 ? "prime256v1" : "secp384r1";
	OSSL_PARAM params[3];
	EVP_PKEY_CTX *ctx;
	EVP_PKEY *pkey = NULL;
	char name[16];

	point[0] = POINT_CONVERSION_UNCOMPRESSED;
	memcpy(point + 1, xy, 2 * half);
	snprintf(name, sizeof name, "%s", group);
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, name, 0);
	params[1] = OSSL_PARAM_construct_octet_string(
	    OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * half);
	params[2] = OSSL_PARAM_construct_end();
	ctx = EVP_PKEY_CTX_new_from_name(gh_ossl(), "EC", NULL);
	if (ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1)
		(void)EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params);
	EVP_PKEY_CTX_free(ctx);
	return adopt(out, pkey, err);
}

/* NULL when out of memory, or OpenSSL refuses the numbers. */
static EVP_PKEY *rsa_key(const BIGNUM *n, const BIGNUM *e)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(gh_ossl(), "RSA", NULL);
	OSSL_PARAM *params = NULL;
	EVP_PKEY *pkey = NULL;

	if (bld != NULL && n != NULL && e != NULL &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, e) == 1)
		params = OSSL_PARAM_BLD_to_param(bld);
	if (params != NULL && ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1)
		(void)EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

int gh_pubkey_from_rsa(
    struct gh_pubkey **out, struct gh_bytes n, uint32_t e, struct gh_err *err)
{
	BIGNUM *modulus, *exponent;
	EVP_PKEY *pkey;

	if (n.len < 256 || n.len > 512 || !(n.p[0] & 0x80) || e < 3 || !(e & 1))
		return gh_fail(err, GH_E_PARSE,
		    "an RSA key with a modulus of %zu bytes and exponent %u: want 256 "
		    "to 512 with the top bit set, and an odd exponent",
		    n.len, e);
	modulus = BN_bin2bn(n.p, (int)n.len, NULL);
	exponent = BN_new();
	if (exponent != NULL && BN_set_word(exponent, e) != 1) {
		BN_free(exponent);
		exponent = NULL;
	}
	pkey = rsa_key(modulus, exponent);
	BN_free(modulus);
	BN_free(exponent);
	return adopt(out, pkey, err);
}

int gh_pubkey_spki(const struct gh_pubkey *k, struct gh_buf *out, struct gh_err *err)
{
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(k->pkey, &der);

	if (n <= 0)
		return gh_fail(err, GH_E_INTERNAL, "cannot encode a public key");
	gh_buf_add(out, der, (size_t)n);
	OPENSSL_free(der);
	return gh_buf_ok(out, err);
}

int gh_pubkey_spki_sha256(
    const struct gh_pubkey *k, uint8_t out[static 32], struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) der = {0};

	if (gh_pubkey_spki(k, &der, err) < 0)
		return -1;
	return gh_sha256(der.p, der.len, out, err);
}

const char *gh_pubkey_kind(const struct gh_pubkey *k)
{
	return k->kind;
}

int gh_pubkey_ec_bits(const struct gh_pubkey *k)
{
	return k->ec_bits;
}

void *gh_pubkey_evp(const struct gh_pubkey *k)
{
	return k->pkey;
}

static int verify(const struct gh_pubkey *k, enum gh_hash h, struct gh_bytes msg,
    const unsigned char *der, size_t der_len, struct gh_err *err)
{
	unsigned char digest[GH_HASH_MAX];
	EVP_PKEY_CTX *ctx;
	int rc = 0;

	if (gh_hash(h, msg.p, msg.len, digest, err) < 0)
		return -1;
	ctx = EVP_PKEY_CTX_new_from_pkey(gh_ossl(), k->pkey, NULL);
	if (ctx != NULL && EVP_PKEY_verify_init(ctx) == 1)
		rc = EVP_PKEY_verify(ctx, der, der_len, digest, gh_hash_len(h));
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	return rc == 1 ? 0 : gh_fail(err, GH_E_CRYPTO, "the signature does not verify");
}

int gh_ecdsa_verify_raw(const struct gh_pubkey *k, enum gh_hash h, struct gh_bytes msg,
    struct gh_bytes sig, struct gh_err *err)
{
	size_t half = k->ec_bits == 256 ? 32 : k->ec_bits == 384 ? 48 : 0;
	unsigned char *der = NULL;
	ECDSA_SIG *es;
	BIGNUM *r, *s;
	int n = 0, rc = -1;

	if (half == 0 || sig.len != 2 * half)
		return gh_fail(err, GH_E_CRYPTO,
		    "a signature of %zu bytes does not fit a %s key", sig.len, k->kind);
	/* OpenSSL itself refuses r and s outside 1 .. order - 1 */
	es = ECDSA_SIG_new();
	r = BN_bin2bn(sig.p, (int)half, NULL);
	s = BN_bin2bn(sig.p + half, (int)half, NULL);
	if (es == NULL || r == NULL || s == NULL) {
		BN_free(r);
		BN_free(s);
		ECDSA_SIG_free(es);
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	}
	ECDSA_SIG_set0(es, r, s);
	n = i2d_ECDSA_SIG(es, &der);
	ECDSA_SIG_free(es);
	if (n > 0)
		rc = verify(k, h, msg, der, (size_t)n, err);
	else
		gh_fail(err, GH_E_NOMEM, "out of memory");
	OPENSSL_free(der);
	return rc;
}

int gh_ecdsa_verify_der(const struct gh_pubkey *k, enum gh_hash h, struct gh_bytes msg,
    struct gh_bytes sig, struct gh_err *err)
{
	const unsigned char *p = sig.p;
	ECDSA_SIG *es;
	unsigned char *again = NULL;
	int n;
	bool strict;

	if (k->ec_bits == 0 || sig.len > 256)
		return gh_fail(
		    err, GH_E_CRYPTO, "not an ECDSA signature for a %s key", k->kind);
	es = d2i_ECDSA_SIG(NULL, &p, (long)sig.len);
	ERR_clear_error();
	if (es == NULL)
		return gh_fail(err, GH_E_CRYPTO, "the signature is not DER");
	/* One encoding only: what OpenSSL would write again must be what came. */
	n = i2d_ECDSA_SIG(es, &again);
	strict = n > 0 && (size_t)n == sig.len && memcmp(again, sig.p, sig.len) == 0;
	OPENSSL_free(again);
	ECDSA_SIG_free(es);
	if (!strict)
		return gh_fail(err, GH_E_CRYPTO, "the signature is not strict DER");
	return verify(k, h, msg, sig.p, sig.len, err);
}

int gh_rsa_verify(const struct gh_pubkey *k, enum gh_hash h, bool pss,
    struct gh_bytes msg, struct gh_bytes sig, struct gh_err *err)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *with = NULL;
	int rc = 0;

	if (ctx != NULL && EVP_PKEY_is_a(k->pkey, "RSA") &&
	    EVP_DigestVerifyInit_ex(
		ctx, &with, gh_hash_name(h), gh_ossl(), NULL, k->pkey, NULL) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(
		with, pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) == 1 &&
	    (!pss || EVP_PKEY_CTX_set_rsa_pss_saltlen(with, RSA_PSS_SALTLEN_AUTO) == 1))
		rc = EVP_DigestVerify(ctx, sig.p, sig.len, msg.p, msg.len);
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return rc == 1 ? 0 : gh_fail(err, GH_E_CRYPTO, "the signature does not verify");
}
