/* SPDX-License-Identifier: Apache-2.0
 * The worker threads of the console and their queues. */
#include "job.h"

#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "export.h"
#include "ops/enrol.h"
#include "signals.h"

struct job {
	struct job *next;
	unsigned int id;
	enum ui_job_kind kind;
	char a[96], b[96];
	char *text;
};

struct lane {
	struct ui_jobs *jobs;
	pthread_t thread;
	bool started;
	struct job *queue;
	struct gh_cancel cancel;
	unsigned int running; /* job id */
};

struct ui_jobs {
	pthread_mutex_t lock; /* guards queue, msgs, stop, ids; never held during work */
	pthread_cond_t more;
	pthread_rwlock_t session_lock; /* written only when lab up swaps the session */
	struct gh_session *session;
	struct gh_session_opts opts;
	struct lane lane[2]; /* 0 long, 1 quick */
	struct ui_msg *msgs;
	bool stop;
	unsigned int last_id;
	int fd;
};

const char *ui_job_word(enum ui_job_kind kind)
{
	return kind == UI_J_VALIDATE ? "validate"
	       : kind == UI_J_LAB_UP ? "lab up"
	       : kind == UI_J_ENROL  ? "enrol"
				     : NULL;
}

void ui_msg_free(struct ui_msg *m)
{
	if (!m)
		return;
	gh_model_free(&m->model);
	free(m->history);
	free(m->change);
	if (m->run)
		gh_result_free(m->run);
	free(m->run);
	ui_sheet_free(&m->sheet);
	free(m);
}

/* Takes the message over. */
static void post(struct ui_jobs *j, struct ui_msg *m)
{
	uint64_t one = 1;
	pthread_mutex_lock(&j->lock);
	struct ui_msg **end = &j->msgs;
	while (*end)
		end = &(*end)->next;
	*end = m;
	pthread_mutex_unlock(&j->lock);
	if (write(j->fd, &one, sizeof(one)) < 0)
		return; /* the counter is full: the reader is awake anyway */
}

static struct ui_msg *msg_new(enum ui_msg_kind kind, const struct job *job)
{
	struct ui_msg *m = calloc(1, sizeof(*m));
	if (!m)
		abort(); /* the UI has no use for half a message */
	m->kind = kind;
	m->job = job->id;
	m->job_kind = job->kind;
	return m;
}

static void post_end(struct ui_jobs *j, const struct job *job, bool ok, const char *text)
{
	struct ui_msg *m = msg_new(UI_M_ENDED, job);
	m->ok = ok;
	gh_text_clean_into(m->text, sizeof(m->text), text);
	post(j, m);
}

static void post_err(struct ui_jobs *j, const struct job *job, const struct gh_err *err)
{
	char text[420];
	snprintf(
	    text, sizeof(text), "%s%s%s", err->what, err->hint[0] ? ": " : "", err->hint);
	post_end(j, job, false, text);
}

/* ---- the long lane --------------------------------------------------------------------- */

struct watched {
	struct ui_jobs *jobs;
	const struct job *job;
	bool reload;
};

/* From the operation's own threads: only queues. */
static void on_event(void *ctx, const struct gh_event *ev)
{
	struct watched *w = ctx;
	struct ui_msg *m = msg_new(UI_M_EVENT, w->job);
	m->event = ev->kind;
	m->verdict = ev->verdict;
	m->done = ev->done;
	m->of = ev->of;
	snprintf(m->host, sizeof(m->host), "%s", ev->host ? ev->host : "");
	gh_text_clean_into(m->text, sizeof(m->text), ev->text ? ev->text : "");
	post(w->jobs, m);
	if (w->reload && ev->kind != GH_EVENT_HOST_STARTED)
		ui_jobs_add(w->jobs, UI_J_RELOAD, "", "", NULL);
}

