/* SPDX-License-Identifier: Apache-2.0
 * Statements and bundles: what a client accepts, and every way to be refused. */
#include "evidence/rim.h"
#include "tests/unit/proof/fixture.h"

static struct gh_rules rules_of_acme(int64_t at)
{
	return (struct gh_rules){
	    .at = at, .audience = "client:acme", .nonce = SMALL_NONCE};
}

/* ---- the sample report and its semantic negatives ---------------------------------- */

#define OWN_AT INT64_C(1788784200) /* 2026-09-07T12:30:00Z, inside the sample's window */

/* The verdict of the rules on a well-signed vector; PASS only when nothing objects. */
static enum gh_verdict judge_vector(const char *name, struct gh_result *out)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0}, pem = {0};
	gh_auto(struct gh_dsse, gh_dsse_free) d = {0};
	gh_auto(struct gh_keys, gh_keys_free) keys = {0};
	gh_auto(struct gh_statement, gh_statement_free) s = {0};
	const struct gh_named_key *by = NULL;
	read_vector(&b, name);
	read_vector(&pem, "own/report.key.pem");
	assert_int_equal(gh_keys_add_pem(&keys, pem.p, pem.len, NULL), 0);
	assert_int_equal(gh_dsse_parse(&d, b.p, b.len, NULL), 0);
	assert_int_equal(gh_dsse_verify(&d, &keys, &by, NULL), 0); /* signature good */
	if (gh_statement_parse(&s, d.payload.p, d.payload.len, NULL))
		return GH_FAIL;
	struct gh_rules rules = rules_of_acme(OWN_AT);
	gh_rules_judge(out, "report", &s, &rules);
	return gh_result_verdict(out);
}

static void test_sample_report_when_judged_then_passes(void **state)
{
	(void)state;
	if (!have_vectors())
		skip();
	gh_auto(struct gh_result, gh_result_free) r = {0};
	assert_int_equal(judge_vector("own/report.dsse.json", &r), GH_PASS);
	assert_string_equal(gh_claim_get(gh_result_find(&r, "report"), "report_id"),
	    "01J6Z8K3M4N5P6Q7R8S9T0VWXY");
}

static bool is_printable(const struct gh_buf *b)
{
	for (size_t i = 0; i < b->len; i++)
		if ((b->p[i] < 0x20 && b->p[i] != '\n') || b->p[i] == 0x7f ||
		    (b->p[i] == 0xc2 && i + 1 < b->len && b->p[i + 1] < 0xa0) ||
		    (b->p[i] == 0xe2 && i + 2 < b->len && b->p[i + 1] == 0x80 &&
			b->p[i + 2] >= 0xaa && b->p[i + 2] <= 0xae))
			return false;
	return true;
}

static void test_semantic_negatives_when_judged_then_refused(void **state)
{
	(void)state;
	if (!have_vectors())
		skip();
	gh_auto(struct gh_buf, gh_buf_free) manifest = {0};
	read_vector(&manifest, "MANIFEST.json");
	gh_auto(json_t *, gh_json_free) j = gh_json_parse(manifest.p, manifest.len, NULL);
	size_t i, n = 0;
	json_t *row;
	json_array_foreach(json_object_get(j, "files"), i, row)
	{
		const char *name = json_string_value(json_object_get(row, "name"));
		const char *expect = json_string_value(json_object_get(row, "expect"));
		if (strncmp(name, "own/semantic/", 13) != 0)
			continue;
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(struct gh_buf, gh_buf_free) text = {0};
		enum gh_verdict v = judge_vector(name, &r);
		gh_result_plain(&text, &r, true);
		assert_true(is_printable(&text));
		n++;
		if (strstr(expect, "accepted as data only"))
			continue; /* the assertion above is its verdict */
		if (strstr(expect, "evidence bundle digest"))
			continue; /* needs the evidence: the next test */
		if (v == GH_PASS || v == GH_WARN)
			fail_msg("%s was accepted: %s", name, expect);
	}
	print_message("%zu semantic negatives\n", n);
	assert_true(n >= 9);
}

