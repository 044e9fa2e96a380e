/* SPDX-License-Identifier: Apache-2.0
 * Reads the DICE extension of the leaf and compares its FWID with the report's.
 *
 * 2.23.133.5.4.1   SEQUENCE { INTEGER 1, SubjectPublicKeyInfo of the BROM, FWID }
 * 2.23.133.5.4.1.1 SEQUENCE { ..., [6] { FWID, ... }, ... }
 * FWID             SEQUENCE { OID sha384, OCTET STRING 48 } */
#include "evidence/gpu_fwid.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define OID_COMPOSITE   "2.23.133.5.4.1"
#define OID_TCBINFO     "2.23.133.5.4.1.1"
#define FWID_LEN        48
#define REQUIRED_DRIVER 550

enum {
	DER_INTEGER = 0x02,
	DER_OCTETS = 0x04,
	DER_OID = 0x06,
	DER_SEQ = 0x30,
	DER_6 = 0xa6
};

/* One element: its tag, a reader over its content, and its bytes whole. */
struct der {
	unsigned int tag;
	struct gh_rd body;
	struct gh_bytes whole;
};

/* Definite lengths of at most two bytes, in the shortest form. */
static bool der_next(struct gh_rd *r, struct der *out)
{
	size_t start = r->pos;
	out->tag = gh_rd_u8(r);
	size_t len = gh_rd_u8(r), least = 0;
	if (len == 0x81) {
		len = gh_rd_u8(r);
		least = 0x80;
	} else if (len == 0x82) {
		len = gh_rd_u16be(r);
		least = 0x100;
	} else if (len >= 0x80) {
		return false;
	}
	out->body = gh_rd_sub(r, len);
	out->whole = (struct gh_bytes){r->p + start, r->pos - start};
	return !r->bad && len >= least;
}

static bool der_want(struct gh_rd *r, unsigned int tag, struct der *out)
{
	return der_next(r, out) && out->tag == tag;
}

static bool is_bytes(const struct gh_rd *r, const char *want, size_t len)
{
	return r->len == len && memcmp(r->p, want, len) == 0;
}

static bool read_fwid(struct gh_rd *r, struct gh_bytes *out)
{
	static const char sha384[] = "\x60\x86\x48\x01\x65\x03\x04\x02\x02";
	struct der seq, oid, value;
	if (!der_want(r, DER_SEQ, &seq) || !der_want(&seq.body, DER_OID, &oid) ||
	    !der_want(&seq.body, DER_OCTETS, &value) || gh_rd_left(&seq.body) != 0)
		return false;
	*out = (struct gh_bytes){value.body.p, value.body.len};
	return is_bytes(&oid.body, sha384, 9) && out->len == FWID_LEN;
}

static bool is_key_of(struct gh_bytes spki, const struct gh_cert *c)
{
	struct gh_bytes have = gh_cert_spki(c);
	return have.len == spki.len && memcmp(have.p, spki.p, spki.len) == 0;
}

static int read_composite(struct gh_bytes ext, const struct gh_cert *issuer,
    struct gh_bytes *out, struct gh_err *err)
{
	struct gh_rd r = gh_rd_of(ext.p, ext.len);
	struct der seq, version, spki;
	if (!der_want(&r, DER_SEQ, &seq) || gh_rd_left(&r) != 0 ||
	    !der_want(&seq.body, DER_INTEGER, &version) ||
	    !is_bytes(&version.body, "\x01", 1) || !der_want(&seq.body, DER_SEQ, &spki) ||
	    !read_fwid(&seq.body, out) || gh_rd_left(&seq.body) != 0)
		return gh_fail(
		    err, GH_E_PARSE, "the leaf's CompositeDeviceID is not of its form");
	if (!is_key_of(spki.whole, issuer))
		return gh_fail(err, GH_E_CRYPTO,
		    "the key inside the leaf's CompositeDeviceID is not the BROM's");
	return 0;
}

