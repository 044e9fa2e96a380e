/* SPDX-License-Identifier: Apache-2.0
 * The checks that no host can be judged on alone (G17): against the other hosts, against
 * what was known before, against what hardware has signed. */
#pragma once

#include "checks/checks.h"

struct gh_fleet_peer {
	const char *name;
	const char *tee;      /* "tdx", "snp" */
	const json_t *claims; /* of its newest validation; NULL = never validated */
};

/* Everything is borrowed. */
struct gh_fleet_view {
	const struct gh_host *host;
	const struct gh_fleet_peer *peer; /* the fleet; itself is passed over */
	size_t n_peers;
	const struct gh_result
	    *before;             /* what was last reported, else found; NULL = nothing */
	const char *before_what; /* "report 7 of 2026-11-27T10:00:00Z" */
	const struct gh_err *before_err; /* why it could not be read */
	const struct gh_result *gpus;    /* evidence of the GPUs; NULL = none yet */
	int64_t at, fresh_s;
	int64_t bmc_read_at; /* 0 = no reading */
};

/* Appends one finding per check of G17 to the host's own result, which it reads, and lifts
 * the findings whose facts the GPUs' own evidence confirms to A3. */
GH_MUST_USE int gh_fleet_checks_run(struct gh_result *host, const struct gh_catalogue *c,
    const struct gh_fleet_view *view, struct gh_err *err);
