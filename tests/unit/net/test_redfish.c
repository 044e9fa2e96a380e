/* SPDX-License-Identifier: Apache-2.0
 * Reading BMCs over Redfish: real captures served by a real TLS server, sessions, ETags,
 * deadlines. */
#include "net/redfish_plan.h"
#include "net/redfish_pool.h"
#include "tests/unit/net/redfish_server.h"

#define SMC "redfish-smc-sys-821ge-tnhr.json"
#define DGX "redfish-dgx-h100-viking.json"

static const char fw[] = "/redfish/v1/UpdateService/FirmwareInventory";

static size_t n_bodies(const struct gh_redfish_tree *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += t->at[i].body != NULL;
	return n;
}

/* Each body that was read is the one of the capture, and each not read is not in it. */
static void assert_tree_is(const struct gh_redfish_tree *t, const json_t *all)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct gh_redfish_resource *r = &t->at[i];
		const json_t *body = json_object_get(all, r->path);

		if (strstr(r->path, "/SignedMeasurements"))
			continue;
		if (!body) {
			assert_int_equal(r->status, 404);
			assert_int_equal(r->err.code, GH_E_NONE);
		} else if (!json_equal(body, r->body)) {
			fail_msg("%s: %s", r->path, r->err.what);
		}
	}
}

static size_t count_below(const struct gh_redfish_tree *t, const char *collection)
{
	struct gh_redfish_walk w = gh_redfish_walk_of(t, collection);
	size_t n = 0;

	while (gh_redfish_next(&w))
		n++;
	return n;
}

/* ---- captures ---- */

static void test_supermicro_when_expand_is_offered_then_few_requests(void **state)
{
	json_t *all = capture(SMC);
	struct bmc *b = bmc_up(all);
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);

	(void)state;
	run_jobs(p, &j, 1);
	assert_read(&j);
	assert_tree_is(&j.tree, all);
	assert_int_equal(count_below(&j.tree, fw), 106);
	assert_int_equal(count_below(&j.tree, "{system}/Memory"), 32);
	assert_int_equal(count_below(&j.tree, "{chassis}/PCIeDevices"), 26);
	assert_string_equal(gh_redfish_text(gh_redfish_get(&j.tree,
						"{manager}/Oem/Supermicro/KCSInterface"),
				"Privilege"),
	    "Administrator");
	assert_non_null(gh_redfish_get(&j.tree, "{system}/Bios/SD"));
	assert_true(j.n_requests < 40);
	assert_int_equal(j.n_requests, b->gets);
	print_message("%zu resources, %u GETs, %u ms\n", n_bodies(&j.tree), j.n_requests,
	    j.took_ms);
	assert_true(j.tree.read_at > time(NULL) - 60 && j.tree.read_ms == j.took_ms);
	assert_string_equal(j.tree.nonce, "");
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	assert_int_equal(b->logins, 1);
	assert_int_equal(b->live, 0);
	assert_int_equal(b->unauthorised, 0);
	bmc_down(b);
}

static json_t *read_all(struct bmc *b, unsigned int *n_requests)
{
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);
	json_t *out = json_object();

	run_jobs(p, &j, 1);
	assert_read(&j);
	for (size_t i = 0; i < j.tree.n; i++)
		if (j.tree.at[i].body)
			json_object_set(out, j.tree.at[i].path, j.tree.at[i].body);
	*n_requests = j.n_requests;
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	return out;
}

static void test_supermicro_when_expand_is_not_offered_then_the_tree_is_the_same(
    void **state)
{
	json_t *all = capture(SMC), *root = json_object_get(all, "/redfish/v1"), *with,
	       *without, *features;
	struct bmc *b = bmc_up(all);
	unsigned int few, many;

	(void)state;
	with = read_all(b, &few);
	features = json_incref(json_object_get(root, "ProtocolFeaturesSupported"));
	json_object_del(root, "ProtocolFeaturesSupported");
	without = read_all(b, &many);
	assert_true(many > 170 && few < 40);
	json_object_set_new(root, "ProtocolFeaturesSupported", features);
	json_object_set(without, "/redfish/v1", root);
	assert_true(json_equal(with, without));
	json_decref(with);
	json_decref(without);
	bmc_down(b);
}

