/* SPDX-License-Identifier: Apache-2.0
 * SNP without vectors: a report and a chain made here, one thing wrong at a time. */
#include "base/fields.h"
#include "cpu_pki.h"
#include "cpu_vectors.h"
#include "evidence/snp.h"
#include "evidence/snp_crl.h"
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
	    {0x000, 1, "snp.parse", "snp.version.unknown"},
	    {0x000, 6, "snp.parse", "snp.version.unknown"},
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

		for (int k = GH_SNP_ARK; k <= GH_SNP_ASVK; k++) {
			struct gh_cert *c = NULL;

			assert_int_equal(gh_snp_root(&c, (enum gh_snp_product)p,
					     (enum gh_snp_ca)k, NULL, NULL),
			    0);
			assert_int_equal(gh_certs_add(&cs, c, NULL), 0);
		}
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

/* A knob of the policy, the byte of the report that needs it, and the step that says so. */
static void test_policy_when_knob_allows_passes_and_says_so(void **state)
{
	static const struct {
		unsigned int off;
		unsigned char value;
		size_t knob; /* of a bool */
		const char *step;
	} t[] = {
	    {0x00A, 0x0B, offsetof(struct gh_snp_policy, debug), "snp.policy.debug"},
	    {0x00A, 0x07, offsetof(struct gh_snp_policy, migrate_ma),
		"snp.policy.migrate"},
	    {0x00A, 0x23, offsetof(struct gh_snp_policy, cxl), "snp.policy.cxl"},
	    {0x03F, 201, offsetof(struct gh_snp_policy, provisional),
		"snp.tcb.committed"},
	    {0x040, 0x05, offsetof(struct gh_snp_policy, alias_check),
		"snp.platform.alias"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_policy policy = *gh_policy_strict();
		struct gh_context ctx = {.policy = &policy};
		bool *knob = (bool *)((char *)&policy.snp + t[i].knob);
		struct plan p;

		snprintf(policy.id, sizeof(policy.id), "loose");
		*knob = !*knob;
		good_plan(&p);
		p.report[t[i].off] = t[i].value;
		run(&r, &p, &ctx);
		assert_int_equal(verdict_of(&r, t[i].step), GH_PASS);
		assert_non_null(
		    strstr(gh_findings_get(&r.findings, "vm", t[i].step)->observed,
			"allowed by the policy \"loose\""));
		assert_int_equal(gh_result_verdict(&r), GH_WARN); /* no CRL */
	}
}

static void test_vmpl_when_policy_has_a_maximum_is_compared(void **state)
{
	(void)state;
	for (unsigned int most = 0; most <= 3; most++)
		for (unsigned int vmpl = 0; vmpl <= 4; vmpl++) {
			gh_auto(struct gh_result, gh_result_free) r = {0};
			struct gh_policy policy = *gh_policy_strict();
			struct gh_context ctx = {.policy = &policy};
			struct plan p;

			policy.snp.vmpl_max = most;
			good_plan(&p);
			p.report[0x030] = (unsigned char)vmpl;
			run(&r, &p, &ctx);
			assert_int_equal(
			    verdict_of(&r, "snp.vmpl"), vmpl <= most ? GH_PASS : GH_FAIL);
		}
}

static void test_pins_when_value_is_another_fails(void **state)
{
	static const struct {
		size_t pins, len;
		unsigned int off;
		const char *step, *code;
	} t[] = {
	    {offsetof(struct gh_snp_policy, measurement), 48, 0x090,
		"snp.pin.measurement", "snp.pin.measurement.mismatch"},
	    {offsetof(struct gh_snp_policy, host_data), 32, 0x0C0, "snp.pin.host_data",
		"snp.pin.host_data.mismatch"},
	    {offsetof(struct gh_snp_policy, id_key_digest), 48, 0x0E0,
		"snp.pin.id_key_digest", "snp.pin.id_key_digest.mismatch"},
	    {offsetof(struct gh_snp_policy, author_key_digest), 48, 0x110,
		"snp.pin.author_key_digest", "snp.pin.author_key_digest.mismatch"},
	    {offsetof(struct gh_snp_policy, chip_id), 64, 0x1A0, "snp.pin.chip_id",
		"snp.pin.chip_id.mismatch"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++)
		for (int wrong = 0; wrong < 2; wrong++) {
			gh_auto(struct gh_result, gh_result_free) r = {0};
			struct gh_policy policy = *gh_policy_strict();
			struct gh_context ctx = {.policy = &policy};
			struct gh_pins *pins =
			    (struct gh_pins *)(void *)((char *)&policy.snp + t[i].pins);
			struct plan p;

			good_plan(&p);
			pins->len = t[i].len;
			pins->n = 2; /* the second one fits */
			memset(pins->at[0], 0x77, 64);
			memcpy(pins->at[1], p.report + t[i].off, t[i].len);
			pins->at[1][t[i].len - 1] ^= (unsigned char)wrong;
			run(&r, &p, &ctx);
			assert_int_equal(
			    verdict_of(&r, t[i].step), wrong ? GH_FAIL : GH_PASS);
			assert_string_equal(
			    code_of(&r, t[i].step), wrong ? t[i].code : "");
			assert_int_equal(
			    gh_result_verdict(&r), wrong ? GH_FAIL : GH_WARN);
		}
}

/* Each part of each of the four TCBs, one below its minimum. */
static void test_minimum_when_one_part_is_below_fails(void **state)
{
	static const struct {
		size_t byte;
		const char *name;
	} part[] = {{0, "BL"}, {1, "TEE"}, {6, "SNP"}, {7, "microcode"}};
	static const unsigned int at[] = {0x180, 0x1E0, 0x038, 0x1F0};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(at) * GH_COUNT(part); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_policy policy = *gh_policy_strict();
		struct gh_context ctx = {.policy = &policy};
		unsigned char *have;
		const struct gh_finding *f;
		struct plan p;

		/* fmc: nothing but Turin has one, and this is a Genoa */
		memcpy(&policy.snp.min_tcb, (unsigned char[]){9, 10, 2, 27, 200}, 5);
		good_plan(&p);
		for (size_t k = 0; k < GH_COUNT(at); k++)
			p.report[at[k] + 1] = 2;
		have = &p.report[at[i / 4] + part[i % 4].byte];
		*have = (unsigned char)(*have - 1);
		run(&r, &p, &ctx);
		f = gh_findings_get(&r.findings, "vm", "snp.tcb.min");
		assert_string_equal(f->code, "snp.tcb.min.below");
		assert_non_null(strstr(f->observed, part[i % 4].name));
		assert_null(strstr(f->observed, ";")); /* that one alone */
	}
}

static void test_minimum_when_all_reach_it_passes(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_policy policy = *gh_policy_strict();
	struct gh_context ctx = {.policy = &policy};
	struct plan p;

	(void)state;
	memcpy(&policy.snp.min_tcb, (unsigned char[]){1, 10, 0, 27, 200}, 5);
	good_plan(&p);
	run(&r, &p, &ctx);
	assert_int_equal(verdict_of(&r, "snp.tcb.min"), GH_PASS);
}

static void test_platform_when_a_bit_is_unknown_warns(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_context ctx = {0};
	struct plan p;

	(void)state;
	good_plan(&p);
	p.report[0x041] = 1;
	run(&r, &p, &ctx);
	assert_int_equal(verdict_of(&r, "snp.platform"), GH_WARN);
	assert_string_equal(code_of(&r, "snp.platform"), "snp.platform.unknown");
}

static void test_committed_version_when_above_current_fails(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_context ctx = {0};
	struct plan p;

	(void)state;
	good_plan(&p);
	p.report[0x1EC] = 1;
	run(&r, &p, &ctx);
	assert_string_equal(code_of(&r, "snp.tcb.order"), "snp.tcb.above");
}

/* A list by that issuer, good for a day around PKI_AT unless moved. */
struct plan_crl {
	const struct made *issuer, *signer;
	int64_t from, to; /* to 0: no nextUpdate */
	long serial;      /* revoked; 0: none */
	bool pss;
	long more; /* how many serials after that one */
};

static void make_crl(struct gh_buf *out, const struct plan_crl *plan)
{
	X509_CRL *crl = X509_CRL_new();
	ASN1_TIME *t = ASN1_TIME_set(NULL, plan->from);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pk = NULL;
	unsigned char *der = NULL;
	int len;

	assert_true(X509_CRL_set_version(crl, 1) == 1);
	assert_true(X509_CRL_set_issuer_name(
			crl, X509_get_subject_name(plan->issuer->x509)) == 1);
	assert_true(X509_CRL_set1_lastUpdate(crl, t) == 1);
	ASN1_TIME_set(t, plan->to);
	if (plan->to)
		assert_true(X509_CRL_set1_nextUpdate(crl, t) == 1);
	for (long i = 0; plan->serial && i <= plan->more; i++) {
		X509_REVOKED *one = X509_REVOKED_new();
		ASN1_INTEGER *serial = ASN1_INTEGER_new();

		ASN1_INTEGER_set(serial, plan->serial + i);
		X509_REVOKED_set_serialNumber(one, serial);
		X509_REVOKED_set_revocationDate(one, t);
		assert_true(X509_CRL_add0_revoked(crl, one) == 1);
		ASN1_INTEGER_free(serial);
	}
	assert_true(
	    EVP_DigestSignInit(md, &pk, EVP_sha384(), NULL, plan->signer->key) == 1);
	if (plan->pss) {
		assert_true(EVP_PKEY_CTX_set_rsa_padding(pk, RSA_PKCS1_PSS_PADDING) == 1);
		assert_true(EVP_PKEY_CTX_set_rsa_pss_saltlen(pk, 48) == 1);
	}
	assert_true(X509_CRL_sign_ctx(crl, md) > 0);
	len = i2d_X509_CRL(crl, &der);
	gh_buf_add(out, der, (size_t)len);
	OPENSSL_free(der);
	EVP_MD_CTX_free(md);
	ASN1_TIME_free(t);
	X509_CRL_free(crl);
}

static void test_revocation_when_crl_is_given_is_judged(void **state)
{
	const struct {
		struct plan_crl crl;
		enum gh_verdict want;
		const char *code;
	} t[] = {
	    {{&w.ark, &w.ark, PKI_AT, PKI_AT + 1, 0, true, 0}, GH_PASS, ""},
	    {{&w.ark, &w.ark, PKI_AT, PKI_AT + 1, 8, true, 0}, GH_PASS, ""},
	    {{&w.ark, &w.ark, PKI_AT, PKI_AT + 1, 7, true, 0}, GH_FAIL,
		"snp.ask.revoked"},
	    /* its window is over: what it revoked stays revoked */
	    {{&w.ark, &w.ark, PKI_AT - 9, PKI_AT - 8, 7, true, 0}, GH_FAIL,
		"snp.ask.revoked"},
	    {{&w.ark, &w.ark, PKI_AT - 9, PKI_AT, 0, true, 0}, GH_FAIL, "snp.crl.bad"},
	    {{&w.ark, &w.ark, PKI_AT + 1, PKI_AT + 9, 0, true, 0}, GH_FAIL,
		"snp.crl.bad"},
	    {{&w.ark, &w.ark, PKI_AT, 0, 0, true, 0}, GH_FAIL, "snp.crl.bad"},
	    {{&w.ark, &w.ark, PKI_AT, PKI_AT + 1, 0, false, 0}, GH_FAIL, "snp.crl.bad"},
	    {{&w.ark, &w.ask, PKI_AT, PKI_AT + 1, 7, true, 0}, GH_FAIL, "snp.crl.bad"},
	    {{&w.ask, &w.ask, PKI_AT, PKI_AT + 1, 7, true, 0}, GH_UNKNOWN,
		"snp.crl.absent"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_buf, gh_buf_free) der = {0};
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_bytes list;
		struct gh_context ctx = {.crls = {&list, 1}};
		struct plan p;

		make_crl(&der, &t[i].crl);
		list = gh_buf_view(&der);
		good_plan(&p);
		run(&r, &p, &ctx);
		assert_int_equal(verdict_of(&r, "snp.revocation"), t[i].want);
		assert_string_equal(code_of(&r, "snp.revocation"), t[i].code);
		if (!strcmp(t[i].code, "snp.ask.revoked"))
			assert_string_equal(
			    code_of(&r, "snp.chain.ask"), "snp.ask.revoked");
		if (t[i].want == GH_PASS)
			assert_int_equal(gh_result_verdict(&r), GH_PASS);
	}
}

/* Several lists: one that revokes outweighs a good one, which outweighs a stale one. */
static void test_revocation_when_crls_are_many_the_right_one_counts(void **state)
{
	const struct plan_crl good = {&w.ark, &w.ark, PKI_AT, PKI_AT + 1, 0, true, 0},
			      stale = {&w.ark, &w.ark, PKI_AT - 9, PKI_AT, 0, true, 0},
			      bad = {&w.ark, &w.ark, PKI_AT, PKI_AT + 1, 7, true, 0};
	const struct {
		const struct plan_crl *a, *b;
		enum gh_verdict want;
	} t[] = {{&good, &stale, GH_PASS}, {&stale, &good, GH_PASS},
	    {&stale, &stale, GH_FAIL}, {&good, &bad, GH_FAIL}, {&bad, &good, GH_FAIL},
	    {&good, NULL, GH_PASS}, {NULL, &stale, GH_FAIL}};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_buf, gh_buf_free) a = {0};
		gh_auto(struct gh_buf, gh_buf_free) b = {0};
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_bytes list[2];
		struct gh_context ctx = {.crls = {list, 2}};
		struct plan p;

		if (t[i].a)
			make_crl(&a, t[i].a);
		else
			gh_buf_str(&a, "no list");
		if (t[i].b)
			make_crl(&b, t[i].b);
		else
			gh_buf_str(&b, "no list");
		list[0] = gh_buf_view(&a);
		list[1] = gh_buf_view(&b);
		good_plan(&p);
		run(&r, &p, &ctx);
		assert_int_equal(verdict_of(&r, "snp.revocation"), t[i].want);
	}
}

