/* SPDX-License-Identifier: Apache-2.0
 * A throw-away authority: our own roots, a RIM signer and devices, and what they really
 * sign, so that a test can lie in one thing and be right in all others. */
#pragma once

#include <libxml/parser.h>
#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <xmlsec/openssl/app.h>
#include <xmlsec/openssl/crypto.h>
#include <xmlsec/openssl/evp.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/xmltree.h>

#include "base/text.h"
#include "evidence/rim.h"
#include "tests/unit/tap.h"

#define NV_AT  1781481600 /* when every certificate made here is valid, unless asked */
#define NV_DAY 86400

#define NV_DSIG     "http://www.w3.org/2000/09/xmldsig#"
#define NV_C14N11   "http://www.w3.org/2006/12/xml-c14n11"
#define NV_CERT_MAX 8

struct nv_cert {
	EVP_PKEY *key;
	X509 *x509;
};

struct nv_raw_ext {
	const char *oid; /* NULL: none */
	const void *der;
	size_t len;
};

/* How one certificate differs from a good one. */
struct nv_kind {
	const char *curve;   /* NULL: P-384; "RSA": RSA 2048 */
	bool not_ca;         /* of an issuer */
	bool as_ca;          /* of a signer */
	int64_t from, until; /* 0: a day before and after NV_AT */
	const void *serial;  /* NULL: a small number */
	size_t serial_len;
	const char *rdn; /* serialNumber of the subject; NULL: none */
	struct nv_raw_ext ext[2];
};

static inline void nv_cert_free(struct nv_cert *c)
{
	EVP_PKEY_free(c->key);
	X509_free(c->x509);
	*c = (struct nv_cert){0};
}

static inline void nv_ext(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;

	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	assert_non_null(e);
	assert_int_equal(X509_add_ext(x, e, -1), 1);
	X509_EXTENSION_free(e);
}

static inline void nv_raw_exts(X509 *x, const struct nv_kind *k)
{
	for (size_t i = 0; i < GH_COUNT(k->ext) && k->ext[i].oid != NULL; i++) {
		ASN1_OBJECT *o = OBJ_txt2obj(k->ext[i].oid, 1);
		ASN1_OCTET_STRING *v = ASN1_OCTET_STRING_new();

		assert_int_equal(
		    ASN1_OCTET_STRING_set(v, k->ext[i].der, (int)k->ext[i].len), 1);
		X509_EXTENSION *e = X509_EXTENSION_create_by_OBJ(NULL, o, 0, v);
		assert_int_equal(X509_add_ext(x, e, -1), 1);
		X509_EXTENSION_free(e);
		ASN1_OCTET_STRING_free(v);
		ASN1_OBJECT_free(o);
	}
}

static inline void nv_serial(X509 *x, const struct nv_kind *k)
{
	static long serial = 100;
	BIGNUM *n =
	    k->serial == NULL ? NULL : BN_bin2bn(k->serial, (int)k->serial_len, NULL);

	if (n == NULL)
		assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial), 1);
	else
		assert_non_null(BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x)));
	BN_free(n);
}

static inline EVP_PKEY *nv_key(const char *curve)
{
	if (curve != NULL && strcmp(curve, "RSA") == 0)
		return EVP_RSA_gen(2048);
	return EVP_EC_gen(curve == NULL ? "P-384" : curve);
}

