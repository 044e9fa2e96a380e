/* SPDX-License-Identifier: Apache-2.0
 * Judges an event log by itself: its form and its texts. What it says of a guest stays
 * open until a quote is held against it. */
#include "evidence/ccel_verify.h"

#include <stdio.h>

#include "evidence/ccel_log.h"

/* One log by itself: what its steps are called. */
struct alone {
	const char *parse, *text, *bound;
};

static void judge_alone_parse(
    struct gh_tee *t, const struct gh_evlog *l, const struct alone *steps)
{
	struct gh_finding *f = gh_tee_step(t, steps->parse, "", "event log format");
	char code[64] = "";

	gh_say(&f->expected, "a whole event log with SHA-384 digests");
	gh_say(&f->why, "a layout we do not know could mean anything: it is refused");
	if (l->fault) {
		gh_say(&f->observed, "%s", l->err.what);
		gh_say(&f->remedy, "%s", l->err.hint);
		snprintf(code, sizeof(code), "%s.%s", steps->parse, l->fault);
	} else {
		gh_say(&f->observed, "%zu events", l->events.n);
	}
	gh_tee_settle(t, f, code);
	f->assurance = GH_A0;
}

static void claim_alone(struct gh_subject *s, const struct gh_evlog *l,
    const struct gh_ccel_facts *facts, const struct gh_replay *replay)
{
	char key[16];

	for (unsigned int i = 0; i < GH_RTMRS; i++) {
		snprintf(key, sizeof(key), "rtmr%u", i);
		gh_claim_hex(s, key, replay->rtmr[i], GH_RTMR_LEN);
	}
	gh_claim(s, "events", "%zu", l->events.n);
	gh_evlog_claim_secure_boot(s, facts->secure_boot);
	gh_evlog_claim_apps(s, facts);
	gh_evlog_claim_cmdline(s, facts);
	gh_evlog_claim_runtime(s, &l->events);
}

static int judge_alone(struct gh_tee *t, const struct gh_evlog *l,
    const struct alone *steps, struct gh_err *err)
{
	struct gh_subject *s = gh_result_subject(t->out, t->subject, "log");
	struct gh_ccel_facts facts;
	struct gh_replay replay;
	struct gh_finding *f;

	judge_alone_parse(t, l, steps);
	gh_ccel_survey(&facts, &l->events);
	if (!l->fault && gh_ccel_replay(&replay, &l->events, err))
		return -1;
	if (!l->fault)
		claim_alone(s, l, &facts, &replay);
	f = gh_tee_step(t, steps->text, steps->parse, "texts in the log");
	gh_evlog_judge_text(t, f, &facts, steps->text);
	f->assurance = GH_A0;
	f = gh_tee_step(t, steps->bound, steps->parse, "bound to a quote");
	gh_judge(f, GH_UNKNOWN, l->is_ccel ? "ccel.unbound" : "runtime.unbound");
	gh_say(&f->expected, "the registers of a signed quote");
	gh_say(&f->observed, "no quote to compare with");
	gh_say(
	    &f->why, "nobody signed this log: by itself it proves nothing about a guest");
	gh_say(&f->remedy, "give the quote of the same boot along with the log");
	return gh_result_ok(t->out, err);
}

static int verify_alone(
    struct gh_tee *t, struct gh_bytes raw, bool is_ccel, struct gh_err *err)
{
	static const struct alone names[] = {
	    {"runtime.parse", "runtime.text", "runtime.bound"},
	    {"ccel.parse", "ccel.text", "ccel.bound"},
	};
	gh_auto(struct gh_evlog, gh_evlog_free) l;

	gh_evlog_load(&l, raw, is_ccel);
	return judge_alone(t, &l, &names[is_ccel], err);
}

int gh_ccel_verify(struct gh_result *out, const char *subject, struct gh_bytes log,
    const struct gh_context *ctx, struct gh_err *err)
{
	struct gh_tee t;

	if (gh_tee_begin(&t, out, subject, log, ctx, err))
		return -1;
	return verify_alone(&t, log, true, err);
}

int gh_runtime_log_verify(struct gh_result *out, const char *subject,
    struct gh_bytes json, const struct gh_context *ctx, struct gh_err *err)
{
	struct gh_tee t;

	if (gh_tee_begin(&t, out, subject, json, ctx, err))
		return -1;
	return verify_alone(&t, json, false, err);
}
