/* SPDX-License-Identifier: Apache-2.0
 * The catalogue of host checks, for reading. */
#pragma once

#include "base/result.h"

/* An array of {id, group, title, severity, platform, channel, root, judged, expect, why,
 * remedy}; judged = this build has code that decides it. id NULL = all; an unknown id is
 * USAGE. New reference. */
GH_MUST_USE int gh_op_catalogue(const char *id, json_t **out, struct gh_err *err);
/* Other checkers set against this catalogue: {"tools":[{"tool","revision","tests","relevant",
 * "covered","ours","not_covered"}], "only_ours"}; ours = checks of the catalogue that look at
 * what that tool looks at, only_ours = those that no other tool has. New reference. */
GH_MUST_USE int gh_op_coverage(json_t **out, struct gh_err *err);
