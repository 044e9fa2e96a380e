/* SPDX-License-Identifier: Apache-2.0
 * The fact dictionary: what can be known about a host, by name, with its type, from each
 * source that says it. Enrolment pins facts, policy judges them, the fleet compares them. */
#pragma once

#include "base/json.h"

struct gh_sources;

enum gh_fact_type {
	GH_FACT_TEXT,
	GH_FACT_INT,
	GH_FACT_BOOL,
	GH_FACT_VERSION, /* text; its scheme says how it is ordered (firmware/version.h) */
	GH_FACT_SET,     /* sorted array of strings without doubles */
};

enum gh_fact_use {
	GH_FACT_PIN = 1,    /* enrolment pins it; a later difference is a FAIL */
	GH_FACT_DRIFT = 2,  /* hosts of one fleet should agree */
	GH_FACT_UNIQUE = 4, /* no two hosts may share it */
};

struct gh_fact_def {
	const char *name; /* "bios.version": stable */
	enum gh_fact_type type;
	unsigned int use; /* bits of gh_fact_use */
	const char *unit; /* "" = none; "date", "time", "hex" say how a TEXT is read */
	/* Of a VERSION, or of a SET of versions: "smc-bios"; of a TEXT that can only be
	 * one of some words: "none|integrity|confidentiality"; "" otherwise. */
	const char *scheme;
	const char *source; /* where it is read, in words */
	const char *help;
};

/* The dictionary, in order of name. */
const struct gh_fact_def *gh_fact_defs(size_t *n);
const struct gh_fact_def *gh_fact_def(const char *name); /* NULL = no such fact */

struct gh_facts {
	json_t *ssh; /* name -> value, as the host's OS says it */
	json_t *bmc; /* name -> value, as its BMC says it */
};

/* Reads all facts that the sources hold; what they do not hold is absent. */
GH_MUST_USE int gh_facts_read(
    struct gh_facts *out, const struct gh_sources *src, struct gh_err *err);
void gh_facts_free(struct gh_facts *f);
/* The value by SSH, else by BMC; NULL when nobody says it. Borrowed. */
const json_t *gh_facts_get(const struct gh_facts *f, const char *name);
/* Both say it, and the same (1), both and not the same (-1), else 0. */
int gh_facts_agree(const struct gh_facts *f, const char *name);
/* A value in words, for a finding: "2.7", "8", "yes", "a, b, c". Appends. */
void gh_fact_text(struct gh_buf *out, const json_t *value);
