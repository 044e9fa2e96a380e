/* SPDX-License-Identifier: Apache-2.0
 * Judges an NRAS answer: the overall token down from NVIDIA's pinned intermediate, then each
 * device's token that it lists by digest. */
#include "evidence/nras.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/text.h"
#include "evidence/nras_device.h"
#include "evidence/nras_token.h"

#define SUBJECT     "NVIDIA-PLATFORM-ATTESTATION"
#define SUBJECT_MAX 256

struct device {
	struct gh_token t;
	char name[16]; /* "GPU-0" */
	char subject[SUBJECT_MAX];
};

struct nras {
	struct gh_token t; /* the overall token */
	struct gh_ring ring;
	json_t *map; /* the delivered tokens, borrowed; NULL: none */
	struct device *dev;
	size_t n;
};

int gh_nras_shape(
    const json_t *v, const char **overall, json_t **devices, struct gh_err *err)
{
	const json_t *head = json_array_get(v, 0);
	const char *kind = json_string_value(json_array_get(head, 0));

	*overall = json_string_value(json_array_get(head, 1));
	*devices = json_array_get(v, 1);
	if (json_array_size(v) != 2 || json_array_size(head) != 2 || kind == NULL ||
	    strcmp(kind, "JWT") != 0 || *overall == NULL || !json_is_object(*devices))
		return gh_fail(err, GH_E_PARSE,
		    "not of the shape [[\"JWT\", token], {device: token, ..}]");
	return 0;
}

/* ---- the overall token ----------------------------------------------------------------- */

static void judge_nonce(struct gh_token *t)
{
	struct gh_finding *f =
	    gh_token_step(t, "nonce", "signature", "bound to our nonce");
	struct gh_bytes nonce = t->tee.ctx->nonce;
	const char *mine = gh_token_text(t->claims, "eat_nonce"), *word;
	gh_auto(struct gh_buf, gh_buf_free) hex = {0};

	gh_say(&f->observed, "eat_nonce %s", *mine ? mine : "is missing");
	gh_say(&f->why, "a token without our nonce may be an old one, replayed");
	if (!nonce.p) {
		f->severity = GH_SEV_INFO;
		gh_token_say(t, f, GH_SKIP, "nonce", "not-asked");
		gh_say(&f->remedy, "give the nonce with --nonce HEX to prove freshness");
		return;
	}
	gh_buf_hex(&hex, nonce.p, nonce.len > 64 ? 64 : nonce.len);
	gh_say(&f->expected, "eat_nonce %s", gh_buf_cstr(&hex));
	word = gh_nras_nonce_fault(t->claims, nonce);
	if (*word)
		gh_say(&f->remedy, "ask NRAS again with new evidence over this nonce");
	gh_token_settle(t, f, "nonce", word);
}

static void judge_overall(struct gh_token *t)
{
	struct gh_finding *f =
	    gh_token_step(t, "overall", "signature", "NVIDIA's verdict on all of them");
	const json_t *v = json_object_get(t->claims, "x-nvidia-overall-att-result");
	const char *version = gh_token_text(t->claims, "x-nvidia-ver"), *word = "";

	gh_say(&f->expected, "x-nvidia-overall-att-result true, claims 2.0 or 3.0");
	gh_say(&f->observed, "%s, claims %s",
	    v == NULL         ? "missing"
	    : json_is_true(v) ? "true"
			      : "not true",
	    *version ? version : "of no version");
	gh_say(&f->why, "the service answers 200 for sets that fail, too");
	if (gh_nras_version_of(version) == GH_NRAS_UNKNOWN)
		word = "version";
	else if (!json_is_true(v))
		word = v == NULL ? "missing" : "false";
	if (*word)
		gh_say(&f->remedy, "%s",
		    strcmp(word, "version") == 0
			? "ask for claims 2.0 or 3.0"
			: "see which device below failed, and why");
	gh_token_settle(t, f, "overall", word);
}

