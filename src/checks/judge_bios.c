/* SPDX-License-Identifier: Apache-2.0
 * Judges of the BIOS settings, as the BMC shows them (G03): what each check needs, in one
 * table, and what hides a setting that is not shown. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "checks/judge.h"

#define BIOS "{system}/Bios"

enum want {
	WANT_ON,
	WANT_OFF,
	WANT_NOT_OFF, /* on, or left to the BIOS; boards that do not show it are fine */
	WANT_COUNT,   /* a number of at least param "min" */
	WANT_SIZE,    /* a size that is not zero */
	WANT_MMIO,    /* a size that holds the GPUs of this host */
	WANT_RECORD,  /* any value */
};

/* Every check is its rows; the worst of them is its verdict. */
static const struct need {
	const char *id;
	enum gh_bios_setting setting;
	enum want want;
	const char *reason; /* of the finding's code when it is not so */
} needs[] = {
    {"host.bios.tme", GH_BIOS_TME, WANT_ON, "off"},
    {"host.bios.pa46", GH_BIOS_PA46, WANT_OFF, "on"},
    {"host.bios.tme_mt", GH_BIOS_TME_MT, WANT_ON, "off"},
    {"host.bios.tme_mt", GH_BIOS_KEY_SPLIT, WANT_COUNT, "split"},
    {"host.bios.tdx", GH_BIOS_TDX, WANT_ON, "off"},
    {"host.bios.tdx", GH_BIOS_SEAM, WANT_ON, "seam_loader"},
    {"host.bios.sgx", GH_BIOS_SGX, WANT_ON, "off"},
    {"host.bios.sgx", GH_BIOS_SGX_RESET, WANT_OFF, "factory_reset"},
    {"host.bios.sgx", GH_BIOS_SGX_REGISTRATION, WANT_ON, "registration"},
    {"host.bios.sgx", GH_BIOS_SGX_PRM, WANT_SIZE, "prm_size"},
    {"host.bios.meminteg", GH_BIOS_MEM_INTEGRITY, WANT_RECORD, "absent"},
    {"host.bios.smee", GH_BIOS_SMEE, WANT_ON, "off"},
    {"host.bios.snp", GH_BIOS_SNP, WANT_ON, "off"},
    {"host.bios.snp", GH_BIOS_SNP_COVERAGE, WANT_ON, "coverage"},
    {"host.bios.asid", GH_BIOS_ASID_LIMIT, WANT_COUNT, "few"},
    {"host.bios.vtd", GH_BIOS_IOMMU, WANT_ON, "off"},
    {"host.bios.vtd", GH_BIOS_INTREMAP, WANT_NOT_OFF, "interrupt_remapping"},
    {"host.bios.acs", GH_BIOS_ACS, WANT_ON, "off"},
    {"host.bios.preboot_dma", GH_BIOS_PREBOOT_DMA, WANT_ON, "off"},
    {"host.bios.csm", GH_BIOS_CSM, WANT_OFF, "on"},
    {"host.bios.sriov_above4g", GH_BIOS_ABOVE4G, WANT_ON, "off"},
    {"host.bios.sriov_above4g", GH_BIOS_MMIO_SIZE, WANT_MMIO, "small"},
};

/* A setting is hidden while that one of its parents is off (pa46: on). */
static const struct {
	enum gh_bios_setting child, parent;
	enum gh_bios_state hides;
} parents[] = {
    {GH_BIOS_TME_MT, GH_BIOS_TME, GH_BIOS_OFF},
    {GH_BIOS_TME_MT, GH_BIOS_PA46, GH_BIOS_ON},
    {GH_BIOS_KEY_SPLIT, GH_BIOS_TME_MT, GH_BIOS_OFF},
    {GH_BIOS_MEM_INTEGRITY, GH_BIOS_TME, GH_BIOS_OFF},
    {GH_BIOS_TDX, GH_BIOS_TME_MT, GH_BIOS_OFF},
    {GH_BIOS_SEAM, GH_BIOS_TDX, GH_BIOS_OFF},
    {GH_BIOS_SGX, GH_BIOS_TME, GH_BIOS_OFF},
    {GH_BIOS_SGX_RESET, GH_BIOS_SGX, GH_BIOS_OFF},
    {GH_BIOS_SGX_REGISTRATION, GH_BIOS_SGX, GH_BIOS_OFF},
    {GH_BIOS_SGX_PRM, GH_BIOS_SGX, GH_BIOS_OFF},
    {GH_BIOS_SNP, GH_BIOS_SMEE, GH_BIOS_OFF},
    {GH_BIOS_SNP_COVERAGE, GH_BIOS_SMEE, GH_BIOS_OFF},
};

