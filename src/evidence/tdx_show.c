/* SPDX-License-Identifier: Apache-2.0
 * Quotes and TD reports as fields: tables of what follows what. */
#include "evidence/tdx_show.h"

#include "base/text.h"
#include "crypto/digest.h"
#include "evidence/show_certs.h"
#include "evidence/tdx_platform.h"
#include "evidence/tdx_quote.h"

#define CHAIN_MAX 8

/* ---- meanings --------------------------------------------------------------------------- */

/* What the bytes of one field mean, appended; nothing when they say it all. */
typedef void mean_fn(struct gh_buf *out, const unsigned char *p, size_t len);

static uint64_t number(const unsigned char *p, size_t len)
{
	uint64_t v = 0;

	for (size_t i = len; i > 0; i--)
		v = v << 8 | p[i - 1];
	return v;
}

static void mean_number(struct gh_buf *out, const unsigned char *p, size_t len)
{
	gh_buf_fmt(out, "%llu", (unsigned long long)number(p, len));
}

static void mean_tee(struct gh_buf *out, const unsigned char *p, size_t len)
{
	uint64_t v = number(p, len);

	gh_buf_str(out, v == 0x81 ? "TDX" : v == 0 ? "SGX" : "unknown");
}

static void mean_key_type(struct gh_buf *out, const unsigned char *p, size_t len)
{
	uint64_t v = number(p, len);

	gh_buf_str(out, v == 2   ? "ECDSA with P-256"
			: v == 3 ? "ECDSA with P-384"
				 : "unknown");
}

static void mean_body_type(struct gh_buf *out, const unsigned char *p, size_t len)
{
	static const char *const words[] = {
	    "unknown", "SGX enclave", "TD 1.0", "TD 1.5", "TD 1.5, extended"};
	uint64_t v = number(p, len);

	gh_buf_str(out, words[v < GH_COUNT(words) ? v : 0]);
}

static void mean_cert_type(struct gh_buf *out, const unsigned char *p, size_t len)
{
	uint64_t v = number(p, len);

	gh_buf_str(out, v == 6   ? "QE report certification data"
			: v == 5 ? "PCK chain in PEM"
				 : "unknown");
}

static void mean_svn(struct gh_buf *out, const unsigned char *p, size_t len)
{
	(void)len;
	gh_buf_fmt(
	    out, "TDX module %u.%u, SEAM loader or late microcode %u", p[1], p[0], p[2]);
}

static void mean_mrseam(struct gh_buf *out, const unsigned char *p, size_t len)
{
	const char *name = gh_tdx_module_name(p);

	(void)len;
	if (*name)
		gh_buf_fmt(out, "TDX module %s", name);
}

static void mean_zero(struct gh_buf *out, const unsigned char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i])
			return;
	gh_buf_str(out, "all zero");
}

static void mean_signer(struct gh_buf *out, const unsigned char *p, size_t len)
{
	mean_zero(out, p, len);
	if (out->len)
		gh_buf_str(out, ": Intel");
}

static void mean_attributes(struct gh_buf *out, const unsigned char *p, size_t len)
{
	static const struct {
		unsigned int bit;
		const char *name;
	} bits[] = {{0, "DEBUG"}, {4, "HGS_PLUS_PROF"}, {5, "PERF_PROF"}, {6, "PMT_PROF"},
	    {16, "ICSSD"}, {17, "SERVTD_EXT"}, {27, "LASS"}, {28, "SEPT_VE_DISABLE"},
	    {29, "MIGRATABLE"}, {30, "PKS"}, {31, "KL"}, {62, "TPA"}, {63, "PERFMON"}};
	uint64_t v = number(p, len);

	for (size_t i = 0; i < GH_COUNT(bits); i++) {
		if (v >> bits[i].bit & 1)
			gh_buf_fmt(out, "%s%s", out->len ? ", " : "", bits[i].name);
		v &= ~(1ull << bits[i].bit);
	}
	if (v)
		gh_buf_fmt(out, "%sreserved 0x%llx", out->len ? ", " : "",
		    (unsigned long long)v);
	if (!out->len)
		gh_buf_str(out, "none");
}

