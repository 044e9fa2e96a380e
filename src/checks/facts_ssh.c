/* SPDX-License-Identifier: Apache-2.0
 * Facts that a host's OS says over SSH: small files, what is mounted, what is there. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "checks/facts_read.h"
#include "checks/judge.h"

#define DMI "/sys/class/dmi/id/"
#define SK  "/proc/sys/kernel/"

/* ---- one file, one fact --------------------------------------------------------------- */

enum how { TEXT, LOWER, INT, FLAG /* 0 or 1, Y or N */, KSM, DATE, MEMBER };

/* A path that begins with '*' is the end of one. */
static const struct {
	const char *path, *fact;
	enum how how;
} files[] = {
    {DMI "sys_vendor", "id.vendor", TEXT},
    {DMI "product_name", "id.product", TEXT},
    {DMI "board_name", "id.board", TEXT},
    {DMI "product_serial", "id.serial", TEXT},
    {DMI "product_uuid", "id.uuid", LOWER},
    {DMI "board_serial", "id.board_serial", TEXT},
    {DMI "chassis_serial", "id.chassis_serial", TEXT},
    {DMI "bios_vendor", "bios.vendor", TEXT},
    {DMI "bios_version", "bios.version", TEXT},
    {DMI "bios_date", "bios.date", DATE},
    {"/etc/machine-id", "id.machine_id", LOWER},
    {SK "random/boot_id", "id.boot_id", LOWER},
    {SK "osrelease", "kernel.version", TEXT},
    {"/proc/cmdline", "kernel.cmdline", TEXT},
    {SK "tainted", "kernel.tainted", INT},
    {SK "core_pattern", "kernel.core_pattern", TEXT},
    {SK "kptr_restrict", "kernel.kptr_restrict", INT},
    {SK "dmesg_restrict", "kernel.dmesg_restrict", INT},
    {SK "unprivileged_bpf_disabled", "kernel.bpf_disabled", INT},
    {SK "kexec_load_disabled", "kernel.kexec_disabled", FLAG},
    {SK "yama/ptrace_scope", "kernel.ptrace_scope", INT},
    {SK "sysrq", "kernel.sysrq", INT},
    {SK "randomize_va_space", "kernel.aslr", INT},
    {"/sys/kernel/kexec_crash_loaded", "kernel.crash_kernel", FLAG},
    {"/sys/kernel/mm/ksm/run", "mem.ksm", KSM},
    {"/sys/module/module/parameters/sig_enforce", "kernel.sig_enforce", FLAG},
    {"/sys/module/kvm_intel/parameters/tdx", "tdx.enabled", FLAG},
    {"/sys/module/kvm_intel/parameters/sgx", "sgx.enabled", FLAG},
    {"/sys/module/kvm_amd/parameters/sev_snp", "snp.enabled", FLAG},
    {"/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts",
	"iommu.unsafe_interrupts", FLAG},
    {"/sys/devices/faux/tdx_host/seamldr/version", "tdx.seamldr", TEXT},
    {"/sys/devices/system/cpu/offline", "cpu.offline", TEXT},
    {"/sys/devices/system/cpu/smt/active", "cpu.smt", FLAG},
    {"/sys/devices/system/clocksource/clocksource0/current_clocksource",
	"time.clocksource", TEXT},
    {"/sys/class/tpm/tpm0/tpm_version_major", "tpm.version", TEXT},
    {"*/fused_part", "psp.fused", FLAG},
    {"*/debug_lock_on", "psp.debug_locked", FLAG},
    {"*/anti_rollback_status", "psp.rollback_protected", FLAG},
    {"*/rom_armor_enforced", "psp.rom_armor", FLAG},
    {"*/bootloader_version", "psp.bootloader", LOWER},
    {"*/firmware_rev", "nvme.firmware", MEMBER},
    {"*/model", "nvme.models", MEMBER},
};

static bool ends(struct gh_bytes s, const char *suffix)
{
	size_t n = strlen(suffix);

	return s.len >= n && !memcmp(s.p + s.len - n, suffix, n);
}

