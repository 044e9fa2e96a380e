/* SPDX-License-Identifier: Apache-2.0
 * Processors of a lab host: /proc/cpuinfo, sysfs, model specific registers and the
 * kernel's TEE parameters (spec/host-and-firmware.md section 3, G04 to G06). */
#include "lab/fixture_cpu.h"

#include <stdio.h>
#include <string.h>

#include "lab/fixture_edit.h"

/* cpuinfo lists every CPU; a folder each for hundreds of equal ones buys nothing. */
#define CPU_DIRS 8
#define FAUX     "sys/devices/faux/tdx_host/"
#define VULN     "sys/devices/system/cpu/vulnerabilities/"

/* A register's number is its offset in a plain file, so a neighbour closer than eight
 * overlaps: such a one is answered from /lab/msr by the lab's dd (fixture_tools.c). */
struct msr {
	uint32_t number;
	uint64_t value;
	uint64_t off; /* with the TEE switched off in the BIOS */
	bool apart;   /* in a file of its own */
};

/* 0x3a locked, VMX, SGX; 0x87 64 TDX keys and 63 MK-TME keys; 0x13a Boot Guard measured
 * and verified; 0x982 TME locked and on, 7
 * and 6 KeyID bits; 0xc80 locked, debug off; 0x1401 bits 10, 11: locked, SEAMRR on. */
static const struct msr msr_tdx[] = {
    {0x3a, 0x160005, 0x160005, false},
    {0x87, 0x000000400000003fULL, 0, false},
    {0xa0, 0, 0, false},
    {0xce, 0x00000008f0811700ULL, 0x00000008f0811700ULL, false},
    {0x13a, 0x000000050000006dULL, 0x000000050000006dULL, false},
    {0x1f3, 0xff800800, 0xff800800, false},
    {0x4e0, 0x5, 0x5, false},
    {0x503, 0, 0, false},
    {0x982, 0x0005006700000003ULL, 0x1, false},
    {0xc80, 0x40000000, 0x40000000, false},
    {0x1401, 0x3ff8000c00ULL, 0, false},
};

/* SYSCFG bits 23 SME, 24 SNP; HWCR bit 0 SmmLock; the RMP's first and last byte. */
static const struct msr msr_snp[] = {
    {0xc0010010, 0x3f40000, 0xf40000, false},
    {0xc0010015, 0x49000011, 0x49000011, true},
    {0xc0010132, 0x97900000, 0, false},
    {0xc0010133, 0xa7efffff, 0, true},
};

static const char flags_intel[] =
    "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush dts "
    "acpi mmx fxsr sse sse2 ss ht tm pbe syscall nx pdpe1gb rdtscp lm constant_tsc art "
    "arch_perfmon pebs bts rep_good nopl xtopology nonstop_tsc cpuid aperfmperf "
    "tsc_known_freq pni pclmulqdq dtes64 monitor ds_cpl vmx smx est tm2 ssse3 sdbg fma "
    "cx16 "
    "xtpr pdcm pcid dca sse4_1 sse4_2 x2apic movbe popcnt aes xsave avx f16c rdrand "
    "lahf_lm "
    "abm 3dnowprefetch cpuid_fault epb cat_l3 cat_l2 cdp_l3 ssbd mba ibrs ibpb stibp "
    "ibrs_enhanced tpr_shadow flexpriority ept vpid ept_ad fsgsbase tsc_adjust sgx bmi1 "
    "avx2 "
    "smep bmi2 erms invpcid cqm rdt_a avx512f avx512dq rdseed adx smap avx512ifma "
    "clflushopt "
    "clwb intel_pt avx512cd sha_ni avx512bw avx512vl xsaveopt xsavec xgetbv1 xsaves "
    "split_lock_detect user_shstk avx_vnni avx512_bf16 wbnoinvd dtherm ida arat pln pts "
    "hwp "
    "vnmi avx512vbmi umip pku ospke waitpkg avx512_vbmi2 gfni vaes vpclmulqdq "
    "avx512_vnni "
    "tme avx512_vpopcntdq la57 rdpid bus_lock_detect cldemote movdiri movdir64b enqcmd "
    "sgx_lc "
    "fsrm md_clear serialize tsxldtrk pconfig arch_lbr ibt amx_bf16 amx_tile amx_int8 "
    "flush_l1d arch_capabilities";

