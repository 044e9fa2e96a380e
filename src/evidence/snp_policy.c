/* SPDX-License-Identifier: Apache-2.0
 * What a proven SNP report says of guest and platform, judged by the default policy
 * (spec/snp.md sections 1 and 8). */
#include "evidence/snp_policy.h"

#include "evidence/snp_vek.h"

static void say_tcb(char **field, const unsigned char *raw, enum gh_snp_product p)
{
	char text[GH_SNP_TCB_TEXT];

	gh_snp_tcb_text(text, gh_snp_tcb_of(raw, p), p);
	gh_say(field, "%s", text);
}

/* The key was derived from REPORTED_TCB, so certificate and report must name the same. */
static void judge_tcb(struct gh_snp_job *j)
{
	struct gh_finding *f = gh_tee_step(&j->tee, "snp.tcb", "snp.chain.vek",
	    "firmware levels of the endorsement key");
	struct gh_snp_tcb cert, reported = gh_snp_tcb_of(j->r.reported_tcb, j->product);
	char text[GH_SNP_TCB_TEXT];
	struct gh_err e = {0};
	const char *code = "";

	gh_say(&f->why,
	    "the chip derives its key from its firmware levels: a certificate of "
	    "other levels is not for this report");
	if (j->product == GH_SNP_NO_PRODUCT || !j->chain.vek) {
		gh_judge(f, GH_UNKNOWN,
		    j->chain.vek ? "snp.product.unknown" : "snp.vek.missing");
		gh_say(&f->observed, "%s",
		    j->chain.vek ? "the product is not known, so neither is the layout"
				 : "no certificate to compare with");
		return;
	}
	say_tcb(&f->expected, j->r.reported_tcb, j->product);
	if (gh_snp_vek_tcb(j->chain.vek, j->product, &cert, &e)) {
		gh_say(&f->observed, "%s", e.what);
		code = "snp.tcb.extension";
	} else {
		gh_snp_tcb_text(text, cert, j->product);
		gh_say(&f->observed, "%s", text);
		if (!gh_snp_tcb_le(cert, reported) || !gh_snp_tcb_le(reported, cert))
			code = "snp.tcb.mismatch";
	}
	gh_tee_settle(&j->tee, f, code);
	if (*code)
		gh_say(
		    &f->remedy, "fetch the certificate for exactly the expected levels");
}

static const char *vlek_fault(
    struct gh_snp_job *j, struct gh_finding *f, struct gh_bytes hwid, const char *csp)
{
	if (hwid.p || !*csp) {
		gh_say(
		    &f->observed, "a VLEK names a provider (cspID) and no chip (hwID)");
		return "snp.chip.extension";
	}
	gh_say(&f->observed, "VLEK of %s: says whose machine, not which chip", csp);
	gh_claim(
	    gh_result_subject(j->tee.out, j->tee.subject, "cvm"), "csp_id", "%s", csp);
	return "";
}

static const char *vcek_fault(
    struct gh_snp_job *j, struct gh_finding *f, struct gh_bytes hwid, const char *csp)
{
	if (!hwid.p || *csp) {
		gh_say(
		    &f->observed, "a VCEK names a chip (hwID) and no provider (cspID)");
		return "snp.chip.extension";
	}
	if (gh_is_zero(j->r.chip_id, 64))
		return "";
	if (memcmp(hwid.p, j->r.chip_id, hwid.len) != 0 ||
	    !gh_is_zero(j->r.chip_id + hwid.len, 64 - hwid.len)) {
		gh_say(&f->observed, "CHIP_ID of the report is not the hwID of the VCEK");
		return "snp.chip.mismatch";
	}
	gh_say(&f->observed, "same chip");
	return "";
}

static void judge_chip(struct gh_snp_job *j)
{
	bool vlek = gh_snp_report_key(&j->r) == GH_SNP_VLEK;
	struct gh_finding *f =
	    gh_tee_step(&j->tee, "snp.chip", "snp.chain.vek", "chip identity");
	char csp[GH_SNP_CSP_TEXT] = "";
	struct gh_bytes hwid = {NULL, 0};
	struct gh_err e = {0};
	const char *code;

	gh_say(&f->expected, "hwID of the VCEK = CHIP_ID of the report");
	gh_say(&f->why, "without it the report could come from any chip of the world");
	if (!j->chain.vek) {
		gh_judge(f, GH_UNKNOWN, "snp.vek.missing");
		gh_say(&f->observed, "no certificate to compare with");
		return;
	}
	if (gh_snp_vek_hwid(j->chain.vek, j->product, &hwid, &e) ||
	    gh_snp_vek_csp(j->chain.vek, csp, &e)) {
		gh_say(&f->observed, "%s", e.what);
		code = "snp.chip.extension";
	} else {
		code = vlek ? vlek_fault(j, f, hwid, csp) : vcek_fault(j, f, hwid, csp);
	}
	if (*code || (!vlek && !gh_is_zero(j->r.chip_id, 64))) {
		gh_tee_settle(&j->tee, f, code);
		return;
	}
	if (!vlek)
		gh_say(&f->observed, "CHIP_ID is masked to zero: the chip is not bound");
	gh_say(&f->remedy, "pin the chip another way, or unmask it on the host");
	gh_tee_warn(&j->tee, f, "snp.chip.unbound");
}

