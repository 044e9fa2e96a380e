/* SPDX-License-Identifier: Apache-2.0
 * OCSP responses: what is refused as a form, whom a response is about, who may sign it. */
#include "crypto/ocsp.h"
#include "tests/unit/crypto/ocsp_pki.h"

static struct ocsp_pki pki;

static int setup(void **state)
{
	(void)state;
	ocsp_pki_new(&pki);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ocsp_pki_free(&pki);
	return 0;
}

static struct gh_ocsp *parsed(const struct answer *a)
{
	gh_auto(struct gh_buf, gh_buf_free) der = {0};
	struct gh_ocsp *r = NULL;
	struct gh_err e = {0};

	make_answer(&der, a);
	if (gh_ocsp_from_der(&r, der.p, der.len, &e) < 0)
		fail_msg("%s", e.what);
	return r;
}

static enum gh_ocsp_fault fault_at(const struct answer *a, size_t issuer, int64_t at)
{
	gh_auto(struct gh_ocsp *, gh_ocsp_free) r = parsed(a);
	struct gh_ocsp_path path = {.chain = &pki.chain, .issuer = issuer, .at = at};
	struct gh_err e = {0};
	enum gh_ocsp_fault f = gh_ocsp_signed(r, &path, &e);

	assert_int_equal(f == GH_OCSP_SOUND, *e.what == '\0');
	return f;
}

static enum gh_ocsp_fault fault_of(const struct answer *a, size_t issuer)
{
	return fault_at(a, issuer, PKI_AT);
}

/* ---- facts ------------------------------------------------------------------------------ */

static void test_facts_of_good_answer(void **state)
{
	static const unsigned char nonce[32] = {1, 2, 3};
	struct answer a = usual(&pki, BROM);
	gh_auto(struct gh_ocsp *, gh_ocsp_free) r = NULL;
	gh_auto(struct gh_certs, gh_certs_free) own = {0};
	const struct gh_ocsp_single *s;

	(void)state;
	a.nonce = nonce;
	a.nonce_len = sizeof nonce;
	r = parsed(&a);
	s = gh_ocsp_single(r, 0);
	assert_int_equal(gh_ocsp_count(r), 1);
	assert_int_equal(s->status, GH_OCSP_GOOD);
	assert_string_equal(s->hash, "sha384");
	assert_int_equal(s->key_hash.len, 48);
	assert_int_equal(s->serial.len, 2);
	assert_int_equal(s->reason, -1);
	assert_true(s->revoked_at == INT64_MIN);
	assert_int_equal(s->this_update, PKI_AT - HOUR);
	assert_int_equal(s->next_update, PKI_AT + 23 * HOUR);
	assert_int_equal(gh_ocsp_nonce(r).len, 32);
	assert_memory_equal(gh_ocsp_nonce(r).p, nonce, 32);
	assert_string_equal(gh_ocsp_sigalg(r), "ecdsa-with-SHA384");
	assert_true(gh_ocsp_produced_at(r) > 0);
	assert_memory_equal(gh_ocsp_responder_id(r), "key ", 4);
	assert_int_equal(gh_ocsp_certs(r, NULL, &own, NULL), 0);
	assert_int_equal(own.n, 1);
}

