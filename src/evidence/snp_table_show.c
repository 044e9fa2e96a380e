/* SPDX-License-Identifier: Apache-2.0
 * A certificate table, and a revocation list, taken apart for a reader. */
#include <openssl/x509.h>

#include "base/clock.h"
#include "base/fields.h"
#include "base/text.h"
#include "crypto/crl.h"
#include "evidence/show_certs.h"
#include "evidence/snp.h"
#include "evidence/snp_table.h"

#define REVOKED_SHOWN 256 /* entries of a list; more are counted only */

static const char *item_name(enum gh_snp_item item)
{
	static const char *const names[] = {
	    [GH_SNP_ITEM_OTHER] = "not known",
	    [GH_SNP_ITEM_ARK] = "ARK",
	    [GH_SNP_ITEM_ASK] = "ASK or ASVK",
	    [GH_SNP_ITEM_VCEK] = "VCEK",
	    [GH_SNP_ITEM_VLEK] = "VLEK",
	    [GH_SNP_ITEM_CRL] = "CRL",
	    [GH_SNP_ITEM_PLATFORM] = "platform information",
	};

	return names[item];
}

/* 8-4-4-4-12 digits in the order of the bytes. */
static void guid_text(struct gh_buf *out, const unsigned char *p)
{
	for (size_t i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			gh_buf_chr(out, '-');
		gh_buf_hex(out, p + i, 1);
	}
}

/* {u32 size, u32 CPUID 1 EAX}, Google's. */
static void show_platform(struct gh_fields *out, struct gh_bytes b)
{
	struct gh_rd r = gh_rd_of(b.p, b.len);
	uint32_t size = gh_rd_u32le(&r), eax = gh_rd_u32le(&r);

	if (r.bad) {
		gh_fields_add(out, "error", NULL, 0, "%zu bytes, need 8", b.len);
		return;
	}
	gh_fields_add(out, "size", b.p, 4, "%u", size);
	gh_fields_add(out, "cpuid_1_eax", b.p + 4, 4, "0x%08x", eax);
}

static void show_cert(struct gh_fields *out, struct gh_bytes b)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	struct gh_cert *c = NULL;
	struct gh_err e = {0};

	if (gh_cert_from_der(&c, b.p, b.len, &e) || gh_certs_add(&cs, c, &e))
		gh_fields_add(out, "error", NULL, 0, "%s", e.what);
	else
		gh_certs_show(out, &cs);
}

static int show_body(
    struct gh_fields *out, enum gh_snp_item item, struct gh_bytes b, struct gh_err *err)
{
	switch (item) {
	case GH_SNP_ITEM_ARK:
	case GH_SNP_ITEM_ASK:
	case GH_SNP_ITEM_VCEK:
	case GH_SNP_ITEM_VLEK:
		show_cert(out, b);
		break;
	case GH_SNP_ITEM_CRL:
		return gh_crl_show(out, b, err);
	case GH_SNP_ITEM_PLATFORM:
		show_platform(out, b);
		break;
	case GH_SNP_ITEM_OTHER:
		gh_fields_raw(out, "body", b.p, b.len);
		break;
	}
	return 0;
}

int gh_snp_table_show(struct gh_fields *out, struct gh_bytes b, struct gh_err *err)
{
	struct gh_bytes before = out->whole;
	struct gh_snp_table t;
	struct gh_err e = {0};
	int rc = 0;

	out->whole = b;
	gh_fields_open(out, "SNP certificate table");
	if (gh_snp_table_parse(&t, b.p, b.len, &e)) {
		gh_fields_add(out, "error", NULL, 0, "%s", e.what);
		t.n = 0;
	}
	for (size_t i = 0; !rc && i < t.n; i++) {
		const unsigned char *entry = b.p + i * GH_SNP_TABLE_ENTRY_LEN;
		gh_auto(struct gh_buf, gh_buf_free) guid = {0};

		guid_text(&guid, entry);
		gh_fields_open(out, "entry %zu: %s", i, item_name(t.at[i].item));
		gh_fields_add(out, "guid", entry, 16, "%s", gh_buf_cstr(&guid));
		gh_fields_add(out, "offset", entry + 16, 4, "0x%zx",
		    (size_t)(t.at[i].body.p - b.p));
		gh_fields_add(out, "length", entry + 20, 4, "%zu", t.at[i].body.len);
		rc = show_body(out, t.at[i].item, t.at[i].body, err);
		gh_fields_close(out);
	}
	gh_fields_close(out);
	out->whole = before;
	return rc ? rc : gh_fields_ok(out, err);
}

static void show_revoked(struct gh_fields *out, const struct gh_crl *crl)
{
	STACK_OF(X509_REVOKED) *all = X509_CRL_get_REVOKED(gh_crl_x509(crl));
	int n = all ? sk_X509_REVOKED_num(all) : 0;

	gh_fields_add(out, "revoked", NULL, 0, "%d certificates", n);
	for (int i = 0; i < n && i < REVOKED_SHOWN; i++) {
		const ASN1_INTEGER *serial =
		    X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(all, i));
		gh_auto(struct gh_buf, gh_buf_free) hex = {0};

		gh_buf_hex(&hex, ASN1_STRING_get0_data(serial),
		    (size_t)ASN1_STRING_length(serial));
		gh_fields_add(out, "serial", NULL, 0, "%.80s", gh_buf_cstr(&hex));
	}
	if (n > REVOKED_SHOWN)
		gh_fields_add(out, "serial", NULL, 0, "and %d more", n - REVOKED_SHOWN);
}

static void show_crl(struct gh_fields *out, const struct gh_crl *crl)
{
	char text[GH_TIME_LEN];

	gh_fields_add(out, "issuer", NULL, 0, "%s", gh_crl_issuer_cn(crl));
	gh_time_text(text, gh_crl_this_update(crl));
	gh_fields_add(out, "thisUpdate", NULL, 0, "%s", text);
	gh_time_text(text, gh_crl_next_update(crl));
	gh_fields_add(out, "nextUpdate", NULL, 0, "%s",
	    gh_crl_next_update(crl) == INT64_MIN ? "none" : text);
	gh_fields_add(out, "signatureAlgorithm", NULL, 0, "%s%s", gh_crl_sigalg(crl),
	    gh_crl_is_pss_sha384(crl) ? " with SHA-384, MGF1-SHA-384, salt 48" : "");
	show_revoked(out, crl);
}

int gh_crl_show(struct gh_fields *out, struct gh_bytes der, struct gh_err *err)
{
	gh_auto(struct gh_crl *, gh_crl_free) crl = NULL;
	struct gh_bytes before = out->whole;
	struct gh_err e = {0};

	out->whole = der;
	gh_fields_open(out, "certificate revocation list");
	gh_fields_add(out, "DER", der.p, der.len < 16 ? der.len : 16,
	    "%zu bytes; the first of them", der.len);
	if (gh_crl_from_der(&crl, der.p, der.len, &e))
		gh_fields_add(out, "error", NULL, 0, "%s", e.what);
	else
		show_crl(out, crl);
	gh_fields_close(out);
	out->whole = before;
	return gh_fields_ok(out, err);
}
