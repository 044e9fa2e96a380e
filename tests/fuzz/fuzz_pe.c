/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes PE images, the kernel's setup header, the partition table, and the events of both
 * ways to boot. */
#include "evidence/tdx_rtmr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_auto(struct gh_buf, gh_buf_free) patched = {0};
	gh_auto(struct gh_buf, gh_buf_free) gpt = {0};
	struct gh_bytes all = {data, size};
	struct gh_rtmr_in in = {.image = all,
	    .disk = all,
	    .flags = GH_RTMR_PATCHED | GH_RTMR_INNER,
	    .ram = size * 4099};
	struct gh_rtmr_log log;
	uint8_t out[GH_RTMR_DIGEST];
	struct gh_pe pe;

	if (gh_pe_parse(&pe, data, size, NULL) == 0 &&
	    gh_pe_authenticode(&pe, GH_SHA256, out, NULL) < 0)
		__builtin_trap();
	(void)!gh_rtmr_gpt(&gpt, all, NULL);
	if (gh_rtmr_uki(&log, &in, NULL) == 0)
		(void)!gh_rtmr_replay(&log, 2, out, NULL);
	in.disk.p = NULL;
	(void)!gh_rtmr_uki(&log, &in, NULL);
	in.initrd = all;
	in.cmdline = "console=hvc0";
	(void)!gh_rtmr_patch(&patched, &in, NULL);
	if (gh_rtmr_direct(&log, &in, NULL) == 0)
		(void)!gh_rtmr_replay(&log, 1, out, NULL);
	return 0;
}
