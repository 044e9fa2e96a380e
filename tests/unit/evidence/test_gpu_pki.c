/* SPDX-License-Identifier: Apache-2.0
 * Devices of a throw-away authority: chains and DICE extensions that no real device has. */
#include "evidence/gpu.h"
#include "evidence/gpu_fwid.h"
#include "nvidia_pki.h"

#define COMPOSITE "2.23.133.5.4.1"
#define TCBINFO   "2.23.133.5.4.1.1"

/* Five certificates, leaf last made, and one signed report. */
struct device {
	struct nv_cert cert[5]; /* [0] leaf .. [4] root, as in the PEM text */
	struct gh_buf pem, report, ext;
	struct gh_trust trust;
	struct gh_context ctx;
	struct gh_result r;
};

static void device_free(struct device *d)
{
	for (size_t i = 0; i < GH_COUNT(d->cert); i++)
		nv_cert_free(&d->cert[i]);
	gh_buf_free(&d->pem);
	gh_buf_free(&d->report);
	gh_buf_free(&d->ext);
	gh_result_free(&d->r);
}

/* One DER element with the shortest length. */
static void der(struct gh_buf *out, int tag, const void *p, size_t len)
{
	gh_buf_chr(out, (char)tag);
	if (len >= 0x100) {
		gh_buf_chr(out, (char)0x82);
		gh_buf_chr(out, (char)(len >> 8));
	} else if (len >= 0x80) {
		gh_buf_chr(out, (char)0x81);
	}
	gh_buf_chr(out, (char)len);
	gh_buf_add(out, p, len);
}

static void add_fwid(struct gh_buf *out, const void *value, size_t len)
{
	gh_auto(struct gh_buf, gh_buf_free) in = {0};
	der(&in, 0x06, "\x60\x86\x48\x01\x65\x03\x04\x02\x02", 9);
	der(&in, 0x04, value, len);
	der(out, 0x30, in.p, in.len);
}

static const unsigned char the_fwid[49] = {1, 2, 3, [47] = 9};

/* What a Hopper's leaf carries: version, the BROM's key, FWID. */
static void add_composite(struct gh_buf *out, EVP_PKEY *brom, size_t fwid_len)
{
	gh_auto(struct gh_buf, gh_buf_free) in = {0};
	unsigned char *spki = NULL;
	int len = i2d_PUBKEY(brom, &spki);
	der(&in, 0x02, "\x01", 1);
	gh_buf_add(&in, spki, (size_t)len);
	OPENSSL_free(spki);
	add_fwid(&in, the_fwid, fwid_len);
	der(out, 0x30, in.p, in.len);
}

/* Kinds of the five certificates; all zero: a good GPU. */
struct plan {
	struct nv_kind kind[5];
	bool is_switch;
	const char *brom_cn;
};

static void make_pem(struct device *d)
{
	for (size_t i = 0; i < GH_COUNT(d->cert); i++) {
		BIO *b = BIO_new(BIO_s_mem());
		char *text = NULL;
		assert_int_equal(PEM_write_bio_X509(b, d->cert[i].x509), 1);
		long len = BIO_get_mem_data(b, &text);
		gh_buf_add(&d->pem, text, (size_t)len);
		BIO_free(b);
	}
}

static void make_chain(struct device *d, const struct plan *p)
{
	static const unsigned char serial[] = {0x41, 1, 2, 3, 4, 5, 6, 7, 8};
	struct plan q = *p;
	if (q.kind[1].serial == NULL) {
		q.kind[1].serial = serial;
		q.kind[1].serial_len = sizeof(serial);
		q.kind[1].rdn =
		    q.kind[1].rdn == NULL ? "410102030405060708" : q.kind[1].rdn;
	}
	nv_make(&d->cert[4], "Test device root", NULL, true, &q.kind[4]);
	nv_make(&d->cert[3], "Test identity", &d->cert[4], true, &q.kind[3]);
	nv_make(&d->cert[2], "Test provisioner", &d->cert[3], true, &q.kind[2]);
	nv_make(&d->cert[1], q.brom_cn == NULL ? "GH100 A01 GSP BROM" : q.brom_cn,
	    &d->cert[2], true, &q.kind[1]);
	if (q.kind[0].ext[0].oid == NULL) {
		add_composite(&d->ext, d->cert[1].key, 48);
		q.kind[0].ext[0] = (struct nv_raw_ext){COMPOSITE, d->ext.p, d->ext.len};
	}
	nv_make(&d->cert[0], "GH100 A01 GSP FMC LF", &d->cert[1], false, &q.kind[0]);
	make_pem(d);
}

