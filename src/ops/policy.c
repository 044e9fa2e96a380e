/* SPDX-License-Identifier: Apache-2.0
 * Operations on policy files. */
#include "ops/policy.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "checks/policy_eval.h"
#include "checks/policy_lint.h"
#include "ops/policy_words.h"
#include "ops/stored.h"

static int done(json_t *j, json_t **out, struct gh_err *err)
{
	*out = j;
	return j ? 0 : gh_fail(err, GH_E_NOMEM, "out of memory");
}

static json_t *extends_json(const struct gh_host_policy *p)
{
	json_t *list = json_array();

	for (size_t i = 1; i < p->n_files; i++)
		json_array_append_new(list, json_string(p->file[i].name));
	return list;
}

static json_t *weak_json(const struct gh_host_policy *p)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	(void)gh_policy_lint(p, &b);
	return json_string(gh_buf_cstr(&b));
}

/* ---- tests ------------------------------------------------------------------------------- */

static json_t *test_json(const struct gh_policy_test *t, bool passed, struct gh_buf *why)
{
	json_t *o =
	    json_pack("{s:i, s:b}", "line", (int)t->line, "passed", passed ? 1 : 0);

	gh_json_set_str(o, "name", t->name);
	gh_json_set_str(o, "why", gh_buf_cstr(why));
	return o;
}

int gh_op_policy_test(const char *policy, int64_t now, json_t **out, struct gh_err *err)
{
	gh_auto(struct gh_host_policy *, gh_host_policy_free) p = NULL;
	gh_auto(json_t *, gh_json_free) tests = json_array();
	size_t failed = 0;

	if (gh_host_policy_load(&p, policy, err) != 0)
		return -1;
	for (size_t i = 0; i < p->n_tests; i++) {
		gh_auto(struct gh_buf, gh_buf_free) why = {0};
		int rc = gh_policy_run_test(p, &p->test[i], now, &why, err);

		if (rc < 0)
			return -1;
		failed += rc == 1;
		json_array_append_new(tests, test_json(&p->test[i], rc == 0, &why));
	}
	return done(
	    json_pack("{s:s, s:s, s:s, s:o, s:O, s:i, s:i, s:o}", "policy", p->id, "file",
		p->file[0].name, "sha256", p->file[0].sha256, "extends", extends_json(p),
		"tests", tests, "passed", (int)(p->n_tests - failed), "failed",
		(int)failed, "weak", weak_json(p)),
	    out, err);
}

/* ---- in words ----------------------------------------------------------------------------- */

/* Texts of a policy file reach a terminal: gh_json_set_str cleans them. */
static json_t *texts(const char *id, struct gh_buf *words, const char *why)
{
	json_t *o = json_object();

	gh_json_set_str(o, "id", id);
	gh_json_set_str(o, "words", gh_buf_cstr(words));
	gh_json_set_str(o, "why", why);
	return o;
}

static json_t *rule_json(const struct gh_host_policy *p, const struct gh_rule *r)
{
	gh_auto(struct gh_buf, gh_buf_free) words = {0};
	json_t *o;

	gh_rule_words(&words, r);
	o = texts(r->id, &words, r->why);
	gh_json_set_str(o, "severity", gh_severity_word(r->severity));
	gh_json_set_str(o, "help", r->ask.fact->help);
	gh_json_set_str(o, "file", p->file[r->file].name);
	json_object_set_new(o, "line", json_integer(r->line));
	return o;
}

static json_t *change_json(const struct gh_check_change *c)
{
	gh_auto(struct gh_buf, gh_buf_free) words = {0};

	gh_change_words(&words, c);
	return texts(c->id, &words, c->why);
}

