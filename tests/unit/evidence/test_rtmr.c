/* SPDX-License-Identifier: Apache-2.0
 * PE images and their Authenticode digest, the kernel header as QEMU writes it, the events
 * of a direct boot and of a UKI. */
#include <stdio.h>

#include "evidence/tdx_rtmr.h"
#include "pe_kit.h"
#include "tests/unit/tap.h"

#define assert_says(text, want)                                                          \
	do {                                                                             \
		const char *said_ = (text);                                              \
		if (!strstr(said_, want))                                                \
			fail_msg("\"%s\", expected \"%s\"", said_, want);                \
	} while (0)

/* ---- PE ------------------------------------------------------------------------------ */

static int parse(struct gh_pe *pe, const struct gh_buf *b, struct gh_err *err)
{
	return gh_pe_parse(pe, b->p, b->len, err);
}

/* The digest by the layout that the kit is known to have. */
static void expect_digest(uint8_t out[48], const struct gh_buf *b, const struct pe_kit *k)
{
	gh_auto(struct gh_buf, gh_buf_free) m = {0};
	size_t from = PE_OPT + 68, dir = pe_dirs_at(k) + 32;

	gh_buf_add(&m, b->p, PE_OPT + 64);
	if (k->dirs > 4) {
		gh_buf_add(&m, b->p + from, dir - from);
		from = dir + 8;
	}
	/* the kit's sections follow the headers without a gap: the rest is one run */
	gh_buf_add(&m, b->p + from, b->len - (k->dirs > 4 ? k->certs : 0) - from);
	assert_int_equal(gh_hash(GH_SHA384, m.p, m.len, out, NULL), 0);
}

static void test_digest_skips_checksum_and_signatures(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 16; i++) {
		gh_auto(struct gh_buf, gh_buf_free) b = {0};
		struct pe_kit k;
		struct gh_pe pe;
		uint8_t got[48], want[48];

		pe_default(&k);
		k.pe32 = i & 1;
		k.trailing = i & 2 ? 24 : 0;
		k.certs = i & 4 ? 64 : 0;
		k.dirs = i & 8 ? 4 : 16;
		pe_build(&b, &k);
		expect_digest(want, &b, &k);
		assert_int_equal(parse(&pe, &b, NULL), 0);
		assert_int_equal(pe.plus, !k.pe32);
		assert_int_equal(pe.machine, 0x8664);
		assert_int_equal(gh_pe_authenticode(&pe, GH_SHA384, got, NULL), 0);
		assert_memory_equal(got, want, 48);
		/* neither checksum nor certificate entry nor signatures are measured */
		memset(b.p + PE_OPT + 64, 0x5a, 4);
		memset(b.p + b.len - pe.cert_len, 0x5a, pe.cert_len);
		assert_int_equal(parse(&pe, &b, NULL), 0);
		assert_int_equal(gh_pe_authenticode(&pe, GH_SHA384, got, NULL), 0);
		assert_memory_equal(got, want, 48);
	}
}

/* A gap between sections shifts what counts as trailing: by the sum, as it is defined. */
static void test_trailing_bytes_are_counted_by_the_sum(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	gh_auto(struct gh_buf, gh_buf_free) m = {0};
	uint8_t got[48], want[48];
	struct pe_kit k;
	struct gh_pe pe;
	size_t from = PE_OPT + 68, dir;

	(void)state;
	pe_default(&k);
	k.s[1].at = 0xa00; /* 0x200 bytes that belong to no section */
	k.trailing = 8;
	pe_build(&b, &k);
	dir = pe_dirs_at(&k) + 32;
	gh_buf_add(&m, b.p, PE_OPT + 64);
	gh_buf_add(&m, b.p + from, dir - from);
	gh_buf_add(&m, b.p + dir + 8, PE_HEADERS - dir - 8);
	gh_buf_add(&m, b.p + 0x400, 0x400);
	gh_buf_add(&m, b.p + 0xa00, 0x200);
	gh_buf_add(&m, b.p + 0xa00, 0x208); /* from 0x400 + 3 * 0x200 to the end */
	assert_int_equal(gh_hash(GH_SHA384, m.p, m.len, want, NULL), 0);
	assert_int_equal(parse(&pe, &b, NULL), 0);
	assert_int_equal(gh_pe_authenticode(&pe, GH_SHA384, got, NULL), 0);
	assert_memory_equal(got, want, 48);
}

