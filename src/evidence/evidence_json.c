/* SPDX-License-Identifier: Apache-2.0
 * Walks JSON for what carries evidence: devices by the member names that tools use, all
 * else by content. */
#include "evidence/evidence_json.h"

#include <string.h>

#include "base/text.h"
#include "evidence/collateral_json.h"
#include "evidence/sniff.h"

#define DEPTH_MAX 12
#define TEXT_MIN  64         /* characters: no evidence is shorter */
#define ARRAY_MAX (1u << 20) /* bytes written as numbers */

static const char *const report_keys[] = {"evidence", "AttestationReport",
    "attestation_report", "attestationReport", "report", "quote"};
static const char *const chain_keys[] = {"certificate", "certificate_chain", "cert_chain",
    "attestation_cert_chain", "CertificateChains", "chain"};

struct walk {
	struct gh_evidence_set *out;
	int level;         /* wrappings around this text */
	const char *nonce; /* the nearest one above */
};

/* The member under the first of these names. */
static const json_t *first_of(
    const json_t *o, const char *const *keys, size_t n, const char **name)
{
	for (size_t i = 0; i < n; i++) {
		const json_t *v = json_object_get(o, keys[i]);

		if (v != NULL) {
			*name = keys[i];
			return v;
		}
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

/* ---- devices ---------------------------------------------------------------------- */

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

static bool is_report(enum gh_evidence_type t)
{
	return t == GH_EV_SNP || t == GH_EV_TDX || t == GH_EV_GPU || t == GH_EV_SWITCH;
}

/* Adds the report that o carries; *used are the names of the members that it took, NULL
 * when it carries none. */
static int add_device(
    struct walk *w, const json_t *o, const char *used[2], struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) raw = {0};
	const char *report = NULL, *chain = NULL;
	struct gh_bytes text =
	    bytes_of(first_of(o, report_keys, GH_COUNT(report_keys), &report));
	enum gh_evidence_type type;
	struct gh_err why = {0};
	struct gh_evidence *e;

	if (text.p == NULL)
		return 0;
	if (gh_evidence_decode(&raw, text, &why) < 0)
		return why.code == GH_E_NOMEM ? gh_fail(err, GH_E_NOMEM, "out of memory")
					      : 0;
	type = gh_evidence_sniff(gh_buf_view(&raw));
	if (!is_report(type))
		return 0;
	e = gh_evidence_add(w->out, type, gh_buf_view(&raw), err);
	if (e == NULL)
		return -1;
	used[0] = report;
	gh_text_clean_into(e->nonce_hex, sizeof(e->nonce_hex), w->nonce);
	if (type != GH_EV_GPU && type != GH_EV_SWITCH)
		return 0; /* its certificates are found like all else */
	gather_chain(&e->chain, first_of(o, chain_keys, GH_COUNT(chain_keys), &chain), 0);
	used[1] = chain;
	return gh_buf_ok(&e->chain, err);
}

/* ---- everything else, by content -------------------------------------------------- */

/* What a string holds. One that holds nothing, or is broken, is just a string. */
static int open_string(struct walk *w, struct gh_bytes text, struct gh_err *err)
{
	size_t before = w->out->n;
	struct gh_err why = {0};

	if (text.len < TEXT_MIN ||
	    gh_evidence_open(w->out, text, w->level + 1, &why) == 0)
		return 0;
	if (why.code == GH_E_PARSE && before < GH_EVIDENCE_MAX &&
	    w->out->n < GH_EVIDENCE_MAX)
		return 0;
	if (err != NULL)
		*err = why;
	return -1;
}

/* [48, 130, ..]: bytes as some languages write them. */
static bool number_bytes(struct gh_buf *out, const json_t *v)
{
	json_t *child;
	size_t i, n = json_array_size(v);

	if (n < TEXT_MIN || n > ARRAY_MAX)
		return false;
	json_array_foreach(v, i, child)
	{
		json_int_t b = json_integer_value(child);

		if (!json_is_integer(child) || b < 0 || b > 255)
			return false;
		gh_buf_chr(out, (char)b);
	}
	return true;
}

static int add_dump(
    struct walk *w, enum gh_evidence_type type, const json_t *v, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	gh_json_dump(&text, v);
	if (gh_buf_ok(&text, err) < 0)
		return -1;
	return gh_evidence_add(w->out, type, gh_buf_view(&text), err) == NULL ? -1 : 0;
}

static int walk(struct walk *w, const json_t *v, int depth, struct gh_err *err);

static int walk_object(struct walk *w, const json_t *o, int depth, struct gh_err *err)
{
	const char *key, *used[2] = {NULL, NULL}, *nonce = w->nonce;
	json_t *child;

	if (gh_collateral_type(o) != GH_EV_UNKNOWN)
		return 0; /* gh_collateral_scan has it, byte by byte */
	if (json_is_string(json_object_get(o, "nonce")))
		w->nonce = json_string_value(json_object_get(o, "nonce"));
	if (gh_collateral_strings(w->out, o, err) < 0 || add_device(w, o, used, err) < 0)
		return -1;
	json_object_foreach((json_t *)(uintptr_t)o, key, child)
	{
		if ((used[0] != NULL && strcmp(key, used[0]) == 0) ||
		    (used[1] != NULL && strcmp(key, used[1]) == 0))
			continue;
		if (walk(w, child, depth + 1, err) < 0)
			return -1;
	}
	w->nonce = nonce;
	return 0;
}

static int walk_array(struct walk *w, const json_t *v, int depth, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) raw = {0};
	json_t *child;
	size_t i;

	if (number_bytes(&raw, v))
		return open_string(w, gh_buf_view(&raw), err);
	json_array_foreach(v, i, child)
	{
		if (walk(w, child, depth + 1, err) < 0)
			return -1;
	}
	return 0;
}

static int walk(struct walk *w, const json_t *v, int depth, struct gh_err *err)
{
	enum gh_evidence_type type;

	if (depth > DEPTH_MAX)
		return 0;
	if (json_is_string(v))
		return open_string(w, bytes_of(v), err);
	type = gh_evidence_sniff_json(v);
	if (type != GH_EV_UNKNOWN)
		return add_dump(w, type, v, err);
	return json_is_object(v) ? walk_object(w, v, depth, err)
				 : walk_array(w, v, depth, err);
}

/* The whole text is one piece: it is kept as it came. */
static int add_text(struct gh_evidence_set *out, enum gh_evidence_type type,
    struct gh_bytes text, struct gh_err *err)
{
	return gh_evidence_add(out, type, text, err) == NULL ? -1 : 0;
}

int gh_evidence_json(
    struct gh_evidence_set *out, struct gh_bytes text, int level, struct gh_err *err)
{
	gh_auto(json_t *, gh_json_free) v = gh_json_parse(text.p, text.len, err);
	struct walk w = {.out = out, .level = level, .nonce = ""};
	enum gh_evidence_type type;

	if (v == NULL) {
		type = gh_collateral_claims(text);
		return type == GH_EV_UNKNOWN ? -1 : add_text(out, type, text, err);
	}
	type = gh_evidence_sniff_json(v);
	if (type == GH_EV_UNKNOWN)
		type = gh_collateral_type(v);
	if (type != GH_EV_UNKNOWN)
		return add_text(out, type, text, err);
	if (gh_collateral_scan(out, text, err) < 0)
		return -1;
	return walk(&w, v, 0, err);
}
