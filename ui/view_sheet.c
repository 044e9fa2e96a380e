/* SPDX-License-Identifier: Apache-2.0
 * The views that are tables (sheet.h): what one side says of a thing beside what the other
 * side says, the selected row in full below or beside. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "sheet.h"
#include "view.h"

enum { NAME_COL = 10, GAP = 1, BESIDE = 150 /* columns: the pane stands at the right */ };

/* What the view shows, when it has arrived; NULL = it is being read. */
const struct ui_sheet *ui_sheet_of(const struct ui_look *look)
{
	const struct ui_place *at = &look->at;
	const struct ui_sheet *s =
	    at->view >= UI_FACTS && at->view < UI_FACTS + UI_N_SHEETS
		? look->sheet[at->view - UI_FACTS]
		: NULL;

	return s && strcmp(s->host, at->host) == 0 && strcmp(s->arg, at->arg) == 0 ? s
										   : NULL;
}

/* ---- rows ------------------------------------------------------------------------------ */

struct shown {
	const struct ui_sheet *s;
	const struct ui_line *line[UI_SHEET_MAX];
	size_t n;
};

static int rank(const struct ui_line *l)
{
	return l->bad ? ui_badness((enum gh_verdict)l->state) : 0;
}

/* The rows of each part in their order or, when asked, the worst first. */
static void show_rows(struct shown *out, const struct ui_look *look)
{
	enum { WORST = 5 };

	out->s = ui_sheet_of(look);
	out->n = 0;
	if (!out->s)
		return;
	for (unsigned int p = 0; p < out->s->n_parts; p++)
		for (int r = look->worst_first ? WORST : 0; r >= 0; r--)
			for (size_t i = 0; i < out->s->n; i++) {
				const struct ui_line *l = &out->s->line[i];

				if (l->part != p || (look->faults && !l->bad) ||
				    (look->worst_first && rank(l) != r) ||
				    !ui_line_match(l, look->filter))
					continue;
				out->line[out->n++] = l;
			}
}

static size_t sheet_count(const struct ui_look *look)
{
	struct shown v;

	show_rows(&v, look);
	return v.n;
}

static void sheet_id(const struct ui_look *look, size_t i, char *out, size_t size)
{
	struct shown v;

	show_rows(&v, look);
	snprintf(out, size, "%s", i < v.n ? v.line[i]->id : "");
}

static bool sheet_bad(const struct ui_look *look, size_t i)
{
	struct shown v;

	show_rows(&v, look);
	return i < v.n && v.line[i]->bad;
}

static const struct gh_finding *sheet_finding(const struct ui_look *look, size_t i)
{
	struct shown v;

	show_rows(&v, look);
	return i < v.n ? v.line[i]->f : NULL;
}

const struct ui_line *ui_sheet_row(const struct ui_look *look)
{
	struct shown v;

	show_rows(&v, look);
	return look->at.sel < v.n ? v.line[look->at.sel] : NULL;
}

/* ---- line 2 ------------------------------------------------------------------------------ */

/* A host that is not read now: what the table says is older than it looks. */
static const struct gh_finding *unreached(const struct ui_look *look)
{
	const struct gh_host_model *h = ui_host_of(look);
	const struct gh_findings *fs = h ? &h->checks.findings : NULL;

	for (size_t i = 0; fs && i < fs->n; i++)
		if (strcmp(fs->at[i].step, "host.reach") == 0 &&
		    fs->at[i].verdict != GH_PASS)
			return &fs->at[i];
	return NULL;
}

static void sheet_line2(const struct ui_look *look, struct ui_canvas *cv, struct ui_at at)
{
	const struct ui_sheet *s = ui_sheet_of(look);
	const struct gh_finding *f = unreached(look);
	char text[600];

	if (!s) {
		ui_put_line2(cv, at, UI_ST_RUN, "reading it from the store");
		return;
	}
	if (!f) {
		ui_put_line2(cv, at, s->state, s->line2);
		return;
	}
	snprintf(text, sizeof(text), "NOT READ at the last try: %.200s | %s", f->observed,
	    s->line2);
	ui_put_line2(cv, at,
	    s->state == UI_ST_FAIL ? UI_ST_FAIL : (enum ui_state)f->verdict, text);
}

/* ---- the list ---------------------------------------------------------------------------- */

/* Where each column begins and how wide it is; 0 = not on this screen. */
struct ruler {
	int at[UI_SHEET_COLS], width[UI_SHEET_COLS];
};

/* Shares of a column on a screen of that many columns; 0 = of fixed width or not there. */
static int share(const struct ui_column *c, int cols)
{
	return cols >= c->from && c->width <= 0 ? 1 - c->width : 0;
}

