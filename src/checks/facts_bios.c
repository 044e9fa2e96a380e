/* SPDX-License-Identifier: Apache-2.0
 * Facts about BIOS settings, as the BMC says them (spec/host-and-firmware.md, G03). */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "checks/facts_read.h"
#include "crypto/digest.h"

static bool starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* Supermicro's names end in a token that changes with the BIOS: a row names the beginning,
 * or with '*' any part. `not` stands in names that mean something else. */
static const struct {
	const char *name, *not, *fact;
} settings[] = {
    {"Above4GDecoding", NULL, "bios.above4g"},
    {"PCIeACSCTL", NULL, "bios.acs"},
    {"CSMSupport", NULL, "bios.csm"},
    {"Hyper_Threading", NULL, "bios.hyperthreading"},
    {"SMTControl", NULL, "bios.hyperthreading"},
    {"LimitCPUPAto46Bits", NULL, "bios.pa46"},
    {"Pre_bootDMAProtection", NULL, "bios.preboot_dma"},
    {"*SEAM", NULL, "bios.seam_loader"},
    {"*SEV_SNP", NULL, "bios.sev_snp"},
    {"*SNPMemory", NULL, "bios.sev_snp"},
    {"*SGX", "Reset", "bios.sgx"},
    {"SMEE", NULL, "bios.smee"},
    {"*TDX", "SEAM", "bios.tdx"},
    {"MemoryEncryption_TME", NULL, "bios.tme"},
    {"IntelVTforDirectedI_O", NULL, "bios.vtd"},
    {"IOMMU", NULL, "bios.vtd"},
};

/* Further settings that the digest covers. */
static const char *const also[] = {"MemoryEncryption", "KeySplit", "TME_MT", "SEV",
    "InterruptRemapping", "LockdownMode", "SecureBoot", "MMIOHigh", "EnableSMX",
    "AdministratorPassword", "TPM", "SecurityDeviceSupport", "SMM", "Debug"};

static bool setting_fits(size_t row, const char *name)
{
	const char *want = settings[row].name;

	if (settings[row].not &&strstr(name, settings[row].not ))
		return false;
	return want[0] == '*' ? strstr(name, want + 1) != NULL : starts(name, want);
}

/* 1 on, 0 off, -1 neither. */
static int on_or_off(const json_t *v)
{
	const char *word = json_string_value(v);

	if (json_is_boolean(v))
		return json_is_true(v);
	if (!word)
		return -1;
	if (starts(word, "Enable") || strcmp(word, "On") == 0 || strcmp(word, "Yes") == 0)
		return 1;
	return starts(word, "Disable") || strcmp(word, "Off") == 0 ||
		       strcmp(word, "No") == 0
		   ? 0
		   : -1;
}

/* The first setting of that meaning counts. */
static bool one_setting(struct gh_fact_sink *s, const char *name, const json_t *v)
{
	bool mine = false;

	for (size_t i = 0; i < GH_COUNT(settings); i++) {
		if (!setting_fits(i, name))
			continue;
		mine = true;
		if (on_or_off(v) >= 0 && !json_object_get(s->to, settings[i].fact))
			gh_fact_put_bool(s, settings[i].fact, on_or_off(v) == 1);
	}
	for (size_t i = 0; i < GH_COUNT(also) && !mine; i++)
		mine = strstr(name, also[i]) != NULL;
	return mine;
}

/* Length of the name without its token "_3C77". */
static size_t stem(const char *name)
{
	size_t n = strlen(name);

	if (n < 5 || name[n - 5] != '_')
		return n;
	for (size_t i = n - 4; i < n; i++)
		if (!isxdigit((unsigned char)name[i]) || islower((unsigned char)name[i]))
			return n;
	return n - 5;
}

/* One line of the digest's text: STEM=VALUE as JSON. */
static void digest_line(json_t *lines, const char *name, const json_t *v)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	gh_buf_fmt(&b, "%.*s=", (int)stem(name), name);
	gh_json_dump(&b, v);
	(void)json_object_set_new(lines, gh_buf_cstr(&b), json_true());
}

/* SHA-256 over the lines in order, each with a newline. */
static void put_digest(struct gh_fact_sink *s, const json_t *lines)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	unsigned char sum[32];
	char hex[65];

	gh_json_dump(&b, lines); /* sorted by member */
	s->oom |= b.oom;
	if (b.oom || gh_sha256(b.p, b.len, sum, NULL) != 0)
		return;
	gh_hex(hex, sum, sizeof(sum));
	gh_fact_put(s, "bios.settings_sha256", gh_text_of(hex));
}

void gh_facts_read_bios(struct gh_fact_sink *s, const struct gh_redfish_tree *t)
{
	const json_t *all =
	    json_object_get(gh_redfish_get(t, "{system}/Bios"), "Attributes");
	gh_auto(json_t *, gh_json_free) lines = json_object();
	const char *name;
	json_t *v;

	if (!lines) {
		s->oom = true;
		return;
	}
	json_object_foreach((json_t *)(uintptr_t)all, name, v)
	{
		if (!json_is_object(v) && !json_is_array(v) && one_setting(s, name, v))
			digest_line(lines, name, v);
	}
	if (json_object_size(lines))
		put_digest(s, lines);
}
