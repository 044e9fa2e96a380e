/* SPDX-License-Identifier: Apache-2.0
 * Judging evidence again, and comparing with what a report says of it. */
#include "proof/recheck.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "evidence/gpu.h"
#include "evidence/rim.h"

#define GH_DEVICES_MAX 256

/* Adds what from says to what to says. */
static void merge(struct gh_result *to, const struct gh_result *from)
{
	for (size_t i = 0; i < from->n_subjects; i++) {
		struct gh_subject *s =
		    gh_result_subject(to, from->subject[i].name, from->subject[i].kind);
		if (s->claims)
			json_object_update_missing(s->claims, from->subject[i].claims);
	}
	for (size_t i = 0; i < from->findings.n; i++)
		gh_findings_copy(&to->findings, &from->findings.at[i]);
}

/* ---- one file -------------------------------------------------------------------- */

static int load_trust(
    struct gh_trust *t, const struct gh_recheck_opts *o, struct gh_err *err)
{
	if (gh_trust_builtin(t, err))
		return -1;
	for (size_t i = 0; i < o->n_trust; i++)
		if (gh_trust_add(t, o->trust[i].p, o->trust[i].len, err)) {
			(void)gh_err_prefix(err, "trust file");
			if (err)
				err->code = GH_E_CONFIG;
			return -1;
		}
	return 0;
}

/* One that is nothing we know: said, and what needed it will be missing. */
static void say_unknown_with(struct gh_result *out, const char *name,
    const struct gh_recheck_opts *o, size_t i, const struct gh_err *why)
{
	struct gh_finding *f = gh_findings_add(&out->findings, name, "evidence.with");
	gh_say(&f->title, "all that was given along can be read");
	gh_say(&f->expected, "certificates, CRLs, RIMs, TDX collateral, event logs, OCSP "
			     "responses, keys or evidence");
	if (o->with_name)
		gh_say(&f->observed, "%s: %s", o->with_name[i], why->what);
	else
		gh_say(&f->observed, "file %zu: %s", i + 1, why->what);
	gh_say(&f->why, "what is in it was not used, and it may be what speaks against "
			"the evidence");
	gh_say(&f->remedy, "fetch that file again, or leave it out");
	gh_judge(f, GH_UNKNOWN, "evidence.with.unknown");
}

static bool is_ours(const struct gh_err *e)
{
	return e->code == GH_E_NOMEM || e->code == GH_E_INTERNAL;
}

static int fail_as(struct gh_err *err, const struct gh_err *why)
{
	if (err)
		*err = *why;
	return -1;
}

/* All --with files as one set. */
static int load_with(struct gh_evidence_set *with, struct gh_result *notes,
    const char *name, const struct gh_recheck_opts *o, struct gh_err *err)
{
	for (size_t i = 0; i < o->n_with; i++) {
		gh_auto(struct gh_evidence_set, gh_evidence_set_free) one = {0};
		struct gh_err why = {0};
		if (gh_evidence_load(
			&one, o->with[i].p, o->with[i].len, GH_EV_UNKNOWN, &why) == 0) {
			if (gh_evidence_move(with, &one, err))
				return -1;
		} else if (is_ours(&why)) {
			return fail_as(err, &why);
		} else {
			say_unknown_with(notes, name, o, i, &why);
		}
	}
	return 0;
}

static void not_evidence(
    struct gh_result *out, const char *name, const struct gh_err *why)
{
	gh_result_subject(out, name, "evidence");
	struct gh_finding *f = gh_findings_add(&out->findings, name, "evidence.parse");
	gh_say(&f->title, "a form of evidence we know");
	gh_say(&f->expected,
	    "an SNP report, TDX quote, GPU or switch report, RIM, event log, token, OCSP"
	    " response or certificates; raw, PEM, DER, hex, base64 or JSON");
	gh_say(&f->observed, "%s", why->what);
	gh_say(&f->remedy, "--type names the kind when the guess is wrong");
	gh_judge(f, GH_FAIL, "evidence.parse");
}

/* Too many pieces are as little evidence as none. */
static int judge_set(struct gh_result *out, const char *name,
    const struct gh_evidence_set *set, const struct gh_evidence_set *with,
    const struct gh_context *ctx, struct gh_err *err)
{
	struct gh_err why = {0};
	if (gh_evidence_verify(out, name, set, with, ctx, &why) == 0)
		return 0;
	if (why.code != GH_E_PARSE)
		return fail_as(err, &why);
	not_evidence(out, name, &why);
	return 0;
}

