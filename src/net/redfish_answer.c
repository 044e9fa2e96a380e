/* SPDX-License-Identifier: Apache-2.0
 * What an answer of a BMC means for its reading. */
#include "net/redfish_answer.h"

#define RETRY_MS    10000 /* Retry-After that we go along with */
#define LOST_MARGIN 3u    /* answers that may fail to come beyond those in flight */

bool gh_redfish_is_busy(const struct gh_redfish_call *call)
{
	return (call->status == 503 || call->status == 429) && call->retry_s >= 0;
}

int64_t gh_redfish_wait_ms(const struct gh_redfish_call *call)
{
	int64_t ms = call->retry_s * INT64_C(1000);

	return ms < RETRY_MS ? ms : RETRY_MS;
}

static int requeue(struct gh_redfish_reader *r, const struct gh_redfish_slot *s,
    int64_t wait_ms, struct gh_err *err)
{
	struct gh_redfish_item item = s->item;

	item.tries++;
	return gh_redfish_plan_push(
	    &r->plan, &item, gh_mono_ms(r->pool->env) + wait_ms, err);
}

static int no_answer(struct gh_redfish_reader *r, const struct gh_redfish_slot *s,
    int status, const struct gh_err *why, struct gh_err *err)
{
	if (s->item.kind == GH_RF_ROOT) {
		*err = *why;
		return status ? gh_err_prefix(err, "the root of the BMC") : -1;
	}
	return gh_redfish_plan_failed(
	    &r->plan, &r->job->tree, &s->item, status, why, err);
}

/* A BMC that has gone away would let each of a hundred requests run into its time-out. */
static int lost_answer(struct gh_redfish_reader *r, const struct gh_redfish_slot *s,
    const struct gh_err *why, struct gh_err *err)
{
	*err = *why;
	if (s->call->over_budget)
		return -1;
	if (why->code == GH_E_AUTH) /* another certificate than before */
		return -1;
	if (++r->lost > r->at_once + LOST_MARGIN)
		return gh_err_prefix(err, "it no longer answers");
	return no_answer(r, s, 0, why, err);
}

/* 401: the session is over, or was never good for this. One new login, no more. */
static int unauthorised(
    struct gh_redfish_reader *r, const struct gh_redfish_slot *s, struct gh_err *err)
{
	struct gh_err why = {0};

	bool pending = !r->host->session.token[0]; /* another answer has led to it */

	if (r->has_root && s->item.tries < GH_REDFISH_TRIES_MAX &&
	    (pending || s->session != r->session))
		return requeue(r, s, 0, err);
	if (r->has_root && r->logins_left > 0) {
		gh_redfish_reader_farewell(r);
		return requeue(r, s, 0, err);
	}
	(void)gh_fail(
	    &why, GH_E_AUTH, "the BMC does not let this user read it (HTTP 401)");
	return no_answer(r, s, 401, &why, err);
}

static int refused(struct gh_redfish_reader *r, const struct gh_redfish_slot *s,
    int status, struct gh_err *err)
{
	struct gh_err why = {0};

	if (status == 401)
		return unauthorised(r, s, err);
	if (gh_redfish_is_busy(s->call) && s->item.tries < GH_REDFISH_TRIES_MAX)
		return requeue(r, s, gh_redfish_wait_ms(s->call), err);
	if (status >= 300 && status < 400)
		(void)gh_fail(
		    &why, GH_E_REMOTE, "redirects to another place: not followed");
	else if (status == 403)
		(void)gh_fail(
		    &why, GH_E_AUTH, "the BMC does not let this user read it (HTTP 403)");
	else
		(void)gh_fail(&why, GH_E_REMOTE, "answered with HTTP %d", status);
	return no_answer(r, s, status, &why, err);
}

/* The etag of an answer: the header's, or the one inside, which is the same by the
 * standard and which some BMCs give alone. */
static const char *etag_of(const struct gh_redfish_call *c, const json_t *body)
{
	return c->etag[0] ? c->etag : gh_json_text(body, "@odata.etag");
}

static int root_is_right(const json_t *body, struct gh_err *err)
{
	if (json_is_string(json_object_get(body, "RedfishVersion")) ||
	    json_is_object(json_object_get(body, "Systems")))
		return 0;
	return gh_fail(err, GH_E_REMOTE, "what answers there is no Redfish service");
}

static int read_text(struct gh_redfish_reader *r, const struct gh_redfish_slot *s,
    struct gh_bytes text, int status, struct gh_err *err)
{
	struct gh_redfish_said said = {.status = status == 304 ? 200 : status,
	    .etag = s->call->etag,
	    .location = s->call->location,
	    .retry_s = s->call->retry_s,
	    .now_ms = gh_mono_ms(r->pool->env)};
	struct gh_err why = {0};

	if (text.len) {
		said.body = gh_redfish_plan_parse(&r->plan, text.p, text.len, &why);
		if (!said.body)
			return no_answer(r, s, status, &why, err);
	}
	if (s->item.kind == GH_RF_ROOT) {
		if (root_is_right(said.body, err) != 0) {
			json_decref(said.body);
			return -1;
		}
		r->has_root = true;
	}
	if (status != 304 && s->item.ask == GH_RF_PLAIN && s->item.kind < GH_RF_MEASURE &&
	    etag_of(s->call, said.body)[0])
		gh_redfish_cache_put(
		    &r->host->cache, s->item.path, etag_of(s->call, said.body), text);
	r->n_read++;
	return gh_redfish_plan_answer(&r->plan, &r->job->tree, &s->item, &said, err);
}

static int unchanged(
    struct gh_redfish_reader *r, const struct gh_redfish_slot *s, struct gh_err *err)
{
	const struct gh_redfish_cached *had =
	    gh_redfish_cache_get(&r->host->cache, s->item.path);
	struct gh_err why = {0};

	if (!s->conditional || !had) {
		(void)gh_fail(
		    &why, GH_E_REMOTE, "unchanged, it says, but nothing was asked of it");
		return no_answer(r, s, 304, &why, err);
	}
	r->job->n_unchanged++;
	return read_text(r, s, gh_buf_view(&had->text), 304, err);
}

int gh_redfish_answer(struct gh_redfish_reader *r, const struct gh_redfish_slot *s,
    CURLcode code, struct gh_err *err)
{
	struct gh_err why = {0};
	int status;

	if (gh_redfish_call_result(s->call, code, &status, &why) != 0) {
		if (s->item.kind != GH_RF_MEASURE && /* a POST counts once */
		    s->item.tries < GH_REDFISH_TRIES_MAX &&
		    gh_redfish_call_spoilt(s->call, code))
			return requeue(r, s, 0, err);
		return lost_answer(r, s, &why, err);
	}
	r->lost = 0;
	if (status == 304)
		return unchanged(r, s, err);
	if (status >= 200 && status < 300)
		return read_text(r, s, gh_buf_view(&s->call->body), status, err);
	return refused(r, s, status, err);
}
