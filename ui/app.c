/* SPDX-License-Identifier: Apache-2.0
 * The state of the console: views gone through, messages from the workers, input lines. */
#include "app.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "view.h"

enum { FLASH_S = 6 };

void ui_app_init(struct ui_app *a)
{
	memset(a, 0, sizeof(*a));
	a->n_trail = 1;
	a->rows = 24;
	a->cols = 80;
	a->high = 10;
}

void ui_app_free(struct ui_app *a)
{
	gh_model_free(&a->model);
	gh_model_free(&a->held);
	free(a->history);
	free(a->change);
	if (a->run)
		gh_result_free(a->run);
	free(a->run);
	for (size_t i = 0; i < UI_N_SHEETS; i++)
		ui_sheet_free(&a->sheet[i]);
	free(a->detail);
	free(a->copy);
	memset(a, 0, sizeof(*a));
}

void ui_app_flash(struct ui_app *a, enum ui_role role, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(a->look.flash, sizeof(a->look.flash), fmt, ap);
	va_end(ap);
	a->look.flash_role = role;
	a->flash_s = FLASH_S;
	a->flash_until = 0;
}

void ui_app_tick(struct ui_app *a, int64_t now)
{
	a->look.now = now;
	if (a->look.flash[0] && !a->flash_until)
		a->flash_until = now + a->flash_s;
	else if (now >= a->flash_until)
		a->look.flash[0] = '\0';
}

/* ---- where ----------------------------------------------------------------------------- */

static void remember_row(struct ui_app *a)
{
	ui_row_id(&a->look, a->look.at.sel, a->look.at.row, sizeof(a->look.at.row));
}

/* The row of that identity, or the old number as far as there are rows. */
static void find_row(struct ui_app *a)
{
	struct ui_place *p = &a->look.at;
	size_t n = ui_row_count(&a->look);
	char id[160];
	ui_row_id(&a->look, p->sel, id, sizeof(id));
	if (p->row[0] && strcmp(id, p->row) != 0)
		for (size_t i = 0; i < n; i++) {
			ui_row_id(&a->look, i, id, sizeof(id));
			if (strcmp(id, p->row) == 0) {
				p->sel = i;
				return;
			}
		}
	if (p->sel >= n)
		p->sel = n ? n - 1 : 0;
}

void ui_app_select(struct ui_app *a, const char *row)
{
	snprintf(a->look.at.row, sizeof(a->look.at.row), "%s", row);
	find_row(a);
}

static void enter(struct ui_app *a, const struct ui_place *p)
{
	a->look.at = *p;
	if (p->view == UI_HISTORY)
		ui_app_job(a, UI_J_HISTORY, p->host, "");
	ui_app_read_sheet(a);
	find_row(a);
}

void ui_app_read_sheet(struct ui_app *a)
{
	const struct ui_place *p = &a->look.at;
	if (UI_V(p->view) & UI_V_SHEETS)
		ui_app_job(a, UI_J_FACTS + (p->view - UI_FACTS), p->host, p->arg);
}

static bool text_view(enum ui_view v)
{
	return v == UI_DETAIL || v == UI_HELP;
}

void ui_app_go(struct ui_app *a, enum ui_view view, const char *host, unsigned int gpu)
{
	/* on a host, 3 opens the GPU that matters */
	if (view == UI_HOST)
		gpu = ui_worst_gpu(&a->look, host, gpu);
	struct ui_place to = {.view = view, .gpu = gpu};
	snprintf(to.host, sizeof(to.host), "%s", host);
	ui_app_go_to(a, &to);
}

void ui_app_go_to(struct ui_app *a, const struct ui_place *where)
{
	struct ui_place to = *where;
	enum ui_view view = to.view;
	to.sel = 0;
	to.row[0] = '\0';
	remember_row(a);
	a->trail[a->pos] = a->look.at;
	if (text_view(view) && !text_view(a->look.at.view))
		a->look.home = a->look.at;
	else if (!text_view(view))
		a->last = a->look.at;
	if (a->pos + 1 == UI_TRAIL) {
		memmove(&a->trail[0], &a->trail[1], sizeof(a->trail[0]) * (UI_TRAIL - 1));
		a->pos--;
	}
	a->pos++;
	a->n_trail = a->pos + 1;
	a->trail[a->pos] = to;
	a->look.filter[0] = '\0';
	enter(a, &to);
}

