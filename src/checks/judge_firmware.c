/* SPDX-License-Identifier: Apache-2.0
 * Judges of the firmware versions that only the BMC knows (G02, G12, G13). */
#include "checks/judge.h"

const struct gh_judge gh_judges_firmware[] = {
    {NULL, NULL},
};
