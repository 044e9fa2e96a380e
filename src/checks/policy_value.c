/* SPDX-License-Identifier: Apache-2.0
 * Refuses what a rule cannot mean: an operator on a fact of another type, a value of
 * another kind, a word that the fact can never be. */
#include "checks/policy_value.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "firmware/version.h"

#define SET_MAX        1024
#define DURATION_MAX_S (100LL * 365 * 86400)

static bool refuse(struct gh_op_fault *f, const char *fmt, ...) GH_PRINTF(2, 3);

static bool refuse(struct gh_op_fault *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f->what, sizeof(f->what), fmt, ap);
	va_end(ap);
	return false;
}

/* ---- reading ---------------------------------------------------------------------------- */

bool gh_wide_of_hex(const char *s, struct gh_wide *out)
{
	size_t n;

	*out = (struct gh_wide){.len = 0};
	if (!s)
		return false;
	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
		s += 2;
	n = strlen(s);
	if (n == 0 || n > 2 * sizeof(out->at))
		return false;
	out->len = (n + 1) / 2;
	for (size_t i = 0; i < n; i++) {
		char c = s[n - 1 - i];
		int digit = c >= '0' && c <= '9'   ? c - '0'
			    : c >= 'a' && c <= 'f' ? c - 'a' + 10
			    : c >= 'A' && c <= 'F' ? c - 'A' + 10
						   : -1;

		if (digit < 0)
			return false;
		out->at[sizeof(out->at) - 1 - i / 2] |=
		    (unsigned char)(i % 2 ? digit << 4 : digit);
	}
	return true;
}

bool gh_duration(const json_t *v, int64_t *out)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
	struct gh_bytes text;
	uint64_t n;

	if (json_is_integer(v)) {
		*out = json_integer_value(v);
		return *out >= 0 && *out <= DURATION_MAX_S;
	}
	if (!json_is_string(v) || json_string_length(v) < 2)
		return false;
	text = gh_text_of(json_string_value(v));
	for (size_t i = 0; i < GH_COUNT(units); i++) {
		if (text.p[text.len - 1] != (unsigned char)units[i].unit)
			continue;
		text.len--;
		if (gh_text_u64(text, 10, &n) != 0 || n > (uint64_t)DURATION_MAX_S)
			return false;
		*out = (int64_t)n * units[i].seconds;
		return *out <= DURATION_MAX_S;
	}
	return false;
}

bool gh_fact_is_status(const struct gh_fact_def *fact)
{
	return fact->type == GH_FACT_TEXT && fact->scheme[0] != '\0';
}

bool gh_fact_is_time(const struct gh_fact_def *fact)
{
	return strcmp(fact->unit, "date") == 0 || strcmp(fact->unit, "time") == 0;
}

/* ---- one value of a fact ---------------------------------------------------------------- */

static bool is_word(const struct gh_fact_def *fact, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = fact->scheme; *p; p += strspn(p, "|")) {
		size_t len = strcspn(p, "|");

		if (len == n && memcmp(p, word, n) == 0)
			return true;
		p += len;
	}
	return false;
}

static bool text_fits(
    const struct gh_fact_def *fact, const json_t *v, struct gh_op_fault *f)
{
	const char *s = json_string_value(v);

	if (!json_is_string(v) || s[0] == '\0')
		return refuse(f, "%s is a text: the value must be one too", fact->name);
	if (gh_fact_is_status(fact) && !is_word(fact, s))
		return refuse(f, "%s is never \"%.40s\", only one of %.100s", fact->name,
		    s, fact->scheme);
	return true;
}

static bool version_fits(
    const struct gh_fact_def *fact, const json_t *v, struct gh_op_fault *f)
{
	const char *s = json_string_value(v);

	if (!json_is_string(v))
		return refuse(f, "%s is a version: the value must be a text", fact->name);
	if (fact->scheme[0] && !gh_version_valid(fact->scheme, s))
		return refuse(
		    f, "\"%.60s\" is no version of the scheme %s", s, fact->scheme);
	return true;
}

