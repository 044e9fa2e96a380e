/* SPDX-License-Identifier: Apache-2.0
 * Walks tokens and key sets member by member. */
#include "evidence/eat_show.h"

#include "base/clock.h"
#include "base/text.h"
#include "crypto/jwk.h"
#include "crypto/jws.h"
#include "evidence/ear.h"
#include "evidence/eat_token.h"
#include "evidence/nras.h"
#include "evidence/show_certs.h"

#define DEPTH_MAX  6    /* groups in groups; deeper values are shown as JSON */
#define FIELDS_MAX 8192 /* in all; one line says that there were more */

static bool is_time(const char *key)
{
	static const char *const name[] = {"iat", "nbf", "exp"};

	for (size_t i = 0; i < GH_COUNT(name); i++)
		if (strcmp(key, name[i]) == 0)
			return true;
	return false;
}

/* AR4SI's word for a value of the vector; NULL for any other claim. */
static const char *vector_word(const char *key, const json_t *v)
{
	int64_t value = json_is_integer(v) ? json_integer_value(v) : 1000;

	for (size_t i = 0; i < GH_EAR_VECTOR; i++)
		if (strcmp(key, gh_ear_claim_name(i)) == 0 && value >= -1 && value <= 127)
			return gh_ear_value_word(i, (int)value);
	return NULL;
}

static void show_value(struct gh_fields *out, const char *key, const json_t *v)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	const char *word = vector_word(key, v);
	char when[GH_TIME_LEN];

	if (v == NULL)
		return;
	if (json_is_string(v)) {
		gh_fields_add(out, key, NULL, 0, "%s", json_string_value(v));
		return;
	}
	gh_json_dump(&text, v);
	if (word)
		gh_buf_fmt(&text, ", %s", word);
	if (is_time(key) && json_is_integer(v) && json_integer_value(v) >= 0 &&
	    json_integer_value(v) < (json_int_t)1 << 40) {
		gh_time_text(when, json_integer_value(v));
		gh_buf_fmt(&text, ", %s", when);
	}
	gh_fields_add(out, key, NULL, 0, "%s", gh_buf_cstr(&text));
}

static void show_object(struct gh_fields *out, const json_t *o, unsigned int depth)
{
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)o, key, v)
	{
		if (out->n > FIELDS_MAX) {
			gh_fields_add(out, "error", NULL, 0, "more members than shown");
			return;
		}
		if (!json_is_object(v) || depth >= DEPTH_MAX) {
			show_value(out, key, v);
			continue;
		}
		gh_fields_open(out, "%s", key);
		show_object(out, v, depth + 1);
		gh_fields_close(out);
	}
}

static void show_group(struct gh_fields *out, const char *name, const json_t *o)
{
	gh_fields_open(out, "%s", name);
	show_object(out, o, 1);
	gh_fields_close(out);
}

static void show_token(struct gh_fields *out, const char *title, struct gh_bytes ascii)
{
	struct gh_token t = {.family = "eat"};
	gh_auto(struct gh_buf, gh_buf_free) hex = {0};

	gh_fields_open(out, "%s", title);
	gh_token_read(&t, ascii, GH_JWS_DEFAULT);
	if (t.jws.header)
		show_group(out, "header", t.jws.header);
	if (t.claims)
		show_group(out, "claims", t.claims);
	gh_buf_hex(&hex, t.jws.signature.p, t.jws.signature.len);
	if (t.jws.header)
		gh_fields_add(out, "signature", NULL, 0, "%zu bytes: %s",
		    t.jws.signature.len, gh_buf_cstr(&hex));
	if (*t.why.what)
		gh_fields_add(out, "error", NULL, 0, "%s", t.why.what);
	gh_fields_close(out);
	gh_token_free(&t);
}

