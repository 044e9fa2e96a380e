/* SPDX-License-Identifier: Apache-2.0
 * TDX without vectors: a quote and a PCK chain made here, one thing wrong at a time. */
#include <openssl/pem.h>

#include "cpu_pki.h"
#include "cpu_vectors.h"
#include "evidence/tdx.h"
#include "evidence/tdx_pck.h"
#include "evidence/tdx_quote.h"
#include "evidence/tee.h"

#define BODY 48 /* offset of a version 4 body */

struct world {
	struct made root, ca;
	struct gh_signer *pck, *attestation;
	struct gh_trust trust;
	struct gh_buf sgx; /* the SGX extension */
};

static struct world w;

static void tlv(struct gh_buf *out, unsigned char tag, const void *p, size_t len)
{
	gh_buf_chr(out, (char)tag);
	if (len >= 0x100) {
		gh_buf_chr(out, (char)0x82);
		gh_buf_chr(out, (char)(len >> 8));
	} else if (len >= 0x80) {
		gh_buf_chr(out, (char)0x81);
	}
	gh_buf_chr(out, (char)(len & 0xFF));
	gh_buf_add(out, p, len);
}

/* SEQUENCE { OID arc.a[.b], value } */
static void member(struct gh_buf *out, unsigned char a, unsigned char b,
    unsigned char tag, const void *p, size_t len)
{
	unsigned char oid[] = {
	    0x2A, 0x86, 0x48, 0x86, 0xF8, 0x4D, 0x01, 0x0D, 0x01, a, b};
	gh_auto(struct gh_buf, gh_buf_free) seq = {0};

	tlv(&seq, 0x06, oid, b ? 11 : 10);
	tlv(&seq, tag, p, len);
	tlv(out, 0x30, seq.p, seq.len);
}

static void make_sgx(struct gh_buf *out)
{
	gh_auto(struct gh_buf, gh_buf_free) tcb = {0}, all = {0}, config = {0};
	static const unsigned char ppid[16] = {1}, svn[] = {0, 255}, pce_svn[] = {0x0D},
				   cpu_svn[16] = {9}, pce_id[2] = {0, 0},
				   fmspc[6] = {0x90, 0xC0, 0x6F}, type[] = {1},
				   yes[] = {0xFF};

	for (unsigned char i = 1; i <= 16; i++)
		member(&tcb, 2, i, 0x02, svn, 2);
	member(&tcb, 2, 17, 0x02, pce_svn, 1);
	member(&tcb, 2, 18, 0x04, cpu_svn, 16);
	member(&config, 7, 1, 0x01, yes, 1);
	member(&all, 1, 0, 0x04, ppid, 16);
	member(&all, 2, 0, 0x30, tcb.p, tcb.len);
	member(&all, 3, 0, 0x04, pce_id, 2);
	member(&all, 4, 0, 0x04, fmspc, 6);
	member(&all, 5, 0, 0x0A, type, 1);
	member(&all, 7, 0, 0x30, config.p, config.len);
	tlv(out, 0x30, all.p, all.len);
}

static int make_world(void **state)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};

	(void)state;
	make_ca(&w.root, "Intel SGX Root CA", NULL, false);
	make_ca(&w.ca, "Intel SGX PCK Platform CA", &w.root, false);
	assert_int_equal(gh_signer_new(&w.pck, 256, NULL), 0);
	assert_int_equal(gh_signer_new(&w.attestation, 256, NULL), 0);
	make_sgx(&w.sgx);
	add_made(&cs, &w.root);
	add_anchor(&w.trust, GH_ROOT_INTEL_SGX, "", gh_cert_spki_sha256(cs.at[0]));
	return 0;
}

static int drop_world(void **state)
{
	(void)state;
	free_made(&w.root);
	free_made(&w.ca);
	gh_signer_free(&w.pck);
	gh_signer_free(&w.attestation);
	gh_buf_free(&w.sgx);
	return 0;
}

