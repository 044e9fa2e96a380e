/* SPDX-License-Identifier: Apache-2.0
 * TDX without vectors: a quote and a PCK chain made here, one thing wrong at a time. */
#include "tdx_world.h"

static void test_quote_when_good_only_collateral_is_open(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct plan, free_plan) p;
	struct gh_context ctx = {0};
	const struct gh_subject *s;
	size_t unknown = 0;

	(void)state;
	good_plan(&p);
	run(&r, &p, &ctx);
	for (size_t i = 0; i < r.findings.n; i++) {
		const struct gh_finding *f = &r.findings.at[i];

		if (f->verdict == GH_UNKNOWN)
			assert_non_null(strstr(f->code, ".missing"));
		else if (f->verdict == GH_SKIP)
			assert_true(!strcmp(f->code, "parent.not.proven") ||
				    f->severity == GH_SEV_INFO);
		else
			assert_int_equal(f->verdict, GH_PASS);
		unknown += f->verdict == GH_UNKNOWN;
	}
	assert_int_equal(unknown, 6); /* signer, two documents, two lists, tcb */
	assert_int_equal(gh_result_verdict(&r), GH_UNKNOWN);
	s = gh_result_find(&r, "vm");
	assert_string_equal(gh_claim_get(s, "fmspc"), "90c06f000000");
	assert_string_equal(gh_claim_get(s, "pce_svn"), "13");
	assert_string_equal(gh_claim_get(s, "td_attributes"), "0000001000000000");
}

/* One byte of header or body changed before signing. */
static void test_quote_when_it_says_something_bad_that_step_fails(void **state)
{
	static const struct {
		unsigned int off;
		unsigned char value;
		const char *step, *code;
	} t[] = {
	    {0, 3, "tdx.parse", "tdx.parse.version"},
	    {0, 5, "tdx.parse", "tdx.parse.format"},
	    {2, 3, "tdx.parse", "tdx.parse.key_type"},
	    {4, 0, "tdx.parse", "tdx.parse.tee_type"},
	    {12, 0, "tdx.parse", "tdx.parse.vendor"},
	    {BODY + 120, 1, "tdx.attributes.debug", "tdx.attributes.debug.on"},
	    {BODY + 120, 0x10, "tdx.attributes.debug", "tdx.attributes.debug.profiled"},
	    {BODY + 122, 0x10, "tdx.attributes", "tdx.attributes.unknown"},
	    {BODY + 123, 0x00, "tdx.attributes", "tdx.attributes.sept_ve"},
	    {BODY + 123, 0x30, "tdx.attributes", "tdx.attributes.migratable"},
	    {BODY + 127, 0x80, "tdx.attributes", "tdx.attributes.perfmon"},
	    {BODY + 128, 0xE4, "tdx.xfam", "tdx.xfam.bits"},
	    {BODY + 135, 0x80, "tdx.xfam", "tdx.xfam.bits"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(struct plan, free_plan) p;
		struct gh_context ctx = {0};

		good_plan(&p);
		p.head[t[i].off] = t[i].value;
		run(&r, &p, &ctx);
		assert_string_equal(code_of(&r, t[i].step), t[i].code);
		assert_int_equal(gh_result_verdict(&r), GH_FAIL);
	}
}

static void test_qe_when_signed_by_another_key_fails(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct plan, free_plan) p;
	struct gh_context ctx = {0};

	(void)state;
	good_plan(&p);
	p.foreign_qe_signer = true;
	run(&r, &p, &ctx);
	assert_string_equal(code_of(&r, "tdx.qe.signature"), "tdx.qe.signature.bad");
	assert_int_equal(verdict_of(&r, "tdx.qe.binding"), GH_SKIP);
	assert_int_equal(verdict_of(&r, "tdx.signature"), GH_SKIP);
}

static void test_binding_when_key_is_not_in_qe_report_fails(void **state)
{
	static const struct {
		unsigned int off;
		const char *code;
	} t[] = {{320, "tdx.qe.binding.mismatch"}, {383, "tdx.qe.binding.tail"}};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(struct plan, free_plan) p;
		struct gh_context ctx = {0};

		good_plan(&p);
		p.qe[t[i].off] = 1; /* make_quote leaves the half that is set */
		run(&r, &p, &ctx);
		assert_string_equal(code_of(&r, "tdx.qe.binding"), t[i].code);
		assert_int_equal(verdict_of(&r, "tdx.signature"), GH_SKIP);
	}
}

