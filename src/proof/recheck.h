/* SPDX-License-Identifier: Apache-2.0
 * Evidence judged again by whoever received it: one file of any kind, or the devices of a
 * report. Takes bytes; reading files is the door's business. */
#pragma once

#include "base/result.h"
#include "evidence/load.h"
#include "proof/reading.h"

struct gh_recheck_opts {
	int64_t at;
	struct gh_bytes nonce; /* p == NULL: not checked, and said so */
	bool allow_lab;
	enum gh_evidence_type type;     /* UNKNOWN: by content */
	const struct gh_policy *policy; /* NULL: the strict default */
	const struct gh_bytes *trust;   /* further anchor files (evidence/trust.h) */
	size_t n_trust;
	const struct gh_bytes *with;  /* collateral and more evidence, given along */
	const char *const *with_name; /* their names, for messages; NULL: numbered */
	size_t n_with;
};

/* Judges every piece in the bytes; name becomes the subject. Bytes that are no evidence at
 * all are a finding too (evidence.parse, FAIL), and so is something given along that we do
 * not know (evidence.with, UNKNOWN): it may have come from outside like the rest. -1 for a
 * trust file that is not one (CONFIG), NOMEM, INTERNAL. gh_rim_setup must have been
 * called. */
GH_MUST_USE int gh_recheck_evidence(struct gh_result *out, const char *name,
    struct gh_bytes evidence, const struct gh_recheck_opts *opts, struct gh_err *err);
/* Exit code of design.md for a result of evidence: 2 when a signature, chain, binding or
 * log is broken, 3 when it answers another nonce or is stale, else as gh_verdict_exit. */
int gh_recheck_exit(const struct gh_result *r);

/* Where the devices' evidence is: hex digest -> bytes; p == NULL when it is not there. */
struct gh_recheck_source {
	struct gh_bytes (*get)(void *ctx, const char *sha256);
	void *ctx;
};

/* Judges each device of the report anew and compares with what the report says of it:
 * the gpu.* findings of its own subject, and "bundle.recheck". */
GH_MUST_USE int gh_recheck_devices(struct gh_result *out, const struct gh_statement *s,
    const struct gh_recheck_source *source, const struct gh_context *ctx,
    struct gh_err *err);
