/* SPDX-License-Identifier: Apache-2.0
 * The host policies that a fleet names, each loaded once. */
#pragma once

#include "checks/host_policy.h"
#include "ops/internal.h"

struct gh_policies;

/* Loads every policy that the fleet's hosts name; one that does not load is an error, with
 * its place, before any host is spoken to. */
GH_MUST_USE int gh_policies_load(
    struct gh_policies **out, const struct gh_fleet *fleet, struct gh_err *err);
void gh_policies_free(struct gh_policies **p);
/* NULL when the host names none. Borrowed. */
const struct gh_host_policy *gh_policies_of(
    const struct gh_policies *p, const struct gh_host *h);
