/* SPDX-License-Identifier: Apache-2.0
 * Which resources of a BMC are read, and what follows from each. */
#include "net/redfish_plan.h"

#include <stdio.h>
#include <stdlib.h>

#include "net/redfish_measure.h"
#include "net/redfish_members.h"

/* What is asked for when a body of that kind has that link. The whole tree of such a
 * machine has 1,460 resources and takes six minutes; this is the part that checks read. */
static const struct rule {
	enum gh_redfish_kind of;
	const char *link;
	enum gh_redfish_kind to;
} rules[] = {
    {GH_RF_ROOT, "Systems", GH_RF_SYSTEMS},
    {GH_RF_ROOT, "Managers", GH_RF_MANAGERS},
    {GH_RF_ROOT, "Chassis", GH_RF_CHASSES},
    {GH_RF_ROOT, "UpdateService", GH_RF_UPDATE},
    {GH_RF_ROOT, "AccountService", GH_RF_ACCOUNTS},
    {GH_RF_ROOT, "ComponentIntegrity", GH_RF_INTEGRITIES},
    {GH_RF_ROOT, "Tasks", GH_RF_TASKS},
    {GH_RF_UPDATE, "FirmwareInventory", GH_RF_LEAVES},
    {GH_RF_ACCOUNTS, "Accounts", GH_RF_LEAVES},
    {GH_RF_TASKS, "Tasks", GH_RF_LEAVES},
    {GH_RF_SYSTEM, "Bios", GH_RF_BIOS},
    {GH_RF_SYSTEM, "SecureBoot", GH_RF_LEAF},
    {GH_RF_SYSTEM, "Processors", GH_RF_LEAVES},
    {GH_RF_SYSTEM, "Memory", GH_RF_LEAVES},
    {GH_RF_SYSTEM, "VirtualMedia", GH_RF_LEAVES},
    {GH_RF_SYSTEM, "LogServices", GH_RF_LOGS},
    {GH_RF_BIOS, "@Redfish.Settings.SettingsObject", GH_RF_LEAF},
    {GH_RF_LOG, "Entries", GH_RF_ENTRIES},
    {GH_RF_MANAGER, "NetworkProtocol", GH_RF_LEAF},
    {GH_RF_MANAGER, "EthernetInterfaces", GH_RF_LEAVES},
    {GH_RF_MANAGER, "HostInterfaces", GH_RF_LEAVES},
    {GH_RF_MANAGER, "VirtualMedia", GH_RF_LEAVES},
    {GH_RF_MANAGER, "Oem.Supermicro.SysLockdown", GH_RF_LEAF},
    {GH_RF_MANAGER, "Oem.Supermicro.KCSInterface", GH_RF_LEAF},
    {GH_RF_MANAGER, "Oem.Supermicro.NTP", GH_RF_LEAF},
    {GH_RF_CHASSIS, "PCIeDevices", GH_RF_LEAVES},
};

static const struct {
	enum gh_redfish_kind of, member;
} collections[] = {
    {GH_RF_LEAVES, GH_RF_LEAF},
    {GH_RF_SYSTEMS, GH_RF_SYSTEM},
    {GH_RF_MANAGERS, GH_RF_MANAGER},
    {GH_RF_CHASSES, GH_RF_CHASSIS},
    {GH_RF_LOGS, GH_RF_LOG},
    {GH_RF_ENTRIES, GH_RF_LEAF},
    {GH_RF_INTEGRITIES, GH_RF_INTEGRITY},
};

bool gh_redfish_has_members(enum gh_redfish_kind kind, enum gh_redfish_kind *member)
{
	for (size_t i = 0; i < GH_COUNT(collections); i++)
		if (collections[i].of == kind) {
			*member = collections[i].member;
			return true;
		}
	return false;
}

/* ---- the queue ---- */

void gh_redfish_plan_free(struct gh_redfish_plan *p)
{
	free(p->at);
	*p = (struct gh_redfish_plan){0};
}

int gh_redfish_plan_push(struct gh_redfish_plan *p, const struct gh_redfish_item *item,
    int64_t due_ms, struct gh_err *err)
{
	if (p->n == p->cap) {
		size_t cap = p->cap ? 2 * p->cap : 32;
		struct gh_redfish_item *at = realloc(p->at, cap * sizeof(*at));

		if (!at)
			return gh_fail(err, GH_E_NOMEM, "out of memory");
		p->at = at;
		p->cap = cap;
	}
	p->at[p->n] = *item;
	p->at[p->n++].due_ms = due_ms;
	return 0;
}

