/* SPDX-License-Identifier: Apache-2.0
 * Judges of the GPU protection mode and its knobs (G12, G13). */
#include "checks/judge.h"

const struct gh_judge gh_judges_gputool[] = {
    {NULL, NULL},
};
