/* SPDX-License-Identifier: Apache-2.0
 * Judges of evidence that hardware signs and the BMC hands out. */
#include "checks/judge.h"

const struct gh_judge gh_judges_spdm[] = {
    {NULL, NULL},
};
