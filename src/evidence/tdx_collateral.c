/* SPDX-License-Identifier: Apache-2.0
 * Finds Intel's documents for one quote and proves them: signer, signature, form, platform,
 * window, in this order; the document that comes furthest is the one that is spoken of. */
#include "evidence/tdx_collateral.h"

#include <openssl/x509v3.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "crypto/chain.h"
#include "evidence/signed_json.h"
#include "evidence/tdx_revocation.h"

#define SIGNER_CN "Intel SGX TCB Signing"

/* ---- the certificate that signs both documents ---------------------------------------- */

static const char *time_fault(const struct gh_cert *c, int64_t at)
{
	if (at < gh_cert_not_before(c))
		return "notyet";
	return at > gh_cert_not_after(c) ? "expired" : "";
}

static bool may_sign(const struct gh_cert *c)
{
	return !gh_cert_is_ca(c) && gh_pubkey_ec_bits(gh_cert_key(c)) == 256 &&
	       (X509_get_key_usage(gh_cert_x509(c)) & KU_DIGITAL_SIGNATURE) != 0;
}

/* Issued by the root itself, not by a platform CA; the path once more by OpenSSL. */
static const char *signer_fault(
    struct gh_tdx_job *j, struct gh_cert *c, struct gh_finding *f, struct gh_err *err)
{
	struct gh_cert *pair[] = {c, j->chain.at[GH_TDX_ROOT]};
	struct gh_certs certs = {pair, 2};
	struct gh_chain chain = {&certs, j->tee.ctx->at, true, j->tee.ctx->memo};
	struct gh_link links[2] = {{0}};
	bool path = gh_chain_verify(&chain, links, err) == 0;
	const char *fault = time_fault(c, j->tee.ctx->at);

	if (!links[0].issuer_name || !links[0].signature)
		return "root";
	if (!links[0].role || !may_sign(c)) {
		(void)gh_fail(err, GH_E_CRYPTO, "it may not sign documents");
		return "role";
	}
	if (*fault || !path)
		return *fault ? fault : "path";
	fault = gh_tdx_crl_fault(j, pair[1], c, f);
	if (strcmp(fault, "revoked") != 0)
		return "";
	(void)gh_fail(err, GH_E_CRYPTO, "it is on the root's revocation list");
	return fault;
}

static void say_signers(const struct gh_tdx_job *j, struct gh_finding *f)
{
	const struct gh_cert *c = j->collateral.signer[0];
	char to[GH_TIME_LEN];

	gh_time_text(to, gh_cert_not_after(c));
	gh_say(&f->observed, "%s, valid to %s%s", gh_cert_cn(c), to,
	    j->collateral.n_signers > 1 ? ", and another" : "");
}

/* Puts every good signer into j->collateral; why there is none otherwise. One that another
 * root issued says least: real and lab certificates may lie in one heap. */
static const char *pick_signers(
    struct gh_tdx_job *j, struct gh_finding *f, struct gh_err *why)
{
	const struct gh_certs *certs = j->tee.ctx->certs;
	struct gh_tdx_collateral *k = &j->collateral;
	const char *best = "missing";

	for (size_t i = 0; certs && i < certs->n; i++) {
		struct gh_err e = {0};
		const char *fault;

		if (strcmp(gh_cert_cn(certs->at[i]), SIGNER_CN) != 0 ||
		    k->n_signers == GH_TDX_SIGNERS_MAX)
			continue;
		fault = signer_fault(j, certs->at[i], f, &e);
		if (!*fault) {
			k->signer[k->n_signers++] = certs->at[i];
		} else if (!strcmp(best, "missing") || !strcmp(best, "root")) {
			best = fault;
			*why = e;
		}
	}
	return k->n_signers ? "" : best;
}

static void judge_signer(struct gh_tdx_job *j)
{
	struct gh_finding *f = gh_tee_step(&j->tee, "tdx.collateral.signer",
	    "tdx.chain.root", "Intel's TCB signing certificate");
	struct gh_err e = {0};
	const char *fault;

	gh_say(&f->expected, "%s, issued by the pinned root itself, in time, not revoked",
	    SIGNER_CN);
	gh_say(&f->why, "no other key may speak for Intel about security levels");
	gh_say(&f->remedy, "give the TCB-Info-Issuer-Chain that came with the TCB info "
			   "(it is a header of "
			   "Intel's answer)");
	if (gh_tdx_lacks(j, f, f->parent))
		return;
	fault = pick_signers(j, f, &e);
	if (strcmp(fault, "missing") == 0) {
		gh_say(&f->observed, "no certificate of that name was given");
		gh_judge(f, GH_UNKNOWN, "tdx.collateral.signer.missing");
		return;
	}
	if (*fault)
		gh_say(&f->observed, "%s", e.what);
	else
		say_signers(j, f);
	gh_tdx_settle(j, f, "collateral.signer", fault);
}

