/* SPDX-License-Identifier: Apache-2.0
 * Asks the OCSP answers at hand about each certificate of a chain, and judges the worst. */
#include "evidence/gpu_revocation.h"

#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "evidence/ocsp.h"

#define CERTS_MAX 8
#define OID_CDP   "2.5.29.31" /* cRLDistributionPoints */

/* One finding in the making. */
struct work {
	struct gh_finding *f;
	const struct gh_certs *chain;
	const struct gh_context *ctx;
	size_t first, end; /* certificates first .. end - 1 are asked about */
	const char *step;
	bool holds;                              /* what the step stands on */
	bool hold_warns;                         /* certificateHold is a warning here */
	struct gh_ocsp_answer answer[CERTS_MAX]; /* by index in chain */
};

/* ---- revocation lists: a floor under the answers ---------------------------------------- */

/* A list with a critical extension is a part of one (delta, partition): not being on it
 * says nothing. */
static bool is_whole_list(const struct gh_crl *crl)
{
	return X509_CRL_get_ext_by_critical(gh_crl_x509(crl), 1, -1) < 0;
}

static bool is_open(const struct gh_crl *crl, int64_t at)
{
	struct gh_ocsp_single window = {.this_update = gh_crl_this_update(crl),
	    .next_update = gh_crl_next_update(crl)};

	return window.next_update != INT64_MIN && gh_ocsp_window(&window, at) == 0;
}

static void ask_list(struct work *w, size_t i, const struct gh_crl *crl)
{
	const struct gh_cert *cert = w->chain->at[i], *issuer = w->chain->at[i + 1];
	struct gh_ocsp_answer *a = &w->answer[i];
	char when[GH_TIME_LEN] = "some day";
	int64_t since = INT64_MIN;

	if (!gh_crl_names(crl, issuer) ||
	    (X509_get_key_usage(gh_cert_x509(issuer)) & KU_CRL_SIGN) == 0 ||
	    gh_memo_crl_signed_by(w->ctx->memo, crl, issuer, NULL) < 0)
		return;
	if (gh_crl_revokes(crl, cert, &since)) {
		if (since != INT64_MIN)
			gh_time_text(when, since);
		a->word = GH_REV_REVOKED;
		snprintf(a->fact, sizeof a->fact,
		    "revoked since %s, by the revocation list of '%.100s'", when,
		    gh_cert_cn(issuer));
	} else if (a->word == GH_REV_NONE && is_open(crl, w->ctx->at) &&
		   is_whole_list(crl) && gh_cert_ext(cert, OID_CDP, NULL).p != NULL) {
		a->word = GH_REV_LISTED;
		a->next_update = gh_crl_next_update(crl);
		gh_time_text(when, a->next_update);
		snprintf(a->fact, sizeof a->fact, "%s until %s",
		    gh_revocation_word(a->word), when);
	}
}

static void ask_lists(struct work *w, size_t i)
{
	for (size_t k = 0; k < w->ctx->crls.n; k++) {
		struct gh_bytes der = w->ctx->crls.at[k];
		gh_auto(struct gh_crl *, gh_crl_free) crl = NULL;

		if (gh_memo_crl(w->ctx->memo, &crl, der.p, der.len, NULL) == 0)
			ask_list(w, i, crl);
	}
}

/* ---- the worst of all ------------------------------------------------------------------- */

