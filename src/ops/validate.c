/* SPDX-License-Identifier: Apache-2.0
 * Validating many hosts at once. One thread speaks to the hosts; as each answer comes,
 * a second one judges and stores it, so that judging a host never delays another. */
#include "ops/validate.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "evidence/selftest.h"
#include "ops/visit.h"

#define AGENT_OUT_MAX (2u << 20) /* eight reports and chains are 120 KB of base64 */

struct work {
	struct gh_session *s;
	struct gh_ssh_job *job;
	struct gh_visit *visit;
	struct gh_memo *memo;   /* used by the judging thread alone */
	struct gh_buf *command; /* one per job */
	size_t n;
	const struct gh_progress *progress;
	struct gh_result *out;
	/* the queue between the two threads */
	pthread_mutex_t lock;
	pthread_cond_t more;
	size_t *ready;
	size_t n_ready, next;
	bool closed;
	int rc; /* of the judging thread */
	struct gh_err err;
};

static void tell(struct work *w, enum gh_event_kind kind, const char *host,
    const char *text, enum gh_verdict v)
{
	struct gh_event ev = {
	    kind, host, text, v, (unsigned int)w->next, (unsigned int)w->n};

	if (w->progress != NULL)
		w->progress->event(w->progress->ctx, &ev);
}

/* ---- judging thread ------------------------------------------------------------------ */

static void count(struct gh_run *run, const struct gh_findings *fs)
{
	unsigned int *const n[] = {[GH_PASS] = &run->n_pass,
	    [GH_WARN] = &run->n_warn,
	    [GH_FAIL] = &run->n_fail,
	    [GH_UNKNOWN] = &run->n_unknown,
	    [GH_STALE] = &run->n_unknown,
	    [GH_SKIP] = &run->n_skip};

	for (size_t i = 0; i < fs->n; i++) {
		(*n[fs->at[i].verdict])++;
		run->lab = run->lab || fs->at[i].lab;
	}
}

static int store_visit(struct work *w, const struct gh_visit *v,
    const struct gh_ssh_job *job, const struct gh_result *r,
    const struct gh_visit_blobs *blobs, struct gh_err *err)
{
	struct gh_run run = {.started = v->started,
	    .finished = gh_now(w->s->env),
	    .took_ms = job->took_ms,
	    .verdict = gh_result_verdict(r),
	    .lab = gh_session_lab(w->s)};

	if (gh_ulid(w->s->env, run.id, err) < 0)
		return -1;
	snprintf(run.host, sizeof run.host, "%s", v->host->name);
	snprintf(run.kind, sizeof run.kind, "%s", v->gpus ? "attest" : "validate");
	snprintf(run.by, sizeof run.by, "%s", w->s->by);
	count(&run, &r->findings);
	return gh_store_put_run(w->s->store, &run, r, blobs->at, blobs->n, err);
}

/* Moves what one host said into the result of the whole operation. */
static void merge(struct gh_result *to, const struct gh_result *from)
{
	for (size_t i = 0; i < from->n_subjects; i++) {
		struct gh_subject *s =
		    gh_result_subject(to, from->subject[i].name, from->subject[i].kind);

		if (s->claims != NULL)
			json_object_update(s->claims, from->subject[i].claims);
	}
	for (size_t i = 0; i < from->findings.n; i++)
		gh_findings_copy(&to->findings, &from->findings.at[i]);
}

static int judge_one(struct work *w, size_t i, struct gh_err *err)
{
	gh_auto(struct gh_result, gh_result_free) r = {.at = w->visit[i].started};
	gh_auto(struct gh_visit_blobs, gh_visit_blobs_free) blobs = {0};
	const struct gh_visit *v = &w->visit[i];
	const struct gh_ssh_job *job = &w->job[i];
	/* What was broken off says nothing of the host: the last run stays the newest. */
	bool cancelled = job->rc < 0 && job->err.code == GH_E_CANCELLED;
	int rc = v->gpus ? gh_visit_judge_gpus(w->s, v, job, &r, &blobs, err)
			 : gh_visit_judge_probe(w->s, v, job, &r, &blobs, err);

	if (rc < 0 || gh_result_ok(&r, err) < 0 ||
	    (!cancelled && store_visit(w, v, job, &r, &blobs, err) < 0))
		return gh_err_prefix(err, "%s", v->host->name);
	gh_buf_free(&w->job[i].out);
	merge(w->out, &r);
	w->next++;
	tell(w,
	    job->rc < 0 ? GH_EVENT_HOST_FAILED
	    : v->gpus   ? GH_EVENT_HOST_ATTESTED
			: GH_EVENT_HOST_CHECKED,
	    v->host->name, job->rc < 0 ? job->err.what : "", gh_result_verdict(&r));
	return 0;
}

