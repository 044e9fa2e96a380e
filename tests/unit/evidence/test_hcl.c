/* SPDX-License-Identifier: Apache-2.0
 * Azure's wrapped form: the real pieces, and each part of them changed. */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "base/fields.h"
#include "cpu_vectors.h"
#include "crypto/jws.h"
#include "evidence/hcl.h"
#include "evidence/hcl_read.h"
#include "evidence/hcl_tpm.h"

#define DIR   "snp"
#define AZ_AT 1754760101 /* the VCEKs of all three are valid */

static const char *const containers[] = {
    "azure/evidence-v1.json", "azure/evidence-v2.json"};

static void real_trust(struct gh_trust *t)
{
	add_pin(t, GH_ROOT_AMD_ARK, "Milan",
	    "9f056bee44377e29308cb5ffa895bdfb62d18881fa6bed8d6f075b0204089cb9");
}

static void read_piece(struct gh_hcl_evidence *ev, const char *name)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_err e = {0};

	read_vector(&b, DIR, name);
	if (gh_hcl_read(ev, gh_buf_view(&b), &e))
		fail_msg("%s: %s", name, e.what);
}

static void verify_piece(
    struct gh_result *r, const struct gh_hcl_evidence *ev, struct gh_context *ctx)
{
	struct gh_trust trust = {0};
	struct gh_err e = {0};

	real_trust(&trust);
	ctx->trust = &trust;
	ctx->at = AZ_AT;
	if (gh_hcl_verify(r, "vm", ev, ctx, &e))
		fail_msg("%s", e.what);
	assert_tree(r);
}

static void test_containers_when_genuine_every_link_holds(void **state)
{
	static const char *const steps[] = {"snp.hcl.parse", "snp.parse", "snp.chain.vek",
	    "snp.tcb", "snp.chip", "snp.signature", "snp.hcl.binding",
	    "snp.hcl.tpm.signature", "snp.hcl.tpm.nonce", "snp.hcl.tpm.pcrs"};

	(void)state;
	need_vectors(DIR);
	for (size_t i = 0; i < GH_COUNT(containers); i++) {
		gh_auto(struct gh_hcl_evidence, gh_hcl_free) ev = {0};
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_tpm_quote q;
		struct gh_context ctx = {0};

		read_piece(&ev, containers[i]);
		assert_int_equal(gh_tpm_quote_parse(&q, gh_buf_view(&ev.quote), NULL), 0);
		ctx.nonce = q.extra;
		verify_piece(&r, &ev, &ctx);
		for (size_t k = 0; k < GH_COUNT(steps); k++)
			if (verdict_of(&r, steps[k]) != GH_PASS) {
				print_open(&r);
				fail_msg("%s: %s", containers[i], steps[k]);
			}
		assert_null(gh_findings_get(&r.findings, NULL, "snp.nonce"));
		assert_int_equal(gh_result_verdict(&r), GH_WARN); /* Milan, no CRL */
		assert_int_equal(
		    strlen(gh_claim_get(gh_result_find(&r, "vm"), "pcr23")), 64);
		assert_string_equal(
		    gh_claim_get(gh_result_find(&r, "vm"), "secure_boot"), "true");
	}
	print_message(
	    "Azure containers: %zu, report, binding, quote signature, nonce and "
	    "PCR digest of each hold\n",
	    GH_COUNT(containers));
}

static void test_bare_report_when_vcek_is_given_binds_and_misses_the_quote(void **state)
{
	gh_auto(struct gh_hcl_evidence, gh_hcl_free) ev = {0};
	gh_auto(struct gh_certs, gh_certs_free) certs = {0};
	struct gh_policy policy = *gh_policy_strict();
	struct gh_context ctx = {.certs = &certs, .policy = &policy};

	(void)state;
	need_vectors(DIR);
	policy.snp.provisional = true; /* its firmware was not committed */
	read_piece(&ev, "azure/hcl-report-milan-v2.bin");
	add_der(&certs, DIR, "real/milan-v2-azure-trustee.vek.der");
	for (int ask = 0; ask < 2; ask++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		const struct gh_finding *f;

		if (ask)
			ctx.nonce = (struct gh_bytes){(const unsigned char *)"n", 1};
		verify_piece(&r, &ev, &ctx);
		assert_int_equal(verdict_of(&r, "snp.signature"), GH_PASS);
		assert_int_equal(verdict_of(&r, "snp.hcl.binding"), GH_PASS);
		f = gh_findings_get(&r.findings, "vm", "snp.hcl.tpm.signature");
		assert_string_equal(f->code, "snp.hcl.tpm.missing");
		assert_int_equal(f->verdict, GH_UNKNOWN);
		assert_int_equal(f->severity, GH_SEV_WARN);
		assert_int_equal(verdict_of(&r, "snp.hcl.tpm.pcrs"), GH_SKIP);
		assert_int_equal(gh_result_verdict(&r), ask ? GH_UNKNOWN : GH_WARN);
	}
	print_message("Azure HCL report: 1, bound to its claims; no quote came along\n");
}

