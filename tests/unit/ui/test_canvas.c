/* SPDX-License-Identifier: Apache-2.0
 * The canvas: clipping, widths, wrapping, and that no control byte gets in. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "canvas.h"
#include "tests/unit/tap.h"

static struct ui_canvas cv;

static int setup(void **state)
{
	(void)state;
	setlocale(LC_ALL, "C.UTF-8");
	cv = (struct ui_canvas){.utf8 = true};
	return ui_canvas_resize(&cv, 4, 20, NULL);
}

static int teardown(void **state)
{
	(void)state;
	ui_canvas_free(&cv);
	return 0;
}

static void row_is(int row, const char *want)
{
	struct gh_buf text = {0};
	ui_canvas_text(&cv, &text);
	const char *p = gh_buf_cstr(&text);
	while (row--)
		p = strchr(p, '\n') + 1;
	char line[256];
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(p, "\n"), p);
	assert_string_equal(line, want);
	gh_buf_free(&text);
}

static void test_text_when_it_fits_then_stands(void **state)
{
	(void)state;
	assert_int_equal(ui_put(&cv, UI_AT(1, 3, 10), UI_FAIL, "abc"), 3);
	row_is(1, "   abc");
	assert_int_equal(ui_canvas_at(&cv, 1, 3)->role, UI_FAIL);
	assert_int_equal(ui_canvas_at(&cv, 1, 6)->role, UI_TEXT);
}

static void test_text_when_too_long_then_cut_with_dots(void **state)
{
	(void)state;
	assert_int_equal(ui_put(&cv, UI_AT(0, 0, 6), UI_TEXT, "abcdefgh"), 6);
	row_is(0, "abcd..");
	assert_int_equal(ui_put(&cv, UI_AT(1, 18, 50), UI_TEXT, "abcdefgh"), 2);
	row_is(1, "                  ab");
}

static void test_text_when_outside_then_nothing(void **state)
{
	(void)state;
	assert_int_equal(ui_put(&cv, UI_AT(4, 0, 6), UI_TEXT, "x"), 0);
	assert_int_equal(ui_put(&cv, UI_AT(-1, 0, 6), UI_TEXT, "x"), 0);
	assert_int_equal(ui_put(&cv, UI_AT(0, -1, 6), UI_TEXT, "x"), 0);
	assert_int_equal(ui_put(&cv, UI_AT(0, 20, 6), UI_TEXT, "x"), 0);
	assert_int_equal(ui_put(&cv, UI_AT(0, 0, -3), UI_TEXT, "x"), 0);
	assert_null(ui_canvas_at(&cv, 0, 20));
	row_is(0, "");
}

static void test_bytes_when_hostile_then_question_marks(void **state)
{
	(void)state;
	/* ESC, C1 as UTF-8, a bare 0x9b, RLO, zero width, a lone lead byte, surrogate */
	ui_put(&cv, UI_AT(0, 0, 20), UI_TEXT,
	    "a\033\xc2\x9b\x9b\xe2\x80\xae\xe2\x80\x8b\r\n\t\b\xed\xa0\x80"
	    "z\xc3");
	row_is(0, "a????????????z?");
	for (int c = 0; c < 20; c++)
		assert_true(ui_canvas_at(&cv, 0, c)->ch >= 0x20);
}

static void test_wide_when_over_half_then_blanked(void **state)
{
	(void)state;
	assert_int_equal(
	    ui_put(&cv, UI_AT(0, 0, 20), UI_TEXT, "\xe6\xbc\xa2\xe5\xad\x97"), 4);
	assert_int_equal(ui_canvas_at(&cv, 0, 0)->width, 2);
	assert_int_equal(ui_canvas_at(&cv, 0, 1)->width, 0);
	ui_put(&cv, UI_AT(0, 1, 1), UI_TEXT, "x"); /* right half of the first */
	row_is(0, " x\xe5\xad\x97");
	ui_put(&cv, UI_AT(0, 2, 1), UI_TEXT, "y"); /* left half of the second */
	row_is(0, " xy");
	assert_int_equal(ui_put(&cv, UI_AT(1, 19, 1), UI_TEXT, "\xe6\xbc\xa2"), 0);
}

