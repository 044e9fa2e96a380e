/* SPDX-License-Identifier: Apache-2.0
 * Who signed an OCSP response, and whether he may: judged by us, then by OpenSSL's
 * OCSP_basic_verify. */
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include "crypto/ocsp.h"

#define SIGALG   "ecdsa-with-SHA384"
#define WALK_MAX 16 /* certificates */

const char *gh_ocsp_fault_word(enum gh_ocsp_fault f)
{
	static const char *const word[] = {
	    "", "responder", "algorithm", "issuer", "role", "time", "path", "signature"};

	return word[f];
}

static STACK_OF(X509) * stack_of(const struct gh_certs *cs, size_t from)
{
	STACK_OF(X509) *all = sk_X509_new_null();

	for (size_t i = from; cs != NULL && all != NULL && i < cs->n; i++)
		(void)sk_X509_push(all, gh_cert_x509(cs->at[i]));
	return all;
}

static int cert_of(
    X509 *x, struct gh_memo *memo, struct gh_cert **out, struct gh_err *err)
{
	unsigned char *der = NULL;
	int n = i2d_X509(x, &der), rc;

	rc = n > 0 ? gh_memo_cert(memo, out, der, (size_t)n, err)
		   : gh_fail(err, GH_E_NOMEM, "out of memory");
	OPENSSL_free(der);
	return rc;
}

int gh_ocsp_certs(const struct gh_ocsp *r, struct gh_memo *memo, struct gh_certs *out,
    struct gh_err *err)
{
	const STACK_OF(X509) *all = OCSP_resp_get0_certs(gh_ocsp_basic(r));

	for (int i = 0; i < sk_X509_num(all); i++) {
		struct gh_cert *c = NULL;

		if (cert_of(sk_X509_value(all, i), memo, &c, err) < 0 ||
		    gh_certs_add(out, c, err) < 0)
			return -1;
	}
	return 0;
}

int gh_ocsp_responder(const struct gh_ocsp *r, const struct gh_certs *more,
    struct gh_memo *memo, struct gh_cert **out, struct gh_err *err)
{
	STACK_OF(X509) *all = stack_of(more, 0);
	X509 *x = NULL;
	int rc;

	if (all != NULL && OCSP_resp_get0_signer(gh_ocsp_basic(r), &x, all) == 1)
		rc = cert_of(x, memo, out, err);
	else
		rc = gh_fail(err, GH_E_CRYPTO,
		    "the certificate of responder '%s' is not at hand",
		    gh_ocsp_responder_id(r));
	sk_X509_free(all);
	ERR_clear_error();
	return rc;
}

static bool uses_p384(const struct gh_cert *c)
{
	return gh_pubkey_ec_bits(gh_cert_key(c)) == 384 &&
	       strcmp(gh_cert_sigalg(c), SIGALG) == 0;
}

static bool in_time(const struct gh_cert *c, int64_t at)
{
	return gh_cert_not_before(c) <= at && at <= gh_cert_not_after(c);
}

static bool same_cert(const struct gh_cert *a, const struct gh_cert *b)
{
	return memcmp(gh_cert_sha256(a), gh_cert_sha256(b), 32) == 0;
}

/* The links from the issuer up; every signature is known already where the chain was
 * judged before with the same memo. */
static enum gh_ocsp_fault judge_issuers(const struct gh_ocsp_path *p, struct gh_err *err)
{
	const struct gh_certs *cs = p->chain;

	for (size_t i = p->issuer; i < cs->n; i++) {
		const struct gh_cert *c = cs->at[i];
		const struct gh_cert *above = cs->at[i + 1 < cs->n ? i + 1 : i];

		if (!uses_p384(c)) {
			gh_fail(err, GH_E_CRYPTO, "'%s' is not EC P-384 with SHA-384",
			    gh_cert_cn(c));
			return GH_OCSP_ALGORITHM;
		}
		if (!gh_cert_is_ca(c) || !gh_cert_names_chain(c, above) ||
		    gh_memo_signed_by(p->memo, c, above, NULL) < 0) {
			gh_fail(
			    err, GH_E_CRYPTO, "the chain breaks at '%s'", gh_cert_cn(c));
			return GH_OCSP_PATH;
		}
		if (!in_time(c, p->at)) {
			gh_fail(err, GH_E_CRYPTO, "'%s' is not valid at that time",
			    gh_cert_cn(c));
			return GH_OCSP_TIME;
		}
	}
	return GH_OCSP_SOUND;
}

