/* SPDX-License-Identifier: Apache-2.0
 * Tokens and key sets: keys made here, RFC 7520's examples, every byte flipped. */
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "crypto/jwk.h"
#include "crypto/jws.h"
#include "tests/unit/tap.h"

static struct gh_bytes text(const char *s)
{
	return gh_text_of(s);
}

/* header and payload as text, signed by s with that digest. */
static char *make_token(
    const char *header, const char *payload, const struct gh_signer *s, enum gh_hash h)
{
	gh_auto(struct gh_buf, gh_buf_free) out = {0};
	gh_auto(struct gh_buf, gh_buf_free) sig = {0};

	gh_b64url(&out, header, strlen(header));
	gh_buf_chr(&out, '.');
	gh_b64url(&out, payload, strlen(payload));
	if (s != NULL)
		assert_int_equal(gh_sign_raw(s, h, gh_buf_view(&out), &sig, NULL), 0);
	gh_buf_chr(&out, '.');
	gh_b64url(&out, sig.p, sig.len);
	return gh_buf_take_str(&out);
}

static const char *fault_of(const char *token, unsigned int allowed)
{
	gh_auto(struct gh_jws, gh_jws_free) j = {0};
	struct gh_err e = {0};
	int rc = gh_jws_parse(&j, text(token), allowed, &e);

	assert_int_equal(rc, *j.fault ? -1 : 0);
	assert_int_equal(e.code, *j.fault ? GH_E_PARSE : GH_E_NONE);
	return j.fault;
}

static bool is_good(struct gh_bytes token, const struct gh_pubkey *k, struct gh_memo *m)
{
	gh_auto(struct gh_jws, gh_jws_free) j = {0};

	return gh_jws_parse(&j, token, GH_JWS_DEFAULT, NULL) == 0 &&
	       gh_jws_verify(&j, k, m, NULL) == 0;
}

static void test_base64url_when_strict_then_one_form_only(void **state)
{
	static const struct {
		const char *in;
		int rc;
	} t[] = {
	    {"", 0},
	    {"AA", 0},
	    {"AAA", 0},
	    {"-_-_", 0},
	    {"A", -1},
	    {"AAAAA", -1},
	    {"AB", -1},   /* bits left over */
	    {"AAB", -1},  /* likewise */
	    {"AA==", -1}, /* padding */
	    {"AAA=", -1},
	    {"+/AA", -1},
	    {"AA A", -1},
	    {"AA\nA", -1},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_buf, gh_buf_free) out = {0};

		assert_int_equal(gh_unb64url(&out, text(t[i].in), NULL), t[i].rc);
	}
	for (size_t n = 0; n < 70; n++) {
		gh_auto(struct gh_buf, gh_buf_free) b64 = {0};
		gh_auto(struct gh_buf, gh_buf_free) back = {0};
		unsigned char raw[70];

		for (size_t i = 0; i < n; i++)
			raw[i] = (unsigned char)(251 * (i + n) ^ 0xf8);
		gh_b64url(&b64, raw, n);
		assert_int_equal(gh_unb64url(&back, gh_buf_view(&b64), NULL), 0);
		assert_int_equal(back.len, n);
		assert_true(n == 0 || memcmp(back.p, raw, n) == 0);
	}
}

static void test_token_when_made_here_then_good_and_remembered(void **state)
{
	static const struct {
		int bits;
		enum gh_hash hash;
		const char *header;
	} t[] = {
	    {256, GH_SHA256, "{\"alg\":\"ES256\",\"kid\":\"a\"}"},
	    {384, GH_SHA384, "{\"alg\":\"ES384\",\"typ\":\"JWT\"}"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_signer *, gh_signer_free) s = NULL;
		gh_auto(struct gh_signer *, gh_signer_free) other = NULL;
		gh_auto(struct gh_pubkey *, gh_pubkey_free) k = NULL;
		gh_auto(struct gh_pubkey *, gh_pubkey_free) wrong = NULL;
		gh_auto(struct gh_memo *, gh_memo_free) m = gh_memo_new();
		gh_auto(char *, gh_str_free) token = NULL;

		assert_int_equal(gh_signer_new(&s, t[i].bits, NULL), 0);
		assert_int_equal(gh_signer_new(&other, t[i].bits, NULL), 0);
		assert_int_equal(gh_signer_pubkey(s, &k, NULL), 0);
		assert_int_equal(gh_signer_pubkey(other, &wrong, NULL), 0);
		token = make_token(t[i].header, "{\"a\":1}", s, t[i].hash);
		assert_true(is_good(text(token), k, NULL));
		for (int round = 0; round < 3; round++) {
			assert_true(is_good(text(token), k, m));
			assert_false(is_good(text(token), wrong, m));
		}
		assert_int_equal(gh_memo_computed(m), 2);
	}
}

