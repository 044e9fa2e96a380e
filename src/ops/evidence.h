/* SPDX-License-Identifier: Apache-2.0
 * Any one file of evidence, verified: the same judgement as gatehouse-verify evidence. */
#pragma once

#include "base/env.h"
#include "base/result.h"

#define GH_OP_FILES_MAX 64

struct gh_evidence_ask {
	const char *file;
	const char *type;                  /* "gpu", "snp", ...; NULL = by content */
	const char *with[GH_OP_FILES_MAX]; /* RIMs, chains, certificates */
	size_t n_with;
	const char *trust[GH_OP_FILES_MAX]; /* further anchor files */
	size_t n_trust;
	const char *at;    /* a time in words; NULL = now */
	const char *nonce; /* hex; NULL = not checked */
	bool lab;          /* lab anchors allowed */
};

/* *exit_code as design.md: 2 broken signature or chain, 3 another nonce or stale, ... */
GH_MUST_USE int gh_op_evidence_verify(const struct gh_env *env,
    const struct gh_evidence_ask *ask, struct gh_result *out, int *exit_code,
    struct gh_err *err);
