/* SPDX-License-Identifier: Apache-2.0
 * Real NRAS answers, tokens of other verifiers, and what their manifests say of them. */
#include "base/clock.h"
#include "crypto/jwk.h"
#include "crypto/jws.h"
#include "evidence/ear.h"
#include "evidence/eat.h"
#include "evidence/eat_show.h"
#include "tests/unit/evidence/cpu_vectors.h"
#include "tests/unit/evidence/eat_steps.h"

struct run {
	struct gh_trust trust;
	struct gh_buf answer, jwks;
	struct gh_bytes docs[1];
	unsigned char nonce[32];
	struct gh_memo *memo;
	struct gh_context ctx;
	struct gh_result r;
};

static void free_run(struct run *w)
{
	gh_buf_free(&w->answer);
	gh_buf_free(&w->jwks);
	gh_result_free(&w->r);
	gh_memo_free(&w->memo);
}

static void judge(struct run *w)
{
	struct gh_err e = {0};

	gh_result_free(&w->r);
	if (gh_eat_verify(&w->r, "nras", gh_buf_view(&w->answer), &w->ctx, &e))
		fail_msg("%s", e.what);
	assert_tree_of_each(&w->r);
}

static void open_run(struct run *w, const char *answer, const char *jwks, int64_t at)
{
	*w = (struct run){0};
	need_vectors("nvidia");
	assert_int_equal(gh_trust_builtin(&w->trust, NULL), 0);
	read_vector(&w->answer, "nvidia", answer);
	assert_true(gh_eat_looks(gh_buf_view(&w->answer)));
	if (jwks) {
		read_vector(&w->jwks, "nvidia", jwks);
		w->docs[0] = gh_buf_view(&w->jwks);
	}
	w->memo = gh_memo_new();
	w->ctx = (struct gh_context){.at = at,
	    .trust = &w->trust,
	    .memo = w->memo,
	    .jwks = {w->docs, jwks ? 1 : 0}};
}

/* The nonce of the captured request beside the answer. */
static void use_nonce(struct run *w, const char *hex)
{
	assert_int_equal(gh_unhex(w->nonce, 32, hex, NULL), 0);
	w->ctx.nonce = (struct gh_bytes){w->nonce, 32};
}

static const struct capture {
	const char *answer, *jwks, *nonce, *device_error;
	int64_t from;
	size_t devices;
} captures[] = {
    {"teep/tinfoil_20260629_nras_response.json", "teep/jwks_20260629.json",
	"080c405ce6789e1761445180029523df3ae49576043f7f0868413a38e5e9a84e", "",
	1782698883, 1},
    {"teep/nearcloud_20260629_nras_response.json", "teep/jwks_20260629.json",
	"e79c2ec87ccfa76f3aef88deec0687facbd85d1689d82b0cc2de1353f7a62609", "",
	1782698812, 8},
    {"teep/phalacloud_20260610_nras_response.json", "teep/jwks_20260610.json",
	"aa8aa7cb237cb07d054e2ba1c1660b6d6bf60a1501e4d33bec8115148543e501",
	"eat.device.error.4010", 1781056156, 8},
};

static void assert_devices(const struct gh_result *r, const struct capture *c)
{
	static const char *const proven[] = {"eat.device.listed", "eat.device.parse",
	    "eat.device.key", "eat.device.signature", "eat.device.issuer",
	    "eat.device.time"};
	static const char *const good[] = {"eat.device.error", "eat.device.nonce",
	    "eat.device.verdict", "eat.device.ueid"};

	for (size_t i = 0; i < c->devices; i++) {
		char subject[32];

		snprintf(subject, sizeof(subject), "nras:GPU-%zu", i);
		assert_string_equal(gh_result_find(r, subject)->kind, "gpu");
		for (size_t k = 0; k < GH_COUNT(proven); k++)
			assert_step(r, subject, proven[k], GH_PASS, "");
		if (!*c->device_error) {
			for (size_t k = 0; k < GH_COUNT(good); k++)
				assert_step(r, subject, good[k], GH_PASS, "");
			continue;
		}
		assert_step(r, subject, good[0], GH_FAIL, c->device_error);
		for (size_t k = 1; k < GH_COUNT(good); k++)
			assert_step(r, subject, good[k], GH_SKIP, "parent.not.proven");
	}
}

