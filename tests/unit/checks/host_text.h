/* SPDX-License-Identifier: Apache-2.0
 * Two healthy hosts as the probe would send them, to be spoilt one line at a time. */
#pragma once

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "checks/judge.h"
#include "tests/unit/checks/tpm_made.h"
#include "tests/unit/tap.h"

#define AT     1767225600 /* 2026-01-01 */
#define KERNEL "9f2c4b1de0a7385c66f1b2094d7e8a3c51f06b7d2e9c8f40a1b3c5d7e9f01122"

#define SSH_MS    400 /* how long the answer took */
#define OVMF_HASH "5b1a6f0c3e9d2874a1c0f5e7d3b8692c41e0a7f6d5c3b2918f7e6d5c4b3a2910"
#define ROOT_KEYS "9c2e4b7a1f3d5e6c8b0a9f8e7d6c5b4a39281706f5e4d3c2b1a0998877665544"
#define OPS_KEYS  "0d1e2f3a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6"

/* What was pinned of both hosts on the day that they were enrolled; the caller frees it. */
static inline json_t *healthy_pins(void)
{
	char ak[65], pcr[80];
	unsigned char digest[32];
	json_t *pcrs = json_array();
	tpm_ak_sha256(ak);
	/* in the order of text: "0:", "10:" .. "19:", "1:", "20:" .. "23:", "2:" .. */
	for (unsigned int k = 0; k < 24; k++) {
		unsigned int i = k == 0    ? 0
				 : k <= 10 ? k + 9
				 : k == 11 ? 1
				 : k <= 15 ? k + 8
					   : k - 14;
		int n = snprintf(pcr, sizeof(pcr), "%u:", i);
		tpm_pcr(i, digest);
		gh_hex(pcr + n, digest, 32);
		json_array_append_new(pcrs, json_string(pcr));
	}
	return json_pack("{s:s,s:s,s:i,s:s,s:{s:s,s:s,s:o,s:[s],s:[s,s]}}", "format",
	    "gatehouse-enrolment/1", "host", "gpu-a", "at", 1764547200, "by", "ops",
	    "facts", "tpm.ak_sha256", ak, "kernel.image_sha256", KERNEL, "tpm.pcrs", pcrs,
	    "ovmf.sha256", OVMF_HASH, "ssh.authorized_keys", "ops:" OPS_KEYS,
	    "root:" ROOT_KEYS);
}

static inline void enrol_healthy(struct gh_enrolment *e)
{
	gh_auto(json_t *, gh_json_free) doc = healthy_pins();

	assert_int_equal(0, gh_enrolment_load(e, doc, NULL));
}

/* The checks on what SSH alone says. */
static inline int run_checks(struct gh_result *out, const struct gh_catalogue *c,
    const struct gh_probe *p, const struct gh_host *host)
{
	struct gh_enrolment enrolled = {0};
	struct gh_sources src = {.host = host,
	    .probe = p,
	    .nonce = TPM_NONCE,
	    .at = AT,
	    .ssh_ms = SSH_MS,
	    .enrolled = &enrolled};
	int rc;

	enrol_healthy(&enrolled);
	rc = gh_checks_run(out, c, &src, NULL);
	gh_enrolment_free(&enrolled);
	return rc;
}

struct text_item {
	char id[64];
	int rc;
	char enc;
	char *text;
};

struct text_host {
	struct text_item item[128];
	size_t n;
};

static inline void put(struct text_host *h, const char *id, const char *text)
{
	struct text_item *it = &h->item[h->n++];
	snprintf(it->id, sizeof(it->id), "%s", id);
	it->rc = 0;
	it->enc = !strncmp(id, "efi.", 4) ? 'x' : !strcmp(id, "tpm.log") ? 'b' : '-';
	it->text = strdup(text);
}

static inline struct text_item *find_item(struct text_host *h, const char *id)
{
	for (size_t i = 0; i < h->n; i++)
		if (!strcmp(h->item[i].id, id))
			return &h->item[i];
	fail_msg("no item %s", id);
	return NULL;
}

static inline void text_host_free(struct text_host *h)
{
	for (size_t i = 0; i < h->n; i++)
		free(h->item[i].text);
	h->n = 0;
}

/* Replaces the first `from` by `to`; from NULL = the whole text; to NULL = rc becomes 127. */
static inline void spoil(
    struct text_host *h, const char *id, const char *from, const char *to)
{
	struct text_item *it = find_item(h, id);
	struct gh_buf b = {0};
	if (!to) {
		it->rc = 127;
		free(it->text);
		it->text = strdup("not found");
		return;
	}
	const char *at = from ? strstr(it->text, from) : it->text;
	if (!at)
		fail_msg("%s does not contain %s", id, from ? from : "");
	gh_buf_add(&b, it->text, (size_t)(at - it->text));
	gh_buf_str(&b, to);
	if (from)
		gh_buf_str(&b, at + strlen(from));
	free(it->text);
	it->text = gh_buf_take_str(&b);
}

