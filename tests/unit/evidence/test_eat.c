/* SPDX-License-Identifier: Apache-2.0
 * NRAS answers made here, one thing wrong at a time. */
#include <stdio.h>

#include "base/clock.h"
#include "evidence/eat_show.h"
#include "tests/unit/evidence/eat_make.h"

#define DEVICES_MAX 4
#define GPU         "x-nvidia-gpu-"
#define SWITCH      "x-nvidia-switch-"

/* An answer before it is signed; the bends change it. */
struct answer {
	json_t *header, *overall;
	json_t *dev_header[DEVICES_MAX], *dev[DEVICES_MAX];
	const char *name[DEVICES_MAX];
	const struct gh_signer *signer, *dev_signer;
	size_t n;
	int n_listed;           /* of them; the rest is delivered only */
	const char *digest_alg; /* "SHA-256" */
	json_t *map;            /* delivered: {"GPU-0": token} */
	struct gh_buf text;
};

static json_t *times(json_t *o)
{
	json_object_set_new(o, "iss", json_string("https://nras.attestation.nvidia.com"));
	json_object_set_new(o, "iat", json_integer(PKI_AT));
	json_object_set_new(o, "nbf", json_integer(PKI_AT));
	json_object_set_new(o, "exp", json_integer(PKI_AT + 3600));
	json_object_set_new(o, "jti", json_string("b872dc4f"));
	json_object_set_new(o, "eat_nonce", json_string(NONCE));
	return o;
}

static void set_true(json_t *o, const char *prefix, const char *const *name, size_t n)
{
	char key[96];

	for (size_t i = 0; i < n; i++) {
		snprintf(key, sizeof(key), "%s%s", prefix, name[i]);
		json_object_set_new(o, key, json_true());
	}
}

static void set_chain(json_t *o, const char *prefix, const char *name)
{
	char key[96];

	snprintf(key, sizeof(key), "%s%s-cert-chain", prefix, name);
	json_object_set_new(o, key,
	    json_pack("{ssssss sn}", "x-nvidia-cert-status", "valid",
		"x-nvidia-cert-ocsp-status", "good", "x-nvidia-cert-expiration-date",
		"9999-12-31T23:59:59Z", "x-nvidia-cert-revocation-reason"));
}

static json_t *device(size_t i)
{
	json_t *o = times(json_object());
	char ueid[32];

	snprintf(ueid, sizeof(ueid), "4781763792860%zu", i);
	json_object_set_new(o, "ueid", json_string(ueid));
	json_object_set_new(o, "measres", json_string("success"));
	json_object_set_new(o, "secboot", json_true());
	json_object_set_new(o, "dbgstat", json_string("disabled"));
	json_object_set_new(o, "x-nvidia-attestation-warning", json_null());
	return o;
}

/* claims: "2.0" or "3.0". */
static json_t *gpu(size_t i, const char *claims)
{
	static const char *const both[] = {"arch-check", "attestation-report-parsed",
	    "attestation-report-nonce-match", "attestation-report-signature-verified",
	    "driver-rim-fetched", "driver-rim-schema-validated",
	    "driver-rim-signature-verified", "driver-rim-measurements-available",
	    "vbios-rim-fetched", "vbios-rim-schema-validated",
	    "vbios-rim-signature-verified", "vbios-rim-measurements-available",
	    "vbios-index-no-conflict"};
	static const char *const two[] = {"attestation-report-cert-chain-validated",
	    "driver-rim-cert-validated", "vbios-rim-cert-validated"};
	static const char *const three[] = {"attestation-report-cert-chain-fwid-match",
	    "driver-rim-version-match", "vbios-rim-version-match"};
	json_t *o = device(i);

	json_object_set_new(o, GPU "driver-version", json_string("595.71.05"));
	json_object_set_new(o, GPU "vbios-version", json_string("96.00.D9.00.02"));
	json_object_set_new(o, "hwmodel", json_string("GH100"));
	set_true(o, GPU, both, GH_COUNT(both));
	if (strcmp(claims, "3.0") != 0) {
		set_true(o, GPU, two, GH_COUNT(two));
		return o;
	}
	set_true(o, GPU, three, GH_COUNT(three));
	set_chain(o, GPU, "attestation-report");
	set_chain(o, GPU, "driver-rim");
	set_chain(o, GPU, "vbios-rim");
	return o;
}

static json_t *nvswitch(size_t i, const char *claims)
{
	static const char *const both[] = {"arch-check", "attestation-report-parsed",
	    "attestation-report-nonce-match", "attestation-report-signature-verified",
	    "bios-rim-fetched", "bios-rim-signature-verified",
	    "bios-rim-measurements-available"};
	static const char *const two[] = {
	    "attestation-report-cert-chain-validated", "bios-rim-cert-validated"};
	static const char *const three[] = {
	    "attestation-report-cert-chain-fwid-match", "bios-rim-version-match"};
	json_t *o = device(i);

	json_object_set_new(o, SWITCH "bios-version", json_string("96.10.55.00.01"));
	set_true(o, SWITCH, both, GH_COUNT(both));
	if (strcmp(claims, "3.0") != 0) {
		set_true(o, SWITCH, two, GH_COUNT(two));
		return o;
	}
	set_true(o, SWITCH, three, GH_COUNT(three));
	set_chain(o, SWITCH, "attestation-report");
	set_chain(o, SWITCH, "bios-rim");
	return o;
}

static json_t *header(void)
{
	return json_pack("{ssss}", "alg", "ES384", "kid", KID);
}

static void open_answer(
    struct answer *a, const struct nras_world *w, const char *claims, bool switches)
{
	static const char *const gpus[] = {"GPU-0", "GPU-1", "GPU-2", "GPU-3"};
	static const char *const others[] = {
	    "SWITCH-0", "SWITCH-1", "SWITCH-2", "SWITCH-3"};

	*a = (struct answer){.signer = w->signer, .dev_signer = w->signer, .n = 2};
	a->digest_alg = "SHA-256";
	a->n_listed = 2;
	a->header = header();
	a->overall = times(json_object());
	json_object_set_new(
	    a->overall, "sub", json_string("NVIDIA-PLATFORM-ATTESTATION"));
	json_object_set_new(a->overall, "x-nvidia-ver", json_string(claims));
	json_object_set_new(a->overall, "x-nvidia-overall-att-result", json_true());
	json_object_set_new(a->overall, "submods", json_object());
	for (size_t i = 0; i < DEVICES_MAX; i++) {
		a->dev_header[i] = header();
		a->dev[i] = switches ? nvswitch(i, claims) : gpu(i, claims);
		a->name[i] = switches ? others[i] : gpus[i];
	}
	a->map = json_object();
}

static void free_answer(struct answer *a)
{
	json_decref(a->header);
	json_decref(a->overall);
	for (size_t i = 0; i < DEVICES_MAX; i++) {
		json_decref(a->dev_header[i]);
		json_decref(a->dev[i]);
	}
	json_decref(a->map);
	gh_buf_free(&a->text);
}

/* Signs the devices, lists their digests where the bend has not, signs the whole. */
static void seal(struct answer *a)
{
	json_t *listed = json_object_get(a->overall, "submods");
	gh_auto(struct gh_buf, gh_buf_free) whole = {0};
	gh_auto(json_t *, gh_json_free) top = NULL;

	for (size_t i = 0; i < a->n; i++) {
		gh_auto(struct gh_buf, gh_buf_free) token = {0};
		uint8_t digest[32];
		char hex[65];

		add_token(&token, a->dev_header[i], a->dev[i], a->dev_signer);
		assert_int_equal(gh_sha256(token.p, token.len, digest, NULL), 0);
		gh_hex(hex, digest, 32);
		if (json_object_get(listed, a->name[i]) == NULL && (int)i < a->n_listed)
			json_object_set_new(listed, a->name[i],
			    json_pack("[s[ss]]", "DIGEST", a->digest_alg, hex));
		if (json_object_get(a->map, a->name[i]) == NULL)
			json_object_set_new(
			    a->map, a->name[i], json_string(gh_buf_cstr(&token)));
	}
	add_token(&whole, a->header, a->overall, a->signer);
	top = json_pack("[[ss]O]", "JWT", gh_buf_cstr(&whole), a->map);
	gh_json_dump(&a->text, top);
}

