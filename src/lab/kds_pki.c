/* SPDX-License-Identifier: Apache-2.0
 * Makes AMD-shaped certificates under lab keys. */
#include "lab/kds_pki.h"

#include <limits.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <time.h>

#include "base/file.h"
#include "lab/gpus_pki.h"

#define DAY      86400
#define YEAR     (365 * (int64_t)DAY)
#define RSA_BITS 2048 /* AMD's have 4096; nobody waits for these */
#define PEM_MAX  65536
#define ARC      "1.3.6.1.4.1.3704.1."

void gh_lab_kds_ca_free(struct gh_lab_kds_ca *ca)
{
	X509_free(ca->ark);
	X509_free(ca->ask);
	EVP_PKEY_free(ca->ask_key);
	EVP_PKEY_free(ca->chip);
	*ca = (struct gh_lab_kds_ca){0};
}

/* ---- one certificate ---- */

struct plan {
	const char *cn;
	long serial;
	EVP_PKEY *key;    /* that it is about */
	const X509 *by;   /* NULL: self-signed */
	int64_t from, to; /* unix seconds */
};

static bool set_name(X509 *x, const char *cn)
{
	const char *const rdn[][2] = {
	    {"OU", "LAB"}, {"C", "US"}, {"O", "Gatehouse lab"}, {"CN", cn}};
	X509_NAME *name = X509_get_subject_name(x);

	for (size_t i = 0; i < GH_COUNT(rdn); i++)
		if (!X509_NAME_add_entry_by_txt(name, rdn[i][0], MBSTRING_ASC,
			(const unsigned char *)rdn[i][1], -1, -1, 0))
			return false;
	return true;
}

static X509 *start(const struct plan *p)
{
	X509 *x = X509_new();

	if (x && X509_set_version(x, X509_VERSION_3) &&
	    ASN1_INTEGER_set(X509_get_serialNumber(x), p->serial) &&
	    ASN1_TIME_set(X509_getm_notBefore(x), p->from) &&
	    ASN1_TIME_set(X509_getm_notAfter(x), p->to) && X509_set_pubkey(x, p->key) &&
	    set_name(x, p->cn) &&
	    X509_set_issuer_name(
		x, p->by ? X509_get_subject_name(p->by) : X509_get_subject_name(x)))
		return x;
	X509_free(x);
	return NULL;
}

/* RSASSA-PSS, SHA-384, MGF1 with the same, salt 48: as AMD signs everything. */
static bool sign(X509 *x, EVP_PKEY *by)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pk = NULL;
	bool ok = md && EVP_DigestSignInit(md, &pk, EVP_sha384(), NULL, by) == 1 &&
		  EVP_PKEY_CTX_set_rsa_padding(pk, RSA_PKCS1_PSS_PADDING) == 1 &&
		  EVP_PKEY_CTX_set_rsa_pss_saltlen(pk, 48) == 1 &&
		  X509_sign_ctx(x, md) > 0;

	EVP_MD_CTX_free(md);
	return ok;
}

static bool add_usage(X509 *x, bool root)
{
	const struct {
		int nid;
		const char *value;
	} ext[] = {{NID_basic_constraints,
		       root ? "critical,CA:TRUE" : "critical,CA:TRUE,pathlen:0"},
	    {NID_key_usage,
		root ? "critical,keyCertSign,cRLSign" : "critical,keyCertSign"}};

	for (size_t i = 0; i < GH_COUNT(ext); i++) {
		X509_EXTENSION *e =
		    X509V3_EXT_conf_nid(NULL, NULL, ext[i].nid, ext[i].value);
		bool ok = e && X509_add_ext(x, e, -1);

		X509_EXTENSION_free(e);
		if (!ok)
			return false;
	}
	return true;
}

int gh_lab_kds_ca_make(struct gh_lab_kds_ca *out, int64_t now, struct gh_err *err)
{
	EVP_PKEY *root = EVP_RSA_gen(RSA_BITS);
	struct plan ark = {
	    "ARK-" GH_LAB_KDS_PRODUCT, 0x20000, root, NULL, now - DAY, now + 10 * YEAR};
	struct plan ask = ark;
	bool ok;

	out->ask_key = EVP_RSA_gen(RSA_BITS);
	out->chip = EVP_EC_gen("P-384");
	ok = root && out->ask_key && out->chip && (out->ark = start(&ark)) &&
	     add_usage(out->ark, true) && sign(out->ark, root);
	ask.cn = "SEV-" GH_LAB_KDS_PRODUCT;
	ask.serial = 0x20002;
	ask.key = out->ask_key;
	ask.by = out->ark;
	ok = ok && (out->ask = start(&ask)) && add_usage(out->ask, false) &&
	     sign(out->ask, root);
	EVP_PKEY_free(root); /* it signs nothing more */
	return ok ? 0 : gh_lab_ssl_fail(err, "lab certificate", "ARK and ASK");
}

int gh_lab_kds_ca_pin(
    const struct gh_lab_kds_ca *ca, uint8_t out[static 32], struct gh_err *err)
{
	unsigned char *der = NULL;
	int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(ca->ark), &der);
	bool ok = n > 0 && EVP_Digest(der, (size_t)n, out, NULL, EVP_sha256(), NULL);

	OPENSSL_free(der);
	return ok ? 0 : gh_lab_ssl_fail(err, "lab certificate", "pin");
}

/* ---- a VCEK ---- */

static bool add_raw(X509 *x, const char *oid, const unsigned char *p, size_t len)
{
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	ASN1_OBJECT *o = OBJ_txt2obj(oid, 1);
	X509_EXTENSION *e = NULL;
	bool ok;

	if (o && value && ASN1_OCTET_STRING_set(value, p, (int)len))
		e = X509_EXTENSION_create_by_OBJ(NULL, o, 0, value);
	ok = e && X509_add_ext(x, e, -1);
	X509_EXTENSION_free(e);
	ASN1_OBJECT_free(o);
	ASN1_OCTET_STRING_free(value);
	return ok;
}

