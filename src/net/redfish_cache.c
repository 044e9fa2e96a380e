/* SPDX-License-Identifier: Apache-2.0
 * What a BMC said last time and by which ETag. */
#include "net/redfish_cache.h"

#include <stdlib.h>

static void entry_free(struct gh_redfish_cached *e)
{
	free(e->path);
	free(e->etag);
	gh_buf_free(&e->text);
}

void gh_redfish_cache_free(struct gh_redfish_cache *c)
{
	for (size_t i = 0; i < c->n; i++)
		entry_free(&c->at[i]);
	free(c->at);
	*c = (struct gh_redfish_cache){0};
}

/* c->n when it is not there. A look at every path costs nothing beside a request. */
static size_t find(const struct gh_redfish_cache *c, const char *path)
{
	size_t i = 0;

	while (i < c->n && strcmp(c->at[i].path, path) != 0)
		i++;
	return i;
}

const struct gh_redfish_cached *gh_redfish_cache_get(
    struct gh_redfish_cache *c, const char *path)
{
	size_t i = find(c, path);

	if (i == c->n)
		return NULL;
	c->at[i].used = true;
	return &c->at[i];
}

static void forget(struct gh_redfish_cache *c, size_t i)
{
	c->bytes -= c->at[i].text.len;
	entry_free(&c->at[i]);
	c->at[i] = c->at[--c->n];
}

static bool make_room(struct gh_redfish_cache *c)
{
	size_t cap = c->cap ? 2 * c->cap : 32;
	struct gh_redfish_cached *at;

	if (c->n < c->cap)
		return true;
	at = realloc(c->at, cap * sizeof(*at));
	if (!at)
		return false;
	c->at = at;
	c->cap = cap;
	return true;
}

void gh_redfish_cache_put(
    struct gh_redfish_cache *c, const char *path, const char *etag, struct gh_bytes text)
{
	struct gh_redfish_cached e = {.used = true};
	size_t i = find(c, path);

	if (i < c->n)
		forget(c, i);
	if (text.len > GH_REDFISH_CACHE_MAX - c->bytes || !make_room(c))
		return;
	e.path = strdup(path);
	e.etag = strdup(etag);
	gh_buf_add(&e.text, text.p, text.len);
	if (!e.path || !e.etag || e.text.oom) {
		entry_free(&e);
		return;
	}
	c->at[c->n++] = e;
	c->bytes += e.text.len;
}

void gh_redfish_cache_sweep(struct gh_redfish_cache *c)
{
	for (size_t i = c->n; i-- > 0;) {
		if (!c->at[i].used)
			forget(c, i);
		else
			c->at[i].used = false;
	}
}
