/* SPDX-License-Identifier: Apache-2.0
 * A policy as a table: each rule in words and, for a host, what it says on the newest facts
 * of that host; then what else the policy lays down. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ops/policy.h"
#include "sheet.h"
#include "view.h"

enum { RULES, CHECKS, BOUNDS, LEFT_OUT };

static const struct ui_part parts[] = {
    [RULES] = {.title = "RULE",
	.n_cols = 4,
	.col = {{"", 24, 0, false}, {"WHAT MUST BE", -1, 0, false}, {"NOW", 0, 60, false},
	    {"WEIGHT", 8, 90, false}}},
    [CHECKS] = {.title = "CHECK OF THE CATALOGUE",
	.n_cols = 2,
	.col = {{"", 24, 0, false}, {"CHANGED TO", 0, 0, false}}},
    [BOUNDS] = {.title = "BOUND",
	.n_cols = 2,
	.col = {{"", 24, 0, false}, {"VALUE", 0, 0, false}}},
    [LEFT_OUT] = {.title = "LEFT OUT",
	.n_cols = 2,
	.col = {{"", 24, 0, false}, {"WHAT NO RULE SAYS", 0, 0, false}}},
};

struct tally {
	unsigned int n[GH_SKIP + 1];
	size_t rules;
	bool weak; /* it leaves out what it should not */
};

/* ---- rules ----------------------------------------------------------------------------- */

static const struct gh_finding *finding_of(const struct ui_sheet *s, const char *rule)
{
	char step[128];

	snprintf(step, sizeof(step), "policy.%.100s", rule);
	return gh_findings_get(&s->result.findings, s->host, step);
}

static void judge_rule(struct ui_line *l, const struct gh_finding *f, struct tally *t)
{
	if (!f)
		return;
	t->n[(unsigned int)f->verdict % GH_COUNT(t->n)]++;
	l->f = f;
	l->judged = true;
	l->state = (enum ui_state)f->verdict;
	l->bad = ui_not_ok(f->verdict);
	ui_line_cell(l, 2, f->observed);
}

/* "h100-tdx-production line 8" */
static void put_place(struct ui_line *l, const json_t *rule)
{
	char place[200];

	snprintf(place, sizeof(place), "%.160s line %lld", gh_json_text(rule, "file"),
	    (long long)json_integer_value(json_object_get(rule, "line")));
	ui_line_field(l, "from", place);
}

static void add_rule(struct ui_sheet *s, json_t *rule, struct tally *t)
{
	const char *id = gh_json_text(rule, "id");
	struct ui_line *l = ui_sheet_add(s, RULES, id);

	if (!l)
		return;
	t->rules++;
	l->raw = json_incref(rule);
	ui_line_cell(l, 0, id);
	ui_line_cell(l, 1, gh_json_text(rule, "words"));
	ui_line_cell(l, 3, gh_json_text(rule, "severity"));
	judge_rule(l, finding_of(s, id), t);
	ui_line_field(l, "must be", gh_json_text(rule, "words"));
	ui_line_field(l, "why", gh_json_text(rule, "why"));
	ui_line_field(l, "the fact", gh_json_text(rule, "help"));
	ui_line_field(l, "weight", gh_json_text(rule, "severity"));
	put_place(l, rule);
}

/* ---- the rest ------------------------------------------------------------------------------ */

static void add_text(
    struct ui_sheet *s, unsigned int part, const char *id, const char *text)
{
	struct ui_line *l = text[0] ? ui_sheet_add(s, part, id) : NULL;

	if (!l)
		return;
	ui_line_cell(l, 0, id);
	ui_line_cell(l, 1, text);
	ui_line_field(l, "says", text);
}

static void add_check(struct ui_sheet *s, json_t *check)
{
	struct ui_line *l = ui_sheet_add(s, CHECKS, gh_json_text(check, "id"));

	if (!l)
		return;
	l->raw = json_incref(check);
	ui_line_cell(l, 0, l->id);
	ui_line_cell(l, 1, gh_json_text(check, "words"));
	ui_line_field(l, "changed to", gh_json_text(check, "words"));
	ui_line_field(l, "why", gh_json_text(check, "why"));
}

static void add_said(struct ui_sheet *s, const char *lead, json_t *names)
{
	const char *name;
	char id[96];
	json_t *v;

	json_object_foreach(names, name, v)
	{
		snprintf(id, sizeof(id), "%s%.80s", lead, name);
		if (json_is_string(v))
			add_text(s, BOUNDS, id, json_string_value(v));
	}
}

static void add_weak(struct ui_sheet *s, const char *weak)
{
	struct gh_bytes rest = gh_text_of(weak), line;

	for (unsigned int i = 1; gh_text_line(&rest, &line); i++) {
		char id[32], text[400];

		line = gh_text_trim(line);
		snprintf(id, sizeof(id), "left out %u", i);
		snprintf(text, sizeof(text), "%.*s",
		    (int)(line.len < 399 ? line.len : 399), (const char *)line.p);
		add_text(s, LEFT_OUT, id, text);
	}
}

