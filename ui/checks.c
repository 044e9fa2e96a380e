/* SPDX-License-Identifier: Apache-2.0
 * Lists of checks in groups, and the pane that answers for one of them: expected, found,
 * from where, why it matters, what to do (screen B). */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "view.h"

bool ui_row_wanted(const struct ui_look *look, const struct gh_finding *f)
{
	if (look->faults && (f->verdict == GH_PASS || f->verdict == GH_SKIP))
		return false;
	return ui_match(look->filter, f->step) || ui_match(look->filter, f->title) ||
	       ui_match(look->filter, f->parent) || ui_match(look->filter, f->observed) ||
	       ui_match(look->filter, ui_status((enum ui_state)f->verdict)->word);
}

/* What puts a finding into its group: the GPU it is about, the group that the catalogue
 * gave it, else the second word of its step. */
static const char *group_key(const struct gh_finding *f, char *buf, size_t size)
{
	char host[64];
	const char *dot = strchr(f->step, '.'), *word = dot ? dot + 1 : f->step;
	if (ui_subject_gpu(f->subject, host, sizeof(host)) >= 0)
		snprintf(buf, size, "%s", f->subject);
	else if (f->parent[0])
		snprintf(buf, size, "%s", f->parent);
	else
		snprintf(buf, size, "%.*s", (int)strcspn(word, "."), word);
	return buf;
}

const char *ui_group_name(
    const struct ui_look *look, const struct gh_finding *f, char *buf, size_t size)
{
	group_key(f, buf, size);
	size_t code = strcspn(buf, " ");
	bool coded = code == 3 && buf[0] == 'G' && buf[1] >= '0' && buf[1] <= '9';
	if (coded && buf[code]) { /* "G05 TDX enablement" */
		memmove(buf, buf + code + 1, strlen(buf + code + 1) + 1);
		return buf;
	}
	for (size_t i = 0; coded && look->groups && i < look->groups->n; i++)
		if (strcmp(look->groups->at[i].code, buf) == 0)
			snprintf(buf, size, "%s", look->groups->at[i].name);
	return buf;
}

static bool same_group(const struct gh_finding *a, const struct gh_finding *b)
{
	char x[96], y[96];
	return strcmp(group_key(a, x, sizeof(x)), group_key(b, y, sizeof(y))) == 0;
}

void ui_rows_grouped(struct ui_rows *out, const struct ui_look *look,
    const struct gh_findings *fs, const char *subject)
{
	const struct gh_finding *all[UI_MAX_ROWS];
	bool taken[UI_MAX_ROWS] = {false};
	size_t n = 0;
	for (size_t i = 0; i < fs->n && n < UI_MAX_ROWS; i++)
		if ((!subject || strcmp(fs->at[i].subject, subject) == 0) &&
		    ui_row_wanted(look, &fs->at[i]))
			all[n++] = &fs->at[i];
	out->n = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = i; !taken[i] && k < n; k++)
			if (!taken[k] && (k == i || same_group(all[i], all[k]))) {
				taken[k] = k != i;
				out->f[out->n++] = all[k];
			}
}

int ui_badness(enum gh_verdict v)
{
	static const int rank[] = {[GH_FAIL] = 5,
	    [GH_UNKNOWN] = 4,
	    [GH_STALE] = 3,
	    [GH_WARN] = 2,
	    [GH_PASS] = 1,
	    [GH_SKIP] = 0};
	return (unsigned int)v < GH_COUNT(rank) ? rank[v] : 4;
}

bool ui_not_ok(enum gh_verdict v)
{
	return v != GH_PASS && v != GH_SKIP;
}

size_t ui_rows_groups(
    struct ui_group out[static UI_MAX_GROUPS], const struct ui_rows *rows)
{
	size_t n = 0;
	for (size_t i = 0; i < rows->n; i++) {
		const struct gh_finding *f = rows->f[i];
		if (i == 0 || !same_group(rows->f[i - 1], f)) {
			if (n == UI_MAX_GROUPS)
				break;
			out[n++] = (struct ui_group){.first = i, .worst = GH_SKIP};
		}
		struct ui_group *g = &out[n - 1];
		g->n++;
		g->n_ok += f->verdict == GH_PASS;
		g->n_bad += ui_not_ok(f->verdict);
		if (ui_badness(f->verdict) > ui_badness(g->worst))
			g->worst = f->verdict;
	}
	return n;
}

