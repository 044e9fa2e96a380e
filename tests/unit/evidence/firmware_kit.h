/* SPDX-License-Identifier: Apache-2.0
 * A small firmware image made for the tests: both lists, reset block, hash area. */
#pragma once

#include "evidence/firmware.h"
#include "tests/unit/tap.h"

#define KIT_LEN 8192u

/* What a test may change before the image is built. */
struct kit {
	bool no_sev, no_tdvf, no_hashes, no_reset;
	struct {
		uint32_t gpa, size, type;
	} sev[8];
	size_t n_sev;
	struct {
		uint32_t raw_at, raw_len;
		uint64_t gpa, mem;
		uint32_t type, attr;
	} td[8];
	size_t n_td;
	uint32_t hash_gpa, hash_size, reset_eip;
};

static inline void kit_default(struct kit *k)
{
	*k = (struct kit){.n_sev = 6, .n_td = 4};
	k->sev[0].gpa = 0x800000, k->sev[0].size = 0x2000, k->sev[0].type = 1;
	k->sev[1].gpa = 0x80d000, k->sev[1].size = 0x1000, k->sev[1].type = 2;
	k->sev[2].gpa = 0x80e000, k->sev[2].size = 0x1000, k->sev[2].type = 3;
	k->sev[3].gpa = 0x80f000, k->sev[3].size = 0x1000, k->sev[3].type = 4;
	k->sev[4].gpa = 0x810000, k->sev[4].size = 0x1000, k->sev[4].type = 0x10;
	k->sev[5].gpa = 0x811000, k->sev[5].size = 0x1000, k->sev[5].type = 1;
	k->hash_gpa = 0x810c00;
	k->hash_size = 0x400;
	k->reset_eip = 0x80b004;
	k->td[0].raw_at = 0x1000, k->td[0].raw_len = 0x1000, k->td[0].gpa = 0xfffff000;
	k->td[0].mem = 0x1000, k->td[0].type = 0, k->td[0].attr = 1;
	k->td[1].raw_at = 0, k->td[1].raw_len = 0x1000, k->td[1].gpa = 0xffffe000;
	k->td[1].mem = 0x1000, k->td[1].type = 1, k->td[1].attr = 0;
	k->td[2].gpa = 0x809000, k->td[2].mem = 0x2000, k->td[2].type = 2;
	k->td[3].gpa = 0x100000000, k->td[3].mem = 0x200000, k->td[3].type = 4;
	k->td[3].attr = 2;
}

static inline void kit_le(unsigned char *at, size_t len, uint64_t v)
{
	for (size_t i = 0; i < len; i++)
		at[i] = (unsigned char)(v >> (8 * i));
}

/* Where the lists and the table lie, for tests that change a byte. */
#define KIT_SEV_AT  0x1200u
#define KIT_TDVF_AT 0x1410u

/* GUIDs by their text, so that the code's own tables are not trusted here. */
static inline void kit_guid(unsigned char *at, const char *text)
{
	static const int place[] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

	for (size_t i = 0; i < 16; text++) {
		char two[3];

		if (*text == '-')
			continue;
		two[0] = text[0];
		two[1] = text[1];
		two[2] = '\0';
		at[place[i++]] = (unsigned char)strtoul(two, NULL, 16);
		text++;
	}
}

/* One entry before *end. */
static inline void kit_item(
    unsigned char *b, size_t *end, const char *guid, const void *data, size_t len)
{
	kit_guid(b + *end - 16, guid);
	kit_le(b + *end - 18, 2, len + 18);
	memcpy(b + *end - 18 - len, data, len);
	*end -= 18 + len;
}

static inline void kit_lists(unsigned char *b, const struct kit *k)
{
	unsigned char *p = b + KIT_SEV_AT;

	memcpy(p, "ASEV", 4);
	kit_le(p + 4, 4, 16 + 12 * k->n_sev);
	kit_le(p + 8, 4, 1);
	kit_le(p + 12, 4, k->n_sev);
	for (size_t i = 0; i < k->n_sev; i++) {
		kit_le(p + 16 + 12 * i, 4, k->sev[i].gpa);
		kit_le(p + 20 + 12 * i, 4, k->sev[i].size);
		kit_le(p + 24 + 12 * i, 4, k->sev[i].type);
	}
	p = b + KIT_TDVF_AT;
	kit_guid(p - 16, "e9eaf9f3-168e-44d5-a8eb-7f4d8738f6ae");
	memcpy(p, "TDVF", 4);
	kit_le(p + 4, 4, 16 + 32 * k->n_td);
	kit_le(p + 8, 4, 1);
	kit_le(p + 12, 4, k->n_td);
	for (size_t i = 0; i < k->n_td; i++) {
		unsigned char *s = p + 16 + 32 * i;

		kit_le(s, 4, k->td[i].raw_at);
		kit_le(s + 4, 4, k->td[i].raw_len);
		kit_le(s + 8, 8, k->td[i].gpa);
		kit_le(s + 16, 8, k->td[i].mem);
		kit_le(s + 24, 4, k->td[i].type);
		kit_le(s + 28, 4, k->td[i].attr);
	}
}

/* b has KIT_LEN bytes. Returns the offset where the table begins. */
static inline size_t kit_build(unsigned char *b, const struct kit *k)
{
	size_t end = KIT_LEN - 50;
	unsigned char data[8];

	for (size_t i = 0; i < KIT_LEN; i++)
		b[i] = (unsigned char)(i * 7 + i / 256);
	kit_lists(b, k);
	kit_le(data, 4, k->reset_eip);
	if (!k->no_reset)
		kit_item(b, &end, "00f771de-1a7e-4fcb-890e-68c77e2fb44e", data, 4);
	kit_item(b, &end, "4c2eb361-7d9b-4cc3-8081-127c90d3d294", "\0\0\0\0\0\0\0", 8);
	kit_le(data, 4, k->hash_gpa);
	kit_le(data + 4, 4, k->hash_size);
	if (!k->no_hashes)
		kit_item(b, &end, "7255371f-3a3b-4b04-927b-1da6efa8d454", data, 8);
	kit_le(data, 4, KIT_LEN - KIT_SEV_AT);
	if (!k->no_sev)
		kit_item(b, &end, "dc886566-984a-4798-a75e-5585a7bf67cc", data, 4);
	kit_le(data, 4, KIT_LEN - KIT_TDVF_AT);
	if (!k->no_tdvf)
		kit_item(b, &end, "e47a6535-984a-4798-865e-4685a7bf8ec2", data, 4);
	kit_guid(b + KIT_LEN - 48, "96b582de-1fb2-45f7-baea-a366c55a082d");
	kit_le(b + KIT_LEN - 50, 2, KIT_LEN - 32 - end);
	return end;
}
