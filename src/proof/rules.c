/* SPDX-License-Identifier: Apache-2.0
 * Counts, verdict, story, time and addressee of a report, each a finding. */
#include "proof/rules.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "crypto/digest.h"

struct judging {
	struct gh_result *out;
	const char *subject;
	const struct gh_statement *s;
	const struct gh_rules *rules;
};

static struct gh_finding *add(
    const struct judging *j, const char *step, const char *title)
{
	struct gh_finding *f = gh_findings_add(&j->out->findings, j->subject, step);
	gh_say(&f->parent, "bundle.statement");
	gh_say(&f->title, "%s", title);
	f->assurance = GH_A3; /* the signature below which it stands */
	f->lab = j->s->lab;
	return f;
}

static void judge_stage(const struct judging *j)
{
	struct gh_finding *f =
	    add(j, "bundle.stage", "stage and host agree with the type");
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	char name[GH_SHA256_NAME_LEN] = "";
	gh_say(&f->expected, "stage 1 of %s", GH_PREDICATE_HOST);
	gh_say(&f->observed, "stage %" PRId64 ", host %s", j->s->stage, j->s->host);
	if (j->s->stage != 1) {
		gh_judge(f, GH_FAIL, "bundle.stage.mismatch");
		return;
	}
	/* Reports of other makers may name the host by another digest: only our own marks
	 * (findings in full) promise that it is the one of predicate.host. */
	gh_json_dump(&b, j->s->host_object);
	if (!j->s->findings || !j->s->host_sha256[0])
		gh_judge(f, GH_PASS, "");
	else if (gh_sha256_name(b.p, b.len, name, NULL) ||
		 strcmp(name + 7, j->s->host_sha256) != 0)
		gh_judge(f, GH_FAIL, "bundle.stage.host");
	else
		gh_judge(f, GH_PASS, "");
}

static void judge_counts(const struct judging *j, const struct gh_tally *t)
{
	struct gh_finding *f =
	    add(j, "bundle.counts", "counts recomputed from the checks");
	gh_auto(struct gh_buf, gh_buf_free) want = {0}, got = {0};
	bool same = true;
	for (int i = 0; i < GH_OUTCOMES; i++) {
		const char *word = gh_outcome_word((enum gh_outcome)i);
		const json_t *v = json_object_get(j->s->counts, word);
		int64_t n = json_is_integer(v) ? json_integer_value(v) : -1;
		same &= n == t->count[i];
		gh_buf_fmt(&want, "%s%" PRId64 " %s", i ? ", " : "", t->count[i], word);
		gh_buf_fmt(&got, "%s%" PRId64 " %s", i ? ", " : "", n, word);
	}
	gh_say(&f->expected, "%s", gh_buf_cstr(&want));
	gh_say(&f->observed, "%s", gh_buf_cstr(&got));
	gh_say(&f->why, "a report that miscounts its own checks is not to be believed");
	gh_judge(f, same ? GH_PASS : GH_FAIL, same ? "" : "bundle.counts.wrong");
}

static void judge_verdict(const struct judging *j, const struct gh_tally *t)
{
	struct gh_finding *f =
	    add(j, "bundle.verdict", "verdict recomputed from the checks");
	gh_say(&f->expected, "pass");
	gh_say(&f->observed, "the report says %s", j->s->verdict);
	if (strcmp(t->verdict, j->s->verdict) != 0) {
		gh_say(&f->expected, "%s, by its own checks", t->verdict);
		gh_say(&f->why, "the verdict contradicts the checks: %s", t->first_bad);
		gh_judge(f, GH_FAIL, "bundle.verdict.contradicts");
	} else if (strcmp(t->verdict, "pass") == 0) {
		gh_judge(f, GH_PASS, "");
	} else if (strcmp(t->verdict, "fail") == 0) {
		gh_say(&f->why, "first failed check: %s", t->first_bad);
		gh_judge(f, GH_FAIL, "bundle.verdict.fail");
	} else {
		gh_say(&f->why, "could not be checked: %s",
		    t->first_bad[0] ? t->first_bad : "anything");
		gh_judge(f, GH_UNKNOWN, "bundle.verdict.error");
	}
}

