/* SPDX-License-Identifier: Apache-2.0
 * The store keeps what it was given, migrates, and refuses what is not its own. */
#include <sys/stat.h>

#include "store/internal.h"
#include "tests/unit/store/fixture.h"

static struct gh_store *open_ok(const struct place *p)
{
	struct gh_store *s = NULL;
	struct gh_err err = {0};
	if (gh_store_open(&s, p->db, &err))
		fail_msg("%s", err.what);
	return s;
}

static void put_ok(struct gh_store *s, const char *id, const char *host, int64_t started)
{
	struct gh_run run;
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_err err = {0};
	run_fill(&run, id, host, started);
	result_fill(&r, host);
	const struct gh_blob blob = {
	    {(const unsigned char *)"abc", 3}, "probe", "text/plain"};
	if (gh_store_put_run(s, &run, &r, &blob, 1, &err))
		fail_msg("%s", err.what);
}

static void test_run_when_put_then_read_back_the_same(void **state)
{
	struct gh_store *s = open_ok(*state);
	gh_auto(struct gh_result, gh_result_free) want = {0};
	gh_auto(struct gh_result, gh_result_free) got = {0};
	struct gh_run run = {0};
	result_fill(&want, "gpu-a");
	put_ok(s, ID1, "gpu-a", 1000);
	assert_int_equal(gh_store_run(s, ID1, &run, NULL), 1);
	assert_string_equal(run.host, "gpu-a");
	assert_string_equal(run.by, "ann@desk");
	assert_int_equal(run.took_ms, 4100);
	assert_int_equal(run.verdict, GH_FAIL);
	assert_true(run.lab);
	assert_int_equal(run.n_fail, 1);
	assert_int_equal(gh_store_result(s, ID1, &got, NULL), 0);
	gh_auto(json_t *, gh_json_free) a = gh_result_json(&want);
	gh_auto(json_t *, gh_json_free) b = gh_result_json(&got);
	assert_true(json_equal(a, b));
	gh_store_close(&s);
	assert_null(s);
}

static void test_run_when_put_again_then_nothing_changes(void **state)
{
	struct gh_store *s = open_ok(*state);
	struct gh_runs runs = {0};
	put_ok(s, ID1, "gpu-a", 1000);
	put_ok(s, ID1, "gpu-b", 2000);
	assert_int_equal(gh_store_runs(s, NULL, NULL, 10, &runs, NULL), 0);
	assert_int_equal(runs.n, 1);
	assert_string_equal(runs.at[0].host, "gpu-a");
	gh_runs_free(&runs);
	gh_store_close(&s);
}

static void test_runs_when_several_then_newest_first_and_by_host(void **state)
{
	struct gh_store *s = open_ok(*state);
	struct gh_runs runs = {0};
	struct gh_run last = {0};
	put_ok(s, ID2, "gpu-a", 2000);
	put_ok(s, ID1, "gpu-a", 1000);
	put_ok(s, ID3, "gpu-b", 3000);
	assert_int_equal(gh_store_runs(s, NULL, NULL, 2, &runs, NULL), 0);
	assert_int_equal(runs.n, 2);
	assert_string_equal(runs.at[0].id, ID3);
	assert_string_equal(runs.at[1].id, ID2);
	gh_runs_free(&runs);
	assert_int_equal(gh_store_runs(s, "gpu-a", "validate", 9, &runs, NULL), 0);
	assert_int_equal(runs.n, 2);
	gh_runs_free(&runs);
	assert_int_equal(gh_store_last(s, "gpu-a", "validate", &last, NULL), 1);
	assert_string_equal(last.id, ID2);
	assert_int_equal(gh_store_last(s, "gpu-a", "attest", &last, NULL), 0);
	assert_int_equal(gh_store_last(s, "gpu-z", NULL, &last, NULL), 0);
	gh_store_close(&s);
}

