/* SPDX-License-Identifier: Apache-2.0
 * The signals that the console takes in its poll set, blocked in every thread. */
#pragma once

#include <stdbool.h>

/* Blocks WINCH TERM HUP INT TSTP CONT and returns a descriptor that is readable when one
 * came; -1 on failure. Call before any thread and before curses. */
int ui_signals_open(void);
/* The next signal, 0 when there is none. */
int ui_signals_next(void);
/* Stops this process as ^Z would (nothing happens in an orphaned group). */
void ui_signals_stop_here(void);
/* In a thread that is about to start servers: they must be born with TERM, HUP and INT
 * open. A signal that lands here meanwhile is not lost. */
void ui_signals_for_children(bool on);
void ui_signals_close(void);
