/* SPDX-License-Identifier: Apache-2.0
 * Opening and closing the store; connections and statements on SQLite. */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "store/internal.h"

static const struct {
	int rc; /* primary result code */
	enum gh_errc code;
	const char *hint;
} reasons[] = {
    {SQLITE_FULL, GH_E_IO, "free space on that disk; what was stored before is intact"},
    {SQLITE_READONLY, GH_E_IO,
	"the folder must be writable for this user; or name another with --state"},
    {SQLITE_CANTOPEN, GH_E_IO,
	"the folder must exist and be writable; or name another with --state"},
    {SQLITE_PERM, GH_E_IO, "the file belongs to somebody else"},
    {SQLITE_BUSY, GH_E_TIMEOUT, "another process holds the write lock"},
    {SQLITE_LOCKED, GH_E_TIMEOUT, "another process holds the write lock"},
    {SQLITE_CORRUPT, GH_E_IO, "restore the file from a backup"},
    {SQLITE_NOTADB, GH_E_CONFIG, "name another state folder with --state"},
    {SQLITE_NOMEM, GH_E_NOMEM, ""},
    {SQLITE_IOERR, GH_E_IO, "look at the kernel log and the disk"},
    {SQLITE_CONSTRAINT, GH_E_INTERNAL, ""},
};

int gh_db_fail(sqlite3 *db, struct gh_err *err, const char *doing)
{
	int rc = sqlite3_extended_errcode(db);
	int sys = sqlite3_system_errno(db);
	enum gh_errc code = GH_E_INTERNAL;
	const char *hint = "";
	for (size_t i = 0; i < GH_COUNT(reasons); i++)
		if (reasons[i].rc == (rc & 0xff)) {
			code = reasons[i].code;
			hint = reasons[i].hint;
		}
	/* A full tmpfs or quota shows as an I/O error with ENOSPC behind it. */
	if ((rc & 0xff) == SQLITE_IOERR && (sys == ENOSPC || sys == EDQUOT))
		hint = reasons[0].hint;
	gh_fail(err, code, "%s: %s%s%s", doing, sqlite3_errmsg(db), sys ? ": " : "",
	    sys ? strerror(sys) : "");
	return gh_err_hint(err, "%s", hint);
}

int gh_db_exec(sqlite3 *db, const char *sql, struct gh_err *err)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return 0;
	char doing[48];
	snprintf(doing, sizeof(doing), "%s", sql);
	return gh_db_fail(db, err, doing);
}

void gh_db_rollback(sqlite3 *db)
{
	/* A full disk may have rolled back by itself. */
	if (!sqlite3_get_autocommit(db))
		sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
}

int gh_stmt_open(struct gh_stmt *q, sqlite3 *db, const char *sql, struct gh_err *err)
{
	*q = (struct gh_stmt){.db = db};
	if (sqlite3_prepare_v2(db, sql, -1, &q->q, NULL) == SQLITE_OK)
		return 0;
	return gh_db_fail(db, err, "preparing a statement");
}

void gh_stmt_close(struct gh_stmt *q)
{
	sqlite3_finalize(q->q);
	q->q = NULL;
}

void gh_stmt_text(struct gh_stmt *q, int i, const char *text)
{
	q->failed |= sqlite3_bind_text(q->q, i, text ? text : "", -1, SQLITE_TRANSIENT) !=
		     SQLITE_OK;
}

void gh_stmt_int(struct gh_stmt *q, int i, int64_t v)
{
	q->failed |= sqlite3_bind_int64(q->q, i, v) != SQLITE_OK;
}

void gh_stmt_blob(struct gh_stmt *q, int i, struct gh_bytes b)
{
	int rc = b.len ? sqlite3_bind_blob64(q->q, i, b.p, b.len, SQLITE_STATIC)
		       : sqlite3_bind_zeroblob(q->q, i, 0);
	q->failed |= rc != SQLITE_OK;
}

int gh_stmt_step(struct gh_stmt *q, struct gh_err *err)
{
	if (q->failed)
		return gh_db_fail(q->db, err, "binding a value");
	int rc = sqlite3_step(q->q);
	if (rc == SQLITE_ROW)
		return 1;
	return rc == SQLITE_DONE ? 0 : gh_db_fail(q->db, err, "the store");
}

int gh_stmt_run(struct gh_stmt *q, struct gh_err *err)
{
	int rc = gh_stmt_step(q, err);
	sqlite3_reset(q->q);
	return rc < 0 ? -1 : 0;
}

const char *gh_stmt_col(struct gh_stmt *q, int col)
{
	const unsigned char *t = sqlite3_column_text(q->q, col);
	return t ? (const char *)t : "";
}

void gh_stmt_col_into(struct gh_stmt *q, int col, char *out, size_t size)
{
	snprintf(out, size, "%s", gh_stmt_col(q, col));
}

int64_t gh_stmt_col_int(struct gh_stmt *q, int col)
{
	return sqlite3_column_int64(q->q, col);
}

