/* SPDX-License-Identifier: Apache-2.0
 * The plan alone: which links are followed, what follows from a body, logs, measurements. */
#include <stdio.h>

#include "net/redfish_cache.h"
#include "net/redfish_entries.h"
#include "net/redfish_plan.h"
#include "net/redfish_session.h"
#include "tests/unit/tap.h"

struct reading {
	struct gh_redfish_plan p;
	struct gh_redfish_tree t;
	struct gh_redfish_item item;
};

static json_t *parse(const char *text)
{
	json_t *j = gh_json_parse(text, strlen(text), NULL);

	assert_non_null(j);
	return j;
}

static void reading_free(struct reading *r)
{
	gh_redfish_plan_free(&r->p);
	gh_redfish_tree_free(&r->t);
}

static bool take(struct reading *r)
{
	return gh_redfish_plan_take(&r->p, INT64_MAX, &r->item);
}

static int say(struct reading *r, int status, json_t *body, const char *location)
{
	struct gh_redfish_said said = {.status = status,
	    .body = body,
	    .etag = "",
	    .location = location,
	    .retry_s = -1,
	    .now_ms = 0};

	return gh_redfish_plan_answer(&r->p, &r->t, &r->item, &said, NULL);
}

static void answer(struct reading *r, const char *body)
{
	assert_int_equal(say(r, 200, parse(body), ""), 0);
}

/* Starts a reading whose root is that body. */
static void begin(struct reading *r, const char *root)
{
	*r = (struct reading){0};
	assert_int_equal(gh_redfish_plan_start(&r->p, &r->t, NULL), 0);
	assert_true(take(r));
	assert_string_equal(r->item.url, "/redfish/v1/");
	assert_string_equal(r->item.path, "/redfish/v1");
	answer(r, root);
}

static void assert_next(struct reading *r, const char *url)
{
	char got[320];

	if (!take(r))
		fail_msg("nothing follows, want %s", url);
	gh_redfish_item_url(&r->p, &r->item, got);
	assert_string_equal(got, url);
}

/* ---- links ---- */

static void test_link_when_it_leads_elsewhere_then_it_is_not_followed(void **state)
{
	static const char *const good[] = {"/redfish/v1/", "/redfish/v1",
	    "/redfish/v1/a/", "/redfish/v1/Chassis/NVMeSSD.0.Group.0.StorageBackplane",
	    ("/redfish/v1/UpdateService/FirmwareInventory/"
	     "Disk.Bay.0:Enclosure.Internal.0-1"),
	    "/redfish/v1/a%20b", "/redfish/v1/...", "/redfish/v1/.a"};
	static const char *const bad[] = {"", "/", "/redfish", "/redfish/", "redfish/v1",
	    "//evil/redfish/v1", "https://evil/redfish/v1", "/redfish/v1/../../etc",
	    "/redfish/..", "/redfish/v1/./a", "/redfish/v1//a", "/redfish//", "/other/v1",
	    "/redfish/v1/a b", "/redfish/v1/a\r\nX: y", "/redfish/v1/a\x01",
	    "/redfish/v1/\xc3\xa9", "/redfish/v1/%2e%2e/a", "/redfish/v1/%2E%2E/a",
	    "/redfish/v1/a%2fb", "/redfish/v1/a%00", "/redfish/v1/a\\b",
	    "/redfish/v1/a#b", "/redfish/v1/a?b", "/redfish/v1/{system}",
	    "/redfish/v1/a\"b"};
	char longer[300];

	(void)state;
	for (size_t i = 0; i < GH_COUNT(good); i++)
		if (!gh_redfish_link_ok(good[i], false))
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < GH_COUNT(bad); i++)
		if (gh_redfish_link_ok(bad[i], false))
			fail_msg("followed: %s", bad[i]);
	assert_true(gh_redfish_link_ok("/redfish/v1/a?$skip=50&x=(y)", true));
	assert_false(gh_redfish_link_ok("/redfish/v1/a?x#y", true));
	memset(longer, 'a', sizeof(longer));
	memcpy(longer, "/redfish/v1/", 12);
	longer[GH_REDFISH_LINK_MAX] = '\0';
	assert_false(gh_redfish_link_ok(longer, false));
	longer[GH_REDFISH_LINK_MAX - 1] = '\0';
	assert_true(gh_redfish_link_ok(longer, false));
}

