/* SPDX-License-Identifier: Apache-2.0
 * The verdict on one NVIDIA device, step by step: nothing is left out after a failure, so
 * that the whole tree can always be drawn. */
#include "evidence/gpu.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "evidence/gpu_case.h"
#include "evidence/gpu_chain.h"
#include "evidence/gpu_fwid.h"
#include "evidence/gpu_measure.h"
#include "evidence/gpu_opaque.h"
#include "evidence/gpu_revocation.h"
#include "evidence/tee.h"

static const char *const arch_word[] = {"HOPPER", "BLACKWELL", "LS10"};

static void judge_parse(struct gh_gpu_case *c, const struct gh_err *e)
{
	struct gh_finding *f = gh_gpu_begin(
	    c, "gpu.spdm.parse", "gpu.chain.leaf", "SPDM measurement report");
	char fact[80];
	gh_say(&f->expected, "one report of the form of SPDM 1.1, exact size");
	if (!c->parsed) {
		gh_gpu_refuse(f, "gpu.spdm.parse", e->what);
		gh_say(&f->why, "bytes that are not exactly a report prove nothing");
		return;
	}
	if (gh_gpu_is_switch(c) != (c->driver[0] == '\0')) {
		gh_gpu_refuse(f, "gpu.spdm.kind",
		    "a report of a GPU with a switch's chain, or the other way");
		return;
	}
	snprintf(fact, sizeof(fact), "%zu bytes, %zu blocks%s", c->spdm.report.len,
	    c->spdm.n_blocks, c->spdm.nvdaod ? ", NVDAOD" : "");
	gh_gpu_settle(f, c->chain_ok, fact);
}

static void judge_signature(struct gh_gpu_case *c)
{
	struct gh_finding *f =
	    gh_gpu_begin(c, "gpu.spdm.signature", "gpu.spdm.parse", "signature");
	struct gh_err e = {0};
	gh_say(&f->expected, "ECDSA P-384 over request and reply by the leaf");
	if (!c->parsed || !c->have_chain) {
		gh_gpu_settle(f, false, "no report or no chain");
		return;
	}
	if (gh_ecdsa_verify_raw(gh_cert_key(c->certs.at[0]), GH_SHA384, c->spdm.signed_,
		c->spdm.signature, &e) < 0) {
		gh_gpu_refuse(f, "gpu.signature", "does not verify with the leaf's key");
		gh_say(&f->why, "the report was changed, or another device made it");
		gh_say(&f->remedy,
		    "Collect the evidence again; keep these bytes for analysis.");
		return;
	}
	c->grounded = c->chain_ok && gh_gpu_is_switch(c) == (c->driver[0] == '\0');
	gh_gpu_settle(f, c->grounded, "good with the leaf's key");
}

static void judge_nonce(struct gh_gpu_case *c)
{
	struct gh_finding *f =
	    gh_gpu_begin(c, "gpu.spdm.nonce", "gpu.spdm.parse", "nonce");
	struct gh_bytes asked = c->ctx->nonce;
	char have[65], want[65];
	if (!c->parsed) {
		gh_gpu_settle(f, false, "no report");
		return;
	}
	gh_hex(have, c->spdm.nonce, 32);
	if (asked.p == NULL) {
		gh_judge(f, GH_SKIP, "gpu.nonce.not-asked");
		f->severity = GH_SEV_INFO;
		gh_say(&f->observed, "%s", have);
		gh_say(&f->why, "not asked to check: the report may be a replay");
		return;
	}
	if (asked.len != 32) {
		gh_say(&f->expected, "a nonce of %zu bytes", asked.len);
		gh_gpu_refuse(f, "gpu.nonce.length", "an SPDM report carries 32 bytes");
		return;
	}
	gh_hex(want, asked.p, 32);
	gh_say(&f->expected, "%s", want);
	if (memcmp(asked.p, c->spdm.nonce, 32) != 0) {
		gh_gpu_refuse(f, "gpu.nonce.mismatch", have);
		gh_say(
		    &f->why, "the report answers another question: it may be a replay");
		gh_say(&f->remedy, "Ask the device again with a fresh nonce.");
		return;
	}
	gh_gpu_settle(f, c->grounded, "ours, 32 bytes");
}

/* A counter is zero exactly where the measurement is (section 1.6): holds on every real
 * report, and costs nothing. */
static void judge_counters(struct gh_gpu_case *c)
{
	struct gh_finding *f =
	    gh_gpu_begin(c, "gpu.spdm.counters", "gpu.spdm.parse", "counters");
	const struct gh_opaque *o =
	    c->parsed ? gh_spdm_opaque(&c->spdm, GH_OPAQUE_MSRSCNT) : NULL;
	char fact[80];
	gh_say(&f->expected, "counter i is zero exactly where block i+1 is");
	if (!c->parsed) {
		gh_gpu_settle(f, false, "no report");
		return;
	}
	if (o == NULL) {
		gh_gpu_refuse(f, "gpu.counters.absent", "no counters in the report");
		return;
	}
	struct gh_rd r = gh_rd_of(o->data.p, o->data.len);
	size_t n = o->data.len / 4;
	if (o->data.len % 4 != 0 || n > c->spdm.n_blocks) {
		gh_gpu_refuse(f, "gpu.counters.form", "counters do not fit the blocks");
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if ((gh_rd_u32le(&r) == 0) == gh_is_zero(c->spdm.block[i], 48))
			continue;
		snprintf(fact, sizeof(fact),
		    "counter and measurement disagree at index %zu", i);
		gh_gpu_refuse(f, "gpu.counters", fact);
		return;
	}
	snprintf(fact, sizeof(fact), "%zu of %zu agree", n, n);
	gh_gpu_settle(f, c->grounded, fact);
}

