/* SPDX-License-Identifier: Apache-2.0
 * A test baseboard's root of trust: five certificates and what its key really signs, so that
 * a test can lie in one thing and be right in all others. */
#pragma once

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "crypto/key.h"
#include "evidence/trust.h"
#include "tests/unit/tap.h"

#define EROT_AT    1767225600 /* 2026-01-01T00:00:00Z */
#define EROT_CERTS 5

enum { EROT_ROOT, EROT_IDENTITY, EROT_PCA, EROT_BROM, EROT_LEAF };

struct erot {
	struct gh_signer *key[EROT_CERTS];
	X509 *x[EROT_CERTS];
};

static inline void erot_free(struct erot *e)
{
	for (int i = 0; i < EROT_CERTS; i++) {
		gh_signer_free(&e->key[i]);
		X509_free(e->x[i]);
	}
	*e = (struct erot){0};
}

static inline void erot_ext(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *ext;

	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	assert_non_null(ext);
	assert_int_equal(X509_add_ext(x, ext, -1), 1);
	X509_EXTENSION_free(ext);
}

/* Certificate i below its own, by the one above. */
static inline void erot_cert(struct erot *e, int i, const char *cn)
{
	X509 *x = X509_new(), *by = i == EROT_ROOT ? x : e->x[i - 1];
	struct gh_signer *key = e->key[i == EROT_ROOT ? i : i - 1];
	X509_NAME *name = X509_get_subject_name(x);
	static long serial;

	e->x[i] = x;
	assert_int_equal(X509_set_version(x, 2), 1);
	assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial), 1);
	assert_int_equal(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
			     (const unsigned char *)cn, -1, -1, 0),
	    1);
	assert_int_equal(X509_set_issuer_name(x, X509_get_subject_name(by)), 1);
	ASN1_TIME_set(X509_getm_notBefore(x), EROT_AT - 86400);
	ASN1_TIME_set(X509_getm_notAfter(x), EROT_AT + 86400);
	assert_int_equal(X509_set_pubkey(x, gh_signer_evp(e->key[i])), 1);
	if (i != EROT_LEAF)
		erot_ext(x, x, NID_basic_constraints, "critical,CA:TRUE");
	erot_ext(x, x, NID_key_usage,
	    i == EROT_LEAF ? "critical,digitalSignature" : "critical,keyCertSign");
	erot_ext(x, x, NID_subject_key_identifier, "hash");
	erot_ext(x, by, NID_authority_key_identifier, "keyid:always");
	assert_true(X509_sign(x, gh_signer_evp(key), EVP_sha384()) > 0);
}

/* identity: CN of the authority below the root. above: whose first three certificates are
 * shared; NULL = new ones. bits: curve of the leaf. */
static inline void erot_make(
    struct erot *e, const char *identity, const struct erot *above, int bits)
{
	static const char *const cn[] = {"Test Device Identity CA", NULL, "CEC173x pCA01",
	    "CEC173x-S1 BROM CA", "CEC173x-S1 FMC LF"};

	*e = (struct erot){0};
	for (int i = 0; i < EROT_CERTS; i++) {
		gh_auto(struct gh_buf, gh_buf_free) pem = {0};

		if (above && i <= EROT_PCA) {
			assert_int_equal(gh_signer_pem(above->key[i], &pem, NULL), 0);
			assert_int_equal(gh_signer_from_pem(&e->key[i], gh_buf_cstr(&pem),
					     pem.len, NULL),
			    0);
			X509_up_ref(above->x[i]);
			e->x[i] = above->x[i];
			continue;
		}
		assert_int_equal(
		    gh_signer_new(&e->key[i], i == EROT_LEAF ? bits : 384, NULL), 0);
		erot_cert(e, i, cn[i] ? cn[i] : identity);
	}
}

static inline void erot_pem(struct gh_buf *out, X509 *x)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *p = NULL;
	long n;

	assert_int_equal(PEM_write_bio_X509(bio, x), 1);
	n = BIO_get_mem_data(bio, &p);
	gh_buf_add(out, p, (size_t)n);
	BIO_free(bio);
}

/* As BMCs give it: the root first. */
static inline void erot_chain(struct gh_buf *out, const struct erot *e)
{
	for (int i = 0; i < EROT_CERTS; i++)
		erot_pem(out, e->x[i]);
}

static inline void erot_trust(struct gh_trust *t, const struct erot *e, bool lab)
{
	gh_auto(struct gh_pubkey *, gh_pubkey_free) k = NULL;

	*t = (struct gh_trust){.n = 1};
	t->at[0].root = GH_ROOT_NVIDIA_DEVICE;
	t->at[0].lab = lab;
	snprintf(t->at[0].name, sizeof(t->at[0].name), "Test Device Identity CA");
	assert_int_equal(gh_signer_pubkey(e->key[EROT_ROOT], &k, NULL), 0);
	assert_int_equal(gh_pubkey_spki_sha256(k, t->at[0].spki, NULL), 0);
}

