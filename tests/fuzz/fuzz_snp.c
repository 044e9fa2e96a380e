/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the SNP verdict: the report, the VCEK's extensions, the CRL, and the certificate
 * table. The first byte says which of them the rest is. */
#include "evidence/snp.h"
#include "evidence/snp_crl.h"
#include "evidence/snp_table.h"
#include "evidence/snp_vek.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_report(struct gh_bytes in, const struct gh_certs *certs)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	static struct gh_trust trust;
	struct gh_snp_evidence ev = {.report = in};
	struct gh_context ctx = {.at = 1781481600, .trust = &trust, .certs = certs};

	if (!trust.n && gh_trust_builtin(&trust, NULL))
		__builtin_trap();
	if (gh_snp_verify(&r, "f", &ev, &ctx, NULL) || !r.findings.n)
		__builtin_trap();
}

/* A certificate as VCEK, together with a report of zeros in the one known layout. */
static void fuzz_cert(struct gh_bytes in)
{
	static const unsigned char blank[1184] = {3, [10] = 3, [52] = 1, [0x188] = 0x19};
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	struct gh_cert *c = NULL;

	if (gh_cert_from_der(&c, in.p, in.len, NULL) || gh_certs_add(&cs, c, NULL))
		return;
	fuzz_report((struct gh_bytes){blank, sizeof(blank)}, &cs);
	(void)gh_snp_crl_check(&in, 1, cs.at[0], cs.at[0], 1781481600, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gh_snp_table table;

	if (!size)
		return 0;
	if (data[0] & 2)
		(void)!gh_snp_table_parse(&table, data + 1, size - 1, NULL);
	else if (data[0] & 1)
		fuzz_cert((struct gh_bytes){data + 1, size - 1});
	else
		fuzz_report((struct gh_bytes){data + 1, size - 1}, NULL);
	return 0;
}