static int fixed(const struct ui_part *p, size_t i, struct ui_at at, int cols)
{
	/* the name gets more where there is room, less where there is none */
	int extra = i ? 0 : at.width >= 110 ? 8 : at.width < 70 ? -6 : 0;

	return cols >= p->col[i].from && p->col[i].width > 0 ? p->col[i].width + extra
							     : 0;
}

static struct ruler rule_off(const struct ui_part *p, struct ui_at at, int cols)
{
	struct ruler r = {.at = {0}};
	int left = at.width - NAME_COL, shares = 0, col = at.col + NAME_COL;

	for (size_t i = 0; i < p->n_cols; i++) {
		r.width[i] = fixed(p, i, at, cols);
		left -= r.width[i] ? r.width[i] + GAP : 0;
		shares += share(&p->col[i], cols);
	}
	for (size_t i = 0; i < p->n_cols; i++) {
		int mine = share(&p->col[i], cols);

		if (mine)
			r.width[i] = left * mine / shares - GAP;
		if (r.width[i] < 0)
			r.width[i] = 0;
		r.at[i] = col;
		col += r.width[i] ? r.width[i] + GAP : 0;
	}
	return r;
}

static void put_head(
    struct ui_canvas *cv, struct ui_at at, const struct ui_part *p, bool first)
{
	struct ruler r = rule_off(p, at, cv->cols);

	if (!first)
		ui_rule(cv, at);
	for (size_t i = 0; i < p->n_cols; i++) {
		const char *head = i ? p->col[i].head : p->title;
		int wide = ui_columns(cv, head);

		if (!first && r.width[i]) /* a blank at each side of a word on a rule */
			for (int c = -1; c <= wide; c++)
				ui_put(cv, UI_AT(at.row, r.at[i] + c, 1), UI_TEXT, " ");
		ui_put(cv, UI_AT(at.row, r.at[i], r.width[i]), UI_TITLE, head);
	}
}

/* How much of the front of a cell may be left away, so that two texts that differ only
 * behind what fits are not shown as the same. */
static size_t same_front(const struct ui_line *l, int width)
{
	const char *a = l->cell[1], *b = l->cell[2];
	size_t n = 0, room = width > 4 ? (size_t)width : 4;

	if (!l->bad || !a || !b)
		return 0;
	while (a[n] && a[n] == b[n])
		n++;
	size_t len = strlen(a) > strlen(b) ? strlen(a) : strlen(b);
	size_t end = len + 2 > room ? len + 2 - room : 0;
	if (n + 4 < room || len <= room)
		return 0;
	n = end < n ? end
	    : n > 3 ? n - 3
		    : 0; /* the ends, if they show where it begins */
	return gh_text_whole(a, n);
}

static void put_cell(struct ui_canvas *cv, struct ui_at at, const struct ui_line *l,
    size_t i, enum ui_role role)
{
	size_t front = i == 1 || i == 2 ? same_front(l, at.width) : 0;

	if (at.width <= 0 || !l->cell[i])
		return;
	if (front)
		ui_putf(cv, at, role, "..%s", l->cell[i] + front);
	else
		ui_put(cv, at, role, l->cell[i]);
}

static void put_row(const struct ui_look *look, struct ui_canvas *cv, struct ui_at at,
    const struct ui_line *l, const struct ui_part *p)
{
	struct ruler r = rule_off(p, at, cv->cols);
	char age[16] = "";

	if (l->judged)
		ui_put_status(cv, UI_AT(at.row, at.col + 2, 7), l->state);
	for (size_t i = 0; i < p->n_cols; i++) {
		struct ui_at cell = UI_AT(at.row, r.at[i], r.width[i]);

		if (p->col[i].age && l->at && r.width[i]) {
			gh_time_age(
			    age, sizeof(age), look->now > l->at ? look->now - l->at : 0);
			ui_put(cv, cell, UI_DIM, age);
		}
		put_cell(cv, cell, l, i,
		    i && l->bad ? UI_CHANGED
		    : i > 2     ? UI_DIM
				: UI_TEXT);
	}
}

/* The line of row k when every part but the first begins with a line of its own. */
static size_t line_of(const struct shown *v, size_t k)
{
	size_t line = k;

	for (size_t i = 1; i <= k; i++)
		line += v->line[i]->part != v->line[i - 1]->part;
	return line;
}

