/* SPDX-License-Identifier: Apache-2.0
 * What OCSP responses say of one certificate: the pick among those at hand. */
#include "evidence/ocsp.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/rd.h"

const char *gh_revocation_word(enum gh_revocation r)
{
	static const char *const word[GH_REV_N] = {
	    [GH_REV_NONE] = "no answer",
	    [GH_REV_LISTED] = "good (by the revocation list)",
	    [GH_REV_CACHED] = "good (cached)",
	    [GH_REV_FRESH] = "good (fresh)",
	    [GH_REV_STALE] = "answer too old",
	    [GH_REV_NOT_YET] = "answer from the future",
	    [GH_REV_SIGNER] = "answer of no entitled signer",
	    [GH_REV_NONCE] = "answer to another question",
	    [GH_REV_UNKNOWN] = "unknown to the responder",
	    [GH_REV_HOLD] = "on hold",
	    [GH_REV_REVOKED] = "revoked",
	};

	return word[r];
}

static int64_t later(int64_t at, int64_t seconds)
{
	int64_t sum;

	return gh_add(at, seconds, &sum) ? INT64_MAX : sum;
}

int gh_ocsp_window(const struct gh_ocsp_single *s, int64_t at)
{
	int64_t end = s->next_update == INT64_MIN
			  ? later(s->this_update, GH_OCSP_NO_END_S)
			  : later(s->next_update, GH_OCSP_SLACK_S);

	if (later(at, GH_OCSP_SLACK_S) < s->this_update)
		return -1;
	return at > end;
}

bool gh_ocsp_looks(struct gh_bytes raw)
{
	struct gh_rd r = gh_rd_of(raw.p, raw.len);
	size_t len, more;

	if (gh_rd_u8(&r) != 0x30)
		return false;
	len = gh_rd_u8(&r);
	for (more = len > 0x80 && len <= 0x84 ? len & 0x7f : 0, len = more ? 0 : len;
	     more > 0; more--)
		len = len << 8 | gh_rd_u8(&r);
	/* ENUMERATED of one byte, then [0] or the end: no certificate or list begins so */
	if (len != gh_rd_left(&r) || gh_rd_u8(&r) != 0x0a || gh_rd_u8(&r) != 1 ||
	    gh_rd_u8(&r) > 6 || r.bad)
		return false;
	return gh_rd_left(&r) == 0 || gh_rd_u8(&r) == 0xa0;
}

/* ---- one answer ------------------------------------------------------------------------- */

static enum gh_revocation grade_nonce(const struct gh_ocsp *r, struct gh_bytes asked)
{
	struct gh_bytes have = gh_ocsp_nonce(r);

	if (asked.p == NULL || have.p == NULL)
		return GH_REV_CACHED;
	return have.len == asked.len && memcmp(have.p, asked.p, have.len) == 0
		   ? GH_REV_FRESH
		   : GH_REV_NONCE;
}

/* Of a response whose signer holds. */
static enum gh_revocation word_of(const struct gh_ocsp *r, const struct gh_ocsp_single *s,
    const struct gh_ocsp_ask *ask)
{
	int window = gh_ocsp_window(s, ask->ctx->at);

	if (s->status == GH_OCSP_REVOKED)
		return GH_REV_REVOKED;
	if (window != 0)
		return window < 0 ? GH_REV_NOT_YET : GH_REV_STALE;
	if (s->status == GH_OCSP_GOOD)
		return grade_nonce(r, ask->nonce);
	return s->status == GH_OCSP_HOLD ? GH_REV_HOLD : GH_REV_UNKNOWN;
}

