/* SPDX-License-Identifier: Apache-2.0
 * Boot chain and kernel of a lab host: configuration, command line,
 * log and modules (spec/host-and-firmware.md section 3, G09 and G10). */
#include "lab/fixture_boot.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define RELEASE     "6.17.0-8-generic"
#define HOSTILE_LEN (5u << 20)

static const char kconfig[] =
    "CONFIG_X86_64=y\nCONFIG_INTEL_TDX_HOST=y\nCONFIG_KVM_INTEL_TDX=y\nCONFIG_X86_SGX=y\n"
    "CONFIG_X86_SGX_KVM=y\nCONFIG_AMD_MEM_ENCRYPT=y\nCONFIG_CRYPTO_DEV_SP_PSP=y\n"
    "CONFIG_KVM_AMD_SEV=y\nCONFIG_VFIO_PCI=m\nCONFIG_IOMMUFD=m\nCONFIG_KVM_PRIVATE_MEM="
    "y\n"
    "CONFIG_KVM_GENERIC_PRIVATE_MEM=y\nCONFIG_KVM_GUEST_MEMFD=y\n"
    "CONFIG_STRICT_KERNEL_RWX=y\nCONFIG_MODULE_SIG=y\nCONFIG_MODULE_SIG_FORCE=y\n"
    "CONFIG_STRICT_DEVMEM=y\nCONFIG_IO_STRICT_DEVMEM=y\nCONFIG_RANDOMIZE_BASE=y\n"
    "CONFIG_VMAP_STACK=y\nCONFIG_SLAB_FREELIST_RANDOM=y\nCONFIG_SLAB_FREELIST_HARDENED="
    "y\n"
    "# CONFIG_HARDENED_USERCOPY_DEFAULT_ON is not set\n";

struct module {
	const char *name, *users;
	unsigned int size; /* bytes */
	int tee;           /* 't' TDX, 's' SNP, 0 both */
};

static const struct module modules[] = {
    {"vhost_vsock", "-", 28672, 0},
    {"vhost", "vhost_vsock,", 65536, 0},
    {"vfio_pci", "-", 20480, 0},
    {"vfio_pci_core", "vfio_pci,", 94208, 0},
    {"vfio_iommu_type1", "-", 49152, 0},
    {"vfio", "vfio_pci,vfio_pci_core,vfio_iommu_type1,", 69632, 0},
    {"iommufd", "vfio,", 126976, 0},
    {"kvm_intel", "-", 536576, 't'},
    {"kvm_amd", "-", 253952, 's'},
    {"ccp", "kvm_amd,", 163840, 's'},
    {"kvm", "-", 1437696, 0},
    {"msr", "-", 12288, 0},
    {"mlx5_core", "-", 2740224, 0},
    {"nvme", "-", 61440, 0},
    {"nf_tables", "-", 376832, 0},
    {"dm_crypt", "-", 69632, 0},
};

static const struct gh_fixture_row rows[] = {
    {"boot/config-" RELEASE, kconfig},
    {"boot/vmlinuz-" RELEASE, "the lab's kernel " RELEASE "\n"},
    {"boot/initrd.img-" RELEASE, "the lab's initial RAM disk\n"},
    {"proc/sys/kernel/osrelease", RELEASE "\n"},
    {"proc/version",
	"Linux version " RELEASE " (buildd@lcy02) (x86_64-linux-gnu-gcc 15.2) "
	"#8-Ubuntu SMP PREEMPT_DYNAMIC\n"},
    {"sys/kernel/kexec_crash_loaded", "0\n"},
    {"sys/kernel/security/lockdown", "none [integrity] confidentiality\n"},
    {"sys/kernel/security/lsm", "lockdown,capability,landlock,yama,apparmor,ima,evm\n"},
    {"sys/module/module/parameters/sig_enforce", "Y\n"},
    {"sys/module/msr/parameters/allow_writes", "off\n"},
    {"sys/module/kgdboc/parameters/kgdboc", "\n"},
    {"sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts", "N\n"},
    {"sys/module/vfio_pci/parameters/disable_idle_d3", "Y\n"},
    {"sys/firmware/efi/fw_platform_size", "64\n"},
    {"sys/firmware/efi/runtime", "0x0\n"},
    {"sys/kernel/security/ima/runtime_measurements_count", "2417\n"},
};

static const char log_tdx[] =
    "x86/tme: enabled by BIOS\nx86/mktme: enabled by BIOS\nx86/mktme: 127 KeyIDs "
    "available\n"
    "virt/tdx: BIOS enabled: private KeyID range [64, 128)\n"
    "virt/tdx: Disable ACPI S3. Turn off TDX in the BIOS to use ACPI S3.\n"
    "DMAR: Intel(R) Virtualization Technology for Directed I/O\n"
    "DMAR-IR: Enabled IRQ remapping in x2apic mode\n"
    "virt/tdx: TDX module: attributes 0x0, vendor_id 0x8086, major_version 1, "
    "minor_version 5, build_date 20250219, build_num 912\n"
    "virt/tdx: 4202516 KB allocated for PAMT\nvirt/tdx: module initialized\n";

static const char log_tdx_off[] =
    "x86/tme: not enabled by BIOS\n"
    "DMAR: Intel(R) Virtualization Technology for Directed I/O\n"
    "DMAR-IR: Enabled IRQ remapping in x2apic mode\n";

