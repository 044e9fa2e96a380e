/* SPDX-License-Identifier: Apache-2.0
 * Compares two versions: finds the scheme, refuses what is not its form, orders the rest. */
#include "firmware/version.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "firmware/version_scheme.h"

static const struct gh_version_scheme *const families[] = {
    gh_version_schemes_nvidia,
    gh_version_schemes_vendor,
    gh_version_schemes_cpu,
    gh_version_schemes_package,
    gh_version_schemes_software,
};

static const struct gh_version_scheme *find_scheme(const char *name)
{
	for (size_t f = 0; f < GH_COUNT(families); f++)
		for (const struct gh_version_scheme *s = families[f]; s->name; s++)
			if (strcmp(s->name, name) == 0 ||
			    (s->alias && strcmp(s->alias, name) == 0))
				return s;
	return NULL;
}

const char *gh_version_scheme_at(size_t i)
{
	for (size_t f = 0; f < GH_COUNT(families); f++)
		for (const struct gh_version_scheme *s = families[f]; s->name; s++)
			if (i-- == 0)
				return s->name;
	return NULL;
}

bool gh_version_scheme_known(const char *scheme)
{
	return find_scheme(scheme) != NULL;
}

bool gh_version_absent(const char *s)
{
	return s == NULL || gh_text_placeholder(gh_text_of(s));
}

/* Versions are short and printable ASCII. */
static bool is_plain(struct gh_bytes s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < 0x20 || s.p[i] > 0x7e)
			return false;
	return s.len <= GH_VERSION_MAX_LEN;
}

static enum gh_version_rel compare_parsed(
    const struct gh_version *a, const struct gh_version *b)
{
	if (strcasecmp(a->line, b->line) != 0)
		return GH_VERSION_INCOMPARABLE;
	for (size_t i = 0; i < GH_VERSION_KEYS; i++)
		if (a->key[i] != b->key[i])
			return gh_version_order_of(a->key[i], b->key[i]);
	if (a->date != 0 && b->date != 0 && a->date != b->date)
		return gh_version_order_of(a->date, b->date);
	if (a->has_variant != b->has_variant || a->variant != b->variant)
		return GH_VERSION_RELEASE_EQUAL;
	return GH_VERSION_EQUAL;
}

static enum gh_version_rel compare_forms(
    const struct gh_version_scheme *s, struct gh_bytes a, struct gh_bytes b)
{
	struct gh_version va, vb;

	memset(&va, 0, sizeof(va));
	memset(&vb, 0, sizeof(vb));
	if (!is_plain(a) || !is_plain(b))
		return GH_VERSION_INVALID;
	if (s->compare)
		return s->compare(a, b);
	if (!s->parse(a, &va) || !s->parse(b, &vb))
		return GH_VERSION_INVALID;
	return compare_parsed(&va, &vb);
}

enum gh_version_rel gh_version_compare(const char *scheme, const char *a, const char *b)
{
	const struct gh_version_scheme *s = find_scheme(scheme);

	if (!s)
		return GH_VERSION_INVALID;
	if (gh_version_absent(a) || gh_version_absent(b))
		return GH_VERSION_ABSENT;
	return compare_forms(s, gh_text_trim(gh_text_of(a)), gh_text_trim(gh_text_of(b)));
}

bool gh_version_at_least(
    const char *scheme, const char *have, const char *floor, enum gh_version_rel *why)
{
	enum gh_version_rel r = gh_version_compare(scheme, have, floor);

	if (why)
		*why = r;
	return r == GH_VERSION_GREATER || r == GH_VERSION_EQUAL ||
	       r == GH_VERSION_RELEASE_EQUAL;
}

bool gh_version_valid(const char *scheme, const char *s)
{
	return gh_version_compare(scheme, s, s) == GH_VERSION_EQUAL;
}

enum gh_version_rel gh_version_inverse(enum gh_version_rel r)
{
	switch (r) {
	case GH_VERSION_LESS:
	case GH_VERSION_BACKPORT:
		return GH_VERSION_GREATER;
	case GH_VERSION_GREATER:
		return GH_VERSION_LESS;
	default:
		return r;
	}
}

const char *gh_version_rel_word(enum gh_version_rel r)
{
	static const char *const words[] = {"invalid", "absent", "<", ">", "=",
	    "release-equal", "incomparable", "backport"};

	return (unsigned int)r < GH_COUNT(words) ? words[r] : words[0];
}
