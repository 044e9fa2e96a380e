/* SPDX-License-Identifier: Apache-2.0
 * What a proven SNP report says of guest and platform, judged by the policy
 * (spec/snp.md sections 1 and 8). */
#include "evidence/snp_policy.h"

#include "base/text.h"
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

/* What a knob of the policy let through is still said. */
static void say_allowed(const struct gh_snp_job *j, struct gh_finding *f)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	gh_buf_fmt(
	    &text, "%s; allowed by the policy \"%s\"", f->observed, j->ctx.policy->id);
	gh_say(&f->observed, "%s", gh_buf_cstr(&text));
}

static void judge_vmpl(struct gh_snp_job *j)
{
	struct gh_finding *f =
	    gh_tee_step(&j->tee, "snp.vmpl", "snp.signature", "privilege level");
	uint32_t vmpl = j->r.vmpl, most = j->ctx.policy->snp.vmpl_max;

	gh_say(&f->expected, most ? "VMPL 0 to %u" : "VMPL %u", most);
	gh_say(&f->observed, "VMPL at 0x030 is %u", vmpl);
	gh_say(
	    &f->why, "a report for another level says nothing about the code at level 0");
	if (vmpl == GH_SNP_VMPL_HOST) {
		gh_say(&f->observed,
		    "VMPL at 0x030 is 0xFFFFFFFF: asked for by the host, not by the "
		    "guest");
		gh_tee_settle(&j->tee, f, "snp.vmpl.host");
	} else if (vmpl > 3) {
		gh_tee_settle(&j->tee, f, "snp.vmpl.range");
	} else {
		if (vmpl && vmpl <= most)
			say_allowed(j, f);
		gh_tee_settle(&j->tee, f, vmpl > most ? "snp.vmpl.unexpected" : "");
	}
}

/* Guest policy bits that are refused unless the policy's knob allows them. */
static const struct {
	uint64_t bit;
	size_t knob; /* of a bool in struct gh_snp_policy */
	const char *step, *title, *code, *name, *why;
} refused[] = {
    {GH_SNP_POLICY_DEBUG, offsetof(struct gh_snp_policy, debug), "snp.policy.debug",
	"no debugging", "snp.policy.debug.allowed", "bit 19 DEBUG",
	"the host may read and change all memory of a guest that allows debugging"},
    {GH_SNP_POLICY_MIGRATE_MA, offsetof(struct gh_snp_policy, migrate_ma),
	"snp.policy.migrate", "no migration agent", "snp.policy.migrate.allowed",
	"bit 18 MIGRATE_MA", "a migration agent may move the guest elsewhere"},
    {GH_SNP_POLICY_CXL, offsetof(struct gh_snp_policy, cxl), "snp.policy.cxl",
	"no CXL memory", "snp.policy.cxl.allowed", "bit 21 CXL_ALLOW",
	"CXL memory leaves the chip's own protection"},
};

static void judge_policy_bits(struct gh_snp_job *j)
{
	for (size_t i = 0; i < GH_COUNT(refused); i++) {
		struct gh_finding *f = gh_tee_step(
		    &j->tee, refused[i].step, "snp.signature", refused[i].title);
		bool set = j->r.policy & refused[i].bit;
		bool knob = *(
		    (const bool *)((const char *)&j->ctx.policy->snp + refused[i].knob));

		gh_say(&f->expected, "%s clear in POLICY", refused[i].name);
		gh_say(&f->observed, "POLICY at 0x008 is 0x%llx: %s %s",
		    (unsigned long long)j->r.policy, refused[i].name,
		    set ? "set" : "clear");
		gh_say(&f->why, "%s", refused[i].why);
		if (set && knob)
			say_allowed(j, f);
		else if (set)
			gh_say(&f->remedy, "launch the guest with that policy bit clear");
		gh_tee_settle(&j->tee, f, set && !knob ? refused[i].code : "");
	}
}

/* COMMITTED and CURRENT firmware version as one number: major.minor.build. */
static uint32_t version_of(const unsigned char *v)
{
	return (uint32_t)v[2] << 16 | (uint32_t)v[1] << 8 | v[0];
}

/* The first thing in the report's levels that honest firmware never says. */
static const char *order_fault(const struct gh_snp_job *j)
{
	struct gh_snp_tcb current = gh_snp_tcb_of(j->r.current_tcb, j->product);

	if (!gh_snp_tcb_le(gh_snp_tcb_of(j->r.reported_tcb, j->product), current))
		return "REPORTED_TCB at 0x180 is above CURRENT_TCB at 0x038";
	if (!gh_snp_tcb_le(gh_snp_tcb_of(j->r.committed_tcb, j->product), current))
		return "COMMITTED_TCB at 0x1E0 is above CURRENT_TCB at 0x038";
	if (version_of(j->r.committed_version) > version_of(j->r.current_version))
		return "the COMMITTED version at 0x1EC is above the CURRENT at 0x1E8";
	return "";
}

