/* SPDX-License-Identifier: Apache-2.0
 * Out of memory at every single allocation that grows something: loading, sorting and
 * showing say so, and lose nothing in silence. */
#include "evidence/show.h"
#include "nvidia_vectors.h"

#if defined(__SANITIZE_ADDRESS__)
#	define CAN_FAIL false /* its allocator is not to be taken over */
static long fail_at;
#else
#	define CAN_FAIL true
extern void *__libc_realloc(void *p, size_t size);
extern void *__libc_calloc(size_t n, size_t size);
static long fail_at = -1; /* allocations until one fails; < 0: none does */

static bool now(void)
{
	return fail_at >= 0 && fail_at-- == 0;
}
void *realloc(void *p, size_t size)
{
	return now() ? NULL : __libc_realloc(p, size);
}
void *calloc(size_t n, size_t size)
{
	return now() ? NULL : __libc_calloc(n, size);
}
#endif

static void need_allocator(void)
{
	if (CAN_FAIL)
		return;
	print_message("SKIP: the sanitizer's allocator cannot be made to fail\n");
	skip();
}

static const char *const names[] = {"../tdx/real/dstack-lite-getquote.json",
    "../tdx/real/headers/issuer_chains.txt", "../snp/synthetic/certtable-full.bin",
    "../snp/azure/evidence-v1.json", "vaultgenome-core/gpu-evidence.json",
    "../tdx/real/collateral/automata-1025.tcb_info.json",
    "../tdx/real/collateral/automata-1025.pck_crl.der",
    "../tdx/real/automata-v4.quote.hex"};

/* Whatever is loaded is what is loaded with memory to spare. */
static void test_load_when_memory_ends_then_error_or_all(void **state)
{
	size_t tries = 0;
	(void)state;
	need_allocator();
	need_vectors();
	for (size_t i = 0; i < GH_COUNT(names); i++) {
		gh_auto(struct gh_evidence_set, gh_evidence_set_free) want = {0};
		gh_auto(struct gh_buf, gh_buf_free) b = {0};
		read_vector(&b, names[i]);
		load_set(&want, names[i]);
		for (long n = 0; n < 400; n++) {
			gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
			fail_at = n;
			int rc = gh_evidence_load(&set, b.p, b.len, GH_EV_UNKNOWN, NULL);
			bool done = fail_at >= 0;
			fail_at = -1;
			tries++;
			if (rc == 0 && set.n != want.n)
				fail_msg("%s, allocation %ld: %zu of %zu pieces",
				    names[i], n, set.n, want.n);
			if (done)
				break;
		}
	}
	print_message("%zu allocations failed\n", tries);
}

/* A verdict made with too little memory is never a pass. No RIM: libxml2 does not survive
 * this. */
static void test_verify_when_memory_ends_then_never_pass(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0}, with = {0};
	struct gh_trust trust = {0};
	(void)state;
	need_allocator();
	need_vectors();
	builtin_trust(&trust);
	struct gh_context ctx = {.at = at_time("2026-11-23"), .trust = &trust};
	load_set(&set, "../tdx/real/gce-cos113-v4.quote.bin");
	load_set(&with, "../tdx/real/collateral/automata-1025.tcb_info.json");
	load_more(&with, "../snp/synthetic/certtable-full.bin");
	load_more(&with, "../tdx/real/collateral/intel.tcb_signing_chain.2032.pem");
	for (long n = 0; n < 1500; n += 1 + n / 40) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		fail_at = n;
		int rc = gh_evidence_verify(&r, "x", &set, &with, &ctx, NULL);
		bool done = fail_at >= 0;
		fail_at = -1;
		if (rc == 0)
			assert_int_not_equal(gh_result_verdict(&r), GH_PASS);
		if (done)
			break;
	}
}

static void test_show_when_memory_ends_then_error(void **state)
{
	(void)state;
	need_allocator();
	need_vectors();
	for (size_t i = 0; i < GH_COUNT(names); i++) {
		gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
		load_set(&set, names[i]);
		for (long n = 0; n < 300; n += 1 + n / 40) {
			gh_auto(struct gh_fields, gh_fields_free) fields = {0};
			fail_at = n;
			(void)!gh_evidence_show(&fields, &set.at[0], NULL);
			bool done = fail_at >= 0;
			fail_at = -1;
			if (done)
				break;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_load_when_memory_ends_then_error_or_all),
	    cmocka_unit_test(test_verify_when_memory_ends_then_never_pass),
	    cmocka_unit_test(test_show_when_memory_ends_then_error),
	};
	return cmocka_run_group_tests(tests, setup_rim, NULL);
}
