/* SPDX-License-Identifier: Apache-2.0
 * Attestation results made here, in three spellings, one thing wrong at a time. */
#include <stdio.h>

#include "evidence/ear.h"
#include "evidence/eat_show.h"
#include "tests/unit/evidence/eat_make.h"

#define IETF     "tag:ietf.org,2026:rats/ear#03"
#define VERAISON "tag:github.com,2023:veraison/ear"
#define TRUSTEE  "tag:github.com,2024:confidential-containers/Trustee"

static struct gh_signer *key;
static unsigned char nonce[32];

static int make_key(void **state)
{
	(void)state;
	assert_int_equal(gh_unhex(nonce, 32, NONCE, NULL), 0);
	return gh_signer_new(&key, 256, NULL);
}

static int free_key(void **state)
{
	(void)state;
	gh_signer_free(&key);
	return 0;
}

/* A good claims set of that profile: one CPU, one GPU, both affirming. */
static json_t *ear(const char *profile)
{
	bool ietf = strcmp(profile, IETF) == 0;
	json_t *o = json_object(), *list = json_object();
	static const char *const part[] = {"cpu0", "gpu0"};

	json_object_set_new(o, "eat_profile", json_string(profile));
	json_object_set_new(o, "iat", json_integer(PKI_AT));
	json_object_set_new(o, "exp", json_integer(PKI_AT + 3600));
	json_object_set_new(o, ietf ? "ear_verifier_id" : "ear.verifier-id",
	    json_pack("{ssss}", "developer", "Acme", "build", "1.0"));
	for (size_t i = 0; i < GH_COUNT(part); i++) {
		json_t *m = json_object();

		json_object_set_new(
		    m, ietf ? "ear_status" : "ear.status", json_string("affirming"));
		json_object_set_new(m,
		    ietf ? "ear_trustworthiness_vector" : "ear.trustworthiness-vector",
		    json_pack(
			"{sisisi}", "hardware", 2, "executables", 3, "sourced-data", 0));
		if (ietf)
			json_object_set_new(
			    m, "ear_appraisal_policy_ids", json_pack("[s]", "p1"));
		else
			json_object_set_new(
			    m, "ear.appraisal-policy-id", json_string("p1"));
		json_object_set_new(list, part[i], m);
	}
	json_object_set_new(o, "submods", list);
	return o;
}

struct world {
	struct gh_buf jwks, token;
	struct gh_bytes docs[1];
	struct gh_context ctx;
	struct gh_result r;
	json_t *header, *claims;
};

static void open_ear(struct world *w, const char *profile)
{
	gh_auto(json_t *, gh_json_free) jwk = jwk_of(key, "k1");

	*w = (struct world){.header = json_pack("{ssssss}", "alg", "ES256", "kid", "k1",
				"typ", "eat+jwt"),
	    .claims = ear(profile)};
	gh_json_dump(&w->jwks, jwk);
	w->docs[0] = gh_buf_view(&w->jwks);
	w->ctx = (struct gh_context){.at = PKI_AT, .jwks = {w->docs, 1}};
}

static void judge(struct world *w)
{
	gh_buf_clear(&w->token);
	add_token(&w->token, w->header, w->claims, key);
	gh_result_free(&w->r);
	assert_true(gh_eat_looks(gh_buf_view(&w->token)));
	assert_int_equal(
	    gh_eat_verify(&w->r, "e", gh_buf_view(&w->token), &w->ctx, NULL), 0);
	assert_tree_of_each(&w->r);
}

static void close_ear(struct world *w)
{
	gh_buf_free(&w->jwks);
	gh_buf_free(&w->token);
	gh_result_free(&w->r);
	json_decref(w->header);
	json_decref(w->claims);
}

/* The nonce as the token has it, so that only what a test changes differs. */
static void use_nonce(struct world *w)
{
	gh_auto(struct gh_buf, gh_buf_free) b64 = {0};

	gh_b64url(&b64, nonce, 32);
	json_object_set_new(w->claims, "eat_nonce", json_string(gh_buf_cstr(&b64)));
	w->ctx.nonce = (struct gh_bytes){nonce, 32};
}

