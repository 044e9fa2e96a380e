/* SPDX-License-Identifier: Apache-2.0
 * Makes a lab BMC's certificate. */
#include "lab/bmc_cert.h"

#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "lab/gpus_pki.h"

struct rdn {
	const char *field, *value;
};

static bool add_names(X509_NAME *name, const struct rdn *rdn, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!X509_NAME_add_entry_by_txt(name, rdn[i].field, MBSTRING_ASC,
			(const unsigned char *)rdn[i].value, -1, -1, 0))
			return false;
	return true;
}

static bool set_subject(X509 *x, const struct gh_bmc_cert *in)
{
	const struct rdn own[] = {{"O", "Gatehouse lab"},
	    {"OU", in->unit ? in->unit : "BMC of a lab host"}, {"CN", in->host},
	    {"serialNumber", in->mac}};
	/* (LAB) is ours, so that nobody takes it for vendor material */
	static const struct rdn vendor[] = {{"C", "US"}, {"ST", "California"},
	    {"L", "San Jose"}, {"O", "Super Micro Computer (LAB)"}, {"OU", "Software"},
	    {"CN", "IPMI"}};
	X509_NAME *name = X509_get_subject_name(x);

	if (in->factory ? !add_names(name, vendor, GH_COUNT(vendor))
			: !add_names(name, own, GH_COUNT(own)))
		return false;
	return X509_set_issuer_name(x, name);
}

static bool add_extensions(X509 *x, const char *address)
{
	char names[96];
	const struct {
		int nid;
		const char *value;
	} ext[] = {{NID_basic_constraints, "critical,CA:FALSE"},
	    {NID_key_usage, "critical,digitalSignature"},
	    {NID_ext_key_usage, "serverAuth"}, {NID_subject_alt_name, names}};
	X509V3_CTX ctx;

	snprintf(names, sizeof(names), "IP:%s", address);
	X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
	for (size_t i = 0; i < GH_COUNT(ext); i++) {
		X509_EXTENSION *e =
		    X509V3_EXT_conf_nid(NULL, &ctx, ext[i].nid, ext[i].value);
		bool ok = e && X509_add_ext(x, e, -1);

		X509_EXTENSION_free(e);
		if (!ok)
			return false;
	}
	return true;
}

static bool set_serial(X509 *x)
{
	unsigned char serial[16];
	BIGNUM *bn;
	bool ok;

	if (RAND_bytes(serial, sizeof(serial)) != 1)
		return false;
	serial[0] = (serial[0] & 0x7f) | 0x40; /* positive, and always 16 bytes long */
	bn = BN_bin2bn(serial, sizeof(serial), NULL);
	ok = bn && BN_to_ASN1_INTEGER(bn, X509_get_serialNumber(x));
	BN_free(bn);
	return ok;
}

int gh_bmc_cert_make(struct gh_buf *cert, struct gh_buf *key,
    const struct gh_bmc_cert *in, struct gh_err *err)
{
	gh_auto(struct gh_lab_cert, gh_lab_cert_free) c = {.x = X509_new()};

	if (gh_signer_new(&c.key, 256, err))
		return -1;
	if (!c.x || !X509_set_version(c.x, X509_VERSION_3) || !set_serial(c.x) ||
	    !ASN1_TIME_set(X509_getm_notBefore(c.x), in->from) ||
	    !ASN1_TIME_set(X509_getm_notAfter(c.x), in->to) ||
	    !X509_set_pubkey(c.x, gh_signer_evp(c.key)) || !set_subject(c.x, in) ||
	    !add_extensions(c.x, in->address) ||
	    X509_sign(c.x, gh_signer_evp(c.key), EVP_sha256()) <= 0)
		return gh_lab_ssl_fail(err, "BMC certificate", in->mac);
	return gh_lab_cert_pem(&c, cert, err) || gh_signer_pem(c.key, key, err) ? -1 : 0;
}

int gh_bmc_cert_pin(
    char out[static GH_BMC_PIN_LEN], struct gh_bytes pem, struct gh_err *err)
{
	gh_auto(struct gh_lab_cert, gh_lab_cert_free) c = {0};
	gh_auto(struct gh_buf, gh_buf_free) der = {0};
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.len);
	uint8_t md[32];

	c.x = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	BIO_free(bio);
	if (!c.x)
		return gh_lab_ssl_fail(err, "BMC certificate", "PEM");
	if (gh_lab_cert_der(&c, &der, err) || gh_sha256(der.p, der.len, md, err))
		return -1;
	gh_hex(out, md, sizeof(md));
	return 0;
}
