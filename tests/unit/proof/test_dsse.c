/* SPDX-License-Identifier: Apache-2.0
 * Envelopes: the published example, every negative, every truncation, every flipped byte. */
#include "tests/unit/proof/fixture.h"

static int verify_with(const void *p, size_t len, const struct gh_keys *keys)
{
	gh_auto(struct gh_dsse, gh_dsse_free) d = {0};
	const struct gh_named_key *by = NULL;
	if (gh_dsse_parse(&d, p, len, NULL))
		return -1;
	return gh_dsse_verify(&d, keys, &by, NULL);
}

static void own_keys(struct gh_keys *keys)
{
	gh_auto(struct gh_buf, gh_buf_free) pem = {0};
	read_vector(&pem, "own/report.key.pem");
	assert_int_equal(gh_keys_load(keys, pem.p, pem.len, NULL), 0);
}

static void test_pae_when_of_the_table_then_the_same_bytes(void **state)
{
	(void)state;
	if (!have_vectors())
		skip();
	gh_auto(struct gh_buf, gh_buf_free) raw = {0};
	read_vector(&raw, "dsse/pae.json");
	gh_auto(json_t *, gh_json_free) rows = gh_json_parse(raw.p, raw.len, NULL);
	size_t i;
	json_t *row;
	assert_true(json_array_size(rows) > 0);
	json_array_foreach(rows, i, row)
	{
		gh_auto(struct gh_buf, gh_buf_free) payload = {0}, got = {0}, b64 = {0};
		const char *p = json_string_value(json_object_get(row, "payload_b64"));
		assert_int_equal(gh_unb64(&payload, p, strlen(p), NULL), 0);
		gh_dsse_pae(&got, json_string_value(json_object_get(row, "payloadType")),
		    gh_buf_view(&payload));
		gh_b64(&b64, got.p, got.len);
		assert_string_equal(gh_buf_cstr(&b64),
		    json_string_value(json_object_get(row, "pae_b64")));
	}
}

static void test_example_of_the_protocol_when_raw_or_der_then_verifies(void **state)
{
	(void)state;
	if (!have_vectors())
		skip();
	gh_auto(struct gh_buf, gh_buf_free) raw = {0}, env = {0};
	gh_auto(struct gh_keys, gh_keys_free) keys = {0};
	read_vector(&raw, "dsse/protocol_example.json");
	gh_auto(json_t *, gh_json_free) j = gh_json_parse(raw.p, raw.len, NULL);
	const char *pem = json_string_value(json_object_get(j, "public_key_pem"));
	assert_int_equal(gh_keys_add_pem(&keys, pem, strlen(pem), NULL), 0);
	json_t *envelope = json_object_get(j, "envelope");
	gh_json_dump(&env, envelope);
	assert_int_equal(verify_with(env.p, env.len, &keys), 0);
	json_t *sig = json_array_get(json_object_get(envelope, "signatures"), 0);
	json_object_set(sig, "sig", json_object_get(j, "signature_der_b64"));
	gh_buf_clear(&env);
	gh_json_dump(&env, envelope);
	assert_int_equal(verify_with(env.p, env.len, &keys), 0);
}

static void test_own_report_when_whole_or_malleated_then_verifies(void **state)
{
	(void)state;
	if (!have_vectors())
		skip();
	static const char *const name[] = {
	    "own/report.dsse.json", "own/malleable_sig.json"};
	gh_auto(struct gh_keys, gh_keys_free) keys = {0};
	own_keys(&keys);
	assert_string_equal(keys.at[0].keyid,
	    "sha256:16e0573a0186fafd3ff0c528d5612c25fc3e79c6eb210977617dc3e95ea0c8d0");
	for (size_t i = 0; i < GH_COUNT(name); i++) {
		gh_auto(struct gh_buf, gh_buf_free) b = {0};
		read_vector(&b, name[i]);
		assert_int_equal(verify_with(b.p, b.len, &keys), 0);
	}
}

static void test_own_negatives_when_verified_then_all_refused(void **state)
{
	(void)state;
	if (!have_vectors())
		skip();
	gh_auto(struct gh_buf, gh_buf_free) manifest = {0};
	gh_auto(struct gh_keys, gh_keys_free) keys = {0};
	own_keys(&keys);
	read_vector(&manifest, "MANIFEST.json");
	gh_auto(json_t *, gh_json_free) j = gh_json_parse(manifest.p, manifest.len, NULL);
	size_t i, n = 0;
	json_t *row;
	json_array_foreach(json_object_get(j, "files"), i, row)
	{
		const char *name = json_string_value(json_object_get(row, "name"));
		const char *expect = json_string_value(json_object_get(row, "expect"));
		if (strncmp(name, "own/neg/", 8) != 0)
			continue;
		gh_auto(struct gh_buf, gh_buf_free) b = {0};
		read_vector(&b, name);
		assert_int_equal(strncmp(expect, "REFUSE", 6), 0);
		if (verify_with(b.p, b.len, &keys) == 0)
			fail_msg("%s was accepted: %s", name, expect);
		n++;
	}
	print_message("%zu negatives refused\n", n);
	assert_true(n >= 13);
}