static void judge(struct nras_world *w, struct answer *a)
{
	seal(a);
	assert_true(gh_eat_looks(gh_buf_view(&a->text)));
	judge_bytes(w, gh_buf_view(&a->text));
}

static void test_answer_when_all_good_then_pass(void **state)
{
	static const struct {
		const char *claims;
		bool switches;
	} t[] = {{"2.0", false}, {"3.0", false}, {"2.0", true}, {"3.0", true}};
	struct nras_world w;

	(void)state;
	open_world(&w);
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		struct answer a;

		open_answer(&a, &w, t[i].claims, t[i].switches);
		judge(&w, &a);
		if (gh_result_verdict(&w.r) != GH_PASS)
			fail_msg("claims %s", t[i].claims);
		assert_int_equal(w.r.n_subjects, 3);
		assert_string_equal(
		    w.r.subject[1].kind, t[i].switches ? "switch" : "gpu");
		assert_string_equal(
		    gh_claim_get(&w.r.subject[2], "ueid"), "47817637928601");
		free_answer(&a);
	}
	close_world(&w);
}

/* ---- one thing wrong at a time ------------------------------------------------------------ */

static void set(json_t *o, const char *key, const char *value)
{
	json_object_set_new(o, key, json_string(value));
}

static void bend_alg_none(struct nras_world *w, struct answer *a)
{
	(void)w;
	a->header = (json_decref(a->header), json_pack("{ss}", "alg", "none"));
	a->signer = NULL;
}
static void bend_hs256(struct nras_world *w, struct answer *a)
{
	(void)w;
	set(a->header, "alg", "HS256");
}
static void bend_es256(struct nras_world *w, struct answer *a)
{
	(void)w;
	set(a->header, "alg", "ES256");
}
static void bend_no_alg(struct nras_world *w, struct answer *a)
{
	(void)w;
	json_object_del(a->header, "alg");
}
static void bend_crit(struct nras_world *w, struct answer *a)
{
	(void)w;
	json_object_set_new(a->header, "crit", json_pack("[s]", "x"));
}
static void bend_kid(struct nras_world *w, struct answer *a)
{
	(void)w;
	set(a->header, "kid", "nv-eat-kid-prod-other");
}
static void bend_no_kid(struct nras_world *w, struct answer *a)
{
	(void)w;
	json_object_del(a->header, "kid");
}
static void bend_signer(struct nras_world *w, struct answer *a)
{
	a->signer = w->other;
}
static void bend_staging(struct nras_world *w, struct answer *a)
{
	(void)w;
	set(a->overall, "iss", "https://nras.attestation-stg.nvidia.com");
}
static void bend_issuer(struct nras_world *w, struct answer *a)
{
	(void)w;
	set(a->overall, "iss", "https://nras.example");
}
static void bend_no_issuer(struct nras_world *w, struct answer *a)
{
	(void)w;
	json_object_del(a->overall, "iss");
}
static void bend_subject(struct nras_world *w, struct answer *a)
{
	(void)w;
	set(a->overall, "sub", "NVIDIA-GPU-ATTESTATION");
}
static void bend_expired(struct nras_world *w, struct answer *a)
{
	(void)a;
	w->ctx.at = PKI_AT + 3600 + 61;
}
static void bend_future(struct nras_world *w, struct answer *a)
{
	(void)a;
	w->ctx.at = PKI_AT - 61;
}
static void bend_nbf(struct nras_world *w, struct answer *a)
{
	(void)w;
	json_object_set_new(a->overall, "nbf", json_integer(PKI_AT + 61));
}
static void bend_no_exp(struct nras_world *w, struct answer *a)
{
	(void)w;
	json_object_del(a->overall, "exp");
}
static void bend_exp_text(struct nras_world *w, struct answer *a)
{
	(void)w;
	set(a->overall, "exp", "tomorrow");
}
static void bend_exp_order(struct nras_world *w, struct answer *a)
{
	(void)w;
	json_object_set_new(a->overall, "exp", json_integer(PKI_AT - 1));
}
static void bend_iat_huge(struct nras_world *w, struct answer *a)
{
	(void)w;
	json_object_set_new(a->overall, "iat", json_integer(INT64_MAX));
}
static void bend_nonce(struct nras_world *w, struct answer *a)
{
	(void)a;
	w->nonce[31] ^= 1;
}
static void bend_nonce_short(struct nras_world *w, struct answer *a)
{
	(void)w;
	set(a->overall, "eat_nonce", "080c405c");
}
static void bend_nonce_long(struct nras_world *w, struct answer *a)
{
	(void)a;
	w->ctx.nonce.len = 65;
}
static void bend_no_nonce(struct nras_world *w, struct answer *a)
{
	(void)w;
	json_object_del(a->overall, "eat_nonce");
}
static void bend_dev_nonce(struct nras_world *w, struct answer *a)
{
	(void)w;
	set(a->dev[1], "eat_nonce",
	    "e79c2ec87ccfa76f3aef88deec0687facbd85d1689d82b0cc2de1353f7a62609");
}
static void bend_digest(struct nras_world *w, struct answer *a)
{
	(void)w;
	json_object_set_new(json_object_get(a->overall, "submods"), "GPU-1",
	    json_pack("[s[ss]]", "DIGEST", "SHA-256", NONCE));
}
static void bend_digest_alg(struct nras_world *w, struct answer *a)
{
	(void)w;
	a->digest_alg = "SHA-1";
}
static void bend_digest_form(struct nras_world *w, struct answer *a)
{
	(void)w;
	json_object_set_new(json_object_get(a->overall, "submods"), "GPU-1",
	    json_pack("[s[ss]]", "DIGEST", "SHA-256", "00"));
}
static void bend_digest_kind(struct nras_world *w, struct answer *a)
{
	(void)w;
	json_object_set_new(json_object_get(a->overall, "submods"), "GPU-1",
	    json_pack("[ss]", "JWT", "x"));
}
/* Entries that are none, each in its own way; the first is the one that is said. */
static void bend_digest_forms(struct nras_world *w, struct answer *a)
{
	json_t *list = json_object_get(a->overall, "submods");

	(void)w;
	json_object_set_new(
	    list, "GPU-0", json_pack("[s[sss]]", "DIGEST", "SHA-256", NONCE, "x"));
	json_object_set_new(list, "GPU-1", json_pack("[s[is]]", "DIGEST", 1, NONCE));
	json_object_set_new(list, "GPU-2", json_pack("[s[si]]", "DIGEST", "SHA-256", 1));
	json_object_set_new(list, "GPU-3", json_pack("[i[ss]]", 1, "SHA-256", NONCE));
	a->n = a->n_listed = 4;
}
static void bend_many(struct nras_world *w, struct answer *a)
{
	json_t *list = json_object_get(a->overall, "submods");
	char name[16];

	(void)w;
	for (int i = 2; i < 65; i++) {
		snprintf(name, sizeof(name), "GPU-%d", i);
		json_object_set_new(list, name, json_integer(1));
	}
}
/* More names than a finding has room for. */
static void bend_noise(struct nras_world *w, struct answer *a)
{
	json_t *list = json_object_get(a->overall, "submods");
	char name[64];

	(void)w;
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "some name that is not of a device %d", i);
		json_object_set_new(a->map, name, json_integer(1));
		if (i < 30)
			json_object_set_new(list, name, json_integer(1));
	}
}
static void bend_extra(struct nras_world *w, struct answer *a)
{
	(void)w;
	a->n = 3;
}
static void bend_missing(struct nras_world *w, struct answer *a)
{
	(void)w;
	json_object_set_new(json_object_get(a->overall, "submods"), "GPU-2",
	    json_pack("[s[ss]]", "DIGEST", "SHA-256", NONCE));
}
static void bend_name(struct nras_world *w, struct answer *a)
{
	(void)w;
	a->name[1] = "GPU-01";
}
static void bend_name_far(struct nras_world *w, struct answer *a)
{
	(void)w;
	a->name[1] = "GPU-64";
}
static void bend_name_kind(struct nras_world *w, struct answer *a)
{
	(void)w;
	a->name[1] = "SWITCH-1";
}
static void bend_map_value(struct nras_world *w, struct answer *a)
{
	(void)w;
	json_object_set_new(a->map, "GPU-1", json_integer(1));
}
static void bend_no_devices(struct nras_world *w, struct answer *a)
{
	(void)w;
	a->n = 0;
}
static void bend_submods(struct nras_world *w, struct answer *a)
{
	(void)w;
	set(a->overall, "submods", "GPU-0");
}
static struct gh_policy four;
static void bend_count(struct nras_world *w, struct answer *a)
{
	(void)a;
	four = *gh_policy_strict();
	four.nvidia.gpus = 4;
	w->ctx.policy = &four;
}
static void bend_false(struct nras_world *w, struct answer *a)
{
	(void)w;
	json_object_set_new(a->overall, "x-nvidia-overall-att-result", json_false());
}
static void bend_no_result(struct nras_world *w, struct answer *a)
{
	(void)w;
	json_object_del(a->overall, "x-nvidia-overall-att-result");
}
static void bend_text_result(struct nras_world *w, struct answer *a)
{
	(void)w;
	set(a->overall, "x-nvidia-overall-att-result", "true");
}
static void bend_version(struct nras_world *w, struct answer *a)
{
	(void)w;
	set(a->overall, "x-nvidia-ver", "4.0");
}
static void bend_twin(struct nras_world *w, struct answer *a)
{
	(void)w;
	set(a->dev[1], "ueid", "47817637928600");
}
static void bend_ueid(struct nras_world *w, struct answer *a)
{
	(void)w;
	set(a->dev[1], "ueid", "0x12");
}
static void bend_no_ueid(struct nras_world *w, struct answer *a)
{
	(void)w;
	json_object_del(a->dev[1], "ueid");
}
static void bend_dev_signer(struct nras_world *w, struct answer *a)
{
	a->dev_signer = w->other;
}
static void bend_dev_kid(struct nras_world *w, struct answer *a)
{
	(void)w;
	set(a->dev_header[1], "kid", "another");
}
static void bend_dev_none(struct nras_world *w, struct answer *a)
{
	(void)w;
	set(a->dev_header[1], "alg", "none");
}
static void bend_dev_issuer(struct nras_world *w, struct answer *a)
{
	(void)w;
	set(a->dev[1], "iss", "https://nras.example");
}
static void bend_dev_expired(struct nras_world *w, struct answer *a)
{
	(void)w;
	json_object_set_new(a->dev[1], "iat", json_integer(PKI_AT - 7200));
	json_object_set_new(a->dev[1], "nbf", json_integer(PKI_AT - 7200));
	json_object_set_new(a->dev[1], "exp", json_integer(PKI_AT - 3600));
}
static void bend_error(struct nras_world *w, struct answer *a)
{
	(void)w;
	json_object_set_new(a->dev[1], "x-nvidia-error-details",
	    json_pack("{sissss}", "code", 4015, "message", "INVALID_RIM_CERT_CHAIN",
		"description", "x"));
}
static void bend_error_new(struct nras_world *w, struct answer *a)
{
	(void)w;
	json_object_set_new(
	    a->dev[1], "x-nvidia-error-details", json_pack("{si}", "code", 9999));
}
static void bend_error_text(struct nras_world *w, struct answer *a)
{
	(void)w;
	set(a->dev[1], "x-nvidia-error-details", "broken");
}
static void bend_warning(struct nras_world *w, struct answer *a)
{
	(void)w;
	set(a->dev[1], "x-nvidia-attestation-warning", "driver reaches its end");
}

