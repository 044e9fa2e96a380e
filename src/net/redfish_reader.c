/* SPDX-License-Identifier: Apache-2.0
 * One BMC being read. */
#include "net/redfish_reader.h"

#include <stdio.h>

#include "base/text.h"
#include "net/redfish_answer.h"
#include "net/redfish_measure.h"

/* ---- results ---- */

static void clear_results(struct gh_redfish_job *job)
{
	gh_redfish_tree_free(&job->tree);
	job->rc = -1;
	job->err = (struct gh_err){0};
	job->took_ms = job->n_requests = job->n_unchanged = 0;
}

static void note_certificate(struct gh_redfish_tree *t, const struct gh_redfish_pin *pin)
{
	memcpy(t->cert_sha256, pin->seen, sizeof(t->cert_sha256));
	t->cert_self_signed = pin->self_signed;
	memcpy(t->cert_subject, pin->subject, sizeof(t->cert_subject));
}

static void give_result(struct gh_redfish_reader *r, int rc)
{
	struct gh_redfish_job *job = r->job;

	job->rc = rc;
	job->took_ms = (unsigned int)(gh_mono_ms(r->pool->env) - r->start_ms);
	job->tree.read_ms = job->took_ms;
	if (r->host)
		note_certificate(&job->tree, &r->host->pin);
	if (rc != 0) {
		gh_redfish_plan_abandon(&job->tree, &job->err);
		(void)gh_err_prefix(
		    &job->err, "%.40s", job->target.name ? job->target.name : "BMC");
	}
	r->job = NULL;
	if (r->done)
		r->done(job, r->ctx);
}

static void drop_call(struct gh_redfish_slot *s)
{
	gh_redfish_call_free(&s->call);
}

static struct gh_redfish_slot *free_slot(struct gh_redfish_reader *r)
{
	for (size_t i = 0; i < GH_COUNT(r->slot); i++)
		if (!r->slot[i].call)
			return &r->slot[i];
	return NULL;
}

static bool any_call(const struct gh_redfish_reader *r)
{
	for (size_t i = 0; i < GH_COUNT(r->slot); i++)
		if (r->slot[i].call)
			return true;
	return false;
}

static unsigned int in_flight(const struct gh_redfish_reader *r)
{
	unsigned int n = 0;

	for (size_t i = 0; i < GH_COUNT(r->slot); i++)
		n += r->slot[i].call != NULL && r->slot[i].what == GH_RF_READING;
	return n;
}

void gh_redfish_reader_farewell(struct gh_redfish_reader *r)
{
	struct gh_redfish_slot *s = free_slot(r);
	struct gh_redfish_call *call;

	if (!s) { /* it ends by itself */
		gh_redfish_session_clear(&r->host->session);
		return;
	}
	call = gh_redfish_pool_logout(r->pool, r->host);
	if (!call)
		return;
	*s = (struct gh_redfish_slot){.call = call, .what = GH_RF_LOGOUT};
	call->owner = r;
}

/* The session of a reading that went well stays for the next one, while it is young. A
 * login that is under way may still make a session, which then has to be ended. */
static void finish(struct gh_redfish_reader *r, int rc)
{
	int64_t now = gh_mono_ms(r->pool->env);

	if (!r->job)
		return;
	give_result(r, rc);
	if (!r->host)
		return;
	for (size_t i = 0; i < GH_COUNT(r->slot); i++)
		if (r->slot[i].what == GH_RF_READING)
			drop_call(&r->slot[i]);
	if (rc == 0)
		gh_redfish_cache_sweep(&r->host->cache);
	r->farewell_ms = now + GH_REDFISH_FAREWELL_MS;
	if (rc != 0 || now - r->host->session.since_ms > GH_REDFISH_WARM_MS)
		gh_redfish_reader_farewell(r);
}

void gh_redfish_reader_fail(struct gh_redfish_reader *r, const struct gh_err *why)
{
	if (!r->job)
		return;
	r->job->err = *why;
	finish(r, -1);
}

/* ---- start ---- */

static int prepare(struct gh_redfish_reader *r, struct gh_err *err)
{
	struct gh_redfish_session *s;

	if (gh_redfish_pool_take(r->pool, &r->host, &r->job->target, err) != 0)
		return -1;
	s = &r->host->session;
	r->logins_left = 2; /* the second when the session ends in the middle */
	if (s->token[0] && r->start_ms - s->since_ms > GH_REDFISH_WARM_MS)
		gh_redfish_reader_farewell(r);
	return gh_redfish_plan_start(&r->plan, &r->job->tree, err);
}

void gh_redfish_reader_start(struct gh_redfish_reader *r, struct gh_redfish_job *job,
    struct gh_redfish_pool *pool, unsigned int at_most)
{
	unsigned int want = job->target.at_once ? job->target.at_once : 6;

