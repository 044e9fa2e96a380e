/* SPDX-License-Identifier: Apache-2.0
 * The table views: goldens, what must hold at every size, keys, and text that wants to be
 * more than text. GH_UPDATE=1 writes tests/golden anew. */
#include <locale.h>

#include "app_open.h"
#include "fixture_sheets.h"
#include "golden.h"

/* The sheet that a worker would have sent, as a message. */
static void arrive(enum ui_job_kind kind, struct ui_sheet *s)
{
	struct ui_msg *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	m->kind = UI_M_SHEET;
	m->job_kind = kind;
	m->sheet = s;
	ui_app_msg(&app, m);
	ui_msg_free(m);
}

static void facts_arrive(const char *host, const char *vendor)
{
	gh_auto(json_t *, gh_json_free) j = fixture_facts(host, FIXTURE_NOW - 41, vendor);
	struct ui_sheet *s = ui_sheet_new(host, "");

	ui_facts_rows(s, j);
	arrive(UI_J_FACTS, s);
}

static void enrolment_arrives(int n_rows, int64_t read)
{
	gh_auto(json_t *, gh_json_free) j =
	    fixture_enrolment("gpu-c", n_rows, read, "new board " FIXTURE_HOSTILE);
	struct ui_sheet *s = ui_sheet_new("gpu-c", "");

	ui_enrol_rows(s, j);
	arrive(UI_J_ENROLMENT, s);
}

static void policy_arrives(const char *host, const char *arg)
{
	gh_auto(json_t *, gh_json_free) j = fixture_policy("why " FIXTURE_HOSTILE);
	gh_auto(json_t *, gh_json_free) tests =
	    json_pack("{s:i, s:i}", "passed", 3, "failed", 0);
	struct ui_sheet *s = ui_sheet_new(host, arg);

	if (host[0])
		fixture_judged(&s->result, host);
	ui_policy_rows(s, j, tests);
	arrive(UI_J_POLICY, s);
}

static void checks_arrive(void)
{
	gh_auto(json_t *, gh_json_free) rows = fixture_catalogue("why " FIXTURE_HOSTILE);
	struct ui_sheet *s = ui_sheet_new("", "");

	ui_checks_rows(s, rows, app.look.model);
	arrive(UI_J_CHECKS, s);
}

static int setup(void **state)
{
	(void)state;
	setlocale(LC_ALL, "C.UTF-8");
	open_app();
	return 0;
}

static bool sees(const char *words, int r, int c)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	draw_look(&b, &app.look, r, c, false);
	return strstr(gh_buf_cstr(&b), words) != NULL;
}

static const char *row(void)
{
	static char id[160];

	ui_row_id(&app.look, app.look.at.sel, id, sizeof(id));
	return id;
}

/* ---- facts ----------------------------------------------------------------------------- */

static void test_facts_when_drawn_then_both_sides_stand_side_by_side(void **state)
{
	(void)state;
	type(":facts gpu-c\n");
	assert_int_equal(app.look.at.view, UI_FACTS);
	assert_true(sees("RUN  reading", 24, 80));
	facts_arrive("gpu-c", "American Megatrends");
	golden_look("facts-80x24", &app.look, 24, 80, false);
	type("o");
	golden_look("facts-100x30", &app.look, 30, 100, true);
	golden_look("facts-60x15", &app.look, 15, 60, false);
	golden_look("facts-160x24", &app.look, 24, 160, true);
}

static void test_facts_when_sorted_then_contradictions_come_first(void **state)
{
	(void)state;
	type("j2i");
	facts_arrive("gpu-c", "AMI");
	assert_string_equal(row(), "bios.acs");
	type("n");
	assert_string_equal(row(), "id.serial");
	type("o");
	assert_string_equal(row(), "id.serial");
	assert_int_equal(app.look.at.sel, 0);
	type("j");
	assert_string_equal(row(), "id.uuid");
	type("j");
	assert_string_equal(row(), "bios.acs");
	type("of");
	assert_int_equal(ui_row_count(&app.look), 2);
}

