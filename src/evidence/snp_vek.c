/* SPDX-License-Identifier: Apache-2.0
 * Reads AMD's certificate extensions.
 *
 *   .1    structVersion INTEGER      .3.4-.3.7 reserved SPLs   INTEGER
 *   .2    productName   IA5String    .3.8      ucodeSPL        INTEGER
 *   .3.1  blSPL         INTEGER      .3.9      fmcSPL (Turin)  INTEGER
 *   .3.2  teeSPL        INTEGER      .4        hwID            raw bytes, not DER
 *   .3.3  snpSPL        INTEGER      .5        cspID (VLEK)    IA5String
 */
#include "evidence/snp_vek.h"

#define ARC            "1.3.6.1.4.1.3704.1."
#define DER_INTEGER    0x02
#define DER_OCTETS     0x04
#define DER_IA5_STRING 0x16

bool gh_snp_vek_looks(const struct gh_cert *c)
{
	size_t n = 0;

	(void)gh_cert_ext(c, ARC "1", &n);
	return n > 0 || !strncmp(gh_cert_cn(c), "SEV-VCEK", 8) ||
	       !strcmp(gh_cert_cn(c), "SEV-VLEK");
}

bool gh_snp_vek_is_vlek(const struct gh_cert *c)
{
	return !strcmp(gh_cert_cn(c), "SEV-VLEK");
}

/* The extension, there exactly once. */
static int get_ext(const struct gh_cert *c, const char *oid, const char *name,
    struct gh_bytes *out, struct gh_err *err)
{
	size_t n = 0;

	*out = gh_cert_ext(c, oid, &n);
	if (!n)
		return gh_fail(err, GH_E_PARSE, "extension %s is missing", name);
	if (n > 1 || !out->p)
		return gh_fail(
		    err, GH_E_PARSE, "extension %s is there %zu times", name, n);
	return 0;
}

/* One DER INTEGER of 0..255, minimal, nothing after it. */
static int get_int(const struct gh_cert *c, const char *oid, const char *name,
    uint8_t *out, struct gh_err *err)
{
	struct gh_bytes v;
	struct gh_rd r;
	uint8_t tag, len, high = 0;

	if (get_ext(c, oid, name, &v, err))
		return -1;
	r = gh_rd_of(v.p, v.len);
	tag = gh_rd_u8(&r);
	len = gh_rd_u8(&r);
	if (len == 2)
		high = gh_rd_u8(&r);
	*out = gh_rd_u8(&r);
	if (gh_rd_end(&r, name, err))
		return -1;
	/* Two bytes only for 128..255, as 00 xx; one byte only for 0..127. */
	if (tag != DER_INTEGER || (len != 1 && len != 2) || high ||
	    (len == 1) != (*out < 0x80))
		return gh_fail(err, GH_E_PARSE,
		    "extension %s is not a DER INTEGER of 0 to 255", name);
	return 0;
}

/* One IA5String, cleaned, that fits. */
static int get_text(
    struct gh_bytes v, const char *name, char *out, size_t size, struct gh_err *err)
{
	struct gh_rd r = gh_rd_of(v.p, v.len);
	uint8_t tag = gh_rd_u8(&r), len = gh_rd_u8(&r);
	const unsigned char *p = gh_rd_bytes(&r, len);

	if (gh_rd_end(&r, name, err))
		return -1;
	if (tag != DER_IA5_STRING || !len || len > 0x7F || (size_t)len + 1 > size)
		return gh_fail(
		    err, GH_E_PARSE, "extension %s is not a short IA5String", name);
	for (uint8_t i = 0; i < len; i++) {
		if (p[i] < 0x20 || p[i] > 0x7E)
			return gh_fail(err, GH_E_PARSE,
			    "extension %s has a byte that is not printable", name);
		out[i] = (char)p[i];
	}
	out[len] = '\0';
	return 0;
}

int gh_snp_vek_product(
    const struct gh_cert *c, char out[static GH_SNP_PRODUCT_TEXT], struct gh_err *err)
{
	struct gh_bytes v;

	out[0] = '\0';
	if (get_ext(c, ARC "2", "productName", &v, err))
		return -1;
	return get_text(v, "productName", out, GH_SNP_PRODUCT_TEXT, err);
}

int gh_snp_vek_struct_version(
    const struct gh_cert *c, unsigned int *out, struct gh_err *err)
{
	uint8_t v = 0;

	if (get_int(c, ARC "1", "structVersion", &v, err))
		return -1;
	*out = v;
	return 0;
}

int gh_snp_vek_tcb(const struct gh_cert *c, enum gh_snp_product p, struct gh_snp_tcb *out,
    struct gh_err *err)
{
	size_t n = 0;

	memset(out, 0, sizeof(*out));
	if (get_int(c, ARC "3.1", "blSPL", &out->boot_loader, err) ||
	    get_int(c, ARC "3.2", "teeSPL", &out->tee, err) ||
	    get_int(c, ARC "3.3", "snpSPL", &out->snp, err) ||
	    get_int(c, ARC "3.8", "ucodeSPL", &out->microcode, err))
		return -1;
	if (p == GH_SNP_TURIN)
		return get_int(c, ARC "3.9", "fmcSPL", &out->fmc, err);
	(void)gh_cert_ext(c, ARC "3.9", &n);
	if (n)
		return gh_fail(
		    err, GH_E_PARSE, "extension fmcSPL on a chip before Turin");
	return 0;
}

int gh_snp_vek_hwid(const struct gh_cert *c, enum gh_snp_product p, struct gh_bytes *out,
    struct gh_err *err)
{
	size_t n = 0, want = p == GH_SNP_TURIN ? 8 : 64;
	struct gh_bytes v = gh_cert_ext(c, ARC "4", &n);

	*out = (struct gh_bytes){NULL, 0};
	if (!n)
		return 0;
	if (n > 1 || !v.p)
		return gh_fail(err, GH_E_PARSE, "extension hwID is there %zu times", n);
	/* The raw form may begin with 04 too, so the length decides, not the tag. */
	if (v.len == want + 2 && v.p[0] == DER_OCTETS && v.p[1] == want)
		v = (struct gh_bytes){v.p + 2, want};
	if (v.len != want)
		return gh_fail(
		    err, GH_E_PARSE, "hwID has %zu bytes, this product %zu", v.len, want);
	*out = v;
	return 0;
}

int gh_snp_vek_csp(
    const struct gh_cert *c, char out[static GH_SNP_CSP_TEXT], struct gh_err *err)
{
	size_t n = 0;
	struct gh_bytes v = gh_cert_ext(c, ARC "5", &n);

	out[0] = '\0';
	if (!n)
		return 0;
	if (n > 1 || !v.p)
		return gh_fail(err, GH_E_PARSE, "extension cspID is there %zu times", n);
	return get_text(v, "cspID", out, GH_SNP_CSP_TEXT, err);
}
