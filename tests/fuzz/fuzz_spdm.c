/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes everything that reads a device's report: parser, verdict without chain, show.
 * Input: the report. */
#include <stdlib.h>

#include "evidence/gpu.h"
#include "evidence/gpu_show.h"
#include "evidence/spdm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void judge(struct gh_bytes report)
{
	static const struct gh_trust trust;
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_context ctx = {.at = 1795305600, .trust = &trust};
	struct gh_gpu_evidence ev = {.report = report};

	if (gh_gpu_verify(&r, "f", &ev, &ctx, NULL) < 0)
		abort();
	gh_gpu_distinct(&r);
	gh_gpu_topology(&r, &ctx);
	if (gh_result_verdict(&r) == GH_PASS)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};
	struct gh_spdm s;
	char text[64];

	judge((struct gh_bytes){data, size});
	if (gh_spdm_show(&fs, (struct gh_bytes){data, size}, NULL) < 0 || fs.depth != 0)
		abort();
	if (gh_spdm_parse(&s, data, size, NULL) < 0)
		return 0;
	gh_spdm_vbios(&s, text, sizeof(text));
	for (unsigned int t = 0; t < 64; t++)
		gh_spdm_opaque_text(&s, t, text, sizeof(text));
	return 0;
}