static void test_captures_when_in_their_hour_then_as_the_manifest(void **state)
{
	size_t pass = 0, devices = 0;

	(void)state;
	for (size_t i = 0; i < GH_COUNT(captures); i++) {
		const struct capture *c = &captures[i];
		struct run w;

		open_run(&w, c->answer, c->jwks, c->from);
		use_nonce(&w, c->nonce);
		for (int end = 0; end < 2; end++) {
			w.ctx.at = c->from + (end ? 3600 : 0);
			judge(&w);
			assert_step(&w.r, "nras", "eat.signature", GH_PASS, "");
			assert_step(&w.r, "nras", "eat.key", GH_PASS, "");
			assert_step(&w.r, "nras", "eat.time", GH_PASS, "");
			assert_step(&w.r, "nras", "eat.nonce", GH_PASS, "");
			assert_step(&w.r, "nras", "eat.submods", GH_PASS, "");
			assert_step(&w.r, "nras", "eat.overall",
			    *c->device_error ? GH_FAIL : GH_PASS,
			    *c->device_error ? "eat.overall.false" : "");
			assert_devices(&w.r, c);
			assert_int_equal(w.r.n_subjects, c->devices + 1);
			assert_int_equal(gh_result_verdict(&w.r),
			    *c->device_error ? GH_FAIL : GH_PASS);
		}
		/* one leaf signature and one per token, however often it is judged */
		assert_int_equal(gh_memo_computed(w.memo), 1 + 1 + c->devices);
		w.ctx.at = c->from + 3600 + 61;
		judge(&w);
		assert_step(&w.r, "nras", "eat.time", GH_STALE, "eat.time.expired");
		assert_int_equal(
		    gh_result_verdict(&w.r), *c->device_error ? GH_FAIL : GH_STALE);
		w.ctx.at = c->from - 61;
		judge(&w);
		assert_step(&w.r, "nras", "eat.time", GH_FAIL, "eat.time.notyet");
		pass += !*c->device_error;
		devices += c->devices;
		free_run(&w);
	}
	print_message("nvidia/teep: %zu answers with %zu devices: %zu pass, %zu fail in "
		      "their hour, all STALE or FAIL after\n",
	    GH_COUNT(captures), devices, pass, GH_COUNT(captures) - pass);
}

static void test_capture_when_context_differs_then_said(void **state)
{
	const struct capture *c = &captures[0];
	struct run w;

	(void)state;
	open_run(&w, c->answer, c->jwks, c->from);
	judge(&w); /* nobody asked for a nonce */
	assert_step(&w.r, "nras", "eat.nonce", GH_SKIP, "eat.nonce.not-asked");
	assert_step(&w.r, "nras:GPU-0", "eat.device.nonce", GH_SKIP,
	    "eat.device.nonce.not-asked");
	assert_int_equal(gh_result_verdict(&w.r), GH_PASS);
	use_nonce(&w, captures[1].nonce);
	judge(&w);
	assert_step(&w.r, "nras", "eat.nonce", GH_FAIL, "eat.nonce.mismatch");
	assert_step(
	    &w.r, "nras:GPU-0", "eat.device.nonce", GH_FAIL, "eat.device.nonce.mismatch");
	w.trust.n = 0;
	judge(&w);
	assert_step(&w.r, "nras", "eat.key", GH_FAIL, "eat.key.unpinned");
	assert_step(&w.r, "nras", "eat.signature", GH_SKIP, "parent.not.proven");
	w.ctx.jwks.n = 0;
	judge(&w);
	assert_step(&w.r, "nras", "eat.key", GH_UNKNOWN, "eat.key.no-jwks");
	free_run(&w);
	open_run(&w, c->answer, captures[2].jwks, c->from); /* keys of another day */
	judge(&w);
	assert_step(&w.r, "nras", "eat.key", GH_UNKNOWN, "eat.key.unknown");
	assert_int_equal(gh_result_verdict(&w.r), GH_UNKNOWN);
	free_run(&w);
}

/* Leaves the one key that signed, so that thousands of runs stay cheap. */
static void keep_one_key(struct run *w, const char *kid)
{
	gh_auto(json_t *, gh_json_free) v = gh_json_parse(w->jwks.p, w->jwks.len, NULL);
	json_t *keys = json_object_get(v, "keys");

	for (size_t i = json_array_size(keys); i > 0; i--)
		if (strcmp(kid, json_string_value(json_object_get(
				    json_array_get(keys, i - 1), "kid"))) != 0)
			json_array_remove(keys, i - 1);
	assert_int_equal(json_array_size(keys), 1);
	gh_buf_clear(&w->jwks);
	gh_json_dump(&w->jwks, v);
	w->docs[0] = gh_buf_view(&w->jwks);
}