static void test_ear_when_good_in_each_spelling_then_pass(void **state)
{
	static const char *const profile[] = {IETF, VERAISON, TRUSTEE};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(profile); i++) {
		struct world w;

		open_ear(&w, profile[i]);
		use_nonce(&w);
		judge(&w);
		assert_int_equal(gh_result_verdict(&w.r), GH_PASS);
		assert_int_equal(w.r.n_subjects, 3);
		assert_string_equal(gh_claim_get(&w.r.subject[0], "profile"), profile[i]);
		assert_string_equal(gh_claim_get(&w.r.subject[1], "policy"), "p1");
		assert_step(&w.r, "e:gpu0", "ear.submod.status", GH_PASS, "");
		/* hex does as well */
		json_object_set_new(w.claims, "eat_nonce", json_string(NONCE));
		judge(&w);
		assert_step(&w.r, "e", "ear.nonce", GH_PASS, "");
		/* the key without its name is still the only one */
		json_object_del(w.header, "kid");
		judge(&w);
		assert_int_equal(gh_result_verdict(&w.r), GH_PASS);
		close_ear(&w);
	}
}

/* Path into the claims, the value as JSON ("" deletes), and what comes of it. */
struct bend {
	const char *at[3], *value, *subject, *step;
	enum gh_verdict verdict;
	const char *code;
};

