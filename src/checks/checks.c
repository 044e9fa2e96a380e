/* SPDX-License-Identifier: Apache-2.0
 * The engine: one finding for each check that applies, and what the host says it is. */
#include "checks/checks.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "checks/fleet_checks.h"
#include "checks/judge.h"
#include "checks/policy_eval.h"
#include "crypto/digest.h"

#define GROUP_ID_LEN 3 /* "G05" of "G05 TDX enablement" */

/* The second source: is there a reading, is it of this run? */
static void add_bmc(struct gh_result *out, const struct gh_sources *src)
{
	struct gh_finding *f =
	    gh_findings_add(&out->findings, src->host->name, "host.bmc.reach");

	gh_say(&f->title, "The BMC answers");
	gh_say(&f->source, "Redfish at %s port %u", src->host->bmc, src->host->bmc_port);
	gh_say(&f->expected, "a whole reading on the pinned certificate");
	gh_say(&f->why, "Without the BMC the host is believed about itself.");
	if (src->bmc_pending) {
		gh_say(&f->observed, "still reading");
		gh_judge(f, GH_UNKNOWN, "host.bmc.reach.pending");
	} else if (src->bmc_err) {
		char code[64];
		snprintf(code, sizeof(code), "host.bmc.reach.%s",
		    gh_errc_word(src->bmc_err->code));
		gh_judge_err(f, code, src->bmc_err);
		gh_say(&f->observed, "%s", src->bmc_err->what);
	} else if (!src->bmc) {
		gh_say(&f->observed, "the fleet file names no BMC for this host");
		gh_judge(f, GH_UNKNOWN, "host.bmc.reach.none");
	} else {
		gh_say(&f->observed, "%zu resources in %lld ms", src->bmc->n,
		    (long long)src->bmc->read_ms);
		gh_judge(f, GH_PASS, "");
	}
}

/* Did everything arrive? What is missing is UNKNOWN by itself; this says why. */
static void add_probe(struct gh_result *out, const struct gh_probe *p, const char *host)
{
	struct gh_finding *f = gh_findings_add(&out->findings, host, "host.probe");
	gh_say(&f->title, "The probe's answer is whole");
	gh_say(&f->expected, "every item, and a last frame that counts them");
	gh_say(&f->source, "sh -s over SSH");
	gh_say(&f->observed, "%zu items%s", p->n,
	    p->root ? "" : ", none of those that need root");
	if (p->complete) {
		gh_say(&f->why, "A cut answer would leave checks undone.");
		gh_judge(f, GH_PASS, "");
		return;
	}
	bool forged = p->err.code == GH_E_REMOTE;
	gh_judge_err(f, forged ? "host.probe.forged" : "host.probe.incomplete", &p->err);
	if (forged)
		gh_judge(f, GH_FAIL, "host.probe.forged");
	gh_say(&f->remedy,
	    forged ? "Something on the host writes into the probe's answer: "
		     "look at its shell start-up files, and treat it as hostile."
		   : "Run the validation again; when it stays cut, look for a slow "
		     "disk, a full host, or output from shell start-up files.");
}

struct gh_finding *gh_judge_open(
    struct gh_result *out, const struct gh_check *c, const char *host)
{
	struct gh_finding *f = gh_findings_add(&out->findings, host, c->id);

	f->severity = c->severity;
	f->assurance = GH_A0;
	gh_say(&f->title, "%s", c->title);
	gh_say(&f->parent, "%.*s", GROUP_ID_LEN, c->group);
	gh_say(&f->expected, "%s", c->expect);
	gh_say(&f->why, "%s", c->why);
	gh_say(&f->remedy, "%s", c->remedy);
	return f;
}

static void add_check(struct gh_result *out, const struct gh_check *catalogued,
    const struct gh_sources *src, const struct gh_facts *facts,
    const struct gh_host_policy *policy)
{
	gh_auto(json_t *, gh_json_free) params = NULL;
	struct gh_check mine = gh_policy_check(
	    catalogued, gh_policy_change(policy, catalogued->id), &params);
	const struct gh_check *c = &mine;
	const struct gh_judge *g = gh_judge_find(c->id);
	struct gh_judging j = {.check = c,
	    .src = src,
	    .facts = facts,
	    .probe = src->probe,
	    .host = src->host,
	    .at = src->at,
	    .f = gh_judge_open(out, c, src->host->name)};

	if (g)
		g->judge(&j);
	else
		gh_judge_unknown(&j, "no_judge", "this version cannot judge it");
	gh_judge_settle(&j);
	gh_policy_amend(j.f, catalogued, policy, src->at);
}

