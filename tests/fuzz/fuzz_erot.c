/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the evidence of an ERoT. Input: PEM text, a NUL, the transcript; without a NUL the
 * transcript alone. */
#include <stdlib.h>
#include <string.h>

#include "evidence/erot.h"
#include "evidence/spdm_exchange.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse(struct gh_bytes b)
{
	struct gh_spdm_exchange x;

	if (gh_spdm_exchange_parse(&x, b.p, b.len, NULL) < 0)
		return;
	if (x.signature.len != 96 || x.signed_.len + 96 != b.len || x.nonce < b.p ||
	    x.nonce + 32 > b.p + b.len)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned char nonce[32];
	static struct gh_trust trust;
	const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
	struct gh_erot_in in = {.nonce = nonce, .at = 1795305600, .trust = &trust};
	struct gh_erot out;

	if (trust.n == 0 && gh_trust_builtin(&trust, NULL) < 0)
		abort();
	if (nul != NULL) {
		in.chain = (struct gh_bytes){data, (size_t)(nul - data)};
		in.transcript = (struct gh_bytes){nul + 1, size - in.chain.len - 1};
	} else {
		in.transcript = (struct gh_bytes){data, size};
	}
	parse(in.transcript);
	gh_erot_verify(&out, &in);
	/* nobody here has the key of a genuine part */
	if (out.verdict == GH_PASS || (out.chain_ok && in.chain.len == 0))
		abort();
	return 0;
}
