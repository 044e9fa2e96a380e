/* SPDX-License-Identifier: Apache-2.0
 * What the views share inside ui/: the pieces that more than one of them draws. */
#pragma once

#include "look.h"
#include "sheet.h"

/* Each view: how many rows, which finding or text a row is, and the body of the screen. */
struct ui_view_ops {
	const char *name; /* in the breadcrumb and after ':' */
	size_t (*count)(const struct ui_look *);
	void (*id)(const struct ui_look *, size_t i, char *out, size_t size);
	bool (*bad)(const struct ui_look *, size_t i);
	const struct gh_finding *(*finding)(const struct ui_look *, size_t i);
	void (*line2)(const struct ui_look *, struct ui_canvas *, struct ui_at);
	void (*draw)(const struct ui_look *, struct ui_canvas *, const struct ui_frame *);
};
extern const struct ui_view_ops ui_fleet_ops, ui_host_ops, ui_chain_ops, ui_history_ops,
    ui_run_ops, ui_facts_ops, ui_enrol_ops, ui_policy_ops, ui_checks_ops, ui_detail_ops,
    ui_help_ops, ui_first_ops;
const struct ui_view_ops *ui_view_ops_of(enum ui_view v);

/* The first host model that chose, and the rows in order, of a finding list: grouped by
 * `parent` (host checks), filtered by look->faults and look->filter. */
#define UI_MAX_ROWS 512
struct ui_rows {
	const struct gh_finding *f[UI_MAX_ROWS];
	size_t n;
};
struct ui_group {
	size_t first, n; /* rows of it */
	unsigned int n_ok, n_bad;
	enum gh_verdict worst; /* of the rows, worst first */
};
#define UI_MAX_GROUPS 64
/* Rows of fs in group order. subject NULL = all. */
void ui_rows_grouped(struct ui_rows *out, const struct ui_look *look,
    const struct gh_findings *fs, const char *subject);
size_t ui_rows_groups(
    struct ui_group out[static UI_MAX_GROUPS], const struct ui_rows *rows);
/* "G05" or "G05 TDX enablement" -> "TDX enablement"; without a parent the second word of the
 * step; of a GPU its name. */
const char *ui_group_name(
    const struct ui_look *look, const struct gh_finding *f, char *buf, size_t size);
/* The worse, the higher: FAIL 5, n/a 0. */
int ui_badness(enum gh_verdict v);
/* Neither a pass nor skipped. */
bool ui_not_ok(enum gh_verdict v);
/* Shows this row under look's filter? */
bool ui_row_wanted(const struct ui_look *look, const struct gh_finding *f);

/* The right pane: expected, found, source, why, fix, assurance. */
void ui_put_finding(struct ui_canvas *cv, struct ui_box box, const struct gh_finding *f);
/* "label     text" wrapped; returns the rows used. Nothing when text is empty. */
int ui_put_field(
    struct ui_canvas *cv, struct ui_box box, const char *label, const char *text);
/* The same into a text, wrapped at 76 columns. */
void ui_words_field(struct gh_buf *out, const char *label, const char *text);
/* What the evidence states about a subject, as far as the box has room. */
void ui_put_claims(struct ui_canvas *cv, struct ui_box b, const struct gh_subject *s);
/* One row of a check list: marker, glyph, word, step, observed. */
void ui_put_check(
    struct ui_canvas *cv, struct ui_at at, const struct gh_finding *f, bool selected);
/* Verdict word and a sentence: line 2. */
void ui_put_line2(
    struct ui_canvas *cv, struct ui_at at, enum ui_state st, const char *text);
/* A grouped list of checks with its right pane: host and run views. */
void ui_put_checks(const struct ui_look *look, struct ui_canvas *cv, struct ui_box body,
    const struct ui_rows *rows);

/* The table of this view; NULL = not read yet, or no view of that kind. */
const struct ui_sheet *ui_sheet_of(const struct ui_look *look);
/* Its selected row, or NULL; and how many lines all of them take. */
const struct ui_line *ui_sheet_row(const struct ui_look *look);
int ui_sheet_high(const struct ui_look *look);
/* The rows that are shown and have a text longer than `width` bytes, in full. */
void ui_sheet_long(const struct ui_look *look, size_t width, struct gh_buf *out);

/* The chain of one GPU in the order of proof. */
struct ui_node {
	const struct gh_finding *f;
	unsigned int depth;
	bool last;     /* of its siblings */
	uint64_t bars; /* bit d: a sibling follows at depth d */
};
#define UI_MAX_NODES 256
size_t ui_chain_nodes(struct ui_node out[static UI_MAX_NODES],
    const struct gh_findings *fs, const char *subject);
enum ui_state ui_gpu_state(const struct gh_gpu_model *g);
