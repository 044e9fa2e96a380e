/* SPDX-License-Identifier: Apache-2.0
 * Judges of the processor and its microcode (G04). */
#include <string.h>

#include "base/text.h"
#include "checks/judge.h"

#define CPU_DIR "/sys/devices/system/cpu/"

static bool is_intel(const struct gh_cpu *c)
{
	return !strcmp(c->vendor, "GenuineIntel");
}

/* Parts that can carry each TEE (section 3, G04). warn: only some of them can. */
static const struct {
	enum gh_tee tee;
	const char *vendor;
	unsigned int family, model_from, model_to;
	const char *name;
	bool warn;
} part[] = {
    {GH_TEE_TDX, "GenuineIntel", 6, 207, 207, "Emerald Rapids", false},
    {GH_TEE_TDX, "GenuineIntel", 6, 173, 174, "Granite Rapids", false},
    {GH_TEE_TDX, "GenuineIntel", 6, 175, 175, "Sierra Forest", false},
    {GH_TEE_TDX, "GenuineIntel", 6, 143, 143, "Sapphire Rapids", true},
    {GH_TEE_SNP, "AuthenticAMD", 25, 0, 15, "Milan", false},
    {GH_TEE_SNP, "AuthenticAMD", 25, 16, 31, "Genoa", false},
    {GH_TEE_SNP, "AuthenticAMD", 25, 160, 175, "Bergamo/Siena", false},
    {GH_TEE_SNP, "AuthenticAMD", 26, 0, 17, "Turin", false},
};

static void model(struct gh_judging *j)
{
	struct gh_cpu c;
	if (!gh_judge_cpu(j, &c))
		return;
	for (size_t i = 0; i < GH_COUNT(part); i++) {
		if (part[i].tee != j->host->tee ||
		    strcmp(part[i].vendor, c.vendor) != 0 || part[i].family != c.family ||
		    c.model < part[i].model_from || c.model > part[i].model_to)
			continue;
		if (part[i].warn)
			gh_judge_warn(j, "select_skus",
			    "%s %u/%u stepping %u: only some SKUs have TDX", part[i].name,
			    c.family, c.model, c.stepping);
		else
			gh_judge_pass(j, "%s %u/%u stepping %u", part[i].name, c.family,
			    c.model, c.stepping);
		return;
	}
	gh_judge_fail(
	    j, "no_tee", "%s %u/%u stepping %u", c.vendor, c.family, c.model, c.stepping);
}

static void sockets(struct gh_judging *j)
{
	struct gh_cpu c;
	if (!gh_judge_cpu(j, &c))
		return;
	/* every 8-GPU board we know has two sockets */
	bool two = j->host->n_gpus >= 8;
	if (!c.uniform)
		gh_judge_fail(j, "mixed", "CPUs of more than one model or stepping");
	else if (c.n_packages == 0)
		gh_judge_unknown(j, "absent", "/proc/cpuinfo names no physical id");
	else if (two && c.n_packages != 2)
		gh_judge_fail(j, "sockets", "%u sockets, the board has 2", c.n_packages);
	else
		gh_judge_pass(j, "%u CPUs in %u sockets, all alike", c.n, c.n_packages);
}

/* Microcode of a part: baseline = release 2025-05-12 (older releases miss fixes that the
 * TDX TCB counts), cve = the floor where every published flaw of section 5.7 is closed. */
