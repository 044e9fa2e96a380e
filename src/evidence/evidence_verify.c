/* SPDX-License-Identifier: Apache-2.0
 * Judges a set of evidence: a table says which kinds are a subject, and who judges them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "evidence/ccel_verify.h"
#include "evidence/device_chain.h"
#include "evidence/eat.h"
#include "evidence/evidence_certs.h"
#include "evidence/gpu.h"
#include "evidence/gpu_topology.h"
#include "evidence/hcl.h"
#include "evidence/load.h"
#include "evidence/ocsp.h"
#include "evidence/rim.h"
#include "evidence/shelf.h"
#include "evidence/snp.h"
#include "evidence/tdx.h"

struct judging {
	struct gh_result *out;
	struct gh_shelf shelf;
	const struct gh_evidence_set *set[2]; /* the evidence, what was given along */
	bool has_evidence[2];                 /* by set: something that stands alone */
	bool has_quote;                       /* a TD that event logs belong to */
};

static void judging_free(struct judging *j)
{
	gh_shelf_free(&j->shelf);
}

/* ---- one judge per kind ----------------------------------------------------------- */

static int judge_snp(struct judging *j, const char *subject, const struct gh_evidence *e,
    struct gh_err *err)
{
	struct gh_snp_evidence ev = {.report = gh_buf_view(&e->bytes)};

	return gh_snp_verify(j->out, subject, &ev, &j->shelf.ctx, err);
}

static int judge_tdx(struct judging *j, const char *subject, const struct gh_evidence *e,
    struct gh_err *err)
{
	struct gh_tdx_evidence ev = {.quote = gh_buf_view(&e->bytes)};

	return gh_tdx_verify(j->out, subject, &ev, &j->shelf.ctx, err);
}

static int judge_hcl(struct judging *j, const char *subject, const struct gh_evidence *e,
    struct gh_err *err)
{
	gh_auto(struct gh_hcl_evidence, gh_hcl_free) ev = {0};
	struct gh_err why = {0};

	if (gh_hcl_read(&ev, gh_buf_view(&e->bytes), &why) < 0) {
		if (why.code == GH_E_NOMEM)
			return gh_fail(err, GH_E_NOMEM, "out of memory");
		return gh_evidence_unreadable(
		    j->out, subject, "cvm", "snp.hcl.parse", &why);
	}
	return gh_hcl_verify(j->out, subject, &ev, &j->shelf.ctx, err);
}

static int judge_device(struct judging *j, const char *subject,
    const struct gh_evidence *e, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) chain = {0};
	struct gh_gpu_evidence ev = {gh_buf_view(&e->bytes), gh_buf_view(&e->chain)};

	if (ev.chain_pem.len == 0) {
		if (gh_device_chain(&chain, &j->shelf, j->set, ev.report, err) < 0)
			return -1;
		ev.chain_pem = gh_buf_view(&chain);
	}
	return gh_gpu_verify(j->out, subject, &ev, &j->shelf.ctx, err);
}

static int judge_rim(struct judging *j, const char *subject, const struct gh_evidence *e,
    struct gh_err *err)
{
	struct gh_rim *r = NULL;
	struct gh_err why = {0};
	struct gh_subject *claims;
	char until[GH_TIME_LEN];

	if (gh_rim_load(&r, e->bytes.p, e->bytes.len, &j->shelf.ctx, &why) < 0)
		return gh_evidence_unreadable(j->out, subject, "rim", "rim.parse", &why);
	claims = gh_result_subject(j->out, subject, "rim");
	gh_time_text(until, r->not_after);
	gh_claim(claims, "id", "%s", r->id);
	gh_claim(claims, "version", "%s", r->version);
	gh_claim(claims, "product", "%s", r->product);
	gh_claim(claims, "sha256", "%s", r->sha256);
	gh_claim(claims, "not_after", "%s", until);
	for (size_t i = 0; i < r->findings.n; i++) {
		gh_findings_copy(&j->out->findings, &r->findings.at[i]);
		if (!j->out->findings.oom)
			gh_say(&j->out->findings.at[j->out->findings.n - 1].subject, "%s",
			    subject);
	}
	gh_rim_free(&r);
	return gh_result_ok(j->out, err);
}

static int judge_certs(struct judging *j, const char *subject,
    const struct gh_evidence *e, struct gh_err *err)
{
	return gh_evidence_certs_judge(
	    j->out, subject, gh_buf_view(&e->bytes), &j->shelf.ctx, err);
}

static int judge_ocsp(struct judging *j, const char *subject, const struct gh_evidence *e,
    struct gh_err *err)
{
	return gh_ocsp_verify(
	    j->out, subject, gh_buf_view(&e->bytes), &j->shelf.ctx, err);
}

