/* SPDX-License-Identifier: Apache-2.0
 * What enrolment pinned of one host: facts by name, as they were read on the day that
 * somebody said "this is ours". A later difference is a finding, never an update. */
#pragma once

#include "base/json.h"

#define GH_ENROLMENT_MAX       (1u << 20) /* bytes of a document */
#define GH_ENROLMENT_FACTS_MAX 512
#define GH_ENROLMENT_TEXT_MAX  8192 /* bytes of one text */
#define GH_ENROLMENT_SET_MAX   1024 /* members of one set */

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
/* The name -> value object; NULL when never enrolled. Borrowed. */
const json_t *gh_enrolment_facts(const struct gh_enrolment *p);
const char *gh_enrolment_by(const struct gh_enrolment *p); /* "" when never enrolled */
int64_t gh_enrolment_at(const struct gh_enrolment *p);     /* unix seconds; 0 */
/* Keeps a reference to the parsed document after checking its form: names, types and sizes
 * of all facts. */
GH_MUST_USE int gh_enrolment_load(
    struct gh_enrolment *p, json_t *doc, struct gh_err *err);
/* The same from text. */
GH_MUST_USE int gh_enrolment_parse(
    struct gh_enrolment *p, const char *text, size_t len, struct gh_err *err);

struct gh_enrolling {
	const char *host, *by;
	int64_t at;
};
/* A document of facts (an object, copied); it is checked as gh_enrolment_load does. */
GH_MUST_USE int gh_enrolment_make(struct gh_enrolment *p, const struct gh_enrolling *of,
    const json_t *facts, struct gh_err *err);

/* ---- what differs ---------------------------------------------------------------------- */

enum gh_pin_state {
	GH_PIN_SAME,
	GH_PIN_DIFFERS,
	GH_PIN_UNREAD, /* pinned, and nobody says it now */
	GH_PIN_NEW,    /* said now, and not pinned */
};

struct gh_fact_pin {
	const char *fact; /* all three are borrowed */
	const json_t *pinned, *now;
	enum gh_pin_state state;
};

struct gh_fact_pins {
	struct gh_fact_pin *at; /* in order of fact */
	size_t n;
	size_t count[4]; /* by state */
};
void gh_fact_pins_free(struct gh_fact_pins *pins);
/* Every fact that is pinned (p may be never enrolled) or said now (an object, NULL is
 * empty). p and now must outlive *out. */
GH_MUST_USE int gh_enrolment_compare(struct gh_fact_pins *out,
    const struct gh_enrolment *p, const json_t *now, struct gh_err *err);
