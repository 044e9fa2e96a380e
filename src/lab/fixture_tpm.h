/* SPDX-License-Identifier: Apache-2.0
 * The TPM of a lab host: its log, its PCRs, and stand-ins for tpm2-tools that sign. */
#pragma once

#include "lab/fixture_out.h"

void gh_fixture_tpm(struct gh_fixture *f);
