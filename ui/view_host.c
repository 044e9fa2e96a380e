/* SPDX-License-Identifier: Apache-2.0
 * Screen B: one host: its checks in groups, then its GPUs; also the view of a stored run. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "view.h"

static void host_rows(struct ui_rows *out, const struct ui_look *look)
{
	const struct gh_host_model *h = ui_host_of(look);
	out->n = 0;
	if (!h)
		return;
	ui_rows_grouped(out, look, &h->checks.findings, NULL);
	/* of each GPU that is not proven its first broken link, so that the host tells it too */
	const struct gh_findings *fs = &h->gpus.findings;
	for (size_t g = 0; g < h->n_gpus && g < GH_MODEL_GPUS; g++)
		for (size_t i = 0; i < fs->n && out->n < UI_MAX_ROWS; i++) {
			const struct gh_finding *f = &fs->at[i];
			bool bad = ui_not_ok(f->verdict);
			if (bad && strcmp(f->subject, h->gpu[g].subject) == 0 &&
			    ui_row_wanted(look, f)) {
				out->f[out->n++] = f;
				break;
			}
		}
}

static size_t host_count(const struct ui_look *look)
{
	struct ui_rows r;
	host_rows(&r, look);
	return r.n;
}

static void row_id(const struct ui_rows *r, size_t i, char *out, size_t size)
{
	snprintf(out, size, "%s %s", r->f[i]->subject, r->f[i]->step);
}

static bool row_bad(const struct ui_rows *r, size_t i)
{
	return ui_not_ok(r->f[i]->verdict);
}

static void host_id(const struct ui_look *look, size_t i, char *out, size_t size)
{
	struct ui_rows r;
	host_rows(&r, look);
	row_id(&r, i, out, size);
}

static bool host_bad(const struct ui_look *look, size_t i)
{
	struct ui_rows r;
	host_rows(&r, look);
	return row_bad(&r, i);
}

static const struct gh_finding *host_finding(const struct ui_look *look, size_t i)
{
	struct ui_rows r;
	host_rows(&r, look);
	return r.f[i];
}

/* "3 FAIL 1 WARN 57 ok": the counts add up to the number of checks. */
static void counts(char *out, size_t size, const struct gh_host_model *h)
{
	const struct {
		unsigned int n;
		const char *word;
	} part[] = {{h->n_fail, "FAIL"}, {h->n_unknown, "UNKN"}, {h->n_warn, "WARN"},
	    {h->n_pass, "ok"}, {h->n_skip, "n/a"}};
	size_t used = 0;
	out[0] = '\0';
	for (size_t i = 0; i < GH_COUNT(part) && used < size; i++)
		if (part[i].n) {
			int n = snprintf(out + used, size - used, "%s%u %s",
			    used ? " " : "", part[i].n, part[i].word);
			used += n > 0 ? (size_t)n : 0;
		}
}

/* "1 FAIL 7 ok" of the GPUs; the worst of them goes to *worst. */
static void gpu_counts(
    char *out, size_t size, const struct gh_host_model *h, enum gh_verdict *worst)
{
	unsigned int n[GH_SKIP + 1] = {0};
	static const enum gh_verdict order[] = {
	    GH_FAIL, GH_UNKNOWN, GH_STALE, GH_WARN, GH_PASS};
	size_t used = 0;
	out[0] = '\0';
	for (size_t i = 0; i < h->n_gpus && i < GH_MODEL_GPUS; i++) {
		n[(unsigned int)h->gpu[i].verdict % (GH_SKIP + 1)]++;
		*worst = gh_verdict_worse(*worst, h->gpu[i].verdict);
	}
	for (size_t i = 0; i < GH_COUNT(order) && used < size; i++)
		if (n[order[i]]) {
			int k = snprintf(out + used, size - used, "%s%u %s",
			    used ? " " : "   GPUs ", n[order[i]],
			    ui_status((enum ui_state)order[i])->word);
			used += k > 0 ? (size_t)k : 0;
		}
}

