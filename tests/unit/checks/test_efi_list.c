/* SPDX-License-Identifier: Apache-2.0
 * Signature lists walked whole, cut at every byte and changed in every bit: an entry never
 * leaves its list, and a database that lost or changed what it must hold never passes. */
#include "checks/efi_list.h"
#include "host_text.h"
#include "with_catalogue.h"

/* A list of n entries of len bytes each behind a header of head bytes. */
static void add_list(struct gh_buf *b, uint32_t head, uint32_t len, uint32_t n)
{
	gh_buf_add(b, efi_sha256, 16);
	tpm_le(b, 28 + head + n * (16 + len), 4);
	tpm_le(b, head, 4);
	tpm_le(b, 16 + len, 4);
	for (uint32_t i = 0; i < head; i++)
		gh_buf_chr(b, 'h');
	for (uint32_t i = 0; i < n; i++) {
		gh_buf_add(b, "owner of sixteen", 16);
		for (uint32_t k = 0; k < len; k++)
			gh_buf_chr(b, (char)('a' + i));
	}
}

/* How many entries, or -1; each must lie in the bytes, behind the one before. */
static int walk(struct gh_bytes value)
{
	struct gh_efi_walk w = gh_efi_walk_of(value);
	struct gh_efi_entry e;
	const unsigned char *last = value.p;
	int n = 0, got;

	while ((got = gh_efi_next(&w, &e, NULL)) > 0) {
		assert_true(e.owner >= last && e.data.p == e.owner + 16);
		assert_true(e.data.len > 0);
		last = e.data.p + e.data.len;
		assert_true(last <= value.p + value.len);
		n++;
	}
	return got < 0 ? -1 : n;
}

static void test_lists_when_whole_then_every_entry(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_efi_walk w;
	struct gh_efi_entry e;

	(void)state;
	assert_int_equal(0, walk((struct gh_bytes){b.p, 0}));
	add_list(&b, 0, 32, 2);
	add_list(&b, 5, 1, 3);
	add_list(&b, 0, 32, 0);
	efi_list(&b, efi_x509, "a certificate", 13);
	assert_int_equal(6, walk(gh_buf_view(&b)));
	w = gh_efi_walk_of(gh_buf_view(&b));
	assert_int_equal(1, gh_efi_next(&w, &e, NULL));
	assert_int_equal(GH_EFI_SHA256, e.kind);
	assert_int_equal(32, e.data.len);
	assert_memory_equal("owner of sixteen", e.owner, 16);
	for (int i = 0; i < 5; i++)
		assert_int_equal(1, gh_efi_next(&w, &e, NULL));
	assert_int_equal(GH_EFI_X509, e.kind);
	assert_memory_equal("a certificate", e.data.p, 13);
	assert_int_equal(0, gh_efi_next(&w, &e, NULL));
	assert_null(e.data.p);
}

static void test_list_when_its_lengths_do_not_fit_then_refused(void **state)
{
	static const struct {
		uint32_t all, head, entry;
		int n;
	} cases[] = {{28 + 2 * 48, 0, 48, 2},
	    {28 + 48, 0, 48, -1}, /* 48 bytes are left */
	    {28, 0, 48, -1}, {27, 0, 48, -1}, {0, 0, 48, -1}, {28 + 2 * 48, 0, 0, -1},
	    {28 + 2 * 48, 0, 16, -1}, {28 + 2 * 48, 0, 17, -1}, {28 + 2 * 48, 48, 48, 1},
	    {28 + 2 * 48, 96, 48, 0}, {28 + 2 * 48, 97, 48, -1},
	    {28 + 2 * 48, 0xffffffff, 48, -1}, {28 + 2 * 48, 0, 0xffffffff, -1},
	    {0xffffffff, 0, 48, -1}, {28 + 3 * 48, 0, 48, -1}, {28 + 2 * 48, 0, 96, 1}};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct gh_buf, gh_buf_free) b = {0};

		gh_buf_add(&b, efi_sha256, 16);
		tpm_le(&b, cases[i].all, 4);
		tpm_le(&b, cases[i].head, 4);
		tpm_le(&b, cases[i].entry, 4);
		for (int k = 0; k < 2 * 48; k++)
			gh_buf_chr(&b, 'x');
		if (walk(gh_buf_view(&b)) != cases[i].n)
			fail_msg("case %zu: %d", i, walk(gh_buf_view(&b)));
	}
}

static void test_lists_when_cut_anywhere_then_fewer_or_refused(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	size_t whole = 0;

	(void)state;
	add_list(&b, 0, 32, 2);
	add_list(&b, 5, 1, 3);
	efi_list(&b, efi_x509, "a certificate", 13);
	for (size_t n = 0; n < b.len; n++) {
		unsigned char *cut =
		    malloc(n + 1); /* its own, so that ASan sees its end */
		int got;

		memcpy(cut, b.p, n);
		got = walk((struct gh_bytes){cut, n});
		assert_true(got < 6);
		whole += got >= 0;
		free(cut);
	}
	assert_int_equal(3, whole); /* before each list */
}

