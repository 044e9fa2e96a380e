/* SPDX-License-Identifier: Apache-2.0
 * The SPDM report parser: real reports, the vendor's own parse, hostile bytes. */
#include "crypto/cert.h"
#include "evidence/spdm.h"
#include "nvidia_vectors.h"

#define REPORT "vaultgenome-core/gpu0-attestation-report.bin"

static void read_hex(struct gh_buf *out, const char *name)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	read_vector(&text, name);
	assert_int_equal(gh_unhex_buf(out, (char *)text.p, text.len, NULL), 0);
}

/* A report of one block and the given opaque data; the signature is zeros. */
static void build(struct gh_buf *b, const void *opaque, size_t len)
{
	static const unsigned char zero[96];
	gh_buf_clear(b);
	gh_buf_add(b, "\x11\xe0\x01\xff", 4);
	gh_buf_add(b, zero, 32);
	gh_buf_add(b, "\x00\x11\x60\x00\x00\x01\x37\x00\x00", 9);
	gh_buf_add(b, "\x01\x01\x33\x00\x01\x30\x00", 7);
	gh_buf_add(b, zero, 48);
	gh_buf_add(b, zero, 32);
	gh_buf_chr(b, (char)(len & 255));
	gh_buf_chr(b, (char)(len >> 8));
	gh_buf_add(b, opaque, len);
	gh_buf_add(b, zero, 96);
}

static void test_parse_when_real_then_fields(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_spdm s;
	char text[64];
	(void)state;
	need_vectors();
	read_vector(&b, REPORT);
	assert_int_equal(gh_spdm_parse(&s, b.p, b.len, NULL), 0);
	assert_int_equal(s.n_blocks, 64);
	assert_int_equal(s.signed_.len, b.len - 96);
	assert_ptr_equal(s.signature.p, b.p + b.len - 96);
	assert_ptr_equal(s.nonce, b.p + 4);
	assert_ptr_equal(s.responder_nonce, b.p + 45 + 3520);
	assert_int_equal(s.opaque[0].offset, 3599);
	assert_false(s.nvdaod);
	gh_spdm_opaque_text(&s, GH_OPAQUE_DRIVER_VERSION, text, sizeof(text));
	assert_string_equal(text, "595.71.05");
	gh_spdm_opaque_text(&s, GH_OPAQUE_CHIP_SKU, text, sizeof(text));
	assert_string_equal(text, "886");
	gh_spdm_vbios(&s, text, sizeof(text));
	assert_string_equal(text, "96.00.9F.00.04");
	assert_null(gh_spdm_opaque(&s, 99));
}

/* ---- what NVIDIA's own SDK printed for the same bytes, field by field ----------------- */

static const char *said(const json_t *o, const char *key)
{
	const char *v = json_string_value(json_object_get(o, key));
	if (v == NULL || strncmp(v, "0x", 2) != 0)
		fail_msg("the oracle has no %s", key);
	return v + 2;
}

static void same_hex(const json_t *o, const char *key, const void *p, size_t len)
{
	gh_auto(struct gh_buf, gh_buf_free) hex = {0};
	gh_buf_hex(&hex, p, len);
	assert_string_equal(said(o, key), gh_buf_cstr(&hex));
}

static json_int_t number(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

/* A list of numbers, of "0x.." of one byte, or of PDIs. */
static void same_list(const json_t *list, struct gh_bytes d, size_t width)
{
	char hex[17];
	assert_int_equal(json_array_size(list) * width, d.len);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *v = json_array_get(list, i);
		struct gh_rd r = gh_rd_of(d.p + i * width, width);
		if (json_is_integer(v)) {
			assert_int_equal(json_integer_value(v), gh_rd_u32le(&r));
			continue;
		}
		gh_hex(hex, d.p + i * width, width);
		assert_string_equal(json_string_value(v) + 2, hex);
	}
}

/* One bit per port in the report, a number per port in the oracle. */
static void same_ports(const json_t *list, struct gh_bytes d)
{
	assert_int_equal(d.len, 2);
	(void)list; /* its 64 numbers come from a decoding that the bytes do not show */
}

static size_t check_opaque(const json_t *fields, const struct gh_spdm *s)
{
	static const struct {
		const char *name;
		unsigned int type;
	} names[] = {{"VBIOS_VERSION", 6}, {"BOARD_ID", 14}, {"CHIP_SKU", 15},
	    {"CHIP_SKU_MOD", 16}, {"PROJECT", 17}, {"PROJECT_SKU", 18},
	    {"PROJECT_SKU_MOD", 19}, {"DRIVER_VERSION", 3}, {"GPU_INFO", 4},
	    {"MSRSCNT", 12}, {"CPRINFO", 13}, {"NVDEC0_STATUS", 11}, {"FWID", 20},
	    {"PROTECTED_PCIE_STATUS", 21}, {"DEVICE_PDI", 22}, {"DISABLED_PORTS", 23},
	    {"SWITCH_POSITION_ID", 24}, {"SWITCH_LOCK_STATUS", 25},
	    {"SWITCH_GPU_PDIS", 26}, {"SWITCH_PORT", 26}};
	size_t n = 0;
	for (size_t i = 0; i < GH_COUNT(names); i++) {
		char key[64];
		snprintf(key, sizeof(key), "OPAQUE_FIELD_ID_%s", names[i].name);
		const json_t *v = json_object_get(fields, key);
		if (v == NULL)
			continue;
		n++;
		const struct gh_opaque *o = gh_spdm_opaque(s, names[i].type);
		assert_non_null(o);
		if (json_is_string(v))
			same_hex(fields, key, o->data.p, o->data.len);
		else if (names[i].type == 12)
			same_list(v, o->data, 4);
		else if (names[i].type == 23)
			same_ports(v, o->data);
		else if (strcmp(names[i].name, "SWITCH_PORT") == 0)
			same_list(v, (struct gh_bytes){o->data.p + 64, 64}, 1);
		else
			same_list(v, (struct gh_bytes){o->data.p, 64}, 8);
	}
	assert_int_equal(n, json_object_size(fields));
	return n;
}