	r->job = job;
	r->pool = pool;
	r->budget = GH_REDFISH_TOTAL_MAX;
	r->at_once = want < at_most ? want : at_most;
	if (r->at_once > GH_REDFISH_AT_ONCE_MAX)
		r->at_once = GH_REDFISH_AT_ONCE_MAX;
	r->start_ms = gh_mono_ms(pool->env);
	r->end_ms = r->start_ms + job->target.deadline_ms;
	clear_results(job);
	job->tree.read_at = gh_now(pool->env);
	if (prepare(r, &job->err) != 0)
		finish(r, -1);
}

void gh_redfish_reader_free(struct gh_redfish_reader *r)
{
	for (size_t i = 0; i < GH_COUNT(r->slot); i++)
		drop_call(&r->slot[i]);
	gh_redfish_plan_free(&r->plan);
	if (r->host)
		r->host->busy = false;
}

/* ---- requests ---- */

static long time_for_one(const struct gh_redfish_reader *r)
{
	int64_t left = r->end_ms - gh_mono_ms(r->pool->env);

	return left < 1 ? 1 : left < r->pool->get_ms ? (long)left : r->pool->get_ms;
}

static int send_off(struct gh_redfish_reader *r, struct gh_redfish_slot *s,
    struct gh_redfish_request *rq, struct gh_err *err)
{
	rq->base = r->host->base;
	rq->timeout_ms = time_for_one(r);
	if (s->what ==
	    GH_RF_LOGIN) /* the answer is of use after the end too: see finish */
		rq->timeout_ms += GH_REDFISH_FAREWELL_MS;
	rq->pin = &r->host->pin;
	rq->budget = &r->budget;
	if (gh_redfish_call_new(&s->call, r->pool->multi, rq, err) != 0)
		return -1;
	s->call->owner = r;
	s->session = r->session;
	return 0;
}

static int start_login(struct gh_redfish_reader *r, struct gh_err *err)
{
	struct gh_redfish_slot *s = free_slot(r);
	struct gh_redfish_request rq = {.method = "POST", .token = "", .etag = ""};
	char path[GH_REDFISH_LINK_MAX];
	struct gh_buf body = {0};
	int rc;

	if (!s)
		return gh_fail(err, GH_E_INTERNAL, "no room for a login");
	r->logins_left--;
	gh_redfish_plan_sessions(&r->job->tree, path);
	gh_redfish_login_body(&body, r->job->target.user, r->job->target.password);
	rq.path = path;
	rq.body = gh_buf_view(&body);
	*s = (struct gh_redfish_slot){.what = GH_RF_LOGIN};
	rc = gh_buf_ok(&body, err) != 0 ? -1 : send_off(r, s, &rq, err);
	gh_redfish_wipe(&body);
	r->logging_in = rc == 0;
	return rc;
}

/* One nonce for all roots of trust: fresh for this reading. */
static int nonce(struct gh_redfish_reader *r, struct gh_err *err)
{
	uint8_t raw[32];

	if (r->job->tree.nonce[0])
		return 0;
	if (gh_random(r->pool->env, raw, sizeof(raw), err) != 0)
		return -1;
	gh_hex(r->job->tree.nonce, raw, sizeof(raw));
	return 0;
}

static int start_reading(struct gh_redfish_reader *r, struct gh_redfish_slot *s,
    const struct gh_redfish_item *item, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) body = {0};
	const struct gh_redfish_cached *had = NULL;
	char url[320];
	struct gh_redfish_request rq = {
	    .method = "GET", .path = url, .token = r->host->session.token, .etag = ""};

	*s = (struct gh_redfish_slot){.what = GH_RF_READING, .item = *item};
	gh_redfish_item_url(&r->plan, item, url);
	if (item->kind == GH_RF_ROOT)
		rq.token = ""; /* it is anybody's; the session may be over */
	if (item->kind == GH_RF_MEASURE) {
		if (nonce(r, err) != 0)
			return -1;
		gh_redfish_measure_body(&body, r->job->tree.nonce);
		rq.method = "POST";
		rq.body = gh_buf_view(&body);
	} else {
		r->job->n_requests++;
		if (item->ask == GH_RF_PLAIN && item->kind < GH_RF_MEASURE)
			had = gh_redfish_cache_get(&r->host->cache, item->path);
	}
	if (had) {
		rq.etag = had->etag;
		s->conditional = true;
	}
	return gh_buf_ok(&body, err) != 0 ? -1 : send_off(r, s, &rq, err);
}

static int start_readings(struct gh_redfish_reader *r, struct gh_err *err)
{
	int64_t now = gh_mono_ms(r->pool->env);
	struct gh_redfish_item item;
	struct gh_redfish_slot *s;

	for (unsigned int n = in_flight(r); n < r->at_once; n++) {
		s = free_slot(r);
		if (!s || !gh_redfish_plan_take(&r->plan, now, &item))
			return 0;
		if (start_reading(r, s, &item, err) != 0)
			return -1;
	}
	return 0;
}

