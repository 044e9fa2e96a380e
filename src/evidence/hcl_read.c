/* SPDX-License-Identifier: Apache-2.0
 * Reads an HCL report (spec/snp.md section 3.4), all numbers little endian:
 *
 *   0x000   4 "HCLA"           0x4C0  4 DATA_SIZE = 20 + CLAIM_SIZE
 *   0x004   4 VERSION, 1 or 2  0x4C4  4 VERSION, 1
 *   0x008   4 REPORT_SIZE      0x4C8  4 REPORT_TYPE, 2 SNP or 4 TDX
 *   0x00C   4 REQUEST_TYPE, 2  0x4CC  4 HASH_TYPE, 1 SHA-256
 *   0x010   4 STATUS           0x4D0  4 CLAIM_SIZE
 *   0x014  12 reserved         0x4D4    CLAIM_SIZE bytes of JSON, then zeros
 *   0x020 1184 hardware report
 *
 * Nothing but the JSON is covered by the hardware report. REPORT_SIZE is the length of the
 * whole (version 1) or of the hardware report (2): it is shown and not relied on. */
#include "evidence/hcl_read.h"

#include "base/text.h"
#include "crypto/jws.h"
#include "evidence/tee.h"

#define RUNTIME_LEN 20u

void gh_hcl_free(struct gh_hcl_evidence *ev)
{
	gh_buf_free(&ev->report);
	gh_buf_free(&ev->quote);
	gh_buf_free(&ev->signature);
	gh_buf_free(&ev->vcek);
	memset(ev, 0, sizeof(*ev));
}

bool gh_hcl_looks(struct gh_bytes b)
{
	return b.len >= GH_HCL_HEADER_LEN && !memcmp(b.p, "HCLA", 4);
}

void gh_hcl_split(struct gh_hcl_report *out, struct gh_bytes b)
{
	struct gh_rd r = gh_rd_of(b.p, b.len);

	*out = (struct gh_hcl_report){.whole = b};
	out->magic = gh_rd_bytes(&r, 4);
	out->version = gh_rd_u32le(&r);
	out->size = gh_rd_u32le(&r);
	out->request_type = gh_rd_u32le(&r);
	out->status = gh_rd_u32le(&r);
	gh_rd_skip(&r, 12);
	if (r.bad)
		return;
	out->hw.p = b.p + GH_HCL_HEADER_LEN;
	out->hw.len = gh_rd_left(&r) < GH_HCL_HW_LEN ? gh_rd_left(&r) : GH_HCL_HW_LEN;
	gh_rd_skip(&r, GH_HCL_HW_LEN);
	out->data_size = gh_rd_u32le(&r);
	out->data_version = gh_rd_u32le(&r);
	out->report_type = gh_rd_u32le(&r);
	out->hash_type = gh_rd_u32le(&r);
	out->json_size = gh_rd_u32le(&r);
	out->json.p = gh_rd_bytes(&r, out->json_size);
	out->json.len = out->json.p ? out->json_size : 0;
}

/* A number of the report that has one value we know. */
struct fixed {
	uint32_t have, want, or ;
	const char *name, *word;
};

static const char *form_fault(const struct gh_hcl_report *r, struct gh_err *err)
{
	const struct fixed f[] = {
	    {r->version, 1, 2, "VERSION at 0x004", "version"},
	    {r->request_type, 2, 2, "REQUEST_TYPE at 0x00C", "request"},
	    {r->data_version, 1, 1, "VERSION at 0x4C4", "version"},
	    {r->report_type, GH_HCL_REPORT_SNP, GH_HCL_REPORT_TDX, "REPORT_TYPE at 0x4C8",
		"report"},
	    {r->hash_type, GH_HCL_HASH_SHA256, GH_HCL_HASH_SHA256, "HASH_TYPE at 0x4CC",
		"hash"},
	    {r->data_size - RUNTIME_LEN, r->json_size, r->json_size,
		"DATA_SIZE at 0x4C0, less 20,", "size"},
	};

	for (size_t i = 0; i < GH_COUNT(f); i++) {
		if (f[i].have == f[i].want || f[i].have == f[i].or)
			continue;
		(void)gh_fail(err, GH_E_PARSE, "HCL report: %s is %u, expected %u",
		    f[i].name, f[i].have, f[i].want);
		return f[i].word;
	}
	return "";
}

