/* SPDX-License-Identifier: Apache-2.0
 * Reads what a policy file says about checks of the catalogue, and its tests (the members
 * "checks" and "tests"; declared in policy_read.h). */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "checks/policy_read.h"
#include "checks/policy_value.h"

#define TESTS_MAX 256

/* ---- checks ------------------------------------------------------------------------------- */

static int need_catalogue(struct gh_policy_reader *r)
{
	return r->catalogue ? 0 : gh_catalogue_load(&r->catalogue, r->err);
}

static int read_stage(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v, void *to)
{
	static const char *const words[] = {"stage2", "stage3", NULL};

	return gh_policy_read_word(r, at, v, words, to);
}

static int read_params(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v, void *to)
{
	const json_t **out = to;

	*out = v;
	return json_is_object(v)
		   ? 0
		   : gh_policy_refuse(r, at, false, "this must be an object");
}

static int read_change_severity(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v, void *to)
{
	struct gh_check_change *c = to;

	c->has_severity = true;
	return gh_policy_read_severity(r, at, v, &c->severity);
}

#define CHANGE(m) offsetof(struct gh_check_change, m)

static const struct gh_policy_member change_members[] = {
    {"severity", read_change_severity, 0, false},
    {"proved_by", read_stage, CHANGE(proved_by), false},
    {"params", read_params, CHANGE(params), false},
    {"grace_until", gh_policy_read_time, CHANGE(grace_until), false},
    {"why", gh_policy_read_text, CHANGE(why), false},
};

/* A parameter must be one that the catalogue gives to that check, of the same kind. */
static int check_params(struct gh_policy_reader *r, const struct gh_json_at *at,
    const struct gh_check *check, const json_t *params)
{
	struct gh_json_at object = {at, "params", 0};
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)params, name, value)
	{
		const json_t *known = json_object_get(check->params, name);
		struct gh_json_at here = {&object, name, 0};

		if (!known)
			return gh_policy_refuse(r, &here, true,
			    "%s has no parameter \"%.40s\"", check->id, name);
		if (json_typeof(known) != json_typeof(value) &&
		    !(json_is_boolean(known) && json_is_boolean(value)))
			return gh_policy_refuse(r, &here, false,
			    "this is of another kind than the catalogue's");
	}
	return 0;
}

/* The change of a file below gives way to this one. */
static struct gh_check_change *change_slot(struct gh_policy_reader *r, const char *id)
{
	struct gh_host_policy *p = r->p;
	struct gh_check_change *more;

	for (size_t i = 0; i < p->n_changes; i++)
		if (strcmp(p->change[i].id, id) == 0)
			return &p->change[i];
	more = gh_policy_grow(r, p->change, p->n_changes, sizeof(*p->change));
	if (!more)
		return NULL;
	p->change = more;
	return &more[p->n_changes++];
}

static int read_change(struct gh_policy_reader *r, const struct gh_json_at *at,
    const json_t *v, const char *id)
{
	struct gh_policy_shape shape = {change_members, GH_COUNT(change_members)};
	const struct gh_check *check = gh_catalogue_get(r->catalogue, id);
	struct gh_check_change *c;

	if (!check)
		return gh_policy_refuse(r, at, true,
		    "the catalogue has no check \"%.60s\" (gatehouse checks lists them)",
		    id);
	c = change_slot(r, id);
	if (!c)
		return -1;
	*c = (struct gh_check_change){.id = id, .proved_by = "", .why = ""};
	if (gh_policy_object(r, at, v, shape, c) != 0 ||
	    check_params(r, at, check, c->params) != 0)
		return -1;
	return json_object_size(v)
		   ? 0
		   : gh_policy_refuse(r, at, false, "an empty object changes nothing");
}

int gh_policy_read_checks(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v, void *to)
{
	const char *id;
	json_t *value;

	(void)to;
	if (!json_is_object(v))
		return gh_policy_refuse(r, at, false, "this must be an object");
	if (need_catalogue(r) != 0)
		return -1;
	json_object_foreach((json_t *)(uintptr_t)v, id, value)
	{
		struct gh_json_at here = {at, id, 0};

		if (read_change(r, &here, value, id) != 0)
			return -1;
	}
	return 0;
}

/* ---- tests -------------------------------------------------------------------------------- */

static int read_facts(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v, void *to)
{
	const json_t **out = to;
	const char *name;
	json_t *value;

	if (!json_is_object(v))
		return gh_policy_refuse(r, at, false, "this must be an object");
	json_object_foreach((json_t *)(uintptr_t)v, name, value)
	{
		const struct gh_fact_def *fact = gh_fact_def(name);
		struct gh_json_at here = {at, name, 0};
		struct gh_op_fault f;

		if (!fact)
			return gh_policy_refuse(
			    r, &here, true, "unknown fact \"%.60s\"", name);
		if (!gh_fact_fits(fact, value, &f))
			return gh_policy_refuse(r, &here, false, "%s", f.what);
	}
	*out = v;
	return 0;
}

static int read_expect(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v, void *to)
{
	static const char *const words[] = {
	    "pass", "warn", "fail", "unknown", "skip", NULL};
	const json_t **out = to;
	const char *id, *word;
	json_t *value;

	if (!json_is_object(v) || json_object_size(v) == 0)
		return gh_policy_refuse(
		    r, at, false, "this must be an object: rule to outcome");
	json_object_foreach((json_t *)(uintptr_t)v, id, value)
	{
		struct gh_json_at here = {at, id, 0};

		if (strcmp(id, "policy") != 0 && !gh_policy_rule(r->p, id))
			return gh_policy_refuse(
			    r, &here, true, "there is no rule \"%.60s\"", id);
		if (gh_policy_read_word(r, &here, value, words, &word) != 0)
			return -1;
	}
	*out = v;
	return 0;
}

#define TEST(m) offsetof(struct gh_policy_test, m)

static const struct gh_policy_member test_members[] = {
    {"name", gh_policy_read_text, TEST(name), true},
    {"at", gh_policy_read_time, TEST(at), false},
    {"facts", read_facts, TEST(facts), true},
    {"expect", read_expect, TEST(expect), true},
};

int gh_policy_read_tests(struct gh_policy_reader *r, const json_t *doc)
{
	const json_t *all = json_object_get(doc, "tests");
	struct gh_json_at at = {NULL, "tests", 0};
	struct gh_policy_shape shape = {test_members, GH_COUNT(test_members)};

	if (!all)
		return 0;
	if (!json_is_array(all) || json_array_size(all) > TESTS_MAX)
		return gh_policy_refuse(
		    r, &at, false, "this must be a list of at most %d tests", TESTS_MAX);
	r->p->test = calloc(json_array_size(all) + 1, sizeof(*r->p->test));
	if (!r->p->test)
		return gh_fail(r->err, GH_E_NOMEM, "out of memory");
	for (size_t i = 0; i < json_array_size(all); i++) {
		struct gh_json_at here = {&at, NULL, i};
		struct gh_policy_test *t = &r->p->test[r->p->n_tests++];

		t->line = gh_json_place(r->text, &here, false).line;
		if (gh_policy_object(r, &here, json_array_get(all, i), shape, t) != 0)
			return -1;
	}
	return 0;
}
