/* SPDX-License-Identifier: Apache-2.0
 * X.509 certificates as evidence. */
#include "crypto/cert.h"

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "base/text.h"
#include "crypto/asn1.h"
#include "crypto/library.h"
#include "crypto/memo.h"

#define CERT_MAX_LEN 65536

struct gh_cert {
	size_t owners;
	X509 *x509;
	unsigned char *der;
	size_t der_len;
	unsigned char *spki;
	size_t spki_len;
	uint8_t sha256[32], spki_sha256[32];
	struct gh_pubkey *key;
	unsigned char serial[64];
	size_t serial_len;
	char cn[128], issuer_cn[128], subject_serial[64];
	int64_t not_before, not_after;
	char sigalg[32];
	bool pss_sha384;
};

void gh_cert_free(struct gh_cert **c)
{
	if (*c != NULL && --(*c)->owners == 0) {
		X509_free((*c)->x509);
		gh_pubkey_free(&(*c)->key);
		OPENSSL_free((*c)->spki);
		free((*c)->der);
		free(*c);
	}
	*c = NULL;
}

struct gh_cert *gh_cert_share(struct gh_cert *c)
{
	c->owners++;
	return c;
}

void gh_certs_free(struct gh_certs *cs)
{
	for (size_t i = 0; i < cs->n; i++)
		gh_cert_free(&cs->at[i]);
	free(cs->at);
	*cs = (struct gh_certs){0};
}

static void name_text(X509_NAME *name, int nid, char *out, size_t size)
{
	int i = X509_NAME_get_index_by_NID(name, nid, -1), n;
	const ASN1_STRING *value;
	unsigned char *utf8 = NULL;
	size_t len;

	out[0] = '\0';
	if (i < 0)
		return;
	value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, i));
	len = (size_t)ASN1_STRING_length(value);
	/* what is printable in one of these types is itself in UTF-8, and clean */
	if ((ASN1_STRING_type(value) == V_ASN1_UTF8STRING ||
		ASN1_STRING_type(value) == V_ASN1_PRINTABLESTRING) &&
	    len < size && gh_text_plain(ASN1_STRING_get0_data(value), len) == len) {
		memcpy(out, ASN1_STRING_get0_data(value), len);
		out[len] = '\0';
		return;
	}
	n = ASN1_STRING_to_UTF8(&utf8, value);
	if (n >= 0) {
		gh_auto(struct gh_buf, gh_buf_free) b = {0};

		gh_text_clean(&b, utf8, (size_t)n, size - 1);
		gh_text_clean_into(out, size, gh_buf_cstr(&b));
	}
	OPENSSL_free(utf8);
}

static int serial_of(struct gh_cert *c)
{
	BIGNUM *bn = ASN1_INTEGER_to_BN(X509_get0_serialNumber(c->x509), NULL);
	int n = bn == NULL ? -1 : BN_num_bytes(bn);

	if (n >= 0 && (size_t)n <= sizeof c->serial)
		c->serial_len = (size_t)BN_bn2bin(bn, c->serial);
	BN_free(bn);
	return n >= 0 && (size_t)n <= sizeof c->serial ? 0 : -1;
}

/* The algorithm, and whether its PSS parameters are the ones AMD uses: OpenSSL sets the
 * TLS flag only when MGF1 digest = digest and salt = digest size (spec/snp.md 2). */
static void sigalg_of(struct gh_cert *c)
{
	int md = 0, pk = 0, bits = 0;
	uint32_t flags = 0;
	const X509_ALGOR *alg = NULL;
	const ASN1_OBJECT *oid = NULL;

	X509_get0_signature(NULL, &alg, c->x509);
	X509_ALGOR_get0(&oid, NULL, NULL, alg);
	OBJ_obj2txt(c->sigalg, sizeof c->sigalg, oid, 0);
	c->pss_sha384 = X509_get_signature_info(c->x509, &md, &pk, &bits, &flags) == 1 &&
			md == NID_sha384 && pk == NID_rsassaPss &&
			(flags & X509_SIG_INFO_TLS) != 0;
}