static void judge_tcb_order(struct gh_snp_job *j)
{
	struct gh_finding *f = gh_tee_step(
	    &j->tee, "snp.tcb.order", "snp.signature", "firmware levels make sense");
	const char *fault = order_fault(j);

	gh_say(&f->expected, "REPORTED and COMMITTED at most CURRENT, part by part");
	gh_say(&f->why, "honest firmware never reports more than it runs");
	if (*fault)
		gh_say(&f->observed, "%s", fault);
	else
		say_tcb(&f->observed, j->r.current_tcb, j->product);
	gh_tee_settle(&j->tee, f, *fault ? "snp.tcb.above" : "");
}

static void judge_committed(struct gh_snp_job *j)
{
	struct gh_finding *f = gh_tee_step(
	    &j->tee, "snp.tcb.committed", "snp.signature", "no provisional firmware");
	bool same = !memcmp(j->r.committed_tcb, j->r.current_tcb, 8);
	bool knob = j->ctx.policy->snp.provisional;

	gh_say(&f->why, "firmware that is not committed can be rolled back by the host");
	say_tcb(&f->expected, j->r.current_tcb, j->product);
	say_tcb(&f->observed, j->r.committed_tcb, j->product);
	if (!same && knob)
		say_allowed(j, f);
	else if (!same)
		gh_say(&f->remedy, "commit the firmware on the host (SNP_COMMIT)");
	gh_tee_settle(&j->tee, f, same || knob ? "" : "snp.tcb.provisional");
}

/* Says each part of one TCB that is below its minimum. */
static void say_below(const struct gh_snp_job *j, struct gh_buf *out, const char *name,
    const unsigned char *raw)
{
	const struct gh_snp_policy *p = &j->ctx.policy->snp;
	struct gh_snp_tcb t = gh_snp_tcb_of(raw, j->product);
	const struct {
		const char *name;
		unsigned int have, want;
	} part[] = {
	    /* only Turin has an FMC */
	    {"FMC", t.fmc, j->product == GH_SNP_TURIN ? p->min_tcb.fmc : 0u},
	    {"BL", t.boot_loader, p->min_tcb.boot_loader},
	    {"TEE", t.tee, p->min_tcb.tee},
	    {"SNP", t.snp, p->min_tcb.snp},
	    {"microcode", t.microcode, p->min_tcb.microcode},
	};

	for (size_t i = 0; i < GH_COUNT(part); i++)
		if (part[i].have < part[i].want)
			gh_buf_fmt(out, "%s%s: %s %u, at least %u", out->len ? "; " : "",
			    name, part[i].name, part[i].have, part[i].want);
}

/* A host may lower REPORTED, and load firmware after LAUNCH: the minimum holds for all. */
static void judge_min(struct gh_snp_job *j)
{
	const struct gh_snp_policy *p = &j->ctx.policy->snp;
	gh_auto(struct gh_buf, gh_buf_free) below = {0};
	struct gh_finding *f;

	if (gh_is_zero(&p->min_tcb, sizeof(p->min_tcb)))
		return;
	f = gh_tee_step(
	    &j->tee, "snp.tcb.min", "snp.signature", "firmware levels of our policy");
	say_below(j, &below, "REPORTED_TCB at 0x180", j->r.reported_tcb);
	say_below(j, &below, "COMMITTED_TCB at 0x1E0", j->r.committed_tcb);
	say_below(j, &below, "CURRENT_TCB at 0x038", j->r.current_tcb);
	say_below(j, &below, "LAUNCH_TCB at 0x1F0", j->r.launch_tcb);
	gh_say(&f->expected,
	    "at least FMC %u (Turin), BL %u, TEE %u, SNP %u, microcode %u in all four",
	    p->min_tcb.fmc, p->min_tcb.boot_loader, p->min_tcb.tee, p->min_tcb.snp,
	    p->min_tcb.microcode);
	gh_say(&f->why, "older firmware has holes that are published");
	gh_say(&f->observed, "%s", below.len ? gh_buf_cstr(&below) : "none is below");
	if (below.len)
		gh_say(&f->remedy,
		    "update BIOS, SEV firmware and microcode, commit, launch anew");
	gh_tee_settle(&j->tee, f, below.len ? "snp.tcb.min.below" : "");
}

