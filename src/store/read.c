/* SPDX-License-Identifier: Apache-2.0
 * Reading the store: each call on a connection of its own, never behind the writer. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "store/internal.h"

#define GH_RUN_COLS                                                                      \
	"id, host, kind, by, started, finished, took_ms, verdict, lab,"                  \
	" n_pass, n_warn, n_fail, n_unknown, n_skip"
#define GH_REPORT_COLS "id, host, verdict, issued, sequence, previous, payload_sha256"

void gh_reading_end(struct gh_reading *r)
{
	gh_stmt_close(&r->q);
	if (r->db)
		gh_reader_give(r->s, r->db);
	r->db = NULL;
}

int gh_reading_begin(
    struct gh_reading *r, struct gh_store *s, const char *sql, struct gh_err *err)
{
	*r = (struct gh_reading){.s = s, .db = gh_reader_take(s, err)};
	if (!r->db)
		return -1;
	return gh_stmt_open(&r->q, r->db, sql, err);
}

int gh_rows_grow(void **at, size_t n, size_t *cap, size_t size, struct gh_err *err)
{
	if (n < *cap)
		return 0;
	size_t want = *cap ? *cap * 2 : 16, bytes = 0;
	void *p = gh_mul(want, size, &bytes) ? NULL : realloc(*at, bytes);
	if (!p)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	*at = p;
	*cap = want;
	return 0;
}

/* ---- runs ----------------------------------------------------------------------- */

static int read_run(struct gh_stmt *q, struct gh_run *out, struct gh_err *err)
{
	*out = (struct gh_run){0};
	gh_stmt_col_into(q, 0, out->id, sizeof(out->id));
	gh_stmt_col_into(q, 1, out->host, sizeof(out->host));
	gh_stmt_col_into(q, 2, out->kind, sizeof(out->kind));
	gh_stmt_col_into(q, 3, out->by, sizeof(out->by));
	out->started = gh_stmt_col_int(q, 4);
	out->finished = gh_stmt_col_int(q, 5);
	out->took_ms = (unsigned int)gh_stmt_col_int(q, 6);
	out->lab = gh_stmt_col_int(q, 8) != 0;
	unsigned int *const n[] = {
	    &out->n_pass, &out->n_warn, &out->n_fail, &out->n_unknown, &out->n_skip};
	for (size_t i = 0; i < GH_COUNT(n); i++)
		*n[i] = (unsigned int)gh_stmt_col_int(q, 9 + (int)i);
	if (gh_verdict_parse(gh_stmt_col(q, 7), &out->verdict))
		return gh_fail(
		    err, GH_E_PARSE, "run %s: not a verdict in the store", out->id);
	return 0;
}

int gh_store_runs(struct gh_store *s, const char *host, const char *kind, size_t limit,
    struct gh_runs *out, struct gh_err *err)
{
	gh_auto(struct gh_reading, gh_reading_end) r = {0};
	if (gh_reading_begin(&r, s,
		host && kind ? "SELECT " GH_RUN_COLS " FROM run WHERE host = ?1 AND"
			       " kind = ?2 ORDER BY started DESC, seq DESC LIMIT ?3"
			     : "SELECT " GH_RUN_COLS " FROM run WHERE"
			       " (?1 = '' OR host = ?1) AND (?2 = '' OR kind = ?2)"
			       " ORDER BY started DESC, seq DESC LIMIT ?3",
		err))
		return -1;
	gh_stmt_text(&r.q, 1, host);
	gh_stmt_text(&r.q, 2, kind);
	gh_stmt_int(&r.q, 3, limit < GH_ROWS_MAX ? (int64_t)limit : GH_ROWS_MAX);
	size_t cap = 0;
	void *at = NULL;
	*out = (struct gh_runs){0};
	int rc;
	while ((rc = gh_stmt_step(&r.q, err)) == 1) {
		if (gh_rows_grow(&at, out->n, &cap, sizeof(*out->at), err))
			goto undo;
		out->at = at;
		if (read_run(&r.q, &out->at[out->n], err))
			goto undo;
		out->n++;
	}
	if (rc == 0)
		return 0;
undo:
	out->at = at;
	gh_runs_free(out);
	return -1;
}

void gh_runs_free(struct gh_runs *r)
{
	free(r->at);
	*r = (struct gh_runs){0};
}

/* The rows of `table` whose id is, begins with, or ends in the text: 1 with the whole id,
 * 0 none, -1 several or an error. */
