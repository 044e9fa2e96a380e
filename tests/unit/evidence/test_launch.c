/* SPDX-License-Identifier: Apache-2.0
 * The SNP launch digest apart from the vectors: models, the VMSA page, what refuses to be
 * launched, what the digest depends on, and the search. */
#include "evidence/snp_launch.h"
#include "firmware_kit.h"

static unsigned char image[KIT_LEN];
static struct gh_firmware fw;

static void build(const struct kit *k)
{
	kit_build(image, k);
	assert_int_equal(gh_firmware_parse(&fw, image, KIT_LEN, NULL), 0);
}

static struct gh_snp_launch launch(void)
{
	return (struct gh_snp_launch){
	    .fw = &fw, .vcpus = 2, .sig = 0xA00F11, .features = 1};
}

static const struct gh_bytes file_a = {(const unsigned char *)"kernel", 6};
static const struct gh_bytes none = {NULL, 0};

/* ---- names -------------------------------------------------------------------------- */

static void test_models_are_known_by_name_and_version(void **state)
{
	(void)state;
	assert_int_equal(gh_snp_cpu_sig("EPYC"), 0x800F12);
	assert_int_equal(gh_snp_cpu_sig("EPYC-v4"), 0x800F12);
	assert_int_equal(gh_snp_cpu_sig("EPYC-IBPB"), 0x800F12);
	assert_int_equal(gh_snp_cpu_sig("EPYC-Rome-v12"), 0x830F10);
	assert_int_equal(gh_snp_cpu_sig("EPYC-Milan"), 0xA00F11);
	assert_int_equal(gh_snp_cpu_sig("EPYC-Genoa-v1"), 0xA10F10);
	assert_int_equal(gh_snp_cpu_sig("EPYC-Turin"), 0xB00F00);
	assert_int_equal(gh_snp_cpu_sig("EPYC-Venice"), 0);
	assert_int_equal(gh_snp_cpu_sig("EPYC-v"), 0);
	assert_int_equal(gh_snp_cpu_sig("EPYC-v1x"), 0);
	assert_int_equal(gh_snp_cpu_sig("EPYCs"), 0);
	assert_int_equal(gh_snp_cpu_sig(""), 0);
	assert_string_equal(gh_snp_cpu_model(0xB00F00), "EPYC-Turin");
	assert_string_equal(gh_snp_cpu_model(1), "");
}

static void test_hypervisors_are_known_by_name(void **state)
{
	enum gh_vmm v = GH_VMM_QEMU;

	(void)state;
	assert_int_equal(gh_vmm_parse("gce", &v), 0);
	assert_int_equal(v, GH_VMM_GCE);
	assert_string_equal(gh_vmm_word(GH_VMM_EC2), "ec2");
	assert_int_equal(gh_vmm_parse("xen", &v), -1);
}

/* ---- the page ----------------------------------------------------------------------- */

static uint64_t le(const unsigned char *p, size_t len)
{
	uint64_t v = 0;

	for (size_t i = len; i; i--)
		v = v << 8 | p[i - 1];
	return v;
}

/* spec/snp.md section 4, field by field. */
static void test_vmsa_of_qemu_is_as_listed(void **state)
{
	static const struct {
		size_t at, len;
		uint64_t v;
	} want[] = {{0x02, 2, 0x93}, {0x04, 4, 0xffff}, {0x10, 2, 0xf000},
	    {0x12, 2, 0x9b}, {0x18, 8, 0x00800000}, {0x22, 2, 0x93}, {0x62, 2, 0},
	    {0x64, 4, 0xffff}, {0x72, 2, 0x82}, {0x92, 2, 0x8b}, {0xd0, 8, 0x1000},
	    {0x148, 8, 0x40}, {0x158, 8, 0x10}, {0x160, 8, 0x400}, {0x168, 8, 0xffff0ff0},
	    {0x170, 8, 2}, {0x178, 8, 0xb004}, {0x268, 8, 0x0007040600070406},
	    {0x310, 8, 0xa00f11}, {0x3b0, 8, 0x21}, {0x3e8, 8, 1}, {0x408, 4, 0x1f80},
	    {0x410, 2, 0x37f}};
	const struct gh_vmsa v = {GH_VMM_QEMU, 0xa00f11, 0x21, 0x80b004};
	unsigned char page[GH_VMSA_LEN];
	size_t set = 0;

	(void)state;
	gh_vmsa_page(page, &v);
	for (size_t i = 0; i < GH_COUNT(want); i++)
		assert_int_equal(le(page + want[i].at, want[i].len), want[i].v);
	for (size_t i = 0x412; i < sizeof(page); i++)
		set += page[i] != 0;
	assert_int_equal(set, 0);
}

