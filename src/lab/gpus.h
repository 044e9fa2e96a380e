/* SPDX-License-Identifier: Apache-2.0
 * The lab's GPUs: a PKI in NVIDIA's shape under lab roots, one identity per GPU, driver
 * and VBIOS RIMs signed under it, and the files that the NVML shim serves. */
#pragma once

#include "base/env.h"

#define GH_LAB_GPUS 8

/* Makes the lab PKI and everything that rests on it below dir:
 *   dir/trust.json              anchors (nvidia-device, nvidia-rim, amd-ark), lab = true
 *   dir/kds                     ARK and ASK of the certificate service (kds.h)
 *   dir/rims/ID.xml             driver and VBIOS RIM
 *   dir/gpu/HOST/N/chain.pem    five certificates, leaf first
 *   dir/gpu/HOST/N/leaf.pem     the attestation key, PKCS#8
 *   dir/erot/HOST.json          chains and keys of the baseboard's ERoTs (erots.h)
 *   dir/gpu/HOST/N/report.json  measurements and opaque data the shim puts into a report
 * N = 0..7. Nothing is made again when trust.json is there. */
GH_MUST_USE int gh_lab_gpus_make(const char *dir, const char *const *hosts, size_t n,
    const struct gh_env *env, struct gh_err *err);
/* Faults of one GPU: "gpu-old-vbios" (measurement differs from the RIM), "gpu-foreign-root"
 * (its chain ends in another root), "gpu-wrong-nonce", "gpu-swapped" (its evidence is the
 * evidence of the GPU before it), "gpu-bad-signature"; those of its ERoT ("erot-...") leave
 * the GPU as it is. NULL heals. */
GH_MUST_USE int gh_lab_gpu_fault(const char *dir, const char *host, unsigned int gpu,
    const char *fault, struct gh_err *err);