static void do_validate(struct lane *l, const struct job *job)
{
	struct ui_jobs *j = l->jobs;
	struct watched w = {j, job, true};
	struct gh_progress progress = {on_event, &w};
	struct gh_result out = {0};
	struct gh_err err = {0};
	const char *host = job->a;
	const struct gh_validate_ask ask = {.hosts = &host,
	    .n_hosts = host[0] ? 1 : 0,
	    .what = GH_DO_CHECKS | GH_DO_GPUS,
	    .progress = &progress,
	    .cancel = &l->cancel};
	int rc = gh_op_validate(j->session, &ask, &out, &err);
	gh_result_free(&out);
	ui_jobs_add(j, UI_J_RELOAD, "", "", NULL);
	if (rc != 0)
		post_err(j, job, &err);
	else
		post_end(j, job, true, gh_cancelled(&l->cancel) ? "cancelled" : "done");
}

/* What the operator has to know of it: what was pinned, or why nothing was. */
static void post_enrolled(
    struct ui_jobs *j, const struct job *job, const struct gh_result *r)
{
	char text[400];
	const struct gh_finding *whole =
	    gh_findings_get(&r->findings, job->a, "enrol.pinned");
	const struct gh_finding *bad = NULL;
	for (size_t i = 0; i < r->findings.n && !bad; i++) {
		const struct gh_finding *f = &r->findings.at[i];
		if (f != whole && f->verdict != GH_PASS && f->verdict != GH_WARN &&
		    f->verdict != GH_SKIP)
			bad = f;
	}
	bool ok = !bad && whole && whole->verdict == GH_PASS;
	snprintf(text, sizeof(text), "%s%s: %.250s%s", job->a,
	    ok ? "" : " was NOT enrolled",
	    ok    ? whole->observed
	    : bad ? bad->observed
		  : "it did not answer",
	    ok ? "; r checks it against them" : "");
	post_end(j, job, ok, text);
}

static void do_enrol(struct lane *l, const struct job *job)
{
	struct ui_jobs *j = l->jobs;
	struct watched w = {j, job, false};
	struct gh_progress progress = {on_event, &w};
	struct gh_result out = {0};
	struct gh_err err = {0};
	const char *host = job->a;
	const struct gh_enrol_ask ask = {.hosts = &host,
	    .n_hosts = 1,
	    .accept = strcmp(job->b, "accept") == 0,
	    .reason = job->text && job->text[0] ? job->text : NULL,
	    .progress = &progress,
	    .cancel = &l->cancel};
	int rc = gh_op_enrol(j->session, &ask, &out, &err);
	ui_jobs_add(j, UI_J_RELOAD, "", "", NULL);
	if (rc != 0)
		post_err(j, job, &err);
	else if (gh_cancelled(&l->cancel))
		post_end(j, job, true, "cancelled");
	else
		post_enrolled(j, job, &out);
	gh_result_free(&out);
}

/* The lab's servers must not inherit our blocked signals. */
static void do_lab_up(struct lane *l, const struct job *job)
{
	struct ui_jobs *j = l->jobs;
	struct watched w = {j, job, false};
	struct gh_progress progress = {on_event, &w};
	struct gh_err err = {0};
	struct gh_session *fresh = NULL;
	ui_signals_for_children(true);
	int rc = gh_op_lab_up(true, j->opts.state, &progress, &err);
	ui_signals_for_children(false);
	if (rc == 0)
		rc = gh_session_open(&fresh, &j->opts, &err);
	if (rc != 0) {
		post_err(j, job, &err);
		return;
	}
	pthread_rwlock_wrlock(&j->session_lock);
	struct gh_session *old = j->session;
	j->session = fresh;
	pthread_rwlock_unlock(&j->session_lock);
	gh_session_close(&old);
	post_end(j, job, true, "the lab is up");
	ui_jobs_add(j, UI_J_RELOAD, "", "", NULL);
	ui_jobs_add(j, UI_J_VALIDATE, "", "", NULL);
}

static struct ui_sheet *read_sheet(struct gh_session *s, const struct job *job)
{
	switch (job->kind) {
	case UI_J_FACTS:
		return ui_sheet_facts(s, job->a);
	case UI_J_ENROLMENT:
		return ui_sheet_enrol(s, job->a);
	case UI_J_POLICY:
		return ui_sheet_policy(s, job->a, job->b);
	default:
		return ui_sheet_checks(s);
	}
}

/* ---- the quick lane -------------------------------------------------------------------- */

