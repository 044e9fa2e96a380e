/* SPDX-License-Identifier: Apache-2.0
 * Reads a BMC's firmware inventory for the judges, and counts versions. */
#include "checks/judge_inventory.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define INVENTORY "/redfish/v1/UpdateService/FirmwareInventory"
#define KINDS_MAX 8

void gh_judged_firmware_free(struct gh_judged_firmware *fw)
{
	gh_fw_inventory_free(&fw->inv);
	gh_knowledge_free(&fw->known);
	*fw = (struct gh_judged_firmware){0};
}

static const char *product_of(const struct gh_judging *j)
{
	const char *model =
	    gh_redfish_text(gh_redfish_get(j->src->bmc, "{system}"), "Model");

	if (!gh_bmc_placeholder(model))
		return model;
	return j->host->product ? j->host->product : "";
}

bool gh_judge_firmware(struct gh_judging *j, struct gh_judged_firmware *out)
{
	struct gh_err err = {0};

	*out = (struct gh_judged_firmware){0};
	gh_say(&j->f->source, "Redfish " INVENTORY);
	if (!j->src->bmc) {
		(void)gh_judge_bmc(j, INVENTORY);
		return false;
	}
	if (gh_knowledge_load(&out->known, &err) != 0 ||
	    gh_fw_inventory_read(&out->inv, j->src->bmc, &out->known, &err) != 0) {
		gh_judge_unknown(j, "unread", "%s", err.what);
		return false;
	}
	out->product = product_of(j);
	if (out->inv.n > 0)
		return true;
	if (gh_judge_bmc(j, INVENTORY))
		gh_judge_unknown(
		    j, "not_offered", "the BMC's firmware inventory is empty");
	return false;
}

/* ---- counting ----------------------------------------------------------------------- */

struct kind {
	const char *version;
	unsigned int n;
};

static bool same(const struct gh_fw_item *it, const char *version)
{
	return strcmp(it->version, version) == 0 ||
	       gh_version_compare(it->scheme, it->version, version) == GH_VERSION_EQUAL;
}

static void count_kind(
    struct gh_fw_tally *t, struct kind kinds[KINDS_MAX], const struct gh_fw_item *it)
{
	unsigned int i = 0;

	while (i < t->n_kinds && i < KINDS_MAX && !same(it, kinds[i].version))
		i++;
	if (i == t->n_kinds) {
		t->n_kinds++;
		if (i < KINDS_MAX)
			kinds[i] = (struct kind){it->version, 0};
	}
	if (i < KINDS_MAX)
		kinds[i].n++;
}

static void write_kinds(struct gh_fw_tally *t, const struct kind kinds[KINDS_MAX])
{
	size_t len = 0;

	for (unsigned int i = 0; i < t->n_kinds && i < KINDS_MAX; i++) {
		int n = snprintf(t->text + len, sizeof(t->text) - len, "%s%.60s x%u",
		    i ? ", " : "", kinds[i].version, kinds[i].n);

		if (n < 0 || (size_t)n >= sizeof(t->text) - len)
			return;
		len += (size_t)n;
	}
}

void gh_fw_tally(
    struct gh_fw_tally *out, const struct gh_fw_inventory *inv, const char *component)
{
	const struct gh_fw_item *it = NULL;
	struct kind kinds[KINDS_MAX];

	*out = (struct gh_fw_tally){.version = "", .scheme = ""};
	while ((it = gh_fw_next(inv, component, GH_FW_RUNNING, it))) {
		if (it->version[0] == '\0') {
			out->n_missing++;
			continue;
		}
		if (out->n++ == 0) {
			out->version = it->version;
			out->scheme = it->scheme;
		}
		out->malformed |= !gh_version_valid(it->scheme, it->version);
		count_kind(out, kinds, it);
	}
	write_kinds(out, kinds);
}

bool gh_judge_uniform(
    struct gh_judging *j, const struct gh_fw_tally *t, const char *what, unsigned int n)
{
	if (t->n_kinds > 1)
		gh_judge_fail(j, "mixed", "%s: %s", what, t->text);
	else if (t->n == 0 && t->n_missing == 0)
		gh_judge_unknown(j, "not_offered", "the BMC lists no %s", what);
	else if (t->n_missing > 0)
		gh_judge_unknown(j, "unread", "%s: %u of %u show no version", what,
		    t->n_missing, t->n + t->n_missing);
	else if (t->malformed)
		gh_judge_unknown(j, "malformed", "%s: \"%s\" is no version of scheme %s",
		    what, t->version, t->scheme);
	else if (n > 0 && t->n != n)
		gh_judge_fail(
		    j, "count", "%s: %u, the fleet file says %u", what, t->n, n);
	else
		return true;
	return false;
}
