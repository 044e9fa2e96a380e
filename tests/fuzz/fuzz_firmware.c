/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the tables of a firmware image, the launch digest, MRTD and the display. */
#include <stdlib.h>

#include "evidence/snp_launch.h"
#include "evidence/tdx_mrtd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PAGES_MAX 4096 /* a list of more is not hashed here: it only takes time */

static bool is_small(const struct gh_firmware *fw)
{
	struct gh_sev_list l;
	struct gh_tdvf t;
	uint64_t bytes = 0;

	if (!gh_firmware_sev(&l, fw, NULL)) {
		for (size_t i = 0; i < l.n; i++)
			bytes += l.at[i].size;
	}
	if (!gh_firmware_tdvf(&t, fw, NULL)) {
		for (size_t i = 0; i < t.n; i++)
			bytes += t.at[i].attr & GH_TDVF_AUG ? 0 : t.at[i].mem;
	}
	return bytes / GH_FW_PAGE <= PAGES_MAX;
}

static void launch(const struct gh_firmware *fw)
{
	static const unsigned char seed[48];
	struct gh_snp_launch in = {
	    .fw = fw, .fw_digest = seed, .vcpus = 3, .sig = 0xA00F11, .features = 1};
	struct gh_bytes none = {NULL, 0};
	uint8_t out[48];

	(void)!gh_snp_launch_digest(&in, out, NULL);
	if (gh_snp_launch_kernel(&in, none, none, "quiet", NULL) < 0)
		abort();
	in.vmm = GH_VMM_EC2;
	(void)!gh_snp_launch_digest(&in, out, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_auto(struct gh_fields, gh_fields_free) fields = {0};
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	struct gh_bytes b = {data, size};
	struct gh_firmware fw;

	if (gh_firmware_parse(&fw, data, size, NULL) == 0) {
		if (!is_small(&fw))
			return 0;
		launch(&fw);
	}
	if (gh_firmware_show(&fields, b, NULL) < 0 || fields.depth != 0)
		abort();
	gh_fields_plain(&text, &fields);
	return 0;
}
