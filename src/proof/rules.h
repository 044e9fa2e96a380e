/* SPDX-License-Identifier: Apache-2.0
 * The rules a client applies to a report besides its signatures (spec/reports.md 3.4). */
#pragma once

#include "proof/reading.h"

#define GH_SKEW_S 300 /* clocks may differ by so much */

struct gh_rules {
	int64_t at;           /* the client's time */
	const char *audience; /* who the client is; NULL: not compared, and said so */
	const char *nonce;    /* 64 hex digits the client asked with; NULL: likewise */
	bool allow_lab;
};

/* Appends, below parent "bundle.statement": bundle.stage bundle.counts bundle.story
 * bundle.verdict bundle.time bundle.audience bundle.nonce bundle.lab. Also the claims of
 * the report on its subject, and the reported findings of the host. */
void gh_rules_judge(struct gh_result *out, const char *subject,
    const struct gh_statement *s, const struct gh_rules *rules);
