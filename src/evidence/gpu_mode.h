/* SPDX-License-Identifier: Apache-2.0
 * What the alternative that a device matches says about it: the protection mode of a GPU,
 * the place of a switch on its board (spec/nvidia.md section 1.5). */
#pragma once

#include "evidence/gpu_case.h"

/* Step gpu.mode and claim mode. driver: the RIM whose every value matched, or NULL.
 * Codes: gpu.mode.value .flag .switches .measured .policy .unstated */
void gh_gpu_mode_judge(struct gh_gpu_case *c, const struct gh_rim *driver);
/* Step gpu.position of a switch; bios: its RIM when every value matched, or NULL. WARN
 * (gpu.position.differs) only: few switches were ever seen. */
void gh_gpu_position_judge(struct gh_gpu_case *c, const struct gh_rim *bios);
