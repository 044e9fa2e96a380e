/* SPDX-License-Identifier: Apache-2.0
 * Enrolling many hosts at once: first the keys that nobody has pinned, then the probe over
 * SSH while a second thread reads the BMCs, then host by host what follows. */
#include "ops/enrol.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "evidence/selftest.h"
#include "ops/ask.h"
#include "ops/bmc.h"
#include "ops/enrol_judge.h"
#include "ops/policies.h"
#include "ops/visit.h"

#define KEY_MAX 4096 /* bytes of a host key as text */

struct candidate {
	const struct gh_host *host;
	int64_t started;
	char host_key[KEY_MAX]; /* the pin to connect with; "" = none could be had */
	struct gh_err err;      /* why the host cannot be enrolled; code NONE = it can */
	bool key_differs;       /* from the pinned one, and nobody accepted that */
	struct gh_ssh_job *probe;   /* NULL = not asked */
	struct gh_redfish_job *bmc; /* NULL = not asked, see bmc_err */
	struct gh_err bmc_err;
	struct gh_buf command, secret;
	char nonce[33];
};

struct work {
	struct gh_session *s;
	const struct gh_enrol_ask *ask;
	struct gh_enrolled *enrolled;
	struct gh_policies *policies;
	struct candidate *at;
	size_t n;
	struct gh_ssh_job *ssh; /* first the keys, then the probes */
	size_t n_ssh;
	struct gh_redfish_job *bmc;
	size_t n_bmc;
	struct gh_result *out;
	unsigned int done;
};

static void tell(struct work *w, enum gh_event_kind kind, const char *host,
    const char *text, enum gh_verdict v)
{
	struct gh_event ev = {kind, host, text, v, w->done, (unsigned int)w->n};

	if (w->ask->progress != NULL)
		w->ask->progress->event(w->ask->progress->ctx, &ev);
}

/* ---- the SSH key ------------------------------------------------------------------------- */

static void ssh_clear(struct work *w)
{
	for (size_t i = 0; i < w->n_ssh; i++)
		gh_ssh_job_free(&w->ssh[i]);
	w->n_ssh = 0;
}

static int ssh_run(struct work *w, struct gh_err *err)
{
	int rc = 0;

	pthread_mutex_lock(&w->s->pool_lock);
	if (w->n_ssh > 0)
		rc = gh_ssh_run(w->s->pool, w->ssh, w->n_ssh, w->s->fleet->window, NULL,
		    NULL, w->ask->cancel, err);
	pthread_mutex_unlock(&w->s->pool_lock);
	return rc;
}

/* The shown key is the pin, unless another one is pinned that nobody gave up. */
static void take_key(struct work *w, struct candidate *c, struct gh_ssh_job *job)
{
	const char *pinned =
	    gh_enrolment_text(gh_enrolled_of(w->enrolled, c->host), "id.host_key");
	const char *shown = job->rc == 0 ? gh_buf_cstr(&job->out) : "";

	if (job->rc < 0) {
		c->err = job->err;
		return;
	}
	snprintf(c->host_key, sizeof c->host_key, "%s", shown);
	c->key_differs =
	    pinned[0] != '\0' && strcmp(pinned, c->host_key) != 0 && !w->ask->accept;
}

static int read_keys(struct work *w, struct gh_err *err)
{
	for (size_t i = 0; i < w->n; i++) {
		struct candidate *c = &w->at[i];
		struct gh_ssh_job *job;

		if (c->host->host_key[0] != '\0') {
			snprintf(
			    c->host_key, sizeof c->host_key, "%s", c->host->host_key);
			continue;
		}
		job = &w->ssh[w->n_ssh++];
		*job = (struct gh_ssh_job){.target = gh_ask_target(w->s, c->host, ""),
		    .hostkey_only = true,
		    .user_data = c};
	}
	if (ssh_run(w, err) < 0)
		return -1;
	for (size_t i = 0; i < w->n_ssh; i++)
		take_key(w, w->ssh[i].user_data, &w->ssh[i]);
	ssh_clear(w);
	return 0;
}

