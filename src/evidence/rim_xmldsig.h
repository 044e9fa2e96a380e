/* SPDX-License-Identifier: Apache-2.0
 * The enveloped XML signature of a RIM, verified with one given key (spec/nvidia.md 3.4). */
#pragma once

#include "evidence/rim_xml.h"

/* 0 when SignedInfo says exactly what NVIDIA's RIMs say (one reference to the whole
 * document, C14N 1.1, SHA-384, ECDSA P-384) and the signature is good under `signer`.
 * KeyInfo is taken out of the tree first: no key of the document can be used.
 * Codes: rim.signature.c14n .method .reference .uri .transforms .digest-method
 * .digest-value .engine .digest .value */
GH_MUST_USE int gh_rim_xmldsig_verify(
    struct gh_rim_xml *x, const struct gh_cert *signer, struct gh_rim_fault *why);