static void test_sections_are_found_by_name(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct pe_kit k;
	struct gh_pe pe;
	size_t n;

	(void)state;
	pe_default(&k);
	k.s[2].name = ".text";
	pe_build(&b, &k);
	assert_int_equal(parse(&pe, &b, NULL), 0);
	assert_ptr_equal(gh_pe_find(&pe, ".text", &n), &pe.section[0]);
	assert_int_equal(n, 2);
	assert_null(gh_pe_find(&pe, ".linux", &n));
	assert_int_equal(n, 0);
	assert_false(gh_rtmr_is_uki(&pe));
}

static void test_pe_with_a_lie_is_refused(void **state)
{
	static const struct {
		size_t at, len;
		uint64_t v;
		const char *want;
	} bad[] = {
	    {0, 2, 0x1234, "\"MZ\""},
	    {0x3c, 4, 0x3f, "header offset"},
	    {0x3c, 4, 0xffffffff, "header offset"},
	    {0x3c, 4, 0x9fe, "truncated"},
	    {PE_AT, 4, 0x4551, "no \"PE\""},
	    {PE_AT + 6, 2, 0, "0 sections"},
	    {PE_AT + 6, 2, 97, "97 sections"},
	    {PE_AT + 6, 2, 90, "SizeOfHeaders"},
	    {PE_AT + 20, 2, 0xffff, "truncated"},
	    {PE_AT + 20, 2, 100, "truncated"},
	    {PE_AT + 20, 2, 112, "data directories"},
	    {PE_AT + 20, 2, 0x310, "SizeOfHeaders"},
	    {PE_OPT, 2, 0x107, "magic"},
	    {PE_OPT + 60, 4, 0x20, "SizeOfHeaders"},
	    {PE_OPT + 60, 4, 0x10000, "SizeOfHeaders"},
	    {PE_OPT + 60, 4, 0x404, "section 3"},
	    {PE_OPT + 108, 4, 17, "data directories"},
	    {PE_OPT + 112 + 32, 4, 0x10, "signatures"},
	    {PE_OPT + 112 + 36, 4, 0x10, "signatures"},
	    {PE_OPT + 112 + 32, 8, 0x10000000000, "signatures"},
	    {PE_OPT + 112 + 32, 8, 0xffffffffffffffff, "signatures"},
	    {PE_OPT + 240 + 16, 4, 0x100000, "section 0"},
	    {PE_OPT + 240 + 20, 4, 0xffffffff, "section 0"},
	    {PE_OPT + 240 + 20, 4, 0x3ff, "section 0"},
	    {PE_OPT + 240 + 40 + 20, 4, 0x7ff, "overlap"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(bad); i++) {
		gh_auto(struct gh_buf, gh_buf_free) b = {0};
		struct gh_err e = {0};
		struct pe_kit k;
		struct gh_pe pe;

		pe_default(&k);
		pe_build(&b, &k);
		pe_le(b.p + bad[i].at, bad[i].len, bad[i].v);
		if (parse(&pe, &b, &e) == 0)
			fail_msg("case %zu was read", i);
		assert_says(e.what, bad[i].want);
	}
}

/* Signatures over a section: the file would be measured without part of its code. */
static void test_signatures_over_a_section_are_refused(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_err e = {0};
	struct pe_kit k;
	struct gh_pe pe;

	(void)state;
	pe_default(&k);
	pe_build(&b, &k);
	pe_le(b.p + pe_dirs_at(&k) + 32, 4, 0x900);
	pe_le(b.p + pe_dirs_at(&k) + 36, 4, 0x100);
	assert_int_equal(parse(&pe, &b, &e), -1);
	assert_says(e.what, "section 1");
	pe_le(b.p + pe_dirs_at(&k) + 32, 4, 0x300);
	pe_le(b.p + pe_dirs_at(&k) + 36, 4, 0x700);
	assert_int_equal(parse(&pe, &b, &e), -1);
	assert_says(e.what, "SizeOfHeaders");
}

static void hash_any(const unsigned char *p, size_t len)
{
	struct gh_pe pe;
	uint8_t d[48];

	if (!gh_pe_parse(&pe, p, len, NULL))
		assert_int_equal(gh_pe_authenticode(&pe, GH_SHA384, d, NULL), 0);
}

static void test_no_cut_or_flip_reads_outside(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	uint8_t good[48], now[48];
	struct pe_kit k;
	struct gh_pe pe;

	(void)state;
	pe_default(&k);
	k.certs = 16;
	pe_build(&b, &k);
	for (size_t len = 0; len < b.len; len++) {
		unsigned char *cut = malloc(len ? len : 1);

		assert_non_null(cut);
		memcpy(cut, b.p, len);
		/* the signatures must end with the file: no cut is whole */
		assert_int_equal(gh_pe_parse(&pe, cut, len, NULL), -1);
		free(cut);
	}
	assert_int_equal(parse(&pe, &b, NULL), 0);
	assert_int_equal(gh_pe_authenticode(&pe, GH_SHA384, good, NULL), 0);
	for (size_t i = 0; i < b.len; i++) {
		bool checksum = i >= PE_OPT + 64 && i < PE_OPT + 68;
		bool free_ = checksum || i >= b.len - 16;

		b.p[i] ^= 0x21;
		hash_any(b.p, b.len);
		if (!parse(&pe, &b, NULL)) {
			assert_int_equal(
			    gh_pe_authenticode(&pe, GH_SHA384, now, NULL), 0);
			assert_int_equal(!memcmp(good, now, 48), free_);
		}
		b.p[i] ^= 0x21;
	}
}

/* ---- kernel -------------------------------------------------------------------------- */

/* A kernel: a PE image whose section .setup holds no header that matters; the setup header
 * lies at 0x1f1 to 0x238, inside the PE headers. */
static void make_kernel(struct gh_buf *b)
{
	struct pe_kit k;

	pe_default(&k);
	k.dirs = 6;
	k.n = 2; /* the section table ends before the setup header */
	k.s[0].at = 0x400;
	k.s[1].at = 0x600;
	pe_build(b, &k);
	memcpy(b->p + 0x202, "HdrS\x0f\x02", 6);
	b->p[0x211] = 1;
	pe_le(b->p + 0x22c, 4, 0x7fffffff);
	pe_le(b->p + 0x236, 2, 0x7f);
}

static const unsigned char ramdisk[0x1234] = {7};

static struct gh_rtmr_in direct(const struct gh_buf *kernel)
{
	return (struct gh_rtmr_in){.image = gh_buf_view(kernel),
	    .initrd = {ramdisk, sizeof(ramdisk)},
	    .cmdline = "console=hvc0"};
}

static uint32_t le32(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Address of the initrd in the header, for so much RAM and this kernel. */
static uint32_t initrd_at(const struct gh_rtmr_in *in, uint64_t ram)
{
	gh_auto(struct gh_buf, gh_buf_free) p = {0};
	struct gh_rtmr_in with = *in;
	struct gh_err e = {0};

	with.ram = ram;
	if (gh_rtmr_patch(&p, &with, &e))
		fail_msg("%s", e.what);
	return le32(p.p + 0x218);
}

static void test_header_is_written_as_qemu_does(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) kernel = {0};
	gh_auto(struct gh_buf, gh_buf_free) p = {0};
	struct gh_rtmr_in in;
	size_t differ = 0;

	(void)state;
	make_kernel(&kernel);
	in = direct(&kernel);
	gh_buf_chr(&p, 'x'); /* appended to what is there */
	assert_int_equal(gh_rtmr_patch(&p, &in, NULL), 0);
	assert_int_equal(p.len, kernel.len + 1);
	memmove(p.p, p.p + 1, kernel.len);
	assert_int_equal(p.p[0x210], 0xb0);
	assert_int_equal(p.p[0x211], 0x81);
	assert_int_equal(le32(p.p + 0x224) & 0xffff, 0xfe00);
	assert_int_equal(le32(p.p + 0x228), 0x20000);
	assert_int_equal(le32(p.p + 0x21c), sizeof(ramdisk));
	/* 0x80000000 - 0x28000 - 1 - 0x1234, a page boundary */
	assert_int_equal(le32(p.p + 0x218), 0x7ffd6000);
	for (size_t i = 0; i < kernel.len; i++)
		differ += i < 0x210 || i >= 0x22c ? p.p[i] != kernel.p[i] : 0;
	assert_int_equal(differ, 0);
}

static void test_initrd_is_placed_below_the_end_of_low_memory(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) kernel = {0};
	struct gh_rtmr_in in;

	(void)state;
	make_kernel(&kernel);
	in = direct(&kernel);
	assert_int_equal(initrd_at(&in, 0), 0x7ffd6000);
	assert_int_equal(initrd_at(&in, 0xb0000000), 0x7ffd6000);
	assert_int_equal(initrd_at(&in, 1ull << 40), 0x7ffd6000);
	assert_int_equal(initrd_at(&in, 0xaffff000), 0xaffd5000);
	assert_int_equal(initrd_at(&in, 0x40000000), 0x3ffd6000);
	/* a kernel that cannot be above 4 GiB names its own limit */
	pe_le(kernel.p + 0x236, 2, 0x7d);
	pe_le(kernel.p + 0x22c, 4, 0x37ffffff);
	assert_int_equal(initrd_at(&in, 0), 0x37ffe000);
	pe_le(kernel.p + 0x236, 2, 0x7f);
	pe_le(kernel.p + 0x206, 2, 0x20b); /* older: the bit does not exist */
	assert_int_equal(initrd_at(&in, 0), 0x37ffe000);
}

