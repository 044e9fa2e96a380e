/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the signature lists of UEFI variables. Input: a variable's value. */
#include <stdlib.h>

#include "checks/efi_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gh_efi_walk w = gh_efi_walk_of((struct gh_bytes){data, size});
	struct gh_efi_entry e;
	const uint8_t *last = data;
	struct gh_err err = {0};
	int got;

	while ((got = gh_efi_next(&w, &e, &err)) > 0) {
		if (e.owner < last || e.data.p != e.owner + 16 || e.data.len == 0 ||
		    e.data.p + e.data.len > data + size)
			abort();
		last = e.data.p + e.data.len;
	}
	if (e.owner || (got < 0) != (err.code != GH_E_NONE))
		abort();
	return 0;
}
