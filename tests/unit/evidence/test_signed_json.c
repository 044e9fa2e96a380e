/* SPDX-License-Identifier: Apache-2.0
 * Signed JSON: which bytes the signature covers, and every document that is refused. */
#include "evidence/signed_json.h"
#include "tdx_world.h"

#define SIG                                                                              \
	"0123456789abcdefABCDEF00000000000000000000000000000000000000000000000000000000" \
	"000000000000000000000000000000000000000000000000AA"

static int split(struct gh_signed_json *s, const char *text)
{
	struct gh_bytes doc = {(const unsigned char *)text, strlen(text)};

	return gh_signed_json_split(s, doc, "tcbInfo", NULL);
}

static void test_split_when_good_finds_the_exact_bytes(void **state)
{
	static const struct {
		const char *doc, *value;
	} t[] = {
	    {"{\"tcbInfo\":{},\"signature\":\"" SIG "\"}", "{}"},
	    {" \t\r\n{ \"signature\" : \"" SIG
	     "\" ,\n\"tcbInfo\" : { \"a\" : [ 1 , 2 ] } "
	     "} \r\n",
		"{ \"a\" : [ 1 , 2 ] }"},
	    {"{\"x\":\"\\\"tcbInfo\\\":{\",\"tcbInfo\":{\"b\":\"}\"},\"signature\":\"" SIG
	     "\",\"y\":[[],{},-1.5e+3,true,null,\"\\u00e9\\n\\/\"]}",
		"{\"b\":\"}\"}"},
	    {"{\"tcb\\u0049nfo\":{\"c\":0},\"signature\":\"" SIG "\"}", "{\"c\":0}"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		struct gh_signed_json s;

		assert_int_equal(split(&s, t[i].doc), 0);
		assert_int_equal(s.value.len, strlen(t[i].value));
		assert_memory_equal(s.value.p, t[i].value, s.value.len);
		assert_int_equal(s.signature[0], 0x01);
		assert_int_equal(s.signature[8], 0xAB);
		assert_int_equal(s.signature[63], 0xAA);
	}
}

static void test_split_when_bad_is_refused(void **state)
{
	static const char *const t[] = {
	    "",
	    " ",
	    "[]",
	    "{}",
	    "{\"tcbInfo\":{}}",
	    "{\"signature\":\"" SIG "\"}",
	    "{\"tcbInfo\":[],\"signature\":\"" SIG "\"}",
	    "{\"tcbInfo\":\"{}\",\"signature\":\"" SIG "\"}",
	    "{\"tcbInfo\":{},\"signature\":\"" SIG "\"} x",
	    "{\"tcbInfo\":{},\"signature\":\"" SIG "\"}{",
	    "{\"tcbInfo\":{},\"signature\":\"" SIG "\",}",
	    "{\"tcbInfo\":{},\"signature\":\"" SIG "\"",
	    "{\"tcbInfo\":{},\"signature\":\"" SIG "00\"}",
	    "{\"tcbInfo\":{},\"signature\":\"00\"}",
	    "{\"tcbInfo\":{},\"signature\":123}",
	    "{\"tcbInfo\":{},\"signature\":\"\\u0030" SIG "\"}",
	    "{\"tcbInfo\":{},\"tcbInfo\":{},\"signature\":\"" SIG "\"}",
	    "{\"tcbInfo\":{},\"tcb\\u0049nfo\":{},\"signature\":\"" SIG "\"}",
	    "{\"tcbInfo\":{},\"signature\":\"" SIG "\",\"signature\":\"" SIG "\"}",
	    "{\"x\":1,\"x\":1,\"tcbInfo\":{},\"signature\":\"" SIG "\"}",
	    "{\"\\u0000\":1,\"tcbInfo\":{},\"signature\":\"" SIG "\"}",
	    "{\"\\u00e9\":1,\"tcbInfo\":{},\"signature\":\"" SIG "\"}",
	    "{\"\xc3\xa9\":1,\"tcbInfo\":{},\"signature\":\"" SIG "\"}",
	    "{\"\\x\":1,\"tcbInfo\":{},\"signature\":\"" SIG "\"}",
	    "{\"\\u00g0\":1,\"tcbInfo\":{},\"signature\":\"" SIG "\"}",
	    "{\"a\nb\":1,\"tcbInfo\":{},\"signature\":\"" SIG "\"}",
	    "{\"tcbInfo\":{\"a\" 1},\"signature\":\"" SIG "\"}",
	    "{\"tcbInfo\":{1:1},\"signature\":\"" SIG "\"}",
	    "{\"tcbInfo\":{\"a\":},\"signature\":\"" SIG "\"}",
	    "{\"tcbInfo\":{\"a\":[1,]},\"signature\":\"" SIG "\"}",
	    "{\"tcbInfo\":{\"a\":[1}],\"signature\":\"" SIG "\"}",
	    "{\"tcbInfo\" {},\"signature\":\"" SIG "\"}",
	    "{\"0123456789012345678901234567890123456789012345678901234567890123\":1,"
	    "\"tcbInfo\":{},\"signature\":\"" SIG "\"}",
	    "{\"a\\", /* ends in an escape */
	    "{\"a\\u00",
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		struct gh_signed_json s;

		if (split(&s, t[i]) == 0)
			fail_msg("accepted: %s", t[i]);
	}
}

static void test_split_when_at_a_limit_stops_there(void **state)
{
	(void)state;
	for (int depth = 30; depth < 34; depth++) {
		gh_auto(struct gh_buf, gh_buf_free) b = {0};
		struct gh_signed_json s;

		gh_buf_str(&b, "{\"tcbInfo\":{},\"signature\":\"" SIG "\",\"x\":");
		for (int i = 1; i < depth; i++)
			gh_buf_chr(&b, '[');
		for (int i = 1; i < depth; i++)
			gh_buf_chr(&b, ']');
		gh_buf_chr(&b, '}');
		assert_int_equal(
		    split(&s, gh_buf_cstr(&b)), depth <= GH_SIGNED_JSON_DEPTH ? 0 : -1);
	}
	for (int n = 14; n < 18; n++) {
		gh_auto(struct gh_buf, gh_buf_free) b = {0};
		struct gh_signed_json s;

		gh_buf_str(&b, "{\"tcbInfo\":{},\"signature\":\"" SIG "\"");
		for (int i = 2; i < n; i++)
			gh_buf_fmt(&b, ",\"m%d\":0", i);
		gh_buf_chr(&b, '}');
		assert_int_equal(
		    split(&s, gh_buf_cstr(&b)), n <= GH_SIGNED_JSON_MEMBERS ? 0 : -1);
	}
}

static void test_split_when_huge_is_refused(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_signed_json s;

	(void)state;
	gh_buf_str(&b, "{\"tcbInfo\":{},\"signature\":\"" SIG "\"}");
	while (b.len < GH_SIGNED_JSON_MAX)
		gh_buf_chr(&b, ' ');
	assert_int_equal(gh_signed_json_split(&s, gh_buf_view(&b), "tcbInfo", NULL), 0);
	gh_buf_chr(&b, ' ');
	assert_int_equal(gh_signed_json_split(&s, gh_buf_view(&b), "tcbInfo", NULL), -1);
}

static void make_doc(struct gh_buf *out)
{
	sign_text(
	    out, "tcbInfo", "{ \"a\":\"b\\\"\",\n \"c\":[1, {\"d\":null}] }", w.tcb);
}

static void test_verify_when_asked_again_computes_once(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) doc = {0};
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	gh_auto(struct gh_memo *, gh_memo_free) memo = gh_memo_new();
	struct gh_signed_json s;

	(void)state;
	make_doc(&doc);
	add_made(&cs, &w.signer);
	add_made(&cs, &w.root);
	assert_int_equal(gh_signed_json_split(&s, gh_buf_view(&doc), "tcbInfo", NULL), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(gh_signed_json_verify(&s, cs.at[0], memo, NULL), 0);
		assert_int_equal(gh_signed_json_verify(&s, cs.at[1], memo, NULL), -1);
		assert_int_equal(gh_signed_json_verify(&s, cs.at[0], NULL, NULL), 0);
		assert_int_equal(gh_memo_computed(memo), 2);
	}
	s.signature[5] ^= 1;
	assert_int_equal(gh_signed_json_verify(&s, cs.at[0], memo, NULL), -1);
	assert_int_equal(gh_memo_computed(memo), 3);
}

