/* SPDX-License-Identifier: Apache-2.0
 * The table of status words and glyphs. */
#include "glyph.h"

static const struct ui_status statuses[UI_N_STATES] = {
    [UI_ST_PASS] = {"ok", "ok", "ok", "+", "\xe2\x9c\x93", UI_OK},
    [UI_ST_WARN] = {"WARN", "WARN", "WA", "!", "\xe2\x96\xb2", UI_WARN},
    [UI_ST_FAIL] = {"FAIL", "FAIL", "FA", "X", "\xe2\x9c\x97", UI_FAIL},
    [UI_ST_STALE] = {"STALE", "OLD", "OL", "~", "\xe2\x88\xbc", UI_STALE},
    [UI_ST_UNKNOWN] = {"UNKN", "?", "?", "?", "?", UI_UNKNOWN},
    [UI_ST_SKIP] = {"n/a", "-", "-", "-", "-", UI_DIM},
    [UI_ST_RUN] = {"RUN", "run", "ru", "*", "*", UI_RUN},
    [UI_ST_WAIT] = {"wait", ".", ".", ".", "\xc2\xb7", UI_DIM},
    [UI_ST_STOP] = {"stop", "-", "-", "-", "-", UI_DIM},
    [UI_ST_NEVER] = {"never", "-", "-", ".", "\xc2\xb7", UI_DIM},
};

const struct ui_status *ui_status(enum ui_state st)
{
	return &statuses[(unsigned int)st < UI_N_STATES ? st : UI_ST_UNKNOWN];
}

const char *ui_glyph(const struct ui_canvas *cv, enum ui_state st)
{
	const struct ui_status *s = ui_status(st);
	return cv->utf8 ? s->utf8 : s->ascii;
}

int ui_put_status(struct ui_canvas *cv, struct ui_at at, enum ui_state st)
{
	const struct ui_status *s = ui_status(st);
	int n = ui_columns(cv, s->word), used = 0;
	if (at.width >= n + 2) {
		ui_put(cv, UI_AT(at.row, at.col, 1), s->role, ui_glyph(cv, st));
		used = 2;
	}
	return used + ui_put(cv, UI_AT(at.row, at.col + used, at.width - used), s->role,
			  s->word);
}
