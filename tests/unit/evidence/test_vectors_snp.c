/* SPDX-License-Identifier: Apache-2.0
 * Every SNP vector: real reports of real chips, negatives, the synthetic cases. */
#include "base/fields.h"
#include "cpu_vectors.h"
#include "evidence/snp.h"
#include "evidence/snp_crl.h"
#include "evidence/snp_report.h"
#include "evidence/snp_table.h"

#define DIR "snp"

/* The steps that are cryptography and format; the others are default policy. */
static const char *const crypto[] = {"snp.parse", "snp.product", "snp.chain.ark",
    "snp.chain.ask", "snp.chain.vek", "snp.tcb", "snp.chip", "snp.signature"};

/* The ARKs of spec/snp.md section 2. */
static void real_trust(struct gh_trust *t)
{
	add_pin(t, GH_ROOT_AMD_ARK, "Milan",
	    "9f056bee44377e29308cb5ffa895bdfb62d18881fa6bed8d6f075b0204089cb9");
	add_pin(t, GH_ROOT_AMD_ARK, "Genoa",
	    "429a69c9422aa258ee4d8db5fcda9c6470ef15f8cd5a9cebd6cbc7d90b863831");
	add_pin(t, GH_ROOT_AMD_ARK, "Turin",
	    "4f125410563a2ab9a50356f9243f6fe0b6f73de98603f53f90339c70e9d7ad08");
}

static void verify(
    struct gh_result *r, const struct gh_buf *report, const struct gh_context *ctx)
{
	struct gh_snp_evidence ev = {.report = gh_buf_view(report)};
	struct gh_err e = {0};

	if (gh_snp_verify(r, "vm", &ev, ctx, &e))
		fail_msg("%s", e.what);
	assert_tree(r);
}

static bool crypto_holds(const struct gh_result *r)
{
	for (size_t i = 0; i < GH_COUNT(crypto); i++) {
		enum gh_verdict v = verdict_of(r, crypto[i]);

		if (v != GH_PASS && v != GH_WARN)
			return false;
	}
	return true;
}

static bool has_suffix(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && !strcmp(s + n - m, end);
}

/* What the manifest's author decoded, against our claims. */
static void assert_fields(const struct gh_result *r, const json_t *entry)
{
	static const char *const same[] = {"policy", "platform_info", "current_tcb",
	    "reported_tcb", "committed_tcb", "launch_tcb", "chip_id", "measurement",
	    "report_data", "host_data"};
	const struct gh_subject *s = gh_result_find(r, "vm");
	const json_t *fields = json_object_get(entry, "fields");
	char version[8];

	assert_non_null(s);
	for (size_t i = 0; i < GH_COUNT(same); i++)
		assert_string_equal(gh_claim_get(s, same[i]),
		    json_string_value(json_object_get(fields, same[i])));
	snprintf(version, sizeof(version), "%d",
	    (int)json_integer_value(json_object_get(fields, "version")));
	assert_string_equal(gh_claim_get(s, "version"), version);
	assert_string_equal(gh_claim_get(s, "firmware"),
	    json_string_value(json_object_get(fields, "current_version")));
}

/* Taken apart, a genuine report has no error and its bytes are all there. */
static void show_real(const struct gh_buf *report)
{
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};
	size_t seen = 0;

	assert_int_equal(gh_snp_show(&fs, gh_buf_view(report), NULL), 0);
	for (size_t i = 0; i < fs.n; i++) {
		assert_string_not_equal(fs.at[i].name, "error");
		seen += fs.at[i].raw.len;
	}
	assert_int_equal(seen, report->len);
}

static void run_real(const json_t *entry, bool with_chain)
{
	gh_auto(struct gh_buf, gh_buf_free) report = {0};
	gh_auto(struct gh_certs, gh_certs_free) certs = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_trust trust = {0};
	const json_t *chain = json_object_get(entry, "chain"), *v;
	const char *name = json_string_value(json_object_get(entry, "name"));
	size_t i;

	real_trust(&trust);
	read_vector(&report, DIR, name);
	show_real(&report);
	if (with_chain)
		json_array_foreach(chain, i, v)
		    add_der(&certs, DIR, json_string_value(v));
	add_der(&certs, DIR, json_string_value(json_object_get(entry, "leaf")));
	verify(&r, &report,
	    &(struct gh_context){
		.at = json_integer_value(json_object_get(entry, "verify_time")),
		.trust = &trust,
		.certs = &certs});
	if (!crypto_holds(&r)) {
		print_open(&r);
		fail_msg("%s does not verify", name);
	}
	assert_fields(&r, entry);
	assert_string_equal(gh_claim_get(gh_result_find(&r, "vm"), "product"),
	    json_string_value(json_object_get(entry, "product")));
}