static void test_capture_when_any_byte_flipped_then_no_pass(void **state)
{
	const struct capture *c = &captures[0];
	struct gh_result *r;
	struct run w;
	size_t n;

	(void)state;
	open_run(&w, c->answer, c->jwks, c->from);
	use_nonce(&w, c->nonce);
	judge(&w);
	assert_int_equal(gh_result_verdict(&w.r), GH_PASS);
	keep_one_key(&w, gh_claim_get(gh_result_find(&w.r, "nras"), "kid"));
	judge(&w);
	assert_int_equal(gh_result_verdict(&w.r), GH_PASS);
	n = w.answer.len;
	r = &w.r;
	for (size_t i = 0; i < n; i++) {
		w.answer.p[i] ^= 1 << (i % 8);
		judge(&w);
		if (gh_result_verdict(r) == GH_PASS)
			fail_msg(
			    "byte %zu (%c) flipped and still PASS", i, w.answer.p[i]);
		w.answer.p[i] ^= 1 << (i % 8);
	}
	for (size_t i = 0; i < n; i += 1 + i % 7) {
		w.answer.len = i;
		judge(&w);
		assert_int_not_equal(gh_result_verdict(r), GH_PASS);
	}
	w.answer.len = n;
	free_run(&w);
}

/* MANIFEST: the key is no longer published; parsing and the digest rule hold. */
static void test_sdk_answers_when_key_is_gone_then_unknown_and_stale(void **state)
{
	static const struct {
		const char *file, *decoded, *subject, *kind;
		const char *issuer;
	} t[] = {
	    {"hopperClaimsv3_detached_eat.json", "hopperClaimsv3_decoded.json", "GPU-0",
		"gpu", ""},
	    {"switch_detached_eat.json", "switch_decoded.json", "SWITCH-0", "switch",
		"eat.issuer.staging"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		char name[80], subject[40];
		gh_auto(json_t *, gh_json_free) want = NULL;
		const json_t *claims;
		struct run w;

		snprintf(name, sizeof(name), "attestation-sdk/%s", t[i].file);
		snprintf(subject, sizeof(subject), "nras:%s", t[i].subject);
		open_run(&w, name, "teep/jwks_20260629.json", 1795305600);
		judge(&w);
		assert_step(&w.r, "nras", "eat.key", GH_UNKNOWN, "eat.key.unknown");
		assert_step(&w.r, "nras", "eat.signature", GH_SKIP, "parent.not.proven");
		assert_step(&w.r, "nras", "eat.time", GH_STALE, "eat.time.expired");
		assert_step(&w.r, "nras", "eat.submods", GH_SKIP, "parent.not.proven");
		assert_step(&w.r, "nras", "eat.issuer", *t[i].issuer ? GH_FAIL : GH_SKIP,
		    *t[i].issuer ? t[i].issuer : "parent.not.proven");
		/* the claims are good ones of version 3.0: nothing fails, nothing passes */
		assert_step(
		    &w.r, subject, "eat.device.verdict", GH_SKIP, "parent.not.proven");
		assert_string_equal(gh_result_find(&w.r, subject)->kind, t[i].kind);
		snprintf(name, sizeof(name), "attestation-sdk/%s", t[i].decoded);
		want = read_json("nvidia", name);
		claims = json_object_get(want, t[i].subject);
		assert_string_equal(gh_claim_get(gh_result_find(&w.r, subject), "ueid"),
		    json_string_value(json_object_get(claims, "ueid")));
		assert_string_equal(
		    gh_claim_get(gh_result_find(&w.r, subject), "hwmodel"),
		    json_string_value(json_object_get(claims, "hwmodel")));
		free_run(&w);
	}
	print_message("nvidia/attestation-sdk: %zu answers, none passes\n", GH_COUNT(t));
}

static void test_local_output_when_it_failed_then_fail(void **state)
{
	struct run w;
	const struct gh_finding *f;

	(void)state;
	open_run(&w, "nvidia-attestation-runner/h100_local_attestation_measres_fail.json",
	    NULL, 1795305600);
	judge(&w);
	f = step(&w.r, "nras", "eat.local");
	assert_string_equal(f->code, "eat.local.failed");
	assert_non_null(strstr(f->observed, "result 12"));
	assert_non_null(strstr(f->observed, "measres fail"));
	assert_step(&w.r, "nras", "eat.parse", GH_FAIL, "eat.parse.parts");
	assert_int_equal(gh_result_verdict(&w.r), GH_FAIL);
	print_message("nvidia/nvidia-attestation-runner: 1 output, fails\n");
	free_run(&w);
}

/* ---- key sets ---------------------------------------------------------------------------- */

static void test_jwks_when_captured_then_every_key_is_bound(void **state)
{
	static const struct {
		const char *file;
		size_t n;
	} t[] = {{"teep/jwks_20260610.json", 36}, {"teep/jwks_20260629.json", 32}};
	uint8_t pin[32];

	(void)state;
	need_vectors("nvidia");
	assert_int_equal(gh_unhex(pin, 32,
			     "fd32837f954e2c45db073105166dfe6985ae0480bb113fba63b091a75af"
			     "fe896",
			     NULL),
	    0);
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_buf, gh_buf_free) b = {0};
		gh_auto(json_t *, gh_json_free) v = read_json("nvidia", t[i].file);
		gh_auto(struct gh_fields, gh_fields_free) shown = {0};
		struct gh_jwks s = {0};

		assert_true(gh_jwks_looks(v));
		read_vector(&b, "nvidia", t[i].file);
		assert_int_equal(gh_jwks_parse(&s, gh_buf_view(&b), NULL, NULL), 0);
		assert_int_equal(s.n, t[i].n);
		for (size_t k = 0; k < s.n; k++) {
			assert_string_equal(s.at[k].fault, "");
			assert_int_equal(s.at[k].x5c.n, 2);
			assert_memory_equal(
			    gh_cert_spki_sha256(s.at[k].x5c.at[1]), pin, 32);
			assert_int_equal(
			    gh_cert_signed_by(s.at[k].x5c.at[0], s.at[k].x5c.at[1], NULL),
			    0);
		}
		assert_int_equal(gh_jwks_show(&shown, gh_buf_view(&b), NULL), 0);
		assert_true(shown.n > 10 * t[i].n);
		gh_jwks_free(&s);
	}
	print_message("nvidia/teep: 2 key sets, 68 keys, all under the pin\n");
}