bool gh_redfish_plan_take(
    struct gh_redfish_plan *p, int64_t now_ms, struct gh_redfish_item *out)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->at[i].due_ms > now_ms)
			continue;
		*out = p->at[i];
		p->n--;
		memmove(&p->at[i], &p->at[i + 1], (p->n - i) * sizeof(*p->at));
		return true;
	}
	return false;
}

int64_t gh_redfish_plan_due(const struct gh_redfish_plan *p)
{
	int64_t due = INT64_MAX;

	for (size_t i = 0; i < p->n; i++)
		if (p->at[i].due_ms < due)
			due = p->at[i].due_ms;
	return due;
}

int gh_redfish_plan_want(struct gh_redfish_plan *p, struct gh_redfish_tree *t,
    enum gh_redfish_kind kind, const char *link, struct gh_err *err)
{
	struct gh_redfish_item item = {.kind = kind};
	enum gh_redfish_kind member;

	if (!gh_redfish_link_ok(link, false))
		return 0;
	snprintf(item.url, sizeof(item.url), "%s", link);
	gh_redfish_link_path(item.path, link);
	if (gh_redfish_find(t, item.path))
		return 0;
	/* entries mostly come with their bodies anyway: see entries() */
	if (p->expand && kind != GH_RF_ENTRIES && gh_redfish_has_members(kind, &member))
		item.ask = GH_RF_EXPAND;
	/* its place in the tree; no word yet on how it went */
	if (gh_redfish_tree_put(t, item.path, 0, NULL, NULL, err) != 0)
		return -1;
	return gh_redfish_plan_push(p, &item, 0, err);
}

/* The standard lets a server redirect the root without its slash. */
int gh_redfish_plan_start(
    struct gh_redfish_plan *p, struct gh_redfish_tree *t, struct gh_err *err)
{
	return gh_redfish_plan_want(p, t, GH_RF_ROOT, GH_REDFISH_ROOT "/", err);
}

void gh_redfish_item_url(
    const struct gh_redfish_plan *p, const struct gh_redfish_item *item, char out[320])
{
	if (item->ask == GH_RF_EXPAND)
		snprintf(out, 320, "%s?$expand=%c($levels=1)", item->url, p->expand);
	else
		snprintf(out, 320, "%s", item->url);
}

/* ---- bodies ---- */

/* Members and elements, counted before any memory is spent on them: "[[],[],.." takes 60
 * times its length once it is parsed. */
static size_t count_values(const char *s, size_t len)
{
	size_t n = 1;
	bool in_string = false;

	for (size_t i = 0; i < len; i++) {
		if (in_string && s[i] == '\\')
			i++;
		else if (s[i] == '"')
			in_string = !in_string;
		else if (!in_string && (s[i] == ',' || s[i] == '[' || s[i] == '{'))
			n++;
	}
	return n;
}

json_t *gh_redfish_plan_parse(
    struct gh_redfish_plan *p, const void *bytes, size_t len, struct gh_err *err)
{
	size_t n = count_values(bytes, len);
	json_t *j;

	if (n > GH_REDFISH_VALUES_MAX || n > GH_REDFISH_VALUES_TOTAL - p->values) {
		(void)gh_fail(err, GH_E_REMOTE, "JSON of %zu values: too many", n);
		return NULL;
	}
	p->values += n;
	j = gh_json_parse(bytes, len, err);
	if (j && !json_is_object(j)) {
		json_decref(j);
		(void)gh_fail(err, GH_E_PARSE, "the answer is no JSON object");
		return NULL;
	}
	return j;
}

/* ---- what follows ---- */

/* With Levels: $levels=1 is understood. iLO expands nothing but what "." asks for. */
static char expand_of(const json_t *root)
{
	const json_t *q = gh_redfish_value(root, "ProtocolFeaturesSupported.ExpandQuery");

	if (!json_is_true(json_object_get(q, "Levels")))
		return 0;
	if (json_is_true(json_object_get(q, "ExpandAll")))
		return '*';
	return json_is_true(json_object_get(q, "NoLinks")) ? '.' : 0;
}

static const char *link_of(const json_t *body, const char *dotted)
{
	return gh_json_text(gh_redfish_value(body, dotted), "@odata.id");
}