static void test_real_reports_when_genuine_pass(void **state)
{
	gh_auto(json_t *, gh_json_free) m = NULL;
	const json_t *entry;
	size_t i, n = 0;

	(void)state;
	need_vectors(DIR);
	m = read_json(DIR, "MANIFEST.json");
	json_array_foreach(json_object_get(m, "files"), i, entry)
	{
		const char *name = json_string_value(json_object_get(entry, "name"));

		if (strncmp(name, "real/", 5) || !has_suffix(name, ".report.bin"))
			continue;
		run_real(entry, false);
		run_real(entry, true);
		n++;
	}
	print_message(
	    "SNP real reports: %zu genuine, each with our own and the given chain\n", n);
	assert_true(n >= 20);
}

static void test_parse_only_when_no_vek_unknown(void **state)
{
	gh_auto(json_t *, gh_json_free) m = NULL;
	const json_t *entry;
	struct gh_trust trust = {0};
	size_t i, n = 0;

	(void)state;
	need_vectors(DIR);
	real_trust(&trust);
	m = read_json(DIR, "MANIFEST.json");
	json_array_foreach(json_object_get(m, "files"), i, entry)
	{
		gh_auto(struct gh_buf, gh_buf_free) report = {0};
		gh_auto(struct gh_result, gh_result_free) r = {0};
		const char *name = json_string_value(json_object_get(entry, "name"));

		if (strncmp(name, "parse-only/", 11))
			continue;
		read_vector(&report, DIR, name);
		verify(
		    &r, &report, &(struct gh_context){.at = 1700000000, .trust = &trust});
		assert_int_equal(verdict_of(&r, "snp.parse"), GH_PASS);
		assert_int_equal(verdict_of(&r, "snp.signature"), GH_UNKNOWN);
		assert_string_equal(code_of(&r, "snp.chain.vek"), "snp.vek.missing");
		assert_int_not_equal(gh_result_verdict(&r), GH_PASS);
		assert_int_not_equal(gh_result_verdict(&r), GH_WARN);
		assert_fields(&r, entry);
		n++;
	}
	print_message("SNP reports without certificate: %zu, none passes\n", n);
	assert_true(n >= 4);
}

/* One real report with another certificate than its own. */
static void run_foreign(
    struct gh_result *r, const char *report_name, const char *leaf, int64_t at)
{
	gh_auto(struct gh_buf, gh_buf_free) report = {0};
	gh_auto(struct gh_certs, gh_certs_free) certs = {0};
	struct gh_trust trust = {0};

	real_trust(&trust);
	read_vector(&report, DIR, report_name);
	add_der(&certs, DIR, leaf);
	verify(
	    r, &report, &(struct gh_context){.at = at, .trust = &trust, .certs = &certs});
	assert_int_equal(gh_result_verdict(r), GH_FAIL);
}

static void test_negative_leaves_when_damaged_fail(void **state)
{
	static const struct {
		const char *leaf, *report, *step, *code;
	} t[] = {
	    {"negative/vcek-hwid-raw-badsig.vek.der", "real/milan-v3-ms-tav.report.bin",
		"snp.chain.vek", "snp.vek.signature"},
	    {"negative/vcek-hwid-der-octetstring-badsig.vek.der",
		"real/milan-v3-ms-tav.report.bin", "snp.chain.vek", "snp.vek.signature"},
	    {"negative/genoa-vcek-product-tampered-to-turin.vek.der",
		"real/genoa-v3-ms-tav.report.bin", "snp.chain.vek", "snp.vek.signature"},
	    {"negative/milan-vcek-old-tcb-same-chip.vek.der",
		"real/milan-v3-oak-oc-staging.report.bin", "snp.tcb", "snp.tcb.mismatch"},
	    {"real/turin-vcek-only-virtee.vek.der", "real/turin-v5-ms-tav.report.bin",
		"snp.chip", "snp.chip.mismatch"},
	};

	(void)state;
	need_vectors(DIR);
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};

		run_foreign(&r, t[i].report, t[i].leaf, 1771542096);
		assert_string_equal(code_of(&r, t[i].step), t[i].code);
		assert_int_equal(verdict_of(&r, "snp.signature"), GH_FAIL);
	}
	print_message(
	    "SNP negative leaves: %zu, all FAIL where they should\n", GH_COUNT(t));
}