/* The nearest visible setting that hides this one. */
static struct gh_bios_value hidden_by(
    const json_t *attributes, enum gh_bios_setting setting)
{
	struct gh_bios_value v = {GH_BIOS_ABSENT, "", NULL};

	for (size_t i = 0; i < GH_COUNT(parents) && !v.json; i++) {
		if (parents[i].child != setting)
			continue;
		v = gh_bios_get(attributes, parents[i].parent);
		if (v.state == GH_BIOS_ABSENT) /* hidden itself? */
			v = hidden_by(attributes, parents[i].parent);
		else if (v.state != parents[i].hides)
			v.json = NULL;
	}
	return v;
}

/* What one row came to. */
struct outcome {
	enum gh_verdict verdict;
	const char *reason;
	char text[240]; /* "MemoryEncryption_TME__3C77 Disabled" */
};

static void say_value(struct outcome *o, const struct gh_bios_value *v, const char *more)
{
	char text[81];

	gh_bios_text(text, v->json);
	snprintf(o->text, sizeof(o->text), "%.120s %s%s", v->name, text, more);
}

static void absent(struct outcome *o, const json_t *attributes, const struct need *n)
{
	struct gh_bios_value parent = hidden_by(attributes, n->setting);

	if (parent.json) {
		say_value(o, &parent, "; that hides ");
		strncat(o->text, gh_bios_word(n->setting),
		    sizeof(o->text) - strlen(o->text) - 1);
		o->verdict = GH_FAIL;
		o->reason = "parent_off";
		return;
	}
	snprintf(o->text, sizeof(o->text), "the BIOS shows no setting %s",
	    gh_bios_word(n->setting));
	o->reason = "absent";
}

/* On or off, or the reason why that is not known. */
static void switch_is(
    struct outcome *o, const struct gh_bios_value *v, enum gh_bios_state want)
{
	if (v->state == want)
		o->verdict = GH_PASS;
	else if (v->state == GH_BIOS_ON || v->state == GH_BIOS_OFF)
		o->verdict = GH_FAIL;
	else {
		o->verdict = GH_UNKNOWN;
		o->reason = v->state == GH_BIOS_AUTO ? "auto" : "value";
	}
}

/* Each GPU maps its whole memory: 128 GiB of address space for 80 GB (BAR1). */
static uint64_t mmio_need_gib(const struct gh_judging *j)
{
	return (uint64_t)gh_param_int(j, "gpu_bar_gib", 128) * j->host->n_gpus;
}

static void number_is(
    struct outcome *o, struct gh_judging *j, const struct need *n, const json_t *value)
{
	uint64_t min = n->want == WANT_COUNT  ? (uint64_t)gh_param_int(j, "min", 1)
		       : n->want == WANT_MMIO ? mmio_need_gib(j)
					      : 1;
	const char *s = json_string_value(value);
	uint64_t got;

	if (s && strcasecmp(s, "Auto") == 0) {
		o->verdict = GH_UNKNOWN;
		o->reason = "auto";
	} else if (gh_bios_number(value, &got)) {
		o->verdict = got >= min             ? GH_PASS
			     : n->want == WANT_MMIO ? GH_WARN
						    : GH_FAIL;
	} else {
		/* "No valid PRMRR size" is a size of none */
		o->verdict = n->want == WANT_SIZE && s ? GH_FAIL : GH_UNKNOWN;
		o->reason = n->want == WANT_SIZE && s ? n->reason : "value";
	}
}

/* The mode's name in quotes and policies: logical or cryptographic. */
static const char *integrity_mode(enum gh_bios_state s)
{
	return s == GH_BIOS_ON ? " (Ci)" : s == GH_BIOS_OFF ? " (Li)" : "";
}

