/* SPDX-License-Identifier: Apache-2.0
 * Judges of the GPU protection mode and its knobs (G12, G13): by NVIDIA's own tool on the
 * host, else by the baseboard's management controller. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "checks/gputool.h"
#include "checks/judge.h"

#define PROCESSORS "/redfish/v1/Systems/HGX_Baseboard_0/Processors"
#define TOOL       "nvidia_gpu_tools.py"

/* What a plan wants of each GPU and switch. A single GPU has no fabric to protect. */
static bool wants_ppcie(const struct gh_judging *j)
{
	bool per_gpu = j->host->plan && strcmp(j->host->plan, "per-gpu") == 0;

	return !per_gpu && j->host->n_gpus > 1;
}

static bool has_gpus(struct gh_judging *j)
{
	if (j->host->n_gpus)
		return true;
	gh_judge_skip(j, "the fleet file says that this host has no GPU");
	return false;
}

/* Says why an answer cannot be had when the tool itself told. */
static void refused(struct gh_judging *j, const struct gh_gputool *t)
{
	if (t->lockdown)
		gh_judge_unknown(j, "lockdown",
		    TOOL ": the kernel is locked down and lets nobody map the "
			 "registers of a GPU");
	else if (t->driver)
		gh_judge_unknown(
		    j, "driver", TOOL ": the NVIDIA driver holds the GPUs of this host");
	else
		return;
	gh_say(&j->f->remedy, "%s",
	    t->lockdown
		? "Nothing to do on the host: lockdown is wanted. The BMC can say "
		  "it (newer HGX firmware), and attestation proves it."
		: "Unload and remove the NVIDIA driver, then validate again.");
}

/* What the tool said; UNKNOWN when it gave up, and *t what it said until then. */
static bool tool(struct gh_judging *j, struct gh_gputool *t)
{
	const struct gh_probe_item *it = gh_judge_item(j, "gputool"),
				   *raw = gh_probe_get(j->probe, "gputool");

	memset(t, 0, sizeof(*t));
	if (it || (raw && raw->rc != 126 && raw->rc != 127))
		gh_gputool_read(t, raw->data);
	if (!it)
		refused(j, t);
	return it != NULL;
}

/* The catalogue's words again, where another source told after all. */
static void restate(struct gh_judging *j)
{
	gh_say(&j->f->why, "%s", j->check->why);
	gh_say(&j->f->remedy, "%s", j->check->remedy);
}

/* ---- modes ------------------------------------------------------------------------- */

struct modes {
	unsigned int n; /* devices that said it */
	unsigned int cc[GH_MODE_INVALID + 1], ppcie[GH_MODE_INVALID + 1];
};

static struct modes modes_of(const struct gh_gputool *t, bool switches)
{
	struct modes m = {0};

	for (size_t i = 0; i < t->n; i++) {
		const struct gh_gputool_device *d = &t->at[i];

		if (d->is_switch != switches ||
		    (switches ? d->ppcie : d->cc) == GH_MODE_UNSAID)
			continue;
		m.n++;
		m.cc[d->cc]++;
		m.ppcie[d->ppcie]++;
	}
	return m;
}

/* The same as the baseboard's controller shows it; firmware of 2023 shows none. */
static struct modes modes_of_bmc(const struct gh_judging *j)
{
	struct modes m = {0};

	if (!j->src->bmc)
		return m;
	struct gh_redfish_walk w = gh_redfish_walk_of(j->src->bmc, PROCESSORS);
	while (gh_redfish_next(&w)) {
		const json_t *cc =
		    gh_redfish_value(w.r->body, "Oem.Nvidia.CCModeEnabled");
		const json_t *dev =
		    gh_redfish_value(w.r->body, "Oem.Nvidia.CCDevModeEnabled");
		const json_t *pp =
		    gh_redfish_value(w.r->body, "Oem.Nvidia.PPCIeModeEnabled");

		if (strncmp(w.name, "GPU_", 4) != 0 || !json_is_boolean(cc))
			continue;
		m.n++;
		m.cc[json_is_true(dev)  ? GH_MODE_DEVTOOLS
		     : json_is_true(cc) ? GH_MODE_ON
					: GH_MODE_OFF]++;
		m.ppcie[!json_is_boolean(pp) ? GH_MODE_UNSAID
			: json_is_true(pp)   ? GH_MODE_ON
					     : GH_MODE_OFF]++;
	}
	return m;
}

