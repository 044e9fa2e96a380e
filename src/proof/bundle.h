/* SPDX-License-Identifier: Apache-2.0
 * A report as it is handed over: a folder of files (spec/reports.md 3.2), verified by
 * whoever receives it, offline. */
#pragma once

#include "proof/dsse.h"
#include "proof/recheck.h"
#include "proof/rules.h"

/* One file, its name relative to the folder: "report.json", "evidence/<sha256>". */
struct gh_bundle_file {
	char name[128];
	struct gh_bytes bytes; /* borrowed */
};

struct gh_bundle {
	struct gh_bundle_file *file; /* owned */
	size_t n;
};

#define GH_BUNDLE_SUBJECT   "report"
#define GH_BUNDLE_FILES_MAX 4096
#define GH_BUNDLE_FILE_MAX  (32u << 20) /* bytes of one file */

void gh_bundle_free(struct gh_bundle *b);
/* The bytes stay the caller's. A name twice is refused. */
GH_MUST_USE int gh_bundle_add(
    struct gh_bundle *b, const char *name, struct gh_bytes bytes, struct gh_err *err);
/* Every file of an uncompressed ustar archive (.ghb); a leading folder is taken off.
 * Borrows from tar. */
GH_MUST_USE int gh_bundle_from_tar(
    struct gh_bundle *b, struct gh_bytes tar, struct gh_err *err);
/* p == NULL when it is not there. */
struct gh_bytes gh_bundle_get(const struct gh_bundle *b, const char *name);

struct gh_bundle_opts {
	struct gh_rules rules;
	const struct gh_keys *keys; /* whose reports we believe; n == 0: none was named */
	const struct gh_bytes *trust; /* further anchor files of the client */
	size_t n_trust;
};

/* Subject "report" (kind "report") with its claims; steps bundle.envelope bundle.payload
 * bundle.detached bundle.signer bundle.statement bundle.evidence and those of rules.h;
 * then the host as reported, and each device judged again (recheck.h). Never stops at the
 * first failure, and nothing below a failed link is PASS.
 * -1: CONFIG (a trust file is none), NOMEM, INTERNAL. gh_rim_setup must have been called. */
GH_MUST_USE int gh_bundle_verify(struct gh_result *out, const struct gh_bundle *b,
    const struct gh_bundle_opts *opts, struct gh_err *err);
/* 0 pass, 1 the verdict is not pass, 2 a signature, digest or count is broken, 3 stale or
 * not for us. */
int gh_bundle_exit(const struct gh_result *r);
