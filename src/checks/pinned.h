/* SPDX-License-Identifier: Apache-2.0
 * Facts that enrolment pins, as people read and compare them. */
#pragma once

#include "checks/facts.h"
#include "fleet/enrolment.h"

/* The facts of use PIN that the sources say now, name -> value: a new object; NULL when out
 * of memory. */
GH_MUST_USE json_t *gh_pinned_now(const struct gh_facts *facts);
/* True for a UUID that is nothing but a hardware address, as Supermicro's BMCs give it. */
bool gh_uuid_is_mac(const char *uuid);
/* The value as a person compares it: an SSH key by its type and fingerprint, a long set by
 * its count. Appends. */
void gh_pinned_text(struct gh_buf *out, const char *fact, const json_t *value);
/* "S2, pinned is S1"; of a set what is gone and what is new. Appends. */
void gh_pinned_difference(struct gh_buf *out, const struct gh_fact_pin *pin);
/* "S1 -> S2": the same of what was replaced. Appends. */
void gh_pinned_was(struct gh_buf *out, const struct gh_fact_pin *pin);