static bool same_modes(const struct modes *a, const struct modes *b)
{
	return a->n == b->n && memcmp(a->cc, b->cc, sizeof(a->cc)) == 0 &&
	       (a->ppcie[GH_MODE_UNSAID] || b->ppcie[GH_MODE_UNSAID] ||
		   memcmp(a->ppcie, b->ppcie, sizeof(a->ppcie)) == 0);
}

static void judge_modes(struct gh_judging *j, const struct modes *m)
{
	const unsigned int *cc = m->cc, *pp = m->ppcie;
	unsigned int n = j->host->n_gpus;
	char seen[160];

	snprintf(seen, sizeof(seen), "of %u GPUs CC is on for %u, PPCIe for %u", m->n,
	    cc[GH_MODE_ON], pp[GH_MODE_ON]);
	if (cc[GH_MODE_DEVTOOLS] || cc[GH_MODE_INVALID])
		gh_judge_fail(j, cc[GH_MODE_DEVTOOLS] ? "devtools" : "invalid",
		    "%u of %u GPUs are in devtools mode%s",
		    cc[GH_MODE_DEVTOOLS] + cc[GH_MODE_INVALID], m->n,
		    cc[GH_MODE_INVALID] ? " without CC" : "");
	else if ((cc[GH_MODE_ON] && cc[GH_MODE_OFF]) ||
		 (pp[GH_MODE_ON] && pp[GH_MODE_OFF]))
		gh_judge_fail(j, "mixed", "%s", seen);
	else if (wants_ppcie(j) ? cc[GH_MODE_ON] || pp[GH_MODE_OFF]
				: cc[GH_MODE_OFF] || pp[GH_MODE_ON])
		gh_judge_fail(j, "plan", "%s; plan %s", seen,
		    j->host->plan ? j->host->plan : "one-cvm");
	else if (m->n != n || (wants_ppcie(j) && pp[GH_MODE_ON] != n))
		gh_judge_unknown(j, "few", "%u of %u GPUs say their mode", m->n, n);
	else
		gh_judge_pass(j, "%s", seen);
}

/* Neither source told: both reasons, and who will tell. */
static void mode_unsaid(struct gh_judging *j)
{
	char why[400];

	if (!j->f->code[0])
		gh_judge_unknown(j, "unsaid", TOOL " names no GPU's mode");
	snprintf(why, sizeof(why), "%s", j->f->why);
	gh_say(&j->f->why,
	    "%s; %s; a read through VFIO is not made, it would reset the GPU", why,
	    j->src->bmc ? "the BMC shows no CCModeEnabled" : "no BMC was read");
	gh_say(&j->f->remedy,
	    "Attestation of the GPUs (stage 3) proves the mode: attest, then validate "
	    "again. To know it before: " TOOL
	    " on the host, or HGX firmware that shows it.");
}

static void cc_mode(struct gh_judging *j)
{
	struct gh_gputool t;
	struct modes host = {0}, bmc;

	if (!has_gpus(j))
		return;
	if (tool(j, &t))
		host = modes_of(&t, false);
	bmc = modes_of_bmc(j);
	if (host.n && bmc.n && !same_modes(&host, &bmc)) {
		gh_judge_fail(j, "disagree",
		    "the host says CC on for %u of %u GPUs, the BMC for %u of %u",
		    host.cc[GH_MODE_ON], host.n, bmc.cc[GH_MODE_ON], bmc.n);
	} else if (host.n) {
		judge_modes(j, &host);
		j->f->assurance = bmc.n ? GH_A1 : GH_A0;
	} else if (bmc.n) {
		gh_say(&j->f->source, "Redfish " PROCESSORS "/GPU_*");
		restate(j);
		judge_modes(j, &bmc);
	} else {
		mode_unsaid(j);
	}
}