static void test_facts_when_searched_then_names_values_and_words_match(void **state)
{
	(void)state;
	type(":facts gpu-c\n");
	facts_arrive("gpu-c", "American Megatrends");
	type("/megatr\n");
	assert_int_equal(ui_row_count(&app.look), 1);
	assert_string_equal(row(), "bios.vendor");
	type("/\033/clock is\n");
	assert_string_equal(row(), "bmc.time_skew_s");
	type("/\033/fail\n");
	assert_int_equal(ui_row_count(&app.look), 2);
}

static void test_facts_when_cut_then_a_difference_stays_to_be_seen(void **state)
{
	(void)state;
	type(":facts gpu-c\n");
	facts_arrive("gpu-c", "AMI");
	assert_true(sees("4e0a02", 15, 60));
	assert_true(sees("4e7741", 15, 60));
}

static void test_facts_when_copied_or_opened_then_the_whole_row(void **state)
{
	(void)state;
	type(":facts gpu-c\n");
	facts_arrive("gpu-c", "AMI");
	type("ny");
	assert_non_null(strstr(app.copy, "S948211X4A00102   (read 2026-"));
	assert_non_null(strstr(app.copy, "neither may be believed"));
	type("e");
	assert_int_equal(app.look.at.view, UI_DETAIL);
	assert_non_null(strstr(app.look.detail, "\"bmc\": \"S948211X4A07741\""));
	type("\033");
	assert_int_equal(app.look.at.view, UI_FACTS);
	assert_string_equal(row(), "id.serial");
	type("\n");
	assert_non_null(strstr(app.look.detail, "FAIL  id.serial"));
}

static void test_facts_when_another_host_then_the_old_table_is_not_shown(void **state)
{
	(void)state;
	type(":facts gpu-c\n");
	facts_arrive("gpu-c", "AMI");
	type("l");
	assert_string_equal(app.look.at.host, "gpu-d");
	assert_int_equal(ui_row_count(&app.look), 0);
	facts_arrive("gpu-c", "AMI"); /* it was asked for before: too late */
	assert_int_equal(ui_row_count(&app.look), 0);
	facts_arrive("gpu-d", "AMI");
	assert_int_equal(ui_row_count(&app.look), 6);
	type("h");
	assert_string_equal(app.look.at.host, "gpu-c");
}

static void test_facts_when_hostile_then_text_only(void **state)
{
	(void)state;
	type(":facts gpu-c\n");
	facts_arrive("gpu-c", FIXTURE_HOSTILE);
	type("j");
	assert_string_equal(row(), "bios.vendor");
	gh_auto(char *, gh_str_free) words = ui_line_words(ui_sheet_row(&app.look));
	gh_auto(char *, gh_str_free) raw = ui_line_raw(ui_sheet_row(&app.look));
	for (const char *p = words; *p; p++)
		assert_true((*p >= 0x20 && *p < 0x7f) || *p == '\n');
	for (const char *p = raw; *p; p++)
		assert_true((*p >= 0x20 && *p < 0x7f) || *p == '\n');
	assert_true(sees("\\x1b[2J\\x1b]52", 24, 100));
}

static void test_facts_when_never_read_or_refused_then_says_so(void **state)
{
	(void)state;
	struct gh_err err = {.what = "there is no host 'x'", .hint = "look again"};
	gh_auto(json_t *, gh_json_free) none =
	    json_pack("{s:n, s:n, s:[]}", "ssh_read_at", "bmc_read_at", "facts");
	struct ui_sheet *s = ui_sheet_new("gpu-c", "");

	type(":facts gpu-c\n");
	ui_facts_rows(s, none);
	arrive(UI_J_FACTS, s);
	assert_true(sees("UNKN  nothing was ever read of gpu-c   press r", 24, 80));
	s = ui_sheet_new("gpu-c", "");
	ui_sheet_failed(s, &err);
	arrive(UI_J_FACTS, s);
	assert_true(sees("UNKN  there is no host 'x': look again", 24, 80));
	type("ynjkGew\n"); /* nothing below the cursor: nothing happens */
	assert_int_equal(app.look.at.view, UI_FACTS);
}

