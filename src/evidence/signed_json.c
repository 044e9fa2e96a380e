/* SPDX-License-Identifier: Apache-2.0
 * The scanner that finds what Intel's signature covers. */
#include "evidence/signed_json.h"

#include "base/rd.h"
#include "base/text.h"

#define NAME_MAX_LEN 64 /* of an outer member, decoded, with its NUL */

/* One outer member: its name as decoded, its value as it stands in the document. */
struct member {
	char name[NAME_MAX_LEN];
	struct gh_bytes value;
};

static int refuse(const struct gh_rd *r, const char *what, struct gh_err *err)
{
	return gh_fail(
	    err, GH_E_PARSE, "signed JSON: %s at offset %zu", what, gh_rd_at(r));
}

/* The next byte, not consumed; -1 at the end. */
static int peek(const struct gh_rd *r)
{
	return gh_rd_left(r) ? r->p[r->pos] : -1;
}

static void skip_blanks(struct gh_rd *r)
{
	int c = peek(r);

	while (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
		gh_rd_skip(r, 1);
		c = peek(r);
	}
}

static int take(struct gh_rd *r, char want, struct gh_err *err)
{
	skip_blanks(r);
	if (peek(r) != want)
		return gh_fail(err, GH_E_PARSE,
		    "signed JSON: '%c' is missing at offset %zu", want, gh_rd_at(r));
	gh_rd_skip(r, 1);
	return 0;
}

/* The four hex digits behind \u; -1 when they are none. */
static int read_unicode(struct gh_rd *r)
{
	char hex[5] = "";
	unsigned char v[2];

	gh_rd_copy(r, hex, 4);
	return gh_unhex(v, 2, hex, NULL) < 0 ? -1 : v[0] << 8 | v[1];
}

/* What stands behind a backslash, decoded; -1 when JSON knows no such escape. */
static int read_escape(struct gh_rd *r)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	int c = gh_rd_u8(r);
	const char *at = c ? strchr(from, c) : NULL;

	if (c == 'u')
		return read_unicode(r);
	return at ? to[at - from] : -1;
}

/* Skips what stands for itself in a string: most of every document. */
static void skip_text(struct gh_rd *r)
{
	size_t n = 0, left = gh_rd_left(r);

	while (n < left && r->p[r->pos + n] >= 0x20 && r->p[r->pos + n] != '"' &&
	       r->p[r->pos + n] != '\\')
		n++;
	gh_rd_skip(r, n);
}

/* A string; name (NAME_MAX_LEN bytes, or NULL) gets it decoded. A name that is long or not
 * plain ASCII is refused: then two spellings of one name cannot look different to us. */
static int scan_string(struct gh_rd *r, char *name, struct gh_err *err)
{
	size_t n = 0;

	if (take(r, '"', err) < 0)
		return -1;
	for (;;) {
		int c;

		if (!name)
			skip_text(r);
		c = peek(r);
		if (c < 0x20)
			return refuse(r, "an open string", err);
		gh_rd_skip(r, 1);
		if (c == '"')
			break;
		if (c == '\\')
			c = read_escape(r);
		if (c < 0)
			return refuse(r, "an unknown escape", err);
		if (name && (n + 1 == NAME_MAX_LEN || c < 0x20 || c > 0x7E))
			return refuse(r, "a member name that is long or not ASCII", err);
		if (name)
			name[n++] = (char)c;
	}
	if (name)
		name[n] = '\0';
	return 0;
}

/* A number, true, false, null: only inside members that mean nothing, so no closer look. */
static int scan_plain(struct gh_rd *r, struct gh_err *err)
{
	size_t start = r->pos;

	for (int c = peek(r);
	     c == '-' || c == '+' || c == '.' || (c >= '0' && c <= '9') ||
	     (c >= 'a' && c <= 'z') || c == 'E';
	     c = peek(r))
		gh_rd_skip(r, 1);
	return r->pos == start ? refuse(r, "no value", err) : 0;
}

static int scan_value(struct gh_rd *r, unsigned int depth, struct gh_err *err);

