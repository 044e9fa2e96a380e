/* SPDX-License-Identifier: Apache-2.0
 * The lab's program of many names: which row of its table counts, and what it answers. */
int stand_in_main(int argc, char **argv);
#define main stand_in_main
#include "../../../src/lab/stand_in.c"
#undef main

#include "../tap.h"

struct box {
	char dir[64], path[80]; /* a file "10" in a folder */
};

static int setup(void **state)
{
	struct box *x = calloc(1, sizeof(*x));
	const char *tmp = getenv("TMPDIR");
	FILE *f;

	assert_non_null(x);
	snprintf(x->dir, sizeof(x->dir), "%.40s/stand-in.XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(x->dir));
	snprintf(x->path, sizeof(x->path), "%s/10", x->dir);
	f = fopen(x->path, "we");
	assert_non_null(f);
	fputs("auditd active\nqgsd failed\n", f);
	fclose(f);
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct box *x = *state;

	unlink(x->path);
	rmdir(x->dir);
	free(x);
	return 0;
}

static void test_row_when_not_four_parts_then_it_is_none(void **state)
{
	static const char *const none[] = {
	    "", "\n", "# a\tb\tc\td\n", "df\n", "df\t*\t0\n"};
	char line[64];
	struct row r;

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		snprintf(line, sizeof(line), "%s", none[i]);
		assert_false(read_row(&r, line));
	}
	snprintf(line, sizeof(line), "df\t-P *\t3\t=a b\n");
	assert_true(read_row(&r, line));
	assert_string_equal(r.name, "df");
	assert_string_equal(r.args, "-P *");
	assert_string_equal(r.answer, "=a b");
	assert_int_equal(r.status, 3);
}

static void test_call_when_read_then_name_and_words(void **state)
{
	char *argv[] = {
	    (char[]){"/usr/local/bin/virsh"}, (char[]){"list"}, (char[]){"-q"}, NULL};
	char *bare[] = {(char[]){"who"}, NULL};
	struct call c;

	(void)state;
	read_call(&c, argv);
	assert_string_equal(c.name, "virsh");
	assert_string_equal(c.args, "list -q");
	read_call(&c, bare);
	assert_string_equal(c.name, "who");
	assert_string_equal(c.args, "");
}

static void test_call_when_too_long_then_it_is_cut(void **state)
{
	char longest[2 * LINE_CHARS];
	char *argv[] = {(char[]){"a"}, longest, longest, NULL};
	struct call c;

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	read_call(&c, argv);
	assert_int_equal(strlen(c.args), LINE_CHARS - 1);
}

static void test_answer_when_a_file_by_an_argument_then_that_one_or_no_row(void **state)
{
	const struct box *x = *state;
	char *argv[] = {(char[]){"dd"}, (char[]){"bs=8"}, (char[]){"skip=10"}, NULL};
	char *other[] = {(char[]){"dd"}, (char[]){"skip=11"}, NULL};
	char answer[96];
	struct row r = {.answer = answer, .status = 5};
	struct call c;

	snprintf(answer, sizeof(answer), "%s/{skip}", x->dir);
	read_call(&c, argv);
	assert_int_equal(give_answer(&c, &r), 5);
	read_call(&c, other);
	assert_int_equal(give_answer(&c, &r), -1);
	read_call(&c, argv);
	snprintf(answer, sizeof(answer), "%s/none", x->dir);
	assert_int_equal(give_answer(&c, &r), -1);
}

static void test_answer_when_states_then_active_only_when_all_are(void **state)
{
	const struct box *x = *state;
	char *good[] = {(char[]){"systemctl"}, (char[]){"is-active"},
	    (char[]){"auditd.service"}, NULL};
	char *bad[] = {(char[]){"systemctl"}, (char[]){"is-active"}, (char[]){"auditd"},
	    (char[]){"qgsd"}, NULL};
	char word[16], answer[96];
	struct row r = {.answer = answer, .status = 3};
	struct call c;

	snprintf(answer, sizeof(answer), "?%s", x->path);
	read_call(&c, good);
	assert_int_equal(give_answer(&c, &r), 0);
	read_call(&c, bad);
	assert_int_equal(give_answer(&c, &r), 3);
	look_up(x->path, "qgsd", word, sizeof(word));
	assert_string_equal(word, "failed");
	look_up(x->path, "qgs", word, sizeof(word)); /* a name is no beginning of one */
	assert_string_equal(word, "inactive");
}

static void test_main_when_no_table_then_127(void **state)
{
	char *argv[] = {(char[]){"df"}, NULL};

	(void)state;
	if (!access(GH_STAND_IN_TABLE, F_OK))
		skip();
	assert_int_equal(stand_in_main(1, argv), NO_ROW);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_row_when_not_four_parts_then_it_is_none),
	    cmocka_unit_test(test_call_when_read_then_name_and_words),
	    cmocka_unit_test(test_call_when_too_long_then_it_is_cut),
	    cmocka_unit_test_setup_teardown(
		test_answer_when_a_file_by_an_argument_then_that_one_or_no_row, setup,
		teardown),
	    cmocka_unit_test_setup_teardown(
		test_answer_when_states_then_active_only_when_all_are, setup, teardown),
	    cmocka_unit_test(test_main_when_no_table_then_127),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