static void test_envelope_when_cut_anywhere_then_refused(void **state)
{
	(void)state;
	struct small s;
	small_make(&s);
	for (size_t len = 0; len < s.envelope.len; len++)
		assert_int_equal(verify_with(s.envelope.p, len, &s.keys), -1);
	assert_int_equal(verify_with(s.envelope.p, s.envelope.len, &s.keys), 0);
	small_free(&s);
}

/* The key id is a hint that nobody signs; every other byte counts. */
static void test_envelope_when_a_byte_is_flipped_then_the_payload_stands_or_refused(
    void **state)
{
	(void)state;
	struct small s;
	small_make(&s);
	size_t accepted = 0;
	for (size_t i = 0; i < s.envelope.len; i++) {
		for (int bit = 0; bit < 8; bit += 3) {
			gh_auto(struct gh_dsse, gh_dsse_free) d = {0};
			const struct gh_named_key *by = NULL;
			s.envelope.p[i] ^= (unsigned char)(1 << bit);
			if (gh_dsse_parse(&d, s.envelope.p, s.envelope.len, NULL) == 0 &&
			    gh_dsse_verify(&d, &s.keys, &by, NULL) == 0) {
				accepted++;
				assert_int_equal(d.payload.len, s.payload.len);
				assert_memory_equal(
				    d.payload.p, s.payload.p, s.payload.len);
				assert_string_equal(d.payload_type, GH_DSSE_INTOTO);
			}
			s.envelope.p[i] ^= (unsigned char)(1 << bit);
		}
	}
	assert_true(accepted < 3 * 90); /* "keyid" and its 71 characters */
	small_free(&s);
}

static void test_signature_when_by_another_key_then_refused(void **state)
{
	(void)state;
	struct small a, b;
	small_make(&a);
	small_make(&b);
	assert_int_equal(verify_with(a.envelope.p, a.envelope.len, &b.keys), -1);
	gh_auto(struct gh_keys, gh_keys_free) none = {0};
	assert_int_equal(verify_with(a.envelope.p, a.envelope.len, &none), -1);
	small_free(&a);
	small_free(&b);
}

static void test_keys_when_from_trust_json_then_loaded_or_refused(void **state)
{
	(void)state;
	struct small s;
	struct gh_err err = {0};
	small_make(&s);
	gh_auto(json_t *, gh_json_free) j = json_pack("{s:[{s:s, s:s, s:s}], s:{}}",
	    "report_keys", "keyid", s.keys.at[0].keyid, "pem", gh_buf_cstr(&s.pem),
	    "not_before", "2026-01-01T00:00:00Z", "log");
	gh_auto(struct gh_buf, gh_buf_free) b = {0}, bad = {0};
	gh_auto(struct gh_keys, gh_keys_free) keys = {0};
	gh_json_dump(&b, j);
	assert_int_equal(gh_keys_load(&keys, b.p, b.len, NULL), 0);
	assert_int_equal(keys.n, 1);
	assert_int_equal(verify_with(s.envelope.p, s.envelope.len, &keys), 0);
	json_object_set_new(json_array_get(json_object_get(j, "report_keys"), 0), "keyid",
	    json_string("sha256:00"));
	gh_json_dump(&bad, j);
	assert_int_equal(gh_keys_load(&keys, bad.p, bad.len, &err), -1);
	assert_int_equal(err.code, GH_E_CONFIG);
	assert_int_equal(gh_keys_load(&keys, "nonsense", 8, NULL), -1);
	assert_int_equal(gh_keys_load(&keys, "", 0, NULL), -1);
	small_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_pae_when_of_the_table_then_the_same_bytes),
	    cmocka_unit_test(test_example_of_the_protocol_when_raw_or_der_then_verifies),
	    cmocka_unit_test(test_own_report_when_whole_or_malleated_then_verifies),
	    cmocka_unit_test(test_own_negatives_when_verified_then_all_refused),
	    cmocka_unit_test(test_envelope_when_cut_anywhere_then_refused),
	    cmocka_unit_test(
		test_envelope_when_a_byte_is_flipped_then_the_payload_stands_or_refused),
	    cmocka_unit_test(test_signature_when_by_another_key_then_refused),
	    cmocka_unit_test(test_keys_when_from_trust_json_then_loaded_or_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
