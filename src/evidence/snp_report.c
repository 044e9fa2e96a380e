/* SPDX-License-Identifier: Apache-2.0
 * Reads the 1184 bytes of an SEV-SNP report. Layout (spec/snp.md section 1), all numbers
 * little endian, signed bytes 0x000..0x29F:
 *
 *   0x000   4 VERSION            0x0C0  32 HOST_DATA         0x1E0  8 COMMITTED_TCB
 *   0x004   4 GUEST_SVN          0x0E0  48 ID_KEY_DIGEST     0x1E8  3 CURRENT version
 *   0x008   8 POLICY             0x110  48 AUTHOR_KEY_DIGEST 0x1EB  1 reserved
 *   0x010  16 FAMILY_ID          0x140  32 REPORT_ID         0x1EC  3 COMMITTED version
 *   0x020  16 IMAGE_ID           0x160  32 REPORT_ID_MA      0x1EF  1 reserved
 *   0x030   4 VMPL               0x180   8 REPORTED_TCB      0x1F0  8 LAUNCH_TCB
 *   0x034   4 SIGNATURE_ALGO     0x188   3 CPUID (v >= 3)    0x1F8 16 MIT_VECTORs (v5)
 *   0x038   8 CURRENT_TCB        0x18B  21 reserved          0x208 152 reserved
 *   0x040   8 PLATFORM_INFO      0x1A0  64 CHIP_ID           0x2A0 72 R
 *   0x048   4 FLAGS                                          0x2E8 72 S
 *   0x04C   4 reserved                                       0x330 368 reserved, unsigned
 *   0x050  64 REPORT_DATA
 *   0x090  48 MEASUREMENT
 */
#include "evidence/snp_report.h"

#include <stdio.h>

#define FLAG_MASK_CHIP_KEY 0x2u
#define FLAGS_MBZ          0xFFFFFFE0u /* bits 31:5 */

static void read_head(struct gh_snp_report *r, struct gh_rd *rd)
{
	r->version = gh_rd_u32le(rd);
	r->guest_svn = gh_rd_u32le(rd);
	r->policy = gh_rd_u64le(rd);
	r->family_id = gh_rd_bytes(rd, 16);
	r->image_id = gh_rd_bytes(rd, 16);
	r->vmpl = gh_rd_u32le(rd);
	r->signature_algo = gh_rd_u32le(rd);
	r->current_tcb = gh_rd_bytes(rd, 8);
	r->platform_info = gh_rd_u64le(rd);
	r->flags = gh_rd_u32le(rd);
	gh_rd_skip(rd, 4);
	r->report_data = gh_rd_bytes(rd, 64);
	r->measurement = gh_rd_bytes(rd, 48);
	r->host_data = gh_rd_bytes(rd, 32);
	r->id_key = gh_rd_bytes(rd, 48);
	r->author_key = gh_rd_bytes(rd, 48);
	r->report_id = gh_rd_bytes(rd, 32);
	r->report_id_ma = gh_rd_bytes(rd, 32);
	r->reported_tcb = gh_rd_bytes(rd, 8);
}

static void read_tail(struct gh_snp_report *r, struct gh_rd *rd)
{
	r->cpu_family = gh_rd_u8(rd);
	r->cpu_model = gh_rd_u8(rd);
	r->cpu_stepping = gh_rd_u8(rd);
	gh_rd_skip(rd, 21);
	r->chip_id = gh_rd_bytes(rd, 64);
	r->committed_tcb = gh_rd_bytes(rd, 8);
	r->current_version = gh_rd_bytes(rd, 3);
	gh_rd_skip(rd, 1);
	r->committed_version = gh_rd_bytes(rd, 3);
	gh_rd_skip(rd, 1);
	r->launch_tcb = gh_rd_bytes(rd, 8);
	r->launch_mit = gh_rd_u64le(rd);
	r->current_mit = gh_rd_u64le(rd);
	gh_rd_skip(rd, 152);
	r->sig_r = gh_rd_bytes(rd, 72);
	r->sig_s = gh_rd_bytes(rd, 72);
	gh_rd_skip(rd, 368);
	if (r->version < 3)
		r->cpu_family = r->cpu_model = r->cpu_stepping = 0;
	if (r->version < 5)
		r->launch_mit = r->current_mit = 0;
}

int gh_snp_report_parse(
    struct gh_snp_report *out, const void *p, size_t len, struct gh_err *err)
{
	struct gh_rd rd = gh_rd_of(p, len);

	memset(out, 0, sizeof(*out));
	if (len != GH_SNP_REPORT_LEN)
		return gh_fail(err, GH_E_PARSE, "SNP report: %zu bytes, need exactly %u",
		    len, GH_SNP_REPORT_LEN);
	out->whole = (struct gh_bytes){p, len};
	read_head(out, &rd);
	read_tail(out, &rd);
	if (gh_rd_end(&rd, "SNP report", err))
		return -1;
	if (out->version < 2 || out->version > 5)
		return gh_fail(err, GH_E_PARSE,
		    "SNP report: VERSION at 0x000 is %u, and only 2 to 5 have a layout "
		    "we "
		    "know",
		    out->version);
	return 0;
}

/* Bytes that must be zero, and in which report versions. */
static const struct {
	uint16_t off, len;
	uint8_t from, to;
} must_be_zero[] = {
    {0x04C, 4, 2, 5},
    {0x188, 24, 2, 2},
    {0x18B, 21, 3, 5},
    {0x1EB, 1, 2, 5},
    {0x1EF, 1, 2, 5},
    {0x1F8, 168, 2, 4},
    {0x208, 152, 5, 5},
    {0x330, 368, 2, 5},
};

