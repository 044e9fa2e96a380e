/* SPDX-License-Identifier: Apache-2.0
 * Reads a policy document: tables of members say what is known and how it is read. */
#include "checks/policy_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "checks/policy_value.h"

#define TEXT_MAX     400
#define ID_MAX       64
#define NAME_MAX_LEN 100 /* of a file in a message, which has 240 bytes */

int gh_policy_refuse(struct gh_policy_reader *r, const struct gh_json_at *at, bool of_key,
    const char *fmt, ...)
{
	struct gh_json_place place = gh_json_place(r->text, at, of_key);
	char what[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return gh_fail(r->err, GH_E_CONFIG, "%s:%u:%u: %s",
	    gh_policy_name(r->p->file[r->file].name), place.line, place.column, what);
}

const char *gh_policy_name(const char *name)
{
	size_t n = strlen(name);

	return n <= NAME_MAX_LEN ? name : name + n - NAME_MAX_LEN;
}

static const struct gh_policy_member *member_of(
    struct gh_policy_shape shape, const char *name)
{
	for (size_t i = 0; i < shape.n; i++)
		if (strcmp(shape.member[i].name, name) == 0)
			return &shape.member[i];
	return NULL;
}

int gh_policy_object(struct gh_policy_reader *r, const struct gh_json_at *at,
    const json_t *v, struct gh_policy_shape shape, void *to)
{
	const char *name;
	json_t *value;

	if (!json_is_object(v))
		return gh_policy_refuse(r, at, false, "this must be an object");
	json_object_foreach((json_t *)(uintptr_t)v, name, value)
	{
		const struct gh_policy_member *m = member_of(shape, name);
		struct gh_json_at here = {at, name, 0};

		if (!m)
			return gh_policy_refuse(
			    r, &here, true, "unknown member \"%.60s\"", name);
		if (m->read(r, &here, value, (char *)to + m->to) != 0)
			return -1;
	}
	for (size_t i = 0; i < shape.n; i++)
		if (shape.member[i].needed && !json_object_get(v, shape.member[i].name))
			return gh_policy_refuse(
			    r, at, false, "\"%s\" is missing", shape.member[i].name);
	return 0;
}

void *gh_policy_grow(struct gh_policy_reader *r, void *array, size_t n, size_t size)
{
	void *more = realloc(array, (n + 1) * size);

	if (!more)
		(void)gh_fail(r->err, GH_E_NOMEM, "out of memory");
	else
		memset((char *)more + n * size, 0, size);
	return more;
}

/* ---- simple values ------------------------------------------------------------------------ */

int gh_policy_read_text(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v, void *to)
{
	const char **out = to;

	if (!json_is_string(v) || json_string_length(v) == 0 ||
	    json_string_length(v) > TEXT_MAX)
		return gh_policy_refuse(
		    r, at, false, "this must be a text of 1 to %d bytes", TEXT_MAX);
	*out = json_string_value(v);
	return 0;
}

int gh_policy_read_id(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v, void *to)
{
	const char **out = to, *s = json_string_value(v);
	static const char set[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";

	if (!s || s[0] == '\0' || strlen(s) > ID_MAX || s[strspn(s, set)] != '\0')
		return gh_policy_refuse(r, at, false,
		    "an id has 1 to %d of the characters a-z 0-9 . _ -", ID_MAX);
	*out = s;
	return 0;
}

int gh_policy_read_word(struct gh_policy_reader *r, const struct gh_json_at *at,
    const json_t *v, const char *const *words, const char **to)
{
	gh_auto(struct gh_buf, gh_buf_free) all = {0};
	const char *s = json_string_value(v);

	for (size_t i = 0; words[i]; i++) {
		if (s && strcmp(s, words[i]) == 0) {
			*to = words[i];
			return 0;
		}
		gh_buf_fmt(&all, "%s\"%s\"", i ? ", " : "", words[i]);
	}
	return gh_policy_refuse(
	    r, at, false, "this must be one of %s", gh_buf_cstr(&all));
}

int gh_policy_read_severity(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v, void *to)
{
	static const char *const words[] = {"info", "warn", "block", "blocker", NULL};
	enum gh_severity *out = to;
	const char *word;

	if (gh_policy_read_word(r, at, v, words, &word) != 0)
		return -1;
	*out = word[0] == 'i'   ? GH_SEV_INFO
	       : word[0] == 'w' ? GH_SEV_WARN
				: GH_SEV_BLOCKER;
	return 0;
}

int gh_policy_read_time(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v, void *to)
{
	int64_t *out = to;

	if (json_is_null(v))
		return 0;
	if (json_is_string(v) && gh_time_parse(json_string_value(v), out, NULL) == 0 &&
	    *out > 0)
		return 0;
	return gh_policy_refuse(r, at, false,
	    "this must be a time such as 2026-11-23T03:14:07Z, a date, or null");
}

int gh_policy_read_count(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v, void *to)
{
	int64_t *out = to;

	if (!json_is_integer(v) || json_integer_value(v) < 0 ||
	    json_integer_value(v) > INT32_MAX)
		return gh_policy_refuse(
		    r, at, false, "this must be a whole number, 0 or more");
	*out = json_integer_value(v);
	return 0;
}

static int read_version(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v, void *to)
{
	(void)to;
	return json_is_integer(v) && json_integer_value(v) == 1
		   ? 0
		   : gh_policy_refuse(r, at, false,
			 "this must be 1: no other version of the language is known");
}

/* Read before, or read later. */
static int skip(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v, void *to)
{
	(void)r;
	(void)at;
	(void)v;
	(void)to;
	return 0;
}

/* ---- rules -------------------------------------------------------------------------------- */

static int read_fact(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v, void *to)
{
	const struct gh_fact_def **out = to;

	*out = json_is_string(v) ? gh_fact_def(json_string_value(v)) : NULL;
	if (*out)
		return 0;
	return gh_policy_refuse(r, at, false,
	    "unknown fact \"%.60s\" (docs/policy.md lists them)",
	    json_is_string(v) ? json_string_value(v) : "");
}

static int read_op(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v, void *to)
{
	const struct gh_op **out = to;

	*out = json_is_string(v) ? gh_op_find(json_string_value(v)) : NULL;
	if (*out)
		return 0;
	return gh_policy_refuse(r, at, false,
	    "unknown operator \"%.60s\" (docs/policy.md lists them)",
	    json_is_string(v) ? json_string_value(v) : "");
}

static int read_value(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v, void *to)
{
	const json_t **out = to;

	(void)r;
	(void)at;
	*out = v;
	return 0;
}

/* Fact, operator and value must go together; says where they do not. */
static int check_ask(
    struct gh_policy_reader *r, const struct gh_json_at *at, const struct gh_ask *a)
{
	struct gh_json_at value = {at, "value", 0}, op = {at, "op", 0},
			  inner = {&value, NULL, 0};
	struct gh_op_fault f;

	if (gh_op_takes(a->op, a->fact, a->value, &f))
		return 0;
	if (!a->value || !(a->op->types & 1u << a->fact->type))
		return gh_policy_refuse(r, &op, false, "%s", f.what);
	inner.key = f.key;
	inner.index = f.index;
	return gh_policy_refuse(
	    r, f.key || f.index != SIZE_MAX ? &inner : &value, false, "%s", f.what);
}

static const struct gh_policy_member ask_members[] = {
    {"fact", read_fact, offsetof(struct gh_ask, fact), true},
    {"op", read_op, offsetof(struct gh_ask, op), true},
    {"value", read_value, offsetof(struct gh_ask, value), false},
};

static int read_condition(struct gh_policy_reader *r, const struct gh_json_at *at,
    const json_t *v, struct gh_rule *rule)
{
	struct gh_ask *more =
	    gh_policy_grow(r, rule->when, rule->n_when, sizeof(*rule->when));
	struct gh_policy_shape shape = {ask_members, GH_COUNT(ask_members)};

	if (!more)
		return -1;
	rule->when = more;
	if (gh_policy_object(r, at, v, shape, &more[rule->n_when]) != 0)
		return -1;
	return check_ask(r, at, &more[rule->n_when++]);
}

/* One condition, or a list of them that must all hold. to is the rule. */
static int read_when(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v, void *to)
{
	if (!json_is_array(v))
		return json_is_null(v) ? 0 : read_condition(r, at, v, to);
	for (size_t i = 0; i < json_array_size(v); i++) {
		struct gh_json_at here = {at, NULL, i};

		if (read_condition(r, &here, json_array_get(v, i), to) != 0)
			return -1;
	}
	return json_array_size(v)
		   ? 0
		   : gh_policy_refuse(r, at, false, "an empty list says nothing");
}

#define RULE(m) offsetof(struct gh_rule, m)

static const struct gh_policy_member rule_members[] = {
    {"id", gh_policy_read_id, RULE(id), true},
    {"fact", read_fact, RULE(ask.fact), true},
    {"op", read_op, RULE(ask.op), true},
    {"value", read_value, RULE(ask.value), false},
    {"severity", gh_policy_read_severity, RULE(severity), false},
    {"grace_until", gh_policy_read_time, RULE(grace_until), false},
    {"why", gh_policy_read_text, RULE(why), false},
    {"when", read_when, 0, false},
};

/* The place of a rule of that id: one of a file below is replaced, one of the same file
 * is a mistake. NULL and *err otherwise. */
static struct gh_rule *rule_slot(
    struct gh_policy_reader *r, const struct gh_json_at *at, const char *id)
{
	struct gh_host_policy *p = r->p;
	struct gh_json_at key = {at, "id", 0};
	struct gh_rule *more;

	for (size_t i = 0; id && i < p->n_rules; i++) {
		if (strcmp(p->rule[i].id, id) != 0)
			continue;
		if (p->rule[i].file == r->file) {
			gh_policy_refuse(r, &key, false, "the rule %s stands twice", id);
			return NULL;
		}
		free(p->rule[i].when);
		p->rule[i] = (struct gh_rule){.id = id};
		return &p->rule[i];
	}
	if (p->n_rules >= GH_POLICY_RULES_MAX) {
		gh_policy_refuse(r, at, false, "more than %d rules", GH_POLICY_RULES_MAX);
		return NULL;
	}
	more = gh_policy_grow(r, p->rule, p->n_rules, sizeof(*p->rule));
	if (!more)
		return NULL;
	p->rule = more;
	return &more[p->n_rules++];
}

static int read_rule(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v)
{
	struct gh_policy_shape shape = {rule_members, GH_COUNT(rule_members)};
	struct gh_rule *rule =
	    rule_slot(r, at, json_string_value(json_object_get(v, "id")));

	if (!rule)
		return -1;
	rule->id = "";
	rule->why = "";
	rule->severity = GH_SEV_BLOCKER;
	rule->file = r->file;
	rule->line = gh_json_place(r->text, at, false).line;
	if (gh_policy_object(r, at, v, shape, rule) != 0 ||
	    check_ask(r, at, &rule->ask) != 0)
		return -1;
	if (strcmp(rule->id, "policy") == 0 || strcmp(rule->id, "weak") == 0) {
		struct gh_json_at key = {at, "id", 0};

		return gh_policy_refuse(
		    r, &key, false, "\"%s\" is a name of gatehouse's own", rule->id);
	}
	return 0;
}

static int read_rules(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v, void *to)
{
	(void)to;
	if (!json_is_array(v))
		return gh_policy_refuse(r, at, false, "this must be a list of rules");
	for (size_t i = 0; i < json_array_size(v); i++) {
		struct gh_json_at here = {at, NULL, i};

		if (read_rule(r, &here, json_array_get(v, i)) != 0)
			return -1;
	}
	return 0;
}

/* ---- for whom, for how long ---------------------------------------------------------------- */

static int read_texts(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v, void *to)
{
	const json_t **out = to;
	const char *one;

	if (!json_is_array(v) || json_array_size(v) == 0)
		return gh_policy_refuse(
		    r, at, false, "this must be a list of one or more texts");
	for (size_t i = 0; i < json_array_size(v); i++) {
		struct gh_json_at here = {at, NULL, i};

		if (gh_policy_read_text(r, &here, json_array_get(v, i), &one) != 0)
			return -1;
	}
	*out = v;
	return 0;
}

static int read_tees(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v, void *to)
{
	static const char *const words[] = {"tdx", "snp", NULL};
	const json_t **out = to;
	const char *one;

	if (!json_is_array(v) || json_array_size(v) == 0)
		return gh_policy_refuse(
		    r, at, false, "this must be a list of \"tdx\" and \"snp\"");
	for (size_t i = 0; i < json_array_size(v); i++) {
		struct gh_json_at here = {at, NULL, i};

		if (gh_policy_read_word(r, &here, json_array_get(v, i), words, &one) != 0)
			return -1;
	}
	*out = v;
	return 0;
}

#define APPLIES(m) offsetof(struct gh_policy_applies, m)
#define WINDOW(m)  offsetof(struct gh_policy_windows, m)

static int read_applies(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v, void *to)
{
	static const struct gh_policy_member members[] = {
	    {"model", read_texts, APPLIES(model), false},
	    {"tee", read_tees, APPLIES(tee), false},
	    {"gpus", gh_policy_read_count, APPLIES(gpus), false},
	    {"switches", gh_policy_read_count, APPLIES(switches), false},
	};

	return gh_policy_object(
	    r, at, v, (struct gh_policy_shape){members, GH_COUNT(members)}, to);
}

static int read_windows(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v, void *to)
{
	static const struct gh_policy_member members[] = {
	    {"report_ttl_s", gh_policy_read_count, WINDOW(report_ttl_s), false},
	    {"reattest_s", gh_policy_read_count, WINDOW(reattest_s), false},
	    {"evidence_max_age_s", gh_policy_read_count, WINDOW(evidence_max_age_s),
		false},
	    {"clock_skew_s", gh_policy_read_count, WINDOW(clock_skew_s), false},
	    {"ocsp_max_age_s", gh_policy_read_count, WINDOW(ocsp_max_age_s), false},
	    {"tcb_grace_days", gh_policy_read_count, WINDOW(tcb_grace_days), false},
	};

	return gh_policy_object(
	    r, at, v, (struct gh_policy_shape){members, GH_COUNT(members)}, to);
}

static int read_ack(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v, void *to)
{
	static const char *const words[] = {"required", "not_required", NULL};

	return gh_policy_read_word(r, at, v, words, to);
}

static int read_override(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v, void *to)
{
	static const char *const words[] = {"never", "two_operators", NULL};

	return gh_policy_read_word(r, at, v, words, to);
}

static int read_physical(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v, void *to)
{
	static const char *const words[] = {"trusted_custody", "untrusted", NULL};

	return gh_policy_read_word(r, at, v, words, to);
}

static int read_require(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v, void *to)
{
	static const char *const words[] = {"known_good", "not_known_bad", NULL};

	return gh_policy_read_word(r, at, v, words, to);
}

static int read_sha256(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v, void *to)
{
	const char **out = to;
	struct gh_wide w;

	if (json_string_length(v) != 64 || !gh_wide_of_hex(json_string_value(v), &w))
		return gh_policy_refuse(
		    r, at, false, "this must be a SHA-256: 64 hexadecimal digits");
	*out = json_string_value(v);
	return 0;
}

#define TOP(m) offsetof(struct gh_host_policy, m)

static int read_delivery(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v, void *to)
{
	static const struct gh_policy_member members[] = {
	    {"ack", read_ack, TOP(ack), false},
	    {"override", read_override, TOP(override), false},
	};

	return gh_policy_object(
	    r, at, v, (struct gh_policy_shape){members, GH_COUNT(members)}, to);
}

static int read_matrix(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v, void *to)
{
	static const struct gh_policy_member members[] = {
	    {"file_sha256", read_sha256, TOP(matrix_sha256), false},
	    {"require", read_require, TOP(matrix_require), true},
	};

	return gh_policy_object(
	    r, at, v, (struct gh_policy_shape){members, GH_COUNT(members)}, to);
}

static const struct gh_policy_member top_members[] = {
    {"v", read_version, 0, true},
    {"id", gh_policy_read_id, TOP(id), true},
    {"revision", gh_policy_read_count, TOP(revision), true},
    {"extends", skip, 0, false},
    {"applies", read_applies, TOP(applies), false},
    {"rules", read_rules, 0, false},
    {"checks", gh_policy_read_checks, 0, false},
    {"matrix", read_matrix, 0, false},
    {"windows", read_windows, TOP(windows), false},
    {"delivery", read_delivery, 0, false},
    {"physical", read_physical, TOP(physical), false},
    {"tests", skip, 0, false},
};

int gh_policy_read(struct gh_policy_reader *r, const json_t *doc)
{
	return gh_policy_object(r, NULL, doc,
	    (struct gh_policy_shape){top_members, GH_COUNT(top_members)}, r->p);
}
