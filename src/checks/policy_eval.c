/* SPDX-License-Identifier: Apache-2.0
 * Judges rules. What nobody says is UNKNOWN and blocks; what two sources say differently
 * must do by both. */
#include "checks/policy_eval.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "checks/policy_lint.h"

/* ---- one question ------------------------------------------------------------------------- */

/* Whoever can say that fact was read: its absence means something. */
static bool was_asked(const struct gh_fact_def *fact, const struct gh_policy_view *v)
{
	return (v->ssh || !strstr(fact->source, "SSH")) &&
	       (v->bmc || !strstr(fact->source, "BMC"));
}

static enum gh_tri ask_nobody(
    struct gh_op_case *c, const struct gh_ask *a, const struct gh_policy_view *v)
{
	bool absence = a->op->value == GH_VALUE_NONE && a->op->ask(c) == GH_YES;

	if (a->op->value == GH_VALUE_NONE && (!absence || was_asked(a->fact, v)))
		return absence ? GH_YES : GH_NO;
	snprintf(c->why, sizeof(c->why), "nobody says %s (it is read by %.110s)",
	    a->fact->name, a->fact->source);
	return GH_CANNOT;
}

/* By each source that says it; the worst answer counts, NO before CANNOT. */
static enum gh_tri ask(
    const struct gh_ask *a, const struct gh_policy_view *v, char why[200])
{
	const json_t *said[2] = {json_object_get(v->facts->ssh, a->fact->name),
	    json_object_get(v->facts->bmc, a->fact->name)};
	struct gh_op_case c = {.fact = a->fact, .want = a->value, .at = v->at};
	enum gh_tri worst = GH_YES;

	if (!said[0] && !said[1]) {
		worst = ask_nobody(&c, a, v);
	}
	for (size_t i = 0; i < 2 && worst != GH_NO; i++) {
		enum gh_tri one;

		if (!said[i])
			continue;
		c.have = said[i];
		one = a->op->ask(&c);
		worst = one == GH_YES ? worst : one;
	}
	memcpy(why, c.why, sizeof(c.why));
	return worst;
}

/* "bios.version must be 2.7 or newer" */
static void ask_words(struct gh_buf *out, const struct gh_ask *a, bool condition)
{
	gh_buf_fmt(out, "%s ", a->fact->name);
	gh_op_words(out, a->op, a->value, condition);
}

void gh_rule_words(struct gh_buf *out, const struct gh_rule *r)
{
	ask_words(out, &r->ask, false);
	for (size_t i = 0; i < r->n_when; i++) {
		gh_buf_str(out, i ? " and " : ", when ");
		ask_words(out, &r->when[i], true);
	}
}

/* ---- one rule ----------------------------------------------------------------------------- */

/* What was found: the value, or both where SSH and BMC differ. */
static void say_observed(
    struct gh_finding *f, const struct gh_fact_def *fact, const struct gh_facts *facts)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	const json_t *ssh = json_object_get(facts->ssh, fact->name),
		     *bmc = json_object_get(facts->bmc, fact->name);

	f->assurance = gh_facts_agree(facts, fact->name) > 0 ? GH_A1 : GH_A0;
	if (ssh && bmc && !json_equal(ssh, bmc)) {
		gh_buf_str(&b, "SSH: ");
		gh_fact_text(&b, ssh);
		gh_buf_str(&b, "; BMC: ");
		gh_fact_text(&b, bmc);
	} else if (ssh || bmc) {
		gh_fact_text(&b, ssh ? ssh : bmc);
		gh_buf_fmt(&b, "%s%s", fact->unit[0] && strlen(fact->unit) < 4 ? " " : "",
		    strlen(fact->unit) < 4 && strcmp(fact->unit, "hex") ? fact->unit
									: "");
	} else {
		gh_buf_str(&b, "nobody says it");
	}
	gh_say(&f->observed, "%s", gh_buf_cstr(&b));
}

static void set(struct gh_finding *f, enum gh_verdict v, const char *reason)
{
	char code[160];

	snprintf(code, sizeof(code), "%s.%s", f->step, reason);
	gh_judge(f, v, v == GH_PASS ? "" : code);
}