/* ---- enrolment --------------------------------------------------------------------------- */

static void test_enrolment_when_drawn_then_pins_then_their_chain(void **state)
{
	(void)state;
	type(":enrol gpu-c\n");
	assert_int_equal(app.look.at.view, UI_ENROL);
	enrolment_arrives(2, FIXTURE_NOW - 41);
	golden_look("enrolment-80x24", &app.look, 24, 80, false);
	type("oG");
	assert_string_equal(row(), "#7");
	golden_look("enrolment-120x30", &app.look, 30, 120, true);
	type("kw");
	assert_non_null(strstr(app.look.detail, "replaced id.serial: S0 -> S948"));
	assert_non_null(strstr(app.look.detail, "new board \\x1b[2J"));
}

static void test_enrolment_when_it_stands_otherwise_then_line_2_says_how(void **state)
{
	(void)state;
	type(":enrol gpu-c\n");
	enrolment_arrives(0, 0);
	assert_true(sees("UNKN  never enrolled: nobody said", 24, 80));
	enrolment_arrives(1, 0);
	assert_true(
	    sees("UNKN  4 facts are pinned; nothing was read of it since", 24, 80));
	enrolment_arrives(1, FIXTURE_NOW - 20 * 86400);
	assert_true(
	    sees("STALE  2 of 5 pinned facts differ, but were read before", 24, 80));
	enrolment_arrives(1, FIXTURE_NOW - 41);
	assert_true(sees("25 values             gone: smt=on", 24, 80));
	assert_true(
	    sees("FAIL  2 of 5 pinned facts differ: bios.settings id.serial", 24, 80));
}

static void test_accept_when_name_is_not_typed_then_nothing_happens(void **state)
{
	(void)state;
	type(":enrol gpu-c\n");
	type("C"); /* what is pinned has not arrived */
	assert_false(app.look.confirm.open);
	enrolment_arrives(2, FIXTURE_NOW - 41);
	type("C");
	assert_true(app.look.confirm.open && app.asked);
	golden_look("accept-80x24", &app.look, 24, 80, false);
	type("\n\n\ny\nyes\n");
	assert_true(app.look.confirm.open);
	assert_true(sees("Not the same. Type gpu-c to go on: yyes_", 24, 80));
	type("\033");
	assert_false(app.look.confirm.open);
	assert_non_null(strstr(app.look.flash, "nothing was changed"));
	assert_int_equal(app.look.at.view, UI_ENROL);
	type("Cq"); /* a letter of the reason, not a key */
	assert_false(app.quit);
	assert_true(app.look.confirm.open);
	ui_app_key(&app, UI_CTRL('c'));
	assert_false(app.look.confirm.open);
}

static void test_accept_when_pasted_then_newlines_confirm_nothing(void **state)
{
	(void)state;
	type(":enrol gpu-c\n");
	enrolment_arrives(2, FIXTURE_NOW - 41);
	type("C");
	ui_app_key(&app, UI_KEY_PASTE);
	type("why\ngpu-c\n");
	ui_app_key(&app, UI_KEY_PASTE_END);
	assert_true(app.look.confirm.open && app.look.confirm.why);
	assert_string_equal(app.look.input, "whygpu-c");
	type("\n");
	assert_true(sees(
	    "same as       gatehouse enrol --accept --reason 'whygpu-c' gpu-c", 30, 100));
	type("gpu-c\n");
	assert_false(app.look.confirm.open); /* without workers nothing starts */
}

