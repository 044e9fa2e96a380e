/* SPDX-License-Identifier: Apache-2.0
 * Digests, keys, signatures, certificates and chains; a published ECDSA vector and keys
 * made here. */
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "crypto/chain.h"
#include "tests/unit/tap.h"

static void test_sha256_when_abc_then_fips_value(void **state)
{
	char name[GH_SHA256_NAME_LEN];

	(void)state;
	assert_int_equal(gh_sha256_name("abc", 3, name, NULL), 0);
	assert_string_equal(name,
	    "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

/* RFC 6979 A.2.6: P-384, SHA-384, message "sample". */
static void test_verify_when_rfc6979_then_good(void **state)
{
	static const char xy_hex[] =
	    "ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64"
	    "def8f0ea9055866064a254515480bc138015d9b72d7d57244ea8ef9ac0c62189"
	    "6708a59367f9dfb9f54ca84b3f1c9db1288b231c3ae0d4fe7344fd2533264720";
	static const char sig_hex[] =
	    "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c"
	    "81a648152e44acf96e36dd1e80fabe4699ef4aeb15f178cea1fe40db2603138f"
	    "130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8";
	gh_auto(struct gh_pubkey *, gh_pubkey_free) k = NULL;
	unsigned char xy[96], sig[96];

	(void)state;
	assert_int_equal(gh_unhex(xy, 96, xy_hex, NULL), 0);
	assert_int_equal(gh_unhex(sig, 96, sig_hex, NULL), 0);
	assert_int_equal(gh_pubkey_from_xy(&k, 384, xy, NULL), 0);
	assert_string_equal(gh_pubkey_kind(k), "EC P-384");
	assert_int_equal(gh_ecdsa_verify_raw(k, GH_SHA384, gh_text_of("sample"),
			     (struct gh_bytes){sig, 96}, NULL),
	    0);
	for (size_t i = 0; i < sizeof sig; i++) {
		sig[i] ^= 1;
		assert_int_equal(gh_ecdsa_verify_raw(k, GH_SHA384, gh_text_of("sample"),
				     (struct gh_bytes){sig, 96}, NULL),
		    -1);
		sig[i] ^= 1;
	}
	memset(sig, 0, 48);
	assert_int_equal(gh_ecdsa_verify_raw(k, GH_SHA384, gh_text_of("sample"),
			     (struct gh_bytes){sig, 96}, NULL),
	    -1);
	memset(sig, 0xff, 48);
	assert_int_equal(gh_ecdsa_verify_raw(k, GH_SHA384, gh_text_of("sample"),
			     (struct gh_bytes){sig, 96}, NULL),
	    -1);
}

static void test_point_when_not_on_curve_then_refused(void **state)
{
	gh_auto(struct gh_pubkey *, gh_pubkey_free) k = NULL;
	unsigned char xy[64];

	(void)state;
	memset(xy, 5, sizeof xy);
	assert_int_equal(gh_pubkey_from_xy(&k, 256, xy, NULL), -1);
	assert_null(k);
}

static void test_signer_when_signs_then_both_forms_verify(void **state)
{
	gh_auto(struct gh_signer *, gh_signer_free) s = NULL;
	gh_auto(struct gh_signer *, gh_signer_free) again = NULL;
	gh_auto(struct gh_pubkey *, gh_pubkey_free) k = NULL;
	gh_auto(struct gh_buf, gh_buf_free) der = {0};
	gh_auto(struct gh_buf, gh_buf_free) raw = {0};
	gh_auto(struct gh_buf, gh_buf_free) pem = {0};
	struct gh_bytes msg = gh_text_of("a report");

	(void)state;
	assert_int_equal(gh_signer_new(&s, 256, NULL), 0);
	assert_int_equal(gh_signer_pem(s, &pem, NULL), 0);
	assert_int_equal(gh_signer_from_pem(&again, (char *)pem.p, pem.len, NULL), 0);
	assert_int_equal(gh_signer_pubkey(s, &k, NULL), 0);
	assert_int_equal(gh_sign_der(again, GH_SHA256, msg, &der, NULL), 0);
	assert_int_equal(gh_sign_raw(again, GH_SHA256, msg, &raw, NULL), 0);
	assert_int_equal(raw.len, 64);
	assert_int_equal(
	    gh_ecdsa_verify_der(k, GH_SHA256, msg, gh_buf_view(&der), NULL), 0);
	assert_int_equal(
	    gh_ecdsa_verify_raw(k, GH_SHA256, msg, gh_buf_view(&raw), NULL), 0);
	gh_buf_chr(&der, 0);
	assert_int_equal(
	    gh_ecdsa_verify_der(k, GH_SHA256, msg, gh_buf_view(&der), NULL), -1);
	msg.len--;
	assert_int_equal(
	    gh_ecdsa_verify_raw(k, GH_SHA256, msg, gh_buf_view(&raw), NULL), -1);
}

/* The real device chain of an H100: five links to NVIDIA's root. */
static int load_real_chain(struct gh_certs *cs)
{
	gh_auto(struct gh_buf, gh_buf_free) pem = {0};
	char path[512];

	if (gh_path_join(path, sizeof path, vectors_dir(),
		"nvidia/vaultgenome-core/gpu0-cert-chain.pem", NULL) < 0 ||
	    gh_file_read(&pem, path, 1 << 20, NULL) < 0)
		return -1;
	assert_int_equal(gh_certs_from_pem(cs, pem.p, pem.len, 8, NULL), 0);
	return 0;
}

static void test_chain_when_real_then_every_link_ok(void **state)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	struct gh_chain ch = {&cs, 1795403647, true, NULL};
	struct gh_link link[5];
	struct gh_err err = {0};
	char hex[65];

	(void)state;
	if (load_real_chain(&cs) < 0) {
		print_message("the folder of real vectors is absent\n");
		skip();
	}
	assert_int_equal(cs.n, 5);
	assert_int_equal(gh_chain_verify(&ch, link, &err), 0);
	for (size_t i = 0; i < 5; i++)
		assert_true(link[i].ok);
	gh_hex(hex, gh_cert_spki_sha256(cs.at[4]), 32);
	assert_string_equal(
	    hex, "a90c4eb5acfd3e3d03a25db6a26b84f720ad0503196c627c21ddd48dd85b06a4");
}

static void test_chain_when_shuffled_or_short_then_refused(void **state)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	struct gh_chain ch = {&cs, 1795403647, true, NULL};
	struct gh_link link[5];
	struct gh_cert *tmp;

	(void)state;
	if (load_real_chain(&cs) < 0) {
		print_message("the folder of real vectors is absent\n");
		skip();
	}
	tmp = cs.at[1];
	cs.at[1] = cs.at[2];
	cs.at[2] = tmp;
	assert_int_equal(gh_chain_verify(&ch, link, NULL), -1);
	assert_false(link[0].issuer_name);
	cs.at[2] = cs.at[1];
	cs.at[1] = tmp;
	ch.at = 0; /* before any of them was made */
	assert_int_equal(gh_chain_verify(&ch, link, NULL), -1);
	assert_true(link[0].signature && !link[0].in_time);
}

