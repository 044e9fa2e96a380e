/* SPDX-License-Identifier: Apache-2.0
 * The prediction as an operation: what is asked, what is said, what is refused. */
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "evidence/snp_launch.h"
#include "ops/predict.h"
#include "tests/unit/evidence/firmware_kit.h"
#include "tests/unit/evidence/pe_kit.h"

static char dir[] = "/tmp/gh-predict-XXXXXX";
static char fw_path[64], kernel_path[64], uki_path[64], disk_path[64], text_path[64];
static unsigned char image[KIT_LEN];

static void save(char path[64], const char *name, const void *p, size_t len)
{
	snprintf(path, 64, "%s/%s", dir, name);
	assert_int_equal(gh_file_write(path, p, len, 0600, NULL), 0);
}

static void save_firmware(const struct kit *k)
{
	kit_build(image, k);
	save(fw_path, "OVMF.fd", image, KIT_LEN);
}

static void save_images(void)
{
	gh_auto(struct gh_buf, gh_buf_free) kernel = {0};
	gh_auto(struct gh_buf, gh_buf_free) uki = {0};
	struct pe_kit k;

	pe_default(&k);
	k.dirs = 6;
	k.n = 2;
	k.s[0].at = 0x400;
	k.s[1].at = 0x600;
	pe_build(&kernel, &k);
	memcpy(kernel.p + 0x202, "HdrS\x0f\x02", 6);
	kernel.p[0x211] = 1;
	pe_le(kernel.p + 0x236, 2, 0x7f);
	save(kernel_path, "vmlinuz", kernel.p, kernel.len);
	k = (struct pe_kit){.dirs = 16, .n = 1};
	k.s[0].name = ".linux", k.s[0].vsize = (uint32_t)kernel.len, k.s[0].at = 0x400;
	k.s[0].len = (uint32_t)kernel.len;
	pe_build(&uki, &k);
	memcpy(uki.p + 0x400, kernel.p, kernel.len);
	save(uki_path, "linux.efi", uki.p, uki.len);
}

static int setup(void **state)
{
	static unsigned char disk[34 * 512];
	struct kit k;

	(void)state;
	assert_non_null(mkdtemp(dir));
	kit_default(&k);
	save_firmware(&k);
	save_images();
	memcpy(disk + 512, "EFI PART\0\0\1\0\x5c\0\0\0", 16);
	disk[512 + 72] = 2;
	disk[512 + 80] = disk[512 + 84] = 128;
	save(disk_path, "gpt.bin", disk, sizeof(disk));
	save(text_path, "text", "not an image", 12);
	return 0;
}

static int teardown(void **state)
{
	const char *const path[] = {fw_path, kernel_path, uki_path, disk_path, text_path};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(path); i++)
		unlink(path[i]);
	return rmdir(dir);
}

static void predict(struct gh_result *r, const struct gh_predict_ask *ask)
{
	struct gh_err e = {0};

	if (gh_op_predict(&gh_env_real, ask, r, &e))
		fail_msg("%s", e.what);
	assert_true(r->at > 0);
}

static enum gh_verdict verdict_of(const struct gh_result *r, const char *step)
{
	const struct gh_finding *f = gh_findings_get(&r->findings, NULL, step);

	if (!f)
		fail_msg("no finding %s", step);
	return f->verdict;
}

static const char *claim_of(const struct gh_result *r, const char *key)
{
	return gh_claim_get(gh_result_find(r, "OVMF.fd"), key);
}

static void test_firmware_alone_gives_both_kinds(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_predict_ask ask = {.firmware = fw_path};

	(void)state;
	predict(&r, &ask);
	assert_int_equal(verdict_of(&r, "predict.snp"), GH_PASS);
	assert_int_equal(verdict_of(&r, "predict.mrtd"), GH_PASS);
	assert_int_equal(verdict_of(&r, "predict.mrtd.two_pass"), GH_PASS);
	assert_null(gh_findings_get(&r.findings, NULL, "predict.rtmr1"));
	assert_int_equal(strlen(claim_of(&r, "snp_measurement")), 96);
	assert_int_equal(strlen(claim_of(&r, "mrtd")), 96);
	assert_string_equal(claim_of(&r, "cpu"), "0x800f12 EPYC");
	assert_string_equal(claim_of(&r, "sev_features"), "0x1");
	assert_string_equal(gh_result_find(&r, "OVMF.fd")->kind, "prediction");
}

