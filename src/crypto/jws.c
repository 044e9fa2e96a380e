/* SPDX-License-Identifier: Apache-2.0
 * Compact JWS: split, decode, check the header against what the caller allows, verify. */
#include "crypto/jws.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"

#define KID_MAX 255 /* characters of a key id */

static const struct {
	const char *word;
	enum gh_jws_alg alg;
	int bits; /* of the curve */
	enum gh_hash hash;
} algs[] = {
    {"ES256", GH_JWS_ES256, 256, GH_SHA256},
    {"ES384", GH_JWS_ES384, 384, GH_SHA384},
};

void gh_jws_free(struct gh_jws *j)
{
	gh_buf_free(&j->header_text);
	gh_buf_free(&j->payload);
	gh_buf_free(&j->signature);
	json_decref(j->header);
	*j = (struct gh_jws){0};
}

int gh_unb64url(struct gh_buf *out, struct gh_bytes in, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) std = {0};

	for (size_t i = 0; i < in.len; i++) {
		unsigned char c = in.p[i];

		if (c == '+' || c == '/' || c == '=')
			return gh_fail(
			    err, GH_E_PARSE, "base64url: '%c' at character %zu", c, i);
		gh_buf_chr(&std, c == '-' ? '+' : c == '_' ? '/' : (char)c);
	}
	if (in.len % 4 == 1)
		return gh_fail(err, GH_E_PARSE,
		    "base64url of %zu characters: no bytes are that long", in.len);
	while (!std.oom && std.len % 4 != 0)
		gh_buf_chr(&std, '=');
	if (gh_buf_ok(&std, err) < 0)
		return -1;
	return gh_unb64(out, gh_buf_cstr(&std), std.len, err);
}

void gh_b64url(struct gh_buf *out, const void *in, size_t len)
{
	size_t from = out->len;

	gh_b64(out, in, len);
	while (out->len > from && out->p[out->len - 1] == '=')
		out->len--;
	for (size_t i = from; i < out->len; i++) {
		if (out->p[i] == '+')
			out->p[i] = '-';
		else if (out->p[i] == '/')
			out->p[i] = '_';
	}
}

static int refuse(
    struct gh_jws *j, const char *fault, const char *what, struct gh_err *err)
{
	j->fault = fault;
	return gh_fail(err, GH_E_PARSE, "token: %s", what);
}

/* The three parts; more or fewer dots than two are refused. */
static int split(struct gh_jws *j, struct gh_bytes token, struct gh_bytes part[3])
{
	const unsigned char *at = token.p, *end = token.p + token.len, *dot;

	for (size_t i = 0; i < 2; i++) {
		dot = at == end ? NULL : memchr(at, '.', (size_t)(end - at));
		if (dot == NULL)
			return -1;
		part[i] = (struct gh_bytes){at, (size_t)(dot - at)};
		at = dot + 1;
	}
	part[2] = (struct gh_bytes){at, (size_t)(end - at)};
	if (part[2].len > 0 && memchr(at, '.', part[2].len) != NULL)
		return -1;
	j->signed_ = (struct gh_bytes){token.p, (size_t)(at - 1 - token.p)};
	return part[0].len > 0 ? 0 : -1;
}

static int decode(struct gh_jws *j, const struct gh_bytes part[3], struct gh_err *err)
{
	struct gh_buf *const to[] = {&j->header_text, &j->payload, &j->signature};
	static const char *const name[] = {"header", "payload", "signature"};

	for (size_t i = 0; i < 3; i++)
		if (gh_unb64url(to[i], part[i], err) < 0) {
			j->fault = "base64";
			return gh_err_prefix(err, "token: %s", name[i]);
		}
	return 0;
}

/* Members that would let the token choose its own key. */
static bool offers_key(const json_t *header)
{
	static const char *const member[] = {"jwk", "jku", "x5u", "x5c"};

	for (size_t i = 0; i < GH_COUNT(member); i++)
		if (json_object_get(header, member[i]) != NULL)
			return true;
	return false;
}

static int check_alg(struct gh_jws *j, unsigned int allowed, struct gh_err *err)
{
	if (strcmp(j->alg_word, "none") == 0)
		return refuse(j, "none", "alg none: it is not signed", err);
	for (size_t i = 0; i < GH_COUNT(algs); i++)
		if ((allowed & algs[i].alg) && !strcmp(j->alg_word, algs[i].word))
			j->alg = algs[i].alg;
	if (j->alg == 0)
		return refuse(j, "alg", "its algorithm is not one that is allowed", err);
	return 0;
}

static int check_header(struct gh_jws *j, unsigned int allowed, struct gh_err *err)
{
	const json_t *kid = json_object_get(j->header, "kid");
	const json_t *alg = json_object_get(j->header, "alg");

	if (json_is_string(alg))
		j->alg_word = json_string_value(alg);
	j->offers_key = offers_key(j->header);
	if (json_is_string(kid) && json_string_length(kid) <= KID_MAX)
		j->kid = json_string_value(kid);
	else if (kid != NULL)
		return refuse(j, "kid", "kid is no string of at most 255 bytes", err);
	if (json_object_get(j->header, "crit") != NULL)
		return refuse(j, "crit", "crit: an extension that we do not know", err);
	if (json_object_get(j->header, "b64") != NULL)
		return refuse(j, "b64", "b64: payload that is not base64url", err);
	return check_alg(j, allowed, err);
}

int gh_jws_parse(
    struct gh_jws *out, struct gh_bytes token, unsigned int allowed, struct gh_err *err)
{
	struct gh_bytes part[3];

	*out = (struct gh_jws){.alg_word = "", .kid = "", .fault = ""};
	if (token.len > GH_JWS_MAX)
		return refuse(out, "size", "longer than 262144 characters", err);
	if (token.p == NULL || split(out, token, part) < 0)
		return refuse(out, "parts", "not three parts with a dot between", err);
	if (decode(out, part, err) < 0)
		return -1;
	out->header = gh_json_parse(out->header_text.p, out->header_text.len, err);
	if (out->header == NULL) {
		out->fault = "header";
		return gh_err_prefix(err, "token: header");
	}
	if (!json_is_object(out->header))
		return refuse(out, "header", "its header is no JSON object", err);
	return check_header(out, allowed, err);
}

int gh_jws_verify(const struct gh_jws *j, const struct gh_pubkey *key,
    struct gh_memo *memo, struct gh_err *err)
{
	uint8_t spki[32];
	size_t i = 0;

	while (i < GH_COUNT(algs) && algs[i].alg != j->alg)
		i++;
	if (*j->fault || i == GH_COUNT(algs))
		return gh_fail(err, GH_E_CRYPTO, "the token has no algorithm we use");
	if (gh_pubkey_ec_bits(key) != algs[i].bits)
		return gh_fail(err, GH_E_CRYPTO, "%s does not go with a %s key",
		    algs[i].word, gh_pubkey_kind(key));
	if (gh_pubkey_spki_sha256(key, spki, err) < 0)
		return -1;
	return gh_memo_ecdsa_raw(memo,
	    &(struct gh_memo_ecdsa){
		key, spki, algs[i].hash, j->signed_, gh_buf_view(&j->signature)},
	    err);
}