/* Borrows from h. */
static inline void probe_of(struct gh_probe *p, const struct text_host *h)
{
	memset(p, 0, sizeof(*p));
	p->item = calloc(h->n + 1, sizeof(*p->item));
	for (size_t i = 0; i < h->n; i++) {
		snprintf(p->item[i].id, sizeof(p->item[i].id), "%s", h->item[i].id);
		p->item[i].rc = h->item[i].rc;
		p->item[i].enc = h->item[i].enc;
		p->item[i].data = gh_text_of(h->item[i].text);
	}
	p->n = h->n;
	p->root = p->complete = true;
}

static const char sys_both[] =
    "/sys/class/dmi/id/sys_vendor:Supermicro\n"
    "/sys/class/dmi/id/product_name:SYS-821GE-TNHR\n"
    "/sys/class/dmi/id/board_name:X13DEG-OAD\n"
    "/sys/class/dmi/id/bios_version:2.7a\n"
    "/sys/class/dmi/id/bios_date:10/28/2025\n"
    "/etc/machine-id:0123456789abcdef0123456789abcdef\n"
    "/proc/sys/kernel/random/boot_id:8f7d2c51-3d54-4f1e-9c8e-2f3a1b5c7d9e\n"
    "/proc/sys/kernel/osrelease:6.17.0-8-generic\n"
    "/proc/uptime:86400.12 1234567.00\n"
    "/proc/cmdline:BOOT_IMAGE=/vmlinuz root=/dev/mapper/vg-root ro intel_iommu=on "
    "kvm_intel.tdx=1 nohibernate\n"
    "/proc/swaps:Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
    "/proc/meminfo:MemTotal:       2113404124 kB\n"
    "/proc/meminfo:MemAvailable:   2087654321 kB\n"
    "/sys/devices/system/node/node0/hugepages/hugepages-1048576kB/nr_hugepages:0\n"
    "/sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages:0\n"
    "/sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages:0\n"
    "/sys/devices/system/cpu/online:0-3\n"
    "/sys/devices/system/cpu/offline:\n"
    "/sys/devices/system/cpu/smt/active:1\n"
    "/sys/devices/system/cpu/smt/control:on\n"
    "/sys/devices/system/clocksource/clocksource0/current_clocksource:tsc\n"
    "/sys/devices/system/edac/mc/mc0/ce_count:0\n"
    "/sys/devices/system/edac/mc/mc1/ce_count:3\n"
    "/sys/devices/system/edac/mc/mc0/ue_count:0\n"
    "/sys/devices/system/edac/mc/mc1/ue_count:0\n"
    "/sys/module/kvm_intel/parameters/tdx:Y\n"
    "/sys/module/kvm_intel/parameters/sgx:Y\n"
    "/sys/module/kvm_intel/parameters/nested:N\n"
    "/sys/module/kvm_amd/parameters/nested:0\n"
    "/sys/module/kvm_amd/parameters/sev:Y\n"
    "/sys/module/kvm_amd/parameters/sev_es:Y\n"
    "/sys/module/kvm_amd/parameters/sev_snp:Y\n"
    "/sys/module/module/parameters/sig_enforce:Y\n"
    "/sys/module/msr/parameters/allow_writes:off\n"
    "/sys/module/kgdboc/parameters/kgdboc:\n"
    "/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts:N\n"
    "/sys/module/vfio_pci/parameters/disable_idle_d3:Y\n"
    "/sys/power/state:freeze\n"
    "/sys/power/mem_sleep:[s2idle]\n"
    "/sys/power/disk:[disabled]\n"
    "/sys/kernel/mm/ksm/run:0\n"
    "/sys/kernel/kexec_crash_loaded:0\n"
    "/sys/kernel/security/lockdown:none [integrity] confidentiality\n"
    "/sys/kernel/security/lsm:lockdown,capability,landlock,yama,apparmor\n"
    "/sys/class/tpm/tpm0/tpm_version_major:2\n"
    "/sys/class/nvme/nvme0/model:SAMSUNG MZQL23T8HCLS-00A07\n"
    "/sys/class/nvme/nvme0/firmware_rev:GDC5902Q\n"
    "/sys/class/nvme/nvme1/model:SAMSUNG MZQL23T8HCLS-00A07\n"
    "/sys/class/nvme/nvme1/firmware_rev:GDC5902Q\n"
    "/sys/class/net/eth0/operstate:up\n"
    "/proc/sys/kernel/tainted:0\n"
    "/proc/sys/kernel/core_pattern:|/usr/lib/systemd/systemd-coredump %P\n"
    "/proc/sys/kernel/kptr_restrict:2\n"
    "/proc/sys/kernel/dmesg_restrict:1\n"
    "/proc/sys/kernel/unprivileged_bpf_disabled:2\n"
    "/proc/sys/kernel/kexec_load_disabled:1\n"
    "/proc/sys/kernel/yama/ptrace_scope:1\n"
    "/proc/sys/kernel/sysrq:0\n"
    "/proc/sys/kernel/perf_event_paranoid:3\n"
    "/proc/sys/kernel/randomize_va_space:2\n"
    "/proc/sys/kernel/random/entropy_avail:256\n"
    "/proc/sys/net/core/bpf_jit_harden:2\n"
    "/proc/sys/fs/protected_symlinks:1\n"
    "/proc/sys/fs/protected_hardlinks:1\n"
    "/proc/sys/fs/protected_fifos:2\n"
    "/proc/sys/fs/protected_regular:2\n"
    "/proc/sys/fs/suid_dumpable:0\n"
    "/proc/sys/net/ipv4/conf/all/accept_redirects:0\n"
    "/proc/sys/net/ipv4/conf/all/send_redirects:0\n"
    "/proc/sys/net/ipv4/conf/all/accept_source_route:0\n";