/* "GPU-0", "SWITCH-63": the number, or -1. */
static int device_number(const char *name)
{
	static const char *const prefix[] = {"GPU-", "SWITCH-"};
	uint64_t n;

	for (size_t i = 0; i < GH_COUNT(prefix); i++) {
		size_t len = strlen(prefix[i]);

		if (strncmp(name, prefix[i], len) == 0 &&
		    gh_text_u64(gh_text_of(name + len), 10, &n) == 0 &&
		    n < GH_NRAS_DEVICES_MAX &&
		    (name[len] != '0' || name[len + 1] == '\0'))
			return (int)n;
	}
	return -1;
}

/* ["DIGEST", ["SHA-256", hex]] of those characters: "" when it is, or the word. */
static const char *digest_fault(const json_t *entry, struct gh_bytes token)
{
	const json_t *pair = json_array_get(entry, 1);
	const char *kind = json_string_value(json_array_get(entry, 0));
	const char *alg = json_string_value(json_array_get(pair, 0));
	const char *hex = json_string_value(json_array_get(pair, 1));
	uint8_t want[32], got[32];

	if (json_array_size(entry) != 2 || json_array_size(pair) != 2 || !kind || !alg ||
	    !hex || strcmp(kind, "DIGEST") != 0)
		return "format";
	/* nvattest writes the second form */
	if (strcmp(alg, "SHA-256") != 0 && strcmp(alg, "SHA256") != 0)
		return "algorithm";
	if (gh_unhex(want, sizeof(want), hex, NULL) < 0)
		return "format";
	if (gh_sha256(token.p, token.len, got, NULL) < 0 || memcmp(want, got, 32) != 0)
		return "digest";
	return "";
}

static struct gh_bytes text_of(const json_t *v)
{
	return (struct gh_bytes){
	    (const unsigned char *)json_string_value(v), json_string_length(v)};
}

/* Every name that is listed, delivered and well formed, and every other one said. */
static const char *submods_fault(
    const struct nras *j, const json_t *listed, struct gh_buf *seen)
{
	json_t *map = j->map, *v;
	const char *word = "", *key;

	json_object_foreach((json_t *)(uintptr_t)listed, key, v)
	{
		const json_t *token = json_object_get(map, key);
		const char *w = device_number(key) < 0 ? "name"
				: token == NULL        ? "missing"
				: !json_is_string(token)
				    ? "format"
				    : digest_fault(v, text_of(token));

		if (*w && seen->len < 512)
			gh_buf_fmt(seen, ", %.32s: %s", key, w);
		if (!*word)
			word = w;
	}
	json_object_foreach(map, key, v)
	{
		if (json_object_get(listed, key) != NULL)
			continue;
		if (seen->len < 512)
			gh_buf_fmt(seen, ", %.32s: not listed", key);
		if (!*word)
			word = "extra";
	}
	return word;
}

/* How many devices are due, where the policy says; 0 where it does not. */
static size_t devices_due(const struct nras *j, const json_t *listed)
{
	const struct gh_policy *p =
	    j->t.tee.ctx->policy ? j->t.tee.ctx->policy : gh_policy_strict();
	const char *first =
	    json_object_iter_key(json_object_iter((json_t *)(uintptr_t)listed));

	if (first == NULL)
		return 0;
	return strncmp(first, "SWITCH-", 7) == 0 ? p->nvidia.switches : p->nvidia.gpus;
}

static void judge_submods(struct nras *j)
{
	struct gh_finding *f = gh_token_step(
	    &j->t, "submods", "signature", "the devices' tokens, all and unaltered");
	const json_t *listed = json_object_get(j->t.claims, "submods");
	size_t n = json_object_size(listed), due = devices_due(j, listed);
	gh_auto(struct gh_buf, gh_buf_free) seen = {0};
	const char *word;

	gh_say(&f->expected,
	    "the listed devices delivered, no other, each with its SHA-256");
	gh_say(&f->why, "a token exchanged or left out would hide a device that failed");
	if (!json_is_object(listed) || n == 0)
		word = "none";
	else if (n > GH_NRAS_DEVICES_MAX)
		word = "count";
	else
		word = submods_fault(j, listed, &seen);
	if (!*word && due != 0 && n != due) {
		word = "count";
		gh_buf_fmt(&seen, ", %zu are due", due);
	}
	gh_say(&f->observed, "%zu listed, %zu delivered%s", n, json_object_size(j->map),
	    gh_buf_cstr(&seen));
	if (*word)
		gh_say(
		    &f->remedy, "take the whole answer again, from the service itself");
	gh_token_settle(&j->t, f, "submods", word);
}