static void test_dgx_when_integrity_is_offered_then_each_root_of_trust_is_asked(
    void **state)
{
	json_t *all = capture(DGX);
	struct bmc *b = bmc_up(all);
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);
	struct gh_redfish_walk w;
	size_t n = 0;

	(void)state;
	b->tasks = false;
	run_jobs(p, &j, 1);
	assert_read(&j);
	assert_tree_is(&j.tree, all);
	assert_string_equal(gh_redfish_own(&j.tree, 's'), "/redfish/v1/Systems/DGX");
	assert_string_equal(gh_redfish_own(&j.tree, 'm'), "/redfish/v1/Managers/BMC");
	assert_int_equal(
	    count_below(&j.tree, "/redfish/v1/Systems/HGX_Baseboard_0/Processors"), 9);
	assert_int_equal(strlen(j.tree.nonce), 64);
	assert_string_equal(j.tree.nonce, b->nonce);
	assert_int_equal(b->posts, 17);
	w = gh_redfish_walk_of(&j.tree, "/redfish/v1/ComponentIntegrity");
	while (gh_redfish_next(&w)) {
		char path[300];

		snprintf(path, sizeof(path), "%s/SignedMeasurements", w.r->path);
		assert_string_equal(
		    gh_redfish_text(gh_redfish_get(&j.tree, path), "SignedMeasurements"),
		    j.tree.nonce);
		n++;
	}
	assert_int_equal(n, 17);
	assert_non_null(gh_redfish_get(
	    &j.tree, "/redfish/v1/Chassis/HGX_ERoT_GPU_SXM_1/Certificates/CertChain"));
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	bmc_down(b);
}

static void test_measurement_when_it_is_a_task_then_its_result_is_fetched(void **state)
{
	static const char ci[] = "/redfish/v1/ComponentIntegrity/HGX_ERoT_BMC_0";
	json_t *all = capture(DGX);
	struct bmc *b = bmc_up(all);
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);
	char path[300];

	(void)state;
	b->tasks = true;
	json_object_set_new(json_object_get(all, "/redfish/v1/ComponentIntegrity"),
	    "Members", json_pack("[{s:s}]", "@odata.id", ci));
	run_jobs(p, &j, 1);
	assert_read(&j);
	snprintf(path, sizeof(path), "%s/SignedMeasurements", ci);
	assert_string_equal(
	    gh_redfish_text(gh_redfish_get(&j.tree, path), "SignedMeasurements"), "AA==");
	assert_int_equal(b->posts, 1);
	assert_int_equal(b->polls, 3);
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	bmc_down(b);
}

static void test_other_vendors_when_read_then_whole_inventories(void **state)
{
	static const struct {
		const char *name;
		size_t firmware;
	} vendors[] = {
	    {"redfish-fwinv-dell-r750.json", 29},
	    {"redfish-fwinv-gb200.json", 30},
	    {"redfish-fwinv-gh200.json", 19}, /* of 20: one was not captured */
	    {"redfish-fwinv-hpe-dl385g10p2.json", 48},
	    {"redfish-fwinv-lenovo-sr670v2.json", 43},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(vendors); i++) {
		json_t *all = capture(vendors[i].name);
		struct bmc *b = bmc_up(all);
		struct gh_redfish_pool *p = pool_new();
		struct gh_redfish_job j = job_to(b);

		run_jobs(p, &j, 1);
		assert_read(&j);
		assert_tree_is(&j.tree, all);
		assert_int_equal(count_below(&j.tree, fw), vendors[i].firmware);
		assert_true(b->expands > 0);
		assert_true(j.n_requests < 30);
		gh_redfish_job_free(&j);
		gh_redfish_pool_free(&p);
		assert_int_equal(b->live, 0);
		bmc_down(b);
	}
}

