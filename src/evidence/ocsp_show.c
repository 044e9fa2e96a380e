/* SPDX-License-Identifier: Apache-2.0
 * Walks the DER of an OCSP response in the order of RFC 6960 section 4.2.1. */
#include "evidence/ocsp_show.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "base/rd.h"
#include "base/text.h"
#include "crypto/ocsp.h"
#include "evidence/show_certs.h"

#define ITEMS_MAX 32 /* elements of one list */

enum {
	BOOLEAN = 0x01,
	INTEGER = 0x02,
	BITS = 0x03,
	OCTETS = 0x04,
	OID = 0x06,
	ENUM = 0x0a,
	TIME = 0x18,
	SEQ = 0x30,
	/* context tags: [n] primitive and constructed */
	CTX = 0x80,
	CTXC = 0xa0,
};

/* One element: whole with its head, body without. */
struct tlv {
	unsigned int tag;
	struct gh_bytes whole;
	struct gh_rd body;
};

struct show {
	struct gh_fields *out;
	bool bad; /* said so already; nothing more is read */
};

static void stop(struct show *s, const struct gh_rd *r, const char *what)
{
	if (!s->bad)
		gh_fields_add(
		    s->out, "error", NULL, 0, "no %s at offset %zu", what, gh_rd_at(r));
	s->bad = true;
}

/* Definite lengths of up to four bytes, tags of one: all that DER needs here. */
static bool read_tlv(struct gh_rd *r, struct tlv *t)
{
	const unsigned char *start = r->p + r->pos;
	size_t at = r->pos, len;

	t->tag = gh_rd_u8(r);
	len = gh_rd_u8(r);
	if (len >= 0x80) {
		size_t more = len & 0x7f;

		if (more == 0 || more > 4)
			return false;
		for (len = 0; more > 0; more--)
			len = len << 8 | gh_rd_u8(r);
	}
	t->body = gh_rd_sub(r, len);
	t->whole = (struct gh_bytes){start, r->pos - at};
	return !r->bad;
}

static bool is_next(const struct gh_rd *r, unsigned int tag)
{
	return gh_rd_left(r) > 0 && r->p[r->pos] == tag;
}

/* The next element, which must have that tag; false when it has not, and then said so. */
static bool take(
    struct show *s, struct gh_rd *r, unsigned int tag, struct tlv *t, const char *what)
{
	*t = (struct tlv){0};
	if (!s->bad && (!is_next(r, tag) || !read_tlv(r, t)))
		stop(s, r, what);
	return !s->bad;
}

static void add(
    struct show *s, const char *name, const struct tlv *t, const char *meaning)
{
	gh_fields_add(s->out, name, t->body.p, t->body.len, "%s", meaning);
}

/* ---- meanings --------------------------------------------------------------------------- */

static void oid_text(char *out, size_t size, const struct tlv *t)
{
	const unsigned char *p = t->whole.p;
	ASN1_OBJECT *o = d2i_ASN1_OBJECT(NULL, &p, (long)t->whole.len);
	char dotted[96] = "?", name[96] = "";

	if (o != NULL) {
		OBJ_obj2txt(dotted, sizeof dotted, o, 1);
		OBJ_obj2txt(name, sizeof name, o, 0);
	}
	ASN1_OBJECT_free(o);
	ERR_clear_error();
	snprintf(out, size, "%s%s%s", dotted,
	    strcmp(dotted, name) == 0 || *name == '\0' ? "" : " ",
	    strcmp(dotted, name) == 0 ? "" : name);
}

static void show_oid(struct show *s, struct gh_rd *r, const char *name)
{
	struct tlv t;
	char text[200];

	if (!take(s, r, OID, &t, name))
		return;
	oid_text(text, sizeof text, &t);
	add(s, name, &t, text);
}

/* AlgorithmIdentifier: parameters are shown as they are. */
static void show_algorithm(struct show *s, struct gh_rd *r, const char *name)
{
	struct tlv t, rest;

	if (!take(s, r, SEQ, &t, name))
		return;
	show_oid(s, &t.body, name);
	if (s->bad || gh_rd_left(&t.body) == 0)
		return;
	if (read_tlv(&t.body, &rest))
		gh_fields_add(s->out, "parameters", rest.whole.p, rest.whole.len, "%s",
		    rest.tag == 0x05 ? "NULL" : "shown as they are");
	else
		stop(s, &t.body, "parameters");
}

static void show_octets(
    struct show *s, struct gh_rd *r, unsigned int tag, const char *name)
{
	struct tlv t;

	if (take(s, r, tag, &t, name))
		add(s, name, &t, "");
}

