/* SPDX-License-Identifier: Apache-2.0
 * What judges read the probe's items with: values of small files, lines, words, registers,
 * and why an item could not be read. */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "checks/judge.h"

/* ---- items ------------------------------------------------------------------------ */

/* Where an item comes from, for the finding's source. Items of small files name the file. */
static const struct {
	const char *id, *source;
} sources[] = {
    {"cpu", "/proc/cpuinfo"},
    {"cpuflags", "/proc/cpuinfo flags"},
    {"microcode", "/sys/devices/system/cpu/cpu*/microcode/version"},
    {"vuln", "/sys/devices/system/cpu/vulnerabilities"},
    {"ccp", "/sys/bus/pci/drivers/ccp"},
    {"modules", "/sys/module/*/initstate"},
    {"listeners", "/proc/net/tcp"},
    {"listeners6", "/proc/net/tcp6"},
    {"udp", "/proc/net/udp, udp6"},
    {"now", "date"},
    {"net.egress", "curl"},
    {"net.dns", "getent ahosts"},
    {"conf", "/etc/apt, /etc/dnf, /etc/rsyslog.d, /etc/modprobe.d"},
    {"holds", "/var/lib/dpkg/status"},
    {"sessions", "who, loginctl"},
    {"space", "df"},
    {"gputool", "nvidia_gpu_tools.py"},
    {"ovmf", "sha256sum of guest firmware"},
    {"nvme", "nvme smart-log"},
    {"firewall", "nft list ruleset, iptables -S INPUT"},
    {"pkg.verify", "dpkg -V, rpm -V"},
    {"ssh.keys", "authorized_keys"},
    {"sudo", "/etc/sudoers, /etc/sudoers.d"},
    {"tracers", "/sys/kernel/tracing, bpftool perf"},
    {"mounts", "/proc/mounts"},
    {"kconfig", "/boot/config-$(uname -r)"},
    {"places", "/sys/firmware/efi, /sys/kernel, /sys/bus, /dev"},
    {"iommu.type", "/sys/kernel/iommu_groups/*/type"},
    {"dm", "/sys/block/dm-*"},
    {"pci", "/sys/bus/pci/devices"},
    {"pci.group", "/sys/bus/pci/devices/*/iommu_group"},
    {"pci.driver", "/sys/bus/pci/devices/*/driver"},
    {"pci.aer", "/sys/bus/pci/devices/*/aer_dev_*"},
    {"nodes", "stat /dev"},
    {"units", "systemctl is-active"},
    {"units.failed", "systemctl --failed"},
    {"time", "chronyc -c tracking"},
    {"qemu", "qemu-system-x86_64 --version"},
    {"qemu.objects", "qemu-system-x86_64 -object help"},
    {"klog", "kernel log (journalctl -kb, dmesg)"},
    {"msr", "/dev/cpu/*/msr"},
    {"efi.secureboot", "efivar SecureBoot"},
    {"efi.setupmode", "efivar SetupMode"},
    {"efi.pk", "efivar PK"},
    {"efi.mor", "efivar MemoryOverwriteRequestControl"},
    {"efi.kek", "efivar KEK"},
    {"efi.db", "efivar db"},
    {"efi.dbx", "efivar dbx"},
    {"efi.sbat", "efivar SbatLevelRT"},
    {"efi.mok", "efivar MokListRT"},
    {"tpm.log", "/sys/kernel/security/tpm0/binary_bios_measurements"},
    {"tpm.quote", "tpm2_quote"},
    {"kernel.image", "sha256sum /boot/vmlinuz-$(uname -r)"},
    {"dimms", "dmidecode -t 17"},
    {"nic.firmware", "devlink dev info"},
    {"snp.status", "snphost, or /dev/sev"},
    {"memlock", "systemctl show -p LimitMEMLOCK"},
    {"pccs", "/etc/sgx_default_qcnl.conf, curl"},
    {"sshd", "sshd -T"},
    {"users", "/etc/passwd, /etc/shadow"},
    {"audit", "auditctl -s"},
    {"audit.rules", "auditctl -l"},
    {"vfio.users", "fuser /dev/vfio"},
    {"libvirt.conf", "/etc/libvirt/qemu.conf"},
    {"libvirt.domains", "virsh list"},
    {"libvirt.caps", "virsh domcapabilities"},
    {"qgs", "/var/run/tdx-qgs, ss --vsock"},
    {"qcnl", "/etc/sgx_default_qcnl.conf"},
    {"registration", "/var/log/mpa_registration.log, mpa_manage"},
};