static void test_facts_of_other_answers(void **state)
{
	(void)state;
	for (int reason = -1; reason <= 10; reason++) {
		struct answer a = usual(&pki, ICA);
		gh_auto(struct gh_ocsp *, gh_ocsp_free) r = NULL;
		const struct gh_ocsp_single *s;

		a.status = V_OCSP_CERTSTATUS_REVOKED;
		a.reason = reason;
		a.next_update = -1;
		a.by_name = true;
		r = parsed(&a);
		s = gh_ocsp_single(r, 0);
		assert_int_equal(s->status, reason == 6 ? GH_OCSP_HOLD : GH_OCSP_REVOKED);
		assert_int_equal(s->reason, reason);
		assert_int_equal(s->revoked_at, PKI_AT - 7200);
		assert_true(s->next_update == INT64_MIN);
		assert_null(gh_ocsp_nonce(r).p);
		assert_string_equal(gh_ocsp_responder_id(r), "test OCSP responder");
	}
	struct answer a = usual(&pki, ICA);
	a.status = V_OCSP_CERTSTATUS_UNKNOWN;
	gh_auto(struct gh_ocsp *, gh_ocsp_free) r = parsed(&a);
	assert_int_equal(gh_ocsp_single(r, 0)->status, GH_OCSP_UNKNOWN);
	assert_string_equal(gh_ocsp_reason_word(-1), "not stated");
	assert_string_equal(gh_ocsp_reason_word(1), "keyCompromise");
	assert_string_equal(gh_ocsp_reason_word(99), "a reason not known");
}

static void test_about_by_every_hash(void **state)
{
	const EVP_MD *hash[] = {EVP_sha1(), EVP_sha256(), EVP_sha384(), EVP_sha512()};
	struct gh_cert **c = pki.chain.at;

	(void)state;
	for (size_t i = 0; i < GH_COUNT(hash); i++) {
		struct answer a = usual(&pki, BROM);
		gh_auto(struct gh_ocsp *, gh_ocsp_free) r = NULL;

		a.id_hash = hash[i];
		r = parsed(&a);
		assert_int_equal(gh_ocsp_about(r, c[BROM], c[ICA], 0), 0);
		assert_int_equal(gh_ocsp_about(r, c[BROM], c[ICA], 1), -1);
		assert_int_equal(gh_ocsp_about(r, c[BROM], c[IDENTITY], 0), -1);
		assert_int_equal(gh_ocsp_about(r, c[ICA], c[IDENTITY], 0), -1);
		assert_int_equal(gh_ocsp_from_issuer(r, c[ICA], 0), 0);
		assert_int_equal(gh_ocsp_from_issuer(r, c[ROOT], 0), -1);
	}
}

/* ---- who may sign ----------------------------------------------------------------------- */

static void test_signed_by_delegate_and_issuer(void **state)
{
	(void)state;
	for (int i = BROM; i < ROOT; i++) {
		struct answer a = usual(&pki, i);

		assert_int_equal(fault_of(&a, (size_t)i + 1), GH_OCSP_SOUND);
		a.by_name = true;
		assert_int_equal(fault_of(&a, (size_t)i + 1), GH_OCSP_SOUND);
		a.signer = a.issuer;
		assert_int_equal(fault_of(&a, (size_t)i + 1), GH_OCSP_SOUND);
		/* the issuer is known from the chain: no certificate is needed */
		a.bare = true;
		assert_int_equal(fault_of(&a, (size_t)i + 1), GH_OCSP_SOUND);
		a.signer = &pki.signer[i + 1];
		assert_int_equal(fault_of(&a, (size_t)i + 1), GH_OCSP_NO_RESPONDER);
	}
}

static void test_refuses_who_may_not_sign(void **state)
{
	struct {
		const char *what;
		struct cert_kind kind;
		enum gh_ocsp_fault want;
	} all[] = {
	    {"no EKU", {.serial = 1}, GH_OCSP_ROLE},
	    {"another EKU", {.serial = 2, .eku = "serverAuth"}, GH_OCSP_ROLE},
	    {"nothing but keyAgreement",
		{.serial = 3, .eku = "OCSPSigning", .ku = "critical,keyAgreement"},
		GH_OCSP_ROLE},
	    {"a CA", {.serial = 4, .eku = "OCSPSigning", .ca = true}, GH_OCSP_ROLE},
	    {"expired", {.serial = 5, .eku = "OCSPSigning", .until = PKI_AT - 1},
		GH_OCSP_TIME},
	    {"not yet", {.serial = 6, .eku = "OCSPSigning", .from = PKI_AT + 1},
		GH_OCSP_TIME},
	    {"P-256", {.serial = 7, .eku = "OCSPSigning", .curve = "P-256"},
		GH_OCSP_ALGORITHM},
	    {"good", {.serial = 8, .eku = "OCSPSigning", .until = PKI_AT}, GH_OCSP_SOUND},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(all); i++) {
		gh_auto(struct made, free_made) signer = {0};
		struct answer a = usual(&pki, BROM);

		pki_cert(&signer, "another responder", &pki.at[ICA], &all[i].kind);
		a.signer = &signer;
		print_message("%s\n", all[i].what);
		assert_int_equal(fault_of(&a, ICA), all[i].want);
	}
}

