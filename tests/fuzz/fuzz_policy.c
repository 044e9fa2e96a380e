/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the policy file. */
#include "evidence/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gh_policy p;
	struct gh_err e = {0};

	if (gh_policy_load(&p, data, size, &e)) {
		if (e.code != GH_E_CONFIG || !*e.what)
			__builtin_trap();
		return 0;
	}
	/* whatever was read, no policy accepts a revoked platform */
	if (p.tdx.accept & 1u << GH_TCB_REVOKED || p.snp.vmpl_max > 3)
		__builtin_trap();
	return 0;
}
