/* SPDX-License-Identifier: Apache-2.0
 * A small certificate factory for the tests of SNP and TDX: our own keys under the vendors'
 * names. */
#pragma once

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "crypto/cert.h"
#include "tests/unit/tap.h"

#ifndef PKI_AT
#define PKI_AT 1781481600 /* when every certificate made here is valid */
#endif

struct ext {
	const char *oid;
	const unsigned char *der;
	size_t len;
};

struct made {
	EVP_PKEY *key; /* NULL in a leaf whose key is elsewhere */
	X509 *x509;
};

static inline void free_made(struct made *m)
{
	EVP_PKEY_free(m->key);
	X509_free(m->x509);
}

static inline void add_raw_ext(X509 *x, const struct ext *e)
{
	ASN1_OBJECT *o = OBJ_txt2obj(e->oid, 1);
	ASN1_OCTET_STRING *s = ASN1_OCTET_STRING_new();
	X509_EXTENSION *ext;

	assert_true(ASN1_OCTET_STRING_set(s, e->der, (int)e->len) == 1);
	ext = X509_EXTENSION_create_by_OBJ(NULL, o, 0, s);
	assert_true(X509_add_ext(x, ext, -1) == 1);
	X509_EXTENSION_free(ext);
	ASN1_OCTET_STRING_free(s);
	ASN1_OBJECT_free(o);
}

static inline void add_conf_ext(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *ext;

	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	assert_non_null(ext);
	assert_true(X509_add_ext(x, ext, -1) == 1);
	X509_EXTENSION_free(ext);
}

static inline X509 *blank_cert(const char *cn, X509 *issuer, EVP_PKEY *public_key)
{
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x);

	assert_true(X509_set_version(x, 2) == 1);
	assert_true(ASN1_INTEGER_set(X509_get_serialNumber(x), 7) == 1);
	assert_true(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
			(const unsigned char *)cn, -1, -1, 0) == 1);
	assert_true(
	    X509_set_issuer_name(x, issuer ? X509_get_subject_name(issuer) : name));
	assert_non_null(ASN1_TIME_set(X509_getm_notBefore(x), PKI_AT - 86400));
	assert_non_null(ASN1_TIME_set(X509_getm_notAfter(x), PKI_AT + 86400));
	assert_true(X509_set_pubkey(x, public_key) == 1);
	return x;
}

/* pss: RSASSA-PSS with SHA-384 as AMD signs; else ECDSA with SHA-256 as Intel signs. */
static inline void sign_cert(X509 *x, EVP_PKEY *key, bool pss)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pk = NULL;

	assert_true(EVP_DigestSignInit(
			md, &pk, pss ? EVP_sha384() : EVP_sha256(), NULL, key) == 1);
	if (pss) {
		assert_true(EVP_PKEY_CTX_set_rsa_padding(pk, RSA_PKCS1_PSS_PADDING) == 1);
		assert_true(EVP_PKEY_CTX_set_rsa_pss_saltlen(pk, 48) == 1);
	}
	assert_true(X509_sign_ctx(x, md) > 0);
	EVP_MD_CTX_free(md);
}

static inline void make_ca(
    struct made *m, const char *cn, const struct made *issuer, bool pss)
{
	m->key = pss ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
	m->x509 = blank_cert(cn, issuer ? issuer->x509 : NULL, m->key);
	add_conf_ext(m->x509, m->x509, NID_basic_constraints, "critical,CA:TRUE");
	add_conf_ext(m->x509, m->x509, NID_key_usage, "critical,keyCertSign,cRLSign");
	add_conf_ext(m->x509, m->x509, NID_subject_key_identifier, "hash");
	add_conf_ext(m->x509, issuer ? issuer->x509 : m->x509,
	    NID_authority_key_identifier, "keyid");
	sign_cert(m->x509, issuer ? issuer->key : m->key, pss);
}

/* A leaf for that public key (an EVP_PKEY); plain: no standard extension at all, as AMD. */
static inline void make_leaf(struct made *m, const char *cn, const struct made *issuer,
    EVP_PKEY *public_key, const struct ext *exts, size_t n, bool pss)
{
	m->x509 = blank_cert(cn, issuer->x509, public_key);
	if (!pss) {
		add_conf_ext(
		    m->x509, m->x509, NID_basic_constraints, "critical,CA:FALSE");
		add_conf_ext(
		    m->x509, m->x509, NID_key_usage, "critical,digitalSignature");
		add_conf_ext(m->x509, m->x509, NID_subject_key_identifier, "hash");
		add_conf_ext(
		    m->x509, issuer->x509, NID_authority_key_identifier, "keyid");
	}
	for (size_t i = 0; i < n; i++)
		add_raw_ext(m->x509, &exts[i]);
	sign_cert(m->x509, issuer->key, pss);
}

static inline void add_made(struct gh_certs *cs, const struct made *m)
{
	unsigned char *der = NULL;
	int len = i2d_X509(m->x509, &der);
	struct gh_cert *c = NULL;

	assert_true(len > 0);
	assert_int_equal(gh_cert_from_der(&c, der, (size_t)len, NULL), 0);
	assert_int_equal(gh_certs_add(cs, c, NULL), 0);
	OPENSSL_free(der);
}