static void test_run_when_id_is_short_then_found_if_unique(void **state)
{
	struct gh_store *s = open_ok(*state);
	struct gh_run run = {0};
	struct gh_err err = {0};
	put_ok(s, ID1, "gpu-a", 1000);
	put_ok(s, ID2, "gpu-b", 2000);
	put_ok(s, ID3, "gpu-c", 3000);
	assert_int_equal(gh_store_run(s, "01je00", &run, NULL), 1);
	assert_string_equal(run.host, "gpu-c");
	assert_int_equal(gh_store_run(s, "000002", &run, NULL), 1);
	assert_string_equal(run.host, "gpu-b");
	assert_int_equal(gh_store_run(s, "01JD00", &run, &err), -1);
	assert_int_equal(err.code, GH_E_USAGE);
	assert_int_equal(gh_store_run(s, "00002", &run, NULL), 0);
	assert_int_equal(gh_store_run(s, "01J%%%", &run, NULL), 0);
	assert_int_equal(gh_store_run(s, "", &run, NULL), 0);
	gh_store_close(&s);
}

static void test_blob_when_stored_twice_then_once_and_checked(void **state)
{
	struct place *p = *state;
	struct gh_store *s = open_ok(p);
	const char *hex =
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
	struct gh_blob_info *info = NULL;
	size_t n = 0;
	gh_auto(struct gh_buf, gh_buf_free) got = {0};
	put_ok(s, ID1, "gpu-a", 1000);
	put_ok(s, ID2, "gpu-a", 1000);
	assert_int_equal(gh_store_blobs(s, ID2, &info, &n, NULL), 0);
	assert_int_equal(n, 1);
	assert_string_equal(info[0].sha256, hex);
	assert_string_equal(info[0].role, "probe");
	assert_string_equal(info[0].media, "text/plain");
	assert_int_equal(info[0].len, 3);
	free(info);
	assert_int_equal(gh_store_blob(s, hex, &got, NULL), 1);
	assert_memory_equal(got.p, "abc", 3);
	assert_int_equal(gh_store_blob(s, "00", &got, NULL), 0);
	gh_store_close(&s);

	sqlite3 *db = NULL;
	struct gh_err err = {0};
	assert_int_equal(gh_db_open(&db, p->db, NULL), 0);
	assert_int_equal(
	    sqlite3_exec(db, "UPDATE blob SET bytes = x'616264'", 0, 0, 0), 0);
	assert_int_equal(sqlite3_changes(db), 1);
	gh_db_close(&db);
	s = open_ok(p);
	assert_int_equal(gh_store_blob(s, hex, &got, &err), -1);
	assert_int_equal(err.code, GH_E_CRYPTO);
	gh_store_close(&s);
}

/* One run of that host and kind, with one blob, or none (role NULL). */
static void put_blob(struct gh_store *s, const struct gh_run *run, const char *role)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	const struct gh_blob blob = {
	    {(const unsigned char *)run->id, strlen(run->id)}, role, "text/plain"};
	struct gh_err err = {0};

	if (gh_store_put_run(s, run, &r, &blob, role != NULL, &err))
		fail_msg("%s", err.what);
}

/* The id of the run whose blob was found, which its bytes repeat. */
static void assert_last(
    struct gh_store *s, const char *host, const char *role, const char *id)
{
	gh_auto(struct gh_buf, gh_buf_free) got = {0};
	struct gh_run run;

	assert_int_equal(gh_store_last_blob(s, host, role, &run, &got, NULL), id ? 1 : 0);
	if (!id)
		return;
	assert_string_equal(run.id, id);
	assert_string_equal(run.host, host);
	assert_string_equal(gh_buf_cstr(&got), id);
}

static void test_last_blob_when_newer_runs_lack_it_then_the_one_that_has_it(void **state)
{
	struct gh_store *s = open_ok(*state);
	struct gh_run run;

	assert_last(s, "gpu-a", "bmc", NULL);
	run_fill(&run, ID1, "gpu-a", 1000);
	put_blob(s, &run, "bmc");
	run_fill(&run, ID2, "gpu-a", 2000);
	put_blob(s, &run, "bmc-part");
	run_fill(&run, ID3, "gpu-b", 3000);
	put_blob(s, &run, "probe");
	assert_last(s, "gpu-a", "bmc", ID1);
	assert_last(s, "gpu-a", "bmc-part", ID2);
	assert_last(s, "gpu-a", "probe", NULL);
	assert_last(s, "gpu-b", "probe", ID3);
	gh_store_close(&s);
}

