/* SPDX-License-Identifier: Apache-2.0
 * Screen D: the chain of trust of one GPU, in the order of proof. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "view.h"

/* ---- the tree -------------------------------------------------------------------------- */

struct tree {
	const struct gh_finding *f[UI_MAX_NODES];
	bool placed[UI_MAX_NODES];
	size_t n;
	struct ui_node *out;
	size_t n_out;
};

static void place(struct tree *t, size_t i, unsigned int depth, uint64_t bars);

static bool child_of(const struct tree *t, size_t i, const struct gh_finding *parent)
{
	return !t->placed[i] && (parent ? strcmp(t->f[i]->parent, parent->step) == 0 &&
					      strcmp(t->f[i]->step, parent->step) != 0
					: t->f[i]->parent[0] == '\0');
}

static void place_children(
    struct tree *t, const struct gh_finding *parent, unsigned int depth, uint64_t bars)
{
	size_t last = 0;
	for (size_t i = 0; i < t->n; i++)
		if (child_of(t, i, parent))
			last = i;
	for (size_t i = 0; i < t->n; i++)
		if (child_of(t, i, parent)) {
			uint64_t bit = i < last && depth < 64 ? 1ull << depth : 0;
			place(t, i, depth, bars | bit);
		}
}

/* Depth is bounded: each call places one of at most UI_MAX_NODES findings. */
static void place(struct tree *t, size_t i, unsigned int depth, uint64_t bars)
{
	t->placed[i] = true;
	t->out[t->n_out++] = (struct ui_node){.f = t->f[i],
	    .depth = depth,
	    .bars = bars,
	    .last = depth >= 64 || !(bars & 1ull << depth)};
	place_children(t, t->f[i], depth + 1, bars);
}

size_t ui_chain_nodes(struct ui_node out[static UI_MAX_NODES],
    const struct gh_findings *fs, const char *subject)
{
	struct tree t = {.out = out};
	for (size_t i = 0; i < fs->n && t.n < UI_MAX_NODES; i++)
		if (strcmp(fs->at[i].subject, subject) == 0)
			t.f[t.n++] = &fs->at[i];
	place_children(&t, NULL, 0, 0);
	for (size_t i = 0; i < t.n; i++) /* its parent is not here, or goes in a circle */
		if (!t.placed[i])
			place(&t, i, 0, 0);
	return t.n_out;
}

/* ---- the rows -------------------------------------------------------------------------- */

struct rows {
	struct ui_node node[UI_MAX_NODES];
	size_t n;
	char subject[80];
};

static void chain_rows(struct rows *r, const struct ui_look *look)
{
	const struct gh_host_model *h = ui_host_of(look);
	struct ui_node all[UI_MAX_NODES];
	snprintf(r->subject, sizeof(r->subject), "%s:%u", look->at.host, look->at.gpu);
	r->n = 0;
	if (!h)
		return;
	size_t n = ui_chain_nodes(all, &h->gpus.findings, r->subject);
	for (size_t i = 0; i < n; i++)
		if (ui_row_wanted(look, all[i].f))
			r->node[r->n++] = all[i];
}

static size_t chain_count(const struct ui_look *look)
{
	struct rows r;
	chain_rows(&r, look);
	return r.n;
}

static void chain_id(const struct ui_look *look, size_t i, char *out, size_t size)
{
	struct rows r;
	chain_rows(&r, look);
	snprintf(out, size, "%s %s", r.subject, r.node[i].f->step);
}

static bool chain_bad(const struct ui_look *look, size_t i)
{
	struct rows r;
	chain_rows(&r, look);
	return ui_not_ok(r.node[i].f->verdict);
}

static const struct gh_finding *chain_finding(const struct ui_look *look, size_t i)
{
	struct rows r;
	chain_rows(&r, look);
	return r.node[i].f;
}

/* The first of the worst: a warning above a failure is not what needs telling. */
static const struct gh_finding *worst_bad(const struct ui_node *n, size_t count)
{
	const struct gh_finding *bad = NULL;
	for (size_t i = 0; i < count; i++) {
		enum gh_verdict v = n[i].f->verdict;
		if (v == GH_PASS || v == GH_SKIP)
			continue;
		if (!bad || (v != bad->verdict && gh_verdict_worse(v, bad->verdict) == v))
			bad = n[i].f;
	}
	return bad;
}

static void chain_line2(const struct ui_look *look, struct ui_canvas *cv, struct ui_at at)
{
	const struct gh_host_model *h = ui_host_of(look);
	struct ui_node node[UI_MAX_NODES];
	char text[512], subject[80], clock[16];
	snprintf(subject, sizeof(subject), "%s:%u", look->at.host, look->at.gpu);
	size_t n = h ? ui_chain_nodes(node, &h->gpus.findings, subject) : 0;
	if (n == 0) {
		ui_put_line2(cv, at, UI_ST_UNKNOWN,
		    "NOT trusted: no evidence of this GPU has been read   press r");
		return;
	}
	const struct gh_gpu_model *g = &h->gpu[look->at.gpu % GH_MODEL_GPUS];
	size_t ok = 0;
	for (size_t i = 0; i < n; i++)
		ok += node[i].f->verdict == GH_PASS;
	const struct gh_finding *bad = worst_bad(node, n);
	ui_clock(clock, g->attested_at);
	if (g->verdict == GH_PASS)
		snprintf(text, sizeof(text),
		    "trusted%s: %zu of %zu steps verify.  Evidence from %s",
		    look->model->lab ? " by LAB roots only" : "", ok, n, clock);
	else if (g->verdict == GH_STALE || !bad)
		snprintf(text, sizeof(text),
		    "NOT trusted now: %zu of %zu steps verified, but at %s", ok, n,
		    clock);
	else
		snprintf(text, sizeof(text), "%strusted: %s%s%.120s.  Evidence from %s",
		    g->verdict == GH_WARN ? "" : "NOT ", bad->title,
		    bad->observed[0] ? ": " : "", bad->observed, clock);
	ui_put_line2(cv, at, (enum ui_state)g->verdict, text);
}

