/* SPDX-License-Identifier: Apache-2.0
 * Screen A: what needs you, then the grid; below 80 columns its short form (screen H). */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "view.h"

enum { NEED_FULL = 96, GPU_WIDE = 5, STRIP = 13 };

static bool need_wanted(const struct ui_look *look, const struct gh_need *n)
{
	return ui_match(look->filter, n->subject) || ui_match(look->filter, n->text) ||
	       ui_match(look->filter, n->step) ||
	       ui_match(look->filter, ui_status((enum ui_state)n->verdict)->word);
}

static bool host_wanted(const struct ui_look *look, const struct gh_host_model *h)
{
	if (look->faults && h->verdict == GH_PASS)
		return false;
	return ui_match(look->filter, h->name) || ui_match(look->filter, h->tee) ||
	       ui_match(look->filter, gh_gate_word(h->gate)) ||
	       ui_match(look->filter, ui_status((enum ui_state)h->verdict)->word);
}

/* The rows under the filter: needs first, then hosts; as indexes into the model. */
struct shown {
	size_t need[GH_MODEL_NEEDS], n_needs;
	size_t host[UI_MAX_ROWS], n_hosts;
};

static void select_rows(struct shown *s, const struct ui_look *look)
{
	const struct gh_model *m = look->model;
	s->n_needs = s->n_hosts = 0;
	if (!m)
		return;
	for (size_t i = 0; i < m->n_needs && i < GH_MODEL_NEEDS; i++)
		if (need_wanted(look, &m->need[i]))
			s->need[s->n_needs++] = i;
	for (size_t i = 0; i < m->n_hosts && s->n_hosts < UI_MAX_ROWS; i++)
		if (host_wanted(look, &m->host[i]))
			s->host[s->n_hosts++] = i;
}

static size_t fleet_count(const struct ui_look *look)
{
	struct shown s;
	select_rows(&s, look);
	return s.n_needs + s.n_hosts;
}

static void fleet_id(const struct ui_look *look, size_t i, char *out, size_t size)
{
	struct shown s;
	select_rows(&s, look);
	if (i < s.n_needs) {
		const struct gh_need *n = &look->model->need[s.need[i]];
		snprintf(out, size, "need %s %s", n->subject, n->step);
	} else if (i - s.n_needs < s.n_hosts) {
		snprintf(
		    out, size, "host %s", look->model->host[s.host[i - s.n_needs]].name);
	}
}

static bool fleet_bad(const struct ui_look *look, size_t i)
{
	struct shown s;
	select_rows(&s, look);
	return i < s.n_needs ||
	       look->model->host[s.host[i - s.n_needs]].verdict != GH_PASS;
}

static const struct gh_finding *fleet_finding(const struct ui_look *look, size_t i)
{
	struct shown s;
	select_rows(&s, look);
	if (i >= s.n_needs)
		return NULL;
	const struct gh_need *n = &look->model->need[s.need[i]];
	char host[64];
	int gpu = ui_subject_gpu(n->subject, host, sizeof(host));
	const struct gh_host_model *h = gh_model_host(look->model, host);
	if (!h)
		return NULL;
	return gh_findings_get(
	    gpu >= 0 ? &h->gpus.findings : &h->checks.findings, n->subject, n->step);
}

static void fleet_line2(const struct ui_look *look, struct ui_canvas *cv, struct ui_at at)
{
	const struct gh_model *m = look->model;
	if (m)
		ui_put_line2(cv, at, (enum ui_state)m->verdict, m->sentence);
	else
		ui_put_line2(cv, at, UI_ST_UNKNOWN,
		    look->error && look->error[0] ? look->error : "reading the store");
}

/* ---- needs you ------------------------------------------------------------------------ */

/* Columns that stand right of the text, by the room there is. */
struct need_cols {
	int subject, text, since, age, blocks, key; /* 0 = not shown */
	int w_subject, w_text;
};

static struct need_cols need_cols(const struct gh_model *m, int cols)
{
	struct need_cols c = {.subject = 10, .w_subject = 8};
	for (size_t i = 0; i < m->n_needs; i++) {
		int n = (int)strlen(m->need[i].subject);
		c.w_subject = n > c.w_subject ? n : c.w_subject;
	}
	if (c.w_subject > 16)
		c.w_subject = 16;
	c.text = c.subject + c.w_subject + 1;
	int end = cols;
	if (cols >= NEED_FULL) {
		c.key = end -= 9;
		c.blocks = end -= 18;
	}
	c.age = end -= 6;
	if (cols >= 80)
		c.since = end -= 9;
	c.w_text = end - 1 - c.text;
	return c;
}