static bool is_set(const json_t *v)
{
	const json_t *a, *b;
	size_t i, k;

	if (json_array_size(v) > SET_MAX)
		return false;
	json_array_foreach((json_t *)(uintptr_t)v, i, a)
	{
		if (!json_is_string(a))
			return false;
		json_array_foreach((json_t *)(uintptr_t)v, k, b)
		{
			if (k < i && json_equal(a, b))
				return false;
		}
	}
	return json_is_array(v);
}

bool gh_fact_fits(const struct gh_fact_def *fact, const json_t *v, struct gh_op_fault *f)
{
	*f = (struct gh_op_fault){.index = SIZE_MAX};
	switch (fact->type) {
	case GH_FACT_TEXT:
		return text_fits(fact, v, f);
	case GH_FACT_VERSION:
		return version_fits(fact, v, f);
	case GH_FACT_INT:
		return json_is_integer(v) ||
		       refuse(f, "%s is a number: the value must be a whole one",
			   fact->name);
	case GH_FACT_BOOL:
		return json_is_boolean(v) ||
		       refuse(f, "%s is yes or no: the value must be true or false",
			   fact->name);
	case GH_FACT_SET:
		break;
	}
	return is_set(v) ||
	       refuse(f, "%s is a set: the value must be a list of texts, each once",
		   fact->name);
}

/* ---- the value of a rule ------------------------------------------------------------------ */

static bool list_fits(
    const struct gh_fact_def *fact, const json_t *v, struct gh_op_fault *f)
{
	if (!json_is_array(v) || json_array_size(v) == 0)
		return refuse(f, "the value must be a list of one or more");
	for (size_t i = 0; i < json_array_size(v); i++) {
		if (gh_fact_fits(fact, json_array_get(v, i), f))
			continue;
		f->index = i;
		return false;
	}
	return true;
}

static bool pair_fits(const json_t *v, struct gh_op_fault *f)
{
	const json_t *a = json_array_get(v, 0), *b = json_array_get(v, 1);

	if (json_array_size(v) != 2 || !json_is_integer(a) || !json_is_integer(b) ||
	    json_integer_value(a) > json_integer_value(b))
		return refuse(f, "the value must be two whole numbers, [FROM, TO]");
	return true;
}

static bool versions_fit(
    const struct gh_fact_def *fact, const json_t *v, struct gh_op_fault *f)
{
	if (json_array_size(v) != 2)
		return refuse(f, "the value must be two versions, [FROM, TO]");
	for (size_t i = 0; i < 2; i++) {
		if (version_fits(fact, json_array_get(v, i), f))
			continue;
		f->index = i;
		return false;
	}
	return gh_version_at_least(fact->scheme, json_string_value(json_array_get(v, 1)),
		   json_string_value(json_array_get(v, 0)), NULL) ||
	       refuse(f, "the value must be two versions in order, [FROM, TO]");
}

static bool mask_fits(const json_t *v, struct gh_op_fault *f)
{
	static const char *const members[] = {"mask", "eq"};
	struct gh_wide w[2];

	if (!json_is_object(v) || json_object_size(v) != 2)
		return refuse(
		    f, "the value must be {\"mask\": \"0x..\", \"eq\": \"0x..\"}");
	for (size_t i = 0; i < 2; i++) {
		if (gh_wide_of_hex(
			json_string_value(json_object_get(v, members[i])), &w[i]))
			continue;
		f->key = json_object_get(v, members[i]) ? members[i] : NULL;
		return refuse(
		    f, "\"%s\" must be a text of hexadecimal digits", members[i]);
	}
	for (size_t i = 0; i < sizeof(w[0].at); i++)
		if (w[1].at[i] & ~w[0].at[i]) {
			f->key = "eq";
			return refuse(f,
			    "\"eq\" has bits that \"mask\" leaves out: it can "
			    "never be so");
		}
	return true;
}

static bool glob_fits(const json_t *v, struct gh_op_fault *f)
{
	if (json_is_string(v) && json_string_length(v))
		return true;
	for (size_t i = 0; i < json_array_size(v); i++)
		if (!json_is_string(json_array_get(v, i))) {
			f->index = i;
			return refuse(f, "a pattern must be a text");
		}
	return json_array_size(v) > 0 ||
	       refuse(f, "the value must be a pattern, or a list of one or more");
}

