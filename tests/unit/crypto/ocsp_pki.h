/* SPDX-License-Identifier: Apache-2.0
 * A throw-away PKI of five floors in the shape of NVIDIA's, and a maker of OCSP answers of
 * every kind: keys and certificates are new in each run. */
#pragma once

#include <openssl/ocsp.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "tests/unit/evidence/cpu_pki.h"

#define HOUR 3600

enum { LEAF, BROM, ICA, IDENTITY, ROOT, N_CHAIN };

struct ocsp_pki {
	struct made at[N_CHAIN];     /* leaf first */
	struct made signer[N_CHAIN]; /* delegated by at[i]; none for LEAF and BROM */
	struct gh_certs chain;       /* the same, leaf first */
};

/* How a certificate differs from the usual. */
struct cert_kind {
	long serial;
	bool ca;
	const char *eku;     /* "OCSPSigning"; NULL: none */
	const char *ku;      /* NULL: digitalSignature */
	const char *curve;   /* NULL: P-384 */
	int64_t from, until; /* 0: around PKI_AT */
	bool crl;            /* names a CRL distribution point */
};

static inline void pki_cert(
    struct made *m, const char *cn, const struct made *issuer, const struct cert_kind *k)
{
	X509 *up;

	m->key = EVP_EC_gen(k->curve != NULL ? k->curve : "P-384");
	m->x509 = blank_cert(cn, issuer != NULL ? issuer->x509 : NULL, m->key);
	up = issuer != NULL ? issuer->x509 : m->x509;
	assert_true(ASN1_INTEGER_set(X509_get_serialNumber(m->x509), k->serial) == 1);
	if (k->from != 0)
		assert_non_null(ASN1_TIME_set(X509_getm_notBefore(m->x509), k->from));
	if (k->until != 0)
		assert_non_null(ASN1_TIME_set(X509_getm_notAfter(m->x509), k->until));
	add_conf_ext(m->x509, m->x509, NID_basic_constraints,
	    k->ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
	add_conf_ext(m->x509, m->x509, NID_key_usage,
	    k->ca ? "critical,keyCertSign,cRLSign"
		  : (k->ku != NULL ? k->ku : "critical,digitalSignature"));
	if (k->eku != NULL)
		add_conf_ext(m->x509, m->x509, NID_ext_key_usage, k->eku);
	if (k->crl)
		add_conf_ext(m->x509, m->x509, NID_crl_distribution_points,
		    "URI:http://crl.example/l.crl");
	add_conf_ext(m->x509, m->x509, NID_subject_key_identifier, "hash");
	add_conf_ext(m->x509, up, NID_authority_key_identifier, "keyid");
	assert_true(
	    X509_sign(m->x509, issuer != NULL ? issuer->key : m->key, EVP_sha384()) > 0);
}

static inline void ocsp_pki_new(struct ocsp_pki *p)
{
	static const char *const cn[N_CHAIN] = {
	    "test leaf", "test BROM", "test ICA", "test Identity", "test Root"};

	*p = (struct ocsp_pki){0};
	for (int i = ROOT; i >= LEAF; i--) {
		struct cert_kind kind = {.serial = 0x4100 + i,
		    .ca = i != LEAF,
		    .crl = i == ICA || i == IDENTITY};

		pki_cert(&p->at[i], cn[i], i == ROOT ? NULL : &p->at[i + 1], &kind);
	}
	for (int i = ICA; i <= ROOT; i++) {
		struct cert_kind kind = {.serial = 0x7100 + i, .eku = "OCSPSigning"};

		pki_cert(&p->signer[i], "test OCSP responder", &p->at[i], &kind);
	}
	for (int i = LEAF; i <= ROOT; i++)
		add_made(&p->chain, &p->at[i]);
}

static inline void ocsp_pki_free(struct ocsp_pki *p)
{
	for (int i = LEAF; i <= ROOT; i++) {
		free_made(&p->at[i]);
		free_made(&p->signer[i]);
	}
	gh_certs_free(&p->chain);
}

/* One answer; zeros mean the usual: good, from an hour before PKI_AT for a day, SHA-384. */
struct answer {
	const struct made *cert, *issuer, *signer;
	int status; /* V_OCSP_CERTSTATUS_*; good is 0 */
	int reason;
	int64_t this_update, next_update; /* next_update -1: none */
	const unsigned char *nonce;
	int nonce_len;
	const EVP_MD *id_hash, *sig_hash;
	bool bare;    /* no certificate in it */
	bool by_name; /* responder id: name, not key */
	bool rich;    /* extensions of a single response, one of them critical */
	int singles;  /* how often the first is repeated */
	int exts;     /* extensions that mean nothing, not critical */
	/* a second single response, about the same issuer's or another's certificate */
	const struct made *cert2, *issuer2;
	int status2;
	int64_t this_update2;
};

static inline ASN1_TIME *asn1_time(int64_t at)
{
	ASN1_TIME *t = ASN1_TIME_set(NULL, (time_t)at);
	ASN1_TIME *g;

	assert_non_null(t);
	g = ASN1_TIME_to_generalizedtime(t, NULL);
	ASN1_TIME_free(t);
	assert_non_null(g);
	return g;
}

static inline void add_status(OCSP_BASICRESP *b, const struct answer *a, bool second)
{
	const struct made *cert = second ? a->cert2 : a->cert;
	const struct made *issuer = second ? a->issuer2 : a->issuer;
	int64_t from = second && a->this_update2 != 0 ? a->this_update2 : a->this_update;
	int status = second ? a->status2 : a->status;
	OCSP_CERTID *id = OCSP_cert_to_id(
	    a->id_hash != NULL ? a->id_hash : EVP_sha384(), cert->x509, issuer->x509);
	ASN1_TIME *since = asn1_time(PKI_AT - 7200), *this_update, *next_update;

	from = from != 0 ? from : PKI_AT - HOUR;
	this_update = asn1_time(from);
	next_update = asn1_time(a->next_update > 0 ? a->next_update : from + 24 * HOUR);
	assert_non_null(OCSP_basic_add1_status(b, id, status, a->reason,
	    status == V_OCSP_CERTSTATUS_REVOKED ? since : NULL, this_update,
	    a->next_update < 0 ? NULL : next_update));
	ASN1_TIME_free(since);
	ASN1_TIME_free(this_update);
	ASN1_TIME_free(next_update);
	OCSP_CERTID_free(id);
}

static inline X509_EXTENSION *some_ext(bool critical)
{
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	ASN1_OBJECT *oid = OBJ_txt2obj("1.2.3.4", 1);
	X509_EXTENSION *ext;

	assert_true(ASN1_OCTET_STRING_set(value, (const unsigned char *)"\x05", 1) == 1);
	ext = X509_EXTENSION_create_by_OBJ(NULL, oid, critical, value);
	ASN1_OBJECT_free(oid);
	ASN1_OCTET_STRING_free(value);
	return ext;
}

static inline void add_exts(OCSP_BASICRESP *b, const struct answer *a)
{
	for (int i = 0; i < a->exts + 2 * a->rich; i++) {
		X509_EXTENSION *ext = some_ext(i == a->exts);

		assert_true(i < a->exts ? OCSP_BASICRESP_add_ext(b, ext, -1) == 1
					: OCSP_SINGLERESP_add_ext(
					      OCSP_resp_get0(b, 0), ext, -1) == 1);
		X509_EXTENSION_free(ext);
	}
}

/* Appends the DER. */
static inline void make_answer(struct gh_buf *out, const struct answer *a)
{
	OCSP_BASICRESP *b = OCSP_BASICRESP_new();
	unsigned char nonce[256], *der = NULL;
	OCSP_RESPONSE *r;
	int len;

	for (int i = 0; i <= a->singles; i++)
		add_status(b, a, false);
	add_exts(b, a);
	if (a->cert2 != NULL)
		add_status(b, a, true);
	if (a->nonce != NULL) {
		memcpy(nonce, a->nonce, (size_t)a->nonce_len);
		assert_true(OCSP_basic_add1_nonce(b, nonce, a->nonce_len) == 1);
	}
	assert_true(OCSP_basic_sign(b, a->signer->x509, a->signer->key,
			a->sig_hash != NULL ? a->sig_hash : EVP_sha384(), NULL,
			(a->bare ? OCSP_NOCERTS : 0UL) |
			    (a->by_name ? 0UL : OCSP_RESPID_KEY)) == 1);
	r = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, b);
	len = i2d_OCSP_RESPONSE(r, &der);
	assert_true(len > 0);
	gh_buf_add(out, der, (size_t)len);
	OPENSSL_free(der);
	OCSP_RESPONSE_free(r);
	OCSP_BASICRESP_free(b);
}

/* The usual good answer about chain certificate i. */
static inline struct answer usual(const struct ocsp_pki *p, int i)
{
	return (struct answer){
	    .cert = &p->at[i], .issuer = &p->at[i + 1], .signer = &p->signer[i + 1]};
}
