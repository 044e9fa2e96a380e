/* SPDX-License-Identifier: Apache-2.0
 * Reads the SPDM 1.1 measurement report of an NVIDIA device (spec/nvidia.md section 1).
 *
 * Layout (little-endian; n = record length, m = opaque length):
 *   offset  size  field
 *   0       4     request: 11 E0 01 FF
 *   4       32    nonce of the verifier
 *   36      1     slot 0
 *   37      4     response: 11 60 00 00
 *   41      1     number of blocks
 *   42      3     record length = 55 * blocks
 *   45      n     blocks: index, 01, 51 (u16), 01, 48 (u16), SHA-384
 *   45+n    32    nonce of the responder
 *   77+n    2     opaque length
 *   79+n    m     opaque data, legacy TLV or NVDAOD
 *   79+n+m  96    signature r || s over everything before it */
#include "evidence/spdm.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define SIGNATURE_LEN    96
#define BLOCK_VALUE_LEN  48
#define NVDAOD_MAJOR_MAX 2

static int want_bytes(
    struct gh_rd *r, const char *what, const void *want, size_t len, struct gh_err *err)
{
	size_t at = gh_rd_at(r);
	const unsigned char *got = gh_rd_bytes(r, len);
	if (got == NULL)
		return gh_rd_ok(r, "SPDM report", err);
	if (memcmp(got, want, len) != 0)
		return gh_fail(err, GH_E_PARSE,
		    "SPDM report: %s at offset %zu is not of this form", what, at);
	return 0;
}

static int parse_head(struct gh_spdm *out, struct gh_rd *r, struct gh_err *err)
{
	if (want_bytes(r, "request header", "\x11\xe0\x01\xff", 4, err) < 0)
		return -1;
	out->nonce = gh_rd_bytes(r, 32);
	return want_bytes(r, "slot and response header", "\x00\x11\x60\x00\x00", 5, err);
}

static int parse_blocks(struct gh_spdm *out, struct gh_rd *r, struct gh_err *err)
{
	size_t n = gh_rd_u8(r);
	size_t record = gh_rd_u24le(r);
	if (gh_rd_ok(r, "SPDM report", err) < 0)
		return -1;
	if (n == 0 || n > GH_SPDM_BLOCKS_MAX || record != n * 55)
		return gh_fail(err, GH_E_PARSE,
		    "SPDM report: %zu blocks in a record of %zu bytes, want %zu", n,
		    record, n * 55);
	for (size_t i = 0; i < n; i++) {
		const unsigned char head[] = {(unsigned char)(i + 1), 1, 51, 0, 1, 48, 0};
		if (want_bytes(
			r, "head of a measurement block", head, sizeof(head), err) < 0)
			return -1;
		out->block[i] = gh_rd_bytes(r, BLOCK_VALUE_LEN);
	}
	out->n_blocks = n;
	return gh_rd_ok(r, "SPDM report", err);
}

/* The versioned form carries a header of 12 bytes (section 1.3). */
static int parse_nvdaod(struct gh_rd *r, struct gh_err *err)
{
	gh_rd_skip(r, 6);
	unsigned int profile = gh_rd_u16le(r);
	unsigned int major = gh_rd_u8(r);
	gh_rd_skip(r, 3); /* minor, patch, padding */
	if (gh_rd_ok(r, "opaque data header", err) < 0)
		return -1;
	if (profile != 0 || major == 0 || major > NVDAOD_MAJOR_MAX)
		return gh_fail(err, GH_E_PARSE,
		    "opaque data: profile %u, version %u not known", profile, major);
	return 0;
}

static int opaque_add(struct gh_spdm *out, struct gh_rd *r, struct gh_err *err)
{
	struct gh_opaque o = {.offset = gh_rd_at(r)};
	o.type = gh_rd_u16le(r);
	if (out->nvdaod)
		o.value_type = gh_rd_u16le(r);
	o.data.len = gh_rd_u16le(r);
	o.data.p = gh_rd_bytes(r, o.data.len);
	if (gh_rd_ok(r, "opaque data", err) < 0)
		return -1;
	if (out->n_opaque == GH_SPDM_OPAQUE_MAX)
		return gh_fail(err, GH_E_PARSE, "opaque data: more than %d fields",
		    GH_SPDM_OPAQUE_MAX);
	if (gh_spdm_opaque(out, o.type) != NULL)
		return gh_fail(err, GH_E_PARSE,
		    "opaque data: type %u twice, again at offset %zu", o.type, o.offset);
	out->opaque[out->n_opaque++] = o;
	return 0;
}

static int parse_opaque(struct gh_spdm *out, struct gh_rd *r, struct gh_err *err)
{
	size_t len = gh_rd_u16le(r);
	struct gh_rd sub = gh_rd_sub(r, len);
	if (gh_rd_ok(r, "opaque data", err) < 0)
		return -1;
	out->nvdaod = len >= 6 && memcmp(sub.p + sub.pos, "NVDAOD", 6) == 0;
	if (out->nvdaod && parse_nvdaod(&sub, err) < 0)
		return -1;
	while (gh_rd_left(&sub) > 0)
		if (opaque_add(out, &sub, err) < 0)
			return -1;
	return 0;
}

int gh_spdm_parse(struct gh_spdm *out, const void *p, size_t len, struct gh_err *err)
{
	*out = (struct gh_spdm){.report = {p, len}};
	if (len > GH_SPDM_MAX_LEN)
		return gh_fail(err, GH_E_PARSE, "SPDM report: %zu bytes, at most %d", len,
		    GH_SPDM_MAX_LEN);
	struct gh_rd r = gh_rd_of(p, len);
	if (parse_head(out, &r, err) < 0 || parse_blocks(out, &r, err) < 0)
		return -1;
	out->responder_nonce = gh_rd_bytes(&r, 32);
	if (parse_opaque(out, &r, err) < 0)
		return -1;
	out->signed_ = (struct gh_bytes){p, r.pos};
	out->signature = (struct gh_bytes){gh_rd_bytes(&r, SIGNATURE_LEN), SIGNATURE_LEN};
	return gh_rd_end(&r, "SPDM report", err);
}

const struct gh_opaque *gh_spdm_opaque(const struct gh_spdm *s, unsigned int type)
{
	for (size_t i = 0; i < s->n_opaque; i++)
		if (s->opaque[i].type == type)
			return &s->opaque[i];
	return NULL;
}

void gh_spdm_opaque_text(
    const struct gh_spdm *s, unsigned int type, char *out, size_t size)
{
	const struct gh_opaque *o = gh_spdm_opaque(s, type);
	char raw[128] = "";
	if (o != NULL && o->data.len > 0 && o->data.len < sizeof(raw))
		memcpy(raw, o->data.p, o->data.len); /* ends at the first NUL */
	gh_text_clean_into(out, size, raw);
}

void gh_spdm_vbios(const struct gh_spdm *s, char *out, size_t size)
{
	const struct gh_opaque *o = gh_spdm_opaque(s, GH_OPAQUE_VBIOS_VERSION);
	if (o == NULL || o->data.len != 8) {
		gh_spdm_opaque_text(s, GH_OPAQUE_VBIOS_VERSION, out, size);
		return;
	}
	const unsigned char *b = o->data.p;
	snprintf(out, size, "%02X.%02X.%02X.%02X.%02X", b[3], b[2], b[1], b[0], b[4]);
}