static const struct {
	const char *vendor;
	unsigned int family, model, stepping;
	uint32_t baseline, cve;
	const char *closes;
} ucode[] = {
    {"GenuineIntel", 6, 143, 8, 0x2b000639, 0x2b000643, "INTEL-SA-01249/-01313/-01367"},
    {"GenuineIntel", 6, 207, 2, 0x210002a9, 0x210002b3, "INTEL-SA-01249/-01313/-01367"},
    {"GenuineIntel", 6, 173, 1, 0x010003a2, 0x010003d0, "INTEL-SA-01249/-01313/-01367"},
    {"GenuineIntel", 6, 175, 3, 0x03000341, 0x03000362, "INTEL-SA-01249/-01313/-01367"},
    {"AuthenticAMD", 25, 1, 1, 0x0a0011d5, 0x0a0011d5, "CVE-2023-31315"},
    {"AuthenticAMD", 25, 1, 2, 0x0a001238, 0x0a001238, "CVE-2023-31315"},
    {"AuthenticAMD", 25, 17, 1, 0x0a101148, 0x0a101148, "CVE-2023-31315"},
    {"AuthenticAMD", 25, 17, 2, 0x0a101248, 0x0a101248, "CVE-2023-31315"},
    {"AuthenticAMD", 25, 160, 2, 0x0aa00215, 0x0aa00215, "CVE-2023-31315"},
    {"AuthenticAMD", 26, 2, 1, 0x0b002150, 0x0b002150, "the floor in use for Turin"},
    {"AuthenticAMD", 26, 17, 0, 0x0b10104d, 0x0b10104d, "the floor in use for Turin"},
};

/* Row of that part, or GH_COUNT(ucode). */
static size_t ucode_row(const struct gh_cpu *c)
{
	size_t i = 0;
	while (i < GH_COUNT(ucode) &&
	       (strcmp(ucode[i].vendor, c->vendor) != 0 || ucode[i].family != c->family ||
		   ucode[i].model != c->model || ucode[i].stepping != c->stepping))
		i++;
	return i;
}

/* The revision that every CPU runs; UNKNOWN or FAIL (mixed) otherwise. */
static bool running_microcode(struct gh_judging *j, uint64_t *out)
{
	const struct gh_probe_item *it = gh_probe_get(j->probe, "microcode");
	struct gh_cpu c;
	unsigned int n = 0;
	if (!gh_judge_cpu(j, &c))
		return false;
	bool mixed = !c.uniform_microcode;
	*out = c.microcode;
	struct gh_walk w = {0};
	if (it && it->rc == 0)
		w = gh_walk_of(it, CPU_DIR "cpu", "/microcode/version");
	for (uint64_t v; gh_walk_next(&w); n++) {
		if (gh_text_u64(w.value, 16, &v) != 0)
			v = 0;
		mixed |= n && v != *out;
		*out = v;
	}
	gh_say(
	    &j->f->source, "%s", n ? CPU_DIR "cpu*/microcode/version" : "/proc/cpuinfo");
	if (mixed) {
		gh_judge_fail(j, "mixed", "CPUs run different microcode");
		return false;
	}
	if (*out == 0)
		gh_judge_unknown(
		    j, "absent", "the host does not say which microcode runs");
	return *out != 0;
}

static void judge_floor(struct gh_judging *j, bool cve)
{
	const struct gh_probe_item *it = gh_judge_item(j, "cpu");
	struct gh_cpu c;
	uint64_t v;
	if (!it || !running_microcode(j, &v) || !gh_cpu_read(&c, it))
		return;
	size_t i = ucode_row(&c);
	if (i == GH_COUNT(ucode)) {
		gh_judge_unknown(j, "no_floor",
		    "no floor is known for %s %u/%u stepping %u", c.vendor, c.family,
		    c.model, c.stepping);
		return;
	}
	uint32_t floor = cve ? ucode[i].cve : ucode[i].baseline;
	gh_say(&j->f->expected, "0x%08x or newer on every CPU%s%s", floor,
	    cve ? ", closes " : "", cve ? ucode[i].closes : "");
	if (v < floor)
		gh_judge_fail(j, "old", "0x%08llx", (unsigned long long)v);
	else
		gh_judge_pass(j, "0x%08llx", (unsigned long long)v);
}

static void microcode(struct gh_judging *j)
{
	judge_floor(j, false);
}

static void ucode_cve(struct gh_judging *j)
{
	judge_floor(j, true);
}

static void microcode_early(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "klog");
	struct gh_bytes line;
	if (!it)
		return;
	if (gh_item_line(it, "microcode: Reload completed", &line) ||
	    gh_item_line(it, "microcode: load: updated on", &line))
		gh_judge_fail(j, "late", "loaded after boot: %.*s", (int)line.len,
		    (const char *)line.p);
	else if (!gh_klog_whole(it))
		gh_judge_unknown(j, "log", "the kernel log has lost its beginning");
	else
		gh_judge_pass(j, "no late load in the kernel log");
}

