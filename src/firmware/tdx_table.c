/* SPDX-License-Identifier: Apache-2.0
 * Looks into the table of published TDX modules. */
#include "firmware/tdx_table.h"

#include <stdio.h>

#include "base/embed.h"
#include "base/json.h"
#include "base/text.h"

GH_EMBED(tdx_modules_json, "inventory/tdx-modules.json");

static void fill(struct gh_tdx_row *out, const json_t *m)
{
	const json_t *cpus = json_object_get(m, "cpus");

	snprintf(out->version, sizeof(out->version), "%s", gh_json_text(m, "version"));
	snprintf(out->mrseam, sizeof(out->mrseam), "%s", gh_json_text(m, "mrseam"));
	for (size_t i = 0; i < json_array_size(cpus) && i < GH_COUNT(out->cpu); i++) {
		const char *sig = json_string_value(json_array_get(cpus, i));
		uint64_t v;

		if (sig && gh_text_u64(gh_text_of(sig), 16, &v) == 0)
			out->cpu[out->n_cpus++] = (unsigned int)v;
	}
}

bool gh_tdx_table_find(struct gh_tdx_row *out, const char *key, const char *value)
{
	gh_auto(json_t *, gh_json_free) root = gh_json_parse(
	    tdx_modules_json, (size_t)(tdx_modules_json_end - tdx_modules_json), NULL);
	const json_t *list = json_object_get(root, "modules");

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *m = json_array_get(list, i);

		if (strcmp(gh_json_text(m, key), value) != 0)
			continue;
		fill(out, m);
		return out->n_cpus > 0;
	}
	return false;
}
