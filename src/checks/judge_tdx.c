/* SPDX-License-Identifier: Apache-2.0
 * Judges of Intel TDX on the host (G05; spec/tdx.md section 6). */
#include <string.h>

#include "base/text.h"
#include "checks/judge.h"

#define KEYS_MIN   17 /* Canonical's test wants more than 16 private keys */
#define VM_PER_GPU "per-gpu"

static void cpuflag(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "cpuflags");
	if (!it)
		return;
	if (it->data.len == 0)
		gh_judge_unknown(j, "absent", "/proc/cpuinfo has no flags");
	else if (gh_words_have(it->data, "tdx_host_platform"))
		gh_judge_pass(j, "tdx_host_platform");
	else
		gh_judge_fail(j, "absent_flag", "no tdx_host_platform in /proc/cpuinfo");
}

/* One TD for each GPU, or one for all, and one key that stays in reserve. */
static uint64_t keys_planned(const struct gh_host *host)
{
	bool each = host->plan && !strcmp(host->plan, VM_PER_GPU);
	return (each ? host->n_gpus : 1) + 1;
}

/* A line of the kernel log that must be there; NULL when it is not, and the finding says
 * whether that is proof. */
static bool log_line(struct gh_judging *j, const char *text, struct gh_bytes *line)
{
	const struct gh_probe_item *it = gh_judge_item(j, "klog");
	if (!it)
		return false;
	if (gh_item_line(it, text, line))
		return true;
	if (gh_klog_whole(it))
		gh_judge_fail(j, "no_line", "no \"%s\" in the kernel log", text);
	else
		gh_judge_unknown(j, "log", "the kernel log has lost its beginning");
	return false;
}

static void bios_keyids(struct gh_judging *j)
{
	struct gh_bytes line;
	uint64_t from, to, want = keys_planned(j->host);
	if (!log_line(j, "virt/tdx: BIOS enabled: private KeyID range", &line))
		return;
	if (!gh_number_after(line, "range [", &from) ||
	    !gh_number_after(line, ", ", &to) || to < from) {
		gh_judge_unknown(
		    j, "malformed", "the kernel's KeyID line has another form");
		return;
	}
	if (to - from < want)
		gh_judge_fail(j, "few", "%llu private KeyIDs, the plan needs %llu",
		    (unsigned long long)(to - from), (unsigned long long)want);
	else
		gh_judge_pass(j, "%llu private KeyIDs [%llu, %llu)",
		    (unsigned long long)(to - from), (unsigned long long)from,
		    (unsigned long long)to);
}

static void module_initialized(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "klog");
	struct gh_bytes line;
	if (!it)
		return;
	if (gh_item_line(it, "initialization failed (-5)", &line)) {
		gh_judge_fail(j, "too_old",
		    "initialization failed (-5): the module is too old "
		    "for this kernel, or the lines above say why");
		return;
	}
	if (gh_item_line(it, "tdx: module initialization failed", &line) ||
	    gh_item_line(it, "virt/tdx: initialization failed", &line)) {
		gh_judge_fail(j, "failed", "%.*s", (int)line.len, (const char *)line.p);
		return;
	}
	if (gh_item_line(it, "virt/tdx: module initialized", &line) ||
	    gh_item_line(it, "TDX-Module initialized", &line))
		gh_judge_pass(j, "%.*s", (int)line.len, (const char *)line.p);
	else if (gh_klog_whole(it))
		gh_judge_fail(
		    j, "no_line", "no \"module initialized\" in the kernel log");
	else
		gh_judge_unknown(j, "log", "the kernel log has lost its beginning");
}

/* True when either source was read; says why it is UNKNOWN otherwise. */
static bool module_of(struct gh_judging *j, struct gh_tdx_module *m)
{
	if (gh_tdx_module_read(m, j->probe)) {
		gh_say(&j->f->source, "/sys/devices/faux/tdx_host/version, kernel log");
		return true;
	}
	const struct gh_probe_item *it = gh_judge_item(j, "klog");
	if (!it)
		return false;
	if (gh_klog_whole(it) && j->check->severity == GH_SEV_BLOCKER)
		gh_judge_fail(j, "no_module", "the kernel names no TDX module");
	else
		gh_judge_unknown(j, "no_module", "the kernel names no TDX module");
	return false;
}

static bool module_fits(const struct gh_tdx_module *m, const struct gh_cpu *c)
{
	for (unsigned int i = 0; i < m->n_cpus; i++)
		if ((m->cpu[i] & ~15u) == gh_cpu_signature(c))
			return true;
	return false;
}

