/* SPDX-License-Identifier: Apache-2.0
 * OCSP responses: parsed by OpenSSL, and only in the one encoding that is DER. */
#include "crypto/ocsp.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "crypto/asn1.h"

struct gh_ocsp {
	OCSP_BASICRESP *basic;
	uint8_t sha256[32];
	char responder[128], sigalg[32];
	int64_t produced_at;
	unsigned char nonce[GH_OCSP_NONCE_MAX];
	size_t nonce_len;
	bool has_nonce;
	struct gh_ocsp_single single[GH_OCSP_SINGLES_MAX];
	size_t n;
};

void gh_ocsp_free(struct gh_ocsp **r)
{
	if (*r != NULL)
		OCSP_BASICRESP_free((*r)->basic);
	free(*r);
	*r = NULL;
}

/* ---- parsing ------------------------------------------------------------------------ */

/* RFC 6960 asks for whole seconds in UTC: "YYYYMMDDHHMMSSZ" and nothing else. */
static int seconds_of(const ASN1_GENERALIZEDTIME *t, int64_t *out)
{
	if (ASN1_STRING_length(t) != 15 || ASN1_STRING_get0_data(t)[14] != 'Z')
		return -1;
	return gh_asn1_seconds(t, out);
}

static struct gh_bytes octets_of(const ASN1_STRING *s)
{
	return (struct gh_bytes){ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s)};
}

static const struct {
	int nid;
	int len; /* bytes */
	const char *word;
} cert_id_hash[] = {
    {NID_sha1, 20, "sha1"},
    {NID_sha256, 32, "sha256"},
    {NID_sha384, 48, "sha384"},
    {NID_sha512, 64, "sha512"},
};

static int read_cert_id(
    struct gh_ocsp_single *s, const OCSP_SINGLERESP *single, struct gh_err *err)
{
	ASN1_OCTET_STRING *name = NULL, *key = NULL;
	ASN1_INTEGER *serial = NULL;
	ASN1_OBJECT *alg = NULL;
	OCSP_CERTID *id = (OCSP_CERTID *)(uintptr_t)OCSP_SINGLERESP_get0_id(single);

	OCSP_id_get0_info(&name, &alg, &key, &serial, id);
	for (size_t i = 0; i < GH_COUNT(cert_id_hash); i++) {
		if (OBJ_obj2nid(alg) != cert_id_hash[i].nid)
			continue;
		snprintf(s->hash, sizeof s->hash, "%s", cert_id_hash[i].word);
		if (ASN1_STRING_length(name) != cert_id_hash[i].len ||
		    ASN1_STRING_length(key) != cert_id_hash[i].len)
			return gh_fail(err, GH_E_PARSE,
			    "OCSP certID: a %s of %d and %d bytes", s->hash,
			    ASN1_STRING_length(name), ASN1_STRING_length(key));
	}
	if (*s->hash == '\0')
		return gh_fail(err, GH_E_PARSE, "OCSP certID: hash algorithm not known");
	if (ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER)
		return gh_fail(err, GH_E_PARSE, "OCSP certID: a negative serial number");
	s->name_hash = octets_of(name);
	s->key_hash = octets_of(key);
	s->serial = octets_of(serial);
	return 0;
}

/* removeFromCRL has no meaning in OCSP: it stays a revocation. */
static int read_status(
    struct gh_ocsp_single *s, OCSP_SINGLERESP *single, struct gh_err *err)
{
	ASN1_GENERALIZEDTIME *since = NULL, *from = NULL, *to = NULL;
	int word = OCSP_single_get0_status(single, &s->reason, &since, &from, &to);