static void test_vmsa_of_others_differs_where_listed(void **state)
{
	struct gh_vmsa v = {GH_VMM_EC2, 0xa00f11, 1, GH_VMSA_BSP};
	unsigned char page[GH_VMSA_LEN];

	(void)state;
	gh_vmsa_page(page, &v);
	assert_int_equal(le(page + 0x12, 2), 0x9a);
	assert_int_equal(le(page + 0x22, 2), 0x92);
	assert_int_equal(le(page + 0x92, 2), 0x83);
	assert_int_equal(le(page + 0x310, 8), 0x600);
	assert_int_equal(le(page + 0x408, 4), 0);
	v.eip = 0x80b004;
	gh_vmsa_page(page, &v);
	assert_int_equal(le(page + 0x12, 2), 0x9b);
	v.vmm = GH_VMM_GCE;
	gh_vmsa_page(page, &v);
	assert_int_equal(le(page + 0x268, 8), 0x00070106);
	assert_int_equal(le(page + 0x92, 2), 0x8b);
	assert_int_equal(le(page + 0x410, 2), 0);
}

/* ---- the digest --------------------------------------------------------------------- */

static void digest(const struct gh_snp_launch *in, uint8_t out[48])
{
	struct gh_err e = {0};

	if (gh_snp_launch_digest(in, out, &e))
		fail_msg("%s", e.what);
}

static const char *fault(const struct gh_snp_launch *in, struct gh_err *e)
{
	uint8_t out[48];

	memset(e, 0, sizeof(*e));
	return gh_snp_launch_digest(in, out, e) ? e->what : "";
}

/* Each setting that is measured moves the digest. */
static void test_digest_depends_on_each_setting(void **state)
{
	struct gh_snp_launch in[10];
	uint8_t ld[10][48];
	struct kit k;

	(void)state;
	kit_default(&k);
	build(&k);
	for (size_t i = 0; i < GH_COUNT(in); i++)
		in[i] = launch();
	in[1].vcpus = 3;
	in[2].sig = 0xA10F10;
	in[3].features = 0x21;
	in[4].vmm = GH_VMM_EC2;
	in[5].vmm = GH_VMM_GCE;
	for (size_t i = 6; i < 10; i++)
		assert_int_equal(
		    gh_snp_launch_kernel(&in[i], file_a, i == 7 ? file_a : none,
			i == 8 ? "quiet" : NULL, NULL),
		    0);
	in[9].kernel_sha256[31] ^= 1;
	for (size_t i = 0; i < GH_COUNT(in); i++) {
		digest(&in[i], ld[i]);
		for (size_t m = 0; m < i; m++)
			assert_memory_not_equal(ld[i], ld[m], 48);
	}
}

/* An empty command line is one NUL, and no initrd is an empty one. */
static void test_absent_and_empty_are_the_same(void **state)
{
	static const struct gh_bytes empty = {(const unsigned char *)"", 0};
	struct gh_snp_launch a = launch(), b = launch();

	(void)state;
	assert_int_equal(gh_snp_launch_kernel(&a, file_a, none, NULL, NULL), 0);
	assert_int_equal(gh_snp_launch_kernel(&b, file_a, empty, "", NULL), 0);
	assert_memory_equal(a.initrd_sha256, b.initrd_sha256, 32);
	assert_memory_equal(a.cmdline_sha256, b.cmdline_sha256, 32);
}