static void put_list(const struct ui_look *look, struct ui_canvas *cv, struct ui_box b,
    const struct shown *v)
{
	int high = b.rows - 1;
	size_t top = ui_scroll(
	    line_of(v, v->n - 1) + 1, line_of(v, look->at.sel), high > 0 ? high : 1);
	unsigned int head = v->line[0]->part;

	for (size_t k = 0, line = 0; k < v->n; k++, line++) {
		const struct ui_line *l = v->line[k];

		if (k && l->part != v->line[k - 1]->part) {
			if (line > top && (long)(line - top) < high)
				put_head(cv,
				    UI_AT(b.row + 1 + (int)(line - top), b.col, b.cols),
				    &v->s->part[l->part], false);
			line++;
		}
		if (line <= top)
			head = l->part;
		if (line < top || (long)(line - top) >= high)
			continue;
		struct ui_at at = UI_AT(b.row + 1 + (int)(line - top), b.col, b.cols);
		put_row(look, cv, at, l, &v->s->part[l->part]);
		if (k == look->at.sel) {
			ui_put(cv, UI_AT(at.row, b.col, 1), UI_TITLE, ">");
			ui_cursor_row(cv, at);
		}
	}
	put_head(cv, UI_AT(b.row, b.col, b.cols), &v->s->part[head], true);
}

/* ---- the row in full ----------------------------------------------------------------------- */

static void put_pane(struct ui_canvas *cv, struct ui_box b, const struct ui_line *l)
{
	int row = b.row, end = b.row + b.rows;
	int n = 0;

	if (l->f) {
		ui_put_finding(cv, b, l->f);
		return;
	}
	if (l->judged)
		n = ui_put_status(cv, UI_AT(row, b.col, b.cols), l->state) + 2;
	ui_put(cv, UI_AT(row, b.col + n, b.cols - n), UI_TITLE, l->id);
	row++;
	for (size_t i = 0; i < l->n_fields; i++)
		row += ui_put_field(cv, (struct ui_box){row, b.col, end - row, b.cols},
		    l->field[i].label, l->field[i].text);
}

static const char *nothing(const struct ui_look *look, const struct ui_sheet *s)
{
	if (!s)
		return "";
	return s->n && (look->faults || look->filter[0])
		   ? "nothing to show under this filter"
		   : "nothing is known";
}

static void sheet_draw(
    const struct ui_look *look, struct ui_canvas *cv, const struct ui_frame *f)
{
	struct ui_box b = f->body, list = b;
	struct shown v;

	show_rows(&v, look);
	if (v.n == 0 || look->at.sel >= v.n) {
		ui_put(cv, UI_AT(b.row, 1, b.cols - 1), UI_DIM, nothing(look, v.s));
		return;
	}
	if (f->full && b.cols >= BESIDE) {
		list.cols = b.cols * 64 / 100;
		ui_vrule(cv, list.cols, b.row, b.rows);
		put_pane(cv,
		    (struct ui_box){b.row, list.cols + 2, b.rows, b.cols - list.cols - 2},
		    v.line[look->at.sel]);
	} else if (f->full) {
		int pane = b.rows / 3 < 7 ? 7 : b.rows / 3 > 12 ? 12 : b.rows / 3;

		list.rows = b.rows - pane - 1;
		ui_rule(cv, UI_AT(b.row + list.rows, 0, b.cols));
		put_pane(cv, (struct ui_box){b.row + list.rows + 1, 1, pane, b.cols - 2},
		    v.line[look->at.sel]);
	}
	put_list(look, cv, list, &v);
}

int ui_sheet_high(const struct ui_look *look)
{
	struct shown v;

	show_rows(&v, look);
	return v.n ? (int)line_of(&v, v.n - 1) + 1 : 0;
}

static bool is_long(const struct ui_line *l, size_t width)
{
	for (size_t i = 1; i < UI_SHEET_COLS; i++)
		if (l->cell[i] && strlen(l->cell[i]) > width)
			return true;
	return false;
}

void ui_sheet_long(const struct ui_look *look, size_t width, struct gh_buf *out)
{
	struct shown v;

	show_rows(&v, look);
	for (size_t i = 0; i < v.n; i++) {
		gh_auto(char *, gh_str_free) words = NULL;

		if (!is_long(v.line[i], width))
			continue;
		words = ui_line_words(v.line[i]);
		gh_buf_fmt(out, "\n%s", words ? words : "");
	}
}

#define SHEET_OPS(title)                                                                 \
	{                                                                                \
		.name = title, .count = sheet_count, .id = sheet_id, .bad = sheet_bad,   \
		.finding = sheet_finding, .line2 = sheet_line2, .draw = sheet_draw       \
	}
const struct ui_view_ops ui_facts_ops = SHEET_OPS("facts");
const struct ui_view_ops ui_enrol_ops = SHEET_OPS("enrolment");
const struct ui_view_ops ui_policy_ops = SHEET_OPS("policy");
const struct ui_view_ops ui_checks_ops = SHEET_OPS("checks");