/* ---- the devices ------------------------------------------------------------------------ */

static void judge_listed(struct nras *j, struct device *d)
{
	const json_t *listed = json_object_get(j->t.claims, "submods");
	const json_t *entry = json_object_get(listed, d->name);
	const json_t *token = json_object_get(j->map, d->name);
	struct gh_finding *f =
	    gh_token_step(&d->t, "listed", "", "listed by the answer's signed token");
	const json_t *error = json_object_get(d->t.claims, "x-nvidia-error-details");
	const char *word = "";

	gh_say(
	    &f->expected, "SHA-256 of this token under %s in the overall token", d->name);
	gh_say(
	    &f->why, "the device's token alone does not say which answer it belongs to");
	if (entry == NULL)
		word = "extra";
	else if (!json_is_string(token))
		word = "format";
	else
		word = digest_fault(entry, text_of(token));
	if (!*word && d->t.claims && !json_is_object(error) &&
	    gh_nras_is_switch(d->t.claims) != (d->name[0] == 'S'))
		word = "kind";
	gh_say(&f->observed, "%s", *word ? word : "as listed");
	if (*word || gh_token_holds(&j->t, "signature")) {
		gh_token_settle(&d->t, f, "listed", word);
		return;
	}
	gh_judge(f, GH_SKIP, "parent.not.proven");
	gh_say(&f->why, "the token that lists it is not proven");
}

static int open_device(struct nras *j, const char *name, struct gh_err *err)
{
	struct gh_tee *of = &j->t.tee;
	struct device *d = &j->dev[j->n];
	struct gh_bytes ascii = text_of(json_object_get(j->map, name));

	snprintf(d->name, sizeof(d->name), "%s", name);
	snprintf(d->subject, sizeof(d->subject), "%s:%s", of->subject, name);
	if (gh_tee_begin(&d->t.tee, of->out, d->subject, ascii, of->ctx, err) < 0)
		return -1;
	d->t.family = "eat.device";
	j->n++;
	gh_token_read(&d->t, ascii, GH_JWS_ES384);
	return 0;
}

/* In the order of their numbers, GPUs first; names of no form are not judged, eat.submods
 * has said so. */
