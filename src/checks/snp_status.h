/* SPDX-License-Identifier: Apache-2.0
 * What the AMD secure processor says of SNP, from the probe's item "snp.status". */
#pragma once

#include "evidence/snp_report.h"

struct gh_snp_status {
	bool raw; /* the 32 bytes of SNP_PLATFORM_STATUS came: policy is known */
	struct gh_snp_tcb current, reported;
	bool has_tcb;
	bool has_alias, alias_done; /* ALIAS_CHECK_COMPLETE */
	uint32_t policy;            /* bits below; only when raw */
	unsigned char chip_id[64];  /* GET_ID2 */
	bool has_chip;
};

/* Policy word of SNP_PLATFORM_STATUS (spec/snp.md section 5.1). */
#define GH_SNP_MASK_CHIP_ID  (1u << 0)
#define GH_SNP_MASK_CHIP_KEY (1u << 1)
#define GH_SNP_RAPL_DIS      (1u << 4)
#define GH_SNP_HIDING_CAP    (1u << 5)
#define GH_SNP_HIDING_EN     (1u << 6)

/* Reads what snphost printed, or the bytes that the kernel gave. PARSE for a number that is
 * none; what is not there has has_* false. The product decides how a TCB is laid out. */
GH_MUST_USE int gh_snp_status_parse(struct gh_snp_status *out, struct gh_bytes text,
    enum gh_snp_product product, struct gh_err *err);
