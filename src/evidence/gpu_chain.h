/* SPDX-License-Identifier: Apache-2.0
 * The device identity: five certificates from a pinned root to the attestation key
 * (spec/nvidia.md section 2). */
#pragma once

#include "evidence/gpu_case.h"

/* The certificates of the PEM text into c->certs; have_chain when they are five. */
void gh_gpu_chain_read(struct gh_gpu_case *c, struct gh_bytes pem);
/* Findings gpu.chain.* (and gpu.pin.pdi when the policy pins devices), claims pdi, ueid,
 * leaf_spki; sets brom_ok, chain_ok and lab. */
void gh_gpu_chain_judge(struct gh_gpu_case *c, struct gh_bytes pem);
