/* SPDX-License-Identifier: Apache-2.0
 * Every TDX vector with its collateral: real quotes with their parsed facts, real and
 * synthetic cases with status, reason and policy exactly as their authors found. */
#include <time.h>

#include "base/clock.h"
#include "cpu_vectors.h"
#include "evidence/tdx.h"

#define DIR "tdx"
#define AT  1781481600 /* 2026-06-15: every leaf is valid */

static const char *const crypto[] = {"tdx.parse", "tdx.chain.root", "tdx.chain.pck_ca",
    "tdx.chain.pck", "tdx.qe.signature", "tdx.qe.binding", "tdx.signature"};
static const char *const word[] = {"tdx.revocation.ca", "tdx.revocation.pck",
    "tdx.collateral.signer", "tdx.collateral.tcb_info", "tdx.collateral.qe_identity",
    "tdx.qe.identity", "tdx.module"};

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

/* A quote with everything that judges it. */
struct bag {
	struct gh_buf quote, info, qe, pck_crl, root_crl;
	struct gh_bytes infos[1], qes[1], crls[2];
	struct gh_certs certs, root;
	struct gh_trust trust;
	struct gh_policy policy;
	struct gh_memo *memo;
	struct gh_context ctx;
};

static void free_bag(struct bag *b)
{
	gh_buf_free(&b->quote);
	gh_buf_free(&b->info);
	gh_buf_free(&b->qe);
	gh_buf_free(&b->pck_crl);
	gh_buf_free(&b->root_crl);
	gh_certs_free(&b->certs);
	gh_certs_free(&b->root);
	gh_memo_free(&b->memo);
}

static const char *member(const json_t *c, const char *key)
{
	return json_string_value(json_object_get(c, key));
}

static void add_pem_chain(struct gh_certs *cs, struct gh_memo *memo, struct gh_bytes pem)
{
	gh_auto(struct gh_certs, gh_certs_free) more = {0};

	assert_int_equal(gh_certs_from_pem_known(&more, pem, 8, memo, NULL), 0);
	for (size_t i = 0; i < more.n; i++)
		assert_int_equal(gh_certs_add(cs, gh_cert_share(more.at[i]), NULL), 0);
}

static void add_chain(struct gh_certs *cs, struct gh_memo *memo, const char *name)
{
	gh_auto(struct gh_buf, gh_buf_free) pem = {0};

	read_vector(&pem, DIR, name);
	add_pem_chain(cs, memo, gh_buf_view(&pem));
}

static bool has_signer(const struct gh_certs *cs)
{
	for (size_t i = 0; i < cs->n; i++)
		if (!strcmp(gh_cert_cn(cs->at[i]), "Intel SGX TCB Signing"))
			return true;
	return false;
}

/* Our certificates are one heap: a TCB signer that came with one document serves the other
 * too. Where the chain under test has a signer, it is given alone. */
static void fill_bag(struct bag *b, const json_t *c)
{
	gh_auto(struct gh_buf, gh_buf_free) pem = {0};
	struct gh_context *x = &b->ctx;

	b->memo = gh_memo_new();
	read_quote(&b->quote, member(c, "quote"));
	read_vector(&b->info, DIR, member(c, "tcb_info"));
	read_vector(&b->qe, DIR, member(c, "qe_identity"));
	read_vector(&b->pck_crl, DIR, member(c, "pck_crl"));
	read_vector(&b->root_crl, DIR, member(c, "root_crl"));
	add_chain(&b->certs, b->memo, member(c, "tcb_chain"));
	if (!has_signer(&b->certs))
		add_chain(&b->certs, b->memo, member(c, "qe_chain"));
	read_vector(&pem, DIR, member(c, "root"));
	assert_int_equal(gh_certs_from_pem(&b->root, pem.p, pem.len, 1, NULL), 0);
	add_anchor(&b->trust, GH_ROOT_INTEL_SGX, "", gh_cert_spki_sha256(b->root.at[0]));
	b->infos[0] = gh_buf_view(&b->info);
	b->qes[0] = gh_buf_view(&b->qe);
	b->crls[0] = gh_buf_view(&b->pck_crl);
	b->crls[1] = gh_buf_view(&b->root_crl);
	b->policy = *gh_policy_strict();
	x->at = json_integer_value(json_object_get(c, "unix"));
	x->trust = &b->trust;
	x->policy = &b->policy;
	x->memo = b->memo;
	x->certs = &b->certs;
	x->tcb_infos = (struct gh_docs){b->infos, 1};
	x->qe_identities = (struct gh_docs){b->qes, 1};
	x->crls = (struct gh_docs){b->crls, 2};
}