static void test_vlek_when_expired_fails(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};

	(void)state;
	need_vectors(DIR);
	run_foreign(&r, "real/milan-v3-vlek-aws-us-east-2-vmpl1.report.bin",
	    "real/milan-v3-vlek-aws-us-east-2-vmpl1.vek.der", 1795392000);
	assert_string_equal(code_of(&r, "snp.chain.vek"), "snp.vek.expired");
	assert_int_equal(verdict_of(&r, "snp.signature"), GH_SKIP);
}

static void test_report_when_root_not_pinned_fails(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) report = {0};
	gh_auto(struct gh_certs, gh_certs_free) certs = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_trust trust = {0};

	(void)state;
	need_vectors(DIR);
	read_vector(&report, DIR, "real/genoa-v5-oak.report.bin");
	add_der(&certs, DIR, "real/genoa-v5-oak.vek.der");
	verify(&r, &report,
	    &(struct gh_context){.at = 1771542096, .trust = &trust, .certs = &certs});
	assert_string_equal(code_of(&r, "snp.chain.ark"), "snp.root.unpinned");
	for (size_t i = 3; i < GH_COUNT(crypto); i++)
		assert_int_equal(verdict_of(&r, crypto[i]), GH_SKIP);
	assert_int_equal(gh_result_verdict(&r), GH_FAIL);
}

static void test_report_when_root_is_lab_needs_permission(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) report = {0};
	gh_auto(struct gh_certs, gh_certs_free) certs = {0};
	struct gh_trust trust = {0};

	(void)state;
	need_vectors(DIR);
	real_trust(&trust);
	for (size_t i = 0; i < trust.n; i++)
		trust.at[i].lab = true;
	read_vector(&report, DIR, "real/genoa-v5-oak.report.bin");
	add_der(&certs, DIR, "real/genoa-v5-oak.vek.der");
	for (int allow = 0; allow < 2; allow++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};

		verify(&r, &report,
		    &(struct gh_context){.at = 1771542096,
			.trust = &trust,
			.certs = &certs,
			.allow_lab = allow});
		assert_int_equal(crypto_holds(&r), allow);
		for (size_t i = 0; i < r.findings.n; i++)
			assert_int_equal(r.findings.at[i].lab, allow);
		if (!allow)
			assert_string_equal(code_of(&r, "snp.chain.ark"), "snp.root.lab");
	}
}

/* A synthetic case that names its own certificates, CRL and pin. */
struct synthetic {
	struct gh_buf report, crl;
	struct gh_certs certs;
	struct gh_trust trust;
	int64_t at;
};

static void free_synthetic(struct synthetic *s)
{
	gh_buf_free(&s->report);
	gh_buf_free(&s->crl);
	gh_certs_free(&s->certs);
}

/* The test PKI has one root key under three names, so only the product that the case's own
 * ARK names is pinned, by the pin that the case states. */
static void synthetic_trust(struct gh_trust *t, const json_t *c)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	const char *cn;

	add_der(&cs, DIR "/synthetic", json_string_value(json_object_get(c, "ark")));
	cn = gh_cert_cn(cs.at[0]);
	add_pin(t, GH_ROOT_AMD_ARK, strncmp(cn, "ARK-", 4) ? "Genoa" : cn + 4,
	    json_string_value(json_object_get(c, "ark_spki_pin")));
}

static void load_synthetic(struct synthetic *s, const json_t *c)
{
	static const char *const files[] = {"ark", "leaf", "ask"}; /* any order will do */
	const json_t *crl = json_object_get(c, "crl");

	synthetic_trust(&s->trust, c);
	read_vector(&s->report, DIR "/synthetic",
	    json_string_value(json_object_get(c, "report")));
	for (size_t i = 0; i < GH_COUNT(files); i++)
		add_der(&s->certs, DIR "/synthetic",
		    json_string_value(json_object_get(c, files[i])));
	if (json_is_string(crl))
		read_vector(&s->crl, DIR "/synthetic", json_string_value(crl));
	s->at = json_integer_value(json_object_get(c, "verify_time"));
}

