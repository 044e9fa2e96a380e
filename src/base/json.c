/* SPDX-License-Identifier: Apache-2.0
 * JSON in and out. jansson parses; the caps that it lacks are checked before. */
#include "base/json.h"

#include "base/text.h"

/* jansson's own nesting limit is 2048 frames of recursion: count brackets first. */
static bool too_deep(const char *p, size_t len)
{
	unsigned int depth = 0;
	bool in_string = false;

	for (size_t i = 0; i < len; i++) {
		if (in_string) {
			if (p[i] == '\\')
				i++;
			else if (p[i] == '"')
				in_string = false;
		} else if (p[i] == '"') {
			in_string = true;
		} else if (p[i] == '{' || p[i] == '[') {
			if (++depth > GH_JSON_MAX_DEPTH)
				return true;
		} else if ((p[i] == '}' || p[i] == ']') && depth > 0) {
			depth--;
		}
	}
	return false;
}

json_t *gh_json_parse(const void *p, size_t len, struct gh_err *err)
{
	json_error_t je;
	json_t *j;

	if (len > GH_JSON_MAX_BYTES) {
		gh_fail(err, GH_E_PARSE, "JSON of %zu bytes: at most %u", len,
		    GH_JSON_MAX_BYTES);
		return NULL;
	}
	if (too_deep(p, len)) {
		gh_fail(
		    err, GH_E_PARSE, "JSON is nested deeper than %d", GH_JSON_MAX_DEPTH);
		return NULL;
	}
	j = json_loadb(p, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &je);
	if (j == NULL)
		gh_fail(err, GH_E_PARSE, "JSON line %d column %d: %s", je.line, je.column,
		    je.text);
	return j;
}

void gh_json_free(json_t **j)
{
	json_decref(*j);
	*j = NULL;
}

static int dump_cb(const char *p, size_t len, void *ctx)
{
	struct gh_buf *out = ctx;

	gh_buf_add(out, p, len);
	return out->oom ? -1 : 0;
}

void gh_json_dump(struct gh_buf *out, const json_t *j)
{
	if (json_dump_callback(
		j, dump_cb, out, JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY) < 0)
		out->oom = true;
}

void gh_json_dump_pretty(struct gh_buf *out, const json_t *j)
{
	if (json_dump_callback(
		j, dump_cb, out, JSON_SORT_KEYS | JSON_INDENT(2) | JSON_ENCODE_ANY) < 0)
		out->oom = true;
	gh_buf_chr(out, '\n');
}

/* The member, NULL when absent or null. */
static json_t *member(const json_t *o, const char *key)
{
	json_t *v = json_object_get(o, key);

	return v == NULL || json_is_null(v) ? NULL : v;
}

static int missing(const char *where, const char *key, struct gh_err *err)
{
	return gh_fail(err, GH_E_PARSE, "%s: \"%s\" is missing", where, key);
}

static int wrong(const char *where, const char *key, const char *want, struct gh_err *err)
{
	return gh_fail(err, GH_E_PARSE, "%s: \"%s\" must be %s", where, key, want);
}

int gh_json_str_opt(const json_t *o, const char *where, const char *key, const char **out,
    struct gh_err *err)
{
	json_t *v = member(o, key);

	if (v == NULL)
		return 0;
	if (!json_is_string(v))
		return wrong(where, key, "a string", err);
	*out = json_string_value(v);
	return 0;
}

int gh_json_str(const json_t *o, const char *where, const char *key, const char **out,
    struct gh_err *err)
{
	if (member(o, key) == NULL)
		return missing(where, key, err);
	return gh_json_str_opt(o, where, key, out, err);
}

int gh_json_int_opt(
    const json_t *o, const char *where, const char *key, int64_t *out, struct gh_err *err)
{
	json_t *v = member(o, key);

	if (v == NULL)
		return 0;
	if (!json_is_integer(v))
		return wrong(where, key, "a whole number", err);
	*out = json_integer_value(v);
	return 0;
}

int gh_json_int(
    const json_t *o, const char *where, const char *key, int64_t *out, struct gh_err *err)
{
	if (member(o, key) == NULL)
		return missing(where, key, err);
	return gh_json_int_opt(o, where, key, out, err);
}

int gh_json_bool_opt(
    const json_t *o, const char *where, const char *key, bool *out, struct gh_err *err)
{
	json_t *v = member(o, key);

	if (v == NULL)
		return 0;
	if (!json_is_boolean(v))
		return wrong(where, key, "true or false", err);
	*out = json_is_true(v);
	return 0;
}

int gh_json_arr(
    const json_t *o, const char *where, const char *key, json_t **out, struct gh_err *err)
{
	json_t *v = member(o, key);

	if (v == NULL)
		return missing(where, key, err);
	if (!json_is_array(v))
		return wrong(where, key, "an array", err);
	*out = v;
	return 0;
}

int gh_json_obj(
    const json_t *o, const char *where, const char *key, json_t **out, struct gh_err *err)
{
	json_t *v = member(o, key);

	if (v == NULL)
		return missing(where, key, err);
	if (!json_is_object(v))
		return wrong(where, key, "an object", err);
	*out = v;
	return 0;
}

const char *gh_json_text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s != NULL ? s : "";
}

void gh_json_set_str(json_t *o, const char *key, const char *s)
{
	gh_auto(struct gh_buf, gh_buf_free) clean = {0};

	if (s == NULL)
		return;
	gh_text_clean(&clean, s, strlen(s), GH_JSON_MAX_BYTES);
	json_object_set_new(o, key, json_string(gh_buf_cstr(&clean)));
}
