/* SPDX-License-Identifier: Apache-2.0
 * Revocation of devices and RIM signers by OCSP answers of a throw-away PKI. */
#include <stdio.h>

#include "evidence/gpu_revocation.h"
#include "evidence/ocsp.h"
#include "evidence/ocsp_show.h"
#include "tests/unit/crypto/ocsp_pki.h"

#define DOCS_MAX 8

static struct ocsp_pki pki;
static struct gh_trust trust;

/* A context with answers in it. */
struct bench {
	struct gh_buf der[DOCS_MAX], crl_der[2];
	struct gh_bytes docs[DOCS_MAX], crls[2];
	struct gh_context ctx;
	struct gh_policy policy;
	struct gh_result out;
};

static void pin(enum gh_root root, const struct gh_cert *c, bool lab)
{
	struct gh_anchor *a = &trust.at[trust.n++];

	*a = (struct gh_anchor){.root = root, .name = "test", .lab = lab};
	memcpy(a->spki, gh_cert_spki_sha256(c), 32);
}

static int setup(void **state)
{
	(void)state;
	ocsp_pki_new(&pki);
	pin(GH_ROOT_NVIDIA_DEVICE, pki.chain.at[ROOT], false);
	pin(GH_ROOT_NVIDIA_RIM, pki.chain.at[ROOT], false);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ocsp_pki_free(&pki);
	return 0;
}

static void bench_new(struct bench *b)
{
	*b = (struct bench){0};
	b->policy = *gh_policy_strict();
	b->ctx = (struct gh_context){.at = PKI_AT,
	    .trust = &trust,
	    .policy = &b->policy,
	    .certs = &pki.chain,
	    .memo = gh_memo_new(),
	    .ocsps = {b->docs, 0},
	    .crls = {b->crls, 0}};
}

static void bench_free(struct bench *b)
{
	for (size_t i = 0; i < DOCS_MAX; i++)
		gh_buf_free(&b->der[i]);
	gh_buf_free(&b->crl_der[0]);
	gh_buf_free(&b->crl_der[1]);
	gh_memo_free(&b->ctx.memo);
	gh_result_free(&b->out);
}

static void give_bytes(struct bench *b, const void *p, size_t len)
{
	size_t i = b->ctx.ocsps.n++;

	assert_true(i < DOCS_MAX);
	gh_buf_add(&b->der[i], p, len);
	b->docs[i] = gh_buf_view(&b->der[i]);
}

static void give(struct bench *b, const struct answer *a)
{
	gh_auto(struct gh_buf, gh_buf_free) der = {0};

	make_answer(&der, a);
	give_bytes(b, der.p, der.len);
}

/* Good answers about certificates from .. to - 1, the weakest still good. */
static void give_good(struct bench *b, int from, int to)
{
	for (int i = from; i < to; i++) {
		struct answer a = usual(&pki, i);

		give(b, &a);
	}
}

/* ---- one certificate -------------------------------------------------------------------- */

static struct gh_ocsp_answer ask(struct bench *b, size_t i, struct gh_bytes nonce)
{
	struct gh_ocsp_ask q = {
	    .chain = &pki.chain, .cert = i, .ctx = &b->ctx, .nonce = nonce};
	struct gh_ocsp_answer a;

	gh_ocsp_judge(&a, &q);
	assert_true(a.fact[0] != '\0');
	return a;
}

static enum gh_revocation word_of(const struct answer *a, int64_t at)
{
	gh_auto(struct bench, bench_free) b;

	bench_new(&b);
	b.ctx.at = at;
	give(&b, a);
	return ask(&b, BROM, (struct gh_bytes){NULL, 0}).word;
}

static void test_window_when_edges(void **state)
{
	const int64_t from = PKI_AT - HOUR, to = PKI_AT + HOUR;
	struct answer a = usual(&pki, BROM);

	(void)state;
	a.this_update = from;
	a.next_update = to;
	assert_int_equal(word_of(&a, PKI_AT), GH_REV_CACHED);
	assert_int_equal(word_of(&a, from - 300), GH_REV_CACHED);
	assert_int_equal(word_of(&a, from - 301), GH_REV_NOT_YET);
	assert_int_equal(word_of(&a, to + 300), GH_REV_CACHED);
	assert_int_equal(word_of(&a, to + 301), GH_REV_STALE);
	/* no nextUpdate: one hour */
	a.next_update = -1;
	assert_int_equal(word_of(&a, from + 3600), GH_REV_CACHED);
	assert_int_equal(word_of(&a, from + 3601), GH_REV_STALE);
	/* long after the responder itself expired: too old, not forged */
	assert_int_equal(word_of(&a, PKI_AT + 10 * 86400), GH_REV_STALE);
	assert_int_equal(word_of(&a, INT64_MAX), GH_REV_STALE);
	assert_int_equal(word_of(&a, INT64_MIN), GH_REV_NOT_YET);
}

static void test_words_of_status(void **state)
{
	struct answer a = usual(&pki, BROM);

	(void)state;
	a.status = V_OCSP_CERTSTATUS_UNKNOWN;
	assert_int_equal(word_of(&a, PKI_AT), GH_REV_UNKNOWN);
	a.status = V_OCSP_CERTSTATUS_REVOKED;
	for (a.reason = -1; a.reason <= 10; a.reason++) {
		if (a.reason == 7)
			continue;
		assert_int_equal(
		    word_of(&a, PKI_AT), a.reason == 6 ? GH_REV_HOLD : GH_REV_REVOKED);
		/* what is revoked stays so; what was on hold may be back */
		assert_int_equal(word_of(&a, PKI_AT + 3 * 86400),
		    a.reason == 6 ? GH_REV_STALE : GH_REV_REVOKED);
	}
	a.signer = &pki.signer[IDENTITY];
	assert_int_equal(word_of(&a, PKI_AT), GH_REV_SIGNER);
	a = usual(&pki, ICA); /* about another certificate */
	assert_int_equal(word_of(&a, PKI_AT), GH_REV_NONE);
}