	s->revoked_at = s->next_update = INT64_MIN;
	if (word == V_OCSP_CERTSTATUS_GOOD)
		s->status = GH_OCSP_GOOD;
	else if (word == V_OCSP_CERTSTATUS_REVOKED)
		s->status = s->reason == OCSP_REVOKED_STATUS_CERTIFICATEHOLD
				? GH_OCSP_HOLD
				: GH_OCSP_REVOKED;
	if (word != V_OCSP_CERTSTATUS_REVOKED)
		s->reason = -1;
	else if (seconds_of(since, &s->revoked_at) < 0)
		return gh_fail(err, GH_E_PARSE, "OCSP: revocationTime cannot be read");
	if (seconds_of(from, &s->this_update) < 0 ||
	    (to != NULL && seconds_of(to, &s->next_update) < 0))
		return gh_fail(
		    err, GH_E_PARSE, "OCSP: thisUpdate or nextUpdate cannot be read");
	if (to != NULL && s->next_update < s->this_update)
		return gh_fail(
		    err, GH_E_PARSE, "OCSP: nextUpdate lies before thisUpdate");
	if (OCSP_SINGLERESP_get_ext_by_critical(single, 1, -1) >= 0)
		return gh_fail(err, GH_E_PARSE,
		    "OCSP: a critical extension of a single response is not known");
	return 0;
}

/* Nonce ::= OCTET STRING inside extnValue; the extension at most once. */
static int read_nonce(struct gh_ocsp *r, struct gh_err *err)
{
	int at = OCSP_BASICRESP_get_ext_by_NID(r->basic, NID_id_pkix_OCSP_Nonce, -1);
	const ASN1_OCTET_STRING *outer;
	ASN1_OCTET_STRING *inner;
	const unsigned char *p, *end;
	bool ok;

	if (at < 0)
		return 0;
	if (OCSP_BASICRESP_get_ext_by_NID(r->basic, NID_id_pkix_OCSP_Nonce, at) >= 0)
		return gh_fail(err, GH_E_PARSE, "OCSP: two nonces");
	outer = X509_EXTENSION_get_data(OCSP_BASICRESP_get_ext(r->basic, at));
	p = ASN1_STRING_get0_data(outer);
	end = p + ASN1_STRING_length(outer);
	inner = d2i_ASN1_OCTET_STRING(NULL, &p, ASN1_STRING_length(outer));
	ok = inner != NULL && p == end && ASN1_STRING_length(inner) > 0 &&
	     ASN1_STRING_length(inner) <= GH_OCSP_NONCE_MAX;
	if (ok) {
		r->has_nonce = true;
		r->nonce_len = (size_t)ASN1_STRING_length(inner);
		memcpy(r->nonce, ASN1_STRING_get0_data(inner), r->nonce_len);
	}
	ASN1_OCTET_STRING_free(inner);
	return ok ? 0
		  : gh_fail(err, GH_E_PARSE, "OCSP: the nonce is not 1 to %d octets",
			GH_OCSP_NONCE_MAX);
}

static int read_extensions(struct gh_ocsp *r, struct gh_err *err)
{
	for (int i = OCSP_BASICRESP_get_ext_by_critical(r->basic, 1, -1); i >= 0;
	     i = OCSP_BASICRESP_get_ext_by_critical(r->basic, 1, i)) {
		X509_EXTENSION *ext = OCSP_BASICRESP_get_ext(r->basic, i);

		if (OBJ_obj2nid(X509_EXTENSION_get_object(ext)) != NID_id_pkix_OCSP_Nonce)
			return gh_fail(
			    err, GH_E_PARSE, "OCSP: a critical extension is not known");
	}
	return read_nonce(r, err);
}

static void name_responder(struct gh_ocsp *r)
{
	const ASN1_OCTET_STRING *key = NULL;
	const X509_NAME *name = NULL;
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	char raw[256] = "";

	(void)OCSP_resp_get0_id(r->basic, &key, &name);
	if (key != NULL) {
		int len = ASN1_STRING_length(key);

		gh_buf_str(&text, "key ");
		gh_buf_hex(
		    &text, ASN1_STRING_get0_data(key), len < 32 ? (size_t)len : 32);
	} else {
		X509_NAME_get_text_by_NID(name, NID_commonName, raw, sizeof raw);
		gh_buf_str(&text, raw);
	}
	gh_text_clean_into(r->responder, sizeof r->responder, gh_buf_cstr(&text));
}

/* Version 1 is the default and left out in DER: an explicit [0] is another version, or not
 * DER. */
