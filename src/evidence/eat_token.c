/* SPDX-License-Identifier: Apache-2.0
 * The steps that every signed token takes, whoever issued it. */
#include "evidence/eat_token.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"

#define SKEW_S   60           /* clocks may differ by that */
#define TIME_MAX 253402300799 /* 9999-12-31T23:59:59Z */

void gh_ring_free(struct gh_ring *r)
{
	for (size_t i = 0; i < r->n; i++)
		gh_jwks_free(&r->set[i]);
	r->n = 0;
}

void gh_ring_open(struct gh_ring *r, const struct gh_context *ctx)
{
	*r = (struct gh_ring){.given = ctx->jwks.n};
	for (size_t i = 0; i < ctx->jwks.n; i++) {
		struct gh_err e = {0};

		if (r->n == GH_RING_MAX)
			gh_fail(&e, GH_E_PARSE, "more than %d key sets", GH_RING_MAX);
		else if (gh_jwks_parse(&r->set[r->n], ctx->jwks.at[i], ctx->memo, &e) ==
			 0)
			r->n++;
		if (e.code != GH_E_NONE && r->why.code == GH_E_NONE)
			r->why = e;
	}
}

void gh_token_free(struct gh_token *t)
{
	gh_jws_free(&t->jws);
	json_decref(t->claims);
	t->claims = NULL;
}

void gh_token_read(struct gh_token *t, struct gh_bytes ascii, unsigned int allowed)
{
	struct gh_err e = {0};

	if (gh_jws_parse(&t->jws, ascii, allowed, &t->why) < 0 && t->jws.header == NULL)
		return;
	t->claims = gh_json_parse(t->jws.payload.p, t->jws.payload.len, &e);
	if (t->claims != NULL && !json_is_object(t->claims)) {
		gh_json_free(&t->claims);
		gh_fail(&e, GH_E_PARSE, "the payload is no JSON object");
	}
	if (t->claims == NULL && !*t->jws.fault)
		t->why = e;
}

struct gh_finding *gh_token_step(
    struct gh_token *t, const char *step, const char *parent, const char *title)
{
	char name[96], above[96] = "";

	snprintf(name, sizeof(name), "%s.%s", t->family, step);
	if (*parent)
		snprintf(above, sizeof(above), "%s.%s", t->family, parent);
	return gh_tee_step(&t->tee, name, above, title);
}

void gh_token_settle(
    struct gh_token *t, struct gh_finding *f, const char *step, const char *word)
{
	char code[128];

	snprintf(code, sizeof(code), "%s.%s.%s", t->family, step, word);
	gh_tee_settle(&t->tee, f, *word ? code : "");
}

void gh_token_say(struct gh_token *t, struct gh_finding *f, enum gh_verdict v,
    const char *step, const char *word)
{
	char code[128];

	snprintf(code, sizeof(code), "%s.%s.%s", t->family, step, word);
	gh_judge(f, v, code);
}

bool gh_token_holds(const struct gh_token *t, const char *step)
{
	char name[96];

	snprintf(name, sizeof(name), "%s.%s", t->family, step);
	return gh_tee_holds(&t->tee, name);
}

/* Faults of the form; unsigned and wrongly signed tokens are the signature's matter. */
static bool is_signature_fault(const char *fault)
{
	return strcmp(fault, "none") == 0 || strcmp(fault, "alg") == 0;
}

void gh_token_judge_parse(struct gh_token *t, const char *parent)
{
	struct gh_finding *f = gh_token_step(t, "parse", parent, "form of the token");
	const char *fault = t->jws.fault;

	gh_say(&f->expected, "header.payload.signature in base64url, each read strictly");
	gh_say(&f->why, "a token that can be read in two ways proves nothing");
	if (is_signature_fault(fault))
		fault = "";
	if (!*fault && t->claims == NULL)
		fault = "claims";
	if (*fault) {
		gh_say(&f->observed, "%s", t->why.what);
		gh_say(
		    &f->remedy, "take the token again, exactly as the service sent it");
	} else {
		gh_say(&f->observed, "algorithm %s%s", t->jws.alg_word,
		    t->jws.offers_key
			? ", offers a key of its own in the header, which is ignored"
			: "");
	}
	gh_token_settle(t, f, "parse", fault);
}

/* NULL with *word set when no key, or no single one, fits. kid "": the only key of all. */
static const struct gh_jwk *pick_key(
    const struct gh_ring *ring, const char *kid, const char **word)
{
	const struct gh_jwk *found = NULL, *nameless = NULL;
	size_t total = 0;

	for (size_t i = 0; i < ring->n; i++)
		for (size_t k = 0; k < ring->set[i].n; k++) {
			const struct gh_jwk *j = &ring->set[i].at[k];
			uint8_t a[32], b[32];

			total++;
			if (!*j->kid)
				nameless = j;
			if (*kid && strcmp(j->kid, kid) != 0)
				continue;
			/* the same key in two documents is one key */
			if (found && found->key && j->key &&
			    gh_pubkey_spki_sha256(found->key, a, NULL) == 0 &&
			    gh_pubkey_spki_sha256(j->key, b, NULL) == 0 &&
			    memcmp(a, b, 32) == 0)
				continue;
			if (found) {
				*word = "ambiguous";
				return NULL;
			}
			found = j;
		}
	if (!found && nameless && total == 1)
		found = nameless;
	if (!found)
		*word = "unknown";
	return found;
}

static const struct gh_jwk *miss(
    struct gh_token *t, struct gh_finding *f, const char *word, const char *remedy)
{
	gh_say(&f->remedy, "%s", remedy);
	gh_token_say(t, f, GH_UNKNOWN, "key", word);
	return NULL;
}

