/* SPDX-License-Identifier: Apache-2.0
 * SNP without vectors: a report and a chain made here, one thing wrong at a time. */
#include "cpu_pki.h"
#include "cpu_vectors.h"
#include "evidence/snp.h"
#include "evidence/snp_report.h"
#include "evidence/snp_roots.h"
#include "evidence/snp_table.h"
#include "evidence/snp_vek.h"

/* Genoa: BL 10, TEE 0, SNP 27, microcode 200. */
static const unsigned char tcb[8] = {10, 0, 0, 0, 0, 0, 27, 200};

/* What a test may change before the report is signed or the VCEK is made. */
struct plan {
	unsigned char report[GH_SNP_REPORT_LEN];
	unsigned char hwid[64];
	struct ext exts[9];
	const char *vek_cn;
};

struct world {
	struct made ark, ask;
	struct gh_signer *chip;
	struct gh_trust trust;
};

static struct world w; /* made once: RSA keys are slow to make */

static int make_world(void **state)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};

	(void)state;
	make_ca(&w.ark, "ARK-Genoa", NULL, true);
	make_ca(&w.ask, "SEV-Genoa", &w.ark, true);
	assert_int_equal(gh_signer_new(&w.chip, 384, NULL), 0);
	add_made(&cs, &w.ark);
	add_anchor(&w.trust, GH_ROOT_AMD_ARK, "Genoa", gh_cert_spki_sha256(cs.at[0]));
	return 0;
}

static int drop_world(void **state)
{
	(void)state;
	free_made(&w.ark);
	free_made(&w.ask);
	gh_signer_free(&w.chip);
	return 0;
}

static void good_report(unsigned char *p)
{
	p[0x000] = 3;    /* VERSION */
	p[0x00A] = 0x03; /* POLICY: bit 17, SMT */
	p[0x034] = 1;    /* ECDSA P-384 */
	p[0x040] = 0x25; /* SMT, ECC, alias check done */
	memset(p + 0x050, 0xA5, 64);
	memset(p + 0x090, 0x11, 48);
	p[0x188] = 0x19; /* Genoa */
	p[0x189] = 0x11;
	memset(p + 0x1A0, 0xC1, 64);
	memcpy(p + 0x038, tcb, 8);
	memcpy(p + 0x180, tcb, 8);
	memcpy(p + 0x1E0, tcb, 8);
	memcpy(p + 0x1F0, tcb, 8);
}

static void good_plan(struct plan *p)
{
	static const unsigned char zero[] = {2, 1, 0}, bl[] = {2, 1, 10},
				   snp[] = {2, 1, 27}, ucode[] = {2, 2, 0, 200},
				   name[] = {0x16, 5, 'G', 'e', 'n', 'o', 'a'};
	const struct ext exts[] = {
	    {"1.3.6.1.4.1.3704.1.1", zero, 3},
	    {"1.3.6.1.4.1.3704.1.2", name, 7},
	    {"1.3.6.1.4.1.3704.1.3.1", bl, 3},
	    {"1.3.6.1.4.1.3704.1.3.2", zero, 3},
	    {"1.3.6.1.4.1.3704.1.3.3", snp, 3},
	    {"1.3.6.1.4.1.3704.1.3.8", ucode, 4},
	    {"1.3.6.1.4.1.3704.1.4", p->hwid, 64},
	};

	memset(p, 0, sizeof(*p));
	good_report(p->report);
	memset(p->hwid, 0xC1, 64);
	memcpy(p->exts, exts, sizeof(exts));
	p->vek_cn = "SEV-VCEK";
}

static size_t count_exts(const struct plan *p)
{
	size_t n = 0;

	while (n < GH_COUNT(p->exts) && p->exts[n].oid)
		n++;
	return n;
}

