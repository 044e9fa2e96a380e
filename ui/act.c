/* SPDX-License-Identifier: Apache-2.0
 * What each action of the binding table does. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "base/clock.h"
#include "view.h"

/* ---- moving ------------------------------------------------------------------------------ */

static void move_by(struct ui_app *a, long by)
{
	size_t n = ui_row_count(&a->look), *sel = &a->look.at.sel;
	if (n == 0)
		return;
	if (by < 0)
		*sel = *sel > (size_t)-by ? *sel - (size_t)-by : 0;
	else
		*sel = *sel + (size_t)by < n ? *sel + (size_t)by : n - 1;
}

static void next_bad(struct ui_app *a, int dir)
{
	size_t n = ui_row_count(&a->look);
	for (size_t i = 1; i <= n; i++) {
		size_t k = (a->look.at.sel + (dir > 0 ? i : n - i)) % n;
		if (ui_row_bad(&a->look, k)) {
			a->look.at.sel = k;
			return;
		}
	}
	if (n == 0)
		ui_app_flash(a, UI_DIM, "nothing is listed here");
	else
		ui_app_flash(a, UI_OK, "everything here is ok");
}

static void move_group(struct ui_app *a, int dir)
{
	struct ui_rows r = {.n = 0};
	struct ui_group g[UI_MAX_GROUPS];
	const struct ui_view_ops *v = ui_view_ops_of(a->look.at.view);
	for (size_t i = 0, n = v->count(&a->look); i < n && i < UI_MAX_ROWS; i++)
		r.f[r.n++] = v->finding(&a->look, i);
	size_t n = ui_rows_groups(g, &r), cur = 0;
	while (cur + 1 < n && a->look.at.sel >= g[cur].first + g[cur].n)
		cur++;
	if (dir > 0 && cur + 1 < n)
		a->look.at.sel = g[cur + 1].first;
	if (dir < 0 && n)
		a->look.at.sel = g[cur ? cur - 1 : 0].first;
}

static void move_gpu(struct ui_app *a, int dir)
{
	char subject[80], host[64];
	ui_row_subject(&a->look, subject, sizeof(subject));
	ui_subject_gpu(subject, host, sizeof(host));
	const struct gh_host_model *h =
	    a->look.model ? gh_model_host(a->look.model, host) : NULL;
	if (!h || h->n_gpus == 0)
		return;
	unsigned int n =
	    h->n_gpus < GH_MODEL_GPUS ? (unsigned int)h->n_gpus : GH_MODEL_GPUS;
	a->look.at.gpu = (a->look.at.gpu + (dir > 0 ? 1 : n - 1)) % n;
	if (a->look.at.view == UI_CHAIN) {
		size_t rows = ui_row_count(&a->look);
		if (a->look.at.sel >= rows)
			a->look.at.sel = rows ? rows - 1 : 0;
	} else {
		ui_app_flash(a, UI_TEXT, "GPU %u of %s: 3 opens its chain",
		    a->look.at.gpu, h->name);
	}
}

/* The same view of the next host. */
static void move_host(struct ui_app *a, int dir)
{
	const struct gh_model *m = a->look.model;
	size_t n = m ? m->n_hosts : 0, i = 0;
	while (i < n && strcmp(m->host[i].name, a->look.at.host) != 0)
		i++;
	if (i == n || n < 2)
		return;
	snprintf(a->look.at.host, sizeof(a->look.at.host), "%s",
	    m->host[(i + (dir > 0 ? 1 : n - 1)) % n].name);
	ui_app_read_sheet(a);
}

static void move_sideways(struct ui_app *a, int dir)
{
	if ((UI_V(a->look.at.view) & UI_V_SHEETS) && a->look.at.host[0])
		move_host(a, dir);
	if (a->look.at.view == UI_HOST || a->look.at.view == UI_RUN_VIEW)
		move_group(a, dir);
	else if (a->look.at.view == UI_FLEET || a->look.at.view == UI_CHAIN)
		move_gpu(a, dir);
}

/* ---- acting ------------------------------------------------------------------------------ */

static void selected_host(const struct ui_app *a, char *host, size_t size)
{
	char subject[80];
	ui_row_subject(&a->look, subject, sizeof(subject));
	ui_subject_gpu(subject, host, size);
	if (a->look.at.view != UI_FLEET && a->look.at.host[0])
		snprintf(host, size, "%s", a->look.at.host);
	if (!a->look.model || !gh_model_host(a->look.model, host))
		host[0] = '\0';
}