static const struct bend bends[] = {
    {{"eat_profile"}, "\"tag:example\"", "e", "ear.claims", GH_FAIL,
	"ear.claims.profile"},
    {{"eat_profile"}, "7", "e", "ear.claims", GH_FAIL, "ear.claims.profile"},
    {{"eat_profile"}, "\"" VERAISON "\"", "e", "ear.claims", GH_FAIL, "ear.claims.mixed"},
    {{"ear_verifier_id"}, "", "e", "ear.claims", GH_FAIL, "ear.claims.verifier"},
    {{"ear_verifier_id", "build"}, "", "e", "ear.claims", GH_FAIL, "ear.claims.verifier"},
    {{"iat"}, "", "e", "ear.claims", GH_FAIL, "ear.claims.iat"},
    {{"iat"}, "1.5", "e", "ear.claims", GH_FAIL, "ear.claims.iat"},
    {{"iat"}, "", "e", "ear.time", GH_FAIL, "ear.time.missing"},
    {{"submods"}, "", "e", "ear.claims", GH_FAIL, "ear.claims.submods"},
    {{"submods"}, "{}", "e", "ear.claims", GH_FAIL, "ear.claims.submods"},
    {{"submods"}, "[]", "e", "ear.claims", GH_FAIL, "ear.claims.submods"},
    {{"submods", "gpu0"}, "\"a.b.c\"", "e", "ear.claims", GH_FAIL, "ear.claims.submods"},
    {{"submods", "a\nb"}, "{}", "e", "ear.claims", GH_FAIL, "ear.claims.name"},
    {{"submods", ""}, "{}", "e", "ear.claims", GH_FAIL, "ear.claims.name"},
    {{"submods", "\xc3\xa4"}, "{}", "e", "ear.claims", GH_FAIL, "ear.claims.name"},
    {{"submods", "gpu0", "ear_status"}, "", "e", "ear.claims", GH_FAIL,
	"ear.claims.status"},
    {{"submods", "gpu0", "ear_status"}, "2", "e", "ear.claims", GH_FAIL,
	"ear.claims.status"},
    {{"submods", "gpu0", "ear_status"}, "\"Affirming\"", "e", "ear.claims", GH_FAIL,
	"ear.claims.status"},
    {{"submods", "gpu0", "ear.status"}, "\"affirming\"", "e", "ear.claims", GH_FAIL,
	"ear.claims.mixed"},
    {{"ear.status"}, "\"affirming\"", "e", "ear.claims", GH_FAIL, "ear.claims.mixed"},
    {{"submods", "gpu0", "ear_trustworthiness_vector"}, "[]", "e", "ear.claims", GH_FAIL,
	"ear.claims.vector"},
    {{"submods", "gpu0", "ear_trustworthiness_vector"}, "{\"luck\":2}", "e", "ear.claims",
	GH_FAIL, "ear.claims.vector"},
    {{"submods", "gpu0", "ear_trustworthiness_vector"}, "{\"hardware\":\"2\"}", "e",
	"ear.claims", GH_FAIL, "ear.claims.vector"},
    {{"submods", "gpu0", "ear_trustworthiness_vector"}, "{\"hardware\":128}", "e",
	"ear.claims", GH_FAIL, "ear.claims.vector"},
    {{"submods", "gpu0", "ear_trustworthiness_vector"}, "{\"hardware\":-2}", "e",
	"ear.claims", GH_FAIL, "ear.claims.vector"},
    {{"submods", "gpu0", "ear_trustworthiness_vector"}, "{\"hardware\":127}", "e:gpu0",
	"ear.submod.consistency", GH_FAIL, "ear.submod.consistency.vector"},
    {{"submods", "gpu0", "ear_trustworthiness_vector"}, "{\"hardware\":96}", "e:gpu0",
	"ear.submod.consistency", GH_FAIL, "ear.submod.consistency.vector"},
    {{"submods", "gpu0", "ear_trustworthiness_vector"}, "{\"hardware\":32}", "e:gpu0",
	"ear.submod.consistency", GH_FAIL, "ear.submod.consistency.vector"},
    {{"submods", "gpu0", "ear_trustworthiness_vector"}, "{\"hardware\":31}", "e:gpu0",
	"ear.submod.consistency", GH_PASS, ""},
    {{"submods", "gpu0", "ear_trustworthiness_vector"}, "{\"hardware\":-1}", "e:gpu0",
	"ear.submod.consistency", GH_PASS, ""},
    {{"submods", "gpu0", "ear_trustworthiness_vector"}, "", "e:gpu0",
	"ear.submod.consistency", GH_PASS, ""},
    {{"submods", "gpu0", "ear_status"}, "\"none\"", "e:gpu0", "ear.submod.status",
	GH_UNKNOWN, "ear.submod.status.none"},
    {{"submods", "gpu0", "ear_status"}, "\"warning\"", "e:gpu0", "ear.submod.status",
	GH_WARN, "ear.submod.status.warning"},
    {{"submods", "gpu0", "ear_status"}, "\"warning\"", "e", "ear.status", GH_WARN,
	"ear.status.warning"},
    {{"submods", "gpu0", "ear_status"}, "\"contraindicated\"", "e:gpu0",
	"ear.submod.status", GH_FAIL, "ear.submod.status.contraindicated"},
    {{"submods", "gpu0", "ear_status"}, "\"contraindicated\"", "e", "ear.status", GH_FAIL,
	"ear.status.contraindicated"},
    {{"ear_status"}, "\"affirming\"", "e", "ear.status", GH_PASS, ""},
    {{"ear_status"}, "\"none\"", "e", "ear.status", GH_UNKNOWN, "ear.status.none"},
    {{"ear_status"}, "\"contraindicated\"", "e", "ear.status", GH_FAIL,
	"ear.status.contraindicated"},
    {{"ear_status"}, "\"good\"", "e", "ear.claims", GH_FAIL, "ear.claims.status"},
    {{"submods", "gpu0", "ear_appraisal_policy_ids"}, "\"p\"", "e", "ear.claims", GH_FAIL,
	"ear.claims.policy"},
    {{"submods", "gpu0", "ear_appraisal_policy_ids"}, "[\"p\",1]", "e", "ear.claims",
	GH_FAIL, "ear.claims.policy"},
    {{"submods", "gpu0", "ear_appraisal_policy_ids"}, "[]", "e", "ear.claims", GH_PASS,
	""},
    {{"submods", "gpu0", "ear_appraisal_policy_ids"}, "", "e", "ear.claims", GH_PASS, ""},
    {{"submods", "gpu0", "ear_veraison_key_attestation"}, "{}", "e", "ear.claims",
	GH_FAIL, "ear.claims.key-attestation"},
    {{"submods", "gpu0", "ear_veraison_key_attestation"}, "{\"akpub\":\"A\"}", "e",
	"ear.claims", GH_FAIL, "ear.claims.key-attestation"},
    {{"submods", "gpu0", "ear_veraison_key_attestation"}, "{\"akpub\":\"AA\"}", "e",
	"ear.claims", GH_PASS, ""},
    {{"eat_nonce"}, "", "e", "ear.nonce", GH_FAIL, "ear.nonce.missing"},
    {{"eat_nonce"}, "\"AA\"", "e", "ear.nonce", GH_FAIL, "ear.nonce.mismatch"},
    {{"submods", "gpu0", "eat_nonce"}, "\"AA\"", "e", "ear.nonce", GH_FAIL,
	"ear.nonce.submod"},
    {{"exp"}, "", "e", "ear.time", GH_WARN, "ear.time.no-end"},
    {{"exp"}, "1781481540", "e", "ear.time", GH_FAIL, "ear.time.order"},
    {{"iat"}, "1781481661", "e", "ear.time", GH_FAIL, "ear.time.notyet"},
    {{"nbf"}, "1781481661", "e", "ear.time", GH_FAIL, "ear.time.notyet"},
    {{"nbf"}, "\"x\"", "e", "ear.time", GH_FAIL, "ear.time.format"},
};

