/* SPDX-License-Identifier: Apache-2.0
 * The frame around every view: where, how fresh, the verdict; job, breadcrumb, keys. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/text.h"
#include "keys.h"
#include "look.h"
#include "view.h"

const struct ui_view_ops *ui_view_ops_of(enum ui_view v)
{
	static const struct ui_view_ops *const ops[UI_N_VIEWS] = {
	    [UI_FLEET] = &ui_fleet_ops,
	    [UI_HOST] = &ui_host_ops,
	    [UI_CHAIN] = &ui_chain_ops,
	    [UI_HISTORY] = &ui_history_ops,
	    [UI_RUN_VIEW] = &ui_run_ops,
	    [UI_FACTS] = &ui_facts_ops,
	    [UI_ENROL] = &ui_enrol_ops,
	    [UI_POLICY] = &ui_policy_ops,
	    [UI_CHECKS] = &ui_checks_ops,
	    [UI_DETAIL] = &ui_detail_ops,
	    [UI_HELP] = &ui_help_ops,
	    [UI_FIRST] = &ui_first_ops,
	};
	return ops[(unsigned int)v < UI_N_VIEWS ? v : UI_FLEET];
}

struct ui_frame ui_frame_of(int rows, int cols)
{
	struct ui_frame f = {.job = -1, .crumbs = -1, .keys = -1, .full = false};
	int below;
	f.full = rows >= 20 && cols >= 80;
	f.top = rows >= 10 ? 3 : rows >= 2 ? 2 : 1;
	if (f.full) {
		f.job = rows - 3;
		f.crumbs = rows - 2;
		f.keys = rows - 1;
		below = 4; /* and a rule */
	} else if (rows >= 10) {
		f.job = rows - 2;
		f.keys = rows - 1;
		below = 2;
	} else {
		below = 0;
	}
	int high = rows - f.top - below;
	f.body = (struct ui_box){f.top, 0, high > 0 ? high : 0, cols};
	return f;
}

size_t ui_scroll(size_t n, size_t sel, int high)
{
	size_t h = high > 0 ? (size_t)high : 1;
	if (n <= h || sel < h / 2)
		return 0;
	size_t top = sel - h / 2;
	return top > n - h ? n - h : top;
}

const char *ui_clock(char out[static 16], int64_t at)
{
	char text[GH_TIME_LEN];
	if (at == 0) {
		snprintf(out, 16, "-");
		return out;
	}
	gh_time_text(text, at);
	snprintf(out, 16, "%.8s", text + 11);
	return out;
}

const char *ui_short_run(const char *run_id)
{
	size_t n = strlen(run_id);
	return n > 8 ? run_id + n - 8 : run_id;
}

bool ui_busy(const struct ui_look *look, const char *host)
{
	for (size_t i = 0; i < look->n_busy; i++)
		if (strcmp(look->busy[i], host) == 0)
			return true;
	return false;
}

bool ui_match(const char *filter, const char *text)
{
	return filter[0] == '\0' || strcasestr(text, filter) != NULL;
}

int ui_subject_gpu(const char *subject, char *host, size_t size)
{
	const char *colon = strrchr(subject, ':');
	uint64_t n;
	if (colon && gh_text_u64(gh_text_of(colon + 1), 10, &n) == 0 &&
	    n < GH_MODEL_GPUS) {
		snprintf(host, size, "%.*s", (int)(colon - subject), subject);
		return (int)n;
	}
	snprintf(host, size, "%s", subject);
	return -1;
}

const struct gh_host_model *ui_host_of(const struct ui_look *look)
{
	return look->model && look->at.host[0] ? gh_model_host(look->model, look->at.host)
					       : NULL;
}

unsigned int ui_worst_gpu(
    const struct ui_look *look, const char *host, unsigned int other)
{
	const struct gh_host_model *h =
	    look->model ? gh_model_host(look->model, host) : NULL;
	for (size_t i = 0; h && i < h->n_gpus && i < GH_MODEL_GPUS; i++)
		if (h->gpu[i].verdict != GH_PASS && h->gpu[i].verdict != GH_UNKNOWN)
			return (unsigned int)i;
	return other;
}