/* PLATFORM_INFO grows with firmware: a bit we cannot name warns and does not fail. */
static void judge_platform(struct gh_snp_job *j)
{
	struct gh_finding *f = gh_tee_step(
	    &j->tee, "snp.platform", "snp.signature", "platform bits are known");

	gh_say(&f->expected, "no bit above 7 in PLATFORM_INFO");
	gh_say(&f->observed, "PLATFORM_INFO at 0x040 is 0x%llx",
	    (unsigned long long)j->r.platform_info);
	gh_say(&f->why, "a bit that we do not know may say something that matters");
	if (j->r.platform_info & GH_SNP_PLATFORM_RESERVED)
		gh_tee_warn(&j->tee, f, "snp.platform.unknown");
	else
		gh_tee_settle(&j->tee, f, "");
}

static void judge_alias(struct gh_snp_job *j)
{
	struct gh_finding *f = gh_tee_step(
	    &j->tee, "snp.platform.alias", "snp.signature", "memory alias check done");
	bool done = j->r.platform_info & GH_SNP_PLATFORM_ALIAS_DONE;
	bool due = j->ctx.policy->snp.alias_check;

	gh_say(&f->expected, "bit 5 ALIAS_CHECK_COMPLETE in PLATFORM_INFO");
	gh_say(&f->observed, "PLATFORM_INFO at 0x040 is 0x%llx: bit 5 %s",
	    (unsigned long long)j->r.platform_info, done ? "set" : "clear");
	gh_say(&f->why,
	    "memory modules that lie about their size alias the guest's memory "
	    "(BadRAM, CVE-2024-21944)");
	if (!done && !due)
		say_allowed(j, f);
	else if (!done)
		gh_say(&f->remedy, "update BIOS and SEV firmware (AMD-SB-3015)");
	if (!done && due && j->r.version < 3) /* such firmware cannot say it */
		gh_tee_warn(&j->tee, f, "snp.platform.alias.unsaid");
	else
		gh_tee_settle(&j->tee, f, done || !due ? "" : "snp.platform.alias");
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

static void judge_pin(struct gh_snp_job *j, const char *name, const char *field,
    const struct gh_pins *pins, const unsigned char *value)
{
	gh_auto(struct gh_buf, gh_buf_free) hex = {0};
	gh_auto(struct gh_buf, gh_buf_free) step = {0};
	gh_auto(struct gh_buf, gh_buf_free) code = {0};
	bool fits = gh_pins_fit(pins, value);
	struct gh_finding *f;

	if (!pins->n)
		return;
	gh_buf_fmt(&step, "snp.pin.%s", name);
	gh_buf_fmt(&code, "snp.pin.%s.mismatch", name);
	f = gh_tee_step(&j->tee, gh_buf_cstr(&step), "snp.signature", field);
	gh_buf_hex(&hex, pins->at[0], pins->len);
	gh_say(&f->expected, "%s%s", gh_buf_cstr(&hex),
	    pins->n > 1 ? ", or another that the policy pins" : "");
	gh_buf_clear(&hex);
	gh_buf_hex(&hex, value, pins->len);
	gh_say(&f->observed, "%s", gh_buf_cstr(&hex));
	gh_say(
	    &f->why, "the policy \"%s\" accepts only what it names", j->ctx.policy->id);
	if (!fits)
		gh_say(&f->remedy,
		    "another guest than the one that was approved: find out which, or "
		    "approve it in the policy");
	gh_tee_settle(&j->tee, f, fits ? "" : gh_buf_cstr(&code));
}

static void judge_pins(struct gh_snp_job *j)
{
	const struct gh_snp_policy *p = &j->ctx.policy->snp;
	const struct gh_snp_report *r = &j->r;

	judge_pin(
	    j, "measurement", "MEASUREMENT at 0x090", &p->measurement, r->measurement);
	judge_pin(j, "host_data", "HOST_DATA at 0x0C0", &p->host_data, r->host_data);
	judge_pin(
	    j, "id_key_digest", "ID_KEY_DIGEST at 0x0E0", &p->id_key_digest, r->id_key);
	judge_pin(j, "author_key_digest", "AUTHOR_KEY_DIGEST at 0x110",
	    &p->author_key_digest, r->author_key);
	judge_pin(j, "chip_id", "CHIP_ID at 0x1A0", &p->chip_id, r->chip_id);
}

void gh_snp_judge_policy(struct gh_snp_job *j)
{
	judge_vmpl(j);
	judge_policy_bits(j);
	judge_tcb_order(j);
	judge_committed(j);
	judge_min(j);
	judge_platform(j);
	judge_alias(j);
	judge_advisory(j);
	judge_pins(j);
}
