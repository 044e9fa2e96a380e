/* SPDX-License-Identifier: Apache-2.0
 * A result: what an operation or a verifier has to say in full: subjects with their
 * claims, and the findings about them. */
#pragma once

#include "base/finding.h"

struct gh_subject {
	char *name; /* as in gh_finding.subject */
	char *kind; /* "host", "gpu", "cvm", "report", "rim" */
	json_t *
	    claims; /* object: what the evidence states, hex in lower case or plain text */
};

struct gh_result {
	int64_t at; /* the verification time */
	struct gh_subject *subject;
	size_t n_subjects;
	struct gh_findings findings;
	bool oom;
};

void gh_result_free(struct gh_result *r);
/* The subject of that name, made when it is new. Never NULL. */
struct gh_subject *gh_result_subject(
    struct gh_result *r, const char *name, const char *kind);
/* NULL when there is none. */
const struct gh_subject *gh_result_find(const struct gh_result *r, const char *name);
/* Adds the subjects, claims and findings of another result. */
void gh_result_merge(struct gh_result *to, const struct gh_result *from);
/* A claim of the evidence; the text is cleaned. */
void gh_claim(struct gh_subject *s, const char *key, const char *fmt, ...)
    GH_PRINTF(3, 4);
void gh_claim_hex(struct gh_subject *s, const char *key, const void *p, size_t len);
/* "" when absent. */
const char *gh_claim_get(const struct gh_subject *s, const char *key);

enum gh_verdict gh_result_verdict(const struct gh_result *r);
/* NOMEM when something was lost on the way. */
GH_MUST_USE int gh_result_ok(const struct gh_result *r, struct gh_err *err);

/* {"verdict","at","lab","subjects":[{"subject","kind","verdict","claims"}],"findings":[...]} */
json_t *gh_result_json(const struct gh_result *r);
GH_MUST_USE int gh_result_from_json(
    struct gh_result *r, const json_t *j, struct gh_err *err);
enum gh_plain {
	GH_PLAIN_ALL = 0, /* every finding a line; details of those that do not pass */
	GH_PLAIN_FULL,    /* details of all */
	GH_PLAIN_BRIEF,   /* only what does not pass, below counts of the rest */
};
/* The one plain renderer: findings as a tree by subject, then "VERDICT: <word> <sentence>". */
void gh_result_plain(struct gh_buf *out, const struct gh_result *r, enum gh_plain how);
/* Exit code of design.md: 0 pass (or warn), 1 verdict is not pass, 3 stale. */
int gh_verdict_exit(enum gh_verdict v);
