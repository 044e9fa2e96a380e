/* SPDX-License-Identifier: Apache-2.0
 * Reads a TDX quote. Layout (spec/tdx.md section 1), all numbers little endian:
 *
 *  header, 48            body (offsets in it)              signature data
 *    0  2 version          0 16 TEE_TCB_SVN                 u32 length of what follows
 *    2  2 key type         16 48 MRSEAM                     64 r||s
 *    4  4 TEE type         64 48 MRSIGNERSEAM               64 attestation key x||y
 *    8  4 reserved        112  8 SEAMATTRIBUTES             u16 type 6, u32 length
 *   12 16 QE vendor       120  8 TDATTRIBUTES                384 QE report
 *   28 20 user data       128  8 XFAM                         64 its signature
 *  v5 only:               136 48 MRTD                        u16 length, QE auth data
 *   48  2 body type       184 48 MRCONFIGID                  u16 type 5, u32 length
 *   50  4 body size       232 48 MROWNER                      PEM chain of the PCK
 *                         280 48 MROWNERCONFIG
 *  bodies: 2 = 584        328 48 RTMR0 .. RTMR3
 *          3 = 648        520 64 REPORTDATA
 *          4 = 885        584 16 TEE_TCB_SVN2, 600 48 MRSERVICETD (3, 4)
 *                         648 237 extended facts (4)
 */
#include "evidence/tdx_quote.h"

#define TEE_TDX        0x81u
#define KEY_P256       2
#define CERT_QE_REPORT 6
#define CERT_PCK_PEM   5
#define QE_REPORT_LEN  384

static const unsigned char intel_vendor[16] = {0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c,
    0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07};

static const struct {
	uint16_t type;
	uint32_t len;
} bodies[] = {
    {GH_TDX_TD10, 584},
    {GH_TDX_TD15, 648},
    {GH_TDX_TD15_EXT, 885},
};

/* The step that fails names itself: the word ends in a stable code. */
static int refuse(struct gh_tdx_quote *q, const char *fault)
{
	q->fault = fault;
	return -1;
}

static int read_header(struct gh_tdx_quote *q, struct gh_rd *r, struct gh_err *err)
{
	const unsigned char *vendor;

	q->version = gh_rd_u16le(r);
	q->key_type = gh_rd_u16le(r);
	q->tee_type = gh_rd_u32le(r);
	gh_rd_skip(r, 4);
	vendor = gh_rd_bytes(r, 16);
	q->user_data = gh_rd_bytes(r, 20);
	if (gh_rd_ok(r, "TDX quote header", err))
		return refuse(q, "format");
	if (q->version != 4 && q->version != 5) {
		(void)gh_fail(
		    err, GH_E_PARSE, "TDX quote: version %u, must be 4 or 5", q->version);
		return refuse(q, "version");
	}
	if (q->tee_type != TEE_TDX) {
		(void)gh_fail(err, GH_E_PARSE, "TDX quote: TEE type 0x%x, must be 0x81",
		    q->tee_type);
		return refuse(q, "tee_type");
	}
	if (q->key_type != KEY_P256) {
		(void)gh_fail(err, GH_E_PARSE,
		    "TDX quote: attestation key type %u, must be 2 (P-256)", q->key_type);
		return refuse(q, "key_type");
	}
	if (memcmp(vendor, intel_vendor, sizeof(intel_vendor)) != 0) {
		(void)gh_fail(err, GH_E_PARSE, "TDX quote: the QE vendor is not Intel");
		return refuse(q, "vendor");
	}
	return 0;
}

/* The length of the body that follows, or 0. */
static uint32_t read_body_len(struct gh_tdx_quote *q, struct gh_rd *r, struct gh_err *err)
{
	uint32_t len = 584;

	q->body_type = GH_TDX_TD10;
	if (q->version == 5) {
		q->body_type = gh_rd_u16le(r);
		len = gh_rd_u32le(r);
	}
	for (size_t i = 0; i < GH_COUNT(bodies); i++)
		if (bodies[i].type == q->body_type && bodies[i].len == len)
			return len;
	(void)gh_fail(err, GH_E_PARSE, "TDX quote: body type %u with %u bytes is unknown",
	    q->body_type, len);
	return 0;
}

