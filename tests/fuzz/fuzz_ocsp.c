/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the OCSP response parser, its verifier and its show. */
#include <stdlib.h>

#include "evidence/ocsp.h"
#include "evidence/ocsp_show.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct gh_trust trust;
	struct gh_bytes der = {data, size};
	struct gh_context ctx = {.at = 1755777600, .trust = &trust};
	gh_auto(struct gh_ocsp *, gh_ocsp_free) r = NULL;
	gh_auto(struct gh_fields, gh_fields_free) fields = {0};
	gh_auto(struct gh_result, gh_result_free) out = {0};

	if (trust.n == 0 && gh_trust_builtin(&trust, NULL) < 0)
		abort();
	/* whatever parses must look like one, or the loader would never hand it over */
	if (gh_ocsp_from_der(&r, data, size, NULL) == 0 && !gh_ocsp_looks(der))
		abort();
	if (gh_ocsp_verify(&out, "fuzz", der, &ctx, NULL) < 0 ||
	    gh_ocsp_show(&fields, der, NULL) < 0)
		abort();
	return 0;
}
