/* SPDX-License-Identifier: Apache-2.0
 * One fault for each check that is read over SSH (spec/host-and-firmware.md section 3). */
#include "lab/check_faults.h"

#define ROW(check, tee, kind, where, from, to)                                           \
	{                                                                                \
		check, tee, kind, where, from, to                                        \
	}
#define ANY(check, where, from, to)                                                      \
	ROW(check, GH_CHECK_ANY, GH_CHECK_FILE, where, from, to)
#define TDX(check, where, from, to)                                                      \
	ROW(check, GH_CHECK_TDX, GH_CHECK_FILE, where, from, to)
#define SNP(check, where, from, to)                                                      \
	ROW(check, GH_CHECK_SNP, GH_CHECK_FILE, where, from, to)
#define CERT(check, where, from, to)                                                     \
	ROW(check, GH_CHECK_ANY, GH_CHECK_CERT, where, from, to)
#define MSR_TDX(check, reg, value)                                                       \
	ROW(check, GH_CHECK_TDX, GH_CHECK_MSR, reg, NULL, value)
#define MSR_SNP(check, reg, value)                                                       \
	ROW(check, GH_CHECK_SNP, GH_CHECK_MSR, reg, NULL, value)

#define DMI  "sys/class/dmi/id/"
#define CPU  "sys/devices/system/cpu/"
#define KVM  "sys/module/kvm_intel/parameters/"
#define AMD  "sys/module/kvm_amd/parameters/"
#define CCP  "sys/bus/pci/drivers/ccp/*/"
#define GPU1 "sys/devices/pci0000:18/0000:18:00.0/"
#define SWI1 "sys/devices/pci0000:07/0000:07:00.0/"
#define EFI  "sys/firmware/efi/efivars/"
#define KLOG "lab/tool/klog"
#define SYSK "proc/sys/kernel/"
#define KCFG "boot/config-6.17.0-8-generic"
#define BIN  "usr/local/bin/"
#define TOOL "lab/tool/"
#define SAYS "lab/tool/answers"

