/* SPDX-License-Identifier: Apache-2.0
 * A result: subjects, claims, findings, and their one JSON shape. */
#include "base/result.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/text.h"

#define SUBJECTS_MAX (1u << 16)

void gh_result_free(struct gh_result *r)
{
	for (size_t i = 0; i < r->n_subjects; i++) {
		free(r->subject[i].name);
		free(r->subject[i].kind);
		json_decref(r->subject[i].claims);
	}
	free(r->subject);
	gh_findings_free(&r->findings);
	*r = (struct gh_result){0};
}

const struct gh_subject *gh_result_find(const struct gh_result *r, const char *name)
{
	for (size_t i = 0; i < r->n_subjects; i++) {
		if (strcmp(r->subject[i].name, name) == 0)
			return &r->subject[i];
	}
	return NULL;
}

static char *clean_dup(const char *s)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	gh_text_clean(&b, s, strlen(s), 200);
	return gh_buf_take_str(&b);
}

struct gh_subject *gh_result_subject(
    struct gh_result *r, const char *name, const char *kind)
{
	static _Thread_local struct gh_subject scratch;
	struct gh_subject *grown, *s;

	for (size_t i = 0; i < r->n_subjects; i++) {
		if (strcmp(r->subject[i].name, name) == 0)
			return &r->subject[i];
	}
	grown = r->n_subjects >= SUBJECTS_MAX
		    ? NULL
		    : realloc(r->subject, (r->n_subjects + 1) * sizeof *grown);
	if (grown == NULL)
		goto undo;
	r->subject = grown;
	s = &r->subject[r->n_subjects];
	*s = (struct gh_subject){clean_dup(name), clean_dup(kind), json_object()};
	if (s->name != NULL && s->kind != NULL && s->claims != NULL) {
		r->n_subjects++;
		return s;
	}
	free(s->name);
	free(s->kind);
	json_decref(s->claims);
undo:
	r->oom = true;
	return &scratch;
}

void gh_result_merge(struct gh_result *to, const struct gh_result *from)
{
	for (size_t i = 0; i < from->n_subjects; i++) {
		struct gh_subject *s =
		    gh_result_subject(to, from->subject[i].name, from->subject[i].kind);

		if (s->claims != NULL)
			json_object_update(s->claims, from->subject[i].claims);
	}
	for (size_t i = 0; i < from->findings.n; i++)
		gh_findings_copy(&to->findings, &from->findings.at[i]);
}

void gh_claim(struct gh_subject *s, const char *key, const char *fmt, ...)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	va_list ap;

	if (s->claims == NULL)
		return;
	va_start(ap, fmt);
	gh_buf_vfmt(&b, fmt, ap);
	va_end(ap);
	gh_json_set_str(s->claims, key, gh_buf_cstr(&b));
}

void gh_claim_hex(struct gh_subject *s, const char *key, const void *p, size_t len)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	gh_buf_hex(&b, p, len);
	gh_claim(s, key, "%s", gh_buf_cstr(&b));
}

const char *gh_claim_get(const struct gh_subject *s, const char *key)
{
	const char *v =
	    s == NULL ? NULL : json_string_value(json_object_get(s->claims, key));

	return v == NULL ? "" : v;
}

enum gh_verdict gh_result_verdict(const struct gh_result *r)
{
	return r->oom ? GH_UNKNOWN : gh_findings_verdict(&r->findings, NULL);
}

int gh_result_ok(const struct gh_result *r, struct gh_err *err)
{
	return r->oom || r->findings.oom ? gh_fail(err, GH_E_NOMEM, "out of memory") : 0;
}

int gh_verdict_exit(enum gh_verdict v)
{
	return v == GH_PASS || v == GH_WARN ? 0 : v == GH_STALE ? 3 : 1;
}

static bool any_lab(const struct gh_findings *fs)
{
	for (size_t i = 0; i < fs->n; i++) {
		if (fs->at[i].lab)
			return true;
	}
	return false;
}

json_t *gh_result_json(const struct gh_result *r)
{
	json_t *j = json_object(), *subjects = json_array(), *findings = json_array();
	char at[GH_TIME_LEN];

	gh_time_text(at, r->at);
	json_object_set_new(
	    j, "verdict", json_string(gh_verdict_word(gh_result_verdict(r))));
	json_object_set_new(j, "at", json_string(at));
	json_object_set_new(j, "lab", json_boolean(any_lab(&r->findings)));
	for (size_t i = 0; i < r->n_subjects; i++) {
		const struct gh_subject *s = &r->subject[i];
		json_t *o = json_object();

		json_object_set_new(o, "subject", json_string(s->name));
		json_object_set_new(o, "kind", json_string(s->kind));
		json_object_set_new(o, "verdict",
		    json_string(
			gh_verdict_word(gh_findings_verdict(&r->findings, s->name))));
		json_object_set(o, "claims", s->claims);
		json_array_append_new(subjects, o);
	}
	for (size_t i = 0; i < r->findings.n; i++)
		json_array_append_new(findings, gh_finding_json(&r->findings.at[i]));
	json_object_set_new(j, "subjects", subjects);
	json_object_set_new(j, "findings", findings);
	return j;
}

static int subject_from_json(struct gh_result *r, const json_t *j, struct gh_err *err)
{
	const char *name, *kind;
	json_t *claims;
	struct gh_subject *s;

	if (gh_json_str(j, "subject", "subject", &name, err) < 0 ||
	    gh_json_str(j, "subject", "kind", &kind, err) < 0 ||
	    gh_json_obj(j, "subject", "claims", &claims, err) < 0)
		return -1;
	s = gh_result_subject(r, name, kind);
	if (s->claims != NULL && json_object_update(s->claims, claims) < 0)
		r->oom = true;
	return gh_result_ok(r, err);
}

int gh_result_from_json(struct gh_result *r, const json_t *j, struct gh_err *err)
{
	json_t *subjects, *findings;
	const char *at;

	if (gh_json_str(j, "result", "at", &at, err) < 0 ||
	    gh_time_parse(at, &r->at, err) < 0 ||
	    gh_json_arr(j, "result", "subjects", &subjects, err) < 0 ||
	    gh_json_arr(j, "result", "findings", &findings, err) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(subjects); i++) {
		if (subject_from_json(r, json_array_get(subjects, i), err) < 0)
			return -1;
	}
	for (size_t i = 0; i < json_array_size(findings); i++) {
		if (gh_finding_from_json(&r->findings, json_array_get(findings, i), err) <
		    0)
			return -1;
	}
	return gh_result_ok(r, err);
}
