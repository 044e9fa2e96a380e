/* SPDX-License-Identifier: Apache-2.0
 * Judges event logs. A register proves the digests of its events; the digests prove the
 * texts they are of; a mismatch is told as the event where it begins. */
#include "evidence/ccel_judge.h"

#include <stdio.h>

#include "base/text.h"
#include "evidence/ccel_log.h"

#define BOOT_RTMRS 3 /* RTMR0 to RTMR2 are extended by firmware and boot loader */

static size_t count_fits(const struct gh_evlog *l, const unsigned char *const rtmr[4])
{
	struct gh_replay replay;
	size_t n = 0;

	if (l->fault || gh_ccel_replay(&replay, &l->events, NULL))
		return 0;
	for (unsigned int i = 0; i < GH_RTMRS; i++)
		n += replay.n[i] && !memcmp(replay.rtmr[i], rtmr[i], GH_RTMR_LEN);
	return n + 1;
}

/* Of several logs the one that most registers agree with; the first of equals. */
static void choose_log(struct gh_evlog *best, const struct gh_docs *docs, bool is_ccel,
    const unsigned char *const rtmr[4])
{
	size_t best_fits = 0;

	for (size_t i = 0; i < docs->n; i++) {
		struct gh_evlog l;
		size_t fits;

		gh_evlog_load(&l, docs->at[i], is_ccel);
		fits = count_fits(&l, rtmr);
		if (i && fits <= best_fits) {
			gh_evlog_free(&l);
			continue;
		}
		gh_evlog_free(best);
		*best = l;
		best_fits = fits;
	}
}

static bool has_events(const struct gh_evlog *l, unsigned int from, unsigned int to)
{
	for (size_t i = 0; i < l->events.n; i++)
		for (unsigned int k = from; k <= to; k++)
			if (gh_ccel_measured(&l->events.at[i], k))
				return true;
	return false;
}

static void judge_parse(struct gh_tee *t, const char *parent, const struct gh_evlog *l)
{
	struct gh_finding *f =
	    gh_tee_step(t, "tdx.eventlog.parse", parent, "event log format");
	char code[64] = "";

	gh_say(&f->expected, "a CCEL with SHA-384 digests, or a JSON event log");
	gh_say(&f->why,
	    "the log says in words what the quote's registers hold as one number");
	if (!l) {
		f->severity = GH_SEV_INFO;
		gh_judge(f, GH_SKIP, "tdx.eventlog.parse.not-given");
		gh_say(&f->observed, "no event log given");
		gh_say(&f->remedy,
		    "give /sys/firmware/acpi/tables/data/CCEL of the guest "
		    "to see what was booted");
		return;
	}
	gh_say(&f->source, "%s", l->source);
	if (l->fault) {
		snprintf(code, sizeof(code), "tdx.eventlog.parse.%s", l->fault);
		gh_say(&f->observed, "%s", l->err.what);
		gh_say(&f->remedy, "%s",
		    *l->err.hint ? l->err.hint : "collect the log again, as bytes");
	} else {
		gh_say(&f->observed, "%s, %zu events", l->is_ccel ? "CCEL" : "JSON",
		    l->events.n);
	}
	gh_tee_settle(t, f, code);
}

/* Why a register differs: the word of the code, what the log shows, what that means. */
static const char *tell_misfit(
    struct gh_finding *f, const struct gh_rtmr_fit *fit, struct gh_buf *text)
{
	if (fit->prefix && !fit->fits) {
		gh_buf_fmt(
		    text, "the register is zero, the log has %zu events for it", fit->n);
		gh_say(&f->why, "nothing of this was measured when the quote was made");
		return "prefix";
	}
	if (fit->prefix) {
		gh_buf_fmt(text,
		    "log matches up to event %zu of %zu of this register; "
		    "the next is ",
		    fit->fits, fit->n);
		gh_evlog_say(text, fit->next);
		gh_say(&f->why, "the quote was made before the rest was measured, or the "
				"rest was added to the log");
		return "prefix";
	}
	if (fit->extra) {
		gh_buf_fmt(text, "the %zu events match without ", fit->n);
		gh_evlog_say(text, fit->extra);
		gh_say(&f->why, "the log holds an event that was never measured");
		return "extra";
	}
	if (fit->late) {
		gh_buf_fmt(text,
		    "the %zu events match with another order: one place "
		    "earlier belongs ",
		    fit->n);
		gh_evlog_say(text, fit->late);
		gh_say(&f->why, "the log was put in another order than it was measured");
		return "order";
	}
	gh_buf_fmt(text, "no beginning of the log's %zu events gives this value", fit->n);
	gh_say(&f->why, "the log is of another boot or machine, lacks events, or was "
			"altered: it explains nothing about this register");
	return "mismatch";
}

