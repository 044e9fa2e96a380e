/* SPDX-License-Identifier: Apache-2.0
 * Questions before the console changes something: what they say, and their keys (declared
 * in app.h). */
#include <stdio.h>
#include <string.h>

#include "app.h"
#include "base/clock.h"
#include "view.h"

static void close_question(struct ui_app *a)
{
	a->look.confirm.open = false;
	a->look.input_kind = 0;
	a->look.input[0] = '\0';
}

static void open_question(struct ui_app *a)
{
	a->look.confirm.open = true;
	a->look.input_kind = '!';
	a->look.input[0] = '\0';
	a->look.flash[0] = '\0';
	a->asked = true;
}

/* ---- enrolment ----------------------------------------------------------------------------- */

static void say_host(struct ui_confirm *c, const struct ui_app *a)
{
	const struct gh_host_model *h = ui_host_of(&a->look);
	char age[16], tee[8];

	if (!h)
		return;
	gh_time_age(age, sizeof(age), a->look.now - h->checked_at);
	ui_confirm_line(c, "on", "%s   %s %s   gate %s, checked %s%s", h->name,
	    h->product, ui_tee_word(tee, h->tee), gh_gate_word(h->gate),
	    h->checked_at ? age : "never", h->checked_at ? " ago" : "");
}

/* The same from a shell; the last line, said again once the reason is known. */
static void say_command(struct ui_confirm *c)
{
	const char *accept = strcmp(c->verb, "Accept") == 0 ? " --accept" : "";

	if (c->n && strcmp(c->line[c->n - 1].label, "same as") == 0)
		c->n--;
	if (!c->why && !c->reason[0])
		ui_confirm_line(c, "same as", "gatehouse enrol%s %s", accept, c->word);
	else if (c->why || strchr(c->reason, '\''))
		ui_confirm_line(
		    c, "same as", "gatehouse enrol%s --reason TEXT %s", accept, c->word);
	else
		ui_confirm_line(c, "same as", "gatehouse enrol%s --reason '%s' %s",
		    accept, c->reason, c->word);
}

void ui_app_ask_enrol(struct ui_app *a)
{
	const struct ui_sheet *s = ui_sheet_of(&a->look);
	struct ui_confirm *c = &a->look.confirm;
	const char *host = a->look.at.host;

	if (!s || (s->empty && !s->fresh)) {
		ui_app_flash(a, UI_DIM, "what is pinned is not read yet");
		return;
	}
	*c = (struct ui_confirm){.why = true, .verb = s->fresh ? "Pin" : "Accept"};
	snprintf(c->word, sizeof(c->word), "%s", host);
	snprintf(c->title, sizeof(c->title), "%s %.60s AS IT IS NOW",
	    s->fresh ? "PIN" : "ACCEPT", host);
	ui_confirm_line(c, "This will",
	    "read the host and its BMC again and %s: this machine is ours",
	    s->fresh ? "pin what identifies them" : "replace what is pinned and differs");
	say_host(c, a);
	if (!s->fresh)
		ui_confirm_line(c, "differs now", "%s",
		    s->asks[0] ? s->asks : "nothing, as it was read last");
	ui_confirm_line(c, "compare first",
	    "the new values at the machine: what is pinned is trusted from then on");
	ui_confirm_line(c, "cannot undo",
	    "%s stays in the history, under your name and with your reason",
	    s->fresh ? "it" : "what was pinned");
	say_command(c);
	open_question(a);
}

static void start_enrol(struct ui_app *a)
{
	struct ui_confirm *c = &a->look.confirm;
	bool accept = strcmp(c->verb, "Accept") == 0;
	unsigned int id = a->jobs ? ui_jobs_add(a->jobs, UI_J_ENROL, c->word,
					accept ? "accept" : "", c->reason)
				  : 0;

	if (id == 0)
		ui_app_flash(a, UI_DIM, "the same job waits already");
	else
		ui_app_flash(a, UI_RUN, "job %u: enrol %s%s", id,
		    accept ? "--accept " : "", c->word);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static void entered(struct ui_app *a)
{
	struct ui_confirm *c = &a->look.confirm;

	if (c->why) {
		snprintf(c->reason, sizeof(c->reason), "%s", a->look.input);
		c->why = false;
		say_command(c);
		a->look.input[0] = '\0';
		return;
	}
	c->again = strcmp(a->look.input, c->word) != 0;
	if (c->again)
		return;
	start_enrol(a);
	close_question(a);
}

void ui_app_confirm_key(struct ui_app *a, int key)
{
	char *s = a->look.input;
	size_t n = strlen(s);

	if (key == UI_KEY_ENTER && !a->pasting) {
		entered(a);
	} else if (key == UI_KEY_ESC || key == UI_CTRL('c')) {
		close_question(a);
		ui_app_flash(a, UI_TEXT, "cancelled: nothing was changed");
	} else if (key == UI_KEY_BS && n > 0) {
		s[n - 1] = '\0';
	} else if (key >= 0x20 && key < 0x7f && n + 1 < sizeof(a->look.input)) {
		s[n] = (char)key;
		s[n + 1] = '\0';
	}
}