static inline void put_sys(struct text_host *h)
{
	struct gh_buf b = {0};
	gh_buf_str(&b, sys_both);
	tpm_sysfs(&b);
	put(h, "sys", gh_buf_cstr(&b));
	gh_buf_free(&b);
}

static inline void put_pci(struct text_host *h)
{
	struct gh_buf a = {0}, d = {0}, g = {0}, e = {0};
	for (int i = 0; i < 20; i++) {
		char p[64], bdf[16];
		bool gpu = i < 8, sw = i >= 8 && i < 12;
		snprintf(bdf, sizeof(bdf), "0000:%02x:00.0", 0x18 + i);
		snprintf(p, sizeof(p), "/sys/bus/pci/devices/%s", bdf);
		gh_buf_fmt(&a, "%s/vendor:%s\n", p, gpu || sw ? "0x10de" : "0x15b3");
		gh_buf_fmt(&a, "%s/device:%s\n", p,
		    gpu  ? "0x2330"
		    : sw ? "0x22a3"
			 : "0x1021");
		gh_buf_fmt(&a, "%s/class:%s\n", p,
		    gpu  ? "0x030200"
		    : sw ? "0x068000"
			 : "0x020700");
		gh_buf_fmt(&a, "%s/subsystem_device:0x16c1\n", p);
		gh_buf_fmt(&a, "%s/current_link_width:16\n", p);
		gh_buf_fmt(&a, "%s/max_link_speed:32.0 GT/s PCIe\n", p);
		gh_buf_fmt(&a, "%s/numa_node:%d\n", p, i % 8 / 4);
		gh_buf_fmt(&a, "%s/reset_method:flr bus\n", p);
		gh_buf_fmt(&a, "%s/power_state:D0\n", p);
		gh_buf_fmt(
		    &a, "%s/resource:0x000000009e000000 0x000000009effffff 0x40200\n", p);
		gh_buf_fmt(
		    &a, "%s/resource:0x0000000000000000 0x0000000000000000 0x0\n", p);
		gh_buf_fmt(&a,
		    "%s/resource:0x0000380000000000 0x0000381fffffffff 0x14220c\n", p);
		gh_buf_fmt(
		    &a, "%s/resource:0x0000000000000000 0x0000000000000000 0x0\n", p);
		gh_buf_fmt(&a,
		    "%s/resource:0x0000382000000000 0x0000382001ffffff 0x14220c\n", p);
		gh_buf_fmt(&d,
		    "lrwxrwxrwx 1 root root 0 Jan 1 00:00 %s/driver -> "
		    "../../../bus/pci/drivers/%s\n",
		    p, gpu || sw ? "vfio-pci" : "mlx5_core");
		gh_buf_fmt(&g, "%s 0000:%02x:01.0=0x060400 %s=%s\n", bdf, 0x10 + i, bdf,
		    gpu  ? "0x030200"
		    : sw ? "0x068000"
			 : "0x020700");
		gh_buf_fmt(&e, "%s/aer_dev_fatal:TOTAL_ERR_FATAL 0\n", p);
		gh_buf_fmt(&e, "%s/aer_dev_nonfatal:TOTAL_ERR_NONFATAL 0\n", p);
	}
	put(h, "pci", gh_buf_cstr(&a));
	put(h, "pci.driver", gh_buf_cstr(&d));
	put(h, "pci.group", gh_buf_cstr(&g));
	put(h, "pci.aer", gh_buf_cstr(&e));
	gh_buf_free(&a);
	gh_buf_free(&d);
	gh_buf_free(&g);
	gh_buf_free(&e);
}

/* What devlink says of the eight ConnectX-7 of put_pci, and of a NIC of another driver. */
static inline void put_nics(struct text_host *h)
{
	struct gh_buf b = {0};
	gh_buf_str(&b, "pci/0000:4b:00.0:\n  driver ice\n  versions:\n"
		       "      running:\n        fw.mgmt 7.3.4\n");
	for (int i = 12; i < 20; i++)
		gh_buf_fmt(&b,
		    "pci/0000:%02x:00.0:\n  driver mlx5_core\n  versions:\n"
		    "      fixed:\n        fw.psid MT_0000000838\n"
		    "      running:\n        fw.version 28.43.1014\n"
		    "        fw 28.43.1014\n"
		    "      stored:\n        fw.version 28.43.1014\n"
		    "        fw 28.43.1014\n",
		    0x18 + i);
	put(h, "nic.firmware", gh_buf_cstr(&b));
	gh_buf_free(&b);
}

