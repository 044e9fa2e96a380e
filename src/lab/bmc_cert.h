/* SPDX-License-Identifier: Apache-2.0
 * The TLS certificate of a lab BMC: self-signed, as an operator installed it, or as the
 * factory left it. */
#pragma once

#include <stdint.h>

#include "base/buf.h"

struct gh_bmc_cert {
	const char *host, *mac; /* in the subject: "gpu-a", "7cc2554e0a01" */
	const char *unit;       /* NULL: "BMC of a lab host" */
	bool factory;           /* the vendor's subject, the same on every board */
	const char *address;    /* in the subjectAltName */
	int64_t from, to;       /* validity, unix seconds */
};

/* Appends certificate and key (P-256, PKCS#8) as PEM. */
GH_MUST_USE int gh_bmc_cert_make(struct gh_buf *cert, struct gh_buf *key,
    const struct gh_bmc_cert *in, struct gh_err *err);
/* The pin: SHA-256 of the first certificate of a PEM text, as DER. */
#define GH_BMC_PIN_LEN 65
GH_MUST_USE int gh_bmc_cert_pin(
    char out[static GH_BMC_PIN_LEN], struct gh_bytes pem, struct gh_err *err);
