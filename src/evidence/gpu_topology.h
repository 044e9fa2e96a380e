/* SPDX-License-Identifier: Apache-2.0
 * The fabric of GPUs and switches, proved against certificates: a device is who its BROM
 * certificate says, and the lists in the signed reports must name exactly those
 * (spec/nvidia.md section 7, T1 to T6). */
#pragma once

#include "evidence/context.h"

/* After all devices of one host or CVM are judged (and gh_gpu_distinct): adds one subject
 * "fabric" (kind "fabric") when any GPU is in PPCIE mode, a switch came with other devices,
 * or the policy says how many devices are due; nothing otherwise. A switch alone, and GPUs
 * without switches outside PPCIE mode, have no fabric to judge.
 * Reads the claims that gpu.h lists and the verdicts of the devices' own steps; nothing is
 * PASS while a device's own chain or signature is not.
 * Steps and codes:
 *   fabric.count         .missing (UNKNOWN) .more
 *   fabric.identity      .pdi .twin; SKIP while a device is not proven      (T1)
 *   fabric.switches      .pdi .absent (UNKNOWN)                             (T2)
 *   fabric.gpu-links     .list .split .unlisted .absent (UNKNOWN)           (T3)
 *   fabric.switch-links  .list .unlisted .absent (UNKNOWN)                  (T4)
 *   fabric.uniform       .nonce .driver .mode .position .lock               (T5)
 *   fabric.ports         .map .gpu .absent (UNKNOWN)                        (T6) */
void gh_gpu_topology(struct gh_result *out, const struct gh_context *ctx);
