/* SPDX-License-Identifier: Apache-2.0
 * Every TDX vector: real quotes with their parsed facts, the synthetic cases as far as they
 * need no collateral. */
#include "cpu_vectors.h"
#include "evidence/tdx.h"

#define DIR "tdx"
#define AT  1781481600 /* 2026-06-15: every leaf is valid */

static const char *const crypto[] = {"tdx.parse", "tdx.chain.root", "tdx.chain.pck_ca",
    "tdx.chain.pck", "tdx.qe.signature", "tdx.qe.binding", "tdx.signature"};

/* The Intel SGX Root CA of spec/tdx.md section 2. */
static void real_trust(struct gh_trust *t)
{
	add_pin(t, GH_ROOT_INTEL_SGX, "",
	    "a0af031289f5d5d4132f9186068a7fc13628633ba235777472e29b6b6c67a49e");
}

/* Quotes are kept as bytes, or as hex with or without 0x. */
static void read_quote(struct gh_buf *out, const char *name)
{
	gh_auto(struct gh_buf, gh_buf_free) raw = {0};
	size_t n = strlen(name), skip_len;

	if (n < 4 || strcmp(name + n - 4, ".hex") != 0) {
		read_vector(out, DIR, name);
		return;
	}
	read_vector(&raw, DIR, name);
	skip_len = raw.len > 2 && raw.p[0] == '0' && raw.p[1] == 'x' ? 2 : 0;
	assert_int_equal(
	    gh_unhex_buf(out, (char *)raw.p + skip_len, raw.len - skip_len, NULL), 0);
}

static void verify(struct gh_result *r, const struct gh_buf *quote,
    const struct gh_trust *trust, int64_t at)
{
	struct gh_tdx_evidence ev = {gh_buf_view(quote)};
	struct gh_context ctx = {.at = at, .trust = trust};
	struct gh_err e = {0};

	if (gh_tdx_verify(r, "vm", &ev, &ctx, &e))
		fail_msg("%s", e.what);
	assert_tree(r);
}

static bool crypto_holds(const struct gh_result *r)
{
	for (size_t i = 0; i < GH_COUNT(crypto); i++)
		if (verdict_of(r, crypto[i]) != GH_PASS)
			return false;
	return true;
}

/* The code of the first finding that fails; "" when none does. */
static const char *first_fault(const struct gh_result *r)
{
	for (size_t i = 0; i < r->findings.n; i++)
		if (r->findings.at[i].verdict == GH_FAIL)
			return r->findings.at[i].code;
	return "";
}

static void assert_hex_list(const struct gh_subject *s, const json_t *list)
{
	static const char *const rtmr[] = {"rtmr0", "rtmr1", "rtmr2", "rtmr3"};

	for (size_t i = 0; i < GH_COUNT(rtmr); i++)
		assert_string_equal(
		    gh_claim_get(s, rtmr[i]), json_string_value(json_array_get(list, i)));
}

/* The facts that the vectors' author parsed, against our claims. */
static void assert_facts(const struct gh_result *r, const json_t *facts)
{
	static const char *const same[] = {"fmspc", "tee_tcb_svn", "tee_tcb_svn2",
	    "td_attributes", "xfam", "mrseam", "mrtd", "report_data"};
	const struct gh_subject *s = gh_result_find(r, "vm");
	const json_t *comp = json_object_get(facts, "comp"), *v;
	char sgx_tcb[33] = "", number[16];
	size_t i;

	assert_non_null(s);
	for (i = 0; i < GH_COUNT(same); i++)
		assert_string_equal(gh_claim_get(s, same[i]),
		    json_string_value(json_object_get(facts, same[i])));
	assert_hex_list(s, json_object_get(facts, "rtmr"));
	json_array_foreach(comp, i, v)
	    snprintf(sgx_tcb + 2 * i, 3, "%02x", (unsigned int)json_integer_value(v));
	assert_string_equal(gh_claim_get(s, "sgx_tcb"), sgx_tcb);
	snprintf(number, sizeof(number), "%d",
	    (int)json_integer_value(json_object_get(facts, "pcesvn")));
	assert_string_equal(gh_claim_get(s, "pce_svn"), number);
	snprintf(number, sizeof(number), "%d",
	    (int)json_integer_value(json_object_get(facts, "qe_isvsvn")));
	assert_string_equal(gh_claim_get(s, "qe_isv_svn"), number);
}

