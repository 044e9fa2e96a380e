/* SPDX-License-Identifier: Apache-2.0
 * The question before something that cannot be taken back (spec/console.md, screen G):
 * the name must be typed, y and enter alone confirm nothing. */
#pragma once

#include "canvas.h"

struct ui_confirm {
	bool open;
	char title[96]; /* "ACCEPT gpu-b AS IT IS NOW" */
	struct {
		char label[16], text[200];
	} line[8];
	size_t n;
	bool why;          /* the reason is asked for first */
	char reason[96];   /* what was typed then */
	char word[64];     /* what is to be typed */
	const char *verb;  /* "Accept" */
	const char *typed; /* so far; borrowed while drawing */
	bool again;        /* enter was pressed on another word */
};

void ui_confirm_line(struct ui_confirm *c, const char *label, const char *fmt, ...)
    GH_PRINTF(3, 4);
/* Over what is on the canvas, at every size. */
void ui_put_confirm(struct ui_canvas *cv, const struct ui_confirm *c);