static void test_revocation_when_policy_asks_for_it_blocks(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	static const unsigned char junk[] = "junk";
	struct gh_bytes list = {junk, 4};
	struct gh_policy policy = *gh_policy_strict();
	struct gh_context ctx = {.policy = &policy, .crls = {&list, 1}};
	const struct gh_finding *f;
	struct plan p;

	(void)state;
	policy.snp.revocation = true;
	good_plan(&p);
	run(&r, &p, &ctx);
	f = gh_findings_get(&r.findings, "vm", "snp.revocation");
	assert_int_equal(f->verdict, GH_UNKNOWN);
	assert_int_equal(f->severity, GH_SEV_BLOCKER);
	assert_non_null(strstr(f->remedy, "/vcek/v1/Genoa/crl"));
	assert_non_null(
	    strstr(f->observed, "DER")); /* what is wrong with the one given */
	assert_int_equal(gh_result_verdict(&r), GH_UNKNOWN);
}

static void test_looks_when_version_is_unknown_is_still_a_report(void **state)
{
	static const struct {
		unsigned int off;
		unsigned char value;
		bool want;
	} t[] = {{0x000, 3, true}, {0x000, 6, true}, {0x000, 255, true},
	    {0x001, 1, false}, {0x035, 1, true}, {0x000, 0, true}};
	struct plan p;

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		good_plan(&p);
		p.report[t[i].off] = t[i].value;
		assert_int_equal(gh_snp_looks(p.report, sizeof(p.report)), t[i].want);
	}
	good_plan(&p);
	p.report[0] = 9;
	p.report[0x035] = 1; /* no such algorithm in any version */
	assert_false(gh_snp_looks(p.report, sizeof(p.report)));
	p.report[0x035] = 0;
	assert_true(gh_snp_looks(p.report, sizeof(p.report)));
	p.report[0x00A] = 1; /* the bit that must be one */
	assert_false(gh_snp_looks(p.report, sizeof(p.report)));
	assert_false(gh_snp_looks(p.report, sizeof(p.report) - 1));
	memset(p.report, 0, sizeof(p.report));
	assert_false(gh_snp_looks(p.report, sizeof(p.report)));
}

