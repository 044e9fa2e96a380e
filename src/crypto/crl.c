/* SPDX-License-Identifier: Apache-2.0
 * X.509 certificate revocation lists as evidence. */
#include "crypto/crl.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "base/text.h"
#include "crypto/asn1.h"
#include "crypto/library.h"

#define CRL_MAX_LEN (1u << 20)

struct gh_crl {
	size_t owners;
	X509_CRL *x509;
	uint8_t sha256[32];
	char issuer_cn[128], sigalg[32];
	int64_t this_update, next_update;
	bool one_algorithm; /* the signed algorithm stands beside the signature too */
	bool pss_sha384;
};

void gh_crl_free(struct gh_crl **c)
{
	if (*c != NULL && --(*c)->owners == 0) {
		X509_CRL_free((*c)->x509);
		free(*c);
	}
	*c = NULL;
}

struct gh_crl *gh_crl_share(struct gh_crl *c)
{
	c->owners++;
	return c;
}

static void issuer_of(struct gh_crl *c)
{
	char raw[256] = "";

	X509_NAME_get_text_by_NID(
	    X509_CRL_get_issuer(c->x509), NID_commonName, raw, sizeof raw);
	gh_text_clean_into(c->issuer_cn, sizeof c->issuer_cn, raw);
}

/* The digest inside MGF1; OpenSSL decodes it for itself alone. */
static bool mgf1_sha384(const X509_ALGOR *mask)
{
	X509_ALGOR *hash = NULL;
	bool ok;

	if (mask == NULL || OBJ_obj2nid(mask->algorithm) != NID_mgf1)
		return false;
	hash = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(X509_ALGOR), mask->parameter);
	ok = hash != NULL && OBJ_obj2nid(hash->algorithm) == NID_sha384;
	X509_ALGOR_free(hash);
	return ok;
}

/* OpenSSL keeps no X509_SIG_INFO of a list: the parameters are read here. An omitted
 * digest would be SHA-1, an omitted salt 20: all three must be there. */
static bool pss_sha384(const X509_ALGOR *alg)
{
	const ASN1_OBJECT *oid = NULL;
	const void *param = NULL;
	int type = 0;
	RSA_PSS_PARAMS *pss;
	bool ok;

	X509_ALGOR_get0(&oid, &type, &param, alg);
	if (OBJ_obj2nid(oid) != NID_rsassaPss || type != V_ASN1_SEQUENCE)
		return false;
	pss = ASN1_item_unpack(param, ASN1_ITEM_rptr(RSA_PSS_PARAMS));
	ok = pss != NULL && pss->hashAlgorithm != NULL &&
	     OBJ_obj2nid(pss->hashAlgorithm->algorithm) == NID_sha384 &&
	     mgf1_sha384(pss->maskGenAlgorithm) && pss->saltLength != NULL &&
	     ASN1_INTEGER_get(pss->saltLength) == 48;
	RSA_PSS_PARAMS_free(pss);
	return ok;
}

static int facts_of(struct gh_crl *c, struct gh_err *err)
{
	const X509_ALGOR *alg = NULL;
	const ASN1_OBJECT *oid = NULL;
	const ASN1_TIME *next = X509_CRL_get0_nextUpdate(c->x509);

	c->next_update = INT64_MIN;
	if (gh_asn1_seconds(X509_CRL_get0_lastUpdate(c->x509), &c->this_update) < 0 ||
	    (next != NULL && gh_asn1_seconds(next, &c->next_update) < 0))
		return gh_fail(err, GH_E_PARSE, "CRL: its dates cannot be read");
	issuer_of(c);
	X509_CRL_get0_signature(c->x509, NULL, &alg);
	X509_ALGOR_get0(&oid, NULL, NULL, alg);
	OBJ_obj2txt(c->sigalg, sizeof c->sigalg, oid, 0);
	c->pss_sha384 = pss_sha384(alg);
	ERR_clear_error();
	return 0;
}

/* One element of DER off the front of *rest: the whole of it, and what it holds. */
static bool element(struct gh_bytes *rest, struct gh_bytes *whole, struct gh_bytes *inner)
{
	const unsigned char *p = rest->p;
	int tag, class;
	long n;

	if (rest->len == 0 || rest->len > CRL_MAX_LEN ||
	    (ASN1_get_object(&p, &n, &tag, &class, (long)rest->len) & 0x81) != 0 || n < 0)
		return false;
	*inner = (struct gh_bytes){p, (size_t)n};
	*whole = (struct gh_bytes){rest->p, (size_t)(p - rest->p) + (size_t)n};
	if (whole->len > rest->len)
		return false;
	rest->p += whole->len;
	rest->len -= whole->len;
	return true;
}