/* The rule is about the file behind subject[0]; the sample's is no index of ours. */
static void test_evidence_of_the_sample_when_other_then_digest_refused(void **state)
{
	(void)state;
	if (!have_vectors())
		skip();
	static const struct {
		const char *vector, *code;
	} kase[] = {
	    {"own/report.dsse.json", "bundle.evidence.index"}, /* digest good, no JSON */
	    {"own/semantic/evidence_digest_other.json", "bundle.evidence.digest"},
	};
	for (size_t i = 0; i < GH_COUNT(kase); i++) {
		gh_auto(struct gh_buf, gh_buf_free) env = {0}, pem = {0}, ev = {0};
		gh_auto(struct gh_bundle, gh_bundle_free) b = {0};
		gh_auto(struct gh_result, gh_result_free) r = {0};
		read_vector(&env, kase[i].vector);
		read_vector(&pem, "own/report.key.pem");
		read_vector(&ev, "own/evidence.bin");
		assert_int_equal(
		    gh_bundle_add(&b, "report.dsse.json", gh_buf_view(&env), NULL), 0);
		assert_int_equal(
		    gh_bundle_add(&b, "signer.pem", gh_buf_view(&pem), NULL), 0);
		assert_int_equal(
		    gh_bundle_add(&b, "evidence/index.json", gh_buf_view(&ev), NULL), 0);
		const struct gh_bundle_opts o = {.rules = rules_of_acme(OWN_AT)};
		assert_int_equal(gh_bundle_verify(&r, &b, &o, NULL), 0);
		const struct gh_finding *f =
		    gh_findings_get(&r.findings, "report", "bundle.evidence");
		assert_non_null(f);
		assert_string_equal(f->code, kase[i].code);
		assert_int_equal(gh_bundle_exit(&r), 2);
	}
}

/* ---- our own small bundle ----------------------------------------------------------- */

struct outcome {
	enum gh_verdict verdict;
	int exit;
	char step[64], code[64]; /* first finding that did not pass */
};

static struct outcome judge(
    const struct small *s, const struct gh_keys *keys, struct gh_rules rules)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	const struct gh_bundle_opts o = {.rules = rules, .keys = keys};
	struct outcome out = {0};
	assert_int_equal(gh_bundle_verify(&r, &s->b, &o, NULL), 0);
	out.verdict = gh_result_verdict(&r);
	out.exit = gh_bundle_exit(&r);
	for (size_t i = 0; i < r.findings.n && !out.step[0]; i++) {
		const struct gh_finding *f = &r.findings.at[i];
		if (f->verdict == GH_PASS || f->verdict == GH_SKIP ||
		    f->verdict == GH_WARN)
			continue;
		snprintf(out.step, sizeof(out.step), "%s", f->step);
		snprintf(out.code, sizeof(out.code), "%s", f->code);
	}
	return out;
}

static void expect(
    const struct small *s, struct gh_rules rules, int exit_code, const char *code)
{
	struct outcome o = judge(s, &s->keys, rules);
	assert_string_equal(o.code, code);
	assert_int_equal(o.exit, exit_code);
	assert_int_not_equal(o.verdict, GH_PASS);
}

static void test_bundle_when_good_then_passes(void **state)
{
	(void)state;
	struct small s;
	small_make(&s);
	struct outcome o = judge(&s, &s.keys, rules_of_acme(SMALL_AT + 60));
	assert_string_equal(o.step, "");
	assert_int_equal(o.verdict, GH_WARN); /* the host's own warning is told */
	assert_int_equal(o.exit, 0);
	assert_null(
	    strstr(gh_buf_cstr(&s.payload), "S1234567")); /* the serial is hashed */
	small_free(&s);
}

static void test_signer_when_not_named_then_unknown(void **state)
{
	(void)state;
	struct small s, other;
	small_make(&s);
	small_make(&other);
	struct outcome o = judge(&s, NULL, rules_of_acme(SMALL_AT));
	assert_int_equal(o.verdict, GH_UNKNOWN);
	assert_string_equal(o.code, "bundle.signer.unknown");
	assert_int_equal(o.exit, 1);
	o = judge(&s, &other.keys, rules_of_acme(SMALL_AT));
	assert_string_equal(o.code, "bundle.signer.untrusted");
	assert_int_equal(o.exit, 2);
	small_free(&s);
	small_free(&other);
}

static void test_rules_when_not_met_then_each_has_its_code(void **state)
{
	(void)state;
	struct small s;
	small_make(&s);
	struct gh_rules r = rules_of_acme(SMALL_AT);
	r.audience = "client:other";
	expect(&s, r, 3, "bundle.audience.other");
	r = rules_of_acme(SMALL_AT);
	r.nonce = GH_NO_PREVIOUS;
	expect(&s, r, 3, "bundle.nonce.mismatch");
	expect(&s, rules_of_acme(SMALL_AT + 3600 + GH_SKEW_S), 3, "bundle.time.expired");
	assert_int_equal(
	    judge(&s, &s.keys, rules_of_acme(SMALL_AT + 3600 + GH_SKEW_S - 1)).exit, 0);
	expect(&s, rules_of_acme(SMALL_AT - GH_SKEW_S - 1), 3, "bundle.time.future");
	assert_int_equal(judge(&s, &s.keys, rules_of_acme(SMALL_AT - GH_SKEW_S)).exit, 0);
	small_free(&s);
}