/* The firmware's pages may be given by their digest alone. */
static void test_given_firmware_digest_replaces_the_pages(void **state)
{
	struct gh_snp_launch in;
	uint8_t seed[48], a[48], b[48];
	struct kit k;

	(void)state;
	kit_default(&k);
	build(&k);
	in = launch();
	digest(&in, a);
	assert_int_equal(gh_snp_firmware_digest(&fw, seed, NULL), 0);
	in.fw_digest = seed;
	digest(&in, b);
	assert_memory_equal(a, b, 48);
	seed[0] ^= 1;
	digest(&in, b);
	assert_memory_not_equal(a, b, 48);
}

/* edk2 has moved its sections: the order of the file is what counts. */
static void test_order_of_sections_counts(void **state)
{
	uint8_t a[48], b[48];
	struct gh_snp_launch in;
	struct kit k;

	(void)state;
	kit_default(&k);
	build(&k);
	in = launch();
	digest(&in, a);
	k.sev[4].gpa = 0x811000, k.sev[4].type = 1;
	k.sev[5].gpa = 0x810000, k.sev[5].type = 0x10;
	build(&k);
	digest(&in, b);
	assert_memory_not_equal(a, b, 48);
}

static void test_what_cannot_be_launched_is_refused(void **state)
{
	struct gh_snp_launch in;
	struct gh_err e;
	struct kit k;

	(void)state;
	kit_default(&k);
	build(&k);
	in = launch();
	in.vcpus = 0;
	assert_non_null(strstr(fault(&in, &e), "0 virtual CPUs"));
	assert_int_equal(e.code, GH_E_USAGE);
	in.vcpus = GH_SNP_VCPUS_MAX + 1;
	assert_non_null(strstr(fault(&in, &e), "virtual CPUs"));
	in.vcpus = GH_SNP_VCPUS_MAX;
	assert_string_equal(fault(&in, &e), "");
	k.no_reset = true;
	build(&k);
	assert_non_null(strstr(fault(&in, &e), "one CPU only"));
	in.vcpus = 1;
	assert_string_equal(fault(&in, &e), "");
	k.no_sev = true;
	build(&k);
	assert_non_null(strstr(fault(&in, &e), "no SEV metadata"));
}

static void test_kernel_needs_its_page_and_area(void **state)
{
	static const struct {
		uint32_t gpa, size;
		const char *want;
	} bad[] = {{0, 0, "SNP_KERNEL_HASHES"}, {0x811c00, 0x400, "does not lie"},
	    {0x810f51, 0x400, "does not lie"}, {0x810c00, 175, "does not lie"},
	    {0x810f50, 176, ""}};
	struct gh_snp_launch in = launch();
	struct gh_err e;
	struct kit k;

	(void)state;
	kit_default(&k);
	assert_int_equal(gh_snp_launch_kernel(&in, file_a, none, NULL, NULL), 0);
	for (size_t i = 0; i < GH_COUNT(bad); i++) {
		k.hash_gpa = bad[i].gpa;
		k.hash_size = bad[i].size;
		build(&k);
		assert_non_null(strstr(fault(&in, &e), bad[i].want));
		if (!*bad[i].want)
			assert_string_equal(e.what, "");
	}
	k.sev[4].type = 1; /* no page for them */
	build(&k);
	assert_non_null(strstr(fault(&in, &e), "SNP_KERNEL_HASHES"));
}

