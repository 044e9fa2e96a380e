/* SPDX-License-Identifier: Apache-2.0
 * Every judge: a healthy host passes, one spoilt line fails it with its code, and without
 * its source it is UNKNOWN. */
#include "host_text.h"
#include "with_catalogue.h"

struct spoilt {
	const char *id;
	enum gh_tee tee;
	const char *item, *from, *to;
	enum gh_verdict verdict;
	const char *reason; /* code is id.reason */
};

#define T       GH_TEE_TDX
#define S       GH_TEE_SNP
#define F       GH_FAIL
#define W       GH_WARN
#define U       GH_UNKNOWN
#define CPU     "/sys/devices/system/cpu/"
#define VULN    CPU "vulnerabilities/"
#define GPU0    "/sys/bus/pci/devices/0000:18:00.0"
#define CCP     "/sys/bus/pci/drivers/ccp/0000:45:00.1"
#define RMP_BAD "SEV-SNP: Memory for the RMP table has not been reserved by BIOS"
#define V4      "00000000:0000"
#define STAMP   "2026-01-01,00:00:00.118 INFO     "
#define GPU     "GPU 0000:18:00.0 H100 0x2330 BAR0 0x9e000000"
#define SWITCH  "NvSwitch 0000:20:00.0 LS10 0x22a3 BAR0 0xa6000000"
#define KEY_B   "1111111111111111111111111111111111111111111111111111111111111111"

