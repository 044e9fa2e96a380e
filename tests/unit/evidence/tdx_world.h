/* SPDX-License-Identifier: Apache-2.0
 * A world of our own for the tests of TDX: root, platform CA, PCK, TCB signer, a quote, and
 * the collateral that makes it pass. A test changes one thing before it is signed. */
#pragma once

#include <openssl/pem.h>

#include "cpu_pki.h"
#include "cpu_vectors.h"
#include "evidence/tdx.h"
#include "evidence/tdx_pck.h"
#include "evidence/tdx_quote.h"
#include "evidence/tee.h"

#define BODY 48 /* offset of a version 4 body */

struct world {
	struct made root, ca, signer; /* signer: its key is tcb */
	struct gh_signer *pck, *attestation, *tcb;
	struct gh_trust trust;
	struct gh_buf sgx; /* the SGX extension */
};

static struct world w;

static inline void tlv(struct gh_buf *out, unsigned char tag, const void *p, size_t len)
{
	gh_buf_chr(out, (char)tag);
	if (len >= 0x100) {
		gh_buf_chr(out, (char)0x82);
		gh_buf_chr(out, (char)(len >> 8));
	} else if (len >= 0x80) {
		gh_buf_chr(out, (char)0x81);
	}
	gh_buf_chr(out, (char)(len & 0xFF));
	gh_buf_add(out, p, len);
}

/* SEQUENCE { OID arc.a[.b], value } */
static inline void member(struct gh_buf *out, unsigned char a, unsigned char b,
    unsigned char tag, const void *p, size_t len)
{
	unsigned char oid[] = {
	    0x2A, 0x86, 0x48, 0x86, 0xF8, 0x4D, 0x01, 0x0D, 0x01, a, b};
	gh_auto(struct gh_buf, gh_buf_free) seq = {0};

	tlv(&seq, 0x06, oid, b ? 11 : 10);
	tlv(&seq, tag, p, len);
	tlv(out, 0x30, seq.p, seq.len);
}

static inline void make_sgx(struct gh_buf *out)
{
	gh_auto(struct gh_buf, gh_buf_free) tcb = {0}, all = {0}, config = {0};
	static const unsigned char ppid[16] = {1}, svn[] = {0, 255}, pce_svn[] = {0x0D},
				   cpu_svn[16] = {9}, pce_id[2] = {0, 0},
				   fmspc[6] = {0x90, 0xC0, 0x6F}, type[] = {1},
				   yes[] = {0xFF};

	for (unsigned char i = 1; i <= 16; i++)
		member(&tcb, 2, i, 0x02, svn, 2);
	member(&tcb, 2, 17, 0x02, pce_svn, 1);
	member(&tcb, 2, 18, 0x04, cpu_svn, 16);
	member(&config, 7, 1, 0x01, yes, 1);
	member(&all, 1, 0, 0x04, ppid, 16);
	member(&all, 2, 0, 0x30, tcb.p, tcb.len);
	member(&all, 3, 0, 0x04, pce_id, 2);
	member(&all, 4, 0, 0x04, fmspc, 6);
	member(&all, 5, 0, 0x0A, type, 1);
	member(&all, 7, 0, 0x30, config.p, config.len);
	tlv(out, 0x30, all.p, all.len);
}

/* Another serial number, signed anew. */
static inline void renumber(struct made *m, const struct made *issuer, long serial)
{
	assert_true(ASN1_INTEGER_set(X509_get_serialNumber(m->x509), serial) == 1);
	sign_cert(m->x509, issuer->key, false);
}

static inline int make_world(void **state)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};

	(void)state;
	make_ca(&w.root, "Intel SGX Root CA", NULL, false);
	make_ca(&w.ca, "Intel SGX PCK Platform CA", &w.root, false);
	renumber(&w.ca, &w.root, 100);
	assert_int_equal(gh_signer_new(&w.tcb, 256, NULL), 0);
	make_leaf(&w.signer, "Intel SGX TCB Signing", &w.root, gh_signer_evp(w.tcb), NULL,
	    0, false);
	renumber(&w.signer, &w.root, 101);
	assert_int_equal(gh_signer_new(&w.pck, 256, NULL), 0);
	assert_int_equal(gh_signer_new(&w.attestation, 256, NULL), 0);
	make_sgx(&w.sgx);
	add_made(&cs, &w.root);
	add_anchor(&w.trust, GH_ROOT_INTEL_SGX, "", gh_cert_spki_sha256(cs.at[0]));
	return 0;
}