static void test_lists_when_any_bit_flips_then_nothing_leaves_its_list(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	(void)state;
	add_list(&b, 0, 32, 2);
	add_list(&b, 5, 1, 3);
	efi_list(&b, efi_x509, "a certificate", 13);
	for (size_t bit = 0; bit < 8 * b.len; bit++) {
		b.p[bit / 8] ^= (unsigned char)(1 << bit % 8);
		assert_true(walk(gh_buf_view(&b)) <= (int)(b.len / 17));
		b.p[bit / 8] ^= (unsigned char)(1 << bit % 8);
	}
}

/* ---- before the judges ------------------------------------------------------------------- */

static enum gh_verdict judge(struct text_host *h, const char *id)
{
	struct gh_probe p;
	enum gh_verdict v;

	probe_of(&p, h);
	v = judge_alone(cat, id, &p, NULL);
	gh_probe_free(&p);
	return v;
}

/* name: what must stand in it, in its last list. */
static const struct variable {
	const char *item, *id, *name;
} variables[] = {
    {"efi.db", "host.boot.db", "Microsoft UEFI CA 2023"},
    {"efi.kek", "host.boot.db", "Microsoft Corporation KEK 2K CA 2023"},
    {"efi.mok", "host.boot.mok", "Canonical Ltd. Master Certificate Authority"},
    {"efi.sbat", "host.boot.sbat", "sbat,1,2023012900"},
};

/* Cut between two lists it is a whole variable, that may have lost what called for the name.
 * The line feed behind a level says nothing. */
static bool may_pass(const struct variable *v, const char *text)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	if (gh_unhex_buf(&b, text, strlen(text), NULL) || b.len <= 4)
		return false;
	if (!strcmp(v->item, "efi.sbat"))
		return b.len == 4 + strlen(v->name);
	return walk((struct gh_bytes){b.p + 4, b.len - 4}) == 1 &&
	       !gh_text_find(gh_buf_view(&b), "Corporation");
}

static void test_variable_when_cut_anywhere_then_never_passes(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(variables); i++) {
		struct text_host h;
		char *text;

		tdx_host(&h);
		text = find_item(&h, variables[i].item)->text;
		assert_int_equal(GH_PASS, judge(&h, variables[i].id));
		for (size_t n = strlen(text); n-- > 0;) {
			text[n] = '\0';
			if (judge(&h, variables[i].id) == GH_PASS &&
			    !may_pass(&variables[i], text))
				fail_msg(
				    "%s passes with %zu digits", variables[i].item, n);
		}
		text_host_free(&h);
	}
}

/* A digit of the name, and of the head of the list that it stands in. */
static void test_variable_when_what_it_must_hold_flips_then_never_passes(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(variables); i++) {
		bool sbat = !strcmp(variables[i].item, "efi.sbat");
		/* another level may be a higher one */
		size_t n = sbat ? strlen("sbat,1,") : strlen(variables[i].name);
		struct text_host h;
		char hex[128], *text;

		gh_hex(hex, (const unsigned char *)variables[i].name, n);
		tdx_host(&h);
		text = strstr(find_item(&h, variables[i].item)->text, hex);
		assert_non_null(text);
		for (size_t k = 0; k < 2 * n; k++) {
			char was = text[k];

			text[k] = was == '9' ? 'a' : (char)(was == 'f' ? '0' : was + 1);
			if (judge(&h, variables[i].id) == GH_PASS)
				fail_msg("%s passes with digit %zu of the name",
				    variables[i].item, k);
			text[k] = was;
		}
		for (size_t k = 1; !sbat && k <= 2 * (28 + 16); k++) {
			char was = text[-(long)k];
			bool owner = k <= 2 * 16;

			text[-(long)k] =
			    was == '9' ? 'a' : (char)(was == 'f' ? '0' : was + 1);
			if (judge(&h, variables[i].id) == GH_PASS && !owner)
				fail_msg("%s passes with digit %zu before the name",
				    variables[i].item, k);
			text[-(long)k] = was;
		}
		text_host_free(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lists_when_whole_then_every_entry),
	    cmocka_unit_test(test_list_when_its_lengths_do_not_fit_then_refused),
	    cmocka_unit_test(test_lists_when_cut_anywhere_then_fewer_or_refused),
	    cmocka_unit_test(test_lists_when_any_bit_flips_then_nothing_leaves_its_list),
	    cmocka_unit_test(test_variable_when_cut_anywhere_then_never_passes),
	    cmocka_unit_test(
		test_variable_when_what_it_must_hold_flips_then_never_passes),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