static void failed(struct gh_finding *f, const struct gh_rule *r, int64_t at)
{
	char until[GH_TIME_LEN];

	if (r->severity != GH_SEV_BLOCKER) {
		set(f, GH_WARN, "failed");
		return;
	}
	if (r->grace_until <= at) {
		set(f, GH_FAIL, "failed");
		return;
	}
	gh_time_text(until, r->grace_until);
	set(f, GH_WARN, "grace");
	gh_say(&f->expected, "%s; until %s this only warns, then it blocks", f->title,
	    until);
}

/* All conditions hold: YES; one does not: NO; *i is the one that decided. */
static enum gh_tri applies(
    const struct gh_rule *r, const struct gh_policy_view *v, size_t *i, char why[200])
{
	enum gh_tri all = GH_YES;

	for (size_t k = 0; k < r->n_when && all != GH_NO; k++) {
		enum gh_tri one = ask(&r->when[k], v, why);

		if (one == GH_YES)
			continue;
		all = one;
		*i = k;
	}
	return all;
}

static void describe(
    struct gh_finding *f, const struct gh_host_policy *p, const struct gh_rule *r)
{
	gh_auto(struct gh_buf, gh_buf_free) words = {0};

	gh_rule_words(&words, r);
	gh_say(&f->title, "%s", gh_buf_cstr(&words));
	gh_say(&f->expected, "%s", gh_buf_cstr(&words));
	gh_say(&f->parent, "policy");
	gh_say(&f->why, "%s", r->why[0] ? r->why : "The policy demands it.");
	gh_say(&f->source, "%s line %u, sha256:%s", p->file[r->file].name, r->line,
	    p->file[r->file].sha256);
	gh_say(&f->remedy, "Change the host (%s: %s), or the rule %s of the policy.",
	    r->ask.fact->name, r->ask.fact->help, r->id);
	f->severity = r->severity;
	f->assurance = GH_A0;
}

void gh_rule_judge(struct gh_finding *f, const struct gh_host_policy *p,
    const struct gh_rule *r, const struct gh_policy_view *v)
{
	char why[200] = "";
	size_t i = 0;
	enum gh_tri on = applies(r, v, &i, why);
	enum gh_tri answer;

	describe(f, p, r);
	if (on == GH_NO) {
		say_observed(f, r->when[i].fact, v->facts);
		gh_say(&f->why, "Its condition does not hold here.");
		set(f, GH_SKIP, "when");
		return;
	}
	say_observed(f, r->ask.fact, v->facts);
	answer = on == GH_YES ? ask(&r->ask, v, why) : GH_CANNOT;
	if (answer == GH_YES) {
		set(f, GH_PASS, "");
	} else if (answer == GH_NO) {
		failed(f, r, v->at);
	} else {
		gh_say(&f->why, "%s%s", on == GH_YES ? "" : "its condition: ", why);
		set(f, GH_UNKNOWN, "unknown");
	}
}

/* ---- a whole policy ----------------------------------------------------------------------- */

static bool list_has(const json_t *list, const char *word)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (strcmp(json_string_value(json_array_get(list, i)), word) == 0)
			return true;
	return list == NULL;
}

/* Not for this host, by what the fleet file says of it; "" when it is. */
static void fleet_says_no(
    const struct gh_host_policy *p, const struct gh_host *h, char out[static 160])
{
	const char *tee = h->tee == GH_TEE_TDX ? "tdx" : "snp",
		   *product = h->product ? h->product : "";

	out[0] = '\0';
	if (!list_has(p->applies.tee, tee))
		snprintf(out, 160, "the fleet file says tee %s", tee);
	else if (p->applies.gpus >= 0 && p->applies.gpus != (int64_t)h->n_gpus)
		snprintf(out, 160, "the fleet file says %u GPUs", h->n_gpus);
	else if (p->applies.switches >= 0 &&
		 p->applies.switches != (int64_t)h->n_switches)
		snprintf(out, 160, "the fleet file says %u switches", h->n_switches);
	else if (product[0] && !list_has(p->applies.model, product))
		snprintf(out, 160, "the fleet file says product %.100s", product);
}

/* Where the fleet file names no product, the word of its OS or its BMC must do; but a host
 * shall not talk itself out of its policy. */
static void host_says_no(const struct gh_host_policy *p, const struct gh_host *h,
    const struct gh_facts *facts, char out[static 160])
{
	const char *ssh = json_string_value(json_object_get(facts->ssh, "id.product")),
		   *bmc = json_string_value(json_object_get(facts->bmc, "id.product"));

	out[0] = '\0';
	if (!p->applies.model || (h->product && h->product[0]) ||
	    (ssh && list_has(p->applies.model, ssh)) ||
	    (bmc && list_has(p->applies.model, bmc)))
		return;
	if (ssh || bmc)
		snprintf(out, 160, "the host says that it is a %.100s", ssh ? ssh : bmc);
	else
		snprintf(out, 160, "the host does not say which product it is");
}