int gh_op_policy_explain(const char *policy, json_t **out, struct gh_err *err)
{
	gh_auto(struct gh_host_policy *, gh_host_policy_free) p = NULL;
	gh_auto(json_t *, gh_json_free) rules = json_array();
	gh_auto(json_t *, gh_json_free) checks = json_array();

	if (gh_host_policy_load(&p, policy, err) != 0)
		return -1;
	for (size_t i = 0; i < p->n_rules; i++)
		json_array_append_new(rules, rule_json(p, &p->rule[i]));
	for (size_t i = 0; i < p->n_changes; i++)
		json_array_append_new(checks, change_json(&p->change[i]));
	return done(
	    json_pack("{s:s, s:I, s:s, s:s, s:o, s:o, s:O, s:O, s:o, s:o}", "policy",
		p->id, "revision", (json_int_t)p->revision, "file", p->file[0].name,
		"sha256", p->file[0].sha256, "extends", extends_json(p), "applies",
		gh_policy_applies_json(p), "rules", rules, "checks", checks, "bounds",
		gh_policy_bounds_json(p), "weak", weak_json(p)),
	    out, err);
}

/* What the store holds of a host that was read at least once. */
static int load_read(
    struct gh_session *s, const char *host, struct gh_stored *st, struct gh_err *err)
{
	if (gh_stored_load(s, host, st, err) < 0)
		return -1;
	if (st->src.probe || st->src.bmc)
		return 0;
	gh_fail(err, GH_E_USAGE, "nothing was ever read from %s", host);
	return gh_err_hint(err, "gatehouse validate %s", host);
}

int gh_op_policy_judge(struct gh_session *s, const char *policy, const char *host,
    struct gh_result *out, struct gh_err *err)
{
	gh_auto(struct gh_host_policy *, gh_host_policy_free) p = NULL;
	gh_auto(struct gh_stored, gh_stored_free) st = {.ssh_at = 0};

	if (gh_session_need_fleet(s, err) < 0 ||
	    gh_host_policy_load(&p, policy, err) != 0 || load_read(s, host, &st, err) < 0)
		return -1;
	st.src.policy = p;
	out->at = st.src.at;
	(void)gh_result_subject(out, host, "host");
	gh_policy_judge(out, &st.src, &st.facts);
	return gh_result_ok(out, err);
}

int gh_op_policy_of(struct gh_session *s, const char *host,
    char out[static GH_POLICY_NAME_MAX], struct gh_err *err)
{
	const struct gh_host *h;

	if (gh_session_need_fleet(s, err) < 0)
		return -1;
	h = gh_fleet_host(s->fleet, host);
	if (!h)
		return gh_fail(
		    err, GH_E_USAGE, "there is no host '%.64s' in the fleet", host);
	if (h->policy[0] == '\0') {
		gh_fail(err, GH_E_USAGE, "the fleet file names no policy for %s", host);
		return gh_err_hint(err, "write policy: NAME below it");
	}
	if (strlen(h->policy) >= GH_POLICY_NAME_MAX)
		return gh_fail(
		    err, GH_E_USAGE, "the policy of %s has too long a name", host);
	snprintf(out, GH_POLICY_NAME_MAX, "%s", h->policy);
	return 0;
}

/* ---- two policies --------------------------------------------------------------------------- */

static void add_change(
    json_t *list, const char *what, const char *id, const char *a, const char *b)
{
	json_t *o;

	if (strcmp(a, b) == 0)
		return;
	o = json_object();
	gh_json_set_str(o, "what", what);
	gh_json_set_str(o, "id", id);
	gh_json_set_str(o, "a", a);
	gh_json_set_str(o, "b", b);
	json_array_append_new(list, o);
}

/* "block: bios.version must be 2.7 or newer; only warns until ..", "" for no rule. */
static void whole_rule(struct gh_buf *out, const struct gh_rule *r)
{
	char until[GH_TIME_LEN];

	if (!r)
		return;
	gh_buf_fmt(out, "%s: ",
	    r->severity == GH_SEV_BLOCKER ? "block" : gh_severity_word(r->severity));
	gh_rule_words(out, r);
	if (r->grace_until) {
		gh_time_text(until, r->grace_until);
		gh_buf_fmt(out, "; only warns until %s", until);
	}
}