static void shown(struct outcome *o, struct gh_judging *j, const struct need *n,
    const struct gh_bios_value *v)
{
	say_value(
	    o, v, n->setting == GH_BIOS_MEM_INTEGRITY ? integrity_mode(v->state) : "");
	o->reason = n->reason;
	if (v->state == GH_BIOS_DIFFERS) {
		o->reason = "ambiguous";
		return;
	}
	switch (n->want) {
	case WANT_ON:
		switch_is(o, v, GH_BIOS_ON);
		break;
	case WANT_OFF:
		switch_is(o, v, GH_BIOS_OFF);
		break;
	case WANT_NOT_OFF:
		switch_is(o, v, v->state == GH_BIOS_AUTO ? GH_BIOS_AUTO : GH_BIOS_ON);
		break;
	case WANT_RECORD:
		o->verdict = GH_PASS;
		break;
	case WANT_COUNT:
	case WANT_SIZE:
	case WANT_MMIO:
		number_is(o, j, n, v->json);
		break;
	}
}

/* Where silence proves nothing bad: the row is left out. */
static bool may_be_absent(
    const struct gh_judging *j, const json_t *attributes, const struct need *n)
{
	if (n->want == WANT_NOT_OFF)
		return true;
	/* AMD boards size the window by themselves and show no such setting. */
	if (n->want == WANT_MMIO)
		return j->host->tee == GH_TEE_SNP;
	/* Newer boards dropped the limit. TME-MT cannot be on with it. */
	return n->setting == GH_BIOS_PA46 &&
	       gh_bios_get(attributes, GH_BIOS_TME_MT).state == GH_BIOS_ON;
}

static struct outcome row(
    struct gh_judging *j, const json_t *attributes, const struct need *n)
{
	struct gh_bios_value v = gh_bios_get(attributes, n->setting);
	struct outcome o = {GH_UNKNOWN, "", ""};

	if (v.json) {
		shown(&o, j, n, &v);
	} else if (may_be_absent(j, attributes, n)) {
		snprintf(
		    o.text, sizeof(o.text), "no setting %s", gh_bios_word(n->setting));
		o.verdict = GH_PASS;
	} else {
		absent(&o, attributes, n);
	}
	return o;
}

static int rank(enum gh_verdict v)
{
	return v == GH_FAIL ? 3 : v == GH_UNKNOWN ? 2 : v == GH_WARN ? 1 : 0;
}

static void say_unknown(struct gh_judging *j, const struct outcome *o)
{
	static const struct {
		const char *reason, *words;
	} why[] = {
	    {"auto", ": what the BIOS chose is not shown"},
	    {"value", ": no value that is known"},
	    {"ambiguous", ", and shown again with another value"},
	};
	const char *words = "";

	for (size_t i = 0; i < GH_COUNT(why); i++)
		if (strcmp(o->reason, why[i].reason) == 0)
			words = why[i].words;
	gh_judge_unknown(j, o->reason, "%s%s", o->text, words);
}

static void settings(struct gh_judging *j)
{
	const json_t *bios = gh_judge_bmc(j, BIOS);
	gh_auto(struct gh_buf, gh_buf_free) all = {0};
	struct outcome worst = {GH_PASS, "", ""};

	if (!bios)
		return;
	for (size_t i = 0; i < GH_COUNT(needs); i++) {
		struct outcome o;

		if (strcmp(needs[i].id, j->check->id) != 0)
			continue;
		o = row(j, json_object_get(bios, "Attributes"), &needs[i]);
		gh_buf_fmt(&all, "%s%s", all.len ? ", " : "", o.text);
		if (rank(o.verdict) > rank(worst.verdict))
			worst = o;
	}
	if (worst.verdict == GH_PASS)
		gh_judge_pass(j, "%s", gh_buf_cstr(&all));
	else if (worst.verdict == GH_WARN)
		gh_judge_warn(j, worst.reason, "%s", worst.text);
	else if (worst.verdict == GH_FAIL)
		gh_judge_fail(j, worst.reason, "%s", worst.text);
	else
		say_unknown(j, &worst);
}

const struct gh_judge gh_judges_bios[] = {
    {"host.bios.tme", settings},
    {"host.bios.pa46", settings},
    {"host.bios.tme_mt", settings},
    {"host.bios.tdx", settings},
    {"host.bios.sgx", settings},
    {"host.bios.meminteg", settings},
    {"host.bios.smee", settings},
    {"host.bios.snp", settings},
    {"host.bios.asid", settings},
    {"host.bios.vtd", settings},
    {"host.bios.acs", settings},
    {"host.bios.preboot_dma", settings},
    {"host.bios.csm", settings},
    {"host.bios.sriov_above4g", settings},
    {NULL, NULL},
};
