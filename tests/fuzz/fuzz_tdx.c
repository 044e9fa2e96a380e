/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the TDX verdict and what shows a quote; the input is a quote. */
#include "base/fields.h"
#include "evidence/tdx.h"
#include "evidence/tdx_show.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};
	static struct gh_trust trust;
	struct gh_tdx_evidence ev = {{data, size}};
	struct gh_context ctx = {.at = 1781481600, .trust = &trust};

	if (!trust.n && gh_trust_builtin(&trust, NULL))
		__builtin_trap();
	if (gh_tdx_verify(&r, "f", &ev, &ctx, NULL) || !r.findings.n)
		__builtin_trap();
	/* no collateral: nothing may pass as a whole */
	if (gh_result_verdict(&r) == GH_PASS)
		__builtin_trap();
	if (gh_tdx_show(&fs, ev.quote, NULL))
		__builtin_trap();
	return 0;
}