static void sign_report(unsigned char *p)
{
	gh_auto(struct gh_buf, gh_buf_free) sig = {0};

	assert_int_equal(gh_sign_raw(w.chip, GH_SHA384,
			     (struct gh_bytes){p, GH_SNP_SIGNED_LEN}, &sig, NULL),
	    0);
	for (size_t i = 0; i < 48; i++) {
		p[0x2A0 + i] = sig.p[47 - i];
		p[0x2E8 + i] = sig.p[95 - i];
	}
}

static void run(struct gh_result *r, struct plan *p, struct gh_context *ctx)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	gh_auto(struct made, free_made) leaf = {0};
	struct gh_snp_evidence ev = {.report = {p->report, GH_SNP_REPORT_LEN}};

	sign_report(p->report);
	make_leaf(&leaf, p->vek_cn, &w.ask, gh_signer_evp(w.chip), p->exts, count_exts(p),
	    true);
	add_made(&cs, &leaf);
	add_made(&cs, &w.ask);
	add_made(&cs, &w.ark);
	ctx->at = ctx->at ? ctx->at : PKI_AT;
	ctx->trust = &w.trust;
	ctx->certs = ctx->certs ? ctx->certs : &cs;
	assert_int_equal(gh_snp_verify(r, "vm", &ev, ctx, NULL), 0);
	ctx->certs = NULL;
	assert_tree(r);
}

static void test_report_when_good_only_revocation_is_open(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_context ctx = {0};
	struct plan p;

	(void)state;
	good_plan(&p);
	run(&r, &p, &ctx);
	for (size_t i = 0; i < r.findings.n; i++) {
		const struct gh_finding *f = &r.findings.at[i];

		if (strcmp(f->step, "snp.revocation") && strcmp(f->step, "snp.nonce"))
			assert_string_equal(gh_verdict_word(f->verdict), "PASS");
	}
	assert_int_equal(verdict_of(&r, "snp.revocation"), GH_UNKNOWN);
	assert_int_equal(verdict_of(&r, "snp.nonce"), GH_SKIP);
	assert_int_equal(gh_result_verdict(&r), GH_WARN);
	assert_string_equal(gh_claim_get(gh_result_find(&r, "vm"), "tcb"),
	    "BL 10, TEE 0, SNP 27, microcode 200");
}

