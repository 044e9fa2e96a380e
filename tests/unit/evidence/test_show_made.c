/* SPDX-License-Identifier: Apache-2.0
 * Shown, never judged: certificates, JSON, tokens and collateral made here, odd in one
 * thing, and all of it while memory runs out. */
#include "evidence/eat_show.h"
#include "evidence/rim_show.h"
#include "evidence/show.h"
#include "evidence/show_certs.h"
#include "evidence/tdx_show.h"
#include "tdx_world.h"
#include "tests/unit/starve.h"

#define PRIVATE "1.3.6.1.4.1.99999." /* nobody's */

static int fields_text(const struct gh_fields *fs, struct gh_buf *out)
{
	gh_buf_clear(out);
	gh_fields_plain(out, fs);
	return gh_buf_ok(out, NULL);
}

static void assert_says(const struct gh_fields *fs, const char *want)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	assert_int_equal(fields_text(fs, &text), 0);
	if (gh_text_find(gh_buf_view(&text), want) == NULL)
		fail_msg("no \"%s\" in\n%s", want, gh_buf_cstr(&text));
}

static void assert_silent(const struct gh_fields *fs, const char *unwanted)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	assert_int_equal(fields_text(fs, &text), 0);
	assert_null(gh_text_find(gh_buf_view(&text), unwanted));
}

/* ---- certificates ---------------------------------------------------------------------- */

static void show_with(struct gh_fields *out, const struct ext *exts, size_t n)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	struct made leaf = {0};
	EVP_PKEY *key = EVP_EC_gen("P-256");

	make_leaf(&leaf, "shown", &w.ca, key, exts, n, false);
	add_made(&cs, &leaf);
	gh_certs_show(out, &cs);
	assert_int_equal(out->depth, 0);
	EVP_PKEY_free(key);
	free_made(&leaf);
}

#define BYTES(s) (const unsigned char *)(s), sizeof(s) - 1

static void test_extension_when_value_is_simple_then_said(void **state)
{
	static const struct {
		struct ext ext;
		const char *want;
	} cases[] = {
	    {{PRIVATE "1", BYTES("\x02\x01\x07")}, "  7\n"},
	    {{PRIVATE "1", BYTES("\x02\x04\xff\xff\xff\xff")}, "4294967295"},
	    {{PRIVATE "1", BYTES("\x02\x05\x01\x00\x00\x00\x00")}, "02050100000000"},
	    {{PRIVATE "1", BYTES("\x02\x02\x07")}, "020207"},
	    {{PRIVATE "1", BYTES("\x02\x00")}, "0200"},
	    {{PRIVATE "1", BYTES("\x16\x05Milan")}, "  Milan\n"},
	    {{PRIVATE "1", BYTES("\x0c\x05Milan")}, "  Milan\n"},
	    {{PRIVATE "1", BYTES("\x13\x05Milan")}, "  Milan\n"},
	    {{PRIVATE "1", BYTES("\x13\x06Milan")}, "13064d696c616e"},
	    {{PRIVATE "1", BYTES("\x04\x02hi")}, "04026869"},
	    {{PRIVATE "1", BYTES("")}, "unknown extension (" PRIVATE "1)"},
	    {{"1.3.6.1.4.1.3704.1.2", BYTES("\x16\x05Turin")}, "AMD productName"},
	    {{"1.2.840.113741.1.13.1", BYTES("\x30\x00")}, "damaged or incomplete"},
	    /* OpenSSL knows the name, and cannot print the value */
	    {{"2.5.29.17", BYTES("\x02\x01\x07")}, "  7\n"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct gh_fields, gh_fields_free) fs = {0};

		show_with(&fs, &cases[i].ext, 1);
		assert_says(&fs, cases[i].want);
	}
}

static void test_extensions_when_too_many_then_some_and_a_word(void **state)
{
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};
	struct ext all[70];
	char oid[70][40];

	(void)state;
	for (size_t i = 0; i < GH_COUNT(all); i++) {
		snprintf(oid[i], sizeof oid[i], PRIVATE "%zu", i + 1);
		all[i] = (struct ext){oid[i], BYTES("\x05\x00")};
	}
	show_with(&fs, all, GH_COUNT(all));
	assert_says(&fs, "74 extensions, 64 are shown");
	assert_says(&fs, PRIVATE "60)");
	assert_silent(&fs, PRIVATE "61)");
}

/* The SGX extension with that type and, when flags is no "", its configuration: 'y' or 'n'
 * for each of dynamic platform, cached keys, SMT. */
