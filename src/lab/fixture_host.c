/* SPDX-License-Identifier: Apache-2.0
 * Identity, accounts, sshd, disks, network and kernel settings of a lab host. */
#include "lab/fixture_host.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DMI  "sys/class/dmi/id/"
#define NODE "sys/devices/system/node/node"

/* Groups whose numbers a fixture file has as its owner. */
#define GID_KVM     108
#define GID_TSS     110
#define HOSTILE_LEN 2000

static const struct gh_fixture_row rows[] = {
    {DMI "sys_vendor", "Supermicro\n"},
    {DMI "board_vendor", "Supermicro\n"},
    {DMI "chassis_vendor", "Supermicro\n"},
    {DMI "board_version", "1.01\n"},
    {DMI "chassis_type", "23\n"},
    {DMI "bios_vendor", "American Megatrends International, LLC.\n"},
    {"etc/group",
	"root:x:0:\ndaemon:x:1:\ntty:x:5:\nnogroup:x:65534:\nsudo:x:27:\nkvm:x:108:\n"
	"tss:x:110:\nsgx:x:117:\nsgx_prv:x:118:\nlibvirt:x:119:\nprobe:x:1000:\n"},
    {"etc/passwd",
	"root:x:0:0:root:/root:/bin/bash\n"
	"daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n"
	"nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
	"sshd:x:105:65534::/run/sshd:/usr/sbin/nologin\n"
	"libvirt-qemu:x:64055:108:Libvirt Qemu:/var/lib/libvirt:/usr/sbin/nologin\n"
	"probe:x:1000:1000:probe without sudo:/home/probe:/bin/sh\n"},
    {"etc/shadow", "root:*:20000:0:99999:7:::\ndaemon:*:20000:0:99999:7:::\n"
		   "nobody:*:20000:0:99999:7:::\nsshd:*:20000:0:99999:7:::\n"
		   "libvirt-qemu:*:20000:0:99999:7:::\nprobe:*:20000:0:99999:7:::\n"},
    {"etc/nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\nhosts: files\n"},
    {"etc/os-release", "NAME=\"Ubuntu\"\nVERSION_ID=\"25.10\"\nID=ubuntu\n"
		       "PRETTY_NAME=\"Ubuntu 25.10\"\n"},
    {"etc/libvirt/qemu.conf", "user = \"libvirt-qemu\"\ngroup = \"kvm\"\n"
			      "security_driver = \"apparmor\"\ndynamic_ownership = 1\n"},
    {"lab/net/tcp6", "  sl  local_address                         remote_address         "
		     "               "
		     "st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"},
    {"lab/mounts",
	"sysfs /sys sysfs rw,nosuid,nodev,noexec,relatime 0 0\n"
	"proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0\n"
	"udev /dev devtmpfs rw,nosuid,relatime,mode=755 0 0\n"
	"devpts /dev/pts devpts rw,nosuid,noexec,relatime,gid=5,mode=620 0 0\n"
	"tmpfs /run tmpfs rw,nosuid,nodev,noexec,relatime,mode=755 0 0\n"
	"/dev/mapper/root_crypt / ext4 rw,relatime,errors=remount-ro 0 0\n"
	"securityfs /sys/kernel/security securityfs rw,nosuid,nodev,noexec,relatime 0 0\n"
	"tmpfs /dev/shm tmpfs rw,nosuid,nodev,noexec 0 0\n"
	"efivarfs /sys/firmware/efi/efivars efivarfs rw,nosuid,nodev,noexec,relatime 0 "
	"0\n"
	"tmpfs /tmp tmpfs rw,nosuid,nodev,noexec 0 0\n"
	"/dev/nvme0n1p1 /boot/efi vfat rw,relatime,fmask=0077,dmask=0077 0 0\n"},
    {"etc/resolv.conf", "nameserver 127.0.0.53\noptions edns0\n"},
    {"etc/sudoers", "Defaults env_reset\nroot ALL=(ALL:ALL) ALL\n"
		    "%sudo ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n"},
    {"etc/apt/apt.conf.d/20auto-upgrades", "APT::Periodic::Update-Package-Lists \"1\";\n"
					   "APT::Periodic::Unattended-Upgrade \"0\";\n"},
    {"var/lib/dpkg/status",
	"Package: qemu-system-x86\nStatus: hold ok installed\n\n"
	"Package: ovmf\nStatus: hold ok installed\n\n"
	"Package: libvirt-daemon\nStatus: hold ok installed\n\n"
	"Package: linux-image-6.17.0-8-generic\nStatus: hold ok installed\n\n"
	"Package: openssh-server\nStatus: install ok installed\n"},
    {"var/lib/dpkg/info/qemu-system-x86.md5sums", ""},
    {"var/lib/dpkg/info/ovmf.md5sums", ""},
    {"run/systemd/journal/lab", ""},
    {"run/systemd/system/lab", ""},
    {"var/lib/dpkg/info/libvirt0:amd64.md5sums", ""},
    {"var/lib/dpkg/info/libvirt-daemon.md5sums", ""},
    {"var/lib/dpkg/info/openssh-server.md5sums", ""},
    {"etc/rsyslog.d/90-remote.conf", "*.* action(type=\"omfwd\" target=\"10.20.0.2\" "
				     "port=\"6514\" protocol=\"tcp\")\n"},
    {"etc/modprobe.d/usb-storage.conf", "install usb-storage /bin/false\n"},
    {"sys/kernel/tracing/current_tracer", "nop\n"},
    {"sys/kernel/tracing/kprobe_events", ""},
    {"sys/kernel/tracing/uprobe_events", ""},
    {"sys/kernel/tracing/enabled_functions", ""},
    {"sys/block/dm-0/dm/name", "root_crypt\n"},
    {"sys/block/dm-0/dm/uuid",
	"CRYPT-LUKS2-5d0ad1b21f0c4f1c9b64c7d0e3a5f201-root_crypt\n"},
    {"sys/block/dm-0/slaves/nvme0n1p3/partition", "3\n"},
    {"sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n"},
    {"sys/devices/system/edac/mc/mc0/ce_count", "0\n"},
    {"sys/devices/system/edac/mc/mc0/ue_count", "0\n"},
    {"sys/devices/system/edac/mc/mc1/ce_count", "0\n"},
    {"sys/devices/system/edac/mc/mc1/ue_count", "0\n"},
    {"sys/kernel/mm/ksm/run", "0\n"},
    {NODE "0/hugepages/hugepages-1048576kB/nr_hugepages", "0\n"},
    {NODE "0/hugepages/hugepages-2048kB/nr_hugepages", "0\n"},
    {NODE "1/hugepages/hugepages-1048576kB/nr_hugepages", "0\n"},
    {NODE "1/hugepages/hugepages-2048kB/nr_hugepages", "0\n"},
    {"sys/power/state", "freeze\n"},
    {"sys/power/mem_sleep", "[s2idle]\n"},
    {"sys/power/disk", "[disabled]\n"},
};