static void test_ascii_when_no_utf8_then_question_marks(void **state)
{
	(void)state;
	cv.utf8 = false;
	ui_put(&cv, UI_AT(0, 0, 20), UI_TEXT, "\xe2\x9c\x93 ok");
	row_is(0, "? ok");
}

static void test_wrap_when_words_then_broken_at_blanks(void **state)
{
	(void)state;
	struct ui_box box = {0, 2, 4, 8};
	assert_int_equal(
	    ui_put_wrap(&cv, box, UI_TEXT, "one two three fourteenhundred"), 4);
	row_is(0, "  one two");
	row_is(1, "  three");
	row_is(2, "  fourteen");
	row_is(3, "  hundred");
	ui_canvas_clear(&cv);
	box.rows = 2;
	assert_int_equal(
	    ui_put_wrap(&cv, box, UI_TEXT, "one two three fourteenhundred"), 2);
	row_is(1, "  three ..");
}

static void test_right_when_short_then_at_the_edge(void **state)
{
	(void)state;
	ui_put_right(&cv, UI_AT(0, 10, 10), UI_TEXT, "abc");
	row_is(0, "                 abc");
}

static void test_cursor_when_row_then_roles_say_so(void **state)
{
	(void)state;
	ui_put(&cv, UI_AT(0, 0, 4), UI_FAIL, "FAIL");
	ui_cursor_row(&cv, UI_AT(0, 0, 20));
	struct gh_buf roles = {0};
	ui_canvas_roles(&cv, &roles);
	assert_memory_equal(gh_buf_cstr(&roles), ">ffff\n", 6);
	gh_buf_free(&roles);
}

static void test_size_when_absurd_then_clamped(void **state)
{
	(void)state;
	assert_int_equal(ui_canvas_resize(&cv, -5, 0, NULL), 0);
	assert_int_equal(cv.rows, 1);
	assert_int_equal(cv.cols, 1);
	assert_int_equal(ui_canvas_resize(&cv, 100000, 2, NULL), 0);
	assert_int_equal(cv.rows, UI_MAX_SIDE);
}

/* Any bytes at all: nothing but printable cells. */
static void test_bytes_when_random_then_only_printable(void **state)
{
	(void)state;
	srand(7);
	for (int round = 0; round < 20000; round++) {
		char s[40];
		for (size_t i = 0; i + 1 < sizeof(s); i++)
			s[i] = (char)(rand() % 255 + 1);
		s[sizeof(s) - 1] = '\0';
		ui_put(
		    &cv, UI_AT(rand() % 6 - 1, rand() % 24 - 2, rand() % 30), UI_TEXT, s);
	}
	for (int r = 0; r < 4; r++)
		for (int c = 0; c < 20; c++) {
			const struct ui_cell *x = ui_canvas_at(&cv, r, c);
			if (x->width == 0) {
				assert_int_equal(x->ch, 0);
				assert_int_equal(ui_canvas_at(&cv, r, c - 1)->width, 2);
				continue;
			}
			assert_true(x->ch >= 0x20 && x->ch != 0x7f);
			assert_false(x->ch >= 0x80 && x->ch < 0xa0);
			if (x->width == 2)
				assert_int_equal(ui_canvas_at(&cv, r, c + 1)->width, 0);
		}
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_text_when_it_fits_then_stands),
	    T(test_text_when_too_long_then_cut_with_dots),
	    T(test_text_when_outside_then_nothing),
	    T(test_bytes_when_hostile_then_question_marks),
	    T(test_wide_when_over_half_then_blanked),
	    T(test_ascii_when_no_utf8_then_question_marks),
	    T(test_wrap_when_words_then_broken_at_blanks),
	    T(test_right_when_short_then_at_the_edge),
	    T(test_cursor_when_row_then_roles_say_so),
	    T(test_size_when_absurd_then_clamped),
	    T(test_bytes_when_random_then_only_printable),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
