/* SPDX-License-Identifier: Apache-2.0
 * Judges of the GPUs and switches as a host without their driver sees them (G12, G13, and
 * their IOMMU groups of G08). */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "checks/judge.h"

#define PCI          "/sys/bus/pci/devices/"
#define PCI_MAX      64
#define BDF_LEN      12 /* "0000:18:00.0" */
#define NVIDIA       "0x10de"
#define CLASS_3D     "0x0302"
#define CLASS_BRIDGE "0x0680"

struct devices {
	const struct gh_probe_item *it;
	char bdf[PCI_MAX][BDF_LEN + 1];
	size_t n;
};

/* One attribute of one function; false when the kernel does not show it. */
static bool attribute(const struct gh_probe_item *it, const char *bdf, const char *name,
    struct gh_bytes *out)
{
	char path[96];
	snprintf(path, sizeof(path), PCI "%s/%s", bdf, name);
	return gh_item_value(it, path, out);
}

/* NVIDIA functions of that class; UNKNOWN when the item cannot be read. */
static bool find(struct gh_judging *j, struct devices *d, const char *class)
{
	*d = (struct devices){.it = gh_judge_item(j, "pci")};
	if (!d->it)
		return false;
	struct gh_walk w = gh_walk_of(d->it, PCI, "/class");
	while (gh_walk_next(&w) && d->n < PCI_MAX) {
		struct gh_bytes vendor;
		if (w.path.len != strlen(PCI) + BDF_LEN + strlen("/class") ||
		    !gh_text_starts(w.value, class))
			continue;
		memcpy(d->bdf[d->n], w.path.p + strlen(PCI), BDF_LEN);
		d->bdf[d->n][BDF_LEN] = '\0';
		if (attribute(d->it, d->bdf[d->n], "vendor", &vendor) &&
		    gh_text_is(vendor, NVIDIA))
			d->n++;
	}
	return true;
}

/* The GPUs; a fleet without any skips the check, a host without any cannot be judged. */
static bool gpus(struct gh_judging *j, struct devices *d)
{
	if (j->host->n_gpus == 0) {
		gh_judge_skip(j, "the fleet file says that this host has no GPU");
		return false;
	}
	if (!find(j, d, CLASS_3D))
		return false;
	if (d->n == 0)
		gh_judge_unknown(j, "none", "no GPU is on the PCI bus");
	return d->n > 0;
}

static bool switches(struct gh_judging *j, struct devices *d)
{
	if (j->host->n_switches == 0) {
		gh_judge_skip(j, "the fleet file says that this host has no NVSwitch");
		return false;
	}
	if (!find(j, d, CLASS_BRIDGE))
		return false;
	if (d->n == 0)
		gh_judge_unknown(j, "none", "no NVSwitch is on the PCI bus");
	return d->n > 0;
}

/* The same attribute on each; the first that differs is named. */
static bool all_equal(const struct devices *d, const char *name, struct gh_bytes *first)
{
	for (size_t i = 0; i < d->n; i++) {
		struct gh_bytes v;
		if (!attribute(d->it, d->bdf[i], name, &v))
			return false;
		if (i == 0)
			*first = v;
		else if (v.len != first->len || memcmp(v.p, first->p, v.len) != 0)
			return false;
	}
	return true;
}

static void gpu_count(struct gh_judging *j)
{
	struct devices d;
	struct gh_bytes device, subsystem;
	if (j->host->n_gpus == 0) {
		gh_judge_skip(j, "the fleet file says that this host has no GPU");
		return;
	}
	if (!find(j, &d, CLASS_3D))
		return;
	if (d.n != j->host->n_gpus)
		gh_judge_fail(
		    j, "count", "%zu GPUs, the fleet file says %u", d.n, j->host->n_gpus);
	else if (!all_equal(&d, "device", &device) ||
		 !all_equal(&d, "subsystem_device", &subsystem))
		gh_judge_fail(j, "mixed", "%zu GPUs of different models", d.n);
	else
		gh_judge_pass(j, "%zu x 10de:%.*s, subsystem %.*s", d.n, (int)device.len,
		    (const char *)device.p, (int)subsystem.len,
		    (const char *)subsystem.p);
}