/* 1.5.06 is the policy's floor (section 3, host.tdx.module_version). */
static void module_version(struct gh_judging *j)
{
	static const uint64_t floor[3] = {1, 5, 6};
	const struct gh_probe_item *it = gh_probe_get(j->probe, "cpu");
	struct gh_tdx_module m;
	struct gh_cpu c;
	uint64_t v[3];
	if (!module_of(j, &m))
		return;
	if (!m.version[0]) {
		gh_judge_unknown(j, "unnamed",
		    "the log gives a build date that no published module has");
		return;
	}
	if (gh_version_read(gh_text_of(m.version), v, 3) != 3) {
		gh_judge_unknown(j, "malformed", "module version has no form we know");
		return;
	}
	if (gh_version_order(v, floor, 3) < 0)
		gh_judge_fail(j, "old", "%s", m.version);
	else if (!m.n_cpus)
		gh_judge_warn(
		    j, "unlisted", "%s, which our table does not know", m.version);
	else if (!it || it->rc != 0 || !gh_cpu_read(&c, it))
		gh_judge_unknown(
		    j, "cpu_unread", "%s, but the CPU could not be read", m.version);
	else if (!module_fits(&m, &c))
		gh_judge_fail(j, "cpu", "%s is not for this CPU (signature 0x%x)",
		    m.version, gh_cpu_signature(&c));
	else
		gh_judge_pass(j, "%s", m.version);
}

static void mrseam_expected(struct gh_judging *j)
{
	struct gh_tdx_module m;
	if (!module_of(j, &m))
		return;
	if (m.mrseam[0])
		gh_judge_pass(j, "%s: %s", m.version, m.mrseam);
	else
		gh_judge_unknown(j, "unlisted", "no MRSEAM is known for module %s",
		    m.version[0] ? m.version : "of that build date");
}

/* The module refuses a loader older than its own major.minor (section 5.6). */
static void seamldr(struct gh_judging *j)
{
	const struct gh_probe_item *sys = gh_probe_get(j->probe, "sys");
	static const uint64_t floor[2] = {1, 5};
	struct gh_bytes v;
	uint64_t part[3], msr;
	if (sys && sys->rc == 0 &&
	    gh_item_value(sys, "/sys/devices/faux/tdx_host/seamldr/version", &v) &&
	    gh_version_read(v, part, 3) == 3) {
		gh_say(&j->f->source, "/sys/devices/faux/tdx_host/seamldr/version");
		if (gh_version_order(part, floor, 2) < 0)
			gh_judge_fail(j, "old", "%.*s", (int)v.len, (const char *)v.p);
		else
			gh_judge_pass(j, "%.*s", (int)v.len, (const char *)v.p);
		return;
	}
	if (!gh_judge_msr(j, 0x500, &msr))
		return;
	if (msr >> 56)
		gh_judge_pass(j, "SVN %llu", (unsigned long long)(msr >> 56));
	else
		gh_judge_fail(j, "none", "SVN 0: no SEAM loader");
}

static void msr_tme(struct gh_judging *j)
{
	uint64_t v;
	if (!gh_judge_msr(j, 0x982, &v))
		return;
	if (v >> 1 & 1)
		gh_judge_pass(j, "MSR 0x982 = 0x%llx", (unsigned long long)v);
	else
		gh_judge_fail(
		    j, "off", "MSR 0x982 = 0x%llx, bit 1 is 0", (unsigned long long)v);
}

static void msr_seamrr(struct gh_judging *j)
{
	uint64_t v;
	if (!gh_judge_msr(j, 0x1401, &v))
		return;
	bool on = v >> 11 & 1, locked = v >> 10 & 1;
	if (on && locked)
		gh_judge_pass(j, "enabled and locked");
	else
		gh_judge_fail(
		    j, on ? "unlocked" : "off", "enabled %d, locked %d", on, locked);
}

static void msr_keys(struct gh_judging *j)
{
	uint64_t v, want = keys_planned(j->host);
	if (!gh_judge_msr(j, 0x87, &v))
		return;
	if (want < KEYS_MIN)
		want = KEYS_MIN;
	if (v >> 32 < want)
		gh_judge_fail(j, v >> 32 ? "few" : "none", "%llu TDX keys, need %llu",
		    (unsigned long long)(v >> 32), (unsigned long long)want);
	else
		gh_judge_pass(j, "%llu TDX keys, %llu for TME-MK",
		    (unsigned long long)(v >> 32), (unsigned long long)(v & 0xffffffff));
}

static void msr_mcheck(struct gh_judging *j)
{
	uint64_t v;
	if (!gh_judge_msr(j, 0xa0, &v))
		return;
	if (v == 0x1861)
		gh_judge_fail(j, "registration",
		    "0x1861: the SGX registration variables are "
		    "corrupt");
	else if (v)
		gh_judge_fail(j, "error", "MSR 0xa0 = 0x%llx", (unsigned long long)v);
	else
		gh_judge_pass(j, "MSR 0xa0 = 0");
}

