/* SPDX-License-Identifier: Apache-2.0
 * Judges an SNP report in the order of spec/snp.md section 2: bytes, product, ARK, ASK,
 * VCEK or VLEK, signature; then what the report states (snp_policy.c). */
#include "evidence/snp.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "crypto/chain.h"
#include "evidence/snp_policy.h"
#include "evidence/snp_vek.h"

bool gh_snp_looks(const void *p, size_t len)
{
	struct gh_snp_report r;

	return !gh_snp_report_parse(&r, p, len, NULL);
}

/* Every step of a report that could not even be read: said, not left out. */
static void skip_all(struct gh_snp_job *j)
{
	static const char *const steps[][2] = {
	    {"snp.product", "snp.parse"},
	    {"snp.chain.ark", "snp.product"},
	    {"snp.chain.ask", "snp.chain.ark"},
	    {"snp.chain.vek", "snp.chain.ask"},
	    {"snp.tcb", "snp.chain.vek"},
	    {"snp.chip", "snp.chain.vek"},
	    {"snp.signature", "snp.chain.vek"},
	    {"snp.policy.debug", "snp.signature"},
	    {"snp.vmpl", "snp.signature"},
	    {"snp.nonce", "snp.signature"},
	};

	for (size_t i = 0; i < GH_COUNT(steps); i++)
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
		gh_tee_settle(&j->tee, f, "snp.format");
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

static void say_vek_missing(struct gh_snp_job *j, struct gh_finding *f)
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
		gh_say(&f->observed, "version 2 with an 8-byte CHIP_ID");
		gh_say(&f->why, "Turin on old firmware: its TCB layout is ambiguous");
		gh_tee_settle(&j->tee, f, "snp.product.ambiguous");
		return;
	}
	if (!j->chain.vek) {
		say_vek_missing(j, f);
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
	gh_say(&f->observed, "family %02Xh model %02Xh stepping %u%s%s", j->r.cpu_family,
	    j->r.cpu_model, j->r.cpu_stepping, j->product ? ": " : "",
	    gh_snp_product_name(j->product));
	gh_say(&f->why, "the product decides which AMD root must have signed");
	if (j->product == GH_SNP_NO_PRODUCT)
		gh_say(&f->remedy, "no AMD root for this CPU is shipped yet");
	gh_tee_settle(&j->tee, f, j->product ? "" : "snp.product.unknown");
}

enum { VEK, ASK, ARK };

struct link {
	const struct gh_cert *cert, *issuer;
	const char *cn; /* what it must be called */
	bool ca;
	int at; /* place in the path */
};

/* From the path when there is one, so that no signature is computed twice. */
static bool link_signed(const struct gh_snp_job *j, const struct link *l)
{
	if (j->has_path)
		return j->links[l->at].signature;
	return !gh_cert_signed_by(l->cert, l->issuer, NULL);
}

/* The first thing wrong with one certificate of the chain, as the last word of a code. */
static const char *link_fault(
    struct gh_snp_job *j, const struct link *l, struct gh_finding *f)
{
	char at[GH_TIME_LEN];

	if (*l->cn && strcmp(gh_cert_cn(l->cert), l->cn) != 0)
		return "name";
	if (!l->issuer || !gh_cert_names_chain(l->cert, l->issuer)) {
		gh_say(&f->observed, "issued by %s, which is not at hand",
		    gh_cert_issuer_cn(l->cert));
		return "issuer";
	}
	if (!gh_cert_is_pss_sha384(l->cert)) {
		gh_say(&f->observed, "signed with %s", gh_cert_sigalg(l->cert));
		return "pss";
	}
	if (!link_signed(j, l)) {
		gh_say(&f->observed, "the signature on %s is not by %s",
		    gh_cert_cn(l->cert), gh_cert_cn(l->issuer));
		return "signature";
	}
	if (gh_cert_is_ca(l->cert) != l->ca)
		return "role";
	if (j->tee.ctx->at < gh_cert_not_before(l->cert)) {
		gh_time_text(at, gh_cert_not_before(l->cert));
		gh_say(&f->observed, "not valid before %s", at);
		return "notyet";
	}
	if (j->tee.ctx->at > gh_cert_not_after(l->cert)) {
		gh_time_text(at, gh_cert_not_after(l->cert));
		gh_say(&f->observed, "expired %s", at);
		return "expired";
	}
	return "";
}

/* Settles f with "snp.<name>.<fault>". */
static void settle_link(
    struct gh_snp_job *j, struct gh_finding *f, const char *name, const char *fault)
{
	gh_auto(struct gh_buf, gh_buf_free) code = {0};

	if (*fault)
		gh_buf_fmt(&code, "snp.%s.%s", name, fault);
	gh_tee_settle(&j->tee, f, gh_buf_cstr(&code));
}

static const char *ark_fault(
    struct gh_snp_job *j, const struct link *l, struct gh_finding *f)
{
	const char *fault = "";
	const struct gh_anchor *a =
	    gh_tee_anchor(&j->tee, GH_ROOT_AMD_ARK, l->cert, &fault);