static void mean_xfam(struct gh_buf *out, const unsigned char *p, size_t len)
{
	static const char *const bits[] = {"x87", "SSE", "AVX", "BNDREGS", "BNDCSR",
	    "OPMASK", "ZMM_Hi256", "Hi16_ZMM", "PT", "PKRU", "PASID", "CET_U", "CET_S",
	    "HDC", "UINTR", "LBR", "HWP", "XTILECFG", "XTILEDATA"};
	uint64_t v = number(p, len);

	for (size_t i = 0; i < GH_COUNT(bits); i++)
		if (v >> i & 1)
			gh_buf_fmt(out, "%s%s", out->len ? ", " : "", bits[i]);
	if (v >> GH_COUNT(bits))
		gh_buf_fmt(out, ", unknown 0x%llx",
		    (unsigned long long)(v >> GH_COUNT(bits) << GH_COUNT(bits)));
}

/* ---- tables ------------------------------------------------------------------------------ */

/* Fields one behind the other. */
struct row {
	const char *name;
	unsigned int len;
	mean_fn *mean; /* or NULL */
};

static const struct row header_rows[] = {
    {"version", 2, mean_number},
    {"attestation key type", 2, mean_key_type},
    {"TEE type", 4, mean_tee},
    {"reserved (QE SVN)", 2, mean_number},
    {"reserved (PCE SVN)", 2, mean_number},
    {"QE vendor id", 16, NULL},
    {"user data", 20, NULL},
};

static const struct row body_head_rows[] = {
    {"body type", 2, mean_body_type},
    {"body size", 4, mean_number},
};

static const struct row body_rows[] = {
    {"TEE_TCB_SVN", 16, mean_svn},
    {"MRSEAM", 48, mean_mrseam},
    {"MRSIGNERSEAM", 48, mean_signer},
    {"SEAMATTRIBUTES", 8, mean_zero},
    {"TDATTRIBUTES", 8, mean_attributes},
    {"XFAM", 8, mean_xfam},
    {"MRTD", 48, NULL},
    {"MRCONFIGID", 48, mean_zero},
    {"MROWNER", 48, mean_zero},
    {"MROWNERCONFIG", 48, mean_zero},
    {"RTMR0", 48, mean_zero},
    {"RTMR1", 48, mean_zero},
    {"RTMR2", 48, mean_zero},
    {"RTMR3", 48, mean_zero},
    {"REPORTDATA", 64, NULL},
};

static const struct row body_15_rows[] = {
    {"TEE_TCB_SVN2", 16, mean_svn},
    {"MRSERVICETD", 48, mean_zero},
};

static const struct row body_ext_rows[] = {
    {"vm id", 1, mean_number},
    {"TD id", 32, NULL},
    {"device info", 48, NULL},
    {"init SERVTD hash", 48, mean_zero},
    {"init SERVTD attributes", 8, mean_zero},
    {"init CPUSVN", 16, NULL},
    {"init TEE_TCB_SVN", 16, mean_svn},
    {"init TEE FMSPC", 12, NULL},
    {"current SERVTD hash", 48, mean_zero},
    {"current SERVTD attributes", 8, mean_zero},
};

static const struct row signature_rows[] = {
    {"signature r||s", 64, NULL},
    {"attestation key x||y", 64, NULL},
    {"certification data type", 2, mean_cert_type},
    {"certification data size", 4, mean_number},
};

static const struct row qe_rows[] = {
    {"CPUSVN", 16, NULL},
    {"MISCSELECT", 4, NULL},
    {"reserved", 28, mean_zero},
    {"ATTRIBUTES", 16, NULL},
    {"MRENCLAVE", 32, NULL},
    {"reserved", 32, mean_zero},
    {"MRSIGNER", 32, NULL},
    {"reserved", 96, mean_zero},
    {"ISVPRODID", 2, mean_number},
    {"ISVSVN", 2, mean_number},
    {"reserved", 60, mean_zero},
    {"REPORTDATA", 64, NULL},
};

