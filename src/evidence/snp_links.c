/* SPDX-License-Identifier: Apache-2.0
 * Judges ARK, ASK and VCEK (or ARK, ASVK and VLEK) in the order of spec/snp.md section 2:
 * pin, names, algorithm, signatures, dates, role; then OpenSSL's path validation. */
#include "evidence/snp_links.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "evidence/snp_vek.h"

enum { VEK, ASK, ARK };

struct link {
	const struct gh_cert *cert, *issuer;
	const char *cn; /* what it must be called; "" while the product is not known */
	bool ca;
	int at; /* place in the path */
};

/* From the path when there is one, so that no signature is computed twice. */
static bool link_signed(const struct gh_snp_job *j, const struct link *l)
{
	if (j->has_path)
		return j->links[l->at].signature;
	return !gh_memo_signed_by(j->ctx.memo, l->cert, l->issuer, NULL);
}

static const char *time_fault(
    const struct gh_snp_job *j, const struct gh_cert *c, struct gh_finding *f)
{
	char at[GH_TIME_LEN];

	if (j->ctx.at < gh_cert_not_before(c)) {
		gh_time_text(at, gh_cert_not_before(c));
		gh_say(&f->observed, "not valid before %s", at);
		return "notyet";
	}
	if (j->ctx.at > gh_cert_not_after(c)) {
		gh_time_text(at, gh_cert_not_after(c));
		gh_say(&f->observed, "expired %s", at);
		return "expired";
	}
	return "";
}

/* The first thing wrong with one certificate of the chain, as the last word of a code. */
static const char *link_fault(
    const struct gh_snp_job *j, const struct link *l, struct gh_finding *f)
{
	if (*l->cn && strcmp(gh_cert_cn(l->cert), l->cn) != 0) {
		gh_say(&f->observed, "the subject's CN is \"%s\", expected \"%s\"",
		    gh_cert_cn(l->cert), l->cn);
		return "name";
	}
	if (!l->issuer || !gh_cert_names_chain(l->cert, l->issuer)) {
		gh_say(&f->observed, "issued by %s, which is not at hand",
		    gh_cert_issuer_cn(l->cert));
		return "issuer";
	}
	if (!gh_cert_is_pss_sha384(l->cert)) {
		gh_say(&f->observed,
		    "signed with %s, expected RSASSA-PSS with SHA-384 and salt 48",
		    gh_cert_sigalg(l->cert));
		return "pss";
	}
	if (!link_signed(j, l)) {
		gh_say(&f->observed, "the signature on %s is not by %s",
		    gh_cert_cn(l->cert), gh_cert_cn(l->issuer));
		return "signature";
	}
	if (gh_cert_is_ca(l->cert) != l->ca) {
		gh_say(
		    &f->observed, "basicConstraints: it is %s", l->ca ? "no CA" : "a CA");
		return "role";
	}
	return time_fault(j, l->cert, f);
}

/* Settles f with "snp.<name>.<fault>". */
static void settle_link(
    struct gh_snp_job *j, struct gh_finding *f, const char *name, const char *fault)
{
	char code[48] = "";

	if (*fault)
		snprintf(code, sizeof(code), "snp.%s.%s", name, fault);
	gh_tee_settle(&j->tee, f, code);
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
	char hex[65];

	gh_hex(hex, gh_cert_spki_sha256(c), 32);
	gh_say(field, "%s, key sha256:%s", gh_cert_cn(c), hex);
}

/* Neither given nor, for a product we know, compiled in. */
static void say_missing(struct gh_snp_job *j, struct gh_finding *f, const char *name)
{
	gh_say(&f->observed, "no such certificate at hand");
	gh_say(&f->remedy, "give it with --with (AMD KDS: cert_chain)");
	if (!j->chain.vek)
		gh_snp_say_vek_missing(j, f);
	else
		settle_link(j, f, name, "missing");
}

/* The whole path by OpenSSL. Never X509_STRICT: AMD's leaves have no key identifiers
 * (spec/snp.md section 2). */
static void walk_path(struct gh_snp_job *j)
{
	struct gh_cert *at[3];
	struct gh_certs certs = {at, 3};
	struct gh_chain chain = {&certs, j->ctx.at, false, j->ctx.memo};

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

static void say_no_crl(struct gh_snp_job *j, struct gh_finding *f)
{
	if (!j->ctx.policy->snp.revocation)
		f->severity = GH_SEV_WARN;
	gh_judge(f, GH_UNKNOWN, "snp.crl.absent");
	gh_say(&f->observed, "no CRL of this root was given%s%s",
	    *j->crl_err.what ? "; one that was: " : ": not checked", j->crl_err.what);
	gh_say(&f->remedy, "give AMD's CRL (KDS: /%s/v1/%s/crl) to check it",
	    gh_snp_report_key(&j->r) == GH_SNP_VLEK ? "vlek" : "vcek",
	    j->product ? gh_snp_product_name(j->product) : "PRODUCT");
}

static void judge_revocation(struct gh_snp_job *j)
{
	struct gh_finding *f = gh_tee_step(
	    &j->tee, "snp.revocation", "snp.chain.ask", "AMD signing key not revoked");

	gh_say(&f->expected, "a CRL of the ARK, in its window, without this serial");
	gh_say(&f->why, "AMD revokes a whole intermediate when it must");
	switch (j->revocation) {
	case GH_SNP_CRL_NONE:
		say_no_crl(j, f);
		return;
	case GH_SNP_CRL_BAD:
		gh_say(&f->observed, "%s", j->crl_err.what);
		gh_say(&f->remedy, "fetch the CRL again");
		gh_tee_settle(&j->tee, f, "snp.crl.bad");
		return;
	case GH_SNP_CRL_REVOKED:
		gh_say(&f->observed, "%s is revoked", gh_cert_cn(j->chain.ask));
		gh_say(&f->remedy, "trust no report of this chain any more");
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
		gh_say(&f->observed, "productName %s, structVersion %u; expected %s, %u",
		    name, version, gh_snp_product_name(j->product), want);
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
		gh_snp_say_vek_missing(j, f);
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

void gh_snp_judge_links(struct gh_snp_job *j)
{
	if (j->chain.ask && j->chain.ark)
		j->revocation =
		    gh_snp_crl_check(&j->ctx, j->chain.ark, j->chain.ask, &j->crl_err);
	walk_path(j);
	judge_ark(j);
	judge_ask(j);
	judge_revocation(j);
	judge_vek(j);
}
