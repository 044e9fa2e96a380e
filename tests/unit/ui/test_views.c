/* SPDX-License-Identifier: Apache-2.0
 * The views: goldens of text and roles at the sizes that matter, and what must hold at
 * every size. GH_UPDATE=1 writes tests/golden anew: read the diff before you keep it. */
#include <locale.h>

#include "export.h"
#include "fixture.h"
#include "golden.h"

static struct gh_model *model;
static struct gh_history_row rows[3];
static struct gh_change change = {.subject = "gpu-c",
    .step = "host.tdx.module_min",
    .a = "PASS 1.5.05",
    .b = "FAIL 1.5.01",
    .va = GH_PASS,
    .vb = GH_FAIL};
static struct ui_look look;

static int setup(void **state)
{
	(void)state;
	setlocale(LC_ALL, "C.UTF-8");
	model = fixture_model();
	memset(&look, 0, sizeof(look));
	look.model = model;
	look.now = FIXTURE_NOW;
	look.error = "";
	for (size_t i = 0; i < GH_COUNT(rows); i++) {
		rows[i] = (struct gh_history_row){.host = "gpu-c",
		    .kind = "validate",
		    .by = "timer",
		    .took_ms = 900,
		    .n_pass = 64,
		    .verdict = GH_PASS};
		snprintf(rows[i].run_id, sizeof(rows[i].run_id),
		    "01JB000000000000000000411%zu", 5 - i);
		rows[i].started = FIXTURE_NOW - 965 - (int64_t)i * 3600;
	}
	rows[0].verdict = GH_FAIL;
	rows[0].n_pass = 61;
	rows[0].n_fail = 3;
	look.history = rows;
	look.n_history = GH_COUNT(rows);
	look.change = &change;
	look.n_changes = 1;
	look.run = &model->host[0].checks;
	look.detail = "FAIL  gpu-c:5\nexpected  not revoked\nfound     REVOKED\n";
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	gh_model_free(&model);
	return 0;
}

static void at(enum ui_view view, size_t sel)
{
	look.at = (struct ui_place){.view = view, .gpu = 5, .sel = sel};
	if (view != UI_FLEET && view != UI_FIRST)
		snprintf(look.at.host, sizeof(look.at.host), "gpu-c");
	look.home = (struct ui_place){.view = UI_FLEET};
}

static void test_fleet_when_100x30_then_as_drawn(void **state)
{
	(void)state;
	at(UI_FLEET, 0);
	golden_look("fleet-100x30", &look, 30, 100, true);
	look.at.sel = 5;
	golden_look("fleet-80x24-ascii", &look, 24, 80, false);
}

static void test_fleet_when_small_then_short_form(void **state)
{
	(void)state;
	at(UI_FLEET, 0);
	golden_look("fleet-60x15", &look, 15, 60, false);
	golden_look("fleet-20x5", &look, 5, 20, false);
}

static void test_fleet_when_lab_then_says_so_in_words(void **state)
{
	(void)state;
	at(UI_FLEET, 0);
	model->lab = true;
	struct gh_buf b = {0};
	for (int c = 16; c < 160; c += 6) {
		gh_buf_clear(&b);
		draw_look(&b, &look, 24, c, false);
		char *line1 = strtok((char *)b.p, "\n");
		assert_non_null(line1);
		assert_non_null(strstr(line1, "LAB"));
	}
	gh_buf_free(&b);
}

static void test_fleet_when_old_then_stale_is_a_word(void **state)
{
	(void)state;
	at(UI_FLEET, 0);
	struct gh_buf b = {0};
	model->oldest = FIXTURE_NOW - 901;
	draw_look(&b, &look, 24, 100, false);
	assert_non_null(strstr(gh_buf_cstr(&b), "STALE  oldest fact 15m"));
	gh_buf_clear(&b);
	model->oldest = FIXTURE_NOW - 900;
	draw_look(&b, &look, 24, 100, false);
	assert_non_null(strstr(gh_buf_cstr(&b), "LIVE  oldest fact"));
	gh_buf_clear(&b);
	model->oldest = 0;
	draw_look(&b, &look, 24, 100, false);
	assert_non_null(strstr(gh_buf_cstr(&b), "NEVER READ"));
	gh_buf_clear(&b);
	look.frozen = true;
	model->oldest = FIXTURE_NOW;
	draw_look(&b, &look, 24, 100, false);
	assert_non_null(strstr(gh_buf_cstr(&b), "FROZEN"));
	gh_buf_free(&b);
}

