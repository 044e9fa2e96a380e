/* SPDX-License-Identifier: Apache-2.0
 * Takes PEM, percent-encoded PEM and concatenated DER apart. */
#include "evidence/load_pem.h"

#include <string.h>

#include "base/text.h"
#include "crypto/memo.h"
#include "evidence/evidence_json.h"
#include "evidence/sniff.h"

#define CERT_BEGIN "-----BEGIN CERTIFICATE-----"
#define CERT_END   "-----END CERTIFICATE-----"
#define CRL_BEGIN  "-----BEGIN X509 CRL-----"
#define CRL_END    "-----END X509 CRL-----"
#define DER_MAX    256 /* values in a row */
#define ENCODED    "-----BEGIN%20CERTIFICATE-----"

/* The next block between begin and end; *rest moves behind it. whole: with its marks. */
static bool next_block(struct gh_bytes *rest, const char *begin, const char *end,
    struct gh_bytes *whole, struct gh_bytes *body)
{
	const unsigned char *from = gh_text_find(*rest, begin), *to, *last;
	struct gh_bytes tail;

	if (from == NULL)
		return false;
	tail.p = from + strlen(begin);
	tail.len = rest->len - (size_t)(tail.p - rest->p);
	to = gh_text_find(tail, end);
	if (to == NULL)
		return false;
	last = to + strlen(end);
	*body = (struct gh_bytes){tail.p, (size_t)(to - tail.p)};
	*whole = (struct gh_bytes){from, (size_t)(last - from)};
	rest->len -= (size_t)(last - rest->p);
	rest->p = last;
	return true;
}

static int add(struct gh_evidence_set *out, enum gh_evidence_type type, struct gh_bytes b,
    struct gh_err *err)
{
	return gh_evidence_add(out, type, b, err) == NULL ? -1 : 0;
}

static int add_certs(
    struct gh_evidence_set *out, struct gh_bytes text, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) only = {0};
	struct gh_bytes rest = text, whole, body;

	if (gh_text_find(text, CRL_BEGIN) == NULL)
		return gh_text_find(text, CERT_BEGIN) == NULL
			   ? 0
			   : add(out, GH_EV_CERTS, text, err);
	while (next_block(&rest, CERT_BEGIN, CERT_END, &whole, &body)) {
		gh_buf_add(&only, whole.p, whole.len);
		gh_buf_chr(&only, '\n');
	}
	if (gh_buf_ok(&only, err) < 0)
		return -1;
	return only.len == 0 ? 0 : add(out, GH_EV_CERTS, gh_buf_view(&only), err);
}

int gh_evidence_pem(struct gh_evidence_set *out, struct gh_bytes text, struct gh_err *err)
{
	struct gh_bytes rest = text, whole, body;

	if (add_certs(out, text, err) < 0)
		return -1;
	while (next_block(&rest, CRL_BEGIN, CRL_END, &whole, &body)) {
		gh_auto(struct gh_buf, gh_buf_free) der = {0};

		if (gh_unb64_loose(&der, (const char *)body.p, body.len, err) < 0)
			return gh_err_prefix(err, "CRL in PEM");
		if (add(out, GH_EV_CRL, gh_buf_view(&der), err) < 0)
			return -1;
	}
	return 0;
}

/* %XX to its byte; a percent sign that is none stays. */
static void unpercent(struct gh_buf *out, struct gh_bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = text.p[i];
		char digits[3] = "";

		if (c == '%' && text.len - i > 2) {
			memcpy(digits, text.p + i + 1, 2);
			if (gh_unhex(&c, 1, digits, NULL) == 0)
				i += 2;
			else
				c = '%';
		}
		gh_buf_chr(out, (char)c);
	}
}

int gh_evidence_percent(
    struct gh_evidence_set *out, struct gh_bytes text, struct gh_err *err)
{
	struct gh_bytes line;

	while (gh_text_line(&text, &line)) {
		gh_auto(struct gh_buf, gh_buf_free) plain = {0};
		const unsigned char *from = gh_text_find(line, ENCODED);

		if (from == NULL)
			continue;
		line.len -= (size_t)(from - line.p);
		line.p = from;
		unpercent(&plain, line);
		if (gh_buf_ok(&plain, err) < 0 ||
		    gh_evidence_pem(out, gh_buf_view(&plain), err) < 0)
			return -1;
	}
	return 0;
}

/* Each value is something we know. */
static bool all_known(struct gh_bytes rest, size_t *n)
{
	struct gh_bytes one;

	for (*n = 0; *n < DER_MAX && gh_der_next(&rest, &one); (*n)++)
		switch (gh_evidence_sniff(one)) {
		case GH_EV_CERTS:
		case GH_EV_CRL:
		case GH_EV_OCSP:
			break;
		default:
			return false;
		}
	return rest.len == 0 && *n > 0;
}

int gh_evidence_der(
    struct gh_evidence_set *out, struct gh_bytes raw, bool *all, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) certs = {0};
	struct gh_bytes rest = raw, one;
	size_t n;

	*all = all_known(raw, &n);
	while (*all && gh_der_next(&rest, &one)) {
		enum gh_evidence_type type = gh_evidence_sniff(one);

		if (type == GH_EV_CERTS)
			gh_buf_add(&certs, one.p, one.len);
		else if (add(out, type, one, err) < 0)
			return -1;
	}
	if (gh_buf_ok(&certs, err) < 0)
		return -1;
	return certs.len == 0 ? 0 : add(out, GH_EV_CERTS, gh_buf_view(&certs), err);
}

int gh_evidence_certs(struct gh_certs *out, struct gh_bytes piece, size_t max,
    struct gh_memo *memo, struct gh_err *err)
{
	struct gh_bytes one;

	if (gh_text_find(piece, "-----BEGIN") != NULL)
		return gh_certs_from_pem_known(out, piece, max, memo, err);
	while (piece.len > 0) {
		struct gh_cert *c = NULL;

		if (out->n == max)
			return gh_fail(
			    err, GH_E_PARSE, "more than %zu certificates", max);
		if (!gh_der_next(&piece, &one))
			one = piece; /* let the parser say what is wrong */
		if (gh_memo_cert(memo, &c, one.p, one.len, err) < 0 ||
		    gh_certs_add(out, c, err) < 0)
			return -1;
	}
	return out->n == 0 ? gh_fail(err, GH_E_PARSE, "no certificate in it") : 0;
}
