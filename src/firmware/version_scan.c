/* SPDX-License-Identifier: Apache-2.0
 * The scanner of version texts: strict, bounded, no locale. */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "firmware/version_scheme.h"

static void advance(struct gh_bytes *s, size_t n)
{
	s->p += n;
	s->len -= n;
}

bool gh_scan_text(struct gh_bytes *s, const char *lit)
{
	if (!gh_text_starts(*s, lit))
		return false;
	advance(s, strlen(lit));
	return true;
}

static bool is_digit(unsigned char c, int base)
{
	return base == 16 ? isxdigit(c) != 0 : isdigit(c) != 0;
}

bool gh_scan_number(struct gh_bytes *s, struct gh_digits d, uint64_t *out)
{
	struct gh_bytes n = {s->p, 0};

	while (n.len < s->len && n.len <= d.max && is_digit(s->p[n.len], d.base))
		n.len++;
	if (n.len < d.min || n.len > d.max || gh_text_u64(n, d.base, out) != 0)
		return false;
	advance(s, n.len);
	return true;
}

unsigned int gh_scan_dots(
    struct gh_bytes *s, struct gh_digits d, unsigned int max, uint64_t *out)
{
	unsigned int n = 0;
	struct gh_bytes at = *s;

	while (n < max && (n == 0 || gh_scan_text(&at, ".")) &&
	       gh_scan_number(&at, d, &out[n])) {
		*s = at;
		n++;
	}
	return n;
}

bool gh_scan_word(struct gh_bytes *s, char *out, size_t size)
{
	size_t n = 0;

	while (n < s->len && isalnum(s->p[n]))
		n++;
	if (n == 0 || n >= size)
		return false;
	memcpy(out, s->p, n);
	out[n] = '\0';
	advance(s, n);
	return true;
}

/* ---- dates ------------------------------------------------------------------------- */

static bool scan_month(struct gh_bytes *s, uint64_t *out)
{
	static const char names[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
	    "Aug", "Sep", "Oct", "Nov", "Dec"};

	for (size_t i = 0; i < GH_COUNT(names); i++) {
		if (!gh_scan_text(s, names[i]))
			continue;
		*out = i + 1;
		return true;
	}
	return false;
}

static bool date_of(uint64_t year, uint64_t month, uint64_t day, uint64_t *out)
{
	if (year < 1980 || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	*out = year * 10000 + month * 100 + day;
	return true;
}

/* Three numbers of fixed width with sep between them. */
static bool scan_three(struct gh_bytes *s, const char *sep, const unsigned int width[3],
    uint64_t n[static 3])
{
	for (int i = 0; i < 3; i++) {
		struct gh_digits d = {10, width[i], width[i]};

		if ((i > 0 && !gh_scan_text(s, sep)) || !gh_scan_number(s, d, &n[i]))
			return false;
	}
	return true;
}

bool gh_scan_date(struct gh_bytes *s, uint64_t *out)
{
	static const unsigned int us[3] = {2, 2, 4}, iso[3] = {4, 2, 2};
	const struct gh_digits four = {10, 4, 4};
	struct gh_bytes at = *s;
	uint64_t n[3];
	bool ok = false;

	if (scan_month(&at, &n[0])) {
		ok = gh_scan_text(&at, " ") && gh_scan_number(&at, GH_DEC2, &n[1]) &&
		     gh_scan_text(&at, " ") && gh_scan_number(&at, four, &n[2]) &&
		     date_of(n[2], n[0], n[1], out);
	} else if (scan_three(&at, "-", iso, n)) {
		ok = date_of(n[0], n[1], n[2], out);
	} else {
		const char *sep = s->len > 2 && s->p[2] == '-' ? "-" : "/";

		at = *s;
		ok = scan_three(&at, sep, us, n) && date_of(n[2], n[0], n[1], out);
	}
	if (ok)
		*s = at;
	return ok;
}

enum gh_version_rel gh_version_order_of(uint64_t a, uint64_t b)
{
	return a < b ? GH_VERSION_LESS : a > b ? GH_VERSION_GREATER : GH_VERSION_EQUAL;
}

/* ---- parts and orders ---- */

struct gh_bytes gh_scan_cut(struct gh_bytes s, size_t from, size_t to)
{
	return (struct gh_bytes){s.p + from, to - from};
}

/* Where c stands first (or last), s.len when nowhere. */
size_t gh_scan_place(struct gh_bytes s, char c, bool last)
{
	size_t at = s.len;

	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] == (unsigned char)c && (last || at == s.len))
			at = i;
	return at;
}

bool gh_scan_only(struct gh_bytes s, const char *marks)
{
	for (size_t i = 0; i < s.len; i++)
		if (!isalnum(s.p[i]) && !strchr(marks, s.p[i]))
			return false;
	return true;
}

enum gh_version_rel gh_version_rel_of(int order)
{
	return order < 0   ? GH_VERSION_LESS
	       : order > 0 ? GH_VERSION_GREATER
			   : GH_VERSION_EQUAL;
}

/* Takes the digits at the front of both and compares them as numbers of any length. */
int gh_scan_compare_digits(struct gh_bytes *a, struct gh_bytes *b)
{
	struct gh_bytes *side[2] = {a, b}, n[2];

	for (int i = 0; i < 2; i++) {
		while (side[i]->len > 0 && side[i]->p[0] == '0')
			*side[i] = gh_scan_cut(*side[i], 1, side[i]->len);
		n[i] = gh_scan_cut(*side[i], 0, 0);
		while (n[i].len < side[i]->len && isdigit(n[i].p[n[i].len]))
			n[i].len++;
		*side[i] = gh_scan_cut(*side[i], n[i].len, side[i]->len);
	}
	if (n[0].len != n[1].len)
		return n[0].len < n[1].len ? -1 : 1;
	int order = memcmp(n[0].p, n[1].p, n[0].len);
	return order < 0 ? -1 : order > 0;
}

bool gh_scan_at_digit(struct gh_bytes s)
{
	return s.len > 0 && isdigit(s.p[0]);
}
