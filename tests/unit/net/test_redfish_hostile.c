/* SPDX-License-Identifier: Apache-2.0
 * BMCs that are dead, slow, silent, endless or lying: each has its own clear error, and no
 * other BMC waits for it. */
#include <sys/resource.h>

#include "net/redfish_plan.h"
#include "net/redfish_pool.h"
#include "tests/unit/net/redfish_server.h"

#define BIOS "/redfish/v1/Systems/1/Bios"

static const struct fault_case {
	const char *name;
	enum fault fault;
	int arg;
	enum gh_errc code;
	const char *words;
	int status;
} faults[] = {
    {"silent", SILENT, 0, GH_E_TIMEOUT, "waiting for an answer", 0},
    {"floods 50 MB", FLOOD, 0, GH_E_REMOTE, "more than 4 MiB", 0},
    {"says 50 MB", FLOOD_SAID, 0, GH_E_REMOTE, "more than 4 MiB", 0},
    {"endless", ENDLESS, 0, GH_E_TIMEOUT, "an answer was coming", 0},
    {"closes in the middle", HALF, 0, GH_E_REMOTE, "in the middle of an answer", 0},
    {"closes at once", NOTHING, 0, GH_E_REMOTE, "without an answer", 0},
    {"length too small", LIE_SHORT, 0, GH_E_PARSE, "JSON line 1", 200},
    {"length too large", LIE_LONG, 0, GH_E_TIMEOUT, "an answer was coming", 0},
    {"zeros", NULS, 0, GH_E_PARSE, "JSON line 1", 200},
    {"a NUL in a text", NUL_IN_TEXT, 0, GH_E_PARSE, "\\u0000", 200},
    {"10,000 deep", DEEP, 0, GH_E_PARSE, "nested deeper than 64", 200},
    {"700,000 arrays", MANY, 0, GH_E_REMOTE, "values: too many", 200},
    {"HTML", NOT_JSON, 0, GH_E_PARSE, "JSON line 1", 200},
    {"an array", NOT_OBJECT, 0, GH_E_PARSE, "no JSON object", 200},
    {"another protocol", NOT_HTTP, 0, GH_E_REMOTE, "not HTTP/1.x", 0},
    {"no body", EMPTY, 0, GH_E_REMOTE, "without a body", 200},
    {"endless headers", HEADERS, 0, GH_E_REMOTE, "headers of more than 64 KiB", 0},
    {"endless 100", INTERIM, 0, GH_E_REMOTE, "headers of more than 64 KiB", 0},
    {"gzip", GZIP, 0, GH_E_PARSE, "JSON line 1", 200},
    {"HTTP 500", STATUS, 500, GH_E_REMOTE, "HTTP 500", 500},
    {"HTTP 403", STATUS, 403, GH_E_AUTH, "HTTP 403", 403},
    {"HTTP 204", STATUS, 204, GH_E_REMOTE, "without a body", 204},
    {"a body after 204", LEFTOVER, 0, GH_E_REMOTE, "without a body", 204},
    {"a redirect", REDIRECT, 0, GH_E_REMOTE, "redirects to another place: not followed",
	302},
    {"busy without end", BUSY, 0, GH_E_REMOTE, "HTTP 503", 503},
    {"304 unasked", NOT_MODIFIED, 0, GH_E_REMOTE, "nothing was asked", 304},
};

static void other_is_read(
    const struct gh_redfish_job *j, const char *fault, const char *path)
{
	const struct gh_redfish_resource *r = gh_redfish_find(&j->tree, path);

	if (!r || !r->body)
		fail_msg(
		    "%s: %s is lost: %s", fault, path, r ? r->err.what : "not asked");
}

