/* SPDX-License-Identifier: Apache-2.0
 * Looks the RIMs of a device up and compares every active value. */
#include "evidence/gpu_measure.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "evidence/gpu_cohort.h"
#include "evidence/gpu_mode.h"
#include "evidence/gpu_revocation.h"

#define INDEX_NVDEC0      35 /* NVIDIA leaves it out when NVDEC0 is disabled */
#define INDEX_STALE_VBIOS 9  /* early VBIOS RIMs carry a value replaced later */

/* One RIM of the device: its steps, and what came out of them. */
struct side {
	const char *what; /* "driver RIM" */
	const char *rim_step, *signature_step, *revocation_step, *measured_step;
	const char *claim_id, *claim_sha256;
	const char *version; /* as the report says */
	const char *expect;  /* as the guest says; NULL: not compared */
	enum gh_rim_kind kind;
	char id[160];
	const struct gh_rim *rim;
	enum gh_verdict trust; /* of the RIM: PASS, STALE, FAIL */
	bool matched;          /* every value, on a RIM and a report that hold */
};

static const char *product_of(const struct gh_gpu_case *c, char chip[static 16])
{
	static const char *const usual[] = {"GH100", "GB100", "LS10"};
	gh_spdm_opaque_text(&c->spdm, GH_OPAQUE_CHIP_INFO, chip, 16);
	if (chip[0] == '\0' || c->arch != GH_GPU_BLACKWELL)
		snprintf(chip, 16, "%s", usual[c->arch]);
	return chip;
}

/* Ids go into URLs and file names: any other byte leaves no id at all. */
static void tidy_id(char *id)
{
	for (char *s = id; *s != '\0'; s++) {
		if (!isalnum((unsigned char)*s) && strchr("._-", *s) == NULL) {
			id[0] = '\0';
			return;
		}
	}
}

static void driver_id(const struct gh_gpu_case *c, char *out, size_t size)
{
	char chip[16];
	product_of(c, chip);
	snprintf(out, size, "NV_GPU_%s_%s_%s",
	    c->arch == GH_GPU_HOPPER ? "DRIVER" : "CC_DRIVER", chip, c->driver);
	tidy_id(out);
}

/* Project, SKU, chip SKU and version without dots; the board of a switch is fixed
 * (section 3.1). */
static void vbios_id(const struct gh_gpu_case *c, char *out, size_t size)
{
	char project[16], sku[16], chip[16], bare[64];
	size_t n = 0;
	for (const char *s = c->vbios; *s != '\0' && n + 1 < sizeof(bare); s++)
		if (*s != '.')
			bare[n++] = (char)toupper((unsigned char)*s);
	bare[n] = '\0';
	gh_spdm_opaque_text(&c->spdm, GH_OPAQUE_PROJECT, project, sizeof(project));
	gh_spdm_opaque_text(&c->spdm, GH_OPAQUE_PROJECT_SKU, sku, sizeof(sku));
	gh_spdm_opaque_text(&c->spdm, GH_OPAQUE_CHIP_SKU, chip, sizeof(chip));
	if (gh_gpu_is_switch(c))
		snprintf(out, size, "NV_SWITCH_BIOS_5612_0002_890_%s", bare);
	else
		snprintf(out, size, "NV_GPU_VBIOS_%s_%s_%s_%s", project, sku, chip, bare);
	for (char *s = out; *s != '\0'; s++)
		*s = (char)toupper((unsigned char)*s);
	tidy_id(out);
}

static void judge_missing(struct gh_finding *f, const struct side *s)
{
	gh_judge(f, GH_UNKNOWN, "gpu.rim.missing");
	gh_say(&f->observed, "no RIM %s at hand", s->id);
	gh_say(&f->why, "without reference values the firmware is unknown");
	gh_say(&f->remedy,
	    "Fetch %s: https://rim.attestation.nvidia.com/v1/rim/%s, or give the file "
	    "along.",
	    s->id, s->id);
}

