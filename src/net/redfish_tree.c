/* SPDX-License-Identifier: Apache-2.0
 * Keeps what a BMC said, sorted by path. */
#include "net/redfish_tree.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

#define META         "@gatehouse"
#define PATH_MAX_LEN 255 /* bytes, without the NUL; a walk adds a slash */

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
	r.etag = strdup(gh_json_text(body, "@odata.etag"));
	if (!r.path || !r.etag)
		(void)gh_fail(err, GH_E_NOMEM, "out of memory");
	else if (put_at(t, &r, err) == 0)
		return 0;
	resource_free(&r);
	return -1;
}

int gh_redfish_tree_asked(
    struct gh_redfish_tree *t, const char *path, const char *etag, struct gh_err *err)
{
	size_t i = lower_bound(t, path);
	char *copy;

	if (i == t->n || strcmp(t->at[i].path, path) != 0)
		return gh_fail(err, GH_E_INTERNAL, "%s is not in the tree", path);
	t->at[i].asked = true;
	if (!etag[0])
		return 0;
	copy = strdup(etag);
	if (!copy)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	free(t->at[i].etag);
	t->at[i].etag = copy;
	return 0;
}

/* ---- finding ---- */

static const struct own {
	char which;
	const char *collection;
	const char *link; /* where the host's system names it */
} owns[] = {
    {'s', "/redfish/v1/Systems/", NULL},
    {'m', "/redfish/v1/Managers/", "Links.ManagedBy"},
    {'c', "/redfish/v1/Chassis/", "Links.Chassis"},
};

/* The GPU baseboard is a system, a manager and many chassis of its own. */
static bool is_member(const struct gh_redfish_resource *r, const char *collection)
{
	size_t n = strlen(collection);

	return r->body && strncmp(r->path, collection, n) == 0 && r->path[n] &&
	       !strchr(r->path + n, '/') && strncmp(r->path + n, "HGX_", 4) != 0;
}

static const char *first_member(const struct gh_redfish_tree *t, const char *collection)
{
	size_t n = strlen(collection);

	for (size_t i = lower_bound(t, collection);
	     i < t->n && strncmp(t->at[i].path, collection, n) == 0; i++)
		if (is_member(&t->at[i], collection))
			return t->at[i].path;
	return "";
}

/* A machine with many chassis says which of them is the host's; NULL when it does not. */
static const char *linked(const struct gh_redfish_tree *t, const struct own *o)
{
	const json_t *links =
	    gh_redfish_value(gh_redfish_get(t, gh_redfish_own(t, 's')), o->link);

	for (size_t i = 0; i < json_array_size(links); i++) {
		const char *path = gh_json_text(json_array_get(links, i), "@odata.id");
		const struct gh_redfish_resource *r =
		    path[0] == '/' ? gh_redfish_find(t, path) : NULL; /* no braces */

		if (r && is_member(r, o->collection))
			return r->path;
	}
	return NULL;
}

const char *gh_redfish_own(const struct gh_redfish_tree *t, char which)
{
	for (size_t i = 0; i < GH_COUNT(owns); i++) {
		const char *path;

		if (owns[i].which != which)
			continue;
		path = owns[i].link ? linked(t, &owns[i]) : NULL;
		return path ? path : first_member(t, owns[i].collection);
	}
	return "";
}

/* Writes the path with its word in braces resolved and no slash at its end; false when
 * there is none such. */
static bool resolve(
    const struct gh_redfish_tree *t, const char *path, char *out, size_t size)
{
	const char *close = path[0] == '{' ? strchr(path, '}') : NULL;
	const char *own = close ? gh_redfish_own(t, path[1]) : "";
	int n = snprintf(out, size, "%s%s", own, close ? close + 1 : path);

	if (n <= 0 || (size_t)n >= size || (close && !own[0]))
		return false;
	while (n > 1 && out[n - 1] == '/')
		out[--n] = '\0';
	return true;
}

const struct gh_redfish_resource *gh_redfish_find(
    const struct gh_redfish_tree *t, const char *path)
{
	char full[PATH_MAX_LEN + 1];
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

/* Keys have dots of their own ("@odata.id", "@Redfish.Settings"): the shortest key that
 * leads to a value counts. */
const json_t *gh_redfish_value(const json_t *body, const char *dotted)
{
	const json_t *v = dotted[0] ? json_object_get(body, dotted) : body;

	for (const char *dot = strchr(dotted, '.'); !v && dot; dot = strchr(dot + 1, '.'))
		v = gh_redfish_value(
		    json_object_getn(body, dotted, (size_t)(dot - dotted)), dot + 1);
	return v;
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

/* A path that can be asked for again. */
static bool path_ok(const char *path)
{
	return path[0] == '/' && strlen(path) < PATH_MAX_LEN;
}

/* What failed: it never takes the place of what was read. */
static int load_failed(struct gh_redfish_tree *t, const json_t *all, struct gh_err *err)
{
	const char *path;
	json_t *o;

	json_object_foreach((json_t *)(uintptr_t)all, path, o)
	{
		const char *why = gh_json_text(o, "why");
		json_int_t status = json_integer_value(json_object_get(o, "status"));
		struct gh_err e = {0};

		if (!path_ok(path))
			return gh_fail(err, GH_E_PARSE,
			    "Redfish reading: %.80s is no resource", path);
		if (gh_redfish_get(t, path))
			continue;
		if (why[0])
			(void)gh_fail(&e, GH_E_REMOTE, "%s", why);
		if (gh_redfish_tree_put(t, path,
			status > 0 && status < 1000 ? (int)status : 0, NULL, &e,
			err) != 0)
			return -1;
	}
	return 0;
}

/* A SHA-256 or a nonce as hex, or nothing. */
static void load_hex(char out[static 65], const char *hex)
{
	uint8_t raw[32];

	out[0] = '\0';
	if (gh_unhex(raw, sizeof(raw), hex, NULL) == 0)
		gh_hex(out, raw, sizeof(raw));
}

static int load_meta(struct gh_redfish_tree *t, const json_t *m, struct gh_err *err)
{
	const json_t *cert = json_object_get(m, "certificate");

	t->read_at = json_integer_value(json_object_get(m, "read_at"));
	t->read_ms = json_integer_value(json_object_get(m, "read_ms"));
	t->cert_self_signed = json_is_true(json_object_get(cert, "self_signed"));
	load_hex(t->cert_sha256, gh_json_text(cert, "sha256"));
	gh_text_clean_into(
	    t->cert_subject, sizeof(t->cert_subject), gh_json_text(cert, "subject"));
	load_hex(t->nonce, gh_json_text(m, "nonce"));
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
			continue;
		if (!path_ok(path) || !json_is_object(body))
			rc = gh_fail(err, GH_E_PARSE,
			    "Redfish reading: %.80s is no resource", path);
		else
			rc = gh_redfish_tree_put(
			    t, path, 200, json_incref(body), NULL, err);
		if (rc != 0)
			return -1;
	}
	return load_meta(t, json_object_get(j, META), err);
}