static void assert_open(const struct gh_result *r, const char *name)
{
	if (!crypto_holds(r)) {
		print_open(r);
		fail_msg("%s: the cryptography does not hold", name);
	}
	assert_int_equal(verdict_of(r, "tdx.tcb"), GH_UNKNOWN);
	assert_int_equal(verdict_of(r, "tdx.qe.identity"), GH_UNKNOWN);
}

static void test_real_quotes_when_parsed_facts_agree(void **state)
{
	gh_auto(json_t *, gh_json_free) j = NULL;
	struct gh_trust trust = {0};
	json_t *facts;
	const char *name;
	size_t genuine = 0, foreign = 0;

	(void)state;
	need_vectors(DIR);
	real_trust(&trust);
	j = read_json(DIR, "real/cases.json");
	json_object_foreach(json_object_get(j, "facts"), name, facts)
	{
		gh_auto(struct gh_buf, gh_buf_free) quote = {0};
		gh_auto(struct gh_result, gh_result_free) r = {0};

		read_quote(&quote, name);
		assert_true(gh_tdx_looks(quote.p, quote.len));
		verify(&r, &quote, &trust, AT);
		assert_facts(&r, facts);
		if (!strcmp(name, "real/cctrusted-preproduction-v4.quote.bin")) {
			assert_string_equal(first_fault(&r), "tdx.root.unpinned");
			foreign++;
			continue;
		}
		assert_open(&r, name);
		genuine++;
	}
	print_message("TDX real quotes: %zu genuine, %zu of a foreign root refused\n",
	    genuine, foreign);
	assert_true(genuine >= 15 && foreign == 1);
}

/* What the default policy must say about real quotes besides the open TCB. */
static void test_real_cases_when_at_their_time_hold(void **state)
{
	gh_auto(json_t *, gh_json_free) j = NULL;
	struct gh_trust trust = {0};
	const json_t *c;
	size_t i, n = 0;

	(void)state;
	need_vectors(DIR);
	real_trust(&trust);
	j = read_json(DIR, "real/cases.json");
	json_array_foreach(json_object_get(j, "cases"), i, c)
	{
		gh_auto(struct gh_buf, gh_buf_free) quote = {0};
		gh_auto(struct gh_result, gh_result_free) r = {0};
		const char *name = json_string_value(json_object_get(c, "quote"));
		const json_t *expect = json_object_get(c, "expect");
		bool debug = json_object_get(expect, "policy") != NULL;
		bool sept = json_object_get(expect, "note") != NULL;

		read_quote(&quote, name);
		verify(
		    &r, &quote, &trust, json_integer_value(json_object_get(c, "unix")));
		assert_open(&r, name);
		assert_int_equal(
		    verdict_of(&r, "tdx.attributes.debug"), debug ? GH_FAIL : GH_PASS);
		if (sept)
			assert_string_equal(
			    code_of(&r, "tdx.attributes"), "tdx.attributes.sept_ve");
		if (!*first_fault(&r))
			assert_int_equal(gh_result_verdict(&r), GH_UNKNOWN);
		n++;
	}
	print_message(
	    "TDX real cases: %zu, cryptography as expected, TCB left open\n", n);
	assert_true(n >= 28);
}

static void test_intel_sample_when_not_pem_fails(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) quote = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_trust trust = {0};

	(void)state;
	need_vectors(DIR);
	real_trust(&trust);
	read_vector(&quote, DIR, "real/intel-qvl-sample/quote.dat");
	verify(&r, &quote, &trust, AT);
	assert_string_equal(first_fault(&r), "tdx.chain.format");
	assert_int_equal(gh_result_verdict(&r), GH_FAIL);
}

