/* SPDX-License-Identifier: Apache-2.0
 * Public areas of TPM keys made here: read whole, cut, changed in any bit or odd in one field;
 * whatever is read from a changed one is another key by its digest. */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "evidence/tpm_key.h"
#include "tests/unit/checks/tpm_made.h"

#define RSASSA GH_TPM_RSASSA
#define RSAPSS GH_TPM_RSAPSS
#define SHA256 0x000b
#define NONE   0x0010

/* The fields that an area may be odd in. */
struct area {
	unsigned int type, name_alg, policy, symmetric, scheme, hash, bits, exponent,
	    left;
};

static EVP_PKEY *rsa;

static int make(void **state)
{
	(void)state;
	rsa = EVP_RSA_gen(2048);
	return rsa ? 0 : -1;
}

static int drop(void **state)
{
	(void)state;
	EVP_PKEY_free(rsa);
	return 0;
}

static void rsa_area(struct gh_buf *b, const struct area *a)
{
	struct gh_buf in = {0};
	unsigned char n[256];
	BIGNUM *bn = NULL;

	assert_int_equal(1, EVP_PKEY_get_bn_param(rsa, OSSL_PKEY_PARAM_RSA_N, &bn));
	assert_int_equal(256, BN_bn2binpad(bn, n, 256));
	BN_free(bn);
	tpm_be(&in, a->type, 2);
	tpm_be(&in, a->name_alg, 2);
	tpm_be(&in, TPM_AK, 4);
	tpm_be(&in, a->policy, 2);
	for (unsigned int i = 0; i < a->policy; i++)
		tpm_be(&in, 'p', 1);
	tpm_be(&in, a->symmetric, 2);
	if (a->symmetric != NONE)
		tpm_be(&in, 0x00800043, 4); /* 128 bits, CFB */
	tpm_be(&in, a->scheme, 2);
	if (a->scheme != NONE)
		tpm_be(&in, a->hash, 2);
	tpm_be(&in, a->bits, 2);
	tpm_be(&in, a->exponent, 4);
	tpm_be(&in, 256, 2);
	gh_buf_add(&in, n, 256);
	for (unsigned int i = 0; i < a->left; i++)
		tpm_be(&in, 0, 1);
	tpm_be(b, in.len, 2);
	gh_buf_add(b, in.p, in.len);
	gh_buf_free(&in);
}

static const struct area good_rsa = {1, SHA256, 0, NONE, RSASSA, SHA256, 2048, 0, 0};

static int parse(const struct gh_buf *b, struct gh_tpm_key *k)
{
	return gh_tpm_key_parse(k, gh_buf_view(b), NULL);
}

static void test_area_when_rsa_then_read_unless_odd_in_one_field(void **state)
{
	static const struct {
		struct area area;
		int rc;
	} cases[] = {
	    {{1, SHA256, 0, NONE, RSASSA, SHA256, 2048, 0, 0}, 0},
	    {{1, SHA256, 0, NONE, RSAPSS, SHA256, 2048, 65537, 0}, 0},
	    {{1, SHA256, 32, NONE, RSASSA, SHA256, 2048, 0, 0}, 0},
	    {{1, SHA256, 0, 0x0006, RSASSA, SHA256, 2048, 0, 0}, 0}, /* AES, 128, CFB */
	    {{1, 0x000c, 0, NONE, RSASSA, 0x000c, 2048, 0, 0},
		0}, /* verify() refuses it */
	    {{1, SHA256, 0, NONE, NONE, 0, 2048, 0, 0}, -1},
	    {{1, SHA256, 0, NONE, GH_TPM_ECDSA, SHA256, 2048, 0, 0}, -1},
	    {{0x23, SHA256, 0, NONE, RSASSA, SHA256, 2048, 0, 0}, -1},
	    {{8, SHA256, 0, NONE, RSASSA, SHA256, 2048, 0, 0}, -1},
	    {{1, SHA256, 0, NONE, RSASSA, SHA256, 2047, 0, 0}, -1},
	    {{1, SHA256, 0, NONE, RSASSA, SHA256, 4096, 0, 0}, -1},
	    {{1, SHA256, 0, NONE, RSASSA, SHA256, 2048, 0, 1}, -1},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct gh_buf, gh_buf_free) b = {0};
		struct gh_tpm_key k;

		rsa_area(&b, &cases[i].area);
		if (parse(&b, &k) != cases[i].rc)
			fail_msg("case %zu", i);
		if (cases[i].rc == 0) {
			assert_int_equal(cases[i].area.scheme, k.scheme);
			assert_int_equal(cases[i].area.hash, k.hash);
			assert_true(gh_tpm_key_attests(&k));
		}
		gh_tpm_key_free(&k);
	}
}

/* One bit less of the attributes that a key must have, or one too many, and it vouches for
 * nothing. */
