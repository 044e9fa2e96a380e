/* SPDX-License-Identifier: Apache-2.0
 * Keeps what a BMC said, sorted by path. */
#include "net/redfish_tree.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

#define META "@gatehouse"

static void resource_free(struct gh_redfish_resource *r)
{
	free(r->path);
	free(r->etag);
	json_decref(r->body);
}

void gh_redfish_tree_free(struct gh_redfish_tree *t)
{
	for (size_t i = 0; i < t->n; i++)
		resource_free(&t->at[i]);
	free(t->at);
	*t = (struct gh_redfish_tree){0};
}

/* First resource whose path is not before that one. */
static size_t lower_bound(const struct gh_redfish_tree *t, const char *path)
{
	size_t lo = 0, hi = t->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(t->at[mid].path, path) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static int make_room(struct gh_redfish_tree *t, struct gh_err *err)
{
	size_t cap = t->cap ? 2 * t->cap : 64;
	struct gh_redfish_resource *at;

	if (t->n < t->cap)
		return 0;
	if (t->n >= GH_REDFISH_RESOURCES_MAX)
		return gh_fail(err, GH_E_REMOTE, "the BMC shows more than %d resources",
		    GH_REDFISH_RESOURCES_MAX);
	at = realloc(t->at, cap * sizeof(*at));
	if (!at)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	t->at = at;
	t->cap = cap;
	return 0;
}

static int put_at(
    struct gh_redfish_tree *t, struct gh_redfish_resource *r, struct gh_err *err)
{
	size_t i = lower_bound(t, r->path);

	if (i < t->n && strcmp(t->at[i].path, r->path) == 0) {
		resource_free(&t->at[i]);
		t->at[i] = *r;
		return 0;
	}
	if (make_room(t, err) != 0)
		return -1;
	memmove(&t->at[i + 1], &t->at[i], (t->n - i) * sizeof(*t->at));
	t->at[i] = *r;
	t->n++;
	return 0;
}

int gh_redfish_tree_put(struct gh_redfish_tree *t, const char *path, int status,
    json_t *body, const struct gh_err *why, struct gh_err *err)
{
	struct gh_redfish_resource r = {.status = status, .body = body};
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	if (why)
		r.err = *why;
	r.path = strndup(path, len);
	r.etag = strdup("");
	if (!r.path || !r.etag)
		(void)gh_fail(err, GH_E_NOMEM, "out of memory");
	else if (put_at(t, &r, err) == 0)
		return 0;
	resource_free(&r);
	return -1;
}

/* ---- finding ---- */

const char *gh_redfish_own(const struct gh_redfish_tree *t, char which)
{
	const char *collection = which == 's'   ? "/redfish/v1/Systems/"
				 : which == 'm' ? "/redfish/v1/Managers/"
						: "/redfish/v1/Chassis/";
	size_t n = strlen(collection);

	for (size_t i = lower_bound(t, collection); i < t->n; i++) {
		const char *path = t->at[i].path;

		if (strncmp(path, collection, n) != 0)
			break;
		if (strchr(path + n, '/') == NULL && strncmp(path + n, "HGX_", 4) != 0 &&
		    t->at[i].body)
			return path;
	}
	return "";
}

/* Writes the path with its word in braces resolved; false when there is none such. */
static bool resolve(
    const struct gh_redfish_tree *t, const char *path, char *out, size_t size)
{
	const char *close = path[0] == '{' ? strchr(path, '}') : NULL, *own;
	int n;

	if (!close) {
		n = snprintf(out, size, "%s", path);
		return n > 0 && (size_t)n < size;
	}
	own = gh_redfish_own(t, path[1]);
	n = snprintf(out, size, "%s%s", own, close + 1);
	return own[0] != '\0' && n > 0 && (size_t)n < size;
}

const struct gh_redfish_resource *gh_redfish_find(
    const struct gh_redfish_tree *t, const char *path)
{
	char full[256];
	size_t i;

	if (!resolve(t, path, full, sizeof(full)))
		return NULL;
	i = lower_bound(t, full);
	return i < t->n && strcmp(t->at[i].path, full) == 0 ? &t->at[i] : NULL;
}

const json_t *gh_redfish_get(const struct gh_redfish_tree *t, const char *path)
{
	const struct gh_redfish_resource *r = gh_redfish_find(t, path);

	return r ? r->body : NULL;
}

struct gh_redfish_walk gh_redfish_walk_of(
    const struct gh_redfish_tree *t, const char *collection)
{
	struct gh_redfish_walk w = {.t = t, .i = t->n};
	size_t n;

	if (!resolve(t, collection, w.prefix, sizeof(w.prefix) - 1))
		return w;
	n = strlen(w.prefix);
	w.prefix[n] = '/';
	w.prefix[n + 1] = '\0';
	w.i = lower_bound(t, w.prefix);
	return w;
}

bool gh_redfish_next(struct gh_redfish_walk *w)
{
	size_t n = strlen(w->prefix);

	for (; w->i < w->t->n; w->i++) {
		const struct gh_redfish_resource *r = &w->t->at[w->i];

		if (strncmp(r->path, w->prefix, n) != 0)
			break;
		if (strchr(r->path + n, '/') || !r->body)
			continue;
		w->r = r;
		w->name = r->path + n;
		w->i++;
		return true;
	}
	w->r = NULL;
	w->name = "";
	return false;
}

/* ---- values ---- */

const json_t *gh_redfish_value(const json_t *body, const char *dotted)
{
	while (body && *dotted) {
		size_t n = strcspn(dotted, ".");
		char key[128];

		if (n >= sizeof(key))
			return NULL;
		memcpy(key, dotted, n);
		key[n] = '\0';
		body = json_object_get(body, key);
		dotted += n + (dotted[n] == '.');
	}
	return body;
}

const char *gh_redfish_text(const json_t *body, const char *dotted)
{
	const char *s = json_string_value(gh_redfish_value(body, dotted));

	return s ? s : "";
}

/* ---- to and from JSON ---- */

static json_t *failed_json(const struct gh_redfish_tree *t)
{
	json_t *all = json_object();

	for (size_t i = 0; i < t->n; i++) {
		const struct gh_redfish_resource *r = &t->at[i];
		json_t *o;

		if (r->body)
			continue;
		o = json_pack("{s:i}", "status", r->status);
		gh_json_set_str(o, "why", r->err.what);
		json_object_set_new(all, r->path, o);
	}
	return all;
}

json_t *gh_redfish_tree_json(const struct gh_redfish_tree *t)
{
	json_t *all = json_object();
	json_t *cert = json_pack("{s:s, s:b}", "sha256", t->cert_sha256, "self_signed",
	    t->cert_self_signed ? 1 : 0);

	gh_json_set_str(cert, "subject", t->cert_subject);
	for (size_t i = 0; i < t->n; i++)
		if (t->at[i].body)
			json_object_set(all, t->at[i].path, t->at[i].body);
	json_object_set_new(all, META,
	    json_pack("{s:I, s:I, s:o, s:s, s:o}", "read_at", (json_int_t)t->read_at,
		"read_ms", (json_int_t)t->read_ms, "certificate", cert, "nonce", t->nonce,
		"failed", failed_json(t)));
	return all;
}

static int load_failed(struct gh_redfish_tree *t, const json_t *all, struct gh_err *err)
{
	const char *path;
	json_t *o;

	json_object_foreach((json_t *)(uintptr_t)all, path, o)
	{
		const char *why = gh_json_text(o, "why");
		struct gh_err e = {0};

		if (why[0])
			(void)gh_fail(&e, GH_E_REMOTE, "%s", why);
		if (gh_redfish_tree_put(t, path,
			(int)json_integer_value(json_object_get(o, "status")), NULL, &e,
			err) != 0)
			return -1;
	}
	return 0;
}

static int load_meta(struct gh_redfish_tree *t, const json_t *m, struct gh_err *err)
{
	const json_t *cert = json_object_get(m, "certificate");

	t->read_at = json_integer_value(json_object_get(m, "read_at"));
	t->read_ms = json_integer_value(json_object_get(m, "read_ms"));
	t->cert_self_signed = json_is_true(json_object_get(cert, "self_signed"));
	snprintf(
	    t->cert_sha256, sizeof(t->cert_sha256), "%s", gh_json_text(cert, "sha256"));
	gh_text_clean_into(
	    t->cert_subject, sizeof(t->cert_subject), gh_json_text(cert, "subject"));
	snprintf(t->nonce, sizeof(t->nonce), "%s", gh_json_text(m, "nonce"));
	return load_failed(t, json_object_get(m, "failed"), err);
}

int gh_redfish_tree_load(struct gh_redfish_tree *t, const json_t *j, struct gh_err *err)
{
	const char *path;
	json_t *body;

	if (!json_is_object(j))
		return gh_fail(err, GH_E_PARSE, "a Redfish reading is one JSON object");
	json_object_foreach((json_t *)(uintptr_t)j, path, body)
	{
		int rc;

		if (strcmp(path, META) == 0)
			rc = load_meta(t, body, err);
		else if (path[0] != '/' || !json_is_object(body))
			rc = gh_fail(err, GH_E_PARSE,
			    "Redfish reading: %.80s is no resource", path);
		else
			rc = gh_redfish_tree_put(
			    t, path, 200, json_incref(body), NULL, err);
		if (rc != 0)
			return -1;
	}
	return 0;
}
