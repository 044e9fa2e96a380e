/* SPDX-License-Identifier: Apache-2.0
 * Reads a transcript of GET_MEASUREMENTS and MEASUREMENTS. Unlike evidence/spdm.h it takes
 * measurements of any size, and the negotiation (VCA) that 1.2 signs along.
 *
 * Layout (DSP0274, little-endian; n = record length, m = opaque length):
 *   offset  size  field
 *   1.2 only, in front of the exchange:
 *   0       4     GET_VERSION: 10 84, two parameters
 *   4       6+2k  VERSION: 10 04, two parameters, reserved, k, k entries
 *           20    GET_CAPABILITIES: 12 E1 ...
 *           20    CAPABILITIES: 12 61 ...
 *           a     NEGOTIATE_ALGORITHMS: 12 E3, two parameters, a (u16), ...
 *           b     ALGORITHMS: 12 63, two parameters, b (u16), measurement specification,
 *                 other parameters, measurement hash (u32), BaseAsymSel (u32),
 *                 BaseHashSel (u32), ...
 *   the exchange, from here:
 *   0       4     request: version, E0, attributes (bit 0: sign), operation
 *   4       32    nonce of the verifier
 *   36      1     slot
 *   37      4     response: version, 60, two parameters
 *   41      1     number of blocks
 *   42      3     record length
 *   45      n     blocks: index, specification, size (u16), that many bytes; when bit 0 of
 *                 the specification is set these are type, size - 3 (u16), value
 *   45+n    32    nonce of the responder
 *   77+n    2     opaque length
 *   79+n    m     opaque data
 *   79+n+m  96    signature r || s */
#include "evidence/spdm_exchange.h"

#include <string.h>

#define WHAT          "SPDM transcript"
#define SIGNATURE_LEN 96
#define ASYM_P384     0x80u /* BaseAsymSel: ECDSA on NIST P-384 */
#define PREFIX_LEN    100

enum code {
	GET_VERSION = 0x84,
	VERSION = 0x04,
	GET_CAPABILITIES = 0xe1,
	CAPABILITIES = 0x61,
	NEGOTIATE_ALGORITHMS = 0xe3,
	ALGORITHMS = 0x63,
	GET_MEASUREMENTS = 0xe0,
	MEASUREMENTS = 0x60,
};

/* Not wrong, but nothing that is read here. */
static int unread(struct gh_spdm_exchange *x, struct gh_err *err, const char *what)
{
	x->unread = true;
	return gh_fail(err, GH_E_PARSE, "%s", what);
}

/* Version, code, two parameters. */
static int head(struct gh_rd *r, unsigned int version, enum code code,
    unsigned char param[static 2], struct gh_err *err)
{
	size_t at = gh_rd_at(r);
	unsigned int v = gh_rd_u8(r), c = gh_rd_u8(r);

	param[0] = gh_rd_u8(r);
	param[1] = gh_rd_u8(r);
	if (gh_rd_ok(r, WHAT, err) < 0)
		return -1;
	if (v != version || c != (unsigned int)code)
		return gh_fail(err, GH_E_PARSE,
		    WHAT ": message %02x %02x at offset %zu, want %02x %02x", v, c, at,
		    version, (unsigned int)code);
	return 0;
}

/* ---- negotiation ---- */

/* Two messages say their own length, which counts from their first byte. */
static int sized(struct gh_rd *r, struct gh_rd *rest, size_t least, struct gh_err *err)
{
	size_t at = gh_rd_at(r), len = gh_rd_u16le(r);

	if (gh_rd_ok(r, WHAT, err) < 0)
		return -1;
	if (len < least)
		return gh_fail(err, GH_E_PARSE,
		    WHAT ": length %zu at offset %zu, want %zu or more", len, at, least);
	*rest = gh_rd_sub(r, len - 6);
	return gh_rd_ok(r, WHAT, err);
}

static int parse_versions(struct gh_rd *r, struct gh_err *err)
{
	unsigned char param[2];
	size_t n;

	if (head(r, 0x10, GET_VERSION, param, err) < 0 ||
	    head(r, 0x10, VERSION, param, err) < 0)
		return -1;
	gh_rd_skip(r, 1);
	n = gh_rd_u8(r);
	gh_rd_skip(r, 2 * n);
	return gh_rd_ok(r, WHAT, err);
}

static int parse_capabilities(struct gh_rd *r, unsigned int version, struct gh_err *err)
{
	unsigned char param[2];

	if (head(r, version, GET_CAPABILITIES, param, err) < 0)
		return -1;
	gh_rd_skip(r, 16);
	if (head(r, version, CAPABILITIES, param, err) < 0)
		return -1;
	gh_rd_skip(r, 16);
	return gh_rd_ok(r, WHAT, err);
}

static int parse_algorithms(
    struct gh_spdm_exchange *x, struct gh_rd *r, struct gh_err *err)
{
	struct gh_rd rest = {0};
	unsigned char param[2];
	uint32_t asym, hash;

