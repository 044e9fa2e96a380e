/* SPDX-License-Identifier: Apache-2.0
 * One host in one run: what was asked of it, and its answers judged: what the probe said,
 * what its BMC said, what the agent said. */
#pragma once

#include "net/redfish.h"
#include "ops/internal.h"

struct gh_visit {
	const struct gh_host *host;
	const struct gh_enrolment *enrolled; /* what was pinned of it; borrowed */
	const struct gh_host_policy *policy; /* NULL = none; borrowed */
	int64_t started;                     /* unix seconds */
	char run_id[GH_ULID_LEN];            /* of the host's own checks */
	struct gh_ssh_job *probe;            /* NULL = the checks were not asked for */
	struct gh_redfish_job *bmc; /* NULL = not asked: none named, or bmc_err */
	struct gh_ssh_job *gpus;    /* NULL = GPU evidence was not asked for */
	struct gh_err bmc_err;      /* why the BMC could not be asked */
	char probe_nonce[33], gpu_nonce[65]; /* hex */
	struct gh_kds_answer vcek;           /* of an AMD chip, once vcek_in */
	bool vcek_due;                       /* it is asked for */
	bool probe_in, bmc_in, vcek_in;      /* answered, or given up */
	int64_t answered; /* unix seconds, when the probe's whole answer was there */
	bool stored;      /* a first verdict, without the BMC, is in the store */
	int64_t due_ms;   /* when to give one; 0 = not waiting */
	struct gh_result result;     /* of the host's checks, once all is in */
	struct gh_result gpu_result; /* of its GPUs' evidence */
	bool attested;               /* and that is in the store */
	struct gh_memo *memo;        /* of the run, borrowed; one thread judges */
};

/* Appends findings and subjects; blobs point into the jobs and into *keep, which the caller
 * frees after storing. */
struct gh_visit_blobs {
	struct gh_blob at[64];
	size_t n;
	struct gh_buf keep[48];
	size_t n_keep;
};
void gh_visit_blobs_free(struct gh_visit_blobs *b);

/* The host's checks, on what is in. With bmc_in false the BMC's last known reading stands
 * in for it, with its age. */
GH_MUST_USE int gh_visit_judge_host(struct gh_session *s, const struct gh_visit *v,
    struct gh_result *out, struct gh_visit_blobs *blobs, struct gh_err *err);
GH_MUST_USE int gh_visit_judge_gpus(struct gh_session *s, const struct gh_visit *v,
    struct gh_result *out, struct gh_visit_blobs *blobs, struct gh_err *err);
/* The row of the run in the store; .took_ms is the longer of the two sources. */
void gh_run_fill(struct gh_run *out, const struct gh_session *s, const struct gh_visit *v,
    const struct gh_result *r);
/* Adds the findings to the run's counts; a run with a lab finding is a lab run. */
void gh_run_count(struct gh_run *run, const struct gh_findings *fs);
