/* SPDX-License-Identifier: Apache-2.0
 * The loop: starts jobs up to the window, steps those that are ready, ends those whose
 * time is over. No host can make it wait: every step is bounded and never blocks. */
#include "net/ssh.h"

#include <errno.h>
#include <stdlib.h>

#include "net/ssh_auth.h"
#include "net/ssh_hostkey.h"
#include "net/ssh_identity.h"
#include "net/ssh_pool.h"
#include "net/ssh_session.h"
#include "net/ssh_system.h"

#define CANCEL_MS 50 /* how late a cancel may be seen */

struct slot { /* one running job */
	struct gh_ssh_job *job;
	struct gh_ssh_wire *wire;
	struct gh_ssh_hostkey pin;
	char *key;
	bool session; /* wire is a libssh2 session */
	bool ready;   /* must be stepped before the next poll */
	bool ended;
	int64_t start_ms, up_by_ms, end_ms; /* up_by_ms moves when it starts over */
	size_t n_fds;
};

struct run {
	struct gh_ssh_pool *pool;
	struct gh_ssh_job *jobs;
	size_t n, next;
	struct slot *slot;
	size_t n_slots, cap;
	struct pollfd *fd;
	void (*done)(struct gh_ssh_job *job, void *ctx);
	void *ctx;
	const struct gh_cancel *cancel;
};

static bool is_transport(const struct gh_ssh_target *t, const char *word)
{
	return strcmp(t->transport && t->transport[0] ? t->transport : "auto", word) == 0;
}

/* Cases in which libssh2 cannot work are known before the first byte is sent. */
static int wants_system(
    const struct gh_ssh_pool *pool, const struct slot *s, bool *out, struct gh_err *err)
{
	const struct gh_ssh_target *t = &s->job->target;
	enum gh_ssh_identity kind;

	*out = is_transport(t, "ssh");
	if (t->jump && t->jump[0]) {
		*out = true;
		return is_transport(t, "libssh2")
			   ? gh_fail(err, GH_E_CONFIG,
				 "a jump host needs the transport ssh or auto")
			   : 0;
	}
	if (!is_transport(t, "auto"))
		return 0;
	if (gh_ssh_identity_kind(t->identity, &kind, err) != 0)
		return -1;
	if (kind == GH_SSH_ID_CERT || kind == GH_SSH_ID_OTHER)
		*out = true;
	if ((kind == GH_SSH_ID_RSA || gh_ssh_hostkey_rsa(&s->pin)) &&
	    !gh_ssh_auth_rsa_works())
		*out = true;
	if (gh_ssh_pool_by_system(pool, s->key))
		*out = true;
	return 0;
}

static int check_target(const struct gh_ssh_job *job, struct gh_err *err)
{
	const struct gh_ssh_target *t = &job->target;

	if (!t->address || !t->address[0] || t->port == 0 ||
	    (!job->hostkey_only && (!t->user || !t->user[0] || !job->command)))
		return gh_fail(
		    err, GH_E_CONFIG, "address, port, user or command is missing");
	if (job->hostkey_only && t->jump && t->jump[0]) {
		(void)gh_fail(err, GH_E_CONFIG, "behind a jump host no key can be read");
		return gh_err_hint(err, "write the key of the host itself into host_key "
					"of the fleet file");
	}
	if (job->hostkey_only)
		return 0;
	if (!t->host_key || !t->host_key[0]) {
		(void)gh_fail(err, GH_E_CONFIG, "no host key is pinned: not connected");
		return gh_err_hint(err,
		    "write the host's /etc/ssh/ssh_host_ed25519_key.pub into host_key of "
		    "the fleet file");
	}
	if (!is_transport(t, "auto") && !is_transport(t, "libssh2") &&
	    !is_transport(t, "ssh"))
		return gh_fail(
		    err, GH_E_CONFIG, "transport %.20s is not known", t->transport);
	return 0;
}

static int start_system(struct gh_ssh_pool *pool, struct slot *s)
{
	struct gh_err *err = &s->job->err;

	s->session = false;
	return gh_ssh_pool_dir(pool, err) != 0
		   ? -1
		   : gh_ssh_system_new(
			 &s->wire, s->job, &s->pin, pool->dir, pool->serial++, err);
}

static int start_session(struct gh_ssh_pool *pool, struct slot *s, bool warm_is_fine)
{
	int64_t now = gh_mono_ms(pool->env), by = now + s->job->target.connect_ms;

	s->session = true;
	s->up_by_ms = by < s->end_ms ? by : s->end_ms;
	s->wire =
	    warm_is_fine && !s->job->hostkey_only ? gh_ssh_pool_take(pool, s->key) : NULL;
	s->job->warm = s->wire != NULL;
	if (s->wire) { /* it has half of the time to answer, the rest is for a new one */
		s->up_by_ms = now + (s->up_by_ms - now) / 2;
		return 0;
	}
	return gh_ssh_session_new(&s->wire, &s->job->target,
	    s->job->hostkey_only ? NULL : &s->pin, pool->env, s->up_by_ms, &s->job->err);
}