	if (head(r, x->version, NEGOTIATE_ALGORITHMS, param, err) < 0 ||
	    sized(r, &rest, 32, err) < 0 ||
	    head(r, x->version, ALGORITHMS, param, err) < 0 ||
	    sized(r, &rest, 36, err) < 0)
		return -1;
	gh_rd_skip(&rest, 6);
	asym = gh_rd_u32le(&rest);
	hash = gh_rd_u32le(&rest);
	if (asym != ASYM_P384)
		return unread(x, err, WHAT ": not signed with ECDSA on P-384");
	if (hash != 1 && hash != 2 && hash != 4)
		return unread(x, err, WHAT ": not hashed with SHA-2");
	x->hash = hash == 1 ? GH_SHA256 : hash == 2 ? GH_SHA384 : GH_SHA512;
	return 0;
}

static int parse_negotiation(
    struct gh_spdm_exchange *x, struct gh_rd *r, struct gh_err *err)
{
	if (parse_versions(r, err) < 0)
		return -1;
	if (gh_rd_left(r) == 0)
		return gh_fail(err, GH_E_PARSE, WHAT ": ends after VERSION");
	x->version = r->p[r->pos];
	if (x->version != 0x12)
		return unread(x, err, WHAT ": neither SPDM 1.1 nor 1.2");
	if (parse_capabilities(r, x->version, err) < 0)
		return -1;
	return parse_algorithms(x, r, err);
}

/* ---- exchange ---- */

static int parse_block(struct gh_rd *r, struct gh_err *err)
{
	size_t at = gh_rd_at(r), size;
	unsigned int specification;
	struct gh_rd value;

	gh_rd_skip(r, 1);
	specification = gh_rd_u8(r);
	size = gh_rd_u16le(r);
	value = gh_rd_sub(r, size);
	if (gh_rd_ok(r, WHAT ", measurements", err) < 0)
		return -1;
	if (!(specification & 1))
		return 0;
	gh_rd_skip(&value, 1);
	if (gh_rd_u16le(&value) != gh_rd_left(&value) || value.bad)
		return gh_fail(err, GH_E_PARSE,
		    WHAT ": the measurement at offset %zu is not as long as it says", at);
	return 0;
}

static int parse_record(struct gh_spdm_exchange *x, struct gh_rd *r, struct gh_err *err)
{
	struct gh_rd record;
	size_t n = gh_rd_u8(r);

	record = gh_rd_sub(r, gh_rd_u24le(r));
	if (gh_rd_ok(r, WHAT, err) < 0)
		return -1;
	for (x->n_blocks = 0; x->n_blocks < n; x->n_blocks++)
		if (parse_block(&record, err) < 0)
			return -1;
	return gh_rd_end(&record, WHAT ", measurements", err);
}

static int parse_exchange(struct gh_spdm_exchange *x, struct gh_rd *r, struct gh_err *err)
{
	unsigned char param[2];

	if (head(r, x->version, GET_MEASUREMENTS, param, err) < 0)
		return -1;
	/* what follows an unsigned exchange could still be signed */
	if (!(param[0] & 1))
		return unread(x, err, WHAT ": of several exchanges");
	x->nonce = gh_rd_bytes(r, 32);
	gh_rd_skip(r, 1);
	if (head(r, x->version, MEASUREMENTS, param, err) < 0 ||
	    parse_record(x, r, err) < 0)
		return -1;
	gh_rd_skip(r, 32);
	gh_rd_skip(r, gh_rd_u16le(r));
	x->signed_ = (struct gh_bytes){x->whole.p, r->pos};
	x->signature = (struct gh_bytes){gh_rd_bytes(r, SIGNATURE_LEN), SIGNATURE_LEN};
	return gh_rd_end(r, WHAT, err);
}

int gh_spdm_exchange_parse(
    struct gh_spdm_exchange *out, const void *p, size_t len, struct gh_err *err)
{
	const unsigned char *b = p;
	struct gh_rd r = gh_rd_of(p, len);

	*out = (struct gh_spdm_exchange){.whole = {p, len}};
	if (len < 2 || len > GH_SPDM_EXCHANGE_MAX)
		return gh_fail(err, GH_E_PARSE, WHAT ": %zu bytes", len);
	if (b[1] == GET_VERSION) {
		if (parse_negotiation(out, &r, err) < 0)
			return -1;
	} else if (b[1] == GET_MEASUREMENTS && b[0] != 0x11) {
		return unread(out, err,
		    b[0] == 0x10 ? WHAT ": SPDM 1.0"
				 : WHAT ": the negotiation that is signed too is absent");
	} else {
		out->version = 0x11;
	}
	return parse_exchange(out, &r, err);
}

int gh_spdm_exchange_message(
    struct gh_buf *out, const struct gh_spdm_exchange *x, struct gh_err *err)
{
	static const char purpose[] = "responder-measurements signing";
	unsigned char prefix[PREFIX_LEN] = {0}, digest[GH_HASH_MAX];

	for (size_t i = 0; i < 4; i++)
		memcpy(prefix + 16 * i, "dmtf-spdm-v1.2.*", 16);
	memcpy(prefix + PREFIX_LEN - (sizeof(purpose) - 1), purpose, sizeof(purpose) - 1);
	if (gh_hash(x->hash, x->signed_.p, x->signed_.len, digest, err) < 0)
		return -1;
	gh_buf_add(out, prefix, sizeof(prefix));
	gh_buf_add(out, digest, gh_hash_len(x->hash));
	return gh_buf_ok(out, err);
}
