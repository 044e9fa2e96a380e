/* SPDX-License-Identifier: Apache-2.0
 * One host's enrolment, fact by fact. Nothing that is pinned is replaced unless the operator
 * has said so, and nothing is stored of a host that is not what it should be. */
#include "ops/enrol_judge.h"

#include <stdio.h>

#include "base/clock.h"
#include "checks/pinned.h"

#define PROBE_LATE 124 /* rc of an item that did not answer in time, docs/probe.md */

struct judging {
	const struct gh_enrol_case *c;
	struct gh_result *out;
	const char *host;
	struct gh_facts facts;
	json_t *now;              /* the facts to pin, as they are said now */
	struct gh_fact_pins pins; /* against what was pinned */
	bool whole;               /* every source that is known has answered in full */
	bool refused;             /* a finding forbids to store anything */
};

static void judging_free(struct judging *j)
{
	gh_fact_pins_free(&j->pins);
	gh_json_free(&j->now);
	gh_facts_free(&j->facts);
}

static struct gh_finding *say(struct judging *j, const char *step, const char *title)
{
	struct gh_finding *f = gh_findings_add(&j->out->findings, j->host, step);

	gh_say(&f->title, "%s", title);
	return f;
}

static void warn(struct gh_finding *f, const char *code)
{
	f->severity = GH_SEV_WARN;
	gh_judge(f, GH_WARN, code);
}

/* What accept turns into a warning, and what forbids to enrol without it. */
static void refuse(struct judging *j, struct gh_finding *f, const char *code)
{
	if (j->c->accept) {
		warn(f, code);
		return;
	}
	gh_judge(f, GH_FAIL, code);
	j->refused = true;
}

/* ---- the sources ------------------------------------------------------------------------ */

/* Items that the host was too slow for: their facts would be missing without a word. */
static size_t late_items(const struct gh_probe *p, struct gh_buf *names)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		if (p->item[i].rc == PROBE_LATE)
			gh_buf_fmt(names, "%s%s", n++ > 0 ? ", " : "", p->item[i].id);
	return n;
}

static void judge_late(
    struct judging *j, struct gh_finding *f, const struct gh_buf *names)
{
	j->whole = false;
	warn(f, "enrol.probe.late");
	gh_say(&f->why, "the host was too slow for: %.*s", (int)names->len,
	    (const char *)names->p);
	gh_say(
	    &f->remedy, "enrol again when it is less busy: what it says then is added");
}

static void judge_probe(struct judging *j)
{
	gh_auto(struct gh_buf, gh_buf_free) late = {0};
	const struct gh_probe *p = j->c->src->probe;
	struct gh_finding *f = say(j, "enrol.probe", "read over SSH");

	gh_say(&f->source, "the probe, docs/probe.md");
	gh_say(&f->expected, "a whole answer, as root");
	if (p == NULL || !p->complete) {
		if (p != NULL)
			gh_judge_err(f, "enrol.probe.incomplete", &p->err);
		else
			gh_judge(f, GH_UNKNOWN, "enrol.probe.none");
		gh_say(&f->remedy, "run it again; gatehouse validate says more");
		j->refused = true;
		return;
	}
	gh_say(&f->observed, "%zu items%s", p->n, p->root ? ", as root" : "");
	j->whole = j->whole && p->root;
	if (late_items(p, &late) > 0) {
		judge_late(j, f, &late);
		return;
	}
	if (p->root) {
		gh_judge(f, GH_PASS, "");
		return;
	}
	warn(f, "enrol.probe.root");
	gh_say(
	    &f->why, "serial numbers are root's: what root alone can read is not pinned");
	gh_say(&f->remedy, "let the fleet's user run sh with sudo -n, then enrol again");
}

static void judge_bmc(struct judging *j)
{
	const struct gh_sources *src = j->c->src;
	struct gh_finding *f = say(j, "enrol.bmc", "read from the BMC");
	bool named = src->host->bmc != NULL && src->host->bmc[0] != '\0';

	gh_say(&f->source, "Redfish");
	gh_say(&f->expected, "a whole answer");
	if (src->bmc != NULL && src->bmc_err == NULL) {
		gh_say(&f->observed, "%zu resources in %lld ms", src->bmc->n,
		    (long long)src->bmc->read_ms);
		gh_judge(f, GH_PASS, "");
		return;
	}
	gh_say(&f->observed, "%s",
	    src->bmc_err != NULL ? src->bmc_err->what : "the fleet file names no BMC");
	warn(f, named ? "enrol.bmc.silent" : "enrol.bmc.none");
	gh_say(&f->why, "what the BMC alone says (GPU serials, its certificate) is not "
			"pinned, and nothing corroborates what the host says of itself");
	gh_say(&f->remedy, "%s",
	    src->bmc_err != NULL && src->bmc_err->hint[0] != '\0' ? src->bmc_err->hint
	    : named ? "mend it, then enrol again"
		    : "add bmc, bmc_user and bmc_password to the fleet file, then enrol "
		      "again");
	j->whole = j->whole && !named;
}