static const struct rule {
	enum gh_revocation word;
	enum gh_verdict verdict;
	const char *code, *why, *remedy;
} rules[] = {
    {GH_REV_REVOKED, GH_FAIL, "revoked",
	"NVIDIA took the certificate back: what it signs proves nothing any more",
	"Take the device or RIM out of service and ask NVIDIA what happened."},
    {GH_REV_HOLD, GH_FAIL, "hold",
	"NVIDIA suspended the certificate: it may come back, or be revoked for good",
	"Wait and ask again, or take the newest RIM; do not admit work meanwhile."},
    {GH_REV_UNKNOWN, GH_FAIL, "unknown",
	"the issuer's own responder does not know this certificate",
	"Treat it as not issued by NVIDIA until NVIDIA says otherwise."},
    {GH_REV_SIGNER, GH_FAIL, "signer",
	"an answer of someone who may not speak for the issuer was given as evidence",
	"Do not use this answer. Ask https://ocsp.ndis.nvidia.com/ directly."},
    {GH_REV_NONCE, GH_FAIL, "nonce",
	"the answer belongs to another question: it may be a replay",
	"Ask again with a new nonce."},
    {GH_REV_NOT_YET, GH_FAIL, "not-yet",
	"an answer from the future means that a clock is wrong",
	"Check the clock here and the verification time, then ask again."},
    {GH_REV_STALE, GH_STALE, "stale", "the certificate may have been revoked since",
	"Ask https://ocsp.ndis.nvidia.com/ again."},
    {GH_REV_NONE, GH_UNKNOWN, "missing",
	"whether NVIDIA took a certificate back is not known",
	"Ask https://ocsp.ndis.nvidia.com/ about each certificate, give the answers "
	"along."},
};

/* NULL: all are good. */
static const struct rule *worst_of(const struct work *w)
{
	for (size_t k = 0; k < GH_COUNT(rules); k++)
		for (size_t i = w->first; i < w->end; i++)
			if (w->answer[i].word == rules[k].word)
				return &rules[k];
	return NULL;
}

static void judge(struct work *w, enum gh_verdict v, const char *word)
{
	char code[80];

	snprintf(code, sizeof code, "%s.%s", w->step, word);
	gh_judge(w->f, v, code);
}

/* "GH100 A01 GSP BROM: good (cached) until ..; NVIDIA GH100 Provisioner ICA 1: .." */
static void tell_all(const struct work *w)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	for (size_t i = w->first; i < w->end; i++)
		gh_buf_fmt(&text, "%s%s: %s", i > w->first ? "; " : "",
		    gh_cert_cn(w->chain->at[i]), w->answer[i].fact);
	gh_say(&w->f->observed, "%s", gh_buf_cstr(&text));
}

/* Nobody asked, and the policy does not ask for it: said in words, but no blocker. */
static void tell_not_asked(struct work *w)
{
	judge(w, GH_SKIP, "not-asked");
	w->f->severity = GH_SEV_INFO;
	gh_say(&w->f->why, "revocation: not asked. No OCSP answer was given, so a "
			   "certificate that NVIDIA took back would not be noticed here");
	gh_say(&w->f->remedy,
	    "Give OCSP answers along, and set nvidia.revocation in the policy.");
}

static void judge_bad(struct work *w, const struct rule *r)
{
	bool warn = r->word == GH_REV_HOLD && w->hold_warns;

	if (r->verdict != GH_FAIL && !w->holds) {
		gh_gpu_settle(w->f, false, w->f->observed);
		return;
	}
	if (r->word == GH_REV_NONE && w->ctx->ocsps.n == 0 &&
	    !gh_gpu_policy(w->ctx)->revocation) {
		tell_not_asked(w);
		return;
	}
	judge(w, warn && w->holds ? GH_WARN : r->verdict, r->code);
	if (warn && w->holds)
		w->f->severity = GH_SEV_WARN;
	gh_say(&w->f->why, "%s%s", r->why, warn ? " (the policy lets it pass)" : "");
	gh_say(&w->f->remedy, "%s", r->remedy);
}

/* Every certificate is good; the weakest grade and the earliest end count. */
static void judge_good(struct work *w)
{
	enum gh_revocation grade = GH_REV_FRESH;
	char end[GH_TIME_LEN] = "", fact[160];
	int64_t until = INT64_MAX;

	for (size_t i = w->first; i < w->end; i++) {
		const struct gh_ocsp_answer *a = &w->answer[i];

		grade = a->word < grade ? a->word : grade;
		if (a->next_update != INT64_MIN && a->next_update < until)
			until = a->next_update;
	}
	if (until != INT64_MAX)
		gh_time_text(end, until);
	if (gh_gpu_policy(w->ctx)->ocsp_nonce && grade != GH_REV_FRESH && w->holds) {
		judge(w, GH_UNKNOWN, "no-nonce");
		gh_say(&w->f->why, "the policy wants answers that carry our own nonce; a "
				   "cached one may be hours old");
		gh_say(&w->f->remedy, "Ask online, with a nonce, at the time of the "
				      "check; or allow cached answers (ocsp_nonce).");
		return;
	}
	snprintf(fact, sizeof fact, "%zu of %zu %s%s%s", w->end - w->first,
	    w->end - w->first, gh_revocation_word(grade),
	    *end != '\0' ? ", the first until " : "", end);
	gh_gpu_settle(w->f, w->holds, fact);
}