static void judge(struct gh_result *r, const struct bag *b)
{
	struct gh_tdx_evidence ev = {gh_buf_view(&b->quote)};
	struct gh_err e = {0};

	if (gh_tdx_verify(r, "vm", &ev, &b->ctx, &e))
		fail_msg("%s", e.what);
	assert_tree(r);
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

static bool all_pass(const struct gh_result *r, const char *const *steps, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (verdict_of(r, steps[i]) != GH_PASS)
			return false;
	return true;
}

static bool crypto_holds(const struct gh_result *r)
{
	return all_pass(r, crypto, GH_COUNT(crypto));
}

/* The code of the first finding that fails; "" when none does. */
static const char *first_fault(const struct gh_result *r)
{
	for (size_t i = 0; i < r->findings.n; i++)
		if (r->findings.at[i].verdict == GH_FAIL)
			return r->findings.at[i].code;
	return "";
}

/* As first_fault, but of the steps that no knob of the policy touches. */
static const char *first_hard_fault(const struct gh_result *r)
{
	static const char *const soft[] = {"tdx.attributes", "tdx.xfam", "tdx.servicetd",
	    "tdx.trailing", "tdx.tcb.evaluation", "tdx.attributes.debug"};

	for (size_t i = 0; i < r->findings.n; i++) {
		const struct gh_finding *f = &r->findings.at[i];
		bool is_soft = false;

		for (size_t k = 0; k < GH_COUNT(soft); k++)
			is_soft = is_soft || !strcmp(f->step, soft[k]);
		if (f->verdict == GH_FAIL && !is_soft)
			return f->code;
	}
	return "";
}

static const char *claim(const struct gh_result *r, const char *key)
{
	const struct gh_subject *s = gh_result_find(r, "vm");

	return s ? gh_claim_get(s, key) : "";
}

/* ---- parsed facts ----------------------------------------------------------------------- */

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
		assert_string_equal(gh_claim_get(s, same[i]), member(facts, same[i]));
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
		assert_true(crypto_holds(&r));
		assert_int_equal(verdict_of(&r, "tdx.tcb"), GH_UNKNOWN);
		genuine++;
	}
	print_message("TDX real quotes: %zu genuine, %zu of a foreign root refused\n",
	    genuine, foreign);
	assert_true(genuine >= 15 && foreign == 1);
}

/* ---- real cases --------------------------------------------------------------------------- */

static void assert_status(const struct gh_result *r, const json_t *expect, const char *id)
{
	static const char *const same[][2] = {{"status", "tcb_status"},
	    {"platform_status", "platform_status"}, {"module_status", "module_status"},
	    {"qe_status", "qe_status"}, {"tcb_date", "tcb_date"},
	    {"current_status", "current_status"}};

	for (size_t i = 0; i < GH_COUNT(same); i++) {
		const char *want = member(expect, same[i][0]);

		if (strcmp(claim(r, same[i][1]), want ? want : "") != 0)
			fail_msg("%s: %s is \"%s\", want \"%s\"", id, same[i][1],
			    claim(r, same[i][1]), want ? want : "");
	}
}