/* ---- in a sentence --------------------------------------------------------------------------- */

/* "2 FAIL 1 UNKN 37 ok": the counts add up to the rules. */
static void counts(char *out, size_t size, const struct tally *t)
{
	static const enum gh_verdict order[] = {
	    GH_FAIL, GH_UNKNOWN, GH_STALE, GH_WARN, GH_PASS, GH_SKIP};
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < GH_COUNT(order) && used < size; i++)
		if (t->n[order[i]])
			used += (size_t)snprintf(out + used, size - used, "%s%u %s",
			    used ? " " : "", t->n[order[i]],
			    ui_status((enum ui_state)order[i])->word);
}

static void say_judged(struct ui_sheet *s, const struct tally *t, const char *what)
{
	const struct gh_finding *whole =
	    gh_findings_get(&s->result.findings, s->host, "policy");
	char n[120], clock[16];

	s->state = (enum ui_state)gh_result_verdict(&s->result);
	counts(n, sizeof(n), t);
	if (n[0])
		snprintf(s->line2, sizeof(s->line2),
		    "%.63s by %.110s: %.90s   facts of %s", s->host, what, n,
		    ui_clock(clock, s->result.at));
	else
		snprintf(s->line2, sizeof(s->line2), "not judged on %.63s: %.180s",
		    s->host, whole ? whole->observed : what);
}

static void say_tested(
    struct ui_sheet *s, const struct tally *t, const char *what, const json_t *tests)
{
	long long passed = json_integer_value(json_object_get(tests, "passed")),
		  failed = json_integer_value(json_object_get(tests, "failed"));

	s->state = failed    ? UI_ST_FAIL
		   : t->weak ? UI_ST_WARN
		   : passed  ? UI_ST_PASS
			     : UI_ST_UNKNOWN;
	snprintf(s->line2, sizeof(s->line2),
	    "%s: %zu rules%s; its own tests: %lld pass, %lld fail   no host is judged",
	    what, t->rules, t->weak ? ", WEAK: see what it leaves out" : "", passed,
	    failed);
}

void ui_policy_rows(struct ui_sheet *s, const json_t *explained, const json_t *tests)
{
	const json_t *rules = json_object_get(explained, "rules"),
		     *checks = json_object_get(explained, "checks");
	struct tally t = {.rules = 0};
	char what[130], ran[80];

	memcpy(s->part, parts, sizeof(parts));
	s->n_parts = GH_COUNT(parts);
	for (size_t i = 0; i < json_array_size(rules); i++)
		add_rule(s, json_array_get(rules, i), &t);
	for (size_t i = 0; i < json_array_size(checks); i++)
		add_check(s, json_array_get(checks, i));
	add_said(s, "for ", json_object_get(explained, "applies"));
	add_said(s, "", json_object_get(explained, "bounds"));
	add_text(s, BOUNDS, "sha256", gh_json_text(explained, "sha256"));
	snprintf(ran, sizeof(ran), "%lld pass, %lld fail",
	    (long long)json_integer_value(json_object_get(tests, "passed")),
	    (long long)json_integer_value(json_object_get(tests, "failed")));
	add_text(s, BOUNDS, "its own tests", ran);
	add_weak(s, gh_json_text(explained, "weak"));
	t.weak = gh_json_text(explained, "weak")[0] != '\0';
	snprintf(what, sizeof(what), "%.100s revision %lld",
	    gh_json_text(explained, "policy"),
	    (long long)json_integer_value(json_object_get(explained, "revision")));
	if (s->host[0])
		say_judged(s, &t, what);
	else
		say_tested(s, &t, what, tests);
}

struct ui_sheet *ui_sheet_policy(
    struct gh_session *session, const char *host, const char *policy)
{
	gh_auto(json_t *, gh_json_free) explained = NULL;
	gh_auto(json_t *, gh_json_free) tests = NULL;
	struct ui_sheet *s = ui_sheet_new(host, policy);
	struct gh_err err = {0};
	char name[GH_POLICY_NAME_MAX];

	snprintf(name, sizeof(name), "%s", policy);
	if ((name[0] || gh_op_policy_of(session, host, name, &err) == 0) &&
	    gh_op_policy_explain(name, &explained, &err) == 0 &&
	    gh_op_policy_test(name, gh_now(gh_session_env(session)), &tests, &err) == 0 &&
	    (!host[0] || gh_op_policy_judge(session, name, host, &s->result, &err) == 0))
		ui_policy_rows(s, explained, tests);
	else
		ui_sheet_failed(s, &err);
	return s;
}