static void apply(json_t *claims, const struct bend *b)
{
	json_t *o = claims;
	size_t i = 0;

	for (; i < 2 && b->at[i + 1]; i++)
		o = json_object_get(o, b->at[i]);
	if (*b->value)
		json_object_set_new(
		    o, b->at[i], gh_json_parse(b->value, strlen(b->value), NULL));
	else
		json_object_del(o, b->at[i]);
}

static void test_ear_when_one_thing_differs_then_its_code(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(bends); i++) {
		struct world w;

		open_ear(&w, IETF);
		use_nonce(&w);
		apply(w.claims, &bends[i]);
		judge(&w);
		assert_step(&w.r, bends[i].subject, bends[i].step, bends[i].verdict,
		    bends[i].code);
		assert_true(
		    bends[i].verdict == GH_PASS || gh_result_verdict(&w.r) != GH_PASS);
		close_ear(&w);
	}
	print_message("%zu results with one thing different\n", GH_COUNT(bends));
}

static void test_ear_when_whole_is_better_than_part_then_fail(void **state)
{
	static const char *const word[] = {
	    "none", "affirming", "warning", "contraindicated"};

	(void)state;
	for (int whole = 0; whole < 4; whole++)
		for (int part = 0; part < 4; part++) {
			struct world w;
			json_t *gpu0;

			open_ear(&w, IETF);
			gpu0 =
			    json_object_get(json_object_get(w.claims, "submods"), "gpu0");
			json_object_set_new(
			    w.claims, "ear_status", json_string(word[whole]));
			json_object_set_new(gpu0, "ear_status", json_string(word[part]));
			judge(&w);
			if (part >= 2 && whole < part)
				assert_step(&w.r, "e", "ear.consistency", GH_FAIL,
				    "ear.consistency.status");
			else
				assert_step(&w.r, "e", "ear.consistency", GH_PASS, "");
			assert_true((gh_result_verdict(&w.r) == GH_PASS) ==
				    (whole == 1 && part == 1));
			close_ear(&w);
		}
}

