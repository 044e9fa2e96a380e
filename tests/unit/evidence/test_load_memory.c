/* SPDX-License-Identifier: Apache-2.0
 * Out of memory at every single allocation that grows something: loading, sorting and
 * showing say so, and lose nothing in silence. */
#include "evidence/show.h"
#include "nvidia_vectors.h"
#include "tests/unit/starve.h"

static const char *const names[] = {"../tdx/real/dstack-lite-getquote.json",
    "../tdx/real/headers/issuer_chains.txt", "../snp/synthetic/certtable-full.bin",
    "../snp/azure/evidence-v1.json", "vaultgenome-core/gpu-evidence.json",
    "../tdx/real/collateral/automata-1025.tcb_info.json",
    "../tdx/real/collateral/automata-1025.pck_crl.der",
    "../tdx/real/automata-v4.quote.hex"};

/* Whatever is loaded is what is loaded with memory to spare. */
static size_t starve_load(const char *name, struct gh_bytes b, size_t want)
{
	size_t tries = 0;
	for (long n = 0; n < 400; n++, tries++) {
		gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
		starve_at = n;
		int rc = gh_evidence_load(&set, b.p, b.len, GH_EV_UNKNOWN, NULL);
		bool done = starve_at >= 0;
		starve_at = -1;
		if (rc == 0 && set.n != want)
			fail_msg("%s, allocation %ld: %zu of %zu pieces", name, n, set.n,
			    want);
		if (done)
			break;
	}
	return tries;
}

static void test_load_when_memory_ends_then_error_or_all(void **state)
{
	size_t tries = 0;
	(void)state;
	need_starving();
	need_vectors();
	for (size_t i = 0; i < GH_COUNT(names); i++) {
		gh_auto(struct gh_evidence_set, gh_evidence_set_free) want = {0};
		gh_auto(struct gh_buf, gh_buf_free) b = {0};
		read_vector(&b, names[i]);
		load_set(&want, names[i]);
		tries += starve_load(names[i], gh_buf_view(&b), want.n);
	}
	print_message("%zu allocations failed\n", tries);
}

#define PEM_CERT "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
#define PEM_CRL  "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"
#define ZEROS    "0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,"

static void test_load_when_made_and_memory_ends_then_error_or_all(void **state)
{
	static const struct {
		const char *text;
		size_t n;
	} made[] = {
	    {"{\"tcb_info\":{\"a\":1},\"tcb_info_signature\":\"00\"}", 1},
	    {"{\"tcb_info\":\"{}\",\"tcb_info_signature\":\"00\","
	     "\"qe_identity\":\"{}\",\"qe_identity_signature\":\"00\"}",
		2},
	    {"{\"tcbInfo\":{},\"signature\":\"\"}", 1},
	    {"{\"a\":{\"tcbInfo\":{}},\"b\":{\"enclaveIdentity\":{}}}", 2},
	    {"[{\"rim\":\"x\",\"id\":\"y\"}]", 1},
	    {"{\"a\":{\"rim\":\"x\",\"id\":\"y\"}}", 1},
	    {"{\"a\":[17,224,1,255," ZEROS ZEROS "0]}", 1},
	    {"{\"nonce\":\"77\",\"evidence\":\"EeAB/w==\","
	     "\"chain\":[\"-----BEGIN\",\"LS0tLS1CRUdJTg==\"]}",
		1},
	    {PEM_CERT, 1},
	    {PEM_CERT PEM_CRL PEM_CRL, 3},
	    {"HTTP/1.1 200 OK\r\nh: -----BEGIN%20CERTIFICATE-----%0AAAAA%0A-----END"
	     "%20CERTIFICATE-----\r\n\r\n{\"tcbInfo\":{}}",
		2},
	    {"EeAB/w==", 1},
	};
	size_t tries = 0;
	(void)state;
	need_starving();
	for (size_t i = 0; i < GH_COUNT(made); i++) {
		gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
		struct gh_bytes b = gh_text_of(made[i].text);
		assert_int_equal(
		    gh_evidence_load(&set, b.p, b.len, GH_EV_UNKNOWN, NULL), 0);
		if (set.n != made[i].n)
			fail_msg("%s: %zu pieces", made[i].text, set.n);
		tries += starve_load(made[i].text, b, made[i].n);
	}
	print_message("%zu allocations failed\n", tries);
}

/* One certificate and one list behind each other, in DER. */
static void test_load_when_der_row_and_memory_ends_then_error_or_all(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) row = {0}, crl = {0};
	size_t tries;
	(void)state;
	need_starving();
	need_vectors();
	read_vector(&row, "../snp/real/genoa-v5-oak.vek.der");
	read_vector(&crl, "../snp/synthetic/crl-genoa-empty.der");
	gh_buf_add(&row, crl.p, crl.len);
	starve_libraries = true; /* no JSON in it */
	tries = starve_load("certificate and list", gh_buf_view(&row), 2);
	starve_libraries = false;
	print_message("%zu allocations failed\n", tries);
	assert_true(tries > 2);
}

/* A verdict made with too little memory is never a pass. No RIM: libxml2 does not survive
 * this. */
static void test_verify_when_memory_ends_then_never_pass(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0}, with = {0};
	struct gh_trust trust = {0};
	(void)state;
	need_starving();
	need_vectors();
	builtin_trust(&trust);
	struct gh_context ctx = {.at = at_time("2026-11-23"), .trust = &trust};
	load_set(&set, "../tdx/real/gce-cos113-v4.quote.bin");
	load_set(&with, "../tdx/real/collateral/automata-1025.tcb_info.json");
	load_more(&with, "../snp/synthetic/certtable-full.bin");
	load_more(&with, "../tdx/real/collateral/intel.tcb_signing_chain.2032.pem");
	for (long n = 0; n < 1500; n += 1 + n / 40) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		starve_at = n;
		int rc = gh_evidence_verify(&r, "x", &set, &with, &ctx, NULL);
		bool done = starve_at >= 0;
		starve_at = -1;
		if (rc == 0)
			assert_int_not_equal(gh_result_verdict(&r), GH_PASS);
		if (done)
			break;
	}
}

static void test_show_when_memory_ends_then_error(void **state)
{
	(void)state;
	need_starving();
	need_vectors();
	for (size_t i = 0; i < GH_COUNT(names); i++) {
		gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
		load_set(&set, names[i]);
		for (long n = 0; n < 300; n += 1 + n / 40) {
			gh_auto(struct gh_fields, gh_fields_free) fields = {0};
			starve_at = n;
			(void)!gh_evidence_show(&fields, &set.at[0], NULL);
			bool done = starve_at >= 0;
			starve_at = -1;
			if (done)
				break;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_load_when_memory_ends_then_error_or_all),
	    cmocka_unit_test(test_load_when_made_and_memory_ends_then_error_or_all),
	    cmocka_unit_test(test_load_when_der_row_and_memory_ends_then_error_or_all),
	    cmocka_unit_test(test_verify_when_memory_ends_then_never_pass),
	    cmocka_unit_test(test_show_when_memory_ends_then_error),
	};
	starve_libraries = false;
	return cmocka_run_group_tests(tests, setup_rim, NULL);
}
