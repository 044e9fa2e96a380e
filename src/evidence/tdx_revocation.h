/* SPDX-License-Identifier: Apache-2.0
 * Intel's revocation lists: the platform CA lists PCK certificates, the root lists the
 * platform CAs and the TCB signing certificates (spec/tdx.md section 1.4). */
#pragma once

#include "evidence/tdx_job.h"

/* Looks among the given lists for the issuer's: "" when one is signed by it (ECDSA P-256,
 * SHA-256), in its window, and does not name subject. Else the reason: "missing" (none was
 * given), "issuer" (only of another Intel CA), "format", "algorithm", "signature",
 * "critical" (an extension that we do not know), "notyet", "expired", or "revoked": on any
 * list the issuer signed, be it outdated. Says what it saw in f->observed. */
const char *gh_tdx_crl_fault(const struct gh_tdx_job *j, const struct gh_cert *issuer,
    const struct gh_cert *subject, struct gh_finding *f);
/* tdx.revocation.pck and tdx.revocation.ca. */
void gh_tdx_judge_revocation(struct gh_tdx_job *j);
