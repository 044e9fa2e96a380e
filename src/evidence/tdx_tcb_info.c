/* SPDX-License-Identifier: Apache-2.0
 * Reads Intel's TCB info, member by member. */
#include "evidence/tdx_tcb_info.h"

#include <stdlib.h>
#include <strings.h>

#include "base/text.h"

#define COMPONENTS 16

static int read_components(
    const json_t *tcb, const char *key, uint8_t out[COMPONENTS], struct gh_err *err)
{
	json_t *list = NULL;

	if (gh_json_arr(tcb, "tcb level", key, &list, err) < 0)
		return -1;
	if (json_array_size(list) != COMPONENTS)
		return gh_fail(err, GH_E_PARSE,
		    "tcb level: \"%s\" has %zu components, must be %d", key,
		    json_array_size(list), COMPONENTS);
	for (size_t i = 0; i < COMPONENTS; i++) {
		uint32_t svn = 0;

		if (gh_tcb_read_uint(json_array_get(list, i), "svn", 255, &svn, err) < 0)
			return -1;
		out[i] = (uint8_t)svn;
	}
	return 0;
}

static int read_level(const json_t *level, struct gh_tcb_advisories *names,
    struct gh_tcb_level *out, struct gh_err *err)
{
	json_t *tcb = NULL;
	uint32_t pce_svn = 0;

	if (gh_json_obj(level, "tcb level", "tcb", &tcb, err) < 0 ||
	    read_components(tcb, "sgxtcbcomponents", out->sgx, err) < 0 ||
	    gh_tcb_read_uint(tcb, "pcesvn", 65535, &pce_svn, err) < 0 ||
	    read_components(tcb, "tdxtcbcomponents", out->tdx, err) < 0)
		return -1;
	out->pce_svn = (uint16_t)pce_svn;
	return gh_tcb_read_standing(level, false, names, &out->is, err);
}

/* SGX components first, then PCESVN, then TDX components; the highest comes first. */
static int by_level_down(const void *a, const void *b)
{
	const struct gh_tcb_level *x = a, *y = b;
	int sgx = memcmp(y->sgx, x->sgx, COMPONENTS);

	if (sgx != 0)
		return sgx;
	if (x->pce_svn != y->pce_svn)
		return (int)y->pce_svn - (int)x->pce_svn;
	return memcmp(y->tdx, x->tdx, COMPONENTS);
}

static int read_levels(struct gh_tcb_info *out, const json_t *o, struct gh_err *err)
{
	json_t *list = NULL;
	size_t n;

	if (gh_json_arr(o, "tcbInfo", "tcbLevels", &list, err) < 0)
		return -1;
	n = json_array_size(list);
	if (n == 0 || n > GH_TCB_LEVELS_MAX)
		return gh_fail(err, GH_E_PARSE,
		    "tcbInfo: \"tcbLevels\" has %zu levels, must be 1 to %d", n,
		    GH_TCB_LEVELS_MAX);
	for (size_t i = 0; i < n; i++)
		if (read_level(json_array_get(list, i), &out->advisories, &out->levels[i],
			err) < 0)
			return -1;
	qsort(out->levels, n, sizeof(out->levels[0]), by_level_down);
	for (size_t i = 1; i < n; i++)
		if (by_level_down(&out->levels[i - 1], &out->levels[i]) == 0)
			return gh_fail(
			    err, GH_E_PARSE, "tcbInfo: two levels are the same");
	out->n_levels = n;
	return 0;
}

static int read_module_id(
    const json_t *o, struct gh_tcb_module_id *out, struct gh_err *err)
{
	if (gh_tcb_read_hex(o, "mrsigner", out->mrsigner, 48, err) < 0 ||
	    gh_tcb_read_hex(o, "attributes", out->attributes, 8, err) < 0)
		return -1;
	return gh_tcb_read_hex(o, "attributesMask", out->mask, 8, err);
}

/* "TDX_" and two hex digits, of any case. */
static int read_major(const json_t *o, uint8_t *out, struct gh_err *err)
{
	const char *id = NULL;

	if (gh_json_str(o, "tdxModuleIdentities", "id", &id, err) < 0)
		return -1;
	if (strncasecmp(id, "TDX_", 4) == 0 && gh_unhex(out, 1, id + 4, NULL) == 0)
		return 0;
	return gh_fail(err, GH_E_PARSE,
	    "tdxModuleIdentities: id \"%s\", must be TDX_ and two hex digits", id);
}

static int read_module(struct gh_tcb_info *out, const json_t *o, struct gh_err *err)
{
	struct gh_tcb_module *m = &out->modules[out->n_modules];

	if (read_major(o, &m->major, err) < 0 || read_module_id(o, &m->id, err) < 0 ||
	    gh_tcb_read_svn_levels(o, 255, &out->advisories, &m->levels, err) < 0)
		return -1;
	if (gh_tcb_info_module(out, m->major) != NULL)
		return gh_fail(err, GH_E_PARSE,
		    "tdxModuleIdentities: TDX_%02X is there twice", m->major);
	out->n_modules++;
	return 0;
}

/* The list is absent in publications from before TDX 1.5. */
static int read_modules(struct gh_tcb_info *out, const json_t *o, struct gh_err *err)
{
	json_t *one = NULL, *list = json_object_get(o, "tdxModuleIdentities");
	size_t i;

	if (gh_json_obj(o, "tcbInfo", "tdxModule", &one, err) < 0 ||
	    read_module_id(one, &out->module, err) < 0)
		return -1;
	if (list == NULL)
		return 0;
	if (!json_is_array(list) || json_array_size(list) > GH_TCB_MODULES_MAX)
		return gh_fail(err, GH_E_PARSE,
		    "tcbInfo: \"tdxModuleIdentities\" must be an array of at most %d",
		    GH_TCB_MODULES_MAX);
	json_array_foreach(list, i, one)
	{
		if (read_module(out, one, err) < 0)
			return -1;
	}
	return 0;
}

int gh_tcb_info_parse(struct gh_tcb_info *out, struct gh_bytes json, struct gh_err *err)
{
	gh_auto(json_t *, gh_json_free) o = gh_json_parse(json.p, json.len, err);
	uint32_t type = 0;

	memset(out, 0, sizeof(*out));
	if (o == NULL)
		return gh_err_prefix(err, "tcbInfo");
	if (gh_tcb_read_head(o, "TDX", 3, &out->window, err) < 0 ||
	    gh_tcb_read_uint(o, "tcbType", 0, &type, err) < 0 ||
	    gh_tcb_read_hex(o, "fmspc", out->fmspc, sizeof(out->fmspc), err) < 0 ||
	    gh_tcb_read_hex(o, "pceId", out->pce_id, sizeof(out->pce_id), err) < 0 ||
	    read_modules(out, o, err) < 0)
		return -1;
	return read_levels(out, o, err);
}

const struct gh_tcb_module *gh_tcb_info_module(
    const struct gh_tcb_info *info, uint8_t major)
{
	for (size_t i = 0; i < info->n_modules; i++)
		if (info->modules[i].major == major)
			return &info->modules[i];
	return NULL;
}