static void kvm_param(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "sys");
	struct gh_bytes tdx, sgx;
	if (!it)
		return;
	gh_say(&j->f->source, "/sys/module/kvm_intel/parameters/{tdx,sgx}");
	if (!gh_item_value(it, "/sys/module/kvm_intel/parameters/tdx", &tdx)) {
		gh_judge_fail(j, "absent", "kvm_intel is not loaded, or knows no tdx");
		return;
	}
	if (!gh_item_value(it, "/sys/module/kvm_intel/parameters/sgx", &sgx))
		sgx = gh_text_of("absent");
	if (gh_is_yes(tdx) && gh_is_yes(sgx))
		gh_judge_pass(j, "tdx=Y sgx=Y");
	else
		gh_judge_fail(j, gh_is_yes(tdx) ? "sgx" : "tdx", "tdx=%.*s sgx=%.*s",
		    (int)tdx.len, (const char *)tdx.p, (int)sgx.len, (const char *)sgx.p);
}

static void pamt(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "klog");
	struct gh_bytes line;
	if (!it)
		return;
	if (gh_item_line(it, "KB allocated for PAMT", &line))
		gh_judge_pass(j, "%.*s", (int)line.len, (const char *)line.p);
	else
		gh_judge_unknown(j, "no_line", "no PAMT line in the kernel log");
}

static void sleep_states(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "sys");
	struct gh_bytes state, disk = {0}, cmdline, v;
	if (!gh_judge_file(j, "sys", "/sys/power/state", &state) ||
	    !gh_judge_file(j, "sys", "/proc/cmdline", &cmdline))
		return;
	gh_say(&j->f->source, "/sys/power/{state,disk}, /proc/cmdline");
	bool s3 = gh_words_have(state, "mem");
	if (s3 && gh_item_value(it, "/sys/power/mem_sleep", &v))
		s3 = gh_text_find(v, "deep") != NULL;
	(void)gh_item_value(it, "/sys/power/disk", &disk);
	bool hibernate = gh_words_have(state, "disk") &&
			 !gh_text_is(disk, "[disabled]") &&
			 !gh_cmdline_get(cmdline, "nohibernate", &v);
	if (s3 || hibernate)
		gh_judge_fail(j, s3 ? "s3" : "hibernate", "%s%s%s can be entered",
		    s3 ? "S3" : "", s3 && hibernate ? " and " : "",
		    hibernate ? "hibernation" : "");
	else
		gh_judge_pass(j, "neither S3 nor hibernation");
}

static void registration(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "registration");
	static const char *const good[] = {
	    "completed successfully",
	    "passed successfully",
	    "Registration process completed",
	};
	struct gh_bytes line;
	if (!it)
		return;
	for (size_t i = 0; i < GH_COUNT(good); i++)
		if (gh_item_line(it, good[i], &line)) {
			gh_judge_pass(j, "%.*s", (int)line.len, (const char *)line.p);
			return;
		}
	if (it->data.len == 0)
		gh_judge_unknown(j, "empty", "the registration log is empty");
	else
		gh_judge_fail(j, "incomplete",
		    "the registration log has no success: %.*s",
		    (int)(it->data.len < 160 ? it->data.len : 160),
		    (const char *)it->data.p);
}

static void qgs(struct gh_judging *j)
{
	const struct gh_probe_item *units = gh_judge_item(j, "units"), *it;
	struct gh_bytes state = {0};
	if (!units)
		return;
	if (!gh_unit_state(units, "qgsd", &state)) {
		gh_judge_unknown(j, "absent", "systemctl said nothing of qgsd");
		return;
	}
	if (!gh_text_is(state, "active")) {
		gh_judge_fail(
		    j, "inactive", "qgsd is %.*s", (int)state.len, (const char *)state.p);
		return;
	}
	it = gh_judge_item(j, "qgs");
	if (!it)
		return;
	if (gh_item_line(it, "qgs.socket", NULL) || gh_item_line(it, ":4050", NULL)) {
		gh_judge_pass(j, "qgsd is active and listens");
	} else if (gh_item_line(it, "vsock unseen", NULL)) {
		gh_judge_unknown(j, "unseen",
		    "it has no socket, and vsock_diag, which shows vsock ports, is not "
		    "loaded");
		gh_say(&j->f->remedy,
		    "On the host: modprobe vsock_diag, then validate again.");
	} else {
		gh_judge_fail(j, "deaf",
		    "qgsd is active, but neither its socket nor vsock port "
		    "4050 is there");
	}
}

