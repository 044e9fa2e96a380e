/* SPDX-License-Identifier: Apache-2.0
 * What a lab device signs: an SPDM 1.1 exchange of measurements. The NVML shim links this
 * besides crypto and base, and nothing else of the lab. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"

#define GH_LAB_SPDM_DIGEST 48 /* bytes of SHA-384 */

struct gh_lab_spdm {
	const uint8_t *nonce;  /* 32, as asked */
	const uint8_t *blocks; /* their digests, one behind the other */
	unsigned int n_blocks;
	struct gh_bytes opaque;
	struct gh_bytes key; /* PEM, P-384 */
	bool damage;         /* the signature is well-formed and wrong */
};

/* Appends request and answer, laid out in evidence/spdm_exchange.c; -1 when it cannot be
 * signed or memory is out. out is empty: all of it is signed. */
GH_MUST_USE int gh_lab_spdm_write(struct gh_buf *out, const struct gh_lab_spdm *m);