static void test_refuses_other_issuers(void **state)
{
	gh_auto(struct made, free_made) root = {0};
	gh_auto(struct made, free_made) twin = {0};
	struct cert_kind ca = {.serial = 9, .ca = true};
	struct cert_kind eku = {.serial = 10, .eku = "OCSPSigning"};
	struct answer a = usual(&pki, BROM);

	(void)state;
	/* the responder of another CA of the same tree */
	a.signer = &pki.signer[IDENTITY];
	assert_int_equal(fault_of(&a, ICA), GH_OCSP_ISSUER);
	a.signer = &pki.at[IDENTITY];
	assert_int_equal(fault_of(&a, ICA), GH_OCSP_ISSUER);
	/* an answer about a certificate of another issuer, signed by our responder */
	a = usual(&pki, BROM);
	assert_int_equal(fault_of(&a, IDENTITY), GH_OCSP_ISSUER);
	a.signer = &pki.signer[IDENTITY];
	assert_int_equal(fault_of(&a, IDENTITY), GH_OCSP_ISSUER);
	/* two issuers in one response */
	a = usual(&pki, BROM);
	a.cert2 = &pki.at[ICA];
	a.issuer2 = &pki.at[IDENTITY];
	assert_int_equal(fault_of(&a, ICA), GH_OCSP_ISSUER);
	/* a CA of the same name, made by someone else, and its responder */
	pki_cert(&root, "test ICA", NULL, &ca);
	pki_cert(&twin, "test OCSP responder", &root, &eku);
	a = usual(&pki, BROM);
	a.signer = &twin;
	assert_int_equal(fault_of(&a, ICA), GH_OCSP_ISSUER);
}

static void test_refuses_other_algorithm_and_time(void **state)
{
	struct answer a = usual(&pki, BROM);

	(void)state;
	a.sig_hash = EVP_sha256();
	assert_int_equal(fault_of(&a, ICA), GH_OCSP_ALGORITHM);
	a = usual(&pki, BROM);
	assert_int_equal(fault_at(&a, ICA, PKI_AT + 86401), GH_OCSP_TIME);
	a.signer = a.issuer; /* no delegate that expires first */
	assert_int_equal(fault_at(&a, ICA, PKI_AT + 86401), GH_OCSP_TIME);
	assert_int_equal(fault_at(&a, ICA, PKI_AT - 86401), GH_OCSP_TIME);
	assert_string_equal(gh_ocsp_fault_word(GH_OCSP_TIME), "time");
	assert_string_equal(gh_ocsp_fault_word(GH_OCSP_SIGNATURE), "signature");
}

