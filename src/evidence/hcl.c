/* SPDX-License-Identifier: Apache-2.0
 * Judges Azure's wrapped form: the SNP report by evidence/snp.c, then that REPORT_DATA is
 * the digest of the runtime claims, then the TPM quote under the key in those claims. */
#include "evidence/hcl.h"

#include <stdio.h>

#include "base/text.h"
#include "evidence/hcl_read.h"
#include "evidence/hcl_tpm.h"
#include "evidence/snp.h"
#include "evidence/tee.h"

struct job {
	struct gh_tee tee;
	const struct gh_hcl_evidence *ev;
	struct gh_hcl_report r;
	json_t *runtime;      /* the claims; NULL: not read */
	struct gh_pubkey *ak; /* HCLAkPub; NULL: not read */
	bool parsed;          /* snp.hcl.parse holds */
	struct gh_tpm_quote quote;
	bool quoted; /* a quote came along, and it can be read */
};

static void free_job(struct job *j)
{
	gh_json_free(&j->runtime);
	gh_pubkey_free(&j->ak);
}

static bool is_tdx(const struct job *j)
{
	return j->parsed && j->r.report_type == GH_HCL_REPORT_TDX;
}

static void judge_parse(struct job *j)
{
	struct gh_finding *f =
	    gh_tee_step(&j->tee, "snp.hcl.parse", "", "Azure wrapper format");
	struct gh_err e = {0};
	const char *fault;
	char code[48] = "";

	gh_hcl_split(&j->r, gh_buf_view(&j->ev->report));
	fault = gh_hcl_fault(&j->r, &e);
	if (!*fault) {
		j->runtime = gh_json_parse(j->r.json.p, j->r.json.len, &e);
		if (!j->runtime)
			fault = "json";
		else if (gh_hcl_ak(&j->ak, j->runtime, &e))
			fault = "key";
	}
	gh_say(&f->expected,
	    "\"HCLA\", a hardware report at 0x020, claims with HCLAkPub at 0x4D4");
	gh_say(&f->why, "a form we do not know could mean anything: it is refused");
	if (*fault) {
		gh_say(&f->observed, "%s", e.what);
		snprintf(code, sizeof(code), "snp.hcl.parse.%s", fault);
	} else {
		gh_say(&f->observed, "%s report, %zu bytes of claims",
		    j->r.report_type == GH_HCL_REPORT_TDX ? "TD" : "SNP", j->r.json.len);
	}
	j->parsed = !*fault;
	gh_tee_settle(&j->tee, f, code);
}

/* A TD report carries a MAC that only its own machine can check (spec/tdx.md 1.5). */
static void judge_tdreport(struct job *j)
{
	struct gh_finding *f =
	    gh_tee_step(&j->tee, "snp.hcl.tdreport", "snp.hcl.parse", "hardware report");

	gh_say(&f->expected, "an SNP report, or a TDX quote beside the wrapper");
	gh_say(&f->observed, "REPORT_TYPE at 0x4C8 is 4: a TD report, with a MAC");
	gh_say(&f->why,
	    "only the machine that made a TD report can check its MAC: nothing in it can "
	    "be verified from afar");
	gh_say(&f->remedy,
	    "fetch the TDX quote for this TD report from the instance metadata service "
	    "and verify that");
	gh_judge(f, GH_UNKNOWN, "snp.hcl.tdreport");
}

static int judge_report(
    struct job *j, const struct gh_context *ctx, const char *subject, struct gh_err *err)
{
	gh_auto(struct gh_certs, gh_certs_free) certs = {0};
	struct gh_context inner = *ctx;
	struct gh_snp_evidence snp = {.report = j->r.hw, .wrapped = true};
	struct gh_bytes der = gh_buf_view(&j->ev->vcek);
	struct gh_cert *c = NULL;

	if (is_tdx(j)) {
		judge_tdreport(j);
		return 0;
	}
	/* What came along first; one that cannot be read leaves the VCEK missing. */
	if (der.len && !gh_memo_cert(ctx->memo, &c, der.p, der.len, NULL) &&
	    gh_certs_add(&certs, c, err))
		return -1;
	for (size_t i = 0; ctx->certs && i < ctx->certs->n; i++)
		if (gh_certs_add(&certs, gh_cert_share(ctx->certs->at[i]), err))
			return -1;
	inner.certs = &certs;
	return gh_snp_verify(j->tee.out, subject, &snp, &inner, err);
}

/* Where REPORT_DATA stands in either report. */
static const unsigned char *report_data(const struct job *j)
{
	return j->r.hw.p + (is_tdx(j) ? 0x80 : 0x50);
}

