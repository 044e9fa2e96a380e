/* SPDX-License-Identifier: Apache-2.0
 * The finding: making, judging, summing up. */
#include "base/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

#define SAY_MAX      1000       /* bytes of one field */
#define FINDINGS_MAX (1u << 20) /* in one list */

/* Every text of a finding, so that no list of fields is written twice. */
static const size_t text_field[] = {
    offsetof(struct gh_finding, subject),
    offsetof(struct gh_finding, step),
    offsetof(struct gh_finding, parent),
    offsetof(struct gh_finding, title),
    offsetof(struct gh_finding, code),
    offsetof(struct gh_finding, expected),
    offsetof(struct gh_finding, observed),
    offsetof(struct gh_finding, why),
    offsetof(struct gh_finding, remedy),
    offsetof(struct gh_finding, source),
};

static char empty[] = ""; /* what a field holds until something is said; never freed */

static char **field_of(struct gh_finding *f, size_t i)
{
	return (char **)(void *)((char *)f + text_field[i]);
}

static void set_field(char **field, char *s)
{
	if (*field != empty)
		free(*field);
	*field = s == NULL ? empty : s;
}

static void finding_init(struct gh_finding *f)
{
	*f = (struct gh_finding){.severity = GH_SEV_BLOCKER};
	for (size_t i = 0; i < GH_COUNT(text_field); i++)
		*field_of(f, i) = empty;
}

static void finding_free(struct gh_finding *f)
{
	for (size_t i = 0; i < GH_COUNT(text_field); i++)
		set_field(field_of(f, i), NULL);
}

void gh_findings_free(struct gh_findings *fs)
{
	for (size_t i = 0; i < fs->n; i++)
		finding_free(&fs->at[i]);
	free(fs->at);
	*fs = (struct gh_findings){0};
}

static struct gh_finding *grow(struct gh_findings *fs)
{
	static _Thread_local struct gh_finding scratch;
	size_t cap = fs->cap == 0 ? 32 : fs->cap * 2;
	struct gh_finding *at;

	if (fs->n == fs->cap && !fs->oom) {
		at = cap > FINDINGS_MAX ? NULL : realloc(fs->at, cap * sizeof *at);
		fs->oom = at == NULL;
		if (at != NULL) {
			fs->at = at;
			fs->cap = cap;
		}
	}
	if (!fs->oom)
		return &fs->at[fs->n++];
	if (scratch.subject != NULL)
		finding_free(&scratch);
	return &scratch;
}

struct gh_finding *gh_findings_add(
    struct gh_findings *fs, const char *subject, const char *step)
{
	struct gh_finding *f = grow(fs);

	finding_init(f);
	gh_say(&f->subject, "%s", subject);
	gh_say(&f->step, "%s", step);
	return f;
}

void gh_findings_copy(struct gh_findings *to, const struct gh_finding *from)
{
	struct gh_finding *f = gh_findings_add(to, from->subject, from->step);
	struct gh_finding texts = *from;

	for (size_t i = 0; i < GH_COUNT(text_field); i++)
		gh_say(field_of(f, i), "%s", *field_of(&texts, i));
	f->verdict = from->verdict;
	f->severity = from->severity;
	f->assurance = from->assurance;
	f->lab = from->lab;
}

const struct gh_finding *gh_findings_get(
    const struct gh_findings *fs, const char *subject, const char *step)
{
	for (size_t i = 0; i < fs->n; i++) {
		if ((subject == NULL || strcmp(fs->at[i].subject, subject) == 0) &&
		    strcmp(fs->at[i].step, step) == 0)
			return &fs->at[i];
	}
	return NULL;
}

void gh_say_bytes(char **field, const void *p, size_t len)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	if (len > 0 && len <= SAY_MAX && gh_text_plain(p, len) == len) {
		set_field(field, strndup(p, len));
		return;
	}
	gh_text_clean(&b, p, len, SAY_MAX);
	/* A copy of its own length: a list keeps thousands of these. */
	set_field(field, b.len == 0 ? NULL : strndup((const char *)b.p, b.len));
}

void gh_say(char **field, const char *fmt, ...)
{
	gh_auto(struct gh_buf, gh_buf_free) raw = {0};
	char usual[256];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(usual, sizeof usual, fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof usual) {
		gh_say_bytes(field, usual, (size_t)n);
		return;
	}
	va_start(ap, fmt);
	gh_buf_vfmt(&raw, fmt, ap);
	va_end(ap);
	gh_say_bytes(field, raw.p, raw.oom ? 0 : raw.len);
}

void gh_judge(struct gh_finding *f, enum gh_verdict v, const char *code)
{
	f->verdict = v;
	gh_say(&f->code, "%s", code);
}

bool gh_finding_echo(const struct gh_finding *f)
{
	static const char *const reason[] = {
	    "no_ssh", "no_bmc", "bmc_silent", "bmc_pending", "bmc_old"};
	const char *last = strrchr(f->code, '.');

	for (size_t i = 0; last && i < GH_COUNT(reason); i++)
		if (strcmp(last + 1, reason[i]) == 0)
			return true;
	return false;
}

void gh_judge_err(struct gh_finding *f, const char *code, const struct gh_err *err)
{
	gh_judge(f, GH_UNKNOWN, code);
	gh_say(&f->why, "%s", err->what);
	if (err->hint[0] != '\0')
		gh_say(&f->remedy, "%s", err->hint);
}

/* Rank of a verdict, worst highest; SKIP does not count. */
static int rank(enum gh_verdict v)
{
	static const int r[] = {[GH_SKIP] = 0,
	    [GH_PASS] = 1,
	    [GH_WARN] = 2,
	    [GH_STALE] = 3,
	    [GH_UNKNOWN] = 4,
	    [GH_FAIL] = 5};

	return r[v];
}