static void show_answer(struct gh_fields *out, const json_t *v)
{
	const char *overall = NULL, *key;
	struct gh_err e = {0};
	json_t *devices = NULL, *token;

	if (gh_nras_shape(v, &overall, &devices, &e) < 0) {
		gh_fields_add(out, "error", NULL, 0, "%s", e.what);
		return;
	}
	show_token(out, "overall token", gh_text_of(overall));
	json_object_foreach(devices, key, token)
	{
		if (json_is_string(token))
			show_token(out, key, gh_text_of(json_string_value(token)));
		else
			show_value(out, key, token);
	}
}

/* What a local tool prints beside its tokens. */
static void show_output(struct gh_fields *out, const json_t *v)
{
	const json_t *claims = json_object_get(v, "claims");
	const json_t *inner = json_object_get(v, "detached_eat");
	size_t n = json_array_size(claims);

	for (size_t i = 0; i < n && i < GH_NRAS_DEVICES_MAX; i++) {
		gh_fields_open(out, "claims of device %zu, not signed", i);
		show_object(out, json_array_get(claims, i), 1);
		gh_fields_close(out);
	}
	show_value(out, "result_code", json_object_get(v, "result_code"));
	show_value(out, "result_message", json_object_get(v, "result_message"));
	show_answer(out, inner);
}

static void show_json(struct gh_fields *out, struct gh_bytes b)
{
	struct gh_err e = {0};
	gh_auto(json_t *, gh_json_free) v = gh_json_parse(b.p, b.len, &e);

	if (v == NULL)
		gh_fields_add(out, "error", NULL, 0, "%s", e.what);
	else if (json_is_object(v))
		show_output(out, v);
	else
		show_answer(out, v);
}

int gh_eat_show(struct gh_fields *out, struct gh_bytes b, struct gh_err *err)
{
	struct gh_bytes before = out->whole, s = gh_text_trim(b);

	out->whole = b;
	if (s.len > 0 && (s.p[0] == '[' || s.p[0] == '{')) {
		gh_fields_open(out, "attestation result");
		show_json(out, s);
		gh_fields_close(out);
	} else {
		show_token(out, "token", s);
	}
	out->whole = before;
	return gh_fields_ok(out, err);
}

/* o: the same key as JSON; its certificates are shown by their names instead. */
static void show_jwk(struct gh_fields *out, const struct gh_jwk *k, json_t *o)
{
	gh_auto(struct gh_buf, gh_buf_free) hex = {0};
	uint8_t spki[32];

	gh_fields_open(out, "key %s", *k->kid ? k->kid : "without kid");
	(void)json_object_del(o, "x5c");
	show_object(out, o, 1);
	if (k->key && gh_pubkey_spki_sha256(k->key, spki, NULL) == 0) {
		gh_buf_hex(&hex, spki, sizeof(spki));
		gh_fields_add(out, "public key", NULL, 0, "%s, sha256:%s",
		    gh_pubkey_kind(k->key), gh_buf_cstr(&hex));
	}
	gh_certs_show(out, &k->x5c);
	if (*k->fault)
		gh_fields_add(out, "error", NULL, 0, "not usable: %s", k->fault);
	gh_fields_close(out);
}

int gh_jwks_show(struct gh_fields *out, struct gh_bytes b, struct gh_err *err)
{
	struct gh_bytes before = out->whole;
	gh_auto(json_t *, gh_json_free) v = gh_json_parse(b.p, b.len, NULL);
	json_t *keys = json_object_get(v, "keys");
	struct gh_jwks s = {0};
	struct gh_err e = {0};

	out->whole = b;
	if (gh_jwks_parse(&s, b, NULL, &e) < 0) {
		gh_fields_open(out, "key set");
		gh_fields_add(out, "error", NULL, 0, "%s", e.what);
	} else {
		gh_fields_open(out, "key set of %zu", s.n);
	}
	for (size_t i = 0; i < s.n; i++)
		show_jwk(out, &s.at[i], keys ? json_array_get(keys, i) : v);
	gh_fields_close(out);
	gh_jwks_free(&s);
	out->whole = before;
	return gh_fields_ok(out, err);
}
