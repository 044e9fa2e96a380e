/* SPDX-License-Identifier: Apache-2.0
 * Judges a TDX quote from the root down: Intel root, PCK CA, PCK, quoting enclave,
 * attestation key, quote (spec/tdx.md section 1.4). */
#include "evidence/tdx.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "crypto/chain.h"
#include "evidence/ccel_judge.h"
#include "evidence/tdx_job.h"
#include "evidence/tdx_revocation.h"

#define CHAIN_MAX 8 /* more than that in one quote is not parsed at all */

bool gh_tdx_looks(const void *p, size_t len)
{
	struct gh_rd r = gh_rd_of(p, len);
	uint16_t version = gh_rd_u16le(&r);
	uint32_t tee;

	gh_rd_skip(&r, 2);
	tee = gh_rd_u32le(&r);
	return !r.bad && len >= 48 && (version == 4 || version == 5) && tee == 0x81;
}

void gh_tdx_settle(
    struct gh_tdx_job *j, struct gh_finding *f, const char *name, const char *fault)
{
	gh_auto(struct gh_buf, gh_buf_free) code = {0};

	if (*fault)
		gh_buf_fmt(&code, "tdx.%s.%s", name, fault);
	gh_tee_settle(&j->tee, f, gh_buf_cstr(&code));
	if (f->verdict != GH_FAIL)
		gh_say(&f->remedy, "%s", "");
}

size_t gh_tdx_rank(const char *const *ranks, const char *fault)
{
	size_t i = 0;

	while (strcmp(ranks[i], fault) != 0)
		i++;
	return i;
}

bool gh_tdx_lacks(struct gh_tdx_job *j, struct gh_finding *f, const char *step)
{
	if (gh_tee_holds(&j->tee, step))
		return false;
	gh_judge(f, GH_SKIP, "parent.not.proven");
	gh_say(&f->why, "%s is not proven: what hangs below it proves nothing", step);
	gh_say(&f->remedy, "%s", "");
	return true;
}

/* Every step of a quote that could not even be read: said, not left out. */
static void skip_all(struct gh_tdx_job *j)
{
	static const char *const steps[][2] = {
	    {"tdx.chain.root", "tdx.parse"},
	    {"tdx.chain.pck_ca", "tdx.chain.root"},
	    {"tdx.chain.pck", "tdx.chain.pck_ca"},
	    {"tdx.qe.signature", "tdx.chain.pck"},
	    {"tdx.qe.binding", "tdx.qe.signature"},
	    {"tdx.signature", "tdx.qe.binding"},
	    {"tdx.collateral.signer", "tdx.chain.root"},
	    {"tdx.collateral.tcb_info", "tdx.collateral.signer"},
	    {"tdx.collateral.qe_identity", "tdx.collateral.signer"},
	    {"tdx.revocation.ca", "tdx.chain.pck_ca"},
	    {"tdx.revocation.pck", "tdx.chain.pck"},
	    {"tdx.qe.identity", "tdx.qe.signature"},
	    {"tdx.module", "tdx.signature"},
	    {"tdx.tcb", "tdx.signature"},
	    {"tdx.attributes.debug", "tdx.signature"},
	    {"tdx.nonce", "tdx.signature"},
	};

	for (size_t i = 0; i < GH_COUNT(steps); i++)
		gh_tee_settle(&j->tee,
		    gh_tee_step(&j->tee, steps[i][0], steps[i][1], "not judged"), "");
}

static int judge_parse(struct gh_tdx_job *j)
{
	struct gh_finding *f = gh_tee_step(&j->tee, "tdx.parse", "", "quote format");
	struct gh_err e = {0};

	gh_say(&f->expected, "one version 4 or 5 quote, every length consumed exactly");
	gh_say(&f->why, "a layout we do not know could mean anything: it is refused");
	if (gh_tdx_quote_parse(&j->q, j->quote.p, j->quote.len, &e) ||
	    gh_tdx_qe_parse(&j->qe, j->q.qe_report, &e)) {
		gh_say(&f->observed, "%s", e.what);
		gh_tdx_settle(j, f, "parse", j->q.fault ? j->q.fault : "format");
		return -1;
	}
	gh_say(&f->observed, "version %u, body type %u", j->q.version, j->q.body_type);
	gh_tdx_settle(j, f, "parse", "");
	return 0;
}

/* The first thing wrong with certificate i of the chain. */
static const char *link_fault(
    struct gh_tdx_job *j, const struct gh_link *l, size_t i, struct gh_finding *f)
{
	const struct gh_cert *c = j->chain.at[i];
	char at[GH_TIME_LEN];

	if (!l->issuer_name)
		return "issuer";
	if (!l->signature)
		return "signature";
	if (!l->role)
		return "role";
	if (l->in_time)
		return "";
	if (j->tee.ctx->at < gh_cert_not_before(c)) {
		gh_time_text(at, gh_cert_not_before(c));
		gh_say(&f->observed, "not valid before %s", at);
		return "notyet";
	}
	gh_time_text(at, gh_cert_not_after(c));
	gh_say(&f->observed, "expired %s", at);
	return "expired";
}

