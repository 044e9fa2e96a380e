/* SPDX-License-Identifier: Apache-2.0
 * Judges of memory and of the IOMMU that guards it (G07, G08). */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "checks/judge.h"

#define FREE_MIN_KIB (64ull << 20) /* 64 GiB: less holds no CVM with GPUs */

static const char *on_off(uint64_t v, unsigned int bit)
{
	return v >> bit & 1 ? "on" : "off";
}

static void encryption_active(struct gh_judging *j)
{
	uint64_t v;
	if (j->host->tee == GH_TEE_SNP) {
		if (gh_judge_msr(j, 0xc0010010, &v))
			gh_judge_recorded(j, on_off(v, 23), "SME %s", on_off(v, 23));
		return;
	}
	if (gh_judge_msr(j, 0x982, &v))
		gh_judge_recorded(j, v >> 31 & 1 ? "off" : on_off(v, 1),
		    "TME %s, bypass %s", on_off(v, 1), on_off(v, 31));
}

/* Sum over the memory controllers; false when a count is no number. */
static bool edac_sum(
    const struct gh_probe_item *it, const char *name, uint64_t *sum, unsigned int *n)
{
	struct gh_walk w = gh_walk_of(it, "/sys/devices/system/edac/mc/", name);
	*sum = 0;
	for (uint64_t v; gh_walk_next(&w); ++*n)
		if (gh_text_u64(w.value, 10, &v) != 0 || gh_add(*sum, v, sum))
			return false;
	return true;
}

static void ecc(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "sys");
	uint64_t ce, ue;
	unsigned int n = 0, m = 0;
	if (!it)
		return;
	gh_say(&j->f->source, "/sys/devices/system/edac/mc");
	if (!edac_sum(it, "/ce_count", &ce, &n) || !edac_sum(it, "/ue_count", &ue, &m))
		gh_judge_unknown(j, "malformed", "an EDAC counter is not a number");
	else if (n == 0 || m == 0)
		gh_judge_unknown(j, "absent", "no memory controller reports ECC");
	else if (ue)
		gh_judge_fail(
		    j, "uncorrected", "%llu uncorrected errors", (unsigned long long)ue);
	else if (ce > 1000)
		gh_judge_fail(
		    j, "corrected", "%llu corrected errors", (unsigned long long)ce);
	else
		gh_judge_pass(j, "%u controllers, %llu corrected, none uncorrected", n,
		    (unsigned long long)ce);
}

/* True when that node or mapper name stands on dm-crypt. *left bounds the walk: what a
 * host says of its layers may go in circles. */
static bool on_crypt(
    const struct gh_probe_item *dm, struct gh_bytes name, unsigned int *left)
{
	struct gh_walk w = gh_walk_of(dm, "/sys/block/dm-", "/dm/uuid");
	char dir[64], prefix[80];
	if (*left == 0 || !gh_dm_dir(dm, name, dir, sizeof(dir)))
		return false;
	--*left;
	while (gh_walk_next(&w))
		if (gh_text_starts(w.path, dir) && w.path.p[strlen(dir)] == '/' &&
		    gh_text_starts(w.value, "CRYPT-"))
			return true;
	snprintf(prefix, sizeof(prefix), "%s/slaves/", dir);
	w = gh_walk_of(dm, prefix, "");
	while (*left && gh_walk_next(&w)) {
		size_t skip = strlen(prefix);
		struct gh_bytes slave = {w.path.p + skip, w.path.len - skip};
		if (on_crypt(dm, slave, left))
			return true;
	}
	return false;
}

bool gh_dm_dir(
    const struct gh_probe_item *dm, struct gh_bytes name, char *dir, size_t size)
{
	struct gh_walk w = gh_walk_of(dm, "/sys/block/dm-", "/dm/name");
	while (gh_walk_next(&w)) {
		size_t n = w.path.len - strlen("/dm/name");
		struct gh_bytes node = {
		    w.path.p + strlen("/sys/block/"), n - strlen("/sys/block/")};
		bool same =
		    (node.len == name.len && !memcmp(node.p, name.p, name.len)) ||
		    (w.value.len == name.len && !memcmp(w.value.p, name.p, name.len));
		if (!same || n >= size)
			continue;
		memcpy(dir, w.path.p, n);
		dir[n] = '\0';
		return true;
	}
	return false;
}