static void old_microcode(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "vuln");
	struct gh_bytes v;
	if (!it)
		return;
	if (!gh_item_value(it, CPU_DIR "vulnerabilities/old_microcode", &v)) {
		if (it->data.len)
			gh_judge_pass(j, "this kernel keeps no list of old microcode");
		else
			gh_judge_unknown(
			    j, "absent", "the vulnerability files are not there");
	} else if (gh_text_is(v, "Not affected")) {
		gh_judge_pass(j, "Not affected");
	} else {
		gh_judge_fail(j, "old", "%.*s", (int)v.len, (const char *)v.p);
	}
}

static void production(struct gh_judging *j)
{
	uint64_t v;
	if (!gh_judge_msr(j, 0xce, &v))
		return;
	if (v >> 27 & 1)
		gh_judge_fail(j, "sample", "MSR 0xce bit 27 is 1: a pre-production part");
	else
		gh_judge_pass(j, "MSR 0xce bit 27 is 0");
}

static void sgx_debug(struct gh_judging *j)
{
	uint64_t v;
	if (!gh_judge_msr(j, 0x503, &v))
		return;
	if (v)
		gh_judge_fail(j, "on", "MSR 0x503 = 0x%llx", (unsigned long long)v);
	else
		gh_judge_pass(j, "MSR 0x503 = 0");
}

static void debug_iface(struct gh_judging *j)
{
	uint64_t v;
	if (!gh_judge_msr(j, 0xc80, &v))
		return;
	bool on = v & 1, locked = v >> 30 & 1, used = v >> 31 & 1;
	if (on || !locked || used)
		gh_judge_fail(j,
		    on     ? "on"
		    : used ? "used"
			   : "unlocked",
		    "enabled %d, locked %d, used since reset %d", on, locked, used);
	else
		gh_judge_pass(j, "off, locked, not used since reset");
}

static void feature_control(struct gh_judging *j)
{
	uint64_t v;
	if (!gh_judge_msr(j, 0x3a, &v))
		return;
	bool lock = v & 1, vmx = v >> 2 & 1, sgx = v >> 18 & 1;
	if (lock && vmx && sgx)
		gh_judge_pass(j, "locked, VMX and SGX on");
	else
		gh_judge_fail(j,
		    !lock  ? "unlocked"
		    : !vmx ? "vmx"
			   : "sgx",
		    "locked %d, VMX %d, SGX %d", lock, vmx, sgx);
}

static void smm(struct gh_judging *j)
{
	struct gh_cpu c;
	uint64_t a, b;
	if (!gh_judge_cpu(j, &c))
		return;
	if (!is_intel(&c)) {
		if (!gh_judge_msr(j, 0xc0010015, &a))
			return;
		if (a & 1)
			gh_judge_pass(j, "SmmLock is set");
		else
			gh_judge_fail(j, "unlocked", "SmmLock is clear");
		return;
	}
	if (!gh_judge_msr(j, 0x1f3, &a) || !gh_judge_msr(j, 0x4e0, &b))
		return;
	if ((a >> 11 & 1) && (b >> 2 & 1))
		gh_judge_pass(j, "SMRR valid, SMM code check on");
	else
		gh_judge_fail(j, "open", "SMRR valid %d, SMM code check %d",
		    (int)(a >> 11 & 1), (int)(b >> 2 & 1));
}

