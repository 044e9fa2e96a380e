/* SPDX-License-Identifier: Apache-2.0
 * One OCSP response judged by itself: form, signer, signature, window, what it says. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "evidence/ocsp.h"
#include "evidence/tee.h"

#define PATH_MAX_LEN 8  /* certificates from responder to root */
#define TRIES_MAX    64 /* issuers of a fitting name whose signature is tried */

struct work {
	struct gh_tee t;
	const struct gh_context *ctx;
	struct gh_ocsp *r;
	struct gh_cert *responder; /* NULL: not at hand */
	struct gh_certs own;       /* carried by the response */
	struct gh_certs path;      /* responder first */
	bool whole;                /* path ends in a self-signed certificate */
	unsigned int tries;
};

static void work_end(struct work *w)
{
	gh_ocsp_free(&w->r);
	gh_cert_free(&w->responder);
	gh_certs_free(&w->own);
	gh_certs_free(&w->path);
}

static void judge_parse(struct work *w, struct gh_bytes der)
{
	struct gh_finding *f = gh_tee_step(&w->t, "ocsp.parse", "", "OCSP response");
	struct gh_err e = {0};

	gh_say(&f->expected, "one successful basic response, version 1, DER");
	if (gh_ocsp_from_der(&w->r, der.p, der.len, &e) == 0) {
		gh_say(&f->observed, "%zu bytes, %zu certificate%s, responder %s",
		    der.len, gh_ocsp_count(w->r), gh_ocsp_count(w->r) > 1 ? "s" : "",
		    gh_ocsp_responder_id(w->r));
		gh_tee_settle(&w->t, f, "");
		return;
	}
	gh_say(&f->observed, "%s", e.what);
	gh_tee_settle(&w->t, f,
	    e.code == GH_E_REMOTE ? "ocsp.parse.unsuccessful" : "ocsp.parse.form");
	gh_say(&f->why, "only a whole, signed answer says anything about a certificate");
	gh_say(&f->remedy, "Ask the responder again: https://ocsp.ndis.nvidia.com/");
}

/* ---- the responder and those above it --------------------------------------------------- */

static struct gh_cert *issuer_in(
    struct work *w, const struct gh_certs *pool, const struct gh_cert *c)
{
	for (size_t i = 0; pool != NULL && i < pool->n; i++) {
		if (!gh_cert_names_chain(c, pool->at[i]) || w->tries >= TRIES_MAX)
			continue;
		w->tries++;
		if (gh_memo_signed_by(w->ctx->memo, c, pool->at[i], NULL) == 0)
			return pool->at[i];
	}
	return NULL;
}

static int build_path(struct work *w, struct gh_err *err)
{
	struct gh_cert *c = w->responder;

	while (c != NULL && w->path.n < PATH_MAX_LEN) {
		if (gh_certs_add(&w->path, gh_cert_share(c), err) < 0)
			return -1;
		w->whole = gh_cert_names_chain(c, c);
		if (w->whole)
			return 0;
		struct gh_cert *up = issuer_in(w, w->ctx->certs, c);

		c = up != NULL ? up : issuer_in(w, &w->own, c);
	}
	return 0;
}

/* A certificate of the response that cannot be read is as good as absent. */
static int find_signer(struct work *w, struct gh_err *err)
{
	if (gh_ocsp_certs(w->r, w->ctx->memo, &w->own, NULL) < 0)
		gh_certs_free(&w->own);
	if (gh_ocsp_responder(w->r, w->ctx->certs, w->ctx->memo, &w->responder, NULL) < 0)
		return 0;
	return build_path(w, err);
}

/* The response's instant inside its window: now if that is open, else its thisUpdate. */
static int64_t signing_time(const struct work *w)
{
	for (size_t i = 0; i < gh_ocsp_count(w->r); i++)
		if (gh_ocsp_window(gh_ocsp_single(w->r, i), w->ctx->at) == 0)
			return w->ctx->at;
	return gh_ocsp_single(w->r, 0)->this_update;
}

static void tell_missing(const struct work *w, struct gh_finding *f)
{
	const struct gh_cert *top = w->path.n > 0 ? w->path.at[w->path.n - 1] : NULL;

	gh_judge(f, GH_UNKNOWN, "ocsp.signer.missing");
	if (top != NULL)
		gh_say(&f->observed, "'%s' is not at hand, which issued '%s'",
		    gh_cert_issuer_cn(top), gh_cert_cn(top));
	else
		gh_say(&f->observed, "the certificate of responder '%s' is not at hand",
		    gh_ocsp_responder_id(w->r));
	gh_say(&f->why, "without the chain up to the root nobody knows who signed this");
	gh_say(&f->remedy, "Give the chain that the answer is about along (--with).");
}