static int judge_binding(struct job *j, struct gh_err *err)
{
	const char *report = is_tdx(j) ? "snp.hcl.tdreport" : "snp.signature";
	struct gh_finding *f = gh_tee_step(&j->tee, "snp.hcl.binding",
	    j->parsed ? report : "snp.hcl.parse", "runtime claims are the report's");
	const unsigned char *have;
	uint8_t digest[32];
	char hex[65];
	bool same;

	gh_say(&f->why, "nothing else ties the TPM's key to the hardware");
	if (!j->parsed) {
		gh_tee_settle(&j->tee, f, "");
		return 0;
	}
	have = report_data(j);
	if (gh_sha256(j->r.json.p, j->r.json.len, digest, err))
		return -1;
	gh_hex(hex, digest, 32);
	gh_say(&f->expected, "REPORT_DATA = SHA-256 of the claims %s, then zeros", hex);
	gh_hex(hex, have, 32);
	same = !memcmp(have, digest, 32) && gh_is_zero(have + 32, 32);
	gh_say(&f->observed, "REPORT_DATA at 0x%03X of the report is %s%s",
	    is_tdx(j) ? 0x80 : 0x50, hex,
	    gh_is_zero(have + 32, 32) ? ", then zeros"
				      : ", then bytes that are not zero");
	gh_tee_settle(&j->tee, f, same ? "" : "snp.hcl.binding.mismatch");
	return 0;
}

static void say_no_quote(struct gh_finding *f)
{
	gh_judge(f, GH_UNKNOWN, "snp.hcl.tpm.missing");
	gh_say(&f->observed, "no TPM quote came along");
	gh_say(&f->remedy,
	    "quote the PCRs over our nonce with the key at 0x81000003 and give message, "
	    "signature and PCRs in the JSON container");
}

static void judge_tpm_signature(struct job *j)
{
	struct gh_finding *f = gh_tee_step(
	    &j->tee, "snp.hcl.tpm.signature", "snp.hcl.binding", "TPM quote signature");
	struct gh_bytes quote = gh_buf_view(&j->ev->quote),
			sig = gh_buf_view(&j->ev->signature);
	struct gh_err e = {0};

	gh_say(&f->expected, "RSA PKCS#1 with SHA-256 by HCLAkPub of the claims");
	gh_say(&f->why,
	    "the SNP report is as old as the boot: only the quote speaks of now, and of "
	    "the operating system");
	if (!quote.len) {
		f->severity = GH_SEV_WARN;
		say_no_quote(f);
		return;
	}
	j->quoted = !gh_tpm_quote_parse(&j->quote, quote, &e);
	if (!j->quoted) {
		gh_say(&f->observed, "%s", e.what);
		gh_tee_settle(&j->tee, f, "snp.hcl.tpm.format");
	} else if (!j->ak) {
		gh_say(&f->observed, "the claims give no key to check it with");
		gh_tee_settle(&j->tee, f, "");
	} else if (gh_tpm_quote_signed(quote, sig, j->ak, j->tee.ctx->memo, &e)) {
		gh_say(&f->observed, "%s", e.what);
		gh_tee_settle(&j->tee, f, "snp.hcl.tpm.signature.bad");
	} else {
		gh_say(&f->observed, "good");
		gh_tee_settle(&j->tee, f, "");
	}
}

static void judge_tpm_nonce(struct job *j)
{
	struct gh_finding *f = gh_tee_step(
	    &j->tee, "snp.hcl.tpm.nonce", "snp.hcl.tpm.signature", "bound to our nonce");
	struct gh_bytes nonce = j->tee.ctx->nonce;
	gh_auto(struct gh_buf, gh_buf_free) hex = {0};

	gh_say(&f->why, "a quote without our nonce may be an old one, replayed");
	if (!nonce.p) {
		f->severity = GH_SEV_INFO;
		gh_judge(f, GH_SKIP, "snp.hcl.tpm.nonce.not-asked");
		gh_say(&f->remedy, "give the nonce with --nonce HEX to prove freshness");
		return;
	}
	if (!j->quoted) {
		say_no_quote(f);
		if (j->ev->quote.len)
			gh_say(&f->observed, "the TPM quote cannot be read");
		return;
	}
	gh_buf_hex(&hex, nonce.p, nonce.len > 64 ? 64 : nonce.len);
	gh_say(&f->expected, "extraData %s", gh_buf_cstr(&hex));
	gh_buf_clear(&hex);
	gh_buf_hex(&hex, j->quote.extra.p, j->quote.extra.len);
	gh_say(&f->observed, "extraData %s", gh_buf_cstr(&hex));
	if (nonce.len && nonce.len == j->quote.extra.len &&
	    !memcmp(nonce.p, j->quote.extra.p, nonce.len)) {
		gh_tee_settle(&j->tee, f, "");
		return;
	}
	gh_say(&f->remedy, "ask the guest for a new quote over this nonce");
	gh_tee_settle(&j->tee, f, "snp.hcl.tpm.nonce.mismatch");
}

