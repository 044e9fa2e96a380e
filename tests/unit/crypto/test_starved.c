/* SPDX-License-Identifier: Apache-2.0
 * Keys, certificates, lists, chains and the memo while memory runs out, inside OpenSSL
 * too: an error or the right answer, and never a signature that is good but is not. */
#include <openssl/pem.h>
#include <openssl/provider.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/chain.h"
#include "crypto/library.h"
#include "tests/unit/evidence/cpu_pki.h"
#include "tests/unit/starve.h"

#define MESSAGE gh_text("a report")

static struct gh_bytes gh_text(const char *s)
{
	return (struct gh_bytes){(const unsigned char *)s, strlen(s)};
}

static struct {
	struct made root, ca, leaf;
	struct gh_certs chain; /* leaf, ca, root */
	struct gh_certs wrong; /* leaf, root: a link is missing */
	struct gh_buf pem, crl,
	    rich;                 /* the chain; a list; a certificate with extensions */
	struct gh_signer *signer; /* P-384 */
	struct gh_pubkey *key;    /* its other half */
	struct gh_buf key_pem, spki, private_pem, der, raw;
} w;

/* ---- what everything stands on, in a process of its own: set up once ------------------- */

/* The exit status of work(n) in a child. */
static int in_child(int (*work)(long n), long n)
{
	int status = -1;
	pid_t child;

	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		signal(
		    SIGSEGV, SIG_DFL); /* cmocka's handler would go on with the tests */
		exit(work(n));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (!WIFEXITED(status))
		fail_msg("allocation %ld: signal %d", n, WTERMSIG(status));
	return WEXITSTATUS(status);
}

/* The first digest of a process looks the digests up. */
static int first_digest(long n)
{
	uint8_t out[32];
	struct gh_err err = {0};
	int rc;

	OSSL_PROVIDER_load(NULL, "default"); /* OpenSSL's own start is not ours to test */
	starve_at = n;
	rc = gh_sha256("abc", 3, out, &err);
	starve_at = -1;
	if (rc == 0)
		return memcmp(out, "\xba\x78\x16\xbf", 4) == 0 ? 0 : 2;
	return err.code == GH_E_INTERNAL ? 1 : 2;
}

static void test_digest_when_memory_ends_at_first_use_then_error(void **state)
{
	int refused = 0;

	(void)state;
	need_starving();
	for (long n = 0; n < 60; n++) {
		int status = in_child(first_digest, n);

		if (status > 1)
			fail_msg("allocation %ld: status %d", n, status);
		refused += status;
	}
	print_message("%d of 60 refused\n", refused);
	assert_true(refused > 0);
}

/* Without a context of ours a key is read in OpenSSL's own. */
static const char key_pem[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE9igWGOzQoG8Qibe2VKUFGlWEXbNn\n"
    "/6iZZ9vWuaqW2xvdulVyBCmZhoOh0vD38Xak9hzpKLQOt7JjD3upqpfK6A==\n"
    "-----END PUBLIC KEY-----\n";

static int first_context(long n)
{
	gh_auto(struct gh_pubkey *, gh_pubkey_free) k = NULL;
	void *ctx;

	OSSL_PROVIDER_load(NULL, "null"); /* OpenSSL has started, with nothing in it */
	starve_at = n;
	ctx = gh_ossl();
	starve_at = -1;
	OSSL_PROVIDER_load(NULL, "default");
	if (ctx != gh_ossl())
		return 2;
	if (gh_pubkey_from_pem(&k, key_pem, sizeof key_pem - 1, NULL) < 0)
		return 3;
	return ctx == NULL;
}

static void test_context_when_memory_ends_at_set_up_then_openssl_own(void **state)
{
	int without = 0, runs = 0;

	(void)state;
	need_starving();
	for (long n = 0; n < 900; n += 1 + n / 20, runs++) {
		int status = in_child(first_context, n);

		if (status > 1)
			fail_msg("allocation %ld: status %d", n, status);
		without += status;
	}
	print_message("%d of %d without a context of ours\n", without, runs);
	assert_true(without > 0);
}

/* ---- the world ------------------------------------------------------------------------- */

static void make_list(void)
{
	X509_CRL *crl = X509_CRL_new();
	X509_REVOKED *one = X509_REVOKED_new();
	ASN1_INTEGER *serial = ASN1_INTEGER_new();
	ASN1_TIME *from = ASN1_TIME_set(NULL, PKI_AT - 60);
	ASN1_TIME *until = ASN1_TIME_set(NULL, PKI_AT + 60);
	unsigned char *der = NULL;
	int n;

	assert_true(ASN1_INTEGER_set(serial, 7) == 1);
	assert_true(X509_REVOKED_set_serialNumber(one, serial) == 1);
	assert_true(X509_REVOKED_set_revocationDate(one, from) == 1);
	assert_true(X509_CRL_set_version(crl, 1) == 1);
	assert_true(X509_CRL_set_issuer_name(crl, X509_get_subject_name(w.ca.x509)) == 1);
	assert_true(X509_CRL_set1_lastUpdate(crl, from) == 1);
	assert_true(X509_CRL_set1_nextUpdate(crl, until) == 1);
	assert_true(X509_CRL_add0_revoked(crl, one) == 1);
	assert_true(X509_CRL_sign(crl, w.ca.key, EVP_sha256()) > 0);
	n = i2d_X509_CRL(crl, &der);
	assert_true(n > 0);
	gh_buf_add(&w.crl, der, (size_t)n);
	OPENSSL_free(der);
	ASN1_TIME_free(from);
	ASN1_TIME_free(until);
	ASN1_INTEGER_free(serial);
	X509_CRL_free(crl);
}

static void put_pem(const struct made *m)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *p = NULL;
	long n;

	assert_true(PEM_write_bio_X509(bio, m->x509) == 1);
	n = BIO_get_mem_data(bio, &p);
	gh_buf_add(&w.pem, p, (size_t)n);
	BIO_free(bio);
}

