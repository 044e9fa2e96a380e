/* SPDX-License-Identifier: Apache-2.0
 * The BIOS settings that security rests on, whatever the vendor calls them: one table of
 * spellings, one reading of values, and one hash over all of them. */
#pragma once

#include "net/redfish_tree.h"

enum gh_bios_setting {
	GH_BIOS_TME,
	GH_BIOS_TME_BYPASS,
	GH_BIOS_TME_MT,
	GH_BIOS_KEY_SPLIT,
	GH_BIOS_MEM_INTEGRITY,
	GH_BIOS_PA46,
	GH_BIOS_TDX,
	GH_BIOS_SEAM,
	GH_BIOS_SGX,
	GH_BIOS_SGX_RESET,
	GH_BIOS_SGX_REGISTRATION,
	GH_BIOS_SGX_PRM,
	GH_BIOS_SMEE,
	GH_BIOS_SNP,
	GH_BIOS_SNP_COVERAGE,
	GH_BIOS_ASID_LIMIT,
	GH_BIOS_ASID_COUNT,
	GH_BIOS_IOMMU,
	GH_BIOS_INTREMAP,
	GH_BIOS_ACS,
	GH_BIOS_PREBOOT_DMA,
	GH_BIOS_CSM,
	GH_BIOS_SECURE_BOOT,
	GH_BIOS_ABOVE4G,
	GH_BIOS_MMIO_BASE,
	GH_BIOS_MMIO_SIZE,
	GH_BIOS_SRIOV,
	GH_BIOS_SMT,
	GH_BIOS_TXT,
	GH_BIOS_TPM,
	GH_BIOS_NETWORK,
	GH_BIOS_KCS,
	GH_BIOS_PASSWORD, /* never in the list below: vendors mask it now and then */
	GH_BIOS_SETTINGS
};

enum gh_bios_state {
	GH_BIOS_ABSENT,
	GH_BIOS_OFF,
	GH_BIOS_ON,
	GH_BIOS_AUTO,
	GH_BIOS_OTHER,   /* shown, and none of the words above */
	GH_BIOS_DIFFERS, /* shown more than once, and not the same */
};

struct gh_bios_value {
	enum gh_bios_state state;
	const char *name;   /* the attribute's whole name, as this BMC says it; hostile */
	const json_t *json; /* NULL when absent */
};

/* "tme", "tme_mt", ...: names of ours, stable. */
const char *gh_bios_word(enum gh_bios_setting s);
/* The setting among Bios.Attributes. Borrowed from there. */
struct gh_bios_value gh_bios_get(const json_t *attributes, enum gh_bios_setting s);
/* The number that a value begins with (1, "1024G", "509 ASIDs"), in units of one, or of
 * GiB when it names M, G or T (rounded up); false when none. */
bool gh_bios_number(const json_t *value, uint64_t *out);
/* The value in words: "Enabled", "true", "100"; at most 80 bytes of it, not cleaned. */
void gh_bios_text(char out[static 81], const json_t *value);

/* What is compared with enrolment: one line NAME=VALUE for each setting that is shown,
 * sorted, names as gh_bios_word, on/off/auto normalised. -1 when the BMC shows no
 * attributes. */
GH_MUST_USE int gh_bios_settings_list(
    const struct gh_redfish_tree *t, struct gh_buf *out, struct gh_err *err);
/* SHA-256 of that list: the fact bios.settings_sha256. t may be NULL (-1). A setting added to
 * the table changes it on hosts that show that setting: they must be enrolled again. */
GH_MUST_USE int gh_bios_settings_sha256(
    const struct gh_redfish_tree *t, char hex[static 65]);