static bool time_fits(const json_t *v, struct gh_op_fault *f)
{
	int64_t at;

	return (json_is_string(v) &&
		   gh_time_parse(json_string_value(v), &at, NULL) == 0) ||
	       refuse(f, "the value must be a time such as 2026-11-23T03:14:07Z, or a "
			 "date");
}

static bool hex_fits(const json_t *v, struct gh_op_fault *f)
{
	struct gh_wide w;

	return (gh_wide_of_hex(json_string_value(v), &w) &&
		   json_string_length(v) % 2 == 0) ||
	       refuse(f, "the value must be bytes: an even number of hexadecimal digits");
}

static bool value_fits(const struct gh_op *op, const struct gh_fact_def *fact,
    const json_t *v, struct gh_op_fault *f)
{
	int64_t n;

	switch (op->value) {
	case GH_VALUE_NONE:
		return true;
	case GH_VALUE_ONE:
	case GH_VALUE_NUMBER:
		return gh_fact_fits(fact, v, f);
	case GH_VALUE_LIST:
	case GH_VALUE_WORDS:
		return list_fits(fact, v, f);
	case GH_VALUE_PAIR:
		return pair_fits(v, f);
	case GH_VALUE_VERSION:
		return version_fits(fact, v, f);
	case GH_VALUE_VERSIONS:
		return versions_fit(fact, v, f);
	case GH_VALUE_MASK:
		return mask_fits(v, f);
	case GH_VALUE_HEX:
		return hex_fits(v, f);
	case GH_VALUE_SET:
		return is_set(v) ||
		       refuse(f, "the value must be a list of texts, each once");
	case GH_VALUE_COUNT:
		return (json_is_integer(v) && json_integer_value(v) >= 0) ||
		       refuse(f, "the value must be a whole number, 0 or more");
	case GH_VALUE_DURATION:
		return gh_duration(v, &n) ||
		       refuse(f, "the value must be a duration such as \"365d\" or "
				 "\"15m\"");
	case GH_VALUE_TIME:
		return time_fits(v, f);
	case GH_VALUE_GLOB:
		return glob_fits(v, f);
	}
	return false;
}

/* What an operator needs of a fact beyond its type. */
static bool fact_fits(
    const struct gh_op *op, const struct gh_fact_def *fact, struct gh_op_fault *f)
{
	static const char *const type[] = {[GH_FACT_TEXT] = "a text",
	    [GH_FACT_INT] = "a number",
	    [GH_FACT_BOOL] = "yes or no",
	    [GH_FACT_VERSION] = "a version",
	    [GH_FACT_SET] = "a set"};
	bool hex = strcmp(fact->unit, "hex") == 0, text = fact->type == GH_FACT_TEXT;

	if (!(op->types & 1u << fact->type))
		return refuse(f, "%s cannot judge %s: it is %s", op->name, fact->name,
		    type[fact->type]);
	if ((op->value == GH_VALUE_VERSION || op->value == GH_VALUE_VERSIONS) &&
	    fact->scheme[0] == '\0')
		return refuse(f, "%s cannot judge %s: it has no version scheme", op->name,
		    fact->name);
	if ((op->value == GH_VALUE_MASK || op->value == GH_VALUE_HEX) && text && !hex)
		return refuse(
		    f, "%s cannot judge %s: it is not hexadecimal", op->name, fact->name);
	if ((op->value == GH_VALUE_DURATION || op->value == GH_VALUE_TIME) &&
	    !gh_fact_is_time(fact))
		return refuse(
		    f, "%s cannot judge %s: it is no time", op->name, fact->name);
	if (op->value == GH_VALUE_WORDS && !gh_fact_is_status(fact))
		return refuse(f, "%s cannot judge %s: it has no fixed words; use \"in\"",
		    op->name, fact->name);
	return true;
}

bool gh_op_takes(const struct gh_op *op, const struct gh_fact_def *fact,
    const json_t *value, struct gh_op_fault *f)
{
	*f = (struct gh_op_fault){.index = SIZE_MAX};
	if (!fact_fits(op, fact, f))
		return false;
	if (op->value == GH_VALUE_NONE && value)
		return refuse(f, "%s takes no value", op->name);
	if (op->value != GH_VALUE_NONE && !value)
		return refuse(f, "%s needs a value", op->name);
	return value_fits(op, fact, value, f);
}