static void switch_ppcie(struct gh_judging *j)
{
	struct gh_gputool t;
	unsigned int n = j->host->n_switches;
	enum gh_gpu_mode want = wants_ppcie(j) ? GH_MODE_ON : GH_MODE_OFF;
	struct modes m;

	if (n == 0) {
		gh_judge_skip(j, "the fleet file says that this host has no NVSwitch");
		return;
	}
	if (!tool(j, &t))
		return;
	m = modes_of(&t, true);
	if (m.ppcie[want] != m.n)
		gh_judge_fail(j, m.ppcie[want] ? "mixed" : "plan",
		    "PPCIe is %s on %u of %u NVSwitches", gh_gpu_mode_word(want),
		    m.ppcie[want], m.n);
	else if (m.n != n)
		gh_judge_unknown(j, "few", "%u of %u NVSwitches say their mode", m.n, n);
	else
		gh_judge_pass(j, "PPCIe is %s on all %u", gh_gpu_mode_word(want), m.n);
}

/* ---- knobs ------------------------------------------------------------------------- */

/* What the knobs make of CC at the next reset. */
static enum gh_gpu_mode next_cc(const struct gh_gputool_device *d)
{
	if (d->cc_enable < 0 || d->cc_devtools < 0)
		return GH_MODE_UNSAID;
	if (d->cc_enable)
		return d->cc_devtools ? GH_MODE_DEVTOOLS : GH_MODE_ON;
	return d->cc_devtools ? GH_MODE_INVALID : GH_MODE_OFF;
}

static enum gh_gpu_mode next_ppcie(const struct gh_gputool_device *d)
{
	if (d->ppcie_enable < 0)
		return GH_MODE_UNSAID;
	return d->ppcie_enable ? GH_MODE_ON : GH_MODE_OFF;
}

static bool pending(struct gh_judging *j, const struct gh_gputool_device *d,
    const char *what, enum gh_gpu_mode now, enum gh_gpu_mode next)
{
	if (now == next || now == GH_MODE_UNSAID || next == GH_MODE_UNSAID)
		return false;
	gh_judge_fail(j, "pending", "%s: %s is %s, and %s after the next reset", d->bdf,
	    what, gh_gpu_mode_word(now), gh_gpu_mode_word(next));
	return true;
}

static void cc_pending(struct gh_judging *j)
{
	struct gh_gputool t;
	unsigned int n = 0;

	if (!has_gpus(j) || !tool(j, &t))
		return;
	for (size_t i = 0; i < t.n; i++) {
		const struct gh_gputool_device *d = &t.at[i];

		if (pending(j, d, "CC", d->cc, next_cc(d)) ||
		    pending(j, d, "PPCIe", d->ppcie, next_ppcie(d)))
			return;
		n += d->is_switch
			 ? 0
			 : d->cc != GH_MODE_UNSAID && next_cc(d) != GH_MODE_UNSAID;
	}
	if (n == j->host->n_gpus)
		gh_judge_pass(j, "knobs and modes of %u GPUs agree", n);
	else
		gh_judge_unknown(
		    j, "few", "%u of %u GPUs say their knobs", n, j->host->n_gpus);
}

/* InbandReconfigPermissions of the baseboard's controller: true = allowed. */
static unsigned int open_by_bmc(const struct gh_judging *j, unsigned int *n)
{
	unsigned int open = 0;

	*n = 0;
	if (!j->src->bmc)
		return 0;
	struct gh_redfish_walk w = gh_redfish_walk_of(j->src->bmc, PROCESSORS);
	while (gh_redfish_next(&w)) {
		json_t *all = json_object_get(gh_redfish_value(w.r->body, "Oem.Nvidia"),
		    "InbandReconfigPermissions");
		const char *key;
		json_t *v;
		bool any = false;

		if (!json_is_object(all))
			continue;
		json_object_foreach(all, key, v) any |= json_is_true(v);
		(*n)++;
		open += any;
	}
	return open;
}

