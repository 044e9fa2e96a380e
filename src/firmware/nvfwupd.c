/* SPDX-License-Identifier: Apache-2.0
 * Imports what "nvfwupd show_version -j" printed. */
#include "firmware/nvfwupd.h"

#include <stdlib.h>

#include "base/text.h"

void gh_nvfwupd_free(struct gh_nvfwupd *v)
{
	gh_fw_inventory_free(&v->inventory);
	free(v->package);
	*v = (struct gh_nvfwupd){0};
}

/* The package's version against the installed one, by the scheme and not by the tool. */
static enum gh_fw_package package_of(const struct gh_fw_item *it, const char *package)
{
	if (gh_version_absent(package))
		return GH_FW_NOT_IN_PACKAGE;
	switch (gh_version_compare(
	    it->scheme[0] ? it->scheme : "text", package, it->version)) {
	case GH_VERSION_EQUAL:
	case GH_VERSION_RELEASE_EQUAL:
		return GH_FW_PACKAGE_SAME;
	case GH_VERSION_GREATER:
		return GH_FW_PACKAGE_NEWER;
	case GH_VERSION_LESS:
		return GH_FW_PACKAGE_OLDER;
	default:
		return GH_FW_PACKAGE_OTHER;
	}
}

static int read_devices(struct gh_nvfwupd *out, const json_t *list,
    const struct gh_knowledge *k, struct gh_err *err)
{
	size_t n = json_array_size(list);

	out->package = calloc(n + 1, sizeof(*out->package));
	if (!out->package)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	for (size_t i = 0; i < n; i++) {
		const json_t *d = json_array_get(list, i);
		struct gh_fw_said said = {.id = gh_json_text(d, "AP Name"),
		    .version = gh_json_text(d, "Sys Version")};
		size_t had = out->inventory.n;

		if (said.id[0] == '\0')
			return gh_fail(
			    err, GH_E_PARSE, "nvfwupd: device %zu has no AP Name", i + 1);
		if (gh_fw_add(&out->inventory, k, &said, err) != 0)
			return -1;
		if (out->inventory.n > had)
			out->package[had] = package_of(
			    &out->inventory.at[had], gh_json_text(d, "Pkg Version"));
	}
	return 0;
}

int gh_nvfwupd_read(struct gh_nvfwupd *out, const json_t *o, const struct gh_knowledge *k,
    struct gh_err *err)
{
	json_t *list;

	*out = (struct gh_nvfwupd){0};
	if (gh_json_arr(o, "nvfwupd", "Firmware Devices", &list, err) != 0)
		return -1;
	gh_text_clean_into(
	    out->model, sizeof(out->model), gh_json_text(o, "System Model"));
	gh_text_clean_into(
	    out->serial, sizeof(out->serial), gh_json_text(o, "Serial number"));
	gh_text_clean_into(out->part, sizeof(out->part), gh_json_text(o, "Part number"));
	if (read_devices(out, list, k, err) == 0)
		return 0;
	gh_nvfwupd_free(out);
	return -1;
}
