/* SPDX-License-Identifier: Apache-2.0
 * Opaque data field by field: what is refused, with which code, and what is shown. */
#include "evidence/gpu_opaque.h"
#include "evidence/gpu_show.h"
#include "nvidia_vectors.h"

/* One field: hex of its value, and its value type in the versioned form. */
struct entry {
	unsigned int type;
	const char *hex;
	unsigned int value_type;
};

static const struct entry gpu[] = {
    {6, "009f009604000000", 0x86},
    {15, "383835000000000000", 0x82},
    {3, "3539352e37312e303500", 0x86},
    {4, "8001000000000000", 0x82},
    {12, "01000000", 0x84},
    {11, "55", 0x82},
};
static const struct entry ls10[] = {
    {6, "39362e31302e35352e30302e3031", 0},
    {22, "203eb31ad9ed0008", 0},
    {12, "01000000", 0},
    {23, "ec00", 0},
    {24, "0200", 0},
    {25, "0100", 0},
};

struct kit {
	struct gh_buf report;
	struct gh_result r;
	struct gh_context ctx;
	struct gh_gpu_case c;
};

static void kit_free(struct kit *k)
{
	gh_buf_free(&k->report);
	gh_result_free(&k->r);
}

static void add_entry(struct gh_buf *b, const struct entry *e, bool versioned)
{
	gh_auto(struct gh_buf, gh_buf_free) v = {0};
	assert_int_equal(gh_unhex_buf(&v, e->hex, strlen(e->hex), NULL), 0);
	gh_buf_chr(b, (char)e->type);
	gh_buf_chr(b, (char)(e->type >> 8));
	if (versioned) {
		gh_buf_chr(b, (char)e->value_type);
		gh_buf_chr(b, 0);
	}
	gh_buf_chr(b, (char)v.len);
	gh_buf_chr(b, (char)(v.len >> 8));
	gh_buf_add(b, v.p, v.len);
}

/* A report of one block and this opaque data; the signature is zeros. */
static void build(struct gh_buf *b, const struct gh_buf *opaque)
{
	static const unsigned char zero[96];
	gh_buf_add(b, "\x11\xe0\x01\xff", 4);
	gh_buf_add(b, zero, 32);
	gh_buf_add(b, "\x00\x11\x60\x00\x00\x01\x37\x00\x00", 9);
	gh_buf_add(b, "\x01\x01\x33\x00\x01\x30\x00", 7);
	gh_buf_add(b, zero, 48);
	gh_buf_add(b, zero, 32);
	gh_buf_chr(b, (char)opaque->len);
	gh_buf_chr(b, (char)(opaque->len >> 8));
	gh_buf_add(b, opaque->p, opaque->len);
	gh_buf_add(b, zero, 96);
}

/* The device's usual fields with `change` in the place of the same type, or added; an
 * empty hex takes the field away. */
static void make(
    struct kit *k, bool is_switch, bool versioned, const struct entry *change)
{
	gh_auto(struct gh_buf, gh_buf_free) o = {0};
	const struct entry *base = is_switch ? ls10 : gpu;
	size_t n = is_switch ? GH_COUNT(ls10) : GH_COUNT(gpu);
	bool done = change == NULL;
	*k = (struct kit){0};
	if (versioned)
		gh_buf_add(&o, "NVDAOD\x00\x00\x02\x00\x00\x00", 12);
	for (size_t i = 0; i < n; i++) {
		bool same = change != NULL && change->type == base[i].type;
		if (!same || change->hex != NULL)
			add_entry(&o, same ? change : &base[i], versioned);
		done = done || same;
	}
	if (!done)
		add_entry(&o, change, versioned);
	build(&k->report, &o);
	assert_int_equal(gh_spdm_parse(&k->c.spdm, k->report.p, k->report.len, NULL), 0);
	k->c.out = &k->r;
	k->c.subject = "g";
	k->c.ctx = &k->ctx;
	k->c.parsed = k->c.grounded = true;
	k->c.arch = is_switch ? GH_GPU_LS10 : GH_GPU_HOPPER;
	gh_gpu_opaque_judge(&k->c);
}

