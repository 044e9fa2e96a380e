/* SPDX-License-Identifier: Apache-2.0
 * The marks by which each kind of evidence is known. */
#include "evidence/sniff.h"

#include <string.h>

#include "base/rd.h"
#include "base/text.h"
#include "crypto/cert.h"
#include "crypto/crl.h"
#include "evidence/ccel.h"
#include "evidence/eat.h"
#include "evidence/firmware.h"
#include "evidence/hcl.h"
#include "evidence/ocsp.h"
#include "evidence/runtime_log.h"
#include "evidence/snp.h"
#include "evidence/snp_table.h"
#include "evidence/spdm.h"
#include "evidence/tdx.h"

#define SNP_REPORT_LEN 1184 /* spec/snp.md section 1 */
#define TDREPORT_LEN   1024 /* spec/tdx.md section 1.5 */
#define TDREPORT_TYPE  0x81

bool gh_der_next(struct gh_bytes *rest, struct gh_bytes *one)
{
	struct gh_rd r = gh_rd_of(rest->p, rest->len);
	size_t len, wide;

	if (gh_rd_u8(&r) != 0x30)
		return false;
	len = gh_rd_u8(&r);
	if (len >= 0x80) {
		wide = len - 0x80;
		len = 0;
		if (wide == 0 || wide > 4)
			return false;
		for (size_t i = 0; i < wide; i++)
			len = len << 8 | gh_rd_u8(&r);
	}
	gh_rd_skip(&r, len);
	if (r.bad)
		return false;
	*one = (struct gh_bytes){rest->p, r.pos};
	rest->p += r.pos;
	rest->len -= r.pos;
	return true;
}

bool gh_evidence_is_text(struct gh_bytes raw)
{
	for (size_t i = 0; i < raw.len; i++) {
		unsigned char c = raw.p[i];

		if (c < 0x20 && c != '\t' && c != '\r' && c != '\n')
			return false;
	}
	return true;
}

static bool is_spdm(struct gh_bytes raw)
{
	return raw.len >= 4 && memcmp(raw.p, "\x11\xe0\x01\xff", 4) == 0;
}

/* A GPU names its driver, a switch has none. */
static enum gh_evidence_type device_of(struct gh_bytes raw)
{
	struct gh_spdm s;

	if (gh_spdm_parse(&s, raw.p, raw.len, NULL) < 0 ||
	    gh_spdm_opaque(&s, GH_OPAQUE_DRIVER_VERSION) != NULL)
		return GH_EV_GPU;
	return GH_EV_SWITCH;
}

/* Right size for a report, though its judge will have something to say. */
static bool is_snp(struct gh_bytes raw)
{
	struct gh_rd r = gh_rd_of(raw.p, raw.len);
	uint32_t version = gh_rd_u32le(&r);

	return gh_snp_looks(raw.p, raw.len) ||
	       (raw.len == SNP_REPORT_LEN && version > 0 && version < 256);
}

/* Among its entries may be some that we do not know. */
static bool is_table(struct gh_bytes raw)
{
	struct gh_snp_table t;

	if (gh_snp_table_parse(&t, raw.p, raw.len, NULL) < 0)
		return false;
	for (size_t i = 0; i < t.n; i++)
		if (t.at[i].item != GH_SNP_ITEM_OTHER)
			return true;
	return false;
}

static bool is_tdx(struct gh_bytes raw)
{
	return gh_tdx_looks(raw.p, raw.len);
}

static bool is_tdreport(struct gh_bytes raw)
{
	return raw.len == TDREPORT_LEN && raw.p[0] == TDREPORT_TYPE;
}

static bool is_rim(struct gh_bytes raw)
{
	struct gh_bytes text = gh_text_trim(raw);

	return text.len > 0 && text.p[0] == '<' &&
	       gh_text_find(text, "SoftwareIdentity") != NULL;
}

static bool is_cert(struct gh_bytes raw)
{
	gh_auto(struct gh_cert *, gh_cert_free) c = NULL;

	return raw.len > 4 && raw.p[0] == 0x30 &&
	       gh_cert_from_der(&c, raw.p, raw.len, NULL) == 0;
}

/* SEQUENCE { SEQUENCE { INTEGER 1 (v2), SEQUENCE ...: a certificate has [0] there. */
static bool is_crl(struct gh_bytes raw)
{
	struct gh_bytes rest = raw, one, inside;
	struct gh_rd r;
	size_t wide;

	if (raw.len < 64 || !gh_der_next(&rest, &one) || rest.len > 0)
		return false;
	wide = raw.p[1] < 0x80 ? 0 : raw.p[1] - 0x80u;
	inside = (struct gh_bytes){raw.p + 2 + wide, raw.len - 2 - wide};
	if (!gh_der_next(&inside, &one))
		return false;
	r = gh_rd_of(one.p, one.len);
	gh_rd_skip(&r, 1);
	wide = gh_rd_u8(&r);
	gh_rd_skip(&r, wide < 0x80 ? 0 : wide - 0x80);
	return gh_rd_u32be(&r) == 0x02010130;
}