static void test_parse_when_version_is_unknown_says_so_and_skips_the_rest(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_context ctx = {0};
	struct plan p;

	(void)state;
	good_plan(&p);
	p.report[0] = 6;
	run(&r, &p, &ctx);
	assert_string_equal(code_of(&r, "snp.parse"), "snp.version.unknown");
	assert_int_equal(verdict_of(&r, "snp.signature"), GH_SKIP);
	assert_int_equal(verdict_of(&r, "snp.nonce"), GH_SKIP);
}

/* KDS signs a new certificate of the same key at each request: any of them will do, and
 * neither order nor strangers among them matter. */
static void test_vek_when_many_are_given_the_right_one_is_taken(void **state)
{
	gh_auto(struct gh_signer *, gh_signer_free) other = NULL;
	struct made leaf[5] = {0};
	struct plan p;

	(void)state;
	assert_int_equal(gh_signer_new(&other, 384, NULL), 0);
	good_plan(&p);
	make_leaf(&leaf[0], "SEV-VCEK", &w.ask, gh_signer_evp(w.chip), p.exts, 7, true);
	make_leaf(&leaf[1], "SEV-VCEK", &w.ask, gh_signer_evp(other), p.exts, 7, true);
	make_leaf(&leaf[2], "SEV-VLEK", &w.ask, gh_signer_evp(w.chip), p.exts, 7, true);
	p.hwid[0] ^= 1;
	make_leaf(&leaf[3], "SEV-VCEK", &w.ask, gh_signer_evp(other), p.exts, 7, true);
	p.hwid[0] ^= 1;
	make_leaf(&leaf[4], "SEV-VCEK", &w.ask, gh_signer_evp(other), p.exts, 5, true);
	for (int masked = 0; masked < 2; masked++)
		for (size_t first = 0; first < GH_COUNT(leaf); first++) {
			gh_auto(struct gh_result, gh_result_free) r = {0};
			gh_auto(struct gh_certs, gh_certs_free) cs = {0};
			struct gh_context ctx = {.certs = &cs};

			for (size_t i = 0; i < GH_COUNT(leaf); i++)
				add_made(&cs, &leaf[(first + i) % GH_COUNT(leaf)]);
			add_made(&cs, &w.ark);
			add_made(&cs, &w.ask);
			if (masked)
				memset(p.report + 0x1A0, 0, 64);
			run(&r, &p, &ctx);
			assert_int_equal(verdict_of(&r, "snp.signature"), GH_PASS);
		}
	for (size_t i = 0; i < GH_COUNT(leaf); i++)
		free_made(&leaf[i]);
}