static void test_cert_when_cut_or_grown_then_refused(void **state)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	gh_auto(struct gh_buf, gh_buf_free) der = {0};
	struct gh_cert *c = NULL;

	(void)state;
	if (load_real_chain(&cs) < 0) {
		print_message("the folder of real vectors is absent\n");
		skip();
	}
	gh_buf_add(&der, gh_cert_der(cs.at[0]).p, gh_cert_der(cs.at[0]).len);
	for (size_t n = 0; n < der.len; n++)
		assert_int_equal(gh_cert_from_der(&c, der.p, n, NULL), -1);
	gh_buf_chr(&der, 0);
	assert_int_equal(gh_cert_from_der(&c, der.p, der.len, NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sha256_when_abc_then_fips_value),
	    cmocka_unit_test(test_verify_when_rfc6979_then_good),
	    cmocka_unit_test(test_point_when_not_on_curve_then_refused),
	    cmocka_unit_test(test_signer_when_signs_then_both_forms_verify),
	    cmocka_unit_test(test_chain_when_real_then_every_link_ok),
	    cmocka_unit_test(test_chain_when_shuffled_or_short_then_refused),
	    cmocka_unit_test(test_cert_when_cut_or_grown_then_refused),
	};

	return cmocka_run_group_tests_name("crypto", tests, NULL, NULL);
}
