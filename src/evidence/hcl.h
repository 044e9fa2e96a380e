/* SPDX-License-Identifier: Apache-2.0
 * Azure's wrapped form of an SNP report (spec/snp.md section 3.4): the report proves a key
 * of the virtual TPM, and a TPM quote by that key carries the nonce. */
#pragma once

#include "evidence/context.h"

#define GH_HCL_MAX_LEN  (64u << 10) /* of the HCL report */
#define GH_HCL_PCRS     24
#define GH_HCL_PCR_LEN  32           /* SHA-256 bank */
#define GH_HCL_TEXT_MAX (256u << 10) /* of the JSON container */

/* Owned. Only the report must be there. */
struct gh_hcl_evidence {
	struct gh_buf report;    /* the HCL report, as read from NV index 0x01400001 */
	struct gh_buf quote;     /* TPMS_ATTEST as the TPM signed it; empty: none came */
	struct gh_buf signature; /* over it: RSA PKCS#1, the number alone, big endian */
	struct gh_buf vcek;      /* DER; empty: look in ctx->certs */
	uint8_t pcr[GH_HCL_PCRS][GH_HCL_PCR_LEN]; /* as they came along, 0 first */
	size_t n_pcrs;
};

void gh_hcl_free(struct gh_hcl_evidence *ev);
/* True when the bytes begin as an HCL report: "HCLA" and long enough for its header. */
bool gh_hcl_looks(struct gh_bytes b);
/* True for {"hcl_report":..}: the JSON container that gh_hcl_from_json reads. */
bool gh_hcl_json_looks(const json_t *j);
/* {"version":1|2,"hcl_report":base64url,"tpm_quote":{"message":hex,"signature":hex,
 * "pcrs":[hex,..]},"vcek":base64url}; tpm_quote and vcek may be left out. Strings are
 * decoded into *out (which the caller frees, also on error); nothing is judged. PARSE
 * names the member that is wrong. */
GH_MUST_USE int gh_hcl_from_json(
    struct gh_hcl_evidence *out, const json_t *j, struct gh_err *err);
/* Either form by content: the bare report, or the JSON text of the container. */
GH_MUST_USE int gh_hcl_read(
    struct gh_hcl_evidence *out, struct gh_bytes b, struct gh_err *err);

/* As gh_snp_verify (kind "cvm", its steps but snp.nonce, its claims), and
 *  snp.hcl.parse      header, runtime block and claims can be read; a root of its own
 *  snp.hcl.binding    REPORT_DATA = SHA-256 of the runtime JSON, then zeros; below
 *                     snp.signature
 *  snp.hcl.tpm.signature  the quote is signed by HCLAkPub of that JSON; below binding
 *  snp.hcl.tpm.nonce  extraData of the quote = ctx->nonce; below tpm.signature
 *  snp.hcl.tpm.pcrs   the PCRs that came along make the quote's pcrDigest; below
 *                     tpm.signature
 * Claims besides: vm_id secure_boot user_data ak_sha256 (of its SPKI) tpm_extra_data
 * pcr0 .. pcr23 (those the quote selects). Without a quote tpm.signature is UNKNOWN,
 * severity warn, and a nonce that was asked for stays UNKNOWN, blocker. A TD report inside
 * is MAC-ed only: snp.hcl.tdreport UNKNOWN, the quote is needed. */
GH_MUST_USE int gh_hcl_verify(struct gh_result *out, const char *subject,
    const struct gh_hcl_evidence *ev, const struct gh_context *ctx, struct gh_err *err);

/* Every field of either form (base/fields.h). */
struct gh_fields;
GH_MUST_USE int gh_hcl_show(struct gh_fields *out, struct gh_bytes b, struct gh_err *err);
