/* SPDX-License-Identifier: Apache-2.0
 * Drawing the question. */
#include "confirm.h"

#include <stdio.h>
#include <string.h>

enum { WIDE = 76, LABEL = 14, LEAST_ROWS = 9, LEAST_COLS = 40 };

void ui_confirm_line(struct ui_confirm *c, const char *label, const char *fmt, ...)
{
	va_list ap;

	if (c->n == GH_COUNT(c->line))
		return;
	snprintf(c->line[c->n].label, sizeof(c->line[0].label), "%s", label);
	va_start(ap, fmt);
	vsnprintf(c->line[c->n].text, sizeof(c->line[0].text), fmt, ap);
	va_end(ap);
	c->n++;
}

static void wipe(struct ui_canvas *cv, struct ui_box b)
{
	for (int r = b.row; r < b.row + b.rows; r++) {
		ui_putf(cv, UI_AT(r, b.col, b.cols), UI_TEXT, "%*s", b.cols, "");
		for (int c = b.col; c < b.col + b.cols; c++) /* no row shines through */
			cv->cell[r * cv->cols + c].cursor = false;
	}
}

static void put_frame(struct ui_canvas *cv, struct ui_box b, const char *title)
{
	int last = b.row + b.rows - 1, right = b.col + b.cols - 1;

	wipe(cv, b);
	for (int r = b.row; r <= last; r += last - b.row) {
		for (int c = b.col; c <= right; c++)
			ui_put(cv, UI_AT(r, c, 1), UI_BORDER_FOCUS,
			    c == b.col || c == right ? "+" : "-");
	}
	for (int r = b.row + 1; r < last; r++) {
		ui_put(cv, UI_AT(r, b.col, 1), UI_BORDER_FOCUS, "|");
		ui_put(cv, UI_AT(r, right, 1), UI_BORDER_FOCUS, "|");
	}
	ui_putf(cv, UI_AT(b.row, b.col + 5, b.cols - 8), UI_TITLE, " %s ", title);
}

/* What is asked now, and what was typed. */
static void put_prompt(struct ui_canvas *cv, struct ui_at at, const struct ui_confirm *c)
{
	int n;

	if (at.width < LEAST_COLS)
		n = ui_putf(cv, at, UI_KEY, "%s: ", c->why ? "why" : c->word);
	else if (c->why)
		n = ui_put(cv, at, UI_KEY, "Why (kept with it; may stay empty): ");
	else
		n = ui_putf(cv, at, UI_KEY,
		    "%sType %s to go on: ", c->again ? "Not the same. " : "", c->word);
	/* of a long text the end, where the next letter comes */
	size_t len = strlen(c->typed),
	       room = at.width > n + 1 ? (size_t)(at.width - n - 1) : 0;
	ui_putf(cv, UI_AT(at.row, at.col + n, at.width - n), UI_TITLE, "%s_",
	    c->typed + (len > room ? len - room : 0));
}

static void put_buttons(struct ui_canvas *cv, struct ui_at at, const struct ui_confirm *c)
{
	int col = at.col + at.width / 3;

	col += ui_put(cv, UI_AT(at.row, col, at.width), UI_CURSOR, "[ esc: Cancel ]") + 3;
	ui_putf(cv, UI_AT(at.row, col, at.col + at.width - col), UI_DIM,
	    "( %s: type %s )", c->verb, c->word);
}

/* Too small for a box: the question alone. */
static void put_short(struct ui_canvas *cv, const struct ui_confirm *c)
{
	wipe(cv, (struct ui_box){0, 0, cv->rows, cv->cols});
	if (cv->rows > 1)
		ui_put(cv, UI_AT(0, 0, cv->cols), UI_TITLE, c->title);
	if (cv->rows > 3)
		ui_put(cv, UI_AT(1, 0, cv->cols), UI_DIM, "esc cancels");
	put_prompt(cv, UI_AT(cv->rows - 1, 0, cv->cols), c);
}

void ui_put_confirm(struct ui_canvas *cv, const struct ui_confirm *c)
{
	if (cv->rows < LEAST_ROWS || cv->cols < LEAST_COLS) {
		put_short(cv, c);
		return;
	}
	int wide = cv->cols < WIDE ? cv->cols : WIDE;
	int lines[GH_COUNT(c->line)], high = 0;
	struct ui_canvas scratch = {.rows = 0, .cols = 0, .utf8 = cv->utf8};
	for (size_t i = 0; i < c->n; i++) { /* how many rows it takes on no canvas */
		struct ui_box text = {0, 0, 4, wide - LABEL - 6};
		lines[i] = ui_put_wrap(&scratch, text, UI_TEXT, c->line[i].text);
		high += lines[i];
	}
	int rows = high + 7 < cv->rows ? high + 7 : cv->rows;
	struct ui_box b = {(cv->rows - rows) / 2, (cv->cols - wide) / 2, rows, wide};
	put_frame(cv, b, c->title);
	int row = b.row + 1 + (rows == high + 7), end = b.row + rows - 4;
	for (size_t i = 0; i < c->n && row < end; row += lines[i++]) {
		ui_put(cv, UI_AT(row, b.col + 3, LABEL), UI_DIM, c->line[i].label);
		ui_put_wrap(cv,
		    (struct ui_box){row, b.col + 3 + LABEL,
			lines[i] < end - row ? lines[i] : end - row, wide - LABEL - 6},
		    UI_TEXT, c->line[i].text);
	}
	put_prompt(cv, UI_AT(b.row + rows - 4, b.col + 3, wide - 6), c);
	put_buttons(cv, UI_AT(b.row + rows - 2, b.col + 3, wide - 6), c);
}
