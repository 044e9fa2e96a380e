/* SPDX-License-Identifier: Apache-2.0
 * Certificates, lists and chains that are odd in one thing, made here; and the memo when
 * it is full. */
#include <string.h>

#include "base/text.h"
#include "crypto/chain.h"
#include "tests/unit/evidence/cpu_pki.h"

#define BASIC "2.5.29.19"

static struct made root; /* P-256, shared by all tests */
static struct made pss;  /* RSA 2048 */

static int make_roots(void **state)
{
	(void)state;
	make_ca(&root, "odd root", NULL, false);
	make_ca(&pss, "odd PSS root", NULL, true);
	return 0;
}

static int free_roots(void **state)
{
	(void)state;
	free_made(&root);
	free_made(&pss);
	return 0;
}

static void der_of(struct gh_buf *out, X509 *x)
{
	unsigned char *der = NULL;
	int n = i2d_X509(x, &der);

	assert_true(n > 0);
	gh_buf_add(out, der, (size_t)n);
	OPENSSL_free(der);
}

/* ---- one certificate ------------------------------------------------------------------- */

/* A leaf for that change, then signed; NULL when it is refused. */
static struct gh_cert *changed(void (*change)(X509 *x))
{
	gh_auto(struct gh_buf, gh_buf_free) der = {0};
	struct made leaf = {.key = EVP_EC_gen("P-256")};
	struct gh_cert *c = NULL;
	struct gh_err err = {0};

	leaf.x509 = blank_cert("odd leaf", root.x509, leaf.key);
	change(leaf.x509);
	sign_cert(leaf.x509, root.key, false);
	der_of(&der, leaf.x509);
	free_made(&leaf);
	if (gh_cert_from_der(&c, der.p, der.len, &err) < 0)
		assert_int_equal(err.code, GH_E_PARSE);
	return c;
}

static void serial_of_len(X509 *x, int len)
{
	BIGNUM *n = BN_new();

	assert_true(BN_set_bit(n, 8 * len - 2) == 1);
	assert_non_null(BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x)));
	BN_free(n);
}

static void serial_of_64(X509 *x)
{
	serial_of_len(x, 64);
}

static void serial_of_65(X509 *x)
{
	serial_of_len(x, 65);
}

static void bad_time(const ASN1_TIME *t)
{
	ASN1_TIME *mine = (ASN1_TIME *)(uintptr_t)t;

	mine->type = V_ASN1_UTCTIME;
	assert_true(ASN1_STRING_set(mine, "261332250000Z", -1) == 1);
}

static void bad_from(X509 *x)
{
	bad_time(X509_get0_notBefore(x));
}

static void bad_until(X509 *x)
{
	bad_time(X509_get0_notAfter(x));
}

/* Another kind of key: our library context knows none but EC and RSA. */
static void other_key(X509 *x)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");

	assert_true(X509_set_pubkey(x, key) == 1);
	EVP_PKEY_free(key);
}

static void no_name(X509 *x)
{
	X509_NAME *name = X509_NAME_new();

	assert_true(X509_set_subject_name(x, name) == 1);
	X509_NAME_free(name);
}

static void nothing(X509 *x)
{
	(void)x;
}

static void same_twice(X509 *x)
{
	static const unsigned char der[] = {0x30, 0x00};
	const struct ext e = {BASIC, der, sizeof der};

	add_raw_ext(x, &e);
	add_raw_ext(x, &e);
}

static void test_cert_when_odd_then_refused_or_plain(void **state)
{
	static const struct {
		void (*change)(X509 *x);
		bool good;
		const char *cn;
	} cases[] = {
	    {nothing, true, "odd leaf"},
	    {serial_of_64, true, "odd leaf"},
	    {serial_of_65, false, ""},
	    {bad_from, false, ""},
	    {bad_until, false, ""},
	    {other_key, false, ""},
	    {no_name, true, ""},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct gh_cert *, gh_cert_free) c = changed(cases[i].change);

		if ((c != NULL) != cases[i].good)
			fail_msg("case %zu is %s", i, c == NULL ? "refused" : "taken");
		if (c != NULL) {
			assert_string_equal(gh_cert_cn(c), cases[i].cn);
			assert_string_equal(gh_cert_issuer_cn(c), "odd root");
		}
	}
}

