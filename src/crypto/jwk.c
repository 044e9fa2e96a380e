/* SPDX-License-Identifier: Apache-2.0
 * Reads JSON Web Keys: the point, the certificates, and that they are the same key. */
#include "crypto/jwk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "crypto/jws.h"

static const struct {
	const char *crv, *alg;
	int bits;
} curves[] = {
    {"P-256", "ES256", 256},
    {"P-384", "ES384", 384},
};

static void free_jwk(struct gh_jwk *k)
{
	gh_pubkey_free(&k->key);
	gh_certs_free(&k->x5c);
}

void gh_jwks_free(struct gh_jwks *s)
{
	for (size_t i = 0; i < s->n; i++)
		free_jwk(&s->at[i]);
	free(s->at);
	*s = (struct gh_jwks){0};
}

/* A string member into a fixed buffer; "" when it is absent, no string, or too long. */
static const char *member_into(char *out, size_t size, const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	out[0] = '\0';
	if (json_is_string(v) && json_string_length(v) < size)
		snprintf(out, size, "%s", json_string_value(v));
	return out;
}

/* One coordinate, exactly half the point. */
static bool coordinate(const json_t *o, const char *key, unsigned char *out, size_t half)
{
	gh_auto(struct gh_buf, gh_buf_free) raw = {0};
	const json_t *v = json_object_get(o, key);
	struct gh_bytes text = {
	    (const unsigned char *)json_string_value(v), json_string_length(v)};

	if (text.p == NULL || text.len > 128 || gh_unb64url(&raw, text, NULL) < 0 ||
	    raw.len != half)
		return false;
	memcpy(out, raw.p, half);
	return true;
}

static const char *read_point(struct gh_jwk *k, const json_t *o, int bits)
{
	size_t half = (size_t)bits / 8;
	unsigned char xy[96];

	if (!coordinate(o, "x", xy, half) || !coordinate(o, "y", xy + half, half) ||
	    gh_pubkey_from_xy(&k->key, bits, xy, NULL) < 0)
		return "point";
	return "";
}

/* Standard base64 of DER, as RFC 7517 section 4.7 wants it. */
static const char *read_x5c(struct gh_jwk *k, const json_t *o, struct gh_memo *memo)
{
	const json_t *list = json_object_get(o, "x5c");
	size_t n = json_array_size(list);

	if (list == NULL)
		return "";
	if (n == 0 || n > GH_JWK_X5C_MAX)
		return "x5c";
	for (size_t i = 0; i < n; i++) {
		gh_auto(struct gh_buf, gh_buf_free) der = {0};
		const json_t *v = json_array_get(list, i);
		struct gh_cert *c = NULL;

		if (!json_is_string(v) ||
		    gh_unb64(&der, json_string_value(v), json_string_length(v), NULL) <
			0 ||
		    gh_memo_cert(memo, &c, der.p, der.len, NULL) < 0 ||
		    gh_certs_add(&k->x5c, c, NULL) < 0)
			return "x5c";
	}
	return "";
}

static const char *bind_x5c(const struct gh_jwk *k)
{
	uint8_t mine[32];

	if (k->x5c.n == 0)
		return "";
	if (gh_pubkey_spki_sha256(k->key, mine, NULL) < 0 ||
	    memcmp(mine, gh_cert_spki_sha256(k->x5c.at[0]), 32) != 0)
		return "mismatch";
	return "";
}

/* What the key says it is for, where it says so. */
static const char *check_purpose(const json_t *o, const char *alg)
{
	const json_t *use = json_object_get(o, "use"),
		     *ops = json_object_get(o, "key_ops");
	const json_t *its = json_object_get(o, "alg");
	bool verifies = ops == NULL;

	if (use != NULL &&
	    (!json_is_string(use) || strcmp(json_string_value(use), "sig") != 0))
		return "use";
	for (size_t i = 0; i < json_array_size(ops); i++) {
		const char *op = json_string_value(json_array_get(ops, i));

		verifies = verifies || (op != NULL && strcmp(op, "verify") == 0);
	}
	if (!verifies)
		return "use";
	if (its != NULL &&
	    (!json_is_string(its) || strcmp(json_string_value(its), alg) != 0))
		return "alg";
	return "";
}