/* The RIM must speak about this version of this chip; the guest's own words must agree. */
static void judge_rim(struct gh_gpu_case *c, struct side *s)
{
	struct gh_finding *f = gh_gpu_begin(c, s->rim_step, "gpu.spdm.parse", s->what);
	char chip[16], fact[200];
	if (!c->parsed) {
		gh_gpu_settle(f, false, "no report");
		return;
	}
	gh_say(&f->title, "%s %s", s->what, s->version);
	gh_say(&f->expected, "%s", s->id);
	if (s->id[0] == '\0') {
		gh_gpu_refuse(
		    f, "gpu.rim.id", "the report names no version that has a RIM");
		return;
	}
	gh_claim(gh_gpu_subject(c), s->claim_id, "%s", s->id);
	if (s->expect != NULL && strcasecmp(s->expect, s->version) != 0) {
		snprintf(
		    fact, sizeof(fact), "report %s, guest %s", s->version, s->expect);
		gh_gpu_refuse(f, "gpu.version.differs", fact);
		gh_say(&f->why, "the guest and the device disagree about what runs");
		return;
	}
	s->rim = gh_rims_find(c->ctx->rims, s->id);
	if (s->rim == NULL) {
		judge_missing(f, s);
		return;
	}
	if (s->rim->kind != s->kind || strcasecmp(s->rim->version, s->version) != 0 ||
	    strcasecmp(s->rim->product, product_of(c, chip)) != 0) {
		snprintf(
		    fact, sizeof(fact), "RIM of %s %s", s->rim->product, s->rim->version);
		s->rim = NULL;
		gh_gpu_refuse(f, "gpu.rim.other", fact);
		return;
	}
	gh_claim(gh_gpu_subject(c), s->claim_sha256, "%s", s->rim->sha256);
	gh_say(&f->source, "sha256:%s", s->rim->sha256);
	f->lab = f->lab || s->rim->lab;
	snprintf(fact, sizeof(fact), "%s, sha256 %.8s..", s->rim->id, s->rim->sha256);
	gh_gpu_settle(f, c->grounded, fact);
}

static const struct gh_finding *first_bad(const struct gh_rim *rim)
{
	for (size_t i = 0; i < rim->findings.n; i++)
		if (rim->findings.at[i].verdict != GH_PASS)
			return &rim->findings.at[i];
	return NULL;
}

static void judge_rim_signature(struct gh_gpu_case *c, struct side *s)
{
	struct gh_finding *f =
	    gh_gpu_begin(c, s->signature_step, s->rim_step, "signature");
	gh_say(&f->expected,
	    "signed by a signer that chains to the pinned RIM root, in time");
	if (s->rim == NULL) {
		gh_gpu_settle(f, false, "no RIM");
		return;
	}
	gh_say(&f->source, "sha256:%s", s->rim->sha256);
	f->lab = f->lab || s->rim->lab;
	s->trust =
	    s->rim->trusted ? GH_PASS : gh_findings_verdict(&s->rim->findings, NULL);
	const struct gh_finding *bad = first_bad(s->rim);
	if (s->rim->trusted && bad == NULL) {
		gh_gpu_settle(f, c->grounded,
		    s->rim->lab ? "LAB RIM root, chain, time and content"
				: "CoRIM root, chain, time and content");
		return;
	}
	if (s->trust != GH_STALE)
		s->trust = GH_FAIL;
	gh_judge(f, s->trust, bad == NULL ? "rim.untrusted" : bad->code);
	gh_say(&f->observed, "%s: %s", bad == NULL ? "RIM" : bad->title,
	    bad == NULL ? "not trusted" : bad->observed);
	gh_say(&f->why, "%s", bad == NULL ? "" : bad->why);
	gh_say(&f->remedy, "%s", bad == NULL ? "" : bad->remedy);
}

/* Whether NVIDIA still stands by the certificates that signed the RIM. */
static void judge_rim_revocation(struct gh_gpu_case *c, const struct side *s)
{
	char source[80];
	const struct gh_rim_revocation r = {
	    .subject = c->subject,
	    .step = s->revocation_step,
	    .parent = s->signature_step,
	    .source = source,
	    .chain = s->rim != NULL ? &s->rim->chain : NULL,
	};
	if (s->rim == NULL || s->trust == GH_FAIL)
		return; /* what is not NVIDIA's cannot be taken back */
	snprintf(source, sizeof(source), "sha256:%s", s->rim->sha256);
	gh_rim_revocation_judge(&c->out->findings, &r, c->ctx);
	if (s->rim->lab && !c->out->findings.oom)
		c->out->findings.at[c->out->findings.n - 1].lab = true;
}

