/* SPDX-License-Identifier: Apache-2.0
 * Judges certificates that came alone. */
#include "evidence/evidence_certs.h"

#include <string.h>

#include "crypto/chain.h"
#include "evidence/gpu_chain.h"
#include "evidence/load_pem.h"

#define CERTS_MAX 64 /* in one piece */

int gh_evidence_unreadable(struct gh_result *out, const char *subject, const char *kind,
    const char *step, const struct gh_err *why)
{
	struct gh_finding *f;

	(void)gh_result_subject(out, subject, kind);
	f = gh_findings_add(&out->findings, subject, step);
	gh_say(&f->title, "%s", kind);
	gh_say(&f->observed, "%s", why->what);
	gh_say(&f->why, "bytes that are not of their form prove nothing");
	gh_judge(f, GH_FAIL, step);
	return 0;
}

/* The pinned root among those that are not a device's, or NULL. */
static const struct gh_anchor *other_root(
    const struct gh_context *ctx, const struct gh_cert *root)
{
	static const enum gh_root kinds[] = {
	    GH_ROOT_NVIDIA_RIM, GH_ROOT_AMD_ARK, GH_ROOT_INTEL_SGX};
	const struct gh_anchor *a = NULL;

	for (size_t i = 0; a == NULL && i < GH_COUNT(kinds); i++)
		a = gh_trust_find(ctx->trust, kinds[i], gh_cert_spki_sha256(root));
	return a;
}

static bool of_nvidia(const struct gh_certs *cs)
{
	for (size_t i = 0; i < cs->n; i++)
		if (strstr(gh_cert_cn(cs->at[i]), "NVIDIA") != NULL ||
		    strstr(gh_cert_issuer_cn(cs->at[i]), "NVIDIA") != NULL)
			return true;
	return cs->n == GH_GPU_CERTS;
}

static void root_first_to_leaf_first(struct gh_certs *cs)
{
	for (size_t i = 0; i < cs->n / 2; i++) {
		struct gh_cert *c = cs->at[i];

		cs->at[i] = cs->at[cs->n - 1 - i];
		cs->at[cs->n - 1 - i] = c;
	}
}

static struct gh_finding *begin(
    struct gh_result *out, const char *subject, const char *source)
{
	struct gh_finding *f;

	(void)gh_result_subject(out, subject, "certs");
	f = gh_findings_add(&out->findings, subject, "cert.chain");
	gh_say(&f->title, "certificate chain");
	gh_say(&f->expected, "every link good up to a pinned root");
	gh_say(&f->source, "%s", source);
	f->assurance = GH_A3;
	return f;
}

/* Nothing is wrong with the links but that the first certificate is an authority too. */
static bool only_authorities(const struct gh_certs *cs, const struct gh_link *links)
{
	for (size_t i = 0; i < cs->n; i++)
		if (!links[i].issuer_name || !links[i].signature || !links[i].in_time ||
		    (i > 0 && !links[i].role))
			return false;
	return gh_cert_is_ca(cs->at[0]);
}

/* Only the links and the root can be judged. */
static void judge_links(struct gh_finding *f, const struct gh_certs *cs,
    const struct gh_context *ctx, const struct gh_anchor *a)
{
	struct gh_link links[CERTS_MAX];
	struct gh_err e = {0};
	struct gh_chain chain = {cs, ctx->at, false, ctx->memo};

	gh_say(&f->title, "%s", a->name);
	f->lab = a->lab;
	if (gh_chain_verify(&chain, links, &e) < 0 && only_authorities(cs, links)) {
		gh_judge(f, GH_UNKNOWN, "cert.chain.authorities");
		gh_say(&f->observed,
		    "%zu authorities up to a pinned root, every link good", cs->n);
		gh_say(&f->why, "there is no certificate of a device among them");
		gh_say(&f->remedy, "give them along with what they sign, with --with");
	} else if (e.code != GH_E_NONE) {
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

static int judge_device(struct gh_result *out, const char *subject, struct gh_bytes b,
    const struct gh_context *ctx, struct gh_err *err)
{
	struct gh_gpu_case c = {.out = out, .subject = subject, .ctx = ctx};

	if (gh_sha256_name(b.p, b.len, c.source, err) < 0)
		return -1;
	gh_gpu_chain_read(&c, b);
	c.arch = gh_gpu_arch_of(&c);
	(void)gh_gpu_subject(&c);
	gh_gpu_chain_judge(&c, b);
	gh_certs_free(&c.certs);
	return gh_result_ok(out, err);
}

int gh_evidence_certs_judge(struct gh_result *out, const char *subject,
    struct gh_bytes piece, const struct gh_context *ctx, struct gh_err *err)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	char source[GH_SHA256_NAME_LEN];
	struct gh_err why = {0};
	const struct gh_anchor *a;
	struct gh_finding *f;

	if (gh_evidence_certs(&cs, piece, CERTS_MAX, ctx->memo, &why) < 0)
		return gh_evidence_unreadable(out, subject, "certs", "cert.parse", &why);
	if (gh_sha256_name(piece.p, piece.len, source, err) < 0)
		return -1;
	a = other_root(ctx, cs.at[cs.n - 1]);
	if (a == NULL && other_root(ctx, cs.at[0]) != NULL) {
		root_first_to_leaf_first(&cs);
		a = other_root(ctx, cs.at[cs.n - 1]);
	}
	if (a == NULL && of_nvidia(&cs))
		return judge_device(out, subject, piece, ctx, err);
	f = begin(out, subject, source);
	if (a != NULL) {
		judge_links(f, &cs, ctx, a);
		return gh_result_ok(out, err);
	}
	gh_judge(f, GH_FAIL, "cert.root.foreign");
	gh_say(&f->observed, "\"%s\" is not among the pinned roots",
	    gh_cert_cn(cs.at[cs.n - 1]));
	gh_say(&f->why, "anybody can make certificates that sign one another");
	gh_say(&f->remedy,
	    "give the certificates along with what they sign, with --with; "
	    "or pin that root with --trust");
	return gh_result_ok(out, err);
}