static int by_word(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Both sorted and joined. */
static void assert_advisories(
    const struct gh_result *r, const json_t *want, const char *id)
{
	gh_auto(struct gh_buf, gh_buf_free) have_text = {0}, want_text = {0}, copy = {0};
	const char *have[64];
	size_t n = 0, i;
	json_t *v;

	gh_buf_str(&copy, claim(r, "advisories"));
	gh_buf_chr(&copy, ',');
	for (size_t from = 0, at = 0; at < copy.len; at++)
		if (copy.p[at] == ',') {
			copy.p[at] = '\0';
			if (at > from)
				have[n++] = (const char *)copy.p + from;
			from = at + 1;
		}
	qsort(have, n, sizeof(have[0]), by_word);
	for (i = 0; i < n; i++)
		gh_buf_fmt(&have_text, "%s ", have[i]);
	json_array_foreach(want, i, v)
	    gh_buf_fmt(&want_text, "%s ", json_string_value(v));
	if (strcmp(gh_buf_cstr(&have_text), gh_buf_cstr(&want_text)) != 0)
		fail_msg("%s: advisories %s, want %s", id, gh_buf_cstr(&have_text),
		    gh_buf_cstr(&want_text));
}

static void check_real(const struct gh_result *r, const json_t *c)
{
	const json_t *expect = json_object_get(c, "expect");
	const char *id = member(c, "id"), *status = member(expect, "status");
	bool sept = member(expect, "note") != NULL;
	bool debug = member(expect, "policy") != NULL;

	if (!crypto_holds(r) || !all_pass(r, word, GH_COUNT(word))) {
		print_open(r);
		fail_msg("%s: cryptography or collateral does not hold", id);
	}
	assert_int_equal(
	    verdict_of(r, "tdx.attributes.debug"), debug ? GH_FAIL : GH_PASS);
	if (sept)
		assert_string_equal(
		    code_of(r, "tdx.attributes"), "tdx.attributes.sept_ve");
	if (!status) {
		assert_string_equal(code_of(r, "tdx.tcb"), "tdx.tcb.unsupported");
		return;
	}
	assert_status(r, expect, id);
	assert_advisories(r, json_object_get(expect, "advisories"), id);
	assert_int_equal(
	    verdict_of(r, "tdx.tcb"), strcmp(status, "UpToDate") ? GH_FAIL : GH_PASS);
	if (!strcmp(status, "UpToDate") && !sept && !debug)
		assert_int_equal(gh_result_verdict(r), GH_PASS);
	else
		assert_int_equal(gh_result_verdict(r), GH_FAIL);
}

static void test_real_cases_when_judged_agree(void **state)
{
	gh_auto(json_t *, gh_json_free) j = NULL;
	const json_t *c;
	size_t i, n = 0;

	(void)state;
	need_vectors(DIR);
	j = read_json(DIR, "real/cases.json");
	json_array_foreach(json_object_get(j, "cases"), i, c)
	{
		gh_auto(struct bag, free_bag) b = {0};
		gh_auto(struct gh_result, gh_result_free) r = {0};

		fill_bag(&b, c);
		judge(&r, &b);
		check_real(&r, c);
		n++;
	}
	print_message("TDX real: %zu cases agree in status, date and advisories\n", n);
	assert_true(n >= 28);
}

/* What the documents say of their window is what the author of the vectors found. */
static void test_real_cases_when_outside_their_window_fail(void **state)
{
	gh_auto(json_t *, gh_json_free) j = NULL;
	const json_t *c;
	size_t i, n = 0;

	(void)state;
	need_vectors(DIR);
	j = read_json(DIR, "real/cases.json");
	json_array_foreach(json_object_get(j, "cases"), i, c)
	{
		int64_t from, to;
		gh_auto(struct bag, free_bag) b = {0};

		fill_bag(&b, c);
		assert_int_equal(gh_time_parse(member(c, "valid_from"), &from, NULL), 0);
		assert_int_equal(gh_time_parse(member(c, "valid_to"), &to, NULL), 0);
		for (int k = 0; k < 4; k++) {
			gh_auto(struct gh_result, gh_result_free) r = {0};
			const int64_t at[] = {from, to, from - 1, to + 1};
			bool holds;

			b.ctx.at = at[k];
			judge(&r, &b);
			holds = crypto_holds(&r) && all_pass(&r, word, GH_COUNT(word));
			if (holds != (k < 2)) {
				print_open(&r);
				fail_msg("%s at edge %d", member(c, "id"), k);
			}
			n++;
		}
	}
	print_message("TDX real: %zu instants at the edges of the windows agree\n", n);
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

/* ---- synthetic cases ---------------------------------------------------------------------- */

/* Which first fault satisfies an expectation. */
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
    {"untrusted_root", "tdx.root.unpinned tdx.collateral.signer.root"},
    {"chain_signature", "tdx.pck.signature tdx.pck_ca.signature"},
    {"chain_constraints", "tdx.pck_ca.role"},
    {"cert_expired", "tdx.pck.expired tdx.pck_ca.expired tdx.collateral.signer.expired"},
    {"cert_not_yet_valid", "tdx.pck.notyet"},
    {"pck_extension", "tdx.pck.extension"},
    {"qe_signature", "tdx.qe.signature.bad"},
    {"qe_binding", "tdx.qe.binding.mismatch tdx.qe.binding.tail"},
    {"attestation_key", "tdx.signature.key"},
    {"quote_signature", "tdx.signature.bad"},
    {"pck_revoked", "tdx.revocation.pck.revoked"},
    {"intermediate_revoked", "tdx.revocation.ca.revoked"},
    {"tcb_signer_revoked", "tdx.collateral.signer.revoked"},
    {"crl_expired", "tdx.revocation.pck.expired tdx.revocation.ca.expired"},
    {"crl_not_yet_valid", "tdx.revocation.pck.notyet tdx.revocation.ca.notyet"},
    {"crl_signature", "tdx.revocation.pck.signature tdx.revocation.ca.signature"},
    {"crl_issuer", "tdx.revocation.pck.issuer"},
    {"tcb_signer", "tdx.collateral.signer"},
    {"collateral_expired", "tdx.collateral.expired"},
    {"collateral_not_yet_valid", "tdx.collateral.notyet"},
    {"collateral_signature", "tdx.collateral.signature"},
    {"collateral_format", "tdx.collateral.format"},
    {"fmspc_mismatch", "tdx.collateral.fmspc"},
    {"pceid_mismatch", "tdx.collateral.pceid"},
    {"qe_identity",
	"tdx.qe.identity.mrsigner tdx.qe.identity.prodid tdx.qe.identity.miscselect "
	"tdx.qe.identity.attributes"},
    {"module_identity", "tdx.module.identity"},
    {"module_mismatch", "tdx.module.signer tdx.module.attributes"},
    {"tcb_not_supported", "tdx.tcb.unsupported"},
    {"debug", "tdx.attributes.debug.on"},
    {"td_attributes", "tdx.attributes.debug.profiled tdx.attributes.unknown"},
    {"sept_ve_disable", "tdx.attributes.sept_ve"},
    {"migratable", "tdx.attributes.migratable"},
    {"perfmon", "tdx.attributes.perfmon"},
    {"xfam", "tdx.xfam.bits"},
    {"mrservicetd", "tdx.servicetd.bound tdx.attributes.unknown"},
    {"trailing_bytes", "tdx.trailing.present"},
    {"tcb_evaluation", "tdx.tcb.evaluation.old"},
};

/* True when code is one of the words for that reason. */
static bool is_reason(const char *reject, const char *code)
{
	size_t n = strlen(code);

	for (size_t i = 0; i < GH_COUNT(faults) && n; i++) {
		const char *at = faults[i].codes;

		if (strcmp(reject, faults[i].reject) != 0)
			continue;
		while ((at = strstr(at, code)) != NULL) {
			if ((at == faults[i].codes || at[-1] == ' ') &&
			    (!at[n] || at[n] == ' '))
				return true;
			at += n;
		}
	}
	return false;
}

static bool status_agrees(const struct gh_result *r, const json_t *c, const char *status)
{
	const char *policy = member(c, "policy"), *current = member(c, "current");
	bool good = !strcmp(status, "UpToDate");

	if (!crypto_holds(r) || !all_pass(r, word, GH_COUNT(word)) ||
	    strcmp(claim(r, "tcb_status"), status) != 0)
		return false;
	if (current && strcmp(claim(r, "current_status"), current) != 0)
		return false;
	if (json_object_get(c, "advisories"))
		assert_advisories(r, json_object_get(c, "advisories"), member(c, "id"));
	if (policy)
		return is_reason(policy + strlen("reject:"), first_fault(r)) && good &&
		       !*first_hard_fault(r) && gh_result_verdict(r) == GH_FAIL;
	return gh_result_verdict(r) == (good ? GH_PASS : GH_FAIL) &&
	       verdict_of(r, "tdx.tcb") == (good ? GH_PASS : GH_FAIL);
}

static bool case_agrees(const struct gh_result *r, const json_t *c)
{
	const char *expect = member(c, "expect");

	if (!strcmp(expect, "any"))
		return gh_result_verdict(r) == GH_PASS || gh_result_verdict(r) == GH_FAIL;
	if (!strncmp(expect, "reject:", 7))
		return gh_result_verdict(r) == GH_FAIL &&
		       is_reason(expect + 7, first_fault(r)) && !*claim(r, "tcb_status");
	return status_agrees(r, c, expect);
}

static void test_synthetic_when_all_cases_run_verdicts_agree(void **state)
{
	gh_auto(json_t *, gh_json_free) j = NULL;
	const json_t *c;
	size_t i, agree = 0, differ = 0, any = 0;

	(void)state;
	need_vectors(DIR);
	j = read_json(DIR, "synthetic/cases.json");
	json_array_foreach(json_object_get(j, "cases"), i, c)
	{
		gh_auto(struct bag, free_bag) b = {0};
		gh_auto(struct gh_result, gh_result_free) r = {0};
		const char *policy = member(c, "policy");

		fill_bag(&b, c);
		if (policy && strstr(policy, "tcb_evaluation"))
			b.policy.tdx.min_eval = 21;
		judge(&r, &b);
		any += !strcmp(member(c, "expect"), "any");
		if (case_agrees(&r, c)) {
			agree++;
			continue;
		}
		differ++;
		print_message("  %s differs: want %s, first fault \"%s\"\n",
		    member(c, "id"), member(c, "expect"), first_fault(&r));
		print_open(&r);
	}
	print_message("TDX synthetic: %zu cases agree (%zu of them may go either way), "
		      "%zu differ\n",
	    agree, any, differ);
	assert_int_equal(differ, 0);
	assert_int_equal(agree, 200);
}

/* The same bytes, no memo, all at once: no answer may change. */
static void test_synthetic_when_memo_is_absent_verdicts_are_the_same(void **state)
{
	gh_auto(json_t *, gh_json_free) j = NULL;
	const json_t *c;
	size_t i, n = 0;

	(void)state;
	need_vectors(DIR);
	j = read_json(DIR, "synthetic/cases.json");
	json_array_foreach(json_object_get(j, "cases"), i, c)
	{
		gh_auto(struct bag, free_bag) b = {0};
		gh_auto(struct gh_result, gh_result_free) cold = {0}, warm = {0},
							  bare = {0};

		fill_bag(&b, c);
		judge(&cold, &b);
		judge(&warm, &b);
		b.ctx.memo = NULL;
		judge(&bare, &b);
		for (size_t k = 0; k < cold.findings.n; k++) {
			assert_string_equal(
			    cold.findings.at[k].code, warm.findings.at[k].code);
			assert_string_equal(
			    cold.findings.at[k].code, bare.findings.at[k].code);
		}
		n++;
	}
	print_message("TDX synthetic: %zu cases say the same with and without memo\n", n);
}

/* ---- cut and flipped ------------------------------------------------------------------------ */

static void test_real_quotes_when_cut_anywhere_fail(void **state)
{
	gh_auto(json_t *, gh_json_free) j = NULL;
	const char *name;
	json_t *facts;
	size_t n = 0;

	(void)state;
	need_vectors(DIR);
	j = read_json(DIR, "real/cases.json");
	json_object_foreach(json_object_get(j, "facts"), name, facts)
	{
		gh_auto(struct gh_buf, gh_buf_free) quote = {0};
		struct gh_trust trust = {0};
		size_t whole;

		(void)facts;
		real_trust(&trust);
		read_quote(&quote, name);
		whole = 48 + 584 + 4; /* then the length field tells where it ends */
		if (quote.p[0] == 5)
			whole = 54 + (size_t)(quote.p[50] | quote.p[51] << 8) + 4;
		whole += (size_t)(quote.p[whole - 4] | quote.p[whole - 3] << 8);
		for (size_t len = 0; len < whole; len++) {
			gh_auto(struct gh_buf, gh_buf_free) cut = {0};
			gh_auto(struct gh_result, gh_result_free) r = {0};

			gh_buf_add(&cut, quote.p, len);
			verify(&r, &cut, &trust, AT);
			assert_int_equal(verdict_of(&r, "tdx.parse"), GH_FAIL);
			assert_int_equal(gh_result_verdict(&r), GH_FAIL);
			n++;
		}
	}
	print_message("TDX real quotes cut at %zu places: every one FAIL\n", n);
}

/* Signed is all up to the end of the body. */
static size_t signed_len(const struct gh_buf *q)
{
	return q->p[0] == 5 ? 54 + (size_t)(q->p[50] | q->p[51] << 8) : 632;
}

static void test_real_quotes_when_a_signed_byte_flips_fail(void **state)
{
	gh_auto(json_t *, gh_json_free) j = NULL;
	gh_auto(struct gh_memo *, gh_memo_free) memo = gh_memo_new();
	const char *name;
	json_t *facts;
	size_t n = 0;

	(void)state;
	need_vectors(DIR);
	j = read_json(DIR, "real/cases.json");
	json_object_foreach(json_object_get(j, "facts"), name, facts)
	{
		gh_auto(struct gh_buf, gh_buf_free) quote = {0};
		struct gh_trust trust = {0};
		struct gh_context ctx = {.at = AT, .trust = &trust, .memo = memo};

		(void)facts;
		real_trust(&trust);
		read_quote(&quote, name);
		for (size_t i = 0; i < signed_len(&quote); i++) {
			gh_auto(struct gh_result, gh_result_free) r = {0};
			struct gh_tdx_evidence ev = {gh_buf_view(&quote)};

			quote.p[i] ^= (unsigned char)(1u << (i % 8));
			assert_int_equal(gh_tdx_verify(&r, "vm", &ev, &ctx, NULL), 0);
			quote.p[i] ^= (unsigned char)(1u << (i % 8));
			if (gh_result_verdict(&r) != GH_FAIL)
				fail_msg("%s: signed byte 0x%zx", name, i);
			n++;
		}
	}
	print_message("TDX real quotes: each of %zu signed bytes flipped, all FAIL\n", n);
}

/* The case that passes as a whole, for the tests that break one thing. */
static void fill_good(struct bag *b, json_t **keep)
{
	const json_t *c;
	size_t i;

	*keep = read_json(DIR, "real/cases.json");
	json_array_foreach(json_object_get(*keep, "cases"), i, c)
	{
		if (!strcmp(member(c, "id"), "cf77a6e91e48_1")) {
			fill_bag(b, c);
			return;
		}
	}
	fail_msg("the good case is gone");
}

static void test_quote_when_any_byte_flips_never_says_more(void **state)
{
	gh_auto(json_t *, gh_json_free) j = NULL;
	gh_auto(struct bag, free_bag) b = {0};
	size_t flipped = 0, harmless = 0;

	(void)state;
	need_vectors(DIR);
	fill_good(&b, &j);
	for (size_t i = 0; i < b.quote.len; i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};

		b.quote.p[i] ^= (unsigned char)(1u << (i % 8));
		judge(&r, &b);
		b.quote.p[i] ^= (unsigned char)(1u << (i % 8));
		flipped++;
		if (gh_result_verdict(&r) == GH_FAIL)
			continue;
		/* Only text around the PEM blocks says nothing and is signed by nothing. */
		assert_true(b.quote.p[i] == '\n' || b.quote.p[i] == '\0');
		assert_true(i >= signed_len(&b.quote));
		harmless++;
	}
	print_message(
	    "TDX quote with each of %zu bytes flipped: all FAIL but %zu line ends "
	    "between PEM blocks\n",
	    flipped, harmless);
}