static int whole_id(struct gh_store *s, const char *table, const char *text,
    char out[static GH_ULID_LEN], struct gh_err *err)
{
	char id[GH_ULID_LEN] = "", sql[200];
	size_t len = strlen(text);
	if (len < 6 || len >= sizeof(id))
		return 0;
	for (size_t i = 0; i < len; i++) {
		if (!isalnum((unsigned char)text[i]))
			return 0;
		id[i] = (char)toupper((unsigned char)text[i]);
	}
	/* "[" is the first character behind the letters. */
	snprintf(sql, sizeof(sql), "SELECT id FROM %s WHERE %s LIMIT 2", table,
	    len == GH_ULID_LEN - 1 ? "id = ?1"
				   : "(id >= ?1 AND id < ?1 || '[') OR"
				     " substr(id, -length(?1)) = ?1");
	gh_auto(struct gh_reading, gh_reading_end) r = {0};
	if (gh_reading_begin(&r, s, sql, err))
		return -1;
	gh_stmt_text(&r.q, 1, id);
	int rc = gh_stmt_step(&r.q, err);
	if (rc != 1)
		return rc;
	gh_stmt_col_into(&r.q, 0, out, GH_ULID_LEN);
	rc = gh_stmt_step(&r.q, err);
	if (rc == 1)
		return gh_fail(
		    err, GH_E_USAGE, "%s is the beginning or end of several ids", id);
	return rc < 0 ? -1 : 1;
}

int gh_store_run(
    struct gh_store *s, const char *id, struct gh_run *out, struct gh_err *err)
{
	char whole[GH_ULID_LEN];
	int rc = whole_id(s, "run", id, whole, err);
	if (rc != 1)
		return rc;
	gh_auto(struct gh_reading, gh_reading_end) r = {0};
	if (gh_reading_begin(&r, s, "SELECT " GH_RUN_COLS " FROM run WHERE id = ?", err))
		return -1;
	gh_stmt_text(&r.q, 1, whole);
	rc = gh_stmt_step(&r.q, err);
	return rc == 1 && read_run(&r.q, out, err) ? -1 : rc;
}

int gh_store_last(struct gh_store *s, const char *host, const char *kind,
    struct gh_run *out, struct gh_err *err)
{
	struct gh_runs runs = {0};
	if (gh_store_runs(s, host, kind, 1, &runs, err))
		return -1;
	int rc = runs.n > 0;
	if (rc)
		*out = runs.at[0];
	gh_runs_free(&runs);
	return rc;
}

/* ---- results -------------------------------------------------------------------- */

static int read_subjects(
    sqlite3 *db, int64_t run, struct gh_result *out, struct gh_err *err)
{
	gh_auto(struct gh_stmt, gh_stmt_close) q = {0};
	if (gh_stmt_open(&q, db,
		"SELECT name, kind, claims FROM subject WHERE run = ? ORDER BY n", err))
		return -1;
	gh_stmt_int(&q, 1, run);
	int rc;
	while ((rc = gh_stmt_step(&q, err)) == 1) {
		struct gh_subject *sub =
		    gh_result_subject(out, gh_stmt_col(&q, 0), gh_stmt_col(&q, 1));
		const char *text = gh_stmt_col(&q, 2);
		gh_auto(json_t *, gh_json_free) claims =
		    gh_json_parse(text, strlen(text), err);
		if (!claims)
			return gh_err_prefix(err, "claims in the store");
		if (sub->claims && json_object_update(sub->claims, claims))
			return gh_fail(err, GH_E_PARSE, "claims in the store: no object");
	}
	return rc;
}

static enum gh_severity severity_of(const char *word)
{
	for (int v = GH_SEV_INFO; v <= GH_SEV_BLOCKER; v++)
		if (strcmp(gh_severity_word((enum gh_severity)v), word) == 0)
			return (enum gh_severity)v;
	return GH_SEV_BLOCKER;
}

static enum gh_assurance assurance_of(const char *word)
{
	for (int v = GH_A0; v <= GH_A3; v++)
		if (strcmp(gh_assurance_word((enum gh_assurance)v), word) == 0)
			return (enum gh_assurance)v;
	return GH_A0;
}

