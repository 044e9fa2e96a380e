/* SPDX-License-Identifier: Apache-2.0
 * SHA-2 digests in one call. */
#include "crypto/digest.h"

#include <openssl/evp.h>
#include <pthread.h>

#include "base/text.h"

static const size_t hash_len[] = {[GH_SHA256] = 32, [GH_SHA384] = 48, [GH_SHA512] = 64};

static const char *const hash_name[] = {
    [GH_SHA256] = "SHA2-256", [GH_SHA384] = "SHA2-384", [GH_SHA512] = "SHA2-512"};

const char *gh_hash_name(enum gh_hash h)
{
	return hash_name[h];
}

size_t gh_hash_len(enum gh_hash h)
{
	return hash_len[h];
}

/* Fetched once: OpenSSL 3 looks a digest up by name at every implicit use, which costs
 * more than hashing a report. */
static EVP_MD *fetched[3];
static pthread_once_t fetch_once = PTHREAD_ONCE_INIT;

static void fetch_all(void)
{
	for (size_t i = 0; i < GH_COUNT(hash_name); i++)
		fetched[i] = EVP_MD_fetch(NULL, hash_name[i], NULL);
}

int gh_hash(enum gh_hash h, const void *p, size_t len, void *out, struct gh_err *err)
{
	pthread_once(&fetch_once, fetch_all);
	if (fetched[h] == NULL || EVP_Digest(p, len, out, NULL, fetched[h], NULL) != 1)
		return gh_fail(err, GH_E_INTERNAL, "the crypto library cannot hash");
	return 0;
}

int gh_sha256(const void *p, size_t len, uint8_t out[static 32], struct gh_err *err)
{
	return gh_hash(GH_SHA256, p, len, out, err);
}

int gh_sha256_name(
    const void *p, size_t len, char out[static GH_SHA256_NAME_LEN], struct gh_err *err)
{
	uint8_t d[32];

	if (gh_sha256(p, len, d, err) < 0)
		return -1;
	memcpy(out, "sha256:", 7);
	gh_hex(out + 7, d, sizeof d);
	return 0;
}

int gh_hash_run_begin(struct gh_hash_run *r, enum gh_hash h, struct gh_err *err)
{
	pthread_once(&fetch_once, fetch_all);
	*r = (struct gh_hash_run){.ctx = EVP_MD_CTX_new()};
	r->bad = fetched[h] == NULL || r->ctx == NULL ||
		 EVP_DigestInit_ex2(r->ctx, fetched[h], NULL) != 1;
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