static bool path_fits(struct gh_bytes path, const char *want)
{
	return want[0] == '*' ? ends(path, want + 1) : gh_text_is(path, want);
}

static void put_flag(struct gh_fact_sink *s, const char *name, struct gh_bytes v)
{
	if (gh_is_yes(v))
		gh_fact_put_bool(s, name, true);
	else if (gh_text_is(v, "0") || gh_text_is(v, "N"))
		gh_fact_put_bool(s, name, false);
}

static void put_number(struct gh_fact_sink *s, const char *name, struct gh_bytes v)
{
	uint64_t n;

	if (gh_text_u64(v, 10, &n) == 0 && n <= INT64_MAX)
		gh_fact_put_int(s, name, (int64_t)n);
}

static void put_file(struct gh_fact_sink *s, size_t row, struct gh_bytes v)
{
	const char *name = files[row].fact;

	switch (files[row].how) {
	case TEXT:
		gh_fact_put(s, name, v);
		break;
	case LOWER:
		gh_fact_put_cased(s, name, v, false);
		break;
	case INT:
		put_number(s, name, v);
		break;
	case FLAG:
		put_flag(s, name, v);
		break;
	case KSM: /* 2 has stopped it and taken everything apart */
		gh_fact_put_bool(s, name, gh_text_is(v, "1"));
		break;
	case DATE:
		gh_fact_put_date(s, name, v);
		break;
	case MEMBER:
		gh_fact_add(s, name, v);
		break;
	}
}

static void read_files(struct gh_fact_sink *s, const struct gh_probe *p, const char *id)
{
	const struct gh_probe_item *it = gh_probe_get(p, id);
	struct gh_walk w;

	if (!it || it->rc != 0)
		return;
	w = gh_walk_of(it, "/", "");
	while (gh_walk_next(&w))
		for (size_t i = 0; i < GH_COUNT(files); i++)
			if (path_fits(w.path, files[i].path))
				put_file(s, i, w.value);
}

/* ---- one item, some facts ------------------------------------------------------------- */

/* "none [integrity] confidentiality" */
static void lockdown(struct gh_fact_sink *s, const struct gh_probe_item *sys)
{
	static const char *const word[] = {"none", "integrity", "confidentiality"};
	struct gh_bytes v;
	char chosen[32];

	if (!gh_item_value(sys, "/sys/kernel/security/lockdown", &v))
		return;
	for (size_t i = 0; i < GH_COUNT(word); i++) {
		snprintf(chosen, sizeof(chosen), "[%s]", word[i]);
		if (gh_text_find(v, chosen))
			gh_fact_put_word(s, "kernel.lockdown", word[i]);
	}
}

/* Members of a list that a byte divides. */
static void add_list(
    struct gh_fact_sink *s, const char *name, struct gh_bytes v, char divider)
{
	gh_fact_set(s, name);
	while (v.len) {
		const unsigned char *at = memchr(v.p, divider, v.len);
		size_t n = at ? (size_t)(at - v.p) : v.len;

		gh_fact_add(s, name, (struct gh_bytes){v.p, n});
		n += at != NULL;
		v.p += n;
		v.len -= n;
	}
}

/* "MemTotal:  123 kB" */
static void meminfo(struct gh_fact_sink *s, const struct gh_probe_item *sys)
{
	struct gh_walk w = gh_walk_of(sys, "/proc/meminfo", "");
	struct gh_bytes key, number;

	while (gh_walk_next(&w)) {
		if (!gh_text_word(&w.value, &key) || !gh_text_word(&w.value, &number))
			continue;
		if (gh_text_is(key, "MemTotal:"))
			put_number(s, "mem.total_kib", number);
		else if (gh_text_is(key, "MemAvailable:"))
			put_number(s, "mem.available_kib", number);
	}
}

