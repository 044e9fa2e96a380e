/* SPDX-License-Identifier: Apache-2.0
 * Every kind of evidence taken apart: something of each, of every cut, of every flip. */
#include "evidence/load_pem.h"
#include "evidence/show.h"
#include "evidence/show_certs.h"
#include "nvidia_vectors.h"

static const struct {
	const char *name;
	const char *say[3]; /* must be in the text */
} cases[] = {
    {"../snp/real/turin-v5-ms-tav.report.bin",
	{"snp 0: AMD SEV-SNP", "0x0090", "0x0050"}},
    {"../snp/synthetic/certtable-full.bin", {"snp-certs 0", "SEV-", NULL}},
    {"../snp/azure/evidence-v1.json", {"hcl 0", "HCLA", NULL}},
    {"../snp/azure/hcl-report-milan-v2.bin", {"hcl 0", "HCLA", NULL}},
    {"../snp/synthetic/crl-genoa-ask-revoked.der", {"crl 0", "ARK-Genoa", NULL}},
    {"../snp/chains/genoa_vcek_cert_chain.pem",
	{"certificate 1: ARK-Genoa", "SPKI SHA-256", "CA:TRUE"}},
    {"../snp/real/turin-v5-ms-tav.vek.der",
	{"AMD fmcSPL (1.3.6.1.4.1.3704.1.3.9)", "AMD hwID", "Turin"}},
    {"../snp/measure/ovmf_AmdSev_suffix.bin", {"firmware 0", NULL, NULL}},
    {"../tdx/real/gce-cos113-v4.quote.bin", {"tdx 0", "0x00b8", NULL}},
    {"../tdx/real/intel-qvl-sample/pckCert.pem", {"FMSPC", "PPID", "PCESVN"}},
    {"../tdx/real/collateral/lunal.tcb_info_90c06f000000.tcb_info.json",
	{"tcb-info 0", "90c06f000000", "UpToDate"}},
    {"../tdx/real/collateral/lunal.td_qe_identity.qe_identity.json",
	{"qe-identity 0", NULL, NULL}},
    {"../tdx/real/collateral/automata-1025.tdx_tcb_evaluation_data_numbers.json",
	{"tcb-numbers 0", "tcbEvaluationDataNumber", "2025-08-12"}},
    {"../tdx/real/collateral/lunal.root_ca_crl.root_crl.der",
	{"Intel SGX Root CA", NULL, NULL}},
    {"../tdx/tdreport/lunal-live.tdreport.bin", {"tdreport 0", NULL, NULL}},
    {"../tdx/eventlog/real/gce-cos113.ccel.bin", {"ccel 0", "RTMR", NULL}},
    {"../tdx/real/dstack-lite-getquote.json", {"tdx 0", "runtime-log 0", "imr"}},
    {"../tdx/real/headers/issuer_chains.txt", {"certs 0", "certs 2", "Intel SGX"}},
    {"vaultgenome-core/gpu-evidence.json",
	{"gpu 0: NVIDIA GPU", "nonce of the container", "certificate 4"}},
    {"attestation-sdk/switch_evidence_ls10.json", {"switch 0", NULL, NULL}},
    {"attestation-sdk/NV_GPU_DRIVER_GH100_550.144.03.xml", {"rim 0", "550.144.03", NULL}},
    {"go-nvattest-tools/test_gpu_vbios_l4_base64encoded_ocsp_response.dat",
	{"ocsp 0", "good", NULL}},
    {"teep/tinfoil_20260629_nras_response.json", {"eat 0", "GPU-0", "eat_nonce"}},
    {"teep/jwks_20260629.json", {"jwks 0", "P-384", NULL}},
};

static void show_all(struct gh_fields *out, const struct gh_evidence_set *set)
{
	struct gh_err e = {0};
	for (size_t i = 0; i < set->n; i++)
		if (gh_evidence_show(out, &set->at[i], &e) < 0)
			fail_msg("%s", e.what);
	assert_int_equal(out->depth, 0);
	assert_null(out->whole.p);
	assert_int_equal(gh_fields_ok(out, NULL), 0);
}