static int quick_work(
    struct ui_jobs *j, const struct job *job, struct ui_msg *m, struct gh_err *err)
{
	switch (job->kind) {
	case UI_J_RELOAD:
		m->kind = UI_M_MODEL;
		return gh_model_load(j->session, &m->model, err);
	case UI_J_HISTORY:
		m->kind = UI_M_HISTORY;
		snprintf(m->host, sizeof(m->host), "%.63s", job->a);
		return gh_history_load(
		    j->session, job->a[0] ? job->a : NULL, 500, &m->history, &m->n, err);
	case UI_J_DIFF:
		m->kind = UI_M_DIFF;
		return gh_history_diff(
		    j->session, job->a, job->b, &m->change, &m->n, err);
	case UI_J_RUN:
		m->kind = UI_M_RUN;
		m->run = calloc(1, sizeof(*m->run));
		snprintf(m->text, sizeof(m->text), "%s", job->a);
		if (!m->run)
			return gh_fail(err, GH_E_NOMEM, "no memory for a run");
		return gh_history_result(j->session, job->a, m->run, err);
	case UI_J_FACTS:
	case UI_J_ENROLMENT:
	case UI_J_POLICY:
	case UI_J_CHECKS:
		m->kind = UI_M_SHEET;
		m->sheet = read_sheet(j->session, job);
		return 0;
	case UI_J_EXPORT:
		m->kind = UI_M_EXPORTED;
		return ui_export(j->session, job->a, job->text, m->text, err);
	default:
		return gh_fail(err, GH_E_INTERNAL, "no such job");
	}
}

static void do_quick(struct ui_jobs *j, const struct job *job)
{
	struct gh_err err = {0};
	struct ui_msg *m = msg_new(UI_M_ENDED, job);
	pthread_rwlock_rdlock(&j->session_lock);
	int rc = quick_work(j, job, m, &err);
	pthread_rwlock_unlock(&j->session_lock);
	if (rc != 0) {
		post_err(j, job, &err);
		ui_msg_free(m);
		return;
	}
	m->ok = true;
	post(j, m);
}

/* ---- queues ---------------------------------------------------------------------------- */

static void job_free(struct job *job)
{
	free(job->text);
	free(job);
}

static struct job *next_job(struct lane *l)
{
	struct ui_jobs *j = l->jobs;
	pthread_mutex_lock(&j->lock);
	l->running = 0;
	while (!l->queue && !j->stop)
		pthread_cond_wait(&j->more, &j->lock);
	struct job *job = j->stop ? NULL : l->queue;
	if (job) {
		l->queue = job->next;
		l->running = job->id;
		atomic_store(&l->cancel.asked, false);
	}
	pthread_mutex_unlock(&j->lock);
	return job;
}

static void *lane_main(void *arg)
{
	struct lane *l = arg;
	struct job *job;
	while ((job = next_job(l))) {
		if (l == &l->jobs->lane[0])
			post(l->jobs, msg_new(UI_M_STARTED, job));
		if (job->kind == UI_J_VALIDATE)
			do_validate(l, job);
		else if (job->kind == UI_J_LAB_UP)
			do_lab_up(l, job);
		else if (job->kind == UI_J_ENROL)
			do_enrol(l, job);
		else
			do_quick(l->jobs, job);
		job_free(job);
		if (l == &l->jobs->lane[0])
			malloc_trim(0); /* a validation reads much and keeps little */
	}
	return NULL;
}

/* The same work waiting already needs no second entry. */
static bool queued(
    const struct lane *l, enum ui_job_kind kind, const char *a, const char *b)
{
	for (const struct job *q = l->queue; q; q = q->next)
		if (q->kind == kind && kind != UI_J_EXPORT && strcmp(q->a, a) == 0 &&
		    strcmp(q->b, b) == 0)
			return true;
	return false;
}

