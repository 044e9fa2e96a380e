/* SPDX-License-Identifier: Apache-2.0
 * What the files of the store share: connections, statements, the writer's queue. */
#pragma once

#include <pthread.h>
#include <sqlite3.h>

#include "store/store.h"

#define GH_STORE_READERS 8     /* connections kept; more are opened and closed again */
#define GH_STORE_BUSY_MS 10000 /* another process holds the write lock */
#define GH_STORE_CLAIMS  (1u << 20) /* bytes of one subject's claims */

struct gh_store_job;

struct gh_store {
	char *path;
	sqlite3 *writer; /* only the writer thread uses it once that runs */
	pthread_t thread;
	bool thread_runs;
	pthread_mutex_t lock; /* guards everything below */
	pthread_cond_t work;  /* a job came, or stop */
	pthread_cond_t done;  /* a job ended */
	struct gh_store_job *head, *tail;
	bool stop;
	sqlite3 *reader[GH_STORE_READERS];
	size_t n_readers;
};

/* schema.c */
#define GH_SCHEMA_VERSION 3
#define GH_SCHEMA_APP_ID  0x47484f53 /* "GHOS" in the file header: file(1) names it */
/* 0 when db is new or ours, and of a schema that we know. Writes nothing. */
GH_MUST_USE int gh_schema_check(sqlite3 *db, int64_t *version, struct gh_err *err);
/* Brings db to schema `version`, one transaction a step. A newer one is refused. */
GH_MUST_USE int gh_schema_migrate(sqlite3 *db, int version, struct gh_err *err);

/* store.c */
/* IO, BUSY, FULL ... in words, with a hint; returns -1. */
int gh_db_fail(sqlite3 *db, struct gh_err *err, const char *doing);
GH_MUST_USE int gh_db_open(sqlite3 **out, const char *path, struct gh_err *err);
GH_MUST_USE int gh_db_exec(sqlite3 *db, const char *sql, struct gh_err *err);
void gh_db_rollback(sqlite3 *db); /* fine outside of a transaction */
void gh_db_close(sqlite3 **db);
/* A borrowed reading connection; NULL with *err. */
GH_MUST_USE sqlite3 *gh_reader_take(struct gh_store *s, struct gh_err *err);
void gh_reader_give(struct gh_store *s, sqlite3 *db);

struct gh_stmt {
	sqlite3 *db;
	sqlite3_stmt *q;
	bool failed; /* sticky: a bind was refused */
};
GH_MUST_USE int gh_stmt_open(
    struct gh_stmt *q, sqlite3 *db, const char *sql, struct gh_err *err);
void gh_stmt_close(struct gh_stmt *q);
void gh_stmt_text(struct gh_stmt *q, int i, const char *text); /* NULL = "" */
void gh_stmt_int(struct gh_stmt *q, int i, int64_t v);
void gh_stmt_blob(struct gh_stmt *q, int i, struct gh_bytes b);
/* 1 a row, 0 the end, -1 error. */
GH_MUST_USE int gh_stmt_step(struct gh_stmt *q, struct gh_err *err);
/* Runs a statement without rows and makes it ready for the next binding. */
GH_MUST_USE int gh_stmt_run(struct gh_stmt *q, struct gh_err *err);
/* Never NULL; good until the next step. */
const char *gh_stmt_col(struct gh_stmt *q, int col);
void gh_stmt_col_into(struct gh_stmt *q, int col, char *out, size_t size);
int64_t gh_stmt_col_int(struct gh_stmt *q, int col);

/* A borrowed connection with one statement on it. */
struct gh_reading {
	struct gh_store *s;
	sqlite3 *db;
	struct gh_stmt q;
};
GH_MUST_USE int gh_reading_begin(
    struct gh_reading *r, struct gh_store *s, const char *sql, struct gh_err *err);
void gh_reading_end(struct gh_reading *r);
/* Room for one more element of `size` bytes in *at, which has n of them. */
GH_MUST_USE int gh_rows_grow(
    void **at, size_t n, size_t *cap, size_t size, struct gh_err *err);
#define GH_ROWS_MAX 100000

/* enrolments.c: inside the writer's transaction */
GH_MUST_USE int gh_enrolment_insert(
    sqlite3 *db, const struct gh_enrolment_row *row, struct gh_err *err);

/* write.c */
GH_MUST_USE int gh_writer_start(struct gh_store *s, struct gh_err *err);
void gh_writer_stop(struct gh_store *s);
