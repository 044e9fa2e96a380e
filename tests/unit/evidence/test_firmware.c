/* SPDX-License-Identifier: Apache-2.0
 * The tables of a firmware image: good ones, each lie they may hold, and the display. */
#include <stdio.h>

#include "evidence/tdx_mrtd.h"
#include "firmware_kit.h"

static unsigned char image[KIT_LEN];

static void build(struct kit *k)
{
	kit_build(image, k);
}

static int parse(struct gh_firmware *fw, struct gh_err *err)
{
	return gh_firmware_parse(fw, image, KIT_LEN, err);
}

/* The SEV list of the image, or why not. */
static const char *sev_fault(struct gh_err *e)
{
	struct gh_firmware fw;
	struct gh_sev_list l;

	memset(e, 0, sizeof(*e));
	if (!parse(&fw, e) && !gh_firmware_sev(&l, &fw, e))
		return "";
	return e->what;
}

static const char *tdvf_fault(struct gh_err *e)
{
	struct gh_firmware fw;
	struct gh_tdvf t;

	memset(e, 0, sizeof(*e));
	if (!parse(&fw, e) && !gh_firmware_tdvf(&t, &fw, e))
		return "";
	return e->what;
}

#define assert_says(text, want)                                                          \
	do {                                                                             \
		const char *said_ = (text);                                              \
		if (!strstr(said_, want))                                                \
			fail_msg("\"%s\", expected \"%s\"", said_, want);                \
	} while (0)

static void test_good_image_gives_both_lists(void **state)
{
	struct gh_firmware fw;
	struct gh_sev_list l;
	struct gh_tdvf t;
	struct kit k;

	(void)state;
	kit_default(&k);
	build(&k);
	assert_true(gh_firmware_looks(image, KIT_LEN));
	assert_int_equal(parse(&fw, NULL), 0);
	assert_int_equal(fw.n, 5);
	assert_true(gh_firmware_has_sev(&fw) && gh_firmware_has_tdvf(&fw));
	assert_int_equal(gh_firmware_sev(&l, &fw, NULL), 0);
	assert_int_equal(l.n, 6);
	assert_int_equal(l.at[4].type, GH_SEV_KERNEL_HASHES);
	assert_true(l.has_hashes && l.has_reset);
	assert_int_equal(l.hash_gpa, 0x810c00);
	assert_int_equal(l.reset_eip, 0x80b004);
	assert_int_equal(gh_firmware_tdvf(&t, &fw, NULL), 0);
	assert_int_equal(t.n, 4);
	assert_ptr_equal(t.at[0].raw.p, image + 0x1000);
	assert_int_equal(t.at[3].attr, GH_TDVF_AUG);
}

static void test_lists_that_are_absent_are_said(void **state)
{
	struct gh_firmware fw;
	struct gh_sev_list l;
	struct gh_err e;
	struct kit k;

	(void)state;
	kit_default(&k);
	k.no_sev = k.no_tdvf = true;
	build(&k);
	assert_says(sev_fault(&e), "no SEV metadata");
	assert_says(tdvf_fault(&e), "no TDX metadata");
	k.no_sev = false;
	k.no_hashes = k.no_reset = true;
	build(&k);
	assert_int_equal(parse(&fw, NULL), 0);
	assert_int_equal(gh_firmware_sev(&l, &fw, NULL), 0);
	assert_false(l.has_hashes || l.has_reset);
	k.no_hashes = false;
	k.hash_gpa = k.hash_size = 0;
	build(&k);
	assert_int_equal(parse(&fw, NULL), 0);
	assert_int_equal(gh_firmware_sev(&l, &fw, NULL), 0);
	assert_false(l.has_hashes);
}

/* ---- the table at the end ------------------------------------------------------------ */

