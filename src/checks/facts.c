/* SPDX-License-Identifier: Apache-2.0
 * The fact dictionary and the readers of each source. */
#include "checks/facts.h"

#include "checks/checks.h"

int gh_facts_read(struct gh_facts *out, const struct gh_sources *src, struct gh_err *err)
{
	(void)src;
	out->ssh = json_object();
	out->bmc = json_object();
	return out->ssh && out->bmc ? 0 : gh_fail(err, GH_E_NOMEM, "out of memory");
}

void gh_facts_free(struct gh_facts *f)
{
	gh_json_free(&f->ssh);
	gh_json_free(&f->bmc);
}
