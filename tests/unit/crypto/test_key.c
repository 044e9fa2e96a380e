/* SPDX-License-Identifier: Apache-2.0
 * Keys and signatures that are not what they should be: of another kind or curve, cut,
 * too long, in another encoding. */
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/text.h"
#include "crypto/key.h"
#include "tests/unit/tap.h"

#define MESSAGE gh_text_of("a report")

static void spki_of(struct gh_buf *out, const EVP_PKEY *pkey)
{
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(pkey, &der);

	assert_true(n > 0);
	gh_buf_add(out, der, (size_t)n);
	OPENSSL_free(der);
}

/* Takes pkey over. */
static void expect_kind(EVP_PKEY *pkey, const char *kind, int bits)
{
	gh_auto(struct gh_pubkey *, gh_pubkey_free) k = NULL;
	gh_auto(struct gh_buf, gh_buf_free) der = {0};

	spki_of(&der, pkey);
	EVP_PKEY_free(pkey);
	assert_int_equal(gh_pubkey_from_spki(&k, der.p, der.len, NULL), 0);
	assert_string_equal(gh_pubkey_kind(k), kind);
	assert_int_equal(gh_pubkey_ec_bits(k), bits);
}

/* A key on P-256 with twice its generator as the generator: its parameters are written
 * out, for it has no name. */
static EVP_PKEY *key_on_own_curve(void)
{
	EC_GROUP *g = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	BIGNUM *p = BN_new(), *a = BN_new(), *b = BN_new();
	EC_POINT *twice = EC_POINT_new(g);
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *pkey = NULL;
	OSSL_PARAM *params;
	unsigned char at[65];

	assert_true(EC_GROUP_get_curve(g, p, a, b, NULL) == 1);
	assert_true(EC_POINT_dbl(g, twice, EC_GROUP_get0_generator(g), NULL) == 1);
	assert_int_equal(EC_POINT_point2oct(g, twice, POINT_CONVERSION_UNCOMPRESSED, at,
			     sizeof at, NULL),
	    sizeof at);
	OSSL_PARAM_BLD_push_utf8_string(
	    bld, OSSL_PKEY_PARAM_EC_FIELD_TYPE, "prime-field", 0);
	OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_EC_P, p);
	OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_EC_A, a);
	OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_EC_B, b);
	OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_EC_ORDER, EC_GROUP_get0_order(g));
	OSSL_PARAM_BLD_push_octet_string(
	    bld, OSSL_PKEY_PARAM_EC_GENERATOR, at, sizeof at);
	params = OSSL_PARAM_BLD_to_param(bld);
	assert_true(EVP_PKEY_keygen_init(ctx) == 1);
	assert_true(EVP_PKEY_CTX_set_params(ctx, params) == 1);
	assert_true(EVP_PKEY_generate(ctx, &pkey) == 1);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	EVP_PKEY_CTX_free(ctx);
	EC_POINT_free(twice);
	EC_GROUP_free(g);
	BN_free(p);
	BN_free(a);
	BN_free(b);
	return pkey;
}

static void test_kind_when_key_of_any_sort_then_named(void **state)
{
	(void)state;
	expect_kind(EVP_EC_gen("P-256"), "EC P-256", 256);
	expect_kind(EVP_EC_gen("P-384"), "EC P-384", 384);
	expect_kind(EVP_EC_gen("P-521"), "EC P-521", 521);
	expect_kind(EVP_RSA_gen(1024), "RSA 1024", 0);
	/* 256 bits, and not P-256: no size that would let it verify */
	expect_kind(EVP_EC_gen("secp256k1"), "EC P-0", 0);
	expect_kind(key_on_own_curve(), "EC P-0", 0);
}

