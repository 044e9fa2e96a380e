/* SPDX-License-Identifier: Apache-2.0
 * Judges a set of evidence: gathers the collateral that came along, then asks the judge
 * of each kind. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "crypto/chain.h"
#include "evidence/evidence_json.h"
#include "evidence/gpu.h"
#include "evidence/gpu_chain.h"
#include "evidence/load.h"
#include "evidence/rim.h"
#include "evidence/snp.h"
#include "evidence/tdx.h"

#define CERTS_MAX 64 /* in one piece */
#define CRLS_MAX  16

/* What the judges may use besides the evidence itself. */
struct shelf {
	const struct gh_evidence_set *set[2]; /* the evidence, what was given along */
	struct gh_context ctx; /* the caller's, with certs and rims of below */
	struct gh_certs certs;
	struct gh_rims own;  /* RIMs loaded here */
	struct gh_rims view; /* own and the caller's: the array ours, the RIMs borrowed */
	struct gh_bytes crls[CRLS_MAX]; /* borrowed from the sets */
	size_t n_crls;
};

static void shelf_free(struct shelf *s)
{
	gh_certs_free(&s->certs);
	gh_rims_free(&s->own);
	free(s->view.at);
}

static int certs_of(struct gh_certs *out, struct gh_bytes b, struct gh_err *err)
{
	struct gh_cert *c = NULL;
	if (gh_text_find(b, "-----BEGIN") != NULL)
		return gh_certs_from_pem(out, b.p, b.len, CERTS_MAX, err);
	if (gh_cert_from_der(&c, b.p, b.len, err) < 0)
		return -1;
	return gh_certs_add(out, c, err);
}

static int add_certs(struct shelf *s, const struct gh_certs *from, struct gh_err *err)
{
	for (size_t i = 0; i < from->n; i++) {
		struct gh_bytes der = gh_cert_der(from->at[i]);
		struct gh_cert *c = NULL;
		if (gh_cert_from_der(&c, der.p, der.len, err) < 0 ||
		    gh_certs_add(&s->certs, c, err) < 0)
			return -1;
	}
	return 0;
}

/* A piece of collateral that cannot be read does not stop the judging: what needed it
 * will say that it is missing. */
static int shelve_piece(struct shelf *s, const struct gh_evidence *e, struct gh_err *err)
{
	gh_auto(struct gh_certs, gh_certs_free) found = {0};
	if (e->type == GH_EV_CRL && s->n_crls < CRLS_MAX)
		s->crls[s->n_crls++] = gh_buf_view(&e->bytes);
	if (e->type == GH_EV_CERTS && certs_of(&found, gh_buf_view(&e->bytes), NULL) == 0)
		return add_certs(s, &found, err);
	return 0;
}

static int shelve_rim(struct shelf *s, const struct gh_evidence *e, struct gh_err *err)
{
	struct gh_rim *r = NULL;
	if (e->type != GH_EV_RIM ||
	    gh_rim_load(&r, e->bytes.p, e->bytes.len, &s->ctx, NULL) < 0)
		return 0;
	return gh_rims_add(&s->own, r, err);
}

static int view_rims(struct shelf *s, const struct gh_rims *given, struct gh_err *err)
{
	size_t n = given == NULL ? 0 : given->n;
	s->view.at = calloc(s->own.n + n + 1, sizeof(struct gh_rim *));
	if (s->view.at == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	for (size_t i = 0; i < s->own.n; i++)
		s->view.at[s->view.n++] = s->own.at[i];
	for (size_t i = 0; i < n; i++)
		s->view.at[s->view.n++] = given->at[i];
	return 0;
}

static int shelve(struct shelf *s, const struct gh_context *ctx, struct gh_err *err)
{
	s->ctx = *ctx;
	if (ctx->certs != NULL && add_certs(s, ctx->certs, err) < 0)
		return -1;
	for (size_t k = 0; k < GH_COUNT(s->set); k++)
		for (size_t i = 0; s->set[k] != NULL && i < s->set[k]->n; i++)
			if (shelve_piece(s, &s->set[k]->at[i], err) < 0 ||
			    shelve_rim(s, &s->set[k]->at[i], err) < 0)
				return -1;
	if (view_rims(s, ctx->rims, err) < 0)
		return -1;
	s->ctx.certs = &s->certs;
	s->ctx.rims = &s->view;
	return 0;
}

static bool signs(struct gh_bytes pem, struct gh_bytes report)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	if (report.len < 96 || certs_of(&cs, pem, NULL) < 0)
		return false;
	struct gh_bytes body = {report.p, report.len - 96},
			sig = {report.p + body.len, 96};
	return gh_ecdsa_verify_raw(gh_cert_key(cs.at[0]), GH_SHA384, body, sig, NULL) ==
	       0;
}

