/* SPDX-License-Identifier: Apache-2.0
 * Chooses, checks and asks Intel's revocation lists. */
#include "evidence/tdx_revocation.h"

#include <openssl/x509.h>
#include <stdio.h>

#include "base/clock.h"

/* From the least to the most that can be said of a list; the best of all decides. */
static const char *const ranks[] = {
    "missing",
    "format",
    "issuer",
    "algorithm",
    "signature",
    "critical",
    "notyet",
    "expired",
    "",
    "revoked",
};

/* Another CA's list says something only when it could be meant for this one: the lists of
 * other vendors and of the other level lie in the same heap. */
static bool same_kind(const struct gh_crl *crl, const struct gh_cert *issuer)
{
	static const char pck_ca[] = "Intel SGX PCK ";
	const char *cn = gh_crl_issuer_cn(crl);

	if (strncmp(gh_cert_cn(issuer), pck_ca, sizeof(pck_ca) - 1) == 0)
		return strncmp(cn, pck_ca, sizeof(pck_ca) - 1) == 0;
	return strcmp(cn, gh_cert_cn(issuer)) == 0;
}

static bool is_plain(const struct gh_crl *crl)
{
	return X509_CRL_get_ext_by_critical(gh_crl_x509(crl), 1, -1) < 0;
}

static const char *window_fault(const struct gh_crl *crl, int64_t at)
{
	if (at < gh_crl_this_update(crl))
		return "notyet";
	return at > gh_crl_next_update(crl) ? "expired" : "";
}

static const char *list_fault(const struct gh_tdx_job *j, const struct gh_crl *crl,
    const struct gh_cert *issuer, const struct gh_cert *subject)
{
	const char *window = window_fault(crl, j->tee.ctx->at);

	if (!gh_crl_names(crl, issuer))
		return same_kind(crl, issuer) ? "issuer" : "missing";
	if (strcmp(gh_crl_sigalg(crl), "ecdsa-with-SHA256") != 0 ||
	    gh_pubkey_ec_bits(gh_cert_key(issuer)) != 256)
		return "algorithm";
	if (gh_memo_crl_signed_by(j->tee.ctx->memo, crl, issuer, NULL) < 0)
		return "signature";
	if (!is_plain(crl))
		return "critical";
	if (strcmp(window, "notyet") != 0 && gh_crl_revokes(crl, subject, NULL))
		return "revoked";
	return window;
}

static void say_list(struct gh_finding *f, const struct gh_crl *crl)
{
	char from[GH_TIME_LEN], to[GH_TIME_LEN];

	gh_time_text(from, gh_crl_this_update(crl));
	gh_time_text(to, gh_crl_next_update(crl));
	gh_say(&f->observed, "list of '%s', %s to %s, %zu revoked", gh_crl_issuer_cn(crl),
	    from, gh_crl_next_update(crl) == INT64_MIN ? "(no end)" : to,
	    gh_crl_count(crl));
}

const char *gh_tdx_crl_fault(const struct gh_tdx_job *j, const struct gh_cert *issuer,
    const struct gh_cert *subject, struct gh_finding *f)
{
	const struct gh_docs *docs = &j->tee.ctx->crls;
	const char *best = "missing";

	for (size_t i = 0; i < docs->n && i < GH_TDX_DOCS_MAX; i++) {
		gh_auto(struct gh_crl *, gh_crl_free) crl = NULL;
		const char *fault;

		if (gh_memo_crl(
			j->tee.ctx->memo, &crl, docs->at[i].p, docs->at[i].len, NULL) < 0)
			fault = "format";
		else
			fault = list_fault(j, crl, issuer, subject);
		if (gh_tdx_rank(ranks, fault) <= gh_tdx_rank(ranks, best))
			continue;
		best = fault;
		if (crl)
			say_list(f, crl);
		else
			gh_say(&f->observed, "a list that cannot be read");
	}
	return best;
}

/* issuer lists subject, certificates of the quote's chain by their place in it. */
static void judge_list(
    struct gh_tdx_job *j, struct gh_finding *f, size_t subject, const char *name)
{
	const struct gh_cert *issuer;
	const char *fault;
	char code[48];

	if (gh_tdx_lacks(j, f, f->parent))
		return;
	issuer = j->chain.at[subject + 1];
	fault = gh_tdx_crl_fault(j, issuer, j->chain.at[subject], f);
	gh_say(&f->expected, "a list signed by %s, in its window, without this serial",
	    gh_cert_cn(issuer));
	if (strcmp(fault, "missing") == 0) {
		snprintf(code, sizeof(code), "tdx.%s.missing", name);
		gh_say(&f->observed, "no such list was given: not checked");
		gh_judge(f, GH_UNKNOWN, code);
		return;
	}
	j->crl_failed = j->crl_failed || *fault;
	gh_tdx_settle(j, f, name, fault);
	if (strcmp(fault, "revoked") == 0)
		gh_say(&f->remedy,
		    "take this host out of service: Intel no longer vouches for it");
}

void gh_tdx_judge_revocation(struct gh_tdx_job *j)
{
	struct gh_finding *f = gh_tee_step(
	    &j->tee, "tdx.revocation.ca", "tdx.chain.pck_ca", "platform CA not revoked");

	gh_say(&f->why, "Intel revokes a whole CA when it must");
	gh_say(&f->remedy,
	    "fetch the root CRL anew: IntelSGXRootCA.der of Intel's certificate server, "
	    "or rootcacrl of the PCCS");
	judge_list(j, f, GH_TDX_CA, "revocation.ca");
	f = gh_tee_step(&j->tee, "tdx.revocation.pck", "tdx.chain.pck",
	    "platform's key certificate not revoked");
	gh_say(&f->why, "Intel revokes platforms whose keys leaked");
	gh_say(&f->remedy,
	    "fetch the PCK CRL anew: /sgx/certification/v4/pckcrl?ca=platform (or "
	    "processor) of Intel PCS");
	judge_list(j, f, GH_TDX_LEAF, "revocation.pck");
}