bool gh_dm_encrypted(const struct gh_probe_item *dm, struct gh_bytes device)
{
	static const char *const dir[] = {"/dev/mapper/", "/dev/"};
	unsigned int left = 32;
	for (size_t i = 0; i < GH_COUNT(dir); i++)
		if (gh_text_starts(device, dir[i])) {
			size_t n = strlen(dir[i]);
			struct gh_bytes name = {device.p + n, device.len - n};
			return on_crypt(dm, name, &left);
		}
	return false;
}

static void swap(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "sys"), *dm;
	unsigned int head = 0, n = 0;
	if (!it || !(dm = gh_judge_item(j, "dm")))
		return;
	gh_say(&j->f->source, "/proc/swaps, /sys/block/dm-*/dm/uuid");
	struct gh_walk w = gh_walk_of(it, "/proc/swaps", "");
	while (gh_walk_next(&w)) {
		struct gh_bytes device;
		if (!gh_text_word(&w.value, &device))
			continue;
		if (gh_text_is(device, "Filename")) {
			head++;
			continue;
		}
		n++;
		if (gh_dm_encrypted(dm, device))
			continue;
		gh_judge_fail(j, "plain", "%.*s is not encrypted", (int)device.len,
		    (const char *)device.p);
		return;
	}
	if (head == 0)
		gh_judge_unknown(j, "absent", "/proc/swaps could not be read");
	else
		gh_judge_pass(j, n ? "%u swap areas, each on dm-crypt" : "no swap", n);
}

/* "MemAvailable:  123 kB" in KiB. */
static bool meminfo(const struct gh_probe_item *it, const char *name, uint64_t *kib)
{
	struct gh_walk w = gh_walk_of(it, "/proc/meminfo", "");
	while (gh_walk_next(&w)) {
		struct gh_bytes key, number;
		if (gh_text_word(&w.value, &key) && gh_text_is(key, name) &&
		    gh_text_word(&w.value, &number))
			return gh_text_u64(number, 10, kib) == 0;
	}
	return false;
}

static void free_memory(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "sys");
	uint64_t kib;
	if (!it)
		return;
	gh_say(&j->f->source, "/proc/meminfo");
	if (!meminfo(it, "MemAvailable:", &kib))
		gh_judge_unknown(j, "absent", "/proc/meminfo has no MemAvailable");
	else if (kib < FREE_MIN_KIB)
		gh_judge_fail(
		    j, "short", "%llu GiB available", (unsigned long long)kib >> 20);
	else
		gh_judge_pass(j, "%llu GiB available", (unsigned long long)kib >> 20);
}

static void ksm(struct gh_judging *j)
{
	uint64_t v;
	if (!gh_judge_number(j, "sys", "/sys/kernel/mm/ksm/run", &v))
		return;
	if (v == 1)
		gh_judge_fail(j, "on", "ksm/run is 1");
	else
		gh_judge_pass(j, "ksm/run is %llu", (unsigned long long)v);
}

static void coredump(struct gh_judging *j)
{
	struct gh_bytes pattern;
	uint64_t loaded;
	if (!gh_judge_number(j, "sys", "/sys/kernel/kexec_crash_loaded", &loaded) ||
	    !gh_judge_file(j, "sys", "/proc/sys/kernel/core_pattern", &pattern))
		return;
	if (loaded)
		gh_judge_fail(j, "kdump", "a crash kernel is loaded");
	else if (gh_text_starts(pattern, "/tmp/") || gh_text_starts(pattern, "/var/tmp/"))
		gh_judge_fail(j, "public", "core files go to %.*s", (int)pattern.len,
		    (const char *)pattern.p);
	else
		gh_judge_pass(j, "no crash kernel; core_pattern %.*s", (int)pattern.len,
		    (const char *)pattern.p);
}

