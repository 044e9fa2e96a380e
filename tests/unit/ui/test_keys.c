/* SPDX-License-Identifier: Apache-2.0
 * The binding table: no key twice in a view, every action told and with its twin on the
 * command line, docs/keys.md current. GH_UPDATE=1 writes the page. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "keys.h"
#include "tests/unit/tap.h"

static void test_keys_when_one_view_then_each_once(void **state)
{
	(void)state;
	size_t n;
	const struct ui_binding *b = ui_bindings(&n);
	for (int v = 0; v < UI_N_VIEWS; v++)
		for (size_t i = 0; i < n * 3; i++)
			for (size_t k = i + 1; k < n * 3; k++) {
				const struct ui_binding *x = &b[i / 3], *y = &b[k / 3];
				int key = x->key[i % 3];
				if (!key || key != y->key[k % 3])
					continue;
				if ((x->views & UI_V(v)) && (y->views & UI_V(v)))
					fail_msg("key %d twice in view %d", key, v);
			}
}

static void test_actions_when_all_then_bound_told_and_twinned(void **state)
{
	(void)state;
	size_t n;
	const struct ui_binding *b = ui_bindings(&n);
	for (int a = UI_A_NONE + 1; a < UI_N_ACTIONS; a++) {
		bool found = false;
		for (size_t i = 0; i < n; i++)
			found = found || b[i].action == (enum ui_action)a;
		if (!found)
			fail_msg("action %d has no key", a);
	}
	for (size_t i = 0; i < n; i++) {
		assert_true(b[i].text && b[i].text[0]);
		assert_true(b[i].cli && b[i].cli[0]);
		assert_true(
		    strcmp(b[i].cli, "-") == 0 || strncmp(b[i].cli, "gatehouse", 9) == 0);
		assert_true(b[i].views && b[i].key[0]);
	}
}

static void test_keys_when_same_key_then_same_meaning_in_every_list(void **state)
{
	(void)state;
	size_t n;
	const struct ui_binding *b = ui_bindings(&n);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++)
			for (size_t x = 0; x < 3; x++)
				if (b[i].key[0] && b[i].key[0] == b[k].key[x] &&
				    !(b[i].views & UI_V(UI_FIRST)) &&
				    !(b[k].views & UI_V(UI_FIRST)))
					assert_int_equal(b[i].action, b[k].action);
}

static void test_dispatch_when_key_then_action(void **state)
{
	(void)state;
	assert_int_equal(ui_key_action(UI_FLEET, 'j'), UI_A_DOWN);
	assert_int_equal(ui_key_action(UI_FLEET, UI_KEY_DOWN), UI_A_DOWN);
	assert_int_equal(ui_key_action(UI_FIRST, 'l'), UI_A_LAB_UP);
	assert_int_equal(ui_key_action(UI_FLEET, 'l'), UI_A_RIGHT);
	assert_int_equal(ui_key_action(UI_FLEET, UI_KEY_ESC), UI_A_NONE);
	assert_int_equal(ui_key_action(UI_FLEET, 0), UI_A_NONE);
	assert_int_equal(ui_key_action(UI_FLEET, -1), UI_A_NONE);
	assert_int_equal(ui_key_action(UI_FLEET, 'K'), UI_A_NONE);
}

static void test_hints_when_narrow_then_the_way_out_stays(void **state)
{
	(void)state;
	struct ui_canvas cv = {0};
	for (int v = 0; v < UI_N_VIEWS; v++)
		for (int w = 30; w < 200; w += 5) {
			struct gh_buf b = {0};
			assert_int_equal(ui_canvas_resize(&cv, 1, w, NULL), 0);
			ui_put_hints(&cv, UI_AT(0, 0, w), (enum ui_view)v);
			ui_canvas_text(&cv, &b);
			assert_non_null(strstr(gh_buf_cstr(&b), "q quit"));
			assert_non_null(strstr(gh_buf_cstr(&b), "? help"));
			gh_buf_free(&b);
		}
	ui_canvas_free(&cv);
}

static void test_doc_when_made_again_then_current(void **state)
{
	(void)state;
	gh_auto(struct gh_buf, gh_buf_free) now = {0};
	gh_auto(struct gh_buf, gh_buf_free) was = {0};
	ui_keys_doc(&now);
	if (getenv("GH_UPDATE"))
		assert_int_equal(
		    gh_file_write("docs/keys.md", now.p, now.len, 0644, NULL), 0);
	assert_int_equal(gh_file_read(&was, "docs/keys.md", 1 << 20, NULL), 0);
	assert_string_equal(gh_buf_cstr(&now), gh_buf_cstr(&was));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_keys_when_one_view_then_each_once),
	    cmocka_unit_test(test_actions_when_all_then_bound_told_and_twinned),
	    cmocka_unit_test(test_keys_when_same_key_then_same_meaning_in_every_list),
	    cmocka_unit_test(test_dispatch_when_key_then_action),
	    cmocka_unit_test(test_hints_when_narrow_then_the_way_out_stays),
	    cmocka_unit_test(test_doc_when_made_again_then_current),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
