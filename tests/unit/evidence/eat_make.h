/* SPDX-License-Identifier: Apache-2.0
 * A small NRAS of our own: an intermediate, a signing key under it, a key set, tokens. */
#pragma once

#include "base/text.h"
#include "crypto/jws.h"
#include "evidence/eat.h"
#include "tests/unit/evidence/cpu_pki.h"
#include "tests/unit/evidence/eat_steps.h"

#define KID   "nv-eat-kid-prod-test"
#define NONCE "080c405ce6789e1761445180029523df3ae49576043f7f0868413a38e5e9a84e"

static inline void add_token(struct gh_buf *out, const json_t *header,
    const json_t *claims, const struct gh_signer *s)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	gh_auto(struct gh_buf, gh_buf_free) sig = {0};
	size_t from = out->len;

	gh_json_dump(&text, header);
	gh_b64url(out, text.p, text.len);
	gh_buf_chr(out, '.');
	gh_buf_clear(&text);
	gh_json_dump(&text, claims);
	gh_b64url(out, text.p, text.len);
	if (s != NULL)
		assert_int_equal(
		    gh_sign_raw(s,
			EVP_PKEY_get_bits(gh_signer_evp(s)) == 384 ? GH_SHA384
								   : GH_SHA256,
			(struct gh_bytes){out->p + from, out->len - from}, &sig, NULL),
		    0);
	gh_buf_chr(out, '.');
	gh_b64url(out, sig.p, sig.len);
}

/* {"kty","crv","kid","x","y"} of the signer's key. */
static inline json_t *jwk_of(const struct gh_signer *s, const char *kid)
{
	gh_auto(struct gh_pubkey *, gh_pubkey_free) k = NULL;
	gh_auto(struct gh_buf, gh_buf_free) spki = {0};
	gh_auto(struct gh_buf, gh_buf_free) x = {0};
	gh_auto(struct gh_buf, gh_buf_free) y = {0};
	size_t half;
	json_t *o;

	assert_int_equal(gh_signer_pubkey(s, &k, NULL), 0);
	assert_int_equal(gh_pubkey_spki(k, &spki, NULL), 0);
	half = (size_t)gh_pubkey_ec_bits(k) / 8;
	gh_b64url(&x, spki.p + spki.len - 2 * half, half);
	gh_b64url(&y, spki.p + spki.len - half, half);
	o = json_pack("{ssssssss}", "kty", "EC", "crv", half == 32 ? "P-256" : "P-384",
	    "x", gh_buf_cstr(&x), "y", gh_buf_cstr(&y));
	if (kid)
		json_object_set_new(o, "kid", json_string(kid));
	return o;
}

static inline json_t *b64_of(X509 *x)
{
	gh_auto(struct gh_buf, gh_buf_free) b64 = {0};
	unsigned char *der = NULL;
	int n = i2d_X509(x, &der);

	assert_true(n > 0);
	gh_b64(&b64, der, (size_t)n);
	OPENSSL_free(der);
	return json_string(gh_buf_cstr(&b64));
}

struct nras_world {
	struct made ca, leaf, other_ca;
	struct gh_signer *signer, *other;
	json_t *jwks; /* {"keys":[..]}, as the test bends it */
	struct gh_buf jwks_text;
	struct gh_bytes docs[1];
	struct gh_trust trust;
	unsigned char nonce[32];
	struct gh_context ctx;
	struct gh_result r;
};

static inline void close_world(struct nras_world *w)
{
	free_made(&w->ca);
	free_made(&w->leaf);
	free_made(&w->other_ca);
	gh_signer_free(&w->signer);
	gh_signer_free(&w->other);
	json_decref(w->jwks);
	gh_buf_free(&w->jwks_text);
	gh_result_free(&w->r);
}

static inline json_t *jwk_with_chain(
    const struct gh_signer *s, const struct made *leaf, const struct made *ca)
{
	json_t *k = jwk_of(s, KID);

	json_object_set_new(
	    k, "x5c", json_pack("[oo]", b64_of(leaf->x509), b64_of(ca->x509)));
	return k;
}

static inline void pin_ca(struct nras_world *w, const struct made *ca)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	struct gh_anchor *a = &w->trust.at[w->trust.n++];

	add_made(&cs, ca);
	a->root = GH_ROOT_NVIDIA_NRAS;
	memcpy(a->spki, gh_cert_spki_sha256(cs.at[0]), 32);
}

/* The factory's certificates live two days; an intermediate lives for years. */
static inline void prolong(struct made *ca, int64_t seconds)
{
	assert_non_null(
	    ASN1_TIME_set(X509_getm_notAfter(ca->x509), PKI_AT + (time_t)seconds));
	sign_cert(ca->x509, ca->key, true);
}

/* Two of one name, made once: RSA keys take their time. */
static inline void share_ca(struct made *out, int which)
{
	static struct made ca[2];

	if (ca[which].key == NULL) {
		make_ca(&ca[which], "NRAS test intermediate", NULL, true);
		prolong(&ca[which], (int64_t)1000 * 86400);
	}
	assert_true(EVP_PKEY_up_ref(ca[which].key) == 1);
	*out = (struct made){ca[which].key, X509_dup(ca[which].x509)};
}

static inline void open_world(struct nras_world *w)
{
	*w = (struct nras_world){0};
	share_ca(&w->ca, 0);
	share_ca(&w->other_ca, 1);
	assert_int_equal(gh_signer_new(&w->signer, 384, NULL), 0);
	assert_int_equal(gh_signer_new(&w->other, 384, NULL), 0);
	make_leaf(&w->leaf, "NRAS test signer", &w->ca, gh_signer_evp(w->signer), NULL, 0,
	    false);
	w->jwks =
	    json_pack("{s[o]}", "keys", jwk_with_chain(w->signer, &w->leaf, &w->ca));
	pin_ca(w, &w->ca);
	/* views of the text stay good when it is written anew */
	assert_non_null(gh_buf_room(&w->jwks_text, 1 << 16));
	assert_int_equal(gh_unhex(w->nonce, 32, NONCE, NULL), 0);
	w->ctx = (struct gh_context){.at = PKI_AT,
	    .trust = &w->trust,
	    .nonce = {w->nonce, 32},
	    .jwks = {w->docs, 1}};
}

/* Judges those bytes with the key set as it is now. */
static inline void judge_bytes(struct nras_world *w, struct gh_bytes raw)
{
	struct gh_err e = {0};

	gh_buf_clear(&w->jwks_text);
	gh_json_dump(&w->jwks_text, w->jwks);
	w->docs[0] = gh_buf_view(&w->jwks_text);
	gh_result_free(&w->r);
	if (gh_eat_verify(&w->r, "t", raw, &w->ctx, &e))
		fail_msg("%s", e.what);
	assert_tree_of_each(&w->r);
}
