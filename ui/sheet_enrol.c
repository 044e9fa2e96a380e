/* SPDX-License-Identifier: Apache-2.0
 * What is pinned of a host as a table: the pins beside what was read last, and every
 * replacement before. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ops/enrol.h"
#include "sheet.h"

static const struct ui_part pins_part = {.title = "PINNED FACT",
    .n_cols = 5,
    .col = {{"", 24, 0, false}, {"PINNED", 0, 0, false}, {"NOW", 0, 44, false},
	{"SINCE", 10, 96, false}, {"BY", 14, 112, false}}};
static const struct ui_part history_part = {.title = "HISTORY, newest first",
    .n_cols = 3,
    .col = {{"", 24, 0, false}, {"WHO AND WHY", 0, 0, false},
	{"WHAT CHANGED", 0, 44, false}}};

struct tally {
	size_t n_pinned, n_differ, n_unread, n_new;
	bool read, before; /* ever; before it was enrolled */
};

static int64_t number(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

static const char *day(char out[static GH_TIME_LEN], int64_t at)
{
	gh_time_text(out, at);
	out[10] = '\0';
	return out;
}

/* "root@vm: lab up" */
static void who(char *out, size_t size, const json_t *row)
{
	const char *why = gh_json_text(row, "reason");

	snprintf(out, size, "%.100s%s%.200s", gh_json_text(row, "by"), why[0] ? ": " : "",
	    why);
}

/* ---- pins ------------------------------------------------------------------------------ */

static void judge_pin(struct ui_line *l, const char *state, struct tally *t)
{
	bool differs = strcmp(state, "differs") == 0;
	bool unread = strcmp(state, "unread") == 0, fresh = strcmp(state, "new") == 0;

	t->n_pinned += !fresh;
	t->n_differ += differs;
	t->n_unread += unread;
	t->n_new += fresh;
	l->judged = true;
	l->bad = differs || unread || fresh;
	l->state = differs  ? (t->before ? UI_ST_STALE : UI_ST_FAIL)
		   : unread ? UI_ST_UNKNOWN
		   : fresh  ? UI_ST_WARN
			    : UI_ST_PASS;
	const char *now = gh_json_text(l->raw, "now");
	/* long sets are said by their count: then only what is gone and new tells */
	if (differs && strcmp(now, gh_json_text(l->raw, "pinned")) == 0) {
		const char *rest = strstr(gh_json_text(l->raw, "difference"), ", ");

		now = rest ? rest + 2 : gh_json_text(l->raw, "difference");
	}
	ui_line_cell(l, 2,
	    unread   ? t->read ? "nobody says it now" : "not read since"
	    : l->bad ? now
		     : "as pinned");
}

static void add_pin(struct ui_sheet *s, json_t *pin, struct tally *t)
{
	struct ui_line *l = ui_sheet_add(s, 0, gh_json_text(pin, "fact"));
	const char *pinned = gh_json_text(pin, "pinned");
	char text[GH_TIME_LEN], by[400];

	if (!l)
		return;
	l->raw = json_incref(pin);
	ui_line_cell(l, 0, l->id);
	ui_line_cell(l, 1, pinned[0] ? pinned : "not pinned");
	judge_pin(l, gh_json_text(pin, "state"), t);
	ui_line_field(l, "pinned", pinned[0] ? pinned : "not pinned");
	ui_line_field(l, "now", l->bad ? gh_json_text(pin, "now") : "as pinned");
	ui_line_field(l, "differs", gh_json_text(pin, "difference"));
	if (!number(pin, "since"))
		return;
	ui_line_cell(l, 3, day(text, number(pin, "since")));
	ui_line_cell(l, 4, gh_json_text(pin, "by"));
	gh_time_text(text, number(pin, "since"));
	who(by, sizeof(by), pin);
	ui_line_field(l, "since", text);
	ui_line_field(l, "by", by);
}

/* ---- the chain --------------------------------------------------------------------------- */

/* "3 replaced, 1 added: id.serial id.uuid" */
static void say_changes(struct gh_buf *out, const json_t *changes)
{
	static const char *const what[] = {"replaced", "added", "dropped"};
	size_t n = json_array_size(changes);

	for (size_t w = 0; w < GH_COUNT(what); w++) {
		size_t count = 0;

		for (size_t i = 0; i < n; i++)
			count += strcmp(gh_json_text(json_array_get(changes, i), "what"),
				     what[w]) == 0;
		if (count)
			gh_buf_fmt(out, "%s%zu %s", out->len ? ", " : "", count, what[w]);
	}
	for (size_t i = 0; i < n; i++)
		gh_buf_fmt(out, "%s%s", i ? " " : ": ",
		    gh_json_text(json_array_get(changes, i), "fact"));
}

static void say_words(struct gh_buf *out, const json_t *changes)
{
	for (size_t i = 0; i < json_array_size(changes); i++) {
		const json_t *c = json_array_get(changes, i);

		gh_buf_fmt(out, "%s%s %s: %s", i ? "; " : "", gh_json_text(c, "what"),
		    gh_json_text(c, "fact"), gh_json_text(c, "words"));
	}
}

static void add_row(struct ui_sheet *s, json_t *row)
{
	gh_auto(struct gh_buf, gh_buf_free) what = {0};
	gh_auto(struct gh_buf, gh_buf_free) words = {0};
	const json_t *changes = json_object_get(row, "changes");
	char id[40], text[96], at[GH_TIME_LEN], by[400], instead[40] = "";
	struct ui_line *l;

	snprintf(id, sizeof(id), "#%lld", (long long)number(row, "seq"));
	l = ui_sheet_add(s, 1, id);
	if (!l)
		return;
	l->raw = json_incref(row);
	gh_time_text(at, number(row, "at"));
	who(by, sizeof(by), row);
	snprintf(text, sizeof(text), "%.10s %.5s  %s", at, at + 11, id);
	if (number(row, "replaces")) {
		snprintf(instead, sizeof(instead), "#%lld",
		    (long long)number(row, "replaces"));
		say_changes(&what, changes);
	} else {
		gh_buf_fmt(&what, "the first: %zu fact%s", json_array_size(changes),
		    json_array_size(changes) == 1 ? "" : "s");
	}
	if (number(row, "replaces"))
		say_words(&words, changes);
	else
		say_changes(&words, changes);
	ui_line_cell(l, 0, text);
	ui_line_cell(l, 1, by);
	ui_line_cell(l, 2, gh_buf_cstr(&what));
	ui_line_field(l, "at", at);
	ui_line_field(l, "by", gh_json_text(row, "by"));
	ui_line_field(l, "why",
	    gh_json_text(row, "reason")[0] ? gh_json_text(row, "reason")
					   : "nobody gave a reason");
	ui_line_field(l, "instead of", instead);
	ui_line_field(l, "document", gh_json_text(row, "sha256"));
	ui_line_field(l, "what", gh_buf_cstr(&words));
}

/* ---- in a sentence ------------------------------------------------------------------------- */

/* The names of the rows in that state, as far as there is room. */
static void name_bad(char *out, size_t size, const struct ui_sheet *s, enum ui_state st)
{
	size_t used = strlen(out);

	for (size_t i = 0; i < s->n && used < size; i++)
		if (s->line[i].bad && s->line[i].state == st)
			used += (size_t)snprintf(
			    out + used, size - used, " %s", s->line[i].id);
}

static void say_pinned(struct ui_sheet *s, const struct tally *t, const json_t *newest)
{
	char by[400], at[GH_TIME_LEN];
	size_t size = sizeof(s->line2);

	if (t->n_differ) {
		s->state = t->before ? UI_ST_STALE : UI_ST_FAIL;
		snprintf(s->line2, size, "%zu of %zu pinned facts differ%s:", t->n_differ,
		    t->n_pinned,
		    t->before ? ", but were read before it was enrolled: press r" : "");
		name_bad(s->line2, size, s, s->state);
		snprintf(s->asks, sizeof(s->asks),
		    "%zu of %zu pinned facts:", t->n_differ, t->n_pinned);
		name_bad(s->asks, sizeof(s->asks), s, s->state);
	} else if (!t->read) {
		snprintf(s->line2, size,
		    "%zu facts are pinned; nothing was read of it since   press r",
		    t->n_pinned);
	} else if (t->n_unread) {
		snprintf(s->line2, size,
		    "%zu of %zu pinned facts are said by nobody now:", t->n_unread,
		    t->n_pinned);
		name_bad(s->line2, size, s, UI_ST_UNKNOWN);
	} else {
		s->state = t->n_new ? UI_ST_WARN : UI_ST_PASS;
		gh_time_text(at, number(newest, "at"));
		who(by, sizeof(by), newest);
		snprintf(s->line2, size, "%zu facts as pinned%s   enrolled %s by %.120s",
		    t->n_pinned, t->n_new ? ", others are not pinned yet" : "", at, by);
	}
}

void ui_enrol_rows(struct ui_sheet *s, json_t *shown)
{
	const json_t *now = json_object_get(shown, "now");
	const json_t *pins = json_object_get(now, "pins");
	const json_t *history = json_object_get(shown, "history");
	struct tally t = {.before = json_is_true(json_object_get(now, "before")),
	    .read = number(now, "ssh_read_at") || number(now, "bmc_read_at")};

	s->part[0] = pins_part;
	s->part[1] = history_part;
	s->n_parts = 2;
	s->fresh = !json_is_true(json_object_get(shown, "enrolled"));
	for (size_t i = 0; i < json_array_size(pins); i++)
		add_pin(s, json_array_get(pins, i), &t);
	for (size_t i = 0; i < json_array_size(history); i++)
		add_row(s, json_array_get(history, i));
	if (s->fresh)
		snprintf(s->line2, sizeof(s->line2),
		    "never enrolled: nobody said that this machine is ours   C pins it");
	else
		say_pinned(s, &t, json_array_get(history, 0));
}

struct ui_sheet *ui_sheet_enrol(struct gh_session *session, const char *host)
{
	gh_auto(json_t *, gh_json_free) shown = NULL;
	struct ui_sheet *s = ui_sheet_new(host, "");
	struct gh_err err = {0};
	bool enrolled;

	if (gh_op_enrol_show(session, host, NULL, &shown, &enrolled, &err) == 0)
		ui_enrol_rows(s, shown);
	else
		ui_sheet_failed(s, &err);
	return s;
}