static void switch_count(struct gh_judging *j)
{
	struct devices d;
	if (j->host->n_switches == 0) {
		gh_judge_skip(j, "the fleet file says that this host has no NVSwitch");
		return;
	}
	if (!find(j, &d, CLASS_BRIDGE))
		return;
	if (d.n == j->host->n_switches)
		gh_judge_pass(j, "%zu NVSwitches", d.n);
	else
		gh_judge_fail(j, "count", "%zu NVSwitches, the fleet file says %u", d.n,
		    j->host->n_switches);
}

/* Last part of the link "... PATH/driver -> ../../../bus/pci/drivers/vfio-pci"; "" = none. */
static struct gh_bytes driver_of(const struct gh_probe_item *it, const char *bdf)
{
	char text[96];
	struct gh_bytes line, name = {0};
	snprintf(text, sizeof(text), PCI "%s/driver -> ", bdf);
	if (!gh_item_line(it, text, &line))
		return name;
	name.p = line.p + line.len;
	while (name.p > line.p && name.p[-1] != '/') {
		name.p--;
		name.len++;
	}
	return name;
}

/* True (and PASS) when each is bound to vfio-pci. */
static void judge_bound(struct gh_judging *j, const struct devices *d, bool must)
{
	const struct gh_probe_item *it = gh_judge_item(j, "pci.driver");
	if (!it)
		return;
	for (size_t i = 0; i < d->n; i++) {
		struct gh_bytes name = driver_of(it, d->bdf[i]);
		if (gh_text_is(name, "vfio-pci") || (!must && name.len == 0))
			continue;
		gh_judge_fail(j, name.len ? "driver" : "unbound", "%s: %.*s", d->bdf[i],
		    name.len ? (int)name.len : 9,
		    name.len ? (const char *)name.p : "no driver");
		return;
	}
	gh_judge_pass(j, "%zu on vfio-pci", d->n);
}

static void vfio_bound(struct gh_judging *j)
{
	struct devices d;
	if (gpus(j, &d))
		judge_bound(j, &d, true);
}

static void switch_bound(struct gh_judging *j)
{
	struct devices d;
	/* one CVM gets the switches too; with a CVM for each GPU they may stay unbound */
	bool must = !j->host->plan || strcmp(j->host->plan, "per-gpu") != 0;
	if (switches(j, &d))
		judge_bound(j, &d, must);
}

static void no_host_driver(struct gh_judging *j)
{
	const struct gh_probe_item *mod = gh_judge_item(j, "modules"), *places;
	struct gh_bytes rest, line, name;
	unsigned int n = 0;
	if (!mod || !(places = gh_judge_item(j, "places")))
		return;
	gh_say(&j->f->source, "/sys/module/*/initstate, /dev/nvidia*");
	for (rest = mod->data; gh_text_line(&rest, &line); n++) {
		if (!gh_text_word(&line, &name) ||
		    !(gh_text_starts(name, "nvidia") || gh_text_is(name, "nouveau")))
			continue;
		gh_judge_fail(
		    j, "module", "%.*s is loaded", (int)name.len, (const char *)name.p);
		return;
	}
	if (gh_item_line(places, "/dev/nvidia", &line))
		gh_judge_fail(
		    j, "node", "%.*s is there", (int)line.len, (const char *)line.p);
	else if (n == 0)
		gh_judge_unknown(j, "empty", "no loaded module was found");
	else
		gh_judge_pass(j, "no module, no device node");
}

static void pci_link(struct gh_judging *j)
{
	struct devices d;
	struct gh_bytes width, speed;
	if (!gpus(j, &d))
		return;
	for (size_t i = 0; i < d.n; i++) {
		if (!attribute(d.it, d.bdf[i], "current_link_width", &width) ||
		    !attribute(d.it, d.bdf[i], "max_link_speed", &speed)) {
			gh_judge_unknown(
			    j, "absent", "%s does not show its link", d.bdf[i]);
			return;
		}
		if (gh_text_is(width, "16") && gh_text_starts(speed, "32.0"))
			continue;
		gh_judge_fail(j, "narrow", "%s: x%.*s, at most %.*s", d.bdf[i],
		    (int)width.len, (const char *)width.p, (int)speed.len,
		    (const char *)speed.p);
		return;
	}
	gh_judge_pass(j, "%zu links x16, Gen5", d.n);
}

