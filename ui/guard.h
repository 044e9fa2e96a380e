/* SPDX-License-Identifier: Apache-2.0
 * The guard: a parent that gives the terminal back whatever kills the console. */
#pragma once

/* Forks; the child runs body(ctx) and exits with what it returns. The parent keeps the
 * terminal's settings, ignores INT and QUIT, passes TERM and HUP on, stops and continues
 * with the child. Returns the exit code for the parent: the child's, or 128+n after it
 * died of signal n (the terminal is then restored and one line says so). -1: no fork. */
int ui_guard_run(int (*body)(void *ctx), void *ctx);
