/* SPDX-License-Identifier: Apache-2.0
 * Collateral in any order and form, who is a subject, what is said of what cannot be used. */
#include "evidence/device_chain.h"
#include "evidence/evidence_certs.h"
#include "evidence/load_pem.h"
#include "evidence/shelf.h"
#include "nvidia_vectors.h"

#define TDX       "../tdx/real/"
#define QUOTE     TDX "gce-cos113-v4.quote.bin"
#define SNP       "../snp/synthetic/"
#define REPORT    "vaultgenome-core/gpu0-attestation-report.bin"
#define GPU_CHAIN "vaultgenome-core/gpu0-cert-chain.pem"

/* The collateral of one real quote, at a time when all of it holds. */
#define QUOTE_AT INT64_C(1753175614) /* 2025-07-22T09:13:34Z */
static const char *const pieces[] = {
    TDX "collateral/automata-solana.tcb_info_v3_with_tdx_module.tcb_info.json",
    TDX "collateral/intel.tcb_signing_chain.2032.pem",
    TDX "collateral/automata-solana.qe_identity.json",
    TDX "collateral/automata-solana.pck_platform_crl.pck_crl.der",
    TDX "collateral/dcap-qvl.tdx_quote_collateral.root_crl.der",
};

static void judge(struct gh_result *r, const struct gh_evidence_set *set,
    const struct gh_evidence_set *with, int64_t at)
{
	struct gh_trust trust = {0};
	struct gh_err e = {0};
	builtin_trust(&trust);
	struct gh_context ctx = {.at = at, .trust = &trust};
	if (gh_evidence_verify(r, "x", set, with, &ctx, &e) < 0)
		fail_msg("%s", e.what);
}

static char *story(const struct gh_result *r)
{
	gh_auto(json_t *, gh_json_free) j = gh_result_json(r);
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	gh_json_dump(&b, j);
	return gh_buf_take_str(&b);
}

/* Heap's algorithm: the k-th exchange of n things. */
static void permute(size_t order[], size_t n, size_t k)
{
	for (size_t i = 0; i < n; i++)
		order[i] = i;
	for (size_t i = 1; i < n; i++) {
		size_t other = k % (i + 1), t = order[i];
		k /= i + 1;
		order[i] = order[other];
		order[other] = t;
	}
}

static void test_collateral_when_any_order_then_the_same_story(void **state)
{
	gh_auto(char *, gh_str_free) want = NULL;
	size_t order[GH_COUNT(pieces)];
	(void)state;
	need_vectors();
	for (size_t k = 0; k < 120; k += 7) {
		gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0},
								      with = {0};
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(char *, gh_str_free) got = NULL;
		permute(order, GH_COUNT(pieces), k);
		load_set(&set, QUOTE);
		for (size_t i = 0; i < GH_COUNT(pieces); i++)
			load_more(&with, pieces[order[i]]);
		judge(&r, &set, &with, QUOTE_AT);
		got = story(&r);
		assert_int_equal(gh_result_verdict(&r), GH_PASS);
		if (want == NULL)
			want = gh_take(got);
		else
			assert_string_equal(got, want);
	}
}

static void test_collateral_when_one_is_left_out_then_not_pass(void **state)
{
	(void)state;
	need_vectors();
	for (size_t left = 0; left < 3; left++) {
		gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0},
								      with = {0};
		gh_auto(struct gh_result, gh_result_free) r = {0};
		load_set(&set, QUOTE);
		for (size_t i = 0; i < GH_COUNT(pieces); i++)
			if (i != left)
				load_more(&with, pieces[i]);
		judge(&r, &set, &with, QUOTE_AT);
		assert_int_equal(gh_result_verdict(&r), GH_UNKNOWN);
	}
}

/* In the file, given along, brought by the caller, or twice: it is one shelf. */
static void test_collateral_when_in_the_file_then_used(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct gh_shelf, gh_shelf_free) s = {0};
	struct gh_context ctx = {0};
	(void)state;
	need_vectors();
	load_set(&set, QUOTE);
	for (size_t i = 0; i < GH_COUNT(pieces); i++)
		load_more(&set, pieces[i]);
	judge(&r, &set, &set, QUOTE_AT);
	assert_int_equal(gh_result_verdict(&r), GH_PASS);
	assert_int_equal(r.n_subjects, 1);
	assert_int_equal(gh_shelf_fill(&s, &set, &set, &ctx, NULL), 0);
	assert_int_equal(s.certs.n, 2);
	assert_int_equal(s.ctx.crls.n, 2);
	assert_int_equal(s.ctx.tcb_infos.n, 1);
	assert_int_equal(s.ctx.qe_identities.n, 1);
	assert_non_null(s.ctx.memo);
	assert_ptr_equal(s.memo, s.ctx.memo);
}

