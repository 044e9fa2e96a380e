/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes what a BMC may say: any JSON as a whole BMC that the plan reads its way through, as
 * the body of every kind of resource, and as a capture that is loaded and walked. */
#include <stdlib.h>

#include "net/redfish_plan.h"

#define STEPS_MAX 300000 /* 2,048 resources, some of them polled 120 times */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_item(const struct gh_redfish_item *item)
{
	if (!gh_redfish_link_ok(item->url, true) ||
	    !gh_redfish_link_ok(item->path, false))
		abort();
	if (item->kind == GH_RF_MEASURE &&
	    !strstr(item->url, "SPDMGetSignedMeasurements"))
		abort();
}

static void check_tree(const struct gh_redfish_tree *t)
{
	static const char *const collections[] = {"/redfish/v1/Systems",
	    "{system}/Memory", "{manager}", "{chassis}/PCIeDevices",
	    "/redfish/v1/UpdateService/FirmwareInventory"};

	if (t->n > GH_REDFISH_RESOURCES_MAX)
		abort();
	for (size_t i = 1; i < t->n; i++)
		if (strcmp(t->at[i - 1].path, t->at[i].path) >= 0)
			abort();
	for (size_t i = 0; i < GH_COUNT(collections); i++) {
		struct gh_redfish_walk w = gh_redfish_walk_of(t, collections[i]);

		while (gh_redfish_next(&w))
			if (!w.r->body || strchr(w.name, '/') ||
			    gh_redfish_get(t, w.r->path) != w.r->body)
				abort();
	}
	(void)gh_redfish_text(gh_redfish_get(t, "{system}/Bios"),
	    "@Redfish.Settings.SettingsObject.@odata.id");
	(void)gh_redfish_text(
	    gh_redfish_get(t, "{manager}"), "Oem.Supermicro.NTP.@odata.id");
}

/* One answer: what the JSON has at that path, a refusal, or nothing at all. */
static int answer(struct gh_redfish_plan *p, struct gh_redfish_tree *t,
    const struct gh_redfish_item *item, const json_t *all)
{
	const json_t *body = json_object_get(all, item->path);
	struct gh_redfish_said said = {.status = strlen(item->url) % 7 ? 200 : 202,
	    .body = json_is_object(body) ? json_deep_copy(body) : NULL,
	    .etag = "",
	    .location = gh_json_text(all, "Location"),
	    .retry_s = (int)(strlen(item->url) % 5) - 1};
	struct gh_err why = {0};

	(void)gh_fail(&why, GH_E_REMOTE, "no");
	if (said.body || strlen(item->path) % 11 == 0)
		return gh_redfish_plan_answer(p, t, item, &said, NULL);
	return gh_redfish_plan_failed(
	    p, t, item, strlen(item->path) % 3 ? 404 : 500, &why, NULL);
}

static void read_on(
    struct gh_redfish_plan *p, struct gh_redfish_tree *t, const json_t *all)
{
	struct gh_redfish_item item;
	struct gh_err why = {.code = GH_E_TIMEOUT};
	char path[GH_REDFISH_LINK_MAX], url[320];
	int steps = 0;

	while (gh_redfish_plan_take(p, INT64_MAX, &item)) {
		if (++steps > STEPS_MAX)
			abort();
		check_item(&item);
		gh_redfish_item_url(p, &item, url);
		if (answer(p, t, &item, all) != 0)
			break;
	}
	gh_redfish_plan_sessions(t, path);
	if (!gh_redfish_link_ok(path, false))
		abort();
	gh_redfish_plan_abandon(t, &why);
	check_tree(t);
	gh_redfish_plan_free(p);
	gh_redfish_tree_free(t);
}

static void as_bmc(const json_t *all)
{
	struct gh_redfish_plan p = {0};
	struct gh_redfish_tree t = {0};

	if (gh_redfish_plan_start(&p, &t, NULL) == 0)
		read_on(&p, &t, all);
}

static void as_body(const json_t *all, enum gh_redfish_kind kind)
{
	struct gh_redfish_plan p = {.expand = (char)(kind % 2 ? '*' : 0)};
	struct gh_redfish_tree t = {0};
	struct gh_redfish_item item;
	struct gh_redfish_said said = {
	    .status = 200, .etag = "\"e\"", .location = "", .retry_s = -1};

	if (gh_redfish_plan_want(&p, &t, kind, "/redfish/v1/x/1/", NULL) != 0 ||
	    !gh_redfish_plan_take(&p, 0, &item))
		abort();
	said.body = json_deep_copy(all);
	if (gh_redfish_plan_answer(&p, &t, &item, &said, NULL) == 0)
		while (gh_redfish_plan_take(&p, INT64_MAX, &item))
			check_item(&item);
	check_tree(&t);
	gh_redfish_plan_free(&p);
	gh_redfish_tree_free(&t);
}

static void as_capture(const json_t *all)
{
	struct gh_redfish_tree t = {0}, u = {0};
	json_t *j, *k;

	if (gh_redfish_tree_load(&t, all, NULL) == 0) {
		check_tree(&t);
		j = gh_redfish_tree_json(&t);
		if (gh_redfish_tree_load(&u, j, NULL) != 0)
			abort();
		k = gh_redfish_tree_json(&u);
		if (!json_equal(j, k))
			abort();
		json_decref(j);
		json_decref(k);
	}
	gh_redfish_tree_free(&t);
	gh_redfish_tree_free(&u);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gh_redfish_plan p = {0};
	json_t *all = gh_redfish_plan_parse(&p, data, size, NULL);

	if (!all)
		return 0;
	as_bmc(all);
	for (int kind = GH_RF_LEAF; kind <= GH_RF_MEASURED; kind++)
		as_body(all, (enum gh_redfish_kind)kind);
	as_capture(all);
	json_decref(all);
	return 0;
}
