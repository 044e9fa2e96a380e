/* SPDX-License-Identifier: Apache-2.0
 * A table that a worker made and that the screen only shows: facts of a host, what is
 * pinned of it, a policy, the catalogue. All text in it is cleaned. */
#pragma once

#include "base/json.h"
#include "glyph.h"
#include "ops/session.h"

#define UI_SHEET_COLS   6
#define UI_SHEET_FIELDS 10
#define UI_SHEET_PARTS  4
#define UI_SHEET_MAX    1024 /* rows */

struct ui_column {
	const char *head;
	int width; /* columns; 0 = a share of what is left, -1 = two shares, .. */
	int from;  /* shown on a screen of at least so many columns */
	bool age;  /* no text: how long ago row->at is */
};

/* Rows of one kind, with their own columns; the first names the row. */
struct ui_part {
	char title[96];
	struct ui_column col[UI_SHEET_COLS];
	size_t n_cols;
};

struct ui_field {
	const char *label;
	char *text;
};

struct ui_line {
	char id[96]; /* the cursor follows it */
	unsigned int part;
	enum ui_state state;
	bool judged; /* state is to be shown */
	bool bad;    /* n and N go there, f leaves it */
	int64_t at;  /* when it was read; 0 = not told */
	char *cell[UI_SHEET_COLS];
	struct ui_field field[UI_SHEET_FIELDS]; /* the row in full */
	size_t n_fields;
	const struct gh_finding *f; /* in the sheet's result; NULL = fields only */
	json_t *raw;                /* what e shows; NULL = nothing */
};

struct ui_sheet {
	char host[64], arg[80]; /* what was asked for */
	enum ui_state state;
	char line2[300];
	char asks[160]; /* of an enrolment: what differs, for the confirmation */
	bool empty;     /* nothing could be read: line2 says why */
	bool fresh;     /* of an enrolment: never enrolled */
	struct ui_part part[UI_SHEET_PARTS];
	size_t n_parts;
	struct ui_line *line;
	size_t n;
	struct gh_result result; /* the findings behind it */
};

struct ui_sheet *ui_sheet_new(const char *host, const char *arg);
void ui_sheet_free(struct ui_sheet **s);
/* A row at the end, or NULL when there are UI_SHEET_MAX. */
struct ui_line *ui_sheet_add(struct ui_sheet *s, unsigned int part, const char *id);
/* Takes the text cleaned. */
void ui_line_cell(struct ui_line *l, size_t col, const char *text);
/* An empty text adds nothing. */
void ui_line_field(struct ui_line *l, const char *label, const char *text);
bool ui_line_match(const struct ui_line *l, const char *filter);
/* "label     text" lines, wrapped; malloc'd. */
char *ui_line_words(const struct ui_line *l);
/* Its JSON, cleaned line by line; malloc'd, NULL when it has none. */
char *ui_line_raw(const struct ui_line *l);

/* Why there is nothing, as line 2. */
void ui_sheet_failed(struct ui_sheet *s, const struct gh_err *err);

/* Of gh_op_facts: the rows by name. */
void ui_facts_rows(struct ui_sheet *s, json_t *facts);

/* Of gh_op_enrol_show: the pins, then the chain. */
void ui_enrol_rows(struct ui_sheet *s, json_t *shown);

/* Of gh_op_policy_explain and gh_op_policy_test; s->result holds what gh_op_policy_judge
 * says of s->host. */
void ui_policy_rows(struct ui_sheet *s, const json_t *explained, const json_t *tests);

struct gh_model;
/* Of gh_op_catalogue, with how the hosts of the model stand. */
void ui_checks_rows(struct ui_sheet *s, const json_t *rows, const struct gh_model *m);

/* From a worker. Never NULL: what went wrong is line 2 of an empty sheet. */
struct ui_sheet *ui_sheet_facts(struct gh_session *s, const char *host);
struct ui_sheet *ui_sheet_enrol(struct gh_session *s, const char *host);
/* host "" = the rules alone; policy "" = the one that the fleet file names for the host. */
struct ui_sheet *ui_sheet_policy(
    struct gh_session *s, const char *host, const char *policy);
struct ui_sheet *ui_sheet_checks(struct gh_session *s);