static void judge_tally(const struct judging *j)
{
	struct gh_tally t;
	struct gh_err err = {0};
	if (gh_tally(&t, j->s->checks, &err) == 0) {
		judge_counts(j, &t);
		judge_verdict(j, &t);
		return;
	}
	struct gh_finding *f =
	    add(j, "bundle.counts", "counts recomputed from the checks");
	gh_judge_err(f, "bundle.counts.unreadable", &err);
	f->verdict = GH_FAIL;
}

/* checks[] is the same story as findings[], row by row. */
static bool same_story(const json_t *checks, const struct gh_findings *fs, size_t *at)
{
	if (json_array_size(checks) != fs->n) {
		*at = json_array_size(checks) < fs->n ? json_array_size(checks) : fs->n;
		return false;
	}
	for (*at = 0; *at < fs->n; (*at)++) {
		const struct gh_finding *f = &fs->at[*at];
		const json_t *row = json_array_get(checks, *at);
		const char *id = NULL, *subject = NULL, *outcome = NULL;
		if (gh_json_str(row, "", "id", &id, NULL) ||
		    gh_json_str(row, "", "subject", &subject, NULL) ||
		    gh_json_str(row, "", "outcome", &outcome, NULL) ||
		    strcmp(id, f->step) != 0 || strcmp(subject, f->subject) != 0 ||
		    strcmp(outcome, gh_outcome_word(gh_outcome_of(f->verdict))) != 0)
			return false;
	}
	return true;
}

/* True when the subject is a device whose evidence is in the bundle: then its findings
 * are made anew from that evidence instead of being believed. */
static bool is_device(const struct gh_statement *s, const char *subject)
{
	size_t i;
	json_t *row;
	json_array_foreach(s->devices, i, row)
	{
		const char *name = json_string_value(json_object_get(row, "subject"));
		if (name && strcmp(name, subject) == 0)
			return true;
	}
	return false;
}

static void take_story(const struct judging *j, const struct gh_result *story)
{
	for (size_t i = 0; i < story->n_subjects; i++) {
		const struct gh_subject *from = &story->subject[i];
		if (is_device(j->s, from->name))
			continue;
		struct gh_subject *to = gh_result_subject(j->out, from->name, from->kind);
		if (to->claims)
			json_object_update_missing(to->claims, from->claims);
	}
	for (size_t i = 0; i < story->findings.n; i++)
		if (!is_device(j->s, story->findings.at[i].subject))
			gh_findings_copy(&j->out->findings, &story->findings.at[i]);
}

static void judge_story(const struct judging *j)
{
	if (!j->s->findings || !j->s->subjects)
		return; /* an older or foreign report: checks[] is all there is */
	struct gh_finding *f =
	    add(j, "bundle.story", "checks and findings tell one story");
	gh_auto(struct gh_result, gh_result_free) story = {0};
	struct gh_err err = {0};
	char at[GH_TIME_LEN];
	size_t where = 0;
	gh_time_text(at, j->s->verified_at);
	gh_auto(json_t *, gh_json_free) o = json_pack("{s:s, s:O, s:O}", "at", at,
	    "subjects", j->s->subjects, "findings", j->s->findings);
	if (gh_result_from_json(&story, o, &err)) {
		gh_judge_err(f, "bundle.story.unreadable", &err);
		f->verdict = GH_FAIL;
		return;
	}
	if (!same_story(j->s->checks, &story.findings, &where)) {
		gh_say(&f->observed, "they differ at row %zu", where);
		gh_judge(f, GH_FAIL, "bundle.story.differs");
		return;
	}
	gh_say(&f->observed, "%zu findings", story.findings.n);
	gh_judge(f, GH_PASS, "");
	take_story(j, &story);
}

