/* SPDX-License-Identifier: Apache-2.0
 * The table of the themes compiled in. */
#include "theme_files.h"

#include "base/attr.h"
#include "base/embed.h"

GH_EMBED(theme_dark, "themes/dark.theme");
GH_EMBED(theme_light, "themes/light.theme");
GH_EMBED(theme_high_contrast, "themes/high-contrast.theme");
GH_EMBED(theme_deuteranopia, "themes/deuteranopia.theme");
GH_EMBED(theme_tritanopia, "themes/tritanopia.theme");
GH_EMBED(theme_mono, "themes/mono.theme");
GH_EMBED(theme_solarized, "themes/solarized.theme");
GH_EMBED(theme_prod_red, "themes/prod-red.theme");

const struct ui_theme_file ui_theme_files[] = {
    {"dark", theme_dark, theme_dark_end},
    {"light", theme_light, theme_light_end},
    {"high-contrast", theme_high_contrast, theme_high_contrast_end},
    {"deuteranopia", theme_deuteranopia, theme_deuteranopia_end},
    {"tritanopia", theme_tritanopia, theme_tritanopia_end},
    {"mono", theme_mono, theme_mono_end},
    {"solarized", theme_solarized, theme_solarized_end},
    {"prod-red", theme_prod_red, theme_prod_red_end},
};
const size_t ui_theme_files_n = GH_COUNT(ui_theme_files);
