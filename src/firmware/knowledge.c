/* SPDX-License-Identifier: Apache-2.0
 * Reads the knowledge about firmware, strictly: it decides about hosts. */
#include "firmware/knowledge.h"

#include <stdlib.h>
#include <string.h>

#include "base/embed.h"
#include "base/text.h"

GH_EMBED(firmware_json, "inventory/firmware.json");

#define FORMAT "gatehouse-firmware/1"

void gh_knowledge_free(struct gh_knowledge *k)
{
	free(k->component);
	free(k->bundle);
	free(k->advisory);
	free(k->floor);
	gh_json_free(&k->doc);
	*k = (struct gh_knowledge){0};
}

/* ---- one row of each table ---------------------------------------------------------- */

static int check_scheme(const char *scheme, const char *what, struct gh_err *err)
{
	if (gh_version_scheme_known(scheme))
		return 0;
	return gh_fail(
	    err, GH_E_CONFIG, "firmware: %s: no version scheme '%s'", what, scheme);
}

static int read_component(const json_t *o, void *to, struct gh_err *err)
{
	struct gh_component *c = to;

	*c = (struct gh_component){.id = gh_json_text(o, "id"),
	    .scheme = gh_json_text(o, "scheme"),
	    .inventory = json_object_get(o, "inventory")};
	if (c->id[0] == '\0' || check_scheme(c->scheme, c->id, err) != 0)
		return gh_fail(err, GH_E_CONFIG, "firmware: component '%s'", c->id);
	for (size_t i = 0; i < json_array_size(c->inventory); i++) {
		const json_t *row = json_array_get(c->inventory, i);
		const char *scheme = json_string_value(json_array_get(row, 1));

		if (!json_is_string(json_array_get(row, 0)) || !scheme)
			return gh_fail(err, GH_E_CONFIG,
			    "firmware: %s: an inventory row is [pattern, scheme]", c->id);
		if (check_scheme(scheme, c->id, err) != 0)
			return -1;
	}
	return 0;
}

static bool good_release(const char *s)
{
	return s[0] == '\0' || gh_version_valid("semver", s);
}

static int read_bundle(const json_t *o, void *to, struct gh_err *err)
{
	struct gh_bundle *b = to;

	*b = (struct gh_bundle){.name = gh_json_text(o, "name"),
	    .from = gh_json_text(o, "from"),
	    .to = gh_json_text(o, "to"),
	    .before = gh_json_text(o, "before"),
	    .members = json_object_get(o, "members"),
	    .confidence = gh_json_text(o, "confidence"),
	    .source = gh_json_text(o, "source")};
	if (b->name[0] && b->source[0] && json_object_size(b->members) > 0 &&
	    good_release(b->from) && good_release(b->to) && good_release(b->before))
		return 0;
	return gh_fail(err, GH_E_CONFIG, "firmware: bundle '%s'", b->name);
}

static int read_advisory(const json_t *o, void *to, struct gh_err *err)
{
	struct gh_advisory *a = to;

	*a = (struct gh_advisory){.id = gh_json_text(o, "id"),
	    .date = gh_json_text(o, "date"),
	    .component = gh_json_text(o, "component"),
	    .cve = json_object_get(o, "cve"),
	    .fixed = gh_json_text(o, "fixed"),
	    .what = gh_json_text(o, "what"),
	    .source = gh_json_text(o, "source")};
	if (a->id[0] && json_array_size(a->cve) > 0 &&
	    gh_version_valid("semver", a->fixed))
		return 0;
	return gh_fail(err, GH_E_CONFIG, "firmware: advisory '%s'", a->id);
}

static int read_floor(const json_t *o, void *to, struct gh_err *err)
{
	struct gh_floor *f = to;

	*f = (struct gh_floor){.product = gh_json_text(o, "product"),
	    .component = gh_json_text(o, "component"),
	    .item = gh_json_text(o, "item"),
	    .plan = gh_json_text(o, "plan"),
	    .scheme = gh_json_text(o, "scheme"),
	    .floor = gh_json_text(o, "floor"),
	    .after = gh_json_text(o, "after"),
	    .confidence = gh_json_text(o, "confidence"),
	    .source = gh_json_text(o, "source")};
	if (f->component[0] && f->source[0] && gh_version_valid(f->scheme, f->floor) &&
	    (f->after[0] == '\0' || gh_version_valid("date", f->after)))
		return 0;
	return gh_fail(err, GH_E_CONFIG, "firmware: floor '%s' of %s %s", f->floor,
	    f->product, f->component);
}

/* ---- the tables --------------------------------------------------------------------- */

struct table {
	const char *key;
	size_t size; /* of a row */
	int (*read)(const json_t *o, void *to, struct gh_err *err);
};

/* *rows is owned by the caller, also on error. */
static int read_table(
    const json_t *doc, const struct table *t, void **rows, size_t *n, struct gh_err *err)
{
	const json_t *list = json_object_get(doc, t->key);

	*n = json_array_size(list);
	*rows = calloc(*n + 1, t->size);
	if (!*rows)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	for (size_t i = 0; i < *n; i++)
		if (t->read(json_array_get(list, i), (char *)*rows + i * t->size, err) !=
		    0)
			return -1;
	return 0;
}