static void mor(struct gh_judging *j)
{
	unsigned char v[5];
	const struct gh_probe_item *raw = gh_probe_get(j->probe, "efi.mor");
	if (raw && raw->rc == 2) {
		gh_say(&j->f->source, "efivar MemoryOverwriteRequestControl");
		gh_judge_skip(j, "this firmware has no MemoryOverwriteRequest");
		return;
	}
	if (gh_judge_efivar(j, "efi.mor", v, sizeof(v))) {
		const char *word = v[4] & 1 ? "set" : "not set";

		gh_judge_recorded(j, word, "MemoryOverwriteRequest is %s", word);
	}
}

/* ---- IOMMU ------------------------------------------------------------------------ */

static unsigned int count_places(const struct gh_probe_item *it, const char *prefix)
{
	struct gh_bytes rest = it->data, line;
	unsigned int n = 0;
	while (gh_text_line(&rest, &line))
		n += gh_text_starts(line, prefix);
	return n;
}

static void groups(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "iommu.type");
	unsigned int n = 0;
	if (!it)
		return;
	gh_say(&j->f->source, "/sys/kernel/iommu_groups");
	struct gh_walk w = gh_walk_of(it, "/sys/kernel/iommu_groups/", "/type");
	while (gh_walk_next(&w))
		n++;
	if (n)
		gh_judge_pass(j, "%u groups", n);
	else
		gh_judge_fail(j, "off", "no IOMMU group");
}

static void intremap(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "klog"), *sys;
	static const char *const good[] = {
	    "DMAR-IR: Enabled IRQ remapping", "AMD-Vi: Interrupt remapping enabled"};
	struct gh_bytes v;
	if (!it || !(sys = gh_judge_item(j, "sys")))
		return;
	gh_say(&j->f->source, "kernel log, vfio_iommu_type1 allow_unsafe_interrupts");
	if (gh_item_value(sys,
		"/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts", &v) &&
	    gh_is_yes(v)) {
		gh_judge_fail(j, "unsafe", "allow_unsafe_interrupts is on");
		return;
	}
	for (size_t i = 0; i < GH_COUNT(good); i++)
		if (gh_item_line(it, good[i], NULL)) {
			gh_judge_pass(j, "%s", good[i]);
			return;
		}
	if (gh_klog_whole(it))
		gh_judge_fail(j, "off", "the kernel log does not say that it is on");
	else
		gh_judge_unknown(j, "log", "the kernel log has lost its beginning");
}

static void mode(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "iommu.type");
	unsigned int n = 0, identity = 0;
	if (!it)
		return;
	struct gh_walk w = gh_walk_of(it, "/sys/kernel/iommu_groups/", "/type");
	for (; gh_walk_next(&w); n++)
		identity += gh_text_is(w.value, "identity");
	if (n == 0)
		gh_judge_unknown(j, "absent", "no group says its type");
	else if (identity && j->host->tee == GH_TEE_SNP)
		gh_judge_fail(
		    j, "identity", "%u of %u groups are in passthrough", identity, n);
	else
		gh_judge_pass(j, "%u groups, %u in passthrough", n, identity);
}

static void thunderbolt(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "places");
	if (!it)
		return;
	gh_say(&j->f->source, "/sys/bus/thunderbolt/devices");
	unsigned int n = count_places(it, "/sys/bus/thunderbolt/devices/");
	if (n)
		gh_judge_fail(j, "present", "%u Thunderbolt devices", n);
	else
		gh_judge_pass(j, "none");
}

static void iommufd(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "nodes");
	if (!it)
		return;
	gh_say(&j->f->source, "stat /dev/iommu");
	if (gh_item_line(it, "/dev/iommu ", NULL))
		gh_judge_pass(j, "/dev/iommu is there");
	else
		gh_judge_fail(j, "absent", "/dev/iommu is not there");
}

/* ---- what the plan needs ---- */

/* Pages of one size that each NUMA node must have (params); all others are lost to a CVM:
 * guest_memfd does not take huge pages of hugetlbfs. */
static int64_t planned_pages(const struct gh_judging *j, struct gh_bytes path)
{
	return gh_text_find(path, "hugepages-1048576kB")
		   ? gh_param_int(j, "nr_1gib_per_node", 0)
		   : gh_param_int(j, "nr_2mib_per_node", 0);
}

