/* SPDX-License-Identifier: Apache-2.0
 * What a BMC said in one reading: resources by path, whole or with the reason why not.
 * Plain data, so that judges are tested on captures without a BMC. Every byte is hostile. */
#pragma once

#include "base/json.h"

#define GH_REDFISH_RESOURCES_MAX 2048

struct gh_redfish_resource {
	char *path;        /* "/redfish/v1/Systems/1", no slash at its end */
	int status;        /* HTTP status; 0 = no answer came */
	json_t *body;      /* an object; NULL when there is none */
	char *etag;        /* "" = none */
	struct gh_err err; /* why body is NULL; code NONE for a plain 404 */
	bool asked;        /* got by a request of its own, not inside an $expand */
};

struct gh_redfish_tree {
	struct gh_redfish_resource *at; /* sorted by path */
	size_t n, cap;
	int64_t read_at; /* unix seconds; when the reading began */
	int64_t read_ms; /* how long it took */
	char
	    cert_sha256[65]; /* of the TLS certificate that was shown, hex; "" = no TLS */
	bool cert_self_signed;
	char cert_subject[128]; /* cleaned */
	char nonce[65]; /* hex: what SPDM measurements were asked with; "" = none */
};

void gh_redfish_tree_free(struct gh_redfish_tree *t);
/* Puts a resource; the path is normalised (no slash at the end), a second one of the same
 * path replaces the first. body is taken over (NULL is fine), also on error. */
GH_MUST_USE int gh_redfish_tree_put(struct gh_redfish_tree *t, const char *path,
    int status, json_t *body, const struct gh_err *why, struct gh_err *err);
/* The resource was got by a request of its own; etag is the header's, "" = none (then the
 * one inside the body stays). path as it lies in the tree. */
GH_MUST_USE int gh_redfish_tree_asked(
    struct gh_redfish_tree *t, const char *path, const char *etag, struct gh_err *err);
/* NULL when it was not read, or could not be. path may begin with a word in braces that
 * stands for the host's own resource: "{system}/Bios", "{manager}", "{chassis}". */
const json_t *gh_redfish_get(const struct gh_redfish_tree *t, const char *path);
/* The same with its status; NULL when it was never asked for. */
const struct gh_redfish_resource *gh_redfish_find(
    const struct gh_redfish_tree *t, const char *path);
/* The path of the host's own system, manager or chassis: the first system that is no HGX
 * baseboard, and the first manager and chassis that it names in Links, or else the first of
 * their collection; "" when the collection was not read. which is 's', 'm' or 'c'. Borrowed
 * from the tree. */
const char *gh_redfish_own(const struct gh_redfish_tree *t, char which);

/* Walks the resources directly below a collection, in order of path:
 *	struct gh_redfish_walk w = gh_redfish_walk_of(t, "{system}/Memory");
 *	while (gh_redfish_next(&w)) use w.r, w.name */
struct gh_redfish_walk {
	const struct gh_redfish_tree *t;
	char prefix[256];
	size_t i;
	const struct gh_redfish_resource *r; /* has a body */
	const char *name;                    /* last part of its path */
};
struct gh_redfish_walk gh_redfish_walk_of(
    const struct gh_redfish_tree *t, const char *collection);
bool gh_redfish_next(struct gh_redfish_walk *w);

/* Text of body.a.b.c ("ProcessorId.MicrocodeInfo", "@Redfish.Settings.SettingsObject"); ""
 * when absent or no string. */
const char *gh_redfish_text(const json_t *body, const char *dotted);
const json_t *gh_redfish_value(const json_t *body, const char *dotted);

/* One JSON object {path: body, ...}, as captures are kept; what is not a body lies in
 * "@gatehouse": {"read_at","read_ms","certificate":{..},"nonce","failed":{path:{"status","why"}}}.
 * Loading takes captures without "@gatehouse" too (read_at then is 0). */
json_t *gh_redfish_tree_json(const struct gh_redfish_tree *t);
GH_MUST_USE int gh_redfish_tree_load(
    struct gh_redfish_tree *t, const json_t *j, struct gh_err *err);