/* One byte of the report changed before signing, and what must say so. */
static void test_report_when_it_says_something_bad_that_step_fails(void **state)
{
	static const struct {
		unsigned int off;
		unsigned char value;
		const char *step, *code;
	} t[] = {
	    {0x00A, 0x0B, "snp.policy.debug", "snp.policy.debug.allowed"},
	    {0x00A, 0x07, "snp.policy.migrate", "snp.policy.migrate.allowed"},
	    {0x00A, 0x23, "snp.policy.cxl", "snp.policy.cxl.allowed"},
	    {0x00A, 0x01, "snp.parse", "snp.reserved"},
	    {0x00B, 0x04, "snp.parse", "snp.reserved"},
	    {0x000, 1, "snp.parse", "snp.format"},
	    {0x000, 6, "snp.parse", "snp.format"},
	    {0x030, 1, "snp.vmpl", "snp.vmpl.unexpected"},
	    {0x030, 4, "snp.vmpl", "snp.vmpl.range"},
	    {0x034, 2, "snp.signature", "snp.signature.algo"},
	    {0x038, 9, "snp.tcb.order", "snp.tcb.above"},
	    {0x03F, 201, "snp.tcb.committed", "snp.tcb.provisional"},
	    {0x040, 0x05, "snp.platform.alias", "snp.platform.alias"},
	    {0x048, 0x02, "snp.signature", "snp.signature.absent"},
	    {0x048, 0x04, "snp.chain.vek", "snp.vek.name"},
	    {0x048, 0x08, "snp.parse", "snp.reserved"},
	    {0x048, 0x1C, "snp.signature", "snp.signature.absent"},
	    {0x048, 0x20, "snp.parse", "snp.reserved"},
	    {0x180, 9, "snp.tcb", "snp.tcb.mismatch"},
	    {0x188, 0x17, "snp.product", "snp.product.unknown"},
	    {0x189, 0x01, "snp.chain.ark", "snp.root.product"},
	    {0x1A0, 0, "snp.chip", "snp.chip.mismatch"},
	    {0x1F8, 1, "snp.parse", "snp.reserved"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_context ctx = {0};
		struct plan p;

		good_plan(&p);
		p.report[t[i].off] = t[i].value;
		run(&r, &p, &ctx);
		assert_string_equal(code_of(&r, t[i].step), t[i].code);
		assert_int_equal(verdict_of(&r, t[i].step), GH_FAIL);
		assert_int_equal(gh_result_verdict(&r), GH_FAIL);
	}
}

static void test_report_when_host_asked_fails(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_context ctx = {0};
	struct plan p;

	(void)state;
	good_plan(&p);
	memset(p.report + 0x030, 0xFF, 4);
	run(&r, &p, &ctx);
	assert_string_equal(code_of(&r, "snp.vmpl"), "snp.vmpl.host");
}

/* One extension of the VCEK changed. */
static void test_vek_when_extension_is_wrong_fails(void **state)
{
	static const unsigned char long_int[] = {2, 2, 0, 10}, tail[] = {2, 1, 10, 0},
				   turin[] = {0x16, 5, 'T', 'u', 'r', 'i', 'n'},
				   one[] = {2, 1, 1}, negative[] = {2, 1, 0x8A};
	static const struct {
		size_t at;
		const unsigned char *der;
		size_t len;
		const char *step, *code;
	} t[] = {
	    {2, long_int, 4, "snp.tcb", "snp.tcb.extension"},
	    {2, tail, 4, "snp.tcb", "snp.tcb.extension"},
	    {2, negative, 3, "snp.tcb", "snp.tcb.extension"},
	    {2, one, 3, "snp.tcb", "snp.tcb.mismatch"},
	    {1, turin, 7, "snp.chain.vek", "snp.vek.product"},
	    {0, one, 3, "snp.chain.vek", "snp.vek.product"},
	    {0, one, 2, "snp.chain.vek", "snp.vek.extension"},
	    {6, turin, 7, "snp.chip", "snp.chip.extension"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_context ctx = {0};
		struct plan p;

		good_plan(&p);
		p.exts[t[i].at].der = t[i].der;
		p.exts[t[i].at].len = t[i].len;
		run(&r, &p, &ctx);
		assert_string_equal(code_of(&r, t[i].step), t[i].code);
	}
}

static void test_vek_when_extension_is_there_twice_fails(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_context ctx = {0};
	struct plan p;

	(void)state;
	good_plan(&p);
	p.exts[7] = p.exts[2];
	run(&r, &p, &ctx);
	assert_string_equal(code_of(&r, "snp.tcb"), "snp.tcb.extension");
}

static void test_hwid_when_wrapped_as_octets_passes(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	unsigned char der[66] = {4, 64};
	struct gh_context ctx = {0};
	struct plan p;

	(void)state;
	good_plan(&p);
	memset(der + 2, 0xC1, 64);
	p.exts[6].der = der;
	p.exts[6].len = sizeof(der);
	run(&r, &p, &ctx);
	assert_int_equal(verdict_of(&r, "snp.chip"), GH_PASS);
}

static void test_chip_when_masked_warns(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_context ctx = {0};
	struct plan p;

	(void)state;
	good_plan(&p);
	memset(p.report + 0x1A0, 0, 64);
	run(&r, &p, &ctx);
	assert_int_equal(verdict_of(&r, "snp.chip"), GH_WARN);
	assert_string_equal(code_of(&r, "snp.chip"), "snp.chip.unbound");
}

static void test_vek_when_missing_is_unknown_and_says_which_file(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_certs none = {0};
	struct gh_context ctx = {.certs = &none};
	const struct gh_finding *f;
	struct plan p;

	(void)state;
	good_plan(&p);
	run(&r, &p, &ctx);
	f = gh_findings_get(&r.findings, "vm", "snp.chain.vek");
	assert_int_equal(f->verdict, GH_UNKNOWN);
	assert_string_equal(f->code, "snp.vek.missing");
	assert_non_null(strstr(f->remedy, "--with"));
	assert_int_equal(verdict_of(&r, "snp.signature"), GH_UNKNOWN);
	assert_int_equal(verdict_of(&r, "snp.policy.debug"), GH_SKIP);
}

static void test_chain_when_time_is_outside_fails(void **state)
{
	static const struct {
		int64_t at;
		const char *code;
	} t[] = {{PKI_AT - 86401, "snp.root.notyet"}, {PKI_AT - 86400, ""},
	    {PKI_AT + 86400, ""}, {PKI_AT + 86401, "snp.root.expired"}};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_context ctx = {.at = t[i].at};
		struct plan p;

		good_plan(&p);
		run(&r, &p, &ctx);
		assert_string_equal(code_of(&r, "snp.chain.ark"), t[i].code);
	}
}

static void test_vek_when_named_otherwise_fails(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_context ctx = {0};
	struct plan p;

	(void)state;
	good_plan(&p);
	p.vek_cn = "SEV-VCEK2";
	run(&r, &p, &ctx);
	assert_string_equal(code_of(&r, "snp.chain.vek"), "snp.vek.name");
}

static void test_nonce_when_short_needs_zeros_behind_it(void **state)
{
	unsigned char nonce[65];
	static const struct {
		size_t len;
		enum gh_verdict want;
		const char *code;
	} t[] = {{64, GH_PASS, ""}, {32, GH_FAIL, "snp.nonce.mismatch"},
	    {31, GH_FAIL, "snp.nonce.mismatch"}, {65, GH_FAIL, "snp.nonce.length"},
	    {0, GH_FAIL, "snp.nonce.length"}};

	(void)state;
	memset(nonce, 0xA5, sizeof(nonce));
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_context ctx = {.nonce = {nonce, t[i].len}};
		struct plan p;

		good_plan(&p);
		run(&r, &p, &ctx);
		assert_int_equal(verdict_of(&r, "snp.nonce"), t[i].want);
		assert_string_equal(code_of(&r, "snp.nonce"), t[i].code);
	}
}