static void test_shelf_when_the_caller_has_a_memo_and_lists_then_kept(void **state)
{
	gh_auto(struct gh_memo *, gh_memo_free) memo = gh_memo_new();
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	gh_auto(struct gh_shelf, gh_shelf_free) s = {0};
	gh_auto(struct gh_certs, gh_certs_free) certs = {0};
	gh_auto(struct gh_buf, gh_buf_free) crl = {0}, pem = {0};
	(void)state;
	need_vectors();
	read_vector(&crl, SNP "crl-genoa-empty.der");
	read_vector(&pem, "../snp/chains/genoa_vcek_cert_chain.pem");
	assert_int_equal(gh_evidence_certs(&certs, gh_buf_view(&pem), 8, memo, NULL), 0);
	struct gh_bytes view = gh_buf_view(&crl);
	struct gh_context ctx = {.memo = memo, .certs = &certs, .crls = {&view, 1}};
	load_set(&set, SNP "crl-genoa-expired.der");
	load_more(&set, SNP "crl-genoa-empty.der");
	assert_int_equal(gh_shelf_fill(&s, &set, NULL, &ctx, NULL), 0);
	assert_null(s.memo);
	assert_int_equal(s.certs.n, 2);
	assert_int_equal(s.ctx.crls.n, 2);
	assert_ptr_equal(s.ctx.crls.at[0].p, crl.p);
}

/* Keys that came with a token are no keys of ours. */
static void test_keys_when_beside_the_token_then_not_used(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0}, keys = {0};
	gh_auto(struct gh_shelf, gh_shelf_free) in = {0}, given = {0};
	struct gh_context ctx = {0};
	(void)state;
	need_vectors();
	load_set(&keys, "teep/jwks_20260629.json");
	load_set(&set, "teep/jwks_20260629.json");
	load_more(&set, "teep/tinfoil_20260629_nras_response.json");
	assert_int_equal(gh_shelf_fill(&in, &set, NULL, &ctx, NULL), 0);
	assert_int_equal(in.ctx.jwks.n, 0);
	assert_int_equal(gh_shelf_fill(&given, &set, &keys, &ctx, NULL), 0);
	assert_int_equal(given.ctx.jwks.n, 1);
}

static void test_cert_table_when_given_then_taken_apart(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0}, with = {0};
	gh_auto(struct gh_shelf, gh_shelf_free) s = {0};
	struct gh_context ctx = {0};
	(void)state;
	need_vectors();
	load_set(&set, SNP "report-genoa-v5-baseline.bin");
	load_set(&with, SNP "certtable-with-extra-and-crl.bin");
	assert_int_equal(gh_shelf_fill(&s, &set, &with, &ctx, NULL), 0);
	assert_true(s.certs.n >= 1);
	assert_int_equal(s.ctx.crls.n, 1);
	assert_int_equal(s.n_unreadable, 0);
}

/* ---- nothing is left out in silence --------------------------------------------------- */

static void add_bytes(
    struct gh_evidence_set *s, enum gh_evidence_type t, const char *text)
{
	struct gh_bytes b = {(const unsigned char *)text, strlen(text)};
	assert_non_null(gh_evidence_add(s, t, b, NULL));
}

static void test_with_when_unreadable_then_said(void **state)
{
	static const enum gh_evidence_type types[] = {
	    GH_EV_CERTS, GH_EV_SNP_CERTS, GH_EV_RIM};
	(void)state;
	need_vectors();
	for (size_t i = 0; i < GH_COUNT(types); i++) {
		gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0},
								      with = {0};
		gh_auto(struct gh_result, gh_result_free) r = {0};
		load_set(&set, QUOTE);
		for (size_t k = 0; k < GH_COUNT(pieces); k++)
			load_more(&with, pieces[k]);
		add_bytes(&with, types[i], "0 junk that is nothing");
		judge(&r, &set, &with, QUOTE_AT);
		assert_step(&r, "x", "evidence.with", GH_UNKNOWN);
		assert_int_equal(gh_result_verdict(&r), GH_UNKNOWN);
	}
}

static void test_shelf_when_too_many_then_error(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	gh_auto(struct gh_shelf, gh_shelf_free) s = {0};
	struct gh_context ctx = {0};
	struct gh_err e = {0};
	(void)state;
	for (int i = 0; i <= GH_SHELF_DOCS_MAX; i++) {
		char text[32];
		snprintf(text, sizeof(text), "list %d", i);
		add_bytes(&set, GH_EV_CRL, text);
	}
	assert_int_equal(gh_shelf_fill(&s, &set, NULL, &ctx, &e), -1);
	assert_int_equal(e.code, GH_E_PARSE);
}