static const char *source_of(const char *id)
{
	for (size_t i = 0; i < GH_COUNT(sources); i++)
		if (!strcmp(sources[i].id, id))
			return sources[i].source;
	return id;
}

/* Why an item could not be read, by the exit status (docs/probe.md). */
static void unread(struct gh_judging *j, const struct gh_probe_item *it)
{
	const char *src = source_of(it->id);
	int len = it->data.len < 120 ? (int)it->data.len : 120;
	switch (it->rc) {
	case 123:
		gh_judge_unknown(j, "cut", "%s gave more than the probe takes", src);
		return;
	case 122:
		gh_judge_unknown(
		    j, "in_use", "%s: %.*s", src, len, (const char *)it->data.p);
		return;
	case 125:
		gh_judge_unknown(j, "not_asked", "%s was not asked for", src);
		return;
	case 124:
		gh_judge_unknown(j, "timeout", "%s did not answer in time", src);
		gh_say(&j->f->remedy, "Run it on the host by hand to see what hangs.");
		return;
	case 126:
		gh_judge_unknown(
		    j, "root", "%s: %.*s", src, len, (const char *)it->data.p);
		gh_say(&j->f->remedy,
		    "Let the fleet's user run sh with sudo -n, or connect as "
		    "root, then validate again.");
		return;
	case 127:
		gh_judge_unknown(j, "missing", "%s: no such command on the host", src);
		gh_say(&j->f->remedy,
		    "Install the command on the host, then validate again.");
		return;
	default:
		gh_judge_unknown(j, "unread", "%s could not be read (status %d) %.*s",
		    src, it->rc, len, (const char *)it->data.p);
	}
}

const struct gh_probe_item *gh_judge_item(struct gh_judging *j, const char *id)
{
	const struct gh_probe_item *it = gh_probe_get(j->probe, id);
	gh_say(&j->f->source, "%s", source_of(id));
	if (!j->probe) {
		gh_judge_unknown(j, "no_ssh", "SSH did not answer%s%s",
		    j->src->ssh_err ? ": " : "",
		    j->src->ssh_err ? j->src->ssh_err->what : "");
		return NULL;
	}
	if (!it) {
		gh_judge_unknown(j, "absent", "the probe did not send %s", source_of(id));
		return NULL;
	}
	if (it->rc == 0)
		return it;
	unread(j, it);
	return NULL;
}

bool gh_item_value(const struct gh_probe_item *it, const char *path, struct gh_bytes *out)
{
	struct gh_walk w = gh_walk_of(it, path, "");
	while (gh_walk_next(&w)) {
		if (!gh_text_is(w.path, path))
			continue;
		*out = w.value;
		return true;
	}
	return false;
}

bool gh_judge_file(
    struct gh_judging *j, const char *item, const char *path, struct gh_bytes *out)
{
	const struct gh_probe_item *it = gh_judge_item(j, item);
	if (!it)
		return false;
	gh_say(&j->f->source, "%s", path);
	if (gh_item_value(it, path, out))
		return true;
	gh_judge_unknown(j, "absent", "%s is not there, or not readable", path);
	return false;
}

bool gh_judge_number(
    struct gh_judging *j, const char *item, const char *path, uint64_t *out)
{
	struct gh_bytes v;
	if (!gh_judge_file(j, item, path, &v))
		return false;
	if (gh_text_u64(v, 10, out) == 0)
		return true;
	gh_judge_unknown(j, "malformed", "%s is not a number: %.*s", path,
	    (int)(v.len < 60 ? v.len : 60), (const char *)v.p);
	return false;
}

