/* SPDX-License-Identifier: Apache-2.0
 * The writer: one thread, one connection, a queue. Whoever puts something waits until its
 * transaction is on the disk, and gets its own error back. */
#include <stdio.h>
#include <string.h>

#include "crypto/digest.h"
#include "store/internal.h"

#define GH_STORE_BATCH 64 /* jobs that share one fsync */

struct gh_store_job {
	/* What to do, with its own part of the rest. All is borrowed: its owner waits. */
	int (*put)(sqlite3 *db, struct gh_store_job *job, struct gh_err *err);
	const struct gh_run *run;
	const struct gh_result *result;
	const struct gh_report_row *report;
	const struct gh_enrolment_row *enrolment;
	const struct gh_blob *blob;
	size_t n_blobs;
	struct gh_store_job *next;
	struct gh_err err;
	int rc;
	bool ended;
};

/* ---- blobs ---------------------------------------------------------------------- */

/* Stores the bytes unless they are there; *seq is their row. */
static int put_bytes(sqlite3 *db, struct gh_bytes bytes, int64_t *seq, struct gh_err *err)
{
	char name[GH_SHA256_NAME_LEN];
	if (gh_sha256_name(bytes.p, bytes.len, name, err))
		return -1;
	gh_auto(struct gh_stmt, gh_stmt_close) put = {0}, get = {0};
	if (gh_stmt_open(&put, db,
		"INSERT INTO blob (sha256, bytes) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
		err) ||
	    gh_stmt_open(&get, db, "SELECT seq FROM blob WHERE sha256 = ?1", err))
		return -1;
	const char *hex = name + strlen("sha256:");
	gh_stmt_text(&put, 1, hex);
	gh_stmt_blob(&put, 2, bytes);
	gh_stmt_text(&get, 1, hex);
	if (gh_stmt_run(&put, err))
		return -1;
	int rc = gh_stmt_step(&get, err);
	if (rc == 0)
		return gh_fail(err, GH_E_INTERNAL, "a stored blob is not there");
	*seq = rc == 1 ? gh_stmt_col_int(&get, 0) : 0;
	return rc == 1 ? 0 : -1;
}

static int put_blobs(sqlite3 *db, const char *link_sql, int64_t owner,
    const struct gh_store_job *job, struct gh_err *err)
{
	gh_auto(struct gh_stmt, gh_stmt_close) link = {0};
	if (gh_stmt_open(&link, db, link_sql, err))
		return -1;
	for (size_t i = 0; i < job->n_blobs; i++) {
		const struct gh_blob *b = &job->blob[i];
		int64_t seq = 0;
		if (put_bytes(db, b->bytes, &seq, err))
			return -1;
		gh_stmt_int(&link, 1, owner);
		gh_stmt_int(&link, 2, (int64_t)i);
		gh_stmt_int(&link, 3, seq);
		gh_stmt_text(&link, 4, b->role);
		gh_stmt_text(&link, 5, b->media);
		if (gh_stmt_run(&link, err))
			return -1;
	}
	return 0;
}

/* ---- runs ----------------------------------------------------------------------- */

/* 1 when a row with that id is there. */
static int has_id(sqlite3 *db, const char *sql, const char *id, struct gh_err *err)
{
	gh_auto(struct gh_stmt, gh_stmt_close) q = {0};
	if (gh_stmt_open(&q, db, sql, err))
		return -1;
	gh_stmt_text(&q, 1, id);
	return gh_stmt_step(&q, err);
}

static int put_run_row(
    sqlite3 *db, const struct gh_run *run, int64_t at, int64_t *seq, struct gh_err *err)
{
	gh_auto(struct gh_stmt, gh_stmt_close) q = {0};
	if (gh_stmt_open(&q, db,
		"INSERT INTO run (id, host, kind, by, verdict, started, finished, at,"
		" took_ms, lab, n_pass, n_warn, n_fail, n_unknown, n_skip)"
		" VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
		err))
		return -1;
	const char *const text[] = {
	    run->id, run->host, run->kind, run->by, gh_verdict_word(run->verdict)};
	const int64_t number[] = {run->started, run->finished, at, run->took_ms, run->lab,
	    run->n_pass, run->n_warn, run->n_fail, run->n_unknown, run->n_skip};
	for (size_t i = 0; i < GH_COUNT(text); i++)
		gh_stmt_text(&q, (int)i + 1, text[i]);
	for (size_t i = 0; i < GH_COUNT(number); i++)
		gh_stmt_int(&q, (int)(GH_COUNT(text) + i) + 1, number[i]);
	if (gh_stmt_run(&q, err))
		return -1;
	*seq = sqlite3_last_insert_rowid(db);
	return 0;
}

