/* SPDX-License-Identifier: Apache-2.0
 * Evidence of ERoTs: real chains of an HGX H100, transcripts signed by a test key, and every
 * way in which one thing is wrong. */
#include "base/file.h"
#include "base/json.h"
#include "erot_kit.h"
#include "evidence/erot.h"
#include "evidence/spdm_exchange.h"

static const unsigned char nonce[32] = "what we asked with, 32 bytes....";
static struct erot good, foreign, gpu, small;
static struct gh_trust trust;

static int make(void **state)
{
	(void)state;
	erot_make(&good, "NVIDIA eROT Identity CA 01", NULL, 384);
	erot_make(&foreign, "NVIDIA eROT Identity CA 01", NULL, 384);
	erot_make(&gpu, "NVIDIA GH100 Identity", NULL, 384);
	erot_make(&small, "NVIDIA eROT Identity CA 01", &good, 256);
	erot_trust(&trust, &good, false);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	erot_free(&good);
	erot_free(&foreign);
	erot_free(&gpu);
	erot_free(&small);
	return 0;
}

/* ---- one case ---- */

struct sample {
	struct gh_buf chain, transcript;
	struct gh_erot_in in;
	struct gh_erot out;
};

static void sample_free(struct sample *s)
{
	gh_buf_free(&s->chain);
	gh_buf_free(&s->transcript);
}

static const struct erot_say plain = {0x11, GH_SHA384, 0, nonce, 3};

static void sample_make(
    struct sample *s, const struct erot *of, const struct erot_say *say)
{
	*s = (struct sample){0};
	erot_chain(&s->chain, of);
	erot_transcript(&s->transcript, say, of->key[EROT_LEAF]);
	s->in = (struct gh_erot_in){.nonce = nonce, .at = EROT_AT, .trust = &trust};
}

static void judge(struct sample *s)
{
	s->in.chain = gh_buf_view(&s->chain);
	s->in.transcript = gh_buf_view(&s->transcript);
	if (!s->chain.len)
		s->in.chain.p = NULL;
	if (!s->transcript.len)
		s->in.transcript.p = NULL;
	gh_erot_verify(&s->out, &s->in);
}

static void expect(struct sample *s, enum gh_verdict v, const char *code)
{
	judge(s);
	if (s->out.verdict != v || strcmp(s->out.code, code) != 0)
		print_error("%s '%s', expected %s '%s': %s\n",
		    gh_verdict_word(s->out.verdict), s->out.code, gh_verdict_word(v),
		    code, s->out.what);
	assert_int_equal(s->out.verdict, v);
	assert_string_equal(s->out.code, code);
	assert_true(v == GH_PASS || s->out.what[0]);
}

/* ---- real chains ---- */

static json_t *capture(void)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	const char *dir = getenv("GH_VECTORS");
	char path[2048];

	snprintf(path, sizeof(path), "%s/host/redfish-dgx-h100-viking.json",
	    dir ? dir : "../shared/vectors");
	if (gh_file_read(&text, path, 16u << 20, NULL) < 0) {
		print_message("SKIP: no %s (set GH_VECTORS)\n", path);
		skip();
	}
	return gh_json_parse(text.p, text.len, NULL);
}

static void test_chain_when_real_then_pinned_at_any_time(void **state)
{
	static const char *const names[] = {"GPU_SXM_1", "NVSwitch_0"};
	static const int64_t at[] = {EROT_AT, INT64_C(4102444800), INT64_C(253402214400)};
	struct gh_trust real = {0};
	uint8_t leaf[2][32];

	(void)state;
	gh_auto(json_t *, gh_json_free) all = capture();
	assert_int_equal(gh_trust_builtin(&real, NULL), 0);
	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; k < GH_COUNT(at); k++) {
			char path[128];
			struct gh_erot e;

			snprintf(path, sizeof(path),
			    "/redfish/v1/Chassis/HGX_ERoT_%s/Certificates/CertChain",
			    names[i]);
			struct gh_erot_in in = {.at = at[k],
			    .trust = &real,
			    .nonce = nonce,
			    .chain = gh_text_of(gh_json_text(
				json_object_get(all, path), "CertificateString"))};
			gh_erot_verify(&e, &in);
			assert_int_equal(e.verdict, GH_UNKNOWN);
			assert_string_equal(e.code, "no_measurements");
			assert_true(e.chain_ok && !e.lab);
			assert_string_equal(e.root, "NVIDIA Device Identity CA");
			memcpy(leaf[i], e.leaf, 32);
		}
	assert_memory_not_equal(leaf[0], leaf[1], 32);
}

