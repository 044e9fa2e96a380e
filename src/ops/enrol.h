/* SPDX-License-Identifier: Apache-2.0
 * Enrolment: reading what identifies hosts and their BMCs, and pinning it. */
#pragma once

#include "ops/session.h"

struct gh_enrol_ask {
	const char *const
	    *hosts;         /* names; an unknown one is USAGE before anything runs */
	size_t n_hosts;     /* 0 = the whole fleet */
	bool accept;        /* what differs replaces what was pinned */
	const char *reason; /* why, in the operator's words; NULL = none given */
	const struct gh_progress *progress; /* NULL = tell nobody */
	const struct gh_cancel *cancel;     /* NULL = cannot be cancelled */
};

/* Enrols each host by itself: findings "enrol.*" of each, the document and a run of kind
 * "enrol" in the store. A host that does not answer, or is not what was pinned, is a finding
 * and stays as it was. Where neither the fleet file nor an enrolment pins the SSH key or the
 * BMC's certificate, what is shown is taken: a person must compare the fingerprints. */
GH_MUST_USE int gh_op_enrol(struct gh_session *s, const struct gh_enrol_ask *ask,
    struct gh_result *out, struct gh_err *err);

/* What is pinned of a host, by whom, when, and every replacement before: appends text (when
 * not NULL), sets a new *json (when not NULL). Never enrolled: says so, *enrolled false. */
GH_MUST_USE int gh_op_enrol_show(struct gh_session *s, const char *host,
    struct gh_buf *text, json_t **json, bool *enrolled, struct gh_err *err);
/* How many of the fleet's hosts were never enrolled; the first of them, "" when none. */
GH_MUST_USE int gh_op_enrol_missing(
    struct gh_session *s, size_t *n, char first[static 64], struct gh_err *err);
