/* SPDX-License-Identifier: Apache-2.0
 * The grid of cells and the only ways to write on it. */
#include "canvas.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static int clamp_side(int n)
{
	return n < 1 ? 1 : n > UI_MAX_SIDE ? UI_MAX_SIDE : n;
}

int ui_canvas_resize(struct ui_canvas *cv, int rows, int cols, struct gh_err *err)
{
	rows = clamp_side(rows);
	cols = clamp_side(cols);
	size_t n = (size_t)rows * (size_t)cols;
	struct ui_cell *cell = calloc(n, sizeof(*cell));
	if (!cell)
		return gh_fail(
		    err, GH_E_NOMEM, "no memory for a screen of %d x %d", cols, rows);
	free(cv->cell);
	cv->cell = cell;
	cv->rows = rows;
	cv->cols = cols;
	ui_canvas_clear(cv);
	return 0;
}

void ui_canvas_free(struct ui_canvas *cv)
{
	free(cv->cell);
	*cv = (struct ui_canvas){0};
}

void ui_canvas_clear(struct ui_canvas *cv)
{
	size_t n = (size_t)cv->rows * (size_t)cv->cols;
	for (size_t i = 0; i < n; i++)
		cv->cell[i] = (struct ui_cell){' ', UI_TEXT, 1, false};
}

static struct ui_cell *cell_at(const struct ui_canvas *cv, int row, int col)
{
	if (row < 0 || col < 0 || row >= cv->rows || col >= cv->cols)
		return NULL;
	return &cv->cell[(size_t)row * (size_t)cv->cols + (size_t)col];
}

const struct ui_cell *ui_canvas_at(const struct ui_canvas *cv, int row, int col)
{
	return cell_at(cv, row, col);
}

/* Lengths and smallest code points of UTF-8 sequences by lead byte (RFC 3629). */
static uint32_t next_code_point(const unsigned char **p)
{
	const unsigned char *s = *p;
	*p = s + 1;
	if (s[0] < 0x80)
		return s[0];
	int more = s[0] >= 0xf0 ? 3 : s[0] >= 0xe0 ? 2 : 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0xfffd;
	uint32_t cp = s[0] & (0x3fu >> more);
	for (int i = 1; i <= more; i++) {
		if ((s[i] & 0xc0) != 0x80) /* also stops at the NUL */
			return 0xfffd;
		cp = cp << 6 | (s[i] & 0x3f);
	}
	static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
	if (cp < least[more] || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		return 0xfffd;
	*p = s + more + 1;
	return cp;
}

/* Code points that terminals draw in no column, in another order, or each in its own way
 * (spec/console.md section 4, "escape injection"). */
static bool treacherous(uint32_t cp)
{
	static const uint32_t range[][2] = {{0x80, 0x9f}, {0xad, 0xad}, {0x61c, 0x61c},
	    {0x180e, 0x180e}, {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},
	    {0xe000, 0xf8ff}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xfff0, 0xffff},
	    {0xe0000, 0x10ffff}};
	for (size_t i = 0; i < GH_COUNT(range); i++)
		if (cp >= range[i][0] && cp <= range[i][1])
			return true;
	return false;
}

/* The code point to draw, and its columns. */
static uint32_t printable(const struct ui_canvas *cv, uint32_t cp, int *width)
{
	*width = 1;
	if (cp < 0x80)
		return cp < 0x20 || cp == 0x7f ? '?' : cp;
	if (!cv->utf8 || treacherous(cp))
		return '?';
	int w = wcwidth((wchar_t)cp);
	if (w != 1 && w != 2)
		return '?';
	*width = w;
	return cp;
}

int ui_columns(const struct ui_canvas *cv, const char *s)
{
	int sum = 0, w;
	const unsigned char *p = (const unsigned char *)s;
	while (*p && sum < 100000) {
		printable(cv, next_code_point(&p), &w);
		sum += w;
	}
	return sum;
}

/* Writing over half of a wide character blanks its other half. */
static void set_cell(struct ui_canvas *cv, int row, int col, struct ui_cell c)
{
	struct ui_cell *at = cell_at(cv, row, col);
	if (!at)
		return;
	struct ui_cell *left = at->width == 0 ? cell_at(cv, row, col - 1) : NULL;
	struct ui_cell *right = at->width == 2 ? cell_at(cv, row, col + 1) : NULL;
	if (left)
		left->ch = ' ', left->width = 1;
	if (right)
		right->ch = ' ', right->width = 1;
	c.cursor = at->cursor;
	*at = c;
}

static int put_upto(
    struct ui_canvas *cv, struct ui_at at, enum ui_role role, const char *s)
{
	int used = 0, w;
	const unsigned char *p = (const unsigned char *)s;
	while (*p) {
		uint32_t cp = printable(cv, next_code_point(&p), &w);
		if (used + w > at.width || at.col + used + w > cv->cols)
			break;
		set_cell(cv, at.row, at.col + used, (struct ui_cell){cp, role, w, false});
		if (w == 2)
			set_cell(cv, at.row, at.col + used + 1,
			    (struct ui_cell){0, role, 0, false});
		used += w;
	}
	return used;
}

