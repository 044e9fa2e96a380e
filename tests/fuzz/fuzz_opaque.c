/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the opaque data of a report, past the frame that would refuse most inputs: read
 * as a GPU's and as a switch's, judged, shown. Input: the opaque data. */
#include <stdlib.h>

#include "evidence/gpu_mode.h"
#include "evidence/gpu_opaque.h"
#include "evidence/gpu_show.h"

#define OPAQUE_MAX 0x1e00

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A report of one block around the data; signature of zeros. */
static void frame(struct gh_buf *b, const uint8_t *data, size_t size)
{
	static const unsigned char zero[96];

	gh_buf_add(b, "\x11\xe0\x01\xff", 4);
	gh_buf_add(b, zero, 32);
	gh_buf_add(b, "\x00\x11\x60\x00\x00\x01\x37\x00\x00", 9);
	gh_buf_add(b, "\x01\x01\x33\x00\x01\x30\x00", 7);
	gh_buf_add(b, zero, 80);
	gh_buf_chr(b, (char)(size & 255));
	gh_buf_chr(b, (char)(size >> 8));
	gh_buf_add(b, data, size);
	gh_buf_add(b, zero, 96);
}

static void judge(const struct gh_spdm *s, enum gh_gpu_arch arch)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_context ctx = {.at = 1795305600};
	struct gh_gpu_case c = {.out = &r,
	    .subject = "f",
	    .ctx = &ctx,
	    .spdm = *s,
	    .arch = arch,
	    .parsed = true,
	    .grounded = true};

	gh_gpu_opaque_judge(&c);
	if (arch == GH_GPU_LS10)
		gh_gpu_position_judge(&c, NULL);
	else
		gh_gpu_mode_judge(&c, NULL);
	if (r.findings.n != 2)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};
	struct gh_spdm s;

	if (size > OPAQUE_MAX)
		return 0;
	frame(&b, data, size);
	if (gh_spdm_show(&fs, gh_buf_view(&b), NULL) < 0)
		abort();
	if (gh_spdm_parse(&s, b.p, b.len, NULL) < 0)
		return 0;
	judge(&s, GH_GPU_HOPPER);
	judge(&s, GH_GPU_LS10);
	return 0;
}
