/* SPDX-License-Identifier: Apache-2.0
 * AMD's chain as the tests make it: ARK-Genoa, SEV-Genoa, and VCEKs of any chip and TCB. */
#pragma once

#include "tests/unit/evidence/cpu_pki.h"
#include "tests/unit/evidence/cpu_vectors.h"
#include "evidence/snp_vcek.h"

struct vcek_ca {
	struct made ark, ask;
	struct gh_signer *chip;
};

static inline void make_vcek_ca(struct vcek_ca *ca)
{
	make_ca(&ca->ark, "ARK-Genoa", NULL, true);
	make_ca(&ca->ask, "SEV-Genoa", &ca->ark, true);
	assert_int_equal(gh_signer_new(&ca->chip, 384, NULL), 0);
}

static inline void free_vcek_ca(struct vcek_ca *ca)
{
	free_made(&ca->ark);
	free_made(&ca->ask);
	gh_signer_free(&ca->chip);
}

static inline void trust_ark(struct gh_trust *t, const struct vcek_ca *ca)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};

	add_made(&cs, &ca->ark);
	add_anchor(t, GH_ROOT_AMD_ARK, "Genoa", gh_cert_spki_sha256(cs.at[0]));
}

/* INTEGER of 0 to 255; its length. */
static inline size_t der_byte(unsigned char out[4], uint8_t v)
{
	const unsigned char small[] = {2, 1, v}, large[] = {2, 2, 0, v};

	memcpy(out, v < 0x80 ? small : large, v < 0x80 ? 3 : 4);
	return v < 0x80 ? 3 : 4;
}

static inline void make_vcek(struct made *m, const struct vcek_ca *ca, const char *cn,
    const struct gh_snp_vcek_ask *of)
{
	static const unsigned char name[] = {0x16, 5, 'G', 'e', 'n', 'o', 'a'};
	unsigned char n[5][4];
	const struct ext exts[] = {
	    {"1.3.6.1.4.1.3704.1.1", n[0], der_byte(n[0], 0)},
	    {"1.3.6.1.4.1.3704.1.2", name, sizeof(name)},
	    {"1.3.6.1.4.1.3704.1.3.1", n[1], der_byte(n[1], of->tcb.boot_loader)},
	    {"1.3.6.1.4.1.3704.1.3.2", n[2], der_byte(n[2], of->tcb.tee)},
	    {"1.3.6.1.4.1.3704.1.3.3", n[3], der_byte(n[3], of->tcb.snp)},
	    {"1.3.6.1.4.1.3704.1.3.8", n[4], der_byte(n[4], of->tcb.microcode)},
	    {"1.3.6.1.4.1.3704.1.4", of->chip_id, 64},
	};

	make_leaf(m, cn, &ca->ask, gh_signer_evp(ca->chip), exts, GH_COUNT(exts), true);
}

static inline void der_of(struct gh_buf *out, const struct made *m)
{
	unsigned char *der = NULL;
	int len = i2d_X509(m->x509, &der);

	assert_true(len > 0);
	gh_buf_add(out, der, (size_t)len);
	OPENSSL_free(der);
}

static inline void pem_of(struct gh_buf *out, const struct made *m)
{
	gh_auto(struct gh_buf, gh_buf_free) der = {0}, b64 = {0};

	der_of(&der, m);
	gh_b64(&b64, der.p, der.len);
	gh_buf_str(out, "-----BEGIN CERTIFICATE-----\n");
	for (size_t i = 0; i < b64.len; i += 64)
		gh_buf_fmt(out, "%.*s\n", (int)(b64.len - i < 64 ? b64.len - i : 64),
		    (const char *)b64.p + i);
	gh_buf_str(out, "-----END CERTIFICATE-----\n");
}