static void sgx_with(struct gh_buf *out, unsigned char type, const char *flags)
{
	gh_auto(struct gh_buf, gh_buf_free) tcb = {0}, all = {0}, config = {0};
	static const unsigned char zero[16], instance[16] = {0xAB};

	for (unsigned char i = 1; i <= 17; i++)
		member(&tcb, 2, i, 0x02, zero, 1);
	member(&tcb, 2, 18, 0x04, zero, 16);
	for (unsigned char i = 0; flags[i] != '\0'; i++)
		member(&config, 7, (unsigned char)(i + 1), 0x01,
		    flags[i] == 'y' ? "\xff" : "\0", 1);
	member(&all, 1, 0, 0x04, zero, 16);
	member(&all, 2, 0, 0x30, tcb.p, tcb.len);
	member(&all, 3, 0, 0x04, zero, 2);
	member(&all, 4, 0, 0x04, zero, 6);
	member(&all, 5, 0, 0x0A, &type, 1);
	member(&all, 6, 0, 0x04, instance, 16);
	if (*flags != '\0')
		member(&all, 7, 0, 0x30, config.p, config.len);
	tlv(out, 0x30, all.p, all.len);
}

static void test_sgx_when_of_any_type_then_said(void **state)
{
	static const struct {
		unsigned char type;
		const char *flags, *type_word, *config;
	} cases[] = {
	    {0, "yyy", "standard", "dynamic platform yes, cached keys yes, SMT yes"},
	    {2, "nny", "integrity", "dynamic platform no, cached keys no, SMT yes"},
	    {3, "yn", "unknown", "dynamic platform yes, cached keys no, SMT no"},
	    {1, "", "scalable", NULL},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct gh_fields, gh_fields_free) fs = {0};
		gh_auto(struct gh_buf, gh_buf_free) der = {0};

		sgx_with(&der, cases[i].type, cases[i].flags);
		const struct ext e = {"1.2.840.113741.1.13.1", der.p, der.len};
		show_with(&fs, &e, 1);
		assert_says(&fs, cases[i].type_word);
		if (cases[i].config == NULL)
			assert_silent(&fs, "dynamic platform");
		else
			assert_says(&fs, cases[i].config);
		assert_says(&fs, "ab000000000000000000000000000000");
	}
}

/* ---- JSON ------------------------------------------------------------------------------ */

typedef int show_fn(struct gh_fields *out, struct gh_bytes b, struct gh_err *err);

static void show_text(struct gh_fields *out, show_fn *show, const char *text)
{
	assert_int_equal(show(out, gh_text_of(text), NULL), 0);
	assert_int_equal(out->depth, 0);
	assert_null(out->whole.p);
	assert_int_equal(gh_fields_ok(out, NULL), 0);
}

static int show_unknown(struct gh_fields *out, struct gh_bytes b, struct gh_err *err)
{
	struct gh_evidence e = {.type = GH_EV_UNKNOWN, .label = "x 0"};

	gh_buf_add(&e.bytes, b.p, b.len);
	int rc = gh_evidence_show(out, &e, err);
	gh_buf_free(&e.bytes);
	return rc;
}

static void test_json_when_unknown_then_every_member(void **state)
{
	gh_auto(struct gh_fields, gh_fields_free) fs = {0}, deep = {0}, bad = {0};
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	(void)state;
	show_text(&fs, show_unknown, "{\"a\":[1,{\"b\":\"c\"},[]],\"d\":null,\"e\":{}}");
	assert_says(&fs, "not recognised");
	assert_says(&fs, "\"c\"");
	assert_says(&fs, "null");
	for (int i = 0; i < 20; i++)
		gh_buf_str(&b, "[");
	for (int i = 0; i < 20; i++)
		gh_buf_str(&b, "]");
	show_text(&deep, show_unknown, gh_buf_cstr(&b));
	assert_says(&deep, "[[[[[[[]]]]]]]"); /* the rest on one line */
	show_text(&bad, show_unknown, "{\"a\":");
	assert_says(&bad, "error");
}

/* One document of Intel's around that value of "x". */
static void show_info(struct gh_fields *out, const char *x)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	gh_buf_fmt(&b, "{\"tcbInfo\":{\"x\":%s},\"signature\":\"%0128d\"}", x, 0);
	show_text(out, gh_tdx_collateral_show, gh_buf_cstr(&b));
	assert_says(out, "error"); /* it is none: said, and shown all the same */
}

static void test_components_when_odd_then_as_a_list(void **state)
{
	static const struct {
		const char *x, *want;
	} cases[] = {
	    {"[{\"svn\":7},{\"svn\":2,\"type\":\"t\"}]", "7 2"},
	    {"[{\"svn\":7},{\"svn\":\"2\"}]", "x: 2"},
	    {"[{\"svn\":7},{}]", "x: 2"},
	    {"[{\"svn\":7},8]", "x: 2"},
	    {"[]", "x: 0"},
	    {"true", "true"},
	    {"1.5", "1.5"},
	    {"{\"y\":\"z\"}", "z"},
	};
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	gh_auto(struct gh_fields, gh_fields_free) many = {0};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct gh_fields, gh_fields_free) fs = {0};

		show_info(&fs, cases[i].x);
		assert_says(&fs, cases[i].want);
	}
	for (int i = 0; i < 65; i++)
		gh_buf_str(&b, i > 0 ? ",{\"svn\":1}" : "[{\"svn\":1}");
	gh_buf_str(&b, "]");
	show_info(&many, gh_buf_cstr(&b));
	assert_says(&many, "x: 65");
}