static void test_header_that_is_not_predicted_is_refused(void **state)
{
	static const struct {
		size_t at, len;
		uint32_t v;
		const char *want;
	} bad[] = {{0x202, 4, 0, "no setup header"}, {0x206, 2, 0x202, "too old"},
	    {0x211, 1, 0, "too old"}, {0x22c, 4, 0x1000, "do not fit"}};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(bad); i++) {
		gh_auto(struct gh_buf, gh_buf_free) kernel = {0};
		gh_auto(struct gh_buf, gh_buf_free) p = {0};
		struct gh_err e = {0};
		struct gh_rtmr_in in;

		make_kernel(&kernel);
		pe_le(kernel.p + 0x236, 2, 0); /* so that initrd_max counts */
		pe_le(kernel.p + bad[i].at, bad[i].len, bad[i].v);
		in = direct(&kernel);
		assert_int_equal(gh_rtmr_patch(&p, &in, &e), -1);
		assert_says(e.what, bad[i].want);
	}
}

static void test_other_limits_of_the_header_are_said(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) kernel = {0};
	gh_auto(struct gh_buf, gh_buf_free) p = {0};
	struct gh_rtmr_log log;
	struct gh_err e = {0};
	struct gh_rtmr_in in;

	(void)state;
	make_kernel(&kernel);
	in = direct(&kernel);
	in.ram = 0x28000;
	assert_int_equal(gh_rtmr_patch(&p, &in, &e), -1);
	assert_says(e.what, "start no TD");
	in.ram = 0;
	in.cmdline = "quiet vga=791";
	in.flags = GH_RTMR_PATCHED;
	assert_int_equal(gh_rtmr_direct(&log, &in, &e), -1);
	assert_says(e.what, "vga=");
	in = direct(&kernel);
	in.image.len = 0x237;
	assert_int_equal(gh_rtmr_patch(&p, &in, &e), -1);
	assert_says(e.what, "truncated");
	/* without initrd its two fields stay */
	in = direct(&kernel);
	in.initrd.p = NULL;
	in.cmdline = NULL;
	assert_int_equal(gh_rtmr_patch(&p, &in, NULL), 0);
	assert_int_equal(le32(p.p + 0x218), 0);
	assert_int_equal(p.p[0x210], 0xb0);
}

