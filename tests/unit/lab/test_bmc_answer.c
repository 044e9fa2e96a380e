/* SPDX-License-Identifier: Apache-2.0
 * A lab BMC's answers, asked without a socket: sessions, ETags, $expand, errors, and each
 * misbehaviour that is an answer. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../tap.h"
#include "base/file.h"
#include "base/text.h"
#include "lab/bmc_answer.h"
#include "lab/bmc_tree.h"

#define R        "/redfish/v1"
#define SESSIONS R "/SessionService/Sessions"
#define LOGIN    "{\"UserName\":\"gatehouse\",\"Password\":\"secret\"}"

static int64_t clock_ms;

static int64_t test_now(void *ctx)
{
	(void)ctx;
	return 1700000000 + clock_ms / 1000;
}

static int64_t test_mono(void *ctx)
{
	(void)ctx;
	return clock_ms;
}

static int test_random(void *ctx, void *out, size_t len, struct gh_err *err)
{
	static unsigned char n;

	(void)ctx;
	(void)err;
	memset(out, ++n, len);
	return 0;
}

static const struct gh_env env = {NULL, test_now, test_mono, test_random};

struct box {
	struct gh_bmc b;
	char path[64], token[GH_BMC_TOKEN_LEN];
	struct gh_bmc_answer a; /* the last one */
	json_t *body;           /* of it; NULL = no JSON */
};

static void write_tree(const struct box *x, const json_t *tree)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	struct gh_err err = {0};

	gh_json_dump(&text, tree);
	assert_int_equal(gh_file_write(x->path, text.p, text.len, 0644, &err), 0);
}

static json_t *make_tree(void)
{
	struct gh_bmc_tree_in in = {.spec = &gh_lab_specs[0]};
	struct gh_err err = {0};
	json_t *tree = gh_bmc_tree(&in, &err);

	assert_non_null(tree);
	return tree;
}

static void ask_with(struct box *x, const struct gh_bmc_request *r)
{
	json_decref(x->body);
	gh_bmc_answer_free(&x->a);
	gh_bmc_answer(&x->b, r, &x->a);
	x->body = gh_json_parse(x->a.body.p, x->a.body.len, NULL);
}

static int ask(struct box *x, const char *method, const char *path)
{
	ask_with(x,
	    &(struct gh_bmc_request){.method = method, .path = path, .token = x->token});
	return x->a.status;
}

static int get(struct box *x, const char *path)
{
	return ask(x, "GET", path);
}

static int expand(struct box *x, const char *path, const char *how)
{
	ask_with(x, &(struct gh_bmc_request){
			.method = "GET", .path = path, .expand = how, .token = x->token});
	return x->a.status;
}

static int post(struct box *x, const char *path, const char *body)
{
	ask_with(x, &(struct gh_bmc_request){.method = "POST",
			.path = path,
			.token = x->token,
			.body = gh_text_of(body)});
	return x->a.status;
}

static void log_in(struct box *x)
{
	assert_int_equal(post(x, SESSIONS, LOGIN), 201);
	snprintf(x->token, sizeof(x->token), "%s", x->a.token);
}

static int setup(void **state)
{
	static struct box x;
	gh_auto(json_t *, gh_json_free) tree = make_tree();
	int fd;

	memset(&x, 0, sizeof(x));
	snprintf(x.path, sizeof(x.path), "/tmp/gatehouse-test-XXXXXX");
	fd = mkstemp(x.path);
	if (fd < 0)
		return -1;
	close(fd);
	clock_ms = 1000;
	x.b.spec = &gh_lab_specs[0];
	x.b.dir = "/nonexistent";
	x.b.port = 8443;
	x.b.env = &env;
	x.b.served.path = x.path;
	snprintf(x.b.password, sizeof(x.b.password), "secret");
	write_tree(&x, tree);
	log_in(&x);
	*state = &x;
	return 0;
}

static int teardown(void **state)
{
	struct box *x = *state;

	json_decref(x->body);
	x->body = NULL;
	gh_bmc_answer_free(&x->a);
	gh_bmc_served_free(&x->b.served);
	return unlink(x->path);
}