static int open_devices(struct nras *j, struct gh_err *err)
{
	static const char *const prefix[] = {"GPU-", "SWITCH-"};
	char name[16];

	j->dev = calloc(2 * GH_NRAS_DEVICES_MAX, sizeof(*j->dev));
	if (j->dev == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	for (size_t i = 0; i < 2 * GH_NRAS_DEVICES_MAX; i++) {
		snprintf(name, sizeof(name), "%s%zu", prefix[i / GH_NRAS_DEVICES_MAX],
		    i % GH_NRAS_DEVICES_MAX);
		if (json_object_get(j->map, name) != NULL &&
		    open_device(j, name, err) < 0)
			return -1;
	}
	return 0;
}

static void judge_devices(struct nras *j)
{
	enum gh_nras_version version =
	    gh_nras_version_of(gh_token_text(j->t.claims, "x-nvidia-ver"));
	const char *nonce = gh_token_text(j->t.claims, "eat_nonce");
	struct gh_token *all[2 * GH_NRAS_DEVICES_MAX];

	for (size_t i = 0; i < j->n; i++) {
		struct gh_token *t = all[i] = &j->dev[i].t;

		(void)gh_result_subject(t->tee.out, t->tee.subject,
		    j->dev[i].name[0] == 'S' ? "switch" : "gpu");
		judge_listed(j, &j->dev[i]);
		gh_nras_judge_token(t, &j->ring, "listed", NULL);
		gh_nras_judge_device(t, version, nonce);
	}
	for (size_t i = 0; i < j->n; i++) {
		gh_nras_judge_ueid(all, j->n, i);
		gh_tee_end(&all[i]->tee);
	}
}

/* ---- whole answers ---------------------------------------------------------------------- */

static void claim_times(struct gh_token *t, const char *kind)
{
	struct gh_subject *s = gh_result_subject(t->tee.out, t->tee.subject, kind);
	static const char *const name[] = {"iat", "exp"};
	char text[GH_TIME_LEN];
	int64_t at;

	for (size_t i = 0; i < GH_COUNT(name); i++)
		if (gh_token_time(t->claims, name[i], &at) == 0) {
			gh_time_text(text, at);
			gh_claim(s, name[i], "%s", text);
		}
	if (*t->jws.kid)
		gh_claim(s, "kid", "%s", t->jws.kid);
	if (*gh_token_text(t->claims, "jti"))
		gh_claim(s, "jti", "%s", gh_token_text(t->claims, "jti"));
}

static void claim_answer(struct nras *j)
{
	struct gh_subject *s = gh_result_subject(j->t.tee.out, j->t.tee.subject, "eat");
	const char *nonce = gh_token_text(j->t.claims, "eat_nonce");

	if (*nonce)
		gh_claim(s, "nonce", "%s", nonce);
	gh_claim(s, "devices", "%zu", j->n);
	claim_times(&j->t, "eat");
}

static void judge_answer(struct nras *j)
{
	gh_nras_judge_token(&j->t, &j->ring, "", SUBJECT);
	judge_nonce(&j->t);
	judge_submods(j);
	judge_overall(&j->t);
	claim_answer(j);
	judge_devices(j);
	gh_tee_end(&j->t.tee);
}

static void free_nras(struct nras *j)
{
	for (size_t i = 0; i < j->n; i++)
		gh_token_free(&j->dev[i].t);
	free(j->dev);
	gh_token_free(&j->t);
	gh_ring_free(&j->ring);
}

int gh_nras_answer(struct gh_result *out, const char *subject, const json_t *v,
    const struct gh_context *ctx, struct gh_err *err)
{
	struct nras j = {.t = {.family = "eat"}};
	const char *overall = NULL;
	struct gh_err shape = {0};
	bool shaped = gh_nras_shape(v, &overall, &j.map, &shape) == 0;
	struct gh_bytes ascii = gh_text_of(shaped ? overall : "");
	int rc = gh_tee_begin(&j.t.tee, out, subject, ascii, ctx, err);

	(void)gh_result_subject(out, subject, "eat");
	if (rc < 0)
		return -1;
	gh_token_read(&j.t, ascii, GH_JWS_ES384);
	if (!shaped) {
		j.map = NULL;
		j.t.jws.fault = "shape";
		j.t.why = shape;
	}
	gh_ring_open(&j.ring, ctx);
	rc = open_devices(&j, err);
	if (rc == 0)
		judge_answer(&j);
	free_nras(&j);
	return rc < 0 ? -1 : gh_result_ok(out, err);
}

/* A device's token alone: the overall token that would name version and nonce is absent. */
static void judge_lone_device(struct nras *j)
{
	struct gh_token *all[] = {&j->t};

	(void)gh_result_subject(j->t.tee.out, j->t.tee.subject,
	    gh_nras_is_switch(j->t.claims) ? "switch" : "gpu");
	gh_nras_judge_token(&j->t, &j->ring, "", NULL);
	gh_nras_judge_device(&j->t, gh_nras_version_guess(j->t.claims), NULL);
	gh_nras_judge_ueid(all, 1, 0);
	claim_times(&j->t, "gpu");
	gh_tee_end(&j->t.tee);
}

int gh_nras_token(struct gh_result *out, const char *subject, struct gh_bytes ascii,
    const struct gh_context *ctx, struct gh_err *err)
{
	struct nras j = {.t = {.family = "eat"}};

	if (gh_tee_begin(&j.t.tee, out, subject, ascii, ctx, err) < 0)
		return -1;
	gh_token_read(&j.t, ascii, GH_JWS_ES384);
	gh_ring_open(&j.ring, ctx);
	if (json_object_get(j.t.claims, "measres") != NULL ||
	    json_object_get(j.t.claims, "x-nvidia-error-details") != NULL)
		judge_lone_device(&j);
	else
		judge_answer(&j);
	free_nras(&j);
	return gh_result_ok(out, err);
}
