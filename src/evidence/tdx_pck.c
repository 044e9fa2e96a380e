/* SPDX-License-Identifier: Apache-2.0
 * Reads the SGX extension of a PCK certificate: a SEQUENCE of {OID, value}, members below
 * 1.2.840.113741.1.13.1:
 *
 *   .1 PPID OCTET STRING 16            .4 FMSPC OCTET STRING 6
 *   .2 TCB SEQUENCE:                   .5 SGX type ENUMERATED
 *      .2.1-.2.16 component INTEGER    .6 platform instance OCTET STRING 16
 *      .2.17 PCESVN INTEGER            .7 configuration SEQUENCE of BOOLEAN:
 *      .2.18 CPUSVN OCTET STRING 16       .7.1 dynamic .7.2 cached keys .7.3 SMT
 *   .3 PCEID OCTET STRING 2
 */
#include "evidence/tdx_pck.h"

#include "base/rd.h"

#define OID_SGX "1.2.840.113741.1.13.1"

enum {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_OCTETS = 0x04,
	DER_OID = 0x06,
	DER_ENUM = 0x0A,
	DER_SEQUENCE = 0x30
};

/* DER of the arc above, before its last one or two numbers. */
static const unsigned char arc[] = {0x2A, 0x86, 0x48, 0x86, 0xF8, 0x4D, 0x01, 0x0D, 0x01};

/* One element of that tag; its content. A reader gone bad when it is something else. */
static struct gh_rd read_tag(struct gh_rd *r, uint8_t tag)
{
	uint8_t got = gh_rd_u8(r), l = gh_rd_u8(r);
	uint32_t len = l;

	if (l == 0x81) {
		len = gh_rd_u8(r);
		if (len < 0x80)
			r->bad = true;
	} else if (l == 0x82) {
		len = gh_rd_u16be(r);
		if (len < 0x100)
			r->bad = true;
	} else if (l >= 0x80) {
		r->bad = true;
	}
	if (got != tag)
		r->bad = true;
	return gh_rd_sub(r, r->bad ? 0 : len);
}

/* The OID of a member: the one or two numbers below the arc, 0 when they do not fit. */
static unsigned int read_member(struct gh_rd *r)
{
	struct gh_rd oid = read_tag(r, DER_OID);
	const unsigned char *p = gh_rd_bytes(&oid, sizeof(arc));
	unsigned int id, low = 0;

	if (!p || memcmp(p, arc, sizeof(arc)) != 0)
		return 0;
	id = gh_rd_u8(&oid) * 256u;
	if (gh_rd_left(&oid)) {
		low = gh_rd_u8(&oid);
		if (!low)
			return 0;
	}
	return oid.bad || gh_rd_left(&oid) ? 0 : id + low;
}

static void read_octets(struct gh_rd *r, unsigned char *out, size_t len)
{
	struct gh_rd v = read_tag(r, DER_OCTETS);

	if (v.len != len)
		r->bad = true;
	gh_rd_copy(&v, out, len);
}

/* A small unsigned number; a leading 00 is how DER writes one with its top bit set, and
 * Intel also writes it in front of others. */
static unsigned int read_number(struct gh_rd *r, uint8_t tag, unsigned int max)
{
	struct gh_rd v = read_tag(r, tag);
	size_t n = v.len;
	unsigned int out = 0;

	if (!n || n > 3 || (v.p[0] & 0x80))
		r->bad = true;
	for (size_t i = 0; i < n && i < 3; i++)
		out = out << 8 | gh_rd_u8(&v);
	if (out > max)
		r->bad = true;
	return out;
}

static bool read_bool(struct gh_rd *r)
{
	struct gh_rd v = read_tag(r, DER_BOOLEAN);

	if (v.len != 1)
		r->bad = true;
	return gh_rd_u8(&v) != 0;
}

