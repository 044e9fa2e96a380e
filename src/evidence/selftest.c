/* SPDX-License-Identifier: Apache-2.0
 * Known answers, right ones and wrong ones, through the very functions that verdicts use. */
#include "evidence/selftest.h"

#include "base/text.h"
#include "crypto/chain.h"
#include "evidence/snp_roots.h"

#define MESSAGE "gatehouse self-test"

static const struct digest {
	enum gh_hash hash;
	const char *hex; /* of "abc": FIPS 180-4, examples */
} digests[] = {
    {GH_SHA256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {GH_SHA384, "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
		"8086072ba1e7cc2358baeca134c825a7"},
    {GH_SHA512, "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
		"2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
};

/* Keys made for this file alone and thrown away; base64 of SPKI and of the signature. */
static const struct signature {
	enum gh_hash hash;
	const char *spki, *der;
} signatures[] = {
    {GH_SHA256,
	"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE5ks2v5MauDCppjwsYI/7bqjmw7GcZcfDygLp"
	"4oLjBMdv8MHhKRfXeOQYwBfMSPXpoywS8ZZcuSkAqrAPGEKUYQ==",
	"MEUCIFNzNVxIQOawV8NdSe98P6W2M6g7BXDBucw3hlJFwatTAiEAi32QSfccXHiZLKAWxIr/"
	"+Rj7uxANJbuPSXamOQg+k4E="},
    {GH_SHA384,
	"MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEPKDpHo6y7THDldFxYAyBW+tz7pY6oHbQP5bWFFbg"
	"MqcNWMOaTI9IUOm+bfCNpK2GlMrtYr88iKCspxnnWC2Ig3UsjCodnioCO0X5nD35qfXw3JcP"
	"n6JyvTzMsXkAJlYa",
	"MGQCMCnLYOb1kwAGpnTMyswWRE/xxKfsNsiso+InNq7uYDxGcSi5MVo0d0HLnl+bZl5CbAIw"
	"bScJnMwGdYlHmTxRiIfwvblQvKFZQfNKO1hbFmz25b4HydpWyTB9OSEDMVNmdpd9"},
};

/* A root and a leaf, P-256, valid 2026-11-24 to 2126. */
#define CHAIN_AT 1800000000
static const char *const chain_b64[] = {
    "MIIBgzCCASmgAwIBAgIBAjAKBggqhkjOPQQDAjAZMRcwFQYDVQQDDA5zZWxmLXRlc3Qgcm9v"
    "dDAgFw0yNjExMjQwMDIxMzZaGA8yMTI2MTAzMTAwMjEzNlowGTEXMBUGA1UEAwwOc2VsZi10"
    "ZXN0IGxlYWYwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASdPzY1C+66Io+4iH++Uh6zOadq"
    "Le/ZuYDim6gQfZ3AzHPs03WxnQA8SwaZChB83q9+Et9DVXLxg9D/op/KhzsDo2AwXjAMBgNV"
    "HRMBAf8EAjAAMA4GA1UdDwEB/wQEAwIHgDAdBgNVHQ4EFgQUqXXFs8IQ/k1gLACfHzw10CtB"
    "hqYwHwYDVR0jBBgwFoAUUXZ8tRB5JOaobji6yLWWVVM7K1owCgYIKoZIzj0EAwIDSAAwRQIh"
    "ALvZ/8UDm5p02+pjAc3uJyA0jC5aEp/b5h63V8WSQDSYAiANymiZA0iqErfZ3VusOg66bmNy"
    "ZPaA5OhpCv133lWLgw==",
    "MIIBhjCCASygAwIBAgIBATAKBggqhkjOPQQDAjAZMRcwFQYDVQQDDA5zZWxmLXRlc3Qgcm9v"
    "dDAgFw0yNjExMjQwMDIxMzVaGA8yMTI2MTAzMTAwMjEzNVowGTEXMBUGA1UEAwwOc2VsZi10"
    "ZXN0IHJvb3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAROR1WAZgIWdM0XkxaypEajAWJ9"
    "OQd2qFucGx09/tE+hRutyqPTOfZvFGU9myVWCZ7lSI23THSrAFQfnQ0NWXRgo2MwYTAdBgNV"
    "HQ4EFgQUUXZ8tRB5JOaobji6yLWWVVM7K1owHwYDVR0jBBgwFoAUUXZ8tRB5JOaobji6yLWW"
    "VVM7K1owDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAQYwCgYIKoZIzj0EAwIDSAAw"
    "RQIhAMvDBvNnBkvjLfDepeAa9+HOSXryjV3+wrtM2MnTxNJRAiAG0xKP9kOl1yllzAqqczjj"
    "YawE7Mly1N4sSPeybCajNg=="};

static int wrong(struct gh_err *err, const char *what)
{
	return gh_fail(err, GH_E_INTERNAL,
	    "self-test: %s: the cryptography library of this machine is broken, and no "
	    "verdict it gives can be trusted",
	    what);
}

static int check_digest(const struct digest *d, struct gh_err *err)
{
	unsigned char want[GH_HASH_MAX], have[GH_HASH_MAX];
	size_t len = gh_hash_len(d->hash);

	if (gh_unhex(want, len, d->hex, err) < 0 ||
	    gh_hash(d->hash, "abc", 3, have, err) < 0 || memcmp(want, have, len) != 0)
		return wrong(err, gh_hash_name(d->hash));
	return 0;
}

/* Good as it is, bad over another message. */
static int check_signature(const struct signature *s, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) spki = {0};
	gh_auto(struct gh_buf, gh_buf_free) der = {0};
	gh_auto(struct gh_pubkey *, gh_pubkey_free) key = NULL;
	struct gh_bytes good = gh_text_of(MESSAGE), bad = {good.p, good.len - 1};

	if (gh_unb64(&spki, s->spki, strlen(s->spki), err) < 0 ||
	    gh_unb64(&der, s->der, strlen(s->der), err) < 0 ||
	    gh_pubkey_from_spki(&key, spki.p, spki.len, err) < 0)
		return wrong(err, "a key cannot be read");
	if (gh_ecdsa_verify_der(key, s->hash, good, gh_buf_view(&der), err) < 0)
		return wrong(err, "a good ECDSA signature is refused");
	if (gh_ecdsa_verify_der(key, s->hash, bad, gh_buf_view(&der), NULL) == 0)
		return wrong(err, "a bad ECDSA signature is accepted");
	return 0;
}

/* Good now, bad before its time, and bad under a root that did not sign it. */
static int check_chain(const char *const pair[static 2], struct gh_err *err)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	struct gh_link links[2];
	struct gh_chain chain = {&cs, CHAIN_AT, true, NULL};

	for (size_t i = 0; i < 2; i++) {
		gh_auto(struct gh_buf, gh_buf_free) der = {0};
		struct gh_cert *c = NULL;

		if (gh_unb64(&der, pair[i], strlen(pair[i]), err) < 0 ||
		    gh_cert_from_der(&c, der.p, der.len, err) < 0 ||
		    gh_certs_add(&cs, c, err) < 0)
			return wrong(err, "a certificate cannot be read");
	}
	if (gh_chain_verify(&chain, links, err) < 0)
		return wrong(err, "a good certificate chain is refused");
	chain.at = 0;
	if (gh_chain_verify(&chain, links, NULL) == 0 ||
	    gh_cert_signed_by(cs.at[1], cs.at[0], NULL) == 0)
		return wrong(err, "a bad certificate chain is accepted");
	return 0;
}