static int set_up(void **state)
{
	(void)state;
	make_ca(&w.root, "starved root", NULL, false);
	make_ca(&w.ca, "starved CA", &w.root, false);
	w.leaf.key = EVP_EC_gen("P-256");
	make_leaf(&w.leaf, "starved leaf", &w.ca, w.leaf.key, NULL, 0, false);
	add_made(&w.chain, &w.leaf);
	add_made(&w.chain, &w.ca);
	add_made(&w.chain, &w.root);
	add_made(&w.wrong, &w.leaf);
	add_made(&w.wrong, &w.root);
	put_pem(&w.leaf);
	put_pem(&w.ca);
	put_pem(&w.root);
	make_list();
	assert_int_equal(gh_signer_new(&w.signer, 384, NULL), 0);
	assert_int_equal(gh_signer_pem(w.signer, &w.private_pem, NULL), 0);
	assert_int_equal(gh_signer_public_pem(w.signer, &w.key_pem, NULL), 0);
	assert_int_equal(gh_signer_pubkey(w.signer, &w.key, NULL), 0);
	assert_int_equal(gh_pubkey_spki(w.key, &w.spki, NULL), 0);
	assert_int_equal(gh_sign_der(w.signer, GH_SHA384, MESSAGE, &w.der, NULL), 0);
	assert_int_equal(gh_sign_raw(w.signer, GH_SHA384, MESSAGE, &w.raw, NULL), 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free_made(&w.root);
	free_made(&w.ca);
	free_made(&w.leaf);
	gh_certs_free(&w.chain);
	gh_certs_free(&w.wrong);
	gh_signer_free(&w.signer);
	gh_pubkey_free(&w.key);
	struct gh_buf *const all[] = {
	    &w.pem, &w.crl, &w.key_pem, &w.spki, &w.private_pem, &w.der, &w.raw};
	for (size_t i = 0; i < GH_COUNT(all); i++)
		gh_buf_free(all[i]);
	return 0;
}

/* ---- keys ------------------------------------------------------------------------------ */

static int new_signer(void *arg, struct gh_err *err)
{
	gh_auto(struct gh_signer *, gh_signer_free) s = NULL;

	(void)arg;
	return gh_signer_new(&s, 384, err);
}

static int read_signer(void *arg, struct gh_err *err)
{
	gh_auto(struct gh_signer *, gh_signer_free) s = NULL;

	(void)arg;
	return gh_signer_from_pem(&s, (char *)w.private_pem.p, w.private_pem.len, err);
}

static int same(const struct gh_buf *a, const struct gh_buf *b)
{
	assert_int_equal(a->len, b->len);
	assert_memory_equal(a->p, b->p, a->len);
	return 0;
}

static int write_signer(void *arg, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	(void)arg;
	return gh_signer_pem(w.signer, &b, err) < 0 ? -1 : same(&b, &w.private_pem);
}

static int write_public(void *arg, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	(void)arg;
	return gh_signer_public_pem(w.signer, &b, err) < 0 ? -1 : same(&b, &w.key_pem);
}

static int other_half(void *arg, struct gh_err *err)
{
	gh_auto(struct gh_pubkey *, gh_pubkey_free) k = NULL;

	(void)arg;
	return gh_signer_pubkey(w.signer, &k, err);
}

static int make_der(void *arg, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	(void)arg;
	return gh_sign_der(w.signer, GH_SHA384, MESSAGE, &b, err);
}

static int make_raw(void *arg, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	(void)arg;
	if (gh_sign_raw(w.signer, GH_SHA384, MESSAGE, &b, err) < 0)
		return -1;
	assert_int_equal(b.len, 96);
	return 0;
}

static int read_spki(void *arg, struct gh_err *err)
{
	gh_auto(struct gh_pubkey *, gh_pubkey_free) k = NULL;

	(void)arg;
	return gh_pubkey_from_spki(&k, w.spki.p, w.spki.len, err);
}

static int read_pem(void *arg, struct gh_err *err)
{
	gh_auto(struct gh_pubkey *, gh_pubkey_free) k = NULL;

	(void)arg;
	return gh_pubkey_from_pem(&k, (char *)w.key_pem.p, w.key_pem.len, err);
}

static int read_xy(void *arg, struct gh_err *err)
{
	gh_auto(struct gh_pubkey *, gh_pubkey_free) k = NULL;

	(void)arg;
	return gh_pubkey_from_xy(&k, 384, w.spki.p + w.spki.len - 96, err);
}

static int name_key(void *arg, struct gh_err *err)
{
	uint8_t want[32], got[32];

	(void)arg;
	if (gh_pubkey_spki_sha256(w.key, got, err) < 0 ||
	    gh_sha256(w.spki.p, w.spki.len, want, err) < 0)
		return -1;
	assert_memory_equal(got, want, 32);
	return 0;
}

static int name_bytes(void *arg, struct gh_err *err)
{
	char name[GH_SHA256_NAME_LEN];

	(void)arg;
	return gh_sha256_name("abc", 3, name, err);
}

static int check_der(void *arg, struct gh_err *err)
{
	(void)arg;
	return gh_ecdsa_verify_der(w.key, GH_SHA384, MESSAGE, gh_buf_view(&w.der), err);
}

static int check_raw(void *arg, struct gh_err *err)
{
	(void)arg;
	return gh_ecdsa_verify_raw(w.key, GH_SHA384, MESSAGE, gh_buf_view(&w.raw), err);
}

/* Over another message no lack of memory makes it good. */
static int check_false(void *arg, struct gh_err *err)
{
	(void)arg;
	(void)err;
	assert_int_equal(gh_ecdsa_verify_der(w.key, GH_SHA384, gh_text("another"),
			     gh_buf_view(&w.der), NULL),
	    -1);
	assert_int_equal(gh_ecdsa_verify_raw(w.key, GH_SHA384, gh_text("another"),
			     gh_buf_view(&w.raw), NULL),
	    -1);
	return 0;
}

/* ---- certificates and lists ------------------------------------------------------------ */

static int read_cert(void *arg, struct gh_err *err)
{
	gh_auto(struct gh_cert *, gh_cert_free) c = NULL;
	struct gh_bytes der = gh_cert_der(w.chain.at[1]);

	(void)arg;
	return gh_cert_from_der(&c, der.p, der.len, err);
}

static int read_certs(void *arg, struct gh_err *err)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};

	(void)arg;
	if (gh_certs_from_pem(&cs, w.pem.p, w.pem.len, 3, err) < 0)
		return -1;
	assert_int_equal(cs.n, 3);
	return 0;
}