/* ---- drawing --------------------------------------------------------------------------- */

/* Not reached, because what it hangs below failed; what nobody asked for is "n/a". */
static bool is_stopped(const struct ui_node *n)
{
	return n->f->verdict == GH_SKIP && n->depth && n->f->severity != GH_SEV_INFO;
}

static void put_node(
    struct ui_canvas *cv, struct ui_at at, const struct ui_node *n, bool selected)
{
	int col = at.col + 1, res = at.col + at.width - 7;
	for (unsigned int d = 1; d < n->depth && d < 12; d++, col += 2)
		ui_put(
		    cv, UI_AT(at.row, col, 1), UI_BORDER, n->bars & 1ull << d ? "|" : "");
	if (n->depth)
		col +=
		    ui_put(cv, UI_AT(at.row, col, 2), UI_BORDER, n->last ? "`-" : "|-");
	int room = res - 1 - col, name = (int)strlen(n->f->title);
	int col2 = at.col + at.width * 11 / 20;
	if (col + name + 2 > col2)
		col2 = col + name + 2;
	col += ui_put(cv, UI_AT(at.row, col, room), UI_TEXT,
	    n->f->title[0] ? n->f->title : n->f->step);
	ui_put(cv, UI_AT(at.row, col2, res - 1 - col2), UI_DIM, n->f->observed);
	ui_put_status(cv, UI_AT(at.row, res, 7),
	    is_stopped(n) ? UI_ST_STOP : (enum ui_state)n->f->verdict);
	if (selected) {
		ui_put(cv, UI_AT(at.row, at.col, 1), UI_TITLE, ">");
		ui_cursor_row(cv, at);
	}
}

static void put_pane(const struct ui_look *look, struct ui_canvas *cv, struct ui_box b,
    const struct rows *r)
{
	const struct gh_host_model *h = ui_host_of(look);
	int claims = b.rows / 3;
	ui_put_finding(cv, (struct ui_box){b.row, b.col, b.rows - claims, b.cols},
	    r->node[look->at.sel].f);
	ui_put_claims(cv, (struct ui_box){b.row + b.rows - claims, b.col, claims, b.cols},
	    gh_result_find(&h->gpus, r->subject));
}

static void put_tree(const struct ui_look *look, struct ui_canvas *cv, struct ui_box b,
    const struct rows *r)
{
	ui_put(cv, UI_AT(b.row, b.col + 1, b.cols - 8), UI_TITLE,
	    "CHAIN OF TRUST (top = root)");
	ui_put(cv, UI_AT(b.row, b.col + b.cols - 7, 7), UI_TITLE, "RESULT");
	int high = b.rows - 1;
	size_t top = ui_scroll(r->n, look->at.sel, high);
	for (int i = 0; i < high && top + (size_t)i < r->n; i++)
		put_node(cv, UI_AT(b.row + 1 + i, b.col, b.cols),
		    &r->node[top + (size_t)i], top + (size_t)i == look->at.sel);
}

static void chain_draw(
    const struct ui_look *look, struct ui_canvas *cv, const struct ui_frame *f)
{
	struct rows r;
	struct ui_box b = f->body;
	chain_rows(&r, look);
	if (r.n == 0 || look->at.sel >= r.n) {
		ui_put(cv, UI_AT(b.row, 1, b.cols - 1), UI_DIM,
		    look->faults || look->filter[0] ? "nothing to show under this filter"
						    : "no evidence is stored yet");
		return;
	}
	if (!f->full) {
		put_tree(look, cv, b, &r);
		return;
	}
	ui_rule(cv, UI_AT(b.row + b.rows - 2, 0, b.cols));
	ui_putf(cv, UI_AT(b.row + b.rows - 1, 0, b.cols), UI_DIM,
	    " re-check the whole proof anywhere:  x exports it, then  gatehouse-verify "
	    "bundle "
	    "DIR%s",
	    look->model->lab ? " --lab" : "");
	b.rows -= 2;
	int left = b.cols * 56 / 100;
	put_tree(look, cv, (struct ui_box){b.row, 0, b.rows, left}, &r);
	ui_vrule(cv, left, b.row, b.rows);
	put_pane(
	    look, cv, (struct ui_box){b.row, left + 2, b.rows, b.cols - left - 2}, &r);
}

const struct ui_view_ops ui_chain_ops = {
    .name = "chain",
    .count = chain_count,
    .id = chain_id,
    .bad = chain_bad,
    .finding = chain_finding,
    .line2 = chain_line2,
    .draw = chain_draw,
};