/* issuer NULL: a root. ca: of an issuer, not of a signer. */
static inline void nv_make(struct nv_cert *out, const char *cn,
    const struct nv_cert *issuer, bool ca, const struct nv_kind *kind)
{
	static const struct nv_kind good;
	const struct nv_kind *k = kind == NULL ? &good : kind;
	const struct nv_cert *by = issuer == NULL ? out : issuer;
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x);

	out->key = nv_key(k->curve);
	out->x509 = x;
	assert_non_null(out->key);
	assert_int_equal(X509_set_version(x, 2), 1);
	nv_serial(x, k);
	if (k->rdn != NULL)
		assert_int_equal(
		    X509_NAME_add_entry_by_NID(name, NID_serialNumber,
			V_ASN1_PRINTABLESTRING, (const unsigned char *)k->rdn, -1, -1, 0),
		    1);
	assert_int_equal(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
			     (const unsigned char *)cn, -1, -1, 0),
	    1);
	assert_int_equal(X509_set_issuer_name(x, X509_get_subject_name(by->x509)), 1);
	ASN1_TIME_set(X509_getm_notBefore(x), k->from ? k->from : NV_AT - NV_DAY);
	ASN1_TIME_set(X509_getm_notAfter(x), k->until ? k->until : NV_AT + NV_DAY);
	assert_int_equal(X509_set_pubkey(x, out->key), 1);
	ca = (ca && !k->not_ca) || k->as_ca;
	nv_ext(
	    x, x, NID_basic_constraints, ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
	nv_ext(x, x, NID_key_usage,
	    ca ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
	nv_ext(x, x, NID_subject_key_identifier, "hash");
	nv_ext(x, by->x509, NID_authority_key_identifier, "keyid:always");
	nv_raw_exts(x, k);
	assert_true(X509_sign(x, by->key, EVP_sha384()) > 0);
}

/* Root to signer; the document carries them signer first. */
struct nv_pki {
	struct nv_cert root, l2, l3, signer;
};

static inline void nv_pki_make(
    struct nv_pki *p, const struct nv_kind *l3, const struct nv_kind *signer)
{
	*p = (struct nv_pki){0};
	nv_make(&p->root, "Test CoRIM root", NULL, true, NULL);
	nv_make(&p->l2, "Test L2", &p->root, true, NULL);
	nv_make(&p->l3, "Test L3", &p->l2, true, l3);
	nv_make(&p->signer, "Test RIM signer", &p->l3, false, signer);
}

static inline void nv_pki_free(struct nv_pki *p)
{
	nv_cert_free(&p->root);
	nv_cert_free(&p->l2);
	nv_cert_free(&p->l3);
	nv_cert_free(&p->signer);
}

static inline void nv_trust(struct gh_trust *t, const struct nv_cert *root, bool lab)
{
	struct gh_pubkey *k = NULL;

	t->n = 1;
	t->at[0] = (struct gh_anchor){.root = GH_ROOT_NVIDIA_RIM};
	t->at[0].lab = lab;
	assert_int_equal(gh_pubkey_of_x509(&k, root->x509, NULL), 0);
	assert_int_equal(gh_pubkey_spki_sha256(k, t->at[0].spki, NULL), 0);
	gh_pubkey_free(&k);
}

/* <ds:X509Certificate> of one, in lines of 64 as NVIDIA wraps them. */
static inline void nv_add_cert(struct gh_buf *out, const struct nv_cert *c)
{
	gh_auto(struct gh_buf, gh_buf_free) b64 = {0};
	unsigned char *der = NULL;
	int len = i2d_X509(c->x509, &der);

	gh_b64(&b64, der, (size_t)len);
	OPENSSL_free(der);
	gh_buf_str(out, "<ds:X509Certificate>");
	for (size_t i = 0; i < b64.len; i += 64) {
		gh_buf_add(out, b64.p + i, b64.len - i < 64 ? b64.len - i : 64);
		gh_buf_chr(out, '\n');
	}
	gh_buf_str(out, "</ds:X509Certificate>");
}

/* A driver RIM of 64 entries (7 and 21 active, 23 with two alternatives) with an empty
 * signature that names these certificates. */
static inline void nv_draft(
    struct gh_buf *out, const struct nv_cert *const *chain, size_t n)
{
	gh_buf_str(out,
	    "<SoftwareIdentity "
	    "xmlns=\"http://standards.iso.org/iso/19770/-2/2015/schema.xsd\" "
	    "xmlns:ns0=\"http://standards.iso.org/iso/19770/-2/2015/schema.xsd\" "
	    "xmlns:ns2=\"http://www.w3.org/2001/04/xmlenc#sha384\" name=\"GH100\">\n"
	    "<ns0:Entity name=\"NVIDIA Corporation\"/>\n"
	    "<ns0:Meta colloquialVersion=\"595.71.05\" edition=\"GPU\" "
	    "product=\"GH100\"/>\n<ns0:Payload>\n");
	for (unsigned int i = 0; i < 64; i++) {
		unsigned int hashes = i == 23 ? 2 : 1;

		gh_buf_fmt(out,
		    "<ns0:Resource type=\"Measurement\" index=\"%u\" active=\"%s\" "
		    "alternatives=\"%u\"",
		    i, i == 7 || i == 21 || i == 23 ? "True" : "False", hashes);
		for (unsigned int k = 0; k < hashes; k++)
			gh_buf_fmt(out, " ns2:Hash%u=\"%096u\"", k, i + k);
		gh_buf_fmt(out, " name=\"Measurement_%u\" size=\"48\"/>\n", i);
	}
	gh_buf_str(out,
	    "</ns0:Payload>\n<ds:Signature xmlns:ds=\"" NV_DSIG
	    "\"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"" NV_C14N11 "\"/>"
	    "<ds:SignatureMethod "
	    "Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384\"/>"
	    "<ds:Reference URI=\"\"><ds:Transforms>"
	    "<ds:Transform Algorithm=\"" NV_DSIG "enveloped-signature\"/>"
	    "<ds:Transform Algorithm=\"" NV_C14N11 "\"/></ds:Transforms>"
	    "<ds:DigestMethod "
	    "Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#sha384\"/>"
	    "<ds:DigestValue></ds:DigestValue></ds:Reference></ds:SignedInfo>"
	    "<ds:SignatureValue></ds:SignatureValue>"
	    "<ds:KeyInfo><ds:X509Data>");
	for (size_t i = 0; i < n; i++)
		nv_add_cert(out, chain[i]);
	gh_buf_str(
	    out, "</ds:X509Data></ds:KeyInfo></ds:Signature>\n</SoftwareIdentity>\n");
}

/* Replaces the first `from` behind the first `after` ("" = from the start). */
static inline void nv_edit(
    struct gh_buf *text, const char *after, const char *from, const char *to)
{
	gh_auto(struct gh_buf, gh_buf_free) out = {0};
	const char *start = gh_buf_cstr(text);
	const char *mark = strstr(start, after);
	const char *at = mark == NULL ? NULL : strstr(mark, from);

	if (at == NULL)
		fail_msg("the draft has no %s", from);
	gh_buf_add(&out, start, (size_t)(at - start));
	gh_buf_str(&out, to);
	gh_buf_str(&out, at + strlen(from));
	gh_buf_free(text);
	*text = gh_take(out);
}

/* Fills DigestValue and SignatureValue of the first Signature with that key, as any XML
 * tool would. What xmlsec cannot sign stays unsigned. */
static inline bool nv_sign(struct gh_buf *text, const struct nv_cert *by)
{
	static const xmlChar *const ids[] = {(const xmlChar *)"Id", NULL};
	xmlDoc *doc = xmlReadMemory(
	    (const char *)text->p, (int)text->len, NULL, NULL, XML_PARSE_NONET);
	xmlSecDSigCtx *ctx = xmlSecDSigCtxCreate(NULL);
	xmlChar *out = NULL;
	int len = 0;
	bool good = false;

	assert_non_null(doc);
	assert_non_null(ctx);
	xmlSecAddIDs(doc, xmlDocGetRootElement(doc), (const xmlChar **)(uintptr_t)ids);
	ctx->signKey = xmlSecKeyCreate();
	EVP_PKEY_up_ref(by->key);
	assert_int_equal(
	    xmlSecKeySetValue(ctx->signKey, xmlSecOpenSSLEvpKeyAdopt(by->key)), 0);
	xmlNode *signature = xmlSecFindNode(xmlDocGetRootElement(doc),
	    (const xmlChar *)"Signature", (const xmlChar *)NV_DSIG);
	/* xmlsec writes KeyInfo anew when it is there: it is put aside meanwhile */
	xmlNode *info = signature == NULL
			    ? NULL
			    : xmlSecFindChild(signature, (const xmlChar *)"KeyInfo",
				  (const xmlChar *)NV_DSIG);
	xmlNode *behind = info == NULL ? NULL : info->next;
	if (info != NULL)
		xmlUnlinkNode(info);
	if (signature != NULL)
		good = xmlSecDSigCtxSign(ctx, signature) == 0;
	if (info != NULL && behind != NULL)
		xmlAddPrevSibling(behind, info);
	else if (info != NULL)
		xmlAddChild(signature, info);
	if (good) {
		xmlDocDumpMemory(doc, &out, &len);
		gh_buf_clear(text);
		gh_buf_add(text, out, (size_t)len);
		xmlFree(out);
	}
	xmlSecDSigCtxDestroy(ctx);
	xmlFreeDoc(doc);
	return good;
}
