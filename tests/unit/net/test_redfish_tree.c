/* SPDX-License-Identifier: Apache-2.0
 * The tree of what a BMC said: order, walks, the host's own resources, captures. */
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "net/redfish_tree.h"
#include "tests/unit/tap.h"

static json_t *parse(const char *text)
{
	json_t *j = gh_json_parse(text, strlen(text), NULL);

	assert_non_null(j);
	return j;
}

static void put(struct gh_redfish_tree *t, const char *path, const char *body)
{
	assert_int_equal(
	    gh_redfish_tree_put(t, path, 200, body ? parse(body) : NULL, NULL, NULL), 0);
}

static void assert_sorted(const struct gh_redfish_tree *t)
{
	for (size_t i = 1; i < t->n; i++)
		assert_true(strcmp(t->at[i - 1].path, t->at[i].path) < 0);
}

/* ---- putting and finding ---- */

static void test_put_when_paths_come_in_any_order_then_sorted_and_found(void **state)
{
	static const char *const paths[] = {"/r/b", "/r/a/c", "/r/a", "/r/a-b", "/r/a.b",
	    "/r/a/b", "/r/ab", "/r", "/r/a/b/c"};
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(paths); i++)
		put(&t, paths[i], "{}");
	assert_int_equal(t.n, GH_COUNT(paths));
	assert_sorted(&t);
	for (size_t i = 0; i < GH_COUNT(paths); i++)
		assert_string_equal(gh_redfish_find(&t, paths[i])->path, paths[i]);
	assert_null(gh_redfish_find(&t, "/r/c"));
	assert_null(gh_redfish_find(&t, ""));
	assert_null(gh_redfish_get(&t, "/"));
}

static void test_put_when_a_slash_ends_it_then_it_is_the_same_resource(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};

	(void)state;
	put(&t, "/redfish/v1///", "{\"A\":1}");
	put(&t, "/redfish/v1", "{\"A\":2}");
	assert_int_equal(t.n, 1);
	assert_string_equal(t.at[0].path, "/redfish/v1");
	assert_int_equal(
	    json_integer_value(gh_redfish_value(gh_redfish_get(&t, "/redfish/v1/"), "A")),
	    2);
}

static void test_put_when_there_are_too_many_then_an_error_and_no_leak(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	struct gh_err err = {0};
	char path[32];

	(void)state;
	for (int i = 0; i < GH_REDFISH_RESOURCES_MAX; i++) {
		snprintf(path, sizeof(path), "/r/%d", i);
		put(&t, path, "{}");
	}
	assert_int_equal(
	    gh_redfish_tree_put(&t, "/r/x", 200, parse("{}"), NULL, &err), -1);
	assert_int_equal(err.code, GH_E_REMOTE);
	put(&t, "/r/5", "{\"A\":1}"); /* replacing still works */
	assert_int_equal(t.n, GH_REDFISH_RESOURCES_MAX);
	assert_sorted(&t);
}

static void test_etag_when_header_and_body_have_one_then_the_header_counts(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};

	(void)state;
	put(&t, "/r/a", "{\"@odata.etag\":\"W/\\\"1\\\"\"}");
	put(&t, "/r/b", "{}");
	assert_string_equal(gh_redfish_find(&t, "/r/a")->etag, "W/\"1\"");
	assert_string_equal(gh_redfish_find(&t, "/r/b")->etag, "");
	assert_false(gh_redfish_find(&t, "/r/a")->asked);
	assert_int_equal(gh_redfish_tree_asked(&t, "/r/a", "", NULL), 0);
	assert_string_equal(gh_redfish_find(&t, "/r/a")->etag, "W/\"1\"");
	assert_int_equal(gh_redfish_tree_asked(&t, "/r/a", "\"2\"", NULL), 0);
	assert_string_equal(gh_redfish_find(&t, "/r/a")->etag, "\"2\"");
	assert_true(gh_redfish_find(&t, "/r/a")->asked);
	assert_int_equal(gh_redfish_tree_asked(&t, "/r/c", "", NULL), -1);
}

/* ---- walking ---- */