static void test_host_when_failed_then_reported_as_such(void **state)
{
	(void)state;
	struct small s;
	small_make(&s);
	struct gh_finding *f = gh_findings_add(&s.result.findings, "gpu-a", "host.tdx");
	gh_judge(f, GH_FAIL, "host.tdx.off");
	small_seal(&s);
	small_files(&s);
	expect(&s, rules_of_acme(SMALL_AT), 1, "bundle.verdict.fail");
	s.result.findings.at[2].verdict = GH_UNKNOWN;
	small_seal(&s);
	small_files(&s);
	expect(&s, rules_of_acme(SMALL_AT), 1, "bundle.verdict.error");
	small_free(&s);
}

static void flip_in(struct gh_buf *b)
{
	b->p[b->len / 2] ^= 1;
}

static void test_files_when_altered_then_refused(void **state)
{
	(void)state;
	static const char *const code[] = {"bundle.envelope.signature",
	    "bundle.payload.differs", "bundle.detached.signature",
	    "bundle.evidence.digest", "bundle.evidence.blob"};
	for (size_t i = 0; i < GH_COUNT(code); i++) {
		struct small s;
		small_make(&s);
		/* The first signature byte of the envelope, so that it still parses. */
		if (i == 0) {
			char *sig = strstr(gh_buf_cstr(&s.envelope), "\"sig\":\"");
			sig[20] = sig[20] == 'A' ? 'B' : 'A';
		}
		struct gh_buf *const b[] = {NULL, &s.payload, &s.sig, &s.index, &s.blob};
		if (b[i])
			flip_in(b[i]);
		expect(&s, rules_of_acme(SMALL_AT), 2, code[i]);
		small_free(&s);
	}
}

static void test_files_when_missing_or_more_then_refused(void **state)
{
	(void)state;
	static const char *const code[] = {"bundle.envelope.missing",
	    "bundle.payload.missing", "bundle.detached.missing", "", /* signer.pem */
	    "bundle.evidence.missing", "bundle.evidence.blob"};
	struct small s;
	small_make(&s);
	for (size_t i = 0; i < GH_COUNT(code); i++) {
		struct gh_bundle_file keep = s.b.file[i];
		snprintf(s.b.file[i].name, sizeof(s.b.file[i].name), "other");
		if (code[i][0])
			expect(&s, rules_of_acme(SMALL_AT), 2, code[i]);
		else
			assert_int_equal(
			    judge(&s, &s.keys, rules_of_acme(SMALL_AT)).exit, 0);
		s.b.file[i] = keep;
	}
	assert_int_equal(
	    gh_bundle_add(&s.b, "evidence/stray", gh_buf_view(&s.blob), NULL), 0);
	expect(&s, rules_of_acme(SMALL_AT), 2, "bundle.evidence.blob");
	assert_int_equal(
	    gh_bundle_add(&s.b, "report.json", gh_buf_view(&s.blob), NULL), -1);
	small_free(&s);
}

/* Signs a payload that was changed as text: only the rules can object. */
static void expect_edited(const char *from, const char *to, const char *code)
{
	struct small s;
	small_make(&s);
	gh_auto(struct gh_buf, gh_buf_free) edited = {0};
	const char *text = gh_buf_cstr(&s.payload), *at = strstr(text, from);
	assert_non_null(at);
	gh_buf_add(&edited, text, (size_t)(at - text));
	gh_buf_str(&edited, to);
	gh_buf_str(&edited, at + strlen(from));
	gh_buf_clear(&s.payload);
	gh_buf_add(&s.payload, edited.p, edited.len);
	gh_buf_clear(&s.envelope);
	gh_buf_clear(&s.sig);
	struct gh_bytes p = gh_buf_view(&s.payload);
	assert_int_equal(gh_dsse_sign(&s.envelope, s.key, GH_DSSE_INTOTO, p, NULL), 0);
	assert_int_equal(gh_sign_der(s.key, GH_SHA256, p, &s.sig, NULL), 0);
	small_files(&s);
	expect(&s, rules_of_acme(SMALL_AT), 2, code);
	small_free(&s);
}

