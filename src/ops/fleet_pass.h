/* SPDX-License-Identifier: Apache-2.0
 * After all hosts of a run are judged by themselves: judge them against each other, against
 * what was known before, and against what the GPUs have signed. */
#pragma once

#include "ops/visit.h"

/* Completes visit[].result, revises the stored runs, and merges all into out. */
GH_MUST_USE int gh_fleet_pass(struct gh_session *s, struct gh_visit *visit, size_t n,
    struct gh_result *out, struct gh_err *err);
