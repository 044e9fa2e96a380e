/* SPDX-License-Identifier: Apache-2.0
 * Sorts collateral into the lists of a context. */
#include "evidence/shelf.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/load_pem.h"
#include "evidence/snp_table.h"

/* Documents that judges take as bytes, and the list of the context they go to. */
static const struct {
	enum gh_evidence_type type;
	size_t list;     /* offset of a struct gh_docs in struct gh_context */
	bool given_only; /* only when given along */
} kinds[GH_SHELF_KINDS] = {
    {GH_EV_CRL, offsetof(struct gh_context, crls), false},
    {GH_EV_TCB_INFO, offsetof(struct gh_context, tcb_infos), false},
    {GH_EV_QE_IDENTITY, offsetof(struct gh_context, qe_identities), false},
    {GH_EV_CCEL, offsetof(struct gh_context, ccels), false},
    {GH_EV_RUNTIME_LOG, offsetof(struct gh_context, runtime_logs), false},
    {GH_EV_OCSP, offsetof(struct gh_context, ocsps), false},
    {GH_EV_JWKS, offsetof(struct gh_context, jwks), true},
};

static struct gh_docs *list_of(struct gh_context *ctx, size_t kind)
{
	return (struct gh_docs *)(void *)((char *)ctx + kinds[kind].list);
}

void gh_shelf_free(struct gh_shelf *s)
{
	gh_certs_free(&s->certs);
	gh_rims_free(&s->own);
	free(s->view.at);
	for (size_t i = 0; i < GH_SHELF_KINDS; i++)
		free(s->docs[i]);
	gh_memo_free(&s->memo);
	*s = (struct gh_shelf){0};
}

static void unreadable(struct gh_shelf *s, const struct gh_err *why)
{
	if (s->n_unreadable++ == 0)
		s->unreadable = *why;
}

