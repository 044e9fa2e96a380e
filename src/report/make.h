/* SPDX-License-Identifier: Apache-2.0
 * A report: the newest host checks and GPU evidence of one host, signed and stored. */
#pragma once

#include "base/env.h"
#include "store/store.h"

struct gh_report_inputs {
	const char *host;
	const char *audience;     /* "client:acme"; NULL or "" = "anyone" */
	const char *client_nonce; /* 64 hex digits, or NULL */
	const char *state_dir;    /* where keys/report.pem is */
	const char *version;      /* gh_version() */
	unsigned int n_gpus;      /* as the fleet file says; 0 = none is due */
	int64_t fresh_s;          /* older runs make the verdict "error"; 0 = 900 */
	int64_t valid_s;          /* from issued to expires; 0 = 3600 */
	bool lab;
	struct gh_bytes lab_trust;  /* the lab's trust file, goes into evidence/ */
	const struct gh_bytes *rim; /* RIM files at hand; those that were used go along */
	size_t n_rims;
};

/* Makes, signs and stores. A host that was never validated is USAGE; missing, stale or
 * incomplete GPU evidence is a finding of the report (report.fresh, report.devices), so
 * that a failing report can still be delivered. Two callers at once both succeed. */
GH_MUST_USE int gh_report_make(struct gh_store *store, const struct gh_env *env,
    const struct gh_report_inputs *in, struct gh_report_row *out, struct gh_err *err);
