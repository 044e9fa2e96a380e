/* SPDX-License-Identifier: Apache-2.0
 * Looks the RIMs of a device up, compares every active value, and reads the mode. */
#include "evidence/gpu_measure.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

#define INDEX_NVDEC0      35 /* NVIDIA leaves it out when NVDEC0 is disabled */
#define INDEX_STALE_VBIOS 9  /* early VBIOS RIMs carry a value replaced later */
#define STATUS_OFF        0x55
#define STATUS_ON         0xaa

/* One RIM of the device: its steps, and what came out of them. */
struct side {
	const char *what; /* "driver RIM" */
	const char *rim_step, *signature_step, *measured_step;
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

static bool block_is(const struct gh_gpu_case *c, size_t index,
    const struct gh_rim_entry *e, size_t alternative)
{
	return index < c->spdm.n_blocks && alternative < e->n_alternatives &&
	       memcmp(c->spdm.block[index], e->hash[alternative], 48) == 0;
}

static bool entry_matches(
    const struct gh_gpu_case *c, size_t index, const struct gh_rim_entry *e)
{
	bool match = false;
	for (size_t k = 0; k < e->n_alternatives; k++)
		match = match || block_is(c, index, e, k);
	return match;
}

static bool nvdec0_disabled(const struct gh_gpu_case *c)
{
	const struct gh_opaque *o = gh_spdm_opaque(&c->spdm, GH_OPAQUE_NVDEC0_STATUS);
	return o != NULL && o->data.len == 1 && o->data.p[0] == STATUS_OFF;
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

enum mode { SPT, MPT, PPCIE, N_MODES };
static const char *const mode_word[] = {"SPT", "MPT", "PPCIE"};

/* Which alternative a mode shows at the indexes that depend on it (section 1.5); -1: any.
 * Where a RIM lists two values at 36 the second one is PPCIE. */
static const struct {
	size_t index;
	int alternative[N_MODES];
} mode_marks[] = {{32, {0, -1, 1}}, {33, {0, -1, 1}}, {36, {0, 1, 2}}};

static int value_of(const struct gh_gpu_case *c, unsigned int type)
{
	const struct gh_opaque *o = gh_spdm_opaque(&c->spdm, type);
	if (o == NULL || o->data.len == 0 || o->data.len > 2)
		return -1;
	return o->data.p[0] | (o->data.len == 2 ? o->data.p[1] << 8 : 0);
}

static bool sees_switches(const struct gh_gpu_case *c)
{
	const struct gh_opaque *o = gh_spdm_opaque(&c->spdm, GH_OPAQUE_SWITCH_PDI);
	for (size_t i = 0; o != NULL && i < o->data.len; i++)
		if (o->data.p[i] != 0)
			return true;
	return false;
}

/* The mode the report states, N_MODES when it states none; false when it contradicts
 * itself. */
static bool mode_stated(const struct gh_gpu_case *c, enum mode *out)
{
	int flag = value_of(c, GH_OPAQUE_FEATURE_FLAG);
	int ppcie = value_of(c, GH_OPAQUE_PPCIE_STATUS);
	*out = N_MODES;
	if (flag > PPCIE || (ppcie >= 0 && ppcie != STATUS_ON && ppcie != STATUS_OFF))
		return false;
	if (ppcie >= 0)
		*out = ppcie == STATUS_ON ? PPCIE : SPT;
	if (flag >= 0)
		*out = (enum mode)flag;
	if (flag >= 0 && ppcie >= 0 && (flag == PPCIE) != (ppcie == STATUS_ON))
		return false;
	return ppcie < 0 || (ppcie == STATUS_ON) == sees_switches(c);
}

static bool mode_measured(
    const struct gh_gpu_case *c, const struct gh_rim *rim, enum mode m)
{
	for (size_t i = 0; i < GH_COUNT(mode_marks); i++) {
		const struct gh_rim_entry *e = &rim->entry[mode_marks[i].index];
		int k = mode_marks[i].alternative[m];
		if (!e->active || e->n_alternatives < 2 || k < 0)
			continue;
		if ((size_t)k >= e->n_alternatives)
			k = (int)e->n_alternatives - 1;
		if (!block_is(c, mode_marks[i].index, e, (size_t)k))
			return false;
	}
	return true;
}

static void judge_mode(struct gh_gpu_case *c, const struct side *driver)
{
	struct gh_finding *f =
	    gh_gpu_begin(c, "gpu.mode", "gpu.spdm.parse", "protection mode");
	enum mode m = N_MODES;
	char fact[96];
	gh_say(
	    &f->expected, "feature flag, PCIe status and measurements 32, 33, 36 agree");
	if (!c->parsed) {
		gh_gpu_settle(f, false, "no report");
		return;
	}
	if (!mode_stated(c, &m)) {
		gh_gpu_refuse(
		    f, "gpu.mode.contradiction", "the report contradicts itself");
		return;
	}
	gh_claim(
	    gh_gpu_subject(c), "mode", "%s", m == N_MODES ? "unstated" : mode_word[m]);
	if (m == N_MODES || !driver->matched) {
		snprintf(fact, sizeof(fact), "stated: %s",
		    m == N_MODES ? "none" : mode_word[m]);
		gh_gpu_settle(f, false, fact);
		gh_say(&f->why, m == N_MODES
				    ? "a driver of this age does not state the mode"
				    : "no driver RIM that matches to compare with");
		return;
	}
	f->lab = f->lab || driver->rim->lab;
	if (!mode_measured(c, driver->rim, m)) {
		snprintf(
		    fact, sizeof(fact), "stated %s, measured otherwise", mode_word[m]);
		gh_gpu_refuse(f, "gpu.mode.measured", fact);
		gh_say(&f->why, "the mode it claims is not the mode it runs in");
		return;
	}
	snprintf(fact, sizeof(fact), "%s, stated and measured", mode_word[m]);
	gh_gpu_settle(f, c->grounded, fact);
}

void gh_gpu_measure_judge(struct gh_gpu_case *c)
{
	struct side driver = {
	    .what = "driver RIM",
	    .rim_step = "gpu.driver.rim",
	    .signature_step = "gpu.driver.rim.signature",
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
		judge_measured(c, sides[i]);
	}
	if (gh_gpu_is_switch(c))
		return;
	judge_overlap(c, &driver, &vbios);
	judge_mode(c, &driver);
}