/* The path above the issuer: every way in which it may not hold. */
static void test_refuses_broken_path(void **state)
{
	struct answer a = usual(&pki, BROM);
	gh_auto(struct gh_ocsp *, gh_ocsp_free) r = parsed(&a);
	gh_auto(struct gh_certs, gh_certs_free) foreign = {0};
	gh_auto(struct made, free_made) root = {0}, weak = {0};
	struct cert_kind ca = {.serial = 9, .ca = true};
	struct cert_kind p256 = {.serial = 9, .ca = true, .curve = "P-256"};
	struct gh_cert *at[17], **c = pki.chain.at;
	struct gh_certs cs = {at, 2};
	struct gh_ocsp_path path = {.chain = &cs, .issuer = 0, .at = PKI_AT};

	(void)state;
	pki_cert(&root, "test Identity", NULL, &ca);
	pki_cert(&weak, "test Identity", NULL, &p256);
	add_made(&foreign, &root);
	add_made(&foreign, &weak);
	at[0] = c[ICA];
	at[1] = foreign.at[0]; /* the name fits, the key does not */
	assert_int_equal(gh_ocsp_signed(r, &path, NULL), GH_OCSP_PATH);
	at[1] = foreign.at[1];
	assert_int_equal(gh_ocsp_signed(r, &path, NULL), GH_OCSP_PATH);
	at[1] = c[ROOT]; /* a floor left out */
	assert_int_equal(gh_ocsp_signed(r, &path, NULL), GH_OCSP_PATH);
	at[1] = c[IDENTITY]; /* no root */
	assert_int_equal(gh_ocsp_signed(r, &path, NULL), GH_OCSP_PATH);
	at[2] = c[ROOT];
	cs.n = 3;
	assert_int_equal(gh_ocsp_signed(r, &path, NULL), GH_OCSP_SOUND);
	for (size_t i = 3; i < 17; i++)
		at[i] = c[ROOT];
	cs.n = 17;
	assert_int_equal(gh_ocsp_signed(r, &path, NULL), GH_OCSP_PATH);
	cs.n = 4; /* the root twice: our links hold, OpenSSL's path is shorter */
	assert_int_equal(gh_ocsp_signed(r, &path, NULL), GH_OCSP_PATH);
}

static void test_refuses_weak_ca(void **state)
{
	gh_auto(struct made, free_made) root = {0}, leaf = {0}, signer = {0};
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	gh_auto(struct gh_ocsp *, gh_ocsp_free) r = NULL;
	struct cert_kind p256 = {.serial = 9, .ca = true, .curve = "P-256"};
	struct cert_kind plain = {.serial = 10},
			 eku = {.serial = 11, .eku = "OCSPSigning"};
	struct answer a = {.cert = &leaf, .issuer = &root, .signer = &signer};
	struct gh_ocsp_path path = {.chain = &cs, .issuer = 0, .at = PKI_AT};

	(void)state;
	pki_cert(&root, "weak", NULL, &p256);
	pki_cert(&leaf, "leaf", &root, &plain);
	pki_cert(&signer, "signer", &root, &eku);
	add_made(&cs, &root);
	r = parsed(&a);
	assert_int_equal(gh_ocsp_signed(r, &path, NULL), GH_OCSP_ALGORITHM);
}

static void test_refuses_issuer_that_is_no_ca(void **state)
{
	gh_auto(struct made, free_made) below = {0};
	struct cert_kind kind = {.serial = 12};
	struct answer a = {
	    .cert = &below, .issuer = &pki.at[LEAF], .signer = &pki.at[LEAF]};

	(void)state;
	pki_cert(&below, "below a leaf", &pki.at[LEAF], &kind);
	assert_int_equal(fault_of(&a, LEAF), GH_OCSP_PATH);
}

static void test_memo_computes_signature_once(void **state)
{
	gh_auto(struct gh_memo *, gh_memo_free) memo = gh_memo_new();
	struct answer a = usual(&pki, BROM);
	gh_auto(struct gh_ocsp *, gh_ocsp_free) r = parsed(&a);
	struct gh_ocsp_path path = {&pki.chain, ICA, PKI_AT, memo};
	size_t computed;

	(void)state;
	assert_int_equal(gh_ocsp_signed(r, &path, NULL), GH_OCSP_SOUND);
	computed = gh_memo_computed(memo);
	assert_int_equal(computed, 5); /* response, responder, ICA, Identity, root */
	assert_int_equal(gh_ocsp_signed(r, &path, NULL), GH_OCSP_SOUND);
	assert_int_equal(gh_memo_computed(memo), computed);
	/* a memo knows nothing of the time */
	path.at = PKI_AT + 86401;
	assert_int_equal(gh_ocsp_signed(r, &path, NULL), GH_OCSP_TIME);
}

