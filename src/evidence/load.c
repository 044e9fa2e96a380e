/* SPDX-License-Identifier: Apache-2.0
 * Tells evidence apart by its bytes: raw, hex, base64, PEM, XML, JSON. */
#include "evidence/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "evidence/evidence_json.h"
#include "evidence/snp.h"
#include "evidence/spdm.h"
#include "evidence/tdx.h"

#define PEM_BEGIN "-----BEGIN CERTIFICATE-----"
#define CRL_BEGIN "-----BEGIN X509 CRL-----"
#define CRL_END   "-----END X509 CRL-----"

static const char *const type_word[] = {
    [GH_EV_UNKNOWN] = "unknown",
    [GH_EV_SNP] = "snp",
    [GH_EV_TDX] = "tdx",
    [GH_EV_GPU] = "gpu",
    [GH_EV_SWITCH] = "switch",
    [GH_EV_RIM] = "rim",
    [GH_EV_CERTS] = "certs",
    [GH_EV_CRL] = "crl",
};

const char *gh_evidence_type_word(enum gh_evidence_type t)
{
	return (size_t)t < GH_COUNT(type_word) ? type_word[t] : "unknown";
}

int gh_evidence_type_parse(const char *word, enum gh_evidence_type *out)
{
	for (size_t i = 1; i < GH_COUNT(type_word); i++)
		if (strcmp(word, type_word[i]) == 0) {
			*out = (enum gh_evidence_type)i;
			return 0;
		}
	return -1;
}

void gh_evidence_set_free(struct gh_evidence_set *s)
{
	for (size_t i = 0; i < s->n; i++) {
		gh_buf_free(&s->at[i].bytes);
		gh_buf_free(&s->at[i].chain);
	}
	free(s->at);
	*s = (struct gh_evidence_set){0};
}

struct gh_evidence *gh_evidence_add(struct gh_evidence_set *set,
    enum gh_evidence_type type, struct gh_bytes bytes, struct gh_err *err)
{
	size_t before = 0;
	if (set->n == GH_EVIDENCE_MAX) {
		gh_fail(
		    err, GH_E_PARSE, "more than %d pieces of evidence", GH_EVIDENCE_MAX);
		return NULL;
	}
	struct gh_evidence *grown = realloc(set->at, (set->n + 1) * sizeof(*grown));
	if (grown == NULL) {
		gh_fail(err, GH_E_NOMEM, "out of memory");
		return NULL;
	}
	set->at = grown;
	for (size_t i = 0; i < set->n; i++)
		before += grown[i].type == type;
	struct gh_evidence *e = &grown[set->n++];
	*e = (struct gh_evidence){.type = type};
	snprintf(
	    e->label, sizeof(e->label), "%s %zu", gh_evidence_type_word(type), before);
	gh_buf_add(&e->bytes, bytes.p, bytes.len);
	return gh_buf_ok(&e->bytes, err) < 0 ? NULL : e;
}

/* A GPU names its driver, a switch has none. */
static enum gh_evidence_type sniff_spdm(struct gh_bytes raw)
{
	struct gh_spdm s;
	if (raw.len < 4 || memcmp(raw.p, "\x11\xe0\x01\xff", 4) != 0)
		return GH_EV_UNKNOWN;
	if (gh_spdm_parse(&s, raw.p, raw.len, NULL) < 0 ||
	    gh_spdm_opaque(&s, GH_OPAQUE_DRIVER_VERSION) != NULL)
		return GH_EV_GPU;
	return GH_EV_SWITCH;
}

static bool is_der_cert(struct gh_bytes raw)
{
	struct gh_cert *c = NULL;
	bool is = raw.len > 4 && raw.p[0] == 0x30 &&
		  gh_cert_from_der(&c, raw.p, raw.len, NULL) == 0;
	gh_cert_free(&c);
	return is;
}

/* SEQUENCE { SEQUENCE { INTEGER 1 (v2), SEQUENCE ...: a certificate has [0] there. */
static bool is_der_crl(struct gh_bytes raw)
{
	struct gh_rd r = gh_rd_of(raw.p, raw.len);
	if (raw.len < 64 || gh_rd_u16be(&r) != 0x3082 || gh_rd_u16be(&r) != raw.len - 4 ||
	    gh_rd_u8(&r) != 0x30)
		return false;
	size_t wide = gh_rd_u8(&r);
	gh_rd_skip(&r, wide > 0x80 && wide < 0x84 ? wide - 0x80 : 0);
	return gh_rd_u32be(&r) == 0x02010130;
}

