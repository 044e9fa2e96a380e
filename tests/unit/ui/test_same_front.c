/* SPDX-License-Identifier: Apache-2.0
 * How much of two texts is left away so that they are not shown as the same. */
#include "../tap.h"
#include "ui/view_sheet.c"

static size_t front(char *a, char *b, int width)
{
	const struct ui_line l = {.bad = true, .cell = {NULL, a, b}};

	return same_front(&l, width);
}

static void test_front_when_narrow_then_never_before_the_text(void **state)
{
	(void)state;
	for (int width = -1; width <= 40; width++)
		for (size_t same = 0; same <= 30; same++) {
			char a[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", b[sizeof(a)];

			memcpy(b, a, sizeof(a));
			b[same] = '\0';
			assert_true(front(a, b, width) <= same);
			if (same < 30)
				b[same] = 'b';
			assert_true(front(a, b, width) <= 30);
		}
}

static void test_front_when_the_difference_is_far_then_it_is_shown(void **state)
{
	char a[] = "a-very-long-value-of-which-the-end-is-1";
	char b[] = "a-very-long-value-of-which-the-end-is-2";
	size_t n = front(a, b, 10);

	(void)state;
	assert_true(n > 0 && n <= 38 && 38 < n + 10);
	assert_int_equal(front(a, b, 80), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_front_when_narrow_then_never_before_the_text),
	    cmocka_unit_test(test_front_when_the_difference_is_far_then_it_is_shown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