static inline int drop_world(void **state)
{
	(void)state;
	free_made(&w.root);
	free_made(&w.ca);
	free_made(&w.signer);
	gh_signer_free(&w.tcb);
	gh_signer_free(&w.pck);
	gh_signer_free(&w.attestation);
	gh_buf_free(&w.sgx);
	return 0;
}

/* What a test may change before everything is signed. */
struct plan {
	unsigned char head[54 + 885];
	size_t head_len, body; /* body: where it begins in head */
	unsigned char qe[384];
	struct gh_buf sgx;
	const char *leaf_cn;
	const struct gh_signer *leaf_key; /* NULL: w.pck */
	bool chain_of_two, foreign_qe_signer, no_key_ids;
};

static inline void free_plan(struct plan *p)
{
	gh_buf_free(&p->sgx);
}

static inline void good_plan(struct plan *p)
{
	static const unsigned char vendor[16] = {0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c,
	    0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07};

	memset(p, 0, sizeof(*p));
	p->head_len = 48 + 584;
	p->body = BODY;
	p->head[0] = 4;
	p->head[2] = 2;
	p->head[4] = 0x81;
	memcpy(p->head + 12, vendor, 16);
	p->head[BODY + 123] = 0x10; /* SEPT_VE_DISABLE */
	p->head[BODY + 128] = 0xE7; /* XFAM */
	p->head[BODY + 0] = 11;     /* TDX module 1, security version 11 */
	p->head[BODY + 1] = 1;
	p->head[BODY + 2] = 6;
	memset(p->head + BODY + 136, 0x4D, 48);
	memset(p->head + BODY + 520, 0xA5, 64);
	memset(p->qe + 128, 0x51, 32); /* MRSIGNER */
	p->qe[48] = 0x11;
	p->qe[256] = 2;
	p->qe[258] = 4;
	gh_buf_add(&p->sgx, w.sgx.p, w.sgx.len);
	p->leaf_cn = "Intel SGX PCK Certificate";
}

static inline void le(struct gh_buf *out, uint64_t v, size_t len)
{
	for (size_t i = 0; i < len; i++)
		gh_buf_chr(out, (char)(v >> (8 * i) & 0xFF));
}

static inline void public_xy(const struct gh_signer *s, unsigned char xy[64])
{
	gh_auto(struct gh_pubkey *, gh_pubkey_free) k = NULL;
	gh_auto(struct gh_buf, gh_buf_free) spki = {0};

	assert_int_equal(gh_signer_pubkey(s, &k, NULL), 0);
	assert_int_equal(gh_pubkey_spki(k, &spki, NULL), 0);
	memcpy(xy, spki.p + spki.len - 64, 64);
}

static inline void add_pem(struct gh_buf *out, const struct made *m)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *p = NULL;
	long n;

	assert_true(PEM_write_bio_X509(bio, m->x509) == 1);
	n = BIO_get_mem_data(bio, &p);
	gh_buf_add(out, p, (size_t)n);
	BIO_free(bio);
}

static inline void make_chain(struct gh_buf *out, const struct plan *p)
{
	gh_auto(struct made, free_made) leaf = {0};
	struct ext ext = {"1.2.840.113741.1.13.1", p->sgx.p, p->sgx.len};
	EVP_PKEY *key = gh_signer_evp(p->leaf_key ? p->leaf_key : w.pck);

	if (p->no_key_ids) {
		leaf.x509 = blank_cert(p->leaf_cn, w.ca.x509, key);
		add_raw_ext(leaf.x509, &ext);
		sign_cert(leaf.x509, w.ca.key, false);
	} else {
		make_leaf(&leaf, p->leaf_cn, &w.ca, key, &ext, p->sgx.len ? 1 : 0, false);
	}
	add_pem(out, &leaf);
	add_pem(out, &w.ca);
	if (!p->chain_of_two)
		add_pem(out, &w.root);
	gh_buf_chr(out, '\0'); /* as real quoting enclaves do */
}

