/* SPDX-License-Identifier: Apache-2.0
 * Reading a statement: what a member must be is a table. */
#include "proof/reading.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"

#define GH_INT_MAX INT64_C(9007199254740991) /* 2^53 - 1: what every reader agrees on */

static const char *const statement_members[] = {
    "_type", "subject", "predicateType", "predicate"};

/* Section 3.4, common part and the parts of stages 2 and 3; then our own. */
static const char *const predicate_members[] = {"v", "report_id", "stage", "sequence",
    "previous", "issued", "expires", "not_for", "audience", "client_nonce",
    "gatehouse_nonce", "session", "verdict", "verdict_rule", "verdict_overridden",
    "verifier", "policy", "operator", "approvals", "host", "checks", "counts", "devices",
    "quote", "binding", "collateral", "verified_at", "limits", "log", "lab", "subjects",
    "findings"};

bool gh_is_hex_digest(const char *s)
{
	return strlen(s) == 64 && strspn(s, "0123456789abcdef") == 64;
}

void gh_statement_free(struct gh_statement *s)
{
	gh_json_free(&s->json);
	*s = (struct gh_statement){0};
}

/* Depth is bounded by gh_json_parse. */
static int check_numbers(const json_t *j, struct gh_err *err)
{
	const json_t *v;
	size_t i;
	if (json_is_real(j))
		return gh_fail(err, GH_E_PARSE, "a number with a fraction");
	if (json_is_integer(j)) {
		json_int_t n = json_integer_value(j);
		if (n > GH_INT_MAX || n < -GH_INT_MAX)
			return gh_fail(err, GH_E_PARSE,
			    "the number %lld is beyond 2^53: programs disagree about it",
			    (long long)n);
	}
	json_array_foreach(j, i, v) if (check_numbers(v, err)) return -1;
	if (!json_is_object(j))
		return 0;
	json_t *o = (json_t *)(uintptr_t)j; /* jansson's iterators want it so */
	for (void *it = json_object_iter(o); it; it = json_object_iter_next(o, it))
		if (check_numbers(json_object_iter_value(it), err))
			return -1;
	return 0;
}

static int check_members(const json_t *j, const char *where, const char *const *known,
    size_t n, struct gh_err *err)
{
	if (!json_is_object(j))
		return gh_fail(err, GH_E_PARSE, "%s: no object", where);
	json_t *o = (json_t *)(uintptr_t)j;
	for (void *it = json_object_iter(o); it; it = json_object_iter_next(o, it)) {
		bool found = false;
		for (size_t i = 0; i < n; i++)
			found |= strcmp(json_object_iter_key(it), known[i]) == 0;
		if (!found)
			return gh_fail(err, GH_E_PARSE, "%s: unknown member \"%s\"",
			    where, json_object_iter_key(it));
	}
	return 0;
}

static int read_digest(
    const json_t *subjects, size_t i, const char **out, struct gh_err *err)
{
	json_t *row = json_array_get(subjects, i), *digest = NULL;
	if (gh_json_obj(row, "subject[]", "digest", &digest, err) ||
	    gh_json_str(digest, "subject[].digest", "sha256", out, err))
		return -1;
	if (!gh_is_hex_digest(*out))
		return gh_fail(err, GH_E_PARSE, "subject[]: not a SHA-256");
	return 0;
}

static int read_subject(struct gh_statement *s, struct gh_err *err)
{
	json_t *a = NULL;
	const char *name = NULL;
	if (gh_json_arr(s->json, "statement", "subject", &a, err))
		return -1;
	if (json_array_size(a) == 0)
		return gh_fail(err, GH_E_PARSE, "statement: no subject");
	if (gh_json_str(json_array_get(a, 0), "subject[0]", "name", &name, err))
		return -1;
	if (strcmp(name, "evidence") != 0)
		return gh_fail(
		    err, GH_E_PARSE, "subject[0] is \"%s\", not evidence", name);
	if (read_digest(a, 0, &s->evidence_sha256, err))
		return -1;
	return json_array_size(a) > 1 ? read_digest(a, 1, &s->host_sha256, err) : 0;
}

static int read_time(const json_t *p, const char *key, int64_t *out, struct gh_err *err)
{
	const char *text = NULL;
	if (gh_json_str(p, "predicate", key, &text, err))
		return -1;
	/* One form only: what we would write ourselves. */
	char again[GH_TIME_LEN] = "";
	if (gh_time_parse(text, out, NULL) == 0)
		gh_time_text(again, *out);
	if (!again[0] || strcmp(again, text) != 0)
		return gh_fail(err, GH_E_PARSE,
		    "predicate: \"%s\" is no time of the form 2026-11-23T03:14:07Z", key);
	return 0;
}

