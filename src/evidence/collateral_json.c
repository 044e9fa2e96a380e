/* SPDX-License-Identifier: Apache-2.0
 * Cuts signed documents out of JSON text: one walk over the bytes, no recursion. */
#include "evidence/collateral_json.h"

#include <string.h>

#include "base/text.h"

/* By document: its outer member, and (where they do, those first) how bundles of dcap-qvl name its inner bytes and
 * their signature (spec/tdx.md section 3.1). */
static const struct {
	enum gh_evidence_type type;
	const char *outer, *inner, *signature;
} docs[] = {
    {GH_EV_TCB_INFO, "tcbInfo", "tcb_info", "tcb_info_signature"},
    {GH_EV_QE_IDENTITY, "enclaveIdentity", "qe_identity", "qe_identity_signature"},
    {GH_EV_EVAL, "tcbEvaluationDataNumbers", NULL, NULL},
};
#define N_DOCS GH_COUNT(docs)

/* One open bracket. */
struct frame {
	size_t start;
	bool object, wants_key;
	struct gh_bytes key;               /* of the member being read, as it stands */
	enum gh_evidence_type type;        /* it has that document's outer member */
	struct gh_bytes inner[N_DOCS];     /* values of the bundle's members */
	struct gh_bytes signature[N_DOCS]; /* without the quotes */
};

struct scan {
	struct gh_evidence_set *out;
	struct gh_bytes text;
	struct frame at[GH_JSON_MAX_DEPTH + 1];
	size_t depth;
};

/* The document around inner bytes, as Intel's service writes it. */
static int add_pair(struct gh_evidence_set *out, size_t doc, struct gh_bytes inner,
    struct gh_bytes signature, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	gh_buf_fmt(&b, "{\"%s\":", docs[doc].outer);
	gh_buf_add(&b, inner.p, inner.len);
	gh_buf_str(&b, ",\"signature\":\"");
	gh_buf_add(&b, signature.p, signature.len);
	gh_buf_str(&b, "\"}");
	if (gh_buf_ok(&b, err) < 0)
		return -1;
	return gh_evidence_add(out, docs[doc].type, gh_buf_view(&b), err) == NULL ? -1
										  : 0;
}

/* Index behind the string that starts at i; the text is JSON, so it ends. */
static size_t string_end(struct gh_bytes t, size_t i)
{
	for (i++; i < t.len && t.p[i] != '"'; i++)
		if (t.p[i] == '\\')
			i++;
	return i < t.len ? i + 1 : t.len;
}

static void read_string(struct scan *s, struct gh_bytes quoted)
{
	struct frame *f = s->depth == 0 ? NULL : &s->at[s->depth - 1];
	struct gh_bytes in = {quoted.p + 1, quoted.len < 2 ? 0 : quoted.len - 2};

	if (f == NULL || !f->object)
		return;
	if (!f->wants_key) {
		for (size_t i = 0; i < N_DOCS; i++)
			if (docs[i].signature != NULL &&
			    gh_text_is(f->key, docs[i].signature))
				f->signature[i] = in;
		return;
	}
	f->wants_key = false;
	f->key = in;
	for (size_t i = 0; i < N_DOCS; i++)
		if (gh_text_is(in, docs[i].outer))
			f->type = docs[i].type;
}

static void push(struct scan *s, size_t i)
{
	if (s->depth < GH_COUNT(s->at))
		s->at[s->depth++] = (struct frame){
		    .start = i,
		    .object = s->text.p[i] == '{',
		    .wants_key = s->text.p[i] == '{',
		};
}

/* The object that ends at i: a document, or a bundle that holds the parts of some. */
static int pop(struct scan *s, size_t i, struct gh_err *err)
{
	struct frame *f = &s->at[s->depth - 1], *up;
	struct gh_bytes whole = {s->text.p + f->start, i + 1 - f->start};

	s->depth--;
	if (f->type != GH_EV_UNKNOWN)
		return gh_evidence_add(s->out, f->type, whole, err) == NULL ? -1 : 0;
	for (size_t d = 0; d < N_DOCS; d++)
		if (f->inner[d].p != NULL && f->signature[d].p != NULL &&
		    add_pair(s->out, d, f->inner[d], f->signature[d], err) < 0)
			return -1;
	up = s->depth == 0 || !f->object ? NULL : &s->at[s->depth - 1];
	for (size_t d = 0; up != NULL && up->object && d < N_DOCS; d++)
		if (docs[d].inner != NULL && gh_text_is(up->key, docs[d].inner))
			up->inner[d] = whole;
	return 0;
}

int gh_collateral_scan(
    struct gh_evidence_set *out, struct gh_bytes text, struct gh_err *err)
{
	struct scan s = {.out = out, .text = text};
	size_t i = 0, end;

	while (i < text.len) {
		switch (text.p[i]) {
		case '"':
			end = string_end(text, i);
			read_string(&s, (struct gh_bytes){text.p + i, end - i});
			i = end;
			continue;
		case '{':
		case '[':
			push(&s, i);
			break;
		case '}':
		case ']':
			if (s.depth > 0 && pop(&s, i, err) < 0)
				return -1;
			break;
		case ',':
			if (s.depth > 0)
				s.at[s.depth - 1].wants_key = s.at[s.depth - 1].object;
			break;
		default:
			break;
		}
		i++;
	}
	return 0;
}

int gh_collateral_strings(
    struct gh_evidence_set *out, const json_t *o, struct gh_err *err)
{
	for (size_t i = 0; i < N_DOCS && docs[i].inner != NULL; i++) {
		const json_t *inner = json_object_get(o, docs[i].inner);
		const json_t *sig = json_object_get(o, docs[i].signature);
		struct gh_bytes b = {(const unsigned char *)json_string_value(inner),
		    json_string_length(inner)};
		struct gh_bytes s = {(const unsigned char *)json_string_value(sig),
		    json_string_length(sig)};

		if (b.p != NULL && s.p != NULL && add_pair(out, i, b, s, err) < 0)
			return -1;
	}
	return 0;
}

enum gh_evidence_type gh_collateral_type(const json_t *o)
{
	for (size_t i = 0; i < N_DOCS; i++)
		if (json_object_get(o, docs[i].outer) != NULL)
			return docs[i].type;
	return GH_EV_UNKNOWN;
}

enum gh_evidence_type gh_collateral_claims(struct gh_bytes text)
{
	if (gh_text_find(text, "\"tcbInfo\"") != NULL)
		return GH_EV_TCB_INFO;
	if (gh_text_find(text, "\"enclaveIdentity\"") != NULL)
		return GH_EV_QE_IDENTITY;
	return GH_EV_UNKNOWN;
}