static void test_chain_when_real_and_flipped_then_never_pinned(void **state)
{
	struct gh_trust real = {0};
	size_t n_ok = 0;

	(void)state;
	gh_auto(json_t *, gh_json_free) all = capture();
	gh_auto(struct gh_buf, gh_buf_free) pem = {0};
	assert_int_equal(gh_trust_builtin(&real, NULL), 0);
	gh_buf_str(&pem,
	    gh_json_text(
		json_object_get(
		    all, "/redfish/v1/Chassis/HGX_ERoT_GPU_SXM_1/Certificates/CertChain"),
		"CertificateString"));
	struct gh_erot_in in = {.at = EROT_AT, .trust = &real};
	for (size_t i = 0; i < pem.len; i += 7) {
		struct gh_erot e;

		pem.p[i] ^= 1;
		in.chain = gh_buf_view(&pem);
		gh_erot_verify(&e, &in);
		n_ok += e.chain_ok;
		assert_int_not_equal(e.verdict, GH_PASS);
		pem.p[i] ^= 1;
	}
	/* a line break that became another blank is no change of a certificate */
	assert_true(n_ok < pem.len / 7 / 20);
}

/* ---- made ---- */

static void test_verify_when_each_form_then_passes(void **state)
{
	static const struct erot_say forms[] = {{0x11, GH_SHA384, 0, nonce, 3},
	    {0x11, GH_SHA512, 0, nonce, 1}, {0x11, GH_SHA256, 0, nonce, 40},
	    {0x12, GH_SHA384, 0, nonce, 3}, {0x12, GH_SHA512, 0, nonce, 3},
	    {0x12, GH_SHA256, 0, nonce, 3}};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(forms); i++) {
		gh_auto(struct sample, sample_free) s = {0};

		sample_make(&s, &good, &forms[i]);
		expect(&s, GH_PASS, "");
		assert_true(s.out.chain_ok && !s.out.lab);
		assert_int_equal(s.out.version, forms[i].version);
		assert_int_equal(s.out.n_blocks, forms[i].n_blocks);
	}
}

static void test_verify_when_leaf_first_then_passes(void **state)
{
	gh_auto(struct sample, sample_free) s = {0};

	(void)state;
	sample_make(&s, &good, &plain);
	gh_buf_clear(&s.chain);
	for (int i = EROT_CERTS; i-- > 0;)
		erot_pem(&s.chain, good.x[i]);
	expect(&s, GH_PASS, "");
}

static void test_verify_when_lab_root_then_says_lab(void **state)
{
	gh_auto(struct sample, sample_free) s = {0};
	struct gh_trust lab;

	(void)state;
	erot_trust(&lab, &good, true);
	sample_make(&s, &good, &plain);
	s.in.trust = &lab;
	expect(&s, GH_PASS, "");
	assert_true(s.out.lab);
}

static void test_verify_when_chain_is_wrong_then_fails(void **state)
{
	gh_auto(struct sample, sample_free) s = {0};

	(void)state;
	sample_make(&s, &foreign, &plain);
	expect(&s, GH_FAIL, "root");
	assert_false(s.out.chain_ok);
	s.in.trust = NULL;
	expect(&s, GH_FAIL, "root");
	s.in.trust = &trust;
	gh_buf_clear(&s.chain); /* our leaf below a foreign authority */
	for (int i = 0; i < EROT_LEAF; i++)
		erot_pem(&s.chain, foreign.x[i]);
	erot_pem(&s.chain, good.x[EROT_LEAF]);
	expect(&s, GH_FAIL, "chain");
	gh_buf_clear(&s.chain); /* one link is absent */
	for (int i = 0; i < EROT_CERTS; i++)
		if (i != EROT_PCA)
			erot_pem(&s.chain, good.x[i]);
	expect(&s, GH_FAIL, "chain");
	gh_buf_clear(&s.chain);
	erot_pem(&s.chain, good.x[EROT_LEAF]);
	expect(&s, GH_FAIL, "chain");
	gh_buf_clear(&s.chain);
	gh_buf_str(&s.chain, "no certificate\x1b[2J");
	expect(&s, GH_FAIL, "chain");
	gh_buf_clear(&s.chain);
	expect(&s, GH_UNKNOWN, "no_chain");
}

