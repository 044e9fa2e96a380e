/* SPDX-License-Identifier: Apache-2.0
 * What the readers of certificates, revocation lists and OCSP answers share. */
#pragma once

#include <stdint.h>

#include "base/err.h"

/* An ASN1_TIME of either form (void * so that this header needs no OpenSSL) as unix
 * seconds; -1 when t is NULL or no time: OpenSSL takes NULL for "now". */
GH_MUST_USE int gh_asn1_seconds(const void *t, int64_t *out);