static void test_question_when_any_size_then_what_is_typed_is_seen(void **state)
{
	(void)state;
	struct ui_canvas cv = {0};

	type(":enrol gpu-c\n");
	enrolment_arrives(2, FIXTURE_NOW - 41);
	type("C\nzz");
	for (int r = 1; r <= 60; r++)
		for (int c = 1; c <= 200; c += c < 50 ? 1 : 7) {
			gh_auto(struct gh_buf, gh_buf_free) b = {0};

			assert_int_equal(ui_canvas_resize(&cv, r, c, NULL), 0);
			ui_draw(&app.look, &cv);
			ui_canvas_text(&cv, &b);
			if (c > 10)
				assert_non_null(strstr(gh_buf_cstr(&b), "zz_"));
		}
	ui_canvas_free(&cv);
}

/* ---- policy ------------------------------------------------------------------------------ */

static void test_policy_when_of_a_host_then_each_rule_is_judged(void **state)
{
	(void)state;
	type(":host gpu-c\nP");
	assert_int_equal(app.look.at.view, UI_POLICY);
	assert_string_equal(app.look.at.host, "gpu-c");
	policy_arrives("gpu-c", "");
	golden_look("policy-80x24", &app.look, 24, 80, false);
	golden_look("policy-100x30", &app.look, 30, 100, true);
	assert_true(sees("FAIL  gpu-c by prod revision 12: 1 FAIL 1 UNKN 1 ok", 24, 80));
	assert_string_equal(ui_row_finding(&app.look)->step, "policy.secureboot");
	type("n");
	assert_string_equal(row(), "qgs");
	type("f");
	assert_int_equal(ui_row_count(&app.look), 2);
	type("w");
	assert_non_null(strstr(app.look.detail, "policy.qgs"));
}

static void test_policy_when_by_name_then_rules_alone_or_of_that_host(void **state)
{
	(void)state;
	type(":policy prod\n");
	assert_string_equal(app.look.at.arg, "prod");
	assert_string_equal(app.look.at.host, "");
	policy_arrives("", "prod");
	assert_true(sees("WARN  prod revision 12: 3 rules, WEAK", 24, 80));
	assert_true(sees("no floor under the BIOS", 30, 80));
	assert_null(ui_row_finding(&app.look));
	type("w");
	assert_non_null(strstr(app.look.detail, "prod.json line 8"));
	assert_non_null(strstr(app.look.detail, "why \\x1b[2J"));
	type("\033:policy prod gpu-d\n");
	assert_string_equal(app.look.at.host, "gpu-d");
	assert_int_equal(ui_row_count(&app.look), 0);
	type("n");
	assert_non_null(strstr(app.look.flash, "nothing is listed"));
	type(":policy gpu-a\n");
	assert_string_equal(app.look.at.host, "gpu-a");
	assert_string_equal(app.look.at.arg, "");
	type("-");
	assert_string_equal(app.look.at.host, "gpu-d");
	assert_string_equal(app.look.at.arg, "prod");
	type(":policy prod gpu-z\n");
	assert_non_null(strstr(app.look.flash, "no host named gpu-z"));
}

/* ---- all ------------------------------------------------------------------------------- */

static void every_size(struct ui_canvas *cv, size_t sel)
{
	app.look.at.sel = sel;
	for (int r = 1; r <= 200; r += r < 40 ? 1 : 23)
		for (int c = 1; c <= 500; c += c < 40 ? 1 : 17) {
			bool cursor = false;

			assert_int_equal(ui_canvas_resize(cv, r, c, NULL), 0);
			ui_draw(&app.look, cv);
			for (int i = 0; i < r; i++)
				cursor |= ui_canvas_at(cv, i, 0)->cursor;
			assert_true(cursor || r < 8 || c < 30);
		}
}