static void test_verify_when_out_of_time_then_fails(void **state)
{
	gh_auto(struct sample, sample_free) s = {0};

	(void)state;
	sample_make(&s, &good, &plain);
	s.in.at = EROT_AT + 86401;
	expect(&s, GH_FAIL, "chain");
	s.in.at = EROT_AT - 86401;
	expect(&s, GH_FAIL, "chain");
}

static void test_verify_when_nonce_is_another_then_fails(void **state)
{
	gh_auto(struct sample, sample_free) s = {0};
	unsigned char other[32];

	(void)state;
	memcpy(other, nonce, 32);
	other[31] ^= 1;
	sample_make(&s, &good, &plain);
	s.in.nonce = other;
	expect(&s, GH_FAIL, "nonce");
	s.in.nonce = NULL;
	expect(&s, GH_UNKNOWN, "no_nonce");
}

static void test_verify_when_another_signs_then_fails(void **state)
{
	gh_auto(struct sample, sample_free) s = {0};

	(void)state;
	sample_make(&s, &good, &plain);
	gh_buf_clear(&s.transcript);
	erot_transcript(&s.transcript, &plain, foreign.key[EROT_LEAF]);
	expect(&s, GH_FAIL, "signature");
	/* the authority above may sign certificates, not measurements */
	gh_buf_clear(&s.transcript);
	erot_transcript(&s.transcript, &plain, good.key[EROT_BROM]);
	expect(&s, GH_FAIL, "signature");
}

/* A signature of 1.1's form over what 1.2 would say, and the other way round. */
static void test_verify_when_prefix_is_of_another_version_then_fails(void **state)
{
	const struct erot_say v12 = {0x12, GH_SHA384, 0, nonce, 3};
	gh_auto(struct sample, sample_free) s = {0};
	gh_auto(struct gh_buf, gh_buf_free) sig = {0};

	(void)state;
	sample_make(&s, &good, &v12);
	s.transcript.len -= 96;
	assert_int_equal(gh_sign_raw(good.key[EROT_LEAF], GH_SHA384,
			     gh_buf_view(&s.transcript), &sig, NULL),
	    0);
	gh_buf_add(&s.transcript, sig.p, sig.len);
	expect(&s, GH_FAIL, "signature");
}

static void test_verify_when_not_known_then_unknown(void **state)
{
	const struct erot_say empty = {0x11, GH_SHA384, 0, nonce, 0};
	const struct erot_say rsa = {0x12, GH_SHA384, 2, nonce, 3};
	const struct erot_say v13 = {0x13, GH_SHA384, 0, nonce, 3};
	const struct erot_say *const forms[] = {&rsa, &v13};
	struct gh_trust gpus;

	(void)state;
	for (size_t i = 0; i < GH_COUNT(forms); i++) {
		gh_auto(struct sample, sample_free) s = {0};

		sample_make(&s, &good, forms[i]);
		expect(&s, GH_UNKNOWN, "form");
	}
	gh_auto(struct sample, sample_free) s = {0};
	sample_make(&s, &good, &empty);
	expect(&s, GH_UNKNOWN, "no_measurements");
	gh_buf_clear(&s.transcript);
	expect(&s, GH_UNKNOWN, "no_measurements");
	gh_buf_add(
	    &s.transcript, "\x12\xe0\x01\xff", 4); /* 1.2 without its negotiation */
	expect(&s, GH_UNKNOWN, "form");
	gh_buf_clear(&s.transcript);
	gh_buf_add(&s.transcript, "\x11\xe0\x00\x01", 4); /* not signed: one of several */
	expect(&s, GH_UNKNOWN, "form");
	gh_buf_clear(&s.chain); /* a key on another curve */
	erot_chain(&s.chain, &small);
	gh_buf_clear(&s.transcript);
	erot_transcript(&s.transcript, &plain, good.key[EROT_LEAF]);
	expect(&s, GH_UNKNOWN, "form");
	/* a GPU's own evidence is genuine, and no ERoT's */
	gh_auto(struct sample, sample_free) g = {0};
	erot_trust(&gpus, &gpu, false);
	sample_make(&g, &gpu, &plain);
	g.in.trust = &gpus;
	expect(&g, GH_UNKNOWN, "kind");
	g.transcript.p[g.transcript.len - 1] ^= 1;
	expect(&g, GH_FAIL, "signature");
}