/* ---- host and BMC ------------------------------------------------------------------------ */

static void ask_bmc(struct work *w, struct candidate *c)
{
	struct gh_redfish_job *job = &w->bmc[w->n_bmc];
	const char *file = c->host->bmc_cert;

	if (c->host->bmc[0] == '\0' ||
	    gh_bmc_target(w->s, c->host, &job->target, &c->secret, &c->bmc_err) < 0)
		return;
	/* What the fleet file pins holds in any case; what was enrolled can be given up. */
	if (file[0] == '\0' && !w->ask->accept)
		job->target.cert_sha256 = gh_enrolled_bmc_cert(w->enrolled, c->host);
	job->target.enrol = job->target.cert_sha256[0] == '\0';
	c->bmc = job;
	w->n_bmc++;
}

static int ask_all(struct work *w, struct gh_err *err)
{
	for (size_t i = 0; i < w->n; i++) {
		struct candidate *c = &w->at[i];
		struct gh_ssh_job *job = &w->ssh[w->n_ssh];
		const struct gh_sources src = {
		    .host = c->host, .policy = gh_policies_of(w->policies, c->host)};

		if (c->err.code != GH_E_NONE || c->key_differs)
			continue;
		*job = (struct gh_ssh_job){.exit_status = -1,
		    .target = gh_ask_target(w->s, c->host, c->host_key),
		    .user_data = c};
		w->n_ssh++;
		if (gh_ask_probe(w->s, &src, job, &c->command, c->nonce, err) < 0)
			return -1;
		c->probe = job;
		ask_bmc(w, c);
		tell(w, GH_EVENT_HOST_STARTED, c->host->name, "", GH_UNKNOWN);
	}
	return 0;
}

static void *bmc_thread(void *arg)
{
	struct work *w = arg;
	struct gh_err err = {0};

	pthread_mutex_lock(&w->s->bmc_lock);
	if (w->n_bmc > 0 && gh_redfish_run(w->s->bmc_pool, w->bmc, w->n_bmc, NULL, NULL,
				w->ask->cancel, &err) < 0) {
		for (size_t i = 0; i < w->n_bmc; i++) {
			w->bmc[i].rc = -1;
			w->bmc[i].err = err;
		}
	}
	pthread_mutex_unlock(&w->s->bmc_lock);
	return NULL;
}

static int talk(struct work *w, struct gh_err *err)
{
	pthread_t bmc;
	int rc;

	if (pthread_create(&bmc, NULL, bmc_thread, w) != 0)
		return gh_fail(err, GH_E_INTERNAL, "cannot start a thread");
	rc = ssh_run(w, err);
	pthread_join(bmc, NULL);
	return rc;
}

/* ---- what follows ------------------------------------------------------------------------- */

static void judge_reach(struct gh_result *r, const struct candidate *c)
{
	const struct gh_err *e = c->err.code != GH_E_NONE ? &c->err : NULL;
	struct gh_finding *f =
	    gh_findings_add(&r->findings, c->host->name, "enrol.reach");
	char code[64];

	if (e == NULL && c->probe != NULL && c->probe->rc < 0)
		e = &c->probe->err;
	gh_say(&f->title, "reached over SSH");
	gh_say(&f->source, "ssh %s@%s port %u", c->host->user, c->host->address,
	    c->host->port);
	gh_say(&f->expected, "answers, and lets us in");
	if (e == NULL) {
		gh_say(&f->observed, "answered in %u ms",
		    c->probe != NULL ? c->probe->took_ms : 0);
		gh_judge(f, GH_PASS, "");
		return;
	}
	snprintf(code, sizeof code, "enrol.reach.%s", gh_errc_word(e->code));
	gh_judge_err(f, code, e);
	gh_say(&f->observed, "%s", e->what);
	if (f->remedy[0] == '\0')
		gh_say(&f->remedy, "try: ssh -v -p %u %s@%s", c->host->port,
		    c->host->user, c->host->address);
}

