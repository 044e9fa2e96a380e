/* SPDX-License-Identifier: Apache-2.0
 * Judges of the HGX baseboard's firmware: the bundle and its holes, VBIOS and switch
 * BIOS, GPU modes (G02, G12, G13). */
#include <string.h>

#include "checks/judge_inventory.h"
#include "firmware/bundle.h"

#define BASEBOARD "/redfish/v1/Systems/HGX_Baseboard_0/Processors"

static bool no_gpu(struct gh_judging *j)
{
	if (j->host->n_gpus > 0)
		return false;
	gh_judge_skip(j, "the fleet file expects no GPU");
	return true;
}

static const char *plan_of(const struct gh_judging *j)
{
	return j->host->plan ? j->host->plan : "";
}

static void say_bundle(struct gh_buf *out, const struct gh_bundle *b)
{
	gh_buf_fmt(out, "bundle %s (%s)", b->name, b->confidence);
}

/* ---- the bundle --------------------------------------------------------------------- */

/* Members of the baseboard, how many there must be, and what people call them. */
static const struct {
	const char *component, *what;
	bool per_gpu, per_switch;
} members[] = {
    {"gpu_vbios", "GPU VBIOS", true, false},
    {"nvswitch", "NVSwitch BIOS", false, true},
    {"erot", "ERoT", false, false},
    {"hmc", "HMC", false, false},
    {"fpga", "FPGA", false, false},
    {"pcie_switch", "PCIe switch", false, false},
    {"retimer", "retimer", false, false},
};

/* Every kind of part shows one version; false when the finding is decided. */
static bool whole_baseboard(struct gh_judging *j, const struct gh_judged_firmware *fw)
{
	if (!gh_fw_next(&fw->inv, "gpu_vbios", GH_FW_RUNNING, NULL) &&
	    !gh_fw_next(&fw->inv, "hmc", GH_FW_RUNNING, NULL)) {
		gh_judge_unknown(
		    j, "not_offered", "this BMC lists no part of a HGX baseboard");
		return false;
	}
	for (size_t i = 0; i < GH_COUNT(members); i++) {
		struct gh_fw_tally t;

		gh_fw_tally(&t, &fw->inv, members[i].component);
		if (!gh_judge_uniform(j, &t, members[i].what,
			members[i].per_gpu      ? j->host->n_gpus
			: members[i].per_switch ? j->host->n_switches
						: 0))
			return false;
	}
	return true;
}

static const char *version_of(const struct gh_fw_inventory *inv, const char *component)
{
	const struct gh_fw_item *it = gh_fw_running(inv, component);

	return it ? it->version : "";
}

static void match_bundle(struct gh_bundle_match *out, const struct gh_judged_firmware *fw)
{
	struct gh_member have[GH_BUNDLE_MEMBERS_MAX];

	for (size_t i = 0; i < fw->known.n_members; i++)
		have[i] = (struct gh_member){
		    fw->known.member[i], version_of(&fw->inv, fw->known.member[i])};
	gh_bundle_match(out, &fw->known, have, fw->known.n_members);
}

/* What is installed, member by member. */
static void list_members(struct gh_buf *out, const struct gh_judged_firmware *fw)
{
	for (size_t i = 0; i < fw->known.n_members; i++)
		gh_buf_fmt(out, "%s%s %s", i ? ", " : "", fw->known.member[i],
		    version_of(&fw->inv, fw->known.member[i]));
}

static void bundle_differs(struct gh_judging *j, const struct gh_judged_firmware *fw,
    const struct gh_bundle_match *m)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	for (unsigned int i = 0; i < m->n_differ; i++)
		gh_buf_fmt(&text, "%s%s %s", i ? ", " : "", m->differ[i],
		    version_of(&fw->inv, m->differ[i]));
	gh_buf_str(&text, m->n_differ == 1 ? " is not of " : " are not of ");
	say_bundle(&text, m->row);
	gh_judge_fail(j, "part", "%s", gh_buf_cstr(&text));
}

/* Parts agree among themselves, but no release we know has them. A floor of the plan then
 * cannot be decided. */
static void bundle_unlisted(
    struct gh_judging *j, const struct gh_judged_firmware *fw, const struct gh_floor *f)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	list_members(&text, fw);
	if (f)
		gh_judge_unknown(j, "unlisted",
		    "no known bundle has these parts, so that it may be older than %s: "
		    "%s",
		    f->floor, gh_buf_cstr(&text));
	else
		gh_judge_warn(j, "unlisted", "no known bundle has these parts: %s",
		    gh_buf_cstr(&text));
}