/* ---- hostile bytes ---- */

static void cut_and_flip(const struct erot_say *say)
{
	gh_auto(struct sample, sample_free) s = {0};
	size_t len;

	sample_make(&s, &good, say);
	len = s.transcript.len;
	s.in.memo = gh_memo_new(); /* the chain is verified once */
	for (size_t i = 0; i < len; i++) {
		s.transcript.p[i] ^= 0x40;
		judge(&s);
		assert_int_not_equal(s.out.verdict, GH_PASS);
		s.transcript.p[i] ^= 0x40;
		s.transcript.len = i;
		judge(&s);
		assert_int_not_equal(s.out.verdict, GH_PASS);
		s.transcript.len = len;
	}
	expect(&s, GH_PASS, "");
	gh_buf_chr(&s.transcript, 0);
	expect(&s, GH_FAIL, "transcript");
	gh_memo_free(&s.in.memo);
}

static void test_verify_when_cut_or_flipped_then_never_passes(void **state)
{
	const struct erot_say v12 = {0x12, GH_SHA384, 0, nonce, 2};
	const struct erot_say v11 = {0x11, GH_SHA384, 0, nonce, 2};

	(void)state;
	cut_and_flip(&v11);
	cut_and_flip(&v12);
}

static void test_parse_when_a_length_lies_then_refused(void **state)
{
	static const struct {
		size_t at;
		unsigned char value;
	} lies[] = {{41, 0xff}, {42, 0xff}, {44, 0xff}, {47, 0xff}, {48, 0xff}, {50, 0},
	    {51, 0xff}};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(lies); i++) {
		gh_auto(struct gh_buf, gh_buf_free) b = {0};
		struct gh_spdm_exchange x;
		struct gh_err err = {0};

		erot_transcript(&b, &plain, good.key[EROT_LEAF]);
		assert_int_equal(gh_spdm_exchange_parse(&x, b.p, b.len, NULL), 0);
		assert_int_equal(x.n_blocks, 3);
		assert_memory_equal(x.nonce, nonce, 32);
		b.p[lies[i].at] = lies[i].value;
		assert_int_equal(gh_spdm_exchange_parse(&x, b.p, b.len, &err), -1);
		assert_false(x.unread);
		assert_non_null(strstr(err.what, "SPDM transcript"));
	}
}

static void test_parse_when_too_large_then_refused(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_spdm_exchange x;

	(void)state;
	gh_buf_add(&b, "\x11\xe0\x01\xff", 4);
	erot_zeros(&b, GH_SPDM_EXCHANGE_MAX);
	assert_int_equal(gh_spdm_exchange_parse(&x, b.p, b.len, NULL), -1);
	assert_int_equal(gh_spdm_exchange_parse(&x, b.p, 1, NULL), -1);
	assert_int_equal(gh_spdm_exchange_parse(&x, NULL, 0, NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_chain_when_real_then_pinned_at_any_time),
	    cmocka_unit_test(test_chain_when_real_and_flipped_then_never_pinned),
	    cmocka_unit_test(test_verify_when_each_form_then_passes),
	    cmocka_unit_test(test_verify_when_leaf_first_then_passes),
	    cmocka_unit_test(test_verify_when_lab_root_then_says_lab),
	    cmocka_unit_test(test_verify_when_chain_is_wrong_then_fails),
	    cmocka_unit_test(test_verify_when_out_of_time_then_fails),
	    cmocka_unit_test(test_verify_when_nonce_is_another_then_fails),
	    cmocka_unit_test(test_verify_when_another_signs_then_fails),
	    cmocka_unit_test(test_verify_when_prefix_is_of_another_version_then_fails),
	    cmocka_unit_test(test_verify_when_not_known_then_unknown),
	    cmocka_unit_test(test_verify_when_cut_or_flipped_then_never_passes),
	    cmocka_unit_test(test_parse_when_a_length_lies_then_refused),
	    cmocka_unit_test(test_parse_when_too_large_then_refused),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
