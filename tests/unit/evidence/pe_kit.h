/* SPDX-License-Identifier: Apache-2.0
 * A PE image made for the tests: headers of 0x400 bytes, sections where the test wants
 * them, trailing bytes, signatures. */
#pragma once

#include "base/buf.h"
#include "tests/unit/tap.h"

#define PE_AT      0x40u
#define PE_OPT     (PE_AT + 24)
#define PE_HEADERS 0x400u

struct pe_kit {
	bool pe32;     /* not PE32+ */
	uint32_t dirs; /* data directories; 6 in kernels, 16 in most others */
	struct {
		const char *name;
		uint32_t vsize, at, len;
		unsigned char fill;
	} s[16];
	size_t n;
	size_t trailing, certs; /* bytes */
};

static inline void pe_le(unsigned char *at, size_t len, uint64_t v)
{
	for (size_t i = 0; i < len; i++)
		at[i] = (unsigned char)(v >> (8 * i));
}

static inline size_t pe_dirs_at(const struct pe_kit *k)
{
	return PE_OPT + (k->pe32 ? 96 : 112);
}

static inline size_t pe_table_at(const struct pe_kit *k)
{
	return pe_dirs_at(k) + 8 * (size_t)k->dirs;
}

static inline void pe_build(struct gh_buf *out, const struct pe_kit *k)
{
	size_t end = PE_HEADERS, len;
	unsigned char *b;

	for (size_t i = 0; i < k->n; i++)
		if (k->s[i].len && k->s[i].at + k->s[i].len > end)
			end = k->s[i].at + k->s[i].len;
	len = end + k->trailing + k->certs;
	gh_buf_clear(out);
	b = gh_buf_room(out, len);
	assert_non_null(b);
	out->len = len;
	memset(b, 0xEE, len);
	memset(b, 0, PE_HEADERS);
	memcpy(b, "MZ", 2);
	pe_le(b + 0x3c, 4, PE_AT);
	memcpy(b + PE_AT, "PE\0\0\x64\x86", 6);
	pe_le(b + PE_AT + 6, 2, k->n);
	pe_le(b + PE_AT + 20, 2, pe_table_at(k) - PE_OPT);
	pe_le(b + PE_OPT, 2, k->pe32 ? 0x10b : 0x20b);
	pe_le(b + PE_OPT + 32, 4, 0x1000);
	pe_le(b + PE_OPT + 36, 4, 0x200);
	pe_le(b + PE_OPT + 60, 4, PE_HEADERS);
	pe_le(b + PE_OPT + 64, 4, 0x12345678); /* checksum */
	pe_le(b + pe_dirs_at(k) - 4, 4, k->dirs);
	if (k->certs && k->dirs > 4) {
		pe_le(b + pe_dirs_at(k) + 32, 4, len - k->certs);
		pe_le(b + pe_dirs_at(k) + 36, 4, k->certs);
	}
	for (size_t i = 0; i < k->n; i++) {
		unsigned char *s = b + pe_table_at(k) + 40 * i;

		memcpy(s, k->s[i].name, strlen(k->s[i].name));
		pe_le(s + 8, 4, k->s[i].vsize);
		pe_le(s + 12, 4, 0x1000 * (i + 1));
		pe_le(s + 16, 4, k->s[i].len);
		pe_le(s + 20, 4, k->s[i].at);
		if (k->s[i].len)
			memset(b + k->s[i].at, k->s[i].fill, k->s[i].len);
	}
	memset(b + len - k->certs, 0xCC, k->certs);
}

/* Three sections, the last in the header is the first in the file, one not in the file. */
static inline void pe_default(struct pe_kit *k)
{
	*k = (struct pe_kit){.dirs = 16, .n = 4};
	k->s[0].name = ".text", k->s[0].vsize = 0x180, k->s[0].at = 0x600;
	k->s[0].len = 0x200, k->s[0].fill = 1;
	k->s[1].name = ".data", k->s[1].vsize = 0x200, k->s[1].at = 0x800;
	k->s[1].len = 0x200, k->s[1].fill = 2;
	k->s[2].name = ".bss", k->s[2].vsize = 0x5000;
	k->s[3].name = ".setup", k->s[3].vsize = 0x200, k->s[3].at = 0x400;
	k->s[3].len = 0x200, k->s[3].fill = 3;
}
