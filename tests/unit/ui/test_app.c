/* SPDX-License-Identifier: Apache-2.0
 * What keys and messages do to the console, without a terminal. */
#include "app_open.h"

static int setup(void **state)
{
	(void)state;
	open_app();
	return 0;
}

static void is_at(enum ui_view view, const char *host)
{
	assert_int_equal(app.look.at.view, view);
	assert_string_equal(app.look.at.host, host);
}

static void test_enter_when_need_of_gpu_then_its_link(void **state)
{
	(void)state;
	type("\n");
	is_at(UI_CHAIN, "gpu-c");
	assert_int_equal(app.look.at.gpu, 5);
	assert_string_equal(ui_row_finding(&app.look)->step, "gpu.chain.brom");
	type("\033");
	is_at(UI_FLEET, "");
	assert_int_equal(app.look.at.sel, 0);
}

static void test_enter_when_need_of_host_then_its_check(void **state)
{
	(void)state;
	type("j\n");
	is_at(UI_HOST, "gpu-c");
	assert_string_equal(ui_row_finding(&app.look)->step, "host.tdx.module_min");
	type("\n");
	is_at(UI_DETAIL, "gpu-c");
	assert_non_null(strstr(app.look.detail, "rolled-back"));
	type("\033\033");
	is_at(UI_FLEET, "");
	assert_int_equal(app.look.at.sel, 1);
}

static void test_q_when_deep_then_back_and_at_home_leaves(void **state)
{
	(void)state;
	type("\nq");
	assert_false(app.quit);
	is_at(UI_FLEET, "");
	type("q");
	assert_true(app.quit);
}

static void test_brackets_when_pressed_then_walk_the_trail(void **state)
{
	(void)state;
	type("j\n[");
	is_at(UI_FLEET, "");
	type("]");
	is_at(UI_HOST, "gpu-c");
	type("-");
	is_at(UI_FLEET, "");
	type("-");
	is_at(UI_HOST, "gpu-c");
}

static void test_cursor_when_order_changes_then_follows_the_object(void **state)
{
	(void)state;
	type("jjjjjjjj"); /* the last host: gpu-a */
	char id[160];
	ui_row_id(&app.look, app.look.at.sel, id, sizeof(id));
	assert_string_equal(id, "host gpu-a");
	struct gh_model *m = fixture_model();
	struct gh_host_model first = m->host[0];
	m->host[0] = m->host[3];
	m->host[3] = first;
	m->n_needs = 2;
	ui_app_model(&app, m);
	ui_row_id(&app.look, app.look.at.sel, id, sizeof(id));
	assert_string_equal(id, "host gpu-a");
	assert_int_equal(app.look.at.sel, 2);
}

static void test_cursor_when_untouched_then_stays_on_the_worst(void **state)
{
	(void)state;
	struct gh_model *m = fixture_model();
	memmove(
	    &m->need[0], &m->need[1], sizeof(m->need[0]) * 4); /* the first one healed */
	m->n_needs = 4;
	ui_app_model(&app, m);
	assert_int_equal(app.look.at.sel, 0);
}

static void test_frozen_when_new_facts_then_held_until_p(void **state)
{
	(void)state;
	type("p");
	struct gh_model *m = fixture_model();
	ui_app_model(&app, m);
	assert_ptr_not_equal(app.look.model, m);
	type("p");
	assert_ptr_equal(app.look.model, m);
}

static void test_filter_when_typed_then_acts_at_once(void **state)
{
	(void)state;
	type("/gpu-d");
	assert_int_equal(ui_row_count(&app.look), 3); /* two needs, one host */
	type("\n");
	assert_int_equal(ui_row_count(&app.look), 3);
	type("/\033");
	assert_int_equal(ui_row_count(&app.look), 9);
}

static void test_paste_when_bracketed_then_no_keys_run(void **state)
{
	(void)state;
	ui_app_key(&app, UI_KEY_PASTE);
	type("qRxq\n");
	ui_app_key(&app, UI_KEY_PASTE_END);
	assert_false(app.quit);
	is_at(UI_FLEET, "");
	type(":");
	ui_app_key(&app, UI_KEY_PASTE);
	type("host gpu-b\n");
	ui_app_key(&app, UI_KEY_PASTE_END);
	is_at(UI_FLEET, ""); /* the newline was not an enter */
	assert_string_equal(app.look.input, "host gpu-b");
}

static void test_command_when_words_then_views(void **state)
{
	(void)state;
	type(":host gpu-b\n");
	is_at(UI_HOST, "gpu-b");
	type(":chain gpu-c:5\n");
	is_at(UI_CHAIN, "gpu-c");
	assert_int_equal(app.look.at.gpu, 5);
	type(":history gpu-a\n");
	is_at(UI_HISTORY, "gpu-a");
	type(":host nosuch\n");
	is_at(UI_HISTORY, "gpu-a");
	assert_non_null(strstr(app.look.flash, "no host named nosuch"));
	type(":bogus\n");
	assert_non_null(strstr(app.look.flash, "no command bogus"));
	type(":theme light\n");
	assert_string_equal(app.theme.name, "light");
	type(":ho\t gpu-d\t\n");
	is_at(UI_HOST, "gpu-d");
	type(":q\n");
	assert_true(app.quit);
}