/* A document is signed from its first brace to its last: a flip anywhere refuses it, but in
 * the names and the hex of the signature's letter case. */
static void test_collateral_when_any_byte_flips_never_passes(void **state)
{
	gh_auto(json_t *, gh_json_free) j = NULL;
	gh_auto(struct bag, free_bag) b = {0};
	struct gh_buf *const docs[] = {&b.info, &b.qe, &b.pck_crl, &b.root_crl};
	size_t flipped = 0, harmless = 0;

	(void)state;
	need_vectors(DIR);
	fill_good(&b, &j);
	for (size_t d = 0; d < GH_COUNT(docs); d++)
		for (size_t i = 0; i < docs[d]->len; i++) {
			gh_auto(struct gh_result, gh_result_free) r = {0};
			unsigned char bit = (unsigned char)(1u << (i % 8));

			docs[d]->p[i] ^= bit;
			judge(&r, &b);
			docs[d]->p[i] ^= bit;
			flipped++;
			if (gh_result_verdict(&r) == GH_FAIL ||
			    gh_result_verdict(&r) == GH_UNKNOWN)
				continue;
			if (bit != 0x20 || d > 1)
				fail_msg("document %zu, byte %zu", d, i);
			harmless++; /* "a" became "A" in the hex of the signature */
		}
	print_message(
	    "TDX collateral with each of %zu bytes flipped: none passes but %zu "
	    "hex digits whose case changed\n",
	    flipped, harmless);
}

