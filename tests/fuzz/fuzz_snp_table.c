/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the certificate table and what stands in it: the VCEK's extensions and the CRL. */
#include "base/fields.h"
#include "evidence/snp.h"
#include "evidence/snp_crl.h"
#include "evidence/snp_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The certificates of the table with a report of zeros in a known layout. */
static void verify_with(const struct gh_certs *certs, struct gh_bytes crl)
{
	static const unsigned char blank[1184] = {3, [10] = 3, [52] = 1, [0x188] = 0x19};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_trust trust = {0};
	struct gh_snp_evidence ev = {.report = {blank, sizeof(blank)}};
	struct gh_context ctx = {.at = 1781481600,
	    .trust = &trust,
	    .certs = certs,
	    .crls = {&crl, crl.p ? 1 : 0}};

	if (gh_snp_verify(&r, "f", &ev, &ctx, NULL))
		__builtin_trap();
	if (certs->n)
		(void)gh_snp_crl_check(&ctx, certs->at[0], certs->at[0], NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_auto(struct gh_certs, gh_certs_free) certs = {0};
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};
	struct gh_bytes in = {data, size};
	struct gh_snp_table t;

	if (gh_snp_table_show(&fs, in, NULL))
		__builtin_trap();
	if (gh_snp_table_parse(&t, data, size, NULL)) {
		if (gh_snp_table_looks(in))
			__builtin_trap();
		return 0;
	}
	for (size_t i = 0; i < t.n; i++) {
		struct gh_cert *c = NULL;

		if (!gh_cert_from_der(&c, t.at[i].body.p, t.at[i].body.len, NULL) &&
		    gh_certs_add(&certs, c, NULL))
			__builtin_trap();
	}
	verify_with(&certs, gh_snp_table_get(&t, GH_SNP_ITEM_CRL));
	return 0;
}
