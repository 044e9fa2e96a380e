/* SPDX-License-Identifier: Apache-2.0
 * TDX evidence taken apart: every byte has its field, damage ends in an "error". */
#include "evidence/tdx_show.h"
#include "tdx_world.h"

typedef int show_fn(struct gh_fields *out, struct gh_bytes b, struct gh_err *err);

static const struct gh_field *field(const struct gh_fields *fs, const char *name)
{
	for (size_t i = 0; i < fs->n; i++)
		if (!strcmp(fs->at[i].name, name))
			return &fs->at[i];
	fail_msg("no field %s", name);
	return NULL;
}

static bool has_error(const struct gh_fields *fs)
{
	for (size_t i = 0; i < fs->n; i++)
		if (!strcmp(fs->at[i].name, "error"))
			return true;
	return false;
}

static void assert_meaning(const struct gh_fields *fs, const char *name, const char *text)
{
	if (!strstr(field(fs, name)->meaning, text))
		fail_msg("%s: \"%s\"", name, field(fs, name)->meaning);
}

/* Bytes that no field shows. */
static size_t count_gaps(const struct gh_fields *fs, size_t len)
{
	size_t at = 0, gaps = 0;

	for (size_t i = 0; i < fs->n; i++) {
		const struct gh_field *f = &fs->at[i];

		if (f->heading || f->offset == SIZE_MAX)
			continue;
		if (f->offset > at)
			gaps += f->offset - at;
		at = f->offset + f->raw.len;
	}
	return gaps + len - at;
}

static void assert_survives(show_fn *show, const struct gh_buf *b)
{
	for (size_t len = 0; len < b->len; len++) {
		gh_auto(struct gh_fields, gh_fields_free) fs = {0};

		assert_int_equal(show(&fs, (struct gh_bytes){b->p, len}, NULL), 0);
		assert_true(has_error(&fs));
		assert_int_equal(fs.depth, 0);
		assert_null(fs.whole.p);
	}
	for (size_t i = 0; i < b->len; i++) {
		gh_auto(struct gh_fields, gh_fields_free) fs = {0};

		b->p[i] ^= 0x41;
		assert_int_equal(show(&fs, gh_buf_view(b), NULL), 0);
		b->p[i] ^= 0x41;
	}
}

static void test_quote_when_shown_has_every_field(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) quote = {0};
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};
	gh_auto(struct plan, free_plan) p;
	struct gh_tdx_quote q;

	(void)state;
	good_plan(&p);
	make_v5(&p);
	make_quote(&quote, &p);
	assert_int_equal(gh_tdx_quote_parse(&q, quote.p, quote.len, NULL), 0);
	assert_int_equal(gh_tdx_show(&fs, gh_buf_view(&quote), NULL), 0);
	assert_false(has_error(&fs));
	assert_int_equal(field(&fs, "MRTD")->offset, 54 + 136);
	assert_ptr_equal(field(&fs, "MRTD")->raw.p, q.mrtd);
	assert_int_equal(field(&fs, "MRSERVICETD")->offset, 54 + 600);
	assert_ptr_equal(field(&fs, "MRSIGNER")->raw.p, q.qe_report.p + 128);
	assert_meaning(&fs, "TEE_TCB_SVN", "TDX module 1.11");
	assert_meaning(&fs, "TDATTRIBUTES", "SEPT_VE_DISABLE");
	assert_meaning(&fs, "XFAM", "x87, SSE, AVX, OPMASK, ZMM_Hi256, Hi16_ZMM");
	assert_meaning(&fs, "MRSIGNERSEAM", "Intel");
	assert_meaning(&fs, "FMSPC", "90c06f000000"); /* of the certificate */
	/* only the PEM text is not shown as bytes */
	assert_int_equal(count_gaps(&fs, quote.len), q.pck_pem.len + 1);
}