const char *ui_tee_word(char out[static 8], const char *tee)
{
	size_t i = 0;
	for (; i < 7 && tee[i]; i++)
		out[i] = tee[i] >= 'a' && tee[i] <= 'z' ? (char)(tee[i] - 32) : tee[i];
	out[i] = '\0';
	return out;
}

static size_t gpus_of(const struct gh_model *m)
{
	size_t n = 0;
	for (size_t i = 0; i < m->n_hosts; i++)
		n += m->host[i].n_gpus;
	return n;
}

/* "LIVE  oldest fact 41s" with the role of its first word. */
static enum ui_role freshness(
    const struct ui_look *look, bool full, char *out, size_t size)
{
	const struct gh_model *m = look->model;
	char age[16];
	if (!m || m->oldest == 0) {
		snprintf(out, size, "%s", look->n_busy ? "READING" : "NEVER READ");
		return UI_UNKNOWN;
	}
	bool stale = look->now - m->oldest > (int64_t)m->fresh_s;
	gh_time_age(age, sizeof(age), look->now > m->oldest ? look->now - m->oldest : 0);
	snprintf(out, size, "%s  %s%s",
	    look->frozen ? "FROZEN"
	    : stale      ? "STALE"
			 : "LIVE",
	    full ? "oldest fact " : "", age);
	return look->frozen || stale ? UI_STALE : UI_OK;
}

static void put_line1(
    const struct ui_look *look, struct ui_canvas *cv, const struct ui_frame *f)
{
	const struct gh_model *m = look->model;
	char fresh[64], clock[16], right[96], tee[8];
	bool wide_screen = f->full && cv->cols >= 96;
	enum ui_role role = freshness(look, wide_screen, fresh, sizeof(fresh));
	ui_clock(clock, look->now);
	if (cv->cols >= 56)
		snprintf(right, sizeof(right), "%s%s%s UTC", fresh,
		    wide_screen ? "      " : " ", clock);
	else
		snprintf(right, sizeof(right), "%s", fresh);
	int wide = ui_columns(cv, right), end = cv->cols;
	if (wide + 12 < end) {
		int at = end - wide;
		ui_put(cv, UI_AT(0, at, end - at), UI_TEXT, right);
		ui_put(cv, UI_AT(0, at, (int)strlen(fresh)), role, fresh);
		end = at - 1;
	}
	int col = 0;
	if (cv->cols >= 56)
		col += ui_put(cv, UI_AT(0, col, end - col), UI_TITLE, "gatehouse") + 2;
	if (m && m->lab) /* before the name: it must never be cut away */
		col += ui_put(cv, UI_AT(0, col, end - col), UI_CONTEXT_TEST, "LAB") + 2;
	col += ui_put(cv, UI_AT(0, col, end - col), UI_CONTEXT_PROD,
		   m ? m->fleet : "no fleet") +
	       2;
	if (f->full)
		col += ui_put(cv, UI_AT(0, col, end - col), UI_DIM, "READ-ONLY") + 3;
	const struct gh_host_model *h =
	    look->at.view == UI_FLEET ? NULL : ui_host_of(look);
	if (h && look->at.view == UI_CHAIN)
		ui_putf(cv, UI_AT(0, col, end - col), UI_TITLE, "%s:%u", h->name,
		    look->at.gpu);
	else if (h)
		ui_putf(cv, UI_AT(0, col, end - col), UI_TITLE, "%s  %s  %s", h->name,
		    h->product, ui_tee_word(tee, h->tee));
	else if (m && f->full)
		ui_putf(cv, UI_AT(0, col, end - col), UI_TEXT, "%zu host%s  %zu GPUs",
		    m->n_hosts, m->n_hosts == 1 ? "" : "s", gpus_of(m));
}