static const struct spoilt spoilts[] = {
    {"host.id.system", T, "sys", "SYS-821GE-TNHR", "SYS-421GE-TNRT", F, "product"},
    {"host.id.system", T, "dmi.root", "S123456X4B00001", "0123456789", F, "placeholder"},
    {"host.id.board", T, "sys", "X13DEG-OAD", "X13DEG-QT", W, "board"},
    {"host.id.board", T, "dmi.root", "UM23AS000001", "Default string", W, "placeholder"},
    {"host.id.machine_id", T, "sys", "8f7d2c51-", "", U, "malformed"},
    {"host.fw.bios_version", T, "sys", "bios_version:2.7a", "bios_version:1.4", W, "old"},
    {"host.fw.bios_version", T, "sys", "bios_version:2.7a", "bios_version:x", U,
	"malformed"},
    {"host.fw.bios_version", T, "sys", "bios_version:2.7a", "bios_version:2.6z", W,
	"old"},
    {"host.fw.nvme", T, "sys", "nvme1/firmware_rev:GDC5902Q",
	"nvme1/firmware_rev:GDC5602Q", W, "mixed"},
    {"host.fw.nvme", T, "sys", "nvme1/firmware_rev:GDC5902Q", "nvme1/firmware_rev:", U,
	"absent"},
    {"host.fw.nic", T, "nic.firmware", "fw.version 28.43.1014\n        fw 28.43.1014",
	"fw.version 28.42.1000\n        fw 28.42.1000", W, "pending"},
    {"host.fw.nic", T, "nic.firmware",
	"running:\n        fw.version 28.43.1014\n        fw 28.43.1014\n      stored:\n"
	"        fw.version 28.43.1014\n        fw 28.43.1014",
	"running:\n        fw.version 28.42.1000", W, "mixed"},
    {"host.fw.nic", T, "nic.firmware", NULL,
	"pci/0000:24:00.0:\n  driver mlx5_core\n  versions:\n      running:\n"
	"        fw.version 28.36.1010\n",
	W, "old"},
    {"host.fw.nic", T, "nic.firmware", NULL,
	"pci/0000:24:00.0:\n  driver mlx5_core\n  versions:\n", U, "malformed"},
    {"host.fw.nic", T, "nic.firmware", NULL,
	"pci/0000:4b:00.0:\n  driver ice\n  versions:\n      running:\n        fw 7\n", U,
	"none"},
    {"host.fw.bios_age", T, "sys", "10/28/2025", "28.10.2025", U, "malformed"},
    {"host.cpu.model", T, "cpu", "model\t\t: 207", "model\t\t: 85", F, "no_tee"},
    {"host.cpu.model", T, "cpu", "model\t\t: 207", "model\t\t: 143", W, "select_skus"},
    {"host.cpu.model", S, "cpu", "cpu family\t: 25", "cpu family\t: 23", F, "no_tee"},
    {"host.cpu.sockets_uniform", T, "cpu", "stepping\t: 2", "stepping\t: 1", F, "mixed"},
    {"host.cpu.sockets_uniform", T, "cpu", "stepping\t: 2\n", "", F, "mixed"},
    {"host.cpu.microcode", T, "microcode", "cpu2/microcode/version:0x210002c0",
	"cpu2/microcode/version:0x210002b3", F, "mixed"},
    {"host.cpu.microcode", T, "cpu", "microcode\t: 0x210002c0", "microcode\t: 0x21000200",
	F, "mixed"},
    {"host.cpu.microcode", T, "cpu", "stepping\t: 2", "stepping\t: 3", U, "no_floor"},
    {"host.cpu.microcode_early", T, "klog", "virt/tdx",
	"microcode: Reload completed, microcode revision: 0x1\nvirt/tdx", W, "late"},
    {"host.cpu.old_microcode", T, "vuln", "old_microcode:Not affected",
	"old_microcode:Vulnerable", W, "old"},
    {"host.cpu.production", T, "msr", "0xce 0000000080000000", "0xce 0000000008000000", F,
	"sample"},
    {"host.cpu.sgx_debug", T, "msr", "0x503 0000000000000000", "0x503 0000000000000002",
	F, "on"},
    {"host.cpu.debug_iface", T, "msr", "0000000040000000", "0000000040000001", F, "on"},
    {"host.cpu.debug_iface", T, "msr", "0000000040000000", "0000000000000000", F,
	"unlocked"},
    {"host.cpu.debug_iface", T, "msr", "0000000040000000", "00000000c0000000", F, "used"},
    {"host.cpu.feature_control", T, "msr", "0000000000040005", "0000000000040004", F,
	"unlocked"},
    {"host.cpu.feature_control", T, "msr", "0000000000040005", "0000000000000005", F,
	"sgx"},
    {"host.cpu.smm", T, "msr", "0x1f3 0000000000000800", "0x1f3 0000000000000000", W,
	"open"},
    {"host.cpu.smm", S, "msr", "0xc0010015 0000000000000001",
	"0xc0010015 0000000000000000", W, "unlocked"},
    {"host.cpu.amd_fused", S, "ccp", CCP "/fused_part:1", CCP "/fused_part:0", F,
	"fused_part"},
    {"host.cpu.amd_fused", S, "ccp", CCP "/debug_lock_on:1\n", "", U, "absent"},
    {"host.cpu.amd_rollback", S, "ccp", CCP "/rom_armor_enforced:1",
	CCP "/rom_armor_enforced:0", W, "rom_armor_enforced"},
    {"host.cpu.smt", T, "sys", "smt/active:1", "smt/active:x", U, "malformed"},
    {"host.cpu.vuln", T, "vuln", "l1tf:Not affected", "l1tf:Vulnerable: no microcode", F,
	"vulnerable"},
    {"host.cpu.ucode_cve", T, "cpu", "stepping\t: 2", "stepping\t: 3", U, "no_floor"},
    {"host.cpu.online", T, "sys", "cpu/offline:", "cpu/offline:2-3", W, "offline"},
    {"host.tdx.cpuflag", T, "cpuflags", "tdx_host_platform", "tdx", F, "absent_flag"},
    {"host.tdx.bios_keyids", T, "klog", "[64, 128)", "[64, 65)", F, "few"},
    {"host.tdx.bios_keyids", T, "klog", "private KeyID range", "", F, "no_line"},
    {"host.tdx.module_initialized", T, "klog", "module initialized",
	"module initialization failed (-5)", F, "too_old"},
    {"host.tdx.module_initialized", T, "klog", "module initialized",
	"module initialization failed (-19)", F, "failed"},
    {"host.tdx.module_initialized", T, "klog", "virt/tdx: module initialized", "", F,
	"no_line"},
    {"host.tdx.module_version", T, "klog", "20250219", "20231008", F, "old"},
    {"host.tdx.module_version", T, "klog", "20250219", "20211231", U, "unnamed"},
    {"host.tdx.module_version", T, "klog",
	"TDX module: attributes 0x0, vendor_id 0x8086, major_version 1, minor_version 5, "
	"build_date 20250219",
	"TDX module version: 1.5.24", W, "unlisted"},
    {"host.tdx.module_version", T, "klog", "20250219", "20250325", F, "cpu"},
    {"host.tdx.mrseam_expected", T, "klog", "20250219", "20211231", U, "unlisted"},
    {"host.tdx.seamldr", T, "msr", "0x500 0500000000000000", "0x500 0000000000000000", W,
	"none"},
    {"host.tdx.msr_tme", T, "msr", "cpu0 0x982 0000000000000003",
	"cpu0 0x982 0000000000000001", U, "uneven"},
    {"host.tdx.msr_seamrr", T, "msr", "cpu3 0x1401 0000000000000c00",
	"cpu3 0x1401 212152534d204f4e", U, "uneven"},
    {"host.tdx.msr_keys", T, "msr", "000000400000003f", "000000100000003f", F, "few"},
    {"host.tdx.msr_keys", T, "msr", "000000400000003f", "000000000000003f", F, "none"},
    {"host.tdx.msr_mcheck", T, "msr", "0xa0 0000000000000000", "0xa0 0000000000001861", F,
	"registration"},
    {"host.tdx.kvm_param", T, "sys", "parameters/tdx:Y", "parameters/tdx:N", F, "tdx"},
    {"host.tdx.kvm_param", T, "sys", "parameters/sgx:Y", "parameters/sgx:N", F, "sgx"},
    {"host.tdx.kvm_param", T, "sys", "/sys/module/kvm_intel/parameters/tdx:Y\n", "", F,
	"absent"},
    {"host.tdx.pamt", T, "klog", "KB allocated for PAMT", "", U, "no_line"},
    {"host.tdx.sleep", T, "sys", "state:freeze\n/sys/power/mem_sleep:[s2idle]",
	"state:freeze mem\n/sys/power/mem_sleep:s2idle [deep]", W, "s3"},
    {"host.tdx.registration", T, "registration", "passed successfully", "failed", F,
	"incomplete"},
    {"host.tdx.registration", T, "registration", NULL, "", U, "empty"},
    {"host.tdx.qgs", T, "units", "qgsd active", "qgsd failed", F, "inactive"},
    {"host.tdx.qgs", T, "qgs", NULL, "", F, "deaf"},
    {"host.tdx.qgs", T, "qgs", NULL, "vsock unseen: vsock_diag is not loaded", U,
	"unseen"},
    {"host.tdx.sgx_dev", T, "nodes", "/dev/sgx_enclave 660 root sgx",
	"/dev/sgx_enclave 666 root sgx", F, "mode"},
    {"host.tdx.sgx_dev", T, "nodes", "/dev/sgx_provision 660 root sgx_prv\n", "", F,
	"absent"},
    {"host.tdx.qcnl", T, "qcnl", "\"use_secure_cert\": true",
	"\"use_secure_cert\": false", W, "insecure"},
    {"host.tdx.qcnl", T, "qcnl", "https://", "http://", W, "plain"},
    {"host.snp.cpuflag", S, "cpuflags", "sev_snp ", "", F, "sev_snp"},
    {"host.snp.msr_syscfg", S, "msr", "0000000003f40000", "0000000000f40000", F, "snp"},
    {"host.snp.rmp", S, "klog", "SEV-SNP: RMP table physical range", RMP_BAD, F,
	"not_reserved"},
    {"host.snp.rmp", S, "msr", "0000000097900000", "0000000000000000", F, "range"},
    {"host.snp.fw_version", S, "klog", "SEV-SNP API:1.55 build:40",
	"SEV-SNP API:1.51 build:3", F, "old"},
    {"host.snp.fw_version", S, "klog", "SEV-SNP API:1.55 build:40",
	"SEV-SNP API:1 build:", U, "malformed"},
    {"host.snp.init", S, "klog", "kvm_amd: SEV-SNP",
	"ccp 0000:47:00.1: SEV: failed to INIT error 0x1, rc -5\nkvm_amd: SEV-SNP", F,
	"old_psp"},
    {"host.snp.init", S, "klog", "SEV-SNP enabled (ASIDs 1 - 99)",
	"SEV-SNP enabled (ASIDs 0 - 0)", F, "no_asid"},
    {"host.snp.kvm_param", S, "sys", "sev_snp:Y", "sev_snp:N", F, "off"},
    {"host.snp.kvm_param", S, "sys", "/sys/module/kvm_amd/parameters/sev:Y\n", "", F,
	"absent"},
    {"host.snp.iommu", S, "sys", "mem_encrypt=on", "iommu=pt amd_iommu=on", F, "cmdline"},
    {"host.snp.iommu", S, "klog", "AMD-Vi: IOMMU SNP support enabled.",
	"AMD-Vi: SNP: IOMMU disabled or configured in passthrough mode, SNP cannot be "
	"supported.",
	F, "refused"},
    {"host.snp.psp_bl", S, "ccp", "bootloader_version", "other", U, "absent"},
    {"host.snp.dev", S, "nodes", "/dev/sev 600 root root", "/dev/sev 660 root kvm", F,
	"mode"},
    {"host.snp.dev", S, "nodes", "/dev/sev 600 root root\n", "", F, "absent"},
    {"host.mem.encryption_active", T, "msr", "cpu0 0x982 0000000000000003",
	"cpu0 0x982 212152534d204f4e", U, "unreadable"},
    {"host.mem.ecc", T, "sys", "mc1/ue_count:0", "mc1/ue_count:1", W, "uncorrected"},
    {"host.mem.ecc", T, "sys", "mc1/ue_count:0", "mc1/ue_count:-", U, "malformed"},
    {"host.mem.swap", T, "sys", "\t\tPriority\n",
	"\t\tPriority\n/proc/swaps:/dev/nvme0n1p2 partition 8388604 0 -2\n", F, "plain"},
    {"host.mem.free", T, "sys", "MemAvailable:   2087654321", "MemAvailable:   4194304",
	F, "short"},
    {"host.mem.ksm_thp", T, "sys", "ksm/run:0", "ksm/run:1", W, "on"},
    {"host.mem.ksm_thp", T, "sys", "ksm/run:0", "ksm/run:", U, "malformed"},
    {"host.mem.coredump", T, "sys", "kexec_crash_loaded:0", "kexec_crash_loaded:1", W,
	"kdump"},
    {"host.mem.coredump", T, "sys", "core_pattern:|/usr/lib/systemd/systemd-coredump",
	"core_pattern:/tmp/core", W, "public"},
    {"host.mem.mor", T, "efi.mor", NULL, " 07 00", U, "short"},
    {"host.iommu.groups", T, "iommu.type", NULL, "", F, "off"},
    {"host.iommu.intremap", T, "klog", "DMAR-IR: Enabled IRQ remapping", "", F, "off"},
    {"host.iommu.intremap", T, "sys", "unsafe_interrupts:N", "unsafe_interrupts:Y", F,
	"unsafe"},
    {"host.iommu.isolation", T, "pci.group", "0000:10:01.0=0x060400",
	"0000:10:01.0=0x020700", F, "shared"},
    {"host.iommu.isolation", T, "pci.group",
	"0000:18:00.0 0000:10:01.0=0x060400 0000:18:00.0=0x030200", "0000:18:00.0 *=", F,
	"shared"},
    {"host.iommu.mode", S, "iommu.type", "DMA-FQ", "identity", W, "identity"},
    {"host.iommu.thunderbolt", T, "places", "/sys/firmware",
	"/sys/bus/thunderbolt/devices/0-0\n/sys/firmware", W, "present"},
    {"host.iommu.iommufd", T, "nodes", "/dev/iommu 660 root root\n", "", W, "absent"},
    {"host.boot.uefi", T, "places", NULL, "/sys/kernel/iommu_groups/0\n", F, "legacy"},
    {"host.boot.secureboot", T, "efi.secureboot", " 01", " 00", F, "off"},
    {"host.boot.secureboot", T, "efi.setupmode", "00 00 00 00", "00 00 00 01", F,
	"setup_mode"},
    {"host.boot.secureboot", T, "efi.secureboot", " 01", " 0", U, "malformed"},
    {"host.boot.pk", T, "efi.pk", NULL,
	"27 00 00 00 44 4f 20 4e 4f 54 20 54 52 55 53 54 20 2d 20 41 4d 49", F,
	"test_key"},
    {"host.boot.pk", T, "efi.pk", NULL, "27 00 00 00", F, "empty"},
    {"host.boot.tpm", T, "sys", "tpm_version_major:2", "tpm_version_major:1", F,
	"version"},
    {"host.boot.tpm_empty_pcr", T, "sys", "pcr-sha256/4:",
	"pcr-sha256/4:0000000000000000000000000000000000000000000000000000000000000000\n",
	F, "empty"},
    {"host.boot.tpm_empty_pcr", T, "sys", "pcr-sha256/7:", "pcr-sha256/7:0", U,
	"malformed"},
    {"host.boot.pcr0_replay", T, "sys", "pcr-sha256/4:",
	"pcr-sha256/4:0000000000000000000000000000000000000000000000000000000000000000\n",
	F, "mismatch"},
    {"host.boot.pcr0_replay", T, "sys", "pcr-sha256/14:",
	"pcr-sha256/"
	"14:0000000000000000000000000000000000000000000000000000000000000000\n",
	F, "mismatch"},
    {"host.boot.pcr0_replay", T, "sys", "pcr-sha256/0:", "pcr-sha256/0:x", U, "absent"},
    {"host.boot.pcr0_replay", T, "tpm.log", "AAAAAAMA", "AAAAAAQA", U, "malformed"},
    {"host.boot.tpm_quote", T, "sys", "pcr-sha256/4:",
	"pcr-sha256/4:0000000000000000000000000000000000000000000000000000000000000000\n",
	W, "pcrs"},
    {"host.boot.tpm_quote", T, "tpm.quote", "quoted: ff", "quoted: fe", U, "malformed"},
    {"host.boot.tpm_quote", T, "tpm.quote", TPM_NONCE, "00112233445566778899aabbccddeeff",
	W, "signature"},
    {"host.boot.tpm_quote", T, "tpm.quote", "00050072", "00040072", W, "not_restricted"},
    {"host.boot.db", T, "efi.db", "554546492043412032303233", "55454649204341203230323a",
	W, "db"},
    {"host.boot.db", T, "efi.kek", "324b2043412032303233", "324b2043412032303234", W,
	"kek"},
    {"host.boot.db", T, "efi.kek", NULL, "27000000 00", U, "malformed"},
    {"host.boot.db", T, "efi.dbx", NULL,
	"27000000 2616c4c14c509240aca941f936934328 4c000000 00000000 30000000 "
	"00000000000000000000000000000000 "
	"0000000000000000000000000000000000000000000000000000000000000001",
	W, "dbx"},
    {"host.boot.db", T, "efi.dbx", NULL, "27000000", U, "short"},
    {"host.boot.sbat", T, "efi.sbat", "323032333031323930300a", "323032313033303231380a",
	W, "old"},
    {"host.boot.sbat", T, "efi.sbat", "73626174", "73626173", U, "malformed"},
    {"host.boot.mok", T, "efi.mok", "43616e6f6e6963616c", "4d616c6c6f72794161", W,
	"strange"},
    {"host.boot.mok", T, "efi.mok", "27000000", "2700000000", U, "malformed"},
    {"host.boot.bootservicevars", T, "places", "efivars/MokListRT-", "efivars/MokList-",
	W, "exposed"},
    {"host.boot.bootservicevars", T, "places", "efivars/SecureBoot-", "efivars/x-", U,
	"absent"},
    {"host.boot.bootguard", T, "msr", "000000050000006d", "000000050000000d", W, "off"},
    {"host.boot.bootguard", T, "msr", "000000050000006d", "00000005000000ed", W,
	"revoked"},
    {"host.boot.bootguard", T, "msr", "000000050000006d", "000000000000006d", W,
	"unproven"},
    {"host.boot.bootguard", S, "ccp", "fused_part:1", "fused_part:0", W, "off"},
    {"host.boot.ima", T, "dmi.root", "count:4711", "count:x", U, "malformed"},
    {"host.kernel.signed", T, "kernel.image", "9f2c", "9f2d", W, "unknown_kernel"},
    {"host.kernel.signed", T, "kernel.image", "9f2c", "zzzz", U, "malformed"},
    {"host.mem.hugepages", T, "sys", "2048kB/nr_hugepages:0", "2048kB/nr_hugepages:512",
	W, "unplanned"},
    {"host.mem.hugepages", T, "sys", "2048kB/nr_hugepages:0", "2048kB/nr_hugepages:-", U,
	"malformed"},
    {"host.mem.memlock", T, "memlock", "infinity", "67108864", W, "limited"},
    {"host.mem.memlock", T, "units", "libvirtd active", "libvirtd inactive", U, "absent"},
    {"host.tdx.dimms", T, "dimms", "64 GB", "No Module Installed", W, "few"},
    {"host.tdx.dimms", T, "dimms", "64 GB", "32 GB", W, "size"},
    {"host.tdx.dimms", T, "dimms", "No Module Installed", "64 GB", W, "uneven"},
    {"host.tdx.dimms", T, "dimms",
	"64 GB\n\tLocator: P1-DIMMA1\n\tBank Locator: P0_Node0_Channel0_Dimm0\n"
	"Memory Device\n\tSize: No Module Installed",
	"No Module Installed\n\tLocator: P1-DIMMA1\n"
	"\tBank Locator: P0_Node0_Channel0_Dimm0\nMemory Device\n\tSize: 64 GB",
	W, "slot"},
    {"host.tdx.dimms", T, "dimms", NULL, "", U, "absent"},
    {"host.tdx.pccs", T, "pccs", " 200", " 404", W, "status"},
    {"host.tdx.pccs", T, "pccs", " 200", "", U, "malformed"},
    {"host.tdx.pccs", T, "pccs", NULL,
	"https://api.trustedservices.intel.com/sgx/certification/v4/", GH_SKIP,
	"not_applicable"},
    {"host.snp.tcb_match", S, "snp.status", "Microcode:   84", "Microcode:   83", W,
	"differs"},
    {"host.snp.tcb_match", S, "snp.status", "Microcode:   84", "Microcode:   x", U,
	"malformed"},
    {"host.snp.tcb_match", S, "snp.status", NULL,
	"status 01370102 2b000000 20000000 00000000 0a0000000000194 70a00000000001947", W,
	"old"},
    {"host.snp.alias", S, "snp.status", "\"pass\"", "\"fail\"", F, "incomplete"},
    {"host.snp.alias", S, "snp.status", "Alias check", "Other check", U, "absent"},
    {"host.snp.ciphertext_hiding", S, "snp.status", "Identifier: 01", "Identifier: ", U,
	"malformed"},
    {"host.boot.lockdown", T, "sys", "none [integrity]", "[none] integrity", W, "none"},
    {"host.boot.uptime", T, "sys", "uptime:86400", "uptime:x", U, "malformed"},
    {"host.kernel.version", T, "sys", "osrelease:6.17.0", "osrelease:6.14.0", F, "old"},
    {"host.kernel.version", S, "sys", "osrelease:6.17.0", "osrelease:6.8.0", F, "old"},
    {"host.kernel.config", T, "kconfig", "CONFIG_X86_SGX_KVM=y",
	"# CONFIG_X86_SGX_KVM is not set", F, "missing"},
    {"host.kernel.config", S, "kconfig", "CONFIG_KVM_AMD_SEV=y\n", "", F, "missing"},
    {"host.kernel.kconfig_hardening", T, "kconfig", "CONFIG_VMAP_STACK=y\n", "", W,
	"missing"},
    {"host.kernel.cmdline_forbidden", T, "sys", "nohibernate",
	"nohibernate mitigations=off", F, "present"},
    {"host.kernel.cmdline_required", T, "sys", "nohibernate", "", F, "nohibernate"},
    {"host.kernel.cmdline_required", T, "sys", "intel_iommu=on", "intel_iommu=off", F,
	"intel_iommu"},
    {"host.kernel.cmdline_required", S, "sys", "mem_encrypt=on", "mem_encrypt=off", F,
	"mem_encrypt"},
    {"host.kernel.taint", T, "sys", "tainted:0", "tainted:4097", W, "tainted"},
    {"host.kernel.modules", T, "modules", "vfio_pci", "nvidia", W, "forbidden"},
    {"host.kernel.modules", T, "modules", NULL, "", U, "empty"},
    {"host.kernel.sysctl", T, "sys", "dmesg_restrict:1", "dmesg_restrict:0", W, "weak"},
    {"host.kernel.sysctl", T, "sys", "/proc/sys/kernel/sysrq:0\n", "", U, "absent"},
    {"host.kernel.kexec", T, "sys", "kexec_load_disabled:1", "kexec_load_disabled:0", W,
	"on"},
    {"host.kernel.lsm", T, "sys", "yama,apparmor", "yama", W, "missing"},
    {"host.kernel.entropy", T, "sys", "entropy_avail:256", "entropy_avail:12", W, "low"},
    {"host.kernel.errors", T, "klog", "virt/tdx",
	"mce: [Hardware Error]: CPU 3: Machine Check\nvirt/tdx", W, "hardware"},
    {"host.virt.kvm", T, "nodes", "/dev/kvm 660 root kvm", "/dev/kvm 666 root kvm", F,
	"mode"},
    {"host.virt.kvm", T, "nodes", "/dev/kvm 660 root kvm\n", "", F, "absent"},
    {"host.virt.qemu_version", T, "qemu.objects", "  tdx-guest\n", "", F, "object"},
    {"host.virt.qemu_version", T, "qemu.objects", NULL, "", U, "empty"},
    {"host.virt.libvirt", T, "libvirt.caps", "tdx", "sev", F, "unsupported"},
    {"host.virt.libvirt", T, "libvirt.caps", NULL, "<domainCap", U, "malformed"},
    {"host.virt.qemu_user", T, "libvirt.conf", "libvirt-qemu", "root", W, "root"},
    {"host.virt.qemu_user", T, "libvirt.conf", "\"apparmor\"", "\"none\"", W,
	"unconfined"},
    {"host.virt.other_vms", T, "libvirt.domains", NULL, "gatehouse-a\nminer\n", F,
	"foreign"},
    {"host.virt.libvirt_net", T, "listeners", "0100007F:170C", "00000000:170C", W,
	"open"},
    {"host.virt.libvirt_net", T, "listeners6", "01000000:407D", "00000000:407D", W,
	"open"},
    {"host.virt.vsock", T, "nodes", "/dev/vhost-vsock 660 root kvm\n", "", W, "absent"},
    {"host.gpu.count", T, "pci", "/sys/bus/pci/devices/0000:1f:00.0/class:0x030200",
	"/sys/bus/pci/devices/0000:1f:00.0/class:0x020000", F, "count"},
    {"host.gpu.count", T, "pci", "0x2330", "0x2331", F, "mixed"},
    {"host.gpu.vfio_bound", T, "pci.driver", "drivers/vfio-pci", "drivers/nvidia", F,
	"driver"},
    {"host.gpu.vfio_bound", T, "pci.driver", "0000:18:00.0/driver -> ", "", F, "unbound"},
    {"host.gpu.no_host_driver", T, "modules", "vfio_pci", "nvidia_uvm", F, "module"},
    {"host.gpu.no_host_driver", T, "places", "/sys/class", "/dev/nvidia0\n/sys/class", F,
	"node"},
    {"host.gpu.pci_link", T, "pci", "current_link_width:16", "current_link_width:8", W,
	"narrow"},
    {"host.gpu.bars", T, "pci", "0x0000381fffffffff", "0x000038000fffffff", F, "size"},
    {"host.gpu.numa", T, "pci", GPU0 "/numa_node:0", GPU0 "/numa_node:-1", W, "node"},
    {"host.gpu.numa", T, "pci", GPU0 "/numa_node:0", GPU0 "/numa_node:1", W, "uneven"},
    {"host.gpu.reset", T, "pci", "flr bus", "bus", W, "no_flr"},
    {"host.gpu.in_use", T, "vfio.users", NULL, "4711 qemu-system-x86\n", F, "held"},
    {"host.nvswitch.count", T, "pci", "0x068000", "0x060400", F, "count"},
    {"host.nvswitch.bound", T, "pci.driver",
	"0000:20:00.0/driver -> ../../../bus/pci/drivers/vfio-pci",
	"0000:20:00.0/driver -> ../../../bus/pci/drivers/nvidia-nvswitch", F, "driver"},
    {"host.nic.inventory", T, "pci", "0x15b3", "0x8086", W, "few"},
    {"host.pcie.aer", T, "pci.aer", "TOTAL_ERR_NONFATAL 0", "TOTAL_ERR_NONFATAL 7", W,
	"errors"},
    {"host.storage.luks", T, "dm", "CRYPT-LUKS2", "LVM", W, "plain"},
    {"host.storage.luks", T, "mounts", "/dev/mapper/vg-root / ", "/dev/nvme0n1p2 / ", W,
	"plain"},
    {"host.time.sync", T, "time", "Normal", "Not synchronised", F, "unsynchronised"},
    {"host.time.sync", T, "time", "-0.000012345", "-0.600000000", F, "offset"},
    {"host.time.sync", T, "time", NULL, "NTPSynchronized=no", F, "unsynchronised"},
    {"host.time.sync", T, "time", NULL, "506 Cannot talk to daemon", U, "malformed"},
    {"host.time.rtc", T, "sys", "clocksource:tsc", "clocksource:hpet", W, "not_tsc"},
    {"host.svc.required", T, "units", "auditd active", "auditd failed", F, "inactive"},
    {"host.svc.required", T, "units", "qgsd active", "qgsd inactive", F, "inactive"},
    {"host.svc.required", T, "units", NULL, "libvirtd System", U, "malformed"},
    {"host.svc.failed", T, "units.failed", NULL, "ipmievd.service loaded failed failed\n",
	W, "failed"},
    {"host.svc.audit", T, "audit", "enabled 1", "enabled 0", W, "off"},
    {"host.svc.audit", T, "audit.rules", NULL, "No rules\n", W, "no_rules"},
    {"host.ssh.config", T, "sshd", "passwordauthentication no",
	"passwordauthentication yes", W, "weak"},
    {"host.ssh.config", T, "sshd", "aes256-gcm", "3des-cbc,aes256-gcm", W, "weak"},
    {"host.users.uid0", T, "users", "uid0 root", "uid0 root\nuid0 toor", F,
	"second_root"},
    {"host.users.uid0", T, "users", "uid0 root", "uid0 root\nnopassword bob", F,
	"empty_password"},
    {"host.users.uid0", T, "users", "accounts 31", "", U, "malformed"},
    {"host.debug.devmem", T, "sys", "nohibernate", "iomem=relaxed", W, "relaxed"},
    {"host.debug.kgdb", T, "sys", "kgdboc:", "kgdboc:ttyS0", W, "kgdboc"},
    {"host.debug.kgdb", T, "mounts", "tmpfs /tmp",
	"debugfs /sys/kernel/debug debugfs rw 0 0\ntmpfs /tmp", W, "debugfs"},
    {"host.debug.serial", T, "units", "debug-shell inactive", "debug-shell active", W,
	"shell"},
    {"host.gpu.cc_mode", T, "gputool", GPU " CC mode is off", GPU " CC mode is devtools",
	F, "devtools"},
    {"host.gpu.cc_mode", T, "gputool", GPU " CC mode is off",
	GPU " CC mode is invalid-devtools-only-fix-by-setting-cc-mode", F, "invalid"},
    {"host.gpu.cc_mode", T, "gputool", GPU " CC mode is off", GPU " CC mode is on", F,
	"mixed"},
    {"host.gpu.cc_mode", T, "gputool", GPU " PPCIe mode is on", GPU " PPCIe mode is off",
	F, "mixed"},
    {"host.gpu.cc_mode", T, "gputool", GPU " CC mode is off", GPU " CC mode", U, "few"},
    {"host.gpu.cc_mode", T, "gputool", NULL, "no such thing", U, "unsaid"},
    {"host.gpu.cc_pending", T, "gputool", "PPCIe settings:\n" STAMP "  enable = 1",
	"PPCIe settings:\n" STAMP "  enable = 0", W, "pending"},
    {"host.gpu.cc_pending", T, "gputool", "  enable = 0", "  enable = 1", W, "pending"},
    {"host.gpu.cc_pending", T, "gputool", "  enable-devtools = 0", "  x", U, "few"},
    {"host.gpu.inband_lock", T, "gputool", "-allow-inband-control = 0",
	"-allow-inband-control = 1", W, "open"},
    {"host.gpu.inband_lock", T, "gputool", NULL, "", U, "few"},
    {"host.gpu.boot_complete", T, "gputool", GPU " CC mode is off",
	"GPU 0000:18:00.0 [broken, cfg space working 1 bars configured 1]", F, "broken"},
    {"host.gpu.boot_complete", T, "gputool", GPU " CC mode is off",
	"Device 0000:18:00.0 0x2330 in sec fault 0x3", F, "broken"},
    {"host.gpu.boot_complete", T, "gputool", GPU " CC mode is off",
	"gpu.error.GpuError: gpu " GPU " reg 0x1182cc = 0xbadf0200, bad?", F, "broken"},
    {"host.gpu.boot_complete", T, "gputool", GPU " CC mode is off",
	"Timed out polling register boot_complete (0x200bc), value 0x0 is not the", F,
	"timeout"},
    {"host.gpu.boot_complete", T, "gputool", GPU " CC mode is off", "", U, "few"},
    {"host.gpu.boot_complete", T, "gputool", NULL,
	"ERROR    Device /sys/bus/pci/devices/0000:18:00.0 broken [Errno 1] Operation "
	"not permitted\nGPU 0000:18:00.0 [broken, cfg space working 1]",
	U, "lockdown"},
    {"host.nvswitch.ppcie", T, "gputool", SWITCH " PPCIe mode is on",
	SWITCH " PPCIe mode is off", F, "mixed"},
    {"host.nvswitch.ppcie", T, "gputool", SWITCH " PPCIe mode is on", "", U, "few"},
    {"host.nvlink.topology", T, "gputool", "name SXM_2", "name SXM_1", W, "double"},
    {"host.nvlink.topology", T, "gputool", "name SXM_8", "name SXM_9", W, "place"},
    {"host.nvlink.topology", T, "gputool", "name NVSwitch_0", "name SXM_4", W, "place"},
    {"host.nvlink.topology", T, "gputool", " module name SXM_3", "", U, "few"},
    {"host.virt.ovmf", T, "ovmf", OVMF_HASH "  /usr/share/q", KEY_B "  /usr/share/q", F,
	"unknown"},
    {"host.virt.ovmf", T, "ovmf", "named /usr", "named /opt", F, "gone"},
    {"host.virt.ovmf", T, "ovmf", NULL, "\n", U, "none"},
    {"host.virt.image_space", T, "space", " 3290083328 ", " 20971519 ", F, "short"},
    {"host.virt.image_space", T, "space", " 3290083328 ", " - ", U, "malformed"},
    {"host.storage.smart", T, "nvme", "{ \"value\":0 }", "{ \"value\":4 }", W, "warning"},
    {"host.storage.smart", T, "nvme", "\"critical_warning\": 0",
	"\"critical_warning\": 1", W, "warning"},
    {"host.storage.smart", T, "nvme", "_used\":2", "_used\":100", W, "worn"},
    {"host.storage.smart", T, "nvme", "/dev/nvme0 {", "/dev/nvme0 [", U, "malformed"},
    {"host.storage.smart", T, "nvme", NULL, "", U, "none"},
    {"host.net.egress", T, "net.egress", "ocsp.ndis.nvidia.com 0 200",
	"ocsp.ndis.nvidia.com 28 000", W, "unreachable"},
    {"host.net.egress", T, "net.egress", "ocsp.ndis.nvidia.com 0 200",
	"ocsp.ndis.nvidia.com 0 000", W, "unreachable"},
    {"host.net.egress", S, "net.egress", "kdsintf.amd.com 0", "x 0", U, "few"},
    {"host.net.dns", T, "net.dns", ".invalid 2 ", ".invalid 0 198.51.100.9", W, "hijack"},
    {"host.net.dns", T, "net.dns", "rim.attestation.nvidia.com 0 192.0.2.7",
	"rim.attestation.nvidia.com 2 ", W, "unresolved"},
    {"host.net.dns", T, "net.dns", ".invalid", ".x", W, "unresolved"},
    {"host.net.dns", T, "net.dns", NULL, "rim.attestation.nvidia.com 0 192.0.2.7", U,
	"malformed"},
    {"host.net.listeners", T, "listeners", "0100007F:170C", "00000000:006F", W, "open"},
    {"host.net.listeners", T, "listeners6", "01000000:407D", "00000000:407D", W, "open"},
    {"host.net.listeners", T, "udp", "0100007F:0143", "00000000:14E9", W, "open"},
    {"host.net.listeners", T, "udp", NULL, "", U, "empty"},
    {"host.net.firewall", T, "firewall", "policy drop", "policy accept", W, "open"},
    {"host.net.firewall", T, "firewall", "inet", "ip", W, "half"},
    {"host.net.firewall", T, "firewall", NULL, "none", W, "open"},
    {"host.net.firewall", T, "firewall", NULL, "", U, "empty"},
    {"host.svc.autoupdate", T, "holds", "Package: ovmf", "Package: vim", W, "unheld"},
    {"host.svc.autoupdate", T, "units", "apt-daily-upgrade.timer", "x", U, "malformed"},
    {"host.svc.pkg_integrity", T, "pkg.verify", "missing",
	"??5??????   /usr/share/OVMF/OVMF_CODE_4M.fd\nmissing", W, "changed"},
    {"host.svc.pkg_integrity", T, "pkg.verify", "missing",
	"missing     /usr/share/OVMF/OVMF_CODE_4M.fd\nmissing", W, "changed"},
    {"host.svc.pkg_integrity", T, "pkg.verify", "packages 0", "packages 124", U,
	"unverified"},
    {"host.svc.pkg_integrity", T, "pkg.verify", NULL, "", U, "none"},
    {"host.svc.log_remote", T, "conf", "*.* @@", "#*.* @@", W, "local"},
    {"host.svc.log_remote", T, "units", "rsyslog active", "rsyslog failed", W, "local"},
    {"host.svc.log_remote", T, "units", "rsyslog active", "", U, "malformed"},
    {"host.ssh.keys", T, "ssh.keys", "ops:", "eve:" KEY_B "\nops:", W, "unknown"},
    {"host.ssh.keys", T, "ssh.keys", "ops:0d1e", "ops:1d1e", W, "unknown"},
    {"host.ssh.keys", T, "ssh.keys", "ops:" OPS_KEYS "\nfiles 2", "files 1", W, "fewer"},
    {"host.ssh.keys", T, "ssh.keys", "files 2", "files 3", U, "malformed"},
    {"host.ssh.keys", T, "ssh.keys", "files 2", "", U, "malformed"},
    {"host.ssh.keys", T, "sshd", "permitrootlogin",
	"authorizedkeyscommand /opt/keys\npermitrootlogin", W, "command"},
    {"host.ssh.keys", T, "sshd", "permitrootlogin",
	"authorizedkeysfile /etc/keys/%u\npermitrootlogin", U, "elsewhere"},
    {"host.users.sudo", T, "sudo", "gatehouse ALL", "eve ALL", W, "nopasswd"},
    {"host.users.sudo", T, "sudo", "/usr/bin/sh -s *", "ALL", W, "nopasswd"},
    {"host.users.sudo", T, "sudo", "sh -s *", "sh -s *, /bin/bash", W, "nopasswd"},
    {"host.users.sudo", T, "sudo", "files 2",
	"/etc/sudoers:Defaults !authenticate\nfiles 2", W, "nopasswd"},
    {"host.users.sudo", T, "sudo", "files 2", "", U, "malformed"},
    {"host.debug.usb", T, "conf", "install usb-storage", "install floppy", W, "open"},
    {"host.debug.usb", T, "modules", "vfio_pci", "usb_storage", W, "loaded"},
    {"host.debug.usb", T, "modules", NULL, NULL, U, "missing"},
    {"host.debug.bpf_tracers", T, "tracers", "tcp_connect", "kvm_vm_ioctl", W, "guest"},
    {"host.debug.bpf_tracers", T, "tracers", "bpf:0",
	"/sys/kernel/tracing/uprobe_events:p:u/x /usr/bin/qemu-system-x86_64:0x1\nbpf:0",
	W, "guest"},
    {"host.debug.bpf_tracers", T, "tracers", "tracer:nop", "tracer:function", W,
	"tracer"},
    {"host.debug.bpf_tracers", T, "tracers", NULL, "bpf:255\n", U, "unseen"},
    {"host.debug.msr_write", T, "sys", "allow_writes:off", "allow_writes:on", W, "on"},
};

