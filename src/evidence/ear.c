/* SPDX-License-Identifier: Apache-2.0
 * Judges a signed EAR: whose key, whether it speaks with one voice, and what it says. */
#include "evidence/ear.h"

#include <stdio.h>

#include "base/text.h"
#include "evidence/eat_token.h"

#define SUBJECT_MAX 256

struct ear {
	struct gh_token t;
	struct gh_ear e;
	struct gh_err why;
};

static void judge_key(struct gh_token *t, const struct gh_ring *ring)
{
	struct gh_finding *f =
	    gh_token_step(t, "key", "parse", "a verifier's key of ours");
	gh_auto(struct gh_buf, gh_buf_free) hex = {0};
	const struct gh_jwk *k;
	uint8_t spki[32];

	gh_say(&f->expected, "a key of the key set that you gave, never the token's own");
	gh_say(&f->why, "a key that comes with the token vouches for nothing");
	k = gh_token_find_key(t, ring, f);
	if (k == NULL)
		return;
	if (*k->fault || gh_pubkey_spki_sha256(k->key, spki, NULL) < 0) {
		gh_say(&f->observed, "%s %s: %s", k->kty, k->crv, k->fault);
		gh_say(&f->remedy, "give the verifier's public key, EC P-256 or P-384");
		gh_token_settle(t, f, "key", *k->fault ? k->fault : "point");
		return;
	}
	gh_buf_hex(&hex, spki, sizeof(spki));
	gh_say(&f->observed, "%s%s%s, key sha256:%s", gh_pubkey_kind(k->key),
	    *k->kid ? ", kid " : "", k->kid, gh_buf_cstr(&hex));
	gh_token_settle(t, f, "key", "");
}

static void judge_claims(struct ear *j)
{
	struct gh_finding *f =
	    gh_token_step(&j->t, "claims", "signature", "claims that we know");

	gh_say(&f->expected,
	    "a profile we know; verifier, iat and submodules; every status "
	    "and vector claim one that we know");
	gh_say(&f->why, "a claim that we cannot read could be the one that matters");
	if (*j->e.fault) {
		gh_say(&f->observed, "%s", j->why.what);
		gh_say(&f->remedy, "have the verifier issue the profile %s",
		    "tag:ietf.org,2026:rats/ear#03");
	} else {
		gh_say(&f->observed, "%s by %s, %s; %zu submodules", j->e.profile,
		    j->e.developer, j->e.build, j->e.n);
	}
	gh_token_settle(&j->t, f, "claims", j->e.fault);
}

/* base64url of our nonce, as the profile wants it, or hex as some verifiers write it. */
static const char *nonce_fault(const char *nonce, struct gh_bytes want)
{
	gh_auto(struct gh_buf, gh_buf_free) b64 = {0};
	gh_auto(struct gh_buf, gh_buf_free) hex = {0};

	if (!*nonce)
		return "missing";
	gh_b64url(&b64, want.p, want.len);
	gh_buf_hex(&hex, want.p, want.len);
	if (want.len > 0 && (strcmp(nonce, gh_buf_cstr(&b64)) == 0 ||
				strcmp(nonce, gh_buf_cstr(&hex)) == 0))
		return "";
	return "mismatch";
}

static void judge_nonce(struct ear *j)
{
	struct gh_token *t = &j->t;
	struct gh_finding *f =
	    gh_token_step(t, "nonce", "signature", "bound to our nonce");
	struct gh_bytes nonce = t->tee.ctx->nonce;
	const char *mine = gh_token_text(t->claims, "eat_nonce"), *word;

	gh_say(&f->observed, "eat_nonce %s", *mine ? mine : "is missing");
	gh_say(&f->why, "a result without our nonce may be an old one, replayed");
	if (!nonce.p) {
		f->severity = GH_SEV_INFO;
		gh_token_say(t, f, GH_SKIP, "nonce", "not-asked");
		gh_say(&f->remedy, "give the nonce with --nonce HEX to prove freshness");
		return;
	}
	gh_say(&f->expected, "our nonce of %zu bytes in base64url", nonce.len);
	word = nonce_fault(mine, nonce);
	for (size_t i = 0; !*word && i < j->e.n; i++)
		if (*j->e.submod[i].nonce && *nonce_fault(j->e.submod[i].nonce, nonce)) {
			word = "submod";
			gh_say(&f->observed, "submodule %s: eat_nonce %s",
			    j->e.submod[i].name, j->e.submod[i].nonce);
		}
	if (*word)
		gh_say(&f->remedy, "ask the verifier for a result over this nonce");
	gh_token_settle(t, f, "nonce", word);
}