/* What sshd, libc and the sysctl checks read; the fixture's proc/sys hides the real one. */
static const struct gh_fixture_row sysctls[] = {
    {"proc/sys/kernel/tainted", "0\n"},
    {"proc/sys/kernel/core_pattern", "|/bin/false\n"},
    {"proc/sys/kernel/kptr_restrict", "2\n"},
    {"proc/sys/kernel/dmesg_restrict", "1\n"},
    {"proc/sys/kernel/unprivileged_bpf_disabled", "2\n"},
    {"proc/sys/kernel/kexec_load_disabled", "1\n"},
    {"proc/sys/kernel/yama/ptrace_scope", "1\n"},
    {"proc/sys/kernel/sysrq", "0\n"},
    {"proc/sys/kernel/perf_event_paranoid", "4\n"},
    {"proc/sys/kernel/randomize_va_space", "2\n"},
    {"proc/sys/kernel/random/entropy_avail", "256\n"},
    {"proc/sys/kernel/random/poolsize", "256\n"},
    {"proc/sys/kernel/ngroups_max", "65536\n"},
    {"proc/sys/kernel/pid_max", "4194304\n"},
    {"proc/sys/kernel/cap_last_cap", "40\n"},
    {"proc/sys/kernel/ostype", "Linux\n"},
    {"proc/sys/kernel/threads-max", "2062034\n"},
    {"proc/sys/crypto/fips_enabled", "0\n"},
    {"proc/sys/fs/nr_open", "1048576\n"},
    {"proc/sys/fs/file-max", "9223372036854775807\n"},
    {"proc/sys/fs/protected_symlinks", "1\n"},
    {"proc/sys/fs/protected_hardlinks", "1\n"},
    {"proc/sys/fs/protected_fifos", "2\n"},
    {"proc/sys/fs/protected_regular", "2\n"},
    {"proc/sys/fs/suid_dumpable", "0\n"},
    {"proc/sys/vm/overcommit_memory", "0\n"},
    {"proc/sys/vm/max_map_count", "1048576\n"},
    {"proc/sys/net/core/bpf_jit_harden", "2\n"},
    {"proc/sys/net/core/somaxconn", "4096\n"},
    {"proc/sys/net/ipv4/conf/all/accept_redirects", "0\n"},
    {"proc/sys/net/ipv4/conf/all/send_redirects", "0\n"},
    {"proc/sys/net/ipv4/conf/all/accept_source_route", "0\n"},
};

