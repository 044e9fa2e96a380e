/* SPDX-License-Identifier: Apache-2.0
 * What was found, kept: runs, findings, subjects, evidence by digest, reports. SQLite in
 * WAL with synchronous=FULL; one writer thread; a run is there whole or not at all. */
#pragma once

#include "base/env.h"
#include "base/result.h"

struct gh_store;

struct gh_run {
	char id[GH_ULID_LEN];
	char host[64];   /* which host */
	char kind[16];   /* "validate", "attest" */
	char by[64];     /* who: user@machine, or "timer" */
	int64_t started; /* unix seconds */
	int64_t finished;
	unsigned int took_ms;
	enum gh_verdict verdict;
	bool lab;
	unsigned int n_pass, n_warn, n_fail, n_unknown, n_skip;
};

struct gh_runs {
	struct gh_run *at;
	size_t n;
};

struct gh_blob {
	struct gh_bytes bytes;
	const char *role;  /* "gpu-report", "gpu-chain", "rim", "probe" */
	const char *media; /* media type */
};

struct gh_blobs {
	const struct gh_blob *at;
	size_t n;
};

struct gh_blob_info {
	char sha256[65];
	char role[32], media[64];
	size_t len;
};

/* Opens or makes the database at path and migrates it. A database of a newer schema is
 * refused. Read-only folder, full disk: IO with the reason and a hint. */
GH_MUST_USE int gh_store_open(
    struct gh_store **out, const char *path, struct gh_err *err);
void gh_store_close(struct gh_store **s);

/* One transaction: the run, its result and its blobs; durable when it returns. run->id
 * is made by the caller (gh_ulid); putting the same id again is not an error and changes
 * nothing. Thread-safe: queued to the writer. */
GH_MUST_USE int gh_store_put_run(struct gh_store *s, const struct gh_run *run,
    const struct gh_result *result, const struct gh_blob *blobs, size_t n_blobs,
    struct gh_err *err);

/* The run of that id says this from now on: verdict, subjects, findings, and, when any are
 * given, blobs (else it keeps those it has). What was known for the time being gives way to
 * what is known in full, and no reader ever sees half of it. A run that is not there is put. */
GH_MUST_USE int gh_store_revise_run(struct gh_store *s, const struct gh_run *run,
    const struct gh_result *result, struct gh_blobs blobs, struct gh_err *err);
/* The claims of one subject of a run, a new reference: 1 found, 0 none, -1 error. */
GH_MUST_USE int gh_store_claims(struct gh_store *s, const char *run_id,
    const char *subject, json_t **out, struct gh_err *err);

/* Readers: thread-safe, never wait for the writer. */
/* Newest first. host NULL = all; kind NULL = all. */
GH_MUST_USE int gh_store_runs(struct gh_store *s, const char *host, const char *kind,
    size_t limit, struct gh_runs *out, struct gh_err *err);
void gh_runs_free(struct gh_runs *r);
/* 1 found, 0 none, -1 error. id may be a unique prefix or suffix of at least 6. */
GH_MUST_USE int gh_store_run(
    struct gh_store *s, const char *id, struct gh_run *out, struct gh_err *err);
/* The newest of host and kind: 1 found, 0 none, -1 error. */
GH_MUST_USE int gh_store_last(struct gh_store *s, const char *host, const char *kind,
    struct gh_run *out, struct gh_err *err);
GH_MUST_USE int gh_store_result(
    struct gh_store *s, const char *run_id, struct gh_result *out, struct gh_err *err);
/* The blobs of one run; *out is malloc'd. */
GH_MUST_USE int gh_store_blobs(struct gh_store *s, const char *run_id,
    struct gh_blob_info **out, size_t *n, struct gh_err *err);
/* Appends the bytes; the digest is checked again. 1 found, 0 none, -1 error. */
GH_MUST_USE int gh_store_blob(
    struct gh_store *s, const char *sha256_hex, struct gh_buf *out, struct gh_err *err);
/* The same for what the newest of a host's validations that has any holds in that role
 * ("probe", "bmc"), the first if it holds several; *run is that one. What only runs before
 * the last GH_STORE_LOOK_BACK hold is not known any more: 0. */
