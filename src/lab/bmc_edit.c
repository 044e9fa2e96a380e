/* SPDX-License-Identifier: Apache-2.0
 * Rows of kind GH_CHECK_BMC. */
#include "lab/bmc_edit.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "lab/bmc_tree.h"

#define ROOT     "/redfish/v1/"
#define PART_LEN 128

struct edit {
	const struct gh_check_fault *row;
	json_t *value; /* borrowed; NULL = delete */
	struct gh_err *err;
};

static int no_member(const struct edit *e)
{
	return gh_fail(e->err, GH_E_CONFIG, "%s: the BMC shows no %s of %s",
	    e->row->check, e->row->from, e->row->where);
}

/* The name in o that a part of the pointer means; "Name_*" is the first that begins so. */
static const char *find_name(json_t *o, const char *part)
{
	size_t len = strlen(part);
	const char *name;
	json_t *v;

	if (!len || part[len - 1] != '*')
		return part;
	json_object_foreach(o, name, v)
	{
		if (!strncmp(name, part, len - 1))
			return name;
	}
	return NULL;
}

static json_t *step(json_t *v, const char *part)
{
	const char *name;
	uint64_t i;

	if (json_is_array(v))
		return gh_text_u64(gh_text_of(part), 10, &i) ? NULL
							     : json_array_get(v, i);
	name = find_name(v, part);
	return name ? json_object_get(v, name) : NULL;
}

/* Takes the next part off a pointer "/a/b"; false at its end. */
static bool next_part(const char **pointer, char part[static PART_LEN])
{
	size_t n;

	if (**pointer != '/')
		return false;
	n = strcspn(++*pointer, "/");
	snprintf(part, PART_LEN, "%.*s", (int)n, *pointer);
	*pointer += n;
	return true;
}

static int set_last(const struct edit *e, json_t *in, const char *part)
{
	const char *name = find_name(in, part);
	/* the name goes with the member */
	char copy[PART_LEN];

	if (!json_is_object(in) || !name)
		return no_member(e);
	snprintf(copy, sizeof(copy), "%s", name);
	if (e->value)
		return json_object_set(in, copy, e->value);
	return json_object_del(in, copy) ? no_member(e) : 0;
}

static int edit_body(const struct edit *e, json_t *body)
{
	const char *pointer = e->row->from;
	char part[PART_LEN], next[PART_LEN];
	json_t *in = body;

	if (!next_part(&pointer, part))
		return no_member(e);
	while (next_part(&pointer, next)) {
		in = step(in, part);
		if (!in)
			return no_member(e);
		memcpy(part, next, sizeof(part));
	}
	return set_last(e, in, part);
}

static int edit_whole(const struct edit *e, json_t *tree)
{
	char full[sizeof(ROOT) + PART_LEN];

	if (e->value)
		return gh_bmc_tree_put(
		    tree, e->row->where, NULL, json_deep_copy(e->value), e->err);
	snprintf(full, sizeof(full), ROOT "%s", e->row->where);
	return json_object_del(tree, full)
		   ? gh_fail(e->err, GH_E_CONFIG, "%s: the BMC has no %s", e->row->check,
			 e->row->where)
		   : 0;
}

/* Each resource that the row is about. */
static int edit_all(const struct edit *e, json_t *tree)
{
	size_t len = strlen(e->row->where), n = 0;
	bool all = len && e->row->where[len - 1] == '*';
	const char *path;
	json_t *body;

	json_object_foreach(tree, path, body)
	{
		const char *below = path + sizeof(ROOT) - 1;

		if (strncmp(path, ROOT, sizeof(ROOT) - 1) ||
		    (all ? strncmp(below, e->row->where, len - 1)
			 : strcmp(below, e->row->where)))
			continue;
		n++;
		if (edit_body(e, body))
			return -1;
	}
	if (n)
		return 0;
	return gh_fail(
	    e->err, GH_E_CONFIG, "%s: the BMC has no %s", e->row->check, e->row->where);
}

int gh_bmc_edit(json_t *tree, const struct gh_bmc_values *v,
    const struct gh_check_fault *row, struct gh_err *err)
{
	gh_auto(json_t *, gh_json_free) box = NULL;
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	struct edit e = {.row = row, .err = err};

	if (row->kind != GH_CHECK_BMC)
		return 0;
	if (row->to) {
		gh_buf_chr(&text, '[');
		if (!gh_bmc_values_body(v, &text, row->to))
			return gh_fail(
			    err, GH_E_INTERNAL, "%s has an unknown word", row->check);
		gh_buf_chr(&text, ']');
		box = gh_json_parse(text.p, text.len, err);
		if (!box)
			return gh_err_prefix(err, "%s", row->check);
		e.value = json_array_get(box, 0);
	}
	return row->from[0] ? edit_all(&e, tree) : edit_whole(&e, tree);
}
