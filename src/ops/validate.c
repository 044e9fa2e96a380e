/* SPDX-License-Identifier: Apache-2.0
 * Validating many hosts at once. One thread speaks SSH to all hosts, one Redfish to all
 * BMCs, and a third judges and stores what comes back, so that neither source waits for the
 * other and no host for another. */
#include "ops/validate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/text.h"
#include "evidence/selftest.h"
#include "ops/ask.h"
#include "ops/bmc.h"
#include "ops/enrolled.h"
#include "ops/fleet_pass.h"
#include "ops/policies.h"
#include "ops/vcek.h"

#define AGENT_OUT_MAX (2u << 20) /* eight reports and chains are 120 KB of base64 */
#define GRACE_MS      400 /* how long SSH's word waits for the others before it counts */

enum part { PART_PROBE, PART_GPUS, PART_BMC, PART_VCEK };

struct event {
	size_t visit;
	enum part part;
};

struct work {
	struct gh_session *s;
	struct gh_enrolled *enrolled;
	struct gh_policies *policies;
	struct gh_visit *visit;
	size_t n;
	struct gh_ssh_job *ssh;
	size_t n_ssh, n_pinned; /* the first n_pinned are of hosts with a pinned key */
	struct gh_redfish_job *bmc;
	size_t n_bmc;
	size_t *ssh_visit, *bmc_visit; /* job -> visit */
	struct gh_vceks vceks;         /* certificates of AMD chips */
	struct gh_buf *command;        /* one per SSH job */
	struct gh_buf *secret;         /* one per BMC job */
	struct gh_memo *memo;          /* used by the judging thread alone */
	const struct gh_progress *progress;
	const struct gh_cancel *cancel;
	unsigned int done, of; /* parts that are judged */
	/* the queue between the threads */
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct event *queue;
	size_t n_queued, next;
	unsigned int talking; /* threads that still speak to hosts */
	int rc;               /* of the judging thread */
	struct gh_err err;
};

static void tell(struct work *w, enum gh_event_kind kind, const char *host,
    const char *text, enum gh_verdict v)
{
	struct gh_event ev = {kind, host, text, v, w->done, w->of};

	if (w->progress != NULL)
		w->progress->event(w->progress->ctx, &ev);
}

/* ---- storing ------------------------------------------------------------------------- */

static int put_host(struct work *w, struct gh_visit *v, const struct gh_result *r,
    const struct gh_visit_blobs *blobs, struct gh_err *err)
{
	struct gh_run run;

	gh_run_fill(&run, w->s, v, r);
	v->stored = true;
	return gh_store_revise_run(
	    w->s->store, &run, r, (struct gh_blobs){blobs->at, blobs->n}, err);
}

/* ---- judging thread ------------------------------------------------------------------ */

/* What was broken off says nothing of the host: the last run stays the newest. */
static bool broken_off(const struct gh_ssh_job *job)
{
	return job->rc < 0 && job->err.code == GH_E_CANCELLED;
}

/* SSH has answered, another source has not: what is known counts, with the age of the rest. */
static int judge_early(struct work *w, struct gh_visit *v, struct gh_err *err)
{
	gh_auto(struct gh_result, gh_result_free) r = {.at = v->started};
	gh_auto(struct gh_visit_blobs, gh_visit_blobs_free) blobs = {0};

	v->due_ms = 0;
	if (gh_visit_judge_host(w->s, v, &r, &blobs, err) < 0 ||
	    gh_result_ok(&r, err) < 0 || put_host(w, v, &r, &blobs, err) < 0)
		return gh_err_prefix(err, "%s", v->host->name);
	tell(w, GH_EVENT_HOST_PARTIAL, v->host->name,
	    v->bmc != NULL && !v->bmc_in ? "the BMC is still being read"
					 : "AMD is still being asked",
	    gh_result_verdict(&r));
	return 0;
}

