/* SPDX-License-Identifier: Apache-2.0
 * Is there a reference manifest for what this baseboard runs: asked before any boot, since
 * without one attestation cannot succeed (G02). */
#include <stdio.h>
#include <string.h>

#include "checks/judge_inventory.h"
#include "evidence/rim.h"
#include "firmware/rim_id.h"

#define BASEBOARD "/redfish/v1/Systems/HGX_Baseboard_0/Processors"
#define IDS_MAX   16

/* The ids that the baseboard implies, each once. */
struct ids {
	char at[IDS_MAX][GH_RIM_ID_LEN];
	unsigned int n;
};

static void add_id(struct ids *ids, const char *id)
{
	for (unsigned int i = 0; i < ids->n; i++)
		if (strcmp(ids->at[i], id) == 0)
			return;
	if (ids->n < IDS_MAX)
		snprintf(ids->at[ids->n++], GH_RIM_ID_LEN, "%s", id);
}

/* The version of the component whose id ends in that number: HGX_InfoROM_GPU_SXM_3. */
static const char *version_at(
    const struct gh_fw_inventory *inv, const char *component, const char *number)
{
	const struct gh_fw_item *it = NULL;

	while ((it = gh_fw_next(inv, component, GH_FW_RUNNING, it))) {
		const char *last = strrchr(it->id, '_');

		if (last && strcmp(last + 1, number) == 0)
			return it->version;
	}
	return "";
}

/* Part number of a GPU: by the HMC, or by the host's BMC. */
static const char *part_of(const struct gh_redfish_tree *t, const char *number)
{
	char path[160];
	const char *part;

	snprintf(path, sizeof(path), BASEBOARD "/GPU_SXM_%.8s", number);
	part = gh_redfish_text(gh_redfish_get(t, path), "PartNumber");
	if (part[0])
		return part;
	snprintf(path, sizeof(path), "{chassis}/PCIeDevices/GPU%.8s", number);
	return gh_redfish_text(gh_redfish_get(t, path), "PartNumber");
}

/* Adds the id of each GPU (or switch); how many there were. False when the finding is
 * decided. */
static bool add_ids(
    struct gh_judging *j, const struct gh_judged_firmware *fw, bool gpus, struct ids *ids)
{
	const char *component = gpus ? "gpu_vbios" : "nvswitch";
	const struct gh_fw_item *it = NULL;
	unsigned int n = 0, want = gpus ? j->host->n_gpus : j->host->n_switches;

	while ((it = gh_fw_next(&fw->inv, component, GH_FW_RUNNING, it))) {
		const char *last = strrchr(it->id, '_');
		const char *number = last ? last + 1 : "";
		const char *inforom =
		    version_at(&fw->inv, gpus ? "gpu_inforom" : "switch_inforom", number);
		const char *board = gpus ? part_of(j->src->bmc, number)
					 : gh_knowledge_chip_sku(&fw->known, inforom);
		char id[GH_RIM_ID_LEN];

		if (!(gpus ? gh_rim_id_gpu(id, inforom, board, it->version)
			   : gh_rim_id_switch(id, inforom, board, it->version))) {
			gh_judge_unknown(j, "no_id",
			    "%s: version \"%.40s\", InfoROM \"%.40s\", %s \"%.40s\" give "
			    "no RIM id",
			    it->id, it->version, inforom, gpus ? "part" : "chip SKU",
			    board);
			return false;
		}
		add_id(ids, id);
		n++;
	}
	if (n >= want)
		return true;
	gh_judge_unknown(j, n ? "unread" : "not_offered", "the BMC lists %u of %u %s", n,
	    want, gpus ? "GPUs" : "switches");
	return false;
}

static void list_ids(struct gh_buf *out, const struct ids *ids)
{
	for (unsigned int i = 0; i < ids->n; i++)
		gh_buf_fmt(out, "%s%s", i ? ", " : "", ids->at[i]);
}

static void find_rims(struct gh_judging *j, const struct ids *ids)
{
	gh_auto(struct gh_buf, gh_buf_free) list = {0};

	for (unsigned int i = 0; i < ids->n; i++) {
		const struct gh_rim *r = gh_rims_find(j->src->rims, ids->at[i]);

		if (!r)
			gh_judge_fail(j, "missing", "no RIM %s among %zu at hand",
			    ids->at[i], j->src->rims->n);
		else if (!r->trusted)
			gh_judge_fail(j, "untrusted",
			    "RIM %s is at hand, but does not verify", ids->at[i]);
		if (!r || !r->trusted) {
			gh_say(&j->f->remedy,
			    "Ask NVIDIA's RIM service for %s, and put its answer in the "
			    "fleet file's folder of RIMs; when it has none, install a "
			    "VBIOS that has one.",
			    ids->at[i]);
			return;
		}
		j->f->lab |= r->lab;
	}
	list_ids(&list, ids);
	gh_judge_pass(j, "%s", gh_buf_cstr(&list));
}

static void gpu_rim_available(struct gh_judging *j)
{
	gh_auto(struct gh_judged_firmware, gh_judged_firmware_free) fw = {0};
	gh_auto(struct gh_buf, gh_buf_free) list = {0};
	struct ids ids = {.n = 0};

	if (j->host->n_gpus == 0) {
		gh_judge_skip(j, "the fleet file expects no GPU");
		return;
	}
	if (!gh_judge_firmware(j, &fw) || !add_ids(j, &fw, true, &ids))
		return;
	/* switches are attested only with the GPUs that they join */
	if (j->host->plan && strcmp(j->host->plan, "one-cvm") == 0 &&
	    !add_ids(j, &fw, false, &ids))
		return;
	if (j->src->rims && j->src->rims->n > 0) {
		find_rims(j, &ids);
		return;
	}
	list_ids(&list, &ids);
	gh_judge_unknown(
	    j, "no_rims", "no RIM is at hand; needed: %s", gh_buf_cstr(&list));
	gh_say(&j->f->remedy,
	    "Ask NVIDIA's RIM service for them, put its answers in a folder, and name it "
	    "in the fleet file (rims).");
}

const struct gh_judge gh_judges_rims[] = {
    {"host.fw.gpu_rim_available", gpu_rim_available},
    {NULL, NULL},
};
