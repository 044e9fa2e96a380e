/* SPDX-License-Identifier: Apache-2.0
 * Policy files: their own tests, their rules in words, two of them side by side, and a
 * first one from a machine that is known to be good. */
#pragma once

#include "ops/session.h"

/* policy is the name of a shipped one, or a path. Each *out is a new reference. */

/* {"policy","file","sha256","extends":[..],"tests":[{"name","line","passed","why"}],
 * "passed","failed","weak"}. now: for tests that name no time. */
GH_MUST_USE int gh_op_policy_test(
    const char *policy, int64_t now, json_t **out, struct gh_err *err);
/* {"policy","revision","file","sha256","extends":[..],"applies","rules":[{"id","words",
 * "severity","why","file","line"}],"checks":[{"id","words","why"}],"bounds":[..],"weak"}. */
GH_MUST_USE int gh_op_policy_explain(
    const char *policy, json_t **out, struct gh_err *err);
/* The policy on the newest facts of a host, as findings. */
GH_MUST_USE int gh_op_policy_judge(struct gh_session *s, const char *policy,
    const char *host, struct gh_result *out, struct gh_err *err);
/* What the fleet file names for a host: a name or a path; USAGE when it names none. */
#define GH_POLICY_NAME_MAX 512
GH_MUST_USE int gh_op_policy_of(struct gh_session *s, const char *host,
    char out[static GH_POLICY_NAME_MAX], struct gh_err *err);
/* {"a","b","changes":[{"what","id","a","b"}]}: what only one has, or both have otherwise,
 * in words; "" = not there. */
GH_MUST_USE int gh_op_policy_diff(
    const char *a, const char *b, json_t **out, struct gh_err *err);
/* A policy text whose rules are what that host says now, for people to edit. */
GH_MUST_USE int gh_op_policy_from_host(
    struct gh_session *s, const char *host, struct gh_buf *out, struct gh_err *err);
