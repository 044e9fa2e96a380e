/* SPDX-License-Identifier: Apache-2.0
 * TPM quotes made here, odd in one field or signed by another kind of key, and while
 * memory runs out. */
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#include "evidence/hcl_tpm.h"
#include "tests/unit/starve.h"

/* magic, type, then names of those lengths and the rest of a good quote of PCR 0. */
static void make_quote(struct gh_buf *out, size_t signer, size_t extra)
{
	static const unsigned char clock[] = {0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0,
	    3, 1, 0, 0, 0, 0, 0, 0, 0, 4},
				   select[] = {0, 0, 0, 1, 0x00, 0x0B, 3, 1, 0, 0, 0, 32};

	gh_buf_add(out, "\xff\x54\x43\x47\x80\x18", 6);
	for (int i = 0; i < 2; i++) {
		size_t n = i == 0 ? signer : extra;

		gh_buf_chr(out, (char)(n >> 8));
		gh_buf_chr(out, (char)n);
		while (n-- > 0)
			gh_buf_chr(out, 'n');
	}
	gh_buf_add(out, clock, sizeof clock);
	gh_buf_add(out, select, sizeof select);
	for (int i = 0; i < 32; i++)
		gh_buf_chr(out, 'd');
}

static void test_quote_when_names_too_long_then_refused(void **state)
{
	static const struct {
		size_t signer, extra;
		int rc;
	} cases[] = {{34, 32, 0}, {68, 68, 0}, {69, 32, -1}, {34, 69, -1}, {0, 0, 0},
	    {600, 600, -1}};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct gh_buf, gh_buf_free) b = {0};
		struct gh_tpm_quote q;

		make_quote(&b, cases[i].signer, cases[i].extra);
		assert_int_equal(
		    gh_tpm_quote_parse(&q, gh_buf_view(&b), NULL), cases[i].rc);
		assert_int_equal(q.signer.len, cases[i].signer);
		assert_int_equal(q.pcrs, 1);
		for (size_t n = 0; n < b.len; n++)
			assert_int_equal(
			    gh_tpm_quote_parse(&q, (struct gh_bytes){b.p, n}, NULL), -1);
	}
}

static bool same(struct gh_bytes a, struct gh_bytes b)
{
	return a.len == b.len && memcmp(a.p, b.p, a.len) == 0;
}

/* Every byte is in a field: a changed quote is refused, or says something else. */
static void test_quote_when_any_bit_flips_then_refused_or_another(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0}, was = {0};
	struct gh_tpm_quote good, q;
	size_t read = 0;

	(void)state;
	make_quote(&b, 34, 16);
	make_quote(&was, 34, 16);
	assert_int_equal(gh_tpm_quote_parse(&good, gh_buf_view(&was), NULL), 0);
	for (size_t bit = 0; bit < 8 * b.len; bit++) {
		b.p[bit / 8] ^= (unsigned char)(1 << bit % 8);
		if (gh_tpm_quote_parse(&q, gh_buf_view(&b), NULL) == 0) {
			read++;
			assert_true(
			    !same(q.signer, good.signer) || !same(q.extra, good.extra) ||
			    !same(q.digest, good.digest) || q.pcrs != good.pcrs ||
			    q.resets != good.resets || q.restarts != good.restarts ||
			    q.safe != good.safe || q.clock_ms != good.clock_ms ||
			    q.firmware != good.firmware);
		}
		b.p[bit / 8] ^= (unsigned char)(1 << bit % 8);
	}
	/* of the values whose every bit may be either */
	assert_int_equal(read, 8 * (34 + 16 + 8 + 4 + 4 + 1 + 8 + 3 + 32));
}

struct signed_quote {
	struct gh_buf quote, sig;
	struct gh_pubkey *key;
	bool good;
};

static void signed_free(struct signed_quote *s)
{
	gh_buf_free(&s->quote);
	gh_buf_free(&s->sig);
	gh_pubkey_free(&s->key);
}

/* Takes pkey over; signs with SHA-256. */
static void sign_quote(struct signed_quote *s, EVP_PKEY *pkey)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	unsigned char sig[512], *der = NULL;
	size_t n = sizeof sig;
	int len = i2d_PUBKEY(pkey, &der);

	*s = (struct signed_quote){.good = true};
	make_quote(&s->quote, 34, 32);
	assert_true(EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, pkey) == 1);
	assert_true(EVP_DigestSign(md, sig, &n, s->quote.p, s->quote.len) == 1);
	gh_buf_add(&s->sig, sig, n);
	assert_int_equal(gh_pubkey_from_spki(&s->key, der, (size_t)len, NULL), 0);
	OPENSSL_free(der);
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(pkey);
}

static int check(void *arg, struct gh_err *err)
{
	struct signed_quote *s = arg;
	int rc = gh_tpm_quote_signed(
	    gh_buf_view(&s->quote), gh_buf_view(&s->sig), s->key, NULL, err);

	if (s->good)
		return rc;
	assert_int_equal(rc, -1);
	return 0;
}

static void test_signature_when_key_is_no_rsa_then_refused(void **state)
{
	gh_auto(struct signed_quote, signed_free) rsa;
	gh_auto(struct signed_quote, signed_free) ec;

	(void)state;
	sign_quote(&rsa, EVP_RSA_gen(2048));
	sign_quote(&ec, EVP_EC_gen("P-256"));
	assert_int_equal(check(&rsa, NULL), 0);
	assert_int_equal(check(&ec, NULL), -1); /* good, but a TPM of Azure has RSA */
	for (size_t n = 0; n < rsa.sig.len; n++) {
		struct gh_bytes cut = {rsa.sig.p, n};

		assert_int_equal(gh_tpm_quote_signed(
				     gh_buf_view(&rsa.quote), cut, rsa.key, NULL, NULL),
		    -1);
	}
}

static void test_signature_when_memory_ends_then_never_good(void **state)
{
	gh_auto(struct signed_quote, signed_free) s;

	(void)state;
	need_starving();
	sign_quote(&s, EVP_RSA_gen(2048));
	assert_true(starve("quote", check, &s) > 0);
	s.quote.p[60] ^= 1;
	s.good = false;
	starve("changed quote", check, &s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_quote_when_names_too_long_then_refused),
	    cmocka_unit_test(test_quote_when_any_bit_flips_then_refused_or_another),
	    cmocka_unit_test(test_signature_when_key_is_no_rsa_then_refused),
	    cmocka_unit_test(test_signature_when_memory_ends_then_never_good),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