int ui_put_field(
    struct ui_canvas *cv, struct ui_box box, const char *label, const char *text)
{
	enum { LABEL = 10 };
	if (!text[0] || box.rows <= 0)
		return 0;
	ui_put(cv, UI_AT(box.row, box.col, LABEL), UI_DIM, label);
	struct ui_box in = {box.row, box.col + LABEL, box.rows, box.cols - LABEL};
	int n = ui_put_wrap(cv, in, UI_TEXT, text);
	return n ? n : 1;
}

void ui_put_finding(struct ui_canvas *cv, struct ui_box box, const struct gh_finding *f)
{
	static const char *const strength[] = {"A0, the host says so itself",
	    "A1, two independent paths agree", "A2, signed by the TPM",
	    "A3, signed by the hardware itself"};
	char text[128];
	int row = box.row, end = box.row + box.rows;
	if (box.cols < 12 || box.rows < 1)
		return;
	int n =
	    ui_put_status(cv, UI_AT(row, box.col, box.cols), (enum ui_state)f->verdict);
	ui_put(cv, UI_AT(row, box.col + n + 2, box.cols - n - 2), UI_TITLE, f->step);
	row += 1;
	row += ui_put_wrap(cv, (struct ui_box){row, box.col, end - row, box.cols},
		   UI_TEXT, f->title) +
	       1;
	snprintf(text, sizeof(text), "%s%s%s", gh_severity_word(f->severity),
	    f->code[0] ? ", code " : "", f->code);
	const struct {
		const char *label, *text;
		bool gap; /* a blank row after it */
	} part[] = {{"expected", f->expected, false}, {"found", f->observed, true},
	    {"why", f->why, false}, {"fix", f->verdict == GH_PASS ? "" : f->remedy, true},
	    {"source", f->source, false}, {"severity", text, false},
	    {"proof", strength[(unsigned int)f->assurance & 3], false},
	    {"root", f->lab ? "LAB key: proves nothing about real hardware" : "", false}};
	for (size_t i = 0; i < GH_COUNT(part); i++) {
		struct ui_box at = {row, box.col, end - row, box.cols};
		int used = ui_put_field(cv, at, part[i].label, part[i].text);
		row += used + (used && part[i].gap ? 1 : 0);
	}
}

void ui_put_claims(struct ui_canvas *cv, struct ui_box b, const struct gh_subject *s)
{
	const char *key;
	json_t *v;
	if (!s || !s->claims || b.rows < 3)
		return;
	ui_rule(cv, UI_AT(b.row, b.col, b.cols));
	ui_put(cv, UI_AT(b.row + 1, b.col, b.cols), UI_TITLE,
	    strcmp(s->kind, "host") == 0 ? "THE HOST SAYS" : "THE EVIDENCE STATES");
	int row = b.row + 2;
	json_object_foreach(s->claims, key, v)
	{
		const char *text = json_string_value(v);
		if (!text || row >= b.row + b.rows)
			continue;
		ui_put(cv, UI_AT(row, b.col, 17), UI_DIM, key);
		ui_put(cv, UI_AT(row, b.col + 18, b.cols - 18), UI_HASH, text);
		row++;
	}
}

void ui_put_check(
    struct ui_canvas *cv, struct ui_at at, const struct gh_finding *f, bool selected)
{
	int w = at.width - 10, step = w > 44 ? w / 2 : w > 24 ? 24 : w;
	ui_put_status(cv, UI_AT(at.row, at.col + 2, 7), (enum ui_state)f->verdict);
	ui_put(cv, UI_AT(at.row, at.col + 10, step - 1), UI_TEXT, f->step);
	ui_put(cv, UI_AT(at.row, at.col + 10 + step, w - step), UI_DIM,
	    f->observed[0] ? f->observed : f->title);
	if (selected) {
		ui_put(cv, UI_AT(at.row, at.col + 1, 1), UI_TITLE, ">");
		ui_cursor_row(cv, at);
	}
}