/* ---- every byte ------------------------------------------------------------------------- */

static void test_every_prefix_is_refused(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) der = {0};
	struct answer a = usual(&pki, BROM);
	struct gh_ocsp *r = NULL;

	(void)state;
	make_answer(&der, &a);
	for (size_t n = 0; n < der.len; n++)
		assert_int_equal(gh_ocsp_from_der(&r, der.p, n, NULL), -1);
	gh_buf_chr(&der, 0);
	assert_int_equal(gh_ocsp_from_der(&r, der.p, der.len, NULL), -1);
}

static void test_every_flip_is_refused(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) der = {0};
	gh_auto(struct gh_memo *, gh_memo_free) memo = gh_memo_new();
	struct gh_ocsp_path path = {&pki.chain, ICA, PKI_AT, memo};
	struct answer a = usual(&pki, BROM);
	unsigned int form = 0, signer = 0;

	(void)state;
	make_answer(&der, &a);
	for (size_t i = 0; i < der.len; i++)
		for (unsigned int bit = 0; bit < 8; bit++) {
			gh_auto(struct gh_ocsp *, gh_ocsp_free) r = NULL;

			der.p[i] ^= (unsigned char)(1u << bit);
			if (gh_ocsp_from_der(&r, der.p, der.len, NULL) < 0)
				form++;
			else if (gh_ocsp_signed(r, &path, NULL) != GH_OCSP_SOUND)
				signer++;
			else
				fail_msg("bit %u of byte %zu does not matter", bit, i);
			der.p[i] ^= (unsigned char)(1u << bit);
		}
	print_message("%zu bytes: %u flips refused as form, %u by signer or signature\n",
	    der.len, form, signer);
}

/* ---- forms, made by hand ---------------------------------------------------------------- */

struct piece {
	unsigned char p[6000];
	size_t n;
};

static void put(struct piece *to, const void *p, size_t n)
{
	assert_true(to->n + n <= sizeof to->p);
	memcpy(to->p + to->n, p, n);
	to->n += n;
}

/* Wraps all of it. */
static void wrap(struct piece *b, unsigned char tag)
{
	struct piece *in = malloc(sizeof *in);
	unsigned char head[4] = {tag, 0x82};
	size_t n = 4;

	assert_non_null(in);
	*in = *b;
	b->n = 0;
	head[2] = (unsigned char)(in->n >> 8);
	head[3] = (unsigned char)in->n;
	if (in->n < 0x80) {
		head[1] = (unsigned char)in->n;
		n = 2;
	} else if (in->n < 0x100) {
		head[1] = 0x81;
		head[2] = (unsigned char)in->n;
		n = 3;
	}
	put(b, head, n);
	put(b, in->p, in->n);
	free(in);
}

#define TIME_TEXT                                                                        \
	"\x18\x0f"                                                                       \
	"20250821064708Z"

/* What is unusual in a response made by hand; zeros give one that parses. */
struct form {
	const char *version, *hash_oid, *this_update, *next_update, *produced, *status,
	    *response_ext, *single_ext, *basic_oid, *serial;
	size_t version_len, this_len, next_len, status_len, ext_len, single_ext_len;
	size_t hash_len, singles;
};

static void put_or(
    struct piece *b, const char *p, size_t n, const char *usual_p, size_t m)
{
	put(b, p != NULL ? p : usual_p, p != NULL ? n : m);
}

