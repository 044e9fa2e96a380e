/* SPDX-License-Identifier: Apache-2.0
 * Judges of the firmware of the host's own board, as its BMC knows it (G02). */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "checks/judge_inventory.h"

#define DMI   "/sys/class/dmi/id/"
#define TASKS "/redfish/v1/TaskService/Tasks"

static int shown(struct gh_bytes v)
{
	return (int)(v.len < 80 ? v.len : 80);
}

/* ---- BIOS --------------------------------------------------------------------------- */

/* What the host's SMBIOS says, in the form that its BMC would use. */
static bool smbios(struct gh_judging *j, const char *scheme, char *out, size_t size)
{
	struct gh_bytes version, date;

	if (!gh_judge_file(j, "sys", DMI "bios_version", &version) ||
	    !gh_judge_file(j, "sys", DMI "bios_date", &date))
		return false;
	if (strcmp(scheme, "smc-bios") == 0)
		snprintf(out, size, "BIOS Date: %.*s Ver %.*s", shown(date),
		    (const char *)date.p, shown(version), (const char *)version.p);
	else
		snprintf(out, size, "%.*s", shown(version), (const char *)version.p);
	return true;
}

/* One of the BMC's views against SMBIOS; false when the finding is decided. */
static bool view_agrees(struct gh_judging *j, const char *scheme, const char *view,
    const char *bmc, const char *host)
{
	switch (gh_version_compare(scheme, bmc, host)) {
	case GH_VERSION_EQUAL:
	case GH_VERSION_ABSENT:
		return true;
	case GH_VERSION_INVALID:
		gh_judge_unknown(j, "malformed",
		    "\"%.80s\" or \"%.80s\" is no version of scheme %s", bmc, host,
		    scheme);
		return false;
	default:
		gh_judge_fail(j, "differs", "host: %.80s; %s: %.80s", host, view, bmc);
		return false;
	}
}

static void bios_corroborated(struct gh_judging *j)
{
	gh_auto(struct gh_judged_firmware, gh_judged_firmware_free) fw = {0};
	const struct gh_fw_item *it;
	char host[200];
	const char *model;

	if (!gh_judge_firmware(j, &fw))
		return;
	it = gh_fw_running(&fw.inv, "bios");
	if (!it) {
		gh_judge_unknown(j, "not_offered", "the BMC shows no BIOS version");
		return;
	}
	model = gh_redfish_text(gh_redfish_get(j->src->bmc, "{system}"), "BiosVersion");
	if (!smbios(j, it->scheme, host, sizeof(host)) ||
	    !view_agrees(j, it->scheme, "BMC's inventory", it->version, host) ||
	    !view_agrees(j, it->scheme, "BMC's system", model, host))
		return;
	gh_say(&j->f->source, "SMBIOS, Redfish FirmwareInventory and System");
	gh_judge_pass(j, "%.80s in both views", it->version);
	j->f->assurance = GH_A1;
}

/* ---- images that wait --------------------------------------------------------------- */

/* The running image that a staged or golden one belongs to. */
static const struct gh_fw_item *running_of(
    const struct gh_fw_inventory *inv, const struct gh_fw_item *other)
{
	const struct gh_fw_item *it = NULL;

	while ((it = gh_fw_next(inv, other->component, GH_FW_RUNNING, it)))
		if (strcmp(it->id, other->id) == 0 && it->version[0])
			return it;
	return NULL;
}

/* False when the finding is decided. */
static bool image_settled(struct gh_judging *j, const struct gh_fw_inventory *inv,
    const struct gh_fw_item *it, unsigned int *n_staged)
{
	const struct gh_fw_item *now = running_of(inv, it);
	const char *scheme = it->scheme[0] ? it->scheme : "text";
	enum gh_version_rel r;

	if (it->image != GH_FW_STAGED && it->image != GH_FW_GOLDEN)
		return true;
	*n_staged += it->image == GH_FW_STAGED;
	if (it->unread) {
		gh_judge_unknown(j, "unread", "the BMC did not answer for %s", it->id);
		return false;
	}
	if (it->version[0] == '\0' || !now)
		return true;
	r = gh_version_compare(scheme, it->version, now->version);
	if (it->image == GH_FW_STAGED && r != GH_VERSION_EQUAL) {
		gh_judge_fail(j, "staged", "%s: %.80s waits, %.80s runs", it->id,
		    it->version, now->version);
		return false;
	}
	if (it->image == GH_FW_GOLDEN && r == GH_VERSION_GREATER) {
		gh_judge_fail(j, "golden", "%s: %.80s is the golden image, %.80s runs",
		    it->id, it->version, now->version);
		return false;
	}
	return true;
}

