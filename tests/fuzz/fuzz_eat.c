/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes attestation results: judged with the bytes as their own key set too, so that the
 * steps behind the key are reached; nothing may pass by it. */
#include <stdint.h>
#include <stdlib.h>

#include "evidence/ear.h"
#include "evidence/eat.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct gh_trust trust;
	static const unsigned char nonce[32] = {8, 12, 64, 92};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_bytes in = {data, size};
	struct gh_context ctx = {.at = 1782698883,
	    .trust = &trust,
	    .nonce = {nonce, sizeof(nonce)},
	    .jwks = {&in, 1}};
	struct gh_err e = {0};
	struct gh_ear ear;
	json_t *claims = gh_json_parse(data, size, NULL);

	if (trust.n == 0 && gh_trust_builtin(&trust, NULL) < 0)
		abort();
	(void)gh_eat_looks(in);
	(void)gh_jwks_looks(claims);
	if (gh_eat_verify(&r, "fuzz", in, &ctx, &e) < 0 && e.code != GH_E_NOMEM)
		abort();
	if (gh_result_verdict(&r) == GH_PASS)
		abort();
	gh_eat_compare_all(&r);
	if (claims != NULL) {
		(void)!gh_ear_parse(&ear, claims, NULL);
		gh_ear_free(&ear);
		json_decref(claims);
	}
	return 0;
}
