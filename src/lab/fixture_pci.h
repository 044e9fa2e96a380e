/* SPDX-License-Identifier: Apache-2.0
 * The PCI tree: eight GPUs, four NVSwitches, the NICs, and their IOMMU groups. */
#pragma once

#include "lab/fixture_out.h"

void gh_fixture_pci(struct gh_fixture *f);