/* A status that is better than what it stands on. NONE hides as much as it says. */
static bool is_lie(enum gh_ear_tier status, enum gh_ear_tier worst)
{
	return worst >= GH_EAR_WARNING && status < worst;
}

static enum gh_ear_tier worst_submod(const struct gh_ear *e)
{
	enum gh_ear_tier worst = GH_EAR_NONE;

	for (size_t i = 0; i < e->n; i++)
		if (e->submod[i].status > worst)
			worst = e->submod[i].status;
	return worst;
}

static void judge_consistency(struct ear *j)
{
	struct gh_finding *f = gh_token_step(
	    &j->t, "consistency", "claims", "the whole is no better than its worst part");
	enum gh_ear_tier worst = worst_submod(&j->e);
	bool lies = j->e.has_status && is_lie(j->e.status, worst);

	gh_say(&f->expected, "%s or worse", gh_ear_tier_word(worst));
	gh_say(&f->observed, "%s",
	    j->e.has_status ? gh_ear_tier_word(j->e.status) : "no status of the whole");
	gh_say(&f->why, "a verifier that contradicts itself is broken or was misused");
	if (lies)
		gh_say(&f->remedy, "do not use this result; report it to the verifier");
	gh_token_settle(&j->t, f, "consistency", lies ? "status" : "");
}

/* affirming passes, warning warns, none is unknown, contraindicated fails. */
static void settle_status(
    struct gh_token *t, struct gh_finding *f, const char *family, enum gh_ear_tier status)
{
	char code[64];

	snprintf(code, sizeof(code), "%s.status.%s", family, gh_ear_tier_word(status));
	gh_say(&f->expected, "affirming");
	if (status == GH_EAR_NONE && gh_tee_holds(&t->tee, f->parent)) {
		gh_say(&f->remedy, "ask for a result of a verifier that appraises it");
		gh_judge(f, GH_UNKNOWN, code);
	} else if (status == GH_EAR_WARNING) {
		gh_say(&f->remedy, "see which claim warns and decide by your own policy");
		gh_tee_warn(&t->tee, f, code);
	} else {
		if (status == GH_EAR_CONTRAINDICATED)
			gh_say(&f->remedy,
			    "do not use the machine: see which claim says so");
		gh_tee_settle(&t->tee, f, status == GH_EAR_CONTRAINDICATED ? code : "");
	}
}

static void judge_status(struct ear *j)
{
	struct gh_finding *f = gh_token_step(
	    &j->t, "status", "consistency", "the verifier's verdict on the whole");
	enum gh_ear_tier status = j->e.has_status ? j->e.status : worst_submod(&j->e);

	gh_say(&f->observed, "%s%s", gh_ear_tier_word(status),
	    j->e.has_status ? "" : " (the worst of the submodules)");
	gh_say(&f->why, "this is the other verifier's word; we see its evidence nowhere");
	settle_status(&j->t, f, "ear", status);
}

/* ---- submodules -------------------------------------------------------------------------- */

static void say_vector(struct gh_buf *out, const struct gh_ear_submod *m)
{
	for (size_t i = 0; i < GH_EAR_VECTOR; i++)
		if (m->stated[i])
			gh_buf_fmt(out, "; %s %d, %s", gh_ear_claim_name(i), m->value[i],
			    gh_ear_value_word(i, m->value[i]));
}

/* The submodule hangs below the signed claims, which are another subject's. */
static void judge_part(struct ear *j, struct gh_tee *tee)
{
	struct gh_finding *f =
	    gh_tee_step(tee, "ear.submod", "", "part of a signed result");
	bool holds = gh_token_holds(&j->t, "claims");

	gh_say(&f->observed, "%s", holds ? "signed" : "not proven");
	if (holds) {
		gh_tee_settle(tee, f, "");
		return;
	}
	gh_judge(f, GH_SKIP, "parent.not.proven");
	gh_say(&f->why, "the result that it is part of is not proven");
}

