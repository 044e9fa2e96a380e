/* SPDX-License-Identifier: Apache-2.0
 * Judges NIC firmware: what the host's kernel says of each ConnectX (devlink), and what its
 * BMC says (G02). */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "checks/judge_inventory.h"

#define NICS_MAX 64

/* One NIC function of the mlx5 driver, as "devlink dev info" shows it. */
struct nic {
	char bdf[32];  /* "pci/0000:19:00.0" */
	char psid[32]; /* the board it is: firmware is made per PSID */
	char running[32], stored[32];
	bool mlx5;
};

struct nics {
	struct nic at[NICS_MAX];
	unsigned int n;
	bool cut;
};

static void copy_word(char *out, size_t size, struct gh_bytes line)
{
	struct gh_bytes w;

	if (gh_text_word(&line, &w) && w.len < size)
		snprintf(out, size, "%.*s", (int)w.len, (const char *)w.p);
}

/* "pci/0000:19:00.0:"; what is not indented begins a device, of whatever bus. */
static bool starts_device(struct gh_bytes line, struct nics *out)
{
	if (line.len == 0 || line.p[0] == ' ' || line.p[0] == '\t')
		return false;
	if (out->n > 0 && !out->at[out->n - 1].mlx5)
		out->n--; /* another driver's: its place is free again */
	out->cut |= out->n == NICS_MAX;
	if (out->cut)
		return true;
	struct nic *nic = &out->at[out->n++];
	memset(nic, 0, sizeof(*nic));
	snprintf(nic->bdf, sizeof(nic->bdf), "%.*s",
	    (int)(line.len - 1 < 31 ? line.len - 1 : 31), (const char *)line.p);
	return true;
}

/* Below a device: "driver mlx5_core", then "versions:" with the groups fixed, running and
 * stored. fw.version is the newer word for fw; the first of them counts. */
static void read_line(struct nic *nic, struct gh_bytes line, bool *stored)
{
	struct gh_bytes word;

	if (!gh_text_word(&line, &word))
		return;
	if (gh_text_is(word, "driver"))
		nic->mlx5 = gh_text_is(gh_text_trim(line), "mlx5_core");
	else if (gh_text_is(word, "running:") || gh_text_is(word, "stored:"))
		*stored = gh_text_is(word, "stored:");
	else if (gh_text_is(word, "fw.psid"))
		copy_word(nic->psid, sizeof(nic->psid), line);
	else if ((gh_text_is(word, "fw.version") || gh_text_is(word, "fw")) &&
		 (*stored ? nic->stored : nic->running)[0] == '\0')
		copy_word(
		    *stored ? nic->stored : nic->running, sizeof(nic->running), line);
}

static void read_devlink(struct nics *out, struct gh_bytes text)
{
	struct gh_bytes line;
	bool stored = false;

	memset(out, 0, sizeof(*out));
	while (gh_text_line(&text, &line) && !out->cut) {
		if (starts_device(line, out))
			stored = false;
		else if (out->n > 0)
			read_line(&out->at[out->n - 1], line, &stored);
	}
	if (out->n > 0 && !out->at[out->n - 1].mlx5)
		out->n--;
}

/* ---- judging ------------------------------------------------------------------------ */

/* One NIC by itself, and with those of its board; false when the finding is decided. */
static bool nic_settled(
    struct gh_judging *j, const struct nics *nics, const struct nic *nic)
{
	if (!gh_version_valid("cx", nic->running)) {
		gh_judge_unknown(
		    j, "malformed", "%s shows firmware \"%s\"", nic->bdf, nic->running);
		return false;
	}
	if (nic->stored[0] &&
	    gh_version_compare("cx", nic->running, nic->stored) != GH_VERSION_EQUAL) {
		gh_judge_fail(j, "pending", "%s runs %s, %s waits for a reset", nic->bdf,
		    nic->running, nic->stored);
		return false;
	}
	for (unsigned int i = 0; i < nics->n; i++) {
		const struct nic *other = &nics->at[i];

		if (strcmp(other->psid, nic->psid) != 0 ||
		    gh_version_compare("cx", other->running, nic->running) ==
			GH_VERSION_EQUAL)
			continue;
		gh_judge_fail(j, "mixed", "%s runs %s, %s of the same board (%s) %s",
		    nic->bdf, nic->running, other->bdf, nic->psid, other->running);
		return false;
	}
	return true;
}

