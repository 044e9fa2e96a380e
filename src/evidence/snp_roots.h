/* SPDX-License-Identifier: Apache-2.0
 * AMD's own CA certificates, compiled in to fill the gaps of a chain. They are no trust
 * anchors: what is trusted is the pin in struct gh_trust. */
#pragma once

#include "crypto/memo.h"
#include "evidence/snp_report.h"

/* In the order in which they stand in inventory/amd/PRODUCT.pem. */
enum gh_snp_ca { GH_SNP_ARK, GH_SNP_ASK, GH_SNP_ASVK };

/* That certificate of that product; what the memo (may be NULL) knows is not parsed again.
 * The caller frees it. */
GH_MUST_USE int gh_snp_root(struct gh_cert **out, enum gh_snp_product p,
    enum gh_snp_ca which, struct gh_memo *memo, struct gh_err *err);
