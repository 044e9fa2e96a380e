/* SPDX-License-Identifier: Apache-2.0
 * The operators: one table, and a question each. */
#include "checks/policy_ops.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "checks/policy_value.h"
#include "firmware/version.h"

/* ---- questions ------------------------------------------------------------------------- */

static enum gh_tri tri(bool yes)
{
	return yes ? GH_YES : GH_NO;
}

/* How a version stands to another one; anything that is no order cannot be judged. */
static enum gh_tri version_at_least(
    struct gh_op_case *c, const json_t *have, const json_t *floor)
{
	const char *a = json_string_value(have), *b = json_string_value(floor);
	enum gh_version_rel why;

	if (gh_version_at_least(c->fact->scheme, a, b, &why))
		return GH_YES;
	if (why == GH_VERSION_LESS)
		return GH_NO;
	snprintf(c->why, sizeof(c->why), "%.60s and %.60s: %s, by the scheme %s", a, b,
	    gh_version_rel_word(why), c->fact->scheme);
	return GH_CANNOT;
}

static enum gh_tri version_at_most(
    struct gh_op_case *c, const json_t *have, const json_t *ceiling)
{
	const char *a = json_string_value(have), *b = json_string_value(ceiling);
	enum gh_version_rel rel = gh_version_compare(c->fact->scheme, a, b);

	if (rel == GH_VERSION_LESS || rel == GH_VERSION_EQUAL ||
	    rel == GH_VERSION_RELEASE_EQUAL)
		return GH_YES;
	if (rel == GH_VERSION_GREATER)
		return GH_NO;
	snprintf(c->why, sizeof(c->why), "%.60s and %.60s: %s, by the scheme %s", a, b,
	    gh_version_rel_word(rel), c->fact->scheme);
	return GH_CANNOT;
}

/* Versions are equal by their scheme ("96.00.9f" is "96.00.9F"), all else as it is. */
static bool same(const struct gh_fact_def *fact, const json_t *a, const json_t *b)
{
	if (json_equal(a, b))
		return true;
	return fact->type == GH_FACT_VERSION &&
	       gh_version_compare(fact->scheme, json_string_value(a),
		   json_string_value(b)) == GH_VERSION_EQUAL;
}

static enum gh_tri ask_eq(struct gh_op_case *c)
{
	return tri(same(c->fact, c->have, c->want));
}

static enum gh_tri ask_ne(struct gh_op_case *c)
{
	return tri(!same(c->fact, c->have, c->want));
}

static enum gh_tri ask_in(struct gh_op_case *c)
{
	for (size_t i = 0; i < json_array_size(c->want); i++)
		if (same(c->fact, c->have, json_array_get(c->want, i)))
			return GH_YES;
	return GH_NO;
}

static enum gh_tri ask_not_in(struct gh_op_case *c)
{
	return tri(ask_in(c) == GH_NO);
}

static enum gh_tri ask_ge(struct gh_op_case *c)
{
	return tri(json_integer_value(c->have) >= json_integer_value(c->want));
}

static enum gh_tri ask_le(struct gh_op_case *c)
{
	return tri(json_integer_value(c->have) <= json_integer_value(c->want));
}

static enum gh_tri ask_between(struct gh_op_case *c)
{
	json_int_t v = json_integer_value(c->have);

	return tri(v >= json_integer_value(json_array_get(c->want, 0)) &&
		   v <= json_integer_value(json_array_get(c->want, 1)));
}

/* Asks about the value, or about each member of a set: all must do, and there must be
 * one. The worst answer counts, NO before CANNOT. */
static enum gh_tri ask_each(
    struct gh_op_case *c, enum gh_tri (*ask)(struct gh_op_case *c, const json_t *have))
{
	enum gh_tri all = GH_YES;

	if (!json_is_array(c->have))
		return ask(c, c->have);
	for (size_t i = 0; i < json_array_size(c->have) && all != GH_NO; i++) {
		enum gh_tri one = ask(c, json_array_get(c->have, i));

		if (one != GH_YES)
			all = one;
	}
	return json_array_size(c->have) ? all : GH_NO;
}

static enum gh_tri one_version_ge(struct gh_op_case *c, const json_t *have)
{
	return version_at_least(c, have, c->want);
}

static enum gh_tri ask_version_ge(struct gh_op_case *c)
{
	return ask_each(c, one_version_ge);
}

static enum gh_tri one_in_range(struct gh_op_case *c, const json_t *have)
{
	enum gh_tri low = version_at_least(c, have, json_array_get(c->want, 0));

	return low == GH_YES ? version_at_most(c, have, json_array_get(c->want, 1)) : low;
}

