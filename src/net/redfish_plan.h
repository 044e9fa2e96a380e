/* SPDX-License-Identifier: Apache-2.0
 * Which resources of a BMC are read: a table of what follows from what, a queue of what is
 * still to be asked for, and the caps on both. Knows no network and no clock, so that any
 * body can be tried on it. */
#pragma once

#include <stdint.h>

#include "net/redfish_link.h"
#include "net/redfish_tree.h"

#define GH_REDFISH_ROOT         "/redfish/v1"
#define GH_REDFISH_PAGES_MAX    16u     /* of one collection */
#define GH_REDFISH_LOGS_MAX     8u      /* log services of one system */
#define GH_REDFISH_ENTRIES_MAX  200u    /* newest entries kept of one log */
#define GH_REDFISH_ENTRIES_ALL  800u    /* and of all logs */
#define GH_REDFISH_VALUES_MAX   65536u  /* JSON values in one body */
#define GH_REDFISH_VALUES_TOTAL 262144u /* in one reading */

enum gh_redfish_kind {
	GH_RF_LEAF, /* nothing follows from it */
	GH_RF_ROOT,
	GH_RF_LEAVES, /* a collection of leaves */
	GH_RF_SYSTEMS,
	GH_RF_SYSTEM,
	GH_RF_BIOS,
	GH_RF_LOGS,
	GH_RF_LOG,
	GH_RF_ENTRIES,
	GH_RF_MANAGERS,
	GH_RF_MANAGER,
	GH_RF_CHASSES,
	GH_RF_CHASSIS,
	GH_RF_UPDATE,
	GH_RF_ACCOUNTS,
	GH_RF_TASKS,
	GH_RF_INTEGRITIES,
	GH_RF_INTEGRITY,
	GH_RF_MEASURE, /* POST of SPDMGetSignedMeasurements */
	GH_RF_TASK,    /* GET of the task that measures */
	GH_RF_MEASURED /* GET of what the task has made */
};

enum gh_redfish_ask {
	GH_RF_PLAIN,
	GH_RF_EXPAND, /* with the bodies of its members */
	GH_RF_PAGE,   /* a further page of the collection at path */
	GH_RF_TAIL,   /* the last page of a log that shows its oldest first */
};

struct gh_redfish_item {
	enum gh_redfish_kind kind;
	enum gh_redfish_ask ask;
	char url[GH_REDFISH_LINK_MAX];  /* as linked; a page has a query */
	char path[GH_REDFISH_LINK_MAX]; /* where its answer lies in the tree */
	unsigned int page, tries;
	int64_t due_ms; /* not before that */
};

struct gh_redfish_plan {
	struct gh_redfish_item *at; /* still to be asked for, in this order */
	size_t n, cap;
	char expand;    /* '*' or '.', as the root offers it; 0 = not offered */
	size_t values;  /* JSON values so far */
	size_t entries; /* of logs, so far */
};

/* One answer of the BMC, 2xx. */
struct gh_redfish_said {
	int status;
	json_t *body;         /* an object, or NULL; taken over */
	const char *etag;     /* header; "" = none */
	const char *location; /* header; "" = none */
	int retry_s;          /* Retry-After; -1 = none */
	int64_t now_ms;
};

void gh_redfish_plan_free(struct gh_redfish_plan *p);
/* The root is to be asked for. Everything else follows from answers. */
GH_MUST_USE int gh_redfish_plan_start(
    struct gh_redfish_plan *p, struct gh_redfish_tree *t, struct gh_err *err);
/* Takes the first that is due; false when there is none. */
bool gh_redfish_plan_take(
    struct gh_redfish_plan *p, int64_t now_ms, struct gh_redfish_item *out);
/* When the next one is due; INT64_MAX when nothing is left to ask for. */
int64_t gh_redfish_plan_due(const struct gh_redfish_plan *p);
/* Puts it (back) into the queue. */
GH_MUST_USE int gh_redfish_plan_push(struct gh_redfish_plan *p,
    const struct gh_redfish_item *item, int64_t due_ms, struct gh_err *err);
/* Asks for the link's resource, unless it is known already or no link to follow. */
GH_MUST_USE int gh_redfish_plan_want(struct gh_redfish_plan *p, struct gh_redfish_tree *t,
    enum gh_redfish_kind kind, const char *link, struct gh_err *err);

/* What is sent for it: the link, with $expand when that is asked for. */
void gh_redfish_item_url(
    const struct gh_redfish_plan *p, const struct gh_redfish_item *item, char out[320]);
/* Parses a body under the caps; an object. NULL with *err: PARSE, or REMOTE for too much. */
json_t *gh_redfish_plan_parse(
    struct gh_redfish_plan *p, const void *bytes, size_t len, struct gh_err *err);
/* True for a collection; member is what it is one of. */
bool gh_redfish_has_members(enum gh_redfish_kind kind, enum gh_redfish_kind *member);
/* Asks for what follows from the body at path, when it is one of that kind. */
GH_MUST_USE int gh_redfish_plan_follow(struct gh_redfish_plan *p,
    struct gh_redfish_tree *t, enum gh_redfish_kind kind, const char *path,
    struct gh_err *err);
/* Keeps the answer and asks for what follows. -1 ends the reading: too many resources, or
 * out of memory. */
GH_MUST_USE int gh_redfish_plan_answer(struct gh_redfish_plan *p,
    struct gh_redfish_tree *t, const struct gh_redfish_item *item,
    struct gh_redfish_said *said, struct gh_err *err);
/* Keeps why there is no answer; a collection that could not be had with $expand is asked
 * for without. status 0 = no answer came; 404 needs no why. */
GH_MUST_USE int gh_redfish_plan_failed(struct gh_redfish_plan *p,
    struct gh_redfish_tree *t, const struct gh_redfish_item *item, int status,
    const struct gh_err *why, struct gh_err *err);
/* The reading ends early: why goes to each resource that was asked for in vain. */
void gh_redfish_plan_abandon(struct gh_redfish_tree *t, const struct gh_err *why);
/* Where sessions are made, as the root says; the standard path otherwise. */
void gh_redfish_plan_sessions(
    const struct gh_redfish_tree *t, char out[static GH_REDFISH_LINK_MAX]);