/* The key that goes on from such a row: where the cause is told. */
static const char *need_key(const struct gh_need *n)
{
	return n->verdict == GH_STALE     ? "r redo"
	       : n->verdict == GH_UNKNOWN ? "w why"
					  : "enter";
}

static void put_need(
    const struct ui_look *look, struct ui_canvas *cv, int row, const struct gh_need *n)
{
	struct need_cols c = need_cols(look->model, cv->cols);
	char age[16], clock[16];
	ui_put_status(cv, UI_AT(row, 1, 8), (enum ui_state)n->verdict);
	ui_put(cv, UI_AT(row, c.subject, c.w_subject), UI_TEXT, n->subject);
	ui_put(cv, UI_AT(row, c.text, c.w_text), UI_TEXT, n->text);
	gh_time_age(age, sizeof(age), look->now > n->since ? look->now - n->since : 0);
	if (c.since)
		ui_put(cv, UI_AT(row, c.since, 8), UI_DIM, ui_clock(clock, n->since));
	ui_put(cv, UI_AT(row, c.age, 5), UI_TEXT, n->since ? age : "-");
	if (c.blocks)
		ui_put(cv, UI_AT(row, c.blocks, 17), UI_TEXT, n->blocks);
	if (c.key)
		ui_put(cv, UI_AT(row, c.key, 9), UI_KEY, need_key(n));
}

static void put_need_head(const struct ui_look *look, struct ui_canvas *cv, int row)
{
	const struct gh_model *m = look->model;
	struct need_cols c = need_cols(m, cv->cols);
	ui_putf(cv, UI_AT(row, 1, c.text + c.w_text - 1), UI_TITLE,
	    m->n_needs ? "NEEDS YOU (%zu, worst first)" : "NOTHING NEEDS YOU",
	    m->n_needs);
	if (c.since)
		ui_put(cv, UI_AT(row, c.since, 8), UI_TITLE, "SINCE");
	ui_put(cv, UI_AT(row, c.age, 5), UI_TITLE, "FOR");
	if (c.blocks)
		ui_put(cv, UI_AT(row, c.blocks, 17), UI_TITLE, "BLOCKS");
	if (c.key)
		ui_put(cv, UI_AT(row, c.key, 9), UI_TITLE, "NEXT KEY");
}

static void mark_row(struct ui_canvas *cv, int row, bool selected)
{
	if (!selected)
		return;
	ui_put(cv, UI_AT(row, 0, 1), UI_TITLE, ">");
	ui_cursor_row(cv, UI_AT(row, 0, cv->cols));
}

/* ---- the grid ------------------------------------------------------------------------- */

enum ui_state ui_gpu_state(const struct gh_gpu_model *g)
{
	if (g->attested_at == 0 && g->verdict == GH_UNKNOWN)
		return UI_ST_NEVER;
	return (enum ui_state)g->verdict;
}

struct grid_cols {
	int w_host, tee, gate, checks, gpu, strip;
	size_t n_gpus; /* columns drawn */
	int w_gpu;
};

static struct grid_cols grid_cols(const struct gh_model *m, int cols)
{
	struct grid_cols g = {.w_host = 6, .w_gpu = GPU_WIDE};
	size_t most = 0;
	for (size_t i = 0; i < m->n_hosts; i++) {
		int n = (int)strlen(m->host[i].name);
		g.w_host = n > g.w_host ? n : g.w_host;
		most = m->host[i].n_gpus > most ? m->host[i].n_gpus : most;
	}
	if (g.w_host > cols / 5)
		g.w_host = cols / 5;
	int col = 1 + g.w_host + 1;
	bool full = cols >= 80;
	if (full) {
		g.tee = col;
		col += 5;
	}
	g.gate = col;
	col += full ? 6 : 5;
	if (full) {
		g.checks = col;
		col += 14;
	} else {
		g.w_gpu = 3;
	}
	g.gpu = col;
	g.n_gpus = most > GH_MODEL_GPUS ? GH_MODEL_GPUS : most;
	while (g.n_gpus && col + (int)g.n_gpus * g.w_gpu - 1 > cols)
		g.n_gpus--;
	col += (int)g.n_gpus * g.w_gpu;
	if (cols - col >= STRIP)
		g.strip = col;
	return g;
}