/* It says that there is none when it cannot ask: never another's. */
static int find_ext(void *arg, struct gh_err *err)
{
	size_t n = 9;
	struct gh_bytes v = gh_cert_ext(w.chain.at[1], "2.5.29.19", &n);

	(void)arg;
	if (n == 0)
		return gh_fail(err, GH_E_NOMEM, "no extension");
	assert_int_equal(n, 1);
	assert_true(v.len > 2);
	return 0;
}

static int read_list(void *arg, struct gh_err *err)
{
	gh_auto(struct gh_crl *, gh_crl_free) c = NULL;

	(void)arg;
	if (gh_crl_from_der(&c, w.crl.p, w.crl.len, err) < 0)
		return -1;
	assert_true(gh_crl_revokes(c, w.chain.at[0], NULL));
	return gh_crl_signed_by(c, w.chain.at[1], err);
}

static int check_chain(void *arg, struct gh_err *err)
{
	struct gh_chain ch = {arg, PKI_AT, true, NULL};
	struct gh_link link[3];
	int rc = gh_chain_verify(&ch, link, err);

	if (arg == &w.chain)
		return rc;
	assert_int_equal(rc, -1);
	return 0;
}

/* Each answer twice, by way of a memo that may be without room. */
static int use_memo(void *arg, struct gh_err *err)
{
	gh_auto(struct gh_memo *, gh_memo_free) m = gh_memo_new();
	struct gh_bytes der = gh_cert_der(w.chain.at[0]);

	(void)arg;
	for (int i = 0; i < 2; i++) {
		gh_auto(struct gh_cert *, gh_cert_free) c = NULL;
		gh_auto(struct gh_crl *, gh_crl_free) l = NULL;

		if (gh_memo_cert(m, &c, der.p, der.len, err) < 0 ||
		    gh_memo_crl(m, &l, w.crl.p, w.crl.len, err) < 0 ||
		    gh_memo_signed_by(m, c, w.chain.at[1], err) < 0 ||
		    gh_memo_crl_signed_by(m, l, w.chain.at[1], err) < 0)
			return -1;
		assert_int_equal(gh_memo_signed_by(m, c, w.chain.at[2], NULL), -1);
		assert_int_equal(gh_memo_crl_signed_by(m, l, w.chain.at[2], NULL), -1);
	}
	return 0;
}