static inline void put_cpus(struct text_host *h, bool tdx)
{
	struct gh_buf b = {0}, m = {0};
	const char *ucode = tdx ? "0x210002c0" : "0xa101154";
	for (int i = 0; i < 4; i++) {
		gh_buf_fmt(&b, "vendor_id\t: %s\ncpu family\t: %d\nmodel\t\t: %d\n",
		    tdx ? "GenuineIntel" : "AuthenticAMD", tdx ? 6 : 25, tdx ? 207 : 17);
		gh_buf_fmt(&b, "stepping\t: %d\nmicrocode\t: %s\nphysical id\t: %d\n",
		    tdx ? 2 : 1, ucode, i / 2);
		gh_buf_fmt(
		    &m, "/sys/devices/system/cpu/cpu%d/microcode/version:%s\n", i, ucode);
	}
	put(h, "cpu", gh_buf_cstr(&b));
	put(h, "microcode", gh_buf_cstr(&m));
	put(h, "cpuflags",
	    tdx ? "flags\t\t: fpu vme sgx tdx_host_platform rtm"
		: "flags\t\t: fpu vme sme sev sev_es sev_snp debug_swap");
	gh_buf_free(&b);
	gh_buf_free(&m);
}

/* nvidia_gpu_tools.py on eight GPUs and four switches in protected PCIe mode (plan one-cvm),
 * in-band control locked. */
static inline void put_gputool(struct text_host *h)
{
	static const char stamp[] = "2026-01-01,00:00:00.118 INFO     ";
	struct gh_buf b = {0};
	gh_buf_str(&b, "NVIDIA GPU Tools version v2025.10.20o\nTopo:\n"
		       "  Intel root port 0000:15:01.0\n"
		       "   GPU 0000:18:00.0 H100 0x2330 BAR0 0x9e000000\n");
	for (int i = 0; i < 12; i++) {
		char name[128];
		snprintf(name, sizeof(name), "%s%s 0000:%02x:00.0 %s BAR0 0x%x000000",
		    stamp, i < 8 ? "GPU" : "NvSwitch", 0x18 + i,
		    i < 8 ? "H100 0x2330" : "LS10 0x22a3", 0x9e + i);
		if (i < 8)
			gh_buf_fmt(&b,
			    "%s CC settings:\n%s  enable = 0\n%s  enable-devtools = 0\n"
			    "%s  enable-bar0-filter = 2\n"
			    "%s  enable-allow-inband-control = 0\n%s CC mode is off\n",
			    name, stamp, stamp, stamp, stamp, name);
		gh_buf_fmt(&b,
		    "%s has PPCIe mode on, some functionality may not work\n"
		    "%s PPCIe mode is on\n%s PPCIe settings:\n%s  enable = 1\n"
		    "%s  enable-allow-inband-control = 0\n%s module name %s%d\n",
		    name, name, name, stamp, stamp, name, i < 8 ? "SXM_" : "NVSwitch_",
		    i < 8 ? i + 1 : i - 8);
	}
	put(h, "gputool", gh_buf_cstr(&b));
	gh_buf_free(&b);
}

static inline void put_network(struct text_host *h, bool tdx)
{
	put(h, "net.egress",
	    tdx ? "rim.attestation.nvidia.com 0 404\nocsp.ndis.nvidia.com 0 200\n"
		  "nras.attestation.nvidia.com 0 401\n"
		  "certificates.trustedservices.intel.com 0 403\n"
		  "api.trustedservices.intel.com 0 404\n"
		: "rim.attestation.nvidia.com 0 404\nkdsintf.amd.com 0 404\n"
		  "nras.attestation.nvidia.com 0 401\nocsp.ndis.nvidia.com 0 200\n");
	put(h, "net.dns",
	    "rim.attestation.nvidia.com 0 192.0.2.7\n"
	    "gatehouse-00112233445566778899aabbccddeeff.invalid 2 \n"
	    "nras.attestation.nvidia.com 0 2001:db8::7\n");
	put(h, "udp",
	    "/proc/net/udp:   sl  local_address rem_address   st tx_queue rx_queue tr\n"
	    "/proc/net/udp:  112: 0100007F:0143 00000000:0000 07 00000000:00000000\n"
	    "/proc/net/udp:  113: 0500140A:0044 00000000:0000 07 00000000:00000000\n"
	    "/proc/net/udp:  114: 0500140A:B9F1 0100140A:007B 01 00000000:00000000\n");
	put(h, "firewall",
	    "table inet filter {\n"
	    "\t\ttype filter hook input priority filter; policy drop;\n"
	    "\t\tct state established,related accept\n\t\ttcp dport { 22 } accept\n\t}\n"
	    "table ip nat {\n");
}