/* What a test may change before everything is signed. */
struct plan {
	unsigned char head[48 + 584];
	unsigned char qe[384];
	struct gh_buf sgx;
	const char *leaf_cn;
	bool chain_of_two, foreign_qe_signer;
};

static void free_plan(struct plan *p)
{
	gh_buf_free(&p->sgx);
}

static void good_plan(struct plan *p)
{
	static const unsigned char vendor[16] = {0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c,
	    0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07};

	memset(p, 0, sizeof(*p));
	p->head[0] = 4;
	p->head[2] = 2;
	p->head[4] = 0x81;
	memcpy(p->head + 12, vendor, 16);
	p->head[BODY + 123] = 0x10; /* SEPT_VE_DISABLE */
	p->head[BODY + 128] = 0xE7; /* XFAM */
	memset(p->head + BODY + 136, 0x4D, 48);
	memset(p->head + BODY + 520, 0xA5, 64);
	p->qe[256] = 2;
	gh_buf_add(&p->sgx, w.sgx.p, w.sgx.len);
	p->leaf_cn = "Intel SGX PCK Certificate";
}

static void le(struct gh_buf *out, uint64_t v, size_t len)
{
	for (size_t i = 0; i < len; i++)
		gh_buf_chr(out, (char)(v >> (8 * i) & 0xFF));
}

static void public_xy(const struct gh_signer *s, unsigned char xy[64])
{
	gh_auto(struct gh_pubkey *, gh_pubkey_free) k = NULL;
	gh_auto(struct gh_buf, gh_buf_free) spki = {0};

	assert_int_equal(gh_signer_pubkey(s, &k, NULL), 0);
	assert_int_equal(gh_pubkey_spki(k, &spki, NULL), 0);
	memcpy(xy, spki.p + spki.len - 64, 64);
}

static void add_pem(struct gh_buf *out, const struct made *m)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *p = NULL;
	long n;

	assert_true(PEM_write_bio_X509(bio, m->x509) == 1);
	n = BIO_get_mem_data(bio, &p);
	gh_buf_add(out, p, (size_t)n);
	BIO_free(bio);
}

static void make_chain(struct gh_buf *out, const struct plan *p)
{
	gh_auto(struct made, free_made) leaf = {0};
	struct ext ext = {"1.2.840.113741.1.13.1", p->sgx.p, p->sgx.len};

	make_leaf(&leaf, p->leaf_cn, &w.ca, gh_signer_evp(w.pck), &ext,
	    p->sgx.len ? 1 : 0, false);
	add_pem(out, &leaf);
	add_pem(out, &w.ca);
	if (!p->chain_of_two)
		add_pem(out, &w.root);
	gh_buf_chr(out, '\0'); /* as real quoting enclaves do */
}

static void make_quote(struct gh_buf *out, struct plan *p)
{
	static const unsigned char auth[] = "any length";
	gh_auto(struct gh_buf, gh_buf_free) bound = {0}, pem = {0}, inner = {0};
	unsigned char xy[64];

	public_xy(w.attestation, xy);
	gh_buf_add(&bound, xy, 64);
	gh_buf_add(&bound, auth, sizeof(auth));
	if (gh_is_zero(p->qe + 320, 32))
		assert_int_equal(gh_sha256(bound.p, bound.len, p->qe + 320, NULL), 0);
	make_chain(&pem, p);
	gh_buf_add(&inner, p->qe, 384);
	assert_int_equal(gh_sign_raw(p->foreign_qe_signer ? w.attestation : w.pck,
			     GH_SHA256, (struct gh_bytes){p->qe, 384}, &inner, NULL),
	    0);
	le(&inner, sizeof(auth), 2);
	gh_buf_add(&inner, auth, sizeof(auth));
	le(&inner, 5, 2);
	le(&inner, pem.len, 4);
	gh_buf_add(&inner, pem.p, pem.len);
	gh_buf_add(out, p->head, sizeof(p->head));
	le(out, 128 + 6 + inner.len, 4);
	assert_int_equal(gh_sign_raw(w.attestation, GH_SHA256,
			     (struct gh_bytes){p->head, sizeof(p->head)}, out, NULL),
	    0);
	gh_buf_add(out, xy, 64);
	le(out, 6, 2);
	le(out, inner.len, 4);
	gh_buf_add(out, inner.p, inner.len);
}

