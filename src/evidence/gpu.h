/* SPDX-License-Identifier: Apache-2.0
 * The verdict on one NVIDIA GPU: report, chain, identity, reference measurements.
 * (spec/nvidia.md sections 1, 2, 3, 10.) */
#pragma once

#include "evidence/context.h"
#include "evidence/gpu_cohort.h"
#include "evidence/gpu_topology.h"

struct gh_gpu_evidence {
	struct gh_bytes report;    /* the blob NVML returns, exact size */
	struct gh_bytes chain_pem; /* PEM, leaf first, five certificates */
};

/* Appends to *out the subject (kind "gpu") with its claims and the tree of findings, roots
 * first; never stops at the first failure, and nothing below a failed link is PASS.
 * Claims: arch pdi ueid nonce driver vbios fwid mode driver_rim_id vbios_rim_id
 * driver_rim_sha256 vbios_rim_sha256 leaf_spki report_sha256 responder_nonce cohort blocks
 * switch_pdis.
 * A switch (LS10) is judged by the same steps, kind "switch", without gpu.driver.*,
 * gpu.rim.overlap and gpu.mode, with gpu.position; its further claims: device_pdi gpu_pdis
 * port_map position_id lock_status.
 * What gh_gpu_topology reads, all of it from the signed report except pdi:
 *   pdi          8 bytes, hex: serial of the BROM certificate behind its type byte
 *   switch_pdis  GPU: 18 links x 8 bytes, hex, in the certificates' byte order
 *   device_pdi   switch: 8 bytes, hex
 *   gpu_pdis     switch: 8 x 8 bytes, hex
 *   port_map     switch: 64 bytes, hex: the GPU (0..7) behind each port, ff none
 *   position_id  switch: decimal; lock_status: 2 bytes, hex, as they stand
 *   mode         "SPT", "MPT", "PPCIE", "unstated"; nonce 32 bytes, hex; driver text
 * Steps (stable): gpu.chain.parse gpu.chain.root gpu.chain.identity gpu.chain.ica
 * gpu.chain.brom gpu.chain.leaf gpu.pin.pdi (policy) gpu.spdm.parse gpu.spdm.signature
 * gpu.opaque gpu.spdm.nonce gpu.spdm.counters gpu.fwid gpu.driver.rim
 * gpu.driver.rim.signature gpu.driver.measurements gpu.vbios.rim gpu.vbios.rim.signature
 * gpu.vbios.measurements gpu.rim.overlap gpu.mode gpu.position
 * 0, or -1 (NOMEM, INTERNAL) when it could not be judged at all. */
GH_MUST_USE int gh_gpu_verify(struct gh_result *out, const char *subject,
    const struct gh_gpu_evidence *ev, const struct gh_context *ctx, struct gh_err *err);

/* After all devices of one host or CVM are judged: one finding per GPU subject,
 * "gpu.distinct", FAIL when two share PDI, leaf key or responder nonce; SKIP for a device
 * that is alone. Switches count too. Then gh_gpu_cohort. */
void gh_gpu_distinct(struct gh_result *out);