static bool wants_session(const struct gh_redfish_reader *r)
{
	return r->has_root && !r->host->session.token[0];
}

/* Without a user there is nothing to read but the root. */
static bool is_anonymous(const struct gh_redfish_reader *r)
{
	return !r->job->target.user || !r->job->target.user[0];
}

static int start_more(struct gh_redfish_reader *r, struct gh_err *err)
{
	if (r->logging_in)
		return 0;
	if (wants_session(r) && is_anonymous(r)) {
		finish(r, 0);
		return 0;
	}
	if (wants_session(r))
		return gh_mono_ms(r->pool->env) < r->login_due_ms ? 0
								  : start_login(r, err);
	if (start_readings(r, err) != 0)
		return -1;
	if (in_flight(r) == 0 && r->plan.n == 0)
		finish(r, 0);
	return 0;
}

/* ---- time ---- */

static const char *doing(const struct gh_redfish_reader *r)
{
	for (size_t i = 0; i < GH_COUNT(r->slot); i++)
		if (r->slot[i].call)
			return gh_redfish_call_doing(r->slot[i].call);
	return "between two requests";
}

static void timed_out(struct gh_redfish_reader *r, int64_t now)
{
	struct gh_err *err = &r->job->err;
	unsigned int ms = (unsigned int)(now - r->start_ms);

	if (r->has_root)
		(void)gh_fail(err, GH_E_TIMEOUT,
		    "timed out after %u ms, with %u answers: %s", ms, r->n_read,
		    doing(r));
	else
		(void)gh_fail(
		    err, GH_E_TIMEOUT, "timed out after %u ms, %s", ms, doing(r));
	finish(r, -1);
}

bool gh_redfish_reader_step(struct gh_redfish_reader *r)
{
	int64_t now = gh_mono_ms(r->pool->env);

	if (r->job && now >= r->end_ms)
		timed_out(r, now);
	if (r->job && start_more(r, &r->job->err) != 0)
		finish(r, -1);
	if (r->job)
		return false;
	for (size_t i = 0; i < GH_COUNT(r->slot) && now >= r->farewell_ms; i++)
		drop_call(&r->slot[i]);
	return !any_call(r);
}

int64_t gh_redfish_reader_wake(const struct gh_redfish_reader *r)
{
	int64_t due;

	if (!r->job)
		return any_call(r) ? r->farewell_ms : INT64_MAX;
	if (r->logging_in)
		due = INT64_MAX;
	else if (wants_session(r))
		due = r->login_due_ms;
	else
		due =
		    in_flight(r) < r->at_once ? gh_redfish_plan_due(&r->plan) : INT64_MAX;
	return due < r->end_ms ? due : r->end_ms;
}

/* ---- what has ended ---- */

/* A BMC that is too busy for a login has not looked at the password: that is no refusal,
 * and may be tried again. */
static bool login_waits(struct gh_redfish_reader *r, const struct gh_redfish_call *c)
{
	if (!r->job || !gh_redfish_is_busy(c) || ++r->login_tries > GH_REDFISH_TRIES_MAX)
		return false;
	r->login_due_ms = gh_mono_ms(r->pool->env) + gh_redfish_wait_ms(c);
	r->logins_left++;
	return true;
}

static int got_login(struct gh_redfish_reader *r, const struct gh_redfish_slot *s,
    CURLcode code, const char *user, struct gh_err *err)
{
	int status;

	r->logging_in = false;
	if (gh_redfish_call_result(s->call, code, &status, err) != 0)
		return -1;
	if (login_waits(r, s->call))
		return 0;
	if (gh_redfish_login_answer(&r->host->session, s->call, status, user, err) != 0)
		return -1;
	r->host->session.since_ms = gh_mono_ms(r->pool->env);
	r->session++;
	return 0;
}

void gh_redfish_reader_ended(
    struct gh_redfish_reader *r, struct gh_redfish_call *call, CURLcode code)
{
	struct gh_redfish_slot *s = r->slot;
	struct gh_err err = {0};
	int rc = 0;

	while (s->call != call)
		s++;
	if (s->what == GH_RF_LOGIN)
		rc = got_login(r, s, code, r->job ? r->job->target.user : "", &err);
	else if (s->what == GH_RF_READING && r->job)
		rc = gh_redfish_answer(r, s, code, &err);
	drop_call(s);
	if (rc != 0)
		gh_redfish_reader_fail(r, &err);
	if (!r->job && r->host->session.token[0] && s->what == GH_RF_LOGIN)
		gh_redfish_reader_farewell(r); /* came too late to be of use */
}
