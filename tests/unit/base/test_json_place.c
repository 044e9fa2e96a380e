/* SPDX-License-Identifier: Apache-2.0
 * Line and column of a value by its path, and of what does not parse. */
#include <string.h>

#include "base/json_place.h"
#include "base/text.h"
#include "tests/unit/tap.h"

static const char doc[] =
    "{\n"
    "  \"a\": 1,\n"
    "  \"b\": [true, \"x,]}\\\"\", {\"c\" : null}, [] ],\n"
    "\t\"d\\u0065\": {\"\xc3\xa9\": 2, \"z\": -1.5e3}, \"end\":\"\"\n"
    "}";

static void want(
    const struct gh_json_at *at, bool of_key, unsigned int line, unsigned int column)
{
	struct gh_json_place p = gh_json_place(gh_text_of(doc), at, of_key);

	assert_int_equal(line, p.line);
	assert_int_equal(column, p.column);
}

static void test_place_when_path_is_walked_then_line_and_column(void **state)
{
	const struct gh_json_at a = {NULL, "a", 0}, b = {NULL, "b", 0},
				b0 = {&b, NULL, 0}, b1 = {&b, NULL, 1},
				b2 = {&b, NULL, 2}, c = {&b2, "c", 0}, b3 = {&b, NULL, 3},
				d = {NULL, "de", 0}, e = {&d, "\xc3\xa9", 0},
				z = {&d, "z", 0}, end = {NULL, "end", 0};

	(void)state;
	want(NULL, false, 1, 1);
	want(&a, false, 2, 8);
	want(&a, true, 2, 3);
	want(&b, false, 3, 8);
	want(&b0, false, 3, 9);
	want(&b1, false, 3, 15);
	want(&b2, false, 3, 25);
	want(&c, false, 3, 32);
	want(&c, true, 3, 26);
	want(&b3, false, 3, 39);
	want(&d, true, 4, 2);
	want(&e, false, 4, 19);
	want(&z, false, 4, 27); /* a character of two bytes stands before it */
	want(&z, true, 4, 22);
	want(&end, false, 4, 42);
}

static void test_place_when_path_leads_nowhere_then_where_it_ended(void **state)
{
	const struct gh_json_at none = {NULL, "none", 0}, a = {NULL, "a", 0},
				deep = {&a, "x", 0}, b = {NULL, "b", 0},
				b9 = {&b, NULL, 9}, wrong = {&b, "k", 0};

	(void)state;
	want(&none, false, 1, 1);
	want(&deep, false, 2, 8);
	want(&b9, false, 3, 8);
	want(&wrong, true, 3, 8);
}

static void test_place_when_text_is_no_json_then_ends(void **state)
{
	static const char *const bad[] = {
	    "", " ", "{", "[", "{\"a", "{\"a\"", "{\"a\":", "[1,", "]", "{\"a\\", "\"\\"};
	const struct gh_json_at a = {NULL, "a", 0}, i = {NULL, NULL, 3};

	(void)state;
	for (size_t k = 0; k < GH_COUNT(bad); k++) {
		assert_int_equal(1, gh_json_place(gh_text_of(bad[k]), &a, false).line);
		assert_int_equal(1, gh_json_place(gh_text_of(bad[k]), &i, true).line);
	}
}

static void test_parse_when_it_fails_then_placed(void **state)
{
	static const struct {
		const char *text;
		unsigned int line, column;
	} cases[] = {
	    {"{\"a\": 1,\n \"a\": 2}", 2, 4},
	    {"{\n\n  \"b\": tru\n}", 3, 10},
	    {"", 1, 1},
	};
	struct gh_json_place at;
	struct gh_err err;
	gh_auto(struct gh_buf, gh_buf_free) deep = {0};
	json_t *j;

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		j = gh_json_parse_placed(gh_text_of(cases[i].text), &at, &err);
		assert_null(j);
		assert_int_equal(cases[i].line, at.line);
		assert_int_equal(cases[i].column, at.column);
	}
	for (int i = 0; i < 100; i++)
		gh_buf_chr(&deep, '[');
	for (int i = 0; i < 100; i++)
		gh_buf_chr(&deep, ']');
	assert_null(gh_json_parse_placed(gh_buf_view(&deep), &at, &err));
	assert_int_equal(1, at.line);
	j = gh_json_parse_placed(gh_text_of("[1]"), &at, &err);
	assert_non_null(j);
	json_decref(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_place_when_path_is_walked_then_line_and_column),
	    cmocka_unit_test(test_place_when_path_leads_nowhere_then_where_it_ended),
	    cmocka_unit_test(test_place_when_text_is_no_json_then_ends),
	    cmocka_unit_test(test_parse_when_it_fails_then_placed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