static void bundle_against(struct gh_judging *j, const struct gh_judged_firmware *fw,
    const struct gh_bundle *b, const struct gh_floor *f)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0}, parts = {0};
	enum gh_version_rel r = f ? gh_bundle_against(b, f->floor) : GH_VERSION_GREATER;

	say_bundle(&text, b);
	if (f)
		gh_say(&j->f->expected, "%s, and the plan %s needs %s or newer",
		    j->check->expect, plan_of(j), f->floor);
	if (r == GH_VERSION_LESS)
		gh_judge_fail(
		    j, "too_old", "%s is older than %s", gh_buf_cstr(&text), f->floor);
	else if (r == GH_VERSION_INCOMPARABLE)
		gh_judge_unknown(
		    j, "open", "%s may be older than %s", gh_buf_cstr(&text), f->floor);
	else {
		list_members(&parts, fw);
		gh_judge_pass(j, "%s: %s", gh_buf_cstr(&text), gh_buf_cstr(&parts));
	}
}

static void hgx_bundle(struct gh_judging *j)
{
	gh_auto(struct gh_judged_firmware, gh_judged_firmware_free) fw = {0};
	struct gh_bundle_match m;
	const struct gh_floor *f;

	if (no_gpu(j) || !gh_judge_firmware(j, &fw) || !whole_baseboard(j, &fw))
		return;
	f = gh_knowledge_floor(&fw.known, "hgx_bundle", fw.product, plan_of(j), NULL);
	match_bundle(&m, &fw);
	if (!m.row)
		bundle_unlisted(j, &fw, f);
	else if (!m.whole)
		bundle_differs(j, &fw, &m);
	else
		bundle_against(j, &fw, m.row, f);
}

/* ---- holes -------------------------------------------------------------------------- */

static void add_advisory(struct gh_buf *out, const struct gh_advisory *a)
{
	gh_buf_str(out, out->len ? "; " : "");
	for (size_t i = 0; i < json_array_size(a->cve); i++)
		gh_buf_fmt(out, "%s%s", i ? ", " : "",
		    json_string_value(json_array_get(a->cve, i)));
	gh_buf_fmt(out, " (fixed in %s)", a->fixed);
}

static void hgx_cve(struct gh_judging *j)
{
	gh_auto(struct gh_judged_firmware, gh_judged_firmware_free) fw = {0};
	gh_auto(struct gh_buf, gh_buf_free) has = {0}, may = {0}, name = {0};
	const struct gh_advisory *a = NULL;
	struct gh_bundle_match m = {0};
	enum gh_version_rel r;

	if (no_gpu(j) || !gh_judge_firmware(j, &fw))
		return;
	m.row = gh_bundle_of_key(&fw.known, version_of(&fw.inv, "hmc"));
	if (!m.row)
		match_bundle(&m, &fw);
	else
		m.whole = true;
	if (!m.row || !m.whole) {
		gh_judge_unknown(j, "unlisted",
		    "HMC \"%.40s\" and its parts are no bundle we know",
		    version_of(&fw.inv, "hmc"));
		return;
	}
	while ((a = gh_bundle_advisory(&fw.known, m.row, a, &r)))
		add_advisory(r == GH_VERSION_LESS ? &has : &may, a);
	say_bundle(&name, m.row);
	if (has.len)
		gh_judge_fail(
		    j, "affected", "%s: %s", gh_buf_cstr(&name), gh_buf_cstr(&has));
	else if (may.len)
		gh_judge_unknown(j, "open", "%s cannot exclude %s", gh_buf_cstr(&name),
		    gh_buf_cstr(&may));
	else
		gh_judge_pass(j, "%s", gh_buf_cstr(&name));
}

/* ---- VBIOS, NVSwitch ---------------------------------------------------------------- */

static void vbios_against(
    struct gh_judging *j, const struct gh_judged_firmware *fw, const char *version)
{
	const struct gh_floor *f =
	    gh_knowledge_floor(&fw->known, "gpu_vbios", fw->product, plan_of(j), NULL);
	const char *floor = gh_param_text(j, "floor", f ? f->floor : "");
	enum gh_version_rel r;

	if (gh_version_at_least("nv-vbios", version, floor, &r))
		gh_judge_pass(j, "%u GPUs at %s", j->host->n_gpus, version);
	else if (r == GH_VERSION_LESS)
		gh_judge_fail(j, "old", "%s is older than %s", version, floor);
	else
		gh_judge_unknown(
		    j, "no_floor", "%s and the floor %s have no order", version, floor);
}