static void judge_time(const struct judging *j)
{
	struct gh_finding *f = add(j, "bundle.time", "the report is valid now");
	char issued[GH_TIME_LEN], expires[GH_TIME_LEN], at[GH_TIME_LEN];
	gh_time_text(issued, j->s->issued);
	gh_time_text(expires, j->s->expires);
	gh_time_text(at, j->rules->at);
	gh_say(&f->expected, "from %s until %s", issued, expires);
	gh_say(&f->observed, "%s", at);
	if (j->s->expires <= j->s->issued) {
		gh_say(&f->why, "it expires before it was issued");
		gh_judge(f, GH_FAIL, "bundle.time.window");
	} else if (j->s->verified_at > j->s->issued + GH_SKEW_S) {
		gh_say(&f->why, "it was issued before what it reports was verified");
		gh_judge(f, GH_FAIL, "bundle.time.order");
	} else if (j->rules->at < j->s->issued - GH_SKEW_S) {
		gh_say(&f->why, "it is from the future: one of the clocks is wrong");
		gh_judge(f, GH_FAIL, "bundle.time.future");
	} else if (j->rules->at >= j->s->expires + GH_SKEW_S) {
		gh_say(&f->why, "what it says may have changed since");
		gh_say(
		    &f->remedy, "ask for a new report; --at TIME judges it at that time");
		gh_judge(f, GH_STALE, "bundle.time.expired");
	} else {
		gh_judge(f, GH_PASS, "");
	}
}

static void judge_audience(const struct judging *j)
{
	struct gh_finding *f = add(j, "bundle.audience", "the report was made for us");
	const char *want = j->rules->audience;
	gh_say(&f->observed, "for %s", j->s->audience);
	if (!want) {
		gh_say(&f->why, "not compared: no --audience was given");
		gh_judge(f, GH_SKIP, "");
		return;
	}
	gh_say(&f->expected, "for %s", want);
	bool same = strcmp(want, j->s->audience) == 0;
	gh_judge(f, same ? GH_PASS : GH_FAIL, same ? "" : "bundle.audience.other");
}

static void judge_nonce(const struct judging *j)
{
	struct gh_finding *f = add(j, "bundle.nonce", "the report answers our nonce");
	const char *want = j->rules->nonce, *got = j->s->client_nonce;
	gh_say(&f->observed, "%s", got[0] ? got : "none");
	if (!want) {
		gh_say(&f->why, "not compared: no --nonce was given");
		gh_judge(f, GH_SKIP, "");
		return;
	}
	gh_say(&f->expected, "%s", want);
	bool same = got[0] && strcmp(want, got) == 0;
	if (!same)
		gh_say(&f->why, "it may be an old report, played again");
	gh_judge(f, same ? GH_PASS : GH_FAIL, same ? "" : "bundle.nonce.mismatch");
}

static void judge_lab(const struct judging *j)
{
	if (!j->s->lab)
		return;
	struct gh_finding *f = add(j, "bundle.lab", "the report rests on lab keys");
	gh_say(&f->observed, "LAB");
	gh_say(&f->why, "a lab report proves nothing about real hardware");
	if (j->rules->allow_lab) {
		gh_judge(f, GH_PASS, "");
		return;
	}
	gh_say(&f->remedy, "--lab accepts it as what it is");
	gh_judge(f, GH_FAIL, "bundle.lab.refused");
}

static void put_claims(const struct judging *j)
{
	struct gh_subject *sub = gh_result_subject(j->out, j->subject, "report");
	const struct gh_statement *s = j->s;
	char t[GH_TIME_LEN];
	gh_claim(sub, "report_id", "%s", s->report_id);
	gh_claim(sub, "host", "%s", s->host);
	gh_claim(sub, "verdict", "%s", s->verdict);
	gh_claim(sub, "audience", "%s", s->audience);
	gh_claim(sub, "stage", "%" PRId64, s->stage);
	gh_claim(sub, "sequence", "%" PRId64, s->sequence);
	gh_claim(sub, "previous", "%s", s->previous);
	gh_claim(sub, "client_nonce", "%s", s->client_nonce);
	gh_claim(sub, "gatehouse_nonce", "%s", s->gatehouse_nonce);
	gh_time_text(t, s->issued);
	gh_claim(sub, "issued", "%s", t);
	gh_time_text(t, s->expires);
	gh_claim(sub, "expires", "%s", t);
}

void gh_rules_judge(struct gh_result *out, const char *subject,
    const struct gh_statement *s, const struct gh_rules *rules)
{
	const struct judging j = {out, subject, s, rules};
	put_claims(&j);
	judge_stage(&j);
	judge_tally(&j);
	judge_time(&j);
	judge_audience(&j);
	judge_nonce(&j);
	judge_lab(&j);
	judge_story(&j); /* last: it brings the host's own findings */
}
