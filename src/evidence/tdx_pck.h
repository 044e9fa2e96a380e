/* SPDX-License-Identifier: Apache-2.0
 * Intel's SGX extension in a PCK certificate: which platform, at which security version
 * (spec/tdx.md section 2, OID 1.2.840.113741.1.13.1). */
#pragma once

#include <stdbool.h>

#include "crypto/cert.h"

struct gh_tdx_pck {
	unsigned char ppid[16], cpu_svn[16], fmspc[6], pce_id[2], platform_instance[16];
	uint8_t comp[16]; /* SGX TCB component SVNs */
	uint16_t pce_svn;
	uint8_t sgx_type; /* 0 standard, 1 scalable, 2 scalable with integrity */
	bool has_platform_instance, has_configuration;
	bool dynamic_platform, cached_keys, smt;
};

/* 0 when the extension is there once, is DER to its last byte, and has all of .1 to .5;
 * members that we do not know are refused too. */
GH_MUST_USE int gh_tdx_pck_parse(
    struct gh_tdx_pck *out, const struct gh_cert *leaf, struct gh_err *err);
/* The same for the bytes of the extension (fuzzing, tests). */
GH_MUST_USE int gh_tdx_pck_from_der(
    struct gh_tdx_pck *out, const void *der, size_t len, struct gh_err *err);