static void judge_chain(struct work *w)
{
	const struct rule *bad;

	for (size_t i = w->first; i < w->end; i++) {
		struct gh_ocsp_ask ask = {.chain = w->chain, .cert = i, .ctx = w->ctx};

		gh_ocsp_judge(&w->answer[i], &ask);
		ask_lists(w, i);
	}
	tell_all(w);
	bad = worst_of(w);
	if (bad != NULL)
		judge_bad(w, bad);
	else
		judge_good(w);
}

static const struct gh_anchor *anchor_of(
    const struct gh_context *ctx, enum gh_root kind, const struct gh_certs *chain)
{
	const struct gh_anchor *a;

	if (chain == NULL || chain->n < 2 || chain->n > CERTS_MAX)
		return NULL;
	a = gh_trust_find(ctx->trust, kind, gh_cert_spki_sha256(chain->at[chain->n - 1]));
	return a != NULL && (!a->lab || ctx->allow_lab) ? a : NULL;
}

void gh_gpu_revocation_judge(struct gh_gpu_case *c)
{
	struct work w = {
	    .f = gh_gpu_begin(c, "gpu.revocation", "gpu.chain.leaf", "revocation"),
	    .chain = &c->certs,
	    .ctx = c->ctx,
	    .first = 1, /* the responder does not know the leaf: the device made it */
	    .end = GH_GPU_CERTS - 1,
	    .step = "gpu.revocation",
	    .holds = c->chain_ok,
	};

	gh_say(&w.f->expected,
	    "BROM, provisioner and identity CA good, by answers in their window");
	if (!c->have_chain || anchor_of(c->ctx, GH_ROOT_NVIDIA_DEVICE, &c->certs) == NULL)
		gh_gpu_settle(w.f, false, "no chain up to a pinned root to ask about");
	else
		judge_chain(&w);
}

/* The newest finding of that name counts. */
static bool parent_holds(const struct gh_findings *fs, const struct gh_rim_revocation *r)
{
	for (size_t i = fs->n; i-- > 0;) {
		const struct gh_finding *f = &fs->at[i];

		if (strcmp(f->step, r->parent) == 0 &&
		    strcmp(f->subject, r->subject) == 0)
			return f->verdict == GH_PASS || f->verdict == GH_WARN;
	}
	return false;
}

void gh_rim_revocation_judge(struct gh_findings *out, const struct gh_rim_revocation *r,
    const struct gh_context *ctx)
{
	const struct gh_anchor *a = anchor_of(ctx, GH_ROOT_NVIDIA_RIM, r->chain);
	struct work w = {
	    .chain = r->chain,
	    .ctx = ctx,
	    .end = a == NULL ? 0 : r->chain->n - 1,
	    .step = r->step,
	    .holds = parent_holds(out, r),
	    .hold_warns = gh_gpu_policy(ctx)->rim_hold,
	};

	w.f = gh_findings_add(out, r->subject, r->step);
	gh_say(&w.f->parent, "%s", r->parent);
	gh_say(&w.f->title, "revocation");
	gh_say(&w.f->source, "%s", r->source != NULL ? r->source : "");
	gh_say(&w.f->expected, "the RIM's signer and the CAs above it good");
	w.f->assurance = GH_A3;
	w.f->lab = a != NULL && a->lab;
	if (a == NULL)
		gh_gpu_settle(w.f, false, "no chain up to a pinned root to ask about");
	else
		judge_chain(&w);
}
