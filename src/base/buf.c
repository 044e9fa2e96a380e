/* SPDX-License-Identifier: Apache-2.0
 * The growing byte string. */
#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

void gh_buf_free(struct gh_buf *b)
{
	free(b->p);
	*b = (struct gh_buf){0};
}

void gh_buf_clear(struct gh_buf *b)
{
	b->len = 0;
	b->oom = false;
}

/* One byte more than asked is kept for the NUL of gh_buf_cstr. */
unsigned char *gh_buf_room(struct gh_buf *b, size_t len)
{
	unsigned char *p;
	size_t need, cap;

	if (b->oom)
		return NULL;
	if (gh_add(b->len, len, &need) || gh_add(need, (size_t)1, &need))
		goto undo;
	if (need <= b->cap)
		return b->p + b->len;
	cap = b->cap < 64 ? 64 : b->cap;
	while (cap < need) {
		if (gh_mul(cap, (size_t)2, &cap))
			goto undo;
	}
	p = realloc(b->p, cap);
	if (p == NULL)
		goto undo;
	b->p = p;
	b->cap = cap;
	return b->p + b->len;
undo:
	b->oom = true;
	return NULL;
}

void gh_buf_add(struct gh_buf *b, const void *p, size_t len)
{
	unsigned char *to = gh_buf_room(b, len);

	if (to == NULL || len == 0)
		return;
	memcpy(to, p, len);
	b->len += len;
}

void gh_buf_str(struct gh_buf *b, const char *s)
{
	gh_buf_add(b, s, strlen(s));
}

void gh_buf_chr(struct gh_buf *b, char c)
{
	gh_buf_add(b, &c, 1);
}

void gh_buf_le(struct gh_buf *b, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		gh_buf_chr(b, (char)(v >> 8 * i));
}

/* Most texts fit the room that is there: they are formatted once. */
#define FMT_USUAL 127

void gh_buf_vfmt(struct gh_buf *b, const char *fmt, va_list ap)
{
	unsigned char *to = gh_buf_room(b, FMT_USUAL);
	va_list again;
	int n;

	if (to == NULL)
		return;
	va_copy(again, ap);
	n = vsnprintf((char *)to, FMT_USUAL + 1, fmt, again);
	va_end(again);
	if (n > FMT_USUAL && (to = gh_buf_room(b, (size_t)n)) != NULL)
		vsnprintf((char *)to, (size_t)n + 1, fmt, ap);
	if (n < 0 || to == NULL)
		b->oom = true;
	else
		b->len += (size_t)n;
}

void gh_buf_fmt(struct gh_buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	gh_buf_vfmt(b, fmt, ap);
	va_end(ap);
}

int gh_buf_ok(const struct gh_buf *b, struct gh_err *err)
{
	return b->oom ? gh_fail(err, GH_E_NOMEM, "out of memory") : 0;
}

const char *gh_buf_cstr(struct gh_buf *b)
{
	if (gh_buf_room(b, 0) == NULL)
		return "";
	b->p[b->len] = '\0';
	return (const char *)b->p;
}

char *gh_buf_take_str(struct gh_buf *b)
{
	char *s;

	if (gh_buf_room(b, 0) == NULL) {
		gh_buf_free(b);
		return NULL;
	}
	b->p[b->len] = '\0';
	s = (char *)b->p;
	*b = (struct gh_buf){0};
	return s;
}

struct gh_bytes gh_buf_view(const struct gh_buf *b)
{
	return (struct gh_bytes){b->p, b->len};
}

void gh_str_free(char **s)
{
	free(*s);
	*s = NULL;
}

bool gh_is_zero(const void *p, size_t len)
{
	const unsigned char *b = p;
	unsigned int any = 0;

	for (size_t i = 0; i < len; i++)
		any |= b[i];
	return !any;
}