static const struct gh_finding *found(const struct kit *k)
{
	return step_of(&k->r, "g", "gpu.opaque");
}

#define LIST                                                                             \
	"000000000000000100000000000000020000000000000003000000000000000400000000"       \
	"000000050000000000000006000000000000000700000000000000080001020304050607"       \
	"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"       \
	"ffffffffffffffffffffffffffffffffffffffff"
#define LIST_8                                                                           \
	"000000000000000100000000000000020000000000000003000000000000000400000000"       \
	"000000050000000000000006000000000000000700000000000000080001020304050608"       \
	"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"       \
	"ffffffffffffffffffffffffffffffffffffffff"
#define ZERO_48                                                                          \
	"00000000000000000000000000000000000000000000000000000000000000000000000000"     \
	"0000000000000000000000"

static const struct {
	bool is_switch;
	struct entry e;
	const char *code; /* "": PASS */
} cases[] = {
    {false, {99, "01", 0}, ""},
    {false, {5, "0102030405", 0}, ""},
    {false, {255, "00", 0}, "gpu.opaque.invalid"},
    {false, {3, NULL, 0}, "gpu.opaque.missing"},
    {false, {6, NULL, 0}, "gpu.opaque.missing"},
    {false, {12, NULL, 0}, "gpu.opaque.missing"},
    {false, {11, NULL, 0}, "gpu.opaque.missing"},
    {false, {6, "009f009604010000", 0}, "gpu.opaque.vbios"},
    {false, {6, "009f009604000001", 0}, "gpu.opaque.vbios"},
    {false, {6, "009f0096040000", 0}, "gpu.opaque.size"},
    {false, {6, "009f00960400000000", 0}, "gpu.opaque.size"},
    {false, {11, "aa", 0}, ""},
    {false, {11, "54", 0}, "gpu.opaque.status"},
    {false, {11, "00", 0}, "gpu.opaque.status"},
    {false, {11, "5500", 0}, "gpu.opaque.size"},
    {false, {21, "aa", 0}, ""},
    {false, {21, "55", 0}, ""},
    {false, {21, "01", 0}, "gpu.opaque.status"},
    {false, {21, "", 0}, "gpu.opaque.size"},
    {false, {36, "0000", 0}, ""},
    {false, {36, "0200", 0}, ""},
    {false, {36, "0300", 0}, "gpu.opaque.feature-flag"},
    {false, {36, "0001", 0}, "gpu.opaque.feature-flag"},
    {false, {36, "00", 0}, "gpu.opaque.size"},
    {false, {34, "0100", 0}, ""},
    {false, {34, "0200", 0}, "gpu.opaque.version"},
    {false, {34, "000000", 0}, "gpu.opaque.size"},
    {false, {20, ZERO_48, 0}, ""},
    {false, {20, ZERO_48 "00", 0}, "gpu.opaque.size"},
    {false, {22, "0000000000000001", 0}, "gpu.opaque.size"},
    {false, {4, "80010000000000", 0}, "gpu.opaque.size"},
    {false, {13, "00c00100", 0}, ""},
    {false, {13, "00c001", 0}, "gpu.opaque.size"},
    {false, {14, "0000000000", 0}, "gpu.opaque.size"},
    {false, {15, "38383500", 0}, ""},
    {false, {15, "383835", 0}, "gpu.opaque.text"},
    {false, {15, "38003500", 0}, "gpu.opaque.text"},
    {false, {15, "38200000", 0}, "gpu.opaque.text"},
    {false, {15, "1b5b4100", 0}, "gpu.opaque.text"},
    {false, {19, "0000", 0}, ""},
    {false, {19, "00", 0}, "gpu.opaque.size"},
    {false, {3, "0000", 0}, "gpu.opaque.text"},
    {false, {3, "3539352e37312e3035", 0}, "gpu.opaque.text"},
    {false, {35, "474231303000", 0}, ""},
    {false, {35, "ff00", 0}, "gpu.opaque.text"},
    {false, {33, "0707", 0}, ""},
    {false, {33, "07", 0}, "gpu.opaque.size"},
    {false, {12, "010000", 0}, "gpu.opaque.size"},
    {false, {24, "0000", 0}, "gpu.opaque.place"},
    {false, {25, "0100", 0}, "gpu.opaque.place"},
    {false, {26, LIST, 0}, "gpu.opaque.place"},
    {true, {26, LIST, 0}, ""},
    {true, {4, LIST, 0}, ""},
    {true, {26, LIST_8, 0}, "gpu.opaque.ports"},
    {true, {26, LIST "ff", 0}, "gpu.opaque.size"},
    {true, {4, "8001000000000000", 0}, "gpu.opaque.size"},
    {true, {22, NULL, 0}, "gpu.opaque.missing"},
    {true, {24, NULL, 0}, "gpu.opaque.missing"},
    {true, {25, NULL, 0}, "gpu.opaque.missing"},
    {true, {22, "203eb31ad9ed00", 0}, "gpu.opaque.size"},
    {true, {24, "0300", 0}, ""},
    {true, {24, "0400", 0}, "gpu.opaque.position"},
    {true, {24, "0001", 0}, "gpu.opaque.position"},
    {true, {25, "0000", 0}, "gpu.opaque.lock-status"},
    {true, {25, "0101", 0}, "gpu.opaque.lock-status"},
    {true, {6, "39362e31302e35352e30302d3031", 0}, "gpu.opaque.text"},
    {true, {6, "39362e31302e35352e30302e3000", 0}, "gpu.opaque.text"},
    {true, {3, "3100", 0}, "gpu.opaque.place"},
    {true, {11, "55", 0}, "gpu.opaque.place"},
    {true, {36, "0200", 0}, "gpu.opaque.place"},
};