static void test_nonce_when_equal_other_absent(void **state)
{
	static const unsigned char ours[32] = {1}, other[32] = {2};
	struct gh_bytes asked = {ours, 32}, shorter = {ours, 31};
	struct answer a = usual(&pki, BROM);
	gh_auto(struct bench, bench_free) with, without;

	(void)state;
	bench_new(&with);
	bench_new(&without);
	give(&without, &a);
	a.nonce = ours;
	a.nonce_len = 32;
	give(&with, &a);
	assert_int_equal(ask(&with, BROM, asked).word, GH_REV_FRESH);
	assert_int_equal(ask(&with, BROM, shorter).word, GH_REV_NONCE);
	assert_int_equal(
	    ask(&with, BROM, (struct gh_bytes){other, 32}).word, GH_REV_NONCE);
	assert_int_equal(
	    ask(&with, BROM, (struct gh_bytes){NULL, 0}).word, GH_REV_CACHED);
	assert_int_equal(ask(&without, BROM, asked).word, GH_REV_CACHED);
	/* a wrong nonce does not hide a revocation */
	a.status = V_OCSP_CERTSTATUS_REVOKED;
	give(&with, &a);
	assert_int_equal(
	    ask(&with, BROM, (struct gh_bytes){other, 32}).word, GH_REV_REVOKED);
}

static void test_pick_among_answers(void **state)
{
	struct answer good = usual(&pki, BROM), hold = good, stale = good, bad = good;
	struct gh_bytes nobody = {NULL, 0};
	gh_auto(struct bench, bench_free) b;

	(void)state;
	bench_new(&b);
	assert_int_equal(ask(&b, BROM, nobody).word, GH_REV_NONE);
	bad.signer = &pki.signer[ROOT];
	give(&b, &bad);
	assert_int_equal(ask(&b, BROM, nobody).word, GH_REV_SIGNER);
	stale.this_update = PKI_AT - 20 * HOUR;
	stale.next_update = PKI_AT - 10 * HOUR;
	give(&b, &stale);
	assert_int_equal(ask(&b, BROM, nobody).word, GH_REV_STALE);
	give(&b, &good); /* signed and open: the stale and the bad no longer count */
	assert_int_equal(ask(&b, BROM, nobody).word, GH_REV_CACHED);
	hold.status = V_OCSP_CERTSTATUS_REVOKED;
	hold.reason = OCSP_REVOKED_STATUS_CERTIFICATEHOLD;
	hold.this_update = PKI_AT - 2 * HOUR;
	give(&b, &hold); /* older than good: released since */
	assert_int_equal(ask(&b, BROM, nobody).word, GH_REV_CACHED);
	hold.this_update = PKI_AT - HOUR;
	give(&b, &hold); /* the same instant: the worse counts */
	assert_int_equal(ask(&b, BROM, nobody).word, GH_REV_HOLD);
	good.this_update = PKI_AT - 60;
	give(&b, &good);
	assert_int_equal(ask(&b, BROM, nobody).word, GH_REV_CACHED);
	stale.status = V_OCSP_CERTSTATUS_REVOKED;
	stale.reason = -1;
	give(&b, &stale);
	assert_int_equal(ask(&b, BROM, nobody).word, GH_REV_REVOKED);
}

static void test_two_singles_in_one_answer(void **state)
{
	struct gh_bytes nobody = {NULL, 0};
	gh_auto(struct made, free_made) sister = {0};
	struct cert_kind kind = {.serial = 0x4242};
	struct answer a = usual(&pki, BROM);
	gh_auto(struct bench, bench_free) b;

	(void)state;
	bench_new(&b);
	pki_cert(&sister, "sister", &pki.at[ICA], &kind);
	a.cert = &sister;
	a.cert2 = &pki.at[BROM];
	a.issuer2 = &pki.at[ICA];
	a.status = V_OCSP_CERTSTATUS_REVOKED; /* the sister's */
	a.reason = 1;
	give(&b, &a);
	assert_int_equal(ask(&b, BROM, nobody).word, GH_REV_CACHED);
	/* twice about the same one: the later, and the worse of two equal ones */
	a = usual(&pki, BROM);
	a.cert2 = a.cert;
	a.issuer2 = a.issuer;
	a.status2 = V_OCSP_CERTSTATUS_UNKNOWN;
	a.this_update2 = PKI_AT - 60;
	give(&b, &a);
	assert_int_equal(ask(&b, BROM, nobody).word, GH_REV_UNKNOWN);
}

static void test_junk_is_no_answer(void **state)
{
	struct gh_bytes nobody = {NULL, 0};
	struct answer a = usual(&pki, BROM);
	gh_auto(struct gh_buf, gh_buf_free) der = {0};
	gh_auto(struct bench, bench_free) b;

	(void)state;
	bench_new(&b);
	make_answer(&der, &a);
	give_bytes(&b, "", 0);
	give_bytes(&b, "\x41\x01", 2); /* the serial and nothing else */
	give_bytes(&b, der.p, der.len - 1);
	assert_int_equal(ask(&b, BROM, nobody).word, GH_REV_NONE);
}

static void test_looks(void **state)
{
	static const struct {
		const char *p;
		size_t len;
		bool want;
	} all[] = {
	    {"\x30\x03\x0a\x01\x03", 5, true},
	    {"\x30\x05\x0a\x01\x00\xa0\x00", 7, true},
	    {"\x30\x81\x05\x0a\x01\x00\xa0\x00", 8, true},
	    {"\x30\x05\x0a\x01\x00\xa1\x00", 7, false},
	    {"\x30\x03\x0a\x01\x07", 5, false},
	    {"\x30\x03\x0a\x02\x00", 5, false},
	    {"\x30\x03\x02\x01\x00", 5, false},
	    {"\x30\x04\x0a\x01\x03", 5, false},
	    {"\x31\x03\x0a\x01\x03", 5, false},
	    {"\x30\x85\x00\x00\x00\x00\x03\x0a\x01\x03", 10, false},
	    {"\x30\x00", 2, false},
	    {"\x30", 1, false},
	    {"", 0, false},
	};
	gh_auto(struct gh_buf, gh_buf_free) der = {0};
	struct answer a = usual(&pki, BROM);

	(void)state;
	for (size_t i = 0; i < GH_COUNT(all); i++) {
		struct gh_bytes raw = {(const unsigned char *)all[i].p, all[i].len};

		if (gh_ocsp_looks(raw) != all[i].want)
			fail_msg("case %zu", i);
	}
	make_answer(&der, &a);
	assert_true(gh_ocsp_looks(gh_buf_view(&der)));
	assert_false(gh_ocsp_looks(gh_cert_der(pki.chain.at[0])));
	for (size_t n = 0; n < der.len; n++)
		assert_false(gh_ocsp_looks((struct gh_bytes){der.p, n}));
}

