/* SPDX-License-Identifier: Apache-2.0
 * Collections: whole members, bare members, further pages, and logs. */
#include "net/redfish_members.h"

#include <stdio.h>

#include "net/redfish_entries.h"

/* A member that is more than its link. */
static bool is_whole(const json_t *member)
{
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)member, key, v)
	{
		if (key[0] != '@')
			return true;
	}
	return false;
}

static bool any_bare(const json_t *members)
{
	for (size_t i = 0; i < json_array_size(members); i++)
		if (!is_whole(json_array_get(members, i)))
			return true;
	return false;
}

/* Puts a whole member under its own path and leaves its link in the list. What was read by
 * itself, or came first, stays. */
static int put_member(struct gh_redfish_plan *p, struct gh_redfish_tree *t,
    enum gh_redfish_kind kind, json_t *member, struct gh_err *err)
{
	char path[GH_REDFISH_LINK_MAX];

	gh_redfish_link_path(path, gh_json_text(member, "@odata.id"));
	if (gh_redfish_get(t, path))
		return 0;
	if (gh_redfish_tree_put(t, path, 200, json_incref(member), NULL, err) != 0)
		return -1;
	return gh_redfish_plan_follow(p, t, kind, path, err);
}

/* Whole members are put, bare ones are asked for; members become links. */
static int spread(struct gh_redfish_plan *p, struct gh_redfish_tree *t,
    enum gh_redfish_kind kind, json_t *members, struct gh_err *err)
{
	for (size_t i = 0; i < json_array_size(members); i++) {
		json_t *m = json_array_get(members, i);
		const char *link = gh_json_text(m, "@odata.id");

		if (!gh_redfish_link_ok(link, false))
			continue;
		if (!is_whole(m)) {
			if (gh_redfish_plan_want(p, t, kind, link, err) != 0)
				return -1;
			continue;
		}
		if (put_member(p, t, kind, m, err) != 0)
			return -1;
		json_array_set_new(members, i, json_pack("{s:s}", "@odata.id", link));
	}
	return 0;
}

/* The next page, when the body names one. */
static int want_page(struct gh_redfish_plan *p, struct gh_redfish_tree *t,
    const struct gh_redfish_item *item, const json_t *body, struct gh_err *err)
{
	struct gh_redfish_item next = *item;
	const char *link = gh_json_text(body, "Members@odata.nextLink");
	struct gh_err why = {0};

	if (!link[0])
		link = gh_json_text(body, "@odata.nextLink");
	if (!link[0] || item->kind == GH_RF_ENTRIES || item->kind == GH_RF_LOGS)
		return 0;
	next.ask = GH_RF_PAGE;
	next.tries = 0;
	if (++next.page >= GH_REDFISH_PAGES_MAX)
		(void)gh_fail(&why, GH_E_REMOTE, "the collection has more than %u pages",
		    GH_REDFISH_PAGES_MAX);
	else if (!gh_redfish_link_ok(link, true))
		(void)gh_fail(
		    &why, GH_E_REMOTE, "the collection's next page is no link to follow");
	if (why.code != GH_E_NONE)
		return gh_redfish_tree_put(t, item->path, 200, NULL, &why, err);
	snprintf(next.url, sizeof(next.url), "%s", link);
	return gh_redfish_plan_push(p, &next, 0, err);
}

int gh_redfish_members_page(struct gh_redfish_plan *p, struct gh_redfish_tree *t,
    const struct gh_redfish_item *item, const json_t *page, struct gh_err *err)
{
	json_t *had = json_object_get(
	    (json_t *)(uintptr_t)gh_redfish_get(t, item->path), "Members");
	json_t *more = json_object_get(page, "Members");
	enum gh_redfish_kind member = GH_RF_LEAF;

	(void)gh_redfish_has_members(item->kind, &member);
	if (spread(p, t, member, more, err) != 0)
		return -1;
	/* what a page says again would make endless pages ever longer: the cap ends that */
	if (json_is_array(had) && json_is_array(more) &&
	    json_array_extend(had, more) != 0)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	return want_page(p, t, item, page, err);
}