static void test_token_when_any_byte_flipped_or_cut_then_bad(void **state)
{
	gh_auto(struct gh_signer *, gh_signer_free) s = NULL;
	gh_auto(struct gh_pubkey *, gh_pubkey_free) k = NULL;
	gh_auto(char *, gh_str_free) token = NULL;
	size_t n;

	(void)state;
	assert_int_equal(gh_signer_new(&s, 384, NULL), 0);
	assert_int_equal(gh_signer_pubkey(s, &k, NULL), 0);
	token = make_token("{\"alg\":\"ES384\",\"kid\":\"k\"}",
	    "{\"iss\":\"x\",\"iat\":1}", s, GH_SHA384);
	n = strlen(token);
	for (size_t i = 0; i < n; i++)
		for (int bit = 0; bit < 8; bit++) {
			token[i] = (char)(token[i] ^ 1 << bit);
			assert_false(is_good(
			    (struct gh_bytes){(unsigned char *)token, n}, k, NULL));
			token[i] = (char)(token[i] ^ 1 << bit);
		}
	for (size_t i = 0; i < n; i++)
		assert_false(
		    is_good((struct gh_bytes){(unsigned char *)token, i}, k, NULL));
	assert_true(is_good(text(token), k, NULL));
}

static void test_parse_when_not_strict_then_named_fault(void **state)
{
	static const struct {
		const char *header, *fault;
	} t[] = {
	    {"{\"alg\":\"ES384\"}", ""},
	    {"{\"alg\":\"ES256\"}", ""},
	    {"{\"alg\":\"none\"}", "none"},
	    {"{\"alg\":\"None\"}", "alg"},
	    {"{\"alg\":\"HS256\"}", "alg"},
	    {"{\"alg\":\"RS256\"}", "alg"},
	    {"{\"alg\":\"ES512\"}", "alg"},
	    {"{\"alg\":\"es384\"}", "alg"},
	    {"{\"alg\":384}", "alg"},
	    {"{}", "alg"},
	    {"[]", "header"},
	    {"1", "header"},
	    {"{\"alg\":\"ES384\"", "header"},
	    {"{\"alg\":\"ES384\",\"alg\":\"none\"}", "header"},
	    {"{\"alg\":\"ES384\",\"crit\":[\"x\"]}", "crit"},
	    {"{\"alg\":\"ES384\",\"crit\":[]}", "crit"},
	    {"{\"alg\":\"ES384\",\"b64\":false}", "b64"},
	    {"{\"alg\":\"ES384\",\"b64\":true}", "b64"},
	    {"{\"alg\":\"ES384\",\"kid\":7}", "kid"},
	    {"{\"alg\":\"ES384\",\"jwk\":{}}", ""},
	};
	gh_auto(struct gh_buf, gh_buf_free) big = {0};
	char kid[400];

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(char *, gh_str_free) token =
		    make_token(t[i].header, "{}", NULL, GH_SHA384);

		assert_string_equal(fault_of(token, GH_JWS_DEFAULT), t[i].fault);
	}
	for (int n = 255; n <= 256; n++) {
		gh_auto(char *, gh_str_free) token = NULL;

		snprintf(kid, sizeof(kid), "{\"alg\":\"ES384\",\"kid\":\"%0*d\"}", n, 0);
		token = make_token(kid, "{}", NULL, GH_SHA384);
		assert_string_equal(
		    fault_of(token, GH_JWS_DEFAULT), n == 255 ? "" : "kid");
	}
	assert_string_equal(fault_of("eyJhbGciOiJFUzM4NCJ9.e30.", GH_JWS_ES256), "alg");
	assert_string_equal(fault_of("", GH_JWS_DEFAULT), "parts");
	assert_string_equal(fault_of(".", GH_JWS_DEFAULT), "parts");
	assert_string_equal(fault_of("..", GH_JWS_DEFAULT), "parts");
	assert_string_equal(fault_of("e30.e30", GH_JWS_DEFAULT), "parts");
	assert_string_equal(fault_of("e30.e30.AA.AA", GH_JWS_DEFAULT), "parts");
	assert_string_equal(fault_of("e30.e30.AA.", GH_JWS_DEFAULT), "parts");
	assert_string_equal(fault_of("e30=.e30.AA", GH_JWS_DEFAULT), "base64");
	assert_string_equal(fault_of("e30.e31.AA", GH_JWS_DEFAULT), "base64");
	assert_string_equal(fault_of("e30.e30.AA==", GH_JWS_DEFAULT), "base64");
	assert_string_equal(fault_of(" e30.e30.AA", GH_JWS_DEFAULT), "base64");
	for (size_t i = 0; i <= GH_JWS_MAX; i++)
		gh_buf_chr(&big, 'A');
	assert_string_equal(fault_of(gh_buf_cstr(&big), GH_JWS_DEFAULT), "size");
}