int gh_fleet_checks_run(struct gh_result *host, const struct gh_catalogue *c,
    const struct gh_fleet_view *view, struct gh_err *err)
{
	const struct gh_sources src = {.host = view->host, .at = view->at};

	for (size_t i = 0; i < gh_catalogue_count(c); i++) {
		const struct gh_check *check = gh_catalogue_at(c, i);
		const struct gh_judge *g = gh_judge_find(check->id);

		if (strncmp(check->id, "fleet.", 6) != 0 || !g)
			continue;
		struct gh_judging j = {.check = check,
		    .src = &src,
		    .host = view->host,
		    .at = view->at,
		    .fleet = view,
		    .result = host,
		    .f = gh_judge_open(host, check, view->host->name)};
		g->judge(&j);
	}
	return gh_result_ok(host, err);
}

/* ---- claims ----------------------------------------------------------------------- */

static void claim_file(struct gh_subject *s, const char *key,
    const struct gh_probe_item *it, const char *path)
{
	struct gh_bytes v;
	if (it && it->rc == 0 && gh_item_value(it, path, &v) && v.len)
		gh_claim(
		    s, key, "%.*s", (int)(v.len < 200 ? v.len : 200), (const char *)v.p);
}

static void claim_files(struct gh_subject *s, const struct gh_probe *p)
{
	static const struct {
		const char *key, *item, *path;
	} claim[] = {
	    {"product", "sys", "/sys/class/dmi/id/product_name"},
	    {"serial", "dmi.root", "/sys/class/dmi/id/product_serial"},
	    {"bios", "sys", "/sys/class/dmi/id/bios_version"},
	    {"bios_date", "sys", "/sys/class/dmi/id/bios_date"},
	    {"board", "sys", "/sys/class/dmi/id/board_name"},
	    {"kernel", "sys", "/proc/sys/kernel/osrelease"},
	    {"boot_id", "sys", "/proc/sys/kernel/random/boot_id"},
	    {"machine_id", "sys", "/etc/machine-id"},
	};
	for (size_t i = 0; i < GH_COUNT(claim); i++)
		claim_file(
		    s, claim[i].key, gh_probe_get(p, claim[i].item), claim[i].path);
}

static void claim_cpu(struct gh_subject *s, const struct gh_probe *p)
{
	const struct gh_probe_item *it = gh_probe_get(p, "cpu");
	struct gh_cpu cpu;
	if (!it || it->rc != 0 || !gh_cpu_read(&cpu, it))
		return;
	gh_claim(
	    s, "cpu", "%s %u/%u/%u", cpu.vendor, cpu.family, cpu.model, cpu.stepping);
	if (cpu.microcode)
		gh_claim(s, "microcode", "0x%08llx", (unsigned long long)cpu.microcode);
}

static void claim_tee(struct gh_subject *s, const struct gh_probe *p, enum gh_tee tee)
{
	const struct gh_probe_item *klog = gh_probe_get(p, "klog");
	struct gh_tdx_module m;
	struct gh_bytes line;
	uint64_t major, minor, build;
	if (tee == GH_TEE_TDX && gh_tdx_module_read(&m, p)) {
		if (m.version[0])
			gh_claim(s, "tdx_module", "%s", m.version);
		if (m.mrseam[0])
			gh_claim(s, "mrseam_expected", "%s", m.mrseam);
	}
	if (tee == GH_TEE_SNP && klog && klog->rc == 0 &&
	    gh_item_line(klog, "SEV-SNP API:", &line) &&
	    gh_snp_api(line, &major, &minor, &build))
		gh_claim(s, "snp_api", "%llu.%llu.%llu", (unsigned long long)major,
		    (unsigned long long)minor, (unsigned long long)build);
}