static void verify_synthetic(struct gh_result *r, const struct synthetic *s)
{
	struct gh_bytes crl = gh_buf_view(&s->crl);
	struct gh_snp_evidence ev = {.report = gh_buf_view(&s->report)};
	struct gh_context ctx = {.at = s->at,
	    .trust = &s->trust,
	    .certs = &s->certs,
	    .crls = {&crl, s->crl.len ? 1 : 0}};
	struct gh_err e = {0};

	if (gh_snp_verify(r, "vm", &ev, &ctx, &e))
		fail_msg("%s", e.what);
	assert_tree(r);
}

/* True when cryptography, format and the report's own consistency hold. */
static bool synthetic_passes(const struct gh_result *r)
{
	return crypto_holds(r) && verdict_of(r, "snp.tcb.order") == GH_PASS &&
	       verdict_of(r, "snp.revocation") != GH_FAIL &&
	       strcmp(code_of(r, "snp.vmpl"), "snp.vmpl.host") != 0 &&
	       strcmp(code_of(r, "snp.vmpl"), "snp.vmpl.range") != 0;
}

/* "" when our verdict on the case is the expected one. */
static const char *judge_synthetic(const struct gh_result *r, const json_t *c)
{
	bool pass = !strcmp(json_string_value(json_object_get(c, "expect")), "PASS");
	const char *policy = json_string_value(json_object_get(c, "policy"));
	enum gh_verdict all = gh_result_verdict(r);

	if (synthetic_passes(r) != pass)
		return "the cryptographic verdict differs";
	if (policy && !strncmp(policy, "REJECT", 6) && all != GH_FAIL)
		return "the default policy must refuse it";
	if (policy && !strncmp(policy, "warn", 4) && all != GH_WARN)
		return "the default policy must warn";
	if (!policy && pass && all != GH_WARN && all != GH_PASS)
		return "nothing is wrong with it, but the verdict says so";
	if (!pass && all != GH_FAIL)
		return "the verdict as a whole must be FAIL";
	return "";
}

static void test_synthetic_when_all_cases_run_verdicts_agree(void **state)
{
	gh_auto(json_t *, gh_json_free) cases = NULL;
	const json_t *c;
	size_t i, good = 0, bad = 0;

	(void)state;
	need_vectors(DIR);
	cases = read_json(DIR, "synthetic/cases.json");
	json_array_foreach(json_object_get(cases, "cases"), i, c)
	{
		gh_auto(struct synthetic, free_synthetic) s = {0};
		gh_auto(struct gh_result, gh_result_free) r = {0};
		const char *said;

		load_synthetic(&s, c);
		verify_synthetic(&r, &s);
		said = judge_synthetic(&r, c);
		good += !*said;
		bad += *said != '\0';
		if (*said) {
			print_message("  %s: %s\n",
			    json_string_value(json_object_get(c, "case")), said);
			print_open(&r);
		}
	}
	print_message("SNP synthetic cases: %zu agree, %zu differ\n", good, bad);
	assert_int_equal(bad, 0);
	assert_true(good >= 90);
}

/* "OK", "EMPTY", "NO-VCEK" or "FAIL", as the cases call it. */
static const char *judge_table(const struct gh_buf *b)
{
	struct gh_snp_table t;
	struct gh_bytes vek;
	gh_auto(struct gh_cert *, gh_cert_free) c = NULL;

	if (gh_snp_table_parse(&t, b->p, b->len, NULL))
		return "FAIL";
	if (!t.n)
		return "EMPTY";
	vek = gh_snp_table_get(&t, GH_SNP_ITEM_VCEK);
	if (!vek.p)
		vek = gh_snp_table_get(&t, GH_SNP_ITEM_VLEK);
	if (!vek.p)
		return "NO-VCEK";
	return gh_cert_from_der(&c, vek.p, vek.len, NULL) ? "FAIL" : "OK";
}

