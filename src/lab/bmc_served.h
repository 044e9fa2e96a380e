/* SPDX-License-Identifier: Apache-2.0
 * The tree that a lab BMC serves: a file, looked at again before every answer. */
#pragma once

#include <sys/stat.h>

#include "base/json.h"

struct gh_bmc_served {
	const char *path;
	json_t *tree;     /* NULL = never read well */
	struct stat seen; /* the file as it was read */
};

void gh_bmc_served_free(struct gh_bmc_served *s);
/* Reads the file again when it is another one; what cannot be read leaves the last tree. */
void gh_bmc_served_refresh(struct gh_bmc_served *s);
bool gh_bmc_served_has(const struct gh_bmc_served *s, const char *path);
/* The body with its placeholders filled in: "@now" (anywhere) is the time now, "@etag" a
 * digest of the body. New reference; NULL when there is none. */
json_t *gh_bmc_served_get(const struct gh_bmc_served *s, const char *path, int64_t now);

/* $expand=.($levels=1): what stands for links, and how deep. */
struct gh_bmc_expand {
	char how; /* '.' all but Links, '~' Links only, '*' both */
	unsigned int levels;
};
/* False when text is no such thing, or deeper than two levels. */
bool gh_bmc_expand_parse(struct gh_bmc_expand *out, const char *text);
/* Puts resources where the body has links to them. */
void gh_bmc_served_expand(const struct gh_bmc_served *s, json_t *body,
    const struct gh_bmc_expand *e, int64_t now);
/* The digest of a body, in quotes, as an ETag; "" when out of memory. */
#define GH_BMC_ETAG_LEN 35
void gh_bmc_etag(char out[static GH_BMC_ETAG_LEN], const json_t *body);