static const char *text_of(const struct box *x, const char *key)
{
	return gh_json_text(x->body, key);
}

/* The id of the error in Redfish's form. */
static const char *error_id(const struct box *x)
{
	json_t *info =
	    json_object_get(json_object_get(x->body, "error"), "@Message.ExtendedInfo");

	return gh_json_text(json_array_get(info, 0), "MessageId");
}

/* ---- resources -------------------------------------------------------------------- */

static void test_get_when_every_path_is_asked_then_that_resource(void **state)
{
	gh_auto(json_t *, gh_json_free) tree = make_tree();
	struct box *x = *state;
	const char *path;
	json_t *body;

	json_object_foreach(tree, path, body)
	{
		assert_int_equal(get(x, path), 200);
		assert_string_equal(text_of(x, "@odata.id"), path);
		assert_null(gh_text_find(gh_buf_view(&x->a.body), "\"@now\""));
		/* in the header and in the body alike, or in neither */
		if (strcmp(path, SESSIONS))
			assert_string_equal(x->a.etag, text_of(x, "@odata.etag"));
	}
}

static void test_get_when_the_path_ends_in_slashes_then_the_same(void **state)
{
	struct box *x = *state;

	assert_int_equal(get(x, R "/"), 200);
	assert_string_equal(text_of(x, "Id"), "ServiceRoot");
	assert_int_equal(get(x, R "/Systems/1///"), 200);
	assert_string_equal(text_of(x, "Id"), "1");
	assert_int_equal(get(x, "/redfish"), 200);
	assert_string_equal(text_of(x, "v1"), R "/");
}

static void test_get_when_there_is_none_then_404_in_redfish_form(void **state)
{
	struct box *x = *state;
	char longer[2000];

	assert_int_equal(get(x, R "/Systems/2"), 404);
	assert_string_equal(error_id(x), "Base.v1_10_3.ResourceMissingAtURI");
	assert_int_equal(get(x, "/"), 404);
	memset(longer, 'a', sizeof(longer));
	longer[0] = '/';
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(get(x, longer), 404);
}

static void test_get_when_the_method_does_not_fit_then_405(void **state)
{
	struct box *x = *state;

	assert_int_equal(ask(x, "PATCH", R "/Systems/1"), 405);
	assert_string_equal(x->a.allow, "GET, HEAD");
	assert_int_equal(post(x, R "/Systems/1", "{}"), 405);
	assert_int_equal(ask(x, "DELETE", R "/Systems/1"), 405);
	assert_int_equal(ask(x, "PUT", SESSIONS), 405);
	assert_string_equal(x->a.allow, "GET, HEAD, POST");
	assert_int_equal(ask(x, "PATCH", R "/Systems/2"), 404);
	assert_int_equal(ask(x, "HEAD", R "/Systems/1"), 200);
}

static void test_get_when_time_passes_then_the_managers_clock_runs(void **state)
{
	struct box *x = *state;
	char etag[sizeof(x->a.etag)];

	assert_int_equal(get(x, R "/Managers/1"), 200);
	assert_string_equal(text_of(x, "DateTime"), "2023-11-14T22:13:21Z");
	snprintf(etag, sizeof(etag), "%s", x->a.etag);
	clock_ms += 60000;
	assert_int_equal(get(x, R "/Managers/1"), 200);
	assert_string_equal(text_of(x, "DateTime"), "2023-11-14T22:14:21Z");
	assert_string_not_equal(etag, x->a.etag);
}

static void test_get_when_unchanged_then_304(void **state)
{
	struct box *x = *state;
	char etag[sizeof(x->a.etag)];

	assert_int_equal(get(x, R "/Systems/1/Bios"), 200);
	snprintf(etag, sizeof(etag), "%s", x->a.etag);
	struct gh_bmc_request r = {.method = "GET",
	    .path = R "/Systems/1/Bios",
	    .token = x->token,
	    .if_none_match = etag};
	ask_with(x, &r);
	assert_int_equal(x->a.status, 304);
	assert_int_equal(x->a.body.len, 0);
	r.if_none_match = "\"other\"";
	ask_with(x, &r);
	assert_int_equal(x->a.status, 200);
	/* members of the HGX baseboard have none */
	assert_int_equal(get(x, R "/UpdateService/FirmwareInventory/HGX_FW_BMC_0"), 200);
	assert_string_equal(x->a.etag, "");
}

