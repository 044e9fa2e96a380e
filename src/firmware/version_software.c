/* SPDX-License-Identifier: Apache-2.0
 * Version schemes of software: SemVer 2.0, kernels (uname -r), edk2, and text that can only
 * be equal. */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "firmware/version_scheme.h"

static int sign(int v)
{
	return v < 0 ? -1 : v > 0;
}

static bool has(struct gh_bytes s, char c)
{
	return s.len > 0 && s.p[0] == (unsigned char)c;
}

/* ---- SemVer ------------------------------------------------------------------------ */

struct semver {
	uint64_t n[3];
	struct gh_bytes pre; /* "" = a release */
};

/* Identifiers with dots, none empty, no number with a leading zero. */
static bool good_identifiers(struct gh_bytes s, bool zeros)
{
	while (true) {
		size_t dot = gh_scan_place(s, '.', false);
		struct gh_bytes id = gh_scan_cut(s, 0, dot);
		bool number = id.len > 0;

		for (size_t i = 0; i < id.len; i++)
			number &= isdigit(id.p[i]) != 0;
		if (id.len == 0 || !gh_scan_only(id, "-") ||
		    (number && !zeros && id.len > 1 && id.p[0] == '0'))
			return false;
		if (dot == s.len)
			return true;
		s = gh_scan_cut(s, dot + 1, s.len);
	}
}

static bool split_semver(struct gh_bytes s, struct semver *out)
{
	size_t plus = gh_scan_place(s, '+', false);

	if (plus < s.len && !good_identifiers(gh_scan_cut(s, plus + 1, s.len), true))
		return false;
	s = gh_scan_cut(s, 0, plus);
	for (int i = 0; i < 3; i++) {
		if ((i > 0 && !gh_scan_text(&s, ".")) ||
		    (has(s, '0') && s.len > 1 && isdigit(s.p[1])) ||
		    !gh_scan_number(&s, GH_DECIMAL, &out->n[i]))
			return false;
	}
	out->pre = s;
	if (s.len == 0)
		return true;
	if (!gh_scan_text(&s, "-") || !good_identifiers(s, false))
		return false;
	out->pre = s;
	return true;
}

static int compare_identifier(struct gh_bytes a, struct gh_bytes b)
{
	bool na = true, nb = true;

	for (size_t i = 0; i < a.len; i++)
		na &= isdigit(a.p[i]) != 0;
	for (size_t i = 0; i < b.len; i++)
		nb &= isdigit(b.p[i]) != 0;
	if (na != nb)
		return na ? -1 : 1;
	if (na)
		return gh_scan_compare_digits(&a, &b);
	int order = sign(memcmp(a.p, b.p, a.len < b.len ? a.len : b.len));
	return order ? order : a.len < b.len ? -1 : a.len > b.len;
}

static int compare_pre(struct gh_bytes a, struct gh_bytes b)
{
	if (a.len == 0 || b.len == 0)
		return a.len ? -1 : b.len ? 1 : 0;
	while (true) {
		size_t da = gh_scan_place(a, '.', false),
		       db = gh_scan_place(b, '.', false);
		int order =
		    compare_identifier(gh_scan_cut(a, 0, da), gh_scan_cut(b, 0, db));

		if (order != 0)
			return order;
		if (da == a.len || db == b.len)
			return da < a.len ? 1 : db < b.len ? -1 : 0;
		a = gh_scan_cut(a, da + 1, a.len);
		b = gh_scan_cut(b, db + 1, b.len);
	}
}

static enum gh_version_rel compare_semver(struct gh_bytes a, struct gh_bytes b)
{
	struct semver va, vb;

	if (!split_semver(a, &va) || !split_semver(b, &vb))
		return GH_VERSION_INVALID;
	for (int i = 0; i < 3; i++)
		if (va.n[i] != vb.n[i])
			return gh_version_order_of(va.n[i], vb.n[i]);
	return gh_version_rel_of(compare_pre(va.pre, vb.pre));
}

/* ---- kernel ------------------------------------------------------------------------ */

#define RC_NONE UINT32_MAX /* a release stands behind its candidates */

struct kernel_version {
	uint64_t n[4];          /* major, minor, patch, candidate */
	struct gh_bytes vendor; /* "-1011-intel"; "" = as kernel.org made it */
};

static bool split_kernel(struct gh_bytes s, struct kernel_version *out)
{
	const struct gh_digits d = {10, 1, 4};

	*out = (struct kernel_version){.n = {0, 0, 0, RC_NONE}};
	if (gh_scan_dots(&s, d, 3, out->n) < 2)
		return false;
	if (gh_scan_text(&s, "-rc") && !gh_scan_number(&s, d, &out->n[3]))
		return false;
	out->vendor = s;
	return s.len == 0 || (strchr("-+.~_", s.p[0]) && gh_scan_only(s, "-+.~_"));
}

/* Builds of one flavour are in order of their first number: -1004-intel, -1011-intel. */
static enum gh_version_rel compare_builds(struct gh_bytes a, struct gh_bytes b)
{
	uint64_t na = 0, nb = 0;

	if (a.len == b.len && memcmp(a.p, b.p, a.len) == 0)
		return GH_VERSION_EQUAL;
	if (!gh_scan_text(&a, "-") || !gh_scan_text(&b, "-") ||
	    !gh_scan_number(&a, GH_DECIMAL, &na) ||
	    !gh_scan_number(&b, GH_DECIMAL, &nb) || na == nb || a.len != b.len ||
	    memcmp(a.p, b.p, a.len) != 0)
		return GH_VERSION_RELEASE_EQUAL;
	return gh_version_order_of(na, nb);
}

static enum gh_version_rel compare_kernel(struct gh_bytes a, struct gh_bytes b)
{
	struct kernel_version va, vb;

	if (!split_kernel(a, &va) || !split_kernel(b, &vb))
		return GH_VERSION_INVALID;
	for (int i = 0; i < 4; i++) {
		if (va.n[i] == vb.n[i])
			continue;
		if (va.n[i] < vb.n[i] && va.vendor.len > 0 && vb.vendor.len == 0)
			return GH_VERSION_BACKPORT;
		return gh_version_order_of(va.n[i], vb.n[i]);
	}
	return compare_builds(va.vendor, vb.vendor);
}

/* ---- the rest ---------------------------------------------------------------------- */

/* edk2-stable202408.01 */
static bool parse_edk2(struct gh_bytes s, struct gh_version *out)
{
	const struct gh_digits six = {10, 6, 6};

	if (!gh_scan_text(&s, "edk2-stable") || !gh_scan_number(&s, six, &out->key[0]))
		return false;
	return s.len == 0 || (gh_scan_text(&s, ".") &&
				 gh_scan_number(&s, GH_DEC2, &out->key[1]) && s.len == 0);
}

/* Texts without an order. */
static enum gh_version_rel compare_text(struct gh_bytes a, struct gh_bytes b)
{
	return a.len == b.len && memcmp(a.p, b.p, a.len) == 0 ? GH_VERSION_EQUAL
							      : GH_VERSION_INCOMPARABLE;
}

const struct gh_version_scheme gh_version_schemes_software[] = {
    {"semver", NULL, NULL, compare_semver},
    {"kernel", NULL, NULL, compare_kernel},
    {"edk2", NULL, parse_edk2, NULL},
    {"text", NULL, NULL, compare_text},
    {NULL, NULL, NULL, NULL},
};