/* r || s of 48 bytes each, appended. */
static void sign(struct gh_buf *b, EVP_PKEY *key)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	unsigned char der_sig[256], raw[96];
	size_t len = sizeof(der_sig);
	const unsigned char *at = der_sig;
	assert_int_equal(EVP_DigestSignInit(md, NULL, EVP_sha384(), NULL, key), 1);
	assert_int_equal(EVP_DigestSign(md, der_sig, &len, b->p, b->len), 1);
	EVP_MD_CTX_free(md);
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &at, (long)len);
	assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, 48), 48);
	assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + 48, 48), 48);
	ECDSA_SIG_free(sig);
	gh_buf_add(b, raw, sizeof(raw));
}

/* A report of one empty block with the fields a GPU must have, and these on top. */
static void make_report(struct device *d, const char *more, size_t more_len)
{
	static const char fields[] = "\x06\x00\x08\x00\x00\x9f\x00\x96\x01\x00\x00\x00"
				     "\x03\x00\x0a\x00"
				     "595.71.05\0"
				     "\x0c\x00\x04\x00\x00\x00\x00\x00"
				     "\x0b\x00\x01\x00\x55";
	static const unsigned char zero[96];
	struct gh_buf *b = &d->report;
	size_t len = sizeof(fields) - 1 + more_len;
	gh_buf_clear(b);
	gh_buf_add(b, "\x11\xe0\x01\xff", 4);
	gh_buf_add(b, zero, 32);
	gh_buf_add(b, "\x00\x11\x60\x00\x00\x01\x37\x00\x00", 9);
	gh_buf_add(b, "\x01\x01\x33\x00\x01\x30\x00", 7);
	gh_buf_add(b, zero, 80);
	gh_buf_chr(b, (char)len);
	gh_buf_chr(b, (char)(len >> 8));
	gh_buf_add(b, fields, sizeof(fields) - 1);
	gh_buf_add(b, more, more_len);
	sign(b, d->cert[0].key);
}

static void judge(struct device *d)
{
	struct gh_gpu_evidence ev = {gh_buf_view(&d->report), gh_buf_view(&d->pem)};
	nv_trust(&d->trust, &d->cert[4], false);
	d->trust.at[0].root = GH_ROOT_NVIDIA_DEVICE;
	d->ctx.at = NV_AT;
	d->ctx.trust = &d->trust;
	gh_result_free(&d->r);
	assert_int_equal(gh_gpu_verify(&d->r, "g", &ev, &d->ctx, NULL), 0);
}

static void expect(
    const struct device *d, const char *step, enum gh_verdict v, const char *code)
{
	const struct gh_finding *f = gh_findings_get(&d->r.findings, "g", step);
	assert_non_null(f);
	if (f->verdict != v || strcmp(f->code, code) != 0)
		fail_msg("%s is %s %s (%s), want %s %s", step,
		    gh_verdict_word(f->verdict), f->code, f->observed, gh_verdict_word(v),
		    code);
}

static void test_device_when_ours_and_whole_then_every_step_holds(void **state)
{
	static const struct plan good;
	gh_auto(struct device, device_free) d = {0};
	gh_auto(struct gh_buf, gh_buf_free) fwid = {0};
	(void)state;
	make_chain(&d, &good);
	gh_buf_add(&fwid, "\x14\x00\x30\x00", 4);
	gh_buf_add(&fwid, the_fwid, 48);
	make_report(&d, (const char *)fwid.p, fwid.len);
	judge(&d);
	static const char *const steps[] = {"gpu.chain.leaf", "gpu.spdm.signature",
	    "gpu.opaque", "gpu.spdm.counters", "gpu.fwid"};
	for (size_t i = 0; i < GH_COUNT(steps); i++)
		expect(&d, steps[i], GH_PASS, "");
	assert_string_equal(
	    gh_claim_get(gh_result_find(&d.r, "g"), "pdi"), "0102030405060708");
	/* the same report under a certificate of other firmware */
	d.report.p[d.report.len - 97] ^= 1;
	d.report.len -= 96;
	sign(&d.report, d.cert[0].key);
	judge(&d);
	expect(&d, "gpu.spdm.signature", GH_PASS, "");
	expect(&d, "gpu.fwid", GH_FAIL, "gpu.fwid.mismatch");
	make_report(&d, "", 0);
	judge(&d);
	expect(&d, "gpu.fwid", GH_FAIL, "gpu.fwid.absent");
}