/* ---- the key and its chain ---- */

static json_t *first_key(struct nras_world *w)
{
	return json_array_get(json_object_get(w->jwks, "keys"), 0);
}
static void bend_unpinned(struct nras_world *w, struct answer *a)
{
	(void)a;
	w->trust.n = 0;
}
static void bend_lab(struct nras_world *w, struct answer *a)
{
	(void)a;
	w->trust.at[0].lab = true;
}
static void bend_no_x5c(struct nras_world *w, struct answer *a)
{
	(void)a;
	json_object_del(first_key(w), "x5c");
}
static void bend_x5c_one(struct nras_world *w, struct answer *a)
{
	(void)a;
	json_array_remove(json_object_get(first_key(w), "x5c"), 1);
}
/* The other CA has the same name and is pinned, but did not sign the leaf. */
static void bend_x5c_other(struct nras_world *w, struct answer *a)
{
	(void)a;
	pin_ca(w, &w->other_ca);
	json_array_set_new(
	    json_object_get(first_key(w), "x5c"), 1, b64_of(w->other_ca.x509));
}
static void bend_xy(struct nras_world *w, struct answer *a)
{
	gh_auto(json_t *, gh_json_free) k = jwk_of(w->other, KID);

	(void)a;
	json_object_update(first_key(w), k);
}
static void bend_private(struct nras_world *w, struct answer *a)
{
	(void)a;
	set(first_key(w), "d", "AA");
}
static void bend_jwks(struct nras_world *w, struct answer *a)
{
	(void)a;
	json_object_clear(w->jwks);
}
static void bend_no_jwks(struct nras_world *w, struct answer *a)
{
	(void)a;
	w->ctx.jwks.n = 0;
}
static void bend_iat_early(struct nras_world *w, struct answer *a)
{
	(void)w;
	json_object_set_new(a->overall, "iat", json_integer(PKI_AT - 86401));
}
static void bend_iat_late(struct nras_world *w, struct answer *a)
{
	(void)w;
	json_object_set_new(a->overall, "iat", json_integer(PKI_AT + 86401));
}
static void bend_no_iat(struct nras_world *w, struct answer *a)
{
	(void)w;
	json_object_del(a->overall, "iat");
}
/* A leaf that is itself a CA, that the pinned one signed with PSS, or under another name. */
static void new_leaf(struct nras_world *w, X509 *x)
{
	json_array_set_new(json_object_get(first_key(w), "x5c"), 0, b64_of(x));
	X509_free(x);
}
static void bend_leaf_ca(struct nras_world *w, struct answer *a)
{
	X509 *x = blank_cert("leaf", w->ca.x509, gh_signer_evp(w->signer));

	(void)a;
	add_conf_ext(x, x, NID_basic_constraints, "critical,CA:TRUE");
	sign_cert(x, w->ca.key, false);
	new_leaf(w, x);
}
static void bend_leaf_usage(struct nras_world *w, struct answer *a)
{
	X509 *x = blank_cert("leaf", w->ca.x509, gh_signer_evp(w->signer));

	(void)a;
	add_conf_ext(x, x, NID_key_usage, "critical,keyAgreement");
	sign_cert(x, w->ca.key, false);
	new_leaf(w, x);
}
static void bend_leaf_pss(struct nras_world *w, struct answer *a)
{
	X509 *x = blank_cert("leaf", w->ca.x509, gh_signer_evp(w->signer));

	(void)a;
	sign_cert(x, w->ca.key, true);
	new_leaf(w, x);
}
static void bend_leaf_name(struct nras_world *w, struct answer *a)
{
	X509 *x = blank_cert("leaf", NULL, gh_signer_evp(w->signer));

	(void)a;
	sign_cert(x, w->ca.key, false);
	new_leaf(w, x);
}
/* One key id, two keys, in two documents. */
static struct gh_bytes two_docs[2];
static struct gh_buf second_doc;
static void bend_ambiguous(struct nras_world *w, struct answer *a)
{
	gh_auto(json_t *, gh_json_free) k = jwk_of(w->other, KID);

	(void)a;
	gh_buf_clear(&second_doc);
	gh_json_dump(&second_doc, k);
	gh_json_dump(&w->jwks_text, w->jwks);
	two_docs[0] = two_docs[1] = gh_buf_view(&second_doc);
	w->ctx.jwks = (struct gh_docs){two_docs, 2};
}