/* The GPU that 3 would open is the bright one while the cursor is on a host. */
static void put_grid_head(
    const struct ui_look *look, struct ui_canvas *cv, int row, size_t n_needs)
{
	struct grid_cols g = grid_cols(look->model, cv->cols);
	ui_put(cv, UI_AT(row, 1, g.w_host), UI_TITLE, "HOST");
	if (g.tee)
		ui_put(cv, UI_AT(row, g.tee, 4), UI_TITLE, "TEE");
	ui_put(cv, UI_AT(row, g.gate, 4), UI_TITLE, "GATE");
	if (g.checks)
		ui_put(cv, UI_AT(row, g.checks, 13), UI_TITLE, "HOST CHECKS");
	for (size_t i = 0; i < g.n_gpus; i++)
		ui_putf(cv, UI_AT(row, g.gpu + (int)i * g.w_gpu, g.w_gpu),
		    i == look->at.gpu && look->at.sel >= n_needs ? UI_KEY : UI_TITLE,
		    "%zu", i);
	if (g.strip)
		ui_put(cv, UI_AT(row, g.strip, cv->cols - g.strip), UI_TITLE,
		    cv->cols - g.strip >= 17 ? "24H (1 = 2h)" : "24H");
}

static void put_checks_cell(const struct ui_look *look, struct ui_canvas *cv,
    struct ui_at at, const struct gh_host_model *h)
{
	unsigned int all = h->n_pass + h->n_warn + h->n_fail + h->n_unknown;
	enum ui_state st = (enum ui_state)h->verdict;
	int n = 0;
	if (ui_busy(look, h->name))
		st = UI_ST_RUN;
	else if (h->checked_at == 0 && h->verdict == GH_UNKNOWN)
		st = UI_ST_NEVER;
	if (all)
		n = ui_putf(cv, at, UI_TEXT, "%u/%u ", h->n_pass, all);
	ui_put(cv, UI_AT(at.row, at.col + n, at.width - n), ui_status(st)->role,
	    st == UI_ST_RUN ? ui_status(st)->grid : ui_status(st)->word);
}

static enum ui_role strip_role(char c)
{
	return c == 'X'   ? UI_FAIL
	       : c == '!' ? UI_WARN
	       : c == '~' ? UI_STALE
	       : c == '?' ? UI_UNKNOWN
			  : UI_GRAPH_LOW;
}

static void put_host(const struct ui_look *look, struct ui_canvas *cv, int row,
    const struct gh_host_model *h)
{
	struct grid_cols g = grid_cols(look->model, cv->cols);
	ui_put(cv, UI_AT(row, 1, g.w_host), UI_TEXT, h->name);
	if (g.tee) {
		char tee[8];
		ui_put(cv, UI_AT(row, g.tee, 4), UI_TEXT, ui_tee_word(tee, h->tee));
	}
	ui_put(cv, UI_AT(row, g.gate, 4),
	    h->gate == GH_GATE_OPEN   ? UI_GATE_OPEN
	    : h->gate == GH_GATE_SHUT ? UI_GATE_SHUT
				      : UI_WARN,
	    gh_gate_word(h->gate));
	if (g.checks)
		put_checks_cell(look, cv, UI_AT(row, g.checks, 13), h);
	for (size_t i = 0; i < g.n_gpus && i < h->n_gpus; i++) {
		const struct ui_status *s = ui_status(ui_gpu_state(&h->gpu[i]));
		ui_put(cv, UI_AT(row, g.gpu + (int)i * g.w_gpu, g.w_gpu - 1), s->role,
		    cv->cols >= 80 ? s->grid : s->short2);
	}
	for (int i = 0; g.strip && i < 12 && h->strip[i]; i++) {
		char one[2] = {h->strip[i], 0};
		ui_put(cv, UI_AT(row, g.strip + i, 1), strip_role(one[0]), one);
	}
}

/* ---- the whole body ------------------------------------------------------------------- */

struct split {
	int needs_row, needs, rule, grid_head, grid_row, hosts;
};