static void compare_rules(
    json_t *list, const char *id, const struct gh_rule *a, const struct gh_rule *b)
{
	gh_auto(struct gh_buf, gh_buf_free) wa = {0}, wb = {0};

	whole_rule(&wa, a);
	whole_rule(&wb, b);
	add_change(list, "rule", id, gh_buf_cstr(&wa), gh_buf_cstr(&wb));
}

static void compare_checks(json_t *list, const char *id, const struct gh_check_change *a,
    const struct gh_check_change *b)
{
	gh_auto(struct gh_buf, gh_buf_free) wa = {0}, wb = {0};

	if (a)
		gh_change_words(&wa, a);
	if (b)
		gh_change_words(&wb, b);
	add_change(list, "check", id, gh_buf_cstr(&wa), gh_buf_cstr(&wb));
}

static void compare(
    json_t *list, const struct gh_host_policy *a, const struct gh_host_policy *b)
{
	for (size_t i = 0; i < a->n_rules; i++)
		compare_rules(
		    list, a->rule[i].id, &a->rule[i], gh_policy_rule(b, a->rule[i].id));
	for (size_t i = 0; i < b->n_rules; i++)
		if (!gh_policy_rule(a, b->rule[i].id))
			compare_rules(list, b->rule[i].id, NULL, &b->rule[i]);
	for (size_t i = 0; i < a->n_changes; i++)
		compare_checks(list, a->change[i].id, &a->change[i],
		    gh_policy_change(b, a->change[i].id));
	for (size_t i = 0; i < b->n_changes; i++)
		if (!gh_policy_change(a, b->change[i].id))
			compare_checks(list, b->change[i].id, NULL, &b->change[i]);
}

/* Bounds and the like: name to text, the same names in both. */
static void compare_bounds(
    json_t *list, const struct gh_host_policy *a, const struct gh_host_policy *b)
{
	gh_auto(json_t *, gh_json_free) x = gh_policy_bounds_json(a);
	gh_auto(json_t *, gh_json_free) y = gh_policy_bounds_json(b);
	gh_auto(json_t *, gh_json_free) for_x = gh_policy_applies_json(a);
	gh_auto(json_t *, gh_json_free) for_y = gh_policy_applies_json(b);
	const char *name;
	json_t *v;

	json_object_foreach(for_x, name, v)
	{
		add_change(list, "applies", name, gh_json_text(for_x, name),
		    gh_json_text(for_y, name));
	}
	json_object_foreach(x, name, v)
	{
		add_change(
		    list, "bound", name, gh_json_text(x, name), gh_json_text(y, name));
	}
}

int gh_op_policy_diff(const char *a, const char *b, json_t **out, struct gh_err *err)
{
	gh_auto(struct gh_host_policy *, gh_host_policy_free) p = NULL;
	gh_auto(struct gh_host_policy *, gh_host_policy_free) q = NULL;
	gh_auto(json_t *, gh_json_free) list = json_array();

	if (gh_host_policy_load(&p, a, err) != 0 || gh_host_policy_load(&q, b, err) != 0)
		return -1;
	compare_bounds(list, p, q);
	compare(list, p, q);
	return done(json_pack("{s:{s:s,s:I,s:s}, s:{s:s,s:I,s:s}, s:O}", "a", "id", p->id,
			"revision", (json_int_t)p->revision, "sha256", p->file[0].sha256,
			"b", "id", q->id, "revision", (json_int_t)q->revision, "sha256",
			q->file[0].sha256, "changes", list),
	    out, err);
}

/* ---- from a machine -------------------------------------------------------------------------- */

int gh_op_policy_from_host(
    struct gh_session *s, const char *host, struct gh_buf *out, struct gh_err *err)
{
	gh_auto(struct gh_stored, gh_stored_free) st = {.ssh_at = 0};
	gh_auto(json_t *, gh_json_free) doc = NULL;

	if (gh_session_need_fleet(s, err) < 0 || load_read(s, host, &st, err) < 0)
		return -1;
	doc = gh_policy_golden(st.src.host, &st.facts, st.src.at);
	if (!doc)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	gh_policy_print(out, doc);
	return gh_buf_ok(out, err);
}
