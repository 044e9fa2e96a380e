/* SPDX-License-Identifier: Apache-2.0
 * One change for each check of the catalogue that breaks it on the healthy hosts of host_text.h
 * and bmc_host.h, and which verdicts a check cannot reach. In the order of the catalogue. */
#pragma once

#include "bmc_erots.h"
#include "bmc_host.h"
#include "host_text.h"

#define T      GH_TEE_TDX
#define S      GH_TEE_SNP
#define P      1u /* has passed; bits of `reached` */
#define F      2u /* has failed */
#define U      4u /* was UNKNOWN */
#define UBB    "/redfish/v1/Chassis/UBB_1"
#define ATTR   "Attributes/"
#define BIOS   BMC_SYS "/Bios"
#define CPU    "/sys/devices/system/cpu/"
#define PCI    "/sys/bus/pci/devices/"
#define CCP    "/sys/bus/pci/drivers/ccp/0000:45:00.1"
#define STAMP  "2026-01-01,00:00:00.118 INFO     "
#define GPU_A  "GPU 0000:18:00.0 H100 0x2330 BAR0 0x9e000000"
#define SWITCH "NvSwitch 0000:20:00.0 LS10 0x22a3 BAR0 0xa6000000"
#define OTHER  "1111111111111111111111111111111111111111111111111111111111111111"
#define ZEROS  "0000000000000000000000000000000000000000000000000000000000000000"
#define PCR(n) "pcr-sha256/" #n ":"
#define KEY    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI"
#define KEY_A  KEY "A5kBOzTjqoOFPm2Z8YeHN1RvFJ8e5QkQX8QqW0bLDXz"
#define KEY_B  KEY "B5kBOzTjqoOFPm2Z8YeHN1RvFJ8e5QkQX8QqW0bLDXz"

enum where {
	SSH,    /* item, text, other text; text NULL = all of it */
	EACH,   /* the same, wherever that text stands */
	BMC,    /* resource, member, value in ' for " */
	SHOWN,  /* the host key that it shows */
	CERT,   /* the digest of the BMC's certificate */
	POLICY, /* a params object for that check, in ' for " */
	MINE,   /* claim, "", value: of this run */
	PEER,   /* of another host */
	BEFORE, /* of the last report */
	KDS,    /* AMD does not know the chip */
	SIGNED, /* of a GPU's own evidence */
	AGED,   /* the BMC's reading is older than it may be */
};