static int put_subjects(
    sqlite3 *db, int64_t run, const struct gh_result *r, struct gh_err *err)
{
	gh_auto(struct gh_stmt, gh_stmt_close) q = {0};
	if (gh_stmt_open(&q, db, "INSERT INTO subject VALUES (?,?,?,?,?)", err))
		return -1;
	for (size_t i = 0; i < r->n_subjects; i++) {
		const struct gh_subject *s = &r->subject[i];
		gh_auto(struct gh_buf, gh_buf_free) claims = {0};
		if (s->claims)
			gh_json_dump(&claims, s->claims);
		else
			gh_buf_str(&claims, "{}");
		if (gh_buf_ok(&claims, err))
			return -1;
		if (claims.len > GH_STORE_CLAIMS)
			return gh_fail(err, GH_E_INTERNAL, "%s: claims of %zu bytes",
			    s->name, claims.len);
		gh_stmt_int(&q, 1, run);
		gh_stmt_int(&q, 2, (int64_t)i);
		gh_stmt_text(&q, 3, s->name);
		gh_stmt_text(&q, 4, s->kind);
		gh_stmt_text(&q, 5, gh_buf_cstr(&claims));
		if (gh_stmt_run(&q, err))
			return -1;
	}
	return 0;
}

static int put_findings(
    sqlite3 *db, int64_t run, const struct gh_findings *fs, struct gh_err *err)
{
	gh_auto(struct gh_stmt, gh_stmt_close) q = {0};
	if (gh_stmt_open(&q, db,
		"INSERT INTO finding (run, n, lab, subject, step, parent, title, verdict,"
		" severity, code, expected, observed, why, remedy, source, assurance)"
		" VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
		err))
		return -1;
	for (size_t i = 0; i < fs->n; i++) {
		const struct gh_finding *f = &fs->at[i];
		const char *const text[] = {f->subject, f->step, f->parent, f->title,
		    gh_verdict_word(f->verdict), gh_severity_word(f->severity), f->code,
		    f->expected, f->observed, f->why, f->remedy, f->source,
		    gh_assurance_word(f->assurance)};
		gh_stmt_int(&q, 1, run);
		gh_stmt_int(&q, 2, (int64_t)i);
		gh_stmt_int(&q, 3, f->lab);
		for (size_t t = 0; t < GH_COUNT(text); t++)
			gh_stmt_text(&q, (int)t + 4, text[t]);
		if (gh_stmt_run(&q, err))
			return -1;
	}
	return 0;
}

/* Empties the run of that id, so that it can be written anew; *seq = 0 when there is none.
 * Its links to blobs stay when none are given. */
static int clear_run(
    sqlite3 *db, const struct gh_store_job *job, int64_t *seq, struct gh_err *err)
{
	static const char *const sql[] = {"DELETE FROM finding WHERE run = ?",
	    "DELETE FROM subject WHERE run = ?", "DELETE FROM run_blob WHERE run = ?"};
	gh_auto(struct gh_stmt, gh_stmt_close) find = {0};
	*seq = 0;
	if (gh_stmt_open(&find, db,
		"SELECT seq FROM run WHERE id = ? AND host = ? AND kind = ?", err))
		return -1;
	gh_stmt_text(&find, 1, job->run->id);
	gh_stmt_text(&find, 2, job->run->host);
	gh_stmt_text(&find, 3, job->run->kind);
	int rc = gh_stmt_step(&find, err);
	if (rc != 1)
		return rc;
	*seq = gh_stmt_col_int(&find, 0);
	for (size_t i = 0; i < (job->n_blobs ? 3 : 2); i++) {
		gh_auto(struct gh_stmt, gh_stmt_close) q = {0};
		if (gh_stmt_open(&q, db, sql[i], err))
			return -1;
		gh_stmt_int(&q, 1, *seq);
		if (gh_stmt_run(&q, err))
			return -1;
	}
	return 0;
}

static int update_run_row(
    sqlite3 *db, const struct gh_run *run, int64_t seq, struct gh_err *err)
{
	gh_auto(struct gh_stmt, gh_stmt_close) q = {0};
	if (gh_stmt_open(&q, db,
		"UPDATE run SET verdict = ?, finished = ?, took_ms = ?, n_pass = ?,"
		" n_warn = ?, n_fail = ?, n_unknown = ?, n_skip = ? WHERE seq = ?",
		err))
		return -1;
	const int64_t number[] = {run->finished, run->took_ms, run->n_pass, run->n_warn,
	    run->n_fail, run->n_unknown, run->n_skip, seq};
	gh_stmt_text(&q, 1, gh_verdict_word(run->verdict));
	for (size_t i = 0; i < GH_COUNT(number); i++)
		gh_stmt_int(&q, (int)i + 2, number[i]);
	return gh_stmt_run(&q, err);
}

