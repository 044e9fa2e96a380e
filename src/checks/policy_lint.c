/* SPDX-License-Identifier: Apache-2.0
 * Weak policies, one by one: what attacks on such fleets began with, and nobody had a rule
 * for (spec/reports.md section 7). */
#include "checks/policy_lint.h"

#include <string.h>

#include "base/clock.h"

/* Any of these facts in a blocking rule, or any of these checks made a blocker, will do. */
static const struct {
	const char *what;
	const char *facts[8], *checks[4];
	const char *op;  /* the rule must be of that operator; NULL = any */
	const char *tee; /* only for policies of that TEE; NULL = any */
} topics[] = {
    {"no rule for secure boot", {"secureboot.enabled"}, {"host.boot.secureboot"}, NULL,
	NULL},
    {"no rule against debug",
	{"cpu.debug_locked", "sgx.debug", "psp.debug_locked", "gpu.cc_mode", "gpu.mode"},
	{"host.cpu.debug_iface", "host.cpu.sgx_debug", "host.cpu.amd_fused"}, NULL, NULL},
    {"no floor under the TCB of TDX (version_ge on cpu.microcode or tdx.module)",
	{"cpu.microcode", "tdx.module"}, {"host.cpu.microcode"}, "version_ge", "tdx"},
    {"no floor under the TCB of SEV-SNP (version_ge on cpu.microcode or snp.firmware)",
	{"cpu.microcode", "snp.firmware"}, {"host.cpu.microcode"}, "version_ge", "snp"},
    {"no floor under the BIOS", {"bios.version"}, {"host.fw.bios_version"}, "version_ge",
	NULL},
    {"no rule for the number of GPUs", {"gpu.count"}, {"host.gpu.count"}, "eq", NULL},
    {"no rule for the number of switches", {"switch.count"}, {"host.nvswitch.count"},
	"eq", NULL},
    {"no rule for the IOMMU", {"iommu.groups", "iommu.mode", "snp.iommu", "bios.vtd"},
	{"host.iommu.groups", "host.iommu.mode"}, NULL, NULL},
};

static bool names(const char *const *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n && list[i]; i++)
		if (strcmp(list[i], name) == 0)
			return true;
	return false;
}

static bool covered(const struct gh_host_policy *p, size_t topic)
{
	for (size_t i = 0; i < p->n_rules; i++) {
		const struct gh_rule *r = &p->rule[i];

		if (r->severity == GH_SEV_BLOCKER &&
		    names(topics[topic].facts, GH_COUNT(topics[topic].facts),
			r->ask.fact->name) &&
		    (!topics[topic].op || strcmp(topics[topic].op, r->ask.op->name) == 0))
			return true;
	}
	for (size_t i = 0; i < p->n_changes; i++)
		if (p->change[i].has_severity &&
		    p->change[i].severity == GH_SEV_BLOCKER &&
		    names(topics[topic].checks, GH_COUNT(topics[topic].checks),
			p->change[i].id))
			return true;
	return false;
}

static bool for_tee(const struct gh_host_policy *p, const char *tee)
{
	for (size_t i = 0; i < json_array_size(p->applies.tee); i++)
		if (strcmp(json_string_value(json_array_get(p->applies.tee, i)), tee) ==
		    0)
			return true;
	return p->applies.tee == NULL;
}

static void add(struct gh_buf *out, size_t *n, const char *what, const char *which)
{
	gh_buf_fmt(out, "%s%s%s", *n ? "; " : "", what, which);
	++*n;
}

/* Bounds on age stand for the nonce: it proves freshness only within them. */
static void lint_bounds(const struct gh_host_policy *p, struct gh_buf *out, size_t *n)
{
	if (p->windows.evidence_max_age_s == 0)
		add(out, n,
		    "no bound on the age of evidence, so that a nonce proves "
		    "little (windows.evidence_max_age_s)",
		    "");
	if (p->windows.report_ttl_s == 0)
		add(out, n, "no bound on the age of reports (windows.report_ttl_s)", "");
	if (!p->ack[0])
		add(out, n, "nothing said of the client's acknowledgement (delivery.ack)",
		    "");
	if (!p->physical[0])
		add(out, n, "nothing said of who can touch the machine (physical)", "");
}

static void lint_changes(const struct gh_host_policy *p, struct gh_buf *out, size_t *n)
{
	for (size_t i = 0; i < p->n_changes; i++) {
		const struct gh_check_change *c = &p->change[i];

		if (c->has_severity && c->severity != GH_SEV_BLOCKER && !c->why[0])
			add(out, n, "no reason given for lowering ", c->id);
		else if (c->proved_by[0] && !c->why[0])
			add(out, n, "no reason given for waiting with ", c->id);
	}
}

size_t gh_policy_lint(const struct gh_host_policy *p, struct gh_buf *out)
{
	size_t n = 0;

	for (size_t i = 0; i < GH_COUNT(topics); i++) {
		if (topics[i].tee && !for_tee(p, topics[i].tee))
			continue;
		if (strstr(topics[i].what, "switches") && p->applies.switches == 0)
			continue;
		if (strstr(topics[i].what, "GPUs") && p->applies.gpus == 0)
			continue;
		if (!covered(p, i))
			add(out, &n, topics[i].what, "");
	}
	lint_bounds(p, out, &n);
	lint_changes(p, out, &n);
	if (p->n_tests == 0)
		add(out, &n, "no tests inside", "");
	return n;
}

void gh_change_words(struct gh_buf *out, const struct gh_check_change *c)
{
	char until[GH_TIME_LEN];
	size_t from = out->len;

	if (c->has_severity)
		gh_buf_fmt(out, "severity %s", gh_severity_word(c->severity));
	if (c->proved_by[0])
		gh_buf_fmt(out, "%swhile UNKNOWN it only warns, %s proves it",
		    out->len > from ? ", " : "", c->proved_by);
	if (c->params) {
		gh_buf_fmt(out, "%sparameters ", out->len > from ? ", " : "");
		gh_json_dump(out, c->params);
	}
	if (c->grace_until) {
		gh_time_text(until, c->grace_until);
		gh_buf_fmt(
		    out, "%sonly warns until %s", out->len > from ? ", " : "", until);
	}
}
