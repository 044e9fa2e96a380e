/* SPDX-License-Identifier: Apache-2.0
 * The JSON container in which an HCL report travels with its TPM quote and its VCEK. */
#include "base/text.h"
#include "crypto/jws.h"
#include "evidence/hcl.h"

#define MEMBER_MAX (128u << 10) /* characters of one member */

bool gh_hcl_json_looks(const json_t *j)
{
	return json_is_string(json_object_get(j, "hcl_report"));
}

/* base64url; '=' at the end is allowed and ignored, for some tools write it. */
static int get_b64url(
    struct gh_buf *out, const json_t *o, const char *key, struct gh_err *err)
{
	const char *text = "";
	struct gh_bytes b;

	if (gh_json_str_opt(o, "HCL evidence", key, &text, err))
		return -1;
	b = gh_text_of(text);
	if (b.len > MEMBER_MAX)
		return gh_fail(err, GH_E_PARSE,
		    "HCL evidence: \"%s\" has %zu characters, at most %u", key, b.len,
		    MEMBER_MAX);
	for (int i = 0; i < 2 && b.len && b.p[b.len - 1] == '='; i++)
		b.len--;
	if (gh_unb64url(out, b, err))
		return gh_err_prefix(err, "HCL evidence: \"%s\"", key);
	return 0;
}

static int get_hex(
    struct gh_buf *out, const json_t *o, const char *key, struct gh_err *err)
{
	const char *text = "";

	if (gh_json_str(o, "HCL evidence: tpm_quote", key, &text, err))
		return -1;
	if (strlen(text) > MEMBER_MAX || gh_unhex_buf(out, text, strlen(text), err))
		return gh_fail(
		    err, GH_E_PARSE, "HCL evidence: tpm_quote.%s is not hex", key);
	return 0;
}

static int get_pcrs(struct gh_hcl_evidence *out, const json_t *quote, struct gh_err *err)
{
	json_t *list = NULL;
	size_t n;

	if (gh_json_arr(quote, "HCL evidence: tpm_quote", "pcrs", &list, err))
		return -1;
	n = json_array_size(list);
	if (n > GH_HCL_PCRS)
		return gh_fail(err, GH_E_PARSE, "HCL evidence: %zu PCRs, at most %d", n,
		    GH_HCL_PCRS);
	for (size_t i = 0; i < n; i++) {
		const char *hex = json_string_value(json_array_get(list, i));

		if (!hex || gh_unhex(out->pcr[i], GH_HCL_PCR_LEN, hex, err))
			return gh_fail(err, GH_E_PARSE,
			    "HCL evidence: tpm_quote.pcrs[%zu] is not %d bytes in hex", i,
			    GH_HCL_PCR_LEN);
	}
	out->n_pcrs = n;
	return 0;
}

int gh_hcl_from_json(struct gh_hcl_evidence *out, const json_t *j, struct gh_err *err)
{
	int64_t version = 1;
	json_t *quote;

	memset(out, 0, sizeof(*out));
	if (!gh_hcl_json_looks(j))
		return gh_fail(err, GH_E_PARSE, "HCL evidence: no \"hcl_report\"");
	if (gh_json_int_opt(j, "HCL evidence", "version", &version, err))
		return -1;
	if (version != 1 && version != 2)
		return gh_fail(err, GH_E_PARSE,
		    "HCL evidence: version %lld, and only 1 and 2 are known",
		    (long long)version);
	if (get_b64url(&out->report, j, "hcl_report", err) ||
	    get_b64url(&out->vcek, j, "vcek", err))
		return -1;
	quote = json_object_get(j, "tpm_quote");
	if (!quote || json_is_null(quote))
		return 0;
	if (gh_json_obj(j, "HCL evidence", "tpm_quote", &quote, err) ||
	    get_hex(&out->quote, quote, "message", err) ||
	    get_hex(&out->signature, quote, "signature", err))
		return -1;
	return get_pcrs(out, quote, err);
}

int gh_hcl_read(struct gh_hcl_evidence *out, struct gh_bytes b, struct gh_err *err)
{
	gh_auto(json_t *, gh_json_free) j = NULL;

	memset(out, 0, sizeof(*out));
	if (gh_hcl_looks(b)) {
		if (b.len > GH_HCL_MAX_LEN)
			return gh_fail(err, GH_E_PARSE,
			    "HCL report: %zu bytes, at most %u", b.len, GH_HCL_MAX_LEN);
		gh_buf_add(&out->report, b.p, b.len);
		return gh_buf_ok(&out->report, err);
	}
	if (b.len > GH_HCL_TEXT_MAX)
		return gh_fail(err, GH_E_PARSE, "HCL evidence: %zu bytes, at most %u",
		    b.len, GH_HCL_TEXT_MAX);
	j = gh_json_parse(b.p, b.len, err);
	return j ? gh_hcl_from_json(out, j, err) : gh_err_prefix(err, "HCL evidence");
}
