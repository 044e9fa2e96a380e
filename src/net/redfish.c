/* SPDX-License-Identifier: Apache-2.0
 * The loop over all BMCs: one thread, one multi handle. */
#include "net/redfish.h"

#include <stdlib.h>

#include "net/redfish_reader.h"

#define CANCEL_MS   50   /* how late a cancel may be seen */
#define IDLE_MS     1000 /* the longest sleep */
#define SOCKETS_MAX 768u /* of all BMCs together; a process mostly may have 1024 */

struct run {
	struct gh_redfish_pool *pool;
	struct gh_redfish_reader *reader;
	size_t n;
	const struct gh_cancel *cancel;
	bool cancelled;
};

/* False when nothing has ended. */
static bool drain(struct run *r)
{
	CURLMsg *m;
	bool any = false;
	int left;

	while ((m = curl_multi_info_read(r->pool->multi, &left)) != NULL) {
		struct gh_redfish_call *call = gh_redfish_call_of(m->easy_handle);

		if (m->msg == CURLMSG_DONE && call && call->owner)
			gh_redfish_reader_ended(call->owner, call, m->data.result);
		any = true;
	}
	return any;
}

static void fail_all(struct run *r, const struct gh_err *why)
{
	for (size_t i = 0; i < r->n; i++)
		gh_redfish_reader_fail(&r->reader[i], why);
}

static bool step_all(struct run *r)
{
	bool over = true;

	if (!r->cancelled && gh_cancelled(r->cancel)) {
		struct gh_err why = {0};

		r->cancelled = true;
		(void)gh_fail(&why, GH_E_CANCELLED, "cancelled");
		fail_all(r, &why);
	}
	for (size_t i = 0; i < r->n; i++)
		over = gh_redfish_reader_step(&r->reader[i]) && over;
	return over;
}

static int sleep_ms(const struct run *r)
{
	int64_t now = gh_mono_ms(r->pool->env), wake = now + IDLE_MS;

	if (r->cancel && !r->cancelled)
		wake = now + CANCEL_MS;
	for (size_t i = 0; i < r->n; i++) {
		int64_t w = gh_redfish_reader_wake(&r->reader[i]);

		if (w < wake)
			wake = w;
	}
	return wake > now ? (int)(wake - now) : 0;
}

static int loop(struct run *r, struct gh_err *err)
{
	while (!step_all(r)) {
		int running;
		CURLMcode rc = curl_multi_perform(r->pool->multi, &running);

		if (rc == CURLM_OK && !drain(r))
			rc = curl_multi_poll(r->pool->multi, NULL, 0, sleep_ms(r), NULL);
		if (rc != CURLM_OK)
			return gh_fail(
			    err, GH_E_INTERNAL, "HTTP: %s", curl_multi_strerror(rc));
	}
	return 0;
}

int gh_redfish_run(struct gh_redfish_pool *pool, struct gh_redfish_job *jobs, size_t n,
    void (*done)(struct gh_redfish_job *job, void *ctx), void *ctx,
    const struct gh_cancel *cancel, struct gh_err *err)
{
	struct run r = {.pool = pool, .n = n, .cancel = cancel};
	unsigned int each = n ? (unsigned int)(SOCKETS_MAX / n) : 0;
	struct gh_err why = {0};
	int rc;

	r.reader = calloc(n ? n : 1, sizeof(*r.reader));
	if (!r.reader)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	for (size_t i = 0; i < n; i++) {
		r.reader[i].done = done;
		r.reader[i].ctx = ctx;
		gh_redfish_reader_start(&r.reader[i], &jobs[i], pool, each ? each : 1);
	}
	rc = loop(&r, &why);
	if (rc != 0)
		fail_all(&r, &why);
	for (size_t i = 0; i < n; i++)
		gh_redfish_reader_free(&r.reader[i]);
	free(r.reader);
	return rc == 0 ? 0 : gh_fail(err, why.code, "%s", why.what);
}

void gh_redfish_job_free(struct gh_redfish_job *job)
{
	gh_redfish_tree_free(&job->tree);
}