/* ---- direct boot --------------------------------------------------------------------- */

static void assert_digest_of(const struct gh_rtmr_row *row, const void *p, size_t len)
{
	uint8_t want[48];

	assert_true(row->known);
	assert_int_equal(gh_hash(GH_SHA384, p, len, want, NULL), 0);
	assert_memory_equal(row->digest, want, 48);
}

static void test_direct_boot_lists_its_events(void **state)
{
	static const char wide[] = "a\0 \0i\0n\0i\0t\0r\0d\0=\0i\0n\0i\0t\0r\0d\0\0";
	gh_auto(struct gh_buf, gh_buf_free) kernel = {0};
	struct gh_rtmr_log log;
	struct gh_rtmr_in in;
	struct gh_pe pe;
	uint8_t d[48];

	(void)state;
	make_kernel(&kernel);
	in = direct(&kernel);
	in.cmdline = "a";
	assert_int_equal(gh_rtmr_direct(&log, &in, NULL), 0);
	assert_int_equal(log.n, 7);
	assert_int_equal(parse(&pe, &kernel, NULL), 0);
	assert_int_equal(gh_pe_authenticode(&pe, GH_SHA384, d, NULL), 0);
	assert_memory_equal(log.at[0].digest, d, 48);
	assert_int_equal(log.at[0].type, 0x80000003);
	assert_digest_of(&log.at[1], "Calling EFI Application from Boot Option", 40);
	assert_digest_of(&log.at[2], "\0\0\0\0", 4);
	assert_digest_of(&log.at[3], "Exit Boot Services Invocation", 29);
	assert_digest_of(&log.at[4], "Exit Boot Services Returned with Success", 40);
	assert_digest_of(&log.at[5], wide, sizeof(wide)); /* its NUL is two bytes wide */
	assert_int_equal(log.at[5].rtmr, 2);
	assert_digest_of(&log.at[6], ramdisk, sizeof(ramdisk));
	assert_int_equal(log.at[6].type, 6);
}