static void test_get_when_the_file_changes_then_the_new_tree_and_etag(void **state)
{
	gh_auto(json_t *, gh_json_free) tree = make_tree();
	struct box *x = *state;
	char etag[sizeof(x->a.etag)];

	assert_int_equal(get(x, R "/Systems/1"), 200);
	snprintf(etag, sizeof(etag), "%s", x->a.etag);
	json_object_set_new(
	    json_object_get(tree, R "/Systems/1"), "SerialNumber", json_string("EDITED"));
	write_tree(x, tree);
	ask_with(x, &(struct gh_bmc_request){.method = "GET",
			.path = R "/Systems/1",
			.token = x->token,
			.if_none_match = etag});
	assert_int_equal(x->a.status, 200);
	assert_string_equal(text_of(x, "SerialNumber"), "EDITED");
	/* half a file is not served: the last whole one is */
	assert_int_equal(gh_file_write(x->path, "{\"/redf", 7, 0644, NULL), 0);
	assert_int_equal(get(x, R "/Systems/1"), 200);
	assert_string_equal(text_of(x, "SerialNumber"), "EDITED");
}

/* ---- $expand ---------------------------------------------------------------------- */

static void test_expand_when_a_collection_then_its_members_whole(void **state)
{
	static const char *const ways[] = {".", ".($levels=1)", "*($levels=1)", "*"};
	struct box *x = *state;

	for (size_t w = 0; w < GH_COUNT(ways); w++) {
		json_t *members, *m;
		size_t i;

		assert_int_equal(
		    expand(x, R "/UpdateService/FirmwareInventory", ways[w]), 200);
		members = json_object_get(x->body, "Members");
		assert_int_equal(json_array_size(members), 106);
		json_array_foreach(members, i, m)
		{
			assert_true(gh_json_text(m, "Version")[0] != '\0');
			assert_string_not_equal(gh_json_text(m, "@odata.etag"), "@etag");
		}
	}
}

static void test_expand_when_a_member_is_asked_alone_then_the_same_body(void **state)
{
	struct box *x = *state;
	json_t *member;

	assert_int_equal(expand(x, R "/Systems/1/Memory", ".($levels=1)"), 200);
	member = json_incref(json_array_get(json_object_get(x->body, "Members"), 6));
	assert_int_equal(get(x, gh_json_text(member, "@odata.id")), 200);
	assert_true(json_equal(member, x->body));
	json_decref(member);
}

static void test_expand_when_links_then_as_the_sign_says(void **state)
{
	struct box *x = *state;
	json_t *chassis, *bios;

	assert_int_equal(expand(x, R "/Systems/1", "."), 200);
	bios = json_object_get(x->body, "Bios");
	assert_non_null(json_object_get(bios, "Attributes"));
	chassis = json_array_get(
	    json_object_get(json_object_get(x->body, "Links"), "Chassis"), 0);
	assert_int_equal(json_object_size(chassis), 1);
	assert_int_equal(expand(x, R "/Systems/1", "~"), 200);
	assert_int_equal(json_object_size(json_object_get(x->body, "Bios")), 1);
	chassis = json_array_get(
	    json_object_get(json_object_get(x->body, "Links"), "Chassis"), 0);
	assert_true(json_object_size(chassis) > 1);
}

static void test_expand_when_two_levels_then_members_of_members(void **state)
{
	struct box *x = *state;
	json_t *first;

	assert_int_equal(expand(x, R "/Systems", ".($levels=2)"), 200);
	first = json_array_get(json_object_get(x->body, "Members"), 0);
	assert_non_null(json_object_get(json_object_get(first, "Bios"), "Attributes"));
}

