/* SPDX-License-Identifier: Apache-2.0
 * Text from outside: what reaches an eye, and what does not. */
#include <string.h>

#include "base/text.h"
#include "tests/unit/tap.h"

static void cleaned_is(const char *in, size_t len, size_t max, const char *want)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	gh_text_clean(&b, in, len, max);
	assert_string_equal(gh_buf_cstr(&b), want);
}

static void test_clean_when_controls_then_escaped(void **state)
{
	(void)state;
	cleaned_is("a\033[31mb", 7, 100, "a\\x1b[31mb");
	cleaned_is("a\tb\nc\rd", 7, 100, "a b c\\x0dd");
	cleaned_is("\xc2\x9b", 2, 100, "\\x9b");
	cleaned_is("\x9b", 1, 100, "\\x9b");
	cleaned_is("a\0b", 3, 100, "a\\x00b");
	cleaned_is("\x7f", 1, 100, "\\x7f");
}

static void test_clean_when_unicode_tricks_then_escaped(void **state)
{
	(void)state;
	cleaned_is("\xe2\x80\xae"
		   "x",
	    4, 100, "\\u{202e}x");                            /* right-to-left override */
	cleaned_is("\xe2\x80\x8b", 3, 100, "\\u{200b}");      /* zero width space */
	cleaned_is("\xee\x80\x80", 3, 100, "\\u{e000}");      /* private use */
	cleaned_is("\xf3\xa0\x80\x81", 4, 100, "\\u{e0001}"); /* tag */
	cleaned_is("\xc0\x80", 2, 100, "\\xc0\\x80");         /* overlong */
	cleaned_is("\xed\xa0\x80", 3, 100, "\\xed\\xa0\\x80"); /* surrogate */
	cleaned_is("\xe2\x82", 2, 100, "\\xe2\\x82");          /* cut */
	cleaned_is("gr\xc3\xbc\xc3\x9f", 6, 100, "gr\xc3\xbc\xc3\x9f");
}

static void test_clean_when_marks_pile_up_then_two_stay(void **state)
{
	(void)state;
	cleaned_is("a\xcc\x81\xcc\x81\xcc\x81", 7, 100, "a\xcc\x81\xcc\x81\\u{0301}");
	cleaned_is("\xcc\x81", 2, 100, "\\u{0301}");
}

static void test_clean_when_too_long_then_cut_with_dots(void **state)
{
	(void)state;
	cleaned_is("abcdefgh", 8, 8, "abcdefgh");
	cleaned_is("abcdefghi", 9, 8, "abcde...");
	cleaned_is("abcd\033", 5, 6, "abc...");
}

static void test_whole_when_inside_a_character_then_before_it(void **state)
{
	static const char text[] = "a\xc3\xa4\xe2\x82\xac";
	static const size_t whole[] = {0, 1, 1, 3, 3, 3, 6};

	(void)state;
	for (size_t n = 0; n < GH_COUNT(whole); n++)
		assert_int_equal(whole[n], gh_text_whole(text, n));
	assert_int_equal(0, gh_text_whole("\x80\x80\x80", 2));
}

static void test_clean_when_twice_then_same(void **state)
{
	(void)state;
	for (unsigned int seed = 1; seed < 400; seed++) {
		gh_auto(struct gh_buf, gh_buf_free) once = {0};
		gh_auto(struct gh_buf, gh_buf_free) twice = {0};
		unsigned char in[64];
		unsigned int r = seed * 2654435761u;

		for (size_t i = 0; i < sizeof in; i++) {
			r = r * 1664525u + 1013904223u;
			in[i] = (unsigned char)(r >> 24);
		}
		gh_text_clean(&once, in, sizeof in, 1000);
		gh_text_clean(&twice, once.p, once.len, 1000);
		assert_string_equal(gh_buf_cstr(&once), gh_buf_cstr(&twice));
		for (size_t i = 0; i < once.len; i++)
			assert_true(once.p[i] >= 0x20 && once.p[i] != 0x7f);
	}
}

static void test_b64_when_canonical_then_round_trip(void **state)
{
	static const char *const good[] = {"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(good); i++) {
		gh_auto(struct gh_buf, gh_buf_free) raw = {0};
		gh_auto(struct gh_buf, gh_buf_free) text = {0};

		assert_int_equal(gh_unb64(&raw, good[i], strlen(good[i]), NULL), 0);
		gh_b64(&text, raw.p, raw.len);
		assert_string_equal(gh_buf_cstr(&text), good[i]);
	}
}

static void test_b64_when_not_canonical_then_refused(void **state)
{
	static const char *const bad[] = {
	    "Zg", "Zh==", "Zm9=", "Z===", "Zg==Zg==", "Zm 9v", "Zm9v\n", "====", "Zm-v"};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(bad); i++) {
		gh_auto(struct gh_buf, gh_buf_free) raw = {0};

		assert_int_equal(gh_unb64(&raw, bad[i], strlen(bad[i]), NULL), -1);
	}
}

static void test_hex_when_wrong_then_refused(void **state)
{
	unsigned char out[2];

	(void)state;
	assert_int_equal(gh_unhex(out, 2, "A1b2", NULL), 0);
	assert_int_equal(out[0], 0xa1);
	assert_int_equal(gh_unhex(out, 2, "A1b", NULL), -1);
	assert_int_equal(gh_unhex(out, 2, "A1b2c3", NULL), -1);
	assert_int_equal(gh_unhex(out, 2, "A1bg", NULL), -1);
}

static void test_lines_when_mixed_endings_then_split(void **state)
{
	struct gh_bytes rest = gh_text_of("one\r\n\ntwo"), line;

	(void)state;
	assert_true(gh_text_line(&rest, &line) && gh_text_is(line, "one"));
	assert_true(gh_text_line(&rest, &line) && gh_text_is(line, ""));
	assert_true(gh_text_line(&rest, &line) && gh_text_is(line, "two"));
	assert_false(gh_text_line(&rest, &line));
}

static void test_number_when_out_of_range_then_refused(void **state)
{
	uint64_t v;

	(void)state;
	assert_int_equal(gh_text_u64(gh_text_of("18446744073709551615"), 10, &v), 0);
	assert_true(v == UINT64_MAX);
	assert_int_equal(gh_text_u64(gh_text_of("18446744073709551616"), 10, &v), -1);
	assert_int_equal(gh_text_u64(gh_text_of("-1"), 10, &v), -1);
	assert_int_equal(gh_text_u64(gh_text_of(""), 10, &v), -1);
	assert_int_equal(gh_text_u64(gh_text_of("1a"), 10, &v), -1);
	assert_int_equal(gh_text_u64(gh_text_of("0x2b000650"), 16, &v), 0);
	assert_true(v == 0x2b000650);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_clean_when_controls_then_escaped),
	    cmocka_unit_test(test_clean_when_unicode_tricks_then_escaped),
	    cmocka_unit_test(test_clean_when_marks_pile_up_then_two_stay),
	    cmocka_unit_test(test_clean_when_too_long_then_cut_with_dots),
	    cmocka_unit_test(test_clean_when_twice_then_same),
	    cmocka_unit_test(test_b64_when_canonical_then_round_trip),
	    cmocka_unit_test(test_b64_when_not_canonical_then_refused),
	    cmocka_unit_test(test_hex_when_wrong_then_refused),
	    cmocka_unit_test(test_whole_when_inside_a_character_then_before_it),
	    cmocka_unit_test(test_lines_when_mixed_endings_then_split),
	    cmocka_unit_test(test_number_when_out_of_range_then_refused),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