static void test_verify_when_run_has_a_memo_computes_each_signature_once(void **state)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	gh_auto(struct made, free_made) leaf = {0};
	struct gh_memo *memo = gh_memo_new();
	struct plan p;

	(void)state;
	good_plan(&p);
	sign_report(p.report);
	make_leaf(&leaf, "SEV-VCEK", &w.ask, gh_signer_evp(w.chip), p.exts, 7, true);
	add_made(&cs, &leaf);
	add_made(&cs, &leaf); /* twice: a tie, which asks for the signature */
	add_made(&cs, &w.ask);
	add_made(&cs, &w.ark);
	for (int i = 0; i < 3; i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_snp_evidence ev = {.report = {p.report, GH_SNP_REPORT_LEN}};
		struct gh_context ctx = {
		    .at = PKI_AT, .trust = &w.trust, .certs = &cs, .memo = memo};

		assert_int_equal(gh_snp_verify(&r, "vm", &ev, &ctx, NULL), 0);
		assert_int_equal(verdict_of(&r, "snp.signature"), GH_PASS);
	}
	/* leaf, ASK, ARK, and the report itself */
	assert_int_equal(gh_memo_computed(memo), 4);
	gh_memo_free(&memo);
}

static size_t count_named(const struct gh_fields *fs, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < fs->n; i++)
		n += !strcmp(fs->at[i].name, name);
	return n;
}