static void test_opaque_when_one_field_odd_then_its_code(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct kit, kit_free) k;
		make(&k, cases[i].is_switch, false, &cases[i].e);
		if (strcmp(found(&k)->code, cases[i].code) != 0)
			fail_msg("case %zu: %s (%s), want %s", i, found(&k)->code,
			    found(&k)->observed, cases[i].code);
		assert_int_equal(
		    found(&k)->verdict, cases[i].code[0] == '\0' ? GH_PASS : GH_FAIL);
	}
}

static void test_opaque_when_type_unknown_then_counted_and_named(void **state)
{
	static const struct entry odd = {1234, "01", 0}, unseen = {5, "01", 0};
	gh_auto(struct kit, kit_free) none, k, form;
	(void)state;
	make(&none, false, false, NULL);
	assert_string_equal(found(&none)->observed, "6 fields, all of their form");
	make(&k, false, false, &odd);
	assert_int_equal(found(&k)->verdict, GH_PASS);
	assert_non_null(strstr(found(&k)->observed, "1 of unknown type"));
	assert_non_null(strstr(found(&k)->observed, ": 1234"));
	make(&form, false, false, &unseen);
	assert_non_null(strstr(found(&form)->observed, "1 of unknown form"));
}

static void test_opaque_when_versioned_then_value_types_count(void **state)
{
	static const struct {
		struct entry e;
		const char *code;
	} versioned[] = {
	    {{11, "55", 0x82}, ""},
	    {{11, "55", 0x85}, "gpu.opaque.value-type"},
	    {{3, "3632302e313200", 0x82}, "gpu.opaque.value-type"},
	    {{12, "01000000", 0x83}, "gpu.opaque.value-type"},
	    {{20, ZERO_48, 0x01}, ""},
	    {{20, ZERO_48, 0x82}, "gpu.opaque.value-type"},
	    {{34, "0002", 0x86}, ""}, /* ignored: the header has the version */
	    {{34, "00", 0x86}, "gpu.opaque.size"},
	    {{36, "0100", 0x85}, ""},
	    {{36, "0300", 0x85}, "gpu.opaque.feature-flag"},
	    {{37, "0000", 0x87}, ""},
	    {{37, "0000", 0x86}, "gpu.opaque.value-type"},
	    {{37, "000000", 0x87}, "gpu.opaque.size"},
	    {{38, "0000", 0x85}, ""},
	    {{33, "0707", 0x42}, ""}, /* its value type is not known */
	    {{99, "00", 0x42}, ""},
	};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(versioned); i++) {
		gh_auto(struct kit, kit_free) k;
		make(&k, false, true, &versioned[i].e);
		assert_string_equal(found(&k)->code, versioned[i].code);
	}
}