/* ---- devices and RIMs ------------------------------------------------------------------- */

static const struct gh_finding *device(struct bench *b)
{
	struct gh_gpu_case c = {.out = &b->out,
	    .subject = "gpu",
	    .ctx = &b->ctx,
	    .certs = pki.chain,
	    .have_chain = true,
	    .chain_ok = true};

	gh_gpu_revocation_judge(&c);
	return &b->out.findings.at[b->out.findings.n - 1];
}

static const struct gh_finding *rim(struct bench *b, enum gh_verdict parent)
{
	struct gh_rim_revocation r = {.subject = "gpu",
	    .step = "gpu.driver.rim.revocation",
	    .parent = "gpu.driver.rim.signature",
	    .chain = &pki.chain};
	struct gh_finding *f =
	    gh_findings_add(&b->out.findings, "gpu", "gpu.driver.rim.signature");

	gh_judge(f, parent, "");
	gh_rim_revocation_judge(&b->out.findings, &r, &b->ctx);
	return &b->out.findings.at[b->out.findings.n - 1];
}

#define assert_finding(f, want_verdict, want_code)                                       \
	do {                                                                             \
		const struct gh_finding *f_ = (f);                                       \
		assert_string_equal(                                                     \
		    gh_verdict_word(f_->verdict), gh_verdict_word(want_verdict));        \
		assert_string_equal(f_->code, want_code);                                \
	} while (0)

static void test_device_when_all_good(void **state)
{
	gh_auto(struct bench, bench_free) b;
	const struct gh_finding *f;
	struct answer a = usual(&pki, ICA);

	(void)state;
	bench_new(&b);
	give_good(&b, BROM, ICA);
	give_good(&b, IDENTITY, ROOT);
	a.next_update = PKI_AT + 600; /* 2026-06-15T00:10:00Z */
	give(&b, &a);
	f = device(&b);
	assert_finding(f, GH_PASS, "");
	assert_string_equal(f->parent, "gpu.chain.leaf");
	assert_string_equal(
	    f->observed, "3 of 3 good (cached), the first until 2026-06-15T00:10:00Z");
	/* the policy may want our own nonce, and nobody asked with one */
	b.policy.nvidia.ocsp_nonce = true;
	assert_finding(device(&b), GH_UNKNOWN, "gpu.revocation.no-nonce");
}

static void test_device_when_not_asked(void **state)
{
	gh_auto(struct bench, bench_free) b;
	const struct gh_finding *f;

	(void)state;
	bench_new(&b);
	f = device(&b);
	assert_finding(f, GH_SKIP, "gpu.revocation.not-asked");
	assert_int_equal(f->severity, GH_SEV_INFO);
	assert_non_null(strstr(f->why, "revocation: not asked"));
	b.ctx.policy = NULL;
	assert_finding(device(&b), GH_SKIP, "gpu.revocation.not-asked");
	b.ctx.policy = &b.policy;
	b.policy.nvidia.revocation = true;
	f = device(&b);
	assert_finding(f, GH_UNKNOWN, "gpu.revocation.missing");
	assert_int_equal(f->severity, GH_SEV_BLOCKER);
	b.policy.nvidia.revocation = false;
	give_good(&b, BROM, IDENTITY);
	f = device(&b);
	assert_finding(f, GH_UNKNOWN, "gpu.revocation.missing");
	assert_non_null(strstr(f->observed, "test Identity: no answer"));
	give_good(&b, IDENTITY, ROOT);
	assert_finding(device(&b), GH_PASS, "");
}