static void sgx_dev(struct gh_judging *j)
{
	static const char *const want[] = {
	    "/dev/sgx_enclave 660 root sgx",
	    "/dev/sgx_provision 660 root sgx_prv",
	};
	static const char *const name[] = {"/dev/sgx_enclave ", "/dev/sgx_provision "};
	const struct gh_probe_item *it = gh_judge_item(j, "nodes");
	struct gh_bytes line;
	if (!it)
		return;
	for (size_t i = 0; i < GH_COUNT(want); i++) {
		if (!gh_item_line(it, name[i], &line)) {
			gh_judge_fail(j, "absent", "%sis not there", name[i]);
			return;
		}
		if (!gh_text_is(gh_text_trim(line), want[i])) {
			gh_judge_fail(
			    j, "mode", "%.*s", (int)line.len, (const char *)line.p);
			return;
		}
	}
	gh_judge_pass(j, "both nodes, mode 660, groups sgx and sgx_prv");
}

static void qcnl(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "qcnl");
	struct gh_bytes url, cert;
	if (!it) {
		const struct gh_probe_item *raw = gh_probe_get(j->probe, "qcnl");
		if (raw && raw->rc == 2)
			gh_judge_unknown(
			    j, "absent", "/etc/sgx_default_qcnl.conf is not there");
		return;
	}
	if (!gh_item_line(it, "pccs_url", &url)) {
		gh_judge_fail(j, "no_url", "no pccs_url");
		return;
	}
	/* use_secure_cert defaults to true */
	if (gh_item_line(it, "use_secure_cert", &cert) && gh_text_find(cert, "false"))
		gh_judge_fail(
		    j, "insecure", "use_secure_cert is false: any certificate will do");
	else if (!gh_text_find(url, "https://"))
		gh_judge_fail(j, "plain", "pccs_url is not https");
	else
		gh_judge_pass(j, "%.*s", (int)url.len, (const char *)url.p);
}

/* Does the collateral cache answer? The item is "URL STATUS"; a URL alone was not asked. */
static void pccs(struct gh_judging *j)
{
	/* curl: no name, refused, timed out, TLS, empty answer, reset */
	static const int down[] = {6, 7, 28, 35, 52, 56};
	const struct gh_probe_item *raw = gh_probe_get(j->probe, "pccs");
	struct gh_bytes rest, url, code;

	for (size_t i = 0; raw && i < GH_COUNT(down); i++)
		if (raw->rc == down[i]) {
			gh_say(&j->f->source, "curl on the host");
			gh_judge_fail(j, "down", "%.*s: curl ends with %d",
			    (int)(raw->data.len < 200 ? raw->data.len : 200),
			    (const char *)raw->data.p, raw->rc);
			return;
		}
	const struct gh_probe_item *it = gh_judge_item(j, "pccs");
	if (!it)
		return;
	rest = it->data;
	if (!gh_text_word(&rest, &url))
		gh_judge_unknown(j, "malformed", "no pccs_url in the configuration");
	else if (!gh_text_word(&rest, &code) &&
		 gh_text_find(url, "trustedservices.intel"))
		gh_judge_skip(j, "no cache: collateral comes from Intel itself");
	else if (!code.len)
		gh_judge_unknown(j, "malformed", "%.*s was not asked",
		    (int)(url.len < 200 ? url.len : 200), (const char *)url.p);
	else if (gh_text_is(code, "200"))
		gh_judge_pass(j, "%.*s answers", (int)(url.len < 200 ? url.len : 200),
		    (const char *)url.p);
	else
		gh_judge_fail(j, "status", "%.*s: HTTP status %.*s",
		    (int)(url.len < 200 ? url.len : 200), (const char *)url.p,
		    (int)(code.len < 8 ? code.len : 8), (const char *)code.p);
}

const struct gh_judge gh_judges_tdx[] = {
    {"host.tdx.cpuflag", cpuflag},
    {"host.tdx.bios_keyids", bios_keyids},
    {"host.tdx.module_initialized", module_initialized},
    {"host.tdx.module_version", module_version},
    {"host.tdx.mrseam_expected", mrseam_expected},
    {"host.tdx.seamldr", seamldr},
    {"host.tdx.msr_tme", msr_tme},
    {"host.tdx.msr_seamrr", msr_seamrr},
    {"host.tdx.msr_keys", msr_keys},
    {"host.tdx.msr_mcheck", msr_mcheck},
    {"host.tdx.kvm_param", kvm_param},
    {"host.tdx.pamt", pamt},
    {"host.tdx.sleep", sleep_states},
    {"host.tdx.registration", registration},
    {"host.tdx.qgs", qgs},
    {"host.tdx.sgx_dev", sgx_dev},
    {"host.tdx.qcnl", qcnl},
    {"host.tdx.pccs", pccs},
    {NULL, NULL},
};
