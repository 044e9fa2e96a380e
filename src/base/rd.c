/* SPDX-License-Identifier: Apache-2.0
 * The bounds-checked reader. */
#include "base/rd.h"

struct gh_rd gh_rd_of(const void *p, size_t len)
{
	return (struct gh_rd){.p = p, .len = len};
}

const unsigned char *gh_rd_bytes(struct gh_rd *r, size_t len)
{
	const unsigned char *at;

	if (r->bad || len > r->len - r->pos) {
		if (!r->bad) {
			r->bad = true;
			r->bad_at = r->base + r->pos;
			r->bad_need = len;
		}
		return NULL;
	}
	at = r->p == NULL ? (const unsigned char *)"" : r->p + r->pos;
	r->pos += len;
	return at;
}

void gh_rd_copy(struct gh_rd *r, void *out, size_t len)
{
	const unsigned char *p = gh_rd_bytes(r, len);

	if (p == NULL)
		memset(out, 0, len);
	else
		memcpy(out, p, len);
}

void gh_rd_skip(struct gh_rd *r, size_t len)
{
	(void)gh_rd_bytes(r, len);
}

static uint64_t read_le(struct gh_rd *r, size_t len)
{
	const unsigned char *p = gh_rd_bytes(r, len);
	uint64_t v = 0;

	for (size_t i = len; p != NULL && i > 0; i--)
		v = v << 8 | p[i - 1];
	return v;
}

static uint64_t read_be(struct gh_rd *r, size_t len)
{
	const unsigned char *p = gh_rd_bytes(r, len);
	uint64_t v = 0;

	for (size_t i = 0; p != NULL && i < len; i++)
		v = v << 8 | p[i];
	return v;
}

uint8_t gh_rd_u8(struct gh_rd *r)
{
	return (uint8_t)read_le(r, 1);
}

uint16_t gh_rd_u16le(struct gh_rd *r)
{
	return (uint16_t)read_le(r, 2);
}

uint32_t gh_rd_u24le(struct gh_rd *r)
{
	return (uint32_t)read_le(r, 3);
}

uint32_t gh_rd_u32le(struct gh_rd *r)
{
	return (uint32_t)read_le(r, 4);
}

uint64_t gh_rd_u64le(struct gh_rd *r)
{
	return read_le(r, 8);
}

uint16_t gh_rd_u16be(struct gh_rd *r)
{
	return (uint16_t)read_be(r, 2);
}

uint32_t gh_rd_u32be(struct gh_rd *r)
{
	return (uint32_t)read_be(r, 4);
}

struct gh_rd gh_rd_sub(struct gh_rd *r, size_t len)
{
	size_t at = gh_rd_at(r);
	const unsigned char *p = gh_rd_bytes(r, len);
	struct gh_rd sub = {.p = p, .len = p == NULL ? 0 : len, .base = at};

	if (p == NULL) {
		sub.bad = true;
		sub.bad_at = r->bad_at;
		sub.bad_need = r->bad_need;
	}
	return sub;
}

size_t gh_rd_left(const struct gh_rd *r)
{
	return r->bad ? 0 : r->len - r->pos;
}

size_t gh_rd_at(const struct gh_rd *r)
{
	return r->base + r->pos;
}

int gh_rd_ok(const struct gh_rd *r, const char *what, struct gh_err *err)
{
	if (!r->bad)
		return 0;
	return gh_fail(err, GH_E_PARSE,
	    "%s: truncated at offset 0x%zx: %zu bytes needed, %zu there", what, r->bad_at,
	    r->bad_need, r->base + r->len - r->bad_at);
}

int gh_rd_end(const struct gh_rd *r, const char *what, struct gh_err *err)
{
	if (gh_rd_ok(r, what, err) < 0)
		return -1;
	if (r->pos != r->len)
		return gh_fail(err, GH_E_PARSE, "%s: %zu bytes too many at offset 0x%zx",
		    what, r->len - r->pos, gh_rd_at(r));
	return 0;
}