static const char flags_amd[] =
    "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx "
    "fxsr "
    "sse sse2 ht syscall nx mmxext fxsr_opt pdpe1gb rdtscp lm constant_tsc rep_good "
    "amd_lbr_v2 "
    "nopl nonstop_tsc cpuid extd_apicid aperfmperf rapl pni pclmulqdq monitor ssse3 fma "
    "cx16 "
    "pcid sse4_1 sse4_2 x2apic movbe popcnt aes xsave avx f16c rdrand lahf_lm cmp_legacy "
    "svm "
    "extapic cr8_legacy abm sse4a misalignsse 3dnowprefetch osvw ibs skinit wdt tce "
    "topoext "
    "perfctr_core perfctr_nb bpext cat_l3 cdp_l3 hw_pstate ssbd mba perfmon_v2 ibrs ibpb "
    "stibp "
    "ibrs_enhanced vmmcall fsgsbase bmi1 avx2 smep bmi2 erms invpcid cqm rdt_a avx512f "
    "avx512dq rdseed adx smap avx512ifma clflushopt clwb avx512cd sha_ni avx512bw "
    "avx512vl "
    "xsaveopt xsavec xgetbv1 xsaves avx512_bf16 clzero irperf xsaveerptr rdpru wbnoinvd "
    "amd_ppin cppc arat npt lbrv svm_lock nrip_save tsc_scale vmcb_clean flushbyasid "
    "decodeassists pausefilter pfthreshold avic v_vmsave_vmload vgif x2avic v_spec_ctrl "
    "vnmi "
    "avx512vbmi umip pku ospke avx512_vbmi2 gfni vaes vpclmulqdq avx512_vnni "
    "avx512_bitalg "
    "avx512_vpopcntdq la57 rdpid overflow_recov succor smca fsrm flush_l1d debug_swap";

static const struct gh_fixture_row vuln_all[] = {
    {VULN "gather_data_sampling", "Not affected\n"},
    {VULN "ghostwrite", "Not affected\n"},
    {VULN "indirect_target_selection", "Not affected\n"},
    {VULN "itlb_multihit", "Not affected\n"},
    {VULN "l1tf", "Not affected\n"},
    {VULN "mds", "Not affected\n"},
    {VULN "meltdown", "Not affected\n"},
    {VULN "mmio_stale_data", "Not affected\n"},
    {VULN "reg_file_data_sampling", "Not affected\n"},
    {VULN "retbleed", "Not affected\n"},
    {VULN "spec_store_bypass",
	"Mitigation: Speculative Store Bypass disabled via prctl\n"},
    {VULN "spectre_v1",
	"Mitigation: usercopy/swapgs barriers and __user pointer sanitization\n"},
    {VULN "srbds", "Not affected\n"},
    {VULN "tsx_async_abort", "Not affected\n"},
    {VULN "vmscape", "Mitigation: IBPB before exit to userspace\n"},
};

static const struct gh_fixture_row vuln_tdx[] = {
    {VULN "spec_rstack_overflow", "Not affected\n"},
    {VULN "spectre_v2", "Mitigation: Enhanced / Automatic IBRS; IBPB: conditional; "
			"PBRSB-eIBRS: SW sequence; BHI: BHI_DIS_S\n"},
    {VULN "tsa", "Not affected\n"},
};

static const struct gh_fixture_row vuln_snp[] = {
    {VULN "spec_rstack_overflow", "Mitigation: Safe RET\n"},
    {VULN "spectre_v2",
	"Mitigation: Enhanced / Automatic IBRS; IBPB: conditional; STIBP: "
	"always-on; PBRSB-eIBRS: Not affected; BHI: Not affected\n"},
    {VULN "tsa", "Mitigation: Clear CPU buffers\n"},
};