static bool entry_matches(
    const struct gh_gpu_case *c, size_t index, const struct gh_rim_entry *e)
{
	bool match = false;
	for (size_t k = 0; k < e->n_alternatives; k++)
		match = match || gh_gpu_block_is(c, index, e, k);
	return match;
}

static bool nvdec0_disabled(const struct gh_gpu_case *c)
{
	const struct gh_opaque *o = gh_spdm_opaque(&c->spdm, GH_OPAQUE_NVDEC0_STATUS);
	return o != NULL && o->data.len == 1 && o->data.p[0] == GH_STATUS_OFF;
}

struct tally {
	size_t compared, matched;
	size_t n_bad, last_bad;
	bool skippable; /* index 35 was compared though NVIDIA would leave it out */
	struct gh_buf detail;
};

/* "index 9 HashedMeasurement_9_FSP golden 8c1f.. runtime 77aa..; " */
static void tell_mismatch(
    const struct gh_gpu_case *c, struct tally *t, size_t i, const struct gh_rim_entry *e)
{
	t->n_bad++;
	t->last_bad = i;
	gh_buf_fmt(
	    &t->detail, "%sindex %zu %s golden ", t->n_bad > 1 ? "; " : "", i, e->name);
	gh_buf_hex(&t->detail, e->hash[0], 6);
	if (e->n_alternatives > 1)
		gh_buf_fmt(
		    &t->detail, ".. (or %zu others) runtime ", e->n_alternatives - 1);
	else
		gh_buf_str(&t->detail, ".. runtime ");
	if (i < c->spdm.n_blocks)
		gh_buf_hex(&t->detail, c->spdm.block[i], 6);
	gh_buf_str(&t->detail, i < c->spdm.n_blocks ? ".." : "absent");
}

/* Index 35 is compared like any other, which is the stricter reading and holds on every
 * real report; it is left out of the count when NVIDIA's tools would skip it. */
static void compare(
    const struct gh_gpu_case *c, const struct gh_rim *rim, struct tally *t)
{
	for (size_t i = 0; i < GH_RIM_INDEXES; i++) {
		const struct gh_rim_entry *e = &rim->entry[i];
		if (!e->active)
			continue;
		bool match = entry_matches(c, i, e);
		bool skippable =
		    i == INDEX_NVDEC0 && rim->kind == GH_RIM_DRIVER && nvdec0_disabled(c);
		t->skippable = t->skippable || skippable;
		t->compared += !skippable;
		t->matched += match && !skippable;
		if (!match)
			tell_mismatch(c, t, i, e);
	}
}

static void tell_fail(struct gh_finding *f, const struct side *s, const struct tally *t)
{
	bool stale =
	    s->kind == GH_RIM_VBIOS && t->n_bad == 1 && t->last_bad == INDEX_STALE_VBIOS;
	struct gh_buf detail = t->detail;
	gh_gpu_refuse(f, stale ? "gpu.rim.stale-vbios" : "gpu.measurement.mismatch",
	    gh_buf_cstr(&detail));
	gh_say(&f->expected, "a value of %s, sha256 %.16s..", s->rim->id, s->rim->sha256);
	if (stale) {
		gh_say(&f->why,
		    "NVIDIA replaced the value of index 9 in early VBIOS RIMs: the "
		    "RIM at hand is probably stale, not the GPU");
		gh_say(&f->remedy,
		    "Refetch the RIM: https://rim.attestation.nvidia.com/v1/rim/%s, then "
		    "again.",
		    s->rim->id);
		return;
	}
	gh_say(&f->why,
	    "the device runs something else than NVIDIA released as this version");
	gh_say(&f->remedy,
	    "Refetch %s once; if it still differs, flash %s again and reset.", s->rim->id,
	    s->kind == GH_RIM_DRIVER ? "the driver" : "the VBIOS");
}