static const struct bad {
	void (*bend)(struct nras_world *, struct answer *);
	const char *subject, *step;
	enum gh_verdict verdict;
	const char *code;
} bads[] = {
    {bend_alg_none, "t", "eat.signature", GH_FAIL, "eat.signature.none"},
    {bend_alg_none, "t", "eat.key", GH_SKIP, "eat.key.unsigned"},
    {bend_hs256, "t", "eat.signature", GH_FAIL, "eat.signature.algorithm"},
    {bend_es256, "t", "eat.signature", GH_FAIL, "eat.signature.algorithm"},
    {bend_no_alg, "t", "eat.signature", GH_FAIL, "eat.signature.algorithm"},
    {bend_crit, "t", "eat.parse", GH_FAIL, "eat.parse.crit"},
    {bend_kid, "t", "eat.key", GH_UNKNOWN, "eat.key.unknown"},
    {bend_no_kid, "t", "eat.key", GH_FAIL, "eat.key.no-kid"},
    {bend_signer, "t", "eat.signature", GH_FAIL, "eat.signature.bad"},
    {bend_signer, "t:GPU-0", "eat.device.listed", GH_SKIP, "parent.not.proven"},
    {bend_signer, "t:GPU-0", "eat.device.signature", GH_SKIP, "parent.not.proven"},
    {bend_staging, "t", "eat.issuer", GH_FAIL, "eat.issuer.staging"},
    {bend_issuer, "t", "eat.issuer", GH_FAIL, "eat.issuer.other"},
    {bend_no_issuer, "t", "eat.issuer", GH_FAIL, "eat.issuer.missing"},
    {bend_subject, "t", "eat.issuer", GH_FAIL, "eat.issuer.subject"},
    {bend_expired, "t", "eat.time", GH_STALE, "eat.time.expired"},
    {bend_expired, "t:GPU-1", "eat.device.time", GH_STALE, "eat.device.time.expired"},
    {bend_future, "t", "eat.time", GH_FAIL, "eat.time.notyet"},
    {bend_nbf, "t", "eat.time", GH_FAIL, "eat.time.notyet"},
    {bend_no_exp, "t", "eat.time", GH_FAIL, "eat.time.missing"},
    {bend_exp_text, "t", "eat.time", GH_FAIL, "eat.time.format"},
    {bend_exp_order, "t", "eat.time", GH_FAIL, "eat.time.order"},
    {bend_iat_huge, "t", "eat.time", GH_FAIL, "eat.time.format"},
    {bend_iat_huge, "t", "eat.key", GH_FAIL, "eat.key.iat"},
    {bend_nonce, "t", "eat.nonce", GH_FAIL, "eat.nonce.mismatch"},
    {bend_nonce, "t:GPU-0", "eat.device.nonce", GH_FAIL, "eat.device.nonce.mismatch"},
    {bend_nonce_short, "t", "eat.nonce", GH_FAIL, "eat.nonce.format"},
    {bend_nonce_short, "t:GPU-0", "eat.device.nonce", GH_FAIL,
	"eat.device.nonce.differs"},
    {bend_nonce_long, "t", "eat.nonce", GH_FAIL, "eat.nonce.format"},
    {bend_no_nonce, "t", "eat.nonce", GH_FAIL, "eat.nonce.missing"},
    {bend_dev_nonce, "t:GPU-1", "eat.device.nonce", GH_FAIL, "eat.device.nonce.differs"},
    {bend_digest, "t", "eat.submods", GH_FAIL, "eat.submods.digest"},
    {bend_digest, "t:GPU-1", "eat.device.listed", GH_FAIL, "eat.device.listed.digest"},
    {bend_digest, "t:GPU-0", "eat.device.listed", GH_PASS, ""},
    {bend_digest_alg, "t", "eat.submods", GH_FAIL, "eat.submods.algorithm"},
    {bend_digest_form, "t", "eat.submods", GH_FAIL, "eat.submods.format"},
    {bend_digest_kind, "t", "eat.submods", GH_FAIL, "eat.submods.format"},
    {bend_digest_forms, "t", "eat.submods", GH_FAIL, "eat.submods.format"},
    {bend_digest_forms, "t:GPU-3", "eat.device.listed", GH_FAIL,
	"eat.device.listed.format"},
    {bend_many, "t", "eat.submods", GH_FAIL, "eat.submods.count"},
    {bend_noise, "t", "eat.submods", GH_FAIL, "eat.submods.name"},
    {bend_extra, "t", "eat.submods", GH_FAIL, "eat.submods.extra"},
    {bend_extra, "t:GPU-2", "eat.device.listed", GH_FAIL, "eat.device.listed.extra"},
    {bend_missing, "t", "eat.submods", GH_FAIL, "eat.submods.missing"},
    {bend_name, "t", "eat.submods", GH_FAIL, "eat.submods.name"},
    {bend_name_far, "t", "eat.submods", GH_FAIL, "eat.submods.name"},
    {bend_name_kind, "t:SWITCH-1", "eat.device.listed", GH_FAIL,
	"eat.device.listed.kind"},
    {bend_map_value, "t", "eat.submods", GH_FAIL, "eat.submods.format"},
    {bend_map_value, "t:GPU-1", "eat.device.listed", GH_FAIL, "eat.device.listed.format"},
    {bend_map_value, "t:GPU-1", "eat.device.parse", GH_FAIL, "eat.device.parse.parts"},
    {bend_no_devices, "t", "eat.submods", GH_FAIL, "eat.submods.none"},
    {bend_submods, "t", "eat.submods", GH_FAIL, "eat.submods.none"},
    {bend_count, "t", "eat.submods", GH_FAIL, "eat.submods.count"},
    {bend_false, "t", "eat.overall", GH_FAIL, "eat.overall.false"},
    {bend_no_result, "t", "eat.overall", GH_FAIL, "eat.overall.missing"},
    {bend_text_result, "t", "eat.overall", GH_FAIL, "eat.overall.false"},
    {bend_version, "t", "eat.overall", GH_FAIL, "eat.overall.version"},
    {bend_version, "t:GPU-0", "eat.device.verdict", GH_FAIL,
	"eat.device.verdict.version"},
    {bend_twin, "t:GPU-0", "eat.device.ueid", GH_FAIL, "eat.device.ueid.twin"},
    {bend_twin, "t:GPU-1", "eat.device.ueid", GH_FAIL, "eat.device.ueid.twin"},
    {bend_ueid, "t:GPU-1", "eat.device.ueid", GH_FAIL, "eat.device.ueid.format"},
    {bend_no_ueid, "t:GPU-1", "eat.device.ueid", GH_FAIL, "eat.device.ueid.missing"},
    {bend_dev_signer, "t:GPU-0", "eat.device.signature", GH_FAIL,
	"eat.device.signature.bad"},
    {bend_dev_kid, "t:GPU-1", "eat.device.key", GH_UNKNOWN, "eat.device.key.unknown"},
    {bend_dev_none, "t:GPU-1", "eat.device.signature", GH_FAIL,
	"eat.device.signature.none"},
    {bend_dev_issuer, "t:GPU-1", "eat.device.issuer", GH_FAIL, "eat.device.issuer.other"},
    {bend_dev_expired, "t:GPU-1", "eat.device.time", GH_STALE, "eat.device.time.expired"},
    {bend_error, "t:GPU-1", "eat.device.error", GH_FAIL, "eat.device.error.4015"},
    {bend_error_new, "t:GPU-1", "eat.device.error", GH_FAIL, "eat.device.error.other"},
    {bend_error_text, "t:GPU-1", "eat.device.error", GH_FAIL, "eat.device.error.format"},
    {bend_warning, "t:GPU-1", "eat.device.warning", GH_WARN, "eat.device.warning.given"},
    {bend_unpinned, "t", "eat.key", GH_FAIL, "eat.key.unpinned"},
    {bend_lab, "t", "eat.key", GH_FAIL, "eat.key.lab"},
    {bend_no_x5c, "t", "eat.key", GH_FAIL, "eat.key.x5c"},
    {bend_x5c_one, "t", "eat.key", GH_FAIL, "eat.key.x5c"},
    {bend_x5c_other, "t", "eat.key", GH_FAIL, "eat.key.chain"},
    {bend_xy, "t", "eat.key", GH_FAIL, "eat.key.mismatch"},
    {bend_private, "t", "eat.key", GH_FAIL, "eat.key.private"},
    {bend_jwks, "t", "eat.key", GH_UNKNOWN, "eat.key.jwks"},
    {bend_no_jwks, "t", "eat.key", GH_UNKNOWN, "eat.key.no-jwks"},
    {bend_iat_early, "t", "eat.key", GH_FAIL, "eat.key.notyet"},
    {bend_iat_late, "t", "eat.key", GH_FAIL, "eat.key.expired"},
    {bend_no_iat, "t", "eat.key", GH_FAIL, "eat.key.iat"},
    {bend_leaf_ca, "t", "eat.key", GH_FAIL, "eat.key.role"},
    {bend_leaf_usage, "t", "eat.key", GH_FAIL, "eat.key.role"},
    {bend_leaf_pss, "t", "eat.key", GH_FAIL, "eat.key.algorithm"},
    {bend_leaf_name, "t", "eat.key", GH_FAIL, "eat.key.issuer"},
};

