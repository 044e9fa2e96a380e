/* SPDX-License-Identifier: Apache-2.0
 * The streaming digest. */
#include "evidence/hash_run.h"

#include <openssl/evp.h>

int gh_hash_run_begin(struct gh_hash_run *r, enum gh_hash h, struct gh_err *err)
{
	EVP_MD *md = EVP_MD_fetch(NULL, gh_hash_name(h), NULL);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	*r = (struct gh_hash_run){.ctx = ctx};
	r->bad = !md || !ctx || EVP_DigestInit_ex2(ctx, md, NULL) != 1;
	EVP_MD_free(md);
	return r->bad ? gh_fail(err, GH_E_INTERNAL, "the crypto library cannot hash") : 0;
}

void gh_hash_run_add(struct gh_hash_run *r, const void *p, size_t len)
{
	r->bad |= EVP_DigestUpdate(r->ctx, p, len) != 1;
}

int gh_hash_run_end(struct gh_hash_run *r, void *out, struct gh_err *err)
{
	if (r->bad || EVP_DigestFinal_ex(r->ctx, out, NULL) != 1)
		return gh_fail(err, GH_E_INTERNAL, "the crypto library cannot hash");
	return 0;
}

void gh_hash_run_free(struct gh_hash_run *r)
{
	EVP_MD_CTX_free(r->ctx);
	r->ctx = NULL;
}