void gh_db_close(sqlite3 **db)
{
	sqlite3_close_v2(*db);
	*db = NULL;
}

/* 1 when the log is on, 0 when not, -1 error. journal_mode answers with the mode it
 * reached instead of failing. */
static int try_wal(sqlite3 *db, struct gh_err *err)
{
	gh_auto(struct gh_stmt, gh_stmt_close) q = {0};
	if (gh_stmt_open(&q, db, "PRAGMA journal_mode = WAL", err))
		return -1;
	int rc = gh_stmt_step(&q, err);
	return rc == 1 ? strcmp(gh_stmt_col(&q, 0), "wal") == 0 : rc;
}

/* The switch to the log answers BUSY at once, whatever the busy timeout, while another
 * process makes the same switch. */
static int set_wal(sqlite3 *db, struct gh_err *err)
{
	const struct timespec nap = {0, 10 * 1000000L};
	int rc = -1;
	for (int ms = 0; ms < GH_STORE_BUSY_MS; ms += 10) {
		rc = try_wal(db, err);
		if (rc >= 0 || (sqlite3_errcode(db) & 0xff) != SQLITE_BUSY)
			break;
		nanosleep(&nap, NULL);
	}
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	gh_fail(err, GH_E_IO, "no write-ahead log here");
	return gh_err_hint(err, "the state folder must be on a local, writable disk");
}

int gh_db_open(sqlite3 **out, const char *path, struct gh_err *err)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
		    SQLITE_OPEN_EXRESCODE;
	sqlite3 *db = NULL;
	if (sqlite3_open_v2(path, &db, flags, NULL) != SQLITE_OK) {
		if (db)
			gh_db_fail(db, err, "opening");
		else
			gh_fail(err, GH_E_NOMEM, "opening: out of memory");
		goto undo;
	}
	sqlite3_busy_timeout(db, GH_STORE_BUSY_MS);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	int64_t version = 0;
	if (gh_db_exec(db, "PRAGMA page_size = 16384", err) ||
	    gh_schema_check(db, &version, err) || set_wal(db, err) ||
	    gh_db_exec(db,
		"PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
		/* each of up to nine connections would keep 2 MB of pages otherwise */
		"PRAGMA cache_size = -256;"
		"PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON",
		err))
		goto undo;
	*out = db;
	return 0;
undo:
	gh_db_close(&db);
	return gh_err_prefix(err, "%s", path);
}

/* Evidence names machines: the file is its owner's alone. SQLite gives its -wal and -shm
 * the mode of the file. */
static int make_private(const char *path, struct gh_err *err)
{
	/* Only when it is new: closing a descriptor of a database that is open elsewhere in
	 * this process would drop its locks. */
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
	if (fd >= 0 || errno == EEXIST)
		return 0;
	gh_fail(
	    err, GH_E_IO, "%s: cannot be opened for writing: %s", path, strerror(errno));
	return gh_err_hint(
	    err, "the folder must exist and be writable; or name another with --state");
}

int gh_store_open(struct gh_store **out, const char *path, struct gh_err *err)
{
	if (make_private(path, err))
		return -1;
	struct gh_store *s = calloc(1, sizeof(*s));
	if (!s || !(s->path = strdup(path))) {
		free(s);
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	}
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->work, NULL);
	pthread_cond_init(&s->done, NULL);
	if (gh_db_open(&s->writer, path, err))
		goto undo;
	if (gh_schema_migrate(s->writer, GH_SCHEMA_VERSION, err)) {
		(void)gh_err_prefix(err, "%s", path);
		goto undo;
	}
	if (gh_writer_start(s, err))
		goto undo;
	*out = s;
	return 0;
undo:
	gh_store_close(&s);
	return -1;
}

void gh_store_close(struct gh_store **sp)
{
	struct gh_store *s = *sp;
	if (!s)
		return;
	gh_writer_stop(s);
	for (size_t i = 0; i < s->n_readers; i++)
		gh_db_close(&s->reader[i]);
	gh_db_close(&s->writer); /* last: it checkpoints and removes the log */
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->work);
	pthread_cond_destroy(&s->done);
	free(s->path);
	free(s);
	*sp = NULL;
}

sqlite3 *gh_reader_take(struct gh_store *s, struct gh_err *err)
{
	sqlite3 *db = NULL;
	pthread_mutex_lock(&s->lock);
	if (s->n_readers > 0)
		db = s->reader[--s->n_readers];
	pthread_mutex_unlock(&s->lock);
	if (db)
		return db;
	if (gh_db_open(&db, s->path, err))
		return NULL;
	if (gh_db_exec(db, "PRAGMA query_only = ON", err))
		gh_db_close(&db);
	return db;
}

void gh_reader_give(struct gh_store *s, sqlite3 *db)
{
	pthread_mutex_lock(&s->lock);
	if (s->n_readers < GH_STORE_READERS) {
		s->reader[s->n_readers++] = db;
		db = NULL;
	}
	pthread_mutex_unlock(&s->lock);
	gh_db_close(&db);
}