static int read_finding(struct gh_stmt *q, struct gh_findings *fs, struct gh_err *err)
{
	const char *subject = gh_stmt_col(q, 0), *step = gh_stmt_col(q, 1);
	struct gh_finding *f = gh_findings_add(fs, subject, step);
	char **const field[] = {&f->parent, &f->title, &f->code, &f->expected,
	    &f->observed, &f->why, &f->remedy, &f->source};
	for (size_t i = 0; i < GH_COUNT(field); i++)
		gh_say(field[i], "%s", gh_stmt_col(q, 2 + (int)i));
	f->severity = severity_of(gh_stmt_col(q, 11));
	f->assurance = assurance_of(gh_stmt_col(q, 12));
	f->lab = gh_stmt_col_int(q, 13) != 0;
	if (gh_verdict_parse(gh_stmt_col(q, 10), &f->verdict))
		return gh_fail(
		    err, GH_E_PARSE, "%s %s: not a verdict in the store", subject, step);
	return 0;
}

static int read_findings(
    sqlite3 *db, int64_t run, struct gh_findings *fs, struct gh_err *err)
{
	gh_auto(struct gh_stmt, gh_stmt_close) q = {0};
	if (gh_stmt_open(&q, db,
		"SELECT subject, step, parent, title, code, expected, observed, why,"
		" remedy, source, verdict, severity, assurance, lab"
		" FROM finding WHERE run = ? ORDER BY n",
		err))
		return -1;
	gh_stmt_int(&q, 1, run);
	int rc;
	while ((rc = gh_stmt_step(&q, err)) == 1)
		if (read_finding(&q, fs, err))
			return -1;
	return rc;
}

/* The row number of a run or report that must be there, and its time. */
static int owner_row(
    sqlite3 *db, const char *sql, const char *id, int64_t out[2], struct gh_err *err)
{
	gh_auto(struct gh_stmt, gh_stmt_close) q = {0};
	if (gh_stmt_open(&q, db, sql, err))
		return -1;
	gh_stmt_text(&q, 1, id);
	int rc = gh_stmt_step(&q, err);
	if (rc == 0)
		return gh_fail(err, GH_E_USAGE, "%s is not in the store", id);
	if (rc != 1)
		return -1;
	out[0] = gh_stmt_col_int(&q, 0);
	out[1] = gh_stmt_col_int(&q, 1);
	return 0;
}

static int read_result(
    sqlite3 *db, const char *run_id, struct gh_result *out, struct gh_err *err)
{
	int64_t row[2] = {0}; /* seq, at */
	if (owner_row(db, "SELECT seq, at FROM run WHERE id = ?", run_id, row, err))
		return -1;
	out->at = row[1];
	if (read_subjects(db, row[0], out, err) ||
	    read_findings(db, row[0], &out->findings, err))
		return -1;
	return gh_result_ok(out, err);
}

/* In one transaction: a provisional run may be replaced at any time. */
int gh_store_result(
    struct gh_store *s, const char *run_id, struct gh_result *out, struct gh_err *err)
{
	gh_auto(struct gh_result, gh_result_free) got = {0};
	sqlite3 *db = gh_reader_take(s, err);
	if (!db)
		return -1;
	int rc = gh_db_exec(db, "BEGIN", err);
	if (rc == 0)
		rc = read_result(db, run_id, &got, err);
	gh_db_rollback(db);
	gh_reader_give(s, db);
	if (rc == 0)
		*out = gh_take(got);
	return rc;
}

int gh_store_claims(struct gh_store *s, const char *run_id, const char *subject,
    json_t **out, struct gh_err *err)
{
	gh_auto(struct gh_reading, gh_reading_end) r = {0};
	*out = NULL;
	if (gh_reading_begin(&r, s,
		"SELECT claims FROM subject WHERE name = ?2 AND run ="
		" (SELECT seq FROM run WHERE id = ?1)",
		err))
		return -1;
	gh_stmt_text(&r.q, 1, run_id);
	gh_stmt_text(&r.q, 2, subject);
	int rc = gh_stmt_step(&r.q, err);
	if (rc != 1)
		return rc;
	const char *text = gh_stmt_col(&r.q, 0);
	*out = gh_json_parse(text, strlen(text), err);
	return *out ? 1 : gh_err_prefix(err, "claims in the store");
}

/* ---- blobs ---------------------------------------------------------------------- */

struct blob_list {
	void *at; /* struct gh_blob_info */
	size_t n, cap;
};