unsigned int ui_jobs_add(struct ui_jobs *j, enum ui_job_kind kind, const char *a,
    const char *b, const char *text)
{
	struct job *job = calloc(1, sizeof(*job));
	if (!job)
		abort();
	job->kind = kind;
	snprintf(job->a, sizeof(job->a), "%s", a);
	snprintf(job->b, sizeof(job->b), "%s", b);
	job->text = text ? strdup(text) : NULL;
	struct lane *l = &j->lane[ui_job_word(kind) ? 0 : 1];
	pthread_mutex_lock(&j->lock);
	unsigned int id = 0;
	if (!j->stop && !queued(l, kind, job->a, job->b)) {
		struct job **end = &l->queue;
		while (*end)
			end = &(*end)->next;
		*end = job;
		id = job->id = l == &j->lane[0] ? ++j->last_id : j->last_id;
		job = NULL;
		if (id == 0)
			id = 1;
		pthread_cond_broadcast(&j->more);
	}
	pthread_mutex_unlock(&j->lock);
	if (job)
		job_free(job);
	return id;
}

static void drop_queue(struct lane *l)
{
	while (l->queue) {
		struct job *job = l->queue;
		l->queue = job->next;
		job_free(job);
	}
}

void ui_jobs_cancel(struct ui_jobs *j)
{
	pthread_mutex_lock(&j->lock);
	drop_queue(&j->lane[0]);
	gh_cancel_ask(&j->lane[0].cancel);
	pthread_mutex_unlock(&j->lock);
}

unsigned int ui_jobs_waiting(struct ui_jobs *j)
{
	unsigned int n = 0;
	pthread_mutex_lock(&j->lock);
	for (const struct job *q = j->lane[0].queue; q; q = q->next)
		n++;
	pthread_mutex_unlock(&j->lock);
	return n;
}

int ui_jobs_fd(const struct ui_jobs *j)
{
	return j->fd;
}

struct ui_msg *ui_jobs_take(struct ui_jobs *j)
{
	uint64_t n;
	if (read(j->fd, &n, sizeof(n)) < 0)
		n = 0; /* nothing signalled; look anyway */
	pthread_mutex_lock(&j->lock);
	struct ui_msg *m = j->msgs;
	j->msgs = NULL;
	pthread_mutex_unlock(&j->lock);
	return m;
}

int ui_jobs_start(struct ui_jobs **out, struct gh_session *s,
    const struct gh_session_opts *opts, struct gh_err *err)
{
	struct ui_jobs *j = calloc(1, sizeof(*j));
	if (!j)
		return gh_fail(err, GH_E_NOMEM, "no memory for the workers");
	j->session = s;
	j->opts = *opts;
	pthread_mutex_init(&j->lock, NULL);
	pthread_cond_init(&j->more, NULL);
	pthread_rwlock_init(&j->session_lock, NULL);
	j->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	for (int i = 0; i < 2; i++) {
		j->lane[i].jobs = j;
		j->lane[i].started =
		    pthread_create(&j->lane[i].thread, NULL, lane_main, &j->lane[i]) == 0;
	}
	*out = j;
	if (j->fd >= 0 && j->lane[0].started && j->lane[1].started)
		return 0;
	struct gh_session *unused;
	if (!ui_jobs_stop(out, &unused))
		*out = NULL; /* leaked on purpose: its thread still runs */
	return gh_fail(err, GH_E_IO, "cannot start worker threads");
}

bool ui_jobs_stop(struct ui_jobs **jp, struct gh_session **s)
{
	struct ui_jobs *j = *jp;
	struct timespec until;
	bool all = true;
	pthread_mutex_lock(&j->lock);
	j->stop = true;
	for (int i = 0; i < 2; i++)
		gh_cancel_ask(&j->lane[i].cancel);
	pthread_cond_broadcast(&j->more);
	pthread_mutex_unlock(&j->lock);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 2;
	for (int i = 0; i < 2; i++)
		if (j->lane[i].started)
			all =
			    pthread_timedjoin_np(j->lane[i].thread, NULL, &until) == 0 &&
			    all;
	if (!all)
		return false;
	for (int i = 0; i < 2; i++)
		drop_queue(&j->lane[i]);
	while (j->msgs) {
		struct ui_msg *m = j->msgs;
		j->msgs = m->next;
		ui_msg_free(m);
	}
	*s = j->session;
	if (j->fd >= 0)
		close(j->fd);
	pthread_mutex_destroy(&j->lock);
	pthread_cond_destroy(&j->more);
	pthread_rwlock_destroy(&j->session_lock);
	free(j);
	*jp = NULL;
	return true;
}