/* One resource is bad: it has its error, all others are read. */
static void test_resource_when_it_is_hostile_then_it_alone_has_an_error(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(faults); i++) {
		const struct fault_case *f = &faults[i];
		struct rule r = {BIOS, f->fault, f->arg, 0};
		struct bmc *b = bmc_up(small_tree());
		struct gh_redfish_pool *p = pool_new();
		struct gh_redfish_job j = job_to(b);
		const struct gh_redfish_resource *bios;

		b->rules = &r;
		b->n_rules = 1;
		p->get_ms = f->code == GH_E_TIMEOUT ? 6000 : 30000;
		run_jobs(p, &j, 1);
		assert_read(&j);
		bios = gh_redfish_find(&j.tree, BIOS);
		if (bios->err.code != f->code || !strstr(bios->err.what, f->words) ||
		    bios->status != f->status || bios->body)
			fail_msg("%s: status %d, %s: %s", f->name, bios->status,
			    gh_errc_word(bios->err.code), bios->err.what);
		other_is_read(&j, f->name, "/redfish/v1/Managers/1");
		other_is_read(
		    &j, f->name, "/redfish/v1/UpdateService/FirmwareInventory/BMC");
		assert_int_equal(b->logins, 1);
		gh_redfish_job_free(&j);
		gh_redfish_pool_free(&p);
		assert_int_equal(b->live, 0);
		bmc_down(b);
	}
}

/* The root is bad: there is nothing to read, and no password goes out. */
static void test_root_when_it_is_hostile_then_the_job_fails_in_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(faults); i++) {
		const struct fault_case *f = &faults[i];
		struct rule r = {"/redfish/v1", f->fault, f->arg, 0};
		struct bmc *b = bmc_up(small_tree());
		struct gh_redfish_pool *p = pool_new();
		struct gh_redfish_job j = job_to(b);

		b->rules = &r;
		b->n_rules = 1;
		j.target.deadline_ms = f->code == GH_E_TIMEOUT ? 400 : 15000;
		run_jobs(p, &j, 1);
		assert_int_equal(j.rc, -1);
		/* an empty answer is told from another in other words there */
		if (j.err.code != f->code ||
		    (!strstr(j.err.what, f->words) &&
			!strstr(j.err.what, "no Redfish service")))
			fail_msg(
			    "%s: %s: %s", f->name, gh_errc_word(j.err.code), j.err.what);
		assert_int_equal(strncmp(j.err.what, "gpu-a: ", 7), 0);
		assert_int_equal(b->logins + b->wrong, 0);
		gh_redfish_job_free(&j);
		gh_redfish_pool_free(&p);
		bmc_down(b);
	}
}

static void test_root_when_it_is_some_json_then_it_is_no_redfish(void **state)
{
	struct bmc *b = bmc_up(json_pack("{s:{s:s}}", "/redfish/v1", "hello", "world"));
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);

	(void)state;
	run_jobs(p, &j, 1);
	assert_says(&j.err, GH_E_REMOTE, "no Redfish service");
	assert_int_equal(b->logins + b->wrong, 0);
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	bmc_down(b);
}

/* Some bad ones among good ones: the good ones are as quick as ever. */
static void test_bmcs_when_some_are_hostile_then_no_other_waits(void **state)
{
	enum { BAD = GH_COUNT(faults), GOOD = 4 };
	static struct rule r[BAD];
	struct bmc *b[BAD + GOOD];
	struct gh_redfish_job j[BAD + GOOD];
	struct gh_redfish_pool *p = pool_new();
	unsigned int slowest = 0;

	(void)state;
	for (size_t i = 0; i < BAD + GOOD; i++) {
		b[i] = bmc_up(small_tree());
		j[i] = job_to(b[i]);
		j[i].target.deadline_ms = 5000;
		if (i < BAD) {
			r[i].fault = faults[i].fault; /* every path of it */
			r[i].arg = faults[i].arg;
			b[i]->rules = &r[i];
			b[i]->n_rules = 1;
		}
	}
	run_jobs(p, j, BAD + GOOD);
	for (size_t i = 0; i < BAD + GOOD; i++) {
		if (i >= BAD) {
			assert_read(&j[i]);
			assert_true(j[i].took_ms < slowest);
		} else {
			assert_int_equal(j[i].rc, -1);
			assert_int_equal(j[i].err.code, faults[i].code);
			slowest = j[i].took_ms > slowest ? j[i].took_ms : slowest;
		}
		gh_redfish_job_free(&j[i]);
	}
	gh_redfish_pool_free(&p);
	for (size_t i = 0; i < BAD + GOOD; i++)
		bmc_down(b[i]);
}