/* Pending BIOS settings have this place on Supermicro also when nothing names it. */
static int want_pending(struct gh_redfish_plan *p, struct gh_redfish_tree *t,
    const char *path, const json_t *body, struct gh_err *err)
{
	char sd[GH_REDFISH_LINK_MAX];

	if (link_of(body, "@Redfish.Settings.SettingsObject")[0] ||
	    (size_t)snprintf(sd, sizeof(sd), "%s/SD", path) >= sizeof(sd))
		return 0;
	return gh_redfish_plan_want(p, t, GH_RF_LEAF, sd, err);
}

int gh_redfish_plan_follow(struct gh_redfish_plan *p, struct gh_redfish_tree *t,
    enum gh_redfish_kind kind, const char *path, struct gh_err *err)
{
	const json_t *body = gh_redfish_get(t, path);

	if (kind == GH_RF_ROOT)
		p->expand = expand_of(body);
	for (size_t i = 0; i < GH_COUNT(rules); i++)
		if (rules[i].of == kind && gh_redfish_plan_want(p, t, rules[i].to,
					       link_of(body, rules[i].link), err) != 0)
			return -1;
	if (kind == GH_RF_BIOS)
		return want_pending(p, t, path, body, err);
	if (kind == GH_RF_INTEGRITY)
		return gh_redfish_measure_want(p, t, path, body, err);
	return 0;
}

/* ---- answers ---- */

static int answer(struct gh_redfish_plan *p, struct gh_redfish_tree *t,
    const struct gh_redfish_item *item, struct gh_redfish_said *said, struct gh_err *err)
{
	struct gh_redfish_item again;
	struct gh_err why = {0};

	if (item->kind >= GH_RF_MEASURE)
		return gh_redfish_measure_answer(p, t, item, said, err);
	if (!said->body) {
		(void)gh_fail(&why, GH_E_REMOTE, "an answer without a body");
		return gh_redfish_plan_failed(p, t, item, said->status, &why, err);
	}
	if (item->ask == GH_RF_PAGE)
		return gh_redfish_members_page(p, t, item, said->body, err);
	if (item->kind == GH_RF_ENTRIES &&
	    gh_redfish_members_again(p, item, said->body, &again))
		return gh_redfish_plan_push(p, &again, 0, err);
	return gh_redfish_members_keep(p, t, item, said, err);
}

int gh_redfish_plan_answer(struct gh_redfish_plan *p, struct gh_redfish_tree *t,
    const struct gh_redfish_item *item, struct gh_redfish_said *said, struct gh_err *err)
{
	int rc = answer(p, t, item, said, err);

	json_decref(said->body);
	said->body = NULL;
	return rc;
}

int gh_redfish_plan_failed(struct gh_redfish_plan *p, struct gh_redfish_tree *t,
    const struct gh_redfish_item *item, int status, const struct gh_err *why,
    struct gh_err *err)
{
	struct gh_redfish_item plain = *item;
	struct gh_err gone = {0};

	switch (item->ask) {
	case GH_RF_EXPAND:
		plain.ask = GH_RF_PLAIN;
		plain.tries = 0;
		return gh_redfish_plan_push(p, &plain, 0, err);
	case GH_RF_PAGE: /* a list that is not whole is none */
	case GH_RF_TAIL:
		(void)gh_fail(&gone, GH_E_REMOTE, "a further page is not there");
		return gh_redfish_tree_put(t, item->path, status == 404 ? 0 : status,
		    NULL, status == 404 ? &gone : why, err);
	case GH_RF_PLAIN:
		break;
	}
	return gh_redfish_tree_put(
	    t, item->path, status, NULL, status == 404 ? NULL : why, err);
}

void gh_redfish_plan_abandon(struct gh_redfish_tree *t, const struct gh_err *why)
{
	for (size_t i = 0; i < t->n; i++)
		if (!t->at[i].body && t->at[i].status == 0 &&
		    t->at[i].err.code == GH_E_NONE)
			t->at[i].err = *why;
}

void gh_redfish_plan_sessions(
    const struct gh_redfish_tree *t, char out[static GH_REDFISH_LINK_MAX])
{
	const char *link = link_of(gh_redfish_get(t, GH_REDFISH_ROOT), "Links.Sessions");

	if (!gh_redfish_link_ok(link, false))
		link = "/redfish/v1/SessionService/Sessions";
	snprintf(out, GH_REDFISH_LINK_MAX, "%s", link);
}