const struct gh_host_policy *gh_policy_named(const struct gh_sources *src)
{
	char no[160];

	if (!src->policy)
		return NULL;
	fleet_says_no(src->policy, src->host, no);
	return no[0] ? NULL : src->policy;
}

const struct gh_host_policy *gh_policy_in_force(
    const struct gh_sources *src, const struct gh_facts *facts)
{
	char no[160];

	if (!gh_policy_named(src))
		return NULL;
	host_says_no(src->policy, src->host, facts, no);
	return no[0] ? NULL : src->policy;
}

static struct gh_finding *head(
    struct gh_result *out, const struct gh_host_policy *p, const char *host)
{
	struct gh_finding *f = gh_findings_add(&out->findings, host, "policy");
	gh_auto(struct gh_buf, gh_buf_free) files = {0};

	for (size_t i = 0; i < p->n_files; i++)
		gh_buf_fmt(&files, "%s%s sha256:%s", i ? ", extends " : "",
		    p->file[i].name, p->file[i].sha256);
	gh_say(&f->title, "policy %s", p->id);
	gh_say(&f->expected, "a policy that is for this host, each rule judged");
	gh_say(&f->source, "%s", gh_buf_cstr(&files));
	gh_say(&f->why, "What this host had to meet beyond the catalogue is in the "
			"report with its digest.");
	f->assurance = GH_A0;
	return f;
}

static void not_for_this_host(
    struct gh_finding *f, const struct gh_sources *src, const struct gh_facts *facts)
{
	char no[160];

	fleet_says_no(src->policy, src->host, no);
	if (no[0]) {
		gh_say(&f->why, "The policy is not for this host.");
		set(f, GH_SKIP, "not_applicable");
	} else {
		host_says_no(src->policy, src->host, facts, no);
		gh_say(&f->why, "A host must not talk itself out of its policy.");
		gh_say(&f->remedy, "Name the product of %s in the fleet file.",
		    src->host->name);
		set(f, GH_UNKNOWN, "model");
	}
	gh_say(&f->observed, "%s revision %lld: %s", src->policy->id,
	    (long long)src->policy->revision, no);
}

static void weak(struct gh_result *out, const struct gh_host_policy *p, const char *host)
{
	gh_auto(struct gh_buf, gh_buf_free) words = {0};
	size_t n = gh_policy_lint(p, &words);
	struct gh_finding *f;

	if (n == 0)
		return;
	f = gh_findings_add(&out->findings, host, "policy.weak");
	gh_say(&f->parent, "policy");
	gh_say(&f->title, "the policy leaves nothing important out");
	gh_say(&f->expected, "a rule for each thing that attacks begin with");
	gh_say(&f->observed, "%s", gh_buf_cstr(&words));
	gh_say(&f->why, "A weak policy passes hosts that it should not.");
	gh_say(&f->remedy, "gatehouse policy explain %s", p->id);
	gh_say(&f->source, "%s sha256:%s", p->file[0].name, p->file[0].sha256);
	f->severity = GH_SEV_WARN;
	f->assurance = GH_A0;
	set(f, GH_WARN, "leaves_out");
}

void gh_policy_judge(
    struct gh_result *out, const struct gh_sources *src, const struct gh_facts *facts)
{
	const struct gh_host_policy *p = src->policy;
	struct gh_policy_view v = {facts, src->probe != NULL, src->bmc != NULL, src->at};
	struct gh_finding *f;

	if (!p)
		return;
	f = head(out, p, src->host->name);
	if (!gh_policy_in_force(src, facts)) {
		not_for_this_host(f, src, facts);
		return;
	}
	gh_say(&f->observed, "%s revision %lld: %zu rules, %zu checks changed", p->id,
	    (long long)p->revision, p->n_rules, p->n_changes);
	set(f, GH_PASS, "");
	for (size_t i = 0; i < p->n_rules; i++) {
		char step[80];

		snprintf(step, sizeof(step), "policy.%s", p->rule[i].id);
		f = gh_findings_add(&out->findings, src->host->name, step);
		gh_rule_judge(f, p, &p->rule[i], &v);
	}
	weak(out, p, src->host->name);
}
