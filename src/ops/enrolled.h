/* SPDX-License-Identifier: Apache-2.0
 * What was enrolled of the fleet's hosts, as the store has it when an operation starts: one
 * snapshot an operation, so that nothing changes under it. */
#pragma once

#include "fleet/enrolment.h"
#include "ops/internal.h"

struct gh_enrolled;

/* CRYPTO when a document in the store was altered: never taken for "not enrolled". */
GH_MUST_USE int gh_enrolled_load(
    struct gh_enrolled **out, const struct gh_session *s, struct gh_err *err);
void gh_enrolled_free(struct gh_enrolled **e);
size_t gh_enrolled_count(const struct gh_enrolled *e); /* hosts of the fleet */
const struct gh_host *gh_enrolled_host(const struct gh_enrolled *e, size_t i);
/* From now on that is what was enrolled of h; *now is taken over. */
void gh_enrolled_set(
    struct gh_enrolled *e, const struct gh_host *h, struct gh_enrolment *now);
/* h is of the session's fleet. Never NULL; gh_enrolment_any tells. */
const struct gh_enrolment *gh_enrolled_of(
    const struct gh_enrolled *e, const struct gh_host *h);
/* The pins to connect with: the fleet file's, else the enrolled one, else "". Borrowed from
 * the two. */
const char *gh_enrolled_host_key(const struct gh_enrolled *e, const struct gh_host *h);
const char *gh_enrolled_bmc_cert(const struct gh_enrolled *e, const struct gh_host *h);