static void test_verify_when_curve_or_length_differs_then_bad(void **state)
{
	gh_auto(struct gh_signer *, gh_signer_free) s256 = NULL;
	gh_auto(struct gh_signer *, gh_signer_free) s384 = NULL;
	gh_auto(struct gh_pubkey *, gh_pubkey_free) k256 = NULL;
	gh_auto(struct gh_pubkey *, gh_pubkey_free) k384 = NULL;
	gh_auto(char *, gh_str_free) token = NULL;
	gh_auto(char *, gh_str_free) swapped = NULL;
	gh_auto(struct gh_jws, gh_jws_free) none = {0};
	char *dot;

	(void)state;
	assert_int_equal(gh_signer_new(&s256, 256, NULL), 0);
	assert_int_equal(gh_signer_new(&s384, 384, NULL), 0);
	assert_int_equal(gh_signer_pubkey(s256, &k256, NULL), 0);
	assert_int_equal(gh_signer_pubkey(s384, &k384, NULL), 0);
	token = make_token("{\"alg\":\"ES384\"}", "{}", s384, GH_SHA384);
	swapped = make_token("{\"alg\":\"ES256\"}", "{}", s384, GH_SHA256);
	assert_true(is_good(text(token), k384, NULL));
	assert_false(is_good(text(token), k256, NULL));
	assert_false(is_good(text(swapped), k384, NULL));
	dot = strrchr(token, '.');
	for (size_t n = 95; n <= 97; n += 2) {
		gh_auto(struct gh_buf, gh_buf_free) t = {0};
		unsigned char sig[97] = {1};

		gh_buf_add(&t, token, (size_t)(dot + 1 - token));
		gh_b64url(&t, sig, n);
		assert_false(is_good(gh_buf_view(&t), k384, NULL));
	}
	assert_int_equal(
	    gh_jws_parse(&none, text("eyJhbGciOiJub25lIn0.e30."), GH_JWS_DEFAULT, NULL),
	    -1);
	assert_int_equal(gh_jws_verify(&none, k384, NULL, NULL), -1);
}

/* ---- key sets ------------------------------------------------------------------------- */

static const char *set_fault(const char *json)
{
	static struct gh_jwks s;

	gh_jwks_free(&s);
	return gh_jwks_parse(&s, text(json), NULL, NULL) < 0 ? "refused" : s.at[0].fault;
}

#define XY                                                                               \
	"\"x\":\"usWxHK2PmfnHKwXPS54m0kTcGJ90UiglWiGahtagnv8\","                         \
	"\"y\":\"IBOL-C3BttVivg-lSreASjpkttcsz-1rb7btKLv8EX4\""
