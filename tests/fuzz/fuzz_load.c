/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the loader and every judge behind it. */
#include <stdlib.h>

#include "evidence/load.h"
#include "evidence/rim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct gh_trust trust;
	struct gh_context ctx = {.at = 1795305600, .trust = &trust};
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0}, along = {0};
	if (trust.n == 0 &&
	    (gh_rim_setup(NULL) < 0 || gh_trust_builtin(&trust, NULL) < 0))
		abort();
	if (gh_evidence_load(&set, data, size, GH_EV_UNKNOWN, NULL) < 0)
		return 0;
	(void)!gh_evidence_verify(&r, "fuzz", &set, NULL, &ctx, NULL);
	(void)!gh_evidence_verify(&along, "fuzz", &set, &set, &ctx, NULL);
	return 0;
}