/* One thing of the v2 container changed, and what must say so. */
static void change_report(struct gh_hcl_evidence *ev, size_t at, unsigned char to)
{
	ev->report.p[at] = to;
}

static void test_wrapper_when_changed_fails(void **state)
{
	static const struct {
		size_t at;
		unsigned char to;
		const char *step, *code;
	} t[] = {
	    {0x000, 'h', "snp.hcl.parse", "snp.hcl.parse.magic"},
	    {0x004, 3, "snp.hcl.parse", "snp.hcl.parse.version"},
	    {0x00C, 1, "snp.hcl.parse", "snp.hcl.parse.request"},
	    {0x4C0, 0, "snp.hcl.parse", "snp.hcl.parse.size"},
	    {0x4C4, 2, "snp.hcl.parse", "snp.hcl.parse.version"},
	    {0x4C8, 3, "snp.hcl.parse", "snp.hcl.parse.report"},
	    {0x4CC, 2, "snp.hcl.parse", "snp.hcl.parse.hash"},
	    {0x4CC, 0, "snp.hcl.parse", "snp.hcl.parse.hash"},
	    {0x4D3, 1, "snp.hcl.parse", "snp.hcl.parse.size"},
	    {0x4D4, '[', "snp.hcl.parse", "snp.hcl.parse.json"},
	    {2599, 1, "snp.hcl.parse", "snp.hcl.parse.trailing"},
	    {0x020 + 0x90, 0, "snp.signature", "snp.signature.bad"},
	    {0x020, 9, "snp.parse", "snp.version.unknown"},
	};

	(void)state;
	need_vectors(DIR);
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_hcl_evidence, gh_hcl_free) ev = {0};
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_context ctx = {0};

		read_piece(&ev, containers[1]);
		change_report(&ev, t[i].at, t[i].to);
		verify_piece(&r, &ev, &ctx);
		assert_string_equal(code_of(&r, t[i].step), t[i].code);
		assert_int_equal(gh_result_verdict(&r), GH_FAIL);
		assert_int_equal(verdict_of(&r, "snp.hcl.tpm.signature"), GH_SKIP);
		assert_int_equal(verdict_of(&r, "snp.hcl.tpm.pcrs"), GH_SKIP);
	}
}

/* A claim changed without breaking JSON: the digest says so. */
static void test_claims_when_changed_are_not_bound(void **state)
{
	gh_auto(struct gh_hcl_evidence, gh_hcl_free) ev = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_context ctx = {0};
	unsigned char *p;

	(void)state;
	need_vectors(DIR);
	read_piece(&ev, containers[1]);
	p = ev.report.p + 0x4D4 + 1109;
	assert_int_equal(*p, '}');
	p[-2] = p[-2] == '0' ? '1' : '0'; /* the end of user-data */
	verify_piece(&r, &ev, &ctx);
	assert_int_equal(verdict_of(&r, "snp.hcl.parse"), GH_PASS);
	assert_string_equal(code_of(&r, "snp.hcl.binding"), "snp.hcl.binding.mismatch");
	assert_int_equal(verdict_of(&r, "snp.hcl.tpm.signature"), GH_SKIP);
}

static void test_report_data_when_its_tail_is_not_zero_fails(void **state)
{
	gh_auto(struct gh_hcl_evidence, gh_hcl_free) ev = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_context ctx = {0};

	(void)state;
	need_vectors(DIR);
	read_piece(&ev, containers[1]);
	change_report(&ev, 0x020 + 0x50 + 63, 1);
	verify_piece(&r, &ev, &ctx);
	assert_string_equal(code_of(&r, "snp.hcl.binding"), "snp.hcl.binding.mismatch");
}