int gh_recheck_evidence(struct gh_result *out, const char *name, struct gh_bytes evidence,
    const struct gh_recheck_opts *o, struct gh_err *err)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0}, with = {0};
	gh_auto(struct gh_result, gh_result_free) notes = {0};
	struct gh_trust trust = {0};
	struct gh_err why = {0};
	out->at = o->at;
	if (load_trust(&trust, o, err) || load_with(&with, &notes, name, o, err))
		return -1;
	const struct gh_context ctx = {.at = o->at,
	    .trust = &trust,
	    .allow_lab = o->allow_lab,
	    .nonce = o->nonce,
	    .policy = o->policy};
	if (gh_evidence_load(&set, evidence.p, evidence.len, o->type, &why) == 0) {
		if (judge_set(out, name, &set, &with, &ctx, err))
			return -1;
	} else if (is_ours(&why)) {
		return fail_as(err, &why);
	} else {
		not_evidence(out, name, &why);
	}
	if (notes.findings.n > 0) {
		gh_result_subject(out, name, "evidence");
		merge(out, &notes);
	}
	return gh_result_ok(out, err);
}

/* What a blocking FAIL means to the exit code, by its step or its code: the first row that
 * fits. A certificate taken back breaks no signature; a log that cannot be read is one that
 * was altered. */
static const struct {
	enum { AT_END, INSIDE, AT_START } where;
	const char *text;
	int code;
} exits[] = {
    {AT_END, ".revoked", 1},
    {AT_END, ".hold", 1},
    {AT_END, ".nonce", 3},
    {INSIDE, ".nonce.", 3},
    {AT_END, ".signature", 2},
    {INSIDE, ".signature.", 2},
    {INSIDE, ".chain.", 2},
    {AT_END, ".chain", 2},
    {AT_END, ".signer", 2},
    {AT_END, ".key", 2},
    {AT_END, ".digest", 2},
    {AT_END, ".binding", 2},
    {INSIDE, ".binding.", 2},
    {AT_START, "bind.", 2},
    {INSIDE, ".eventlog.", 2},
    {AT_START, "ccel.", 2},
    {AT_START, "runtime.", 2},
    {AT_END, ".time", 3},
};

static bool matches(size_t i, const char *s)
{
	size_t n = strlen(s), t = strlen(exits[i].text);
	switch (exits[i].where) {
	case AT_END:
		return n >= t && strcmp(s + n - t, exits[i].text) == 0;
	case AT_START:
		return strncmp(s, exits[i].text, t) == 0;
	default:
		return strstr(s, exits[i].text) != NULL;
	}
}

static int exit_of(const struct gh_finding *f)
{
	if (f->verdict != GH_FAIL || f->severity != GH_SEV_BLOCKER)
		return 1;
	for (size_t i = 0; i < GH_COUNT(exits); i++)
		if (matches(i, f->step) || matches(i, f->code))
			return exits[i].code;
	return 1;
}

int gh_recheck_exit(const struct gh_result *r)
{
	int code = gh_verdict_exit(gh_result_verdict(r)), worst = 1;
	if (code == 0)
		return 0;
	for (size_t i = 0; i < r->findings.n; i++) {
		int c = exit_of(&r->findings.at[i]);
		if (c == 2 || (c == 3 && worst == 1))
			worst = c;
	}
	return worst == 1 ? code : worst;
}

/* ---- the devices of a report ------------------------------------------------------ */

struct rechecking {
	struct gh_result *out;
	const struct gh_statement *s;
	const struct gh_recheck_source *source;
	const struct gh_context *ctx;
	struct gh_result fresh; /* what the evidence says now */
};

/* Judges the device into c->fresh with the nonce and versions the report states. */
static int judge_again(struct rechecking *c, const json_t *dev, struct gh_err *err)
{
	const struct gh_gpu_evidence ev = {
	    c->source->get(c->source->ctx, gh_json_text(dev, "evidence")),
	    c->source->get(c->source->ctx, gh_json_text(dev, "chain"))};
	struct gh_context ctx = *c->ctx;
	uint8_t nonce[32];
	if (!ev.report.p || !ev.chain_pem.p)
		return 0; /* said by compare_device */
	if (gh_unhex(nonce, sizeof(nonce), gh_json_text(dev, "nonce"), NULL))
		memset(nonce, 0, sizeof(nonce)); /* no report states such a nonce */
	ctx.nonce = (struct gh_bytes){nonce, sizeof(nonce)};
	return gh_gpu_verify(&c->fresh, gh_json_text(dev, "subject"), &ev, &ctx, err);
}

