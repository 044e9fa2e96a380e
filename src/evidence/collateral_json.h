/* SPDX-License-Identifier: Apache-2.0
 * Intel's collateral inside JSON. Its signatures cover exact bytes, so the documents are
 * cut out of the text and never written anew (spec/tdx.md sections 3.1 and 3.2). */
#pragma once

#include "evidence/load.h"

/* Appends every object of the text that has a member tcbInfo or enclaveIdentity, and every
 * pair tcb_info (or qe_identity), an object, and tcb_info_signature, as the document that
 * they were. text must be JSON that gh_json_parse accepts. */
GH_MUST_USE int gh_collateral_scan(
    struct gh_evidence_set *out, struct gh_bytes text, struct gh_err *err);
/* The same pair where the inner document is a string of o, which is its exact bytes.
 * Nothing is added when there is none. */
GH_MUST_USE int gh_collateral_strings(
    struct gh_evidence_set *out, const json_t *o, struct gh_err *err);
/* By its outer member; UNKNOWN when it has none of Intel's. */
enum gh_evidence_type gh_collateral_type(const json_t *o);
/* What text that is no JSON calls itself: UNKNOWN, TCB_INFO or QE_IDENTITY. */
enum gh_evidence_type gh_collateral_claims(struct gh_bytes text);