static void test_answer_when_one_thing_is_wrong_then_its_code(void **state)
{
	struct nras_world good;

	(void)state;
	open_world(&good);
	for (size_t i = 0; i < GH_COUNT(bads); i++) {
		struct nras_world w = good;
		struct answer a;

		w.jwks = json_deep_copy(good.jwks);
		w.jwks_text = (struct gh_buf){0};
		w.r = (struct gh_result){0};
		w.ctx.trust = &w.trust;
		w.ctx.nonce.p = w.nonce;
		w.ctx.jwks.at = w.docs;
		open_answer(&a, &w, i % 2 ? "2.0" : "3.0", false);
		bads[i].bend(&w, &a);
		judge(&w, &a);
		assert_step(
		    &w.r, bads[i].subject, bads[i].step, bads[i].verdict, bads[i].code);
		if (gh_result_verdict(&w.r) == GH_PASS)
			fail_msg("%zu: %s passes", i, bads[i].code);
		free_answer(&a);
		json_decref(w.jwks);
		gh_buf_free(&w.jwks_text);
		gh_result_free(&w.r);
	}
	print_message("%zu answers with one thing wrong: none passes\n", GH_COUNT(bads));
	close_world(&good);
}

static void test_keys_when_in_two_documents_then_one_or_ambiguous(void **state)
{
	struct gh_bytes docs[2];
	struct nras_world w;
	struct answer a;

	(void)state;
	open_world(&w);
	open_answer(&a, &w, "2.0", false);
	seal(&a);
	judge_bytes(&w, gh_buf_view(&a.text));
	docs[0] = docs[1] = w.docs[0]; /* the same key twice is one key */
	w.ctx.jwks = (struct gh_docs){docs, 2};
	judge_bytes(&w, gh_buf_view(&a.text));
	docs[0] = docs[1] = w.docs[0];
	judge_bytes(&w, gh_buf_view(&a.text));
	assert_step(&w.r, "t", "eat.key", GH_PASS, "");
	bend_ambiguous(&w, &a);
	two_docs[0] = w.docs[0];
	judge_bytes(&w, gh_buf_view(&a.text));
	two_docs[0] = w.docs[0];
	judge_bytes(&w, gh_buf_view(&a.text));
	assert_step(&w.r, "t", "eat.key", GH_FAIL, "eat.key.ambiguous");
	free_answer(&a);
	close_world(&w);
	gh_buf_free(&second_doc);
}

static void test_lab_anchor_when_allowed_then_marked_everywhere(void **state)
{
	struct nras_world w;
	struct answer a;

	(void)state;
	open_world(&w);
	w.trust.at[0].lab = true;
	w.ctx.allow_lab = true;
	open_answer(&a, &w, "2.0", false);
	judge(&w, &a);
	assert_int_equal(gh_result_verdict(&w.r), GH_PASS);
	for (size_t i = 0; i < w.r.findings.n; i++)
		assert_true(w.r.findings.at[i].lab);
	free_answer(&a);
	close_world(&w);
}

static void test_pin_when_it_ends_soon_then_warned(void **state)
{
	struct nras_world w;

	(void)state;
	open_world(&w);
	for (int soon = 0; soon < 2; soon++) {
		struct answer a;

		prolong(&w.ca, (int64_t)90 * 86400 - soon);
		json_array_set_new(
		    json_object_get(first_key(&w), "x5c"), 1, b64_of(w.ca.x509));
		open_answer(&a, &w, "2.0", false);
		judge(&w, &a);
		assert_step(&w.r, "t", "eat.key", soon ? GH_WARN : GH_PASS,
		    soon ? "eat.key.pin-ends" : "");
		assert_step(&w.r, "t", "eat.signature", GH_PASS, "");
		free_answer(&a);
	}
	close_world(&w);
}

/* ---- the device's claims, one by one ------------------------------------------------------- */

/* Each claim of a good token, taken away or turned round: what must be there is missed. */
static void try_claim(struct nras_world *w, const char *version, bool sw, const char *key)
{
	/* not judged by the verdict: times and names are other steps' matter */
	static const char *const free_of[] = {"iss", "iat", "nbf", "exp", "jti",
	    "eat_nonce", "ueid", "hwmodel", "x-nvidia-attestation-warning",
	    GPU "driver-version", GPU "vbios-version", SWITCH "bios-version"};
	bool optional = strcmp(version, "3.0") == 0 && strstr(key, "-schema-") != NULL;

	for (size_t i = 0; i < GH_COUNT(free_of); i++)
		if (strcmp(key, free_of[i]) == 0)
			return;
	for (int turn = 0; turn < 3; turn++) {
		struct answer a;
		const struct gh_finding *f;

		open_answer(&a, w, version, sw);
		if (turn == 0)
			json_object_del(a.dev[1], key);
		else
			json_object_set_new(a.dev[1], key,
			    turn == 1 ? json_false() : json_string("true"));
		judge(w, &a);
		/* without its arch-check a token is of no kind, which is said first */
		f = step(&w->r, sw ? "t:SWITCH-1" : "t:GPU-1", "eat.device.verdict");
		if (turn == 0 && optional)
			assert_int_equal(f->verdict, GH_PASS);
		else if (f->verdict == GH_PASS)
			fail_msg("%s %s, turn %d: PASS", version, key, turn);
		free_answer(&a);
	}
}

static void test_claims_when_one_is_not_good_then_no_pass(void **state)
{
	struct nras_world w;
	size_t n = 0;

	(void)state;
	open_world(&w);
	for (int i = 0; i < 4; i++) {
		const char *version = i % 2 ? "3.0" : "2.0", *key;
		gh_auto(json_t *, gh_json_free) good =
		    i < 2 ? gpu(1, version) : nvswitch(1, version);
		json_t *v;

		json_object_foreach(good, key, v)
		{
			try_claim(&w, version, i >= 2, key);
			n++;
		}
	}
	print_message("%zu claims taken away or turned round\n", n);
	close_world(&w);
}

