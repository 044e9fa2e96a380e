/* SPDX-License-Identifier: Apache-2.0
 * Theme files, the tiers derived from them, and that their words can be read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/tap.h"
#include "theme.h"

static int parse(struct ui_theme *t, const char *text, struct gh_err *err)
{
	return ui_theme_parse(t, "test", text, strlen(text), err);
}

static void test_parse_when_good_then_styles(void **state)
{
	(void)state;
	struct ui_theme t;
	assert_int_equal(parse(&t,
			     "; c\n# c\n\n ok = #5fafff on 17 bold\nfail=bright-red "
			     "underline reverse\nwarn = default on default",
			     NULL),
	    0);
	assert_int_equal(t.style[UI_OK].fg.kind, UI_C_RGB);
	assert_int_equal(t.style[UI_OK].fg.value, 0x5fafff);
	assert_int_equal(t.style[UI_OK].bg.value, 17);
	assert_int_equal(t.style[UI_OK].attrs, UI_BOLD);
	assert_int_equal(t.style[UI_FAIL].fg.value, 9);
	assert_int_equal(t.style[UI_FAIL].attrs, UI_UNDERLINE | UI_REVERSE);
	assert_int_equal(t.style[UI_WARN].fg.kind, UI_C_DEFAULT);
}

static void test_parse_when_role_missing_then_nothing_left_of_the_old(void **state)
{
	(void)state;
	struct ui_theme t;
	assert_int_equal(parse(&t, "fail = red bold", NULL), 0);
	assert_int_equal(parse(&t, "ok = blue", NULL), 0);
	assert_int_equal(t.style[UI_FAIL].fg.kind, UI_C_DEFAULT);
	assert_int_equal(t.style[UI_FAIL].attrs, 0);
}

static void test_parse_when_bad_then_line_is_named(void **state)
{
	(void)state;
	static const char *const bad[] = {"\nnorole = red", "\nok red", "\nok = #12345",
	    "\nok = #12345g", "\nok = 256", "\nok = -1", "\nok = red on", "\nok = bold",
	    "\nok =", "\nok = purplish", "\nok = on on red"};
	for (size_t i = 0; i < GH_COUNT(bad); i++) {
		struct ui_theme t = {.name = "untouched"};
		struct gh_err err = {0};
		assert_int_equal(parse(&t, bad[i], &err), -1);
		assert_int_equal(err.code, GH_E_CONFIG);
		assert_non_null(strstr(err.what, "line 2"));
		assert_string_equal(t.name, "untouched");
	}
}

static void test_parse_when_bytes_flip_then_no_crash(void **state)
{
	(void)state;
	char good[] = "ok = #5fafff on 17 bold\nfail = red\n";
	struct ui_theme t;
	int accepted = 0;
	for (size_t cut = 0; cut <= strlen(good);
	     cut++) /* from the heap: ASan sees its end */
		accepted += cut == 0 || ({
			char *p = malloc(cut);
			memcpy(p, good, cut);
			int rc = ui_theme_parse(&t, "cut", p, cut, NULL);
			free(p);
			rc == 0;
		});
	assert_true(accepted > 0);
	for (size_t i = 0; i < strlen(good); i++)
		for (int b = 1; b < 256; b++) {
			good[i] ^= (char)b;
			accepted +=
			    ui_theme_parse(&t, "flip", good, strlen(good), NULL) == 0;
			good[i] ^= (char)b;
		}
	assert_true(accepted > 1);
}

static void test_load_when_shipped_then_every_role_is_set(void **state)
{
	(void)state;
	size_t n = 0;
	for (const char *name; (name = ui_theme_name(n)); n++) {
		struct ui_theme t;
		char path[64];
		struct gh_err err = {0};
		assert_int_equal(ui_theme_load(&t, name, &err), 0);
		snprintf(path, sizeof(path), "themes/%s.theme", name);
		struct ui_theme file;
		assert_int_equal(ui_theme_load(&file, path, &err), 0);
		assert_memory_equal(t.style, file.style, sizeof(t.style));
		if (strcmp(name, "mono") != 0)
			for (int r = 0; r < UI_N_ROLES; r++)
				assert_int_not_equal(t.style[r].fg.kind, UI_C_DEFAULT);
		assert_non_null(ui_theme_after(name));
	}
	assert_int_equal(n, 8);
	struct ui_theme t;
	struct gh_err err = {0};
	assert_int_equal(ui_theme_load(&t, "nosuch", &err), -1);
	assert_non_null(strstr(err.hint, "dark"));
}

static const enum ui_role words[] = {UI_TEXT, UI_TITLE, UI_OK, UI_WARN, UI_FAIL, UI_STALE,
    UI_UNKNOWN, UI_RUN, UI_GATE_OPEN, UI_GATE_SHUT, UI_KEY, UI_KEY_TEXT, UI_CONTEXT_PROD,
    UI_CONTEXT_TEST, UI_LINK, UI_HASH, UI_DIM};

/* The background that a theme without one of its own is made for. */
static uint32_t ground(const char *name)
{
	return strcmp(name, "light") == 0           ? 0xffffff
	       : strcmp(name, "high-contrast") == 0 ? 0x000000
						    : 0x121212;
}