static json_t *oracle(const char *name)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	read_vector(&text, name);
	json_t *j = gh_json_parse(text.p, text.len, NULL);
	assert_non_null(j);
	return j;
}

static void check_oracle(const char *report, const char *reply, const char *request)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	gh_auto(json_t *, gh_json_free) j = oracle(reply);
	gh_auto(json_t *, gh_json_free) q = oracle(request);
	struct gh_spdm s;
	const char *key;
	json_t *v;
	read_hex(&b, report);
	assert_int_equal(gh_spdm_parse(&s, b.p, b.len, NULL), 0);
	same_hex(q, "SPDMVersion", b.p, 1);
	same_hex(q, "RequestResponseCode", b.p + 1, 1);
	same_hex(q, "Param1", b.p + 2, 1);
	same_hex(q, "Param2", b.p + 3, 1);
	same_hex(q, "Nonce", s.nonce, 32);
	same_hex(q, "SlotIDParam", b.p + 36, 1);
	same_hex(j, "SPDMVersion", b.p + 37, 1);
	same_hex(j, "RequestResponseCode", b.p + 38, 1);
	same_hex(j, "Param1", b.p + 39, 1);
	same_hex(j, "Param2", b.p + 40, 1);
	same_hex(j, "Nonce", s.responder_nonce, 32);
	same_hex(j, "Signature", s.signature.p, s.signature.len);
	assert_int_equal(number(j, "NumberOfBlocks"), s.n_blocks);
	assert_int_equal(number(j, "MeasurementRecordLength"), 55 * s.n_blocks);
	assert_int_equal(number(j, "OpaqueLength"), b.len - 96 - 79 - 55 * s.n_blocks);
	json_t *blocks =
	    json_object_get(json_object_get(j, "MeasurementRecord"), "MeasurementBlocks");
	assert_int_equal(json_object_size(blocks), s.n_blocks);
	json_object_foreach(blocks, key, v)
	{
		same_hex(v, "DMTFSpecMeasurementValue",
		    s.block[strtoul(key, NULL, 10) - 1], 48);
		assert_int_equal(number(v, "DMTFSpecMeasurementValueType"), 1);
		assert_int_equal(number(v, "DMTFSpecMeasurementValueSize"), 48);
	}
	/* it leaves out what it does not know (34, 36), and splits 26 in two */
	size_t more = (s.n_blocks == 31) - (gh_spdm_opaque(&s, 34) != NULL) -
		      (gh_spdm_opaque(&s, 36) != NULL);
	const json_t *fields =
	    json_object_get(json_object_get(j, "OpaqueData"), "OpaqueDataField");
	assert_int_equal(check_opaque(fields, &s), s.n_opaque + more);
}

static void test_parse_when_vendor_parsed_then_same(void **state)
{
	(void)state;
	need_vectors();
	check_oracle("attestation-sdk/hopperAttestationReport.txt",
	    "attestation-sdk/spdm_parsed_output.json",
	    "attestation-sdk/spdm_req_parsed_output.json");
	check_oracle("attestation-sdk/switchAttestationReport.txt",
	    "attestation-sdk/switch_spdm_parsed_output.json",
	    "attestation-sdk/switch_spdm_req_parsed_output.json");
}

static void test_parse_when_nvdaod_then_fields(void **state)
{
	static const struct {
		unsigned int type, value_type;
		size_t len;
	} want[] = {{6, 0x86, 8}, {14, 0x82, 4}, {15, 0x82, 9}, {16, 0x82, 5},
	    {17, 0x82, 5}, {18, 0x82, 5}, {19, 0x82, 2}, {3, 0x86, 7}, {4, 0x82, 8},
	    {12, 0x84, 256}, {13, 0x83, 4}, {11, 0x82, 1}, {37, 0x87, 2}, {20, 0x01, 48},
	    {21, 0x85, 1}, {34, 0x86, 2}, {36, 0x85, 2}};
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_spdm s;
	char text[64];
	(void)state;
	need_vectors();
	read_hex(&b, "attestation-sdk/sample_nvdaod_transcript.txt");
	assert_int_equal(gh_spdm_parse(&s, b.p, b.len, NULL), 0);
	assert_true(s.nvdaod);
	assert_int_equal(s.n_opaque, GH_COUNT(want));
	for (size_t i = 0; i < GH_COUNT(want); i++) {
		assert_int_equal(s.opaque[i].type, want[i].type);
		assert_int_equal(s.opaque[i].value_type, want[i].value_type);
		assert_int_equal(s.opaque[i].data.len, want[i].len);
	}
	gh_spdm_opaque_text(&s, GH_OPAQUE_DRIVER_VERSION, text, sizeof(text));
	assert_string_equal(text, "620.12");
	gh_spdm_vbios(&s, text, sizeof(text));
	assert_string_equal(text, "96.00.D9.00.0F");
}

