/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes Azure's wrapped form: the bare HCL report, or the JSON container around it. */
#include "base/fields.h"
#include "evidence/hcl.h"
#include "evidence/hcl_tpm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct gh_hcl_evidence, gh_hcl_free) ev = {0};
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};
	struct gh_bytes in = {data, size};
	static struct gh_trust trust;
	struct gh_context ctx = {.at = 1754760101, .trust = &trust, .nonce = in};
	struct gh_tpm_quote q;

	if (!trust.n && gh_trust_builtin(&trust, NULL))
		__builtin_trap();
	(void)!gh_tpm_quote_parse(&q, in, NULL);
	if (gh_hcl_show(&fs, in, NULL))
		__builtin_trap();
	if (gh_hcl_read(&ev, in, NULL))
		return 0;
	if (gh_hcl_verify(&r, "f", &ev, &ctx, NULL) || !r.findings.n)
		__builtin_trap();
	return 0;
}