int gh_snp_report_reserved(const struct gh_snp_report *r, struct gh_err *err)
{
	for (size_t i = 0; i < GH_COUNT(must_be_zero); i++) {
		if (r->version < must_be_zero[i].from || r->version > must_be_zero[i].to)
			continue;
		for (unsigned int k = 0; k < must_be_zero[i].len; k++)
			if (r->whole.p[must_be_zero[i].off + k])
				return gh_fail(err, GH_E_PARSE,
				    "reserved byte at 0x%03X is 0x%02X, must be zero",
				    must_be_zero[i].off + k,
				    r->whole.p[must_be_zero[i].off + k]);
	}
	if (r->flags & FLAGS_MBZ)
		return gh_fail(err, GH_E_PARSE,
		    "FLAGS at 0x048 is 0x%08X: bits 31:5 must be zero", r->flags);
	if (gh_snp_report_key(r) > GH_SNP_VLEK && gh_snp_report_key(r) != GH_SNP_KEY_NONE)
		return gh_fail(err, GH_E_PARSE,
		    "FLAGS at 0x048: SIGNING_KEY %u is reserved, expected 0, 1 or 7",
		    (unsigned int)gh_snp_report_key(r));
	if (r->policy & GH_SNP_POLICY_MBZ)
		return gh_fail(err, GH_E_PARSE,
		    "POLICY at 0x008 is 0x%llx: bits 63:26 must be zero",
		    (unsigned long long)r->policy);
	if (!(r->policy & GH_SNP_POLICY_MBO))
		return gh_fail(err, GH_E_PARSE,
		    "POLICY at 0x008 is 0x%llx: bit 17 must be one",
		    (unsigned long long)r->policy);
	return 0;
}

/* CPUID family and model to product (section 1). Models without a root that we pin, as
 * Venice (1Ah/50h), are no product: fail closed. */
static const struct {
	uint8_t family, first, last;
	enum gh_snp_product product;
} cpus[] = {
    {0x19, 0x00, 0x0F, GH_SNP_MILAN},
    {0x19, 0x10, 0x1F, GH_SNP_GENOA},
    {0x19, 0xA0, 0xAF, GH_SNP_GENOA},
    {0x1A, 0x00, 0x11, GH_SNP_TURIN},
};

enum gh_snp_product gh_snp_report_product(const struct gh_snp_report *r)
{
	if (r->version < 3)
		return GH_SNP_NO_PRODUCT;
	for (size_t i = 0; i < GH_COUNT(cpus); i++)
		if (r->cpu_family == cpus[i].family && r->cpu_model >= cpus[i].first &&
		    r->cpu_model <= cpus[i].last)
			return cpus[i].product;
	return GH_SNP_NO_PRODUCT;
}

enum gh_snp_key gh_snp_report_key(const struct gh_snp_report *r)
{
	return (enum gh_snp_key)((r->flags >> 2) & 7);
}

bool gh_snp_report_masked(const struct gh_snp_report *r)
{
	return r->flags & FLAG_MASK_CHIP_KEY;
}

/* One 72-byte little-endian number to 48 big-endian bytes. */
static int turn_number(
    unsigned char *out, const unsigned char *in, const char *name, struct gh_err *err)
{
	for (unsigned int i = 48; i < 72; i++)
		if (in[i])
			return gh_fail(err, GH_E_CRYPTO,
			    "signature %s is longer than 48 bytes: byte %u is not zero",
			    name, i);
	for (unsigned int i = 0; i < 48; i++)
		out[i] = in[47 - i];
	return 0;
}

int gh_snp_report_signature(
    const struct gh_snp_report *r, unsigned char out[static 96], struct gh_err *err)
{
	if (turn_number(out, r->sig_r, "r", err) ||
	    turn_number(out + 48, r->sig_s, "s", err))
		return -1;
	return 0;
}

const char *gh_snp_product_name(enum gh_snp_product p)
{
	static const char *const names[] = {"", "Milan", "Genoa", "Turin"};

	return (size_t)p < GH_COUNT(names) ? names[p] : "";
}

enum gh_snp_product gh_snp_product_of(const char *name)
{
	for (int p = GH_SNP_MILAN; p <= GH_SNP_TURIN; p++) {
		const char *base = gh_snp_product_name((enum gh_snp_product)p);
		size_t n = strlen(base);

		/* "Milan-B0": a stepping of two characters may follow. */
		if (!strncmp(name, base, n) &&
		    (!name[n] || (name[n] == '-' && strlen(name) == n + 3)))
			return (enum gh_snp_product)p;
	}
	return GH_SNP_NO_PRODUCT;
}

struct gh_snp_tcb gh_snp_tcb_of(const unsigned char raw[static 8], enum gh_snp_product p)
{
	if (p == GH_SNP_TURIN)
		return (struct gh_snp_tcb){raw[0], raw[1], raw[2], raw[3], raw[7]};
	return (struct gh_snp_tcb){0, raw[0], raw[1], raw[6], raw[7]};
}

bool gh_snp_tcb_le(struct gh_snp_tcb a, struct gh_snp_tcb b)
{
	return a.fmc <= b.fmc && a.boot_loader <= b.boot_loader && a.tee <= b.tee &&
	       a.snp <= b.snp && a.microcode <= b.microcode;
}

void gh_snp_tcb_text(
    char out[static GH_SNP_TCB_TEXT], struct gh_snp_tcb t, enum gh_snp_product p)
{
	int n = 0;

	if (p == GH_SNP_TURIN)
		n = snprintf(out, GH_SNP_TCB_TEXT, "FMC %u, ", t.fmc);
	snprintf(out + n, GH_SNP_TCB_TEXT - (size_t)n,
	    "BL %u, TEE %u, SNP %u, microcode %u", t.boot_loader, t.tee, t.snp,
	    t.microcode);
}