static void test_td_report_when_wrapped_needs_its_quote(void **state)
{
	(void)state;
	need_vectors(DIR);
	for (int bound = 0; bound < 2; bound++) {
		gh_auto(struct gh_hcl_evidence, gh_hcl_free) ev = {0};
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_context ctx = {0};
		const struct gh_finding *f;

		read_piece(&ev, containers[1]);
		change_report(&ev, 0x4C8, 4);
		memset(ev.report.p + 0x20, 0, 1184);
		if (bound)
			assert_int_equal(gh_sha256(ev.report.p + 0x4D4, 1110,
					     ev.report.p + 0x20 + 0x80, NULL),
			    0);
		verify_piece(&r, &ev, &ctx);
		f = gh_findings_get(&r.findings, "vm", "snp.hcl.tdreport");
		assert_int_equal(f->verdict, GH_UNKNOWN);
		assert_non_null(strstr(f->remedy, "quote"));
		assert_null(gh_findings_get(&r.findings, "vm", "snp.parse"));
		assert_int_equal(
		    verdict_of(&r, "snp.hcl.binding"), bound ? GH_SKIP : GH_FAIL);
		assert_int_equal(gh_result_verdict(&r), bound ? GH_UNKNOWN : GH_FAIL);
	}
}

static void test_quote_when_any_byte_flips_fails(void **state)
{
	gh_auto(struct gh_hcl_evidence, gh_hcl_free) ev = {0};
	struct gh_memo *memo = gh_memo_new();
	struct gh_context ctx = {.memo = memo};
	struct gh_buf *const part[] = {&ev.quote, &ev.signature};
	size_t n = 0;

	(void)state;
	need_vectors(DIR);
	read_piece(&ev, containers[1]);
	for (size_t k = 0; k < GH_COUNT(part); k++)
		for (size_t i = 0; i < part[k]->len; i++) {
			gh_auto(struct gh_result, gh_result_free) r = {0};

			part[k]->p[i] ^= (unsigned char)(1u << (i % 8));
			verify_piece(&r, &ev, &ctx);
			part[k]->p[i] ^= (unsigned char)(1u << (i % 8));
			if (verdict_of(&r, "snp.hcl.tpm.signature") != GH_FAIL ||
			    verdict_of(&r, "snp.hcl.tpm.pcrs") == GH_PASS)
				fail_msg("part %zu byte %zu flipped and not FAIL", k, i);
			n++;
		}
	for (size_t i = 0; i < GH_HCL_PCRS; i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};

		ev.pcr[i][i] ^= 1;
		verify_piece(&r, &ev, &ctx);
		ev.pcr[i][i] ^= 1;
		assert_string_equal(
		    code_of(&r, "snp.hcl.tpm.pcrs"), "snp.hcl.tpm.pcrs.mismatch");
		assert_int_equal(gh_result_verdict(&r), GH_FAIL);
	}
	print_message("TPM quote and signature with each of %zu bytes flipped, and each "
		      "of %d PCRs: every one FAIL\n",
	    n, GH_HCL_PCRS);
	gh_memo_free(&memo);
}

static void test_quote_when_cut_anywhere_fails(void **state)
{
	gh_auto(struct gh_hcl_evidence, gh_hcl_free) ev = {0};
	struct gh_tpm_quote q;

	(void)state;
	need_vectors(DIR);
	read_piece(&ev, containers[1]);
	for (size_t len = 0; len < ev.quote.len; len++)
		assert_int_equal(
		    gh_tpm_quote_parse(&q, (struct gh_bytes){ev.quote.p, len}, NULL), -1);
	gh_buf_chr(&ev.quote, '\0');
	assert_int_equal(gh_tpm_quote_parse(&q, gh_buf_view(&ev.quote), NULL), -1);
}

/* A quote by hand, without a signature: one field at a time. */
static void make_quote(struct gh_buf *b, size_t extra)
{
	static const unsigned char head[] = {0xFF, 0x54, 0x43, 0x47, 0x80, 0x18, 0, 2, 1,
	    2},
				   tail[] = {0, 0, 0, 1, 0, 0x0B, 3, 1, 0, 0x80, 0, 32};

	gh_buf_add(b, head, sizeof(head));
	gh_buf_chr(b, (char)(extra >> 8));
	gh_buf_chr(b, (char)extra);
	for (size_t i = 0; i < extra; i++)
		gh_buf_chr(b, 'x');
	for (size_t i = 0; i < 17 + 8; i++)
		gh_buf_chr(b, (char)i);
	gh_buf_add(b, tail, sizeof(tail));
	for (size_t i = 0; i < 32; i++)
		gh_buf_chr(b, '\x11');
}