/* Which first fault satisfies an expectation that the quote itself must be refused. */
static const struct {
	const char *reject, *codes;
} faults[] = {
    {"format", "tdx.parse.format"},
    {"version", "tdx.parse.version"},
    {"tee_type", "tdx.parse.tee_type"},
    {"key_type", "tdx.parse.key_type"},
    {"vendor", "tdx.parse.vendor"},
    {"cert_type", "tdx.parse.cert_type"},
    {"chain_format", "tdx.chain.format"},
    {"untrusted_root", "tdx.root.unpinned"},
    {"chain_signature", "tdx.pck.signature tdx.pck_ca.signature"},
    {"chain_constraints", "tdx.pck_ca.role"},
    {"cert_expired", "tdx.pck.expired tdx.pck_ca.expired"},
    {"cert_not_yet_valid", "tdx.pck.notyet"},
    {"pck_extension", "tdx.pck.extension"},
    {"qe_signature", "tdx.qe.signature.bad"},
    {"qe_binding", "tdx.qe.binding.mismatch tdx.qe.binding.tail"},
    {"attestation_key", "tdx.signature.key"},
    {"quote_signature", "tdx.signature.bad"},
    {"debug", "tdx.attributes.debug.on"},
    {"td_attributes", "tdx.attributes.debug.profiled tdx.attributes.unknown"},
    {"sept_ve_disable", "tdx.attributes.sept_ve"},
    {"migratable", "tdx.attributes.migratable"},
    {"perfmon", "tdx.attributes.perfmon"},
    {"xfam", "tdx.xfam.bits"},
    {"mrservicetd", "tdx.servicetd.bound tdx.attributes.unknown"},
    {"trailing_bytes", "tdx.trailing.present"},
};

static const char *codes_for(const char *reject)
{
	for (size_t i = 0; i < GH_COUNT(faults); i++)
		if (!strcmp(reject, faults[i].reject))
			return faults[i].codes;
	return NULL;
}

enum outcome { AGREES, DIFFERS, OPEN };

/* OPEN: only collateral can tell, and it is not evaluated yet. */
static enum outcome judge_case(
    const struct gh_result *r, const json_t *c, const char *base_quote)
{
	const char *expect = json_string_value(json_object_get(c, "expect"));
	const char *policy = json_string_value(json_object_get(c, "policy"));
	const char *quote = json_string_value(json_object_get(c, "quote"));
	const char *fault = first_fault(r), *codes;
	const char *reject = !strncmp(expect, "reject:", 7)             ? expect + 7
			     : policy && !strncmp(policy, "reject:", 7) ? policy + 7
									: NULL;

	if (!strcmp(expect, "any"))
		return gh_result_verdict(r) == GH_PASS ? DIFFERS : AGREES;
	if (!reject) /* a TCB status: the cryptography must hold, the status stays open */
		return crypto_holds(r) && !*fault && gh_result_verdict(r) == GH_UNKNOWN
			   ? AGREES
			   : DIFFERS;
	codes = codes_for(reject);
	if (!codes || !strcmp(quote, base_quote))
		return *fault ? DIFFERS : OPEN;
	return *fault && strstr(codes, fault) ? AGREES : DIFFERS;
}

