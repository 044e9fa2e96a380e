/* SPDX-License-Identifier: Apache-2.0
 * Fingerprints of devices, and the odd one out. */
#include "evidence/gpu_cohort.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "evidence/gpu_case.h"

#define PREFIX 4 /* bytes of each block in the claim */

/* Indexes whose value may differ between good devices (section 1.5): lists of values in
 * the RIMs, per place on the board, or seen to differ. */
static const uint64_t free_on_gpu = 1ull << 12 | 1ull << 23 | 1ull << 24 | 1ull << 32 |
				    1ull << 33 | 1ull << 34 | 1ull << 35 | 1ull << 36 |
				    1ull << 61,
		      free_on_switch = 1ull << 9 | 1ull << 10 | 1ull << 11 | 1ull << 14 |
				       0xffull << 18;

static bool is_single(const struct gh_rim *rim, size_t i)
{
	return rim != NULL && i < GH_RIM_INDEXES && rim->entry[i].active &&
	       rim->entry[i].n_alternatives == 1;
}

static bool is_fixed(const struct gh_gpu_case *c, size_t i)
{
	uint64_t may = gh_gpu_is_switch(c) ? free_on_switch : free_on_gpu;
	return i < GH_RIM_INDEXES && !(may >> i & 1);
}

void gh_gpu_cohort_claim(
    struct gh_gpu_case *c, const struct gh_rim *driver, const struct gh_rim *vbios)
{
	gh_auto(struct gh_buf, gh_buf_free) in = {0}, brief = {0}, hex = {0};
	bool by_rim = vbios != NULL && (driver != NULL || gh_gpu_is_switch(c));
	uint8_t digest[32];
	if (!c->parsed)
		return;
	for (size_t i = 0; i < c->spdm.n_blocks; i++) {
		gh_buf_add(&brief, c->spdm.block[i], PREFIX);
		if (by_rim ? is_single(driver, i) || is_single(vbios, i)
			   : is_fixed(c, i)) {
			gh_buf_chr(&in, (char)i);
			gh_buf_add(&in, c->spdm.block[i], 48);
		}
	}
	if (gh_buf_ok(&in, NULL) < 0 || gh_sha256(in.p, in.len, digest, NULL) < 0)
		return;
	gh_buf_hex(&hex, digest, sizeof(digest));
	gh_claim(gh_gpu_subject(c), "cohort", "%s:%s", by_rim ? "rim" : "bare",
	    gh_buf_cstr(&hex));
	gh_claim_hex(gh_gpu_subject(c), "blocks", brief.p, brief.len);
}

/* One proven device of the set; texts are borrowed from its claims. */
struct peer {
	const struct gh_subject *s;
	const char *arch, *driver, *vbios, *cohort;
	size_t kin,
	    equal; /* devices comparable with it, those equal to it; with itself */
	bool lab;
};

static bool read_peer(
    const struct gh_result *r, const struct gh_subject *s, struct peer *out)
{
	const struct gh_finding *f =
	    gh_findings_get(&r->findings, s->name, "gpu.spdm.signature");
	*out = (struct peer){
	    .s = s,
	    .arch = gh_claim_get(s, "arch"),
	    .driver = gh_claim_get(s, "driver"),
	    .vbios = gh_claim_get(s, "vbios"),
	    .cohort = gh_claim_get(s, "cohort"),
	    .lab = f != NULL && f->lab,
	};
	return (strcmp(s->kind, "gpu") == 0 || strcmp(s->kind, "switch") == 0) &&
	       f != NULL && f->verdict == GH_PASS && out->cohort[0] != '\0';
}

/* Same versions, and fingerprints made over the same indexes. */
static bool is_akin(const struct peer *a, const struct peer *b)
{
	return a->cohort[0] == b->cohort[0] && strcmp(a->arch, b->arch) == 0 &&
	       strcmp(a->driver, b->driver) == 0 && strcmp(a->vbios, b->vbios) == 0;
}

static bool is_equal(const struct peer *a, const struct peer *b)
{
	return strcmp(a->cohort, b->cohort) == 0;
}

/* Whoever speaks for the most of its kin, and does not measure as p does. */
static const struct peer *find_norm(
    const struct peer *all, size_t n, const struct peer *p)
{
	const struct peer *norm = p;
	for (size_t i = 0; i < n; i++)
		if (is_akin(p, &all[i]) && !is_equal(p, &all[i]) &&
		    (norm == p || all[i].equal > norm->equal))
			norm = &all[i];
	return norm;
}

/* "3, 9": where the blocks of the two differ. */
static void name_indexes(
    struct gh_buf *out, const struct gh_subject *a, const struct gh_subject *b)
{
	const char *x = gh_claim_get(a, "blocks"), *y = gh_claim_get(b, "blocks");
	size_t len = strlen(x) < strlen(y) ? strlen(x) : strlen(y), step = 2 * PREFIX;
	for (size_t i = 0; i + step <= len; i += step)
		if (strncmp(x + i, y + i, step) != 0)
			gh_buf_fmt(out, "%s%zu", out->len > 0 ? ", " : "", i / step);
}

static void judge_peer(
    struct gh_result *out, const struct peer *p, const struct peer *norm)
{
	struct gh_finding *f = gh_findings_add(&out->findings, p->s->name, "gpu.cohort");
	gh_auto(struct gh_buf, gh_buf_free) where = {0};
	gh_say(&f->parent, "gpu.spdm.signature");
	gh_say(&f->title, "measures as its kin");
	gh_say(&f->source, "sha256:%s", gh_claim_get(p->s, "report_sha256"));
	gh_say(&f->expected, "the fingerprint of most devices of the same versions");
	f->assurance = GH_A3;
	f->severity = GH_SEV_WARN;
	f->lab = p->lab;
	if (2 * p->equal > p->kin) {
		gh_say(
		    &f->observed, "equal to %zu of %zu others", p->equal - 1, p->kin - 1);
		gh_judge(f, GH_PASS, "");
		return;
	}
	name_indexes(&where, p->s, norm->s);
	gh_judge(f, GH_WARN, "gpu.cohort.outlier");
	gh_say(&f->observed, "differs from %s at index %s", norm->s->name,
	    gh_buf_cstr(&where));
	gh_say(&f->why, "%zu of %zu devices of the same versions measure like this one",
	    p->equal, p->kin);
	gh_say(
	    &f->remedy, "Reset the host; if it stays, reinstall driver and VBIOS on it.");
}

void gh_gpu_cohort(struct gh_result *out)
{
	struct peer *all = calloc(out->n_subjects + 1, sizeof(*all));
	size_t n = 0;
	if (all == NULL) {
		out->oom = true;
		return;
	}
	for (size_t i = 0; i < out->n_subjects; i++)
		n += read_peer(out, &out->subject[i], &all[n]);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++) {
			all[i].kin += is_akin(&all[i], &all[k]);
			all[i].equal +=
			    is_equal(&all[i], &all[k]) && is_akin(&all[i], &all[k]);
		}
	for (size_t i = 0; i < n; i++)
		if (all[i].kin >= 2)
			judge_peer(out, &all[i], find_norm(all, n, &all[i]));
	free(all);
}