static void test_cert_when_empty_or_huge_then_refused(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) big = {0};
	struct gh_cert *c = NULL;

	(void)state;
	while (big.len < 65537)
		gh_buf_str(&big, "\x30\x83\x01\x00\x01");
	assert_int_equal(gh_cert_from_der(&c, big.p, 0, NULL), -1);
	assert_int_equal(gh_cert_from_der(&c, big.p, 65536, NULL), -1);
	assert_int_equal(gh_cert_from_der(&c, big.p, 65537, NULL), -1);
	assert_null(c);
}

static void test_extension_when_twice_or_not_there_then_none(void **state)
{
	gh_auto(struct gh_cert *, gh_cert_free) twice = changed(same_twice);
	gh_auto(struct gh_cert *, gh_cert_free) none = changed(nothing);
	size_t n = 9;

	(void)state;
	assert_null(gh_cert_ext(twice, BASIC, &n).p);
	assert_int_equal(n, 2);
	assert_null(gh_cert_ext(twice, BASIC, NULL).p);
	assert_null(gh_cert_ext(none, BASIC, &n).p);
	assert_int_equal(n, 0);
	assert_null(gh_cert_ext(none, "no number", &n).p);
	assert_int_equal(n, 0);
}

/* RSASSA-PSS as AMD signs, and with one thing otherwise. */
static void test_pss_when_other_hash_or_salt_then_not_amds(void **state)
{
	static const struct {
		const char *hash;
		int salt;
		bool amd;
	} cases[] = {{"SHA384", 48, true}, {"SHA384", 20, false}, {"SHA256", 32, false},
	    {"SHA512", 64, false}};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct gh_buf, gh_buf_free) der = {0};
		gh_auto(struct gh_cert *, gh_cert_free) c = NULL;
		X509 *x = blank_cert("PSS leaf", pss.x509, pss.key);
		EVP_MD_CTX *md = EVP_MD_CTX_new();
		EVP_PKEY_CTX *pk = NULL;

		assert_true(EVP_DigestSignInit(md, &pk,
				EVP_get_digestbyname(cases[i].hash), NULL, pss.key) == 1);
		assert_true(EVP_PKEY_CTX_set_rsa_padding(pk, RSA_PKCS1_PSS_PADDING) == 1);
		assert_true(EVP_PKEY_CTX_set_rsa_pss_saltlen(pk, cases[i].salt) == 1);
		assert_true(X509_sign_ctx(x, md) > 0);
		EVP_MD_CTX_free(md);
		der_of(&der, x);
		X509_free(x);
		assert_int_equal(gh_cert_from_der(&c, der.p, der.len, NULL), 0);
		assert_int_equal(gh_cert_is_pss_sha384(c), cases[i].amd);
		assert_string_equal(gh_cert_sigalg(c), "rsassaPss");
	}
}

/* ---- PEM ------------------------------------------------------------------------------- */

static void add_block(struct gh_buf *pem, const struct gh_buf *der, const char *end)
{
	gh_buf_str(pem, "-----BEGIN CERTIFICATE-----\n");
	gh_b64(pem, der->p, der->len);
	gh_buf_fmt(pem, "\n%s\n", end);
}

static int count_pem(const struct gh_buf *pem, size_t max)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};

	if (gh_certs_from_pem(&cs, pem->p, pem->len, max, NULL) < 0) {
		assert_int_equal(cs.n, 0);
		return -1;
	}
	return (int)cs.n;
}