static const struct row report_rows[] = {
    {"REPORTTYPE", 4, NULL},
    {"reserved", 12, mean_zero},
    {"CPUSVN", 16, NULL},
    {"TEE_TCB_INFO_HASH", 48, NULL},
    {"TEE_INFO_HASH", 48, NULL},
    {"REPORTDATA", 64, NULL},
    {"reserved", 32, mean_zero},
    {"MAC", 32, NULL},
};

static const struct row tcb_info_rows[] = {
    {"VALID", 8, NULL},
    {"TEE_TCB_SVN", 16, mean_svn},
    {"MRSEAM", 48, mean_mrseam},
    {"MRSIGNERSEAM", 48, mean_signer},
    {"ATTRIBUTES", 8, mean_zero},
    {"TEE_TCB_SVN2", 16, mean_svn},
    {"reserved", 95, mean_zero},
    {"reserved", 17, mean_zero},
};

static const struct row td_info_rows[] = {
    {"ATTRIBUTES", 8, mean_attributes},
    {"XFAM", 8, mean_xfam},
    {"MRTD", 48, NULL},
    {"MRCONFIGID", 48, mean_zero},
    {"MROWNER", 48, mean_zero},
    {"MROWNERCONFIG", 48, mean_zero},
    {"RTMR0", 48, mean_zero},
    {"RTMR1", 48, mean_zero},
    {"RTMR2", 48, mean_zero},
    {"RTMR3", 48, mean_zero},
    {"MRSERVICETD", 48, mean_zero},
    {"reserved", 64, mean_zero},
};

static void show_row(struct gh_fields *out, struct gh_rd *r, const struct row *row)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	const unsigned char *p = gh_rd_bytes(r, row->len);

	if (row->mean)
		row->mean(&text, p, row->len);
	gh_fields_add(out, row->name, p, row->len, "%s", gh_buf_cstr(&text));
}

/* Adds the rows as far as the reader goes; what is left of a row that is cut ends it. */
static void show_rows(
    struct gh_fields *out, struct gh_rd *r, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n && gh_rd_left(r); i++) {
		size_t left = gh_rd_left(r);

		if (left >= rows[i].len)
			show_row(out, r, &rows[i]);
		else
			gh_fields_add(out, rows[i].name, gh_rd_bytes(r, left), left,
			    "cut: %zu of %u bytes", left, rows[i].len);
	}
}

static void show_group(struct gh_fields *out, struct gh_rd *r, const char *name,
    const struct row *rows, size_t n)
{
	gh_fields_open(out, "%s", name);
	show_rows(out, r, rows, n);
	gh_fields_close(out);
}

/* A field of any length: as much of it as is there. */
static void show_span(
    struct gh_fields *out, struct gh_rd *r, const char *name, size_t len)
{
	size_t n = len < gh_rd_left(r) ? len : gh_rd_left(r);

	gh_fields_add(out, name, gh_rd_bytes(r, n), n, "%zu bytes", len);
}

/* ---- the PCK chain ------------------------------------------------------------------------ */

/* The certificates were decoded from PEM: their values are no bytes of the quote. */
static void show_chain(struct gh_fields *out, struct gh_bytes pem)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	struct gh_err e = {0};

	gh_fields_add(out, "PCK chain", NULL, 0, "%zu bytes of PEM", pem.len);
	if (gh_certs_from_pem(&cs, pem.p, pem.len, CHAIN_MAX, &e) < 0) {
		gh_fields_add(out, "error", NULL, 0, "PCK chain: %s", e.what);
		return;
	}
	gh_certs_show(out, &cs);
}

/* ---- quote and report --------------------------------------------------------------------- */

static void show_body(struct gh_fields *out, struct gh_rd *r, unsigned int version)
{
	uint64_t type = GH_TDX_TD10;

	gh_fields_open(out, "TD report");
	if (version == 5) {
		if (gh_rd_left(r) >= 2)
			type = number(r->p + r->pos, 2);
		show_rows(out, r, body_head_rows, GH_COUNT(body_head_rows));
	}
	show_rows(out, r, body_rows, GH_COUNT(body_rows));
	if (type == GH_TDX_TD15 || type == GH_TDX_TD15_EXT)
		show_rows(out, r, body_15_rows, GH_COUNT(body_15_rows));
	if (type == GH_TDX_TD15_EXT)
		show_rows(out, r, body_ext_rows, GH_COUNT(body_ext_rows));
	gh_fields_close(out);
}