/* A task of the BMC that has not come to its end; NULL when there is none. */
static const char *open_task(const struct gh_redfish_tree *t, const char **name)
{
	static const char *const ended[] = {
	    "Completed", "Killed", "Exception", "Cancelled", "Interrupted"};
	struct gh_redfish_walk w = gh_redfish_walk_of(t, TASKS);

	while (gh_redfish_next(&w)) {
		const char *state = gh_redfish_text(w.r->body, "TaskState");
		bool over = false;

		for (size_t i = 0; i < GH_COUNT(ended); i++)
			over |= strcmp(state, ended[i]) == 0;
		if (!over) {
			*name = w.name;
			return state;
		}
	}
	return NULL;
}

static void bios_staging(struct gh_judging *j)
{
	gh_auto(struct gh_judged_firmware, gh_judged_firmware_free) fw = {0};
	const char *name = "", *state;
	unsigned int n_staged = 0;

	if (!gh_judge_firmware(j, &fw))
		return;
	for (size_t i = 0; i < fw.inv.n; i++)
		if (!image_settled(j, &fw.inv, &fw.inv.at[i], &n_staged))
			return;
	state = open_task(j->src->bmc, &name);
	if (state)
		gh_judge_fail(j, "task", "task %.40s of the BMC is %.40s", name,
		    state[0] ? state : "without a state");
	else if (n_staged == 0)
		gh_judge_unknown(
		    j, "not_offered", "this BMC shows no image that would wait");
	else
		gh_judge_pass(
		    j, "%u places for new images, nothing waits in them", n_staged);
}

/* ---- BMC ---------------------------------------------------------------------------- */

/* Another line of builds than the floor's: only release dates order them. */
static void bmc_by_date(struct gh_judging *j, const struct gh_floor *f,
    const char *version, const char *released)
{
	char day[11];

	snprintf(day, sizeof(day), "%.10s", released);
	if (f->after[0] && gh_version_valid("date", day) &&
	    !gh_version_at_least("date", f->after, day, NULL))
		gh_judge_unknown(j, "lineage",
		    "%.40s of %s is of another line than %s: they have no order", version,
		    day, f->floor);
	else if (f->after[0] && gh_version_valid("date", day))
		gh_judge_fail(j, "old", "%.40s of %s; %s is newer than %s", version, day,
		    f->floor, f->after);
	else
		gh_judge_unknown(j, "lineage",
		    "%.40s is of another line than %s, and no date is known", version,
		    f->floor);
}

static void bmc_against(struct gh_judging *j, const struct gh_floor *f,
    const char *version, const char *released)
{
	enum gh_version_rel r;

	gh_say(&j->f->expected, "BMC firmware %s or newer (%s)", f->floor, f->confidence);
	if (gh_version_at_least(f->scheme, version, f->floor, &r))
		gh_judge_pass(j, "%.40s", version);
	else if (r == GH_VERSION_LESS)
		gh_judge_fail(j, "old", "%.40s", version);
	else if (r == GH_VERSION_INCOMPARABLE)
		bmc_by_date(j, f, version, released);
	else
		gh_judge_unknown(j, "malformed", "\"%.40s\" is no version of scheme %s",
		    version, f->scheme);
}

/* The floor of the product; params "floor" with "scheme" stands before it. NULL = none. */
static const struct gh_floor *floor_of(const struct gh_judging *j,
    const struct gh_judged_firmware *fw, const char *component, struct gh_floor *own)
{
	*own = (struct gh_floor){.floor = gh_param_text(j, "floor", ""),
	    .scheme = gh_param_text(j, "scheme", "dotted"),
	    .after = gh_param_text(j, "after", ""),
	    .confidence = "local"};
	if (own->floor[0])
		return own;
	return gh_knowledge_floor(
	    &fw->known, component, fw->product, j->host->plan ? j->host->plan : "", NULL);
}

static void bmc_version(struct gh_judging *j)
{
	gh_auto(struct gh_judged_firmware, gh_judged_firmware_free) fw = {0};
	const struct gh_fw_item *it;
	const struct gh_floor *f;
	struct gh_floor own;
	const char *version;

	if (!gh_judge_firmware(j, &fw))
		return;
	it = gh_fw_running(&fw.inv, "bmc");
	version =
	    gh_redfish_text(gh_redfish_get(j->src->bmc, "{manager}"), "FirmwareVersion");
	if (gh_bmc_placeholder(version))
		version = it ? it->version : "";
	f = floor_of(j, &fw, "bmc", &own);
	if (version[0] == '\0')
		gh_judge_unknown(j, "absent", "the BMC does not show its version");
	else if (!f)
		gh_judge_skip(j, "%.40s; no baseline is known for %.60s", version,
		    fw.product[0] ? fw.product : "this product");
	else
		bmc_against(j, f, version, it ? it->released : "");
}

/* ---- what comes with the BIOS ------------------------------------------------------- */

