/* SPDX-License-Identifier: Apache-2.0
 * The certificate that a BMC must show. */
#include "net/redfish_pin.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "crypto/asn1.h"
#include "crypto/digest.h"

int gh_redfish_pin_set(struct gh_redfish_pin *pin, const char *want,
    const struct gh_env *env, struct gh_err *err)
{
	uint8_t raw[32];

	*pin = (struct gh_redfish_pin){.env = env};
	if (!want || !want[0])
		return 0;
	if (gh_unhex(raw, sizeof(raw), want, NULL) != 0)
		return gh_fail(err, GH_E_CONFIG,
		    "the certificate of the BMC must be pinned as 64 hex digits");
	gh_hex(pin->want, raw, sizeof(raw));
	return 0;
}

/* The whole subject in one line, as openssl(1) writes it. */
static void subject_of(char *out, size_t size, X509 *x)
{
	gh_auto(struct gh_buf, gh_buf_free) clean = {0};
	BIO *bio = BIO_new(BIO_s_mem());
	char *p = NULL;
	long n;

	out[0] = '\0';
	if (!bio)
		return;
	if (X509_NAME_print_ex(bio, X509_get_subject_name(x), 0,
		XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0) {
		n = BIO_get_mem_data(bio, &p);
		gh_text_clean(&clean, p, n > 0 ? (size_t)n : 0, size - 1);
		gh_text_clean_into(out, size, gh_buf_cstr(&clean));
	}
	BIO_free(bio);
}

static int digest_of(char out[static 65], X509 *x)
{
	uint8_t raw[32];
	unsigned char *der = NULL;
	int n = i2d_X509(x, &der), rc;

	out[0] = '\0';
	if (n <= 0)
		return -1;
	rc = gh_sha256(der, (size_t)n, raw, NULL);
	if (rc == 0)
		gh_hex(out, raw, sizeof(raw));
	OPENSSL_free(der);
	return rc;
}

/* A right certificate still must be of this time. */
static int check_time(struct gh_redfish_pin *pin, X509 *x)
{
	int64_t from, to, now = gh_now(pin->env);
	char text[GH_TIME_LEN];

	if (gh_asn1_seconds(X509_get0_notBefore(x), &from) != 0 ||
	    gh_asn1_seconds(X509_get0_notAfter(x), &to) != 0)
		return gh_fail(&pin->err, GH_E_AUTH,
		    "the pinned certificate of the BMC says no time of validity");
	if (now >= from && now <= to)
		return 0;
	gh_time_text(text, now < from ? from : to);
	(void)gh_fail(&pin->err, GH_E_AUTH,
	    now < from ? "the pinned certificate of the BMC is not valid before %s"
		       : "the pinned certificate of the BMC has expired at %s",
	    text);
	return gh_err_hint(&pin->err, "give the BMC a new certificate, then enrol the "
				      "host again; look at the clock "
				      "of this machine first");
}

int gh_redfish_pin_check(struct gh_redfish_pin *pin, void *x509)
{
	X509 *x = x509;
	char seen[65];

	if (!x || digest_of(seen, x) != 0)
		return gh_fail(&pin->err, GH_E_AUTH, "the BMC shows no certificate");
	if (strcmp(seen, pin->seen) != 0) {
		memcpy(pin->seen, seen, sizeof(seen));
		subject_of(pin->subject, sizeof(pin->subject), x);
		pin->self_signed = X509_self_signed(x, 1) == 1;
	}
	if (!pin->want[0])
		return 0;
	if (strcmp(seen, pin->want) == 0)
		return check_time(pin, x);
	(void)gh_fail(&pin->err, GH_E_AUTH,
	    "the BMC shows certificate %s, but %s is pinned", seen, pin->want);
	return gh_err_hint(&pin->err,
	    "if it was changed on purpose, enrol the host again with --accept; if not, "
	    "something else answers at the address of this BMC");
}

/* Stands for the whole chain verification of OpenSSL. */
static int verify(X509_STORE_CTX *ctx, void *pin)
{
	bool good = gh_redfish_pin_check(pin, X509_STORE_CTX_get0_cert(ctx)) == 0;

	X509_STORE_CTX_set_error(
	    ctx, good ? X509_V_OK : X509_V_ERR_APPLICATION_VERIFICATION);
	return good;
}

void gh_redfish_pin_arm(struct gh_redfish_pin *pin, void *ssl_ctx)
{
	SSL_CTX_set_cert_verify_callback(ssl_ctx, verify, pin);
	/* nothing to verify later on, and no keys into $SSLKEYLOGFILE */
	SSL_CTX_set_options(ssl_ctx, SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_set_keylog_callback(ssl_ctx, NULL);
}

int gh_redfish_pin_check_ssl(struct gh_redfish_pin *pin, void *ssl)
{
	return gh_redfish_pin_check(pin, ssl ? SSL_get0_peer_certificate(ssl) : NULL);
}