static void test_fleet_when_busy_then_run(void **state)
{
	(void)state;
	at(UI_FLEET, 0);
	snprintf(look.busy[0], sizeof(look.busy[0]), "gpu-a");
	look.n_busy = 1;
	look.job = (struct ui_jobline){.id = 41,
	    .what = "validate",
	    .done = 1,
	    .of = 4,
	    .started = FIXTURE_NOW - 38,
	    .step = "gpu-a tdx.quote.verify"};
	golden_look("fleet-running", &look, 30, 100, true);
}

static void test_fleet_when_fifty_hosts_then_scrolls_and_hides(void **state)
{
	(void)state;
	at(UI_FLEET, 0);
	struct gh_host_model *four = model->host, *many = calloc(64, sizeof(*many));
	assert_non_null(many);
	for (size_t i = 0; i < 64; i++) {
		snprintf(many[i].name, sizeof(many[i].name), "node-%02zu", i);
		many[i].verdict = i < 3 ? GH_FAIL : GH_PASS;
		many[i].n_gpus = 16;
		many[i].gate = GH_GATE_OPEN;
	}
	model->host = many;
	model->n_hosts = 64;
	model->n_needs = 0;
	look.at.sel = 60;
	struct gh_buf b = {0};
	draw_look(&b, &look, 24, 160, false);
	assert_non_null(strstr(gh_buf_cstr(&b), ">node-60"));
	assert_non_null(strstr(gh_buf_cstr(&b), "NOTHING NEEDS YOU"));
	look.faults = true;
	look.at.sel = 0;
	gh_buf_clear(&b);
	draw_look(&b, &look, 24, 160, false);
	assert_int_equal(ui_row_count(&look), 3);
	assert_non_null(strstr(gh_buf_cstr(&b), "+ 61 hosts not shown"));
	gh_buf_free(&b);
	model->host = four;
	model->n_hosts = 4;
	free(many);
}

static void test_host_when_100x30_then_as_drawn(void **state)
{
	(void)state;
	at(UI_HOST, 6);
	golden_look("host-100x30", &look, 30, 100, true);
	golden_look("host-60x15", &look, 15, 60, false);
}

static void test_chain_when_revoked_then_stop_below(void **state)
{
	(void)state;
	at(UI_CHAIN, 2);
	golden_look("chain-100x30", &look, 30, 100, true);
	struct gh_buf b = {0};
	draw_look(&b, &look, 30, 100, false);
	assert_non_null(strstr(gh_buf_cstr(&b), "FAIL  NOT trusted: GH100 A01 GSP BROM"));
	assert_non_null(strstr(gh_buf_cstr(&b), "- stop"));
	gh_buf_free(&b);
}

static void test_chain_when_parents_loop_then_all_shown_once(void **state)
{
	(void)state;
	struct gh_findings fs = {0};
	static const char *const step[][2] = {
	    {"a", "b"}, {"b", "a"}, {"c", "c"}, {"d", "nope"}};
	for (size_t i = 0; i < 4; i++) {
		struct gh_finding *f = gh_findings_add(&fs, "g:0", step[i][0]);
		gh_say(&f->parent, "%s", step[i][1]);
	}
	struct ui_node out[UI_MAX_NODES];
	assert_int_equal(ui_chain_nodes(out, &fs, "g:0"), 4);
	assert_int_equal(ui_chain_nodes(out, &fs, "other"), 0);
	gh_findings_free(&fs);
}

