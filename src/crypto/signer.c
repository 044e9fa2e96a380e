/* SPDX-License-Identifier: Apache-2.0
 * Private keys that sign (declared in key.h). */
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/key.h"

struct gh_signer {
	EVP_PKEY *pkey;
	size_t half; /* bytes of r and of s */
};

void gh_signer_free(struct gh_signer **s)
{
	if (*s == NULL)
		return;
	EVP_PKEY_free((*s)->pkey);
	free(*s);
	*s = NULL;
}

/* Bytes of r on that key's curve; 0 for any other key than EC P-256 and P-384. */
static size_t half_of(const EVP_PKEY *pkey)
{
	char group[64] = "";

	(void)EVP_PKEY_get_group_name(pkey, group, sizeof group, NULL);
	return strcmp(group, "prime256v1") == 0  ? 32
	       : strcmp(group, "secp384r1") == 0 ? 48
						 : 0;
}

static int adopt(struct gh_signer **out, EVP_PKEY *pkey, struct gh_err *err)
{
	struct gh_signer *s = calloc(1, sizeof *s);
	size_t half = pkey == NULL ? 0 : half_of(pkey);

	ERR_clear_error();
	if (s == NULL || half == 0) {
		free(s);
		EVP_PKEY_free(pkey);
		return gh_fail(err, GH_E_PARSE, "not an EC P-256 or P-384 private key");
	}
	*s = (struct gh_signer){pkey, half};
	*out = s;
	return 0;
}

int gh_signer_new(struct gh_signer **out, int bits, struct gh_err *err)
{
	return adopt(out, EVP_EC_gen(bits == 256 ? "P-256" : "P-384"), err);
}

int gh_signer_from_pem(
    struct gh_signer **out, const char *pem, size_t len, struct gh_err *err)
{
	static char no_passphrase[] = "";
	BIO *bio = len > 65536 ? NULL : BIO_new_mem_buf(pem, (int)len);
	EVP_PKEY *pkey =
	    bio == NULL ? NULL : PEM_read_bio_PrivateKey(bio, NULL, NULL, no_passphrase);

	BIO_free(bio);
	return adopt(out, pkey, err);
}

/* Moves what a memory BIO holds to out and frees it; wrote = it was filled. */
static int drain(BIO *bio, int wrote, struct gh_buf *out, struct gh_err *err)
{
	char *p = NULL;
	long n = wrote == 1 ? BIO_get_mem_data(bio, &p) : 0;

	if (n > 0)
		gh_buf_add(out, p, (size_t)n);
	BIO_free(bio);
	ERR_clear_error();
	return n > 0 ? gh_buf_ok(out, err)
		     : gh_fail(err, GH_E_INTERNAL, "cannot write a key");
}

int gh_signer_pem(const struct gh_signer *s, struct gh_buf *out, struct gh_err *err)
{
	BIO *bio = BIO_new(BIO_s_secmem());

	return drain(bio,
	    bio == NULL
		? 0
		: PEM_write_bio_PKCS8PrivateKey(bio, s->pkey, NULL, NULL, 0, NULL, NULL),
	    out, err);
}

int gh_signer_public_pem(
    const struct gh_signer *s, struct gh_buf *out, struct gh_err *err)
{
	BIO *bio = BIO_new(BIO_s_mem());

	return drain(bio, bio == NULL ? 0 : PEM_write_bio_PUBKEY(bio, s->pkey), out, err);
}

int gh_signer_pubkey(
    const struct gh_signer *s, struct gh_pubkey **out, struct gh_err *err)
{
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(s->pkey, &der), rc;

	if (n <= 0)
		return gh_fail(err, GH_E_INTERNAL, "cannot encode a public key");
	rc = gh_pubkey_from_spki(out, der, (size_t)n, err);
	OPENSSL_free(der);
	return rc;
}

int gh_sign_der(const struct gh_signer *s, enum gh_hash h, struct gh_bytes msg,
    struct gh_buf *out, struct gh_err *err)
{
	unsigned char sig[160];
	size_t n = sizeof sig;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int rc = 0;

	if (ctx != NULL && EVP_DigestSignInit_ex(ctx, NULL, gh_hash_name(h), NULL, NULL,
			       s->pkey, NULL) == 1)
		rc = EVP_DigestSign(ctx, sig, &n, msg.p, msg.len);
	EVP_MD_CTX_free(ctx);
	/* out of memory OpenSSL 3.0 says 1 and a length of 2^32 - 1 */
	if (rc != 1 || n > sizeof sig) {
		ERR_clear_error();
		return gh_fail(err, GH_E_INTERNAL, "cannot sign");
	}
	gh_buf_add(out, sig, n);
	return gh_buf_ok(out, err);
}

int gh_sign_raw(const struct gh_signer *s, enum gh_hash h, struct gh_bytes msg,
    struct gh_buf *out, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) der = {0};
	unsigned char raw[96];
	const unsigned char *p;
	ECDSA_SIG *es;
	int ok;

	if (gh_sign_der(s, h, msg, &der, err) < 0)
		return -1;
	p = der.p;
	es = d2i_ECDSA_SIG(NULL, &p, (long)der.len);
	ok = es != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(es), raw, (int)s->half) > 0 &&
	     BN_bn2binpad(ECDSA_SIG_get0_s(es), raw + s->half, (int)s->half) > 0;
	ECDSA_SIG_free(es);
	if (!ok)
		return gh_fail(err, GH_E_INTERNAL, "cannot sign");
	gh_buf_add(out, raw, 2 * s->half);
	return gh_buf_ok(out, err);
}

void *gh_signer_evp(const struct gh_signer *s)
{
	return s->pkey;
}