static void test_nonce_when_padded_with_zeros_passes(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	unsigned char nonce[32];
	struct gh_context ctx = {.nonce = {nonce, 32}};
	struct plan p;

	(void)state;
	memset(nonce, 0xA5, sizeof(nonce));
	good_plan(&p);
	memset(p.report + 0x050 + 32, 0, 32);
	run(&r, &p, &ctx);
	assert_int_equal(verdict_of(&r, "snp.nonce"), GH_PASS);
}

static void test_signature_when_number_is_too_long_fails(void **state)
{
	unsigned char out[96];
	struct gh_snp_report r;
	struct plan p;

	(void)state;
	good_plan(&p);
	sign_report(p.report);
	assert_int_equal(gh_snp_report_parse(&r, p.report, sizeof(p.report), NULL), 0);
	assert_int_equal(gh_snp_report_signature(&r, out, NULL), 0);
	p.report[0x2A0 + 48] = 1;
	assert_int_equal(gh_snp_report_signature(&r, out, NULL), -1);
	p.report[0x2A0 + 48] = 0;
	p.report[0x2E8 + 71] = 1;
	assert_int_equal(gh_snp_report_signature(&r, out, NULL), -1);
}

static void test_product_when_cpuid_is_at_the_edges(void **state)
{
	static const struct {
		unsigned char family, model;
		enum gh_snp_product want;
	} t[] = {{0x19, 0x00, GH_SNP_MILAN}, {0x19, 0x0F, GH_SNP_MILAN},
	    {0x19, 0x10, GH_SNP_GENOA}, {0x19, 0x1F, GH_SNP_GENOA},
	    {0x19, 0x20, GH_SNP_NO_PRODUCT}, {0x19, 0x9F, GH_SNP_NO_PRODUCT},
	    {0x19, 0xA0, GH_SNP_GENOA}, {0x19, 0xAF, GH_SNP_GENOA},
	    {0x19, 0xB0, GH_SNP_NO_PRODUCT}, {0x1A, 0x00, GH_SNP_TURIN},
	    {0x1A, 0x11, GH_SNP_TURIN}, {0x1A, 0x12, GH_SNP_NO_PRODUCT},
	    {0x1A, 0x50, GH_SNP_NO_PRODUCT}, {0x17, 0x31, GH_SNP_NO_PRODUCT},
	    {0, 0, GH_SNP_NO_PRODUCT}};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		struct gh_snp_report r = {
		    .version = 3, .cpu_family = t[i].family, .cpu_model = t[i].model};

		assert_int_equal(gh_snp_report_product(&r), t[i].want);
	}
	assert_int_equal(gh_snp_product_of("Milan-B0"), GH_SNP_MILAN);
	assert_int_equal(gh_snp_product_of("Milan"), GH_SNP_MILAN);
	assert_int_equal(gh_snp_product_of("Milano"), GH_SNP_NO_PRODUCT);
	assert_int_equal(gh_snp_product_of("Genoa-"), GH_SNP_NO_PRODUCT);
	assert_int_equal(gh_snp_product_of(""), GH_SNP_NO_PRODUCT);
}

