/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the JSON event log: parser, digest rule, replay, verdict, show. The input is the
 * JSON text. */
#include "evidence/ccel_show.h"
#include "evidence/ccel_verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct gh_fields, gh_fields_free) fields = {0};
	struct gh_context ctx = {.at = 1781481600};
	struct gh_bytes json = {data, size};

	if (gh_runtime_log_verify(&r, "f", json, &ctx, NULL) || r.findings.n != 3)
		__builtin_trap();
	if (gh_runtime_log_show(&fields, json, NULL))
		__builtin_trap();
	return 0;
}
