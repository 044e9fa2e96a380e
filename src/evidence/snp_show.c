/* SPDX-License-Identifier: Apache-2.0
 * An SNP report taken apart for a reader, field by field (spec/snp.md section 1). */
#include "base/fields.h"
#include "base/text.h"
#include "evidence/snp.h"
#include "evidence/snp_report.h"
#include "evidence/tee.h"

/* What the bytes of one field mean, appended. */
typedef void mean_fn(
    struct gh_buf *out, const struct gh_snp_report *r, const unsigned char *p);

struct bit {
	unsigned int at;
	const char *name;
};

static void say_bits(struct gh_buf *out, uint64_t v, const struct bit *bits, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (v >> bits[i].at & 1)
			gh_buf_fmt(out, "%s%s", out->len ? ", " : "", bits[i].name);
		v &= ~(1ull << bits[i].at);
	}
	if (v)
		gh_buf_fmt(out, "%sreserved 0x%llx", out->len ? ", " : "",
		    (unsigned long long)v);
}

static void mean_version(
    struct gh_buf *out, const struct gh_snp_report *r, const unsigned char *p)
{
	(void)p;
	gh_buf_fmt(out, "%u%s", r->version,
	    r->version < 2 || r->version > 5 ? ", not known: read as version 5" : "");
}

static void mean_u32(
    struct gh_buf *out, const struct gh_snp_report *r, const unsigned char *p)
{
	struct gh_rd rd = gh_rd_of(p, 4);

	(void)r;
	gh_buf_fmt(out, "%u", gh_rd_u32le(&rd));
}

static void mean_u64(
    struct gh_buf *out, const struct gh_snp_report *r, const unsigned char *p)
{
	struct gh_rd rd = gh_rd_of(p, 8);

	(void)r;
	gh_buf_fmt(out, "0x%llx", (unsigned long long)gh_rd_u64le(&rd));
}

static void mean_policy(
    struct gh_buf *out, const struct gh_snp_report *r, const unsigned char *p)
{
	static const struct bit bits[] = {{16, "SMT"}, {17, "must be one"},
	    {18, "MIGRATE_MA"}, {19, "DEBUG"}, {20, "SINGLE_SOCKET"}, {21, "CXL_ALLOW"},
	    {22, "MEM_AES_256_XTS"}, {23, "RAPL_DIS"}, {24, "CIPHERTEXT_HIDING_DRAM"},
	    {25, "PAGE_SWAP_DISABLE"}};

	(void)p;
	gh_buf_fmt(out, "ABI at least %u.%u", (unsigned int)(r->policy >> 8 & 0xFF),
	    (unsigned int)(r->policy & 0xFF));
	say_bits(out, r->policy & ~0xFFFFull, bits, GH_COUNT(bits));
}

static void mean_vmpl(
    struct gh_buf *out, const struct gh_snp_report *r, const unsigned char *p)
{
	(void)p;
	if (r->vmpl == GH_SNP_VMPL_HOST)
		gh_buf_str(out, "asked for by the host");
	else
		gh_buf_fmt(out, "%u", r->vmpl);
}

static void mean_algo(
    struct gh_buf *out, const struct gh_snp_report *r, const unsigned char *p)
{
	(void)p;
	gh_buf_fmt(out, "%u%s", r->signature_algo,
	    r->signature_algo == 1 ? ": ECDSA P-384 with SHA-384" : ": not known");
}

/* v2 does not say the product, and only Turin has the other layout: zeros behind the
 * eighth byte of CHIP_ID are its sign. */
static void mean_tcb(
    struct gh_buf *out, const struct gh_snp_report *r, const unsigned char *p)
{
	char text[GH_SNP_TCB_TEXT];
	enum gh_snp_product product = gh_snp_report_product(r);

