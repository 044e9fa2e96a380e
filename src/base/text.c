/* SPDX-License-Identifier: Apache-2.0
 * Lines, words and numbers of text from outside, hex and base64. */
#include "base/text.h"

#include <stdlib.h>
#include <strings.h>

void gh_hex(char *out, const void *in, size_t len)
{
	static const char digit[] = "0123456789abcdef";
	const unsigned char *p = in;

	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digit[p[i] >> 4];
		out[2 * i + 1] = digit[p[i] & 15];
	}
	out[2 * len] = '\0';
}

void gh_buf_hex(struct gh_buf *out, const void *in, size_t len)
{
	unsigned char *to;
	size_t n;

	if (gh_mul(len, (size_t)2, &n)) {
		out->oom = true;
		return;
	}
	to = gh_buf_room(out, n);
	if (to == NULL)
		return;
	gh_hex((char *)to, in, len);
	out->len += n;
}

static int nibble(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool is_blank(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

int gh_unhex(void *out, size_t len, const char *hex, struct gh_err *err)
{
	unsigned char *to = out;

	if (strlen(hex) != 2 * len)
		return gh_fail(
		    err, GH_E_PARSE, "%zu hex digits, need %zu", strlen(hex), 2 * len);
	for (size_t i = 0; i < len; i++) {
		int hi = nibble((unsigned char)hex[2 * i]);
		int lo = nibble((unsigned char)hex[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return gh_fail(
			    err, GH_E_PARSE, "not a hex digit at character %zu", 2 * i);
		to[i] = (unsigned char)(hi << 4 | lo);
	}
	return 0;
}

int gh_unhex_buf(struct gh_buf *out, const char *in, size_t len, struct gh_err *err)
{
	int hi = -1;

	for (size_t i = 0; i < len; i++) {
		int v;

		if (is_blank((unsigned char)in[i]))
			continue;
		v = nibble((unsigned char)in[i]);
		if (v < 0)
			return gh_fail(
			    err, GH_E_PARSE, "not a hex digit at character %zu", i);
		if (hi < 0) {
			hi = v;
			continue;
		}
		gh_buf_chr(out, (char)(hi << 4 | v));
		hi = -1;
	}
	if (hi >= 0)
		return gh_fail(err, GH_E_PARSE, "an odd number of hex digits");
	return gh_buf_ok(out, err);
}

static const char b64_digit[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void gh_b64(struct gh_buf *out, const void *in, size_t len)
{
	const unsigned char *p = in;

	for (size_t i = 0; i < len; i += 3) {
		size_t n = len - i < 3 ? len - i : 3;
		unsigned int v = (unsigned int)p[i] << 16 |
				 (n > 1 ? (unsigned int)p[i + 1] << 8 : 0) |
				 (n > 2 ? p[i + 2] : 0);
		char q[4] = {b64_digit[v >> 18], b64_digit[v >> 12 & 63],
		    n > 1 ? b64_digit[v >> 6 & 63] : '=',
		    n > 2 ? b64_digit[v & 63] : '='};

		gh_buf_add(out, q, sizeof q);
	}
}

static int b64_value(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* One group of four; pad = number of '=' at its end, allowed in the last group only. */
static int unb64_group(unsigned char b[3], const char *q, size_t pad)
{
	unsigned int v = 0;

	for (size_t i = 0; i < 4; i++) {
		int d = i < 4 - pad ? b64_value((unsigned char)q[i]) : 0;

		if (d < 0)
			return -1;
		v = v << 6 | (unsigned int)d;
	}
	/* The bits that padding leaves over must be zero, or two texts mean one value. */
	if ((pad == 1 && (v & 0xff) != 0) || (pad == 2 && (v & 0xffff) != 0))
		return -1;
	b[0] = (unsigned char)(v >> 16);
	b[1] = (unsigned char)(v >> 8);
	b[2] = (unsigned char)v;
	return 0;
}

int gh_unb64(struct gh_buf *out, const char *in, size_t len, struct gh_err *err)
{
	if (len % 4 != 0)
		return gh_fail(err, GH_E_PARSE,
		    "base64 of %zu characters: not a multiple of four", len);
	unsigned char *to = gh_buf_room(out, len / 4 * 3);
	for (size_t i = 0; to != NULL && i < len; i += 4, to += 3) {
		size_t pad = 0;

		if (i + 4 == len)
			pad = in[i + 3] != '=' ? 0 : in[i + 2] != '=' ? 1 : 2;
		if (unb64_group(to, in + i, pad) < 0)
			return gh_fail(
			    err, GH_E_PARSE, "base64 is wrong near character %zu", i);
		out->len += 3 - pad;
	}
	return gh_buf_ok(out, err);
}

int gh_unb64_loose(struct gh_buf *out, const char *in, size_t len, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) tight = {0};
	unsigned char *to = gh_buf_room(&tight, len);

	for (size_t i = 0; to != NULL && i < len; i++) {
		if (!is_blank((unsigned char)in[i]))
			to[tight.len++] = (unsigned char)in[i];
	}
	if (gh_buf_ok(&tight, err) < 0)
		return -1;
	return gh_unb64(out, (const char *)tight.p, tight.len, err);
}

bool gh_text_line(struct gh_bytes *rest, struct gh_bytes *line)
{
	const unsigned char *nl;
	size_t n;

	if (rest->len == 0)
		return false;
	nl = memchr(rest->p, '\n', rest->len);
	n = nl == NULL ? rest->len : (size_t)(nl - rest->p);
	*line = (struct gh_bytes){rest->p, n};
	if (line->len > 0 && line->p[line->len - 1] == '\r')
		line->len--;
	if (nl != NULL)
		n++;
	rest->p += n;
	rest->len -= n;
	return true;
}

bool gh_text_word(struct gh_bytes *rest, struct gh_bytes *word)
{
	size_t a = 0, b;

	while (a < rest->len && is_blank(rest->p[a]))
		a++;
	for (b = a; b < rest->len && !is_blank(rest->p[b]); b++)
		;
	*word = (struct gh_bytes){rest->p + a, b - a};
	rest->p += b;
	rest->len -= b;
	return word->len > 0;
}

struct gh_bytes gh_text_trim(struct gh_bytes s)
{
	while (s.len > 0 && is_blank(s.p[0])) {
		s.p++;
		s.len--;
	}
	while (s.len > 0 && is_blank(s.p[s.len - 1]))
		s.len--;
	return s;
}

bool gh_text_is(struct gh_bytes s, const char *lit)
{
	size_t n = strlen(lit);

	return s.len == n && (n == 0 || memcmp(s.p, lit, n) == 0);
}

bool gh_text_starts(struct gh_bytes s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.len >= n && (n == 0 || memcmp(s.p, prefix, n) == 0);
}

const unsigned char *gh_text_find(struct gh_bytes s, const char *needle)
{
	return s.len == 0 ? NULL : memmem(s.p, s.len, needle, strlen(needle));
}

int gh_text_u64(struct gh_bytes s, int base, uint64_t *out)
{
	uint64_t v = 0;

	if (base == 16 && s.len > 2 && s.p[0] == '0' && (s.p[1] | 32) == 'x') {
		s.p += 2;
		s.len -= 2;
	}
	if (s.len == 0)
		return -1;
	for (size_t i = 0; i < s.len; i++) {
		int d = nibble(s.p[i]);

		if (d < 0 || d >= base || gh_mul(v, (uint64_t)base, &v) ||
		    gh_add(v, (uint64_t)d, &v))
			return -1;
	}
	*out = v;
	return 0;
}

struct gh_bytes gh_text_of(const char *s)
{
	return (struct gh_bytes){(const unsigned char *)s, strlen(s)};
}

bool gh_text_placeholder(struct gh_bytes s)
{
	static const char *const junk[] = {"", "-", "-*", "--", "0123456789", "123456789",
	    "N/A", "NA", "None", "Not Present", "Not Available", "Not Specified",
	    "Unknown", "Default string", "To be filled by O.E.M.", "System Serial Number",
	    "T00:00:00Z", "00000000-0000-0000-0000-000000000000"};

	s = gh_text_trim(s);
	for (size_t i = 0; i < GH_COUNT(junk); i++)
		if (s.len == strlen(junk[i]) &&
		    (s.len == 0 || !strncasecmp((const char *)s.p, junk[i], s.len)))
			return true;
	return false;
}