static void put_single(struct piece *to, const struct form *f)
{
	struct piece id = {.n = 0}, one = {.n = 0};
	unsigned char hash[2 + 64] = {
	    0x04, (unsigned char)(f->hash_len ? f->hash_len : 48)};

	put(&id,
	    f->hash_oid != NULL ? f->hash_oid
				: "\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02",
	    11);
	wrap(&id, 0x30);
	put(&id, hash, 2u + hash[1]);
	put(&id, hash, 2u + hash[1]);
	put(&id, f->serial != NULL ? f->serial : "\x02\x01\x07", 3);
	wrap(&id, 0x30);
	put(&one, id.p, id.n);
	put_or(&one, f->status, f->status_len, "\x80\x00", 2);
	put_or(&one, f->this_update, f->this_len, TIME_TEXT, 17);
	put_or(&one, f->next_update, f->next_len, "", 0);
	put_or(&one, f->single_ext, f->single_ext_len, "", 0);
	wrap(&one, 0x30);
	put(to, one.p, one.n);
}

static int parse_form(const struct form *f, struct gh_err *e)
{
	struct piece list = {.n = 0}, tbs = {.n = 0}, b = {.n = 0};
	struct gh_ocsp *r = NULL;
	int rc;

	put_or(&tbs, f->version, f->version_len, "", 0);
	put(&tbs, "\xa2\x04\x04\x02\x01\x02", 6);
	put(&tbs, f->produced != NULL ? f->produced : TIME_TEXT, 17);
	for (size_t i = 0; i < (f->singles == 99 ? 0 : f->singles + (f->singles == 0));
	     i++)
		put_single(&list, f);
	wrap(&list, 0x30);
	put(&tbs, list.p, list.n);
	put_or(&tbs, f->response_ext, f->ext_len, "", 0);
	wrap(&tbs, 0x30);
	put(&b, tbs.p, tbs.n);
	put(&b, "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03\x03\x02\x00\x01", 16);
	wrap(&b, 0x30);
	wrap(&b, 0x04);
	tbs.n = 0;
	put(&tbs,
	    f->basic_oid != NULL ? f->basic_oid
				 : "\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01\x01",
	    11);
	put(&tbs, b.p, b.n);
	wrap(&tbs, 0x30);
	wrap(&tbs, 0xa0);
	b.n = 0;
	put(&b, "\x0a\x01\x00", 3);
	put(&b, tbs.p, tbs.n);
	wrap(&b, 0x30);
	*e = (struct gh_err){0};
	rc = gh_ocsp_from_der(&r, b.p, b.n, e);
	gh_ocsp_free(&r);
	return rc;
}

#define EXT_HEAD  "\xa1"
#define NONCE_OID "\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01\x02"

