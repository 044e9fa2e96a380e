/* SPDX-License-Identifier: Apache-2.0
 * Processors: identity, microcode, mitigations, registers, and the TEE they offer. */
#pragma once

#include "lab/fixture_out.h"

void gh_fixture_cpu(struct gh_fixture *f);
