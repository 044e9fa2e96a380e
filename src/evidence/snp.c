/* SPDX-License-Identifier: Apache-2.0
 * Judges an SNP report in the order of spec/snp.md section 2: bytes, product, then the
 * chain (snp_links.c), the signature, and what the report states (snp_policy.c). */
#include "evidence/snp.h"

#include "evidence/snp_links.h"
#include "evidence/snp_policy.h"
#include "evidence/snp_vek.h"

/* A layout that we do not know may still be a report, and then it is refused as one: the
 * size is exact, the small numbers are small, and POLICY has the bit that must be one. */
bool gh_snp_looks(const void *p, size_t len)
{
	struct gh_snp_report r;

	if (!gh_snp_report_parse(&r, p, len, NULL))
		return true;
	return r.whole.p && r.version <= 0xFF && r.signature_algo <= 0xFF &&
	       (r.policy & GH_SNP_POLICY_MBO);
}

/* Every step of a report that could not even be read: said, not left out. */
static void skip_all(struct gh_snp_job *j)
{
	static const char *const steps[][2] = {
	    {"snp.product", "snp.parse"},
	    {"snp.chain.ark", "snp.product"},
	    {"snp.chain.ask", "snp.chain.ark"},
	    {"snp.revocation", "snp.chain.ask"},
	    {"snp.chain.vek", "snp.chain.ask"},
	    {"snp.tcb", "snp.chain.vek"},
	    {"snp.chip", "snp.chain.vek"},
	    {"snp.signature", "snp.chain.vek"},
	    {"snp.vmpl", "snp.signature"},
	    {"snp.policy.debug", "snp.signature"},
	    {"snp.tcb.order", "snp.signature"},
	    {"snp.nonce", "snp.signature"},
	};

	for (size_t i = 0; i < GH_COUNT(steps) - j->ev->wrapped; i++)
		gh_tee_settle(&j->tee,
		    gh_tee_step(&j->tee, steps[i][0], steps[i][1], "not judged"), "");
}

static int judge_parse(struct gh_snp_job *j)
{
	struct gh_finding *f = gh_tee_step(&j->tee, "snp.parse", "", "report format");
	struct gh_err e = {0};

	gh_say(&f->expected, "1184 bytes, version 2 to 5, every reserved bit zero");
	gh_say(&f->why, "a layout we do not know could mean anything: it is refused");
	if (gh_snp_report_parse(&j->r, j->ev->report.p, j->ev->report.len, &e)) {
		gh_say(&f->observed, "%s", e.what);
		if (j->r.whole.p)
			gh_say(&f->remedy,
			    "newer firmware: this program must learn its layout first");
		gh_tee_settle(
		    &j->tee, f, j->r.whole.p ? "snp.version.unknown" : "snp.format");
		return -1;
	}
	if (gh_snp_report_reserved(&j->r, &e)) {
		gh_say(&f->observed, "%s", e.what);
		gh_tee_settle(&j->tee, f, "snp.reserved");
		return 0;
	}
	gh_say(&f->observed, "version %u", j->r.version);
	gh_tee_settle(&j->tee, f, "");
	return 0;
}

void gh_snp_say_vek_missing(struct gh_snp_job *j, struct gh_finding *f)
{
	bool vlek = gh_snp_report_key(&j->r) == GH_SNP_VLEK;

	gh_judge(f, GH_UNKNOWN, "snp.vek.missing");
	gh_say(&f->observed, "no %s certificate was given", vlek ? "VLEK" : "VCEK");
	gh_say(&f->why, "without the chip's certificate the signature cannot be checked");
	gh_say(&f->remedy,
	    vlek ? "give the VLEK certificate that the guest got with its report: --with "
		   "vlek.der"
		 : "give the VCEK of this chip and REPORTED_TCB (AMD KDS, or the guest's "
		   "certificate table): --with vcek.der");
}

/* Version 2 does not name its CPU: the VCEK does (spec/snp.md section 1). */
static void judge_product_v2(struct gh_snp_job *j, struct gh_finding *f)
{
	char name[GH_SNP_PRODUCT_TEXT];
	struct gh_err e = {0};

	gh_say(&f->expected, "a productName in the VCEK");
	if (!gh_is_zero(j->r.chip_id, 8) && gh_is_zero(j->r.chip_id + 8, 56)) {
		gh_say(&f->observed,
		    "version 2, and CHIP_ID at 0x1A0 has 8 bytes and then zeros");
		gh_say(&f->why, "Turin on old firmware: its TCB layout is ambiguous");
		gh_say(&f->remedy, "update the host's SEV firmware");
		gh_tee_settle(&j->tee, f, "snp.product.ambiguous");
		return;
	}
	if (!j->chain.vek) {
		gh_snp_say_vek_missing(j, f);
		return;
	}
	if (gh_snp_vek_product(j->chain.vek, name, &e)) {
		gh_say(&f->observed, "%s", e.what);
		gh_tee_settle(&j->tee, f, "snp.product.unknown");
		return;
	}
	j->product = gh_snp_product_of(name);
	gh_say(&f->observed, "version 2 does not say; the VCEK says %s", name);
	gh_say(&f->why, "a version 2 report does not sign its CPU model: old firmware");
	gh_say(&f->remedy, "update the host's SEV firmware: version 3 and later name it");
	if (j->product == GH_SNP_NO_PRODUCT)
		gh_tee_settle(&j->tee, f, "snp.product.unknown");
	else
		gh_tee_warn(&j->tee, f, "snp.version.old");
}