static void test_quote_when_a_field_is_wrong_is_refused(void **state)
{
	static const struct {
		size_t at;
		unsigned char to;
	} t[] = {
	    {0, 0}, {4, 0}, {5, 0x17}, {6, 1}, {40, 2}, {42, 0x0C}, {43, 4}, {48, 31}};
	struct gh_tpm_quote q;

	(void)state;
	for (size_t extra = 0; extra <= 69; extra += extra ? 68 : 1) {
		gh_auto(struct gh_buf, gh_buf_free) b = {0};

		make_quote(&b, extra);
		assert_int_equal(
		    gh_tpm_quote_parse(&q, gh_buf_view(&b), NULL), extra > 68 ? -1 : 0);
		if (extra <= 68) {
			assert_int_equal(q.pcrs, 0x800001);
			assert_int_equal(q.extra.len, extra);
			assert_int_equal(q.clock_ms, 0x0001020304050607ull);
		}
	}
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_buf, gh_buf_free) b = {0};

		make_quote(&b, 0);
		assert_int_equal(gh_tpm_quote_parse(&q, gh_buf_view(&b), NULL), 0);
		b.p[t[i].at] = t[i].to;
		if (!gh_tpm_quote_parse(&q, gh_buf_view(&b), NULL))
			fail_msg("byte %zu", t[i].at);
	}
}

static void test_pcrs_when_one_is_missing_are_refused(void **state)
{
	gh_auto(struct gh_hcl_evidence, gh_hcl_free) ev = {0};
	struct gh_context ctx = {0};
	static const struct {
		size_t n;
		enum gh_verdict want;
		const char *code;
	} t[] = {{24, GH_PASS, ""}, {23, GH_FAIL, "snp.hcl.tpm.pcrs.count"},
	    {0, GH_UNKNOWN, "snp.hcl.tpm.pcrs.missing"}};

	(void)state;
	need_vectors(DIR);
	read_piece(&ev, containers[1]);
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};

		ev.n_pcrs = t[i].n;
		verify_piece(&r, &ev, &ctx);
		assert_int_equal(verdict_of(&r, "snp.hcl.tpm.pcrs"), t[i].want);
		assert_string_equal(code_of(&r, "snp.hcl.tpm.pcrs"), t[i].code);
	}
}

static void test_nonce_when_other_fails(void **state)
{
	gh_auto(struct gh_hcl_evidence, gh_hcl_free) ev = {0};
	static const unsigned char text[] = "challenge0";
	static const struct {
		const unsigned char *p;
		size_t len;
		enum gh_verdict want;
	} t[] = {{text, 9, GH_PASS}, {text, 8, GH_FAIL}, {text, 10, GH_FAIL},
	    {text, 0, GH_FAIL}, {NULL, 0, GH_SKIP}};

	(void)state;
	need_vectors(DIR);
	read_piece(&ev, containers[0]);
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_context ctx = {.nonce = {t[i].p, t[i].len}};

		verify_piece(&r, &ev, &ctx);
		assert_int_equal(verdict_of(&r, "snp.hcl.tpm.nonce"), t[i].want);
	}
}

static void test_nonce_when_quote_cannot_be_read_is_unknown(void **state)
{
	gh_auto(struct gh_hcl_evidence, gh_hcl_free) ev = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_context ctx = {.nonce = {(const unsigned char *)"n", 1}};

	(void)state;
	need_vectors(DIR);
	read_piece(&ev, containers[1]);
	ev.quote.p[0] = 0;
	verify_piece(&r, &ev, &ctx);
	assert_string_equal(code_of(&r, "snp.hcl.tpm.signature"), "snp.hcl.tpm.format");
	assert_int_equal(verdict_of(&r, "snp.hcl.tpm.nonce"), GH_UNKNOWN);
}

