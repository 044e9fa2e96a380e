/* SPDX-License-Identifier: Apache-2.0
 * The command line of gatehouse-verify. */
#pragma once

#include <stdint.h>

#include "proof/evidence_opts.h"

#define GH_VERIFY_FILES_MAX 64

struct gh_verify_opts {
	const char *command; /* "bundle", "evidence", "show", "help", "version" */
	struct gh_evidence_opts evidence; /* of evidence and show */
	/* of bundle */
	const char *file;
	const char *trust[GH_VERIFY_FILES_MAX];
	size_t n_trust;
	int64_t at;                           /* --at, or the clock */
	const char *nonce, *audience, *since; /* NULL: not given */
	bool lab;
	/* of all */
	bool json, verbose;
};

/* USAGE with the reason. now: what --at is when it is not given. */
GH_MUST_USE int gh_verify_opts_parse(
    struct gh_verify_opts *out, int argc, char **argv, int64_t now, struct gh_err *err);
extern const char gh_verify_usage[]; /* gh_evidence_opts_usage belongs below it, and */
extern const char gh_verify_exits[]; /* these lines last */