/* RFC 5280 section 5.1.1.2: the algorithm beside the signature is, byte for byte, the one
 * that is signed. OpenSSL 3.0.19 lets parameters pass that mean the same to it. */
static bool one_algorithm(const void *der, size_t len)
{
	struct gh_bytes all = {der, len}, list, tbs, first, outer, whole, inner;

	if (!element(&all, &whole, &list) || !element(&list, &whole, &tbs) ||
	    !element(&list, &outer, &inner) || !element(&tbs, &first, &inner))
		return false;
	if (first.p[0] == V_ASN1_INTEGER && !element(&tbs, &first, &inner))
		return false;
	return first.len == outer.len && memcmp(first.p, outer.p, first.len) == 0;
}

int gh_crl_from_der(struct gh_crl **out, const void *der, size_t len, struct gh_err *err)
{
	gh_auto(struct gh_crl *, gh_crl_free) c = calloc(1, sizeof *c);
	const unsigned char *p = der;

	if (c == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	c->owners = 1;
	if (len > 0 && len <= CRL_MAX_LEN)
		c->x509 = X509_CRL_new_ex(gh_ossl(), NULL);
	if (c->x509 != NULL)
		d2i_X509_CRL(&c->x509, &p, (long)len); /* forgets it on error */
	ERR_clear_error();
	if (c->x509 == NULL || p != (const unsigned char *)der + len)
		return gh_fail(
		    err, GH_E_PARSE, "not exactly one DER certificate revocation list");
	c->one_algorithm = one_algorithm(der, len);
	if (facts_of(c, err) < 0 || gh_sha256(der, len, c->sha256, err) < 0)
		return -1;
	*out = gh_take(c);
	return 0;
}

const uint8_t *gh_crl_sha256(const struct gh_crl *c)
{
	return c->sha256;
}

const char *gh_crl_issuer_cn(const struct gh_crl *c)
{
	return c->issuer_cn;
}

int64_t gh_crl_this_update(const struct gh_crl *c)
{
	return c->this_update;
}

int64_t gh_crl_next_update(const struct gh_crl *c)
{
	return c->next_update;
}

size_t gh_crl_count(const struct gh_crl *c)
{
	STACK_OF(X509_REVOKED) *all = X509_CRL_get_REVOKED(c->x509);

	return all == NULL ? 0 : (size_t)sk_X509_REVOKED_num(all);
}

const char *gh_crl_sigalg(const struct gh_crl *c)
{
	return c->sigalg;
}

bool gh_crl_is_pss_sha384(const struct gh_crl *c)
{
	return c->pss_sha384;
}

bool gh_crl_names(const struct gh_crl *c, const struct gh_cert *issuer)
{
	return X509_NAME_cmp(X509_CRL_get_issuer(c->x509),
		   X509_get_subject_name(gh_cert_x509(issuer))) == 0;
}

int gh_crl_signed_by(
    const struct gh_crl *c, const struct gh_cert *issuer, struct gh_err *err)
{
	int rc = c->one_algorithm
		     ? X509_CRL_verify(c->x509, gh_pubkey_evp(gh_cert_key(issuer)))
		     : 0;

	ERR_clear_error();
	if (rc == 1)
		return 0;
	return gh_fail(
	    err, GH_E_CRYPTO, "the CRL is not signed by '%s'", gh_cert_cn(issuer));
}

bool gh_crl_revokes(const struct gh_crl *c, const struct gh_cert *cert, int64_t *since)
{
	X509_REVOKED *entry = NULL;
	X509 *x = gh_cert_x509(cert);
	int64_t when = 0;

	/* 2 is "removeFromCRL" of a delta list, which we never combine: still a hit */
	if (X509_CRL_get0_by_serial(c->x509, &entry, X509_get_serialNumber(x)) == 0)
		return false;
	if (since != NULL &&
	    gh_asn1_seconds(X509_REVOKED_get0_revocationDate(entry), &when) == 0)
		*since = when;
	return true;
}

void *gh_crl_x509(const struct gh_crl *c)
{
	return c->x509;
}