/* Judged on the probe alone; those that read a BMC have tables of their own. */
static bool over_ssh(const char *id)
{
	const struct gh_check *c = gh_catalogue_get(cat, id);

	return c && strcmp(c->channel, "ssh") == 0;
}

static void judge(struct gh_result *out, const struct text_host *h, enum gh_tee tee)
{
	struct gh_host host = fleet_host(tee);
	struct gh_probe p;
	probe_of(&p, h);
	memset(out, 0, sizeof(*out));
	assert_int_equal(0, run_checks(out, cat, &p, &host));
	gh_probe_free(&p);
}

static void make(struct text_host *h, enum gh_tee tee)
{
	if (tee == T)
		tdx_host(h);
	else
		snp_host(h);
}

static void healthy(enum gh_tee tee)
{
	struct text_host h;
	struct gh_result r;
	make(&h, tee);
	judge(&r, &h, tee);
	for (size_t i = 0; i < r.findings.n; i++) {
		const struct gh_finding *f = &r.findings.at[i];
		if (strcmp(f->step, "host.probe") != 0 && !over_ssh(f->step))
			continue;
		if (f->verdict != GH_PASS)
			print_error("%s is %s: %s %s\n", f->step,
			    gh_verdict_word(f->verdict), f->observed, f->why);
		assert_int_equal(GH_PASS, f->verdict);
		assert_string_equal("", f->code);
		assert_true(
		    f->observed[0] && f->expected[0] && f->why[0] && f->source[0]);
		if (strcmp(f->step, "host.probe") != 0) {
			assert_int_equal(3, strlen(f->parent));
			assert_true(f->remedy[0] != '\0');
		}
	}
	gh_result_free(&r);
	text_host_free(&h);
}

