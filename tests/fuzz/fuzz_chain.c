/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the chain of a device: PEM, links, BROM serial, PDI, FWID extension. Input: the
 * PEM text. */
#include <stdlib.h>

#include "evidence/gpu_chain.h"
#include "evidence/gpu_fwid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct gh_trust trust;
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_policy policy = *gh_policy_strict();
	struct gh_context ctx = {.at = 1795305600, .trust = &trust, .policy = &policy};
	struct gh_gpu_case c = {.out = &r, .subject = "f", .ctx = &ctx};
	struct gh_bytes pem = {data, size}, fwid;

	if (trust.n == 0 && gh_trust_builtin(&trust, NULL) < 0)
		abort();
	policy.nvidia.pdi = (struct gh_pins){.len = 8, .n = 1};
	gh_gpu_chain_read(&c, pem);
	c.arch = gh_gpu_arch_of(&c);
	gh_gpu_chain_judge(&c, pem);
	gh_gpu_fwid_judge(&c);
	if (c.have_chain && gh_fwid_of(&fwid, c.certs.at[0], c.certs.at[1], NULL) == 0 &&
	    fwid.len != 48)
		abort();
	gh_certs_free(&c.certs);
	return 0;
}