/* Size of line n of a resource file, 0 when it is empty or malformed. */
static uint64_t region_size(
    const struct gh_probe_item *it, const char *bdf, unsigned int n)
{
	char path[96];
	unsigned int at = 0;
	snprintf(path, sizeof(path), PCI "%s/resource", bdf);
	struct gh_walk w = gh_walk_of(it, path, "/resource");
	while (gh_walk_next(&w)) {
		struct gh_bytes a, b;
		uint64_t from, to;
		if (at++ != n)
			continue;
		if (!gh_text_word(&w.value, &a) || !gh_text_word(&w.value, &b) ||
		    gh_text_u64(a, 16, &from) != 0 || gh_text_u64(b, 16, &to) != 0 ||
		    from == 0 || to <= from)
			return 0;
		return to - from + 1;
	}
	return 0;
}

/* H100 SXM (section 3.1): registers, memory, and a small third one. */
static void bars(struct gh_judging *j)
{
	struct devices d;
	struct gh_bytes id;
	if (!gpus(j, &d))
		return;
	for (size_t i = 0; i < d.n; i++) {
		uint64_t a = region_size(d.it, d.bdf[i], 0);
		uint64_t b = region_size(d.it, d.bdf[i], 2);
		uint64_t c = region_size(d.it, d.bdf[i], 4);
		bool h100 =
		    attribute(d.it, d.bdf[i], "device", &id) && gh_text_is(id, "0x2330");
		if (a && b && c &&
		    (!h100 ||
			(a == 16ull << 20 && b == 128ull << 30 && c == 32ull << 20)))
			continue;
		gh_judge_fail(j, "size", "%s: %llu MiB, %llu GiB, %llu MiB", d.bdf[i],
		    (unsigned long long)a >> 20, (unsigned long long)b >> 30,
		    (unsigned long long)c >> 20);
		return;
	}
	gh_judge_pass(j, "%zu GPUs with all three regions", d.n);
}

static void numa(struct gh_judging *j)
{
	struct devices d;
	struct gh_bytes v;
	unsigned int on[2] = {0};
	if (!gpus(j, &d))
		return;
	for (size_t i = 0; i < d.n; i++) {
		if (!attribute(d.it, d.bdf[i], "numa_node", &v)) {
			gh_judge_unknown(
			    j, "absent", "%s does not show its node", d.bdf[i]);
			return;
		}
		if (gh_text_is(v, "0"))
			on[0]++;
		else if (gh_text_is(v, "1"))
			on[1]++;
		else {
			gh_judge_fail(j, "node", "%s is on node %.*s", d.bdf[i],
			    (int)v.len, (const char *)v.p);
			return;
		}
	}
	if (d.n == 8 && on[0] != 4)
		gh_judge_fail(j, "uneven", "%u on node 0, %u on node 1", on[0], on[1]);
	else
		gh_judge_pass(j, "%u on node 0, %u on node 1", on[0], on[1]);
}

static void reset(struct gh_judging *j)
{
	struct devices d;
	struct gh_bytes v;
	if (!gpus(j, &d))
		return;
	for (size_t i = 0; i < d.n; i++) {
		if (!attribute(d.it, d.bdf[i], "reset_method", &v)) {
			gh_judge_unknown(
			    j, "absent", "%s shows no reset_method", d.bdf[i]);
			return;
		}
		if (gh_words_have(v, "flr"))
			continue;
		gh_judge_fail(
		    j, "no_flr", "%s: %.*s", d.bdf[i], (int)v.len, (const char *)v.p);
		return;
	}
	gh_judge_pass(j, "%zu GPUs have flr", d.n);
}

static void power_state(struct gh_judging *j)
{
	const struct gh_probe_item *sys = gh_probe_get(j->probe, "sys");
	struct devices d;
	struct gh_bytes v, idle = gh_text_of("unknown");
	unsigned int d0 = 0;
	if (!gpus(j, &d))
		return;
	for (size_t i = 0; i < d.n; i++)
		if (attribute(d.it, d.bdf[i], "power_state", &v))
			d0 += gh_text_is(v, "D0");
	if (sys)
		(void)gh_item_value(
		    sys, "/sys/module/vfio_pci/parameters/disable_idle_d3", &idle);
	gh_judge_counted(j, d0, "%u of %zu in D0, disable_idle_d3 %.*s", d0, d.n,
	    (int)idle.len, (const char *)idle.p);
}