static void test_chain_when_deep_then_no_crash(void **state)
{
	(void)state;
	struct gh_findings fs = {0};
	for (int i = 0; i < 400; i++) {
		char name[16];
		snprintf(name, sizeof(name), "s%d", i);
		struct gh_finding *f = gh_findings_add(&fs, "g:0", name);
		if (i)
			gh_say(&f->parent, "s%d", i - 1);
	}
	struct ui_node out[UI_MAX_NODES];
	size_t n = ui_chain_nodes(out, &fs, "g:0");
	assert_int_equal(n, UI_MAX_NODES);
	assert_int_equal(out[n - 1].depth, UI_MAX_NODES - 1);
	gh_findings_free(&fs);
}

static void test_history_when_diff_then_as_drawn(void **state)
{
	(void)state;
	at(UI_HISTORY, 0);
	snprintf(look.run_a, sizeof(look.run_a), "%s", rows[1].run_id);
	snprintf(look.run_b, sizeof(look.run_b), "%s", rows[0].run_id);
	look.diff = true;
	golden_look("history-100x30", &look, 30, 100, true);
}

static void test_help_and_first_run_when_drawn_then_all_there(void **state)
{
	(void)state;
	at(UI_HELP, 0);
	golden_look("help-100x30", &look, 30, 100, true);
	at(UI_FIRST, 0);
	look.model = NULL;
	struct gh_buf b = {0};
	draw_look(&b, &look, 30, 100, true); /* no golden: it names the prefix */
	assert_non_null(strstr(gh_buf_cstr(&b), "l   bring the lab up: four hosts"));
	assert_non_null(strstr(gh_buf_cstr(&b), "cp inventory/fleet.example.yaml"));
	assert_non_null(
	    strstr(gh_buf_cstr(&b), "/share/gatehouse/inventory/fleet.example"));
	gh_buf_free(&b);
}

static void test_filter_when_set_then_rows_shrink(void **state)
{
	(void)state;
	at(UI_HOST, 0);
	size_t all = ui_row_count(&look);
	snprintf(look.filter, sizeof(look.filter), "TDX");
	assert_true(ui_row_count(&look) < all);
	snprintf(look.filter, sizeof(look.filter), "no such thing");
	assert_int_equal(ui_row_count(&look), 0);
	assert_null(ui_row_finding(&look));
}

static void test_groups_when_counted_then_sum_is_all(void **state)
{
	(void)state;
	struct ui_rows r;
	struct ui_group g[UI_MAX_GROUPS];
	at(UI_HOST, 0);
	ui_rows_grouped(&r, &look, &model->host[0].checks.findings, NULL);
	size_t n = ui_rows_groups(g, &r), sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += g[i].n;
	assert_int_equal(n, 4);
	assert_int_equal(sum, r.n);
	assert_int_equal(r.n, model->host[0].checks.findings.n);
	assert_int_equal(g[3].worst, GH_FAIL);
	assert_int_equal(g[3].n_bad, 2);
}

static void put_word(char *line, const struct ui_canvas *cv, int row)
{
	int n = 0;
	for (int c = 0; c < cv->cols && c < 250; c++)
		line[n++] = (char)ui_canvas_at(cv, row, c)->ch;
	line[n] = '\0';
}

/* Every size: drawing is safe, and from 8 columns on the verdict word is whole. */
static void every_size(enum ui_view view)
{
	struct ui_canvas cv = {0};
	for (int r = 1; r <= 60; r += view == UI_FLEET || r < 24 ? 1 : 5)
		for (int c = 1; c <= 200; c += view == UI_FLEET || c < 34 ? 1 : 3) {
			assert_int_equal(ui_canvas_resize(&cv, r, c, NULL), 0);
			for (size_t sel = 0; sel < 9; sel += 4) {
				char line[256];
				at(view, sel);
				ui_draw(&look, &cv);
				if (c < 8 || view != UI_FLEET)
					continue;
				put_word(line, &cv, r < 6 || c < 30 ? 0 : 1);
				assert_int_equal(strncmp(line, "FAIL ", 5), 0);
			}
		}
	ui_canvas_free(&cv);
}