static enum gh_tri ask_version_in_range(struct gh_op_case *c)
{
	return ask_each(c, one_in_range);
}

/* The value as bytes, the last one last: a number counts as eight. */
static bool value_bytes(const json_t *v, struct gh_wide *out)
{
	char hex[17];

	if (!json_is_integer(v))
		return gh_wide_of_hex(json_string_value(v), out);
	snprintf(hex, sizeof(hex), "%016llx", (unsigned long long)json_integer_value(v));
	return gh_wide_of_hex(hex, out);
}

static enum gh_tri ask_hex_mask_eq(struct gh_op_case *c)
{
	struct gh_wide have, mask, want;

	if (!value_bytes(c->have, &have)) {
		snprintf(c->why, sizeof(c->why), "the value is no hexadecimal number");
		return GH_CANNOT;
	}
	if (!value_bytes(json_object_get(c->want, "mask"), &mask) ||
	    !value_bytes(json_object_get(c->want, "eq"), &want))
		return GH_CANNOT;
	for (size_t i = 0; i < sizeof(have.at); i++)
		if ((have.at[i] & mask.at[i]) != want.at[i])
			return GH_NO;
	return GH_YES;
}

static enum gh_tri ask_bytes_eq(struct gh_op_case *c)
{
	struct gh_wide have, want;

	if (!gh_wide_of_hex(json_string_value(c->have), &have)) {
		snprintf(c->why, sizeof(c->why), "the value is not hexadecimal");
		return GH_CANNOT;
	}
	return tri(gh_wide_of_hex(json_string_value(c->want), &want) &&
		   have.len == want.len &&
		   memcmp(have.at, want.at, sizeof(have.at)) == 0);
}

static bool holds(const json_t *set, const json_t *member)
{
	for (size_t i = 0; i < json_array_size(set); i++)
		if (json_equal(json_array_get(set, i), member))
			return true;
	return false;
}

static bool holds_all(const json_t *set, const json_t *members)
{
	for (size_t i = 0; i < json_array_size(members); i++)
		if (!holds(set, json_array_get(members, i)))
			return false;
	return true;
}

static enum gh_tri ask_superset(struct gh_op_case *c)
{
	return tri(holds_all(c->have, c->want));
}

static enum gh_tri ask_subset(struct gh_op_case *c)
{
	return tri(holds_all(c->want, c->have));
}

static enum gh_tri ask_set_eq(struct gh_op_case *c)
{
	return tri(holds_all(c->want, c->have) && holds_all(c->have, c->want));
}

static enum gh_tri ask_count_eq(struct gh_op_case *c)
{
	return tri(json_array_size(c->have) == (size_t)json_integer_value(c->want));
}

/* A fact that is an instant, in seconds. */
static bool instant(struct gh_op_case *c, int64_t *at)
{
	if (gh_time_parse(json_string_value(c->have), at, NULL) == 0)
		return true;
	snprintf(c->why, sizeof(c->why), "the value is no time");
	return false;
}

static enum gh_tri ask_age_le(struct gh_op_case *c)
{
	int64_t at, age;

	if (!instant(c, &at) || !gh_duration(c->want, &age))
		return GH_CANNOT;
	return tri(c->at - at <= age);
}

static enum gh_tri ask_before(struct gh_op_case *c)
{
	int64_t at, limit;

	if (!instant(c, &at) || gh_time_parse(json_string_value(c->want), &limit, NULL))
		return GH_CANNOT;
	return tri(at < limit);
}

static enum gh_tri ask_after(struct gh_op_case *c)
{
	int64_t at, limit;

	if (!instant(c, &at) || gh_time_parse(json_string_value(c->want), &limit, NULL))
		return GH_CANNOT;
	return tri(at > limit);
}

static enum gh_tri ask_present(struct gh_op_case *c)
{
	return tri(c->have != NULL);
}

static enum gh_tri ask_absent(struct gh_op_case *c)
{
	return tri(c->have == NULL);
}