static void say_key(char **field, const struct gh_cert *c)
{
	gh_auto(struct gh_buf, gh_buf_free) hex = {0};

	gh_buf_hex(&hex, gh_cert_spki_sha256(c), 32);
	gh_say(field, "%s, key sha256:%s", gh_cert_cn(c), gh_buf_cstr(&hex));
}

static void judge_root(struct gh_tdx_job *j, const struct gh_link *links)
{
	struct gh_finding *f =
	    gh_tee_step(&j->tee, "tdx.chain.root", "tdx.parse", "Intel root key");
	const struct gh_cert *root = j->chain.at[GH_TDX_ROOT];
	const char *fault = "";

	gh_say(&f->expected, "the pinned Intel SGX Root CA");
	gh_say(&f->why, "everything below rests on this key alone");
	say_key(&f->observed, root);
	if (!gh_tee_anchor(&j->tee, GH_ROOT_INTEL_SGX, root, &fault))
		gh_say(&f->remedy, "%s",
		    strcmp(fault, "lab")
			? "do not trust this quote: its root is not Intel's"
			: "a lab root: only with --lab");
	else
		fault = link_fault(j, &links[GH_TDX_ROOT], GH_TDX_ROOT, f);
	gh_tdx_settle(j, f, "root", fault);
}

static void judge_pck_ca(struct gh_tdx_job *j, const struct gh_link *links)
{
	struct gh_finding *f = gh_tee_step(
	    &j->tee, "tdx.chain.pck_ca", "tdx.chain.root", "Intel platform CA");
	const char *cn = gh_cert_cn(j->chain.at[GH_TDX_CA]);
	bool named = !strcmp(cn, "Intel SGX PCK Platform CA") ||
		     !strcmp(cn, "Intel SGX PCK Processor CA");

	gh_say(&f->expected,
	    "Intel SGX PCK Platform CA or Processor CA, a CA, signed by the "
	    "root");
	gh_say(&f->why, "only these two issue keys to platforms");
	say_key(&f->observed, j->chain.at[GH_TDX_CA]);
	gh_tdx_settle(j, f, "pck_ca",
	    named ? link_fault(j, &links[GH_TDX_CA], GH_TDX_CA, f) : "name");
}

/* path: what OpenSSL says of the whole chain, "" when it accepts. */
static void judge_pck(struct gh_tdx_job *j, const struct gh_link *links, const char *path)
{
	struct gh_finding *f = gh_tee_step(&j->tee, "tdx.chain.pck", "tdx.chain.pck_ca",
	    "the platform's key certificate");
	const struct gh_cert *leaf = j->chain.at[GH_TDX_LEAF];
	struct gh_err e = {0};
	const char *fault;

	gh_say(&f->expected, "Intel SGX PCK Certificate with the SGX extension, P-256");
	gh_say(&f->why, "this certificate says which platform made the quote");
	say_key(&f->observed, leaf);
	j->has_pck = !gh_tdx_pck_parse(&j->pck, leaf, &e);
	fault = link_fault(j, &links[GH_TDX_LEAF], GH_TDX_LEAF, f);
	if (!*fault && strcmp(gh_cert_cn(leaf), "Intel SGX PCK Certificate") != 0) {
		fault = "name";
	} else if (!*fault && gh_pubkey_ec_bits(gh_cert_key(leaf)) != 256) {
		fault = "curve";
	} else if (!*fault && !j->has_pck) {
		gh_say(&f->observed, "%s", e.what);
		fault = "extension";
	} else if (!*fault && *path && links[GH_TDX_CA].ok && links[GH_TDX_ROOT].ok) {
		gh_say(&f->observed, "%s", path);
		fault = "path";
	}
	gh_tdx_settle(j, f, "pck", fault);
}

/* A chain that is not exactly leaf, intermediate, root: all three steps say so. */
static void refuse_chain(struct gh_tdx_job *j, const char *what)
{
	static const char *const steps[][2] = {
	    {"tdx.chain.root", "tdx.parse"},
	    {"tdx.chain.pck_ca", "tdx.chain.root"},
	    {"tdx.chain.pck", "tdx.chain.pck_ca"},
	};

	for (size_t i = 0; i < GH_COUNT(steps); i++) {
		struct gh_finding *f =
		    gh_tee_step(&j->tee, steps[i][0], steps[i][1], "PCK chain");

		gh_say(&f->expected, "three certificates: PCK, its CA, Intel's root");
		gh_say(&f->observed, "%s", what);
		gh_tdx_settle(j, f, "chain", "format");
	}
	gh_certs_free(&j->chain);
}