static void claim_report(struct gh_gpu_case *c)
{
	struct gh_subject *s = gh_gpu_subject(c);
	gh_claim(s, "arch", "%s", arch_word[c->arch]);
	gh_claim(s, "report_sha256", "%s", c->source + strlen("sha256:"));
	if (!c->parsed)
		return;
	gh_claim_hex(s, "nonce", c->spdm.nonce, 32);
	gh_claim_hex(s, "responder_nonce", c->spdm.responder_nonce, 32);
	if (c->driver[0] != '\0')
		gh_claim(s, "driver", "%s", c->driver);
	if (c->vbios[0] != '\0')
		gh_claim(s, "vbios", "%s", c->vbios);
}

int gh_gpu_verify(struct gh_result *out, const char *subject,
    const struct gh_gpu_evidence *ev, const struct gh_context *ctx, struct gh_err *err)
{
	struct gh_gpu_case c = {.out = out, .subject = subject, .ctx = ctx};
	struct gh_err parse = {0};
	if (gh_sha256_name(ev->report.p, ev->report.len, c.source, err) < 0)
		return -1;
	c.parsed = gh_spdm_parse(&c.spdm, ev->report.p, ev->report.len, &parse) == 0;
	if (c.parsed) {
		gh_spdm_opaque_text(
		    &c.spdm, GH_OPAQUE_DRIVER_VERSION, c.driver, sizeof(c.driver));
		gh_spdm_vbios(&c.spdm, c.vbios, sizeof(c.vbios));
	} else {
		c.spdm = (struct gh_spdm){0};
	}
	gh_gpu_chain_read(&c, ev->chain_pem);
	c.arch = gh_gpu_arch_of(&c);
	claim_report(&c);
	gh_gpu_chain_judge(&c, ev->chain_pem);
	gh_gpu_revocation_judge(&c);
	judge_parse(&c, &parse);
	judge_signature(&c);
	gh_gpu_opaque_judge(&c);
	judge_nonce(&c);
	judge_counters(&c);
	gh_gpu_fwid_judge(&c);
	gh_gpu_measure_judge(&c);
	gh_certs_free(&c.certs);
	return gh_result_ok(out, err);
}

/* The first device before or after s that shares a claim which must be its own. */
static const struct gh_subject *twin_of(
    const struct gh_result *r, const struct gh_subject *s, const char **claim)
{
	static const char *const own[] = {"pdi", "leaf_spki", "responder_nonce"};
	for (size_t i = 0; i < r->n_subjects; i++)
		for (size_t k = 0; k < GH_COUNT(own); k++) {
			const struct gh_subject *o = &r->subject[i];
			const char *mine = gh_claim_get(s, own[k]);
			if (o == s || !gh_gpu_is_device(o) || mine[0] == '\0' ||
			    strcmp(mine, gh_claim_get(o, own[k])) != 0)
				continue;
			*claim = own[k];
			return o;
		}
	return NULL;
}

static void judge_distinct(struct gh_result *out, const struct gh_subject *s, size_t n)
{
	const char *claim = "";
	const struct gh_subject *twin = twin_of(out, s, &claim);
	const struct gh_finding *sig =
	    gh_findings_get(&out->findings, s->name, "gpu.spdm.signature");
	bool holds = sig != NULL && sig->verdict == GH_PASS;
	bool lab = sig != NULL && sig->lab;
	struct gh_finding *f = gh_findings_add(&out->findings, s->name, "gpu.distinct");
	char fact[200];
	f->assurance = GH_A3;
	f->lab = lab;
	gh_say(&f->title, "one of its kind");
	gh_say(&f->expected, "PDI, attestation key and responder nonce of its own");
	gh_say(&f->source, "sha256:%s", gh_claim_get(s, "report_sha256"));
	if (twin != NULL) {
		snprintf(fact, sizeof(fact), "%s is the same in %s", claim, twin->name);
		gh_gpu_refuse(f, "gpu.twin", fact);
		gh_say(&f->why, "one device, shown twice, would count as two good ones");
		gh_say(&f->remedy,
		    "Find which slot holds the device; the other proved nothing.");
		return;
	}
	if (n < 2) {
		gh_judge(f, GH_SKIP, "gpu.alone");
		f->severity = GH_SEV_INFO;
		gh_say(&f->observed, "the only device judged");
		return;
	}
	snprintf(fact, sizeof(fact), "differs from %zu others", n - 1);
	gh_gpu_settle(f, holds, fact);
}

void gh_gpu_distinct(struct gh_result *out)
{
	size_t n = 0;
	for (size_t i = 0; i < out->n_subjects; i++)
		n += gh_gpu_is_device(&out->subject[i]);
	for (size_t i = 0; i < out->n_subjects; i++)
		if (gh_gpu_is_device(&out->subject[i]))
			judge_distinct(out, &out->subject[i], n);
	gh_gpu_cohort(out);
}