static void put_secret(struct gh_fixture *f, const char *path, const char *text)
{
	gh_fixture_text(f, path, "%s\n", text);
	gh_fixture_own(f, path, 0400, 0);
}

/* Everything that a hostile machine can put where a serial should stand: cursor motion, a
 * window title, colours, a bell, bidi marks, broken UTF-8, markup, a fake frame. */
static void put_hostile(struct gh_fixture *f, const char *path)
{
	static const char evil[] = "\x1b[2J\x1b[H\x1b]0;owned\a\x1b[31mPASS\x1b[0m\b\b\b"
				   "\xe2\x80\xae\xff\xfe\xc3<script>alert(1)</script>"
				   "\r\nGH1 0 END 0 - 1\n";
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	while (b.len < HOSTILE_LEN && !b.oom)
		gh_buf_add(&b, evil, sizeof(evil) - 1);
	gh_fixture_bytes(f, path, b.p, b.len);
}

static void write_identity(struct gh_fixture *f)
{
	const struct gh_lab_spec *s = f->spec;

	gh_fixture_text(f, DMI "product_name", "%s\n", s->product);
	gh_fixture_text(f, DMI "board_name", "%s\n", s->board);
	gh_fixture_text(f, DMI "bios_date", "%s\n", s->bios_date);
	gh_fixture_text(f, DMI "bios_release", "%s\n", s->bios_release);
	if (gh_fixture_has(f, GH_FIXTURE_HOSTILE))
		put_hostile(f, DMI "bios_version");
	else
		gh_fixture_text(f, DMI "bios_version", "%s\n", s->bios_version);
	put_secret(f, DMI "product_serial", s->serial);
	put_secret(f, DMI "product_uuid", s->uuid);
	put_secret(f, DMI "board_serial", s->board_serial);
	put_secret(f, DMI "chassis_serial", s->chassis_serial);
	gh_fixture_text(f, "etc/machine-id", "%s\n", s->machine_id);
	gh_fixture_text(f, "etc/hostname", "%s\n", s->name);
	gh_fixture_text(
	    f, "etc/hosts", "127.0.0.1 localhost\n%s %s\n", s->address, s->name);
	gh_fixture_text(f, "proc/sys/kernel/hostname", "%s\n", s->name);
	gh_fixture_text(f, "proc/sys/kernel/random/boot_id", "%.*s%s\n",
	    (int)strlen(s->boot_id) - 4, s->boot_id,
	    gh_fixture_has(f, GH_FIXTURE_REBOOTED) ? "feed"
						   : s->boot_id + strlen(s->boot_id) - 4);
}

/* Only what libssh2 1.10 and OpenSSH share (spec/lab.md section 4.1): no ETM-only MACs. */
static void write_sshd(struct gh_fixture *f)
{
	char key[512];

	gh_fixture_text(f, "etc/ssh/sshd_config",
	    "# the lab host %s\n"
	    "ListenAddress %s:%u\nHostKey /etc/ssh/ssh_host_ed25519_key\nPidFile none\n"
	    "UsePAM no\nUseDNS no\nPermitRootLogin prohibit-password\n"
	    "PasswordAuthentication no\nKbdInteractiveAuthentication no\nX11Forwarding "
	    "no\n"
	    "MaxAuthTries 4\nMaxStartups 2000:100:2000\nMaxSessions 200\nPrintMotd no\n"
	    "PrintLastLog no\nLoginGraceTime 30\nSubsystem sftp internal-sftp\n",
	    f->spec->name, f->spec->address, f->in->port);
	snprintf(key, sizeof(key), "%s/%s", f->in->host_dir,
	    gh_fixture_has(f, GH_FIXTURE_OTHER_KEY) ? "hostkey.other" : "hostkey");
	gh_fixture_copy(f, "etc/ssh/ssh_host_ed25519_key", key, 0600);
	gh_fixture_text(f, "root/.ssh/authorized_keys", "%s\n", f->in->authorized_key);
	gh_fixture_own(f, "root", 0700, 0);
	gh_fixture_own(f, "root/.ssh", 0700, 0);
	gh_fixture_text(
	    f, "home/probe/.ssh/authorized_keys", "%s\n", f->in->authorized_key);
	/* sshd runs it before each command, and what it prints comes first */
	if (gh_fixture_has(f, GH_FIXTURE_SLOW))
		gh_fixture_text(f, "etc/ssh/sshrc", "sleep 3\n");
	else if (gh_fixture_has(f, GH_FIXTURE_FLOOD))
		gh_fixture_text(
		    f, "etc/ssh/sshrc", "head -c 5242880 /dev/zero | tr '\\0' '\\033'\n");
	else
		gh_fixture_absent(f, "etc/ssh/sshrc");
}

