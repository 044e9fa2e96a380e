/* SPDX-License-Identifier: Apache-2.0
 * A statement that came from outside, read strictly. */
#pragma once

#include "proof/statement.h"

/* All strings are borrowed from json. Optional members that are absent are "" or NULL. */
struct gh_statement {
	json_t *json; /* owner of everything below */
	const char *predicate_type;
	const char *evidence_sha256; /* subject[0] */
	const char *host_sha256;     /* subject[1], "" when absent */
	const char *report_id, *previous, *audience, *verdict, *host;
	const char *client_nonce, *gatehouse_nonce;
	int64_t stage, sequence;
	int64_t issued, expires;
	int64_t verified_at; /* = issued when absent */
	bool lab;
	json_t *host_object, *checks, *counts;
	json_t *devices, *collateral; /* NULL when absent */
	json_t *subjects, *findings;  /* NULL when absent */
	const char *policy_blob;      /* digest, "" when absent */
};

void gh_statement_free(struct gh_statement *s);
/* Section 3.1: no duplicate member, no trailing data, depth, size, NUL; integers within
 * +-(2^53-1), no fraction; section 3.4: the statement type, a predicate type we know
 * (POLICY otherwise), version 1, every member we need of the right type, no member we do
 * not know. */
GH_MUST_USE int gh_statement_parse(
    struct gh_statement *out, const void *p, size_t len, struct gh_err *err);
bool gh_is_hex_digest(const char *s); /* 64 lower-case hex digits */
