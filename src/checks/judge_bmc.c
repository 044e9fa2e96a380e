/* SPDX-License-Identifier: Apache-2.0
 * Judges of the BMC itself: who may change the machine through it (G02). */
#include "checks/judge.h"

const struct gh_judge gh_judges_bmc[] = {
    {NULL, NULL},
};