static void test_tdx_host_when_healthy_then_every_check_passes(void **state)
{
	(void)state;
	healthy(T);
}

static void test_snp_host_when_healthy_then_every_check_passes(void **state)
{
	(void)state;
	healthy(S);
}

static void spoil_one(const struct spoilt *s)
{
	char code[128];
	struct text_host h;
	struct gh_result r;
	make(&h, s->tee);
	spoil(&h, s->item, s->from, s->to);
	judge(&r, &h, s->tee);
	const struct gh_finding *f = gh_findings_get(&r.findings, "gpu-a", s->id);
	assert_non_null(f);
	snprintf(code, sizeof(code), "%s.%s", s->id, s->reason);
	if (f->verdict != s->verdict || strcmp(f->code, code) != 0)
		print_error("%s: %s %s, expected %s %s: %s\n", s->id,
		    gh_verdict_word(f->verdict), f->code, gh_verdict_word(s->verdict),
		    code, f->observed);
	assert_int_equal(s->verdict, f->verdict);
	assert_string_equal(code, f->code);
	assert_true(f->observed[0] || f->verdict == GH_UNKNOWN);
	gh_result_free(&r);
	text_host_free(&h);
}

static void test_each_check_when_spoilt_then_its_own_code(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(spoilts); i++)
		spoil_one(&spoilts[i]);
}

