/* SPDX-License-Identifier: Apache-2.0
 * The catalogue of host checks as a table: what each wants, and which hosts do not meet it. */
#include <stdio.h>
#include <string.h>

#include "ops/catalogue.h"
#include "ops/model.h"
#include "sheet.h"
#include "view.h"

static const struct ui_part part = {.title = "CHECK",
    .n_cols = 5,
    .col = {{"CHECK", 26, 0, false}, {"HOSTS", 0, 0, false},
	{"WHAT IT LOOKS AT", -1, 76, false}, {"WEIGHT", 8, 100, false},
	{"FOR", 4, 110, false}}};

/* How the hosts stand on one check. */
struct standing {
	size_t n[GH_SKIP + 1]; /* by verdict */
	enum gh_verdict worst;
	bool judged;
	struct gh_buf all; /* "gpu-a ok: on; gpu-b FAIL: off" */
	struct gh_buf bad; /* "gpu-b FAIL" */
};

static void standing_free(struct standing *s)
{
	gh_buf_free(&s->all);
	gh_buf_free(&s->bad);
}

static void stand(struct standing *s, const struct gh_model *m, const char *id)
{
	for (size_t i = 0; i < m->n_hosts; i++) {
		const struct gh_host_model *h = &m->host[i];
		const struct gh_finding *f =
		    gh_findings_get(&h->checks.findings, h->name, id);
		const char *word;

		if (!f)
			continue;
		word = ui_status((enum ui_state)f->verdict)->word;
		s->judged = true;
		s->worst = gh_verdict_worse(s->worst, f->verdict);
		s->n[f->verdict]++;
		gh_buf_fmt(&s->all, "%s%s %s: %s", s->all.len ? "; " : "", h->name, word,
		    f->observed);
		if (ui_not_ok(f->verdict))
			gh_buf_fmt(
			    &s->bad, "%s%s %s", s->bad.len ? ", " : "", h->name, word);
	}
}

/* "gpu-b FAIL, gpu-c WARN" or "3 ok, 1 skip". */
static void put_standing(struct ui_line *l, struct standing *s)
{
	gh_auto(struct gh_buf, gh_buf_free) good = {0};

	if (s->n[GH_PASS])
		gh_buf_fmt(&good, "%zu %s", s->n[GH_PASS], ui_status(UI_ST_PASS)->word);
	if (s->n[GH_SKIP])
		gh_buf_fmt(&good, "%s%zu %s", good.len ? ", " : "", s->n[GH_SKIP],
		    ui_status(UI_ST_SKIP)->word);
	ui_line_cell(l, 1,
	    !s->judged   ? "-"
	    : s->bad.len ? gh_buf_cstr(&s->bad)
			 : gh_buf_cstr(&good));
}

static void put_words(struct ui_line *l, const json_t *row)
{
	static const char *const field[][2] = {{"what", "title"}, {"group", "group"},
	    {"expected", "expect"}, {"why", "why"}, {"do", "remedy"}};
	char text[120];

	for (size_t i = 0; i < GH_COUNT(field); i++)
		ui_line_field(l, field[i][0], gh_json_text(row, field[i][1]));
	snprintf(text, sizeof(text), "%.20s, of %.20s hosts, read by %.40s%s",
	    gh_json_text(row, "severity"), gh_json_text(row, "platform"),
	    gh_json_text(row, "channel"),
	    json_is_true(json_object_get(row, "root")) ? " as root" : "");
	ui_line_field(l, "weight", text);
}

/* How the hosts stand on it. */
static enum gh_verdict add_row(struct ui_sheet *s, json_t *row, const struct gh_model *m)
{
	gh_auto(struct standing, standing_free) now = {.worst = GH_SKIP};
	const char *id = gh_json_text(row, "id");
	struct ui_line *l = ui_sheet_add(s, 0, id);

	if (!l)
		return GH_SKIP;
	stand(&now, m, id);
	l->raw = json_incref(row);
	l->judged = now.judged;
	l->state = (enum ui_state)now.worst;
	l->bad = ui_not_ok(now.worst);
	ui_line_cell(l, 0, id);
	put_standing(l, &now);
	ui_line_cell(l, 2, gh_json_text(row, "title"));
	ui_line_cell(l, 3, gh_json_text(row, "severity"));
	ui_line_cell(l, 4, gh_json_text(row, "platform"));
	ui_line_field(
	    l, "hosts", now.judged ? gh_buf_cstr(&now.all) : "no host was judged by it");
	put_words(l, row);
	return now.worst;
}

void ui_checks_rows(struct ui_sheet *s, const json_t *rows, const struct gh_model *m)
{
	enum gh_verdict worst = GH_PASS;
	size_t n_bad = 0;

	s->part[0] = part;
	s->n_parts = 1;
	for (size_t i = 0; i < json_array_size(rows); i++) {
		enum gh_verdict v = add_row(s, json_array_get(rows, i), m);

		n_bad += ui_not_ok(v);
		worst = gh_verdict_worse(worst, v);
	}
	s->state = (enum ui_state)worst;
	s->empty = s->n == 0;
	if (n_bad)
		snprintf(s->line2, sizeof(s->line2),
		    "%zu of %zu checks: not ok on one host or more; f shows only these",
		    n_bad, s->n);
	else
		snprintf(s->line2, sizeof(s->line2),
		    "%zu checks, each ok on every host that it is for", s->n);
}

struct ui_sheet *ui_sheet_checks(struct gh_session *session)
{
	gh_auto(json_t *, gh_json_free) rows = NULL;
	struct ui_sheet *s = ui_sheet_new("", "");
	struct gh_model *m = NULL;
	struct gh_err err = {0};

	if (gh_op_catalogue(NULL, &rows, &err) == 0 &&
	    gh_model_load(session, &m, &err) == 0)
		ui_checks_rows(s, rows, m);
	else
		ui_sheet_failed(s, &err);
	gh_model_free(&m);
	return s;
}