static void test_sizes_when_all_then_word_is_whole(void **state)
{
	(void)state;
	for (int v = 0; v < UI_N_VIEWS; v++)
		every_size((enum ui_view)v);
	look.model = NULL;
	for (int v = 0; v < UI_N_VIEWS; v++) {
		struct ui_canvas cv = {0};
		at((enum ui_view)v, 3);
		for (int r = 1; r <= 40; r += 3)
			for (int c = 1; c <= 120; c += 7) {
				assert_int_equal(ui_canvas_resize(&cv, r, c, NULL), 0);
				ui_draw(&look, &cv);
			}
		ui_canvas_free(&cv);
	}
}

static void test_frame_when_any_size_then_parts_do_not_overlap(void **state)
{
	(void)state;
	for (int r = 1; r <= 80; r++)
		for (int c = 1; c <= 250; c++) {
			struct ui_frame f = ui_frame_of(r, c);
			int end = f.body.row + f.body.rows;
			assert_true(f.body.rows >= 0 && f.body.row >= 0 && end <= r);
			if (f.job >= 0)
				assert_true(f.job >= end && f.job < r);
			if (f.crumbs >= 0)
				assert_true(f.crumbs > f.job && f.crumbs < r);
			if (f.keys >= 0)
				assert_true(f.keys > f.job && f.keys < r);
		}
}

static void test_scroll_when_any_then_selected_is_visible(void **state)
{
	(void)state;
	for (size_t n = 1; n < 60; n++)
		for (int high = 1; high < 30; high++)
			for (size_t sel = 0; sel < n; sel++) {
				size_t top = ui_scroll(n, sel, high);
				assert_true(sel >= top && sel < top + (size_t)high);
				assert_true(top == 0 || top + (size_t)high <= n);
			}
}

static void test_plain_when_fleet_then_sentences(void **state)
{
	(void)state;
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	ui_plain_fleet(&b, model);
	const char *s = gh_buf_cstr(&b);
	assert_non_null(strstr(s, "Verdict FAIL."));
	assert_non_null(strstr(s, "5 things need you."));
	assert_non_null(
	    strstr(s, "\n1. FAIL host gpu-c GPU 5: device identity cert REVOKED"));
	assert_non_null(strstr(s, "Hosts: gpu-c SHUT, gpu-d HOLD"));
	for (; *s; s++)
		assert_true((*s >= 0x20 && *s < 0x7f) || *s == '\n');
}

static void test_text_when_fleet_then_same_as_canvas(void **state)
{
	(void)state;
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	assert_int_equal(ui_render_fleet_text(&b, model, 30, 100, NULL), 0);
	assert_non_null(strstr(gh_buf_cstr(&b), "NEEDS YOU (5, worst first)"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_fleet_when_100x30_then_as_drawn),
	    T(test_fleet_when_small_then_short_form),
	    T(test_fleet_when_lab_then_says_so_in_words),
	    T(test_fleet_when_old_then_stale_is_a_word),
	    T(test_fleet_when_busy_then_run),
	    T(test_fleet_when_fifty_hosts_then_scrolls_and_hides),
	    T(test_host_when_100x30_then_as_drawn),
	    T(test_chain_when_revoked_then_stop_below),
	    T(test_chain_when_parents_loop_then_all_shown_once),
	    T(test_chain_when_deep_then_no_crash),
	    T(test_history_when_diff_then_as_drawn),
	    T(test_help_and_first_run_when_drawn_then_all_there),
	    T(test_filter_when_set_then_rows_shrink),
	    T(test_groups_when_counted_then_sum_is_all),
	    T(test_sizes_when_all_then_word_is_whole),
	    T(test_frame_when_any_size_then_parts_do_not_overlap),
	    T(test_scroll_when_any_then_selected_is_visible),
	    T(test_plain_when_fleet_then_sentences),
	    T(test_text_when_fleet_then_same_as_canvas),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