static void test_collection_when_it_has_pages_then_all_are_followed(void **state)
{
	json_t *all = capture("redfish-fwinv-hpe-dl385g10p2.json");
	struct bmc *b = bmc_up(all);
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);

	(void)state;
	json_object_del(json_object_get(all, "/redfish/v1"), "ProtocolFeaturesSupported");
	b->page = 5;
	run_jobs(p, &j, 1);
	assert_read(&j);
	assert_int_equal(count_below(&j.tree, fw), 48);
	assert_int_equal(
	    json_array_size(json_object_get(gh_redfish_get(&j.tree, fw), "Members")), 48);
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	p = pool_new();
	b->page = 2; /* 24 pages: more than are followed */
	j = job_to(b);
	run_jobs(p, &j, 1);
	assert_read(&j);
	assert_null(gh_redfish_get(&j.tree, fw));
	assert_says(
	    &gh_redfish_find(&j.tree, fw)->err, GH_E_REMOTE, "more than 16 pages");
	assert_int_equal(count_below(&j.tree, fw), 32);
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	bmc_down(b);
}

static void test_collection_when_expand_fails_then_member_by_member(void **state)
{
	struct rule bad = {fw, BAD_EXPAND, 500, 0};
	json_t *tree = small_tree();
	struct bmc *b = bmc_up(tree);
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);

	(void)state;
	with_expand(tree);
	b->rules = &bad;
	b->n_rules = 1;
	run_jobs(p, &j, 1);
	assert_read(&j);
	assert_tree_is(&j.tree, tree);
	assert_int_equal(count_below(&j.tree, fw), 2);
	assert_true(gh_redfish_find(&j.tree, fw)->asked);
	assert_false(gh_redfish_find(&j.tree, "/redfish/v1/Systems/1")->asked);
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	bmc_down(b);
}

/* ---- sessions ---- */

static void test_login_when_password_is_wrong_then_once_and_silent(void **state)
{
	struct bmc *b = bmc_up(small_tree());
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);

	(void)state;
	j.target.password = "s3cret but wrong";
	run_jobs(p, &j, 1);
	assert_int_equal(j.rc, -1);
	assert_says(&j.err, GH_E_AUTH, "gpu-a: the BMC refuses user operator");
	assert_int_equal(b->wrong, 1);
	assert_int_equal(b->gets, 1); /* the root */
	assert_non_null(gh_redfish_get(&j.tree, "/redfish/v1"));
	assert_says(&gh_redfish_find(&j.tree, "/redfish/v1/Systems")->err, GH_E_AUTH,
	    "refuses user");
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	bmc_down(b);
}

static void test_login_when_bmc_answers_badly_then_clear_words(void **state)
{
	static const struct {
		enum fault fault;
		int arg;
		enum gh_errc code;
		const char *words;
	} bad[] = {
	    {LOGIN_LIMIT, 0, GH_E_REMOTE, "no free session"},
	    {ECHO_SECRET, 0, GH_E_AUTH, "refuses user operator (HTTP 400)"},
	    {STATUS, 403, GH_E_AUTH, "HTTP 403"},
	    {STATUS, 404, GH_E_REMOTE, "no session login"},
	    {STATUS, 500, GH_E_REMOTE, "HTTP 500"},
	    {STATUS, 201, GH_E_REMOTE, "no X-Auth-Token"},
	    {REDIRECT, 0, GH_E_REMOTE, "not followed"},
	    {NOTHING, 0, GH_E_REMOTE, "without an answer"},
	    {FLOOD, 0, GH_E_REMOTE, "more than 4 MiB"},
	    {DEEP, 0, GH_E_REMOTE, "no X-Auth-Token"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(bad); i++) {
		struct rule r = {SESSIONS, bad[i].fault, bad[i].arg, 0};
		struct bmc *b = bmc_up(small_tree());
		struct gh_redfish_pool *p = pool_new();
		struct gh_redfish_job j = job_to(b);

		b->rules = &r;
		b->n_rules = 1;
		run_jobs(p, &j, 1);
		assert_int_equal(j.rc, -1);
		assert_says(&j.err, bad[i].code, bad[i].words);
		gh_redfish_job_free(&j);
		gh_redfish_pool_free(&p);
		bmc_down(b);
	}
}

static void test_session_when_it_ends_in_the_middle_then_one_new_login(void **state)
{
	struct bmc *b = bmc_up(small_tree());
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);

	(void)state;
	b->expire_after = 4;
	run_jobs(p, &j, 1);
	assert_read(&j);
	assert_tree_is(&j.tree, b->tree);
	assert_int_equal(b->logins, 2);
	assert_true(b->unauthorised >= 1);
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	assert_int_equal(b->live, 0);
	bmc_down(b);
}