struct gh_walk gh_walk_of(
    const struct gh_probe_item *it, const char *prefix, const char *suffix)
{
	return (struct gh_walk){.rest = it->data, .prefix = prefix, .suffix = suffix};
}

static bool ends(struct gh_bytes s, const char *suffix)
{
	size_t n = strlen(suffix);
	return s.len >= n && !memcmp(s.p + s.len - n, suffix, n);
}

/* Bytes of "0000:18:00.0/" at p, 0 when that is not what stands there. */
static size_t pci_address(const unsigned char *p, size_t left)
{
	static const char form[] = "xxxx:xx:xx.x/";
	if (left < sizeof(form) - 1)
		return 0;
	for (size_t i = 0; i < sizeof(form) - 1; i++)
		if (form[i] == 'x' ? !isxdigit(p[i]) : p[i] != (unsigned char)form[i])
			return 0;
	return sizeof(form) - 1;
}

/* The path ends at the first colon that is not inside a PCI address. */
static size_t path_len(struct gh_bytes line)
{
	for (size_t i = 0; i < line.len; i++) {
		if (line.p[i] == ':')
			return i;
		if (line.p[i] == '/')
			i += pci_address(line.p + i + 1, line.len - i - 1);
	}
	return line.len;
}

bool gh_walk_next(struct gh_walk *w)
{
	struct gh_bytes line;
	while (gh_text_line(&w->rest, &line)) {
		size_t n = path_len(line);
		if (n == line.len)
			continue;
		w->path = (struct gh_bytes){line.p, n};
		w->value =
		    gh_text_trim((struct gh_bytes){line.p + n + 1, line.len - n - 1});
		if (gh_text_starts(w->path, w->prefix) && ends(w->path, w->suffix))
			return true;
	}
	return false;
}

/* ---- who listens ------------------------------------------------------------------ */

/* "  0: 0100007F:0016 00000000:0000 0A ..." */
bool gh_listener_read(struct gh_bytes line, bool *loopback, uint64_t *port)
{
	struct gh_bytes n, local;
	if (!gh_text_word(&line, &n) || !gh_text_word(&line, &local))
		return false;
	const unsigned char *colon = memchr(local.p, ':', local.len);
	if (!colon)
		return false;
	size_t len = (size_t)(colon - local.p);
	struct gh_bytes hex = {colon + 1, local.len - len - 1};
	/* the address is in host order, a word at a time: 127.x is the last byte written */
	static const char *const v6 = "00000000000000000000000001000000";
	static const char *const mapped = "0000000000000000FFFF0000";
	struct gh_bytes addr = {local.p, len};
	*loopback =
	    (len == 8 && !memcmp(local.p + 6, "7F", 2)) || gh_text_is(addr, v6) ||
	    (len == 32 && !memcmp(local.p, mapped, 24) && !memcmp(local.p + 30, "7F", 2));
	return gh_text_u64(hex, 16, port) == 0;
}

/* The next of the two lists; false when it cannot be read. */
static bool open_listeners(struct gh_listeners *l)
{
	const char *id = l->n_read++ ? "listeners6" : "listeners";
	const struct gh_probe_item *it = gh_probe_get(l->j->probe, id);
	if (l->n_read == 2 && it && it->rc == 2)
		return true; /* no IPv6 */
	it = gh_judge_item(l->j, id);
	if (it)
		l->rest = it->data;
	return it != NULL;
}

int gh_listeners_next(struct gh_listeners *l)
{
	struct gh_bytes line;
	for (;;) {
		while (gh_text_line(&l->rest, &line))
			if (gh_listener_read(line, &l->loopback, &l->port))
				return 1;
		if (l->n_read == 2)
			return 0;
		if (!open_listeners(l))
			return -1;
	}
}

/* ---- text ------------------------------------------------------------------------- */

