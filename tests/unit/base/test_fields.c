/* SPDX-License-Identifier: Apache-2.0
 * The list of fields: offsets, groups, text and JSON. */

#include <stdint.h>
#include <string.h>

#include "base/fields.h"
#include "tests/unit/tap.h"

static const unsigned char bytes[80] = {1, 2, 3, 4};

static void fill(struct gh_fields *fs)
{
	fs->whole = (struct gh_bytes){bytes, sizeof bytes};
	gh_fields_open(fs, "a report of %zu bytes", sizeof bytes);
	gh_fields_add(fs, "VERSION", bytes, 4, "%u", 67305985u);
	gh_fields_open(fs, "body");
	gh_fields_raw(fs, "NONCE", bytes + 4, 70);
	gh_fields_close(fs);
	gh_fields_add(fs, "derived", NULL, 0, "from \x1b[31m the above");
	gh_fields_close(fs);
	gh_fields_close(fs); /* one too many changes nothing */
}

static void test_fields_when_inside_whole_then_offset_known(void **state)
{
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};

	(void)state;
	fill(&fs);
	assert_int_equal(gh_fields_ok(&fs, NULL), 0);
	assert_int_equal(fs.n, 5);
	assert_int_equal(fs.at[1].offset, 0);
	assert_int_equal(fs.at[3].offset, 4);
	assert_int_equal(fs.at[3].depth, 2);
	assert_true(fs.at[4].offset == SIZE_MAX);
	assert_int_equal(fs.depth, 0);
}

static void test_plain_shows_offset_size_hex_and_meaning(void **state)
{
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};
	gh_auto(struct gh_buf, gh_buf_free) out = {0};
	const char *text;

	(void)state;
	fill(&fs);
	gh_fields_plain(&out, &fs);
	text = gh_buf_cstr(&out);
	assert_non_null(strstr(text, "a report of 80 bytes\n"));
	assert_non_null(strstr(
	    text, "0x0000     4    VERSION                  01020304  67305985\n"));
	assert_non_null(strstr(text, "0x0004    70      NONCE"));
	assert_null(strchr(text, '\x1b'));
}

static void test_json_nests_groups(void **state)
{
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};
	gh_auto(json_t *, gh_json_free) j = NULL;
	const json_t *top, *body;

	(void)state;
	fill(&fs);
	j = gh_fields_json(&fs);
	assert_int_equal(json_array_size(j), 1);
	top = json_object_get(json_array_get(j, 0), "fields");
	assert_int_equal(json_array_size(top), 3);
	body = json_object_get(json_array_get(top, 1), "fields");
	assert_int_equal(
	    json_integer_value(json_object_get(json_array_get(body, 0), "offset")), 4);
	assert_int_equal(
	    json_integer_value(json_object_get(json_array_get(body, 0), "size")), 70);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_fields_when_inside_whole_then_offset_known),
	    cmocka_unit_test(test_plain_shows_offset_size_hex_and_meaning),
	    cmocka_unit_test(test_json_nests_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