bool gh_glob(const char *pattern, const char *text)
{
	const char *star = NULL, *back = NULL;

	while (*text) {
		if (*pattern == '*') {
			star = pattern++;
			back = text;
		} else if (*pattern == *text || *pattern == '?') {
			pattern++;
			text++;
		} else if (star) { /* one more byte for the last star */
			pattern = star + 1;
			text = ++back;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

static enum gh_tri one_glob(struct gh_op_case *c, const json_t *have)
{
	const char *text = json_string_value(have);

	if (json_is_string(c->want))
		return tri(gh_glob(json_string_value(c->want), text));
	for (size_t i = 0; i < json_array_size(c->want); i++)
		if (gh_glob(json_string_value(json_array_get(c->want, i)), text))
			return GH_YES;
	return GH_NO;
}

static enum gh_tri ask_matches_glob(struct gh_op_case *c)
{
	return ask_each(c, one_glob);
}

/* ---- the table ------------------------------------------------------------------------- */

#define T (1u << GH_FACT_TEXT)
#define I (1u << GH_FACT_INT)
#define B (1u << GH_FACT_BOOL)
#define V (1u << GH_FACT_VERSION)
#define S (1u << GH_FACT_SET)

static const struct gh_op ops[] = {
    {"eq", T | I | B | V, GH_VALUE_ONE, "must be %s", "is %s", ask_eq},
    {"ne", T | I | B | V, GH_VALUE_ONE, "must not be %s", "is not %s", ask_ne},
    {"in", T | I | V, GH_VALUE_LIST, "must be one of %s", "is one of %s", ask_in},
    {"not_in", T | I | V, GH_VALUE_LIST, "must be none of %s", "is none of %s",
	ask_not_in},
    {"ge", I, GH_VALUE_NUMBER, "must be %s or more", "is %s or more", ask_ge},
    {"le", I, GH_VALUE_NUMBER, "must be %s or less", "is %s or less", ask_le},
    {"between", I, GH_VALUE_PAIR, "must be from %s", "is from %s", ask_between},
    {"version_ge", V | S, GH_VALUE_VERSION, "must be %s or newer", "is %s or newer",
	ask_version_ge},
    {"version_in_range", V | S, GH_VALUE_VERSIONS, "must be from %s", "is from %s",
	ask_version_in_range},
    {"hex_mask_eq", T | I, GH_VALUE_MASK, "must have bits %s", "has bits %s",
	ask_hex_mask_eq},
    {"bytes_eq", T, GH_VALUE_HEX, "must be the bytes %s", "is the bytes %s",
	ask_bytes_eq},
    {"set_eq", S, GH_VALUE_SET, "must be exactly %s", "is exactly %s", ask_set_eq},
    {"superset", S, GH_VALUE_SET, "must hold all of %s", "holds all of %s", ask_superset},
    {"subset", S, GH_VALUE_SET, "must hold nothing but %s", "holds nothing but %s",
	ask_subset},
    {"count_eq", S, GH_VALUE_COUNT, "must have %s members", "has %s members",
	ask_count_eq},
    {"age_le", T, GH_VALUE_DURATION, "must be at most %s old", "is at most %s old",
	ask_age_le},
    {"before", T, GH_VALUE_TIME, "must be before %s", "is before %s", ask_before},
    {"after", T, GH_VALUE_TIME, "must be after %s", "is after %s", ask_after},
    {"present", T | I | B | V | S, GH_VALUE_NONE, "must be known", "is known",
	ask_present},
    {"absent", T | I | B | V | S, GH_VALUE_NONE, "must not be there", "is not there",
	ask_absent},
    {"matches_glob", T | V | S, GH_VALUE_GLOB, "must match %s", "matches %s",
	ask_matches_glob},
    {"status_in", T, GH_VALUE_WORDS, "must be one of %s", "is one of %s", ask_in},
};

const struct gh_op *gh_ops(size_t *n)
{
	*n = GH_COUNT(ops);
	return ops;
}

const struct gh_op *gh_op_find(const char *name)
{
	for (size_t i = 0; i < GH_COUNT(ops); i++)
		if (strcmp(ops[i].name, name) == 0)
			return &ops[i];
	return NULL;
}

/* "1 to 4", "0x3 of the mask 0xff", "a, b": by the operator's kind of value. */
static void value_words(struct gh_buf *out, const struct gh_op *op, const json_t *value)
{
	switch (op->value) {
	case GH_VALUE_PAIR:
	case GH_VALUE_VERSIONS:
		gh_fact_text(out, json_array_get(value, 0));
		gh_buf_str(out, " to ");
		gh_fact_text(out, json_array_get(value, 1));
		break;
	case GH_VALUE_MASK:
		gh_buf_fmt(out, "%s of the mask %s", gh_json_text(value, "eq"),
		    gh_json_text(value, "mask"));
		break;
	case GH_VALUE_DURATION:
		gh_fact_text(out, value);
		gh_buf_str(out, json_is_integer(value) ? " s" : "");
		break;
	default:
		gh_fact_text(out, value);
	}
}

void gh_op_words(
    struct gh_buf *out, const struct gh_op *op, const json_t *value, bool condition)
{
	const char *words = condition ? op->condition : op->words,
		   *at = strstr(words, "%s");

	if (!at) {
		gh_buf_str(out, words);
		return;
	}
	gh_buf_add(out, words, (size_t)(at - words));
	value_words(out, op, value);
	gh_buf_str(out, at + 2);
}