static void swaps(struct gh_fact_sink *s, const struct gh_probe *p)
{
	const struct gh_probe_item *sys = gh_fact_item(p, "sys"),
				   *dm = gh_fact_item(p, "dm");
	struct gh_walk w = gh_walk_of(sys, "/proc/swaps", "");
	bool head = false, any = false, plain = false;
	struct gh_bytes device;

	while (gh_walk_next(&w)) {
		if (!gh_text_word(&w.value, &device))
			continue;
		if (gh_text_is(device, "Filename")) {
			head = true;
			continue;
		}
		any = true;
		plain |= !dm || !gh_dm_encrypted(dm, device);
	}
	if (!head)
		return;
	gh_fact_put_bool(s, "mem.swap", any);
	if (dm || !any)
		gh_fact_put_bool(s, "mem.swap_encrypted", !plain);
}

/* Sum over the memory controllers, or over whatever has such a counter. */
static void put_sum(struct gh_fact_sink *s, const char *name,
    const struct gh_probe_item *it, const char *prefix, const char *suffix)
{
	struct gh_walk w = gh_walk_of(it, prefix, suffix);
	uint64_t sum = 0, v;
	unsigned int n = 0;

	for (; gh_walk_next(&w); n++) {
		if (gh_text_u64(w.value, 10, &v) != 0 || gh_add(sum, v, &sum) ||
		    sum > INT64_MAX)
			return;
	}
	if (n)
		gh_fact_put_int(s, name, (int64_t)sum);
}

static void pcrs(struct gh_fact_sink *s, const struct gh_probe_item *sys)
{
	static const char prefix[] = "/sys/class/tpm/tpm0/pcr-sha256/";
	struct gh_walk w = gh_walk_of(sys, prefix, "");
	char text[80];

	while (gh_walk_next(&w)) {
		size_t skip = sizeof(prefix) - 1;
		int n = (int)(w.path.len - skip);

		if (n > 2 || w.value.len != 64)
			continue;
		snprintf(text, sizeof(text), "%.*s:%.64s", n,
		    (const char *)w.path.p + skip, (const char *)w.value.p);
		for (char *c = text; *c; c++)
			*c = *c >= 'A' && *c <= 'F' ? (char)(*c + 32) : *c;
		gh_fact_add(s, "tpm.pcrs", gh_text_of(text));
	}
}

static void sys(struct gh_fact_sink *s, const struct gh_probe *p)
{
	const struct gh_probe_item *it = gh_fact_item(p, "sys");
	struct gh_bytes v;

	if (!it)
		return;
	lockdown(s, it);
	if (gh_item_value(it, "/sys/kernel/security/lsm", &v))
		add_list(s, "kernel.lsm", v, ',');
	meminfo(s, it);
	swaps(s, p);
	put_sum(s, "mem.ecc_corrected", it, "/sys/devices/system/edac/mc/", "/ce_count");
	put_sum(
	    s, "mem.ecc_uncorrected", it, "/sys/devices/system/edac/mc/", "/ue_count");
	pcrs(s, it);
	if (gh_item_value(it, "/sys/module/kvm_intel/parameters/nested", &v) ||
	    gh_item_value(it, "/sys/module/kvm_amd/parameters/nested", &v))
		put_flag(s, "virt.nested", v);
}

/* The first word of each line. */
static void words(
    struct gh_fact_sink *s, const struct gh_probe *p, const char *id, const char *name)
{
	const struct gh_probe_item *it = gh_fact_item(p, id);
	struct gh_bytes rest, line, word;

	if (!it)
		return;
	gh_fact_set(s, name);
	for (rest = it->data; gh_text_line(&rest, &line);)
		if (gh_text_word(&line, &word))
			gh_fact_add(s, name, word);
}

static void places(struct gh_fact_sink *s, const struct gh_probe *p)
{
	const struct gh_probe_item *it = gh_fact_item(p, "places");
	struct gh_bytes rest, line;
	int64_t groups = 0;

	if (!it)
		return;
	for (rest = it->data; gh_text_line(&rest, &line);)
		groups += gh_text_starts(line, "/sys/kernel/iommu_groups/");
	gh_fact_put_int(s, "iommu.groups", groups);
	gh_fact_put_bool(s, "boot.uefi", gh_item_line(it, "/sys/firmware/efi/", NULL));
}