const char *gh_hcl_fault(const struct gh_hcl_report *r, struct gh_err *err)
{
	const char *fault;
	size_t end = GH_HCL_JSON_AT + r->json.len;

	if (!r->magic || memcmp(r->magic, "HCLA", 4) != 0) {
		(void)gh_fail(err, GH_E_PARSE, "HCL report: no \"HCLA\" at 0x000");
		return "magic";
	}
	if (r->whole.len < GH_HCL_JSON_AT || r->whole.len > GH_HCL_MAX_LEN) {
		(void)gh_fail(err, GH_E_PARSE,
		    "HCL report: %zu bytes, expected %u (0x4D4) to %u", r->whole.len,
		    GH_HCL_JSON_AT, GH_HCL_MAX_LEN);
		return "short";
	}
	fault = form_fault(r, err);
	if (*fault)
		return fault;
	if (!r->json.p) {
		(void)gh_fail(err, GH_E_PARSE,
		    "HCL report: CLAIM_SIZE at 0x4D0 is %u, and %zu bytes are left",
		    r->json_size, r->whole.len - GH_HCL_JSON_AT);
		return "size";
	}
	if (!gh_is_zero(r->whole.p + end, r->whole.len - end)) {
		(void)gh_fail(err, GH_E_PARSE,
		    "HCL report: bytes behind the claims, from 0x%zX on, are not zero",
		    end);
		return "trailing";
	}
	return "";
}

static int read_rsa(struct gh_pubkey **out, const json_t *jwk, struct gh_err *err)
{
	const char *kty = "", *e = "", *text = "";
	gh_auto(struct gh_buf, gh_buf_free) n = {0};

	if (gh_json_str(jwk, "HCLAkPub", "kty", &kty, err) ||
	    gh_json_str(jwk, "HCLAkPub", "e", &e, err) ||
	    gh_json_str(jwk, "HCLAkPub", "n", &text, err))
		return -1;
	if (strcmp(kty, "RSA") != 0 || strcmp(e, "AQAB") != 0)
		return gh_fail(err, GH_E_PARSE,
		    "HCLAkPub: kty %.16s with e %.16s, expected RSA with AQAB (65537)",
		    kty, e);
	if (strlen(text) > 1024 || gh_unb64url(&n, gh_text_of(text), err))
		return gh_fail(err, GH_E_PARSE, "HCLAkPub: n is no base64url number");
	if (n.len < 256 || n.len > 512 || !(n.p[0] & 0x80))
		return gh_fail(err, GH_E_PARSE,
		    "HCLAkPub: n has %zu bytes, expected 256 to 512 with the top bit set",
		    n.len);
	return gh_pubkey_from_rsa(out, gh_buf_view(&n), 65537, err);
}

int gh_hcl_ak(struct gh_pubkey **out, const json_t *runtime, struct gh_err *err)
{
	json_t *keys = NULL, *key;
	const json_t *found = NULL;
	size_t i;

	if (!json_is_object(runtime))
		return gh_fail(err, GH_E_PARSE, "runtime claims: not a JSON object");
	if (gh_json_arr(runtime, "runtime claims", "keys", &keys, err))
		return -1;
	json_array_foreach(keys, i, key)
	{
		const char *kid = json_string_value(json_object_get(key, "kid"));

		if (!kid || strcmp(kid, "HCLAkPub") != 0)
			continue;
		if (found)
			return gh_fail(
			    err, GH_E_PARSE, "runtime claims: HCLAkPub is there twice");
		found = key;
	}
	if (!found)
		return gh_fail(
		    err, GH_E_PARSE, "runtime claims: no key with kid HCLAkPub");
	return read_rsa(out, found, err);
}
