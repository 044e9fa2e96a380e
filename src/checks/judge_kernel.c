/* SPDX-License-Identifier: Apache-2.0
 * Judges of the kernel and its settings (G10, and the kernel's part of G16). */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "checks/judge.h"

static void version(struct gh_judging *j)
{
	static const uint64_t tdx[2] = {6, 16}, tdx_intel[2] = {6, 8}, snp[2] = {6, 11};
	const uint64_t *floor = j->host->tee == GH_TEE_TDX ? tdx : snp;
	struct gh_bytes v;
	uint64_t part[2];
	if (!gh_judge_file(j, "sys", "/proc/sys/kernel/osrelease", &v))
		return;
	/* Canonical's -intel kernels carry TDX hosts since 6.8 (section 5.9) */
	if (floor == tdx && gh_text_find(v, "-intel"))
		floor = tdx_intel;
	gh_say(&j->f->expected, "%llu.%llu or newer", (unsigned long long)floor[0],
	    (unsigned long long)floor[1]);
	if (gh_version_read(v, part, 2) != 2)
		gh_judge_unknown(j, "malformed", "kernel release has no form we know");
	else if (gh_version_order(part, floor, 2) < 0)
		gh_judge_fail(j, "old", "%.*s", (int)v.len, (const char *)v.p);
	else
		gh_judge_pass(j, "%.*s", (int)v.len, (const char *)v.p);
}

/* True when the option is y or m. */
static bool option_on(const struct gh_probe_item *it, const char *option)
{
	char text[64];
	static const char value[] = {'y', 'm'};
	for (size_t i = 0; i < GH_COUNT(value); i++) {
		struct gh_bytes rest = it->data, line;
		snprintf(text, sizeof(text), "CONFIG_%s=%c", option, value[i]);
		while (gh_text_line(&rest, &line))
			if (gh_text_is(line, text))
				return true;
	}
	return false;
}

/* The kernel's configuration; UNKNOWN when the host keeps none. */
static const struct gh_probe_item *kconfig(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "kconfig");
	if (it && it->data.len == 0) {
		gh_judge_unknown(j, "empty", "the kernel configuration is empty");
		return NULL;
	}
	return it;
}

/* One line an entry; "A|B" is satisfied by either. */
static bool options_miss(struct gh_judging *j, const struct gh_probe_item *it,
    const char *const *option, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char one[64];
		const char *bar = strchr(option[i], '|');
		size_t len = bar ? (size_t)(bar - option[i]) : strlen(option[i]);
		snprintf(one, sizeof(one), "%.*s", (int)len, option[i]);
		if (option_on(it, one) || (bar && option_on(it, bar + 1)))
			continue;
		gh_judge_fail(j, "missing", "CONFIG_%s is not set", one);
		return true;
	}
	return false;
}

static void config(struct gh_judging *j)
{
	static const char *const tdx[] = {
	    "INTEL_TDX_HOST", "KVM_INTEL_TDX|INTEL_TDX_HOST", "X86_SGX", "X86_SGX_KVM"};
	static const char *const snp[] = {
	    "AMD_MEM_ENCRYPT", "CRYPTO_DEV_SP_PSP", "KVM_AMD_SEV"};
	static const char *const both[] = {
	    "VFIO_PCI", "IOMMUFD", "KVM_GENERIC_PRIVATE_MEM|KVM_GUEST_MEMFD"};
	const struct gh_probe_item *it = kconfig(j);
	if (!it)
		return;
	bool is_tdx = j->host->tee == GH_TEE_TDX;
	if (options_miss(
		j, it, is_tdx ? tdx : snp, is_tdx ? GH_COUNT(tdx) : GH_COUNT(snp)) ||
	    options_miss(j, it, both, GH_COUNT(both)))
		return;
	gh_judge_pass(j, "every option for %s, VFIO and private memory",
	    is_tdx ? "TDX" : "SEV-SNP");
}

static void kconfig_hardening(struct gh_judging *j)
{
	static const char *const want[] = {"STRICT_KERNEL_RWX", "MODULE_SIG",
	    "STRICT_DEVMEM", "IO_STRICT_DEVMEM", "RANDOMIZE_BASE", "VMAP_STACK",
	    "SLAB_FREELIST_RANDOM", "SLAB_FREELIST_HARDENED"};
	const struct gh_probe_item *it = kconfig(j);
	if (it && !options_miss(j, it, want, GH_COUNT(want)))
		gh_judge_pass(j, "%zu options set", GH_COUNT(want));
}

