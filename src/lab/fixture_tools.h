/* SPDX-License-Identifier: Apache-2.0
 * Programs that the probe asks, as small scripts that print what a healthy host says. */
#pragma once

#include "lab/fixture_out.h"

void gh_fixture_tools(struct gh_fixture *f);