const struct gh_jwk *gh_token_find_key(
    struct gh_token *t, const struct gh_ring *ring, struct gh_finding *f)
{
	const char *word = "";

	gh_say(&f->observed, "kid %s", *t->jws.kid ? t->jws.kid : "not named");
	if (is_signature_fault(t->jws.fault)) {
		gh_say(
		    &f->why, "the token is not signed in a way that a key could check");
		gh_token_say(t, f, GH_SKIP, "key", "unsigned");
		return NULL;
	}
	if (ring->given == 0)
		return miss(t, f, "no-jwks",
		    "give the key set of the issuer (JWKS) along with the token");
	t->key = pick_key(ring, t->jws.kid, &word);
	if (t->key)
		return t->key;
	if (strcmp(word, "ambiguous") == 0) {
		gh_say(&f->remedy, "give one key set in which each key id stands once");
		gh_token_settle(t, f, "key", word);
		return NULL;
	}
	if (ring->why.code != GH_E_NONE) {
		gh_say(&f->observed, "%s", ring->why.what);
		return miss(t, f, "jwks", "fetch the key set (JWKS) again");
	}
	return miss(t, f, word,
	    "fetch the issuer's key set (JWKS) again; a key id that it still does not "
	    "hold "
	    "is not the issuer's");
}

void gh_token_judge_signature(struct gh_token *t)
{
	struct gh_finding *f =
	    gh_token_step(t, "signature", "key", "signature of the token");
	struct gh_err e = {0};

	gh_say(&f->expected, "ECDSA over the received characters, by the key above");
	gh_say(&f->why, "without it anyone could have written the token");
	if (is_signature_fault(t->jws.fault)) {
		bool none = strcmp(t->jws.fault, "none") == 0;

		gh_say(&f->observed, "algorithm %s",
		    *t->jws.alg_word ? t->jws.alg_word : "not named");
		gh_say(&f->remedy, "%s",
		    none ? "an unsigned token is a note, not a proof: judge the device's "
			   "report itself, or ask NRAS"
			 : "refuse the token: its issuer signs with ECDSA only");
		gh_token_settle(t, f, "signature", none ? "none" : "algorithm");
		return;
	}
	if (t->key == NULL || t->key->key == NULL) {
		gh_say(&f->observed, "no key to check it with");
		gh_token_settle(t, f, "signature", "");
		return;
	}
	if (gh_jws_verify(&t->jws, t->key->key, t->tee.ctx->memo, &e) < 0) {
		gh_say(&f->observed, "%s", e.what);
		gh_say(
		    &f->remedy, "refuse the token: it was altered, or signed by another");
		gh_token_settle(t, f, "signature", "bad");
		return;
	}
	gh_say(&f->observed, "good, %s", t->jws.alg_word);
	gh_token_settle(t, f, "signature", "");
}

int gh_token_time(const json_t *claims, const char *name, int64_t *out)
{
	int64_t at = -1;

	if (gh_json_int(claims, "token", name, &at, NULL) < 0 || at < 0 || at > TIME_MAX)
		return -1;
	*out = at;
	return 0;
}

const char *gh_token_text(const json_t *claims, const char *name)
{
	const char *s = json_string_value(json_object_get(claims, name));

	return s ? s : "";
}

/* Reads the three; *word says what is wrong with them as such. */
static void read_times(
    const json_t *claims, bool dated, int64_t time[3], const char **word)
{
	static const char *const name[] = {"iat", "nbf", "exp"};

	for (size_t i = 0; i < 3; i++) {
		const json_t *v = json_object_get(claims, name[i]);

		if (v == NULL && (dated || i == 0))
			*word = "missing";
		else if (v != NULL && gh_token_time(claims, name[i], &time[i]) < 0)
			*word = "format";
	}
	if (!**word && time[2] >= 0 && (time[2] < time[0] || time[2] < time[1]))
		*word = "order";
}

void gh_token_judge_time(struct gh_token *t, bool dated)
{
	struct gh_finding *f = gh_token_step(t, "time", "signature", "in its time");
	int64_t time[3] = {-1, -1, -1}, now = t->tee.ctx->at; /* iat, nbf, exp */
	char iat[GH_TIME_LEN], exp[GH_TIME_LEN];
	const char *word = "";

	gh_say(&f->expected, "issued before now and not expired, 60 s of skew");
	gh_say(&f->why, "an old result says nothing about the machine of today");
	read_times(t->claims, dated, time, &word);
	if (*word) {
		gh_say(&f->observed, "iat, nbf or exp: %s", word);
		gh_token_settle(t, f, "time", word);
		return;
	}
	gh_time_text(iat, time[0]);
	gh_time_text(exp, time[2]);
	gh_say(&f->observed, "issued %s, %s%s", iat, time[2] < 0 ? "no end" : "until ",
	    time[2] < 0 ? "" : exp);
	if (time[0] - SKEW_S > now || time[1] - SKEW_S > now) {
		gh_say(&f->remedy, "set the clocks right, here and there");
		gh_token_settle(t, f, "time", "notyet");
	} else if (time[2] < 0) {
		char code[64];

		snprintf(code, sizeof(code), "%s.time.no-end", t->family);
		gh_say(&f->remedy, "have the verifier set exp, or bind it by a nonce");
		gh_tee_warn(&t->tee, f, code);
	} else if (now - SKEW_S > time[2]) {
		gh_say(&f->remedy, "ask for a new result%s",
		    gh_token_holds(t, "signature") ? "; this one was good in its time"
						   : "");
		gh_token_say(t, f, GH_STALE, "time", "expired");
	} else {
		gh_token_settle(t, f, "time", "");
	}
}
