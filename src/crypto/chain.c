/* SPDX-License-Identifier: Apache-2.0
 * A chain of certificates, judged link by link and as a whole. */
#include "crypto/chain.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "crypto/library.h"

#define CHAIN_MAX 16

static struct gh_link judge_link(const struct gh_chain *ch, size_t i)
{
	const struct gh_certs *cs = ch->certs;
	const struct gh_cert *c = cs->at[i];
	const struct gh_cert *issuer = cs->at[i + 1 < cs->n ? i + 1 : i];
	struct gh_link l = {
	    .issuer_name = gh_cert_names_chain(c, issuer),
	    .signature = gh_memo_signed_by(ch->memo, c, issuer, NULL) == 0,
	    .in_time = gh_cert_not_before(c) <= ch->at && ch->at <= gh_cert_not_after(c),
	};

	if (i == 0 && cs->n > 1)
		l.role = !gh_cert_is_ca(c);
	else
		l.role = gh_cert_is_ca(c) &&
			 (X509_get_key_usage(gh_cert_x509(c)) & KU_KEY_CERT_SIGN) != 0;
	l.ok = l.issuer_name && l.signature && l.in_time && l.role;
	return l;
}

static int explain(const struct gh_cert *c, const struct gh_link *l, struct gh_err *err)
{
	if (!l->issuer_name)
		return gh_fail(err, GH_E_CRYPTO,
		    "'%s' was issued by '%s', which is not the next certificate",
		    gh_cert_cn(c), gh_cert_issuer_cn(c));
	if (!l->signature)
		return gh_fail(err, GH_E_CRYPTO, "the signature on '%s' does not verify",
		    gh_cert_cn(c));
	if (!l->in_time)
		return gh_fail(
		    err, GH_E_CRYPTO, "'%s' is not valid at this time", gh_cert_cn(c));
	return gh_fail(
	    err, GH_E_CRYPTO, "'%s' has the wrong role for its place", gh_cert_cn(c));
}

/* Stands in for OpenSSL's last step, which would compute every signature and compare every
 * date once more: the links were judged one by one already. What remains to be shown is
 * that the path it built is our chain. */
static int same_path(X509_STORE_CTX *ctx)
{
	const struct gh_chain *ch = X509_STORE_CTX_get_app_data(ctx);
	STACK_OF(X509) *path = X509_STORE_CTX_get0_chain(ctx);
	bool same = (size_t)sk_X509_num(path) == ch->certs->n;

	for (size_t i = 0; same && i < ch->certs->n; i++)
		same = X509_cmp(sk_X509_value(path, (int)i),
			   gh_cert_x509(ch->certs->at[i])) == 0;
	if (!same)
		X509_STORE_CTX_set_error(ctx, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT);
	return same;
}

/* OpenSSL's own path validation over exactly these certificates: names, extensions, key
 * usages, path lengths. */
static int verify_path(const struct gh_chain *ch, struct gh_err *err)
{
	const struct gh_certs *cs = ch->certs;
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new_ex(gh_ossl(), NULL);
	STACK_OF(X509) *between = sk_X509_new_null();
	X509_VERIFY_PARAM *param;
	int ok = store != NULL && ctx != NULL && between != NULL;

	for (size_t i = 1; ok && i + 1 < cs->n; i++)
		ok = sk_X509_push(between, gh_cert_x509(cs->at[i])) > 0;
	if (ok)
		X509_STORE_set_verify(store, same_path);
	ok = ok && X509_STORE_add_cert(store, gh_cert_x509(cs->at[cs->n - 1])) == 1 &&
	     X509_STORE_CTX_init(ctx, store, gh_cert_x509(cs->at[0]), between) == 1 &&
	     X509_STORE_CTX_set_app_data(ctx, (void *)(uintptr_t)ch) == 1;
	if (ok) {
		param = X509_STORE_CTX_get0_param(ctx);
		X509_VERIFY_PARAM_set_time(param, (time_t)ch->at);
		X509_VERIFY_PARAM_set_flags(
		    param, X509_V_FLAG_CHECK_SS_SIGNATURE |
			       (ch->strict ? X509_V_FLAG_X509_STRICT : 0UL));
		X509_VERIFY_PARAM_set_depth(param, CHAIN_MAX);
		ok = X509_verify_cert(ctx) == 1 &&
		     (size_t)sk_X509_num(X509_STORE_CTX_get0_chain(ctx)) == cs->n;
		if (!ok)
			gh_fail(err, GH_E_CRYPTO, "path validation: %s",
			    X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
	} else {
		gh_fail(err, GH_E_NOMEM, "out of memory");
	}
	sk_X509_free(between);
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	ERR_clear_error();
	return ok ? 0 : -1;
}

int gh_chain_verify(const struct gh_chain *ch, struct gh_link *links, struct gh_err *err)
{
	int rc = 0;

	if (ch->certs->n == 0 || ch->certs->n > CHAIN_MAX)
		return gh_fail(
		    err, GH_E_CRYPTO, "a chain of %zu certificates", ch->certs->n);
	for (size_t i = ch->certs->n; i-- > 0;)
		links[i] = judge_link(ch, i);
	for (size_t i = ch->certs->n; i-- > 0;)
		if (!links[i].ok)
			rc = explain(ch->certs->at[i], &links[i], err);
	return rc < 0 ? rc : verify_path(ch, err);
}
