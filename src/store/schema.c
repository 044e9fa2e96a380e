/* SPDX-License-Identifier: Apache-2.0
 * The tables of the store and the steps that lead from one schema to the next. */
#include "store/internal.h"

/* Step i leads from user_version i to i + 1. A step that was released is never edited. */
static const char *const steps[GH_SCHEMA_VERSION] = {
    /* 1: runs, what they found, and the bytes it rests on */
    "CREATE TABLE run ("
    " seq INTEGER PRIMARY KEY,"
    " id TEXT NOT NULL UNIQUE," /* ULID */
    " host TEXT NOT NULL, kind TEXT NOT NULL, by TEXT NOT NULL,"
    " started INTEGER NOT NULL, finished INTEGER NOT NULL," /* unix seconds */
    " at INTEGER NOT NULL,"                                 /* verification time */
    " took_ms INTEGER NOT NULL, verdict TEXT NOT NULL, lab INTEGER NOT NULL,"
    " n_pass INTEGER NOT NULL, n_warn INTEGER NOT NULL, n_fail INTEGER NOT NULL,"
    " n_unknown INTEGER NOT NULL, n_skip INTEGER NOT NULL) STRICT;"
    "CREATE INDEX run_by_host ON run (host, kind, started, seq);"
    "CREATE INDEX run_by_time ON run (started, seq);"
    "CREATE TABLE subject ("
    " run INTEGER NOT NULL REFERENCES run (seq), n INTEGER NOT NULL,"
    " name TEXT NOT NULL, kind TEXT NOT NULL, claims TEXT NOT NULL," /* JSON object */
    " PRIMARY KEY (run, n)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE finding ("
    " run INTEGER NOT NULL REFERENCES run (seq), n INTEGER NOT NULL,"
    " subject TEXT NOT NULL, step TEXT NOT NULL, parent TEXT NOT NULL,"
    " title TEXT NOT NULL, verdict TEXT NOT NULL, severity TEXT NOT NULL,"
    " code TEXT NOT NULL, expected TEXT NOT NULL, observed TEXT NOT NULL,"
    " why TEXT NOT NULL, remedy TEXT NOT NULL, source TEXT NOT NULL,"
    " assurance TEXT NOT NULL, lab INTEGER NOT NULL,"
    " PRIMARY KEY (run, n)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE blob ("
    " seq INTEGER PRIMARY KEY,"
    " sha256 TEXT NOT NULL," /* lower-case hex of bytes */
    " bytes BLOB NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX blob_by_sha256 ON blob (sha256);"
    "CREATE TABLE run_blob ("
    " run INTEGER NOT NULL REFERENCES run (seq), n INTEGER NOT NULL,"
    " blob INTEGER NOT NULL REFERENCES blob (seq),"
    " role TEXT NOT NULL, media TEXT NOT NULL,"
    " PRIMARY KEY (run, n)) STRICT, WITHOUT ROWID;",
    /* 2: signed reports: a chain per host that has no gap and no fork */
    "CREATE TABLE report ("
    " seq INTEGER PRIMARY KEY,"
    " id TEXT NOT NULL UNIQUE," /* ULID */
    " host TEXT NOT NULL, verdict TEXT NOT NULL, issued INTEGER NOT NULL,"
    " sequence INTEGER NOT NULL, previous TEXT NOT NULL,"
    " payload_sha256 TEXT NOT NULL,"
    " UNIQUE (host, sequence)) STRICT;"
    "CREATE TABLE report_blob ("
    " report INTEGER NOT NULL REFERENCES report (seq), n INTEGER NOT NULL,"
    " blob INTEGER NOT NULL REFERENCES blob (seq),"
    " role TEXT NOT NULL, media TEXT NOT NULL,"
    " PRIMARY KEY (report, n)) STRICT, WITHOUT ROWID;",
    /* 3: what enrolment pinned of each host. A row is never changed or removed: a new one
     * names the row it takes the place of, so that a host's rows are a chain without fork */
    "CREATE TABLE enrolment ("
    " seq INTEGER PRIMARY KEY,"
    " host TEXT NOT NULL, at INTEGER NOT NULL, by TEXT NOT NULL,"
    " document TEXT NOT NULL,"    /* JSON, gatehouse-enrolment/1 */
    " sha256 TEXT NOT NULL,"      /* lower-case hex of document */
    " reason TEXT NOT NULL,"      /* as the operator gave it */
    " replaces INTEGER NOT NULL," /* seq; 0 = this host's first */
    " UNIQUE (host, replaces)) STRICT;"
    "CREATE TRIGGER enrolment_stays BEFORE UPDATE ON enrolment BEGIN"
    " SELECT RAISE(ABORT, 'an enrolment is never changed'); END;"
    "CREATE TRIGGER enrolment_remains BEFORE DELETE ON enrolment BEGIN"
    " SELECT RAISE(ABORT, 'an enrolment is never removed'); END;",
};