/* Claims by hand: which key is taken. */
static void test_key_when_claims_are_odd_is_refused(void **state)
{
	/* 342 characters: 256 bytes, the first of them 0xAA */
	static const char *const bad[] = {"[]", "{}", "{\"keys\":1}", "{\"keys\":[]}",
	    "{\"keys\":[1]}", "{\"keys\":[{\"kid\":\"HCLAkPub\"}]}",
	    "{\"keys\":[{\"kid\":\"HCLAkPub\",\"kty\":\"EC\",\"e\":\"AQAB\",\"n\":\"AA\"}"
	    "]}",
	    "{\"keys\":[{\"kid\":\"HCLAkPub\",\"kty\":\"RSA\",\"e\":\"Aw\",\"n\":\"AA\"}]"
	    "}",
	    "{\"keys\":[{\"kid\":\"HCLAkPub\",\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"*\"}"
	    "]}",
	    "{\"keys\":[{\"kid\":\"HCLAkPub\",\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":"
	    "\"AA\"}]}"};
	char n[343], text[2048];

	(void)state;
	for (size_t i = 0; i < GH_COUNT(bad); i++) {
		gh_auto(json_t *, gh_json_free) j =
		    gh_json_parse(bad[i], strlen(bad[i]), NULL);
		struct gh_pubkey *k = NULL;

		assert_non_null(j);
		assert_int_equal(gh_hcl_ak(&k, j, NULL), -1);
	}
	memset(n, 'q', sizeof(n) - 1);
	n[341] = 'g'; /* the last bits are zero: canonical */
	n[342] = '\0';
	for (int twice = 0; twice < 2; twice++) {
		gh_auto(struct gh_pubkey *, gh_pubkey_free) k = NULL;
		gh_auto(json_t *, gh_json_free) j = NULL;
		static const char one[] =
		    "{\"kid\":\"HCLAkPub\",\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"%s\"}";
		char key[512];

		snprintf(key, sizeof(key), one, n);
		snprintf(text, sizeof(text), "{\"keys\":[%s%s%s]}", key, twice ? "," : "",
		    twice ? key : "");
		j = gh_json_parse(text, strlen(text), NULL);
		assert_non_null(j);
		assert_int_equal(gh_hcl_ak(&k, j, NULL), twice ? -1 : 0);
		if (!twice)
			assert_string_equal(gh_pubkey_kind(k), "RSA 2048");
	}
}

static void test_container_when_odd_is_refused(void **state)
{
	static const char *const bad[] = {"", "[]", "{}", "{\"hcl_report\":1}",
	    "{\"hcl_report\":\"*\"}", "{\"hcl_report\":\"QQ\",\"version\":3}",
	    "{\"hcl_report\":\"QQ\",\"version\":\"1\"}",
	    "{\"hcl_report\":\"QQ\",\"vcek\":1}",
	    "{\"hcl_report\":\"QQ\",\"vcek\":\"A\"}",
	    "{\"hcl_report\":\"QQ\",\"tpm_quote\":1}",
	    "{\"hcl_report\":\"QQ\",\"tpm_quote\":{}}",
	    "{\"hcl_report\":\"QQ\",\"tpm_quote\":{\"message\":\"0\"}}",
	    "{\"hcl_report\":\"QQ\",\"tpm_quote\":{\"message\":\"00\"}}",
	    "{\"hcl_report\":\"QQ\",\"tpm_quote\":{\"message\":\"00\",\"signature\":"
	    "\"00\"}}",
	    "{\"hcl_report\":\"QQ\",\"tpm_quote\":{\"message\":\"00\",\"signature\":"
	    "\"00\","
	    "\"pcrs\":[\"00\"]}}",
	    "{\"hcl_report\":\"QQ\",\"tpm_quote\":{\"message\":\"00\",\"signature\":"
	    "\"00\","
	    "\"pcrs\":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]}}"};
	static const char *const good[] = {"{\"hcl_report\":\"QQ==\"}",
	    "{\"hcl_report\":\"QQ\",\"version\":2,\"tpm_quote\":null,\"vcek\":null}",
	    "{\"hcl_report\":\"QQ\",\"tpm_quote\":{\"message\":\"00\",\"signature\":"
	    "\"00\","
	    "\"pcrs\":[]}}"};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(bad); i++) {
		gh_auto(struct gh_hcl_evidence, gh_hcl_free) ev = {0};

		if (!gh_hcl_read(&ev, gh_text_of(bad[i]), NULL))
			fail_msg("%s", bad[i]);
	}
	for (size_t i = 0; i < GH_COUNT(good); i++) {
		gh_auto(struct gh_hcl_evidence, gh_hcl_free) ev = {0};
		struct gh_err e = {0};

		if (gh_hcl_read(&ev, gh_text_of(good[i]), &e))
			fail_msg("%s: %s", good[i], e.what);
		assert_int_equal(ev.report.len, 1);
	}
}

