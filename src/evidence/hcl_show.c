/* SPDX-License-Identifier: Apache-2.0
 * Azure's wrapped form taken apart for a reader: wrapper, hardware report, claims, quote. */
#include <stdio.h>
#include <stdlib.h>

#include "base/fields.h"
#include "base/text.h"
#include "evidence/hcl_read.h"
#include "evidence/hcl_tpm.h"
#include "evidence/show_certs.h"
#include "evidence/snp.h"
#include "evidence/snp_report.h"

/* Meanings carry the values of what was decoded here and is gone afterwards. */
static void add_value(struct gh_fields *out, const char *name, const void *p, size_t len)
{
	gh_auto(struct gh_buf, gh_buf_free) hex = {0};

	gh_buf_hex(&hex, p, len);
	gh_fields_add(out, name, NULL, 0, "%s", gh_buf_cstr(&hex));
}

static void show_number(struct gh_fields *out, const struct gh_hcl_report *r,
    const char *name, size_t at, const char *meaning)
{
	struct gh_rd rd = gh_rd_of(r->whole.p, r->whole.len);
	char text[96];
	uint32_t v;

	gh_rd_skip(&rd, at);
	v = gh_rd_u32le(&rd);
	if (rd.bad)
		return;
	snprintf(text, sizeof(text), "%u%s%s", v, *meaning ? ": " : "", meaning);
	gh_fields_add(out, name, r->whole.p + at, 4, "%s", text);
}

static void show_claim(struct gh_fields *out, const char *name, const json_t *v)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	if (json_is_string(v)) {
		gh_fields_add(out, name, NULL, 0, "%s", json_string_value(v));
		return;
	}
	gh_json_dump(&text, v);
	gh_fields_add(out, name, NULL, 0, "%s", gh_buf_cstr(&text));
}

static void show_claims(struct gh_fields *out, const struct gh_hcl_report *r)
{
	struct gh_err e = {0};
	gh_auto(json_t *, gh_json_free) j = gh_json_parse(r->json.p, r->json.len, &e);
	const char *name;
	json_t *v, *key;
	size_t i;

	gh_fields_open(out, "runtime claims");
	gh_fields_add(out, "JSON", r->json.p, r->json.len, "%zu bytes", r->json.len);
	json_array_foreach(json_object_get(j, "keys"), i, key)
	{
		const char *kid = json_string_value(json_object_get(key, "kid"));

		show_claim(out, kid ? kid : "key", key);
	}
	json_object_foreach(j, name, v)
	{
		if (strcmp(name, "keys") != 0)
			show_claim(out, name, v);
	}
	if (!j)
		gh_fields_add(out, "error", NULL, 0, "%s", e.what);
	gh_fields_close(out);
}

static int show_wrapper(struct gh_fields *out, struct gh_bytes b, struct gh_err *err)
{
	struct gh_hcl_report r;
	struct gh_err e = {0};
	bool tdx;
	int rc = 0;

	gh_hcl_split(&r, b);
	tdx = r.report_type == GH_HCL_REPORT_TDX;
	gh_fields_open(out, "Azure HCL report");
	if (r.magic)
		gh_fields_add(
		    out, "signature", r.magic, 4, "%.4s", (const char *)r.magic);
	show_number(out, &r, "version", 0x004, "");
	show_number(out, &r, "report_size", 0x008, "");
	show_number(out, &r, "request_type", 0x00C, "");
	show_number(out, &r, "status", 0x010, "");
	if (r.hw.p)
		gh_fields_raw(out, "reserved", b.p + 0x14, 12);
	if (r.hw.p && tdx)
		gh_fields_add(out, "TD report", r.hw.p, r.hw.len,
		    "MAC-ed: only its own machine can check it");
	else if (r.hw.p)
		rc = gh_snp_show(out, r.hw, err);
	show_number(out, &r, "data_size", 0x4C0, "20 and the claims");
	show_number(out, &r, "data_version", 0x4C4, "");
	show_number(out, &r, "report_type", 0x4C8, "2 SNP, 4 TDX");
	show_number(out, &r, "hash_type", 0x4CC, "1 SHA-256, 2 SHA-384, 3 SHA-512");
	show_number(out, &r, "claim_size", 0x4D0, "");
	if (r.json.p)
		show_claims(out, &r);
	if (*gh_hcl_fault(&r, &e))
		gh_fields_add(out, "error", NULL, 0, "%s", e.what);
	gh_fields_close(out);
	return rc;
}