static void judge_chain(struct gh_tdx_job *j)
{
	struct gh_chain chain = {&j->chain, j->tee.ctx->at, true, j->tee.ctx->memo};
	struct gh_link links[GH_TDX_CHAIN_LEN] = {{0}};
	struct gh_err e = {0};
	char what[64];

	if (gh_certs_from_pem_known(
		&j->chain, j->q.pck_pem, CHAIN_MAX, j->tee.ctx->memo, &e)) {
		refuse_chain(j, e.what);
		return;
	}
	if (j->chain.n != GH_TDX_CHAIN_LEN) {
		snprintf(what, sizeof(what), "%zu certificates", j->chain.n);
		refuse_chain(j, what);
		return;
	}
	if (!gh_chain_verify(&chain, links, &e))
		e.what[0] = '\0';
	judge_root(j, links);
	judge_pck_ca(j, links);
	judge_pck(j, links, e.what);
}

static void judge_qe_signature(struct gh_tdx_job *j)
{
	struct gh_finding *f = gh_tee_step(
	    &j->tee, "tdx.qe.signature", "tdx.chain.pck", "quoting enclave's report");
	struct gh_err e = {0};

	gh_say(&f->expected, "signed by the PCK");
	gh_say(&f->why, "proves that an enclave on this platform holds the quoting key");
	if (!j->chain.n) {
		gh_say(&f->observed, "no certificate to check it with");
		gh_tdx_settle(j, f, "qe.signature", "");
		return;
	}
	if (gh_ecdsa_verify_raw(gh_cert_key(j->chain.at[GH_TDX_LEAF]), GH_SHA256,
		j->q.qe_report, j->q.qe_signature, &e)) {
		gh_say(&f->observed, "%s", e.what);
		gh_tdx_settle(j, f, "qe.signature", "bad");
		return;
	}
	gh_say(&f->observed, "good");
	gh_tdx_settle(j, f, "qe.signature", "");
}

/* REPORTDATA of the QE = SHA-256(attestation key || auth data), then 32 zeros. */
static const char *binding_fault(struct gh_tdx_job *j, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) bound = {0};
	uint8_t digest[32];

	gh_buf_add(&bound, j->q.key, 64);
	gh_buf_add(&bound, j->q.qe_auth.p, j->q.qe_auth.len);
	if (gh_buf_ok(&bound, err) || gh_sha256(bound.p, bound.len, digest, err))
		return "error";
	if (memcmp(digest, j->qe.report_data, 32) != 0)
		return "mismatch";
	return gh_is_zero(j->qe.report_data + 32, 32) ? "" : "tail";
}

static void judge_binding(struct gh_tdx_job *j)
{
	struct gh_finding *f = gh_tee_step(&j->tee, "tdx.qe.binding", "tdx.qe.signature",
	    "attestation key of that enclave");
	struct gh_err e = {0};
	const char *fault = binding_fault(j, &e);

	gh_say(
	    &f->expected, "REPORTDATA of the QE = SHA-256(key, auth data), then zeros");
	gh_say(&f->why, "without it any key could stand in the quote");
	gh_say(&f->observed, "%s", *fault ? "it is something else" : "as expected");
	gh_tdx_settle(j, f, "qe.binding", fault);
}

static void judge_signature(struct gh_tdx_job *j)
{
	struct gh_finding *f =
	    gh_tee_step(&j->tee, "tdx.signature", "tdx.qe.binding", "quote signature");
	gh_auto(struct gh_pubkey *, gh_pubkey_free) key = NULL;
	struct gh_err e = {0};
	const char *fault = "";

	gh_say(&f->expected,
	    "ECDSA P-256 over the first %zu bytes by the attestation key",
	    j->q.signed_.len);
	gh_say(&f->why, "only this proves that the quote was not altered");

	if (gh_pubkey_from_xy(&key, 256, j->q.key, &e))
		fault = "key";
	else if (gh_ecdsa_verify_raw(key, GH_SHA256, j->q.signed_, j->q.signature, &e))
		fault = "bad";
	gh_say(&f->observed, "%s", *fault ? e.what : "good");
	gh_tdx_settle(j, f, "signature", fault);
}

/* Three layers: cryptography, Intel's word, our policy. */
static void judge_all(struct gh_tdx_job *j)
{
	judge_chain(j);
	judge_qe_signature(j);
	judge_binding(j);
	judge_signature(j);
	gh_tdx_judge_collateral(j);
	gh_tdx_judge_revocation(j);
	gh_tdx_judge_platform(j);
	gh_tee_nonce(&j->tee, "tdx.nonce", "tdx.signature", j->q.report_data);
	gh_tdx_judge_policy(j);
	gh_tdx_claims(j);
	gh_ccel_judge(&j->tee, "tdx.signature", j->q.rtmr);
}

int gh_tdx_verify(struct gh_result *out, const char *subject,
    const struct gh_tdx_evidence *ev, const struct gh_context *ctx, struct gh_err *err)
{
	struct gh_tdx_job j = {.quote = ev->quote};

	j.policy = ctx->policy ? ctx->policy : gh_policy_strict();
	if (gh_tee_begin(&j.tee, out, subject, ev->quote, ctx, err))
		return -1;
	(void)gh_result_subject(out, subject, "cvm");
	if (judge_parse(&j))
		skip_all(&j);
	else
		judge_all(&j);
	gh_certs_free(&j.chain);
	gh_tee_end(&j.tee);
	return gh_result_ok(out, err);
}
