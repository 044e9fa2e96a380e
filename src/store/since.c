/* SPDX-License-Identifier: Apache-2.0
 * Since when a step has been saying what it says now (declared in store.h). */
#include "store/internal.h"

/* The oldest run of an unbroken row of runs, ending in ?1, in which the step had the same
 * verdict. An index on (host, kind, started, seq) serves both inner looks. */
static const char sql[] =
    "WITH now AS (SELECT run.seq, run.host, run.kind, f.verdict FROM run"
    "  JOIN finding f ON f.run = run.seq"
    "  WHERE run.id = ?1 AND f.subject = ?2 AND f.step = ?3 LIMIT 1),"
    " other AS (SELECT max(run.seq) AS seq FROM run, now"
    "  WHERE run.host = now.host AND run.kind = now.kind AND run.seq < now.seq"
    "  AND NOT EXISTS (SELECT 1 FROM finding f WHERE f.run = run.seq"
    "   AND f.subject = ?2 AND f.step = ?3 AND f.verdict = now.verdict))"
    " SELECT min(run.started) FROM run, now, other"
    " WHERE run.host = now.host AND run.kind = now.kind"
    " AND run.seq <= now.seq AND run.seq > coalesce(other.seq, 0)";

int gh_store_since(struct gh_store *s, const char *run_id, const char *subject,
    const char *step, int64_t *since, struct gh_err *err)
{
	sqlite3 *db = gh_reader_take(s, err);
	struct gh_stmt q = {0};
	int rc;

	if (db == NULL)
		return -1;
	rc = gh_stmt_open(&q, db, sql, err);
	if (rc == 0) {
		gh_stmt_text(&q, 1, run_id);
		gh_stmt_text(&q, 2, subject);
		gh_stmt_text(&q, 3, step);
		rc = gh_stmt_step(&q, err);
		*since = rc == 1 ? gh_stmt_col_int(&q, 0) : 0;
	}
	gh_stmt_close(&q);
	gh_reader_give(s, db);
	if (rc >= 0 && *since == 0)
		return gh_fail(err, GH_E_INTERNAL, "run %s has no step %s", run_id, step);
	return rc < 0 ? -1 : 0;
}
