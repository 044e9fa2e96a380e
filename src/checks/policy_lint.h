/* SPDX-License-Identifier: Apache-2.0
 * What a policy leaves out that others forgot before, and a policy or a rule in words. */
#pragma once

#include "checks/host_policy.h"

/* Appends each weakness, "; " between them; returns how many there are. */
size_t gh_policy_lint(const struct gh_host_policy *p, struct gh_buf *out);
/* "bios.version must be 2.7 or newer, when id.board must be X13DEG-OAD" */
void gh_rule_words(struct gh_buf *out, const struct gh_rule *r);
/* "severity warn instead of blocker, proved by stage3" */
void gh_change_words(struct gh_buf *out, const struct gh_check_change *c);
