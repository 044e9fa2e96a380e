/* SPDX-License-Identifier: Apache-2.0
 * Versions: the cases of the vectors, cases of our own for every scheme, and what must hold
 * for any input. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "firmware/version.h"
#include "tests/unit/tap.h"

struct version_case {
	const char *scheme, *a, *b, *expect;
};

/* clang-format off */
static const struct version_case cases[] = {
    {"nv-vbios", "96.00.74.00.01", "96.00.74.01.01", "<"},
    {"nv-vbios", "96.00.A6.00.01  ", "96.00.a6.00.01", "="},
    {"nv-vbios", "96.00.74.00", "96.00.74.00.01", "invalid"},
    {"nv-vbios", "96.00.74.00.01.00", "96.00.74.00.01", "invalid"},
    {"nv-vbios", "96.00.174.00.01", "96.00.74.00.01", "invalid"},
    {"nv-vbios", "96.0.74.00.01", "96.00.74.00.01", "invalid"},
    {"nv-vbios", "96.00.74.00.01\x1b[2J", "96.00.74.00.01", "invalid"},
    {"nv-vbios", "N/A", "96.00.74.00.01", "absent"},
    {"smc-bios", "2.7a", "2.7b", "<"},
    {"smc-bios", "2.7B", "2.7b", "="},
    {"smc-bios", "2.7ab", "2.7b", "invalid"},
    {"smc-bios", "2", "2.7", "invalid"},
    {"smc-bios", "2.7.1", "2.7", "invalid"},
    {"smc-bios", "BIOS Date: 08/04/2023 Ver 1.4", "BIOS Date: 09/04/2023 Ver 1.4", "<"},
    {"smc-bios", "BIOS Date: 28/04/2023 Ver 1.4", "1.4", "invalid"},
    {"smc-bios", "BIOS Date: 08/04/2023 1.4", "1.4", "invalid"},
    {"smc-bmc", "01.03.18", "01.04.11", "<"},
    {"smc-bmc", "X1.05.10", "X1.04.10", ">"},
    {"smc-bmc", "11.01.02", "11.01.01", ">"},
    {"smc-bmc", "1.03", "1.03.18", "invalid"},
    {"smc-bmc", "101.03.18", "1.03.18", "invalid"},
    {"hmc-rc", "HGX-22.10-1-rc57", "HGX-22.10-2-rc57", "incomparable"},
    {"hmc-rc", "HGX-22.10-1-rc57", "HGX-22.10-1-rc057", "="},
    {"hmc-rc", "HGX-22.10-1-rc", "HGX-22.10-1-rc57", "invalid"},
    {"hmc-rc", "rc57", "HGX-22.10-1-rc57", "invalid"},
    {"nv-year-letter", "GH200-24.05-2", "GB200Nvl-24.12-8", "incomparable"},
    {"nv-year-letter", "GB200Nvl-25.01-E", "GB200Nvl-25.01-E", "="},
    {"nv-year-letter", "GB200Nvl-25.01-G", "GB200Nvl-25.01-E", "invalid"},
    {"nv-year-letter", "GB200Nvl-25.01-10", "GB200Nvl-25.01-E", "invalid"},
    {"erot", "01.04.0031", "01.03.0262.0000_n04", "incomparable"},
    {"erot", "01.03.0262.0000_n04", "01.03.0262.0000_n01", "release-equal"},
    {"erot", "01.03.0262.0001_n04", "01.03.0262.0000_n04", ">"},
    {"erot", "01.03.262.0000_n04", "01.03.0262.0000_n04", "invalid"},
    {"erot", "01.03.0262.0000_n", "01.03.0262.0000_n04", "invalid"},
    {"microcode", "2b000650", "0x2B000643", ">"},
    {"microcode", "0x010003f0", "0x03000382", "incomparable"},
    {"microcode", "0xA101148", "0x0a101154", "<"},
    {"microcode", "0x0A0011D5", "0x0A001238", "incomparable"},
    {"microcode", "0x12b000650", "0x2B000643", "invalid"},
    {"microcode", "0x", "0x2B000643", "invalid"},
    {"sev-fw", "1.51.1", "1.51.1", "="},
    {"sev-fw", "1.51", "1.51.1", "invalid"},
    {"sev-fw", "file:amd_sev_fam19h_model0xh_1.2A.05", "1.42.5", "="},
    {"sev-fw", "file:amd_sev_fam19h_model0xh_1.37.0a", "1.55.10", "="},
    {"sev-fw", "file:amd_sev_fam19h_model0xh_1.44.01", "1.55.21", "invalid"},
    {"sev-fw", "file:1.55.29", "1.55.29", "invalid"},
    {"psp-bl", "00.2D.00.7C", "00.2d.00.7c", "="},
    {"psp-bl", "00.13.00", "00.13.00.70", "invalid"},
    {"tdx-module", "1.5.9", "1.5.09", "="},
    {"tdx-module", "build_date 20250219", "1.5.16", "="},
    {"tdx-module", "build_date 20211231 build_num 1", "1.5.16", "invalid"},
    {"tdx-module", "build_date 20250219 x", "1.5.16", "invalid"},
    {"tdx-module", "1.5", "1.5.16", "invalid"},
    {"seamldr", "1.5.02", "1.5.01", ">"},
    {"seamldr", "2.0.00", "1.5.01", "incomparable"},
    {"seamldr", "build_date 20250219", "1.5.01", "invalid"},
    {"nvidia-driver", "535.86", "535.86.10", "<"},
    {"nvidia-driver", "535", "535.86.10", "invalid"},
    {"nvidia-driver", "535.86.10-1", "535.86.10", "invalid"},
    {"semver", "1.7.0", "1.10.0", "<"},
    {"semver", "1.0.0-alpha", "1.0.0-alpha.1", "<"},
    {"semver", "1.0.0-alpha.1", "1.0.0-alpha.beta", "<"},
    {"semver", "1.0.0-beta.11", "1.0.0-rc.1", "<"},
    {"semver", "1.0.0-beta.2", "1.0.0-beta.11", "<"},
    {"semver", "1.0.0-rc.1", "1.0.0", "<"},
    {"semver", "1.0.0+build.01", "1.0.0", "="},
    {"semver", "1.0.0-01", "1.0.0", "invalid"},
    {"semver", "01.0.0", "1.0.0", "invalid"},
    {"semver", "1.0", "1.0.0", "invalid"},
    {"semver", "1.0.0-", "1.0.0", "invalid"},
    {"deb", "1.0~rc1", "1.0", "<"},
    {"deb", "1.0~~", "1.0~", "<"},
    {"deb", "1.0", "1.0-0", "="},
    {"deb", "1.0-1", "1.0-1+b1", "<"},
    {"deb", "0:1.0", "1.0", "="},
    {"deb", "1:0.1", "9.9", ">"},
    {"deb", "1.0a", "1.0+", "<"},
    {"deb", "1.007", "1.7", "="},
    {"deb", "99999999999999999999999999", "100000000000000000000000000", "<"},
    {"deb", "a1.0", "1.0", "invalid"},
    {"deb", "1.0_1", "1.0", "invalid"},
    {"deb", "x:1.0", "1.0", "invalid"},
    {"deb", "1.0-", "1.0", "invalid"},
    {"rpm", "10.1.0-1.el9", "10.1.0-2.el9", "<"},
    {"rpm", "10.1.0", "10.1.0-2.el9", "release-equal"},
    {"rpm", "1.0~rc1", "1.0", "<"},
    {"rpm", "1.0^git1", "1.0", ">"},
    {"rpm", "1.0^git1", "1.0.1", "<"},
    {"rpm", "1.0~rc1^git1", "1.0~rc1", ">"},
    {"rpm", "1.0^", "1.0", ">"},
    {"rpm", "1.05", "1.5", "="},
    {"rpm", "1.a", "1.1", "<"},
    {"rpm", "5.5p1", "5.5p10", "<"},
    {"rpm", "xyz10", "xyz10.1", "<"},
    {"rpm", "1:1.0", "2.0", ">"},
    {"rpm", "", "2.0", "absent"},
    {"rpm", "1.0-1-1", "2.0", "invalid"},
    {"kernel", "6.17.0-8-generic", "6.17.0", "release-equal"},
    {"kernel", "6.17.0-8-generic", "6.17.0-14-generic", "<"},
    {"kernel", "6.8.0-45-generic", "6.8.0-1011-intel", "release-equal"},
    {"kernel", "6.17", "6.17.0", "="},
    {"kernel", "6.17.1", "6.17.0-8-generic", ">"},
    {"kernel", "6.16.0-rc3", "6.16.0-rc10", "<"},
    {"kernel", "6.15.0-rc7", "6.16.0", "<"},
    {"kernel", "5.14.0-570.12.1.el9_6.x86_64", "6.16.0", "backport"},
    {"kernel", "6.17.0-8-generic", "6.16.0", ">"},
    {"kernel", "6", "6.16.0", "invalid"},
    {"kernel", "6.17.0 SMP", "6.16.0", "invalid"},
    {"edk2", "edk2-stable202408", "edk2-stable202408.01", "<"},
    {"edk2", "edk2-stable2024", "edk2-stable202408", "invalid"},
    {"edk2", "202408", "edk2-stable202408", "invalid"},
    {"cx", "28.42.1000 (MT_0000000838)", "28.42.1000", "="},
    {"cx", "24.40.10.00", "24.40.1000", "="},
    {"cx", "24.40.1000", "28.37.1014", "incomparable"},
    {"cx", "28.37.10.1", "28.37.1014", "invalid"},
    {"cx", "28.37.101", "28.37.1014", "invalid"},
    {"cx", "28.37.1014 (", "28.37.1014", "invalid"},
    {"intel-nic", "9.20 0x8000d8c5 0.0.0", "9.20 0x8000D8C5", "="},
    {"intel-nic", "4.00 0x80000001", "3.50 0x800016DC", ">"},
    {"intel-nic", "3.50", "3.50 0x800016DC", "invalid"},
    {"inforom", "G520.0200.00.05", "G520.0200.00.04", ">"},
    {"inforom", "G520.200.00.05", "G520.0200.00.05", "invalid"},
    {"hexbytes", "F5.11.CB", "F5.11.CA", ">"},
    {"hexbytes", "0x00 0x0b", "0x00 0x0b 0x03", "incomparable"},
    {"hexbytes", "3F", "3f", "="},
    {"hexbytes", "0x30", "0x11", ">"},
    {"hexbytes", "0x30 ", "30", "="},
    {"hexbytes", "F5.11.CG", "F5.11.CA", "invalid"},
    {"hexbytes", "00.00.00.00.00.00.00.00.00", "00", "invalid"},
    {"hexdot", "2.0E", "2.11", "<"},
    {"hexdot", "1.7.5F", "1.9.5F", "<"},
    {"hexdot", "1.31.X", "1.9.5F", "invalid"},
    {"lenovo", "42S-2.83", "22J-1.51", "incomparable"},
    {"lenovo", "2.83", "42S-2.83", "invalid"},
    {"hpe", "2.72 Sep 04 2022", "2.81 Jan 11 2023", "<"},
    {"hpe", "U30 v2.76 (02/09/2023)", "A42 v2.60 (08/11/2022)", "incomparable"},
    {"hpe", "A42 v2.60 (08/11/2022", "A42 v2.60", "invalid"},
    {"hpe", "A42 v2.60 Sep 04", "A42 v2.60", "invalid"},
    {"dell", "2.7.4", "2.10.0", "<"},
    {"dell", "7.20.60.50", "6.00.30.00", ">"},
    {"dell", "2", "2.7.4", "invalid"},
    {"dotted", "01.02.04        ", "1.2.4", "="},
    {"dotted", "2.7", "2.7.0", "="},
    {"dotted", "2.7.", "2.7.0", "invalid"},
    {"dotted", "1.9999999999", "1.0", "invalid"},
    {"date", "08/04/2023", "2023-08-04", "="},
    {"date", "Sep 04 2022", "08/11/2022", ">"},
    {"date", "Sept 04 2022", "08/11/2022", "invalid"},
    {"date", "13/04/2022", "08/11/2022", "invalid"},
    {"text", "buildbrain-gcid-38635631", "buildbrain-gcid-35803827", "incomparable"},
    {"text", "a", "a ", "="},
    {"no-such-scheme", "1.0", "1.0", "invalid"},
    {"dotted", NULL, "1.0", "absent"},
    {"dotted", "\t", "1.0", "absent"},
    {"dotted", "not present", "1.0", "absent"},
    {"dotted", "To be filled by O.E.M.", "1.0", "absent"},
};
/* clang-format on */

