/* SPDX-License-Identifier: Apache-2.0
 * Enrolments: a chain per host that only grows. Provisional runs: revised in one go. */
#include <pthread.h>

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

static int put(struct gh_store *s, const char *host, const char *document,
    int64_t replaces, struct gh_err *err)
{
	char text[64];
	struct gh_enrolment_row row = {.at = 1000 + replaces, .replaces = replaces};

	snprintf(text, sizeof(text), "%s", document);
	snprintf(row.host, sizeof(row.host), "%s", host);
	snprintf(row.by, sizeof(row.by), "ann@desk");
	snprintf(row.reason, sizeof(row.reason), "board 'B' \"swapped\"");
	row.document = text;
	return gh_store_put_enrolment(s, &row, err);
}

static void test_enrolment_when_put_then_the_newest_is_read(void **state)
{
	struct gh_store *s = open_ok(*state);
	struct gh_enrolment_row row = {0};

	assert_int_equal(gh_store_enrolment(s, "gpu-a", &row, NULL), 0);
	assert_int_equal(put(s, "gpu-a", "{\"a\":1}", 0, NULL), 0);
	assert_int_equal(put(s, "gpu-b", "{\"b\":1}", 0, NULL), 0);
	assert_int_equal(put(s, "gpu-a", "{\"a\":2}", 1, NULL), 0);
	assert_int_equal(gh_store_enrolment(s, "gpu-a", &row, NULL), 1);
	assert_string_equal(row.document, "{\"a\":2}");
	assert_string_equal(row.host, "gpu-a");
	assert_string_equal(row.by, "ann@desk");
	assert_string_equal(row.reason, "board 'B' \"swapped\"");
	assert_int_equal(row.replaces, 1);
	assert_int_equal(row.at, 1001);
	assert_string_equal(row.sha256,
	    "7e8059f495589fcd981232cc11d00b00da3802c01d688fa1cf1f6bed6e5bb33c");
	gh_enrolment_row_free(&row);
	gh_store_close(&s);
}

static void test_enrolments_when_read_then_the_whole_chain_newest_first(void **state)
{
	struct gh_store *s = open_ok(*state);
	struct gh_enrolment_row *row = NULL;
	size_t n = 0;
	char document[32];

	for (int i = 0; i < 40; i++) {
		snprintf(document, sizeof(document), "{\"a\":%d}", i);
		assert_int_equal(put(s, "gpu-a", document, i, NULL), 0);
	}
	assert_int_equal(gh_store_enrolments(s, "gpu-a", &row, &n, NULL), 0);
	assert_int_equal(n, 40);
	assert_string_equal(row[0].document, "{\"a\":39}");
	assert_string_equal(row[39].document, "{\"a\":0}");
	for (size_t i = 0; i + 1 < n; i++)
		assert_int_equal(row[i].replaces, row[i + 1].seq);
	gh_enrolment_rows_free(row, n);
	assert_int_equal(gh_store_enrolments(s, "gpu-z", &row, &n, NULL), 0);
	assert_int_equal(n, 0);
	gh_enrolment_rows_free(row, n);
	gh_store_close(&s);
}

static void test_enrolment_when_it_does_not_follow_then_refused(void **state)
{
	struct gh_store *s = open_ok(*state);
	struct gh_err err = {0};

	assert_int_equal(put(s, "gpu-a", "{}", 7, &err), -1);
	assert_int_equal(err.code, GH_E_POLICY);
	assert_int_equal(put(s, "gpu-a", "{}", 0, NULL), 0);
	assert_int_equal(put(s, "gpu-a", "{}", 0, &err), -1); /* a fork */
	assert_non_null(strstr(err.what, "somebody else"));
	assert_non_null(strstr(err.hint, "enrol --show gpu-a"));
	assert_int_equal(put(s, "", "{}", 0, &err), -1);
	assert_int_equal(err.code, GH_E_INTERNAL);
	gh_store_close(&s);
}

struct racer {
	struct gh_store *s;
	int rc;
};