/* ---- logs ---- */

/* A log that has more than one page and its oldest first: the place of its last page,
 * where the service has shown that it knows $skip. */
static bool tail_of(
    const struct gh_redfish_item *item, const json_t *body, struct gh_redfish_item *tail)
{
	json_int_t count =
	    json_integer_value(json_object_get(body, "Members@odata.count"));
	const json_t *members = json_object_get(body, "Members");
	json_int_t skip = count - GH_REDFISH_ENTRIES_MAX;
	int n;

	if (item->ask != GH_RF_PLAIN || count <= (json_int_t)json_array_size(members) ||
	    skip <= 0 || !gh_redfish_entries_ascend(members) ||
	    !strstr(gh_json_text(body, "Members@odata.nextLink"), "$skip="))
		return false;
	*tail = *item;
	tail->ask = GH_RF_TAIL;
	tail->tries = 0;
	n = snprintf(
	    tail->url, sizeof(tail->url), "%s?$skip=%lld", item->path, (long long)skip);
	return n > 0 && (size_t)n < sizeof(tail->url);
}

bool gh_redfish_members_again(const struct gh_redfish_plan *p,
    const struct gh_redfish_item *item, const json_t *body, struct gh_redfish_item *again)
{
	if (item->ask == GH_RF_PLAIN && item->page == 0 && p->expand &&
	    any_bare(json_object_get(body, "Members"))) {
		*again = *item;
		again->ask = GH_RF_EXPAND;
		again->page = 1; /* and not once more when that fails */
		return true;
	}
	return tail_of(item, body, again);
}

/* Logs are the one part that can be long: their number and their lengths are bounded, and
 * what is left out is not in the list either. */
static int cap_logs(struct gh_redfish_plan *p, const struct gh_redfish_item *item,
    json_t *members, struct gh_err *err)
{
	size_t room = GH_REDFISH_ENTRIES_ALL - p->entries;

	if (item->kind == GH_RF_LOGS)
		for (size_t i = json_array_size(members); i-- > GH_REDFISH_LOGS_MAX;)
			json_array_remove(members, i);
	if (item->kind != GH_RF_ENTRIES)
		return 0;
	if (room == 0 && json_array_size(members) > 0)
		return gh_fail(err, GH_E_REMOTE, "not read: %u log entries are enough",
		    GH_REDFISH_ENTRIES_ALL);
	if (room > GH_REDFISH_ENTRIES_MAX)
		room = GH_REDFISH_ENTRIES_MAX;
	if (gh_redfish_entries_newest(members, room, err) != 0)
		return -1;
	p->entries += json_array_size(members);
	return 0;
}

int gh_redfish_members_keep(struct gh_redfish_plan *p, struct gh_redfish_tree *t,
    const struct gh_redfish_item *item, struct gh_redfish_said *said, struct gh_err *err)
{
	json_t *members = json_object_get(said->body, "Members");
	enum gh_redfish_kind member;
	struct gh_err why = {0};

	if (cap_logs(p, item, members, &why) != 0)
		return why.code == GH_E_REMOTE ? gh_redfish_tree_put(t, item->path,
						     said->status, NULL, &why, err)
					       : gh_fail(err, why.code, "%s", why.what);
	if (gh_redfish_tree_put(
		t, item->path, said->status, json_incref(said->body), NULL, err) != 0 ||
	    gh_redfish_tree_asked(t, item->path, said->etag, err) != 0 ||
	    gh_redfish_plan_follow(p, t, item->kind, item->path, err) != 0)
		return -1;
	if (!gh_redfish_has_members(item->kind, &member))
		return 0;
	if (spread(p, t, member, members, err) != 0)
		return -1;
	return want_page(p, t, item, said->body, err);
}
