/* SPDX-License-Identifier: Apache-2.0
 * DSSE envelopes read strictly, signed and verified. */
#include "proof/dsse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

#define GH_KEYS_MAX 64
#define GH_PEM_MAX  65536

void gh_keys_free(struct gh_keys *ks)
{
	for (size_t i = 0; i < ks->n; i++)
		gh_pubkey_free(&ks->at[i].key);
	free(ks->at);
	*ks = (struct gh_keys){0};
}

int gh_keyid(
    const struct gh_pubkey *k, char out[static GH_SHA256_NAME_LEN], struct gh_err *err)
{
	uint8_t digest[32];
	if (gh_pubkey_spki_sha256(k, digest, err))
		return -1;
	memcpy(out, "sha256:", 7);
	gh_hex(out + 7, digest, sizeof(digest));
	return 0;
}

int gh_keys_add_pem(struct gh_keys *ks, const void *pem, size_t len, struct gh_err *err)
{
	gh_auto(struct gh_pubkey *, gh_pubkey_free) key = NULL;
	char keyid[GH_SHA256_NAME_LEN];
	if (gh_pubkey_from_pem(&key, pem, len, err) || gh_keyid(key, keyid, err))
		return -1;
	for (size_t i = 0; i < ks->n; i++)
		if (strcmp(ks->at[i].keyid, keyid) == 0)
			return 0;
	if (ks->n >= GH_KEYS_MAX)
		return gh_fail(err, GH_E_PARSE, "more than %d keys", GH_KEYS_MAX);
	void *at = realloc(ks->at, (ks->n + 1) * sizeof(*ks->at));
	if (!at)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	ks->at = at;
	struct gh_named_key *k = &ks->at[ks->n++];
	k->key = gh_take(key);
	memcpy(k->keyid, keyid, sizeof(keyid));
	return 0;
}

static int add_json_key(struct gh_keys *ks, const json_t *row, struct gh_err *err)
{
	const char *keyid = NULL, *pem = NULL;
	if (gh_json_str(row, "report_keys[]", "pem", &pem, err) ||
	    gh_json_str_opt(row, "report_keys[]", "keyid", &keyid, err))
		return -1;
	gh_auto(struct gh_keys, gh_keys_free) one = {0};
	if (gh_keys_add_pem(&one, pem, strlen(pem), err))
		return gh_err_prefix(err, "report_keys[]");
	if (keyid && strcmp(keyid, one.at[0].keyid) != 0)
		return gh_fail(err, GH_E_CONFIG,
		    "report_keys[]: the keyid is %s, the key's %s", keyid,
		    one.at[0].keyid);
	return gh_keys_add_pem(ks, pem, strlen(pem), err);
}

int gh_keys_load(struct gh_keys *ks, const void *p, size_t len, struct gh_err *err)
{
	struct gh_bytes text = gh_text_trim((struct gh_bytes){p, len});
	if (gh_text_starts(text, "-----BEGIN"))
		return gh_keys_add_pem(ks, text.p, text.len, err);
	gh_auto(json_t *, gh_json_free) j = gh_json_parse(p, len, err);
	json_t *keys = NULL, *row;
	size_t i;
	if (!j)
		return gh_err_prefix(err, "neither a PEM public key nor trust.json");
	if (gh_json_arr(j, "trust", "report_keys", &keys, err))
		return -1;
	json_array_foreach(keys, i, row) if (add_json_key(ks, row, err)) return -1;
	return 0;
}

void gh_dsse_free(struct gh_dsse *d)
{
	gh_buf_free(&d->payload);
	for (size_t i = 0; i < d->n_sigs; i++)
		gh_buf_free(&d->sig[i].sig);
	d->n_sigs = 0;
}

static int parse_sig(struct gh_dsse *d, const json_t *j, struct gh_err *err)
{
	const char *keyid = "", *sig = NULL;
	if (d->n_sigs >= GH_DSSE_SIGS_MAX)
		return gh_fail(err, GH_E_PARSE, "envelope: more than %d signatures",
		    GH_DSSE_SIGS_MAX);
	if (gh_json_str(j, "signatures[]", "sig", &sig, err) ||
	    gh_json_str_opt(j, "signatures[]", "keyid", &keyid, err))
		return -1;
	struct gh_dsse_sig *s = &d->sig[d->n_sigs++];
	*s = (struct gh_dsse_sig){0};
	snprintf(s->keyid, sizeof(s->keyid), "%s", keyid);
	if (gh_unb64(&s->sig, sig, strlen(sig), err))
		return gh_err_prefix(err, "signatures[].sig");
	if (s->sig.len == 0)
		return gh_fail(err, GH_E_PARSE, "envelope: an empty signature");
	return 0;
}