static bool is_version_1(const struct gh_ocsp *r)
{
	unsigned char *der = NULL;
	int len = i2d_OCSP_RESPDATA(OCSP_resp_get0_respdata(r->basic), &der);
	const unsigned char *p = der;
	long body = 0;
	int tag = 0, class = 0;
	bool ok = len > 0 && ASN1_get_object(&p, &body, &tag, &class, len) == 0x20 &&
		  body > 0 && *p != 0xa0;

	OPENSSL_free(der);
	return ok;
}

static int read_facts(struct gh_ocsp *r, struct gh_err *err)
{
	const ASN1_OBJECT *alg = NULL;
	int n = OCSP_resp_count(r->basic);

	if (!is_version_1(r))
		return gh_fail(err, GH_E_PARSE, "OCSP: not version 1");
	if (n < 1 || n > GH_OCSP_SINGLES_MAX ||
	    sk_X509_num(OCSP_resp_get0_certs(r->basic)) > GH_OCSP_CERTS_MAX)
		return gh_fail(err, GH_E_PARSE,
		    "OCSP: %d single responses, 1 to %d are read; at most %d "
		    "certificates",
		    n, GH_OCSP_SINGLES_MAX, GH_OCSP_CERTS_MAX);
	if (seconds_of(OCSP_resp_get0_produced_at(r->basic), &r->produced_at) < 0)
		return gh_fail(err, GH_E_PARSE, "OCSP: producedAt cannot be read");
	for (r->n = 0; r->n < (size_t)n; r->n++) {
		OCSP_SINGLERESP *one = OCSP_resp_get0(r->basic, (int)r->n);

		if (read_cert_id(&r->single[r->n], one, err) < 0 ||
		    read_status(&r->single[r->n], one, err) < 0)
			return -1;
	}
	name_responder(r);
	X509_ALGOR_get0(&alg, NULL, NULL, OCSP_resp_get0_tbs_sigalg(r->basic));
	OBJ_obj2txt(r->sigalg, sizeof r->sigalg, alg, 0);
	return read_extensions(r, err);
}

static bool same_der(unsigned char *made, int n, const void *der, size_t len)
{
	bool same = n >= 0 && (size_t)n == len && memcmp(made, der, len) == 0;

	OPENSSL_free(made);
	return same;
}

/* The signature is checked over what OpenSSL encodes again: that must be what came. */
static int read_basic(
    struct gh_ocsp *r, OCSP_RESPONSE *resp, struct gh_bytes der, struct gh_err *err)
{
	unsigned char *outer = NULL, *inner = NULL;
	int n = i2d_OCSP_RESPONSE(resp, &outer), status = OCSP_response_status(resp);
	const unsigned char *octets;

	if (!same_der(outer, n, der.p, der.len))
		return gh_fail(err, GH_E_PARSE, "OCSP: not in DER");
	if (status != OCSP_RESPONSE_STATUS_SUCCESSFUL)
		return gh_fail(err, GH_E_REMOTE, "the responder did not answer: %s",
		    OCSP_response_status_str(status));
	r->basic = OCSP_response_get1_basic(resp);
	if (r->basic == NULL)
		return gh_fail(err, GH_E_PARSE, "OCSP: not a basic response");
	/* a basic response lies whole in the outer one: byte for byte, or it is not DER */
	n = i2d_OCSP_BASICRESP(r->basic, &inner);
	octets = n > 0 && (size_t)n <= der.len ? der.p + der.len - n : der.p;
	if (n <= 0 || !same_der(inner, n, octets, (size_t)n))
		return gh_fail(err, GH_E_PARSE, "OCSP: basic response not in DER");
	return read_facts(r, err);
}

int gh_ocsp_from_der(
    struct gh_ocsp **out, const void *der, size_t len, struct gh_err *err)
{
	gh_auto(struct gh_ocsp *, gh_ocsp_free) r = calloc(1, sizeof *r);
	const unsigned char *p = der;
	OCSP_RESPONSE *resp = NULL;
	int rc;