/* INTEGER of 0 to 255: 80 and more have a zero in front. */
static bool add_number(X509 *x, const char *oid, uint8_t v)
{
	const unsigned char small[] = {2, 1, v}, large[] = {2, 2, 0, v};

	return v < 0x80 ? add_raw(x, oid, small, sizeof(small))
			: add_raw(x, oid, large, sizeof(large));
}

static bool add_amd(
    X509 *x, const unsigned char hwid[static 64], const struct gh_lab_spl *spl)
{
	static const unsigned char name[] = {
	    0x16, sizeof(GH_LAB_KDS_PRODUCT) - 1, 'G', 'e', 'n', 'o', 'a'};

	return add_number(x, ARC "1", 0) && add_raw(x, ARC "2", name, sizeof(name)) &&
	       add_number(x, ARC "3.1", spl->bl) && add_number(x, ARC "3.2", spl->tee) &&
	       add_number(x, ARC "3.4", 0) && add_number(x, ARC "3.5", 0) &&
	       add_number(x, ARC "3.6", 0) && add_number(x, ARC "3.7", 0) &&
	       add_number(x, ARC "3.3", spl->snp) &&
	       add_number(x, ARC "3.8", spl->ucode) && add_raw(x, ARC "4", hwid, 64);
}

int gh_lab_kds_vcek(const struct gh_lab_kds_ca *ca, const unsigned char hwid[static 64],
    const struct gh_lab_spl *spl, struct gh_buf *out, struct gh_err *err)
{
	int64_t now = (int64_t)time(NULL);
	const struct plan plan = {
	    "SEV-VCEK", 0, ca->chip, ca->ask, now - DAY, now + 7 * YEAR};
	X509 *x = start(&plan);
	unsigned char *der = NULL;
	int n = 0;

	if (x && add_amd(x, hwid, spl) && sign(x, ca->ask_key))
		n = i2d_X509(x, &der);
	if (n > 0)
		gh_buf_add(out, der, (size_t)n);
	OPENSSL_free(der);
	X509_free(x);
	return n > 0 ? gh_buf_ok(out, err)
		     : gh_lab_ssl_fail(err, "lab certificate", "VCEK");
}

/* ---- files ---- */

/* What BIO holds, appended; takes it over. */
static int take_bio(struct gh_buf *out, BIO *bio, bool ok, struct gh_err *err)
{
	char *p = NULL;
	long n = ok ? BIO_get_mem_data(bio, &p) : 0;

	if (n > 0)
		gh_buf_add(out, p, (size_t)n);
	BIO_free(bio);
	return n > 0 ? gh_buf_ok(out, err)
		     : gh_lab_ssl_fail(err, "lab certificate", "PEM");
}

int gh_lab_kds_chain(
    const struct gh_lab_kds_ca *ca, struct gh_buf *out, struct gh_err *err)
{
	BIO *bio = BIO_new(BIO_s_mem());
	bool ok =
	    bio && PEM_write_bio_X509(bio, ca->ask) && PEM_write_bio_X509(bio, ca->ark);

	return take_bio(out, bio, ok, err);
}

static int save_key(
    EVP_PKEY *key, const char *folder, const char *name, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) pem = {0};
	BIO *bio = BIO_new(BIO_s_mem());
	bool ok =
	    bio && PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
	char path[PATH_MAX];

	return take_bio(&pem, bio, ok, err) ||
		       gh_path_join(path, sizeof(path), folder, name, err) ||
		       gh_file_write(path, pem.p, pem.len, 0600, err)
		   ? -1
		   : 0;
}

int gh_lab_kds_ca_save(
    const struct gh_lab_kds_ca *ca, const char *folder, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) chain = {0};
	char path[PATH_MAX];

	return save_key(ca->ask_key, folder, "ask.key", err) ||
		       save_key(ca->chip, folder, "chip.key", err) ||
		       gh_lab_kds_chain(ca, &chain, err) ||
		       gh_path_join(path, sizeof(path), folder, "chain.pem", err) ||
		       gh_file_write(path, chain.p, chain.len, 0644, err)
		   ? -1
		   : 0;
}

/* A BIO over the file's bytes, which *pem keeps. */
static BIO *open_pem(
    struct gh_buf *pem, const char *folder, const char *name, struct gh_err *err)
{
	char path[PATH_MAX];

	if (gh_path_join(path, sizeof(path), folder, name, err) ||
	    gh_file_read(pem, path, PEM_MAX, err))
		return NULL;
	return BIO_new_mem_buf(pem->p, (int)pem->len);
}

static int load_key(
    EVP_PKEY **out, const char *folder, const char *name, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) pem = {0};
	BIO *bio = open_pem(&pem, folder, name, err);

	if (!bio)
		return -1;
	*out = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	BIO_free(bio);
	return *out ? 0 : gh_lab_ssl_fail(err, "lab certificate", name);
}

int gh_lab_kds_ca_load(struct gh_lab_kds_ca *out, const char *folder, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) pem = {0};
	BIO *bio;

	if (load_key(&out->ask_key, folder, "ask.key", err) ||
	    load_key(&out->chip, folder, "chip.key", err))
		return -1;
	bio = open_pem(&pem, folder, "chain.pem", err);
	if (!bio)
		return -1;
	out->ask = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	out->ark = out->ask ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	BIO_free(bio);
	return out->ark ? 0 : gh_lab_ssl_fail(err, "lab certificate", "chain.pem");
}