/* Updates, packages, logs, keys and rights. */
static inline void put_care(struct text_host *h)
{
	put(h, "now", "1767225600.412345678");
	put(h, "conf",
	    "/etc/apt/apt.conf.d/20auto-upgrades:APT::Periodic::Unattended-Upgrade "
	    "\"1\";\n"
	    "/etc/rsyslog.conf:module(load=\"imklog\") # kernel messages\n"
	    "/etc/rsyslog.d/90-remote.conf:*.* @@10.20.0.2:6514\n"
	    "/etc/modprobe.d/usb-storage.conf:install usb-storage /bin/false\n");
	put(h, "holds",
	    "Package: qemu-system-x86\nStatus: hold ok installed\n--\n"
	    "Package: ovmf\nStatus: hold ok installed\n--\n"
	    "Package: libvirt-daemon\nStatus: hold ok installed\n--\n"
	    "Package: linux-image-6.17.0-8-generic\nStatus: hold ok installed\n");
	put(h, "sessions", "root     pts/0        2025-12-31 23:55 (10.20.0.5)\n");
	put(h, "space",
	    "Filesystem 1024-blocks Used Available Capacity Mounted on\n"
	    "/dev/mapper/vg-root 3690483712 212860928 3290083328 7% /\n");
	put(h, "ovmf",
	    OVMF_HASH "  /usr/share/OVMF/OVMF_CODE_4M.fd\n" OVMF_HASH
		      "  /usr/share/qemu/OVMF.fd\n"
		      "named /usr/share/qemu/OVMF.fd\n");
	put(h, "nvme",
	    "/dev/nvme0 { \"critical_warning\":0, \"percent_used\":2 }\n"
	    "/dev/nvme1 { \"critical_warning\":{ \"value\":0 }, \"percent_used\":7 }\n"
	    "/dev/nvme2 { \"nvme_smart_health_information_log\": { "
	    "\"critical_warning\": 0, \"percentage_used\": 5 } }\n");
	put(h, "pkg.verify",
	    "packages 0 qemu-system-x86 ovmf libvirt-daemon openssh-server\n"
	    "??5?????? c /etc/ssh/sshd_config\n"
	    "missing     /usr/share/doc/libvirt-daemon/copyright\n");
	put(h, "ssh.keys", "root:" ROOT_KEYS "\nops:" OPS_KEYS "\nfiles 2");
	put(h, "sudo",
	    "/etc/sudoers.d/gatehouse:gatehouse ALL=(root) NOPASSWD: /usr/bin/sh -s *\n"
	    "files 2");
	put(h, "tracers",
	    "/sys/kernel/tracing/current_tracer:nop\n"
	    "/sys/kernel/tracing/enabled_functions:do_sys_openat2 (1) R I\nbpf:0\n"
	    "pid 881  fd 12: prog_id 44  kprobe  func tcp_connect  offset 0\n");
}

/* One list of one kind; every entry has the owner's GUID of 16 zeros. */
static inline void efi_list(
    struct gh_buf *b, const unsigned char type[static 16], const void *data, size_t len)
{
	static const unsigned char owner[16];
	gh_buf_add(b, type, 16);
	tpm_le(b, 28 + 16 + len, 4);
	tpm_le(b, 0, 4);
	tpm_le(b, 16 + len, 4);
	gh_buf_add(b, owner, 16);
	gh_buf_add(b, data, len);
}

static const unsigned char efi_x509[16] = {0xa1, 0x59, 0xc0, 0xa5, 0xe4, 0x94, 0xa7, 0x4a,
    0x87, 0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0, 0x72};
static const unsigned char efi_sha256[16] = {0x26, 0x16, 0xc4, 0xc1, 0x4c, 0x50, 0x92,
    0x40, 0xac, 0xa9, 0x41, 0xf9, 0x36, 0x93, 0x43, 0x28};

/* Attributes, then a list for each name, as if it were a certificate. */
static inline void put_names(
    struct text_host *h, const char *id, const char *const *name, size_t n)
{
	struct gh_buf b = {0}, hex = {0};
	gh_buf_add(&b, "\x27\0\0\0", 4);
	for (size_t i = 0; i < n; i++)
		efi_list(&b, efi_x509, name[i], strlen(name[i]));
	gh_buf_hex(&hex, b.p, b.len);
	put(h, id, gh_buf_cstr(&hex));
	gh_buf_free(&b);
	gh_buf_free(&hex);
}

static inline void put_dbx(struct text_host *h, size_t n)
{
	struct gh_buf b = {0}, hex = {0};
	unsigned char digest[32] = {0};
	gh_buf_add(&b, "\x27\0\0\0", 4);
	for (size_t i = 0; i < n; i++) {
		memcpy(digest, &i, sizeof(i));
		efi_list(&b, efi_sha256, digest, sizeof(digest));
	}
	gh_buf_hex(&hex, b.p, b.len);
	put(h, "efi.dbx", gh_buf_cstr(&hex));
	gh_buf_free(&b);
	gh_buf_free(&hex);
}

