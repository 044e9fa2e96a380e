/* SPDX-License-Identifier: Apache-2.0
 * Errors, buffers, the reader, JSON, time, files. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/env.h"
#include "base/file.h"
#include "base/json.h"
#include "base/rd.h"
#include "tests/unit/tap.h"

static void test_err_when_hostile_then_cleaned(void **state)
{
	struct gh_err err;

	(void)state;
	assert_int_equal(gh_fail(&err, GH_E_REMOTE, "said %s", "\033]52;c;x\007"), -1);
	assert_string_equal(err.what, "said \\x1b]52;c;x\\x07");
	gh_err_prefix(&err, "host %s", "gpu-a");
	assert_string_equal(err.what, "host gpu-a: said \\x1b]52;c;x\\x07");
	assert_int_equal(gh_fail(NULL, GH_E_IO, "nobody listens"), -1);
	assert_int_equal(gh_errc_exit(GH_E_CONFIG), 4);
	assert_int_equal(gh_errc_exit(GH_E_IO), 5);
}

static void test_reader_when_short_then_bad_for_good(void **state)
{
	static const unsigned char in[] = {1, 2, 3, 4, 5};
	struct gh_rd r = gh_rd_of(in, sizeof in);
	struct gh_err err;

	(void)state;
	assert_int_equal(gh_rd_u16le(&r), 0x0201);
	assert_int_equal(gh_rd_u16be(&r), 0x0304);
	assert_int_equal(gh_rd_ok(&r, "x", &err), 0);
	assert_int_equal(gh_rd_u16le(&r), 0);
	assert_int_equal(gh_rd_u8(&r), 0); /* one byte is left, but the reader is bad */
	assert_int_equal(gh_rd_ok(&r, "quote", &err), -1);
	assert_string_equal(
	    err.what, "quote: truncated at offset 0x4: 2 bytes needed, 1 there");
}

static void test_buf_when_a_number_then_lowest_byte_first(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	(void)state;
	gh_buf_le(&b, 0x0123456789abcdef, 8);
	gh_buf_le(&b, 0xffeedd, 2);
	gh_buf_le(&b, 1, 0);
	assert_int_equal(b.len, 10);
	assert_memory_equal(b.p, "\xef\xcd\xab\x89\x67\x45\x23\x01\xdd\xee", 10);
}

static void test_reader_when_sub_then_offsets_are_of_the_whole(void **state)
{
	static const unsigned char in[8] = {0};
	struct gh_rd r = gh_rd_of(in, sizeof in), s;
	struct gh_err err;

	(void)state;
	gh_rd_skip(&r, 3);
	s = gh_rd_sub(&r, 4);
	gh_rd_skip(&s, 2);
	assert_int_equal(gh_rd_at(&s), 5);
	assert_int_equal(gh_rd_end(&s, "inner", &err), -1);
	assert_int_equal(gh_rd_left(&r), 1);
	s = gh_rd_sub(&r, SIZE_MAX);
	assert_true(s.bad && r.bad);
	assert_int_equal(gh_rd_u8(&s), 0);
}

static void test_json_when_hostile_then_refused(void **state)
{
	static const char *const bad[] = {
	    "{\"a\":1,\"a\":2}", "{} x", "[1,", "\"\\u0000\"", "{\"a\":\"\xff\"}", ""};
	char deep[200];
	struct gh_err err;

	(void)state;
	for (size_t i = 0; i < GH_COUNT(bad); i++)
		assert_null(gh_json_parse(bad[i], strlen(bad[i]), &err));
	memset(deep, '[', sizeof deep);
	assert_null(gh_json_parse(deep, sizeof deep, &err));
	assert_string_equal(err.what, "JSON is nested deeper than 64");
}

static void test_json_when_dumped_then_sorted(void **state)
{
	static const char text[] = "{\"b\": [1, true], \"a\": \"x\"}";
	gh_auto(json_t *, gh_json_free) j = gh_json_parse(text, sizeof text - 1, NULL);
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	(void)state;
	assert_non_null(j);
	gh_json_dump(&b, j);
	assert_string_equal(gh_buf_cstr(&b), "{\"a\":\"x\",\"b\":[1,true]}");
}

static void test_time_when_parsed_then_same_text(void **state)
{
	static const struct {
		const char *in;
		const char *out;
	} good[] = {{"2026-11-23T03:14:07Z", "2026-11-23T03:14:07Z"},
	    {"2026-11-23T03:14:07.25+01:00", "2026-11-23T02:14:07Z"},
	    {"2026-11-23", "2026-11-23T00:00:00Z"}, {"0", "1970-01-01T00:00:00Z"},
	    {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"}};
	static const char *const bad[] = {"2026-02-30", "2026-13-01", "yesterday", "",
	    "2026-11-23T25:00:00Z", "2026-11-23T03:14:07", "2026-11-23T03:14:07Zx"};
	char text[GH_TIME_LEN];
	int64_t at;

	(void)state;
	for (size_t i = 0; i < GH_COUNT(good); i++) {
		assert_int_equal(gh_time_parse(good[i].in, &at, NULL), 0);
		gh_time_text(text, at);
		assert_string_equal(text, good[i].out);
	}
	for (size_t i = 0; i < GH_COUNT(bad); i++)
		assert_int_equal(gh_time_parse(bad[i], &at, NULL), -1);
}

static void test_ulid_when_made_twice_then_distinct(void **state)
{
	char a[GH_ULID_LEN], b[GH_ULID_LEN];

	(void)state;
	assert_int_equal(gh_ulid(&gh_env_real, a, NULL), 0);
	assert_int_equal(gh_ulid(&gh_env_real, b, NULL), 0);
	assert_int_equal(strlen(a), 26);
	assert_string_not_equal(a, b);
	assert_memory_equal(a, b, 7); /* the same minute at least */
}

static void test_file_when_written_then_read_back_and_capped(void **state)
{
	char dir[] = "/tmp/gh-test-XXXXXX", path[64];
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_err err;
	struct stat st;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(gh_path_join(path, sizeof path, dir, "a/b", &err), 0);
	assert_int_equal(gh_file_mkdirs(path, 0700, &err), 0);
	assert_int_equal(gh_path_join(path, sizeof path, dir, "a/b/f", &err), 0);
	assert_int_equal(gh_file_write(path, "hello", 5, 0600, &err), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(gh_file_read(&b, path, 5, &err), 0);
	assert_string_equal(gh_buf_cstr(&b), "hello");
	assert_int_equal(gh_file_read(&b, path, 4, &err), -1);
	assert_int_equal(gh_file_read(&b, "/nonexistent/x", 4, &err), -1);
	assert_int_equal(err.code, GH_E_IO);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_err_when_hostile_then_cleaned),
	    cmocka_unit_test(test_buf_when_a_number_then_lowest_byte_first),
	    cmocka_unit_test(test_reader_when_short_then_bad_for_good),
	    cmocka_unit_test(test_reader_when_sub_then_offsets_are_of_the_whole),
	    cmocka_unit_test(test_json_when_hostile_then_refused),
	    cmocka_unit_test(test_json_when_dumped_then_sorted),
	    cmocka_unit_test(test_time_when_parsed_then_same_text),
	    cmocka_unit_test(test_ulid_when_made_twice_then_distinct),
	    cmocka_unit_test(test_file_when_written_then_read_back_and_capped),
	};

	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