static void run_bytes(
    struct gh_result *r, const struct gh_buf *quote, struct gh_context *ctx)
{
	struct gh_tdx_evidence ev = {gh_buf_view(quote)};

	ctx->at = ctx->at ? ctx->at : PKI_AT;
	ctx->trust = &w.trust;
	assert_int_equal(gh_tdx_verify(r, "vm", &ev, ctx, NULL), 0);
	assert_tree(r);
}

static void run(struct gh_result *r, struct plan *p, struct gh_context *ctx)
{
	gh_auto(struct gh_buf, gh_buf_free) quote = {0};

	make_quote(&quote, p);
	run_bytes(r, &quote, ctx);
}

static void test_quote_when_good_only_collateral_is_open(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct plan, free_plan) p;
	struct gh_context ctx = {0};
	const struct gh_subject *s;
	size_t unknown = 0;

	(void)state;
	good_plan(&p);
	run(&r, &p, &ctx);
	for (size_t i = 0; i < r.findings.n; i++) {
		const struct gh_finding *f = &r.findings.at[i];

		if (f->verdict == GH_UNKNOWN)
			assert_string_equal(f->code, "tdx.collateral.missing");
		else if (strcmp(f->step, "tdx.nonce"))
			assert_int_equal(f->verdict, GH_PASS);
		unknown += f->verdict == GH_UNKNOWN;
	}
	assert_int_equal(unknown, 3); /* tcb, revocation, qe.identity */
	assert_int_equal(gh_result_verdict(&r), GH_UNKNOWN);
	s = gh_result_find(&r, "vm");
	assert_string_equal(gh_claim_get(s, "fmspc"), "90c06f000000");
	assert_string_equal(gh_claim_get(s, "pce_svn"), "13");
	assert_string_equal(gh_claim_get(s, "td_attributes"), "0000001000000000");
}

/* One byte of header or body changed before signing. */
static void test_quote_when_it_says_something_bad_that_step_fails(void **state)
{
	static const struct {
		unsigned int off;
		unsigned char value;
		const char *step, *code;
	} t[] = {
	    {0, 3, "tdx.parse", "tdx.parse.version"},
	    {0, 5, "tdx.parse", "tdx.parse.format"},
	    {2, 3, "tdx.parse", "tdx.parse.key_type"},
	    {4, 0, "tdx.parse", "tdx.parse.tee_type"},
	    {12, 0, "tdx.parse", "tdx.parse.vendor"},
	    {BODY + 120, 1, "tdx.attributes.debug", "tdx.attributes.debug.on"},
	    {BODY + 120, 0x10, "tdx.attributes.debug", "tdx.attributes.debug.profiled"},
	    {BODY + 122, 0x10, "tdx.attributes", "tdx.attributes.unknown"},
	    {BODY + 123, 0x00, "tdx.attributes", "tdx.attributes.sept_ve"},
	    {BODY + 123, 0x30, "tdx.attributes", "tdx.attributes.migratable"},
	    {BODY + 127, 0x80, "tdx.attributes", "tdx.attributes.perfmon"},
	    {BODY + 128, 0xE4, "tdx.xfam", "tdx.xfam.bits"},
	    {BODY + 135, 0x80, "tdx.xfam", "tdx.xfam.bits"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(struct plan, free_plan) p;
		struct gh_context ctx = {0};

		good_plan(&p);
		p.head[t[i].off] = t[i].value;
		run(&r, &p, &ctx);
		assert_string_equal(code_of(&r, t[i].step), t[i].code);
		assert_int_equal(gh_result_verdict(&r), GH_FAIL);
	}
}

static void test_qe_when_signed_by_another_key_fails(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct plan, free_plan) p;
	struct gh_context ctx = {0};

	(void)state;
	good_plan(&p);
	p.foreign_qe_signer = true;
	run(&r, &p, &ctx);
	assert_string_equal(code_of(&r, "tdx.qe.signature"), "tdx.qe.signature.bad");
	assert_int_equal(verdict_of(&r, "tdx.qe.binding"), GH_SKIP);
	assert_int_equal(verdict_of(&r, "tdx.signature"), GH_SKIP);
}

