/* SPDX-License-Identifier: Apache-2.0
 * The console's own grid of cells: views draw on it, curses only blits it. No control
 * byte can enter: what is not printable, one or two columns wide, becomes '?'. */
#pragma once

#include <stdint.h>

#include "base/buf.h"

/* What a piece of text means; a theme says how that looks. */
enum ui_role {
	UI_TEXT = 0,
	UI_DIM,
	UI_TITLE,
	UI_BORDER,
	UI_BORDER_FOCUS,
	UI_CURSOR,
	UI_MARK,
	UI_CHANGED,
	UI_KEY,
	UI_KEY_TEXT,
	UI_OK,
	UI_WARN,
	UI_FAIL,
	UI_STALE,
	UI_UNKNOWN,
	UI_RUN,
	UI_GATE_OPEN,
	UI_GATE_SHUT,
	UI_CONTEXT_PROD,
	UI_CONTEXT_TEST,
	UI_LINK,
	UI_HASH,
	UI_GRAPH_LOW,
	UI_GRAPH_HIGH,
	UI_N_ROLES,
};

struct ui_cell {
	uint32_t ch;   /* code point; 0 = right half of a wide one */
	uint8_t role;  /* enum ui_role */
	uint8_t width; /* 1 or 2; 0 = right half */
	bool cursor;   /* belongs to the selected row */
};

struct ui_canvas {
	int rows, cols;
	struct ui_cell *cell; /* rows * cols */
	bool utf8;            /* false: ASCII only, everything else is '?' */
};

/* Where to write: at most `width` columns from col on. */
struct ui_at {
	int row, col, width;
};
#define UI_AT(r, c, w) ((struct ui_at){(r), (c), (w)})

struct ui_box {
	int row, col, rows, cols;
};

/* Sizes below 1 and above UI_MAX_SIDE are moved to the nearest; the canvas is blank after.
 * -1 with NOMEM leaves it as it was. */
#define UI_MAX_SIDE 1000
GH_MUST_USE int ui_canvas_resize(
    struct ui_canvas *cv, int rows, int cols, struct gh_err *err);
void ui_canvas_free(struct ui_canvas *cv);
void ui_canvas_clear(struct ui_canvas *cv);
/* NULL outside. */
const struct ui_cell *ui_canvas_at(const struct ui_canvas *cv, int row, int col);

/* Writes s, clipped to the canvas and to at.width; a cut of four columns or more ends in
 * "..". Returns the columns used. */
int ui_put(struct ui_canvas *cv, struct ui_at at, enum ui_role role, const char *s);
int ui_putf(struct ui_canvas *cv, struct ui_at at, enum ui_role role, const char *fmt,
    ...) GH_PRINTF(4, 5);
/* The same, ending at column at.col + at.width - 1. */
int ui_put_right(struct ui_canvas *cv, struct ui_at at, enum ui_role role, const char *s);
/* Words into a box; returns the rows used. */
int ui_put_wrap(
    struct ui_canvas *cv, struct ui_box box, enum ui_role role, const char *s);
/* A horizontal rule over at.width columns. */
void ui_rule(struct ui_canvas *cv, struct ui_at at);
void ui_vrule(struct ui_canvas *cv, int col, int row, int rows);
/* Marks the row as selected. */
void ui_cursor_row(struct ui_canvas *cv, struct ui_at at);
/* Columns that s takes on this canvas. */
int ui_columns(const struct ui_canvas *cv, const char *s);

/* The canvas as text, trailing blanks cut; and as one letter per cell's role. */
void ui_canvas_text(const struct ui_canvas *cv, struct gh_buf *out);
void ui_canvas_roles(const struct ui_canvas *cv, struct gh_buf *out);
/* Appends the code point as UTF-8. */
void ui_utf8_add(struct gh_buf *out, uint32_t cp);
