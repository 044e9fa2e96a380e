/* SPDX-License-Identifier: Apache-2.0
 * A terminal for tests: a pty, a program in it, libvterm behind it. Every wait has a
 * deadline. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>
#include <vterm.h>

struct term {
	pid_t pid;
	int master, slave; /* slave stays open, so that its settings can be read after */
	struct termios before;
	VTerm *vt;
	VTermScreen *screen;
	int rows, cols;
	bool alt, cursor;
	size_t bytes; /* received in all */
	char *raw;    /* the last RAW_MAX bytes at most, from the start */
	size_t raw_len;
	bool eof;
};
#define RAW_MAX (4u << 20)

/* env: "A=B" strings, NULL at the end; nothing is inherited but PATH. */
bool term_start(
    struct term *t, int rows, int cols, char *const argv[], const char *const env[]);
/* Feeds what the program writes to the screen for so long; returns the bytes. */
size_t term_pump(struct term *t, int ms);
/* Pumps until the screen shows text (or, gone: does not); false at the deadline. */
bool term_wait(struct term *t, const char *text, int ms);
bool term_wait_gone(struct term *t, const char *text, int ms);
void term_keys(struct term *t, const char *keys);
void term_resize(struct term *t, int rows, int cols);
/* The screen as UTF-8 lines, in a static buffer. */
const char *term_text(struct term *t);
/* Waits for the end: the exit status as waitpid gives it, or -1 at the deadline (then the
 * program is killed). */
int term_end(struct term *t, int ms);
/* True when settings, screen and cursor are as before the start. */
bool term_restored(struct term *t);
void term_free(struct term *t);
/* The first child of a process, 0 when none. */
pid_t child_of(pid_t pid);
long long clock_ms(void);
