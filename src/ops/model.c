/* SPDX-License-Identifier: Apache-2.0
 * The fleet as it is known now, read from the store. */
#include "ops/model.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "ops/internal.h"

#define STRIP_RUNS 400 /* runs looked at for the 24 h strip of one host */
#define DAY        86400
#define CELL       7200 /* seconds of one letter of the strip */

const char *gh_gate_word(enum gh_gate g)
{
	static const char *const word[] = {
	    [GH_GATE_SHUT] = "SHUT", [GH_GATE_HOLD] = "HOLD", [GH_GATE_OPEN] = "OPEN"};

	return word[g];
}

void gh_model_free(struct gh_model **pm)
{
	struct gh_model *m = *pm;

	if (m == NULL)
		return;
	for (size_t i = 0; i < m->n_hosts; i++) {
		gh_result_free(&m->host[i].checks);
		gh_result_free(&m->host[i].gpus);
	}
	free(m->host);
	free(m);
	*pm = NULL;
}

const struct gh_host_model *gh_model_host(const struct gh_model *m, const char *name)
{
	for (size_t i = 0; i < m->n_hosts; i++) {
		if (strcmp(m->host[i].name, name) == 0)
			return &m->host[i];
	}
	return NULL;
}

/* ---- one host ------------------------------------------------------------------------ */

/* A pass that is too old is no pass any more. */
static enum gh_verdict aged(enum gh_verdict v, int64_t at, const struct gh_model *m)
{
	bool old = m->now - at > (int64_t)m->fresh_s;

	return old && (v == GH_PASS || v == GH_WARN) ? GH_STALE : v;
}

static void count_checks(struct gh_host_model *h)
{
	unsigned int *const n[] = {[GH_PASS] = &h->n_pass,
	    [GH_WARN] = &h->n_warn,
	    [GH_FAIL] = &h->n_fail,
	    [GH_UNKNOWN] = &h->n_unknown,
	    [GH_STALE] = &h->n_unknown,
	    [GH_SKIP] = &h->n_skip};

	for (size_t i = 0; i < h->checks.findings.n; i++)
		(*n[h->checks.findings.at[i].verdict])++;
}

static int load_checks(struct gh_session *s, const struct gh_model *m,
    struct gh_host_model *h, struct gh_err *err)
{
	struct gh_run run;
	int got = gh_store_last(s->store, h->name, "validate", &run, err);

	if (got <= 0)
		return got;
	h->checked_at = run.started;
	snprintf(h->run_id, sizeof h->run_id, "%s", run.id);
	if (gh_store_result(s->store, run.id, &h->checks, err) < 0)
		return -1;
	snprintf(h->product, sizeof h->product, "%s",
	    gh_claim_get(gh_result_find(&h->checks, h->name), "product"));
	count_checks(h);
	h->verdict = aged(gh_result_verdict(&h->checks), run.started, m);
	return 0;
}

static int load_gpus(struct gh_session *s, const struct gh_model *m,
    struct gh_host_model *h, struct gh_err *err)
{
	struct gh_run run;
	int got = gh_store_last(s->store, h->name, "attest", &run, err);

	if (got <= 0)
		return got;
	snprintf(h->gpu_run_id, sizeof h->gpu_run_id, "%s", run.id);
	if (gh_store_result(s->store, run.id, &h->gpus, err) < 0)
		return -1;
	for (size_t i = 0; i < h->n_gpus; i++) {
		struct gh_gpu_model *g = &h->gpu[i];

		g->attested_at = run.started;
		g->verdict = aged(
		    gh_findings_verdict(&h->gpus.findings, g->subject), run.started, m);
	}
	return 0;
}

static char strip_letter(enum gh_verdict v)
{
	static const char letter[] = {[GH_UNKNOWN] = '?',
	    [GH_PASS] = '.',
	    [GH_WARN] = '!',
	    [GH_FAIL] = 'X',
	    [GH_STALE] = '~',
	    [GH_SKIP] = ' '};

	return letter[v];
}