static void test_resource_when_it_is_never_allowed_then_it_alone_is_missing(void **state)
{
	static const char bios[] = "/redfish/v1/Systems/1/Bios";
	struct rule r = {bios, STATUS, 401, 0};
	struct bmc *b = bmc_up(small_tree());
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);

	(void)state;
	b->rules = &r;
	b->n_rules = 1;
	run_jobs(p, &j, 1);
	assert_read(&j);
	assert_says(&gh_redfish_find(&j.tree, bios)->err, GH_E_AUTH, "HTTP 401");
	assert_int_equal(count_below(&j.tree, fw), 2);
	assert_int_equal(b->logins, 2);
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	assert_int_equal(b->logouts, 2);
	assert_int_equal(b->live, 0);
	bmc_down(b);
}

static void test_session_when_location_is_absolute_then_still_logged_out(void **state)
{
	struct bmc *b = bmc_up(small_tree());
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);

	(void)state;
	b->absolute = true;
	run_jobs(p, &j, 1);
	assert_read(&j);
	gh_redfish_job_free(&j);
	assert_int_equal(b->live, 1);
	gh_redfish_pool_free(&p);
	assert_int_equal(b->live, 0);
	assert_false(b->secret_in_url);
	bmc_down(b);
}

static void test_job_when_it_has_no_user_then_only_the_root(void **state)
{
	struct bmc *b = bmc_up(small_tree());
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);

	(void)state;
	j.target.user = "";
	j.target.password = NULL;
	j.target.cert_sha256 = "";
	j.target.enrol = true;
	run_jobs(p, &j, 1);
	assert_read(&j);
	assert_non_null(gh_redfish_get(&j.tree, "/redfish/v1"));
	assert_int_equal(b->gets, 1);
	assert_int_equal(b->logins + b->wrong, 0);
	assert_string_equal(j.tree.cert_sha256, b->sha256);
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	bmc_down(b);
}

/* ---- the second time ---- */

static int64_t far_mono(void *ctx)
{
	return gh_env_real.mono_ms(NULL) + *(int64_t *)ctx;
}

static int64_t far_now(void *ctx)
{
	(void)ctx;
	return time(NULL);
}

static int far_random(void *ctx, void *out, size_t len, struct gh_err *err)
{
	(void)ctx;
	return gh_env_real.random(NULL, out, len, err);
}

static void test_second_run_when_nothing_has_changed_then_it_is_not_sent_again(
    void **state)
{
	struct bmc *b = bmc_up(small_tree());
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);

	(void)state;
	run_jobs(p, &j, 1);
	assert_read(&j);
	assert_int_equal(j.n_requests, SMALL_GETS);
	assert_int_equal(j.n_unchanged, 0);
	assert_string_equal(
	    gh_redfish_find(&j.tree, "/redfish/v1/Systems/1")->etag, "\"s1\"");
	gh_redfish_job_free(&j);

	j = job_to(b);
	run_jobs(p, &j, 1);
	assert_read(&j);
	assert_tree_is(&j.tree, b->tree);
	assert_int_equal(j.n_unchanged, 3); /* system, BIOS and manager have an ETag */
	assert_int_equal(b->unchanged, 3);
	assert_int_equal(gh_redfish_find(&j.tree, "/redfish/v1/Systems/1")->status, 200);
	assert_int_equal(b->logins, 1);
	assert_true(b->conns <= 6);
	assert_string_equal(j.tree.cert_sha256, b->sha256);
	assert_true(j.tree.cert_self_signed);
	gh_redfish_job_free(&j);

	json_object_set_new(json_object_get(b->tree, "/redfish/v1/Systems/1/Bios"),
	    "@odata.etag", json_string("\"b2\""));
	json_object_set_new(json_object_get(b->tree, "/redfish/v1/Systems/1/Bios"),
	    "Attributes", json_pack("{s:s}", "TME", "Disabled"));
	j = job_to(b);
	run_jobs(p, &j, 1);
	assert_tree_is(&j.tree, b->tree);
	assert_int_equal(j.n_unchanged, 2);
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	assert_int_equal(b->live, 0);
	assert_int_equal(b->logins, 1);
	bmc_down(b);
}

