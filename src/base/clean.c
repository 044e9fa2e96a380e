/* SPDX-License-Identifier: Apache-2.0
 * The gate between a remote byte and any eye (declared in text.h; spec/console.md
 * section 4, "escape injection"). */
#include <stdio.h>

#include "base/text.h"

#define MARKS_MAX 2 /* combining marks behind one base */

struct range {
	uint32_t from, to;
};

/* Unicode 15: what moves, hides or reorders text, or means nothing to a reader. */
static const struct range hidden[] = {
    {0x00ad, 0x00ad},
    {0x034f, 0x034f},
    {0x061c, 0x061c},
    {0x115f, 0x1160},
    {0x17b4, 0x17b5},
    {0x180b, 0x180f},
    {0x200b, 0x200f},
    {0x2028, 0x202e},
    {0x2060, 0x206f},
    {0x3164, 0x3164},
    {0xd800, 0xf8ff},
    {0xfe00, 0xfe0f},
    {0xfeff, 0xfeff},
    {0xffa0, 0xffa0},
    {0xfff0, 0xfffb},
    {0xfffe, 0xffff},
    {0x1d173, 0x1d17a},
    {0xe0000, 0x10ffff},
};

static const struct range combining[] = {
    {0x0300, 0x036f},
    {0x0483, 0x0489},
    {0x0591, 0x05bd},
    {0x0610, 0x061a},
    {0x064b, 0x065f},
    {0x0e31, 0x0e31},
    {0x0e34, 0x0e3a},
    {0x0e47, 0x0e4e},
    {0x1ab0, 0x1aff},
    {0x1dc0, 0x1dff},
    {0x20d0, 0x20ff},
    {0xfe20, 0xfe2f},
};

static bool in_ranges(const struct range *r, size_t n, uint32_t c)
{
	for (size_t i = 0; i < n; i++) {
		if (c >= r[i].from && c <= r[i].to)
			return true;
	}
	return false;
}

/* Bytes of the valid sequence at p, 0 when it is not UTF-8 (RFC 3629: shortest form, no
 * surrogates, up to U+10FFFF). */
static size_t decode(const unsigned char *p, size_t len, uint32_t *c)
{
	static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n = p[0] < 0x80       ? 1
		   : p[0] >> 5 == 6  ? 2
		   : p[0] >> 4 == 14 ? 3
		   : p[0] >> 3 == 30 ? 4
				     : 0;

	if (n == 0 || n > len)
		return 0;
	*c = n == 1 ? p[0] : p[0] & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if (p[i] >> 6 != 2)
			return 0;
		*c = *c << 6 | (p[i] & 63);
	}
	if (*c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c <= 0xdfff))
		return 0;
	return n;
}

/* What one character becomes: itself, a blank, or an escape in `text`. */
static size_t clean_one(const unsigned char *p, size_t len, char text[16], size_t *marks)
{
	uint32_t c = 0;
	size_t n = decode(p, len, &c);

	if (n == 0) {
		snprintf(text, 16, "\\x%02x", p[0]);
		*marks = 0;
		return 1;
	}
	if (in_ranges(combining, GH_COUNT(combining), c) && ++*marks <= MARKS_MAX) {
		memcpy(text, p, n);
		text[n] = '\0';
		return n;
	}
	if (c == '\t' || c == '\n')
		memcpy(text, " ", 2);
	else if (c < 0x20 || (c >= 0x7f && c < 0xa0))
		snprintf(text, 16, "\\x%02x", (unsigned int)c);
	else if (in_ranges(hidden, GH_COUNT(hidden), c) ||
		 in_ranges(combining, GH_COUNT(combining), c)) /* one mark too many */
		snprintf(text, 16, "\\u{%04x}", (unsigned int)c);
	else {
		memcpy(text, p, n);
		text[n] = '\0';
	}
	if (!in_ranges(combining, GH_COUNT(combining), c))
		*marks = 0;
	return n;
}

size_t gh_text_plain(const void *in, size_t len)
{
	const unsigned char *p = in;
	size_t n = 0;

	while (n < len && p[n] >= 0x20 && p[n] < 0x7f)
		n++;
	return n;
}

void gh_text_clean(struct gh_buf *out, const void *in, size_t len, size_t max)
{
	const unsigned char *p = in;
	size_t start = out->len, marks = MARKS_MAX + 1; /* a mark needs a base first */
	size_t cut = start;                             /* where "..." would still fit */

	for (size_t i = 0; i < len;) {
		size_t plain = gh_text_plain(p + i, len - i), used = out->len - start;
		char text[16];

		if (plain > 0 && used + plain + 3 <= max) {
			gh_buf_add(out, p + i, plain);
			cut = out->len;
			marks = 0;
			i += plain;
			continue;
		}
		i += clean_one(p + i, len - i, text, &marks);
		if (out->len - start + strlen(text) > max) {
			out->len = cut;
			if (max >= 3)
				gh_buf_str(out, "...");
			return;
		}
		gh_buf_str(out, text);
		if (out->len - start + 3 <= max)
			cut = out->len;
	}
}

size_t gh_text_whole(const void *in, size_t n)
{
	const unsigned char *p = in;

	while (n > 0 && (p[n] & 0xc0) == 0x80)
		n--;
	return n;
}

void gh_text_clean_into(char *out, size_t size, const char *in)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	size_t n;

	if (size == 0)
		return;
	gh_text_clean(&b, in, strlen(in), size - 1);
	n = b.len < size ? b.len : size - 1;
	if (n > 0)
		memcpy(out, b.p, n);
	out[n] = '\0';
}
