/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes every version scheme: "A\nB" in each, whose answers must not contradict. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "firmware/version.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_scheme(const char *scheme, const char *a, const char *b)
{
	enum gh_version_rel ab = gh_version_compare(scheme, a, b), why;
	enum gh_version_rel ba = gh_version_compare(scheme, b, a);
	bool met = gh_version_at_least(scheme, a, b, &why);

	if (ba != gh_version_inverse(ab) && ab != gh_version_inverse(ba))
		abort();
	if (why != ab ||
	    (met && (!gh_version_valid(scheme, a) || !gh_version_valid(scheme, b))))
		abort();
	if (gh_version_valid(scheme, a) &&
	    gh_version_compare(scheme, a, a) != GH_VERSION_EQUAL)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[512], *b;
	const char *scheme;

	if (size >= sizeof(text))
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	b = strchr(text, '\n');
	if (!b)
		return 0;
	*b++ = '\0';
	for (size_t i = 0; (scheme = gh_version_scheme_at(i)); i++)
		try_scheme(scheme, text, b);
	return 0;
}