static void judge_product(struct gh_snp_job *j)
{
	struct gh_finding *f =
	    gh_tee_step(&j->tee, "snp.product", "snp.parse", "product");

	if (j->r.version < 3) {
		judge_product_v2(j, f);
		return;
	}
	j->product = gh_snp_report_product(&j->r);
	gh_say(&f->expected, "a CPU whose AMD root we pin: Milan, Genoa, Siena, Turin");
	gh_say(&f->observed, "CPUID at 0x188: family %02Xh model %02Xh stepping %u%s%s",
	    j->r.cpu_family, j->r.cpu_model, j->r.cpu_stepping, j->product ? ": " : "",
	    gh_snp_product_name(j->product));
	gh_say(&f->why, "the product decides which AMD root must have signed");
	if (j->product == GH_SNP_NO_PRODUCT)
		gh_say(&f->remedy, "no AMD root for this CPU is shipped yet");
	gh_tee_settle(&j->tee, f, j->product ? "" : "snp.product.unknown");
}

static void judge_signature(struct gh_snp_job *j)
{
	struct gh_finding *f =
	    gh_tee_step(&j->tee, "snp.signature", "snp.chain.vek", "report signature");
	struct gh_err e = {0};

	gh_say(
	    &f->expected, "ECDSA P-384 over bytes 0x000 to 0x29F by the endorsement key");
	gh_say(&f->why, "only this proves that the chip said what the report says");
	if (j->r.signature_algo != 1) {
		gh_say(&f->observed,
		    "SIGNATURE_ALGO at 0x034 is %u, expected 1 (ECDSA P-384, SHA-384)",
		    j->r.signature_algo);
		gh_tee_settle(&j->tee, f, "snp.signature.algo");
	} else if (gh_snp_report_masked(&j->r) ||
		   gh_snp_report_key(&j->r) == GH_SNP_KEY_NONE) {
		gh_say(&f->observed, "FLAGS at 0x048 is 0x%X: %s, so it is not signed",
		    j->r.flags,
		    gh_snp_report_masked(&j->r) ? "MASK_CHIP_KEY" : "SIGNING_KEY none");
		gh_say(&f->remedy, "the host masks its chip key: change its SNP_CONFIG");
		gh_tee_settle(&j->tee, f, "snp.signature.absent");
	} else if (!j->chain.vek) {
		gh_snp_say_vek_missing(j, f);
	} else if (gh_snp_chain_signed(&j->r, j->chain.vek, j->ctx.memo, &e)) {
		gh_say(&f->observed, "R at 0x2A0, S at 0x2E8: %s", e.what);
		gh_say(
		    &f->remedy, "wrong VCEK for this chip and TCB, or altered evidence");
		gh_tee_settle(&j->tee, f, "snp.signature.bad");
	} else {
		gh_say(&f->observed, "good");
		gh_tee_settle(&j->tee, f, "");
	}
}

static int judge_all(struct gh_snp_job *j, struct gh_err *err)
{
	bool vlek = gh_snp_report_key(&j->r) == GH_SNP_VLEK;

	j->chain.vek = gh_snp_chain_vek(j->ctx.certs, &j->r, j->ctx.memo);
	judge_product(j);
	if (gh_snp_chain_find(
		&j->chain, j->ctx.certs, j->product, vlek, j->ctx.memo, err))
		return -1;
	gh_snp_judge_links(j);
	gh_snp_judge_vek(j);
	judge_signature(j);
	if (!j->ev->wrapped)
		gh_tee_nonce(&j->tee, "snp.nonce", "snp.signature", j->r.report_data);
	gh_snp_judge_policy(j);
	gh_snp_claims(j);
	return 0;
}

int gh_snp_verify(struct gh_result *out, const char *subject,
    const struct gh_snp_evidence *ev, const struct gh_context *ctx, struct gh_err *err)
{
	struct gh_snp_job j = {.ev = ev, .ctx = *ctx};
	/* One of our own where the caller has none: the search for the chain and its
	 * judgement ask for the same signatures. */
	gh_auto(struct gh_memo *, gh_memo_free) own = ctx->memo ? NULL : gh_memo_new();
	int rc = 0;

	if (!j.ctx.memo)
		j.ctx.memo = own;
	if (!j.ctx.policy)
		j.ctx.policy = gh_policy_strict();
	if (gh_tee_begin(&j.tee, out, subject, ev->report, &j.ctx, err))
		return -1;
	(void)gh_result_subject(out, subject, "cvm");
	if (judge_parse(&j))
		skip_all(&j);
	else
		rc = judge_all(&j, err);
	gh_snp_chain_free(&j.chain);
	gh_tee_end(&j.tee);
	return rc ? rc : gh_result_ok(out, err);
}