static void test_table_with_a_lie_is_refused(void **state)
{
	struct gh_firmware fw;
	struct gh_err e = {0};
	struct kit k;
	size_t start;

	(void)state;
	kit_default(&k);
	start = kit_build(image, &k);
	kit_le(image + KIT_LEN - 50, 2, 17);
	assert_int_equal(parse(&fw, &e), -1);
	assert_says(e.what, "a length of 17 bytes");
	kit_le(image + KIT_LEN - 50, 2, 0xffff);
	assert_int_equal(parse(&fw, &e), -1);
	/* one byte more than the entries take */
	kit_le(image + KIT_LEN - 50, 2, KIT_LEN - 32 - start + 1);
	assert_int_equal(parse(&fw, &e), -1);
	assert_says(e.what, "left over");
	kit_build(image, &k);
	kit_le(image + KIT_LEN - 50 - 18, 2, 17); /* first entry */
	assert_int_equal(parse(&fw, &e), -1);
	assert_says(e.what, "an entry of 17 bytes");
	kit_le(image + KIT_LEN - 50 - 18, 2, 0x1000);
	assert_int_equal(parse(&fw, &e), -1);
	assert_says(e.what, "an entry of 4096 bytes");
}

static void test_guid_that_stands_twice_is_refused(void **state)
{
	struct gh_firmware fw;
	struct gh_err e = {0};
	struct kit k;

	(void)state;
	kit_default(&k);
	build(&k);
	/* the secret block called reset block, then the footer inside the table */
	memcpy(image + KIT_LEN - 50 - 22 - 16, image + KIT_LEN - 50 - 16, 16);
	assert_int_equal(parse(&fw, &e), -1);
	assert_says(e.what, "twice");
	build(&k);
	memcpy(image + KIT_LEN - 50 - 22 - 16, image + KIT_LEN - 48, 16);
	assert_int_equal(parse(&fw, &e), -1);
	assert_says(e.what, "twice");
}

static void test_too_many_entries_are_refused(void **state)
{
	struct gh_firmware fw;
	struct gh_err e = {0};
	size_t end = KIT_LEN - 50;

	(void)state;
	memset(image, 0, sizeof(image));
	for (unsigned int i = 0; i < GH_FW_ITEMS + 1; i++) {
		char guid[40];

		snprintf(guid, sizeof(guid), "%08x-0000-0000-0000-000000000000", i);
		kit_item(image, &end, guid, "", 0);
	}
	kit_guid(image + KIT_LEN - 48, "96b582de-1fb2-45f7-baea-a366c55a082d");
	kit_le(image + KIT_LEN - 50, 2, KIT_LEN - 32 - end);
	assert_int_equal(parse(&fw, &e), -1);
	assert_says(e.what, "more than 32");
	/* one less is fine */
	kit_le(image + KIT_LEN - 50, 2, KIT_LEN - 32 - end - 18);
	assert_int_equal(parse(&fw, NULL), 0);
	assert_int_equal(fw.n, GH_FW_ITEMS);
}

static void test_short_and_huge_files_are_refused(void **state)
{
	struct gh_firmware fw;
	struct gh_err e = {0};
	struct kit k;

	(void)state;
	kit_default(&k);
	build(&k);
	assert_false(gh_firmware_looks(image, 49));
	assert_false(gh_firmware_looks(NULL, 0));
	/* the end alone, with a table longer than it */
	assert_int_equal(gh_firmware_parse(&fw, image + KIT_LEN - 60, 60, &e), -1);
	assert_int_equal(gh_firmware_parse(&fw, image, GH_FW_MAX_BYTES + 1, &e), -1);
	assert_says(e.what, "at most");
}

/* ---- SEV list ------------------------------------------------------------------------ */