static void test_show_when_any_kind_then_its_fields(void **state)
{
	size_t n = 0;
	(void)state;
	need_vectors();
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
		gh_auto(struct gh_fields, gh_fields_free) fields = {0};
		gh_auto(struct gh_buf, gh_buf_free) text = {0};
		load_set(&set, cases[i].name);
		show_all(&fields, &set);
		gh_fields_plain(&text, &fields);
		for (size_t k = 0; k < 3 && cases[i].say[k] != NULL; k++)
			if (gh_text_find(gh_buf_view(&text), cases[i].say[k]) == NULL)
				fail_msg("%s: no \"%s\" in\n%s", cases[i].name,
				    cases[i].say[k], gh_buf_cstr(&text));
		if (gh_text_find(gh_buf_view(&text), "not taken apart") != NULL)
			fail_msg("%s is not taken apart", cases[i].name);
		n += fields.n;
	}
	print_message("%zu files, %zu fields\n", GH_COUNT(cases), n);
}

/* The same fields in both forms. */
static void test_show_when_json_then_one_object_a_piece(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	gh_auto(struct gh_fields, gh_fields_free) fields = {0};
	(void)state;
	need_vectors();
	load_set(&set, "../tdx/real/headers/issuer_chains.txt");
	show_all(&fields, &set);
	gh_auto(json_t *, gh_json_free) j = gh_fields_json(&fields);
	assert_int_equal(json_array_size(j), 3);
	assert_true(json_is_array(json_object_get(json_array_get(j, 0), "fields")));
}

static void show_as(enum gh_evidence_type type, struct gh_bytes b)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	gh_auto(struct gh_fields, gh_fields_free) fields = {0};
	assert_non_null(gh_evidence_add(&set, type, b, NULL));
	show_all(&fields, &set);
}

static void test_show_when_cut_then_as_far_as_it_goes(void **state)
{
	(void)state;
	need_vectors();
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
		load_set(&set, cases[i].name);
		struct gh_bytes b = gh_buf_view(&set.at[0].bytes);
		for (size_t len = 0; len < b.len && len < 6000; len += len < 300 ? 1 : 83)
			show_as(set.at[0].type, (struct gh_bytes){b.p, len});
	}
}

static void test_show_when_flipped_then_no_crash(void **state)
{
	(void)state;
	need_vectors();
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
		load_set(&set, cases[i].name);
		struct gh_buf *b = &set.at[0].bytes;
		for (size_t at = 0; at < b->len && at < 6000; at += at < 300 ? 3 : 101) {
			b->p[at] ^= 0xff;
			show_as(set.at[0].type, gh_buf_view(b));
			b->p[at] ^= 0xff;
		}
	}
}

static void test_show_when_junk_of_any_type_then_an_error_field(void **state)
{
	static const char junk[] = "0 junk that is nothing at all";
	(void)state;
	for (int t = 1; t < GH_EV_N; t++)
		show_as((enum gh_evidence_type)t,
		    (struct gh_bytes){(const unsigned char *)junk, sizeof(junk) - 1});
}

static void test_certs_when_many_then_some_and_a_word(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) pem = {0}, text = {0};
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	gh_auto(struct gh_fields, gh_fields_free) fields = {0};
	(void)state;
	need_vectors();
	read_vector(&pem, "nvtrust/verifier_device_root.pem");
	assert_int_equal(gh_evidence_certs(&cs, gh_buf_view(&pem), 1, NULL, NULL), 0);
	for (int i = 0; i < 300; i++)
		assert_int_equal(gh_certs_add(&cs, gh_cert_share(cs.at[0]), NULL), 0);
	gh_certs_show(&fields, &cs);
	gh_fields_plain(&text, &fields);
	assert_non_null(gh_text_find(gh_buf_view(&text), "301 certificates"));
	assert_string_equal(gh_oid_word("2.23.133.5.4.1.1"), "DICE TcbInfo");
	assert_string_equal(gh_oid_word("1.2.3"), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_show_when_any_kind_then_its_fields),
	    cmocka_unit_test(test_show_when_json_then_one_object_a_piece),
	    cmocka_unit_test(test_show_when_cut_then_as_far_as_it_goes),
	    cmocka_unit_test(test_show_when_flipped_then_no_crash),
	    cmocka_unit_test(test_show_when_junk_of_any_type_then_an_error_field),
	    cmocka_unit_test(test_certs_when_many_then_some_and_a_word),
	};
	return cmocka_run_group_tests(tests, setup_rim, NULL);
}