static void test_synthetic_when_all_cases_run_verdicts_agree(void **state)
{
	gh_auto(json_t *, gh_json_free) j = NULL;
	struct gh_trust trust = {0};
	const char *base = NULL;
	const json_t *c;
	size_t i, n[3] = {0};

	(void)state;
	need_vectors(DIR);
	j = read_json(DIR, "synthetic/cases.json");
	json_array_foreach(json_object_get(j, "cases"), i, c)
	{
		gh_auto(struct gh_buf, gh_buf_free) quote = {0}, pem = {0};
		gh_auto(struct gh_certs, gh_certs_free) root = {0};
		gh_auto(struct gh_result, gh_result_free) r = {0};
		const char *id = json_string_value(json_object_get(c, "id"));
		enum outcome o;

		if (!base)
			base = json_string_value(json_object_get(c, "quote"));
		read_vector(&pem, DIR, json_string_value(json_object_get(c, "root")));
		assert_int_equal(gh_certs_from_pem(&root, pem.p, pem.len, 1, NULL), 0);
		trust.n = 0;
		add_anchor(
		    &trust, GH_ROOT_INTEL_SGX, "", gh_cert_spki_sha256(root.at[0]));
		read_quote(&quote, json_string_value(json_object_get(c, "quote")));
		verify(
		    &r, &quote, &trust, json_integer_value(json_object_get(c, "unix")));
		o = judge_case(&r, c, base);
		n[o]++;
		if (o == OPEN)
			print_message("  not covered yet (needs collateral): %s\n", id);
		if (o == DIFFERS) {
			print_message("  %s differs: %s\n", id, first_fault(&r));
			print_open(&r);
		}
	}
	print_message(
	    "TDX synthetic cases: %zu agree (TCB status left open), %zu differ, "
	    "%zu need collateral and are not covered yet\n",
	    n[AGREES], n[DIFFERS], n[OPEN]);
	assert_int_equal(n[DIFFERS], 0);
}

static void load_real(struct gh_buf *quote, struct gh_trust *trust)
{
	real_trust(trust);
	read_vector(quote, DIR, "real/goguest-v5.quote.bin");
}

static void test_quote_when_cut_anywhere_fails(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) quote = {0};
	struct gh_trust trust = {0};
	size_t whole;

	(void)state;
	need_vectors(DIR);
	load_real(&quote, &trust);
	for (whole = quote.len; whole && !quote.p[whole - 1]; whole--)
		continue;
	for (size_t len = 0; len < whole; len++) {
		gh_auto(struct gh_buf, gh_buf_free) cut = {0};
		gh_auto(struct gh_result, gh_result_free) r = {0};

		gh_buf_add(&cut, quote.p, len);
		verify(&r, &cut, &trust, AT);
		assert_int_equal(verdict_of(&r, "tdx.parse"), GH_FAIL);
		assert_int_equal(gh_result_verdict(&r), GH_FAIL);
	}
	print_message("TDX quote cut at %zu places: every one FAIL\n", whole);
}

static void test_quote_when_any_byte_flips_never_holds(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) quote = {0};
	struct gh_trust trust = {0};
	size_t flipped = 0, harmless = 0;

	(void)state;
	need_vectors(DIR);
	load_real(&quote, &trust);
	for (size_t i = 0; i < quote.len; i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		bool is_signed = i < 54 + 648;

		quote.p[i] ^= (unsigned char)(1u << (i % 8));
		verify(&r, &quote, &trust, AT);
		quote.p[i] ^= (unsigned char)(1u << (i % 8));
		flipped++;
		assert_int_not_equal(gh_result_verdict(&r), GH_PASS);
		if (is_signed && gh_result_verdict(&r) != GH_FAIL)
			fail_msg("signed byte 0x%zx flipped and not FAIL", i);
		if (gh_result_verdict(&r) == GH_FAIL)
			continue;
		/* Only text around the PEM blocks says nothing and is signed by nothing. */
		assert_true(quote.p[i] == '\n' || quote.p[i] == '\0');
		harmless++;
	}
	print_message(
	    "TDX quote with each of %zu bytes flipped: all FAIL but %zu line ends "
	    "between PEM blocks, which stay UNKNOWN\n",
	    flipped, harmless);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_real_quotes_when_parsed_facts_agree),
	    cmocka_unit_test(test_real_cases_when_at_their_time_hold),
	    cmocka_unit_test(test_intel_sample_when_not_pem_fails),
	    cmocka_unit_test(test_synthetic_when_all_cases_run_verdicts_agree),
	    cmocka_unit_test(test_quote_when_cut_anywhere_fails),
	    cmocka_unit_test(test_quote_when_any_byte_flips_never_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