static const struct gh_anchor *find_anchor(struct work *w, const char **why)
{
	const struct gh_cert *root = w->path.at[w->path.n - 1];
	const struct gh_anchor *a =
	    gh_tee_anchor(&w->t, GH_ROOT_NVIDIA_DEVICE, root, why);

	if (a == NULL && strcmp(*why, "unpinned") == 0)
		a = gh_tee_anchor(&w->t, GH_ROOT_NVIDIA_RIM, root, why);
	return a;
}

static void refuse_signer(struct gh_tee *t, struct gh_finding *f, const char *word)
{
	char code[40];

	snprintf(code, sizeof code, "ocsp.signer.%s", word);
	gh_tee_settle(t, f, code);
	gh_say(&f->why,
	    "anyone can sign an answer; only who issued the certificate, or its "
	    "delegate, may");
	gh_say(&f->remedy, "Do not use this answer. Ask https://ocsp.ndis.nvidia.com/.");
}

static void judge_signer(struct work *w)
{
	struct gh_finding *f =
	    gh_tee_step(&w->t, "ocsp.signer", "ocsp.parse", "responder");
	struct gh_ocsp_path path = {
	    .chain = &w->path, .at = signing_time(w), .memo = w->ctx->memo};
	struct gh_err e = {0};
	const char *why = "";
	enum gh_ocsp_fault fault;

	gh_say(&f->expected, "an OCSP signer of the issuer, below a pinned NVIDIA root");
	if (w->responder != NULL)
		gh_say(&f->title, "%s", gh_cert_cn(w->responder));
	if (!w->whole) {
		tell_missing(w, f);
		return;
	}
	if (find_anchor(w, &why) == NULL) {
		gh_say(&f->observed, "the root '%s' is %s",
		    gh_cert_cn(w->path.at[w->path.n - 1]),
		    strcmp(why, "lab") == 0 ? "a LAB root, not accepted here"
					    : "not pinned");
		refuse_signer(&w->t, f, why);
		return;
	}
	path.issuer = w->path.n > 1 && !gh_cert_is_ca(w->responder);
	fault = gh_ocsp_delegated(w->r, w->responder, &path, &e);
	if (fault != GH_OCSP_SOUND) {
		gh_say(&f->observed, "%s", e.what);
		refuse_signer(&w->t, f, gh_ocsp_fault_word(fault));
		return;
	}
	gh_say(&f->observed, "speaks for '%s'", gh_cert_cn(w->path.at[path.issuer]));
	gh_tee_settle(&w->t, f, "");
}

static void judge_signature(struct work *w)
{
	struct gh_finding *f =
	    gh_tee_step(&w->t, "ocsp.signature", "ocsp.signer", "signature");
	struct gh_err e = {0};

	gh_say(&f->expected, "ecdsa-with-SHA384 by the responder");
	gh_say(&f->observed, "%s", gh_ocsp_sigalg(w->r));
	if (w->responder != NULL &&
	    gh_ocsp_signature(w->r, w->responder, w->ctx->memo, &e) != GH_OCSP_SOUND) {
		gh_say(&f->observed, "%s", e.what);
		gh_tee_settle(&w->t, f, "ocsp.signature.bad");
		gh_say(&f->why, "the answer was changed, or another key made it");
		gh_say(&f->remedy, "Ask the responder again; keep these bytes.");
		return;
	}
	gh_tee_settle(&w->t, f, "");
}

/* ---- what it says ------------------------------------------------------------------------- */

static void say_nonce(const struct work *w, struct gh_finding *f)
{
	struct gh_bytes nonce = gh_ocsp_nonce(w->r);

	gh_say(
	    &f->why, nonce.p == NULL
			 ? "it carries no nonce: a cached answer, good in its window only"
			 : "its nonce is nobody's question here: it counts as cached");
}

static void judge_time(struct work *w)
{
	struct gh_finding *f =
	    gh_tee_step(&w->t, "ocsp.time", "ocsp.signature", "window");
	char from[GH_TIME_LEN], to[GH_TIME_LEN] = "one hour later", at[GH_TIME_LEN];
	const struct gh_ocsp_single *s = gh_ocsp_single(w->r, 0);
	int window = 0;

	for (size_t i = 0; i < gh_ocsp_count(w->r) && window == 0; i++) {
		s = gh_ocsp_single(w->r, i);
		window = gh_ocsp_window(s, w->ctx->at);
	}
	gh_time_text(from, s->this_update);
	gh_time_text(at, w->ctx->at);
	if (s->next_update != INT64_MIN)
		gh_time_text(to, s->next_update);
	gh_say(&f->expected, "%s .. %s, give or take %d s", from, to, GH_OCSP_SLACK_S);
	gh_say(&f->observed, "judged at %s", at);
	say_nonce(w, f);
	gh_tee_settle(&w->t, f, window < 0 ? "ocsp.time.not-yet" : "");
	if (window > 0 && f->verdict == GH_PASS)
		gh_judge(f, GH_STALE, "ocsp.time.stale");
	if (window != 0)
		gh_say(
		    &f->remedy, "Ask the responder again: https://ocsp.ndis.nvidia.com/");
}

