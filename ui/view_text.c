/* SPDX-License-Identifier: Apache-2.0
 * The views that are text: one finding in full, the keys, and the first run. */
#include <stdio.h>
#include <string.h>

#include "keys.h"
#include "view.h"

/* ---- detail: lines of look->detail ------------------------------------------------------ */

/* Line `want` of the text, or NULL past the last; *n is its length. */
static const char *line_at(const char *text, size_t want, size_t *n)
{
	if (!text)
		return NULL;
	for (const char *p = text; *p; p += p[*n] ? *n + 1 : *n) {
		*n = strcspn(p, "\n");
		if (want-- == 0)
			return p;
	}
	return NULL;
}

static size_t detail_count(const struct ui_look *look)
{
	size_t i = 0, n;
	while (line_at(look->detail, i, &n))
		i++;
	return i;
}

static void number_id(const struct ui_look *look, size_t i, char *out, size_t size)
{
	(void)look;
	snprintf(out, size, "line %zu", i);
}

static void detail_line2(
    const struct ui_look *look, struct ui_canvas *cv, struct ui_at at)
{
	struct ui_look from = *look;
	from.at = look->home;
	ui_view_ops_of(from.at.view)->line2(&from, cv, at);
}

static void detail_draw(
    const struct ui_look *look, struct ui_canvas *cv, const struct ui_frame *f)
{
	size_t n, count = detail_count(look);
	size_t top = ui_scroll(count, look->at.sel, f->body.rows);
	for (int i = 0; i < f->body.rows; i++) {
		const char *p = line_at(look->detail, top + (size_t)i, &n);
		if (!p)
			break;
		int row = f->body.row + i;
		ui_putf(cv, UI_AT(row, 1, cv->cols - 1), UI_TEXT, "%.*s",
		    (int)(n < 1000 ? n : 1000), p);
		if (top + (size_t)i == look->at.sel)
			ui_cursor_row(cv, UI_AT(row, 0, cv->cols));
	}
}

const struct ui_view_ops ui_detail_ops = {
    .name = "detail",
    .count = detail_count,
    .id = number_id,
    .line2 = detail_line2,
    .draw = detail_draw,
};

/* ---- help ------------------------------------------------------------------------------- */

static bool help_wanted(const struct ui_look *look, const struct ui_binding *b)
{
	char keys[48];
	ui_binding_keys(b, keys, sizeof(keys));
	return (b->views & UI_V(look->home.view)) &&
	       (ui_match(look->filter, b->text) || ui_match(look->filter, keys));
}

static const struct ui_binding *help_at(const struct ui_look *look, size_t want)
{
	size_t n;
	const struct ui_binding *b = ui_bindings(&n);
	for (size_t i = 0; i < n; i++)
		if (help_wanted(look, &b[i]) && want-- == 0)
			return &b[i];
	return NULL;
}

static size_t help_count(const struct ui_look *look)
{
	size_t n = 0;
	while (help_at(look, n))
		n++;
	return n;
}

static void help_line2(const struct ui_look *look, struct ui_canvas *cv, struct ui_at at)
{
	ui_putf(cv, at, UI_TITLE,
	    "KEYS of the %s view   enter runs one, / searches, esc goes back",
	    ui_view_ops_of(look->home.view)->name);
}

static void help_draw(
    const struct ui_look *look, struct ui_canvas *cv, const struct ui_frame *f)
{
	size_t n = help_count(look), top = ui_scroll(n, look->at.sel, f->body.rows);
	int cli = cv->cols >= 80 ? cv->cols - 34 : cv->cols;
	for (int i = 0; i < f->body.rows && top + (size_t)i < n; i++) {
		const struct ui_binding *b = help_at(look, top + (size_t)i);
		int row = f->body.row + i;
		char keys[48];
		ui_binding_keys(b, keys, sizeof(keys));
		ui_put(cv, UI_AT(row, 2, 13), UI_KEY, keys);
		ui_put(cv, UI_AT(row, 16, cli - 17), UI_TEXT, b->text);
		if (b->cli[0] != '-')
			ui_put(cv, UI_AT(row, cli, cv->cols - cli), UI_DIM, b->cli);
		if (top + (size_t)i == look->at.sel) {
			ui_put(cv, UI_AT(row, 0, 1), UI_TITLE, ">");
			ui_cursor_row(cv, UI_AT(row, 0, cv->cols));
		}
	}
}

const struct ui_view_ops ui_help_ops = {
    .name = "help",
    .count = help_count,
    .id = number_id,
    .line2 = help_line2,
    .draw = help_draw,
};

/* ---- first run --------------------------------------------------------------------------- */

static size_t no_rows(const struct ui_look *look)
{
	(void)look;
	return 0;
}

static void first_line2(const struct ui_look *look, struct ui_canvas *cv, struct ui_at at)
{
	if (look->lab_coming)
		ui_put_line2(cv, at, UI_ST_RUN, "the lab is coming up");
	else
		ui_put_line2(
		    cv, at, UI_ST_UNKNOWN, "there is no fleet file on this machine");
}

static void first_draw(
    const struct ui_look *look, struct ui_canvas *cv, const struct ui_frame *f)
{
	static const struct {
		enum ui_role role;
		const char *text;
	} part[] = {
	    {UI_TITLE, "Gatehouse proves a confidential-computing GPU fleet before it "
		       "computes."},
	    {UI_KEY,
		"l   bring the lab up: four hosts with eight GPUs each, on this machine, "
		"on loopback only. The hardware in it is played and says LAB; everything "
		"else is what you would run."},
	    {UI_TEXT,
		"Your own fleet: copy the commented example and name your hosts. From "
		"the source tree or, once installed, from its share folder:"},
	    {UI_LINK, "  cp inventory/fleet.example.yaml ~/.config/gatehouse/fleet.yaml"},
	    {UI_LINK, "  cp " GH_PREFIX "/share/gatehouse/inventory/fleet.example.yaml "
		      "~/.config/gatehouse/fleet.yaml"},
	    {UI_LINK, ""},
	    {UI_TEXT, "Then: gatehouse doctor, gatehouse validate, gatehouse."},
	};
	int row = f->body.row + 1, end = f->body.row + f->body.rows;
	for (size_t i = 0; i < GH_COUNT(part); i++)
		row += ui_put_wrap(cv, (struct ui_box){row, 2, end - row, cv->cols - 4},
			   part[i].role, part[i].text) +
		       (part[i].role != UI_LINK);
	if (look->error && look->error[0])
		ui_put_wrap(cv, (struct ui_box){row, 2, end - row, cv->cols - 4}, UI_FAIL,
		    look->error);
}

const struct ui_view_ops ui_first_ops = {
    .name = "first run",
    .count = no_rows,
    .id = number_id,
    .line2 = first_line2,
    .draw = first_draw,
};
