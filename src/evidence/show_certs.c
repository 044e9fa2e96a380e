/* SPDX-License-Identifier: Apache-2.0
 * Certificates as fields, with the extensions of AMD, Intel SGX and DICE by name. */
#include "evidence/show_certs.h"

#include <openssl/bio.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/clock.h"
#include "base/text.h"
#include "evidence/tdx_pck.h"

#define TEXT_MAX  900 /* characters of one value */
#define HEX_MAX   96  /* bytes of an extension that are printed */
#define EXTS_MAX  64
#define CERTS_MAX 256

static const struct {
	const char *oid, *word;
} known[] = {
    {"1.3.6.1.4.1.3704.1.1", "AMD structVersion"},
    {"1.3.6.1.4.1.3704.1.2", "AMD productName"},
    {"1.3.6.1.4.1.3704.1.3.1", "AMD blSPL (boot loader)"},
    {"1.3.6.1.4.1.3704.1.3.2", "AMD teeSPL"},
    {"1.3.6.1.4.1.3704.1.3.3", "AMD snpSPL"},
    {"1.3.6.1.4.1.3704.1.3.4", "AMD spl4"},
    {"1.3.6.1.4.1.3704.1.3.5", "AMD spl5"},
    {"1.3.6.1.4.1.3704.1.3.6", "AMD spl6"},
    {"1.3.6.1.4.1.3704.1.3.7", "AMD spl7"},
    {"1.3.6.1.4.1.3704.1.3.8", "AMD ucodeSPL (microcode)"},
    {"1.3.6.1.4.1.3704.1.3.9", "AMD fmcSPL"},
    {"1.3.6.1.4.1.3704.1.4", "AMD hwID (CHIP_ID)"},
    {"1.3.6.1.4.1.3704.1.5", "AMD cspID"},
    {"1.2.840.113741.1.13.1", "Intel SGX extension"},
    {"2.23.133.5.4.1", "DICE CompositeDeviceID / TcbInfo"},
    {"2.23.133.5.4.1.1", "DICE TcbInfo"},
    {"2.23.133.5.4.5", "DICE MultiTcbInfo"},
    {"2.23.133.5.4.4", "DICE Ueid"},
    {"2.23.133.5.4.6", "DICE UCCS evidence"},
};

const char *gh_oid_word(const char *oid)
{
	for (size_t i = 0; i < GH_COUNT(known); i++)
		if (strcmp(known[i].oid, oid) == 0)
			return known[i].word;
	return "";
}

static void say(struct gh_fields *out, const char *name, const char *text)
{
	gh_fields_add(out, name, NULL, 0, "%s", text);
}

static void say_hex(struct gh_fields *out, const char *name, const void *p, size_t len)
{
	gh_auto(struct gh_buf, gh_buf_free) hex = {0};
	size_t shown = len > HEX_MAX ? HEX_MAX : len;

	gh_buf_hex(&hex, p, shown);
	if (shown < len)
		gh_buf_fmt(&hex, ".. (%zu bytes)", len);
	say(out, name, gh_buf_cstr(&hex));
}

static void say_time(struct gh_fields *out, const char *name, int64_t at)
{
	char text[GH_TIME_LEN];

	gh_time_text(text, at);
	say(out, name, text);
}

/* What OpenSSL wrote, as one cleaned line. */
static void say_bio(struct gh_fields *out, const char *name, BIO *bio)
{
	gh_auto(struct gh_buf, gh_buf_free) clean = {0};
	char *text = NULL;
	long n = bio == NULL ? 0 : BIO_get_mem_data(bio, &text);

	if (n > 0)
		gh_text_clean(&clean, text, (size_t)n, TEXT_MAX);
	say(out, name, gh_buf_cstr(&clean));
}