static void check_case(const struct version_case *c)
{
	enum gh_version_rel r = gh_version_compare(c->scheme, c->a, c->b);

	if (strcmp(gh_version_rel_word(r), c->expect) != 0)
		print_error("%s: '%s' '%s' is %s, expected %s\n", c->scheme, c->a, c->b,
		    gh_version_rel_word(r), c->expect);
	assert_string_equal(c->expect, gh_version_rel_word(r));
}

static void test_compare_when_own_cases_then_the_relation(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++)
		check_case(&cases[i]);
}

/* Two labels of the vectors stand for what holds in every scheme. */
static const char *scheme_of(const char *label)
{
	bool any = strcmp(label, "trim") == 0 || strcmp(label, "placeholder") == 0;

	return any ? "dotted" : label;
}

static void test_compare_when_cases_of_the_vectors_then_the_relation(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	char path[512];

	(void)state;
	snprintf(path, sizeof(path), "%s/host/version-compare-cases.json", vectors_dir());
	if (gh_file_read(&b, path, 1 << 20, NULL)) {
		print_message("no vectors at %s: skipped\n", path);
		skip();
	}
	gh_auto(json_t *, gh_json_free) root = gh_json_parse(b.p, b.len, NULL);
	json_t *list = json_object_get(root, "cases");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);
		struct version_case c = {scheme_of(gh_json_text(o, "scheme")),
		    gh_json_text(o, "a"), gh_json_text(o, "b"),
		    gh_json_text(o, "expect")};

		check_case(&c);
	}
	assert_int_equal(51, json_array_size(list));
}