static void test_flags_change_what_they_name(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) kernel = {0};
	struct gh_rtmr_log a, b;
	struct gh_rtmr_in in;

	(void)state;
	make_kernel(&kernel);
	in = direct(&kernel);
	assert_int_equal(gh_rtmr_direct(&a, &in, NULL), 0);
	in.flags = GH_RTMR_PATCHED | GH_RTMR_NO_SEPARATOR;
	assert_int_equal(gh_rtmr_direct(&b, &in, NULL), 0);
	assert_int_equal(b.n, a.n - 1);
	assert_memory_not_equal(a.at[0].digest, b.at[0].digest, 48);
	assert_memory_equal(a.at[1].digest, b.at[1].digest, 48);
	assert_memory_equal(a.at[3].digest, b.at[2].digest, 48);
}

static void test_command_lines_that_are_not_predicted(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) kernel = {0};
	struct gh_rtmr_log log;
	struct gh_err e = {0};
	uint8_t out[48];
	struct gh_rtmr_in in;

	(void)state;
	make_kernel(&kernel);
	in = direct(&kernel);
	in.cmdline = "gr\xc3\xbc\xc3\x9f";
	assert_int_equal(gh_rtmr_direct(&log, &in, &e), -1);
	assert_says(e.what, "ASCII");
	in.cmdline = NULL;
	in.initrd.p = NULL;
	assert_int_equal(gh_rtmr_direct(&log, &in, NULL), 0);
	assert_false(log.at[log.n - 1].known);
	assert_int_equal(gh_rtmr_replay(&log, 2, out, &e), -1);
	assert_says(e.what, "RTMR2 is not predicted");
	assert_int_equal(gh_rtmr_replay(&log, 1, out, NULL), 0);
	in.image.len = 100;
	assert_int_equal(gh_rtmr_direct(&log, &in, &e), -1);
	assert_says(e.what, "kernel");
	/* no initrd, but a command line: its text alone */
	in = direct(&kernel);
	in.initrd.p = NULL;
	in.cmdline = "q";
	assert_int_equal(gh_rtmr_direct(&log, &in, NULL), 0);
	assert_int_equal(log.n, 6);
	assert_digest_of(&log.at[5], "q\0\0", 4);
}

