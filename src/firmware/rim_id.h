/* SPDX-License-Identifier: Apache-2.0
 * The id of the reference manifest that a GPU or switch will be attested against, from what
 * a BMC shows: so that a missing one is found before any boot (section 5.4). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define GH_RIM_ID_LEN 96

/* "G520.0200.00.05", "2330-885-A1", "96.00.61.00.01":
 * NV_GPU_VBIOS_G520_0200_885_9600610001. False, and out is "", when one has not its form. */
bool gh_rim_id_gpu(char out[static GH_RIM_ID_LEN], const char *inforom, const char *part,
    const char *vbios);
/* "5612.0002.00.01", "890", "96.10.35.00.01": NV_SWITCH_BIOS_5612_0002_890_9610350001.
 * A BMC does not show the chip SKU of a switch (gh_knowledge_chip_sku knows it). */
bool gh_rim_id_switch(char out[static GH_RIM_ID_LEN], const char *inforom,
    const char *chip_sku, const char *bios);