static void test_half_a_page_of_firmware_is_refused(void **state)
{
	unsigned char *odd = malloc(KIT_LEN - 1);
	struct gh_firmware f;
	struct gh_snp_launch in = launch();
	struct gh_err e;
	uint8_t out[48];
	struct kit k;

	(void)state;
	kit_default(&k);
	build(&k);
	assert_non_null(odd);
	memcpy(odd, image + 1, KIT_LEN - 1);
	assert_int_equal(gh_firmware_parse(&f, odd, KIT_LEN - 1, NULL), 0);
	in.fw = &f;
	assert_non_null(strstr(fault(&in, &e), "whole pages"));
	assert_int_equal(gh_snp_firmware_digest(&f, out, NULL), -1);
	free(odd);
}

/* ---- the search --------------------------------------------------------------------- */

static void test_search_finds_every_model_feature_and_count(void **state)
{
	static const char *const model[] = {
	    "EPYC", "EPYC-Rome", "EPYC-Milan", "EPYC-Genoa", "EPYC-Turin"};
	static const uint64_t features[] = {0x1, 0x21, 0x2a1};
	struct kit k;

	(void)state;
	kit_default(&k);
	build(&k);
	for (size_t i = 0; i < GH_COUNT(model) * GH_COUNT(features); i++) {
		struct gh_snp_launch in = launch(), ask = launch();
		const char *found;
		uint8_t ld[48];

		in.sig = gh_snp_cpu_sig(model[i % 5]);
		in.features = features[i / 5];
		in.vcpus = (unsigned int)(1 + 7 * i);
		digest(&in, ld);
		ask.features = 0x2a1;
		ask.sig = 0x123456;
		assert_int_equal(gh_snp_launch_find(&ask, 128, ld, &found, NULL), 1);
		assert_string_equal(found, model[i % 5]);
		assert_int_equal(ask.features, in.features);
		assert_int_equal(ask.vcpus, in.vcpus);
	}
}

static void test_search_takes_a_signature_no_one_knows(void **state)
{
	struct gh_snp_launch in = launch();
	const char *found;
	uint8_t ld[48];

	(void)state;
	in.sig = 0xC00F00;
	digest(&in, ld);
	assert_int_equal(gh_snp_launch_find(&in, 4, ld, &found, NULL), 1);
	assert_string_equal(found, "");
	assert_int_equal(in.sig, 0xC00F00);
}

static void test_search_that_finds_nothing_says_so(void **state)
{
	static const uint8_t other[48] = {1};
	struct gh_snp_launch in = launch();
	const char *found;
	struct kit k;

	(void)state;
	assert_int_equal(gh_snp_launch_find(&in, 4, other, &found, NULL), 0);
	assert_int_equal(in.sig, 0xA00F11);
	in.vmm = GH_VMM_GCE;
	assert_int_equal(gh_snp_launch_find(&in, 4, other, &found, NULL), 0);
	assert_int_equal(gh_snp_launch_find(&in, 0, other, &found, NULL), -1);
	kit_default(&k);
	k.no_sev = true;
	build(&k);
	assert_int_equal(gh_snp_launch_find(&in, 4, other, &found, NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_models_are_known_by_name_and_version),
	    cmocka_unit_test(test_hypervisors_are_known_by_name),
	    cmocka_unit_test(test_vmsa_of_qemu_is_as_listed),
	    cmocka_unit_test(test_vmsa_of_others_differs_where_listed),
	    cmocka_unit_test(test_digest_depends_on_each_setting),
	    cmocka_unit_test(test_absent_and_empty_are_the_same),
	    cmocka_unit_test(test_given_firmware_digest_replaces_the_pages),
	    cmocka_unit_test(test_order_of_sections_counts),
	    cmocka_unit_test(test_what_cannot_be_launched_is_refused),
	    cmocka_unit_test(test_kernel_needs_its_page_and_area),
	    cmocka_unit_test(test_half_a_page_of_firmware_is_refused),
	    cmocka_unit_test(test_search_finds_every_model_feature_and_count),
	    cmocka_unit_test(test_search_takes_a_signature_no_one_knows),
	    cmocka_unit_test(test_search_that_finds_nothing_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