/* ---- one document ----------------------------------------------------------------------- */

/* How far a document came. */
static const char *const ranks[] = {
    "missing",
    "format",
    "signature",
    "signer",
    "fmspc",
    "pceid",
    "notyet",
    "expired",
    "",
};

/* Who signed a document that no TCB signer signed, for the sentence; NULL: nobody here. */
static const struct gh_cert *find_stranger(
    const struct gh_tdx_job *j, const struct gh_signed_json *s)
{
	const struct gh_certs *heaps[] = {j->tee.ctx->certs, &j->chain};

	for (size_t h = 0; h < GH_COUNT(heaps); h++)
		for (size_t i = 0; heaps[h] && i < heaps[h]->n && i < 16; i++)
			if (gh_signed_json_verify(
				s, heaps[h]->at[i], j->tee.ctx->memo, NULL) == 0)
				return heaps[h]->at[i];
	return NULL;
}

static const char *signature_fault(
    const struct gh_tdx_job *j, const struct gh_signed_json *s, struct gh_err *err)
{
	const struct gh_cert *stranger;

	for (size_t i = 0; i < j->collateral.n_signers; i++)
		if (gh_signed_json_verify(
			s, j->collateral.signer[i], j->tee.ctx->memo, NULL) == 0)
			return "";
	stranger = find_stranger(j, s);
	if (!stranger) {
		(void)gh_fail(
		    err, GH_E_CRYPTO, "the signature does not cover these exact bytes");
		return "signature";
	}
	(void)gh_fail(
	    err, GH_E_CRYPTO, "signed by '%s', which may not", gh_cert_cn(stranger));
	return "signer";
}

static const char *window_fault(const struct gh_tcb_window *w, int64_t at)
{
	if (at < w->issue)
		return "notyet";
	return at > w->next ? "expired" : "";
}

static void say_window(struct gh_err *err, const struct gh_tcb_window *w)
{
	char from[GH_TIME_LEN], to[GH_TIME_LEN];

	gh_time_text(from, w->issue);
	gh_time_text(to, w->next);
	(void)gh_fail(err, GH_E_PARSE, "evaluation %lld, issued %s, next update %s",
	    (long long)w->eval, from, to);
}

/* The readers: "" or why this document does not do; *err says what it is. */
static const char *read_info(struct gh_tdx_job *j, struct gh_bytes doc,
    struct gh_tdx_collateral *out, struct gh_err *err)
{
	struct gh_signed_json s;
	const char *fault;

	if (gh_signed_json_split(&s, doc, "tcbInfo", err) < 0)
		return "format";
	fault = signature_fault(j, &s, err);
	if (*fault)
		return fault;
	if (gh_tcb_info_parse(&out->info, s.value, err) < 0)
		return "format";
	if (memcmp(out->info.fmspc, j->pck.fmspc, sizeof(j->pck.fmspc)) != 0) {
		(void)gh_fail(err, GH_E_PARSE, "it is for another platform family");
		return "fmspc";
	}
	if (memcmp(out->info.pce_id, j->pck.pce_id, sizeof(j->pck.pce_id)) != 0) {
		(void)gh_fail(err, GH_E_PARSE, "it is for another PCEID");
		return "pceid";
	}
	say_window(err, &out->info.window);
	return window_fault(&out->info.window, j->tee.ctx->at);
}

static const char *read_qe(struct gh_tdx_job *j, struct gh_bytes doc,
    struct gh_tdx_collateral *out, struct gh_err *err)
{
	struct gh_signed_json s;
	const char *fault;

	if (gh_signed_json_split(&s, doc, "enclaveIdentity", err) < 0)
		return "format";
	fault = signature_fault(j, &s, err);
	if (*fault)
		return fault;
	if (gh_qe_identity_parse(&out->qe, s.value, err) < 0)
		return "format";
	say_window(err, &out->qe.window);
	return window_fault(&out->qe.window, j->tee.ctx->at);
}

/* ---- the best of all documents of a kind ------------------------------------------------ */

static bool is_newer(const struct gh_tcb_window *a, const struct gh_tcb_window *b)
{
	return a->eval != b->eval ? a->eval > b->eval : a->issue > b->issue;
}

/* Keeps the newest good TCB info in j->collateral; the reason when there is none. */
static const char *pick_info(
    struct gh_tdx_job *j, struct gh_tdx_collateral *look, struct gh_err *why)
{
	const struct gh_docs *docs = &j->tee.ctx->tcb_infos;
	const char *best = "missing";

	for (size_t i = 0; i < docs->n && i < GH_TDX_DOCS_MAX; i++) {
		struct gh_err e = {0};
		const char *fault = read_info(j, docs->at[i], look, &e);

		if (gh_tdx_rank(ranks, fault) > gh_tdx_rank(ranks, best) ||
		    (!*fault &&
			is_newer(&look->info.window, &j->collateral.info.window))) {
			best = fault;
			*why = e;
			if (!*fault)
				j->collateral.info = look->info;
		}
	}
	return best;
}

