/* SPDX-License-Identifier: Apache-2.0
 * History: runs as rows, one run in full, two runs side by side (declared in model.h). */
#include <stdio.h>
#include <stdlib.h>

#include "ops/internal.h"
#include "ops/model.h"

int gh_history_load(struct gh_session *s, const char *host, size_t limit,
    struct gh_history_row **out, size_t *n, struct gh_err *err)
{
	gh_auto(struct gh_runs, gh_runs_free) runs = {0};
	struct gh_history_row *row;

	if (gh_store_runs(s->store, host, NULL, limit, &runs, err) < 0)
		return -1;
	row = calloc(runs.n + 1, sizeof *row);
	if (row == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	for (size_t i = 0; i < runs.n; i++) {
		const struct gh_run *r = &runs.at[i];

		memcpy(row[i].run_id, r->id, sizeof row[i].run_id);
		memcpy(row[i].host, r->host, sizeof row[i].host);
		memcpy(row[i].kind, r->kind, sizeof row[i].kind);
		memcpy(row[i].by, r->by, sizeof row[i].by);
		row[i].started = r->started;
		row[i].took_ms = r->took_ms;
		row[i].verdict = r->verdict;
		row[i].n_pass = r->n_pass;
		row[i].n_warn = r->n_warn;
		row[i].n_fail = r->n_fail;
		row[i].n_unknown = r->n_unknown;
		row[i].lab = r->lab;
	}
	*out = row;
	*n = runs.n;
	return 0;
}

int gh_history_result(
    struct gh_session *s, const char *run_id, struct gh_result *out, struct gh_err *err)
{
	struct gh_run run;
	int got = gh_store_run(s->store, run_id, &run, err);

	if (got < 0)
		return -1;
	if (got == 0) {
		gh_fail(err, GH_E_USAGE, "there is no run '%s'", run_id);
		return gh_err_hint(err, "gatehouse history lists the runs");
	}
	return gh_store_result(s->store, run.id, out, err);
}

/* ---- diff ------------------------------------------------------------------------------ */

struct changes {
	struct gh_change *at;
	size_t n, cap;
};

static void put_side(char out[200], enum gh_verdict *v, const struct gh_finding *f)
{
	*v = f->verdict;
	snprintf(out, 200, "%s %s", gh_verdict_word(f->verdict),
	    f->observed[0] != '\0' ? f->observed : f->why);
}

static int add_change(struct changes *c, const struct gh_finding *a,
    const struct gh_finding *b, struct gh_err *err)
{
	const struct gh_finding *any = a != NULL ? a : b;
	struct gh_change *row;

	if (c->n == c->cap) {
		size_t cap = c->cap == 0 ? 64 : c->cap * 2;
		struct gh_change *at = realloc(c->at, cap * sizeof *at);

		if (at == NULL)
			return gh_fail(err, GH_E_NOMEM, "out of memory");
		c->at = at;
		c->cap = cap;
	}
	row = &c->at[c->n++];
	*row = (struct gh_change){0};
	snprintf(row->subject, sizeof row->subject, "%s", any->subject);
	snprintf(row->step, sizeof row->step, "%s", any->step);
	if (a != NULL)
		put_side(row->a, &row->va, a);
	if (b != NULL)
		put_side(row->b, &row->vb, b);
	return 0;
}

static int compare(struct changes *c, const struct gh_findings *a,
    const struct gh_findings *b, struct gh_err *err)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct gh_finding *fa = &a->at[i];
		const struct gh_finding *fb = gh_findings_get(b, fa->subject, fa->step);

		if (fb != NULL && fa->verdict == fb->verdict &&
		    strcmp(fa->observed, fb->observed) == 0)
			continue;
		if (add_change(c, fa, fb, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < b->n; i++) {
		const struct gh_finding *fb = &b->at[i];

		if (gh_findings_get(a, fb->subject, fb->step) == NULL &&
		    add_change(c, NULL, fb, err) < 0)
			return -1;
	}
	return 0;
}

/* A change of verdict stands before a change of words. */
static int by_weight(const void *pa, const void *pb)
{
	const struct gh_change *a = pa, *b = pb;
	int wa = a->va != a->vb, wb = b->va != b->vb;

	if (wa != wb)
		return wb - wa;
	return strcmp(a->subject, b->subject) != 0 ? strcmp(a->subject, b->subject)
						   : strcmp(a->step, b->step);
}

int gh_history_diff(struct gh_session *s, const char *run_a, const char *run_b,
    struct gh_change **out, size_t *n, struct gh_err *err)
{
	gh_auto(struct gh_result, gh_result_free) a = {0};
	gh_auto(struct gh_result, gh_result_free) b = {0};
	struct changes c = {0};

	if (gh_history_result(s, run_a, &a, err) < 0 ||
	    gh_history_result(s, run_b, &b, err) < 0)
		return -1;
	if (compare(&c, &a.findings, &b.findings, err) < 0) {
		free(c.at);
		return -1;
	}
	if (c.n > 0)
		qsort(c.at, c.n, sizeof c.at[0], by_weight);
	*out = c.at;
	*n = c.n;
	return 0;
}