static int add_doc(struct gh_shelf *s, size_t kind, struct gh_bytes b, struct gh_err *err)
{
	struct gh_bytes *grown = s->docs[kind];
	size_t n = s->n_docs[kind];

	for (size_t i = 0; i < n; i++)
		if (grown[i].len == b.len && memcmp(grown[i].p, b.p, b.len) == 0)
			return 0;
	if (n == GH_SHELF_DOCS_MAX)
		return gh_fail(err, GH_E_PARSE, "more than %d pieces of %s",
		    GH_SHELF_DOCS_MAX, gh_evidence_type_word(kinds[kind].type));
	grown = realloc(grown, (n + 1) * sizeof(*grown));
	if (grown == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	grown[n] = b;
	s->docs[kind] = grown;
	s->n_docs[kind]++;
	return 0;
}

/* Takes c over. */
static int add_cert(struct gh_shelf *s, struct gh_cert *c, struct gh_err *err)
{
	for (size_t i = 0; i < s->certs.n; i++)
		if (memcmp(gh_cert_sha256(s->certs.at[i]), gh_cert_sha256(c), 32) == 0) {
			gh_cert_free(&c);
			return 0;
		}
	if (s->certs.n == GH_SHELF_CERTS_MAX) {
		gh_cert_free(&c);
		return gh_fail(
		    err, GH_E_PARSE, "more than %d certificates", GH_SHELF_CERTS_MAX);
	}
	return gh_certs_add(&s->certs, c, err);
}

static int add_all_certs(
    struct gh_shelf *s, const struct gh_certs *from, struct gh_err *err)
{
	for (size_t i = 0; i < from->n; i++)
		if (add_cert(s, gh_cert_share(from->at[i]), err) < 0)
			return -1;
	return 0;
}

static int add_certs_piece(struct gh_shelf *s, struct gh_bytes b, struct gh_err *err)
{
	gh_auto(struct gh_certs, gh_certs_free) found = {0};
	struct gh_err why = {0};

	if (gh_evidence_certs(&found, b, GH_SHELF_CERTS_MAX, s->ctx.memo, &why) < 0) {
		unreadable(s, &why);
		return 0;
	}
	return add_all_certs(s, &found, err);
}

static size_t kind_of(enum gh_evidence_type type)
{
	size_t k = 0;

	while (k < GH_SHELF_KINDS && kinds[k].type != type)
		k++;
	return k;
}

/* Certificates and the list of revoked ones; entries that we do not know are left. */
static int add_table(struct gh_shelf *s, struct gh_bytes b, struct gh_err *err)
{
	struct gh_snp_table t;
	struct gh_err why = {0};

	if (gh_snp_table_parse(&t, b.p, b.len, &why) < 0) {
		unreadable(s, &why);
		return 0;
	}
	for (size_t i = 0; i < t.n; i++) {
		struct gh_bytes body = t.at[i].body;
		int rc = 0;

		switch (t.at[i].item) {
		case GH_SNP_ITEM_ARK:
		case GH_SNP_ITEM_ASK:
		case GH_SNP_ITEM_VCEK:
		case GH_SNP_ITEM_VLEK:
			rc = add_certs_piece(s, body, err);
			break;
		case GH_SNP_ITEM_CRL:
			rc = add_doc(s, kind_of(GH_EV_CRL), body, err);
			break;
		default:
			break;
		}
		if (rc < 0)
			return -1;
	}
	return 0;
}

/* One that is not trusted is kept too: its judge says why it does not count. */
static int add_rim(struct gh_shelf *s, struct gh_bytes b, struct gh_err *err)
{
	struct gh_rim *r = NULL;
	struct gh_err why = {0};

	if (gh_rim_load(&r, b.p, b.len, &s->ctx, &why) < 0) {
		if (why.code == GH_E_NOMEM)
			return gh_fail(err, GH_E_NOMEM, "out of memory");
		unreadable(s, &why);
		return 0;
	}
	for (size_t i = 0; i < s->own.n; i++)
		if (strcmp(s->own.at[i]->sha256, r->sha256) == 0) {
			gh_rim_free(&r);
			return 0;
		}
	if (s->own.n == GH_SHELF_DOCS_MAX) {
		gh_rim_free(&r);
		return gh_fail(err, GH_E_PARSE, "more than %d RIMs", GH_SHELF_DOCS_MAX);
	}
	return gh_rims_add(&s->own, r, err);
}

static int add_piece(
    struct gh_shelf *s, const struct gh_evidence *e, bool given, struct gh_err *err)
{
	struct gh_bytes b = gh_buf_view(&e->bytes);
	size_t k = kind_of(e->type);

	switch (e->type) {
	case GH_EV_CERTS:
		return add_certs_piece(s, b, err);
	case GH_EV_SNP_CERTS:
		return add_table(s, b, err);
	case GH_EV_RIM:
		return add_rim(s, b, err);
	default:
		break;
	}
	if (k == GH_SHELF_KINDS || (kinds[k].given_only && !given))
		return 0;
	return add_doc(s, k, b, err);
}

static int add_set(
    struct gh_shelf *s, const struct gh_evidence_set *set, bool given, struct gh_err *err)
{
	for (size_t i = 0; set != NULL && i < set->n; i++)
		if (add_piece(s, &set->at[i], given, err) < 0)
			return -1;
	return 0;
}

/* What the caller had already comes first. */
static int begin(struct gh_shelf *s, const struct gh_context *ctx, struct gh_err *err)
{
	s->ctx = *ctx;
	if (ctx->memo == NULL)
		s->ctx.memo = s->memo = gh_memo_new();
	for (size_t k = 0; k < GH_SHELF_KINDS; k++) {
		const struct gh_docs *given = list_of(&s->ctx, k);

		for (size_t i = 0; i < given->n; i++)
			if (add_doc(s, k, given->at[i], err) < 0)
				return -1;
	}
	return ctx->certs == NULL ? 0 : add_all_certs(s, ctx->certs, err);
}

static int view_rims(struct gh_shelf *s, const struct gh_rims *given, struct gh_err *err)
{
	size_t n = given == NULL ? 0 : given->n;

	s->view.at = calloc(s->own.n + n + 1, sizeof(struct gh_rim *));
	if (s->view.at == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	for (size_t i = 0; i < s->own.n; i++)
		s->view.at[s->view.n++] = s->own.at[i];
	for (size_t i = 0; i < n; i++)
		s->view.at[s->view.n++] = given->at[i];
	return 0;
}

int gh_shelf_fill(struct gh_shelf *s, const struct gh_evidence_set *set,
    const struct gh_evidence_set *with, const struct gh_context *ctx, struct gh_err *err)
{
	*s = (struct gh_shelf){0};
	if (begin(s, ctx, err) < 0 || add_set(s, set, false, err) < 0 ||
	    add_set(s, with, true, err) < 0 || view_rims(s, ctx->rims, err) < 0)
		return -1;
	for (size_t k = 0; k < GH_SHELF_KINDS; k++)
		*list_of(&s->ctx, k) = (struct gh_docs){s->docs[k], s->n_docs[k]};
	s->ctx.certs = &s->certs;
	s->ctx.rims = &s->view;
	return 0;
}
