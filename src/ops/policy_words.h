/* SPDX-License-Identifier: Apache-2.0
 * A policy's bounds in words, and the policy that one good machine would write. */
#pragma once

#include "checks/host_policy.h"

/* Name to text, the same names for every policy; "" = not said. New references. */
json_t *gh_policy_applies_json(const struct gh_host_policy *p);
json_t *gh_policy_bounds_json(const struct gh_host_policy *p);

/* Rules that hold on these facts, and a test that says so; NULL = out of memory. What is of
 * one machine alone is left to enrolment. */
json_t *gh_policy_golden(const struct gh_host *h, const struct gh_facts *f, int64_t at);
/* As people write it: members in the order they were put, a rule a line. */
void gh_policy_print(struct gh_buf *out, const json_t *doc);
