/* SPDX-License-Identifier: Apache-2.0
 * Judges of AMD SEV-SNP on the host (G06; spec/snp.md section 5). */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "checks/judge.h"
#include "checks/snp_status.h"

static void cpuflag(struct gh_judging *j)
{
	static const char *const flag[] = {"sme", "sev", "sev_es", "sev_snp"};
	const struct gh_probe_item *it = gh_judge_item(j, "cpuflags");
	if (!it)
		return;
	if (it->data.len == 0) {
		gh_judge_unknown(j, "absent", "/proc/cpuinfo has no flags");
		return;
	}
	for (size_t i = 0; i < GH_COUNT(flag); i++)
		if (!gh_words_have(it->data, flag[i])) {
			gh_judge_fail(j, flag[i], "no %s in /proc/cpuinfo", flag[i]);
			return;
		}
	gh_judge_pass(j, "sme sev sev_es sev_snp");
}

static void msr_syscfg(struct gh_judging *j)
{
	uint64_t v;
	if (!gh_judge_msr(j, 0xc0010010, &v))
		return;
	bool sme = v >> 23 & 1, snp = v >> 24 & 1;
	if (sme && snp)
		gh_judge_pass(j, "SYSCFG = 0x%llx", (unsigned long long)v);
	else
		gh_judge_fail(j, sme ? "snp" : "sme", "SYSCFG = 0x%llx: SME %d, SNP %d",
		    (unsigned long long)v, sme, snp);
}

/* Lines that say the RMP table is no good (spec/snp.md section 5.3). */
static const char *const rmp_bad[] = {
    "RMP table has not been reserved by BIOS",
    "RMP configuration not valid",
    "RMP table does not cover full system RAM",
    "Failed to map RMP table",
    "RMP initialization failed",
};

/* The first line of the log with one of those texts; fails the check with it. */
static bool log_fails(struct gh_judging *j, const struct gh_probe_item *it,
    const char *const *text, size_t n, const char *reason)
{
	struct gh_bytes line;
	for (size_t i = 0; i < n; i++)
		if (gh_item_line(it, text[i], &line)) {
			gh_judge_fail(
			    j, reason, "%.*s", (int)line.len, (const char *)line.p);
			return true;
		}
	return false;
}

/* Neither good nor bad line: proof only when the log is whole. */
static void no_line(
    struct gh_judging *j, const struct gh_probe_item *it, const char *text)
{
	if (gh_klog_whole(it))
		gh_judge_fail(j, "no_line", "no \"%s\" in the kernel log", text);
	else
		gh_judge_unknown(j, "log", "the kernel log has lost its beginning");
}

static void rmp(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "klog");
	struct gh_bytes line;
	uint64_t base, end;
	if (!it || log_fails(j, it, rmp_bad, GH_COUNT(rmp_bad), "not_reserved"))
		return;
	if (!gh_item_line(it, "SEV-SNP: RMP table physical range", &line)) {
		no_line(j, it, "SEV-SNP: RMP table physical range");
		return;
	}
	if (gh_probe_get(j->probe, "msr") && gh_probe_get(j->probe, "msr")->rc == 0) {
		if (!gh_judge_msr(j, 0xc0010132, &base) ||
		    !gh_judge_msr(j, 0xc0010133, &end))
			return;
		if (base == 0 || end <= base) {
			gh_judge_fail(j, "range", "RMP base 0x%llx, end 0x%llx",
			    (unsigned long long)base, (unsigned long long)end);
			return;
		}
	}
	gh_judge_pass(j, "%.*s", (int)line.len, (const char *)line.p);
}

bool gh_snp_api(struct gh_bytes line, uint64_t *major, uint64_t *minor, uint64_t *build)
{
	if (!gh_number_after(line, "SEV-SNP API:", major) ||
	    !gh_number_after(line, "build:", build))
		return false;
	const unsigned char *at = gh_text_find(line, "SEV-SNP API:");
	struct gh_bytes rest = {at, line.len - (size_t)(at - line.p)};
	rest.p += strlen("SEV-SNP API:");
	rest.len -= strlen("SEV-SNP API:");
	return gh_number_after(rest, ".", minor);
}

/* The SNP ABI needs 1.51; 1.55 build 21 is the floor that production fleets hold
 * (section 5.8). */