static void test_device_when_one_is_bad(void **state)
{
	static const struct {
		int status, reason;
		int64_t from;
		enum gh_verdict verdict;
		const char *code;
	} all[] = {
	    {V_OCSP_CERTSTATUS_REVOKED, 1, 0, GH_FAIL, "gpu.revocation.revoked"},
	    {V_OCSP_CERTSTATUS_REVOKED, 6, 0, GH_FAIL, "gpu.revocation.hold"},
	    {V_OCSP_CERTSTATUS_UNKNOWN, 0, 0, GH_FAIL, "gpu.revocation.unknown"},
	    {0, 0, PKI_AT - 48 * HOUR, GH_STALE, "gpu.revocation.stale"},
	    {0, 0, PKI_AT + HOUR, GH_FAIL, "gpu.revocation.not-yet"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(all); i++)
		for (int bad = BROM; bad < ROOT; bad++) {
			gh_auto(struct bench, bench_free) b;
			struct answer a = usual(&pki, bad);
			const struct gh_finding *f;

			bench_new(&b);
			give_good(&b, BROM, bad);
			give_good(&b, bad + 1, ROOT);
			a.status = all[i].status;
			a.reason = all[i].reason;
			a.this_update = all[i].from;
			/* a responder that lived when the old answer was made */
			gh_auto(struct made, free_made) signer = {0};
			struct cert_kind kind = {.serial = 5,
			    .eku = "OCSPSigning",
			    .from = PKI_AT - 40 * 86400};
			pki_cert(&signer, "old", &pki.at[bad + 1], &kind);
			a.signer = &signer;
			b.policy.nvidia.rim_hold = true; /* for RIMs only */
			give(&b, &a);
			f = device(&b);
			if (all[i].verdict == GH_STALE) /* our CAs did not live then */
				assert_finding(f, GH_FAIL, "gpu.revocation.signer");
			else
				assert_finding(f, all[i].verdict, all[i].code);
			assert_non_null(
			    strstr(f->observed, gh_cert_cn(pki.chain.at[bad])));
		}
}

static void test_device_when_stale_or_forged(void **state)
{
	gh_auto(struct bench, bench_free) b;
	struct answer a = usual(&pki, BROM);

	(void)state;
	bench_new(&b);
	give_good(&b, ICA, ROOT);
	a.this_update = PKI_AT - 20 * HOUR;
	a.next_update = PKI_AT - 10 * HOUR;
	give(&b, &a);
	assert_finding(device(&b), GH_STALE, "gpu.revocation.stale");
	gh_buf_free(&b.der[2]);
	b.ctx.ocsps.n = 2;
	a = usual(&pki, BROM);
	a.signer = &pki.signer[ROOT];
	give(&b, &a);
	assert_finding(device(&b), GH_FAIL, "gpu.revocation.signer");
}

static void test_device_without_ground(void **state)
{
	gh_auto(struct bench, bench_free) b;
	struct gh_gpu_case c = {.out = &b.out, .subject = "gpu", .ctx = &b.ctx};
	struct gh_finding *f;

	(void)state;
	bench_new(&b);
	give_good(&b, BROM, ROOT);
	gh_gpu_revocation_judge(&c); /* no chain */
	assert_int_equal(b.out.findings.at[0].verdict, GH_SKIP);
	c.certs = pki.chain;
	c.have_chain = true;
	gh_gpu_revocation_judge(&c); /* the chain was refused: good answers, no PASS */
	f = &b.out.findings.at[1];
	assert_int_equal(f->verdict, GH_SKIP);
	assert_non_null(strstr(f->observed, "3 of 3 good"));
	b.ctx.ocsps.n = 1;
	gh_gpu_revocation_judge(&c); /* nor UNKNOWN: there is nothing to ask about */
	assert_int_equal(b.out.findings.at[2].verdict, GH_SKIP);
	trust.at[0].lab = true;
	gh_gpu_revocation_judge(&c);
	f = &b.out.findings.at[3];
	assert_int_equal(f->verdict, GH_SKIP);
	assert_non_null(strstr(f->observed, "pinned root"));
	b.ctx.allow_lab = true;
	b.ctx.ocsps.n = 3;
	c.chain_ok = c.lab = true;
	gh_gpu_revocation_judge(&c);
	f = &b.out.findings.at[4];
	assert_int_equal(f->verdict, GH_PASS);
	assert_true(f->lab);
	trust.at[0].lab = false;
	trust.at[0].root = GH_ROOT_AMD_ARK; /* the wrong kind of root */
	gh_gpu_revocation_judge(&c);
	assert_int_equal(b.out.findings.at[5].verdict, GH_SKIP);
	trust.at[0].root = GH_ROOT_NVIDIA_DEVICE;
}

static void test_rim_hold_by_policy(void **state)
{
	gh_auto(struct bench, bench_free) b;
	struct answer a = usual(&pki, LEAF);
	struct gh_rim_revocation none = {.subject = "gpu",
	    .step = "gpu.driver.rim.revocation",
	    .parent = "gpu.driver.rim.signature"};

	(void)state;
	bench_new(&b);
	assert_finding(rim(&b, GH_PASS), GH_SKIP, "gpu.driver.rim.revocation.not-asked");
	a.signer = &pki.at[BROM]; /* BROM's place: a CA that answers itself */
	give(&b, &a);
	give_good(&b, BROM, ROOT);
	assert_finding(rim(&b, GH_PASS), GH_PASS, "");
	assert_finding(rim(&b, GH_WARN), GH_PASS, "");
	assert_int_equal(rim(&b, GH_STALE)->verdict, GH_SKIP);
	a.status = V_OCSP_CERTSTATUS_REVOKED;
	a.reason = OCSP_REVOKED_STATUS_CERTIFICATEHOLD;
	a.this_update = PKI_AT - 60;
	give(&b, &a);
	assert_finding(rim(&b, GH_PASS), GH_FAIL, "gpu.driver.rim.revocation.hold");
	b.policy.nvidia.rim_hold = true;
	assert_finding(rim(&b, GH_PASS), GH_WARN, "gpu.driver.rim.revocation.hold");
	assert_int_equal(b.out.findings.at[b.out.findings.n - 1].severity, GH_SEV_WARN);
	assert_finding(rim(&b, GH_FAIL), GH_FAIL, "gpu.driver.rim.revocation.hold");
	a.reason = 1;
	give(&b, &a);
	assert_finding(rim(&b, GH_PASS), GH_FAIL, "gpu.driver.rim.revocation.revoked");
	assert_finding(rim(&b, GH_STALE), GH_FAIL, "gpu.driver.rim.revocation.revoked");
	gh_rim_revocation_judge(&b.out.findings, &none, &b.ctx);
	assert_int_equal(b.out.findings.at[b.out.findings.n - 1].verdict, GH_SKIP);
}

static void test_rim_without_parent(void **state)
{
	gh_auto(struct bench, bench_free) b;
	struct gh_rim_revocation r = {.subject = "gpu",
	    .step = "rim.revocation",
	    .parent = "rim.signature",
	    .source = "sha256:00",
	    .chain = &pki.chain};

	(void)state;
	bench_new(&b);
	gh_rim_revocation_judge(&b.out.findings, &r, &b.ctx);
	assert_int_equal(b.out.findings.at[0].verdict, GH_SKIP);
	assert_string_equal(b.out.findings.at[0].source, "sha256:00");
}

static void test_answers_without_end(void **state)
{
	gh_auto(struct bench, bench_free) b;
	struct gh_gpu_case c = {.out = &b.out, .subject = "gpu", .ctx = &b.ctx};
	struct gh_cert *many[9];
	struct gh_certs chain = {many, 9};
	struct gh_rim_revocation r = {
	    .subject = "s", .step = "s.revocation", .parent = "p", .chain = &chain};

	(void)state;
	bench_new(&b);
	for (int i = BROM; i < ROOT; i++) {
		struct answer a = usual(&pki, i);

		a.next_update = -1;
		give(&b, &a);
	}
	assert_string_equal(device(&b)->observed, "3 of 3 good (cached)");
	assert_int_equal(b.out.findings.at[0].verdict, GH_PASS);
	/* a policy on nonces says nothing where the chain is refused */
	b.policy.nvidia.ocsp_nonce = true;
	c.certs = pki.chain;
	c.have_chain = true;
	gh_gpu_revocation_judge(&c);
	assert_int_equal(b.out.findings.at[1].verdict, GH_SKIP);
	for (size_t i = 0; i < 9; i++)
		many[i] = pki.chain.at[i < 5 ? i : 4];
	gh_rim_revocation_judge(&b.out.findings, &r, &b.ctx); /* too long a chain */
	assert_int_equal(b.out.findings.at[2].verdict, GH_SKIP);
	chain.n = 1;
	gh_rim_revocation_judge(&b.out.findings, &r, &b.ctx);
	assert_int_equal(b.out.findings.at[3].verdict, GH_SKIP);
}

/* ---- revocation lists as a floor -------------------------------------------------------- */

struct crl_kind {
	int issuer, revoked; /* revoked: index in the chain, -1 none */
	int64_t from, to;    /* to -1: no nextUpdate */
	bool delta;
	const struct made *key;
};

static void give_crl(struct bench *b, const struct crl_kind *k)
{
	const struct made *issuer = &pki.at[k->issuer];
	X509_CRL *crl = X509_CRL_new();
	ASN1_TIME *t = ASN1_TIME_new();
	unsigned char *der = NULL;
	size_t i = b->ctx.crls.n++;
	int len;

	assert_true(i < 2 && X509_CRL_set_version(crl, 1) == 1);
	X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer->x509));
	ASN1_TIME_set(t, k->from != 0 ? k->from : PKI_AT - HOUR);
	X509_CRL_set1_lastUpdate(crl, t);
	ASN1_TIME_set(t, k->to > 0 ? k->to : PKI_AT + HOUR);
	if (k->to >= 0)
		X509_CRL_set1_nextUpdate(crl, t);
	if (k->revoked >= 0) {
		X509_REVOKED *r = X509_REVOKED_new();

		X509_REVOKED_set_serialNumber(
		    r, X509_get_serialNumber(pki.at[k->revoked].x509));
		X509_REVOKED_set_revocationDate(r, t);
		X509_CRL_add0_revoked(crl, r);
	}
	if (k->delta) {
		ASN1_INTEGER *base = ASN1_INTEGER_new();

		ASN1_INTEGER_set(base, 1);
		X509_CRL_add1_ext_i2d(crl, NID_delta_crl, base, 1, 0);
		ASN1_INTEGER_free(base);
	}
	assert_true(X509_CRL_sign(crl, k->key != NULL ? k->key->key : issuer->key,
			EVP_sha384()) > 0);
	len = i2d_X509_CRL(crl, &der);
	gh_buf_add(&b->crl_der[i], der, (size_t)len);
	b->crls[i] = gh_buf_view(&b->crl_der[i]);
	OPENSSL_free(der);
	ASN1_TIME_free(t);
	X509_CRL_free(crl);
}

