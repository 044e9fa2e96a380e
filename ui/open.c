/* SPDX-License-Identifier: Apache-2.0
 * Opening what is selected: another view, or a finding as text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "view.h"

void ui_words_field(struct gh_buf *out, const char *label, const char *text)
{
	size_t col = 0;
	if (!text[0])
		return;
	gh_buf_fmt(out, "%-10s", label);
	for (const char *p = text; *p; p++) {
		size_t word = strcspn(p, " \n");
		if (*p == '\n' || (col && col + word > 76 && *p != ' ')) {
			gh_buf_str(out, "\n          ");
			col = 0;
			if (*p == '\n')
				continue;
		}
		gh_buf_chr(out, *p);
		col++;
	}
	gh_buf_chr(out, '\n');
}

char *ui_finding_words(const struct gh_finding *f)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	gh_buf_fmt(&b, "%s  %s  %s\n%s\n\n", ui_status((enum ui_state)f->verdict)->word,
	    f->subject, f->step, f->title);
	const struct {
		const char *label, *text;
	} part[] = {{"expected", f->expected}, {"found", f->observed}, {"why", f->why},
	    {"fix", f->remedy}, {"source", f->source}, {"code", f->code},
	    {"severity", gh_severity_word(f->severity)},
	    {"proof", gh_assurance_word(f->assurance)}, {"below", f->parent},
	    {"root", f->lab ? "LAB key: this proves nothing about real hardware" : ""}};
	for (size_t i = 0; i < GH_COUNT(part); i++)
		ui_words_field(&b, part[i].label, part[i].text);
	return gh_buf_take_str(&b);
}

static void show_text(struct ui_app *a, char *text)
{
	if (!text) {
		ui_app_flash(a, UI_FAIL, "no memory for this text");
		return;
	}
	if (a->look.at.view == UI_DETAIL)
		ui_app_back(a);
	free(a->detail);
	a->look.detail = a->detail = text;
	ui_app_go(a, UI_DETAIL, a->look.at.host, a->look.at.gpu);
}

void ui_app_why(struct ui_app *a)
{
	const struct gh_finding *f = ui_row_finding(&a->look);
	const struct ui_line *row = ui_sheet_row(&a->look);
	if (f)
		show_text(a, ui_finding_words(f));
	else if (row)
		show_text(a, ui_line_words(row));
	else
		ui_app_flash(a, UI_DIM, "no finding is selected");
}

/* The claims of the subject that f is about, from wherever this view has them. */
static const struct gh_subject *claims_of(
    const struct ui_app *a, const struct gh_finding *f)
{
	char host[64];
	if (a->look.at.view == UI_RUN_VIEW)
		return a->look.run ? gh_result_find(a->look.run, f->subject) : NULL;
	int gpu = ui_subject_gpu(f->subject, host, sizeof(host));
	const struct gh_host_model *h =
	    a->look.model ? gh_model_host(a->look.model, host) : NULL;
	if (!h)
		return NULL;
	return gh_result_find(gpu >= 0 ? &h->gpus : &h->checks, f->subject);
}

void ui_app_raw(struct ui_app *a)
{
	const struct gh_finding *f = ui_row_finding(&a->look);
	const struct ui_line *row = ui_sheet_row(&a->look);
	if (!f && row && row->raw) {
		show_text(a, ui_line_raw(row));
		return;
	}
	if (!f) {
		ui_app_flash(a, UI_DIM, "no finding is selected");
		return;
	}
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	gh_auto(json_t *, gh_json_free) j = gh_finding_json(f);
	const struct gh_subject *s = claims_of(a, f);
	gh_json_dump_pretty(&b, j);
	if (s && s->claims) {
		gh_buf_fmt(&b, "\n\nclaims of %s\n", s->name);
		gh_json_dump_pretty(&b, s->claims);
	}
	show_text(a, gh_buf_take_str(&b));
}

/* The place of a subject: "gpu-c:5" its chain, "gpu-c" its host view. */
static void open_subject(struct ui_app *a, const char *subject, const char *step)
{
	char host[64], row[160];
	int gpu = ui_subject_gpu(subject, host, sizeof(host));
	if (!a->look.model || !gh_model_host(a->look.model, host)) {
		ui_app_flash(a, UI_DIM, "no host is selected");
		return;
	}
	ui_app_go(a, gpu >= 0 ? UI_CHAIN : UI_HOST, host,
	    gpu >= 0 ? (unsigned int)gpu : a->look.at.gpu);
	if (step) {
		snprintf(row, sizeof(row), "%.80s %.70s", subject, step);
		ui_app_select(a, row);
	}
}

static void open_help_item(struct ui_app *a)
{
	char id[160], text[160];
	size_t n, at = a->look.at.sel;
	const struct ui_binding *b = ui_bindings(&n);
	struct ui_place home = a->look.home;
	ui_row_id(&a->look, at, id, sizeof(id));
	snprintf(text, sizeof(text), "%.63s", a->look.filter);
	for (size_t i = 0; i < n; i++) {
		char keys[48];
		ui_binding_keys(&b[i], keys, sizeof(keys));
		if (!(b[i].views & UI_V(home.view)) ||
		    !(ui_match(text, b[i].text) || ui_match(text, keys)))
			continue;
		if (at-- == 0) {
			ui_app_back(a);
			ui_app_act(a, b[i].action);
			return;
		}
	}
}

void ui_app_open(struct ui_app *a)
{
	char subject[80], id[160];
	const struct gh_finding *f = ui_row_finding(&a->look);
	ui_row_subject(&a->look, subject, sizeof(subject));
	ui_row_id(&a->look, a->look.at.sel, id, sizeof(id));
	switch (a->look.at.view) {
	case UI_FLEET:
		if (f)
			open_subject(a, f->subject, f->step);
		else if (strncmp(id, "need ", 5) == 0) { /* its finding is gone */
			snprintf(subject, sizeof(subject), "%.*s",
			    (int)strcspn(id + 5, " "), id + 5);
			open_subject(a, subject, NULL);
		} else
			open_subject(a, subject, NULL);
		break;
	case UI_HOST:
		if (f && strcmp(f->subject, a->look.at.host) != 0)
			open_subject(a, f->subject, f->step);
		else
			ui_app_why(a);
		break;
	case UI_HISTORY:
		if (id[0]) {
			ui_app_job(a, UI_J_RUN, id, "");
			ui_app_go(a, UI_RUN_VIEW, a->look.at.host, 0);
		}
		break;
	case UI_HELP:
		open_help_item(a);
		break;
	default:
		ui_app_why(a);
	}
}