static void fw_version(struct gh_judging *j)
{
	static const uint64_t floor[3] = {1, 55, 21};
	const struct gh_probe_item *it = gh_judge_item(j, "klog");
	struct gh_bytes line;
	uint64_t v[3];
	if (!it)
		return;
	if (!gh_item_line(it, "SEV-SNP API:", &line)) {
		no_line(j, it, "SEV-SNP API:");
		return;
	}
	if (!gh_snp_api(line, &v[0], &v[1], &v[2]))
		gh_judge_unknown(j, "malformed", "the SEV-SNP API line has another form");
	else if (gh_version_order(v, floor, 3) < 0)
		gh_judge_fail(j, "old", "%llu.%llu build %llu", (unsigned long long)v[0],
		    (unsigned long long)v[1], (unsigned long long)v[2]);
	else
		gh_judge_pass(j, "%llu.%llu build %llu", (unsigned long long)v[0],
		    (unsigned long long)v[1], (unsigned long long)v[2]);
}

static void init(struct gh_judging *j)
{
	static const char *const old_psp[] = {"failed to INIT error 0x1, rc -5"};
	static const char *const bad[] = {
	    "failed to INIT", "disabling PSP", "SEV: failed to get status"};
	const struct gh_probe_item *it = gh_judge_item(j, "klog");
	struct gh_bytes line;
	uint64_t from, to;
	if (!it || log_fails(j, it, old_psp, GH_COUNT(old_psp), "old_psp") ||
	    log_fails(j, it, bad, GH_COUNT(bad), "failed"))
		return;
	if (!gh_item_line(it, "SEV-SNP enabled (ASIDs", &line)) {
		no_line(j, it, "kvm_amd: SEV-SNP enabled");
		return;
	}
	if (!gh_number_after(line, "ASIDs ", &from) || !gh_number_after(line, " - ", &to))
		gh_judge_unknown(j, "malformed", "the SEV-SNP line has another form");
	else if (to < 1 || from > to)
		gh_judge_fail(j, "no_asid", "%.*s", (int)line.len, (const char *)line.p);
	else
		gh_judge_pass(j, "%llu ASIDs", (unsigned long long)(to - from + 1));
}

static void kvm_param(struct gh_judging *j)
{
	static const char *const path[] = {
	    "/sys/module/kvm_amd/parameters/sev",
	    "/sys/module/kvm_amd/parameters/sev_es",
	    "/sys/module/kvm_amd/parameters/sev_snp",
	};
	const struct gh_probe_item *it = gh_judge_item(j, "sys");
	struct gh_bytes v;
	if (!it)
		return;
	gh_say(&j->f->source, "/sys/module/kvm_amd/parameters");
	for (size_t i = 0; i < GH_COUNT(path); i++) {
		if (!gh_item_value(it, path[i], &v)) {
			gh_judge_fail(j, "absent", "%s is not there", path[i]);
			return;
		}
		if (!gh_is_yes(v)) {
			gh_judge_fail(j, "off", "%s is %.*s", path[i], (int)v.len,
			    (const char *)v.p);
			return;
		}
	}
	gh_judge_pass(j, "sev=Y sev_es=Y sev_snp=Y");
}

/* A word of the command line that makes the kernel refuse SNP, or NULL. */
static const char *snp_killer(struct gh_bytes cmdline)
{
	static const struct {
		const char *name, *value, *word;
	} bad[] = {
	    {"iommu", "pt", "iommu=pt"},
	    {"iommu.passthrough", "1", "iommu.passthrough=1"},
	    {"amd_iommu", "off", "amd_iommu=off"},
	    {"amd_iommu", "pgtbl_v2", "amd_iommu=pgtbl_v2"},
	    {"iommu", "off", "iommu=off"},
	};
	struct gh_bytes v;
	for (size_t i = 0; i < GH_COUNT(bad); i++)
		if (gh_cmdline_get(cmdline, bad[i].name, &v) &&
		    gh_text_is(v, bad[i].value))
			return bad[i].word;
	return NULL;
}