static int read_number(sqlite3 *db, const char *sql, int64_t *out, struct gh_err *err)
{
	gh_auto(struct gh_stmt, gh_stmt_close) q = {0};
	if (gh_stmt_open(&q, db, sql, err))
		return -1;
	int rc = gh_stmt_step(&q, err);
	if (rc == 0)
		return gh_fail(err, GH_E_INTERNAL, "no answer to: %s", sql);
	*out = rc == 1 ? gh_stmt_col_int(&q, 0) : 0;
	return rc == 1 ? 0 : -1;
}

/* A file that somebody else's program made is not ours to migrate. */
static int check_owner(sqlite3 *db, int64_t version, struct gh_err *err)
{
	int64_t app = 0, tables = 0;
	if (read_number(db, "PRAGMA application_id", &app, err) ||
	    read_number(db, "SELECT count(*) FROM sqlite_schema", &tables, err))
		return -1;
	if (app == GH_SCHEMA_APP_ID || (app == 0 && version == 0 && tables == 0))
		return 0;
	gh_fail(err, GH_E_CONFIG,
	    "is a database of another program (application id %lld)", (long long)app);
	return gh_err_hint(err, "name another state folder with --state");
}

static int check_version(int64_t version, struct gh_err *err)
{
	if (version >= 0 && version <= GH_SCHEMA_VERSION)
		return 0;
	gh_fail(err, GH_E_CONFIG,
	    "has schema %lld; this gatehouse knows up to %d and will not touch it",
	    (long long)version, GH_SCHEMA_VERSION);
	return gh_err_hint(err, "use the newer gatehouse that made it");
}

static int check_all(sqlite3 *db, int64_t *version, struct gh_err *err)
{
	if (read_number(db, "PRAGMA user_version", version, err))
		return -1;
	return check_owner(db, *version, err) || check_version(*version, err) ? -1 : 0;
}

int gh_schema_check(sqlite3 *db, int64_t *version, struct gh_err *err)
{
	if (!sqlite3_get_autocommit(db))
		return check_all(db, version, err);
	/* One moment for all three figures: another process may be migrating. */
	if (gh_db_exec(db, "BEGIN", err))
		return -1;
	int rc = check_all(db, version, err);
	gh_db_rollback(db);
	return rc;
}

static int one_step(sqlite3 *db, int64_t from, struct gh_err *err)
{
	char mark[96];
	snprintf(mark, sizeof(mark),
	    "PRAGMA application_id = %d; PRAGMA user_version = %lld", GH_SCHEMA_APP_ID,
	    (long long)from + 1);
	return gh_db_exec(db, steps[from], err) || gh_db_exec(db, mark, err) ? -1 : 0;
}

/* Under the write lock, so that two processes that open a new file do not both migrate. */
static int step_locked(sqlite3 *db, int64_t version, bool *done, struct gh_err *err)
{
	int64_t now = 0;
	if (gh_schema_check(db, &now, err))
		return -1;
	*done = now >= version;
	return *done ? 0 : one_step(db, now, err);
}

int gh_schema_migrate(sqlite3 *db, int version, struct gh_err *err)
{
	int64_t now = 0;
	if (gh_schema_check(db, &now, err))
		return -1;
	bool done = now >= version; /* the usual case needs no write lock */
	while (!done) {
		if (gh_db_exec(db, "BEGIN IMMEDIATE", err))
			return -1;
		if (step_locked(db, version, &done, err) ||
		    gh_db_exec(db, "COMMIT", err)) {
			gh_db_rollback(db);
			return -1;
		}
	}
	return 0;
}