/* A responder that is not the issuer itself: RFC 6960 section 4.2.2.2. */
static enum gh_ocsp_fault judge_delegate(
    const struct gh_cert *c, const struct gh_ocsp_path *p, struct gh_err *err)
{
	const struct gh_cert *issuer = p->chain->at[p->issuer];
	uint32_t eku = X509_get_extended_key_usage(gh_cert_x509(c));
	uint32_t ku = X509_get_key_usage(gh_cert_x509(c));

	if (!gh_cert_names_chain(c, issuer) ||
	    gh_memo_signed_by(p->memo, c, issuer, NULL) < 0) {
		gh_fail(err, GH_E_CRYPTO, "responder '%s' was not issued by '%s'",
		    gh_cert_cn(c), gh_cert_cn(issuer));
		return GH_OCSP_ISSUER;
	}
	/* both read as all ones where the extension is absent */
	if (gh_cert_is_ca(c) || eku == UINT32_MAX || (eku & XKU_OCSP_SIGN) == 0 ||
	    (ku & KU_DIGITAL_SIGNATURE) == 0) {
		gh_fail(err, GH_E_CRYPTO, "'%s' is no OCSP signer (extended key usage)",
		    gh_cert_cn(c));
		return GH_OCSP_ROLE;
	}
	if (!in_time(c, p->at)) {
		gh_fail(err, GH_E_CRYPTO, "responder '%s' is not valid at that time",
		    gh_cert_cn(c));
		return GH_OCSP_TIME;
	}
	return GH_OCSP_SOUND;
}

/* What OpenSSL is to find: the responder, if it is not the issuer, then issuer .. root. */
struct walk {
	const struct gh_cert *responder;
	const struct gh_ocsp_path *path;
};

static const struct gh_cert *walk_at(const struct walk *w, size_t i)
{
	const struct gh_certs *cs = w->path->chain;
	size_t k = w->path->issuer + i;

	if (!same_cert(w->responder, cs->at[w->path->issuer])) {
		if (i == 0)
			return w->responder;
		k--;
	}
	return k < cs->n ? cs->at[k] : NULL;
}

/* Stands in for OpenSSL's last step (signatures and dates, judged by us already): the path
 * that it built must be ours, no other certificate in it. */
static int same_path(X509_STORE_CTX *ctx)
{
	const struct walk *w = X509_STORE_get_ex_data(X509_STORE_CTX_get0_store(ctx), 0);
	STACK_OF(X509) *path = X509_STORE_CTX_get0_chain(ctx);
	size_t n = (size_t)sk_X509_num(path);
	bool same = walk_at(w, n) == NULL;

	for (size_t i = 0; same && i < n; i++)
		same = walk_at(w, i) != NULL && X509_cmp(sk_X509_value(path, (int)i),
						    gh_cert_x509(walk_at(w, i))) == 0;
	if (!same)
		X509_STORE_CTX_set_error(ctx, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT);
	return same;
}

static X509_STORE *store_of(struct walk *w)
{
	const struct gh_certs *cs = w->path->chain;
	X509_STORE *store = X509_STORE_new();
	X509_VERIFY_PARAM *param;

	if (store == NULL)
		return NULL;
	param = X509_STORE_get0_param(store);
	X509_VERIFY_PARAM_set_time(param, (time_t)w->path->at);
	X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT);
	X509_VERIFY_PARAM_set_depth(param, WALK_MAX);
	X509_STORE_set_verify(store, same_path);
	if (X509_STORE_add_cert(store, gh_cert_x509(cs->at[cs->n - 1])) == 1 &&
	    X509_STORE_set_ex_data(store, 0, w) == 1)
		return store;
	X509_STORE_free(store);
	return NULL;
}

/* OpenSSL's own word, without the response's signature: extensions and key usages of the
 * path, the certIDs against the issuer, the delegation. */
