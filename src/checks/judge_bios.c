/* SPDX-License-Identifier: Apache-2.0
 * Judges of the BIOS settings, as the BMC shows them (G03). */
#include "checks/judge.h"

const struct gh_judge gh_judges_bios[] = {
    {NULL, NULL},
};