/* sql[0]: the owner's row by its id; sql[1]: its blobs by that row. */
static int list_blobs(struct gh_store *s, const char *const sql[2], const char *id,
    struct blob_list *list, struct gh_err *err)
{
	gh_auto(struct gh_reading, gh_reading_end) r = {0};
	int64_t row[2] = {0};
	if (gh_reading_begin(&r, s, sql[1], err) || owner_row(r.db, sql[0], id, row, err))
		return -1;
	gh_stmt_int(&r.q, 1, row[0]);
	int rc;
	while ((rc = gh_stmt_step(&r.q, err)) == 1) {
		if (gh_rows_grow(
			&list->at, list->n, &list->cap, sizeof(struct gh_blob_info), err))
			return -1;
		struct gh_blob_info *b = (struct gh_blob_info *)list->at + list->n++;
		gh_stmt_col_into(&r.q, 0, b->sha256, sizeof(b->sha256));
		gh_stmt_col_into(&r.q, 1, b->role, sizeof(b->role));
		gh_stmt_col_into(&r.q, 2, b->media, sizeof(b->media));
		b->len = (size_t)gh_stmt_col_int(&r.q, 3);
	}
	return rc;
}

static int give_blobs(
    int rc, struct blob_list *list, struct gh_blob_info **out, size_t *n)
{
	if (rc) {
		free(list->at);
		return -1;
	}
	*out = list->at;
	*n = list->n;
	return 0;
}

int gh_store_blobs(struct gh_store *s, const char *run_id, struct gh_blob_info **out,
    size_t *n, struct gh_err *err)
{
	static const char *const sql[2] = {"SELECT seq, at FROM run WHERE id = ?",
	    "SELECT b.sha256, l.role, l.media, length(b.bytes) FROM run_blob l"
	    " JOIN blob b ON b.seq = l.blob WHERE l.run = ? ORDER BY l.n"};
	struct blob_list list = {0};
	return give_blobs(list_blobs(s, sql, run_id, &list, err), &list, out, n);
}

int gh_store_report_blobs(struct gh_store *s, const char *report_id,
    struct gh_blob_info **out, size_t *n, struct gh_err *err)
{
	static const char *const sql[2] = {"SELECT seq, issued FROM report WHERE id = ?",
	    "SELECT b.sha256, l.role, l.media, length(b.bytes) FROM report_blob l"
	    " JOIN blob b ON b.seq = l.blob WHERE l.report = ? ORDER BY l.n"};
	struct blob_list list = {0};
	return give_blobs(list_blobs(s, sql, report_id, &list, err), &list, out, n);
}

int gh_store_blob(
    struct gh_store *s, const char *sha256_hex, struct gh_buf *out, struct gh_err *err)
{
	gh_auto(struct gh_reading, gh_reading_end) r = {0};
	if (gh_reading_begin(&r, s, "SELECT bytes FROM blob WHERE sha256 = ?", err))
		return -1;
	gh_stmt_text(&r.q, 1, sha256_hex);
	int rc = gh_stmt_step(&r.q, err);
	if (rc != 1)
		return rc;
	const void *p = sqlite3_column_blob(r.q.q, 0);
	size_t len = (size_t)sqlite3_column_bytes(r.q.q, 0);
	char name[GH_SHA256_NAME_LEN];
	if (gh_sha256_name(p ? p : "", len, name, err))
		return -1;
	if (strcmp(name + strlen("sha256:"), sha256_hex) != 0)
		return gh_fail(err, GH_E_CRYPTO,
		    "the store was altered: blob %s now has the digest %s", sha256_hex,
		    name);
	if (len)
		gh_buf_add(out, p, len);
	return gh_buf_ok(out, err) ? -1 : 1;
}

int gh_store_report_blob(struct gh_store *s, const char *report_id, const char *role,
    struct gh_buf *out, struct gh_err *err)
{
	struct gh_blob_info *info;
	size_t n, i = 0;
	int rc = 0;

	if (gh_store_report_blobs(s, report_id, &info, &n, err) < 0)
		return -1;
	while (i < n && strcmp(info[i].role, role) != 0)
		i++;
	if (i < n)
		rc = gh_store_blob(s, info[i].sha256, out, err);
	free(info);
	return rc;
}

/* The newest of the host's validations that holds such a blob, and its digest. */
static int find_reading(struct gh_reading *r, const char *host, const char *role,
    struct gh_run *run, char sha256[static 65], struct gh_err *err)
{
	int rc;

	gh_stmt_text(&r->q, 1, host);
	gh_stmt_text(&r->q, 2, role);
	gh_stmt_int(&r->q, 3, GH_STORE_LOOK_BACK);
	rc = gh_stmt_step(&r->q, err);
	if (rc != 1)
		return rc;
	gh_stmt_col_into(&r->q, 14, sha256, 65);
	return read_run(&r->q, run, err) ? -1 : 1;
}