/* Every file of the PSP with that name must be 1. */
static void psp_flag(struct gh_judging *j, const char *const *name, size_t n)
{
	const struct gh_probe_item *it = gh_judge_item(j, "ccp");
	if (!it)
		return;
	for (size_t i = 0; i < n; i++) {
		struct gh_walk w = gh_walk_of(it, "/sys/bus/pci/drivers/ccp/", name[i]);
		unsigned int seen = 0;
		for (; gh_walk_next(&w); seen++) {
			if (gh_text_is(w.value, "1"))
				continue;
			gh_judge_fail(j, name[i] + 1, "%s is %.*s", name[i] + 1,
			    (int)w.value.len, (const char *)w.value.p);
			return;
		}
		if (seen == 0) {
			gh_judge_unknown(
			    j, "absent", "the kernel does not show %s", name[i] + 1);
			return;
		}
	}
	gh_judge_pass(j, "%s and %s are 1", name[0] + 1, name[n - 1] + 1);
}

static void amd_fused(struct gh_judging *j)
{
	static const char *const name[] = {"/fused_part", "/debug_lock_on"};
	psp_flag(j, name, GH_COUNT(name));
}

static void amd_rollback(struct gh_judging *j)
{
	static const char *const name[] = {
	    "/anti_rollback_status", "/rom_armor_enforced"};
	psp_flag(j, name, GH_COUNT(name));
}

static void smt(struct gh_judging *j)
{
	struct gh_bytes active, control;
	if (!gh_judge_file(j, "sys", CPU_DIR "smt/active", &active) ||
	    !gh_judge_file(j, "sys", CPU_DIR "smt/control", &control))
		return;
	const char *on = gh_text_is(active, "1") ? "on" : "off";
	if (gh_text_is(active, "0") || gh_text_is(active, "1"))
		gh_judge_recorded(j, on, "SMT %s (%.*s)", on, (int)control.len,
		    (const char *)control.p);
	else
		gh_judge_unknown(j, "malformed", "smt/active is neither 0 nor 1");
}

static void vuln(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "vuln");
	unsigned int n = 0, bad = 0;
	gh_auto(struct gh_buf, gh_buf_free) names = {0};
	if (!it)
		return;
	struct gh_walk w = gh_walk_of(it, CPU_DIR "vulnerabilities/", "");
	for (; gh_walk_next(&w); n++) {
		size_t skip = strlen(CPU_DIR "vulnerabilities/");
		/* old_microcode is a check of its own */
		if (!gh_text_starts(w.value, "Vulnerable") ||
		    gh_text_is(w.path, CPU_DIR "vulnerabilities/old_microcode"))
			continue;
		gh_buf_fmt(&names, "%s%.*s", bad++ ? ", " : "", (int)(w.path.len - skip),
		    (const char *)w.path.p + skip);
	}
	if (bad)
		gh_judge_fail(j, "vulnerable", "vulnerable: %s", gh_buf_cstr(&names));
	else if (n == 0)
		gh_judge_unknown(j, "absent", "the vulnerability files are not there");
	else
		gh_judge_pass(j, "%u flaws, each mitigated or absent", n);
}

static void online(struct gh_judging *j)
{
	struct gh_bytes on, off;
	if (!gh_judge_file(j, "sys", CPU_DIR "online", &on) ||
	    !gh_judge_file(j, "sys", CPU_DIR "offline", &off))
		return;
	if (off.len)
		gh_judge_fail(
		    j, "offline", "offline: %.*s", (int)off.len, (const char *)off.p);
	else
		gh_judge_pass(j, "online: %.*s", (int)on.len, (const char *)on.p);
}

const struct gh_judge gh_judges_cpu[] = {
    {"host.cpu.model", model},
    {"host.cpu.sockets_uniform", sockets},
    {"host.cpu.microcode", microcode},
    {"host.cpu.microcode_early", microcode_early},
    {"host.cpu.old_microcode", old_microcode},
    {"host.cpu.production", production},
    {"host.cpu.sgx_debug", sgx_debug},
    {"host.cpu.debug_iface", debug_iface},
    {"host.cpu.feature_control", feature_control},
    {"host.cpu.smm", smm},
    {"host.cpu.amd_fused", amd_fused},
    {"host.cpu.amd_rollback", amd_rollback},
    {"host.cpu.smt", smt},
    {"host.cpu.vuln", vuln},
    {"host.cpu.ucode_cve", ucode_cve},
    {"host.cpu.online", online},
    {NULL, NULL},
};