	if (!a) {
		gh_say(&f->remedy, "%s",
		    strcmp(fault, "lab")
			? "do not trust this report: its root is not AMD's"
			: "a lab root: only with --lab");
		return fault;
	}
	if (strcmp(a->product, gh_snp_product_name(j->product)) != 0) {
		gh_say(&f->observed, "%s: the root of %s, the report says %s", a->name,
		    a->product, gh_snp_product_name(j->product));
		return "product";
	}
	return link_fault(j, l, f);
}

static void say_key(char **field, const struct gh_cert *c)
{
	gh_auto(struct gh_buf, gh_buf_free) hex = {0};

	gh_buf_hex(&hex, gh_cert_spki_sha256(c), 32);
	gh_say(field, "%s, key sha256:%s", gh_cert_cn(c), gh_buf_cstr(&hex));
}

/* Neither given nor, for a product we know, compiled in. */
static void say_missing(struct gh_snp_job *j, struct gh_finding *f, const char *name)
{
	gh_say(&f->observed, "no such certificate at hand");
	gh_say(&f->remedy, "give it with --with (AMD KDS: cert_chain)");
	if (!j->chain.vek)
		say_vek_missing(j, f);
	else
		settle_link(j, f, name, "missing");
}

/* The whole path by OpenSSL. Never X509_STRICT: AMD's leaves have no key identifiers
 * (spec/snp.md section 2). */
static void walk_path(struct gh_snp_job *j)
{
	struct gh_cert *at[3];
	struct gh_certs certs = {at, 3};
	struct gh_chain chain = {&certs, j->tee.ctx->at, false, j->tee.ctx->memo};

	j->has_path = j->chain.vek && j->chain.ask && j->chain.ark;
	if (!j->has_path)
		return;
	memcpy(&at[VEK], &j->chain.vek, sizeof(at[0])); /* borrowed, and not changed */
	memcpy(&at[ASK], &j->chain.ask, sizeof(at[0]));
	memcpy(&at[ARK], &j->chain.ark, sizeof(at[0]));
	if (!gh_chain_verify(&chain, j->links, &j->path_err))
		j->path_err.what[0] = '\0';
}

static void judge_ark(struct gh_snp_job *j)
{
	struct gh_finding *f =
	    gh_tee_step(&j->tee, "snp.chain.ark", "snp.product", "AMD root key");
	char cn[GH_SNP_CN_TEXT] = "";
	struct link l = {j->chain.ark, j->chain.ark, cn, true, ARK};

	if (j->product != GH_SNP_NO_PRODUCT)
		snprintf(cn, sizeof(cn), "ARK-%s", gh_snp_product_name(j->product));
	gh_say(&f->expected, "the pinned ARK of %s",
	    j->product ? gh_snp_product_name(j->product) : "the product");
	gh_say(&f->why, "everything below rests on this key alone");
	if (!j->chain.ark) {
		say_missing(j, f, "root");
		return;
	}
	say_key(&f->observed, j->chain.ark);
	settle_link(j, f, "root", ark_fault(j, &l, f));
}

static void judge_ask(struct gh_snp_job *j)
{
	struct gh_finding *f =
	    gh_tee_step(&j->tee, "snp.chain.ask", "snp.chain.ark", "AMD signing key");
	char cn[GH_SNP_CN_TEXT] = "";
	struct link l = {j->chain.ask, j->chain.ark, cn, true, ASK};
	const char *fault;

	if (j->product != GH_SNP_NO_PRODUCT)
		gh_snp_chain_ask_cn(
		    cn, j->product, gh_snp_report_key(&j->r) == GH_SNP_VLEK);
	gh_say(&f->expected, "%s, signed by the ARK", *cn ? cn : "ASK or ASVK");
	gh_say(
	    &f->why, "ASK signs VCEKs and ASVK signs VLEKs: they must not be mixed up");
	if (!j->chain.ask) {
		say_missing(j, f, "ask");
		return;
	}
	say_key(&f->observed, j->chain.ask);
	fault = link_fault(j, &l, f);
	if (!*fault && j->revocation == GH_SNP_CRL_REVOKED)
		fault = "revoked";
	settle_link(j, f, "ask", fault);
}