static void test_pem_when_too_many_or_broken_then_refused(void **state)
{
	static const char end[] = "-----END CERTIFICATE-----";
	gh_auto(struct gh_buf, gh_buf_free) der = {0}, pem = {0};

	(void)state;
	der_of(&der, root.x509);
	assert_int_equal(count_pem(&pem, 2), -1);
	add_block(&pem, &der, end);
	add_block(&pem, &der, end);
	assert_int_equal(count_pem(&pem, 2), 2);
	add_block(&pem, &der, ""); /* it has no end: not a block */
	assert_int_equal(count_pem(&pem, 2), 2);
	gh_buf_str(&pem, "!");
	gh_buf_str(&pem, end); /* now it has one, and does not parse */
	assert_int_equal(count_pem(&pem, 3), -1);
	gh_buf_clear(&pem);
	add_block(&pem, &der, end);
	add_block(&pem, &der, end);
	add_block(&pem, &der, end);
	assert_int_equal(count_pem(&pem, 2), -1);
	gh_buf_clear(&pem);
	der.len--;
	add_block(&pem, &der, end);
	assert_int_equal(count_pem(&pem, 2), -1);
}

/* ---- chains ---------------------------------------------------------------------------- */

static void ca_with(struct made *m, const char *cn, const struct made *issuer,
    const char *basic, const char *usage)
{
	m->key = EVP_EC_gen("P-256");
	m->x509 = blank_cert(cn, issuer->x509, m->key);
	if (basic != NULL)
		add_conf_ext(m->x509, m->x509, NID_basic_constraints, basic);
	if (usage != NULL)
		add_conf_ext(m->x509, m->x509, NID_key_usage, usage);
	add_conf_ext(m->x509, m->x509, NID_subject_key_identifier, "hash");
	add_conf_ext(m->x509, issuer->x509, NID_authority_key_identifier, "keyid");
	sign_cert(m->x509, issuer->key, false);
}

/* leaf, a CA like that, root */
static int chain_with(const char *basic, const char *usage, struct gh_link link[static 3],
    struct gh_err *err)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	struct gh_chain ch = {&cs, PKI_AT, true, NULL};
	struct made ca = {0}, leaf = {.key = EVP_EC_gen("P-256")};
	int rc;

	ca_with(&ca, "odd CA", &root, basic, usage);
	make_leaf(&leaf, "odd leaf", &ca, leaf.key, NULL, 0, false);
	add_made(&cs, &leaf);
	add_made(&cs, &ca);
	add_made(&cs, &root);
	rc = gh_chain_verify(&ch, link, err);
	free_made(&ca);
	free_made(&leaf);
	return rc;
}

static void test_chain_when_ca_has_no_right_then_refused(void **state)
{
	static const char usage[] = "critical,keyCertSign,cRLSign";
	static const struct {
		const char *basic, *usage;
		bool role, good;
	} cases[] = {
	    {"critical,CA:TRUE", usage, true, true},
	    {"critical,CA:FALSE", usage, false, false},
	    {NULL, usage, false, false},
	    {"critical,CA:TRUE", "critical,cRLSign", false, false},
	    {"critical,CA:TRUE", "critical,digitalSignature", false, false},
	    /* our eyes see a CA; OpenSSL's strict ones want a key usage in it */
	    {"critical,CA:TRUE", NULL, true, false},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		struct gh_link link[3];
		struct gh_err err = {0};
		int rc = chain_with(cases[i].basic, cases[i].usage, link, &err);

		if ((rc == 0) != cases[i].good || link[1].role != cases[i].role)
			fail_msg(
			    "case %zu: %d, role %d: %s", i, rc, link[1].role, err.what);
		assert_true(link[0].ok && link[2].ok);
		assert_true(link[1].signature && link[1].issuer_name && link[1].in_time);
	}
}

static void test_chain_when_one_none_or_too_many_then_bounded(void **state)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	struct gh_chain ch = {&cs, PKI_AT, true, NULL};
	struct gh_link link[17];

	(void)state;
	assert_int_equal(gh_chain_verify(&ch, link, NULL), -1);
	add_made(&cs, &root);
	assert_int_equal(gh_chain_verify(&ch, link, NULL), 0); /* a root, alone */
	assert_true(link[0].role);
	for (int i = 0; i < 15; i++)
		add_made(&cs, &root);
	assert_int_equal(gh_chain_verify(&ch, link, NULL), -1);
	add_made(&cs, &root);
	assert_int_equal(gh_chain_verify(&ch, link, NULL), -1);
}

