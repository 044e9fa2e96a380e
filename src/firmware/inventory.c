/* SPDX-License-Identifier: Apache-2.0
 * Reads firmware inventories: which image a row is, which component, which scheme. */
#include "firmware/inventory.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define INVENTORY "/redfish/v1/UpdateService/FirmwareInventory"

void gh_fw_inventory_free(struct gh_fw_inventory *inv)
{
	free(inv->at);
	*inv = (struct gh_fw_inventory){0};
}

/* ---- which image -------------------------------------------------------------------- */

/* How vendors name the images of one component (section 10). */
static const struct {
	const char *prefix, *suffix; /* both are cut off */
	enum gh_fw_image image;
} images[] = {
    {"Staging_", "", GH_FW_STAGED}, /* Supermicro */
    {"Golden_", "", GH_FW_GOLDEN}, {"Backup_", "", GH_FW_BACKUP},
    {"Capsule_", "", GH_FW_CAPSULE}, {"Installed-", "", GH_FW_RUNNING}, /* iDRAC */
    {"Current-", "", GH_FW_RUNNING}, {"Available-", "", GH_FW_STAGED},
    {"Previous-", "", GH_FW_PREVIOUS}, {"", "-Pending", GH_FW_STAGED}, /* Lenovo */
};

static bool has_ends(const char *s, const char *prefix, const char *suffix)
{
	size_t n = strlen(s), p = strlen(prefix), e = strlen(suffix);

	return n > p + e && strncmp(s, prefix, p) == 0 && strcmp(s + n - e, suffix) == 0;
}

/* iDRAC: Installed-159-1.8.2__BIOS.Setup.1-1; what stands behind __ is the part. */
static void split_id(struct gh_fw_item *it, const char *id)
{
	const char *part = id;
	int len = (int)strlen(id);

	for (size_t i = 0; i < GH_COUNT(images); i++) {
		if (!has_ends(id, images[i].prefix, images[i].suffix))
			continue;
		it->image = images[i].image;
		part += strlen(images[i].prefix);
		len -= (int)(strlen(images[i].prefix) + strlen(images[i].suffix));
		break;
	}
	if (part != id && strstr(part, "__")) {
		const char *behind = strstr(part, "__") + 2;

		len -= (int)(behind - part);
		part = behind;
	}
	snprintf(it->id, sizeof(it->id), "%.*s", len, part);
}

/* What its own name says: HPE's second ROM, Lenovo's second bank. */
static void image_by_name(struct gh_fw_item *it)
{
	if (strncmp(it->name, "Redundant ", 10) == 0 || has_ends(it->id, "", "-Backup"))
		it->image = GH_FW_BACKUP;
}

/* ---- which component ---------------------------------------------------------------- */

static bool pattern_fits(const char *pattern, const struct gh_fw_item *it)
{
	if (strncmp(pattern, "name:", 5) == 0)
		return fnmatch(pattern + 5, it->name, 0) == 0;
	return fnmatch(pattern, it->id, 0) == 0;
}

/* The first row whose pattern fits and whose scheme reads the version; where none reads
 * it, the first whose pattern fits. */
static void find_component(struct gh_fw_item *it, const struct gh_knowledge *k)
{
	it->component = it->scheme = "";
	for (size_t c = 0; c < k->n_components; c++) {
		const json_t *rows = k->component[c].inventory;

		for (size_t i = 0; i < json_array_size(rows); i++) {
			const json_t *row = json_array_get(rows, i);
			const char *scheme = json_string_value(json_array_get(row, 1));
			bool reads = it->version[0] == '\0' ||
				     gh_version_valid(scheme, it->version);

			if (!pattern_fits(
				json_string_value(json_array_get(row, 0)), it) ||
			    (!reads && it->component[0]))
				continue;
			it->component = k->component[c].id;
			it->scheme = scheme;
			if (reads)
				return;
		}
	}
}

/* ---- rows --------------------------------------------------------------------------- */

static void copy_clean(char *out, size_t size, const char *s)
{
	struct gh_bytes t = gh_text_trim(gh_text_of(s));
	char cut[256];

	snprintf(cut, sizeof(cut), "%.*s", (int)(t.len < 255 ? t.len : 255),
	    (const char *)t.p);
	gh_text_clean_into(out, size, cut);
}