static void test_tcb_when_turin_has_another_layout(void **state)
{
	static const unsigned char raw[8] = {1, 2, 3, 4, 0, 0, 6, 81};
	char text[GH_SNP_TCB_TEXT];
	struct gh_snp_tcb turin = gh_snp_tcb_of(raw, GH_SNP_TURIN);
	struct gh_snp_tcb genoa = gh_snp_tcb_of(raw, GH_SNP_GENOA);

	(void)state;
	gh_snp_tcb_text(text, turin, GH_SNP_TURIN);
	assert_string_equal(text, "FMC 1, BL 2, TEE 3, SNP 4, microcode 81");
	gh_snp_tcb_text(text, genoa, GH_SNP_GENOA);
	assert_string_equal(text, "BL 1, TEE 2, SNP 6, microcode 81");
	assert_true(gh_snp_tcb_le(genoa, genoa));
	turin.snp++;
	assert_false(gh_snp_tcb_le(turin, gh_snp_tcb_of(raw, GH_SNP_TURIN)));
}

static void test_table_when_bodies_are_out_of_place_fails(void **state)
{
	unsigned char b[24 * 2 + 4] = {0x63, 0xda, 0x75, 0x8d, 0xe6, 0x64, 0x45, 0x64,
	    0xad, 0xc5, 0xf4, 0xb9, 0x3b, 0xe8, 0xac, 0xcd, 48, 0, 0, 0, 4, 0, 0, 0};
	struct gh_snp_table t;

	(void)state;
	assert_int_equal(gh_snp_table_parse(&t, b, sizeof(b), NULL), 0);
	assert_int_equal(gh_snp_table_get(&t, GH_SNP_ITEM_VCEK).len, 4);
	assert_null(gh_snp_table_get(&t, GH_SNP_ITEM_VLEK).p);
	b[20] = 5; /* one byte past the end */
	assert_int_equal(gh_snp_table_parse(&t, b, sizeof(b), NULL), -1);
	b[20] = 4;
	b[16] = 47; /* into the header */
	assert_int_equal(gh_snp_table_parse(&t, b, sizeof(b), NULL), -1);
	assert_int_equal(gh_snp_table_parse(&t, b, 24, NULL), -1);
	assert_int_equal(gh_snp_table_parse(&t, b, 0, NULL), -1);
}

