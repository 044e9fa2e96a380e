/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes compact tokens: the strict reader, and what is shown of them. */
#include <stdint.h>
#include <stdlib.h>

#include "crypto/jws.h"
#include "evidence/eat_show.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_auto(struct gh_jws, gh_jws_free) j = {0};
	gh_auto(struct gh_fields, gh_fields_free) shown = {0};
	gh_auto(struct gh_buf, gh_buf_free) again = {0};
	struct gh_bytes in = {data, size};

	if (gh_jws_parse(&j, in, GH_JWS_DEFAULT, NULL) == 0) {
		/* one text, one reading: what was decoded encodes to what came */
		gh_b64url(&again, j.header_text.p, j.header_text.len);
		gh_buf_chr(&again, '.');
		gh_b64url(&again, j.payload.p, j.payload.len);
		gh_buf_chr(&again, '.');
		gh_b64url(&again, j.signature.p, j.signature.len);
		if (again.len != size || memcmp(again.p, data, size) != 0)
			abort();
	}
	(void)!gh_eat_show(&shown, in, NULL);
	return 0;
}