enum gh_verdict gh_verdict_worse(enum gh_verdict a, enum gh_verdict b)
{
	return rank(a) >= rank(b) ? a : b;
}

enum gh_verdict gh_findings_verdict(const struct gh_findings *fs, const char *subject)
{
	enum gh_verdict worst = GH_SKIP;

	for (size_t i = 0; i < fs->n; i++) {
		enum gh_verdict v = fs->at[i].verdict;

		if (subject != NULL && strcmp(fs->at[i].subject, subject) != 0)
			continue;
		if (fs->at[i].severity == GH_SEV_INFO && v != GH_PASS)
			v = GH_SKIP;
		else if (fs->at[i].severity == GH_SEV_WARN && v != GH_PASS &&
			 v != GH_SKIP)
			v = GH_WARN;
		worst = gh_verdict_worse(worst, v);
	}
	return worst == GH_SKIP || fs->oom ? GH_UNKNOWN : worst;
}

static const char *const verdict_word[] = {[GH_UNKNOWN] = "UNKNOWN",
    [GH_PASS] = "PASS",
    [GH_WARN] = "WARN",
    [GH_FAIL] = "FAIL",
    [GH_STALE] = "STALE",
    [GH_SKIP] = "SKIP"};
static const char *const severity_word[] = {
    [GH_SEV_INFO] = "info", [GH_SEV_WARN] = "warn", [GH_SEV_BLOCKER] = "blocker"};
static const char *const assurance_word[] = {"A0", "A1", "A2", "A3"};

const char *gh_verdict_word(enum gh_verdict v)
{
	return (size_t)v < GH_COUNT(verdict_word) ? verdict_word[v] : "UNKNOWN";
}

const char *gh_severity_word(enum gh_severity s)
{
	return (size_t)s < GH_COUNT(severity_word) ? severity_word[s] : "blocker";
}

const char *gh_assurance_word(enum gh_assurance a)
{
	return (size_t)a < GH_COUNT(assurance_word) ? assurance_word[a] : "A0";
}

static int word_index(const char *const *words, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(words[i], word) == 0)
			return (int)i;
	}
	return -1;
}

int gh_verdict_parse(const char *word, enum gh_verdict *out)
{
	int i = word_index(verdict_word, GH_COUNT(verdict_word), word);

	if (i < 0)
		return -1;
	*out = (enum gh_verdict)i;
	return 0;
}

/* ---- JSON ------------------------------------------------------------------------- */

static const char *const text_key[] = {"subject", "step", "parent", "title", "code",
    "expected", "observed", "why", "remedy", "source"};

json_t *gh_finding_json(const struct gh_finding *f)
{
	struct gh_finding texts = *f;
	json_t *j = json_object();

	for (size_t i = 0; i < GH_COUNT(text_key); i++)
		json_object_set_new(j, text_key[i], json_string(*field_of(&texts, i)));
	json_object_set_new(j, "verdict", json_string(gh_verdict_word(f->verdict)));
	json_object_set_new(j, "severity", json_string(gh_severity_word(f->severity)));
	json_object_set_new(j, "assurance", json_string(gh_assurance_word(f->assurance)));
	json_object_set_new(j, "lab", json_boolean(f->lab));
	return j;
}

static int set_member(struct gh_finding *f, const char *key, const json_t *v)
{
	const char *s = json_string_value(v);
	int i = word_index(text_key, GH_COUNT(text_key), key), w;

	if (strcmp(key, "lab") == 0 && json_is_boolean(v)) {
		f->lab = json_is_true(v);
		return 0;
	}
	if (s == NULL)
		return -1;
	if (i >= 0) {
		gh_say(field_of(f, (size_t)i), "%s", s);
		return 0;
	}
	if (strcmp(key, "verdict") == 0)
		return gh_verdict_parse(s, &f->verdict);
	if (strcmp(key, "severity") == 0) {
		w = word_index(severity_word, GH_COUNT(severity_word), s);
		f->severity = w < 0 ? GH_SEV_BLOCKER : (enum gh_severity)w;
		return w < 0 ? -1 : 0;
	}
	if (strcmp(key, "assurance") == 0) {
		w = word_index(assurance_word, GH_COUNT(assurance_word), s);
		f->assurance = w < 0 ? GH_A0 : (enum gh_assurance)w;
		return w < 0 ? -1 : 0;
	}
	return -1;
}

int gh_finding_from_json(struct gh_findings *fs, const json_t *j, struct gh_err *err)
{
	static const char *const must[] = {"subject", "step", "verdict", "severity"};
	struct gh_finding *f;
	const char *key;
	const json_t *v;
	void *it;

	if (!json_is_object(j))
		return gh_fail(err, GH_E_PARSE, "a finding must be an object");
	for (size_t i = 0; i < GH_COUNT(must); i++) {
		if (json_object_get(j, must[i]) == NULL)
			return gh_fail(
			    err, GH_E_PARSE, "a finding has no \"%s\"", must[i]);
	}
	f = gh_findings_add(fs, "", "");
	for (it = json_object_iter((json_t *)(uintptr_t)j); it != NULL;
	     it = json_object_iter_next((json_t *)(uintptr_t)j, it)) {
		key = json_object_iter_key(it);
		v = json_object_iter_value(it);
		if (set_member(f, key, v) == 0)
			continue;
		f->verdict = GH_UNKNOWN;
		return gh_fail(
		    err, GH_E_PARSE, "a finding's \"%s\" is unknown or wrong", key);
	}
	return 0;
}
