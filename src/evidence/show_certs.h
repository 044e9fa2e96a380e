/* SPDX-License-Identifier: Apache-2.0
 * Certificates taken apart for a reader: names, times, keys, extensions. */
#pragma once

#include "base/fields.h"
#include "crypto/cert.h"

/* Appends one heading per certificate ("certificate 0: VCEK") and its fields below it.
 * Nothing of cs is borrowed: values are in the meaning. Never a verdict; running out of
 * memory is sticky in out. */
void gh_certs_show(struct gh_fields *out, const struct gh_certs *cs);
/* A known name for a dotted OID, "" when there is none. */
const char *gh_oid_word(const char *oid);