static void test_ear_when_key_is_not_ours_then_not_proven(void **state)
{
	gh_auto(struct gh_signer *, gh_signer_free) other = NULL;
	struct gh_signer *ours = key;
	struct world w;

	(void)state;
	assert_int_equal(gh_signer_new(&other, 256, NULL), 0);
	open_ear(&w, IETF);
	key = other; /* signs with another key, and offers it in the header */
	json_object_set_new(w.header, "jwk", jwk_of(other, NULL));
	judge(&w);
	key = ours;
	assert_step(&w.r, "e", "ear.signature", GH_FAIL, "ear.signature.bad");
	assert_step(&w.r, "e:cpu0", "ear.submod", GH_SKIP, "parent.not.proven");
	assert_step(&w.r, "e:cpu0", "ear.submod.status", GH_SKIP, "parent.not.proven");
	assert_non_null(strstr(step(&w.r, "e", "ear.parse")->observed, "ignored"));
	w.ctx.jwks.n = 0;
	judge(&w);
	assert_step(&w.r, "e", "ear.key", GH_UNKNOWN, "ear.key.no-jwks");
	w.ctx.jwks.n = 1;
	json_object_set_new(w.header, "kid", json_string("k2"));
	judge(&w);
	assert_step(&w.r, "e", "ear.key", GH_UNKNOWN, "ear.key.unknown");
	close_ear(&w);
}

static void test_ear_when_key_cannot_be_used_then_said(void **state)
{
	static const char *const rsa = "{\"kty\":\"RSA\",\"kid\":\"k1\"}";
	struct world w;

	(void)state;
	open_ear(&w, VERAISON);
	w.docs[0] = gh_text_of(rsa);
	judge(&w);
	assert_step(&w.r, "e", "ear.key", GH_FAIL, "ear.key.unsupported");
	w.docs[0] = gh_text_of("{\"keys\":[{\"kty\":\"RSA\"},{\"kty\":\"oct\"}]}");
	json_object_del(w.header, "kid"); /* which of the two? */
	judge(&w);
	assert_step(&w.r, "e", "ear.key", GH_FAIL, "ear.key.ambiguous");
	w.docs[0] = gh_text_of("nothing");
	judge(&w);
	assert_step(&w.r, "e", "ear.key", GH_UNKNOWN, "ear.key.jwks");
	close_ear(&w);
}

static void test_ring_when_too_many_documents_then_said(void **state)
{
	struct gh_bytes docs[18];
	struct world w;

	(void)state;
	open_ear(&w, IETF);
	for (size_t i = 0; i < GH_COUNT(docs); i++)
		docs[i] = gh_text_of("{\"kty\":\"oct\",\"kid\":\"no\"}");
	w.ctx.jwks = (struct gh_docs){docs, GH_COUNT(docs)};
	judge(&w);
	assert_step(&w.r, "e", "ear.key", GH_UNKNOWN, "ear.key.jwks");
	close_ear(&w);
}

/* The key set names nothing, and holds one key: it is the one. */
static void test_ear_when_only_key_has_no_name_then_used(void **state)
{
	gh_auto(json_t *, gh_json_free) jwk = jwk_of(key, NULL);
	struct world w;

	(void)state;
	open_ear(&w, TRUSTEE);
	gh_buf_clear(&w.jwks);
	gh_json_dump(&w.jwks, jwk);
	w.docs[0] = gh_buf_view(&w.jwks);
	judge(&w);
	assert_int_equal(gh_result_verdict(&w.r), GH_PASS);
	assert_step(&w.r, "e", "ear.nonce", GH_SKIP, "ear.nonce.not-asked");
	close_ear(&w);
}

static void test_ear_when_submods_at_the_limit_then_cut_off(void **state)
{
	(void)state;
	for (int n = GH_EAR_SUBMODS_MAX; n <= GH_EAR_SUBMODS_MAX + 1; n++) {
		struct world w;
		json_t *list, *one;
		char name[16];

		open_ear(&w, IETF);
		list = json_object_get(w.claims, "submods");
		one = json_object_get(list, "gpu0");
		for (int i = 2; i < n; i++) {
			snprintf(name, sizeof(name), "m%d", i);
			json_object_set(list, name, one);
		}
		judge(&w);
		assert_int_equal(
		    gh_result_verdict(&w.r), n == GH_EAR_SUBMODS_MAX ? GH_PASS : GH_FAIL);
		close_ear(&w);
	}
	for (int len = 64; len <= 65; len++) {
		struct world w;
		char name[80];

		open_ear(&w, IETF);
		snprintf(name, sizeof(name), "%0*d", len, 0);
		json_object_set(json_object_get(w.claims, "submods"), name,
		    json_object_get(json_object_get(w.claims, "submods"), "gpu0"));
		judge(&w);
		assert_int_equal(gh_result_verdict(&w.r), len == 64 ? GH_PASS : GH_FAIL);
		close_ear(&w);
	}
}