/* Floors of the product, each for its device family. */
static bool at_floor(struct gh_judging *j, const struct gh_knowledge *k,
    const char *product, const struct nic *nic)
{
	const struct gh_floor *f = NULL;
	enum gh_version_rel r;

	while ((f = gh_knowledge_floor(k, "nic", product, "", f))) {
		if (gh_version_at_least(f->scheme, nic->running, f->floor, &r) ||
		    r != GH_VERSION_LESS)
			continue;
		gh_judge_fail(j, "old", "%s runs %s, the baseline is %s", nic->bdf,
		    nic->running, f->floor);
		return false;
	}
	return true;
}

/* What the BMC says of a family that the host shows must be what some NIC runs. */
static bool bmc_agrees(
    struct gh_judging *j, const struct nics *nics, const struct gh_fw_inventory *inv)
{
	const struct gh_fw_item *it = NULL;

	while ((it = gh_fw_next(inv, "nic", GH_FW_RUNNING, it))) {
		bool family = false, found = false;

		for (unsigned int i = 0; i < nics->n; i++) {
			enum gh_version_rel r =
			    gh_version_compare("cx", it->version, nics->at[i].running);

			found |= r == GH_VERSION_EQUAL;
			family |= r == GH_VERSION_LESS || r == GH_VERSION_GREATER;
		}
		if (found || !family)
			continue;
		gh_judge_fail(j, "views", "the BMC says %.40s of %s, no NIC runs it",
		    it->version, it->id);
		return false;
	}
	return true;
}

static void list_nics(struct gh_buf *out, const struct nics *nics)
{
	for (unsigned int i = 0; i < nics->n; i++) {
		unsigned int n = 0, before = 0;

		for (unsigned int k = 0; k < nics->n; k++) {
			bool same = gh_version_compare("cx", nics->at[i].running,
					nics->at[k].running) == GH_VERSION_EQUAL;

			before += same && k < i;
			n += same;
		}
		if (before == 0)
			gh_buf_fmt(out, "%s%s x%u", out->len ? ", " : "",
			    nics->at[i].running, n);
	}
}

static const char *product_of(const struct gh_judging *j, char out[static 80])
{
	const struct gh_probe_item *sys = gh_probe_get(j->probe, "sys");
	struct gh_bytes v;

	out[0] = '\0';
	if (sys && sys->rc == 0 &&
	    gh_item_value(sys, "/sys/class/dmi/id/product_name", &v) && v.len < 80)
		snprintf(out, 80, "%.*s", (int)v.len, (const char *)v.p);
	return out;
}

static void judge_nics(
    struct gh_judging *j, const struct nics *nics, const struct gh_knowledge *k)
{
	gh_auto(struct gh_fw_inventory, gh_fw_inventory_free) inv = {0};
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	/* an older reading may be of before an update */
	bool both = j->src->bmc && !j->src->bmc_pending &&
		    gh_fw_inventory_read(&inv, j->src->bmc, k, NULL) == 0 &&
		    gh_fw_running(&inv, "nic");
	char product[80];

	product_of(j, product);
	for (unsigned int i = 0; i < nics->n; i++)
		if (!nic_settled(j, nics, &nics->at[i]) ||
		    !at_floor(j, k, product, &nics->at[i]))
			return;
	if (both && !bmc_agrees(j, nics, &inv))
		return;
	list_nics(&text, nics);
	gh_judge_pass(j, "%s%s", gh_buf_cstr(&text), both ? "; the BMC agrees" : "");
	if (both)
		j->f->assurance = GH_A1;
}

static void nic_firmware(struct gh_judging *j)
{
	gh_auto(struct gh_knowledge, gh_knowledge_free) known = {0};
	const struct gh_probe_item *it = gh_judge_item(j, "nic.firmware");
	struct gh_err err = {0};
	struct nics nics;

	if (!it)
		return;
	read_devlink(&nics, it->data);
	if (nics.cut)
		gh_judge_unknown(j, "many", "more than %d NICs", NICS_MAX);
	else if (nics.n == 0)
		gh_judge_unknown(j, "none", "devlink shows no ConnectX");
	else if (gh_knowledge_load(&known, &err) != 0)
		gh_judge_unknown(j, "unread", "%s", err.what);
	else
		judge_nics(j, &nics, &known);
}

const struct gh_judge gh_judges_nic[] = {
    {"host.fw.nic", nic_firmware},
    {NULL, NULL},
};