static void test_payload_when_lying_then_refused(void **state)
{
	(void)state;
	expect_edited("\"pass\":1", "\"pass\":7", "bundle.counts.wrong");
	expect_edited(
	    "\"outcome\":\"pass\"", "\"outcome\":\"fail\"", "bundle.counts.wrong");
	expect_edited(
	    "\"verdict\":\"PASS\"", "\"verdict\":\"FAIL\"", "bundle.story.differs");
	expect_edited("\"v\":1", "\"v\":2", "bundle.statement.unknown");
	expect_edited("\"v\":1", "\"v\":1,\"w\":1", "bundle.statement.parse");
	expect_edited("\"v\":1", "\"v\":1.5", "bundle.statement.parse");
	expect_edited("\"v\":1", "\"v\":1,\"v\":1", "bundle.statement.parse");
	expect_edited(
	    "\"sequence\":1", "\"sequence\":9007199254740993", "bundle.statement.parse");
	expect_edited("\"sequence\":1", "\"sequence\":0", "bundle.statement.parse");
	expect_edited(
	    "host-validation:v1", "host-validation:v2", "bundle.statement.unknown");
	expect_edited("in-toto.io/Statement/v1", "in-toto.io/Statement/v2",
	    "bundle.statement.unknown");
	expect_edited("\"stage\":1", "\"stage\":2", "bundle.stage.mismatch");
	expect_edited("\"kernel\":\"6.8.0\",\"name\"", "\"kernel\":\"6.8.1\",\"name\"",
	    "bundle.stage.host");
	expect_edited("\"issued\":\"2026-11-24T00:00:00Z\"",
	    "\"issued\":\"2026-11-24 00:00:00Z\"", "bundle.statement.parse");
}

static void test_verdict_when_better_than_the_checks_then_refused(void **state)
{
	(void)state;
	struct small s;
	small_make(&s);
	s.result.findings.at[0].verdict = GH_FAIL;
	small_seal(&s);
	gh_auto(json_t *, gh_json_free) j =
	    gh_json_parse(s.payload.p, s.payload.len, NULL);
	json_object_set_new(
	    json_object_get(j, "predicate"), "verdict", json_string("pass"));
	gh_buf_clear(&s.payload);
	gh_json_dump(&s.payload, j);
	gh_buf_clear(&s.envelope);
	gh_buf_clear(&s.sig);
	struct gh_bytes p = gh_buf_view(&s.payload);
	assert_int_equal(gh_dsse_sign(&s.envelope, s.key, GH_DSSE_INTOTO, p, NULL), 0);
	assert_int_equal(gh_sign_der(s.key, GH_SHA256, p, &s.sig, NULL), 0);
	small_files(&s);
	expect(&s, rules_of_acme(SMALL_AT), 2, "bundle.verdict.contradicts");
	small_free(&s);
}

/* Under the sanitizers this is about memory; here it is about never accepting. */
static void test_payload_when_cut_or_flipped_then_never_crashes(void **state)
{
	(void)state;
	struct small s;
	small_make(&s);
	struct gh_rules rules = rules_of_acme(SMALL_AT);
	for (size_t i = 0; i < s.payload.len; i++) {
		gh_auto(struct gh_statement, gh_statement_free) cut = {0}, flipped = {0};
		gh_auto(struct gh_result, gh_result_free) r = {0};
		assert_int_equal(gh_statement_parse(&cut, s.payload.p, i, NULL), -1);
		s.payload.p[i] ^= 0x10;
		if (gh_statement_parse(&flipped, s.payload.p, s.payload.len, NULL) == 0)
			gh_rules_judge(&r, "report", &flipped, &rules);
		s.payload.p[i] ^= 0x10;
	}
	small_free(&s);
}

static void test_tally_when_of_each_kind_then_rule_applied(void **state)
{
	(void)state;
	static const struct {
		const char *checks, *verdict;
	} kase[] = {
	    {"[]", "error"},
	    {"[{\"id\":\"a\",\"outcome\":\"pass\",\"severity\":\"block\"}]", "pass"},
	    {"[{\"id\":\"a\",\"outcome\":\"skip\",\"severity\":\"block\"}]", "error"},
	    {"[{\"id\":\"a\",\"outcome\":\"error\",\"severity\":\"block\"},"
	     "{\"id\":\"b\",\"outcome\":\"fail\",\"severity\":\"block\"}]",
		"fail"},
	    {"[{\"id\":\"a\",\"outcome\":\"pass\",\"severity\":\"block\"},"
	     "{\"id\":\"b\",\"outcome\":\"fail\",\"severity\":\"warn\"}]",
		"pass"},
	    {"[{\"id\":\"a\",\"outcome\":\"pass\",\"severity\":\"block\"},"
	     "{\"id\":\"b\",\"outcome\":\"error\",\"severity\":\"block\"}]",
		"error"},
	};
	struct gh_tally t;
	for (size_t i = 0; i < GH_COUNT(kase); i++) {
		gh_auto(json_t *, gh_json_free) j =
		    gh_json_parse(kase[i].checks, strlen(kase[i].checks), NULL);
		assert_int_equal(gh_tally(&t, j, NULL), 0);
		assert_string_equal(t.verdict, kase[i].verdict);
	}
	gh_auto(json_t *, gh_json_free) bad = json_pack(
	    "[{s:s, s:s, s:s}]", "id", "a", "outcome", "great", "severity", "block");
	assert_int_equal(gh_tally(&t, bad, NULL), -1);
}