static int put_content(
    sqlite3 *db, struct gh_store_job *job, int64_t seq, struct gh_err *err)
{
	if (put_subjects(db, seq, job->result, err) ||
	    put_findings(db, seq, &job->result->findings, err))
		return -1;
	return put_blobs(db, "INSERT INTO run_blob VALUES (?,?,?,?,?)", seq, job, err);
}

static int put_run(sqlite3 *db, struct gh_store_job *job, struct gh_err *err)
{
	int rc = has_id(db, "SELECT 1 FROM run WHERE id = ?", job->run->id, err);
	if (rc != 0)
		return rc < 0 ? -1
			      : 0; /* there already: a repeated put changes nothing */
	int64_t seq = 0;
	if (put_run_row(db, job->run, job->result->at, &seq, err))
		return -1;
	return put_content(db, job, seq, err);
}

static int revise_run(sqlite3 *db, struct gh_store_job *job, struct gh_err *err)
{
	int64_t seq;
	if (clear_run(db, job, &seq, err))
		return -1;
	if (seq == 0)
		return put_run(db, job, err);
	if (update_run_row(db, job->run, seq, err))
		return -1;
	return put_content(db, job, seq, err);
}

/* ---- reports -------------------------------------------------------------------- */

/* The chain of a host's reports has no gap and no fork (spec/reports.md 3.5). */
static int check_follows(sqlite3 *db, const struct gh_report_row *row, struct gh_err *err)
{
	gh_auto(struct gh_stmt, gh_stmt_close) q = {0};
	if (gh_stmt_open(&q, db,
		"SELECT sequence, payload_sha256 FROM report WHERE host = ?"
		" ORDER BY sequence DESC LIMIT 1",
		err))
		return -1;
	gh_stmt_text(&q, 1, row->host);
	int rc = gh_stmt_step(&q, err);
	if (rc < 0)
		return -1;
	int64_t want = rc == 1 ? gh_stmt_col_int(&q, 0) + 1 : 1;
	bool linked = rc == 1 ? strcmp(gh_stmt_col(&q, 1), row->previous) == 0
			      : strspn(row->previous, "0") == 64;
	if (row->sequence == want && linked)
		return 0;
	return gh_fail(err, GH_E_POLICY,
	    "report %lld of %s does not follow the newest, which has number %lld",
	    (long long)row->sequence, row->host, (long long)want - 1);
}

static int put_report(sqlite3 *db, struct gh_store_job *job, struct gh_err *err)
{
	const struct gh_report_row *row = job->report;
	int rc = has_id(db, "SELECT 1 FROM report WHERE id = ?", row->id, err);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	gh_auto(struct gh_stmt, gh_stmt_close) q = {0};
	if (check_follows(db, row, err) ||
	    gh_stmt_open(&q, db,
		"INSERT INTO report (id, host, verdict, previous, payload_sha256,"
		" issued, sequence) VALUES (?,?,?,?,?,?,?)",
		err))
		return -1;
	const char *const text[] = {
	    row->id, row->host, row->verdict, row->previous, row->payload_sha256};
	for (size_t i = 0; i < GH_COUNT(text); i++)
		gh_stmt_text(&q, (int)i + 1, text[i]);
	gh_stmt_int(&q, 6, row->issued);
	gh_stmt_int(&q, 7, row->sequence);
	if (gh_stmt_run(&q, err))
		return -1;
	return put_blobs(db, "INSERT INTO report_blob VALUES (?,?,?,?,?)",
	    sqlite3_last_insert_rowid(db), job, err);
}

static int put_enrolment(sqlite3 *db, struct gh_store_job *job, struct gh_err *err)
{
	return gh_enrolment_insert(db, job->enrolment, err);
}

/* ---- transactions --------------------------------------------------------------- */

/* Jobs first .. before `end` in one transaction: all or none. */
static int commit_jobs(
    sqlite3 *db, struct gh_store_job *first, struct gh_store_job *end, struct gh_err *err)
{
	if (gh_db_exec(db, "BEGIN IMMEDIATE", err))
		return -1;
	for (struct gh_store_job *j = first; j != end; j = j->next) {
		if (j->put(db, j, err)) {
			gh_db_rollback(db);
			return -1;
		}
	}
	if (gh_db_exec(db, "COMMIT", err)) {
		gh_db_rollback(db);
		return -1;
	}
	return 0;
}