static int load_strip(struct gh_session *s, const struct gh_model *m,
    struct gh_host_model *h, struct gh_err *err)
{
	gh_auto(struct gh_runs, gh_runs_free) runs = {0};
	enum gh_verdict cell[12];

	for (size_t i = 0; i < GH_COUNT(cell); i++)
		cell[i] = GH_SKIP;
	if (gh_store_runs(s->store, h->name, NULL, STRIP_RUNS, &runs, err) < 0)
		return -1;
	for (size_t i = 0; i < runs.n; i++) {
		int64_t age = m->now - runs.at[i].started;

		if (age >= 0 && age < DAY) {
			size_t c = GH_COUNT(cell) - 1 - (size_t)(age / CELL);

			cell[c] = gh_verdict_worse(cell[c], runs.at[i].verdict);
		}
	}
	for (size_t i = 0; i < GH_COUNT(cell); i++)
		h->strip[i] = strip_letter(cell[i]);
	h->strip[GH_COUNT(cell)] = '\0';
	return 0;
}

static enum gh_verdict worst_of(const struct gh_host_model *h)
{
	enum gh_verdict v = h->verdict;

	for (size_t i = 0; i < h->n_gpus; i++)
		v = gh_verdict_worse(v, h->gpu[i].verdict);
	return v;
}

static enum gh_gate gate_of(enum gh_verdict worst)
{
	return worst == GH_FAIL                       ? GH_GATE_SHUT
	       : worst == GH_PASS || worst == GH_WARN ? GH_GATE_OPEN
						      : GH_GATE_HOLD;
}

static int load_host(struct gh_session *s, const struct gh_model *m,
    const struct gh_host *from, struct gh_host_model *h, struct gh_err *err)
{
	snprintf(h->name, sizeof h->name, "%s", from->name);
	snprintf(h->address, sizeof h->address, "%s", from->address);
	snprintf(h->tee, sizeof h->tee, "%s", gh_tee_word(from->tee));
	h->n_gpus = from->n_gpus < GH_MODEL_GPUS ? from->n_gpus : GH_MODEL_GPUS;
	for (size_t i = 0; i < h->n_gpus; i++) {
		h->gpu[i].index = (unsigned int)i;
		snprintf(h->gpu[i].subject, sizeof h->gpu[i].subject, "%s:%u", h->name,
		    (unsigned int)i);
	}
	if (load_checks(s, m, h, err) < 0 || load_gpus(s, m, h, err) < 0 ||
	    load_strip(s, m, h, err) < 0)
		return -1;
	h->worst = worst_of(h);
	h->gate = gate_of(h->worst);
	return 0;
}

/* ---- what needs you ------------------------------------------------------------------- */

static void set_need(struct gh_model *m, struct gh_session *s,
    const struct gh_host_model *h, const struct gh_finding *f, bool gpus)
{
	struct gh_need *n = &m->need[m->n_needs++];
	const struct gh_findings *fs = gpus ? &h->gpus.findings : &h->checks.findings;
	const struct gh_finding *up = gh_findings_get(fs, f->subject, f->parent);
	const char *name = f->title[0] != '\0' ? f->title : f->step;
	const char *text = f->observed[0] != '\0' ? f->observed : f->why;

	n->verdict = f->severity == GH_SEV_BLOCKER ? f->verdict : GH_WARN;
	snprintf(n->subject, sizeof n->subject, "%s", f->subject);
	/* "VBIOS RIM 96.00.9F.00.04 measured ..": a leaf alone does not say of what. */
	snprintf(n->text, sizeof n->text, "%s%s%s: %s", up != NULL ? up->title : "",
	    up != NULL && up->title[0] != '\0' ? " " : "", name, text);
	snprintf(n->step, sizeof n->step, "%s", f->step);
	if (f->severity == GH_SEV_BLOCKER)
		snprintf(n->blocks, sizeof n->blocks, "launch on %.40s", h->name);
	if (gh_store_since(s->store, gpus ? h->gpu_run_id : h->run_id, f->subject,
		f->step, &n->since, NULL) < 0)
		n->since = h->checked_at;
}

