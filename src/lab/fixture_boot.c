/* SPDX-License-Identifier: Apache-2.0
 * Boot chain and kernel of a lab host: UEFI variables, PCRs, configuration, command line,
 * log and modules (spec/host-and-firmware.md section 3, G09 and G10). */
#include "lab/fixture_boot.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "crypto/digest.h"

#define RELEASE     "6.17.0-8-generic"
#define EFI_GLOBAL  "-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define EFIVARS     "sys/firmware/efi/efivars/"
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
    {"sys/class/tpm/tpm0/tpm_version_major", "2\n"},
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

/* An efivarfs file: attributes, then the value. */
static void put_efivar(struct gh_fixture *f, const char *name, unsigned char attributes,
    const void *value, size_t len)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	const unsigned char head[4] = {attributes};
	char path[160];

	gh_buf_add(&b, head, sizeof(head));
	gh_buf_add(&b, value, len);
	snprintf(path, sizeof(path), EFIVARS "%s", name);
	gh_fixture_bytes(f, path, b.p, b.len);
}

static void put_u32(struct gh_buf *b, size_t v)
{
	for (unsigned int i = 0; i < 4; i++)
		gh_buf_chr(b, (char)(v >> (8 * i)));
}

/* EFI_SIGNATURE_LIST of type EFI_CERT_X509_GUID with one entry, whose certificate is a
 * stand-in: only its owner's name is ever read from here. */
static void put_platform_key(struct gh_fixture *f)
{
	static const unsigned char x509[16] = {0xa1, 0x59, 0xc0, 0xa5, 0xe4, 0x94, 0xa7,
	    0x4a, 0x87, 0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0, 0x72};
	static const char name[] = "CN=Super Micro Computer, Inc. Platform Key 2023";
	static const unsigned char zeros[16 + 512];
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	size_t cert = 512 + sizeof(name) - 1;

	gh_buf_add(&b, x509, sizeof(x509));
	put_u32(&b, 28 + 16 + cert);
	put_u32(&b, 0);
	put_u32(&b, 16 + cert);
	gh_buf_add(&b, zeros, 16 + 256);
	gh_buf_str(&b, name);
	gh_buf_add(&b, zeros, 256);
	put_efivar(f, "PK" EFI_GLOBAL, 0x27, b.p, b.len);
}

static void write_efi(struct gh_fixture *f)
{
	const unsigned char on = 1, off = 0;

	put_efivar(f, "SecureBoot" EFI_GLOBAL, 0x06,
	    gh_fixture_has(f, GH_FIXTURE_SECUREBOOT_OFF) ? &off : &on, 1);
	put_efivar(f, "SetupMode" EFI_GLOBAL, 0x06, &off, 1);
	put_efivar(f,
	    "MemoryOverwriteRequestControl-e20939be-32d4-41be-a150-897f85d49829", 0x07,
	    &on, 1);
	put_platform_key(f);
}

/* PCRs 0 to 7 follow from model, BIOS and Secure Boot, so that equal machines agree; 17 to
 * 22 are all ones until a dynamic launch. */
static void write_pcrs(struct gh_fixture *f)
{
	bool sb = !gh_fixture_has(f, GH_FIXTURE_SECUREBOOT_OFF);
	unsigned char md[32];
	char path[64], text[128], hex[65];

	for (unsigned int i = 0; i < 24; i++) {
		snprintf(text, sizeof(text), "pcr%u %s %s %d", i, f->spec->product,
		    f->spec->bios_version, i == 7 ? sb : 0);
		if (gh_sha256(text, strlen(text), md, f->err)) {
			f->failed = true;
			return;
		}
		if (i > 9 && i != 14)
			memset(md, i >= 17 && i <= 22 ? 0xff : 0, sizeof(md));
		gh_hex(hex, md, sizeof(md));
		for (char *c = hex; *c; c++)
			if (*c >= 'a')
				*c = (char)(*c - 'a' + 'A');
		snprintf(path, sizeof(path), "sys/class/tpm/tpm0/pcr-sha256/%u", i);
		gh_fixture_text(f, path, "%s\n", hex);
	}
}

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
	write_efi(f);
	write_pcrs(f);
	if (gh_fixture_has(f, GH_FIXTURE_HOSTILE))
		write_hostile_log(f);
	else
		write_log(f, cmdline);
}