/* A memo that cannot grow forgets; what it says is right. */
static int fill_memo(void *arg, struct gh_err *err)
{
	gh_auto(struct gh_memo *, gh_memo_free) m = gh_memo_new();
	uint8_t digest[32] = {0};
	int known = 0;

	(void)arg;
	for (uint16_t i = 0; i < 300; i++) {
		memcpy(digest, &i, sizeof i);
		gh_memo_keep(m, digest, i % 2 == 0);
	}
	for (uint16_t i = 0; i < 300; i++) {
		memcpy(digest, &i, sizeof i);
		int said = gh_memo_recall(m, digest);

		assert_true(said < 0 || said == (i % 2 == 0));
		known += said >= 0;
	}
	return known == 300 ? 0 : gh_fail(err, GH_E_NOMEM, "%d of 300 known", known);
}

static void test_crypto_when_memory_ends_then_error_or_right(void **state)
{
	static const struct {
		const char *name;
		starved_fn work;
		void *arg;
		bool sure; /* it has nothing to refuse */
	} all[] = {
	    {"new signer", new_signer, NULL, false},
	    {"signer from PEM", read_signer, NULL, false},
	    {"signer to PEM", write_signer, NULL, false},
	    {"public PEM", write_public, NULL, false},
	    {"other half", other_half, NULL, false},
	    {"sign, DER", make_der, NULL, false},
	    {"sign, raw", make_raw, NULL, false},
	    {"key from SPKI", read_spki, NULL, false},
	    {"key from PEM", read_pem, NULL, false},
	    {"key from a point", read_xy, NULL, false},
	    {"name of a key", name_key, NULL, false},
	    {"name of bytes", name_bytes, NULL, false},
	    {"verify, DER", check_der, NULL, false},
	    {"verify, raw", check_raw, NULL, false},
	    {"verify what is false", check_false, NULL, true},
	    {"certificate", read_cert, NULL, false},
	    {"certificates from PEM", read_certs, NULL, false},
	    {"extension", find_ext, NULL, false},
	    {"list", read_list, NULL, false},
	    {"chain", check_chain, &w.chain, false},
	    {"chain without a link", check_chain, &w.wrong, true},
	    {"memo", use_memo, NULL, false},
	    {"memo that grows", fill_memo, NULL, false},
	};

	(void)state;
	need_starving();
	for (size_t i = 0; i < GH_COUNT(all); i++) {
		long failed = starve(all[i].name, all[i].work, all[i].arg);

		assert_int_equal(failed == 0, all[i].sure);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    /* these two before anything is set up */
	    cmocka_unit_test(test_digest_when_memory_ends_at_first_use_then_error),
	    cmocka_unit_test(test_context_when_memory_ends_at_set_up_then_openssl_own),
	    cmocka_unit_test_setup_teardown(
		test_crypto_when_memory_ends_then_error_or_right, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("crypto starved", tests, NULL, NULL);
}