static void judge_measured(struct gh_gpu_case *c, struct side *s)
{
	struct gh_finding *f = gh_gpu_begin(c, s->measured_step, s->rim_step, "measured");
	struct tally t = {0};
	char fact[120];
	if (s->rim == NULL || s->trust == GH_FAIL) {
		gh_gpu_settle(f, false, s->rim == NULL ? "no RIM" : "RIM not trusted");
		return;
	}
	compare(c, s->rim, &t);
	snprintf(fact, sizeof(fact), "equal%s",
	    t.skippable ? "; 35 too, skippable (NVDEC0 disabled)" : "");
	gh_say(&f->title, "measured  %zu of %zu match", t.matched, t.compared);
	gh_say(&f->expected, "every active value of %s", s->rim->id);
	gh_say(&f->source, "sha256:%s", s->rim->sha256);
	f->lab = f->lab || s->rim->lab;
	if (t.n_bad > 0) {
		tell_fail(f, s, &t);
	} else if (s->trust == GH_STALE) {
		gh_judge(f, GH_STALE, "rim.expired");
		gh_say(&f->observed, "%s, but the RIM has expired", fact);
	} else {
		s->matched = c->grounded && t.compared > 0;
		gh_gpu_settle(f, s->matched, fact);
	}
	gh_buf_free(&t.detail);
}

static void judge_overlap(
    struct gh_gpu_case *c, const struct side *a, const struct side *b)
{
	struct gh_finding *f =
	    gh_gpu_begin(c, "gpu.rim.overlap", "gpu.spdm.parse", "no index in both RIMs");
	char fact[64];
	gh_say(&f->expected, "each index active in one RIM at most");
	if (a->trust != GH_PASS || b->trust != GH_PASS) {
		gh_gpu_settle(f, false, "not both RIMs at hand and trusted");
		return;
	}
	f->lab = f->lab || a->rim->lab || b->rim->lab;
	for (size_t i = 0; i < GH_RIM_INDEXES; i++)
		if (a->rim->entry[i].active && b->rim->entry[i].active) {
			snprintf(fact, sizeof(fact), "index %zu is active in both", i);
			gh_gpu_refuse(f, "gpu.rim.overlap", fact);
			gh_say(&f->why,
			    "two golden values for one measurement: neither counts");
			return;
		}
	gh_gpu_settle(f, c->grounded, "none");
}

/* Its alternatives may be read: signed by NVIDIA, be it expired. */
static const struct gh_rim *usable(const struct side *s)
{
	return s->trust == GH_PASS || s->trust == GH_STALE ? s->rim : NULL;
}

void gh_gpu_measure_judge(struct gh_gpu_case *c)
{
	struct side driver = {
	    .what = "driver RIM",
	    .rim_step = "gpu.driver.rim",
	    .signature_step = "gpu.driver.rim.signature",
	    .revocation_step = "gpu.driver.rim.revocation",
	    .measured_step = "gpu.driver.measurements",
	    .claim_id = "driver_rim_id",
	    .claim_sha256 = "driver_rim_sha256",
	    .version = c->driver,
	    .expect = c->ctx->expect_driver,
	    .kind = GH_RIM_DRIVER,
	};
	struct side vbios = {
	    .what = gh_gpu_is_switch(c) ? "switch BIOS RIM" : "VBIOS RIM",
	    .rim_step = "gpu.vbios.rim",
	    .signature_step = "gpu.vbios.rim.signature",
	    .revocation_step = "gpu.vbios.rim.revocation",
	    .measured_step = "gpu.vbios.measurements",
	    .claim_id = "vbios_rim_id",
	    .claim_sha256 = "vbios_rim_sha256",
	    .version = c->vbios,
	    .expect = c->ctx->expect_vbios,
	    .kind = gh_gpu_is_switch(c) ? GH_RIM_SWITCH : GH_RIM_VBIOS,
	};
	if (c->parsed && c->driver[0] != '\0')
		driver_id(c, driver.id, sizeof(driver.id));
	if (c->parsed && c->vbios[0] != '\0')
		vbios_id(c, vbios.id, sizeof(vbios.id));
	struct side *const sides[] = {&driver, &vbios};
	for (size_t i = gh_gpu_is_switch(c) ? 1 : 0; i < GH_COUNT(sides); i++) {
		judge_rim(c, sides[i]);
		judge_rim_signature(c, sides[i]);
		judge_rim_revocation(c, sides[i]);
		judge_measured(c, sides[i]);
	}
	gh_gpu_cohort_claim(c, usable(&driver), usable(&vbios));
	if (gh_gpu_is_switch(c)) {
		gh_gpu_position_judge(c, vbios.matched ? vbios.rim : NULL);
		return;
	}
	judge_overlap(c, &driver, &vbios);
	gh_gpu_mode_judge(c, driver.matched ? driver.rim : NULL);
}