static void set_side(struct ui_app *a, char *side)
{
	char id[160];
	ui_row_id(&a->look, a->look.at.sel, id, sizeof(id));
	snprintf(side, GH_ULID_LEN, "%.26s", id);
	if (!a->look.run_a[0] || !a->look.run_b[0])
		return;
	a->look.diff = true;
	ui_app_job(a, UI_J_DIFF, a->look.run_a, a->look.run_b);
}

/* The view as text, at least 100 x 30 so that nothing is folded away; of a table all
 * rows, as wide as a page in a ticket can be, and in full what is cut there. */
static void view_text(const struct ui_app *a, struct gh_buf *out)
{
	enum { AROUND = 22, TABLE_COLS = 149 }; /* frame, heading and pane */
	enum { FITS = 28 }; /* of a cell of that page, in every table */
	struct ui_canvas cv = {.utf8 = true};
	int rows = a->rows > 30 ? a->rows : 30, cols = a->cols > 100 ? a->cols : 100;
	int high = ui_sheet_high(&a->look);
	if (high && rows < high + AROUND)
		rows = high + AROUND;
	if (high && cols < TABLE_COLS)
		cols = TABLE_COLS;
	if (ui_canvas_resize(&cv, rows, cols, NULL) != 0)
		return;
	ui_draw(&a->look, &cv);
	ui_canvas_text(&cv, out);
	ui_canvas_free(&cv);
	ui_sheet_long(&a->look, FITS, out);
}

static void export_view(struct ui_app *a)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	char host[64];
	selected_host(a, host, sizeof(host));
	view_text(a, &text);
	if (!a->jobs || !ui_jobs_add(a->jobs, UI_J_EXPORT, host, "", gh_buf_cstr(&text)))
		ui_app_flash(a, UI_FAIL, "cannot export now");
	else
		ui_app_flash(a, UI_RUN, "making the report of %s",
		    host[0] ? host : "nothing: no host is selected, text only");
}

static void copy_row(struct ui_app *a)
{
	const struct gh_finding *f = ui_row_finding(&a->look);
	const struct ui_line *row = ui_sheet_row(&a->look);
	char id[160];
	ui_row_id(&a->look, a->look.at.sel, id, sizeof(id));
	free(a->copy);
	if (a->look.at.view == UI_DETAIL)
		a->copy = a->look.detail ? strdup(a->look.detail) : NULL;
	else
		a->copy = f ? ui_finding_words(f) : row ? ui_line_words(row) : strdup(id);
}

static void show_history(struct ui_app *a)
{
	char host[64];
	selected_host(a, host, sizeof(host));
	ui_app_go(a, UI_HISTORY, host, 0);
}

static void open_view(struct ui_app *a, enum ui_view view)
{
	char host[64];
	selected_host(a, host, sizeof(host));
	if (view == UI_FLEET)
		ui_app_go(a, UI_FLEET, "", 0);
	else if (!host[0])
		ui_app_flash(a, UI_DIM, "choose a host first: j and k on the fleet view");
	else if (a->look.at.view != view)
		ui_app_go(a, view, host, a->look.at.gpu);
}

static void redo(struct ui_app *a)
{
	char host[64];
	selected_host(a, host, sizeof(host));
	if (host[0])
		ui_app_validate(a, host);
	else
		ui_app_flash(a, UI_DIM, "choose a host first; R does the whole fleet");
}

static void freeze(struct ui_app *a)
{
	a->look.frozen = !a->look.frozen;
	if (!a->look.frozen && a->held)
		ui_app_model(a, gh_take(a->held));
	ui_app_flash(a, UI_STALE, a->look.frozen ? "FROZEN: p goes on" : "LIVE again");
}

static void cancel_job(struct ui_app *a)
{
	if (!a->jobs || a->look.job.id == 0) {
		ui_app_flash(a, UI_DIM, "no job is running");
		return;
	}
	ui_jobs_cancel(a->jobs);
	a->look.job.cancelling = true;
	ui_app_flash(a, UI_WARN, "job %u: asked to stop", a->look.job.id);
}

static void lab_up(struct ui_app *a)
{
	if (a->look.lab_coming)
		ui_app_flash(a, UI_DIM, "the lab is coming up already");
	else if (ui_app_job(a, UI_J_LAB_UP, "", ""))
		a->look.lab_coming = true;
}

static void toggle_faults(struct ui_app *a)
{
	char id[160];
	ui_row_id(&a->look, a->look.at.sel, id, sizeof(id));
	a->look.faults = !a->look.faults;
	ui_app_select(a, id);
}

static void toggle_order(struct ui_app *a)
{
	a->look.worst_first = !a->look.worst_first;
	a->look.at.sel = 0; /* the eye goes to the top: that is what it was asked for */
}

