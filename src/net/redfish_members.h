/* SPDX-License-Identifier: Apache-2.0
 * Collections: whole members, bare members, further pages, and logs. */
#pragma once

#include "net/redfish_plan.h"

/* Keeps a body; the members of a collection are put when they are whole and asked for when
 * they are links, so that the tree is the same whichever way they came. */
GH_MUST_USE int gh_redfish_members_keep(struct gh_redfish_plan *p,
    struct gh_redfish_tree *t, const struct gh_redfish_item *item,
    struct gh_redfish_said *said, struct gh_err *err);
/* A further page: its members join those of the collection. */
GH_MUST_USE int gh_redfish_members_page(struct gh_redfish_plan *p,
    struct gh_redfish_tree *t, const struct gh_redfish_item *item, const json_t *page,
    struct gh_err *err);
/* True when the log must be asked for another way, and how: entries that are only links
 * with $expand, the last page of one that shows its oldest first. */
bool gh_redfish_members_again(const struct gh_redfish_plan *p,
    const struct gh_redfish_item *item, const json_t *body,
    struct gh_redfish_item *again);
