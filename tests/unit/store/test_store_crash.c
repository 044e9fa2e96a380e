/* SPDX-License-Identifier: Apache-2.0
 * The store under murder, a full disk, a read-only folder, and two writers at once. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <time.h>

#include "store/internal.h"
#include "tests/unit/store/fixture.h"

#define ROUNDS 30

static int put_one(
    struct gh_store *s, unsigned int n, size_t blob_len, struct gh_err *err)
{
	struct gh_run run;
	char id[GH_ULID_LEN], host[32];
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct gh_buf, gh_buf_free) bytes = {0};
	snprintf(id, sizeof(id), "01JD%022u", n);
	snprintf(host, sizeof(host), "gpu-%u", n % 7);
	run_fill(&run, id, host, 1000 + n);
	result_fill(&r, host);
	gh_buf_fmt(&bytes, "blob %u ", n);
	while (bytes.len < blob_len)
		gh_buf_str(&bytes, "0123456789abcdef");
	const struct gh_blob blob = {gh_buf_view(&bytes), "probe", "text/plain"};
	return gh_store_put_run(s, &run, &r, &blob, 1, err);
}

static int64_t number(const char *path, const char *sql)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *q = NULL;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	int64_t v = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	sqlite3_close(db);
	return v;
}

static void assert_sound(const char *path)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *q = NULL;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA quick_check", -1, &q, NULL), 0);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	assert_string_equal((const char *)sqlite3_column_text(q, 0), "ok");
	sqlite3_finalize(q);
	sqlite3_close(db);
	assert_int_equal(
	    number(path, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
	/* Each run has its subject, its two findings and its blob, or is not there. */
	assert_int_equal(
	    number(path, "SELECT count(*) FROM run r WHERE"
			 " (SELECT count(*) FROM subject s WHERE s.run = r.seq) <> 1 OR"
			 " (SELECT count(*) FROM finding f WHERE f.run = r.seq) <> 2 OR"
			 " (SELECT count(*) FROM run_blob b WHERE b.run = r.seq) <> 1"),
	    0);
}

/* Puts runs from `first` on and writes each number into fd after it is durable. */
static void write_until_killed(const char *path, unsigned int first, int fd)
{
	struct gh_store *s = NULL;
	if (gh_store_open(&s, path, NULL))
		_exit(3);
	for (unsigned int n = first;; n++)
		if (put_one(s, n, 20000, NULL) || write(fd, &n, sizeof(n)) != sizeof(n))
			_exit(4);
}

static void test_writer_when_killed_then_nothing_acknowledged_is_lost(void **state)
{
	struct place *p = *state;
	unsigned int next = 1, acked = 0;
	srand(7);
	for (int round = 0; round < ROUNDS; round++) {
		int fd[2];
		assert_int_equal(pipe(fd), 0);
		pid_t child = fork();
		if (child == 0)
			write_until_killed(p->db, next, fd[1]);
		close(fd[1]);
		struct timespec nap = {0, (5 + rand() % 60) * 1000000L};
		nanosleep(&nap, NULL);
		kill(child, SIGKILL);
		int status = 0;
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		unsigned int n = 0;
		while (read(fd[0], &n, sizeof(n)) == sizeof(n)) {
			acked++;
			next = n + 1;
		}
		close(fd[0]);
		struct gh_store *s = NULL;
		assert_int_equal(gh_store_open(&s, p->db, NULL), 0);
		gh_store_close(&s);
		assert_sound(p->db);
		/* At most one more than acknowledged: the one in flight. */
		int64_t stored = number(p->db, "SELECT count(*) FROM run");
		assert_true(stored >= acked);
		char sql[128];
		snprintf(sql, sizeof(sql),
		    "SELECT count(*) FROM run WHERE id <= '01JD%022u'", next - 1);
		assert_int_equal(number(p->db, sql), next - 1);
		next = (unsigned int)stored + 1;
		acked = (unsigned int)stored;
	}
	print_message("%d kills, %u runs acknowledged\n", ROUNDS, acked);
	assert_true(acked > 0);
}