static void *race(void *arg)
{
	struct racer *r = arg;

	r->rc = put(r->s, "gpu-a", "{}", 0, NULL);
	return NULL;
}

static void test_enrolment_when_many_at_once_then_one_wins(void **state)
{
	struct gh_store *s = open_ok(*state);
	struct racer r[8];
	pthread_t t[8];
	int won = 0;

	for (size_t i = 0; i < 8; i++) {
		r[i] = (struct racer){s, 9};
		assert_int_equal(pthread_create(&t[i], NULL, race, &r[i]), 0);
	}
	for (size_t i = 0; i < 8; i++) {
		pthread_join(t[i], NULL);
		won += r[i].rc == 0;
	}
	assert_int_equal(won, 1);
	gh_store_close(&s);
}

static int exec_on(const struct place *p, const char *sql)
{
	sqlite3 *db = NULL;
	int rc;

	assert_int_equal(sqlite3_open(p->db, &db), 0);
	rc = sqlite3_exec(db, sql, 0, 0, 0);
	sqlite3_close(db);
	return rc;
}

static void test_enrolment_when_altered_then_said_and_never_not_enrolled(void **state)
{
	struct gh_store *s = open_ok(*state);
	struct gh_enrolment_row row = {0};
	struct gh_err err = {0};

	assert_int_equal(put(s, "gpu-a", "{\"a\":1}", 0, NULL), 0);
	assert_int_not_equal(exec_on(*state, "DELETE FROM enrolment"), SQLITE_OK);
	assert_int_not_equal(exec_on(*state, "UPDATE enrolment SET at = 1"), SQLITE_OK);
	assert_int_equal(exec_on(*state, "DROP TRIGGER enrolment_stays;"
					 "UPDATE enrolment SET document = '{\"a\":9}'"),
	    SQLITE_OK);
	assert_int_equal(gh_store_enrolment(s, "gpu-a", &row, &err), -1);
	assert_int_equal(err.code, GH_E_CRYPTO);
	assert_non_null(strstr(err.what, "altered"));
	gh_store_close(&s);
}

/* A store of the release before: what it has stays, what is new works. */
static void test_schema_when_version_2_then_migrated_and_kept(void **state)
{
	struct place *p = *state;
	sqlite3 *db = NULL;

	assert_int_equal(gh_db_open(&db, p->db, NULL), 0);
	assert_int_equal(gh_schema_migrate(db, 2, NULL), 0);
	assert_int_equal(sqlite3_exec(db,
			     "INSERT INTO run VALUES (1,'" ID1 "','gpu-a','validate','x',"
			     "5,6,7,8,'PASS',0,1,0,0,0,0);"
			     "INSERT INTO report VALUES (1,'" ID2 "','gpu-a','PASS',9,1,"
			     "'0','0')",
			     0, 0, 0),
	    0);
	gh_db_close(&db);
	struct gh_store *s = open_ok(p);
	struct gh_run run = {0};
	struct gh_report_row report;

	assert_int_equal(gh_store_run(s, ID1, &run, NULL), 1);
	assert_int_equal(gh_store_report(s, ID2, &report, NULL), 1);
	assert_int_equal(put(s, "gpu-a", "{}", 0, NULL), 0);
	gh_store_close(&s);
}

/* ---- provisional runs --------------------------------------------------------------- */

static const struct gh_blob probe = {
    {(const unsigned char *)"abc", 3}, "probe", "text/plain"};
static const struct gh_blob bmc = {
    {(const unsigned char *)"{}", 2}, "bmc", "application/json"};

static void fill(struct gh_run *run, struct gh_result *r, const char *id)
{
	run_fill(run, id, "gpu-a", 1000);
	result_fill(r, "gpu-a");
}

static void put_first(struct gh_store *s)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_run run;

	fill(&run, &r, ID1);
	assert_int_equal(gh_store_put_run(s, &run, &r, &probe, 1, NULL), 0);
}