/* ---- busy ---- */

static void test_resource_when_it_is_busy_for_a_while_then_it_is_read(void **state)
{
	struct rule r = {BIOS, BUSY, 1, 2};
	struct bmc *b = bmc_up(small_tree());
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);

	(void)state;
	b->rules = &r;
	b->n_rules = 1;
	run_jobs(p, &j, 1);
	assert_read(&j);
	assert_non_null(gh_redfish_get(&j.tree, BIOS));
	assert_true(j.took_ms >= 2000);
	assert_int_equal(j.n_requests, SMALL_GETS + 2);
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	bmc_down(b);
}

static void test_login_when_it_is_busy_for_a_while_then_it_is_tried_again(void **state)
{
	struct rule r = {SESSIONS, BUSY, 1, 1};
	struct bmc *b = bmc_up(small_tree());
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);

	(void)state;
	b->rules = &r;
	b->n_rules = 1;
	run_jobs(p, &j, 1);
	assert_read(&j);
	assert_true(j.took_ms >= 1000);
	assert_int_equal(b->logins, 1);
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	r.times = 0; /* for ever, and with nothing to wait for */
	r.arg = 0;
	p = pool_new();
	j = job_to(b);
	run_jobs(p, &j, 1);
	assert_says(&j.err, GH_E_REMOTE, "answered with HTTP 503");
	assert_int_equal(b->logins, 1);
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	bmc_down(b);
}

static void test_resource_when_it_wants_an_hour_then_the_deadline_ends_it(void **state)
{
	struct rule r = {BIOS, BUSY, 3600, 0};
	struct bmc *b = bmc_up(small_tree());
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);

	(void)state;
	b->rules = &r;
	b->n_rules = 1;
	j.target.deadline_ms = 500;
	run_jobs(p, &j, 1);
	assert_says(&j.err, GH_E_TIMEOUT, "between two requests");
	assert_non_null(gh_redfish_get(&j.tree, "/redfish/v1/Managers/1"));
	assert_says(&gh_redfish_find(&j.tree, BIOS)->err, GH_E_TIMEOUT, "timed out");
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	bmc_down(b);
}

/* ---- gone ---- */

/* It goes down in the middle of a long reading: over soon, not after a hundred time-outs. */
static void test_bmc_when_it_goes_away_then_the_reading_ends(void **state)
{
	/* everything but the root, the login and the list is dropped */
	struct rule r[] = {{"/redfish/v1", FAULT_NONE, 0, 0},
	    {SESSIONS, FAULT_NONE, 0, 0}, {"/redfish/v1/Systems", FAULT_NONE, 0, 0},
	    {NULL, NOTHING, 0, 0}};
	json_t *tree = small_tree(), *members;
	struct bmc *b = bmc_up(tree);
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);

	(void)state;
	members =
	    json_object_get(json_object_get(tree, "/redfish/v1/Systems"), "Members");
	for (int i = 0; i < 200; i++) {
		char path[64];

		snprintf(path, sizeof(path), "/redfish/v1/Systems/x%d", i);
		json_array_append_new(members, json_pack("{s:s}", "@odata.id", path));
	}
	b->rules = r;
	b->n_rules = GH_COUNT(r);
	run_jobs(p, &j, 1);
	assert_says(&j.err, GH_E_REMOTE, "no longer answers: the BMC closed");
	assert_true(b->conns < 40);
	assert_says(
	    &gh_redfish_find(&j.tree, "/redfish/v1/Systems/x199")->err, GH_E_REMOTE, "");
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	bmc_down(b);
}

/* ---- too much in all ---- */