static const char *read_key(struct gh_jwk *k, const json_t *o, struct gh_memo *memo)
{
	const char *fault;
	size_t i = 0;

	if (json_object_get(o, "d") != NULL)
		return "private";
	while (i < GH_COUNT(curves) && strcmp(k->crv, curves[i].crv) != 0)
		i++;
	if (strcmp(k->kty, "EC") != 0 || i == GH_COUNT(curves))
		return "unsupported";
	fault = check_purpose(o, curves[i].alg);
	if (!*fault)
		fault = read_point(k, o, curves[i].bits);
	if (!*fault)
		fault = read_x5c(k, o, memo);
	return *fault ? fault : bind_x5c(k);
}

static int read_jwk(
    struct gh_jwk *k, const json_t *o, struct gh_memo *memo, struct gh_err *err)
{
	const json_t *kid = json_object_get(o, "kid");

	if (!json_is_string(json_object_get(o, "kty")))
		return gh_fail(err, GH_E_PARSE, "JWKS: a key without kty");
	if (kid != NULL &&
	    (!json_is_string(kid) || json_string_length(kid) >= sizeof(k->kid)))
		return gh_fail(err, GH_E_PARSE,
		    "JWKS: a kid that is no string of at most %zu bytes",
		    sizeof(k->kid) - 1);
	member_into(k->kid, sizeof(k->kid), o, "kid");
	member_into(k->kty, sizeof(k->kty), o, "kty");
	member_into(k->crv, sizeof(k->crv), o, "crv");
	k->fault = read_key(k, o, memo);
	if (*k->fault)
		gh_pubkey_free(&k->key);
	return 0;
}

static int read_set(
    struct gh_jwks *s, json_t *keys, struct gh_memo *memo, struct gh_err *err)
{
	size_t n = json_array_size(keys);

	if (n == 0 || n > GH_JWKS_MAX)
		return gh_fail(
		    err, GH_E_PARSE, "JWKS: %zu keys, want 1 to %d", n, GH_JWKS_MAX);
	s->at = calloc(n, sizeof(*s->at));
	if (s->at == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	for (size_t i = 0; i < n; i++) {
		struct gh_jwk *k = &s->at[s->n];

		if (read_jwk(k, json_array_get(keys, i), memo, err) < 0)
			return -1;
		if (*k->kid && gh_jwks_find(s, k->kid) != NULL) {
			free_jwk(k);
			return gh_fail(
			    err, GH_E_PARSE, "JWKS: kid %s is there twice", k->kid);
		}
		s->n++;
	}
	return 0;
}

int gh_jwks_parse(
    struct gh_jwks *out, struct gh_bytes json, struct gh_memo *memo, struct gh_err *err)
{
	gh_auto(json_t *, gh_json_free) top = gh_json_parse(json.p, json.len, err);
	json_t *keys = NULL;
	int rc;

	*out = (struct gh_jwks){0};
	if (top == NULL)
		return gh_err_prefix(err, "JWKS");
	if (json_is_object(top) && json_object_get(top, "kty") != NULL) {
		keys = json_array();
		if (keys == NULL || json_array_append(keys, top) < 0)
			rc = gh_fail(err, GH_E_NOMEM, "out of memory");
		else
			rc = read_set(out, keys, memo, err);
		json_decref(keys);
	} else {
		keys = json_object_get(top, "keys");
		rc = json_is_array(keys) ? read_set(out, keys, memo, err)
					 : gh_fail(err, GH_E_PARSE,
					       "JWKS: no array \"keys\" in an object");
	}
	if (rc < 0)
		gh_jwks_free(out);
	return rc;
}

const struct gh_jwk *gh_jwks_find(const struct gh_jwks *s, const char *kid)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->at[i].kid, kid) == 0)
			return &s->at[i];
	return NULL;
}