/* RSASSA-PSS with SHA-384 on AMD's own certificates, which are compiled in. */
static int check_pss(struct gh_err *err)
{
	gh_auto(struct gh_cert *, gh_cert_free) ark = NULL;
	gh_auto(struct gh_cert *, gh_cert_free) ask = NULL;

	if (gh_snp_root(&ark, GH_SNP_GENOA, GH_SNP_ARK, NULL, err) < 0 ||
	    gh_snp_root(&ask, GH_SNP_GENOA, GH_SNP_ASK, NULL, err) < 0)
		return wrong(err, "AMD's certificates cannot be read");
	if (gh_cert_signed_by(ark, ark, err) < 0 || gh_cert_signed_by(ask, ark, err) < 0)
		return wrong(err, "a good RSA-PSS signature is refused");
	if (gh_cert_signed_by(ark, ask, NULL) == 0)
		return wrong(err, "a bad RSA-PSS signature is accepted");
	return 0;
}

int gh_selftest(struct gh_err *err)
{
	for (size_t i = 0; i < GH_COUNT(digests); i++)
		if (check_digest(&digests[i], err) < 0)
			return -1;
	for (size_t i = 0; i < GH_COUNT(signatures); i++)
		if (check_signature(&signatures[i], err) < 0)
			return -1;
	return check_chain(chain_b64, err) < 0 ? -1 : check_pss(err);
}
