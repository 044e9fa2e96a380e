/* SPDX-License-Identifier: Apache-2.0
 * Out of memory at every single allocation, ours and the crypto library's: a prediction is
 * then the right one or none at all, and a binding never passes. */
#include <openssl/crypto.h>
#include <string.h>

#include "base/text.h"
#include "evidence/bind.h"
#include "evidence/snp_launch.h"
#include "evidence/tdx_mrtd.h"
#include "evidence/tdx_rtmr.h"
#include "firmware_kit.h"
#include "pe_kit.h"

static long fail_at = -1; /* allocations until one fails; < 0: none does */

static bool now(void)
{
	return fail_at >= 0 && fail_at-- == 0;
}

static void *take(size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return now() ? NULL : malloc(n);
}

static void *more(void *p, size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return now() ? NULL : realloc(p, n);
}

static void give(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}

#if !defined(__SANITIZE_ADDRESS__) /* its allocator is not to be taken over */
extern void *__libc_realloc(void *p, size_t size);

/* What gh_buf grows by. */
void *realloc(void *p, size_t n)
{
	return now() ? NULL : __libc_realloc(p, n);
}
#endif

static unsigned char image[KIT_LEN];

#define OUT_LEN 512

/* One thing that is computed: 0 and its bytes in out, or -1. */
struct task {
	const char *name;
	int (*run)(unsigned char out[OUT_LEN], struct gh_err *err);
};

static int run_launch(unsigned char out[OUT_LEN], struct gh_err *err)
{
	static const uint8_t never[48];
	struct gh_firmware fw;
	struct gh_snp_launch in = {.fw = &fw, .vcpus = 2, .sig = 1, .features = 1};
	struct gh_bytes file = gh_text_of("kernel");
	const char *model;

	if (gh_firmware_parse(&fw, image, KIT_LEN, err) < 0 ||
	    gh_snp_launch_kernel(&in, file, file, "q", err) < 0 ||
	    gh_snp_firmware_digest(&fw, out + 48, err) < 0 ||
	    gh_snp_launch_digest(&in, out, err) < 0)
		return -1;
	in.vmm = GH_VMM_EC2;
	if (gh_snp_launch_digest(&in, out + 96, err) < 0)
		return -1;
	in.vmm = GH_VMM_QEMU;
	in.kernel = false;
	return gh_snp_launch_find(&in, 2, never, &model, err) < 0 ? -1 : 0;
}

static int run_mrtd(unsigned char out[OUT_LEN], struct gh_err *err)
{
	struct gh_firmware fw;
	struct gh_tdvf t;

	return gh_firmware_parse(&fw, image, KIT_LEN, err) < 0 ||
		       gh_firmware_tdvf(&t, &fw, err) < 0
		   ? -1
		   : gh_tdx_mrtd(&t, GH_MRTD_TWO_PASS, out, err);
}

static struct gh_buf kernel, uki;
static unsigned char disk[34 * 512];

static int replay(
    unsigned char out[OUT_LEN], const struct gh_rtmr_log *log, struct gh_err *err)
{
	return gh_rtmr_replay(log, 1, out, err) < 0
		   ? -1
		   : gh_rtmr_replay(log, 2, out + 48, err);
}

static int run_direct(unsigned char out[OUT_LEN], struct gh_err *err)
{
	struct gh_rtmr_in in = {.image = gh_buf_view(&kernel),
	    .initrd = {disk, sizeof(disk)},
	    .cmdline = "quiet",
	    .flags = GH_RTMR_PATCHED};
	struct gh_rtmr_log log;

	return gh_rtmr_direct(&log, &in, err) < 0 ? -1 : replay(out, &log, err);
}

static int run_uki(unsigned char out[OUT_LEN], struct gh_err *err)
{
	struct gh_rtmr_in in = {.image = gh_buf_view(&uki),
	    .disk = {disk, sizeof(disk)},
	    .flags = GH_RTMR_INNER};
	struct gh_rtmr_log log;

	return gh_rtmr_uki(&log, &in, err) < 0 ? -1 : replay(out, &log, err);
}