static int facts_of(struct gh_cert *c, struct gh_err *err)
{
	int n;

	name_text(X509_get_subject_name(c->x509), NID_commonName, c->cn, sizeof c->cn);
	name_text(X509_get_issuer_name(c->x509), NID_commonName, c->issuer_cn,
	    sizeof c->issuer_cn);
	name_text(X509_get_subject_name(c->x509), NID_serialNumber, c->subject_serial,
	    sizeof c->subject_serial);
	if (gh_asn1_seconds(X509_get0_notBefore(c->x509), &c->not_before) < 0 ||
	    gh_asn1_seconds(X509_get0_notAfter(c->x509), &c->not_after) < 0 ||
	    serial_of(c) < 0)
		return gh_fail(
		    err, GH_E_PARSE, "certificate: validity or serial number is wrong");
	sigalg_of(c);
	n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(c->x509), &c->spki);
	c->spki_len = n > 0 ? (size_t)n : 0;
	if (n <= 0 || gh_pubkey_of_x509(&c->key, c->x509, err) < 0 ||
	    gh_sha256(c->spki, c->spki_len, c->spki_sha256, err) < 0)
		return gh_fail(
		    err, GH_E_PARSE, "certificate: its public key cannot be read");
	return gh_sha256(c->der, c->der_len, c->sha256, err);
}

int gh_cert_from_der(
    struct gh_cert **out, const void *der, size_t len, struct gh_err *err)
{
	gh_auto(struct gh_cert *, gh_cert_free) c = calloc(1, sizeof *c);
	const unsigned char *p = der;

	if (c == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	c->owners = 1;
	if (len == 0 || len > CERT_MAX_LEN)
		return gh_fail(err, GH_E_PARSE, "a certificate of %zu bytes", len);
	c->der = malloc(len);
	if (c->der == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	memcpy(c->der, der, len);
	c->der_len = len;
	c->x509 = X509_new_ex(gh_ossl(), NULL);
	if (c->x509 == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	d2i_X509(&c->x509, &p, (long)len); /* frees and forgets it on error */
	ERR_clear_error();
	if (c->x509 == NULL || p != (const unsigned char *)der + len)
		return gh_fail(err, GH_E_PARSE, "not exactly one DER certificate");
	if (facts_of(c, err) < 0)
		return -1;
	*out = gh_take(c);
	return 0;
}

int gh_certs_add(struct gh_certs *cs, struct gh_cert *c, struct gh_err *err)
{
	struct gh_cert **at = realloc(cs->at, (cs->n + 1) * sizeof(struct gh_cert *));

	if (at == NULL) {
		gh_cert_free(&c);
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	}
	cs->at = at;
	cs->at[cs->n++] = c;
	return 0;
}

/* The text between the next BEGIN and END line; false when there is none. */
static bool next_block(struct gh_bytes *rest, struct gh_bytes *body)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----";
	static const char end[] = "-----END CERTIFICATE-----";
	const unsigned char *a = gh_text_find(*rest, begin), *b;
	struct gh_bytes tail;

	if (a == NULL)
		return false;
	a += sizeof begin - 1;
	tail = (struct gh_bytes){a, (size_t)(rest->p + rest->len - a)};
	b = gh_text_find(tail, end);
	if (b == NULL)
		return false;
	*body = (struct gh_bytes){a, (size_t)(b - a)};
	b += sizeof end - 1;
	*rest = (struct gh_bytes){b, (size_t)(rest->p + rest->len - b)};
	return true;
}

static int add_block(
    struct gh_certs *cs, struct gh_bytes body, struct gh_memo *memo, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) der = {0};
	struct gh_cert *c;

	if (gh_unb64_loose(&der, (const char *)body.p, body.len, err) < 0 ||
	    gh_memo_cert(memo, &c, der.p, der.len, err) < 0)
		return gh_err_prefix(err, "certificate %zu", cs->n + 1);
	return gh_certs_add(cs, c, err);
}

int gh_certs_from_pem(
    struct gh_certs *out, const void *pem, size_t len, size_t max, struct gh_err *err)
{
	return gh_certs_from_pem_known(out, (struct gh_bytes){pem, len}, max, NULL, err);
}

int gh_certs_from_pem_known(struct gh_certs *out, struct gh_bytes rest, size_t max,
    struct gh_memo *memo, struct gh_err *err)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	struct gh_bytes body;