/* A text view cannot be entered again from the trail once its text is another one. */
static void step(struct ui_app *a, int by)
{
	size_t next = a->pos + (size_t)by; /* wraps below 0: caught by the comparison */
	remember_row(a);
	a->trail[a->pos] = a->look.at;
	while (next < a->n_trail && by > 0 && text_view(a->trail[next].view))
		next++;
	if (next >= a->n_trail) {
		ui_app_flash(a, UI_DIM,
		    by < 0 ? "no view before this one" : "no view after this one");
		return;
	}
	if (!text_view(a->look.at.view))
		a->last = a->look.at;
	a->pos = next;
	a->look.filter[0] = '\0';
	enter(a, &a->trail[next]);
}

void ui_app_back(struct ui_app *a)
{
	if (a->pos > 0)
		step(a, -1);
	else if (a->look.at.view != UI_FLEET && a->look.at.view != UI_FIRST)
		ui_app_go(a, UI_FLEET, "", 0);
}

void ui_app_forward(struct ui_app *a)
{
	step(a, 1);
}

/* ---- what workers say ------------------------------------------------------------------- */

void ui_app_model(struct ui_app *a, struct gh_model *m)
{
	if (a->look.frozen) {
		gh_model_free(&a->held);
		a->held = m;
		return;
	}
	remember_row(a);
	gh_model_free(&a->model);
	a->model = m;
	a->look.model = m;
	a->look.error = "";
	if (m && a->look.at.view == UI_FIRST) {
		a->look.lab_coming = false;
		ui_app_go(a, UI_FLEET, "", 0);
		a->pos = 0;
		a->n_trail = 1;
	}
	if (!a->touched) /* nobody chose a row yet: the worst one it is */
		a->look.at.sel = 0;
	else
		find_row(a);
}

static void set_busy(struct ui_look *l, const char *host, bool on)
{
	size_t i = 0;
	while (i < l->n_busy && strcmp(l->busy[i], host) != 0)
		i++;
	if (!on && i < l->n_busy)
		memmove(l->busy[i], l->busy[--l->n_busy], sizeof(l->busy[i]));
	else if (on && i == l->n_busy && i < UI_MAX_BUSY)
		snprintf(l->busy[l->n_busy++], sizeof(l->busy[0]), "%s", host);
}

static void on_event(struct ui_app *a, const struct ui_msg *m)
{
	struct ui_jobline *j = &a->look.job;
	if (m->event == GH_EVENT_HOST_STARTED)
		set_busy(&a->look, m->host, true);
	if (m->event == GH_EVENT_HOST_ATTESTED || m->event == GH_EVENT_HOST_FAILED)
		set_busy(&a->look, m->host, false);
	if (m->of) {
		j->done = m->done;
		j->of = m->of;
	}
	snprintf(j->step, sizeof(j->step), "%.30s%s%.60s", m->host, m->host[0] ? " " : "",
	    m->text);
}

static void on_end(struct ui_app *a, const struct ui_msg *m)
{
	bool is_long = ui_job_word(m->job_kind) != NULL;
	if (is_long) {
		a->look.n_busy = 0;
		a->look.job = (struct ui_jobline){0};
		a->look.lab_coming = false;
	}
	if (!m->ok && a->look.at.view == UI_FIRST)
		ui_app_flash(a, UI_FAIL, "the lab did not come up: %.200s", m->text);
	else if (!m->ok)
		ui_app_flash(a, UI_FAIL, "%.240s", m->text);
	else if (is_long)
		ui_app_flash(a, UI_OK, "job %u: %.200s", m->job, m->text);
	if (m->job_kind == UI_J_ENROL)
		a->flash_s += 24; /* what was pinned is there to be read */
}

static void on_started(struct ui_app *a, const struct ui_msg *m)
{
	a->look.job = (struct ui_jobline){.id = m->job, .started = a->look.now};
	snprintf(
	    a->look.job.what, sizeof(a->look.job.what), "%s", ui_job_word(m->job_kind));
	a->look.lab_coming = m->job_kind == UI_J_LAB_UP;
	if (a->look.flash_role == UI_RUN)
		a->look.flash[0] = '\0'; /* the job line says it from now on */
}

/* The newest table of its kind; one that came late for another place is not shown. */
static void on_sheet(struct ui_app *a, struct ui_msg *m)
{
	size_t i = m->job_kind - UI_J_FACTS;
	if (i >= UI_N_SHEETS)
		return;
	if (a->look.at.view == UI_FACTS + i && ui_sheet_of(&a->look))
		remember_row(a);
	ui_sheet_free(&a->sheet[i]);
	a->look.sheet[i] = a->sheet[i] = gh_take(m->sheet);
	find_row(a);
}