static void test_lists_are_a_floor(void **state)
{
	gh_auto(struct bench, bench_free) b;
	struct crl_kind ica = {.issuer = IDENTITY, .revoked = -1},
			identity = {.issuer = ROOT, .revoked = -1};
	const struct gh_finding *f;

	(void)state;
	bench_new(&b);
	give_crl(&b, &ica);
	give_crl(&b, &identity);
	/* no answer about the BROM, whose issuer publishes no list */
	f = device(&b);
	assert_finding(f, GH_SKIP, "gpu.revocation.not-asked");
	assert_non_null(strstr(f->observed, "test ICA: good (by the revocation list)"));
	give_good(&b, BROM, ICA);
	f = device(&b);
	assert_finding(f, GH_PASS, "");
	assert_non_null(strstr(f->observed, "good (by the revocation list), the first"));
}

static void test_lists_that_do_not_do(void **state)
{
	static const struct crl_kind all[] = {
	    {.issuer = IDENTITY, .revoked = -1, .to = PKI_AT - 301},
	    {.issuer = IDENTITY, .revoked = -1, .from = PKI_AT + 301},
	    {.issuer = IDENTITY, .revoked = -1, .to = -1},
	    {.issuer = IDENTITY, .revoked = -1, .delta = true},
	    {.issuer = ROOT, .revoked = -1},
	    {.issuer = IDENTITY, .revoked = ICA, .key = &pki.at[ROOT]},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(all); i++) {
		gh_auto(struct bench, bench_free) b;

		bench_new(&b);
		give_good(&b, BROM, ICA);
		give_good(&b, IDENTITY, ROOT);
		give_crl(&b, &all[i]);
		assert_finding(device(&b), GH_UNKNOWN, "gpu.revocation.missing");
	}
	gh_auto(struct bench, bench_free) b;
	bench_new(&b);
	b.crls[0] = (struct gh_bytes){(const unsigned char *)"junk", 4};
	b.ctx.crls.n = 1;
	assert_finding(device(&b), GH_SKIP, "gpu.revocation.not-asked");
}

/* A list that revokes outweighs every answer, and its age does not matter. */
static void test_list_that_revokes(void **state)
{
	static const struct crl_kind all[] = {
	    {.issuer = IDENTITY, .revoked = ICA},
	    {.issuer = IDENTITY, .revoked = ICA, .to = PKI_AT - 1000},
	    {.issuer = ICA, .revoked = BROM},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(all); i++) {
		gh_auto(struct bench, bench_free) b;

		bench_new(&b);
		give_good(&b, BROM, ROOT);
		give_crl(&b, &all[i]);
		assert_finding(device(&b), GH_FAIL, "gpu.revocation.revoked");
	}
}

/* ---- a response by itself --------------------------------------------------------------- */

static const struct gh_finding *verified(
    struct bench *b, const struct answer *a, const char *step)
{
	gh_auto(struct gh_buf, gh_buf_free) der = {0};
	const struct gh_finding *f;

	make_answer(&der, a);
	gh_result_free(&b->out);
	assert_int_equal(
	    gh_ocsp_verify(&b->out, "r", gh_buf_view(&der), &b->ctx, NULL), 0);
	for (size_t i = 0; i < b->out.findings.n; i++) {
		f = &b->out.findings.at[i];
		if (f->verdict == GH_PASS && *f->parent != '\0')
			assert_int_equal(
			    gh_findings_get(&b->out.findings, "r", f->parent)->verdict,
			    GH_PASS);
	}
	f = gh_findings_get(&b->out.findings, "r", step);
	assert_non_null(f);
	return f;
}

static void test_verify_when_good(void **state)
{
	static const unsigned char nonce[16] = {0xab};
	static const char *const steps[] = {
	    "ocsp.parse", "ocsp.signer", "ocsp.signature", "ocsp.time", "ocsp.status.0"};
	struct answer a = usual(&pki, BROM);
	gh_auto(struct bench, bench_free) b;
	const struct gh_subject *s;

	(void)state;
	bench_new(&b);
	a.nonce = nonce;
	a.nonce_len = sizeof nonce;
	for (size_t i = 0; i < GH_COUNT(steps); i++)
		assert_finding(verified(&b, &a, steps[i]), GH_PASS, "");
	assert_int_equal(gh_result_verdict(&b.out), GH_PASS);
	assert_non_null(strstr(verified(&b, &a, "ocsp.time")->why, "cached"));
	s = gh_result_find(&b.out, "r");
	assert_string_equal(s->kind, "ocsp");
	assert_string_equal(gh_claim_get(s, "serial"), "4101");
	assert_string_equal(gh_claim_get(s, "status"), "good");
	assert_string_equal(gh_claim_get(s, "reason"), "");
	assert_string_equal(gh_claim_get(s, "this_update"), "2026-06-14T23:00:00Z");
	assert_string_equal(gh_claim_get(s, "next_update"), "2026-06-15T23:00:00Z");
	assert_string_equal(gh_claim_get(s, "nonce"), "ab000000000000000000000000000000");
	/* the issuer itself, named by the chain alone */
	a.signer = a.issuer;
	a.bare = a.by_name = true;
	assert_finding(verified(&b, &a, "ocsp.signature"), GH_PASS, "");
	/* the root answers for what it issued */
	a = usual(&pki, IDENTITY);
	a.signer = a.issuer;
	assert_finding(verified(&b, &a, "ocsp.status.0"), GH_PASS, "");
	assert_false(verified(&b, &a, "ocsp.status.0")->lab);
}

