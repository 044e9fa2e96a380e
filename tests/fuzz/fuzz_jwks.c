/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes key sets: read, looked up, shown. */
#include <stdint.h>
#include <stdlib.h>

#include "crypto/jwk.h"
#include "evidence/eat_show.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_auto(struct gh_fields, gh_fields_free) shown = {0};
	struct gh_bytes in = {data, size};
	struct gh_jwks s = {0};

	if (gh_jwks_parse(&s, in, NULL, NULL) == 0)
		for (size_t i = 0; i < s.n; i++)
			if ((s.at[i].key == NULL) != (*s.at[i].fault != '\0') ||
			    gh_jwks_find(&s, s.at[i].kid) == NULL)
				abort();
	gh_jwks_free(&s);
	(void)!gh_jwks_show(&shown, in, NULL);
	return 0;
}
