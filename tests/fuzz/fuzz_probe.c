/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the frame parser of the probe. The nonce is known, as it is to a hostile host. */
#include <stdlib.h>

#include "checks/probe.h"

#define NONCE "00112233445566778899aabbccddeeff"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gh_buf framed = {0};
	struct gh_probe p;
	if (gh_probe_parse(&p, (struct gh_bytes){data, size}, NONCE, NULL) == 0) {
		for (size_t i = 0; i < p.n; i++)
			if (p.item[i].data.p < data ||
			    p.item[i].data.p + p.item[i].data.len >= data + size)
				abort();
		gh_probe_free(&p);
	}
	/* the same bytes as the data of a right frame: they must come back whole */
	if (size > GH_PROBE_ITEM_MAX)
		return 0;
	gh_buf_fmt(&framed, "GH1 " NONCE " a 0 - %zu\n", size);
	gh_buf_add(&framed, data, size);
	gh_buf_str(&framed, "\nGH1 " NONCE " END 0 - 1\n");
	if (gh_buf_ok(&framed, NULL) == 0 &&
	    gh_probe_parse(&p, gh_buf_view(&framed), NONCE, NULL) == 0) {
		if (!p.complete || p.n != 1 || p.item[0].data.len != size)
			abort();
		gh_probe_free(&p);
	}
	gh_buf_free(&framed);
	return 0;
}