	if (r == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	if (len > 0 && len <= GH_OCSP_MAX_BYTES)
		resp = d2i_OCSP_RESPONSE(NULL, &p, (long)len);
	if (resp == NULL || p != (const unsigned char *)der + len)
		rc = gh_fail(err, GH_E_PARSE, "not exactly one DER OCSP response");
	else
		rc = read_basic(r, resp, (struct gh_bytes){der, len}, err);
	OCSP_RESPONSE_free(resp);
	ERR_clear_error();
	if (rc < 0 || gh_sha256(der, len, r->sha256, err) < 0)
		return -1;
	*out = gh_take(r);
	return 0;
}

/* ---- facts ---------------------------------------------------------------------------- */

const uint8_t *gh_ocsp_sha256(const struct gh_ocsp *r)
{
	return r->sha256;
}

const char *gh_ocsp_responder_id(const struct gh_ocsp *r)
{
	return r->responder;
}

int64_t gh_ocsp_produced_at(const struct gh_ocsp *r)
{
	return r->produced_at;
}

struct gh_bytes gh_ocsp_nonce(const struct gh_ocsp *r)
{
	return (struct gh_bytes){r->has_nonce ? r->nonce : NULL, r->nonce_len};
}

const char *gh_ocsp_sigalg(const struct gh_ocsp *r)
{
	return r->sigalg;
}

size_t gh_ocsp_count(const struct gh_ocsp *r)
{
	return r->n;
}

const struct gh_ocsp_single *gh_ocsp_single(const struct gh_ocsp *r, size_t i)
{
	return &r->single[i];
}

const char *gh_ocsp_reason_word(int reason)
{
	static const char *const word[] = {"unspecified", "keyCompromise", "cACompromise",
	    "affiliationChanged", "superseded", "cessationOfOperation", "certificateHold",
	    "a reason without a name", "removeFromCRL", "privilegeWithdrawn",
	    "aACompromise"};

	if (reason < 0)
		return "not stated";
	return (size_t)reason < GH_COUNT(word) ? word[reason] : "a reason not known";
}

/* ---- whose certificate ------------------------------------------------------------------ */

static bool digest_is(const char *hash, const void *p, size_t len, struct gh_bytes want)
{
	unsigned char d[EVP_MAX_MD_SIZE];
	size_t n = 0;

	return EVP_Q_digest(NULL, hash, NULL, p, len, d, &n) == 1 && n == want.len &&
	       memcmp(d, want.p, n) == 0;
}

/* name: the issuer's, as DER. The key is hashed without tag, length and unused bits. */
static bool is_of_issuer(
    const struct gh_ocsp_single *s, const X509_NAME *name, const struct gh_cert *issuer)
{
	const ASN1_BIT_STRING *key = X509_get0_pubkey_bitstr(gh_cert_x509(issuer));
	const unsigned char *der = NULL;
	size_t len = 0;

	return X509_NAME_get0_der(name, &der, &len) == 1 &&
	       digest_is(s->hash, der, len, s->name_hash) &&
	       digest_is(s->hash, ASN1_STRING_get0_data(key),
		   (size_t)ASN1_STRING_length(key), s->key_hash);
}

int gh_ocsp_about(const struct gh_ocsp *r, const struct gh_cert *cert,
    const struct gh_cert *issuer, size_t from)
{
	const X509_NAME *name = X509_get_issuer_name(gh_cert_x509(cert));
	struct gh_bytes want = octets_of(X509_get0_serialNumber(gh_cert_x509(cert)));

	for (size_t i = from; i < r->n; i++) {
		struct gh_bytes have = r->single[i].serial;

		if (have.len == want.len && memcmp(have.p, want.p, have.len) == 0 &&
		    is_of_issuer(&r->single[i], name, issuer))
			return (int)i;
	}
	return -1;
}

int gh_ocsp_from_issuer(
    const struct gh_ocsp *r, const struct gh_cert *issuer, size_t from)
{
	const X509_NAME *name = X509_get_subject_name(gh_cert_x509(issuer));

	for (size_t i = from; i < r->n; i++)
		if (is_of_issuer(&r->single[i], name, issuer))
			return (int)i;
	return -1;
}

void *gh_ocsp_basic(const struct gh_ocsp *r)
{
	return r->basic;
}