static void test_quote_when_extended_shows_its_tail(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) quote = {0};
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};
	gh_auto(struct plan, free_plan) p;

	(void)state;
	good_plan(&p);
	make_v5(&p);
	p.head[48] = 4;
	p.head[50] = 885 & 0xFF;
	p.head[51] = 885 >> 8;
	p.head_len = 54 + 885;
	p.head[p.body + 120] = 0x51; /* DEBUG, HGS_PLUS_PROF, PMT_PROF */
	p.head[p.body + 121] = 1;    /* reserved */
	p.head[p.body + 135] = 1;    /* XFAM bit 56 */
	make_quote(&quote, &p);
	gh_buf_str(&quote, "behind it");
	assert_int_equal(gh_tdx_show(&fs, gh_buf_view(&quote), NULL), 0);
	assert_false(has_error(&fs));
	assert_int_equal(field(&fs, "current SERVTD attributes")->offset, 54 + 877);
	assert_meaning(&fs, "behind the quote", "9 bytes");
	assert_meaning(&fs, "TDATTRIBUTES", "DEBUG, HGS_PLUS_PROF, PMT_PROF");
	assert_meaning(&fs, "TDATTRIBUTES", "reserved 0x100");
	assert_meaning(&fs, "XFAM", "unknown 0x100000000000000");
}

static void test_quote_when_numbers_are_unknown_says_so(void **state)
{
	static const struct {
		size_t off;
		unsigned char value;
		const char *name, *text;
	} t[] = {
	    {2, 3, "attestation key type", "P-384"},
	    {2, 9, "attestation key type", "unknown"},
	    {4, 0, "TEE type", "SGX"},
	    {4, 7, "TEE type", "unknown"},
	    {48, 9, "body type", "unknown"},
	    {48, 1, "body type", "SGX enclave"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_buf, gh_buf_free) quote = {0};
		gh_auto(struct gh_fields, gh_fields_free) fs = {0};
		gh_auto(struct plan, free_plan) p;

		good_plan(&p);
		make_v5(&p);
		p.head[t[i].off] = t[i].value;
		make_quote(&quote, &p);
		assert_int_equal(gh_tdx_show(&fs, gh_buf_view(&quote), NULL), 0);
		assert_true(has_error(&fs));
		assert_meaning(&fs, t[i].name, t[i].text);
	}
}

static void test_quote_when_the_chain_is_odd_is_shown_with_an_error(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) quote = {0};
	gh_auto(struct gh_fields, gh_fields_free) none = {0};
	gh_auto(struct plan, free_plan) p;
	struct gh_tdx_quote q;

	(void)state;
	good_plan(&p);
	make_quote(&quote, &p);
	assert_int_equal(gh_tdx_quote_parse(&q, quote.p, quote.len, NULL), 0);
	quote.p[q.pck_pem.p - quote.p + 40] = '!';
	assert_int_equal(gh_tdx_show(&none, gh_buf_view(&quote), NULL), 0);
	assert_meaning(&none, "error", "PCK chain");
}

static void test_quote_when_cut_or_flipped_is_shown_as_far_as_it_goes(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) quote = {0};
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};
	gh_auto(struct plan, free_plan) p;

	(void)state;
	good_plan(&p);
	make_quote(&quote, &p);
	assert_int_equal(gh_tdx_show(&fs, (struct gh_bytes){quote.p, 48 + 140}, NULL), 0);
	assert_meaning(&fs, "MRTD", "cut: 4 of 48 bytes");
	while (quote.p[quote.len - 1] == 0)
		quote.len--; /* the NUL behind the PEM text */
	quote.len++;
	assert_survives(gh_tdx_show, &quote);
}

static void make_report(struct gh_buf *out)
{
	unsigned char r[1024] = {0x81};

	r[264] = 11;
	r[265] = 1;
	memset(r + 528, 0x4D, 48);
	assert_int_equal(gh_hash(GH_SHA384, r + 256, 239, r + 32, NULL), 0);
	assert_int_equal(gh_hash(GH_SHA384, r + 512, 512, r + 80, NULL), 0);
	gh_buf_add(out, r, sizeof(r));
}

static void test_report_when_shown_has_its_hashes_compared(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};
	size_t equal = 0, differ = 0;

	(void)state;
	make_report(&b);
	b.p[600] = 1; /* in TDINFO */
	assert_int_equal(gh_tdreport_show(&fs, gh_buf_view(&b), NULL), 0);
	for (size_t i = 0; i < fs.n; i++) {
		equal += strstr(fs.at[i].meaning, "equals the SHA-384") != NULL;
		differ += strstr(fs.at[i].meaning, "differs from the SHA-384") != NULL;
	}
	assert_int_equal(equal, 1);
	assert_int_equal(differ, 1);
	assert_int_equal(count_gaps(&fs, b.len), 0);
	assert_int_equal(field(&fs, "RTMR0")->offset, 720);
	assert_int_equal(field(&fs, "TEE_TCB_SVN2")->offset, 384);
	assert_survives(gh_tdreport_show, &b);
}

