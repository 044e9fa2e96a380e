/* SPDX-License-Identifier: Apache-2.0
 * What a BMC said last time and by which ETag, so that it need not say it again. Texts, not
 * parsed bodies: a twentieth of the memory. Answers with $expand are not kept, as their ETag
 * may be that of the collection alone. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"

#define GH_REDFISH_CACHE_MAX (256u << 10) /* bytes of one BMC */

struct gh_redfish_cached {
	char *path, *etag;
	struct gh_buf text;
	bool used; /* in this reading */
};

struct gh_redfish_cache {
	struct gh_redfish_cached *at; /* in no order */
	size_t n, cap;
	size_t bytes;
};

void gh_redfish_cache_free(struct gh_redfish_cache *c);
/* NULL when nothing is known; good until the next put or sweep. Counts as used. */
const struct gh_redfish_cached *gh_redfish_cache_get(
    struct gh_redfish_cache *c, const char *path);
/* Keeps a copy, or forgets the old one when there is no room. */
void gh_redfish_cache_put(
    struct gh_redfish_cache *c, const char *path, const char *etag, struct gh_bytes text);
/* Forgets what was not used since the last sweep. */
void gh_redfish_cache_sweep(struct gh_redfish_cache *c);