/* A host that shows another key than the pinned one is not logged in to. */
static void judge_other_key(
    struct work *w, struct gh_result *r, const struct candidate *c)
{
	const struct gh_enrolment *was = gh_enrolled_of(w->enrolled, c->host);
	gh_auto(json_t *, gh_json_free) now = json_string(c->host_key);
	const struct gh_fact_pin pin = {
	    "id.host_key", gh_enrolment_get(was, "id.host_key"), now, GH_PIN_DIFFERS};

	gh_result_subject(r, c->host->name, "host");
	gh_enrol_differs(r, c->host->name, &pin);
}

static void fill_sources(
    struct gh_sources *src, struct work *w, const struct candidate *c)
{
	*src = (struct gh_sources){.host = c->host,
	    .ssh_ms = c->probe->took_ms,
	    .host_key = c->host_key,
	    .enrolled = gh_enrolled_of(w->enrolled, c->host),
	    .at = c->started,
	    .fresh_s = w->s->fleet->fresh_s};
	if (c->bmc != NULL) {
		src->bmc_err = c->bmc->rc != 0 ? &c->bmc->err : NULL;
		/* a certificate that was shown is a fact, also when nothing was read */
		src->bmc = c->bmc->tree.n > 0 || c->bmc->tree.cert_sha256[0] != '\0'
			       ? &c->bmc->tree
			       : NULL;
	} else if (c->bmc_err.code != GH_E_NONE) {
		src->bmc_err = &c->bmc_err;
	}
}

static int judge_answers(struct work *w, struct gh_result *r, const struct candidate *c,
    struct gh_enrolment *made, struct gh_err *err)
{
	gh_auto(struct gh_probe, gh_probe_free) probe = {0};
	struct gh_sources src;
	struct gh_enrol_case ec = {
	    .src = &src, .fleet = w->enrolled, .accept = w->ask->accept, .by = w->s->by};

	fill_sources(&src, w, c);
	if (gh_probe_parse(&probe, gh_buf_view(&c->probe->out), c->nonce, err) < 0)
		return -1;
	src.probe = &probe;
	return gh_enrol_judge(r, &ec, made, err);
}

/* ---- storing --------------------------------------------------------------------------------- */