static void test_second_run_when_etag_is_only_in_the_body_then_it_counts_too(void **state)
{
	struct bmc *b = bmc_up(small_tree());
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);

	(void)state;
	b->no_etags = true;
	run_jobs(p, &j, 1);
	gh_redfish_job_free(&j);
	j = job_to(b);
	run_jobs(p, &j, 1);
	assert_read(&j);
	assert_int_equal(j.n_unchanged, 3);
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	bmc_down(b);
}

static void test_second_run_when_five_minutes_have_gone_then_a_new_session(void **state)
{
	int64_t later = 0;
	struct gh_env env = {&later, far_now, far_mono, far_random};
	struct bmc *b = bmc_up(small_tree());
	struct gh_redfish_job j = job_to(b);
	struct gh_redfish_pool *p;

	(void)state;
	assert_int_equal(gh_redfish_pool_new(&p, &env, NULL), 0);
	run_jobs(p, &j, 1);
	gh_redfish_job_free(&j);
	assert_int_equal(b->live, 1);
	later = 299000;
	j = job_to(b);
	run_jobs(p, &j, 1);
	gh_redfish_job_free(&j);
	assert_int_equal(b->logins, 1);
	later = 301000;
	j = job_to(b);
	run_jobs(p, &j, 1);
	assert_read(&j);
	gh_redfish_job_free(&j);
	assert_int_equal(b->logins, 2);
	assert_int_equal(b->logouts, 1);
	assert_int_equal(b->live, 1);
	gh_redfish_pool_free(&p);
	assert_int_equal(b->live, 0);
	bmc_down(b);
}

static void test_second_run_when_the_session_was_ended_then_a_new_login(void **state)
{
	struct bmc *b = bmc_up(small_tree());
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);

	(void)state;
	run_jobs(p, &j, 1);
	gh_redfish_job_free(&j);
	memset(b->token, 0, sizeof(b->token)); /* the BMC was restarted */
	b->live = 0;
	j = job_to(b);
	run_jobs(p, &j, 1);
	assert_read(&j);
	assert_tree_is(&j.tree, b->tree);
	assert_int_equal(b->logins, 2);
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	assert_int_equal(b->live, 0);
	bmc_down(b);
}

static void test_second_run_when_the_password_is_another_then_no_old_session(void **state)
{
	struct bmc *b = bmc_up(small_tree());
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);

	(void)state;
	run_jobs(p, &j, 1);
	gh_redfish_job_free(&j);
	j = job_to(b);
	j.target.password = "another";
	run_jobs(p, &j, 1);
	assert_says(&j.err, GH_E_AUTH, "wrong name or password");
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	assert_int_equal(b->live, 0);
	bmc_down(b);
}

/* ---- time ---- */

static void test_job_when_its_time_is_over_then_what_was_read_stays(void **state)
{
	static const char manager[] = "/redfish/v1/Managers/1";
	struct rule r = {manager, SILENT, 0, 0};
	struct bmc *b = bmc_up(small_tree());
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);

	(void)state;
	b->rules = &r;
	b->n_rules = 1;
	j.target.deadline_ms = 600;
	run_jobs(p, &j, 1);
	assert_int_equal(j.rc, -1);
	assert_says(&j.err, GH_E_TIMEOUT, "gpu-a: timed out after 6");
	assert_in_range(j.took_ms, 600, 1500);
	assert_non_null(gh_redfish_get(&j.tree, "/redfish/v1/Systems/1/Bios"));
	assert_null(gh_redfish_get(&j.tree, manager));
	assert_int_equal(gh_redfish_find(&j.tree, manager)->status, 0);
	assert_says(&gh_redfish_find(&j.tree, manager)->err, GH_E_TIMEOUT, "timed out");
	assert_int_equal(b->live, 0); /* logged out, though the time was over */
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	bmc_down(b);
}