static void test_expand_when_it_is_no_such_query_then_400(void **state)
{
	static const char *const bad[] = {"", "x", ".($levels=0)", ".($levels=3)",
	    ".($levels=)", ".($levels=1", "*.", ".($levels=-1)"};
	struct box *x = *state;

	for (size_t i = 0; i < GH_COUNT(bad); i++)
		assert_int_equal(expand(x, R "/Systems", bad[i]), 400);
	ask_with(x, &(struct gh_bmc_request){.method = "GET",
			.path = R "/Systems",
			.odd_query = true,
			.token = x->token});
	assert_int_equal(x->a.status, 400);
}

static void test_expand_when_a_member_changes_then_another_etag(void **state)
{
	gh_auto(json_t *, gh_json_free) tree = make_tree();
	struct box *x = *state;
	char plain[sizeof(x->a.etag)], whole[sizeof(x->a.etag)];

	assert_int_equal(get(x, R "/UpdateService/FirmwareInventory"), 200);
	snprintf(plain, sizeof(plain), "%s", x->a.etag);
	assert_int_equal(expand(x, R "/UpdateService/FirmwareInventory", "."), 200);
	snprintf(whole, sizeof(whole), "%s", x->a.etag);
	assert_string_not_equal(plain, whole);
	json_object_set_new(
	    json_object_get(tree, R "/UpdateService/FirmwareInventory/PowerSupply6"),
	    "Version", json_string("1.0"));
	write_tree(x, tree);
	assert_int_equal(expand(x, R "/UpdateService/FirmwareInventory", "."), 200);
	assert_string_not_equal(x->a.etag, whole);
}

/* ---- sessions --------------------------------------------------------------------- */

static void test_session_when_without_then_401_but_for_the_root(void **state)
{
	static const char *const bad[] = {NULL, "", "0123"};
	struct box *x = *state;

	for (size_t i = 0; i < GH_COUNT(bad); i++) {
		struct gh_bmc_request r = {
		    .method = "GET", .path = R "/Systems/1", .token = bad[i]};

		ask_with(x, &r);
		assert_int_equal(x->a.status, 401);
		assert_string_equal(error_id(x), "Base.v1_10_3.NoValidSession");
		r.path = R "/Nothing";
		ask_with(x, &r);
		assert_int_equal(x->a.status, 401);
		r.path = R;
		ask_with(x, &r);
		assert_int_equal(x->a.status, 200);
		r.method = "PATCH";
		ask_with(x, &r);
		assert_int_equal(x->a.status, 401);
	}
}

static void test_session_when_the_password_is_wrong_then_401(void **state)
{
	static const struct {
		const char *body;
		int status;
	} tries[] = {{"{\"UserName\":\"gatehouse\",\"Password\":\"Secret\"}", 401},
	    {"{\"UserName\":\"ADMIN\",\"Password\":\"secret\"}", 401},
	    {"{\"UserName\":\"gatehouse\"}", 401}, {"{\"Password\":\"secret\"}", 401},
	    {"{\"UserName\":\"gatehouse\",\"Password\":\"\"}", 401}, {"", 400},
	    {"[]", 400}, {"{\"UserName\":", 400}};
	struct box *x = *state;

	for (size_t i = 0; i < GH_COUNT(tries); i++) {
		assert_int_equal(post(x, SESSIONS, tries[i].body), tries[i].status);
		assert_string_equal(x->a.token, "");
	}
	x->b.password[0] = '\0';
	assert_int_equal(
	    post(x, SESSIONS, "{\"UserName\":\"gatehouse\",\"Password\":\"\"}"), 401);
}

