/* SPDX-License-Identifier: Apache-2.0
 * The only way to read binary from outside: a cursor that cannot leave its bytes.
 * A read past the end returns zeros and marks the reader bad for good; the parser asks
 * once at its end, and the error names the offset. */
#pragma once

#include <stdint.h>

#include "base/buf.h"

struct gh_rd {
	const unsigned char *p;
	size_t len;  /* bytes in all */
	size_t pos;  /* next byte */
	size_t base; /* offset of p[0] in the outermost input, for messages */
	bool bad;
	size_t bad_at, bad_need; /* where it ran short, and for how many bytes */
};

struct gh_rd gh_rd_of(const void *p, size_t len);
uint8_t gh_rd_u8(struct gh_rd *r);
uint16_t gh_rd_u16le(struct gh_rd *r);
uint32_t gh_rd_u24le(struct gh_rd *r);
uint32_t gh_rd_u32le(struct gh_rd *r);
uint64_t gh_rd_u64le(struct gh_rd *r);
uint16_t gh_rd_u16be(struct gh_rd *r);
uint32_t gh_rd_u32be(struct gh_rd *r);
/* len bytes in place (borrowed), or NULL past the end. */
const unsigned char *gh_rd_bytes(struct gh_rd *r, size_t len);
/* Copies len bytes; zeros past the end. */
void gh_rd_copy(struct gh_rd *r, void *out, size_t len);
void gh_rd_skip(struct gh_rd *r, size_t len);
/* A reader over the next len bytes, which are consumed here. Bad when they are short. */
struct gh_rd gh_rd_sub(struct gh_rd *r, size_t len);
size_t gh_rd_left(const struct gh_rd *r);
/* Offset of the next byte in the outermost input. */
size_t gh_rd_at(const struct gh_rd *r);
/* 0 when no read ran short; else -1, PARSE "<what>: truncated at offset ...". */
GH_MUST_USE int gh_rd_ok(const struct gh_rd *r, const char *what, struct gh_err *err);
/* As gh_rd_ok, and nothing may be left over. */
GH_MUST_USE int gh_rd_end(const struct gh_rd *r, const char *what, struct gh_err *err);