static void test_show_when_report_is_whole_or_cut_tells_what_is_there(void **state)
{
	struct plan p;

	(void)state;
	for (unsigned int version = 0; version < 7; version++)
		for (size_t len = 0; len <= GH_SNP_REPORT_LEN; len++) {
			gh_auto(struct gh_fields, gh_fields_free) fs = {0};
			struct gh_bytes b = {p.report, len}, whole = {p.report, 1};
			size_t seen = 0;

			good_plan(&p);
			p.report[0] = (unsigned char)version;
			fs.whole = whole;
			assert_int_equal(gh_snp_show(&fs, b, NULL), 0);
			assert_ptr_equal(fs.whole.p, whole.p);
			assert_int_equal(fs.depth, 0);
			for (size_t i = 0; i < fs.n; i++) {
				if (!fs.at[i].raw.p)
					continue;
				assert_int_equal(fs.at[i].offset, seen);
				seen += fs.at[i].raw.len;
			}
			if (len == GH_SNP_REPORT_LEN)
				assert_int_equal(seen, len);
			assert_int_equal(count_named(&fs, "error"),
			    len == GH_SNP_REPORT_LEN && version >= 3 && version <= 5 ? 0
										     : 1);
		}
}

static void test_show_when_bits_are_odd_names_them(void **state)
{
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	static const char *const words[] = {"DEBUG", "asked for by the host",
	    "ECDSA P-384", "MASK_CHIP_KEY", "SIGNING_KEY reserved", "reserved 0x100",
	    "masked, or signed", "no migration agent", "no product we know",
	    "if it is as on Milan", "AUTHOR_KEY_EN", "reserved 0xff00000000000000"};
	struct plan p;

	(void)state;
	good_plan(&p);
	p.report[0x00A] = 0x0B;
	p.report[0x00F] = 0xFF;
	memset(p.report + 0x030, 0xFF, 4);
	p.report[0x048] = 0x0B;
	p.report[0x049] = 1;
	memset(p.report + 0x160, 0xFF, 32);
	p.report[0x188] = 0x1B;
	memset(p.report + 0x1A0, 0, 64);
	assert_int_equal(
	    gh_snp_show(&fs, (struct gh_bytes){p.report, sizeof(p.report)}, NULL), 0);
	gh_fields_plain(&text, &fs);
	for (size_t i = 0; i < GH_COUNT(words); i++)
		if (!strstr(gh_buf_cstr(&text), words[i]))
			fail_msg("not shown: %s", words[i]);
}