/* Runs of another kind do not count, and 64 validations without it are the end. */
static void test_last_blob_when_too_many_runs_lack_it_then_not_known(void **state)
{
	struct gh_store *s = open_ok(*state);
	struct gh_run run;
	char id[GH_ULID_LEN];

	run_fill(&run, ID1, "gpu-a", 1000);
	put_blob(s, &run, "probe");
	for (int i = 0; i < 2 * GH_STORE_LOOK_BACK; i++) {
		snprintf(id, sizeof(id), "%.23s%03u", ID3, (unsigned int)i % 1000);
		run_fill(&run, id, "gpu-a", 2000 + i);
		if (i % 2)
			snprintf(run.kind, sizeof(run.kind), "attest");
		put_blob(s, &run, i % 2 ? "probe" : NULL);
		assert_last(
		    s, "gpu-a", "probe", i < 2 * GH_STORE_LOOK_BACK - 2 ? ID1 : NULL);
	}
	gh_store_close(&s);
}

static void test_strings_when_hostile_then_kept_as_data(void **state)
{
	struct gh_store *s = open_ok(*state);
	struct gh_run run;
	gh_auto(struct gh_result, gh_result_free) r = {0}, got = {0};
	const char *bad = "'); DROP TABLE run; --\x1b"
			  "]52;c;AAAA\x07\xc2\x9b"
			  "31m\xe2\x80\xae"
			  " %s%n";
	run_fill(&run, ID1, "gpu-a", 1000);
	struct gh_finding *f = gh_findings_add(&r.findings, "a'b\"c", "x.y");
	gh_say(&f->observed, "%s", bad);
	gh_claim(gh_result_subject(&r, "a'b\"c", "host"), "k", "%s", bad);
	assert_int_equal(gh_store_put_run(s, &run, &r, NULL, 0, NULL), 0);
	assert_int_equal(gh_store_result(s, ID1, &got, NULL), 0);
	const struct gh_finding *g = gh_findings_get(&got.findings, "a'b\"c", "x.y");
	assert_non_null(g);
	assert_string_equal(g->observed, r.findings.at[0].observed);
	assert_null(strchr(g->observed, '\x1b'));
	assert_string_equal(
	    gh_claim_get(&got.subject[0], "k"), gh_claim_get(&r.subject[0], "k"));
	gh_store_close(&s);
}

static void test_schema_when_version_0_then_migrated(void **state)
{
	struct place *p = *state;
	sqlite3 *db = NULL;
	assert_int_equal(gh_db_open(&db, p->db, NULL), 0);
	gh_db_close(&db);
	struct gh_store *s = open_ok(p);
	put_ok(s, ID1, "gpu-a", 1000);
	gh_store_close(&s);
}

static void test_schema_when_version_1_then_migrated_and_kept(void **state)
{
	struct place *p = *state;
	sqlite3 *db = NULL;
	assert_int_equal(gh_db_open(&db, p->db, NULL), 0);
	assert_int_equal(gh_schema_migrate(db, 1, NULL), 0);
	assert_int_equal(sqlite3_exec(db,
			     "INSERT INTO run VALUES (1,'" ID1 "','gpu-a','validate','x',"
			     "5,6,7,8,'PASS',0,1,0,0,0,0)",
			     0, 0, 0),
	    0);
	gh_db_close(&db);
	struct gh_store *s = open_ok(p);
	struct gh_run run = {0};
	struct gh_report_row *rows = NULL;
	size_t n = 9;
	assert_int_equal(gh_store_run(s, ID1, &run, NULL), 1);
	assert_int_equal(run.verdict, GH_PASS);
	assert_int_equal(gh_store_reports(s, NULL, 10, &rows, &n, NULL), 0);
	assert_int_equal(n, 0);
	free(rows);
	gh_store_close(&s);
}

static void exec_on(const struct place *p, const char *sql)
{
	sqlite3 *db = NULL;
	assert_int_equal(sqlite3_open(p->db, &db), 0);
	assert_int_equal(sqlite3_exec(db, sql, 0, 0, 0), 0);
	sqlite3_close(db);
}

