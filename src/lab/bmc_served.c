/* SPDX-License-Identifier: Apache-2.0
 * Reads the tree of a lab BMC and fills in what only the moment of an answer knows. */
#include "lab/bmc_served.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/text.h"
#include "crypto/digest.h"

#define TREE_MAX   (16u << 20)
#define LEVELS_MAX 2 /* as the service root says */

void gh_bmc_served_free(struct gh_bmc_served *s)
{
	json_decref(s->tree);
	s->tree = NULL;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	       a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

void gh_bmc_served_refresh(struct gh_bmc_served *s)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	struct stat now;
	json_t *tree;

	if (stat(s->path, &now) || (s->tree && same_file(&now, &s->seen)))
		return;
	if (gh_file_read(&text, s->path, TREE_MAX, NULL))
		return;
	tree = gh_json_parse(text.p, text.len, NULL);
	/* half written: the next answer looks again */
	if (!json_is_object(tree)) {
		json_decref(tree);
		return;
	}
	json_decref(s->tree);
	s->tree = tree;
	s->seen = now;
}

bool gh_bmc_served_has(const struct gh_bmc_served *s, const char *path)
{
	return json_is_object(json_object_get(s->tree, path));
}

void gh_bmc_etag(char out[static GH_BMC_ETAG_LEN], const json_t *body)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	uint8_t md[32];
	char hex[65];

	gh_json_dump(&text, body);
	out[0] = '\0';
	if (text.oom || gh_sha256(text.p, text.len, md, NULL))
		return;
	gh_hex(hex, md, sizeof(md));
	snprintf(out, GH_BMC_ETAG_LEN, "\"%.32s\"", hex);
}

/* ---- placeholders ----------------------------------------------------------------- */

/* What stands for v, or NULL: v stays. Looks into v. */
static json_t *fill_now(json_t *v, const char *now)
{
	const char *key, *s = json_string_value(v);
	json_t *item, *new;
	size_t i;

	if (s)
		return strcmp(s, "@now") ? NULL : json_string(now);
	json_object_foreach(v, key, item)
	{
		new = fill_now(item, now);
		if (new)
			json_object_set_new(v, key, new);
	}
	json_array_foreach(v, i, item)
	{
		new = fill_now(item, now);
		if (new)
			json_array_set_new(v, i, new);
	}
	return NULL;
}

json_t *gh_bmc_served_get(const struct gh_bmc_served *s, const char *path, int64_t now)
{
	json_t *body = json_deep_copy(json_object_get(s->tree, path));
	char text[32], etag[GH_BMC_ETAG_LEN];
	time_t t = (time_t)now;
	struct tm tm;

	if (!json_is_object(body)) {
		json_decref(body);
		return NULL;
	}
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&t, &tm));
	fill_now(body, text);
	if (!strcmp(gh_json_text(body, "@odata.etag"), "@etag")) {
		gh_bmc_etag(etag, body);
		json_object_set_new(body, "@odata.etag", json_string(etag));
	}
	return body;
}

/* ---- $expand ---------------------------------------------------------------------- */

bool gh_bmc_expand_parse(struct gh_bmc_expand *out, const char *text)
{
	uint64_t levels = 1;
	struct gh_bytes n;

	if (!text[0] || !strchr(".~*", text[0]))
		return false;
	n = gh_text_of(text + 1);
	if (n.len) {
		if (!gh_text_starts(n, "($levels=") || n.p[n.len - 1] != ')')
			return false;
		n.p += strlen("($levels=");
		n.len -= strlen("($levels=)");
		if (gh_text_u64(n, 10, &levels) || levels < 1 || levels > LEVELS_MAX)
			return false;
	}
	*out = (struct gh_bmc_expand){text[0], (unsigned int)levels};
	return true;
}

struct expanding {
	const struct gh_bmc_served *served;
	char how;
	int64_t now;
};

static void expand_in(
    const struct expanding *x, json_t *v, unsigned int levels, bool links);

/* The resource behind a bare link, with what is in it; NULL when v is no such link. */
static json_t *expand_link(
    const struct expanding *x, json_t *v, unsigned int levels, bool links)
{
	const char *path = json_string_value(json_object_get(v, "@odata.id"));
	json_t *body;

	if (!path || json_object_size(v) != 1 || (links ? x->how == '.' : x->how == '~'))
		return NULL;
	body = gh_bmc_served_get(x->served, path, x->now);
	if (body && levels > 1)
		expand_in(x, body, levels - 1, false);
	return body;
}

static void expand_in(
    const struct expanding *x, json_t *v, unsigned int levels, bool links)
{
	json_t *item, *body;
	const char *key;
	size_t i;

	json_object_foreach(v, key, item)
	{
		bool in_links = links || !strcmp(key, "Links");

		body = expand_link(x, item, levels, in_links);
		if (body)
			json_object_set_new(v, key, body);
		else
			expand_in(x, item, levels, in_links);
	}
	json_array_foreach(v, i, item)
	{
		body = expand_link(x, item, levels, links);
		if (body)
			json_array_set_new(v, i, body);
		else
			expand_in(x, item, levels, links);
	}
}

void gh_bmc_served_expand(const struct gh_bmc_served *s, json_t *body,
    const struct gh_bmc_expand *e, int64_t now)
{
	struct expanding x = {s, e->how, now};

	expand_in(&x, body, e->levels, false);
}