/* Holders of the VFIO groups: "PID NAME" a line. A running domain of ours may hold them. */
static void in_use(struct gh_judging *j)
{
	const struct gh_probe_item *it;
	struct gh_bytes rest, line, pid, name;
	unsigned int n = 0;
	if (j->host->n_gpus == 0) {
		gh_judge_skip(j, "the fleet file says that this host has no GPU");
		return;
	}
	if (!(it = gh_judge_item(j, "vfio.users")))
		return;
	const struct gh_probe_item *vms = gh_probe_get(j->probe, "libvirt.domains");
	bool ours = vms && vms->rc == 0 && gh_item_line(vms, "gatehouse-", NULL);
	for (rest = it->data; gh_text_line(&rest, &line); n++) {
		if (!gh_text_word(&line, &pid))
			continue;
		name = gh_text_trim(line);
		if (ours && gh_text_starts(name, "qemu"))
			continue;
		gh_judge_fail(j, "held", "held by process %.*s (%.*s)", (int)pid.len,
		    (const char *)pid.p, (int)name.len, (const char *)name.p);
		return;
	}
	gh_judge_pass(j, n ? "held by our own domain (%u processes)" : "free", n);
}

/* One line a function: BDF, then each member of its group as BDF=CLASS. */
static bool alone(struct gh_bytes line, struct gh_bytes *other)
{
	struct gh_bytes self, member;
	unsigned int n = 0;
	if (!gh_text_word(&line, &self))
		return false;
	while (gh_text_word(&line, &member)) {
		*other = member;
		const unsigned char *eq = memchr(member.p, '=', member.len);
		if (!eq)
			return false;
		size_t len = (size_t)(eq - member.p);
		struct gh_bytes class = {eq + 1, member.len - len - 1};
		bool me = len == self.len && !memcmp(member.p, self.p, len);
		if (!me && !gh_text_starts(class, "0x0604"))
			return false;
		n += me;
	}
	return n == 1;
}

static void isolation(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "pci.group");
	static const char *const class[] = {CLASS_3D, CLASS_BRIDGE};
	struct devices d;
	size_t n = 0;
	if (!it)
		return;
	for (size_t c = 0; c < GH_COUNT(class); c++) {
		if (!find(j, &d, class[c]))
			return;
		for (size_t i = 0; i < d.n; i++, n++) {
			struct gh_bytes rest = it->data, line,
					other = gh_text_of("no group");
			bool ok = false;
			while (!ok && gh_text_line(&rest, &line))
				ok =
				    gh_text_starts(line, d.bdf[i]) && alone(line, &other);
			if (ok)
				continue;
			gh_judge_fail(j, "shared", "%s is not alone: %.*s", d.bdf[i],
			    (int)other.len, (const char *)other.p);
			return;
		}
	}
	gh_say(&j->f->source, "/sys/bus/pci/devices/*/iommu_group/devices");
	if (n)
		gh_judge_pass(j, "%zu GPUs and switches, each alone in its group", n);
	else if (j->host->n_gpus == 0)
		gh_judge_skip(j, "the fleet file says that this host has no GPU");
	else
		gh_judge_unknown(j, "none", "no GPU is on the PCI bus");
}

const struct gh_judge gh_judges_gpu[] = {
    {"host.gpu.count", gpu_count},
    {"host.gpu.vfio_bound", vfio_bound},
    {"host.gpu.no_host_driver", no_host_driver},
    {"host.gpu.pci_link", pci_link},
    {"host.gpu.bars", bars},
    {"host.gpu.numa", numa},
    {"host.gpu.reset", reset},
    {"host.gpu.power_state", power_state},
    {"host.gpu.in_use", in_use},
    {"host.nvswitch.count", switch_count},
    {"host.nvswitch.bound", switch_bound},
    {"host.iommu.isolation", isolation},
    {NULL, NULL},
};