static void iommu(struct gh_judging *j)
{
	static const char *const bad[] = {
	    "IOMMU disabled or configured in passthrough mode, SNP cannot be supported",
	    "IOMMU SNP feature not enabled",
	};
	const struct gh_probe_item *it;
	struct gh_bytes cmdline, v;
	if (!gh_judge_file(j, "sys", "/proc/cmdline", &cmdline))
		return;
	const char *word = snp_killer(cmdline);
	if (word) {
		gh_judge_fail(j, "cmdline", "%s on the kernel command line%s", word,
		    gh_cmdline_get(cmdline, "amd_iommu", &v) && gh_text_is(v, "on")
			? " (and amd_iommu=on is no option at all)"
			: "");
		return;
	}
	it = gh_judge_item(j, "klog");
	if (!it || log_fails(j, it, bad, GH_COUNT(bad), "refused"))
		return;
	if (gh_item_line(it, "AMD-Vi: IOMMU SNP support enabled", NULL))
		gh_judge_pass(j, "AMD-Vi: IOMMU SNP support enabled");
	else
		no_line(j, it, "AMD-Vi: IOMMU SNP support enabled");
}

/* Hex groups; only Milan has a floor (section 5.8). */
static void psp_bl(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "ccp");
	struct gh_cpu c;
	if (!it)
		return;
	struct gh_walk w =
	    gh_walk_of(it, "/sys/bus/pci/drivers/ccp/", "/bootloader_version");
	if (!gh_walk_next(&w)) {
		gh_judge_unknown(
		    j, "absent", "the kernel does not show bootloader_version");
		return;
	}
	if (!gh_judge_cpu(j, &c))
		return;
	gh_say(&j->f->source, "/sys/bus/pci/drivers/ccp/*/bootloader_version");
	bool milan = c.family == 25 && c.model < 16;
	/* fixed width: the order of the text is the order of the numbers */
	bool old = w.value.len == 11 &&
		   strncasecmp((const char *)w.value.p, "00.13.00.70", 11) < 0;
	if (milan && w.value.len != 11)
		gh_judge_unknown(
		    j, "malformed", "bootloader_version has no form we know");
	else if (milan && old)
		gh_judge_fail(
		    j, "old", "%.*s", (int)w.value.len, (const char *)w.value.p);
	else
		gh_judge_pass(j, "%.*s", (int)w.value.len, (const char *)w.value.p);
}

static void dev(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "nodes");
	struct gh_bytes line;
	if (!it)
		return;
	if (!gh_item_line(it, "/dev/sev ", &line))
		gh_judge_fail(j, "absent", "/dev/sev is not there");
	else if (!gh_text_is(gh_text_trim(line), "/dev/sev 600 root root"))
		gh_judge_fail(j, "mode", "%.*s", (int)line.len, (const char *)line.p);
	else
		gh_judge_pass(j, "mode 600, root");
}

/* ---- what the secure processor says ---- */

enum gh_snp_product gh_cpu_snp_product(const struct gh_cpu *c)
{
	if (c->family == 25 && c->model < 0x10)
		return GH_SNP_MILAN;
	if (c->family == 25 && (c->model < 0x20 || c->model >> 4 == 0xa))
		return GH_SNP_GENOA;
	if (c->family == 26 && c->model <= 0x11)
		return GH_SNP_TURIN;
	return GH_SNP_NO_PRODUCT;
}

bool gh_judge_snp_status(
    struct gh_judging *j, struct gh_snp_status *out, enum gh_snp_product *product)
{
	struct gh_err e = {0};
	struct gh_cpu c;

	if (!gh_judge_cpu(j, &c))
		return false;
	*product = gh_cpu_snp_product(&c);
	const struct gh_probe_item *it = gh_judge_item(j, "snp.status");
	if (!it) {
		const struct gh_probe_item *raw = gh_probe_get(j->probe, "snp.status");
		if (raw && raw->rc == 2)
			gh_judge_unknown(j, "snp_off", "KVM has SEV-SNP off: not asked");
		return false;
	}
	if (gh_snp_status_parse(out, it->data, *product, &e) == 0)
		return true;
	gh_judge_unknown(j, "malformed", "%s", e.what);
	return false;
}

/* The floor of a product in params.floor: {"Genoa": {"boot_loader": 7, ...}}; what is not
 * listed has none. */
static struct gh_snp_tcb floor_of(const struct gh_judging *j, enum gh_snp_product product)
{
	const json_t *o = json_object_get(
	    json_object_get(j->check->params, "floor"), gh_snp_product_name(product));
	struct gh_snp_tcb t = {0};
	const struct {
		const char *key;
		uint8_t *to;
	} part[] = {{"fmc", &t.fmc}, {"boot_loader", &t.boot_loader}, {"tee", &t.tee},
	    {"snp", &t.snp}, {"microcode", &t.microcode}};

