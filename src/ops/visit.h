/* SPDX-License-Identifier: Apache-2.0
 * One host's answer, judged: what the probe said, what the agent said. */
#pragma once

#include "ops/internal.h"

/* One host in one run: filled by the SSH jobs, judged into a result, stored. */
struct gh_visit {
	const struct gh_host *host;
	bool gpus;            /* the agent's answer rather than the probe's */
	char nonce_hex[65];   /* probe: 32 digits used; GPUs: 64 */
	int64_t started;      /* unix seconds */
	struct gh_memo *memo; /* of the run, borrowed; one thread judges */
};

/* Appends findings and subjects; blobs (at most max) point into job->out and into *keep,
 * which the caller frees after storing. */
struct gh_visit_blobs {
	struct gh_blob at[64];
	size_t n;
	struct gh_buf keep[48];
	size_t n_keep;
};
void gh_visit_blobs_free(struct gh_visit_blobs *b);

GH_MUST_USE int gh_visit_judge_probe(struct gh_session *s, const struct gh_visit *v,
    const struct gh_ssh_job *job, struct gh_result *out, struct gh_visit_blobs *blobs,
    struct gh_err *err);
GH_MUST_USE int gh_visit_judge_gpus(struct gh_session *s, const struct gh_visit *v,
    const struct gh_ssh_job *job, struct gh_result *out, struct gh_visit_blobs *blobs,
    struct gh_err *err);