/* RTMR2 is also where the running kernel measures (IMA), long after the log was closed. */
static void explain_rtmr2(struct gh_tee *t, struct gh_finding *f)
{
	if (!gh_tee_holds(t, "tdx.eventlog.rtmr0") ||
	    !gh_tee_holds(t, "tdx.eventlog.rtmr1"))
		return;
	gh_say(&f->why,
	    "the boot part matches: firmware and boot programs are those of the log "
	    "(RTMR0, RTMR1). RTMR2 was extended after the log was closed, as IMA does at "
	    "run time, or another kernel command line or initrd was measured");
	gh_say(&f->remedy,
	    "collect log and quote in one boot; with IMA in the guest let it "
	    "measure elsewhere, or quote before it starts");
}

static const char *const rtmr_step[GH_RTMRS] = {"tdx.eventlog.rtmr0",
    "tdx.eventlog.rtmr1", "tdx.eventlog.rtmr2", "tdx.eventlog.rtmr3"};
static const char *const rtmr_title[GH_RTMRS] = {"log gives RTMR0: firmware, settings",
    "log gives RTMR1: boot programs", "log gives RTMR2: kernel, command line",
    "log gives RTMR3: run time"};

static void judge_fit(struct gh_tee *t, struct gh_finding *f, const struct gh_evlog *l,
    unsigned int i, const unsigned char *value)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	struct gh_rtmr_fit fit;
	struct gh_err e = {0};
	char code[64], hex[2 * GH_RTMR_LEN + 1];

	if (gh_ccel_fit(&fit, &l->events, i, value, &e)) {
		gh_judge_err(f, "tdx.eventlog.error", &e);
		return;
	}
	gh_hex(hex, fit.replayed, GH_RTMR_LEN);
	gh_say(&f->why, "what the events say was measured, and nothing else");
	if (fit.equal) {
		gh_say(&f->observed, "%zu events replay to it", fit.n);
		gh_tee_settle(t, f, "");
		return;
	}
	gh_say(&f->remedy, "collect log and quote in the same boot; compare the log with "
			   "one of a known boot");
	snprintf(code, sizeof(code), "%s.%s", rtmr_step[i], tell_misfit(f, &fit, &text));
	if (i == 2 && !fit.prefix && !fit.extra && !fit.late)
		explain_rtmr2(t, f);
	gh_buf_fmt(&text, "; all %zu replay to %s", fit.n, hex);
	gh_say(&f->observed, "%s", gh_buf_cstr(&text));
	gh_tee_settle(t, f, code);
}

static void judge_rtmr(struct gh_tee *t, const char *parent, const struct gh_evlog *l,
    unsigned int i, const unsigned char *value)
{
	struct gh_finding *f = gh_tee_step(t, rtmr_step[i], parent, rtmr_title[i]);
	char hex[2 * GH_RTMR_LEN + 1];

	gh_hex(hex, value, GH_RTMR_LEN);
	gh_say(&f->expected, "RTMR%u of the quote, %s", i, hex);
	gh_say(&f->source, "%s", l->source);
	if (!l->fault) {
		judge_fit(t, f, l, i, value);
		return;
	}
	gh_say(&f->observed, "%s", l->err.what);
	gh_tee_settle(t, f,
	    i == 3 && l != NULL && strcmp(parent, "tdx.eventlog.parse") != 0
		? "tdx.eventlog.rtmr3.format"
		: "");
}

