/* SPDX-License-Identifier: Apache-2.0
 * MRTD: one SHA-384 over what the TDX module is told page by page. */
#include "evidence/tdx_mrtd.h"

#include "crypto/digest.h"

#define CHUNK    256
#define PAGE_LEN 4096u /* GH_FW_PAGE as the module counts */

/* 128 bytes: the operation's name, the address at 16, zeros. */
static void add_record(struct gh_hash_run *h, const char *name, uint64_t gpa)
{
	unsigned char rec[128] = {0};

	memcpy(rec, name, strlen(name));
	for (size_t i = 0; i < 8; i++)
		rec[16 + i] = (unsigned char)(gpa >> (8 * i));
	gh_hash_run_add(h, rec, sizeof(rec));
}

/* One page: its 16 chunks, zeros behind the file's data. */
static void extend_page(
    struct gh_hash_run *h, const struct gh_tdvf_section *s, uint64_t page)
{
	unsigned char chunk[CHUNK];

	for (uint64_t at = page; at < page + PAGE_LEN; at += CHUNK) {
		size_t n = at < s->raw.len ? (size_t)(s->raw.len - at) : 0;

		memset(chunk, 0, sizeof(chunk));
		if (n)
			memcpy(chunk, s->raw.p + at, n < CHUNK ? n : CHUNK);
		add_record(h, "MR.EXTEND", s->gpa + at);
		gh_hash_run_add(h, chunk, sizeof(chunk));
	}
}

static void add_section(
    struct gh_hash_run *h, const struct gh_tdvf_section *s, bool add, bool extend)
{
	for (uint64_t at = 0; at < s->mem; at += PAGE_LEN) {
		if (add)
			add_record(h, "MEM.PAGE.ADD", s->gpa + at);
		if (extend)
			extend_page(h, s, at);
	}
}

int gh_tdx_mrtd(const struct gh_tdvf *t, enum gh_mrtd_mode mode,
    uint8_t out[static GH_MRTD_LEN], struct gh_err *err)
{
	gh_auto(struct gh_hash_run, gh_hash_run_free) h = {0};

	if (gh_hash_run_begin(&h, GH_SHA384, err) < 0)
		return -1;
	for (size_t i = 0; i < t->n; i++) {
		const struct gh_tdvf_section *s = &t->at[i];
		bool extend = s->attr & GH_TDVF_EXTEND;

		if (s->attr & GH_TDVF_AUG)
			continue;
		add_section(&h, s, true, extend && mode == GH_MRTD_SINGLE);
		if (extend && mode == GH_MRTD_TWO_PASS)
			add_section(&h, s, false, true);
	}
	return gh_hash_run_end(&h, out, err);
}