/* The chain that came along for a bare report: the only one, or of several the one whose
 * leaf signed it. */
static struct gh_bytes chain_for(const struct shelf *s, struct gh_bytes report)
{
	struct gh_bytes first = {0};
	size_t n = 0;
	for (size_t k = 0; k < GH_COUNT(s->set); k++)
		for (size_t i = 0; s->set[k] != NULL && i < s->set[k]->n; i++) {
			const struct gh_evidence *e = &s->set[k]->at[i];
			if (e->type == GH_EV_CERTS && n++ == 0)
				first = gh_buf_view(&e->bytes);
		}
	for (size_t k = 0; n > 1 && k < GH_COUNT(s->set); k++)
		for (size_t i = 0; s->set[k] != NULL && i < s->set[k]->n; i++) {
			const struct gh_evidence *e = &s->set[k]->at[i];
			if (e->type == GH_EV_CERTS &&
			    signs(gh_buf_view(&e->bytes), report))
				return gh_buf_view(&e->bytes);
		}
	return first;
}

static int verify_device(struct gh_result *out, const char *subject,
    const struct shelf *s, const struct gh_evidence *e, struct gh_err *err)
{
	struct gh_gpu_evidence ev = {gh_buf_view(&e->bytes), gh_buf_view(&e->chain)};
	if (ev.chain_pem.len == 0)
		ev.chain_pem = chain_for(s, ev.report);
	return gh_gpu_verify(out, subject, &ev, &s->ctx, err);
}

static int unreadable(struct gh_result *out, const char *subject, const char *kind,
    const char *step, const struct gh_err *why)
{
	(void)gh_result_subject(out, subject, kind);
	struct gh_finding *f = gh_findings_add(&out->findings, subject, step);
	gh_say(&f->title, "%s", kind);
	gh_say(&f->observed, "%s", why->what);
	gh_say(&f->why, "bytes that are not of their form prove nothing");
	gh_judge(f, GH_FAIL, step);
	return 0;
}

static int verify_rim(struct gh_result *out, const char *subject, const struct shelf *s,
    const struct gh_evidence *e, struct gh_err *err)
{
	struct gh_rim *r = NULL;
	struct gh_err why = {0};
	char until[GH_TIME_LEN];
	if (gh_rim_load(&r, e->bytes.p, e->bytes.len, &s->ctx, &why) < 0)
		return unreadable(out, subject, "rim", "rim.parse", &why);
	struct gh_subject *claims = gh_result_subject(out, subject, "rim");
	gh_time_text(until, r->not_after);
	gh_claim(claims, "id", "%s", r->id);
	gh_claim(claims, "version", "%s", r->version);
	gh_claim(claims, "product", "%s", r->product);
	gh_claim(claims, "sha256", "%s", r->sha256);
	gh_claim(claims, "not_after", "%s", until);
	for (size_t i = 0; i < r->findings.n; i++) {
		gh_findings_copy(&out->findings, &r->findings.at[i]);
		if (!out->findings.oom)
			gh_say(&out->findings.at[out->findings.n - 1].subject, "%s",
			    subject);
	}
	gh_rim_free(&r);
	return gh_result_ok(out, err);
}

/* Certificates of another vendor: only their links and their root can be judged. */
static void judge_foreign_chain(struct gh_result *out, const char *subject,
    const struct gh_certs *cs, const struct gh_context *ctx, const struct gh_anchor *a)
{
	struct gh_link links[CERTS_MAX];
	struct gh_err e = {0};
	struct gh_chain chain = {cs, ctx->at, false, ctx->memo};
	struct gh_finding *f = gh_findings_add(&out->findings, subject, "cert.chain");
	gh_say(&f->title, "%s", a->name);
	gh_say(&f->expected, "every link good up to a pinned root");
	f->assurance = GH_A3;
	f->lab = a->lab;
	if (gh_chain_verify(&chain, links, &e) < 0) {
		gh_judge(f, GH_FAIL, "cert.chain");
		gh_say(&f->observed, "%s", e.what);
	} else if (a->lab && !ctx->allow_lab) {
		gh_judge(f, GH_FAIL, "trust.lab-root");
		gh_say(&f->observed, "a LAB root, not accepted here");
	} else {
		gh_judge(f, GH_PASS, "");
		gh_say(&f->observed, "%zu certificates, pinned root", cs->n);
	}
}

