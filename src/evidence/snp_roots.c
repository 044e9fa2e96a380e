/* SPDX-License-Identifier: Apache-2.0
 * ARK, ASK and ASVK of Milan, Genoa and Turin as AMD publishes them (spec/snp.md
 * section 2; SHA-256 of each stands in the file). */
#include "evidence/snp_roots.h"

#include "base/embed.h"
#include "base/text.h"

GH_EMBED(amd_milan_pem, "inventory/amd/milan.pem");
GH_EMBED(amd_genoa_pem, "inventory/amd/genoa.pem");
GH_EMBED(amd_turin_pem, "inventory/amd/turin.pem");

static struct gh_bytes pem_of(enum gh_snp_product p)
{
	static const unsigned char *const ends[][2] = {
	    [GH_SNP_NO_PRODUCT] = {NULL, NULL},
	    [GH_SNP_MILAN] = {amd_milan_pem, amd_milan_pem_end},
	    [GH_SNP_GENOA] = {amd_genoa_pem, amd_genoa_pem_end},
	    [GH_SNP_TURIN] = {amd_turin_pem, amd_turin_pem_end},
	};

	return (struct gh_bytes){ends[p][0], (size_t)(ends[p][1] - ends[p][0])};
}

int gh_snp_root(struct gh_cert **out, enum gh_snp_product p, enum gh_snp_ca which,
    struct gh_memo *memo, struct gh_err *err)
{
	static const char end[] = "-----END CERTIFICATE-----";
	gh_auto(struct gh_certs, gh_certs_free) one = {0};
	struct gh_bytes rest = pem_of(p);
	const unsigned char *at = NULL;

	for (unsigned int i = 0; i <= (unsigned int)which; i++) {
		if (at) /* behind the block before */
			rest = (struct gh_bytes){at, (size_t)(rest.p + rest.len - at)};
		at = gh_text_find(rest, end);
		if (!at)
			return gh_fail(
			    err, GH_E_INTERNAL, "no such AMD certificate is compiled in");
		at += sizeof(end) - 1;
	}
	rest.len = (size_t)(at - rest.p);
	if (gh_certs_from_pem_known(&one, rest, 1, memo, err))
		return -1;
	*out = gh_cert_share(one.at[0]);
	return 0;
}
