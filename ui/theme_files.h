/* SPDX-License-Identifier: Apache-2.0
 * The themes of themes/ compiled in, so that one program file is enough. */
#pragma once

#include <stddef.h>

struct ui_theme_file {
	const char *name;
	const unsigned char *begin, *end;
};
extern const struct ui_theme_file ui_theme_files[];
extern const size_t ui_theme_files_n;
