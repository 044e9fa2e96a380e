/* SPDX-License-Identifier: Apache-2.0
 * AMD's own CA certificates, compiled in to fill the gaps of a chain. They are no trust
 * anchors: what is trusted is the pin in struct gh_trust. */
#pragma once

#include "crypto/cert.h"
#include "evidence/snp_report.h"

/* Appends ARK, ASK and ASVK of that product. */
GH_MUST_USE int gh_snp_roots(
    struct gh_certs *out, enum gh_snp_product p, struct gh_err *err);