static int read_strings(struct gh_statement *s, const json_t *p, struct gh_err *err)
{
	const struct {
		const char *key;
		const char **out;
		bool must;
	} text[] = {
	    {"report_id", &s->report_id, true},
	    {"previous", &s->previous, true},
	    {"audience", &s->audience, true},
	    {"verdict", &s->verdict, true},
	    {"gatehouse_nonce", &s->gatehouse_nonce, true},
	    {"client_nonce", &s->client_nonce, false},
	};
	for (size_t i = 0; i < GH_COUNT(text); i++) {
		*text[i].out = "";
		int rc =
		    text[i].must
			? gh_json_str(p, "predicate", text[i].key, text[i].out, err)
			: gh_json_str_opt(p, "predicate", text[i].key, text[i].out, err);
		if (rc)
			return -1;
	}
	if (strlen(s->report_id) != 26)
		return gh_fail(err, GH_E_PARSE, "predicate: report_id is no ULID");
	if (!gh_is_hex_digest(s->previous))
		return gh_fail(err, GH_E_PARSE, "predicate: previous is no SHA-256");
	if (s->client_nonce[0] && !gh_is_hex_digest(s->client_nonce))
		return gh_fail(
		    err, GH_E_PARSE, "predicate: client_nonce is not 64 hex digits");
	return 0;
}

static int read_numbers(struct gh_statement *s, const json_t *p, struct gh_err *err)
{
	int64_t v = 0;
	if (gh_json_int(p, "predicate", "v", &v, err) ||
	    gh_json_int(p, "predicate", "stage", &s->stage, err) ||
	    gh_json_int(p, "predicate", "sequence", &s->sequence, err) ||
	    gh_json_bool_opt(p, "predicate", "lab", &s->lab, err) ||
	    read_time(p, "issued", &s->issued, err) ||
	    read_time(p, "expires", &s->expires, err))
		return -1;
	if (v != 1)
		return gh_fail(err, GH_E_POLICY, "predicate version %lld", (long long)v);
	if (s->sequence < 1)
		return gh_fail(
		    err, GH_E_PARSE, "predicate: sequence %lld", (long long)s->sequence);
	s->verified_at = s->issued;
	return json_object_get(p, "verified_at")
		   ? read_time(p, "verified_at", &s->verified_at, err)
		   : 0;
}

static int array_opt(const json_t *p, const char *key, json_t **out, struct gh_err *err)
{
	*out = NULL;
	return json_object_get(p, key) ? gh_json_arr(p, "predicate", key, out, err) : 0;
}

static int read_parts(struct gh_statement *s, const json_t *p, struct gh_err *err)
{
	json_t *policy = NULL;
	s->policy_blob = "";
	if (gh_json_obj(p, "predicate", "host", &s->host_object, err) ||
	    gh_json_str(s->host_object, "host", "name", &s->host, err) ||
	    gh_json_arr(p, "predicate", "checks", &s->checks, err) ||
	    gh_json_obj(p, "predicate", "counts", &s->counts, err) ||
	    gh_json_obj(p, "predicate", "policy", &policy, err) ||
	    gh_json_str_opt(policy, "policy", "blob", &s->policy_blob, err))
		return -1;
	return array_opt(p, "devices", &s->devices, err) ||
		       array_opt(p, "collateral", &s->collateral, err) ||
		       array_opt(p, "subjects", &s->subjects, err) ||
		       array_opt(p, "findings", &s->findings, err)
		   ? -1
		   : 0;
}

static int read_statement(struct gh_statement *s, struct gh_err *err)
{
	const char *type = NULL;
	json_t *p = NULL;
	if (check_members(s->json, "statement", statement_members,
		GH_COUNT(statement_members), err) ||
	    check_numbers(s->json, err) ||
	    gh_json_str(s->json, "statement", "_type", &type, err) ||
	    gh_json_str(s->json, "statement", "predicateType", &s->predicate_type, err))
		return -1;
	if (strcmp(type, GH_STATEMENT_TYPE) != 0)
		return gh_fail(err, GH_E_POLICY, "statement of type %s", type);
	if (strcmp(s->predicate_type, GH_PREDICATE_HOST) != 0)
		return gh_fail(err, GH_E_POLICY,
		    "predicate type %s is unknown to this program", s->predicate_type);
	s->host_sha256 = "";
	if (read_subject(s, err) ||
	    gh_json_obj(s->json, "statement", "predicate", &p, err) ||
	    check_members(
		p, "predicate", predicate_members, GH_COUNT(predicate_members), err))
		return -1;
	return read_strings(s, p, err) || read_numbers(s, p, err) || read_parts(s, p, err)
		   ? -1
		   : 0;
}

int gh_statement_parse(
    struct gh_statement *out, const void *p, size_t len, struct gh_err *err)
{
	gh_auto(struct gh_statement, gh_statement_free) s = {0};
	s.json = gh_json_parse(p, len, err);
	if (!s.json)
		return gh_err_prefix(err, "statement");
	if (read_statement(&s, err))
		return -1;
	*out = gh_take(s);
	return 0;
}
