/* SPDX-License-Identifier: Apache-2.0
 * The console's front door. */
#pragma once

#include "export.h"

struct ui_opts {
	const char *fleet; /* NULL: as gh_session_open finds it */
	const char *state;
	const char *theme; /* NULL: $GATEHOUSE_THEME, else dark or light by $COLORFGBG */
	bool ascii;
	const char *color; /* "auto", "always", "never"; NULL = auto */
	bool no_auto;      /* do not validate by itself when facts are old */
	bool no_guard;     /* debuggers */
};

/* Runs until the operator leaves; the exit code of the process. Without a terminal it
 * can draw on, prints the plain fleet view and says so on stderr. */
int ui_main(const struct ui_opts *opts);