static bool cmdline_of(struct gh_judging *j, struct gh_bytes *out)
{
	if (!gh_judge_file(j, "sys", "/proc/cmdline", out))
		return false;
	if (out->len)
		return true;
	gh_judge_unknown(j, "empty", "/proc/cmdline is empty");
	return false;
}

/* Parameters that switch a defence off (section 3, host.kernel.cmdline_forbidden). value
 * NULL = the bare word is enough. */
static const struct {
	const char *name, *value;
} forbidden[] = {
    {"mitigations", "off"},
    {"nokaslr", NULL},
    {"nopti", NULL},
    {"nospectre_v1", NULL},
    {"nospectre_v2", NULL},
    {"spectre_v2", "off"},
    {"spec_store_bypass_disable", "off"},
    {"l1tf", "off"},
    {"mds", "off"},
    {"tsx_async_abort", "off"},
    {"retbleed", "off"},
    {"nosmep", NULL},
    {"nosmap", NULL},
    {"dis_ucode_ldr", NULL},
    {"iomem", "relaxed"},
    {"no_hash_pointers", NULL},
    {"module.sig_enforce", "0"},
    {"init", NULL},
    {"systemd.debug-shell", NULL},
    {"efi", "noruntime"},
};

static void cmdline_forbidden(struct gh_judging *j)
{
	struct gh_bytes cmdline, v;
	if (!cmdline_of(j, &cmdline))
		return;
	for (size_t i = 0; i < GH_COUNT(forbidden); i++) {
		if (!gh_cmdline_get(cmdline, forbidden[i].name, &v) ||
		    (forbidden[i].value && !gh_text_is(v, forbidden[i].value)))
			continue;
		gh_judge_fail(j, "present", "%s%s%s", forbidden[i].name,
		    forbidden[i].value ? "=" : "",
		    forbidden[i].value ? forbidden[i].value : "");
		return;
	}
	gh_judge_pass(j, "none of %zu weakening parameters", GH_COUNT(forbidden));
}

static void cmdline_required(struct gh_judging *j)
{
	struct gh_bytes cmdline, v;
	if (!cmdline_of(j, &cmdline))
		return;
	if (j->host->tee == GH_TEE_SNP) {
		if (gh_cmdline_get(cmdline, "mem_encrypt", &v) && gh_text_is(v, "off"))
			gh_judge_fail(j, "mem_encrypt", "mem_encrypt=off");
		else
			gh_judge_pass(j, "no mem_encrypt=off");
		return;
	}
	if (gh_cmdline_get(cmdline, "intel_iommu", &v) && gh_text_is(v, "off"))
		gh_judge_fail(j, "intel_iommu", "intel_iommu=off");
	else if (gh_cmdline_get(cmdline, "kvm_intel.tdx", &v) && !gh_is_yes(v))
		gh_judge_fail(
		    j, "kvm_intel", "kvm_intel.tdx=%.*s", (int)v.len, (const char *)v.p);
	else if (!gh_cmdline_get(cmdline, "nohibernate", &v))
		gh_judge_fail(j, "nohibernate", "nohibernate is not there");
	else
		gh_judge_pass(j, "nohibernate, and nothing switches TDX off");
}

static void taint(struct gh_judging *j)
{
	/* letters in the order of the bits (kernel, tainted-kernels) */
	static const char letter[] = "PFSRMBUDAWCIOELKXTN";
	char text[sizeof(letter)];
	size_t n = 0;
	uint64_t v;
	if (!gh_judge_number(j, "sys", "/proc/sys/kernel/tainted", &v))
		return;
	for (size_t i = 0; i < sizeof(letter) - 1; i++)
		if (v >> i & 1)
			text[n++] = letter[i];
	text[n] = '\0';
	if (v)
		gh_judge_fail(j, "tainted", "%llu (%s)", (unsigned long long)v, text);
	else
		gh_judge_pass(j, "0");
}

static void modules(struct gh_judging *j)
{
	static const char *const bad[] = {"nvidia", "nvidia_uvm", "nvidia_drm", "nouveau",
	    "nova_core", "chipsec", "usb_storage"};
	const struct gh_probe_item *it = gh_judge_item(j, "modules");
	struct gh_bytes rest, line, name;
	unsigned int n = 0;
	if (!it)
		return;
	for (rest = it->data; gh_text_line(&rest, &line); n++) {
		if (!gh_text_word(&line, &name))
			continue;
		for (size_t i = 0; i < GH_COUNT(bad); i++)
			if (gh_text_is(name, bad[i])) {
				gh_judge_fail(j, "forbidden", "%s is loaded", bad[i]);
				return;
			}
	}
	if (n)
		gh_judge_pass(j, "%u modules, none of them unwanted", n);
	else
		gh_judge_unknown(j, "empty", "no loaded module was found");
}