/* The operation hands every option to the digest that it is for. */
static void test_options_reach_the_digest(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct gh_buf, gh_buf_free) kernel = {0};
	struct gh_predict_ask ask = {.firmware = fw_path,
	    .kernel = kernel_path,
	    .initrd = text_path,
	    .cmdline = "quiet",
	    .vcpus = "7",
	    .cpu = "0xc00f00",
	    .features = "2a1",
	    .vmm = "qemu"};
	struct gh_snp_launch in = {.vcpus = 7, .sig = 0xc00f00, .features = 0x2a1};
	struct gh_bytes initrd = {(const unsigned char *)"not an image", 12};
	struct gh_firmware fw;
	uint8_t ld[48];
	char hex[97];

	(void)state;
	assert_int_equal(gh_file_read(&kernel, kernel_path, 1 << 20, NULL), 0);
	assert_int_equal(gh_firmware_parse(&fw, image, KIT_LEN, NULL), 0);
	in.fw = &fw;
	assert_int_equal(
	    gh_snp_launch_kernel(&in, gh_buf_view(&kernel), initrd, "quiet", NULL), 0);
	assert_int_equal(gh_snp_launch_digest(&in, ld, NULL), 0);
	for (size_t i = 0; i < 48; i++)
		snprintf(hex + 2 * i, 3, "%02x", ld[i]);
	predict(&r, &ask);
	assert_string_equal(claim_of(&r, "snp_measurement"), hex);
	assert_string_equal(claim_of(&r, "cpu"), "0xc00f00");
}

static void test_kernel_gives_the_registers_of_each_path(void **state)
{
	static const char *const key[] = {"rtmr1", "rtmr1_patched", "rtmr1_no_separator",
	    "rtmr1_patched_no_separator", "rtmr2"};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_predict_ask ask = {.firmware = fw_path,
	    .kernel = kernel_path,
	    .initrd = text_path,
	    .cmdline = "quiet",
	    .ram = "1024"};

	(void)state;
	predict(&r, &ask);
	for (size_t i = 0; i < GH_COUNT(key); i++) {
		assert_int_equal(strlen(claim_of(&r, key[i])), 96);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(
			    claim_of(&r, key[i]), claim_of(&r, key[k]));
	}
	assert_non_null(strstr(claim_of(&r, "event_06"), "Linux initrd"));
	assert_int_equal(gh_result_verdict(&r), GH_PASS);
}

/* What only an older way of booting cannot be told about is a warning. */
static void test_variant_that_is_open_only_warns(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_predict_ask ask = {
	    .firmware = fw_path, .kernel = kernel_path, .cmdline = "vga=791"};

	(void)state;
	predict(&r, &ask);
	assert_int_equal(verdict_of(&r, "predict.rtmr1"), GH_PASS);
	assert_int_equal(verdict_of(&r, "predict.rtmr1.patched"), GH_UNKNOWN);
	assert_int_equal(gh_result_verdict(&r), GH_WARN);
}

static void test_uki_needs_its_disk(void **state)
{
	gh_auto(struct gh_result, gh_result_free) open = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_predict_ask ask = {.firmware = fw_path, .kernel = uki_path};

	(void)state;
	predict(&open, &ask);
	assert_int_equal(verdict_of(&open, "predict.rtmr1"), GH_UNKNOWN);
	assert_null(gh_findings_get(&open.findings, NULL, "predict.rtmr1.inner"));
	assert_int_equal(verdict_of(&open, "predict.rtmr2"), GH_PASS);
	assert_non_null(strstr(claim_of(&open, "event_02"), "not known"));
	ask.gpt = disk_path;
	predict(&r, &ask);
	assert_int_equal(verdict_of(&r, "predict.rtmr1"), GH_PASS);
	assert_int_equal(verdict_of(&r, "predict.rtmr1.inner"), GH_PASS);
	assert_int_equal(strlen(claim_of(&r, "rtmr2_stub")), 96);
	assert_int_equal(gh_result_verdict(&r), GH_PASS);
}

static void test_what_is_no_image_is_said_once(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct gh_result, gh_result_free) uki = {0};
	struct gh_predict_ask ask = {.firmware = fw_path, .kernel = text_path};

	(void)state;
	predict(&r, &ask);
	assert_int_equal(verdict_of(&r, "predict.rtmr1"), GH_UNKNOWN);
	assert_null(gh_findings_get(&r.findings, NULL, "predict.rtmr2"));
	ask.kernel = uki_path; /* which brings its own command line */
	ask.cmdline = "quiet";
	predict(&uki, &ask);
	assert_int_equal(verdict_of(&uki, "predict.rtmr1"), GH_UNKNOWN);
	assert_int_equal(verdict_of(&uki, "predict.rtmr2"), GH_UNKNOWN);
}

