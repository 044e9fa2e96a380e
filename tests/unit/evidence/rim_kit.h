/* SPDX-License-Identifier: Apache-2.0
 * One RIM of a throw-away authority, for a test to spoil in one thing. */
#pragma once

#include "evidence/rim_show.h"
#include "nvidia_pki.h"

struct kit {
	struct nv_pki pki;
	struct gh_trust trust;
	struct gh_context ctx;
	struct gh_buf text;
	struct gh_rim *rim;
};

static inline void kit_make(
    struct kit *k, const struct nv_kind *l3, const struct nv_kind *signer)
{
	*k = (struct kit){0};
	nv_pki_make(&k->pki, l3, signer);
	nv_trust(&k->trust, &k->pki.root, false);
	k->ctx = (struct gh_context){.at = NV_AT, .trust = &k->trust};
	const struct nv_cert *const chain[] = {
	    &k->pki.signer, &k->pki.l3, &k->pki.l2, &k->pki.root};
	nv_draft(&k->text, chain, GH_COUNT(chain));
}

static inline void kit_free(struct kit *k)
{
	nv_pki_free(&k->pki);
	gh_buf_free(&k->text);
	gh_rim_free(&k->rim);
}

static inline int load(struct kit *k)
{
	gh_rim_free(&k->rim);
	return gh_rim_load(&k->rim, k->text.p, k->text.len, &k->ctx, NULL);
}

/* Whatever is wrong, gh_rim_show shows it and survives. */
static inline void show(const struct kit *k)
{
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};

	assert_int_equal(gh_rim_show(&fs, gh_buf_view(&k->text), NULL), 0);
	assert_true(fs.n > 1);
	assert_int_equal(fs.depth, 0);
}

/* The step that refuses and its code: all before it hold, nothing behind it passes. */
static inline void assert_refused(struct kit *k, const char *step, const char *code)
{
	assert_int_equal(load(k), 0);
	show(k);
	assert_false(k->rim->trusted);
	const struct gh_finding *f = gh_findings_get(&k->rim->findings, NULL, step);
	assert_non_null(f);
	if (strcmp(f->code, code) != 0)
		fail_msg("%s is %s %s (%s), want %s", step, gh_verdict_word(f->verdict),
		    f->code, f->observed, code);
	for (const struct gh_finding *g = k->rim->findings.at; g < f; g++)
		assert_int_equal(g->verdict, GH_PASS);
	for (; f < k->rim->findings.at + k->rim->findings.n; f++)
		assert_int_not_equal(f->verdict, GH_PASS);
	assert_int_equal(k->rim->findings.n, 6);
}