/* One byte less, one bit other: never both split and verified with the same value. */
static void test_document_when_cut_or_flipped_never_verifies(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) doc = {0};
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	struct gh_signed_json s, good;
	size_t same = 0;

	(void)state;
	make_doc(&doc);
	add_made(&cs, &w.signer);
	assert_int_equal(
	    gh_signed_json_split(&good, gh_buf_view(&doc), "tcbInfo", NULL), 0);
	for (size_t len = 0; len < doc.len; len++)
		assert_int_equal(gh_signed_json_split(
				     &s, (struct gh_bytes){doc.p, len}, "tcbInfo", NULL),
		    -1);
	for (size_t i = 0; i < doc.len; i++)
		for (unsigned int bit = 0; bit < 8; bit++) {
			doc.p[i] ^= (unsigned char)(1u << bit);
			if (!gh_signed_json_split(
				&s, gh_buf_view(&doc), "tcbInfo", NULL) &&
			    !gh_signed_json_verify(&s, cs.at[0], NULL, NULL)) {
				same++; /* only the case of a hex digit */
				assert_memory_equal(s.signature, good.signature, 64);
				assert_true(bit == 5 && i >= doc.len - 130);
			}
			doc.p[i] ^= (unsigned char)(1u << bit);
		}
	assert_true(same < 128);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_split_when_good_finds_the_exact_bytes),
	    cmocka_unit_test(test_split_when_bad_is_refused),
	    cmocka_unit_test(test_split_when_at_a_limit_stops_there),
	    cmocka_unit_test(test_split_when_huge_is_refused),
	    cmocka_unit_test(test_verify_when_asked_again_computes_once),
	    cmocka_unit_test(test_document_when_cut_or_flipped_never_verifies),
	};

	return cmocka_run_group_tests(tests, make_world, drop_world);
}
