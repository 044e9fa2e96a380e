/* SPDX-License-Identifier: Apache-2.0
 * The list of fields, as text and as JSON. */
#include "base/fields.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define MEANING_MAX 1000
#define HEX_PER_ROW 32 /* bytes */

void gh_fields_free(struct gh_fields *fs)
{
	for (size_t i = 0; i < fs->n; i++) {
		free(fs->at[i].name);
		free(fs->at[i].meaning);
	}
	free(fs->at);
	*fs = (struct gh_fields){0};
}

static char *clean_text(const char *fmt, va_list ap) GH_PRINTF(1, 0);

/* NULL when out of memory. */
static char *clean_text(const char *fmt, va_list ap)
{
	gh_auto(struct gh_buf, gh_buf_free) raw = {0};
	gh_auto(struct gh_buf, gh_buf_free) clean = {0};

	gh_buf_vfmt(&raw, fmt, ap);
	gh_text_clean(&clean, raw.p, raw.len, MEANING_MAX);
	return raw.oom ? NULL : gh_buf_take_str(&clean);
}

static struct gh_field *grow(struct gh_fields *fs)
{
	if (fs->n == fs->cap) {
		size_t cap = fs->cap ? 2 * fs->cap : 64;
		void *at = realloc(fs->at, cap * sizeof(*fs->at));

		if (!at) {
			fs->oom = true;
			return NULL;
		}
		fs->at = at;
		fs->cap = cap;
	}
	fs->at[fs->n] = (struct gh_field){.depth = fs->depth, .offset = SIZE_MAX};
	return &fs->at[fs->n];
}

/* Takes name and meaning over. */
static void push(
    struct gh_fields *fs, bool heading, char *name, char *meaning, struct gh_bytes raw)
{
	struct gh_field *f = name && meaning ? grow(fs) : NULL;
	uintptr_t p = (uintptr_t)raw.p, from = (uintptr_t)fs->whole.p;

	if (!f) {
		fs->oom = true;
		free(name);
		free(meaning);
		return;
	}
	f->heading = heading;
	f->name = name;
	f->meaning = meaning;
	f->raw = raw;
	if (raw.p && p >= from && p - from + raw.len <= fs->whole.len)
		f->offset = p - from;
	fs->n++;
}

void gh_fields_open(struct gh_fields *fs, const char *fmt, ...)
{
	va_list ap;
	char *name;

	va_start(ap, fmt);
	name = clean_text(fmt, ap);
	va_end(ap);
	push(fs, true, name, calloc(1, 1), (struct gh_bytes){NULL, 0});
	fs->depth++;
}

void gh_fields_close(struct gh_fields *fs)
{
	if (fs->depth > 0)
		fs->depth--;
}

void gh_fields_add(struct gh_fields *fs, const char *name, const void *p, size_t len,
    const char *fmt, ...)
{
	gh_auto(struct gh_buf, gh_buf_free) clean = {0};
	va_list ap;
	char *meaning;

	va_start(ap, fmt);
	meaning = clean_text(fmt, ap);
	va_end(ap);
	gh_text_clean(&clean, name, strlen(name), MEANING_MAX);
	push(fs, false, gh_buf_take_str(&clean), meaning, (struct gh_bytes){p, len});
}

void gh_fields_raw(struct gh_fields *fs, const char *name, const void *p, size_t len)
{
	gh_fields_add(fs, name, p, len, "%s", "");
}

int gh_fields_ok(const struct gh_fields *fs, struct gh_err *err)
{
	return fs->oom ? gh_fail(err, GH_E_NOMEM, "out of memory") : 0;
}

static void indent(struct gh_buf *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		gh_buf_chr(out, ' ');
}

/* Hex in rows; the first row follows the name, the others stand below it. */
static void plain_hex(struct gh_buf *out, struct gh_bytes raw, size_t column)
{
	for (size_t at = 0; at < raw.len; at += HEX_PER_ROW) {
		size_t left = raw.len - at;

		if (at > 0) {
			gh_buf_chr(out, '\n');
			indent(out, column);
		}
		gh_buf_hex(out, raw.p + at, left < HEX_PER_ROW ? left : HEX_PER_ROW);
	}
}

static void plain_field(struct gh_buf *out, const struct gh_field *f)
{
	size_t column = out->len;

	if (f->offset == SIZE_MAX)
		indent(out, 14);
	else
		gh_buf_fmt(out, "0x%04zx %5zu  ", f->offset, f->raw.len);
	indent(out, 2 * (size_t)f->depth);
	gh_buf_fmt(out, f->heading ? "%s" : "%-24s ", f->name);
	column = out->len - column;
	plain_hex(out, f->raw, column);
	if (*f->meaning && f->raw.len > HEX_PER_ROW) {
		gh_buf_chr(out, '\n');
		indent(out, column);
	} else if (*f->meaning && f->raw.len > 0) {
		gh_buf_str(out, "  ");
	}
	gh_buf_fmt(out, "%s\n", f->meaning);
}

void gh_fields_plain(struct gh_buf *out, const struct gh_fields *fs)
{
	for (size_t i = 0; i < fs->n; i++)
		plain_field(out, &fs->at[i]);
}

static json_t *json_of(const struct gh_field *f)
{
	gh_auto(struct gh_buf, gh_buf_free) hex = {0};
	json_t *o = json_object();

	gh_json_set_str(o, "name", f->name);
	if (f->heading) {
		json_object_set_new(o, "fields", json_array());
		return o;
	}
	if (f->offset != SIZE_MAX)
		json_object_set_new(o, "offset", json_integer((json_int_t)f->offset));
	if (f->raw.p) {
		json_object_set_new(o, "size", json_integer((json_int_t)f->raw.len));
		gh_buf_hex(&hex, f->raw.p, f->raw.len);
		gh_json_set_str(o, "raw", gh_buf_cstr(&hex));
	}
	gh_json_set_str(o, "meaning", f->meaning);
	return o;
}

/* The fields from *i on that are at least `depth` deep. */
static json_t *json_level(const struct gh_fields *fs, size_t *i, unsigned int depth)
{
	json_t *list = json_array();

	while (*i < fs->n && fs->at[*i].depth >= depth) {
		const struct gh_field *f = &fs->at[(*i)++];
		json_t *o = json_of(f);

		if (f->heading)
			json_object_set_new(o, "fields", json_level(fs, i, f->depth + 1));
		json_array_append_new(list, o);
	}
	return list;
}

json_t *gh_fields_json(const struct gh_fields *fs)
{
	size_t i = 0;

	return json_level(fs, &i, 0);
}
