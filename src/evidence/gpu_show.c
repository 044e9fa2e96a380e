/* SPDX-License-Identifier: Apache-2.0
 * Walks a report in its order and says what each field is; never a verdict. */
#include "evidence/gpu_show.h"

#include <stdio.h>

#include "base/text.h"
#include "evidence/gpu_opaque.h"
#include "evidence/tee.h"

#define LS10_BLOCKS 31
#define HALF_LEN    48 /* r and s */

/* The next len bytes as a field; false when they are not there. */
static bool take(struct gh_fields *out, struct gh_rd *r, const char *name, size_t len,
    const char *meaning)
{
	const unsigned char *p = gh_rd_bytes(r, len);
	if (p == NULL)
		return false;
	gh_fields_add(out, name, p, len, "%s", meaning);
	return true;
}

static bool show_head(struct gh_fields *out, struct gh_rd *r)
{
	return take(out, r, "request SPDMVersion", 1, "11: SPDM 1.1") &&
	       take(out, r, "request RequestResponseCode", 1, "E0: GET_MEASUREMENTS") &&
	       take(out, r, "request Param1", 1, "01: signature asked for") &&
	       take(out, r, "request Param2", 1, "FF: all measurements") &&
	       take(out, r, "request Nonce", 32, "chosen by the verifier") &&
	       take(out, r, "request SlotID", 1, "") &&
	       take(out, r, "SPDMVersion", 1, "11: SPDM 1.1") &&
	       take(out, r, "RequestResponseCode", 1, "60: MEASUREMENTS") &&
	       take(out, r, "Param1", 1, "") && take(out, r, "Param2", 1, "");
}

static bool show_block(struct gh_fields *out, struct gh_rd *r)
{
	size_t index = gh_rd_left(r) > 0 ? r->p[r->pos] : 0;
	gh_fields_open(out, "block %zu (RIM index %zu)", index, index - 1);
	bool good = take(out, r, "Index", 1, "") &&
		    take(out, r, "MeasurementSpecification", 1, "01: DMTF") &&
		    take(out, r, "MeasurementSize", 2, "51 expected") &&
		    take(out, r, "DMTFSpecMeasurementValueType", 1, "01 expected") &&
		    take(out, r, "DMTFSpecMeasurementValueSize", 2, "48 expected");
	if (good) {
		bool zero =
		    gh_rd_left(r) >= HALF_LEN && gh_is_zero(r->p + r->pos, HALF_LEN);
		good = take(out, r, "DMTFSpecMeasurementValue", HALF_LEN,
		    zero ? "SHA-384: nothing measured" : "SHA-384");
	}
	gh_fields_close(out);
	return good;
}

static bool show_blocks(struct gh_fields *out, struct gh_rd *r, size_t *n)
{
	char text[48];
	*n = gh_rd_left(r) > 0 ? r->p[r->pos] : 0;
	snprintf(text, sizeof(text), "%zu blocks", *n);
	if (!take(out, r, "NumberOfBlocks", 1, text))
		return false;
	struct gh_rd ahead = *r;
	snprintf(text, sizeof(text), "%u bytes", gh_rd_u24le(&ahead));
	if (!take(out, r, "MeasurementRecordLength", 3, text))
		return false;
	gh_fields_open(out, "MeasurementRecord");
	bool good = true;
	for (size_t i = 0; good && i < *n && i < GH_SPDM_BLOCKS_MAX; i++)
		good = show_block(out, r);
	gh_fields_close(out);
	return good;
}

/* One entry as if it stood alone: the words need no more. */
static bool show_entry(
    struct gh_fields *out, struct gh_rd *r, bool nvdaod, bool is_switch)
{
	gh_auto(struct gh_buf, gh_buf_free) words = {0};
	struct gh_spdm one = {.n_opaque = 1, .nvdaod = nvdaod};
	struct gh_opaque *o = &one.opaque[0];
	size_t start = r->pos;
	o->offset = gh_rd_at(r);
	o->type = gh_rd_u16le(r);
	if (nvdaod)
		o->value_type = gh_rd_u16le(r);
	o->data.len = gh_rd_u16le(r);
	o->data.p = gh_rd_bytes(r, o->data.len);
	if (r->bad)
		return false;
	const char *name = gh_opaque_name(o->type, is_switch);
	gh_fields_open(
	    out, "opaque type %u %s", o->type, name == NULL ? "(not known)" : name);
	gh_fields_add(out, "type", r->p + start, 2, "%u", o->type);
	if (nvdaod)
		gh_fields_add(
		    out, "value type", r->p + start + 2, 2, "0x%02x", o->value_type);
	gh_fields_add(out, "length", o->data.p - 2, 2, "%zu bytes", o->data.len);
	gh_opaque_meaning(&words, &one, o, is_switch);
	gh_fields_add(out, name == NULL ? "data" : name, o->data.p, o->data.len, "%s",
	    gh_buf_cstr(&words));
	gh_fields_close(out);
	return true;
}

static bool show_opaque(struct gh_fields *out, struct gh_rd *r, bool is_switch)
{
	struct gh_rd ahead = *r;
	size_t len = gh_rd_u16le(&ahead);
	char text[32];
	snprintf(text, sizeof(text), "%zu bytes", len);
	if (!take(out, r, "OpaqueLength", 2, text) || gh_rd_left(r) < len)
		return false;
	struct gh_rd sub = gh_rd_sub(r, len);
	bool nvdaod = len >= 12 && memcmp(sub.p + sub.pos, "NVDAOD", 6) == 0, good = true;
	gh_fields_open(out, nvdaod ? "OpaqueData, versioned form" : "OpaqueData");
	if (nvdaod) {
		take(out, &sub, "magic", 6, "NVDAOD");
		take(out, &sub, "profile", 2, "");
		take(out, &sub, "version", 3, "major, minor, patch");
		take(out, &sub, "padding", 1, "");
	}
	while (good && gh_rd_left(&sub) > 0)
		good = show_entry(out, &sub, nvdaod, is_switch);
	gh_fields_close(out);
	return good;
}

static bool show_all(struct gh_fields *out, struct gh_rd *r)
{
	size_t blocks = 0;
	return show_head(out, r) && show_blocks(out, r, &blocks) &&
	       take(out, r, "Nonce", 32, "chosen by the device") &&
	       show_opaque(out, r, blocks == LS10_BLOCKS) &&
	       take(out, r, "Signature r", HALF_LEN, "ECDSA P-384, big-endian") &&
	       take(out, r, "Signature s", HALF_LEN, "over all bytes before r");
}

int gh_spdm_show(struct gh_fields *out, struct gh_bytes b, struct gh_err *err)
{
	struct gh_bytes whole = out->whole;
	struct gh_rd r = gh_rd_of(b.p, b.len);
	struct gh_spdm s;
	struct gh_err e = {0};
	unsigned int depth;
	out->whole = b;
	gh_fields_open(out, "SPDM measurement report, %zu bytes", b.len);
	depth = out->depth;
	(void)show_all(out, &r);
	out->depth = depth;
	if (gh_spdm_parse(&s, b.p, b.len, &e) < 0)
		gh_fields_add(out, "error", NULL, 0, "%s", e.what);
	gh_fields_close(out);
	out->whole = whole;
	return gh_fields_ok(out, err);
}