static bool is_listed(const struct gh_fw_inventory *inv, const struct gh_fw_item *it)
{
	for (size_t i = 0; i < inv->n; i++)
		if (inv->at[i].image == it->image && strcmp(inv->at[i].id, it->id) == 0 &&
		    strcmp(inv->at[i].version, it->version) == 0)
			return true;
	return false;
}

int gh_fw_add(struct gh_fw_inventory *inv, const struct gh_knowledge *k,
    const struct gh_fw_said *said, struct gh_err *err)
{
	struct gh_fw_item it = {.image = GH_FW_RUNNING, .unread = said->unread};
	char id[sizeof(it.id)];
	struct gh_fw_item *at;

	copy_clean(id, sizeof(id), said->id);
	split_id(&it, id);
	copy_clean(it.name, sizeof(it.name), said->name ? said->name : "");
	image_by_name(&it);
	if (!gh_version_absent(said->version))
		copy_clean(it.version, sizeof(it.version), said->version);
	if (!gh_version_absent(said->released))
		copy_clean(it.released, sizeof(it.released), said->released);
	find_component(&it, k);
	if (is_listed(inv, &it))
		return 0;
	if (inv->n >= GH_FW_ITEMS_MAX) {
		inv->cut = true;
		return 0;
	}
	at = realloc(inv->at, (inv->n + 1) * sizeof(*at));
	if (!at)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	inv->at = at;
	inv->at[inv->n++] = it;
	return 0;
}

static int add_read(struct gh_fw_inventory *out, const struct gh_redfish_tree *t,
    const struct gh_knowledge *k, struct gh_err *err)
{
	struct gh_redfish_walk w = gh_redfish_walk_of(t, INVENTORY);

	while (gh_redfish_next(&w)) {
		struct gh_fw_said said = {.id = w.name,
		    .name = gh_redfish_text(w.r->body, "Name"),
		    .version = gh_redfish_text(w.r->body, "Version"),
		    .released = gh_redfish_text(w.r->body, "ReleaseDate")};

		if (gh_fw_add(out, k, &said, err) != 0)
			return -1;
	}
	return 0;
}

/* Members that the collection names and that were not read. */
static int add_unread(struct gh_fw_inventory *out, const struct gh_redfish_tree *t,
    const struct gh_knowledge *k, struct gh_err *err)
{
	const json_t *list = json_object_get(gh_redfish_get(t, INVENTORY), "Members");

	for (size_t i = 0; i < json_array_size(list) && !out->cut; i++) {
		const char *path = gh_json_text(json_array_get(list, i), "@odata.id");
		const char *slash = strrchr(path, '/');
		struct gh_fw_said said = {.id = slash ? slash + 1 : "", .unread = true};

		if (said.id[0] && !gh_redfish_get(t, path) &&
		    gh_fw_add(out, k, &said, err) != 0)
			return -1;
	}
	return 0;
}

int gh_fw_inventory_read(struct gh_fw_inventory *out, const struct gh_redfish_tree *t,
    const struct gh_knowledge *k, struct gh_err *err)
{
	*out = (struct gh_fw_inventory){0};
	if (add_read(out, t, k, err) == 0 && add_unread(out, t, k, err) == 0)
		return 0;
	gh_fw_inventory_free(out);
	return -1;
}

/* ---- looking ------------------------------------------------------------------------ */

const struct gh_fw_item *gh_fw_next(const struct gh_fw_inventory *inv,
    const char *component, enum gh_fw_image image, const struct gh_fw_item *prev)
{
	for (size_t i = prev ? (size_t)(prev - inv->at) + 1 : 0; i < inv->n; i++)
		if (inv->at[i].image == image &&
		    strcmp(inv->at[i].component, component) == 0)
			return &inv->at[i];
	return NULL;
}

const struct gh_fw_item *gh_fw_running(
    const struct gh_fw_inventory *inv, const char *component)
{
	const struct gh_fw_item *it = NULL;

	while ((it = gh_fw_next(inv, component, GH_FW_RUNNING, it)))
		if (it->version[0])
			return it;
	return NULL;
}
