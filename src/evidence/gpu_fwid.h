/* SPDX-License-Identifier: Apache-2.0
 * The firmware identity that the BROM wrote into the attestation key's certificate
 * (DICE, spec/nvidia.md section 2). */
#pragma once

#include "evidence/gpu_case.h"

/* The SHA-384 FWID of the leaf, borrowed. Hopper and LS10 carry a CompositeDeviceID, whose
 * embedded key must be the one of `issuer`; Blackwell a TcbInfo. */
GH_MUST_USE int gh_fwid_of(struct gh_bytes *out, const struct gh_cert *leaf,
    const struct gh_cert *issuer, struct gh_err *err);
/* Finding gpu.fwid and claim fwid. */
void gh_gpu_fwid_judge(struct gh_gpu_case *c);