static inline void put_boot(struct text_host *h)
{
	static const char *const db[] = {"Microsoft Windows Production PCA 2011",
	    "Microsoft Corporation UEFI CA 2011", "Microsoft UEFI CA 2023"};
	static const char *const kek[] = {
	    "Microsoft Corporation KEK CA 2011", "Microsoft Corporation KEK 2K CA 2023"};
	static const char *const mok[] = {"Canonical Ltd. Master Certificate Authority"};
	struct gh_buf log = {0}, b64 = {0}, answer = {0};
	put_names(h, "efi.db", db, 3);
	put_names(h, "efi.kek", kek, 2);
	put_names(h, "efi.mok", mok, 1);
	put_dbx(h, 371);
	put(h, "efi.sbat",
	    "06000000 736261742c312c323032333031323930300a"); /* 2023012900 */
	tpm_log(&log, GH_COUNT(tpm_events));
	gh_b64(&b64, log.p, log.len);
	put(h, "tpm.log", gh_buf_cstr(&b64));
	tpm_answer(&answer, TPM_NONCE, TPM_AK, TPM_PCRS);
	put(h, "tpm.quote", gh_buf_cstr(&answer));
	gh_buf_free(&log);
	gh_buf_free(&b64);
	gh_buf_free(&answer);
}

/* 8 modules of 64 GB in each of two sockets, the second slot of each channel empty. */
static inline void put_dimms(struct text_host *h)
{
	struct gh_buf b = {0};
	for (int i = 0; i < 32; i++)
		gh_buf_fmt(&b,
		    "Memory Device\n\tSize: %s\n\tLocator: P%d-DIMM%c%d\n"
		    "\tBank Locator: P%d_Node%d_Channel%d_Dimm%d\n",
		    i % 2 ? "No Module Installed" : "64 GB", i / 16 + 1, 'A' + i % 16 / 2,
		    i % 2 + 1, i / 16, i % 16 / 4, i % 4 / 2, i % 2);
	put(h, "dimms", gh_buf_cstr(&b));
	gh_buf_free(&b);
}

static inline void put_common(struct text_host *h)
{
	put(h, "self", "uid 0");
	put_gputool(h);
	put_care(h);
	put_sys(h);
	put(h, "vuln",
	    "/sys/devices/system/cpu/vulnerabilities/l1tf:Not affected\n"
	    "/sys/devices/system/cpu/vulnerabilities/old_microcode:Not affected\n"
	    "/sys/devices/system/cpu/vulnerabilities/spectre_v2:Mitigation: Enhanced / "
	    "Automatic IBRS; IBPB: conditional\n");
	put(h, "modules", "kvm\nvfio_pci\nvhost_vsock\n");
	put(h, "listeners",
	    "   0: 00000000:0016 00000000:0000 0A 00000000:00000000\n"
	    "   1: 0100007F:170C 00000000:0000 0A 00000000:00000000\n");
	put(h, "listeners6",
	    "   0: 00000000000000000000000000000000:0016 "
	    "00000000000000000000000000000000:0000 0A\n"
	    "   1: 00000000000000000000000001000000:407D "
	    "00000000000000000000000000000000:0000 0A\n");
	put(h, "mounts",
	    "/dev/mapper/vg-root / ext4 rw,relatime 0 0\n"
	    "tmpfs /tmp tmpfs rw,nosuid,nodev,noexec 0 0\n");
	put(h, "dm",
	    "/sys/block/dm-0/dm/name:luks-root\n/sys/block/dm-1/dm/name:vg-root\n"
	    "/sys/block/dm-0/dm/uuid:CRYPT-LUKS2-abcdef-luks-root\n"
	    "/sys/block/dm-1/dm/uuid:LVM-xyz\n/sys/block/dm-0/slaves/nvme0n1p3:\n"
	    "/sys/block/dm-1/slaves/dm-0:");
	put(h, "kconfig",
	    "CONFIG_INTEL_TDX_HOST=y\nCONFIG_KVM_INTEL_TDX=y\nCONFIG_X86_SGX=y\n"
	    "CONFIG_X86_SGX_KVM=y\nCONFIG_AMD_MEM_ENCRYPT=y\nCONFIG_CRYPTO_DEV_SP_PSP=y\n"
	    "CONFIG_KVM_AMD_SEV=y\nCONFIG_VFIO_PCI=m\nCONFIG_IOMMUFD=m\n"
	    "CONFIG_KVM_GENERIC_PRIVATE_MEM=y\nCONFIG_STRICT_KERNEL_RWX=y\n"
	    "CONFIG_MODULE_SIG=y\nCONFIG_STRICT_DEVMEM=y\nCONFIG_IO_STRICT_DEVMEM=y\n"
	    "CONFIG_RANDOMIZE_BASE=y\nCONFIG_VMAP_STACK=y\nCONFIG_SLAB_FREELIST_RANDOM="
	    "y\n"
	    "CONFIG_SLAB_FREELIST_HARDENED=y\n");
	put(h, "places",
	    "/sys/firmware/efi/fw_platform_size\n"
	    "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c\n"
	    "/sys/firmware/efi/efivars/MokListRT-605dab50-e046-4300-abb6-3dd810dd8b23\n"
	    "/sys/kernel/iommu_groups/0\n"
	    "/sys/kernel/iommu_groups/1\n/sys/class/iommu/dmar0\n");
	put(h, "iommu.type",
	    "/sys/kernel/iommu_groups/0/type:DMA-FQ\n"
	    "/sys/kernel/iommu_groups/1/type:DMA\n");
	put_pci(h);
	put_nics(h);
	put(h, "units",
	    "libvirtd active\nvirtqemud inactive\nvirtlogd active\nqgsd active\n"
	    "auditd active\nchronyd active\nchrony inactive\n"
	    "systemd-timesyncd inactive\nntpd inactive\nkdump inactive\n"
	    "kdump-tools inactive\ndebug-shell inactive\napt-daily-upgrade.timer active\n"
	    "dnf-automatic.timer inactive\ndnf-automatic-install.timer inactive\n"
	    "systemd-journal-upload inactive\nrsyslog active\nusbguard inactive\n");
	put(h, "units.failed", "");
	put(h, "time",
	    "C0248F97,192.36.143.151,2,1764000000.123,-0.000012345,-0.000004567,"
	    "0.000023456,1.234,0.001,0.045,0.001234567,0.000456789,64.2,Normal");
	put(h, "qemu", "QEMU emulator version 10.1.0 (Debian 1:10.1.0+ds-1)\n");
	put(h, "dmi.root",
	    "/sys/class/dmi/id/product_serial:S123456X4B00001\n"
	    "/sys/class/dmi/id/product_uuid:00000000-0000-0000-0000-3cecef001122\n"
	    "/sys/class/dmi/id/board_serial:UM23AS000001\n"
	    "/sys/kernel/security/ima/runtime_measurements_count:4711\n");
	put(h, "efi.secureboot", " 06 00 00 00 01");
	put(h, "efi.setupmode", " 06 00 00 00 00");
	put(h, "efi.pk",
	    " 27 00 00 00 a1 59 c0 a5 e4 94 a7 4a 87 b5 ab 15\n 5c 2b f0 72");
	put(h, "efi.mor", " 07 00 00 00 01");
	put_boot(h);
	put(h, "kernel.image",
	    KERNEL "  /boot/vmlinuz-6.17.0-8-generic\n"
		   "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff  "
		   "/boot/initrd.img-6.17.0-8-generic\n");
	put(h, "memlock",
	    "LimitMEMLOCK=infinity\nId=libvirtd.service\nLoadState=loaded\n\n"
	    "LimitMEMLOCK=67108864\nId=virtqemud.service\nLoadState=loaded\n");
	put(h, "sshd",
	    "permitrootlogin without-password\npasswordauthentication no\n"
	    "kbdinteractiveauthentication no\nx11forwarding no\nmaxauthtries 4\n"
	    "permitemptypasswords no\nciphers aes256-gcm@openssh.com\n"
	    "macs hmac-sha2-256-etm@openssh.com\nkexalgorithms curve25519-sha256\n");
	put(h, "users", "uid0 root\naccounts 31");
	put(h, "audit", "enabled 1\nfailure 1\npid 812");
	put(h, "audit.rules", "-w /etc/libvirt -p wa -k libvirt");
	put(h, "vfio.users", "");
	put(h, "libvirt.conf",
	    "user = \"libvirt-qemu\"\nsecurity_driver = \"apparmor\"\n");
	put(h, "libvirt.domains", "");
}