/* Certificates with nothing that they sign: judged as the chain of an NVIDIA device,
 * unless they end in a pinned root of another kind. */
static int verify_certs(struct gh_result *out, const char *subject, const struct shelf *s,
    const struct gh_evidence *e, struct gh_err *err)
{
	static const enum gh_root others[] = {
	    GH_ROOT_NVIDIA_RIM, GH_ROOT_AMD_ARK, GH_ROOT_INTEL_SGX};
	struct gh_gpu_case c = {.out = out, .subject = subject, .ctx = &s->ctx};
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	struct gh_err why = {0};
	struct gh_bytes b = gh_buf_view(&e->bytes);
	if (certs_of(&cs, b, &why) < 0)
		return unreadable(out, subject, "certs", "cert.parse", &why);
	if (gh_sha256_name(b.p, b.len, c.source, err) < 0)
		return -1;
	for (size_t i = 0; i < GH_COUNT(others); i++) {
		const struct gh_anchor *a = gh_trust_find(
		    s->ctx.trust, others[i], gh_cert_spki_sha256(cs.at[cs.n - 1]));
		if (a == NULL)
			continue;
		(void)gh_result_subject(out, subject, "certs");
		judge_foreign_chain(out, subject, &cs, &s->ctx, a);
		return gh_result_ok(out, err);
	}
	gh_gpu_chain_read(&c, b);
	c.arch = gh_gpu_arch_of(&c);
	(void)gh_gpu_subject(&c);
	gh_gpu_chain_judge(&c, b);
	gh_certs_free(&c.certs);
	return gh_result_ok(out, err);
}

static int verify_one(struct gh_result *out, const char *subject, const struct shelf *s,
    const struct gh_evidence *e, struct gh_err *err)
{
	struct gh_snp_evidence snp = {.report = gh_buf_view(&e->bytes),
	    .crls = s->n_crls > 0 ? s->crls : NULL,
	    .n_crls = s->n_crls};
	struct gh_tdx_evidence tdx = {.quote = gh_buf_view(&e->bytes)};
	switch (e->type) {
	case GH_EV_SNP:
		return gh_snp_verify(out, subject, &snp, &s->ctx, err);
	case GH_EV_TDX:
		return gh_tdx_verify(out, subject, &tdx, &s->ctx, err);
	case GH_EV_GPU:
	case GH_EV_SWITCH:
		return verify_device(out, subject, s, e, err);
	case GH_EV_RIM:
		return verify_rim(out, subject, s, e, err);
	case GH_EV_CERTS:
		return verify_certs(out, subject, s, e, err);
	default:
		break;
	}
	return gh_fail(err, GH_E_USAGE, "%s proves nothing by itself: give it along",
	    gh_evidence_type_word(e->type));
}

/* Certificates and CRLs beside real evidence are not a subject. */
static bool is_collateral(const struct gh_evidence *e)
{
	return e->type == GH_EV_CERTS || e->type == GH_EV_CRL;
}

int gh_evidence_verify(struct gh_result *out, const char *name,
    const struct gh_evidence_set *set, const struct gh_evidence_set *with,
    const struct gh_context *ctx, struct gh_err *err)
{
	gh_auto(struct shelf, shelf_free) s = {.set = {set, with}};
	size_t n_other = 0, index = 0;
	bool devices = false;
	out->at = ctx->at;
	if (set->n == 0)
		return gh_fail(err, GH_E_USAGE, "no evidence to judge");
	if (shelve(&s, ctx, err) < 0)
		return -1;
	for (size_t i = 0; i < set->n; i++)
		n_other += !is_collateral(&set->at[i]);
	size_t n = n_other == 0 ? set->n : n_other;
	for (size_t i = 0; i < set->n; i++) {
		char subject[128];
		if (n_other > 0 && is_collateral(&set->at[i]))
			continue;
		if (n == 1)
			snprintf(subject, sizeof(subject), "%s", name);
		else
			snprintf(subject, sizeof(subject), "%s:%zu", name, index++);
		devices = devices || set->at[i].type == GH_EV_GPU ||
			  set->at[i].type == GH_EV_SWITCH;
		if (verify_one(out, subject, &s, &set->at[i], err) < 0)
			return -1;
	}
	if (devices)
		gh_gpu_distinct(out);
	return gh_result_ok(out, err);
}