static void revise(struct gh_store *s, const char *id, struct gh_blobs blobs)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_run run;

	fill(&run, &r, id);
	run.verdict = GH_FAIL;
	run.n_fail = 7;
	gh_say(&r.findings.at[0].observed, "in full");
	assert_int_equal(gh_store_revise_run(s, &run, &r, blobs, NULL), 0);
}

static void says_in_full(struct gh_store *s, size_t n_blobs)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_blob_info *info = NULL;
	struct gh_run run = {0};
	size_t n = 0;

	assert_int_equal(gh_store_last(s, "gpu-a", "validate", &run, NULL), 1);
	assert_string_equal(run.id, ID1);
	assert_int_equal(run.verdict, GH_FAIL);
	assert_int_equal(run.n_fail, 7);
	assert_int_equal(gh_store_result(s, ID1, &r, NULL), 0);
	assert_int_equal(r.findings.n, 2);
	assert_string_equal(r.findings.at[0].observed, "in full");
	assert_int_equal(gh_store_blobs(s, ID1, &info, &n, NULL), 0);
	assert_int_equal(n, n_blobs);
	free(info);
}

static void test_run_when_revised_then_only_the_new_words_are_there(void **state)
{
	struct gh_store *s = open_ok(*state);
	const struct gh_blob both[] = {probe, bmc};
	struct gh_runs runs = {0};

	put_first(s);
	revise(s, ID1, (struct gh_blobs){both, 2});
	revise(s, ID1, (struct gh_blobs){both, 2});
	says_in_full(s, 2);
	assert_int_equal(gh_store_runs(s, NULL, NULL, 9, &runs, NULL), 0);
	assert_int_equal(runs.n, 1);
	gh_runs_free(&runs);
	gh_store_close(&s);
	assert_int_equal(
	    exec_on(*state, "CREATE TEMP TABLE t (n INTEGER CHECK (n = 0));"
			    "INSERT INTO t SELECT count(*) FROM pragma_foreign_key_check;"
			    "INSERT INTO t SELECT count(*) FROM finding"
			    " WHERE run NOT IN (SELECT seq FROM run);"
			    "INSERT INTO t SELECT count(*) FROM subject"
			    " WHERE run NOT IN (SELECT seq FROM run);"
			    "INSERT INTO t SELECT count(*) FROM run_blob"
			    " WHERE run NOT IN (SELECT seq FROM run)"),
	    SQLITE_OK);
}

static void test_run_when_revised_without_blobs_then_keeps_those_it_has(void **state)
{
	struct gh_store *s = open_ok(*state);

	put_first(s);
	revise(s, ID1, (struct gh_blobs){NULL, 0});
	says_in_full(s, 1);
	gh_store_close(&s);
}

static void test_run_when_revised_before_it_is_there_then_put(void **state)
{
	struct gh_store *s = open_ok(*state);
	json_t *claims = NULL;

	revise(s, ID1, (struct gh_blobs){&probe, 1});
	says_in_full(s, 1);
	assert_int_equal(gh_store_claims(s, ID1, "gpu-a", &claims, NULL), 1);
	assert_true(json_is_object(claims));
	gh_json_free(&claims);
	assert_int_equal(gh_store_claims(s, ID1, "gpu-z", &claims, NULL), 0);
	assert_int_equal(gh_store_claims(s, ID2, "gpu-a", &claims, NULL), 0);
	assert_null(claims);
	gh_store_close(&s);
}

#define T(f) cmocka_unit_test_setup_teardown(f, place_make, place_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_enrolment_when_put_then_the_newest_is_read),
	    T(test_enrolments_when_read_then_the_whole_chain_newest_first),
	    T(test_enrolment_when_it_does_not_follow_then_refused),
	    T(test_enrolment_when_many_at_once_then_one_wins),
	    T(test_enrolment_when_altered_then_said_and_never_not_enrolled),
	    T(test_schema_when_version_2_then_migrated_and_kept),
	    T(test_run_when_revised_then_only_the_new_words_are_there),
	    T(test_run_when_revised_without_blobs_then_keeps_those_it_has),
	    T(test_run_when_revised_before_it_is_there_then_put),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