void ui_put_line2(
    struct ui_canvas *cv, struct ui_at at, enum ui_state st, const char *text)
{
	const struct ui_status *s = ui_status(st);
	int n = ui_put(cv, at, s->role, s->word);
	ui_put(cv, UI_AT(at.row, at.col + n + 2, at.width - n - 2), UI_TEXT, text);
}

static void put_job(const struct ui_look *look, struct ui_canvas *cv, int row)
{
	const struct ui_jobline *j = &look->job;
	static const char spinner[] = "|/-\\";
	if (j->id == 0)
		return;
	char age[16], bar[20];
	gh_time_age(
	    age, sizeof(age), look->now > j->started ? look->now - j->started : 0);
	unsigned int full = j->of ? 16 * (j->done < j->of ? j->done : j->of) / j->of : 0;
	for (unsigned int i = 0; i < 16; i++)
		bar[i] = i < full ? '#' : '-';
	bar[16] = '\0';
	int col = ui_putf(cv, UI_AT(row, 0, cv->cols), UI_RUN, " JOB %u %c ", j->id,
	    spinner[look->tick % 4]);
	int end = cv->cols;
	if (cv->cols >= 80) {
		end = cv->cols - 10;
		ui_put(cv, UI_AT(row, end + 1, 9), UI_KEY, "^k cancel");
	}
	ui_putf(cv, UI_AT(row, col, end - col), UI_TEXT, " %s  [%s]  %u/%u  %s%s  %s",
	    j->what, bar, j->done, j->of, j->cancelling ? "cancelling  " : "", age,
	    j->step);
}

static void put_crumbs(const struct ui_look *look, struct ui_canvas *cv, int row)
{
	char left[256], right[128] = "";
	const char *host = look->at.host;
	size_t n = (size_t)snprintf(left, sizeof(left), " fleet");
	if (look->at.view == UI_FLEET && look->fleet_path && cv->cols >= 96)
		snprintf(left + n, sizeof(left) - n, "   %s", look->fleet_path);
	if (look->at.view == UI_FIRST)
		snprintf(left, sizeof(left), " first run");
	if (look->at.view != UI_FLEET && look->at.view != UI_FIRST && host[0])
		n += (size_t)snprintf(left + n, sizeof(left) - n, " > %s", host);
	if (look->at.view == UI_CHAIN)
		snprintf(left + n, sizeof(left) - n, " > GPU %u > chain", look->at.gpu);
	else if (look->at.view >= UI_HISTORY && look->at.view != UI_FIRST)
		snprintf(left + n, sizeof(left) - n, " > %s",
		    ui_view_ops_of(look->at.view)->name);
	snprintf(right, sizeof(right), "%sshow: %s  filter: %s ",
	    !(UI_V(look->at.view) & UI_V_SHEETS) ? ""
	    : look->worst_first                  ? "sort: worst  "
						 : "sort: name  ",
	    look->faults ? "only not-ok" : "all", look->filter[0] ? look->filter : "-");
	int used = ui_put(cv, UI_AT(row, 0, cv->cols), UI_DIM, left);
	ui_put_right(cv, UI_AT(row, used + 1, cv->cols - used - 1), UI_DIM, right);
}

static void put_bottom(
    const struct ui_look *look, struct ui_canvas *cv, const struct ui_frame *f)
{
	if (f->full)
		ui_rule(cv, UI_AT(f->job - 1, 0, cv->cols));
	/* what was just said stands on the job line, and beside a job on the next one */
	bool beside = look->job.id && f->crumbs >= 0;
	if (f->job >= 0 && (!look->flash[0] || beside))
		put_job(look, cv, f->job);
	if (f->crumbs >= 0)
		put_crumbs(look, cv, f->crumbs);
	int said = beside ? f->crumbs : f->job;
	if (look->flash[0] && said >= 0) {
		for (int c = 0; c < cv->cols; c++)
			ui_put(cv, UI_AT(said, c, 1), UI_TEXT, " ");
		ui_put(cv, UI_AT(said, 0, cv->cols), look->flash_role, look->flash);
	}
	int row = f->keys >= 0 ? f->keys : cv->rows - 1;
	if (look->input_kind && !look->confirm.open) {
		for (int c = 0; c < cv->cols; c++)
			ui_put(cv, UI_AT(row, c, 1), UI_TEXT, " ");
		ui_putf(cv, UI_AT(row, 0, cv->cols), UI_TITLE, "%c%s_", look->input_kind,
		    look->input);
	} else if (f->keys >= 0) {
		ui_put_hints(cv, UI_AT(f->keys, 1, cv->cols - 1), look->at.view);
	}
}