/* "Memory-x" and "Memory.x" sort between "Memory" and "Memory/1": they are no members. */
static void test_walk_when_names_are_alike_then_only_members(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	struct gh_redfish_walk w;
	const char *const want[] = {"1", "10", "2"};
	size_t n = 0;

	(void)state;
	put(&t, "/redfish/v1/Systems/1", "{}");
	put(&t, "/redfish/v1/Systems/1/Memory", "{}");
	put(&t, "/redfish/v1/Systems/1/Memory-x", "{}");
	put(&t, "/redfish/v1/Systems/1/Memory.x/1", "{}");
	put(&t, "/redfish/v1/Systems/1/Memory/2", "{}");
	put(&t, "/redfish/v1/Systems/1/Memory/10", "{}");
	put(&t, "/redfish/v1/Systems/1/Memory/1", "{}");
	put(&t, "/redfish/v1/Systems/1/Memory/1/Metrics", "{}");
	put(&t, "/redfish/v1/Systems/1/Memory/3", NULL);
	put(&t, "/redfish/v1/Systems/1/Memory0/1", "{}");
	for (w = gh_redfish_walk_of(&t, "{system}/Memory"); gh_redfish_next(&w); n++) {
		assert_true(n < GH_COUNT(want));
		assert_string_equal(w.name, want[n]);
		assert_non_null(w.r->body);
	}
	assert_int_equal(n, GH_COUNT(want));
	assert_false(gh_redfish_next(&w)); /* and stays over */
	n = 0;
	for (w = gh_redfish_walk_of(&t, "/redfish/v1/Systems/1/Memory/");
	     gh_redfish_next(&w);)
		n++;
	assert_int_equal(n, GH_COUNT(want));
}

static void test_walk_when_collection_is_unknown_then_nothing(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	struct gh_redfish_walk w = gh_redfish_walk_of(&t, "{system}/Memory");
	char longer[400];

	(void)state;
	assert_false(gh_redfish_next(&w));
	put(&t, "/redfish/v1/Systems/1", "{}");
	w = gh_redfish_walk_of(&t, "{manager}/Memory");
	assert_false(gh_redfish_next(&w));
	memset(longer, 'a', sizeof(longer));
	longer[0] = '/';
	longer[sizeof(longer) - 1] = '\0';
	w = gh_redfish_walk_of(&t, longer);
	assert_false(gh_redfish_next(&w));
	assert_null(gh_redfish_find(&t, longer));
}

/* ---- the host's own ---- */

static void test_own_when_the_baseboard_sorts_first_then_it_is_skipped(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};

	(void)state;
	assert_string_equal(gh_redfish_own(&t, 's'), "");
	put(&t, "/redfish/v1/Systems", "{}");
	put(&t, "/redfish/v1/Systems/HGX_Baseboard_0", "{}");
	assert_string_equal(gh_redfish_own(&t, 's'), "");
	put(&t, "/redfish/v1/Systems/A", NULL); /* could not be read */
	put(&t, "/redfish/v1/Systems/System_0", "{}");
	put(&t, "/redfish/v1/Systems/System_0/Bios", "{\"Id\":\"Bios\"}");
	put(&t, "/redfish/v1/Systems/Z", "{}");
	assert_string_equal(gh_redfish_own(&t, 's'), "/redfish/v1/Systems/System_0");
	assert_non_null(gh_redfish_get(&t, "{system}/Bios"));
	assert_non_null(gh_redfish_get(&t, "{system}"));
	assert_string_equal(gh_redfish_own(&t, 'x'), "");
	assert_null(gh_redfish_get(&t, "{other}"));
	assert_null(gh_redfish_get(&t, "{"));
	assert_null(gh_redfish_get(&t, "{}"));
}

static void test_own_when_the_system_names_its_chassis_then_that_one(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};

	(void)state;
	put(&t, "/redfish/v1/Systems/DGX",
	    "{\"Links\":{\"Chassis\":[{\"@odata.id\":\"/redfish/v1/Chassis/"
	    "HGX_Chassis_0\"},"
	    "{\"@odata.id\":\"/redfish/v1/Chassis/DGX/\"}],\"ManagedBy\":[{\"@odata.id\":"
	    "\"/redfish/v1/Managers/BMC\"}]}}");
	put(&t, "/redfish/v1/Chassis/CPLD_0", "{}");
	put(&t, "/redfish/v1/Chassis/HGX_Chassis_0", "{}");
	put(&t, "/redfish/v1/Managers/AAA", "{}");
	assert_string_equal(gh_redfish_own(&t, 'c'), "/redfish/v1/Chassis/CPLD_0");
	assert_string_equal(gh_redfish_own(&t, 'm'), "/redfish/v1/Managers/AAA");
	put(&t, "/redfish/v1/Chassis/DGX", "{}");
	put(&t, "/redfish/v1/Managers/BMC", "{}");
	assert_string_equal(gh_redfish_own(&t, 'c'), "/redfish/v1/Chassis/DGX");
	assert_string_equal(gh_redfish_own(&t, 'm'), "/redfish/v1/Managers/BMC");
}