static void test_answer_when_odd_then_shown_with_an_error(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
	    {"7", "error"},
	    {"[[\"JWT\",\"a.b.c\"],{\"GPU-0\":\"a.b.c\",\"GPU-1\":7}]", "GPU-"},
	    {"[[\"JWT\",\"a.b.c\"],7]", "error"},
	    {"{\"detached_eat\":7,\"result_code\":3,\"result_message\":\"m\"}", "m"},
	    {"{\"claims\":[{\"iat\":-1,\"nbf\":1099511627776,\"exp\":\"soon\"}]}",
		"1099511627776"},
	    {"{\"claims\":[{\"iat\":0,\"exp\":1}]}", "1970-01-01"},
	    {"{\"claims\":[{\"hardware\":2,\"configuration\":128,\"executables\":-2}]}",
		"128"},
	    {"{\"claims\":[{\"hardware\":2.0,\"configuration\":null}]}", "2.0"},
	    {"{\"claims\":[7,{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{\"g\":1}}}}}}}]}",
		"{\"g\":1}"},
	    {"{\"claims\":\"none\"}", "error"},
	    {"{", "error"},
	};
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	gh_auto(struct gh_fields, gh_fields_free) many = {0};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct gh_fields, gh_fields_free) fs = {0};

		show_text(&fs, gh_eat_show, cases[i].text);
		assert_says(&fs, cases[i].want);
	}
	gh_buf_str(&b, "{\"claims\":[{}");
	for (int i = 0; i < 64; i++)
		gh_buf_str(&b, ",{}");
	gh_buf_str(&b, "]}");
	show_text(&many, gh_eat_show, gh_buf_cstr(&b));
	assert_says(&many, "claims of device 63,");
	assert_silent(&many, "claims of device 64,");
}

static void test_rim_when_many_attributes_then_some(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};

	(void)state;
	gh_buf_str(&b, "<SoftwareIdentity "
		       "xmlns=\"http://standards.iso.org/iso/19770/-2/2015/schema.xsd\"");
	for (int i = 0; i < 50; i++)
		gh_buf_fmt(&b, " a%d=\"value %d\"", i, i);
	gh_buf_str(&b, "><Entity/><Other x=\"y\"/></SoftwareIdentity>");
	show_text(&fs, gh_rim_show, gh_buf_cstr(&b));
	assert_says(&fs, "value 39");
	assert_silent(&fs, "value 40");
	assert_silent(&fs, "Other");
}

/* ---- without memory -------------------------------------------------------------------- */

static int starve_certs(void *arg, struct gh_err *err)
{
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};

	gh_certs_show(&fs, arg);
	assert_int_equal(fs.depth, 0);
	return gh_fields_ok(&fs, err);
}

static int starve_piece(void *arg, struct gh_err *err)
{
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};

	if (gh_evidence_show(&fs, arg, err) < 0)
		return -1;
	assert_int_equal(fs.depth, 0);
	assert_null(fs.whole.p);
	return 0;
}

static void test_show_when_memory_ends_then_error_or_fields(void **state)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	struct gh_evidence e = {.type = GH_EV_CERTS, .label = "certs 0"};

	(void)state;
	need_starving();
	add_made(&cs, &w.ca);
	assert_true(starve("certificates", starve_certs, &cs) > 0);
	struct gh_bytes der = gh_cert_der(cs.at[0]);
	gh_buf_add(&e.bytes, der.p, der.len);
	assert_true(starve("a piece", starve_piece, &e) > 0);
	gh_buf_free(&e.bytes);
	/* libxml2 and jansson have their memory: what they lack they take for bad syntax */
	starve_libraries = false;
	e.type = GH_EV_RIM;
	gh_buf_str(&e.bytes, "<SoftwareIdentity "
			     "xmlns=\"http://standards.iso.org/iso/19770/-2/2015/"
			     "schema.xsd\"/>");
	assert_true(starve("a RIM", starve_piece, &e) > 0);
	gh_buf_clear(&e.bytes);
	e.type = GH_EV_JWKS;
	gh_buf_str(&e.bytes, "{\"keys\":[{\"kty\":\"EC\",\"kid\":\"a\"}]}");
	assert_true(starve("keys", starve_piece, &e) > 0);
	starve_libraries = true;
	gh_buf_free(&e.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_extension_when_value_is_simple_then_said),
	    cmocka_unit_test(test_extensions_when_too_many_then_some_and_a_word),
	    cmocka_unit_test(test_sgx_when_of_any_type_then_said),
	    cmocka_unit_test(test_json_when_unknown_then_every_member),
	    cmocka_unit_test(test_components_when_odd_then_as_a_list),
	    cmocka_unit_test(test_answer_when_odd_then_shown_with_an_error),
	    cmocka_unit_test(test_rim_when_many_attributes_then_some),
	    cmocka_unit_test(test_show_when_memory_ends_then_error_or_fields),
	};

	return cmocka_run_group_tests(tests, make_world, drop_world);
}