static int read_tcbinfo(struct gh_bytes ext, struct gh_bytes *out, struct gh_err *err)
{
	struct gh_rd r = gh_rd_of(ext.p, ext.len);
	struct der seq, member;
	size_t found = 0;
	if (!der_want(&r, DER_SEQ, &seq) || gh_rd_left(&r) != 0)
		return gh_fail(err, GH_E_PARSE, "the leaf's TcbInfo is not of its form");
	while (gh_rd_left(&seq.body) > 0) {
		if (!der_next(&seq.body, &member))
			return gh_fail(
			    err, GH_E_PARSE, "the leaf's TcbInfo is not of its form");
		if (member.tag == DER_6 && (found++ > 0 || !read_fwid(&member.body, out)))
			return gh_fail(err, GH_E_PARSE,
			    "fwids of the leaf's TcbInfo not of their form");
	}
	if (found == 0)
		return gh_fail(err, GH_E_PARSE, "the leaf's TcbInfo has no fwids");
	return 0;
}

int gh_fwid_of(struct gh_bytes *out, const struct gh_cert *leaf,
    const struct gh_cert *issuer, struct gh_err *err)
{
	size_t n_composite = 0, n_tcbinfo = 0;
	struct gh_bytes composite = gh_cert_ext(leaf, OID_COMPOSITE, &n_composite);
	struct gh_bytes tcbinfo = gh_cert_ext(leaf, OID_TCBINFO, &n_tcbinfo);
	*out = (struct gh_bytes){0};
	if (n_composite + n_tcbinfo != 1)
		return gh_fail(err, GH_E_PARSE,
		    "%zu DICE extensions in the leaf, want one", n_composite + n_tcbinfo);
	if (n_composite == 1)
		return read_composite(composite, issuer, out, err);
	return read_tcbinfo(tcbinfo, out, err);
}

/* Drivers of the 535 and 545 era leave the field out; switches always do. A driver that
 * is not understood is not taken for an old one. */
static void judge_absent(struct gh_gpu_case *c, struct gh_finding *f)
{
	unsigned long major = strtoul(c->driver, NULL, 10);
	bool old = major > 0 && major < REQUIRED_DRIVER;
	bool due = !gh_gpu_is_switch(c) && (!old || gh_gpu_policy(c->ctx)->fwid);
	if (due) {
		gh_gpu_refuse(f, "gpu.fwid.absent", "no FWID in the report");
		gh_say(&f->why, "driver %s %s the identity of its firmware", c->driver,
		    old ? "leaves out, and the policy demands," : "must report");
		gh_say(&f->remedy, "Install a driver of %d or later.", REQUIRED_DRIVER);
		return;
	}
	gh_judge(f, GH_SKIP, "gpu.fwid.absent");
	f->severity = GH_SEV_INFO;
	gh_say(&f->observed, "no FWID in the report");
	gh_say(
	    &f->why, "switches and drivers before %d do not report one", REQUIRED_DRIVER);
}

void gh_gpu_fwid_judge(struct gh_gpu_case *c)
{
	struct gh_finding *f = gh_gpu_begin(c, "gpu.fwid", "gpu.spdm.parse", "FWID");
	const struct gh_opaque *o =
	    c->parsed ? gh_spdm_opaque(&c->spdm, GH_OPAQUE_FWID) : NULL;
	struct gh_bytes want;
	struct gh_err e = {0};
	gh_say(&f->expected, "report = leaf extension, made by this BROM");
	if (!c->parsed || !c->have_chain) {
		gh_gpu_settle(f, false, "no report or no chain");
		return;
	}
	if (gh_fwid_of(&want, c->certs.at[0], c->certs.at[1], &e) < 0) {
		gh_gpu_refuse(f, "gpu.fwid.form", e.what);
		return;
	}
	gh_claim_hex(gh_gpu_subject(c), "fwid", want.p, want.len);
	if (o == NULL) {
		judge_absent(c, f);
		return;
	}
	if (o->data.len != want.len || memcmp(o->data.p, want.p, want.len) != 0) {
		gh_gpu_refuse(
		    f, "gpu.fwid.mismatch", "report and leaf certificate differ");
		gh_say(&f->why,
		    "the report comes from other firmware than the key was made for");
		return;
	}
	gh_gpu_settle(f, c->grounded, "report = leaf extension");
}
