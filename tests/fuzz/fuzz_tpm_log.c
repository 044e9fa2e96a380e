/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the replay of a host's boot log. Input: binary_bios_measurements. */
#include <stdlib.h>
#include <string.h>

#include "evidence/tpm_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned char zeros[GH_PCR_LEN];
	struct gh_tpm_replay r, again;
	size_t n = 0;

	if (gh_tpm_log_replay(&r, (struct gh_bytes){data, size}, NULL))
		return 0;
	for (unsigned int i = 0; i < GH_PCRS; i++) {
		n += r.n[i];
		/* what was not extended is as it began */
		if (!r.n[i] && memcmp(r.pcr[i], zeros, GH_PCR_LEN - (i == 0)) != 0)
			abort();
	}
	if (n > r.n_events || r.locality > 4)
		abort();
	if (gh_tpm_log_replay(&again, (struct gh_bytes){data, size}, NULL) ||
	    memcmp(r.pcr, again.pcr, sizeof(r.pcr)) != 0)
		abort();
	return 0;
}
