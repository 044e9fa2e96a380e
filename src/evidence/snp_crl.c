/* SPDX-License-Identifier: Apache-2.0
 * AMD's CRL, judged under the pinned ARK. */
#include "evidence/snp_crl.h"

#include "base/clock.h"

static int check_window(const struct gh_crl *crl, int64_t at, struct gh_err *err)
{
	char from[GH_TIME_LEN], to[GH_TIME_LEN];

	gh_time_text(from, gh_crl_this_update(crl));
	if (at < gh_crl_this_update(crl))
		return gh_fail(err, GH_E_CRYPTO,
		    "the CRL is not valid before its thisUpdate %s", from);
	if (gh_crl_next_update(crl) == INT64_MIN)
		return gh_fail(err, GH_E_CRYPTO,
		    "the CRL names no nextUpdate: nobody can tell when it is stale");
	gh_time_text(to, gh_crl_next_update(crl));
	if (at >= gh_crl_next_update(crl))
		return gh_fail(
		    err, GH_E_CRYPTO, "the CRL had expired: its nextUpdate was %s", to);
	return 0;
}

static enum gh_snp_revocation judge_crl(const struct gh_context *ctx, struct gh_bytes der,
    const struct gh_cert *ark, const struct gh_cert *ask, struct gh_err *err)
{
	gh_auto(struct gh_crl *, gh_crl_free) crl = NULL;

	if (gh_memo_crl(ctx->memo, &crl, der.p, der.len, err) || !gh_crl_names(crl, ark))
		return GH_SNP_CRL_NONE;
	if (!gh_crl_is_pss_sha384(crl)) {
		(void)gh_fail(err, GH_E_CRYPTO,
		    "the CRL is signed with %s, not RSASSA-PSS with SHA-384 and salt 48",
		    gh_crl_sigalg(crl));
		return GH_SNP_CRL_BAD;
	}
	if (gh_memo_crl_signed_by(ctx->memo, crl, ark, err))
		return GH_SNP_CRL_BAD;
	if (gh_crl_revokes(crl, ask, NULL))
		return GH_SNP_CRL_REVOKED;
	return check_window(crl, ctx->at, err) ? GH_SNP_CRL_BAD : GH_SNP_CRL_GOOD;
}

enum gh_snp_revocation gh_snp_crl_check(const struct gh_context *ctx,
    const struct gh_cert *ark, const struct gh_cert *ask, struct gh_err *err)
{
	enum gh_snp_revocation best = GH_SNP_CRL_NONE;

	for (size_t i = 0; i < ctx->crls.n && best != GH_SNP_CRL_REVOKED; i++) {
		struct gh_err why = {0};
		enum gh_snp_revocation one =
		    judge_crl(ctx, ctx->crls.at[i], ark, ask, &why);

		if (one >= best && *why.what && err)
			*err = why;
		if (one > best)
			best = one;
	}
	return best;
}