/* A JWT stands as text, with blanks around it at most. */
static bool is_eat(struct gh_bytes raw)
{
	struct gh_bytes text = gh_text_trim(raw);

	return text.len > 0 && text.p[0] != '{' && text.p[0] != '[' && gh_eat_looks(text);
}

static bool is_firmware(struct gh_bytes raw)
{
	return gh_firmware_looks(raw.p, raw.len);
}

/* Strong marks first. */
static const struct {
	enum gh_evidence_type type;
	bool (*is)(struct gh_bytes raw);
} marks[] = {
    {GH_EV_HCL, gh_hcl_looks},
    {GH_EV_SNP, is_snp},
    {GH_EV_TDX, is_tdx},
    {GH_EV_TDREPORT, is_tdreport},
    {GH_EV_SNP_CERTS, is_table},
    {GH_EV_CCEL, gh_ccel_looks},
    {GH_EV_RIM, is_rim},
    {GH_EV_CRL, is_crl},
    {GH_EV_OCSP, gh_ocsp_looks},
    {GH_EV_CERTS, is_cert},
    {GH_EV_EAT, is_eat},
    {GH_EV_FIRMWARE, is_firmware},
};

enum gh_evidence_type gh_evidence_sniff(struct gh_bytes raw)
{
	if (raw.len == 0)
		return GH_EV_UNKNOWN;
	if (is_spdm(raw))
		return device_of(raw);
	for (size_t i = 0; i < GH_COUNT(marks); i++)
		if (marks[i].is(raw))
			return marks[i].type;
	return GH_EV_UNKNOWN;
}

/* ---- JSON ------------------------------------------------------------------------- */

static bool is_rim_answer(const json_t *v)
{
	return json_is_string(json_object_get(v, "rim")) &&
	       json_is_string(json_object_get(v, "id"));
}

static bool is_jwks(const json_t *v)
{
	return gh_jwks_looks(v);
}

/* The list alone: an object around it may hold a quote as well, and is walked. */
static bool is_runtime_log(const json_t *v)
{
	return json_is_array(v) && gh_runtime_log_looks(v);
}

/* [["JWT", "ey.."], {"GPU-0": "ey.."}], the detached bundle of NRAS, alone or in what a
 * local tool printed. */
static bool is_eat_bundle(const json_t *v)
{
	const json_t *inner = json_object_get(v, "detached_eat");
	const json_t *first = json_array_get(inner != NULL ? inner : v, 0);
	const char *tag = json_string_value(json_array_get(first, 0));

	return tag != NULL && strcmp(tag, "JWT") == 0 &&
	       json_is_string(json_array_get(first, 1));
}

static const struct {
	enum gh_evidence_type type;
	bool (*is)(const json_t *v);
} json_marks[] = {
    {GH_EV_RIM, is_rim_answer},
    {GH_EV_HCL, gh_hcl_json_looks},
    {GH_EV_JWKS, is_jwks},
    {GH_EV_EAT, is_eat_bundle},
    {GH_EV_RUNTIME_LOG, is_runtime_log},
};

enum gh_evidence_type gh_evidence_sniff_json(const json_t *v)
{
	for (size_t i = 0; i < GH_COUNT(json_marks); i++)
		if (json_marks[i].is(v))
			return json_marks[i].type;
	return GH_EV_UNKNOWN;
}

/* ---- hex and base64 --------------------------------------------------------------- */

/* base64url as base64, padded: blanks left out. False when it has another character, so
 * that a binary file costs one look at its first bytes. */
static bool tighten(struct gh_buf *out, struct gh_bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = text.p[i];

		if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
			continue;
		if (c == '-')
			c = '+';
		else if (c == '_')
			c = '/';
		else if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			     (c >= 'a' && c <= 'z') || c == '+' || c == '/' || c == '='))
			return false;
		gh_buf_chr(out, (char)c);
	}
	while (out->len % 4 != 0 && out->len % 4 != 1 && !out->oom)
		gh_buf_chr(out, '=');
	return true;
}

int gh_evidence_decode(struct gh_buf *out, struct gh_bytes text, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) tight = {0};
	size_t len = out->len;

	text = gh_text_trim(text);
	if (gh_text_starts(text, "0x"))
		text = (struct gh_bytes){text.p + 2, text.len - 2};
	if (text.len == 0)
		return gh_fail(err, GH_E_PARSE, "no text");
	if (gh_unhex_buf(out, (const char *)text.p, text.len, NULL) == 0)
		return 0;
	if (gh_buf_ok(out, err) < 0)
		return -1;
	out->len = len;
	if (!tighten(&tight, text))
		return gh_fail(err, GH_E_PARSE, "neither hex nor base64");
	if (gh_buf_ok(&tight, err) < 0)
		return -1;
	if (gh_unb64(out, (const char *)tight.p, tight.len, err) == 0)
		return 0;
	out->len = len;
	return -1;
}