static void *judge_thread(void *arg)
{
	struct work *w = arg;

	for (;;) {
		size_t i;

		pthread_mutex_lock(&w->lock);
		while (w->next >= w->n_ready && !w->closed)
			pthread_cond_wait(&w->more, &w->lock);
		if (w->next >= w->n_ready) {
			pthread_mutex_unlock(&w->lock);
			return NULL;
		}
		i = w->ready[w->next];
		pthread_mutex_unlock(&w->lock);
		if (w->rc == 0)
			w->rc = judge_one(w, i, &w->err);
		if (w->rc < 0)
			w->next++;
	}
}

static void job_done(struct gh_ssh_job *job, void *ctx)
{
	struct work *w = ctx;

	pthread_mutex_lock(&w->lock);
	w->ready[w->n_ready++] = (size_t)(job - w->job);
	pthread_cond_signal(&w->more);
	pthread_mutex_unlock(&w->lock);
}

/* ---- what to ask --------------------------------------------------------------------- */

static int ask_probe(struct work *w, size_t i, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) words = {0};
	unsigned char nonce[16];

	if (gh_random(w->s->env, nonce, sizeof nonce, err) < 0)
		return -1;
	gh_hex(w->visit[i].nonce_hex, nonce, sizeof nonce);
	w->job[i].input = gh_probe_script();
	w->job[i].max_output = GH_PROBE_OUT_MAX;
	if (gh_checks_words(&words, w->s->catalogue, w->visit[i].host->tee, err) < 0)
		return -1;
	return gh_probe_command(
	    &w->command[i], w->visit[i].nonce_hex, gh_buf_cstr(&words), err);
}

static int ask_agent(struct work *w, size_t i, struct gh_err *err)
{
	const char *argv[] = {
	    "gatehouse-agent", "collect", "--nonce", w->visit[i].nonce_hex, NULL};
	unsigned char nonce[32];

	if (gh_random(w->s->env, nonce, sizeof nonce, err) < 0)
		return -1;
	gh_hex(w->visit[i].nonce_hex, nonce, sizeof nonce);
	w->job[i].max_output = AGENT_OUT_MAX;
	return gh_ssh_quote(&w->command[i], argv, err);
}

static struct gh_ssh_target target_of(const struct gh_fleet *f, const struct gh_host *h)
{
	return (struct gh_ssh_target){.name = h->name,
	    .address = h->address,
	    .port = h->port,
	    .user = h->user,
	    .identity = h->identity,
	    .host_key = h->host_key,
	    .transport = h->transport,
	    .connect_ms = f->connect_s * 1000,
	    .deadline_ms = (f->connect_s + f->probe_s) * 1000};
}

static int add_job(struct work *w, const struct gh_host *h, bool gpus, struct gh_err *err)
{
	size_t i = w->n++;

	w->visit[i] = (struct gh_visit){
	    .host = h, .gpus = gpus, .started = gh_now(w->s->env), .memo = w->memo};
	w->job[i] =
	    (struct gh_ssh_job){.target = target_of(w->s->fleet, h), .exit_status = -1};
	if ((gpus ? ask_agent(w, i, err) : ask_probe(w, i, err)) < 0 ||
	    gh_buf_ok(&w->command[i], err) < 0)
		return -1;
	w->job[i].command = gh_buf_cstr(&w->command[i]);
	tell(w, GH_EVENT_HOST_STARTED, h->name, "", GH_UNKNOWN);
	return 0;
}

/* Adds the jobs of the hosts that have a pinned key (pinned) or that have none. */
static int plan(struct work *w, const struct gh_host *const *hosts, size_t n, bool pinned,
    unsigned int what, struct gh_err *err)
{
	for (size_t i = 0; i < n; i++) {
		const struct gh_host *h = hosts[i];

		if ((h->host_key[0] != '\0') != pinned)
			continue;
		if (((what & GH_DO_CHECKS) != 0 && add_job(w, h, false, err) < 0) ||
		    ((what & GH_DO_GPUS) != 0 && h->n_gpus > 0 &&
			add_job(w, h, true, err) < 0))
			return -1;
	}
	return 0;
}

/* ---- running ------------------------------------------------------------------------- */

/* A host whose key nobody pinned is not spoken to: its job ends before it begins. */
static void refuse(struct work *w, size_t i)
{
	struct gh_ssh_job *job = &w->job[i];
	const struct gh_host *h = w->visit[i].host;

	job->rc = gh_fail(&job->err, GH_E_CONFIG, "%s has no host_key (%s line %d)",
	    h->name, w->s->fleet->path, h->line);
	gh_err_hint(&job->err,
	    "ssh-keyscan -t ed25519 -p %u %s, compare it at the machine, add it", h->port,
	    h->address);
	job_done(job, w);
}