static int judge_host(struct work *w, struct gh_visit *v, struct gh_err *err)
{
	gh_auto(struct gh_visit_blobs, gh_visit_blobs_free) blobs = {0};
	const struct gh_ssh_job *job = v->probe;

	v->due_ms = 0;
	v->result.at = v->started;
	if (gh_visit_judge_host(w->s, v, &v->result, &blobs, err) < 0 ||
	    gh_result_ok(&v->result, err) < 0 ||
	    (!broken_off(job) && put_host(w, v, &v->result, &blobs, err) < 0))
		return gh_err_prefix(err, "%s", v->host->name);
	gh_buf_free(&v->probe->out);
	w->done++;
	tell(w, job->rc < 0 ? GH_EVENT_HOST_FAILED : GH_EVENT_HOST_CHECKED, v->host->name,
	    job->rc < 0 ? job->err.what : "", gh_result_verdict(&v->result));
	return 0;
}

static int judge_gpus(struct work *w, struct gh_visit *v, struct gh_err *err)
{
	gh_auto(struct gh_visit_blobs, gh_visit_blobs_free) blobs = {0};
	const struct gh_ssh_job *job = v->gpus;
	struct gh_result *r = &v->gpu_result;
	struct gh_run run;

	r->at = v->started;
	if (gh_visit_judge_gpus(w->s, v, r, &blobs, err) < 0 || gh_result_ok(r, err) < 0)
		return gh_err_prefix(err, "%s", v->host->name);
	gh_run_fill(&run, w->s, v, r);
	snprintf(run.kind, sizeof run.kind, "attest");
	run.took_ms = job->took_ms;
	v->attested = !broken_off(job);
	if (v->attested &&
	    (gh_ulid(w->s->env, run.id, err) < 0 ||
		gh_store_put_run(w->s->store, &run, r, blobs.at, blobs.n, err) < 0))
		return gh_err_prefix(err, "%s", v->host->name);
	gh_buf_free(&v->gpus->out);
	w->done++;
	tell(w, job->rc < 0 ? GH_EVENT_HOST_FAILED : GH_EVENT_HOST_ATTESTED,
	    v->host->name, job->rc < 0 ? job->err.what : "", gh_result_verdict(r));
	return 0;
}

/* One answer more of that host. */
static int take(struct work *w, const struct event *e, struct gh_err *err)
{
	struct gh_visit *v = &w->visit[e->visit];

	if (e->part == PART_GPUS)
		return judge_gpus(w, v, err);
	v->probe_in = v->probe_in || e->part == PART_PROBE;
	v->bmc_in = v->bmc_in || e->part == PART_BMC;
	v->vcek_in = v->vcek_in || e->part == PART_VCEK;
	if (!v->probe_in)
		return 0;
	if ((v->bmc == NULL || v->bmc_in) && (!v->vcek_due || v->vcek_in))
		return judge_host(w, v, err);
	if (!broken_off(v->probe))
		v->due_ms = gh_mono_ms(w->s->env) + GRACE_MS;
	return 0;
}

/* The earliest time at which a host should wait no longer; 0 = none waits. *late gets one
 * whose time has come. */
static int64_t next_due(struct work *w, struct gh_visit **late)
{
	int64_t now = gh_mono_ms(w->s->env), due = 0;

	*late = NULL;
	for (size_t i = 0; i < w->n; i++) {
		struct gh_visit *v = &w->visit[i];

		if (v->due_ms == 0)
			continue;
		if (v->due_ms <= now)
			*late = v;
		if (due == 0 || v->due_ms < due)
			due = v->due_ms;
	}
	return due;
}