/* True when a finding below this one already tells the cause. */
static bool has_failing_child(const struct gh_findings *fs, const struct gh_finding *f)
{
	for (size_t i = 0; i < fs->n; i++) {
		const struct gh_finding *c = &fs->at[i];

		if (strcmp(c->parent, f->step) == 0 &&
		    strcmp(c->subject, f->subject) == 0 && c->verdict == f->verdict)
			return true;
	}
	return false;
}

static void add_needs(struct gh_model *m, struct gh_session *s,
    const struct gh_host_model *h, const struct gh_findings *fs, bool gpus)
{
	for (size_t i = 0; i < fs->n && m->n_needs < GH_MODEL_NEEDS; i++) {
		const struct gh_finding *f = &fs->at[i];

		if (f->verdict == GH_PASS || f->verdict == GH_SKIP ||
		    f->severity == GH_SEV_INFO || gh_finding_echo(f) ||
		    has_failing_child(fs, f))
			continue;
		set_need(m, s, h, f, gpus);
	}
}

static void add_stale(
    struct gh_model *m, const char *subject, const char *host, int64_t at)
{
	struct gh_need *n;
	char age[16];

	if (m->n_needs == GH_MODEL_NEEDS)
		return;
	n = &m->need[m->n_needs++];
	n->verdict = at == 0 ? GH_UNKNOWN : GH_STALE;
	n->since = at == 0 ? 0 : at + (int64_t)m->fresh_s;
	snprintf(n->subject, sizeof n->subject, "%s", subject);
	snprintf(n->step, sizeof n->step, "fresh");
	snprintf(n->blocks, sizeof n->blocks, "launch on %.40s", host);
	gh_time_age(age, sizeof age, m->now - at);
	if (at == 0)
		snprintf(n->text, sizeof n->text, "never checked");
	else
		snprintf(n->text, sizeof n->text, "last proof is %s old, limit %us", age,
		    m->fresh_s);
}

static void needs_of_host(
    struct gh_model *m, struct gh_session *s, const struct gh_host_model *h)
{
	add_needs(m, s, h, &h->checks.findings, false);
	add_needs(m, s, h, &h->gpus.findings, true);
	if (h->checked_at == 0 || h->verdict == GH_STALE)
		add_stale(m, h->name, h->name, h->checked_at);
	for (size_t i = 0; i < h->n_gpus; i++) {
		if (h->gpu[i].verdict == GH_STALE) {
			char all[80];

			snprintf(all, sizeof all, "%.60s GPUs", h->name);
			add_stale(m, all, h->name, h->gpu[i].attested_at);
			break;
		}
	}
}

static int worst_first(enum gh_verdict a, enum gh_verdict b)
{
	return a == b ? 0 : gh_verdict_worse(a, b) == a ? -1 : 1;
}

static int by_need(const void *pa, const void *pb)
{
	const struct gh_need *a = pa, *b = pb;
	int c = worst_first(a->verdict, b->verdict);

	return c != 0 ? c : strcmp(a->subject, b->subject);
}

static int by_host(const void *pa, const void *pb)
{
	const struct gh_host_model *a = pa, *b = pb;
	int c = worst_first(a->worst, b->worst);

	return c != 0 ? c : strcmp(a->name, b->name);
}

/* ---- the sentence --------------------------------------------------------------------- */

static void count_one(enum gh_verdict v, unsigned int *ok, unsigned int *rest[4])
{
	unsigned int *const n[] = {[GH_UNKNOWN] = rest[3],
	    [GH_PASS] = ok,
	    [GH_WARN] = rest[0],
	    [GH_FAIL] = rest[1],
	    [GH_STALE] = rest[2],
	    [GH_SKIP] = rest[3]};

	(*n[v])++;
}