static int read_members(struct gh_knowledge *k, struct gh_err *err)
{
	const json_t *list = json_object_get(k->doc, "bundle_members");

	for (size_t i = 0; i < json_array_size(list) && i < GH_BUNDLE_MEMBERS_MAX; i++) {
		const char *id = json_string_value(json_array_get(list, i));

		if (!id || !gh_knowledge_component(k, id))
			return gh_fail(err, GH_E_CONFIG,
			    "firmware: bundle_members names no component '%s'",
			    id ? id : "");
		k->member[k->n_members++] = id;
	}
	return 0;
}

/* Members of bundles are members of the list, and have the form of their scheme. */
static int check_bundles(const struct gh_knowledge *k, struct gh_err *err)
{
	for (size_t i = 0; i < k->n_bundles; i++) {
		const char *id;
		json_t *versions;

		json_object_foreach(
		    (json_t *)(uintptr_t)k->bundle[i].members, id, versions)
		{
			const struct gh_component *c = gh_knowledge_component(k, id);
			size_t n = json_array_size(versions);

			for (size_t v = 0; c && v < n; v++) {
				const char *s =
				    json_string_value(json_array_get(versions, v));

				if (!s || !gh_version_valid(c->scheme, s))
					c = NULL;
			}
			if (!c || n == 0)
				return gh_fail(err, GH_E_CONFIG,
				    "firmware: bundle '%s': %s", k->bundle[i].name, id);
		}
	}
	return 0;
}

static int read_all(struct gh_knowledge *k, struct gh_err *err)
{
	static const struct table components = {
	    "components", sizeof(struct gh_component), read_component};
	static const struct table bundles = {
	    "bundles", sizeof(struct gh_bundle), read_bundle};
	static const struct table advisories = {
	    "advisories", sizeof(struct gh_advisory), read_advisory};
	static const struct table floors = {
	    "floors", sizeof(struct gh_floor), read_floor};
	void *rows[4] = {0};
	int bad = read_table(k->doc, &components, &rows[0], &k->n_components, err) != 0 ||
		  read_table(k->doc, &bundles, &rows[1], &k->n_bundles, err) != 0 ||
		  read_table(k->doc, &advisories, &rows[2], &k->n_advisories, err) != 0 ||
		  read_table(k->doc, &floors, &rows[3], &k->n_floors, err) != 0;

	k->component = rows[0];
	k->bundle = rows[1];
	k->advisory = rows[2];
	k->floor = rows[3];
	return bad || read_members(k, err) != 0 || check_bundles(k, err) != 0 ? -1 : 0;
}

int gh_knowledge_parse(struct gh_knowledge *out, struct gh_bytes text, struct gh_err *err)
{
	*out = (struct gh_knowledge){0};
	out->doc = gh_json_parse(text.p, text.len, err);
	if (!out->doc)
		return gh_err_prefix(err, "firmware knowledge");
	if (strcmp(gh_json_text(out->doc, "format"), FORMAT) != 0)
		(void)gh_fail(
		    err, GH_E_CONFIG, "firmware knowledge: format is not " FORMAT);
	else if (read_all(out, err) == 0)
		return 0;
	gh_knowledge_free(out);
	return -1;
}

int gh_knowledge_load(struct gh_knowledge *out, struct gh_err *err)
{
	struct gh_bytes text = {
	    firmware_json, (size_t)(firmware_json_end - firmware_json)};

	return gh_knowledge_parse(out, text, err);
}

/* ---- looking up --------------------------------------------------------------------- */

const struct gh_component *gh_knowledge_component(
    const struct gh_knowledge *k, const char *id)
{
	for (size_t i = 0; i < k->n_components; i++)
		if (strcmp(k->component[i].id, id) == 0)
			return &k->component[i];
	return NULL;
}

static bool fits(const char *wanted, const char *have)
{
	return wanted[0] == '\0' || strcmp(wanted, have) == 0;
}

const struct gh_floor *gh_knowledge_floor(const struct gh_knowledge *k,
    const char *component, const char *product, const char *plan,
    const struct gh_floor *prev)
{
	for (size_t i = prev ? (size_t)(prev - k->floor) + 1 : 0; i < k->n_floors; i++) {
		const struct gh_floor *f = &k->floor[i];

		if (strcmp(f->component, component) == 0 && fits(f->product, product) &&
		    fits(f->plan, plan))
			return f;
	}
	return NULL;
}

const char *gh_knowledge_chip_sku(const struct gh_knowledge *k, const char *inforom)
{
	const json_t *list = json_object_get(k->doc, "chip_skus");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);
		const char *board = gh_json_text(o, "inforom");
		size_t n = strlen(board);

		if (n > 0 && strncmp(inforom, board, n) == 0 && inforom[n] == '.')
			return gh_json_text(o, "chip_sku");
	}
	return "";
}