static void test_area_when_attributes_differ_then_attests_only_with_all(void **state)
{
	static const uint32_t must =
	    GH_TPM_FIXED_TPM | GH_TPM_ORIGIN | GH_TPM_RESTRICTED | GH_TPM_SIGN;

	(void)state;
	for (unsigned int bit = 0; bit < 32; bit++) {
		struct gh_tpm_key k = {.attributes = must ^ 1u << bit};

		assert_int_equal(!(must >> bit & 1) && 1u << bit != GH_TPM_DECRYPT,
		    gh_tpm_key_attests(&k));
	}
}

static void cut_anywhere(const struct gh_buf *b)
{
	for (size_t n = 0; n < b->len; n++) {
		unsigned char *cut =
		    malloc(n + 1); /* its own, so that ASan sees its end */
		struct gh_tpm_key k;

		memcpy(cut, b->p, n);
		assert_int_equal(
		    -1, gh_tpm_key_parse(&k, (struct gh_bytes){cut, n}, NULL));
		gh_tpm_key_free(&k);
		if (n > 2) { /* also when its size agrees */
			cut[0] = (unsigned char)((n - 2) >> 8);
			cut[1] = (unsigned char)(n - 2);
			assert_int_equal(
			    -1, gh_tpm_key_parse(&k, (struct gh_bytes){cut, n}, NULL));
			gh_tpm_key_free(&k);
		}
		free(cut);
	}
}

/* sig NULL: nobody has signed. */
static void flip_anywhere(struct gh_buf *b, struct gh_bytes msg, const struct gh_buf *sig)
{
	struct gh_tpm_key good, k;
	size_t read = 0;

	assert_int_equal(0, parse(b, &good));
	for (size_t bit = 0; bit < 8 * b->len; bit++) {
		b->p[bit / 8] ^= (unsigned char)(1 << bit % 8);
		if (parse(b, &k) == 0) {
			read++;
			assert_memory_not_equal(good.sha256, k.sha256, 32);
			/* the key itself is in the last bytes: under another, no signature */
			if (sig && bit / 8 >= b->len - 66)
				assert_int_equal(-1,
				    gh_tpm_key_verify(&k, msg, gh_buf_view(sig), NULL));
		}
		gh_tpm_key_free(&k);
		b->p[bit / 8] ^= (unsigned char)(1 << bit % 8);
	}
	assert_true(read > 32); /* of the attributes, if nothing else */
	gh_tpm_key_free(&good);
}

static void test_area_when_cut_or_flipped_anywhere_then_no_or_another_key(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) ecc = {0}, area = {0}, sig = {0};
	const struct gh_bytes msg = {(const unsigned char *)"a quote", 7};

	(void)state;
	tpm_public(&ecc, TPM_AK);
	rsa_area(&area, &good_rsa);
	assert_int_equal(0, gh_sign_der(tpm_signer(), GH_SHA256, msg, &sig, NULL));
	cut_anywhere(&ecc);
	cut_anywhere(&area);
	flip_anywhere(&ecc, msg, &sig);
	flip_anywhere(&area, msg, NULL);
}

static void test_signature_when_cut_or_flipped_anywhere_then_refused(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) area = {0}, sig = {0};
	const struct gh_bytes msg = {(const unsigned char *)"a quote", 7};
	struct gh_tpm_key k;

	(void)state;
	tpm_public(&area, TPM_AK);
	assert_int_equal(0, parse(&area, &k));
	assert_int_equal(0, gh_sign_der(tpm_signer(), GH_SHA256, msg, &sig, NULL));
	assert_int_equal(0, gh_tpm_key_verify(&k, msg, gh_buf_view(&sig), NULL));
	for (size_t n = 0; n < sig.len; n++)
		assert_int_equal(
		    -1, gh_tpm_key_verify(&k, msg, (struct gh_bytes){sig.p, n}, NULL));
	for (size_t bit = 0; bit < 8 * sig.len; bit++) {
		sig.p[bit / 8] ^= (unsigned char)(1 << bit % 8);
		assert_int_equal(-1, gh_tpm_key_verify(&k, msg, gh_buf_view(&sig), NULL));
		sig.p[bit / 8] ^= (unsigned char)(1 << bit % 8);
	}
	gh_buf_chr(&sig, 0);
	assert_int_equal(-1, gh_tpm_key_verify(&k, msg, gh_buf_view(&sig), NULL));
	sig.len--;
	k.hash = 0x0004; /* SHA-1 */
	assert_int_equal(-1, gh_tpm_key_verify(&k, msg, gh_buf_view(&sig), NULL));
	gh_tpm_key_free(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_area_when_rsa_then_read_unless_odd_in_one_field),
	    cmocka_unit_test(test_area_when_attributes_differ_then_attests_only_with_all),
	    cmocka_unit_test(
		test_area_when_cut_or_flipped_anywhere_then_no_or_another_key),
	    cmocka_unit_test(test_signature_when_cut_or_flipped_anywhere_then_refused),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
