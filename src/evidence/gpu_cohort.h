/* SPDX-License-Identifier: Apache-2.0
 * A second opinion that needs no RIM service: devices of one kind that run the same
 * versions measure the same (spec/nvidia.md sections 0.3 and 11.6). */
#pragma once

#include "base/result.h"

struct gh_gpu_case;
struct gh_rim;

/* Claims of one device. "cohort": "rim:" or "bare:" and the SHA-256 over those blocks that
 * have one possible value - by the RIMs when all that the device needs are given (driver is
 * NULL for a switch), else all but the indexes of section 1.5. "blocks": the first four
 * bytes of every block, hex, so that an outlier's indexes can be named. */
void gh_gpu_cohort_claim(
    struct gh_gpu_case *c, const struct gh_rim *driver, const struct gh_rim *vbios);
/* After all devices of a set are judged: one finding gpu.cohort for each of two or more
 * proven devices with the same arch, driver, VBIOS and kind of fingerprint. PASS for those
 * that measure as the most do, WARN (gpu.cohort.outlier, the indexes named) for others. */
void gh_gpu_cohort(struct gh_result *out);
