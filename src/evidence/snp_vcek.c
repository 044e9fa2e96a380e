/* SPDX-License-Identifier: Apache-2.0
 * Judges a VCEK with the links of a report's chain (snp_links.c). Extensions first: what
 * another chip's certificate is worth does not matter. */
#include "evidence/snp_vcek.h"

#include <stdio.h>

#include "base/text.h"
#include "evidence/snp_links.h"
#include "evidence/snp_vek.h"

#define PEM_COLUMNS 64

void gh_snp_vcek_free(struct gh_snp_vcek *v)
{
	gh_buf_free(&v->pem);
	*v = (struct gh_snp_vcek){0};
}

/* ---- is it the one ---- */

static bool same_tcb(struct gh_snp_tcb a, struct gh_snp_tcb b)
{
	return gh_snp_tcb_le(a, b) && gh_snp_tcb_le(b, a);
}

static bool is_vcek(const struct gh_cert *c)
{
	return gh_snp_vek_looks(c) && !gh_snp_vek_is_vlek(c);
}

/* "", "chip" or "tcb", and why in words. */
static const char *not_the_one(
    const struct gh_cert *c, const struct gh_snp_vcek_ask *ask, char what[static 240])
{
	char has[GH_SNP_TCB_TEXT], want[GH_SNP_TCB_TEXT];
	struct gh_err e = {0};
	struct gh_snp_tcb tcb;
	struct gh_bytes hwid;

	if (gh_snp_vek_hwid(c, ask->product, &hwid, &e) || !hwid.p) {
		snprintf(
		    what, 240, "%.200s", *e.what ? e.what : "it names no chip (hwID)");
		return "chip";
	}
	if (memcmp(hwid.p, ask->chip_id, hwid.len) != 0 ||
	    !gh_is_zero(ask->chip_id + hwid.len, 64 - hwid.len)) {
		char hex[129]; /* whole: two may differ in one digit */

		gh_hex(hex, hwid.p, hwid.len);
		snprintf(what, 240, "it is of another chip, %s", hex);
		return "chip";
	}
	if (gh_snp_vek_tcb(c, ask->product, &tcb, &e)) {
		snprintf(what, 240, "%.200s", e.what);
		return "tcb";
	}
	gh_snp_tcb_text(has, tcb, ask->product);
	gh_snp_tcb_text(want, ask->tcb, ask->product);
	if (!same_tcb(tcb, ask->tcb)) {
		snprintf(what, 240, "it is of TCB %s, asked for %s", has, want);
		return "tcb";
	}
	snprintf(what, 240, "%s %s", gh_snp_product_name(ask->product), has);
	return "";
}

bool gh_snp_vcek_fits(const struct gh_cert *c, const struct gh_snp_vcek_ask *ask)
{
	char what[240];

	return is_vcek(c) && !*not_the_one(c, ask, what);
}

/* The one that fits, else the first VCEK, so that it can be said what it is. */
static const struct gh_cert *pick(
    const struct gh_certs *certs, const struct gh_snp_vcek_ask *ask)
{
	const struct gh_cert *first = NULL;

	for (size_t i = 0; i < certs->n; i++) {
		if (gh_snp_vcek_fits(certs->at[i], ask))
			return certs->at[i];
		if (!first && is_vcek(certs->at[i]))
			first = certs->at[i];
	}
	return first;
}

/* ---- its chain ---- */

static void add_pem(struct gh_buf *out, const struct gh_cert *c)
{
	gh_auto(struct gh_buf, gh_buf_free) b64 = {0};
	struct gh_bytes der;

	if (!c)
		return;
	der = gh_cert_der(c);
	gh_b64(&b64, der.p, der.len);
	out->oom |= b64.oom;
	gh_buf_str(out, "-----BEGIN CERTIFICATE-----\n");
	for (size_t at = 0; at < b64.len; at += PEM_COLUMNS) {
		size_t left = b64.len - at;

		gh_buf_add(out, b64.p + at, left < PEM_COLUMNS ? left : PEM_COLUMNS);
		gh_buf_chr(out, '\n');
	}
	gh_buf_str(out, "-----END CERTIFICATE-----\n");
}

/* The first link that does not hold, in words. */
static void say_fault(struct gh_snp_vcek *out, const struct gh_findings *fs)
{
	for (size_t i = 0; i < fs->n; i++)
		if (fs->at[i].verdict == GH_FAIL) {
			snprintf(out->what, sizeof(out->what), "%s: %.180s",
			    fs->at[i].title, fs->at[i].observed);
			return;
		}
}

/* A report that says nothing but "signed by a VCEK" stands in for the one to come. */
static int judge_chain(struct gh_snp_vcek *out, struct gh_snp_job *j, struct gh_err *err)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_bytes der = gh_cert_der(j->chain.vek);

	if (gh_tee_begin(&j->tee, &r, "vcek", der, &j->ctx, err) ||
	    gh_snp_chain_find(
		&j->chain, j->ctx.certs, j->product, false, j->ctx.memo, err))
		return -1;
	gh_tee_settle(&j->tee, gh_tee_step(&j->tee, "snp.product", "", "product"), "");
	gh_snp_judge_links(j);
	if (gh_result_ok(&r, err))
		return -1;
	out->lab = j->tee.lab;
	if (gh_tee_holds(&j->tee, "snp.chain.vek")) {
		out->proven = true;
	} else {
		out->fault = "chain";
		say_fault(out, &r.findings);
	}
	add_pem(&out->pem, j->chain.ask);
	add_pem(&out->pem, j->chain.ark);
	return gh_buf_ok(&out->pem, err);
}

int gh_snp_vcek_verify(struct gh_snp_vcek *out, const struct gh_snp_vcek_ask *ask,
    const struct gh_certs *certs, const struct gh_context *ctx, struct gh_err *err)
{
	struct gh_snp_job j = {.ctx = *ctx, .product = ask->product};
	gh_auto(struct gh_memo *, gh_memo_free) own = ctx->memo ? NULL : gh_memo_new();
	int rc;

	*out = (struct gh_snp_vcek){.fault = ""};
	j.ctx.certs = certs;
	j.ctx.memo = ctx->memo ? ctx->memo : own;
	j.ctx.policy = gh_policy_strict();
	j.chain.vek = pick(certs, ask);
	if (!j.chain.vek) {
		out->fault = "absent";
		snprintf(out->what, sizeof(out->what), "no VCEK among %zu certificates",
		    certs->n);
		return 0;
	}
	add_pem(&out->pem, j.chain.vek);
	out->fault = not_the_one(j.chain.vek, ask, out->what);
	rc = *out->fault ? gh_buf_ok(&out->pem, err) : judge_chain(out, &j, err);
	gh_snp_chain_free(&j.chain);
	return rc;
}
