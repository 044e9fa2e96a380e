/* SPDX-License-Identifier: Apache-2.0
 * JSON in and out on jansson, with the caps of spec/reports.md section 3.1. */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "base/buf.h"

#define GH_JSON_MAX_BYTES (16u << 20)
#define GH_JSON_MAX_DEPTH 64

/* Strict: one value, no duplicate member, no trailing data, no NUL in strings, at most
 * GH_JSON_MAX_DEPTH deep and GH_JSON_MAX_BYTES long. The caller owns the result
 * (json_decref, or gh_auto(json_t *, gh_json_free)); NULL with *err on error. */
GH_MUST_USE json_t *gh_json_parse(const void *p, size_t len, struct gh_err *err);
void gh_json_free(json_t **j);

/* Sorted keys, no blanks: the JCS-safe form that we sign and compare. */
void gh_json_dump(struct gh_buf *out, const json_t *j);
/* Indented, sorted: for people. */
void gh_json_dump_pretty(struct gh_buf *out, const json_t *j);

/* Typed getters: `where` names the object in the message. The _opt forms leave *out
 * alone when the key is absent or null; a wrong type is an error in both. Strings are
 * borrowed from the object. */
GH_MUST_USE int gh_json_str(const json_t *o, const char *where, const char *key,
    const char **out, struct gh_err *err);
GH_MUST_USE int gh_json_str_opt(const json_t *o, const char *where, const char *key,
    const char **out, struct gh_err *err);
GH_MUST_USE int gh_json_int(const json_t *o, const char *where, const char *key,
    int64_t *out, struct gh_err *err);
GH_MUST_USE int gh_json_int_opt(const json_t *o, const char *where, const char *key,
    int64_t *out, struct gh_err *err);
GH_MUST_USE int gh_json_bool_opt(
    const json_t *o, const char *where, const char *key, bool *out, struct gh_err *err);
/* Borrowed array or object. */
GH_MUST_USE int gh_json_arr(const json_t *o, const char *where, const char *key,
    json_t **out, struct gh_err *err);
GH_MUST_USE int gh_json_obj(const json_t *o, const char *where, const char *key,
    json_t **out, struct gh_err *err);
/* The text of o[key], "" when there is none or it is no string; borrowed from o. */
const char *gh_json_text(const json_t *o, const char *key);
/* Sets o[key] to the cleaned text of s (nothing when s is NULL). */
void gh_json_set_str(json_t *o, const char *key, const char *s);