static void show_quote(struct gh_fields *out, const struct gh_hcl_evidence *ev)
{
	struct gh_tpm_quote q;
	struct gh_err e = {0};
	int bad = gh_tpm_quote_parse(&q, gh_buf_view(&ev->quote), &e);

	gh_fields_open(out, "TPM quote");
	gh_fields_add(out, "magic", NULL, 0, "0x%08X", q.magic);
	gh_fields_add(out, "type", NULL, 0, "0x%04X", q.type);
	add_value(out, "qualifiedSigner", q.signer.p, q.signer.len);
	add_value(out, "extraData", q.extra.p, q.extra.len);
	gh_fields_add(out, "clock", NULL, 0, "%llu ms", (unsigned long long)q.clock_ms);
	gh_fields_add(out, "resetCount", NULL, 0, "%u", q.resets);
	gh_fields_add(out, "restartCount", NULL, 0, "%u", q.restarts);
	gh_fields_add(out, "safe", NULL, 0, "%u", q.safe);
	gh_fields_add(
	    out, "firmwareVersion", NULL, 0, "0x%016llx", (unsigned long long)q.firmware);
	gh_fields_add(out, "pcrSelect", NULL, 0, "hash 0x%04X, PCRs of mask 0x%06X",
	    q.hash, q.pcrs);
	add_value(out, "pcrDigest", q.digest.p, q.digest.len);
	if (bad)
		gh_fields_add(out, "error", NULL, 0, "%s", e.what);
	gh_fields_close(out);
	add_value(out, "TPM signature", ev->signature.p, ev->signature.len);
	for (size_t i = 0; i < ev->n_pcrs; i++) {
		char name[32];

		snprintf(name, sizeof(name), "PCR %zu", i);
		add_value(out, name, ev->pcr[i], GH_HCL_PCR_LEN);
	}
}

/* The report of a container was decoded from its text and does not outlive this call: the
 * bytes of fields from `first` on go into their meaning. */
static void detach(struct gh_fields *out, size_t first)
{
	for (size_t i = first; i < out->n; i++) {
		struct gh_field *f = &out->at[i];
		gh_auto(struct gh_buf, gh_buf_free) text = {0};
		char *meaning;

		if (!f->raw.p)
			continue;
		gh_buf_hex(&text, f->raw.p, f->raw.len);
		gh_buf_fmt(&text, "%s%s", *f->meaning ? "  " : "", f->meaning);
		f->raw = (struct gh_bytes){NULL, 0};
		f->offset = SIZE_MAX;
		meaning = text.oom ? NULL : gh_buf_take_str(&text);
		if (!meaning) {
			out->oom = true;
			continue;
		}
		free(f->meaning);
		f->meaning = meaning;
	}
}

static int show_vcek(
    struct gh_fields *out, const struct gh_hcl_evidence *ev, struct gh_err *err)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	struct gh_cert *c = NULL;
	struct gh_err e = {0};

	if (!ev->vcek.len)
		return 0;
	if (gh_cert_from_der(&c, ev->vcek.p, ev->vcek.len, &e)) {
		gh_fields_add(out, "error", NULL, 0, "vcek: %s", e.what);
		return 0;
	}
	if (gh_certs_add(&cs, c, err))
		return -1;
	gh_certs_show(out, &cs);
	return 0;
}

static int show_container(
    struct gh_fields *out, const struct gh_hcl_evidence *ev, struct gh_err *err)
{
	size_t first = out->n;
	int rc;

	gh_fields_open(out, "Azure HCL evidence");
	out->whole = gh_buf_view(&ev->report);
	rc = show_wrapper(out, gh_buf_view(&ev->report), err);
	detach(out, first);
	out->whole = (struct gh_bytes){NULL, 0};
	if (!rc && ev->quote.len)
		show_quote(out, ev);
	if (!rc)
		rc = show_vcek(out, ev, err);
	gh_fields_close(out);
	return rc;
}

int gh_hcl_show(struct gh_fields *out, struct gh_bytes b, struct gh_err *err)
{
	gh_auto(struct gh_hcl_evidence, gh_hcl_free) ev = {0};
	struct gh_bytes before = out->whole;
	struct gh_err e = {0};
	int rc;

	out->whole = b;
	if (gh_hcl_looks(b)) {
		rc = show_wrapper(out, b, err);
	} else if (gh_hcl_read(&ev, b, &e)) {
		gh_fields_add(out, "error", NULL, 0, "%s", e.what);
		rc = 0;
	} else {
		rc = show_container(out, &ev, err);
	}
	out->whole = before;
	return rc ? rc : gh_fields_ok(out, err);
}
