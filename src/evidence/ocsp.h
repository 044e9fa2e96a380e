/* SPDX-License-Identifier: Apache-2.0
 * OCSP responses as evidence: what the ones at hand say of one certificate, and one
 * response judged by itself (spec/nvidia.md section 4). */
#pragma once

#include "crypto/ocsp.h"
#include "evidence/context.h"

#define GH_OCSP_SLACK_S  300  /* clocks may differ by that much */
#define GH_OCSP_NO_END_S 3600 /* how long an answer without nextUpdate counts */

/* What is known of one certificate. The higher the word, the more it weighs between two
 * answers of the same thisUpdate. */
enum gh_revocation {
	GH_REV_NONE = 0, /* no answer about it is at hand */
	GH_REV_LISTED,   /* good: not on its issuer's revocation list */
	GH_REV_CACHED,   /* good, in its window, but not asked with a nonce of ours */
	GH_REV_FRESH,    /* good, and it carries the nonce we asked with */
	GH_REV_STALE,    /* its window is over */
	GH_REV_NOT_YET,  /* its window has not begun */
	GH_REV_SIGNER,   /* not signed by who may speak about the certificate */
	GH_REV_NONCE,    /* good, but it carries another nonce than ours */
	GH_REV_UNKNOWN,  /* the responder does not know the certificate */
	GH_REV_HOLD,     /* certificateHold: taken back for now */
	GH_REV_REVOKED,  /* for good, whatever the window says */
	GH_REV_N,
};
/* "good (cached)", "revoked": for people. */
const char *gh_revocation_word(enum gh_revocation r);
static inline bool gh_revocation_good(enum gh_revocation r)
{
	return r == GH_REV_LISTED || r == GH_REV_CACHED || r == GH_REV_FRESH;
}

struct gh_ocsp_answer {
	enum gh_revocation word;
	int64_t this_update, next_update; /* INT64_MIN: none */
	char fact[240];                   /* "good (cached) until 2025-08-22T06:47:08Z" */
};

struct gh_ocsp_ask {
	const struct gh_certs
	    *chain;  /* leaf first, root last: judged and pinned already */
	size_t cert; /* index of the one asked about; its issuer is the next */
	const struct gh_context *ctx; /* ocsps, at, memo */
	struct gh_bytes nonce; /* what we asked with; p == NULL: the answers are cached */
};

/* Where `at` lies: -1 before the window (thisUpdate less GH_OCSP_SLACK_S), 0 in it, 1 after
 * (nextUpdate plus the slack, or thisUpdate plus GH_OCSP_NO_END_S where there is none). */
int gh_ocsp_window(const struct gh_ocsp_single *s, int64_t at);

/* Looks through ctx->ocsps. A signed "revoked" outweighs everything; otherwise the latest
 * signed answer whose window is open; then one out of its window; then one that nobody
 * entitled signed. The signer is judged at ctx->at inside the window, and outside of it at
 * thisUpdate, so that "too old" is told apart from "forged". */
void gh_ocsp_judge(struct gh_ocsp_answer *out, const struct gh_ocsp_ask *ask);

/* True for the outer form of a DER OCSP response, whatever its status. */
bool gh_ocsp_looks(struct gh_bytes raw);

/* One response, judged by itself: kind "ocsp", steps ocsp.parse, ocsp.signer,
 * ocsp.signature, ocsp.time, ocsp.status.<n>. Issuers are looked for in ctx->certs. Claims:
 * responder produced_at nonce, and of each single response serial status this_update
 * next_update reason ("serial_1" and so on from the second on). -1: NOMEM. */
GH_MUST_USE int gh_ocsp_verify(struct gh_result *out, const char *subject,
    struct gh_bytes der, const struct gh_context *ctx, struct gh_err *err);