static double contrast_of(
    const struct ui_theme *t, enum ui_role r, bool cursor, enum ui_tier tier)
{
	struct ui_look_of l = ui_theme_look(t, r, cursor, tier);
	uint32_t fg, bg;
	bool rgb = tier == UI_TRUE;
	fg = l.fg < 0 ? (ground(t->name) == 0xffffff ? 0 : 0xd0d0d0)
	     : rgb    ? (uint32_t)l.fg
		      : ui_colour_rgb((uint32_t)l.fg);
	bg = l.bg < 0 ? ground(t->name)
	     : rgb    ? (uint32_t)l.bg
		      : ui_colour_rgb((uint32_t)l.bg);
	return ui_colour_contrast(fg, bg);
}

static void contrast(const char *name, double least)
{
	struct ui_theme t;
	assert_int_equal(ui_theme_load(&t, name, NULL), 0);
	for (size_t i = 0; i < GH_COUNT(words); i++)
		for (int cursor = 0; cursor < 2; cursor++)
			for (int tier = UI_256; tier <= UI_TRUE; tier++) {
				double c = contrast_of(&t, words[i], cursor, tier);
				if (c < least)
					fail_msg(
					    "theme %s role %s cursor %d tier %d: %.2f",
					    name, ui_role_name(words[i]), cursor, tier,
					    c);
			}
}

static void test_contrast_when_shipped_then_words_can_be_read(void **state)
{
	(void)state;
	const char *name;
	for (size_t i = 0; (name = ui_theme_name(i)); i++)
		if (strcmp(name, "mono") != 0)
			contrast(name, strcmp(name, "high-contrast") == 0 ? 7.0 : 4.5);
}

static void test_contrast_when_known_pairs_then_known_figures(void **state)
{
	(void)state;
	assert_true(ui_colour_contrast(0, 0xffffff) > 20.9);
	assert_true(ui_colour_contrast(0x808080, 0x808080) < 1.001);
	/* spec/console.md: 75 #5fafff on #121212 has 8.1, 160 #d70000 on white 5.4 */
	double a = ui_colour_contrast(0x5fafff, 0x121212);
	double b = ui_colour_contrast(0xd70000, 0xffffff);
	assert_true(a > 8.0 && a < 8.2);
	assert_true(b > 5.3 && b < 5.5);
}

static void test_tier_when_poorer_then_derived(void **state)
{
	(void)state;
	struct ui_theme t;
	assert_int_equal(parse(&t, "ok = #5fafff on #000000\nfail = #ff0000", NULL), 0);
	assert_int_equal(ui_theme_look(&t, UI_OK, false, UI_TRUE).fg, 0x5fafff);
	assert_int_equal(ui_theme_look(&t, UI_OK, false, UI_256).fg, 75);
	assert_int_equal(ui_theme_look(&t, UI_OK, false, UI_256).bg, 16);
	int fg16 = ui_theme_look(&t, UI_OK, false, UI_16).fg;
	assert_true(fg16 >= 0 && fg16 < 16);
	struct ui_look_of mono = ui_theme_look(&t, UI_FAIL, false, UI_MONO);
	assert_int_equal(mono.fg, -1);
	assert_int_equal(mono.bg, -1);
	assert_int_equal(mono.attrs, UI_BOLD | UI_REVERSE);
	assert_int_equal(ui_colour_256(0xff0000), 196);
	assert_int_equal(ui_colour_16(0x000000), 0);
	assert_int_equal(ui_colour_16(0xffffff), 15);
}

static void test_tier_when_terminal_then_as_the_spec_says(void **state)
{
	(void)state;
	assert_int_equal(ui_tier_choose("xterm-256color", NULL, 256, false), UI_256);
	assert_int_equal(ui_tier_choose("xterm-256color", "", 256, false), UI_256);
	assert_int_equal(ui_tier_choose("xterm-256color", "1", 256, false), UI_MONO);
	assert_int_equal(ui_tier_choose("xterm-256color", NULL, 256, true), UI_MONO);
	assert_int_equal(ui_tier_choose("vt100", NULL, 0, false), UI_MONO);
	assert_int_equal(ui_tier_choose("linux", NULL, 8, false), UI_16);
	assert_int_equal(ui_tier_choose("xterm-direct", NULL, 1 << 24, false), UI_TRUE);
	assert_int_equal(ui_tier_choose(NULL, NULL, 256, false), UI_MONO);
	assert_string_equal(ui_theme_default(NULL), "dark");
	assert_string_equal(ui_theme_default("0;15"), "light");
	assert_string_equal(ui_theme_default("15;0"), "dark");
	assert_string_equal(ui_theme_default("15;default;7"), "light");
}

int main(void)
{
	setenv("HOME", "/nonexistent", 1);
	unsetenv("XDG_CONFIG_HOME");
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_parse_when_good_then_styles),
	    cmocka_unit_test(test_parse_when_role_missing_then_nothing_left_of_the_old),
	    cmocka_unit_test(test_parse_when_bad_then_line_is_named),
	    cmocka_unit_test(test_parse_when_bytes_flip_then_no_crash),
	    cmocka_unit_test(test_load_when_shipped_then_every_role_is_set),
	    cmocka_unit_test(test_contrast_when_shipped_then_words_can_be_read),
	    cmocka_unit_test(test_contrast_when_known_pairs_then_known_figures),
	    cmocka_unit_test(test_tier_when_poorer_then_derived),
	    cmocka_unit_test(test_tier_when_terminal_then_as_the_spec_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