/* .2: each of its 18 members exactly once. */
static void read_tcb(struct gh_tdx_pck *k, struct gh_rd *r)
{
	struct gh_rd seq = read_tag(r, DER_SEQUENCE);
	uint32_t seen = 0;

	while (!seq.bad && gh_rd_left(&seq)) {
		struct gh_rd m = read_tag(&seq, DER_SEQUENCE);
		unsigned int id = read_member(&m), n = id & 0xFF;

		if (id / 256 != 2 || !n || n > 18 || seen & 1u << n) {
			r->bad = true;
			return;
		}
		seen |= 1u << n;
		if (n <= 16)
			k->comp[n - 1] = (uint8_t)read_number(&m, DER_INTEGER, 255);
		else if (n == 17)
			k->pce_svn = (uint16_t)read_number(&m, DER_INTEGER, 65535);
		else
			read_octets(&m, k->cpu_svn, 16);
		if (m.bad || gh_rd_left(&m))
			r->bad = true;
	}
	if (seq.bad || seen != 0x7FFFE)
		r->bad = true;
}

static void read_configuration(struct gh_tdx_pck *k, struct gh_rd *r)
{
	struct gh_rd seq = read_tag(r, DER_SEQUENCE);
	bool *const out[] = {&k->dynamic_platform, &k->cached_keys, &k->smt};

	k->has_configuration = true;
	while (!seq.bad && gh_rd_left(&seq)) {
		struct gh_rd m = read_tag(&seq, DER_SEQUENCE);
		unsigned int id = read_member(&m), n = id & 0xFF;

		if (id / 256 != 7 || !n || n > GH_COUNT(out)) {
			r->bad = true;
			return;
		}
		*out[n - 1] = read_bool(&m);
		if (m.bad || gh_rd_left(&m))
			r->bad = true;
	}
	if (seq.bad)
		r->bad = true;
}

static void read_value(struct gh_tdx_pck *k, struct gh_rd *m, unsigned int n)
{
	switch (n) {
	case 1:
		read_octets(m, k->ppid, sizeof(k->ppid));
		break;
	case 2:
		read_tcb(k, m);
		break;
	case 3:
		read_octets(m, k->pce_id, sizeof(k->pce_id));
		break;
	case 4:
		read_octets(m, k->fmspc, sizeof(k->fmspc));
		break;
	case 5:
		k->sgx_type = (uint8_t)read_number(m, DER_ENUM, 255);
		break;
	case 6:
		k->has_platform_instance = true;
		read_octets(m, k->platform_instance, sizeof(k->platform_instance));
		break;
	case 7:
		read_configuration(k, m);
		break;
	default:
		m->bad = true;
	}
}

int gh_tdx_pck_from_der(
    struct gh_tdx_pck *out, const void *der, size_t len, struct gh_err *err)
{
	struct gh_rd r = gh_rd_of(der, len);
	struct gh_rd seq = read_tag(&r, DER_SEQUENCE);
	uint32_t seen = 0;
	bool bad = r.bad || gh_rd_left(&r);

	memset(out, 0, sizeof(*out));
	while (!bad && gh_rd_left(&seq)) {
		struct gh_rd m = read_tag(&seq, DER_SEQUENCE);
		unsigned int id = read_member(&m), n = id / 256;

		bad = seq.bad || id % 256 || !n || n > 7 || seen & 1u << n;
		if (bad)
			break;
		seen |= 1u << n;
		read_value(out, &m, n);
		bad = m.bad || gh_rd_left(&m);
	}
	if (bad || (seen & 0x3E) != 0x3E)
		return gh_fail(err, GH_E_PARSE,
		    "the SGX extension of the PCK certificate is damaged or incomplete");
	return 0;
}

int gh_tdx_pck_parse(
    struct gh_tdx_pck *out, const struct gh_cert *leaf, struct gh_err *err)
{
	size_t n = 0;
	struct gh_bytes v = gh_cert_ext(leaf, OID_SGX, &n);

	memset(out, 0, sizeof(*out));
	if (n != 1 || !v.p)
		return gh_fail(err, GH_E_PARSE,
		    "the PCK certificate has the SGX extension %zu times, must be once",
		    n);
	return gh_tdx_pck_from_der(out, v.p, v.len, err);
}