static void test_n_when_pressed_then_next_not_ok(void **state)
{
	(void)state;
	type(":host gpu-c\n");
	assert_int_equal(app.look.at.sel, 0);
	type("n");
	assert_string_equal(ui_row_finding(&app.look)->step, "host.boot.cmdline");
	type("n");
	assert_string_equal(ui_row_finding(&app.look)->step, "host.tdx.module_min");
	type("N");
	assert_string_equal(ui_row_finding(&app.look)->step, "host.boot.cmdline");
	type("f");
	assert_string_equal(ui_row_finding(&app.look)->step, "host.boot.cmdline");
	type("l");
	assert_string_equal(ui_row_finding(&app.look)->step, "host.tdx.module_min");
}

static void test_copy_when_finding_then_its_words(void **state)
{
	(void)state;
	type("\ny");
	assert_non_null(app.copy);
	assert_non_null(strstr(app.copy, "OCSP REVOKED"));
}

static void test_raw_when_pressed_then_json_and_claims(void **state)
{
	(void)state;
	type("\ne");
	is_at(UI_DETAIL, "gpu-c");
	assert_non_null(strstr(app.look.detail, "\"step\": \"gpu.chain.brom\""));
	assert_non_null(strstr(app.look.detail, "\"vbios\""));
}

static void test_help_when_enter_then_runs_it(void **state)
{
	(void)state;
	type("?");
	is_at(UI_HELP, "");
	type("/faults\n"); /* nothing: the word is in hints only */
	type("/\033/only what is not ok\n");
	assert_int_equal(ui_row_count(&app.look), 1);
	type("\n");
	is_at(UI_FLEET, "");
	assert_true(app.look.faults);
}

static void test_events_when_validating_then_busy_and_progress(void **state)
{
	(void)state;
	struct ui_msg m = {.kind = UI_M_STARTED, .job = 7, .job_kind = UI_J_VALIDATE};
	ui_app_msg(&app, &m);
	assert_int_equal(app.look.job.id, 7);
	m = (struct ui_msg){.kind = UI_M_EVENT,
	    .event = GH_EVENT_HOST_STARTED,
	    .done = 0,
	    .of = 4,
	    .host = "gpu-a",
	    .text = "probing"};
	ui_app_msg(&app, &m);
	assert_true(ui_busy(&app.look, "gpu-a"));
	m.event = GH_EVENT_HOST_ATTESTED;
	m.done = 1;
	ui_app_msg(&app, &m);
	assert_false(ui_busy(&app.look, "gpu-a"));
	assert_int_equal(app.look.job.done, 1);
	m = (struct ui_msg){
	    .kind = UI_M_ENDED, .job = 7, .ok = false, .text = "no route"};
	ui_app_msg(&app, &m);
	assert_int_equal(app.look.job.id, 0);
	assert_string_equal(app.look.flash, "no route");
	ui_app_tick(&app, FIXTURE_NOW + 60); /* it is shown now, however late that is */
	assert_string_equal(app.look.flash, "no route");
	ui_app_tick(&app, FIXTURE_NOW + 120);
	assert_string_equal(app.look.flash, "");
}

static void test_keys_when_random_then_no_crash(void **state)
{
	(void)state;
	struct ui_canvas cv = {0};
	assert_int_equal(ui_canvas_resize(&cv, 24, 80, NULL), 0);
	srand(11);
	for (int i = 0; i < 20000; i++) {
		int key = rand() % 4 ? rand() % 128 : UI_KEY_UP + rand() % 14;
		ui_app_key(&app, key);
		app.quit = app.suspend = false;
		if (i % 500 == 0)
			ui_app_model(&app, fixture_model());
		if (i % 20 == 0)
			ui_draw(&app.look, &cv);
	}
	ui_canvas_free(&cv);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_enter_when_need_of_gpu_then_its_link),
	    T(test_enter_when_need_of_host_then_its_check),
	    T(test_q_when_deep_then_back_and_at_home_leaves),
	    T(test_brackets_when_pressed_then_walk_the_trail),
	    T(test_cursor_when_order_changes_then_follows_the_object),
	    T(test_cursor_when_untouched_then_stays_on_the_worst),
	    T(test_frozen_when_new_facts_then_held_until_p),
	    T(test_filter_when_typed_then_acts_at_once),
	    T(test_paste_when_bracketed_then_no_keys_run),
	    T(test_command_when_words_then_views),
	    T(test_n_when_pressed_then_next_not_ok),
	    T(test_copy_when_finding_then_its_words),
	    T(test_raw_when_pressed_then_json_and_claims),
	    T(test_help_when_enter_then_runs_it),
	    T(test_events_when_validating_then_busy_and_progress),
	    T(test_keys_when_random_then_no_crash),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