/* ---- who is a subject ----------------------------------------------------------------- */

static void test_piece_when_alone_then_it_proves_nothing(void **state)
{
	static const enum gh_evidence_type types[] = {GH_EV_CRL, GH_EV_SNP_CERTS,
	    GH_EV_TCB_INFO, GH_EV_QE_IDENTITY, GH_EV_JWKS, GH_EV_FIRMWARE, GH_EV_TDREPORT,
	    GH_EV_EVAL};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(types); i++) {
		gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
		gh_auto(struct gh_result, gh_result_free) r = {0};
		add_bytes(&set, types[i], "whatever");
		judge(&r, &set, NULL, 0);
		const struct gh_finding *f = step_of(&r, "x", "evidence.alone");
		assert_int_equal(f->verdict, GH_UNKNOWN);
		assert_string_not_equal(f->remedy, "");
	}
}

static void test_log_when_a_quote_is_there_then_its_collateral(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) log = {0}, quote = {0};
	gh_auto(struct gh_result, gh_result_free) alone = {0}, along = {0};
	(void)state;
	need_vectors();
	load_set(&log, "../tdx/eventlog/real/gce-cos113.ccel.bin");
	load_set(&quote, QUOTE);
	judge(&alone, &log, NULL, QUOTE_AT);
	assert_string_equal(alone.subject[0].kind, "log");
	assert_int_equal(gh_result_verdict(&alone), GH_UNKNOWN);
	judge(&along, &log, &quote, QUOTE_AT);
	assert_int_equal(along.n_subjects, 1);
	assert_string_equal(along.subject[0].kind, "cvm");
	assert_null(gh_findings_get(&along.findings, NULL, "ccel.bound"));
}

static void test_evidence_when_given_along_then_a_subject_too(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0}, with = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	(void)state;
	need_vectors();
	load_set(&set, QUOTE);
	load_set(&with, SNP "report-genoa-v5-baseline.bin");
	load_more(&with, QUOTE); /* the same again is not */
	judge(&r, &set, &with, QUOTE_AT);
	assert_int_equal(r.n_subjects, 2);
	assert_string_equal(r.subject[0].name, "x:0");
	assert_string_equal(r.subject[1].name, "x:1");
}

static void test_ocsp_when_alone_then_judged_and_beside_a_device_not(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	gh_auto(struct gh_result, gh_result_free) alone = {0}, beside = {0};
	(void)state;
	need_vectors();
	load_set(&set,
	    "go-nvattest-tools/test_gpu_certificate_l2_base64encoded_ocsp_response.dat");
	judge(&alone, &set, NULL, QUOTE_AT);
	assert_string_equal(alone.subject[0].kind, "ocsp");
	load_more(&set, "vaultgenome-core/gpu-evidence.json");
	judge(&beside, &set, NULL, QUOTE_AT);
	assert_int_equal(beside.n_subjects, 1);
	assert_string_equal(beside.subject[0].kind, "gpu");
}

static void test_second_opinion_when_both_are_there_then_compared(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0}, with = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	(void)state;
	need_vectors();
	load_set(&set, "teep/tinfoil_20260629_nras_request.json");
	load_set(&with, "teep/tinfoil_20260629_nras_response.json");
	load_more(&with, "teep/jwks_20260629.json");
	judge(&r, &set, &with, at_time("2026-06-29T02:10:00Z"));
	assert_non_null(gh_findings_get(&r.findings, NULL, "eat.compare"));
}

static void test_wrapped_report_when_judged_then_its_steps(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0}, bad = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0}, junk = {0};
	(void)state;
	need_vectors();
	load_set(&set, "../snp/azure/evidence-v1.json");
	judge(&r, &set, NULL, at_time("2025-06-01"));
	assert_int_equal(r.n_subjects, 1);
	assert_step(&r, "x", "snp.hcl.binding", GH_PASS);
	add_bytes(&bad, GH_EV_HCL, "{\"hcl_report\":1}");
	judge(&junk, &bad, NULL, 0);
	assert_step(&junk, "x", "snp.hcl.parse", GH_FAIL);
}

static void test_runtime_log_when_alone_then_unbound(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	(void)state;
	need_vectors();
	load_set(&set, "../tdx/eventlog/synthetic/rtmr3-json.json");
	judge(&r, &set, NULL, 0);
	assert_step(&r, "x", "runtime.bound", GH_UNKNOWN);
}