static void test_sizes_when_all_then_safe_and_the_cursor_is_seen(void **state)
{
	(void)state;
	struct ui_canvas cv = {0};
	static const char *const go[] = {
	    ":facts gpu-c\n", ":enrol gpu-c\n", ":policy gpu-c\n"};

	for (size_t v = 0; v < 3 * GH_COUNT(go); v++) {
		type(go[v % 3]);
		facts_arrive("gpu-c", "AMI");
		enrolment_arrives(2, FIXTURE_NOW);
		policy_arrives("gpu-c", "");
		every_size(&cv, v / 3 * 2);
	}
	ui_canvas_free(&cv);
}

static void test_rows_when_too_many_then_the_rest_is_left(void **state)
{
	(void)state;
	struct ui_sheet *s = ui_sheet_new("gpu-c", "");

	for (size_t i = 0; i < UI_SHEET_MAX; i++)
		assert_non_null(ui_sheet_add(s, 0, "x"));
	assert_null(ui_sheet_add(s, 0, "x"));
	ui_sheet_free(&s);
	assert_null(s);
	ui_sheet_free(&s);
}

/* ---- checks ------------------------------------------------------------------------------ */

static void test_checks_when_drawn_then_each_says_which_hosts_do_not_meet_it(void **state)
{
	(void)state;
	type("c");
	assert_int_equal(app.look.at.view, UI_CHECKS);
	assert_string_equal(app.look.at.host, "");
	assert_true(sees("RUN  reading", 24, 80));
	checks_arrive();
	golden_look("checks-80x24", &app.look, 24, 80, false);
	golden_look("checks-120x30", &app.look, 30, 120, true);
	golden_look("checks-60x15", &app.look, 15, 60, false);
	type("n");
	assert_string_equal(row(), "host.boot.cmdline");
	type("f");
	assert_int_equal(ui_row_count(&app.look), 1);
	type("w");
	assert_non_null(strstr(app.look.detail, "as the policy says"));
	assert_null(strchr(app.look.detail, 27));
	type("\033e");
	assert_non_null(strstr(app.look.detail, "\"id\": \"host.boot.cmdline\""));
}

static void test_checks_when_asked_for_one_then_that_one(void **state)
{
	(void)state;
	type(":checks host.snp.enabled\n");
	checks_arrive();
	assert_int_equal(ui_row_count(&app.look), 1);
	assert_string_equal(row(), "host.snp.enabled");
	assert_true(sees("no host was judged by it", 24, 80));
	type("h"); /* it is of no host: there is no next one */
	assert_string_equal(app.look.at.host, "");
	assert_string_equal(row(), "host.snp.enabled");
	type("\033\033");
	type(":checks\n");
	assert_int_equal(ui_row_count(&app.look), 4);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_checks_when_drawn_then_each_says_which_hosts_do_not_meet_it),
	    T(test_checks_when_asked_for_one_then_that_one),
	    T(test_facts_when_drawn_then_both_sides_stand_side_by_side),
	    T(test_facts_when_sorted_then_contradictions_come_first),
	    T(test_facts_when_searched_then_names_values_and_words_match),
	    T(test_facts_when_cut_then_a_difference_stays_to_be_seen),
	    T(test_facts_when_copied_or_opened_then_the_whole_row),
	    T(test_facts_when_another_host_then_the_old_table_is_not_shown),
	    T(test_facts_when_hostile_then_text_only),
	    T(test_facts_when_never_read_or_refused_then_says_so),
	    T(test_enrolment_when_drawn_then_pins_then_their_chain),
	    T(test_enrolment_when_it_stands_otherwise_then_line_2_says_how),
	    T(test_accept_when_name_is_not_typed_then_nothing_happens),
	    T(test_accept_when_pasted_then_newlines_confirm_nothing),
	    T(test_question_when_any_size_then_what_is_typed_is_seen),
	    T(test_policy_when_of_a_host_then_each_rule_is_judged),
	    T(test_policy_when_by_name_then_rules_alone_or_of_that_host),
	    T(test_sizes_when_all_then_safe_and_the_cursor_is_seen),
	    T(test_rows_when_too_many_then_the_rest_is_left),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