static void iommu_mode(struct gh_fact_sink *s, const struct gh_probe *p)
{
	const struct gh_probe_item *it = gh_fact_item(p, "iommu.type");
	struct gh_walk w;
	char raw[32], word[32];

	if (!it)
		return;
	w = gh_walk_of(it, "/sys/kernel/iommu_groups/", "/type");
	while (gh_walk_next(&w)) {
		snprintf(
		    raw, sizeof(raw), "%.*s", (int)w.value.len, (const char *)w.value.p);
		gh_text_clean_into(word, sizeof(word), raw);
		gh_fact_put_same(s, "iommu.mode", word);
	}
}

static void vulnerabilities(struct gh_fact_sink *s, const struct gh_probe *p)
{
	static const char dir[] = "/sys/devices/system/cpu/vulnerabilities/";
	const struct gh_probe_item *it = gh_fact_item(p, "vuln");
	struct gh_walk w;

	if (!it || it->data.len == 0)
		return;
	gh_fact_set(s, "cpu.vulnerable");
	w = gh_walk_of(it, dir, "");
	while (gh_walk_next(&w)) {
		size_t skip = sizeof(dir) - 1;

		if (gh_text_starts(w.value, "Vulnerable"))
			gh_fact_add(s, "cpu.vulnerable",
			    (struct gh_bytes){w.path.p + skip, w.path.len - skip});
	}
}

static void efi_flag(
    struct gh_fact_sink *s, const struct gh_probe *p, const char *id, const char *name)
{
	const struct gh_probe_item *it = gh_fact_item(p, id);
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	/* four bytes of attributes, then the value */
	if (it && it->enc != '-' && gh_probe_bytes(&b, it, NULL) == 0 && b.len >= 5)
		gh_fact_put_bool(s, name, b.p[4] & 1);
}

static void storage(struct gh_fact_sink *s, const struct gh_probe *p)
{
	const struct gh_probe_item *mounts = gh_fact_item(p, "mounts"),
				   *dm = gh_fact_item(p, "dm");
	struct gh_bytes device, type, flags;

	if (!mounts || !gh_mounted(mounts, "/", &device, &type, &flags))
		return;
	if (gh_text_is(type, "tmpfs") || gh_text_is(type, "ramfs"))
		gh_fact_put_bool(s, "storage.root_encrypted", true);
	else if (dm)
		gh_fact_put_bool(
		    s, "storage.root_encrypted", gh_dm_encrypted(dm, device));
}

/* "TYPE BASE64"; a pin of the fleet file may have a comment behind that. */
static void host_key(struct gh_fact_sink *s, const char *text)
{
	struct gh_bytes rest = gh_text_of(text ? text : ""), type, key;

	if (gh_text_word(&rest, &type) && gh_text_word(&rest, &key))
		gh_fact_put(s, "id.host_key",
		    (struct gh_bytes){type.p, (size_t)(key.p + key.len - type.p)});
}

void gh_facts_read_ssh(struct gh_fact_sink *s, const struct gh_sources *src)
{
	const struct gh_probe *p = src->probe;

	host_key(s, src->host_key);
	if (!p)
		return;
	read_files(s, p, "sys");
	read_files(s, p, "dmi.root");
	read_files(s, p, "ccp");
	sys(s, p);
	words(s, p, "modules", "kernel.modules");
	words(s, p, "units.failed", "units.failed");
	words(s, p, "libvirt.domains", "virt.domains");
	places(s, p);
	iommu_mode(s, p);
	vulnerabilities(s, p);
	efi_flag(s, p, "efi.secureboot", "secureboot.enabled");
	efi_flag(s, p, "efi.setupmode", "secureboot.setup_mode");
	efi_flag(s, p, "efi.mor", "mem.overwrite_request");
	storage(s, p);
	gh_facts_read_services(s, p);
	gh_facts_read_items(s, src);
	gh_facts_read_hw(s, p);
	gh_facts_read_tpm(s, p);
}