static void sum_up(struct gh_model *m)
{
	unsigned int *hosts[] = {
	    &m->hosts_warn, &m->hosts_fail, &m->hosts_stale, &m->hosts_unknown};
	unsigned int *gpus[] = {
	    &m->gpus_warn, &m->gpus_fail, &m->gpus_stale, &m->gpus_unknown};

	m->verdict = m->n_hosts == 0 ? GH_UNKNOWN : GH_PASS;
	for (size_t i = 0; i < m->n_hosts; i++) {
		const struct gh_host_model *h = &m->host[i];

		m->verdict = gh_verdict_worse(m->verdict, h->worst);
		count_one(h->verdict, &m->hosts_ok, hosts);
		for (size_t g = 0; g < h->n_gpus; g++)
			count_one(h->gpu[g].verdict, &m->gpus_ok, gpus);
		if (h->checked_at != 0 && (m->oldest == 0 || h->checked_at < m->oldest))
			m->oldest = h->checked_at;
	}
}

static void put_counts(struct gh_buf *b, const char *what, const unsigned int n[5])
{
	static const char *const word[] = {"FAIL", "UNKN", "STALE", "WARN", "ok"};
	bool any = false;

	gh_buf_fmt(b, "%s", what);
	for (size_t i = 0; i < 5; i++) {
		if (n[i] > 0) {
			gh_buf_fmt(b, " %u %s", n[i], word[i]);
			any = true;
		}
	}
	if (!any)
		gh_buf_str(b, " none");
}

static void say_sentence(struct gh_model *m)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	const unsigned int hosts[5] = {
	    m->hosts_fail, m->hosts_unknown, m->hosts_stale, m->hosts_warn, m->hosts_ok};
	const unsigned int gpus[5] = {
	    m->gpus_fail, m->gpus_unknown, m->gpus_stale, m->gpus_warn, m->gpus_ok};

	for (size_t i = 0; i < m->n_hosts && i < 4; i++) {
		if (m->host[i].gate != GH_GATE_OPEN)
			gh_buf_fmt(&b, "%s%s %s", b.len == 0 ? "gate " : " ",
			    gh_gate_word(m->host[i].gate), m->host[i].name);
	}
	gh_buf_str(&b, b.len == 0 ? "every gate OPEN | " : " | ");
	put_counts(&b, "GPUs", gpus);
	put_counts(&b, " | hosts", hosts);
	snprintf(m->sentence, sizeof m->sentence, "%s", gh_buf_cstr(&b));
}

int gh_model_load(struct gh_session *s, struct gh_model **out, struct gh_err *err)
{
	gh_auto(struct gh_model *, gh_model_free) m = calloc(1, sizeof *m);

	if (m == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	m->now = gh_now(s->env);
	m->lab = gh_session_lab(s);
	m->fresh_s = s->fleet == NULL ? 900 : s->fleet->fresh_s;
	snprintf(m->fleet, sizeof m->fleet, "%s", gh_session_fleet_name(s));
	m->host = calloc(s->fleet == NULL ? 1 : s->fleet->n_hosts + 1, sizeof *m->host);
	if (m->host == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	for (size_t i = 0; s->fleet != NULL && i < s->fleet->n_hosts; i++) {
		m->n_hosts++;
		if (load_host(s, m, &s->fleet->host[i], &m->host[i], err) < 0)
			return -1;
	}
	for (size_t i = 0; i < m->n_hosts; i++)
		needs_of_host(m, s, &m->host[i]);
	qsort(m->need, m->n_needs, sizeof m->need[0], by_need);
	qsort(m->host, m->n_hosts, sizeof m->host[0], by_host);
	sum_up(m);
	say_sentence(m);
	*out = gh_take(m);
	return 0;
}