static inline void make_quote(struct gh_buf *out, struct plan *p)
{
	static const unsigned char auth[] = "any length";
	gh_auto(struct gh_buf, gh_buf_free) bound = {0}, pem = {0}, inner = {0};
	unsigned char xy[64];

	public_xy(w.attestation, xy);
	gh_buf_add(&bound, xy, 64);
	gh_buf_add(&bound, auth, sizeof(auth));
	if (gh_is_zero(p->qe + 320, 32))
		assert_int_equal(gh_sha256(bound.p, bound.len, p->qe + 320, NULL), 0);
	make_chain(&pem, p);
	gh_buf_add(&inner, p->qe, 384);
	assert_int_equal(gh_sign_raw(p->foreign_qe_signer ? w.attestation : w.pck,
			     GH_SHA256, (struct gh_bytes){p->qe, 384}, &inner, NULL),
	    0);
	le(&inner, sizeof(auth), 2);
	gh_buf_add(&inner, auth, sizeof(auth));
	le(&inner, 5, 2);
	le(&inner, pem.len, 4);
	gh_buf_add(&inner, pem.p, pem.len);
	gh_buf_add(out, p->head, p->head_len);
	le(out, 128 + 6 + inner.len, 4);
	assert_int_equal(gh_sign_raw(w.attestation, GH_SHA256,
			     (struct gh_bytes){p->head, p->head_len}, out, NULL),
	    0);
	gh_buf_add(out, xy, 64);
	le(out, 6, 2);
	le(out, inner.len, 4);
	gh_buf_add(out, inner.p, inner.len);
}

static inline void run_bytes(
    struct gh_result *r, const struct gh_buf *quote, struct gh_context *ctx)
{
	struct gh_tdx_evidence ev = {gh_buf_view(quote)};

	ctx->at = ctx->at ? ctx->at : PKI_AT;
	ctx->trust = &w.trust;
	assert_int_equal(gh_tdx_verify(r, "vm", &ev, ctx, NULL), 0);
	assert_tree(r);
}

static inline void run(struct gh_result *r, struct plan *p, struct gh_context *ctx)
{
	gh_auto(struct gh_buf, gh_buf_free) quote = {0};

	make_quote(&quote, p);
	run_bytes(r, &quote, ctx);
}

/* Turns the plan into version 5 with body type 3: TEE_TCB_SVN2 as TEE_TCB_SVN. */
static inline void make_v5(struct plan *p)
{
	memmove(p->head + 54, p->head + 48, 584);
	memset(p->head + 48, 0, 6);
	p->head[0] = 5;
	p->head[48] = 3;
	p->head[50] = 648 & 0xFF;
	p->head[51] = 648 >> 8;
	p->body = 54;
	p->head_len = 54 + 648;
	memcpy(p->head + 54 + 584, p->head + 54, 16);
}

/* ---- collateral ------------------------------------------------------------------------- */

struct crl_plan {
	long serials[4];  /* revoked; 0 ends */
	int64_t from, to; /* to 0: no nextUpdate */
	bool sha384, critical;
};

static inline void make_crl(
    struct gh_buf *out, const struct made *issuer, const struct crl_plan *p)
{
	X509_CRL *crl = X509_CRL_new();
	ASN1_TIME *t = ASN1_TIME_set(NULL, p->from);
	unsigned char *der = NULL;
	int len;

	assert_true(X509_CRL_set_version(crl, 1) == 1);
	X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer->x509));
	X509_CRL_set1_lastUpdate(crl, t);
	if (p->to) {
		ASN1_TIME_set(t, p->to);
		X509_CRL_set1_nextUpdate(crl, t);
	}
	for (size_t i = 0; i < GH_COUNT(p->serials) && p->serials[i]; i++) {
		X509_REVOKED *r = X509_REVOKED_new();
		ASN1_INTEGER *n = ASN1_INTEGER_new();

		ASN1_INTEGER_set(n, p->serials[i]);
		X509_REVOKED_set_serialNumber(r, n);
		X509_REVOKED_set_revocationDate(r, t);
		X509_CRL_add0_revoked(crl, r);
		ASN1_INTEGER_free(n);
	}
	if (p->critical) {
		X509_EXTENSION *e = X509V3_EXT_conf_nid(
		    NULL, NULL, NID_issuing_distribution_point, "critical,onlyuser:TRUE");

		assert_non_null(e);
		X509_CRL_add_ext(crl, e, -1);
		X509_EXTENSION_free(e);
	}
	assert_true(
	    X509_CRL_sign(crl, issuer->key, p->sha384 ? EVP_sha384() : EVP_sha256()) > 0);
	len = i2d_X509_CRL(crl, &der);
	assert_true(len > 0);
	gh_buf_add(out, der, (size_t)len);
	OPENSSL_free(der);
	ASN1_TIME_free(t);
	X509_CRL_free(crl);
}