static void test_schema_when_newer_then_refused_in_words(void **state)
{
	struct place *p = *state;
	struct gh_store *s = open_ok(p);
	struct gh_err err = {0};
	gh_store_close(&s);
	exec_on(p, "PRAGMA user_version = 99");
	assert_int_equal(gh_store_open(&s, p->db, &err), -1);
	assert_null(s);
	assert_int_equal(err.code, GH_E_CONFIG);
	assert_non_null(strstr(err.what, "schema 99"));
	assert_non_null(strstr(err.hint, "newer gatehouse"));
}

static void test_file_when_of_another_program_then_untouched(void **state)
{
	struct place *p = *state;
	struct gh_store *s = NULL;
	struct gh_err err = {0};
	exec_on(p, "CREATE TABLE theirs (x)");
	assert_int_equal(gh_store_open(&s, p->db, &err), -1);
	assert_int_equal(err.code, GH_E_CONFIG);
	sqlite3 *db = NULL;
	assert_int_equal(sqlite3_open(p->db, &db), 0);
	sqlite3_stmt *q = NULL;
	assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA journal_mode", -1, &q, NULL), 0);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	assert_string_equal((const char *)sqlite3_column_text(q, 0), "delete");
	sqlite3_finalize(q);
	sqlite3_close(db);
}

static void test_file_when_not_a_database_then_refused(void **state)
{
	struct place *p = *state;
	struct gh_store *s = NULL;
	struct gh_err err = {0};
	FILE *f = fopen(p->db, "w");
	for (int i = 0; i < 1000; i++)
		fputs("this is not a database\n", f);
	fclose(f);
	assert_int_equal(gh_store_open(&s, p->db, &err), -1);
	assert_int_equal(err.code, GH_E_CONFIG);
}