static void test_job_when_one_get_is_silent_then_it_alone_is_missing(void **state)
{
	static const char bios[] = "/redfish/v1/Systems/1/Bios";
	struct rule r = {bios, SILENT, 0, 0};
	struct bmc *b = bmc_up(small_tree());
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);

	(void)state;
	b->rules = &r;
	b->n_rules = 1;
	p->get_ms = 300;
	run_jobs(p, &j, 1);
	assert_read(&j);
	assert_says(
	    &gh_redfish_find(&j.tree, bios)->err, GH_E_TIMEOUT, "waiting for an answer");
	assert_int_equal(count_below(&j.tree, fw), 2);
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	bmc_down(b);
}

static void *cancel_soon(void *arg)
{
	usleep(200000);
	gh_cancel_ask(arg);
	return NULL;
}

static void test_run_when_cancelled_then_soon_over_and_logged_out(void **state)
{
	struct rule r = {"/redfish/v1/Managers/1", SILENT, 0, 0};
	struct gh_cancel cancel = {0};
	struct bmc *b = bmc_up(small_tree());
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j[2] = {job_to(b), job_to(b)};
	pthread_t t;
	int64_t start = gh_mono_ms(&gh_env_real);

	(void)state;
	b->rules = &r;
	b->n_rules = 1;
	pthread_create(&t, NULL, cancel_soon, &cancel);
	assert_int_equal(gh_redfish_run(p, j, 2, NULL, NULL, &cancel, NULL), 0);
	pthread_join(t, NULL);
	assert_true(gh_mono_ms(&gh_env_real) - start < 1500);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(j[i].rc, -1);
		assert_says(&j[i].err, GH_E_CANCELLED, "gpu-a: cancelled");
		assert_non_null(gh_redfish_get(&j[i].tree, "/redfish/v1/Systems/1"));
		gh_redfish_job_free(&j[i]);
	}
	assert_int_equal(b->logins, 2);
	assert_int_equal(b->live, 0);
	gh_redfish_pool_free(&p);
	bmc_down(b);
}

/* The login was sent, its answer comes after the end: the session must not stay. */
static void test_job_when_time_ends_during_the_login_then_no_session_stays(void **state)
{
	struct rule r = {SESSIONS, SLOW, 500, 0};
	struct bmc *b = bmc_up(small_tree());
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);

	(void)state;
	b->rules = &r;
	b->n_rules = 1;
	j.target.deadline_ms = 300;
	run_jobs(p, &j, 1);
	assert_says(&j.err, GH_E_TIMEOUT, "timed out");
	assert_in_range(j.took_ms, 290, 450);
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	assert_int_equal(b->logins, 1);
	assert_int_equal(b->live, 0);
	bmc_down(b);
}

static void test_pool_free_when_bmc_is_silent_then_a_second_at_most(void **state)
{
	struct bmc *b = bmc_up(small_tree());
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);
	struct rule r = {NULL, SILENT, 0, 0};
	int64_t start;

	(void)state;
	run_jobs(p, &j, 1);
	gh_redfish_job_free(&j);
	b->rules = &r;
	b->n_rules = 1;
	start = gh_mono_ms(&gh_env_real);
	gh_redfish_pool_free(&p);
	assert_true(gh_mono_ms(&gh_env_real) - start < 1300);
	bmc_down(b);
}

/* ---- how many at once ---- */

static void test_gets_when_at_once_is_set_then_never_more(void **state)
{
	struct bmc *b = bmc_up(capture(DGX));
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);

	(void)state;
	b->delay_ms = 10;
	run_jobs(p, &j, 1);
	assert_read(&j);
	assert_in_range(b->most_at_once, 4, 6);
	assert_true(b->conns <= 7);
	gh_redfish_job_free(&j);
	b->most_at_once = 0;
	j = job_to(b);
	j.target.at_once = 2;
	run_jobs(p, &j, 1);
	assert_read(&j);
	assert_true(b->most_at_once <= 2);
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	bmc_down(b);
}

static void count_done(struct gh_redfish_job *j, void *ctx)
{
	assert_true(j->took_ms > 0 || j->rc != 0);
	(*(size_t *)ctx)++;
}

