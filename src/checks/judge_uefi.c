/* SPDX-License-Identifier: Apache-2.0
 * Judges of EFI variables and of what the boot measured (G09). */
#include "checks/judge.h"

const struct gh_judge gh_judges_uefi[] = {
    {NULL, NULL},
};