const struct gh_check_fault gh_check_faults_host[] = {
    /* G01, G02 */
    ANY("host.id.system", DMI "product_serial", NULL, "0123456789\n"),
    ANY("host.id.board", DMI "board_serial", NULL, "Default string\n"),
    ANY("host.id.machine_id", "etc/machine-id", "4c1f6f0b", "4c1f6f0c"),
    TDX("host.fw.bios_version", DMI "bios_version", NULL, "1.4\n"),
    ANY("host.fw.nic", TOOL "devlink", "fw.version 28.43.2026", "fw.version 28.37.1014"),
    ANY("host.fw.nvme", "sys/class/nvme/nvme3/firmware_rev", NULL, "GDC5302Q\n"),

    /* G04 */
    TDX("host.cpu.model", "proc/cpuinfo", "model\t\t: 207", "model\t\t: 85"),
    SNP("host.cpu.model", "proc/cpuinfo", "cpu family\t: 25", "cpu family\t: 23"),
    ANY("host.cpu.sockets_uniform", "proc/cpuinfo", "stepping\t: ", "stepping\t: 9"),
    ANY("host.cpu.microcode", CPU "cpu2/microcode/version", NULL, "0x1\n"),
    ANY("host.cpu.microcode_early", KLOG,
	"DMI: ", "microcode: Reload completed, microcode revision: 0x1\nDMI: "),
    ANY("host.cpu.old_microcode", CPU "vulnerabilities/old_microcode", NULL,
	"Vulnerable\n"),
    MSR_TDX("host.cpu.production", "0xce", "0x0000000008000000"),
    MSR_TDX("host.cpu.sgx_debug", "0x503", "0x2"),
    MSR_TDX("host.cpu.debug_iface", "0xc80", "0x0000000040000001"),
    MSR_TDX("host.cpu.feature_control", "0x3a", "0x0000000000040004"),
    MSR_TDX("host.cpu.smm", "0x1f3", "0x0"),
    MSR_SNP("host.cpu.smm", "0xc0010015", "0x0"),
    SNP("host.cpu.amd_fused", CCP "fused_part", NULL, "0\n"),
    SNP("host.cpu.amd_rollback", CCP "rom_armor_enforced", NULL, "0\n"),
    ANY("host.cpu.vuln", CPU "vulnerabilities/l1tf", NULL, "Vulnerable: no microcode\n"),
    TDX("host.cpu.ucode_cve", "proc/cpuinfo", "microcode\t: 0x2", "microcode\t: 0x1"),
    SNP("host.cpu.ucode_cve", "proc/cpuinfo", "microcode\t: 0xa", "microcode\t: 0x9"),
    ANY("host.cpu.online", CPU "offline", NULL, "2-3\n"),

    /* G05 */
    TDX("host.tdx.cpuflag", "proc/cpuinfo", "tdx_host_platform", "tdx_elsewhere"),
    TDX("host.tdx.bios_keyids", KLOG, "[64, 128)", "[64, 65)"),
    TDX("host.tdx.module_initialized", KLOG, "module initialized",
	"module initialization failed (-5)"),
    TDX("host.tdx.module_version", "sys/devices/faux/tdx_host/version", NULL, "1.5.01\n"),
    TDX("host.tdx.seamldr", "sys/devices/faux/tdx_host/seamldr/version", NULL,
	"1.0.00\n"),
    ROW("host.tdx.msr_tme", GH_CHECK_TDX, GH_CHECK_MSR, "0x982", NULL,
	"0x0005006700000001"),
    MSR_TDX("host.tdx.msr_seamrr", "0x1401", "0x0"),
    MSR_TDX("host.tdx.msr_keys", "0x87", "0x000000100000003f"),
    MSR_TDX("host.tdx.msr_mcheck", "0xa0", "0x1861"),
    TDX("host.tdx.kvm_param", KVM "tdx", NULL, "N\n"),
    TDX("host.tdx.sleep", "sys/power/state", NULL, "freeze mem disk\n"),
    TDX("host.tdx.sleep", "sys/power/mem_sleep", NULL, "s2idle [deep]\n"),
    TDX("host.tdx.registration", "var/log/mpa_registration.log", "passed successfully",
	"failed"),
    TDX("host.tdx.qgs", TOOL "units", "qgsd active", "qgsd failed"),
    ROW("host.tdx.sgx_dev", GH_CHECK_TDX, GH_CHECK_MODE, "dev/sgx_enclave", NULL, "666"),
    TDX("host.tdx.qcnl", "etc/sgx_default_qcnl.conf", "true", "false"),

    /* G06 */
    SNP("host.snp.cpuflag", "proc/cpuinfo", " sev_snp", " sev_none"),
    MSR_SNP("host.snp.msr_syscfg", "0xc0010010", "0x0000000000f40000"),
    SNP("host.snp.rmp", KLOG, "SEV-SNP: RMP table physical range",
	"SEV-SNP: Memory for the RMP table has not been reserved by BIOS"),
    SNP("host.snp.fw_version", KLOG, "SEV-SNP API:1.55 build:39",
	"SEV-SNP API:1.51 build:3"),
    SNP("host.snp.init", KLOG, "SEV-SNP enabled (ASIDs 1 - 99)",
	"SEV-SNP enabled (ASIDs 0 - 0)"),
    SNP("host.snp.kvm_param", AMD "sev_snp", NULL, "N\n"),
    SNP("host.snp.iommu", KLOG, "AMD-Vi: IOMMU SNP support enabled.",
	"AMD-Vi: SNP: IOMMU disabled or configured in passthrough mode, SNP cannot be "
	"supported."),
    ROW("host.snp.dev", GH_CHECK_SNP, GH_CHECK_MODE, "dev/sev", NULL, "666"),

    /* G07, G08 */
    ANY("host.mem.ecc", "sys/devices/system/edac/mc/mc1/ue_count", NULL, "1\n"),
    ANY("host.mem.swap", "proc/swaps", "Priority\n",
	"Priority\n/dev/nvme0n1p2 partition 8388604 0 -2\n"),
    ANY("host.mem.free", "proc/meminfo",
	"MemAvailable:", "MemAvailable:   1048576 kB\nMemWas:"),
    ANY("host.mem.ksm_thp", "sys/kernel/mm/ksm/run", "0", "1"),
    ANY("host.mem.coredump", "sys/kernel/kexec_crash_loaded", NULL, "1\n"),
    /* memory that no guest gets */
    ANY("host.mem.hugepages",
	"sys/devices/system/node/node1/hugepages/hugepages-1048576kB/nr_hugepages", NULL,
	"512\n"),
    TDX("host.iommu.intremap", KLOG, "DMAR-IR: Enabled IRQ remapping", "DMAR-IR: none"),
    SNP("host.iommu.intremap", KLOG, "AMD-Vi: Interrupt remapping enabled",
	"AMD-Vi: none"),
    SNP("host.iommu.mode", "sys/kernel/iommu_groups/40/type", NULL, "identity\n"),
    TDX("host.iommu.iommufd", "dev/iommu", NULL, NULL),
    ANY("host.iommu.isolation", "sys/kernel/iommu_groups/40/devices/0000:99:00.0/class",
	NULL, "0x020000\n"),
    ANY("host.iommu.groups", "sys/kernel/iommu_groups/*/type", NULL, NULL),
    ANY("host.iommu.thunderbolt", "sys/bus/thunderbolt/devices/0-0", NULL, "1\n"),

    /* G09 */
    ANY("host.boot.uefi", "sys/firmware/efi/fw_platform_size", NULL, NULL),
    ANY("host.boot.lockdown", "sys/kernel/security/lockdown", NULL,
	"[none] integrity confidentiality\n"),
    ANY("host.boot.secureboot",
	"sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", NULL,
	"\x06\x01\x01\x01\x02"),
    ANY("host.boot.pk",
	"sys/firmware/efi/efivars/PK-8be4df61-93ca-11d2-aa0d-00e098032b8c", NULL,
	"\x27\x01\x01\x01"
	"DO NOT TRUST - AMI Test PK"),
    /* of 2011 alone, as before the firmware knew those of 2023 */
    CERT("host.boot.db", EFI "db-d719b2cb-3d3a-4596-a3bc-dad00e67656f",
	"CN=Microsoft UEFI CA 2023", NULL),
    CERT("host.boot.mok", EFI "MokListRT-605dab50-e046-4300-abb6-3dd810dd8b23", NULL,
	"CN=Module Signing Key of Nobody We Know"),
    ANY("host.boot.sbat", EFI "SbatLevelRT-605dab50-e046-4300-abb6-3dd810dd8b23",
	"2024010900", "2021030218"),
    ANY("host.boot.tpm", "sys/class/tpm/tpm0/tpm_version_major", NULL, "1\n"),
    ANY("host.boot.tpm_empty_pcr", "sys/class/tpm/tpm0/pcr-sha256/4", NULL,
	"0000000000000000000000000000000000000000000000000000000000000000\n"),
    ANY("host.boot.pcr0_replay", "sys/class/tpm/tpm0/pcr-sha256/0", NULL,
	"04A3F6C2E1B0D9F8A7C6B5A4938271605F4E3D2C1B0A998877665544332211EE\n"),
    ANY("host.boot.pcr_golden", "sys/class/tpm/tpm0/pcr-sha256/2", NULL,
	"04A3F6C2E1B0D9F8A7C6B5A4938271605F4E3D2C1B0A998877665544332211EE\n"),

    MSR_TDX("host.boot.bootguard", "0x13a", "0x0"),
    SNP("host.boot.bootguard", CCP "fused_part", NULL, "0\n"),
    ANY("host.boot.bootservicevars", EFI "MokList-605dab50-e046-4300-abb6-3dd810dd8b23",
	NULL, "\x07\x01\x01\x01\x01"),
    ANY("host.boot.tpm_quote", BIN "tpm2_quote", "h=$h$n$t",
	"h=${h}00112233445566778899aabbccddeeff$t"),
    ANY("host.kernel.signed", "boot/vmlinuz-6.17.0-8-generic", NULL, "another kernel\n"),
    ANY("host.mem.memlock", TOOL "memlock", "LimitMEMLOCK=infinity",
	"LimitMEMLOCK=65536"),
    TDX("host.tdx.dimms", TOOL "dmi17", "Size: 64 GB", "Size: 32 GB"),
    TDX("host.tdx.pccs", SAYS, "*/rootcacrl\t0\t=200", "*/rootcacrl\t0\t=503"),
    SNP("host.snp.alias", TOOL "snp.ok", "\"status\": \"pass\"", "\"status\": \"fail\""),
    /* a microcode that AMD never released: both TCBs are of it, and it has no certificate */
    SNP("host.snp.vlek_vcek", TOOL "snp.tcb", "Microcode:   88", "Microcode:   255"),
    SNP("host.snp.vlek_vcek", TOOL "snp.tcb", "Microcode:   88", "Microcode:   255"),
    SNP("host.snp.tcb_match", TOOL "snp.tcb", "SNP:         25", "SNP:         20"),

    /* G10 */
    ANY("host.kernel.version", SYSK "osrelease", NULL, "6.2.0-1-generic\n"),
    TDX("host.kernel.config", KCFG, "CONFIG_X86_SGX_KVM=y",
	"# CONFIG_X86_SGX_KVM is not set"),
    SNP("host.kernel.config", KCFG, "CONFIG_KVM_AMD_SEV=y",
	"# CONFIG_KVM_AMD_SEV is not set"),
    ANY("host.kernel.kconfig_hardening", KCFG, "CONFIG_STRICT_DEVMEM=y",
	"# CONFIG_STRICT_DEVMEM is not set"),
    ANY("host.kernel.cmdline_forbidden", "proc/cmdline", " ro ", " ro mitigations=off "),
    TDX("host.kernel.cmdline_required", "proc/cmdline", "intel_iommu=on",
	"intel_iommu=off"),
    SNP("host.kernel.cmdline_required", "proc/cmdline", "mem_encrypt=on",
	"mem_encrypt=off"),
    ANY("host.kernel.taint", SYSK "tainted", NULL, "4097\n"),
    ANY("host.kernel.modules", "sys/module/nouveau/initstate", NULL, "live\n"),
    ANY("host.kernel.module_sig", "sys/module/module/parameters/sig_enforce", NULL,
	"N\n"),
    ANY("host.kernel.module_sig", "sys/kernel/security/lockdown", NULL,
	"[none] integrity confidentiality\n"),
    ANY("host.kernel.sysctl", SYSK "kptr_restrict", NULL, "0\n"),
    ANY("host.kernel.kexec", SYSK "kexec_load_disabled", NULL, "0\n"),
    ANY("host.kernel.lsm", "sys/kernel/security/lsm", NULL, "capability\n"),
    ANY("host.kernel.entropy", SYSK "random/entropy_avail", NULL, "12\n"),
    ANY("host.kernel.errors", KLOG, "DMI: ", "mce: [Hardware Error]: CPU 3\nDMI: "),

    /* G11 */
    ROW("host.virt.kvm", GH_CHECK_ANY, GH_CHECK_MODE, "dev/kvm", NULL, "666"),
    ANY("host.virt.qemu_version", TOOL "qemu.version", "version 10.1.2", "version 7.2.0"),
    TDX("host.virt.qemu_version", TOOL "qemu.objects", "tdx-guest", "other-guest"),
    SNP("host.virt.qemu_version", TOOL "qemu.objects", "sev-snp-guest", "other-guest"),
    TDX("host.virt.libvirt", TOOL "domcapabilities", "<value>tdx</value>", ""),
    SNP("host.virt.libvirt", TOOL "domcapabilities", "<value>sev-snp</value>", ""),
    ANY("host.virt.qemu_user", "etc/libvirt/qemu.conf", "libvirt-qemu", "root"),
    TDX("host.virt.vsock", "dev/vhost-vsock", NULL, NULL),
    ANY("host.virt.ovmf", "usr/local/share/qemu/OVMF.fd", NULL, "another firmware\n"),
    ANY("host.virt.other_vms", TOOL "domains", NULL, "stranger\n"),
    ANY("host.virt.libvirt_net", "lab/net/tcp", "   0: ",
	"   9: 00000000:407D 00000000:0000 0A 0:0 00:0 0 0 0 1 1 0 100 0 0 10 0\n   0: "),
    ANY("host.virt.image_space", TOOL "df", "3290083328       7%", "1048576      99%"),

    /* G12, G13 */
    ANY("host.gpu.count", GPU1 "device", NULL, "0x2331\n"),
    ANY("host.gpu.vfio_bound", "sys/devices/pci0000:3a/*/driver", "vfio-pci", "pci-stub"),
    ANY("host.gpu.no_host_driver", "sys/module/nvidia/initstate", NULL, "live\n"),
    ANY("host.gpu.no_host_driver", "dev/nvidiactl", NULL, ""),
    ANY("host.gpu.cc_mode", TOOL "gputool", "CC mode is on", "CC mode is devtools"),
    ANY("host.gpu.boot_complete", TOOL "gputool",
	"GPU 0000:18:00.0 H100 0x2330 BAR0 0x200000000000 CC mode is on",
	"GPU 0000:18:00.0 [broken, cfg space working 1 bars configured 1]"),
    ANY("host.nvswitch.ppcie", TOOL "gputool",
	"LS10 0x22a3 BAR0 0x280000000000 PPCIe mode is off",
	"LS10 0x22a3 BAR0 0x280000000000 PPCIe mode is on"),
    ANY("host.gpu.cc_pending", TOOL "gputool", "enable = 1", "enable = 0"),
    ANY("host.gpu.inband_lock", TOOL "gputool", "enable-allow-inband-control = 0",
	"enable-allow-inband-control = 1"),
    ANY("host.gpu.pci_link", GPU1 "current_link_width", NULL, "8\n"),
    ANY("host.gpu.bars", GPU1 "resource", "0x0000204000000000 0x0000205fffffffff",
	"0x0000000000000000 0x0000000000000000"),
    ANY("host.gpu.numa", GPU1 "numa_node", NULL, "-1\n"),
    ANY("host.gpu.reset", GPU1 "reset_method", NULL, "bus\n"),
    ANY("host.gpu.in_use", SAYS, "fuser\t*\t1\t-", "fuser\t*\t0\t=1"),
    ANY("host.nvswitch.count", SWI1 "class", NULL, "0x020000\n"),
    ANY("host.nvswitch.bound", "sys/devices/pci0000:08/0000:08:00.0/driver", "vfio-pci",
	"nvidia"),
    ANY("host.nvlink.topology", TOOL "gputool", "module name SXM_2", "module name SXM_1"),

    /* G14 */
    ANY("host.nic.inventory", "sys/devices/pci0000:19/0000:19:00.0/vendor", NULL,
	"0x8086\n"),
    ANY("host.nic.inventory", "sys/devices/pci0000:2b/0000:2b:00.0/vendor", NULL,
	"0x8086\n"),
    ANY("host.pcie.aer", GPU1 "aer_dev_fatal", "TOTAL_ERR_FATAL 0", "TOTAL_ERR_FATAL 3"),
    ANY("host.storage.smart", TOOL "nvme.json", "\"critical_warning\":0",
	"\"critical_warning\":4"),
    ANY("host.storage.luks", "sys/block/dm-0/dm/uuid", "CRYPT-", "LVM-"),

    /* G15, G16 */
    ANY("host.time.skew", SAYS, "!/usr/bin/date", "=1700000000.5"),
    ANY("host.time.sync", TOOL "chrony.tracking", "Normal", "Not synchronised"),
    ANY("host.time.rtc",
	"sys/devices/system/clocksource/clocksource0/current_clocksource", NULL,
	"hpet\n"),
    ANY("host.net.egress", SAYS, "* https://*\t0\t=404", "* https://*\t7\t-"),
    ANY("host.net.dns", SAYS, "ahosts *\t0\t=192.0.2.10", "ahosts *\t2\t=192.0.2.10"),
    ANY("host.net.listeners", "lab/net/tcp", "   0: ",
	"   9: 00000000:1A0B 00000000:0000 0A 0:0 00:0 0 0 0 1 1 0 100 0 0 10 0\n   0: "),
    ANY("host.net.firewall", TOOL "nft", NULL, ""),
    ANY("host.svc.required", TOOL "units", "auditd active", "auditd failed"),
    ANY("host.svc.failed", TOOL "units.failed", NULL,
	"x.service loaded failed failed x\n"),
    ANY("host.svc.autoupdate", "etc/apt/apt.conf.d/20auto-upgrades",
	"Unattended-Upgrade \"0\"", "Unattended-Upgrade \"1\""),
    ANY("host.svc.autoupdate", TOOL "units", "rsyslog active",
	"rsyslog active\napt-daily-upgrade.timer active"),
    ANY("host.svc.autoupdate", "var/lib/dpkg/status", "Package: ovmf\nStatus: hold",
	"Package: ovmf\nStatus: install"),
    ANY("host.svc.pkg_integrity", SAYS, "-V *\t0\t-",
	"-V *\t2\t=??5??????   /usr/bin/qemu-system-x86_64"),
    ANY("host.svc.audit", TOOL "audit.status", "enabled 1", "enabled 0"),
    ANY("host.svc.log_remote", "etc/rsyslog.d/90-remote.conf", NULL, NULL),
    ANY("host.ssh.config", "etc/ssh/sshd_config", "X11Forwarding no",
	"X11Forwarding yes"),
    ANY("host.ssh.keys", "home/probe/.ssh/authorized_keys", "ssh-ed25519 ",
	"ssh-ed25519 "
	"AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
	"ssh-ed25519 "),
    ANY("host.users.uid0", "etc/passwd", "daemon:x:1:1", "daemon:x:0:0"),
    ANY("host.users.sudo", "etc/sudoers", "@includedir",
	"daemon ALL=(ALL) NOPASSWD: ALL\n@includedir"),
    ANY("host.debug.devmem", KCFG, "CONFIG_STRICT_DEVMEM=y",
	"# CONFIG_STRICT_DEVMEM is not set"),
    ANY("host.debug.devmem", "sys/kernel/security/lockdown", NULL,
	"[none] integrity confidentiality\n"),
    ANY("host.debug.kgdb", "sys/module/kgdboc/parameters/kgdboc", NULL, "ttyS0\n"),
    ANY("host.debug.serial", TOOL "units", "debug-shell inactive", "debug-shell active"),
    ANY("host.debug.usb", "etc/modprobe.d/usb-storage.conf", NULL, NULL),
    ANY("host.debug.bpf_tracers", "sys/kernel/tracing/kprobe_events", NULL,
	"p:kprobes/p_kvm kvm_vcpu_ioctl\n"),
    ANY("host.debug.msr_write", "sys/module/msr/parameters/allow_writes", NULL, "on\n"),
    {0},
};