int gh_dsse_parse(struct gh_dsse *out, const void *p, size_t len, struct gh_err *err)
{
	gh_auto(json_t *, gh_json_free) j = gh_json_parse(p, len, err);
	gh_auto(struct gh_dsse, gh_dsse_free) d = {0};
	const char *payload = NULL, *type = NULL;
	json_t *sigs = NULL, *row;
	size_t i;
	if (!j)
		return gh_err_prefix(err, "envelope");
	if (gh_json_str(j, "envelope", "payloadType", &type, err) ||
	    gh_json_str(j, "envelope", "payload", &payload, err) ||
	    gh_json_arr(j, "envelope", "signatures", &sigs, err))
		return -1;
	if (strlen(type) >= sizeof(d.payload_type))
		return gh_fail(
		    err, GH_E_PARSE, "envelope: payloadType of %zu bytes", strlen(type));
	snprintf(d.payload_type, sizeof(d.payload_type), "%s", type);
	if (gh_unb64(&d.payload, payload, strlen(payload), err))
		return gh_err_prefix(err, "envelope: payload");
	json_array_foreach(sigs, i, row) if (parse_sig(&d, row, err)) return -1;
	if (d.n_sigs == 0)
		return gh_fail(err, GH_E_PARSE, "envelope: no signature");
	*out = gh_take(d);
	return 0;
}

void gh_dsse_pae(struct gh_buf *out, const char *type, struct gh_bytes payload)
{
	gh_buf_fmt(out, "DSSEv1 %zu %s %zu ", strlen(type), type, payload.len);
	if (payload.len)
		gh_buf_add(out, payload.p, payload.len);
}

enum gh_hash gh_sign_hash(const struct gh_pubkey *k)
{
	return gh_pubkey_ec_bits(k) == 384 ? GH_SHA384 : GH_SHA256;
}

int gh_dsse_sign(struct gh_buf *out, const struct gh_signer *s, const char *type,
    struct gh_bytes payload, struct gh_err *err)
{
	gh_auto(struct gh_pubkey *, gh_pubkey_free) pub = NULL;
	gh_auto(struct gh_buf, gh_buf_free) pae = {0}, sig = {0}, b64 = {0}, sig64 = {0};
	char keyid[GH_SHA256_NAME_LEN];
	gh_dsse_pae(&pae, type, payload);
	if (gh_buf_ok(&pae, err) || gh_signer_pubkey(s, &pub, err) ||
	    gh_keyid(pub, keyid, err) ||
	    gh_sign_der(s, gh_sign_hash(pub), gh_buf_view(&pae), &sig, err))
		return -1;
	gh_b64(&b64, payload.p, payload.len);
	gh_b64(&sig64, sig.p, sig.len);
	gh_auto(json_t *, gh_json_free) j = json_pack("{s:s, s:s, s:[{s:s, s:s}]}",
	    "payload", gh_buf_cstr(&b64), "payloadType", type, "signatures", "keyid",
	    keyid, "sig", gh_buf_cstr(&sig64));
	if (!j || gh_buf_ok(&b64, err) || gh_buf_ok(&sig64, err))
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	gh_json_dump(out, j);
	return gh_buf_ok(out, err);
}

static bool verifies(const struct gh_pubkey *k, struct gh_bytes msg, struct gh_bytes sig)
{
	enum gh_hash h = gh_sign_hash(k);
	int bits = gh_pubkey_ec_bits(k);
	if (bits != 256 && bits != 384)
		return false;
	if (gh_ecdsa_verify_der(k, h, msg, sig, NULL) == 0)
		return true;
	return sig.len == (size_t)bits / 4 &&
	       gh_ecdsa_verify_raw(k, h, msg, sig, NULL) == 0;
}

int gh_dsse_verify(const struct gh_dsse *d, const struct gh_keys *keys,
    const struct gh_named_key **by, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) pae = {0};
	gh_dsse_pae(&pae, d->payload_type, gh_buf_view(&d->payload));
	if (gh_buf_ok(&pae, err))
		return -1;
	for (size_t s = 0; s < d->n_sigs; s++)
		for (size_t k = 0; k < keys->n; k++)
			if (verifies(keys->at[k].key, gh_buf_view(&pae),
				gh_buf_view(&d->sig[s].sig))) {
				*by = &keys->at[k];
				return 0;
			}
	return gh_fail(err, GH_E_CRYPTO,
	    "none of %zu signatures is good by any of %zu keys; the first says key %s",
	    d->n_sigs, keys->n, d->n_sigs ? d->sig[0].keyid : "-");
}