static void test_certificate_tables_when_read_verdicts_agree(void **state)
{
	gh_auto(json_t *, gh_json_free) cases = NULL;
	const json_t *c;
	struct gh_snp_table t;
	size_t i, n = 0, looks = 0;

	(void)state;
	need_vectors(DIR);
	cases = read_json(DIR, "synthetic/cases.json");
	json_array_foreach(json_object_get(cases, "cert_tables"), i, c)
	{
		gh_auto(struct gh_buf, gh_buf_free) b = {0};
		gh_auto(struct gh_fields, gh_fields_free) fs = {0};

		read_vector(
		    &b, DIR "/synthetic", json_string_value(json_object_get(c, "file")));
		assert_string_equal(
		    judge_table(&b), json_string_value(json_object_get(c, "expect")));
		looks += gh_snp_table_looks(gh_buf_view(&b));
		assert_int_equal(gh_snp_table_show(&fs, gh_buf_view(&b), NULL), 0);
		for (size_t len = 0; len < b.len; len++)
			(void)!gh_snp_table_parse(&t, b.p, len, NULL);
		for (size_t k = 0; k < b.len && k < 200; k++) {
			b.p[k] ^= 0xFF;
			(void)!gh_snp_table_parse(&t, b.p, b.len, NULL);
			b.p[k] ^= 0xFF;
		}
		n++;
	}
	print_message(
	    "SNP certificate tables: %zu agree, %zu are recognised\n", n, looks);
	assert_int_equal(looks, 5); /* those that are OK */
	assert_true(n >= 15);
}

static void test_nonce_when_asked_is_compared(void **state)
{
	static const char text[] = "gatehouse synthetic nonce";
	gh_auto(json_t *, gh_json_free) cases = NULL;
	gh_auto(struct synthetic, free_synthetic) s = {0};
	uint8_t nonce[64];
	static const struct {
		size_t len;
		uint8_t flip;
		enum gh_verdict want;
	} t[] = {{64, 0, GH_PASS}, {64, 1, GH_FAIL}, {32, 0, GH_FAIL}, {0, 0, GH_FAIL}};

	(void)state;
	need_vectors(DIR);
	cases = read_json(DIR, "synthetic/cases.json");
	load_synthetic(&s, json_array_get(json_object_get(cases, "cases"), 0));
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};

		assert_int_equal(gh_hash(GH_SHA512, text, strlen(text), nonce, NULL), 0);
		nonce[63] ^= t[i].flip;
		verify(&r, &s.report,
		    &(struct gh_context){.at = s.at,
			.trust = &s.trust,
			.certs = &s.certs,
			.nonce = {nonce, t[i].len}});
		assert_int_equal(verdict_of(&r, "snp.nonce"), t[i].want);
	}
}

/* The seven lists, under the ARK and for the ASK and the ASVK of the test PKI. */
static void test_crls_when_judged_say_what_they_are(void **state)
{
	static const struct {
		const char *name;
		enum gh_snp_revocation ask, asvk;
	} t[] = {
	    {"crl-genoa-empty.der", GH_SNP_CRL_GOOD, GH_SNP_CRL_GOOD},
	    {"crl-genoa-ask-revoked.der", GH_SNP_CRL_REVOKED, GH_SNP_CRL_GOOD},
	    {"crl-genoa-asvk-revoked.der", GH_SNP_CRL_GOOD, GH_SNP_CRL_REVOKED},
	    {"crl-genoa-expired.der", GH_SNP_CRL_BAD, GH_SNP_CRL_BAD},
	    {"crl-genoa-future.der", GH_SNP_CRL_BAD, GH_SNP_CRL_BAD},
	    {"crl-genoa-wrong-signer.der", GH_SNP_CRL_BAD, GH_SNP_CRL_BAD},
	    {"crl-genoa-signed-by-ask.der", GH_SNP_CRL_BAD, GH_SNP_CRL_BAD},
	};
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};

	(void)state;
	need_vectors(DIR);
	add_der(&cs, DIR "/synthetic", "chain-genoa-ark.der");
	add_der(&cs, DIR "/synthetic", "chain-genoa-ask.der");
	add_der(&cs, DIR "/synthetic", "chain-genoa-asvk.der");
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_buf, gh_buf_free) der = {0};
		gh_auto(struct gh_fields, gh_fields_free) fs = {0};
		struct gh_bytes list;
		struct gh_context ctx = {.at = 1785542400, .crls = {&list, 1}};

		read_vector(&der, DIR "/synthetic", t[i].name);
		list = gh_buf_view(&der);
		assert_int_equal(
		    gh_snp_crl_check(&ctx, cs.at[0], cs.at[1], NULL), t[i].ask);
		assert_int_equal(
		    gh_snp_crl_check(&ctx, cs.at[0], cs.at[2], NULL), t[i].asvk);
		assert_int_equal(gh_crl_show(&fs, list, NULL), 0);
		for (list.len = 0; list.len < der.len; list.len++)
			assert_int_equal(gh_snp_crl_check(&ctx, cs.at[0], cs.at[1], NULL),
			    GH_SNP_CRL_NONE);
		for (size_t k = 0; k < der.len; k++) {
			der.p[k] ^= (unsigned char)(1u << (k % 8));
			assert_int_not_equal(
			    gh_snp_crl_check(&ctx, cs.at[0], cs.at[1], NULL),
			    GH_SNP_CRL_GOOD);
			der.p[k] ^= (unsigned char)(1u << (k % 8));
		}
	}
	print_message("SNP CRLs: %zu agree, for ASK and ASVK; cut or with a byte flipped "
		      "none is good\n",
	    GH_COUNT(t));
}