/* The certificates compiled in are those of spec/snp.md section 2, by their keys. */
static void test_roots_when_compiled_in_are_pinned(void **state)
{
	static const char *const spki[][3] = {
	    {"9f056bee44377e29308cb5ffa895bdfb62d18881fa6bed8d6f075b0204089cb9",
		"42491669ccb851d627ea9846cd24eccbeb7de7c2a62740120fff88001d38ebb6",
		"66450a123ea5876206df67f2514a4fea224c0f63b18313423078b0edc4535e33"},
	    {"429a69c9422aa258ee4d8db5fcda9c6470ef15f8cd5a9cebd6cbc7d90b863831",
		"0324d55bcd48ba877a8fd87c0e1b4934dec8448e3807a24384a34dc6a6c9ebb8",
		"7d1633252ebbadaa75f96e9b4e6f7d43a90ceb3f843937482630f8da2459264e"},
	    {"4f125410563a2ab9a50356f9243f6fe0b6f73de98603f53f90339c70e9d7ad08",
		"0000ead352025f208bf55297c4192c34cd1b878002107366d8f2065a9ae7d3a9",
		"bfc441408b2f806c5dbf180bd8920e6e60dd404d82141780d85dbf962954d386"},
	};
	struct gh_trust builtin = {0};

	(void)state;
	assert_int_equal(gh_trust_builtin(&builtin, NULL), 0);
	for (int p = GH_SNP_MILAN; p <= GH_SNP_TURIN; p++) {
		gh_auto(struct gh_certs, gh_certs_free) cs = {0};
		const struct gh_anchor *a;

		assert_int_equal(gh_snp_roots(&cs, (enum gh_snp_product)p, NULL), 0);
		assert_int_equal(cs.n, 3);
		for (size_t i = 0; i < 3; i++) {
			char hex[65];

			gh_hex(hex, gh_cert_spki_sha256(cs.at[i]), 32);
			assert_string_equal(hex, spki[p - 1][i]);
			assert_true(gh_cert_is_pss_sha384(cs.at[i]));
			assert_int_equal(gh_cert_signed_by(cs.at[i], cs.at[0], NULL), 0);
		}
		a = gh_trust_find(
		    &builtin, GH_ROOT_AMD_ARK, gh_cert_spki_sha256(cs.at[0]));
		assert_non_null(a);
		assert_string_equal(
		    a->product, gh_snp_product_name((enum gh_snp_product)p));
		assert_false(a->lab);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_report_when_good_only_revocation_is_open),
	    cmocka_unit_test(test_report_when_it_says_something_bad_that_step_fails),
	    cmocka_unit_test(test_report_when_host_asked_fails),
	    cmocka_unit_test(test_vek_when_extension_is_wrong_fails),
	    cmocka_unit_test(test_vek_when_extension_is_there_twice_fails),
	    cmocka_unit_test(test_hwid_when_wrapped_as_octets_passes),
	    cmocka_unit_test(test_chip_when_masked_warns),
	    cmocka_unit_test(test_vek_when_missing_is_unknown_and_says_which_file),
	    cmocka_unit_test(test_chain_when_time_is_outside_fails),
	    cmocka_unit_test(test_vek_when_named_otherwise_fails),
	    cmocka_unit_test(test_nonce_when_short_needs_zeros_behind_it),
	    cmocka_unit_test(test_nonce_when_padded_with_zeros_passes),
	    cmocka_unit_test(test_signature_when_number_is_too_long_fails),
	    cmocka_unit_test(test_product_when_cpuid_is_at_the_edges),
	    cmocka_unit_test(test_tcb_when_turin_has_another_layout),
	    cmocka_unit_test(test_table_when_bodies_are_out_of_place_fails),
	    cmocka_unit_test(test_roots_when_compiled_in_are_pinned),
	};

	return cmocka_run_group_tests(tests, make_world, drop_world);
}
