/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the SPDM report parser. */
#include "evidence/spdm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gh_spdm s;
	char text[64];
	if (gh_spdm_parse(&s, data, size, NULL) < 0)
		return 0;
	gh_spdm_vbios(&s, text, sizeof(text));
	for (unsigned int t = 0; t < 64; t++)
		gh_spdm_opaque_text(&s, t, text, sizeof(text));
	return 0;
}