static void test_replay_extends_in_order(void **state)
{
	struct gh_rtmr_log log = {.n = 3};
	uint8_t both[96] = {0}, out[48];

	(void)state;
	log.at[0] = (struct gh_rtmr_row){.rtmr = 2, .known = true, .digest = {1}};
	log.at[1] = (struct gh_rtmr_row){.rtmr = 1, .known = true, .digest = {2}};
	log.at[2] = (struct gh_rtmr_row){.rtmr = 2, .known = true, .digest = {3}};
	both[48] = 1;
	assert_int_equal(gh_hash(GH_SHA384, both, 96, both, NULL), 0);
	both[48] = 3;
	assert_int_equal(gh_hash(GH_SHA384, both, 96, both, NULL), 0);
	assert_int_equal(gh_rtmr_replay(&log, 2, out, NULL), 0);
	assert_memory_equal(out, both, 48);
	memset(both, 0, sizeof(both));
	assert_int_equal(gh_rtmr_replay(&log, 3, out, NULL), 0);
	assert_memory_equal(out, both, 48);
}

/* ---- partition table ----------------------------------------------------------------- */

#define DISK_LEN (34 * 512)

static void make_disk(unsigned char *b)
{
	memset(b, 0, DISK_LEN);
	memcpy(b + 512, "EFI PART\0\0\1\0\x5c\0\0\0", 16);
	pe_le(b + 512 + 72, 8, 2);
	pe_le(b + 512 + 80, 4, 128);
	pe_le(b + 512 + 84, 4, 128);
	memset(b + 1024, 0xA1, 128);           /* entry 0 */
	memset(b + 1024 + 5 * 128, 0xA6, 128); /* entry 5 */
}

static void test_gpt_event_has_header_count_and_used_entries(void **state)
{
	static unsigned char disk[DISK_LEN];
	gh_auto(struct gh_buf, gh_buf_free) out = {0};

	(void)state;
	make_disk(disk);
	assert_int_equal(gh_rtmr_gpt(&out, (struct gh_bytes){disk, DISK_LEN}, NULL), 0);
	assert_int_equal(out.len, 92 + 8 + 2 * 128);
	assert_memory_equal(out.p, disk + 512, 92);
	assert_int_equal(le32(out.p + 92), 2);
	assert_int_equal(le32(out.p + 96), 0);
	assert_memory_equal(out.p + 100, disk + 1024, 128);
	assert_memory_equal(out.p + 228, disk + 1024 + 640, 128);
}

static void test_gpt_with_a_lie_is_refused(void **state)
{
	static const struct {
		size_t at, len;
		uint64_t v;
	} bad[] = {{0, 1, 'X'}, {10, 1, 2}, {72, 8, 1}, {72, 8, 35}, {72, 8, 1ull << 60},
	    {80, 4, 0}, {80, 4, 257}, {84, 4, 256}, {72, 8, 3}};
	static unsigned char disk[DISK_LEN];

	(void)state;
	for (size_t i = 0; i < GH_COUNT(bad); i++) {
		gh_auto(struct gh_buf, gh_buf_free) out = {0};

		make_disk(disk);
		pe_le(disk + 512 + bad[i].at, bad[i].len, bad[i].v);
		assert_int_equal(
		    gh_rtmr_gpt(&out, (struct gh_bytes){disk, DISK_LEN}, NULL), -1);
	}
	make_disk(disk);
	for (size_t len = 0; len < DISK_LEN; len += 7) {
		gh_auto(struct gh_buf, gh_buf_free) out = {0};

		assert_int_equal(
		    gh_rtmr_gpt(&out, (struct gh_bytes){disk, len}, NULL), -1);
	}
}

/* ---- UKI ----------------------------------------------------------------------------- */