static const struct {
	const char *member, *claim;
} compared[] = {
    {"pdi", "pdi"},
    {"ueid", "ueid"},
    {"driver", "driver"},
    {"vbios", "vbios"},
    {"fwid", "fwid"},
    {"mode", "mode"},
    {"nonce", "nonce"},
};

/* The first member that differs, or NULL. */
static const char *differing(
    const json_t *dev, const struct gh_subject *fresh, const char **now)
{
	for (size_t i = 0; i < GH_COUNT(compared); i++) {
		*now = gh_claim_get(fresh, compared[i].claim);
		if (strcmp(gh_json_text(dev, compared[i].member), *now) != 0)
			return compared[i].member;
	}
	return NULL;
}

static struct gh_finding *begin(struct rechecking *c, const char *subject)
{
	struct gh_finding *f =
	    gh_findings_add(&c->out->findings, subject, "bundle.recheck");
	gh_say(&f->title, "evidence judged again agrees with the report");
	f->assurance = GH_A3;
	return f;
}

static void compare_device(struct rechecking *c, const json_t *dev)
{
	const char *subject = gh_json_text(dev, "subject"),
		   *said = gh_json_text(dev, "verdict");
	const struct gh_subject *fresh = gh_result_find(&c->fresh, subject);
	struct gh_finding *f = begin(c, subject);
	enum gh_verdict was = GH_UNKNOWN, now = GH_UNKNOWN;
	const char *value = "", *member;
	gh_say(&f->expected, "the report says %s", said);
	if (gh_verdict_parse(said, &was)) {
		gh_judge(f, GH_FAIL, "bundle.recheck.verdict");
		return;
	}
	if (!fresh) {
		gh_say(&f->why, "its evidence is not in the bundle");
		gh_judge(f, GH_UNKNOWN, "bundle.recheck.evidence");
		return;
	}
	now = gh_findings_verdict(&c->fresh.findings, subject);
	gh_say(&f->observed, "%s", gh_verdict_word(now));
	if ((member = differing(dev, fresh, &value))) {
		gh_say(&f->why, "%s: the report says \"%s\", the evidence \"%s\"", member,
		    gh_json_text(dev, member), value);
		gh_judge(f, GH_FAIL, "bundle.recheck.claims");
	} else if (now == was || gh_verdict_worse(was, now) == was) {
		/* The report may say worse: it also knows what only the console saw. */
		gh_judge(f, GH_PASS, "");
	} else {
		gh_say(&f->why, "the report says better than its own evidence does");
		gh_say(&f->remedy, "see the gpu.* steps of %s", subject);
		gh_judge(
		    f, now == GH_FAIL ? GH_FAIL : GH_UNKNOWN, "bundle.recheck.verdict");
	}
}

/* Every GPU the report speaks of must be among its devices, or it is merely believed. */
static void compare_subjects(struct rechecking *c)
{
	size_t i, k;
	json_t *sub, *dev;
	json_array_foreach(c->s->subjects, i, sub)
	{
		bool found = strcmp(gh_json_text(sub, "kind"), "gpu") != 0;
		json_array_foreach(c->s->devices, k, dev) found |=
		    strcmp(gh_json_text(dev, "subject"), gh_json_text(sub, "subject")) ==
		    0;
		if (found)
			continue;
		struct gh_finding *f = begin(c, gh_json_text(sub, "subject"));
		gh_say(
		    &f->why, "the report speaks of this device but brings no evidence");
		gh_judge(f, GH_UNKNOWN, "bundle.recheck.evidence");
	}
}

static int recheck_all(struct rechecking *c, struct gh_err *err)
{
	size_t i;
	json_t *dev;
	if (json_array_size(c->s->devices) > GH_DEVICES_MAX)
		return gh_fail(
		    err, GH_E_PARSE, "devices[]: more than %d", GH_DEVICES_MAX);
	json_array_foreach(c->s->devices, i, dev) if (judge_again(c, dev, err)) return -1;
	gh_gpu_distinct(&c->fresh);
	if (gh_result_ok(&c->fresh, err))
		return -1;
	json_array_foreach(c->s->devices, i, dev) compare_device(c, dev);
	compare_subjects(c);
	merge(c->out, &c->fresh);
	return gh_result_ok(c->out, err);
}

int gh_recheck_devices(struct gh_result *out, const struct gh_statement *s,
    const struct gh_recheck_source *source, const struct gh_context *ctx,
    struct gh_err *err)
{
	struct rechecking c = {.out = out, .s = s, .source = source, .ctx = ctx};
	c.fresh.at = ctx->at;
	int rc = recheck_all(&c, err);
	gh_result_free(&c.fresh);
	return rc;
}