static const char log_snp[] =
    "SEV-SNP: RMP table physical range [0x0000000097900000 - 0x00000000a7efffff]\n"
    "AMD-Vi: Interrupt remapping enabled\nAMD-Vi: IOMMU SNP support enabled.\n"
    "ccp 0000:45:00.5: sev enabled\nccp 0000:45:00.5: SEV API:1.55 build:39\n"
    "ccp 0000:45:00.5: SEV-SNP API:1.55 build:39\n"
    "kvm_amd: SEV enabled (ASIDs 100 - 1006)\nkvm_amd: SEV-ES enabled (ASIDs 1 - 99)\n"
    "kvm_amd: SEV-SNP enabled (ASIDs 1 - 99)\n";

static const char log_snp_off[] =
    "SEV-SNP: Memory for the RMP table has not been reserved by BIOS\n"
    "AMD-Vi: Interrupt remapping enabled\nccp 0000:45:00.5: sev enabled\n"
    "ccp 0000:45:00.5: SEV API:1.55 build:39\nkvm_amd: SEV enabled (ASIDs 100 - 1006)\n";

/* Megabytes that pass the probe's filter, full of what must never reach a terminal. */
static void write_hostile_log(struct gh_fixture *f)
{
	static const char line[] =
	    "virt/tdx: \x1b[31m\x1b]2;owned\a module initialized \xff\xfe "
	    "\xe2\x80\xae SEV-SNP: \x9b"
	    "2J\x1b[6n\r\n";
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	while (b.len < HOSTILE_LEN && !b.oom)
		gh_buf_add(&b, line, sizeof(line) - 1);
	gh_fixture_bytes(f, "lab/tool/klog", b.p, b.len);
}

static void write_log(struct gh_fixture *f, const char *cmdline)
{
	bool off = gh_fixture_has(f, GH_FIXTURE_TEE_OFF);
	const char *tee = off ? log_tdx_off : log_tdx;

	if (f->spec->snp)
		tee = off ? log_snp_off : log_snp;
	gh_fixture_text(f, "lab/tool/klog",
	    "Linux version " RELEASE " (buildd@lcy02) #8-Ubuntu SMP PREEMPT_DYNAMIC\n"
	    "Command line: %s\nDMI: Supermicro %s/%s, BIOS %s %s\n"
	    "microcode: Current revision: %s\n%s",
	    cmdline, f->spec->product, f->spec->board, f->spec->bios_version,
	    f->spec->bios_date,
	    gh_fixture_has(f, GH_FIXTURE_OLD_MICROCODE) ? f->spec->microcode_old
							: f->spec->microcode,
	    tee);
}

/* Twice: a kernel without loadable modules has no /proc/modules to cover, but the lab's
 * sysfs is its own. */
static void write_modules(struct gh_fixture *f)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	char path[96];

	for (size_t i = 0; i < GH_COUNT(modules); i++) {
		const struct module *m = &modules[i];

		if (m->tee && m->tee != (f->spec->snp ? 's' : 't'))
			continue;
		gh_buf_fmt(&b, "%s %u 0 %s Live 0x0000000000000000\n", m->name, m->size,
		    m->users);
		snprintf(path, sizeof(path), "sys/module/%s/initstate", m->name);
		gh_fixture_text(f, path, "live\n");
		snprintf(path, sizeof(path), "sys/module/%s/coresize", m->name);
		gh_fixture_text(f, path, "%u\n", m->size);
	}
	gh_fixture_bytes(f, "proc/modules", b.p, b.len);
}

/* Firmware and page structures keep 1.6 % of what the DIMMs hold. */
static void write_memory(struct gh_fixture *f)
{
	unsigned long long kib = (unsigned long long)f->spec->dimms * f->spec->dimm_gib
				 << 20;
	unsigned long long total = kib / 1000 * 984;

	gh_fixture_text(f, "proc/meminfo",
	    "MemTotal:       %llu kB\nMemFree:        %llu kB\nMemAvailable:   %llu kB\n"
	    "SwapTotal:             0 kB\nSwapFree:              0 kB\n"
	    "HugePages_Total:       0\nHugePages_Free:        0\n"
	    "Hugepagesize:       2048 kB\n",
	    total, total - 43312112, total - 51089028);
}

void gh_fixture_boot(struct gh_fixture *f)
{
	const char *cmdline =
	    f->spec->snp
		? "BOOT_IMAGE=/vmlinuz-" RELEASE " root=/dev/mapper/root_crypt ro "
		  "mem_encrypt=on iommu.strict=1 nohibernate "
		  "vfio-pci.disable_idle_d3=1"
		: "BOOT_IMAGE=/vmlinuz-" RELEASE " root=/dev/mapper/root_crypt ro "
		  "intel_iommu=on iommu.strict=1 kvm_intel.tdx=1 nohibernate "
		  "vfio-pci.disable_idle_d3=1";

	gh_fixture_rows(f, rows, GH_COUNT(rows));
	gh_fixture_text(f, "proc/cmdline", "%s\n", cmdline);
	write_memory(f);
	write_modules(f);
	if (gh_fixture_has(f, GH_FIXTURE_HOSTILE))
		write_hostile_log(f);
	else
		write_log(f, cmdline);
}