static void test_chain_when_one_certificate_odd_then_its_code(void **state)
{
	static const unsigned char sw[] = {0x50, 1, 2, 3, 4, 5, 6, 7, 8},
				   brief[] = {0x41, 1, 2, 3, 4, 5, 6, 7};
	static const struct {
		struct plan plan;
		const char *step, *code;
	} odd[] = {
	    {{.kind[1] = {.serial = sw, .serial_len = 9, .rdn = "500102030405060708"}},
		"gpu.chain.brom", "gpu.brom.serial"},
	    {{.kind[1] = {.serial = brief, .serial_len = 8, .rdn = "4101020304050607"}},
		"gpu.chain.brom", "gpu.brom.serial"},
	    {{.kind[1] = {.rdn = "410102030405060709"}}, "gpu.chain.brom",
		"gpu.brom.serial"},
	    {{.kind[2] = {.not_ca = true}}, "gpu.chain.ica", "gpu.chain.role"},
	    {{.kind[0] = {.as_ca = true}}, "gpu.chain.leaf", "gpu.chain.role"},
	    {{.kind[0] = {.until = NV_AT - 1}}, "gpu.chain.leaf", "gpu.chain.time"},
	    {{.kind[3] = {.from = NV_AT + 1}}, "gpu.chain.identity", "gpu.chain.time"},
	    {{.kind[2] = {.curve = "RSA"}}, "gpu.chain.parse", "gpu.chain.algorithm"},
	    {{.kind[3] = {.curve = "P-521"}}, "gpu.chain.parse", "gpu.chain.algorithm"},
	    {{.kind[1] = {.curve = "P-256"}}, "gpu.chain.parse", "gpu.chain.algorithm"},
	};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(odd); i++) {
		gh_auto(struct device, device_free) d = {0};
		make_chain(&d, &odd[i].plan);
		make_report(&d, "", 0);
		judge(&d);
		expect(&d, odd[i].step, GH_FAIL, odd[i].code);
		assert_int_not_equal(
		    gh_findings_get(&d.r.findings, "g", "gpu.spdm.signature")->verdict,
		    GH_PASS);
	}
}

/* A GPU's report under a switch's chain, and names of other architectures. */
static void test_kind_when_chain_names_another_then_told(void **state)
{
	static const struct {
		const char *cn, *arch, *code;
	} cases[] = {{"LS_10 A01 FSP BROM", "LS10", "gpu.spdm.kind"},
	    {"GB100 A01 FSP BROM", "BLACKWELL", ""}, {"GB202 BROM", "BLACKWELL", ""},
	    {"Somebody", "HOPPER", ""}};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct device, device_free) d = {0};
		const struct plan p = {.brom_cn = cases[i].cn};
		make_chain(&d, &p);
		make_report(&d, "", 0);
		judge(&d);
		assert_string_equal(
		    gh_claim_get(gh_result_find(&d.r, "g"), "arch"), cases[i].arch);
		if (cases[i].code[0] != '\0')
			expect(&d, "gpu.spdm.parse", GH_FAIL, cases[i].code);
		else
			expect(&d, "gpu.spdm.parse", GH_PASS, "");
	}
}

/* Counters that do not fit the blocks. */
static void test_counters_when_more_than_blocks_then_form(void **state)
{
	static const struct plan good;
	gh_auto(struct device, device_free) d = {0};
	(void)state;
	make_chain(&d, &good);
	make_report(&d, "\x0d\x00\x04\x00\x00\xc0\x01\x00", 8);
	/* MSRSCNT of four bytes takes the next field's head and length in as well */
	for (size_t i = 0; i + 4 < d.report.len; i++)
		if (memcmp(d.report.p + i, "\x0c\x00\x04\x00", 4) == 0)
			d.report.p[i + 2] = 9; /* 4 of its own, 5 of type 11 */
	d.report.len -= 96;
	sign(&d.report, d.cert[0].key);
	judge(&d);
	expect(&d, "gpu.spdm.signature", GH_PASS, "");
	expect(&d, "gpu.spdm.counters", GH_FAIL, "gpu.counters.form");
}

/* ---- the DICE extension --------------------------------------------------------------- */

static int read_fwid(struct device *d, const struct nv_raw_ext *a,
    const struct nv_raw_ext *b, struct gh_bytes *out)
{
	static struct gh_certs cs;
	struct plan p = {.kind[0] = {.ext = {*a}}};
	if (b != NULL)
		p.kind[0].ext[1] = *b;
	make_chain(d, &p);
	gh_certs_free(&cs);
	assert_int_equal(gh_certs_from_pem(&cs, d->pem.p, d->pem.len, 5, NULL), 0);
	int rc = gh_fwid_of(out, cs.at[0], cs.at[1], NULL);
	gh_certs_free(&cs);
	return rc;
}

