/* SPDX-License-Identifier: Apache-2.0
 * A library context whose one provider answers as the default provider does, save for the
 * decoders (provider-base(7), OSSL_PROVIDER_add_builtin(3)). */
#include "crypto/library.h"

#include <openssl/core_dispatch.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "base/attr.h"

#define PICKED_MAX 8 /* the last stays zero: it ends the list */

/* The one global of the verifiers: a constant once it is made. */
static struct {
	pthread_once_t once;
	OSSL_PROVIDER *all; /* the default provider in OpenSSL's own context */
	OSSL_LIB_CTX *ctx;
	OSSL_ALGORITHM decoder[PICKED_MAX], key[PICKED_MAX];
} library = {.once = PTHREAD_ONCE_INIT};

/* Names stand in a row, "EC:id-ecPublicKey:1.2.840.10045.2.1": the first is enough. */
static bool is_wanted(const OSSL_ALGORITHM *a, const char *property)
{
	static const char *const keys[] = {"EC", "RSA", "RSA-PSS"};
	size_t len = strcspn(a->algorithm_names, ":");

	if (strstr(a->property_definition, property) == NULL)
		return false;
	for (size_t i = 0; i < GH_COUNT(keys); i++)
		if (strlen(keys[i]) == len &&
		    memcmp(a->algorithm_names, keys[i], len) == 0)
			return true;
	return false;
}

static void pick(OSSL_ALGORITHM *out, int operation, const char *property)
{
	int no_cache = 0;
	size_t n = 0;
	const OSSL_ALGORITHM *a =
	    OSSL_PROVIDER_query_operation(library.all, operation, &no_cache);

	for (; a != NULL && a->algorithm_names != NULL; a++)
		if (is_wanted(a, property) && n + 1 < PICKED_MAX)
			out[n++] = *a;
}

static const OSSL_ALGORITHM *query(void *provider, int operation, int *no_cache)
{
	(void)provider;
	if (operation == OSSL_OP_DECODER)
		return library.decoder;
	if (operation == OSSL_OP_KEYMGMT)
		return library.key;
	return OSSL_PROVIDER_query_operation(library.all, operation, no_cache);
}

static int start(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in,
    const OSSL_DISPATCH **out, void **provider)
{
	static const OSSL_DISPATCH answers[] = {
	    {OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))query}, {0, NULL}};

	(void)handle;
	(void)in;
	*out = answers;
	*provider = OSSL_PROVIDER_get0_provider_ctx(library.all);
	return 1;
}

static void set_up(void)
{
	OSSL_LIB_CTX *ctx;

	library.all = OSSL_PROVIDER_load(NULL, "default");
	ctx = library.all == NULL ? NULL : OSSL_LIB_CTX_new();
	if (ctx != NULL) {
		pick(library.decoder, OSSL_OP_DECODER, "structure=SubjectPublicKeyInfo");
		pick(library.key, OSSL_OP_KEYMGMT, "");
		if (OSSL_PROVIDER_add_builtin(ctx, "gatehouse", start) == 1 &&
		    OSSL_PROVIDER_load(ctx, "gatehouse") != NULL)
			library.ctx = ctx;
		else
			OSSL_LIB_CTX_free(ctx);
	}
	ERR_clear_error();
}

void *gh_ossl(void)
{
	pthread_once(&library.once, set_up);
	return library.ctx;
}