static void test_claims_when_deeper_fault_then_its_code(void **state)
{
	static const struct {
		const char *object, *key, *value, *code;
	} t[] = {
	    {NULL, "measres", "\"fail\"", "eat.device.verdict.measres"},
	    {NULL, "measres", "\"comparison-successful\"", "eat.device.verdict.measres"},
	    {NULL, "secboot", "\"true\"", "eat.device.verdict.secboot"},
	    {NULL, "dbgstat", "\"enabled\"", "eat.device.verdict.dbgstat"},
	    {NULL, "x-nvidia-some-new-check", "false", "eat.device.verdict.flag"},
	    {NULL, "x-nvidia-some-new-check", "true", ""},
	    {NULL, "some-other-claim", "false", ""},
	    {NULL, "x-nvidia-mismatch-measurement-records",
		"[{\"index\":9,\"measurementSource\":\"Firmware\"},{\"index\":12}]",
		"eat.device.verdict.measres"},
	    {NULL, "x-nvidia-mismatch-measurement-records", "[]", ""},
	    {GPU "attestation-report-cert-chain", "x-nvidia-cert-status", "\"expired\"",
		"eat.device.verdict.chain"},
	    {GPU "driver-rim-cert-chain", "x-nvidia-cert-ocsp-status", "\"revoked\"",
		"eat.device.verdict.driver-rim"},
	    {GPU "vbios-rim-cert-chain", "x-nvidia-cert-ocsp-status", "\"unknown\"",
		"eat.device.verdict.vbios-rim"},
	    {GPU "vbios-rim-cert-chain", "x-nvidia-cert-ocsp-nonce-matches", "false",
		"eat.device.verdict.vbios-rim"},
	    {GPU "vbios-rim-cert-chain", "x-nvidia-cert-ocsp-nonce-matches", "true", ""},
	    {GPU "vbios-rim-cert-chain", "x-nvidia-cert-ocsp-response-valid", "false",
		"eat.device.verdict.vbios-rim"},
	    {GPU "vbios-rim-cert-chain", "x-nvidia-cert-ocsp-response-valid", "true", ""},
	};
	struct nras_world w;

	(void)state;
	open_world(&w);
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		struct answer a;
		json_t *o;

		open_answer(&a, &w, "3.0", false);
		o = t[i].object ? json_object_get(a.dev[1], t[i].object) : a.dev[1];
		json_object_set_new(
		    o, t[i].key, gh_json_parse(t[i].value, strlen(t[i].value), NULL));
		judge(&w, &a);
		assert_step(&w.r, "t:GPU-1", "eat.device.verdict",
		    *t[i].code ? GH_FAIL : GH_PASS, t[i].code);
		free_answer(&a);
	}
	close_world(&w);
}

static void test_error_when_each_number_then_its_remedy(void **state)
{
	static const int number[] = {4003, 4007, 4010, 4013, 4014, 4015, 5013};
	struct nras_world w;

	(void)state;
	open_world(&w);
	for (size_t i = 0; i < GH_COUNT(number); i++) {
		struct answer a;
		const struct gh_finding *f;
		char code[40];

		open_answer(&a, &w, "2.0", false);
		json_decref(a.dev[0]);
		a.dev[0] = times(json_object());
		json_object_del(a.dev[0], "eat_nonce");
		json_object_set_new(a.dev[0], "x-nvidia-error-details",
		    json_pack("{siss}", "code", number[i], "message", "WORDS"));
		judge(&w, &a);
		snprintf(code, sizeof(code), "eat.device.error.%d", number[i]);
		assert_step(&w.r, "t:GPU-0", "eat.device.error", GH_FAIL, code);
		f = step(&w.r, "t:GPU-0", "eat.device.error");
		assert_non_null(strstr(f->observed, "WORDS"));
		assert_null(strstr(f->remedy, "look the number up"));
		assert_step(
		    &w.r, "t:GPU-0", "eat.device.verdict", GH_SKIP, "parent.not.proven");
		assert_step(
		    &w.r, "t:GPU-0", "eat.device.nonce", GH_SKIP, "parent.not.proven");
		assert_step(&w.r, "t:GPU-1", "eat.device.verdict", GH_PASS, "");
		free_answer(&a);
	}
	close_world(&w);
}

/* ---- tokens alone, other shapes --------------------------------------------------------------- */

static void test_token_alone_when_device_then_judged_as_one(void **state)
{
	static const struct {
		const char *version, *name, *verdict_code;
		bool sw;
	} t[] = {
	    {"2.0", NULL, "", false},
	    {"3.0", NULL, "", false},
	    {"2.0", NULL, "", true},
	    {"3.0", NULL, "", true},
	    {"3.0", "3.0", "", false},
	    {"3.0", "4.0", "eat.device.verdict.version", false},
	    {"none", NULL, "eat.device.verdict.version", false},
	};
	struct nras_world w;

	(void)state;
	open_world(&w);
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_buf, gh_buf_free) token = {0};
		gh_auto(json_t *, gh_json_free) h = header();
		gh_auto(json_t *, gh_json_free) c =
		    t[i].sw ? nvswitch(0, t[i].version) : gpu(0, t[i].version);

		if (t[i].name)
			set(c, GPU "claims-version", t[i].name);
		if (strcmp(t[i].version, "none") == 0)
			json_object_del(c, GPU "attestation-report-cert-chain-validated");
		add_token(&token, h, c, w.signer);
		gh_buf_str(&token, "\n");
		assert_true(gh_eat_looks(gh_buf_view(&token)));
		judge_bytes(&w, gh_buf_view(&token));
		assert_int_equal(w.r.n_subjects, 1);
		assert_string_equal(w.r.subject[0].kind, t[i].sw ? "switch" : "gpu");
		assert_step(&w.r, "t", "eat.device.verdict",
		    *t[i].verdict_code ? GH_FAIL : GH_PASS, t[i].verdict_code);
		assert_int_equal(
		    gh_result_verdict(&w.r), *t[i].verdict_code ? GH_FAIL : GH_PASS);
	}
	close_world(&w);
}

static void test_token_alone_when_error_then_device_fails(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) token = {0};
	gh_auto(json_t *, gh_json_free) h = header();
	gh_auto(json_t *, gh_json_free) c = times(json_object());
	struct nras_world w;

	(void)state;
	open_world(&w);
	json_object_set_new(c, "x-nvidia-error-details", json_pack("{si}", "code", 4013));
	add_token(&token, h, c, w.signer);
	judge_bytes(&w, gh_buf_view(&token));
	assert_step(&w.r, "t", "eat.device.error", GH_FAIL, "eat.device.error.4013");
	assert_step(&w.r, "t", "eat.signature", GH_PASS, "");
	close_world(&w);
}

static void test_answer_when_switches_are_due_then_counted(void **state)
{
	static const size_t due[] = {0, 2, 4};
	struct nras_world w;

	(void)state;
	open_world(&w);
	four = *gh_policy_strict();
	w.ctx.policy = &four;
	for (size_t i = 0; i < GH_COUNT(due); i++) {
		struct answer a;

		four.nvidia.gpus = 8; /* of which this answer does not speak */
		four.nvidia.switches = due[i];
		open_answer(&a, &w, "3.0", true);
		judge(&w, &a);
		assert_step(&w.r, "t", "eat.submods", due[i] == 4 ? GH_FAIL : GH_PASS,
		    due[i] == 4 ? "eat.submods.count" : "");
		free_answer(&a);
	}
	close_world(&w);
}

static void test_token_alone_when_overall_then_devices_are_missing(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) token = {0};
	struct nras_world w;
	struct answer a;

	(void)state;
	open_world(&w);
	open_answer(&a, &w, "2.0", false);
	seal(&a);
	add_token(&token, a.header, a.overall, w.signer);
	judge_bytes(&w, gh_buf_view(&token));
	assert_step(&w.r, "t", "eat.submods", GH_FAIL, "eat.submods.missing");
	assert_step(&w.r, "t", "eat.signature", GH_PASS, "");
	free_answer(&a);
	close_world(&w);
}