static void test_fwid_when_extension_odd_then_refused(void **state)
{
	/* Each flips one place of a good TcbInfo: where, and to what. */
	static const struct {
		size_t at;
		unsigned char value;
	} flips[] = {{0, 0x31}, {1, 0x7f}, {1, 0x10}, {2, 0x05}, {4, 0x10}, {6, 0x31},
	    {8, 0x07}, {10, 0x61}, {17, 0x05}, {18, 0x2f}};
	gh_auto(struct gh_buf, gh_buf_free) in = {0}, ext = {0}, twice = {0}, none = {0};
	struct gh_bytes out;
	(void)state;
	/* SEQUENCE { [6] { FWID } } */
	gh_auto(struct gh_buf, gh_buf_free) fwid = {0};
	add_fwid(&fwid, the_fwid, 48);
	der(&in, 0xa6, fwid.p, fwid.len);
	der(&ext, 0x30, in.p, in.len);
	gh_auto(struct device, device_free) good = {0};
	struct nv_raw_ext tcb = {TCBINFO, ext.p, ext.len};
	assert_int_equal(read_fwid(&good, &tcb, NULL, &out), 0);
	for (size_t i = 0; i < GH_COUNT(flips); i++) {
		gh_auto(struct device, device_free) d = {0};
		unsigned char was = ext.p[flips[i].at];
		ext.p[flips[i].at] = flips[i].value;
		if (read_fwid(&d, &tcb, NULL, &out) != -1)
			fail_msg("flip %zu is accepted", i);
		ext.p[flips[i].at] = was;
	}
	for (size_t n = 0; n < ext.len; n++) {
		gh_auto(struct device, device_free) d = {0};
		struct nv_raw_ext cut = {TCBINFO, ext.p, n};
		if (n % 9 != 0)
			continue;
		assert_int_equal(read_fwid(&d, &cut, NULL, &out), -1);
	}
	der(&in, 0xa6, fwid.p, fwid.len);
	der(&twice, 0x30, in.p, in.len); /* two [6] */
	der(&none, 0x30, "\x81\x01\x00", 3);
	const struct nv_raw_ext odd[] = {{TCBINFO, twice.p, twice.len},
	    {TCBINFO, none.p, none.len}, {"1.2.3.4", "\x05\x00", 2}};
	for (size_t i = 0; i < GH_COUNT(odd); i++) {
		gh_auto(struct device, device_free) d = {0};
		assert_int_equal(read_fwid(&d, &odd[i], NULL, &out), -1);
	}
	gh_auto(struct device, device_free) both = {0};
	assert_int_equal(read_fwid(&both, &tcb, &odd[0], &out), -1);
}

/* A CompositeDeviceID around another key, of another version, of another length. */
static void test_composite_when_odd_then_refused(void **state)
{
	gh_auto(struct nv_cert, nv_cert_free) other = {0};
	gh_auto(struct gh_buf, gh_buf_free) foreign = {0}, brief = {0}, longer = {0},
					    padded = {0}, loose = {0};
	struct gh_bytes out;
	(void)state;
	nv_make(&other, "x", NULL, true, NULL);
	add_composite(&foreign, other.key, 48);
	add_composite(&brief, other.key, 47);
	add_composite(&longer, other.key, 49);
	add_composite(&padded, other.key, 48);
	gh_buf_chr(&padded, 0);
	/* a length of one byte written in two: not DER */
	gh_buf_str(&loose, "\x30\x81");
	gh_buf_add(&loose, "\x03\x02\x01\x01", 4);
	struct nv_raw_ext odd[] = {{COMPOSITE, foreign.p, foreign.len},
	    {COMPOSITE, brief.p, brief.len}, {COMPOSITE, longer.p, longer.len},
	    {COMPOSITE, padded.p, padded.len}, {COMPOSITE, loose.p, loose.len},
	    {COMPOSITE, "\x30\x83\x00\x00\x01\x00", 6},
	    {COMPOSITE, "\x30\x80\x00\x00", 4}, {COMPOSITE, "\x30\x03\x02\x01\x02", 5},
	    {COMPOSITE, "\x30\x82\x00\x05", 4}};
	for (size_t i = 0; i < GH_COUNT(odd); i++) {
		gh_auto(struct device, device_free) d = {0};
		assert_int_equal(read_fwid(&d, &odd[i], NULL, &out), -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_device_when_ours_and_whole_then_every_step_holds),
	    cmocka_unit_test(test_chain_when_one_certificate_odd_then_its_code),
	    cmocka_unit_test(test_kind_when_chain_names_another_then_told),
	    cmocka_unit_test(test_counters_when_more_than_blocks_then_form),
	    cmocka_unit_test(test_fwid_when_extension_odd_then_refused),
	    cmocka_unit_test(test_composite_when_odd_then_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