/* What no signature of its own stands behind, or nothing that it speaks of was given. */
static int judge_alone(struct judging *j, const char *subject,
    const struct gh_evidence *e, struct gh_err *err)
{
	static const char *const remedy[GH_EV_N] = {
	    [GH_EV_CRL] =
		"give it along with what it may revoke: evidence FILE --with IT",
	    [GH_EV_SNP_CERTS] =
		"give it along with the report: evidence REPORT --with IT",
	    [GH_EV_TCB_INFO] = "give it along with a quote: evidence QUOTE --with IT",
	    [GH_EV_QE_IDENTITY] = "give it along with a quote: evidence QUOTE --with IT",
	    [GH_EV_JWKS] = "give it along with a token: evidence TOKEN --with IT",
	    [GH_EV_FIRMWARE] = "predict what it measures to, and pin that: gatehouse "
			       "evidence predict",
	    [GH_EV_TDREPORT] = "ask the guest for a quote: a TD report can be checked on "
			       "the machine that made it, and nowhere else",
	    [GH_EV_EVAL] = "evidence show prints it",
	};
	struct gh_finding *f;

	(void)gh_result_subject(j->out, subject, "evidence");
	f = gh_findings_add(&j->out->findings, subject, "evidence.alone");
	gh_say(&f->title, "%s by itself", gh_evidence_type_word(e->type));
	gh_say(&f->expected, "evidence that stands by itself");
	gh_say(&f->observed, "%zu bytes of %s", e->bytes.len,
	    gh_evidence_type_word(e->type));
	gh_say(&f->why, "it proves nothing by itself");
	if (remedy[e->type] != NULL)
		gh_say(&f->remedy, "%s", remedy[e->type]);
	gh_judge(f, GH_UNKNOWN, "evidence.alone");
	return gh_result_ok(j->out, err);
}

static int judge_ccel(struct judging *j, const char *subject, const struct gh_evidence *e,
    struct gh_err *err)
{
	return gh_ccel_verify(
	    j->out, subject, gh_buf_view(&e->bytes), &j->shelf.ctx, err);
}

static int judge_runtime_log(struct judging *j, const char *subject,
    const struct gh_evidence *e, struct gh_err *err)
{
	return gh_runtime_log_verify(
	    j->out, subject, gh_buf_view(&e->bytes), &j->shelf.ctx, err);
}

static int judge_eat(struct judging *j, const char *subject, const struct gh_evidence *e,
    struct gh_err *err)
{
	return gh_eat_verify(j->out, subject, gh_buf_view(&e->bytes), &j->shelf.ctx, err);
}

/* ---- who is a subject ------------------------------------------------------------- */

enum role {
	COLLATERAL = 0, /* a subject when there is nothing else at all */
	EVIDENCE,       /* always, also when it was given along */
	PIECE,          /* when it is in the file */
	LOG,            /* when it is in the file, and no quote anywhere */
	ANSWER,         /* when it is in the file, and no evidence there */
};

static const struct {
	enum role role;
	int (*judge)(struct judging *j, const char *subject, const struct gh_evidence *e,
	    struct gh_err *err);
} kinds[GH_EV_N] = {
    [GH_EV_SNP] = {EVIDENCE, judge_snp},
    [GH_EV_TDX] = {EVIDENCE, judge_tdx},
    [GH_EV_HCL] = {EVIDENCE, judge_hcl},
    [GH_EV_GPU] = {EVIDENCE, judge_device},
    [GH_EV_SWITCH] = {EVIDENCE, judge_device},
    [GH_EV_EAT] = {EVIDENCE, judge_eat},
    [GH_EV_RIM] = {PIECE, judge_rim},
    [GH_EV_CCEL] = {LOG, judge_ccel},
    [GH_EV_RUNTIME_LOG] = {LOG, judge_runtime_log},
    [GH_EV_OCSP] = {ANSWER, judge_ocsp},
    [GH_EV_CERTS] = {COLLATERAL, judge_certs},
};

/* The same file given twice is one piece of evidence. */
static bool is_copy(const struct judging *j, const struct gh_evidence *e)
{
	for (size_t i = 0; i < j->set[0]->n; i++) {
		const struct gh_evidence *o = &j->set[0]->at[i];

		if (o->type == e->type && o->bytes.len == e->bytes.len &&
		    memcmp(o->bytes.p, e->bytes.p, e->bytes.len) == 0)
			return true;
	}
	return false;
}

static bool is_subject(const struct judging *j, const struct gh_evidence *e, bool given)
{
	switch (kinds[e->type].role) {
	case EVIDENCE:
		return !given || !is_copy(j, e);
	case PIECE:
		return !given;
	case LOG:
		return !given && !j->has_quote;
	case ANSWER:
		return !given && !j->has_evidence[0];
	default:
		return false;
	}
}