static void inband_lock(struct gh_judging *j)
{
	struct gh_gputool t;
	unsigned int n = 0, open = 0;

	if (!has_gpus(j))
		return;
	if (tool(j, &t)) {
		for (size_t i = 0; i < t.n; i++) {
			n += t.at[i].n_inband > 0;
			open += t.at[i].n_inband_open > 0;
		}
	} else if ((open = open_by_bmc(j, &n)) || n) {
		gh_say(&j->f->source, "Redfish " PROCESSORS "/*");
		restate(j);
	} else {
		return;
	}
	if (open)
		gh_judge_fail(j, "open",
		    "%u of %u devices can be reconfigured from the host", open, n);
	else if (n < j->host->n_gpus)
		gh_judge_unknown(j, "few", "%u devices say who may change their mode", n);
	else
		gh_judge_pass(j, "locked on %u devices", n);
}

/* ---- health ------------------------------------------------------------------------ */

/* The tool asks for a mode only behind the end of the boot, so that a mode proves it. It
 * gives up at the first device that is broken, and that is an answer too. */
static void boot_complete(struct gh_judging *j)
{
	struct gh_gputool t;
	unsigned int n = 0, want = j->host->n_gpus;
	bool whole;

	if (!has_gpus(j))
		return;
	whole = tool(j, &t);
	for (size_t i = 0; i < t.n; i++) {
		const struct gh_gputool_device *d = &t.at[i];

		if (d->broken && !d->refused) {
			restate(j);
			gh_judge_fail(j, "broken", "%s %s is broken, or did not boot",
			    d->is_switch ? "NVSwitch" : "GPU", d->bdf);
			return;
		}
		n += !d->is_switch && d->cc != GH_MODE_UNSAID;
	}
	if (t.boot_timeout) {
		restate(j);
		gh_judge_fail(
		    j, "timeout", "%u of %u GPUs booted, the next did not", n, want);
	} else if (whole && n == want) {
		gh_judge_pass(j, "%u of %u GPUs booted", n, want);
	} else if (whole) {
		gh_judge_unknown(j, "few", "%u of %u GPUs answer", n, want);
		refused(j, &t);
	}
}

static bool right_name(
    const char *name, const char *stem, unsigned int from, unsigned int n)
{
	struct gh_bytes digits = gh_text_of(name);
	uint64_t at;

	if (strncmp(name, stem, strlen(stem)) != 0)
		return false;
	digits.p += strlen(stem);
	digits.len -= strlen(stem);
	return gh_text_u64(digits, 10, &at) == 0 && at >= from && at < from + n;
}

static void topology(struct gh_judging *j)
{
	unsigned int gpus = j->host->n_gpus, sw = j->host->n_switches, n = 0;
	unsigned int seats = gpus < 8 ? 8 : gpus;
	struct gh_gputool t;

	if (!has_gpus(j) || !tool(j, &t))
		return;
	for (size_t i = 0; i < t.n; i++) {
		const struct gh_gputool_device *d = &t.at[i];

		if (!d->module[0])
			continue;
		n++;
		if (d->is_switch ? !right_name(d->module, "NVSwitch_", 0, sw)
				 : !right_name(d->module, "SXM_", 1, seats)) {
			gh_judge_fail(j, "place", "%s says it is %s", d->bdf, d->module);
			return;
		}
		for (size_t k = 0; k < i; k++) {
			if (strcmp(d->module, t.at[k].module) != 0)
				continue;
			gh_judge_fail(j, "double", "%s and %s both say %s", t.at[k].bdf,
			    d->bdf, d->module);
			return;
		}
	}
	if (n == gpus + sw)
		gh_judge_pass(j, "%u modules, each in its place", n);
	else
		gh_judge_unknown(
		    j, "few", "%u of %u modules say their place", n, gpus + sw);
}

const struct gh_judge gh_judges_gputool[] = {
    {"host.gpu.cc_mode", cc_mode},
    {"host.gpu.cc_pending", cc_pending},
    {"host.gpu.inband_lock", inband_lock},
    {"host.gpu.boot_complete", boot_complete},
    {"host.nvswitch.ppcie", switch_ppcie},
    {"host.nvlink.topology", topology},
    {NULL, NULL},
};