static void test_forms_by_hand(void **state)
{
	/* what the message must hold; "" parses */
	static const struct {
		const char *want;
		struct form f;
	} all[] = {
	    {"", {0}},
	    {"", {.singles = 16}},
	    {"17 single", {.singles = 17}},
	    {"0 single", {.singles = 99}},
	    {"version 1", {.version = "\xa0\x03\x02\x01\x01", .version_len = 5}},
	    {"version 1", {.version = "\xa0\x03\x02\x01\x00", .version_len = 5}},
	    {"", {.hash_oid = "\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01",
		     .hash_len = 32}},
	    {"32 and 32 bytes", {.hash_len = 32}},
	    {"hash algorithm not known", /* SHA3-384 */
		{.hash_oid = "\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x09"}},
	    {"negative", {.serial = "\x02\x01\x87"}},
	    {"thisUpdate", {.this_update = "\x18\x11"
					   "20250821064708.5Z",
			       .this_len = 19}},
	    {"thisUpdate", {.this_update = "\x18\x13"
					   "20250821064708+0100",
			       .this_len = 21}},
	    {"thisUpdate", {.this_update = "\x18\x0f"
					   "20251321064708Z",
			       .this_len = 17}},
	    {"thisUpdate", {.this_update = "\x18\x0f"
					   "2025082106470800",
			       .this_len = 17}},
	    {"", {.next_update = "\xa0\x11\x18\x0f"
				 "20250821064708Z",
		     .next_len = 19}},
	    {"before", {.next_update = "\xa0\x11\x18\x0f"
				       "20250821064707Z",
			   .next_len = 19}},
	    {"nextUpdate", {.next_update = "\xa0\x11\x18\x0f"
					   "20250821064760Z",
			       .next_len = 19}},
	    {"producedAt", {.produced = "\x18\x0f"
					"20250021064708Z"}},
	    {"", {.status = "\xa1\x11\x18\x0f"
			    "20250821064708Z",
		     .status_len = 19}},
	    {"revocationTime", {.status = "\xa1\x11\x18\x0f"
					  "20250821064708z",
				   .status_len = 19}},
	    {"", {.status = "\x82\x00", .status_len = 2}},
	    {"not a basic response",
		{.basic_oid = "\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01\x02"}},
	    {"critical extension of a single", /* 1.2.3, critical */
		{.single_ext =
			"\xa1\x0d\x30\x0b\x30\x09\x06\x02\x2a\x03\x01\x01\xff\x04\x00",
		    .single_ext_len = 15}},
	    {"", {.single_ext = "\xa1\x0a\x30\x08\x30\x06\x06\x02\x2a\x03\x04\x00",
		     .single_ext_len = 12}},
	    {"critical extension is not known",
		{.response_ext =
			"\xa1\x0d\x30\x0b\x30\x09\x06\x02\x2a\x03\x01\x01\xff\x04\x00",
		    .ext_len = 15}},
	    {"", /* a critical nonce, as nvtrust asks */
		{.response_ext = EXT_HEAD "\x17\x30\x15\x30\x13" NONCE_OID
					  "\x01\x01\xff\x04\x03\x04\x01\x07",
		    .ext_len = 25}},
	    {"nonce is not", /* empty */
		{.response_ext =
			EXT_HEAD "\x13\x30\x11\x30\x0f" NONCE_OID "\x04\x02\x04\x00",
		    .ext_len = 21}},
	    {"nonce is not", /* bare octets */
		{.response_ext =
			EXT_HEAD "\x13\x30\x11\x30\x0f" NONCE_OID "\x04\x02\x07\x07",
		    .ext_len = 21}},
	    {"nonce is not", /* one byte behind it */
		{.response_ext = EXT_HEAD "\x15\x30\x13\x30\x11" NONCE_OID
					  "\x04\x04\x04\x01\x07\x07",
		    .ext_len = 23}},
	    {"two nonces",
		{.response_ext = EXT_HEAD "\x26\x30\x24\x30\x10" NONCE_OID
					  "\x04\x03\x04\x01\x07\x30\x10" NONCE_OID
					  "\x04\x03\x04\x01\x08",
		    .ext_len = 40}},
	};
	struct gh_err e;

	(void)state;
	for (size_t i = 0; i < GH_COUNT(all); i++) {
		int rc = parse_form(&all[i].f, &e);

		if ((rc == 0) != (all[i].want[0] == '\0') ||
		    strstr(e.what, all[i].want) == NULL)
			fail_msg(
			    "form %zu (want '%s'): %d %s", i, all[i].want, rc, e.what);
		if (rc < 0)
			assert_int_equal(e.code, GH_E_PARSE);
	}
}

static void test_nonce_of_129_octets(void **state)
{
	unsigned char nonce[129] = {7};
	struct answer a = usual(&pki, BROM);
	gh_auto(struct gh_buf, gh_buf_free) der = {0};
	struct gh_ocsp *r = NULL;

	(void)state;
	a.nonce = nonce;
	a.nonce_len = 128;
	make_answer(&der, &a);
	assert_int_equal(gh_ocsp_from_der(&r, der.p, der.len, NULL), 0);
	gh_ocsp_free(&r);
	gh_buf_clear(&der);
	a.nonce_len = 129;
	make_answer(&der, &a);
	assert_int_equal(gh_ocsp_from_der(&r, der.p, der.len, NULL), -1);
}