static void test_tiers_when_each_value_then_as_ar4si(void **state)
{
	enum gh_ear_tier t;

	(void)state;
	for (int v = -130; v <= 300; v++) {
		int rc = gh_ear_tier_of(v, &t);

		assert_int_equal(rc, v < -1 || v > 127 ? -1 : 0);
		if (rc == 0)
			assert_int_equal(t, v < 2    ? GH_EAR_NONE
					    : v < 32 ? GH_EAR_AFFIRMING
					    : v < 96 ? GH_EAR_WARNING
						     : GH_EAR_CONTRAINDICATED);
	}
	assert_string_equal(gh_ear_value_word(4, 2), "genuine");
	assert_string_equal(gh_ear_value_word(3, 99), "a cryptographic check failed");
	assert_string_equal(gh_ear_value_word(4, 50), "warning");
	assert_string_equal(gh_ear_value_word(4, 500), "a value of no tier");
	assert_string_equal(gh_ear_claim_name(8), "");
}

static void test_ear_when_any_byte_flipped_or_cut_then_no_pass(void **state)
{
	struct world w;
	size_t n;

	(void)state;
	open_ear(&w, VERAISON);
	judge(&w);
	assert_int_equal(gh_result_verdict(&w.r), GH_PASS);
	n = w.token.len;
	for (size_t i = 0; i < n; i++) {
		struct gh_bytes cut = {w.token.p, i};

		w.token.p[i] ^= 1 << (i % 8);
		gh_result_free(&w.r);
		assert_int_equal(
		    gh_eat_verify(&w.r, "e", gh_buf_view(&w.token), &w.ctx, NULL), 0);
		assert_int_not_equal(gh_result_verdict(&w.r), GH_PASS);
		w.token.p[i] ^= 1 << (i % 8);
		gh_result_free(&w.r);
		assert_int_equal(gh_eat_verify(&w.r, "e", cut, &w.ctx, NULL), 0);
		assert_int_not_equal(gh_result_verdict(&w.r), GH_PASS);
	}
	close_ear(&w);
}

static void test_show_when_vector_then_words(void **state)
{
	gh_auto(struct gh_fields, gh_fields_free) f = {0};
	gh_auto(struct gh_buf, gh_buf_free) plain = {0};
	struct world w;

	(void)state;
	open_ear(&w, IETF);
	judge(&w);
	assert_int_equal(gh_eat_show(&f, gh_buf_view(&w.token), NULL), 0);
	gh_fields_plain(&plain, &f);
	assert_non_null(strstr(gh_buf_cstr(&plain), "2, genuine"));
	assert_non_null(strstr(gh_buf_cstr(&plain), "64 bytes"));
	close_ear(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ear_when_good_in_each_spelling_then_pass),
	    cmocka_unit_test(test_ear_when_one_thing_differs_then_its_code),
	    cmocka_unit_test(test_ear_when_whole_is_better_than_part_then_fail),
	    cmocka_unit_test(test_ear_when_key_is_not_ours_then_not_proven),
	    cmocka_unit_test(test_ear_when_key_cannot_be_used_then_said),
	    cmocka_unit_test(test_ring_when_too_many_documents_then_said),
	    cmocka_unit_test(test_ear_when_only_key_has_no_name_then_used),
	    cmocka_unit_test(test_ear_when_submods_at_the_limit_then_cut_off),
	    cmocka_unit_test(test_tiers_when_each_value_then_as_ar4si),
	    cmocka_unit_test(test_ear_when_any_byte_flipped_or_cut_then_no_pass),
	    cmocka_unit_test(test_show_when_vector_then_words),
	};

	return cmocka_run_group_tests_name("ear", tests, make_key, free_key);
}