static void test_report_when_cut_anywhere_never_passes(void **state)
{
	gh_auto(struct gh_hcl_evidence, gh_hcl_free) ev = {0};
	struct gh_memo *memo = gh_memo_new();
	size_t full;

	(void)state;
	need_vectors(DIR);
	read_piece(&ev, containers[1]);
	full = ev.report.len;
	for (size_t len = 0; len < full; len++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_context ctx = {.memo = memo};

		ev.report.len = len;
		verify_piece(&r, &ev, &ctx);
		/* the zeros at the end may be cut: they carry nothing */
		if (len < 0x4D4 + 1110)
			assert_int_equal(gh_result_verdict(&r), GH_FAIL);
	}
	ev.report.len = full;
	gh_memo_free(&memo);
	print_message("HCL report cut at %d places: every one FAIL\n", 0x4D4 + 1110);
}

static void test_looks_when_other_bytes_says_no(void **state)
{
	static const char text[] = "{\"hcl_report\":\"\"}";
	unsigned char b[40] = "HCLA";
	gh_auto(json_t *, gh_json_free) j = gh_json_parse(text, strlen(text), NULL);

	(void)state;
	assert_true(gh_hcl_looks((struct gh_bytes){b, 32}));
	assert_false(gh_hcl_looks((struct gh_bytes){b, 31}));
	b[3] = 'B';
	assert_false(gh_hcl_looks((struct gh_bytes){b, 32}));
	assert_true(gh_hcl_json_looks(j));
	json_object_clear(j);
	assert_false(gh_hcl_json_looks(j));
	assert_false(gh_hcl_json_looks(NULL));
}

/* An HCL report, a quote and its signature made here: what needs no vectors. The SNP
 * report in it is none, so that nothing passes; but each step says what it sees. */
struct made_hcl {
	struct gh_hcl_evidence ev;
	EVP_PKEY *ak;
	char claims[2048];
};

static void free_made_hcl(struct made_hcl *m)
{
	gh_hcl_free(&m->ev);
	EVP_PKEY_free(m->ak);
}

static void make_claims(struct made_hcl *m, const char *kid, const char *rest)
{
	gh_auto(struct gh_buf, gh_buf_free) n = {0};
	unsigned char num[256];
	BIGNUM *bn = NULL;

	assert_true(EVP_PKEY_get_bn_param(m->ak, OSSL_PKEY_PARAM_RSA_N, &bn) == 1);
	assert_int_equal(BN_bn2binpad(bn, num, sizeof(num)), sizeof(num));
	BN_free(bn);
	gh_b64url(&n, num, sizeof(num));
	snprintf(m->claims, sizeof(m->claims),
	    "{\"keys\":[{\"kid\":\"HCLEkPub\"},{\"kid\":\"%s\",\"kty\":\"RSA\","
	    "\"e\":\"AQAB\",\"n\":\"%s\"}]%s}",
	    kid, gh_buf_cstr(&n), rest);
}

static void put_u32(unsigned char *p, size_t v)
{
	for (size_t i = 0; i < 4; i++)
		p[i] = (unsigned char)(v >> (8 * i));
}

static void make_report(struct made_hcl *m)
{
	static unsigned char head[0x4D4] = "HCLA";
	size_t len = strlen(m->claims);

	put_u32(head + 0x004, 2);
	put_u32(head + 0x008, 1184);
	put_u32(head + 0x00C, 2);
	assert_int_equal(gh_sha256(m->claims, len, head + 0x20 + 0x50, NULL), 0);
	put_u32(head + 0x4C0, 20 + len);
	put_u32(head + 0x4C4, 1);
	put_u32(head + 0x4C8, 2);
	put_u32(head + 0x4CC, 1);
	put_u32(head + 0x4D0, len);
	gh_buf_clear(&m->ev.report);
	gh_buf_add(&m->ev.report, head, sizeof(head));
	gh_buf_str(&m->ev.report, m->claims);
	gh_buf_chr(&m->ev.report, '\0');
}