/* RTMR3 without a log of it. */
static void judge_rtmr3_alone(
    struct gh_tee *t, const char *parent, const unsigned char *value)
{
	struct gh_finding *f = gh_tee_step(t, rtmr_step[3], parent, rtmr_title[3]);
	char hex[2 * GH_RTMR_LEN + 1];

	gh_hex(hex, value, GH_RTMR_LEN);
	gh_say(&f->expected, "RTMR3 of the quote, %s", hex);
	gh_say(&f->why,
	    "RTMR3 holds what the guest measured after boot; only a runtime log "
	    "says what that was");
	if (gh_is_zero(value, GH_RTMR_LEN)) {
		gh_say(&f->observed, "zero: nothing was measured at run time");
		gh_tee_settle(t, f, "");
		return;
	}
	f->severity = GH_SEV_INFO;
	gh_judge(f, GH_SKIP, "tdx.eventlog.rtmr3.not-given");
	gh_say(&f->observed, "something was measured, and no runtime log given");
	gh_say(&f->remedy, "give the runtime event log (JSON) of the guest");
}

static void claim_boot(struct gh_tee *t, const struct gh_ccel_facts *facts)
{
	struct gh_subject *s = gh_result_subject(t->out, t->subject, "cvm");

	if (gh_tee_holds(t, rtmr_step[0]))
		gh_evlog_claim_secure_boot(s, facts->secure_boot);
	if (gh_tee_holds(t, rtmr_step[1]))
		gh_evlog_claim_apps(s, facts);
	if (gh_tee_holds(t, rtmr_step[2]))
		gh_evlog_claim_cmdline(s, facts);
}

static void judge_texts(struct gh_tee *t, const char *parent, const struct gh_evlog *boot,
    const struct gh_evlog *run)
{
	struct gh_ccel_facts facts = {0}, more = {0};
	struct gh_finding *f;

	if (boot)
		gh_ccel_survey(&facts, &boot->events);
	if (run && run != boot)
		gh_ccel_survey(&more, &run->events);
	gh_evlog_add_facts(&facts, &more);
	f = gh_tee_step(t, "tdx.eventlog.text", boot ? "tdx.eventlog.parse" : parent,
	    "texts in the log");
	gh_say(&f->source, "%s", boot ? boot->source : run->source);
	gh_evlog_judge_text(t, f, &facts, "tdx.eventlog.text");
	if (boot)
		claim_boot(t, &facts);
	if (run && gh_tee_holds(t, rtmr_step[3]))
		gh_evlog_claim_runtime(
		    gh_result_subject(t->out, t->subject, "cvm"), &run->events);
}

void gh_ccel_judge(
    struct gh_tee *t, const char *parent, const unsigned char *const rtmr[4])
{
	gh_auto(struct gh_evlog, gh_evlog_free) ccel = {0}, json = {0};
	const struct gh_evlog *boot = NULL, *run = NULL;

	choose_log(&ccel, &t->ctx->ccels, true, rtmr);
	choose_log(&json, &t->ctx->runtime_logs, false, rtmr);
	if (ccel.given)
		boot = &ccel;
	else if (json.given && (json.fault || has_events(&json, 0, BOOT_RTMRS - 1)))
		boot = &json;
	if (json.given)
		run = &json;
	else if (has_events(&ccel, 3, 3))
		run = &ccel;
	judge_parse(t, parent, boot);
	for (unsigned int i = 0; boot && i < BOOT_RTMRS; i++)
		judge_rtmr(t, "tdx.eventlog.parse", boot, i, rtmr[i]);
	if (run)
		judge_rtmr(
		    t, run == boot ? "tdx.eventlog.parse" : parent, run, 3, rtmr[3]);
	else
		judge_rtmr3_alone(t, parent, rtmr[3]);
	if (boot || run)
		judge_texts(t, parent, boot, run);
}