static void module_sig(struct gh_judging *j)
{
	const struct gh_probe_item *sys = gh_probe_get(j->probe, "sys");
	struct gh_bytes v, lock;
	if (!gh_judge_file(j, "sys", "/sys/module/module/parameters/sig_enforce", &v))
		return;
	if (gh_is_yes(v))
		gh_judge_pass(j, "enforced");
	else if (gh_item_value(sys, "/sys/kernel/security/lockdown", &lock) &&
		 (gh_text_find(lock, "[integrity]") ||
		     gh_text_find(lock, "[confidentiality]")))
		gh_judge_pass(j, "implied by lockdown");
	else
		gh_judge_fail(
		    j, "off", "sig_enforce is %.*s", (int)v.len, (const char *)v.p);
}

/* Each must be at least min and at most max. */
static const struct {
	const char *path;
	uint64_t min, max;
} sysctls[] = {
    {"/proc/sys/kernel/kptr_restrict", 1, 2},
    {"/proc/sys/kernel/dmesg_restrict", 1, 1},
    {"/proc/sys/kernel/unprivileged_bpf_disabled", 1, 2},
    {"/proc/sys/kernel/yama/ptrace_scope", 1, 3},
    {"/proc/sys/kernel/sysrq", 0, 0},
    {"/proc/sys/kernel/perf_event_paranoid", 2, 4},
    {"/proc/sys/kernel/randomize_va_space", 2, 2},
    {"/proc/sys/net/core/bpf_jit_harden", 1, 2},
    {"/proc/sys/fs/protected_symlinks", 1, 1},
    {"/proc/sys/fs/protected_hardlinks", 1, 1},
    {"/proc/sys/fs/protected_fifos", 1, 2},
    {"/proc/sys/fs/protected_regular", 1, 2},
    {"/proc/sys/fs/suid_dumpable", 0, 0},
    {"/proc/sys/net/ipv4/conf/all/accept_redirects", 0, 0},
    {"/proc/sys/net/ipv4/conf/all/send_redirects", 0, 0},
    {"/proc/sys/net/ipv4/conf/all/accept_source_route", 0, 0},
};

static void sysctl(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "sys");
	gh_auto(struct gh_buf, gh_buf_free) bad = {0};
	unsigned int read = 0, n = 0;
	if (!it)
		return;
	gh_say(&j->f->source, "/proc/sys");
	for (size_t i = 0; i < GH_COUNT(sysctls); i++) {
		struct gh_bytes v;
		uint64_t x;
		if (!gh_item_value(it, sysctls[i].path, &v) ||
		    gh_text_u64(v, 10, &x) != 0)
			continue;
		read++;
		if (x < sysctls[i].min || x > sysctls[i].max)
			gh_buf_fmt(&bad, "%s%s=%llu", n++ ? ", " : "",
			    sysctls[i].path + strlen("/proc/sys/"),
			    (unsigned long long)x);
	}
	if (n)
		gh_judge_fail(j, "weak", "%s", gh_buf_cstr(&bad));
	else if (read < GH_COUNT(sysctls))
		gh_judge_unknown(j, "absent", "only %u of %zu settings could be read",
		    read, GH_COUNT(sysctls));
	else
		gh_judge_pass(j, "%u settings as they should be", read);
}

static void kexec(struct gh_judging *j)
{
	uint64_t v;
	if (!gh_judge_number(j, "sys", "/proc/sys/kernel/kexec_load_disabled", &v))
		return;
	if (v == 1)
		gh_judge_pass(j, "disabled");
	else
		gh_judge_fail(
		    j, "on", "kexec_load_disabled is %llu", (unsigned long long)v);
}

static void livepatch(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "places");
	struct gh_bytes line;
	if (!it)
		return;
	gh_say(&j->f->source, "/sys/kernel/livepatch");
	if (gh_item_line(it, "/sys/kernel/livepatch/", &line))
		gh_judge_recorded(j, "some", "%.*s", (int)line.len, (const char *)line.p);
	else
		gh_judge_recorded(j, "none", "none");
}

static bool list_has(struct gh_bytes list, const char *name)
{
	size_t n = strlen(name);
	for (size_t i = 0; i + n <= list.len; i++)
		if ((i == 0 || list.p[i - 1] == ',') && !memcmp(list.p + i, name, n) &&
		    (i + n == list.len || list.p[i + n] == ','))
			return true;
	return false;
}