static inline json_t *parse_text(const char *text)
{
	json_error_t e;
	json_t *j = json_loads(text, JSON_DECODE_ANY, &e);

	if (!j)
		fail_msg("%s: %s", text, e.text);
	return j;
}

static inline json_t *components(unsigned int first, unsigned int n)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < n; i++)
		json_array_append_new(
		    list, json_pack("{s:i}", "svn", i == 0 ? (int)first : 0));
	return list;
}

/* {"tcb":{sgx, pcesvn, tdx},"tcbDate","tcbStatus"}; sgx, tdx2: component 0 and 2. */
static inline json_t *level(int sgx, int pcesvn, int tdx2, const char *status)
{
	json_t *tdx = components(0, 16);

	json_object_set_new(json_array_get(tdx, 2), "svn", json_integer(tdx2));
	return json_pack("{s:{s:o,s:i,s:o},s:s,s:s}", "tcb", "sgxtcbcomponents",
	    components((unsigned int)sgx, 16), "pcesvn", pcesvn, "tdxtcbcomponents", tdx,
	    "tcbDate", "2025-05-14T00:00:00Z", "tcbStatus", status);
}

/* A TCB info by which the good plan is UpToDate. */
static inline json_t *good_info(void)
{
	static const char zero48[] = "000000000000000000000000000000000000000000000000000"
				     "000000000000000000000000000"
				     "000000000000000000";
	json_t *j = json_pack("{s:s,s:i,s:s,s:s,s:s,s:s,s:i,s:i,s:{s:s,s:s,s:s}}", "id",
	    "TDX", "version", 3, "issueDate", "2026-06-01T00:00:00Z", "nextUpdate",
	    "2026-07-01T00:00:00Z", "fmspc", "90C06F000000", "pceId", "0000", "tcbType",
	    0, "tcbEvaluationDataNumber", 20, "tdxModule", "mrsigner", zero48,
	    "attributes", "0000000000000000", "attributesMask", "FFFFFFFFFFFFFFFF");
	json_t *modules = parse_text(
	    "[{\"id\":\"TDX_01\",\"tcbLevels\":["
	    "{\"tcb\":{\"isvsvn\":11},\"tcbDate\":\"2025-05-14T00:00:00Z\","
	    "\"tcbStatus\":\"UpToDate\"},"
	    "{\"tcb\":{\"isvsvn\":4},\"tcbDate\":\"2024-03-13T00:00:00Z\","
	    "\"tcbStatus\":\"OutOfDate\",\"advisoryIDs\":[\"INTEL-SA-1\",\"INTEL-SA-2\"]}"
	    "]}]");
	json_t *levels = json_array();

	json_object_update(json_array_get(modules, 0), json_object_get(j, "tdxModule"));
	json_object_set_new(j, "tdxModuleIdentities", modules);
	json_array_append_new(levels, level(4, 13, 6, "UpToDate"));
	json_array_append_new(levels, level(3, 13, 6, "OutOfDate"));
	json_array_append_new(levels, level(2, 5, 5, "Revoked"));
	json_object_set_new(j, "tcbLevels", levels);
	return j;
}