static void test_opaque_when_not_grounded_then_skip(void **state)
{
	gh_auto(struct kit, kit_free) k;
	(void)state;
	make(&k, false, false, NULL);
	gh_result_free(&k.r);
	k.c.grounded = false;
	gh_gpu_opaque_judge(&k.c);
	assert_string_equal(found(&k)->code, "parent.not.proven");
	gh_result_free(&k.r);
	k.c.parsed = false;
	gh_gpu_opaque_judge(&k.c);
	assert_int_equal(found(&k)->verdict, GH_SKIP);
}

static void test_opaque_when_lists_then_claims(void **state)
{
	static const struct entry list = {26, LIST, 0};
	gh_auto(struct kit, kit_free) k;
	(void)state;
	make(&k, true, false, &list);
	const struct gh_subject *s = gh_result_find(&k.r, "g");
	assert_string_equal(gh_claim_get(s, "device_pdi"), "203eb31ad9ed0008");
	assert_string_equal(gh_claim_get(s, "position_id"), "2");
	assert_string_equal(gh_claim_get(s, "lock_status"), "0100");
	assert_int_equal(strlen(gh_claim_get(s, "gpu_pdis")), 128);
	assert_int_equal(
	    strncmp(gh_claim_get(s, "port_map"), "0001020304050607ff", 18), 0);
}

/* ---- show --------------------------------------------------------------------------- */

static const struct gh_field *field(const struct gh_fields *fs, const char *name)
{
	for (size_t i = 0; i < fs->n; i++)
		if (strcmp(fs->at[i].name, name) == 0)
			return &fs->at[i];
	return NULL;
}

/* Every byte of a good report is in exactly one field. */
static void assert_covers(const struct gh_fields *fs, struct gh_bytes b)
{
	size_t at = 0;
	for (size_t i = 0; i < fs->n; i++) {
		if (fs->at[i].raw.p == NULL)
			continue;
		assert_ptr_equal(fs->at[i].raw.p, b.p + at);
		assert_int_equal(fs->at[i].offset, at);
		at += fs->at[i].raw.len;
	}
	assert_int_equal(at, b.len);
}

static void test_show_when_good_then_every_byte_once(void **state)
{
	(void)state;
	for (int versioned = 0; versioned < 2; versioned++) {
		gh_auto(struct kit, kit_free) k;
		gh_auto(struct gh_fields, gh_fields_free) fs = {0};
		make(&k, false, versioned, NULL);
		assert_int_equal(gh_spdm_show(&fs, gh_buf_view(&k.report), NULL), 0);
		assert_covers(&fs, gh_buf_view(&k.report));
		assert_null(field(&fs, "error"));
		assert_string_equal(
		    field(&fs, "DRIVER_VERSION")->meaning, "\"595.71.05\"");
		assert_string_equal(
		    field(&fs, "VBIOS_VERSION")->meaning, "96.00.9F.00.04");
		assert_string_equal(field(&fs, "NVDEC0_STATUS")->meaning, "off");
		assert_string_equal(field(&fs, "MSRSCNT")->meaning, "1");
		assert_int_equal(fs.depth, 0);
		assert_null(fs.whole.p);
	}
}