/* Checks that can fail must fail in the table above; the others only record. */
static void test_spoilt_table_when_read_then_covers_every_check(void **state)
{
	static const char *const records[] = {"host.cpu.microcode", "host.cpu.ucode_cve",
	    "host.kernel.livepatch", "host.virt.nested", "host.gpu.power_state",
	    "host.nic.link", "host.storage.mounts", "host.kernel.module_sig",
	    "host.users.sessions"};
	(void)state;
	for (size_t i = 0; i < gh_catalogue_count(cat); i++) {
		const struct gh_check *c = gh_catalogue_at(cat, i);
		bool found = !gh_check_applies(c, T) && !gh_check_applies(c, S);
		found |= !over_ssh(c->id);
		for (size_t k = 0; k < GH_COUNT(spoilts); k++)
			found |= !strcmp(spoilts[k].id, c->id);
		for (size_t k = 0; k < GH_COUNT(records); k++)
			found |= !strcmp(records[k], c->id);
		if (!found)
			print_error("no bad case for %s\n", c->id);
		assert_true(found);
	}
}

static void none_passes(struct text_host *h, enum gh_tee tee)
{
	struct gh_result r;
	judge(&r, h, tee);
	for (size_t i = 0; i < r.findings.n; i++) {
		const struct gh_finding *f = &r.findings.at[i];
		if (!over_ssh(f->step))
			continue;
		if (f->verdict != GH_UNKNOWN)
			print_error("%s: %s %s\n", f->step, gh_verdict_word(f->verdict),
			    f->observed);
		assert_int_equal(GH_UNKNOWN, f->verdict);
		assert_true(f->code[0] && f->why[0]);
	}
	gh_result_free(&r);
}