static void test_every_scheme_when_listed_then_has_a_case(void **state)
{
	const char *name;

	(void)state;
	for (size_t i = 0; (name = gh_version_scheme_at(i)); i++) {
		bool found = false;

		for (size_t k = 0; k < GH_COUNT(cases); k++)
			found |= strcmp(cases[k].scheme, name) == 0;
		if (!found)
			print_error("no case for %s\n", name);
		assert_true(found);
		assert_true(gh_version_scheme_known(name));
	}
	assert_false(gh_version_scheme_known("no-such-scheme"));
	assert_null(gh_version_scheme_at(1000));
}

/* What a is to b, b must be to a; and each is equal to itself or nothing. */
static void check_pair(const char *scheme, const char *a, const char *b)
{
	enum gh_version_rel ab = gh_version_compare(scheme, a, b);
	enum gh_version_rel ba = gh_version_compare(scheme, b, a);
	enum gh_version_rel aa = gh_version_compare(scheme, a, a);

	if (ba != gh_version_inverse(ab) && ab != gh_version_inverse(ba))
		print_error("%s: '%s' %s '%s', but back %s\n", scheme, a,
		    gh_version_rel_word(ab), b, gh_version_rel_word(ba));
	assert_true(ba == gh_version_inverse(ab) || ab == gh_version_inverse(ba));
	assert_true(aa == GH_VERSION_EQUAL || aa == GH_VERSION_INVALID ||
		    aa == GH_VERSION_ABSENT);
	assert_int_equal(aa == GH_VERSION_EQUAL, gh_version_valid(scheme, a));
}