static enum gh_ocsp_fault verify_whole(
    const struct gh_ocsp *r, struct walk *w, struct gh_err *err)
{
	STACK_OF(X509) *pool = stack_of(w->path->chain, w->path->issuer);
	X509_STORE *store = store_of(w);
	unsigned long e;
	int ok = -1;

	if (pool != NULL && store != NULL &&
	    sk_X509_unshift(pool, gh_cert_x509(w->responder)) > 0)
		ok = OCSP_basic_verify(
		    gh_ocsp_basic(r), pool, store, OCSP_NOSIGS | OCSP_NOEXPLICIT);
	e = ERR_peek_last_error();
	if (ok != 1)
		gh_fail(err, GH_E_CRYPTO, "OCSP verification: %s",
		    e == 0 ? "refused" : ERR_reason_error_string(e));
	X509_STORE_free(store);
	sk_X509_free(pool);
	ERR_clear_error();
	return ok == 1 ? GH_OCSP_SOUND : GH_OCSP_PATH;
}

enum gh_ocsp_fault gh_ocsp_delegated(const struct gh_ocsp *r,
    const struct gh_cert *responder, const struct gh_ocsp_path *path, struct gh_err *err)
{
	const struct gh_cert *issuer = path->chain->at[path->issuer];
	struct walk w = {responder, path};
	enum gh_ocsp_fault f;

	if (path->chain->n - path->issuer > WALK_MAX) {
		gh_fail(err, GH_E_CRYPTO, "a chain of %zu certificates", path->chain->n);
		return GH_OCSP_PATH;
	}
	if (!uses_p384(responder) || strcmp(gh_ocsp_sigalg(r), SIGALG) != 0) {
		gh_fail(err, GH_E_CRYPTO, "%s by '%s': want EC P-384 and " SIGALG,
		    gh_ocsp_sigalg(r), gh_cert_cn(responder));
		return GH_OCSP_ALGORITHM;
	}
	for (size_t i = 0; i < gh_ocsp_count(r); i++)
		if (gh_ocsp_from_issuer(r, issuer, i) != (int)i) {
			gh_fail(err, GH_E_CRYPTO,
			    "it speaks about another issuer than '%s'",
			    gh_cert_cn(issuer));
			return GH_OCSP_ISSUER;
		}
	f = same_cert(responder, issuer) ? GH_OCSP_SOUND
					 : judge_delegate(responder, path, err);
	if (f == GH_OCSP_SOUND)
		f = judge_issuers(path, err);
	return f == GH_OCSP_SOUND ? verify_whole(r, &w, err) : f;
}

/* 1 good, 0 bad: under the responder's key and no other. */
static int compute_signature(const struct gh_ocsp *r, const struct gh_cert *responder)
{
	STACK_OF(X509) *one = sk_X509_new_null();
	int ok = 0;

	if (one != NULL && sk_X509_push(one, gh_cert_x509(responder)) > 0)
		ok = OCSP_basic_verify(
		    gh_ocsp_basic(r), one, NULL, OCSP_NOVERIFY | OCSP_NOINTERN);
	sk_X509_free(one);
	ERR_clear_error();
	return ok == 1;
}

enum gh_ocsp_fault gh_ocsp_signature(const struct gh_ocsp *r,
    const struct gh_cert *responder, struct gh_memo *memo, struct gh_err *err)
{
	uint8_t both[68] = "ocsp", digest[32];
	int good;

	memcpy(both + 4, gh_ocsp_sha256(r), 32);
	memcpy(both + 36, gh_cert_sha256(responder), 32);
	if (gh_sha256(both, sizeof both, digest, err) < 0)
		return GH_OCSP_SIGNATURE;
	good = gh_memo_recall(memo, digest);
	if (good < 0) {
		good = compute_signature(r, responder);
		gh_memo_keep(memo, digest, good == 1);
	}
	if (good == 1)
		return GH_OCSP_SOUND;
	gh_fail(err, GH_E_CRYPTO, "the signature is not good under the key of '%s'",
	    gh_cert_cn(responder));
	return GH_OCSP_SIGNATURE;
}

enum gh_ocsp_fault gh_ocsp_signed(
    const struct gh_ocsp *r, const struct gh_ocsp_path *path, struct gh_err *err)
{
	gh_auto(struct gh_cert *, gh_cert_free) responder = NULL;
	enum gh_ocsp_fault f;

	if (gh_ocsp_responder(r, path->chain, path->memo, &responder, err) < 0)
		return GH_OCSP_NO_RESPONDER;
	f = gh_ocsp_delegated(r, responder, path, err);
	return f == GH_OCSP_SOUND ? gh_ocsp_signature(r, responder, path->memo, err) : f;
}