static void test_shape_when_wrong_then_parse_fails(void **state)
{
	static const char *const t[] = {"[]", "{}", "[1,2]", "[[\"JWT\"],{}]",
	    "[[\"JWT\",1],{}]", "[[\"jwt\",\"a.b.c\"],{}]", "[[\"JWT\",\"a.b.c\"],[]]",
	    "[[\"JWT\",\"a.b.c\"],{},1]", "[[\"JWT\",\"a.b.c\",1],{}]", "[[1,\"a\"],{}]",
	    "[", "{\"detached_eat\":1}", "", "x", "a.b", "e30.MQ.AA", "e30.e30=.AA",
	    "eyJhbGciOiJFUzM4NCJ9.MQ.AA"};
	struct nras_world w;

	(void)state;
	open_world(&w);
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		judge_bytes(&w, gh_text_of(t[i]));
		assert_int_equal(step(&w.r, "t", "eat.parse")->verdict, GH_FAIL);
		assert_int_equal(gh_result_verdict(&w.r), GH_FAIL);
	}
	close_world(&w);
}

static void test_local_output_when_unsigned_then_never_pass(void **state)
{
	static const struct {
		int rc;
		enum gh_verdict verdict;
		const char *code;
	} t[] = {{0, GH_SKIP, "eat.local.unsigned"}, {12, GH_FAIL, "eat.local.failed"},
	    {-1, GH_FAIL, "eat.local.failed"}};
	struct nras_world w;

	(void)state;
	open_world(&w);
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(json_t *, gh_json_free) inner = NULL;
		gh_auto(json_t *, gh_json_free) o = NULL;
		gh_auto(struct gh_buf, gh_buf_free) text = {0};
		gh_auto(struct gh_fields, gh_fields_free) shown = {0};
		struct answer a;

		open_answer(&a, &w, "3.0", false);
		bend_alg_none(&w, &a);
		for (size_t k = 0; k < a.n; k++)
			set(a.dev_header[k], "alg", "none");
		a.digest_alg = "SHA256";
		seal(&a);
		inner = gh_json_parse(a.text.p, a.text.len, NULL);
		o = json_pack("{s[O]sOsiss}", "claims", a.dev[0], "detached_eat", inner,
		    "result_code", t[i].rc, "result_message", "Ok");
		if (t[i].rc < 0)
			json_object_del(o, "result_code");
		gh_json_dump(&text, o);
		assert_true(gh_eat_looks(gh_buf_view(&text)));
		judge_bytes(&w, gh_buf_view(&text));
		assert_step(&w.r, "t", "eat.local", t[i].verdict, t[i].code);
		assert_step(&w.r, "t", "eat.signature", GH_FAIL, "eat.signature.none");
		assert_step(&w.r, "t:GPU-0", "eat.device.signature", GH_FAIL,
		    "eat.device.signature.none");
		assert_int_equal(gh_result_verdict(&w.r), GH_FAIL);
		assert_int_equal(gh_eat_show(&shown, gh_buf_view(&text), NULL), 0);
		free_answer(&a);
	}
	close_world(&w);
}

static void test_looks_when_other_things_then_not(void **state)
{
	static const struct {
		const char *text;
		bool is;
	} t[] = {
	    {" [ [ \"JWT\" , \"a\"], {}]", true},
	    {"[[\"DIGEST\",1]]", false},
	    {"[", false},
	    {"[1]", false},
	    {"{\"evidence_list\":[]}", false},
	    {"{\"claims\":[],\"detached_eat\":[]}", true},
	    {"eyJ.a.b", true},
	    {"eyJ.a", false},
	    {"eyJ.a.b c", false},
	    {"abc.a.b", false},
	    {"", false},
	};
	static const struct {
		const char *text;
		bool is;
	} k[] = {
	    {"{\"keys\":[{\"kty\":\"EC\"}]}", true},
	    {"{\"kty\":\"EC\",\"crv\":\"P-256\"}", true},
	    {"{\"kty\":\"RSA\",\"n\":\"AA\"}", true},
	    {"{\"kty\":\"oct\"}", false},
	    {"{\"keys\":[]}", false},
	    {"{\"keys\":[1]}", false},
	    {"[]", false},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++)
		assert_int_equal(gh_eat_looks(gh_text_of(t[i].text)), t[i].is);
	for (size_t i = 0; i < GH_COUNT(k); i++) {
		gh_auto(json_t *, gh_json_free) v =
		    gh_json_parse(k[i].text, strlen(k[i].text), NULL);

		assert_int_equal(gh_jwks_looks(v), k[i].is);
	}
}

/* ---- against our own verdict -------------------------------------------------------------------- */

static void add_local(struct gh_result *r, const char *name, const char *ueid,
    enum gh_verdict driver, enum gh_verdict vbios)
{
	struct gh_subject *s = gh_result_subject(r, name, "gpu");

	gh_claim(s, "ueid", "%s", ueid);
	gh_claim(s, "report_sha256", "00");
	gh_claim(s, "driver", "595.71.05");
	gh_claim(s, "vbios", "96.00.D9.00.02");
	gh_judge(
	    gh_findings_add(&r->findings, name, "gpu.driver.measurements"), driver, "x");
	if (vbios != GH_SKIP)
		gh_judge(gh_findings_add(&r->findings, name, "gpu.vbios.measurements"),
		    vbios, "x");
}

static void test_compare_when_two_verdicts_then_differences_named(void **state)
{
	static const struct {
		const char *ueid;
		enum gh_verdict driver, vbios;
		const char *claim, *value; /* of our subject, changed */
		const char *measres;
		enum gh_verdict want;
		const char *code;
	} t[] = {
	    {"47817637928600", GH_PASS, GH_PASS, "driver", "595.71.05", "success",
		GH_PASS, ""},
	    {"47817637928600", GH_PASS, GH_SKIP, "driver", "595.71.05", "success",
		GH_PASS, ""},
	    {"47817637928600", GH_UNKNOWN, GH_PASS, "driver", "595.71.05", "success",
		GH_PASS, ""},
	    {"47817637928600", GH_PASS, GH_FAIL, "driver", "595.71.05", "success",
		GH_FAIL, "eat.disagrees"},
	    {"47817637928600", GH_PASS, GH_PASS, "driver", "595.71.05", "fail", GH_FAIL,
		"eat.disagrees"},
	    {"47817637928600", GH_FAIL, GH_PASS, "driver", "595.71.05", "fail", GH_SKIP,
		"parent.not.proven"},
	    {"47817637928600", GH_PASS, GH_PASS, "driver", "550.90.07", "success",
		GH_FAIL, "eat.disagrees"},
	    {"47817637928600", GH_PASS, GH_PASS, "vbios", "96.00.D9.00.03", "success",
		GH_FAIL, "eat.disagrees"},
	    {"1", GH_PASS, GH_PASS, "driver", "595.71.05", "success", GH_FAIL,
		"eat.disagrees"},
	};
	struct nras_world w;

	(void)state;
	open_world(&w);
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		struct answer a;
		struct gh_result *r = &w.r;

		open_answer(&a, &w, "3.0", false);
		set(a.dev[0], "measres", t[i].measres);
		judge(&w, &a);
		add_local(r, "gpu-a", t[i].ueid, t[i].driver, t[i].vbios);
		gh_claim(
		    gh_result_subject(r, "gpu-a", "gpu"), t[i].claim, "%s", t[i].value);
		gh_eat_compare(r, "gpu-a", "t:GPU-0");
		assert_step(r, "t:GPU-0", "eat.compare", t[i].want, t[i].code);
		free_answer(&a);
	}
	close_world(&w);
}