static void test_verify_when_two_singles(void **state)
{
	gh_auto(struct made, free_made) sister = {0};
	struct cert_kind kind = {.serial = 0x4242};
	struct answer a = usual(&pki, BROM);
	gh_auto(struct bench, bench_free) b;
	const struct gh_subject *s;

	(void)state;
	bench_new(&b);
	pki_cert(&sister, "sister", &pki.at[ICA], &kind);
	a.cert2 = &sister;
	a.issuer2 = a.issuer;
	a.status2 = V_OCSP_CERTSTATUS_REVOKED;
	a.reason = 4;
	assert_finding(verified(&b, &a, "ocsp.status.0"), GH_PASS, "");
	assert_finding(verified(&b, &a, "ocsp.status.1"), GH_FAIL, "ocsp.status.revoked");
	s = gh_result_find(&b.out, "r");
	assert_string_equal(gh_claim_get(s, "serial_1"), "4242");
	assert_string_equal(gh_claim_get(s, "status_1"), "revoked");
	assert_string_equal(gh_claim_get(s, "reason_1"), "superseded");
}

static void test_verify_status_and_time(void **state)
{
	struct answer a = usual(&pki, BROM);
	gh_auto(struct bench, bench_free) b;

	(void)state;
	bench_new(&b);
	a.status = V_OCSP_CERTSTATUS_UNKNOWN;
	assert_finding(verified(&b, &a, "ocsp.status.0"), GH_FAIL, "ocsp.status.unknown");
	a.status = V_OCSP_CERTSTATUS_REVOKED;
	a.reason = 6;
	assert_finding(verified(&b, &a, "ocsp.status.0"), GH_FAIL, "ocsp.status.hold");
	a = usual(&pki, BROM);
	b.ctx.at = PKI_AT + 23 * HOUR + 301;
	assert_finding(verified(&b, &a, "ocsp.time"), GH_STALE, "ocsp.time.stale");
	assert_int_equal(gh_result_verdict(&b.out), GH_STALE);
	assert_int_equal(verified(&b, &a, "ocsp.status.0")->verdict, GH_SKIP);
	a.next_update = -1;
	b.ctx.at = PKI_AT + 1;
	assert_finding(verified(&b, &a, "ocsp.time"), GH_STALE, "ocsp.time.stale");
	assert_string_equal(
	    gh_claim_get(gh_result_find(&b.out, "r"), "next_update"), "none");
	b.ctx.at = PKI_AT - HOUR - 301;
	assert_finding(verified(&b, &a, "ocsp.time"), GH_FAIL, "ocsp.time.not-yet");
}

static void test_verify_signer(void **state)
{
	struct answer a = usual(&pki, BROM);
	gh_auto(struct bench, bench_free) b;
	gh_auto(struct made, free_made) plain = {0}, root = {0}, forged = {0};
	struct cert_kind none = {.serial = 3}, ca = {.serial = 4, .ca = true};
	struct cert_kind eku = {.serial = 5, .eku = "OCSPSigning"};
	struct gh_certs few = {pki.chain.at, 3};
	gh_auto(struct gh_certs, gh_certs_free) own = {0};

	(void)state;
	bench_new(&b);
	pki_cert(&plain, "plain", &pki.at[ICA], &none);
	a.signer = &plain;
	assert_finding(verified(&b, &a, "ocsp.signer"), GH_FAIL, "ocsp.signer.role");
	assert_int_equal(verified(&b, &a, "ocsp.signature")->verdict, GH_SKIP);
	a.signer = &pki.signer[IDENTITY];
	assert_finding(verified(&b, &a, "ocsp.signer"), GH_FAIL, "ocsp.signer.issuer");
	/* the chain is not whole, or not there, or the responder's certificate is not */
	a = usual(&pki, BROM);
	b.ctx.certs = &few;
	assert_finding(
	    verified(&b, &a, "ocsp.signer"), GH_UNKNOWN, "ocsp.signer.missing");
	assert_non_null(
	    strstr(verified(&b, &a, "ocsp.signer")->observed, "test Identity"));
	b.ctx.certs = NULL;
	assert_finding(
	    verified(&b, &a, "ocsp.signer"), GH_UNKNOWN, "ocsp.signer.missing");
	a.bare = true;
	assert_finding(
	    verified(&b, &a, "ocsp.signer"), GH_UNKNOWN, "ocsp.signer.missing");
	assert_int_equal(verified(&b, &a, "ocsp.signature")->verdict, GH_SKIP);
	/* a self-made root, even under our names */
	pki_cert(&root, "test ICA", NULL, &ca);
	pki_cert(&forged, "test OCSP responder", &root, &eku);
	a.bare = false;
	a.issuer = &root;
	a.signer = &forged;
	add_made(&own, &root);
	b.ctx.certs = &own;
	assert_finding(verified(&b, &a, "ocsp.signer"), GH_FAIL, "ocsp.signer.unpinned");
	assert_int_equal(verified(&b, &a, "ocsp.status.0")->verdict, GH_SKIP);
}

