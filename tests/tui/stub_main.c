/* SPDX-License-Identifier: Apache-2.0
 * A program that is only the console, for the pty harness. */
#include <stdlib.h>
#include <string.h>

#include "ui.h"

int main(int argc, char **argv)
{
	struct ui_opts o = {.no_auto = getenv("STUB_OLD") == NULL};
	for (int i = 1; i < argc; i++) {
		o.ascii = o.ascii || strcmp(argv[i], "--ascii") == 0;
		o.no_guard = o.no_guard || strcmp(argv[i], "--no-guard") == 0;
		if (strncmp(argv[i], "--theme=", 8) == 0)
			o.theme = argv[i] + 8;
		if (strcmp(argv[i], "--no-color") == 0)
			o.color = "never";
	}
	return ui_main(&o);
}