/* Together when that works; else each alone, so that one that cannot be stored does not
 * take the others with it. */
static void run_batch(sqlite3 *db, struct gh_store_job *first)
{
	if (first->next && commit_jobs(db, first, NULL, NULL) == 0)
		return;
	for (struct gh_store_job *j = first; j; j = j->next)
		j->rc = commit_jobs(db, j, j->next, &j->err);
}

static struct gh_store_job *take_batch(struct gh_store *s)
{
	struct gh_store_job *first = s->head, *last = first;
	for (int i = 1; i < GH_STORE_BATCH && last && last->next; i++)
		last = last->next;
	if (!first)
		return NULL;
	s->head = last->next;
	if (!s->head)
		s->tail = NULL;
	last->next = NULL;
	return first;
}

static void *writer_main(void *arg)
{
	struct gh_store *s = arg;
	pthread_mutex_lock(&s->lock);
	for (;;) {
		struct gh_store_job *batch = take_batch(s);
		if (!batch && s->stop)
			break;
		if (!batch) {
			pthread_cond_wait(&s->work, &s->lock);
			continue;
		}
		pthread_mutex_unlock(&s->lock);
		run_batch(s->writer, batch);
		pthread_mutex_lock(&s->lock);
		while (batch) { /* its owner may free it as soon as it has ended */
			struct gh_store_job *next = batch->next;
			batch->ended = true;
			batch = next;
		}
		pthread_cond_broadcast(&s->done);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

int gh_writer_start(struct gh_store *s, struct gh_err *err)
{
	int rc = pthread_create(&s->thread, NULL, writer_main, s);
	if (rc)
		return gh_fail(err, GH_E_INTERNAL, "no thread: %s", strerror(rc));
	s->thread_runs = true;
	return 0;
}

void gh_writer_stop(struct gh_store *s)
{
	if (!s->thread_runs)
		return;
	pthread_mutex_lock(&s->lock);
	s->stop = true;
	pthread_cond_signal(&s->work);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->thread, NULL);
	s->thread_runs = false;
}

static int put_job(struct gh_store *s, struct gh_store_job *job, struct gh_err *err)
{
	pthread_mutex_lock(&s->lock);
	if (s->tail)
		s->tail->next = job;
	else
		s->head = job;
	s->tail = job;
	pthread_cond_signal(&s->work);
	while (!job->ended)
		pthread_cond_wait(&s->done, &s->lock);
	pthread_mutex_unlock(&s->lock);
	if (job->rc && err)
		*err = job->err;
	return job->rc;
}

static int put_run_job(struct gh_store *s, struct gh_store_job *job, struct gh_err *err)
{
	const struct gh_run *run = job->run;
	if (!run->id[0] || !run->host[0] || !run->kind[0])
		return gh_fail(
		    err, GH_E_INTERNAL, "a run needs an id, a host and a kind");
	if (gh_result_ok(job->result, err))
		return -1;
	return put_job(s, job, err);
}

int gh_store_put_run(struct gh_store *s, const struct gh_run *run,
    const struct gh_result *result, const struct gh_blob *blobs, size_t n_blobs,
    struct gh_err *err)
{
	struct gh_store_job job = {.put = put_run,
	    .run = run,
	    .result = result,
	    .blob = blobs,
	    .n_blobs = n_blobs};
	return put_run_job(s, &job, err);
}

int gh_store_revise_run(struct gh_store *s, const struct gh_run *run,
    const struct gh_result *result, struct gh_blobs blobs, struct gh_err *err)
{
	struct gh_store_job job = {.put = revise_run,
	    .run = run,
	    .result = result,
	    .blob = blobs.at,
	    .n_blobs = blobs.n};
	return put_run_job(s, &job, err);
}

int gh_store_put_report(struct gh_store *s, const struct gh_report_row *row,
    const struct gh_blob *blobs, size_t n_blobs, struct gh_err *err)
{
	if (!row->id[0] || !row->host[0] || !row->payload_sha256[0])
		return gh_fail(err, GH_E_INTERNAL,
		    "a report needs an id, a host and the digest of its payload");
	struct gh_store_job job = {
	    .put = put_report, .report = row, .blob = blobs, .n_blobs = n_blobs};
	return put_job(s, &job, err);
}

int gh_store_put_enrolment(
    struct gh_store *s, const struct gh_enrolment_row *row, struct gh_err *err)
{
	if (!row->host[0] || !row->by[0] || !row->document)
		return gh_fail(err, GH_E_INTERNAL,
		    "an enrolment needs a host, somebody who did it, and a document");
	struct gh_store_job job = {.put = put_enrolment, .enrolment = row};
	return put_job(s, &job, err);
}