static void test_compare_all_when_a_set_then_each_device_once(void **state)
{
	struct nras_world w;
	struct answer a;
	size_t n = 0;

	(void)state;
	open_world(&w);
	open_answer(&a, &w, "3.0", false);
	json_object_del(a.dev[1], "ueid");
	judge(&w, &a);
	gh_eat_compare_all(&w.r); /* nothing of ours: nothing to compare */
	assert_null(gh_findings_get(&w.r.findings, NULL, "eat.compare"));
	add_local(&w.r, "gpu-b", "77", GH_PASS, GH_PASS);
	gh_eat_compare_all(&w.r); /* another device than NRAS speaks of */
	assert_step(&w.r, "t:GPU-0", "eat.compare", GH_FAIL, "eat.disagrees");
	assert_step(&w.r, "t:GPU-1", "eat.compare", GH_PASS, "");
	judge_bytes(&w, gh_buf_view(&a.text));
	add_local(&w.r, "gpu-b", "77", GH_PASS, GH_PASS);
	add_local(&w.r, "gpu-a", "47817637928600", GH_PASS, GH_PASS);
	gh_eat_compare_all(&w.r);
	assert_step(&w.r, "t:GPU-0", "eat.compare", GH_PASS, "");
	for (size_t i = 0; i < w.r.findings.n; i++)
		n += strcmp(w.r.findings.at[i].step, "eat.compare") == 0;
	assert_int_equal(n, 2);
	/* by hand, with somebody who was never judged */
	gh_eat_compare(&w.r, "nobody", "t:GPU-0");
	assert_string_equal(
	    w.r.findings.at[w.r.findings.n - 1].code, "eat.compare.one-sided");
	gh_eat_compare(&w.r, "gpu-a", "t");
	assert_string_equal(
	    w.r.findings.at[w.r.findings.n - 1].code, "eat.compare.one-sided");
	free_answer(&a);
	close_world(&w);
}

/* ---- bytes ------------------------------------------------------------------------------------------ */

static void test_answer_when_any_byte_flipped_or_cut_then_no_pass(void **state)
{
	struct nras_world w;
	struct answer a;
	gh_auto(struct gh_memo *, gh_memo_free) memo = gh_memo_new();
	size_t n;

	(void)state;
	open_world(&w);
	w.ctx.memo = memo;
	open_answer(&a, &w, "2.0", false);
	a.n = 1;
	a.n_listed = 1;
	judge(&w, &a);
	assert_int_equal(gh_result_verdict(&w.r), GH_PASS);
	n = a.text.len;
	for (size_t i = 0; i < n; i++) {
		gh_auto(struct gh_fields, gh_fields_free) shown = {0};

		a.text.p[i] ^= 1;
		judge_bytes(&w, gh_buf_view(&a.text));
		if (gh_result_verdict(&w.r) == GH_PASS)
			fail_msg("byte %zu flipped and still PASS", i);
		assert_int_equal(gh_eat_show(&shown, gh_buf_view(&a.text), NULL), 0);
		a.text.p[i] ^= 1;
		judge_bytes(&w, (struct gh_bytes){a.text.p, i});
		assert_int_not_equal(gh_result_verdict(&w.r), GH_PASS);
	}
	free_answer(&a);
	close_world(&w);
}

static void test_show_when_anything_then_fields_and_error(void **state)
{
	static const struct {
		const char *text, *want;
	} t[] = {
	    {"", "not three parts"},
	    {"[", "JSON line"},
	    {"[]", "not of the shape"},
	    {"{\"detached_eat\":[]}", "not of the shape"},
	    {"[[\"JWT\",\"a.b.c\"],{\"GPU-0\":7}]", "7"},
	    {"eyJhbGciOiJFUzI1NiJ9.eyJpYXQiOjE3ODg3ODI0MDB9.AA", "2026-09-07T12:00:00Z"},
	    {"eyJhbGciOiJub25lIn0.eyJoYXJkd2FyZSI6OTd9.", "unknown hardware"},
	    {"eyJhbGciOiJub25lIn0.eyJoYXJkd2FyZSI6OTd9.", "alg none"},
	    {"eyJhbGciOiJFUzI1NiJ9.W10.AA", "no JSON object"},
	    /* {"iat":-1,"exp":"x","hardware":500,"executables":"y","nbf":2e40} */
	    {"eyJhbGciOiJub25lIn0."
	     "eyJpYXQiOi0xLCJleHAiOiJ4IiwiaGFyZHdhcmUiOjUwMCwiZXhlY3V0"
	     "YWJsZXMiOiJ5IiwibmJmIjoyZTQwfQ.",
		"hardware"},
	    /* {"iat":9000000000000} */
	    {"eyJhbGciOiJub25lIn0.eyJpYXQiOjkwMDAwMDAwMDAwMDB9.", "9000000000000"},
	};
	static const struct {
		const char *text, *want;
	} k[] = {
	    {"{\"keys\":[{\"kty\":\"oct\",\"kid\":\"k1\"}]}", "k1"},
	    {"{\"kty\":\"EC\",\"crv\":\"P-521\",\"use\":\"sig\"}", "unsupported"},
	    {"{\"keys\":7}", "no array"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t) + GH_COUNT(k); i++) {
		gh_auto(struct gh_fields, gh_fields_free) f = {0};
		gh_auto(struct gh_buf, gh_buf_free) plain = {0};
		bool jwks = i >= GH_COUNT(t);
		const char *in = jwks ? k[i - GH_COUNT(t)].text : t[i].text;
		const char *want = jwks ? k[i - GH_COUNT(t)].want : t[i].want;

		f.whole = gh_text_of("before");
		assert_int_equal(jwks ? gh_jwks_show(&f, gh_text_of(in), NULL)
				      : gh_eat_show(&f, gh_text_of(in), NULL),
		    0);
		assert_int_equal(f.whole.len, 6);
		assert_int_equal(f.depth, 0);
		gh_fields_plain(&plain, &f);
		if (strstr(gh_buf_cstr(&plain), want) == NULL)
			fail_msg("%s: no '%s' in\n%s", in, want, gh_buf_cstr(&plain));
	}
}

/* A token of very many members, and one very deep, stay within bounds. */
static void test_show_when_huge_then_bounded(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) wide = {0};
	gh_auto(struct gh_buf, gh_buf_free) token = {0};
	gh_auto(struct gh_fields, gh_fields_free) f = {0};

	(void)state;
	gh_buf_str(
	    &wide, "{\"deep\":{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{\"g\":1}}}}}}}");
	for (int i = 0; i < 9000; i++)
		gh_buf_fmt(&wide, ",\"m%d\":1", i);
	gh_buf_str(&wide, "}");
	gh_buf_str(&token, "eyJhbGciOiJub25lIn0.");
	gh_b64url(&token, wide.p, wide.len);
	gh_buf_str(&token, ".");
	assert_int_equal(gh_eat_show(&f, gh_buf_view(&token), NULL), 0);
	assert_true(f.n < 8300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_answer_when_all_good_then_pass),
	    cmocka_unit_test(test_answer_when_one_thing_is_wrong_then_its_code),
	    cmocka_unit_test(test_keys_when_in_two_documents_then_one_or_ambiguous),
	    cmocka_unit_test(test_lab_anchor_when_allowed_then_marked_everywhere),
	    cmocka_unit_test(test_pin_when_it_ends_soon_then_warned),
	    cmocka_unit_test(test_claims_when_one_is_not_good_then_no_pass),
	    cmocka_unit_test(test_claims_when_deeper_fault_then_its_code),
	    cmocka_unit_test(test_error_when_each_number_then_its_remedy),
	    cmocka_unit_test(test_token_alone_when_device_then_judged_as_one),
	    cmocka_unit_test(test_token_alone_when_error_then_device_fails),
	    cmocka_unit_test(test_answer_when_switches_are_due_then_counted),
	    cmocka_unit_test(test_token_alone_when_overall_then_devices_are_missing),
	    cmocka_unit_test(test_shape_when_wrong_then_parse_fails),
	    cmocka_unit_test(test_local_output_when_unsigned_then_never_pass),
	    cmocka_unit_test(test_looks_when_other_things_then_not),
	    cmocka_unit_test(test_compare_when_two_verdicts_then_differences_named),
	    cmocka_unit_test(test_compare_all_when_a_set_then_each_device_once),
	    cmocka_unit_test(test_answer_when_any_byte_flipped_or_cut_then_no_pass),
	    cmocka_unit_test(test_show_when_anything_then_fields_and_error),
	    cmocka_unit_test(test_show_when_huge_then_bounded),
	};

	return cmocka_run_group_tests_name("eat", tests, NULL, NULL);
}