static void tell(struct gh_ocsp_answer *a, const struct gh_ocsp_single *s)
{
	char from[GH_TIME_LEN], to[GH_TIME_LEN] = "", since[GH_TIME_LEN];
	const char *word = gh_revocation_word(a->word);

	gh_time_text(from, s->this_update);
	if (s->next_update != INT64_MIN)
		gh_time_text(to, s->next_update);
	if (s->revoked_at != INT64_MIN) {
		gh_time_text(since, s->revoked_at);
		snprintf(a->fact, sizeof a->fact, "%s since %s (%s), said %s", word,
		    since, gh_ocsp_reason_word(s->reason), from);
		return;
	}
	if (gh_revocation_good(a->word))
		snprintf(a->fact, sizeof a->fact, "%s %s %s", word,
		    *to != '\0' ? "until" : "as of", *to != '\0' ? to : from);
	else
		snprintf(a->fact, sizeof a->fact, "%s (%s .. %s)", word, from,
		    *to != '\0' ? to : "no nextUpdate");
}

static void judge_single(struct gh_ocsp_answer *a, const struct gh_ocsp *r,
    const struct gh_ocsp_single *s, const struct gh_ocsp_ask *ask)
{
	bool open = gh_ocsp_window(s, ask->ctx->at) == 0;
	struct gh_ocsp_path path = {ask->chain, ask->cert + 1,
	    open ? ask->ctx->at : s->this_update, ask->ctx->memo};
	struct gh_err e = {0};

	*a = (struct gh_ocsp_answer){
	    .this_update = s->this_update, .next_update = s->next_update};
	if (gh_ocsp_signed(r, &path, &e) == GH_OCSP_SOUND) {
		a->word = word_of(r, s, ask);
		tell(a, s);
		return;
	}
	a->word = GH_REV_SIGNER;
	snprintf(
	    a->fact, sizeof a->fact, "%s: %.180s", gh_revocation_word(a->word), e.what);
}

/* ---- the pick --------------------------------------------------------------------------- */

/* What an answer is worth against another, before their dates are compared. */
static int weight(enum gh_revocation r)
{
	switch (r) {
	case GH_REV_REVOKED:
		return 4;
	case GH_REV_NONE:
		return 0;
	case GH_REV_SIGNER:
		return 1;
	case GH_REV_STALE:
	case GH_REV_NOT_YET:
		return 2;
	default:
		return 3;
	}
}

static bool outweighs(const struct gh_ocsp_answer *a, const struct gh_ocsp_answer *b)
{
	if (weight(a->word) != weight(b->word))
		return weight(a->word) > weight(b->word);
	if (a->this_update != b->this_update)
		return a->this_update > b->this_update;
	return a->word > b->word;
}

/* A response about a certificate holds its serial number, so that most of a pile need not
 * be parsed at all. */
static bool may_speak_of(struct gh_bytes der, const struct gh_cert *cert)
{
	struct gh_bytes serial = gh_cert_serial(cert);

	return memmem(der.p, der.len, serial.p, serial.len) != NULL;
}

static void judge_response(
    struct gh_ocsp_answer *best, struct gh_bytes der, const struct gh_ocsp_ask *ask)
{
	const struct gh_cert *cert = ask->chain->at[ask->cert];
	const struct gh_cert *issuer = ask->chain->at[ask->cert + 1];
	gh_auto(struct gh_ocsp *, gh_ocsp_free) r = NULL;

	if (gh_ocsp_from_der(&r, der.p, der.len, NULL) < 0)
		return;
	for (int i = gh_ocsp_about(r, cert, issuer, 0); i >= 0;
	     i = gh_ocsp_about(r, cert, issuer, (size_t)i + 1)) {
		struct gh_ocsp_answer one;

		judge_single(&one, r, gh_ocsp_single(r, (size_t)i), ask);
		if (outweighs(&one, best))
			*best = one;
	}
}

void gh_ocsp_judge(struct gh_ocsp_answer *out, const struct gh_ocsp_ask *ask)
{
	const struct gh_docs *docs = &ask->ctx->ocsps;

	*out =
	    (struct gh_ocsp_answer){.this_update = INT64_MIN, .next_update = INT64_MIN};
	snprintf(out->fact, sizeof out->fact, "%s", gh_revocation_word(GH_REV_NONE));
	for (size_t i = 0; i < docs->n; i++)
		if (may_speak_of(docs->at[i], ask->chain->at[ask->cert]))
			judge_response(out, docs->at[i], ask);
}