static const char *pick_qe(
    struct gh_tdx_job *j, struct gh_tdx_collateral *look, struct gh_err *why)
{
	const struct gh_docs *docs = &j->tee.ctx->qe_identities;
	const char *best = "missing";

	for (size_t i = 0; i < docs->n && i < GH_TDX_DOCS_MAX; i++) {
		struct gh_err e = {0};
		const char *fault = read_qe(j, docs->at[i], look, &e);

		if (gh_tdx_rank(ranks, fault) > gh_tdx_rank(ranks, best) ||
		    (!*fault && is_newer(&look->qe.window, &j->collateral.qe.window))) {
			best = fault;
			*why = e;
			if (!*fault)
				j->collateral.qe = look->qe;
		}
	}
	return best;
}

/* What to do about each reason. */
static const struct {
	const char *fault, *remedy;
} remedies[] = {
    {"missing", "fetch it"},
    {"format", "fetch it anew and save it unchanged: this is not what Intel sends"},
    {"signature",
	"fetch it anew and save the exact bytes: a document that was indented or "
	"written anew no longer verifies"},
    {"signer", "do not use this document: only the TCB signing key may make it"},
    {"fmspc", "fetch the one of this platform"},
    {"pceid", "fetch the one of this platform"},
    {"notyet", "verify at a time when it holds, or give an older one"},
    {"expired", "fetch it anew: Intel renews it every 30 days"},
};

static const char *remedy_for(const char *fault)
{
	for (size_t i = 0; i < GH_COUNT(remedies); i++)
		if (strcmp(remedies[i].fault, fault) == 0)
			return remedies[i].remedy;
	return "";
}

static void settle_document(struct gh_tdx_job *j, struct gh_finding *f, const char *fault,
    const char *path, const struct gh_err *e)
{
	if (*e->what)
		gh_say(&f->observed, "%s", e->what);
	if (*fault)
		gh_say(&f->remedy, "%s: %s", remedy_for(fault), path);
	if (strcmp(fault, "missing") == 0) {
		gh_say(&f->observed, "none was given");
		gh_judge(f, GH_UNKNOWN, "tdx.collateral.missing");
		return;
	}
	gh_tdx_settle(j, f, "collateral", fault);
}

/* Documents cannot be read below a signer that was not proven; that none is there can
 * still be said. */
static bool can_judge(struct gh_tdx_job *j, struct gh_finding *f, const struct gh_docs *d)
{
	return d->n == 0 || !gh_tdx_lacks(j, f, f->parent);
}

static void judge_info(struct gh_tdx_job *j, struct gh_tdx_collateral *look)
{
	struct gh_finding *f = gh_tee_step(&j->tee, "tdx.collateral.tcb_info",
	    "tdx.collateral.signer", "Intel's TCB info for this platform");
	char fmspc[13], path[96] = "/tdx/certification/v4/tcb?fmspc=(unreadable)";
	struct gh_err e = {0};
	const char *fault;

	gh_hex(fmspc, j->pck.fmspc, sizeof(j->pck.fmspc));
	if (j->has_pck)
		snprintf(path, sizeof(path), "/tdx/certification/v4/tcb?fmspc=%s", fmspc);
	gh_say(&f->expected,
	    "signed, for FMSPC %s, issueDate <= verification time <= nextUpdate", fmspc);
	gh_say(&f->why, "it says which security levels Intel knows holes in");
	if (!can_judge(j, f, &j->tee.ctx->tcb_infos) ||
	    (j->tee.ctx->tcb_infos.n && gh_tdx_lacks(j, f, "tdx.chain.pck")))
		return;
	fault = pick_info(j, look, &e);
	j->collateral.has_info = !*fault;
	settle_document(j, f, fault, path, &e);
}

static void judge_qe_document(struct gh_tdx_job *j, struct gh_tdx_collateral *look)
{
	struct gh_finding *f = gh_tee_step(&j->tee, "tdx.collateral.qe_identity",
	    "tdx.collateral.signer", "Intel's identity of its quoting enclave");
	struct gh_err e = {0};
	const char *fault;

	gh_say(&f->expected,
	    "signed, id TD_QE, issueDate <= verification time <= nextUpdate");
	gh_say(&f->why, "only it tells Intel's enclave from any other");
	if (!can_judge(j, f, &j->tee.ctx->qe_identities))
		return;
	fault = pick_qe(j, look, &e);
	j->collateral.has_qe = !*fault;
	settle_document(j, f, fault, "/tdx/certification/v4/qe/identity", &e);
}

void gh_tdx_judge_collateral(struct gh_tdx_job *j)
{
	struct gh_tdx_collateral look;

	judge_signer(j);
	judge_info(j, &look);
	judge_qe_document(j, &look);
}