/* ---- EAR --------------------------------------------------------------------------------- */

/* A key set of that one JWK. */
static void ear_run(struct run *w, const char *token, const json_t *jwk, int64_t at)
{
	*w = (struct run){0};
	gh_buf_str(&w->answer, token);
	gh_json_dump(&w->jwks, jwk);
	w->docs[0] = gh_buf_view(&w->jwks);
	w->ctx = (struct gh_context){.at = at, .trust = &w->trust, .jwks = {w->docs, 1}};
	judge(w);
}

static void test_veraison_tokens_when_key_is_ours_then_as_the_manifest(void **state)
{
	static const struct {
		const char *id;
		enum gh_verdict verdict;
		const char *step, *code;
	} t[] = {
	    {"testJWT", GH_WARN, "ear.time", "ear.time.no-end"},
	    {"testJWT_JWK", GH_WARN, "ear.time", "ear.time.no-end"},
	    {"testRealmJWT", GH_STALE, "ear.time", "ear.time.expired"},
	    {"verify_pass", GH_WARN, "ear.time", "ear.time.no-end"},
	    {"alg_hs256", GH_FAIL, "eat.signature", "eat.signature.algorithm"},
	    {"alg_none", GH_FAIL, "eat.signature", "eat.signature.none"},
	    {"malformed", GH_FAIL, "eat.parse", "eat.parse.parts"},
	    {"empty_claims", GH_FAIL, "eat.issuer", "eat.issuer.missing"},
	    {"trailing_rubbish", GH_FAIL, "eat.parse", "eat.parse.parts"},
	};
	gh_auto(json_t *, gh_json_free) list = NULL;

	(void)state;
	need_vectors("reports");
	list = read_json("reports", "ear/veraison_tokens.json");
	assert_int_equal(json_array_size(list), GH_COUNT(t));
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		const json_t *o = json_array_get(list, i);
		const char *token = json_string_value(json_object_get(o, "token"));
		struct run w;

		assert_string_equal(json_string_value(json_object_get(o, "id")), t[i].id);
		ear_run(&w, token, json_object_get(o, "jwk"), 1795305600);
		assert_string_equal(step(&w.r, NULL, t[i].step)->code, t[i].code);
		if (gh_result_verdict(&w.r) != t[i].verdict) {
			print_open(&w.r);
			fail_msg(
			    "%s: %s", t[i].id, gh_verdict_word(gh_result_verdict(&w.r)));
		}
		/* without a key of ours nothing passes, whatever the header offers */
		w.ctx.jwks.n = 0;
		judge(&w);
		assert_true(gh_result_verdict(&w.r) == GH_FAIL ||
			    gh_result_verdict(&w.r) == GH_UNKNOWN);
		free_run(&w);
	}
	print_message("reports/ear: %zu tokens: 3 accepted, %zu refused\n", GH_COUNT(t),
	    GH_COUNT(t) - 3);
}