static void test_all_checks_when_no_items_then_unknown(void **state)
{
	(void)state;
	for (int tee = T; tee <= (int)S; tee++) {
		struct text_host h = {.n = 0};
		none_passes(&h, (enum gh_tee)tee);
	}
}

static void test_all_checks_when_every_item_unread_then_unknown(void **state)
{
	static const int rcs[] = {1, 2, 123, 124, 126, 127, 255};
	(void)state;
	for (int tee = T; tee <= (int)S; tee++) {
		for (size_t k = 0; k < GH_COUNT(rcs); k++) {
			struct text_host h;
			make(&h, (enum gh_tee)tee);
			for (size_t i = 0; i < h.n; i++)
				h.item[i].rc = rcs[k];
			if (rcs[k] == 2) /* absent by right: no MOR variable, no IPv6 */
				find_item(&h, "efi.mor")->rc =
				    find_item(&h, "listeners6")->rc = 124;
			none_passes(&h, (enum gh_tee)tee);
			text_host_free(&h);
		}
	}
}

/* Empty data says nothing, save where silence is the good answer. */
static void test_all_checks_when_items_empty_then_never_pass(void **state)
{
	static const char *const silent[] = {"host.iommu.thunderbolt",
	    "host.kernel.livepatch", "host.virt.other_vms", "host.svc.failed",
	    "host.gpu.in_use", "host.virt.qemu_user", "host.virt.libvirt_net",
	    "host.users.sessions"};
	(void)state;
	for (int tee = T; tee <= (int)S; tee++) {
		struct text_host h;
		struct gh_result r;
		make(&h, (enum gh_tee)tee);
		for (size_t i = 0; i < h.n; i++)
			h.item[i].text[0] = '\0';
		judge(&r, &h, (enum gh_tee)tee);
		for (size_t i = 0; i < r.findings.n; i++) {
			const struct gh_finding *f = &r.findings.at[i];
			bool ok = f->verdict != GH_PASS || !strcmp(f->step, "host.probe");
			for (size_t k = 0; k < GH_COUNT(silent); k++)
				ok |= !strcmp(silent[k], f->step);
			if (!ok)
				print_error(
				    "%s passes on nothing: %s\n", f->step, f->observed);
			assert_true(ok);
		}
		gh_result_free(&r);
		text_host_free(&h);
	}
}