static void lsm(struct gh_judging *j)
{
	struct gh_bytes v;
	if (!gh_judge_file(j, "sys", "/sys/kernel/security/lsm", &v))
		return;
	if (list_has(v, "lockdown") && list_has(v, "yama") &&
	    (list_has(v, "apparmor") || list_has(v, "selinux")))
		gh_judge_pass(j, "%.*s", (int)v.len, (const char *)v.p);
	else
		gh_judge_fail(j, "missing", "%.*s", (int)v.len, (const char *)v.p);
}

static void entropy(struct gh_judging *j)
{
	uint64_t v;
	if (!gh_judge_number(j, "sys", "/proc/sys/kernel/random/entropy_avail", &v))
		return;
	if (v >= 256)
		gh_judge_pass(j, "%llu bits", (unsigned long long)v);
	else
		gh_judge_fail(j, "low", "%llu bits", (unsigned long long)v);
}

static void errors(struct gh_judging *j)
{
	/* "mce: [Hardware Error]" and the lines of AER, EDAC, the watchdog and VFIO */
	static const char *const bad[] = {"[Hardware Error]",
	    "Machine check events logged", "AER: Uncorrect", "severity=Uncorrect",
	    "soft lockup", "reset recovery"};
	const struct gh_probe_item *it = gh_judge_item(j, "klog");
	struct gh_bytes line;
	if (!it)
		return;
	for (size_t i = 0; i < GH_COUNT(bad); i++)
		if (gh_item_line(it, bad[i], &line)) {
			gh_judge_fail(
			    j, "hardware", "%.*s", (int)line.len, (const char *)line.p);
			return;
		}
	if (gh_klog_whole(it))
		gh_judge_pass(j, "none since boot");
	else
		gh_judge_unknown(j, "log", "the kernel log has lost its beginning");
}

bool gh_kernel_digest(
    const struct gh_probe_item *it, const char *file, char hex[static 65])
{
	struct gh_bytes line, word;
	unsigned char raw[32];

	if (!gh_item_line(it, file, &line) || !gh_text_word(&line, &word) ||
	    word.len != 64)
		return false;
	memcpy(hex, word.p, 64);
	hex[64] = '\0';
	return gh_unhex(raw, sizeof(raw), hex, NULL) == 0;
}

/* The initial RAM disk is made on each host, so that its digest is only recorded, and
 * judged where params.initrd_sha256 lists some. */
static void image(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "kernel.image");
	char kernel[65], initrd[65] = "";
	const char *pin;

	if (!it)
		return;
	if (!gh_kernel_digest(it, " /boot/vmlinuz-", kernel)) {
		gh_judge_unknown(j, "malformed", "no digest of a kernel came");
		return;
	}
	(void)gh_kernel_digest(it, " /boot/init", initrd);
	pin = gh_enrolment_text(j->src->enrolled, "kernel.image_sha256");
	bool listed = gh_param_has(j, "sha256", kernel);
	if (!*pin && !listed && !json_object_get(j->check->params, "sha256")) {
		(void)gh_judge_pin(j, "kernel.image_sha256");
		return;
	}
	if (!listed && strcmp(pin, kernel) != 0)
		gh_judge_fail(j, "unknown_kernel", "kernel sha256 %s", kernel);
	else if (json_object_get(j->check->params, "initrd_sha256") &&
		 !gh_param_has(j, "initrd_sha256", initrd))
		gh_judge_fail(j, "unknown_initrd", "initial RAM disk sha256 %s", initrd);
	else
		gh_judge_pass(j, "kernel sha256 %s, initial RAM disk %s", kernel,
		    initrd[0] ? initrd : "unread");
}

const struct gh_judge gh_judges_kernel[] = {
    {"host.kernel.version", version},
    {"host.kernel.signed", image},
    {"host.kernel.config", config},
    {"host.kernel.kconfig_hardening", kconfig_hardening},
    {"host.kernel.cmdline_forbidden", cmdline_forbidden},
    {"host.kernel.cmdline_required", cmdline_required},
    {"host.kernel.taint", taint},
    {"host.kernel.modules", modules},
    {"host.kernel.module_sig", module_sig},
    {"host.kernel.sysctl", sysctl},
    {"host.kernel.kexec", kexec},
    {"host.kernel.livepatch", livepatch},
    {"host.kernel.lsm", lsm},
    {"host.kernel.entropy", entropy},
    {"host.kernel.errors", errors},
    {NULL, NULL},
};