static int start_job(struct gh_ssh_pool *pool, struct slot *s)
{
	struct gh_err *err = &s->job->err;
	bool by_system = false;

	if (check_target(s->job, err) != 0)
		return -1;
	if (s->job->hostkey_only)
		return start_session(pool, s, false);
	if (gh_ssh_hostkey_parse(&s->pin, s->job->target.host_key, err) != 0)
		return -1;
	s->key = gh_ssh_pool_key(&s->job->target);
	if (!s->key)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	if (wants_system(pool, s, &by_system, err) != 0)
		return -1;
	return by_system ? start_system(pool, s) : start_session(pool, s, true);
}

static void slot_clear(struct slot *s)
{
	if (s->wire)
		s->wire->ops->free(s->wire);
	s->wire = NULL;
	gh_ssh_hostkey_free(&s->pin);
	free(s->key);
	s->key = NULL;
}

static void slot_end(struct run *r, struct slot *s, int rc)
{
	struct gh_ssh_job *job = s->job;

	job->rc = rc;
	job->took_ms = (unsigned int)(gh_mono_ms(r->pool->env) - s->start_ms);
	if (rc == 0 && job->connected_ms == 0) /* all in one step */
		job->connected_ms = job->took_ms;
	if (rc == 0)
		job->err = (struct gh_err){0};
	else
		(void)gh_err_prefix(
		    &job->err, "%.40s", job->target.name ? job->target.name : "host");
	if (rc == 0 && s->session && !job->hostkey_only) {
		gh_ssh_session_again(s->wire);
		gh_ssh_pool_give(r->pool, s->key, s->wire);
		s->wire = NULL;
	}
	slot_clear(s);
	s->ended = true;
	if (r->done)
		r->done(job, r->ctx);
}

static void clear_results(struct gh_ssh_job *job)
{
	gh_buf_clear(&job->out);
	gh_buf_clear(&job->errout);
	job->exit_status = -1;
	job->rc = -1;
	job->err = (struct gh_err){0};
	job->took_ms = job->connected_ms = 0;
	job->warm = false;
}

static void slot_start(struct run *r, struct slot *s, struct gh_ssh_job *job)
{
	int64_t now = gh_mono_ms(r->pool->env), up_by;

	*s = (struct slot){.job = job, .ready = true, .start_ms = now};
	clear_results(job);
	s->end_ms = now + job->target.deadline_ms;
	up_by = now + job->target.connect_ms;
	s->up_by_ms = up_by < s->end_ms ? up_by : s->end_ms;
	if (start_job(r->pool, s) != 0)
		slot_end(r, s, -1);
}

/* The job starts over with another wire; nothing of it has been run. */
static void slot_restart(struct run *r, struct slot *s, bool by_system)
{
	s->wire->ops->free(s->wire);
	s->wire = NULL;
	gh_buf_clear(&s->job->out);
	gh_buf_clear(&s->job->errout);
	s->ready = true;
	if (by_system ? start_system(r->pool, s) : start_session(r->pool, s, false))
		slot_end(r, s, -1);
}

static void slot_step(struct run *r, struct slot *s)
{
	struct gh_ssh_job *job = s->job;
	enum gh_ssh_step st = s->wire->ops->step(s->wire, job);

	s->ready = st == GH_SSH_AGAIN;
	if (job->connected_ms == 0 && s->wire->ops->up(s->wire)) {
		job->connected_ms =
		    (unsigned int)(gh_mono_ms(r->pool->env) - s->start_ms);
		s->up_by_ms = s->end_ms;
		if (!s->session && is_transport(&job->target, "auto"))
			gh_ssh_pool_learn_system(r->pool, s->key);
	}
	switch (st) {
	case GH_SSH_WAIT:
	case GH_SSH_AGAIN:
	case GH_SSH_NEXT:
		return;
	case GH_SSH_DEAD_WARM:
		slot_restart(r, s, false);
		return;
	case GH_SSH_NEEDS_SYSTEM:
		if (is_transport(&job->target, "auto") && !job->hostkey_only) {
			slot_restart(r, s, true);
			return;
		}
		break;
	case GH_SSH_DONE:
	case GH_SSH_FAILED:
		break;
	}
	slot_end(r, s, st == GH_SSH_DONE ? 0 : -1);
}