/* The HMC's view, and that of the host's own BMC where it has one. */
static void vbios_equal(struct gh_judging *j)
{
	gh_auto(struct gh_judged_firmware, gh_judged_firmware_free) fw = {0};
	struct gh_fw_tally hmc, host;

	if (no_gpu(j) || !gh_judge_firmware(j, &fw))
		return;
	gh_fw_tally(&hmc, &fw.inv, "gpu_vbios");
	gh_fw_tally(&host, &fw.inv, "gpu_vbios_host");
	bool no_hmc = hmc.n + hmc.n_missing == 0;
	bool no_host = host.n + host.n_missing == 0;
	if (!gh_judge_uniform(j, no_hmc ? &host : &hmc, "GPU VBIOS", j->host->n_gpus))
		return;
	if (no_hmc || no_host) {
		vbios_against(j, &fw, no_hmc ? host.version : hmc.version);
		return;
	}
	if (!gh_judge_uniform(j, &host, "GPU VBIOS by the host's BMC", j->host->n_gpus))
		return;
	if (gh_version_compare("nv-vbios", hmc.version, host.version) != GH_VERSION_EQUAL)
		gh_judge_fail(j, "views", "the HMC says %s, the host's BMC %s",
		    hmc.version, host.version);
	else
		vbios_against(j, &fw, hmc.version);
}

static void nvswitch_bios(struct gh_judging *j)
{
	gh_auto(struct gh_judged_firmware, gh_judged_firmware_free) fw = {0};
	struct gh_fw_tally t;

	if (j->host->n_switches == 0) {
		gh_judge_skip(j, "the fleet file expects no NVSwitch");
		return;
	}
	if (!gh_judge_firmware(j, &fw))
		return;
	gh_fw_tally(&t, &fw.inv, "nvswitch");
	if (gh_judge_uniform(j, &t, "NVSwitch BIOS", j->host->n_switches))
		gh_judge_pass(j, "%s", t.text);
}

/* ---- ECC, MIG ----------------------------------------------------------------------- */

/* False when the finding is decided. */
static bool gpu_settled(struct gh_judging *j, const char *name, const json_t *body)
{
	const json_t *ecc = gh_redfish_value(body, "MemorySummary.ECCModeEnabled");
	const json_t *mig = gh_redfish_value(body, "Oem.Nvidia.MIGModeEnabled");

	if (json_is_false(ecc) || json_is_true(mig)) {
		gh_judge_fail(j, json_is_false(ecc) ? "ecc" : "mig", "%.40s: %s", name,
		    json_is_false(ecc) ? "ECC is off" : "MIG is on");
		return false;
	}
	if (json_is_true(ecc) && json_is_false(mig))
		return true;
	gh_judge_unknown(j, "absent", "%.40s does not show %s", name,
	    json_is_true(ecc) ? "MIGModeEnabled" : "ECCModeEnabled");
	return false;
}

static void ecc_mig(struct gh_judging *j)
{
	struct gh_redfish_walk w;
	unsigned int n = 0;

	if (no_gpu(j))
		return;
	gh_say(&j->f->source, "Redfish " BASEBOARD);
	if (!j->src->bmc) {
		(void)gh_judge_bmc(j, BASEBOARD);
		return;
	}
	w = gh_redfish_walk_of(j->src->bmc, BASEBOARD);
	while (gh_redfish_next(&w)) {
		if (strncmp(w.name, "GPU_", 4) != 0)
			continue;
		if (!gpu_settled(j, w.name, w.r->body))
			return;
		n++;
	}
	if (n >= j->host->n_gpus)
		gh_judge_pass(j, "%u GPUs: ECC on, MIG off", n);
	else if (n > 0)
		gh_judge_unknown(
		    j, "unread", "%u of %u GPUs were read", n, j->host->n_gpus);
	else if (gh_judge_bmc(j, BASEBOARD))
		gh_judge_unknown(j, "not_offered", "this BMC lists no GPU there");
}

const struct gh_judge gh_judges_hgx[] = {
    {"host.fw.hgx_bundle", hgx_bundle},
    {"host.fw.hgx_cve", hgx_cve},
    {"host.gpu.vbios_equal", vbios_equal},
    {"host.gpu.ecc_mig", ecc_mig},
    {"host.nvswitch.bios", nvswitch_bios},
    {NULL, NULL},
};