static void host_line2(const struct ui_look *look, struct ui_canvas *cv, struct ui_at at)
{
	const struct gh_host_model *h = ui_host_of(look);
	char text[300], n[96], gpus[96], age[16];
	if (!h) {
		ui_put_line2(cv, at, UI_ST_UNKNOWN, "no such host in this fleet");
		return;
	}
	enum gh_verdict worst = h->verdict;
	counts(n, sizeof(n), h);
	gpu_counts(gpus, sizeof(gpus), h, &worst);
	gh_time_age(age, sizeof(age), look->now - h->checked_at);
	const char *busy = ui_busy(look, h->name) ? "being checked now   " : "";
	if (h->checked_at == 0)
		snprintf(text, sizeof(text), "gate %s: %snever checked yet   press r",
		    gh_gate_word(h->gate), busy);
	else
		snprintf(text, sizeof(text), "gate %s: checks %s%s   %schecked %s ago",
		    gh_gate_word(h->gate), n, gpus, busy, age);
	ui_put_line2(cv, at, (enum ui_state)worst, text);
}

/* "GPUs  0 ok  1 ok  2 FAIL ..." */
static void put_gpu_line(
    struct ui_canvas *cv, int row, const struct gh_host_model *h, unsigned int sel)
{
	int col = ui_put(cv, UI_AT(row, 1, cv->cols - 1), UI_TITLE, "GPUs") + 3;
	for (size_t i = 0; i < h->n_gpus && i < GH_MODEL_GPUS; i++) {
		const struct ui_status *s = ui_status(ui_gpu_state(&h->gpu[i]));
		col += ui_putf(cv, UI_AT(row, col, cv->cols - col), UI_DIM, "%zu ", i);
		col += ui_put(cv, UI_AT(row, col, cv->cols - col), s->role, s->word) + 2;
	}
	ui_putf(cv, UI_AT(row, col + 1, cv->cols - col - 1), UI_KEY, "3 chain of GPU %u",
	    sel);
}

static void host_draw(
    const struct ui_look *look, struct ui_canvas *cv, const struct ui_frame *f)
{
	const struct gh_host_model *h = ui_host_of(look);
	struct ui_rows r;
	struct ui_box b = f->body;
	host_rows(&r, look);
	if (!h)
		return;
	if (f->full && h->n_gpus) {
		put_gpu_line(cv, b.row, h, look->at.gpu);
		ui_rule(cv, UI_AT(b.row + 1, 0, cv->cols));
		b.row += 2;
		b.rows -= 2;
	}
	ui_put_checks(look, cv, b, &r);
}

const struct ui_view_ops ui_host_ops = {
    .name = "host",
    .count = host_count,
    .id = host_id,
    .bad = host_bad,
    .finding = host_finding,
    .line2 = host_line2,
    .draw = host_draw,
};

/* ---- a stored run ---------------------------------------------------------------------- */

static void run_rows(struct ui_rows *out, const struct ui_look *look)
{
	out->n = 0;
	if (look->run)
		ui_rows_grouped(out, look, &look->run->findings, NULL);
}

static size_t run_count(const struct ui_look *look)
{
	struct ui_rows r;
	run_rows(&r, look);
	return r.n;
}

static void run_id(const struct ui_look *look, size_t i, char *out, size_t size)
{
	struct ui_rows r;
	run_rows(&r, look);
	row_id(&r, i, out, size);
}

static bool run_bad(const struct ui_look *look, size_t i)
{
	struct ui_rows r;
	run_rows(&r, look);
	return row_bad(&r, i);
}

static const struct gh_finding *run_finding(const struct ui_look *look, size_t i)
{
	struct ui_rows r;
	run_rows(&r, look);
	return r.f[i];
}

static void run_line2(const struct ui_look *look, struct ui_canvas *cv, struct ui_at at)
{
	char text[160], clock[GH_TIME_LEN];
	if (!look->run) {
		ui_put_line2(cv, at, UI_ST_UNKNOWN, "reading the run");
		return;
	}
	gh_time_text(clock, look->run->at);
	snprintf(text, sizeof(text), "run %s as it was found %s", look->run_id, clock);
	ui_put_line2(cv, at, (enum ui_state)gh_result_verdict(look->run), text);
}

static void run_draw(
    const struct ui_look *look, struct ui_canvas *cv, const struct ui_frame *f)
{
	struct ui_rows r;
	run_rows(&r, look);
	ui_put_checks(look, cv, f->body, &r);
}

const struct ui_view_ops ui_run_ops = {
    .name = "run",
    .count = run_count,
    .id = run_id,
    .bad = run_bad,
    .finding = run_finding,
    .line2 = run_line2,
    .draw = run_draw,
};