static bool orders(const char *scheme, const char *a, const char *b)
{
	return gh_version_compare(scheme, a, b) == GH_VERSION_LESS;
}

/* Every text of the table in every scheme, with every other. */
static void test_compare_when_any_pair_then_antisymmetric(void **state)
{
	const char *scheme;
	size_t pairs = 0;

	(void)state;
	for (size_t s = 0; (scheme = gh_version_scheme_at(s)); s++)
		for (size_t i = 0; i < GH_COUNT(cases); i++)
			for (size_t k = i; k < GH_COUNT(cases); k++, pairs++)
				check_pair(scheme, cases[i].a, cases[k].b);
	assert_true(pairs > 100000);
}

static bool is_of(size_t i, const char *scheme)
{
	return strcmp(cases[i].scheme, scheme) == 0;
}

static void test_compare_when_three_then_transitive(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		const char *scheme = cases[i].scheme;

		for (size_t k = 0; k < GH_COUNT(cases); k++) {
			if (!is_of(k, scheme) || !orders(scheme, cases[i].a, cases[k].b))
				continue;
			for (size_t m = 0; m < GH_COUNT(cases); m++)
				if (is_of(m, scheme) &&
				    orders(scheme, cases[k].b, cases[m].a))
					assert_true(
					    orders(scheme, cases[i].a, cases[m].a));
		}
	}
}

