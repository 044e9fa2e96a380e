/* SPDX-License-Identifier: Apache-2.0
 * The command line of `evidence verify` and `evidence show`: one table of words, read by
 * both doors (gatehouse and gatehouse-verify), and the files that it names. */
#pragma once

#include "base/fields.h"
#include "proof/recheck.h"

#define GH_EVIDENCE_FILES_MAX 64
#define GH_EVIDENCE_FILE_MAX  (32u << 20) /* bytes of one file */

struct gh_evidence_opts {
	const char *file;
	const char *with[GH_EVIDENCE_FILES_MAX]; /* collateral, more evidence */
	size_t n_with;
	const char *trust[GH_EVIDENCE_FILES_MAX]; /* further anchor files */
	size_t n_trust;
	const char *policy; /* NULL: the strict default */
	enum gh_evidence_type type;
	int64_t at; /* --at, or the clock */
	unsigned char nonce[64];
	size_t nonce_len; /* bytes; 0: not given */
	bool lab, json, verbose;
};

/* Reads argv[0 .. argc): the words behind the command's own. show: `evidence show`, which
 * takes FILE, --type, --json and --plain only. now: what --at is when it is not given.
 * Everything is borrowed from argv. USAGE with the reason. */
GH_MUST_USE int gh_evidence_opts_parse(struct gh_evidence_opts *out, int argc,
    char *const *argv, bool show, int64_t now, struct gh_err *err);
/* The lines of a usage text about these options, and where --type's words stand. */
extern const char gh_evidence_opts_usage[];

/* Reads the files and judges; the subject is the file's name without its folder.
 * *exit_code as gh_recheck_exit. IO for FILE, CONFIG for a file of --with, --trust or
 * --policy that cannot be used. gh_rim_setup must have been called. */
GH_MUST_USE int gh_evidence_opts_verify(struct gh_result *out, int *exit_code,
    const struct gh_evidence_opts *o, struct gh_err *err);
/* Reads the file and appends every field of every piece: text, or JSON with o->json.
 * PARSE when it is nothing we know. */
GH_MUST_USE int gh_evidence_opts_show(
    struct gh_buf *out, const struct gh_evidence_opts *o, struct gh_err *err);