void ui_app_msg(struct ui_app *a, struct ui_msg *m)
{
	switch (m->kind) {
	case UI_M_STARTED:
		on_started(a, m);
		break;
	case UI_M_EVENT:
		on_event(a, m);
		break;
	case UI_M_MODEL:
		ui_app_model(a, gh_take(m->model));
		if (a->look.at.view == UI_HISTORY)
			ui_app_job(a, UI_J_HISTORY, a->look.at.host, "");
		if (!a->look.frozen)
			ui_app_read_sheet(a);
		break;
	case UI_M_HISTORY:
		if (a->look.at.view == UI_HISTORY)
			remember_row(a);
		free(a->history);
		a->look.history = a->history = gh_take(m->history);
		a->look.n_history = m->n;
		find_row(a);
		break;
	case UI_M_DIFF:
		free(a->change);
		a->look.change = a->change = gh_take(m->change);
		a->look.n_changes = m->n;
		break;
	case UI_M_RUN:
		if (a->run)
			gh_result_free(a->run);
		free(a->run);
		a->look.run = a->run = gh_take(m->run);
		snprintf(a->look.run_id, sizeof(a->look.run_id), "%.26s", m->text);
		find_row(a);
		break;
	case UI_M_SHEET:
		on_sheet(a, m);
		break;
	case UI_M_EXPORTED:
		ui_app_flash(a, UI_OK, "%.240s", m->text);
		a->flash_s += 24; /* a path is there to be read */
		break;
	case UI_M_ENDED:
		on_end(a, m);
		break;
	}
}

unsigned int ui_app_job(
    struct ui_app *a, enum ui_job_kind kind, const char *x, const char *y)
{
	return a->jobs ? ui_jobs_add(a->jobs, kind, x, y, NULL) : 0;
}

void ui_app_validate(struct ui_app *a, const char *host)
{
	unsigned int id = ui_app_job(a, UI_J_VALIDATE, host, "");
	if (id == 0)
		ui_app_flash(a, UI_DIM, "the same job waits already");
	else
		ui_app_flash(a, UI_RUN, "job %u: validate %s", id,
		    host[0] ? host : "the whole fleet");
}

void ui_app_set_theme(struct ui_app *a, const char *name)
{
	struct gh_err err = {0};
	if (ui_theme_load(&a->theme, name, &err) != 0) {
		ui_app_flash(a, UI_FAIL, "%.150s  %.80s", err.what, err.hint);
		return;
	}
	a->theme_changed = true;
	ui_app_flash(a, UI_TEXT, "theme %s", name);
}

/* ---- keys -------------------------------------------------------------------------------- */

static void input_done(struct ui_app *a, bool accept)
{
	char kind = a->look.input_kind, line[sizeof(a->look.input)];
	memcpy(line, a->look.input, sizeof(line));
	a->look.input_kind = 0;
	a->look.input[0] = '\0';
	if (kind == ':' && accept)
		ui_app_command(a, line);
	if (kind == '/' && !accept) {
		remember_row(a);
		a->look.filter[0] = '\0';
	}
	find_row(a);
}

/* The filter acts while it is typed. */
static void input_changed(struct ui_app *a)
{
	if (a->look.input_kind != '/')
		return;
	remember_row(a);
	snprintf(a->look.filter, sizeof(a->look.filter), "%.63s", a->look.input);
	find_row(a);
}

static void input_key(struct ui_app *a, int key)
{
	char *s = a->look.input;
	size_t n = strlen(s);
	if (key == UI_KEY_ENTER && !a->pasting) {
		input_done(a, true);
	} else if (key == UI_KEY_ESC || key == UI_CTRL('c')) {
		input_done(a, false);
	} else if (key == UI_KEY_BS) {
		if (n == 0) {
			input_done(a, false);
			return;
		}
		s[n - 1] = '\0';
		input_changed(a);
	} else if (key == '\t' && a->look.input_kind == ':') {
		ui_app_complete(a);
	} else if (key >= 0x20 && key < 0x7f && n + 1 < sizeof(a->look.input)) {
		s[n] = (char)key;
		s[n + 1] = '\0';
		input_changed(a);
	}
}

void ui_app_key(struct ui_app *a, int key)
{
	if (key == UI_KEY_PASTE || key == UI_KEY_PASTE_END) {
		a->pasting = key == UI_KEY_PASTE;
		return;
	}
	if (a->look.confirm.open) {
		ui_app_confirm_key(a, key);
		return;
	}
	if (a->look.input_kind) {
		input_key(a, key);
		return;
	}
	if (a->pasting) /* pasted text must never run as keys */
		return;
	a->touched = true;
	enum ui_action act = ui_key_action(a->look.at.view, key);
	if (act != UI_A_NONE)
		ui_app_act(a, act);
	else if (key != UI_KEY_OTHER && key > 0x20 && key < 0x7f)
		ui_app_flash(a, UI_DIM, "%c does nothing here; ? shows the keys", key);
}
