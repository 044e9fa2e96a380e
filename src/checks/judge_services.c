/* SPDX-License-Identifier: Apache-2.0
 * Judges of packages, logs and network exposure (G15). */
#include "checks/judge.h"

const struct gh_judge gh_judges_services[] = {
    {NULL, NULL},
};
