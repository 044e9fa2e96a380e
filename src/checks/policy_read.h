/* SPDX-License-Identifier: Apache-2.0
 * Reading one policy document member by member, each refusal with its place. */
#pragma once

#include "base/json_place.h"
#include "checks/host_policy.h"

struct gh_policy_reader {
	struct gh_host_policy *p;       /* being filled */
	size_t file;                    /* of p->file: the document that is read */
	struct gh_bytes text;           /* of that file, for places */
	struct gh_catalogue *catalogue; /* loaded when first needed; freed by the owner */
	struct gh_err *err;
};

/* CONFIG "FILE:LINE:COLUMN: ..."; of_key places the member's name. Returns -1. */
int gh_policy_refuse(struct gh_policy_reader *r, const struct gh_json_at *at, bool of_key,
    const char *fmt, ...) GH_PRINTF(4, 5);

/* A file's name as it fits into a message: its end, when it is long. */
const char *gh_policy_name(const char *name);

/* Rules, checks, bounds: over what the files below already said. */
GH_MUST_USE int gh_policy_read(struct gh_policy_reader *r, const json_t *doc);
/* Its tests, once all rules are there. */
GH_MUST_USE int gh_policy_read_tests(struct gh_policy_reader *r, const json_t *doc);

/* ---- for the readers themselves ---- */

typedef int gh_policy_read_fn(
    struct gh_policy_reader *r, const struct gh_json_at *at, const json_t *v, void *to);
struct gh_policy_member {
	const char *name;
	gh_policy_read_fn *read;
	size_t to; /* offset in what the object fills */
	bool needed;
};
struct gh_policy_shape {
	const struct gh_policy_member *member;
	size_t n;
};
/* An object of these members and no others. */
GH_MUST_USE int gh_policy_object(struct gh_policy_reader *r, const struct gh_json_at *at,
    const json_t *v, struct gh_policy_shape shape, void *to);

gh_policy_read_fn gh_policy_read_text;     /* const char *: 1 to 400 bytes */
gh_policy_read_fn gh_policy_read_id;       /* const char *: [a-z0-9._-]{1,64} */
gh_policy_read_fn gh_policy_read_severity; /* enum gh_severity */
gh_policy_read_fn gh_policy_read_time;     /* int64_t; null leaves it */
gh_policy_read_fn gh_policy_read_count;    /* int64_t, 0 or more */
/* One of those words (closed by NULL) into *to. */
GH_MUST_USE int gh_policy_read_word(struct gh_policy_reader *r,
    const struct gh_json_at *at, const json_t *v, const char *const *words,
    const char **to);
gh_policy_read_fn gh_policy_read_checks; /* struct gh_host_policy: "checks" */
/* Room for one more in an array of n items; NULL when out of memory. */
void *gh_policy_grow(struct gh_policy_reader *r, void *array, size_t n, size_t size);