static int run_bind(unsigned char out[OUT_LEN], struct gh_err *err)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	static const unsigned char nonce[32] = {1};
	struct gh_bind_inputs in = {.console_nonce = nonce,
	    .audience = "client:acme",
	    .spki = gh_text_of("key"),
	    .exporter = nonce,
	    .stage1 = nonce,
	    .devices = gh_text_of("devices"),
	    .platform = gh_text_of("platform")};
	struct gh_bind b;

	if (gh_bind_compute(&b, &in, err) < 0 ||
	    gh_bind_verify(&r, "vm", "", &in, b.report_data, err) < 0)
		return -1;
	memcpy(out, &b, sizeof(b));
	return gh_result_verdict(&r) == GH_PASS ? 0 : -1;
}

static int run_bind_launch(unsigned char out[OUT_LEN], struct gh_err *err)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_bytes spec = gh_text_of("spec");

	if (gh_bind_launch(out, out + 48, spec, err) < 0 ||
	    gh_bind_verify_launch(&r, "vm", "", spec, (struct gh_bytes){out, 48}, err) <
		0)
		return -1;
	return gh_result_verdict(&r) == GH_PASS ? 0 : -1;
}

/* Only that it copes: what is shown may end in an error. */
static int run_show(unsigned char out[OUT_LEN], struct gh_err *err)
{
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};
	int rc = gh_firmware_show(&fs, (struct gh_bytes){image, KIT_LEN}, err);

	(void)out;
	assert_int_equal(fs.depth, 0);
	return rc;
}

static const struct task tasks[] = {
    {"launch", run_launch},
    {"mrtd", run_mrtd},
    {"direct boot", run_direct},
    {"uki", run_uki},
    {"bind", run_bind},
    {"launch binding", run_bind_launch},
    {"show", run_show},
};

static void make_files(void)
{
	struct pe_kit k;
	struct kit fw;

	kit_default(&fw);
	kit_build(image, &fw);
	pe_default(&k);
	k.dirs = 6;
	k.n = 2;
	k.s[0].at = 0x400;
	k.s[1].at = 0x600;
	pe_build(&kernel, &k);
	memcpy(kernel.p + 0x202, "HdrS\x0f\x02", 6);
	kernel.p[0x211] = 1;
	pe_le(kernel.p + 0x236, 2, 0x7f);
	k = (struct pe_kit){.dirs = 16, .n = 2};
	k.s[0].name = ".linux", k.s[0].vsize = (uint32_t)kernel.len, k.s[0].at = 0x400;
	k.s[0].len = (uint32_t)kernel.len;
	k.s[1].name = ".osrel", k.s[1].vsize = 0x300, k.s[1].at = 0x400 + k.s[0].len;
	k.s[1].len = 0x200;
	pe_build(&uki, &k);
	memcpy(uki.p + 0x400, kernel.p, kernel.len);
	memcpy(disk + 512, "EFI PART\0\0\1\0\x5c\0\0\0", 16);
	disk[512 + 72] = 2;
	disk[512 + 80] = disk[512 + 84] = 128;
	disk[1024] = 1;
}

static long run_task(const struct task *t)
{
	unsigned char good[OUT_LEN] = {0}, out[OUT_LEN];
	struct gh_err e = {0};
	long n = 0;
	int rc;

	if (t->run(good, &e) < 0)
		fail_msg("%s: %s", t->name, e.what);
	do {
		memset(out, 0, sizeof(out));
		fail_at = n++;
		rc = t->run(out, &e);
		if (fail_at >= 0) /* it was never reached: done */
			break;
		if (rc == 0)
			assert_memory_equal(out, good, sizeof(out));
	} while (n < 100000);
	fail_at = -1;
	assert_int_equal(rc, 0);
	return n - 1;
}

static void test_every_allocation_may_fail(void **state)
{
	(void)state;
	make_files();
	for (size_t i = 0; i < GH_COUNT(tasks); i++)
		print_message("%s: %ld allocations failed in turn\n", tasks[i].name,
		    run_task(&tasks[i]));
	gh_buf_free(&kernel);
	gh_buf_free(&uki);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_allocation_may_fail),
	};

	/* before the library allocates anything */
	if (CRYPTO_set_mem_functions(take, more, give) != 1)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