static void show_time(struct show *s, struct gh_rd *r, const char *name)
{
	struct tlv t;

	if (take(s, r, TIME, &t, name))
		gh_fields_add(s->out, name, t.body.p, t.body.len, "%.*s", (int)t.body.len,
		    (const char *)t.body.p);
}

static void show_number(struct show *s, struct gh_rd *r, unsigned int tag,
    const char *name, const char *(*word)(int))
{
	struct tlv t;
	int v;

	if (!take(s, r, tag, &t, name))
		return;
	v = t.body.len == 1 ? t.body.p[0] : -1;
	gh_fields_add(s->out, name, t.body.p, t.body.len, "%d %s", v, word(v));
}

static const char *version_word(int v)
{
	return v == 0 ? "(version 1, to be left out)" : "(not known)";
}

static const char *status_word(int v)
{
	static const char *const word[] = {"successful", "malformedRequest",
	    "internalError", "tryLater", "(not used)", "sigRequired", "unauthorized"};

	return v >= 0 && (size_t)v < GH_COUNT(word) ? word[v] : "not known";
}

static void show_name(struct show *s, const struct tlv *t)
{
	const unsigned char *p = t->body.p;
	X509_NAME *name = d2i_X509_NAME(NULL, &p, (long)t->body.len);
	char text[400] = "a name that cannot be read";

	if (name != NULL)
		X509_NAME_oneline(name, text, sizeof text);
	add(s, "responderID byName", t, text);
	X509_NAME_free(name);
	ERR_clear_error();
}

/* ---- lists ------------------------------------------------------------------------------ */

static void show_extension(struct show *s, struct gh_rd *r)
{
	struct tlv ext, id, t;
	char name[200];

	if (!take(s, r, SEQ, &ext, "extension") ||
	    !take(s, &ext.body, OID, &id, "extnID"))
		return;
	oid_text(name, sizeof name, &id);
	gh_fields_open(s->out, "extension %s", name);
	if (is_next(&ext.body, BOOLEAN) && take(s, &ext.body, BOOLEAN, &t, "critical"))
		add(s, "critical", &t,
		    t.body.len == 1 && t.body.p[0] != 0 ? "TRUE" : "FALSE");
	show_octets(s, &ext.body, OCTETS, "extnValue");
	gh_fields_close(s->out);
}

/* Extensions in their [n] wrapping. */
static void show_extensions(
    struct show *s, struct gh_rd *r, unsigned int tag, const char *what)
{
	struct tlv outer, list;

	if (!is_next(r, tag) || !take(s, r, tag, &outer, what) ||
	    !take(s, &outer.body, SEQ, &list, what))
		return;
	gh_fields_open(s->out, "%s", what);
	for (size_t i = 0; gh_rd_left(&list.body) > 0 && !s->bad; i++)
		if (i < ITEMS_MAX)
			show_extension(s, &list.body);
		else
			stop(s, &list.body, "room for more than 32 extensions");
	gh_fields_close(s->out);
}

static void show_cert_id(struct show *s, struct gh_rd *r)
{
	struct tlv id;

	if (!take(s, r, SEQ, &id, "certID"))
		return;
	gh_fields_open(s->out, "certID");
	show_algorithm(s, &id.body, "hashAlgorithm");
	show_octets(s, &id.body, OCTETS, "issuerNameHash");
	show_octets(s, &id.body, OCTETS, "issuerKeyHash");
	show_octets(s, &id.body, INTEGER, "serialNumber");
	gh_fields_close(s->out);
}

static void show_status(struct show *s, struct gh_rd *r)
{
	struct tlv t, reason;

	if (is_next(r, CTX) && take(s, r, CTX, &t, "certStatus")) {
		gh_fields_add(s->out, "certStatus", t.whole.p, t.whole.len, "good [0]");
	} else if (is_next(r, CTX | 2) && take(s, r, CTX | 2, &t, "certStatus")) {
		gh_fields_add(
		    s->out, "certStatus", t.whole.p, t.whole.len, "unknown [2]");
	} else if (take(s, r, CTXC | 1, &t, "certStatus")) {
		gh_fields_add(s->out, "certStatus", t.whole.p, 1, "revoked [1]");
		show_time(s, &t.body, "revocationTime");
		if (is_next(&t.body, CTXC) &&
		    take(s, &t.body, CTXC, &reason, "revocationReason"))
			show_number(s, &reason.body, ENUM, "revocationReason",
			    gh_ocsp_reason_word);
	}
}