static json_t *tree_with_members(size_t n, size_t size)
{
	json_t *tree = small_tree(), *members;
	char *fat = calloc(1, size + 1);

	memset(fat, 'x', size);
	members = json_object_get(
	    json_object_get(tree, "/redfish/v1/UpdateService/FirmwareInventory"),
	    "Members");
	for (size_t i = 0; i < n; i++) {
		char path[96];

		snprintf(path, sizeof(path),
		    "/redfish/v1/UpdateService/FirmwareInventory/F%zu", i);
		json_array_append_new(members, json_pack("{s:s}", "@odata.id", path));
		json_object_set_new(tree, path,
		    json_pack("{s:s,s:s}", "@odata.id", path, "Version", fat));
	}
	free(fat);
	return tree;
}

static void test_reading_when_it_is_more_than_32_mib_then_it_ends(void **state)
{
	struct bmc *b = bmc_up(tree_with_members(12, 3u << 20));
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);

	(void)state;
	run_jobs(p, &j, 1);
	assert_says(&j.err, GH_E_REMOTE, "more than 32 MiB in one reading");
	assert_non_null(
	    gh_redfish_get(&j.tree, "/redfish/v1/UpdateService/FirmwareInventory/F0"));
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	assert_int_equal(b->live, 0);
	bmc_down(b);
}

static void test_reading_when_resources_never_end_then_it_ends(void **state)
{
	json_t *tree = tree_with_members(3000, 1);
	struct bmc *b = bmc_up(tree);
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j = job_to(b);

	(void)state;
	with_expand(tree);
	run_jobs(p, &j, 1);
	assert_says(&j.err, GH_E_REMOTE, "more than 2048 resources");
	assert_true(j.tree.n <= GH_REDFISH_RESOURCES_MAX);
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	bmc_down(b);
}

/* The dearest bodies under the caps: memory stays within reason. */
static void test_memory_when_every_body_is_the_dearest_then_it_is_bounded(void **state)
{
	json_t *tree = tree_with_members(60, 1);
	struct rusage before, after;
	struct gh_redfish_pool *p = pool_new();
	struct gh_redfish_job j;
	struct bmc *b;

	(void)state;
	for (int i = 0; i < 60; i++) {
		char path[96];
		json_t *many = json_array();

		for (int k = 0; k < 20000; k++)
			json_array_append_new(many, json_array());
		snprintf(path, sizeof(path),
		    "/redfish/v1/UpdateService/FirmwareInventory/F%d", i);
		json_object_set_new(json_object_get(tree, path), "Oem", many);
	}
	b = bmc_up(tree);
	getrusage(RUSAGE_SELF, &before);
	j = job_to(b);
	run_jobs(p, &j, 1);
	getrusage(RUSAGE_SELF, &after);
	assert_read(&j); /* those beyond the cap have their errors */
	assert_says(
	    &gh_redfish_find(&j.tree, "/redfish/v1/UpdateService/FirmwareInventory/F50")
		 ->err,
	    GH_E_REMOTE, "values: too many");
#ifndef __SANITIZE_ADDRESS__ /* which keeps what was freed, and fences what was not */
	assert_true(after.ru_maxrss - before.ru_maxrss < 96 * 1024); /* KiB */
#endif
	gh_redfish_job_free(&j);
	gh_redfish_pool_free(&p);
	bmc_down(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_resource_when_it_is_hostile_then_it_alone_has_an_error),
	    cmocka_unit_test(test_root_when_it_is_hostile_then_the_job_fails_in_words),
	    cmocka_unit_test(test_root_when_it_is_some_json_then_it_is_no_redfish),
	    cmocka_unit_test(test_bmcs_when_some_are_hostile_then_no_other_waits),
	    cmocka_unit_test(test_resource_when_it_is_busy_for_a_while_then_it_is_read),
	    cmocka_unit_test(
		test_login_when_it_is_busy_for_a_while_then_it_is_tried_again),
	    cmocka_unit_test(
		test_resource_when_it_wants_an_hour_then_the_deadline_ends_it),
	    cmocka_unit_test(test_bmc_when_it_goes_away_then_the_reading_ends),
	    cmocka_unit_test(test_reading_when_it_is_more_than_32_mib_then_it_ends),
	    cmocka_unit_test(test_reading_when_resources_never_end_then_it_ends),
	    cmocka_unit_test(
		test_memory_when_every_body_is_the_dearest_then_it_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