void gh_snp_judge_vek(struct gh_snp_job *j)
{
	judge_tcb(j);
	judge_chip(j);
}

static void judge_vmpl(struct gh_snp_job *j)
{
	struct gh_finding *f =
	    gh_tee_step(&j->tee, "snp.vmpl", "snp.signature", "privilege level");
	uint32_t vmpl = j->r.vmpl;

	gh_say(&f->expected, "VMPL 0");
	gh_say(&f->observed, "VMPL %u", vmpl);
	gh_say(
	    &f->why, "a report for another level says nothing about the code at level 0");
	if (vmpl == GH_SNP_VMPL_HOST) {
		gh_say(&f->observed, "asked for by the host, not by the guest");
		gh_tee_settle(&j->tee, f, "snp.vmpl.host");
	} else if (vmpl > 3) {
		gh_tee_settle(&j->tee, f, "snp.vmpl.range");
	} else {
		gh_tee_settle(&j->tee, f, vmpl ? "snp.vmpl.unexpected" : "");
	}
}

/* Guest policy bits that the default policy refuses. */
static const struct {
	uint64_t bit;
	const char *step, *title, *code, *why;
} refused[] = {
    {GH_SNP_POLICY_DEBUG, "snp.policy.debug", "no debugging", "snp.policy.debug.allowed",
	"the host may read and change all memory of a guest that allows debugging"},
    {GH_SNP_POLICY_MIGRATE_MA, "snp.policy.migrate", "no migration agent",
	"snp.policy.migrate.allowed", "a migration agent may move the guest elsewhere"},
    {GH_SNP_POLICY_CXL, "snp.policy.cxl", "no CXL memory", "snp.policy.cxl.allowed",
	"CXL memory leaves the chip's own protection"},
};

static void judge_policy_bits(struct gh_snp_job *j)
{
	for (size_t i = 0; i < GH_COUNT(refused); i++) {
		struct gh_finding *f = gh_tee_step(
		    &j->tee, refused[i].step, "snp.signature", refused[i].title);
		bool set = j->r.policy & refused[i].bit;

		gh_say(&f->expected, "bit clear in POLICY");
		gh_say(&f->observed, "POLICY 0x%llx: bit %s",
		    (unsigned long long)j->r.policy, set ? "set" : "clear");
		gh_say(&f->why, "%s", refused[i].why);
		if (set)
			gh_say(&f->remedy, "launch the guest with that policy bit clear");
		gh_tee_settle(&j->tee, f, set ? refused[i].code : "");
	}
}

/* COMMITTED and CURRENT firmware version as one number: major.minor.build. */
static uint32_t version_of(const unsigned char *v)
{
	return (uint32_t)v[2] << 16 | (uint32_t)v[1] << 8 | v[0];
}

static void judge_tcb_order(struct gh_snp_job *j)
{
	struct gh_finding *f = gh_tee_step(
	    &j->tee, "snp.tcb.order", "snp.signature", "firmware levels make sense");
	struct gh_snp_tcb current = gh_snp_tcb_of(j->r.current_tcb, j->product);
	bool ok = gh_snp_tcb_le(gh_snp_tcb_of(j->r.reported_tcb, j->product), current) &&
		  gh_snp_tcb_le(gh_snp_tcb_of(j->r.committed_tcb, j->product), current) &&
		  version_of(j->r.committed_version) <= version_of(j->r.current_version);

	gh_say(&f->expected, "REPORTED and COMMITTED at most CURRENT, part by part");
	gh_say(&f->why, "honest firmware never reports more than it runs");
	say_tcb(&f->observed, j->r.current_tcb, j->product);
	gh_tee_settle(&j->tee, f, ok ? "" : "snp.tcb.above");
}

static void judge_committed(struct gh_snp_job *j)
{
	struct gh_finding *f = gh_tee_step(
	    &j->tee, "snp.tcb.committed", "snp.signature", "no provisional firmware");
	bool same = !memcmp(j->r.committed_tcb, j->r.current_tcb, 8);

	gh_say(&f->why, "firmware that is not committed can be rolled back by the host");
	say_tcb(&f->expected, j->r.current_tcb, j->product);
	say_tcb(&f->observed, j->r.committed_tcb, j->product);
	if (!same)
		gh_say(&f->remedy, "commit the firmware on the host (SNP_COMMIT)");
	gh_tee_settle(&j->tee, f, same ? "" : "snp.tcb.provisional");
}

