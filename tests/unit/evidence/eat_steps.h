/* SPDX-License-Identifier: Apache-2.0
 * What the tests of tokens share: one finding by subject and step, and the parent rule. */
#pragma once

#include "base/result.h"
#include "tests/unit/tap.h"

static inline const struct gh_finding *step(
    const struct gh_result *r, const char *subject, const char *name)
{
	const struct gh_finding *f = gh_findings_get(&r->findings, subject, name);

	if (f == NULL)
		fail_msg("no finding %s of %s", name, subject ? subject : "any");
	return f;
}

static inline void assert_step(const struct gh_result *r, const char *subject,
    const char *name, enum gh_verdict want, const char *code)
{
	const struct gh_finding *f = step(r, subject, name);

	if (f->verdict != want || strcmp(f->code, code) != 0)
		fail_msg("%s %s: %s '%s' (%s), want %s '%s'", f->subject, name,
		    gh_verdict_word(f->verdict), f->code, f->observed,
		    gh_verdict_word(want), code);
}

/* Nothing is PASS below a step of the same subject that does not hold; whatever does not
 * pass has a code, and a sentence that says why it matters or what to do. */
static inline void assert_tree_of_each(const struct gh_result *r)
{
	for (size_t i = 0; i < r->findings.n; i++) {
		const struct gh_finding *f = &r->findings.at[i], *p;

		if (f->verdict != GH_PASS && (!*f->code || (!*f->why && !*f->remedy)))
			fail_msg("%s %s does not say why", f->subject, f->step);
		if (f->verdict != GH_PASS || !*f->parent)
			continue;
		p = step(r, f->subject, f->parent);
		if (p->verdict != GH_PASS && p->verdict != GH_WARN)
			fail_msg(
			    "%s %s is PASS below %s", f->subject, f->step, f->parent);
	}
}