/* Links that lead elsewhere, into braces, or are no links at all. */
static void test_own_when_the_links_are_hostile_then_the_first_member(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};

	(void)state;
	put(&t, "/redfish/v1/Systems/1",
	    "{\"Links\":{\"Chassis\":[{\"@odata.id\":\"{chassis}\"},{\"@odata.id\":"
	    "\"/redfish/v1/Systems/1\"},7,{\"@odata.id\":7},{\"@odata.id\":"
	    "\"/redfish/v1/Chassis/1/Power\"},{\"@odata.id\":\"/redfish/v1/Chassis/\"}],"
	    "\"ManagedBy\":{\"@odata.id\":\"/redfish/v1/Managers/2\"}}}");
	put(&t, "/redfish/v1/Chassis", "{}");
	put(&t, "/redfish/v1/Chassis/1", "{}");
	put(&t, "/redfish/v1/Chassis/1/Power", "{}");
	put(&t, "/redfish/v1/Managers/1", "{}");
	put(&t, "/redfish/v1/Managers/2", "{}");
	assert_string_equal(gh_redfish_own(&t, 'c'), "/redfish/v1/Chassis/1");
	assert_string_equal(gh_redfish_own(&t, 'm'), "/redfish/v1/Managers/1");
}

/* ---- values ---- */

static void test_value_when_keys_have_dots_then_they_are_found(void **state)
{
	json_t *j =
	    parse("{\"@odata.id\":\"/x\",\"a\":{\"b\":{\"c\":\"d\"},\"n\":null},"
		  "\"@Redfish.Settings\":{\"SettingsObject\":{\"@odata.id\":\"/s\"}},"
		  "\"p\":{\"q.r\":\"first\"},\"p.q\":{\"r\":\"second\"},\"\":\"e\"}");

	(void)state;
	assert_string_equal(gh_redfish_text(j, "@odata.id"), "/x");
	assert_string_equal(gh_redfish_text(j, "a.b.c"), "d");
	assert_string_equal(
	    gh_redfish_text(j, "@Redfish.Settings.SettingsObject.@odata.id"), "/s");
	assert_string_equal(gh_redfish_text(j, "p.q.r"), "first");
	assert_string_equal(gh_redfish_text(j, "a.b"), "");
	assert_string_equal(gh_redfish_text(j, "a.x.c"), "");
	assert_string_equal(gh_redfish_text(NULL, "a"), "");
	assert_true(json_is_null(gh_redfish_value(j, "a.n")));
	assert_ptr_equal(gh_redfish_value(j, ""), j);
	json_decref(j);
}

/* ---- to and from JSON ---- */

static void test_json_when_written_and_loaded_then_the_same(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0}, u = {0};
	struct gh_err why = {0};
	json_t *j, *k;

	(void)state;
	put(&t, "/redfish/v1", "{\"A\":1}");
	(void)gh_fail(&why, GH_E_TIMEOUT, "timed out");
	assert_int_equal(
	    gh_redfish_tree_put(&t, "/redfish/v1/Systems", 0, NULL, &why, NULL), 0);
	assert_int_equal(
	    gh_redfish_tree_put(&t, "/redfish/v1/Tasks", 404, NULL, NULL, NULL), 0);
	t.read_at = 1700000000;
	t.read_ms = 1234;
	t.cert_self_signed = true;
	memset(t.cert_sha256, 'a', 64);
	memset(t.nonce, 'b', 64);
	snprintf(t.cert_subject, sizeof(t.cert_subject), "CN=bmc");
	j = gh_redfish_tree_json(&t);
	assert_int_equal(gh_redfish_tree_load(&u, j, NULL), 0);
	k = gh_redfish_tree_json(&u);
	assert_true(json_equal(j, k));
	assert_int_equal(u.n, 3);
	assert_int_equal(u.read_at, 1700000000);
	assert_string_equal(u.cert_sha256, t.cert_sha256);
	assert_string_equal(u.nonce, t.nonce);
	assert_int_equal(gh_redfish_find(&u, "/redfish/v1/Tasks")->status, 404);
	assert_int_equal(gh_redfish_find(&u, "/redfish/v1/Tasks")->err.code, GH_E_NONE);
	assert_string_equal(
	    gh_redfish_find(&u, "/redfish/v1/Systems")->err.what, "timed out");
	json_decref(j);
	json_decref(k);
}

static void test_load_when_the_capture_is_real_then_all_of_it(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	char path[512];
	json_t *j;

	(void)state;
	snprintf(
	    path, sizeof(path), "%s/host/redfish-dgx-h100-viking.json", vectors_dir());
	if (access(path, R_OK) != 0) {
		print_message("skipped: %s is absent\n", path);
		skip();
	}
	assert_int_equal(gh_file_read(&b, path, 8u << 20, NULL), 0);
	j = gh_json_parse(b.p, b.len, NULL);
	assert_int_equal(gh_redfish_tree_load(&t, j, NULL), 0);
	assert_int_equal(t.n, 125);
	assert_int_equal(t.read_at, 0);
	assert_sorted(&t);
	assert_string_equal(gh_redfish_own(&t, 's'), "/redfish/v1/Systems/DGX");
	assert_string_equal(gh_redfish_own(&t, 'm'), "/redfish/v1/Managers/BMC");
	assert_string_equal(
	    gh_redfish_own(&t, 'c'), ""); /* only HGX ones were captured */
	assert_string_equal(gh_redfish_find(&t, "{system}")->etag,
	    gh_redfish_text(gh_redfish_get(&t, "{system}"), "@odata.etag"));
	json_decref(j);
}

