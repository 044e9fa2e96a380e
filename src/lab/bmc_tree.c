/* SPDX-License-Identifier: Apache-2.0
 * Makes a lab BMC's tree from the tables of bmc_rows.h. */
#include "lab/bmc_tree.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "lab/bmc_edit.h"
#include "lab/bmc_erot.h"
#include "lab/bmc_rows.h"
#include "lab/bmc_values.h"
#include "lab/fixture.h"

#define ROOT     "/redfish/v1"
#define PATH_LEN 128

struct make {
	json_t *tree;
	struct gh_bmc_values values;
	unsigned int have; /* which rows are there: set of enum gh_bmc_when */
	struct gh_err *err;
};

/* "Chassis.v1_14_0" is "#Chassis.v1_14_0.Chassis". */
static void set_type(json_t *body, const char *type)
{
	size_t len = strcspn(type, ".");
	char text[128];

	snprintf(text, sizeof(text), "#%s.%.*s", type, (int)len, type);
	json_object_set_new(body, "@odata.type", json_string(text));
}

int gh_bmc_tree_put(
    json_t *tree, const char *path, const char *type, json_t *body, struct gh_err *err)
{
	char full[sizeof(ROOT) + PATH_LEN];

	snprintf(full, sizeof(full), ROOT "%s%s", path[0] ? "/" : "", path);
	if (type)
		set_type(body, type);
	json_object_set_new(body, "@odata.id", json_string(full));
	if (json_object_set_new(tree, full, body))
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	return 0;
}

/* Where the last part of the path is no number or name of its own, the body says Id. */
static void set_names(json_t *body, const char *path, const char *name)
{
	const char *slash = strrchr(path, '/'), *id = slash ? slash + 1 : path;

	if (!json_object_get(body, "Id"))
		json_object_set_new(body, "Id", json_string(id));
	if (name[0])
		json_object_set_new(body, "Name", json_string(name));
}

static bool is_collection(const char *type)
{
	size_t len = strcspn(type, ".");

	return len > 10 && !memcmp(type + len - 10, "Collection", 10);
}

static int put_row(struct make *m, const struct gh_bmc_row *r)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	gh_auto(struct gh_buf, gh_buf_free) path = {0};
	gh_auto(struct gh_buf, gh_buf_free) name = {0};
	json_t *body;

	gh_buf_chr(&text, '{');
	if (!gh_bmc_values_body(&m->values, &text, r->body) ||
	    !gh_bmc_values_text(&m->values, &path, r->path) ||
	    !gh_bmc_values_text(&m->values, &name, r->name))
		return gh_fail(
		    m->err, GH_E_INTERNAL, "lab BMC: %s has an unknown word", r->path);
	gh_buf_chr(&text, '}');
	if (gh_buf_ok(&text, m->err))
		return -1;
	body = gh_json_parse(text.p, text.len, m->err);
	if (!body)
		return gh_err_prefix(m->err, "lab BMC: %s", r->path);
	if (!is_collection(r->type))
		set_names(body, gh_buf_cstr(&path), gh_buf_cstr(&name));
	else
		json_object_set_new(body, "Name", json_string(gh_buf_cstr(&name)));
	if (!(r->when & GH_BMC_NO_ETAG))
		json_object_set_new(body, "@odata.etag", json_string("@etag"));
	return gh_bmc_tree_put(m->tree, gh_buf_cstr(&path), r->type, body, m->err);
}

static bool is_there(const struct make *m, unsigned int when)
{
	when &= ~(unsigned int)GH_BMC_NO_ETAG;
	return (m->have & when) == when;
}

static int put_rows(struct make *m, const struct gh_bmc_row *r)
{
	for (; r->path; r++) {
		if (!is_there(m, r->when))
			continue;
		for (unsigned int n = r->from; n <= r->to; n++) {
			gh_bmc_values_number(&m->values, n);
			if (put_row(m, r))
				return -1;
		}
	}
	return 0;
}

/* The token at the end of an attribute's name: another board or BIOS, another token. */
static unsigned int name_token(const struct gh_lab_spec *s, const char *name)
{
	const char *const parts[] = {s->board, s->bios_version, name};
	uint32_t h = 2166136261u; /* FNV-1a */

	for (size_t i = 0; i < GH_COUNT(parts); i++)
		for (const char *c = parts[i]; *c; c++)
			h = (h ^ (unsigned char)*c) * 16777619u;
	return (h ^ h >> 16) & 0xffff;
}