static void add_word(struct gh_buf *out, const char *name, const json_t *value)
{
	const char *s = json_string_value(value);

	if (s && s[0])
		gh_buf_fmt(out, "%s%s=%s", out->len ? " " : "", name, s);
}

/* The parameter of a check, as the policy has it. */
static const json_t *param_of(const struct gh_catalogue *c,
    const struct gh_host_policy *policy, const char *id, const char *key)
{
	const struct gh_check *check = gh_catalogue_get(c, id);
	const struct gh_check_change *change = gh_policy_change(policy, id);
	const json_t *v = change ? json_object_get(change->params, key) : NULL;

	return v ? v : check ? json_object_get(check->params, key) : NULL;
}

int gh_checks_words(struct gh_buf *out, const struct gh_catalogue *c,
    const struct gh_sources *src, struct gh_err *err)
{
	const char *const keys[] = {
	    "endpoints", src->host->tee == GH_TEE_TDX ? "tdx" : "snp"};
	const struct gh_host_policy *p = gh_policy_named(src);

	for (size_t k = 0; k < GH_COUNT(keys); k++) {
		const json_t *list = param_of(c, p, "host.net.egress", keys[k]);

		for (size_t i = 0; i < json_array_size(list); i++)
			add_word(out, "egress", json_array_get(list, i));
	}
	add_word(out, "gputool", param_of(c, p, "host.gpu.cc_mode", "tool"));
	add_word(out, "ak", param_of(c, p, "host.boot.tpm_quote", "ak_handle"));
	return gh_buf_ok(out, err);
}

/* Facts that hosts are compared by are claims under their own names. */
static void claim_facts(struct gh_subject *s, const struct gh_facts *facts)
{
	size_t n = 0;
	const struct gh_fact_def *def = gh_fact_defs(&n);

	for (size_t i = 0; i < n; i++) {
		gh_auto(struct gh_buf, gh_buf_free) text = {0};
		const json_t *v = gh_facts_get(facts, def[i].name);

		if (!v || !(def[i].use & (GH_FACT_DRIFT | GH_FACT_UNIQUE)))
			continue;
		gh_fact_text(&text, v);
		gh_claim(s, def[i].name, "%s", gh_buf_cstr(&text));
	}
}

/* Which probe ran, as whom: so that a client can run it again. */
static void claim_probe(struct gh_subject *s, const struct gh_probe *p)
{
	const struct gh_probe_item *self = gh_probe_get(p, "self");
	struct gh_bytes text = gh_probe_script();
	char name[GH_SHA256_NAME_LEN];

	if (!self || gh_sha256_name(text.p, text.len, name, NULL) != 0)
		return;
	gh_claim(s, "probe_sha256", "%s", name + strlen("sha256:"));
	gh_claim(s, "probe_user", "%.*s",
	    (int)(self->data.len < 40 ? self->data.len : 40), (const char *)self->data.p);
	gh_claim(s, "probe_root", "%s", p->root ? "yes" : "no");
}

int gh_checks_run(struct gh_result *out, const struct gh_catalogue *c,
    const struct gh_sources *src, struct gh_err *err)
{
	gh_auto(struct gh_facts, gh_facts_free) facts = {0};
	struct gh_subject *s = gh_result_subject(out, src->host->name, "host");
	const struct gh_host_policy *policy;

	if (gh_facts_read(&facts, src, err) != 0)
		return -1;
	policy = gh_policy_in_force(src, &facts);
	claim_files(s, src->probe);
	claim_cpu(s, src->probe);
	claim_tee(s, src->probe, src->host->tee);
	claim_facts(s, &facts);
	claim_probe(s, src->probe);
	if (src->probe)
		add_probe(out, src->probe, src->host->name);
	if (gh_judge_enrolment(out, src, &facts, err) != 0)
		return -1;
	add_bmc(out, src);
	for (size_t i = 0; i < gh_catalogue_count(c); i++) {
		const struct gh_check *check = gh_catalogue_at(c, i);
		if (gh_check_applies(check, src->host->tee))
			add_check(out, check, src, &facts, policy);
	}
	gh_tpm_lift(&out->findings, src->host->name);
	gh_policy_judge(out, src, &facts);
	return gh_result_ok(out, err);
}