static void test_rims_when_twice_or_junk_or_the_callers_then_one_view(void **state)
{
	static const char rim[] = "attestation-sdk/NV_GPU_DRIVER_GH100_550.144.03.xml";
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0}, bad = {0};
	gh_auto(struct gh_shelf, gh_shelf_free) first = {0}, second = {0};
	gh_auto(struct gh_result, gh_result_free) junk = {0};
	struct gh_trust trust = {0};
	(void)state;
	need_vectors();
	builtin_trust(&trust);
	struct gh_context ctx = {.trust = &trust};
	load_set(&set, rim);
	load_more(&set, rim);
	assert_int_equal(gh_shelf_fill(&first, &set, NULL, &ctx, NULL), 0);
	assert_int_equal(first.ctx.rims->n, 1);
	ctx.rims = first.ctx.rims;
	assert_int_equal(gh_shelf_fill(&second, &set, NULL, &ctx, NULL), 0);
	assert_int_equal(second.ctx.rims->n, 2);
	add_bytes(&bad, GH_EV_RIM, "junk");
	judge(&junk, &bad, NULL, 0);
	assert_step(&junk, "x", "rim.parse", GH_FAIL);
}

static void test_verify_when_nothing_to_judge_then_usage(void **state)
{
	struct gh_evidence_set none = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_context ctx = {0};
	struct gh_err e = {0};
	(void)state;
	assert_int_equal(gh_evidence_verify(&r, "x", &none, NULL, &ctx, &e), -1);
	assert_int_equal(e.code, GH_E_USAGE);
}

/* A lab root is as good as none until somebody says so. */
static void test_certs_when_lab_root_then_only_with_leave(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	gh_auto(struct gh_result, gh_result_free) no = {0}, yes = {0};
	struct gh_trust trust = {.n = 1};
	(void)state;
	need_vectors();
	load_set(&set, "../tdx/synthetic/pool/1b105e978736.pem");
	assert_int_equal(
	    gh_evidence_certs(&cs, gh_buf_view(&set.at[0].bytes), 8, NULL, NULL), 0);
	trust.at[0] =
	    (struct gh_anchor){.root = GH_ROOT_INTEL_SGX, .name = "lab", .lab = true};
	memcpy(trust.at[0].spki, gh_cert_spki_sha256(cs.at[cs.n - 1]), 32);
	struct gh_context ctx = {.at = at_time("2026-06-15"), .trust = &trust};
	assert_int_equal(gh_evidence_verify(&no, "x", &set, NULL, &ctx, NULL), 0);
	assert_string_equal(step_of(&no, "x", "cert.chain")->code, "trust.lab-root");
	ctx.allow_lab = true;
	assert_int_equal(gh_evidence_verify(&yes, "x", &set, NULL, &ctx, NULL), 0);
	assert_step(&yes, "x", "cert.chain", GH_PASS);
	assert_true(step_of(&yes, "x", "cert.chain")->lab);
}

/* ---- chains --------------------------------------------------------------------------- */

/* Five single certificates in any order make the chain of a report. */
static void test_device_chain_when_single_certificates_then_assembled(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0}, with = {0};
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct gh_buf, gh_buf_free) pem = {0};
	static const size_t order[] = {3, 0, 4, 2, 1};
	(void)state;
	need_vectors();
	load_set(&set, REPORT);
	read_vector(&pem, GPU_CHAIN);
	assert_int_equal(gh_evidence_certs(&cs, gh_buf_view(&pem), 5, NULL, NULL), 0);
	for (size_t i = 0; i < GH_COUNT(order); i++)
		assert_non_null(gh_evidence_add(
		    &with, GH_EV_CERTS, gh_cert_der(cs.at[order[i]]), NULL));
	judge(&r, &set, &with, at_time("2026-11-23"));
	assert_step(&r, "x", "gpu.spdm.signature", GH_PASS);
}

/* The same chain as concatenated DER. */
static void test_device_chain_when_der_then_used(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0}, with = {0};
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct gh_buf, gh_buf_free) pem = {0}, der = {0};
	(void)state;
	need_vectors();
	load_set(&set, REPORT);
	read_vector(&pem, GPU_CHAIN);
	assert_int_equal(gh_evidence_certs(&cs, gh_buf_view(&pem), 5, NULL, NULL), 0);
	for (size_t i = 0; i < cs.n; i++)
		gh_buf_add(&der, gh_cert_der(cs.at[i]).p, gh_cert_der(cs.at[i]).len);
	assert_int_equal(gh_evidence_load(&with, der.p, der.len, GH_EV_UNKNOWN, NULL), 0);
	judge(&r, &set, &with, at_time("2026-11-23"));
	assert_step(&r, "x", "gpu.spdm.signature", GH_PASS);
}

