/* SPDX-License-Identifier: Apache-2.0
 * Screen E: the runs, newest first, and how two of them differ. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "view.h"

static bool row_wanted(const struct ui_look *look, const struct gh_history_row *r)
{
	if (look->at.host[0] && strcmp(look->at.host, r->host) != 0)
		return false;
	return ui_match(look->filter, r->host) || ui_match(look->filter, r->kind) ||
	       ui_match(look->filter, r->by) || ui_match(look->filter, r->run_id) ||
	       ui_match(look->filter, ui_status((enum ui_state)r->verdict)->word);
}

static const struct gh_history_row *row_at(const struct ui_look *look, size_t want)
{
	for (size_t i = 0; i < look->n_history; i++)
		if (row_wanted(look, &look->history[i]) && want-- == 0)
			return &look->history[i];
	return NULL;
}

static size_t history_count(const struct ui_look *look)
{
	size_t n = 0;
	for (size_t i = 0; i < look->n_history; i++)
		n += row_wanted(look, &look->history[i]);
	return n;
}

static void history_id(const struct ui_look *look, size_t i, char *out, size_t size)
{
	const struct gh_history_row *r = row_at(look, i);
	snprintf(out, size, "%s", r ? r->run_id : "");
}

static bool history_bad(const struct ui_look *look, size_t i)
{
	const struct gh_history_row *r = row_at(look, i);
	return r && r->verdict != GH_PASS;
}

static void history_line2(
    const struct ui_look *look, struct ui_canvas *cv, struct ui_at at)
{
	const struct gh_host_model *h = ui_host_of(look);
	char text[160];
	if (look->diff && look->run_a[0] && look->run_b[0]) {
		snprintf(text, sizeof(text),
		    "DIFF  A %s  ->  B %s        %zu finding%s changed",
		    ui_short_run(look->run_a), ui_short_run(look->run_b), look->n_changes,
		    look->n_changes == 1 ? "" : "s");
		ui_put(cv, at, UI_TITLE, text);
		return;
	}
	size_t n = history_count(look);
	snprintf(text, sizeof(text), "now; %zu run%s stored%s%s", n, n == 1 ? "" : "s",
	    look->at.host[0] ? " of " : "", look->at.host);
	ui_put_line2(cv, at,
	    h             ? (enum ui_state)h->worst
	    : look->model ? (enum ui_state)look->model->verdict
			  : UI_ST_UNKNOWN,
	    text);
}

static void put_run(const struct ui_look *look, struct ui_canvas *cv, struct ui_at at,
    const struct gh_history_row *r)
{
	char when[GH_TIME_LEN], n[64];
	gh_time_text(when, r->started);
	bool wide = at.width >= 80;
	int col = at.col + 1;
	if (wide)
		col += ui_putf(cv, UI_AT(at.row, col, 11), UI_DIM, "%.10s ", when);
	col += ui_putf(cv, UI_AT(at.row, col, 9), UI_TEXT, "%.8s ", when + 11);
	ui_put(cv, UI_AT(at.row, col, 9), UI_HASH, ui_short_run(r->run_id));
	col += 9;
	ui_put(cv, UI_AT(at.row, col, 1), UI_MARK,
	    strcmp(r->run_id, look->run_a) == 0   ? "A"
	    : strcmp(r->run_id, look->run_b) == 0 ? "B"
						  : "");
	col += 2;
	ui_put(cv, UI_AT(at.row, col, wide ? 11 : 7), UI_TEXT, r->host);
	col += wide ? 12 : 8;
	ui_put(cv, UI_AT(at.row, col, 9), UI_TEXT, r->kind);
	col += 9;
	ui_put_status(cv, UI_AT(at.row, col, 7), (enum ui_state)r->verdict);
	col += 8;
	snprintf(n, sizeof(n), "%u/%u", r->n_pass,
	    r->n_pass + r->n_warn + r->n_fail + r->n_unknown);
	ui_put(cv, UI_AT(at.row, col, 8), UI_TEXT, n);
	col += 8;
	ui_putf(cv, UI_AT(at.row, col, 7), UI_DIM, "%u ms", r->took_ms);
	col += 8;
	ui_putf(cv, UI_AT(at.row, col, at.col + at.width - col), UI_DIM, "%s%s",
	    r->lab ? "LAB " : "", r->by);
}

static void put_change(struct ui_canvas *cv, struct ui_at at, const struct gh_change *c)
{
	int side = (at.width - 40) / 2;
	const struct ui_status *a = ui_status((enum ui_state)c->va),
			       *b = ui_status((enum ui_state)c->vb);
	ui_put(cv, UI_AT(at.row, at.col + 1, 1), b->role,
	    ui_glyph(cv, (enum ui_state)c->vb));
	ui_putf(cv, UI_AT(at.row, at.col + 3, 36), UI_TEXT, "%s %s", c->subject, c->step);
	ui_put(cv, UI_AT(at.row, at.col + 40, side - 1), a->role, c->a[0] ? c->a : "-");
	ui_put(
	    cv, UI_AT(at.row, at.col + 40 + side, side), b->role, c->b[0] ? c->b : "-");
}

static void put_diff(const struct ui_look *look, struct ui_canvas *cv, struct ui_box b)
{
	int side = (b.cols - 40) / 2;
	ui_rule(cv, UI_AT(b.row, b.col, b.cols));
	ui_put(cv, UI_AT(b.row + 1, b.col + 1, 36), UI_TITLE, "CHANGED");
	ui_putf(cv, UI_AT(b.row + 1, b.col + 40, side - 1), UI_TITLE, "A  %s",
	    ui_short_run(look->run_a));
	ui_putf(cv, UI_AT(b.row + 1, b.col + 40 + side, side), UI_TITLE, "B  %s",
	    ui_short_run(look->run_b));
	if (look->n_changes == 0)
		ui_put(cv, UI_AT(b.row + 2, b.col + 3, b.cols - 3), UI_DIM,
		    look->run_a[0] && look->run_b[0]
			? "nothing differs"
			: "choose two runs: a on one, b on the other");
	for (int i = 0; i < b.rows - 2 && (size_t)i < look->n_changes; i++)
		put_change(cv, UI_AT(b.row + 2 + i, b.col, b.cols), &look->change[i]);
}

static void put_strip(struct ui_canvas *cv, int row, const struct gh_host_model *h)
{
	ui_put(cv, UI_AT(row, 1, 12), UI_TITLE, "last 24 h");
	ui_put(cv, UI_AT(row, 12, 12), UI_GRAPH_LOW, h->strip);
	ui_putf(cv, UI_AT(row, 26, cv->cols - 26), UI_DIM, "1 cell = 2 h, now %s",
	    ui_status((enum ui_state)h->worst)->word);
}

static void history_draw(
    const struct ui_look *look, struct ui_canvas *cv, const struct ui_frame *f)
{
	struct ui_box b = f->body;
	const struct gh_host_model *h = ui_host_of(look);
	if (h && f->full) {
		put_strip(cv, b.row++, h);
		ui_rule(cv, UI_AT(b.row++, 0, cv->cols));
		b.rows -= 2;
	}
	if (look->diff && b.rows >= 6) {
		int low = b.rows / 2;
		put_diff(look, cv, (struct ui_box){b.row + b.rows - low, 0, low, b.cols});
		b.rows -= low;
	}
	size_t n = history_count(look), top = ui_scroll(n, look->at.sel, b.rows);
	if (n == 0)
		ui_put(cv, UI_AT(b.row, 1, b.cols - 1), UI_DIM, "no run is stored");
	for (int i = 0; i < b.rows && top + (size_t)i < n; i++) {
		size_t k = top + (size_t)i;
		put_run(look, cv, UI_AT(b.row + i, 0, b.cols), row_at(look, k));
		if (k == look->at.sel) {
			ui_put(cv, UI_AT(b.row + i, 0, 1), UI_TITLE, ">");
			ui_cursor_row(cv, UI_AT(b.row + i, 0, b.cols));
		}
	}
}

const struct ui_view_ops ui_history_ops = {
    .name = "history",
    .count = history_count,
    .id = history_id,
    .bad = history_bad,
    .line2 = history_line2,
    .draw = history_draw,
};