/* One byte flipped, inserted or cut: the answer stays consistent. */
static void test_compare_when_any_byte_changes_then_still_antisymmetric(void **state)
{
	char text[256];

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		const struct version_case *c = &cases[i];
		size_t len = c->a ? strlen(c->a) : 0;

		for (size_t k = 0; k < len; k++) {
			for (unsigned int bit = 0; bit < 8; bit++) {
				memcpy(text, c->a, len + 1);
				text[k] = (char)(text[k] ^ (1 << bit));
				check_pair(c->scheme, text, c->b);
			}
			memcpy(text, c->a, len + 1);
			text[k] = '\0';
			check_pair(c->scheme, text, c->b);
		}
	}
}

static void test_compare_when_hostile_then_never_satisfies(void **state)
{
	char longer[4096];
	const char *scheme;

	(void)state;
	memset(longer, '9', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	for (size_t s = 0; (scheme = gh_version_scheme_at(s)); s++) {
		assert_int_equal(
		    GH_VERSION_INVALID, gh_version_compare(scheme, longer, longer));
		assert_int_equal(
		    GH_VERSION_INVALID, gh_version_compare(scheme, "1.0\x01", "1.0"));
		assert_int_equal(
		    GH_VERSION_INVALID, gh_version_compare(scheme, "1.0\xff", "1.0\xff"));
		assert_false(gh_version_at_least(scheme, longer, "1.0", NULL));
	}
}

static void test_at_least_when_not_ordered_then_no_and_why(void **state)
{
	static const struct {
		const char *scheme, *have, *floor, *why;
		bool met;
	} floors[] = {
	    {"nv-vbios", "96.00.61.00.01", "96.00.5E.00.00", ">", true},
	    {"nv-vbios", "96.00.5E.00.01", "96.00.5E.00.00", "release-equal", true},
	    {"nv-vbios", "96.00.5D.00.01", "96.00.5E.00.00", "<", false},
	    {"nv-vbios", "96.10.61.00.01", "96.00.5E.00.00", "incomparable", false},
	    {"nv-vbios", "", "96.00.5E.00.00", "absent", false},
	    {"nv-vbios", "x", "96.00.5E.00.00", "invalid", false},
	    {"kernel", "6.8.0-1011-intel", "6.16", "backport", false},
	    {"smc-bmc", "11.01.01", "01.03.18", "incomparable", false},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(floors); i++) {
		enum gh_version_rel why = GH_VERSION_EQUAL;

		assert_int_equal(
		    floors[i].met, gh_version_at_least(floors[i].scheme, floors[i].have,
				       floors[i].floor, &why));
		assert_string_equal(floors[i].why, gh_version_rel_word(why));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_compare_when_own_cases_then_the_relation),
	    cmocka_unit_test(test_compare_when_cases_of_the_vectors_then_the_relation),
	    cmocka_unit_test(test_every_scheme_when_listed_then_has_a_case),
	    cmocka_unit_test(test_compare_when_any_pair_then_antisymmetric),
	    cmocka_unit_test(test_compare_when_three_then_transitive),
	    cmocka_unit_test(test_compare_when_any_byte_changes_then_still_antisymmetric),
	    cmocka_unit_test(test_compare_when_hostile_then_never_satisfies),
	    cmocka_unit_test(test_at_least_when_not_ordered_then_no_and_why),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
