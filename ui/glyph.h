/* SPDX-License-Identifier: Apache-2.0
 * The status vocabulary: a word and a glyph for each state, always both
 * (spec/console.md section 2). Lower case = nothing to do, UPPER CASE = look here. */
#pragma once

#include "base/finding.h"
#include "canvas.h"

enum ui_state { /* the verdicts, and what only a screen knows */
	UI_ST_UNKNOWN = GH_UNKNOWN,
	UI_ST_PASS = GH_PASS,
	UI_ST_WARN = GH_WARN,
	UI_ST_FAIL = GH_FAIL,
	UI_ST_STALE = GH_STALE,
	UI_ST_SKIP = GH_SKIP,
	UI_ST_RUN,
	UI_ST_WAIT,
	UI_ST_STOP,  /* not reached: a parent failed */
	UI_ST_NEVER, /* never looked at */
	UI_N_STATES,
};

struct ui_status {
	const char *word;   /* "FAIL" */
	const char *grid;   /* at most four columns */
	const char *short2; /* two columns, for small screens */
	const char *ascii, *utf8;
	enum ui_role role;
};

const struct ui_status *ui_status(enum ui_state st);
/* "X" or the sign, as the canvas allows. */
const char *ui_glyph(const struct ui_canvas *cv, enum ui_state st);
/* "X FAIL" into a column of at.width; the word comes first when only one fits. */
int ui_put_status(struct ui_canvas *cv, struct ui_at at, enum ui_state st);
