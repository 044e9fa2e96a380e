/* SPDX-License-Identifier: Apache-2.0
 * The knowledge that is compiled in: whole, and what it says of sets of versions. */
#include <string.h>

#include "base/text.h"
#include "firmware/bundle.h"
#include "firmware/rim_id.h"
#include "tests/unit/tap.h"

static struct gh_knowledge known;

static int load(void **state)
{
	struct gh_err err = {0};

	(void)state;
	if (gh_knowledge_load(&known, &err) != 0)
		print_error("%s\n", err.what);
	return known.n_bundles > 0 ? 0 : -1;
}

static int unload(void **state)
{
	(void)state;
	gh_knowledge_free(&known);
	gh_knowledge_free(&known);
	return 0;
}

/* hmc, gpu_vbios, nvswitch, fpga, erot, pcie_switch, retimer */
static struct gh_bundle_match match(const char *const v[7])
{
	struct gh_member have[7];
	struct gh_bundle_match m;

	assert_int_equal(7, known.n_members);
	for (size_t i = 0; i < 7; i++)
		have[i] = (struct gh_member){known.member[i], v[i]};
	gh_bundle_match(&m, &known, have, 7);
	return m;
}

static void test_knowledge_when_compiled_in_then_whole(void **state)
{
	(void)state;
	assert_int_equal(10, known.n_bundles);
	assert_int_equal(2, known.n_advisories);
	assert_true(known.n_components >= 20 && known.n_floors >= 15);
	assert_string_equal("hmc", known.member[0]);
	assert_string_equal(
	    "nv-vbios", gh_knowledge_component(&known, "gpu_vbios")->scheme);
	assert_null(gh_knowledge_component(&known, "nothing"));
}