/* An object or array whose opening bracket is next. */
static int scan_nest(struct gh_rd *r, unsigned int depth, struct gh_err *err)
{
	bool object = peek(r) == '{';
	char close = object ? '}' : ']';

	if (depth > GH_SIGNED_JSON_DEPTH)
		return refuse(r, "nested too deep", err);
	gh_rd_skip(r, 1);
	skip_blanks(r);
	if (peek(r) == close) {
		gh_rd_skip(r, 1);
		return 0;
	}
	for (;;) {
		if (object && (scan_string(r, NULL, err) < 0 || take(r, ':', err) < 0))
			return -1;
		if (scan_value(r, depth, err) < 0)
			return -1;
		skip_blanks(r);
		if (peek(r) != ',')
			return take(r, close, err);
		gh_rd_skip(r, 1);
	}
}

/* depth: of what this value stands in. */
static int scan_value(struct gh_rd *r, unsigned int depth, struct gh_err *err)
{
	skip_blanks(r);
	switch (peek(r)) {
	case '{':
	case '[':
		return scan_nest(r, depth + 1, err);
	case '"':
		return scan_string(r, NULL, err);
	default:
		return scan_plain(r, err);
	}
}

static int scan_member(struct gh_rd *r, struct member *m, struct gh_err *err)
{
	size_t start;

	if (scan_string(r, m->name, err) < 0 || take(r, ':', err) < 0)
		return -1;
	skip_blanks(r);
	start = r->pos;
	if (scan_value(r, 1, err) < 0)
		return -1;
	m->value = (struct gh_bytes){r->p + start, r->pos - start};
	return 0;
}

static bool is_new(const struct member *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i].name, all[n].name) == 0)
			return false;
	return true;
}

/* The outer object's members; *n of them. */
static int scan_document(
    struct gh_rd *r, struct member *all, size_t *n, struct gh_err *err)
{
	if (take(r, '{', err) < 0)
		return -1;
	for (*n = 0;; ++*n) {
		if (*n == GH_SIGNED_JSON_MEMBERS)
			return refuse(r, "too many members", err);
		if (scan_member(r, &all[*n], err) < 0)
			return -1;
		if (!is_new(all, *n))
			return refuse(r, "a member for the second time", err);
		skip_blanks(r);
		if (peek(r) != ',')
			break;
		gh_rd_skip(r, 1);
	}
	++*n;
	if (take(r, '}', err) < 0)
		return -1;
	skip_blanks(r);
	return gh_rd_left(r) ? refuse(r, "text behind the document", err) : 0;
}

static const struct member *find_member(
    const struct member *all, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i].name, name) == 0)
			return &all[i];
	return NULL;
}

/* "<128 hex digits>", the quotes included. */
static int read_signature(unsigned char out[64], struct gh_bytes v, struct gh_err *err)
{
	char hex[129] = "";

	if (v.len == 130 && v.p[0] == '"')
		memcpy(hex, v.p + 1, 128);
	if (gh_unhex(out, 64, hex, NULL) < 0)
		return gh_fail(err, GH_E_PARSE,
		    "signed JSON: \"signature\" must be 128 hex digits (r||s)");
	return 0;
}

int gh_signed_json_split(struct gh_signed_json *out, struct gh_bytes doc,
    const char *member, struct gh_err *err)
{
	struct gh_rd r = gh_rd_of(doc.p, doc.len);
	struct member all[GH_SIGNED_JSON_MEMBERS];
	const struct member *value, *signature;
	size_t n = 0;

	memset(out, 0, sizeof(*out));
	if (doc.len > GH_SIGNED_JSON_MAX)
		return gh_fail(err, GH_E_PARSE, "signed JSON: %zu bytes, at most %u",
		    doc.len, GH_SIGNED_JSON_MAX);
	if (scan_document(&r, all, &n, err) < 0)
		return -1;
	value = find_member(all, n, member);
	signature = find_member(all, n, "signature");
	if (!value || !signature || value->value.p[0] != '{')
		return gh_fail(err, GH_E_PARSE,
		    "signed JSON: needs an object \"%s\" and a \"signature\"", member);
	out->value = value->value;
	return read_signature(out->signature, signature->value, err);
}

int gh_signed_json_verify(const struct gh_signed_json *s, const struct gh_cert *signer,
    struct gh_memo *memo, struct gh_err *err)
{
	const struct gh_memo_ecdsa ask = {gh_cert_key(signer),
	    gh_cert_spki_sha256(signer), GH_SHA256, s->value, {s->signature, 64}};

	if (gh_memo_ecdsa_raw(memo, &ask, NULL) == 0)
		return 0;
	return gh_fail(
	    err, GH_E_CRYPTO, "the document is not signed by '%s'", gh_cert_cn(signer));
}
