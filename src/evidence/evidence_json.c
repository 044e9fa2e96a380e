/* SPDX-License-Identifier: Apache-2.0
 * Walks JSON for objects that carry evidence, by the member names that tools use. */
#include "evidence/evidence_json.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define DEPTH_MAX 12

static const char *const report_keys[] = {"evidence", "AttestationReport",
    "attestation_report", "attestationReport", "report", "quote"};
static const char *const chain_keys[] = {"certificate", "certificate_chain", "cert_chain",
    "attestation_cert_chain", "CertificateChains", "chain"};

static const json_t *first_of(const json_t *o, const char *const *keys, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const json_t *v = json_object_get(o, keys[i]);
		if (v != NULL)
			return v;
	}
	return NULL;
}

static struct gh_bytes bytes_of(const json_t *v)
{
	if (json_is_object(v)) /* a Python pickle in JSON writes bytes like this */
		v = json_object_get(v, "py/b64");
	return (struct gh_bytes){
	    (const unsigned char *)json_string_value(v), json_string_length(v)};
}

/* Every PEM text below v, in order, plain or base64. */
static void gather_chain(struct gh_buf *out, const json_t *v, int depth)
{
	const char *key;
	json_t *child;
	size_t i;
	if (depth > DEPTH_MAX)
		return;
	if (json_is_string(v)) {
		gh_auto(struct gh_buf, gh_buf_free) pem = {0};
		struct gh_bytes text = bytes_of(v);
		if (gh_text_find(text, "-----BEGIN") == NULL &&
		    gh_unb64_loose(&pem, (const char *)text.p, text.len, NULL) == 0)
			text = gh_buf_view(&pem);
		if (gh_text_find(text, "-----BEGIN") != NULL) {
			gh_buf_add(out, text.p, text.len);
			gh_buf_chr(out, '\n');
		}
		return;
	}
	/* beside it may lie the chain of another key, which did not sign the report */
	const json_t *mine = json_object_get(v, "GpuAttestationCertificateChain");
	if (mine != NULL) {
		gather_chain(out, mine, depth + 1);
		return;
	}
	json_array_foreach(v, i, child)
	{
		gather_chain(out, child, depth + 1);
	}
	json_object_foreach((json_t *)(uintptr_t)v, key, child)
	{
		gather_chain(out, child, depth + 1);
	}
}

/* Adds the report that o carries; *found says whether it did. */
static int add_device(struct gh_evidence_set *out, const json_t *o, const char *nonce,
    bool *found, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) raw = {0};
	struct gh_bytes text = bytes_of(first_of(o, report_keys, GH_COUNT(report_keys)));
	if (text.p == NULL || gh_evidence_decode(&raw, text, NULL) < 0)
		return 0;
	enum gh_evidence_type type = gh_evidence_sniff(gh_buf_view(&raw));
	if (type == GH_EV_UNKNOWN)
		return 0;
	struct gh_evidence *e = gh_evidence_add(out, type, gh_buf_view(&raw), err);
	if (e == NULL)
		return -1;
	gather_chain(&e->chain, first_of(o, chain_keys, GH_COUNT(chain_keys)), 0);
	gh_text_clean_into(e->nonce_hex, sizeof(e->nonce_hex), nonce);
	*found = true;
	return gh_buf_ok(&e->chain, err);
}

static bool is_rim_answer(const json_t *o)
{
	return json_is_string(json_object_get(o, "rim")) &&
	       json_is_string(json_object_get(o, "id"));
}

static int add_rim(struct gh_evidence_set *out, const json_t *o, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	gh_json_dump(&text, o);
	if (gh_buf_ok(&text, err) < 0)
		return -1;
	return gh_evidence_add(out, GH_EV_RIM, gh_buf_view(&text), err) == NULL ? -1 : 0;
}

static int walk(struct gh_evidence_set *out, const json_t *v, const char *nonce,
    int depth, struct gh_err *err);

/* A recorded HTTP exchange: the request lies inside as base64. */
static int walk_body(
    struct gh_evidence_set *out, const json_t *body, int depth, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	if (gh_unb64_loose(
		&text, json_string_value(body), json_string_length(body), err) < 0)
		return -1;
	gh_auto(json_t *, gh_json_free) inner = gh_json_parse(text.p, text.len, err);
	return inner == NULL ? -1 : walk(out, inner, "", depth + 1, err);
}

static int walk_object(struct gh_evidence_set *out, const json_t *o, const char *nonce,
    int depth, struct gh_err *err)
{
	const char *key;
	json_t *child;
	bool found = false;
	const json_t *body = json_object_get(o, "req_body_base64");
	if (json_is_string(json_object_get(o, "nonce")))
		nonce = json_string_value(json_object_get(o, "nonce"));
	if (is_rim_answer(o))
		return add_rim(out, o, err);
	if (json_is_string(body))
		return walk_body(out, body, depth, err);
	if (add_device(out, o, nonce, &found, err) < 0)
		return -1;
	if (found)
		return 0;
	json_object_foreach((json_t *)(uintptr_t)o, key, child)
	{
		if (walk(out, child, nonce, depth + 1, err) < 0)
			return -1;
	}
	return 0;
}

static int walk(struct gh_evidence_set *out, const json_t *v, const char *nonce,
    int depth, struct gh_err *err)
{
	json_t *child;
	size_t i;
	if (depth > DEPTH_MAX)
		return 0;
	if (json_is_object(v))
		return walk_object(out, v, nonce, depth, err);
	json_array_foreach(v, i, child)
	{
		if (walk(out, child, nonce, depth + 1, err) < 0)
			return -1;
	}
	return 0;
}

int gh_evidence_json(struct gh_evidence_set *out, const json_t *value, struct gh_err *err)
{
	return walk(out, value, "", 0, err);
}