/* Ends, or starts over, a job whose time is over. */
static void slot_late(struct run *r, struct slot *s, int64_t now)
{
	bool up = s->wire->ops->up(s->wire);

	if (now < (up ? s->end_ms : s->up_by_ms))
		return;
	if (!up && s->job->warm && now < s->end_ms) {
		slot_restart(r, s, false);
		return;
	}
	(void)gh_fail(&s->job->err, GH_E_TIMEOUT, "timed out after %u ms while %s",
	    (unsigned int)(now - s->start_ms), s->wire->ops->doing(s->wire));
	slot_end(r, s, -1);
}

static void drop_ended(struct run *r)
{
	for (size_t i = r->n_slots; i-- > 0;)
		if (r->slot[i].ended)
			r->slot[i] = r->slot[--r->n_slots];
}

static void start_more(struct run *r)
{
	while (r->n_slots < r->cap && r->next < r->n) {
		slot_start(r, &r->slot[r->n_slots++], &r->jobs[r->next++]);
		drop_ended(r);
	}
}

static void step_ready(struct run *r)
{
	for (size_t i = 0; i < r->n_slots; i++)
		if (!r->slot[i].ended && r->slot[i].ready)
			slot_step(r, &r->slot[i]);
	for (size_t i = 0; i < r->n_slots; i++)
		if (!r->slot[i].ended)
			slot_late(r, &r->slot[i], gh_mono_ms(r->pool->env));
	drop_ended(r);
}

static void cancel_all(struct run *r)
{
	for (size_t i = 0; i < r->n_slots; i++) {
		(void)gh_fail(&r->slot[i].job->err, GH_E_CANCELLED, "cancelled");
		slot_end(r, &r->slot[i], -1);
	}
	r->n_slots = 0;
	for (; r->next < r->n; r->next++) {
		struct gh_ssh_job *job = &r->jobs[r->next];

		clear_results(job);
		(void)gh_fail(&job->err, GH_E_CANCELLED, "cancelled");
		(void)gh_err_prefix(
		    &job->err, "%.40s", job->target.name ? job->target.name : "host");
		if (r->done)
			r->done(job, r->ctx);
	}
}

/* Fills r->fd; returns how long poll may sleep, milliseconds. */
static int collect(struct run *r, nfds_t *n)
{
	int64_t now = gh_mono_ms(r->pool->env), wake = now + 60000;

	*n = 0;
	for (size_t i = 0; i < r->n_slots; i++) {
		struct slot *s = &r->slot[i];
		int64_t late = s->wire->ops->up(s->wire) ? s->end_ms : s->up_by_ms;

		s->n_fds = s->wire->ops->fds(s->wire, &r->fd[*n], &wake);
		*n += s->n_fds;
		if (late < wake)
			wake = late;
		if (s->ready)
			wake = now;
	}
	if (r->cancel && wake > now + CANCEL_MS)
		wake = now + CANCEL_MS;
	return wake > now ? (int)(wake - now) : 0;
}

static void poll_once(struct run *r)
{
	nfds_t n, at = 0;
	int timeout = collect(r, &n);
	int got = poll(r->fd, n, timeout);

	for (size_t i = 0; i < r->n_slots; i++) {
		struct slot *s = &r->slot[i];

		for (size_t k = 0; k < s->n_fds && got > 0; k++)
			if (r->fd[at + k].revents)
				s->ready = true;
		/* nothing to poll for, or a time of its own has come: it must look */
		if (s->n_fds == 0 || got == 0)
			s->ready = true;
		at += s->n_fds;
	}
}

int gh_ssh_run(struct gh_ssh_pool *pool, struct gh_ssh_job *jobs, size_t n, size_t window,
    void (*done)(struct gh_ssh_job *job, void *ctx), void *ctx,
    const struct gh_cancel *cancel, struct gh_err *err)
{
	struct run r = {.pool = pool, .jobs = jobs, .n = n, .done = done, .ctx = ctx};

	r.cancel = cancel;
	r.cap = window < 1 ? 1 : window > n ? n : window;
	if (n == 0)
		return 0;
	r.slot = calloc(r.cap, sizeof(*r.slot));
	r.fd = calloc(r.cap, GH_SSH_FDS * sizeof(*r.fd));
	if (!r.slot || !r.fd) {
		free(r.slot);
		free(r.fd);
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	}
	gh_ssh_pool_age(pool);
	for (;;) { /* bounded: every job has a deadline */
		if (gh_cancelled(cancel))
			cancel_all(&r);
		start_more(&r);
		step_ready(&r);
		if (r.n_slots == 0 && r.next == r.n)
			break;
		if (r.n_slots > 0)
			poll_once(&r);
	}
	free(r.slot);
	free(r.fd);
	return 0;
}

void gh_ssh_job_free(struct gh_ssh_job *job)
{
	gh_buf_free(&job->out);
	gh_buf_free(&job->errout);
}