static void test_link_when_it_is_kept_then_without_query_and_slash(void **state)
{
	char path[GH_REDFISH_LINK_MAX];

	(void)state;
	gh_redfish_link_path(path, "/redfish/v1/a///?$skip=3");
	assert_string_equal(path, "/redfish/v1/a");
	gh_redfish_link_path(path, "/");
	assert_string_equal(path, "/");
	gh_redfish_link_path(path, "");
	assert_string_equal(path, "");
}

static void test_location_when_it_is_absolute_then_its_path_counts(void **state)
{
	(void)state;
	assert_string_equal(
	    gh_redfish_link_local("https://ilo.example:443/redfish/v1/S/1"),
	    "/redfish/v1/S/1");
	assert_string_equal(gh_redfish_link_local("/redfish/v1/S/1"), "/redfish/v1/S/1");
	assert_string_equal(
	    gh_redfish_link_local("/redfish/v1/S/x://y/z"), "/redfish/v1/S/x://y/z");
	assert_string_equal(gh_redfish_link_local("https://host"), "");
	assert_string_equal(gh_redfish_link_local(""), "");
}

/* ---- what follows ---- */

static void test_root_when_it_links_services_then_only_those_we_read(void **state)
{
	struct reading r;

	(void)state;
	begin(&r, "{\"Systems\":{\"@odata.id\":\"/redfish/v1/Systems\"},"
		  "\"Chassis\":{\"@odata.id\":\"https://evil/redfish/v1/Chassis\"},"
		  "\"Managers\":\"/redfish/v1/Managers\","
		  "\"TelemetryService\":{\"@odata.id\":\"/redfish/v1/TelemetryService\"},"
		  "\"UpdateService\":{\"@odata.id\":\"/redfish/v1/UpdateService/\"}}");
	assert_next(&r, "/redfish/v1/Systems");
	assert_next(&r, "/redfish/v1/UpdateService/");
	assert_string_equal(r.item.path, "/redfish/v1/UpdateService");
	assert_false(take(&r));
	reading_free(&r);
}