static int read_body(struct gh_tdx_quote *q, struct gh_rd *r, struct gh_err *err)
{
	uint32_t len = read_body_len(q, r, err);
	struct gh_rd b;

	if (!len)
		return refuse(q, q->body_type == 1 ? "tee_type" : "format");
	b = gh_rd_sub(r, len);
	q->tee_tcb_svn = gh_rd_bytes(&b, 16);
	q->mrseam = gh_rd_bytes(&b, 48);
	q->mrsignerseam = gh_rd_bytes(&b, 48);
	q->seam_attributes = gh_rd_u64le(&b);
	q->td_attributes = gh_rd_u64le(&b);
	q->xfam = gh_rd_u64le(&b);
	q->mrtd = gh_rd_bytes(&b, 48);
	q->mrconfigid = gh_rd_bytes(&b, 48);
	q->mrowner = gh_rd_bytes(&b, 48);
	q->mrownerconfig = gh_rd_bytes(&b, 48);
	for (size_t i = 0; i < GH_COUNT(q->rtmr); i++)
		q->rtmr[i] = gh_rd_bytes(&b, 48);
	q->report_data = gh_rd_bytes(&b, 64);
	if (q->body_type >= GH_TDX_TD15) {
		q->tee_tcb_svn2 = gh_rd_bytes(&b, 16);
		q->mrservicetd = gh_rd_bytes(&b, 48);
	}
	if (gh_rd_ok(r, "TDX quote body", err) || gh_rd_ok(&b, "TDX quote body", err))
		return refuse(q, "format");
	q->signed_ = (struct gh_bytes){r->p, r->pos};
	return 0;
}

/* A certification data block of that type; its content in *out. */
static int read_cert_data(struct gh_tdx_quote *q, struct gh_rd *r, uint16_t want,
    struct gh_rd *out, struct gh_err *err)
{
	uint16_t type = gh_rd_u16le(r);
	uint32_t len = gh_rd_u32le(r);

	*out = gh_rd_sub(r, len);
	if (gh_rd_end(r, "TDX certification data", err))
		return refuse(q, "format");
	if (type != want) {
		(void)gh_fail(err, GH_E_PARSE,
		    "TDX quote: certification data type %u, must be %u", type, want);
		return refuse(q, "cert_type");
	}
	return 0;
}

static int read_qe(struct gh_tdx_quote *q, struct gh_rd *r, struct gh_err *err)
{
	struct gh_rd pem;
	uint16_t auth_len;

	q->qe_report = (struct gh_bytes){gh_rd_bytes(r, QE_REPORT_LEN), QE_REPORT_LEN};
	q->qe_signature = (struct gh_bytes){gh_rd_bytes(r, 64), 64};
	auth_len = gh_rd_u16le(r);
	q->qe_auth = (struct gh_bytes){gh_rd_bytes(r, auth_len), auth_len};
	if (gh_rd_ok(r, "TDX QE report data", err))
		return refuse(q, "format");
	if (read_cert_data(q, r, CERT_PCK_PEM, &pem, err))
		return -1;
	q->pck_pem = (struct gh_bytes){pem.p, pem.len};
	while (q->pck_pem.len && !q->pck_pem.p[q->pck_pem.len - 1])
		q->pck_pem.len--;
	return 0;
}

static int read_signature(struct gh_tdx_quote *q, struct gh_rd *r, struct gh_err *err)
{
	uint32_t len = gh_rd_u32le(r);
	struct gh_rd s = gh_rd_sub(r, len), qe;

	if (gh_rd_ok(r, "TDX signature data", err))
		return refuse(q, "format");
	q->signature = (struct gh_bytes){gh_rd_bytes(&s, 64), 64};
	q->key = gh_rd_bytes(&s, 64);
	if (gh_rd_ok(&s, "TDX signature data", err))
		return refuse(q, "format");
	if (read_cert_data(q, &s, CERT_QE_REPORT, &qe, err))
		return -1;
	return read_qe(q, &qe, err);
}

int gh_tdx_quote_parse(
    struct gh_tdx_quote *out, const void *p, size_t len, struct gh_err *err)
{
	struct gh_rd r = gh_rd_of(p, len);

	memset(out, 0, sizeof(*out));
	if (len > GH_TDX_QUOTE_MAX) {
		(void)gh_fail(err, GH_E_PARSE, "TDX quote: %zu bytes, at most %u", len,
		    GH_TDX_QUOTE_MAX);
		return refuse(out, "format");
	}
	if (read_header(out, &r, err) || read_body(out, &r, err) ||
	    read_signature(out, &r, err))
		return -1;
	out->trailing.len = gh_rd_left(&r);
	out->trailing.p = gh_rd_bytes(&r, out->trailing.len);
	return 0;
}

int gh_tdx_qe_parse(struct gh_tdx_qe *out, struct gh_bytes report, struct gh_err *err)
{
	struct gh_rd r = gh_rd_of(report.p, report.len);

	gh_rd_skip(&r, 16); /* CPUSVN */
	out->miscselect = gh_rd_u32le(&r);
	gh_rd_skip(&r, 28);
	out->attributes = gh_rd_bytes(&r, 16); /* at 48 */
	gh_rd_skip(&r, 64);                    /* MRENCLAVE at 64, reserved */
	out->mrsigner = gh_rd_bytes(&r, 32);   /* at 128 */
	gh_rd_skip(&r, 96);
	out->isv_prod_id = gh_rd_u16le(&r); /* at 256 */
	out->isv_svn = gh_rd_u16le(&r);
	gh_rd_skip(&r, 60);
	out->report_data = gh_rd_bytes(&r, 64); /* at 320 */
	return gh_rd_end(&r, "QE report", err);
}