static enum gh_verdict verdict_of(const struct gh_result *r, const char *id)
{
	const struct gh_finding *f = gh_findings_get(&r->findings, NULL, id);
	assert_non_null(f);
	return f->verdict;
}

/* The boundary of each floor, with all CPUs alike. */
static void microcode_at(const char *rev, enum gh_verdict base, enum gh_verdict cve)
{
	struct text_host h;
	struct gh_result r;
	tdx_host(&h);
	for (int i = 0; i < 4; i++) {
		spoil(&h, "cpu", "0x210002c0", rev);
		spoil(&h, "microcode", "0x210002c0", rev);
	}
	judge(&r, &h, T);
	assert_int_equal(base, verdict_of(&r, "host.cpu.microcode"));
	assert_int_equal(cve, verdict_of(&r, "host.cpu.ucode_cve"));
	gh_result_free(&r);
	text_host_free(&h);
}

static void test_microcode_when_at_floor_then_passes_and_below_fails(void **state)
{
	(void)state;
	microcode_at("0x210002a8", GH_FAIL, GH_FAIL);
	microcode_at("0x210002a9", GH_PASS, GH_FAIL);
	microcode_at("0x210002b2", GH_PASS, GH_FAIL);
	microcode_at("0x210002b3", GH_PASS, GH_PASS);
	microcode_at("0", GH_UNKNOWN, GH_UNKNOWN);
}

/* A BIOS from the future is of a negative age; a bound that is not set does not count. */
static void test_number_when_not_bounded_then_recorded_whatever_it_is(void **state)
{
	struct text_host h;
	struct gh_result r;

	(void)state;
	tdx_host(&h);
	spoil(&h, "sys", "10/28/2025", "10/28/2045");
	judge(&r, &h, T);
	assert_int_equal(GH_PASS, verdict_of(&r, "host.fw.bios_age"));
	gh_result_free(&r);
	text_host_free(&h);
}

static void test_log_when_its_beginning_is_lost_then_absence_is_unknown(void **state)
{
	static const char *const ids[] = {"host.tdx.bios_keyids",
	    "host.tdx.module_initialized", "host.iommu.intremap", "host.kernel.errors",
	    "host.cpu.microcode_early"};
	struct text_host h;
	struct gh_result r;
	(void)state;
	tdx_host(&h);
	spoil(&h, "klog", NULL, "virt/tdx: something else");
	judge(&r, &h, T);
	for (size_t i = 0; i < GH_COUNT(ids); i++)
		assert_int_equal(GH_UNKNOWN, verdict_of(&r, ids[i]));
	gh_result_free(&r);
	text_host_free(&h);
}

static void test_gpu_checks_when_fleet_has_no_gpu_then_skip(void **state)
{
	struct text_host h;
	struct gh_result r = {0};
	struct gh_probe p;
	struct gh_host host = fleet_host(T);
	(void)state;
	host.n_gpus = host.n_switches = 0;
	tdx_host(&h);
	probe_of(&p, &h);
	assert_int_equal(0, run_checks(&r, cat, &p, &host));
	assert_int_equal(GH_SKIP, verdict_of(&r, "host.gpu.count"));
	assert_int_equal(GH_SKIP, verdict_of(&r, "host.gpu.vfio_bound"));
	assert_int_equal(GH_SKIP, verdict_of(&r, "host.nvswitch.bound"));
	gh_probe_free(&p);
	gh_result_free(&r);
	text_host_free(&h);
}

