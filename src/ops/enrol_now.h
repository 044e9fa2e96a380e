/* SPDX-License-Identifier: Apache-2.0
 * What is pinned of a host beside what its newest reading in the store says. */
#pragma once

#include "ops/enrolled.h"

/* A host's enrolments with their documents, newest first. */
struct gh_enrol_chain {
	struct gh_enrolment_row *row;
	struct gh_enrolment *doc;
	size_t n;
};

void gh_enrol_chain_free(struct gh_enrol_chain *c);
GH_MUST_USE int gh_enrol_chain_load(struct gh_enrol_chain *c, struct gh_store *store,
    const char *host, struct gh_err *err);
/* What row i changed against the one before it; of the first one, all is new. */
GH_MUST_USE int gh_enrol_changes(struct gh_fact_pins *out, const struct gh_enrol_chain *c,
    size_t i, struct gh_err *err);

/* {"ssh_read_at","bmc_read_at" (null = never),"before": read before it was enrolled,
 * "pins":[{"fact","state":"same|differs|unread|new","pinned","now","difference","since",
 * "by","reason","seq"}]}, texts as people compare them. Of a host that the fleet does not
 * have any more nothing is read. New reference. */
GH_MUST_USE int gh_enrol_now(json_t **out, struct gh_session *s, const char *host,
    const struct gh_enrol_chain *c, struct gh_err *err);