static void test_two_processes_when_writing_then_both_are_stored(void **state)
{
	struct place *p = *state;
	pid_t child[2];
	for (unsigned int c = 0; c < 2; c++) {
		child[c] = fork();
		if (child[c] == 0) {
			struct gh_store *s = NULL;
			struct gh_err err = {0};
			int bad = gh_store_open(&s, p->db, &err);
			for (unsigned int i = 0; i < 50 && !bad; i++)
				bad = put_one(s, 1000 * (c + 1) + i, 3000, &err);
			if (bad)
				print_message("%s\n", err.what);
			gh_store_close(&s);
			_exit(bad ? 1 : 0);
		}
	}
	for (int c = 0; c < 2; c++) {
		int status = 0;
		assert_int_equal(waitpid(child[c], &status, 0), child[c]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(number(p->db, "SELECT count(*) FROM run"), 100);
	assert_sound(p->db);
}

struct hand {
	struct gh_store *s;
	unsigned int first;
	int bad;
};

static void *hand_main(void *arg)
{
	struct hand *h = arg;
	for (unsigned int i = 0; i < 40; i++) {
		struct gh_run last;
		h->bad |= put_one(h->s, h->first + i, 100, NULL) != 0;
		h->bad |= gh_store_last(h->s, "gpu-1", "validate", &last, NULL) < 0;
	}
	return NULL;
}

static void test_threads_when_many_put_and_read_then_all_are_stored(void **state)
{
	struct place *p = *state;
	struct gh_store *s = NULL;
	struct hand h[12];
	pthread_t t[12];
	assert_int_equal(gh_store_open(&s, p->db, NULL), 0);
	for (unsigned int i = 0; i < 12; i++) {
		h[i] = (struct hand){s, 1000 * (i + 1), 0};
		assert_int_equal(pthread_create(&t[i], NULL, hand_main, &h[i]), 0);
	}
	for (int i = 0; i < 12; i++) {
		pthread_join(t[i], NULL);
		assert_int_equal(h[i].bad, 0);
	}
	gh_store_close(&s);
	assert_int_equal(number(p->db, "SELECT count(*) FROM run"), 480);
	assert_sound(p->db);
}

/* Runs fn in a child that has a tmpfs of its own on the folder. 77 = no right to. */
static int in_tmpfs(const struct place *p, const char *options, int (*fn)(const char *db))
{
	pid_t child = fork();
	if (child == 0) {
		if (unshare(CLONE_NEWNS) ||
		    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		    mount("tmpfs", p->dir, "tmpfs", 0, options))
			_exit(77);
		_exit(fn(p->db));
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void skip_or_assert(int rc)
{
	if (rc == 77) {
		print_message("needs root and a mount namespace: skipped\n");
		skip();
	}
	assert_int_equal(rc, 0);
}

static int fill_disk(const char *db)
{
	struct gh_store *s = NULL;
	struct gh_err err = {0};
	unsigned int n = 1;
	if (gh_store_open(&s, db, &err))
		return 10;
	while (n < 500 && put_one(s, n, 30000, &err) == 0)
		n++;
	if (n < 3 || n == 500)
		return 11;
	if (err.code != GH_E_IO || !strstr(err.hint, "free space"))
		return 12;
	struct gh_runs runs = {0}; /* what was acknowledged is still readable */
	if (gh_store_runs(s, NULL, NULL, 1000, &runs, NULL) || runs.n != n - 1)
		return 13;
	gh_runs_free(&runs);
	gh_store_close(&s);
	if (gh_store_open(&s, db, NULL))
		return 14;
	if (gh_store_runs(s, NULL, NULL, 1000, &runs, NULL) || runs.n != n - 1)
		return 15;
	gh_runs_free(&runs);
	gh_store_close(&s);
	return 0;
}

static void test_disk_when_full_then_told_and_nothing_lost(void **state)
{
	skip_or_assert(in_tmpfs(*state, "size=1m", fill_disk));
}

static int open_read_only(const char *db)
{
	struct gh_store *s = NULL;
	struct gh_err err = {0};
	char dir[128];
	snprintf(dir, sizeof(dir), "%.*s", (int)(strrchr(db, '/') - db), db);
	if (gh_store_open(&s, db, NULL) || put_one(s, 1, 10, NULL))
		return 10;
	gh_store_close(&s);
	if (mount(NULL, dir, NULL, MS_REMOUNT | MS_RDONLY, NULL))
		return 77;
	if (gh_store_open(&s, db, &err) == 0 || s)
		return 11;
	return err.code == GH_E_IO && strstr(err.hint, "--state") ? 0 : 12;
}

static void test_folder_when_read_only_then_refused_in_words(void **state)
{
	skip_or_assert(in_tmpfs(*state, "size=1m", open_read_only));
}

static void test_folder_when_missing_then_refused_in_words(void **state)
{
	(void)state;
	struct gh_store *s = NULL;
	struct gh_err err = {0};
	assert_int_equal(gh_store_open(&s, "/nonexistent/x.db", &err), -1);
	assert_int_equal(err.code, GH_E_IO);
	assert_non_null(strstr(err.hint, "--state"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, place_make, place_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_writer_when_killed_then_nothing_acknowledged_is_lost),
	    T(test_two_processes_when_writing_then_both_are_stored),
	    T(test_threads_when_many_put_and_read_then_all_are_stored),
	    T(test_disk_when_full_then_told_and_nothing_lost),
	    T(test_folder_when_read_only_then_refused_in_words),
	    T(test_folder_when_missing_then_refused_in_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