static void judge_revocation(struct gh_snp_job *j)
{
	struct gh_finding *f = gh_tee_step(
	    &j->tee, "snp.revocation", "snp.chain.ask", "AMD signing key not revoked");

	gh_say(&f->expected, "a CRL of the ARK, in its window, without this serial");
	gh_say(&f->why, "AMD revokes a whole intermediate when it must");
	switch (j->revocation) {
	case GH_SNP_CRL_NONE:
		f->severity = GH_SEV_WARN;
		gh_judge(f, GH_UNKNOWN, "snp.crl.absent");
		gh_say(&f->observed, "no CRL of this root was given: not checked");
		gh_say(&f->remedy, "give AMD's CRL (KDS: .../crl) to check it");
		return;
	case GH_SNP_CRL_BAD:
		gh_say(&f->observed, "%s", j->crl_err.what);
		gh_say(&f->remedy, "fetch the CRL again");
		gh_tee_settle(&j->tee, f, "snp.crl.bad");
		return;
	case GH_SNP_CRL_REVOKED:
		gh_say(&f->observed, "%s is revoked", gh_cert_cn(j->chain.ask));
		gh_tee_settle(&j->tee, f, "snp.ask.revoked");
		return;
	case GH_SNP_CRL_GOOD:
		gh_say(&f->observed, "not on the list");
		gh_tee_settle(&j->tee, f, "");
	}
}

/* What only the endorsement certificate must be, beyond a link of the chain. */
static const char *vek_fault(struct gh_snp_job *j, struct gh_finding *f)
{
	unsigned int version = 0, want = j->product == GH_SNP_TURIN ? 1 : 0;
	char name[GH_SNP_PRODUCT_TEXT];
	struct gh_err e = {0};

	if (gh_pubkey_ec_bits(gh_cert_key(j->chain.vek)) != 384) {
		gh_say(&f->observed, "key is %s, must be P-384",
		    gh_pubkey_kind(gh_cert_key(j->chain.vek)));
		return "curve";
	}
	if (gh_snp_vek_product(j->chain.vek, name, &e) ||
	    gh_snp_vek_struct_version(j->chain.vek, &version, &e)) {
		gh_say(&f->observed, "%s", e.what);
		return "extension";
	}
	if (gh_snp_product_of(name) != j->product || version != want) {
		gh_say(&f->observed, "productName %s, structVersion %u", name, version);
		return "product";
	}
	return "";
}

static void judge_vek(struct gh_snp_job *j)
{
	bool vlek = gh_snp_report_key(&j->r) == GH_SNP_VLEK;
	struct gh_finding *f = gh_tee_step(
	    &j->tee, "snp.chain.vek", "snp.chain.ask", "the chip's endorsement key");
	struct link l = {
	    j->chain.vek, j->chain.ask, vlek ? "SEV-VLEK" : "SEV-VCEK", false, VEK};
	const char *fault;

	gh_say(&f->expected, "%s for %s, as the report says, signed by %s", l.cn,
	    j->product ? gh_snp_product_name(j->product) : "the product",
	    vlek ? "the ASVK" : "the ASK");
	gh_say(&f->why, "the key that signs reports must be one that AMD gave to a chip");
	if (!j->chain.vek) {
		say_vek_missing(j, f);
		return;
	}
	say_key(&f->observed, j->chain.vek);
	fault = link_fault(j, &l, f);
	if (!*fault)
		fault = vek_fault(j, f);
	if (!*fault && gh_tee_holds(&j->tee, "snp.chain.ask") && *j->path_err.what) {
		gh_say(&f->observed, "%s", j->path_err.what);
		fault = "path";
	}
	settle_link(j, f, "vek", fault);
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
		gh_say(&f->observed, "SIGNATURE_ALGO %u", j->r.signature_algo);
		gh_tee_settle(&j->tee, f, "snp.signature.algo");
	} else if (gh_snp_report_masked(&j->r) ||
		   gh_snp_report_key(&j->r) == GH_SNP_KEY_NONE) {
		gh_say(&f->observed, "the report says that it is not signed");
		gh_say(&f->remedy, "the host masks its chip key: change its SNP_CONFIG");
		gh_tee_settle(&j->tee, f, "snp.signature.absent");
	} else if (!j->chain.vek) {
		say_vek_missing(j, f);
	} else if (gh_snp_chain_signed(&j->r, j->chain.vek, &e)) {
		gh_say(&f->observed, "%s", e.what);
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
	j->chain.vek = gh_snp_chain_vek(j->tee.ctx->certs, &j->r);
	judge_product(j);
	if (gh_snp_chain_find(&j->chain, j->tee.ctx->certs, &j->r, j->product, err))
		return -1;
	if (j->chain.ask && j->chain.ark)
		j->revocation = gh_snp_crl_check(j->ev->crls, j->ev->n_crls, j->chain.ark,
		    j->chain.ask, j->tee.ctx->at, &j->crl_err);
	walk_path(j);
	judge_ark(j);
	judge_ask(j);
	judge_revocation(j);
	judge_vek(j);
	gh_snp_judge_vek(j);
	judge_signature(j);
	gh_tee_nonce(&j->tee, "snp.nonce", "snp.signature", j->r.report_data);
	gh_snp_judge_policy(j);
	gh_snp_claims(j);
	return 0;
}

int gh_snp_verify(struct gh_result *out, const char *subject,
    const struct gh_snp_evidence *ev, const struct gh_context *ctx, struct gh_err *err)
{
	struct gh_snp_job j = {.ev = ev};
	int rc = 0;

	if (gh_tee_begin(&j.tee, out, subject, ev->report, ctx, err))
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
