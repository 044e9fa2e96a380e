/* SPDX-License-Identifier: Apache-2.0
 * What enrolment pinned of one host: facts by name, as they were read on the day that
 * somebody said "this is ours". A later difference is a finding, never an update. */
#pragma once

#include "base/json.h"

/* {"format":"gatehouse-enrolment/1","host":H,"at":T,"by":WHO,"facts":{NAME:VALUE,..}}; values
 * are strings, numbers, booleans or sorted arrays of strings, as in checks/facts.h. */
struct gh_enrolment {
	json_t *doc; /* NULL = never enrolled */
};

void gh_enrolment_free(struct gh_enrolment *p);
/* NULL when that fact is not pinned, or the host was never enrolled. Borrowed. */
const json_t *gh_enrolment_get(const struct gh_enrolment *p, const char *fact);
/* "" when absent or no string. */
const char *gh_enrolment_text(const struct gh_enrolment *p, const char *fact);
bool gh_enrolment_any(const struct gh_enrolment *p);
/* Keeps a reference to the parsed document after checking its form. */
GH_MUST_USE int gh_enrolment_load(
    struct gh_enrolment *p, json_t *doc, struct gh_err *err);