static void show_signature(struct gh_fields *out, struct gh_rd *r)
{
	static const struct row len_row[] = {{"signature data size", 4, mean_number}},
				qe_sig[] = {{"QE report signature r||s", 64, NULL},
				    {"QE authentication data size", 2, mean_number}},
				inner[] = {{"certification data type", 2, mean_cert_type},
				    {"certification data size", 4, mean_number}};
	size_t n;

	gh_fields_open(out, "signature data");
	show_rows(out, r, len_row, 1);
	show_rows(out, r, signature_rows, GH_COUNT(signature_rows));
	show_group(out, r, "QE report", qe_rows, GH_COUNT(qe_rows));
	show_rows(out, r, qe_sig, GH_COUNT(qe_sig));
	n = r->pos >= 2 ? number(r->p + r->pos - 2, 2) : 0;
	show_span(out, r, "QE authentication data", n);
	show_rows(out, r, inner, GH_COUNT(inner));
	gh_fields_close(out);
}

int gh_tdx_show(struct gh_fields *out, struct gh_bytes b, struct gh_err *err)
{
	struct gh_bytes kept = out->whole;
	struct gh_rd r = gh_rd_of(b.p, b.len);
	struct gh_tdx_quote q;
	struct gh_err e = {0};
	bool whole = gh_tdx_quote_parse(&q, b.p, b.len, &e) == 0;

	out->whole = b;
	gh_fields_open(out, "TDX quote");
	show_group(out, &r, "header", header_rows, GH_COUNT(header_rows));
	show_body(out, &r, q.version);
	show_signature(out, &r);
	if (whole) {
		show_chain(out, q.pck_pem);
		if (q.trailing.len)
			gh_fields_add(out, "behind the quote", q.trailing.p,
			    q.trailing.len < 64 ? q.trailing.len : 64,
			    "%zu bytes, covered by no signature", q.trailing.len);
	} else {
		gh_fields_add(out, "error", NULL, 0, "%s", e.what);
	}
	gh_fields_close(out);
	out->whole = kept;
	return gh_fields_ok(out, err);
}

static void compare_hash(
    struct gh_fields *out, const char *name, struct gh_bytes over, const void *have)
{
	uint8_t digest[48];
	bool same = gh_hash(GH_SHA384, over.p, over.len, digest, NULL) == 0 &&
		    memcmp(digest, have, sizeof(digest)) == 0;

	gh_fields_add(out, name, NULL, 0, "%s the SHA-384 of its %zu bytes",
	    same ? "equals" : "differs from", over.len);
}

int gh_tdreport_show(struct gh_fields *out, struct gh_bytes b, struct gh_err *err)
{
	struct gh_bytes kept = out->whole;
	struct gh_rd r = gh_rd_of(b.p, b.len);

	out->whole = b;
	gh_fields_open(out, "TD report of the module (TDREPORT)");
	show_group(out, &r, "REPORTMACSTRUCT", report_rows, GH_COUNT(report_rows));
	show_group(out, &r, "TEE_TCB_INFO", tcb_info_rows, GH_COUNT(tcb_info_rows));
	show_group(out, &r, "TDINFO", td_info_rows, GH_COUNT(td_info_rows));
	if (b.len == 1024) {
		compare_hash(out, "TEE_TCB_INFO_HASH", (struct gh_bytes){b.p + 256, 239},
		    b.p + 32);
		compare_hash(
		    out, "TEE_INFO_HASH", (struct gh_bytes){b.p + 512, 512}, b.p + 80);
		gh_fields_add(
		    out, "MAC", NULL, 0, "only the platform that made it can check it");
	} else {
		gh_fields_add(out, "error", NULL, 0, "%zu bytes, must be 1024", b.len);
	}
	gh_fields_close(out);
	out->whole = kept;
	return gh_fields_ok(out, err);
}
