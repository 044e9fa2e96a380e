/* SPDX-License-Identifier: Apache-2.0
 * ASN.1 times as unix seconds. */
#include "crypto/asn1.h"

#include <openssl/asn1.h>
#include <time.h>

int gh_asn1_seconds(const void *t, int64_t *out)
{
	struct tm tm;

	if (t == NULL || ASN1_TIME_to_tm(t, &tm) != 1)
		return -1;
	*out = (int64_t)timegm(&tm);
	return 0;
}