/* Caps: how many CAs stand above a responder, how many namesakes are tried. */
static void test_verify_gives_up(void **state)
{
	struct made ca[9] = {0};
	gh_auto(struct gh_certs, gh_certs_free) all = {0};
	gh_auto(struct made, free_made) signer = {0}, leaf = {0}, twin = {0};
	struct cert_kind kind = {.serial = 1, .ca = true}, plain = {.serial = 2};
	struct cert_kind eku = {.serial = 3, .eku = "OCSPSigning"};
	struct answer a = {.cert = &leaf, .issuer = &ca[8], .signer = &signer};
	struct gh_cert *many[70];
	struct gh_certs namesakes = {many, 70};
	gh_auto(struct bench, bench_free) b;

	(void)state;
	bench_new(&b);
	for (int i = 0; i < 9; i++) {
		char cn[16];

		snprintf(cn, sizeof cn, "CA %d", i);
		pki_cert(&ca[i], cn, i == 0 ? NULL : &ca[i - 1], &kind);
		add_made(&all, &ca[i]);
	}
	pki_cert(&leaf, "leaf", &ca[8], &plain);
	pki_cert(&signer, "signer", &ca[8], &eku);
	b.ctx.certs = &all;
	assert_finding(
	    verified(&b, &a, "ocsp.signer"), GH_UNKNOWN, "ocsp.signer.missing");
	for (int i = 0; i < 9; i++)
		free_made(&ca[i]);
	gh_certs_free(&all);
	pki_cert(&twin, "test ICA", NULL, &kind);
	add_made(&all, &twin);
	for (size_t i = 0; i < 70; i++)
		many[i] = i < 65 ? all.at[0] : pki.chain.at[i - 65];
	a = usual(&pki, BROM);
	b.ctx.certs = &namesakes;
	assert_finding(
	    verified(&b, &a, "ocsp.signer"), GH_UNKNOWN, "ocsp.signer.missing");
	for (size_t i = 0; i < 70; i++)
		many[i] = i > 4 ? all.at[0] : pki.chain.at[i];
	assert_finding(verified(&b, &a, "ocsp.signer"), GH_PASS, "");
}

static void test_verify_lab_and_rim_root(void **state)
{
	struct answer a = usual(&pki, BROM);
	gh_auto(struct bench, bench_free) b;

	(void)state;
	bench_new(&b);
	trust.at[0].root = GH_ROOT_AMD_ARK; /* pinned as a RIM root only */
	assert_finding(verified(&b, &a, "ocsp.status.0"), GH_PASS, "");
	trust.at[0].root = GH_ROOT_NVIDIA_DEVICE;
	trust.at[0].lab = true;
	assert_finding(verified(&b, &a, "ocsp.signer"), GH_FAIL, "ocsp.signer.lab");
	b.ctx.allow_lab = true;
	assert_finding(verified(&b, &a, "ocsp.status.0"), GH_PASS, "");
	assert_true(verified(&b, &a, "ocsp.parse")->lab);
	trust.at[0].lab = false;
}

static void test_verify_bytes(void **state)
{
	struct answer a = usual(&pki, BROM);
	gh_auto(struct gh_buf, gh_buf_free) der = {0};
	gh_auto(struct bench, bench_free) b;
	const struct gh_finding *f;

	(void)state;
	bench_new(&b);
	assert_int_equal(
	    gh_ocsp_verify(&b.out, "later",
		(struct gh_bytes){(const unsigned char *)"\x30\x03\x0a\x01\x03", 5},
		&b.ctx, NULL),
	    0);
	f = gh_findings_get(&b.out.findings, "later", "ocsp.parse");
	assert_finding(f, GH_FAIL, "ocsp.parse.unsuccessful");
	assert_non_null(strstr(f->observed, "trylater"));
	make_answer(&der, &a);
	for (size_t n = 0; n < der.len; n++) {
		gh_result_free(&b.out);
		assert_int_equal(gh_ocsp_verify(&b.out, "r", (struct gh_bytes){der.p, n},
				     &b.ctx, NULL),
		    0);
		assert_finding(&b.out.findings.at[0], GH_FAIL, "ocsp.parse.form");
	}
	for (size_t i = 0; i < der.len; i++) {
		der.p[i] ^= 0x20;
		gh_result_free(&b.out);
		assert_int_equal(
		    gh_ocsp_verify(&b.out, "r", gh_buf_view(&der), &b.ctx, NULL), 0);
		assert_int_not_equal(gh_result_verdict(&b.out), GH_PASS);
		der.p[i] ^= 0x20;
	}
	/* the last byte belongs to the certificate, the one before it to the signature */
	a.bare = true;
	a.signer = a.issuer;
	gh_buf_clear(&der);
	make_answer(&der, &a);
	der.p[der.len - 1] ^= 1;
	gh_result_free(&b.out);
	assert_int_equal(gh_ocsp_verify(&b.out, "r", gh_buf_view(&der), &b.ctx, NULL), 0);
	assert_finding(gh_findings_get(&b.out.findings, "r", "ocsp.signature"), GH_FAIL,
	    "ocsp.signature.bad");
}

/* ---- show ------------------------------------------------------------------------------- */

static const struct gh_field *field_of(const struct gh_fields *fs, const char *name)
{
	for (size_t i = 0; i < fs->n; i++)
		if (strcmp(fs->at[i].name, name) == 0)
			return &fs->at[i];
	return NULL;
}

static void show(struct gh_fields *fs, struct gh_bytes der)
{
	gh_fields_free(fs);
	assert_int_equal(gh_ocsp_show(fs, der, NULL), 0);
	assert_int_equal(fs->depth, 0);
	assert_null(fs->whole.p);
}