static void test_many_bmcs_when_read_together_then_each_has_its_own(void **state)
{
	enum { N = 8 };
	struct bmc *b[N];
	struct gh_redfish_job j[N];
	struct gh_redfish_pool *p = pool_new();
	size_t done = 0;

	(void)state;
	for (size_t i = 0; i < N; i++) {
		char model[16];

		b[i] = bmc_up(small_tree());
		snprintf(model, sizeof(model), "M%zu", i);
		json_object_set_new(json_object_get(b[i]->tree, "/redfish/v1/Systems/1"),
		    "Model", json_string(model));
		b[i]->delay_ms = 20;
		j[i] = job_to(b[i]);
	}
	most_of_all = 0;
	assert_int_equal(gh_redfish_run(p, j, N, count_done, &done, NULL, NULL), 0);
	assert_int_equal(done, N);
	for (size_t i = 0; i < N; i++) {
		char model[16];

		assert_read(&j[i]);
		snprintf(model, sizeof(model), "M%zu", i);
		assert_string_equal(
		    gh_redfish_text(gh_redfish_get(&j[i].tree, "{system}"), "Model"),
		    model);
		gh_redfish_job_free(&j[i]);
	}
	assert_true(most_of_all > 6); /* more than are asked of one at once */
	gh_redfish_pool_free(&p);
	for (size_t i = 0; i < N; i++) {
		assert_int_equal(b[i]->live, 0);
		bmc_down(b[i]);
	}
}

static void test_run_when_there_is_no_job_then_nothing(void **state)
{
	struct gh_redfish_pool *p = pool_new();

	(void)state;
	assert_int_equal(gh_redfish_run(p, NULL, 0, NULL, NULL, NULL, NULL), 0);
	gh_redfish_pool_free(&p);
	gh_redfish_pool_free(&p);
}

static int group_up(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_DFL); /* the client must not depend on the program for this */
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_supermicro_when_expand_is_offered_then_few_requests),
	    cmocka_unit_test(
		test_supermicro_when_expand_is_not_offered_then_the_tree_is_the_same),
	    cmocka_unit_test(
		test_dgx_when_integrity_is_offered_then_each_root_of_trust_is_asked),
	    cmocka_unit_test(
		test_measurement_when_it_is_a_task_then_its_result_is_fetched),
	    cmocka_unit_test(test_other_vendors_when_read_then_whole_inventories),
	    cmocka_unit_test(test_collection_when_it_has_pages_then_all_are_followed),
	    cmocka_unit_test(test_collection_when_expand_fails_then_member_by_member),
	    cmocka_unit_test(test_login_when_password_is_wrong_then_once_and_silent),
	    cmocka_unit_test(test_login_when_bmc_answers_badly_then_clear_words),
	    cmocka_unit_test(test_session_when_it_ends_in_the_middle_then_one_new_login),
	    cmocka_unit_test(
		test_resource_when_it_is_never_allowed_then_it_alone_is_missing),
	    cmocka_unit_test(
		test_session_when_location_is_absolute_then_still_logged_out),
	    cmocka_unit_test(test_job_when_it_has_no_user_then_only_the_root),
	    cmocka_unit_test(
		test_second_run_when_nothing_has_changed_then_it_is_not_sent_again),
	    cmocka_unit_test(
		test_second_run_when_etag_is_only_in_the_body_then_it_counts_too),
	    cmocka_unit_test(
		test_second_run_when_five_minutes_have_gone_then_a_new_session),
	    cmocka_unit_test(test_second_run_when_the_session_was_ended_then_a_new_login),
	    cmocka_unit_test(
		test_second_run_when_the_password_is_another_then_no_old_session),
	    cmocka_unit_test(test_job_when_its_time_is_over_then_what_was_read_stays),
	    cmocka_unit_test(test_job_when_one_get_is_silent_then_it_alone_is_missing),
	    cmocka_unit_test(test_run_when_cancelled_then_soon_over_and_logged_out),
	    cmocka_unit_test(
		test_job_when_time_ends_during_the_login_then_no_session_stays),
	    cmocka_unit_test(test_pool_free_when_bmc_is_silent_then_a_second_at_most),
	    cmocka_unit_test(test_gets_when_at_once_is_set_then_never_more),
	    cmocka_unit_test(test_many_bmcs_when_read_together_then_each_has_its_own),
	    cmocka_unit_test(test_run_when_there_is_no_job_then_nothing),
	};

	return cmocka_run_group_tests(tests, group_up, NULL);
}