static void test_report_when_real_has_both_hashes(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};
	size_t equal = 0;

	(void)state;
	need_vectors("tdx");
	read_vector(&b, "tdx", "tdreport/lunal-live.tdreport.bin");
	assert_int_equal(gh_tdreport_show(&fs, gh_buf_view(&b), NULL), 0);
	for (size_t i = 0; i < fs.n; i++)
		equal += strstr(fs.at[i].meaning, "equals the SHA-384") != NULL;
	assert_int_equal(equal, 2);
	print_message("TDX tdreport: both hashes of 1 report recomputed\n");
}

static void test_collateral_when_shown_has_every_member(void **state)
{
	gh_auto(struct gh_fields, gh_fields_free) info = {0}, qe = {0};
	gh_auto(struct kit, free_kit) k = {0};

	(void)state;
	good_kit(&k);
	assert_int_equal(gh_tdx_collateral_show(&info, gh_buf_view(&k.info[0]), NULL), 0);
	assert_int_equal(gh_tdx_collateral_show(&qe, gh_buf_view(&k.qe[0]), NULL), 0);
	assert_false(has_error(&info) || has_error(&qe));
	assert_meaning(&info, "fmspc", "90C06F000000");
	assert_meaning(&info, "sgxtcbcomponents", "4 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0");
	assert_meaning(&info, "tcbEvaluationDataNumber", "20");
	assert_meaning(&info, "tcbStatus", "UpToDate");
	assert_meaning(&qe, "isvprodid", "2");
	assert_int_equal(strlen(field(&qe, "signature")->meaning), 128);
	assert_survives(gh_tdx_collateral_show, &k.qe[0]);
}

static void test_collateral_when_odd_ends_in_an_error(void **state)
{
	static const char *const t[] = {"{}",
	    "{\"a\":[{\"svn\":\"x\"}],\"b\":null,\"c\":[]}", "{\"id\":\"TDX\",\"id\":1}"};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_buf, gh_buf_free) doc = {0};
		gh_auto(struct gh_fields, gh_fields_free) fs = {0};

		sign_text(&doc, i ? "tcbInfo" : "enclaveIdentity", t[i], w.tcb);
		assert_int_equal(gh_tdx_collateral_show(&fs, gh_buf_view(&doc), NULL), 0);
		assert_true(has_error(&fs));
	}
}

static void test_collateral_when_huge_is_cut(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0}, doc = {0};
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};

	(void)state;
	gh_buf_str(&text, "{\"a\":[0");
	for (int i = 0; i < 20000; i++)
		gh_buf_str(&text, ",[1]");
	gh_buf_str(&text, "]}");
	sign_text(&doc, "tcbInfo", gh_buf_cstr(&text), w.tcb);
	assert_int_equal(gh_tdx_collateral_show(&fs, gh_buf_view(&doc), NULL), 0);
	assert_true(fs.n < 4200);
	assert_meaning(&fs, "error", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_quote_when_shown_has_every_field),
	    cmocka_unit_test(test_quote_when_extended_shows_its_tail),
	    cmocka_unit_test(test_quote_when_numbers_are_unknown_says_so),
	    cmocka_unit_test(test_quote_when_the_chain_is_odd_is_shown_with_an_error),
	    cmocka_unit_test(test_quote_when_cut_or_flipped_is_shown_as_far_as_it_goes),
	    cmocka_unit_test(test_report_when_shown_has_its_hashes_compared),
	    cmocka_unit_test(test_report_when_real_has_both_hashes),
	    cmocka_unit_test(test_collateral_when_shown_has_every_member),
	    cmocka_unit_test(test_collateral_when_odd_ends_in_an_error),
	    cmocka_unit_test(test_collateral_when_huge_is_cut),
	};

	return cmocka_run_group_tests(tests, make_world, drop_world);
}
