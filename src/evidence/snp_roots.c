/* SPDX-License-Identifier: Apache-2.0
 * ARK, ASK and ASVK of Milan, Genoa and Turin as AMD publishes them (spec/snp.md
 * section 2; SHA-256 of each stands in the file). */
#include "evidence/snp_roots.h"

#include "base/embed.h"

GH_EMBED(amd_milan_pem, "inventory/amd/milan.pem");
GH_EMBED(amd_genoa_pem, "inventory/amd/genoa.pem");
GH_EMBED(amd_turin_pem, "inventory/amd/turin.pem");

int gh_snp_roots(struct gh_certs *out, enum gh_snp_product p, struct gh_err *err)
{
	switch (p) {
	case GH_SNP_MILAN:
		return gh_certs_from_pem(out, amd_milan_pem,
		    (size_t)(amd_milan_pem_end - amd_milan_pem), 3, err);
	case GH_SNP_GENOA:
		return gh_certs_from_pem(out, amd_genoa_pem,
		    (size_t)(amd_genoa_pem_end - amd_genoa_pem), 3, err);
	case GH_SNP_TURIN:
		return gh_certs_from_pem(out, amd_turin_pem,
		    (size_t)(amd_turin_pem_end - amd_turin_pem), 3, err);
	case GH_SNP_NO_PRODUCT:
		break;
	}
	return gh_fail(err, GH_E_INTERNAL, "no AMD certificates for this product");
}