static void test_crl_show_when_list_is_good_or_not_tells(void **state)
{
	const struct plan_crl plan[] = {{&w.ark, &w.ark, PKI_AT, PKI_AT + 1, 7, true, 0},
	    {&w.ark, &w.ark, PKI_AT, 0, 0, false, 0},
	    {&w.ark, &w.ark, PKI_AT, 0, 1, false, 255},
	    {&w.ark, &w.ark, PKI_AT, 0, 1, false, 299}};
	static const size_t serials[] = {1, 0, 256, 257}; /* the last: "and 44 more" */

	(void)state;
	for (size_t i = 0; i < GH_COUNT(plan); i++) {
		gh_auto(struct gh_fields, gh_fields_free) fs = {0};
		gh_auto(struct gh_buf, gh_buf_free) der = {0};

		make_crl(&der, &plan[i]);
		assert_int_equal(gh_crl_show(&fs, gh_buf_view(&der), NULL), 0);
		assert_int_equal(count_named(&fs, "error"), 0);
		assert_int_equal(count_named(&fs, "serial"), serials[i]);
		der.len--;
		assert_int_equal(gh_crl_show(&fs, gh_buf_view(&der), NULL), 0);
		assert_int_equal(count_named(&fs, "error"), 1);
	}
}

static void test_table_when_guids_are_unknown_is_shown_but_not_recognised(void **state)
{
	unsigned char b[24 * 3 + 8] = {0xec, 0xae, 0x0c, 0x0f, 0x95, 0x02, 0x43, 0xb1,
	    0xaf, 0xa2, 0x0a, 0xe2, 0xe0, 0xd5, 0x65, 0xb6, 72, 0, 0, 0, 8, 0, 0, 0};
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};

	(void)state;
	b[72] = 8;
	assert_true(gh_snp_table_looks((struct gh_bytes){b, sizeof(b)}));
	assert_int_equal(
	    gh_snp_table_show(&fs, (struct gh_bytes){b, sizeof(b)}, NULL), 0);
	assert_int_equal(count_named(&fs, "cpuid_1_eax"), 1);
	b[20] = 7; /* too short for what it should be */
	assert_int_equal(
	    gh_snp_table_show(&fs, (struct gh_bytes){b, sizeof(b)}, NULL), 0);
	assert_int_equal(count_named(&fs, "error"), 1);
	b[0] ^= 1;
	assert_false(gh_snp_table_looks((struct gh_bytes){b, sizeof(b)}));
	assert_int_equal(
	    gh_snp_table_show(&fs, (struct gh_bytes){b, sizeof(b)}, NULL), 0);
	assert_int_equal(count_named(&fs, "body"), 1);
	memcpy(b, "\x63\xda\x75\x8d\xe6\x64\x45\x64\xad\xc5\xf4\xb9\x3b\xe8\xac\xcd", 16);
	assert_int_equal(
	    gh_snp_table_show(&fs, (struct gh_bytes){b, sizeof(b)}, NULL), 0);
	assert_int_equal(
	    count_named(&fs, "error"), 2); /* a VCEK that is no certificate */
	memset(b, 0, sizeof(b));
	assert_false(gh_snp_table_looks((struct gh_bytes){b, sizeof(b)}));
	assert_false(gh_snp_table_looks((struct gh_bytes){b, 23}));
	assert_int_equal(gh_snp_table_show(&fs, (struct gh_bytes){b, 23}, NULL), 0);
	assert_int_equal(count_named(&fs, "error"), 3);
}

/* Version 2 does not name its product. */
static void test_version_2_when_vcek_does_not_help_fails(void **state)
{
	static const unsigned char rome[] = {0x16, 4, 'R', 'o', 'm', 'e'};
	static const struct {
		const unsigned char *name; /* NULL: no productName */
		unsigned char tail;        /* of CHIP_ID */
		const char *code;
	} t[] = {{rome, 0xC1, "snp.product.unknown"}, {NULL, 0xC1, "snp.product.unknown"},
	    {rome, 0, "snp.product.ambiguous"}};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_context ctx = {0};
		struct plan p;

		good_plan(&p);
		p.report[0] = 2;
		memset(p.report + 0x188, 0, 3);
		memset(p.report + 0x1A8, t[i].tail, 56);
		p.exts[1].der = rome;
		p.exts[1].len = sizeof(rome);
		if (!t[i].name)
			p.exts[1] = p.exts[6];
		run(&r, &p, &ctx);
		assert_int_equal(verdict_of(&r, "snp.product"), GH_FAIL);
		assert_string_equal(code_of(&r, "snp.product"), t[i].code);
	}
}

