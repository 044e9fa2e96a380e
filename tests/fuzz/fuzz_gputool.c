/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the reader of nvidia_gpu_tools.py's log. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "checks/gputool.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gh_gputool t;

	gh_gputool_read(&t, (struct gh_bytes){data, size});
	if (t.n > GH_GPUTOOL_MAX)
		abort();
	for (size_t i = 0; i < t.n; i++) {
		const struct gh_gputool_device *d = &t.at[i];

		if (strlen(d->bdf) != 12 || !memchr(d->module, 0, sizeof(d->module)) ||
		    d->cc > GH_MODE_INVALID || d->ppcie > GH_MODE_INVALID ||
		    d->n_inband_open > d->n_inband)
			abort();
	}
	return 0;
}
