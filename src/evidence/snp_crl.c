/* SPDX-License-Identifier: Apache-2.0
 * AMD's CRL, judged by OpenSSL under the pinned ARK. */
#include "evidence/snp_crl.h"

#include <openssl/x509.h>

static void free_crl(X509_CRL **c)
{
	X509_CRL_free(*c);
}

static X509_CRL *parse_crl(struct gh_bytes der, struct gh_err *err)
{
	const unsigned char *p = der.p;
	X509_CRL *crl =
	    der.len && der.len < 1 << 20 ? d2i_X509_CRL(NULL, &p, (long)der.len) : NULL;

	if (crl && p == der.p + der.len)
		return crl;
	X509_CRL_free(crl);
	(void)gh_fail(err, GH_E_PARSE, "not exactly one DER certificate revocation list");
	return NULL;
}

/* 0 when the ARK signed the list and at lies in its window. */
static int check_crl(
    X509_CRL *crl, const struct gh_cert *ark, int64_t at, struct gh_err *err)
{
	const ASN1_TIME *from = X509_CRL_get0_lastUpdate(crl);
	const ASN1_TIME *to = X509_CRL_get0_nextUpdate(crl);

	if (X509_CRL_get_signature_nid(crl) != NID_rsassaPss ||
	    X509_CRL_verify(crl, gh_pubkey_evp(gh_cert_key(ark))) != 1)
		return gh_fail(
		    err, GH_E_CRYPTO, "the CRL is not signed by %s", gh_cert_cn(ark));
	if (!from || ASN1_TIME_cmp_time_t(from, (time_t)at) > 0)
		return gh_fail(err, GH_E_CRYPTO, "the CRL is not valid yet at that time");
	if (!to || ASN1_TIME_cmp_time_t(to, (time_t)at) <= 0)
		return gh_fail(err, GH_E_CRYPTO, "the CRL had expired at that time");
	return 0;
}

static enum gh_snp_revocation judge_crl(struct gh_bytes der, const struct gh_cert *ark,
    const struct gh_cert *ask, int64_t at, struct gh_err *err)
{
	gh_auto(X509_CRL *, free_crl) crl = parse_crl(der, err);
	X509_REVOKED *entry = NULL;
	X509 *x_ark = gh_cert_x509(ark), *x_ask = gh_cert_x509(ask);

	if (!crl)
		return GH_SNP_CRL_BAD;
	if (X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(x_ark)) != 0)
		return GH_SNP_CRL_NONE;
	if (check_crl(crl, ark, at, err))
		return GH_SNP_CRL_BAD;
	if (X509_CRL_get0_by_serial(crl, &entry, X509_get_serialNumber(x_ask)) == 1)
		return GH_SNP_CRL_REVOKED;
	return GH_SNP_CRL_GOOD;
}

enum gh_snp_revocation gh_snp_crl_check(const struct gh_bytes *crls, size_t n,
    const struct gh_cert *ark, const struct gh_cert *ask, int64_t at, struct gh_err *err)
{
	enum gh_snp_revocation worst = GH_SNP_CRL_NONE;
	bool bad = false;

	for (size_t i = 0; i < n; i++) {
		enum gh_snp_revocation one = judge_crl(crls[i], ark, ask, at, err);

		if (one == GH_SNP_CRL_REVOKED)
			return one;
		bad = bad || one == GH_SNP_CRL_BAD;
		if (one == GH_SNP_CRL_GOOD)
			worst = one;
	}
	return bad ? GH_SNP_CRL_BAD : worst;
}
