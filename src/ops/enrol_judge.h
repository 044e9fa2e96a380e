/* SPDX-License-Identifier: Apache-2.0
 * Enrolling one host on what it and its BMC said: what is new, what is as pinned, what is
 * another; and the document that follows from it. */
#pragma once

#include "ops/enrolled.h"

struct gh_enrol_case {
	const struct gh_sources
	    *src; /* probe, BMC, host key; .enrolled is what was pinned */
	const struct gh_enrolled *fleet; /* the other hosts; NULL = look at none */
	bool accept; /* what differs takes the place of what was pinned */
	const char *by;
};

/* Appends findings "enrol.FACT" and those about the whole of host. made->doc stays NULL when
 * there is nothing to store: because it is all pinned already, or because something forbids
 * it (then a finding is FAIL or UNKNOWN). */
GH_MUST_USE int gh_enrol_judge(struct gh_result *out, const struct gh_enrol_case *c,
    struct gh_enrolment *made, struct gh_err *err);

/* The findings of a host that shows another identity before anything can be read of it. */
void gh_enrol_differs(
    struct gh_result *out, const char *host, const struct gh_fact_pin *pin);
