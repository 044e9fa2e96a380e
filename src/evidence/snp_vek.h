/* SPDX-License-Identifier: Apache-2.0
 * AMD's own extensions in a VCEK or VLEK certificate (spec/snp.md section 2, arc
 * 1.3.6.1.4.1.3704.1). Each is read strictly: there once, exact DER, or an error. */
#pragma once

#include "crypto/cert.h"
#include "evidence/snp_report.h"

/* True when the certificate carries AMD's structVersion or calls itself SEV-V?EK: it is
 * meant as an endorsement key, good or bad. */
bool gh_snp_vek_looks(const struct gh_cert *c);
/* True for SEV-VLEK by common name. */
bool gh_snp_vek_is_vlek(const struct gh_cert *c);

/* productName, e.g. "Milan-B0". */
#define GH_SNP_PRODUCT_TEXT 16
GH_MUST_USE int gh_snp_vek_product(
    const struct gh_cert *c, char out[static GH_SNP_PRODUCT_TEXT], struct gh_err *err);
GH_MUST_USE int gh_snp_vek_struct_version(
    const struct gh_cert *c, unsigned int *out, struct gh_err *err);
/* The security patch levels. On Turin fmcSPL must be there, elsewhere it must not. */
GH_MUST_USE int gh_snp_vek_tcb(const struct gh_cert *c, enum gh_snp_product p,
    struct gh_snp_tcb *out, struct gh_err *err);
/* hwID, raw or wrapped as an OCTET STRING; out->p NULL when there is none. */
GH_MUST_USE int gh_snp_vek_hwid(const struct gh_cert *c, enum gh_snp_product p,
    struct gh_bytes *out, struct gh_err *err);
/* cspID of a VLEK, cleaned; "" when there is none. */
#define GH_SNP_CSP_TEXT 128
GH_MUST_USE int gh_snp_vek_csp(
    const struct gh_cert *c, char out[static GH_SNP_CSP_TEXT], struct gh_err *err);
