/* SPDX-License-Identifier: Apache-2.0
 * Intel's TCB info for one family of TDX platforms, version 3: which security levels there
 * are, and what Intel says of each (spec/tdx.md sections 3.2 to 3.4). */
#pragma once

#include "evidence/tdx_json.h"

#define GH_TCB_LEVELS_MAX  64
#define GH_TCB_MODULES_MAX 16

struct gh_tcb_level {
	uint8_t sgx[16], tdx[16];
	uint16_t pce_svn;
	struct gh_tcb_standing is;
};

/* Who may have signed a TDX module, and which SEAMATTRIBUTES it may have. */
struct gh_tcb_module_id {
	unsigned char mrsigner[48], attributes[8], mask[8];
};

struct gh_tcb_module {
	uint8_t major; /* of "TDX_01": as in TEE_TCB_SVN[1] */
	struct gh_tcb_module_id id;
	struct gh_tcb_svn_levels levels;
};

struct gh_tcb_info {
	struct gh_tcb_window window;
	unsigned char fmspc[6], pce_id[2];
	struct gh_tcb_module_id module; /* for TEE_TCB_SVN[1] == 0 */
	struct gh_tcb_module modules[GH_TCB_MODULES_MAX];
	size_t n_modules;
	struct gh_tcb_level levels[GH_TCB_LEVELS_MAX]; /* highest first */
	size_t n_levels;
	struct gh_tcb_advisories advisories;
};

/* Reads the inner object ({"id":"TDX",..}), whose signature the caller has verified. PARSE
 * when a member is missing, of another type, out of range, or two levels are alike. */
GH_MUST_USE int gh_tcb_info_parse(
    struct gh_tcb_info *out, struct gh_bytes json, struct gh_err *err);
/* The module of that major version, or NULL. */
const struct gh_tcb_module *gh_tcb_info_module(
    const struct gh_tcb_info *info, uint8_t major);
