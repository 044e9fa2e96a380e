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

int gh_snp_chain_signed(
    const struct gh_snp_report *r, const struct gh_cert *vek, struct gh_err *err)
{
	unsigned char sig[96];

	if (gh_pubkey_ec_bits(gh_cert_key(vek)) != 384)
		return gh_fail(err, GH_E_CRYPTO,
		    "the endorsement key is %s, must be P-384",
		    gh_pubkey_kind(gh_cert_key(vek)));
	if (gh_snp_report_signature(r, sig, err))
		return -1;
	return gh_ecdsa_verify_raw(gh_cert_key(vek), GH_SHA384,
	    (struct gh_bytes){r->whole.p, GH_SNP_SIGNED_LEN},
	    (struct gh_bytes){sig, sizeof(sig)}, err);
}

/* How well a certificate fits the report; used only when there are several. */
static int score_vek(const struct gh_cert *c, const struct gh_snp_report *r)
{
	struct gh_bytes hwid = {NULL, 0};
	int score = 1;

	if (!gh_snp_chain_signed(r, c, NULL))
		score += 8;
	/* Either length: the product may not be known yet. */
	if ((!gh_snp_vek_hwid(c, GH_SNP_GENOA, &hwid, NULL) && hwid.p) ||
	    (!gh_snp_vek_hwid(c, GH_SNP_TURIN, &hwid, NULL) && hwid.p))
		score += memcmp(hwid.p, r->chip_id, hwid.len) ? 0 : 4;
	if (gh_snp_vek_is_vlek(c) == (gh_snp_report_key(r) == GH_SNP_VLEK))
		score += 2;
	return score;
}

const struct gh_cert *gh_snp_chain_vek(
    const struct gh_certs *given, const struct gh_snp_report *r)
{
	const struct gh_cert *best = NULL, *only = NULL;
	size_t n = 0;
	int best_score = 0;

	for (size_t i = 0; given && i < given->n; i++)
		if (gh_snp_vek_looks(given->at[i])) {
			only = given->at[i];
			n++;
		}
	if (n <= 1)
		return only;
	for (size_t i = 0; i < given->n; i++) {
		int score =
		    gh_snp_vek_looks(given->at[i]) ? score_vek(given->at[i], r) : 0;

		if (score > best_score) {
			best_score = score;
			best = given->at[i];
		}
	}
	return best;
}

/* The certificate above child: one that signed it, else (in *named) one of that name. */
static const struct gh_cert *find_signer(const struct gh_certs *pool,
    const struct gh_cert *child, const struct gh_cert **named)
{
	for (size_t i = 0; pool && i < pool->n; i++) {
		if (!gh_cert_names_chain(child, pool->at[i]))
			continue;
		if (!*named)
			*named = pool->at[i];
		if (!gh_cert_signed_by(child, pool->at[i], NULL))
			return pool->at[i];
	}
	return NULL;
}

static const struct gh_cert *find_cn(const struct gh_certs *pool, const char *cn)
{
	for (size_t i = 0; pool && i < pool->n; i++)
		if (!strcmp(gh_cert_cn(pool->at[i]), cn))
			return pool->at[i];
	return NULL;
}

/* AMD's own certificates are parsed only when the given ones leave a gap. */
static int load_builtin(struct gh_snp_chain *c, enum gh_snp_product p, struct gh_err *err)
{
	if (c->builtin.n || p == GH_SNP_NO_PRODUCT)
		return 0;
	return gh_snp_roots(&c->builtin, p, err);
}

struct pool {
	struct gh_snp_chain *chain;
	const struct gh_certs *given;
	enum gh_snp_product product;
};

static int find_issuer(const struct pool *p, const struct gh_cert *child,
    const struct gh_cert **out, struct gh_err *err)
{
	const struct gh_cert *named = NULL;

	*out = find_signer(p->given, child, &named);
	if (*out)
		return 0;
	if (load_builtin(p->chain, p->product, err))
		return -1;
	*out = find_signer(&p->chain->builtin, child, &named);
	if (!*out)
		*out = named;
	return 0;
}

int gh_snp_chain_find(struct gh_snp_chain *c, const struct gh_certs *given,
    const struct gh_snp_report *r, enum gh_snp_product p, struct gh_err *err)
{
	struct pool pool = {c, given, p};
	char cn[GH_SNP_CN_TEXT];

	if (c->vek) {
		if (find_issuer(&pool, c->vek, &c->ask, err))
			return -1;
	} else if (p != GH_SNP_NO_PRODUCT) {
		if (load_builtin(c, p, err))
			return -1;
		gh_snp_chain_ask_cn(cn, p, gh_snp_report_key(r) == GH_SNP_VLEK);
		c->ask = find_cn(&c->builtin, cn);
	}
	return c->ask ? find_issuer(&pool, c->ask, &c->ark, err) : 0;
}
