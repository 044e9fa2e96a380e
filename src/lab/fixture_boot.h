/* SPDX-License-Identifier: Apache-2.0
 * What was booted: the kernel, its image, its log, settings and modules. */
#pragma once

#include "lab/fixture_out.h"

void gh_fixture_boot(struct gh_fixture *f);
