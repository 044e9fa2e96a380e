/* SPDX-License-Identifier: Apache-2.0
 * Trust anchors: the file that names them, and the question whether a key is one. */
#include "evidence/trust.h"

#include <string.h>

#include "base/embed.h"
#include "base/text.h"

GH_EMBED(gh_trust_json, "inventory/trust.json");

static const struct {
	const char *word;
	enum gh_root root;
} roots[] = {
    {"nvidia-device", GH_ROOT_NVIDIA_DEVICE},
    {"nvidia-rim", GH_ROOT_NVIDIA_RIM},
    {"amd-ark", GH_ROOT_AMD_ARK},
    {"intel-sgx", GH_ROOT_INTEL_SGX},
    {"nvidia-nras", GH_ROOT_NVIDIA_NRAS},
};

/* "source" says where the pin comes from: for the person who reviews the file. */
static const char *const members[] = {
    "root", "name", "product", "spki_sha256", "lab", "source"};

static int members_known(const json_t *o, const char *where, struct gh_err *err)
{
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)o, key, value)
	{
		size_t i = 0;
		while (i < GH_COUNT(members) && strcmp(key, members[i]) != 0)
			i++;
		if (i == GH_COUNT(members))
			return gh_fail(
			    err, GH_E_CONFIG, "%s: unknown member \"%s\"", where, key);
	}
	return 0;
}

static int root_parse(const char *word, enum gh_root *out, struct gh_err *err)
{
	for (size_t i = 0; i < GH_COUNT(roots); i++)
		if (strcmp(word, roots[i].word) == 0) {
			*out = roots[i].root;
			return 0;
		}
	return gh_fail(err, GH_E_CONFIG, "trust anchor: unknown root \"%s\"", word);
}

static int copy_text(
    char *out, size_t size, const char *what, const char *in, struct gh_err *err)
{
	if (strlen(in) >= size)
		return gh_fail(err, GH_E_CONFIG,
		    "trust anchor: %s is longer than %zu bytes", what, size - 1);
	gh_text_clean_into(out, size, in);
	return 0;
}

static int anchor_parse(struct gh_anchor *a, const json_t *o, struct gh_err *err)
{
	const char *where = "trust anchor";
	const char *root = NULL, *name = NULL, *product = "", *spki = NULL,
		   *source = NULL;
	if (!json_is_object(o))
		return gh_fail(err, GH_E_CONFIG, "%s: not an object", where);
	if (members_known(o, where, err) < 0 ||
	    gh_json_str(o, where, "root", &root, err) < 0 ||
	    gh_json_str(o, where, "name", &name, err) < 0 ||
	    gh_json_str_opt(o, where, "product", &product, err) < 0 ||
	    gh_json_str(o, where, "spki_sha256", &spki, err) < 0 ||
	    gh_json_bool_opt(o, where, "lab", &a->lab, err) < 0 ||
	    gh_json_str_opt(o, where, "source", &source, err) < 0)
		return -1;
	if (root_parse(root, &a->root, err) < 0 ||
	    copy_text(a->name, sizeof(a->name), "name", name, err) < 0 ||
	    copy_text(a->product, sizeof(a->product), "product", product, err) < 0)
		return -1;
	if (gh_unhex(a->spki, sizeof(a->spki), spki, err) < 0)
		return gh_err_prefix(err, "trust anchor %s, spki_sha256", a->name);
	return 0;
}

int gh_trust_add(struct gh_trust *t, const void *json, size_t len, struct gh_err *err)
{
	gh_auto(json_t *, gh_json_free) top = gh_json_parse(json, len, err);
	if (top == NULL)
		return gh_err_prefix(err, "trust file");
	if (!json_is_object(top) || json_object_size(top) != 1)
		return gh_fail(err, GH_E_CONFIG,
		    "trust file: want one object with the member \"anchors\" alone");
	json_t *list = NULL;
	if (gh_json_arr(top, "trust file", "anchors", &list, err) < 0)
		return -1;
	if (json_array_size(list) > GH_ANCHORS_MAX - t->n)
		return gh_fail(
		    err, GH_E_CONFIG, "trust file: more than %d anchors", GH_ANCHORS_MAX);
	struct gh_trust grown = *t; /* all of them or none */
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct gh_anchor a = {0};
		if (anchor_parse(&a, json_array_get(list, i), err) < 0)
			return -1;
		grown.at[grown.n++] = a;
	}
	*t = grown;
	return 0;
}

int gh_trust_builtin(struct gh_trust *t, struct gh_err *err)
{
	return gh_trust_add(
	    t, gh_trust_json, (size_t)(gh_trust_json_end - gh_trust_json), err);
}

const struct gh_anchor *gh_trust_find(
    const struct gh_trust *t, enum gh_root root, const uint8_t spki[static 32])
{
	if (t == NULL)
		return NULL;
	for (size_t i = 0; i < t->n; i++)
		if (t->at[i].root == root && memcmp(t->at[i].spki, spki, 32) == 0)
			return &t->at[i];
	return NULL;
}