/* Pure: how the body is shared. Hosts get what they need up to half, needs the rest. */
static struct split split_body(const struct ui_frame *f, size_t n_needs, size_t n_hosts)
{
	struct split s = {.rule = -1, .grid_head = -1, .needs_row = f->body.row};
	int left = f->body.rows;
	if (f->full) {
		s.needs_row++; /* its heading */
		left -= 3;     /* heading, rule, heading */
	} else if (left > 4) {
		left -= 1; /* rule */
	}
	int hosts = n_hosts < 1000 ? (int)n_hosts : 1000;
	int needs = n_needs < 1000 ? (int)n_needs : 1000;
	int half = left - left / 2;
	s.hosts = hosts < half || hosts + needs <= left ? hosts : half;
	s.needs = needs < left - s.hosts ? needs : left - s.hosts;
	if (s.needs < 0)
		s.needs = 0;
	if (s.hosts < left - s.needs)
		s.hosts = hosts < left - s.needs ? hosts : left - s.needs;
	int row = s.needs_row + s.needs;
	if (f->full || f->body.rows > 4)
		s.rule = row++;
	if (f->full)
		s.grid_head = row++;
	s.grid_row = row;
	return s;
}

/* Below the grid: how many hosts the filter hides; then the cause that the cursor is on, so
 * that most questions need no key. */
static void put_rest(
    const struct ui_look *look, struct ui_canvas *cv, const struct ui_frame *f, int row)
{
	struct shown s;
	int end = f->body.row + f->body.rows;
	select_rows(&s, look);
	if (row < end && s.n_hosts < look->model->n_hosts)
		ui_putf(cv, UI_AT(row++, 1, cv->cols - 1), UI_DIM,
		    "+ %zu hosts not shown (f, /)", look->model->n_hosts - s.n_hosts);
	const struct gh_finding *sel =
	    look->at.sel < s.n_needs ? fleet_finding(look, look->at.sel) : NULL;
	if (!f->full || end - row < 7)
		return;
	size_t k = look->at.sel - s.n_needs;
	if (look->at.sel >= s.n_needs && k < s.n_hosts) {
		const struct gh_host_model *h = &look->model->host[s.host[k]];
		ui_rule(cv, UI_AT(row, 0, cv->cols));
		ui_put_claims(cv, (struct ui_box){row, 1, end - row, cv->cols - 2},
		    gh_result_find(&h->checks, h->name));
	}
	if (!sel)
		return;
	ui_rule(cv, UI_AT(row, 0, cv->cols));
	ui_put_finding(cv, (struct ui_box){row + 1, 1, end - row - 1, cv->cols - 2}, sel);
}

static void put_nothing(
    const struct ui_look *look, struct ui_canvas *cv, const struct ui_box *b)
{
	ui_put_wrap(cv, (struct ui_box){b->row + 1, 2, b->rows - 1, b->cols - 4}, UI_TEXT,
	    look->error && look->error[0] ? look->error
					  : "Reading what is known about the fleet.");
}

static void fleet_draw(
    const struct ui_look *look, struct ui_canvas *cv, const struct ui_frame *f)
{
	struct shown s;
	select_rows(&s, look);
	if (!look->model) {
		put_nothing(look, cv, &f->body);
		return;
	}
	struct split p = split_body(f, s.n_needs, s.n_hosts);
	size_t sel = look->at.sel;
	if (f->full)
		put_need_head(look, cv, f->body.row);
	size_t top = ui_scroll(s.n_needs, sel < s.n_needs ? sel : 0, p.needs);
	for (int i = 0; i < p.needs; i++) {
		size_t k = top + (size_t)i;
		put_need(look, cv, p.needs_row + i, &look->model->need[s.need[k]]);
		mark_row(cv, p.needs_row + i, k == sel);
	}
	if (p.rule >= 0)
		ui_rule(cv, UI_AT(p.rule, 0, cv->cols));
	if (p.grid_head >= 0)
		put_grid_head(look, cv, p.grid_head, s.n_needs);
	top = ui_scroll(s.n_hosts, sel >= s.n_needs ? sel - s.n_needs : 0, p.hosts);
	for (int i = 0; i < p.hosts; i++) {
		size_t k = top + (size_t)i;
		put_host(look, cv, p.grid_row + i, &look->model->host[s.host[k]]);
		mark_row(cv, p.grid_row + i, s.n_needs + k == sel);
	}
	put_rest(look, cv, f, p.grid_row + p.hosts);
}

const struct ui_view_ops ui_fleet_ops = {
    .name = "fleet",
    .count = fleet_count,
    .id = fleet_id,
    .bad = fleet_bad,
    .finding = fleet_finding,
    .line2 = fleet_line2,
    .draw = fleet_draw,
};
