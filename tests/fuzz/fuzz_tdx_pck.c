/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the reader of the SGX extension; the input is its DER. */
#include "evidence/tdx_pck.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gh_tdx_pck pck;

	(void)!gh_tdx_pck_from_der(&pck, data, size, NULL);
	return 0;
}