static void sign_quote(struct made_hcl *m)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	size_t len = 256;
	unsigned char *p = gh_buf_room(&m->ev.signature, len);

	make_quote(&m->ev.quote, 8);
	assert_true(EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, m->ak) == 1);
	assert_true(EVP_DigestSign(md, p, &len, m->ev.quote.p, m->ev.quote.len) == 1);
	m->ev.signature.len = len;
	EVP_MD_CTX_free(md);
}

static void judge_made(struct gh_result *r, struct made_hcl *m)
{
	struct gh_trust trust = {0};
	struct gh_context ctx = {.trust = &trust,
	    .at = AZ_AT,
	    .nonce = {(const unsigned char *)"xxxxxxxx", 8}};

	assert_int_equal(gh_hcl_verify(r, "vm", &m->ev, &ctx, NULL), 0);
	assert_tree(r);
}

static void test_made_wrapper_when_report_is_none_never_passes(void **state)
{
	static const struct {
		const char *kid, *rest, *step, *code;
	} t[] = {
	    {"HCLAkPub", "", "snp.hcl.binding", "parent.not.proven"},
	    {"HCLAkPub", "", "snp.hcl.tpm.signature", "parent.not.proven"},
	    {"HCLAkPub", "", "snp.hcl.tpm.nonce", "parent.not.proven"},
	    {"HCLAkPub", "", "snp.hcl.tpm.pcrs", "snp.hcl.tpm.pcrs.mismatch"},
	    {"other", "", "snp.hcl.parse", "snp.hcl.parse.key"},
	    {"other", "", "snp.hcl.tpm.signature", "parent.not.proven"},
	    {"HCLAkPub", ",\"vm-configuration\":1", "snp.hcl.parse", ""},
	    {"HCLAkPub", ",\"vm-configuration\":{\"secure-boot\":false}", "snp.hcl.parse",
		""},
	};
	gh_auto(struct made_hcl, free_made_hcl) m = {0};

	(void)state;
	m.ak = EVP_RSA_gen(2048);
	sign_quote(&m);
	m.ev.n_pcrs = GH_HCL_PCRS;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};

		make_claims(&m, t[i].kid, t[i].rest);
		make_report(&m);
		judge_made(&r, &m);
		assert_string_equal(code_of(&r, t[i].step), t[i].code);
		assert_int_equal(gh_result_verdict(&r), GH_FAIL);
	}
	assert_true(gh_hcl_looks(gh_buf_view(&m.ev.report)));
}

static void test_made_wrapper_when_too_long_is_refused(void **state)
{
	gh_auto(struct made_hcl, free_made_hcl) m = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct gh_hcl_evidence, gh_hcl_free) ev = {0};
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	(void)state;
	m.ak = EVP_RSA_gen(2048);
	make_claims(&m, "HCLAkPub", "");
	make_report(&m);
	while (m.ev.report.len <= GH_HCL_MAX_LEN)
		gh_buf_chr(&m.ev.report, '\0');
	judge_made(&r, &m);
	assert_string_equal(code_of(&r, "snp.hcl.parse"), "snp.hcl.parse.short");
	assert_int_equal(gh_hcl_read(&ev, gh_buf_view(&m.ev.report), NULL), -1);
	gh_buf_str(&text, "{\"hcl_report\":\"");
	while (text.len < (129u << 10))
		gh_buf_chr(&text, 'A');
	gh_buf_str(&text, "\"}");
	assert_int_equal(gh_hcl_read(&ev, gh_buf_view(&text), NULL), -1);
	while (text.len <= GH_HCL_TEXT_MAX)
		gh_buf_chr(&text, ' ');
	assert_int_equal(gh_hcl_read(&ev, gh_buf_view(&text), NULL), -1);
}

static void test_root_when_lab_marks_every_step(void **state)
{
	gh_auto(struct gh_hcl_evidence, gh_hcl_free) ev = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_trust trust = {0};
	struct gh_context ctx = {.at = AZ_AT, .trust = &trust, .allow_lab = true};

	(void)state;
	need_vectors(DIR);
	real_trust(&trust);
	trust.at[0].lab = true;
	read_piece(&ev, containers[1]);
	assert_int_equal(gh_hcl_verify(&r, "vm", &ev, &ctx, NULL), 0);
	assert_int_equal(verdict_of(&r, "snp.hcl.tpm.pcrs"), GH_PASS);
	for (size_t i = 0; i < r.findings.n; i++)
		assert_true(r.findings.at[i].lab);
}