	while (next_block(&rest, &body)) {
		if (cs.n == max)
			return gh_fail(
			    err, GH_E_PARSE, "more than %zu certificates", max);
		if (add_block(&cs, body, memo, err) < 0)
			return -1;
	}
	if (cs.n == 0)
		return gh_fail(err, GH_E_PARSE, "no PEM certificate");
	*out = gh_take(cs);
	return 0;
}

struct gh_bytes gh_cert_der(const struct gh_cert *c)
{
	return (struct gh_bytes){c->der, c->der_len};
}

const uint8_t *gh_cert_sha256(const struct gh_cert *c)
{
	return c->sha256;
}

struct gh_bytes gh_cert_spki(const struct gh_cert *c)
{
	return (struct gh_bytes){c->spki, c->spki_len};
}

const uint8_t *gh_cert_spki_sha256(const struct gh_cert *c)
{
	return c->spki_sha256;
}

const struct gh_pubkey *gh_cert_key(const struct gh_cert *c)
{
	return c->key;
}

struct gh_bytes gh_cert_serial(const struct gh_cert *c)
{
	return (struct gh_bytes){c->serial, c->serial_len};
}

const char *gh_cert_cn(const struct gh_cert *c)
{
	return c->cn;
}

const char *gh_cert_issuer_cn(const struct gh_cert *c)
{
	return c->issuer_cn;
}

const char *gh_cert_subject_serial(const struct gh_cert *c)
{
	return c->subject_serial;
}

int64_t gh_cert_not_before(const struct gh_cert *c)
{
	return c->not_before;
}

int64_t gh_cert_not_after(const struct gh_cert *c)
{
	return c->not_after;
}

bool gh_cert_is_ca(const struct gh_cert *c)
{
	return (X509_get_extension_flags(c->x509) & (EXFLAG_CA | EXFLAG_INVALID)) ==
	       EXFLAG_CA;
}

bool gh_cert_names_chain(const struct gh_cert *c, const struct gh_cert *issuer)
{
	return X509_NAME_cmp(X509_get_issuer_name(c->x509),
		   X509_get_subject_name(issuer->x509)) == 0;
}

bool gh_cert_is_pss_sha384(const struct gh_cert *c)
{
	return c->pss_sha384;
}

const char *gh_cert_sigalg(const struct gh_cert *c)
{
	return c->sigalg;
}

int gh_cert_signed_by(
    const struct gh_cert *c, const struct gh_cert *issuer, struct gh_err *err)
{
	int rc = X509_verify(c->x509, gh_pubkey_evp(issuer->key));

	ERR_clear_error();
	if (rc == 1)
		return 0;
	return gh_fail(
	    err, GH_E_CRYPTO, "'%s' is not signed by the key of '%s'", c->cn, issuer->cn);
}

struct gh_bytes gh_cert_ext(const struct gh_cert *c, const char *oid, size_t *count)
{
	ASN1_OBJECT *obj = OBJ_txt2obj(oid, 1);
	struct gh_bytes v = {NULL, 0};
	size_t n = 0;

	for (int i = obj == NULL ? -1 : X509_get_ext_by_OBJ(c->x509, obj, -1); i >= 0;
	     i = X509_get_ext_by_OBJ(c->x509, obj, i)) {
		const ASN1_OCTET_STRING *os =
		    X509_EXTENSION_get_data(X509_get_ext(c->x509, i));

		v = (struct gh_bytes){
		    ASN1_STRING_get0_data(os), (size_t)ASN1_STRING_length(os)};
		n++;
	}
	ASN1_OBJECT_free(obj);
	if (count != NULL)
		*count = n;
	return n == 1 ? v : (struct gh_bytes){NULL, 0};
}

void *gh_cert_x509(const struct gh_cert *c)
{
	return c->x509;
}
