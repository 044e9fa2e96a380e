/* SPDX-License-Identifier: Apache-2.0
 * The terminal: the only file that knows curses. One thread calls it. */
#pragma once

#include "canvas.h"
#include "keys.h"
#include "theme.h"

struct ui_tty;

struct ui_tty_opts {
	bool ascii;
	bool no_colour;
};

/* Tries $TERM, xterm-256color, vt100. CONFIG when none works. */
GH_MUST_USE int ui_tty_open(
    struct ui_tty **out, const struct ui_tty_opts *opts, struct gh_err *err);
void ui_tty_close(struct ui_tty **t); /* the terminal as it was */
/* "" or which terminal type stands in for the unknown $TERM. */
const char *ui_tty_stand_in(const struct ui_tty *t);
bool ui_tty_utf8(const struct ui_tty *t);
void ui_tty_theme(struct ui_tty *t, const struct ui_theme *theme);
/* Asks the kernel for the size; true when it is another one than before. */
bool ui_tty_size(struct ui_tty *t, int *rows, int *cols);
/* False when the terminal does not take bytes now: nothing was drawn. */
bool ui_tty_blit(struct ui_tty *t, const struct ui_canvas *cv);
/* The next key, 0 when there is none, -1 when the terminal is gone. */
int ui_tty_key(struct ui_tty *t);
/* Gives the screen to the shell and takes it back (all is drawn anew). */
void ui_tty_leave(struct ui_tty *t);
void ui_tty_return(struct ui_tty *t);
void ui_tty_redraw(struct ui_tty *t);
/* OSC 52. Returns the bytes that went out, 0 when the text is too long for a clipboard. */
size_t ui_tty_copy(struct ui_tty *t, const char *text);