static void judge_tpm_pcrs(struct job *j)
{
	struct gh_finding *f = gh_tee_step(
	    &j->tee, "snp.hcl.tpm.pcrs", "snp.hcl.tpm.signature", "PCR values");
	struct gh_err e = {0};
	uint8_t digest[32];
	char hex[65];

	gh_say(&f->why, "the quote signs a digest: the values are proven only by it");
	if (!j->quoted) {
		gh_tee_settle(&j->tee, f, "");
		return;
	}
	gh_hex(hex, j->quote.digest.p, 32);
	gh_say(&f->expected, "pcrDigest %s", hex);
	if (!j->ev->n_pcrs) {
		gh_judge(f, GH_UNKNOWN, "snp.hcl.tpm.pcrs.missing");
		gh_say(&f->observed, "no PCR values came along");
		gh_say(&f->remedy, "give the PCRs that the quote selects with it");
		return;
	}
	if (gh_tpm_quote_digest(&j->quote, j->ev->pcr, j->ev->n_pcrs, digest, &e)) {
		gh_say(&f->observed, "%s", e.what);
		gh_tee_settle(&j->tee, f, "snp.hcl.tpm.pcrs.count");
		return;
	}
	gh_hex(hex, digest, 32);
	gh_say(&f->observed, "SHA-256 of PCRs of mask 0x%06X: %s", j->quote.pcrs, hex);
	gh_tee_settle(&j->tee, f,
	    memcmp(digest, j->quote.digest.p, 32) ? "snp.hcl.tpm.pcrs.mismatch" : "");
}

static void claim_runtime(struct job *j, struct gh_subject *s)
{
	const json_t *vm = json_object_get(j->runtime, "vm-configuration");
	const char *id = json_string_value(json_object_get(vm, "vmUniqueId"));
	const char *data = json_string_value(json_object_get(j->runtime, "user-data"));
	const json_t *boot = json_object_get(vm, "secure-boot");
	uint8_t spki[32];

	if (id)
		gh_claim(s, "vm_id", "%s", id);
	if (data)
		gh_claim(s, "user_data", "%s", data);
	if (json_is_boolean(boot))
		gh_claim(s, "secure_boot", "%s", json_is_true(boot) ? "true" : "false");
	if (j->ak && !gh_pubkey_spki_sha256(j->ak, spki, NULL))
		gh_claim_hex(s, "ak_sha256", spki, sizeof(spki));
}

static void claim_all(struct job *j, const char *subject)
{
	struct gh_subject *s = gh_result_subject(j->tee.out, subject, "cvm");

	if (j->runtime)
		claim_runtime(j, s);
	if (!j->quoted)
		return;
	gh_claim_hex(s, "tpm_extra_data", j->quote.extra.p, j->quote.extra.len);
	for (size_t i = 0; i < j->ev->n_pcrs; i++) {
		char key[16];

		if (!(j->quote.pcrs >> i & 1))
			continue;
		snprintf(key, sizeof(key), "pcr%u", (unsigned int)i);
		gh_claim_hex(s, key, j->ev->pcr[i], GH_HCL_PCR_LEN);
	}
}

int gh_hcl_verify(struct gh_result *out, const char *subject,
    const struct gh_hcl_evidence *ev, const struct gh_context *ctx, struct gh_err *err)
{
	gh_auto(struct job, free_job) j = {.ev = ev};

	if (gh_tee_begin(&j.tee, out, subject, gh_buf_view(&ev->report), ctx, err))
		return -1;
	(void)gh_result_subject(out, subject, "cvm");
	judge_parse(&j);
	if (judge_report(&j, ctx, subject, err) || judge_binding(&j, err))
		return -1;
	judge_tpm_signature(&j);
	judge_tpm_nonce(&j);
	judge_tpm_pcrs(&j);
	claim_all(&j, subject);
	for (size_t i = j.tee.first; i < out->findings.n; i++)
		j.tee.lab = j.tee.lab || out->findings.at[i].lab;
	gh_tee_end(&j.tee);
	return gh_result_ok(out, err);
}