static int judge_submod(struct ear *j, const struct gh_ear_submod *m, struct gh_err *err)
{
	struct gh_token t = {.family = "ear.submod"};
	gh_auto(struct gh_buf, gh_buf_free) vector = {0};
	char subject[SUBJECT_MAX];
	struct gh_finding *f;
	struct gh_subject *s;
	bool lies = is_lie(m->status, gh_ear_worst(m));

	snprintf(subject, sizeof(subject), "%s:%s", j->t.tee.subject, m->name);
	if (gh_tee_begin(
		&t.tee, j->t.tee.out, subject, j->t.jws.signed_, j->t.tee.ctx, err) < 0)
		return -1;
	s = gh_result_subject(t.tee.out, subject, "ear");
	gh_claim(s, "status", "%s", gh_ear_tier_word(m->status));
	if (*m->policy)
		gh_claim(s, "policy", "%s", m->policy);
	say_vector(&vector, m);
	judge_part(j, &t.tee);
	f = gh_tee_step(&t.tee, "ear.submod.consistency", "ear.submod",
	    "its status is no better than its claims");
	gh_say(&f->expected, "%s or worse", gh_ear_tier_word(gh_ear_worst(m)));
	gh_say(&f->observed, "%s%s", gh_ear_tier_word(m->status), gh_buf_cstr(&vector));
	gh_say(&f->why, "a verifier that contradicts itself is broken or was misused");
	gh_tee_settle(&t.tee, f, lies ? "ear.submod.consistency.vector" : "");
	f = gh_tee_step(&t.tee, "ear.submod.status", "ear.submod.consistency",
	    "the verifier's verdict on this part");
	gh_say(&f->observed, "%s%s", gh_ear_tier_word(m->status), gh_buf_cstr(&vector));
	settle_status(&t, f, "ear.submod", m->status);
	return 0;
}

/* ---- the whole ----------------------------------------------------------------------------- */

static void claim_ear(struct ear *j)
{
	struct gh_subject *s = gh_result_subject(j->t.tee.out, j->t.tee.subject, "ear");
	static const char *const text[] = {"jti", "aud", "iss", "eat_nonce"};

	gh_claim(s, "profile", "%s", j->e.profile);
	gh_claim(s, "developer", "%s", j->e.developer);
	gh_claim(s, "build", "%s", j->e.build);
	for (size_t i = 0; i < GH_COUNT(text); i++)
		if (*gh_token_text(j->t.claims, text[i]))
			gh_claim(s, text[i], "%s", gh_token_text(j->t.claims, text[i]));
}

static int judge_ear(struct ear *j, const struct gh_ring *ring, struct gh_err *err)
{
	gh_token_judge_parse(&j->t, "");
	judge_key(&j->t, ring);
	gh_token_judge_signature(&j->t);
	gh_token_judge_time(&j->t, false);
	if (gh_ear_parse(&j->e, j->t.claims, &j->why) < 0 && j->why.code == GH_E_NOMEM)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	judge_claims(j);
	judge_nonce(j);
	claim_ear(j);
	if (*j->e.fault)
		return 0;
	judge_consistency(j);
	judge_status(j);
	for (size_t i = 0; i < j->e.n; i++)
		if (judge_submod(j, &j->e.submod[i], err) < 0)
			return -1;
	return 0;
}

int gh_ear_verify(struct gh_result *out, const char *subject, struct gh_bytes ascii,
    const struct gh_context *ctx, struct gh_err *err)
{
	struct ear j = {.t = {.family = "ear"}};
	struct gh_ring ring;
	int rc;

	if (gh_tee_begin(&j.t.tee, out, subject, ascii, ctx, err) < 0)
		return -1;
	(void)gh_result_subject(out, subject, "ear");
	gh_token_read(&j.t, ascii, GH_JWS_DEFAULT);
	gh_ring_open(&ring, ctx);
	rc = judge_ear(&j, &ring, err);
	gh_ear_free(&j.e);
	gh_token_free(&j.t);
	gh_ring_free(&ring);
	return rc < 0 ? -1 : gh_result_ok(out, err);
}
