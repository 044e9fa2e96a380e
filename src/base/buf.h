/* SPDX-License-Identifier: Apache-2.0
 * A growing byte string. Running out of memory is remembered, so that a chain of
 * appends needs one check at its end. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

struct gh_buf {
	unsigned char *p;
	size_t len; /* bytes */
	size_t cap;
	bool oom; /* sticky: an append was lost */
};

/* Borrowed bytes: whoever made them keeps them alive. */
struct gh_bytes {
	const unsigned char *p;
	size_t len;
};

void gh_buf_free(struct gh_buf *b);
void gh_buf_clear(struct gh_buf *b); /* len = 0, memory kept, oom forgotten */
void gh_buf_add(struct gh_buf *b, const void *p, size_t len);
void gh_buf_str(struct gh_buf *b, const char *s);
void gh_buf_chr(struct gh_buf *b, char c);
/* The low n bytes of v, the lowest first. */
void gh_buf_le(struct gh_buf *b, uint64_t v, size_t n);
void gh_buf_fmt(struct gh_buf *b, const char *fmt, ...) GH_PRINTF(2, 3);
void gh_buf_vfmt(struct gh_buf *b, const char *fmt, va_list ap) GH_PRINTF(2, 0);
/* Room for len more bytes; returns where they go, NULL when out of memory. The caller
 * adds what it wrote to b->len. */
unsigned char *gh_buf_room(struct gh_buf *b, size_t len);

/* 0, or -1 with NOMEM when an append was lost. */
GH_MUST_USE int gh_buf_ok(const struct gh_buf *b, struct gh_err *err);
/* The content with a NUL behind it (not counted in len); "" when empty or out of memory. */
const char *gh_buf_cstr(struct gh_buf *b);
/* The content as a malloc'd string that the caller frees; NULL when out of memory. */
char *gh_buf_take_str(struct gh_buf *b);
struct gh_bytes gh_buf_view(const struct gh_buf *b);

/* True when no bit is set; takes as long whatever is in it. */
bool gh_is_zero(const void *p, size_t len);

/* For gh_auto(char *, gh_str_free). */
void gh_str_free(char **s);
