/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the RIM verifier: XML, JSON, certificates, signature, payload; and its show.
 * Input: the RIM, or the answer of the RIM service. */
#include <stdlib.h>

#include "evidence/rim.h"
#include "evidence/rim_payload.h"
#include "evidence/rim_show.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The payload parser past the signature that guards it. */
static void read_unsigned(const uint8_t *data, size_t size)
{
	gh_auto(struct gh_rim_xml, gh_rim_xml_free) x = {0};
	gh_auto(struct gh_rim *, gh_rim_free) rim = calloc(1, sizeof(*rim));

	if (rim == NULL)
		abort();
	if (gh_rim_xml_parse(&x, data, size, NULL) == 0 &&
	    gh_rim_xml_shape(&x, NULL) == 0 && gh_rim_meta(rim, &x, NULL) == 0)
		(void)!gh_rim_payload(rim, &x, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct gh_trust trust;
	struct gh_context ctx = {.at = 1795305600, .trust = &trust};
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};
	struct gh_rim *rim = NULL;

	if (trust.n == 0 &&
	    (gh_rim_setup(NULL) < 0 || gh_trust_builtin(&trust, NULL) < 0))
		abort();
	if (gh_rim_show(&fs, (struct gh_bytes){data, size}, NULL) < 0 || fs.depth != 0)
		abort();
	read_unsigned(data, size);
	if (gh_rim_load(&rim, data, size, &ctx, NULL) < 0)
		return 0;
	(void)!gh_rims_find(&(struct gh_rims){&rim, 1}, "NV_GPU_VBIOS_1_2_3_4");
	if (rim->findings.n != 6)
		abort();
	gh_rim_free(&rim);
	return 0;
}