static void show_single(struct show *s, struct gh_rd *r, size_t i)
{
	struct tlv one, next;

	if (!take(s, r, SEQ, &one, "SingleResponse"))
		return;
	gh_fields_open(s->out, "SingleResponse %zu", i);
	show_cert_id(s, &one.body);
	show_status(s, &one.body);
	show_time(s, &one.body, "thisUpdate");
	if (is_next(&one.body, CTXC) && take(s, &one.body, CTXC, &next, "nextUpdate"))
		show_time(s, &next.body, "nextUpdate");
	show_extensions(s, &one.body, CTXC | 1, "singleExtensions");
	gh_fields_close(s->out);
}

static void show_responder(struct show *s, struct gh_rd *r)
{
	struct tlv t;

	if (is_next(r, CTXC | 1) && take(s, r, CTXC | 1, &t, "responderID")) {
		show_name(s, &t);
	} else if (take(s, r, CTXC | 2, &t, "responderID")) {
		show_octets(s, &t.body, OCTETS, "responderID byKey");
	}
}

static void show_tbs(struct show *s, struct gh_rd *r)
{
	struct tlv tbs, t;

	if (!take(s, r, SEQ, &tbs, "tbsResponseData"))
		return;
	gh_fields_open(s->out, "tbsResponseData");
	if (is_next(&tbs.body, CTXC) && take(s, &tbs.body, CTXC, &t, "version"))
		show_number(s, &t.body, INTEGER, "version", version_word);
	show_responder(s, &tbs.body);
	show_time(s, &tbs.body, "producedAt");
	(void)take(s, &tbs.body, SEQ, &t, "responses");
	for (size_t i = 0; gh_rd_left(&t.body) > 0 && !s->bad; i++)
		if (i < ITEMS_MAX)
			show_single(s, &t.body, i);
		else
			stop(s, &t.body, "room for more than 32 responses");
	show_extensions(s, &tbs.body, CTXC | 1, "responseExtensions");
	gh_fields_close(s->out);
}

static void show_certs(struct show *s, struct gh_rd *r)
{
	gh_auto(struct gh_certs, gh_certs_free) all = {0};
	struct tlv outer, list, one;

	if (!is_next(r, CTXC) || !take(s, r, CTXC, &outer, "certs") ||
	    !take(s, &outer.body, SEQ, &list, "certs"))
		return;
	gh_fields_add(
	    s->out, "certs", list.whole.p, list.whole.len, "shown one by one below");
	while (
	    gh_rd_left(&list.body) > 0 && take(s, &list.body, SEQ, &one, "certificate")) {
		struct gh_cert *c = NULL;

		if (all.n >= GH_OCSP_CERTS_MAX ||
		    gh_cert_from_der(&c, one.whole.p, one.whole.len, NULL) < 0 ||
		    gh_certs_add(&all, c, NULL) < 0)
			stop(s, &list.body,
			    "certificate that can be read, or room for it,");
	}
	gh_certs_show(s->out, &all);
}

static void show_basic(struct show *s, struct gh_rd *r)
{
	struct tlv basic;

	if (!take(s, r, SEQ, &basic, "BasicOCSPResponse"))
		return;
	gh_fields_open(s->out, "BasicOCSPResponse");
	show_tbs(s, &basic.body);
	show_algorithm(s, &basic.body, "signatureAlgorithm");
	show_octets(s, &basic.body, BITS, "signature");
	if (!s->bad)
		show_certs(s, &basic.body);
	gh_fields_close(s->out);
}

static void show_response(struct show *s, struct gh_rd *r)
{
	struct tlv outer, t, bytes;

	if (!take(s, r, SEQ, &outer, "OCSPResponse"))
		return;
	show_number(s, &outer.body, ENUM, "responseStatus", status_word);
	if (is_next(&outer.body, CTXC) &&
	    take(s, &outer.body, CTXC, &t, "responseBytes") &&
	    take(s, &t.body, SEQ, &bytes, "responseBytes")) {
		show_oid(s, &bytes.body, "responseType");
		if (take(s, &bytes.body, OCTETS, &t, "response"))
			show_basic(s, &t.body);
	}
	if (!s->bad && gh_rd_left(r) > 0)
		stop(s, r, "end of the response");
}

int gh_ocsp_show(struct gh_fields *out, struct gh_bytes der, struct gh_err *err)
{
	struct gh_bytes whole = out->whole;
	struct gh_rd r = gh_rd_of(der.p, der.len);
	struct show s = {.out = out};

	out->whole = der;
	gh_fields_open(out, "OCSPResponse, %zu bytes", der.len);
	show_response(&s, &r);
	gh_fields_close(out);
	out->whole = whole;
	return gh_fields_ok(out, err);
}