static int put_attributes(struct make *m)
{
	json_t *all = json_object();

	json_object_set_new(
	    json_object_get(m->tree, ROOT "/Systems/1/Bios"), "Attributes", all);
	for (const struct gh_bmc_bios *b = gh_bmc_rows_bios; b->name; b++) {
		gh_auto(struct gh_buf, gh_buf_free) text = {0};
		char name[PATH_LEN];
		json_t *v;

		if (!is_there(m, b->when))
			continue;
		gh_buf_chr(&text, '[');
		if (!gh_bmc_values_body(&m->values, &text, b->value))
			return gh_fail(m->err, GH_E_INTERNAL,
			    "lab BMC: %s has an unknown word", b->name);
		gh_buf_chr(&text, ']');
		v = gh_json_parse(text.p, text.len, m->err);
		if (!v)
			return gh_err_prefix(m->err, "lab BMC: %s", b->name);
		snprintf(name, sizeof(name), "%s_%04X", b->name,
		    name_token(m->values.spec, b->name));
		json_object_set(all, name, json_array_get(v, 0));
		json_decref(v);
	}
	return 0;
}

/* ---- what follows from the rest ---------------------------------------------------- */

static json_t *link_to(const char *path)
{
	return json_pack("{s:s}", "@odata.id", path);
}

static void list_members(json_t *tree, const char *path, json_t *body)
{
	json_t *members = json_array(), *v;
	size_t len = strlen(path);
	const char *other;

	json_object_foreach(tree, other, v)
	{
		if (!strncmp(other, path, len) && other[len] == '/' &&
		    !strchr(other + len + 1, '/'))
			json_array_append_new(members, link_to(other));
	}
	json_object_set_new(body, "Members@odata.count",
	    json_integer((json_int_t)json_array_size(members)));
	json_object_set_new(body, "Members", members);
}

int gh_bmc_tree_finish(json_t *tree, struct gh_err *err)
{
	static const char *const optional[] = {"ComponentIntegrity"};
	json_t *root = json_object_get(tree, ROOT), *body;
	const char *path;

	if (!root)
		return gh_fail(err, GH_E_INTERNAL, "lab BMC: no service root");
	for (size_t i = 0; i < GH_COUNT(optional); i++) {
		char full[PATH_LEN];

		snprintf(full, sizeof(full), ROOT "/%s", optional[i]);
		if (json_object_get(tree, full))
			json_object_set_new(root, optional[i], link_to(full));
	}
	json_object_foreach(tree, path, body)
	{
		const char *type = gh_json_text(body, "@odata.type");

		if (is_collection(type))
			list_members(tree, path, body);
	}
	return 0;
}

/* ---- the whole --------------------------------------------------------------------- */

/* Somebody else's: same model, nothing else the same. */
static struct gh_lab_spec other_machine(const struct gh_lab_spec *s)
{
	struct gh_lab_spec other = *s;

	other.index += 40;
	other.serial = "S948211X4A07741";
	other.board_serial = "WM24AS607741";
	other.chassis_serial = "C8210MK48A7741";
	other.uuid = "00000000-0000-0000-0000-7cc2555f7741";
	return other;
}

static int fill(struct make *m, const struct gh_bmc_tree_in *in)
{
	if (put_rows(m, gh_bmc_rows_manager) || put_rows(m, gh_bmc_rows_system) ||
	    put_rows(m, gh_bmc_rows_chassis) || put_rows(m, gh_bmc_rows_firmware) ||
	    put_attributes(m))
		return -1;
	if (gh_bmc_erot_add(m->tree, in->dir, in->spec, m->err))
		return -1;
	for (size_t i = 0; in->checks && i < in->checks->n; i++)
		if (gh_bmc_edit(m->tree, &m->values,
			gh_check_fault_row(in->checks->at[i]), m->err))
			return -1;
	return gh_bmc_tree_finish(m->tree, m->err);
}

json_t *gh_bmc_tree(const struct gh_bmc_tree_in *in, struct gh_err *err)
{
	struct gh_lab_spec spec = in->swapped ? other_machine(in->spec) : *in->spec;
	struct make m = {.tree = json_object(),
	    .have = in->spec->snp ? GH_BMC_SNP : GH_BMC_TDX,
	    .err = err};

	if (!(in->faults & GH_FIXTURE_TEE_OFF))
		m.have |= GH_BMC_TEE;
	gh_bmc_values_fill(&m.values, &spec, in->faults, in->off);
	if (!m.tree || fill(&m, in)) {
		json_decref(m.tree);
		return NULL;
	}
	return m.tree;
}
