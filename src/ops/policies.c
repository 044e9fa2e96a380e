/* SPDX-License-Identifier: Apache-2.0
 * Loads the policies of a fleet. Few names, many hosts: a list is enough. */
#include "ops/policies.h"

#include <stdlib.h>

struct gh_policies {
	struct {
		const char *name; /* of the first host that names it */
		struct gh_host_policy *policy;
	} * at;
	size_t n;
};

const struct gh_host_policy *gh_policies_of(
    const struct gh_policies *p, const struct gh_host *h)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->at[i].name, h->policy) == 0)
			return p->at[i].policy;
	return NULL;
}

static int load_one(struct gh_policies *p, const struct gh_host *h, struct gh_err *err)
{
	if (h->policy[0] == '\0' || gh_policies_of(p, h) != NULL)
		return 0;
	p->at[p->n].name = h->policy;
	if (gh_policy_for_host(h->policy, &p->at[p->n].policy, err) < 0)
		return gh_err_prefix(err, "policy of %s", h->name);
	p->n++;
	return 0;
}

int gh_policies_load(
    struct gh_policies **out, const struct gh_fleet *fleet, struct gh_err *err)
{
	gh_auto(struct gh_policies *, gh_policies_free) p = calloc(1, sizeof *p);

	if (p != NULL)
		p->at = calloc(fleet->n_hosts + 1, sizeof *p->at);
	if (p == NULL || p->at == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	for (size_t i = 0; i < fleet->n_hosts; i++)
		if (load_one(p, &fleet->host[i], err) < 0)
			return -1;
	*out = gh_take(p);
	return 0;
}

void gh_policies_free(struct gh_policies **pp)
{
	struct gh_policies *p = *pp;

	if (p == NULL)
		return;
	for (size_t i = 0; i < p->n; i++)
		gh_host_policy_free(&p->at[i].policy);
	free(p->at);
	free(p);
	*pp = NULL;
}
