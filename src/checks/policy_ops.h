/* SPDX-License-Identifier: Apache-2.0
 * The operators of the policy language: which facts each one takes, which values, what it
 * asks. docs/policy.md lists them. */
#pragma once

#include "checks/facts.h"

/* What stands in "value". */
enum gh_op_value {
	GH_VALUE_NONE,     /* nothing may */
	GH_VALUE_ONE,      /* one value of the fact's own type */
	GH_VALUE_LIST,     /* some of them */
	GH_VALUE_NUMBER,   /* a whole number */
	GH_VALUE_PAIR,     /* two whole numbers, in order */
	GH_VALUE_VERSION,  /* a version of the fact's scheme */
	GH_VALUE_VERSIONS, /* two of them, in order */
	GH_VALUE_MASK,     /* {"mask":"0x..","eq":"0x.."} */
	GH_VALUE_HEX,      /* bytes */
	GH_VALUE_SET,      /* texts, each once; may be empty */
	GH_VALUE_COUNT,    /* 0 or more */
	GH_VALUE_DURATION, /* "365d", "48h", "15m", "30s", or seconds */
	GH_VALUE_TIME,     /* RFC 3339 or a date */
	GH_VALUE_GLOB,     /* a pattern of * and ?, or a list of some */
	GH_VALUE_WORDS,    /* of the words that the fact can be */
};

enum gh_tri { GH_NO = 0, GH_YES, GH_CANNOT };

/* One question: is `have` what `want` asks for? */
struct gh_op_case {
	const struct gh_fact_def *fact;
	const json_t *have, *want;
	int64_t at;    /* now, for ages */
	char why[200]; /* why the answer is GH_CANNOT */
};

struct gh_op {
	const char *name;
	unsigned int types; /* bits 1 << enum gh_fact_type */
	enum gh_op_value value;
	/* "must be %s", and as a condition "is %s"; %s = the value in words */
	const char *words, *condition;
	enum gh_tri (*ask)(struct gh_op_case *c);
};

const struct gh_op *gh_ops(size_t *n);
const struct gh_op *gh_op_find(const char *name); /* NULL = no such operator */

/* "must be 2.7 or newer"; as a condition "is 2.7 or newer". */
void gh_op_words(
    struct gh_buf *out, const struct gh_op *op, const json_t *value, bool condition);

/* * = any characters, ? = one; the whole text. */
bool gh_glob(const char *pattern, const char *text);