static size_t count_named(const struct gh_fields *fs, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < fs->n; i++)
		n += !strcmp(fs->at[i].name, name);
	return n;
}

static size_t show(struct gh_bytes b, const char *name)
{
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	assert_int_equal(gh_hcl_show(&fs, b, NULL), 0);
	assert_int_equal(fs.depth, 0);
	assert_null(fs.whole.p);
	gh_fields_plain(&text, &fs);
	assert_true(text.len > 0);
	return count_named(&fs, name);
}

static void test_show_when_wrapper_or_container_names_every_part(void **state)
{
	static const char *const once[] = {"MEASUREMENT", "claim_size", "HCLAkPub",
	    "user-data", "pcrDigest", "PCR 23", "TPM signature"};

	(void)state;
	need_vectors(DIR);
	for (size_t i = 0; i < GH_COUNT(containers); i++) {
		gh_auto(struct gh_buf, gh_buf_free) b = {0};

		read_vector(&b, DIR, containers[i]);
		for (size_t k = 0; k < GH_COUNT(once); k++)
			assert_int_equal(show(gh_buf_view(&b), once[k]), 1);
		assert_int_equal(show(gh_buf_view(&b), "error"), 0);
		assert_int_equal(show((struct gh_bytes){b.p, b.len - 3}, "error"), 1);
	}
}

static void test_show_when_bytes_are_cut_or_odd_says_error(void **state)
{
	gh_auto(struct made_hcl, free_made_hcl) m = {0};
	struct gh_bytes b;
	size_t full;

	(void)state;
	m.ak = EVP_RSA_gen(2048);
	make_claims(&m, "HCLAkPub", ",\"n\":1");
	make_report(&m);
	b = gh_buf_view(&m.ev.report);
	full = b.len - 1; /* a zero behind the claims may go */
	assert_int_equal(show(b, "HCLAkPub"), 1);
	assert_int_equal(show(b, "error"), 1); /* its SNP report is none */
	for (b.len = 0; b.len < full; b.len++)
		assert_true(show(b, "error") >= 1);
	m.ev.report.p[0x4C8] = 4;
	assert_int_equal(show(b, "TD report"), 1);
	assert_int_equal(show(b, "error"), 0);
	m.ev.report.p[0x4D4] = '[';
	assert_int_equal(show(b, "error"), 1);
	assert_int_equal(
	    show(gh_text_of("{\"hcl_report\":\"QQ\",\"vcek\":\"QQ\","
			    "\"tpm_quote\":{\"message\":\"00\",\"signature\":"
			    "\"00\",\"pcrs\":[]}}"),
		"error"),
	    3); /* wrapper, quote, certificate */
	assert_int_equal(show(gh_text_of("{\"hcl_report\":\"\"}"), "error"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_containers_when_genuine_every_link_holds),
	    cmocka_unit_test(
		test_bare_report_when_vcek_is_given_binds_and_misses_the_quote),
	    cmocka_unit_test(test_wrapper_when_changed_fails),
	    cmocka_unit_test(test_claims_when_changed_are_not_bound),
	    cmocka_unit_test(test_report_data_when_its_tail_is_not_zero_fails),
	    cmocka_unit_test(test_td_report_when_wrapped_needs_its_quote),
	    cmocka_unit_test(test_quote_when_any_byte_flips_fails),
	    cmocka_unit_test(test_quote_when_cut_anywhere_fails),
	    cmocka_unit_test(test_quote_when_a_field_is_wrong_is_refused),
	    cmocka_unit_test(test_pcrs_when_one_is_missing_are_refused),
	    cmocka_unit_test(test_nonce_when_other_fails),
	    cmocka_unit_test(test_nonce_when_quote_cannot_be_read_is_unknown),
	    cmocka_unit_test(test_key_when_claims_are_odd_is_refused),
	    cmocka_unit_test(test_container_when_odd_is_refused),
	    cmocka_unit_test(test_report_when_cut_anywhere_never_passes),
	    cmocka_unit_test(test_looks_when_other_bytes_says_no),
	    cmocka_unit_test(test_made_wrapper_when_report_is_none_never_passes),
	    cmocka_unit_test(test_made_wrapper_when_too_long_is_refused),
	    cmocka_unit_test(test_root_when_lab_marks_every_step),
	    cmocka_unit_test(test_show_when_wrapper_or_container_names_every_part),
	    cmocka_unit_test(test_show_when_bytes_are_cut_or_odd_says_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
