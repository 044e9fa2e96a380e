/* SPDX-License-Identifier: Apache-2.0
 * Facts about BIOS settings, as the BMC says them (spec/host-and-firmware.md, G03). */
#include "base/text.h"
#include "checks/bios_settings.h"
#include "checks/facts_read.h"

/* What is on or off; Auto, and what is shown twice in two ways, is neither. */
static const struct {
	enum gh_bios_setting setting;
	const char *fact;
} flags[] = {
    {GH_BIOS_ABOVE4G, "bios.above4g"},
    {GH_BIOS_ACS, "bios.acs"},
    {GH_BIOS_CSM, "bios.csm"},
    {GH_BIOS_SMT, "bios.hyperthreading"},
    {GH_BIOS_INTREMAP, "bios.interrupt_remapping"},
    {GH_BIOS_PA46, "bios.pa46"},
    {GH_BIOS_PREBOOT_DMA, "bios.preboot_dma"},
    {GH_BIOS_SEAM, "bios.seam_loader"},
    {GH_BIOS_SNP, "bios.sev_snp"},
    {GH_BIOS_SGX, "bios.sgx"},
    {GH_BIOS_SMEE, "bios.smee"},
    {GH_BIOS_SNP_COVERAGE, "bios.snp_coverage"},
    {GH_BIOS_TDX, "bios.tdx"},
    {GH_BIOS_TME, "bios.tme"},
    {GH_BIOS_TME_MT, "bios.tme_mt"},
    {GH_BIOS_IOMMU, "bios.vtd"},
};

static const struct {
	enum gh_bios_setting setting;
	const char *fact;
} numbers[] = {
    {GH_BIOS_KEY_SPLIT, "bios.key_split"},
    {GH_BIOS_ASID_LIMIT, "bios.sev_asid_limit"},
};

/* What the digest is over, so that a later difference can be named. */
static void settings(struct gh_fact_sink *s, const struct gh_redfish_tree *t)
{
	gh_auto(struct gh_buf, gh_buf_free) list = {0};
	struct gh_bytes rest, line;

	if (gh_bios_settings_list(t, &list, NULL) != 0)
		return;
	rest = gh_buf_view(&list);
	while (gh_text_line(&rest, &line))
		gh_fact_add(s, "bios.settings", line);
}

void gh_facts_read_bios(struct gh_fact_sink *s, const struct gh_redfish_tree *t)
{
	const json_t *all =
	    json_object_get(gh_redfish_get(t, "{system}/Bios"), "Attributes");
	char hex[65];
	uint64_t n;

	for (size_t i = 0; i < GH_COUNT(flags); i++) {
		struct gh_bios_value v = gh_bios_get(all, flags[i].setting);

		if (v.state == GH_BIOS_ON || v.state == GH_BIOS_OFF)
			gh_fact_put_bool(s, flags[i].fact, v.state == GH_BIOS_ON);
	}
	for (size_t i = 0; i < GH_COUNT(numbers); i++) {
		struct gh_bios_value v = gh_bios_get(all, numbers[i].setting);

		if (v.json && v.state != GH_BIOS_DIFFERS && gh_bios_number(v.json, &n) &&
		    n <= INT64_MAX)
			gh_fact_put_int(s, numbers[i].fact, (int64_t)n);
	}
	if (gh_bios_settings_sha256(t, hex) != 0)
		return;
	gh_fact_put(s, "bios.settings_sha256", gh_text_of(hex));
	settings(s, t);
}
