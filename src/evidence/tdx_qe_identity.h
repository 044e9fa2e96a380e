/* SPDX-License-Identifier: Apache-2.0
 * Intel's identity of its TD quoting enclave, version 2 (spec/tdx.md section 3.3): only
 * this tells Intel's enclave from any other on the same platform. */
#pragma once

#include "evidence/tdx_json.h"
#include "evidence/tdx_quote.h"

struct gh_qe_identity {
	struct gh_tcb_window window;
	unsigned char miscselect[4], miscselect_mask[4]; /* as in memory */
	unsigned char attributes[16], attributes_mask[16];
	unsigned char mrsigner[32];
	uint16_t isv_prod_id;
	struct gh_tcb_svn_levels levels;
	struct gh_tcb_advisories advisories;
};

/* Reads the inner object ({"id":"TD_QE",..}), whose signature the caller has verified. */
GH_MUST_USE int gh_qe_identity_parse(
    struct gh_qe_identity *out, struct gh_bytes json, struct gh_err *err);
/* "" when the enclave of that report is the one described; else "mrsigner", "prodid",
 * "miscselect" or "attributes". Its ISVSVN is a question of TCB, not of identity. */
const char *gh_qe_identity_fault(
    const struct gh_qe_identity *id, const struct gh_tdx_qe *qe);
