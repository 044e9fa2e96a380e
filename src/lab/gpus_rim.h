/* SPDX-License-Identifier: Apache-2.0
 * Makes the lab's reference manifests: SWID XML in the exact form of the genuine ones,
 * with an enveloped XML signature (spec/nvidia.md section 3.3). */
#pragma once

#include "lab/gpus_pki.h"

#define GH_LAB_RIM_ID_DRIVER "NV_GPU_DRIVER_GH100_595.71.05"
#define GH_LAB_RIM_ID_VBIOS  "NV_GPU_VBIOS_G520_0200_885_9600D90001"
#define GH_LAB_RIM_ID_SWITCH "NV_SWITCH_BIOS_5612_0002_890_9610730001"

enum gh_lab_rim { GH_LAB_RIM_DRIVER, GH_LAB_RIM_VBIOS, GH_LAB_RIM_SWITCH };

/* Appends the XML of that RIM. The lab has no switch that would be attested: the values of
 * its RIM are made up, and it is there to be found. */
GH_MUST_USE int gh_lab_rim_make(struct gh_buf *out, enum gh_lab_rim kind,
    const struct gh_lab_rim_ca *ca, const uint8_t seed[static 32], struct gh_err *err);
