/* SPDX-License-Identifier: Apache-2.0
 * Values of the policy language: what may stand where, and how it is read. */
#pragma once

#include "checks/policy_ops.h"

/* What is wrong about a rule, and where in its value. */
struct gh_op_fault {
	char what[200];
	const char *key; /* member of the value; NULL = none */
	size_t index;    /* of the value as an array; SIZE_MAX = none */
};
/* True when op takes that fact and that value (NULL = none given); else *fault says why
 * not. A value that was taken is safe to ask about. */
bool gh_op_takes(const struct gh_op *op, const struct gh_fact_def *fact,
    const json_t *value, struct gh_op_fault *fault);
/* True when the value has the fact's type, as a reader would put it. */
bool gh_fact_fits(
    const struct gh_fact_def *fact, const json_t *value, struct gh_op_fault *fault);
/* True for a fact of words: its scheme lists them, divided by '|'. */
bool gh_fact_is_status(const struct gh_fact_def *fact);
bool gh_fact_is_time(const struct gh_fact_def *fact);

/* A number of up to 64 bytes, its last byte at the end of at. */
struct gh_wide {
	unsigned char at[64];
	size_t len; /* bytes that were written */
};
/* Hexadecimal digits, with or without "0x"; false when that is not what s is. */
bool gh_wide_of_hex(const char *s, struct gh_wide *out);
/* "365d", "48h", "15m", "30s", or a number of seconds; in seconds. */
bool gh_duration(const json_t *v, int64_t *out);