static unsigned int count_cpus(const struct gh_lab_spec *s)
{
	return s->cores * 4; /* two sockets, two threads a core */
}

static const char *microcode_of(const struct gh_fixture *f)
{
	return gh_fixture_has(f, GH_FIXTURE_OLD_MICROCODE) ? f->spec->microcode_old
							   : f->spec->microcode;
}

/* One block of /proc/cpuinfo; Linux numbers the second threads after all cores. */
static void put_cpuinfo(struct gh_buf *b, const struct gh_fixture *f, unsigned int cpu)
{
	const struct gh_lab_spec *s = f->spec;
	unsigned int core = cpu % s->cores, socket = cpu / s->cores % 2;
	bool off = gh_fixture_has(f, GH_FIXTURE_TEE_OFF);
	const char *tee = s->snp ? " sme sev sev_es" : "";

	if (!off)
		tee = s->snp ? " sme sev sev_es sev_snp" : " tdx_host_platform";
	gh_buf_fmt(b,
	    "processor\t: %u\nvendor_id\t: %s\ncpu family\t: %u\nmodel\t\t: %u\n"
	    "model name\t: %s\nstepping\t: %u\nmicrocode\t: %s\ncpu MHz\t\t: 2300.000\n"
	    "physical id\t: %u\nsiblings\t: %u\ncore id\t\t: %u\ncpu cores\t: %u\n",
	    cpu, s->snp ? "AuthenticAMD" : "GenuineIntel", s->family, s->model,
	    s->cpu_name, s->stepping, microcode_of(f), socket, s->cores * 2, core,
	    s->cores);
	gh_buf_fmt(b,
	    "fpu\t\t: yes\nflags\t\t: %s%s\nbogomips\t: 4600.00\nclflush size\t: 64\n"
	    "cache_alignment\t: 64\naddress sizes\t: 52 bits physical, 57 bits "
	    "virtual\n\n",
	    s->snp ? flags_amd : flags_intel, tee);
}

static void write_cpus(struct gh_fixture *f)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	unsigned int n = count_cpus(f->spec);
	char path[96], range[32];

	for (unsigned int i = 0; i < n; i++)
		put_cpuinfo(&b, f, i);
	if (gh_buf_ok(&b, f->err)) {
		f->failed = true;
		return;
	}
	gh_fixture_bytes(f, "proc/cpuinfo", b.p, b.len);
	for (unsigned int i = 0; i < n; i++) {
		snprintf(path, sizeof(path),
		    "sys/devices/system/cpu/cpu%u/microcode/version", i);
		gh_fixture_text(f, path, "%s\n", microcode_of(f));
	}
	snprintf(range, sizeof(range), "0-%u\n", n - 1);
	gh_fixture_text(f, "sys/devices/system/cpu/online", "%s", range);
	gh_fixture_text(f, "sys/devices/system/cpu/possible", "%s", range);
	gh_fixture_text(f, "sys/devices/system/cpu/present", "%s", range);
	gh_fixture_text(f, "sys/devices/system/cpu/offline", "\n");
	gh_fixture_text(f, "sys/devices/system/cpu/isolated", "\n");
	gh_fixture_text(f, "sys/devices/system/cpu/smt/active", "1\n");
	gh_fixture_text(f, "sys/devices/system/cpu/smt/control", "on\n");
}

static void put_msr(struct gh_fixture *f, const char *path, const struct msr *m)
{
	uint64_t v = gh_fixture_has(f, GH_FIXTURE_TEE_OFF) ? m->off : m->value;
	char own[64];

	v = gh_fixture_edit_msr(f, m->number, v);
	if (!m->apart) {
		gh_fixture_at(f, path, m->number, v);
		return;
	}
	snprintf(own, sizeof(own), "lab/msr/%u", m->number);
	gh_fixture_at(f, own, 0, v);
}