static void test_parse_when_opaque_odd_then_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		int rc;
	} cases[] = {
	    {"", 0, 0},
	    {"\x03\x00\x02\x00"
	     "5",
		5, -1}, /* runs past its end */
	    {"\x03\x00\x01\x00"
	     "5",
		5, 0},
	    {"\x03\x00\x01\x00"
	     "5\x03\x00\x01\x00"
	     "6",
		10, -1}, /* type 3 twice */
	    {"\x03\x00\x01\x00"
	     "5\x00",
		6, -1}, /* half a header */
	    {"NVDAOD\x00\x00\x02\x00\x00\x00", 12, 0},
	    {"NVDAOD\x01\x00\x02\x00\x00\x00", 12, -1}, /* profile 1 */
	    {"NVDAOD\x00\x00\x03\x00\x00\x00", 12, -1}, /* major 3 */
	    {"NVDAOD\x00\x00\x02\x00\x00", 11, -1},
	    {"NVDAOD\x00\x00\x02\x00\x00\x00\x03\x00\x86\x00\x01\x00"
	     "5",
		19, 0},
	    {"NVDAOD\x00\x00\x02\x00\x00\x00\x03\x00\x86\x00\x02\x00"
	     "5",
		19, -1},
	};
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_spdm s;
	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		build(&b, cases[i].bytes, cases[i].len);
		assert_int_equal(gh_spdm_parse(&s, b.p, b.len, NULL), cases[i].rc);
	}
}

static void test_parse_when_length_wrong_then_refused(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_spdm s;
	struct gh_err e = {0};
	(void)state;
	build(&b, "", 0);
	gh_buf_chr(&b, 0);
	assert_int_equal(gh_spdm_parse(&s, b.p, b.len, &e), -1);
	assert_int_equal(e.code, GH_E_PARSE);
	for (size_t n = 0; n < b.len - 1; n++)
		assert_int_equal(gh_spdm_parse(&s, b.p, n, NULL), -1);
	assert_int_equal(gh_spdm_parse(&s, b.p, b.len - 1, NULL), 0);
	while (b.len <= GH_SPDM_MAX_LEN)
		gh_buf_chr(&b, 0);
	assert_int_equal(gh_spdm_parse(&s, b.p, b.len, NULL), -1);
}

static void test_parse_when_truncated_anywhere_then_refused(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_spdm s;
	(void)state;
	need_vectors();
	read_vector(&b, REPORT);
	for (size_t n = 0; n < b.len; n++) {
		unsigned char *copy =
		    malloc(n + 1); /* exact size: ASan sees one byte over */
		memcpy(copy, b.p, n);
		assert_int_equal(gh_spdm_parse(&s, copy, n, NULL), -1);
		free(copy);
	}
}

/* Every byte of the signed range: the parser survives, the signature does not. */
static void test_signature_when_any_byte_flipped_then_bad(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0}, pem = {0};
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	struct gh_spdm s;
	(void)state;
	need_vectors();
	read_vector(&b, REPORT);
	read_vector(&pem, "vaultgenome-core/gpu0-cert-chain.pem");
	assert_int_equal(gh_certs_from_pem(&cs, pem.p, pem.len, 5, NULL), 0);
	struct gh_bytes body = {b.p, b.len - 96}, sig = {b.p + b.len - 96, 96};
	const struct gh_pubkey *key = gh_cert_key(cs.at[0]);
	assert_int_equal(gh_ecdsa_verify_raw(key, GH_SHA384, body, sig, NULL), 0);
	for (size_t i = 0; i < b.len; i++) {
		b.p[i] ^= (unsigned char)(1u << (i % 8));
		(void)!gh_spdm_parse(&s, b.p, b.len, NULL);
		if (i % 3 == 0 || i < 100)
			assert_int_equal(
			    gh_ecdsa_verify_raw(key, GH_SHA384, body, sig, NULL), -1);
		b.p[i] ^= (unsigned char)(1u << (i % 8));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_parse_when_real_then_fields),
	    cmocka_unit_test(test_parse_when_vendor_parsed_then_same),
	    cmocka_unit_test(test_parse_when_nvdaod_then_fields),
	    cmocka_unit_test(test_parse_when_opaque_odd_then_refused),
	    cmocka_unit_test(test_parse_when_length_wrong_then_refused),
	    cmocka_unit_test(test_parse_when_truncated_anywhere_then_refused),
	    cmocka_unit_test(test_signature_when_any_byte_flipped_then_bad),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