static void test_binding_when_key_is_not_in_qe_report_fails(void **state)
{
	static const struct {
		unsigned int off;
		const char *code;
	} t[] = {{320, "tdx.qe.binding.mismatch"}, {383, "tdx.qe.binding.tail"}};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(struct plan, free_plan) p;
		struct gh_context ctx = {0};

		good_plan(&p);
		p.qe[t[i].off] = 1; /* make_quote leaves the half that is set */
		run(&r, &p, &ctx);
		assert_string_equal(code_of(&r, "tdx.qe.binding"), t[i].code);
		assert_int_equal(verdict_of(&r, "tdx.signature"), GH_SKIP);
	}
}

static void test_chain_when_wrong_fails(void **state)
{
	gh_auto(struct gh_result, gh_result_free) two = {0}, name = {0}, ext = {0};
	struct gh_context ctx = {0};
	struct plan p;

	(void)state;
	good_plan(&p);
	p.chain_of_two = true;
	run(&two, &p, &ctx);
	assert_string_equal(code_of(&two, "tdx.chain.root"), "tdx.chain.format");
	assert_int_equal(verdict_of(&two, "tdx.signature"), GH_SKIP);
	p.chain_of_two = false;
	p.leaf_cn = "Intel SGX TCB Signing";
	run(&name, &p, &ctx);
	assert_string_equal(code_of(&name, "tdx.chain.pck"), "tdx.pck.name");
	p.leaf_cn = "Intel SGX PCK Certificate";
	p.sgx.len = 0;
	run(&ext, &p, &ctx);
	assert_string_equal(code_of(&ext, "tdx.chain.pck"), "tdx.pck.extension");
	free_plan(&p);
}

static void test_root_when_not_pinned_or_lab_fails(void **state)
{
	static const struct {
		bool lab, allow, forget;
		const char *code;
		bool marked;
	} t[] = {{false, false, true, "tdx.root.unpinned", false},
	    {true, false, false, "tdx.root.lab", false}, {true, true, false, "", true}};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(struct plan, free_plan) p;
		struct gh_context ctx = {.allow_lab = t[i].allow};
		struct gh_trust kept = w.trust;

		good_plan(&p);
		w.trust.at[0].lab = t[i].lab;
		w.trust.n = t[i].forget ? 0 : 1;
		run(&r, &p, &ctx);
		w.trust = kept;
		assert_string_equal(code_of(&r, "tdx.chain.root"), t[i].code);
		for (size_t k = 0; k < r.findings.n; k++)
			assert_int_equal(r.findings.at[k].lab, t[i].marked);
	}
}

static void test_chain_when_time_is_outside_fails(void **state)
{
	static const struct {
		int64_t at;
		const char *code;
	} t[] = {{PKI_AT - 86401, "tdx.root.notyet"}, {PKI_AT - 86400, ""},
	    {PKI_AT + 86401, "tdx.root.expired"}};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(struct plan, free_plan) p;
		struct gh_context ctx = {.at = t[i].at};

		good_plan(&p);
		run(&r, &p, &ctx);
		assert_string_equal(code_of(&r, "tdx.chain.root"), t[i].code);
	}
}