/* What is to be judged, in order; the pieces are borrowed. */
struct subjects {
	const struct gh_evidence **at;
	size_t n;
};

static void subjects_free(struct subjects *s)
{
	free(s->at);
}

static int gather(struct subjects *s, const struct judging *j, struct gh_err *err)
{
	size_t n = j->set[0]->n + (j->set[1] == NULL ? 0 : j->set[1]->n);

	s->at = calloc(n + 1, sizeof(*s->at));
	if (s->at == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; j->set[k] != NULL && i < j->set[k]->n; i++)
			if (is_subject(j, &j->set[k]->at[i], k == 1))
				s->at[s->n++] = &j->set[k]->at[i];
	for (size_t i = 0; s->n == 0 && i < j->set[0]->n; i++)
		s->at[i] = &j->set[0]->at[i];
	if (s->n == 0)
		s->n = j->set[0]->n;
	return 0;
}

static void look_through(struct judging *j)
{
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; j->set[k] != NULL && i < j->set[k]->n; i++) {
			enum gh_evidence_type t = j->set[k]->at[i].type;

			j->has_evidence[k] |= kinds[t].role == EVIDENCE;
			j->has_quote |= t == GH_EV_TDX;
		}
}

/* ---- all of them ------------------------------------------------------------------ */

static bool any_of(
    const struct subjects *s, enum gh_evidence_type a, enum gh_evidence_type b)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->at[i]->type == a || s->at[i]->type == b)
			return true;
	return false;
}

/* What only the devices as a whole can show; before tokens speak of devices as well. */
static int judge_devices(struct judging *j, const struct subjects *s, struct gh_err *err)
{
	if (any_of(s, GH_EV_GPU, GH_EV_SWITCH)) {
		gh_gpu_distinct(j->out);
		gh_gpu_topology(j->out, &j->shelf.ctx);
	}
	return gh_result_ok(j->out, err);
}

/* Whoever gave it expects it to be used. */
static void say_unreadable(struct judging *j, const char *name)
{
	struct gh_finding *f;

	if (j->shelf.n_unreadable == 0)
		return;
	(void)gh_result_subject(j->out, name, "evidence");
	f = gh_findings_add(&j->out->findings, name, "evidence.with");
	gh_say(&f->title, "all that was given along can be read");
	gh_say(&f->expected, "certificates, certificate tables and RIMs of their form");
	gh_say(&f->observed, "%zu cannot be read, the first: %s", j->shelf.n_unreadable,
	    j->shelf.unreadable.what);
	gh_say(&f->why, "what is in it was not used, and it may be what speaks against "
			"the evidence");
	gh_say(&f->remedy, "fetch that file again, or leave it out");
	gh_judge(f, GH_UNKNOWN, "evidence.with.unreadable");
}

static int judge_some(struct judging *j, const char *name, const struct subjects *s,
    bool tokens, struct gh_err *err)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct gh_evidence *e = s->at[i];
		char subject[128];
		int rc;

		if ((e->type == GH_EV_EAT) != tokens)
			continue;
		if (s->n == 1)
			snprintf(subject, sizeof(subject), "%s", name);
		else
			snprintf(subject, sizeof(subject), "%s:%zu", name, i);
		rc = kinds[e->type].judge == NULL
			 ? judge_alone(j, subject, e, err)
			 : kinds[e->type].judge(j, subject, e, err);
		if (rc < 0)
			return -1;
	}
	return 0;
}

static int judge_all(
    struct judging *j, const char *name, const struct subjects *s, struct gh_err *err)
{
	if (judge_some(j, name, s, false, err) < 0 || judge_devices(j, s, err) < 0 ||
	    judge_some(j, name, s, true, err) < 0)
		return -1;
	if (any_of(s, GH_EV_GPU, GH_EV_SWITCH) && any_of(s, GH_EV_EAT, GH_EV_EAT))
		gh_eat_compare_all(j->out);
	return gh_result_ok(j->out, err);
}

int gh_evidence_verify(struct gh_result *out, const char *name,
    const struct gh_evidence_set *set, const struct gh_evidence_set *with,
    const struct gh_context *ctx, struct gh_err *err)
{
	gh_auto(struct judging, judging_free) j = {.out = out, .set = {set, with}};
	gh_auto(struct subjects, subjects_free) s = {0};

	out->at = ctx->at;
	if (set->n == 0)
		return gh_fail(err, GH_E_USAGE, "no evidence to judge");
	if (gh_shelf_fill(&j.shelf, set, with, ctx, err) < 0)
		return -1;
	look_through(&j);
	if (gather(&s, &j, err) < 0 || judge_all(&j, name, &s, err) < 0)
		return -1;
	say_unreadable(&j, name);
	return gh_result_ok(out, err);
}