static void test_file_when_made_then_private(void **state)
{
	struct place *p = *state;
	struct gh_store *s = open_ok(p);
	struct stat st;
	put_ok(s, ID1, "gpu-a", 1);
	assert_int_equal(stat(p->db, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	char wal[128];
	snprintf(wal, sizeof(wal), "%s-wal", p->db);
	assert_int_equal(stat(wal, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	gh_store_close(&s);
}

static struct gh_report_row row_of(
    const char *id, int64_t seq, const char *previous, char digit)
{
	struct gh_report_row row = {.issued = 5, .sequence = seq};
	snprintf(row.id, sizeof(row.id), "%s", id);
	snprintf(row.host, sizeof(row.host), "gpu-a");
	snprintf(row.verdict, sizeof(row.verdict), "pass");
	snprintf(row.previous, sizeof(row.previous), "%s", previous);
	memset(row.payload_sha256, digit, 64);
	return row;
}

static void test_reports_when_put_then_chained_without_gap(void **state)
{
	struct gh_store *s = open_ok(*state);
	int64_t seq = 0;
	char previous[65];
	struct gh_err err = {0};
	const struct gh_blob blob = {{(const unsigned char *)"{}", 2}, "payload", "a/b"};
	assert_int_equal(gh_store_report_next(s, "gpu-a", &seq, previous, NULL), 0);
	assert_int_equal(seq, 1);
	assert_int_equal(strspn(previous, "0"), 64);
	struct gh_report_row a = row_of(ID1, seq, previous, 'a');
	assert_int_equal(gh_store_put_report(s, &a, &blob, 1, NULL), 0);
	assert_int_equal(gh_store_put_report(s, &a, &blob, 1, NULL), 0);
	struct gh_report_row fork = row_of(ID2, 1, previous, 'b');
	assert_int_equal(gh_store_put_report(s, &fork, &blob, 1, &err), -1);
	assert_int_equal(err.code, GH_E_POLICY);
	struct gh_report_row gap = row_of(ID2, 3, a.payload_sha256, 'b');
	assert_int_equal(gh_store_put_report(s, &gap, &blob, 1, NULL), -1);
	struct gh_report_row unlinked = row_of(ID2, 2, previous, 'b');
	assert_int_equal(gh_store_put_report(s, &unlinked, &blob, 1, NULL), -1);
	assert_int_equal(gh_store_report_next(s, "gpu-a", &seq, previous, NULL), 0);
	assert_int_equal(seq, 2);
	struct gh_report_row b = row_of(ID2, seq, previous, 'b');
	assert_int_equal(gh_store_put_report(s, &b, &blob, 1, NULL), 0);

	struct gh_report_row got = {0};
	assert_int_equal(gh_store_report(s, "gpu-a", &got, NULL), 1);
	assert_string_equal(got.id, ID2);
	assert_int_equal(gh_store_report(s, "000001", &got, NULL), 1);
	assert_memory_equal(&got, &a, sizeof(a));
	assert_int_equal(gh_store_report(s, "nobody", &got, NULL), 0);
	struct gh_blob_info *info = NULL;
	size_t n = 0;
	assert_int_equal(gh_store_report_blobs(s, ID2, &info, &n, NULL), 0);
	assert_int_equal(n, 1);
	assert_string_equal(info[0].role, "payload");
	free(info);
	gh_auto(struct gh_buf, gh_buf_free) bytes = {0};
	assert_int_equal(gh_store_report_blob(s, ID2, "payload", &bytes, NULL), 1);
	assert_int_equal(bytes.len, blob.bytes.len);
	assert_memory_equal(bytes.p, blob.bytes.p, blob.bytes.len);
	assert_int_equal(gh_store_report_blob(s, ID2, "signature", &bytes, NULL), 0);
	gh_store_close(&s);
}

static void cli_says(const char *db, const char *sql, const char *want)
{
	char cmd[400], line[256] = "";
	snprintf(cmd, sizeof(cmd), "sqlite3 -readonly %s \"%s\"", db, sql);
	FILE *f = popen(cmd, "r");
	assert_non_null(f);
	if (!fgets(line, sizeof(line), f))
		line[0] = '\0';
	assert_int_equal(pclose(f), 0);
	line[strcspn(line, "\n")] = '\0';
	assert_string_equal(line, want);
}

static void test_tables_when_read_by_sqlite3_then_the_same(void **state)
{
	struct place *p = *state;
	if (system("command -v sqlite3 >/dev/null") != 0)
		skip();
	struct gh_store *s = open_ok(p);
	put_ok(s, ID1, "gpu-a", 1000); /* and read while it is open */
	cli_says(p->db, "SELECT host, kind, verdict FROM run", "gpu-a|validate|FAIL");
	cli_says(p->db, "SELECT step, severity, code, lab FROM finding WHERE n = 1",
	    "host.bios|warn|host.bios.old|1");
	cli_says(p->db, "SELECT claims ->> 'kernel' FROM subject", "6.8.0-45");
	cli_says(p->db, "SELECT sha256 = lower(hex(sha256)) FROM blob", "0");
	cli_says(p->db, "PRAGMA page_size", "16384");
	cli_says(p->db, "PRAGMA user_version", "3");
	cli_says(p->db, "PRAGMA integrity_check", "ok");
	cli_says(p->db, "SELECT count(*) FROM pragma_foreign_key_check", "0");
	gh_store_close(&s);
}

#define T(f) cmocka_unit_test_setup_teardown(f, place_make, place_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_run_when_put_then_read_back_the_same),
	    T(test_run_when_put_again_then_nothing_changes),
	    T(test_runs_when_several_then_newest_first_and_by_host),
	    T(test_run_when_id_is_short_then_found_if_unique),
	    T(test_blob_when_stored_twice_then_once_and_checked),
	    T(test_last_blob_when_newer_runs_lack_it_then_the_one_that_has_it),
	    T(test_last_blob_when_too_many_runs_lack_it_then_not_known),
	    T(test_strings_when_hostile_then_kept_as_data),
	    T(test_schema_when_version_0_then_migrated),
	    T(test_schema_when_version_1_then_migrated_and_kept),
	    T(test_schema_when_newer_then_refused_in_words),
	    T(test_file_when_of_another_program_then_untouched),
	    T(test_file_when_not_a_database_then_refused),
	    T(test_file_when_made_then_private),
	    T(test_reports_when_put_then_chained_without_gap),
	    T(test_tables_when_read_by_sqlite3_then_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