/* ---- archives ------------------------------------------------------------------------ */

static void add_octal(unsigned char *p, size_t width, size_t v)
{
	snprintf((char *)p, width, "%0*zo", (int)width - 1, v);
}

static void add_member(
    struct gh_buf *tar, const char *name, struct gh_bytes data, char type)
{
	unsigned char h[512] = {0};
	size_t sum = 0;
	snprintf((char *)h, 100, "%s", name);
	add_octal(h + 124, 12, data.len);
	memset(h + 148, ' ', 8);
	h[156] = (unsigned char)type;
	memcpy(h + 257,
	    "ustar\0"
	    "00",
	    8);
	for (size_t i = 0; i < sizeof(h); i++)
		sum += h[i];
	add_octal(h + 148, 7, sum);
	gh_buf_add(tar, h, sizeof(h));
	if (data.len)
		gh_buf_add(tar, data.p, data.len);
	while (tar->len % 512)
		gh_buf_chr(tar, '\0');
}

static void test_archive_when_read_then_the_same_bundle(void **state)
{
	(void)state;
	struct small s;
	gh_auto(struct gh_buf, gh_buf_free) tar = {0};
	small_make(&s);
	add_member(&tar, "report-1/", (struct gh_bytes){0}, '5');
	for (size_t i = 0; i < s.b.n; i++) {
		char name[200];
		snprintf(name, sizeof(name), "report-1/%s", s.b.file[i].name);
		add_member(&tar, name, s.b.file[i].bytes, '0');
	}
	for (int i = 0; i < 1024; i++)
		gh_buf_chr(&tar, '\0');
	gh_bundle_free(&s.b);
	assert_int_equal(gh_bundle_from_tar(&s.b, gh_buf_view(&tar), NULL), 0);
	assert_int_equal(judge(&s, &s.keys, rules_of_acme(SMALL_AT)).exit, 0);
	/* A link, a wrong checksum and a cut end are refused; nothing crashes. */
	for (size_t len = 0; len < tar.len; len += 97) {
		gh_auto(struct gh_bundle, gh_bundle_free) cut = {0};
		(void)!gh_bundle_from_tar(&cut, (struct gh_bytes){tar.p, len}, NULL);
	}
	gh_auto(struct gh_bundle, gh_bundle_free) bad = {0}, link = {0};
	tar.p[3] ^= 1;
	assert_int_equal(gh_bundle_from_tar(&bad, gh_buf_view(&tar), NULL), -1);
	gh_buf_clear(&tar);
	add_member(&tar, "report.json", (struct gh_bytes){0}, '2');
	assert_int_equal(gh_bundle_from_tar(&link, gh_buf_view(&tar), NULL), -1);
	small_free(&s);
}

static int setup(void **state)
{
	(void)state;
	return gh_rim_setup(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sample_report_when_judged_then_passes),
	    cmocka_unit_test(test_semantic_negatives_when_judged_then_refused),
	    cmocka_unit_test(test_evidence_of_the_sample_when_other_then_digest_refused),
	    cmocka_unit_test(test_bundle_when_good_then_passes),
	    cmocka_unit_test(test_signer_when_not_named_then_unknown),
	    cmocka_unit_test(test_rules_when_not_met_then_each_has_its_code),
	    cmocka_unit_test(test_host_when_failed_then_reported_as_such),
	    cmocka_unit_test(test_files_when_altered_then_refused),
	    cmocka_unit_test(test_files_when_missing_or_more_then_refused),
	    cmocka_unit_test(test_payload_when_lying_then_refused),
	    cmocka_unit_test(test_verdict_when_better_than_the_checks_then_refused),
	    cmocka_unit_test(test_payload_when_cut_or_flipped_then_never_crashes),
	    cmocka_unit_test(test_tally_when_of_each_kind_then_rule_applied),
	    cmocka_unit_test(test_archive_when_read_then_the_same_bundle),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