static inline void tdx_host(struct text_host *h)
{
	memset(h, 0, sizeof(*h));
	put_common(h);
	put_network(h, true);
	put_cpus(h, true);
	put(h, "ccp", "");
	put(h, "nodes",
	    "/dev/kvm 660 root kvm\n/dev/sgx_enclave 660 root sgx\n"
	    "/dev/sgx_provision 660 root sgx_prv\n/dev/iommu 660 root root\n"
	    "/dev/vhost-vsock 660 root kvm\n");
	put(h, "qemu.objects", "  sev-snp-guest\n  tdx-guest\n");
	put(h, "klog",
	    "Linux version 6.17.0-8-generic (buildd@lcy02)\n"
	    "DMAR-IR: Enabled IRQ remapping in x2apic mode\n"
	    "virt/tdx: BIOS enabled: private KeyID range [64, 128)\n"
	    "virt/tdx: TDX module: attributes 0x0, vendor_id 0x8086, major_version 1, "
	    "minor_version 5, build_date 20250219, build_num 869\n"
	    "virt/tdx: 4202516 KB allocated for PAMT\nvirt/tdx: module initialized\n");
	put(h, "msr",
	    "cpu0 0x3a 0000000000040005\ncpu0 0x87 000000400000003f\n"
	    "cpu0 0xa0 0000000000000000\ncpu0 0xce 0000000080000000\n"
	    "cpu0 0x13a 000000050000006d\n"
	    "cpu0 0x1f3 0000000000000800\ncpu0 0x4e0 0000000000000005\n"
	    "cpu0 0x500 0500000000000000\ncpu0 0x503 0000000000000000\n"
	    "cpu0 0x982 0000000000000003\ncpu0 0xc80 0000000040000000\n"
	    "cpu0 0x1401 0000000000000c00\ncpu3 0x982 0000000000000003\n"
	    "cpu3 0x1401 0000000000000c00\n");
	put(h, "libvirt.caps",
	    "    <launchSecurity supported='yes'>\n"
	    "        <value>tdx</value>\n    </launchSecurity>\n"
	    "</domainCapabilities>\n");
	put(h, "qgs", "socket /var/run/tdx-qgs/qgs.socket\n");
	put(h, "pccs", "https://pccs.example:8081/sgx/certification/v4/ 200");
	put_dimms(h);
	put(h, "qcnl",
	    "  \"pccs_url\": \"https://pccs.example:8081/sgx/certification/v4/\",\n"
	    "  \"use_secure_cert\": true,\n");
	put(h, "registration",
	    "[04-06-2025 21:05:45] INFO: Registration Flow - "
	    "PLATFORM_ESTABLISHMENT or TCB_RECOVERY passed successfully.\n");
}