static void test_claim_sets_when_read_then_as_the_manifest(void **state)
{
	static const struct {
		const char *file;
		enum gh_ear_spelling spelling;
		enum gh_ear_tier status;
		const char *fault;
		size_t submods;
	} t[] = {
	    {"ear-claims.json", GH_EAR_VERAISON, GH_EAR_AFFIRMING, "", 1},
	    {"ear-claims-tv-ok.json", GH_EAR_VERAISON, GH_EAR_AFFIRMING, "", 1},
	    {"ear-claims-extension-ok.json", GH_EAR_VERAISON, GH_EAR_AFFIRMING, "", 1},
	    {"ear-claims-key-attestation-ok.json", GH_EAR_VERAISON, GH_EAR_AFFIRMING, "",
		1},
	    {"ear-claims-key-attestation-ko.json", GH_EAR_VERAISON,
		GH_EAR_CONTRAINDICATED, "key-attestation", 1},
	    {"ear-json-1.diag", GH_EAR_IETF_2026, GH_EAR_CONTRAINDICATED, "", 1},
	    {"ear-json-2.diag", GH_EAR_IETF_2026, GH_EAR_AFFIRMING, "", 2},
	    {"ext-veraison-json-1.diag", GH_EAR_IETF_2026, GH_EAR_CONTRAINDICATED, "", 1},
	    {"ext-veraison-json-2.diag", GH_EAR_IETF_2026, GH_EAR_AFFIRMING, "", 1},
	    {"trustee_example_token.json", GH_EAR_TRUSTEE, GH_EAR_CONTRAINDICATED, "", 1},
	};
	size_t refused = 0;

	(void)state;
	need_vectors("reports");
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		char name[80];
		gh_auto(json_t *, gh_json_free) v = NULL;
		struct gh_ear e;

		snprintf(name, sizeof(name), "ear/%s", t[i].file);
		v = read_json("reports", name);
		assert_int_equal(gh_ear_parse(&e, v, NULL), *t[i].fault ? -1 : 0);
		assert_string_equal(e.fault, t[i].fault);
		assert_int_equal(e.spelling, t[i].spelling);
		assert_int_equal(e.n, t[i].submods);
		assert_int_equal(e.submod[0].status, t[i].status);
		assert_true(gh_ear_worst(&e.submod[0]) <= t[i].status);
		refused += *t[i].fault != '\0';
		gh_ear_free(&e);
	}
	print_message("reports/ear: %zu claim sets read, %zu refused\n",
	    GH_COUNT(t) - refused, refused);
}

/* The SPKI of the vectors' PEM as a JWK. */
static json_t *jwk_of_pem(const char *pem)
{
	gh_auto(struct gh_pubkey *, gh_pubkey_free) k = NULL;
	gh_auto(struct gh_buf, gh_buf_free) spki = {0};
	gh_auto(struct gh_buf, gh_buf_free) x = {0};
	gh_auto(struct gh_buf, gh_buf_free) y = {0};

	assert_int_equal(gh_pubkey_from_pem(&k, pem, strlen(pem), NULL), 0);
	assert_int_equal(gh_pubkey_spki(k, &spki, NULL), 0);
	gh_b64url(&x, spki.p + spki.len - 64, 32);
	gh_b64url(&y, spki.p + spki.len - 32, 32);
	return json_pack("{ssssssss}", "kty", "EC", "crv", "P-256", "x", gh_buf_cstr(&x),
	    "y", gh_buf_cstr(&y));
}