static void test_vlek_when_missing_says_where_it_comes_from(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_certs none = {0};
	struct gh_context ctx = {.certs = &none};
	struct plan p;

	(void)state;
	good_plan(&p);
	p.report[0x048] = 4;
	run(&r, &p, &ctx);
	assert_non_null(
	    strstr(gh_findings_get(&r.findings, "vm", "snp.chain.vek")->remedy, "vlek"));
	assert_non_null(strstr(
	    gh_findings_get(&r.findings, "vm", "snp.revocation")->remedy, "/vlek/v1/"));
}

/* An intermediate in the name of the ASK that may not sign certificates. */
static void test_ask_when_its_role_is_wrong_fails(void **state)
{
	static const struct {
		const char *constraints, *usage, *step, *code;
	} t[] = {
	    {"CA:FALSE", "keyCertSign", "snp.chain.ask", "snp.ask.role"},
	    {"critical,CA:TRUE", "cRLSign", "snp.chain.vek", "snp.vek.path"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct made, free_made) ask = {0};
		gh_auto(struct made, free_made) leaf = {0};
		gh_auto(struct gh_certs, gh_certs_free) cs = {0};
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_context ctx = {.certs = &cs};
		struct plan p;

		good_plan(&p);
		ask.key = EVP_RSA_gen(2048);
		ask.x509 = blank_cert("SEV-Genoa", w.ark.x509, ask.key);
		add_conf_ext(ask.x509, ask.x509, NID_basic_constraints, t[i].constraints);
		add_conf_ext(ask.x509, ask.x509, NID_key_usage, t[i].usage);
		sign_cert(ask.x509, w.ark.key, true);
		make_leaf(
		    &leaf, "SEV-VCEK", &ask, gh_signer_evp(w.chip), p.exts, 7, true);
		add_made(&cs, &leaf);
		add_made(&cs, &ask);
		add_made(&cs, &w.ark);
		run(&r, &p, &ctx);
		assert_string_equal(code_of(&r, t[i].step), t[i].code);
		assert_int_equal(gh_result_verdict(&r), GH_FAIL);
	}
}

/* One extension alone in a certificate, read as each kind. */
static void test_extension_when_odd_is_refused(void **state)
{
	static const unsigned char empty[] = {0x16, 0}, tab[] = {0x16, 2, 'a', 9},
				   cut[] = {0x16, 3, 'a'}, del[] = {0x16, 1, 0x7F},
				   tag[] = {0x0C, 1, 'a'}, wide[] = {2, 3, 0, 0, 9},
				   none[] = {2, 0}, high[] = {2, 2, 1, 200},
				   nine[9] = {0},
				   octets[] = {4, 8, 0, 0, 0, 0, 0, 0, 0, 0},
				   longer[] = {0x16, 16, 'a', 'b', 'c', 'd', 'e', 'f',
				       'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p'};
	static const struct {
		const unsigned char *der;
		size_t len;
	} texts[] = {{empty, 2}, {tab, 4}, {cut, 3}, {del, 3}, {tag, 3}, {longer, 18}},
	  numbers[] = {{wide, 5}, {none, 2}, {high, 4}, {empty, 2}, {cut, 1}};
	char name[GH_SNP_PRODUCT_TEXT];
	struct gh_bytes hwid;

	(void)state;
	for (size_t i = 0; i < GH_COUNT(texts) + GH_COUNT(numbers) + 2; i++) {
		gh_auto(struct made, free_made) leaf = {0};
		gh_auto(struct gh_certs, gh_certs_free) cs = {0};
		unsigned int version = 0;
		struct ext e = {"1.3.6.1.4.1.3704.1.2", NULL, 0};

		if (i < GH_COUNT(texts)) {
			e.der = texts[i].der;
			e.len = texts[i].len;
		} else if (i < GH_COUNT(texts) + GH_COUNT(numbers)) {
			e.oid = "1.3.6.1.4.1.3704.1.1";
			e.der = numbers[i - GH_COUNT(texts)].der;
			e.len = numbers[i - GH_COUNT(texts)].len;
		} else {
			e.oid = "1.3.6.1.4.1.3704.1.4";
			e.der = i % 2 ? nine : octets;
			e.len = i % 2 ? sizeof(nine) : sizeof(octets);
		}
		make_leaf(&leaf, "leaf", &w.ask, gh_signer_evp(w.chip), &e, 1, true);
		add_made(&cs, &leaf);
		assert_int_equal(gh_snp_vek_product(cs.at[0], name, NULL), -1);
		assert_int_equal(gh_snp_vek_struct_version(cs.at[0], &version, NULL), -1);
		assert_int_equal(gh_snp_vek_hwid(cs.at[0], GH_SNP_GENOA, &hwid, NULL),
		    !strcmp(e.oid, "1.3.6.1.4.1.3704.1.4") ? -1 : 0);
		/* wrapped in octets it is one of Turin's */
		assert_int_equal(gh_snp_vek_hwid(cs.at[0], GH_SNP_TURIN, &hwid, NULL),
		    e.der == nine ? -1 : 0);
		assert_int_equal(hwid.p != NULL, e.der == octets);
		assert_int_equal(
		    gh_snp_vek_looks(cs.at[0]), !strcmp(e.oid, "1.3.6.1.4.1.3704.1.1"));
	}
}