static void test_show_names_every_field(void **state)
{
	static const unsigned char nonce[16] = {0xab};
	static const char *const names[] = {"responseStatus", "responseType",
	    "responderID byKey", "producedAt", "hashAlgorithm", "issuerNameHash",
	    "issuerKeyHash", "serialNumber", "certStatus", "thisUpdate", "nextUpdate",
	    "extnValue", "signatureAlgorithm", "signature", "certs"};
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};
	gh_auto(struct gh_buf, gh_buf_free) der = {0};
	struct answer a = usual(&pki, BROM);

	(void)state;
	a.nonce = nonce;
	a.nonce_len = sizeof nonce;
	make_answer(&der, &a);
	show(&fs, gh_buf_view(&der));
	for (size_t i = 0; i < GH_COUNT(names); i++) {
		const struct gh_field *f = field_of(&fs, names[i]);

		if (f == NULL)
			fail_msg("no field %s", names[i]);
		assert_true(f->offset < der.len);
	}
	assert_null(field_of(&fs, "error"));
	assert_string_equal(field_of(&fs, "responseStatus")->meaning, "0 successful");
	assert_string_equal(field_of(&fs, "thisUpdate")->meaning, "20260614230000Z");
	assert_string_equal(field_of(&fs, "certStatus")->meaning, "good [0]");
	assert_non_null(strstr(field_of(&fs, "hashAlgorithm")->meaning, "sha384"));
	/* a name, a reason, no nextUpdate */
	a.by_name = true;
	a.status = V_OCSP_CERTSTATUS_REVOKED;
	a.reason = 6;
	a.next_update = -1;
	gh_buf_clear(&der);
	make_answer(&der, &a);
	show(&fs, gh_buf_view(&der));
	assert_string_equal(
	    field_of(&fs, "responderID byName")->meaning, "/CN=test OCSP responder");
	assert_string_equal(
	    field_of(&fs, "revocationReason")->meaning, "6 certificateHold");
	assert_non_null(field_of(&fs, "revocationTime"));
	assert_null(field_of(&fs, "nextUpdate"));
	a.status = V_OCSP_CERTSTATUS_UNKNOWN;
	a.bare = true;
	gh_buf_clear(&der);
	make_answer(&der, &a);
	show(&fs, gh_buf_view(&der));
	assert_string_equal(field_of(&fs, "certStatus")->meaning, "unknown [2]");
	assert_null(field_of(&fs, "certs"));
}

/* Every prefix ends in an error, every flip is survived. */
static void show_in_pieces(const struct answer *a)
{
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};
	gh_auto(struct gh_buf, gh_buf_free) der = {0};

	make_answer(&der, a);
	for (size_t n = 0; n < der.len; n++) {
		show(&fs, (struct gh_bytes){der.p, n});
		assert_string_equal(fs.at[fs.n - 1].name, "error");
	}
	for (size_t i = 0; i < der.len; i++)
		for (unsigned int bit = 0; bit < 8; bit++) {
			der.p[i] ^= (unsigned char)(1u << bit);
			show(&fs, gh_buf_view(&der));
			der.p[i] ^= (unsigned char)(1u << bit);
		}
	gh_buf_chr(&der, 0);
	show(&fs, gh_buf_view(&der));
	assert_string_equal(fs.at[fs.n - 1].name, "error");
}

static void test_show_of_what_is_broken(void **state)
{
	static const unsigned char nonce[16] = {0xab};
	struct answer a = usual(&pki, BROM);

	(void)state;
	show_in_pieces(&a);
	a.nonce = nonce;
	a.nonce_len = sizeof nonce;
	a.by_name = a.rich = a.bare = true;
	a.status = V_OCSP_CERTSTATUS_REVOKED;
	a.reason = 1;
	show_in_pieces(&a);
	a.status = V_OCSP_CERTSTATUS_UNKNOWN;
	a.next_update = -1;
	show_in_pieces(&a);
}

static const char *shown(
    struct gh_fields *fs, const char *p, size_t len, const char *name)
{
	show(fs, (struct gh_bytes){(const unsigned char *)p, len});
	return field_of(fs, name) == NULL ? "" : field_of(fs, name)->meaning;
}

static void test_show_of_what_is_odd(void **state)
{
	/* an explicit version, then nothing */
	static const char version[] =
	    "\x30\x1d\x0a\x01\x00\xa0\x18\x30\x16\x06\x09\x2b\x06"
	    "\x01\x05\x05\x07\x30\x01\x01\x04\x09\x30\x07\x30"
	    "\x05\xa0\x03\x02\x01";
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct answer a = usual(&pki, BROM);

	(void)state;
	assert_string_equal(
	    shown(&fs, "\x30\x03\x0a\x01\x04", 5, "responseStatus"), "4 (not used)");
	assert_string_equal(
	    shown(&fs, "\x30\x04\x0a\x02\x00\x01", 6, "responseStatus"), "-1 not known");
	gh_buf_add(&b, version, sizeof version - 1);
	gh_buf_chr(&b, 0);
	assert_string_equal(
	    shown(&fs, (char *)b.p, b.len, "version"), "0 (version 1, to be left out)");
	b.p[b.len - 1] = 1;
	assert_string_equal(shown(&fs, (char *)b.p, b.len, "version"), "1 (not known)");
	a.rich = true;
	gh_buf_clear(&b);
	make_answer(&b, &a);
	assert_string_equal(shown(&fs, (char *)b.p, b.len, "critical"), "TRUE");
	assert_null(field_of(&fs, "error"));
	a.rich = false;
	a.exts = 33;
	gh_buf_clear(&b);
	make_answer(&b, &a);
	assert_non_null(strstr(shown(&fs, (char *)b.p, b.len, "error"), "32 extensions"));
	a.exts = 0;
	a.singles = 32;
	gh_buf_clear(&b);
	make_answer(&b, &a);
	assert_non_null(strstr(shown(&fs, (char *)b.p, b.len, "error"), "32 responses"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_window_when_edges),
	    cmocka_unit_test(test_words_of_status),
	    cmocka_unit_test(test_nonce_when_equal_other_absent),
	    cmocka_unit_test(test_pick_among_answers),
	    cmocka_unit_test(test_two_singles_in_one_answer),
	    cmocka_unit_test(test_junk_is_no_answer),
	    cmocka_unit_test(test_looks),
	    cmocka_unit_test(test_device_when_all_good),
	    cmocka_unit_test(test_device_when_not_asked),
	    cmocka_unit_test(test_device_when_one_is_bad),
	    cmocka_unit_test(test_device_when_stale_or_forged),
	    cmocka_unit_test(test_device_without_ground),
	    cmocka_unit_test(test_rim_hold_by_policy),
	    cmocka_unit_test(test_rim_without_parent),
	    cmocka_unit_test(test_answers_without_end),
	    cmocka_unit_test(test_lists_are_a_floor),
	    cmocka_unit_test(test_lists_that_do_not_do),
	    cmocka_unit_test(test_list_that_revokes),
	    cmocka_unit_test(test_verify_when_good),
	    cmocka_unit_test(test_verify_when_two_singles),
	    cmocka_unit_test(test_verify_status_and_time),
	    cmocka_unit_test(test_verify_signer),
	    cmocka_unit_test(test_verify_gives_up),
	    cmocka_unit_test(test_verify_lab_and_rim_root),
	    cmocka_unit_test(test_verify_bytes),
	    cmocka_unit_test(test_show_names_every_field),
	    cmocka_unit_test(test_show_of_what_is_broken),
	    cmocka_unit_test(test_show_of_what_is_odd),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
