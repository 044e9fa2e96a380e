/* SPDX-License-Identifier: Apache-2.0
 * The catalogue of host checks, read from the JSON that is compiled in. */
#include <stdlib.h>
#include <string.h>

#include "base/embed.h"
#include "checks/judge.h"

GH_EMBED(checks_json, "inventory/checks.json");
GH_EMBED(coverage_json, "inventory/coverage.json");

#define FORMAT "gatehouse-checks/1"

struct gh_catalogue {
	json_t *root; /* owns every string below */
	struct gh_check *check;
	size_t n;
};

static int read_words(struct gh_check *c, const json_t *o, struct gh_err *err)
{
	const struct {
		const char *key, **out;
	} field[] = {
	    {"id", &c->id},
	    {"group", &c->group},
	    {"title", &c->title},
	    {"platform", &c->platform},
	    {"channel", &c->channel},
	    {"expect", &c->expect},
	    {"why", &c->why},
	    {"remedy", &c->remedy},
	};
	for (size_t i = 0; i < GH_COUNT(field); i++)
		if (gh_json_str(o, "check", field[i].key, field[i].out, err))
			return -1;
	c->params = json_object_get(o, "params");
	c->facts = json_object_get(o, "facts");
	return gh_json_bool_opt(o, c->id, "root", &c->root, err);
}

static int read_severity(struct gh_check *c, const json_t *o, struct gh_err *err)
{
	const char *word;
	if (gh_json_str(o, c->id, "severity", &word, err))
		return -1;
	for (int s = GH_SEV_INFO; s <= GH_SEV_BLOCKER; s++) {
		if (strcmp(word, gh_severity_word((enum gh_severity)s)) != 0)
			continue;
		c->severity = (enum gh_severity)s;
		return 0;
	}
	return gh_fail(err, GH_E_CONFIG, "check %s: no such severity: %s", c->id, word);
}

static int read_all(struct gh_catalogue *c, struct gh_err *err)
{
	const char *format;
	json_t *list;
	if (gh_json_str(c->root, "catalogue", "format", &format, err) ||
	    gh_json_arr(c->root, "catalogue", "checks", &list, err))
		return -1;
	if (strcmp(format, FORMAT) != 0)
		return gh_fail(
		    err, GH_E_CONFIG, "catalogue: format %s, need %s", format, FORMAT);
	c->check = calloc(json_array_size(list) + 1, sizeof(*c->check));
	if (!c->check)
		return gh_fail(err, GH_E_NOMEM, "catalogue: out of memory");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);
		if (read_words(&c->check[i], o, err) ||
		    read_severity(&c->check[i], o, err))
			return gh_err_prefix(err, "catalogue, entry %zu", i);
		if (gh_catalogue_get(c, c->check[i].id))
			return gh_fail(err, GH_E_CONFIG, "catalogue: %s stands twice",
			    c->check[i].id);
		c->n++;
	}
	return 0;
}

int gh_catalogue_load(struct gh_catalogue **out, struct gh_err *err)
{
	gh_auto(struct gh_catalogue *, gh_catalogue_free) c = calloc(1, sizeof(*c));
	if (!c)
		return gh_fail(err, GH_E_NOMEM, "catalogue: out of memory");
	c->root =
	    gh_json_parse(checks_json, (size_t)(checks_json_end - checks_json), err);
	if (!c->root || read_all(c, err))
		return -1;
	*out = gh_take(c);
	return 0;
}

void gh_catalogue_free(struct gh_catalogue **c)
{
	if (!*c)
		return;
	gh_json_free(&(*c)->root);
	free((*c)->check);
	free(*c);
	*c = NULL;
}

size_t gh_catalogue_count(const struct gh_catalogue *c)
{
	return c->n;
}

const struct gh_check *gh_catalogue_at(const struct gh_catalogue *c, size_t i)
{
	return i < c->n ? &c->check[i] : NULL;
}

const struct gh_check *gh_catalogue_get(const struct gh_catalogue *c, const char *id)
{
	for (size_t i = 0; i < c->n; i++)
		if (!strcmp(c->check[i].id, id))
			return &c->check[i];
	return NULL;
}

bool gh_check_applies(const struct gh_check *c, enum gh_tee tee)
{
	const char *platform = tee == GH_TEE_TDX ? "tdx" : "snp";
	if (strcmp(c->platform, "all") != 0 && strcmp(c->platform, platform) != 0)
		return false;
	return strncmp(c->id, "fleet.", 6) != 0 && gh_check_judged(c);
}

bool gh_check_judged(const struct gh_check *c)
{
	return gh_judge_find(c->id) != NULL;
}

json_t *gh_coverage(struct gh_err *err)
{
	return gh_json_parse(
	    coverage_json, (size_t)(coverage_json_end - coverage_json), err);
}