#define P256 "\"kty\":\"EC\",\"crv\":\"P-256\","

static void test_jwks_when_read_then_each_key_has_its_fault(void **state)
{
	static const struct {
		const char *json, *fault;
	} t[] = {
	    {"{" P256 XY "}", ""},
	    {"{\"keys\":[{" P256 XY "}]}", ""},
	    {"{\"keys\":[{" P256 XY ",\"use\":\"sig\",\"alg\":\"ES256\",\"key_ops\":"
	     "[\"sign\",\"verify\"]}]}",
		""},
	    {"{\"keys\":[{" P256 XY ",\"use\":\"enc\"}]}", "use"},
	    {"{\"keys\":[{" P256 XY ",\"use\":1}]}", "use"},
	    {"{\"keys\":[{" P256 XY ",\"key_ops\":[\"sign\",3]}]}", "use"},
	    {"{\"keys\":[{" P256 XY ",\"alg\":\"ES384\"}]}", "alg"},
	    {"{\"keys\":[{" P256 XY ",\"alg\":1}]}", "alg"},
	    {"{\"keys\":[{" P256 XY ",\"d\":\"AA\"}]}", "private"},
	    {"{\"keys\":[{" P256 "\"x\":\"AA\",\"y\":\"AA\"}]}", "point"},
	    {"{\"keys\":[{" P256
	     "\"x\":\"usWxHK2PmfnHKwXPS54m0kTcGJ90UiglWiGahtagnv8\"}]}",
		"point"},
	    {"{\"keys\":[{" P256 "\"x\":\"usWxHK2PmfnHKwXPS54m0kTcGJ90UiglWiGahtagnv8\","
	     "\"y\":\"IBOL-C3BttVivg-lSreASjpkttcsz-1rb7btKLv8EX8\"}]}",
		"point"},
	    {"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-384\"," XY "}]}", "point"},
	    {"{\"keys\":[{" P256 XY ",\"x5c\":[]}]}", "x5c"},
	    {"{\"keys\":[{" P256 XY ",\"x5c\":\"AA\"}]}", "x5c"},
	    {"{\"keys\":[{" P256 XY ",\"x5c\":[1]}]}", "x5c"},
	    {"{\"keys\":[{" P256 XY ",\"x5c\":[\"AAAA\"]}]}", "x5c"},
	    {"{\"keys\":[{" P256 XY ",\"x5c\":[\"!\"]}]}", "x5c"},
	    {"{\"keys\":[{" P256 "\"x\":\"!\",\"y\":\"AA\"}]}", "point"},
	    {"{\"keys\":[{\"kty\":\"a kind of key that nobody has\"}]}", "unsupported"},
	    {"{\"keys\":[{\"kty\":\"EC\",\"crv\":256," XY "}]}", "unsupported"},
	    {"{\"keys\":[{" P256 XY ",\"x5c\":[\"A\",\"A\",\"A\",\"A\",\"A\"]}]}", "x5c"},
	    {"{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AA\",\"e\":\"AQAB\"}]}", "unsupported"},
	    {"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-521\"," XY "}]}", "unsupported"},
	    {"{\"keys\":[{\"kty\":\"EC\"," XY "}]}", "unsupported"},
	    {"{\"keys\":[{\"kty\":\"oct\",\"k\":\"AA\"}]}", "unsupported"},
	    {"{\"keys\":[]}", "refused"},
	    {"{\"keys\":{}}", "refused"},
	    {"{\"keys\":[1]}", "refused"},
	    {"{\"keys\":[{}]}", "refused"},
	    {"{\"keys\":[{\"kty\":1}]}", "refused"},
	    {"{\"keys\":[{" P256 XY ",\"kid\":1}]}", "refused"},
	    {"{\"keys\":[{" P256 XY ",\"kid\":\"a\"},{" P256 XY ",\"kid\":\"a\"}]}",
		"refused"},
	    {"{\"keys\":[{" P256 XY "},{" P256 XY "}]}", ""},
	    {"[]", "refused"},
	    {"{", "refused"},
	    {"", "refused"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		const char *fault = set_fault(t[i].json);

		if (strcmp(fault, t[i].fault) != 0)
			fail_msg("%s: %s, want %s", t[i].json, fault, t[i].fault);
	}
	set_fault("{\"keys\":[]}"); /* frees the last */
}

static void test_jwks_when_at_its_limits_then_cut_off(void **state)
{
	(void)state;
	for (size_t n = GH_JWKS_MAX; n <= GH_JWKS_MAX + 1; n++) {
		gh_auto(struct gh_buf, gh_buf_free) b = {0};
		struct gh_jwks s = {0};

		gh_buf_str(&b, "{\"keys\":[");
		for (size_t i = 0; i < n; i++)
			gh_buf_fmt(
			    &b, "%s{\"kty\":\"oct\",\"kid\":\"%zu\"}", i ? "," : "", i);
		gh_buf_str(&b, "]}");
		assert_int_equal(gh_jwks_parse(&s, gh_buf_view(&b), NULL, NULL),
		    n == GH_JWKS_MAX ? 0 : -1);
		assert_true(n > GH_JWKS_MAX || gh_jwks_find(&s, "255") == &s.at[255]);
		assert_null(gh_jwks_find(&s, "no"));
		gh_jwks_free(&s);
	}
	for (int len = 255; len <= 256; len++) {
		char json[400];
		struct gh_jwks s = {0};

		snprintf(json, sizeof(json),
		    "{\"kty\":\"oct\",\"k\":\"\",\"kid\":\"%0*d\"}", len, 0);
		assert_int_equal(
		    gh_jwks_parse(&s, text(json), NULL, NULL), len == 255 ? 0 : -1);
		gh_jwks_free(&s);
	}
}

/* A certificate for the key of x, y, and one for another key. */
static void add_cert(struct gh_buf *out, EVP_PKEY *key)
{
	X509 *x = X509_new();
	unsigned char *der = NULL;
	int n;

	assert_true(ASN1_INTEGER_set(X509_get_serialNumber(x), 7) == 1);
	assert_non_null(ASN1_TIME_set(X509_getm_notBefore(x), 0));
	assert_non_null(ASN1_TIME_set(X509_getm_notAfter(x), 1));
	assert_true(X509_set_pubkey(x, key) == 1 && X509_sign(x, key, EVP_sha256()) > 0);
	n = i2d_X509(x, &der);
	gh_b64(out, der, (size_t)n);
	OPENSSL_free(der);
	X509_free(x);
}

static void test_jwk_when_x5c_is_of_another_key_then_mismatch(void **state)
{
	gh_auto(struct gh_signer *, gh_signer_free) a = NULL;
	gh_auto(struct gh_signer *, gh_signer_free) b = NULL;
	gh_auto(struct gh_pubkey *, gh_pubkey_free) k = NULL;
	gh_auto(struct gh_buf, gh_buf_free) spki = {0};

	(void)state;
	assert_int_equal(gh_signer_new(&a, 256, NULL), 0);
	assert_int_equal(gh_signer_new(&b, 256, NULL), 0);
	assert_int_equal(gh_signer_pubkey(a, &k, NULL), 0);
	assert_int_equal(gh_pubkey_spki(k, &spki, NULL), 0);
	for (int own = 0; own < 2; own++) {
		gh_auto(struct gh_buf, gh_buf_free) j = {0};

		gh_buf_str(&j, "{" P256 "\"x\":\"");
		gh_b64url(&j, spki.p + spki.len - 64, 32);
		gh_buf_str(&j, "\",\"y\":\"");
		gh_b64url(&j, spki.p + spki.len - 32, 32);
		gh_buf_str(&j, "\",\"x5c\":[\"");
		add_cert(&j, gh_signer_evp(own ? a : b));
		gh_buf_str(&j, "\"]}");
		assert_string_equal(set_fault(gh_buf_cstr(&j)), own ? "" : "mismatch");
	}
	set_fault("{");
}

/* ---- RFC 7520, RFC 8037, RFC 7797 -------------------------------------------------------- */

static json_t *read_json(const char *name)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_err e = {0};
	char path[512];
	json_t *v;

	snprintf(path, sizeof(path), "%s/reports/jws/%s", vectors_dir(), name);
	if (access(path, R_OK) != 0) {
		print_message("SKIP: no vectors at %s (set GH_VECTORS)\n", path);
		skip();
	}
	assert_int_equal(gh_file_read(&b, path, 1u << 20, &e), 0);
	v = gh_json_parse(b.p, b.len, &e);
	if (v == NULL)
		fail_msg("%s: %s", name, e.what);
	return v;
}