static int store_document(struct work *w, const struct candidate *c,
    struct gh_enrolment *made, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	gh_auto(struct gh_enrolment_row, gh_enrolment_row_free) newest = {0};
	struct gh_enrolment_row row = {.at = c->started};

	if (gh_store_enrolment(w->s->store, c->host->name, &newest, err) < 0)
		return -1;
	row.replaces = newest.seq;
	snprintf(row.host, sizeof row.host, "%s", c->host->name);
	snprintf(row.by, sizeof row.by, "%s", w->s->by);
	gh_text_clean_into(
	    row.reason, sizeof row.reason, w->ask->reason != NULL ? w->ask->reason : "");
	gh_json_dump(&text, made->doc);
	row.document = gh_buf_take_str(&text);
	if (row.document == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	if (gh_store_put_enrolment(w->s->store, &row, err) < 0) {
		free(row.document);
		return -1;
	}
	free(row.document);
	gh_enrolled_set(w->enrolled, c->host, made);
	return 0;
}

static int store_run(struct work *w, const struct candidate *c, const struct gh_result *r,
    struct gh_err *err)
{
	struct gh_run run = {.started = c->started,
	    .finished = gh_now(w->s->env),
	    .took_ms = c->probe != NULL ? c->probe->took_ms : 0,
	    .verdict = gh_result_verdict(r),
	    .lab = gh_session_lab(w->s)};

	if (gh_ulid(w->s->env, run.id, err) < 0)
		return -1;
	snprintf(run.host, sizeof run.host, "%s", c->host->name);
	snprintf(run.kind, sizeof run.kind, "enrol");
	snprintf(run.by, sizeof run.by, "%s", w->s->by);
	gh_run_count(&run, &r->findings);
	return gh_store_put_run(w->s->store, &run, r, NULL, 0, err);
}

static bool broken_off(const struct candidate *c)
{
	return c->err.code == GH_E_CANCELLED || (c->probe != NULL && c->probe->rc < 0 &&
						    c->probe->err.code == GH_E_CANCELLED);
}

static int enrol_one(struct work *w, struct candidate *c, struct gh_err *err)
{
	gh_auto(struct gh_result, gh_result_free) r = {.at = c->started};
	gh_auto(struct gh_enrolment, gh_enrolment_free) made = {0};
	int rc = 0;

	gh_result_subject(&r, c->host->name, "host");
	if (c->key_differs) {
		judge_other_key(w, &r, c);
	} else {
		judge_reach(&r, c);
		if (c->probe != NULL && c->probe->rc == 0)
			rc = judge_answers(w, &r, c, &made, err);
	}
	if (rc < 0 || gh_result_ok(&r, err) < 0 ||
	    (gh_enrolment_any(&made) && store_document(w, c, &made, err) < 0) ||
	    (!broken_off(c) && store_run(w, c, &r, err) < 0))
		return gh_err_prefix(err, "%s", c->host->name);
	gh_result_merge(w->out, &r);
	w->done++;
	tell(w,
	    gh_result_verdict(&r) == GH_UNKNOWN ? GH_EVENT_HOST_FAILED
						: GH_EVENT_HOST_CHECKED,
	    c->host->name, "", gh_result_verdict(&r));
	return 0;
}

/* ---- the operation ------------------------------------------------------------------------ */

static void work_free(struct work *w)
{
	ssh_clear(w);
	for (size_t i = 0; i < w->n_bmc; i++)
		gh_redfish_job_free(&w->bmc[i]);
	for (size_t i = 0; i < w->n; i++) {
		gh_buf_free(&w->at[i].command);
		gh_bmc_secret_free(&w->at[i].secret);
	}
	free(w->at);
	free(w->ssh);
	free(w->bmc);
	gh_enrolled_free(&w->enrolled);
	gh_policies_free(&w->policies);
}

static int prepare(
    struct work *w, const struct gh_host *const *hosts, size_t n, struct gh_err *err)
{
	w->at = calloc(n + 1, sizeof *w->at);
	w->ssh = calloc(n + 1, sizeof *w->ssh);
	w->bmc = calloc(n + 1, sizeof *w->bmc);
	if (w->at == NULL || w->ssh == NULL || w->bmc == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	w->n = n;
	w->out->at = gh_now(w->s->env);
	for (size_t i = 0; i < n; i++) {
		w->at[i].host = hosts[i];
		w->at[i].started = w->out->at;
	}
	return 0;
}

int gh_op_enrol(struct gh_session *s, const struct gh_enrol_ask *ask,
    struct gh_result *out, struct gh_err *err)
{
	gh_auto(const struct gh_host **, gh_ask_hosts_free) hosts = NULL;
	gh_auto(struct work, work_free) w = {.s = s, .ask = ask, .out = out};
	size_t n = 0;

	if (gh_selftest(err) < 0 || gh_session_need_fleet(s, err) < 0 ||
	    gh_ask_hosts(s->fleet, ask->hosts, ask->n_hosts, &hosts, &n, err) < 0 ||
	    gh_enrolled_load(&w.enrolled, s, err) < 0 ||
	    gh_policies_load(&w.policies, s->fleet, err) < 0 ||
	    prepare(&w, hosts, n, err) < 0 || read_keys(&w, err) < 0 ||
	    ask_all(&w, err) < 0 || talk(&w, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (enrol_one(&w, &w.at[i], err) < 0)
			return -1;
	tell(&w, GH_EVENT_FINISHED, "", "", gh_result_verdict(out));
	return gh_result_ok(out, err);
}