static void test_own_ear_when_judged_then_as_each_verdict_says(void **state)
{
	static const struct {
		const char *id;
		enum gh_verdict verdict;
		const char *step, *code;
	} t[] = {
	    {"good", GH_WARN, "ear.status", "ear.status.warning"},
	    {"alg_none", GH_FAIL, "ear.signature", "ear.signature.none"},
	    {"hs256_with_public_key_as_secret", GH_FAIL, "ear.signature",
		"ear.signature.algorithm"},
	    {"crit_unknown", GH_FAIL, "ear.parse", "ear.parse.crit"},
	    {"global_status_lies", GH_FAIL, "ear.consistency", "ear.consistency.status"},
	    {"tier_contradiction", GH_FAIL, "ear.submod.consistency",
		"ear.submod.consistency.vector"},
	    {"expired", GH_STALE, "ear.time", "ear.time.expired"},
	    {"der_signature", GH_FAIL, "ear.signature", "ear.signature.bad"},
	    {"padded", GH_FAIL, NULL, "parse.base64"},
	};
	gh_auto(json_t *, gh_json_free) v = NULL;
	gh_auto(json_t *, gh_json_free) jwk = NULL;
	const json_t *cases;

	(void)state;
	need_vectors("reports");
	v = read_json("reports", "own/ear.json");
	jwk = jwk_of_pem(json_string_value(json_object_get(v, "public_key_pem")));
	cases = json_object_get(v, "cases");
	assert_int_equal(json_array_size(cases), GH_COUNT(t));
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		const json_t *o = json_array_get(cases, i);
		const char *token = json_string_value(json_object_get(o, "token"));
		struct run w;

		assert_string_equal(json_string_value(json_object_get(o, "id")), t[i].id);
		ear_run(&w, token, jwk, 1788784200);
		if (t[i].step)
			assert_string_equal(step(&w.r, NULL, t[i].step)->code, t[i].code);
		else
			assert_non_null(strstr(w.r.findings.at[0].code, t[i].code));
		if (gh_result_verdict(&w.r) != t[i].verdict) {
			print_open(&w.r);
			fail_msg(
			    "%s: %s", t[i].id, gh_verdict_word(gh_result_verdict(&w.r)));
		}
		free_run(&w);
	}
	print_message("reports/own/ear.json: 1 accepted, %zu refused\n", GH_COUNT(t) - 1);
}

/* ---- show ---------------------------------------------------------------------------------- */

static void test_show_when_any_vector_then_fields_and_no_verdict(void **state)
{
	static const struct {
		const char *file, *text;
	} t[] = {
	    {"teep/tinfoil_20260629_nras_response.json", "2026-06-29T02:08:03Z"},
	    {"teep/nearcloud_20260629_nras_response.json", "GPU-7"},
	    {"attestation-sdk/switch_detached_eat.json",
		"x-nvidia-switch-bios-rim-fetched"},
	    {"nvidia-attestation-runner/h100_local_attestation_measres_fail.json",
		"Overall Attestation Result is False"},
	};

	(void)state;
	need_vectors("nvidia");
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_buf, gh_buf_free) b = {0};
		gh_auto(struct gh_buf, gh_buf_free) plain = {0};
		gh_auto(struct gh_fields, gh_fields_free) f = {0};

		read_vector(&b, "nvidia", t[i].file);
		assert_int_equal(gh_eat_show(&f, gh_buf_view(&b), NULL), 0);
		assert_int_equal(f.depth, 0);
		gh_fields_plain(&plain, &f);
		if (strstr(gh_buf_cstr(&plain), t[i].text) == NULL)
			fail_msg("%s: no %s", t[i].file, t[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_captures_when_in_their_hour_then_as_the_manifest),
	    cmocka_unit_test(test_capture_when_context_differs_then_said),
	    cmocka_unit_test(test_capture_when_any_byte_flipped_then_no_pass),
	    cmocka_unit_test(test_sdk_answers_when_key_is_gone_then_unknown_and_stale),
	    cmocka_unit_test(test_local_output_when_it_failed_then_fail),
	    cmocka_unit_test(test_jwks_when_captured_then_every_key_is_bound),
	    cmocka_unit_test(test_veraison_tokens_when_key_is_ours_then_as_the_manifest),
	    cmocka_unit_test(test_claim_sets_when_read_then_as_the_manifest),
	    cmocka_unit_test(test_own_ear_when_judged_then_as_each_verdict_says),
	    cmocka_unit_test(test_show_when_any_vector_then_fields_and_no_verdict),
	};

	return cmocka_run_group_tests_name("vectors-eat", tests, NULL, NULL);
}