/* Below every useful size one line remains: the verdict, its word never cut by more than
 * the screen itself. */
static void put_verdict_only(const struct ui_look *look, struct ui_canvas *cv)
{
	const struct gh_model *m = look->model;
	char text[220];
	snprintf(text, sizeof(text), "%s%s", m && m->lab ? "LAB " : "",
	    m ? m->sentence : "no fleet yet");
	ui_put_line2(cv, UI_AT(0, 0, cv->cols),
	    m ? (enum ui_state)m->verdict : UI_ST_UNKNOWN, text);
	if (cv->rows > 1)
		ui_put(cv, UI_AT(cv->rows - 1, 0, cv->cols), UI_DIM,
		    "make the window larger");
}

static void put_question(const struct ui_look *look, struct ui_canvas *cv)
{
	struct ui_confirm c = look->confirm;
	c.typed = look->input;
	ui_put_confirm(cv, &c);
}

void ui_draw(const struct ui_look *look, struct ui_canvas *cv)
{
	ui_canvas_clear(cv);
	struct ui_frame f = ui_frame_of(cv->rows, cv->cols);
	if (look->confirm.open && (cv->rows < 6 || cv->cols < 30)) {
		put_question(look, cv);
		return;
	}
	if (cv->rows < 6 || cv->cols < 30) {
		put_verdict_only(look, cv);
		if (look->input_kind)
			put_bottom(look, cv, &f);
		return;
	}
	const struct ui_view_ops *v = ui_view_ops_of(look->at.view);
	put_line1(look, cv, &f);
	v->line2(look, cv, UI_AT(1, 0, cv->cols));
	if (f.top > 2)
		ui_rule(cv, UI_AT(2, 0, cv->cols));
	v->draw(look, cv, &f);
	put_bottom(look, cv, &f);
	if (look->confirm.open)
		put_question(look, cv);
}

size_t ui_row_count(const struct ui_look *look)
{
	return ui_view_ops_of(look->at.view)->count(look);
}

void ui_row_id(const struct ui_look *look, size_t i, char *out, size_t size)
{
	out[0] = '\0';
	if (i < ui_row_count(look))
		ui_view_ops_of(look->at.view)->id(look, i, out, size);
}

bool ui_row_bad(const struct ui_look *look, size_t i)
{
	const struct ui_view_ops *v = ui_view_ops_of(look->at.view);
	return v->bad && i < v->count(look) && v->bad(look, i);
}

const struct gh_finding *ui_row_finding(const struct ui_look *look)
{
	const struct ui_view_ops *v = ui_view_ops_of(look->at.view);
	return v->finding && look->at.sel < v->count(look)
		   ? v->finding(look, look->at.sel)
		   : NULL;
}

void ui_row_subject(const struct ui_look *look, char *out, size_t size)
{
	const struct gh_finding *f = ui_row_finding(look);
	char id[160];
	out[0] = '\0';
	if (f) {
		snprintf(out, size, "%s", f->subject);
		return;
	}
	ui_row_id(look, look->at.sel, id, sizeof(id));
	if (look->at.view == UI_FLEET && strncmp(id, "host ", 5) == 0)
		snprintf(out, size, "%s", id + 5);
	else if (look->at.host[0])
		snprintf(out, size, "%s", look->at.host);
}
