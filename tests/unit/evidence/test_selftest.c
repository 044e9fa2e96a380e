/* SPDX-License-Identifier: Apache-2.0
 * The self-test passes here, and would notice each wrong answer. */

#include <stdint.h>
#include <string.h>

#include "evidence/selftest.c"
#include "tests/unit/tap.h"

static void test_selftest_passes_here(void **state)
{
	struct gh_err err = {0};

	(void)state;
	if (gh_selftest(&err) < 0)
		fail_msg("%s", err.what);
}

static void test_digest_when_answer_differs_then_noticed(void **state)
{
	struct digest d = digests[0];
	struct gh_err err = {0};

	(void)state;
	d.hex = "aa7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
	assert_int_equal(check_digest(&d, &err), -1);
	assert_int_equal(err.code, GH_E_INTERNAL);
	assert_non_null(strstr(err.what, "SHA2-256"));
}

static void test_signature_when_not_of_that_key_then_noticed(void **state)
{
	struct signature s = signatures[0];
	struct gh_err err = {0};

	(void)state;
	s.spki = signatures[1].spki;
	assert_int_equal(check_signature(&s, &err), -1);
	assert_non_null(strstr(err.what, "refused"));
	s.spki = "AAAA";
	assert_int_equal(check_signature(&s, &err), -1);
	assert_non_null(strstr(err.what, "cannot be read"));
}

static void test_chain_when_in_wrong_order_then_noticed(void **state)
{
	const char *const turned[] = {chain_b64[1], chain_b64[0]};
	const char *const broken[] = {"AAAA", chain_b64[0]};
	struct gh_err err = {0};

	(void)state;
	assert_int_equal(check_chain(turned, &err), -1);
	assert_non_null(strstr(err.what, "refused"));
	assert_int_equal(check_chain(broken, &err), -1);
	assert_non_null(strstr(err.what, "cannot be read"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_selftest_passes_here),
	    cmocka_unit_test(test_digest_when_answer_differs_then_noticed),
	    cmocka_unit_test(test_signature_when_not_of_that_key_then_noticed),
	    cmocka_unit_test(test_chain_when_in_wrong_order_then_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