int gh_store_last_blob(struct gh_store *s, const char *host, const char *role,
    struct gh_run *run, struct gh_buf *out, struct gh_err *err)
{
	gh_auto(struct gh_reading, gh_reading_end) r = {0};
	char sha256[65];
	int rc;

	if (gh_reading_begin(&r, s,
		"SELECT " GH_RUN_COLS ", sha256 FROM (SELECT * FROM run WHERE host = ?1"
		" AND kind = 'validate' ORDER BY started DESC, seq DESC LIMIT ?3) r"
		" JOIN run_blob l ON l.run = r.seq AND l.role = ?2"
		" JOIN blob b ON b.seq = l.blob"
		" ORDER BY started DESC, r.seq DESC, l.n LIMIT 1",
		err))
		return -1;
	rc = find_reading(&r, host, role, run, sha256, err);
	gh_reading_end(&r);
	return rc == 1 ? gh_store_blob(s, sha256, out, err) : rc;
}

/* ---- reports -------------------------------------------------------------------- */

static void read_report(struct gh_stmt *q, struct gh_report_row *out)
{
	*out = (struct gh_report_row){0};
	gh_stmt_col_into(q, 0, out->id, sizeof(out->id));
	gh_stmt_col_into(q, 1, out->host, sizeof(out->host));
	gh_stmt_col_into(q, 2, out->verdict, sizeof(out->verdict));
	out->issued = gh_stmt_col_int(q, 3);
	out->sequence = gh_stmt_col_int(q, 4);
	gh_stmt_col_into(q, 5, out->previous, sizeof(out->previous));
	gh_stmt_col_into(q, 6, out->payload_sha256, sizeof(out->payload_sha256));
}

int gh_store_report_next(struct gh_store *s, const char *host, int64_t *sequence,
    char previous[static 65], struct gh_err *err)
{
	struct gh_report_row *row = NULL;
	size_t n = 0;
	memset(previous, '0', 64);
	previous[64] = '\0';
	*sequence = 1;
	if (gh_store_reports(s, host, 1, &row, &n, err))
		return -1;
	if (n > 0) {
		*sequence = row[0].sequence + 1;
		memcpy(previous, row[0].payload_sha256, 65);
	}
	free(row);
	return 0;
}

int gh_store_reports(struct gh_store *s, const char *host, size_t limit,
    struct gh_report_row **out, size_t *n, struct gh_err *err)
{
	gh_auto(struct gh_reading, gh_reading_end) r = {0};
	if (gh_reading_begin(&r, s,
		host ? "SELECT " GH_REPORT_COLS " FROM report WHERE host = ?1"
		       " ORDER BY sequence DESC LIMIT ?2"
		     : "SELECT " GH_REPORT_COLS " FROM report WHERE ?1 = ''"
		       " ORDER BY seq DESC LIMIT ?2",
		err))
		return -1;
	gh_stmt_text(&r.q, 1, host);
	gh_stmt_int(&r.q, 2, limit < GH_ROWS_MAX ? (int64_t)limit : GH_ROWS_MAX);
	void *at = NULL;
	size_t have = 0, cap = 0;
	int rc;
	while ((rc = gh_stmt_step(&r.q, err)) == 1) {
		if (gh_rows_grow(&at, have, &cap, sizeof(**out), err)) {
			rc = -1;
			break;
		}
		read_report(&r.q, (struct gh_report_row *)at + have++);
	}
	if (rc < 0) {
		free(at);
		return -1;
	}
	*out = at;
	*n = have;
	return 0;
}

int gh_store_report(
    struct gh_store *s, const char *id, struct gh_report_row *out, struct gh_err *err)
{
	struct gh_report_row *row = NULL;
	size_t n = 0;
	if (gh_store_reports(s, id, 1, &row, &n, err))
		return -1;
	if (n > 0) {
		*out = row[0];
		free(row);
		return 1;
	}
	free(row);
	char whole[GH_ULID_LEN];
	int rc = whole_id(s, "report", id, whole, err);
	if (rc != 1)
		return rc;
	gh_auto(struct gh_reading, gh_reading_end) r = {0};
	if (gh_reading_begin(
		&r, s, "SELECT " GH_REPORT_COLS " FROM report WHERE id = ?", err))
		return -1;
	gh_stmt_text(&r.q, 1, whole);
	rc = gh_stmt_step(&r.q, err);
	if (rc == 1)
		read_report(&r.q, out);
	return rc;
}
