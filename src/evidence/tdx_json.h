/* SPDX-License-Identifier: Apache-2.0
 * What Intel's two signed documents have in common, read with types and limits: hex,
 * instants, statuses, advisories, levels by one SVN (spec/tdx.md sections 3.2 to 3.4). */
#pragma once

#include "evidence/policy.h"

#define GH_TCB_ADVISORIES_MAX 128 /* different ones in a document */
#define GH_TCB_ADVISORY_LEN   24  /* "INTEL-SA-00960" and a NUL */
#define GH_TCB_SVN_LEVELS_MAX 32

/* The advisories that a document names, each once; a level holds a bit for each. */
struct gh_tcb_advisories {
	char at[GH_TCB_ADVISORIES_MAX][GH_TCB_ADVISORY_LEN];
	size_t n;
};

struct gh_tcb_bits {
	uint64_t word[GH_TCB_ADVISORIES_MAX / 64];
};

/* When a document holds, and which publication of Intel's it is. */
struct gh_tcb_window {
	int64_t issue, next; /* unix seconds; both ends belong to it */
	int64_t eval;        /* tcbEvaluationDataNumber */
};

struct gh_tcb_standing {
	int64_t date; /* tcbDate, unix seconds */
	enum gh_tdx_status status;
	struct gh_tcb_bits advisories;
};

/* A level of a TDX module or of the quoting enclave. */
struct gh_tcb_svn_level {
	uint16_t isvsvn;
	struct gh_tcb_standing is;
};

struct gh_tcb_svn_levels {
	struct gh_tcb_svn_level at[GH_TCB_SVN_LEVELS_MAX]; /* highest first */
	size_t n;
};

/* All: PARSE says which member of which object is wrong. */
/* id and version must be exactly these. */
GH_MUST_USE int gh_tcb_read_head(const json_t *o, const char *id, int64_t version,
    struct gh_tcb_window *out, struct gh_err *err);
/* Exactly len bytes in hex of either case. */
GH_MUST_USE int gh_tcb_read_hex(
    const json_t *o, const char *key, void *out, size_t len, struct gh_err *err);
/* A whole number from 0 to max. */
GH_MUST_USE int gh_tcb_read_uint(
    const json_t *o, const char *key, uint32_t max, uint32_t *out, struct gh_err *err);
/* tcbDate, tcbStatus, advisoryIDs of a level. simple: only UpToDate, OutOfDate, Revoked
 * (a module's or enclave's level); else any but the computed relaunch words. */
GH_MUST_USE int gh_tcb_read_standing(const json_t *level, bool simple,
    struct gh_tcb_advisories *names, struct gh_tcb_standing *out, struct gh_err *err);
/* The array "tcbLevels" of {"tcb":{"isvsvn"},..}, sorted; at least one, none twice. */
GH_MUST_USE int gh_tcb_read_svn_levels(const json_t *o, uint32_t svn_max,
    struct gh_tcb_advisories *names, struct gh_tcb_svn_levels *out, struct gh_err *err);
