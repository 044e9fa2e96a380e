/* SPDX-License-Identifier: Apache-2.0
 * Picks VCEK or VLEK, ASK or ASVK, and ARK by content, in whatever order they were given. */
#include "evidence/snp_chain.h"

#include <stdio.h>

#include "evidence/snp_roots.h"
#include "evidence/snp_vek.h"

void gh_snp_chain_free(struct gh_snp_chain *c)
{
	gh_certs_free(&c->builtin);
	memset(c, 0, sizeof(*c));
}

void gh_snp_chain_ask_cn(
    char out[static GH_SNP_CN_TEXT], enum gh_snp_product p, bool vlek)
{
	snprintf(
	    out, GH_SNP_CN_TEXT, "SEV-%s%s", vlek ? "VLEK-" : "", gh_snp_product_name(p));
}

int gh_snp_chain_signed(const struct gh_snp_report *r, const struct gh_cert *vek,
    struct gh_memo *memo, struct gh_err *err)
{
	unsigned char sig[96];
	const struct gh_memo_ecdsa ask = {gh_cert_key(vek), gh_cert_spki_sha256(vek),
	    GH_SHA384, {r->whole.p, GH_SNP_SIGNED_LEN}, {sig, sizeof(sig)}};

	if (gh_pubkey_ec_bits(gh_cert_key(vek)) != 384)
		return gh_fail(err, GH_E_CRYPTO,
		    "the endorsement key is %s, must be P-384",
		    gh_pubkey_kind(gh_cert_key(vek)));
	if (gh_snp_report_signature(r, sig, err))
		return -1;
	return gh_memo_ecdsa_raw(memo, &ask, err);
}

/* By the product that the certificate itself names: the report may not say. */
static bool same_tcb(
    const struct gh_cert *c, enum gh_snp_product p, const struct gh_snp_report *r)
{
	struct gh_snp_tcb want = gh_snp_tcb_of(r->reported_tcb, p), tcb;

	return !gh_snp_vek_tcb(c, p, &tcb, NULL) && gh_snp_tcb_le(tcb, want) &&
	       gh_snp_tcb_le(want, tcb);
}

/* How well a certificate fits the report by what it says. */
static int score_vek(const struct gh_cert *c, const struct gh_snp_report *r)
{
	char name[GH_SNP_PRODUCT_TEXT];
	enum gh_snp_product p = GH_SNP_NO_PRODUCT;
	struct gh_bytes hwid = {NULL, 0};
	int score = 1;

	if (!gh_snp_vek_product(c, name, NULL))
		p = gh_snp_product_of(name);
	if (!gh_snp_vek_hwid(c, p, &hwid, NULL) && hwid.p &&
	    !memcmp(hwid.p, r->chip_id, hwid.len))
		score += 4;
	if (same_tcb(c, p, r))
		score += 2;
	if (gh_snp_vek_is_vlek(c) == (gh_snp_report_key(r) == GH_SNP_VLEK))
		score += 8;
	return score;
}

/* The best score among them, and how many have it; *first is the first of those. */
static int best_score(const struct gh_certs *given, const struct gh_snp_report *r,
    size_t *n, const struct gh_cert **first)
{
	int best = 0;

	for (size_t i = 0; i < given->n; i++) {
		int score =
		    gh_snp_vek_looks(given->at[i]) ? score_vek(given->at[i], r) : 0;

		if (score > best) {
			best = score;
			*n = 0;
			*first = given->at[i];
		}
		*n += score && score == best;
	}
	return best;
}

const struct gh_cert *gh_snp_chain_vek(
    const struct gh_certs *given, const struct gh_snp_report *r, struct gh_memo *memo)
{
	const struct gh_cert *first = NULL;
	size_t n = 0;
	int best = given ? best_score(given, r, &n, &first) : 0;

	/* KDS signs a new certificate of the same key at each request, and a masked
	 * CHIP_ID fits every chip: only then is the signature asked. */
	for (size_t i = 0; n > 1 && i < given->n; i++)
		if (gh_snp_vek_looks(given->at[i]) &&
		    score_vek(given->at[i], r) == best &&
		    !gh_snp_chain_signed(r, given->at[i], memo, NULL))
			return given->at[i];
	return first;
}

struct pool {
	struct gh_snp_chain *chain;
	const struct gh_certs *given;
	enum gh_snp_product product;
	struct gh_memo *memo;
};

/* The certificate above child: one that signed it, else (in *named) one of that name. */
static const struct gh_cert *find_signer(
    const struct pool *p, const struct gh_cert *child, const struct gh_cert **named)
{
	for (size_t i = 0; p->given && i < p->given->n; i++) {
		if (!gh_cert_names_chain(child, p->given->at[i]))
			continue;
		if (!*named)
			*named = p->given->at[i];
		if (!gh_memo_signed_by(p->memo, child, p->given->at[i], NULL))
			return p->given->at[i];
	}
	return NULL;
}

/* AMD's own certificate of that common name; NULL when it is none of this product's. */
static int load_builtin(
    const struct pool *p, const char *cn, const struct gh_cert **out, struct gh_err *err)
{
	char names[3][GH_SNP_CN_TEXT]; /* by enum gh_snp_ca */
	struct gh_cert *c = NULL;
	unsigned int which = 0;

	*out = NULL;
	snprintf(names[GH_SNP_ARK], sizeof(names[0]), "ARK-%s",
	    gh_snp_product_name(p->product));
	gh_snp_chain_ask_cn(names[GH_SNP_ASK], p->product, false);
	gh_snp_chain_ask_cn(names[GH_SNP_ASVK], p->product, true);
	while (which < GH_COUNT(names) && strcmp(cn, names[which]) != 0)
		which++;
	if (p->product == GH_SNP_NO_PRODUCT || which == GH_COUNT(names))
		return 0;
	if (gh_snp_root(&c, p->product, (enum gh_snp_ca)which, p->memo, err) ||
	    gh_certs_add(&p->chain->builtin, c, err))
		return -1;
	*out = c;
	return 0;
}

static int find_issuer(const struct pool *p, const struct gh_cert *child,
    const struct gh_cert **out, struct gh_err *err)
{
	const struct gh_cert *named = NULL;

	*out = find_signer(p, child, &named);
	if (*out)
		return 0;
	if (load_builtin(p, gh_cert_issuer_cn(child), out, err))
		return -1;
	/* What is compiled in and did not sign it is no better than what was given. */
	if (*out && named && gh_memo_signed_by(p->memo, child, *out, NULL))
		*out = NULL;
	if (!*out)
		*out = named;
	return 0;
}

int gh_snp_chain_find(struct gh_snp_chain *c, const struct gh_certs *given,
    enum gh_snp_product p, bool vlek, struct gh_memo *memo, struct gh_err *err)
{
	struct pool pool = {c, given, p, memo};
	char cn[GH_SNP_CN_TEXT];

	gh_snp_chain_ask_cn(cn, p, vlek);
	if (c->vek ? find_issuer(&pool, c->vek, &c->ask, err)
		   : load_builtin(&pool, cn, &c->ask, err))
		return -1;
	return c->ask ? find_issuer(&pool, c->ask, &c->ark, err) : 0;
}