static void test_session_when_logged_out_then_its_token_is_nothing(void **state)
{
	struct box *x = *state;
	char token[GH_BMC_TOKEN_LEN], location[sizeof(x->a.location)];

	assert_int_equal(post(x, SESSIONS, LOGIN), 201);
	snprintf(token, sizeof(token), "%s", x->a.token);
	snprintf(location, sizeof(location), "%s", x->a.location);
	assert_string_not_equal(token, x->token);
	assert_string_equal(text_of(x, "@odata.id"), location);
	assert_int_equal(get(x, SESSIONS), 200);
	assert_int_equal(json_array_size(json_object_get(x->body, "Members")), 2);
	assert_int_equal(get(x, location), 200);
	assert_string_equal(text_of(x, "UserName"), "gatehouse");
	snprintf(x->token, sizeof(x->token), "%s", token);
	assert_int_equal(ask(x, "DELETE", location), 204);
	assert_int_equal(x->a.body.len, 0);
	assert_int_equal(get(x, R "/Systems/1"), 401);
}

static void test_session_when_too_many_then_503_until_one_idles(void **state)
{
	struct box *x = *state;

	for (int i = 1; i < GH_BMC_SESSIONS; i++)
		assert_int_equal(post(x, SESSIONS, LOGIN), 201);
	assert_int_equal(post(x, SESSIONS, LOGIN), 503);
	assert_string_equal(error_id(x), "Base.v1_10_3.SessionLimitExceeded");
	clock_ms += 200 * 1000;
	assert_int_equal(get(x, R "/Systems/1"), 200);
	clock_ms += 200 * 1000;
	/* ours was used in between, the others were not */
	assert_int_equal(post(x, SESSIONS, LOGIN), 201);
	assert_int_equal(get(x, R "/Systems/1"), 200);
	clock_ms += (GH_BMC_IDLE_S + 2) * 1000;
	assert_int_equal(get(x, R "/Systems/1"), 401);
}

/* ---- misbehaviour ----------------------------------------------------------------- */

static void test_words_when_written_and_read_then_the_same_set(void **state)
{
	(void)state;
	for (unsigned int set = 0; set < 1u << 11; set += 37) {
		gh_auto(struct gh_buf, gh_buf_free) text = {0};

		gh_bmc_behaviour_text(&text, set);
		assert_int_equal(gh_bmc_behaviour_parse(gh_buf_view(&text)), set);
	}
	assert_int_equal(gh_bmc_behaviour_parse(gh_text_of("slow nonsense\nbusy")),
	    GH_BMC_SLOW | GH_BMC_BUSY);
	assert_int_equal(gh_bmc_behaviour_load("/nonexistent"), 0);
}

static void test_busy_when_asked_then_every_third_is_sent_away(void **state)
{
	struct box *x = *state;
	unsigned int away = 0;

	x->b.behaviour = GH_BMC_BUSY;
	for (int i = 0; i < 9; i++) {
		int status = get(x, R "/Systems/1");

		assert_true(status == 200 || status == 503);
		away += status == 503;
		assert_int_equal(x->a.retry_after_s, status == 503 ? 1 : 0);
	}
	assert_int_equal(away, 3);
}

static void test_slow_when_asked_then_late(void **state)
{
	struct box *x = *state;

	assert_int_equal(get(x, R "/Managers/1"), 200);
	assert_int_equal(x->a.delay_ms, 0);
	x->b.behaviour = GH_BMC_SLOW;
	assert_int_equal(get(x, R "/Managers/1/"), 200);
	assert_int_equal(x->a.delay_ms, 5800);
	assert_int_equal(get(x, R "/Systems/1"), 200);
	assert_int_equal(x->a.delay_ms, 1000);
}

static void test_redirect_when_asked_then_to_another_bmc(void **state)
{
	struct box *x = *state;

	x->b.behaviour = GH_BMC_REDIRECT;
	assert_int_equal(get(x, R "/Systems/1"), 302);
	assert_string_equal(x->a.location, "https://127.0.0.12:8443" R "/Systems/1");
	assert_int_equal(post(x, SESSIONS, LOGIN), 302);
	assert_string_equal(x->a.token, "");
}