static void ask(struct ui_app *a, char kind)
{
	a->look.input_kind = kind;
	snprintf(a->look.input, sizeof(a->look.input), "%s",
	    kind == '/' ? a->look.filter : "");
}

static void quit_or_back(struct ui_app *a)
{
	if (a->look.at.view == UI_FLEET || a->look.at.view == UI_FIRST)
		a->quit = true;
	else
		ui_app_back(a);
}

static void help(struct ui_app *a)
{
	if (a->look.at.view != UI_HELP)
		ui_app_go(a, UI_HELP, a->look.at.host, a->look.at.gpu);
}

static void last_view(struct ui_app *a)
{
	struct ui_place to = a->last;
	if (a->n_trail == 1 && a->pos == 0 && !to.host[0] && to.view == a->look.at.view)
		return;
	ui_app_go_to(a, &to);
	ui_app_select(a, to.row);
}

static void move(struct ui_app *a, enum ui_action act)
{
	long page = a->high > 2 ? a->high - 1 : 1;
	static const int sign[] = {[UI_A_UP] = -1,
	    [UI_A_DOWN] = 1,
	    [UI_A_PAGE_UP] = -1,
	    [UI_A_PAGE_DOWN] = 1,
	    [UI_A_FIRST] = -1,
	    [UI_A_LAST] = 1};
	if (act == UI_A_UP || act == UI_A_DOWN)
		move_by(a, sign[act]);
	else if (act == UI_A_FIRST || act == UI_A_LAST)
		move_by(a, sign[act] * 100000L);
	else if (act == UI_A_PAGE_UP || act == UI_A_PAGE_DOWN)
		move_by(a, sign[act] * page);
	else
		move_sideways(a, act == UI_A_RIGHT ? 1 : -1);
}

void ui_app_act(struct ui_app *a, enum ui_action act) /* long: table */
{
	switch (act) {
	case UI_A_OPEN:
		ui_app_open(a);
		break;
	case UI_A_BACK:
		ui_app_back(a);
		break;
	case UI_A_QUIT:
		quit_or_back(a);
		break;
	case UI_A_COMMAND:
	case UI_A_FILTER:
		ask(a, act == UI_A_COMMAND ? ':' : '/');
		break;
	case UI_A_HELP:
		help(a);
		break;
	case UI_A_REDO:
		redo(a);
		break;
	case UI_A_REDO_ALL:
		ui_app_validate(a, "");
		break;
	case UI_A_FAULTS:
		toggle_faults(a);
		break;
	case UI_A_NEXT_BAD:
	case UI_A_PREV_BAD:
		next_bad(a, act == UI_A_NEXT_BAD ? 1 : -1);
		break;
	case UI_A_HISTORY:
		show_history(a);
		break;
	case UI_A_WHY:
		ui_app_why(a);
		break;
	case UI_A_RAW:
		ui_app_raw(a);
		break;
	case UI_A_EXPORT:
		export_view(a);
		break;
	case UI_A_COPY:
		copy_row(a);
		break;
	case UI_A_FLEET:
		open_view(a, UI_FLEET);
		break;
	case UI_A_HOST:
		open_view(a, UI_HOST);
		break;
	case UI_A_CHAIN:
		open_view(a, UI_CHAIN);
		break;
	case UI_A_OLDER:
	case UI_A_NEWER:
		if (act == UI_A_NEWER)
			ui_app_forward(a);
		else
			ui_app_back(a);
		break;
	case UI_A_LAST_VIEW:
		last_view(a);
		break;
	case UI_A_FREEZE:
		freeze(a);
		break;
	case UI_A_THEME:
		ui_app_set_theme(a, ui_theme_after(a->theme.name));
		break;
	case UI_A_REDRAW:
		a->redraw = true;
		break;
	case UI_A_SUSPEND:
		a->suspend = true;
		break;
	case UI_A_CANCEL:
		cancel_job(a);
		break;
	case UI_A_SET_A:
		set_side(a, a->look.run_a);
		break;
	case UI_A_SET_B:
		set_side(a, a->look.run_b);
		break;
	case UI_A_DIFF:
		a->look.diff = !a->look.diff;
		break;
	case UI_A_FACTS:
		open_view(a, UI_FACTS);
		break;
	case UI_A_ENROL:
		open_view(a, UI_ENROL);
		break;
	case UI_A_POLICY:
		open_view(a, UI_POLICY);
		break;
	case UI_A_CHECKS:
		ui_app_go(a, UI_CHECKS, "", 0);
		break;
	case UI_A_ACCEPT:
		ui_app_ask_enrol(a);
		break;
	case UI_A_WORST:
		toggle_order(a);
		break;
	case UI_A_LAB_UP:
		lab_up(a);
		break;
	default:
		move(a, act);
	}
}
