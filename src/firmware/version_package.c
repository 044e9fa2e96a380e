/* SPDX-License-Identifier: Apache-2.0
 * Version schemes of packages: Debian's (deb-version(7)) and RPM's (rpm-version(7)). */
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

/* ---- deb --------------------------------------------------------------------------- */

/* Letters before other marks, "~" before everything, even the end. */
static int deb_weight(struct gh_bytes s)
{
	if (s.len == 0 || isdigit(s.p[0]))
		return 0;
	if (s.p[0] == '~')
		return -1;
	return isalpha(s.p[0]) ? s.p[0] : s.p[0] + 256;
}

static int deb_compare_part(struct gh_bytes a, struct gh_bytes b)
{
	while (a.len > 0 || b.len > 0) {
		while (
		    (a.len > 0 && !isdigit(a.p[0])) || (b.len > 0 && !isdigit(b.p[0]))) {
			int wa = deb_weight(a), wb = deb_weight(b);

			if (wa != wb)
				return wa < wb ? -1 : 1;
			a = gh_scan_cut(a, a.len > 0, a.len);
			b = gh_scan_cut(b, b.len > 0, b.len);
		}
		int order = gh_scan_compare_digits(&a, &b);
		if (order != 0)
			return order;
	}
	return 0;
}

/* Takes "N:" from the front; none is epoch 0. False when it is no number. */
static bool take_epoch(struct gh_bytes *s, uint64_t *epoch)
{
	size_t colon = gh_scan_place(*s, ':', false);

	*epoch = 0;
	if (colon == s->len)
		return true;
	if (gh_text_u64(gh_scan_cut(*s, 0, colon), 10, epoch) != 0 || *epoch > INT32_MAX)
		return false;
	*s = gh_scan_cut(*s, colon + 1, s->len);
	return true;
}

struct package_version {
	uint64_t epoch;
	struct gh_bytes upstream, revision;
};

static bool split_deb(struct gh_bytes s, struct package_version *out)
{
	size_t dash;

	if (!take_epoch(&s, &out->epoch))
		return false;
	dash = gh_scan_place(s, '-', true);
	out->upstream = gh_scan_cut(s, 0, dash);
	out->revision =
	    dash == s.len ? gh_scan_cut(s, dash, dash) : gh_scan_cut(s, dash + 1, s.len);
	return gh_scan_at_digit(out->upstream) && gh_scan_only(out->upstream, ".+-~:") &&
	       gh_scan_only(out->revision, ".+~") &&
	       (dash == s.len || out->revision.len > 0);
}

static enum gh_version_rel compare_deb(struct gh_bytes a, struct gh_bytes b)
{
	struct package_version va, vb;
	int order;

	if (!split_deb(a, &va) || !split_deb(b, &vb))
		return GH_VERSION_INVALID;
	if (va.epoch != vb.epoch)
		return gh_version_order_of(va.epoch, vb.epoch);
	order = deb_compare_part(va.upstream, vb.upstream);
	return gh_version_rel_of(
	    order ? order : deb_compare_part(va.revision, vb.revision));
}

/* ---- rpm --------------------------------------------------------------------------- */

static struct gh_bytes rpm_skip(struct gh_bytes s)
{
	while (s.len > 0 && !isalnum(s.p[0]) && s.p[0] != '~' && s.p[0] != '^')
		s = gh_scan_cut(s, 1, s.len);
	return s;
}

static struct gh_bytes take_letters(struct gh_bytes *s)
{
	size_t n = 0;

	while (n < s->len && isalpha(s->p[n]))
		n++;
	struct gh_bytes word = gh_scan_cut(*s, 0, n);
	*s = gh_scan_cut(*s, n, s->len);
	return word;
}

static int compare_letters(struct gh_bytes *a, struct gh_bytes *b)
{
	struct gh_bytes wa = take_letters(a), wb = take_letters(b);
	size_t n = wa.len < wb.len ? wa.len : wb.len;
	int order = sign(memcmp(wa.p, wb.p, n));

	return order ? order : wa.len < wb.len ? -1 : wa.len > wb.len;
}

/* One segment of both; *done when nothing is left to compare. "~" stands before the end,
 * "^" behind it but before anything else. */
static int rpm_compare_segment(struct gh_bytes *a, struct gh_bytes *b, bool *done)
{
	*a = rpm_skip(*a);
	*b = rpm_skip(*b);
	if (has(*a, '~') || has(*b, '~')) {
		if (has(*a, '~') != has(*b, '~'))
			return has(*a, '~') ? -1 : 1;
	} else if (has(*a, '^') || has(*b, '^')) {
		if (has(*a, '^') != has(*b, '^'))
			return has(*a, '^') ? (b->len ? -1 : 1) : (a->len ? 1 : -1);
	} else if (a->len == 0 || b->len == 0) {
		*done = true;
		return a->len ? 1 : b->len ? -1 : 0;
	} else if (gh_scan_at_digit(*a) != gh_scan_at_digit(*b)) {
		return gh_scan_at_digit(*a) ? 1 : -1; /* a number is newer than a word */
	} else {
		return gh_scan_at_digit(*a) ? gh_scan_compare_digits(a, b)
					    : compare_letters(a, b);
	}
	*a = gh_scan_cut(*a, 1, a->len);
	*b = gh_scan_cut(*b, 1, b->len);
	return 0;
}

static int rpm_compare_part(struct gh_bytes a, struct gh_bytes b)
{
	bool done = false;
	int order = 0;

	while (!done && order == 0)
		order = rpm_compare_segment(&a, &b, &done);
	return order;
}

static bool split_rpm(struct gh_bytes s, struct package_version *out)
{
	size_t dash;

	if (!take_epoch(&s, &out->epoch))
		return false;
	dash = gh_scan_place(s, '-', false);
	out->upstream = gh_scan_cut(s, 0, dash);
	out->revision =
	    dash == s.len ? gh_scan_cut(s, dash, dash) : gh_scan_cut(s, dash + 1, s.len);
	return out->upstream.len > 0 && gh_scan_only(out->upstream, "._+~^") &&
	       gh_scan_only(out->revision, "._+~^") &&
	       (dash == s.len || out->revision.len > 0);
}

static enum gh_version_rel compare_rpm(struct gh_bytes a, struct gh_bytes b)
{
	struct package_version va, vb;
	int order;

	if (!split_rpm(a, &va) || !split_rpm(b, &vb))
		return GH_VERSION_INVALID;
	if (va.epoch != vb.epoch)
		return gh_version_order_of(va.epoch, vb.epoch);
	order = rpm_compare_part(va.upstream, vb.upstream);
	if (order == 0 && va.revision.len > 0 && vb.revision.len > 0)
		order = rpm_compare_part(va.revision, vb.revision);
	else if (order == 0 && va.revision.len != vb.revision.len)
		return GH_VERSION_RELEASE_EQUAL;
	return gh_version_rel_of(order);
}

const struct gh_version_scheme gh_version_schemes_package[] = {
    {"deb", NULL, NULL, compare_deb},
    {"rpm", NULL, NULL, compare_rpm},
    {NULL, NULL, NULL, NULL},
};