/* One row breaks its check; where one does not suffice, neighbours do together. */
static const struct breaks {
	const char *id;
	enum gh_tee tee;
	enum where where;
	const char *at, *from, *to;
} breaks[] = {
    /* G01 */
    {"host.id.system", T, SSH, "sys", "SYS-821GE-TNHR", "SYS-421GE-TNRT"},
    {"host.id.board", T, SSH, "sys", "X13DEG-OAD", "X13DEG-QT"},
    {"host.id.bmc_match", T, BMC, BMC_SYS, "SerialNumber", "'S9'"},
    {"host.id.baseboard_gpu", T, BMC, UBB, "SerialNumber", "'1662523650463'"},
    {"host.id.gpu_serials", T, BMC, BMC_CH "/PCIeDevices/GPU3", "SerialNumber",
	"'1652323999999'"},
    {"host.id.hostkey", T, SHOWN, KEY_B, NULL, NULL},
    {"host.id.machine_id", T, SSH, "sys", "/etc/machine-id:01234567",
	"/etc/machine-id:f1234567"},
    /* G02 */
    {"host.fw.bios_version", T, SSH, "sys", "bios_version:2.7a", "bios_version:1.4"},
    {"host.fw.bios_corroborated", T, BMC, BMC_FW "/BIOS", "Version",
	"'BIOS Date: 10/28/2025 Ver 2.7'"},
    {"host.fw.bios_staging", T, BMC, BMC_FW "/Staging_BIOS", "Version",
	"'BIOS Date: 01/28/2026 Ver 2.8'"},
    {"host.fw.bmc_version", T, BMC, BMC_MGR, "FirmwareVersion", "'01.03.17'"},
    {"host.fw.me_sps", T, BMC, BMC_FW "/BIOS_ME", "Version", "'6.1.4.88'"},
    {"host.fw.cpld", T, BMC, BMC_FW "/CPLD_Motherboard", "Version", "'F5.11.CA'"},
    {"host.fw.psu_uniform", T, BMC, BMC_FW "/PowerSupply7", "Version", "'1.0'"},
    {"host.fw.hgx_bundle", T, BMC, BMC_FW "/HGX_FW_GPU_SXM_3", "Version",
	"'96.00.CF.00.01'"},
    {"host.fw.hgx_cve", T, BMC, BMC_FW "/HGX_FW_BMC_0", "Version", "'HGX-22.10-1-rc57'"},
    {"host.fw.gpu_rim_available", T, BMC, BMC_FW "/HGX_FW_GPU_SXM_3", "Version",
	"'96.00.DA.00.11'"},
    {"host.fw.nic", T, SSH, "nic.firmware",
	"fw.version 28.43.1014\n        fw 28.43.1014",
	"fw.version 28.42.1000\n        fw 28.42.1000"},
    {"host.fw.nvme", T, SSH, "sys", "nvme1/firmware_rev:GDC5902Q",
	"nvme1/firmware_rev:GDC5602Q"},
    {"host.bmc.cred", T, BMC, BMC_ACC "/Accounts/3", "PasswordChangeRequired", "true"},
    {"host.bmc.syslockdown", T, BMC, BMC_OEM "/SysLockdown", "SysLockdownEnabled",
	"false"},
    {"host.bmc.kcs", T, BMC, BMC_OEM "/KCSInterface", "Privilege", "'Administrator'"},
    {"host.bmc.hostif", T, BMC, BMC_MGR "/HostInterfaces/1", "InterfaceEnabled", "true"},
    {"host.bmc.ipmi_lan", T, BMC, BMC_MGR "/NetworkProtocol", "IPMI/ProtocolEnabled",
	"true"},
    {"host.bmc.time", T, BMC, BMC_MGR, "DateTime", "'2026-01-01T00:02:04Z'"},
    {"host.bmc.vmedia", T, BMC, BMC_MGR "/VirtualMedia/CD1", "Inserted", "true"},
    {"host.bmc.tls", T, CERT, "", NULL, NULL},
    {"host.bmc.sel", T, BMC, BMC_SYS "/LogServices/Log1/Entries/2", "Severity",
	"'Critical'"},
    /* G03 */
    {"host.bios.tme", T, BMC, BIOS, ATTR "MemoryEncryption_TME__3C77", "'Disabled'"},
    {"host.bios.pa46", T, BMC, BIOS, ATTR "LimitCPUPAto46Bits_F319", "'Enable'"},
    {"host.bios.tme_mt", T, BMC, BIOS,
	ATTR "TotalMemoryEncryptionMulti_Tenant_TME_MT__F31B", "'Disabled'"},
    {"host.bios.tdx", T, BMC, BIOS, ATTR "TrustDomainExtension_TDX__3C79", "'Disabled'"},
    {"host.bios.sgx", T, BMC, BIOS, ATTR "SWGuardExtensions_SGX__F308", "'Disabled'"},
    {"host.bios.meminteg", T, BMC, BIOS, ATTR "MemoryEncryption_TME__3C77", "'Disabled'"},
    {"host.bios.meminteg", T, BMC, BIOS, ATTR "MemoryIntegrity_F31A", NULL},
    {"host.bios.smee", S, BMC, BIOS, ATTR "SMEE_003E", "'Disabled'"},
    {"host.bios.snp", S, BMC, BIOS, ATTR "SEV_SNPSupport_01A7", "'Disabled'"},
    {"host.bios.asid", S, BMC, BIOS, ATTR "SEV_ESASIDSpaceLimit_700C", "1"},
    {"host.bios.vtd", T, BMC, BIOS, ATTR "IntelVTforDirectedI_O_VT_d__1E32", "'Disable'"},
    {"host.bios.acs", T, BMC, BIOS, ATTR "PCIeACSCTL_1E3C", "'Disable'"},
    {"host.bios.preboot_dma", T, BMC, BIOS, ATTR "Pre_bootDMAProtection_1E36",
	"'Disable'"},
    {"host.bios.secureboot", T, BMC, BMC_SYS "/SecureBoot", "SecureBootEnable", "false"},
    {"host.bios.csm", T, BMC, BIOS, ATTR "CSMSupport_0121", "'Enabled'"},
    {"host.bios.password", T, BMC, BIOS, ATTR "AdministratorPassword_0117", "''"},
    {"host.bios.sriov_above4g", T, BMC, BIOS, ATTR "Above4GDecoding_0041", "'Disabled'"},
    {"host.bios.drift", T, BMC, BIOS, ATTR "PCIeACSCTL_1E3C", "'Disable'"},
    /* G04 */
    {"host.cpu.model", T, SSH, "cpu", "model\t\t: 207", "model\t\t: 85"},
    {"host.cpu.sockets_uniform", T, SSH, "cpu", "stepping\t: 2", "stepping\t: 1"},
    {"host.cpu.microcode", T, SSH, "microcode", "cpu2/microcode/version:0x210002c0",
	"cpu2/microcode/version:0x210002b3"},
    {"host.cpu.microcode_early", T, SSH, "klog", "virt/tdx",
	"microcode: Reload completed, microcode revision: 0x1\nvirt/tdx"},
    {"host.cpu.old_microcode", T, SSH, "vuln", "old_microcode:Not affected",
	"old_microcode:Vulnerable"},
    {"host.cpu.production", T, SSH, "msr", "0xce 0000000080000000",
	"0xce 0000000008000000"},
    {"host.cpu.sgx_debug", T, SSH, "msr", "0x503 0000000000000000",
	"0x503 0000000000000002"},
    {"host.cpu.debug_iface", T, SSH, "msr", "0000000040000000", "0000000040000001"},
    {"host.cpu.feature_control", T, SSH, "msr", "0000000000040005", "0000000000040004"},
    {"host.cpu.smm", T, SSH, "msr", "0x1f3 0000000000000800", "0x1f3 0000000000000000"},
    {"host.cpu.amd_fused", S, SSH, "ccp", CCP "/fused_part:1", CCP "/fused_part:0"},
    {"host.cpu.amd_rollback", S, SSH, "ccp", CCP "/rom_armor_enforced:1",
	CCP "/rom_armor_enforced:0"},
    {"host.cpu.vuln", T, SSH, "vuln", "l1tf:Not affected",
	"l1tf:Vulnerable: no microcode"},
    {"host.cpu.ucode_cve", T, EACH, "cpu", "0x210002c0", "0x210002b2"},
    {"host.cpu.ucode_cve", T, EACH, "microcode", "0x210002c0", "0x210002b2"},
    {"host.cpu.online", T, SSH, "sys", "cpu/offline:", "cpu/offline:2-3"},
    /* G05 */
    {"host.tdx.cpuflag", T, SSH, "cpuflags", "tdx_host_platform", "tdx"},
    {"host.tdx.bios_keyids", T, SSH, "klog", "[64, 128)", "[64, 65)"},
    {"host.tdx.module_initialized", T, SSH, "klog", "module initialized",
	"module initialization failed (-5)"},
    {"host.tdx.module_version", T, SSH, "klog", "20250219", "20231008"},
    {"host.tdx.seamldr", T, SSH, "msr", "0x500 0500000000000000",
	"0x500 0000000000000000"},
    {"host.tdx.msr_tme", T, EACH, "msr", "0x982 0000000000000003",
	"0x982 0000000000000001"},
    {"host.tdx.msr_seamrr", T, EACH, "msr", "0x1401 0000000000000c00",
	"0x1401 0000000000000800"},
    {"host.tdx.msr_keys", T, SSH, "msr", "000000400000003f", "000000100000003f"},
    {"host.tdx.msr_mcheck", T, SSH, "msr", "0xa0 0000000000000000",
	"0xa0 0000000000001861"},
    {"host.tdx.kvm_param", T, SSH, "sys", "parameters/tdx:Y", "parameters/tdx:N"},
    {"host.tdx.sleep", T, SSH, "sys", "state:freeze\n/sys/power/mem_sleep:[s2idle]",
	"state:freeze mem\n/sys/power/mem_sleep:s2idle [deep]"},
    {"host.tdx.dimms", T, SSH, "dimms", "64 GB", "No Module Installed"},
    {"host.tdx.registration", T, SSH, "registration", "passed successfully", "failed"},
    {"host.tdx.qgs", T, SSH, "units", "qgsd active", "qgsd failed"},
    {"host.tdx.sgx_dev", T, SSH, "nodes", "/dev/sgx_enclave 660 root sgx",
	"/dev/sgx_enclave 666 root sgx"},
    {"host.tdx.qcnl", T, SSH, "qcnl", "\"use_secure_cert\": true",
	"\"use_secure_cert\": false"},
    {"host.tdx.pccs", T, SSH, "pccs", " 200", " 404"},
    /* G06 */
    {"host.snp.cpuflag", S, SSH, "cpuflags", "sev_snp ", ""},
    {"host.snp.msr_syscfg", S, SSH, "msr", "0000000003f40000", "0000000000f40000"},
    {"host.snp.rmp", S, SSH, "klog", "SEV-SNP: RMP table physical range",
	"SEV-SNP: Memory for the RMP table has not been reserved by BIOS"},
    {"host.snp.fw_version", S, SSH, "klog", "SEV-SNP API:1.55 build:40",
	"SEV-SNP API:1.51 build:3"},
    {"host.snp.init", S, SSH, "klog", "kvm_amd: SEV-SNP",
	"ccp 0000:47:00.1: SEV: failed to INIT error 0x1, rc -5\nkvm_amd: SEV-SNP"},
    {"host.snp.kvm_param", S, SSH, "sys", "sev_snp:Y", "sev_snp:N"},
    {"host.snp.iommu", S, SSH, "sys", "mem_encrypt=on", "iommu=pt amd_iommu=on"},
    {"host.snp.tcb_match", S, SSH, "snp.status", "Microcode:   84", "Microcode:   83"},
    {"host.snp.alias", S, SSH, "snp.status", "\"pass\"", "\"fail\""},
    {"host.snp.psp_bl", S, EACH, "cpu", "model\t\t: 17", "model\t\t: 1"},
    {"host.snp.psp_bl", S, SSH, "ccp", "00.2d.00.7c", "00.13.00.6f"},
    {"host.snp.dev", S, SSH, "nodes", "/dev/sev 600 root root", "/dev/sev 660 root kvm"},
    {"host.snp.vlek_vcek", S, KDS, NULL, NULL, NULL},
    /* G07 */
    {"host.mem.ecc", T, SSH, "sys", "mc1/ue_count:0", "mc1/ue_count:1"},
    {"host.mem.swap", T, SSH, "sys", "\t\tPriority\n",
	"\t\tPriority\n/proc/swaps:/dev/nvme0n1p2 partition 8388604 0 -2\n"},
    {"host.mem.hugepages", T, SSH, "sys", "2048kB/nr_hugepages:0",
	"2048kB/nr_hugepages:512"},
    {"host.mem.free", T, SSH, "sys", "MemAvailable:   2087654321",
	"MemAvailable:   4194304"},
    {"host.mem.memlock", T, SSH, "memlock", "infinity", "67108864"},
    {"host.mem.ksm_thp", T, SSH, "sys", "ksm/run:0", "ksm/run:1"},
    {"host.mem.coredump", T, SSH, "sys", "kexec_crash_loaded:0", "kexec_crash_loaded:1"},
    /* G08 */
    {"host.iommu.groups", T, SSH, "iommu.type", NULL, ""},
    {"host.iommu.intremap", T, SSH, "klog", "DMAR-IR: Enabled IRQ remapping", ""},
    {"host.iommu.isolation", T, SSH, "pci.group", "0000:10:01.0=0x060400",
	"0000:10:01.0=0x020700"},
    {"host.iommu.mode", S, SSH, "iommu.type", "DMA-FQ", "identity"},
    {"host.iommu.thunderbolt", T, SSH, "places", "/sys/firmware",
	"/sys/bus/thunderbolt/devices/0-0\n/sys/firmware"},
    {"host.iommu.iommufd", T, SSH, "nodes", "/dev/iommu 660 root root\n", ""},
    /* G09 */
    {"host.boot.uefi", T, SSH, "places", NULL, "/sys/kernel/iommu_groups/0\n"},
    {"host.boot.secureboot", T, SSH, "efi.secureboot", " 01", " 00"},
    {"host.boot.pk", T, SSH, "efi.pk", NULL,
	"27 00 00 00 44 4f 20 4e 4f 54 20 54 52 55 53 54 20 2d 20 41 4d 49"},
    {"host.boot.db", T, SSH, "efi.db", "554546492043412032303233",
	"55454649204341203230323a"},
    {"host.boot.sbat", T, SSH, "efi.sbat", "323032333031323930300a",
	"323032313033303231380a"},
    {"host.boot.mok", T, SSH, "efi.mok", "43616e6f6e6963616c", "4d616c6c6f72794161"},
    {"host.boot.bootservicevars", T, SSH, "places", "efivars/MokListRT-",
	"efivars/MokList-"},
    {"host.boot.tpm", T, SSH, "sys", "tpm_version_major:2", "tpm_version_major:1"},
    {"host.boot.tpm_empty_pcr", T, SSH, "sys", PCR(4), PCR(4) ZEROS "\n"},
    {"host.boot.pcr0_replay", T, SSH, "sys", PCR(4), PCR(4) ZEROS "\n"},
    {"host.boot.pcr_golden", T, SSH, "sys", PCR(2), PCR(2) ZEROS "\n"},
    {"host.boot.tpm_quote", T, SSH, "sys", PCR(4), PCR(4) ZEROS "\n"},
    {"host.boot.bootguard", T, SSH, "msr", "000000050000006d", "000000050000000d"},
    {"host.boot.spi", T, BMC, BMC_FW "/BIOS", "WriteProtected", "false"},
    {"host.boot.spi", T, BMC, BMC_OEM "/SysLockdown", "SysLockdownEnabled", "false"},
    {"host.boot.lockdown", T, SSH, "sys", "none [integrity]", "[none] integrity"},
    {"host.boot.ima", T, POLICY, "{'required':1}", NULL, NULL},
    {"host.boot.ima", T, SSH, "dmi.root", "count:4711", "count:1"},
    /* G10 */
    {"host.kernel.version", T, SSH, "sys", "osrelease:6.17.0", "osrelease:6.14.0"},
    {"host.kernel.signed", T, SSH, "kernel.image", "9f2c", "9f2d"},
    {"host.kernel.config", T, SSH, "kconfig", "CONFIG_X86_SGX_KVM=y",
	"# CONFIG_X86_SGX_KVM is not set"},
    {"host.kernel.kconfig_hardening", T, SSH, "kconfig", "CONFIG_VMAP_STACK=y\n", ""},
    {"host.kernel.cmdline_forbidden", T, SSH, "sys", "nohibernate",
	"nohibernate mitigations=off"},
    {"host.kernel.cmdline_required", T, SSH, "sys", "nohibernate", ""},
    {"host.kernel.taint", T, SSH, "sys", "tainted:0", "tainted:4097"},
    {"host.kernel.modules", T, SSH, "modules", "vfio_pci", "nvidia"},
    {"host.kernel.module_sig", T, SSH, "sys", "sig_enforce:Y", "sig_enforce:N"},
    {"host.kernel.module_sig", T, SSH, "sys", "none [integrity]", "[none] integrity"},
    {"host.kernel.sysctl", T, SSH, "sys", "dmesg_restrict:1", "dmesg_restrict:0"},
    {"host.kernel.kexec", T, SSH, "sys", "kexec_load_disabled:1",
	"kexec_load_disabled:0"},
    {"host.kernel.lsm", T, SSH, "sys", "yama,apparmor", "yama"},
    {"host.kernel.entropy", T, SSH, "sys", "entropy_avail:256", "entropy_avail:12"},
    {"host.kernel.errors", T, SSH, "klog", "virt/tdx",
	"mce: [Hardware Error]: CPU 3: Machine Check\nvirt/tdx"},
    /* G11 */
    {"host.virt.kvm", T, SSH, "nodes", "/dev/kvm 660 root kvm", "/dev/kvm 666 root kvm"},
    {"host.virt.qemu_version", T, SSH, "qemu.objects", "  tdx-guest\n", ""},
    {"host.virt.libvirt", T, SSH, "libvirt.caps", "tdx", "sev"},
    {"host.virt.ovmf", T, SSH, "ovmf", OVMF_HASH "  /usr/share/q",
	OTHER "  /usr/share/q"},
    {"host.virt.qemu_user", T, SSH, "libvirt.conf", "libvirt-qemu", "root"},
    {"host.virt.other_vms", T, SSH, "libvirt.domains", NULL, "gatehouse-a\nminer\n"},
    {"host.virt.libvirt_net", T, SSH, "listeners", "0100007F:170C", "00000000:170C"},
    {"host.virt.vsock", T, SSH, "nodes", "/dev/vhost-vsock 660 root kvm\n", ""},
    {"host.virt.image_space", T, SSH, "space", " 3290083328 ", " 20971519 "},
    /* G12 */
    {"host.gpu.count", T, SSH, "pci", PCI "0000:1f:00.0/class:0x030200",
	PCI "0000:1f:00.0/class:0x020000"},
    {"host.gpu.vfio_bound", T, SSH, "pci.driver", "drivers/vfio-pci", "drivers/nvidia"},
    {"host.gpu.no_host_driver", T, SSH, "modules", "vfio_pci", "nvidia_uvm"},
    {"host.gpu.cc_mode", T, SSH, "gputool", GPU_A " CC mode is off",
	GPU_A " CC mode is devtools"},
    {"host.gpu.cc_pending", T, SSH, "gputool", "PPCIe settings:\n" STAMP "  enable = 1",
	"PPCIe settings:\n" STAMP "  enable = 0"},
    {"host.gpu.inband_lock", T, SSH, "gputool", "-allow-inband-control = 0",
	"-allow-inband-control = 1"},
    {"host.gpu.boot_complete", T, SSH, "gputool", GPU_A " CC mode is off",
	"GPU 0000:18:00.0 [broken, cfg space working 1 bars configured 1]"},
    {"host.gpu.vbios_equal", T, BMC, BMC_FW "/HGX_FW_GPU_SXM_8", "Version",
	"'96.00.D9.00.02'"},
    {"host.gpu.pci_link", T, SSH, "pci", "current_link_width:16", "current_link_width:8"},
    {"host.gpu.bars", T, SSH, "pci", "0x0000381fffffffff", "0x000038000fffffff"},
    {"host.gpu.numa", T, SSH, "pci", PCI "0000:18:00.0/numa_node:0",
	PCI "0000:18:00.0/numa_node:-1"},
    {"host.gpu.ecc_mig", T, BMC, BMC_HGX "/Processors/GPU_SXM_1",
	"MemorySummary/ECCModeEnabled", "false"},
    {"host.gpu.reset", T, SSH, "pci", "flr bus", "bus"},
    {"host.gpu.in_use", T, SSH, "vfio.users", NULL, "4711 qemu-system-x86\n"},
    {"host.gpu.erot_attest", T, BMC, EROT_CI "/HGX_ERoT_GPU_SXM_1",
	"ComponentIntegrityEnabled", "false"},
    /* G13 */
    {"host.nvswitch.count", T, SSH, "pci", "0x068000", "0x060400"},
    {"host.nvswitch.bound", T, SSH, "pci.driver",
	"0000:20:00.0/driver -> ../../../bus/pci/drivers/vfio-pci",
	"0000:20:00.0/driver -> ../../../bus/pci/drivers/nvidia-nvswitch"},
    {"host.nvswitch.ppcie", T, SSH, "gputool", SWITCH " PPCIe mode is on",
	SWITCH " PPCIe mode is off"},
    {"host.nvswitch.bios", T, BMC, BMC_FW "/HGX_FW_NVSwitch_0", "Version",
	"'96.10.69.00.01'"},
    {"host.nvswitch.erot", T, BMC, EROT_CI "/HGX_ERoT_FPGA_0",
	"ComponentIntegrityEnabled", "false"},
    {"host.nvlink.topology", T, SSH, "gputool", "name SXM_2", "name SXM_1"},
    /* G14 */
    {"host.nic.inventory", T, SSH, "pci", "0x15b3", "0x8086"},
    {"host.pcie.aer", T, SSH, "pci.aer", "TOTAL_ERR_NONFATAL 0", "TOTAL_ERR_NONFATAL 7"},
    {"host.storage.smart", T, SSH, "nvme", "{ \"value\":0 }", "{ \"value\":4 }"},
    {"host.storage.luks", T, SSH, "dm", "CRYPT-LUKS2", "LVM"},
    /* G15 */
    {"host.time.sync", T, SSH, "time", "Normal", "Not synchronised"},
    {"host.time.skew", T, SSH, "now", "1767225600", "1767225500"},
    {"host.time.rtc", T, SSH, "sys", "clocksource:tsc", "clocksource:hpet"},
    {"host.net.egress", T, SSH, "net.egress", "ocsp.ndis.nvidia.com 0 200",
	"ocsp.ndis.nvidia.com 28 000"},
    {"host.net.dns", T, SSH, "net.dns", ".invalid 2 ", ".invalid 0 198.51.100.9"},
    {"host.net.listeners", T, SSH, "listeners", "0100007F:170C", "00000000:006F"},
    {"host.net.firewall", T, SSH, "firewall", "policy drop", "policy accept"},
    {"host.svc.required", T, SSH, "units", "auditd active", "auditd failed"},
    {"host.svc.failed", T, SSH, "units.failed", NULL,
	"ipmievd.service loaded failed failed\n"},
    {"host.svc.autoupdate", T, SSH, "holds", "Package: ovmf", "Package: vim"},
    {"host.svc.pkg_integrity", T, SSH, "pkg.verify", "missing",
	"??5??????   /usr/share/OVMF/OVMF_CODE_4M.fd\nmissing"},
    {"host.svc.audit", T, SSH, "audit", "enabled 1", "enabled 0"},
    {"host.svc.log_remote", T, SSH, "conf", "*.* @@", "#*.* @@"},
    /* G16 */
    {"host.ssh.config", T, SSH, "sshd", "passwordauthentication no",
	"passwordauthentication yes"},
    {"host.ssh.keys", T, SSH, "ssh.keys", "ops:", "eve:" OTHER "\nops:"},
    {"host.users.uid0", T, SSH, "users", "uid0 root", "uid0 root\nuid0 toor"},
    {"host.users.sudo", T, SSH, "sudo", "gatehouse ALL", "eve ALL"},
    {"host.debug.devmem", T, SSH, "sys", "nohibernate", "iomem=relaxed"},
    {"host.debug.kgdb", T, SSH, "sys", "kgdboc:", "kgdboc:ttyS0"},
    {"host.debug.serial", T, SSH, "units", "debug-shell inactive", "debug-shell active"},
    {"host.debug.usb", T, SSH, "conf", "install usb-storage", "install floppy"},
    {"host.debug.bpf_tracers", T, SSH, "tracers", "tcp_connect", "kvm_vm_ioctl"},
    {"host.debug.msr_write", T, SSH, "sys", "allow_writes:off", "allow_writes:on"},
    /* G17 */
    {"fleet.drift", T, MINE, "kernel.version", NULL, "6.11.0"},
    {"fleet.duplicate_identity", T, PEER, "id.serial", NULL, "S123456X4B00001"},
    {"fleet.freshness", T, AGED, NULL, NULL, NULL},
    {"fleet.regression", T, BEFORE, "bios.version", NULL, "2.8"},
    {"fleet.cross_stage", T, SIGNED, "vbios", NULL, "96.00.9F.00.04"},
    /* recorded, unless a policy wants one of them */
    {"host.fw.bios_age", T, POLICY, "{'most':1}", NULL, NULL},
    {"host.cpu.smt", T, POLICY, "{'want':['off']}", NULL, NULL},
    {"host.snp.ciphertext_hiding", S, POLICY, "{'want':['never']}", NULL, NULL},
    {"host.mem.encryption_active", T, POLICY, "{'want':['never']}", NULL, NULL},
    {"host.mem.mor", T, POLICY, "{'want':['never']}", NULL, NULL},
    {"host.boot.uptime", T, POLICY, "{'most':0}", NULL, NULL},
    {"host.kernel.livepatch", T, POLICY, "{'want':['some']}", NULL, NULL},
    {"host.virt.nested", T, POLICY, "{'want':['never']}", NULL, NULL},
    {"host.gpu.power_state", T, POLICY, "{'least':99}", NULL, NULL},
    {"host.nic.link", T, POLICY, "{'least':99}", NULL, NULL},
    {"host.storage.mounts", T, POLICY, "{'want':['never']}", NULL, NULL},
    {"host.users.sessions", T, POLICY, "{'most':0}", NULL, NULL},
};

/* What no input reaches, and why. */
static const struct {
	const char *id;
	unsigned int verdicts;
	const char *because;
} never[] = {
    {"host.tdx.mrseam_expected", F, "a module that no table knows is UNKNOWN"},
    {"host.tdx.pamt", F, "a size is recorded, and no size is wrong"},
    {"fleet.tool_integrity", F, "a client compares the digest, nobody else can"},
};
