/* SPDX-License-Identifier: Apache-2.0
 * The firmware's variables of a lab host: Secure Boot and its keys, shim's lists. */
#pragma once

#include "lab/fixture_out.h"

void gh_fixture_efi(struct gh_fixture *f);
