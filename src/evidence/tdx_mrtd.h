/* SPDX-License-Identifier: Apache-2.0
 * The MRTD that a TD will report, computed from its firmware (spec/tdx.md section 8.1).
 * It says: this firmware, laid out in this order. It does not cover RAM size, CPUs or the
 * kernel. */
#pragma once

#include "evidence/firmware.h"

#define GH_MRTD_LEN 48

/* How the hypervisor adds a section: the two give different MRTDs. */
enum gh_mrtd_mode {
	GH_MRTD_SINGLE = 0, /* page by page, added and extended: QEMU 9 and later, GCE */
	GH_MRTD_TWO_PASS,   /* all pages added, then all extended: QEMU 8 */
};

GH_MUST_USE int gh_tdx_mrtd(const struct gh_tdvf *t, enum gh_mrtd_mode mode,
    uint8_t out[static GH_MRTD_LEN], struct gh_err *err);