static void test_expand_when_the_root_offers_it_then_as_it_offers_it(void **state)
{
	static const struct {
		const char *features;
		const char *url;
	} cases[] = {
	    {"{\"ExpandQuery\":{\"Levels\":true,\"ExpandAll\":true,\"NoLinks\":true}}",
		"/redfish/v1/Systems?$expand=*($levels=1)"},
	    {"{\"ExpandQuery\":{\"Levels\":true,\"ExpandAll\":false,\"NoLinks\":true}}",
		"/redfish/v1/Systems?$expand=.($levels=1)"},
	    {"{\"ExpandQuery\":{\"Levels\":false,\"ExpandAll\":true}}",
		"/redfish/v1/Systems"},
	    {"{\"ExpandQuery\":{\"Levels\":true}}", "/redfish/v1/Systems"},
	    {"{\"ExpandQuery\":7}", "/redfish/v1/Systems"},
	    {"{}", "/redfish/v1/Systems"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		struct reading r;
		char root[400];

		snprintf(root, sizeof(root),
		    "{\"Systems\":{\"@odata.id\":\"/redfish/v1/Systems\"},"
		    "\"ProtocolFeaturesSupported\":%s}",
		    cases[i].features);
		begin(&r, root);
		assert_next(&r, cases[i].url);
		reading_free(&r);
	}
}

static void test_members_when_whole_or_bare_then_the_list_has_links(void **state)
{
	struct reading r;
	const json_t *list;

	(void)state;
	begin(&r, "{\"Systems\":{\"@odata.id\":\"/redfish/v1/Systems\"}}");
	assert_next(&r, "/redfish/v1/Systems");
	answer(&r, "{\"Members\":[{\"@odata.id\":\"/redfish/v1/Systems/"
		   "1\",\"Id\":\"1\",\"Bios\":"
		   "{\"@odata.id\":\"/redfish/v1/Systems/1/Bios\"}},{\"@odata.id\":"
		   "\"/redfish/v1/Systems/2\"},{\"@odata.id\":\"https://evil/\"},"
		   "{\"@odata.id\":\"/redfish/v1/Systems/1\",\"Id\":\"forged\"},7,null,"
		   "{\"Id\":\"no link\"}]}");
	assert_string_equal(
	    gh_redfish_text(gh_redfish_get(&r.t, "/redfish/v1/Systems/1"), "Id"), "1");
	assert_false(gh_redfish_find(&r.t, "/redfish/v1/Systems/1")->asked);
	assert_true(gh_redfish_find(&r.t, "/redfish/v1/Systems")->asked);
	list = json_object_get(gh_redfish_get(&r.t, "/redfish/v1/Systems"), "Members");
	assert_int_equal(json_array_size(list), 7);
	assert_int_equal(json_object_size(json_array_get(list, 0)), 1);
	assert_next(&r, "/redfish/v1/Systems/1/Bios");
	assert_next(&r, "/redfish/v1/Systems/2");
	assert_false(take(&r));
	reading_free(&r);
}

static void test_bios_when_settings_are_named_or_not_then_the_pending_ones(void **state)
{
	static const char *const bodies[][2] = {
	    {"{\"@Redfish.Settings\":{\"SettingsObject\":{\"@odata.id\":"
	     "\"/redfish/v1/Systems/1/Bios/Settings\"}}}",
		"/redfish/v1/Systems/1/Bios/Settings"},
	    {"{\"Attributes\":{}}", "/redfish/v1/Systems/1/Bios/SD"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(bodies); i++) {
		struct reading r;

		begin(&r, "{}");
		assert_int_equal(gh_redfish_plan_want(&r.p, &r.t, GH_RF_BIOS,
				     "/redfish/v1/Systems/1/Bios", NULL),
		    0);
		assert_next(&r, "/redfish/v1/Systems/1/Bios");
		answer(&r, bodies[i][0]);
		assert_next(&r, bodies[i][1]);
		reading_free(&r);
	}
}

static void test_page_when_it_fails_then_the_list_is_none(void **state)
{
	struct gh_err why = {0};
	struct reading r;
	const struct gh_redfish_resource *systems;

	(void)state;
	for (int status = 404; status <= 500; status += 96) {
		begin(&r, "{\"Systems\":{\"@odata.id\":\"/redfish/v1/Systems\"}}");
		assert_next(&r, "/redfish/v1/Systems");
		answer(&r, "{\"Members\":[{\"@odata.id\":\"/redfish/v1/Systems/1\"}],"
			   "\"Members@odata.nextLink\":\"/redfish/v1/Systems?$skip=1\"}");
		assert_next(&r, "/redfish/v1/Systems/1");
		assert_next(&r, "/redfish/v1/Systems?$skip=1");
		assert_non_null(gh_redfish_get(&r.t, "/redfish/v1/Systems"));
		(void)gh_fail(&why, GH_E_REMOTE, "HTTP 500");
		assert_int_equal(
		    gh_redfish_plan_failed(&r.p, &r.t, &r.item, status, &why, NULL), 0);
		systems = gh_redfish_find(&r.t, "/redfish/v1/Systems");
		assert_null(systems->body);
		assert_int_equal(systems->err.code, GH_E_REMOTE);
		assert_true(systems->status != 404); /* it is not "not offered" */
		reading_free(&r);
	}
}

static void test_page_when_the_link_leads_elsewhere_then_the_list_is_none(void **state)
{
	struct reading r;

	(void)state;
	begin(&r, "{\"Systems\":{\"@odata.id\":\"/redfish/v1/Systems\"}}");
	assert_next(&r, "/redfish/v1/Systems");
	answer(&r, "{\"Members\":[],\"Members@odata.nextLink\":\"https://evil/a?b\"}");
	assert_null(gh_redfish_get(&r.t, "/redfish/v1/Systems"));
	assert_int_equal(
	    gh_redfish_find(&r.t, "/redfish/v1/Systems")->err.code, GH_E_REMOTE);
	assert_false(take(&r));
	reading_free(&r);
}

static void test_abandon_when_things_are_open_then_each_has_the_reason(void **state)
{
	struct gh_err why = {0};
	struct reading r;

	(void)state;
	begin(&r, "{\"Systems\":{\"@odata.id\":\"/redfish/v1/Systems\"},"
		  "\"Managers\":{\"@odata.id\":\"/redfish/v1/Managers\"}}");
	assert_next(&r, "/redfish/v1/Systems");
	assert_int_equal(gh_redfish_plan_failed(&r.p, &r.t, &r.item, 404, NULL, NULL), 0);
	(void)gh_fail(&why, GH_E_CANCELLED, "cancelled");
	gh_redfish_plan_abandon(&r.t, &why);
	assert_int_equal(
	    gh_redfish_find(&r.t, "/redfish/v1/Managers")->err.code, GH_E_CANCELLED);
	assert_int_equal(
	    gh_redfish_find(&r.t, "/redfish/v1/Systems")->err.code, GH_E_NONE);
	assert_int_equal(gh_redfish_find(&r.t, "/redfish/v1")->err.code, GH_E_NONE);
	reading_free(&r);
}

/* ---- logs ---- */

#define LOG "/redfish/v1/Systems/1/LogServices/SEL/Entries"

static json_t *entry(int i, bool whole)
{
	char path[128], at[40];

	snprintf(path, sizeof(path), LOG "/%d", i);
	snprintf(at, sizeof(at), "2026-01-%02dT%02d:%02d:00Z", 1 + i / 1440, i / 60 % 24,
	    i % 60);
	return whole
		   ? json_pack("{s:s,s:s,s:i}", "@odata.id", path, "Created", at, "Id", i)
		   : json_pack("{s:s}", "@odata.id", path);
}

static json_t *log_of(int from, int to, bool whole)
{
	json_t *members = json_array();

	for (int i = from; from < to ? i < to : i > to; i += from < to ? 1 : -1)
		json_array_append_new(members, entry(i, whole));
	return json_pack("{s:o,s:i}", "Members", members, "Members@odata.count",
	    from < to ? to - from : from - to);
}

static void ask_log(struct reading *r, bool expand)
{
	begin(r, expand
		     ? "{\"ProtocolFeaturesSupported\":{\"ExpandQuery\":{\"Levels\":true,"
		       "\"ExpandAll\":true}}}"
		     : "{}");
	assert_int_equal(gh_redfish_plan_want(&r->p, &r->t, GH_RF_ENTRIES, LOG, NULL), 0);
	assert_next(r, LOG);
}

static size_t n_entries(struct reading *r, int *lowest)
{
	struct gh_redfish_walk w = gh_redfish_walk_of(&r->t, LOG);
	size_t n = 0;

	*lowest = 1 << 30;
	for (; gh_redfish_next(&w); n++) {
		int id = (int)json_integer_value(json_object_get(w.r->body, "Id"));

		*lowest = id < *lowest ? id : *lowest;
	}
	return n;
}

static void test_log_when_it_is_long_then_the_newest_200_in_either_order(void **state)
{
	int lowest;

	(void)state;
	for (int down = 0; down < 2; down++) {
		struct reading r;
		json_t *body = down ? log_of(999, -1, true) : log_of(0, 1000, true);

		ask_log(&r, false);
		assert_int_equal(say(&r, 200, body, ""), 0);
		assert_int_equal(n_entries(&r, &lowest), 200);
		assert_int_equal(lowest, 800);
		assert_int_equal(json_array_size(json_object_get(
				     gh_redfish_get(&r.t, LOG), "Members")),
		    200);
		assert_false(take(&r));
		reading_free(&r);
	}
}

/* The oldest come first and there is more: the last page is what matters. */
static void test_log_when_its_oldest_come_first_then_its_tail_is_asked_for(void **state)
{
	struct reading r;
	json_t *body = log_of(0, 50, true);
	int lowest;

	(void)state;
	json_object_set_new(body, "Members@odata.count", json_integer(5000));
	json_object_set_new(body, "Members@odata.nextLink", json_string(LOG "?$skip=50"));
	ask_log(&r, false);
	assert_int_equal(say(&r, 200, body, ""), 0);
	assert_null(gh_redfish_get(&r.t, LOG));
	assert_next(&r, LOG "?$skip=4800");
	body = log_of(4800, 5000, true);
	json_object_set_new(body, "Members@odata.count", json_integer(5000));
	assert_int_equal(say(&r, 200, body, ""), 0);
	assert_int_equal(n_entries(&r, &lowest), 200);
	assert_int_equal(lowest, 4800);
	assert_false(take(&r)); /* one page, no more */
	reading_free(&r);
}

static void test_log_when_its_newest_come_first_then_one_page(void **state)
{
	struct reading r;
	json_t *body = log_of(4999, 4949, true);
	int lowest;

	(void)state;
	json_object_set_new(body, "Members@odata.count", json_integer(5000));
	json_object_set_new(body, "Members@odata.nextLink", json_string(LOG "?$skip=50"));
	ask_log(&r, false);
	assert_int_equal(say(&r, 200, body, ""), 0);
	assert_int_equal(n_entries(&r, &lowest), 50);
	assert_false(take(&r));
	reading_free(&r);
}

static void test_log_when_entries_are_links_then_expand_or_one_by_one(void **state)
{
	struct reading r;
	int lowest;

	(void)state;
	ask_log(&r, true);
	assert_int_equal(say(&r, 200, log_of(0, 3, false), ""), 0);
	assert_next(&r, LOG "?$expand=*($levels=1)");
	assert_int_equal(say(&r, 200, log_of(0, 3, true), ""), 0);
	assert_int_equal(n_entries(&r, &lowest), 3);
	assert_false(take(&r));
	reading_free(&r);

	ask_log(&r, true); /* which then fails */
	assert_int_equal(say(&r, 200, log_of(0, 3, false), ""), 0);
	assert_next(&r, LOG "?$expand=*($levels=1)");
	assert_int_equal(gh_redfish_plan_failed(&r.p, &r.t, &r.item, 500, NULL, NULL), 0);
	assert_next(&r, LOG);
	assert_int_equal(say(&r, 200, log_of(0, 3, false), ""), 0);
	assert_next(&r, LOG "/0");
	reading_free(&r);

	ask_log(&r, false);
	assert_int_equal(say(&r, 200, log_of(0, 300, false), ""), 0);
	assert_next(&r, LOG "/100");
	assert_int_equal(r.p.n, 199);
	reading_free(&r);
}

static void test_logs_when_there_are_many_then_they_are_bounded(void **state)
{
	struct reading r;
	size_t bodies = 0;

	(void)state;
	begin(&r, "{}");
	for (int i = 0; i < 6; i++) {
		json_t *body = log_of(0, 500, true), *members, *m;
		char path[160];
		size_t k;

		members = json_object_get(body, "Members");
		json_array_foreach(members, k, m)
		{
			snprintf(path, sizeof(path),
			    "/redfish/v1/Systems/1/LogServices/%d/Entries/%zu", i, k);
			json_object_set_new(m, "@odata.id", json_string(path));
		}
		snprintf(path, sizeof(path),
		    "/redfish/v1/Systems/1/LogServices/%d/Entries", i);
		assert_int_equal(
		    gh_redfish_plan_want(&r.p, &r.t, GH_RF_ENTRIES, path, NULL), 0);
		assert_next(&r, path);
		assert_int_equal(say(&r, 200, body, ""), 0);
		/* a log that is left out is no empty log */
		assert_int_equal(gh_redfish_get(&r.t, path) != NULL, i < 4);
		if (i >= 4)
			assert_int_equal(
			    gh_redfish_find(&r.t, path)->err.code, GH_E_REMOTE);
	}
	for (size_t i = 0; i < r.t.n; i++)
		bodies += strstr(r.t.at[i].path, "/Entries/") != NULL;
	assert_int_equal(bodies, GH_REDFISH_ENTRIES_ALL);
	reading_free(&r);

	begin(&r, "{}");
	assert_int_equal(gh_redfish_plan_want(&r.p, &r.t, GH_RF_LOGS,
			     "/redfish/v1/Systems/1/LogServices", NULL),
	    0);
	assert_next(&r, "/redfish/v1/Systems/1/LogServices");
	assert_int_equal(say(&r, 200, log_of(0, 30, false), ""), 0);
	assert_int_equal(r.p.n, GH_REDFISH_LOGS_MAX);
	reading_free(&r);
}

/* ---- measurements ---- */

#define CI "/redfish/v1/ComponentIntegrity/E1"

static void ask_ci(struct reading *r, const char *body)
{
	begin(r, "{}");
	assert_int_equal(
	    gh_redfish_plan_want(&r->p, &r->t, GH_RF_INTEGRITY, CI, NULL), 0);
	assert_next(r, CI);
	answer(r, body);
}

static void test_integrity_when_it_names_its_chain_or_not_then_it_is_found(void **state)
{
	static const char *const bodies[][2] = {
	    {"{\"SPDM\":{\"IdentityAuthentication\":{\"ResponderAuthentication\":"
	     "{\"ComponentCertificate\":{\"@odata.id\":\"/redfish/v1/Chassis/X/C/1\"}}}},"
	     "\"TargetComponentURI\":\"/redfish/v1/Chassis/Y\"}",
		"/redfish/v1/Chassis/X/C/1"},
	    {"{\"TargetComponentURI\":\"/redfish/v1/Chassis/Y\"}",
		"/redfish/v1/Chassis/Y/Certificates/CertChain"},
	    {"{\"TargetComponentURI\":\"/redfish/v1/Systems/1#/TrustedModules/0\"}",
		"/redfish/v1/Chassis/E1/Certificates/CertChain"},
	    {"{}", "/redfish/v1/Chassis/E1/Certificates/CertChain"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(bodies); i++) {
		struct reading r;

		ask_ci(&r, bodies[i][0]);
		assert_next(&r, bodies[i][1]);
		assert_false(take(&r));
		reading_free(&r);
	}
}

/* A BMC cannot make us post to anything but its measuring action. */
static void test_action_when_its_target_is_another_then_nothing_is_posted(void **state)
{
	static const struct {
		const char *target;
		bool posts;
	} cases[] = {
	    {CI "/Actions/SPDMGetSignedMeasurements", true},
	    {CI "/Actions/ComponentIntegrity.SPDMGetSignedMeasurements", true},
	    {"/redfish/v1/Systems/1/Actions/ComputerSystem.Reset", false},
	    {CI "/Actions/../../../Systems/1/Actions/ComputerSystem.Reset", false},
	    {CI "2/Actions/SPDMGetSignedMeasurements", false},
	    {CI "/Actions/SPDMGetSignedMeasurements/x", false},
	    {"https://evil/redfish/v1/x", false},
	    {"", false},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		struct reading r;
		char body[400];
		bool posts = false;

		snprintf(body, sizeof(body),
		    "{\"ComponentIntegrityType\":\"SPDM\",\"Actions\":"
		    "{\"#ComponentIntegrity.SPDMGetSignedMeasurements\":{\"target\":\"%"
		    "s\"}}}",
		    cases[i].target);
		ask_ci(&r, body);
		while (take(&r))
			posts = posts || r.item.kind == GH_RF_MEASURE;
		assert_int_equal(posts, cases[i].posts);
		assert_int_equal(
		    gh_redfish_find(&r.t, CI "/SignedMeasurements") != NULL, posts);
		reading_free(&r);
	}
}

static void ask_action(struct reading *r)
{
	ask_ci(r, "{\"Actions\":{\"#ComponentIntegrity.SPDMGetSignedMeasurements\":"
		  "{\"target\":\"" CI "/Actions/SPDMGetSignedMeasurements\"}}}");
	while (take(r) && r->item.kind != GH_RF_MEASURE)
		;
	assert_int_equal(r->item.kind, GH_RF_MEASURE);
}

static const struct gh_redfish_resource *measured(struct reading *r)
{
	return gh_redfish_find(&r->t, CI "/SignedMeasurements");
}

static void test_action_when_disabled_or_no_spdm_then_nothing_is_posted(void **state)
{
	static const char *const not [] = {
	    "\"ComponentIntegrityEnabled\":false", "\"ComponentIntegrityType\":\"TPM\""};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(not ); i++) {
		struct reading r;
		char body[400];

		snprintf(body, sizeof(body),
		    "{%s,\"Actions\":{\"#ComponentIntegrity.SPDMGetSignedMeasurements\":"
		    "{\"target\":\"" CI "/Actions/SPDMGetSignedMeasurements\"}}}",
		    not [i]);
		ask_ci(&r, body);
		assert_null(measured(&r));
		reading_free(&r);
	}
}

static void test_measuring_when_it_is_answered_at_once_then_kept(void **state)
{
	struct reading r;

	(void)state;
	ask_action(&r);
	answer(&r, "{\"SignedMeasurements\":\"AA==\"}");
	assert_string_equal(
	    gh_redfish_text(measured(&r)->body, "SignedMeasurements"), "AA==");
	assert_false(take(&r));
	reading_free(&r);
}

static void test_measuring_when_a_task_says_its_end_then_so_it_goes(void **state)
{
	static const struct {
		const char *task; /* of the second look */
		const char *words;
	} cases[] = {
	    {"{\"TaskState\":\"Exception\",\"@odata.type\":\"#Task.v1_4_3.Task\"}",
		"ended in vain"},
	    {"{\"TaskState\":\"Aborted\",\"@odata.type\":\"#Task.v1_4_3.Task\"}",
		"ended in vain"},
	    {"{\"TaskState\":\"Completed\",\"@odata.type\":\"#Task.v1_4_3.Task\"}",
		"does not say where"},
	    {"{\"TaskState\":\"Completed\",\"@odata.type\":\"#Task.v1_4_3.Task\","
	     "\"Payload\":"
	     "{\"HttpHeaders\":[\"Location: https://evil/\"]}}",
		"does not say where"},
	    {"{\"Hello\":1}", "no signed measurements"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		struct reading r;

		ask_action(&r);
		assert_int_equal(say(&r, 202, NULL,
				     "https://bmc/redfish/v1/TaskService/TaskMonitors/1"),
		    0);
		assert_next(&r, "/redfish/v1/TaskService/TaskMonitors/1");
		assert_true(r.item.due_ms > 0);
		answer(&r, cases[i].task);
		assert_false(take(&r));
		assert_non_null(strstr(measured(&r)->err.what, cases[i].words));
		reading_free(&r);
	}
}

static void test_measuring_when_its_task_never_ends_then_it_is_given_up(void **state)
{
	struct reading r;
	unsigned int n = 0;
	int64_t last = 0;

	(void)state;
	ask_action(&r);
	assert_int_equal(say(&r, 202, NULL, "/redfish/v1/TaskService/Tasks/1"), 0);
	for (; take(&r); n++) {
		assert_true(r.item.due_ms >= last && r.item.due_ms <= 2000);
		last = r.item.due_ms;
		answer(&r,
		    "{\"TaskState\":\"Running\",\"@odata.type\":\"#Task.v1_4_3.Task\"}");
	}
	assert_int_equal(n, 120);
	assert_non_null(strstr(measured(&r)->err.what, "does not end"));
	reading_free(&r);
}

/* ---- caps on values ---- */

static void test_parse_when_values_are_too_many_then_no_memory_is_spent(void **state)
{
	struct gh_redfish_plan p = {0};
	struct gh_err err = {0};
	size_t n = 4 * (GH_REDFISH_VALUES_MAX - 10);
	char *text = malloc(n + 64);
	json_t *j;

	(void)state;
	/* inside a string nothing counts */
	memset(text, ',', n);
	memcpy(text, "{\"a\":\"\\\"", 8);
	memcpy(text + n, "\"}", 3);
	j = gh_redfish_plan_parse(&p, text, n + 2, &err);
	assert_non_null(j);
	json_decref(j);
	assert_true(p.values < 10);
	p.values = GH_REDFISH_VALUES_TOTAL - 2;
	assert_null(gh_redfish_plan_parse(&p, "{\"a\":[1,2]}", 11, &err));
	assert_int_equal(err.code, GH_E_REMOTE);
	j = gh_redfish_plan_parse(&p, "{}", 2, &err);
	assert_non_null(j);
	json_decref(j);
	assert_null(gh_redfish_plan_parse(&p, "", 0, &err));
	free(text);
}

/* ---- the cache ---- */

static void test_cache_when_it_is_full_or_old_then_it_forgets(void **state)
{
	struct gh_redfish_cache c = {0};
	static const unsigned char fat[100000];
	const struct gh_redfish_cached *e;

	(void)state;
	gh_redfish_cache_put(&c, "/b", "1", (struct gh_bytes){fat, sizeof(fat)});
	gh_redfish_cache_put(&c, "/a", "2", (struct gh_bytes){fat, sizeof(fat)});
	gh_redfish_cache_put(&c, "/c", "3", (struct gh_bytes){fat, sizeof(fat)});
	assert_null(gh_redfish_cache_get(&c, "/c")); /* there was no room */
	e = gh_redfish_cache_get(&c, "/a");
	assert_string_equal(e->etag, "2");
	gh_redfish_cache_put(&c, "/a", "4", (struct gh_bytes){fat, 3});
	assert_string_equal(gh_redfish_cache_get(&c, "/a")->etag, "4");
	assert_int_equal(c.n, 2);
	gh_redfish_cache_sweep(&c);
	assert_int_equal(c.n, 2);
	assert_non_null(gh_redfish_cache_get(&c, "/b"));
	gh_redfish_cache_sweep(&c);
	assert_int_equal(c.n, 1);
	assert_int_equal(c.bytes, sizeof(fat));
	gh_redfish_cache_free(&c);
	assert_null(gh_redfish_cache_get(&c, "/b"));
}

/* ---- the login ---- */

static void test_login_body_when_the_password_has_quotes_then_it_is_json(void **state)
{
	static const char *const passwords[] = {
	    "", "a\"b\\c", "\x01\x1f\n", "p\xc3\xa4ss", "{}[],:"};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(passwords); i++) {
		struct gh_buf b = {0};
		json_t *j;

		gh_redfish_login_body(&b, "us\"er", passwords[i]);
		j = gh_json_parse(b.p, b.len, NULL);
		assert_non_null(j);
		assert_string_equal(gh_json_text(j, "UserName"), "us\"er");
		assert_string_equal(gh_json_text(j, "Password"), passwords[i]);
		json_decref(j);
		gh_redfish_wipe(&b);
		assert_null(b.p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_link_when_it_leads_elsewhere_then_it_is_not_followed),
	    cmocka_unit_test(test_link_when_it_is_kept_then_without_query_and_slash),
	    cmocka_unit_test(test_location_when_it_is_absolute_then_its_path_counts),
	    cmocka_unit_test(test_root_when_it_links_services_then_only_those_we_read),
	    cmocka_unit_test(test_expand_when_the_root_offers_it_then_as_it_offers_it),
	    cmocka_unit_test(test_members_when_whole_or_bare_then_the_list_has_links),
	    cmocka_unit_test(
		test_bios_when_settings_are_named_or_not_then_the_pending_ones),
	    cmocka_unit_test(test_page_when_it_fails_then_the_list_is_none),
	    cmocka_unit_test(
		test_page_when_the_link_leads_elsewhere_then_the_list_is_none),
	    cmocka_unit_test(test_abandon_when_things_are_open_then_each_has_the_reason),
	    cmocka_unit_test(
		test_log_when_it_is_long_then_the_newest_200_in_either_order),
	    cmocka_unit_test(
		test_log_when_its_oldest_come_first_then_its_tail_is_asked_for),
	    cmocka_unit_test(test_log_when_its_newest_come_first_then_one_page),
	    cmocka_unit_test(test_log_when_entries_are_links_then_expand_or_one_by_one),
	    cmocka_unit_test(test_logs_when_there_are_many_then_they_are_bounded),
	    cmocka_unit_test(
		test_integrity_when_it_names_its_chain_or_not_then_it_is_found),
	    cmocka_unit_test(
		test_action_when_its_target_is_another_then_nothing_is_posted),
	    cmocka_unit_test(test_action_when_disabled_or_no_spdm_then_nothing_is_posted),
	    cmocka_unit_test(test_measuring_when_it_is_answered_at_once_then_kept),
	    cmocka_unit_test(test_measuring_when_a_task_says_its_end_then_so_it_goes),
	    cmocka_unit_test(test_measuring_when_its_task_never_ends_then_it_is_given_up),
	    cmocka_unit_test(test_parse_when_values_are_too_many_then_no_memory_is_spent),
	    cmocka_unit_test(test_cache_when_it_is_full_or_old_then_it_forgets),
	    cmocka_unit_test(
		test_login_body_when_the_password_has_quotes_then_it_is_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