/* The leaf in front may be no CA; links that each hold may still be no path. */
static void test_chain_when_ca_in_front_or_path_too_long_then_refused(void **state)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	struct gh_chain ch = {&cs, PKI_AT, true, NULL};
	struct made short_ca = {0}, below = {0}, leaf = {.key = EVP_EC_gen("P-256")};
	struct gh_link link[4];
	struct gh_err err = {0};

	(void)state;
	ca_with(&short_ca, "odd CA", &root, "critical,CA:TRUE,pathlen:0",
	    "critical,keyCertSign");
	ca_with(
	    &below, "another CA", &short_ca, "critical,CA:TRUE", "critical,keyCertSign");
	make_leaf(&leaf, "odd leaf", &below, leaf.key, NULL, 0, false);
	add_made(&cs, &leaf);
	add_made(&cs, &below);
	add_made(&cs, &short_ca);
	add_made(&cs, &root);
	assert_int_equal(gh_chain_verify(&ch, link, &err), -1);
	for (size_t i = 0; i < 4; i++)
		assert_true(link[i].ok);
	assert_non_null(strstr(err.what, "path"));
	ch.certs = &(struct gh_certs){cs.at + 1, 3};
	assert_int_equal(gh_chain_verify(&ch, link, &err), -1);
	assert_false(link[0].role);
	ch.at = PKI_AT + 10 * 86400; /* after all of them */
	assert_int_equal(gh_chain_verify(&ch, link, &err), -1);
	assert_true(link[1].role && !link[1].in_time);
	free_made(&short_ca);
	free_made(&below);
	free_made(&leaf);
}

/* ---- lists ----------------------------------------------------------------------------- */

/* A list of nothing, signed as AMD signs; change may be NULL. */
static struct gh_crl *list_with(void (*change)(X509_CRL *crl))
{
	gh_auto(struct gh_buf, gh_buf_free) buf = {0};
	X509_CRL *crl = X509_CRL_new();
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pk = NULL;
	ASN1_TIME *at = ASN1_TIME_set(NULL, PKI_AT);
	unsigned char *der = NULL;
	struct gh_crl *c = NULL;
	struct gh_err err = {0};
	int n;

	assert_true(X509_CRL_set_version(crl, 1) == 1);
	assert_true(X509_CRL_set_issuer_name(crl, X509_get_subject_name(pss.x509)) == 1);
	assert_true(X509_CRL_set1_lastUpdate(crl, at) == 1);
	assert_true(X509_CRL_set1_nextUpdate(crl, at) == 1);
	assert_true(EVP_DigestSignInit(md, &pk, EVP_sha384(), NULL, pss.key) == 1);
	assert_true(EVP_PKEY_CTX_set_rsa_padding(pk, RSA_PKCS1_PSS_PADDING) == 1);
	assert_true(EVP_PKEY_CTX_set_rsa_pss_saltlen(pk, 48) == 1);
	assert_true(X509_CRL_sign_ctx(crl, md) > 0);
	if (change != NULL)
		change(crl);
	n = i2d_X509_CRL(crl, &der);
	assert_true(n > 0);
	gh_buf_add(&buf, der, (size_t)n);
	OPENSSL_free(der);
	ASN1_TIME_free(at);
	EVP_MD_CTX_free(md);
	X509_CRL_free(crl);
	if (gh_crl_from_der(&c, buf.p, buf.len, &err) < 0)
		assert_int_equal(err.code, GH_E_PARSE);
	return c;
}

static X509_ALGOR *outer(X509_CRL *crl)
{
	const X509_ALGOR *alg = NULL;

	X509_CRL_get0_signature(crl, NULL, &alg);
	return (X509_ALGOR *)(uintptr_t)alg;
}

/* The parameters of the signature, changed. */
static void put_params(X509_CRL *crl, RSA_PSS_PARAMS *p)
{
	ASN1_STRING *der = ASN1_item_pack(p, ASN1_ITEM_rptr(RSA_PSS_PARAMS), NULL);

	assert_non_null(der);
	X509_ALGOR_set0(outer(crl), OBJ_nid2obj(NID_rsassaPss), V_ASN1_SEQUENCE, der);
	RSA_PSS_PARAMS_free(p);
}