static void test_match_when_a_known_row_then_that_row(void **state)
{
	static const struct {
		const char *v[7], *name;
	} rows[] = {
	    {{"HGX-22.10-1-rc31", "96.00.61.00.01", "96.10.35.00.01", "2.0E",
		 "00.02.0120.0000_n00", "1.7.5F", "1.31.X"},
		"before 1.3.0 (rc31)"},
	    {{"HGX-22.10-1-rc34", "96.00.61.00.01", "96.10.35.00.01", "2.11",
		 "00.02.0134.0000_n00", "1.7.5F", "2.7.9"},
		"before 1.3.0 (rc34)"},
	    {{"HGX-22.10-1-rc57", "96.00.89.00.01", "96.10.4a.00.01", "2.37",
		 "00.02.0150.0000_n00", "1.7.5f", "2.7.20"},
		"1.3.0/1.3.1"},
	    {{"HGX-22.10-1-rc59", "96.00.8B.00.01", "", "", "", "", ""}, "1.3.2"},
	    {{"HGX-22.10-1-rc67", "96.00.A5.00.01", "96.10.57.00.01", "2.40",
		 "00.02.0182.0000_n00", "1.9.5F", "2.7.20"},
		"1.5.0"},
	    {{"HGX-22.10-1-rc77", "96.00.BC.00.01", "96.10.69.00.01", "2.53",
		 "00.02.0192.0000_n00", "1.9.5F", "2.7.20"},
		"1.6.0 to 1.7.x (rc77)"},
	    {{"HGX-22.10-1-rc81", "96.00.CF.00.02", "96.10.6F.00.01", "2.53",
		 "00.02.0192.0000_n00", "1.9.5F", "2.7.20"},
		"1.7.x"},
	    {{"", "96.00.D9.00.02", "", "", "", "", ""}, "1.8.0 or later"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(rows); i++) {
		struct gh_bundle_match m = match(rows[i].v);

		assert_non_null(m.row);
		assert_string_equal(rows[i].name, m.row->name);
		assert_true(m.whole);
		assert_int_equal(0, m.n_differ);
	}
}

static void test_match_when_one_member_is_of_another_row_then_named(void **state)
{
	static const char *const mixed[7] = {"HGX-22.10-1-rc57", "96.00.BC.00.01",
	    "96.10.4A.00.01", "2.37", "00.02.0150.0000_n00", "1.7.5F", "2.7.20"};
	/* the VBIOS of 1.8.0 below an HMC of 1.6.0 */
	static const char *const newer[7] = {"HGX-22.10-1-rc77", "96.00.D9.00.01",
	    "96.10.69.00.01", "2.53", "00.02.0192.0000_n00", "1.9.5F", "2.7.20"};
	/* nothing but the HMC is of the row that has no other member */
	static const char *const key[7] = {
	    "HGX-22.10-1-rc34", "96.00.D9.00.01", "", "", "", "", ""};
	struct gh_bundle_match m = match(mixed);

	(void)state;
	assert_string_equal("1.3.0/1.3.1", m.row->name);
	assert_false(m.whole);
	assert_int_equal(1, m.n_differ);
	assert_string_equal("gpu_vbios", m.differ[0]);
	m = match(newer);
	assert_string_equal("1.6.0 to 1.7.x (rc77)", m.row->name);
	assert_int_equal(1, m.n_differ);
	m = match(key);
	assert_false(m.whole);
}

static void test_match_when_nothing_is_known_then_no_row(void **state)
{
	static const char *const unknown[7] = {"HGX-22.10-1-rc99", "96.00.E0.00.01",
	    "96.10.80.00.01", "3.00", "00.02.0200.0000_n00", "2.0.1", "2.8.1"};
	static const char *const hostile[7] = {
	    "\x1b[2J", "96.00.ZZ.00.01", "x", "-1", "", "N/A", "1.31.X"};
	struct gh_bundle_match m = match(unknown);

	(void)state;
	assert_null(m.row);
	assert_false(m.whole);
	m = match(hostile);
	assert_null(m.row);
	gh_bundle_match(&m, &known, NULL, 0);
	assert_null(m.row);
}

static void test_bundle_when_held_against_a_release_then_only_certain(void **state)
{
	static const struct {
		const char *hmc, *release, *rel;
	} cases[] = {
	    {"HGX-22.10-1-rc34", "1.3.0", "<"},
	    {"HGX-22.10-1-rc34", "1.2.0", "incomparable"},
	    {"HGX-22.10-1-rc57", "1.6.0", "<"},
	    {"HGX-22.10-1-rc57", "1.3.1", "incomparable"},
	    {"HGX-22.10-1-rc57", "1.3.0", ">"},
	    {"HGX-22.10-1-rc63", "1.4.0", "="},
	    {"HGX-22.10-1-rc77", "1.6.0", ">"},
	    {"HGX-22.10-1-rc77", "1.7.0", "incomparable"},
	    {"HGX-22.10-1-rc77", "1.5.0", ">"},
	    {"HGX-22.10-1-rc77", "1.8.0", "<"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		const struct gh_bundle *b = gh_bundle_of_key(&known, cases[i].hmc);

		assert_non_null(b);
		assert_string_equal(cases[i].rel,
		    gh_version_rel_word(gh_bundle_against(b, cases[i].release)));
	}
	assert_null(gh_bundle_of_key(&known, "HGX-22.10-1-rc99"));
	assert_null(gh_bundle_of_key(&known, ""));
}

static void test_advisories_when_asked_then_those_not_fixed(void **state)
{
	enum gh_version_rel rel;
	const struct gh_bundle *rc57 = gh_bundle_of_key(&known, "HGX-22.10-1-rc57");
	const struct gh_bundle *rc77 = gh_bundle_of_key(&known, "HGX-22.10-1-rc77");
	const struct gh_bundle *last = &known.bundle[known.n_bundles - 1];
	const struct gh_bundle later = {.from = "1.6.0", .to = "", .before = ""};
	const struct gh_advisory *a = gh_bundle_advisory(&known, rc57, NULL, &rel);

	(void)state;
	assert_string_equal("NVIDIA 5561", a->id);
	assert_int_equal(GH_VERSION_LESS, rel);
	a = gh_bundle_advisory(&known, rc57, a, &rel);
	assert_string_equal("NVIDIA 5674", a->id);
	assert_int_equal(GH_VERSION_LESS, rel);
	assert_null(gh_bundle_advisory(&known, rc57, a, &rel));
	a = gh_bundle_advisory(&known, rc77, NULL, &rel);
	assert_string_equal("NVIDIA 5674", a->id);
	assert_int_equal(GH_VERSION_LESS, rel);
	a = gh_bundle_advisory(&known, &later, NULL, &rel);
	assert_string_equal("NVIDIA 5674", a->id);
	assert_int_equal(GH_VERSION_INCOMPARABLE, rel);
	assert_null(gh_bundle_advisory(&known, last, NULL, &rel));
}

static void test_floor_when_asked_then_of_product_and_plan(void **state)
{
	const struct gh_floor *f =
	    gh_knowledge_floor(&known, "bios", "SYS-821GE-TNHR", "", NULL);

	(void)state;
	assert_string_equal("2.7", f->floor);
	assert_string_equal("tested", f->confidence);
	assert_null(gh_knowledge_floor(&known, "bios", "SYS-821GE-TNHR", "", f));
	assert_null(gh_knowledge_floor(&known, "bios", "SYS-1", "", NULL));
	f = gh_knowledge_floor(&known, "nic", "SYS-821GE-TNHR", "", NULL);
	assert_non_null(gh_knowledge_floor(&known, "nic", "SYS-821GE-TNHR", "", f));
	f = gh_knowledge_floor(&known, "gpu_vbios", "anything", "per-gpu", NULL);
	assert_string_equal("96.00.5E.00.00", f->floor);
	assert_null(gh_knowledge_floor(&known, "hgx_bundle", "", "per-gpu", NULL));
	f = gh_knowledge_floor(&known, "hgx_bundle", "", "one-cvm", NULL);
	assert_string_equal("1.7.0", f->floor);
}

static void refuse(const char *text)
{
	struct gh_knowledge k;
	struct gh_err err = {0};

	assert_int_equal(-1, gh_knowledge_parse(&k, gh_text_of(text), &err));
	assert_true(err.what[0] != '\0');
	assert_null(k.doc);
	assert_null(k.bundle);
}

#define DOC(rest) "{\"format\":\"gatehouse-firmware/1\"," rest "}"
#define HMC       "\"components\":[{\"id\":\"hmc\",\"scheme\":\"hmc-rc\",\"inventory\":[]}]"

static void test_parse_when_malformed_then_refused(void **state)
{
	struct gh_knowledge k;

	(void)state;
	refuse("");
	refuse("[]");
	refuse("{\"format\":\"gatehouse-firmware/2\"}");
	refuse(DOC("\"components\":[{\"id\":\"hmc\",\"scheme\":\"none\"}]"));
	refuse(DOC("\"components\":[{\"scheme\":\"text\"}]"));
	refuse(DOC(
	    "\"components\":[{\"id\":\"a\",\"scheme\":\"text\",\"inventory\":[[1]]}]"));
	refuse(DOC("\"components\":[{\"id\":\"a\",\"scheme\":\"text\","
		   "\"inventory\":[[\"a\",\"none\"]]}]"));
	refuse(DOC(HMC ",\"bundle_members\":[\"bios\"]"));
	refuse(DOC(HMC ",\"bundles\":[{\"name\":\"a\",\"source\":\"b\"}]"));
	refuse(DOC(HMC ",\"bundles\":[{\"name\":\"a\",\"source\":\"b\",\"members\":"
		       "{\"hmc\":[\"rc7\"]}}]"));
	refuse(DOC(HMC ",\"bundles\":[{\"name\":\"a\",\"source\":\"b\",\"members\":"
		       "{\"bios\":[\"2.7\"]}}]"));
	refuse(DOC(HMC ",\"bundles\":[{\"name\":\"a\",\"source\":\"b\",\"from\":\"1\","
		       "\"members\":{\"hmc\":[\"HGX-22.10-1-rc7\"]}}]"));
	refuse(DOC("\"advisories\":[{\"id\":\"a\",\"cve\":[\"b\"],\"fixed\":\"x\"}]"));
	refuse(DOC("\"advisories\":[{\"id\":\"a\",\"cve\":[],\"fixed\":\"1.0.0\"}]"));
	refuse(DOC("\"floors\":[{\"component\":\"bios\",\"source\":\"s\","
		   "\"scheme\":\"smc-bios\",\"floor\":\"x\"}]"));
	refuse(DOC("\"floors\":[{\"component\":\"bios\",\"source\":\"s\",\"after\":\"x\","
		   "\"scheme\":\"smc-bios\",\"floor\":\"2.7\"}]"));
	assert_int_equal(0, gh_knowledge_parse(&k, gh_text_of(DOC(HMC)), NULL));
	assert_int_equal(1, k.n_components);
	gh_knowledge_free(&k);
}

static void test_rim_id_when_built_then_as_nvidia_names_it(void **state)
{
	char id[GH_RIM_ID_LEN];

	(void)state;
	assert_true(
	    gh_rim_id_gpu(id, "G520.0200.00.05", "2330-885-A1", "96.00.61.00.01"));
	assert_string_equal("NV_GPU_VBIOS_G520_0200_885_9600610001", id);
	assert_true(
	    gh_rim_id_gpu(id, "1010.0200.00.01 ", "2331-882-A1", "96.00.9f.00.01  "));
	assert_string_equal("NV_GPU_VBIOS_1010_0200_882_96009F0001", id);
	assert_true(gh_rim_id_switch(id, "5612.0002.00.01",
	    gh_knowledge_chip_sku(&known, "5612.0002.00.01"), "96.10.55.00.01"));
	assert_string_equal("NV_SWITCH_BIOS_5612_0002_890_9610550001", id);
	assert_string_equal("", gh_knowledge_chip_sku(&known, "5612.00021.00.01"));
}

static void test_rim_id_when_a_part_is_malformed_then_none(void **state)
{
	static const char *const bad[][3] = {
	    {"G520.0200", "2330-885-A1", "96.00.61.00.01"},
	    {"", "2330-885-A1", "96.00.61.00.01"},
	    {"G520.0200.00.05", "2330", "96.00.61.00.01"},
	    {"G520.0200.00.05", "2330-885", "96.00.61.00.01"},
	    {"G520.0200.00.05", "2330--A1", "96.00.61.00.01"},
	    {"G520.0200.00.05", "2330-8/5-A1", "96.00.61.00.01"},
	    {"G520.0200.00.05", "2330-88588588-A1", "96.00.61.00.01"},
	    {"G520.0200.00.05", "2330-885-A1", "96.00.61.00"},
	    {"G520.0200.00.05", "2330-885-A1", "N/A"},
	    {"../../0200.00.05", "2330-885-A1", "96.00.61.00.01"},
	};
	char id[GH_RIM_ID_LEN];

	(void)state;
	for (size_t i = 0; i < GH_COUNT(bad); i++) {
		memset(id, 'x', sizeof(id));
		assert_false(gh_rim_id_gpu(id, bad[i][0], bad[i][1], bad[i][2]));
		assert_string_equal("", id);
	}
	assert_false(gh_rim_id_switch(id, "5612.0002.00.01", "", "96.10.55.00.01"));
	assert_false(gh_rim_id_switch(id, "5612.0002.00.01", "890", ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_knowledge_when_compiled_in_then_whole),
	    cmocka_unit_test(test_match_when_a_known_row_then_that_row),
	    cmocka_unit_test(test_match_when_one_member_is_of_another_row_then_named),
	    cmocka_unit_test(test_match_when_nothing_is_known_then_no_row),
	    cmocka_unit_test(test_bundle_when_held_against_a_release_then_only_certain),
	    cmocka_unit_test(test_advisories_when_asked_then_those_not_fixed),
	    cmocka_unit_test(test_floor_when_asked_then_of_product_and_plan),
	    cmocka_unit_test(test_parse_when_malformed_then_refused),
	    cmocka_unit_test(test_rim_id_when_built_then_as_nvidia_names_it),
	    cmocka_unit_test(test_rim_id_when_a_part_is_malformed_then_none),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