/* A real report with its leaf, and what all verdicts on its changed forms share. */
struct attack {
	struct gh_buf report;
	struct gh_certs certs;
	struct gh_trust trust;
	struct gh_memo *memo;
	struct gh_context ctx;
	size_t n_cut, n_flipped;
};

static void cut_everywhere(struct attack *a)
{
	for (size_t len = 0; len < GH_SNP_REPORT_LEN; len++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_buf cut = {.p = a->report.p, .len = len};

		verify(&r, &cut, &a->ctx);
		assert_string_equal(code_of(&r, "snp.parse"), "snp.format");
		assert_int_equal(gh_result_verdict(&r), GH_FAIL);
		assert_false(gh_snp_looks(cut.p, cut.len));
		a->n_cut++;
	}
}

static void flip_everywhere(struct attack *a, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};

		a->report.p[i] ^= (unsigned char)(1u << (i % 8));
		verify(&r, &a->report, &a->ctx);
		a->report.p[i] ^= (unsigned char)(1u << (i % 8));
		if (gh_result_verdict(&r) != GH_FAIL)
			fail_msg("byte 0x%zx flipped and not FAIL", i);
		if (i < GH_SNP_SIGNED_LEN)
			assert_int_not_equal(verdict_of(&r, "snp.signature"), GH_PASS);
		a->n_flipped++;
	}
}

static void attack_one(struct attack *a, const json_t *entry, bool whole)
{
	const char *name = json_string_value(json_object_get(entry, "name"));

	read_vector(&a->report, DIR, name);
	add_der(&a->certs, DIR, json_string_value(json_object_get(entry, "leaf")));
	a->ctx = (struct gh_context){
	    .at = json_integer_value(json_object_get(entry, "verify_time")),
	    .trust = &a->trust,
	    .certs = &a->certs,
	    .memo = a->memo};
	cut_everywhere(a);
	flip_everywhere(a, whole ? GH_SNP_REPORT_LEN : GH_SNP_SIGNED_LEN);
	gh_buf_free(&a->report);
	gh_certs_free(&a->certs);
}

static void test_real_reports_when_cut_or_flipped_anywhere_fail(void **state)
{
	gh_auto(json_t *, gh_json_free) m = NULL;
	struct attack a = {.memo = gh_memo_new()};
	const json_t *entry;
	size_t i, n = 0;

	(void)state;
	need_vectors(DIR);
	real_trust(&a.trust);
	m = read_json(DIR, "MANIFEST.json");
	json_array_foreach(json_object_get(m, "files"), i, entry)
	{
		const char *name = json_string_value(json_object_get(entry, "name"));

		if (strncmp(name, "real/", 5) || !has_suffix(name, ".report.bin"))
			continue;
		attack_one(&a, entry, n == 0); /* one also behind the signed bytes */
		n++;
	}
	gh_memo_free(&a.memo);
	print_message("SNP reports: %zu, cut at %zu places and with %zu bytes flipped in "
		      "turn: every one FAIL\n",
	    n, a.n_cut, a.n_flipped);
	assert_true(n >= 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_real_reports_when_genuine_pass),
	    cmocka_unit_test(test_parse_only_when_no_vek_unknown),
	    cmocka_unit_test(test_negative_leaves_when_damaged_fail),
	    cmocka_unit_test(test_vlek_when_expired_fails),
	    cmocka_unit_test(test_report_when_root_not_pinned_fails),
	    cmocka_unit_test(test_report_when_root_is_lab_needs_permission),
	    cmocka_unit_test(test_synthetic_when_all_cases_run_verdicts_agree),
	    cmocka_unit_test(test_certificate_tables_when_read_verdicts_agree),
	    cmocka_unit_test(test_nonce_when_asked_is_compared),
	    cmocka_unit_test(test_crls_when_judged_say_what_they_are),
	    cmocka_unit_test(test_real_reports_when_cut_or_flipped_anywhere_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
