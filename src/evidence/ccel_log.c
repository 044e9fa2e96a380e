/* SPDX-License-Identifier: Apache-2.0
 * An event log at hand: loaded, its texts judged, its facts made claims. */
#include "evidence/ccel_log.h"

#include <stdio.h>

#include "base/text.h"
#include "evidence/ccel_text.h"

void gh_evlog_free(struct gh_evlog *l)
{
	if (l->is_ccel)
		gh_events_free(&l->events);
	gh_runtime_log_free(&l->json);
}

void gh_evlog_load(struct gh_evlog *l, struct gh_bytes raw, bool is_ccel)
{
	*l = (struct gh_evlog){.is_ccel = is_ccel, .given = true};
	if (is_ccel && gh_ccel_parse(&l->ccel, raw, &l->err)) {
		l->fault = l->ccel.fault;
	} else if (is_ccel && gh_ccel_events(&l->events, &l->ccel, &l->err)) {
		l->fault = "memory";
	} else if (!is_ccel && gh_runtime_log_parse(&l->json, raw, &l->err)) {
		l->fault = l->json.fault;
	} else if (!is_ccel) {
		l->events = l->json.events;
	}
	if (gh_sha256_name(raw.p, raw.len, l->source, &l->err))
		l->fault = "hash";
}

void gh_evlog_say(struct gh_buf *out, const struct gh_ccel_event *ev)
{
	gh_ccel_place(out, ev);
	gh_buf_str(out, ": ");
	gh_ccel_describe(out, ev);
}

static void tell_wrong(struct gh_buf *out, const struct gh_ccel_facts *facts)
{
	for (size_t i = 0; i < facts->contradicted && i < GH_CCEL_WRONG; i++) {
		gh_buf_str(out, i ? "; " : ": ");
		gh_evlog_say(out, facts->wrong[i]);
	}
	if (facts->contradicted > GH_CCEL_WRONG)
		gh_buf_fmt(out, "; and %zu more", facts->contradicted - GH_CCEL_WRONG);
}

void gh_evlog_add_facts(struct gh_ccel_facts *to, const struct gh_ccel_facts *from)
{
	for (size_t i = 0; i < from->contradicted && i < GH_CCEL_WRONG; i++)
		if (to->contradicted + i < GH_CCEL_WRONG)
			to->wrong[to->contradicted + i] = from->wrong[i];
	to->contradicted += from->contradicted;
	to->proven += from->proven;
	to->name_only += from->name_only;
	to->failed = to->failed ? to->failed : from->failed;
}

void gh_evlog_judge_text(struct gh_tee *t, struct gh_finding *f,
    const struct gh_ccel_facts *facts, const char *step)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	char code[64];

	gh_say(&f->expected, "each text has the digest that was measured for it");
	gh_buf_fmt(&text, "%zu proven, %zu name only, %zu contradicted", facts->proven,
	    facts->name_only, facts->contradicted);
	if (facts->contradicted) {
		tell_wrong(&text, facts);
		gh_say(&f->why, "registers prove digests, not texts: these texts are not "
				"what was measured, and what was is unknown");
		gh_say(&f->remedy,
		    "do not believe the named events; collect the log again "
		    "and ask who changed it");
		snprintf(code, sizeof(code), "%s.unproven", step);
	} else if (facts->failed) {
		gh_buf_str(&text, "; an error was measured: ");
		gh_evlog_say(&text, facts->failed);
		gh_say(&f->why, "the firmware closed a phase of the boot with an error");
		gh_say(&f->remedy, "read the guest's firmware log and boot it again");
		snprintf(code, sizeof(code), "%s.error", step);
	}
	gh_say(&f->observed, "%s", gh_buf_cstr(&text));
	if (facts->contradicted || facts->failed) {
		gh_tee_warn(t, f, code);
		return;
	}
	gh_say(&f->why, "a text is a fact only where its digest is recomputed from it");
	gh_tee_settle(t, f, "");
}

void gh_evlog_claim_cmdline(struct gh_subject *s, const struct gh_ccel_facts *facts)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	if (!facts->n_cmdlines)
		return;
	if (facts->cmdline_utf16)
		gh_utf16_text(&text, facts->cmdline);
	else
		gh_buf_add(&text, facts->cmdline.p, facts->cmdline.len);
	gh_claim(s, "kernel_cmdline", "%s", gh_buf_cstr(&text));
	if (facts->n_cmdlines > 1)
		gh_claim(s, "kernel_cmdlines", "%zu", facts->n_cmdlines);
}

void gh_evlog_claim_apps(struct gh_subject *s, const struct gh_ccel_facts *facts)
{
	char key[16];

	for (size_t i = 0; i < facts->n_apps && i < GH_CCEL_APPS; i++) {
		snprintf(key, sizeof(key), "boot_app%zu", i);
		gh_claim_hex(s, key, facts->app[i], GH_RTMR_LEN);
	}
}

void gh_evlog_claim_secure_boot(struct gh_subject *s, enum gh_secure_boot state)
{
	static const char *const words[] = {[GH_SECURE_BOOT_OFF] = "off",
	    [GH_SECURE_BOOT_ON] = "on",
	    [GH_SECURE_BOOT_ABSENT] = "absent",
	    [GH_SECURE_BOOT_UNCLEAR] = "unclear"};

	if (state != GH_SECURE_BOOT_UNSAID)
		gh_claim(s, "secure_boot", "%s", words[state]);
}

/* A name that can be part of a claim's key; ':' is where a name and its payload would run
 * into each other in the digest. */
static bool is_plain_name(const char *name)
{
	return *name && strlen(name) <= 64 &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(name);
}

/* The first event of a name counts: later ones may come from any program in the guest. */
void gh_evlog_claim_runtime(struct gh_subject *s, const struct gh_events *es)
{
	size_t n = 0;

	for (size_t i = 0; i < es->n && n < 32; i++) {
		const struct gh_ccel_event *ev = &es->at[i];
		char key[80];

		if (!gh_ccel_measured(ev, 3) || ev->type != GH_EV_DSTACK ||
		    !is_plain_name(ev->name) || ev->data.len > 4096 ||
		    gh_ccel_read(ev).mark != GH_CCEL_PROVEN)
			continue;
		snprintf(key, sizeof(key), "runtime.%s", ev->name);
		if (json_object_get(s->claims, key))
			continue;
		gh_claim_hex(s, key, ev->data.p, ev->data.len);
		n++;
	}
}
