/* SPDX-License-Identifier: Apache-2.0
 * Certificates and revocation lists in the wrappings they travel in: PEM, percent-encoded
 * PEM in the headers of an HTTP answer, DER values one behind the other. */
#pragma once

#include "evidence/load.h"

/* Every CERTIFICATE block becomes part of one piece (the text as it came when it holds
 * nothing else), every X509 CRL block a piece of its own, in DER. Other blocks are left
 * out. PARSE when a CRL block is not base64, NOMEM. Nothing found is not an error. */
GH_MUST_USE int gh_evidence_pem(
    struct gh_evidence_set *out, struct gh_bytes text, struct gh_err *err);
/* Each line with a percent-encoded chain (spec/tdx.md section 3.1; "+" is no blank): one
 * piece a line. */
GH_MUST_USE int gh_evidence_percent(
    struct gh_evidence_set *out, struct gh_bytes text, struct gh_err *err);
/* Certificates (one piece together), CRLs and OCSP answers (one each) as DER values that
 * fill the bytes exactly. *all says whether they did; when not, nothing is added. */
GH_MUST_USE int gh_evidence_der(
    struct gh_evidence_set *out, struct gh_bytes raw, bool *all, struct gh_err *err);

/* The certificates of one piece: PEM text or DER values, at most max. */
GH_MUST_USE int gh_evidence_certs(struct gh_certs *out, struct gh_bytes piece, size_t max,
    struct gh_memo *memo, struct gh_err *err);