/* ---- transcripts ---- */

struct erot_say {
	unsigned int version; /* 0x11, 0x12 */
	enum gh_hash hash;
	unsigned int asym; /* BaseAsymSel of 1.2; 0 = P-384 */
	const unsigned char *nonce;
	unsigned int n_blocks;
};

static inline void erot_le(struct gh_buf *out, uint32_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		gh_buf_chr(out, (char)(value >> (8 * i) & 0xff));
}

static inline void erot_zeros(struct gh_buf *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		gh_buf_chr(out, 0);
}

/* The negotiation of 1.2, as a requester and this responder have it. */
static inline void erot_vca(struct gh_buf *out, const struct erot_say *s)
{
	char v = (char)s->version;

	gh_buf_add(out, "\x10\x84\x00\x00", 4);
	gh_buf_add(out, "\x10\x04\x00\x00\x00\x02\x00\x11\x00\x12", 10);
	for (int i = 0; i < 2; i++) {
		gh_buf_chr(out, v);
		gh_buf_chr(out, (char)(i ? 0x61 : 0xe1));
		erot_zeros(out, 18);
	}
	gh_buf_chr(out, v);
	gh_buf_add(out, "\xe3\x00\x00\x20\x00", 5);
	erot_zeros(out, 26);
	gh_buf_chr(out, v);
	gh_buf_add(out, "\x63\x00\x00\x24\x00\x01\x00", 7);
	erot_le(out, 4, 4);
	erot_le(out, s->asym ? s->asym : 0x80, 4);
	erot_le(out, s->hash == GH_SHA256 ? 1 : s->hash == GH_SHA384 ? 2 : 4, 4);
	erot_zeros(out, 16);
}

/* Blocks of uneven size; the last one is a vendor's own form. */
static inline void erot_record(struct gh_buf *out, unsigned int n)
{
	gh_auto(struct gh_buf, gh_buf_free) record = {0};

	for (unsigned int i = 1; i <= n; i++) {
		bool own = i == n && n > 1;

		erot_le(&record, i, 1);
		gh_buf_chr(&record, own ? 2 : 1);
		erot_le(&record, 3 + 10 * i, 2);
		gh_buf_chr(&record, 1);
		erot_le(&record, own ? 9999 : 10 * i, 2);
		erot_zeros(&record, 10 * i);
	}
	erot_le(out, n, 1);
	erot_le(out, (uint32_t)record.len, 3);
	gh_buf_add(out, record.p, record.len);
}

/* What is hashed and signed, by the letter of DSP0274. */
static inline void erot_sign(
    struct gh_buf *out, const struct erot_say *s, const struct gh_signer *key)
{
	static const char context[] = "dmtf-spdm-v1.2.*dmtf-spdm-v1.2.*dmtf-spdm-v1.2.*"
				      "dmtf-spdm-v1.2.*\0\0\0\0\0\0"
				      "responder-measurements signing";
	gh_auto(struct gh_buf, gh_buf_free) sig = {0}, message = {0};
	unsigned char digest[GH_HASH_MAX];

	if (s->version == 0x11) {
		gh_buf_add(&message, out->p, out->len);
	} else {
		assert_int_equal(gh_hash(s->hash, out->p, out->len, digest, NULL), 0);
		gh_buf_add(&message, context, sizeof(context) - 1);
		gh_buf_add(&message, digest, gh_hash_len(s->hash));
		assert_int_equal(message.len, 100 + gh_hash_len(s->hash));
	}
	assert_int_equal(gh_sign_raw(key, s->hash, gh_buf_view(&message), &sig, NULL), 0);
	gh_buf_add(out, sig.p, sig.len);
}

static inline void erot_transcript(
    struct gh_buf *out, const struct erot_say *s, const struct gh_signer *key)
{
	if (s->version != 0x11)
		erot_vca(out, s);
	gh_buf_chr(out, (char)s->version);
	gh_buf_add(out, "\xe0\x01\xff", 3);
	gh_buf_add(out, s->nonce, 32);
	gh_buf_chr(out, 0);
	gh_buf_chr(out, (char)s->version);
	gh_buf_add(out, "\x60\x00\x00", 3);
	erot_record(out, s->n_blocks);
	erot_zeros(out, 32);
	erot_le(out, 3, 2);
	gh_buf_add(out, "oem", 3);
	erot_sign(out, s, key);
}