/* Firmware for one kind of guest, and firmware whose list lies. */
static void test_lists_that_are_absent_or_broken(void **state)
{
	gh_auto(struct gh_result, gh_result_free) none = {0};
	gh_auto(struct gh_result, gh_result_free) broken = {0};
	struct gh_predict_ask ask = {.firmware = fw_path};
	struct kit k;

	(void)state;
	kit_default(&k);
	k.no_sev = k.no_tdvf = true;
	save_firmware(&k);
	predict(&none, &ask);
	assert_int_equal(verdict_of(&none, "predict.snp"), GH_SKIP);
	assert_int_equal(verdict_of(&none, "predict.mrtd"), GH_SKIP);
	assert_int_equal(gh_result_verdict(&none), GH_UNKNOWN);
	kit_default(&k);
	k.sev[0].type = 9;
	k.td[0].type = 9;
	save_firmware(&k);
	predict(&broken, &ask);
	assert_int_equal(verdict_of(&broken, "predict.snp"), GH_UNKNOWN);
	assert_int_equal(verdict_of(&broken, "predict.mrtd"), GH_UNKNOWN);
	assert_int_equal(gh_result_verdict(&broken), GH_UNKNOWN);
	kit_default(&k);
	save_firmware(&k);
}

static void test_measurement_is_explained(void **state)
{
	static const char *const vmm[] = {"qemu", "gce"};
	struct gh_predict_ask ask = {
	    .firmware = fw_path, .vcpus = "5", .cpu = "EPYC-Genoa"};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(vmm); i++) {
		gh_auto(struct gh_result, gh_result_free) made = {0};
		gh_auto(struct gh_result, gh_result_free) found = {0};
		struct gh_predict_ask find = {.firmware = fw_path};
		const char *said;

		ask.vmm = vmm[i];
		predict(&made, &ask);
		find.measurement = claim_of(&made, "snp_measurement");
		predict(&found, &find);
		assert_int_equal(verdict_of(&found, "predict.measurement"), GH_PASS);
		said = gh_findings_get(&found.findings, NULL, "predict.measurement")
			   ->observed;
		assert_non_null(strstr(said, "5 CPUs"));
		assert_non_null(strstr(said, vmm[i]));
		assert_null(gh_findings_get(&found.findings, NULL, "predict.mrtd"));
	}
}

static void test_measurement_of_something_else_fails(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	char hex[97];
	struct gh_predict_ask ask = {
	    .firmware = fw_path, .measurement = hex, .vmm = "qemu"};

	(void)state;
	memset(hex, '5', 96);
	hex[96] = '\0';
	predict(&r, &ask);
	assert_int_equal(verdict_of(&r, "predict.measurement"), GH_FAIL);
	assert_int_equal(gh_result_verdict(&r), GH_FAIL);
}

static void test_wrong_options_are_refused(void **state)
{
	static const struct {
		struct gh_predict_ask ask;
		const char *want;
	} bad[] = {
	    {{.vcpus = "x"}, "--vcpus"},
	    {{.vcpus = "0"}, "--vcpus"},
	    {{.vcpus = "4097"}, "--vcpus"},
	    {{.features = "0x1g"}, "--features"},
	    {{.ram = "-1"}, "--ram"},
	    {{.ram = "18446744073709551615"}, "--ram"},
	    {{.cpu = "Opteron"}, "--cpu"},
	    {{.cpu = "100000000"}, "--cpu"},
	    {{.vmm = "xen"}, "--vmm"},
	    {{.measurement = "00"}, "--measurement"},
	    {{.initrd = "x"}, "--kernel"},
	    {{.cmdline = "x"}, "--kernel"},
	    {{.gpt = "x"}, "--kernel"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(bad); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_predict_ask ask = bad[i].ask;
		struct gh_err e = {0};

		ask.firmware = fw_path;
		assert_int_equal(gh_op_predict(&gh_env_real, &ask, &r, &e), -1);
		assert_int_equal(e.code, GH_E_USAGE);
		assert_non_null(strstr(e.what, bad[i].want));
	}
}

static void test_files_that_cannot_be_read_are_named(void **state)
{
	struct gh_predict_ask ask[] = {{.firmware = "/nonexistent/fw"},
	    {.firmware = fw_path, .kernel = "/nonexistent/k"},
	    {.firmware = fw_path, .kernel = kernel_path, .initrd = "/nonexistent/i"},
	    {.firmware = fw_path, .kernel = kernel_path, .gpt = "/nonexistent/g"},
	    {.firmware = text_path}};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(ask); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_err e = {0};

		assert_int_equal(gh_op_predict(&gh_env_real, &ask[i], &r, &e), -1);
		assert_int_equal(e.code, i == 4 ? GH_E_PARSE : GH_E_IO);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_firmware_alone_gives_both_kinds),
	    cmocka_unit_test(test_options_reach_the_digest),
	    cmocka_unit_test(test_kernel_gives_the_registers_of_each_path),
	    cmocka_unit_test(test_variant_that_is_open_only_warns),
	    cmocka_unit_test(test_uki_needs_its_disk),
	    cmocka_unit_test(test_what_is_no_image_is_said_once),
	    cmocka_unit_test(test_lists_that_are_absent_or_broken),
	    cmocka_unit_test(test_measurement_is_explained),
	    cmocka_unit_test(test_measurement_of_something_else_fails),
	    cmocka_unit_test(test_wrong_options_are_refused),
	    cmocka_unit_test(test_files_that_cannot_be_read_are_named),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