static void test_vfio_holder_when_our_domain_runs_then_passes(void **state)
{
	struct text_host h;
	struct gh_result r;
	(void)state;
	tdx_host(&h);
	spoil(&h, "vfio.users", NULL, "4711 qemu-system-x86\n");
	spoil(&h, "libvirt.domains", NULL, "gatehouse-job1\n");
	judge(&r, &h, T);
	assert_int_equal(GH_PASS, verdict_of(&r, "host.gpu.in_use"));
	assert_int_equal(GH_PASS, verdict_of(&r, "host.virt.other_vms"));
	gh_result_free(&r);
	text_host_free(&h);
}

/* Drives that do not say what they are count as one model. */
static void test_nvme_when_no_drive_says_its_model_then_still_compared(void **state)
{
	struct text_host h;
	struct gh_result r;
	(void)state;
	tdx_host(&h);
	spoil(&h, "sys", "nvme0/model", "nvme0/x");
	spoil(&h, "sys", "nvme1/model", "nvme1/x");
	judge(&r, &h, T);
	assert_int_equal(GH_PASS, verdict_of(&r, "host.fw.nvme"));
	gh_result_free(&r);
	spoil(&h, "sys", "nvme1/firmware_rev:GDC5902Q", "nvme1/firmware_rev:GDC5602Q");
	judge(&r, &h, T);
	assert_int_equal(GH_WARN, verdict_of(&r, "host.fw.nvme"));
	gh_result_free(&r);
	text_host_free(&h);
}

static void test_swap_when_layers_go_in_circles_then_ends(void **state)
{
	struct gh_buf b = {0};
	struct text_host h;
	struct gh_result r;
	(void)state;
	tdx_host(&h);
	gh_buf_str(&b, "/sys/block/dm-0/dm/name:a\n/sys/block/dm-1/dm/name:b\n");
	for (int i = 0; i < 700; i++)
		gh_buf_str(
		    &b, "/sys/block/dm-0/slaves/dm-1:\n/sys/block/dm-1/slaves/dm-0:\n");
	spoil(&h, "dm", NULL, gh_buf_cstr(&b));
	spoil(&h, "sys", "\t\tPriority\n",
	    "\t\tPriority\n/proc/swaps:/dev/dm-0 partition 1 0 -2\n");
	judge(&r, &h, T);
	assert_int_equal(GH_FAIL, verdict_of(&r, "host.mem.swap"));
	gh_buf_free(&b);
	gh_result_free(&r);
	text_host_free(&h);
}

static void test_claims_when_read_then_named(void **state)
{
	struct text_host h;
	struct gh_result r;
	(void)state;
	tdx_host(&h);
	judge(&r, &h, T);
	const struct gh_subject *s = gh_result_find(&r, "gpu-a");
	assert_non_null(s);
	assert_string_equal("host", s->kind);
	assert_string_equal("SYS-821GE-TNHR", gh_claim_get(s, "product"));
	assert_string_equal("S123456X4B00001", gh_claim_get(s, "serial"));
	assert_string_equal("2.7a", gh_claim_get(s, "bios"));
	assert_string_equal("6.17.0-8-generic", gh_claim_get(s, "kernel"));
	assert_string_equal("0x210002c0", gh_claim_get(s, "microcode"));
	assert_string_equal("1.5.16", gh_claim_get(s, "tdx_module"));
	assert_true(!strncmp("7bf063280e94fb05", gh_claim_get(s, "mrseam_expected"), 16));
	assert_string_equal(
	    "8f7d2c51-3d54-4f1e-9c8e-2f3a1b5c7d9e", gh_claim_get(s, "boot_id"));
	gh_result_free(&r);
	text_host_free(&h);
	snp_host(&h);
	judge(&r, &h, S);
	assert_string_equal(
	    "1.55.40", gh_claim_get(gh_result_find(&r, "gpu-a"), "snp_api"));
	gh_result_free(&r);
	text_host_free(&h);
}

/* Escape sequences, invalid UTF-8 and NULs must neither pass nor reach the finding raw. */
static void test_all_checks_when_text_is_hostile_then_clean_and_not_pass(void **state)
{
	static const char evil[] =
	    "\x1b]0;owned\x07\xff\xfe\xe2\x80\xae 99999999999999999999 :::";
	(void)state;
	for (int tee = T; tee <= (int)S; tee++) {
		struct text_host h;
		struct gh_result r;
		make(&h, (enum gh_tee)tee);
		for (size_t i = 0; i < h.n; i++)
			for (char *c = h.item[i].text; (c = strchr(c, ':')); c++)
				c[1] = c[1] ? '\x1b' : '\0';
		spoil(&h, "units.failed", NULL, evil);
		spoil(&h, "libvirt.domains", NULL, evil);
		judge(&r, &h, (enum gh_tee)tee);
		assert_int_equal(GH_FAIL, verdict_of(&r, "host.virt.other_vms"));
		for (size_t i = 0; i < r.findings.n; i++)
			assert_true(
			    !strpbrk(r.findings.at[i].observed, "\x1b\x07\xff\n"));
		gh_result_free(&r);
		text_host_free(&h);
	}
}

/* Every byte of every item flipped: nothing may crash, and what is judged stays sane. */
static void test_all_checks_when_any_byte_flips_then_survive(void **state)
{
	struct text_host h;
	struct gh_result r;
	unsigned int n = 0;
	(void)state;
	tdx_host(&h);
	for (size_t i = 0; i < h.n; i++) {
		size_t len = strlen(h.item[i].text);
		for (size_t k = 0; k < len; k += 1 + len / 40, n++) {
			char old = h.item[i].text[k];
			h.item[i].text[k] = (char)(old ^ (n % 7 == 0 ? 0x80 : 0x0b));
			judge(&r, &h, T);
			gh_result_free(&r);
			h.item[i].text[k] = old;
		}
	}
	assert_true(n > 1000);
	text_host_free(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_tdx_host_when_healthy_then_every_check_passes),
	    cmocka_unit_test(test_snp_host_when_healthy_then_every_check_passes),
	    cmocka_unit_test(test_each_check_when_spoilt_then_its_own_code),
	    cmocka_unit_test(test_spoilt_table_when_read_then_covers_every_check),
	    cmocka_unit_test(test_all_checks_when_no_items_then_unknown),
	    cmocka_unit_test(test_all_checks_when_every_item_unread_then_unknown),
	    cmocka_unit_test(test_all_checks_when_items_empty_then_never_pass),
	    cmocka_unit_test(test_microcode_when_at_floor_then_passes_and_below_fails),
	    cmocka_unit_test(test_number_when_not_bounded_then_recorded_whatever_it_is),
	    cmocka_unit_test(test_log_when_its_beginning_is_lost_then_absence_is_unknown),
	    cmocka_unit_test(test_gpu_checks_when_fleet_has_no_gpu_then_skip),
	    cmocka_unit_test(test_vfio_holder_when_our_domain_runs_then_passes),
	    cmocka_unit_test(test_nvme_when_no_drive_says_its_model_then_still_compared),
	    cmocka_unit_test(test_swap_when_layers_go_in_circles_then_ends),
	    cmocka_unit_test(test_claims_when_read_then_named),
	    cmocka_unit_test(
		test_all_checks_when_text_is_hostile_then_clean_and_not_pass),
	    cmocka_unit_test(test_all_checks_when_any_byte_flips_then_survive),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
