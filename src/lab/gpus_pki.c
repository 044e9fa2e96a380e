/* SPDX-License-Identifier: Apache-2.0
 * Lab certificates: one builder, one table of what each role carries. */
#include "lab/gpus_pki.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#include "base/text.h"

#define DAY  86400
#define YEAR (365 * (int64_t)DAY)

#define ORGANISATION "Gatehouse lab"
/* TCG DICE, CompositeDeviceID as Hopper's FMC certificate carries it. */
#define OID_DICE "2.23.133.5.4.1"
/* DMTF SPDM 1.1 section 10.7: the device's name in the subjectAltName. */
#define OID_SPDM_DEVICE "1.3.6.1.4.1.412.274.1"

struct extension {
	int nid;
	const char *value;
};

struct role {
	const struct extension *ext;
	size_t n_ext;
	int64_t life; /* seconds from now */
};

/* Orders and criticality are those of the genuine certificates. */
static const struct extension ext_ca[] = {
    {NID_basic_constraints, "critical,CA:TRUE"},
    {NID_key_usage, "critical,keyCertSign,cRLSign"},
    {NID_subject_key_identifier, "hash"},
    {NID_authority_key_identifier, "keyid:always"},
};
static const struct extension ext_last_ca[] = {
    {NID_subject_key_identifier, "hash"},
    {NID_authority_key_identifier, "keyid:always"},
    {NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
    {NID_key_usage, "critical,keyCertSign,cRLSign"},
};
static const struct extension ext_brom[] = {
    {NID_basic_constraints, "critical,CA:TRUE"},
    {NID_key_usage, "critical,keyCertSign"},
    {NID_subject_key_identifier, "hash"},
    {NID_authority_key_identifier, "keyid:always"},
};
static const struct extension ext_leaf[] = {
    {NID_key_usage, "critical,digitalSignature"},
    {NID_subject_key_identifier, "hash"},
    {NID_authority_key_identifier, "keyid:always"},
};
static const struct extension ext_signer[] = {
    {NID_subject_key_identifier, "hash"},
    {NID_authority_key_identifier, "keyid:always"},
    {NID_basic_constraints, "critical,CA:FALSE"},
    {NID_key_usage, "critical,digitalSignature"},
};

static const struct role role_ca = {ext_ca, GH_COUNT(ext_ca), 10 * YEAR};
static const struct role role_last_ca = {ext_last_ca, GH_COUNT(ext_last_ca), 10 * YEAR};
static const struct role role_brom = {ext_brom, GH_COUNT(ext_brom), 10 * YEAR};
static const struct role role_leaf = {ext_leaf, GH_COUNT(ext_leaf), 10 * YEAR};
static const struct role role_signer = {ext_signer, GH_COUNT(ext_signer), 2 * YEAR};

int gh_lab_ssl_fail(struct gh_err *err, const char *of, const char *what)
{
	char why[160];

	ERR_error_string_n(ERR_peek_last_error(), why, sizeof(why));
	ERR_clear_error();
	return gh_fail(err, GH_E_INTERNAL, "%s: %s: %s", of, what, why);
}

void gh_lab_cert_free(struct gh_lab_cert *c)
{
	X509_free(c->x);
	gh_signer_free(&c->key);
	c->x = NULL;
}

static int set_serial(X509 *x, const uint8_t *p, size_t len)
{
	BIGNUM *bn = BN_bin2bn(p, (int)len, NULL);
	int ok = bn && BN_to_ASN1_INTEGER(bn, X509_get_serialNumber(x));

	BN_free(bn);
	return ok ? 0 : -1;
}

static int add_rdn(X509_NAME *name, int nid, int type, const char *value)
{
	return X509_NAME_add_entry_by_NID(
		   name, nid, type, (const unsigned char *)value, -1, -1, 0)
		   ? 0
		   : -1;
}

/* serial_rdn is there for BROM and leaf only, and comes first as in the genuine ones. */
static int set_subject(X509 *x, const char *cn, const char *serial_rdn)
{
	X509_NAME *name = X509_get_subject_name(x);

	if (serial_rdn &&
	    add_rdn(name, NID_serialNumber, V_ASN1_PRINTABLESTRING, serial_rdn) < 0)
		return -1;
	if (add_rdn(name, NID_countryName, V_ASN1_PRINTABLESTRING, "US") < 0 ||
	    add_rdn(name, NID_organizationName, V_ASN1_UTF8STRING, ORGANISATION) < 0)
		return -1;
	return add_rdn(name, NID_commonName, V_ASN1_UTF8STRING, cn);
}

static int add_extension(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509_EXTENSION *e;
	X509V3_CTX ctx;
	int ok;

	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	ok = e && X509_add_ext(x, e, -1);
	X509_EXTENSION_free(e);
	return ok ? 0 : -1;
}

/* A new key and a certificate for it with everything but extensions and signature. */
static int start_cert(
    struct gh_lab_cert *c, const struct role *role, int64_t now, struct gh_err *err)
{
	uint8_t serial[16];

	if (gh_signer_new(&c->key, 384, err) < 0)
		return -1;
	c->x = X509_new();
	if (!c->x || RAND_bytes(serial, sizeof(serial)) != 1)
		return gh_lab_ssl_fail(err, "lab certificate", "start");
	serial[0] = (serial[0] & 0x7f) | 0x40; /* positive, and always 16 bytes long */
	if (!X509_set_version(c->x, X509_VERSION_3) ||
	    set_serial(c->x, serial, sizeof(serial)) < 0 ||
	    !ASN1_TIME_set(X509_getm_notBefore(c->x), now - DAY) ||
	    !ASN1_TIME_set(X509_getm_notAfter(c->x), now + role->life) ||
	    !X509_set_pubkey(c->x, gh_signer_evp(c->key)))
		return gh_lab_ssl_fail(err, "lab certificate", "fields");
	return 0;
}

/* Issuer, the role's extensions, `extra` (may be NULL) behind them, signature.
 * issuer NULL: self-signed. */
static int finish_cert(struct gh_lab_cert *c, const struct gh_lab_cert *issuer,
    const struct role *role, int (*extra)(X509 *, const void *), const void *ctx)
{
	const struct gh_lab_cert *by = issuer ? issuer : c;

	if (!X509_set_issuer_name(c->x, X509_get_subject_name(by->x)))
		return -1;
	for (size_t i = 0; i < role->n_ext; i++)
		if (add_extension(c->x, by->x, role->ext[i].nid, role->ext[i].value) < 0)
			return -1;
	if (extra && extra(c->x, ctx) < 0)
		return -1;
	return X509_sign(c->x, gh_signer_evp(by->key), EVP_sha384()) > 0 ? 0 : -1;
}

struct plan {
	const char *cn;
	const struct role *role;
	int64_t now;
};

static int make_cert(struct gh_lab_cert *out, const struct plan *plan,
    const struct gh_lab_cert *issuer, struct gh_err *err)
{
	if (start_cert(out, plan->role, plan->now, err) < 0)
		return -1;
	if (set_subject(out->x, plan->cn, NULL) < 0 ||
	    finish_cert(out, issuer, plan->role, NULL, NULL) < 0)
		return gh_lab_ssl_fail(err, "lab certificate", plan->cn);
	return 0;
}

void gh_lab_device_ca_free(struct gh_lab_device_ca *ca)
{
	gh_lab_cert_free(&ca->root);
	gh_lab_cert_free(&ca->identity);
	gh_lab_cert_free(&ca->ica);
}

int gh_lab_device_ca_make(struct gh_lab_device_ca *out, int64_t now, struct gh_err *err)
{
	const struct plan root = {"LAB NVIDIA Device Identity CA", &role_ca, now};
	const struct plan identity = {"LAB NVIDIA GH100 Identity", &role_ca, now};
	const struct plan ica = {"LAB NVIDIA GH100 Provisioner ICA 1", &role_ca, now};

	if (make_cert(&out->root, &root, NULL, err) < 0 ||
	    make_cert(&out->identity, &identity, &out->root, err) < 0)
		return -1;
	return make_cert(&out->ica, &ica, &out->identity, err);
}

void gh_lab_rim_ca_free(struct gh_lab_rim_ca *ca)
{
	gh_lab_cert_free(&ca->root);
	gh_lab_cert_free(&ca->l2);
	gh_lab_cert_free(&ca->l3);
	gh_lab_cert_free(&ca->signer);
}

int gh_lab_rim_ca_make(struct gh_lab_rim_ca *out, int64_t now, struct gh_err *err)
{
	const struct plan root = {"LAB NVIDIA CoRIM signing Root CA", &role_ca, now};
	const struct plan l2 = {"LAB NVIDIA Reference Value GH100 CA", &role_ca, now};
	const struct plan l3 = {
	    "LAB NVIDIA Reference Value L3 GH100 001", &role_last_ca, now};
	const struct plan signer = {"LAB HCC RIM L4 Signer", &role_signer, now};

	if (make_cert(&out->root, &root, NULL, err) < 0 ||
	    make_cert(&out->l2, &l2, &out->root, err) < 0 ||
	    make_cert(&out->l3, &l3, &out->l2, err) < 0)
		return -1;
	return make_cert(&out->signer, &signer, &out->l3, err);
}

void gh_lab_identity_free(struct gh_lab_identity *id)
{
	gh_lab_cert_free(&id->brom);
	gh_lab_cert_free(&id->leaf);
}

static void upper_hex(char *out, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		snprintf(out + 2 * i, 3, "%02X", p[i]);
}

/* The names of a device's two certificates, and the first byte of its serial. */
struct device_names {
	uint8_t kind;
	const char *brom, *leaf;
};

static const struct device_names gpu_names = {
    0x41, "GH100 A01 GSP BROM", "GH100 A01 GSP FMC LF"};
static const struct device_names erot_names = {
    0x45, "CEC173x-S1 BROM CA", "CEC173x-S1 FMC LF"};

/* Serial: kind || PDI, and the subject says the same (section 2). */
static int make_brom(struct gh_lab_cert *out, const struct gh_lab_cert *ica,
    const struct device_names *names, const uint8_t pdi[static 8], int64_t now,
    struct gh_err *err)
{
	uint8_t serial[9] = {names->kind};
	char text[19];

	memcpy(serial + 1, pdi, 8);
	upper_hex(text, serial, sizeof(serial));
	if (start_cert(out, &role_brom, now, err) < 0)
		return -1;
	if (set_serial(out->x, serial, sizeof(serial)) < 0 ||
	    set_subject(out->x, names->brom, text) < 0 ||
	    finish_cert(out, ica, &role_brom, NULL, NULL) < 0)
		return gh_lab_ssl_fail(err, "lab certificate", "BROM");
	return 0;
}

struct leaf_extra {
	const struct device_names *names;
	const struct gh_signer *brom;
	const uint8_t *fwid; /* 48 bytes */
	char name[64];       /* "NVIDIA:GH100:48B02D..." */
};

static int add_san(X509 *x, const char *name)
{
	char value[128];

	snprintf(value, sizeof(value), "otherName:%s;UTF8:%s", OID_SPDM_DEVICE, name);
	return add_extension(x, x, NID_subject_alt_name, value);
}

/* CompositeDeviceID: SEQUENCE { INTEGER 1, SubjectPublicKeyInfo of the BROM key,
 * SEQUENCE { OID sha384, OCTET STRING 48 } }: 189 bytes for a P-384 key. */
static int add_dice(X509 *x, const struct leaf_extra *e)
{
	static const uint8_t version[] = {0x02, 0x01, 0x01};
	static const uint8_t fwid_head[] = {0x30, 0x3d, 0x06, 0x09, 0x60, 0x86, 0x48,
	    0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x04, 0x30};
	gh_auto(struct gh_buf, gh_buf_free) der = {0};
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	ASN1_OBJECT *oid = OBJ_txt2obj(OID_DICE, 1);
	X509_EXTENSION *ext = NULL;
	unsigned char *spki = NULL;
	int n = i2d_PUBKEY(gh_signer_evp(e->brom), &spki), ok = 0;

	if (n == 120) {
		gh_buf_add(&der, "\x30\x81\xba", 3); /* 3 + 120 + 63 bytes follow */
		gh_buf_add(&der, version, sizeof(version));
		gh_buf_add(&der, spki, (size_t)n);
		gh_buf_add(&der, fwid_head, sizeof(fwid_head));
		gh_buf_add(&der, e->fwid, 48);
	}
	if (value && oid && der.len == 189 &&
	    ASN1_OCTET_STRING_set(value, der.p, (int)der.len))
		ext = X509_EXTENSION_create_by_OBJ(NULL, oid, 0, value);
	ok = ext && X509_add_ext(x, ext, -1);
	X509_EXTENSION_free(ext);
	OPENSSL_free(spki);
	ASN1_OBJECT_free(oid);
	ASN1_OCTET_STRING_free(value);
	return ok ? 0 : -1;
}

static int add_leaf_extra(X509 *x, const void *ctx)
{
	const struct leaf_extra *e = ctx;

	return add_san(x, e->name) < 0 || add_dice(x, e) < 0 ? -1 : 0;
}

/* The serial is the SHA-1 of the public point with the top bit cleared (section 2). */
static int make_leaf(struct gh_lab_cert *out, const struct gh_lab_cert *brom,
    const struct leaf_extra *extra, int64_t now, struct gh_err *err)
{
	uint8_t id[EVP_MAX_MD_SIZE];
	unsigned int len = 0;
	char text[41];

	if (start_cert(out, &role_leaf, now, err) < 0)
		return -1;
	if (!X509_pubkey_digest(out->x, EVP_sha1(), id, &len) || len != 20)
		return gh_lab_ssl_fail(err, "lab certificate", "key id");
	id[0] &= 0x7f;
	upper_hex(text, id, len);
	if (set_serial(out->x, id, len) < 0 ||
	    set_subject(out->x, extra->names->leaf, text) < 0 ||
	    finish_cert(out, brom, &role_leaf, add_leaf_extra, extra) < 0)
		return gh_lab_ssl_fail(err, "lab certificate", "leaf");
	return 0;
}

int gh_lab_identity_make(struct gh_lab_identity *out, const struct gh_lab_device_ca *ca,
    const uint8_t pdi[static 8], const uint8_t fwid[static 48], int64_t now,
    struct gh_err *err)
{
	struct leaf_extra extra = {.names = &gpu_names, .fwid = fwid};
	char serial[11];

	/* Five bytes that stay with the board: taken from the PDI here. */
	upper_hex(serial, pdi + 3, 5);
	snprintf(extra.name, sizeof(extra.name), "NVIDIA:GH100:48B02D%s", serial);
	if (make_brom(&out->brom, &ca->ica, &gpu_names, pdi, now, err) < 0)
		return -1;
	extra.brom = out->brom.key;
	return make_leaf(&out->leaf, &out->brom, &extra, now, err);
}

void gh_lab_erot_ca_free(struct gh_lab_erot_ca *ca)
{
	gh_lab_cert_free(&ca->identity);
	gh_lab_cert_free(&ca->ica);
}

int gh_lab_erot_ca_make(struct gh_lab_erot_ca *out, const struct gh_lab_cert *root,
    int64_t now, struct gh_err *err)
{
	const struct plan identity = {"LAB NVIDIA eROT Identity CA 01", &role_ca, now};
	const struct plan ica = {"LAB CEC173x pCA01", &role_ca, now};

	if (make_cert(&out->identity, &identity, root, err) < 0)
		return -1;
	return make_cert(&out->ica, &ica, &out->identity, err);
}

int gh_lab_erot_brom_make(struct gh_lab_cert *out, const struct gh_lab_erot_ca *ca,
    const uint8_t serial[static 8], int64_t now, struct gh_err *err)
{
	return make_brom(out, &ca->ica, &erot_names, serial, now, err);
}

int gh_lab_erot_leaf_make(struct gh_lab_cert *out, const struct gh_lab_cert *brom,
    const uint8_t serial[static 8], int64_t now, struct gh_err *err)
{
	static const uint8_t fwid[48];
	struct leaf_extra extra = {.names = &erot_names, .brom = brom->key, .fwid = fwid};
	char text[17];

	upper_hex(text, serial, 8);
	snprintf(extra.name, sizeof(extra.name), "Microchip:CEC173x-S1:%s", text);
	return make_leaf(out, brom, &extra, now, err);
}

int gh_lab_cert_pem(const struct gh_lab_cert *c, struct gh_buf *out, struct gh_err *err)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *p = NULL;
	long n = 0;

	if (bio && PEM_write_bio_X509(bio, c->x))
		n = BIO_get_mem_data(bio, &p);
	if (n > 0)
		gh_buf_add(out, p, (size_t)n);
	BIO_free(bio);
	return n > 0 ? gh_buf_ok(out, err)
		     : gh_lab_ssl_fail(err, "lab certificate", "PEM");
}

int gh_lab_cert_der(const struct gh_lab_cert *c, struct gh_buf *out, struct gh_err *err)
{
	unsigned char *der = NULL;
	int n = i2d_X509(c->x, &der);

	if (n <= 0)
		return gh_lab_ssl_fail(err, "lab certificate", "DER");
	gh_buf_add(out, der, (size_t)n);
	OPENSSL_free(der);
	return gh_buf_ok(out, err);
}

int gh_lab_chain_pem(const struct gh_lab_identity *id, const struct gh_lab_device_ca *ca,
    struct gh_buf *out, struct gh_err *err)
{
	const struct gh_lab_cert *const chain[] = {
	    &id->leaf, &id->brom, &ca->ica, &ca->identity, &ca->root};

	for (size_t i = 0; i < GH_COUNT(chain); i++)
		if (gh_lab_cert_pem(chain[i], out, err) < 0)
			return -1;
	return 0;
}