static void test_extension_when_there_twice_or_out_of_place_is_refused(void **state)
{
	static const unsigned char fmc[] = {2, 1, 1}, csp[] = {0x16, 1, 'a'};
	gh_auto(struct made, free_made) leaf = {0};
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	char text[GH_SNP_CSP_TEXT];
	struct gh_snp_tcb level;
	struct gh_bytes hwid;
	struct ext exts[12];
	struct plan p;

	(void)state;
	good_plan(&p);
	memcpy(exts, p.exts, 7 * sizeof(exts[0]));
	exts[7] = exts[6]; /* hwID */
	exts[8] = (struct ext){"1.3.6.1.4.1.3704.1.5", csp, sizeof(csp)};
	exts[9] = exts[8];
	exts[10] = (struct ext){"1.3.6.1.4.1.3704.1.3.9", fmc, sizeof(fmc)};
	make_leaf(&leaf, "SEV-VLEK", &w.ask, gh_signer_evp(w.chip), exts, 11, true);
	add_made(&cs, &leaf);
	assert_true(gh_snp_vek_looks(cs.at[0]));
	assert_true(gh_snp_vek_is_vlek(cs.at[0]));
	assert_int_equal(gh_snp_vek_hwid(cs.at[0], GH_SNP_GENOA, &hwid, NULL), -1);
	assert_int_equal(gh_snp_vek_csp(cs.at[0], text, NULL), -1);
	assert_int_equal(gh_snp_vek_tcb(cs.at[0], GH_SNP_GENOA, &level, NULL), -1);
	assert_int_equal(gh_snp_vek_tcb(cs.at[0], GH_SNP_TURIN, &level, NULL), 0);
	assert_int_equal(level.fmc, 1);
}

static void test_roots_when_there_is_none_says_so(void **state)
{
	struct gh_cert *c = NULL;

	(void)state;
	assert_int_equal(gh_snp_root(&c, GH_SNP_NO_PRODUCT, GH_SNP_ARK, NULL, NULL), -1);
	assert_null(c);
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
	    cmocka_unit_test(test_policy_when_knob_allows_passes_and_says_so),
	    cmocka_unit_test(test_vmpl_when_policy_has_a_maximum_is_compared),
	    cmocka_unit_test(test_pins_when_value_is_another_fails),
	    cmocka_unit_test(test_minimum_when_one_part_is_below_fails),
	    cmocka_unit_test(test_minimum_when_all_reach_it_passes),
	    cmocka_unit_test(test_platform_when_a_bit_is_unknown_warns),
	    cmocka_unit_test(test_committed_version_when_above_current_fails),
	    cmocka_unit_test(test_revocation_when_crl_is_given_is_judged),
	    cmocka_unit_test(test_revocation_when_crls_are_many_the_right_one_counts),
	    cmocka_unit_test(test_revocation_when_policy_asks_for_it_blocks),
	    cmocka_unit_test(test_looks_when_version_is_unknown_is_still_a_report),
	    cmocka_unit_test(
		test_parse_when_version_is_unknown_says_so_and_skips_the_rest),
	    cmocka_unit_test(test_vek_when_many_are_given_the_right_one_is_taken),
	    cmocka_unit_test(
		test_verify_when_run_has_a_memo_computes_each_signature_once),
	    cmocka_unit_test(test_show_when_report_is_whole_or_cut_tells_what_is_there),
	    cmocka_unit_test(test_show_when_bits_are_odd_names_them),
	    cmocka_unit_test(test_crl_show_when_list_is_good_or_not_tells),
	    cmocka_unit_test(
		test_table_when_guids_are_unknown_is_shown_but_not_recognised),
	    cmocka_unit_test(test_version_2_when_vcek_does_not_help_fails),
	    cmocka_unit_test(test_vlek_when_missing_says_where_it_comes_from),
	    cmocka_unit_test(test_ask_when_its_role_is_wrong_fails),
	    cmocka_unit_test(test_extension_when_odd_is_refused),
	    cmocka_unit_test(test_extension_when_there_twice_or_out_of_place_is_refused),
	    cmocka_unit_test(test_roots_when_there_is_none_says_so),
	};

	return cmocka_run_group_tests(tests, make_world, drop_world);
}