/* Speaks to the first n_pinned jobs' hosts; the others are refused at once. */
static int talk(
    struct work *w, size_t n_pinned, const struct gh_cancel *cancel, struct gh_err *err)
{
	int rc = 0;

	for (size_t i = n_pinned; i < w->n; i++)
		refuse(w, i);
	pthread_mutex_lock(&w->s->pool_lock);
	if (n_pinned > 0)
		rc = gh_ssh_run(w->s->pool, w->job, n_pinned, w->s->fleet->window,
		    job_done, w, cancel, err);
	pthread_mutex_unlock(&w->s->pool_lock);
	return rc;
}

static int run(
    struct work *w, size_t n_pinned, const struct gh_cancel *cancel, struct gh_err *err)
{
	pthread_t judge;
	int rc;

	if (pthread_create(&judge, NULL, judge_thread, w) != 0)
		return gh_fail(err, GH_E_INTERNAL, "cannot start a thread");
	rc = talk(w, n_pinned, cancel, err);
	pthread_mutex_lock(&w->lock);
	w->closed = true;
	pthread_cond_signal(&w->more);
	pthread_mutex_unlock(&w->lock);
	pthread_join(judge, NULL);
	if (rc == 0 && w->rc < 0) {
		*err = w->err;
		rc = -1;
	}
	return rc;
}

static void work_free(struct work *w)
{
	for (size_t i = 0; i < w->n; i++) {
		gh_ssh_job_free(&w->job[i]);
		gh_buf_free(&w->command[i]);
	}
	free(w->job);
	free(w->visit);
	free(w->command);
	free(w->ready);
	gh_memo_free(&w->memo);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->more);
}

static int work_room(struct work *w, size_t max_jobs, struct gh_err *err)
{
	w->job = calloc(max_jobs + 1, sizeof *w->job);
	w->visit = calloc(max_jobs + 1, sizeof *w->visit);
	w->command = calloc(max_jobs + 1, sizeof *w->command);
	w->ready = calloc(max_jobs + 1, sizeof *w->ready);
	if (w->job == NULL || w->visit == NULL || w->command == NULL || w->ready == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	return 0;
}

static void free_ptr(const struct gh_host ***p)
{
	free(*p);
}

/* The hosts meant by names, or the whole fleet; *out is malloc'd. */
static int choose(const struct gh_fleet *f, const char *const *names, size_t n,
    const struct gh_host ***out, size_t *n_out, struct gh_err *err)
{
	size_t want = n == 0 ? f->n_hosts : n;

	*out = calloc(want + 1, sizeof(struct gh_host *));
	if (*out == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	for (size_t i = 0; i < want; i++) {
		const struct gh_host *h =
		    n == 0 ? &f->host[i] : gh_fleet_host(f, names[i]);

		if (h == NULL) {
			gh_fail(err, GH_E_USAGE, "there is no host '%s' in %s", names[i],
			    f->path);
			return gh_err_hint(err, "gatehouse fleet lists the hosts");
		}
		(*out)[(*n_out)++] = h;
	}
	return 0;
}

int gh_op_validate(struct gh_session *s, const struct gh_validate_ask *ask,
    struct gh_result *out, struct gh_err *err)
{
	gh_auto(const struct gh_host **, free_ptr) hosts = NULL;
	gh_auto(struct work, work_free)
	    w = {.s = s, .progress = ask->progress, .out = out};
	size_t n = 0, n_pinned;

	pthread_mutex_init(&w.lock, NULL);
	pthread_cond_init(&w.more, NULL);
	w.memo = gh_memo_new();
	if (gh_selftest(err) < 0 || gh_session_need_fleet(s, err) < 0 ||
	    choose(s->fleet, ask->hosts, ask->n_hosts, &hosts, &n, err) < 0 ||
	    work_room(&w, 2 * n, err) < 0)
		return -1;
	if ((ask->what & GH_DO_GPUS) != 0 && gh_session_rims(s, err) < 0)
		return -1;
	out->at = gh_now(s->env);
	if (plan(&w, hosts, n, true, ask->what, err) < 0)
		return -1;
	n_pinned = w.n;
	if (plan(&w, hosts, n, false, ask->what, err) < 0 ||
	    run(&w, n_pinned, ask->cancel, err) < 0)
		return -1;
	tell(&w, GH_EVENT_FINISHED, "", "", gh_result_verdict(out));
	return gh_result_ok(out, err);
}