static void test_rfc_examples_when_pinned_to_es_then_all_refused(void **state)
{
	static const struct {
		const char *file, *fault;
	} t[] = {
	    {"4_1.rsa_v15_signature.json", "alg"},
	    {"4_2.rsa-pss_signature.json", "alg"},
	    {"4_3.ecdsa_signature.json", "alg"}, /* ES512 */
	    {"4_4.hmac-sha2_integrity_protection.json", "alg"},
	    {"4_5.signature_with_detached_content.json", "alg"},
	    {"ed25519.json", "alg"},
	    {"hmac-sha2_b64_false.json", "parts"},
	    {"4_6.protecting_specific_header_fields.json", NULL}, /* not compact */
	    {"4_7.protecting_content_only.json", NULL},
	    {"4_8.multiple_signatures.json", NULL},
	    {"4.2.hmac-sha2_b64_false.json", NULL},
	};
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(json_t *, gh_json_free) v = read_json(t[i].file);
		const char *compact = json_string_value(
		    json_object_get(json_object_get(v, "output"), "compact"));

		if (t[i].fault == NULL) {
			assert_null(compact);
			continue;
		}
		assert_non_null(compact);
		if (strcmp(t[i].fault, "parts") == 0)
			assert_true(*fault_of(compact, GH_JWS_DEFAULT));
		else
			assert_string_equal(
			    fault_of(compact, GH_JWS_DEFAULT), t[i].fault);
		n++;
	}
	print_message("reports/jws: %zu compact tokens refused, %zu of other forms\n", n,
	    GH_COUNT(t) - n);
}

