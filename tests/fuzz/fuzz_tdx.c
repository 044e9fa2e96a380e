/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the TDX verdict and the SGX extension of a PCK certificate. The first byte says
 * which of them the rest is. */
#include "evidence/tdx.h"
#include "evidence/tdx_pck.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	static struct gh_trust trust;
	struct gh_tdx_evidence ev;
	struct gh_context ctx = {.at = 1781481600, .trust = &trust};
	struct gh_tdx_pck pck;

	if (!size)
		return 0;
	if (!trust.n && gh_trust_builtin(&trust, NULL))
		__builtin_trap();
	if (data[0] & 1) {
		(void)!gh_tdx_pck_from_der(&pck, data + 1, size - 1, NULL);
		return 0;
	}
	ev.quote = (struct gh_bytes){data + 1, size - 1};
	if (gh_tdx_verify(&r, "f", &ev, &ctx, NULL) || !r.findings.n)
		__builtin_trap();
	return 0;
}