static size_t group_of(const struct ui_group *g, size_t n, size_t row)
{
	for (size_t i = 0; i < n; i++)
		if (row < g[i].first + g[i].n)
			return i;
	return n ? n - 1 : 0;
}

static void put_group(struct ui_canvas *cv, struct ui_at at, const struct ui_group *g,
    const char *name, bool selected)
{
	int count = at.width - 17;
	ui_put(cv, UI_AT(at.row, at.col + 1, count - 1), UI_TEXT, name);
	ui_putf(cv, UI_AT(at.row, at.col + count, 6), UI_TEXT, "%u/%zu", g->n_ok, g->n);
	const struct ui_status *s = ui_status((enum ui_state)g->worst);
	if (g->n_bad)
		ui_putf(cv, UI_AT(at.row, at.col + count + 7, 10), s->role, "%u %s",
		    g->n_bad, s->word);
	else
		ui_put(cv, UI_AT(at.row, at.col + count + 7, 10), s->role, s->word);
	if (selected) {
		ui_put(cv, UI_AT(at.row, at.col, 1), UI_TITLE, ">");
		ui_cursor_row(cv, at);
	}
}

/* Upper part: groups; lower part: the checks of the group with the cursor. */
static void put_groups_and_checks(const struct ui_look *look, struct ui_canvas *cv,
    struct ui_box b, const struct ui_rows *rows)
{
	struct ui_group g[UI_MAX_GROUPS];
	size_t n = ui_rows_groups(g, rows), cur = group_of(g, n, look->at.sel);
	int high = (int)n < b.rows / 2 ? (int)n : b.rows / 2;
	int row = b.row;
	ui_put(cv, UI_AT(row, b.col + 1, b.cols - 1), UI_TITLE, "GROUP");
	ui_put(cv, UI_AT(row++, b.col + b.cols - 17, 17), UI_TITLE, "ok/all");
	size_t top = ui_scroll(n, cur, high);
	for (int i = 0; i < high; i++, row++) {
		size_t k = top + (size_t)i;
		char name[96];
		ui_group_name(look, rows->f[g[k].first], name, sizeof(name));
		put_group(cv, UI_AT(row, b.col, b.cols), &g[k], name, k == cur);
	}
	ui_rule(cv, UI_AT(row++, b.col, b.cols));
	int left = b.row + b.rows - row;
	size_t in = look->at.sel - g[cur].first;
	top = ui_scroll(g[cur].n, in, left);
	for (int i = 0; i < left && top + (size_t)i < g[cur].n; i++) {
		size_t k = g[cur].first + top + (size_t)i;
		ui_put_check(
		    cv, UI_AT(row + i, b.col, b.cols), rows->f[k], k == look->at.sel);
	}
}

void ui_put_checks(const struct ui_look *look, struct ui_canvas *cv, struct ui_box b,
    const struct ui_rows *rows)
{
	size_t sel = look->at.sel;
	if (rows->n == 0 || sel >= rows->n) {
		ui_put(cv, UI_AT(b.row, b.col + 1, b.cols - 1), UI_DIM,
		    look->faults || look->filter[0] ? "nothing to show under this filter"
						    : "no finding is stored yet");
		return;
	}
	if (cv->cols < 80 || b.rows < 10) { /* one list, enter opens the rest */
		size_t top = ui_scroll(rows->n, sel, b.rows);
		for (int i = 0; i < b.rows && top + (size_t)i < rows->n; i++)
			ui_put_check(cv, UI_AT(b.row + i, b.col, b.cols),
			    rows->f[top + (size_t)i], top + (size_t)i == sel);
		return;
	}
	int left = b.cols * 55 / 100;
	ui_vrule(cv, b.col + left, b.row, b.rows);
	put_groups_and_checks(
	    look, cv, (struct ui_box){b.row, b.col, b.rows, left}, rows);
	struct ui_box pane = {b.row, b.col + left + 2, b.rows, b.cols - left - 2};
	ui_put_finding(cv, pane, rows->f[sel]);
}