static RSA_PSS_PARAMS *params_of(X509_CRL *crl)
{
	const ASN1_OBJECT *oid = NULL;
	const void *param = NULL;
	int type = 0;
	RSA_PSS_PARAMS *p;

	X509_ALGOR_get0(&oid, &type, &param, outer(crl));
	p = ASN1_item_unpack(param, ASN1_ITEM_rptr(RSA_PSS_PARAMS));
	assert_non_null(p);
	return p;
}

static void no_params(X509_CRL *crl)
{
	X509_ALGOR_set0(outer(crl), OBJ_nid2obj(NID_rsassaPss), V_ASN1_NULL, NULL);
}

static void broken_params(X509_CRL *crl)
{
	ASN1_STRING *s = ASN1_STRING_type_new(V_ASN1_SEQUENCE);

	assert_true(ASN1_STRING_set(s, "\x30\x02\x01\x01", 4) == 1);
	X509_ALGOR_set0(outer(crl), OBJ_nid2obj(NID_rsassaPss), V_ASN1_SEQUENCE, s);
}

static void other_algorithm(X509_CRL *crl)
{
	X509_ALGOR_set0(
	    outer(crl), OBJ_nid2obj(NID_sha384WithRSAEncryption), V_ASN1_NULL, NULL);
}

static void no_hash(X509_CRL *crl)
{
	RSA_PSS_PARAMS *p = params_of(crl);

	X509_ALGOR_free(p->hashAlgorithm);
	p->hashAlgorithm = NULL;
	put_params(crl, p);
}

static void other_hash(X509_CRL *crl)
{
	RSA_PSS_PARAMS *p = params_of(crl);

	X509_ALGOR_set_md(p->hashAlgorithm, EVP_sha256());
	put_params(crl, p);
}

static void no_mask(X509_CRL *crl)
{
	RSA_PSS_PARAMS *p = params_of(crl);

	X509_ALGOR_free(p->maskGenAlgorithm);
	p->maskGenAlgorithm = NULL;
	put_params(crl, p);
}

static void other_mask(X509_CRL *crl)
{
	RSA_PSS_PARAMS *p = params_of(crl);

	X509_ALGOR_set0(p->maskGenAlgorithm, OBJ_nid2obj(NID_sha384), V_ASN1_NULL, NULL);
	put_params(crl, p);
}

static void mask_of_nothing(X509_CRL *crl)
{
	RSA_PSS_PARAMS *p = params_of(crl);

	X509_ALGOR_set0(p->maskGenAlgorithm, OBJ_nid2obj(NID_mgf1), V_ASN1_NULL, NULL);
	put_params(crl, p);
}

static void mask_of_other_hash(X509_CRL *crl)
{
	RSA_PSS_PARAMS *p = params_of(crl);
	X509_ALGOR *hash = X509_ALGOR_new();

	X509_ALGOR_set_md(hash, EVP_sha1());
	X509_ALGOR_set0(p->maskGenAlgorithm, OBJ_nid2obj(NID_mgf1), V_ASN1_SEQUENCE,
	    ASN1_item_pack(hash, ASN1_ITEM_rptr(X509_ALGOR), NULL));
	X509_ALGOR_free(hash);
	put_params(crl, p);
}

static void no_salt(X509_CRL *crl)
{
	RSA_PSS_PARAMS *p = params_of(crl);

	ASN1_INTEGER_free(p->saltLength);
	p->saltLength = NULL;
	put_params(crl, p);
}

static void other_salt(X509_CRL *crl)
{
	RSA_PSS_PARAMS *p = params_of(crl);

	assert_true(ASN1_INTEGER_set(p->saltLength, 20) == 1);
	put_params(crl, p);
}

static void test_list_when_pss_differs_in_one_thing_then_not_amds(void **state)
{
	void (*const change[])(X509_CRL *) = {NULL, no_params, broken_params,
	    other_algorithm, no_hash, other_hash, no_mask, other_mask, mask_of_nothing,
	    mask_of_other_hash, no_salt, other_salt};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(change); i++) {
		gh_auto(struct gh_crl *, gh_crl_free) c = list_with(change[i]);

		assert_non_null(c);
		if (gh_crl_is_pss_sha384(c) != (i == 0))
			fail_msg("case %zu", i);
	}
}