/* A host and a BMC that name two machines are not one to pin. */
static void judge_agreement(struct judging *j)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	struct gh_finding *f;

	if (gh_facts_agree(&j->facts, "id.serial") == 0)
		return;
	f = say(j, "enrol.sources", "the host and its BMC are one machine");
	gh_say(&f->expected, "the same serial number by SSH and by BMC");
	gh_say(&f->source, "id.serial");
	gh_fact_text(&text, json_object_get(j->facts.ssh, "id.serial"));
	if (gh_facts_agree(&j->facts, "id.serial") > 0) {
		gh_say(&f->observed, "%s", gh_buf_cstr(&text));
		gh_judge(f, GH_PASS, "");
		return;
	}
	gh_buf_str(&text, " by SSH, ");
	gh_fact_text(&text, json_object_get(j->facts.bmc, "id.serial"));
	gh_say(&f->observed, "%s by BMC", gh_buf_cstr(&text));
	gh_say(&f->remedy,
	    "compare the serials at the machine; correct address or bmc of "
	    "the host in the fleet file");
	refuse(j, f, "enrol.sources.differ");
}

/* ---- no identity twice -------------------------------------------------------------------- */

static bool shares(const json_t *a, const json_t *b)
{
	if (!json_is_array(a) || !json_is_array(b))
		return a != NULL && json_equal(a, b);
	for (size_t i = 0; i < json_array_size(a); i++)
		for (size_t k = 0; k < json_array_size(b); k++)
			if (json_equal(json_array_get(a, i), json_array_get(b, k)))
				return true;
	return false;
}

/* A fact that must be unique and that another enrolled host has too; NULL = none. */
static const char *shared_fact(const struct judging *j, const struct gh_enrolment *other)
{
	size_t n;
	const struct gh_fact_def *def = gh_fact_defs(&n);

	for (size_t i = 0; i < n; i++)
		if ((def[i].use & GH_FACT_UNIQUE) &&
		    shares(json_object_get(j->now, def[i].name),
			gh_enrolment_get(other, def[i].name)))
			return def[i].name;
	return NULL;
}

static void judge_unique(struct judging *j)
{
	const struct gh_enrolled *e = j->c->fleet;
	size_t n = e == NULL ? 0 : gh_enrolled_count(e), others = 0;
	struct gh_finding *f = say(j, "enrol.unique", "no other host has its identity");

	gh_say(&f->source, "the enrolments of the fleet");
	gh_say(
	    &f->expected, "serial numbers, keys and certificates that no other host has");
	for (size_t i = 0; i < n; i++) {
		const struct gh_host *h = gh_enrolled_host(e, i);
		const char *fact;

		if (strcmp(h->name, j->host) == 0)
			continue;
		others += gh_enrolment_any(gh_enrolled_of(e, h));
		fact = shared_fact(j, gh_enrolled_of(e, h));
		if (fact == NULL)
			continue;
		gh_say(&f->observed, "%s was enrolled with the same %s", h->name, fact);
		gh_say(&f->remedy, "do both names lead to one machine? correct the fleet "
				   "file; --accept when machines were exchanged");
		refuse(j, f, "enrol.unique.twice");
		return;
	}
	gh_say(&f->observed, "%zu other enrolled hosts", others);
	gh_judge(f, GH_PASS, "");
}

/* ---- fact by fact --------------------------------------------------------------------------- */

static struct gh_finding *start_fact(struct judging *j, const struct gh_fact_pin *pin)
{
	const struct gh_fact_def *def = gh_fact_def(pin->fact);
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	struct gh_finding *f;
	char step[96];

	snprintf(step, sizeof step, "enrol.%.80s", pin->fact);
	f = say(j, step, def != NULL ? def->help : pin->fact);
	gh_say(&f->source, "%s", def != NULL ? def->source : "");
	if (gh_facts_agree(&j->facts, pin->fact) > 0)
		f->assurance = GH_A1;
	if (pin->pinned == NULL) {
		gh_say(&f->expected, "nothing: not pinned yet");
		return f;
	}
	gh_pinned_text(&text, pin->fact, pin->pinned);
	gh_say(&f->expected, "%s", gh_buf_cstr(&text));
	return f;
}

static void judge_unread(struct judging *j, struct gh_finding *f)
{
	bool drop = j->c->accept && j->whole;

	gh_say(&f->observed,
	    drop ? "nobody says it: pinned no more" : "nobody says it now: stays pinned");
	gh_say(&f->remedy, "%s",
	    j->whole ? "gatehouse enrol --accept when it is gone for good"
		     : "enrol again when every source answers");
	warn(f, drop ? "enrol.dropped" : "enrol.unread");
}

static void judge_difference(
    struct judging *j, struct gh_finding *f, const struct gh_fact_pin *pin)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	gh_pinned_difference(&text, pin);
	gh_say(
	    &f->observed, "%s%s", j->c->accept ? "replaced: " : "", gh_buf_cstr(&text));
	gh_say(&f->why, "another machine under this name, or a change of this one");
	gh_say(&f->remedy,
	    "find out which; when the change is yours: gatehouse enrol "
	    "--accept --reason TEXT %s",
	    j->host);
	refuse(j, f, j->c->accept ? "enrol.replaced" : "enrol.differs");
}

