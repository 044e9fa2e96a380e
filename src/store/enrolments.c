/* SPDX-License-Identifier: Apache-2.0
 * Enrolments in the store: a chain of documents per host (declared in store.h). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "store/internal.h"

#define COLS "seq, host, at, by, reason, sha256, replaces, document"

void gh_enrolment_row_free(struct gh_enrolment_row *row)
{
	free(row->document);
	*row = (struct gh_enrolment_row){0};
}

void gh_enrolment_rows_free(struct gh_enrolment_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		gh_enrolment_row_free(&rows[i]);
	free(rows);
}

static int digest(char out[static 65], const char *document, struct gh_err *err)
{
	char name[GH_SHA256_NAME_LEN];

	if (gh_sha256_name(document, strlen(document), name, err) != 0)
		return -1;
	snprintf(out, 65, "%s", name + strlen("sha256:"));
	return 0;
}

/* ---- writing ---------------------------------------------------------------------- */

static int check_newest(
    sqlite3 *db, const struct gh_enrolment_row *row, struct gh_err *err)
{
	gh_auto(struct gh_stmt, gh_stmt_close) q = {0};

	if (gh_stmt_open(&q, db,
		"SELECT coalesce(max(seq), 0) FROM enrolment WHERE host = ?", err))
		return -1;
	gh_stmt_text(&q, 1, row->host);
	if (gh_stmt_step(&q, err) < 0)
		return -1;
	if (gh_stmt_col_int(&q, 0) == row->replaces)
		return 0;
	gh_fail(
	    err, GH_E_POLICY, "%s was enrolled by somebody else meanwhile", row->host);
	return gh_err_hint(err, "look at it: gatehouse enrol --show %s", row->host);
}

int gh_enrolment_insert(
    sqlite3 *db, const struct gh_enrolment_row *row, struct gh_err *err)
{
	gh_auto(struct gh_stmt, gh_stmt_close) q = {0};
	char sha256[65];

	if (check_newest(db, row, err) || digest(sha256, row->document, err) ||
	    gh_stmt_open(&q, db,
		"INSERT INTO enrolment (host, by, document, sha256, reason, at, replaces)"
		" VALUES (?,?,?,?,?,?,?)",
		err))
		return -1;
	const char *const text[] = {
	    row->host, row->by, row->document, sha256, row->reason};
	for (size_t i = 0; i < GH_COUNT(text); i++)
		gh_stmt_text(&q, (int)i + 1, text[i]);
	gh_stmt_int(&q, 6, row->at);
	gh_stmt_int(&q, 7, row->replaces);
	return gh_stmt_run(&q, err);
}

/* ---- reading ---------------------------------------------------------------------- */

static int read_row(struct gh_stmt *q, struct gh_enrolment_row *out, struct gh_err *err)
{
	char sha256[65];

	*out = (struct gh_enrolment_row){.seq = gh_stmt_col_int(q, 0),
	    .at = gh_stmt_col_int(q, 2),
	    .replaces = gh_stmt_col_int(q, 6)};
	gh_stmt_col_into(q, 1, out->host, sizeof(out->host));
	gh_stmt_col_into(q, 3, out->by, sizeof(out->by));
	gh_stmt_col_into(q, 4, out->reason, sizeof(out->reason));
	gh_stmt_col_into(q, 5, out->sha256, sizeof(out->sha256));
	out->document = strdup(gh_stmt_col(q, 7));
	if (!out->document)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	if (digest(sha256, out->document, err) != 0)
		return -1;
	if (strcmp(sha256, out->sha256) == 0)
		return 0;
	gh_fail(err, GH_E_CRYPTO,
	    "the store was altered: enrolment %lld of %s has the digest %s, not %s",
	    (long long)out->seq, out->host, sha256, out->sha256);
	return gh_err_hint(
	    err, "treat the host as not enrolled, and find out who did it");
}

struct rows {
	void *at; /* struct gh_enrolment_row */
	size_t n, cap;
};

static int read_rows(struct gh_store *s, const char *host, int64_t limit,
    struct rows *rows, struct gh_err *err)
{
	gh_auto(struct gh_reading, gh_reading_end) r = {0};
	int rc;

	if (gh_reading_begin(&r, s,
		"SELECT " COLS " FROM enrolment WHERE host = ?1"
		" ORDER BY seq DESC LIMIT ?2",
		err))
		return -1;
	gh_stmt_text(&r.q, 1, host);
	gh_stmt_int(&r.q, 2, limit);
	while ((rc = gh_stmt_step(&r.q, err)) == 1) {
		struct gh_enrolment_row *row;

		if (gh_rows_grow(&rows->at, rows->n, &rows->cap, sizeof(*row), err))
			return -1;
		row = (struct gh_enrolment_row *)rows->at + rows->n++;
		if (read_row(&r.q, row, err))
			return -1;
	}
	return rc;
}

int gh_store_enrolments(struct gh_store *s, const char *host,
    struct gh_enrolment_row **out, size_t *n, struct gh_err *err)
{
	struct rows rows = {0};

	if (read_rows(s, host, GH_ROWS_MAX, &rows, err) != 0) {
		gh_enrolment_rows_free(rows.at, rows.n);
		return -1;
	}
	*out = rows.at;
	*n = rows.n;
	return 0;
}

int gh_store_enrolment(struct gh_store *s, const char *host, struct gh_enrolment_row *out,
    struct gh_err *err)
{
	struct rows rows = {0};
	int rc = read_rows(s, host, 1, &rows, err);
	int found = rc == 0 && rows.n == 1;

	if (found)
		*out = gh_take(*(struct gh_enrolment_row *)rows.at);
	gh_enrolment_rows_free(rows.at, rows.n);
	return rc != 0 ? -1 : found;
}