	gh_snp_tcb_text(text, gh_snp_tcb_of(p, product), product);
	gh_buf_str(out, text);
	if (r->version < 3)
		gh_buf_str(out, ", if this is no Turin");
	else if (!product)
		gh_buf_str(out, ", if it is as on Milan and Genoa");
}

static void mean_platform(
    struct gh_buf *out, const struct gh_snp_report *r, const unsigned char *p)
{
	static const struct bit bits[] = {{0, "SMT_EN"}, {1, "TSME_EN"}, {2, "ECC_EN"},
	    {3, "RAPL_DIS"}, {4, "CIPHERTEXT_HIDING_DRAM_EN"},
	    {5, "ALIAS_CHECK_COMPLETE"}, {6, "IOMMU_WRITE_SAFE"}, {7, "SEV-TIO"}};

	(void)p;
	say_bits(out, r->platform_info, bits, GH_COUNT(bits));
}

static void mean_flags(
    struct gh_buf *out, const struct gh_snp_report *r, const unsigned char *p)
{
	static const char *const keys[8] = {
	    [GH_SNP_VCEK] = "VCEK", [GH_SNP_VLEK] = "VLEK", [GH_SNP_KEY_NONE] = "none"};
	const char *key = keys[gh_snp_report_key(r)];

	(void)p;
	gh_buf_fmt(out, "%s%sSIGNING_KEY %s", r->flags & 1 ? "AUTHOR_KEY_EN, " : "",
	    gh_snp_report_masked(r) ? "MASK_CHIP_KEY, " : "", key ? key : "reserved");
	if (r->flags >> 5)
		gh_buf_fmt(out, ", reserved 0x%x", r->flags >> 5 << 5);
}

static void mean_mbz(
    struct gh_buf *out, const struct gh_snp_report *r, const unsigned char *p)
{
	(void)r;
	(void)p;
	gh_buf_str(out, "reserved");
}

static void mean_ma(
    struct gh_buf *out, const struct gh_snp_report *r, const unsigned char *p)
{
	(void)r;
	for (size_t i = 0; i < 32; i++)
		if (p[i] != 0xFF)
			return;
	gh_buf_str(out, "no migration agent");
}

static void mean_cpuid(
    struct gh_buf *out, const struct gh_snp_report *r, const unsigned char *p)
{
	const char *product = gh_snp_product_name(gh_snp_report_product(r));

	gh_buf_fmt(out, "family %02xh model %02xh stepping %u: %s", p[0], p[1], p[2],
	    *product ? product : "no product we know");
}

static void mean_chip(
    struct gh_buf *out, const struct gh_snp_report *r, const unsigned char *p)
{
	(void)r;
	if (gh_is_zero(p, 64))
		gh_buf_str(out, "masked, or signed by a VLEK");
	else if (gh_is_zero(p + 8, 56))
		gh_buf_str(out, "8 bytes, as on Turin");
}

static void mean_build(
    struct gh_buf *out, const struct gh_snp_report *r, const unsigned char *p)
{
	(void)r;
	gh_buf_fmt(out, "%u.%u.%u", p[2], p[1], p[0]);
}