static void test_rfc_keys_when_read_then_unsupported_and_kept(void **state)
{
	static const char *const file[] = {
	    "jwk_3_1.ec_public_key.json", "jwk_3_3.rsa_public_key.json"};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(file); i++) {
		gh_auto(json_t *, gh_json_free) v = read_json(file[i]);
		gh_auto(struct gh_buf, gh_buf_free) b = {0};
		struct gh_jwks s = {0};

		gh_json_dump(&b, v);
		assert_int_equal(gh_jwks_parse(&s, gh_buf_view(&b), NULL, NULL), 0);
		assert_int_equal(s.n, 1);
		assert_string_equal(s.at[0].fault, "unsupported");
		assert_null(s.at[0].key);
		assert_string_equal(s.at[0].kid, "bilbo.baggins@hobbiton.example");
		gh_jwks_free(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_base64url_when_strict_then_one_form_only),
	    cmocka_unit_test(test_token_when_made_here_then_good_and_remembered),
	    cmocka_unit_test(test_token_when_any_byte_flipped_or_cut_then_bad),
	    cmocka_unit_test(test_parse_when_not_strict_then_named_fault),
	    cmocka_unit_test(test_verify_when_curve_or_length_differs_then_bad),
	    cmocka_unit_test(test_jwks_when_read_then_each_key_has_its_fault),
	    cmocka_unit_test(test_jwks_when_at_its_limits_then_cut_off),
	    cmocka_unit_test(test_jwk_when_x5c_is_of_another_key_then_mismatch),
	    cmocka_unit_test(test_rfc_examples_when_pinned_to_es_then_all_refused),
	    cmocka_unit_test(test_rfc_keys_when_read_then_unsupported_and_kept),
	};

	return cmocka_run_group_tests_name("jws", tests, NULL, NULL);
}