/* Cut anywhere: shows what is there, says what is wrong, never more than the bytes. */
static void test_show_when_cut_then_error_field(void **state)
{
	gh_auto(struct kit, kit_free) k;
	(void)state;
	make(&k, false, false, NULL);
	for (size_t n = 0; n < k.report.len; n++) {
		gh_auto(struct gh_fields, gh_fields_free) fs = {0};
		unsigned char *copy = malloc(n + 1);
		memcpy(copy, k.report.p, n);
		assert_int_equal(gh_spdm_show(&fs, (struct gh_bytes){copy, n}, NULL), 0);
		assert_string_equal(fs.at[fs.n - 1].name, "error");
		assert_true(fs.at[fs.n - 1].meaning[0] != '\0');
		assert_int_equal(fs.depth, 0);
		free(copy);
	}
}

static void test_show_when_switch_or_odd_then_words(void **state)
{
	static const struct {
		bool is_switch;
		struct entry e;
		const char *name, *meaning;
	} words[] = {
	    {false, {36, "0200", 0}, "FEATURE_FLAG", "PPCIE"},
	    {false, {36, "0900", 0}, "FEATURE_FLAG", "not known"},
	    {false, {21, "aa", 0}, "PROTECTED_PCIE_STATUS", "on"},
	    {false, {21, "00", 0}, "PROTECTED_PCIE_STATUS", "neither AA nor 55"},
	    {false, {99, "00", 0}, "data", ""},
	    {false, {5, "00", 0}, "SKU", ""},
	    {false, {3, "00", 0}, "DRIVER_VERSION", ""},
	    {false, {34, "0100", 0}, "OPAQUE_DATA_VERSION", "1"},
	};
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(words); i++) {
		gh_auto(struct kit, kit_free) k;
		gh_auto(struct gh_fields, gh_fields_free) fs = {0};
		make(&k, words[i].is_switch, false, &words[i].e);
		assert_int_equal(gh_spdm_show(&fs, gh_buf_view(&k.report), NULL), 0);
		assert_string_equal(field(&fs, words[i].name)->meaning, words[i].meaning);
	}
	gh_auto(struct kit, kit_free) sw;
	static const struct entry list = {26, LIST, 0};
	make(&sw, true, false, &list);
	gh_opaque_meaning(&text, &sw.c.spdm, gh_spdm_opaque(&sw.c.spdm, 26), true);
	assert_non_null(strstr(gh_buf_cstr(&text), "0000000000000001 "));
	assert_non_null(strstr(gh_buf_cstr(&text), "GPU on each port: 0001"));
	assert_string_equal(gh_opaque_name(22, true), "DEVICE_PDI");
	assert_string_equal(gh_opaque_name(22, false), "SWITCH_PDI");
	assert_null(gh_opaque_name(4321, false));
}

static void test_show_when_real_then_every_byte_once(void **state)
{
	static const char *const names[] = {"go-nvattest-tools/test_ppcie_data.json",
	    "go-nvattest-tools/test_mpt_data.json",
	    "vaultgenome-core/gpu0-attestation-report.bin",
	    "attestation-sdk/sad_blackwellAttestationReport.txt"};
	(void)state;
	need_vectors();
	for (size_t i = 0; i < GH_COUNT(names); i++) {
		gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
		load_set(&set, names[i]);
		for (size_t k = 0; k < set.n; k++) {
			gh_auto(struct gh_fields, gh_fields_free) fs = {0};
			struct gh_bytes b = gh_buf_view(&set.at[k].bytes);
			assert_int_equal(gh_spdm_show(&fs, b, NULL), 0);
			assert_covers(&fs, b);
			assert_null(field(&fs, "error"));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_opaque_when_one_field_odd_then_its_code),
	    cmocka_unit_test(test_opaque_when_type_unknown_then_counted_and_named),
	    cmocka_unit_test(test_opaque_when_versioned_then_value_types_count),
	    cmocka_unit_test(test_opaque_when_not_grounded_then_skip),
	    cmocka_unit_test(test_opaque_when_lists_then_claims),
	    cmocka_unit_test(test_show_when_good_then_every_byte_once),
	    cmocka_unit_test(test_show_when_cut_then_error_field),
	    cmocka_unit_test(test_show_when_switch_or_odd_then_words),
	    cmocka_unit_test(test_show_when_real_then_every_byte_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
