/* SPDX-License-Identifier: Apache-2.0
 * The facts of a host as a table: by SSH, by its BMC, side by side. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ops/facts.h"
#include "sheet.h"

static const struct ui_part part = {.title = "FACT",
    .n_cols = 5,
    .col = {{"FACT", 24, 0, false}, {"SSH", 0, 0, false}, {"BMC", 0, 44, false},
	{"PROOF", 5, 70, false}, {"AGE", 5, 76, true}}};

struct read_at {
	int64_t ssh, bmc; /* unix seconds; 0 = never */
};

static int64_t number(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

/* The value in words with its unit; "" when that side does not say it. */
static void said(struct gh_buf *out, const json_t *row, const char *side)
{
	const json_t *v = json_object_get(row, side);
	const char *unit = gh_json_text(row, "unit");

	gh_facts_words(out, v);
	if (out->len && json_is_number(v) && unit[0])
		gh_buf_fmt(out, " %s", unit);
}

/* "2.7   read by SSH 2026-10-26T03:14:07Z" */
static void side_field(
    struct ui_line *l, const char *label, struct gh_buf *text, int64_t at)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	char when[GH_TIME_LEN];

	if (text->len == 0) {
		ui_line_field(l, label, at ? "does not say it" : "was never read");
		return;
	}
	gh_time_text(when, at);
	gh_buf_fmt(&b, "%s   (read %s)", gh_buf_cstr(text), when);
	ui_line_field(l, label, gh_buf_cstr(&b));
}

/* "text, date" */
static void put_kind(struct ui_line *l, const json_t *row)
{
	const char *unit = gh_json_text(row, "unit");
	char kind[80];

	snprintf(kind, sizeof(kind), "%.40s%s%.30s", gh_json_text(row, "type"),
	    unit[0] ? ", " : "", unit);
	ui_line_field(l, "kind", kind);
}

static void add_row(struct ui_sheet *s, json_t *row, const struct read_at *at)
{
	gh_auto(struct gh_buf, gh_buf_free) ssh = {0};
	gh_auto(struct gh_buf, gh_buf_free) bmc = {0};
	const json_t *agree = json_object_get(row, "agree");
	struct ui_line *l = ui_sheet_add(s, 0, gh_json_text(row, "name"));

	if (!l)
		return;
	said(&ssh, row, "ssh");
	said(&bmc, row, "bmc");
	l->raw = json_incref(row);
	l->judged = json_is_boolean(agree);
	l->bad = json_is_false(agree);
	l->state = l->bad ? UI_ST_FAIL : UI_ST_PASS;
	/* what both say is as old as the older of the two */
	l->at = !bmc.len || (ssh.len && at->ssh < at->bmc) ? at->ssh : at->bmc;
	ui_line_cell(l, 0, gh_json_text(row, "name"));
	ui_line_cell(l, 1, ssh.len ? gh_buf_cstr(&ssh) : "-");
	ui_line_cell(l, 2, bmc.len ? gh_buf_cstr(&bmc) : "-");
	ui_line_cell(l, 3, gh_json_text(row, "assurance"));
	side_field(l, "ssh", &ssh, at->ssh);
	side_field(l, "bmc", &bmc, at->bmc);
	ui_line_field(l, "proof",
	    l->bad      ? "A0: the two contradict each other; neither may be believed"
	    : l->judged ? "A1: two independent paths agree"
			: "A0: one side says it, nobody confirms it");
	ui_line_field(l, "what", gh_json_text(row, "help"));
	put_kind(l, row);
}

/* Line 2: what contradicts, by name as far as there is room. */
static void say_contradictions(struct ui_sheet *s, size_t n_bad)
{
	size_t used = (size_t)snprintf(s->line2, sizeof(s->line2),
	    "SSH and BMC contradict each other on %zu of %zu facts:", n_bad, s->n);

	for (size_t i = 0; i < s->n && used < sizeof(s->line2); i++)
		if (s->line[i].bad)
			used += (size_t)snprintf(s->line2 + used, sizeof(s->line2) - used,
			    " %s", s->line[i].id);
}

static void sum_up(struct ui_sheet *s, const struct read_at *at)
{
	size_t n_bad = 0, n_both = 0;

	for (size_t i = 0; i < s->n; i++) {
		n_bad += s->line[i].bad;
		n_both += s->line[i].judged;
	}
	s->empty = s->n == 0;
	s->state = n_bad ? UI_ST_FAIL : !at->ssh || !at->bmc ? UI_ST_UNKNOWN : UI_ST_PASS;
	if (s->empty)
		snprintf(s->line2, sizeof(s->line2),
		    "nothing was ever read of %.63s   press r", s->host);
	else if (n_bad)
		say_contradictions(s, n_bad);
	else
		snprintf(s->line2, sizeof(s->line2),
		    "no contradiction: SSH and BMC agree on %zu facts, one side alone "
		    "says %zu%s",
		    n_both, s->n - n_both,
		    !at->bmc   ? "; the BMC was never read"
		    : !at->ssh ? "; never read by SSH"
			       : "");
}

void ui_facts_rows(struct ui_sheet *s, json_t *facts)
{
	const struct read_at at = {
	    number(facts, "ssh_read_at"), number(facts, "bmc_read_at")};
	const json_t *rows = json_object_get(facts, "facts");

	s->part[0] = part;
	s->n_parts = 1;
	for (size_t i = 0; i < json_array_size(rows); i++)
		add_row(s, json_array_get(rows, i), &at);
	sum_up(s, &at);
}

struct ui_sheet *ui_sheet_facts(struct gh_session *session, const char *host)
{
	gh_auto(json_t *, gh_json_free) facts = NULL;
	struct ui_sheet *s = ui_sheet_new(host, "");
	struct gh_err err = {0};

	if (gh_op_facts(session, host, &facts, &err) == 0)
		ui_facts_rows(s, facts);
	else
		ui_sheet_failed(s, &err);
	return s;
}
