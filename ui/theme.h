/* SPDX-License-Identifier: Apache-2.0
 * Themes: how each role looks, from one file; the poorer tiers are derived from it, never
 * written a second time (docs/gatehouse-themes.5). */
#pragma once

#include "base/buf.h"
#include "canvas.h"

enum ui_tier { UI_MONO = 0, UI_16, UI_256, UI_TRUE };

enum {
	UI_BOLD = 1,
	UI_DIM_ATTR = 2,
	UI_UNDERLINE = 4,
	UI_REVERSE = 8,
};

enum ui_colour_kind { UI_C_DEFAULT = 0, UI_C_INDEX, UI_C_RGB };

struct ui_colour {
	enum ui_colour_kind kind;
	uint32_t value; /* index 0-255, or 0xrrggbb */
};

struct ui_style {
	struct ui_colour fg, bg;
	unsigned int attrs;
};

struct ui_theme {
	char name[32];
	struct ui_style style[UI_N_ROLES];
};

/* What a terminal of a tier gets: -1 = its default colour; index below 256 (below 16), or
 * 0xrrggbb in UI_TRUE. */
struct ui_look_of {
	int32_t fg, bg;
	unsigned int attrs;
};

/* Reads a whole theme: a role that the text does not name has the default look, nothing
 * is left of an earlier theme. CONFIG with the line number on error. */
GH_MUST_USE int ui_theme_parse(struct ui_theme *out, const char *name, const void *text,
    size_t len, struct gh_err *err);
/* By name (~/.config/gatehouse/themes, the installed ones, the ones compiled in) or by a
 * path with a '/' in it. */
GH_MUST_USE int ui_theme_load(struct ui_theme *out, const char *name, struct gh_err *err);
/* The themes compiled in: NULL past the last. */
const char *ui_theme_name(size_t i);
/* The next of the ones compiled in. */
const char *ui_theme_after(const char *name);
struct ui_look_of ui_theme_look(
    const struct ui_theme *t, enum ui_role role, bool cursor, enum ui_tier tier);

const char *ui_role_name(enum ui_role role);
/* As xterm shows it; indexes below 16 as the VGA table has them. */
uint32_t ui_colour_rgb(uint32_t index);
/* The nearest of the 256 (16..255) or 16 colours. */
unsigned int ui_colour_256(uint32_t rgb);
unsigned int ui_colour_16(uint32_t rgb);
/* Distance in CIE Lab (CIE76). */
double ui_colour_distance(uint32_t a, uint32_t b);
/* WCAG contrast ratio, 1 to 21. */
double ui_colour_contrast(uint32_t a, uint32_t b);

/* Which tier: colours as terminfo counts them; environment as getenv gives it, any may be
 * NULL. never: --color=never. */
enum ui_tier ui_tier_choose(
    const char *term, const char *no_color, int colors, bool never);
/* "light" or "dark" from COLORFGBG (NULL is fine). */
const char *ui_theme_default(const char *colorfgbg);