static void judge_alias(struct gh_snp_job *j)
{
	struct gh_finding *f = gh_tee_step(
	    &j->tee, "snp.platform.alias", "snp.signature", "memory alias check done");
	bool done = j->r.platform_info & GH_SNP_PLATFORM_ALIAS_DONE;

	gh_say(&f->expected, "ALIAS_CHECK_COMPLETE in PLATFORM_INFO");
	gh_say(
	    &f->observed, "PLATFORM_INFO 0x%llx", (unsigned long long)j->r.platform_info);
	gh_say(&f->why,
	    "memory modules that lie about their size alias the guest's memory "
	    "(BadRAM, CVE-2024-21944)");
	if (!done)
		gh_say(&f->remedy, "update BIOS and SEV firmware (AMD-SB-3015)");
	if (!done && j->r.version < 3) /* such firmware cannot say it */
		gh_tee_warn(&j->tee, f, "snp.platform.alias.unsaid");
	else
		gh_tee_settle(&j->tee, f, done ? "" : "snp.platform.alias");
}

/* arXiv 2605.12990: the Milan root seed can be extracted by software. */
static void judge_advisory(struct gh_snp_job *j)
{
	struct gh_finding *f = gh_tee_step(
	    &j->tee, "snp.advisory", "snp.signature", "no advisory against the product");

	if (j->product == GH_SNP_MILAN) {
		gh_say(&f->observed, "Milan");
		gh_say(&f->why,
		    "the seed of all VCEKs of a Milan chip can be read out by "
		    "software (arXiv 2605.12990): who did so can forge reports");
		gh_say(&f->remedy, "rely on Milan only where the host itself is trusted");
		gh_tee_warn(&j->tee, f, "snp.advisory.milan");
		return;
	}
	gh_say(&f->observed, "%s: none known", gh_snp_product_name(j->product));
	gh_tee_settle(&j->tee, f, "");
}

void gh_snp_judge_policy(struct gh_snp_job *j)
{
	judge_vmpl(j);
	judge_policy_bits(j);
	judge_tcb_order(j);
	judge_committed(j);
	judge_alias(j);
	judge_advisory(j);
}

static void claim_tcbs(struct gh_snp_job *j, struct gh_subject *s)
{
	char text[GH_SNP_TCB_TEXT];

	gh_claim_hex(s, "reported_tcb", j->r.reported_tcb, 8);
	gh_claim_hex(s, "current_tcb", j->r.current_tcb, 8);
	gh_claim_hex(s, "committed_tcb", j->r.committed_tcb, 8);
	gh_claim_hex(s, "launch_tcb", j->r.launch_tcb, 8);
	if (j->product != GH_SNP_NO_PRODUCT) {
		gh_snp_tcb_text(
		    text, gh_snp_tcb_of(j->r.reported_tcb, j->product), j->product);
		gh_claim(s, "tcb", "%s", text);
	}
	gh_claim(s, "firmware", "%u.%u.%u", j->r.current_version[2],
	    j->r.current_version[1], j->r.current_version[0]);
	gh_claim(s, "committed_firmware", "%u.%u.%u", j->r.committed_version[2],
	    j->r.committed_version[1], j->r.committed_version[0]);
}

void gh_snp_claims(struct gh_snp_job *j)
{
	struct gh_subject *s = gh_result_subject(j->tee.out, j->tee.subject, "cvm");
	const struct gh_snp_report *r = &j->r;
	bool vlek = gh_snp_report_key(r) == GH_SNP_VLEK;

	gh_claim(s, "product", "%s", gh_snp_product_name(j->product));
	gh_claim(s, "version", "%u", r->version);
	gh_claim(s, "vmpl", "%u", r->vmpl);
	gh_claim(s, "guest_svn", "%u", r->guest_svn);
	gh_claim(s, "policy", "0x%llx", (unsigned long long)r->policy);
	gh_claim(s, "platform_info", "0x%llx", (unsigned long long)r->platform_info);
	gh_claim(s, "signing_key", "%s", vlek ? "vlek" : "vcek");
	gh_claim_hex(s, "chip_id", r->chip_id, 64);
	gh_claim_hex(s, "measurement", r->measurement, 48);
	gh_claim_hex(s, "report_data", r->report_data, 64);
	gh_claim_hex(s, "host_data", r->host_data, 32);
	gh_claim_hex(s, "id_key_digest", r->id_key, 48);
	gh_claim_hex(s, "author_key_digest", r->author_key, 48);
	gh_claim_hex(s, "family_id", r->family_id, 16);
	gh_claim_hex(s, "image_id", r->image_id, 16);
	gh_claim_hex(s, "report_id", r->report_id, 32);
	claim_tcbs(j, s);
	if (r->version >= 3)
		gh_claim(s, "cpuid", "%02x/%02x/%u", r->cpu_family, r->cpu_model,
		    r->cpu_stepping);
	if (r->version >= 5) {
		gh_claim(
		    s, "launch_mit_vector", "0x%llx", (unsigned long long)r->launch_mit);
		gh_claim(s, "current_mit_vector", "0x%llx",
		    (unsigned long long)r->current_mit);
	}
}