static inline void snp_host(struct text_host *h)
{
	memset(h, 0, sizeof(*h));
	put_common(h);
	spoil(h, "sys", "intel_iommu=on kvm_intel.tdx=1 nohibernate", "mem_encrypt=on");
	put_network(h, false);
	put_cpus(h, false);
	put(h, "ccp",
	    "/sys/bus/pci/drivers/ccp/0000:45:00.1/fused_part:1\n"
	    "/sys/bus/pci/drivers/ccp/0000:45:00.1/debug_lock_on:1\n"
	    "/sys/bus/pci/drivers/ccp/0000:45:00.1/anti_rollback_status:1\n"
	    "/sys/bus/pci/drivers/ccp/0000:45:00.1/rom_armor_enforced:1\n"
	    "/sys/bus/pci/drivers/ccp/0000:45:00.1/bootloader_version:00.2d.00.7c\n");
	put(h, "nodes",
	    "/dev/kvm 660 root kvm\n/dev/sev 600 root root\n"
	    "/dev/iommu 660 root root\n");
	put(h, "qemu.objects", "  sev-snp-guest\n");
	put(h, "snp.status",
	    "Reported TCB: TCB Version:\n  Microcode:   84\n  SNP:         25\n"
	    "  TEE:         0\n  Boot Loader: 10\n  FMC:         None\n"
	    "Platform TCB: TCB Version:\n  Microcode:   84\n  SNP:         25\n"
	    "  TEE:         0\n  Boot Loader: 10\n  FMC:         None\n"
	    "Identifier: 0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF"
	    "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF\n"
	    "      \"name\": \"Alias check\",\n      \"status\": \"pass\"\n");
	put(h, "klog",
	    "[    0.000000] Linux version 6.17.0-8-generic (buildd@lcy02)\n"
	    "[    0.1] SEV-SNP: RMP table physical range [0x97900000 - 0xa7efffff]\n"
	    "[    0.2] AMD-Vi: IOMMU SNP support enabled.\n"
	    "[    0.3] AMD-Vi: Interrupt remapping enabled\n"
	    "[    9.1] ccp 0000:45:00.1: SEV API:1.55 build:40\n"
	    "[    9.2] ccp 0000:45:00.1: SEV-SNP API:1.55 build:40\n"
	    "[    9.3] kvm_amd: SEV-SNP enabled (ASIDs 1 - 99)\n");
	put(h, "msr",
	    "cpu0 0xc0010010 0000000003f40000\ncpu0 0xc0010015 0000000000000001\n"
	    "cpu0 0xc0010132 0000000097900000\ncpu0 0xc0010133 00000000a7efffff\n");
	put(h, "libvirt.caps",
	    "    <launchSecurity supported='yes'>\n"
	    "        <value>sev-snp</value>\n    </launchSecurity>\n"
	    "</domainCapabilities>\n");
}

static inline struct gh_host fleet_host(enum gh_tee tee)
{
	static char name[] = "gpu-a", product[] = "SYS-821GE-TNHR", plan[] = "one-cvm",
		    user[] = "gatehouse";
	struct gh_host h = {
	    .name = name, .product = product, .plan = plan, .user = user, .port = 22};
	h.tee = tee;
	h.n_gpus = 8;
	h.n_switches = 4;
	return h;
}

/* One judge alone, for tests that ask it some thousand times. */
static inline enum gh_verdict judge_alone(const struct gh_catalogue *c, const char *id,
    const struct gh_probe *p, const struct gh_enrolment *enrolled)
{
	struct gh_host host = fleet_host(GH_TEE_TDX);
	struct gh_sources src = {.host = &host,
	    .probe = p,
	    .nonce = TPM_NONCE,
	    .enrolled = enrolled,
	    .at = AT};
	const struct gh_check *check = gh_catalogue_get(c, id);
	struct gh_result r = {0};
	struct gh_judging j = {
	    .check = check, .src = &src, .probe = p, .host = &host, .at = AT};
	enum gh_verdict v;

	assert_non_null(check);
	j.f = gh_judge_open(&r, check, host.name);
	gh_judge_find(id)->judge(&j);
	v = j.f->verdict;
	gh_result_free(&r);
	return v;
}
