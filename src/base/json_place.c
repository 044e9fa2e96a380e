/* SPDX-License-Identifier: Apache-2.0
 * Walks a JSON text that was parsed before down one path. Nothing is checked here again;
 * a text that is not JSON ends the walk early. */
#include "base/json_place.h"

#include <string.h>

#include "base/text.h"

json_t *gh_json_parse_placed(
    struct gh_bytes text, struct gh_json_place *at, struct gh_err *err)
{
	json_error_t je = {.line = 0};
	json_t *j = gh_json_parse(text.p, text.len, err);

	*at = (struct gh_json_place){1, 1};
	if (j || text.len > GH_JSON_MAX_BYTES)
		return j;
	/* too deep is no error of jansson's: it stays at 1:1 */
	j = json_loadb((const char *)text.p, text.len,
	    JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &je);
	if (!j && je.line > 0)
		*at = (struct gh_json_place){
		    (unsigned int)je.line, je.column > 0 ? (unsigned int)je.column : 1};
	json_decref(j);
	return NULL;
}

struct walk {
	const unsigned char *p, *end;
};

static void blanks(struct walk *w)
{
	while (w->p < w->end && memchr(" \t\r\n", *w->p, 4))
		w->p++;
}

/* Past the string that begins here; its bytes without the quotes, escapes as they are. */
static struct gh_bytes string(struct walk *w)
{
	struct gh_bytes s = {w->p + 1, 0};

	for (w->p++; w->p < w->end && *w->p != '"'; w->p++)
		if (*w->p == '\\' && w->p + 1 < w->end)
			w->p++;
	s.len = (size_t)(w->p - s.p);
	if (w->p < w->end)
		w->p++;
	return s;
}

/* Past an object or array; brackets inside strings do not count. */
static void nested(struct walk *w)
{
	unsigned int depth = 0;

	do {
		if (*w->p == '"') {
			(void)string(w);
			continue;
		}
		depth += *w->p == '{' || *w->p == '[';
		depth -= *w->p == '}' || *w->p == ']';
		w->p++;
	} while (depth > 0 && w->p < w->end);
}

/* Past one value of any kind. */
static void value(struct walk *w)
{
	if (w->p == w->end)
		return;
	if (*w->p == '"')
		(void)string(w);
	else if (*w->p == '{' || *w->p == '[')
		nested(w);
	else
		while (w->p < w->end && !memchr(",]} \t\r\n", *w->p, 7))
			w->p++;
}

static bool same_key(struct gh_bytes raw, const char *key)
{
	gh_auto(struct gh_buf, gh_buf_free) quoted = {0};
	json_t *j;
	bool same;

	if (raw.len == 0 || !memchr(raw.p, '\\', raw.len))
		return gh_text_is(raw, key);
	gh_buf_fmt(&quoted, "\"%.*s\"", (int)raw.len, (const char *)raw.p);
	j = json_loadb((const char *)quoted.p, quoted.len, JSON_DECODE_ANY, NULL);
	same = j && strcmp(json_string_value(j), key) == 0;
	json_decref(j);
	return same;
}

/* Past the name of a member and its colon; the name. */
static struct gh_bytes name(struct walk *w)
{
	struct gh_bytes s = string(w);

	blanks(w);
	if (w->p < w->end && *w->p == ':')
		w->p++;
	blanks(w);
	return s;
}

/* To the value (or the name) of that member, or to that element; false when there is none. */
static bool step_to(struct walk *w, const struct gh_json_at *to, bool of_key)
{
	size_t i = 0;

	if (w->p == w->end || *w->p != (to->key ? '{' : '['))
		return false;
	for (w->p++; blanks(w), w->p < w->end && (to->key ? *w->p == '"' : *w->p != ']');
	     i++) {
		const unsigned char *here = w->p;
		bool found = to->key ? same_key(name(w), to->key) : i == to->index;

		if (found && of_key)
			w->p = here;
		if (found)
			return true;
		value(w);
		blanks(w);
		if (w->p < w->end && *w->p == ',')
			w->p++;
	}
	return false;
}

static struct gh_json_place place_of(struct gh_bytes text, const unsigned char *p)
{
	struct gh_json_place at = {1, 1};

	for (const unsigned char *c = text.p; c < p; c++) {
		if (*c == '\n')
			at = (struct gh_json_place){at.line + 1, 1};
		else if ((*c & 0xc0) != 0x80)
			at.column++;
	}
	return at;
}

struct gh_json_place gh_json_place(
    struct gh_bytes text, const struct gh_json_at *at, bool of_key)
{
	const struct gh_json_at *step[GH_JSON_MAX_DEPTH];
	struct walk w = {text.p, text.p + text.len};
	size_t n = 0;

	for (; at && n < GH_JSON_MAX_DEPTH; at = at->up)
		step[n++] = at;
	blanks(&w);
	while (n-- > 0) {
		const unsigned char *here = w.p;

		if (!step_to(&w, step[n], of_key && n == 0))
			return place_of(text, here);
	}
	return place_of(text, w.p);
}