static void me_sps(struct gh_judging *j)
{
	gh_auto(struct gh_judged_firmware, gh_judged_firmware_free) fw = {0};
	const struct gh_fw_item *it;
	const char *floor = gh_param_text(j, "floor", ""), *sps;
	enum gh_version_rel r;

	if (!gh_judge_firmware(j, &fw))
		return;
	it = gh_fw_running(&fw.inv, "me");
	sps = gh_redfish_text(gh_redfish_get(j->src->bmc,
				  "/redfish/v1/UpdateService/FirmwareInventory/BIOS"),
	    "Oem.Supermicro.SPSVersion");
	r = gh_version_compare("dotted", it ? it->version : "", sps);
	if (r == GH_VERSION_ABSENT)
		gh_judge_unknown(j, "not_offered",
		    "the BMC does not show both the ME's version and the BIOS's SPS");
	else if (r == GH_VERSION_INVALID)
		gh_judge_unknown(j, "malformed",
		    "ME \"%.40s\", SPS of the BIOS \"%.40s\"", it ? it->version : "",
		    sps);
	else if (r != GH_VERSION_EQUAL)
		gh_judge_fail(j, "differs", "ME %.40s, the BIOS carries SPS %.40s",
		    it->version, sps);
	else if (floor[0] && !gh_version_at_least("dotted", sps, floor, NULL))
		gh_judge_fail(j, "old", "%.40s, the floor is %s", sps, floor);
	else
		gh_judge_pass(j, "%.40s in both views", sps);
}

/* ---- CPLDs, power supplies ---------------------------------------------------------- */

/* False when the finding is decided. */
static bool cpld_settled(struct gh_judging *j, const struct gh_judged_firmware *fw,
    const struct gh_fw_item *it, unsigned int *n_floors)
{
	const struct gh_floor *f = NULL;
	enum gh_version_rel r;

	if (it->version[0] == '\0') {
		gh_judge_unknown(j, "unread", "%s shows no version", it->id);
		return false;
	}
	if (!gh_version_valid(it->scheme, it->version)) {
		gh_judge_unknown(
		    j, "malformed", "%s: \"%.40s\" is no version", it->id, it->version);
		return false;
	}
	while ((f = gh_knowledge_floor(&fw->known, "cpld", fw->product, "", f))) {
		if (f->item[0] && strcmp(f->item, it->id) != 0)
			continue;
		++*n_floors;
		if (gh_version_at_least(f->scheme, it->version, f->floor, &r))
			continue;
		if (r == GH_VERSION_LESS)
			gh_judge_fail(j, "old", "%s is %.40s, the baseline is %s", it->id,
			    it->version, f->floor);
		else
			gh_judge_unknown(j, "lineage",
			    "%s: %.40s and the baseline %s have no order", it->id,
			    it->version, f->floor);
		return false;
	}
	return true;
}

static void cpld(struct gh_judging *j)
{
	gh_auto(struct gh_judged_firmware, gh_judged_firmware_free) fw = {0};
	gh_auto(struct gh_buf, gh_buf_free) list = {0};
	const struct gh_fw_item *it = NULL;
	unsigned int n_floors = 0;

	if (!gh_judge_firmware(j, &fw))
		return;
	while ((it = gh_fw_next(&fw.inv, "cpld", GH_FW_RUNNING, it))) {
		if (!cpld_settled(j, &fw, it, &n_floors))
			return;
		gh_buf_fmt(&list, "%s%s %s", list.len ? ", " : "", it->id, it->version);
	}
	if (list.len == 0)
		gh_judge_unknown(j, "not_offered", "the BMC lists no CPLD");
	else if (n_floors == 0)
		gh_judge_skip(j, "%s; no baseline is known for %.60s", gh_buf_cstr(&list),
		    fw.product[0] ? fw.product : "this product");
	else
		gh_judge_pass(j, "%s", gh_buf_cstr(&list));
}

static void psu_uniform(struct gh_judging *j)
{
	gh_auto(struct gh_judged_firmware, gh_judged_firmware_free) fw = {0};
	struct gh_fw_tally t;

	if (!gh_judge_firmware(j, &fw))
		return;
	gh_fw_tally(&t, &fw.inv, "psu");
	if (gh_judge_uniform(j, &t, "power supplies", 0))
		gh_judge_pass(j, "%s", t.text);
}

const struct gh_judge gh_judges_firmware[] = {
    {"host.fw.bios_corroborated", bios_corroborated},
    {"host.fw.bios_staging", bios_staging},
    {"host.fw.bmc_version", bmc_version},
    {"host.fw.me_sps", me_sps},
    {"host.fw.cpld", cpld},
    {"host.fw.psu_uniform", psu_uniform},
    {NULL, NULL},
};