static void test_collateral_when_cut_anywhere_fails(void **state)
{
	gh_auto(json_t *, gh_json_free) j = NULL;
	gh_auto(struct bag, free_bag) b = {0};
	size_t n = 0;

	(void)state;
	need_vectors(DIR);
	fill_good(&b, &j);
	for (size_t d = 0; d < 4; d++) {
		struct gh_bytes *const views[] = {
		    &b.infos[0], &b.qes[0], &b.crls[0], &b.crls[1]};
		struct gh_bytes whole = *views[d];

		for (size_t len = 0; len < whole.len; len++) {
			gh_auto(struct gh_result, gh_result_free) r = {0};

			views[d]->len = len;
			judge(&r, &b);
			if (gh_result_verdict(&r) != GH_FAIL)
				fail_msg("document %zu cut at %zu", d, len);
			n++;
		}
		*views[d] = whole;
	}
	print_message("TDX collateral cut at %zu places: every one FAIL\n", n);
}

/* ---- cost ----------------------------------------------------------------------------------- */

static double ms_since(const struct timespec *from)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)(now.tv_sec - from->tv_sec) * 1e3 +
	       (double)(now.tv_nsec - from->tv_nsec) / 1e6;
}

/* A cold run computes ten signatures: four certificates, two documents, two lists, and the
 * quote's own two, which no memo keeps. The same run again computes only those two. */