static void say_name(struct gh_fields *out, const char *name, const X509_NAME *dn)
{
	BIO *bio = BIO_new(BIO_s_mem());

	if (bio != NULL)
		X509_NAME_print_ex(bio, dn, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
	say_bio(out, name, bio);
	BIO_free(bio);
}

/* A value that is one DER INTEGER, OCTET STRING or string: its content says more. */
static void say_value(struct gh_fields *out, const ASN1_OCTET_STRING *v)
{
	const unsigned char *p = ASN1_STRING_get0_data(v);
	size_t len = (size_t)ASN1_STRING_length(v);
	struct gh_bytes in = {p + 2, len < 2 ? 0 : len - 2};
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	if (len > 2 && p[0] == V_ASN1_INTEGER && p[1] == len - 2 && in.len <= 4) {
		unsigned long n = 0;

		for (size_t i = 0; i < in.len; i++)
			n = n << 8 | in.p[i];
		gh_fields_add(out, "value", NULL, 0, "%lu", n);
	} else if (len > 2 && p[1] == len - 2 &&
		   (p[0] == V_ASN1_IA5STRING || p[0] == V_ASN1_UTF8STRING ||
		       p[0] == V_ASN1_PRINTABLESTRING)) {
		gh_text_clean(&text, in.p, in.len, TEXT_MAX);
		say(out, "value", gh_buf_cstr(&text));
	} else {
		say_hex(out, "value", p, len);
	}
}

static void say_sgx(struct gh_fields *out, const ASN1_OCTET_STRING *v)
{
	static const char *const types[] = {
	    "standard", "scalable", "scalable with integrity"};
	struct gh_tdx_pck k;
	struct gh_err why = {0};

	if (gh_tdx_pck_from_der(
		&k, ASN1_STRING_get0_data(v), (size_t)ASN1_STRING_length(v), &why) < 0) {
		say(out, "error", why.what);
		say_value(out, v);
		return;
	}
	say_hex(out, "PPID", k.ppid, sizeof(k.ppid));
	say_hex(out, "TCB components", k.comp, sizeof(k.comp));
	gh_fields_add(out, "PCESVN", NULL, 0, "%u", k.pce_svn);
	say_hex(out, "CPUSVN", k.cpu_svn, sizeof(k.cpu_svn));
	say_hex(out, "PCEID", k.pce_id, sizeof(k.pce_id));
	say_hex(out, "FMSPC", k.fmspc, sizeof(k.fmspc));
	say(out, "SGX type",
	    k.sgx_type < GH_COUNT(types) ? types[k.sgx_type] : "unknown");
	if (k.has_platform_instance)
		say_hex(out, "platform instance id", k.platform_instance,
		    sizeof(k.platform_instance));
	if (k.has_configuration)
		gh_fields_add(out, "configuration", NULL, 0,
		    "dynamic platform %s, cached keys %s, SMT %s",
		    k.dynamic_platform ? "yes" : "no", k.cached_keys ? "yes" : "no",
		    k.smt ? "yes" : "no");
}

static void show_extension(struct gh_fields *out, X509_EXTENSION *ext)
{
	const ASN1_OBJECT *obj = X509_EXTENSION_get_object(ext);
	const ASN1_OCTET_STRING *v = X509_EXTENSION_get_data(ext);
	int nid = OBJ_obj2nid(obj);
	char oid[128] = "";
	const char *word;
	BIO *bio;

	OBJ_obj2txt(oid, sizeof(oid), obj, 1);
	word = gh_oid_word(oid);
	if (*word == '\0')
		word = nid == NID_undef ? "unknown extension" : OBJ_nid2ln(nid);
	gh_fields_open(out, "%s (%s)%s", word, oid,
	    X509_EXTENSION_get_critical(ext) ? ", critical" : "");
	bio = BIO_new(BIO_s_mem());
	if (strcmp(oid, "1.2.840.113741.1.13.1") == 0)
		say_sgx(out, v);
	else if (nid != NID_undef && bio != NULL &&
		 X509V3_EXT_print(bio, ext, X509V3_EXT_DEFAULT, 0) == 1)
		say_bio(out, "value", bio);
	else
		say_value(out, v);
	BIO_free(bio);
	gh_fields_close(out);
}

static void show_extensions(struct gh_fields *out, const X509 *x)
{
	int n = X509_get_ext_count(x);

	for (int i = 0; i < n && i < EXTS_MAX; i++)
		show_extension(out, X509_get_ext(x, i));
	if (n > EXTS_MAX)
		gh_fields_add(
		    out, "error", NULL, 0, "%d extensions, %d are shown", n, EXTS_MAX);
}

static void show_cert(struct gh_fields *out, const struct gh_cert *c, size_t i)
{
	const X509 *x = gh_cert_x509(c);
	struct gh_bytes der = gh_cert_der(c), serial = gh_cert_serial(c);

	gh_fields_open(out, "certificate %zu: %s", i, gh_cert_cn(c));
	gh_fields_add(out, "version", NULL, 0, "%ld", X509_get_version(x) + 1);
	if (serial.len > 0)
		say_hex(out, "serial", serial.p, serial.len);
	else
		say(out, "serial", "0"); /* every VCEK: no magnitude, no bytes */
	say(out, "signature algorithm", gh_cert_sigalg(c));
	say_name(out, "issuer", X509_get_issuer_name(x));
	say_time(out, "not before", gh_cert_not_before(c));
	say_time(out, "not after", gh_cert_not_after(c));
	say_name(out, "subject", X509_get_subject_name(x));
	say(out, "key", gh_pubkey_kind(gh_cert_key(c)));
	say_hex(out, "SPKI SHA-256", gh_cert_spki_sha256(c), 32);
	say_hex(out, "SHA-256", gh_cert_sha256(c), 32);
	gh_fields_add(out, "size", NULL, 0, "%zu bytes of DER", der.len);
	show_extensions(out, x);
	gh_fields_close(out);
}

void gh_certs_show(struct gh_fields *out, const struct gh_certs *cs)
{
	for (size_t i = 0; i < cs->n && i < CERTS_MAX; i++)
		show_cert(out, cs->at[i], i);
	if (cs->n > CERTS_MAX)
		gh_fields_add(out, "error", NULL, 0, "%zu certificates, %d are shown",
		    cs->n, CERTS_MAX);
}