static void uki_section(struct pe_kit *k, const char *name, uint32_t vsize, uint32_t len)
{
	size_t i = k->n++;

	k->s[i].name = name;
	k->s[i].vsize = vsize;
	k->s[i].len = len;
	k->s[i].at = i ? k->s[i - 1].at + k->s[i - 1].len : PE_HEADERS;
	k->s[i].fill = (unsigned char)(0x40 + i);
}

static void uki_default(struct pe_kit *k)
{
	*k = (struct pe_kit){.dirs = 16};
	uki_section(k, ".text", 0x200, 0x200);
	uki_section(k, ".cmdline", 0x10, 0x200);
	uki_section(k, ".linux", 0x800, 0x800);
	uki_section(k, ".pcrsig", 0x80, 0x200);
	uki_section(k, ".osrel", 0x280, 0x200); /* longer in memory: zeros */
	uki_section(k, ".dtb", 0, 0);
}

/* The kernel goes where the kit wrote filler. */
static void build_uki(struct gh_buf *b, const struct pe_kit *k)
{
	gh_auto(struct gh_buf, gh_buf_free) kernel = {0};

	pe_build(b, k);
	make_kernel(&kernel);
	assert_int_equal(kernel.len, 0x800);
	memcpy(b->p + k->s[2].at, kernel.p, kernel.len);
}

static void test_uki_lists_its_events(void **state)
{
	static unsigned char disk[DISK_LEN], osrel[0x280];
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_rtmr_in in = {.flags = GH_RTMR_INNER};
	struct gh_rtmr_log log;
	struct pe_kit k;
	uint8_t out[48];

	(void)state;
	uki_default(&k);
	build_uki(&b, &k);
	make_disk(disk);
	in.image = gh_buf_view(&b);
	in.disk = (struct gh_bytes){disk, DISK_LEN};
	assert_int_equal(gh_rtmr_uki(&log, &in, NULL), 0);
	assert_int_equal(log.n, 4 + 6 + 1 + 2);
	assert_int_equal(log.at[2].type, 0x80000006);
	assert_string_equal(log.at[3].words, "UKI");
	assert_digest_of(&log.at[4], ".linux", 7);
	assert_digest_of(&log.at[5], b.p + k.s[2].at, 0x800);
	assert_digest_of(&log.at[6], ".osrel", 7);
	memset(osrel, k.s[4].fill, 0x200);
	assert_digest_of(&log.at[7], osrel, sizeof(osrel));
	assert_digest_of(&log.at[8], ".cmdline", 9);
	assert_digest_of(&log.at[9], b.p + k.s[1].at, 0x10);
	assert_string_equal(log.at[9].words, "content of .cmdline");
	assert_int_equal(log.at[10].rtmr, 1);
	assert_int_equal(gh_rtmr_replay(&log, 1, out, NULL), 0);
	assert_int_equal(gh_rtmr_replay(&log, 2, out, NULL), 0);
	in.flags = 0;
	assert_int_equal(gh_rtmr_uki(&log, &in, NULL), 0);
	assert_int_equal(log.n, 12);
}

static void test_uki_without_its_disk_leaves_rtmr1_open(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_rtmr_in in = {0};
	struct gh_rtmr_log log;
	struct gh_err e = {0};
	struct pe_kit k;
	uint8_t out[48];

	(void)state;
	uki_default(&k);
	build_uki(&b, &k);
	in.image = gh_buf_view(&b);
	assert_int_equal(gh_rtmr_uki(&log, &in, NULL), 0);
	assert_int_equal(gh_rtmr_replay(&log, 1, out, &e), -1);
	assert_says(e.what, "partition table");
	assert_int_equal(gh_rtmr_replay(&log, 2, out, NULL), 0);
	in.disk = (struct gh_bytes){b.p, 512};
	assert_int_equal(gh_rtmr_uki(&log, &in, NULL), -1);
}

