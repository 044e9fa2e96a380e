/* SPDX-License-Identifier: Apache-2.0
 * What follows from having two sources, whatever the check: an old reading of the BMC proves
 * nothing, agreement is worth more than one word, contradiction is a failure of its own. */
#include <stdio.h>

#include "base/clock.h"
#include "checks/judge.h"

static void say_age(struct gh_judging *j)
{
	int64_t age = j->at - j->src->bmc->read_at;
	bool valid = j->src->bmc_pending && age <= j->src->fresh_s;
	char text[24], code[128];

	gh_time_age(text, sizeof(text), age > 0 ? age : 0);
	gh_say(&j->f->source, "%s, read %s ago", j->f->source, text);
	if (valid || j->f->verdict != GH_PASS)
		return;
	snprintf(code, sizeof(code), "%s.bmc_old", j->check->id);
	gh_judge(j->f, GH_STALE, code);
	gh_say(&j->f->why, "The BMC does not answer now; this is what it said %s ago.",
	    text);
}

static void contradict(struct gh_judging *j, const char *fact)
{
	gh_auto(struct gh_buf, gh_buf_free) ssh = {0}, bmc = {0};
	char code[128];

	gh_fact_text(&ssh, json_object_get(j->facts->ssh, fact));
	gh_fact_text(&bmc, json_object_get(j->facts->bmc, fact));
	if (j->f->verdict == GH_FAIL) { /* it has a reason of its own already */
		gh_say(&j->f->observed, "%s (%s: its BMC says %.200s)", j->f->observed,
		    fact, gh_buf_cstr(&bmc));
		return;
	}
	snprintf(code, sizeof(code), "%s.contradicted", j->check->id);
	gh_say(&j->f->observed, "%s: the host says %.200s, its BMC says %.200s", fact,
	    gh_buf_cstr(&ssh), gh_buf_cstr(&bmc));
	gh_say(&j->f->why, "Two independent sources that part cannot both be right: one "
			   "of them is wrong, "
			   "stale, or forged.");
	gh_say(&j->f->remedy,
	    "Look at the machine itself; a firmware update that waits for a reboot shows "
	    "this way too.");
	gh_judge(j->f, GH_FAIL, code);
}

static void corroborate(struct gh_judging *j)
{
	bool agreed = false;

	for (size_t i = 0; i < json_array_size(j->check->facts); i++) {
		const char *fact = json_string_value(json_array_get(j->check->facts, i));
		int same = fact ? gh_facts_agree(j->facts, fact) : 0;

		if (same < 0) {
			contradict(j, fact);
			return;
		}
		agreed = agreed || same > 0;
	}
	if (agreed && j->f->assurance < GH_A1)
		j->f->assurance = GH_A1;
}

void gh_judge_settle(struct gh_judging *j)
{
	if (j->f->verdict == GH_SKIP)
		return;
	if (j->src->bmc_old) {
		if (j->used_bmc)
			say_age(j);
		return;
	}
	corroborate(j);
}
