/* SPDX-License-Identifier: Apache-2.0
 * What Intel signs anew every month and a quote is judged with: TCB info, QE identity,
 * their signing certificate, revocation lists (spec/tdx.md section 3). Picked from what
 * the context has, by content. */
#pragma once

#include "evidence/tdx_qe_identity.h"
#include "evidence/tdx_tcb_info.h"

#define GH_TDX_SIGNERS_MAX 4  /* good TCB signing certificates: two at a change of keys */
#define GH_TDX_DOCS_MAX    64 /* documents of a kind that are looked at */

struct gh_cert;

struct gh_tdx_collateral {
	const struct gh_cert *signer[GH_TDX_SIGNERS_MAX]; /* borrowed */
	size_t n_signers;
	/* Signed, in their window, of this platform; valid where has_ says so. */
	struct gh_tcb_info info;
	struct gh_qe_identity qe;
	bool has_info, has_qe;
};
