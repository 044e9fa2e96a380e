/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes what a client receives: archive, envelope, statement and the rules on it. */
#include <stdlib.h>

#include "proof/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_auto(struct gh_bundle, gh_bundle_free) b = {0};
	gh_auto(struct gh_dsse, gh_dsse_free) d = {0};
	gh_auto(struct gh_keys, gh_keys_free) keys = {0};
	gh_auto(struct gh_statement, gh_statement_free) s = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	const struct gh_rules rules = {.at = 1788784200, .audience = "client:acme"};
	(void)!gh_bundle_from_tar(&b, (struct gh_bytes){data, size}, NULL);
	(void)!gh_dsse_parse(&d, data, size, NULL);
	(void)!gh_keys_load(&keys, data, size, NULL);
	if (gh_statement_parse(&s, data, size, NULL) == 0)
		gh_rules_judge(&r, "report", &s, &rules);
	return 0;
}