static void test_bodies_when_bad_then_flood_depth_and_garbage(void **state)
{
	struct box *x = *state;
	size_t open = 0;

	x->b.behaviour = GH_BMC_FLOOD;
	assert_int_equal(get(x, R), 200);
	assert_true(x->a.flood);
	x->b.behaviour = GH_BMC_DEEP;
	assert_int_equal(get(x, R "/Systems/1"), 200);
	assert_null(x->body); /* deeper than anything that reads JSON may go */
	for (size_t i = 0; i < x->a.body.len; i++)
		open += x->a.body.p[i] == '[';
	assert_int_equal(open, GH_BMC_DEPTH);
	x->b.behaviour = GH_BMC_GARBAGE;
	assert_int_equal(get(x, R "/Systems/1"), 200);
	assert_true(x->a.body.len > 10);
	assert_null(x->body);
	/* who cannot log in would never see it */
	assert_int_equal(post(x, SESSIONS, LOGIN), 201);
}

static void test_login_when_refused_then_401_with_the_right_password(void **state)
{
	struct box *x = *state;

	x->b.behaviour = GH_BMC_NO_LOGIN;
	assert_int_equal(post(x, SESSIONS, LOGIN), 401);
	assert_string_equal(x->a.token, "");
	/* who is in stays in */
	assert_int_equal(get(x, R "/Systems/1"), 200);
}

/* ---- somebody's capture in its place --------------------------------------------------- */

static void test_capture_when_in_its_place_then_served_as_it_is(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	struct box *x = *state;
	const char *path;
	char file[512];
	json_t *body;

	snprintf(
	    file, sizeof(file), "%s/host/redfish-smc-sys-821ge-tnhr.json", vectors_dir());
	if (gh_file_read(&text, file, 1u << 20, NULL)) {
		print_message("the capture %s is not here\n", file);
		skip();
	}
	assert_int_equal(gh_file_write(x->path, text.p, text.len, 0644, NULL), 0);
	gh_auto(json_t *, gh_json_free) capture = gh_json_parse(text.p, text.len, NULL);
	json_object_foreach(capture, path, body)
	{
		assert_int_equal(get(x, path), 200);
		assert_true(json_equal(x->body, body));
		assert_string_equal(x->a.etag, gh_json_text(body, "@odata.etag"));
	}
	/* it has no such collection, and sessions work all the same */
	assert_int_equal(post(x, SESSIONS, LOGIN), 201);
}

int main(void)
{
#define UNIT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
	    UNIT(test_get_when_every_path_is_asked_then_that_resource),
	    UNIT(test_get_when_the_path_ends_in_slashes_then_the_same),
	    UNIT(test_get_when_there_is_none_then_404_in_redfish_form),
	    UNIT(test_get_when_the_method_does_not_fit_then_405),
	    UNIT(test_get_when_time_passes_then_the_managers_clock_runs),
	    UNIT(test_get_when_unchanged_then_304),
	    UNIT(test_get_when_the_file_changes_then_the_new_tree_and_etag),
	    UNIT(test_expand_when_a_collection_then_its_members_whole),
	    UNIT(test_expand_when_a_member_is_asked_alone_then_the_same_body),
	    UNIT(test_expand_when_links_then_as_the_sign_says),
	    UNIT(test_expand_when_two_levels_then_members_of_members),
	    UNIT(test_expand_when_it_is_no_such_query_then_400),
	    UNIT(test_expand_when_a_member_changes_then_another_etag),
	    UNIT(test_session_when_without_then_401_but_for_the_root),
	    UNIT(test_session_when_the_password_is_wrong_then_401),
	    UNIT(test_session_when_logged_out_then_its_token_is_nothing),
	    UNIT(test_session_when_too_many_then_503_until_one_idles),
	    UNIT(test_words_when_written_and_read_then_the_same_set),
	    UNIT(test_busy_when_asked_then_every_third_is_sent_away),
	    UNIT(test_slow_when_asked_then_late),
	    UNIT(test_redirect_when_asked_then_to_another_bmc),
	    UNIT(test_bodies_when_bad_then_flood_depth_and_garbage),
	    UNIT(test_login_when_refused_then_401_with_the_right_password),
	    UNIT(test_capture_when_in_its_place_then_served_as_it_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