#define GH_STORE_LOOK_BACK 64
GH_MUST_USE int gh_store_last_blob(struct gh_store *s, const char *host, const char *role,
    struct gh_run *run, struct gh_buf *out, struct gh_err *err);

/* Start of the oldest run in the unbroken row of runs, ending in run_id, in which this
 * step of this subject had the verdict it has there (unix seconds). */
GH_MUST_USE int gh_store_since(struct gh_store *s, const char *run_id,
    const char *subject, const char *step, int64_t *since, struct gh_err *err);

struct gh_report_row {
	char id[GH_ULID_LEN];
	char host[64];
	char verdict[16];
	int64_t issued;
	int64_t sequence;  /* per host, from 1, gapless */
	char previous[65]; /* sha256 of the host's previous payload; 64 zeros at first */
	char payload_sha256[65];
};

/* The next sequence number and previous digest for host. */
GH_MUST_USE int gh_store_report_next(struct gh_store *s, const char *host,
    int64_t *sequence, char previous[static 65], struct gh_err *err);
/* The row and its blobs (roles "payload", "envelope", "signature", "signer",
 * "evidence-index" and whatever the index names), in one transaction. A row that does not
 * follow the host's newest one is refused (POLICY): ask for the next number again. */
GH_MUST_USE int gh_store_put_report(struct gh_store *s, const struct gh_report_row *row,
    const struct gh_blob *blobs, size_t n_blobs, struct gh_err *err);
/* Newest first; host NULL = all; *out is malloc'd. */
GH_MUST_USE int gh_store_reports(struct gh_store *s, const char *host, size_t limit,
    struct gh_report_row **out, size_t *n, struct gh_err *err);
/* One report by id (or a unique prefix or suffix of at least 6), or, when it names a
 * host, that host's newest: 1 found, 0 none, -1 error. */
GH_MUST_USE int gh_store_report(
    struct gh_store *s, const char *id, struct gh_report_row *out, struct gh_err *err);
/* As gh_store_blobs, of one report. */
GH_MUST_USE int gh_store_report_blobs(struct gh_store *s, const char *report_id,
    struct gh_blob_info **out, size_t *n, struct gh_err *err);
/* Appends what the report holds in that role, the first if it holds several: 1, 0, -1. */
GH_MUST_USE int gh_store_report_blob(struct gh_store *s, const char *report_id,
    const char *role, struct gh_buf *out, struct gh_err *err);

/* One enrolment of a host. Rows are never changed or removed. */
struct gh_enrolment_row {
	int64_t seq; /* over all hosts, from 1 */
	char host[64];
	int64_t at;       /* unix seconds */
	char by[64];      /* user@machine */
	char reason[256]; /* as the operator gave it; "" = none */
	char sha256[65];  /* of document, lower-case hex */
	/* seq of the row that this one took the place of, which the operator accepted;
	 * 0 = the host's first */
	int64_t replaces;
	char *document; /* JSON text (fleet/enrolment.h); the row's own */
};

void gh_enrolment_row_free(struct gh_enrolment_row *row);
/* Appends; seq and sha256 of *row are not looked at. replaces must be the host's newest
 * row, or 0 when it has none: otherwise somebody else enrolled it meanwhile, POLICY. */
GH_MUST_USE int gh_store_put_enrolment(
    struct gh_store *s, const struct gh_enrolment_row *row, struct gh_err *err);
/* The newest of that host: 1 found, 0 never enrolled, -1 error. A document that no longer
 * has its digest is an error (CRYPTO), never "not enrolled". */
GH_MUST_USE int gh_store_enrolment(struct gh_store *s, const char *host,
    struct gh_enrolment_row *out, struct gh_err *err);
/* All of that host, newest first; *out is freed with gh_enrolment_rows_free. */
GH_MUST_USE int gh_store_enrolments(struct gh_store *s, const char *host,
    struct gh_enrolment_row **out, size_t *n, struct gh_err *err);
void gh_enrolment_rows_free(struct gh_enrolment_row *rows, size_t n);