/* A sparse file each: the register's number is the offset. */
static void write_msrs(struct gh_fixture *f)
{
	const struct msr *m = f->spec->snp ? msr_snp : msr_tdx;
	size_t n = f->spec->snp ? GH_COUNT(msr_snp) : GH_COUNT(msr_tdx);
	unsigned int cpus[2] = {0, count_cpus(f->spec) - 1};
	char path[64];

	for (size_t c = 0; c < 2; c++) {
		snprintf(path, sizeof(path), "dev/cpu/%u/msr", cpus[c]);
		for (size_t i = 0; i < n; i++)
			put_msr(f, path, &m[i]);
		gh_fixture_own(f, path, 0600, 0);
	}
}

static void write_tdx(struct gh_fixture *f)
{
	const char *on = gh_fixture_has(f, GH_FIXTURE_TEE_OFF) ? "N\n" : "Y\n";

	gh_fixture_text(f, "sys/module/kvm_intel/parameters/tdx", "%s", on);
	gh_fixture_text(f, "sys/module/kvm_intel/parameters/sgx", "%s", on);
	gh_fixture_text(f, "sys/module/kvm_intel/parameters/nested", "N\n");
	if (gh_fixture_has(f, GH_FIXTURE_TEE_OFF)) {
		gh_fixture_absent(f, FAUX "version");
		gh_fixture_absent(f, FAUX "seamldr/version");
	} else {
		gh_fixture_text(f, FAUX "version", "1.5.16\n");
		gh_fixture_text(f, FAUX "seamldr/version", "1.5.16\n");
	}
	gh_fixture_text(f, "dev/sgx_enclave", "%s", "");
	gh_fixture_own(f, "dev/sgx_enclave", 0660, 117);
	gh_fixture_text(f, "dev/sgx_provision", "%s", "");
	gh_fixture_own(f, "dev/sgx_provision", 0660, 118);
	gh_fixture_rows(f, vuln_tdx, GH_COUNT(vuln_tdx));
}

static void write_snp(struct gh_fixture *f)
{
	static const char *const ones[] = {"fused_part", "debug_lock_on",
	    "anti_rollback_status", "rom_armor_enforced", "tsme_status"};
	const char *on = gh_fixture_has(f, GH_FIXTURE_TEE_OFF) ? "N\n" : "Y\n";
	char path[96];

	gh_fixture_text(f, "sys/module/kvm_amd/parameters/sev", "Y\n");
	gh_fixture_text(f, "sys/module/kvm_amd/parameters/sev_es", "Y\n");
	gh_fixture_text(f, "sys/module/kvm_amd/parameters/sev_snp", "%s", on);
	gh_fixture_text(f, "sys/module/kvm_amd/parameters/nested", "0\n");
	for (size_t i = 0; i < GH_COUNT(ones); i++) {
		snprintf(path, sizeof(path), "sys/bus/pci/drivers/ccp/0000:45:00.5/%s",
		    ones[i]);
		gh_fixture_text(f, path, "1\n");
	}
	gh_fixture_text(f, "sys/bus/pci/drivers/ccp/0000:45:00.5/bootloader_version",
	    "00.2d.00.79\n");
	gh_fixture_text(f, "dev/sev", "%s", "");
	gh_fixture_own(f, "dev/sev", 0600, 0);
	gh_fixture_rows(f, vuln_snp, GH_COUNT(vuln_snp));
}

void gh_fixture_cpu(struct gh_fixture *f)
{
	write_cpus(f);
	write_msrs(f);
	gh_fixture_rows(f, vuln_all, GH_COUNT(vuln_all));
	gh_fixture_text(f, VULN "old_microcode", "%s",
	    gh_fixture_has(f, GH_FIXTURE_OLD_MICROCODE) ? "Vulnerable\n"
							: "Not affected\n");
	if (f->spec->snp)
		write_snp(f);
	else
		write_tdx(f);
}