static const char *const status_word[] = {
    [GH_OCSP_UNKNOWN] = "unknown",
    [GH_OCSP_GOOD] = "good",
    [GH_OCSP_HOLD] = "hold",
    [GH_OCSP_REVOKED] = "revoked",
};

static void judge_status(struct work *w, size_t i)
{
	const struct gh_ocsp_single *s = gh_ocsp_single(w->r, i);
	char step[40], code[32] = "", since[GH_TIME_LEN];
	gh_auto(struct gh_buf, gh_buf_free) hex = {0};

	snprintf(step, sizeof step, "ocsp.status.%zu", i);
	if (s->status != GH_OCSP_GOOD)
		snprintf(code, sizeof code, "ocsp.status.%s", status_word[s->status]);
	gh_buf_hex(&hex, s->serial.p, s->serial.len);
	struct gh_finding *f = gh_tee_step(&w->t, step, "ocsp.time", "certificate");

	gh_say(&f->title, "certificate %s", gh_buf_cstr(&hex));
	gh_say(&f->expected, "good");
	gh_say(&f->observed, "%s", status_word[s->status]);
	if (s->revoked_at != INT64_MIN) {
		gh_time_text(since, s->revoked_at);
		gh_say(&f->observed, "%s since %s: %s", status_word[s->status], since,
		    gh_ocsp_reason_word(s->reason));
	}
	gh_tee_settle(&w->t, f, code);
	if (*code == '\0')
		return;
	gh_say(&f->why, "the issuer no longer stands by this certificate");
	gh_say(&f->remedy,
	    "Do not trust what this certificate signs; ask NVIDIA what happened.");
}

static void claim_time(struct gh_subject *s, const char *key, int64_t at)
{
	char text[GH_TIME_LEN] = "none";

	if (at != INT64_MIN)
		gh_time_text(text, at);
	gh_claim(s, key, "%s", text);
}

static void claim_single(struct gh_subject *sub, const struct gh_ocsp_single *s, size_t i)
{
	static const char *const name[] = {
	    "serial", "status", "reason", "this_update", "next_update"};
	char key[GH_COUNT(name)][24];

	for (size_t k = 0; k < GH_COUNT(name); k++)
		if (i == 0)
			snprintf(key[k], sizeof key[k], "%s", name[k]);
		else
			snprintf(key[k], sizeof key[k], "%s_%zu", name[k], i);
	gh_claim_hex(sub, key[0], s->serial.p, s->serial.len);
	gh_claim(sub, key[1], "%s", status_word[s->status]);
	if (s->revoked_at != INT64_MIN)
		gh_claim(sub, key[2], "%s", gh_ocsp_reason_word(s->reason));
	claim_time(sub, key[3], s->this_update);
	claim_time(sub, key[4], s->next_update);
}

static void claim(const struct work *w, struct gh_subject *sub)
{
	struct gh_bytes nonce = gh_ocsp_nonce(w->r);

	gh_claim(sub, "responder", "%s", gh_ocsp_responder_id(w->r));
	claim_time(sub, "produced_at", gh_ocsp_produced_at(w->r));
	if (nonce.p != NULL)
		gh_claim_hex(sub, "nonce", nonce.p, nonce.len);
	else
		gh_claim(sub, "nonce", "none");
	for (size_t i = 0; i < gh_ocsp_count(w->r); i++)
		claim_single(sub, gh_ocsp_single(w->r, i), i);
}

int gh_ocsp_verify(struct gh_result *out, const char *subject, struct gh_bytes der,
    const struct gh_context *ctx, struct gh_err *err)
{
	gh_auto(struct work, work_end) w = {.ctx = ctx};
	struct gh_subject *sub = gh_result_subject(out, subject, "ocsp");

	if (gh_tee_begin(&w.t, out, subject, der, ctx, err) < 0)
		return -1;
	judge_parse(&w, der);
	if (w.r == NULL)
		return gh_result_ok(out, err);
	claim(&w, sub);
	if (find_signer(&w, err) < 0)
		return -1;
	judge_signer(&w);
	judge_signature(&w);
	judge_time(&w);
	for (size_t i = 0; i < gh_ocsp_count(w.r); i++)
		judge_status(&w, i);
	gh_tee_end(&w.t);
	return gh_result_ok(out, err);
}
