/* SPDX-License-Identifier: Apache-2.0
 * The device's measurements against the reference values of its driver and VBIOS, and the
 * protection mode they show (spec/nvidia.md section 1.5). */
#pragma once

#include "evidence/gpu_case.h"

/* Findings gpu.driver.*, gpu.vbios.*, gpu.rim.overlap and gpu.mode; for a switch only
 * gpu.vbios.* and gpu.position. Claims mode, cohort, blocks, *_rim_id, *_rim_sha256. */
void gh_gpu_measure_judge(struct gh_gpu_case *c);