/* Which profile or device tree is taken is decided at boot. */
static void test_uki_with_choices_leaves_rtmr2_open(void **state)
{
	static const char *const name[] = {
	    ".profile", ".dtbauto", ".hwids", ".efifw", ".osrel"};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(name); i++) {
		gh_auto(struct gh_buf, gh_buf_free) b = {0};
		struct gh_rtmr_in in = {0};
		struct gh_rtmr_log log;
		struct gh_err e = {0};
		struct pe_kit k;
		uint8_t out[48];

		uki_default(&k);
		uki_section(&k, name[i], 8, 0x200);
		build_uki(&b, &k);
		in.image = gh_buf_view(&b);
		assert_int_equal(gh_rtmr_uki(&log, &in, NULL), 0);
		assert_int_equal(gh_rtmr_replay(&log, 2, out, &e), -1);
		assert_says(e.what, "profiles or hardware");
	}
}

static void test_uki_with_a_lie_is_refused(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_rtmr_in in = {0};
	struct gh_rtmr_log log;
	struct gh_err e = {0};
	struct pe_kit k;

	(void)state;
	uki_default(&k);
	k.s[4].vsize = 0xffffffff; /* no hashing of 4 GiB of zeros */
	build_uki(&b, &k);
	in.image = gh_buf_view(&b);
	assert_int_equal(gh_rtmr_uki(&log, &in, &e), -1);
	assert_says(e.what, "claims");
	k.s[4].vsize = 1;
	k.s[2].vsize = 0x801; /* a kernel longer than what the file has of it */
	build_uki(&b, &k);
	in.image = gh_buf_view(&b);
	in.flags = GH_RTMR_INNER;
	assert_int_equal(gh_rtmr_uki(&log, &in, &e), -1);
	assert_says(e.what, "in memory");
	k.s[2].vsize = 0x100; /* and one cut in memory */
	build_uki(&b, &k);
	in.image = gh_buf_view(&b);
	assert_int_equal(gh_rtmr_uki(&log, &in, &e), -1);
	assert_says(e.what, "the kernel in the UKI");
}

static void test_uki_takes_no_initrd_and_a_kernel_is_none(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_rtmr_log log;
	struct gh_err e = {0};
	struct gh_rtmr_in in;

	(void)state;
	make_kernel(&b);
	in = direct(&b);
	assert_int_equal(gh_rtmr_uki(&log, &in, &e), -1);
	assert_says(e.what, "its own initrd");
	in.initrd.p = NULL;
	assert_int_equal(gh_rtmr_uki(&log, &in, &e), -1);
	in.cmdline = NULL;
	assert_int_equal(gh_rtmr_uki(&log, &in, &e), -1);
	assert_says(e.what, "no .linux");
	in.image.len = 17;
	assert_int_equal(gh_rtmr_uki(&log, &in, &e), -1);
	assert_says(e.what, "UKI: PE image");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_digest_skips_checksum_and_signatures),
	    cmocka_unit_test(test_trailing_bytes_are_counted_by_the_sum),
	    cmocka_unit_test(test_sections_are_found_by_name),
	    cmocka_unit_test(test_pe_with_a_lie_is_refused),
	    cmocka_unit_test(test_signatures_over_a_section_are_refused),
	    cmocka_unit_test(test_no_cut_or_flip_reads_outside),
	    cmocka_unit_test(test_header_is_written_as_qemu_does),
	    cmocka_unit_test(test_initrd_is_placed_below_the_end_of_low_memory),
	    cmocka_unit_test(test_header_that_is_not_predicted_is_refused),
	    cmocka_unit_test(test_other_limits_of_the_header_are_said),
	    cmocka_unit_test(test_direct_boot_lists_its_events),
	    cmocka_unit_test(test_flags_change_what_they_name),
	    cmocka_unit_test(test_command_lines_that_are_not_predicted),
	    cmocka_unit_test(test_replay_extends_in_order),
	    cmocka_unit_test(test_gpt_event_has_header_count_and_used_entries),
	    cmocka_unit_test(test_gpt_with_a_lie_is_refused),
	    cmocka_unit_test(test_uki_lists_its_events),
	    cmocka_unit_test(test_uki_without_its_disk_leaves_rtmr1_open),
	    cmocka_unit_test(test_uki_with_choices_leaves_rtmr2_open),
	    cmocka_unit_test(test_uki_with_a_lie_is_refused),
	    cmocka_unit_test(test_uki_takes_no_initrd_and_a_kernel_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