int ui_put(struct ui_canvas *cv, struct ui_at at, enum ui_role role, const char *s)
{
	if (at.row < 0 || at.row >= cv->rows || at.col < 0)
		return 0;
	if (at.width > cv->cols - at.col)
		at.width = cv->cols - at.col;
	if (at.width <= 0)
		return 0;
	if (at.width < 4 || ui_columns(cv, s) <= at.width)
		return put_upto(cv, at, role, s);
	struct ui_at head = at;
	head.width -= 2;
	int used = put_upto(cv, head, role, s);
	struct ui_at tail = {at.row, at.col + used, 2};
	return used + put_upto(cv, tail, role, "..");
}

int ui_putf(
    struct ui_canvas *cv, struct ui_at at, enum ui_role role, const char *fmt, ...)
{
	char text[1024];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return ui_put(cv, at, role, text);
}

int ui_put_right(struct ui_canvas *cv, struct ui_at at, enum ui_role role, const char *s)
{
	int n = ui_columns(cv, s);
	if (n < at.width) {
		at.col += at.width - n;
		at.width = n;
	}
	return ui_put(cv, at, role, s);
}

/* Bytes of s that fit in width columns, broken at the last blank when there is one. */
static size_t line_bytes(const struct ui_canvas *cv, const char *s, int width)
{
	int used = 0, w;
	const unsigned char *p = (const unsigned char *)s, *blank = NULL;
	while (*p && *p != '\n') {
		const unsigned char *here = p;
		printable(cv, next_code_point(&p), &w);
		if (used + w > width) {
			const unsigned char *cut = blank && *here != ' ' ? blank : here;
			return (size_t)(cut - (const unsigned char *)s);
		}
		if (*here == ' ')
			blank = here;
		used += w;
	}
	return (size_t)(p - (const unsigned char *)s);
}

int ui_put_wrap(struct ui_canvas *cv, struct ui_box box, enum ui_role role, const char *s)
{
	int row = 0;
	if (box.cols <= 0)
		return 0;
	while (*s && row < box.rows) {
		size_t n = line_bytes(cv, s, box.cols);
		char line[1024];
		snprintf(line, sizeof(line), "%.*s", (int)(n < 1000 ? n : 1000), s);
		bool last = row + 1 == box.rows && s[n] && s[n] != '\n';
		ui_put(
		    cv, UI_AT(box.row + row, box.col, box.cols), role, last ? s : line);
		s += n;
		while (*s == ' ')
			s++;
		if (*s == '\n')
			s++;
		else if (n == 0 && *s) /* a wide character in one column */
			break;
		row++;
	}
	return row;
}

void ui_rule(struct ui_canvas *cv, struct ui_at at)
{
	for (int i = 0; i < at.width; i++)
		ui_put(cv, UI_AT(at.row, at.col + i, 1), UI_BORDER, "-");
}

void ui_vrule(struct ui_canvas *cv, int col, int row, int rows)
{
	for (int i = 0; i < rows; i++)
		ui_put(cv, UI_AT(row + i, col, 1), UI_BORDER, "|");
}

void ui_cursor_row(struct ui_canvas *cv, struct ui_at at)
{
	for (int i = 0; i < at.width; i++) {
		struct ui_cell *c = cell_at(cv, at.row, at.col + i);
		if (c)
			c->cursor = true;
	}
}

void ui_utf8_add(struct gh_buf *out, uint32_t cp)
{
	if (cp < 0x80) {
		gh_buf_chr(out, (char)cp);
		return;
	}
	int more = cp >= 0x10000 ? 3 : cp >= 0x800 ? 2 : 1;
	static const unsigned char lead[] = {0, 0xc0, 0xe0, 0xf0};
	gh_buf_chr(out, (char)(lead[more] | cp >> (6 * more)));
	while (more--)
		gh_buf_chr(out, (char)(0x80 | (cp >> (6 * more) & 0x3f)));
}

void ui_canvas_text(const struct ui_canvas *cv, struct gh_buf *out)
{
	for (int r = 0; r < cv->rows; r++) {
		int end = cv->cols;
		while (end > 0 && ui_canvas_at(cv, r, end - 1)->ch == ' ')
			end--;
		for (int c = 0; c < end; c++) {
			uint32_t ch = ui_canvas_at(cv, r, c)->ch;
			if (ch)
				ui_utf8_add(out, ch);
		}
		gh_buf_chr(out, '\n');
	}
}

void ui_canvas_roles(const struct ui_canvas *cv, struct gh_buf *out)
{
	static const char letter[UI_N_ROLES + 1] = ".dtbBcm*kKowfs?rOSPTlhgG";
	for (int r = 0; r < cv->rows; r++) {
		gh_buf_chr(out, ui_canvas_at(cv, r, 0)->cursor ? '>' : ' ');
		int end = cv->cols;
		while (end > 0 && ui_canvas_at(cv, r, end - 1)->ch == ' ')
			end--;
		for (int c = 0; c < end; c++) {
			const struct ui_cell *at = ui_canvas_at(cv, r, c);
			gh_buf_chr(out, at->ch == ' ' ? ' ' : letter[at->role]);
		}
		gh_buf_chr(out, '\n');
	}
}
