/* SPDX-License-Identifier: Apache-2.0
 * The in-toto statement that a report is (spec/reports.md 3.4): written from what was
 * found, read strictly. Written once; whoever verifies hashes the bytes as they came. */
#pragma once

#include "base/result.h"

#define GH_STATEMENT_TYPE "https://in-toto.io/Statement/v1"
#define GH_PREDICATE_HOST "x-gatehouse:host-validation:v1"
#define GH_VERDICT_RULE   "all severity=block checks pass and none missing"
#define GH_NO_PREVIOUS    "0000000000000000000000000000000000000000000000000000000000000000"

/* The evidence of one GPU: digests of files below evidence/. */
struct gh_statement_device {
	const char *subject;  /* as in the result: "gpu-a:5" */
	const char *evidence; /* hex digest of the report blob; NULL: not kept */
	const char *chain;    /* of the certificate chain; NULL: not kept */
};

struct gh_statement_collateral {
	const char *role; /* "rim", "lab-trust", "policy" */
	const char *sha256;
	const char *source; /* where it came from, in words; NULL: left out */
};

/* Everything is borrowed. Digests and nonces are lower-case hex without a prefix. */
struct gh_statement_in {
	const char *report_id; /* ULID */
	int64_t sequence;
	const char *previous;    /* GH_NO_PREVIOUS at first */
	int64_t issued, expires; /* unix seconds */
	const char *audience;
	const char *client_nonce; /* NULL: the client gave none */
	const char *gatehouse_nonce;
	const char *host;
	const char *salt;    /* hex: in front of a serial number before it is hashed */
	const char *version; /* of gatehouse */
	const char *build_sha256;  /* NULL: left out */
	const char *operator_name; /* hashed into the report */
	const char *policy_id;
	const char *policy_sha256;      /* NULL: left out */
	const char *index_sha256;       /* of evidence/index.json: subject[0] */
	const struct gh_result *result; /* host and GPUs in one; .at = verified_at */
	const struct gh_statement_device *device;
	size_t n_devices;
	const struct gh_statement_collateral *collateral;
	size_t n_collateral;
	bool lab;
};

/* Appends the statement: sorted keys, whole numbers, no blanks. */
GH_MUST_USE int gh_statement_write(
    struct gh_buf *out, const struct gh_statement_in *in, struct gh_err *err);

/* pass fail warn skip error, in the order of gh_outcome_word. */
enum gh_outcome { GH_O_PASS = 0, GH_O_FAIL, GH_O_WARN, GH_O_SKIP, GH_O_ERROR };
#define GH_OUTCOMES 5
const char *gh_outcome_word(enum gh_outcome o);
/* -1 when it is none. */
int gh_outcome_parse(const char *word);
enum gh_outcome gh_outcome_of(enum gh_verdict v);

/* Counts checks[] and applies GH_VERDICT_RULE: "pass", "fail" or "error". -1 when a check
 * has no known outcome or severity. */
struct gh_tally {
	int64_t count[GH_OUTCOMES];
	const char *verdict;
	char first_bad[96]; /* id of the first check that decides */
};
GH_MUST_USE int gh_tally(struct gh_tally *out, const json_t *checks, struct gh_err *err);