static void hugepages(struct gh_judging *j)
{
	static const char prefix[] = "/sys/devices/system/node/node";
	const struct gh_probe_item *it = gh_judge_item(j, "sys");
	uint64_t pages = 0, v;
	unsigned int n = 0;

	if (!it)
		return;
	gh_say(&j->f->source, "%s*/hugepages", prefix);
	for (struct gh_walk w = gh_walk_of(it, prefix, "/nr_hugepages"); gh_walk_next(&w);
	     n++) {
		int64_t want = planned_pages(j, w.path);

		if (gh_text_u64(w.value, 10, &v) || gh_add(pages, v, &pages)) {
			gh_judge_unknown(j, "malformed", "%.*s is no number",
			    (int)w.path.len, (const char *)w.path.p);
			return;
		}
		if (v == (uint64_t)want)
			continue;
		gh_judge_fail(j, v < (uint64_t)want ? "few" : "unplanned",
		    "%.*s: %llu pages, planned %lld", (int)w.path.len,
		    (const char *)w.path.p, (unsigned long long)v, (long long)want);
		return;
	}
	if (n == 0)
		gh_judge_unknown(j, "absent", "no NUMA node shows its huge pages");
	else
		gh_judge_pass(
		    j, "%llu huge pages, as planned", (unsigned long long)pages);
}

/* One unit of `systemctl show`: lines of KEY=VALUE up to an empty one. */
struct unit_limit {
	struct gh_bytes id, load, limit;
};

static bool next_unit(struct gh_bytes *rest, struct unit_limit *u)
{
	const struct {
		const char *key;
		struct gh_bytes *to;
	} field[] = {
	    {"Id=", &u->id}, {"LoadState=", &u->load}, {"LimitMEMLOCK=", &u->limit}};
	struct gh_bytes line;

	*u = (struct unit_limit){0};
	while (gh_text_line(rest, &line) && line.len)
		for (size_t i = 0; i < GH_COUNT(field); i++)
			if (gh_text_starts(line, field[i].key)) {
				size_t skip = strlen(field[i].key);
				*field[i].to =
				    (struct gh_bytes){line.p + skip, line.len - skip};
			}
	return u->id.len > 0;
}

/* Of the daemons that may start QEMU, those that run count. */
static void memlock(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "memlock");
	const struct gh_probe_item *units = it ? gh_judge_item(j, "units") : NULL;
	struct unit_limit u;
	struct gh_bytes rest, state;
	unsigned int n = 0;

	if (!units)
		return;
	gh_say(&j->f->source, "systemctl show -p LimitMEMLOCK");
	for (rest = it->data; next_unit(&rest, &u);) {
		char name[32];

		snprintf(name, sizeof(name), "%.*s",
		    (int)(u.id.len > 8 && u.id.len < 32 ? u.id.len - 8 : 0),
		    (const char *)u.id.p); /* without ".service" */
		if (!gh_text_is(u.load, "loaded") ||
		    !gh_unit_state(units, name, &state) || !gh_text_is(state, "active"))
			continue;
		n++;
		if (gh_text_is(u.limit, "infinity"))
			continue;
		gh_judge_fail(j, "limited", "%s: LimitMEMLOCK=%.*s", name,
		    (int)(u.limit.len < 40 ? u.limit.len : 40), (const char *)u.limit.p);
		return;
	}
	if (n)
		gh_judge_pass(j, "LimitMEMLOCK=infinity");
	else
		gh_judge_unknown(j, "absent", "neither libvirtd nor virtqemud runs");
}

const struct gh_judge gh_judges_mem[] = {
    {"host.mem.encryption_active", encryption_active},
    {"host.mem.ecc", ecc},
    {"host.mem.swap", swap},
    {"host.mem.hugepages", hugepages},
    {"host.mem.free", free_memory},
    {"host.mem.memlock", memlock},
    {"host.mem.ksm_thp", ksm},
    {"host.mem.coredump", coredump},
    {"host.mem.mor", mor},
    {"host.iommu.groups", groups},
    {"host.iommu.intremap", intremap},
    {"host.iommu.mode", mode},
    {"host.iommu.thunderbolt", thunderbolt},
    {"host.iommu.iommufd", iommufd},
    {NULL, NULL},
};