static void test_nonce_when_asked_is_compared(void **state)
{
	unsigned char nonce[64];

	(void)state;
	memset(nonce, 0xA5, sizeof(nonce));
	for (int bad = 0; bad < 2; bad++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(struct plan, free_plan) p;
		struct gh_context ctx = {.nonce = {nonce, 64}};

		good_plan(&p);
		nonce[63] ^= (unsigned char)bad;
		run(&r, &p, &ctx);
		assert_int_equal(verdict_of(&r, "tdx.nonce"), bad ? GH_FAIL : GH_PASS);
	}
}

static void test_trailing_when_zero_passes_else_fails(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) quote = {0};
	gh_auto(struct gh_result, gh_result_free) zeros = {0}, text = {0};
	gh_auto(struct plan, free_plan) p;
	struct gh_context ctx = {0};

	(void)state;
	good_plan(&p);
	make_quote(&quote, &p);
	le(&quote, 0, 8);
	le(&quote, 0, 8);
	run_bytes(&zeros, &quote, &ctx);
	assert_int_equal(verdict_of(&zeros, "tdx.trailing"), GH_PASS);
	gh_buf_str(&quote, "smuggled");
	run_bytes(&text, &quote, &ctx);
	assert_string_equal(code_of(&text, "tdx.trailing"), "tdx.trailing.present");
	assert_int_equal(gh_result_verdict(&text), GH_FAIL);
}

static void test_quote_when_cut_or_flipped_never_passes(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) quote = {0};
	gh_auto(struct plan, free_plan) p;
	struct gh_tdx_quote q;

	(void)state;
	good_plan(&p);
	make_quote(&quote, &p);
	assert_int_equal(gh_tdx_quote_parse(&q, quote.p, quote.len, NULL), 0);
	for (size_t len = 0; len < quote.len; len++) {
		assert_int_equal(gh_tdx_quote_parse(&q, quote.p, len, NULL), -1);
		assert_non_null(q.fault);
	}
	for (size_t i = 0; i < sizeof(p.head); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_context ctx = {0};

		quote.p[i] ^= 0x40;
		run_bytes(&r, &quote, &ctx);
		quote.p[i] ^= 0x40;
		assert_int_equal(gh_result_verdict(&r), GH_FAIL);
	}
}

static void test_sgx_extension_when_cut_fails_and_flips_are_safe(void **state)
{
	struct gh_tdx_pck k;

	(void)state;
	assert_int_equal(gh_tdx_pck_from_der(&k, w.sgx.p, w.sgx.len, NULL), 0);
	assert_int_equal(k.comp[15], 255);
	assert_true(k.has_configuration && k.dynamic_platform && !k.smt);
	assert_false(k.has_platform_instance);
	for (size_t len = 0; len < w.sgx.len; len++)
		assert_int_equal(gh_tdx_pck_from_der(&k, w.sgx.p, len, NULL), -1);
	for (size_t i = 0; i < w.sgx.len; i++)
		for (unsigned int bit = 0; bit < 8; bit++) {
			w.sgx.p[i] ^= (unsigned char)(1u << bit);
			(void)!gh_tdx_pck_from_der(&k, w.sgx.p, w.sgx.len, NULL);
			w.sgx.p[i] ^= (unsigned char)(1u << bit);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_quote_when_good_only_collateral_is_open),
	    cmocka_unit_test(test_quote_when_it_says_something_bad_that_step_fails),
	    cmocka_unit_test(test_qe_when_signed_by_another_key_fails),
	    cmocka_unit_test(test_binding_when_key_is_not_in_qe_report_fails),
	    cmocka_unit_test(test_chain_when_wrong_fails),
	    cmocka_unit_test(test_root_when_not_pinned_or_lab_fails),
	    cmocka_unit_test(test_chain_when_time_is_outside_fails),
	    cmocka_unit_test(test_nonce_when_asked_is_compared),
	    cmocka_unit_test(test_trailing_when_zero_passes_else_fails),
	    cmocka_unit_test(test_quote_when_cut_or_flipped_never_passes),
	    cmocka_unit_test(test_sgx_extension_when_cut_fails_and_flips_are_safe),
	};

	return cmocka_run_group_tests(tests, make_world, drop_world);
}
