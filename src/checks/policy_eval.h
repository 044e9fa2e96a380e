/* SPDX-License-Identifier: Apache-2.0
 * A policy judged: its rules on the facts of a host, what it changes about checks, and the
 * tests that it carries. */
#pragma once

#include "checks/host_policy.h"

/* What rules are judged on. */
struct gh_policy_view {
	const struct gh_facts *facts;
	bool ssh, bmc; /* that source was read: what it does not say is not there */
	int64_t at;
};

/* Fills the finding: PASS, WARN (failed, and only warned about, or in grace), FAIL, UNKNOWN
 * (a fact is missing, or cannot be compared), SKIP (its condition does not hold). */
void gh_rule_judge(struct gh_finding *f, const struct gh_host_policy *p,
    const struct gh_rule *r, const struct gh_policy_view *v);

/* The policy of src when it is for this host, else NULL. */
const struct gh_host_policy *gh_policy_in_force(
    const struct gh_sources *src, const struct gh_facts *facts);
/* The same before the host has said a word: by what the fleet file says of it. */
const struct gh_host_policy *gh_policy_named(const struct gh_sources *src);
/* "policy": which one, its digest; below it one finding a rule, and "policy.weak" for what
 * it leaves out. A policy that is not for this host is one SKIP, or UNKNOWN when only the
 * host's own word says so. */
void gh_policy_judge(
    struct gh_result *out, const struct gh_sources *src, const struct gh_facts *facts);

/* The check as the policy has it: severity, parameters. *params is a new reference, to be
 * freed after judging; NULL = the catalogue's own are used. */
struct gh_check gh_policy_check(
    const struct gh_check *c, const struct gh_check_change *change, json_t **params);
/* After judging: grace, what a later stage proves, and both severities in words. */
void gh_policy_amend(struct gh_finding *f, const struct gh_check *catalogue,
    const struct gh_host_policy *p, int64_t at);

/* Runs one of its tests: 0 as expected, 1 not, and *out (appended) says what differs; -1
 * out of memory. */
GH_MUST_USE int gh_policy_run_test(const struct gh_host_policy *p,
    const struct gh_policy_test *t, int64_t now, struct gh_buf *out, struct gh_err *err);
