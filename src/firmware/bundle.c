/* SPDX-License-Identifier: Apache-2.0
 * Compares installed versions with the rows of known bundles. */
#include "firmware/bundle.h"

#include <string.h>

/* EQUAL, INCOMPARABLE (differs), or ABSENT when the row does not name the component.
 * Another board variant of the same release is no difference. */
static enum gh_version_rel against_row(
    const struct gh_knowledge *k, const struct gh_bundle *b, const struct gh_member *m)
{
	const struct gh_component *c = gh_knowledge_component(k, m->component);
	const json_t *list = json_object_get(b->members, m->component);

	if (!c || !list)
		return GH_VERSION_ABSENT;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *v = json_string_value(json_array_get(list, i));
		enum gh_version_rel r = gh_version_compare(c->scheme, m->version, v);

		if (r == GH_VERSION_EQUAL || r == GH_VERSION_RELEASE_EQUAL)
			return GH_VERSION_EQUAL;
	}
	return GH_VERSION_INCOMPARABLE;
}

const struct gh_bundle *gh_bundle_of_key(
    const struct gh_knowledge *k, const char *version)
{
	struct gh_member m = {k->n_members ? k->member[0] : "", version};

	for (size_t i = 0; i < k->n_bundles; i++)
		if (against_row(k, &k->bundle[i], &m) == GH_VERSION_EQUAL)
			return &k->bundle[i];
	return NULL;
}

/* A row without the key does not fit a machine whose key names another row. */
static bool key_elsewhere(
    const struct gh_knowledge *k, const struct gh_bundle *b, const struct gh_member *m)
{
	return k->n_members > 0 && strcmp(m->component, k->member[0]) == 0 &&
	       json_object_get(b->members, m->component) == NULL &&
	       gh_bundle_of_key(k, m->version) != NULL;
}

static void match_row(struct gh_bundle_match *out, const struct gh_knowledge *k,
    const struct gh_bundle *b, const struct gh_member *have, size_t n)
{
	memset(out, 0, sizeof(*out));
	out->row = b;
	for (size_t i = 0; i < n; i++) {
		enum gh_version_rel r = against_row(k, b, &have[i]);

		if (gh_version_absent(have[i].version)) {
			out->n_absent += r != GH_VERSION_ABSENT;
			continue;
		}
		out->n_same += r == GH_VERSION_EQUAL;
		if ((r == GH_VERSION_INCOMPARABLE || key_elsewhere(k, b, &have[i])) &&
		    out->n_differ < GH_BUNDLE_MEMBERS_MAX)
			out->differ[out->n_differ++] = have[i].component;
	}
	out->whole = out->n_same > 0 && out->n_differ == 0;
}

/* Whole before not, then most members the same, then fewest different. */
static bool is_nearer(const struct gh_bundle_match *a, const struct gh_bundle_match *b)
{
	if (b->row == NULL || a->whole != b->whole)
		return b->row == NULL || a->whole;
	if (a->n_same != b->n_same)
		return a->n_same > b->n_same;
	return a->n_differ < b->n_differ;
}

void gh_bundle_match(struct gh_bundle_match *out, const struct gh_knowledge *k,
    const struct gh_member *have, size_t n)
{
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < k->n_bundles; i++) {
		struct gh_bundle_match m;

		match_row(&m, k, &k->bundle[i], have, n);
		if (m.n_same > 0 && is_nearer(&m, out))
			*out = m;
	}
}

static bool is_release(const char *s)
{
	return s[0] != '\0';
}

enum gh_version_rel gh_bundle_against(const struct gh_bundle *b, const char *release)
{
	enum gh_version_rel from = gh_version_compare("semver", b->from, release);
	enum gh_version_rel to = gh_version_compare("semver", b->to, release);

	if (is_release(b->before) &&
	    gh_version_at_least("semver", release, b->before, NULL))
		return GH_VERSION_LESS;
	if (is_release(b->to) && to == GH_VERSION_LESS)
		return GH_VERSION_LESS;
	if (is_release(b->from) && from == GH_VERSION_GREATER)
		return GH_VERSION_GREATER;
	if (is_release(b->from) && from == GH_VERSION_EQUAL)
		return is_release(b->to) && to == GH_VERSION_EQUAL ? GH_VERSION_EQUAL
								   : GH_VERSION_GREATER;
	return GH_VERSION_INCOMPARABLE;
}

const struct gh_advisory *gh_bundle_advisory(const struct gh_knowledge *k,
    const struct gh_bundle *b, const struct gh_advisory *prev, enum gh_version_rel *rel)
{
	for (size_t i = prev ? (size_t)(prev - k->advisory) + 1 : 0; i < k->n_advisories;
	     i++) {
		const struct gh_advisory *a = &k->advisory[i];

		if (strcmp(a->component, "hgx_bundle") != 0)
			continue;
		*rel = gh_bundle_against(b, a->fixed);
		if (*rel == GH_VERSION_LESS || *rel == GH_VERSION_INCOMPARABLE)
			return a;
	}
	return NULL;
}