static void test_chain_when_wrong_fails(void **state)
{
	gh_auto(struct gh_result, gh_result_free) two = {0}, name = {0}, ext = {0};
	struct gh_context ctx = {0};
	struct plan p;

	(void)state;
	good_plan(&p);
	p.chain_of_two = true;
	run(&two, &p, &ctx);
	assert_string_equal(code_of(&two, "tdx.chain.root"), "tdx.chain.format");
	assert_int_equal(verdict_of(&two, "tdx.signature"), GH_SKIP);
	p.chain_of_two = false;
	p.leaf_cn = "Intel SGX TCB Signing";
	run(&name, &p, &ctx);
	assert_string_equal(code_of(&name, "tdx.chain.pck"), "tdx.pck.name");
	p.leaf_cn = "Intel SGX PCK Certificate";
	p.sgx.len = 0;
	run(&ext, &p, &ctx);
	assert_string_equal(code_of(&ext, "tdx.chain.pck"), "tdx.pck.extension");
	free_plan(&p);
}

static void test_root_when_not_pinned_or_lab_fails(void **state)
{
	static const struct {
		bool lab, allow, forget;
		const char *code;
		bool marked;
	} t[] = {{false, false, true, "tdx.root.unpinned", false},
	    {true, false, false, "tdx.root.lab", false}, {true, true, false, "", true}};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(struct plan, free_plan) p;
		struct gh_context ctx = {.allow_lab = t[i].allow};
		struct gh_trust kept = w.trust;

		good_plan(&p);
		w.trust.at[0].lab = t[i].lab;
		w.trust.n = t[i].forget ? 0 : 1;
		run(&r, &p, &ctx);
		w.trust = kept;
		assert_string_equal(code_of(&r, "tdx.chain.root"), t[i].code);
		for (size_t k = 0; k < r.findings.n; k++)
			assert_int_equal(r.findings.at[k].lab, t[i].marked);
	}
}

static void test_chain_when_time_is_outside_fails(void **state)
{
	static const struct {
		int64_t at;
		const char *code;
	} t[] = {{PKI_AT - 86401, "tdx.root.notyet"}, {PKI_AT - 86400, ""},
	    {PKI_AT + 86401, "tdx.root.expired"}};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(struct plan, free_plan) p;
		struct gh_context ctx = {.at = t[i].at};

		good_plan(&p);
		run(&r, &p, &ctx);
		assert_string_equal(code_of(&r, "tdx.chain.root"), t[i].code);
	}
}

static void test_nonce_when_asked_is_compared(void **state)
{
	unsigned char nonce[64];

	(void)state;
	memset(nonce, 0xA5, sizeof(nonce));
	for (int bad = 0; bad < 2; bad++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(struct plan, free_plan) p;
		struct gh_context ctx = {.nonce = {nonce, 64}};

		good_plan(&p);
		nonce[63] ^= (unsigned char)bad;
		run(&r, &p, &ctx);
		assert_int_equal(verdict_of(&r, "tdx.nonce"), bad ? GH_FAIL : GH_PASS);
	}
}

static void test_trailing_when_zero_passes_else_fails(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) quote = {0};
	gh_auto(struct gh_result, gh_result_free) zeros = {0}, text = {0};
	gh_auto(struct plan, free_plan) p;
	struct gh_context ctx = {0};

	(void)state;
	good_plan(&p);
	make_quote(&quote, &p);
	le(&quote, 0, 8);
	le(&quote, 0, 8);
	run_bytes(&zeros, &quote, &ctx);
	assert_int_equal(verdict_of(&zeros, "tdx.trailing"), GH_PASS);
	gh_buf_str(&quote, "smuggled");
	run_bytes(&text, &quote, &ctx);
	assert_string_equal(code_of(&text, "tdx.trailing"), "tdx.trailing.present");
	assert_int_equal(gh_result_verdict(&text), GH_FAIL);
}

static void test_quote_when_cut_or_flipped_never_passes(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) quote = {0};
	gh_auto(struct plan, free_plan) p;
	struct gh_tdx_quote q;

	(void)state;
	good_plan(&p);
	make_quote(&quote, &p);
	assert_int_equal(gh_tdx_quote_parse(&q, quote.p, quote.len, NULL), 0);
	for (size_t len = 0; len < quote.len; len++) {
		assert_int_equal(gh_tdx_quote_parse(&q, quote.p, len, NULL), -1);
		assert_non_null(q.fault);
	}
	for (size_t i = 0; i < p.head_len; i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_context ctx = {0};

		quote.p[i] ^= 0x40;
		run_bytes(&r, &quote, &ctx);
		quote.p[i] ^= 0x40;
		assert_int_equal(gh_result_verdict(&r), GH_FAIL);
	}
}

