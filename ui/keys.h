/* SPDX-License-Identifier: Apache-2.0
 * One table of bindings: dispatch, hint bar, help, docs/keys.md and a test read it. */
#pragma once

#include "look.h"

enum ui_key { /* above every code point */
	UI_KEY_UP = 0x110000,
	UI_KEY_DOWN,
	UI_KEY_LEFT,
	UI_KEY_RIGHT,
	UI_KEY_HOME,
	UI_KEY_END,
	UI_KEY_PGUP,
	UI_KEY_PGDN,
	UI_KEY_F1,
	UI_KEY_F10,
	UI_KEY_OTHER,
	UI_KEY_PASTE,
	UI_KEY_PASTE_END,
};
#define UI_CTRL(c)   ((c)&0x1f)
#define UI_KEY_ESC   0x1b
#define UI_KEY_ENTER 0x0d
#define UI_KEY_BS    0x7f

enum ui_action {
	UI_A_NONE = 0,
	UI_A_UP,
	UI_A_DOWN,
	UI_A_LEFT,
	UI_A_RIGHT,
	UI_A_FIRST,
	UI_A_LAST,
	UI_A_PAGE_UP,
	UI_A_PAGE_DOWN,
	UI_A_OPEN,
	UI_A_BACK,
	UI_A_QUIT,
	UI_A_COMMAND,
	UI_A_FILTER,
	UI_A_HELP,
	UI_A_REDO,
	UI_A_REDO_ALL,
	UI_A_FAULTS,
	UI_A_NEXT_BAD,
	UI_A_PREV_BAD,
	UI_A_HISTORY,
	UI_A_WHY,
	UI_A_RAW,
	UI_A_EXPORT,
	UI_A_COPY,
	UI_A_FLEET,
	UI_A_HOST,
	UI_A_CHAIN,
	UI_A_OLDER,
	UI_A_NEWER,
	UI_A_LAST_VIEW,
	UI_A_FREEZE,
	UI_A_THEME,
	UI_A_REDRAW,
	UI_A_SUSPEND,
	UI_A_CANCEL,
	UI_A_SET_A,
	UI_A_SET_B,
	UI_A_DIFF,
	UI_A_LAB_UP,
	UI_A_FACTS,
	UI_A_ENROL,
	UI_A_POLICY,
	UI_A_CHECKS,
	UI_A_ACCEPT,
	UI_A_WORST,
	UI_N_ACTIONS,
};

struct ui_binding {
	int key[3];         /* 0 = none */
	unsigned int views; /* UI_V bits */
	enum ui_action action;
	const char *hint; /* on the key bar, short; NULL = not there */
	const char *text; /* in help */
	const char *cli;  /* the same from a shell; "-" = only moves the eye */
};

const struct ui_binding *ui_bindings(size_t *n);
enum ui_action ui_key_action(enum ui_view view, int key);
/* "enter", "^l", "j" */
void ui_key_name(int key, char out[static 12]);
/* All keys of a binding: "j down". */
void ui_binding_keys(const struct ui_binding *b, char *out, size_t size);
/* The hint bar of a view, into a row. */
void ui_put_hints(struct ui_canvas *cv, struct ui_at at, enum ui_view view);
/* docs/keys.md */
void ui_keys_doc(struct gh_buf *out);
