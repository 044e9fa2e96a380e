/* SPDX-License-Identifier: Apache-2.0
 * The opaque data of a report: what each field is called and what it may hold
 * (spec/nvidia.md sections 1.2, 1.3, 1.6). */
#pragma once

#include "evidence/gpu_case.h"

/* Step gpu.opaque below gpu.spdm.signature, and the claims of gpu.h that come from opaque
 * data. A type that the specification does not know is kept and counted in the text; a
 * known one must be of its size and value. Codes: gpu.opaque.missing .invalid .place .size
 * .value-type .text .vbios .status .feature-flag .version .position .lock-status .ports */
void gh_gpu_opaque_judge(struct gh_gpu_case *c);

/* "DRIVER_VERSION"; NULL when the specification does not know the number. Two numbers mean
 * another thing in the report of a switch. */
const char *gh_opaque_name(unsigned int type, bool is_switch);
/* What the value says, in words, appended; nothing when the bytes say it all. */
void gh_opaque_meaning(struct gh_buf *out, const struct gh_spdm *s,
    const struct gh_opaque *o, bool is_switch);
/* True when the 128 bytes are a switch's list of GPUs, whichever number it came under. */
bool gh_opaque_is_gpu_list(const struct gh_opaque *o, bool is_switch);