static void write_storage(struct gh_fixture *f)
{
	char path[64];

	for (unsigned int i = 0; i < 8; i++) {
		snprintf(path, sizeof(path), "sys/class/nvme/nvme%u/model", i);
		gh_fixture_text(f, path, "SAMSUNG MZQL23T8HCLS-00A07\n");
		snprintf(path, sizeof(path), "sys/class/nvme/nvme%u/firmware_rev", i);
		gh_fixture_text(f, path, "GDC5602Q\n");
		snprintf(path, sizeof(path), "dev/nvme%u", i);
		gh_fixture_text(f, path, "%s", "");
		gh_fixture_own(f, path, 0600, 0);
	}
	gh_fixture_text(f, "proc/swaps",
	    "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n%s",
	    gh_fixture_has(f, GH_FIXTURE_SWAP) ? "/dev/nvme0n1p4                         "
						 " partition\t8388604\t\t0\t\t-2\n"
					       : "");
}

static void write_network(struct gh_fixture *f)
{
	unsigned int a[4] = {127, 0, 0, 11 + f->spec->index};
	char path[64];

	for (unsigned int i = 0; i < 8; i++) {
		snprintf(
		    path, sizeof(path), "sys/class/net/ibp%us0/operstate", 25 + 16 * i);
		gh_fixture_text(f, path, "up\n");
		snprintf(path, sizeof(path), "sys/class/net/ibp%us0/speed", 25 + 16 * i);
		gh_fixture_text(f, path, "400000\n");
	}
	gh_fixture_text(f, "sys/class/net/eno1np0/operstate", "up\n");
	gh_fixture_text(f, "sys/class/net/eno1np0/speed", "25000\n");
	gh_fixture_text(f, "sys/class/net/lo/operstate", "unknown\n");
	/* the real list would show the machine that the lab runs on */
	gh_fixture_text(f, "lab/net/tcp",
	    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt "
	    "  uid  "
	    "timeout inode\n"
	    "   0: %02X%02X%02X%02X:%04X 00000000:0000 0A 00000000:00000000 00:00000000 "
	    "00000000 "
	    "    0        0 30211 1 0000000000000000 100 0 0 10 0\n",
	    a[3], a[2], a[1], a[0], f->in->port);
	gh_fixture_text(f, "lab/net/udp",
	    "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when "
	    "retrnsmt "
	    "  uid  timeout inode ref pointer drops\n"
	    "  112: 0100007F:0143 00000000:0000 07 00000000:00000000 00:00000000 "
	    "00000000 "
	    "    0        0 30114 2 0000000000000000 0\n");
	gh_fixture_link(f, "/lab/net", "proc/net");
	gh_fixture_link(f, "/lab/mounts", "proc/mounts");
}

static void write_nodes(struct gh_fixture *f)
{
	static const struct {
		const char *path;
		unsigned int mode, gid;
	} nodes[] = {{"dev/kvm", 0660, GID_KVM}, {"dev/vhost-vsock", 0660, GID_KVM},
	    {"dev/iommu", 0660, GID_KVM}, {"dev/tpm0", 0660, GID_TSS}};

	/* regular files: stat is all that may be done with them */
	for (size_t i = 0; i < GH_COUNT(nodes); i++) {
		gh_fixture_text(f, nodes[i].path, "%s", "");
		gh_fixture_own(f, nodes[i].path, nodes[i].mode, nodes[i].gid);
	}
}

void gh_fixture_host(struct gh_fixture *f)
{
	gh_fixture_rows(f, rows, GH_COUNT(rows));
	gh_fixture_rows(f, sysctls, GH_COUNT(sysctls));
	gh_fixture_own(f, "etc/shadow", 0640, 0);
	gh_fixture_own(f, "etc/sudoers", 0440, 0);
	if (!access("/etc/ld.so.cache", R_OK))
		gh_fixture_copy(f, "etc/ld.so.cache", "/etc/ld.so.cache", 0644);
	write_identity(f);
	write_sshd(f);
	write_storage(f);
	write_network(f);
	write_nodes(f);
}