static void bad_this_update(X509_CRL *crl)
{
	bad_time(X509_CRL_get0_lastUpdate(crl));
	X509_CRL_sort(crl); /* it is written anew */
}

static void bad_next_update(X509_CRL *crl)
{
	bad_time(X509_CRL_get0_nextUpdate(crl));
	X509_CRL_sort(crl);
}

static void test_list_when_date_bad_cut_or_huge_then_refused(void **state)
{
	gh_auto(struct gh_crl *, gh_crl_free) good = list_with(NULL);
	gh_auto(struct gh_crl *, gh_crl_free) c = NULL;
	gh_auto(struct gh_buf, gh_buf_free) der = {0};
	unsigned char *p = NULL;
	int n = i2d_X509_CRL(gh_crl_x509(good), &p);

	(void)state;
	assert_null(list_with(bad_this_update));
	assert_null(list_with(bad_next_update));
	gh_buf_add(&der, p, (size_t)n);
	OPENSSL_free(p);
	for (size_t i = 0; i < der.len; i++)
		assert_int_equal(gh_crl_from_der(&c, der.p, i, NULL), -1);
	for (size_t i = 0; i < der.len; i++) {
		gh_auto(struct gh_crl *, gh_crl_free) flipped = NULL;

		der.p[i] ^= 1; /* read or refused, never taken for signed */
		if (gh_crl_from_der(&flipped, der.p, der.len, NULL) == 0) {
			gh_auto(struct gh_certs, gh_certs_free) cs = {0};

			add_made(&cs, &pss);
			assert_int_equal(gh_crl_signed_by(flipped, cs.at[0], NULL), -1);
		}
		der.p[i] ^= 1;
	}
	gh_buf_chr(&der, 0);
	assert_int_equal(gh_crl_from_der(&c, der.p, der.len, NULL), -1);
	while (der.len <= 1u << 20)
		gh_buf_str(&der, "more and more and more and more");
	assert_int_equal(gh_crl_from_der(&c, der.p, der.len, NULL), -1);
	assert_null(c);
}

static void revoke_seven(X509_CRL *crl)
{
	X509_REVOKED *r = X509_REVOKED_new();
	ASN1_INTEGER *serial = ASN1_INTEGER_new();
	ASN1_TIME *at = ASN1_TIME_set(NULL, PKI_AT - 60);

	assert_true(ASN1_INTEGER_set(serial, 7) == 1);
	assert_true(X509_REVOKED_set_serialNumber(r, serial) == 1);
	assert_true(X509_REVOKED_set_revocationDate(r, at) == 1);
	assert_true(X509_CRL_add0_revoked(crl, r) == 1);
	X509_CRL_sort(crl);
	ASN1_INTEGER_free(serial);
	ASN1_TIME_free(at);
}

/* A date of revocation that cannot be read does not undo the revocation. */
static void revoke_at_no_time(X509_CRL *crl)
{
	revoke_seven(crl);
	bad_time(X509_REVOKED_get0_revocationDate(
	    sk_X509_REVOKED_value(X509_CRL_get_REVOKED(crl), 0)));
}

static void test_list_when_serial_on_it_then_revoked(void **state)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	gh_auto(struct gh_crl *, gh_crl_free) none = list_with(NULL);
	gh_auto(struct gh_crl *, gh_crl_free) one = list_with(revoke_seven);
	gh_auto(struct gh_crl *, gh_crl_free) odd = list_with(revoke_at_no_time);
	int64_t since = 1;

	(void)state;
	add_made(&cs, &root); /* its serial is 7 */
	assert_int_equal(gh_crl_count(none), 0);
	assert_false(gh_crl_revokes(none, cs.at[0], &since));
	assert_int_equal(since, 1);
	assert_int_equal(gh_crl_count(one), 1);
	assert_true(gh_crl_revokes(one, cs.at[0], NULL));
	assert_true(gh_crl_revokes(one, cs.at[0], &since));
	assert_int_equal(since, PKI_AT - 60);
	since = 1;
	assert_true(gh_crl_revokes(odd, cs.at[0], &since));
	assert_int_equal(since, 1);
	assert_false(gh_crl_names(one, cs.at[0])); /* of the PSS root */
}