static void test_sgx_extension_when_cut_fails_and_flips_are_safe(void **state)
{
	struct gh_tdx_pck k;

	(void)state;
	assert_int_equal(gh_tdx_pck_from_der(&k, w.sgx.p, w.sgx.len, NULL), 0);
	assert_int_equal(k.comp[15], 255);
	assert_true(k.has_configuration && k.dynamic_platform && !k.smt);
	assert_false(k.has_platform_instance);
	for (size_t len = 0; len < w.sgx.len; len++)
		assert_int_equal(gh_tdx_pck_from_der(&k, w.sgx.p, len, NULL), -1);
	for (size_t i = 0; i < w.sgx.len; i++)
		for (unsigned int bit = 0; bit < 8; bit++) {
			w.sgx.p[i] ^= (unsigned char)(1u << bit);
			(void)!gh_tdx_pck_from_der(&k, w.sgx.p, w.sgx.len, NULL);
			w.sgx.p[i] ^= (unsigned char)(1u << bit);
		}
}

static void test_pck_when_its_key_or_path_is_odd_fails(void **state)
{
	gh_auto(struct gh_signer *, gh_signer_free) wide = NULL;
	gh_auto(struct gh_result, gh_result_free) curve = {0}, path = {0};
	gh_auto(struct plan, free_plan) p;
	struct gh_context ctx = {0};

	(void)state;
	assert_int_equal(gh_signer_new(&wide, 384, NULL), 0);
	good_plan(&p);
	p.leaf_key = wide;
	run(&curve, &p, &ctx);
	assert_string_equal(code_of(&curve, "tdx.chain.pck"), "tdx.pck.curve");
	p.leaf_key = NULL;
	p.no_key_ids = true; /* X.509 wants them, and so does the strict path */
	run(&path, &p, &ctx);
	assert_string_equal(code_of(&path, "tdx.chain.pck"), "tdx.pck.path");
}

static void test_log_when_given_is_judged_else_said(void **state)
{
	static const unsigned char junk[] = "no log";
	const struct gh_bytes docs[] = {{junk, sizeof(junk)}};

	(void)state;
	for (int i = 0; i < 3; i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(struct plan, free_plan) p;
		struct gh_context ctx = {0};
		bool judged;

		ctx.ccels = (struct gh_docs){docs, i == 1};
		ctx.runtime_logs = (struct gh_docs){docs, i == 2};
		good_plan(&p);
		run(&r, &p, &ctx);
		judged = verdict_of(&r, "tdx.eventlog.parse") != GH_SKIP;
		assert_int_equal(judged, i > 0);
	}
}

static void test_looks_when_not_a_quote_says_no(void **state)
{
	unsigned char b[48] = {4, 0, 2, 0, 0x81};

	(void)state;
	assert_true(gh_tdx_looks(b, 48));
	assert_false(gh_tdx_looks(b, 47));
	assert_false(gh_tdx_looks(b, 7));
	b[0] = 5;
	assert_true(gh_tdx_looks(b, 48));
	b[0] = 3;
	assert_false(gh_tdx_looks(b, 48));
	b[0] = 4;
	b[4] = 0;
	assert_false(gh_tdx_looks(b, 48));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_quote_when_good_only_collateral_is_open),
	    cmocka_unit_test(test_quote_when_it_says_something_bad_that_step_fails),
	    cmocka_unit_test(test_qe_when_signed_by_another_key_fails),
	    cmocka_unit_test(test_binding_when_key_is_not_in_qe_report_fails),
	    cmocka_unit_test(test_chain_when_wrong_fails),
	    cmocka_unit_test(test_root_when_not_pinned_or_lab_fails),
	    cmocka_unit_test(test_chain_when_time_is_outside_fails),
	    cmocka_unit_test(test_nonce_when_asked_is_compared),
	    cmocka_unit_test(test_trailing_when_zero_passes_else_fails),
	    cmocka_unit_test(test_quote_when_cut_or_flipped_never_passes),
	    cmocka_unit_test(test_pck_when_its_key_or_path_is_odd_fails),
	    cmocka_unit_test(test_log_when_given_is_judged_else_said),
	    cmocka_unit_test(test_looks_when_not_a_quote_says_no),
	    cmocka_unit_test(test_sgx_extension_when_cut_fails_and_flips_are_safe),
	};

	return cmocka_run_group_tests(tests, make_world, drop_world);
}