static void test_device_chain_when_none_signs_then_the_first(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0}, with = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	(void)state;
	need_vectors();
	load_set(&set, REPORT);
	load_set(&with, "attestation-sdk/hopperCertChain.txt");
	load_more(&with, "attestation-sdk/switchCertChain.txt");
	judge(&r, &set, &with, at_time("2026-11-23"));
	assert_step(&r, "x", "gpu.spdm.signature", GH_FAIL);
}

static void test_certs_when_alone_then_the_chain_is_judged(void **state)
{
	static const struct {
		const char *name, *step;
		enum gh_verdict verdict;
	} cases[] = {
	    {"../snp/chains/genoa_vcek_cert_chain.pem", "cert.chain", GH_UNKNOWN},
	    {GPU_CHAIN, "gpu.chain.leaf", GH_PASS},
	    {"../tdx/synthetic/pool/1b105e978736.pem", "cert.chain", GH_FAIL},
	    {TDX "collateral/intel.tcb_signing_chain.2032.pem", "cert.chain", GH_PASS},
	};
	(void)state;
	need_vectors();
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
		gh_auto(struct gh_result, gh_result_free) r = {0};
		load_set(&set, cases[i].name);
		judge(&r, &set, NULL, at_time("2026-11-23"));
		assert_step(&r, "x", cases[i].step, cases[i].verdict);
	}
}

static void test_certs_when_root_first_expired_or_broken_then_said(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0}, bad = {0};
	gh_auto(struct gh_result, gh_result_free) turned = {0}, late = {0}, junk = {0};
	(void)state;
	need_vectors();
	gh_auto(struct gh_buf, gh_buf_free) der = {0};
	read_vector(&der, "../snp/chains/genoa_ark.der");
	read_vector(&der, "../snp/chains/genoa_ask.der");
	assert_int_equal(gh_evidence_load(&set, der.p, der.len, GH_EV_UNKNOWN, NULL), 0);
	judge(&turned, &set, NULL, at_time("2026-11-23"));
	assert_step(&turned, "x", "cert.chain", GH_UNKNOWN);
	judge(&late, &set, NULL, at_time("2066-11-23"));
	assert_step(&late, "x", "cert.chain", GH_FAIL);
	add_bytes(&bad, GH_EV_CERTS, "0 junk");
	judge(&junk, &bad, NULL, 0);
	assert_step(&junk, "x", "cert.parse", GH_FAIL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_collateral_when_any_order_then_the_same_story),
	    cmocka_unit_test(test_collateral_when_one_is_left_out_then_not_pass),
	    cmocka_unit_test(test_collateral_when_in_the_file_then_used),
	    cmocka_unit_test(test_shelf_when_the_caller_has_a_memo_and_lists_then_kept),
	    cmocka_unit_test(test_keys_when_beside_the_token_then_not_used),
	    cmocka_unit_test(test_cert_table_when_given_then_taken_apart),
	    cmocka_unit_test(test_with_when_unreadable_then_said),
	    cmocka_unit_test(test_shelf_when_too_many_then_error),
	    cmocka_unit_test(test_piece_when_alone_then_it_proves_nothing),
	    cmocka_unit_test(test_log_when_a_quote_is_there_then_its_collateral),
	    cmocka_unit_test(test_evidence_when_given_along_then_a_subject_too),
	    cmocka_unit_test(test_ocsp_when_alone_then_judged_and_beside_a_device_not),
	    cmocka_unit_test(test_second_opinion_when_both_are_there_then_compared),
	    cmocka_unit_test(test_wrapped_report_when_judged_then_its_steps),
	    cmocka_unit_test(test_runtime_log_when_alone_then_unbound),
	    cmocka_unit_test(test_rims_when_twice_or_junk_or_the_callers_then_one_view),
	    cmocka_unit_test(test_verify_when_nothing_to_judge_then_usage),
	    cmocka_unit_test(test_certs_when_lab_root_then_only_with_leave),
	    cmocka_unit_test(test_device_chain_when_single_certificates_then_assembled),
	    cmocka_unit_test(test_device_chain_when_der_then_used),
	    cmocka_unit_test(test_device_chain_when_none_signs_then_the_first),
	    cmocka_unit_test(test_certs_when_alone_then_the_chain_is_judged),
	    cmocka_unit_test(test_certs_when_root_first_expired_or_broken_then_said),
	};
	return cmocka_run_group_tests(tests, setup_rim, NULL);
}