static void test_other_status_is_remote(void **state)
{
	static const unsigned char status[] = {1, 2, 3, 5, 6};
	struct gh_ocsp *r = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof status; i++) {
		unsigned char der[] = {0x30, 3, 0x0a, 1, status[i]};
		struct gh_err e = {0};

		assert_int_equal(gh_ocsp_from_der(&r, der, sizeof der, &e), -1);
		assert_int_equal(e.code, GH_E_REMOTE);
	}
	/* successful, and nothing in it */
	struct gh_err e = {0};
	assert_int_equal(gh_ocsp_from_der(&r, "\x30\x03\x0a\x01\x00", 5, &e), -1);
	assert_int_equal(e.code, GH_E_PARSE);
}

/* BER that OpenSSL reads but would encode otherwise: the signature would not cover it. */
static void test_refuses_ber(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) der = {0}, ber = {0};
	struct answer a = usual(&pki, BROM);
	struct gh_ocsp *r = NULL;
	struct gh_err e = {0};

	(void)state;
	make_answer(&der, &a);
	assert_int_equal(der.p[1], 0x82);
	gh_buf_add(&ber, "\x30\x83\x00", 3); /* a longer length than needed */
	gh_buf_add(&ber, der.p + 2, der.len - 2);
	assert_int_equal(gh_ocsp_from_der(&r, ber.p, ber.len, &e), -1);
	assert_string_equal(e.what, "OCSP: not in DER");
	gh_buf_clear(&ber);
	gh_buf_add(&ber, "\x30\x80", 2); /* indefinite */
	gh_buf_add(&ber, der.p + 4, der.len - 4);
	gh_buf_add(&ber, "\0\0", 2);
	assert_int_equal(gh_ocsp_from_der(&r, ber.p, ber.len, NULL), -1);
}

static void test_refuses_too_much(void **state)
{
	static unsigned char big[GH_OCSP_MAX_BYTES + 1];
	OCSP_BASICRESP *b = OCSP_BASICRESP_new();
	struct answer a = usual(&pki, BROM);
	struct gh_ocsp *r = NULL;
	struct gh_err e = {0};
	unsigned char *der = NULL;
	OCSP_RESPONSE *resp;
	int len;

	(void)state;
	assert_int_equal(gh_ocsp_from_der(&r, big, sizeof big, NULL), -1);
	add_status(b, &a, false);
	for (int i = 0; i < 9; i++)
		assert_true(OCSP_basic_add1_cert(b, pki.at[i % 5].x509) == 1);
	assert_true(OCSP_basic_sign(b, a.signer->x509, a.signer->key, EVP_sha384(), NULL,
			OCSP_NOCERTS) == 1);
	resp = OCSP_response_create(0, b);
	len = i2d_OCSP_RESPONSE(resp, &der);
	assert_int_equal(gh_ocsp_from_der(&r, der, (size_t)len, &e), -1);
	assert_non_null(strstr(e.what, "at most 8 certificates"));
	OPENSSL_free(der);
	OCSP_RESPONSE_free(resp);
	OCSP_BASICRESP_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_facts_of_good_answer),
	    cmocka_unit_test(test_facts_of_other_answers),
	    cmocka_unit_test(test_about_by_every_hash),
	    cmocka_unit_test(test_signed_by_delegate_and_issuer),
	    cmocka_unit_test(test_refuses_who_may_not_sign),
	    cmocka_unit_test(test_refuses_other_issuers),
	    cmocka_unit_test(test_refuses_other_algorithm_and_time),
	    cmocka_unit_test(test_refuses_broken_path),
	    cmocka_unit_test(test_refuses_weak_ca),
	    cmocka_unit_test(test_refuses_issuer_that_is_no_ca),
	    cmocka_unit_test(test_memo_computes_signature_once),
	    cmocka_unit_test(test_every_prefix_is_refused),
	    cmocka_unit_test(test_every_flip_is_refused),
	    cmocka_unit_test(test_forms_by_hand),
	    cmocka_unit_test(test_nonce_of_129_octets),
	    cmocka_unit_test(test_other_status_is_remote),
	    cmocka_unit_test(test_refuses_ber),
	    cmocka_unit_test(test_refuses_too_much),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