	for (size_t i = 0; i < GH_COUNT(part); i++)
		*part[i].to =
		    (uint8_t)json_integer_value(json_object_get(o, part[i].key));
	return t;
}

/* The committed TCB is in no answer to the host; the guest's report has it. */
static void tcb_match(struct gh_judging *j)
{
	char current[GH_SNP_TCB_TEXT], reported[GH_SNP_TCB_TEXT], least[GH_SNP_TCB_TEXT];
	enum gh_snp_product product;
	struct gh_snp_status s;
	struct gh_snp_tcb floor;

	if (!gh_judge_snp_status(j, &s, &product))
		return;
	if (!s.has_tcb) {
		gh_judge_unknown(j, "absent", "the answer names no TCB");
		return;
	}
	floor = floor_of(j, product);
	gh_snp_tcb_text(current, s.current, product);
	gh_snp_tcb_text(reported, s.reported, product);
	gh_snp_tcb_text(least, floor, product);
	if (!gh_snp_tcb_le(s.current, s.reported) ||
	    !gh_snp_tcb_le(s.reported, s.current))
		gh_judge_fail(
		    j, "differs", "platform %s, reported %s", current, reported);
	else if (product == GH_SNP_NO_PRODUCT)
		gh_judge_unknown(
		    j, "product", "%s, but no floor fits this processor", reported);
	else if (!gh_snp_tcb_le(floor, s.reported))
		gh_judge_fail(j, "old", "%s, need %s", reported, least);
	else
		gh_judge_pass(j, "%s %s", gh_snp_product_name(product), reported);
}

static void alias(struct gh_judging *j)
{
	enum gh_snp_product product;
	struct gh_snp_status s;

	if (!gh_judge_snp_status(j, &s, &product))
		return;
	if (!s.has_alias)
		gh_judge_unknown(j, "absent", "the answer names no alias check");
	else if (s.alias_done)
		gh_judge_pass(j, "the alias check is complete");
	else
		gh_judge_fail(j, "incomplete", "the alias check is not complete");
}

/* From the policy word, or from what KVM was told to set aside. */
static void ciphertext_hiding(struct gh_judging *j)
{
	static const char path[] =
	    "/sys/module/kvm_amd/parameters/ciphertext_hiding_asids";
	const struct gh_probe_item *sys = gh_probe_get(j->probe, "sys");
	enum gh_snp_product product;
	struct gh_snp_status s;
	struct gh_bytes v;

	if (!gh_judge_snp_status(j, &s, &product))
		return;
	if (s.raw)
		gh_judge_recorded(j, s.policy & GH_SNP_HIDING_EN ? "on" : "off",
		    "ciphertext hiding %s, RAPL %s",
		    s.policy & GH_SNP_HIDING_EN    ? "on"
		    : s.policy & GH_SNP_HIDING_CAP ? "off, the firmware has it"
						   : "not in this firmware",
		    s.policy & GH_SNP_RAPL_DIS ? "off" : "on");
	else if (sys && sys->rc == 0 && gh_item_value(sys, path, &v))
		gh_judge_recorded(j, gh_text_is(v, "0") ? "off" : "on",
		    "%.*s ASIDs with ciphertext hiding", (int)(v.len < 20 ? v.len : 20),
		    (const char *)v.p);
	else if (sys && sys->rc == 0 &&
		 gh_item_value(sys, "/sys/module/kvm_amd/parameters/sev_snp", &v))
		gh_judge_recorded(
		    j, "off", "ciphertext hiding off: this kernel cannot turn it on");
	else
		gh_judge_unknown(j, "absent", "snphost does not show the policy word");
}

const struct gh_judge gh_judges_snp[] = {
    {"host.snp.cpuflag", cpuflag},
    {"host.snp.msr_syscfg", msr_syscfg},
    {"host.snp.rmp", rmp},
    {"host.snp.fw_version", fw_version},
    {"host.snp.init", init},
    {"host.snp.kvm_param", kvm_param},
    {"host.snp.iommu", iommu},
    {"host.snp.tcb_match", tcb_match},
    {"host.snp.alias", alias},
    {"host.snp.ciphertext_hiding", ciphertext_hiding},
    {"host.snp.psp_bl", psp_bl},
    {"host.snp.dev", dev},
    {NULL, NULL},
};
