/* SPDX-License-Identifier: Apache-2.0
 * What every verifier is given besides the evidence: the time, the anchors, the nonce and
 * the collateral. A verifier has no clock, file, network or global of its own. */
#pragma once

#include "base/result.h"
#include "crypto/cert.h"
#include "evidence/trust.h"

struct gh_rims; /* evidence/rim.h */

struct gh_context {
	int64_t at; /* verification time, unix seconds */
	const struct gh_trust *trust;
	bool allow_lab; /* false: an anchor with .lab is refused like a foreign root */
	struct gh_bytes
	    nonce; /* what we asked with; p == NULL: not checked, and said so */
	const struct gh_certs
	    *certs;                 /* certificates given along (ASK, ARK, VCEK ...), any
				       * order; NULL: none */
	const struct gh_rims *rims; /* verified RIMs; NULL: none at hand */
	const char *expect_driver; /* what the guest says of itself; NULL: not compared */
	const char *expect_vbios;
};