static void test_spki_when_cut_grown_or_long_then_refused(void **state)
{
	gh_auto(struct gh_pubkey *, gh_pubkey_free) k = NULL;
	gh_auto(struct gh_buf, gh_buf_free) der = {0};
	EVP_PKEY *pkey = EVP_EC_gen("P-256");
	struct gh_err err = {0};

	(void)state;
	spki_of(&der, pkey);
	EVP_PKEY_free(pkey);
	for (size_t n = 0; n < der.len; n++)
		assert_int_equal(gh_pubkey_from_spki(&k, der.p, n, NULL), -1);
	while (der.len <= 16385) {
		gh_buf_chr(&der, 0);
		assert_int_equal(gh_pubkey_from_spki(&k, der.p, der.len, &err), -1);
	}
	assert_int_equal(err.code, GH_E_PARSE);
	assert_null(k);
}

static void test_pem_when_long_or_garbage_then_refused(void **state)
{
	gh_auto(struct gh_pubkey *, gh_pubkey_free) k = NULL;
	gh_auto(struct gh_signer *, gh_signer_free) s = NULL;
	gh_auto(struct gh_signer *, gh_signer_free) none = NULL;
	gh_auto(struct gh_buf, gh_buf_free) pub = {0}, pri = {0};

	(void)state;
	assert_int_equal(gh_signer_new(&s, 256, NULL), 0);
	assert_int_equal(gh_signer_public_pem(s, &pub, NULL), 0);
	assert_int_equal(gh_signer_pem(s, &pri, NULL), 0);
	for (const struct gh_buf *b = &pub; b != NULL; b = b == &pub ? &pri : NULL)
		for (size_t n = 0; n + 2 < b->len; n += 7) {
			const char *pem = (const char *)b->p;

			assert_int_equal(gh_pubkey_from_pem(&k, pem, n, NULL), -1);
			assert_int_equal(gh_signer_from_pem(&none, pem, n, NULL), -1);
		}
	while (pub.len <= 65536)
		gh_buf_chr(&pub, '\n');
	while (pri.len <= 65536)
		gh_buf_chr(&pri, '\n');
	assert_int_equal(gh_pubkey_from_pem(&k, (char *)pub.p, pub.len, NULL), -1);
	assert_int_equal(gh_signer_from_pem(&none, (char *)pri.p, pri.len, NULL), -1);
	assert_int_equal(gh_pubkey_from_pem(&k, (char *)pub.p, 65536, NULL), 0);
	assert_int_equal(gh_signer_from_pem(&none, (char *)pri.p, 65536, NULL), 0);
}

/* Takes pkey over. */
static int read_private(EVP_PKEY *pkey, const EVP_CIPHER *cipher)
{
	gh_auto(struct gh_signer *, gh_signer_free) s = NULL;
	BIO *bio = BIO_new(BIO_s_mem());
	char pass[] = "secret", *p = NULL;
	struct gh_err err = {0};
	long n;
	int rc;

	assert_true(PEM_write_bio_PKCS8PrivateKey(bio, pkey, cipher, pass,
			cipher != NULL ? 6 : 0, NULL, NULL) == 1);
	n = BIO_get_mem_data(bio, &p);
	rc = gh_signer_from_pem(&s, p, (size_t)n, &err);
	assert_int_equal(err.code, rc < 0 ? GH_E_PARSE : GH_E_NONE);
	BIO_free(bio);
	EVP_PKEY_free(pkey);
	return rc;
}

static void test_signer_when_other_key_then_refused(void **state)
{
	(void)state;
	assert_int_equal(read_private(EVP_EC_gen("P-256"), NULL), 0);
	assert_int_equal(read_private(EVP_EC_gen("P-384"), NULL), 0);
	assert_int_equal(read_private(EVP_EC_gen("P-521"), NULL), -1);
	assert_int_equal(read_private(EVP_EC_gen("secp256k1"), NULL), -1);
	assert_int_equal(read_private(key_on_own_curve(), NULL), -1);
	assert_int_equal(read_private(EVP_RSA_gen(1024), NULL), -1);
	assert_int_equal(read_private(EVP_EC_gen("P-256"), EVP_aes_128_cbc()), -1);
}

