/* SPDX-License-Identifier: Apache-2.0
 * The queue between the thread that reads hosts and the one that asks AMD. */
#include "ops/vcek.h"

#include <stdlib.h>

#define RUN_MS 30000 /* of one run; the next one goes on where it ended */

int gh_vceks_init(
    struct gh_vceks *q, struct gh_session *s, size_t n_hosts, struct gh_err *err)
{
	q->s = s;
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->more, NULL);
	q->queue = calloc(n_hosts + 1, sizeof(*q->queue));
	return q->queue ? 0 : gh_fail(err, GH_E_NOMEM, "out of memory");
}

void gh_vceks_free(struct gh_vceks *q)
{
	if (!q->s)
		return;
	free(q->queue);
	pthread_cond_destroy(&q->more);
	pthread_mutex_destroy(&q->lock);
}

bool gh_vceks_wanted(const struct gh_session *s, const struct gh_host *h)
{
	return s->kds != NULL && h->tee == GH_TEE_SNP;
}

void gh_vceks_push(struct gh_vceks *q, struct gh_visit *v)
{
	v->vcek_due = true;
	pthread_mutex_lock(&q->lock);
	q->queue[q->n++] = v;
	pthread_cond_signal(&q->more);
	pthread_mutex_unlock(&q->lock);
}

void gh_vceks_close(struct gh_vceks *q)
{
	pthread_mutex_lock(&q->lock);
	q->closed = true;
	pthread_cond_signal(&q->more);
	pthread_mutex_unlock(&q->lock);
}

static struct gh_visit *next_visit(struct gh_vceks *q)
{
	struct gh_visit *v;

	pthread_mutex_lock(&q->lock);
	while (q->next == q->n && !q->closed)
		pthread_cond_wait(&q->more, &q->lock);
	v = q->next < q->n ? q->queue[q->next++] : NULL;
	pthread_mutex_unlock(&q->lock);
	return v;
}

/* A host that does not say which chip it has is not asked for: its check tells why. */
static void ask(struct gh_vceks *q, struct gh_visit *v, int64_t budget_ms)
{
	gh_auto(struct gh_probe, gh_probe_free) probe = {0};
	struct gh_snp_vcek_ask which;

	if (gh_probe_parse(
		&probe, gh_buf_view(&v->probe->out), v->probe_nonce, &v->vcek.err) < 0) {
		v->vcek.state = GH_KDS_FAILED;
		return;
	}
	if (!gh_checks_vcek(&which, &probe))
		return;
	pthread_mutex_lock(&q->s->kds_lock);
	gh_kds_get(q->s->kds, &which, budget_ms, q->cancel, &v->vcek);
	pthread_mutex_unlock(&q->s->kds_lock);
}

void gh_vceks_run(struct gh_vceks *q)
{
	int64_t until = 0; /* from the first question on */
	struct gh_visit *v;

	while ((v = next_visit(q)) != NULL) {
		int64_t now = gh_mono_ms(q->s->env);

		until = until != 0 ? until : now + RUN_MS;
		ask(q, v, until > now ? until - now : 0);
		q->done(v, q->ctx);
	}
}
