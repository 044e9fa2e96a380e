/* SPDX-License-Identifier: Apache-2.0
 * A host policy: what an operator demands of a host beyond the catalogue, as typed JSON
 * rules over facts (docs/policy.md). A policy that is not understood to its last member
 * refuses to load, with FILE:LINE:COLUMN. */
#pragma once

#include "checks/checks.h"
#include "checks/policy_ops.h"

#define GH_POLICY_MAX_BYTES (1u << 20)
#define GH_POLICY_RULES_MAX 1024
#define GH_POLICY_DEPTH_MAX 8 /* files that extend one another */

/* One comparison of one fact. */
struct gh_ask {
	const struct gh_fact_def *fact;
	const struct gh_op *op;
	const json_t *value; /* NULL where the operator takes none */
};

struct gh_rule {
	const char *id;
	struct gh_ask ask;
	struct gh_ask *when; /* all must hold; n_when 0 = always */
	size_t n_when;
	enum gh_severity severity;
	int64_t grace_until; /* unix seconds; 0 = none */
	const char *why;     /* "" = not said */
	size_t file;         /* of the policy's files */
	unsigned int line;
};

/* What a policy changes about one check of the catalogue. */
struct gh_check_change {
	const char *id;
	bool has_severity;
	enum gh_severity severity;
	const char *proved_by; /* "stage3"; "" = nobody */
	const json_t *params;  /* object; NULL = none */
	int64_t grace_until;
	const char *why;
};

/* What is expected of the rules on some facts. */
struct gh_policy_test {
	const char *name;
	int64_t at;           /* 0 = when it is run */
	const json_t *facts;  /* name -> value */
	const json_t *expect; /* rule -> "pass", "warn", "fail", "unknown" or "skip" */
	unsigned int line;
};

/* The hosts that a policy is for; what is not said is any. */
struct gh_policy_applies {
	const json_t *model, *tee; /* lists */
	int64_t gpus, switches;    /* -1 = any */
};

/* Bounds that the stages after this one keep; 0 = not said. */
struct gh_policy_windows {
	int64_t report_ttl_s, reattest_s, evidence_max_age_s, clock_skew_s,
	    ocsp_max_age_s, tcb_grace_days;
};

struct gh_policy_file {
	char *name; /* as it is named in messages */
	char sha256[65];
	json_t *doc; /* owns every string that came from it */
};

struct gh_host_policy {
	const char *id;
	int64_t revision;
	struct gh_policy_file file[GH_POLICY_DEPTH_MAX]; /* itself first, then what it
							  * extends */
	size_t n_files;
	struct gh_rule *rule;
	size_t n_rules;
	struct gh_check_change *change;
	size_t n_changes;
	struct gh_policy_test *test; /* its own, not those of what it extends */
	size_t n_tests;
	struct gh_policy_applies applies;
	struct gh_policy_windows windows;
	const char *ack, *override; /* of "delivery"; "" = not said */
	const char *physical;       /* "" = not said */
	const char *matrix_sha256;  /* "" = not said */
	const char *matrix_require; /* "known_good", "not_known_bad"; "" = not said */
};

/* name: that of a shipped policy ("h100-tdx-production"), or a path. */
GH_MUST_USE int gh_host_policy_load(
    struct gh_host_policy **out, const char *name, struct gh_err *err);
/* The same from memory; file is its name in messages, and where relative names of what it
 * extends begin. With a bare name it can extend shipped policies only, and no file is read. */
GH_MUST_USE int gh_host_policy_parse(struct gh_host_policy **out, struct gh_bytes text,
    const char *file, struct gh_err *err);
void gh_host_policy_free(struct gh_host_policy **p);
/* What the fleet file names for a host: *out is NULL for "". */
GH_MUST_USE int gh_policy_for_host(
    const char *name, struct gh_host_policy **out, struct gh_err *err);

const struct gh_rule *gh_policy_rule(const struct gh_host_policy *p, const char *id);
const struct gh_check_change *gh_policy_change(
    const struct gh_host_policy *p, const char *check_id);
/* Names of the policies that are compiled in; NULL behind the last. */
const char *gh_policy_shipped(size_t i);