static int verify_with(EVP_PKEY *pkey, struct gh_bytes sig, bool raw)
{
	gh_auto(struct gh_pubkey *, gh_pubkey_free) k = NULL;
	gh_auto(struct gh_buf, gh_buf_free) der = {0};

	spki_of(&der, pkey);
	EVP_PKEY_free(pkey);
	assert_int_equal(gh_pubkey_from_spki(&k, der.p, der.len, NULL), 0);
	return raw ? gh_ecdsa_verify_raw(k, GH_SHA256, MESSAGE, sig, NULL)
		   : gh_ecdsa_verify_der(k, GH_SHA256, MESSAGE, sig, NULL);
}

static void test_verify_when_key_of_other_kind_then_refused(void **state)
{
	gh_auto(struct gh_signer *, gh_signer_free) s = NULL;
	gh_auto(struct gh_buf, gh_buf_free) der = {0}, raw = {0};

	(void)state;
	assert_int_equal(gh_signer_new(&s, 256, NULL), 0);
	assert_int_equal(gh_sign_der(s, GH_SHA256, MESSAGE, &der, NULL), 0);
	assert_int_equal(gh_sign_raw(s, GH_SHA256, MESSAGE, &raw, NULL), 0);
	assert_int_equal(verify_with(EVP_RSA_gen(1024), gh_buf_view(&der), false), -1);
	assert_int_equal(verify_with(EVP_RSA_gen(1024), gh_buf_view(&raw), true), -1);
	assert_int_equal(verify_with(EVP_EC_gen("P-521"), gh_buf_view(&raw), true), -1);
	assert_int_equal(verify_with(EVP_EC_gen("P-384"), gh_buf_view(&raw), true), -1);
	assert_int_equal(
	    verify_with(EVP_EC_gen("secp256k1"), gh_buf_view(&der), false), -1);
	assert_int_equal(verify_with(EVP_EC_gen("P-256"), gh_buf_view(&der), false), -1);
}

static void test_verify_when_der_cut_flipped_or_loose_then_refused(void **state)
{
	gh_auto(struct gh_signer *, gh_signer_free) s = NULL;
	gh_auto(struct gh_pubkey *, gh_pubkey_free) k = NULL;
	gh_auto(struct gh_buf, gh_buf_free) der = {0}, loose = {0};

	(void)state;
	assert_int_equal(gh_signer_new(&s, 256, NULL), 0);
	assert_int_equal(gh_signer_pubkey(s, &k, NULL), 0);
	assert_int_equal(gh_sign_der(s, GH_SHA256, MESSAGE, &der, NULL), 0);
	for (size_t n = 0; n < der.len; n++) {
		assert_int_equal(gh_ecdsa_verify_der(k, GH_SHA256, MESSAGE,
				     (struct gh_bytes){der.p, n}, NULL),
		    -1);
		der.p[n] ^= 1;
		assert_int_equal(
		    gh_ecdsa_verify_der(k, GH_SHA256, MESSAGE, gh_buf_view(&der), NULL),
		    -1);
		der.p[n] ^= 1;
	}
	/* the same numbers, the length in two bytes: BER, and not DER */
	gh_buf_add(&loose, "\x30\x81", 2);
	gh_buf_add(&loose, der.p + 1, der.len - 1);
	assert_int_equal(
	    gh_ecdsa_verify_der(k, GH_SHA256, MESSAGE, gh_buf_view(&loose), NULL), -1);
	while (loose.len <= 256)
		gh_buf_chr(&loose, 0);
	assert_int_equal(
	    gh_ecdsa_verify_der(k, GH_SHA256, MESSAGE, gh_buf_view(&loose), NULL), -1);
	assert_int_equal(
	    gh_ecdsa_verify_der(k, GH_SHA256, MESSAGE, gh_buf_view(&der), NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_kind_when_key_of_any_sort_then_named),
	    cmocka_unit_test(test_spki_when_cut_grown_or_long_then_refused),
	    cmocka_unit_test(test_pem_when_long_or_garbage_then_refused),
	    cmocka_unit_test(test_signer_when_other_key_then_refused),
	    cmocka_unit_test(test_verify_when_key_of_other_kind_then_refused),
	    cmocka_unit_test(test_verify_when_der_cut_flipped_or_loose_then_refused),
	};

	return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