static void wait_for_more(struct work *w, int64_t due)
{
	struct timespec until;
	int64_t ms;

	if (due == 0) {
		pthread_cond_wait(&w->more, &w->lock);
		return;
	}
	ms = due - gh_mono_ms(w->s->env);
	clock_gettime(CLOCK_REALTIME, &until);
	ms = ms < 1 ? 1 : ms;
	until.tv_sec += ms / 1000;
	until.tv_nsec += (ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_cond_timedwait(&w->more, &w->lock, &until);
}

/* False when all has been judged. Either *e is set, or *late. */
static bool next_thing(struct work *w, struct event *e, struct gh_visit **late)
{
	bool got = false, open = true;

	*late = NULL;
	pthread_mutex_lock(&w->lock);
	while (!got && !*late && open) {
		got = w->next < w->n_queued;
		if (got) {
			*e = w->queue[w->next++];
		} else if (w->talking == 0) {
			open = false;
		} else {
			int64_t due = next_due(w, late);

			if (!*late)
				wait_for_more(w, due);
		}
	}
	pthread_mutex_unlock(&w->lock);
	return open;
}

static void *judge_thread(void *arg)
{
	struct work *w = arg;
	struct gh_visit *late;
	struct event e;

	while (next_thing(w, &e, &late)) {
		if (w->rc < 0) { /* the others still have to be waited for */
			if (late)
				late->due_ms = 0;
			continue;
		}
		w->rc = late ? judge_early(w, late, &w->err) : take(w, &e, &w->err);
	}
	return NULL;
}

static void push(struct work *w, size_t visit, enum part part)
{
	pthread_mutex_lock(&w->lock);
	w->queue[w->n_queued++] = (struct event){visit, part};
	pthread_cond_signal(&w->more);
	pthread_mutex_unlock(&w->lock);
}

static void ssh_done(struct gh_ssh_job *job, void *ctx)
{
	struct work *w = ctx;
	size_t i = w->ssh_visit[job - w->ssh];
	struct gh_visit *v = &w->visit[i];

	if (v->gpus == job) {
		push(w, i, PART_GPUS);
		return;
	}
	v->answered = gh_now(w->s->env);
	if (job->rc == 0 && gh_vceks_wanted(w->s, v->host))
		gh_vceks_push(&w->vceks, v);
	push(w, i, PART_PROBE);
}

static void vcek_done(struct gh_visit *v, void *ctx)
{
	struct work *w = ctx;

	push(w, (size_t)(v - w->visit), PART_VCEK);
}

static void bmc_done(struct gh_redfish_job *job, void *ctx)
{
	struct work *w = ctx;

	push(w, w->bmc_visit[job - w->bmc], PART_BMC);
}

/* ---- what to ask --------------------------------------------------------------------- */

static int ask_agent(struct work *w, struct gh_visit *v, size_t i, struct gh_err *err)
{
	const char *argv[] = {
	    "gatehouse-agent", "collect", "--nonce", v->gpu_nonce, NULL};
	unsigned char nonce[32];

	if (gh_random(w->s->env, nonce, sizeof nonce, err) < 0)
		return -1;
	gh_hex(v->gpu_nonce, nonce, sizeof nonce);
	w->ssh[i].max_output = AGENT_OUT_MAX;
	if (gh_ssh_quote(&w->command[i], argv, err) < 0 ||
	    gh_buf_ok(&w->command[i], err) < 0)
		return -1;
	w->ssh[i].command = gh_buf_cstr(&w->command[i]);
	return 0;
}

static int add_ssh(struct work *w, size_t visit, bool gpus, struct gh_err *err)
{
	struct gh_visit *v = &w->visit[visit];
	size_t i = w->n_ssh++;
	struct gh_ssh_job *job = &w->ssh[i];
	const struct gh_sources src = {.host = v->host, .policy = v->policy};

	w->ssh_visit[i] = visit;
	*job = (struct gh_ssh_job){.exit_status = -1,
	    .target =
		gh_ask_target(w->s, v->host, gh_enrolled_host_key(w->enrolled, v->host))};
	*(gpus ? &v->gpus : &v->probe) = job;
	if ((gpus ? ask_agent(w, v, i, err)
		  : gh_ask_probe(w->s, &src, job, &w->command[i], v->probe_nonce, err)) <
	    0)
		return -1;
	w->of++;
	return 0;
}

/* A BMC that cannot be asked is a finding of its host, not an error of the operation. */
static void add_bmc(struct work *w, size_t visit)
{
	struct gh_visit *v = &w->visit[visit];
	struct gh_redfish_job *job = &w->bmc[w->n_bmc];

	if (v->host->bmc[0] == '\0' || gh_bmc_target(w->s, v->host, &job->target,
					   &w->secret[w->n_bmc], &v->bmc_err) < 0)
		return;
	job->target.cert_sha256 = gh_enrolled_bmc_cert(w->enrolled, v->host);
	v->bmc = job;
	w->bmc_visit[w->n_bmc++] = visit;
}

static int add_visit(
    struct work *w, const struct gh_host *h, unsigned int what, struct gh_err *err)
{
	size_t i = w->n++;
	struct gh_visit *v = &w->visit[i];

	*v = (struct gh_visit){.host = h,
	    .enrolled = gh_enrolled_of(w->enrolled, h),
	    .policy = gh_policies_of(w->policies, h),
	    .started = gh_now(w->s->env),
	    .memo = w->memo};
	if (gh_ulid(w->s->env, v->run_id, err) < 0)
		return -1;
	if ((what & GH_DO_CHECKS) != 0) {
		if (add_ssh(w, i, false, err) < 0)
			return -1;
		add_bmc(w, i);
	}
	if ((what & GH_DO_GPUS) != 0 && h->n_gpus > 0 && add_ssh(w, i, true, err) < 0)
		return -1;
	tell(w, GH_EVENT_HOST_STARTED, h->name, "", GH_UNKNOWN);
	return 0;
}

static bool is_pinned(const struct work *w, const struct gh_host *h)
{
	return gh_enrolled_host_key(w->enrolled, h)[0] != '\0';
}

/* Hosts without a pinned key come last: they are not spoken to. */
static int plan(struct work *w, const struct gh_host *const *hosts, size_t n,
    unsigned int what, struct gh_err *err)
{
	for (int pinned = 1; pinned >= 0; pinned--) {
		for (size_t i = 0; i < n; i++)
			if (is_pinned(w, hosts[i]) == (pinned == 1) &&
			    add_visit(w, hosts[i], what, err) < 0)
				return -1;
		if (pinned)
			w->n_pinned = w->n_ssh;
	}
	return 0;
}

/* ---- running ------------------------------------------------------------------------- */

static void refuse(struct work *w, size_t i)
{
	struct gh_ssh_job *job = &w->ssh[i];
	const struct gh_host *h = w->visit[w->ssh_visit[i]].host;

	job->rc = gh_fail(&job->err, GH_E_CONFIG,
	    "%s was never enrolled, and has no host_key (%s line %d)", h->name,
	    w->s->fleet->path, h->line);
	gh_err_hint(&job->err,
	    "gatehouse enrol %s reads and pins it: compare it at the machine", h->name);
	ssh_done(job, w);
}

static void hang_up(struct work *w)
{
	pthread_mutex_lock(&w->lock);
	w->talking--;
	pthread_cond_signal(&w->more);
	pthread_mutex_unlock(&w->lock);
}

/* Gives every job a result, also when the whole reading could not begin. */
static void *bmc_thread(void *arg)
{
	struct work *w = arg;
	struct gh_err err = {0};

	pthread_mutex_lock(&w->s->bmc_lock);
	if (w->n_bmc > 0 && gh_redfish_run(w->s->bmc_pool, w->bmc, w->n_bmc, bmc_done, w,
				w->cancel, &err) < 0) {
		for (size_t i = 0; i < w->n_bmc; i++) {
			w->bmc[i].rc = -1;
			w->bmc[i].err = err;
			bmc_done(&w->bmc[i], w);
		}
	}
	pthread_mutex_unlock(&w->s->bmc_lock);
	hang_up(w);
	return NULL;
}

static void *vcek_thread(void *arg)
{
	struct work *w = arg;

	gh_vceks_run(&w->vceks);
	hang_up(w);
	return NULL;
}

static int talk_ssh(struct work *w, struct gh_err *err)
{
	int rc = 0;

	for (size_t i = w->n_pinned; i < w->n_ssh; i++)
		refuse(w, i);
	pthread_mutex_lock(&w->s->pool_lock);
	if (w->n_pinned > 0)
		rc = gh_ssh_run(w->s->pool, w->ssh, w->n_pinned, w->s->fleet->window,
		    ssh_done, w, w->cancel, err);
	pthread_mutex_unlock(&w->s->pool_lock);
	gh_vceks_close(&w->vceks);
	hang_up(w);
	return rc;
}

/* Some thread could not be started: those that were are let go. */
static int give_up(struct work *w, size_t missing, struct gh_err *err)
{
	gh_vceks_close(&w->vceks);
	for (size_t i = 0; i <= missing; i++) /* and this one */
		hang_up(w);
	return gh_fail(err, GH_E_INTERNAL, "cannot start a thread");
}

static int run(struct work *w, struct gh_err *err)
{
	void *(*const talk[])(void *) = {bmc_thread, vcek_thread};
	pthread_t judge, talker[GH_COUNT(talk)];
	size_t n = 0;
	int rc;

	w->talking = GH_COUNT(talk) + 1;
	if (pthread_create(&judge, NULL, judge_thread, w) != 0)
		return gh_fail(err, GH_E_INTERNAL, "cannot start a thread");
	while (n < GH_COUNT(talk) && pthread_create(&talker[n], NULL, talk[n], w) == 0)
		n++;
	rc = n == GH_COUNT(talk) ? talk_ssh(w, err) : give_up(w, GH_COUNT(talk) - n, err);
	while (n > 0)
		pthread_join(talker[--n], NULL);
	pthread_join(judge, NULL);
	if (rc == 0 && w->rc < 0) {
		*err = w->err;
		rc = -1;
	}
	return rc;
}

static void work_free(struct work *w)
{
	for (size_t i = 0; i < w->n_ssh; i++) {
		gh_ssh_job_free(&w->ssh[i]);
		gh_buf_free(&w->command[i]);
	}
	for (size_t i = 0; i < w->n_bmc; i++)
		gh_redfish_job_free(&w->bmc[i]);
	for (size_t i = 0; w->secret != NULL && i <= w->n_bmc; i++)
		gh_bmc_secret_free(&w->secret[i]);
	for (size_t i = 0; i < w->n; i++) {
		gh_result_free(&w->visit[i].result);
		gh_result_free(&w->visit[i].gpu_result);
		gh_kds_answer_free(&w->visit[i].vcek);
	}
	gh_vceks_free(&w->vceks);
	free(w->ssh);
	free(w->bmc);
	free(w->visit);
	free(w->ssh_visit);
	free(w->bmc_visit);
	free(w->command);
	free(w->secret);
	free(w->queue);
	gh_memo_free(&w->memo);
	gh_enrolled_free(&w->enrolled);
	gh_policies_free(&w->policies);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->more);
}