static void test_cost_when_memo_is_kept_only_new_signatures_are_computed(void **state)
{
	enum { ROUNDS = 100 };
	gh_auto(json_t *, gh_json_free) j = NULL;
	gh_auto(struct gh_buf, gh_buf_free) pem = {0};
	gh_auto(struct bag, free_bag) b = {0};
	struct timespec from;
	double cold = 0, warm;
	size_t computed;

	(void)state;
	need_vectors(DIR);
	fill_good(&b, &j);
	read_vector(&pem, DIR, "real/collateral/intel.tcb_signing_chain.2032.pem");
	for (int i = 0; i < ROUNDS; i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(struct gh_memo *, gh_memo_free) memo = NULL;
		gh_auto(struct gh_certs, gh_certs_free) certs = {0};

		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
		memo = gh_memo_new();
		add_chain(
		    &certs, memo, "real/collateral/intel.tcb_signing_chain.2032.pem");
		b.ctx.memo = memo;
		b.ctx.certs = &certs;
		judge(&r, &b);
		cold += ms_since(&from);
		computed = gh_memo_computed(memo);
		assert_int_equal(gh_result_verdict(&r), GH_PASS);
		assert_int_equal(computed, 8);
	}
	b.ctx.memo = b.memo;
	b.ctx.certs = &b.certs;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	for (int i = 0; i < ROUNDS; i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};

		judge(&r, &b);
		if (i == 0)
			computed = gh_memo_computed(b.memo);
	}
	warm = ms_since(&from);
	assert_int_equal(gh_memo_computed(b.memo), computed);
	print_message(
	    "TDX cost: cold %.3f ms, warm %.3f ms CPU\n", cold / ROUNDS, warm / ROUNDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_real_quotes_when_parsed_facts_agree),
	    cmocka_unit_test(test_real_cases_when_judged_agree),
	    cmocka_unit_test(test_real_cases_when_outside_their_window_fail),
	    cmocka_unit_test(test_intel_sample_when_not_pem_fails),
	    cmocka_unit_test(test_synthetic_when_all_cases_run_verdicts_agree),
	    cmocka_unit_test(test_synthetic_when_memo_is_absent_verdicts_are_the_same),
	    cmocka_unit_test(test_real_quotes_when_cut_anywhere_fail),
	    cmocka_unit_test(test_real_quotes_when_a_signed_byte_flips_fail),
	    cmocka_unit_test(test_quote_when_any_byte_flips_never_says_more),
	    cmocka_unit_test(test_collateral_when_any_byte_flips_never_passes),
	    cmocka_unit_test(test_collateral_when_cut_anywhere_fails),
	    cmocka_unit_test(
		test_cost_when_memo_is_kept_only_new_signatures_are_computed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
