/* SPDX-License-Identifier: Apache-2.0
 * Tables: rows, their text, their memory. */
#include "sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "view.h"

enum { CELL_MAX = 4096 }; /* bytes of one text */

static char *clean(const char *text)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	gh_text_clean(&b, text, strlen(text), CELL_MAX);
	char *s = gh_buf_take_str(&b);
	if (!s)
		abort();
	return s;
}

struct ui_sheet *ui_sheet_new(const char *host, const char *arg)
{
	struct ui_sheet *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	snprintf(s->host, sizeof(s->host), "%s", host);
	snprintf(s->arg, sizeof(s->arg), "%s", arg);
	s->state = UI_ST_UNKNOWN;
	return s;
}

void ui_sheet_free(struct ui_sheet **sp)
{
	struct ui_sheet *s = *sp;

	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++) {
		struct ui_line *l = &s->line[i];

		for (size_t k = 0; k < UI_SHEET_COLS; k++)
			free(l->cell[k]);
		for (size_t k = 0; k < l->n_fields; k++)
			free(l->field[k].text);
		gh_json_free(&l->raw);
	}
	free(s->line);
	gh_result_free(&s->result);
	free(s);
	*sp = NULL;
}

struct ui_line *ui_sheet_add(struct ui_sheet *s, unsigned int part, const char *id)
{
	if (s->n == UI_SHEET_MAX || part >= UI_SHEET_PARTS)
		return NULL;
	if ((s->n & (s->n - 1)) == 0) { /* at 0, 1, 2, 4 ..: twice the room */
		size_t room = s->n ? 2 * s->n : 1;
		struct ui_line *more = realloc(s->line, room * sizeof(*more));

		if (!more)
			abort();
		s->line = more;
	}
	struct ui_line *l = &s->line[s->n++];
	*l = (struct ui_line){.part = part, .state = UI_ST_UNKNOWN};
	gh_text_clean_into(l->id, sizeof(l->id), id);
	return l;
}

void ui_line_cell(struct ui_line *l, size_t col, const char *text)
{
	if (col >= UI_SHEET_COLS)
		return;
	free(l->cell[col]);
	l->cell[col] = clean(text);
}

void ui_line_field(struct ui_line *l, const char *label, const char *text)
{
	if (!text[0] || l->n_fields == UI_SHEET_FIELDS)
		return;
	l->field[l->n_fields++] = (struct ui_field){label, clean(text)};
}

void ui_sheet_failed(struct ui_sheet *s, const struct gh_err *err)
{
	char text[420];

	snprintf(
	    text, sizeof(text), "%s%s%s", err->what, err->hint[0] ? ": " : "", err->hint);
	s->empty = true;
	gh_text_clean_into(s->line2, sizeof(s->line2), text);
}

bool ui_line_match(const struct ui_line *l, const char *filter)
{
	if (ui_match(filter, l->id) ||
	    (l->judged && ui_match(filter, ui_status(l->state)->word)))
		return true;
	for (size_t i = 0; i < UI_SHEET_COLS; i++)
		if (l->cell[i] && ui_match(filter, l->cell[i]))
			return true;
	for (size_t i = 0; i < l->n_fields; i++)
		if (ui_match(filter, l->field[i].text))
			return true;
	return false;
}

char *ui_line_words(const struct ui_line *l)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	if (l->judged)
		gh_buf_fmt(&b, "%s  ", ui_status(l->state)->word);
	gh_buf_fmt(&b, "%s\n\n", l->id);
	for (size_t i = 0; i < l->n_fields; i++)
		ui_words_field(&b, l->field[i].label, l->field[i].text);
	return gh_buf_take_str(&b);
}

char *ui_line_raw(const struct ui_line *l)
{
	gh_auto(struct gh_buf, gh_buf_free) raw = {0};
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_bytes rest, line;

	if (!l->raw)
		return NULL;
	gh_json_dump_pretty(&raw, l->raw);
	rest = gh_buf_view(&raw);
	while (gh_text_line(&rest, &line)) {
		gh_text_clean(&b, line.p, line.len, CELL_MAX);
		gh_buf_chr(&b, '\n');
	}
	return gh_buf_take_str(&b);
}
