/* SPDX-License-Identifier: Apache-2.0
 * What a policy changes about checks of the catalogue, and the tests that it carries
 * (declared in policy_eval.h). */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "checks/policy_eval.h"

struct gh_check gh_policy_check(
    const struct gh_check *c, const struct gh_check_change *change, json_t **params)
{
	struct gh_check mine = *c;

	*params = NULL;
	if (!change)
		return mine;
	if (change->has_severity)
		mine.severity = change->severity;
	if (change->params) {
		*params = json_copy((json_t *)(uintptr_t)c->params);
		if (*params)
			(void)json_object_update(
			    *params, (json_t *)(uintptr_t)change->params);
		mine.params = *params;
	}
	return mine;
}

/* Appends to what the finding expects; a text that would be cut stays whole instead. */
static void add_words(char **field, const char *words)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	gh_buf_fmt(&b, "%s%s%s", *field, (*field)[0] ? "; " : "", words);
	gh_say(field, "%s", gh_buf_cstr(&b));
}

static void in_grace(struct gh_finding *f, int64_t until)
{
	char text[GH_TIME_LEN], code[160], words[80];

	gh_time_text(text, until);
	snprintf(code, sizeof(code), "%s.grace", f->step);
	snprintf(words, sizeof(words), "until %s this only warns, then it blocks", text);
	gh_judge(f, GH_WARN, code);
	add_words(&f->expected, words);
}

void gh_policy_amend(struct gh_finding *f, const struct gh_check *catalogue,
    const struct gh_host_policy *p, int64_t at)
{
	const struct gh_check_change *c = gh_policy_change(p, catalogue->id);
	char words[640];

	if (!c)
		return;
	if (c->has_severity && c->severity != catalogue->severity) {
		snprintf(words, sizeof(words),
		    "the catalogue says %s, the policy %.64s says %s%s%.400s",
		    gh_severity_word(catalogue->severity), p->id,
		    gh_severity_word(c->severity), c->why[0] ? ": " : "", c->why);
		add_words(&f->expected, words);
	}
	if (f->verdict == GH_FAIL && c->grace_until > at)
		in_grace(f, c->grace_until);
	if (f->verdict != GH_UNKNOWN || !c->proved_by[0])
		return;
	snprintf(words, sizeof(words),
	    "the policy %.64s lets it pass for now: stage %c proves it%s%.400s", p->id,
	    c->proved_by[strlen(c->proved_by) - 1], c->why[0] ? ": " : "", c->why);
	add_words(&f->why, words);
	if (f->severity == GH_SEV_BLOCKER)
		f->severity = GH_SEV_WARN;
}

/* ---- tests -------------------------------------------------------------------------------- */

static void lower(char out[static 16], enum gh_verdict v)
{
	snprintf(out, 16, "%s", gh_verdict_word(v));
	for (char *c = out; *c; c++)
		*c = (char)tolower((unsigned char)*c);
}

static void judge_all(struct gh_findings *fs, const struct gh_host_policy *p,
    const struct gh_policy_view *v)
{
	for (size_t i = 0; i < p->n_rules; i++)
		gh_rule_judge(
		    gh_findings_add(fs, "test", p->rule[i].id), p, &p->rule[i], v);
}

/* False, and says so, when that rule came out otherwise. */
static bool as_expected(
    struct gh_buf *out, const struct gh_findings *fs, const char *id, const char *want)
{
	const struct gh_finding *f = gh_findings_get(fs, NULL, id);
	char got[16];

	lower(got, f ? f->verdict : gh_findings_verdict(fs, NULL));
	if (strcmp(got, want) == 0)
		return true;
	gh_buf_fmt(out, "%s%s: %s, expected %s", out->len ? "; " : "", id, got, want);
	if (f && f->observed[0])
		gh_buf_fmt(out, " (%s)", f->observed);
	return false;
}

int gh_policy_run_test(const struct gh_host_policy *p, const struct gh_policy_test *t,
    int64_t now, struct gh_buf *out, struct gh_err *err)
{
	gh_auto(json_t *, gh_json_free) nothing = json_object();
	struct gh_facts facts = {(json_t *)(uintptr_t)t->facts, nothing};
	struct gh_policy_view v = {&facts, true, true, t->at ? t->at : now};
	gh_auto(struct gh_findings, gh_findings_free) fs = {0};
	const char *id;
	json_t *want;
	int rc = 0;

	judge_all(&fs, p, &v);
	if (!nothing || fs.oom)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	json_object_foreach((json_t *)(uintptr_t)t->expect, id, want)
	{
		if (!as_expected(out, &fs, id, json_string_value(want)))
			rc = 1;
	}
	return gh_buf_ok(out, err) == 0 ? rc : -1;
}
