/* SPDX-License-Identifier: Apache-2.0
 * What was booted: UEFI variables, PCRs, the kernel, its log, settings and modules. */
#pragma once

#include "lab/fixture_out.h"

void gh_fixture_boot(struct gh_fixture *f);
