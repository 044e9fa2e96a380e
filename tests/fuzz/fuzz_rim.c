/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the RIM verifier: XML, JSON, certificates, signature, payload. */
#include <stdlib.h>

#include "evidence/rim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct gh_trust trust;
	struct gh_context ctx = {.at = 1795305600, .trust = &trust};
	struct gh_rim *rim = NULL;
	if (trust.n == 0 &&
	    (gh_rim_setup(NULL) < 0 || gh_trust_builtin(&trust, NULL) < 0))
		abort();
	if (gh_rim_load(&rim, data, size, &ctx, NULL) < 0)
		return 0;
	(void)!gh_rims_find(&(struct gh_rims){&rim, 1}, "NV_GPU_VBIOS_1_2_3_4");
	gh_rim_free(&rim);
	return 0;
}