bool gh_item_line(const struct gh_probe_item *it, const char *a, struct gh_bytes *line)
{
	struct gh_bytes rest = it->data, l;
	while (gh_text_line(&rest, &l)) {
		if (!gh_text_find(l, a))
			continue;
		if (line)
			*line = l;
		return true;
	}
	return false;
}

bool gh_klog_whole(const struct gh_probe_item *klog)
{
	return gh_item_line(klog, "Linux version ", NULL);
}

bool gh_cmdline_get(struct gh_bytes cmdline, const char *name, struct gh_bytes *value)
{
	size_t n = strlen(name);
	struct gh_bytes word;
	bool found = false;
	while (gh_text_word(&cmdline, &word)) {
		if (!gh_text_starts(word, name) || (word.len > n && word.p[n] != '='))
			continue;
		size_t skip = word.len > n ? n + 1 : n;
		*value = (struct gh_bytes){word.p + skip, word.len - skip};
		found = true; /* the last one counts, as for the kernel */
	}
	return found;
}

bool gh_words_have(struct gh_bytes words, const char *word)
{
	struct gh_bytes w;
	while (gh_text_word(&words, &w))
		if (gh_text_is(w, word))
			return true;
	return false;
}

bool gh_number_after(struct gh_bytes s, const char *text, uint64_t *out)
{
	const unsigned char *at = gh_text_find(s, text);
	if (!at)
		return false;
	at += strlen(text);
	struct gh_bytes n = {at, 0};
	while (at + n.len < s.p + s.len && at[n.len] >= '0' && at[n.len] <= '9')
		n.len++;
	return n.len && gh_text_u64(n, 10, out) == 0;
}

/* ---- registers -------------------------------------------------------------------- */

/* Lines of the item: "cpu0 0x982 0000000000000003"; an unreadable one has the marker. */
#define MSR_UNREADABLE 0x212152534d204f4eull /* "NO MSR!!" as a little-endian number */

static bool msr_line(struct gh_bytes line, unsigned int msr, uint64_t *value)
{
	struct gh_bytes cpu, reg, val;
	uint64_t n;
	return gh_text_word(&line, &cpu) && gh_text_word(&line, &reg) &&
	       gh_text_word(&line, &val) && gh_text_u64(reg, 16, &n) == 0 && n == msr &&
	       gh_text_u64(val, 16, value) == 0;
}

enum gh_msr gh_item_msr(const struct gh_probe_item *it, unsigned int msr, uint64_t *out)
{
	struct gh_bytes rest = it->data, line;
	unsigned int n = 0;
	uint64_t v;
	while (gh_text_line(&rest, &line)) {
		if (!msr_line(line, msr, &v))
			continue;
		if (v == MSR_UNREADABLE || (n && v != *out))
			return n ? GH_MSR_UNEVEN : GH_MSR_UNREADABLE;
		*out = v;
		n++;
	}
	return n ? GH_MSR_READ : GH_MSR_ABSENT;
}

bool gh_judge_msr(struct gh_judging *j, unsigned int msr, uint64_t *out)
{
	const struct gh_probe_item *it = gh_judge_item(j, "msr");
	if (!it) {
		const struct gh_probe_item *raw = gh_probe_get(j->probe, "msr");
		if (raw && raw->rc == 2)
			gh_say(&j->f->remedy,
			    "On the host: modprobe msr, then validate again.");
		return false;
	}
	gh_say(&j->f->source, "/dev/cpu/*/msr 0x%x", msr);
	switch (gh_item_msr(it, msr, out)) {
	case GH_MSR_READ:
		return true;
	case GH_MSR_UNEVEN:
		gh_judge_unknown(j, "uneven", "MSR 0x%x differs between CPUs", msr);
		return false;
	case GH_MSR_UNREADABLE:
		gh_judge_unknown(j, "unreadable", "MSR 0x%x cannot be read", msr);
		return false;
	case GH_MSR_ABSENT:
		break;
	}
	gh_judge_unknown(j, "absent", "the probe did not send MSR 0x%x", msr);
	return false;
}