static int work_room(struct work *w, size_t n, struct gh_err *err)
{
	w->visit = calloc(n + 1, sizeof *w->visit);
	w->ssh = calloc(2 * n + 1, sizeof *w->ssh);
	w->ssh_visit = calloc(2 * n + 1, sizeof *w->ssh_visit);
	w->command = calloc(2 * n + 1, sizeof *w->command);
	w->bmc = calloc(n + 1, sizeof *w->bmc);
	w->bmc_visit = calloc(n + 1, sizeof *w->bmc_visit);
	w->secret = calloc(n + 2, sizeof *w->secret);
	w->queue = calloc(4 * n + 1, sizeof *w->queue);
	w->memo = gh_memo_new();
	if (gh_vceks_init(&w->vceks, w->s, n, err) < 0)
		return -1;
	w->vceks.cancel = w->cancel;
	w->vceks.done = vcek_done;
	w->vceks.ctx = w;
	if (w->visit == NULL || w->ssh == NULL || w->ssh_visit == NULL ||
	    w->command == NULL || w->bmc == NULL || w->bmc_visit == NULL ||
	    w->secret == NULL || w->queue == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	return 0;
}

int gh_op_validate(struct gh_session *s, const struct gh_validate_ask *ask,
    struct gh_result *out, struct gh_err *err)
{
	gh_auto(const struct gh_host **, gh_ask_hosts_free) hosts = NULL;
	gh_auto(struct work, work_free)
	    w = {.s = s, .progress = ask->progress, .cancel = ask->cancel};
	size_t n = 0;

	pthread_mutex_init(&w.lock, NULL);
	pthread_cond_init(&w.more, NULL);
	if (gh_selftest(err) < 0 || gh_session_need_fleet(s, err) < 0 ||
	    gh_ask_hosts(s->fleet, ask->hosts, ask->n_hosts, &hosts, &n, err) < 0 ||
	    gh_enrolled_load(&w.enrolled, s, err) < 0 ||
	    gh_policies_load(&w.policies, s->fleet, err) < 0 || work_room(&w, n, err) < 0)
		return -1;
	out->at = gh_now(s->env);
	if (plan(&w, hosts, n, ask->what, err) < 0 || run(&w, err) < 0 ||
	    gh_fleet_pass(s, w.visit, w.n, out, err) < 0)
		return -1;
	tell(&w, GH_EVENT_FINISHED, "", "", gh_result_verdict(out));
	return gh_result_ok(out, err);
}