static void judge_fact(struct judging *j, const struct gh_fact_pin *pin)
{
	struct gh_finding *f = start_fact(j, pin);
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	switch (pin->state) {
	case GH_PIN_SAME:
	case GH_PIN_NEW:
		gh_pinned_text(&text, pin->fact, pin->now);
		gh_say(&f->observed, "%s, %s", gh_buf_cstr(&text),
		    pin->state == GH_PIN_NEW ? "pinned now" : "as pinned");
		gh_judge(f, GH_PASS, "");
		return;
	case GH_PIN_UNREAD:
		judge_unread(j, f);
		return;
	case GH_PIN_DIFFERS:
		judge_difference(j, f, pin);
		return;
	}
}

/* ---- the document ----------------------------------------------------------------------------- */

/* What was pinned and is not said now stays, unless it is known to be gone. */
static json_t *merged(const struct judging *j)
{
	json_t *facts = json_object();

	for (size_t i = 0; facts != NULL && i < j->pins.n; i++) {
		const struct gh_fact_pin *pin = &j->pins.at[i];
		const json_t *v = pin->now != NULL ? pin->now : pin->pinned;

		if (pin->now == NULL && j->c->accept && j->whole)
			continue;
		if (json_object_set_new(facts, pin->fact, json_deep_copy(v)) != 0)
			gh_json_free(&facts);
	}
	return facts;
}

static bool changes_nothing(const struct judging *j)
{
	const size_t *n = j->pins.count;

	return n[GH_PIN_NEW] == 0 && n[GH_PIN_DIFFERS] == 0 &&
	       !(n[GH_PIN_UNREAD] > 0 && j->c->accept && j->whole);
}

static int make_document(struct judging *j, struct gh_enrolment *made, struct gh_err *err)
{
	const struct gh_enrolling of = {
	    .host = j->host, .by = j->c->by, .at = j->c->src->at};
	gh_auto(json_t *, gh_json_free) facts = merged(j);

	if (facts == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	return gh_enrolment_make(made, &of, facts, err);
}

static int judge_whole(struct judging *j, struct gh_enrolment *made, struct gh_err *err)
{
	struct gh_finding *f = say(j, "enrol.pinned", "the enrolment of the host");
	const struct gh_enrolment *was;
	struct gh_err bad = {0};
	char at[GH_TIME_LEN];

	gh_say(&f->source, "gatehouse enrol --show %s", j->host);
	gh_say(&f->expected, "every fact pinned that the host and its BMC say");
	if (j->refused) {
		gh_say(&f->observed, "nothing was stored");
		gh_judge(f, GH_FAIL, "enrol.refused");
		return 0;
	}
	was = j->c->src->enrolled;
	if (changes_nothing(j)) {
		gh_time_text(at, gh_enrolment_at(was));
		gh_say(&f->observed, "%zu facts as pinned on %s by %s",
		    j->pins.count[GH_PIN_SAME], at, gh_enrolment_by(was));
		gh_judge(f, GH_PASS, "");
		return 0;
	}
	if (make_document(j, made, &bad) != 0) {
		if (bad.code == GH_E_NOMEM)
			return gh_fail(err, GH_E_NOMEM, "out of memory");
		gh_judge_err(f, "enrol.malformed", &bad);
		return 0;
	}
	gh_say(&f->observed, "%zu facts pinned: %zu new, %zu replaced, %zu as they were",
	    json_object_size(gh_enrolment_facts(made)), j->pins.count[GH_PIN_NEW],
	    j->pins.count[GH_PIN_DIFFERS], j->pins.count[GH_PIN_SAME]);
	gh_judge(f, GH_PASS, "");
	return 0;
}

void gh_enrol_differs(
    struct gh_result *out, const char *host, const struct gh_fact_pin *pin)
{
	static const struct gh_enrol_case c = {0};
	struct judging j = {.c = &c, .out = out, .host = host};
	struct gh_err err;

	judge_fact(&j, pin);
	(void)judge_whole(&j, NULL, &err); /* it is refused: nothing is made */
}

int gh_enrol_judge(struct gh_result *out, const struct gh_enrol_case *c,
    struct gh_enrolment *made, struct gh_err *err)
{
	gh_auto(struct judging, judging_free)
	    j = {.c = c, .out = out, .host = c->src->host->name, .whole = true};

	gh_result_subject(out, j.host, "host");
	judge_probe(&j);
	if (j.refused)
		return judge_whole(&j, made, err);
	judge_bmc(&j);
	if (gh_facts_read(&j.facts, c->src, err) != 0)
		return -1;
	j.now = gh_pinned_now(&j.facts);
	if (j.now == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	if (gh_enrolment_compare(&j.pins, c->src->enrolled, j.now, err) != 0)
		return -1;
	judge_agreement(&j);
	judge_unique(&j);
	for (size_t i = 0; i < j.pins.n; i++)
		judge_fact(&j, &j.pins.at[i]);
	return judge_whole(&j, made, err);
}