/* A capture is a file: whoever made it may have put anything into it. */
static void test_load_when_the_capture_is_hostile_then_refused_or_harmless(void **state)
{
	static const struct {
		const char *text;
		bool ok;
	} cases[] = {
	    {"[]", false},
	    {"7", false},
	    {"{\"redfish\":{}}", false},
	    {"{\"\":{}}", false},
	    {"{\"/a\":[]}", false},
	    {"{\"/a\":null}", false},
	    {"{\"@gatehouse \":{}}", false},
	    {"{\"@gatehouse\":{\"failed\":{\"a\":{}}}}", false},
	    {"{\"@gatehouse\":7}", true},
	    {"{\"@gatehouse\":[{}]}", true},
	    {"{\"@gatehouse\":{\"failed\":[1],\"certificate\":\"x\",\"nonce\":7}}", true},
	    {"{\"@gatehouse\":{\"failed\":{\"/a\":7,\"/b\":{\"status\":\"x\"}}}}", true},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
		json_t *j = parse(cases[i].text);
		struct gh_err err = {0};
		int rc = gh_redfish_tree_load(&t, j, &err);

		if ((rc == 0) != cases[i].ok || (rc != 0 && err.code != GH_E_PARSE))
			fail_msg("%s: %d %s", cases[i].text, rc, err.what);
		json_decref(j);
	}
}

static void test_load_when_meta_lies_then_nothing_is_believed(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	json_t *j = parse(
	    "{\"@gatehouse\":{\"read_at\":\"now\",\"read_ms\":1e3,\"nonce\":\"abc\","
	    "\"certificate\":{\"sha256\":\"zz\\u001b[31mzz\",\"self_signed\":1,"
	    "\"subject\":"
	    "\"CN=\\u001b[31mx\"},\"failed\":{\"/redfish/v1\":{\"status\":404,\"why\":"
	    "\"gone\"},\"/redfish/v1/\":{},\"/b\":{\"status\":99999999999},"
	    "\"/c\":{\"status\":-1,\"why\":\"\\u001b]0;x\"}}},"
	    "\"/redfish/v1\":{\"A\":1}}");

	(void)state;
	assert_int_equal(gh_redfish_tree_load(&t, j, NULL), 0);
	assert_int_equal(t.read_at, 0);
	assert_string_equal(t.nonce, "");
	assert_string_equal(t.cert_sha256, "");
	assert_false(t.cert_self_signed);
	assert_null(strchr(t.cert_subject, '\x1b'));
	assert_non_null(gh_redfish_get(&t, "/redfish/v1")); /* what was read stays */
	assert_int_equal(gh_redfish_find(&t, "/redfish/v1")->status, 200);
	assert_int_equal(gh_redfish_find(&t, "/b")->status, 0);
	assert_int_equal(gh_redfish_find(&t, "/c")->status, 0);
	assert_null(strchr(gh_redfish_find(&t, "/c")->err.what, '\x1b'));
	assert_int_equal(t.n, 3);
	json_decref(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_put_when_paths_come_in_any_order_then_sorted_and_found),
	    cmocka_unit_test(test_put_when_a_slash_ends_it_then_it_is_the_same_resource),
	    cmocka_unit_test(test_put_when_there_are_too_many_then_an_error_and_no_leak),
	    cmocka_unit_test(
		test_etag_when_header_and_body_have_one_then_the_header_counts),
	    cmocka_unit_test(test_walk_when_names_are_alike_then_only_members),
	    cmocka_unit_test(test_walk_when_collection_is_unknown_then_nothing),
	    cmocka_unit_test(test_own_when_the_baseboard_sorts_first_then_it_is_skipped),
	    cmocka_unit_test(test_own_when_the_system_names_its_chassis_then_that_one),
	    cmocka_unit_test(test_own_when_the_links_are_hostile_then_the_first_member),
	    cmocka_unit_test(test_value_when_keys_have_dots_then_they_are_found),
	    cmocka_unit_test(test_json_when_written_and_loaded_then_the_same),
	    cmocka_unit_test(test_load_when_the_capture_is_real_then_all_of_it),
	    cmocka_unit_test(
		test_load_when_the_capture_is_hostile_then_refused_or_harmless),
	    cmocka_unit_test(test_load_when_meta_lies_then_nothing_is_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