enum gh_evidence_type gh_evidence_sniff(struct gh_bytes raw)
{
	enum gh_evidence_type t = sniff_spdm(raw);
	struct gh_bytes text = gh_text_trim(raw);
	if (t != GH_EV_UNKNOWN || raw.len == 0)
		return t;
	if (gh_snp_looks(raw.p, raw.len))
		return GH_EV_SNP;
	if (gh_tdx_looks(raw.p, raw.len))
		return GH_EV_TDX;
	if (text.len > 0 && text.p[0] == '<' &&
	    gh_text_find(text, "SoftwareIdentity") != NULL)
		return GH_EV_RIM;
	if (gh_text_find(raw, PEM_BEGIN) != NULL || is_der_cert(raw))
		return GH_EV_CERTS;
	return is_der_crl(raw) ? GH_EV_CRL : GH_EV_UNKNOWN;
}

int gh_evidence_decode(struct gh_buf *out, struct gh_bytes text, struct gh_err *err)
{
	size_t len = out->len;
	if (text.len == 0)
		return gh_fail(err, GH_E_PARSE, "no text");
	if (gh_unhex_buf(out, (const char *)text.p, text.len, NULL) == 0)
		return 0;
	out->len = len;
	return gh_unb64_loose(out, (const char *)text.p, text.len, err);
}

static bool is_json(struct gh_bytes p)
{
	struct gh_bytes text = gh_text_trim(p);
	return text.len > 0 && (text.p[0] == '{' || text.p[0] == '[');
}

/* The DER inside a PEM block, which is all that the loader keeps of a CRL. */
static bool unwrap_crl(struct gh_buf *out, struct gh_bytes p)
{
	const unsigned char *from = gh_text_find(p, CRL_BEGIN);
	const unsigned char *to = gh_text_find(p, CRL_END);
	if (from == NULL || to == NULL || to < from + strlen(CRL_BEGIN))
		return false;
	from += strlen(CRL_BEGIN);
	return gh_unb64_loose(out, (const char *)from, (size_t)(to - from), NULL) == 0;
}

/* Also base64 around JSON, XML or PEM, once. */
static int load_bytes(
    struct gh_evidence_set *out, struct gh_bytes p, bool decoded, struct gh_err *err)
{
	enum gh_evidence_type type = gh_evidence_sniff(p);
	if (type != GH_EV_UNKNOWN)
		return gh_evidence_add(out, type, p, err) == NULL ? -1 : 0;
	if (is_json(p)) {
		gh_auto(json_t *, gh_json_free) v = gh_json_parse(p.p, p.len, err);
		return v == NULL ? -1 : gh_evidence_json(out, v, err);
	}
	gh_auto(struct gh_buf, gh_buf_free) raw = {0};
	if (decoded || (!unwrap_crl(&raw, p) && gh_evidence_decode(&raw, p, NULL) < 0))
		return 0;
	return load_bytes(out, gh_buf_view(&raw), true, err);
}

/* A device is a device: switches and GPUs are told apart later once more. */
static bool fits_hint(enum gh_evidence_type t, enum gh_evidence_type hint)
{
	bool device = t == GH_EV_GPU || t == GH_EV_SWITCH;
	return hint == GH_EV_UNKNOWN || t == hint ||
	       (device && (hint == GH_EV_GPU || hint == GH_EV_SWITCH));
}

/* Nothing was recognised, but the caller says what it is: let the judge say why not. */
static int load_as(struct gh_evidence_set *out, struct gh_bytes p,
    enum gh_evidence_type hint, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) raw = {0};
	if (hint == GH_EV_UNKNOWN || is_json(p))
		return gh_fail(err, GH_E_PARSE,
		    "no evidence of a kind that we know in %zu bytes", p.len);
	if (gh_evidence_decode(&raw, p, NULL) == 0)
		p = gh_buf_view(&raw);
	return gh_evidence_add(out, hint, p, err) == NULL ? -1 : 0;
}

int gh_evidence_load(struct gh_evidence_set *out, const void *p, size_t len,
    enum gh_evidence_type hint, struct gh_err *err)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) found = {0};
	struct gh_bytes in = {p, len};
	if (len > GH_JSON_MAX_BYTES)
		return gh_fail(err, GH_E_PARSE, "evidence of %zu bytes, at most %u", len,
		    GH_JSON_MAX_BYTES);
	if (load_bytes(&found, in, false, err) < 0)
		return -1;
	if (found.n == 0 && load_as(&found, in, hint, err) < 0)
		return -1;
	for (size_t i = 0; i < found.n; i++)
		if (!fits_hint(found.at[i].type, hint))
			return gh_fail(err, GH_E_PARSE, "this is %s evidence, not %s",
			    gh_evidence_type_word(found.at[i].type),
			    gh_evidence_type_word(hint));
	*out = gh_take(found);
	return 0;
}
