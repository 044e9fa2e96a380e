/* SPDX-License-Identifier: Apache-2.0
 * What every verifier is given besides the evidence: the time, the anchors, the nonce, the
 * policy and the collateral. A verifier has no clock, file, network or global of its own. */
#pragma once

#include "base/result.h"
#include "crypto/memo.h"
#include "evidence/policy.h"
#include "evidence/trust.h"

struct gh_rims; /* evidence/rim.h */

/* Documents of one kind as they came, borrowed; n == 0: none was given. */
struct gh_docs {
	const struct gh_bytes *at;
	size_t n;
};

struct gh_context {
	int64_t at; /* verification time, unix seconds */
	const struct gh_trust *trust;
	bool allow_lab; /* false: an anchor with .lab is refused like a foreign root */
	struct gh_bytes
	    nonce; /* what we asked with; p == NULL: not checked, and said so */
	const struct gh_policy *policy; /* NULL: the strict default (evidence/policy.h) */
	struct gh_memo *memo; /* what this run knows already; NULL: each on its own */

	/* collateral: each judge picks what fits its evidence, by content */
	const struct gh_certs *certs; /* ASK, VCEK, TCB signer ..., any order; or NULL */
	const struct gh_rims *rims;   /* verified RIMs; NULL: none at hand */
	struct gh_docs crls;          /* X.509 revocation lists, DER */
	struct gh_docs tcb_infos; /* Intel: {"tcbInfo":{..},"signature":".."} exactly */
	struct gh_docs
	    qe_identities;    /* Intel: {"enclaveIdentity":{..},"signature":".."} */
	struct gh_docs ccels; /* event logs of the guest, binary CCEL */
	struct gh_docs runtime_logs; /* RTMR3: JSON event logs */
	struct gh_docs ocsps;        /* OCSP responses, DER */
	struct gh_docs jwks;         /* {"keys":[..]} */

	const char *expect_driver; /* what the guest says of itself; NULL: not compared */
	const char *expect_vbios;
};