static void test_sev_section_with_a_lie_is_refused(void **state)
{
	static const struct {
		size_t i;
		uint32_t gpa, size, type;
		const char *want;
	} bad[] = {
	    {0, 0x800001, 0x1000, 1, "not whole pages"},
	    {0, 0x800000, 0x1001, 1, "not whole pages"},
	    {0, 0x800000, 0, 1, "not whole pages"},
	    {0, 0xfffff000, 0x2000, 1, "past 4 GiB"},
	    {0, 0x800000, 0x1000, 0, "unknown type"},
	    {0, 0x800000, 0x1000, 5, "unknown type"},
	    {1, 0x80d000, 0x2000, 2, "must be one page"},
	    {2, 0x80e000, 0x2000, 3, "must be one page"},
	    {4, 0x810000, 0x2000, 0x10, "must be one page"},
	    {5, 0x801000, 0x1000, 1, "overlap"},
	    {5, 0xa0000000, 0x30000000, 1, "more than"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(bad); i++) {
		struct gh_err e;
		struct kit k;

		kit_default(&k);
		k.sev[bad[i].i].gpa = bad[i].gpa;
		k.sev[bad[i].i].size = bad[i].size;
		k.sev[bad[i].i].type = bad[i].type;
		build(&k);
		assert_says(sev_fault(&e), bad[i].want);
	}
}

static void test_last_page_below_4_gib_is_fine(void **state)
{
	struct gh_err e;
	struct kit k;

	(void)state;
	kit_default(&k);
	k.sev[5].gpa = 0xfffff000;
	build(&k);
	assert_string_equal(sev_fault(&e), "");
	k.sev[5].gpa = 0xe0000000;
	k.sev[5].size =
	    0x1fff9000; /* with the seven others 0x20000 pages: just too many */
	k.sev[0].size = 0x4000;
	build(&k);
	assert_says(sev_fault(&e), "more than");
	k.sev[0].size = 0x3000;
	build(&k);
	assert_string_equal(sev_fault(&e), "");
}

static void test_entries_of_another_length_are_refused(void **state)
{
	static const char *const guid[] = {"00f771de-1a7e-4fcb-890e-68c77e2fb44e",
	    "7255371f-3a3b-4b04-927b-1da6efa8d454",
	    "dc886566-984a-4798-a75e-5585a7bf67cc"};
	struct gh_firmware fw;
	struct gh_sev_list l;

	(void)state;
	for (size_t i = 0; i < GH_COUNT(guid); i++) {
		struct kit k;
		size_t end;

		kit_default(&k);
		k.no_reset = i == 0;
		k.no_hashes = i == 1;
		k.no_sev = i == 2;
		end = kit_build(image, &k);
		kit_item(image, &end, guid[i], "\0\x10\0\0\0", 5);
		kit_le(image + KIT_LEN - 50, 2, KIT_LEN - 32 - end);
		assert_int_equal(parse(&fw, NULL), 0);
		assert_int_equal(gh_firmware_sev(&l, &fw, NULL), -1);
	}
}

/* ---- TDVF ---------------------------------------------------------------------------- */

static void test_tdvf_section_with_a_lie_is_refused(void **state)
{
	static const struct {
		size_t i;
		uint32_t raw_at, raw_len;
		uint64_t gpa, mem;
		uint32_t type, attr;
		const char *want;
	} bad[] = {
	    {0, 0x1000, 0x1001, 0xfffff000, 0x2000, 0, 1, "past the file"},
	    {0, 0xfffff000, 0x1000, 0xfffff000, 0x1000, 0, 1, "past the file"},
	    {0, 0, 0x1001, 0xfffff000, 0x1000, 0, 1, "of data for"},
	    {0, 0, 0, 0xfffff000, 0x1000, 0, 1, "without data"},
	    {2, 0, 16, 0x809000, 0x1000, 2, 0, "with data"},
	    {2, 0, 0, 0x809000, 0x1000, 5, 0, "unknown type"},
	    {2, 0, 0, 0x809000, 0x1000, 9, 0, "unknown type"},
	    {2, 0, 0, 0x809000, 0x1000, 2, 3, "attributes"},
	    {2, 0, 0, 0x809000, 0x1000, 2, 4, "attributes"},
	    {2, 0, 0, 0x809010, 0x1000, 2, 0, "not whole pages"},
	    {2, 0, 0, 0x809000, 0x1010, 2, 0, "not whole pages"},
	    {2, 0, 0, 0x809000, 0, 2, 0, "not whole pages"},
	    {2, 0, 0, 0xfffffffffffff000, 0x1000, 2, 0, "overflows"},
	    {2, 0, 0, 0xffffffffff000, 0x2000, 2, 0, "overflows"},
	    {2, 0, 0, 0x809000, 0x20000000, 2, 0, "pages to add"},
	    {2, 0, 0, 0xffffe000, 0x1000, 2, 0, "overlap"},
	    {3, 0, 0, 0x820000, 0x1000, 2, 0, "2 TD_HOB"},
	    {0, 0x1000, 0x1000, 0xfffff000, 0x1000, 1, 1, "no BFV"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(bad); i++) {
		struct gh_err e;
		struct kit k;
		size_t n = bad[i].i;

		kit_default(&k);
		k.td[n].raw_at = bad[i].raw_at;
		k.td[n].raw_len = bad[i].raw_len;
		k.td[n].gpa = bad[i].gpa;
		k.td[n].mem = bad[i].mem;
		k.td[n].type = bad[i].type;
		k.td[n].attr = bad[i].attr;
		build(&k);
		assert_says(tdvf_fault(&e), bad[i].want);
	}
}

/* Heads of both lists: {offset in the head, value, words}. */
static void test_list_heads_with_a_lie_are_refused(void **state)
{
	static const struct {
		size_t at;
		uint32_t v;
		const char *want;
	} bad[] = {
	    {0, 0x31415926, "no signature"},
	    {8, 2, "version 2"},
	    {8, 0, "version 0"},
	    {12, 0, "0 sections"},
	    {12, 65, "65 sections"},
	    {12, 0xffffffff, "sections"},
	    {4, 15, "length 15"},
	    {12, 3, "length"},
	};
	struct gh_err e;
	struct kit k;

	(void)state;
	kit_default(&k);
	for (size_t i = 0; i < GH_COUNT(bad); i++) {
		build(&k);
		kit_le(image + KIT_SEV_AT + bad[i].at, 4, bad[i].v);
		assert_says(sev_fault(&e), bad[i].want);
		build(&k);
		kit_le(image + KIT_TDVF_AT + bad[i].at, 4, bad[i].v);
		assert_says(tdvf_fault(&e), bad[i].want);
	}
	build(&k);
	image[KIT_TDVF_AT - 1] ^= 1;
	assert_says(tdvf_fault(&e), "descriptor GUID");
}

/* The u32 that points from the end: past the start, into the last bytes, at the start. */
static void test_list_pointers_with_a_lie_are_refused(void **state)
{
	static const uint32_t back[] = {KIT_LEN + 1, 0xffffffff, 0, 15, KIT_LEN};
	struct gh_err e;
	struct kit k;

	(void)state;
	kit_default(&k);
	for (size_t i = 0; i < GH_COUNT(back); i++) {
		size_t start = kit_build(image, &k);

		kit_le(image + start, 4, back[i]);      /* TDVF: the last entry */
		kit_le(image + start + 22, 4, back[i]); /* SEV: the one before */
		assert_string_not_equal(tdvf_fault(&e), "");
		assert_string_not_equal(sev_fault(&e), "");
	}
}

/* A list at the very start of the file has no room for the GUID before it, and one whose
 * sections run past the end of the file is cut. */
static void test_lists_at_the_edges_are_refused(void **state)
{
	struct gh_err e;
	struct kit k;
	size_t start;

	(void)state;
	kit_default(&k);
	start = kit_build(image, &k);
	memcpy(image, image + KIT_TDVF_AT, 16 + 32 * 4);
	kit_le(image + start, 4, KIT_LEN);
	assert_says(tdvf_fault(&e), "descriptor GUID");
	start = kit_build(image, &k);
	memcpy(image + KIT_LEN - 20, "TDVF\x90\0\0\0\1\0\0\0\4\0\0", 16);
	kit_le(image + start, 4, 20);
	assert_string_not_equal(tdvf_fault(&e), "");
	memcpy(image + KIT_LEN - 20, "ASEV\x58\0\0\0\1\0\0\0\6\0\0", 16);
	kit_le(image + start + 22, 4, 20);
	assert_says(sev_fault(&e), "truncated");
}

/* Sections of a descriptor whose mark stands but whose end is cut by the file's end. */
static void test_descriptor_cut_by_the_end_is_refused(void **state)
{
	unsigned char small[120];
	struct gh_firmware fw = {.file = {small, sizeof(small)}, .n = 1};
	unsigned char back[4] = {40}, guid[16];
	struct gh_tdvf t;
	struct gh_err e = {0};

	(void)state;
	memset(small, 0, sizeof(small));
	kit_guid(guid, "e47a6535-984a-4798-865e-4685a7bf8ec2");
	kit_guid(small + 64, "e9eaf9f3-168e-44d5-a8eb-7f4d8738f6ae");
	memcpy(small + 80, "TDVF\x30\0\0\0\1\0\0\0\1\0\0", 16);
	fw.item[0].guid = guid;
	fw.item[0].data = (struct gh_bytes){back, 4};
	assert_int_equal(gh_firmware_tdvf(&t, &fw, &e), -1);
	assert_says(e.what, "truncated");
}

/* ---- any damage ---------------------------------------------------------------------- */

static void read_all(const unsigned char *p, size_t len)
{
	struct gh_firmware fw;
	struct gh_sev_list l;
	struct gh_tdvf t;

	if (gh_firmware_parse(&fw, p, len, NULL))
		return;
	(void)!gh_firmware_sev(&l, &fw, NULL);
	(void)!gh_firmware_tdvf(&t, &fw, NULL);
}

/* The table is found from the end, so cuts are made at the front. */
static void test_no_cut_reads_outside(void **state)
{
	struct kit k;

	(void)state;
	kit_default(&k);
	build(&k);
	for (size_t cut = 0; cut <= KIT_LEN; cut++) {
		size_t len = KIT_LEN - cut;
		unsigned char *p = malloc(len ? len : 1);

		assert_non_null(p);
		memcpy(p, image + cut, len);
		read_all(p, len);
		memcpy(p, image, len);
		read_all(p, len);
		free(p);
	}
}

/* No flipped byte of lists and table is ignored: some reading of it changes or fails. */
static void test_every_flip_is_refused_or_seen(void **state)
{
	uint8_t good[GH_MRTD_LEN], now[GH_MRTD_LEN];
	struct gh_firmware fw;
	struct gh_tdvf t;
	struct kit k;

	(void)state;
	kit_default(&k);
	build(&k);
	assert_int_equal(parse(&fw, NULL), 0);
	assert_int_equal(gh_firmware_tdvf(&t, &fw, NULL), 0);
	assert_int_equal(gh_tdx_mrtd(&t, GH_MRTD_SINGLE, good, NULL), 0);
	for (size_t i = 0x1000; i < KIT_LEN; i++) {
		build(&k);
		image[i] ^= 0x41;
		if (parse(&fw, NULL) || gh_firmware_tdvf(&t, &fw, NULL))
			continue;
		assert_int_equal(gh_tdx_mrtd(&t, GH_MRTD_SINGLE, now, NULL), 0);
		assert_memory_not_equal(good, now, GH_MRTD_LEN);
	}
}

/* ---- MRTD ---------------------------------------------------------------------------- */

/* Data that ends inside a chunk is followed by zeros; the order of passes matters. */
static void test_mrtd_covers_what_it_must(void **state)
{
	uint8_t a[GH_MRTD_LEN], b[GH_MRTD_LEN];
	struct gh_firmware fw;
	struct gh_tdvf t;
	struct kit k;

	(void)state;
	kit_default(&k);
	k.td[0].gpa = 0xffff0000;
	k.td[0].mem = 0x2000;
	k.td[0].raw_len = 0x101;
	build(&k);
	assert_int_equal(parse(&fw, NULL), 0);
	assert_int_equal(gh_firmware_tdvf(&t, &fw, NULL), 0);
	assert_int_equal(gh_tdx_mrtd(&t, GH_MRTD_SINGLE, a, NULL), 0);
	assert_int_equal(gh_tdx_mrtd(&t, GH_MRTD_TWO_PASS, b, NULL), 0);
	assert_memory_not_equal(a, b, GH_MRTD_LEN);
	image[0x1101] ^= 1; /* behind the data: not measured */
	assert_int_equal(gh_tdx_mrtd(&t, GH_MRTD_SINGLE, b, NULL), 0);
	assert_memory_equal(a, b, GH_MRTD_LEN);
	image[0x1100] ^= 1; /* its last byte */
	assert_int_equal(gh_tdx_mrtd(&t, GH_MRTD_SINGLE, b, NULL), 0);
	assert_memory_not_equal(a, b, GH_MRTD_LEN);
}

/* ---- show ---------------------------------------------------------------------------- */

static void show(struct gh_buf *text, size_t len)
{
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};
	struct gh_bytes b = {image, len};

	assert_int_equal(gh_firmware_show(&fs, b, NULL), 0);
	assert_null(fs.whole.p);
	gh_fields_plain(text, &fs);
}

static void test_show_names_every_section(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	struct kit k;

	(void)state;
	kit_default(&k);
	build(&k);
	show(&text, KIT_LEN);
	assert_says(gh_buf_cstr(&text), "KERNEL_HASHES");
	assert_says(gh_buf_cstr(&text), "SVSM_CAA");
	assert_says(gh_buf_cstr(&text), "TD_HOB");
	assert_says(gh_buf_cstr(&text), "MR.EXTEND");
	assert_says(gh_buf_cstr(&text), "PAGE_AUG");
	assert_says(gh_buf_cstr(&text), "dc886566-984a-4798-a75e-5585a7bf67cc");
	assert_says(gh_buf_cstr(&text), "MRTD, page by page");
	assert_says(gh_buf_cstr(&text), "0x80b004");
}

static void test_show_says_what_is_wrong(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	struct kit k;

	(void)state;
	kit_default(&k);
	k.no_reset = k.no_hashes = true;
	k.sev[0].type = 7;
	k.td[0].type = 7;
	build(&k);
	show(&text, KIT_LEN);
	assert_says(gh_buf_cstr(&text), "ASEV section 0: unknown type");
	assert_says(gh_buf_cstr(&text), "TDVF section 0: unknown type");
	gh_buf_clear(&text);
	show(&text, 100);
	assert_says(gh_buf_cstr(&text), "no table footer");
}

/* An entry that no one knows is shown all the same; lists may lack the extras. */
static void test_show_copes_with_strange_entries(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	struct kit k;
	size_t end;

	(void)state;
	kit_default(&k);
	k.no_reset = k.no_hashes = true;
	end = kit_build(image, &k);
	kit_item(image, &end, "12345678-9abc-def0-1234-56789abcdef0", "hello", 5);
	kit_le(image + KIT_LEN - 50, 2, KIT_LEN - 32 - end);
	show(&text, KIT_LEN);
	assert_says(gh_buf_cstr(&text), "12345678-9abc-def0-1234-56789abcdef0");
	assert_says(gh_buf_cstr(&text), "unknown to us");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_good_image_gives_both_lists),
	    cmocka_unit_test(test_lists_that_are_absent_are_said),
	    cmocka_unit_test(test_table_with_a_lie_is_refused),
	    cmocka_unit_test(test_guid_that_stands_twice_is_refused),
	    cmocka_unit_test(test_too_many_entries_are_refused),
	    cmocka_unit_test(test_short_and_huge_files_are_refused),
	    cmocka_unit_test(test_sev_section_with_a_lie_is_refused),
	    cmocka_unit_test(test_last_page_below_4_gib_is_fine),
	    cmocka_unit_test(test_entries_of_another_length_are_refused),
	    cmocka_unit_test(test_tdvf_section_with_a_lie_is_refused),
	    cmocka_unit_test(test_list_heads_with_a_lie_are_refused),
	    cmocka_unit_test(test_list_pointers_with_a_lie_are_refused),
	    cmocka_unit_test(test_lists_at_the_edges_are_refused),
	    cmocka_unit_test(test_descriptor_cut_by_the_end_is_refused),
	    cmocka_unit_test(test_no_cut_reads_outside),
	    cmocka_unit_test(test_every_flip_is_refused_or_seen),
	    cmocka_unit_test(test_mrtd_covers_what_it_must),
	    cmocka_unit_test(test_show_names_every_section),
	    cmocka_unit_test(test_show_says_what_is_wrong),
	    cmocka_unit_test(test_show_copes_with_strange_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