static const struct field {
	uint16_t at, len;
	uint8_t from, to; /* report versions */
	const char *name;
	mean_fn *mean;
} fields[] = {
    {0x000, 4, 0, 255, "VERSION", mean_version},
    {0x004, 4, 0, 255, "GUEST_SVN", mean_u32},
    {0x008, 8, 0, 255, "POLICY", mean_policy},
    {0x010, 16, 0, 255, "FAMILY_ID", NULL},
    {0x020, 16, 0, 255, "IMAGE_ID", NULL},
    {0x030, 4, 0, 255, "VMPL", mean_vmpl},
    {0x034, 4, 0, 255, "SIGNATURE_ALGO", mean_algo},
    {0x038, 8, 0, 255, "CURRENT_TCB", mean_tcb},
    {0x040, 8, 0, 255, "PLATFORM_INFO", mean_platform},
    {0x048, 4, 0, 255, "FLAGS", mean_flags},
    {0x04C, 4, 0, 255, "reserved", mean_mbz},
    {0x050, 64, 0, 255, "REPORT_DATA", NULL},
    {0x090, 48, 0, 255, "MEASUREMENT", NULL},
    {0x0C0, 32, 0, 255, "HOST_DATA", NULL},
    {0x0E0, 48, 0, 255, "ID_KEY_DIGEST", NULL},
    {0x110, 48, 0, 255, "AUTHOR_KEY_DIGEST", NULL},
    {0x140, 32, 0, 255, "REPORT_ID", NULL},
    {0x160, 32, 0, 255, "REPORT_ID_MA", mean_ma},
    {0x180, 8, 0, 255, "REPORTED_TCB", mean_tcb},
    {0x188, 24, 0, 2, "reserved", mean_mbz},
    {0x188, 3, 3, 255, "CPUID", mean_cpuid},
    {0x18B, 21, 3, 255, "reserved", mean_mbz},
    {0x1A0, 64, 0, 255, "CHIP_ID", mean_chip},
    {0x1E0, 8, 0, 255, "COMMITTED_TCB", mean_tcb},
    {0x1E8, 3, 0, 255, "CURRENT version", mean_build},
    {0x1EB, 1, 0, 255, "reserved", mean_mbz},
    {0x1EC, 3, 0, 255, "COMMITTED version", mean_build},
    {0x1EF, 1, 0, 255, "reserved", mean_mbz},
    {0x1F0, 8, 0, 255, "LAUNCH_TCB", mean_tcb},
    {0x1F8, 168, 0, 4, "reserved", mean_mbz},
    {0x1F8, 8, 5, 255, "LAUNCH_MIT_VECTOR", mean_u64},
    {0x200, 8, 5, 255, "CURRENT_MIT_VECTOR", mean_u64},
    {0x208, 152, 5, 255, "reserved", mean_mbz},
    {0x2A0, 72, 0, 255, "R", NULL},
    {0x2E8, 72, 0, 255, "S", NULL},
    {0x330, 368, 0, 255, "reserved, unsigned", mean_mbz},
};

/* False when the bytes end before the field does. */
static bool show_field(struct gh_fields *out, struct gh_bytes b,
    const struct gh_snp_report *r, const struct field *f)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	if (b.len < (size_t)f->at + f->len)
		return false;
	if (f->mean)
		f->mean(&text, r, b.p + f->at);
	gh_fields_add(out, f->name, b.p + f->at, f->len, "%s", gh_buf_cstr(&text));
	out->oom = out->oom || text.oom;
	return true;
}

int gh_snp_show(struct gh_fields *out, struct gh_bytes b, struct gh_err *err)
{
	/* The meaning of a field may lie in others: those that are missing read as zero. */
	unsigned char whole[GH_SNP_REPORT_LEN] = {0};
	struct gh_bytes before = out->whole;
	struct gh_snp_report r;
	struct gh_err e = {0};
	unsigned int version;
	bool all = true;

	if (b.len)
		memcpy(whole, b.p, b.len < sizeof(whole) ? b.len : sizeof(whole));
	(void)!gh_snp_report_parse(&r, whole, sizeof(whole), NULL);
	version = r.version < 256 ? r.version : 255;
	out->whole = b;
	gh_fields_open(out, "SEV-SNP attestation report");
	for (size_t i = 0; all && i < GH_COUNT(fields); i++)
		if (version >= fields[i].from && version <= fields[i].to)
			all = show_field(out, b, &r, &fields[i]);
	if (gh_snp_report_parse(&r, b.p, b.len, &e) || gh_snp_report_reserved(&r, &e))
		gh_fields_add(out, "error", NULL, 0, "%s", e.what);
	gh_fields_close(out);
	out->whole = before;
	return gh_fields_ok(out, err);
}
