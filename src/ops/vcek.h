/* SPDX-License-Identifier: Apache-2.0
 * The certificates of AMD chips, asked for beside the reading of hosts: the chip is known
 * once its host has answered, and no host waits for the certificate of another. */
#pragma once

#include "ops/visit.h"

/* Of one run; one thread pushes, another runs. */
struct gh_vceks {
	struct gh_session *s;
	const struct gh_cancel *cancel;
	void (*done)(struct gh_visit *v, void *ctx); /* from the running thread */
	void *ctx;
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct gh_visit **queue;
	size_t n, next;
	bool closed;
};

GH_MUST_USE int gh_vceks_init(
    struct gh_vceks *q, struct gh_session *s, size_t n_hosts, struct gh_err *err);
void gh_vceks_free(struct gh_vceks *q);
/* True when such a host's certificate can be asked for at all. */
bool gh_vceks_wanted(const struct gh_session *s, const struct gh_host *h);
/* Its probe has answered: to be asked for; sets v->vcek_due. */
void gh_vceks_push(struct gh_vceks *q, struct gh_visit *v);
/* No further host will come. */
void gh_vceks_close(struct gh_vceks *q);
/* Fills v->vcek of every host that is pushed, in that order; returns when closed and all are
 * done. What was proven before is read from disk; all the asking together takes 30 s. */
void gh_vceks_run(struct gh_vceks *q);
