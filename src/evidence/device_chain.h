/* SPDX-License-Identifier: Apache-2.0
 * Which of the certificates at hand are the chain of a device's report that came alone. */
#pragma once

#include "evidence/shelf.h"

/* Appends PEM: of the chains in the two sets (with may be NULL) the only one, or of several
 * the one whose leaf signed the report, as it came; else one made of single certificates,
 * from the one that signed the report up to the root. Nothing when there is none. NOMEM. */
GH_MUST_USE int gh_device_chain(struct gh_buf *pem, const struct gh_shelf *s,
    const struct gh_evidence_set *set[static 2], struct gh_bytes report,
    struct gh_err *err);