static inline json_t *good_qe(void)
{
	return parse_text(
	    "{\"id\":\"TD_QE\",\"version\":2,\"issueDate\":\"2026-06-01T00:00:00Z\","
	    "\"nextUpdate\":\"2026-07-01T00:00:00Z\",\"tcbEvaluationDataNumber\":19,"
	    "\"miscselect\":\"00000000\",\"miscselectMask\":\"FFFFFFFF\","
	    "\"attributes\":\"11000000000000000000000000000000\","
	    "\"attributesMask\":\"FBFFFFFFFFFFFFFF0000000000000000\","
	    "\"mrsigner\":"
	    "\"5151515151515151515151515151515151515151515151515151515151515151\","
	    "\"isvprodid\":2,\"tcbLevels\":["
	    "{\"tcb\":{\"isvsvn\":4},\"tcbDate\":\"2025-01-01T00:00:00Z\","
	    "\"tcbStatus\":\"UpToDate\"},"
	    "{\"tcb\":{\"isvsvn\":2},\"tcbDate\":\"2024-01-01T00:00:00Z\","
	    "\"tcbStatus\":\"OutOfDate\",\"advisoryIDs\":[\"INTEL-SA-2\",\"INTEL-SA-3\"]}"
	    "]}");
}

/* {"name":<value>,"signature":"<hex>"}, value as it stands. */
static inline void sign_text(
    struct gh_buf *out, const char *name, const char *value, const struct gh_signer *key)
{
	gh_auto(struct gh_buf, gh_buf_free) sig = {0};
	struct gh_bytes v = {(const unsigned char *)value, strlen(value)};

	assert_int_equal(gh_sign_raw(key, GH_SHA256, v, &sig, NULL), 0);
	gh_buf_fmt(out, "{\"%s\":", name);
	gh_buf_add(out, v.p, v.len);
	gh_buf_str(out, ",\"signature\":\"");
	gh_buf_hex(out, sig.p, sig.len);
	gh_buf_str(out, "\"}");
}

static inline void sign_json(
    struct gh_buf *out, const char *name, const json_t *j, const struct gh_signer *key)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	gh_json_dump(&text, j);
	sign_text(out, name, gh_buf_cstr(&text), key);
}

#define DOCS_MAX 4

/* Everything a quote is judged with. */
struct kit {
	struct gh_buf info[DOCS_MAX], qe[DOCS_MAX], crl[DOCS_MAX];
	struct gh_bytes infos[DOCS_MAX], qes[DOCS_MAX], crls[DOCS_MAX];
	size_t n_info, n_qe, n_crl;
	struct gh_certs certs;
	struct gh_policy policy;
	struct gh_context ctx;
};

static inline void free_kit(struct kit *k)
{
	for (size_t i = 0; i < DOCS_MAX; i++) {
		gh_buf_free(&k->info[i]);
		gh_buf_free(&k->qe[i]);
		gh_buf_free(&k->crl[i]);
	}
	gh_certs_free(&k->certs);
}

static inline void add_info(struct kit *k, const json_t *j)
{
	sign_json(&k->info[k->n_info++], "tcbInfo", j, w.tcb);
}

static inline void add_qe(struct kit *k, const json_t *j)
{
	sign_json(&k->qe[k->n_qe++], "enclaveIdentity", j, w.tcb);
}

static inline void good_kit(struct kit *k)
{
	static const struct crl_plan plain = {
	    .from = PKI_AT - 3600, .to = PKI_AT + 3600, .serials = {55}};
	gh_auto(json_t *, gh_json_free) info = good_info();
	gh_auto(json_t *, gh_json_free) qe = good_qe();

	memset(k, 0, sizeof(*k));
	add_info(k, info);
	add_qe(k, qe);
	make_crl(&k->crl[k->n_crl++], &w.ca, &plain);
	make_crl(&k->crl[k->n_crl++], &w.root, &plain);
	add_made(&k->certs, &w.signer);
	k->policy = *gh_policy_strict();
}

static inline void run_kit(struct gh_result *r, struct kit *k, struct plan *p)
{
	for (size_t i = 0; i < DOCS_MAX; i++) {
		k->infos[i] = gh_buf_view(&k->info[i]);
		k->qes[i] = gh_buf_view(&k->qe[i]);
		k->crls[i] = gh_buf_view(&k->crl[i]);
	}
	k->ctx.tcb_infos = (struct gh_docs){k->infos, k->n_info};
	k->ctx.qe_identities = (struct gh_docs){k->qes, k->n_qe};
	k->ctx.crls = (struct gh_docs){k->crls, k->n_crl};
	k->ctx.certs = &k->certs;
	k->ctx.policy = &k->policy;
	run(r, p, &k->ctx);
}