/* ---- memo ------------------------------------------------------------------------------ */

static void test_memo_when_full_then_right_without_remembering(void **state)
{
	gh_auto(struct gh_memo *, gh_memo_free) m = gh_memo_new();
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	gh_auto(struct gh_cert *, gh_cert_free) first = NULL;
	gh_auto(struct gh_cert *, gh_cert_free) second = NULL;
	uint8_t digest[32] = {0};

	(void)state;
	add_made(&cs, &root);
	gh_memo_keep(m, digest, false);
	assert_int_equal(gh_memo_recall(m, digest), 0);
	/* the first of these is that one again */
	for (uint32_t i = 0; i < 17000; i++) {
		memcpy(digest, &i, sizeof i);
		gh_memo_keep(m, digest, true);
		assert_int_equal(gh_memo_recall(m, digest), i < 16384 ? 1 : -1);
	}
	struct gh_bytes der = gh_cert_der(cs.at[0]);
	assert_int_equal(gh_memo_cert(m, &first, der.p, der.len, NULL), 0);
	assert_int_equal(gh_memo_cert(m, &second, der.p, der.len, NULL), 0);
	assert_ptr_not_equal(first, second);
	assert_int_equal(gh_memo_signed_by(m, first, second, NULL), 0);
}

static void test_memo_when_none_then_every_answer_is_the_same(void **state)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	gh_auto(struct gh_cert *, gh_cert_free) c = NULL;
	gh_auto(struct gh_crl *, gh_crl_free) l = NULL;
	gh_auto(struct gh_crl *, gh_crl_free) again = list_with(NULL);
	unsigned char *p = NULL;
	int n = i2d_X509_CRL(gh_crl_x509(again), &p);
	uint8_t digest[32] = {0};

	(void)state;
	add_made(&cs, &root);
	add_made(&cs, &pss);
	struct gh_bytes der = gh_cert_der(cs.at[0]);
	assert_int_equal(gh_memo_cert(NULL, &c, der.p, der.len, NULL), 0);
	assert_int_equal(gh_memo_crl(NULL, &l, p, (size_t)n, NULL), 0);
	OPENSSL_free(p);
	assert_int_equal(gh_memo_signed_by(NULL, c, cs.at[0], NULL), 0);
	assert_int_equal(gh_memo_signed_by(NULL, c, cs.at[1], NULL), -1);
	assert_int_equal(gh_memo_crl_signed_by(NULL, l, cs.at[1], NULL), 0);
	assert_int_equal(gh_memo_crl_signed_by(NULL, l, cs.at[0], NULL), -1);
	gh_memo_keep(NULL, digest, true);
	assert_int_equal(gh_memo_recall(NULL, digest), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cert_when_odd_then_refused_or_plain),
	    cmocka_unit_test(test_cert_when_empty_or_huge_then_refused),
	    cmocka_unit_test(test_extension_when_twice_or_not_there_then_none),
	    cmocka_unit_test(test_pss_when_other_hash_or_salt_then_not_amds),
	    cmocka_unit_test(test_pem_when_too_many_or_broken_then_refused),
	    cmocka_unit_test(test_chain_when_ca_has_no_right_then_refused),
	    cmocka_unit_test(test_chain_when_one_none_or_too_many_then_bounded),
	    cmocka_unit_test(test_chain_when_ca_in_front_or_path_too_long_then_refused),
	    cmocka_unit_test(test_list_when_pss_differs_in_one_thing_then_not_amds),
	    cmocka_unit_test(test_list_when_date_bad_cut_or_huge_then_refused),
	    cmocka_unit_test(test_list_when_serial_on_it_then_revoked),
	    cmocka_unit_test(test_memo_when_full_then_right_without_remembering),
	    cmocka_unit_test(test_memo_when_none_then_every_answer_is_the_same),
	};

	return cmocka_run_group_tests_name("certificates", tests, make_roots, free_roots);
}
