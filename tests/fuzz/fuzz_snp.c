/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the SNP verdict and its view: the input is one report. */
#include "base/fields.h"
#include "evidence/snp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};
	static struct gh_trust trust;
	struct gh_bytes in = {data, size};
	struct gh_snp_evidence ev = {.report = in};
	struct gh_context ctx = {.at = 1781481600, .trust = &trust};

	if (!trust.n && gh_trust_builtin(&trust, NULL))
		__builtin_trap();
	if (gh_snp_verify(&r, "f", &ev, &ctx, NULL) || !r.findings.n)
		__builtin_trap();
	/* no certificate of the chip was given */
	if (gh_result_verdict(&r) == GH_PASS || gh_result_verdict(&r) == GH_WARN)
		__builtin_trap();
	if (gh_snp_show(&fs, in, NULL))
		__builtin_trap();
	return 0;
}
