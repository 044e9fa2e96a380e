/* SPDX-License-Identifier: Apache-2.0
 * The snapshot of the enrolments, by the host's place in the fleet file. */
#include "ops/enrolled.h"

#include <stdlib.h>

struct gh_enrolled {
	const struct gh_fleet *fleet;
	struct gh_enrolment *of; /* one a host, in the fleet's order */
};

void gh_enrolled_free(struct gh_enrolled **pe)
{
	struct gh_enrolled *e = *pe;

	if (e == NULL)
		return;
	for (size_t i = 0; e->of != NULL && i < e->fleet->n_hosts; i++)
		gh_enrolment_free(&e->of[i]);
	free(e->of);
	free(e);
	*pe = NULL;
}

static int load_one(struct gh_enrolment *out, struct gh_store *store, const char *host,
    struct gh_err *err)
{
	gh_auto(struct gh_enrolment_row, gh_enrolment_row_free) row = {0};
	int rc = gh_store_enrolment(store, host, &row, err);

	if (rc <= 0)
		return rc;
	return gh_enrolment_parse(out, row.document, strlen(row.document), err);
}

int gh_enrolled_load(
    struct gh_enrolled **out, const struct gh_session *s, struct gh_err *err)
{
	gh_auto(struct gh_enrolled *, gh_enrolled_free) e = calloc(1, sizeof *e);

	if (e == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	e->fleet = s->fleet;
	e->of = calloc(s->fleet->n_hosts + 1, sizeof *e->of);
	if (e->of == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	for (size_t i = 0; i < s->fleet->n_hosts; i++)
		if (load_one(&e->of[i], s->store, s->fleet->host[i].name, err) < 0)
			return gh_err_prefix(
			    err, "what was enrolled of %s", s->fleet->host[i].name);
	*out = gh_take(e);
	return 0;
}

size_t gh_enrolled_count(const struct gh_enrolled *e)
{
	return e->fleet->n_hosts;
}

const struct gh_host *gh_enrolled_host(const struct gh_enrolled *e, size_t i)
{
	return &e->fleet->host[i];
}

void gh_enrolled_set(
    struct gh_enrolled *e, const struct gh_host *h, struct gh_enrolment *now)
{
	struct gh_enrolment *of = &e->of[h - e->fleet->host];

	gh_enrolment_free(of);
	*of = gh_take(*now);
}

const struct gh_enrolment *gh_enrolled_of(
    const struct gh_enrolled *e, const struct gh_host *h)
{
	return &e->of[h - e->fleet->host];
}

const char *gh_enrolled_host_key(const struct gh_enrolled *e, const struct gh_host *h)
{
	return h->host_key[0] != '\0'
		   ? h->host_key
		   : gh_enrolment_text(gh_enrolled_of(e, h), "id.host_key");
}

const char *gh_enrolled_bmc_cert(const struct gh_enrolled *e, const struct gh_host *h)
{
	return h->bmc_cert[0] != '\0'
		   ? h->bmc_cert
		   : gh_enrolment_text(gh_enrolled_of(e, h), "id.bmc_cert");
}
