/* SPDX-License-Identifier: Apache-2.0
 * A guest firmware image (OVMF, TDVF): the GUID table at its end and the two lists of
 * memory that a launch measures (spec/snp.md section 4, spec/tdx.md section 8.1). All
 * numbers in the file are little endian, GUIDs mixed-endian. */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/fields.h"

#define GH_FW_MAX_BYTES (64u << 20)
#define GH_FW_ITEMS     32
#define GH_FW_SECTIONS  64
#define GH_FW_PAGE      4096u
/* Pages of one list together: 512 MiB. Real lists have some thousand. */
#define GH_FW_PAGES_MAX 131072u

/* One entry of the table at the end: data, u16 length (data + 18), GUID. */
struct gh_fw_item {
	const unsigned char *guid; /* 16 bytes, as in the file */
	struct gh_bytes data;
};

struct gh_firmware {
	struct gh_bytes file; /* borrowed */
	struct gh_fw_item item[GH_FW_ITEMS];
	size_t n; /* in the order of the walk: from the end backwards */
};

/* What a section of the SEV list is. */
enum gh_sev_type {
	GH_SEV_SEC_MEM = 1,
	GH_SEV_SECRETS = 2,
	GH_SEV_CPUID = 3,
	GH_SEV_SVSM_CAA = 4,
	GH_SEV_KERNEL_HASHES = 0x10,
};

struct gh_sev_section {
	uint32_t gpa, size; /* bytes, multiples of a page */
	enum gh_sev_type type;
};

/* What a firmware says to an SNP launch. */
struct gh_sev_list {
	struct gh_sev_section at[GH_FW_SECTIONS];
	size_t n;
	struct gh_bytes raw; /* the list in the file */
	bool has_hashes;     /* hash_gpa and hash_size stand */
	uint32_t hash_gpa, hash_size;
	bool has_reset; /* reset_eip stands */
	uint32_t reset_eip;
};

enum gh_tdvf_type {
	GH_TDVF_BFV = 0, /* boot firmware volume: code */
	GH_TDVF_CFV = 1, /* configuration volume: variables */
	GH_TDVF_TD_HOB = 2,
	GH_TDVF_TEMP_MEM = 3,
	GH_TDVF_PERM_MEM = 4,
};

#define GH_TDVF_EXTEND 1u /* the content is measured too */
#define GH_TDVF_AUG    2u /* not added at launch, so not measured */

struct gh_tdvf_section {
	struct gh_bytes raw; /* what lies at gpa; the rest of mem is zero */
	uint64_t gpa, mem;   /* bytes, multiples of a page */
	enum gh_tdvf_type type;
	uint32_t attr;
};

/* What a firmware says to a TD launch. */
struct gh_tdvf {
	struct gh_tdvf_section at[GH_FW_SECTIONS];
	size_t n;
	struct gh_bytes raw; /* the descriptor in the file, from "TDVF" */
};

/* True when the table's footer is where it must be. */
bool gh_firmware_looks(const void *p, size_t len);
/* Reads the table at the end: every length, no GUID twice, nothing left over. PARSE with
 * the offset. The bytes stay borrowed. */
GH_MUST_USE int gh_firmware_parse(
    struct gh_firmware *out, const void *p, size_t len, struct gh_err *err);
/* True when the table has an entry for that list at all. */
bool gh_firmware_has_sev(const struct gh_firmware *fw);
bool gh_firmware_has_tdvf(const struct gh_firmware *fw);
/* The SEV list; PARSE when there is none or anything about it is wrong. */
GH_MUST_USE int gh_firmware_sev(
    struct gh_sev_list *out, const struct gh_firmware *fw, struct gh_err *err);
/* The TDVF descriptor; PARSE when there is none or anything about it is wrong. */
GH_MUST_USE int gh_firmware_tdvf(
    struct gh_tdvf *out, const struct gh_firmware *fw, struct gh_err *err);
const char *gh_sev_type_word(uint32_t type);  /* "SEC_MEM", "" when unknown */
const char *gh_tdvf_type_word(uint32_t type); /* "BFV", "" when unknown */

/* firmware_show.c: both lists, hash area, reset block, and the predicted MRTD in both
 * modes. As far as it can be read; ends with "error". -1 only NOMEM. */
GH_MUST_USE int gh_firmware_show(
    struct gh_fields *out, struct gh_bytes b, struct gh_err *err);
