/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the CCEL event log: parser, replay, texts, verdict, show and diff. The input is a
 * log as a guest hands it over. */
#include "evidence/ccel.h"
#include "evidence/ccel_diff.h"
#include "evidence/ccel_show.h"
#include "evidence/ccel_verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct gh_fields, gh_fields_free) fields = {0};
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	struct gh_context ctx = {.at = 1781481600};
	struct gh_bytes log = {data, size};

	if (gh_ccel_verify(&r, "f", log, &ctx, NULL) || r.findings.n != 3)
		__builtin_trap();
	if (gh_ccel_show(&fields, log, NULL))
		__builtin_trap();
	if (gh_ccel_looks(log))
		(void)!gh_ccel_diff(&text, log, log, NULL);
	return 0;
}
